"""Hash commands."""

from conformance.cases import *  # noqa: F403
from conformance.expect import At, Want, expected, wrong_type

MAX, MIN = "9223372036854775807", "-9223372036854775808"
NOT_INT = E("ERR hash value is not an integer")
NOT_FLOAT = E("ERR hash value is not a float")
OVERFLOW = E("ERR increment or decrement would overflow")
NAN_INF = E("ERR increment would produce NaN or Infinity")
BIG = "x" * 65              # a listpack has no longer values
ENCODING = "OBJECT ENCODING h"
BYTES = bytes(range(256))
# What makes a hash leave its listpack; it never goes back.
GROW = [(("HSET", "h", "~", BIG), 1), ("HDEL h ~", 1)]
BOTH = [("", []), ("-hashtable", GROW)]


def enc(name):
    return Exact(name)


class Flat(M):
    """A map that is a flat array in both protocols."""

    def differs(self, at, got):
        return M.differs(self, At(2, at.dialects), got)


class SomePairs(Want):
    """`count` pairs out of these, in any order, each once; with
    repeats=True any number of times. RESP2: flat array."""

    def __init__(self, what, count, repeats=False):
        self.what, self.count, self.repeats = what, count, repeats

    def differs(self, at, got):
        if type(got) is not Array:
            return wrong_type("an array of pairs", Array, got)
        pairs = [(k, v) for k, v in zip(got.v[::2], got.v[1::2])]
        if at.proto == 3:
            pairs = [tuple(p.v) if type(p) is Array else p for p in got.v]
        if len(got.v) != self.count * (2 if at.proto == 2 else 1):
            return expected("%d pairs" % self.count, got, "wrong-count")
        left = [(Bulk(k), Bulk(v)) for k, v in self.what]
        for pair in pairs:
            if pair not in left:
                return expected("pairs of %r" % (self.what,), got)
            if not self.repeats:
                left.remove(pair)
        return None


class Digits(Want):
    """Bulk with these digits; others within `by` of them are EXACT."""

    def __init__(self, what, by):
        self.what, self.by = what, by

    def differs(self, at, got):
        if type(got) is Bulk and got.v == self.what.encode():
            return None
        wrong = Near(float(self.what), self.by, Bulk).differs(at, got)
        return wrong or expected(repr(self.what), got, "digits").lowered(EXACT)


# ---- scanning, for hashes and sets ---------------------------------------

PAGE = [Re(rb"[0-9]+"), ListOf(Re(rb".*"))]


def claim(ok, what, lower=None):
    """A step that states what was gathered."""
    want = Shape(lambda _: ok, what)
    return "PING", lower(want) if lower else want


def page(*words):
    """One page: its cursor and items, (None, []) when it is no page."""
    reply = yield words, PAGE
    try:
        return reply.v[0].v, [item.v for item in reply.v[1].v]
    except (AttributeError, IndexError, TypeError):
        return None, []


def drain(command, key, *options):
    """Every item of a whole iteration."""
    cursor, out = b"0", []
    for _ in range(5000):
        cursor, items = yield from page(command, key, cursor, *options)
        out += items
        if cursor in (b"0", None):
            return out
    yield claim(False, "the cursor 0 within 5000 pages")
    return out


def spread(items, draws, least):
    """That many draws, each item at least so often."""
    return Shape(lambda got: type(got) is Array and len(got.v) == draws and
                 all(got.v.count(Bulk(i)) >= least for i in items),
                 "%d draws, each item at least %d times" % (draws, least))


def first(items):
    """The fields of flat pairs."""
    return items[::2]


# ---- HSET, HSETNX, HMSET -------------------------------------------------

case = area("hash.hset")

for suffix, grow in BOTH:
    case("create-and-update" + suffix, [
        ("HSET h a 1", 1)] + grow + [
        ("HGET h a", "1"), ("HSET h a 2", 0), ("HGET h a", "2"),
        ("HSET h b 3", 1), ("HLEN h", 2),
        ("HGETALL h", M([("a", "2"), ("b", "3")])),
    ])
    case("counts-new-fields-only" + suffix, [
        ("HSET h a 1 b 2", 2)] + grow + [
        ("HSET h a 3 b 4 c 5", 1), ("HSET h c 6 a 7", 0),
        ("HGETALL h", M([("a", "7"), ("b", "4"), ("c", "6")])),
    ])
    case("field-twice-last-wins" + suffix, [
        ("HSET h z 0", 1)] + grow + [
        ("HSET h a 1 a 2 b 3 a 4", 2), ("HMGET h a b", ["4", "3"]),
        ("HLEN h", 3),
    ])
    case("value-changes-size" + suffix, [
        ("HSET h a 1 b 2 c 3", 3)] + grow + [
        (("HSET", "h", "b", "y" * 60), 0), ("HGET h b", "y" * 60),
        (("HSET", "h", "b", ""), 0), ("HGET h b", ""),
        ("HMGET h a b c", ["1", "", "3"]),
        (("HSET", "h", "b", "z" * 5000), 0), ("HSTRLEN h b", 5000),
        ("HMGET h a c", ["1", "3"]),
    ])
    case("empty-field-and-value" + suffix, [
        (("HSET", "h", "", "v", "f", ""), 2)] + grow + [
        (("HGET", "h", ""), "v"), ("HGET h f", ""),
        (("HEXISTS", "h", ""), 1), (("HSTRLEN", "h", ""), 1),
        (("HSET", "h", "", ""), 0), (("HGET", "h", ""), ""),
        (("HDEL", "h", ""), 1), ("HLEN h", 1),
    ])
    case("binary" + suffix, [
        (("HSET", "h", b"\r\n\0", b"\0\r\n\xff", b"\r\n", ""), 2)] + grow + [
        (("HGET", "h", b"\r\n\0"), b"\0\r\n\xff"),
        (("HGET", "h", b"\r\n"), ""), (("HGET", "h", b"\r"), NIL),
        ("HKEYS h", Unordered([b"\r\n\0", b"\r\n"])),
        ("HGETALL h", M([(b"\r\n\0", b"\0\r\n\xff"), (b"\r\n", "")])),
    ])

case("every-byte", [
    (("HSET", "h", BYTES, BYTES[::-1]), 1),
    ("HGETALL h", M([(BYTES, BYTES[::-1])])),
    (("HGET", "h", BYTES), BYTES[::-1]), (("HDEL", "h", BYTES), 1),
])
case("numbers-stay-text", [
    ("HSET h a 007 b +1 c -0 d 1.50 e %s f %s" % (MAX, MIN), 6),
    ("HMGET h a b c d e f", ["007", "+1", "-0", "1.50", MAX, MIN]),
    (("HSET", "h", "a", " 1", "b", "1 ", "c", "1e2"), 0),
    ("HMGET h a b c", [" 1", "1 ", "1e2"]),
])
case("fields-that-are-numbers", [
    ("HSET h 1 a 01 b -1 c 1.0 d %s e" % MAX, 5),
    ("HMGET h 1 01 -1 1.0 %s +1" % MAX, ["a", "b", "c", "d", "e", NIL]),
    ("HDEL h 01 1", 2), ("HGET h 1.0", "d"),
])
case("fields-are-bytes", [
    ("HSET h a 1 A 2", 2), (("HSET", "h", b"a\0", "3", "a ", "4"), 2),
    ("HGET h a", "1"), ("HGET h A", "2"), (("HGET", "h", b"a\0"), "3"),
    ("HLEN h", 4),
])
case("keeps-ttl", [
    ("HSET h a 1", 1), ("EXPIRE h 100", 1), ("HSET h a 2 b 3", 1),
    ("TTL h", Between(99, 100)),
])
case("odd-arguments", [
    ("HSET h a", arity("hset")), ("HSET h a 1 b", arity("hset")),
    ("HSET h a 1 b 2 c", arity("hset")), ("EXISTS h", 0),
    ("HSET h a 1", 1), ("HSET h a 2 b", arity("hset")), ("HGET h a", "1"),
])
case("odd-arguments-before-type", [
    ("SET s v", OK), ("HSET s a 1 b", arity("hset")),
    ("HSET s a 1", WRONGTYPE), ("GET s", "v"),
])
case("big-value", [
    (("HSET", "h", "f", b"\0\r\n" * 300000, "g", "v"), 2),
    ("HSTRLEN h f", 900000), ("HGET h f", b"\0\r\n" * 300000),
    ("HGET h g", "v"), ("HGETALL h", M([
        ("f", b"\0\r\n" * 300000), ("g", "v")])),
])
case("big-field", [
    (("HSET", "h", b"f" * 100000, "v"), 1),
    (("HGET", "h", b"f" * 100000), "v"),
    (("HGET", "h", b"f" * 99999), NIL), ("HKEYS h", ["f" * 100000]),
])
case("a-thousand-fields", [
    (("HSET", "h") + tuple(w for i in range(1000)
                           for w in ("f%d" % i, "v%d" % i)), 1000),
    ("HLEN h", 1000), ("HGET h f999", "v999"), ("HGET h f1000", NIL),
    ("HGETALL h", M([("f%d" % i, "v%d" % i) for i in range(1000)])),
])
case("type", [
    ("HSET h a 1", 1), ("TYPE h", Simple("hash")), ("EXISTS h", 1),
    ("DBSIZE", 1),
])
case("empty-key", [
    (("HSET", "", "a", "1"), 1), (("HGET", "", "a"), "1"),
    (("HDEL", "", "a"), 1), (("EXISTS", ""), 0),
])

case = area("hash.hsetnx")

for suffix, grow in BOTH:
    case("set-once" + suffix, [
        ("HSETNX h a 1", 1)] + grow + [
        ("HSETNX h a 2", 0), ("HGET h a", "1"),
        ("HSETNX h b 3", 1), ("HLEN h", 2), ("HDEL h a", 1),
        ("HSETNX h a 4", 1), ("HGET h a", "4"),
    ])
case("empty-value-is-there", [
    (("HSETNX", "h", "", ""), 1), (("HSETNX", "h", "", "v"), 0),
    (("HGET", "h", ""), ""),
])
case("keeps-ttl", [
    ("HSET h a 1", 1), ("EXPIRE h 100", 1), ("HSETNX h a 2", 0),
    ("HSETNX h b 2", 1), ("TTL h", Between(99, 100)),
])
case("one-pair-only", [
    ("HSETNX h a 1 b 2", arity("hsetnx")), ("HSETNX h a", arity("hsetnx")),
    ("EXISTS h", 0),
])

case = area("hash.hmset")

for suffix, grow in BOTH:
    case("ok-whether-new-or-not" + suffix, [
        ("HMSET h a 1 b 2", OK)] + grow + [
        ("HMSET h a 3", OK), ("HMSET h a 4 c 5 c 6", OK),
        ("HGETALL h", M([("a", "4"), ("b", "2"), ("c", "6")])),
    ])
case("odd-arguments", [
    ("HMSET h a", arity("hmset")), ("HMSET h a 1 b", arity("hmset")),
    ("EXISTS h", 0), ("SET s v", OK), ("HMSET s a 1 b", arity("hmset")),
])
case("keeps-ttl", [
    ("HMSET h a 1", OK), ("EXPIRE h 100", 1), ("HMSET h a 2", OK),
    ("TTL h", Between(99, 100)),
])

# ---- reading -------------------------------------------------------------

case = area("hash.hget")
for suffix, grow in BOTH:
    case("hit-and-miss" + suffix, [
        ("HGET h a", NIL), ("HSET h a 1", 1)] + grow + [
        ("HGET h a", "1"), ("HGET h A", NIL), ("HGET h 1", NIL),
        (("HGET", "h", ""), NIL), ("hget h a", "1"), ("HGET nokey a", NIL),
        ("EXISTS nokey", 0),
    ])
case("values-are-no-fields", [
    ("HSET h a b b c", 2), ("HGET h b", "c"), ("HGET h c", NIL),
    ("HEXISTS h c", 0), ("HDEL h c", 0),
])

case = area("hash.hmget")
for suffix, grow in BOTH:
    case("in-the-order-asked" + suffix, [
        ("HSET h a 1 b 2 c 3", 3)] + grow + [
        ("HMGET h c a b", ["3", "1", "2"]), ("HMGET h b", ["2"]),
        ("HMGET h a nope c", ["1", NIL, "3"]),
        ("HMGET h nope", [NIL]),
    ])
case("field-twice", [
    ("HSET h a 1", 1), ("HMGET h a a x a x", ["1", "1", NIL, "1", NIL]),
])
case("no-key", [
    ("HMGET nokey a", [NIL]), ("HMGET nokey a b a", [NIL, NIL, NIL]),
    ("EXISTS nokey", 0),
])
case("empty-value-is-no-null", [
    (("HSET", "h", "a", ""), 1), ("HMGET h a b", ["", NIL]),
])
case("many", [
    (("HSET", "h") + tuple(w for i in range(0, 400, 2)
                           for w in ("%d" % i, "v%d" % i)), 200),
    (("HMGET", "h") + tuple(range(400)),
     ["v%d" % i if i % 2 == 0 else NIL for i in range(400)]),
])

case = area("hash.hgetall", seen="redis#9178")
for suffix, grow in BOTH:
    case("map" + suffix, [
        ("HSET h a 1 b 2 c 3", 3)] + grow + [
        ("HGETALL h", M([("a", "1"), ("b", "2"), ("c", "3")])),
        ("HDEL h b", 1), ("HGETALL h", M([("a", "1"), ("c", "3")])),
        ("HSET h a 4", 0), ("HGETALL h", M([("a", "4"), ("c", "3")])),
    ])
case("no-key", [
    ("HGETALL nokey", M([])), ("HSET h a 1", 1), ("HDEL h a", 1),
    ("HGETALL h", M([])),
])
case("equal-values", [
    ("HSET h a v b v v v", 3),
    ("HGETALL h", M([("a", "v"), ("b", "v"), ("v", "v")])),
])
case("small-keeps-order", [
    ("HSET h c 1 a 2 b 3", 3), ("HSET h c 4", 0), ("HSET h 0 5", 1),
    ("HKEYS h", Exact(["c", "a", "b", "0"])),
    ("HVALS h", Exact(["4", "2", "3", "5"])),
], only="redis", why="a listpack keeps the order; no document says so")
case("one-order", [
    ("HSET h a 1", 1), ("HKEYS h", ["a"]), ("HVALS h", ["1"]),
    ("HGETALL h", M([("a", "1")])),
])


@case.script("keys-and-values-agree", needs=("HSET", "HGETALL", "HKEYS",
                                             "HVALS"))
def agree():
    """HKEYS and HVALS come in the order of HGETALL while nothing changes."""
    yield ("HSET", "h") + tuple(w for i in range(600) for w in (
        "f%d" % i, "v%d" % i)), 600
    keys = yield "HKEYS h", ListOf(Re("f[0-9]+"), 600)
    if type(keys) is not Array:
        return
    values = [k.v.replace(b"f", b"v") for k in keys.v]
    yield "HVALS h", Exact(values)
    yield "HGETALL h", M(list(zip([k.v for k in keys.v], values)))


case = area("hash.hkeys")
for suffix, grow in BOTH:
    case("fields" + suffix, [
        ("HKEYS h", []), ("HSET h a 1 b 2", 2)] + grow + [
        ("HKEYS h", Unordered(["a", "b"])), ("HDEL h a", 1),
        ("HKEYS h", ["b"]), ("HDEL h b", 1), ("HKEYS h", []),
    ])

case = area("hash.hvals")
for suffix, grow in BOTH:
    case("values" + suffix, [
        ("HVALS h", []), ("HSET h a 1 b 2 c 1", 3)] + grow + [
        ("HVALS h", Unordered(["1", "2", "1"])), ("HDEL h a", 1),
        ("HVALS h", Unordered(["1", "2"])), (("HSET", "h", "b", ""), 0),
        ("HVALS h", Unordered(["1", ""])), ("HDEL h b c", 2),
        ("HVALS h", []),
    ])

case = area("hash.hlen")
for suffix, grow in BOTH:
    case("counts-fields" + suffix, [
        ("HLEN h", 0), ("HSET h a 1 b 2", 2)] + grow + [
        ("HLEN h", 2), ("HSET h a 3", 0), ("HLEN h", 2),
        ("HDEL h x", 0), ("HLEN h", 2), ("HDEL h a", 1), ("HLEN h", 1),
        ("HDEL h b", 1), ("HLEN h", 0), ("EXISTS h", 0),
    ])

case = area("hash.hexists")
for suffix, grow in BOTH:
    case("hit-and-miss" + suffix, [
        ("HEXISTS h a", 0), (("HSET", "h", "a", ""), 1)] + grow + [
        ("HEXISTS h a", 1), ("HEXISTS h A", 0), (("HEXISTS", "h", ""), 0),
        ("HDEL h a", 1), ("HEXISTS h a", 0), ("EXISTS h", 0),
    ])

case = area("hash.hstrlen")
for suffix, grow in BOTH:
    case("length" + suffix, [
        ("HSTRLEN h a", 0), (("HSET", "h", "a", "abc", "b", ""), 2)] + grow +
        [("HSTRLEN h a", 3), ("HSTRLEN h b", 0), ("HSTRLEN h x", 0)])
    case("of-numbers" + suffix, [
        ("HSET h a 0 b -1 c 127 d 128 e %s f %s g 12345678901" % (MAX, MIN),
         7)] + grow + [
        ("HSTRLEN h a", 1), ("HSTRLEN h b", 2), ("HSTRLEN h c", 3),
        ("HSTRLEN h d", 3), ("HSTRLEN h e", 19), ("HSTRLEN h f", 20),
        ("HSTRLEN h g", 11), ("HINCRBY h a -10", -10), ("HSTRLEN h a", 3),
    ])
case("bytes-not-characters", [
    (("HSET", "h", "a", "\u00e9\u20ac", "b", b"\0\r\n\0"), 2),
    ("HSTRLEN h a", 5), ("HSTRLEN h b", 4),
])

# ---- HDEL ----------------------------------------------------------------

case = area("hash.hdel")
for suffix, grow in BOTH:
    case("counts-what-was-there" + suffix, [
        ("HSET h a 1 b 2 c 3 d 4", 4)] + grow + [
        ("HDEL h a", 1), ("HDEL h a", 0), ("HDEL h x b y c", 2),
        ("HGETALL h", M([("d", "4")])),
    ])
    case("field-twice" + suffix, [
        ("HSET h a 1 b 2", 2)] + grow + [
        ("HDEL h a a a", 1), ("HLEN h", 1)])
    case("last-field-removes-the-key" + suffix, [
        ("HSET h a 1 b 2", 2)] + grow + [
        ("HDEL h a b x", 2), ("EXISTS h", 0), ("TYPE h", Simple("none")),
        ("DBSIZE", 0),
    ])
case("fields-after-the-last", [
    ("HSET h a 1", 1), ("HDEL h a a b", 1), ("EXISTS h", 0),
    ("HDEL h a", 0),
])
case("no-key", [("HDEL nokey a", 0), ("HDEL nokey a b", 0),
                ("EXISTS nokey", 0)])
case("ttl-goes-with-the-key", [
    ("HSET h a 1 b 2", 2), ("EXPIRE h 100", 1), ("HDEL h a", 1),
    ("TTL h", Between(99, 100)), ("HDEL h b", 1), ("TTL h", -2),
    ("HSET h a 1", 1), ("TTL h", -1),
])
case("another-type-afterwards", [
    ("HSET k a 1", 1), ("HDEL k a", 1), ("SET k v", OK), ("GET k", "v"),
    ("HDEL k a", WRONGTYPE),
])
case("out-of-the-middle", [
    ("HSET h a 1 b 2 c 3 d 4 e 5", 5), ("HDEL h b d", 2),
    ("HGETALL h", M([("a", "1"), ("c", "3"), ("e", "5")])),
    ("HSET h b 6", 1), ("HGETALL h", M([
        ("a", "1"), ("c", "3"), ("e", "5"), ("b", "6")])),
])
case("half-of-a-thousand", [
    (("HSET", "h") + tuple(w for i in range(1000) for w in (i, -i)), 1000),
    (("HDEL", "h") + tuple(range(0, 1000, 2)), 500), ("HLEN h", 500),
    ("HGETALL h", M([(str(i), str(-i)) for i in range(1, 1000, 2)])),
    (("HDEL", "h") + tuple(range(1000)), 500), ("EXISTS h", 0),
])

# ---- HINCRBY -------------------------------------------------------------

case = area("hash.hincrby")
for suffix, grow in BOTH:
    case("counts" + suffix, [
        ("HINCRBY h n 1", 1)] + grow + [
        ("HINCRBY h n 41", 42), ("HINCRBY h n -50", -8),
        ("HGET h n", "-8"), ("HINCRBY h n 0", -8), ("HINCRBY h m -3", -3),
        ("HGETALL h", M([("n", "-8"), ("m", "-3")])),
    ])
    case("bounds" + suffix, [
        ("HSET h n %s m %s" % (MAX, MIN), 2)] + grow + [
        ("HINCRBY h n 0", int(MAX)), ("HINCRBY h m 0", int(MIN)),
        ("HINCRBY h n 1", OVERFLOW), ("HINCRBY h m -1", OVERFLOW),
        ("HINCRBY h n " + MAX, OVERFLOW), ("HINCRBY h m " + MIN, OVERFLOW),
        ("HMGET h n m", [MAX, MIN]),
        ("HINCRBY h n " + MIN, -1), ("HINCRBY h m " + MAX, -1),
    ])
case("zero-makes-the-field", [
    ("HINCRBY h n 0", 0), ("HGETALL h", M([("n", "0")])),
    (("HINCRBY", "h", "", "5"), 5), (("HGET", "h", ""), "5"),
])
case("new-field-at-the-bounds", [
    ("HINCRBY h n " + MAX, int(MAX)), ("HINCRBY h m " + MIN, int(MIN)),
    ("HMGET h n m", [MAX, MIN]),
])
for name, value in [
        ("empty", ""), ("blank", " "), ("plus", "+1"), ("zero-first", "01"),
        ("minus-zero", "-0"), ("blank-first", " 1"), ("blank-last", "1 "),
        ("exponent", "1e2"), ("float", "1.0"), ("hex", "0x1"),
        ("word", "abc"), ("nul", b"1\0"), ("two", "1 2"), ("minus", "-"),
        ("too-big", "9223372036854775808"),
        ("too-small", "-9223372036854775809"), ("inf", "inf")]:
    case("value-is-no-integer-" + name, [
        (("HSET", "h", "n", value), 1), ("HINCRBY h n 1", NOT_INT),
        ("HINCRBY h n 0", NOT_INT), ("HGET h n", value), ("HLEN h", 1),
    ])
case("amount-before-type", [
    ("SET s v", OK), ("HINCRBY s n abc", INT_ERR),
    ("HINCRBY s n 9223372036854775808", INT_ERR),
    ("HINCRBY s n 1", WRONGTYPE), ("GET s", "v"),
])
case("amount-before-value", [
    ("HSET h n abc", 1), ("HINCRBY h n abc", INT_ERR),
    ("HINCRBY h n 1", NOT_INT),
])
case("error-makes-no-key", [
    ("HINCRBY h n abc", INT_ERR), ("HINCRBY h n 1.5", INT_ERR),
    ("EXISTS h", 0),
])
case("keeps-ttl", [
    ("HSET h n 1", 1), ("EXPIRE h 100", 1), ("HINCRBY h n 1", 2),
    ("HINCRBY h m 1", 1), ("TTL h", Between(99, 100)),
])
case("every-width", [
    ("HSET h a x z y", 2),
] + [step for n, width in [
    (127, 1), (32767, 1), (8388607, 1), (2147483647, 1),
    (4095, 1), (9007199254740992, 1), (140737488355327, 1)]
    for step in [("HSET h n %d" % n, ANY), ("HINCRBY h n %d" % width, n + 1),
                 ("HINCRBY h n -%d" % (2 * n + 2), -n - 1),
                 ("HGET h n", str(-n - 1))]
] + [("HMGET h a z", ["x", "y"]), ("HLEN h", 3)])

# ---- HINCRBYFLOAT --------------------------------------------------------

case = area("hash.hincrbyfloat")
for suffix, grow in BOTH:
    case("counts" + suffix, [
        ("HINCRBYFLOAT h n 10.5", "10.5")] + grow + [
        ("HINCRBYFLOAT h n 0.25", "10.75"),
        ("HINCRBYFLOAT h n -10.5", "0.25"), ("HGET h n", "0.25"),
        ("HINCRBYFLOAT h n 0", "0.25"), ("HINCRBYFLOAT h m -2", "-2"),
        ("HGETALL h", M([("n", "0.25"), ("m", "-2")])),
    ])
for name, amount, want in [
        ("whole", "3.0", "3"), ("zeros", "1.500", "1.5"),
        ("exponent", "1.5e3", "1500"), ("small-exponent", "25e-2", "0.25"),
        ("plus", "+1.5", "1.5"), ("point-first", ".5", "0.5"),
        ("point-last", "5.", "5"), ("zero-first", "007.5", "7.5"),
        ("hex", "0x10", "16"), ("minus-zero", "-0", "0"),
        ("minus-zero-point", "-0.0", "0"), ("zero", "0", "0"),
        ("big", "1e15", "1000000000000000"),
        ("big-half", "4503599627370495.5", "4503599627370495.5"),
        ("two-to-62", "4611686018427387904", "4611686018427387904"),
        ("minus-half", "-0.5", "-0.5")]:
    case("form-" + name, [
        ("HINCRBYFLOAT h n " + amount, want), ("HGET h n", want)])
case("tenths", [
    ("HINCRBYFLOAT h n 0.1", Digits("0.1", 1e-15)),
    ("HINCRBYFLOAT h n 0.2", Digits("0.3", 1e-15)),
    ("HINCRBYFLOAT h n 1e-17", Near(0.3, 1e-15, Bulk)),
    ("HSET h m 3.14", 1), ("HINCRBYFLOAT h m 0", Digits("3.14", 1e-15)),
])
case("never-an-exponent", [
    ("HINCRBYFLOAT h n 1e-5", Digits("0.00001", 1e-19)),
    ("HINCRBYFLOAT h m 1e20", Digits("1" + "0" * 20, 1e5)),
    ("HINCRBYFLOAT h m -5e19", Digits("5" + "0" * 19, 1e5)),
])
case("value-with-exponent", [
    ("HSET h n 5.0e3 m 2E1 o 0x10 p 1. q .5", 5),
    ("HINCRBYFLOAT h n 200", "5200"), ("HINCRBYFLOAT h m 1", "21"),
    ("HINCRBYFLOAT h o 1", "17"), ("HINCRBYFLOAT h p 1", "2"),
    ("HINCRBYFLOAT h q 1", "1.5"),
])
for name, value in [
        ("empty", ""), ("blank-first", " 1"), ("blank-last", "1 "),
        ("word", "abc"), ("nan", "nan"), ("nul", b"1\0"), ("two", "1 2"),
        ("comma", "1,5"), ("tail", "1.5x"), ("points", "1.2.3")]:
    case("value-is-no-float-" + name, [
        (("HSET", "h", "n", value), 1), ("HINCRBYFLOAT h n 1", NOT_FLOAT),
        ("HGET h n", value), ("HLEN h", 1),
    ])
case("amount-not-finite", [
    ("HSET h n 1", 1),
    ("HINCRBYFLOAT h n inf", E("ERR value is NaN or Infinity")),
    ("HINCRBYFLOAT h n -inf", E("ERR value is NaN or Infinity")),
    ("HINCRBYFLOAT h n +Infinity", E("ERR value is NaN or Infinity")),
    ("HINCRBYFLOAT h n nan", FLOAT_ERR), ("HGET h n", "1"),
    ("HINCRBYFLOAT k n inf", E("ERR value is NaN or Infinity")),
    ("HINCRBYFLOAT k n nan", FLOAT_ERR), ("EXISTS k", 0),
], seen="CVE-2023-28856")
case("sum-not-finite", [
    ("HSET h n inf m 1e4932 o -inf", 3), ("HINCRBYFLOAT h n 1", NAN_INF),
    ("HINCRBYFLOAT h o 1", NAN_INF), ("HMGET h n o", ["inf", "-inf"]),
])
case("amount-before-type", [
    ("SET s v", OK), ("HINCRBYFLOAT s n abc", FLOAT_ERR),
    ("HINCRBYFLOAT s n inf", E("ERR value is NaN or Infinity")),
    ("HINCRBYFLOAT s n 1", WRONGTYPE), ("GET s", "v"),
])
case("amount-before-value", [
    ("HSET h n abc", 1), ("HINCRBYFLOAT h n abc", FLOAT_ERR),
    ("HINCRBYFLOAT h n 1", NOT_FLOAT),
])
case("error-makes-no-key", [
    ("HINCRBYFLOAT h n abc", FLOAT_ERR),
    (("HINCRBYFLOAT", "h", "n", ""), FLOAT_ERR),
    (("HINCRBYFLOAT", "h", "n", " 1"), FLOAT_ERR), ("EXISTS h", 0),
])
case("and-hincrby", [
    ("HINCRBYFLOAT h n 1.5", "1.5"), ("HINCRBY h n 1", NOT_INT),
    ("HINCRBYFLOAT h n 1.5", "3"), ("HINCRBY h n 1", 4),
    ("HINCRBYFLOAT h n 0.5", "4.5"), ("HINCRBY h n 1", NOT_INT),
])
case("keeps-ttl", [
    ("HSET h n 1", 1), ("EXPIRE h 100", 1), ("HINCRBYFLOAT h n 0.5", "1.5"),
    ("TTL h", Between(99, 100)),
])

# ---- HRANDFIELD ----------------------------------------------------------

case = area("hash.hrandfield")
RANGE = E("ERR value is out of range, value must between "
          "-9223372036854775807 and 9223372036854775807")
OUT = E("ERR value is out of range")
ABC = [("a", "1"), ("b", "2"), ("c", "3")]
for suffix, grow in BOTH:
    abc = [("HSET h a 1 b 2 c 3", 3)] + grow
    case("one" + suffix, abc + [
        ("HRANDFIELD h", Re("[abc]")), ("HRANDFIELD h", Re("[abc]")),
        ("HLEN h", 3)])
    case("count" + suffix, abc + [
        ("HRANDFIELD h %d" % n, Subset(["a", "b", "c"], min(n, 3)))
        for n in (0, 1, 2, 3, 4, 1000)] + [("HLEN h", 3)])
    case("negative-count" + suffix, abc + [
        ("HRANDFIELD h %d" % -n, Subset(["a", "b", "c"], n, repeats=True))
        for n in (1, 2, 3, 4, 50)] + [("HLEN h", 3)])
    case("withvalues" + suffix, abc + [
        ("HRANDFIELD h %d WITHVALUES" % n, SomePairs(ABC, min(n, 3)))
        for n in (0, 1, 2, 3, 4, 1000)])
    case("negative-count-withvalues" + suffix, abc + [
        ("HRANDFIELD h %d WithValues" % -n, SomePairs(ABC, n, repeats=True))
        for n in (1, 2, 3, 4, 50)])
    case("single-field" + suffix, [("HSET h f v", 1)] + grow + [
        ("HRANDFIELD h", "f"), ("HRANDFIELD h 1", ["f"]),
        ("HRANDFIELD h 5", ["f"]), ("HRANDFIELD h -3", ["f", "f", "f"]),
        ("HRANDFIELD h 1 WITHVALUES", Pairs([("f", "v")])),
        ("HRANDFIELD h 2 WITHVALUES", Pairs([("f", "v")])),
        ("HRANDFIELD h -2 WITHVALUES", Pairs([("f", "v"), ("f", "v")])),
    ])
    case("count-of-many" + suffix, [
        (("HSET", "h") + tuple(w for i in range(50) for w in (i, -i)), 50)
    ] + grow + [step for n in (1, 5, 15, 16, 17, 25, 49, 50, 51)
                for step in [
        ("HRANDFIELD h %d" % n, Subset([str(i) for i in range(50)],
                                       min(n, 50))),
        ("HRANDFIELD h %d WITHVALUES" % n, SomePairs(
            [(str(i), str(-i)) for i in range(50)], min(n, 50)))]])
case("no-key", [
    ("HRANDFIELD h", NIL), ("HRANDFIELD h 1", []), ("HRANDFIELD h 0", []),
    ("HRANDFIELD h -1", []), ("HRANDFIELD h 3 WITHVALUES", []),
    ("HRANDFIELD h -3 WITHVALUES", []), ("EXISTS h", 0),
])
case("zero", [
    ("HSET h a 1", 1), ("HRANDFIELD h 0", []),
    ("HRANDFIELD h 0 WITHVALUES", []), ("HRANDFIELD h 0 withvalues", []),
])
case("syntax", [("HSET h a 1", 1)] + [
    ("HRANDFIELD h " + tail, SYNTAX) for tail in (
        "1 FOO", "1 WITHVALUES x", "1 WITHVALUES WITHVALUES", "1 1",
        "-1 WITHSCORES", "0 FOO")] + [
    ("HRANDFIELD nokey 1 FOO", SYNTAX)])
case("count-not-an-integer", [
    ("HSET h a 1", 1), ("HRANDFIELD h abc", INT_ERR),
    ("HRANDFIELD h WITHVALUES", INT_ERR), ("HRANDFIELD nokey 1.5", INT_ERR),
    ("HRANDFIELD h abc FOO", INT_ERR),
    ("HRANDFIELD h 9223372036854775808", INT_ERR),
])
case("count-out-of-range", [
    ("HSET h a 1", 1), ("HRANDFIELD h " + MIN, RANGE),
    ("HRANDFIELD h %s WITHVALUES" % MIN, RANGE),
    ("HRANDFIELD nokey " + MIN, RANGE),
    ("HRANDFIELD h -9223372036854775807 WITHVALUES", OUT),
    ("HRANDFIELD h -4611686018427387904 WITHVALUES", OUT),
    ("HRANDFIELD h 4611686018427387904 WITHVALUES", OUT),
    ("HRANDFIELD h %s WITHVALUES" % MAX, OUT),
], seen="CVE-2023-22458")
case("count-at-the-bounds", [
    ("HSET h a 1", 1), ("HRANDFIELD h " + MAX, ["a"]),
    ("HRANDFIELD h 4611686018427387903 WITHVALUES", Pairs([("a", "1")])),
    ("HRANDFIELD nokey -9223372036854775807", []),
    ("HRANDFIELD nokey 4611686018427387903 WITHVALUES", []),
])
case("errors-before-type", [
    ("SET s v", OK), ("HRANDFIELD s abc", INT_ERR),
    ("HRANDFIELD s 1 FOO", SYNTAX), ("HRANDFIELD s 1", WRONGTYPE),
    ("HRANDFIELD s", WRONGTYPE), ("HRANDFIELD s 0", WRONGTYPE),
])
for suffix, grow in BOTH:
    case("every-field-comes-up" + suffix, [
        ("HSET h a 1 b 2 c 3 d 4", 4)] + grow + [
        ("HRANDFIELD h -1000", Subset("abcd", 1000, repeats=True)),
        ("HRANDFIELD h -1000", Should(spread("abcd", 1000, 80))),
    ])


@case.script("single-draws-differ", needs=("HSET", "HRANDFIELD"),
             contexts="plain")
def draws_differ():
    yield "HSET h a 1 b 2 c 3 d 4", 4
    seen = set()
    for _ in range(200):
        reply = yield "HRANDFIELD h", Re("[abcd]")
        seen.add(reply)
    yield claim(len(seen) == 4, "4 fields in 200 draws, got %r" % seen,
                Should)


# ---- HSCAN ---------------------------------------------------------------

case = area("hash.hscan")
for suffix, grow in BOTH:
    case("small-in-one-page" + suffix, [
        ("HSET h a 1 b 2 c 3", 3)] + grow + [
        ("HSCAN h 0 COUNT 100", Exact(["0", Flat(ABC)])),
        ("hscan h 0 count 100 match *", Exact(["0", Flat(ABC)])),
        ("HSCAN h 0 MATCH b COUNT 100", Exact(["0", ["b", "2"]])),
        ("HSCAN h 0 MATCH x COUNT 100", Exact(["0", []])),
    ])
case("no-key", [
    ("HSCAN h 0", ["0", []]), ("HSCAN h 17", ["0", []]),
    ("HSCAN h 0 MATCH * COUNT 5", ["0", []]), ("EXISTS h", 0),
])
case("single-field", [
    (("HSET", "h", "f", b"\r\n\0"), 1), ("HSCAN h 0 COUNT 10",
                                         ["0", ["f", b"\r\n\0"]]),
])
case("empty-field-and-value", [
    (("HSET", "h", "", ""), 1), ("HSCAN h 0 COUNT 10", ["0", ["", ""]]),
    (("HSCAN", "h", "0", "COUNT", "10", "MATCH", ""), ["0", ["", ""]]),
    ("HSCAN h 0 COUNT 10 MATCH ?*", ["0", []]),
])
case("listpack-ignores-count", [
    (("HSET", "h") + tuple(w for i in range(100) for w in (i, i)), 100),
    ("HSCAN h 0 COUNT 1", Exact(["0", Flat([
        (str(i), str(i)) for i in range(100)])])),
])
case("match-is-for-fields", [
    ("HSET h a b b c", 2),
    ("HSCAN h 0 MATCH b COUNT 100", Exact(["0", ["b", "c"]])),
    ("HSCAN h 0 MATCH c COUNT 100", Exact(["0", []])),
])
for name, pattern, want in [
        ("star", "f*", ["f1", "f2", "f10", "fa", "f"]),
        ("question", "f?", ["f1", "f2", "fa"]),
        ("set", "f[1a]", ["f1", "fa"]), ("not", "f[^1]", ["f2", "fa"]),
        ("range", "f[0-9]", ["f1", "f2"]), ("literal", "g", ["g"]),
        ("case", "F*", []), ("escaped", "\\*", ["*"]),
        ("middle", "*1*", ["f1", "f10"]),
        ("all", "*", ["f1", "f2", "f10", "fa", "f", "g", "*"])]:
    case("match-" + name, [
        ("HSET h f1 1 f2 1 f10 1 fa 1 f 1 g 1 * 1", 7),
        (("HSCAN", "h", "0", "MATCH", pattern, "COUNT", "100"), Exact([
            "0", Flat([(f, "1") for f in want])])),
    ])
case("option-twice-last-wins", [
    ("HSET h a 1 b 2", 2), ("HSCAN h 0 MATCH a COUNT 50 MATCH b COUNT 100",
                            Exact(["0", ["b", "2"]])),
    ("HSCAN h 0 COUNT 100 COUNT 0", SYNTAX),
    ("HSCAN h 0 COUNT 0 COUNT 100", SYNTAX),
])
case("syntax", [("HSET h a 1", 1)] + [
    ("HSCAN h 0 " + tail, SYNTAX) for tail in (
        "FOO", "FOO 1", "MATCH", "COUNT", "COUNT 0", "COUNT -1",
        "COUNT 10 MATCH", "MATCH * 10", "TYPE hash", "10",
        "COUNT " + MIN, "WITHVALUES")])
case("count-not-an-integer", [
    ("HSET h a 1", 1), ("HSCAN h 0 COUNT abc", INT_ERR),
    ("HSCAN h 0 COUNT MATCH", INT_ERR), ("HSCAN h 0 COUNT 1.5", INT_ERR),
    ("HSCAN h 0 COUNT 9223372036854775808", INT_ERR),
    ("HSCAN h 0 COUNT " + MAX, ["0", ["a", "1"]]),
])
BAD_CURSOR = E("ERR invalid cursor")
case("cursor-invalid", [
    ("HSET h a 1", 1), ("SET s v", OK), ("HSCAN h abc", BAD_CURSOR),
    ("HSCAN h 0x", BAD_CURSOR), ("HSCAN h 1.5", BAD_CURSOR),
    (("HSCAN", "h", " 0"), BAD_CURSOR), (("HSCAN", "h", "0 "), BAD_CURSOR),
    ("HSCAN h 18446744073709551616", BAD_CURSOR),
    ("HSCAN h abc FOO", BAD_CURSOR), ("HSCAN nokey abc", BAD_CURSOR),
    ("HSCAN s abc", BAD_CURSOR), ("HSCAN s 0", WRONGTYPE),
])
case("no-key-before-options", [
    ("HSCAN nokey 0 FOO", Exact(["0", []])),
    ("HSCAN nokey 0 COUNT 0", Exact(["0", []])),
    ("SET s v", OK), ("HSCAN s 0 FOO", WRONGTYPE),
    ("HSCAN s 0 COUNT 0", WRONGTYPE),
])


@case.script("any-cursor-is-taken", needs=("HSET", "HSCAN"))
def any_cursor():
    """A cursor that no page gave may bring anything, but no error."""
    yield ("HSET", "h") + tuple(w for i in range(600) for w in (i, i)), 600
    for cursor in ("1", "1023", "1024", "65537", "18446744073709551615"):
        yield ("HSCAN", "h", cursor), PAGE


def scans(name, count, *options):
    @case.script(name, needs=("HSET", "HSCAN"))
    def whole():
        pairs = [(b"f%d" % i, b"v%d" % i) for i in range(count)]
        yield ("HSET", "h") + sum(pairs, ()), count
        got = yield from drain("HSCAN", "h", *options)
        got = list(zip(got[::2], got[1::2]))
        yield claim(set(got) == set(pairs), "every pair")
        yield claim(len(got) == count, "no pair twice", Exact)


scans("whole-listpack", 50)
scans("whole-hashtable", 600)
scans("whole-hashtable-count-1", 513, "COUNT", "1")
scans("whole-hashtable-count-7", 600, "COUNT", "7")
scans("whole-hashtable-count-1000", 600, "COUNT", "1000")


@case.script("match-over-pages", needs=("HSET", "HSCAN"))
def match_pages():
    yield ("HSET", "h") + tuple(w for i in range(600) for w in (i, -i)), 600
    got = yield from drain("HSCAN", "h", "MATCH", "*7", "COUNT", "20")
    yield claim(set(first(got)) == {
        b"%d" % i for i in range(7, 600, 10)}, "the fields that end in 7")
    yield claim(all(b"-" + k == v for k, v in zip(got[::2], got[1::2])),
                "fields with their values")


@case.script("values-that-change", needs=("HSET", "HSCAN"))
def values_change():
    """A value is one that the field had while it was scanned."""
    yield ("HSET", "h") + tuple(w for i in range(600) for w in (i, 1)), 600
    cursor, items = yield from page("HSCAN", "h", "0")
    yield ("HSET", "h") + tuple(w for i in range(600) for w in (i, 2)), 0
    while cursor not in (b"0", None):
        cursor, more = yield from page("HSCAN", "h", cursor, "COUNT", "100")
        yield claim(all(v == b"2" for v in more[1::2]), "new values only")
        items += more
    yield claim(set(first(items)) == {b"%d" % i for i in range(600)},
                "every field")


def while_changing(name, change, start=600):
    """What is there from beginning to end comes at least once."""
    @case.script(name, needs=("HSET", "HDEL", "HSCAN"), contexts="plain")
    def guarantee():
        stay = {b"stay%d" % i for i in range(start)}
        yield ("HSET", "h") + tuple(
            w for f in sorted(stay) for w in (f, "v")), start
        yield ("HSET", "h") + tuple(
            w for i in range(start) for w in ("go%d" % i, "v")), start
        cursor, seen, turn = b"0", set(), 0
        while cursor is not None and turn < 5000:
            cursor, items = yield from page("HSCAN", "h", cursor)
            seen.update(first(items))
            if cursor == b"0":
                break
            for step in change(turn, start):
                yield step
            turn += 1
        yield claim(cursor == b"0", "an end")
        missing = sorted(stay - seen)
        yield claim(not missing, "every field, not without %r" % missing[:5])


while_changing("guarantee-while-it-shrinks", lambda turn, start: [
    (("HDEL", "h") + tuple("go%d" % i for i in range(
        turn * 40, turn * 40 + 40)), ANY)])
while_changing("guarantee-while-it-grows", lambda turn, start: [
    (("HSET", "h") + tuple(w for i in range(turn * 40, turn * 40 + 40)
                           for w in ("new%d" % i, "v")), 40)]
    if turn < 100 else [])
while_changing("guarantee-while-it-grows-and-shrinks", lambda turn, start: (
    [(("HSET", "h") + tuple(w for i in range(2000)
                            for w in ("new%d" % i, "v")), 2000)]
    if turn % 8 == 0 else [
        (("HDEL", "h") + tuple("new%d" % i for i in range(2000)), 2000)]
    if turn % 8 == 4 else []))


@case.script("listpack-becomes-hashtable", needs=("HSET", "HSCAN"))
def becomes_hashtable():
    yield ("HSET", "h") + tuple(w for i in range(100) for w in (i, i)), 100
    cursor, items = yield from page("HSCAN", "h", "0", "COUNT", "10")
    yield ("HSET", "h", "big", BIG), 1
    while cursor not in (b"0", None):
        cursor, more = yield from page("HSCAN", "h", cursor, "COUNT", "10")
        items += more
    yield claim(set(first(items)) >= {b"%d" % i for i in range(100)},
                "every field")


@case.script("gone-before-is-not-seen", needs=("HSET", "HDEL", "HSCAN"))
def gone_before():
    yield ("HSET", "h") + tuple(w for i in range(600) for w in (i, i)), 600
    yield ("HDEL", "h") + tuple(range(0, 600, 3)), 200
    got = yield from drain("HSCAN", "h")
    yield claim(set(first(got)) == {b"%d" % i for i in range(600) if i % 3},
                "only fields that are there")


# ---- encodings -----------------------------------------------------------

case = area("hash.encoding")
case("value-of-64-bytes", [
    (("HSET", "h", "f", "x" * 64), 1), (ENCODING, enc("listpack")),
    (("HSET", "h", "f", "x" * 65), 0), (ENCODING, enc("hashtable")),
    ("HSET h f x", 0), (ENCODING, enc("hashtable")), ("HGET h f", "x"),
])
case("field-of-64-bytes", [
    (("HSET", "h", "f" * 64, "v"), 1), (ENCODING, enc("listpack")),
    (("HSET", "h", "f" * 65, "v"), 1), (ENCODING, enc("hashtable")),
    (("HDEL", "h", "f" * 65), 1), (ENCODING, enc("hashtable")),
    (("HGET", "h", "f" * 64), "v"),
])
case("setnx-big-value", [
    ("HSET h a 1", 1), (("HSETNX", "h", "a", BIG), 0), ("HGET h a", "1"),
    (("HSETNX", "h", "b", BIG), 1), (ENCODING, enc("hashtable")),
    ("HGET h b", BIG),
])
case("made-anew", [
    (("HSET", "h", "f", BIG), 1), (ENCODING, enc("hashtable")),
    ("HDEL h f", 1), ("HSET h f v", 1), (ENCODING, enc("listpack")),
])
case("default-entries", [
    (("HSET", "h") + tuple(w for i in range(512) for w in (i, i)), 512),
    (ENCODING, enc("listpack")), ("HSET h 0 x", 0),
    (ENCODING, enc("listpack")), ("HSET h more x", 1),
    (ENCODING, enc("hashtable")), ("HLEN h", 513), ("HGET h 511", "511"),
], only="redis<8.0", why="other defaults later")
case("entries", [
    ("HSET h a 1 b 2 c 3", 3), (ENCODING, enc("listpack")),
    ("HSET h c 4", 0), (ENCODING, enc("listpack")),
    ("HSET h d 5", 1), (ENCODING, enc("hashtable")),
    ("HDEL h d c b", 3), (ENCODING, enc("hashtable")),
    ("HGETALL h", M([("a", "1")])),
], config={"hash-max-listpack-entries": "3"})
case("entries-by-hincrby", [
    ("HINCRBY h a 1", 1), ("HINCRBYFLOAT h b 1.5", "1.5"),
    (ENCODING, enc("listpack")), ("HINCRBY h c 1", 1),
    (ENCODING, enc("hashtable")), ("HINCRBYFLOAT h d 1", "1"),
    ("HINCRBY h a 1", 2),
    ("HGETALL h", M([("a", "2"), ("b", "1.5"), ("c", "1"), ("d", "1")])),
], config={"hash-max-listpack-entries": "2"})
case("value-limit", [
    ("HSET h a 1234", 1), (ENCODING, enc("listpack")),
    ("HSET h a 12345", 0), (ENCODING, enc("hashtable")),
    ("HGET h a", "12345"),
], config={"hash-max-listpack-value": "4"})
case("old-name-of-the-limit", [
    ("HSET h a 1 b 2", 2), (ENCODING, enc("hashtable")),
], config={"hash-max-ziplist-entries": "1"})

# ---- the key as a whole --------------------------------------------------

case = area("hash.key")
case("expires", [
    ("HSET h a 1", 1), ("PEXPIRE h 3", 1), ("DEBUG SLEEP 0.01", OK),
    ("HGET h a", NIL), ("HGETALL h", M([])), ("HLEN h", 0),
    ("HSETNX h a 2", 1), ("TTL h", -1),
], contexts="plain")
case("writes-do-not-replace-another-type", [
    ("SET s v", OK), ("HSET s a 1", WRONGTYPE), ("HSETNX s a 1", WRONGTYPE),
    ("HMSET s a 1", WRONGTYPE), ("HINCRBY s a 1", WRONGTYPE),
    ("HDEL s a", WRONGTYPE), ("GET s", "v"), ("TYPE s", Simple("string")),
])
case("reads-of-another-type", [("SET s v", OK)] + [
    (command, WRONGTYPE) for command in (
        "HGET s a", "HMGET s a b", "HGETALL s", "HKEYS s", "HVALS s",
        "HLEN s", "HEXISTS s a", "HSTRLEN s a")] + [("GET s", "v")],
    seen="valkey#3516")
case("commands-in-lower-case", [
    ("hset h a 1", 1), ("hGeT h a", "1"), ("hmget h a b", ["1", NIL]),
    ("hincrby h a 1", 2), ("hexists h a", 1), ("hlen h", 1),
    ("hgetall h", M([("a", "2")])), ("hrandfield h 1 withvalues",
                                     Pairs([("a", "2")])),
    ("hdel h a", 1),
])

REPLIES = {
    "HDEL": "int error", "HEXISTS": "int error", "HGET": "bulk null error",
    "HGETALL": "map error", "HINCRBY": "int error",
    "HINCRBYFLOAT": "bulk error", "HKEYS": "array error",
    "HLEN": "int error", "HMGET": "array error", "HMSET": "simple error",
    "HRANDFIELD": "bulk null array error", "HSCAN": "array error",
    "HSET": "int error", "HSETNX": "int error", "HSTRLEN": "int error",
    "HVALS": "array error",
}
