"""String commands that came after Redis 7.0: DIGEST, conditions on digests
(8.4) and INCREX (8.8)."""

from conformance.cases import *  # noqa: F403

FAR = 33177117420           # a time in the year 3021
MAX, MIN = "9223372036854775807", "-9223372036854775808"
SOON = Between(99, 100)
# The engine knows the commands of 7.0, and that others are not queued.
CONTEXTS = ("plain", "pipelined", "bytewise", "split", "inline")

# What libxxhash's XXH3_64bits() says.
DIGESTS = [
    (b"", "2d06800538d394c2"), (b"a", "e6c632b61e964e1f"),
    (b"v", "f7042be43fb80714"), (b"10", "d0698444ed39c832"), (b"Hello world", "b6acb9d84a38ff74"),
    (b"\0\r\n", "b3474f7091c79eaf"), (b"x" * 17, "89975e6b7d2f5a11"), (b"x" * 129, "e4f9742108fe27dc"),
    (b"x" * 241, "14da9e5c301a6a1d"), (b"x" * 1025, "9cd2e05a61b8a761"), (b"x" * 5000, "8d8567cbc9ee3d90"),
]
OF = dict(DIGESTS)
V, TEN = OF[b"v"], OF[b"10"]
OTHER = "0123456789abcdef"

# ---- DIGEST --------------------------------------------------------------

case = area("string.digest", since="8.4", contexts=CONTEXTS)
case("of-strings", [step for text, digest in DIGESTS for step in (
    (("SET", "k", text), OK), ("DIGEST k", digest))])
case("of-what-was-changed", [
    ("SET k 9", OK), ("INCR k", 10), ("DIGEST k", TEN),
    ("SET k Hello", OK), (("APPEND", "k", " world"), 11),
    ("DIGEST k", OF[b"Hello world"]), ("SETRANGE k 0 a", 11),
    ("SET k v EX 100", OK), ("DIGEST k", V), ("TTL k", SOON),
])
case("no-key", [("DIGEST k", NIL), ("EXISTS k", 0)])
case("wrong-type", [("RPUSH k a", 1), ("DIGEST k", WRONGTYPE),
                    ("HSET h a b", 1), ("DIGEST h", WRONGTYPE)])
case("arity", [("DIGEST", arity("digest")), ("DIGEST a b", arity("digest"))])

# ---- SET ... IFDEQ, IFDNE ------------------------------------------------

case = area("string.set-digest", since="8.4", contexts=CONTEXTS)
case("ifdeq", [
    ("SET k w IFDEQ " + V, NIL), ("EXISTS k", 0), ("SET k v", OK),
    ("SET k w IFDEQ " + OTHER, NIL), ("GET k", "v"),
    ("SET k 10 IFDEQ " + V, OK), ("GET k", "10"),
    ("SET k v ifdeq " + TEN.upper(), OK), ("GET k", "v"),
])
case("ifdne", [
    ("SET k v IFDNE " + OTHER, OK), ("GET k", "v"),
    ("SET k w IFDNE " + V, NIL), ("GET k", "v"),
    ("SET k w IFDNE " + OTHER, OK), ("GET k", "w"),
])
case("get", [
    ("SET k w IFDEQ %s GET" % V, NIL), ("EXISTS k", 0),
    ("SET k v", OK), ("SET k w GET IFDEQ " + OTHER, "v"), ("GET k", "v"),
    ("SET k w IFDEQ %s GET" % V, "v"), ("GET k", "w"),
    ("SET k v IFDNE %s GET" % OTHER, "w"), ("GET k", "v"),
])
case("times", [
    ("SET k v EX 100", OK), ("SET k w IFDEQ %s EX 500" % OTHER, NIL),
    ("TTL k", SOON), ("SET k v IFDEQ %s KEEPTTL" % V, OK), ("TTL k", SOON),
    ("SET k v IFDEQ " + V, OK), ("TTL k", -1),
    ("SET k v IFDNE %s EXAT %d" % (OTHER, FAR), OK), ("EXPIRETIME k", FAR),
])
case("syntax", [("SET k v", OK)] + [
    ("SET k w " + tail, EP("ERR")) for tail in [
        "IFDEQ", "IFDNE", "IFDEQ xyz", "IFDNE 0123456789abcde",
        "IFDEQ 0123456789abcdef0",
        "IFDEQ %s NX" % V, "XX IFDNE " + OTHER, "IFDEQ %s IFEQ v" % V,
        "IFDEQ %s IFDNE %s" % (V, OTHER), "IFNE x IFDEQ " + V]
] + [("GET k", "v")])
case("wrong-type", [
    ("RPUSH k a", 1), ("SET k v IFDEQ " + V, WRONGTYPE),
    ("SET k v IFDNE " + OTHER, WRONGTYPE), ("LLEN k", 1),
])

# ---- DELEX ---------------------------------------------------------------

case = area("string.delex", since="8.4", contexts=CONTEXTS)
case("ifdeq", [
    ("DELEX k IFDEQ " + V, 0), ("SET k v", OK), ("DELEX k IFDEQ " + OTHER, 0),
    ("GET k", "v"), ("DELEX k IFDEQ " + V, 1), ("EXISTS k", 0),
    ("SET k 10", OK), ("DELEX k ifdeq " + TEN, 1), ("EXISTS k", 0),
])
case("ifdne", [
    ("DELEX k IFDNE " + V, 0), ("SET k v", OK), ("DELEX k IFDNE " + V, 0),
    ("GET k", "v"), ("DELEX k IFDNE " + OTHER, 1), ("EXISTS k", 0),
])
case("any-type-without-condition", [
    ("RPUSH k a", 1), ("DELEX k", 1), ("EXISTS k", 0), ("HSET k a b", 1),
    ("DELEX k", 1), ("SADD k a", 1), ("DELEX k", 1), ("DELEX k", 0),
])
case("condition-wants-a-string", [("RPUSH k a", 1)] + [
    ("DELEX k " + tail, EP("WRONGTYPE")) for tail in (
        "IFEQ a", "IFNE a", "IFDEQ " + V, "IFDNE " + V)] + [("LLEN k", 1)])
case("bad-digest", [("SET k v", OK)] + [
    ("DELEX k %s %s" % (word, bad), EP("ERR")) for word in ("IFDEQ", "IFDNE")
    for bad in ("x", V[1:], V + "0")] + [("GET k", "v")])

# ---- INCREX --------------------------------------------------------------

case = area("string.increx", since="8.8", contexts=CONTEXTS)
case("counts", [
    ("INCREX k", [1, 1]), ("INCREX k", [2, 1]), ("GET k", "2"),
    ("INCREX k BYINT 40", [42, 40]), ("increx k byint -50", [-8, -50]),
    ("INCREX k BYINT 0", [-8, 0]), ("GET k", "-8"), ("TTL k", -1),
])
case("bounds", [
    ("SET k 8", OK), ("INCREX k BYINT 2 UBOUND 10", [10, 2]),
    ("INCREX k UBOUND 10", [10, 0]), ("GET k", "10"),
    ("INCREX k BYINT -3 LBOUND 8", [10, 0]),
    ("INCREX k BYINT -2 LBOUND 8 UBOUND 10", [8, -2]),
    ("INCREX n BYINT 5 UBOUND 4", [0, 0]), ("EXISTS n", 0),
])
case("saturates", [
    ("SET k 8", OK), ("INCREX k BYINT 5 UBOUND 10 SATURATE", [10, 2]),
    ("INCREX k BYINT 5 UBOUND 10 SATURATE", [10, 0]),
    ("INCREX k SATURATE BYINT -50 LBOUND -3", [-3, -13]), ("GET k", "-3"),
    ("INCREX n BYINT 5 UBOUND 4 SATURATE", [4, 4]), ("GET n", "4"),
])
case("of-64-bits", [
    ("SET k " + MAX, OK), ("INCREX k", EP("ERR")), ("GET k", MAX),
    ("INCREX k SATURATE", [int(MAX), 0]),
    ("INCREX k BYINT -1", [int(MAX) - 1, -1]),
    ("INCREX k BYINT 9 SATURATE", [int(MAX), 1]),
    ("SET k " + MIN, OK), ("INCREX k BYINT -1", EP("ERR")),
    ("INCREX k BYINT -1 SATURATE", [int(MIN), 0]),
])
case("times", [
    ("INCREX k EX 100", [1, 1]), ("TTL k", SOON), ("INCREX k", [2, 1]),
    ("TTL k", SOON), ("INCREX k PX 500000", [3, 1]),
    ("TTL k", Between(499, 500)), ("INCREX k EX 100 ENX", [4, 1]),
    ("TTL k", Between(499, 500)), ("INCREX k PERSIST", [5, 1]),
    ("TTL k", -1), ("INCREX k EXAT %d ENX" % FAR, [6, 1]),
    ("EXPIRETIME k", FAR), ("INCREX k PXAT %d001" % (FAR + 1), [7, 1]),
    ("EXPIRETIME k", FAR + 1),
])
case("out-of-bounds-keeps-the-time", [
    ("SET k 10 EX 100", OK), ("INCREX k UBOUND 10 EX 500", [10, 0]),
    ("TTL k", SOON), ("INCREX k UBOUND 10 PERSIST", [10, 0]),
    ("TTL k", SOON),
])
case("floats", [
    ("INCREX k BYFLOAT 1.5", [D("1.5"), D("1.5")]),
    ("INCREX k BYFLOAT -0.25", [D("1.25"), D("-0.25")]),
    ("GET k", "1.25"), ("INCREX k BYFLOAT 3 UBOUND 4", [D("1.25"), D("0")]),
    ("INCREX k BYFLOAT 3 UBOUND 4 SATURATE", [D("4"), D("2.75")]),
    ("INCREX k BYFLOAT -9 LBOUND -0.5 SATURATE", [D("-0.5"), D("-4.5")]),
    ("GET k", "-0.5"), ("INCREX k BYFLOAT 1 EX 100", [D("0.5"), D("1")]),
    ("TTL k", SOON),
])
case("errors", [("SET k 5", OK), ("SET t text", OK), ("RPUSH l a", 1)] + [
    ("INCREX " + tail, EP("ERR")) for tail in [
        "t", "t BYFLOAT 1", "k BYINT", "k BYINT x", "k BYINT 1.5",
        "k BYFLOAT x", "k BYFLOAT inf", "k LBOUND x", "k UBOUND",
        "k LBOUND 5 UBOUND 4", "k FOO", "k BYINT 1 BYFLOAT 1",
        "k EX 0", "k EX -1", "k EX x", "k EX 1 PX 1", "k EX 1 PERSIST",
        "k ENX", "k SATURATE SATURATE", "k UBOUND 1.5"]
] + [("INCREX l", WRONGTYPE), ("INCREX l BYFLOAT 1", WRONGTYPE),
     ("INCREX", arity("increx")), ("GET k", "5"), ("TTL k", -1),
     ("GET t", "text"), ("LLEN l", 1)])
