"""Commands on keys of any type: existence, names, databases, WAIT."""

from conformance.cases import *  # noqa: F403

FAR = 33177117420           # a time in the year 3021
SAME = E("ERR source and destination objects are the same")
DB_RANGE = E("ERR DB index is out of range")
INT32_ERR = E("ERR value is out of range, value must between -2147483648 and "
              "2147483647")
STRING, NONE = Simple("string"), Simple("none")
BAD_INTS = ["", " ", "+1", "01", "-01", "-0", " 1", "1 ", "1e2", "1.0", "0x1",
            "abc", "1\0", "--1", "9223372036854775808",
            "-9223372036854775809", "99999999999999999999999"]

# A key k of each type: TYPE, how to make it, how to see it, what is seen.
KINDS = [
    ("string", "SET k v", "GET %s", "v"),
    ("list", "RPUSH k a b a", "LRANGE %s 0 -1", ["a", "b", "a"]),
    ("set", "SADD k a b", "SMEMBERS %s", S(["a", "b"])),
    ("zset", "ZADD k 1 a 2.5 b", "ZRANGE %s 0 -1 WITHSCORES",
     Pairs([("a", D("1")), ("b", D("2.5"))])),
    ("hash", "HSET k f 1 g 2", "HGETALL %s", M([("f", "1"), ("g", "2")])),
    ("stream", "XADD k 1-1 f v", "XRANGE %s - +", [["1-1", ["f", "v"]]]),
]

# ---- existence -------------------------------------------------------------

case = area("generic.del")
case("counts-keys-that-were-there", [
    ("DEL k", 0), ("MSET a 1 b 2 c 3", OK), ("DEL a", 1), ("DEL a", 0),
    ("DEL a b c nokey", 2), ("DBSIZE", 0),
])
case("a-key-named-twice-counts-once", [
    ("SET a 1", OK), ("DEL a a a", 1), ("EXISTS a", 0),
])
case("forgets-the-ttl", [
    ("SET a 1 EX 100", OK), ("DEL a", 1), ("SET a 1", OK), ("TTL a", -1),
])
case("empty-key-and-binary-key", [
    (("MSET", "", "1", b"\0\r\n\xff", "2"), OK),
    (("DEL", "", b"\0\r\n\xff"), 2), ("DBSIZE", 0),
])
case("many", [
    (["MSET"] + [x for i in range(1000) for x in ("k%d" % i, "v")], OK),
    (["EXISTS"] + ["k%d" % i for i in range(1200)], 1000),
    (["DEL"] + ["k%d" % i for i in range(500)], 500),
    ("DBSIZE", 500),
    (["UNLINK"] + ["k%d" % i for i in range(1000)], 500),
    ("DBSIZE", 0),
])
case("huge-value", [
    ("SETRANGE k 20000000 x", 20000001), ("STRLEN k", 20000001),
    ("DEL k", 1), ("SETRANGE k 20000000 x", 20000001), ("UNLINK k", 1),
    ("SETRANGE k 20000000 x", 20000001), ("SET k v", OK),
    ("DBSIZE", 1),
], slow=True)
for kind, make, see, seen in KINDS:
    case(kind, [
        (make, ANY), ("DEL k", 1), ("TYPE k", NONE), ("EXISTS k", 0),
        (make, ANY), (see % "k", seen),
    ])

case = area("generic.unlink")
case("counts-keys-that-were-there", [
    ("UNLINK k", 0), ("MSET a 1 b 2 c 3", OK), ("UNLINK a a c nokey", 2),
    ("EXISTS a", 0), ("GET b", "2"), ("DBSIZE", 1),
])
case("big-value", [
    (("SET", "big", "x" * 100000), OK), ("SET b 1", OK),
    ("UNLINK big b", 2), ("DBSIZE", 0),
])
case("forgets-the-ttl", [
    ("SET a 1 EX 100", OK), ("UNLINK a", 1), ("SET a 1", OK), ("TTL a", -1),
])
case("big-aggregates", [
    (["RPUSH", "l"] + [*range(500)], 500),
    (["SADD", "s"] + [*range(500)], 500),
    (["HSET", "h"] + [*range(1000)], 500),
    (["ZADD", "z"] + [*range(1000)], 500),
    ("UNLINK l s h z nokey", 4), ("DBSIZE", 0), ("RPUSH l a", 1),
])
for kind, make, see, seen in KINDS:
    case(kind, [
        (make, ANY), ("UNLINK k", 1), ("TYPE k", NONE), ("UNLINK k", 0),
        (make, ANY), (see % "k", seen),
    ])

case = area("generic.exists")
case("one", [
    ("EXISTS k", 0), ("SET a 1", OK), ("EXISTS a", 1), ("EXISTS A", 0),
])
case("counts-a-key-as-often-as-it-is-named", [
    ("MSET a 1 b 2", OK), ("EXISTS a b nokey", 2), ("EXISTS a a a", 3),
    ("EXISTS nokey nokey", 0),
])
case("empty-key", [
    (("EXISTS", ""), 0), (("SET", "", "v"), OK), (("EXISTS", ""), 1),
])
case("every-type", [
    (make.replace("k", "k:" + kind, 1), ANY) for kind, make, _, _ in KINDS
] + [(["EXISTS"] + ["k:" + kind for kind, _, _, _ in KINDS], 6)])

case = area("generic.touch")
case("counts-like-exists", [
    ("TOUCH k", 0), ("MSET a 1 b 2", OK), ("TOUCH a b nokey", 2),
    ("TOUCH a a", 2), ("EXISTS nokey", 0),
])
case("keeps-value-and-ttl", [
    ("SET a 1 EX 100", OK), ("TOUCH a", 1), ("GET a", "1"),
    ("TTL a", Between(99, 100)),
])
for kind, make, see, seen in KINDS:
    case(kind, [(make, ANY), ("TOUCH k", 1), (see % "k", seen)])

case = area("generic.type")
case("none", [("TYPE k", NONE), ("SET k v", OK), ("DEL k", 1),
              ("TYPE k", NONE)])
case("string-however-it-is-kept", [
    ("SET k v", OK), ("TYPE k", STRING), ("SET k 12", OK),
    ("TYPE k", STRING), (("SET", "k", "x" * 100), OK), ("TYPE k", STRING),
])
case("bitmap-and-hyperloglog-are-strings", [
    ("SETBIT b 7 1", 0), ("TYPE b", STRING), ("PFADD h a", 1),
    ("TYPE h", STRING),
])
case("geo-is-a-zset", [
    ("GEOADD g 13.5 38.5 a", 1), ("TYPE g", Simple("zset")),
])
for kind, make, _, _ in KINDS:
    case(kind, [(make, ANY), ("TYPE k", Simple(kind)),
                ("type k", Simple(kind))])
for kind, make, last in (
        ("list", "RPUSH k a", "LPOP k"), ("set", "SADD k a", "SREM k a"),
        ("zset", "ZADD k 1 a", "ZREM k a"), ("hash", "HSET k f v",
                                             "HDEL k f")):
    case("empty-%s-is-none" % kind, [
        (make, 1), (last, ANY), ("TYPE k", NONE), ("EXISTS k", 0),
        ("DBSIZE", 0),
    ])
case("empty-stream-stays", [
    ("XADD k 1-1 f v", "1-1"), ("XDEL k 1-1", 1),
    ("TYPE k", Simple("stream")), ("EXISTS k", 1),
])

# ---- RENAME ----------------------------------------------------------------

case = area("generic.rename")
case("no-such-key", [
    ("RENAME a b", NO_KEY), ("SET b 2", OK), ("RENAME nokey b", NO_KEY),
    ("RENAME nokey nokey", NO_KEY), ("GET b", "2"),
])
case("to-a-new-name", [
    ("SET a 1", OK), ("RENAME a b", OK), ("MGET a b", [NIL, "1"]),
    ("DBSIZE", 1),
])
case("replaces", [
    ("MSET a 1 b 2", OK), ("RENAME a b", OK), ("MGET a b", [NIL, "1"]),
    ("DBSIZE", 1),
])
case("to-itself", [
    ("SET b 2 EXAT %d" % FAR, OK), ("RENAME b b", OK), ("GET b", "2"),
    ("EXPIRETIME b", FAR),
])
case("takes-the-ttl", [
    ("SET a 1 EXAT %d" % FAR, OK), ("RENAME a b", OK),
    ("EXPIRETIME b", FAR), ("TTL a", -2), ("SET a 2", OK),
    ("RENAME a b", OK), ("TTL b", -1), ("SET a 3 EXAT %d" % FAR, OK),
    ("RENAME a a", OK), ("EXPIRETIME a", FAR),
])
case("empty-and-binary-names", [
    ("SET a 1", OK), (("RENAME", "a", ""), OK), (("GET", ""), "1"),
    (("RENAME", "", b"\r\n\0"), OK), (("GET", b"\r\n\0"), "1"),
    (("EXISTS", ""), 0),
])
for kind, make, see, seen in KINDS:
    case(kind, [
        (make, ANY), ("RENAME k b", OK), ("EXISTS k", 0), (see % "b", seen),
        ("TYPE b", Simple(kind)),
    ])
    case("replaces-%s-by-another-type" % kind, [
        (make, ANY), (("RPUSH" if kind != "list" else "SADD", "o", "x"), 1),
        ("RENAME o k", OK), ("TYPE k", Simple(
            "list" if kind != "list" else "set")), ("DBSIZE", 1),
    ])

case = area("generic.renamenx")
case("no-such-key", [
    ("RENAMENX a b", NO_KEY), ("RENAMENX nokey nokey", NO_KEY),
    ("SET b 2", OK), ("RENAMENX nokey b", NO_KEY), ("GET b", "2"),
])
case("keeps-what-is-there", [
    ("MSET a 1 b 2", OK), ("RENAMENX a b", 0), ("MGET a b", ["1", "2"]),
])
case("to-a-new-name", [
    ("SET a 1", OK), ("RENAMENX a c", 1), ("MGET a c", [NIL, "1"]),
])
case("to-itself", [("SET c 1", OK), ("RENAMENX c c", 0), ("GET c", "1")])
case("takes-the-ttl", [
    ("SET c 1 EXAT %d" % FAR, OK), ("RENAMENX c d", 1),
    ("EXPIRETIME d", FAR), ("TTL c", -2),
])
for kind, make, see, seen in KINDS:
    case(kind, [
        (make, ANY), ("SET o v", OK), ("RENAMENX k o", 0),
        ("RENAMENX o k", 0), ("RENAMENX k b", 1), ("EXISTS k", 0),
        (see % "b", seen),
    ])

# ---- COPY ------------------------------------------------------------------

case = area("generic.copy")
case("to-a-new-name", [
    ("COPY a b", 0), ("SET a 1", OK), ("COPY a b", 1),
    ("MGET a b", ["1", "1"]), ("DBSIZE", 2),
])
case("keeps-what-is-there", [
    ("MSET a 1 b 2", OK), ("COPY a b", 0), ("GET b", "2"),
])
case("replace", [
    ("MSET a 1 b 2", OK), ("COPY a b REPLACE", 1), ("GET b", "1"),
    ("COPY a c replace", 1), ("GET c", "1"),
    ("COPY nokey b REPLACE", 0), ("GET b", "1"),
    ("COPY a b REPLACE REPLACE", 1),
])
case("is-a-value-of-its-own", [
    ("SET a 2", OK), ("COPY a b", 1), ("APPEND a x", 2), ("GET b", "2"),
    ("INCR b", 3), ("GET a", "2x"),
])
case("takes-the-ttl", [
    ("SET a 1 EXAT %d" % FAR, OK), ("COPY a b", 1),
    ("EXPIRETIME b", FAR), ("EXPIRETIME a", FAR), ("SET c 1", OK),
    ("COPY c b REPLACE", 1), ("TTL b", -1), ("PERSIST a", 1),
    ("EXPIREAT c %d" % FAR, 1), ("COPY c a REPLACE", 1),
    ("EXPIRETIME a", FAR),
])
case("db", [
    ("SET a 1 EXAT %d" % FAR, OK), ("COPY a a DB 1", 1),
    ("COPY a a DB 1", 0), ("SELECT 1", OK), ("GET a", "1"),
    ("EXPIRETIME a", FAR), ("SET a 2", OK), ("SELECT 0", OK),
    ("COPY a a DB 1 REPLACE", 1), ("COPY a b db 1 replace", 1),
    ("COPY a c REPLACE DB 1", 1), ("SELECT 1", OK),
    ("MGET a b c", ["1", "1", "1"]), ("DBSIZE", 3),
])
case("db-last-wins", [
    ("SET a 1", OK), ("COPY a d DB 1 DB 2", 1), ("SELECT 1", OK),
    ("EXISTS d", 0), ("SELECT 2", OK), ("EXISTS d", 1),
    ("COPY d d DB 15", 1),
])
case("db-of-the-connection", [
    ("SELECT 3", OK), ("SET a 1", OK), ("COPY a a DB 3", SAME),
    ("COPY a b DB 3", 1), ("COPY a a DB 0", 1), ("SELECT 0", OK),
    ("GET a", "1"), ("EXISTS b", 0),
])
case("onto-itself", [
    ("SET a 1", OK), ("COPY a a", SAME), ("COPY a a REPLACE", SAME),
    ("COPY a a DB 0", SAME), ("COPY nokey nokey", SAME), ("GET a", "1"),
])
case("db-errors", [
    ("SET a 1", OK), ("COPY a b DB 16", DB_RANGE),
    ("COPY a b DB -1", DB_RANGE), ("COPY nokey b DB 16", DB_RANGE),
    ("COPY a b DB 1 DB 16", DB_RANGE), ("COPY a b DB abc", INT_ERR),
    (("COPY", "a", "b", "DB", ""), INT_ERR),
    ("COPY a b DB 99999999999", INT32_ERR),
    ("COPY a b DB 2147483647", DB_RANGE),
    ("COPY a b DB 2147483648", INT32_ERR), ("DBSIZE", 1),
], needs=("multidb",))
case("syntax", [
    ("SET a 1", OK), ("COPY a b DB", SYNTAX), ("COPY a b FOO", SYNTAX),
    ("COPY a b REPLACE FOO", SYNTAX), ("COPY a b REPLACE DB", SYNTAX),
    ("COPY a b FOO DB 16", SYNTAX), (("COPY", "a", "b", ""), SYNTAX),
    ("COPY a a FOO", SYNTAX), ("DBSIZE", 1),
])
case("first-error-wins", [
    ("SET a 1", OK), ("COPY a b DB 16 FOO", DB_RANGE),
    ("COPY a b DB abc FOO", INT_ERR), ("COPY a a DB 16", DB_RANGE),
    ("EXISTS b", 0),
], needs=("multidb",))
for kind, make, see, seen in KINDS:
    case(kind, [
        (make, ANY), ("COPY k b", 1), (see % "b", seen), (see % "k", seen),
        ("COPY k b", 0), ("DEL k", 1), (see % "b", seen),
    ])
    case(kind + "-replace", [
        (make, ANY), ("SET o v", OK), ("COPY k o", 0), ("GET o", "v"),
        ("COPY k o REPLACE", 1), (see % "o", seen),
        ("TYPE o", Simple(kind)),
    ])
    case(kind + "-db", [
        (make, ANY), ("COPY k k DB 1", 1), ("SELECT 1", OK),
        (see % "k", seen),
    ])
# Shared structure would show in the copy.
for kind, make, change, see, seen in (
        ("list", "RPUSH k a b", "LSET b 0 x", "LRANGE k 0 -1", ["a", "b"]),
        ("set", "SADD k a b", "SREM b a", "SMEMBERS k", S(["a", "b"])),
        ("zset", "ZADD k 1 a", "ZINCRBY b 1 a", "ZSCORE k a", D("1")),
        ("hash", "HSET k f v", "HSET b f w", "HGET k f", "v"),
        ("stream", "XADD k 1-1 f v", "XDEL b 1-1", "XLEN k", 1)):
    case(kind + "-is-a-value-of-its-own", [
        (make, ANY), ("COPY k b", 1), (change, ANY), (see, seen),
    ])
SMALL = {"list-max-listpack-size": "2", "hash-max-listpack-entries": "1",
         "zset-max-listpack-entries": "1", "set-max-intset-entries": "1",
         "stream-node-max-entries": "1"}
for kind, make, see, seen in KINDS[1:]:
    case(kind + "-large-encoding", [
        (make, ANY), ("COPY k b", 1), (see % "b", seen), ("DEL k", 1),
        (see % "b", seen),
    ], config=SMALL)
case("intset", [
    ("SADD k 1 2 3", 3), ("COPY k b", 1), ("SADD k 4", 1),
    ("SMEMBERS b", S(["1", "2", "3"])),
])
case("stream-takes-groups-and-last-id", [
    ("XADD k 1-1 f v", "1-1"), ("XADD k 2-1 f v", "2-1"), ("XDEL k 2-1", 1),
    ("XGROUP CREATE k g 0", OK),
    ("XREADGROUP GROUP g c STREAMS k >", ANY),
    ("COPY k b", 1), ("XPENDING b g", [1, "1-1", "1-1", [["c", "1"]]]),
    ("XADD b 2-1 f v", EP("ERR The ID specified in XADD is equal or")),
    ("XACK b g 1-1", 1), ("XPENDING k g", [1, "1-1", "1-1", [["c", "1"]]]),
])
case("hyperloglog-and-bitmap", [
    ("PFADD h a b c", 1), ("COPY h i", 1), ("PFCOUNT i", 3),
    ("SETBIT m 100 1", 0), ("COPY m n", 1), ("BITCOUNT n", 1),
])

# ---- MOVE ------------------------------------------------------------------

case = area("generic.move")
case("to-another-database", [
    ("MOVE a 1", 0), ("SET a 1", OK), ("MOVE a 1", 1),
    ("EXISTS a", 0), ("SELECT 1", OK), ("GET a", "1"),
    ("MOVE a 15", 1), ("SELECT 15", OK), ("GET a", "1"),
])
case("takes-the-ttl", [
    ("SET a 1 EXAT %d" % FAR, OK), ("MOVE a 1", 1), ("TTL a", -2),
    ("SELECT 1", OK), ("EXPIRETIME a", FAR),
])
case("keeps-what-is-there", [
    ("SET a 1", OK), ("MOVE a 1", 1), ("SET a 2", OK), ("MOVE a 1", 0),
    ("GET a", "2"), ("TTL a", -1), ("SELECT 1", OK), ("GET a", "1"),
])
case("errors", [
    ("SET a 1", OK), ("MOVE a 0", SAME), ("MOVE nokey 0", SAME),
    ("MOVE a 16", DB_RANGE), ("MOVE a -1", DB_RANGE),
    ("MOVE nokey 16", DB_RANGE), ("MOVE a abc", INT_ERR),
    (("MOVE", "a", ""), INT_ERR), ("MOVE a 01", INT_ERR),
    ("MOVE a 99999999999", INT32_ERR), ("GET a", "1"),
])
for kind, make, see, seen in KINDS:
    case(kind, [
        (make, ANY), ("MOVE k 1", 1), ("EXISTS k", 0), ("SELECT 1", OK),
        (see % "k", seen), ("MOVE k 0", 1), ("DBSIZE", 0),
    ])

# ---- databases -------------------------------------------------------------

case = area("generic.database")
case("each-has-keys-of-its-own", [
    ("SET a 0", OK), ("SELECT 1", OK), ("GET a", NIL), ("SET a 1", OK),
    ("SELECT 15", OK), ("SET a 15", OK), ("SELECT 0", OK), ("GET a", "0"),
    ("SELECT 1", OK), ("GET a", "1"), ("SELECT 15", OK),
    ("GET a", "15"), ("SELECT 15", OK), ("GET a", "15"),
])
case("select-not-int", [("SELECT 3", OK), ("SET a 3", OK)] + [
    (("SELECT", n), INT_ERR) for n in BAD_INTS] + [("GET a", "3")])
case("select-out-of-range", [
    ("SELECT 3", OK), ("SET a 3", OK),
    ("SELECT 16", DB_RANGE), ("SELECT -1", DB_RANGE),
    ("SELECT 2147483647", DB_RANGE), ("SELECT 2147483648", INT32_ERR),
    ("SELECT -2147483649", INT32_ERR),
    ("SELECT 9223372036854775807", INT32_ERR), ("GET a", "3"),
])
case("one-for-all-connections", [
    ("SET k v", OK), ("b", "GET k", "v"), ("b", "SELECT 1", OK),
    ("b", "SET k w", OK), ("GET k", "v"), ("SELECT 1", OK), ("GET k", "w"),
    ("b", "SELECT 0", OK), ("b", "GET k", "v"),
])
case("dbsize", [
    ("DBSIZE", 0), ("MSET a 1 b 2", OK), ("DBSIZE", 2), ("DEL a", 1),
    ("DBSIZE", 1), ("SET b 3", OK), ("DBSIZE", 1), ("SELECT 1", OK),
    ("DBSIZE", 0), ("dbsize", 0),
])
case("dbsize-counts-keys-not-elements", [
    ("RPUSH l a b c", 3), ("SADD s a b", 2), ("DBSIZE", 2),
    ("LPOP l 3", ["a", "b", "c"]), ("DBSIZE", 1),
])

# ---- WAIT ------------------------------------------------------------------

case = area("generic.wait")
case("for-no-replicas", [("WAIT 0 0", 0), ("SET k v", OK), ("WAIT 0 0", 0),
                         ("WAIT 0 1000", 0), ("wait 0 1", 0)])
case("times-out", [("SET k v", OK), ("WAIT 1 1", 0), ("WAIT 100 1", 0)])
case("negative-number-of-replicas", [("WAIT -1 0", 0)])
case("blocks-only-its-connection", [
    ("SET k v", OK), ("WAIT 1 50", BLOCKED), ("b", "GET k", "v"), (b"", 0),
])
case("does-not-block-in-multi", [
    ("MULTI", OK), ("SET k v", QUEUED), ("WAIT 1 0", QUEUED),
    ("EXEC", [OK, 0]),
], contexts=("plain", "pipelined", "bytewise", "split", "inline"))
case("timeout-errors", [
    ("WAIT 0 -1", E("ERR timeout is negative")),
    ("WAIT 1 -9223372036854775808", E("ERR timeout is negative")),
] + [(("WAIT", "0", n), E("ERR timeout is not an integer or out of range"))
     for n in ("abc", "", "1.5", "9223372036854775808")])
case("first-error-wins", [("WAIT abc -1", INT_ERR), ("WAIT abc abc", INT_ERR),
                          (("WAIT", "", "0"), INT_ERR)])


@case.script("unblocked", needs=("WAIT", "CLIENT ID", "CLIENT UNBLOCK"))
def wait_unblocked():
    client = yield "CLIENT ID", Between(1, 2**62)
    yield "WAIT 1 0", BLOCKED
    yield "b", "CLIENT UNBLOCK %d" % client.v, 1
    yield b"", 0
    yield "WAIT 1 0", BLOCKED
    yield "b", "CLIENT UNBLOCK %d ERROR" % client.v, 1
    yield b"", E("UNBLOCKED client unblocked via CLIENT UNBLOCK")


REPLIES = {
    "DEL": "int", "UNLINK": "int", "EXISTS": "int", "TOUCH": "int",
    "TYPE": "simple", "RENAME": "simple error", "RENAMENX": "int error",
    "COPY": "int error", "MOVE": "int error", "WAIT": "int error",
}
