"""Unions, intersections and differences of sorted sets."""

import itertools

from conformance.cases import *  # noqa: F403
from conformance.cases.zset import MAX, both

WEIGHT_ERR = E("ERR weight value is not a float")
NEGATIVE_LIMIT = E("ERR LIMIT can't be negative")
INF = float("inf")


def no_keys(name):
    return E("ERR at least 1 input key is needed for '%s' command" % name)


# ---- a model ------------------------------------------------------------

INPUTS = {
    "x": {"a": 1.0, "b": 2.0, "c": -3.5, "d": INF, "f": 0.25},
    "y": {"b": 10.0, "c": 0.5, "d": 2.0, "e": -INF, "f": 0.25},
    "s": {"a": 1.0, "b": 1.0, "c": 1.0, "z": 1.0},      # a set
}
ADD = [("ZADD x 1 a 2 b -3.5 c inf d 0.25 f", 5),
       ("ZADD y 10 b 0.5 c 2 d -inf e 0.25 f", 5),
       ("SADD s a b c z", 4)]


def digits(n):
    return D("%d" % n if n == int(n) else repr(n)) if abs(n) != INF else D(
        "inf" if n > 0 else "-inf")


def combined(op, keys, weights=None, aggregate="SUM"):
    """[(member, score)] in order."""
    sets = [INPUTS[k] for k in keys]
    weights = weights or [1] * len(sets)
    how = {"SUM": lambda a, b: a + b, "MIN": min, "MAX": max}[aggregate]
    members = set(sets[0])
    for other in sets[1:]:
        members = (members | set(other) if op == "ZUNION" else
                   members & set(other) if op == "ZINTER" else
                   members - set(other))
    out = {}
    for m in members:
        if op == "ZDIFF":
            out[m] = sets[0][m]
            continue
        values = [s[m] * w for s, w in zip(sets, weights) if m in s]
        value = values[0]
        for other in values[1:]:
            value = how(value, other)
        out[m] = value
    return [(m, digits(n)) for n, m in sorted(
        (n, m) for m, n in out.items())]


def three_ways(op, words, pairs):
    """The members, the members with scores, and what is stored."""
    return [("%s %s" % (op, words), [m for m, _ in pairs]),
            ("%s %s WITHSCORES" % (op, words), Pairs(pairs)),
            ("%sSTORE d %s" % (op, words), len(pairs)),
            ("ZRANGE d 0 -1 WITHSCORES", Pairs(pairs))]


KEYS = ["x", "y", "s", "x y", "y x", "x s", "s x", "x y s", "x x", "s s"]
WEIGHTS = [None, (2, 3), (-1, 0.5), (1, -2), (0.5, 0.25)]

for op in ("ZUNION", "ZINTER", "ZDIFF"):
    case = area("zset." + op.lower())
    for keys in KEYS:
        names = keys.split()
        both(case, "of-" + keys.replace(" ", "-"), ADD + three_ways(
            op, "%d %s" % (len(names), keys), combined(op, names)))

for op in ("ZUNION", "ZINTER"):
    case = area("zset." + op.lower())
    for aggregate in ("SUM", "MIN", "MAX"):
        for names in ("xy", "xs"):
            both(case, "aggregate-%s-of-%s" % (
                aggregate.lower(), "-".join(names)), ADD + [
                step for weights in WEIGHTS for step in three_ways(
                    op, "2 %s %s%s AGGREGATE %s" % (
                        names[0], names[1], " WEIGHTS %r %r" % weights
                        if weights else "", aggregate),
                    combined(op, names, weights, aggregate))])
    case("weights", ADD + [
        step for weights in WEIGHTS[1:] for step in three_ways(
            op, "2 x y WEIGHTS %r %r" % weights,
            combined(op, "xy", weights))])
    case("weights-of-one-key", ADD + [
        step for w in (1, 2, -1, 0.5, 1e3) for step in three_ways(
            op, "1 x WEIGHTS %r" % w, combined(op, "x", (w,)))])
    case("weights-of-a-set", ADD + [
        step for w in (1, 2, -0.5) for step in three_ways(
            op, "1 s WEIGHTS %r" % w, combined(op, "s", (w,)))])
    case("same-key-with-two-weights", ADD[:2] + three_ways(
        op, "2 y y WEIGHTS 2 3", combined(op, "y", (5,))) + three_ways(
        op, "2 y y WEIGHTS 2 3 AGGREGATE MIN", [
            ("e", D("-inf")), ("f", D("0.5")), ("c", D("1")),
            ("d", D("4")), ("b", D("20"))]))

# ---- what the results are like ------------------------------------------

for op in ("ZUNION", "ZINTER"):
    case = area("zset." + op.lower())
    name = op.lower()
    case("infinity-minus-infinity-is-0", [
        ("ZADD x inf a 5 b", 2), ("ZADD y -inf a 1 b", 2),
    ] + three_ways(op, "2 x y", [("a", D("0")), ("b", D("6"))]) + three_ways(
        op, "2 x x WEIGHTS 1 -1", [("a", D("0")), ("b", D("0"))]))
    case("infinity-times-0-is-0", [
        ("ZADD x inf a 5 b", 2), ("ZADD y -inf c", 1),
    ] + three_ways(op, "1 x WEIGHTS 0", [("a", D("0")), ("b", D("0"))]) + [
        ("%s 1 y WEIGHTS 0 WITHSCORES" % op,
         Pairs([("c", OneOf(D("0"), D("-0")))])),
    ])
    case("infinite-weights", [
        ("ZADD x 2 a -2 b", 2), ("ZADD o 0 z", 1),
    ] + three_ways(op, "1 x WEIGHTS inf",
                   [("b", D("-inf")), ("a", D("inf"))]) + three_ways(
        op, "1 x WEIGHTS -inf", [("a", D("-inf")), ("b", D("inf"))]) +
        three_ways(op, "1 o WEIGHTS inf", [("z", D("0"))]))
    case("infinities-and-aggregate", [
        ("ZADD x inf a -inf b inf c", 3), ("ZADD y -inf a -inf b inf c", 3),
    ] + three_ways(op, "2 x y AGGREGATE MIN", [
        ("a", D("-inf")), ("b", D("-inf")), ("c", D("inf"))]) + three_ways(
        op, "2 x y AGGREGATE MAX", [
            ("b", D("-inf")), ("a", D("inf")), ("c", D("inf"))]) + three_ways(
        op, "2 x y AGGREGATE SUM", [
            ("b", D("-inf")), ("a", D("0")), ("c", D("inf"))]))
    case("equal-scores-by-bytes", [
        ("ZADD x 1 c 2 a 1 10", 3), ("ZADD y 1 a 2 c 2 9 2 10", 4),
    ] + three_ways(op, "2 x y", ([("9", D("2"))] if op == "ZUNION" else [])
                   + [("10", D("3")), ("a", D("3")), ("c", D("3"))]))
    case("options-in-any-order-and-case", ADD + [
        ("%s 2 y s WITHSCORES AGGREGATE max WEIGHTS 1 2" % name,
         Pairs(combined(op, "ys", (1, 2), "MAX"))),
        (op + " 2 y s aggregate Max weights 1 2 withScores",
         Pairs(combined(op, "ys", (1, 2), "MAX"))),
        (op + "STORE d 2 y s aggregate Max weights 1 2",
         len(combined(op, "ys"))),
    ])
    case("options-twice-last-wins", ADD + [
        (op + " 2 y s AGGREGATE MIN WEIGHTS 5 6 AGGREGATE MAX "
         "WEIGHTS 1 2 WITHSCORES WITHSCORES",
         Pairs(combined(op, "ys", (1, 2), "MAX"))),
    ])
    case("weights-syntax", ADD + [
        ("%s 2 x y %s" % (op, tail), want) for tail, want in (
            ("WEIGHTS", SYNTAX), ("WEIGHTS 1", SYNTAX),
            ("WEIGHTS 1 2 3", SYNTAX), ("WEIGHT 1 2", SYNTAX),
            ("1 2", SYNTAX), ("WEIGHTS x 1", WEIGHT_ERR),
            ("WEIGHTS 1 x", WEIGHT_ERR), ("WEIGHTS 1 nan", WEIGHT_ERR),
            ("WEIGHTS 1 WITHSCORES", WEIGHT_ERR),
            ("WEIGHTS 1 AGGREGATE MIN", WEIGHT_ERR))
    ] + [("%s 1 x WEIGHTS %s" % (op, w), WEIGHT_ERR)
         for w in ("1.5x", "(1", "1,5", "--1")])
    case("aggregate-syntax", ADD + [
        ("%s 2 x y %s" % (op, tail), SYNTAX) for tail in (
            "AGGREGATE", "AGGREGATE AVG", "AGGREGATE SUM MIN",
            "AGGREGATE WEIGHTS 1 2", "SUM", "WEIGHTS 1 2 AGGREGATE",
            "AGG SUM", "AGGREGATE 1")])

for op in ("ZUNION", "ZINTER", "ZDIFF"):
    for store in (False, True):
        name = op.lower() + ("store" if store else "")
        case = area("zset." + name)
        command = op + ("STORE d" if store else "")
        nothing = 0 if store else []
        case("no-key", [
            (command + " 1 x", nothing), (command + " 2 x y", nothing),
            (command + " 3 x x x", nothing), ("EXISTS d", 0),
        ])
        case("some-keys-missing", ADD + [
            ("%s 2 y nokey" % command,
             0 if op == "ZINTER" and store else [] if op == "ZINTER" else
             5 if store else [m for m, _ in combined("ZUNION", "y")]),
            ("%s 2 nokey y" % command,
             (5 if store else [m for m, _ in combined("ZUNION", "y")])
             if op == "ZUNION" else nothing),
        ])
        case("numkeys", ADD + [
            ("%s %s x" % (command, n), no_keys(name))
            for n in ("0", "-1", "-9223372036854775808")
        ] + [("%s %s x" % (command, n), INT_ERR)
             for n in ("a", "1.5", "9223372036854775808", "+1")] + [
            ("%s %s x" % (command, n), SYNTAX) for n in ("2", "3", MAX)] + [
            ("%s 1 x y" % command, SYNTAX), ("EXISTS d", 0)])
        case("wrong-type", ADD + [
            ("SET t v", OK), ("RPUSH l a", 1), (command + " 1 t", WRONGTYPE),
            (command + " 2 x t", WRONGTYPE), (command + " 2 l x", WRONGTYPE),
            (command + " 2 nokey t", WRONGTYPE), ("EXISTS d", 0),
        ])
        case("which-error-wins", ADD + [
            ("SET t v", OK), (command + " 0 t FOO", no_keys(name)),
            (command + " 3 t x", SYNTAX), (command + " 1 t FOO", WRONGTYPE),
            (command + " 1 x FOO", SYNTAX),
        ])

for op in ("ZUNION", "ZINTER", "ZDIFF"):
    case = area("zset." + op.lower())
    case("words-that-are-none", ADD + [
        ("%s 1 x %s" % (op, tail), SYNTAX) for tail in (
            "FOO", "WITHSCORE", "LIMIT 1", "REV", "BYSCORE",
            "WITHSCORES FOO")])
    case = area("zset.%sstore" % op.lower())
    case("withscores", ADD + [
        (op + "STORE d 1 x WITHSCORES", SYNTAX),
        (op + "STORE d 2 x y WITHSCORES", SYNTAX), ("EXISTS d", 0),
    ])

# ---- ZDIFF --------------------------------------------------------------

case = area("zset.zdiff")

case("keeps-the-first-one-s-scores", ADD + three_ways(
    "ZDIFF", "2 y x", [("e", D("-inf"))]) + three_ways(
    "ZDIFF", "2 x y", [("a", D("1"))]) + three_ways(
    "ZDIFF", "2 s x", [("z", D("1"))]))
case("the-same-key-twice-is-nothing", ADD + three_ways(
    "ZDIFF", "2 x x", []) + three_ways("ZDIFF", "3 x y x", []) + [
    ("EXISTS d", 0)])
case("of-a-small-one-and-large-ones", [
    (["ZADD", "l"] + [x for i in range(200) for x in (i, "m%d" % i)], 200),
    ("ZADD x 1 m5 2 a 3 m199 4 b", 4), ("ZADD y 7 b", 1),
] + three_ways("ZDIFF", "3 x l y", [("a", D("2"))]))
case("of-a-large-one-and-small-ones", [
    (["ZADD", "l"] + [x for i in range(200) for x in (i, "m%d" % i)], 200),
    ("ZADD x 1 m5 2 a 3 m199 4 b", 4), ("ZADD y 7 m6", 1),
    ("ZDIFF 3 l x y", ["m%d" % i for i in range(200)
                       if i not in (5, 6, 199)]),
    ("ZDIFFSTORE d 3 l x y", 197), ("ZSCORE d m7", D("7")),
])
case("of-many-keys", ADD + [
    ("ZADD z%d 1 %s" % (i, m), 1) for i, m in enumerate("abcd")
] + three_ways("ZDIFF", "5 x z0 z1 z2 z3", [("f", D("0.25"))]))
case("has-no-weights", ADD + [
    ("%s %s" % (command, tail), SYNTAX)
    for command in ("ZDIFF 2 x y", "ZDIFFSTORE d 2 x y") for tail in (
        "WEIGHTS 1 2", "AGGREGATE SUM", "AGGREGATE MIN", "WEIGHTS")])
case("takes-withscores-twice", ADD + [
    ("ZDIFF 2 y x WITHSCORES WITHSCORES", Pairs([("e", D("-inf"))])),
    ("zdiff 2 y x withscores", Pairs([("e", D("-inf"))])),
])

# ---- sets as input ------------------------------------------------------

case = area("zset.sets")

SET_KINDS = [
    ("integers", "1 2 3 20", {}),
    ("words", "1 2 3 w", {}),
    ("few-integers-in-a-table", "1 2 3 20", {"set-max-intset-entries": "0"}),
]
for name, members, config in SET_KINDS:
    case(name, [
        ("SADD s " + members, 4), ("ZADD z 10 1 20 2 30 x", 3),
        ("ZINTER 2 s z WITHSCORES", Pairs([("1", D("11")), ("2", D("21"))])),
        ("ZINTER 2 z s WEIGHTS 1 5 WITHSCORES",
         Pairs([("1", D("15")), ("2", D("25"))])),
        ("ZDIFF 2 z s WITHSCORES", Pairs([("x", D("30"))])),
        ("ZDIFF 2 s z", [members.split()[3], "3"]
         if members.endswith("0") else ["3", "w"]),
        ("ZUNIONSTORE d 2 s z AGGREGATE MAX", 5),
        ("ZRANGE d 0 1 WITHSCORES", Pairs([
            (m, D("1")) for m in sorted(members.split()[2:])])),
        ("ZRANGE d 2 -1 WITHSCORES", Pairs([
            ("1", D("10")), ("2", D("20")), ("x", D("30"))])),
        ("ZINTERCARD 2 s z", 2), ("TYPE s", Simple("set")),
    ], config=config)
case("only-sets", [
    ("SADD s a b c", 3), ("SADD t b c d", 3),
    ("ZUNION 2 s t WITHSCORES", Pairs([
        ("a", D("1")), ("d", D("1")), ("b", D("2")), ("c", D("2"))])),
    ("ZINTER 2 s t WEIGHTS 2 3 WITHSCORES", Pairs([
        ("b", D("5")), ("c", D("5"))])),
    ("ZDIFF 2 s t WITHSCORES", Pairs([("a", D("1"))])),
    ("ZINTERCARD 2 s t", 2),
])
case("a-set-becomes-a-sorted-set", [
    ("SADD s b a", 2), ("ZUNIONSTORE s 1 s WEIGHTS 2", 2),
    ("TYPE s", Simple("zset")),
    ("ZRANGE s 0 -1 WITHSCORES", Pairs([("a", D("2")), ("b", D("2"))])),
    ("SADD s c", WRONGTYPE),
])
case("long-members", [
    ("SADD s a " + "x" * 100, 2), ("ZUNIONSTORE d 1 s", 2),
    ("OBJECT ENCODING d", Exact("skiplist")),
    ("ZRANGE d 0 -1", ["a", "x" * 100]),
])

# ---- the STORE forms ----------------------------------------------------

for op in ("ZUNION", "ZINTER", "ZDIFF"):
    case = area("zset.%sstore" % op.lower())
    command = op + "STORE"
    second = "nokey" if op == "ZDIFF" else "x"
    case("replaces-any-type", [
        ("ZADD x 1 a", 1), ("SET d v", OK), (command + " d 1 x", 1),
        ("ZRANGE d 0 -1", ["a"]), ("ZADD d 5 other", 1),
        (command + " d 1 x", 1), ("ZRANGE d 0 -1", ["a"]), ("DEL d", 1),
        ("RPUSH d v", 1), (command + " d 2 x " + second, 1),
        ("TYPE d", Simple("zset")),
    ])
    case("empty-result-removes-any-type", [
        ("SET d v", OK), (command + " d 1 nokey", 0), ("EXISTS d", 0),
        ("ZADD d 1 a", 1), (command + " d 2 nokey other", 0),
        ("EXISTS d", 0), ("SADD d a", 1), (command + " d 1 nokey", 0),
        ("DBSIZE", 0),
    ])
    case("drops-the-ttl", [
        ("ZADD x 1 a", 1), ("SET d v EX 100", OK), ("EXPIRE x 100", 1),
        (command + " d 1 x", 1), ("TTL d", -1), ("TTL x", Between(90, 100)),
        (command + " x 1 x", 1), ("TTL x", -1),
    ])
    case("an-error-leaves-the-destination", [
        ("SET d v", OK), ("ZADD x 1 a", 1), (command + " d 1 d", WRONGTYPE),
        (command + " d 1 x FOO", SYNTAX), (command + " d 0 x",
                                           no_keys(command.lower())),
        ("GET d", "v"),
    ])
    both(case, "source-and-destination", [
        ("ZADD d 1 a 2 b", 2), (command + " d 1 d", 2),
        ("ZRANGE d 0 -1 WITHSCORES", Pairs([("a", D("1")), ("b", D("2"))])),
        ("ZADD x 10 b 20 c", 2), (command + " d 2 d x",
                                  3 if op == "ZUNION" else 1),
        ("ZRANGE d 0 -1 WITHSCORES", Pairs({
            "ZUNION": [("a", D("1")), ("b", D("12")), ("c", D("20"))],
            "ZINTER": [("b", D("12"))], "ZDIFF": [("a", D("1"))]}[op])),
    ])
    case("source-and-destination-twice", [
        ("ZADD d 1 a 2 b", 2),
        (command + " d 2 d d", 0 if op == "ZDIFF" else 2),
        ("ZRANGE d 0 -1 WITHSCORES", Pairs(
            [] if op == "ZDIFF" else [("a", D("2")), ("b", D("4"))])),
        ("EXISTS d", 0 if op == "ZDIFF" else 1),
    ])
    case("destination-is-a-set", [
        ("SADD d a b", 2), ("ZADD x 5 b", 1),
        (command + " d 2 d x", {"ZUNION": 2, "ZINTER": 1, "ZDIFF": 1}[op]),
        ("TYPE d", Simple("zset")),
    ])

case = area("zset.zunionstore")

both(case, "of-many", [
    (["ZADD", "x"] + [x for i in range(200) for x in (i, "m%d" % i)], 200),
    (["ZADD", "y"] + [x for i in range(100, 300) for x in (i, "m%d" % i)],
     200),
    ("ZUNIONSTORE d 2 x y", 300), ("ZSCORE d m150", D("300")),
    ("ZINTERSTORE d 2 x y AGGREGATE MIN", 100),
    ("ZRANGE d 0 1 WITHSCORES", Pairs([("m100", D("100")),
                                       ("m101", D("101"))])),
])
case("of-many-keys", [
    ("ZADD k%d %d a 1 m%d" % (i, i, i), 2) for i in range(20)
] + [
    ("ZUNIONSTORE d 20 " + " ".join("k%d" % i for i in range(20)), 21),
    ("ZSCORE d a", D("190")),
    ("ZINTERSTORE d 20 " + " ".join("k%d" % i for i in range(20)), 1),
    ("ZRANGE d 0 -1 WITHSCORES", Pairs([("a", D("190"))])),
])
case("keys-that-are-options", [
    ("ZADD WEIGHTS 1 a", 1), ("ZADD AGGREGATE 2 a", 1),
    ("ZUNIONSTORE MIN 2 WEIGHTS AGGREGATE WEIGHTS 2 3 AGGREGATE SUM", 1),
    ("ZSCORE MIN a", D("8")),
    ("ZUNION 2 WEIGHTS AGGREGATE AGGREGATE MIN WITHSCORES",
     Pairs([("a", D("1"))])),
])
case("binary-members", [
    (("ZADD", "x", "1", b"\r\n\0", "2", ""), 2),
    (("ZADD", "y", "5", b"\r\n\0", "7", ""), 2),
    ("ZUNION 2 x y WITHSCORES", Pairs([(b"\r\n\0", D("6")), ("", D("9"))])),
    ("ZINTER 2 x y", [b"\r\n\0", ""]), ("ZDIFF 2 x y", []),
])

# ---- ZINTERCARD ---------------------------------------------------------

case = area("zset.zintercard")

for n in (1, 2, 3):
    both(case, "of-%d-keys" % n, ADD + [
        ("ZINTERCARD %d %s" % (n, " ".join(keys)),
         len(combined("ZINTER", keys)))
        for keys in itertools.product("xys", repeat=n)])
case("no-key", [
    ("ZINTERCARD 1 x", 0), ("ZINTERCARD 2 x y LIMIT 5", 0),
    ("ZADD x 1 a", 1), ("ZINTERCARD 2 x nokey", 0),
    ("ZINTERCARD 2 nokey x", 0),
])
both(case, "limit", ADD + [
    ("ZINTERCARD 2 x y LIMIT %s" % limit, n) for limit, n in (
        ("0", 4), ("1", 1), ("2", 2), ("3", 3), ("4", 4), ("5", 4),
        (MAX, 4), ("00", NEGATIVE_LIMIT), ("+1", NEGATIVE_LIMIT))
] + [("zintercard 2 x y limit 2", 2), ("ZINTERCARD 1 x LIMIT 3", 3),
     ("ZINTERCARD 1 s LIMIT 3", 3)])
case("limit-twice-last-wins", ADD + [
    ("ZINTERCARD 2 x y LIMIT 1 LIMIT 3", 3),
    ("ZINTERCARD 2 x y LIMIT 3 LIMIT 0", 4),
])
case("bad-limit", ADD + [
    ("ZINTERCARD 2 x y LIMIT " + n, NEGATIVE_LIMIT) for n in (
        "-1", "x", "1.5", "-9223372036854775808", "9223372036854775808")])
case("numkeys", ADD + [
    ("ZINTERCARD %s x" % n, no_keys("zintercard"))
    for n in ("0", "-1", "-9223372036854775808")
] + [("ZINTERCARD %s x" % n, INT_ERR)
     for n in ("a", "1.5", "9223372036854775808")] + [
    ("ZINTERCARD %s x" % n, SYNTAX) for n in ("2", MAX)])
case("syntax", ADD + [
    ("ZINTERCARD 1 x " + tail, SYNTAX) for tail in (
        "LIMIT", "FOO", "WITHSCORES", "WEIGHTS 1", "AGGREGATE MIN", "y",
        "1", "LIMIT 1 FOO", "LIMIT 1 LIMIT")])
case("wrong-type", ADD + [
    ("SET t v", OK), ("ZINTERCARD 1 t", WRONGTYPE),
    ("ZINTERCARD 2 x t", WRONGTYPE), ("ZINTERCARD 2 nokey t", WRONGTYPE),
    ("ZINTERCARD 2 x t LIMIT 1", WRONGTYPE),
    ("ZINTERCARD 1 t FOO", WRONGTYPE), ("ZINTERCARD 1 t LIMIT -1",
                                        WRONGTYPE),
    ("ZINTERCARD 0 t", no_keys("zintercard")),
])

# every kind of reply
REPLIES = {
    "ZUNION": "array error",
    "ZINTER": "array error",
    "ZDIFF": "array error",
    "ZUNIONSTORE": "int error",
    "ZINTERSTORE": "int error",
    "ZDIFFSTORE": "int error",
    "ZINTERCARD": "int error",
}
