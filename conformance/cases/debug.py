"""DEBUG, where its reply is defined."""

import hashlib
import random

from conformance.cases import *  # noqa: F403
from conformance.cases.generic import FAR, KINDS

ZERO = Simple("0" * 40)


def refused(sub):
    return E("ERR unknown subcommand or wrong number of arguments for '%s'. "
             "Try DEBUG HELP." % sub)


case = area("server.debug")
case("errors", [
    ("DEBUG NOPE", refused("NOPE")), ("DEBUG nope", refused("nope")),
    ("DEBUG SLEEP", refused("SLEEP")), ("DEBUG SLEEP 0 0", refused("SLEEP")),
    ("DEBUG OBJECT", refused("OBJECT")), ("DEBUG DIGEST x",
                                          refused("DIGEST")),
    ("DEBUG SET-ACTIVE-EXPIRE", refused("SET-ACTIVE-EXPIRE")),
    ("DEBUG PROTOCOL", refused("PROTOCOL")), (("DEBUG", ""), refused("")),
])
case("sleep", [("DEBUG SLEEP 0", OK), ("debug sleep 0.001", OK)])
case("sleep-holds-everyone", [
    ("b", "PING", PONG), ("DEBUG SLEEP 0.02", NOTHING), ("b", "PING", PONG),
    (b"", OK),
])
case("set-active-expire", [
    ("DEBUG SET-ACTIVE-EXPIRE 0", OK), ("DEBUG SET-ACTIVE-EXPIRE 1", OK),
    ("debug set-active-expire 1", OK),
])

# ---- ERROR, POPULATE -------------------------------------------------------

case("error", [
    (("DEBUG", "ERROR", "CODE some text"), E("CODE some text")),
    (("DEBUG", "ERROR", "ERR a\r\nb\nc"), E("ERR a  b c")),
    ("DEBUG ERROR", refused("ERROR")),
], level=EXACT)
case("populate", [
    ("DEBUG POPULATE 3", OK),
    ("KEYS *", Unordered(["key:0", "key:1", "key:2"])),
    ("GET key:2", "value:2"), ("DEBUG POPULATE 5", OK), ("DBSIZE", 5),
], level=EXACT)
case("populate-prefix-and-size", [
    ("DEBUG POPULATE 2 p", OK), ("GET p:1", "value:1"),
    ("DEBUG POPULATE 1 q 20", OK), ("STRLEN q:0", 20),
    ("GETRANGE q:0 0 6", "value:0"),
], level=EXACT)

# ---- OBJECT ----------------------------------------------------------------

case = area("server.debug.object")
case("no-key", [("DEBUG OBJECT nokey", NO_KEY)])
for make, encoding in (
        ("SET k 123", b"int"), ("SET k hello", b"embstr"),
        ("SET k " + "x" * 100, b"raw"), ("HSET k f v", b"listpack"),
        ("ZADD k 1 a", b"listpack"), ("SADD k 1", b"intset"),
        ("XADD k 1-1 f v", b"stream")):
    case(encoding.decode() + "-" + make.split()[0].lower(), [
        (make, ANY), ("DEBUG OBJECT k", Exact(Re(
            rb"Value at:\S+ refcount:\d+ encoding:" + encoding +
            rb" serializedlength:\d+ lru:\d+ lru_seconds_idle:\d+.*",
            Simple)))])

# ---- PROTOCOL --------------------------------------------------------------

case = area("server.debug.protocol")
case("no-such-type", [
    ("DEBUG PROTOCOL nope",
     E("ERR Wrong protocol type name. Please use one of the following: "
       "string|integer|double|bignum|null|array|set|map|attrib|push|"
       "verbatim|true|false")),
])

# ---- DIGEST ----------------------------------------------------------------


def sha1(data):
    return hashlib.sha1(data).digest()


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def mix(digest, data):
    return sha1(xor(digest, sha1(data)))


def object_digest(start, value, volatile):
    """Of a string: its type (0), the value, whether it expires."""
    out = mix(mix(start, bytes(4)), value)
    return xor(out, sha1(b"!!expire!!")) if volatile else out


def digest_of(dbs):
    """Of {db: {key: (value, volatile)}}."""
    out = bytes(20)
    for n in sorted(dbs):
        if dbs[n]:
            out = mix(out, n.to_bytes(4, "big"))
        for key, (value, volatile) in dbs[n].items():
            one = object_digest(mix(bytes(20), key), value, volatile)
            out = xor(out, sha1(one))
    return Simple(out.hex())


case = area("server.debug.digest")
case("empty", [
    ("DEBUG DIGEST", ZERO), ("SET k v", OK), ("DEL k", 1),
    ("DEBUG DIGEST", ZERO), ("SELECT 3", OK), ("SET k v", OK),
    ("FLUSHALL", OK), ("DEBUG DIGEST", ZERO),
])
case("value-of-none", [
    ("DEBUG DIGEST-VALUE", []), ("DEBUG DIGEST-VALUE nokey", [ZERO]),
])
HELLO = Simple(object_digest(bytes(20), b"hello", False).hex())
case("value", [
    ("SET k hello", OK),
    ("DEBUG DIGEST-VALUE k nokey k", Exact([HELLO, ZERO, HELLO])),
])
case("one-key", [
    ("SET k hello", OK),
    ("DEBUG DIGEST", Exact(digest_of({0: {b"k": (b"hello", False)}}))),
    ("EXPIRE k 1000", 1),
    ("DEBUG DIGEST", Exact(digest_of({0: {b"k": (b"hello", True)}}))),
])


@case.script("of-data-in-any-order", needs=("DEBUG", "SET", "MSET"))
def digest_order():
    """Not the order of writing counts, nor how the value came to be."""
    yield "MSET a 1 b 2 c 3", OK
    first = yield "DEBUG DIGEST", Re(rb"[0-9a-f]{40}", Simple)
    yield "FLUSHALL", OK
    yield "SET c 3", OK
    yield "APPEND a 1", 1
    yield "INCRBY b 2", 2
    yield "DEBUG DIGEST", first
    yield "SET b 3", OK
    yield "DEBUG DIGEST", Shape(lambda got: got != first, "another digest")


@case.script("of-many-keys", needs=("DEBUG", "SET", "SELECT", "multidb"),
             contexts="plain")
def digest_many():
    rng = random.Random(3)
    dbs = {}
    for n in (0, 1, 7, 15):
        yield "SELECT %d" % n, OK
        dbs[n] = {}
        for _ in range(50):
            key = bytes(rng.randrange(256) for _ in range(
                rng.randrange(12)))
            value = rng.choice([
                b"%d" % rng.randrange(-10**6, 10**6), b"",
                bytes(rng.randrange(256) for _ in range(80)), b"v"])
            volatile = rng.random() < 0.3
            yield ("SET", key, value) + (
                ("PX", rng.randrange(10**6, 10**7)) if volatile else ()), OK
            dbs[n][key] = (value, volatile)
    yield "DEBUG DIGEST", Exact(digest_of(dbs))


for kind, make, _, _ in KINDS[1:]:
    case("of-a-%s-and-its-copy" % kind, [
        (make, ANY), ("COPY k b", 1),
        ("DEBUG DIGEST-VALUE k b", Shape(
            lambda got: len(got.v) == 2 and got.v[0] == got.v[1] and
            got.v[0] != ZERO, "the same digest twice")),
    ])

# ---- RELOAD ----------------------------------------------------------------

case = area("server.debug.reload", contexts="plain", level=EXACT)
for kind, make, see, seen in KINDS:
    case(kind, [
        (make, ANY), ("EXPIREAT k %d" % FAR, 1), ("DEBUG RELOAD", OK),
        (see % "k", seen), ("EXPIRETIME k", FAR), ("TYPE k", Simple(kind)),
    ])
case("databases", [
    ("SET a 1", OK), ("SELECT 5", OK), ("SET b 2", OK), ("DEBUG RELOAD", OK),
    ("GET b", "2"), ("SELECT 0", OK), ("GET a", "1"), ("DBSIZE", 1),
])

# ---- enable-debug-command --------------------------------------------------

DISABLED = E("ERR DEBUG command not allowed. If the enable-debug-command "
             "option is set to \"local\", you can run it from a local "
             "connection, otherwise you need to set this option in the "
             "configuration file, and then restart the server.")
NO_MULTI = ("plain", "pipelined", "bytewise", "split", "inline")
area("server.debug")("disabled", [
    (line, DISABLED) for line in (
        "DEBUG SLEEP 0", "DEBUG HELP", "DEBUG NOPE", "debug digest")
] + [("DEBUG", arity("debug"))],
    options={"enable-debug-command": "no"}, contexts=NO_MULTI)
area("server.debug")("local", [
    ("DEBUG SLEEP 0", OK),
], options={"enable-debug-command": "local"})


# DEBUG PROTOCOL, which gives every kind, is among the replies.
REPLIES = {"DEBUG": "simple error array"}
