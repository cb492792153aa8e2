"""HyperLogLogs: what they count, and their bytes, as others replicate and
dump them."""

import functools
import math

from conformance.cases import *  # noqa: F403

NOT_HLL = E("WRONGTYPE Key is not a valid HyperLogLog string value.")
CORRUPT = E("INVALIDOBJ Corrupted HLL object detected")
DEBUG_NO_KEY = E("ERR The specified key does not exist")
WORD = (1 << 64) - 1
REGISTERS = 16384

# ---- the algorithm, to say what bytes and counts must be -------------------


def murmur(data):
    """MurmurHash64A, the seed of Redis."""
    m, h = 0xc6a4a7935bd1e995, 0xadc83b19 ^ len(data) * 0xc6a4a7935bd1e995
    h &= WORD
    whole = len(data) // 8 * 8
    for i in range(0, whole, 8):
        k = int.from_bytes(data[i:i + 8], "little") * m & WORD
        k = (k ^ k >> 47) * m & WORD
        h = (h ^ k) * m & WORD
    if data[whole:]:
        h = (h ^ int.from_bytes(data[whole:], "little")) * m & WORD
    h = (h ^ h >> 47) * m & WORD
    return h ^ h >> 47


@functools.lru_cache(None)
def place(element):
    """The register of an element, and the value there."""
    h = murmur(element if isinstance(element, bytes) else element.encode())
    rest = h >> 14 | 1 << 50
    return h & REGISTERS - 1, (rest & -rest).bit_length()


def registers(elements):
    out = {}
    for element in elements:
        i, n = place(element)
        out[i] = max(out.get(i, 0), n)
    return out


def runs(regs):
    """[(value, length)] over all registers."""
    out, at = [], 0
    for i in sorted(regs):
        if i > at:
            out.append((0, i - at))
        if (out and at == i and out[-1][0] == regs[i] and out[-1][1] < 4):
            out[-1] = regs[i], out[-1][1] + 1
        else:
            out.append((regs[i], 1))
        at = i + 1
    return out + [(0, REGISTERS - at)] * (at < REGISTERS)


def opcodes(elements):
    """As PFDEBUG DECODE tells them."""
    return " ".join(
        "v:%d,%d" % run if run[0] else
        "%s:%d" % ("z" if run[1] <= 64 else "Z", run[1])
        for run in runs(registers(elements)))


def header(encoding, cached):
    return b"HYLL" + bytes([encoding, 0, 0, 0]) + (
        b"\0" * 7 + b"\x80" if cached is None
        else cached.to_bytes(8, "little"))


def sparse(elements, cached=None):
    body = b""
    for value, length in runs(registers(elements)):
        if value:
            body += bytes([0x80 | value - 1 << 2 | length - 1])
        elif length <= 64:
            body += bytes([length - 1])
        else:
            body += (0x4000 | length - 1).to_bytes(2, "big")
    return header(1, cached) + body


def dense(elements, cached=None):
    number = 0
    for i, value in registers(elements).items():
        number |= value << i * 6
    return header(0, cached) + number.to_bytes(REGISTERS * 6 // 8, "little")


def estimate(elements):
    regs = registers(elements)
    many = [0] * 52
    for value in regs.values():
        many[value] += 1
    many[0] = REGISTERS - len(regs)
    x, y, z = 1 - many[51] / REGISTERS, 1.0, 0.0
    if x < 1:
        z = 1 - x
        while True:
            x, y, before = math.sqrt(x), y / 2, z
            z -= (1 - x) ** 2 * y
            if before == z:
                break
    z = REGISTERS * z / 3
    for n in range(50, 0, -1):
        z = (z + many[n]) / 2
    x = many[0] / REGISTERS
    if x == 1:
        return 0
    sigma, y = x, 1.0
    while True:
        x, before = x * x, sigma
        sigma, y = sigma + x * y, y * 2
        if sigma == before:
            break
    z += REGISTERS * sigma
    return int(0.721347520444481703680 * REGISTERS * REGISTERS / z + 0.5)


def add(key, *elements):
    return ("PFADD", key) + tuple(elements), 1


def counted(elements, *keys):
    """Near the truth for anybody, and what the algorithm says."""
    true = len(set(elements))
    call = "PFCOUNT " + " ".join(keys)
    return [(call, Between(true - true // 20, true + true // 20)),
            (call, Exact(estimate(elements)))]


def some(n, prefix="e"):
    return ["%s%d" % (prefix, i) for i in range(n)]


ODD = [b"", b"\0", b"\r\n", b"\xff" * 9, b"a b", b"\0" * 16, "x" * 1000]

# ---- PFADD -----------------------------------------------------------------

case = area("hyperloglog.pfadd")

case("new", [
    add("h", "a"), ("TYPE h", Simple("string")), ("PFCOUNT h", 1),
    ("TTL h", -1),
])
case("no-elements", [
    ("PFADD h", 1), ("EXISTS h", 1), ("PFADD h", 0), ("PFCOUNT h", 0),
])
case("no-elements-to-one-that-has", [
    add("h", "a"), ("PFADD h", 0), ("PFCOUNT h", 1),
])
case("same-element", [
    add("h", "a"), ("PFADD h a", 0), ("PFADD h a a a", 0), ("PFCOUNT h", 1),
])
case("several-elements", [
    add("h", "a", "b", "c"), ("PFCOUNT h", 3), ("PFADD h a b", 0),
    ("PFADD h a d", 1), ("PFCOUNT h", 4),
])
case("element-twice-in-one-call", [add("h", "a", "a"), ("PFCOUNT h", 1)])
case("elements-are-bytes", [
    add("h", "a", "A", "a ", "1", "01", "1.0"), ("PFCOUNT h", 6),
])
case("odd-elements", [add("h", *ODD), ("PFCOUNT h", len(ODD))] + [
    (("PFADD", "h", item), 0) for item in ODD])
case("empty-element", [
    add("h", ""), ("PFCOUNT h", 1), (("PFADD", "h", ""), 0),
    ("GET h", Exact(sparse([""], 1))),
])
case("empty-and-binary-keys", [
    add("", "a"), (("PFCOUNT", ""), 1), add(b"\r\n\0", "a"),
    (("PFCOUNT", b"\r\n\0"), 1),
])
case("keeps-ttl", [
    add("h", "a"), ("EXPIRE h 100", 1), add("h", "b"),
    ("TTL h", Between(99, 100)), ("PFADD h b", 0),
    ("TTL h", Between(99, 100)),
])
case("any-case", [("pfadd h a", 1), ("PfAdd h a", 0)])
case("many-elements", [
    (["PFADD", "h"] + some(1000), 1),
] + counted(some(1000), "h") + [(["PFADD", "h"] + some(1000), 0)])
case("one-by-one", [
    add("h", item) for item in some(30)] + [("PFCOUNT h", 30)])
case("no-string", [
    ("RPUSH l a", 1), ("PFADD l", WRONGTYPE), ("PFADD l a", WRONGTYPE),
    ("LLEN l", 1),
])
for name, value in [
        ("text", "hello, world, this is no such thing"), ("empty", ""),
        ("number", "12"), ("bare-magic", "HYLL"),
        ("short-header", b"HYLL\x01" + b"\0" * 10),
        ("small-letters", b"hyll" + sparse(["a"])[4:]),
        ("unknown-encoding", b"HYLL\x02" + sparse(["a"])[5:]),
        ("short-dense", dense(["a"])[:-1]),
        ("long-dense", dense(["a"]) + b"\0")]:
    case("invalid-" + name, [
        (("SET", "h", value), OK), ("PFADD h a", NOT_HLL),
        ("PFADD h", NOT_HLL), ("GET h", value), ("PFCOUNT h", NOT_HLL),
        ("PFCOUNT h no", NOT_HLL), ("PFMERGE d h", NOT_HLL),
        ("EXISTS d", 0), ("PFMERGE h", NOT_HLL), ("GET h", value),
    ])

# ---- PFCOUNT ---------------------------------------------------------------

case = area("hyperloglog.pfcount")

case("no-key", [("PFCOUNT h", 0), ("PFCOUNT h i j", 0), ("EXISTS h", 0)])
for n in (1, 2, 3, 5, 10, 20, 50):
    case("of-%d" % n, [(["PFADD", "h"] + some(n), 1), ("PFCOUNT h", n)])
for n in (100, 200, 500, 1000, 3000):
    case("about-%d" % n, [
        (["PFADD", "h"] + some(n), 1)] + counted(some(n), "h"))
case("union", [
    add("a", "1", "2", "3"), add("b", "3", "4"), ("PFCOUNT a b", 4),
    ("PFCOUNT a", 3), ("PFCOUNT b", 2), ("PFCOUNT b a", 4),
])
case("union-of-one-with-itself", [
    add("a", "1", "2"), ("PFCOUNT a a", 2), ("PFCOUNT a a a", 2),
])
case("union-with-missing-keys", [
    add("a", "1", "2"), ("PFCOUNT a no", 2), ("PFCOUNT no a", 2),
    ("PFCOUNT no a none", 2), ("EXISTS no none", 0),
])
case("union-of-empty-ones", [
    ("PFADD a", 1), ("PFADD b", 1), ("PFCOUNT a b", 0), add("b", "x"),
    ("PFCOUNT a b", 1),
])
case("union-of-many", [
    add("k%d" % i, "e%d" % i, "common") for i in range(12)
] + [("PFCOUNT " + " ".join("k%d" % i for i in range(12)), 13)])
case("union-of-big-ones", [
    (["PFADD", "a"] + some(1000), 1), (["PFADD", "b"] + some(900, "f"), 1),
] + counted(some(1000) + some(900, "f"), "a", "b"))
case("union-of-sparse-and-dense", [
    add("a", "1", "2"), ("PFDEBUG TODENSE a", 1), add("b", "2", "3"),
    ("PFCOUNT a b", 3), ("PFCOUNT b a", 3),
    ("PFDEBUG ENCODING b", Simple("sparse")),
])
case("union-leaves-the-keys", [
    add("a", "1"), add("b", "2"), ("PFCOUNT a b", 2),
    ("GET a", Exact(sparse(["1"]))), ("GET b", Exact(sparse(["2"]))),
])
case("after-each-add", [
    step for i, item in enumerate(some(12), 1)
    for step in [add("h", item), ("PFCOUNT h", i), ("PFCOUNT h", i)]])
case("keeps-ttl", [
    add("h", "a"), ("EXPIRE h 100", 1), ("PFCOUNT h", 1),
    ("TTL h", Between(99, 100)),
])
case("no-string", [
    ("RPUSH l a", 1), ("PFCOUNT l", WRONGTYPE), add("h", "a"),
    ("PFCOUNT h l", WRONGTYPE), ("PFCOUNT l h", WRONGTYPE),
    ("PFCOUNT no l", WRONGTYPE),
])
case("invalid-among-keys", [
    ("SET s hello", OK), add("h", "a"), ("PFCOUNT h s", NOT_HLL),
    ("PFCOUNT s h", NOT_HLL), ("PFCOUNT s", NOT_HLL),
])
case("first-fault-wins", [
    ("SET s hello", OK), ("RPUSH l a", 1), ("PFCOUNT s l", NOT_HLL),
    ("PFCOUNT l s", WRONGTYPE),
])
case("any-case", [add("h", "a"), ("pfcount h", 1)])

# ---- PFMERGE ---------------------------------------------------------------

case = area("hyperloglog.pfmerge")

case("new-destination", [
    add("a", "1", "2"), add("b", "2", "3"), ("PFMERGE d a b", OK),
    ("PFCOUNT d", 3), ("PFCOUNT a", 2), ("PFCOUNT b", 2),
    ("TYPE d", Simple("string")),
])
case("destination-counts", [
    add("d", "0", "1"), add("a", "1", "2"), ("PFMERGE d a", OK),
    ("PFCOUNT d", 3), ("PFADD d 0 1 2", 0),
])
case("no-source", [
    ("PFMERGE d", OK), ("EXISTS d", 1), ("PFCOUNT d", 0), add("d", "a"),
    ("PFMERGE d", OK), ("PFCOUNT d", 1),
])
case("missing-sources", [
    ("PFMERGE d no none", OK), ("EXISTS d", 1), ("EXISTS no none", 0),
    ("PFCOUNT d", 0), add("a", "1"), ("PFMERGE d no a none", OK),
    ("PFCOUNT d", 1),
])
case("destination-is-a-source", [
    add("d", "1"), add("a", "2"), ("PFMERGE d d a", OK), ("PFCOUNT d", 2),
    ("PFMERGE d d d", OK), ("PFCOUNT d", 2),
])
case("source-twice", [
    add("a", "1", "2"), ("PFMERGE d a a", OK), ("PFCOUNT d", 2),
])
case("again-changes-nothing", [
    add("a", "1"), ("PFMERGE d a", OK), ("PFMERGE d a", OK),
    ("PFCOUNT d", 1),
])
case("many-sources", [
    add("k%d" % i, "e%d" % i) for i in range(12)
] + [("PFMERGE d " + " ".join("k%d" % i for i in range(12)), OK),
     ("PFCOUNT d", 12)])
case("big-sources", [
    (["PFADD", "a"] + some(1000), 1), (["PFADD", "b"] + some(900, "f"), 1),
    ("PFMERGE d a b", OK),
] + counted(some(1000) + some(900, "f"), "d"))
case("sparse-stays-sparse", [
    add("a", "1"), add("b", "2"), ("PFMERGE d a b", OK),
    ("PFDEBUG ENCODING d", Simple("sparse")),
    ("GET d", Exact(sparse(["1", "2"]))),
])
case("dense-makes-dense", [
    add("a", "1"), add("b", "2"), ("PFDEBUG TODENSE b", 1),
    ("PFMERGE d a b", OK), ("PFDEBUG ENCODING d", Simple("dense")),
    ("PFDEBUG ENCODING a", Simple("sparse")),
    ("GET d", Exact(dense(["1", "2"]))),
])
case("dense-destination-stays-dense", [
    add("d", "1"), ("PFDEBUG TODENSE d", 1), add("a", "2"),
    ("PFMERGE d a", OK), ("GET d", Exact(dense(["1", "2"]))),
])
case("forgets-the-cached-count", [
    add("d", "1"), ("PFCOUNT d", 1), add("a", "2"), ("PFMERGE d a", OK),
    ("GETRANGE d 15 15", Exact(b"\x80")), ("PFCOUNT d", 2),
])
case("keeps-ttl", [
    add("d", "1"), ("EXPIRE d 100", 1), add("a", "2"), ("EXPIRE a 200", 1),
    ("PFMERGE d a", OK), ("TTL d", Between(99, 100)),
    ("TTL a", Between(199, 200)), ("PFMERGE e a", OK), ("TTL e", -1),
])
case("no-string", [
    ("RPUSH l a", 1), add("h", "a"), ("PFMERGE l h", WRONGTYPE),
    ("PFMERGE h l", WRONGTYPE), ("PFMERGE d h l", WRONGTYPE),
    ("PFMERGE l", WRONGTYPE), ("EXISTS d", 0), ("PFCOUNT h", 1),
])
case("invalid", [
    ("SET s hello", OK), add("h", "a"), ("PFMERGE s h", NOT_HLL),
    ("PFMERGE h s", NOT_HLL), ("PFMERGE d h s", NOT_HLL), ("EXISTS d", 0),
    ("GET s", "hello"), ("PFCOUNT h", 1),
])
case("any-case", [add("a", "1"), ("pfmerge d a", OK), ("PFCOUNT d", 1)])

# ---- the bytes -------------------------------------------------------------

case = area("hyperloglog.bytes")

case("empty", [("PFADD h", 1), ("GET h", Exact(sparse([])))])
case("empty-by-merge", [("PFMERGE h", OK), ("GET h", Exact(sparse([])))])
case("one", [add("h", "a"), ("GET h", Exact(sparse(["a"])))])
case("length", [
    add("h", "a"), ("STRLEN h", Exact(21)), ("PFDEBUG TODENSE h", 1),
    ("STRLEN h", Exact(12304)),
])
case("several", [
    add("h", *some(20)), ("GET h", Exact(sparse(some(20)))),
])
case("cached-count", [
    add("h", *some(7)), ("PFCOUNT h", 7), ("GET h", Exact(
        sparse(some(7), 7))), ("PFADD h e1", 0), ("GET h", Exact(
            sparse(some(7), 7))), add("h", "more"), ("GET h", Exact(
                sparse(some(7) + ["more"], 7 | 1 << 63))),
    ("PFCOUNT h", 8),
])
case("cached-count-is-believed", [
    (("SET", "h", sparse(["a", "b"], 12345)), OK),
    ("PFCOUNT h", Exact(12345)), ("PFCOUNT h h", Exact(2)),
    ("PFADD h a", 0), ("PFCOUNT h", Exact(12345)), add("h", "c"),
    ("PFCOUNT h", 3),
])
for name, elements in [
        ("empty", []), ("one", ["a"]), ("several", some(40)),
        ("odd", [b"", b"\0", b"\r\n\xff"])]:
    case("dense-" + name, [
        (("PFADD", "h") + tuple(elements), 1), ("PFDEBUG TODENSE h", 1),
        ("GET h", Exact(dense(elements))),
        ("PFCOUNT h", len(elements)),
        ("GET h", Exact(dense(elements, len(elements)))),
    ])
case("element-lengths", [
    add("h", *("x" * n for n in range(1, 26))),
    ("GET h", Exact(sparse(["x" * n for n in range(1, 26)]))),
    ("PFCOUNT h", 25),
])
case("element-with-high-bytes", [
    add("h", *(b"\xff\x80" * n for n in range(1, 12))),
    ("GET h", Exact(sparse([b"\xff\x80" * n for n in range(1, 12)]))),
])
for n in (1, 7, 8, 9, 16, 100):
    element = bytes(range(65, 75)) * 10
    case("element-of-%d-bytes" % n, [
        add("h", element[:n]), ("GET h", Exact(sparse([element[:n]]))),
    ])
case("set-back", [
    (("SET", "h", sparse(["a", "b"])), OK), ("PFCOUNT h", 2),
    ("PFADD h a b", 0), add("h", "c"), ("PFCOUNT h", 3),
])
case("set-back-dense", [
    (("SET", "h", dense(["a", "b"])), OK), ("PFCOUNT h", 2),
    ("PFADD h a b", 0), add("h", "c"), ("PFCOUNT h", 3),
    ("GET h", Exact(dense(["a", "b", "c"], 3))),
])
case("reserved-bytes-are-ignored", [
    (("SET", "h", sparse(["a"])[:5] + b"\xff\xff\xff" + sparse(["a"])[8:]),
     OK), ("PFCOUNT h", Exact(1)),
])
case("string-commands-work-on-it", [
    add("h", "a"), ("GETRANGE h 0 3", Exact("HYLL")),
    ("GETRANGE h 4 4", Exact(b"\x01")), ("COPY h i", 1), ("PFCOUNT i", 1),
    ("RENAME i j", OK), ("PFCOUNT h j", 1),
])
for limit, encoding in [("0", "dense"), ("16", "dense"), ("21", "sparse"),
                        ("3000", "sparse"), ("100000", "sparse")]:
    case("one-with-limit-" + limit, [
        add("h", "a"), ("PFDEBUG ENCODING h", Simple(encoding)),
        ("GET h", Exact((sparse if encoding == "sparse" else dense)(["a"]))),
        ("PFCOUNT h", 1),
    ], config={"hll-sparse-max-bytes": limit})
case("grows-dense", [
    (["PFADD", "h"] + some(2000), 1), ("PFDEBUG ENCODING h", Simple("dense")),
    ("GET h", Exact(dense(some(2000)))),
])
case("grows-dense-under-a-limit", [
    add("h", *some(8)), ("PFDEBUG ENCODING h", Simple("sparse")),
    add("h", *some(30)), ("PFDEBUG ENCODING h", Simple("dense")),
    ("GET h", Exact(dense(some(30)))), ("PFCOUNT h", 30),
], config={"hll-sparse-max-bytes": "60"})
case("dense-stays-dense", [
    add("h", "a"), ("CONFIG SET hll-sparse-max-bytes 3000", OK),
    add("h", "b"), ("PFDEBUG ENCODING h", Simple("dense")),
], config={"hll-sparse-max-bytes": "0"})

# Elements by their register, and the value they raise it to.
AT = {
    (0, 1): "n6224", (0, 2): "n15985", (0, 3): "n60947", (1, 1): "n22727",
    (1, 2): "n23581", (1, 3): "n58742", (2, 1): "n21877", (2, 3): "n185395",
    (3, 1): "n11853", (3, 2): "n33553", (4, 1): "n25258", (5, 1): "n6611",
    (64, 1): "n26938", (65, 1): "n55192", (66, 1): "n21988",
    (100, 1): "n5118", (16382, 1): "n18215", (16383, 1): "n29831",
    (16383, 3): "n90593"}
for name, path in [
        ("first-register", [(0, 1)]), ("last-register", [(16383, 1)]),
        ("both-ends", [(16383, 3), (0, 2)]),
        ("neighbours", [(0, 1), (1, 1)]),
        ("neighbours-backwards", [(1, 1), (0, 1)]),
        ("last-neighbours", [(16382, 1), (16383, 1)]),
        ("neighbours-differ", [(1, 2), (2, 1), (3, 2)]),
        ("gap-is-filled", [(0, 1), (2, 1), (1, 1)]),
        ("four-alike", [(0, 1), (1, 1), (2, 1), (3, 1)]),
        ("five-alike", [(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)]),
        ("raised", [(1, 1), (1, 2), (1, 3)]),
        ("first-of-a-run-raised", [(0, 1), (1, 1), (2, 1), (0, 3)]),
        ("middle-of-a-run-raised", [(0, 1), (1, 1), (2, 1), (1, 3)]),
        ("last-of-a-run-raised", [(0, 1), (1, 1), (2, 1), (2, 3)]),
        ("raised-to-its-neighbour", [(0, 3), (1, 1), (2, 3), (1, 3)]),
        ("short-zeros", [(0, 1), (65, 1)]),
        ("long-zeros", [(0, 1), (66, 1)]),
        ("short-zeros-before", [(64, 1)]), ("long-zeros-before", [(65, 1)]),
        ("short-zeros-split", [(0, 1), (65, 1), (3, 1)]),
        ("short-zeros-cut-at-the-start", [(0, 1), (65, 1), (1, 1)]),
        ("short-zeros-cut-at-the-end", [(0, 1), (65, 1), (64, 1)]),
        ("single-zero-filled", [(3, 1), (5, 1), (4, 1)]),
        ("long-zeros-split", [(0, 1), (100, 1), (66, 1), (5, 1)])]:
    elements = [AT[step] for step in path]
    number = len({register for register, _ in path})
    case("opcodes-" + name, [add("h", item) for item in elements] + [
        ("GET h", Exact(sparse(elements))),
        ("PFDEBUG DECODE h", Exact(opcodes(elements))),
        ("PFCOUNT h", Exact(number)), ("PFDEBUG TODENSE h", 1),
        ("GET h", Exact(dense(elements, number))),
    ])
case("value-that-is-not-higher", [
    add("h", AT[1, 2]), ("PFADD h " + AT[1, 1], Exact(0)),
    ("GET h", Exact(sparse([AT[1, 2]]))), ("PFDEBUG TODENSE h", 1),
    ("PFADD h " + AT[1, 1], Exact(0)), add("h", AT[1, 3]),
    ("GET h", Exact(dense([AT[1, 3]]))),
])
case("merge-takes-the-higher", [
    add("a", AT[0, 3], AT[1, 1]), add("b", AT[0, 1], AT[1, 3]),
    ("PFMERGE d a b", OK), ("GET d", Exact(sparse([AT[0, 3], AT[1, 3]]))),
    ("PFMERGE a b", OK), ("GET a", Exact(sparse([AT[0, 3], AT[1, 3]]))),
])

BAD_SPARSE = [
    # what follows the header; 7f ff is a run of 16384 zeros
    ("no-opcodes", b""), ("short-by-one", b"\x7f\xfe"),
    ("long-by-one", b"\x7f\xff\x00"), ("runs-over", b"\x7f\xff\x7f\xff"),
    ("half-an-opcode", b"\x7f"), ("values-only", b"\x83" * 10)]
for name, body in BAD_SPARSE:
    value = header(1, None) + body
    case("corrupt-" + name, [
        (("SET", "h", value), OK), ("PFCOUNT h", CORRUPT),
        ("PFCOUNT h no", CORRUPT), ("PFMERGE d h", CORRUPT),
        ("EXISTS d", 0), ("PFDEBUG TODENSE h", CORRUPT),
        ("PFDEBUG GETREG h", CORRUPT), ("GET h", value),
    ])

# ---- PFDEBUG, PFSELFTEST ---------------------------------------------------

case = area("hyperloglog.pfdebug")

case("encoding", [
    add("h", "a"), ("PFDEBUG ENCODING h", Simple("sparse")),
    ("pfdebug encoding h", Simple("sparse")), ("PFDEBUG TODENSE h", 1),
    ("PFDEBUG ENCODING h", Simple("dense")), ("PFDEBUG TODENSE h", 0),
])
case("decode", [
    ("PFADD h", 1), ("PFDEBUG DECODE h", Exact("Z:16384")), add("h", "a"),
    ("PFDEBUG DECODE h", Exact(opcodes(["a"]))), add("h", *some(10)),
    ("PFDEBUG DECODE h", Exact(opcodes(["a"] + some(10)))),
])
case("decode-dense", [
    add("h", "a"), ("PFDEBUG TODENSE h", 1),
    ("PFDEBUG DECODE h", E("ERR HLL encoding is not sparse")),
])
case("getreg", [
    add("h", *some(5)), ("PFDEBUG GETREG h", Exact(
        [registers(some(5)).get(i, 0) for i in range(REGISTERS)])),
    # it makes it dense
    ("PFDEBUG ENCODING h", Simple("dense")), ("PFCOUNT h", 5),
], contexts="plain")
case("todense-keeps-the-count", [
    add("h", *some(50)), ("PFDEBUG TODENSE h", 1), ("PFCOUNT h", 50),
    (["PFADD", "h"] + some(50), 0),
])
case("no-key", [
    ("PFDEBUG %s h" % word, DEBUG_NO_KEY) for word in (
        "ENCODING", "DECODE", "GETREG", "TODENSE", "FOO")
] + [("EXISTS h", 0)])
case("unknown", [
    add("h", "a"), ("PFDEBUG FOO h", E("ERR Unknown PFDEBUG subcommand "
                                       "'FOO'")),
    (("PFDEBUG", "", "h"), E("ERR Unknown PFDEBUG subcommand ''")),
])
case("wrong-keys", [
    ("SET s v", OK), ("RPUSH l a", 1), ("PFDEBUG ENCODING s", NOT_HLL),
    ("PFDEBUG FOO s", NOT_HLL), ("PFDEBUG ENCODING l", WRONGTYPE),
    ("PFDEBUG FOO l", WRONGTYPE),
])

case = area("hyperloglog.pfselftest")

case("passes", [("PFSELFTEST", OK)], contexts="plain", slow=True)


# PFSELFTEST fails by its number of arguments alone.
REPLIES = {
    "PFADD": "int error",
    "PFCOUNT": "int error",
    "PFDEBUG": "simple int bulk array error",
    "PFMERGE": "simple error",
    "PFSELFTEST": "simple error",
}
