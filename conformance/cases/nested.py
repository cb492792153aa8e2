"""Nested values: arguments that are typed, stored and come back as they were.

For servers that take typed arguments after CLIENT CAPA nested. What is sent is
a request whose value is any RESP value; GET returns it typed in RESP3 and
flattened in RESP2.
"""

import random

from conformance.cases import *  # noqa: F403
from conformance.resp import encode_typed as typed

case = area("nested.roundtrip", needs=("nested", "SET", "GET"))
ON = ("CLIENT CAPA nested", OK)
NESTED_ARG = E("ERR only the value to store can be a nested value")
TOO_DEEP = E("ERR nested value of more than 128 levels")
INVALID = E("ERR Protocol error: invalid nested value")


def put(value, key="k"):
    return typed("SET", key, value), OK


def shown(value, key="k"):
    return typed("GET", key), Typed(value)


def wrapped(value, depth, kind=Array):
    for _ in range(depth):
        value = Map([(Bulk("k"), value)]) if kind is Map else kind([value])
    return value


# ---- each type, alone and inside each aggregate ----------------------------

SCALARS = [
    ("null", Null()), ("true", Bool(True)), ("false", Bool(False)),
    ("zero", Int(0)), ("int", Int(-42)), ("int-max", Int(2**63 - 1)),
    ("int-min", Int(-2**63)), ("double", Double("1.5")),
    ("double-small", Double("-0.001")), ("double-exponent", Double("1e+300")),
    ("double-inf", Double("inf")), ("double-minus-inf", Double("-inf")),
    ("double-nan", Double("nan")),
    ("big", Big("123456789012345678901234567890")),
    ("big-negative", Big("-18446744073709551616")),
    ("simple", Simple("a status")), ("simple-empty", Simple("")),
    ("bulk", Bulk("abc")), ("bulk-empty", Bulk("")),
    ("bulk-binary", Bulk(bytes(range(256)))),
    ("bulk-crlf", Bulk(b"\r\n*1\r\n")), ("bulk-big", Bulk(b"x" * 3000)),
    ("verbatim", Verb("txt", "some text")),
    ("verbatim-markdown", Verb("mkd", "# head\r\n")),
    ("verbatim-empty", Verb("txt", "")),
]
AGGREGATES = [
    ("array-empty", Array([])), ("map-empty", Map([])), ("set-empty", Set([])),
    ("array", Array([Int(1), Bulk("two"), Null()])),
    ("map", Map([(Bulk("a"), Int(1)), (Bulk("b"), Array([Bool(True)]))])),
    ("set", Set([Int(1), Bulk("1"), Simple("1")])),
    ("map-any-key", Map([(Int(1), Int(2)), (Null(), Null()),
                         (Array([Int(1)]), Map([]))])),
    ("map-key-twice", Map([(Bulk("a"), Int(1)), (Bulk("a"), Int(2))])),
    ("array-of-empties", Array([Array([]), Map([]), Set([]), Bulk("")])),
    ("array-thousand", Array([Int(i) for i in range(1000)])),
]

for name, value in SCALARS:
    if isinstance(value, Bulk):     # alone that is a string
        case("in-array-" + name, [ON, put(Array([value])),
                                  shown(Array([value])), ("TYPE k", Simple(
                                      "nested"))])
    else:
        case("alone-" + name, [ON, put(value), shown(value),
                               ("TYPE k", Simple("nested")),
                               ("EXISTS k", 1)])
        case("in-array-" + name, [ON, put(Array([value, value])),
                                  shown(Array([value, value]))])
    case("in-map-" + name, [
        ON, put(Map([(Bulk("k"), value), (Simple("s"), Array([value]))])),
        shown(Map([(Bulk("k"), value), (Simple("s"), Array([value]))]))])
    case("in-set-" + name, [ON, put(Set([value])), shown(Set([value]))])
for name, value in AGGREGATES:
    case(name, [ON, put(value), shown(value)])
    case("inside-" + name, [ON, put(Array([value, Int(7), value])),
                            shown(Array([value, Int(7), value]))])

case("string-stays-a-string", [
    ON, (typed("SET", "k", "5"), OK), ("TYPE k", Simple("string")),
    ("INCR k", 6), ("GET k", "6")])
case("null-is-not-a-miss", [
    ON, put(Null()), ("EXISTS k", 1), ("GET k", NIL), ("GET other", NIL),
    ("EXISTS other", 0)])
case("resp2-nulls-are-nulls", [
    ON, (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n*2\r\n$-1\r\n*-1\r\n", OK),
    shown(Array([Null(), Null()]))])
case("resp2-null-alone", [
    ON, (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$-1\r\n", OK), ("GET k", NIL),
    ("TYPE k", Simple("nested"))])

# ---- random values ---------------------------------------------------------


def some_value(rng, room, depth=0):
    """A random value of about `room` elements."""
    pick = rng.random()
    if room <= 1 or depth > 20 or pick < 0.2:
        return rng.choice(SCALARS)[1]
    parts = [some_value(rng, room // 3, depth + 1)
             for _ in range(rng.randrange(5))]
    if pick < 0.5:
        return Array(parts)
    if pick < 0.7:
        return Set(parts)
    return Map([(some_value(rng, 1), v) for v in parts])


for seed in range(40):
    rng = random.Random(seed)
    some = Array([some_value(rng, 40)])
    case("random-%d" % seed, [ON, put(some), shown(some),
                              ("COPY k j", 1), shown(some, "j")])

# ---- commands --------------------------------------------------------------

A, B_, C = Array([Int(1), Null()]), Map([(Bulk("a"), Double("0.5"))]), Int(3)
case = area("nested.commands", needs=("nested", "SET", "GET"))

case("set-get", [ON, put(A), (typed("SET", "k", B_, "GET"), Typed(A)),
                 shown(B_)])
case("set-nx-xx", [
    ON, (typed("SET", "k", A, "XX"), NIL), (typed("SET", "k", A, "NX"),
                                              OK),
    (typed("SET", "k", B_, "NX"), NIL), shown(A)])
case("set-ex-keepttl", [
    ON, (typed("SET", "k", A, "EX", "100"), OK), ("TTL k", Between(99, 100)),
    (typed("SET", "k", B_, "KEEPTTL"), OK), ("TTL k", Between(99, 100)),
    shown(B_)])
case("setex-psetex-setnx", [
    ON, (typed("SETEX", "a", "100", A), OK), shown(A, "a"),
    (typed("PSETEX", "b", "100000", B_), OK), shown(B_, "b"),
    (typed("SETNX", "c", C), 1), shown(C, "c"),
    (typed("SETNX", "c", A), 0), shown(C, "c"), ("TTL a", Between(99, 100))])
case("getset", [ON, (typed("GETSET", "k", A), NIL),
                (typed("GETSET", "k", "s"), Typed(A)), ("GET k", "s"),
                (typed("GETSET", "k", B_), "s"), shown(B_)])
case("getdel-getex", [
    ON, put(A), ("GETEX k EX 100", Typed(A)), ("TTL k", Between(99, 100)),
    ("GETEX k PERSIST", Typed(A)), ("TTL k", -1), ("GETDEL k", Typed(A)),
    ("EXISTS k", 0)])
case("mset-mget", [
    ON, (typed("MSET", "a", A, "b", "s", "c", C), OK),
    ("MGET a b c d", [Typed(A), "s", Typed(C), NIL])])
case("msetnx", [
    ON, (typed("MSETNX", "a", A, "b", B_), 1),
    (typed("MSETNX", "b", C, "c", C), 0),
    ("MGET a b c", [Typed(A), Typed(B_), NIL])])
case("overwritten-by-a-string", [
    ON, put(A), ("SET k v", OK), ("GET k", "v"), ("TYPE k", Simple("string")),
    put(B_), shown(B_)])
case("keys-of-any-type", [
    ON, put(A), ("RENAME k j", OK), shown(A, "j"), ("COPY j k", 1), shown(A),
    ("EXPIRE k 100", 1), ("TTL k", Between(99, 100)), ("PERSIST k", 1),
    ("TOUCH k", 1), ("DBSIZE", 2), ("DEL k", 1), ("UNLINK j", 1),
    ("EXISTS k j", 0)])
case("expires", [ON, put(A), ("PEXPIRE k 1", 1), ("GET k", Eventually(NIL)),
                 ("EXISTS k", 0)], contexts=PLAIN)
case("encoding", [ON, put(A), ("OBJECT ENCODING k", Exact("resp"))])
case("scan-type", [ON, put(A), ("SET s v", OK),
                   ("SCAN 0 TYPE nested", ["0", ["k"]]),
                   ("SCAN 0 TYPE string", ["0", ["s"]])])
case("wrong-type", [ON, put(A)] + [(command, WRONGTYPE) for command in (
    "APPEND k x", "STRLEN k", "INCR k", "DECR k", "INCRBY k 1",
    "INCRBYFLOAT k 1", "GETRANGE k 0 -1", "SETRANGE k 0 x", "SUBSTR k 0 1")] +
     [shown(A)])

# ---- where a nested argument cannot stand ----------------------------------

case = area("nested.refused", needs=("nested", "SET", "GET"))
case("as-a-key", [ON, (typed("GET", Int(5)), NESTED_ARG),
                  (typed("SET", Array([]), "v"), NESTED_ARG),
                  (typed("DEL", "a", Null()), NESTED_ARG), ("DBSIZE", 0)])
case("as-an-option", [ON, (typed("SET", "k", "v", Simple("NX")), NESTED_ARG),
                      (typed("SET", "k", A, "EX", Int(100)), NESTED_ARG),
                      (typed("MSET", "a", A, B_, "x"), NESTED_ARG),
                      ("DBSIZE", 0)])
case("of-other-commands", [ON, (typed("APPEND", "k", A), NESTED_ARG),
                           (typed("ECHO", Simple("x")), NESTED_ARG),
                           (typed("PING", Null()), NESTED_ARG),
                           ("DBSIZE", 0)])
case("levels-128", [ON, put(wrapped(Int(1), 127)),
                    shown(wrapped(Int(1), 127))], contexts=("plain",))
case("levels-129", [ON, ("SET k old", OK),
                    (typed("SET", "k", wrapped(Int(1), 128)), TOO_DEEP),
                    ("GET k", "old")], contexts=("plain", "pipelined"))
case("levels-map", [ON, (typed("SET", "k", wrapped(Int(1), 128, Map)),
                         TOO_DEEP), ("EXISTS k", 0)],
     contexts=("plain", "pipelined"))
case("levels-200000", [
    ON, (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + b"*1\r\n" * 200000 + b":1\r\n",
         TOO_DEEP), ("EXISTS k", 0)])
case("before-capa", [
    (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n:1\r\n",
     E("ERR Protocol error: expected '$', got ':'")), (b"", CLOSED)])
case("after-reset", [
    ON, ("RESET", Simple("RESET")), (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n:1\r\n",
     E("ERR Protocol error: expected '$', got ':'")), (b"", CLOSED)],
     protos=(2,))
for name, data in (("error", b"-ERR x\r\n"), ("push", b">1\r\n:1\r\n"),
                   ("blob-error", b"!3\r\nabc\r\n"),
                   ("attribute", b"|1\r\n:1\r\n:2\r\n:3\r\n"),
                   ("word", b"abc\r\n")):
    case("mark-" + name, [
        ON, (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + data,
             E("ERR Protocol error: expected '$', got '%s'" % chr(data[0]))),
        (b"", CLOSED)])
for name, data in (
        ("int-plus", b":+1\r\n"), ("int-empty", b":\r\n"),
        ("int-text", b":abc\r\n"), ("int-2-63", b":9223372036854775808\r\n"),
        ("bool", b"#x\r\n"), ("null", b"_x\r\n"), ("double", b",abc\r\n"),
        ("double-empty", b",\r\n"), ("big", b"(12a\r\n"),
        ("big-empty", b"(\r\n"), ("count-minus", b"*-2\r\n"),
        ("count-text", b"%a\r\n"), ("map-minus", b"%-1\r\n"),
        ("verbatim-short", b"=3\r\ntxt\r\n"),
        ("verbatim-colon", b"=4\r\ntxtx\r\n"),
        ("bulk-end", b"*1\r\n$1\r\nabc\r\n"), ("simple-lf", b"+a\nb\r\n")):
    case("malformed-" + name, [
        ON, (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + data, INVALID),
        (b"", CLOSED)])
case("half-a-pair-waits", [
    ON, (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n%1\r\n:1\r\n", BLOCKED),
    (b":2\r\n", OK), shown(Map([(Int(1), Int(2))]))])
case("half-sent-and-cut", [
    ("b", "CLIENT CAPA nested", OK),
    ("b", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n*3\r\n:1\r\n", BLOCKED),
    ("b", HALF_CLOSE, CLOSED), ("EXISTS k", 0)], contexts="plain")
case("count-waits", [
    ON, (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n*100000000\r\n:1\r\n", BLOCKED),
    ("b", "PING", PONG)], fence=None)
case("count-beyond-limit", [
    ON, (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n*2147483647\r\n", INVALID),
    (b"", CLOSED)])


# ---- equality: the same types in the same order ------------------------------

case = area("nested.digest", needs=("nested", "SET", "DEBUG"))


@case.script("equal-values-only")
def equal_values_only():
    """DIGEST-VALUE is a function of what was sent."""
    yield ON
    pairs = [(Int(1), Int(2)), (Bulk("a"), Null())]
    same = [Map(pairs), Map(pairs)]
    others = [Map(pairs[::-1]), Array([Int(1), Int(2), Bulk("a"), Null()]),
              Map([(Bulk("1"), Int(2)), pairs[1]]),
              Map([(Int(1), Int(2)), (Simple("a"), Null())]), Set([Int(1)]),
              Map(pairs + pairs[:1])]
    for i, value in enumerate(same + others):
        yield put(value, "k%d" % i)
    got = yield ("DEBUG", "DIGEST-VALUE") + tuple(
        "k%d" % i for i in range(len(same + others))), ANY
    digests = [x.v for x in got.v]
    assert digests[0] == digests[1]
    assert len(set(digests)) == len(digests) - 1
