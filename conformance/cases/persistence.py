"""The append-only file, as far as a connection sees it."""

from conformance.cases import *  # noqa: F403
from conformance.cases.config import (
    IMMUTABLE, NOT_A_NUMBER, NOT_MEMORY, between, failed, settings)
from conformance.cases.dump import seal
from conformance.cases.generic import FAR, KINDS
from conformance.cases.info import NUMBER, field, text

ORDERED = ("plain", "pipelined", "inline")  # nothing else is going on
STARTED = Simple("Background append only file rewriting started")
SCHEDULED = Simple("Background append only file rewriting scheduled")
BUSY = E("ERR Background append only file rewriting already in progress")
KEPT = {"appendonly": "yes"}

# ---- parameters ------------------------------------------------------------

PERCENTAGE = "auto-aof-rewrite-percentage"
MIN_SIZE = "auto-aof-rewrite-min-size"
VALUES = {
    "appendonly": "yes|no", "appendfsync": "always|everysec|no",
    "appendfilename": ".+", "appenddirname": ".+", PERCENTAGE: NUMBER,
    MIN_SIZE: NUMBER, "aof-load-truncated": "yes|no",
    "aof-timestamp-enabled": "yes|no",
}
case = area("persistence.config.get")
for name, pattern in VALUES.items():
    case(name, [("CONFIG GET " + name,
                 settings(name, Re(pattern.encode())))])
case("patterns", [
    ("CONFIG GET appendf*", settings(
        "appendfsync", Re(b"always|everysec|no"), "appendfilename",
        Re(b".+"))),
    ("CONFIG GET auto-aof-*", settings(PERCENTAGE, Re(rb"\d+"), MIN_SIZE,
                                       Re(rb"\d+"))),
])
area("persistence.config.get", options={})("defaults", [
    ("CONFIG GET " + name, settings(name, value)) for name, value in (
        ("appendfsync", "everysec"), ("appendfilename", "appendonly.aof"),
        ("appenddirname", "appendonlydir"), (PERCENTAGE, "100"),
        (MIN_SIZE, "67108864"), ("aof-load-truncated", "yes"),
        ("aof-timestamp-enabled", "no"))])
area("persistence.config.get", options=dict(KEPT, **{
    "appendfsync": "always", "appendfilename": "log.aof",
    "appenddirname": "logs", MIN_SIZE: "3mb"}))("of-the-command-line", [
        ("CONFIG GET appendonly", settings("appendonly", "yes")),
        ("CONFIG GET appendfsync", settings("appendfsync", "always")),
        ("CONFIG GET appendfilename", settings("appendfilename", "log.aof")),
        ("CONFIG GET appenddirname", settings("appenddirname", "logs")),
        ("CONFIG GET " + MIN_SIZE, settings(MIN_SIZE, "3145728")),
        ("SET k v", OK), ("GET k", "v"),
    ])

CLEAN = {"appendfsync": "everysec", PERCENTAGE: "100", MIN_SIZE: "67108864",
         "aof-load-truncated": "yes", "aof-timestamp-enabled": "no"}
case = area("persistence.config.set", config=CLEAN)
for name, values in (
        ("appendfsync", ["always", "no", "everysec"]),
        (PERCENTAGE, ["0", "1", "2147483647", "100"]),
        (MIN_SIZE, ["0", "1", "9223372036854775807", "64"]),
        ("aof-load-truncated", ["no", "yes"]),
        ("aof-timestamp-enabled", ["yes", "no"])):
    case(name, [step for value in values for step in (
        ("CONFIG SET %s %s" % (name, value), OK),
        ("CONFIG GET " + name, settings(name, value)))])
case("units", [step for said, value in (
    ("1kb", "1024"), ("1k", "1000"), ("1GB", "1073741824"),
    ("2mb", "2097152")) for step in (
        ("CONFIG SET %s %s" % (MIN_SIZE, said), OK),
        ("CONFIG GET " + MIN_SIZE, settings(MIN_SIZE, value)))])
case("words-in-any-case", [
    ("CONFIG SET appendfsync ALWAYS aof-load-truncated NO", OK),
    ("CONFIG GET appendfsync", settings("appendfsync", "always")),
    ("CONFIG GET aof-load-truncated", settings("aof-load-truncated", "no")),
])
case("writes-under-each-policy", [step for policy in (
    "always", "everysec", "no") for step in (
        ("CONFIG SET appendfsync " + policy, OK), ("SET k " + policy, OK),
        ("GET k", policy))])

case = area("persistence.config.refused", config=CLEAN)
for name in ("appendonly", "aof-load-truncated", "aof-timestamp-enabled"):
    case("not-yes-or-no-" + name, [
        ("CONFIG SET %s %s" % (name, word),
         failed(name, "argument must be 'yes' or 'no'"))
        for word in ("maybe", "1", "true", "y")])
case("not-a-policy", [
    ("CONFIG SET appendfsync " + word, failed(
        "appendfsync",
        "argument(s) must be one of the following: everysec, always, no"))
    for word in ("yes", "0", "every", "always,")] + [
    ("CONFIG GET appendfsync", settings("appendfsync", "everysec"))])
case("percentage", [
    ("CONFIG SET %s %s" % (PERCENTAGE, said), failed(PERCENTAGE, why))
    for said, why in (
        ("-1", between(0, 2147483647)),
        ("2147483648", between(0, 2147483647)), ("x", NOT_A_NUMBER),
        ("1.5", NOT_A_NUMBER), ("100%", NOT_A_NUMBER))])
case("min-size", [
    ("CONFIG SET %s %s" % (MIN_SIZE, said), failed(MIN_SIZE, NOT_MEMORY))
    for said in ("x", "-1", "1.5", "1tb")])
for name in ("appendfilename", "appenddirname"):
    case("immutable-" + name, [
        ("CONFIG SET %s other" % name, failed(name, IMMUTABLE)),
        ("CONFIG SET appendfsync always %s other" % name,
         failed(name, IMMUTABLE)),
        ("CONFIG GET appendfsync", settings("appendfsync", "everysec"))])

# ---- INFO ------------------------------------------------------------------

STATUS = "ok|err"
ALWAYS_THERE = {
    "aof_enabled": "[01]", "aof_rewrite_in_progress": "[01]",
    "aof_rewrite_scheduled": "[01]",
    "aof_last_rewrite_time_sec": r"-1|\d+",
    "aof_current_rewrite_time_sec": r"-1|\d+",
    "aof_last_bgrewrite_status": STATUS, "aof_last_write_status": STATUS,
    "aof_rewrites": NUMBER, "aof_rewrites_consecutive_failures": NUMBER,
    "aof_last_cow_size": NUMBER,
}
WITH_A_LOG = {
    "aof_current_size": NUMBER, "aof_base_size": NUMBER,
    "aof_pending_rewrite": "[01]", "aof_buffer_length": NUMBER,
    "aof_pending_bio_fsync": NUMBER, "aof_delayed_fsync": NUMBER,
}


def fields(names):
    return [("INFO persistence", field("Persistence", name, pattern))
            for name, pattern in names.items()]


def persistence(what, check):
    return text(lambda got: check(got["Persistence"]), what)


case = area("persistence.info")
case("fields", fields(ALWAYS_THERE))
case = area("persistence.info", options={"appendonly": "no"}, contexts=ORDERED)
case("without-a-log", fields(dict(
    ALWAYS_THERE, aof_enabled="0", aof_rewrite_in_progress="0",
    aof_last_write_status="ok")) + [
    ("INFO persistence", persistence(
        "no sizes of a log", lambda got: not {*WITH_A_LOG} & {*got}))])
case = area("persistence.info", options=KEPT, contexts=ORDERED)
case("with-a-log", [("SET k v", OK)] + fields(dict(
    ALWAYS_THERE, **WITH_A_LOG)) + fields({
        "aof_enabled": "1", "aof_last_write_status": "ok"}))


@case.script("size-grows-by-what-is-written", needs=("INFO", "SET"))
def size_grows():
    got = yield "INFO persistence", field(
        "Persistence", "aof_current_size", NUMBER)
    before = size_of(got)
    yield "SET k " + "x" * 10000, OK
    yield "INFO persistence", Eventually(persistence(
        "about 10000 bytes more",
        lambda got: 10000 <= int(got["aof_current_size"]) - before < 11000))
    yield "GET k", "x" * 10000
    yield "INFO persistence", persistence(
        "nothing more", lambda got:
        10000 <= int(got["aof_current_size"]) - before < 11000)


def size_of(reply):
    body = getattr(reply, "body", reply.v)
    return int(body.split(b"aof_current_size:")[1].split(b"\r")[0])


# ---- BGREWRITEAOF ----------------------------------------------------------

case = area("persistence.bgrewriteaof")
case("starts-or-says-why-not", [
    ("BGREWRITEAOF", OneOf(STARTED, SCHEDULED, BUSY)), ("SET k v", OK),
    ("GET k", "v"),
])
case("arity", [
    ("BGREWRITEAOF x", arity("bgrewriteaof")),
    (("BGREWRITEAOF", ""), arity("bgrewriteaof")),
    ("bgrewriteaof a b c", arity("bgrewriteaof")),
])
for what, options in (("with", KEPT), ("without", {"appendonly": "no"})):
    case = area("persistence.bgrewriteaof", options=options,
                contexts="plain")

    @case.script(what + "-a-log", needs=("BGREWRITEAOF", "INFO", "SET"))
    def rewrites():
        """It comes to an end and is counted."""
        count = yield "INFO persistence", Eventually(field(
            "Persistence", "aof_rewrite_in_progress", "0"))
        body = getattr(count, "body", count.v)
        done = int(body.split(b"aof_rewrites:")[1].split(b"\r")[0])
        yield "SET k v", OK
        yield "BGREWRITEAOF", Eventually(STARTED)
        yield "SET l w", OK
        yield "INFO persistence", Eventually(persistence(
            "a rewrite more, and well", lambda got:
            int(got["aof_rewrites"]) > done and
            got["aof_rewrite_in_progress"] == "0" and
            got["aof_last_bgrewrite_status"] == "ok" and
            got["aof_current_rewrite_time_sec"] == "-1" and
            int(got["aof_last_rewrite_time_sec"]) >= 0 and
            got["aof_rewrites_consecutive_failures"] == "0"))
        yield "MGET k l", ["v", "w"]

# ---- appendonly at run time ------------------------------------------------

case = area("persistence.appendonly", options={"appendonly": "no"},
            contexts="plain")
case("on-and-off", [
    ("SET k v", OK), ("CONFIG SET appendonly yes", OK),
    ("CONFIG GET appendonly", settings("appendonly", "yes")),
    ("INFO persistence", field("Persistence", "aof_enabled", "1")),
    ("SET l w", OK), ("CONFIG SET appendonly yes", OK),
    ("INFO persistence", Eventually(persistence(
        "a base is there", lambda got: int(got["aof_base_size"]) > 0 and
        got["aof_rewrite_in_progress"] == "0"))),
    ("CONFIG SET appendonly no", OK),
    ("CONFIG GET appendonly", settings("appendonly", "no")),
    ("INFO persistence", field("Persistence", "aof_enabled", "0")),
    ("CONFIG SET appendonly no", OK), ("MGET k l", ["v", "w"]),
    ("SET m x", OK),
])
case("all-or-nothing", [
    ("CONFIG SET appendonly yes appendfsync x", failed(
        "appendfsync",
        "argument(s) must be one of the following: everysec, always, no")),
    ("CONFIG GET appendonly", settings("appendonly", "no")),
    ("INFO persistence", field("Persistence", "aof_enabled", "0")),
])

# ---- DEBUG LOADAOF ---------------------------------------------------------

case = area("persistence.loadaof", contexts="plain", level=EXACT,
            options=KEPT)
for kind, make, see, seen in KINDS:
    case(kind, [
        (make, ANY), ("EXPIREAT k %d" % FAR, 1), ("DEBUG LOADAOF", OK),
        (see % "k", seen), ("EXPIRETIME k", FAR), ("TYPE k", Simple(kind)),
    ])
case("databases", [
    ("SET a 1", OK), ("SELECT 5", OK), ("SET b 2", OK), ("DEBUG LOADAOF", OK),
    ("GET b", "2"), ("SELECT 0", OK), ("GET a", "1"), ("DBSIZE", 1),
    ("SWAPDB 0 5", OK), ("DEBUG LOADAOF", OK), ("GET b", "2"),
    ("MOVE b 7", 1), ("DEBUG LOADAOF", OK), ("GET b", NIL),
    ("SELECT 7", OK), ("GET b", "2"), ("FLUSHDB", OK), ("DEBUG LOADAOF", OK),
    ("DBSIZE", 0), ("SELECT 5", OK), ("GET a", "1"), ("FLUSHALL", OK),
    ("DEBUG LOADAOF", OK), ("GET a", NIL), ("DBSIZE", 0),
])
BYTES = bytes(range(256))
case("bytes", [
    (("SET", BYTES, BYTES * 4), OK), (("SET", "", ""), OK),
    ("DEBUG LOADAOF", OK), (("GET", BYTES), BYTES * 4), (("GET", ""), ""),
    ("DBSIZE", 2),
])
for name, steps, key, seen, ttl in (
        ("set", ["SET k 1 EX 1000"], "k", "1", True),
        ("set-keepttl", ["SET k 1 EX 1000", "SET k 2 KEEPTTL"], "k", "2",
         True),
        ("set-get", ["SET k 1 EX 1000", "SET k 2 GET"], "k", "2", False),
        ("set-not", ["SET k 1", "SET k 2 NX", "SET l 3 XX"], "k", "1", False),
        ("setex", ["SETEX k 1000 1"], "k", "1", True),
        ("psetex", ["PSETEX k 1000000 1"], "k", "1", True),
        ("setnx", ["SETNX k 1", "SETNX k 2"], "k", "1", False),
        ("mset", ["MSET a 1 k 2 b 3"], "k", "2", False),
        ("msetnx", ["MSETNX a 1 k 2", "MSETNX k 3 c 4"], "k", "2", False),
        ("getset", ["SET k 1 EX 1000", "GETSET k 2"], "k", "2", False),
        ("getdel", ["SET k 1", "GETDEL k"], "k", NIL, None),
        ("getex", ["SET k 1", "GETEX k EX 1000"], "k", "1", True),
        ("getex-persist", ["SET k 1 EX 1000", "GETEX k PERSIST"], "k", "1",
         False),
        ("incr", ["SET k 5 EX 1000", "INCR k", "INCRBY k 10", "DECR k",
                  "DECRBY k 3"], "k", "12", True),
        ("incrbyfloat", ["SET k 5 EX 1000", "INCRBYFLOAT k 0.25"], "k",
         "5.25", True),
        ("append", ["SET k a EX 1000", "APPEND k bc"], "k", "abc", True),
        ("setrange", ["SET k abc EX 1000", "SETRANGE k 1 x",
                      "SETRANGE k 5 y"], "k", "axc\0\0y", True),
        ("del", ["MSET k 1 l 2", "DEL k nokey l"], "k", NIL, None),
        ("unlink", ["SET k 1", "UNLINK k"], "k", NIL, None),
        ("expire", ["SET k 1", "EXPIRE k 1000"], "k", "1", True),
        ("expire-past", ["SET k 1", "EXPIRE k -1"], "k", NIL, None),
        ("expire-nx", ["SET k 1", "EXPIRE k 1000 NX", "PERSIST k",
                       "EXPIRE k 1000 XX"], "k", "1", False),
        ("persist", ["SET k 1 EX 1000", "PERSIST k"], "k", "1", False),
        ("rename", ["SET l 1 EX 1000", "RENAME l k"], "k", "1", True),
        ("renamenx", ["SET k 1", "SET l 2", "RENAMENX l k"], "k", "1",
         False),
        ("copy", ["SET l 1 EX 1000", "COPY l k"], "k", "1", True),
        ("copy-replace", ["SET k 0", "SET l 1", "COPY l k REPLACE"], "k",
         "1", False)):
    case("effect-of-" + name, [(line, ANY) for line in steps] + [
        ("DEBUG LOADAOF", OK), ("GET " + key, seen),
        ("TTL " + key, Between(900, 1000) if ttl else -1 if ttl is False
         else -2)])
case("effect-of-restore", [
    (("RESTORE", "k", "1000000", seal(b"\0\1v")), OK),
    ("DEBUG LOADAOF", OK), ("GET k", "v"), ("TTL k", Between(900, 1000)),
    (("RESTORE", "k", "0", seal(b"\0\1w"), "REPLACE"), OK),
    ("DEBUG LOADAOF", OK), ("GET k", "w"), ("TTL k", -1),
])
case("effect-of-a-transaction", [
    ("SET n 5", OK), ("MULTI", OK), ("INCR n", QUEUED), ("SET k v",
                                                         QUEUED),
    ("SELECT 3", QUEUED), ("SET l w", QUEUED), ("EXEC", [6, OK, OK, OK]),
    ("DEBUG LOADAOF", OK), ("GET l", "w"), ("SELECT 0", OK),
    ("MGET n k", ["6", "v"]),
])
case("effect-of-a-key-that-expired", [
    ("SET k v PX 1", OK), ("EXISTS k", Eventually(0)), ("SET l w", OK),
    ("DEBUG LOADAOF", OK), ("EXISTS k", 0), ("GET l", "w"),
])
case("after-a-rewrite", [
    ("SET k v EXAT %d" % FAR, OK), ("BGREWRITEAOF", Eventually(STARTED)),
    ("SET l w", OK), ("INFO persistence", Eventually(field(
        "Persistence", "aof_rewrite_in_progress", "0"))),
    ("SET m x", OK), ("DEBUG LOADAOF", OK), ("MGET k l m", ["v", "w", "x"]),
    ("EXPIRETIME k", FAR),
])


@case.script("keeps-the-digest", needs=("DEBUG DIGEST", "DEBUG", "MSET"))
def keeps_the_digest():
    yield (["MSET"] + [x for i in range(1000)
                       for x in ("key:%d" % i, "value:%d" % i)]), OK
    for i in range(0, 1000, 7):
        yield "PEXPIREAT key:%d %d000" % (i, FAR + i), 1
    digest = yield "DEBUG DIGEST", Re(rb"[0-9a-f]{40}", Simple)
    yield "DEBUG LOADAOF", OK
    yield "DEBUG DIGEST", digest
    yield "DEBUG LOADAOF", OK
    yield "DEBUG DIGEST", digest

