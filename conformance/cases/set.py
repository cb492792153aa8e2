"""Set commands."""

from conformance.cases import *  # noqa: F403
from conformance.cases.hash import PAGE, claim, drain, page, spread

MAX, MIN = "9223372036854775807", "-9223372036854775808"
BIG = "x" * 65
BYTES = bytes(range(256))
# What turns an intset (from 7.2 on: a listpack) into a table for good.
GROW = [(("SADD", "s", BIG), 1), (("SREM", "s", BIG), 1)]
# Words and integers, each as it is made and as a table.
BOTH = [("", []), ("-hashtable", GROW)]
SMALL = By("hashtable", ("redis>=7.2", "listpack"))


def enc(key, name):
    return ("OBJECT ENCODING " + key, Exact(name))


def numbers(low, high):
    return [str(i) for i in range(low, high)]


# ---- SADD, SREM, SCARD, SMEMBERS, SISMEMBER ------------------------------

case = area("set.sadd")
for suffix, grow in BOTH:
    case("counts-new-members" + suffix, [
        ("SADD s a", 1)] + grow[:1] + [
        ("SADD s a", 0), ("SADD s a b c", 2), ("SADD s c d a", 1),
    ] + grow[1:] + [("SMEMBERS s", S(["a", "b", "c", "d"]))])
    case("counts-new-integers" + suffix, [
        ("SADD s 1", 1)] + grow + [
        ("SADD s 1", 0), ("SADD s 3 2 1", 2), ("SADD s -1 2", 1),
        ("SMEMBERS s", S(["-1", "1", "2", "3"])), ("SCARD s", 4),
    ])
case("member-twice", [
    ("SADD s a a a", 1), ("SADD s b a b", 1), ("SCARD s", 2),
    ("SADD t 1 1 1", 1), ("SADD t 2 1 2", 1), ("SCARD t", 2),
])
case("empty-member", [
    (("SADD", "s", ""), 1), (("SADD", "s", ""), 0), ("SMEMBERS s", S([""])),
    (("SISMEMBER", "s", ""), 1), (("SADD", "s", "1"), 1),
    (("SREM", "s", ""), 1), ("SMEMBERS s", S(["1"])),
])
case("binary", [
    (("SADD", "s", b"\r\n\0", b"\r\n", BYTES, b"a\0", "a"), 5),
    ("SMEMBERS s", S([b"\r\n\0", b"\r\n", BYTES, b"a\0", "a"])),
    (("SISMEMBER", "s", b"\r\n\0"), 1), (("SISMEMBER", "s", b"\r"), 0),
    (("SREM", "s", b"a\0"), 1), ("SISMEMBER s a", 1),
])
case("members-are-bytes", [
    ("SADD s a A aa", 3), ("SISMEMBER s AA", 0), ("SCARD s", 3),
    (("SADD", "s", "a ", " a"), 2),
])
case("integers-are-text", [
    (("SADD", "s", "1", "01", "+1", "1.0", "-0", "0", " 1", "1 ", "1e0"), 9),
    ("SISMEMBER s 1", 1), ("SISMEMBER s 01", 1), ("SISMEMBER s 001", 0),
    ("SISMEMBER s -0", 1), ("SREM s 0", 1), ("SISMEMBER s -0", 1),
    ("SMEMBERS s", S(["1", "01", "+1", "1.0", "-0", " 1", "1 ", "1e0"])),
])
case("big-member", [
    (("SADD", "s", b"\0\r\n" * 100000, "a"), 2),
    (("SISMEMBER", "s", b"\0\r\n" * 100000), 1),
    (("SISMEMBER", "s", b"\0\r\n" * 99999), 0),
    ("SMEMBERS s", S([b"\0\r\n" * 100000, "a"])),
])
case("keeps-ttl", [
    ("SADD s a", 1), ("EXPIRE s 100", 1), ("SADD s b", 1),
    ("TTL s", Between(99, 100)),
])
case("wrong-type-leaves-the-key", [
    ("SET k v", OK), ("SADD k a", WRONGTYPE), ("SREM k a", WRONGTYPE),
    ("GET k", "v"),
])
case("type", [
    ("SADD s a", 1), ("TYPE s", Simple("set")), ("SADD t 1", 1),
    ("TYPE t", Simple("set")), ("DBSIZE", 2),
])
case("thousand", [
    (("SADD", "s") + tuple(range(1000)), 1000),
    (("SADD", "s") + tuple(range(500, 1500)), 500), ("SCARD s", 1500),
    ("SMEMBERS s", S(numbers(0, 1500))),
])

case = area("set.srem")
for suffix, grow in BOTH:
    case("counts-what-was-there" + suffix, [
        ("SADD s a b c 1", 4)] + grow + [
        ("SREM s a", 1), ("SREM s a", 0), ("SREM s x b y 1", 2),
        ("SMEMBERS s", S(["c"])),
    ])
    case("integers" + suffix, [
        ("SADD s 1 2 3 4", 4)] + grow + [
        ("SREM s 2", 1), ("SREM s 2", 0), ("SREM s 9 4 x 1", 2),
        ("SREM s 03 +3", 0), ("SMEMBERS s", S(["3"])),
    ])
    case("member-twice" + suffix, [
        ("SADD s 1 2", 2)] + grow + [("SREM s 1 1 1", 1), ("SCARD s", 1)])
    case("last-member-removes-the-key" + suffix, [
        ("SADD s 1 2", 2)] + grow + [
        ("SREM s 1 2 3", 2), ("EXISTS s", 0), ("TYPE s", Simple("none")),
        ("SREM s 1", 0), ("DBSIZE", 0),
    ])
case("no-key", [("SREM s a", 0), ("SREM s a b 1", 0), ("EXISTS s", 0)])
case("ttl-goes-with-the-key", [
    ("SADD s a b", 2), ("EXPIRE s 100", 1), ("SREM s a", 1),
    ("TTL s", Between(99, 100)), ("SREM s b", 1), ("SADD s a", 1),
    ("TTL s", -1),
])
case("from-an-intset-what-is-none", [
    ("SADD s 1 2", 2),
    ("SREM s a", 0), (("SREM", "s", ""), 0), ("SREM s 1.0", 0),
    ("SREM s 9223372036854775808", 0), ("SCARD s", 2), enc("s", "intset"),
])

case = area("set.scard")
for suffix, grow in BOTH:
    case("counts" + suffix, [
        ("SCARD s", 0), ("SADD s 1 2", 2)] + grow + [
        ("SCARD s", 2), ("SADD s 2 3", 1), ("SCARD s", 3), ("SREM s 9", 0),
        ("SCARD s", 3), ("SREM s 1 2 3", 3), ("SCARD s", 0),
    ])

case = area("set.smembers")
for suffix, grow in BOTH:
    case("set" + suffix, [
        ("SADD s 3 1 2", 3)] + grow + [
        ("SMEMBERS s", S(["1", "2", "3"])), ("SREM s 2", 1),
        ("SMEMBERS s", S(["1", "3"])), ("SADD s x", 1),
        ("SMEMBERS s", S(["1", "3", "x"])),
    ])
case("no-key", [
    ("SMEMBERS s", S([])), ("SADD s a", 1), ("SREM s a", 1),
    ("SMEMBERS s", S([])), ("EXISTS s", 0),
])
case("intset-is-sorted", [
    ("SADD s 10 9 -3 %s %s 0" % (MAX, MIN), 6),
    ("SMEMBERS s", S([MIN, "-3", "0", "9", "10", MAX])),
    ("SRANDMEMBER s 6", Exact([MIN, "-3", "0", "9", "10", MAX])),
], only="redis", why="an intset is sorted; no document says so")

case = area("set.sismember")
for suffix, grow in BOTH:
    case("hit-and-miss" + suffix, [
        ("SISMEMBER s 1", 0), ("SADD s 1 -2", 2)] + grow + [
        ("SISMEMBER s 1", 1), ("SISMEMBER s -2", 1), ("SISMEMBER s 2", 0),
        ("SISMEMBER s 01", 0), ("SISMEMBER s x", 0),
        (("SISMEMBER", "s", ""), 0),
        ("SISMEMBER s 99999999999999999999", 0), ("sismember s 1", 1),
    ])

case = area("set.smismember")
for suffix, grow in BOTH:
    case("in-the-order-asked" + suffix, [
        ("SADD s 1 2 3", 3)] + grow + [
        ("SMISMEMBER s 3 9 1", [1, 0, 1]), ("SMISMEMBER s 1", [1]),
        ("SMISMEMBER s x", [0]), ("SMISMEMBER s 1 1 x x 1", [1, 1, 0, 0, 1]),
        (("SMISMEMBER", "s", "", "01", "2"), [0, 0, 1]),
    ])
case("no-key", [
    ("SMISMEMBER s a", [0]), ("SMISMEMBER s a b a", [0, 0, 0]),
    ("EXISTS s", 0),
])

# ---- SMOVE ---------------------------------------------------------------

case = area("set.smove")
for suffix, grow in BOTH:
    case("moves" + suffix, [
        ("SADD s 1 2", 2), ("SADD t 3", 1)] + grow + [
        ("SMOVE s t 1", 1), ("SMEMBERS s", S(["2"])),
        ("SMEMBERS t", S(["1", "3"])), ("SMOVE s t 1", 0),
        ("SMEMBERS t", S(["1", "3"])),
    ])
    case("member-is-there-already" + suffix, [
        ("SADD s 1 2", 2), ("SADD t 1", 1)] + grow + [
        ("SMOVE s t 1", 1), ("SMEMBERS s", S(["2"])),
        ("SMEMBERS t", S(["1"])),
    ])
    case("to-itself" + suffix, [
        ("SADD s 1 2", 2)] + grow + [
        ("SMOVE s s 1", 1), ("SMOVE s s 9", 0), ("SMOVE s s x", 0),
        ("SMEMBERS s", S(["1", "2"])),
    ])
    case("last-member" + suffix, [
        ("SADD s 1", 1)] + grow + [
        ("SMOVE s t 1", 1), ("EXISTS s", 0), ("SMEMBERS t", S(["1"]))])
case("makes-the-destination", [
    ("SADD s a b", 2), ("SMOVE s t a", 1), ("SMEMBERS t", S(["a"])),
    ("SMEMBERS s", S(["b"])),
])
case("miss-makes-nothing", [
    ("SADD s a", 1), ("SMOVE s t b", 0), ("EXISTS t", 0),
    ("SMOVE nokey t a", 0), ("EXISTS t nokey", 0),
])
case("to-itself-last-member", [
    ("SADD s a", 1), ("EXPIRE s 100", 1), ("SMOVE s s a", 1),
    ("SMEMBERS s", S(["a"])), ("TTL s", Between(99, 100)),
])
case("from-no-key-before-type", [
    ("SET k v", OK), ("SMOVE nokey k a", 0), ("SMOVE nokey nokey a", 0),
])
case("wrong-type", [
    ("SET k v", OK), ("SADD s a", 1), ("SMOVE s k a", WRONGTYPE),
    ("SMOVE s k x", WRONGTYPE), ("SMOVE k s a", WRONGTYPE),
    ("SMOVE k nokey a", WRONGTYPE), ("SMOVE k k a", WRONGTYPE),
    ("SMEMBERS s", S(["a"])), ("GET k", "v"), ("EXISTS nokey", 0),
])
case("ttls-stay", [
    ("SADD s a b", 2), ("SADD t c", 1), ("EXPIRE s 100", 1),
    ("EXPIRE t 500", 1), ("SMOVE s t a", 1), ("TTL s", Between(99, 100)),
    ("TTL t", Between(499, 500)), ("SMOVE s u b", 1), ("TTL u", -1),
])
case("integer-into-words-and-back", [
    ("SADD s 1 2", 2), ("SADD t a", 1), ("SMOVE s t 1", 1),
    ("SMEMBERS t", S(["1", "a"])), ("SMOVE t s a", 1),
    ("SMEMBERS s", S(["2", "a"])), enc("s", SMALL),
])

# ---- SPOP ----------------------------------------------------------------

case = area("set.spop")
POSITIVE = E("ERR value is out of range, must be positive")
case("one", [
    ("SADD s a", 1), ("SPOP s", "a"), ("EXISTS s", 0), ("SPOP s", NIL),
])
case("no-key", [
    ("SPOP s", NIL), ("SPOP s 0", S([])), ("SPOP s 1", S([])),
    ("SPOP s " + MAX, S([])), ("EXISTS s", 0),
])
for suffix, grow in BOTH:
    case("zero" + suffix, [
        ("SADD s 1 2", 2)] + grow + [
        ("SPOP s 0", S([])), ("SMEMBERS s", S(["1", "2"]))])
    case("all" + suffix, [
        ("SADD s 1 2 3", 3)] + grow + [
        ("SPOP s 3", S(["1", "2", "3"])), ("EXISTS s", 0)])
    case("more-than-all" + suffix, [
        ("SADD s 1 2 3", 3)] + grow + [
        ("SPOP s 1000", S(["1", "2", "3"])), ("EXISTS s", 0)])
    case("some" + suffix, [
        ("SADD s 1 2 3 4", 4)] + grow + [
        ("SPOP s 1", Subset("1234", 1, kind=S)), ("SCARD s", 3),
        ("SPOP s 2", Subset("1234", 2, kind=S)), ("SCARD s", 1),
        ("SPOP s", Re("[1-4]")), ("EXISTS s", 0),
    ])
case("max", [("SADD s a b", 2), ("SPOP s " + MAX, S(["a", "b"])),
             ("EXISTS s", 0)])
case("keeps-ttl", [
    ("SADD s a b c", 3), ("EXPIRE s 100", 1), ("SPOP s", Re("[abc]")),
    ("SPOP s 1", Subset("abc", 1, kind=S)), ("TTL s", Between(99, 100)),
])
case("count-errors", [("SADD s a", 1)] + [
    (("SPOP", "s", n), POSITIVE) for n in (
        "-1", "abc", "1.5", "", " 1", "01", MIN, "9223372036854775808")
] + [("SPOP nokey -1", POSITIVE), ("SPOP nokey abc", POSITIVE),
     ("SMEMBERS s", S(["a"]))])
case("syntax", [
    ("SADD s a", 1), ("SPOP s 1 x", SYNTAX), ("SPOP s 1 1", SYNTAX),
    ("SPOP s abc x", SYNTAX), ("SPOP nokey 1 x", SYNTAX), ("SCARD s", 1),
])
case("errors-before-type", [
    ("SET k v", OK), ("SPOP k -1", POSITIVE), ("SPOP k 1 x", SYNTAX),
    ("SPOP k", WRONGTYPE), ("SPOP k 0", WRONGTYPE), ("SPOP k 1", WRONGTYPE),
])


def popping(name, make, count):
    """What is popped and what is left are the set, for any count."""
    @case.script(name, needs=("SADD", "SREM", "SPOP", "SMEMBERS"))
    def pops():
        members = [make(i) for i in range(100)]
        yield ("SADD", "s") + tuple(members), 100
        got = yield "SPOP s %d" % count, Subset(members, count, kind=S)
        gone = set(item.v for item in getattr(got, "v", ()))
        left = [m for m in members if m.encode() not in gone]
        yield "SMEMBERS s", S(left)
        yield "SCARD s", len(left)


for n in (1, 2, 19, 20, 21, 80, 81, 84, 90, 99):
    popping("rest-stays-of-words-%d" % n, "m%d".__mod__, n)
    popping("rest-stays-of-integers-%d" % n, "%d".__mod__, n)


def pop_all(name, make, spare):
    @case.script(name, needs=("SADD", "SREM", "SPOP"), contexts="plain")
    def one_by_one():
        """Single pops give every member once."""
        members = set(make(i) for i in range(60))
        yield ("SADD", "s", spare) + tuple(sorted(members)), 61
        yield ("SREM", "s", spare), 1
        seen = set()
        for _ in range(60):
            got = yield "SPOP s", Re(".*")
            seen.add(got.v)
        yield claim(seen == set(m.encode() for m in members),
                    "every member once")
        yield "EXISTS s", 0


pop_all("one-by-one-words", "m%d".__mod__, "m60")
pop_all("one-by-one-integers", "%d".__mod__, "60")
pop_all("one-by-one-integers-hashtable", "%d".__mod__, BIG)


@case.script("every-member-comes-up", needs=("SADD", "SPOP"),
             contexts="plain")
def comes_up():
    seen = set()
    for _ in range(200):
        yield "SADD s a b c d", ANY
        got = yield "SPOP s", Re("[abcd]")
        seen.add(got.v)
    yield claim(len(seen) == 4, "4 members in 200 pops, got %r" % seen,
                Should)


@case.script("every-member-comes-up-by-count", needs=("SADD", "SPOP"),
             contexts="plain")
def comes_up_by_count():
    seen = set()
    for _ in range(200):
        yield "SADD s 1 2 3 4", ANY
        got = yield "SPOP s 1", ListOf(Re("[1234]"), 1, kind=S)
        seen.update(item.v for item in getattr(got, "v", ()))
    yield claim(len(seen) == 4, "4 members in 200 pops, got %r" % seen,
                Should)


# ---- SRANDMEMBER ---------------------------------------------------------

case = area("set.srandmember")
RANGE = E("ERR value is out of range, value must between "
          "-9223372036854775807 and 9223372036854775807")
TOO_MANY = E("ERR value is out of range, no more than 4194304 repeated elements "
             "at a time")
case("no-key", [
    ("SRANDMEMBER s", NIL), ("SRANDMEMBER s 0", []),
    ("SRANDMEMBER s 1", []), ("SRANDMEMBER s -1", []),
    ("SRANDMEMBER s " + MAX, []),
    ("SRANDMEMBER s -9223372036854775807", []), ("EXISTS s", 0),
])
for suffix, grow in BOTH:
    case("one" + suffix, [
        ("SADD s 1 2 3", 3)] + grow + [
        ("SRANDMEMBER s", Re("[123]")), ("SRANDMEMBER s", Re("[123]")),
        ("SMEMBERS s", S(["1", "2", "3"]))])
    case("count" + suffix, [
        ("SADD s 1 2 3", 3)] + grow + [
        ("SRANDMEMBER s %d" % n, Subset("123", min(n, 3)))
        for n in (0, 1, 2, 3, 4, 1000)] + [("SCARD s", 3)])
    case("negative-count" + suffix, [
        ("SADD s 1 2 3", 3)] + grow + [
        ("SRANDMEMBER s %d" % -n, Subset("123", n, repeats=True))
        for n in (1, 2, 3, 4, 50)] + [("SCARD s", 3)])
    case("single-member" + suffix, [
        ("SADD s 7", 1)] + grow + [
        ("SRANDMEMBER s", "7"), ("SRANDMEMBER s 1", ["7"]),
        ("SRANDMEMBER s 9", ["7"]), ("SRANDMEMBER s -3", ["7", "7", "7"])])
    case("count-of-many" + suffix, [
        (("SADD", "s") + tuple(range(60)), 60)] + grow + [
        ("SRANDMEMBER s %d" % n, Subset(numbers(0, 60), min(n, 60)))
        for n in (1, 5, 19, 20, 21, 30, 59, 60, 61)])
    case("every-member-comes-up" + suffix, [
        ("SADD s 1 2 3 4", 4)] + grow + [
        ("SRANDMEMBER s -1000", Subset("1234", 1000, repeats=True)),
        ("SRANDMEMBER s -1000", Should(spread("1234", 1000, 80))),
    ])
case("words", [
    (("SADD", "s") + tuple("m%d" % i for i in range(40)), 40)] + [
    ("SRANDMEMBER s %d" % n, Subset(["m%d" % i for i in range(40)], n))
    for n in (1, 10, 13, 14, 39, 40)])
case("count-at-the-bounds", [
    ("SADD s a", 1), ("SRANDMEMBER s " + MAX, ["a"]),
    ("SRANDMEMBER s " + MIN, RANGE), ("SRANDMEMBER nokey " + MIN, RANGE),
    ("SRANDMEMBER s 9223372036854775808", INT_ERR),
    ("SRANDMEMBER s -9223372036854775809", INT_ERR),
], seen="CVE-2023-25155")
case("repeats", [
    ("SADD s a", 1), ("SRANDMEMBER s -65536", ["a"] * 65536)])
case("too-many-repeats", [
    ("SADD s a", 1), ("SRANDMEMBER s -4194305", TOO_MANY),
    ("SRANDMEMBER s -9223372036854775807", TOO_MANY),
    ("SRANDMEMBER nokey -4194305", []), ("HSET h f v", 1),
    ("HRANDFIELD h -4194305", TOO_MANY),
    ("HRANDFIELD h -4194305 WITHVALUES", TOO_MANY), ("ZADD z 1 a", 1),
    ("ZRANDMEMBER z -4194305", TOO_MANY), ("PING", PONG),
], only="kv", why="Redis 7.0 sends them all, and serves nobody meanwhile")
case("syntax", [
    ("SADD s a", 1), ("SRANDMEMBER s 1 x", SYNTAX),
    ("SRANDMEMBER s 1 1", SYNTAX), ("SRANDMEMBER s abc x", SYNTAX),
    ("SRANDMEMBER nokey 1 x", SYNTAX), ("SRANDMEMBER s 1 WITHVALUES", SYNTAX),
])
case("errors-before-type", [
    ("SET k v", OK), ("SRANDMEMBER k abc", INT_ERR),
    ("SRANDMEMBER k 1 x", SYNTAX), ("SRANDMEMBER k " + MIN, RANGE),
    ("SRANDMEMBER k", WRONGTYPE), ("SRANDMEMBER k 0", WRONGTYPE),
    ("SRANDMEMBER k 1", WRONGTYPE), ("SRANDMEMBER k -1", WRONGTYPE),
    ("SRANDMEMBER nokey abc", INT_ERR),
])


@case.script("single-draws-differ", needs=("SADD", "SRANDMEMBER"),
             contexts="plain")
def draws_differ():
    yield "SADD s a b c d", 4
    seen = set()
    for _ in range(200):
        got = yield "SRANDMEMBER s", Re("[abcd]")
        seen.add(got.v)
    yield claim(len(seen) == 4, "4 members in 200 draws, got %r" % seen,
                Should)


# ---- SINTER, SUNION, SDIFF -----------------------------------------------

THREE = [("SADD a 1 2 3 4 5", 5), ("SADD b 3 4 5 6", 4), ("SADD c 5 3 9", 3)]
WORDS = [("SADD a p q r s t", 5), ("SADD b r s t u", 4), ("SADD c t r z", 3)]
MIXED = [("SADD a 1 2 3 4 5 x", 6), ("SADD b 3 4 5 6", 4),
         ("SADD c 5 3 9 x", 4)]


def results(command, family):
    """What it gives of a, a b, ... where a, b, c are of one family."""
    a, b, c = [set(step[0].split()[2:]) for step in family]
    do = {"SINTER": set.intersection, "SUNION": set.union,
          "SDIFF": set.difference}[command]
    return [(keys, sorted(do(*[{"a": a, "b": b, "c": c,
                                "nokey": set()}[k] for k in keys.split()])))
            for keys in ("a", "a b", "b a", "a b c", "c b a", "b c", "a a",
                         "a b a", "nokey", "nokey a", "a nokey",
                         "nokey nokey", "a nokey b")]


for command in ("SINTER", "SUNION", "SDIFF"):
    case = area("set." + command.lower())
    for name, family in ("integers", THREE), ("words", WORDS), (
            "mixed", MIXED):
        case("of-" + name, family + [
            ("%s %s" % (command, keys), S(want))
            for keys, want in results(command, family)] + [
            ("EXISTS nokey", 0), ("SCARD a", len(family[0][0].split()) - 2)])
    case("type-of-every-key", [
        ("SET k v", OK), ("SADD a 1", 1)] + [
        ("%s %s" % (command, keys), WRONGTYPE) for keys in (
            "k", "a k", "k a", "nokey k", "k nokey", "nokey a k",
            "a nokey k", "k k")])

    case = area("set.%sstore" % command.lower())
    store = command + "STORE"
    for name, family in ("integers", THREE), ("words", WORDS), (
            "mixed", MIXED):
        case("of-" + name, family + [
            step for keys, want in results(command, family) for step in [
                ("%s d %s" % (store, keys), len(want)),
                ("SMEMBERS d", S(want)), ("EXISTS d", int(bool(want)))]])
    for name, keys in [("first", "a b c"), ("middle", "b a c"),
                       ("last", "c b a"), ("only", "a"), ("twice", "a a"),
                       ("with-nokey", "a nokey"), ("after-nokey", "nokey a")]:
        do = {"SINTER": set.intersection, "SUNION": set.union,
              "SDIFF": set.difference}[command]
        sets = {key: set(step[0].split()[2:])
                for key, step in zip("abc", THREE)}
        want = do(*[sets.get(key, set()) for key in keys.split()])
        case("destination-is-source-" + name, THREE + [
            ("%s a %s" % (store, keys), len(want)),
            ("SMEMBERS a", S(sorted(want))), ("EXISTS a", int(bool(want))),
            ("SCARD b", 4), ("SCARD c", 3), ("EXISTS nokey", 0)])
    case("empty-result-removes-destination", [
        ("SADD d x", 1), (store + " d nokey", 0), ("EXISTS d", 0),
        ("SET d v", OK), (store + " d nokey nokey", 0), ("EXISTS d", 0),
        ("RPUSH d v", 1), (store + " d nokey", 0), ("EXISTS d", 0),
    ])
    case("overwrites-another-type", [
        ("SADD a 1 2", 2), ("SET d v EX 100", OK), (store + " d a", 2),
        ("TYPE d", Simple("set")), ("TTL d", -1),
        ("SMEMBERS d", S(["1", "2"])), ("HSET h f v", 1),
        (store + " h a", 2), ("SCARD h", 2),
    ])
    case("ttl-goes", [
        ("SADD a 1 2", 2), ("SADD d 1", 1), ("EXPIRE d 100", 1),
        ("EXPIRE a 100", 1), (store + " d a", 2), ("TTL d", -1),
        ("TTL a", Between(99, 100)), (store + " a a", 2), ("TTL a", -1),
    ])
    case("wrong-type-leaves-destination", [
        ("SET k v", OK), ("SADD a 1", 1), ("SADD d x y", 2)] + [
        ("%s d %s" % (store, keys), WRONGTYPE) for keys in (
            "k", "a k", "k a", "nokey k", "k nokey")] + [
        ("SMEMBERS d", S(["x", "y"])), ("%s k k" % store, WRONGTYPE),
        ("GET k", "v"),
    ])
    case("does-not-share-with-its-source", [
        ("SADD a 1 2 3", 3), (store + " d a", 3), ("SADD d 4", 1),
        ("SREM d 1", 1), ("SMEMBERS a", S(["1", "2", "3"])),
        ("SREM a 2", 1), ("SMEMBERS d", S(["2", "3", "4"])),
    ])
    case("encoding-of-integers", [
        ("SADD a 1 2 3 x", 4), ("SREM a x", 1), enc("a", SMALL),
        (store + " d a", 3), enc("d", "intset"),
        ("SADD b 1 2 3", 3), (store + " e b", 3), enc("e", "intset"),
    ], only="redis<7.2", why="a listpack of integers may stay one")

case = area("set.sinter")
case("of-many-sets", [
    ("SADD k%d %s" % (i, " ".join(numbers(i, 50))), 50 - i)
    for i in range(10)] + [
    ("SINTER " + " ".join("k%d" % i for i in range(10)),
     S(numbers(9, 50))),
    ("SINTERCARD 10 " + " ".join("k%d" % i for i in range(10)), 41)])
case("small-with-big", [
    (("SADD", "a") + tuple(range(1000)), 1000), ("SADD b 5 999 1000 x", 4),
    ("SINTER a b", S(["5", "999"])), ("SINTER b a", S(["5", "999"])),
    ("SINTERCARD 2 a b", 2), ("SDIFF b a", S(["1000", "x"])),
])
case = area("set.sdiff")
case("many-small-from-big", [
    (("SADD", "a") + tuple(range(200)), 200)] + [
    ("SADD k%d %d" % (i, i), 1) for i in range(20)] + [
    ("SDIFF a " + " ".join("k%d" % i for i in range(20)),
     S(numbers(20, 200)))])
case("big-from-small", [
    ("SADD a 1 500 x", 3), (("SADD", "b") + tuple(range(1000)), 1000),
    ("SADD c x y", 2), ("SDIFF a b", S(["x"])), ("SDIFF a b c", S([])),
    ("SDIFF a c", S(["1", "500"])), ("SDIFF c a b", S(["y"])),
])
case = area("set.sunion")
case("once-each", [
    ("SADD a 1 2 x", 3), ("SADD b 2 x 3", 3), ("SADD c x 01", 2),
    ("SUNION a b c a", S(["1", "2", "3", "x", "01"])),
    ("SUNIONSTORE d a b c", 5), ("SCARD d", 5),
])

# ---- SINTERCARD ----------------------------------------------------------

case = area("set.sintercard")
NUMKEYS = E("ERR numkeys should be greater than 0")
TOO_MANY = E("ERR Number of keys can't be greater than number of args")
NEGATIVE = E("ERR LIMIT can't be negative")
for name, family in ("integers", THREE), ("words", WORDS), ("mixed", MIXED):
    case("of-" + name, family + [
        ("SINTERCARD %d %s" % (len(keys.split()), keys), len(want))
        for keys, want in results("SINTER", family)])
case("limit", [
    ("SADD a 1 2 3 4 5", 5), ("SADD b 2 3 4 9", 4)] + [
    ("SINTERCARD 2 a b LIMIT %s" % n, want) for n, want in [
        ("0", 3), ("1", 1), ("2", 2), ("3", 3), ("4", 3), (MAX, 3)]] + [
    ("SINTERCARD 1 a LIMIT 2", 2), ("SINTERCARD 1 a limit 9", 5),
    ("SINTERCARD 2 a nokey LIMIT 1", 0),
])
case("limit-twice-last-wins", [
    ("SADD a 1 2 3", 3), ("SINTERCARD 1 a LIMIT 1 LIMIT 2", 2),
    ("SINTERCARD 1 a LIMIT 1 LIMIT 0", 3),
    ("SINTERCARD 1 a LIMIT -1 LIMIT 2", NEGATIVE),
])
case("key-called-limit", [
    ("SADD a 1 2", 2), ("SADD LIMIT 2 3", 2), ("SINTERCARD 2 a LIMIT", 1),
    ("SINTERCARD 1 LIMIT LIMIT 1", 1), ("SINTERCARD 3 a LIMIT 1", 0),
])
case("numkeys", [("SADD a 1", 1)] + [
    (("SINTERCARD", n, "a"), NUMKEYS) for n in (
        "0", "-1", "abc", "", "1.5", " 1", MIN, "9223372036854775808")
] + [("SINTERCARD 2 a", TOO_MANY), ("SINTERCARD 4 a LIMIT 1", TOO_MANY),
     ("SINTERCARD 9223372036854775807 a", TOO_MANY)])
case("limit-errors", [("SADD a 1", 1)] + [
    (("SINTERCARD", "1", "a", "LIMIT", n), NEGATIVE) for n in (
        "-1", "abc", "", "1.5", MIN, "9223372036854775808")])
case("syntax", [("SADD a 1", 1)] + [
    ("SINTERCARD 1 a " + tail, SYNTAX) for tail in (
        "a", "LIMIT", "FOO", "FOO 1", "LIMIT 1 x", "LIMIT 1 LIMIT",
        "1 LIMIT")])
case("errors-before-type", [
    ("SET k v", OK), ("SINTERCARD 0 k", NUMKEYS), ("SINTERCARD 2 k", TOO_MANY),
    ("SINTERCARD 1 k LIMIT -1", NEGATIVE), ("SINTERCARD 1 k FOO", SYNTAX),
    ("SINTERCARD 1 k", WRONGTYPE), ("SINTERCARD 1 k LIMIT 1", WRONGTYPE),
    ("SINTERCARD 2 nokey k", WRONGTYPE), ("SINTERCARD 2 k nokey", WRONGTYPE),
])

# ---- SSCAN ---------------------------------------------------------------

case = area("set.sscan")
BAD_CURSOR = E("ERR invalid cursor")
for suffix, grow in BOTH:
    case("small-in-one-page" + suffix, [
        ("SADD s 1 2 3", 3)] + grow + [
        ("SSCAN s 0 COUNT 100", Exact(["0", Unordered("123")])),
        ("sscan s 0 count 100 match *", Exact(["0", Unordered("123")])),
        ("SSCAN s 0 MATCH 2 COUNT 100", Exact(["0", ["2"]])),
        ("SSCAN s 0 MATCH x COUNT 100", Exact(["0", []])),
    ])
case("no-key", [
    ("SSCAN s 0", ["0", []]), ("SSCAN s 17", ["0", []]),
    ("SSCAN s 0 MATCH * COUNT 5", ["0", []]), ("EXISTS s", 0),
])
case("single-member", [
    (("SADD", "s", b"\r\n\0"), 1), ("SSCAN s 0", ["0", [b"\r\n\0"]]),
    (("SADD", "t", ""), 1), ("SSCAN t 0", ["0", [""]]),
    ("SSCAN t 0 MATCH ?*", ["0", []]),
])
case("intset-ignores-count", [
    (("SADD", "s") + tuple(range(100)), 100),
    ("SSCAN s 0 COUNT 1", Exact(["0", Unordered(numbers(0, 100))])),
])
for name, pattern, want in [
        ("star", "f*", ["f1", "f2", "f10", "fa", "f"]),
        ("question", "f?", ["f1", "f2", "fa"]),
        ("set", "f[1a]", ["f1", "fa"]), ("not", "f[^1]", ["f2", "fa"]),
        ("range", "f[0-9]", ["f1", "f2"]), ("literal", "g", ["g"]),
        ("case", "F*", []), ("escaped", "\\*", ["*"]),
        ("middle", "*1*", ["f1", "f10", "21"]), ("integer", "2?", ["21"])]:
    case("match-" + name, [
        ("SADD s f1 f2 f10 fa f g * 21", 8),
        (("SSCAN", "s", "0", "MATCH", pattern, "COUNT", "100"),
         Exact(["0", Unordered(want)])),
    ])
case("match-integers", [
    ("SADD s 1 12 21 -1 212", 5),
    ("SSCAN s 0 MATCH *1 COUNT 100", Exact(["0", Unordered([
        "1", "21", "-1"])])),
    ("SSCAN s 0 MATCH -? COUNT 100", Exact(["0", ["-1"]])),
])
case("option-twice-last-wins", [
    ("SADD s a b", 2), ("SSCAN s 0 MATCH a COUNT 50 MATCH b COUNT 100",
                        Exact(["0", ["b"]])),
    ("SSCAN s 0 COUNT 100 COUNT 0", SYNTAX),
])
case("syntax", [("SADD s a", 1)] + [
    ("SSCAN s 0 " + tail, SYNTAX) for tail in (
        "FOO", "FOO 1", "MATCH", "COUNT", "COUNT 0", "COUNT -1",
        "COUNT 10 MATCH", "MATCH * 10", "TYPE set", "10",
        "COUNT " + MIN)])
case("count-not-an-integer", [
    ("SADD s a", 1), ("SSCAN s 0 COUNT abc", INT_ERR),
    ("SSCAN s 0 COUNT MATCH", INT_ERR),
    ("SSCAN s 0 COUNT 9223372036854775808", INT_ERR),
    ("SSCAN s 0 COUNT " + MAX, ["0", ["a"]]),
])
case("cursor-invalid", [
    ("SADD s a", 1), ("SET k v", OK), ("SSCAN s abc", BAD_CURSOR),
    ("SSCAN s 0x", BAD_CURSOR), ("SSCAN s 1.5", BAD_CURSOR),
    (("SSCAN", "s", " 0"), BAD_CURSOR), (("SSCAN", "s", "0 "), BAD_CURSOR),
    ("SSCAN s 18446744073709551616", BAD_CURSOR),
    ("SSCAN s abc FOO", BAD_CURSOR), ("SSCAN nokey abc", BAD_CURSOR),
    ("SSCAN k abc", BAD_CURSOR), ("SSCAN k 0", WRONGTYPE),
])
case("no-key-before-options", [
    ("SSCAN nokey 0 FOO", Exact(["0", []])),
    ("SSCAN nokey 0 COUNT 0", Exact(["0", []])),
    ("SET k v", OK), ("SSCAN k 0 FOO", WRONGTYPE),
])


@case.script("any-cursor-is-taken", needs=("SADD", "SSCAN"))
def any_cursor():
    """A cursor that no page gave may bring anything, but no error."""
    yield ("SADD", "s") + tuple(range(600)), 600
    for cursor in ("1", "1023", "1024", "65537", "18446744073709551615"):
        yield ("SSCAN", "s", cursor), PAGE


def scans(name, make, count, *options):
    @case.script(name, needs=("SADD", "SSCAN"))
    def whole():
        members = set(make(i).encode() for i in range(count))
        yield ("SADD", "s") + tuple(sorted(members)), count
        got = yield from drain("SSCAN", "s", *options)
        yield claim(set(got) == members, "every member")
        yield claim(len(got) == count, "no member twice", Exact)


scans("whole-intset", "%d".__mod__, 500)
scans("whole-integers", "%d".__mod__, 700)
scans("whole-words", "m%d".__mod__, 600)
scans("whole-words-count-1", "m%d".__mod__, 200, "COUNT", "1")
scans("whole-words-count-7", "m%d".__mod__, 600, "COUNT", "7")
scans("whole-words-count-1000", "m%d".__mod__, 600, "COUNT", "1000")


@case.script("match-over-pages", needs=("SADD", "SSCAN"))
def match_pages():
    yield ("SADD", "s", "x") + tuple(range(600)), 601
    got = yield from drain("SSCAN", "s", "MATCH", "*7", "COUNT", "20")
    yield claim(set(got) == {b"%d" % i for i in range(7, 600, 10)},
                "the members that end in 7")


def while_changing(name, change, start=600):
    """What is there from beginning to end comes at least once."""
    @case.script(name, needs=("SADD", "SREM", "SSCAN"), contexts="plain")
    def guarantee():
        stay = {b"stay%d" % i for i in range(start)}
        yield ("SADD", "s") + tuple(sorted(stay)), start
        yield ("SADD", "s") + tuple("go%d" % i for i in range(start)), start
        cursor, seen, turn = b"0", set(), 0
        while cursor is not None and turn < 5000:
            cursor, items = yield from page("SSCAN", "s", cursor)
            seen.update(items)
            if cursor == b"0":
                break
            for step in change(turn):
                yield step
            turn += 1
        yield claim(cursor == b"0", "an end")
        missing = sorted(stay - seen)
        yield claim(not missing, "every member, not without %r" % missing[:5])


while_changing("guarantee-while-it-shrinks", lambda turn: [
    (("SREM", "s") + tuple("go%d" % i for i in range(
        turn * 40, turn * 40 + 40)), ANY)])
while_changing("guarantee-while-it-grows", lambda turn: [
    (("SADD", "s") + tuple("new%d" % i for i in range(
        turn * 40, turn * 40 + 40)), 40)] if turn < 100 else [])
while_changing("guarantee-while-it-grows-and-shrinks", lambda turn: (
    [(("SADD", "s") + tuple("new%d" % i for i in range(2000)), 2000)]
    if turn % 8 == 0 else [
        (("SREM", "s") + tuple("new%d" % i for i in range(2000)), 2000)]
    if turn % 8 == 4 else []))


@case.script("intset-becomes-hashtable", needs=("SADD", "SSCAN"))
def becomes_hashtable():
    yield ("SADD", "s") + tuple(range(400)), 400
    cursor, items = yield from page("SSCAN", "s", "0", "COUNT", "10")
    yield ("SADD", "s", BIG), 1
    while cursor not in (b"0", None):
        cursor, more = yield from page("SSCAN", "s", cursor, "COUNT", "10")
        items += more
    yield claim(set(items) >= {b"%d" % i for i in range(400)},
                "every member")


@case.script("gone-before-is-not-seen", needs=("SADD", "SREM", "SSCAN"))
def gone_before():
    yield ("SADD", "s", "x") + tuple(range(600)), 601
    yield ("SREM", "s", "x") + tuple(range(0, 600, 3)), 201
    got = yield from drain("SSCAN", "s")
    yield claim(set(got) == {b"%d" % i for i in range(600) if i % 3},
                "only members that are there")


# ---- encodings -----------------------------------------------------------

case = area("set.encoding")
case("intset", [
    ("SADD s 1 2 3", 3), enc("s", "intset"), ("SADD s 2", 0),
    ("SADD s %s %s" % (MAX, MIN), 2), enc("s", "intset"),
    ("SREM s 1", 1), enc("s", "intset"),
])
for name, member in [
        ("word", "a"), ("empty", ""), ("zero-first", "01"), ("plus", "+1"),
        ("minus-zero", "-0"), ("float", "1.0"), ("blank-first", " 1"),
        ("blank-last", "1 "), ("nul", b"1\0"),
        ("too-big", "9223372036854775808"),
        ("too-small", "-9223372036854775809")]:
    case("no-integer-" + name, [
        ("SADD s 1 2", 2), enc("s", "intset"), (("SADD", "s", member), 1),
        enc("s", SMALL), ("SMEMBERS s", S(["1", "2", member])),
        (("SREM", "s", member), 1), enc("s", SMALL),
        ("SMEMBERS s", S(["1", "2"])),
    ])
    case("no-integer-alone-" + name, [
        (("SADD", "s", member), 1), enc("s", SMALL), ("SADD s 1", 1),
        ("SMEMBERS s", S([member, "1"])),
    ])
case("words-first", [
    ("SADD s a 1 2", 3), enc("s", SMALL), ("SREM s a", 1), enc("s", SMALL),
    ("SREM s 1 2", 2), ("SADD s 1", 1), enc("s", "intset"),
])
case("widths", [
    ("SADD s 1", 1), ("SADD s 32767", 1), ("SADD s -32768", 1),
    ("SADD s 32768", 1), ("SADD s -32769", 1), ("SADD s 2147483647", 1),
    ("SADD s -2147483648", 1), ("SADD s 2147483648", 1),
    ("SADD s -2147483649", 1), ("SADD s %s %s" % (MAX, MIN), 2),
    ("SMEMBERS s", S(["1", "32767", "-32768", "32768", "-32769",
                      "2147483647", "-2147483648", "2147483648",
                      "-2147483649", MAX, MIN])),
    ("SISMEMBER s 32768", 1), ("SISMEMBER s 32769", 0),
    ("SISMEMBER s -32769", 1), ("SISMEMBER s " + MIN, 1),
    ("SREM s 1 %s" % MIN, 2), ("SISMEMBER s " + MAX, 1), ("SCARD s", 9),
    enc("s", "intset"),
])
case("wider-by-a-lower-member", [
    ("SADD s 1 2 3", 3), ("SADD s " + MIN, 1), ("SADD s 0", 1),
    ("SMEMBERS s", S(["0", "1", "2", "3", MIN])), ("SREM s 1 2", 2),
    ("SMEMBERS s", S(["0", "3", MIN])),
])
case("default-entries", [
    (("SADD", "s") + tuple(range(512)), 512), enc("s", "intset"),
    ("SADD s 5", 0), enc("s", "intset"), ("SADD s 512", 1),
    enc("s", "hashtable"), ("SCARD s", 513), ("SISMEMBER s 511", 1),
    ("SREM s 512 511 510", 3), enc("s", "hashtable"),
])
case("entries", [
    ("SADD s 1 2 3", 3), enc("s", "intset"), ("SADD s 3", 0),
    enc("s", "intset"), ("SADD s 4", 1), enc("s", "hashtable"),
    ("SMEMBERS s", S("1234")),
], config={"set-max-intset-entries": "3"}, only="redis<7.2",
    why="a listpack comes between")
case("no-intsets", [
    ("SADD s 1", 1), ("SADD s 2", 1), ("SMEMBERS s", S("12")),
    enc("s", "hashtable"),
], config={"set-max-intset-entries": "0"}, only="redis<7.2",
    why="a listpack comes between")
case("store-over-the-limit", [
    ("SADD a 1 2 3", 3), ("SADD b 3 4 5", 3), enc("a", "intset"),
    ("SUNIONSTORE d a b", 5), enc("d", "hashtable"),
    ("SMEMBERS d", S("12345")), ("SINTERSTORE d a b", 1),
    enc("d", "intset"),
], config={"set-max-intset-entries": "3"}, only="redis<7.2",
    why="a listpack comes between")
case("big-member", [
    ("SADD s 1", 1), (("SADD", "s", "x" * 64), 1), enc("s", SMALL),
    (("SADD", "s", BIG), 1), enc("s", "hashtable"),
    ("SMEMBERS s", S(["1", "x" * 64, BIG])),
])

# ---- the key as a whole --------------------------------------------------

case = area("set.key")
case("expires", [
    ("SADD s a", 1), ("PEXPIRE s 3", 1), ("DEBUG SLEEP 0.01", OK),
    ("SMEMBERS s", S([])), ("SISMEMBER s a", 0), ("SPOP s", NIL),
    ("SADD s a", 1), ("TTL s", -1),
], contexts="plain")
case("expired-is-no-source", [
    ("SADD s a", 1), ("SADD t b", 1), ("PEXPIRE s 3", 1),
    ("DEBUG SLEEP 0.01", OK), ("SUNION s t", S(["b"])),
    ("SMOVE s t a", 0), ("SINTERSTORE d s s", 0), ("SDIFF t s", S(["b"])),
], contexts="plain")
case("reads-of-another-type", [("SET k v", OK)] + [
    (command, WRONGTYPE) for command in (
        "SCARD k", "SMEMBERS k", "SISMEMBER k a", "SMISMEMBER k a b")
] + [("GET k", "v")], seen="valkey#3516")
case("commands-in-lower-case", [
    ("sadd s a b", 2), ("sCaRd s", 2), ("smembers s", S(["a", "b"])),
    ("smismember s a x", [1, 0]), ("srem s b", 1), ("smove s t a", 1),
    ("sunionstore d t", 1), ("sintercard 1 t limit 1", 1),
    ("srandmember t", "a"), ("spop t 1", S(["a"])),
])

REPLIES = {
    "SADD": "int error", "SCARD": "int error", "SDIFF": "set error",
    "SDIFFSTORE": "int error", "SINTER": "set error",
    "SINTERCARD": "int error", "SINTERSTORE": "int error",
    "SISMEMBER": "int error", "SMEMBERS": "set error",
    "SMISMEMBER": "array error", "SMOVE": "int error",
    "SPOP": "bulk null set error", "SRANDMEMBER": "bulk null array error",
    "SREM": "int error", "SSCAN": "array error", "SUNION": "set error",
    "SUNIONSTORE": "int error",
}
