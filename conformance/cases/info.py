"""INFO."""

import re

from conformance.cases import *  # noqa: F403

NUMBER, REAL = r"\d+", r"-?\d+\.\d+"
HUMAN = r"\d+(?:\.\d+)?[BKMGTP]"
FIELDS = {
    "Server": {
        "redis_version": r"\d+\.\d+\.\d+.*",
        "redis_mode": "standalone", "os": ".+", "arch_bits": "32|64",
        "process_id": NUMBER, "run_id": "[0-9a-f]{40}", "tcp_port": NUMBER,
        "uptime_in_seconds": NUMBER, "uptime_in_days": NUMBER},
    "Clients": {
        "connected_clients": "[1-9]\\d*", "maxclients": NUMBER,
        "blocked_clients": NUMBER},
    "Memory": {
        "used_memory": NUMBER, "used_memory_human": HUMAN,
        "used_memory_rss": NUMBER, "used_memory_peak": NUMBER,
        "used_memory_overhead": NUMBER, "used_memory_startup": NUMBER,
        "used_memory_dataset": NUMBER, "maxmemory": NUMBER,
        "maxmemory_human": HUMAN, "maxmemory_policy": "[a-z-]+",
        "mem_fragmentation_ratio": REAL, "lazyfree_pending_objects": NUMBER},
    "Persistence": {"loading": "0"},
    "Stats": {
        "total_connections_received": NUMBER,
        "total_commands_processed": NUMBER,
        "instantaneous_ops_per_sec": NUMBER, "total_net_input_bytes": NUMBER,
        "total_net_output_bytes": NUMBER, "rejected_connections": NUMBER,
        "expired_keys": NUMBER, "evicted_keys": NUMBER,
        "keyspace_hits": NUMBER, "keyspace_misses": NUMBER,
        "total_error_replies": NUMBER},
    "Replication": {"role": "master", "connected_slaves": "0"},
    "CPU": {"used_cpu_sys": REAL, "used_cpu_user": REAL},
    "Cluster": {"cluster_enabled": "[01]"},
    "Keyspace": {},
}


def parsed(got):
    """INFO as {section: {field: text}}; None when it has another form."""
    if type(got) is Verb:
        body = got.body
    elif type(got) is Bulk:
        body = got.v
    else:
        return None
    if body and not body.endswith(b"\r\n"):
        return None
    out, section = {}, None
    for line in body.decode("utf-8", "replace").split("\r\n")[:-1]:
        if line.startswith("# "):
            if line[2:] in out:
                return None
            section = out[line[2:]] = {}
        elif line:
            name, colon, value = line.partition(":")
            if "\n" in line or not colon or section is None or \
                    name in section:
                return None
            section[name] = value
    return out


def text(check, what):
    """An INFO text whose {section: {field: text}} meets a check."""
    return V("txt", Shape(lambda got: parsed(got) is not None and
                          check(parsed(got)), "an INFO text: " + what))


def sections(*names):
    return text(lambda got: {*got} == {*names}, "the sections " +
                (", ".join(names) or "(none)"))


def field(section, name, pattern):
    return text(lambda got: re.match(
        "(?:%s)\\Z" % pattern, got.get(section, {}).get(name, "(none)")),
        "%s:%s" % (name, pattern))


# ---- form and sections -----------------------------------------------------

case = area("server.info")
case("form", [
    ("INFO", text(lambda got: len(got) > 3, "sections with fields")),
    ("info", text(lambda got: len(got) > 3, "sections with fields")),
])
case("sections-there-by-default", [
    ("INFO", text(lambda got: {*FIELDS} <= {*got} and
                  "Commandstats" not in got,
                  "without Commandstats, with " + ", ".join(FIELDS))),
])
for section, fields in FIELDS.items():
    case("section-" + section.lower(), [
        ("INFO " + section.lower(), sections(section)),
        ("INFO " + section.upper(), sections(section)),
    ] + [("INFO " + section, field(section, name, pattern))
         for name, pattern in fields.items()])
case("several-sections", [
    ("INFO server clients", sections("Server", "Clients")),
    ("INFO clients SERVER server", sections("Server", "Clients")),
    ("INFO nope cpu", sections("CPU")),
])
case("no-such-section", [
    ("INFO nope", sections()), (("INFO", ""), sections()),
])
case("errorstats", [
    ("NOPE", EP("ERR unknown command")),
    ("INFO errorstats", sections("Errorstats")),
    ("INFO ERRORSTATS", field("Errorstats", "errorstat_ERR",
                              r"count=[1-9]\d*")),
], contexts=("plain", "bytewise", "split", "pipelined", "inline"))
STATS = r"calls=\d+,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=%s," \
        r"failed_calls=%s"
case("commandstats", [
    ("CONFIG RESETSTAT", OK), ("SET k v", OK), ("GET k", "v"),
    ("INCR k", INT_ERR), ("GET", arity("get")), ("CLIENT GETNAME", NIL),
    ("INFO commandstats", sections("Commandstats")),
    ("INFO commandstats", field("Commandstats", "cmdstat_set",
                                STATS % (0, 0))),
    ("INFO commandstats", field("Commandstats", "cmdstat_get",
                                STATS % (1, 0))),
    ("INFO commandstats", field("Commandstats", "cmdstat_incr",
                                STATS % (0, 1))),
    ("INFO commandstats", field("Commandstats", "cmdstat_client|getname",
                                STATS % (0, 0))),
], contexts=("plain", "pipelined", "inline"), level=EXACT)
case("latencystats", [
    ("CONFIG RESETSTAT", OK), ("SET k v", OK),
    ("INFO latencystats", field(
        "Latencystats", "latency_percentiles_usec_set",
        r"p50=[\d.]+,p99=[\d.]+,p99\.9=[\d.]+")),
], contexts=("plain", "pipelined", "inline"), level=EXACT)
for name in ("all", "everything"):
    case(name, [
        ("NOPE", ANY), ("INFO " + name, text(
            lambda got: {*FIELDS} | {"Errorstats"} <= {*got},
            "every section"))],
        contexts=("plain", "pipelined", "inline"))


@case.script("default-is-what-comes-without-argument", needs=("INFO",),
             contexts="plain")
def default():
    got = yield "INFO", ANY
    names = [*parsed(got)]
    yield "INFO default", sections(*names)
    yield "INFO DEFAULT cpu", sections(*names)


case("sizes-fit-together", [
    ("INFO memory", text(
        lambda got: int(got["Memory"]["used_memory_peak"]) >=
        int(got["Memory"]["used_memory"]) >=
        int(got["Memory"]["used_memory_startup"]) > 0,
        "peak >= used >= startup > 0")),
])
case("keeps-its-run-id", [
    ("INFO server", field("Server", "run_id", "[0-9a-f]{40}")),
])

# ---- Keyspace --------------------------------------------------------------

case = area("server.info.keyspace")
DB = r"keys=%d,expires=%d,avg_ttl=\d+(,subexpiry=\d+)?"
case("empty", [("INFO keyspace", text(
    lambda got: got == {"Keyspace": {}}, "no database"))])
case("databases-that-have-keys", [
    ("MSET a 1 b 2", OK), ("SET c 3 PX 100000", OK), ("SELECT 9", OK),
    ("SET a 1", OK),
    ("INFO keyspace", text(lambda got: {*got["Keyspace"]} == {"db0", "db9"},
                           "db0 and db9")),
    ("INFO keyspace", field("Keyspace", "db0", DB % (3, 1))),
    ("INFO keyspace", field("Keyspace", "db9", DB % (1, 0))),
])

# ---- counters --------------------------------------------------------------


case = area("server.info.counts", contexts="plain")


def counts(name, grown, steps, needs):
    """What steps add to a field."""
    @case.script(name.replace("_", "-"), needs=needs + ("INFO",))
    def script():
        before = yield "INFO stats", field("Stats", name, NUMBER)
        for step in steps:
            yield step
        before = int(parsed(before)["Stats"][name])
        yield "INFO stats", text(
            lambda got: grown(int(got["Stats"][name]) - before),
            "%s grown rightly from %d" % (name, before))


counts("keyspace_hits", lambda n: n == 4, [
    ("SET k v", OK), ("GET k", "v"), ("GET k", "v"), ("MGET k nokey",
                                                      ["v", NIL]),
    ("EXISTS k nokey", 1)], ("SET", "GET", "MGET", "EXISTS"))
counts("keyspace_misses", lambda n: n == 3, [
    ("SET k v", OK), ("GET nokey", NIL), ("MGET k nokey", ["v", NIL]),
    ("EXISTS k nokey", 1)], ("SET", "GET", "MGET", "EXISTS"))
counts("total_error_replies", lambda n: n == 3, [
    ("NOPE", EP("ERR")), ("SET k v", OK), ("INCR k", INT_ERR),
    ("GET", arity("get"))], ("SET", "INCR", "GET"))
counts("total_commands_processed", lambda n: 3 <= n < 10, [
    ("SET k v", OK), ("GET k", "v"), ("PING", PONG)], ("SET", "GET"))
counts("total_net_input_bytes", lambda n: 10000 <= n < 12000, [
    ("ECHO " + "x" * 10000, "x" * 10000)], ("ECHO",))
counts("total_net_output_bytes", lambda n: 10000 <= n < 25000, [
    ("ECHO " + "x" * 10000, "x" * 10000), ("PING", PONG)], ("ECHO",))
counts("expired_keys", lambda n: n == 1, [
    ("SET k v PX 1", OK), ("EXISTS k", Eventually(0))], ("SET", "EXISTS"))
counts("total_connections_received", lambda n: n == 1, [
    ("b", "PING", PONG)], ())
case("connected-clients", [
    ("INFO clients", field("Clients", "connected_clients", "2")),
    ("b", "PING", PONG),
    ("INFO clients", field("Clients", "connected_clients", "3")),
], options={"timeout": "0"})
case("blocked-clients", [
    ("b", "BLPOP l 0", BLOCKED),
    ("INFO clients", field("Clients", "blocked_clients", "1")),
    ("RPUSH l a", 1), ("b", b"", ["l", "a"]),
    ("INFO clients", field("Clients", "blocked_clients", "0")),
])
case("evicted-keys", [
    ("CONFIG RESETSTAT", OK),
    (["MSET"] + [x for i in range(50) for x in ("k%d" % i, "v")], OK),
    ("CONFIG SET maxmemory 1 maxmemory-policy allkeys-random", OK),
    ("DBSIZE", Eventually(0)), ("CONFIG SET maxmemory 0", OK),
    ("INFO stats", field("Stats", "evicted_keys", "50")),
])


@case.script("used-memory-follows-the-data", needs=("INFO", "MSET",
                                                    "FLUSHALL"), level=SHOULD)
def used_memory_follows_the_data():
    """The data are counted, and no longer once they are gone."""
    def used(low, high):
        return text(lambda got: low <= int(got["Memory"]["used_memory"])
                    < high, "used_memory from %d to %d" % (low, high))

    reply = yield "INFO memory", ANY
    empty = memory_of(reply)
    yield ["MSET"] + [x for i in range(50)
                      for x in ("k%d" % i, "x" * 100000)], OK
    reply = yield "INFO memory", used(empty + 5000000, 1 << 60)
    full = memory_of(reply)
    yield "FLUSHALL", OK
    yield "INFO memory", Eventually(used(0, full - 3000000))


def memory_of(reply):
    body = getattr(reply, "body", reply.v)
    return int(body.split(b"used_memory:")[1].split(b"\r")[0])


case("resetstat", [
    ("SET k v", OK), ("GET k", "v"), ("GET nokey", NIL),
    ("NOPE", EP("ERR")), ("CONFIG RESETSTAT", OK),
    ("INFO everything", text(
        lambda got: all(got["Stats"][name] == "0" for name in (
            "keyspace_hits", "keyspace_misses", "expired_keys",
            "evicted_keys", "rejected_connections", "total_error_replies",
            "total_connections_received")) and not got.get("Errorstats") and
        int(got["Stats"]["total_commands_processed"]) <= 1 and
        "cmdstat_get" not in got.get("Commandstats", {}),
        "counters at 0")),
])
case("errors-by-code", [
    ("AUTH pw", OK), ("CONFIG RESETSTAT", OK), ("NOPE", EP("ERR")),
    ("GET", arity("get")), ("AUTH bad", EP("WRONGPASS")),
    ("HELLO 9", EP("NOPROTO")), ("INFO errorstats", text(
        lambda got: got == {"Errorstats": {
            "errorstat_ERR": "count=2", "errorstat_WRONGPASS": "count=1",
            "errorstat_NOPROTO": "count=1"}}, "each code with its count")),
], options={"requirepass": "pw"}, protos=2, fence=None)


REPLIES = {"INFO": "verbatim"}
