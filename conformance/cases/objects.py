"""OBJECT: encodings, reference counts, idle times, frequencies."""

from conformance.cases import *  # noqa: F403
from conformance.cases.generic import KINDS, SMALL

MAX, MIN = "9223372036854775807", "-9223372036854775808"
LFU_OFF = E("ERR An LFU maxmemory policy is not selected, access frequency "
            "not tracked. Please note that when switching between policies "
            "at runtime LRU and LFU data will take some time to adjust.")
LFU_ON = E("ERR An LFU maxmemory policy is selected, idle time not tracked. "
           "Please note that when switching between policies at runtime LRU "
           "and LFU data will take some time to adjust.")
ENC = "OBJECT ENCODING k"

# ---- ENCODING --------------------------------------------------------------

case = area("generic.object.encoding")


def encodings(name, steps, **how):
    """The names of encodings are Redis's own affair."""
    case(name, [(command, Exact(want) if command == ENC else want)
                for command, want in steps], **how)


case("no-key", [(ENC, NIL), (("OBJECT", "ENCODING", ""), NIL)])
encodings("int", [
    step for v in ("0", "-1", "10000", MAX, MIN)
    for step in [("SET k " + v, OK), (ENC, "int")]])
encodings("embstr", [
    step for v in ("9223372036854775808", "01", "+1", "1.0", "-0", " 1", "",
                   "x" * 44, "1" * 44)
    for step in [(("SET", "k", v), OK), (ENC, "embstr")]])
encodings("raw", [("SET k " + "x" * 45, OK), (ENC, "raw")])
encodings("of-every-setter", [
    step for command, name in [
        ("SET k 5 EX 100", "int"), ("SET k a GET", "embstr"),
        ("GETSET k 5", "int"), ("GETSET k a", "embstr"),
        ("SETEX k 100 5", "int"), ("PSETEX k 100000 a", "embstr"),
        ("MSET k 5", "int"), ("MSET k a", "embstr"),
        ("MSET k " + "a" * 45, "raw")]
    for step in [(command, ANY), (ENC, name)]
] + [("DEL k", 1), ("SETNX k 5", 1), (ENC, "int"),
     ("DEL k", 1), ("MSETNX k 5", 1), (ENC, "int")])
encodings("append", [
    ("APPEND k 12", 2), (ENC, "int"), ("APPEND k 3", 3), (ENC, "raw"),
    ("DEL k", 1), ("APPEND k ab", 2), (ENC, "embstr"),
    ("APPEND k c", 3), (ENC, "raw"),
    ("SET k ab", OK), (("APPEND", "k", ""), 2), (ENC, "raw"),
    ("SET k 12", OK), (("APPEND", "k", ""), 2), (ENC, "raw"),
    ("DEL k", 1), ("APPEND k " + "x" * 45, 45), (ENC, "raw"),
    ("DEL k", 1), (("APPEND", "k", ""), 0), (ENC, "embstr"),
])
encodings("setrange", [
    ("SETRANGE k 0 12", 2), (ENC, "raw"), ("SET k 12", OK),
    ("SETRANGE k 0 3", 2), (ENC, "raw"), ("SET k ab", OK),
    ("SETRANGE k 1 c", 2), (ENC, "raw"), ("SET k 12", OK),
    (("SETRANGE", "k", "0", ""), 2), (ENC, "int"),
    ("SET k ab", OK), (("SETRANGE", "k", "9", ""), 2), (ENC, "embstr"),
])
encodings("incr", [
    ("INCR k", 1), (ENC, "int"), ("SETRANGE k 0 7", 1), (ENC, "raw"),
    ("INCR k", 8), (ENC, "int"), ("APPEND k 0", 2), (ENC, "raw"),
    ("DECRBY k 1", 79), (ENC, "int"), ("INCRBY k 1000000", 1000079),
    (ENC, "int"),
])
encodings("incrbyfloat", [
    ("INCRBYFLOAT k 1.5", "1.5"), (ENC, "embstr"),
    ("INCRBYFLOAT k 1.5", "3"), (ENC, "embstr"), ("INCR k", 4),
    (ENC, "int"), ("INCRBYFLOAT k 1", "5"), (ENC, "embstr"),
    ("INCRBYFLOAT k 1e45", Re(rb"\d{46}")), (ENC, "raw"),
])
encodings("copy-and-rename-keep-it", [
    ("MSET a 5 b ab", OK), ("SETRANGE r 0 12", 2),
    ("COPY a k", 1), (ENC, "int"), ("COPY b k REPLACE", 1),
    (ENC, "embstr"), ("COPY r k REPLACE", 1), (ENC, "raw"),
    ("RENAME r k", OK), (ENC, "raw"), ("RENAME a k", OK), (ENC, "int"),
    ("EXPIRE k 100", 1), (ENC, "int"), ("PERSIST k", 1), (ENC, "int"),
    ("GETEX k EX 100", "5"), (ENC, "int"), ("STRLEN k", 1),
    ("GETRANGE k 0 0", "5"), (ENC, "int"),
])
encodings("raw-shrinks-only-when-set", [
    ("SET k " + "x" * 100, OK), (ENC, "raw"), ("SETRANGE k 0 y", 100),
    ("SET k x", OK), (ENC, "embstr"), ("APPEND k " + "x" * 60, 61),
    (ENC, "raw"),
])
encodings("list", [
    ("RPUSH k a", 1),
    (ENC, By("quicklist", ("redis>=7.2", "listpack"))),
    (["RPUSH", "k"] + ["x" * 100] * 100, 101), (ENC, "quicklist"),
])
encodings("set", [
    ("SADD k 1 2", 2), (ENC, "intset"), ("SADD k a", 1),
    (ENC, By("hashtable", ("redis>=7.2", "listpack"))),
    ("SREM k a", 1), (ENC, By("hashtable", ("redis>=7.2", "listpack"))),
    (["SADD", "k"] + ["m%d" % i for i in range(200)], 200),
    (ENC, "hashtable"),
])
encodings("intset-limit", [
    ("SADD k 1 2 3", 3), (ENC, "intset"), ("SADD k 4", 1),
    (ENC, By("hashtable", ("redis>=7.2", "listpack"))),
], config={"set-max-intset-entries": "3"})
encodings("zset", [
    ("ZADD k 1 a", 1), (ENC, "listpack"), ("ZADD k 2 " + "b" * 64, 1),
    (ENC, "listpack"), ("ZADD k 3 " + "c" * 65, 1), (ENC, "skiplist"),
    ("ZREM k " + "c" * 65, 1), (ENC, "skiplist"),
])
encodings("zset-limit", [
    ("ZADD k 1 a 2 b", 2), (ENC, "listpack"), ("ZADD k 3 c", 1),
    (ENC, "skiplist"),
], config={"zset-max-listpack-entries": "2"})
encodings("hash", [
    ("HSET k f v", 1), (ENC, "listpack"), ("HSET k g " + "x" * 64, 1),
    (ENC, "listpack"), ("HSET k h " + "x" * 65, 1), (ENC, "hashtable"),
    ("HDEL k h", 1), (ENC, "hashtable"),
])
encodings("hash-limit", [
    ("HSET k f 1 g 2", 2), (ENC, "listpack"), ("HSET k h 3", 1),
    (ENC, "hashtable"),
], config={"hash-max-listpack-entries": "2"})
encodings("stream", [("XADD k 1-1 f v", "1-1"), (ENC, "stream")])

# ---- REFCOUNT --------------------------------------------------------------

case = area("generic.object.refcount")
case("no-key", [("OBJECT REFCOUNT k", NIL)])
case("one", [
    ("SET k v", OK), ("OBJECT REFCOUNT k", 1),
    ("SET k " + "x" * 100, OK), ("OBJECT REFCOUNT k", 1),
    ("SET k 10000", OK), ("OBJECT REFCOUNT k", 1),
    ("SET k -1", OK), ("OBJECT REFCOUNT k", 1),
], contexts=("plain", "pipelined", "bytewise", "split", "inline"))
case("small-integers-are-shared", [
    ("SET k 0", OK), ("OBJECT REFCOUNT k", 2147483647),
    ("SET k 9999", OK), ("OBJECT REFCOUNT k", 2147483647),
    ("INCRBY k -1", 9998), ("OBJECT REFCOUNT k", 2147483647),
    ("COPY k c", 1), ("OBJECT REFCOUNT c", 1),
], level=MAY)
for kind, make, _, _ in KINDS[1:]:
    case(kind, [(make, ANY), ("OBJECT REFCOUNT k", 1)])

# ---- IDLETIME and FREQ -----------------------------------------------------

case = area("generic.object.idletime",
            config={"maxmemory-policy": "noeviction"})
case("no-key", [("OBJECT IDLETIME k", NIL)])
case("of-a-new-key", [
    ("SET k v", OK), ("OBJECT IDLETIME k", Between(0, 5)),
    ("object idletime k", Between(0, 5)),
])
for kind, make, _, _ in KINDS[1:]:
    case(kind, [(make, ANY), ("OBJECT IDLETIME k", Between(0, 5))])
case("touch-sets-it-back", [
    ("SET k v", OK), ("TOUCH k", 1), ("OBJECT IDLETIME k", Between(0, 5)),
])
case = area("generic.object.idletime")
case("lfu-policy", [
    ("OBJECT IDLETIME k", NIL), ("SET k v", OK),
    ("OBJECT IDLETIME k", LFU_ON),
], config={"maxmemory-policy": "allkeys-lfu"})

case = area("generic.object.freq")
case("other-policy", [
    ("OBJECT FREQ k", NIL), ("SET k v", OK), ("OBJECT FREQ k", LFU_OFF),
], config={"maxmemory-policy": "noeviction"})
for policy in ("allkeys-lfu", "volatile-lfu"):
    case("of-a-new-key-" + policy, [
        ("OBJECT FREQ k", NIL), ("SET k v", OK),
        ("OBJECT FREQ k", Between(1, 10)),
    ], config={"maxmemory-policy": policy})


@case.script("grows-with-use", needs=("OBJECT FREQ", "SET", "GET"),
             config={"maxmemory-policy": "allkeys-lfu",
                     "lfu-log-factor": "0"}, contexts="plain")
def freq_grows():
    yield "SET k v", OK
    first = yield "OBJECT FREQ k", Between(1, 255)
    for _ in range(50):
        yield "GET k", "v"
    yield "OBJECT FREQ k", Between(first.v + 20, 255)

# ---- errors ----------------------------------------------------------------


case = area("generic.object")
for i, name in enumerate(("NOPE", "nope", "", "a\r\nb")):
    case("unknown-subcommand-%d" % i, [
        (("OBJECT", name) + args, E(
            "ERR unknown subcommand '%s'. Try OBJECT HELP." %
            name.replace("\r\n", "  "))) for args in ((), ("k",),
                                                      ("k", "k"))])
case("large-encodings-answer-too", [
    ("RPUSH k a b c", 3), ("OBJECT REFCOUNT k", 1), (ENC, ANY),
    ("HSET h f 1 g 2", 2), ("OBJECT REFCOUNT h", 1),
], config=SMALL)


REPLIES = {
    "OBJECT": "error", "OBJECT ENCODING": "bulk null",
    "OBJECT FREQ": "int null error", "OBJECT HELP": "array",
    "OBJECT IDLETIME": "int null error", "OBJECT REFCOUNT": "int null",
}
