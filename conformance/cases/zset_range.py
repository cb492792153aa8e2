"""Ranges of sorted sets by rank, score and bytes: read, store, count,
remove."""

from conformance.cases import *  # noqa: F403
from conformance.cases.zset import MAX, MIN, both

AREAS = "zset"   # where an area is no literal

LIMIT_ALONE = E("ERR syntax error, LIMIT is only supported in combination "
                "with either BYSCORE or BYLEX")
LEX_SCORES = E("ERR syntax error, WITHSCORES not supported in combination "
               "with BYLEX")
NOT_FLOAT = E("ERR min or max is not a float")
NOT_LEX = E("ERR min or max not valid string range item")

# ---- by rank ------------------------------------------------------------

FIVE = [("a", D("1")), ("b", D("2")), ("c", D("2")), ("d", D("2.5")),
        ("e", D("inf"))]
ADD_FIVE = ("ZADD z 1 a 2 b 2 c 2.5 d inf e", 5)
ENDS = [-7, -6, -5, -4, -2, -1, 0, 1, 3, 4, 5, 7]


def by_rank(members, start, stop):
    """What stands from start to stop; negative ones count from the end."""
    n = len(members)
    start = max(0, start + n if start < 0 else start)
    stop = stop + n if stop < 0 else stop
    return members[start:stop + 1] if stop >= 0 else []


def names(pairs):
    return [name for name, _ in pairs]


def spelled(n):
    return "minus-%d" % -n if n < 0 else str(n)


for id, command, tail, order in (
        ("zset.zrange", "ZRANGE", "", FIVE),
        ("zset.zrevrange", "ZREVRANGE", "", FIVE[::-1])):
    case = area(id)
    for start in (-6, -5, -2, -1, 0, 1, 4, 5):
        both(case, "from-" + spelled(start), [ADD_FIVE] + [
            ("%s z %d %d%s" % (command, start, stop, tail),
             names(by_rank(order, start, stop))) for stop in ENDS])

case = area("zset.zrange")

both(case, "rev", [ADD_FIVE] + [
    ("ZRANGE z %d %d REV" % (start, stop),
     names(by_rank(FIVE[::-1], start, stop)))
    for start in (-6, -2, 0, 1, 4) for stop in (-6, -2, -1, 0, 2, 4, 9)])

for command, tail, order in (
        ("ZRANGE", "", FIVE), ("ZREVRANGE", "", FIVE[::-1]),
        ("ZRANGE", " REV", FIVE[::-1])):
    case = area("zset." + command.lower())
    prefix = tail.strip().lower() + ("-" if tail else "")
    both(case, prefix + "withscores", [ADD_FIVE] + [
        ("%s z %d %d%s WITHSCORES" % (command, start, stop, tail),
         Pairs(by_rank(order, start, stop)))
        for start, stop in ((0, -1), (0, 0), (1, 2), (-2, -1), (3, 99),
                            (-99, 1))] + [
        ("%s z 3 1%s WITHSCORES" % (command, tail), []),
        ("%s z 0 0%s withScores" % (command, tail), Pairs(order[:1])),
    ])
    case(prefix + "no-key", [
        ("%s z 0 -1%s" % (command, tail), []),
        ("%s z 0 -1%s WITHSCORES" % (command, tail), []),
        ("EXISTS z", 0),
    ])
    case(prefix + "limits-of-integers", [
        ADD_FIVE,
        ("%s z 0 %s%s" % (command, MAX, tail), names(order)),
        ("%s z %s %s%s" % (command, MIN, MAX, tail), names(order)),
        ("%s z %s -1%s" % (command, MIN, tail), names(order)),
        ("%s z %s %s%s" % (command, MAX, MAX, tail), []),
        ("%s z %s %s%s" % (command, MIN, MIN, tail), []),
        ("%s z %s %s%s" % (command, MAX, MIN, tail), []),
        ("%s z 2147483648 4294967296%s" % (command, tail), []),
        ("%s z -4294967297 0%s" % (command, tail), [order[0][0]]),
    ])
    case(prefix + "not-an-integer", [ADD_FIVE] + [
        (words, INT_ERR) for n in ("x", "1.5", "(1", "inf", "-", "+", "[a",
                                   "", "9223372036854775808")
        for words in (
            [command, "z", n, "1"] + tail.split(),
            [command, "z", "0", n] + tail.split(),
            [command, "nokey", n, "1"] + tail.split())])

case = area("zset.zrevrange")

case("options-of-zrange", [ADD_FIVE] + [
    ("ZREVRANGE z 0 1 " + tail, want) for tail, want in (
        ("REV", SYNTAX), ("BYSCORE", SYNTAX), ("BYLEX", SYNTAX),
        ("FOO", SYNTAX), ("WITHSCORES REV", SYNTAX), ("WITHSCORE", SYNTAX),
        ("LIMIT 0 1", LIMIT_ALONE), ("LIMIT 0", SYNTAX))
])
case("withscores-twice", [
    ("ZADD z 1 a", 1),
    ("ZREVRANGE z 0 0 WITHSCORES WITHSCORES", Pairs([("a", D("1"))])),
])

# ---- options of ZRANGE --------------------------------------------------

case = area("zset.zrange")

case("options-in-any-order", [ADD_FIVE] + [
    ("ZRANGE z " + tail, want) for tail, want in (
        ("2.5 2 REV BYSCORE", ["d", "c", "b"]),
        ("2.5 2 BYSCORE REV", ["d", "c", "b"]),
        ("2.5 2 LIMIT 0 1 BYSCORE REV", ["d"]),
        ("2.5 2 rev limit 1 1 byscore", ["c"]),
        ("2.5 2 WITHSCORES BYSCORE LIMIT 1 1 REV", Pairs(FIVE[2:3])),
        ("1 2 withscores byscore", Pairs(FIVE[:3])),
        ("- + BYLEX LIMIT 0 2", ["a", "b"]),
        ("- + limit 0 2 bylex", ["a", "b"]),
        ("+ - LIMIT 0 2 REV BYLEX", ["e", "d"]))
])
case("syntax", [ADD_FIVE] + [
    ("ZRANGE z 0 1 " + tail, SYNTAX) for tail in (
        "FOO", "REV REV", "BYSCORE BYLEX", "BYLEX BYSCORE",
        "BYSCORE BYSCORE", "BYLEX BYLEX", "BYSCORE LIMIT",
        "BYSCORE LIMIT 0", "LIMIT", "LIMIT 0", "WITHSCORE", "SCORES",
        "BYRANK", "1", "BYSCORE LIMIT 0 1 1", "ASC", "WITHSCORES FOO",
        "GET", "BY SCORE")
])
case("limit-needs-by", [ADD_FIVE] + [
    ("ZRANGE z 0 1 " + tail, LIMIT_ALONE) for tail in (
        "LIMIT 0 1", "LIMIT 0 0", "REV LIMIT 0 1", "LIMIT 1 1 WITHSCORES",
        "LIMIT 0 -2")
])
case("limit-with-count-minus-1-is-no-limit", [
    ADD_FIVE, ("ZRANGE z 0 1 LIMIT 0 -1", May(["a", "b"])),
    ("ZRANGE z 0 1 LIMIT 3 -1", May(["a", "b"])),
])
case("bylex-withscores", [ADD_FIVE] + [
    ("ZRANGE z - + " + tail, LEX_SCORES) for tail in (
        "BYLEX WITHSCORES", "WITHSCORES BYLEX", "WITHSCORES REV BYLEX",
        "BYLEX LIMIT 0 1 WITHSCORES")
])
case("limit-not-an-integer", [ADD_FIVE] + [
    ("ZRANGE z 0 9 " + tail, INT_ERR) for tail in (
        "BYSCORE LIMIT x 1", "BYSCORE LIMIT 0 x", "LIMIT x y",
        "BYSCORE LIMIT 1.5 1", "BYSCORE LIMIT 0 inf",
        "BYSCORE LIMIT 0 9223372036854775808",
        "BYSCORE LIMIT 9223372036854775808 0", "LIMIT BYSCORE 0 1")
])
case("limit-twice-last-wins", [
    ADD_FIVE, ("ZRANGE z 1 9 BYSCORE LIMIT 0 1 LIMIT 1 2", ["b", "c"]),
    ("ZRANGE z 1 9 BYSCORE LIMIT 9 9 LIMIT 0 -1", ["a", "b", "c", "d"]),
])
case("withscores-twice", [
    ADD_FIVE, ("ZRANGE z 0 0 WITHSCORES WITHSCORES", Pairs(FIVE[:1])),
])
case("which-error-wins", [
    ("SET s v", OK),
    ("ZRANGE s x y FOO LIMIT 0 1", SYNTAX), ("ZRANGE s x y LIMIT 0 z",
                                             INT_ERR),
    ("ZRANGE s x y LIMIT 0 1", LIMIT_ALONE),
    ("ZRANGE s x y WITHSCORES BYLEX", LEX_SCORES),
    ("ZRANGE s x y", INT_ERR), ("ZRANGE s x y BYSCORE", NOT_FLOAT),
    ("ZRANGE s x y BYLEX", NOT_LEX), ("ZRANGE s 0 1", WRONGTYPE),
    ("ZRANGE s 0 1 BYSCORE", WRONGTYPE), ("ZRANGE s - + BYLEX", WRONGTYPE),
    ("ZRANGE s 1 0 BYSCORE", WRONGTYPE),
])
case("bounds-of-no-key-are-checked", [
    ("ZRANGE z x 1 BYSCORE", NOT_FLOAT), ("ZRANGE z a b BYLEX", NOT_LEX),
    ("ZRANGE z 1 2 BYSCORE", []), ("ZRANGE z - + BYLEX", []),
    ("ZRANGE z + - BYLEX REV LIMIT 0 5", []),
    ("ZRANGE z 1 2 BYSCORE WITHSCORES", []), ("EXISTS z", 0),
])

# ---- by score -----------------------------------------------------------

SCORES = [("n", "-inf"), ("a", "-2.5"), ("b", "0"), ("c", "0"), ("d", "1"),
          ("e", "1.5"), ("f", "2"), ("g", "10"), ("p", "inf")]
ADD_SCORES = (["ZADD", "z"] + [x for m, s in SCORES for x in (s, m)], 9)
SCORE_BOUNDS = {
    "closed": [("-2.5", "1"), ("0", "0"), ("1", "1.5"), ("0.5", "0.75"),
               ("1.25", "9.75"), ("-1", "20"), ("10", "10")],
    "open": [("(0", "1"), ("0", "(1"), ("(0", "(1"), ("(0", "(0"),
             ("(0", "0"), ("1", "(1"), ("(-2.5", "(2"), ("(-3", "(0.5"),
             ("(9.5", "(10.5")],
    "infinite": [("-inf", "inf"), ("-inf", "0"), ("0", "+inf"),
                 ("(-inf", "+inf"), ("-inf", "(inf"), ("(-inf", "(inf"),
                 ("inf", "inf"), ("-inf", "-inf"), ("(inf", "inf"),
                 ("-inf", "(-inf"), ("(-inf", "(1")],
    "upside-down": [("1", "0"), ("inf", "-inf"), ("(1", "0"), ("2", "(-2.5"),
                    ("10.5", "10.25"), ("(0", "(-inf")],
    "spelled-otherwise": [("+0", "1.0"), ("-2.50e0", "+1"), (".5", "2."),
                          ("-INF", "+Infinity"), ("(-0", "1e1")],
}
ODD_BOUNDS = [("0x1", "0xA", "defg"), ("1e-400", "1", "bcd"), ("(", "1", "d")]


def by_score(low, high):
    """The members between two bounds."""
    def inside(s):
        a, b = float(low.lstrip("(")), float(high.lstrip("("))
        return (a < s if low[0] == "(" else a <= s) and (
            s < b if high[0] == "(" else s <= b)
    return [(m, D(s)) for m, s in SCORES if inside(float(s))]


def range_steps(command, tail, low, high, rev, pairs):
    """The range as it is, with options between bounds and tail."""
    if rev:
        low, high, pairs = high, low, pairs[::-1]
    return [("%s z %s %s%s" % (command, low, high, tail), names(pairs)),
            ("%s z %s %s%s WITHSCORES" % (command, low, high, tail),
             Pairs(pairs))]


READS = [("zrangebyscore", "ZRANGEBYSCORE", "", False),
         ("zrevrangebyscore", "ZREVRANGEBYSCORE", "", True),
         ("zrange", "ZRANGE", " BYSCORE", False),
         ("zrange", "ZRANGE", " BYSCORE REV", True)]

for group, bounds in SCORE_BOUNDS.items():
    for name, command, tail, rev in READS:
        case = area("zset." + name)
        both(case, "-".join((tail.lower().split()) + [group]), [
            ADD_SCORES] + [step for low, high in bounds
                           for step in range_steps(command, tail, low, high,
                                                   rev,
                                                   by_score(low, high))])
    case = area("zset.zcount")
    both(case, group, [ADD_SCORES] + [
        ("ZCOUNT z %s %s" % (low, high), len(by_score(low, high)))
        for low, high in bounds])
    case = area("zset.zremrangebyscore")
    both(case, group, [ADD_SCORES] + [
        step for low, high in bounds for step in (
            ("ZREMRANGEBYSCORE z %s %s" % (low, high),
             len(by_score(low, high))),
            ("ZRANGE z 0 -1", [m for m, _ in SCORES
                               if m not in names(by_score(low, high))]),
            (ADD_SCORES[0], len(by_score(low, high))))])
    case = area("zset.zrangestore")
    case("byscore-" + group, [ADD_SCORES] + [
        step for low, high in bounds for step in (
            ("ZRANGESTORE d z %s %s BYSCORE" % (low, high),
             len(by_score(low, high))),
            ("ZRANGE d 0 -1 WITHSCORES", Pairs(by_score(low, high))))])

for name, command, tail, rev in READS:
    case = area("zset." + name)
    case("-".join(tail.lower().split() + ["odd-bounds"]), [ADD_SCORES] + [
        ("%s z %s %s%s" % ((command,) + (
            (high, low) if rev else (low, high)) + (tail,)),
         May(list(got[::-1] if rev else got)))
        for low, high, got in ODD_BOUNDS])

FINITE = by_score("(-inf", "(inf")
LIMITS = [(0, 1), (0, 0), (1, 2), (0, 99), (0, -1), (2, -1), (3, -5),
          (5, 3), (6, 1), (7, 1), (99, -1), (-1, 5), (-1, -1),
          (0, int(MAX)), (int(MAX), 1), (int(MAX), int(MAX)), (0, int(MIN)),
          (int(MIN), 1)]


def limited(pairs, offset, count):
    if offset < 0:
        return []
    return pairs[offset:] if count < 0 else pairs[offset:offset + count]


for name, command, tail, rev in READS:
    case = area("zset." + name)
    order = FINITE[::-1] if rev else FINITE
    ends = "(inf (-inf" if rev else "(-inf (inf"
    prefix = "-".join(tail.lower().split() + [""])
    both(case, prefix + "limit", [ADD_SCORES] + [
        ("%s z %s%s LIMIT %d %d" % (command, ends, tail, offset, count),
         names(limited(order, offset, count))) for offset, count in LIMITS])
    case(prefix + "limit-withscores", [
        ADD_SCORES,
        ("%s z %s%s LIMIT 1 2 WITHSCORES" % (command, ends, tail),
         Pairs(order[1:3])),
        ("%s z %s%s WITHSCORES LIMIT 1 2" % (command, ends, tail),
         Pairs(order[1:3])),
        ("%s z %s%s limit 0 -1 withscores" % (command, ends, tail),
         Pairs(order)),
        ("%s z %s%s LIMIT 7 1 WITHSCORES" % (command, ends, tail), []),
    ])
    case(prefix + "no-key", [
        ("%s z %s%s" % (command, ends, tail), []),
        ("%s z %s%s WITHSCORES LIMIT 0 1" % (command, ends, tail), []),
        ("EXISTS z", 0),
    ])

for name, command, tail in (
        [(n, c, t) for n, c, t, _ in READS] +
        [("zcount", "ZCOUNT", ""),
         ("zremrangebyscore", "ZREMRANGEBYSCORE", "")]):
    case = area("zset." + name)
    prefix = "-".join(tail.lower().split() + [""])
    case(prefix + "not-a-float", [ADD_SCORES] + [
        (words, NOT_FLOAT)
        for bound in ("x", "nan", "(x", "((1", "[1", "1)", "(nan", "-", "+",
                      "1,5", "1 ", "(1 ", "1e")
        for words in ([command, "z", bound, "1"] + tail.split(),
                      [command, "z", "1", bound] + tail.split())
    ] + [("%s nokey x 1%s" % (command, tail), NOT_FLOAT), ("ZCARD z", 9)])

for name, rev in (("zrangebyscore", False), ("zrevrangebyscore", True)):
    case = area("zset." + name)
    command = name.upper()
    case("options-of-zrange", [ADD_SCORES] + [
        ("%s z 0 1 %s" % (command, tail), SYNTAX) for tail in (
            "REV", "BYSCORE", "BYLEX", "FOO", "LIMIT", "LIMIT 0",
            "LIMIT 0 1 2", "WITHSCORE", "LIMIT 0 1 REV")
    ])
    case("limit-not-an-integer", [ADD_SCORES] + [
        ("%s z 0 1 LIMIT %s" % (command, tail), INT_ERR) for tail in (
            "x 1", "0 x", "WITHSCORES 0 1", "1.5 1", "0 inf")
    ])
    case("which-error-wins", [
        ("SET s v", OK), (command + " s x y FOO", SYNTAX),
        (command + " s x y LIMIT a 1", INT_ERR),
        (command + " s x y", NOT_FLOAT), (command + " s 1 0", WRONGTYPE),
        (command + " s 0 1 LIMIT -1 0", WRONGTYPE),
    ])

case = area("zset.zcount")

case("no-key", [("ZCOUNT z -inf inf", 0), ("EXISTS z", 0)])
case("which-error-wins", [
    ("SET s v", OK), ("ZCOUNT s x 1", NOT_FLOAT), ("ZCOUNT s 1 0",
                                                   WRONGTYPE),
])
both(case, "of-many", [
    (["ZADD", "z"] + [x for i in range(200) for x in (i // 2, "m%d" % i)],
     200),
    ("ZCOUNT z 10 19", 20), ("ZCOUNT z (10 (19", 16), ("ZCOUNT z 99 inf", 2),
    ("ZCOUNT z -inf (0", 0), ("ZCOUNT z 0.5 1.5", 2),
])

# ---- by bytes -----------------------------------------------------------

WORDS = [b"", b"\0\r\n", b"B", b"a", b"a\0", b"aa", b"b", b"ba", b"c",
         b"\x80", b"\xff", b"\xff\xff"]
ADD_WORDS = (["ZADD", "z"] + [x for w in WORDS for x in ("0", w)],
             len(WORDS))
LEX_BOUNDS = {
    "all": [(b"-", b"+"), (b"[", b"+"), (b"(", b"+"), (b"-", b"[\xff\xff"),
            (b"-", b"(\xff\xff"), (b"-", b"[\xff"), (b"[\xff", b"+")],
    "closed": [(b"[a", b"[b"), (b"[a", b"[a"), (b"[a", b"[a\0"),
               (b"[x", b"[y"), (b"[Z", b"[b"), (b"[", b"[a"),
               (b"[\0\r\n", b"[B"), (b"-", b"["), (b"[ab", b"[bb")],
    "open": [(b"(a", b"[b"), (b"[a", b"(b"), (b"(a", b"(b"), (b"(a", b"(a"),
             (b"(a", b"[a"), (b"[a", b"(a"), (b"(a", b"(a\0"),
             (b"(", b"(a"), (b"-", b"("), (b"(a", b"+"), (b"-", b"(a")],
    "upside-down": [(b"+", b"-"), (b"[b", b"[a"), (b"(b", b"(a"),
                    (b"+", b"[a"), (b"[a", b"-"), (b"+", b"+"),
                    (b"-", b"-"), (b"[\xff\xff\xff", b"["), (b"+", b"[\xff")],
    "signs-as-bytes": [(b"[-", b"[a"), (b"[+", b"+"), (b"([", b"(["),
                       (b"((", b"+"), (b"[[", b"[a"), (b"-", b"(-")],
}


def by_bytes(low, high):
    def above(w):
        return low == b"-" or low != b"+" and (
            w > low[1:] or low[:1] == b"[" and w == low[1:])

    def below(w):
        return high == b"+" or high != b"-" and (
            w < high[1:] or high[:1] == b"[" and w == high[1:])
    return [w for w in WORDS if above(w) and below(w)]


LEX_READS = [("zrangebylex", "ZRANGEBYLEX", (), False),
             ("zrevrangebylex", "ZREVRANGEBYLEX", (), True),
             ("zrange", "ZRANGE", ("BYLEX",), False),
             ("zrange", "ZRANGE", ("BYLEX", "REV"), True)]

for group, bounds in LEX_BOUNDS.items():
    for name, command, tail, rev in LEX_READS:
        case = area("zset." + name)
        both(case, "-".join([t.lower() for t in tail] + [group]), [
            ADD_WORDS] + [
            ((command, "z") + ((high, low) if rev else (low, high)) + tail,
             by_bytes(low, high)[::-1 if rev else 1])
            for low, high in bounds])
    case = area("zset.zlexcount")
    both(case, group, [ADD_WORDS] + [
        (("ZLEXCOUNT", "z", low, high), len(by_bytes(low, high)))
        for low, high in bounds])
    case = area("zset.zremrangebylex")
    both(case, group, [ADD_WORDS] + [
        step for low, high in bounds for step in (
            (("ZREMRANGEBYLEX", "z", low, high), len(by_bytes(low, high))),
            ("ZRANGE z 0 -1", [w for w in WORDS
                               if w not in by_bytes(low, high)]),
            (ADD_WORDS[0], len(by_bytes(low, high))))])
    case = area("zset.zrangestore")
    case("bylex-" + group, [ADD_WORDS] + [
        step for low, high in bounds for step in (
            (("ZRANGESTORE", "d", "z", low, high, "BYLEX"),
             len(by_bytes(low, high))),
            ("ZRANGE d 0 -1", by_bytes(low, high)))])

LETTERS = list("abcdefg")
ADD_LETTERS = ("ZADD z 0 a 0 b 0 c 0 d 0 e 0 f 0 g", 7)

for name, command, tail, rev in LEX_READS:
    case = area("zset." + name)
    order = LETTERS[::-1] if rev else LETTERS
    ends = "(z -" if rev else "- (z"
    words = " ".join(("",) + tail)
    prefix = "-".join([t.lower() for t in tail] + [""])
    both(case, prefix + "limit", [ADD_LETTERS] + [
        ("%s z %s%s LIMIT %d %d" % (command, ends, words, offset, count),
         limited(order, offset, count)) for offset, count in LIMITS])
    case(prefix + "no-key", [
        ("%s z %s%s" % (command, ends, words), []),
        ("%s z %s%s LIMIT 0 1" % (command, ends, words), []),
        ("EXISTS z", 0),
    ])
    case(prefix + "not-a-bound", [ADD_LETTERS] + [
        (given, NOT_LEX)
        for bound in ("a", "", "1", "-a", "+a", "--", "inf", "-inf", "{a",
                      " [a")
        for given in ((command, "z", bound, "[c") + tail,
                      (command, "z", "[a", bound) + tail)
    ] + [("%s nokey a b%s" % (command, words), NOT_LEX)])

for name in ("zlexcount", "zremrangebylex"):
    case = area("zset." + name)
    command = name.upper()
    case("not-a-bound", [ADD_LETTERS] + [
        (given, NOT_LEX)
        for bound in ("a", "", "1", "-a", "+a", "--", "inf", " [a")
        for given in ((command, "z", bound, "[c"),
                      (command, "z", "[a", bound))
    ] + [(command + " nokey a b", NOT_LEX), ("ZCARD z", 7)])
    case("no-key", [(command + " z - +", 0), (command + " z [a (b", 0),
                    ("EXISTS z", 0)])
    case("which-error-wins", [
        ("SET s v", OK), (command + " s a b", NOT_LEX),
        (command + " s - +", WRONGTYPE), (command + " s + -", WRONGTYPE),
    ])

for name in ("zrangebylex", "zrevrangebylex"):
    case = area("zset." + name)
    command = name.upper()
    case("withscores", [
        ADD_LETTERS, (command + " z - + WITHSCORES", LEX_SCORES),
        (command + " z - + LIMIT 0 1 WITHSCORES", LEX_SCORES),
        (command + " nokey a b WITHSCORES", LEX_SCORES),
    ])
    case("options-of-zrange", [ADD_LETTERS] + [
        ("%s z - + %s" % (command, tail), SYNTAX) for tail in (
            "REV", "BYLEX", "BYSCORE", "FOO", "LIMIT", "LIMIT 0",
            "LIMIT 0 1 2", "limit 0 1 rev")
    ])
    case("limit-not-an-integer", [ADD_LETTERS] + [
        ("%s z - + LIMIT %s" % (command, tail), INT_ERR) for tail in (
            "x 1", "0 x", "- +", "1.5 1", "0 inf")
    ])
    case("which-error-wins", [
        ("SET s v", OK), (command + " s a b FOO", SYNTAX),
        (command + " s a b LIMIT x 1", INT_ERR), (command + " s a b",
                                                  NOT_LEX),
        (command + " s + -", WRONGTYPE), (command + " s - +", WRONGTYPE),
    ])

# ---- ZREMRANGEBY... -----------------------------------------------------

case = area("zset.zremrangebyrank")

for start in (-6, -3, -1, 0, 2, 4, 5):
    both(case, "from-" + spelled(start), [ADD_FIVE] + [
        step for stop in (-6, -5, -2, -1, 0, 2, 4, 5) for step in (
            ("ZREMRANGEBYRANK z %d %d" % (start, stop),
             len(by_rank(FIVE, start, stop))),
            ("ZRANGE z 0 -1", [m for m in names(FIVE) if m not in names(
                by_rank(FIVE, start, stop))]),
            (ADD_FIVE[0], len(by_rank(FIVE, start, stop))))])
case("limits-of-integers", [
    ADD_FIVE, ("ZREMRANGEBYRANK z %s %s" % (MAX, MAX), 0),
    ("ZREMRANGEBYRANK z %s %s" % (MIN, MIN), 0),
    ("ZREMRANGEBYRANK z 1 " + MAX, 4), ("ZRANGE z 0 -1", ["a"]),
    ("ZREMRANGEBYRANK z %s %s" % (MIN, MAX), 1), ("EXISTS z", 0),
])
case("not-an-integer", [
    ADD_FIVE, ("SET s v", OK), ("ZREMRANGEBYRANK s x 1", INT_ERR),
    ("ZREMRANGEBYRANK s 0 1", WRONGTYPE), ("ZREMRANGEBYRANK nokey 0 x",
                                           INT_ERR),
    ("ZREMRANGEBYRANK z (0 1", INT_ERR), ("ZREMRANGEBYRANK z 0 inf",
                                          INT_ERR), ("ZCARD z", 5),
])

case = area("zset.zremrangebyscore")

case("which-error-wins", [
    ("SET s v", OK), ("ZREMRANGEBYSCORE s x 1", NOT_FLOAT),
    ("ZREMRANGEBYSCORE s 1 0", WRONGTYPE),
])

for name, part, rest in (("zremrangebyrank", "0 1", "0 -1"),
                         ("zremrangebyscore", "0 1", "-inf inf"),
                         ("zremrangebylex", "- [b", "- +")):
    case = area("zset." + name)
    command = name.upper()
    add = ("ZADD z 0 a 0 b 0 c" if "lex" in name else "ZADD z 0 a 1 b 2 c", 3)
    case("no-key-at-all", [
        ("%s z %s" % (command, rest), 0), ("EXISTS z", 0),
    ])
    both(case, "all-takes-the-key-along", [
        add, ("%s z %s" % (command, rest), 3), ("EXISTS z", 0),
        ("TYPE z", Simple("none")), ("%s z %s" % (command, rest), 0),
        ("SET z v", OK),
    ])
    case("keeps-ttl", [
        add, ("EXPIRE z 100", 1), ("%s z %s" % (command, part), 2),
        ("TTL z", Between(90, 100)), ("%s z %s" % (command, rest), 1),
        ("TTL z", -2), add, ("TTL z", -1),
    ])

# ---- ZRANGESTORE --------------------------------------------------------

case = area("zset.zrangestore")

both(case, "by-rank", [
    ADD_FIVE, ("ZRANGESTORE d z 1 2", 2),
    ("ZRANGE d 0 -1 WITHSCORES", Pairs(FIVE[1:3])), ("ZCARD z", 5),
    ("ZRANGESTORE d z 0 -1", 5),
    ("ZRANGE d 0 -1 WITHSCORES", Pairs(FIVE)), ("ZRANGESTORE d z -2 -1", 2),
    ("ZRANGE d 0 -1 WITHSCORES", Pairs(FIVE[3:])),
    ("ZRANGESTORE d z 3 1", 0), ("EXISTS d", 0),
])
both(case, "rev", [
    ADD_FIVE, ("ZRANGESTORE d z 0 1 REV", 2),
    ("ZRANGE d 0 -1 WITHSCORES", Pairs(FIVE[3:])),
    ("ZRANGESTORE d z 2 (1 BYSCORE REV", 2), ("ZRANGE d 0 -1", ["b", "c"]),
    ("ZRANGESTORE d z + [c BYLEX REV", 3), ("ZRANGE d 0 -1",
                                            ["c", "d", "e"]),
    ("ZRANGESTORE d z 2 9 BYSCORE REV", 0), ("EXISTS d", 0),
])
both(case, "limit", [
    ADD_FIVE, ("ZRANGESTORE d z -inf inf BYSCORE LIMIT 1 2", 2),
    ("ZRANGE d 0 -1", ["b", "c"]),
    ("ZRANGESTORE d z inf -inf BYSCORE REV LIMIT 1 2", 2),
    ("ZRANGE d 0 -1", ["c", "d"]),
    ("ZRANGESTORE d z - + BYLEX LIMIT 2 -1", 3),
    ("ZRANGE d 0 -1", ["c", "d", "e"]),
    ("ZRANGESTORE d z - + LIMIT 0 0 BYLEX", 0), ("EXISTS d", 0),
    ("ZRANGESTORE d z - + BYLEX LIMIT 0 1", 1),
    ("ZRANGESTORE d z - + BYLEX LIMIT 9 1", 0), ("EXISTS d", 0),
    ("ZRANGESTORE d z 0 9 BYSCORE LIMIT -1 9", 0),
])
case("onto-its-source", [
    ADD_FIVE, ("ZRANGESTORE z z 1 3", 3),
    ("ZRANGE z 0 -1 WITHSCORES", Pairs(FIVE[1:4])),
    ("ZRANGESTORE z z 0 1 REV", 2), ("ZRANGE z 0 -1", ["c", "d"]),
    ("ZRANGESTORE z z 5 9 BYSCORE", 0), ("EXISTS z", 0),
])
case("replaces-any-type", [
    ADD_FIVE, ("SET d v", OK), ("ZRANGESTORE d z 0 0", 1),
    ("ZRANGE d 0 -1", ["a"]), ("DEL d", 1), ("RPUSH d x y", 2),
    ("ZRANGESTORE d z 1 1", 1), ("ZRANGE d 0 -1", ["b"]),
    ("ZADD d 1 other", 1), ("ZRANGESTORE d z 2 2", 1),
    ("ZRANGE d 0 -1", ["c"]),
])
case("empty-result-removes-any-type", [
    ADD_FIVE, ("SET d v", OK), ("ZRANGESTORE d z 9 9", 0), ("EXISTS d", 0),
    ("RPUSH d x", 1), ("ZRANGESTORE d nokey 0 -1", 0), ("EXISTS d", 0),
    ("SADD d x", 1), ("ZRANGESTORE d nokey - + BYLEX", 0), ("EXISTS d", 0),
])
case("drops-the-ttl-of-the-destination", [
    ADD_FIVE, ("SET d v EX 100", OK), ("ZRANGESTORE d z 0 0", 1),
    ("TTL d", -1), ("EXPIRE z 100", 1), ("ZRANGESTORE d z 0 0", 1),
    ("TTL d", -1), ("TTL z", Between(90, 100)), ("ZRANGESTORE z z 0 0", 1),
    ("TTL z", -1),
])
case("no-source", [
    ("ZRANGESTORE d z 0 -1", 0), ("ZRANGESTORE d z 1 2 BYSCORE", 0),
    ("ZRANGESTORE d z + - BYLEX REV LIMIT 0 1", 0), ("EXISTS d z", 0),
])
case("words-in-any-case-and-order", [
    ADD_FIVE, ("zrangestore d z 2.5 2 rev limit 0 1 byScore", 1),
    ("ZRANGE d 0 -1", ["d"]), ("ZRANGESTORE d z [c [b BYLEX Rev", 2),
])
case("syntax", [ADD_FIVE] + [
    ("ZRANGESTORE d z 0 1 " + tail, SYNTAX) for tail in (
        "WITHSCORES", "FOO", "REV REV", "BYSCORE BYLEX", "BYSCORE LIMIT 0",
        "LIMIT", "BYLEX WITHSCORES", "BYSCORE WITHSCORES", "1")
] + [("ZRANGESTORE d z 0 1 LIMIT 0 1", LIMIT_ALONE), ("EXISTS d", 0)])
case("which-error-wins", [
    ("SET s v", OK), ("SET d v", OK), ("ZRANGESTORE d s x 1 FOO", SYNTAX),
    ("ZRANGESTORE d s x 1 LIMIT 0 1", LIMIT_ALONE),
    ("ZRANGESTORE d s x 1", INT_ERR), ("ZRANGESTORE d s x 1 BYSCORE",
                                       NOT_FLOAT),
    ("ZRANGESTORE d s a b BYLEX", NOT_LEX), ("ZRANGESTORE d s 0 1",
                                             WRONGTYPE),
    ("ZRANGESTORE d s 0 1 BYSCORE LIMIT x 1", INT_ERR),
    ("ZRANGESTORE s s 0 1", WRONGTYPE), ("ZRANGESTORE d nokey x 1", INT_ERR),
    ("GET d", "v"), ("GET s", "v"),
])
case("of-many", [
    (["ZADD", "z"] + [x for i in range(300) for x in (i, "m%d" % i)], 300),
    ("ZRANGESTORE d z 100 299", 200), ("ZCARD d", 200),
    ("ZRANGE d 0 1", ["m100", "m101"]), ("ZREVRANGE d 0 0", ["m299"]),
    ("ZRANGESTORE d z (10 20 BYSCORE", 10), ("ZRANGE d 0 0", ["m11"]),
])

# every kind of reply
REPLIES = {
    "ZRANGE": "array error",
    "ZREVRANGE": "array error",
    "ZRANGEBYSCORE": "array error",
    "ZREVRANGEBYSCORE": "array error",
    "ZRANGEBYLEX": "array error",
    "ZREVRANGEBYLEX": "array error",
    "ZRANGESTORE": "int error",
    "ZCOUNT": "int error",
    "ZLEXCOUNT": "int error",
    "ZREMRANGEBYRANK": "int error",
    "ZREMRANGEBYSCORE": "int error",
    "ZREMRANGEBYLEX": "int error",
}
