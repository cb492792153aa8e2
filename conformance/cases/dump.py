"""DUMP, RESTORE, MIGRATE and OBJECT."""

from conformance.cases import *  # noqa: F403
from conformance.cases.generic import FAR, KINDS, SMALL

FAR_MS = FAR * 1000
MAX, MIN = "9223372036854775807", "-9223372036854775808"
BUSY = E("BUSYKEY Target key name already exists.")
BAD_DUMP = E("ERR DUMP payload version or checksum are wrong")
BAD_DATA = E("ERR Bad data format")
BAD_TTL = E("ERR Invalid TTL value, must be >= 0")
BAD_IDLE = E("ERR Invalid IDLETIME value, must be >= 0")
BAD_FREQ = E("ERR Invalid FREQ value, must be >= 0 and <= 255")


# ---- payloads --------------------------------------------------------------

def _crc_table():
    out = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x95ac9329ac4bc9b5 if n & 1 else 0)
        out.append(n)
    return out


_TABLE = _crc_table()


def seal(body, version=6):
    """What RESTORE takes: type and value, the version of the RDB format, a
    CRC-64."""
    data = body + version.to_bytes(2, "little")
    crc = 0
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return data + crc.to_bytes(8, "little")


def text(s):
    """A short string as RDB has it."""
    return bytes([len(s)]) + s.encode()


PAYLOADS = [    # name, payload, type, how to see it, what is seen
    ("string", seal(b"\0" + text("v")), "string", "GET k", "v"),
    ("empty-string", seal(b"\0\0"), "string", "GET k", ""),
    ("int8", seal(b"\0\xc0\x7f"), "string", "GET k", "127"),
    ("int8-negative", seal(b"\0\xc0\xff"), "string", "GET k", "-1"),
    ("int16", seal(b"\0\xc1\x39\x30"), "string", "GET k", "12345"),
    ("int32", seal(b"\0\xc2\xff\xff\xff\x7f"), "string", "GET k",
     "2147483647"),
    ("length-in-14-bits", seal(b"\0\x40\x64" + b"x" * 100), "string",
     "GET k", "x" * 100),
    ("length-in-32-bits", seal(b"\0\x80\0\0\0\x64" + b"x" * 100), "string",
     "GET k", "x" * 100),
    ("compressed", seal(b"\0\xc3\x05\x0a\0x\xe0\0\0"), "string", "GET k",
     "x" * 10),
    ("list", seal(b"\1\2" + text("a") + text("b")), "list", "LRANGE k 0 -1",
     ["a", "b"]),
    ("set", seal(b"\2\2" + text("a") + text("b")), "set", "SMEMBERS k",
     S(["a", "b"])),
    ("intset", seal(b"\x0b\x0c\2\0\0\0\2\0\0\0\1\0\2\0"), "set",
     "SMEMBERS k", S(["1", "2"])),
    ("zset-of-texts", seal(b"\3\1" + text("a") + text("1.5")), "zset",
     "ZSCORE k a", D("1.5")),
    ("zset-of-doubles", seal(b"\5\1" + text("a") +
                             b"\0\0\0\0\0\0\xf8\x3f", 8), "zset",
     "ZSCORE k a", D("1.5")),
    ("hash", seal(b"\4\1" + text("f") + text("v")), "hash", "HGETALL k",
     M([("f", "v")])),
]

# ---- DUMP ------------------------------------------------------------------

case = area("generic.dump")
case("no-key", [("DUMP nokey", NIL), (("DUMP", ""), NIL)])
case("payload-of-redis-7.0", [
    ("SET k v", OK), ("DUMP k", May(seal(b"\0" + text("v"), 10))),
    ("SET k 1", OK), ("DUMP k", May(seal(b"\0\xc0\1", 10))),
])
case("changes-nothing", [
    ("SET k v EXAT %d" % FAR, OK), ("DUMP k", Re(rb".{12,}")),
    ("GET k", "v"), ("EXPIRETIME k", FAR),
])


def round_trip(kind, make, see, seen):
    def script():
        yield make, ANY
        got = yield "DUMP k", Re(rb".{11,}")
        yield ("RESTORE", "b", "0", got.v), OK
        yield see % "b", seen
        yield "TTL b", -1
        yield "TYPE b", Simple(kind)
        yield "DEL k", 1
        yield ("RESTORE", "k", "0", got.v), OK
        yield see % "k", seen
    return script


for kind, make, see, seen in KINDS:
    needs = ("DUMP", "RESTORE", make.split()[0], see.split()[0])
    case.script("restores-" + kind, needs=needs)(
        round_trip(kind, make, see, seen))
    if kind != "string":
        case.script("restores-%s-in-large-encoding" % kind, needs=needs,
                    config=SMALL)(round_trip(kind, make, see, seen))
for name, make, see, seen in (
        ("binary", ("SET", "k", b"\0\r\n\xff"), "GET %s", b"\0\r\n\xff"),
        ("empty", ("SET", "k", ""), "GET %s", ""),
        ("int", ("SET", "k", MIN), "GET %s", MIN),
        ("long", ("SET", "k", "ab" * 10000), "GET %s", "ab" * 10000)):
    case.script("restores-string-" + name, needs=(
        "DUMP", "RESTORE"))(round_trip("string", make, see, seen))
case.script("restores-intset", needs=("DUMP", "RESTORE", "SADD"))(
    round_trip("set", "SADD k 1 2 -70000", "SMEMBERS %s",
               S(["1", "2", "-70000"])))
case.script("restores-hyperloglog", needs=("DUMP", "RESTORE", "PFADD"))(
    round_trip("string", "PFADD k a b c", "PFCOUNT %s", 3))
case.script("restores-scores", needs=("DUMP", "RESTORE", "ZADD"))(
    round_trip("zset", "ZADD k -inf a 0 b 0.5 c inf d",
               "ZRANGE %s 0 -1 WITHSCORES", Pairs([
                   ("a", D("-inf")), ("b", D("0")), ("c", D("0.5")),
                   ("d", D("inf"))])))


@case.script("restores-groups-of-a-stream", needs=(
    "DUMP", "RESTORE", "XADD", "XDEL", "XGROUP CREATE", "XREADGROUP",
    "XPENDING"))
def restores_groups():
    yield "XADD k 1-1 f v", "1-1"
    yield "XADD k 2-1 f v", "2-1"
    yield "XDEL k 2-1", 1
    yield "XGROUP CREATE k g 0", OK
    yield "XREADGROUP GROUP g c STREAMS k >", ANY
    got = yield "DUMP k", Re(rb".{11,}")
    yield ("RESTORE", "b", "0", got.v), OK
    yield "XPENDING b g", [1, "1-1", "1-1", [["c", "1"]]]
    yield "XADD b 2-1 f v", EP("ERR The ID specified in XADD is equal or")


@case.script("does-not-hold-the-ttl", needs=("DUMP", "RESTORE", "TTL"))
def no_ttl():
    yield "SET k v EX 100", OK
    got = yield "DUMP k", ANY
    yield ("RESTORE", "k", "0", got.v, "REPLACE"), OK
    yield "TTL k", -1

# ---- RESTORE ---------------------------------------------------------------


case = area("generic.restore")
V6 = PAYLOADS[0][1]     # a string "v"
for name, payload, kind, see, seen in PAYLOADS:
    case("payload-" + name, [
        (("RESTORE", "k", "0", payload), OK), ("TYPE k", Simple(kind)),
        (see, seen), ("TTL k", -1),
    ])
for version in (1, 6, 9, 10):
    case("version-%d" % version, [
        (("RESTORE", "k", "0", seal(b"\0" + text("v"), version)), OK),
        ("GET k", "v"),
    ])
case("busy-key", [
    ("SET k old", OK), (("RESTORE", "k", "0", V6), BUSY), ("GET k", "old"),
    ("RPUSH l a", 1), (("RESTORE", "l", "0", V6), BUSY),
])
case("replace", [
    (("RESTORE", "k", "0", V6, "REPLACE"), OK), ("SET k old EX 100", OK),
    (("RESTORE", "k", "0", V6, "replace"), OK), ("GET k", "v"),
    ("TTL k", -1), (("RESTORE", "k", "0", V6, "REPLACE", "REPLACE"), OK),
])
for kind, make, _, _ in KINDS:
    case("replaces-" + kind, [
        (make, ANY), (("RESTORE", "k", "0", V6), BUSY),
        (("RESTORE", "k", "0", V6, "REPLACE"), OK), ("GET k", "v"),
    ])
case("ttl", [
    (("RESTORE", "k", "100000", V6), OK),
    ("PTTL k", Between(90000, 100000)), ("GET k", "v"),
    (("RESTORE", "b", "0", V6), OK), ("TTL b", -1),
])
case("absttl", [
    (("RESTORE", "k", FAR_MS, V6, "ABSTTL"), OK), ("PEXPIRETIME k", FAR_MS),
    (("RESTORE", "b", "0", V6, "absttl"), OK), ("TTL b", -1),
    (("RESTORE", "c", FAR_MS + 5, V6, "ABSTTL", "ABSTTL"), OK),
    ("PEXPIRETIME c", FAR_MS + 5),
])
case("absttl-in-the-past-makes-no-key", [
    (("RESTORE", "k", "1", V6, "ABSTTL"), OK), ("EXISTS k", 0),
    ("SET k old", OK), (("RESTORE", "k", "1", V6, "ABSTTL"), BUSY),
    (("RESTORE", "k", "1", V6, "ABSTTL", "REPLACE"), OK), ("EXISTS k", 0),
    ("DBSIZE", 0),
])
case("ttl-errors", [
    (("RESTORE", "k", "-1", V6), BAD_TTL), (("RESTORE", "k", MIN, V6),
                                            BAD_TTL),
    (("RESTORE", "k", "-1", V6, "ABSTTL"), BAD_TTL),
    (("RESTORE", "k", "abc", V6), INT_ERR), (("RESTORE", "k", "", V6),
                                             INT_ERR),
    (("RESTORE", "k", "1.5", V6), INT_ERR), ("EXISTS k", 0),
])
case("idletime", [
    (("RESTORE", "k", "0", V6, "IDLETIME", "1000"), OK),
    ("OBJECT IDLETIME k", Between(1000, 1010)),
    (("RESTORE", "b", "0", V6, "idletime", "0"), OK),
    ("OBJECT IDLETIME b", Between(0, 10)),
], config={"maxmemory-policy": "noeviction"})
case("idletime-errors", [
    (("RESTORE", "k", "0", V6, "IDLETIME", "-1"), BAD_IDLE),
    (("RESTORE", "k", "0", V6, "IDLETIME", "abc"), INT_ERR),
    (("RESTORE", "k", "0", V6, "IDLETIME"), SYNTAX), ("EXISTS k", 0),
])
case("freq", [
    (("RESTORE", "k", "0", V6, "FREQ", "100"), OK),
    ("OBJECT FREQ k", Between(95, 101)),
    (("RESTORE", "b", "0", V6, "freq", "255"), OK),
    ("OBJECT FREQ b", Between(250, 255)),
    (("RESTORE", "c", "0", V6, "FREQ", "0"), OK),
], config={"maxmemory-policy": "allkeys-lfu"})
case("freq-is-taken-under-any-policy", [
    (("RESTORE", "k", "0", V6, "FREQ", "100"), OK), ("GET k", "v"),
])
case("freq-errors", [
    (("RESTORE", "k", "0", V6, "FREQ", "-1"), BAD_FREQ),
    (("RESTORE", "k", "0", V6, "FREQ", "256"), BAD_FREQ),
    (("RESTORE", "k", "0", V6, "FREQ", "abc"), INT_ERR),
    (("RESTORE", "k", "0", V6, "FREQ"), SYNTAX), ("EXISTS k", 0),
])
case("idletime-and-freq-clash", [
    (("RESTORE", "k", "0", V6, "IDLETIME", "1", "FREQ", "1"), SYNTAX),
    (("RESTORE", "k", "0", V6, "FREQ", "1", "IDLETIME", "1"), SYNTAX),
    ("EXISTS k", 0),
])
case("options-together", [
    ("SET k old", OK),
    (("RESTORE", "k", FAR_MS, V6, "IDLETIME", "50", "ABSTTL", "REPLACE"),
     OK), ("PEXPIRETIME k", FAR_MS), ("OBJECT IDLETIME k", Between(50, 60)),
    ("GET k", "v"),
], config={"maxmemory-policy": "noeviction"})
case("syntax", [
    (("RESTORE", "k", "0", V6) + tail, SYNTAX) for tail in (
        ("FOO",), ("",), ("REPLACE", "FOO"), ("EX", "10"), ("0",))
] + [("EXISTS k", 0)])
case("first-error-wins", [
    ("SET k old", OK), (("RESTORE", "k", "-1", "bad", "FOO"), SYNTAX),
    (("RESTORE", "k", "-1", "bad"), BUSY),
    (("RESTORE", "b", "-1", "bad"), BAD_TTL),
    (("RESTORE", "b", "abc", "bad"), INT_ERR),
    (("RESTORE", "b", "0", "bad", "IDLETIME", "x", "FOO"), INT_ERR),
    ("GET k", "old"), ("EXISTS b", 0),
])
case("bad-checksum", [
    (("RESTORE", "k", "0", V6[:-1] + bytes([V6[-1] ^ 1])), BAD_DUMP),
    (("RESTORE", "k", "0", b"\0\2" + V6[2:]), BAD_DUMP),
    (("RESTORE", "k", "0", V6[:-8] + bytes(8)), BAD_DUMP), ("EXISTS k", 0),
])
case("truncated", [
    (("RESTORE", "k", "0", V6[:n]), BAD_DUMP) for n in (
        0, 1, 9, 10, len(V6) - 1)] + [("EXISTS k", 0)])
case("longer", [
    (("RESTORE", "k", "0", V6 + b"\0"), BAD_DUMP), ("EXISTS k", 0),
])
case("version-of-the-future", [
    (("RESTORE", "k", "0", seal(b"\0" + text("v"), v)), BAD_DUMP)
    for v in (999, 65535)] + [("EXISTS k", 0)])
case("bad-checksum-replaces-nothing", [
    ("SET k old", OK), (("RESTORE", "k", "0", V6[:-1], "REPLACE"), BAD_DUMP),
    (("RESTORE", "k", "0", "", "REPLACE"), BAD_DUMP), ("GET k", "old"),
])
for name, body in (
        ("length-beyond-the-end", b"\0\x20v"),
        ("huge-length", b"\0\x80\x7f\xff\xff\xffv"),
        ("list-too-short", b"\1\x20" + text("a")),
        ("set-too-short", b"\2\x20" + text("a")),
        ("hash-too-short", b"\4\x20" + text("f")),
        ("compressed-garbage", b"\0\xc3\x02\x0a\xff\xff")):
    # The checksum is right, the content is not.
    case("bad-data-" + name, [
        (("RESTORE", "k", "0", seal(body)), BAD_DATA), ("EXISTS k", 0),
        ("PING", PONG),
    ])
case("asking", [
    (("RESTORE-ASKING", "k", "0", V6), OK), ("GET k", "v"),
    (("RESTORE-ASKING", "k", "0", V6), BUSY),
    (("RESTORE-ASKING", "k", "100000", V6, "REPLACE"), OK),
    ("PTTL k", Between(90000, 100000)),
    (("RESTORE-ASKING", "b", "0", "bad"), BAD_DUMP),
], level=EXACT)

# ---- MIGRATE ---------------------------------------------------------------

case = area("generic.migrate")
NO_TARGET = EP("IOERR error or timeout ")
KEYS_FORM = E("ERR When using MIGRATE KEYS option, the key argument must be "
              "set to the empty string")
case("nothing-to-send", [
    ("MIGRATE 127.0.0.1 1 nokey 0 1000", Simple("NOKEY")),
    ("MIGRATE 127.0.0.1 1 nokey 0 1000 COPY REPLACE", Simple("NOKEY")),
    (("MIGRATE", "127.0.0.1", "1", "", "0", "1000", "KEYS", "a", "b"),
     Simple("NOKEY")),
    ("migrate 127.0.0.1 1 nokey 0 1000 copy", Simple("NOKEY")),
])
case("no-target", [
    ("SET k v", OK), ("MIGRATE 127.0.0.1 1 k 0 1000", NO_TARGET),
    (("MIGRATE", "127.0.0.1", "1", "", "0", "1000", "KEYS", "a", "k"),
     NO_TARGET), ("GET k", "v"),
])
case("not-int", [
    ("MIGRATE 127.0.0.1 1 k abc 1000", INT_ERR),
    ("MIGRATE 127.0.0.1 1 k 0 abc", INT_ERR),
    ("MIGRATE 127.0.0.1 1 k 0 1.5", INT_ERR),
    (("MIGRATE", "127.0.0.1", "1", "k", "", "1000"), INT_ERR),
])
case("syntax", [
    ("SET k v", OK), ("MIGRATE 127.0.0.1 1 k 0 1000 FOO", SYNTAX),
    ("MIGRATE 127.0.0.1 1 k 0 1000 COPY FOO", SYNTAX),
    ("MIGRATE 127.0.0.1 1 k 0 1000 AUTH", SYNTAX),
    ("MIGRATE 127.0.0.1 1 k 0 1000 AUTH2 a", SYNTAX),
    ("MIGRATE 127.0.0.1 1 k 0 1000 FOO KEYS a", SYNTAX), ("GET k", "v"),
])
case("keys-and-a-key", [
    ("MIGRATE 127.0.0.1 1 k 0 1000 KEYS a", KEYS_FORM),
    ("MIGRATE 127.0.0.1 1 k 0 1000 COPY KEYS a b", KEYS_FORM),
])
case("first-error-wins", [
    ("MIGRATE 127.0.0.1 1 k abc abc FOO", SYNTAX),
    ("MIGRATE 127.0.0.1 1 k abc 1000 KEYS a", KEYS_FORM),
])
case("auth", [
    ("MIGRATE 127.0.0.1 1 nokey 0 1000 AUTH pw", Simple("NOKEY")),
    ("MIGRATE 127.0.0.1 1 nokey 0 1000 AUTH2 user pw", Simple("NOKEY")),
])


REPLIES = {
    "DUMP": "bulk null", "RESTORE": "simple error",
    "RESTORE-ASKING": "simple error", "MIGRATE": "simple error",
}
