"""Sorted sets: members, scores, ranks, pops, random members, ZSCAN."""

import os
import sys

from conformance.cases import *  # noqa: F403

SKIPLIST = {"zset-max-listpack-entries": "0"}
MAX, MIN = "9223372036854775807", "-9223372036854775808"
# MULTI refuses at once what has too many arguments for Redis 7.0
ANY_ARITY = ("plain", "pipelined", "bytewise", "split", "inline")
NAN = E("ERR resulting score is not a number (NaN)")
NOT_POSITIVE = E("ERR value is out of range, must be positive")


def both(case, name, steps, **how):
    """The case with a small sorted set's encoding and with a large one's."""
    steps, frame = list(steps), sys._getframe(1)
    for made in (case(name + "-listpack", steps, **how),
                 case(name + "-skiplist", steps, config=SKIPLIST, **how)):
        made.where = "%s:%d" % (os.path.join("cases", os.path.basename(
            frame.f_code.co_filename)), frame.f_lineno)


def score(digits, short):
    """A double in the 17 digits of Redis 7.0, or in as few as will do."""
    return By(D(digits), ("kv", D(short)), ("redis>=7.2", D(short)))


def text(digits, short):
    """Such a double as a bulk string in both protocols."""
    return By(digits, ("kv", short), ("redis>=7.2", short))


# ---- ZADD ---------------------------------------------------------------

case = area("zset.zadd")

case("creates", [
    ("ZADD z 1 a", 1), ("TYPE z", Simple("zset")), ("ZCARD z", 1),
    ("ZSCORE z a", D("1")), ("ZADD z 2.5 b -3 c", 2), ("ZCARD z", 3),
    ("ZRANGE z 0 -1", ["c", "a", "b"]),
])
case("updates-a-score", [
    ("ZADD z 1 a 2 b", 2), ("ZADD z 3 a", 0), ("ZSCORE z a", D("3")),
    ("ZRANGE z 0 -1", ["b", "a"]), ("ZADD z 3 a", 0), ("ZCARD z", 2),
])
case("counts-the-new-ones-only", [
    ("ZADD z 1 a", 1), ("ZADD z 9 a 2 b 3 c", 2), ("ZADD z 9 a 2 b 4 d", 1),
])
case("same-member-twice-last-wins", [
    ("ZADD z 1 a 2 a 3 a", 1), ("ZSCORE z a", D("3")), ("ZCARD z", 1),
    ("ZADD z 5 a 4 a", 0), ("ZSCORE z a", D("4")),
])
case("same-member-twice-with-ch", [
    ("ZADD z CH 1 a 2 a", 2), ("ZADD z CH 3 a 4 a 4 a", 2),
    ("ZADD z CH 5 a 4 a", 2), ("ZSCORE z a", D("4")),
])
case("same-member-twice-with-nx", [
    ("ZADD z NX 1 a 2 a", 1), ("ZSCORE z a", D("1")),
])
case("same-member-twice-with-gt", [
    ("ZADD z GT 3 a 1 a 5 a 4 a", 1), ("ZSCORE z a", D("5")),
    ("ZADD z LT CH 7 a 3 a 4 a 2 a", 2), ("ZSCORE z a", D("2")),
])
case("binary-member", [
    (("ZADD", "z", "1", b"\r\n\0\xff"), 1), (("ZADD", "z", "2", ""), 1),
    (("ZSCORE", "z", b"\r\n\0\xff"), D("1")), (("ZSCORE", "z", ""), D("2")),
    ("ZRANGE z 0 -1", [b"\r\n\0\xff", ""]),
    (("ZREM", "z", "", b"\r\n\0\xff"), 2), ("EXISTS z", 0),
])
case("binary-key", [
    (("ZADD", b"\r\n\0", "1", "a"), 1), (("ZCARD", b"\r\n\0"), 1),
    (("ZADD", "", "1", "a"), 1), (("ZSCORE", "", "a"), D("1")),
])
case("member-that-is-an-option", [
    ("ZADD z 1 NX 2 CH 3 INCR", 3), ("ZADD z NX 1 XX", 1),
    ("ZRANGE z 0 -1", ["NX", "XX", "CH", "INCR"]),
])
case("members-that-look-like-numbers", [
    ("ZADD z 1 1 2 01 3 1.0 4 +1", 4), ("ZSCORE z 1", D("1")),
    ("ZSCORE z 01", D("2")), ("ZREM z 1", 1), ("ZSCORE z 1.0", D("3")),
    ("ZADD z 5 %s 6 %s 7 9223372036854775808" % (MAX, MIN), 3),
    ("ZSCORE z " + MAX, D("5")), ("ZSCORE z " + MIN, D("6")),
])
case("key-of-its-own-case", [
    ("ZADD z 1 a", 1), ("ZADD Z 1 a", 1), ("zAdD z 1 A", 1), ("ZCARD z", 2),
])
case("keeps-ttl", [
    ("ZADD z 1 a", 1), ("EXPIRE z 100", 1), ("ZADD z 2 b", 1),
    ("ZADD z 3 a", 0), ("ZADD z INCR 1 a", D("4")), ("ZINCRBY z 1 a",
                                                     D("5")),
    ("TTL z", Between(90, 100)),
])
case("many", [
    (["ZADD", "z"] + [x for i in range(1000) for x in (i, "m%d" % i)], 1000),
    ("ZCARD z", 1000), ("ZSCORE z m999", D("999")), ("ZRANK z m500", 500),
    ("ZRANGE z 0 2", ["m0", "m1", "m2"]), ("ZREVRANGE z 0 0", ["m999"]),
])

CONDITIONS = [(), ("NX",), ("XX",), ("GT",), ("LT",), ("XX", "GT"),
              ("XX", "LT")]


def zadd(conditions, old, new):
    """What a score becomes; None: it is not set at all."""
    if old is None:
        return None if "XX" in conditions else new
    if ("NX" in conditions or "GT" in conditions and new <= old or
            "LT" in conditions and new >= old):
        return None
    return new


def conditions_steps(conditions, how):
    """A missing member, a lower score, the same, and a higher one."""
    steps = []
    for i, (old, step) in enumerate([(None, 2), (5, -1), (5, 0), (5, 1)]):
        member = "m%d" % i
        if old is not None:
            steps.append(("ZADD z 5 " + member, 1))
        asked = step if how == "INCR" or old is None else old + step
        became = zadd(conditions, old, (old or 0) + step)
        if how == "INCR":
            want = NIL if became is None else D(str(became))
        elif became is None:
            want = 0
        else:
            want = int(old is None or how == "CH" and became != old)
        words = " ".join(conditions + ((how,) if how else ()))
        steps.append(("ZADD z %s %d %s" % (words, asked, member), want))
        now = old if became is None else became
        steps.append(("ZSCORE z " + member,
                      NIL if now is None else D(str(now))))
    return steps


for conditions in CONDITIONS:
    for how in ("", "CH", "INCR"):
        both(case, "-".join(conditions + (how,)).lower().strip("-") or
             "unconditional", conditions_steps(conditions, how))

case("options-in-any-order-and-case", [
    ("ZADD z 1 a", 1), ("ZADD z ch gt xx 2 a", 1), ("ZADD z GT CH XX 3 a", 1),
    ("ZADD z xX lT cH 2 a", 1), ("ZADD z CH Nx 5 b 6 a", 1),
    ("ZADD z incr xx gt 1 a", D("3")), ("ZADD z XX Incr 1 a", D("4")),
])
case("options-twice", [
    ("ZADD z NX NX 1 a", 1), ("ZADD z XX XX CH CH 2 a", 1),
    ("ZADD z GT GT 1 a", 0), ("ZADD z LT LT 1 a", 0),
    ("ZADD z INCR INCR 1 a", D("2")),
])
case("ch-with-incr", [
    ("ZADD z CH INCR 1 a", D("1")), ("ZADD z INCR CH 1 a", D("2")),
    ("ZADD z CH INCR NX 1 a", NIL),
])
case("xx-on-no-key", [
    ("ZADD z XX 1 a", 0), ("ZADD z XX CH 1 a 2 b", 0),
    ("ZADD z XX GT 1 a", 0), ("ZADD z XX INCR 1 a", NIL), ("EXISTS z", 0),
])
case("gt-and-lt-add-new-members", [
    ("ZADD z GT 1 a", 1), ("ZADD z LT 1 b", 1), ("ZADD z GT CH 2 a -1 c", 2),
    ("ZADD z LT CH 2 a 9 d", 1), ("ZRANGE z 0 -1", ["c", "b", "a", "d"]),
])
case("incr-returns-nil-when-it-did-nothing", [
    ("ZADD z INCR 5 a", D("5")), ("ZADD z NX INCR 1 a", NIL),
    ("ZADD z GT INCR -1 a", NIL), ("ZADD z LT INCR 1 a", NIL),
    ("ZADD z XX INCR 1 b", NIL), ("ZSCORE z a", D("5")), ("ZCARD z", 1),
])
case("incr-by-infinity", [
    ("ZADD z INCR inf a", D("inf")), ("ZADD z INCR inf a", D("inf")),
    ("ZADD z INCR 5 a", D("inf")), ("ZADD z INCR -inf a", NAN),
    ("ZSCORE z a", D("inf")), ("ZADD z INCR -inf b", D("-inf")),
    ("ZADD z INCR inf b", NAN), ("ZSCORE z b", D("-inf")),
])
case("nan-wins-over-gt", [
    ("ZADD z inf a", 1), ("ZADD z GT INCR -inf a", NAN),
    ("ZADD z XX INCR -inf a", NAN), ("ZADD z NX INCR -inf a", NIL),
])

XX_NX = E("ERR XX and NX options at the same time are not compatible")
GT_LT_NX = E("ERR GT, LT, and/or NX options at the same time are not "
             "compatible")
ONE_PAIR = E("ERR INCR option supports a single increment-element pair")

case("syntax", [("ZADD z 1 a", 1)] + [
    ("ZADD z " + tail, SYNTAX) for tail in (
        "1 b 2", "1 a 2 b 3", "NX 1", "XX 1 b 2", "NX XX CH", "CH INCR",
        "NX NX", "GT LT 1", "FOO 1 b", "1 b NX", "1 b CH", "INCR 1",
        "NXX 1 b", "INCR NX XX")
] + [("ZCARD z", 1)])
case("odd-words-are-scores", [
    ("ZADD z 1 a FOO b", FLOAT_ERR), ("ZADD z NX FOO b", FLOAT_ERR),
    ("ZADD z 1 b NX c", FLOAT_ERR), ("EXISTS z", 0),
])
case("conflicts", [("ZADD z 1 a", 1)] + [
    ("ZADD z %s 1 a" % words, want) for words, want in (
        ("NX XX", XX_NX), ("XX NX", XX_NX), ("NX XX CH", XX_NX),
        ("NX XX GT", XX_NX), ("NX XX INCR", XX_NX),
        ("NX GT", GT_LT_NX), ("NX LT", GT_LT_NX), ("GT LT", GT_LT_NX),
        ("LT GT", GT_LT_NX), ("XX GT LT", GT_LT_NX), ("GT NX", GT_LT_NX),
        ("GT LT INCR", GT_LT_NX), ("nx gt lt", GT_LT_NX))
] + [("ZSCORE z a", D("1"))])
case("incr-of-many", [
    ("ZADD z INCR 1 a 2 b", ONE_PAIR), ("ZADD z NX INCR 1 a 2 a", ONE_PAIR),
    ("EXISTS z", 0),
])
case("which-error-wins", [
    ("SET s v", OK),
    ("ZADD s NX XX 1", SYNTAX), ("ZADD s NX XX GT x a", XX_NX),
    ("ZADD s GT LT INCR 1 a 2 b", GT_LT_NX),
    ("ZADD s INCR x a y b", ONE_PAIR), ("ZADD s x a", FLOAT_ERR),
    ("ZADD s 1 a x b", FLOAT_ERR), ("ZADD s 1 a", WRONGTYPE),
    ("ZADD s XX 1 a", WRONGTYPE), ("ZADD s INCR 1 a", WRONGTYPE),
])
case("bad-score-changes-nothing", [
    ("ZADD z 1 a", 1), ("ZADD z 2 a 3 b x c", FLOAT_ERR),
    ("ZADD z x c 2 a", FLOAT_ERR), ("ZRANGE z 0 -1", ["a"]),
    ("ZSCORE z a", D("1")), ("ZADD n 1 a nan b", FLOAT_ERR),
    ("EXISTS n", 0),
])

# ---- order --------------------------------------------------------------

case = area("zset.order")

both(case, "by-score", [
    ("ZADD z 3 a 1 b 2 c -1 d 0 e 1.5 f -1.5 g", 7),
    ("ZRANGE z 0 -1", ["g", "d", "e", "b", "f", "c", "a"]),
    ("ZREVRANGE z 0 -1", ["a", "c", "f", "b", "e", "d", "g"]),
])
both(case, "by-bytes-where-scores-are-equal", [
    (("ZADD", "z", "1", "b", "1", "B", "1", "a", "1", "", "1", "ab", "1",
      "aa", "1", b"\xff", "1", b"\0", "1", b"\x7f", "1", b"\x80"), 10),
    ("ZRANGE z 0 -1", ["", b"\0", "B", "a", "aa", "ab", "b", b"\x7f",
                       b"\x80", b"\xff"]),
    ("ZREVRANGE z 0 2", [b"\xff", b"\x80", b"\x7f"]),
])
both(case, "a-prefix-comes-first", [
    (("ZADD", "z", "0", "aaa", "0", "a", "0", "aa", "0", b"a\0", "0", "a "),
     5), ("ZRANGE z 0 -1", ["a", b"a\0", "a ", "aa", "aaa"]),
])
both(case, "numbers-as-bytes", [
    ("ZADD z 0 9 0 10 0 100 0 -1 0 1 0 01 0 2 0 %s 0 a" % MAX, 9),
    ("ZRANGE z 0 -1", ["-1", "01", "1", "10", "100", "2", "9", MAX, "a"]),
])
both(case, "infinities-at-the-ends", [
    ("ZADD z inf p -inf n 1e308 b -1e308 s 0 o", 5),
    ("ZRANGE z 0 -1", ["n", "s", "o", "b", "p"]),
    ("ZADD z -inf m inf q", 2), ("ZRANGE z 0 1", ["m", "n"]),
    ("ZREVRANGE z 0 1", ["q", "p"]),
])
both(case, "zeros-are-equal", [
    ("ZADD z 0 b -0 a -0 c", 3), ("ZRANGE z 0 -1", ["a", "b", "c"]),
    ("ZCOUNT z 0 0", 3), ("ZCOUNT z -0 -0", 3), ("ZCOUNT z (0 0", 0),
])
both(case, "after-updates", [
    ("ZADD z 1 a 2 b 3 c 4 d", 4), ("ZADD z 3.5 a", 0),
    ("ZRANGE z 0 -1", ["b", "c", "a", "d"]), ("ZADD z 3 a", 0),
    ("ZRANGE z 0 -1", ["b", "a", "c", "d"]), ("ZINCRBY z -10 d", D("-6")),
    ("ZRANGE z 0 -1", ["d", "b", "a", "c"]), ("ZINCRBY z 8 d", D("2")),
    ("ZRANGE z 0 -1", ["b", "d", "a", "c"]),
])
both(case, "after-removals", [
    ("ZADD z 1 a 2 b 3 c 4 d 5 e", 5), ("ZREM z a c e", 3),
    ("ZRANGE z 0 -1", ["b", "d"]), ("ZADD z 3 x 0 y 9 w", 3),
    ("ZRANGE z 0 -1", ["y", "b", "x", "d", "w"]), ("ZRANK z x", 2),
])
both(case, "close-doubles", [
    ("ZADD z 1.0000000000000002 b 1 c 1.0000000000000004 a", 3),
    ("ZRANGE z 0 -1", ["c", "b", "a"]),
    ("ZADD z 9007199254740993 x 9007199254740992 y 9007199254740994 w", 3),
    ("ZRANGE z 3 -1", ["x", "y", "w"]),
])
both(case, "subnormals", [
    ("ZADD z 5e-324 b 0 a 1e-323 c -5e-324 m 2.2250738585072014e-308 d", 5),
    ("ZRANGE z 0 -1", ["m", "a", "b", "c", "d"]),
])
both(case, "ranks-of-many", [
    (["ZADD", "z"] + [x for i in range(300)
                      for x in (i * 7 % 100, "m%03d" % i)], 300),
    ("ZRANGE z 0 5", ["m000", "m100", "m200", "m043", "m143", "m243"]),
    ("ZRANK z m043", 3), ("ZREVRANK z m000", 299), ("ZCOUNT z 10 19", 30),
    ("ZREMRANGEBYRANK z 0 2", 3), ("ZRANK z m043", 0), ("ZCARD z", 297),
    ("ZRANGE z 100 102", ["m162", "m262", "m005"]),
])

# ---- scores as text -----------------------------------------------------

case = area("zset.double")

NUMBERS = [     # name, what is given, in 17 digits, in the fewest
    ("integer", "42", "42", "42"),
    ("negative", "-42", "-42", "-42"),
    ("zero", "0", "0", "0"),
    ("half", "0.5", "0.5", "0.5"),
    ("bare-point", ".5", "0.5", "0.5"),
    ("final-point", "5.", "5", "5"),
    ("trailing-zeros", "3.1000", "3.1000000000000001", "3.1"),
    ("leading-zeros", "007", "7", "7"),
    ("plus-sign", "+7", "7", "7"),
    ("exponent", "1e3", "1000", "1000"),
    ("upper-case-exponent", "25E-1", "2.5", "2.5"),
    ("tenth", "0.1", "0.10000000000000001", "0.1"),
    ("third", "0.3333333333333333", "0.33333333333333331",
     "0.3333333333333333"),
    ("pi", "3.141592653589793", "3.1415926535897931", "3.141592653589793"),
    ("seventeen-digits", "0.30000000000000004", "0.30000000000000004",
     "0.30000000000000004"),
    ("thousandth", "0.001", "0.001", "0.001"),
    ("one-and-a-bit", "1.0000000000000002", "1.0000000000000002",
     "1.0000000000000002"),
    ("money", "1234567.89", "1234567.8899999999", "1234567.89"),
    ("million", "1000000", "1000000", "1000000"),
    ("milliseconds", "1700000000123", "1700000000123", "1700000000123"),
    ("large-half", "17179869184.5", "17179869184.5", "17179869184.5"),
    ("two-to-53", "9007199254740992", "9007199254740992",
     "9007199254740992"),
    ("two-to-53-plus-1", "9007199254740993", "9007199254740992",
     "9007199254740992"),
    ("minus-two-to-53", "-9007199254740992", "-9007199254740992",
     "-9007199254740992"),
    ("1e20", "1e20", "1e+20", "1e+20"),
    ("twenty-zeros", "100000000000000000000", "1e+20", "1e+20"),
    ("1e21", "1e21", "1e+21", "1e+21"),
    ("1e308", "1e308", "1e+308", "1e+308"),
    ("largest", "1.7976931348623157e308", "1.7976931348623157e+308",
     "1.7976931348623157e+308"),
    ("most-negative", "-1.7976931348623157e308", "-1.7976931348623157e+308",
     "-1.7976931348623157e+308"),
    ("1e-5", "0.00001", "1.0000000000000001e-05", "0.00001"),
    ("1e-7", "1e-7", "9.9999999999999995e-08", "1e-7"),
    ("smallest-normal", "2.2250738585072014e-308", "2.2250738585072014e-308",
     "2.2250738585072014e-308"),
    ("subnormal", "1e-320", "9.9998886718268301e-321", "1e-320"),
    ("smallest", "5e-324", "4.9406564584124654e-324", "5e-324"),
    ("infinity", "inf", "inf", "inf"),
    ("plus-infinity", "+inf", "inf", "inf"),
    ("minus-infinity", "-inf", "-inf", "-inf"),
    ("infinity-in-letters", "Infinity", "inf", "inf"),
    ("minus-infinity-in-letters", "-INFINITY", "-inf", "-inf"),
    ("infinity-in-capitals", "INF", "inf", "inf"),
]
for name, given, digits, short in NUMBERS:
    case(name, [
        (("ZADD", "z", given, "a"), 1), ("ZSCORE z a", score(digits, short)),
        ("ZRANGE z 0 0 WITHSCORES", Pairs([("a", score(digits, short))])),
        ("ZMSCORE z a", [score(digits, short)]),
        ("ZADD z INCR 0 a", score(digits, short)),
        ("ZSCAN z 0", ["0", ["a", Exact(text(digits, short))]]),
        ("ZPOPMAX z", ["a", score(digits, short)]),
    ])

case("all-in-a-skiplist", [
    step for name, given, digits, short in NUMBERS for step in (
        (("ZADD", "z", given, name), 1),
        ("ZSCORE z " + name, score(digits, short)))
], config=SKIPLIST)
both(case, "minus-zero", [
    ("ZADD z -0 a", 1), ("ZSCORE z a", OneOf(D("-0"), D("0"))),
    ("ZADD z -0.0 b -0e5 c", 2), ("ZSCORE z b", OneOf(D("-0"), D("0"))),
    ("ZCOUNT z 0 0", 3),
])
both(case, "minus-zero-plus-zero", [
    ("ZADD z -0 a", 1), ("ZINCRBY z 0 a", D("0")), ("ZADD z 5 b", 1),
    ("ZINCRBY z -5 b", D("0")),
])
case("tenths-add-up", [
    ("ZINCRBY z 0.1 a", score("0.10000000000000001", "0.1")),
    ("ZINCRBY z 0.2 a", D("0.30000000000000004")),
    ("ZINCRBY z -0.3 a", score("5.5511151231257827e-17",
                               "5.551115123125783e-17")),
])
case("overflow-to-infinity", [
    ("ZADD z 1.7976931348623157e308 a -1.7976931348623157e308 b", 2),
    ("ZINCRBY z 1.7976931348623157e308 a", D("inf")),
    ("ZINCRBY z -1e308 b", D("-inf")),
])
case("integers-beyond-53-bits", [
    ("ZADD z 9007199254740992 a", 1),
    ("ZINCRBY z 1 a", D("9007199254740992")),
    ("ZINCRBY z 2 a", D("9007199254740994")),
    ("ZADD z 4503599627370497 b -4503599627370497 c", 2),
    ("ZSCORE z b", D("4503599627370497")),
    ("ZSCORE z c", D("-4503599627370497")),
])
case("round-trip", [
    ("ZADD z 0.1 a", 1), ("ZADD z 0.10000000000000001 a", 0),
    ("ZADD z CH 0.1 a", 0), ("ZADD z CH 0.10000000000000002 a", 1),
])
case("zscan-score-is-a-bulk-in-both-protocols", [
    ("ZADD z 1.5 a", 1), ("ZSCAN z 0", ["0", ["a", "1.5"]]),
])

# ---- ZINCRBY ------------------------------------------------------------

case = area("zset.zincrby")

case("creates", [
    ("ZINCRBY z 2 a", D("2")), ("TYPE z", Simple("zset")),
    ("ZINCRBY z 2.5 a", D("4.5")), ("ZINCRBY z -5 a", D("-0.5")),
    ("ZINCRBY z 0 b", D("0")), ("ZRANGE z 0 -1", ["a", "b"]),
])
case("infinity", [
    ("ZINCRBY z inf a", D("inf")), ("ZINCRBY z -1 a", D("inf")),
    ("ZINCRBY z +inf a", D("inf")), ("ZINCRBY z -inf a", NAN),
    ("ZSCORE z a", D("inf")), ("ZINCRBY z -inf b", D("-inf")),
    ("ZINCRBY z inf b", NAN),
])
case("not-a-float-wins-over-wrong-type", [
    ("SET s v", OK), ("ZINCRBY s x a", FLOAT_ERR),
    ("ZINCRBY s 1 a", WRONGTYPE), ("ZINCRBY z x a", FLOAT_ERR),
    ("ZINCRBY z nan a", FLOAT_ERR), ("ZINCRBY z NX a", May(SYNTAX)),
    ("EXISTS z", 0),
])
both(case, "moves-the-member", [
    ("ZADD z 1 a 2 b 3 c", 3), ("ZINCRBY z 5 a", D("6")),
    ("ZRANGE z 0 -1 WITHSCORES",
     Pairs([("b", D("2")), ("c", D("3")), ("a", D("6"))])),
    ("ZRANK z a", 2),
])

# ---- ZSCORE, ZMSCORE, ZCARD ---------------------------------------------

case = area("zset.zscore")

both(case, "hit-and-miss", [
    ("ZSCORE z a", NIL), ("ZADD z 1.5 a", 1), ("ZSCORE z a", D("1.5")),
    ("ZSCORE z b", NIL), ("ZSCORE z A", NIL), (("ZSCORE", "z", ""), NIL),
])

case = area("zset.zmscore")

both(case, "hit-and-miss", [
    ("ZADD z 1 a 2.5 b inf c", 3), ("ZMSCORE z a", [D("1")]),
    ("ZMSCORE z b x a", [D("2.5"), NIL, D("1")]),
    ("ZMSCORE z c c x x", [D("inf"), D("inf"), NIL, NIL]),
])
case("no-key", [
    ("ZMSCORE z a", [NIL]), ("ZMSCORE z a b a", [NIL, NIL, NIL]),
    ("EXISTS z", 0),
])

case = area("zset.zcard")

case("counts", [
    ("ZCARD z", 0), ("ZADD z 1 a 2 b", 2), ("ZCARD z", 2), ("ZREM z a", 1),
    ("ZCARD z", 1), ("ZREM z b", 1), ("ZCARD z", 0),
])

# ---- ZRANK, ZREVRANK ----------------------------------------------------

for name, ranks in (("zrank", (0, 1, 2, 3)), ("zrevrank", (3, 2, 1, 0))):
    case = area("zset." + name)
    command = name.upper()
    both(case, "hit-and-miss", [
        (command + " z a", NIL), ("ZADD z 1 a 2 b 3 c 3 d", 4),
    ] + [("%s z %s" % (command, m), r) for m, r in zip("abcd", ranks)] + [
        (command + " z x", NIL), ((command, "z", ""), NIL),
    ])
    both(case, "follows-changes", [
        ("ZADD z 1 a 2 b 3 c 4 d", 4), (command + " z c", ranks[2]),
        ("ZADD z 0 c", 0), (command + " z c", ranks[0]),
        ("ZADD z 5 c", 0), (command + " z c", ranks[3]),
        ("ZREM z c", 1), (command + " z c", NIL),
    ])
    case("withscore-not-before-7-2", [
        ("ZADD z 1 a", 1),
        (command + " z a WITHSCORE", arity(name)),
    ], only="redis<7.2", why="the option came with Redis 7.2")
    case("withscore", [
        ("ZADD z 1 a 2.5 b inf c", 3),
        (command + " z b WITHSCORE", [1, D("2.5")]),
        (command + " z c withscore", [2 if name == "zrank" else 0,
                                      D("inf")]),
    ], since="7.2", contexts=ANY_ARITY)
    case("withscore-miss", [
        (command + " z a WITHSCORE", NILARRAY), ("ZADD z 1 a", 1),
        (command + " z x WITHSCORE", NILARRAY), (command + " z x", NIL),
    ], since="7.2", contexts=ANY_ARITY)
    case("withscore-syntax", [
        ("ZADD z 1 a", 1), (command + " z a WITHSCORES", SYNTAX),
        (command + " z a FOO", SYNTAX),
        (command + " z a WITHSCORE x", arity(name)),
    ], since="7.2", contexts=ANY_ARITY)

# ---- ZREM ---------------------------------------------------------------

case = area("zset.zrem")

both(case, "hit-and-miss", [
    ("ZREM z a", 0), ("ZADD z 1 a 2 b 3 c 4 d", 4), ("ZREM z x", 0),
    ("ZREM z b", 1), ("ZREM z b", 0), ("ZREM z a x d", 2),
    ("ZRANGE z 0 -1", ["c"]),
])
case("same-member-twice", [
    ("ZADD z 1 a 2 b", 2), ("ZREM z a a", 1), ("ZREM z b b b", 1),
    ("EXISTS z", 0),
])
both(case, "last-member-takes-the-key-along", [
    ("ZADD z 1 a 2 b", 2), ("ZREM z a b c", 2), ("EXISTS z", 0),
    ("TYPE z", Simple("none")), ("DBSIZE", 0), ("SET z v", OK),
])
case("keeps-ttl", [
    ("ZADD z 1 a 2 b", 2), ("EXPIRE z 100", 1), ("ZREM z a", 1),
    ("TTL z", Between(90, 100)), ("ZREM z b", 1), ("TTL z", -2),
    ("ZADD z 1 a", 1), ("TTL z", -1),
])

# ---- ZPOPMIN, ZPOPMAX ---------------------------------------------------

for name, first in (("zpopmin", 1), ("zpopmax", -1)):
    case = area("zset." + name)
    command = name.upper()
    order = [("a", D("1")), ("b", D("2")), ("c", D("3")),
             ("d", D("3"))][::first]
    ADD = ("ZADD z 1 a 2 b 3 c 3 d", 4)
    both(case, "without-count", [
        ADD, (command + " z", list(order[0])), ("ZCARD z", 3),
        (command + " z", list(order[1])), (command + " z", list(order[2])),
        (command + " z", list(order[3])), ("EXISTS z", 0),
        (command + " z", []),
    ])
    both(case, "with-count", [
        ADD, (command + " z 1", Pairs(order[:1])),
        (command + " z 2", Pairs(order[1:3])), ("ZCARD z", 1),
        (command + " z 2", Pairs(order[3:])), ("EXISTS z", 0),
    ])
    case("count-beyond-the-size", [
        ADD, (command + " z 5", Pairs(order)), ("EXISTS z", 0),
        ADD, (command + " z " + MAX, Pairs(order)), ("EXISTS z", 0),
    ])
    case("count-0", [
        (command + " z 0", []), ADD, (command + " z 0", []), ("ZCARD z", 4),
    ])
    case("no-key", [
        (command + " z", []), (command + " z 1", []),
        (command + " z 100", []),
    ])
    case("bad-count", [
        ADD, (command + " z -1", NOT_POSITIVE), (command + " z " + MIN,
                                                 NOT_POSITIVE),
        (command + " nokey -1", NOT_POSITIVE), ("ZCARD z", 4),
    ])
    case("which-error-wins", [
        ("SET s v", OK), (command + " s x y", SYNTAX),
        (command + " z 1 2", SYNTAX), (command + " s -1", NOT_POSITIVE),
        (command + " s 1", WRONGTYPE), (command + " s", WRONGTYPE),
        (command + " s 0", WRONGTYPE),
    ])
    case("keeps-ttl", [
        ADD, ("EXPIRE z 100", 1), (command + " z", list(order[0])),
        (command + " z 2", Pairs(order[1:3])), ("TTL z", Between(90, 100)),
        (command + " z", list(order[3])), ("TTL z", -2),
    ])
    case("infinite-scores", [
        ("ZADD z inf p -inf n", 2),
        (command + " z", ["n", D("-inf")] if first > 0 else
         ["p", D("inf")]),
        (command + " z 5", Pairs([("p", D("inf"))] if first > 0 else
                                 [("n", D("-inf"))])),
    ])

# ---- ZMPOP --------------------------------------------------------------

case = area("zset.zmpop")

case("no-key", [
    ("ZMPOP 1 z MIN", NILARRAY), ("ZMPOP 2 y z MAX COUNT 5", NILARRAY),
], seen="dragonfly#8087")
both(case, "min", [
    ("ZADD z 1 a 2 b 3 c", 3), ("ZMPOP 1 z MIN", ["z", [["a", D("1")]]]),
    ("ZMPOP 1 z MIN COUNT 5", ["z", [["b", D("2")], ["c", D("3")]]]),
    ("EXISTS z", 0), ("ZMPOP 1 z MIN", NILARRAY),
])
both(case, "max", [
    ("ZADD z 1 a 2 b 3 c", 3), ("ZMPOP 1 z MAX", ["z", [["c", D("3")]]]),
    ("ZMPOP 1 z MAX COUNT 5", ["z", [["b", D("2")], ["a", D("1")]]]),
    ("EXISTS z", 0),
])
case("first-key-that-has-something", [
    ("ZADD y 1 a", 1), ("ZADD z 1 b", 1),
    ("ZMPOP 3 x y z MIN", ["y", [["a", D("1")]]]),
    ("ZMPOP 3 x y z MIN", ["z", [["b", D("1")]]]),
    ("ZMPOP 3 x y z MIN", NILARRAY),
])
case("takes-from-one-key-only", [
    ("ZADD y 1 a", 1), ("ZADD z 1 b", 1),
    ("ZMPOP 2 y z MIN COUNT 10", ["y", [["a", D("1")]]]), ("ZCARD z", 1),
])
case("same-key-twice", [
    ("ZADD z 1 a 2 b", 2), ("ZMPOP 2 z z MIN", ["z", [["a", D("1")]]]),
    ("ZCARD z", 1),
])
case("option-words-in-any-case", [
    ("ZADD z 1 a 2 b 3 c", 3), ("zmpop 1 z min", ["z", [["a", D("1")]]]),
    ("ZMPOP 1 z mAx cOunT 1", ["z", [["c", D("3")]]]),
])
case("keys-that-are-words", [
    ("ZADD MIN 1 a", 1), ("ZADD MAX 2 b", 1),
    ("ZMPOP 2 MAX MIN MAX", ["MAX", [["b", D("2")]]]),
    ("ZMPOP 1 MIN MIN", ["MIN", [["a", D("1")]]]),
])
case("numkeys", [("ZADD z 1 a", 1)] + [
    ("ZMPOP %s z MIN" % n, E("ERR numkeys should be greater than 0"))
    for n in ("0", "-1", MIN, "x", "1.5", "9223372036854775808")
] + [("ZMPOP %s z MIN" % n, SYNTAX) for n in ("2", "3", "4", MAX)] + [
    ("ZMPOP 1 y z MIN", SYNTAX), ("ZCARD z", 1)])
case("count", [("ZADD z 1 a", 1)] + [
    ("ZMPOP 1 z MIN COUNT " + n, E("ERR count should be greater than 0"))
    for n in ("0", "-1", "x", "1.5", MIN, "9223372036854775808")
] + [("ZMPOP 1 z MIN COUNT 0 x", E("ERR count should be greater than 0")),
     ("ZCARD z", 1),
     ("ZMPOP 1 z MIN COUNT " + MAX, ["z", [["a", D("1")]]])])
case("syntax", [("ZADD z 1 a", 1)] + [
    ("ZMPOP 1 z " + tail, SYNTAX) for tail in (
        "LEFT", "MIN MAX", "MIN MIN", "MIN COUNT", "MIN COUNT 1 COUNT 2",
        "MIN 1", "COUNT 1", "COUNT 1 MIN", "MIN COUNT 1 MAX",
        "MIN WITHSCORES", "MIN FOO COUNT 0", "FOO COUNT 0")
] + [("ZCARD z", 1)])
case("wrong-type", [
    ("SET s v", OK), ("ZADD z 1 a", 1), ("ZMPOP 1 s MIN", WRONGTYPE),
    ("ZMPOP 2 s z MIN", WRONGTYPE), ("ZMPOP 2 y s MIN", WRONGTYPE),
    ("ZMPOP 2 z s MIN", ["z", [["a", D("1")]]]),
    ("ZMPOP 1 s FOO", SYNTAX),
    ("ZMPOP 1 s MIN COUNT 0", E("ERR count should be greater than 0")),
])
case("keeps-ttl", [
    ("ZADD z 1 a 2 b", 2), ("EXPIRE z 100", 1),
    ("ZMPOP 1 z MIN", ["z", [["a", D("1")]]]), ("TTL z", Between(90, 100)),
])

# ---- ZRANDMEMBER --------------------------------------------------------

case = area("zset.zrandmember")


def picked(scores, count, repeats):
    """So many members with their scores."""
    def fits(got):
        if type(got) is not Array:
            return False
        if got.v and type(got.v[0]) is Array:
            if any(len(pair.v) != 2 for pair in got.v):
                return False
            pairs = [tuple(pair.v) for pair in got.v]
            kind = Double
        else:
            pairs = list(zip(got.v[::2], got.v[1::2]))
            kind = Bulk
        known = [(Bulk(m), kind(s)) for m, s in scores]
        return (len(pairs) == count and all(p in known for p in pairs) and
                (repeats or len(set(p[0].v for p in pairs)) == count))
    return Shape(fits, "%d of %r with scores%s" % (
        count, scores, ", also twice" if repeats else ""))


ABC = [("a", "1"), ("b", "2.5"), ("c", "inf")]
ADD = ("ZADD z 1 a 2.5 b inf c", 3)

case("no-key", [
    ("ZRANDMEMBER z", NIL), ("ZRANDMEMBER z 1", []), ("ZRANDMEMBER z -1", []),
    ("ZRANDMEMBER z 0", []), ("ZRANDMEMBER z 1 WITHSCORES", []),
    ("ZRANDMEMBER z -1 WITHSCORES", []),
])
both(case, "one", [
    ADD, ("ZRANDMEMBER z", OneOf("a", "b", "c")), ("ZCARD z", 3),
])
both(case, "every-member-comes", [
    ADD, ("ZRANDMEMBER z", Eventually("a")), ("ZRANDMEMBER z",
                                              Eventually("b")),
    ("ZRANDMEMBER z", Eventually("c")),
])
both(case, "count", [
    ADD, ("ZRANDMEMBER z 1", Subset("abc", 1)),
    ("ZRANDMEMBER z 2", Subset("abc", 2)),
    ("ZRANDMEMBER z 3", Unordered(["a", "b", "c"])),
    ("ZRANDMEMBER z 4", Unordered(["a", "b", "c"])),
    ("ZRANDMEMBER z " + MAX, Unordered(["a", "b", "c"])),
])
both(case, "negative-count", [
    ADD, ("ZRANDMEMBER z -1", Subset("abc", 1, repeats=True)),
    ("ZRANDMEMBER z -3", Subset("abc", 3, repeats=True)),
    ("ZRANDMEMBER z -20", Subset("abc", 20, repeats=True)),
    ("ZCARD z", 3),
])
case("count-0", [
    ADD, ("ZRANDMEMBER z 0", []), ("ZRANDMEMBER z 0 WITHSCORES", []),
])
both(case, "withscores", [
    ADD, ("ZRANDMEMBER z 1 WITHSCORES", picked(ABC, 1, False)),
    ("ZRANDMEMBER z 2 WITHSCORES", picked(ABC, 2, False)),
    ("ZRANDMEMBER z 9 withscores", picked(ABC, 3, False)),
    ("ZRANDMEMBER z -1 WITHSCORES", picked(ABC, 1, True)),
    ("ZRANDMEMBER z -9 WITHSCORES", picked(ABC, 9, True)),
])
both(case, "withscores-of-a-single-member", [
    ("ZADD z 1.5 a", 1),
    ("ZRANDMEMBER z 1 WITHSCORES", Pairs([("a", D("1.5"))])),
    ("ZRANDMEMBER z -3 WITHSCORES", Pairs([("a", D("1.5"))] * 3)),
    ("ZRANDMEMBER z", "a"), ("ZRANDMEMBER z 5", ["a"]),
    ("ZRANDMEMBER z -2", ["a", "a"]),
])
both(case, "count-near-the-size", [
    (["ZADD", "z"] + [x for i in range(100) for x in (i, "m%d" % i)], 100),
] + [("ZRANDMEMBER z %d" % n, Subset(["m%d" % i for i in range(100)], n))
     for n in (1, 10, 33, 34, 50, 99)] + [
    ("ZRANDMEMBER z 95 WITHSCORES", picked(
        [("m%d" % i, str(i)) for i in range(100)], 95, False)),
])
case("errors", [
    ADD, ("ZRANDMEMBER z x", INT_ERR), ("ZRANDMEMBER nokey x", INT_ERR),
    ("ZRANDMEMBER z WITHSCORES", INT_ERR), ("ZRANDMEMBER z 1 FOO", SYNTAX),
    ("ZRANDMEMBER nokey 1 FOO", SYNTAX), ("ZRANDMEMBER z WITHSCORES 1",
                                          INT_ERR),
    ("ZRANDMEMBER z 1 WITHSCORES x", SYNTAX),
    ("ZRANDMEMBER z 1 WITHSCORES WITHSCORES", SYNTAX),
])
case("count-limits", [
    ADD, ("ZRANDMEMBER z " + MIN, E(
        "ERR value is out of range, value must between "
        "-9223372036854775807 and 9223372036854775807")),
] + [("ZRANDMEMBER z %s WITHSCORES" % n, E("ERR value is out of range"))
     for n in (MAX, "-" + MAX, "4611686018427387904",
               "-4611686018427387904")] + [
    ("ZRANDMEMBER z 4611686018427387903 WITHSCORES", picked(ABC, 3, False)),
])
case("which-error-wins", [
    ("SET s v", OK), ("ZRANDMEMBER s x", INT_ERR),
    ("ZRANDMEMBER s x FOO", INT_ERR),
    ("ZRANDMEMBER s 1 FOO", SYNTAX), ("ZRANDMEMBER s 1", WRONGTYPE),
    ("ZRANDMEMBER s 0", WRONGTYPE), ("ZRANDMEMBER s", WRONGTYPE),
])

# ---- ZSCAN --------------------------------------------------------------

case = area("zset.zscan")


def flat(pairs):
    """An array of members and scores in turn, in any order."""
    def fits(got):
        return type(got) is Array and sorted(
            (m.v, s.v) for m, s in zip(got.v[::2], got.v[1::2])
        ) == sorted((m.encode(), s.encode()) for m, s in pairs) and (
            len(got.v) == 2 * len(pairs)) and all(
            type(x) is Bulk for x in got.v)
    return Shape(fits, "the flat pairs %r" % (pairs,))


INVALID_CURSOR = E("ERR invalid cursor")
SOME = [("a", "1"), ("ab", "2.5"), ("b", "-inf"), ("c", "3")]
ADD = ("ZADD z 1 a 2.5 ab -inf b 3 c", 4)

case("no-key", [
    ("ZSCAN z 0", ["0", []]), ("ZSCAN z 5", ["0", []]),
    ("ZSCAN z 0 MATCH * COUNT 5", ["0", []]),
])
both(case, "all-at-once", [
    ADD, ("ZSCAN z 0 COUNT 100", ["0", flat(SOME)]),
    ("ZSCAN z 0 count 100 match *", ["0", flat(SOME)]),
])
both(case, "match", [
    ADD, ("ZSCAN z 0 COUNT 100 MATCH a*", ["0", flat(SOME[:2])]),
    ("ZSCAN z 0 MATCH [bc] COUNT 100", ["0", flat(SOME[2:])]),
    ("ZSCAN z 0 MATCH x COUNT 100", ["0", []]),
    ("ZSCAN z 0 MATCH a? COUNT 100", ["0", ["ab", "2.5"]]),
    (("ZSCAN", "z", "0", "MATCH", "", "COUNT", "100"), ["0", []]),
])
case("match-does-not-look-at-scores", [
    ("ZADD z 7 a 8 7", 2), ("ZSCAN z 0 MATCH 7 COUNT 100",
                            ["0", ["7", "8"]]),
])
case("options-twice-last-wins", [
    ADD, ("ZSCAN z 0 MATCH x MATCH a COUNT 1 COUNT 100",
          ["0", ["a", "1"]]),
])
case("bad-cursor", [ADD] + [
    (("ZSCAN", key, cursor), INVALID_CURSOR)
    for key in ("z", "nokey") for cursor in (
        "x", "1.5", "-", "1x", "18446744073709551616",
        "99999999999999999999999")
])
case("largest-cursor", [
    ADD, ("ZSCAN z 18446744073709551615", ["0", ANY]),
    ("ZSCAN nokey 18446744073709551615", ["0", []]),
], seen="dragonfly#4466")
case("syntax", [ADD] + [
    ("ZSCAN z 0 " + tail, want) for tail, want in (
        ("MATCH", SYNTAX), ("COUNT", SYNTAX), ("FOO 1", SYNTAX),
        ("COUNT 0", SYNTAX), ("COUNT -1", SYNTAX), ("COUNT x", INT_ERR),
        ("MATCH a COUNT", SYNTAX), ("TYPE zset", SYNTAX),
        ("NOVALUES", SYNTAX), ("WITHSCORES", SYNTAX),
        ("COUNT 0 COUNT 1", SYNTAX))
])
case("which-error-wins", [
    ("SET s v", OK), ("ZSCAN s x", INVALID_CURSOR), ("ZSCAN s 0", WRONGTYPE),
    ("ZSCAN s 0 COUNT x", WRONGTYPE), ("ZSCAN s 0 FOO", WRONGTYPE),
])
case("options-of-no-key-go-unread", [
    ("ZSCAN z 0 COUNT x", May(["0", []])), ("ZSCAN z 0 FOO",
                                            May(["0", []])),
])


def scan_rounds(count, match, members):
    """Scans to the end; every member that is there comes, with its score."""
    yield "DEL z", ANY
    yield (["ZADD", "z"] + [x for m, s in members for x in (s, m)],
           len(members))
    seen, cursor = set(), b"0"
    for _ in range(10 * len(members)):
        command = ("ZSCAN", "z", cursor, "COUNT", count) + (
            ("MATCH", match) if match else ())
        got = yield command, [Re(b"[0-9]+"), ListOf(Re(b".*"))]
        cursor, items = got.v[0].v, [x.v for x in got.v[1].v]
        seen.update(zip(items[::2], items[1::2]))
        if cursor == b"0":
            break
    wanted = {(m.encode(), str(s).encode()) for m, s in members
              if not match or m.startswith(match.rstrip("*"))}
    yield "DEL z", (1 if seen == wanted and cursor == b"0" else E(
        "the scan gave %d pairs of %d" % (len(seen), len(wanted))))


MANY = [("%s%d" % ("ab"[i % 2], i), i) for i in range(300)]


@case.script("to-the-end", needs=("ZADD", "ZSCAN", "DEL"))
def to_the_end():
    return scan_rounds(10, None, MANY)


@case.script("to-the-end-with-match", needs=("ZADD", "ZSCAN", "DEL"))
def to_the_end_with_match():
    return scan_rounds(7, "b*", MANY)


@case.script("to-the-end-of-a-few", needs=("ZADD", "ZSCAN", "DEL"))
def to_the_end_of_a_few():
    return scan_rounds(1, None, MANY[:5])


@case.script("to-the-end-of-a-few-skiplist", needs=("ZADD", "ZSCAN", "DEL"),
             config=SKIPLIST)
def to_the_end_of_a_few_skiplist():
    return scan_rounds(1, None, MANY[:5])


# ---- wrong type ---------------------------------------------------------

case = area("zset.wrong-type")

for command in ("ZSCORE s a", "ZMSCORE s a", "ZCARD s", "ZRANK s a",
                "ZREVRANK s a", "ZREM s a", "ZINCRBY s 1 a"):
    case(command.split()[0].lower(), [
        ("SET s v", OK), (command, WRONGTYPE), ("GET s", "v"), ("DEL s", 1),
        ("SADD s a", 1), (command, WRONGTYPE), ("SCARD s", 1),
    ])

# ---- encodings ----------------------------------------------------------

case = area("zset.encoding")


def encoding(name):
    return "OBJECT ENCODING z", Exact(name)


case("starts-as-listpack", [
    ("ZADD z 1 a", 1), encoding("listpack"), ("ZINCRBY z 1 b", D("1")),
    encoding("listpack"),
])
case("grows-beyond-128-members", [
    (["ZADD", "z"] + [x for i in range(128) for x in (i, "m%d" % i)], 128),
    encoding("listpack"), ("ZADD z 5 m0", 0), encoding("listpack"),
    ("ZADD z 128 m128", 1), encoding("skiplist"),
    ("ZRANGE z 126 -1", ["m126", "m127", "m128"]), ("ZREM z m128", 1),
    encoding("skiplist"),
])
case("grows-beyond-64-bytes", [
    ("ZADD z 1 " + "x" * 64, 1), encoding("listpack"),
    ("ZADD z 2 " + "y" * 65, 1), encoding("skiplist"),
    ("ZRANGE z 0 -1", ["x" * 64, "y" * 65]), ("ZREM z " + "y" * 65, 1),
    encoding("skiplist"),
])
case("long-member-first", [
    ("ZADD z 1 " + "x" * 65, 1), encoding("skiplist"),
    ("DEL z", 1), ("ZINCRBY z 1 " + "x" * 65, D("1")), encoding("skiplist"),
])
case("content-survives-the-growth", [
    ("ZADD z 1.5 a -inf b inf c 1.5 d 7 12", 5),
    ("ZADD z 3 " + "x" * 100, 1),
    ("ZRANGE z 0 -1 WITHSCORES", Pairs([
        ("b", D("-inf")), ("a", D("1.5")), ("d", D("1.5")),
        ("x" * 100, D("3")), ("12", D("7")), ("c", D("inf"))])),
    ("ZSCORE z d", D("1.5")), ("ZRANK z 12", 4), ("ZREM z 12", 1),
    ("ZRANGEBYSCORE z (1.5 inf", ["x" * 100, "c"]),
])
case("entries-of-0", [
    ("ZADD z 1 a", 1), encoding("skiplist"),
], config=SKIPLIST)
case("value-limit", [
    ("ZADD z 1 abcde", 1), encoding("listpack"), ("ZADD z 1 abcdef", 1),
    encoding("skiplist"),
], config={"zset-max-listpack-value": "5"})
case("stored-results-are-small-again", [
    ("ZADD y 1 %s 2 b" % ("x" * 65), 2), ("ZRANGESTORE z y 1 1", 1),
    encoding("listpack"), ("ZRANGESTORE z y 0 0", 1), encoding("skiplist"),
    ("ZADD w 1 b", 1), ("ZINTERSTORE z 2 y w", 1), encoding("listpack"),
    ("ZUNIONSTORE z 2 y w", 2), encoding("skiplist"),
])
case("big-member", [
    (("ZADD", "z", "1", b"x" * 100000), 1),
    ("ZRANGE z 0 0", [b"x" * 100000]),
    (("ZSCORE", "z", b"x" * 100000), D("1")),
    (("ZREM", "z", b"x" * 100000), 1), ("EXISTS z", 0),
])

# every kind of reply; ZRANK's null array came with 7.2
REPLIES = {
    "ZADD": "int double null error",
    "ZINCRBY": "double error",
    "ZSCORE": "double null error",
    "ZMSCORE": "array error",
    "ZCARD": "int error",
    "ZRANK": "int null error",
    "ZREVRANK": "int null error",
    "ZREM": "int error",
    "ZPOPMIN": "array error",
    "ZPOPMAX": "array error",
    "ZMPOP": "array nullarray error",
    "ZRANDMEMBER": "bulk null array error",
    "ZSCAN": "array error",
}
