"""Commands that give keys a time to live, and keys whose time has come."""

import time

from conformance.cases import *  # noqa: F403
from conformance.cases.generic import BAD_INTS, FAR, KINDS, NONE

FAR_MS = FAR * 1000
NOW = int(time.time())
DAY = 86400     # wide enough for any pause since NOW
MAX, MIN = "9223372036854775807", "-9223372036854775808"
NX_ERR = E("ERR NX and XX, GT or LT options at the same time are not "
           "compatible")
GTLT_ERR = E("ERR GT and LT options at the same time are not compatible")
EXPIRES = ("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT")
# Times that do not fit 64 bits of milliseconds.
INVALID = {"EXPIRE": [MAX, MIN, "9223372036854776", "9223372036854775",
                      "-9223372036854776"],
           "PEXPIRE": [MAX, "9223372036854775000"],
           "EXPIREAT": [MAX, MIN, "9223372036854776", "-9223372036854776"],
           "PEXPIREAT": []}
PAST = {"EXPIRE": ["0", "-1", "-1000000000000"],
        "PEXPIRE": ["0", "-1", MIN],
        "EXPIREAT": ["0", "1", "-1", "-9223372036854775"],
        "PEXPIREAT": ["0", "1", "-1", MIN]}


def days(name, n):
    """The argument of the command that means n days from now."""
    n *= DAY
    if name.endswith("AT"):
        n += NOW
    return n * 1000 if name.startswith("P") else n


# ---- EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT ----------------------------------

def family(name):
    case = area("generic." + name.lower())
    t, u = days(name, 1), days(name, 9)
    about_t, about_u = Between(0, DAY + 1), Between(DAY * 8, DAY * 9 + 1)
    error = E("ERR invalid expire time in '%s' command" % name.lower())

    def on(k, value, *options):
        return " ".join((name, k, str(value)) + options)

    case("sets-and-replaces", [
        (on("k", t), 0), ("SET k v", OK), (on("k", t), 1),
        ("TTL k", about_t), (on("k", u), 1), ("TTL k", about_u),
        (on("k", t), 1), ("TTL k", about_t), ("GET k", "v"),
        ("PERSIST k", 1), ("TTL k", -1),
    ])
    case("nx", [
        (on("k", t, "NX"), 0), ("SET k v", OK), (on("k", t, "NX"), 1),
        (on("k", u, "nx"), 0), ("TTL k", about_t),
        (on("k", u, "NX", "NX"), 0),
    ])
    case("xx", [
        (on("k", t, "XX"), 0), ("SET k v", OK), (on("k", t, "XX"), 0),
        ("TTL k", -1), (on("k", t), 1), (on("k", u, "xx"), 1),
        ("TTL k", about_u), (on("k", t, "XX", "XX"), 1),
    ])
    case("gt", [
        (on("k", t, "GT"), 0), ("SET k v", OK), (on("k", t), 1),
        (on("k", u, "GT"), 1), ("TTL k", about_u), (on("k", t, "gt"), 0),
        ("TTL k", about_u), (on("k", t, "GT", "GT"), 0),
        ("PEXPIREAT k " + MAX, 1), (on("k", u, "GT"), 0),
    ])
    case("gt-takes-no-ttl-for-infinite", [
        ("SET k v", OK), (on("k", t, "GT"), 0), ("TTL k", -1),
        (on("k", u, "XX", "GT"), 0), ("TTL k", -1),
    ])
    case("lt", [
        (on("k", t, "LT"), 0), ("SET k v", OK), (on("k", u), 1),
        (on("k", t, "LT"), 1), ("TTL k", about_t), (on("k", u, "lt"), 0),
        ("TTL k", about_t), (on("k", u, "LT", "LT"), 0),
    ])
    case("lt-takes-no-ttl-for-infinite", [
        ("SET k v", OK), (on("k", u, "LT"), 1), ("TTL k", about_u),
    ])
    case("xx-gt", [
        ("SET k v EX 10", OK), (on("k", t, "XX", "GT"), 1),
        ("TTL k", about_t), (on("k", u, "GT", "XX"), 1),
        ("TTL k", about_u), (on("k", t, "GT", "XX"), 0),
        ("TTL k", about_u),
    ])
    case("xx-lt", [
        ("SET k v", OK), (on("k", t, "LT", "XX"), 0), ("TTL k", -1),
        (on("k", u), 1), (on("k", t, "XX", "LT"), 1), ("TTL k", about_t),
        (on("k", u, "LT", "XX"), 0), ("TTL k", about_t),
    ])
    case("options-clash", [("SET k v", OK)] + [
        (on(k, t, tail), want) for k in ("k", "nokey")
        for tail, want in [
            ("NX XX", NX_ERR), ("XX NX", NX_ERR), ("NX GT", NX_ERR),
            ("LT NX", NX_ERR), ("NX GT LT", NX_ERR),
            ("GT LT", GTLT_ERR), ("LT GT XX", GTLT_ERR)]
    ] + [("TTL k", -1)])
    case("unsupported-option", [
        ("SET k v", OK), (on("k", t, "FOO"), E("ERR Unsupported option FOO")),
        (on("nokey", t, "FOO"), E("ERR Unsupported option FOO")),
        (on("k", t, "NX", "foo"), E("ERR Unsupported option foo")),
        (on("k", t, "NX XX Foo"), E("ERR Unsupported option Foo")),
        ((name, "k", t, ""), E("ERR Unsupported option ")),
        ((name, "k", t, "a\r\nb"), E("ERR Unsupported option a  b")),
        ("TTL k", -1),
    ])
    case("options-before-time", [
        ("SET k v", OK), (on("k", "abc", "NX XX"), NX_ERR),
        (on("k", "abc", "FOO"), E("ERR Unsupported option FOO")),
        (on("k", "abc", "NX"), INT_ERR), ("TTL k", -1),
    ])
    case("not-int", [("SET k v", OK)] + [
        ((name, k, n), INT_ERR) for n in BAD_INTS for k in ("k", "nokey")
    ] + [("TTL k", -1)])
    if INVALID[name]:
        case("out-of-range", [("SET k v", OK)] + [
            (on(k, n), error) for n in INVALID[name] for k in ("k", "nokey")
        ] + [("TTL k", -1)])
    case("past-deletes", [
        step for n in PAST[name] for step in [
            ("SET k v", OK), (on("k", n), 1), ("EXISTS k", 0),
            ("DBSIZE", 0), (on("k", n), 0)]])
    case("past-with-options", [
        step for n in PAST[name] for step in [
            ("SET k v", OK), (on("k", n, "XX"), 0),
            (on("k", n, "GT"), 0), ("GET k", "v"),
            (on("k", n, "NX"), 1), ("DBSIZE", 0),
            ("SET k v", OK), (on("k", n, "LT"), 1), ("DBSIZE", 0),
            ("SET k v EX 100", OK), (on("k", n, "NX"), 0),
            (on("k", n, "GT"), 0), ("GET k", "v"),
            (on("k", n, "XX", "LT"), 1), ("DBSIZE", 0)]])
    for kind, make, see, seen in KINDS[1:]:
        case(kind, [
            (make, ANY), (on("k", t, "NX"), 1), ("TTL k", about_t),
            (see % "k", seen), (on("k", u, "LT"), 0), ("TTL k", about_t),
            (on("k", u, "XX GT"), 1), ("TTL k", about_u), ("PERSIST k", 1),
            (on("k", PAST[name][0]), 1), ("TYPE k", NONE),
        ])


for name in EXPIRES:
    family(name)

case = area("generic.expire")
case("bounds", [
    ("SET k v", OK), ("EXPIRE k 9223370000000000", 1),
    ("TTL k", Between(9223369999999990, 9223370000000000)), ("GET k", "v"),
])
area("generic.pexpire")("bounds", [
    ("SET k v", OK), ("PEXPIRE k 9223370000000000000", 1),
    ("PTTL k", Between(9223369999999900000, 9223370000000000000)),
    ("GET k", "v"),
])
area("generic.expireat")("bounds", [
    ("SET k v", OK), ("EXPIREAT k 9223372036854775", 1),
    ("PEXPIRETIME k", 9223372036854775000),
    ("EXPIRETIME k", 9223372036854775), ("GET k", "v"),
])
area("generic.pexpireat")("bounds", [
    ("SET k v", OK), ("PEXPIREAT k " + MAX, 1), ("PEXPIRETIME k", int(MAX)),
    ("GET k", "v"),
])

# ---- TTL, PTTL, EXPIRETIME, PEXPIRETIME ------------------------------------

for name, about in (("TTL", Between(99, 100)),
                    ("PTTL", Between(90000, 100000)),
                    ("EXPIRETIME", Between(NOW + 99, NOW + DAY)),
                    ("PEXPIRETIME", Between((NOW + 99) * 1000,
                                            (NOW + DAY) * 1000))):
    case = area("generic." + name.lower())
    case("of-no-key", [(name + " k", -2), ((name, ""), -2)])
    case("of-a-key-without-ttl", [("SET k v", OK), (name + " k", -1)])
    case("of-a-key-with-ttl", [
        ("SET k v", OK), ("EXPIRE k 100", 1), (name + " k", about),
        (name.lower() + " k", about),
    ])
    for kind, make, _, _ in KINDS[1:]:
        case(kind, [
            (make, ANY), (name + " k", -1), ("EXPIRE k 100", 1),
            (name + " k", about), ("DEL k", 1), (name + " k", -2),
        ])
area("generic.expiretime")("rounds", [
    ("SET k v", OK), ("PEXPIREAT k %d" % (FAR_MS + 499), 1),
    ("EXPIRETIME k", FAR), ("PEXPIRETIME k", FAR_MS + 499),
    ("PEXPIREAT k %d" % (FAR_MS + 500), 1), ("EXPIRETIME k", FAR + 1),
    ("PEXPIREAT k %d" % (FAR_MS + 999), 1), ("EXPIRETIME k", FAR + 1),
])
area("generic.ttl")("rounds", [
    ("SET k v PX 100700", OK), ("TTL k", Between(100, 101)),
    ("SET k v PX 100400", OK), ("TTL k", Between(99, 100)),
])

# ---- PERSIST ---------------------------------------------------------------

case = area("generic.persist")
case("no-key-and-no-ttl", [
    ("PERSIST k", 0), ("SET k v", OK), ("PERSIST k", 0),
])
case("removes-the-ttl", [
    ("SET k v EX 100", OK), ("PERSIST k", 1), ("TTL k", -1),
    ("PERSIST k", 0), ("GET k", "v"),
])
for kind, make, see, seen in KINDS[1:]:
    case(kind, [
        (make, ANY), ("PERSIST k", 0), ("EXPIRE k 100", 1), ("PERSIST k", 1),
        ("TTL k", -1), (see % "k", seen),
    ])

# ---- writing and the TTL ---------------------------------------------------

case = area("generic.ttl")
for kind, make, change in (
        ("list", "RPUSH k a b", "LPOP k"), ("list-set", "RPUSH k a b",
                                            "LSET k 0 x"),
        ("set", "SADD k a b", "SREM k a"), ("set-add", "SADD k a",
                                            "SADD k b"),
        ("zset", "ZADD k 1 a", "ZINCRBY k 1 a"),
        ("hash", "HSET k f v", "HSET k f w"),
        ("stream", "XADD k 1-1 f v", "XADD k 2-1 f v"),
        ("bitmap", "SETBIT k 7 1", "SETBIT k 8 1"),
        ("hyperloglog", "PFADD k a", "PFADD k b")):
    case("stays-when-a-%s-changes" % kind, [
        (make, ANY), ("EXPIREAT k %d" % FAR, 1), (change, ANY),
        ("EXPIRETIME k", FAR),
    ])
for name, steps in (
        ("sunionstore", [("SADD s a", 1), ("SUNIONSTORE k s", 1)]),
        ("sinterstore", [("SADD s a", 1), ("SINTERSTORE k s s", 1)]),
        ("zunionstore", [("ZADD z 1 a", 1), ("ZUNIONSTORE k 1 z", 1)]),
        ("sort-store", [("RPUSH l 1", 1), ("SORT l STORE k", 1)]),
        ("bitop", [("SET s a", OK), ("BITOP NOT k s", 1)]),
        ("zrangestore", [("ZADD z 1 a", 1), ("ZRANGESTORE k z 0 -1", 1)])):
    case("goes-when-%s-overwrites" % name, [
        ("SET k v EX 100", OK)] + steps + [("TTL k", -1)])

# ---- keys whose time has come ----------------------------------------------

case = area("generic.expired", contexts="plain")


def gone(name, steps, make="SET k v"):
    """What commands make of a key that has just expired."""
    case(name, [(make, ANY), ("PEXPIRE k 3", 1), ("DEBUG SLEEP 0.01", OK)] +
         steps)


gone("get", [("GET k", NIL), ("TTL k", -2), ("TYPE k", NONE)])
gone("exists", [("EXISTS k", 0), ("TOUCH k", 0)])
gone("del", [("DEL k", 0)])
gone("unlink", [("UNLINK k", 0)])
gone("keys", [("KEYS *", [])])
gone("scan", [("SCAN 0", ["0", []])])
gone("randomkey", [("RANDOMKEY", NIL)])
gone("rename", [("RENAME k b", NO_KEY)])
gone("copy", [("COPY k b", 0)])
gone("move", [("MOVE k 1", 0)])
gone("expire", [("EXPIRE k 100", 0), ("PERSIST k", 0)])
gone("expire-options", [("EXPIRE k 100 XX", 0), ("EXPIRE k 100 LT", 0)])
gone("pttl", [("PTTL k", -2), ("PEXPIRETIME k", -2)])
gone("object", [("OBJECT ENCODING k", NIL)])
gone("dump", [("DUMP k", NIL)])
gone("sort", [("SORT k", [])], "RPUSH k a b")
gone("sort-store", [("SORT k STORE d ALPHA", 0)], "RPUSH k a b")
gone("restore", [("DUMP k", NIL), ("SET d v", OK), ("RENAMENX d k", 1)])
gone("mget", [("MGET k k", [NIL, NIL])])
gone("incr", [("INCR k", 1), ("TTL k", -1)])
gone("incrbyfloat", [("INCRBYFLOAT k 1", "1"), ("TTL k", -1)])
gone("append", [("APPEND k x", 1), ("TTL k", -1)])
gone("setrange", [("SETRANGE k 1 x", 2), ("GET k", b"\0x")])
gone("getset", [("GETSET k x", NIL), ("GET k", "x")])
gone("getdel", [("GETDEL k", NIL)])
gone("getex", [("GETEX k PERSIST", NIL)])
gone("set-keepttl", [("SET k w KEEPTTL", OK), ("TTL k", -1)])
gone("setnx", [("SETNX k w", 1), ("GET k", "w")])
gone("msetnx", [("MSETNX k w b w", 1), ("TTL k", -1)])
gone("renamenx", [("SET b w", OK), ("RENAMENX b k", 1), ("TTL k", -1)])
gone("copy-onto", [("SET b w", OK), ("COPY b k", 1), ("GET k", "w")])
gone("move-onto", [("SELECT 1", OK), ("SET k w", OK), ("MOVE k 0", 1),
                   ("SELECT 0", OK), ("GET k", "w"), ("TTL k", -1)])
gone("is-of-no-type", [("RPUSH k a", 1), ("TTL k", -1)])
gone("lpushx", [("LPUSHX k a", 0), ("EXISTS k", 0)], "RPUSH k a")
gone("sadd", [("SADD k b", 1), ("SMEMBERS k", S(["b"])), ("TTL k", -1)],
     "SADD k a")
gone("hset", [("HSET k g 1", 1), ("HLEN k", 1), ("TTL k", -1)],
     "HSET k f v")
gone("zadd-xx", [("ZADD k XX 1 a", 0), ("EXISTS k", 0)], "ZADD k 1 a")
gone("xadd-starts-anew", [("XADD k 1-1 f v", "1-1"), ("XLEN k", 1)],
     "XADD k 5-1 f v")
gone("sunionstore", [("SADD s b", 1), ("SUNIONSTORE d k s", 1),
                     ("SMEMBERS d", S(["b"]))], "SADD k a")
gone("blpop", [("BLPOP k 0", BLOCKED), ("b", "RPUSH k x", 1),
               (b"", ["k", "x"])], "RPUSH k a")
gone("watch-after", [
    ("WATCH k", OK), ("MULTI", OK), ("PING", QUEUED), ("EXEC", [PONG])])
case("without-being-asked-for", [
    ("SET k v PX 5", OK), ("DBSIZE", Eventually(0)),
], config={"hz": "100"})
case("none-is-seen-while-active-expiry-is-off", [
    ("DEBUG SET-ACTIVE-EXPIRE 0", OK),
    ("MSET a 1 b 2 c 3", OK), ("PEXPIRE a 3", 1), ("PEXPIRE b 3", 1),
    ("DEBUG SLEEP 0.01", OK), ("EXISTS a b c", 1), ("GET a", NIL),
    ("KEYS *", ["c"]), ("RANDOMKEY", "c"),
    ("DEBUG SET-ACTIVE-EXPIRE 1", OK), ("DBSIZE", Eventually(1)),
])
case("all-of-many", [
    (["MSET"] + [x for i in range(300) for x in ("k%d" % i, "v")], OK),
] + [("PEXPIRE k%d 3" % i, 1) for i in range(300)] + [
    ("SET stay v", OK), ("DBSIZE", Eventually(1)), ("GET stay", "v"),
], config={"hz": "100"})


REPLIES = dict.fromkeys(
    ["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"], "int error")
REPLIES.update(dict.fromkeys(
    ["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "PERSIST"], "int"))
