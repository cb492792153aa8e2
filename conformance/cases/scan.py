"""What is there: KEYS, SCAN, RANDOMKEY."""

from conformance.cases import *  # noqa: F403
from conformance.cases.generic import BAD_INTS, KINDS

MAX, MIN = "9223372036854775807", "-9223372036854775808"
CURSOR = E("ERR invalid cursor")


def scan(keys, cursor="0"):
    """A SCAN reply with these keys in any order."""
    return [cursor, Unordered([*keys])]


# ---- patterns --------------------------------------------------------------

GLOBS = [   # pattern, keys that match, keys that do not
    ("*", ["", "a", "ab", b"\xff", b"\0", "a\nb", "*"], []),
    ("", [""], ["a"]),
    ("a", ["a"], ["", "A", "b", "aa"]),
    ("?", ["a", "?", "*", b"\xff", b"\0", "\n"], ["", "ab"]),
    ("??", ["ab"], ["a", "abc", ""]),
    ("a*", ["a", "ab", b"a\0b", "a*c"], ["", "b", "ba", "A"]),
    ("*c", ["c", "abc", "cc"], ["", "cb"]),
    ("*a*", ["a", "ba", "ab", "bab"], ["", "b"]),
    ("**", ["a", "ab"], [""]),     # only "*" alone and "" match the empty key
    ("a**", ["a", "ab"], [""]),
    ("***a", ["a", "ba"], ["", "ab"]),
    ("*?", ["a", "ab"], [""]),
    ("?*", ["a", "ab"], [""]),
    ("?*?", ["ab", "abc"], ["", "a"]),
    ("a?c", ["abc", "a?c", "a*c", "a\nc", b"a\0c"], ["ac", "abbc"]),
    ("h*llo", ["hllo", "hello", "heeello"], ["helo", "ello"]),
    ("h[ae]llo", ["hello", "hallo"], ["hxllo", "hllo", "h[ae]llo"]),
    ("h[^e]llo", ["hallo", "h^llo"], ["hello", "hllo"]),
    ("h[a-e]llo", ["hallo", "hcllo", "hello"], ["hfllo", "h-llo"]),
    ("h[e-a]llo", ["hallo", "hcllo", "hello"], ["hfllo", "h-llo"]),
    ("h[^a-e]llo", ["hfllo", "h-llo"], ["hallo", "hello"]),
    ("[!a]", ["!", "a"], ["b"]),
    ("[a-c-e]", ["a", "b", "c", "-", "e"], ["d"]),
    ("[-a]", ["-", "a"], ["b"]),
    ("[--9]", ["-", "0", "9", "."], ["a", ","]),
    ("[a^]", ["a", "^"], ["b"]),
    ("[^^]", ["a", "b"], ["^"]),
    ("[*?]", ["*", "?"], ["a"]),
    ("[0-9a-fA-F]", ["0", "a", "F"], ["g", "-"]),
    (b"[\xf0-\xff]", [b"\xf0", b"\xff"], [b"\xef", "a"]),
    (b"[\0]", [b"\0"], ["0"]),
    # A class ends at its first ']': an empty class matches nothing.
    ("[]", [], ["[]", "", "]"]),
    ("a[]c", [], ["ac", "a]c", "a[]c"]),
    ("a[]]c", [], ["a]c", "a]]c"]),
    ("[]a]", [], ["a", "]"]),
    ("[^]", ["a", "]", "^"], [""]),
    # ... but one right after '-' ends a range.
    ("[a-]", ["]", "a", "^"], ["-", "b"]),
    # A class without end ends with the pattern.
    ("[", [], ["", "[", "a"]),
    ("[^", ["a", "["], [""]),
    ("[abc", ["a", "b", "c"], ["", "[abc", "d"]),
    ("[^a", ["b"], ["a", ""]),
    ("[a-", ["a", "-"], ["b"]),
    ("a[", [], ["a", "a["]),
    ("a[b", ["ab"], ["a", "a[b"]),
    ("*[", [], ["", "["]),
    # Escapes.
    ("\\*", ["*"], ["a", "\\*"]),
    ("a\\*c", ["a*c"], ["abc", "ac"]),
    ("a\\?c", ["a?c"], ["abc"]),
    ("a\\[b]", ["a[b]"], ["ab"]),
    ("\\a", ["a"], ["\\a", "\\"]),
    ("\\\\", ["\\"], ["\\\\"]),
    ("\\", ["\\"], ["", "\\\\"]),
    ("a\\", ["a\\"], ["a"]),
    ("*\\", ["\\", "a\\"], ["a"]),
    ("[\\]]", ["]"], ["\\", "\\]"]),
    ("a[\\]]c", ["a]c"], ["a\\c"]),
    ("[^\\]]", ["a", "\\"], ["]"]),
    ("[\\\\]", ["\\"], ["]"]),
    ("[\\a]", ["a"], ["\\"]),
    ("[\\", ["\\"], ["["]),
    ("[a\\", ["a", "\\"], ["["]),
    ("[a\\-z]", ["a", "-", "z"], ["b", "\\"]),
    # Nothing else is special.
    ("{a,b}", ["{a,b}"], ["a", "b"]),
    ("a|b", ["a|b"], ["a", "b"]),
    ("^a$", ["^a$"], ["a"]),
    ("a.c", ["a.c"], ["abc"]),
    ("a+", ["a+"], ["a", "aa"]),
    ("(a)", ["(a)"], ["a"]),
]

case = area("generic.glob")
for i, (pattern, yes, no) in enumerate(GLOBS):
    case("%02d" % i, [
        (["MSET"] + [x for k in yes + no for x in (k, "v")], OK),
        (("KEYS", pattern), Unordered(yes)),
        (("SCAN", "0", "COUNT", "1000", "MATCH", pattern), scan(yes))])
# Backtracking without bounds would never end; an answer comes at once.
for name, pattern in (
        ("a-star", b"a*" * 30 + b"b"), ("star-a", b"*a" * 30 + b"b"),
        ("stars", b"*" * 10000 + b"b"), ("star-mark", b"*?" * 5000),
        ("mark-star", b"?*" * 5000), ("classes", b"*[a-z]" * 500 + b"[^a]"),
        ("escapes", b"*\\a" * 1000 + b"b"), ("open-classes", b"[a" * 5000),
        ("long-runs", b"*aaaa" * 10 + b"b"),
        ("gaps", b"a*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*b")):
    case("explosive-" + name, [
        (("MSET", b"a" * 60, "v", b"a" * 2000, "v"), OK),
        (("KEYS", pattern), []), (("SCAN", "0", "MATCH", pattern), scan([])),
    ])

# ---- KEYS ------------------------------------------------------------------

case = area("generic.keys")
case("empty", [("KEYS *", []), ("KEYS a", []), (("KEYS", ""), [])])
case("all", [
    ("MSET a 1 ab 2 b 3", OK), ("KEYS *", Unordered(["a", "ab", "b"])),
    ("KEYS ab", ["ab"]), ("KEYS zzz", []),
])
case("of-this-database", [
    ("SET a 1", OK), ("SELECT 1", OK), ("KEYS *", []), ("SET b 1", OK),
    ("KEYS *", ["b"]),
])
case("every-type", [
    (make.replace("k", "k:" + kind, 1), ANY) for kind, make, _, _ in KINDS
] + [("KEYS k:*", Unordered(["k:" + kind for kind, _, _, _ in KINDS])),
     ("KEYS *:s*", Unordered(["k:string", "k:set", "k:stream"]))])

# ---- SCAN ------------------------------------------------------------------

case = area("generic.scan")
case("empty", [("SCAN 0", ["0", []]), ("SCAN 0 COUNT 1 MATCH *", ["0", []])])
case("few-keys-come-at-once", [
    ("MSET a 1 ab 2 b 3", OK), ("SCAN 0", scan(["a", "ab", "b"])),
    ("scan 0", scan(["a", "ab", "b"])),
])
case("match", [
    ("MSET a 1 ab 2 b 3", OK), ("SCAN 0 MATCH a*", scan(["a", "ab"])),
    ("SCAN 0 MATCH zzz*", scan([])), (("SCAN", "0", "MATCH", ""), scan([])),
])
case("count", [
    ("MSET a 1 ab 2 b 3", OK), ("SCAN 0 COUNT 1000", scan(["a", "ab", "b"])),
    ("SCAN 0 COUNT " + MAX, scan(["a", "ab", "b"])),
])
case("type", [
    ("MSET a 1 ab 2 b 3", OK),
    ("SCAN 0 TYPE string", scan(["a", "ab", "b"])),
    ("SCAN 0 TYPE STRING", scan(["a", "ab", "b"])),
    ("SCAN 0 TYPE list", scan([])), ("SCAN 0 TYPE zset", scan([])),
])
case("type-unknown", [
    ("SET a 1", OK), ("SCAN 0 TYPE nope", scan([])),
    (("SCAN", "0", "TYPE", ""), scan([])), ("SCAN 0 TYPE none", scan([])),
], level=SHOULD)
case("options-together", [
    ("MSET a 1 ab 2 b 3", OK), ("SCAN 0 count 100 match b", scan(["b"])),
    ("SCAN 0 TYPE string MATCH *b COUNT 50", scan(["ab", "b"])),
    ("SCAN 0 MATCH *b TYPE list", scan([])),
])
case("option-twice-last-wins", [
    ("MSET a 1 ab 2 b 3", OK), ("SCAN 0 MATCH a MATCH b", scan(["b"])),
    ("SCAN 0 COUNT 10 COUNT 20", scan(["a", "ab", "b"])),
    ("SCAN 0 TYPE list TYPE string MATCH b", scan(["b"])),
])
case("of-this-database", [
    ("SET a 1", OK), ("SELECT 1", OK), ("SCAN 0", ["0", []]),
])
for kind, make, _, _ in KINDS:
    case("type-" + kind, [
        (make.replace("k", "k:" + kind, 1), ANY) for kind, make, _, _ in KINDS
    ] + [
        ("SCAN 0 COUNT 100 TYPE " + kind, scan(["k:" + kind])),
        ("SCAN 0 COUNT 100 TYPE %s MATCH k:?*" % kind.upper(),
         scan(["k:" + kind])),
        ("SCAN 0 COUNT 100 TYPE %s MATCH x*" % kind, scan([])),
    ])
case("type-of-bitmap-and-geo", [
    ("SETBIT b 1 1", 0), ("GEOADD g 1 1 a", 1),
    ("SCAN 0 TYPE string", scan(["b"])), ("SCAN 0 TYPE zset", scan(["g"])),
])
case("cursor-with-leading-zeros", [
    ("MSET a 1 b 2 c 3", OK), ("SCAN 00", scan("abc")),
], level=EXACT)
case("empty-cursor", [
    ("MSET a 1 b 2 c 3", OK), (("SCAN", ""), By(
        scan("abc"), ("valkey", CURSOR))),
], level=EXACT)
case("odd-cursors", [("MSET a 1 b 2 c 3", OK)] + [
    ("SCAN " + c, [Re(rb"\d+"), ListOf(OneOf("a", "b", "c"), (0, 3))])
    for c in ("1", "2", "9223372036854775807", "9223372036854775808",
              "18446744073709551615")],
    seen="dragonfly#4466")
case("signed-cursors", [("SET a 1", OK)] + [
    ("SCAN " + c, By([Re(rb"\d+"), ListOf("a", (0, 1))],
                     ("valkey", CURSOR)))
    for c in ("-1", "+1", "-9223372036854775808")], level=EXACT)
case("bad-cursors", [(("SCAN", c), CURSOR) for c in (
    "abc", "1.5", "1e2", "0x1", " 0", "0 ", "-", "--1", "0a",
    "18446744073709551616", "99999999999999999999999")])
case("cursor-error-comes-first", [
    ("SCAN abc COUNT abc", CURSOR), ("SCAN abc FOO", CURSOR),
])
case("syntax", [("SET a 1", OK)] + [("SCAN 0 " + tail, SYNTAX) for tail in (
    "COUNT 0", "COUNT -1", "COUNT " + MIN, "COUNT", "MATCH", "TYPE", "FOO",
    "FOO 1", "MATCH a COUNT", "COUNT 0 FOO", "NOVALUES", "TYPE string FOO",
    "0", "MATCH a b")])
case("count-not-int", [(("SCAN", "0", "COUNT", n), INT_ERR)
                       for n in BAD_INTS] + [
    ("SCAN 0 COUNT abc FOO", INT_ERR), ("SCAN 0 MATCH COUNT COUNT x",
                                        INT_ERR)])
case("option-word-is-an-argument", [
    ("SET COUNT 1", OK), ("SCAN 0 MATCH COUNT", scan(["COUNT"])),
    ("SCAN 0 COUNT MATCH", INT_ERR),
])


def walk(*options, between=None):
    """Follows the cursor to the end; returns every key and the number of
    calls."""
    keys, cursor, calls = [], b"0", 0
    while calls < 100000:
        got = yield ("SCAN", cursor) + options, [
            Re(rb"\d+"), ListOf(Re(rb".*"))]
        keys += [k.v for k in got.v[1].v]
        cursor, calls = got.v[0].v, calls + 1
        if cursor == b"0":
            break
        if between:
            yield from between(calls)
    return keys, calls


def fill(names):
    return ["MSET"] + [x for name in names for x in (name, "v")], OK


def same(keys, names, what):
    """A step that fails unless both are the same."""
    wrong = None if sorted(keys) == sorted(names) else (
        "%s: missing %r, too many %r" % (
            what, sorted({*names} - {*keys})[:5],
            sorted({*keys} - {*names})[:5] or "the same key twice"))
    return "PING", Shape(lambda got: wrong is None, wrong)


def every_key_once(count):
    def script():
        """Nothing changes meanwhile: every key is returned."""
        names = [b"key:%d" % i for i in range(1000)]
        yield fill(names)
        keys, calls = yield from walk("COUNT", count)
        yield same({*keys}, names, "SCAN COUNT %s" % count)
        yield "PING", Exact(Shape(
            lambda got: len(keys) == len(names) and
            calls <= 2 * 1000 // int(count) + 2,
            "no key comes twice and there are not too many calls"))
    return script


for count in ("1", "7", "10", "1000", "100000"):
    case.script("every-key-once-count-" + count, needs=("SCAN", "MSET"),
                contexts="plain", slow=count == "1")(every_key_once(count))


@case.script("match-over-many-calls", needs=("SCAN", "MSET"),
             contexts="plain")
def match_over_many_calls():
    """A call may return nothing and yet not be the last."""
    yield fill([b"key:%d" % i for i in range(1000)])
    keys, _ = yield from walk("COUNT", "10", "MATCH", "key:1?")
    yield same({*keys}, [b"key:1%d" % i for i in range(10)], "MATCH")


@case.script("type-over-many-calls", needs=("SCAN", "SADD", "MSET"),
             contexts="plain")
def type_over_many_calls():
    yield fill([b"key:%d" % i for i in range(500)])
    for i in range(5):
        yield "SADD set:%d a" % i, 1
    keys, _ = yield from walk("COUNT", "10", "TYPE", "set")
    yield same({*keys}, [b"set:%d" % i for i in range(5)], "TYPE")


@case.script("guarantee-while-keys-come-and-go", needs=(
    "SCAN", "MSET", "DEL"), contexts="plain", slow=True)
def guarantee():
    """Keys that are there from start to end are returned; keys that never
    were are not."""
    stay = [b"stay:%d" % i for i in range(300)]
    old = [b"old:%d" % i for i in range(2000)]
    yield fill(stay)
    yield fill(old)

    def between(n):
        new = [b"new:%d:%d" % (n % 20, i) for i in range(500)]
        if n < 20:
            yield fill(new)
        elif n < 40:
            yield ["DEL"] + new, ANY
        elif n == 40:
            yield ["DEL"] + old, 2000

    keys, _ = yield from walk("COUNT", "30", between=between)
    yield same({*keys} & {*stay}, stay, "keys that stay")
    yield same([k for k in keys if k.split(b":")[0] not in (
        b"stay", b"old", b"new")], [], "keys that never were")


@case.script("guarantee-while-keys-are-deleted-as-they-come", needs=(
    "SCAN", "MSET", "DEL", "DBSIZE"), contexts="plain")
def guarantee_delete():
    """The usual loop that scans and deletes leaves nothing."""
    yield fill([b"key:%d" % i for i in range(1000)])
    cursor = b"0"
    for _ in range(100000):
        got = yield ("SCAN", cursor, "COUNT", "20"), ANY
        if got.v[1].v:
            yield ["DEL"] + [k.v for k in got.v[1].v], ANY
        cursor = got.v[0].v
        if cursor == b"0":
            break
    yield "DBSIZE", 0


# ---- RANDOMKEY -------------------------------------------------------------

case = area("generic.randomkey")
case("none", [("RANDOMKEY", NIL), ("randomkey", NIL)])
case("one", [("SET a 1", OK), ("RANDOMKEY", "a"), ("RANDOMKEY", "a")])
case("of-two", [("MSET a 1 b 1", OK), ("RANDOMKEY", OneOf("a", "b"))])
case("of-this-database", [
    ("SET a 1", OK), ("SELECT 1", OK), ("RANDOMKEY", NIL),
])
case("of-any-type", [("RPUSH l a", 1), ("RANDOMKEY", "l")])


@case.script("reaches-every-key", needs=("RANDOMKEY", "MSET"),
             contexts="plain")
def reaches_every_key():
    names = [b"k%d" % i for i in range(10)]
    yield fill(names)
    seen = {*()}
    for _ in range(1000):
        got = yield "RANDOMKEY", OneOf(*names)
        seen.add(got.v)
        if len(seen) == 10:
            break
    yield same(seen, names, "RANDOMKEY")


REPLIES = {"KEYS": "array", "SCAN": "array error",
           "RANDOMKEY": "bulk null"}
