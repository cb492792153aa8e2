"""List commands that do not block."""

import itertools

from conformance.cases import *  # noqa: F403

AREAS = "list"   # where an area is no literal

MAX, MIN = "9223372036854775807", "-9223372036854775808"
BAD_INTS = ["", " ", "+1", "01", "-0", " 1", "1 ", "1e2", "1.0", "0x1",
            "abc", "9223372036854775808", "-9223372036854775809"]
POSITIVE = E("ERR value is out of range, must be positive")
NUMKEYS = E("ERR numkeys should be greater than 0")
COUNT = E("ERR count should be greater than 0")
INDEX = E("ERR index out of range")
BINARY = [b"", b"\r\n", b"\0", b"$3\r\nabc\r\n", b"\xff\xfe", b" a b "]
SMALL = {"list-max-listpack-size": "2"}     # many nodes
COMPRESS = {"list-max-listpack-size": "2", "list-compress-depth": "1"}
LISTPACK = Exact(By("quicklist", ("redis>=7.2", "listpack")))
# As a list may keep them: short and long strings, numbers of each width.
NUMBERS = ["0", "-1", "127", "128", "-128", "-129", "4095", "-4096", "4096",
           "-4097", "32767", "32768", "-32768", "-32769", "8388607",
           "8388608", "-8388608", "-8388609", "2147483647", "2147483648",
           "-2147483648", "-2147483649", MAX, MIN]
NEAR_NUMBERS = ["-0", "00", "01", "+1", "1.0", " 1", "1 ", "0x10", "1e3", "",
                "9223372036854775808", "-9223372036854775809"]


def full(*items):
    return ("RPUSH", "l") + items, len(items)


def holds(*items):
    return "LRANGE l 0 -1", list(items)


GONE = [("EXISTS l", 0), ("TYPE l", Simple("none")), ("DBSIZE", 0)]

# ---- LPUSH, RPUSH, LPUSHX, RPUSHX ------------------------------------------

for name in ("LPUSH", "RPUSH"):
    left = name == "LPUSH"
    case = area("list." + name.lower())

    case("length", [
        (name + " l a", 1), (name + " l b", 2), (name + " l c d e", 5),
        ("LLEN l", 5), ("TYPE l", Simple("list")),
    ])
    case("order", [
        (name + " l a b c", 3), holds(*("cba" if left else "abc")),
        (name + " l d e", 5), holds(*("edcba" if left else "abcde")),
        ("LINDEX l 0", "e" if left else "a"),
        ("LINDEX l -1", "a" if left else "e"),
    ])
    case("same-element-again", [
        (name + " l a a", 2), (name + " l a", 3), holds("a", "a", "a"),
    ])
    case("any-case", [
        (name.lower() + " l a", 1), (name.title() + " l a", 2),
    ])
    case("binary", [
        ((name, b"\0\r\n") + tuple(BINARY), len(BINARY)),
        (("LRANGE", b"\0\r\n", "0", "-1"),
         BINARY[::-1] if left else BINARY),
    ])
    case("empty-key-and-element", [
        ((name, "", ""), 1), (("LRANGE", "", "0", "-1"), [""]),
        (("LLEN", ""), 1), (("RPOP", ""), ""), (("EXISTS", ""), 0),
    ])
    case("numbers-come-back-as-sent", [
        ((name, "l") + tuple(NUMBERS), len(NUMBERS)),
        holds(*(NUMBERS[::-1] if left else NUMBERS)),
    ])
    case("near-numbers-come-back-as-sent", [
        ((name, "l") + tuple(NEAR_NUMBERS), len(NEAR_NUMBERS)),
        holds(*(NEAR_NUMBERS[::-1] if left else NEAR_NUMBERS)),
    ])
    case("keeps-ttl", [
        (name + " l a", 1), ("EXPIRE l 100", 1), (name + " l b", 2),
        ("TTL l", Between(99, 100)),
    ])
    case("many", [
        ([name, "l"] + ["e%d" % i for i in range(3000)], 3000),
        ("LLEN l", 3000),
        ("LINDEX l 0", "e2999" if left else "e0"),
        ("LINDEX l 1234", "e1765" if left else "e1234"),
        ("LRANGE l 2998 -1", ["e1", "e0"] if left else ["e2998", "e2999"]),
    ])
    case("big-element", [
        (name + " l a", 1), ((name, "l", "x" * 100000), 2),
        (name + " l b", 3),
        ("LINDEX l 1", "x" * 100000),
        holds(*(("b", "x" * 100000, "a") if left
                else ("a", "x" * 100000, "b"))),
    ])
    case("big-key", [
        ((name, "k" * 70000, "a"), 1), (("LLEN", "k" * 70000), 1),
    ])
    case("after-the-last-pop", [
        (name + " l a", 1), ("LPOP l", "a"), (name + " l b", 1),
        holds("b"),
    ])
    case("element-count-by-the-key", [
        (name + " a 1 2", 2), (name + " b 1", 1), (name + " a 3", 3),
    ])

    x = name + "X"
    case = area("list." + x.lower())

    case("no-key", [
        (x + " l a", 0), (x + " l a b c", 0), ("EXISTS l", 0),
        ("DBSIZE", 0),
    ])
    case("key", [
        full("m"), (x + " l a", 2), (x + " l b c", 4),
        holds(*("cbam" if left else "mabc")),
    ])
    case("after-the-last-pop", [
        full("m"), ("LPOP l", "m"), (x + " l a", 0), ("EXISTS l", 0),
    ])
    case("keeps-ttl", [
        full("m"), ("EXPIRE l 100", 1), (x + " l a", 2),
        ("TTL l", Between(99, 100)),
    ])
    case("binary", [
        full("m"), ((x, "l") + tuple(BINARY), len(BINARY) + 1),
        holds(*(BINARY[::-1] + ["m"] if left else ["m"] + BINARY)),
    ])
    case("any-case", [full("m"), (x.lower() + " l a", 2)])

# ---- LPOP, RPOP ------------------------------------------------------------

for name in ("LPOP", "RPOP"):
    left = name == "LPOP"
    case = area("list." + name.lower())

    case("no-key", [(name + " l", NIL), ("EXISTS l", 0)])
    case("no-key-count", [
        (name + " l 1", NILARRAY), (name + " l 10", NILARRAY),
        ("EXISTS l", 0),
    ])
    case("no-key-count-zero", [(name + " l 0", NILARRAY)])
    case("count-zero", [full("a"), (name + " l 0", []), holds("a")])
    case("one-by-one", [
        full("a", "b", "c"), (name + " l", "a" if left else "c"),
        (name + " l", "b"), ("LLEN l", 1),
        (name + " l", "c" if left else "a"), (name + " l", NIL),
    ] + GONE)
    case("count-one-is-an-array", [
        full("a", "b"), (name + " l 1", ["a" if left else "b"]),
        ("LLEN l", 1),
    ])
    case("count", [
        full("a", "b", "c", "d"),
        (name + " l 2", ["a", "b"] if left else ["d", "c"]),
        holds(*(["c", "d"] if left else ["a", "b"])),
    ])
    case("count-all", [
        full("a", "b"), (name + " l 2", ["a", "b"] if left else ["b", "a"]),
    ] + GONE)
    case("count-beyond", [
        full("a", "b", "c"), (name + " l 4", list("abc" if left else "cba")),
    ] + GONE)
    case("count-max", [
        full("a", "b"), (name + " l " + MAX, list("ab" if left else "ba")),
    ] + GONE)
    case("count-negative", [
        full("a"), (name + " l -1", POSITIVE), (name + " l " + MIN, POSITIVE),
        holds("a"),
    ])
    case("count-no-integer", [full("a")] + [
        ((name, "l", n), POSITIVE) for n in BAD_INTS] + [holds("a")])
    case("count-before-key", [
        ("SET s v", OK), (name + " no -1", POSITIVE),
        (name + " no x", POSITIVE), (name + " s -1", POSITIVE),
        (name + " s x", POSITIVE), (name + " s 0", WRONGTYPE),
        (name + " s 1", WRONGTYPE), (name + " s", WRONGTYPE),
    ])
    case("arguments", [
        full("a"), (name + " l 1 2", arity(name.lower())), holds("a"),
    ])
    case("last-element-ends-ttl", [
        full("a"), ("EXPIRE l 100", 1), (name + " l", "a"),
        ("TTL l", -2), full("b"), ("TTL l", -1),
    ])
    case("keeps-ttl", [
        full("a", "b"), ("EXPIRE l 100", 1), (name + " l", ANY),
        ("TTL l", Between(99, 100)),
    ])
    case("binary", [full(*BINARY)] + [
        (name + " l", item) for item in (BINARY if left else BINARY[::-1])])
    case("numbers", [full(*NUMBERS)] + [
        (name + " l", item) for item in (NUMBERS if left else NUMBERS[::-1])])
    case("count-across-nodes", [
        full(*range(20)),
        (name + " l 15", [str(i) for i in (
            range(15) if left else range(19, 4, -1))]),
        holds(*(str(i) for i in (range(15, 20) if left else range(5)))),
    ], config=SMALL)

# ---- LLEN ------------------------------------------------------------------

case = area("list.llen")

case("no-key", [("LLEN l", 0), ("EXISTS l", 0)])
case("counts", [
    full("a"), ("LLEN l", 1), ("LPUSH l b c", 3), ("LLEN l", 3),
    ("LPOP l", "c"), ("LLEN l", 2), ("LTRIM l 1 0", OK), ("LLEN l", 0),
])
case("many", [
    (["RPUSH", "l"] + ["x"] * 70000, 70000), ("LLEN l", 70000),
    ("LPOP l", "x"), ("LLEN l", 69999),
])

# ---- LINDEX ----------------------------------------------------------------

case = area("list.lindex")

case("no-key", [("LINDEX l 0", NIL), ("LINDEX l -1", NIL)])
case("from-the-head", [
    full("a", "b", "c"), ("LINDEX l 0", "a"), ("LINDEX l 1", "b"),
    ("LINDEX l 2", "c"), ("LINDEX l 3", NIL),
])
case("from-the-tail", [
    full("a", "b", "c"), ("LINDEX l -1", "c"), ("LINDEX l -2", "b"),
    ("LINDEX l -3", "a"), ("LINDEX l -4", NIL),
])
case("bounds", [
    full("a"), ("LINDEX l " + MAX, NIL), ("LINDEX l " + MIN, NIL),
    ("LINDEX l 4294967296", NIL), ("LINDEX l -4294967297", NIL),
    ("LINDEX l 4294967295", NIL),
])
case("no-integer", [full("a")] + [
    (("LINDEX", "l", n), INT_ERR) for n in BAD_INTS if n != "-0"
])
case("looks-up-before-it-reads-the-index", [
    ("SET s v", OK), ("LINDEX no abc", NIL), ("LINDEX s abc", WRONGTYPE),
])
case("leaves-the-list", [
    full("a", "b"), ("LINDEX l 0", "a"), ("LINDEX l 0", "a"),
    ("LLEN l", 2),
])
case("empty-element-is-not-null", [full(""), ("LINDEX l 0", "")])
case("numbers", [full(*NUMBERS)] + [
    ("LINDEX l %d" % i, item) for i, item in enumerate(NUMBERS)])
case("across-nodes", [full(*range(11))] + [
    ("LINDEX l %d" % i, str(i % 11)) for i in range(-11, 11)
] + [("LINDEX l 11", NIL), ("LINDEX l -12", NIL)], config=SMALL)
case("compressed-nodes", [
    full(*("%0500d" % i for i in range(9))),
] + [("LINDEX l %d" % i, "%0500d" % (i % 9)) for i in (4, 0, 3, -2, 8, -9)],
    config=COMPRESS)

# ---- LSET ------------------------------------------------------------------

case = area("list.lset")

case("sets", [
    full("a", "b", "c"), ("LSET l 0 x", OK), ("LSET l -1 z", OK),
    ("LSET l 1 y", OK), holds("x", "y", "z"),
])
case("from-the-tail", [
    full("a", "b", "c"), ("LSET l -3 x", OK), ("LSET l -2 y", OK),
    holds("x", "y", "c"),
])
case("no-key", [
    ("LSET l 0 a", NO_KEY), ("EXISTS l", 0),
])
case("out-of-range", [
    full("a", "b"), ("LSET l 2 x", INDEX), ("LSET l -3 x", INDEX),
    ("LSET l %s x" % MAX, INDEX), ("LSET l %s x" % MIN, INDEX),
    holds("a", "b"),
])
case("no-integer", [full("a")] + [
    (("LSET", "l", n, "x"), INT_ERR) for n in BAD_INTS
] + [holds("a")])
case("looks-up-before-it-reads-the-index", [
    ("SET s v", OK), ("LSET no abc x", NO_KEY), ("LSET s abc x", WRONGTYPE),
])
case("same-value", [full("a"), ("LSET l 0 a", OK), holds("a")])
case("binary", [full("a")] + [
    step for v in BINARY for step in [
        (("LSET", "l", "0", v), OK), ("LINDEX l 0", v)]])
case("number-and-string", [
    full("1", "a"), ("LSET l 0 abc", OK), ("LSET l 1 -77", OK),
    holds("abc", "-77"), ("LSET l 1 007", OK), holds("abc", "007"),
])
case("grows-and-shrinks", [
    full("a", "b", "c"), (("LSET", "l", "1", "x" * 9000), OK),
    holds("a", "x" * 9000, "c"), ("LSET l 1 b", OK), holds("a", "b", "c"),
])
case("keeps-ttl", [
    full("a"), ("EXPIRE l 100", 1), ("LSET l 0 b", OK),
    ("TTL l", Between(99, 100)),
])
case("across-nodes", [full(*range(9))] + [
    ("LSET l %d x%d" % (i, i), OK) for i in (0, 4, -1, -5, 7)
] + [holds("x0", "1", "2", "3", "x-5", "5", "6", "x7", "x-1")],
    config=SMALL)
case("compressed-nodes", [
    full(*("%0500d" % i for i in range(9))), ("LSET l 4 x", OK),
    ("LINDEX l 4", "x"), ("LINDEX l 5", "%0500d" % 5),
    ("LINDEX l 3", "%0500d" % 3),
], config=COMPRESS)

# ---- LINSERT ---------------------------------------------------------------

case = area("list.linsert")

case("before", [
    full("a", "c"), ("LINSERT l BEFORE c b", 3), holds("a", "b", "c"),
    ("LINSERT l BEFORE a z", 4), holds("z", "a", "b", "c"),
])
case("after", [
    full("a", "c"), ("LINSERT l AFTER a b", 3), holds("a", "b", "c"),
    ("LINSERT l AFTER c d", 4), holds("a", "b", "c", "d"),
])
case("first-pivot-from-the-head", [
    full("a", "p", "b", "p"), ("LINSERT l BEFORE p x", 5),
    ("LINSERT l AFTER p y", 6), holds("a", "x", "p", "y", "b", "p"),
])
case("no-pivot", [
    full("a", "b"), ("LINSERT l BEFORE z x", -1),
    ("LINSERT l AFTER z x", -1), ("LINSERT l AFTER A x", -1),
    holds("a", "b"),
])
case("no-key", [
    ("LINSERT l BEFORE a x", 0), ("LINSERT l AFTER a x", 0),
    ("EXISTS l", 0),
])
case("any-case", [
    full("a"), ("linsert l before a x", 2), ("LINSERT l aFteR a y", 3),
    holds("x", "a", "y"),
])
case("where-syntax", [
    full("a"), ("LINSERT l MIDDLE a x", SYNTAX), ("LINSERT l a AFTER x",
                                                  SYNTAX),
    (("LINSERT", "l", "", "a", "x"), SYNTAX), ("LINSERT l BEFOR a x", SYNTAX),
    ("LINSERT l BEFOREX a x", SYNTAX), holds("a"),
])
case("syntax-before-key", [
    ("SET s v", OK), ("LINSERT no X a x", SYNTAX),
    ("LINSERT s X a x", SYNTAX), ("LINSERT s AFTER a x", WRONGTYPE),
])
case("number-pivot", [
    full("1", "22", "-333"), ("LINSERT l AFTER 22 x", 4),
    ("LINSERT l BEFORE -333 y", 5), ("LINSERT l AFTER 022 z", -1),
    (("LINSERT", "l", "AFTER", "22 ", "z"), -1),
    holds("1", "22", "x", "y", "-333"),
])
case("empty-pivot", [
    full("a", "", "b"), (("LINSERT", "l", "AFTER", "", b"\0"), 4),
    holds("a", "", b"\0", "b"), (("LINSERT", "l", "BEFORE", b"\0", ""), 5),
    holds("a", "", "", b"\0", "b"),
])
case("same-as-pivot", [
    full("a"), ("LINSERT l AFTER a a", 2), ("LINSERT l BEFORE a a", 3),
    holds("a", "a", "a"),
])
case("keeps-ttl", [
    full("a"), ("EXPIRE l 100", 1), ("LINSERT l AFTER a b", 2),
    ("TTL l", Between(99, 100)),
])
case("splits-nodes", [full(*"abcdefg")] + [
    ("LINSERT l %s %s %s" % (where, pivot, new), n) for n, (
        where, pivot, new) in enumerate([
            ("BEFORE", "a", "1"), ("AFTER", "a", "2"), ("BEFORE", "d", "3"),
            ("AFTER", "d", "4"), ("BEFORE", "g", "5"), ("AFTER", "g", "6"),
            ("AFTER", "4", "7"), ("BEFORE", "3", "8")], 8)
] + [holds(*"1a2bc83d47ef5g6")], config=SMALL)
case("big-element", [
    full("a", "b", "c"), (("LINSERT", "l", "AFTER", "b", "x" * 9000), 4),
    ("LINDEX l 2", "x" * 9000), ("LINDEX l 3", "c"), ("LINDEX l 1", "b"),
])
case("compressed-nodes", [
    full(*("%0500d" % i for i in range(9))),
    ("LINSERT l BEFORE %0500d x" % 4, 10), ("LINDEX l 4", "x"),
    ("LINDEX l 5", "%0500d" % 4), ("LINDEX l 3", "%0500d" % 3),
    ("LINSERT l AFTER nope x", -1),
], config=COMPRESS)

# ---- LRANGE, LTRIM ---------------------------------------------------------

ITEMS = ["a", "b", "c", "d"]


def cut(items, start, stop):
    n = len(items)
    start = max(start + n, 0) if start < 0 else start
    stop = stop + n if stop < 0 else stop
    return items[start:stop + 1] if stop >= 0 else []


def named(n):
    return "minus-%d" % -n if n < 0 else "%d" % n


case = area("list.lrange")

for start in range(-6, 6):
    case("from-" + named(start), [full(*ITEMS)] + [
        ("LRANGE l %d %d" % (start, stop), cut(ITEMS, start, stop))
        for stop in range(-6, 6)])
case("no-key", [
    ("LRANGE l 0 -1", []), ("LRANGE l 5 1", []), ("EXISTS l", 0),
])
case("bounds", [
    full(*ITEMS), ("LRANGE l %s %s" % (MIN, MAX), ITEMS),
    ("LRANGE l 0 " + MAX, ITEMS), ("LRANGE l %s -1" % MIN, ITEMS),
    ("LRANGE l %s %s" % (MAX, MAX), []), ("LRANGE l %s %s" % (MIN, MIN), []),
    ("LRANGE l %s %s" % (MAX, MIN), []), ("LRANGE l 1 4294967295", ITEMS[1:]),
])
case("start-no-integer", [full("a")] + [
    (("LRANGE", "l", n, "0"), INT_ERR) for n in BAD_INTS])
case("stop-no-integer", [full("a")] + [
    (("LRANGE", "l", "0", n), INT_ERR) for n in BAD_INTS])
case("integers-before-key", [
    ("SET s v", OK), ("LRANGE no a 1", INT_ERR), ("LRANGE no 0 b", INT_ERR),
    ("LRANGE s a b", INT_ERR), ("LRANGE s 0 1", WRONGTYPE),
    ("LRANGE s 1 0", WRONGTYPE),
])
case("leaves-the-list", [full("a"), holds("a"), holds("a")])
case("binary", [full(*BINARY), holds(*BINARY)])
case("across-nodes", [full(*range(13))] + [
    ("LRANGE l %d %d" % ends, [str(i) for i in cut(list(range(13)), *ends)])
    for ends in [(0, -1), (1, 2), (2, 3), (3, 9), (-5, -2), (12, 12),
                 (-13, 0), (5, 5), (11, 20)]], config=SMALL)
case("compressed-nodes", [
    full(*("%0500d" % i for i in range(9))),
    holds(*("%0500d" % i for i in range(9))),
    ("LRANGE l 3 4", ["%0500d" % 3, "%0500d" % 4]),
], config=COMPRESS)
case("many", [
    (["RPUSH", "l"] + ["e%d" % i for i in range(5000)], 5000),
    holds(*("e%d" % i for i in range(5000))),
    ("LRANGE l 2500 2502", ["e2500", "e2501", "e2502"]),
])

case = area("list.ltrim")

for start in range(-5, 6):
    case("from-" + named(start), [
        step for stop in range(-5, 6) for step in [
            ("DEL l", ANY), full(*ITEMS),
            ("LTRIM l %d %d" % (start, stop), OK),
            holds(*cut(ITEMS, start, stop)),
            ("EXISTS l", 1 if cut(ITEMS, start, stop) else 0)]])
case("no-key", [("LTRIM l 0 1", OK), ("EXISTS l", 0)])
case("all-is-kept", [full("a", "b"), ("LTRIM l 0 -1", OK), holds("a", "b")])
case("nothing-is-left", [
    full("a", "b"), ("EXPIRE l 100", 1), ("LTRIM l 1 0", OK),
    ("TTL l", -2),
] + GONE)
case("bounds", [
    full(*ITEMS), ("LTRIM l %s %s" % (MIN, MAX), OK), holds(*ITEMS),
    ("LTRIM l 1 " + MAX, OK), holds(*ITEMS[1:]),
    ("LTRIM l %s -2" % MIN, OK), holds("b", "c"),
    ("LTRIM l %s %s" % (MAX, MAX), OK), ("EXISTS l", 0),
])
case("start-no-integer", [full("a")] + [
    (("LTRIM", "l", n, "0"), INT_ERR) for n in BAD_INTS] + [holds("a")])
case("stop-no-integer", [full("a")] + [
    (("LTRIM", "l", "0", n), INT_ERR) for n in BAD_INTS] + [holds("a")])
case("integers-before-key", [
    ("SET s v", OK), ("LTRIM no a 1", INT_ERR), ("LTRIM s 0 b", INT_ERR),
    ("LTRIM s 0 1", WRONGTYPE),
])
case("keeps-ttl", [
    full("a", "b"), ("EXPIRE l 100", 1), ("LTRIM l 0 0", OK),
    ("TTL l", Between(99, 100)),
])
case("again-and-again", [
    step for i in range(8) for step in [
        ("LPUSH l %d" % i, min(i + 1, 4)), ("LTRIM l 0 2", OK)]
] + [holds("7", "6", "5")])
for ends in [(0, 0), (1, -2), (3, 8), (4, 5), (-3, -1), (12, 12)]:
    case("across-nodes-%s-to-%s" % (named(ends[0]), named(ends[1])), [
        full(*range(13)), ("LTRIM l %d %d" % ends, OK),
        holds(*(str(i) for i in cut(list(range(13)), *ends))),
        ("LLEN l", len(cut(list(range(13)), *ends))),
    ], config=SMALL)

# ---- LREM ------------------------------------------------------------------

case = area("list.lrem")


def removed(items, count, what):
    out, left = [], abs(count) or len(items)
    for item in items if count >= 0 else items[::-1]:
        if item == what and left:
            left -= 1
        else:
            out.append(item)
    return out if count >= 0 else out[::-1]


MIXED = ["a", "b", "a", "c", "a", "b"]
for what, count in itertools.product("ab", (0, 1, 2, 3, 4, -1, -2, -3, -4)):
    rest = removed(MIXED, count, what)
    case("%s-count-%s" % (what, named(count)), [
        full(*MIXED), ("LREM l %d %s" % (count, what), 6 - len(rest)),
        holds(*rest),
    ])
case("no-such-element", [
    full("a", "b"), ("LREM l 0 z", 0), ("LREM l 1 z", 0), ("LREM l -1 A", 0),
    holds("a", "b"),
])
case("no-key", [("LREM l 0 a", 0), ("EXISTS l", 0)])
case("last-element", [
    full("a", "a"), ("EXPIRE l 100", 1), ("LREM l 0 a", 2), ("TTL l", -2),
] + GONE)
case("last-element-from-the-tail", [
    full("a"), ("LREM l -1 a", 1),
] + GONE)
case("keeps-ttl", [
    full("a", "b"), ("EXPIRE l 100", 1), ("LREM l 0 a", 1),
    ("TTL l", Between(99, 100)),
])
case("bounds", [
    full("a", "b", "a"), ("LREM l %s a" % MAX, 2), holds("b"),
    ("LREM l -%s b" % MAX, 1), ("EXISTS l", 0),
])
case("count-no-integer", [full("a")] + [
    (("LREM", "l", n, "a"), INT_ERR) for n in BAD_INTS] + [holds("a")])
case("count-before-key", [
    ("SET s v", OK), ("LREM no x a", INT_ERR), ("LREM s x a", INT_ERR),
    ("LREM s 0 a", WRONGTYPE),
])
case("numbers-by-their-text", [
    full("1", "01", "1.0", "+1", "-1", "1"), ("LREM l 0 1", 2),
    holds("01", "1.0", "+1", "-1"), ("LREM l 0 01", 1), ("LREM l 0 -1", 1),
    holds("1.0", "+1"),
])
case("every-number", [full(*NUMBERS)] + [
    ("LREM l 0 " + n, 1) for n in NUMBERS] + GONE)
case("binary", [full(*BINARY)] + [
    (("LREM", "l", "0", item), 1) for item in BINARY] + GONE)
for count, gone in [(0, 5), (3, 3), (-3, 3)]:
    case("across-nodes-" + named(count), [
        full(*"a1a1a1a1a"), ("LREM l %d a" % count, gone),
        holds(*removed(list("a1a1a1a1a"), count, "a")),
        ("LLEN l", 9 - gone),
    ], config=SMALL)
case("compressed-nodes", [
    full(*["a" * 500, "b" * 500] * 5), ("LREM l -3 " + "a" * 500, 3),
    holds(*(["a" * 500, "b" * 500] * 2 + ["b" * 500] * 3)),
], config=COMPRESS)

# ---- LPOS ------------------------------------------------------------------

case = area("list.lpos")

RANK = E("ERR RANK can't be zero: use 1 to start from the first match, 2 "
         "from the second ... or use negative to start from the end of the "
         "list")
POS_COUNT = E("ERR COUNT can't be negative")
MAXLEN = E("ERR MAXLEN can't be negative")
LETTERS = list("abcabcabca")


def found(rank=1, count=None, maxlen=0):
    """LPOS of "a" among LETTERS."""
    n = len(LETTERS)
    ways = list(range(n)) if rank > 0 else list(range(n - 1, -1, -1))
    hits = [i for i in ways[:maxlen or n] if LETTERS[i] == "a"]
    hits = hits[abs(rank) - 1:]
    if count is None:
        return hits[0] if hits else NIL
    return hits[:count or n]


case("first", [
    full(*LETTERS), ("LPOS l a", 0), ("LPOS l b", 1), ("LPOS l c", 2),
    ("LPOS l z", NIL), ("LPOS l A", NIL),
])
case("no-key", [
    ("LPOS l a", NIL), ("LPOS l a RANK 2", NIL), ("LPOS l a MAXLEN 5", NIL),
    ("EXISTS l", 0),
])
case("no-key-count", [
    ("LPOS l a COUNT 0", []), ("LPOS l a COUNT 5 RANK -1", []),
])
case("no-match-count", [
    full("a"), ("LPOS l z COUNT 0", []), ("LPOS l z COUNT 1", []),
    ("LPOS l z RANK -1 COUNT 1", []),
])
case("rank", [full(*LETTERS)] + [
    ("LPOS l a RANK %d" % r, found(r)) for r in range(-6, 7) if r])
case("count", [full(*LETTERS)] + [
    ("LPOS l a COUNT %d" % n, found(1, n)) for n in range(7)])
case("count-one-is-an-array", [full("a"), ("LPOS l a COUNT 1", [0])])
case("rank-and-count", [full(*LETTERS)] + [
    ("LPOS l a RANK %d COUNT %d" % (r, n), found(r, n))
    for r in (-5, -4, -3, -1, 1, 3, 4, 5) for n in (0, 1, 2, 9)])
case("maxlen", [full(*LETTERS)] + [
    ("LPOS l a RANK %d MAXLEN %d" % (r, m), found(r, None, m))
    for r in (2, -2) for m in (0, 1, 3, 4, 5, 9, 10, 11)])
case("maxlen-and-count", [full(*LETTERS)] + [
    ("LPOS l a COUNT %d RANK %d MAXLEN %d" % (n, r, m), found(r, n, m))
    for n in (0, 2) for r in (1, -1, 2) for m in (1, 4, 7, 10, 99)])
case("options-in-any-order", [
    full(*LETTERS), ("LPOS l a MAXLEN 5 COUNT 0 RANK 1", [0, 3]),
    ("LPOS l a RANK 1 MAXLEN 5 COUNT 0", [0, 3]),
    ("LPOS l a COUNT 0 MAXLEN 5 RANK -1", [9, 6]),
])
case("options-any-case", [
    full(*LETTERS), ("lpos l a rank 2", 3), ("LPOS l a Count 2", [0, 3]),
    ("LPOS l a maxlen 1", 0),
])
case("option-again-last-wins", [
    full(*LETTERS), ("LPOS l a RANK 1 RANK 3", 6),
    ("LPOS l a COUNT 1 COUNT 2", [0, 3]),
    ("LPOS l a MAXLEN 1 MAXLEN 0 COUNT 0", [0, 3, 6, 9]),
])
case("bounds", [
    full("a", "b"), ("LPOS l a COUNT " + MAX, [0]),
    ("LPOS l a MAXLEN " + MAX, 0), ("LPOS l a RANK " + MAX, NIL),
    ("LPOS l a RANK -" + MAX, NIL),
])
case("rank-min", [
    # 7.0 negates the number; nothing is promised but an answer.
    full("a", "b"), ("LPOS l a RANK " + MIN, By(
        ANY, ("redis>=7.2", EP("ERR value is out of range")))),
    ("LLEN l", 2),
])
case("rank-zero", [
    full("a"), ("LPOS l a RANK 0", RANK), ("LPOS l a COUNT 0 RANK 0", RANK),
    ("LPOS l a RANK 0 RANK 1", RANK), ("LPOS no a RANK 0", RANK),
])
case("rank-no-integer", [full("a")] + [
    (("LPOS", "l", "a", "RANK", n), INT_ERR) for n in BAD_INTS])
case("count-negative-or-no-integer", [full("a")] + [
    (("LPOS", "l", "a", "COUNT", n), POS_COUNT)
    for n in BAD_INTS + ["-1", MIN]])
case("maxlen-negative-or-no-integer", [full("a")] + [
    (("LPOS", "l", "a", "MAXLEN", n), MAXLEN)
    for n in BAD_INTS + ["-1", MIN]])
case("syntax", [full("a")] + [
    ("LPOS l a " + tail, SYNTAX) for tail in (
        "RANK", "COUNT", "MAXLEN", "FOO", "FOO 1", "1", "RANK 1 COUNT",
        "COUNT 1 1", "RANKX 1", "COUNT 1 FOO 1", "RANK 1 MAXLEN 1 COUNT")])
case("first-fault-wins", [
    full("a"), ("LPOS l a RANK 0 COUNT -1", RANK),
    ("LPOS l a COUNT -1 RANK 0", POS_COUNT), ("LPOS l a FOO 1 RANK 0",
                                              SYNTAX),
    ("LPOS l a MAXLEN -1 FOO", MAXLEN), ("LPOS l a RANK x FOO", INT_ERR),
])
case("options-before-key", [
    ("SET s v", OK), ("LPOS s a RANK 0", RANK), ("LPOS s a FOO", SYNTAX),
    ("LPOS s a COUNT -1", POS_COUNT), ("LPOS s a COUNT 0", WRONGTYPE),
    ("LPOS s a", WRONGTYPE), ("LPOS no a COUNT -1", POS_COUNT),
    ("LPOS no a FOO", SYNTAX),
])
case("numbers-by-their-text", [
    full("01", "1", "-1", " 1"), ("LPOS l 1", 1), ("LPOS l 01", 0),
    ("LPOS l -1", 2), (("LPOS", "l", " 1"), 3), ("LPOS l 1.0", NIL),
])
case("every-number", [full(*NUMBERS)] + [
    ("LPOS l " + n, i) for i, n in enumerate(NUMBERS)])
case("binary", [full(*BINARY)] + [
    (("LPOS", "l", item), i) for i, item in enumerate(BINARY)])
case("element-named-as-an-option", [
    full("RANK", "COUNT"), ("LPOS l RANK", 0), ("LPOS l COUNT COUNT 0", [1]),
    ("LPOS l COUNT RANK -1", 1),
])
case("across-nodes", [full(*LETTERS)] + [
    ("LPOS l a RANK %d COUNT %d MAXLEN %d" % (r, n, m), found(r, n, m))
    for r in (1, -1, 3, -3) for n in (0, 1) for m in (0, 5)], config=SMALL)

# ---- LMOVE, RPOPLPUSH ------------------------------------------------------


def moved(source, dest, where, to):
    """What is moved, and both lists after that."""
    source, dest = list(source), list(dest)
    item = source.pop(0 if where == "LEFT" else -1)
    dest.insert(0 if to == "LEFT" else len(dest), item)
    return item, source, dest


MOVES = [("list.lmove", "LMOVE %%s %%s %s %s" % ends) + ends
         for ends in itertools.product(("LEFT", "RIGHT"), repeat=2)]
MOVES.append(("list.rpoplpush", "RPOPLPUSH %s %s", "RIGHT", "LEFT"))
for prefix, form, where, to in MOVES:
    case = area(prefix)
    ends = "-%s-%s" % (where.lower(), to.lower()) if (
        prefix == "list.lmove") else ""
    move = form % ("l", "d")

    item, source, dest = moved("abc", "xy", where, to)
    case("moves" + ends, [
        full(*"abc"), ("RPUSH d x y", 2), (move, item),
        holds(*source), ("LRANGE d 0 -1", dest),
    ])
    case("new-destination" + ends, [
        full("a", "b"), (move, "a" if where == "LEFT" else "b"),
        ("TYPE d", Simple("list")), ("LLEN d", 1), ("TTL d", -1),
        ("LLEN l", 1),
    ])
    case("last-element" + ends, [
        full("a"), ("EXPIRE l 100", 1), (move, "a"), ("EXISTS l", 0),
        ("LRANGE d 0 -1", ["a"]), ("TTL d", -1), ("DBSIZE", 1),
    ])
    rest = list("abc")
    item = rest.pop(0 if where == "LEFT" else -1)
    rest.insert(0 if to == "LEFT" else 2, item)
    case("same-list" + ends, [
        full(*"abc"), (form % ("l", "l"), item), holds(*rest),
        ("LLEN l", 3),
    ])
    case("same-list-of-one" + ends, [
        full("a"), ("EXPIRE l 100", 1), (form % ("l", "l"), "a"),
        holds("a"), ("TTL l", Between(99, 100)),
    ])
    case("no-source" + ends, [
        (move, NIL), ("EXISTS d", 0), ("RPUSH d x", 1), (move, NIL),
        ("LRANGE d 0 -1", ["x"]), (form % ("l", "l"), NIL), ("EXISTS l", 0),
    ])
    case("wrong-types" + ends, [
        full("a"), ("SET s v", OK), (form % ("l", "s"), WRONGTYPE),
        holds("a"), ("GET s", "v"), (form % ("s", "l"), WRONGTYPE),
        (form % ("s", "s"), WRONGTYPE), (form % ("s", "no"), WRONGTYPE),
        ("EXISTS no", 0), holds("a"),
    ])
    case("no-source-wins-over-wrong-destination" + ends, [
        ("SET s v", OK), (form % ("no", "s"), NIL), ("GET s", "v"),
    ])
    case("keeps-each-ttl" + ends, [
        full("a", "b"), ("RPUSH d x", 1), ("EXPIRE l 100", 1),
        ("EXPIRE d 200", 1), (move, ANY), ("TTL l", Between(99, 100)),
        ("TTL d", Between(199, 200)),
    ])
    case("binary" + ends, [full(*BINARY)] + [
        (move, v) for v in (BINARY if where == "LEFT" else BINARY[::-1])
    ] + [("EXISTS l", 0), ("LRANGE d 0 -1", BINARY if (
        where != to) else BINARY[::-1])])
    case("across-nodes" + ends, [full(*range(5))] + [
        (move, str(i)) for i in (range(5) if where == "LEFT"
                                 else range(4, -1, -1))
    ] + [("EXISTS l", 0), ("LLEN d", 5)], config=SMALL)

case = area("list.lmove")

case("any-case", [
    full("a", "b"), ("lmove l d left right", "a"),
    ("LMOVE l d Right lEFT", "b"), ("LRANGE d 0 -1", ["b", "a"]),
])
case("where-syntax", [full("a")] + [
    ("LMOVE l d " + tail, SYNTAX) for tail in (
        "UP LEFT", "LEFT UP", "L R", "LEFT LEFTX", "BEFORE AFTER", "0 -1")
] + [(("LMOVE", "l", "d", "", "LEFT"), SYNTAX),
     (("LMOVE", "l", "d", "LEFT", ""), SYNTAX),
     holds("a"), ("EXISTS d", 0)])
case("syntax-before-keys", [
    ("SET s v", OK), ("LMOVE s d UP LEFT", SYNTAX),
    ("LMOVE no s LEFT UP", SYNTAX),
])
case("numbers", [full(*NUMBERS)] + [
    ("LMOVE l d LEFT RIGHT", n) for n in NUMBERS
] + [("LRANGE d 0 -1", NUMBERS)])
case("queue-and-back", [
    full("a", "b"), ("LMOVE l d LEFT LEFT", "a"),
    ("LMOVE d l LEFT LEFT", "a"), holds("a", "b"), ("EXISTS d", 0),
])

case = area("list.rpoplpush")

case("rotates", [
    full(*"abc"), ("RPOPLPUSH l l", "c"), ("RPOPLPUSH l l", "b"),
    ("RPOPLPUSH l l", "a"), holds(*"abc"),
])
case("any-case", [full("a"), ("rpoplpush l d", "a")])

# ---- LMPOP -----------------------------------------------------------------

case = area("list.lmpop")

case("left", [
    full(*"abc"), ("LMPOP 1 l LEFT", ["l", ["a"]]),
    ("LMPOP 1 l LEFT", ["l", ["b"]]), holds("c"),
])
case("right", [
    full(*"abc"), ("LMPOP 1 l RIGHT", ["l", ["c"]]), holds("a", "b"),
])
case("miss", [
    ("LMPOP 1 l LEFT", NILARRAY), ("LMPOP 1 l RIGHT COUNT 5", NILARRAY),
    ("LMPOP 3 a b c LEFT", NILARRAY), ("DBSIZE", 0),
], seen="dragonfly#8087")
case("count", [
    full(*"abcde"), ("LMPOP 1 l LEFT COUNT 2", ["l", ["a", "b"]]),
    ("LMPOP 1 l RIGHT COUNT 2", ["l", ["e", "d"]]), holds("c"),
])
case("count-all", [
    full(*"abc"), ("LMPOP 1 l LEFT COUNT 3", ["l", ["a", "b", "c"]]),
] + GONE)
case("count-beyond", [
    full(*"abc"), ("LMPOP 1 l RIGHT COUNT 10", ["l", ["c", "b", "a"]]),
] + GONE)
case("count-max", [
    full("a", "b"), ("LMPOP 1 l LEFT COUNT " + MAX, ["l", ["a", "b"]]),
] + GONE)
case("last-element-ends-ttl", [
    full("a"), ("EXPIRE l 100", 1), ("LMPOP 1 l LEFT", ["l", ["a"]]),
    ("TTL l", -2),
])
case("keeps-ttl", [
    full("a", "b"), ("EXPIRE l 100", 1), ("LMPOP 1 l LEFT", ["l", ["a"]]),
    ("TTL l", Between(99, 100)),
])
case("first-list-that-is-there", [
    ("RPUSH b 1 2", 2), ("RPUSH c 3", 1),
    ("LMPOP 3 a b c LEFT", ["b", ["1"]]),
    ("LMPOP 3 c b a LEFT", ["c", ["3"]]),
    ("LMPOP 3 a c b LEFT COUNT 9", ["b", ["2"]]),
    ("LMPOP 3 a b c LEFT", NILARRAY),
])
case("one-key-only-is-popped", [
    ("RPUSH a 1", 1), ("RPUSH b 2", 1),
    ("LMPOP 2 a b LEFT COUNT 10", ["a", ["1"]]), ("LLEN b", 1),
    ("EXISTS a", 0),
])
case("same-key-again", [
    full("a", "b"), ("LMPOP 2 l l LEFT", ["l", ["a"]]), holds("b"),
])
case("any-case", [
    full("a", "b", "c"), ("lmpop 1 l left", ["l", ["a"]]),
    ("LMPOP 1 l Right count 1", ["l", ["c"]]),
])
case("numkeys", [full("a")] + [
    (("LMPOP", n, "l", "LEFT"), NUMKEYS)
    for n in BAD_INTS + ["0", "-1", MIN]] + [holds("a")])
case("numkeys-beyond-the-keys", [full("a")] + [
    ("LMPOP %s l LEFT" % n, SYNTAX)
    for n in ("2", "3", "100", "2147483647", "2147483648", "4294967297", MAX)
] + [("LMPOP 3 l l LEFT", SYNTAX), holds("a")])
case("numkeys-short-of-the-keys", [
    full("a"), ("LMPOP 1 l l LEFT", SYNTAX), ("LMPOP 1 no l LEFT", SYNTAX),
    holds("a"),
])
case("syntax", [full("a")] + [
    ("LMPOP 1 l " + tail, SYNTAX) for tail in (
        "UP", "LEFT COUNT", "LEFT 1", "LEFT RIGHT", "LEFT FOO 1",
        "COUNT 1 LEFT", "LEFT COUNT 1 COUNT 1", "LEFT COUNT 1 FOO",
        "LEFT COUNT 1 1", "COUNT 1", "LEFTX")
] + [(("LMPOP", "1", "l", ""), SYNTAX), holds("a")])
case("count-no-count", [full("a")] + [
    (("LMPOP", "1", "l", "LEFT", "COUNT", n), COUNT)
    for n in BAD_INTS + ["0", "-1", MIN]] + [holds("a")])
case("faults-before-keys", [
    ("SET s v", OK), ("LMPOP 0 s LEFT", NUMKEYS), ("LMPOP 1 s UP", SYNTAX),
    ("LMPOP 1 s LEFT COUNT 0", COUNT), ("LMPOP 1 s LEFT", WRONGTYPE),
    ("LMPOP 0 s UP COUNT 0", NUMKEYS), ("LMPOP 1 s UP COUNT 0", SYNTAX),
])
case("wrong-type-among-keys", [
    ("SET s v", OK), full("a"), ("LMPOP 2 s l LEFT", WRONGTYPE),
    ("LMPOP 2 no s LEFT", WRONGTYPE), ("LMPOP 2 l s LEFT", ["l", ["a"]]),
])
case("key-named-as-a-side", [
    ("RPUSH LEFT a b", 2), ("LMPOP 1 LEFT LEFT", ["LEFT", ["a"]]),
    ("LMPOP 2 RIGHT LEFT RIGHT", ["LEFT", ["b"]]),
])
case("binary", [
    (("RPUSH", b"\r\n") + tuple(BINARY), len(BINARY)),
    (("LMPOP", "1", b"\r\n", "LEFT", "COUNT", "99"), [b"\r\n", BINARY]),
])
case("across-nodes", [
    full(*range(20)),
    ("LMPOP 1 l LEFT COUNT 7", ["l", [str(i) for i in range(7)]]),
    ("LMPOP 1 l RIGHT COUNT 7", ["l", [str(i) for i in range(19, 12, -1)]]),
    holds(*(str(i) for i in range(7, 13))),
], config=SMALL)
case("many-keys", [
    ("RPUSH k99 a", 1),
    (["LMPOP", "100"] + ["k%d" % i for i in range(100)] + ["LEFT"],
     ["k99", ["a"]]),
])

# ---- encodings -------------------------------------------------------------

case = area("list.encoding")

case("new", [full("a"), ("OBJECT ENCODING l", LISTPACK)])
case("many-small", [
    (["RPUSH", "l"] + ["x"] * 100, 100), ("OBJECT ENCODING l", LISTPACK),
])
case("beyond-a-node", [
    (["RPUSH", "l"] + ["x" * 100] * 100, 100),
    ("OBJECT ENCODING l", Exact("quicklist")), ("LLEN l", 100),
])
for size, short, long in [("4", 4, 5), ("1", 1, 2), ("100", 100, 101)]:
    case("size-" + size, [
        full(*["x"] * short), ("OBJECT ENCODING l", LISTPACK),
        ("RPUSH l x", long), ("OBJECT ENCODING l", Exact("quicklist")),
        ("LLEN l", long),
    ], config={"list-max-listpack-size": size})
for size, limit in [("-1", 4096), ("-2", 8192), ("-3", 16384),
                    ("-4", 32768), ("-5", 65536)]:
    case("bytes" + size, [
        (("RPUSH", "l", "x" * (limit - 100)), 1),
        ("OBJECT ENCODING l", LISTPACK), (("RPUSH", "l", "x" * 200), 2),
        ("OBJECT ENCODING l", Exact("quicklist")),
        holds("x" * (limit - 100), "x" * 200),
    ], config={"list-max-listpack-size": size})
case("nodes", [
    full(*"abcde"), ("DEBUG OBJECT l", Exact(Re(
        rb"Value at:.* ql_nodes:3 .*", kind=Simple))),
], config=SMALL, contexts="plain")
case("after-the-limit-changes", [
    full(*"abcd"), ("CONFIG SET list-max-listpack-size 1", OK),
    ("RPUSH l e f", 6), holds(*"abcdef"), ("LPUSH l z", 7),
    ("CONFIG SET list-max-listpack-size 3", OK), ("RPUSH l g h", 9),
    ("LREM l 0 c", 1), holds(*"zabdefgh"),
], config={"list-max-listpack-size": "128"})
case("compressed", [
    (["RPUSH", "l"] + ["%01000d" % i for i in range(50)], 50),
    ("LREM l 1 %01000d" % 25, 1), ("LSET l 10 x", OK),
    ("LINSERT l AFTER %01000d y" % 30, 50), ("RPOP l", "%01000d" % 49),
    ("LRANGE l 9 11", ["%01000d" % 9, "x", "%01000d" % 11]),
    ("LINDEX l 30", "y"), ("LLEN l", 49),
], config={"list-max-listpack-size": "3", "list-compress-depth": "2"})


@case.script("dump-and-restore", needs=("RPUSH", "DUMP", "RESTORE",
                                         "LRANGE", "LPUSH"))
def dump_and_restore():
    items = NUMBERS + NEAR_NUMBERS + BINARY
    yield ("RPUSH", "l") + tuple(items), len(items)
    reply = yield "DUMP l", Re(b".+")
    yield ("RESTORE", "d", "0", reply.v), OK
    yield "LRANGE d 0 -1", items
    yield "LPUSH d x", len(items) + 1


REPLIES = {
    "LINDEX": "bulk null error",
    "LINSERT": "int error",
    "LLEN": "int error",
    "LMOVE": "bulk null error",
    "LMPOP": "array nullarray error",
    "LPOP": "bulk null array nullarray error",
    "LPOS": "int null array error",
    "LPUSH": "int error",
    "LPUSHX": "int error",
    "LRANGE": "array error",
    "LREM": "int error",
    "LSET": "simple error",
    "LTRIM": "simple error",
    "RPOP": "bulk null array nullarray error",
    "RPOPLPUSH": "bulk null error",
    "RPUSH": "int error",
    "RPUSHX": "int error",
}
