"""SORT and SORT_RO."""

from conformance.cases import *  # noqa: F403
from conformance.cases.generic import FAR, KINDS

NOT_DOUBLE = E("ERR One or more scores can't be converted into double")
BOTH = ("SORT", "SORT_RO")
LIST, NONE = Simple("list"), Simple("none")
NUMBERS = ("RPUSH l 3 1 10 2", 4)
WORDS = ("RPUSH l b a d c", 4)
WEIGHTS = ("MSET w_a 3 w_b 1 w_c 2 w_d 0", OK)
SORTED = ["1", "2", "3", "10"]


def both(topic, name, steps, **how):
    """A case for SORT and one for SORT_RO; steps say SORT."""
    for word in BOTH:
        area("generic.%s.%s" % (word.lower(), topic))(name, [
            (command.replace("SORT", word, 1), want)
            if isinstance(command, str) else
            ((word,) + command[1:] if command[0] == "SORT" else command,
             want) for command, want in steps], **how)


# ---- order -----------------------------------------------------------------

both("order", "no-key", [
    ("SORT k", []), ("SORT k ALPHA DESC", []), ("SORT k BY w_*", []),
    ("SORT k GET # GET o_*", []), ("SORT k LIMIT 0 10", []),
    ("EXISTS k", 0),
])
both("order", "numbers-of-a-list", [
    NUMBERS, ("SORT l", SORTED), ("SORT l ASC", SORTED),
    ("SORT l DESC", ["10", "3", "2", "1"]), ("sort l desc",
                                             ["10", "3", "2", "1"]),
    ("LRANGE l 0 -1", ["3", "1", "10", "2"]),
])
both("order", "numbers-of-a-set", [
    ("SADD s 3 1 10 2", 4), ("SORT s", SORTED),
    ("SORT s DESC", ["10", "3", "2", "1"]),
])
both("order", "numbers-of-a-zset", [
    ("ZADD z 1 30 2 20 3 10", 3), ("SORT z", ["10", "20", "30"]),
    ("SORT z DESC", ["30", "20", "10"]),
])
both("order", "asc-and-desc-last-wins", [
    NUMBERS, ("SORT l ASC DESC", ["10", "3", "2", "1"]),
    ("SORT l DESC ASC", SORTED), ("SORT l DESC DESC", ["10", "3", "2", "1"]),
])
both("order", "fractions-and-signs", [
    ("RPUSH l 1.5 -2 .5 1e2 +3 0x10 -0.25", 7),
    ("SORT l", ["-2", "-0.25", ".5", "1.5", "+3", "0x10", "1e2"]),
])
both("order", "infinities", [
    ("RPUSH l 1 inf -inf 0", 4), ("SORT l", ["-inf", "0", "1", "inf"]),
])
both("order", "equal-numbers-go-by-text", [
    ("RPUSH l 1.0 1 1.00 01", 4), ("SORT l", ["01", "1", "1.0", "1.00"]),
    ("SORT l DESC", ["1.00", "1.0", "1", "01"]),
], level=EXACT)
both("order", "empty-string-is-zero", [
    (("RPUSH", "l", "1", "", "-1"), 3), ("SORT l", ["-1", "", "1"]),
], level=EXACT)
both("order", "duplicates-stay", [
    ("RPUSH l 2 1 2 1", 4), ("SORT l", ["1", "1", "2", "2"]),
])
both("order", "many", [
    (["RPUSH", "l"] + [(i * 7919) % 1000 for i in range(1000)], 1000),
    ("SORT l", [str(i) for i in range(1000)]),
    ("SORT l DESC LIMIT 0 3", ["999", "998", "997"]),
    ("SORT l LIMIT 500 2", ["500", "501"]),
])
both("order", "not-a-number", [
    ("RPUSH l 1 abc 2", 3), ("SORT l", NOT_DOUBLE),
    ("SORT l DESC LIMIT 0 1", NOT_DOUBLE), ("LLEN l", 3),
])
for i, word in enumerate(("a", "1a", " 1 ", "nan", "1e400", "1,5", "--1")):
    both("order", "not-a-number-%d" % i, [
        (("RPUSH", "l", "1", word), 2), ("SORT l", NOT_DOUBLE)])
both("order", "one-element-that-is-no-number", [
    ("RPUSH l abc", 1), ("SORT l", NOT_DOUBLE),
    ("SORT l LIMIT 5 5", NOT_DOUBLE),
], level=SHOULD)

# ---- ALPHA -----------------------------------------------------------------

both("alpha", "words", [
    WORDS, ("SORT l ALPHA", ["a", "b", "c", "d"]),
    ("SORT l ALPHA DESC", ["d", "c", "b", "a"]),
    ("SORT l DESC alpha", ["d", "c", "b", "a"]),
    ("SORT l ALPHA ALPHA", ["a", "b", "c", "d"]),
])
both("alpha", "numbers-as-text", [
    NUMBERS, ("SORT l ALPHA", ["1", "10", "2", "3"]),
])
both("alpha", "prefix-and-empty", [
    (("RPUSH", "l", "ab", "a", "", "abc"), 4),
    ("SORT l ALPHA", ["", "a", "ab", "abc"]),
])
both("alpha", "set-and-zset", [
    ("SADD s b a c", 3), ("SORT s ALPHA", ["a", "b", "c"]),
    ("ZADD z 1 c 2 b 3 a", 3), ("SORT z ALPHA", ["a", "b", "c"]),
    ("SORT z ALPHA DESC LIMIT 0 1", ["c"]),
])

# ---- LIMIT -----------------------------------------------------------------

both("limit", "part", [
    NUMBERS, ("SORT l LIMIT 0 2", ["1", "2"]),
    ("SORT l LIMIT 1 2", ["2", "3"]), ("SORT l limit 3 10", ["10"]),
    ("SORT l DESC LIMIT 0 1", ["10"]),
])
both("limit", "beyond-the-end", [
    NUMBERS, ("SORT l LIMIT 4 1", []), ("SORT l LIMIT 100 10", []),
    ("SORT l LIMIT 3 1", ["10"]),
])
both("limit", "none-and-all", [
    NUMBERS, ("SORT l LIMIT 0 0", []), ("SORT l LIMIT 1 0", []),
    ("SORT l LIMIT 0 -1", SORTED), ("SORT l LIMIT 2 -1", ["3", "10"]),
    ("SORT l LIMIT 0 -100", SORTED),
])
both("limit", "negative-offset-is-zero", [
    NUMBERS, ("SORT l LIMIT -1 2", ["1", "2"]),
    ("SORT l LIMIT -100 -1", SORTED), ("SORT l LIMIT -1 0", []),
])
both("limit", "twice-last-wins", [
    NUMBERS, ("SORT l LIMIT 0 1 LIMIT 1 2", ["2", "3"]),
])
both("limit", "extreme-numbers", [
    NUMBERS, ("SORT l LIMIT 0 2147483647", SORTED),
    ("SORT l LIMIT 1 9223372036854775806", ["2", "3", "10"]),
    ("SORT l LIMIT -9223372036854775808 1", ["1"]),
])
both("limit", "not-int", [
    NUMBERS, ("SORT l LIMIT a 1", INT_ERR), ("SORT l LIMIT 0 b", INT_ERR),
    ("SORT l LIMIT 1.5 1", INT_ERR), (("SORT", "l", "LIMIT", "", "1"),
                                      INT_ERR),
    ("SORT l LIMIT 9223372036854775808 1", INT_ERR),
    ("SORT nokey LIMIT a 1", INT_ERR),
])

# ---- BY --------------------------------------------------------------------

both("by", "key-pattern", [
    WORDS, WEIGHTS, ("SORT l BY w_*", ["d", "b", "c", "a"]),
    ("SORT l by w_* DESC", ["a", "c", "b", "d"]),
    ("SORT l BY w_* LIMIT 1 2", ["b", "c"]),
])
both("by", "hash-field", [
    WORDS, ("HSET h_a f 3", 1), ("HSET h_b f 1", 1), ("HSET h_c f 2", 1),
    ("HSET h_d f 0", 1), ("SORT l BY h_*->f", ["d", "b", "c", "a"]),
    ("SORT l BY h_*->f DESC", ["a", "c", "b", "d"]),
])
both("by", "missing-weight-is-zero", [
    WORDS, ("MSET w_a 1 w_b -1", OK), ("SORT l BY w_*", ["b", "c", "d", "a"]),
])
both("by", "missing-field-is-zero", [
    WORDS, ("HSET h_a f 1", 1), ("HSET h_b f -1", 1), ("HSET h_c g 9", 1),
    ("SORT l BY h_*->f", ["b", "c", "d", "a"]),
])
both("by", "alpha", [
    WORDS, ("MSET w_a z w_b y w_c x w_d w", OK),
    ("SORT l BY w_* ALPHA", ["d", "c", "b", "a"]),
    ("SORT l BY w_* ALPHA DESC", ["a", "b", "c", "d"]),
])
both("by", "alpha-missing-comes-first", [
    ("RPUSH l a b c", 3), ("SET w_a x", OK), ("SET w_c w", OK),
    ("SORT l BY w_* ALPHA", ["b", "c", "a"]),
])
both("by", "not-a-number", [
    WORDS, ("MSET w_a 1 w_b x", OK), ("SORT l BY w_*", NOT_DOUBLE),
])
both("by", "key-of-another-type-is-missing", [
    ("RPUSH l a b c", 3), ("RPUSH w_a 9", 1), ("SET w_b -1", OK),
    ("SET w_c 1", OK), ("SORT l BY w_*", ["b", "a", "c"]),
])
both("by", "constant-keeps-the-order", [
    WORDS, ("SORT l BY nosort", ["b", "a", "d", "c"]),
    (("SORT", "l", "BY", ""), ["b", "a", "d", "c"]),
    ("SORT l BY nosort LIMIT 1 2", ["a", "d"]),
])
both("by", "constant-with-desc-goes-backwards", [
    WORDS, ("SORT l BY nosort DESC", ["c", "d", "a", "b"]),
    ("SORT l BY nosort DESC LIMIT 0 1", ["c"]),
], level=EXACT)
both("by", "constant-keeps-the-order-of-a-zset", [
    ("ZADD z 3 a 1 b 2 c", 3), ("SORT z BY nosort", ["b", "c", "a"]),
    ("SORT z BY nosort ASC", ["b", "c", "a"]),
    ("SORT z BY nosort DESC", ["a", "c", "b"]),
    ("SORT z BY nosort LIMIT 1 1", ["c"]),
    ("SORT z BY nosort DESC LIMIT 1 2", ["c", "b"]),
    ("SORT z BY nosort LIMIT 5 1", []),
    ("SORT z BY nosort LIMIT 0 -1", ["b", "c", "a"]),
])
both("by", "constant-keeps-the-order-of-a-skiplist", [
    ("ZADD z 3 a 1 b 2 c 0 d", 4),
    ("SORT z BY nosort DESC LIMIT 0 2", ["a", "c"]),
    ("SORT z BY nosort LIMIT 2 10", ["c", "a"]),
], config={"zset-max-listpack-entries": "1"})
both("by", "constant-leaves-the-order-of-a-set-open", [
    ("SADD s a b c", 3), ("SORT s BY nosort", Unordered(["a", "b", "c"])),
    ("SORT s BY nosort LIMIT 0 2", Subset(["a", "b", "c"], 2)),
])
both("by", "constant-needs-no-numbers", [
    ("RPUSH l x 1 y", 3), ("SORT l BY k", ["x", "1", "y"]),
])
both("by", "only-the-first-star-counts", [
    ("RPUSH l a b", 2), (("MSET", "w_a_*", "2", "w_b_*", "1"), OK),
    ("SORT l BY w_*_*", ["b", "a"]),
])
both("by", "star-alone", [
    ("RPUSH l a b", 2), ("MSET a 2 b 1", OK), ("SORT l BY *", ["b", "a"]),
])
both("by", "star-after-the-arrow-is-a-constant", [
    ("RPUSH l b a", 2), ("HSET h a 1 b 2", 2),
    ("SORT l BY h->x", ["b", "a"]),
])
both("by", "equal-weights-go-by-text", [
    WORDS, ("MSET w_a 1 w_b 1 w_c 1 w_d 1", OK),
    ("SORT l BY w_*", ["a", "b", "c", "d"]),
    ("SORT l BY w_* DESC", ["d", "c", "b", "a"]),
], level=EXACT)
both("by", "last-wins", [
    ("RPUSH l a b", 2), ("MSET v_a 1 v_b 2 w_a 2 w_b 1", OK),
    ("SORT l BY v_* BY w_*", ["b", "a"]),
])
both("by", "a-constant-before-a-pattern", [
    ("RPUSH l b a", 2), ("MSET w_a 1 w_b 2", OK),
    ("SORT l BY w_* BY nosort", ["b", "a"]),
], level=EXACT)

# ---- GET -------------------------------------------------------------------

both("get", "key-pattern", [
    ("RPUSH l 2 1", 2), ("MSET o_1 one o_2 two", OK),
    ("SORT l GET o_*", ["one", "two"]), ("SORT l get o_* DESC",
                                         ["two", "one"]),
])
both("get", "itself", [
    ("RPUSH l 2 1", 2), ("SORT l GET #", ["1", "2"]),
    ("SORT l GET # GET #", ["1", "1", "2", "2"]),
])
both("get", "missing-is-null", [
    ("RPUSH l 2 1", 2), ("SET o_2 two", OK), ("SORT l GET o_*",
                                              [NIL, "two"]),
    ("SORT l GET # GET o_*", ["1", NIL, "2", "two"]),
])
both("get", "hash-field", [
    ("RPUSH l 2 1", 2), ("HSET h_1 f one", 1), ("HSET h_2 g two", 1),
    ("SORT l GET h_*->f", ["one", NIL]),
    ("SORT l GET h_*->f GET h_*->g GET #",
     ["one", NIL, "1", NIL, "two", "2"]),
])
both("get", "of-another-type-is-null", [
    ("RPUSH l 1", 1), ("RPUSH o_1 x", 1), ("SORT l GET o_*", [NIL]),
    ("SORT l GET o_*->f", [NIL]), ("SET s_1 v", OK),
    ("SORT l GET s_*->f", [NIL]), ("HSET h_1 f v", 1),
    ("SORT l GET h_*", [NIL]),
])
both("get", "pattern-without-star-is-null", [
    ("RPUSH l 1 2", 2), ("SET k v", OK), ("SORT l GET k", [NIL, NIL]),
    (("SORT", "l", "GET", ""), [NIL, NIL]),
])
both("get", "counts-elements-not-values-in-limit", [
    ("RPUSH l 3 2 1", 3), ("SORT l LIMIT 1 1 GET # GET #", ["2", "2"]),
])
both("get", "arrow-without-field", [
    (("RPUSH", "l", "1"), 1), (("SET", "o_1->", "v"), OK),
    ("SORT l GET o_*->", ["v"]),
], level=EXACT)
both("get", "by-nosort", [
    ("RPUSH l 2 1", 2), ("MSET o_1 one o_2 two", OK),
    ("SORT l BY nosort GET # GET o_*", ["2", "two", "1", "one"]),
])
both("get", "binary", [
    (("RPUSH", "l", b"\r\n"), 1), (("SET", b"o_\r\n", b"\0\r\n"), OK),
    ("SORT l ALPHA GET o_* GET #", [b"\0\r\n", b"\r\n"]),
])
both("get", "by-and-get-and-limit", [
    WORDS, WEIGHTS, ("MSET o_a A o_b B o_c C o_d D", OK),
    ("SORT l BY w_* LIMIT 1 2 GET o_* GET w_* DESC ALPHA",
     ["C", "2", "B", "1"]),
])

# ---- STORE -----------------------------------------------------------------

case = area("generic.sort.store")
case("list-from-each-type", [
    NUMBERS, ("SORT l STORE d", 4), ("LRANGE d 0 -1", SORTED),
    ("TYPE d", LIST), ("SADD s 2 1", 2), ("SORT s STORE d", 2),
    ("LRANGE d 0 -1", ["1", "2"]), ("ZADD z 1 9 2 8", 2),
    ("SORT z DESC store d", 2), ("LRANGE d 0 -1", ["9", "8"]),
])
case("onto-itself", [
    NUMBERS, ("SORT l STORE l", 4), ("LRANGE l 0 -1", SORTED),
    ("SADD s 2 1", 2), ("SORT s STORE s", 2), ("TYPE s", LIST),
])
case("nothing-deletes", [
    ("SET d v", OK), ("SORT nokey STORE d", 0), ("EXISTS d", 0),
    ("SORT nokey STORE d", 0), NUMBERS, ("RPUSH d x", 1),
    ("SORT l LIMIT 9 9 STORE d", 0), ("TYPE d", NONE),
])
case("drops-the-ttl", [
    NUMBERS, ("SET d v EXAT %d" % FAR, OK), ("SORT l STORE d", 4),
    ("TTL d", -1), ("EXPIREAT l %d" % FAR, 1), ("SORT l STORE l", 4),
    ("TTL l", -1),
])
case("null-becomes-empty", [
    ("RPUSH l 2 1", 2), ("SET o_2 two", OK), ("SORT l GET o_* STORE d", 2),
    ("LRANGE d 0 -1", ["", "two"]),
])
case("counts-values", [
    ("RPUSH l 2 1", 2), ("SORT l GET # GET # GET nope_* STORE d", 6),
    ("LRANGE d 0 -1", ["1", "1", "", "2", "2", ""]),
])
case("options", [
    WORDS, WEIGHTS, ("SORT l STORE d BY w_* LIMIT 0 2", 2),
    ("LRANGE d 0 -1", ["d", "b"]), ("SORT l ALPHA DESC STORE d", 4),
    ("LRANGE d 0 -1", ["d", "c", "b", "a"]),
    ("SORT l BY nosort STORE d", 4), ("LRANGE d 0 -1",
                                      ["b", "a", "d", "c"]),
])
case("by-constant-sorts-a-set-by-text", [
    ("SADD s c a b", 3), ("SORT s BY nosort STORE d", 3),
    ("LRANGE d 0 -1", ["a", "b", "c"]),
], level=EXACT)
case("twice-last-wins", [
    NUMBERS, ("SORT l STORE d STORE e", 4), ("EXISTS d e", 1),
    ("LLEN e", 4),
])
case("error-changes-nothing", [
    ("RPUSH l a b", 2), ("SET d v", OK), ("SORT l STORE d", NOT_DOUBLE),
    ("GET d", "v"), ("HSET h f v", 1),
    ("SORT h STORE d", WRONGTYPE), ("GET d", "v"),
])
for kind, make, _, _ in KINDS:
    case("replaces-" + kind, [
        (make, ANY), ("RPUSH src 2 1", 2), ("SORT src STORE k", 2),
        ("LRANGE k 0 -1", ["1", "2"]),
    ])
case("binary", [
    (("RPUSH", "l", b"\r\n", b"\0", "10"), 3),
    (("SORT", "l", "ALPHA", "STORE", b"\xff\r\n"), 3),
    (("LRANGE", b"\xff\r\n", "0", "-1"), [b"\0", b"\r\n", "10"]),
])
area("generic.sort_ro")("store-is-not-its-option", [
    NUMBERS, ("SORT_RO l STORE d", SYNTAX), ("SORT_RO l STORE", SYNTAX),
    ("EXISTS d", 0),
])

# ---- errors ----------------------------------------------------------------

both("error", "syntax", [NUMBERS] + [
    ("SORT l " + tail, SYNTAX) for tail in (
        "FOO", "LIMIT", "LIMIT 0", "BY", "GET", "ASC FOO", "LIMIT 0 1 2",
        "DESCALPHA", "GET # BY")
] + [(("SORT", "l", ""), SYNTAX), ("SORT nokey FOO", SYNTAX)])
area("generic.sort.error")("store-without-key", [
    NUMBERS, ("SORT l STORE", SYNTAX), ("SORT l GET # STORE", SYNTAX),
])
both("error", "syntax-before-type", [
    ("SET s v", OK), ("SORT s FOO", SYNTAX), ("SORT s LIMIT a b", INT_ERR),
    ("SORT s", WRONGTYPE), ("SORT s BY nosort GET #", WRONGTYPE),
])
both("error", "first-error-wins", [
    NUMBERS, ("SORT l LIMIT a b FOO", INT_ERR),
    ("SORT l FOO LIMIT a b", SYNTAX),
])
for kind, make, _, _ in KINDS:
    if kind in ("string", "hash", "stream"):
        both("error", "type-" + kind, [
            (make, ANY), ("SORT k", WRONGTYPE), ("SORT k ALPHA", WRONGTYPE),
            ("SORT k BY nosort LIMIT 0 0", WRONGTYPE),
            ("TYPE k", Simple(kind)),
        ])


REPLIES = {"SORT": "array int error", "SORT_RO": "array error"}
