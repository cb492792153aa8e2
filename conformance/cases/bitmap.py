"""Bits of strings."""

from conformance.cases import *  # noqa: F403

MAX, MIN = "9223372036854775807", "-9223372036854775808"
OFFSET = E("ERR bit offset is not an integer or out of range")
BIT = E("ERR bit is not an integer or out of range")
ONE_OR_ZERO = E("ERR The bit argument must be 1 or 0.")
NOT_ONE_KEY = E("ERR BITOP NOT must be called with a single source key.")
BAD_TYPE = E("ERR Invalid bitfield type. Use something like i16 u8. Note "
             "that u64 is not supported but i64 is.")
BAD_OVERFLOW = E("ERR Invalid OVERFLOW type specified")
ONLY_GET = E("ERR BITFIELD_RO only supports the GET subcommand")
BAD_INTS = ["", " ", "+1", "01", "-0", " 1", "1 ", "1e2", "1.0", "0x1",
            "abc", "9223372036854775808"]
GONE = [("EXISTS k", 0), ("DBSIZE", 0)]


def put(value, key="k"):
    return ("SET", key, value), OK


def bits(data):
    return "".join(format(byte, "08b") for byte in data)


# ---- SETBIT, GETBIT --------------------------------------------------------

case = area("bitmap.setbit")

case("answers-the-old-bit", [
    ("SETBIT k 1 1", 0), ("SETBIT k 1 1", 1), ("SETBIT k 1 0", 1),
    ("SETBIT k 1 0", 0),
])
for i in range(8):
    case("bit-%d" % i, [
        ("SETBIT k %d 1" % i, 0), ("GET k", bytes([128 >> i])),
        ("GETBIT k %d" % i, 1), ("BITCOUNT k", 1),
    ])
case("clears", [
    put(b"\xff\xff"), ("SETBIT k 0 0", 1), ("SETBIT k 15 0", 1),
    ("GET k", b"\x7f\xfe"),
])
case("zero-creates", [
    ("SETBIT k 0 0", 0), ("GET k", b"\0"), ("TYPE k", Simple("string")),
    ("SETBIT k 20 0", 0), ("GET k", b"\0\0\0"), ("TTL k", -1),
])
case("grows", [
    ("SETBIT k 7 1", 0), ("STRLEN k", 1), ("SETBIT k 8 1", 0),
    ("STRLEN k", 2), ("SETBIT k 100 1", 0), ("STRLEN k", 13),
    ("GET k", b"\x01\x80" + b"\0" * 10 + b"\x08"),
])
case("grows-far", [
    ("SETBIT k 8000000 1", 0), ("STRLEN k", 1000001),
    ("GETBIT k 8000000", 1), ("GETBIT k 7999999", 0), ("BITCOUNT k", 1),
])
case("in-the-middle-keeps-length", [
    put("hello"), ("SETBIT k 6 1", 0), ("GET k", "jello"),
    ("SETBIT k 6 0", 1), ("GET k", "hello"), ("STRLEN k", 5),
])
case("of-a-number", [
    put("12"), ("SETBIT k 15 1", 0), ("GET k", "13"), ("INCR k", 14),
    ("SETBIT k 100 0", 0), ("GET k", b"14" + b"\0" * 11),
    ("INCR k", INT_ERR), ("OBJECT ENCODING k", Exact("raw")),
])
case("keeps-ttl", [
    put("a"), ("EXPIRE k 100", 1), ("SETBIT k 0 1", 0),
    ("TTL k", Between(99, 100)),
])
case("offset", [put("a")] + [
    (("SETBIT", "k", n, "1"), OFFSET)
    for n in BAD_INTS + ["-1", MIN, MAX, "4294967296"]] + [("GET k", "a")])
case("bit", [put("a")] + [
    (("SETBIT", "k", "0", n), BIT)
    for n in BAD_INTS + ["2", "-1", "10", MAX]] + [("GET k", "a")])
case("which-fault-wins", [
    ("RPUSH l a", 1), ("SETBIT l -1 2", OFFSET), ("SETBIT l 0 2", BIT),
    ("SETBIT l 0 1", WRONGTYPE), ("SETBIT l x 1", OFFSET),
    ("SETBIT no -1 1", OFFSET), ("SETBIT no 0 2", BIT), ("EXISTS no", 0),
])
case("offset-beyond-a-small-limit", [
    ("SETBIT k 8388607 1", 0), ("SETBIT k 8388608 1", OFFSET),
    ("GETBIT k 8388607", 1), ("STRLEN k", 1048576),
], config={"proto-max-bulk-len": "1048576"})
case("any-case", [("setbit k 0 1", 0), ("SetBit k 0 1", 1)])
case("empty-and-binary-key", [
    (("SETBIT", "", "0", "1"), 0), (("GETBIT", "", "0"), 1),
    (("SETBIT", b"\r\n\0", "0", "1"), 0), (("GETBIT", b"\r\n\0", "0"), 1),
])

case = area("bitmap.getbit")

case("no-key", [("GETBIT k 0", 0), ("GETBIT k 4294967295", 0)] + GONE)
case("each-bit", [put(b"\xa5\x0f")] + [
    ("GETBIT k %d" % i, int(bit)) for i, bit in enumerate(bits(b"\xa5\x0f"))])
case("beyond-the-end", [
    put(b"\xff"), ("GETBIT k 8", 0), ("GETBIT k 100", 0),
    ("GETBIT k 4294967295", 0), ("STRLEN k", 1),
])
case("empty-string", [put(""), ("GETBIT k 0", 0)])
case("of-a-number", [put("10")] + [
    ("GETBIT k %d" % i, int(bit)) for i, bit in enumerate(bits(b"10"))
] + [("GETBIT k 16", 0), ("OBJECT ENCODING k", Exact("int"))])
case("of-a-negative-number", [put("-1")] + [
    ("GETBIT k %d" % i, int(bit)) for i, bit in enumerate(bits(b"-1"))])
case("offset", [put("a")] + [
    (("GETBIT", "k", n), OFFSET)
    for n in BAD_INTS + ["-1", MIN, MAX, "4294967296"]])
case("offset-before-key", [
    ("RPUSH l a", 1), ("GETBIT l -1", OFFSET), ("GETBIT l x", OFFSET),
    ("GETBIT no -1", OFFSET), ("GETBIT l 0", WRONGTYPE),
])

# ---- BITCOUNT, BITPOS ------------------------------------------------------


def span(size, start, end):
    """The part of a string that two ends mean, or None."""
    if start < 0 and end < 0 and start > end:
        return None
    start = max(start + size, 0) if start < 0 else start
    end = max(end + size, 0) if end < 0 else end
    end = min(end, size - 1)
    return (start, end) if start <= end else None


def count(data, start=0, end=-1, unit="BYTE"):
    if unit == "BYTE":
        part = span(len(data), start, end)
        return bits(data[part[0]:part[1] + 1]).count("1") if part else 0
    part = span(len(data) * 8, start, end)
    return bits(data)[part[0]:part[1] + 1].count("1") if part else 0


def named(n):
    return "minus-%d" % -n if n < 0 else "%d" % n


case = area("bitmap.bitcount")

case("no-key", [
    ("BITCOUNT k", 0), ("BITCOUNT k 0 -1", 0), ("BITCOUNT k 0 -1 BIT", 0),
] + GONE)
for name, data in [
        ("empty", b""), ("zeros", b"\0\0\0"), ("ones", b"\xff" * 3),
        ("text", b"foobar"), ("number", b"123"), ("long", b"\xa5" * 1000),
        ("every-byte", bytes(range(256))),
        ("odd-length", b"\x01\x80" * 33 + b"\x7f")]:
    case("of-" + name, [put(data), ("BITCOUNT k", count(data))])
case("of-each-byte", [
    step for byte in (0, 1, 2, 3, 7, 127, 128, 170, 240, 254, 255)
    for step in [put(bytes([byte])), ("BITCOUNT k", bin(byte).count("1"))]])
for start in range(-7, 8):
    case("from-" + named(start), [put("foobar")] + [
        ("BITCOUNT k %d %d" % (start, end), count(b"foobar", start, end))
        for end in range(-7, 8)])
case("byte", [
    put("foobar"), ("BITCOUNT k 0 0 BYTE", 4), ("BITCOUNT k 1 1 byte", 6),
    ("BITCOUNT k 0 -1 Byte", 26), ("BITCOUNT k -2 -1 BYTE", 7),
    ("BITCOUNT k 5 30 BYTE", 4),
])
for start in (0, 1, 5, 7, 8, 9, 40, 47, 48, 60, -1, -7, -8, -9, -48, -60):
    case("bit-from-" + named(start), [put("foobar")] + [
        ("BITCOUNT k %d %d BIT" % (start, end),
         count(b"foobar", start, end, "BIT"))
        for end in (0, 3, 7, 8, 15, 30, 46, 47, 48, 99, -1, -2, -8, -9, -33,
                    -48, -49, -99)])
case("bit-any-case", [
    put("foobar"), ("BITCOUNT k 5 30 bit", 17), ("BITCOUNT k 5 30 Bit", 17),
])
case("bounds", [
    put("foobar"), ("BITCOUNT k %s %s" % (MIN, MAX), 26),
    ("BITCOUNT k 0 " + MAX, 26), ("BITCOUNT k %s -1" % MIN, 26),
    ("BITCOUNT k %s %s" % (MAX, MAX), 0), ("BITCOUNT k %s %s" % (MAX, MIN),
                                           0),
    ("BITCOUNT k %s %s" % (MIN, MIN), 4),
    ("BITCOUNT k %s %s BIT" % (MIN, MAX), 26),
    ("BITCOUNT k 0 %s BIT" % MAX, 26),
    ("BITCOUNT k %s %s BIT" % (MAX, MIN), 0),
])
case("bit-range-of-a-long-string", [
    put(b"\xff" * 1000), ("BITCOUNT k 3 7996 BIT", 7994),
    ("BITCOUNT k 4000 4000 BIT", 1), ("BITCOUNT k 1 7999 BIT", 7999),
    ("BITCOUNT k 999 1001", 8), ("BITCOUNT k 1 998", 7984),
])
case("syntax", [put("a")] + [
    ("BITCOUNT k " + tail, SYNTAX) for tail in (
        "0", "-1", "BIT", "0 -1 FOO", "0 -1 BIT BIT", "0 -1 BYTE 1",
        "0 -1 BITS", "0 -1 1", "0 -1 BIT BYTE")
] + [(("BITCOUNT", "k", "0", "-1", ""), SYNTAX)])
case("start-no-integer", [put("a")] + [
    (("BITCOUNT", "k", n, "0"), INT_ERR) for n in BAD_INTS])
case("end-no-integer", [put("a")] + [
    (("BITCOUNT", "k", "0", n), INT_ERR) for n in BAD_INTS])
case("integers-before-unit", [
    put("a"), ("BITCOUNT k x -1 FOO", INT_ERR),
    ("BITCOUNT k 0 x FOO", INT_ERR), ("BITCOUNT k 0 FOO", INT_ERR),
])
case("no-key-and-faults", [
    # 7.4 looks at the arguments first
    ("BITCOUNT k 0", By(0, ("redis>=7.4", SYNTAX))),
    ("BITCOUNT k a b", By(0, ("redis>=7.4", INT_ERR))),
    ("BITCOUNT k 0 1 FOO", By(0, ("redis>=7.4", SYNTAX))),
])
case("wrong-type-and-faults", [
    ("RPUSH k a", 1), ("BITCOUNT k", WRONGTYPE),
    ("BITCOUNT k 0 -1", WRONGTYPE), ("BITCOUNT k 0 -1 BIT", WRONGTYPE),
    ("BITCOUNT k 0", By(WRONGTYPE, ("redis>=7.4", SYNTAX))),
    ("BITCOUNT k a b", By(WRONGTYPE, ("redis>=7.4", INT_ERR))),
])
case("leaves-the-key", [
    put("12"), ("EXPIRE k 100", 1), ("BITCOUNT k", count(b"12")),
    ("TTL k", Between(99, 100)), ("OBJECT ENCODING k", Exact("int")),
])


def position(data, bit, start=None, end=None, unit="BYTE"):
    scale = 8 if unit == "BYTE" else 1
    part = span(len(data) * 8 // scale, start or 0,
                -1 if end is None else end)
    if not part:
        return -1
    low, high = part[0] * scale, part[1] * scale + scale - 1
    found = bits(data).find(str(bit), low, high + 1)
    if found < 0 and bit == 0 and end is None:
        return len(data) * 8        # as if zeros followed
    return found


case = area("bitmap.bitpos")

case("no-key", [
    ("BITPOS k 0", 0), ("BITPOS k 1", -1), ("BITPOS k 0 5", 0),
    ("BITPOS k 1 5 9", -1), ("BITPOS k 0 5 9", 0), ("BITPOS k 0 0 9 BIT", 0),
] + GONE)
SAMPLES = [
    ("empty", b""), ("zeros", b"\0\0\0"), ("ones", b"\xff\xff\xff"),
    ("zero-then-one", b"\0\xff\xf0"), ("one-then-zero", b"\xff\xf0\0"),
    ("first-bit", b"\x80\0"), ("last-bit", b"\0\x01"),
    ("all-but-last", b"\xff\xfe"), ("text", b"foobar"), ("number", b"77"),
    ("long-zeros", b"\0" * 100 + b"\x10"),
    ("long-ones", b"\xff" * 100 + b"\xef"),
    ("longer-ones", b"\xff" * 129), ("longer-zeros", b"\0" * 129)]
for name, data in SAMPLES:
    case("in-" + name, [put(data)] + [
        ("BITPOS k %d" % bit, position(data, bit)) for bit in (0, 1)])
ENDS = [(0,), (1,), (2,), (3,), (9,), (-1,), (-2,), (-3,), (-9,), (0, -1),
        (0, 0), (1, 1), (0, 1), (1, -1), (2, 1), (2, 9), (-2, -1), (-1, -2),
        (-9, 9), (-3, 0), (5, 7), (-9, -7)]
for name, data in SAMPLES[:9]:
    for bit in (0, 1):
        case("%d-in-parts-of-%s" % (bit, name), [put(data)] + [
            ("BITPOS k %d " % bit + " ".join(map(str, ends)),
             position(data, bit, *ends)) for ends in ENDS])
BIT_ENDS = [(0, -1), (0, 0), (1, 7), (7, 8), (8, 8), (9, 20), (12, 12),
            (11, 12), (23, 23), (24, 30), (3, 1), (-1, -1), (-4, -1),
            (-13, -12), (-99, 99), (5, -5), (16, 99), (-1, -99)]
for name, data in SAMPLES[:9]:
    for bit in (0, 1):
        case("%d-in-bits-of-%s" % (bit, name), [put(data)] + [
            ("BITPOS k %d %d %d BIT" % ((bit,) + ends),
             position(data, bit, *(ends + ("BIT",)))) for ends in BIT_ENDS])
case("units-any-case", [
    put(b"\0\x0f"), ("BITPOS k 1 1 1 byte", 12), ("BITPOS k 1 8 15 bit", 12),
    ("BITPOS k 1 1 1 Byte", 12), ("BITPOS k 0 13 15 Bit", -1),
])
case("bounds", [
    put(b"\0\xff"), ("BITPOS k 1 %s %s" % (MIN, MAX), 8),
    ("BITPOS k 1 " + MIN, 8), ("BITPOS k 1 " + MAX, -1),
    ("BITPOS k 0 " + MAX, -1), ("BITPOS k 0 0 " + MAX, 0),
    ("BITPOS k 1 %s %s BIT" % (MIN, MAX), 8),
    ("BITPOS k 1 %s %s BIT" % (MAX, MAX), -1),
])
case("bit-argument", [put("a")] + [
    ("BITPOS k " + n, ONE_OR_ZERO) for n in ("2", "-1", "10", MAX, MIN)])
case("bit-argument-no-integer", [put("a")] + [
    (("BITPOS", "k", n), INT_ERR) for n in BAD_INTS])
case("start-no-integer", [put("a")] + [
    (("BITPOS", "k", "1", n), INT_ERR) for n in BAD_INTS])
case("end-no-integer", [put("a")] + [
    (("BITPOS", "k", "1", "0", n), INT_ERR) for n in BAD_INTS])
case("syntax", [put("a")] + [
    ("BITPOS k 1 0 -1 " + tail, SYNTAX) for tail in (
        "FOO", "BIT BIT", "BYTE 1", "1", "BITS", "BIT FOO")
] + [(("BITPOS", "k", "1", "0", "-1", ""), SYNTAX)])
case("unit-needs-both-ends", [
    put("a"), ("BITPOS k 1 BIT", INT_ERR), ("BITPOS k 1 0 BIT", INT_ERR),
    ("BITPOS k 1 0 BYTE", INT_ERR),
])
case("which-fault-wins", [
    ("RPUSH l a", 1), ("BITPOS l 2", ONE_OR_ZERO), ("BITPOS l x", INT_ERR),
    ("BITPOS l 1", WRONGTYPE), ("BITPOS no 2", ONE_OR_ZERO),
    ("BITPOS l 1 x", By(WRONGTYPE, ("redis>=7.4", INT_ERR))),
    ("BITPOS no 1 x", By(-1, ("redis>=7.4", INT_ERR))),
    ("BITPOS no 0 0 0 FOO", By(0, ("redis>=7.4", SYNTAX))),
])

# ---- BITOP -----------------------------------------------------------------


def together(op, *sources):
    size = max(map(len, sources))
    padded = [s.ljust(size, b"\0") for s in sources]
    out = []
    for column in zip(*padded):
        byte = column[0]
        for other in column[1:]:
            byte = {"AND": byte & other, "OR": byte | other,
                    "XOR": byte ^ other}[op]
        out.append(byte)
    return bytes(out)


def inverted(data):
    return bytes(255 - byte for byte in data)


case = area("bitmap.bitop")

PAIRS = [
    ("same-length", b"abcdef", b"foobar"), ("first-longer", b"abcdef", b"fo"),
    ("second-longer", b"ab", b"foobar"), ("one-empty", b"abc", b""),
    ("zeros", b"\0\0\0", b"abc"), ("ones", b"\xff" * 3, b"abc"),
    ("long", b"\xa5" * 200 + b"x", b"\x5a" * 199),
    ("numbers", b"123", b"-45"),
]
for op in ("AND", "OR", "XOR"):
    for name, a, b in PAIRS:
        want = together(op, a, b)
        case("%s-%s" % (op.lower(), name), [
            put(a, "a"), put(b, "b"), ("BITOP %s d a b" % op, len(want)),
            ("GET d", want), ("GET a", a), ("GET b", b),
        ])
    case(op.lower() + "-no-source", [
        ("BITOP %s d a" % op, 0), ("BITOP %s d a b c" % op, 0),
        ("EXISTS d", 0), ("DBSIZE", 0),
    ])
    case(op.lower() + "-one-source", [
        put(b"a\0\xff", "a"), ("BITOP %s d a" % op, 3), ("GET d", b"a\0\xff"),
    ])
    case(op.lower() + "-missing-source-is-zeros", [
        put("abc", "a"), ("BITOP %s d a no" % op, 3),
        ("GET d", b"\0\0\0" if op == "AND" else "abc"),
        ("BITOP %s d no a" % op, 3), ("EXISTS no", 0),
    ])
    case(op.lower() + "-source-twice", [
        put("abc", "a"), ("BITOP %s d a a" % op, 3),
        ("GET d", b"\0\0\0" if op == "XOR" else "abc"),
    ])
    many = [bytes([17 * i % 256, 255 - i]) * (i % 5 + 3) for i in range(17)]
    case(op.lower() + "-many-sources", [
        put(data, "s%d" % i) for i, data in enumerate(many)
    ] + [("BITOP %s d " % op + " ".join("s%d" % i for i in range(17)), 14),
         ("GET d", together(op, *many))])
    wide = [bytes((i * 7 + j * k) % 256 for j in range(300 - i * 9))
            for i, k in enumerate((3, 5, 11, 13))]
    case(op.lower() + "-long-sources", [
        put(data, "s%d" % i) for i, data in enumerate(wide)
    ] + [("BITOP %s d s0 s1 s2 s3" % op, 300),
         ("GET d", together(op, *wide))])
    case(op.lower() + "-destination-is-a-source", [
        put("abcd", "a"), put("xy", "b"), ("BITOP %s a a b" % op, 4),
        ("GET a", together(op, b"abcd", b"xy")), ("GET b", "xy"),
    ])
    case(op.lower() + "-destination-is-a-short-source", [
        put("abcd", "a"), put("xy", "b"), ("BITOP %s b a b" % op, 4),
        ("GET b", together(op, b"abcd", b"xy")),
    ])
for name, data in [("text", b"foobar"), ("zeros", b"\0" * 9),
                   ("ones", b"\xff" * 9), ("long", bytes(range(256))),
                   ("number", b"-17")]:
    case("not-" + name, [
        put(data, "a"), ("BITOP NOT d a", len(data)),
        ("GET d", inverted(data)), ("GET a", data),
    ])
case("not-itself", [
    put(b"\xf0\0", "a"), ("BITOP NOT a a", 2), ("GET a", b"\x0f\xff"),
    ("BITOP NOT a a", 2), ("GET a", b"\xf0\0"),
])
case("not-no-source", [("BITOP NOT d a", 0), ("EXISTS d", 0)])
case("not-several-sources", [
    put("x", "a"), put("y", "b"), ("BITOP NOT d a b", NOT_ONE_KEY),
    ("BITOP NOT d a a a", NOT_ONE_KEY), ("EXISTS d", 0),
])
case("empty-result-deletes-destination", [
    put("x", "d"), ("BITOP AND d a b", 0), ("EXISTS d", 0), put("x", "d"),
    ("BITOP NOT d a", 0), ("EXISTS d", 0), put("", "a"), put("x", "d"),
    ("BITOP OR d a", 0), ("EXISTS d", 0), ("DBSIZE", 1),
])
case("empty-result-deletes-another-type", [
    ("RPUSH d x", 1), ("BITOP AND d a b", 0), ("EXISTS d", 0),
])
case("overwrites-another-type", [
    ("RPUSH d x", 1), put("v", "a"), ("BITOP OR d a", 1),
    ("TYPE d", Simple("string")), ("GET d", "v"),
])
case("drops-ttl", [
    put("v", "a"), put("x", "d"), ("EXPIRE d 100", 1),
    ("EXPIRE a 100", 1), ("BITOP OR d a", 1), ("TTL d", -1),
    ("TTL a", Between(99, 100)), ("BITOP OR a a", 1), ("TTL a", -1),
])
case("wrong-type", [
    ("RPUSH l x", 1), put("v", "a"), put("x", "d"),
    ("BITOP AND d l", WRONGTYPE), ("BITOP OR d a l", WRONGTYPE),
    ("BITOP XOR d l a", WRONGTYPE), ("BITOP NOT d l", WRONGTYPE),
    ("BITOP OR d no l", WRONGTYPE), ("GET d", "x"),
])
case("any-case", [
    put("a", "a"), ("bitop and d a", 1), ("BITOP Or d a", 1),
    ("BITOP xor d a", 1), ("BITOP nOt d a", 1), ("GET d", b"\x9e"),
])
case("syntax", [
    put("x", "a"), ("BITOP FOO d a", SYNTAX), (("BITOP", "", "d", "a"),
                                               SYNTAX),
    ("BITOP ANDX d a", SYNTAX), ("BITOP NAND d a", SYNTAX),
    ("BITOP a AND d", SYNTAX), ("EXISTS d", 0),
])
case("which-fault-wins", [
    ("RPUSH l x", 1), ("BITOP FOO d l", SYNTAX),
    ("BITOP NOT d l l", NOT_ONE_KEY), ("BITOP NOT l l l", NOT_ONE_KEY),
])
case("number-result", [
    put("1", "a"), put("0", "b"), ("BITOP OR d a b", 1), ("GET d", "1"),
    ("INCR d", 2), ("BITOP OR d d d", 1), ("INCR d", 3),
])

later = area("bitmap.bitop", since="8.2")

SETS = [put(b"\xf0\xff", "x"), put(b"\xcc\x0f", "y"), put(b"\xaa\0", "z")]
for op, want in [("diff", b"\x10\xf0"), ("diff1", b"\x0e\0"),
                 ("andor", b"\xe0\x0f"), ("one", b"\x16\xf0")]:
    later(op, SETS + [
        ("BITOP %s d x y z" % op.upper(), 2), ("GET d", want),
        ("GET x", b"\xf0\xff"), ("bitop %s d x y z" % op, 2),
    ])
    later(op + "-no-source", [
        ("BITOP %s d x y" % op.upper(), 0), ("EXISTS d", 0),
    ])
    later(op + "-wrong-type", [
        ("RPUSH l x", 1), put("a", "x"),
        ("BITOP %s d x l" % op.upper(), WRONGTYPE), ("EXISTS d", 0),
    ])
    if op != "one":
        later(op + "-one-source", [
            put("a", "x"), ("BITOP %s d x" % op.upper(), EP("ERR")),
            ("EXISTS d", 0),
        ])

# ---- BITFIELD --------------------------------------------------------------

case = area("bitmap.bitfield")


def bounds(kind):
    width = int(kind[1:])
    if kind[0] == "u":
        return 0, (1 << width) - 1
    return -(1 << width - 1), (1 << width - 1) - 1


def wrapped(kind, n):
    low, high = bounds(kind)
    return (n - low) % (high - low + 1) + low


case("no-operation", [
    ("BITFIELD k", []), ("EXISTS k", 0), put("a"), ("BITFIELD k", []),
    ("GET k", "a"),
])
case("get-no-key", [
    ("BITFIELD k GET u8 0", [0]), ("BITFIELD k GET i64 5 GET u1 9", [0, 0]),
] + GONE)
case("get", [
    put(b"\xa5\x3c\xff"), ("BITFIELD k GET u8 0", [0xa5]),
    ("BITFIELD k GET i8 0", [0xa5 - 256]), ("BITFIELD k GET u4 0", [10]),
    ("BITFIELD k GET u4 4", [5]), ("BITFIELD k GET u4 2", [9]),
    ("BITFIELD k GET i4 2", [-7]), ("BITFIELD k GET u16 4", [0x53cf]),
    ("BITFIELD k GET u1 0 GET u1 1 GET i1 0 GET i1 1", [1, 0, -1, 0]),
])
case("get-beyond-the-end", [
    put(b"\xff"), ("BITFIELD k GET u8 8", [0]), ("BITFIELD k GET u8 4",
                                                 [0xf0]),
    ("BITFIELD k GET i8 4", [-16]), ("BITFIELD k GET u63 0", [255 << 55]),
    ("BITFIELD k GET i64 0", [-1 << 56]), ("BITFIELD k GET u8 1000000", [0]),
    ("STRLEN k", 1),
])
case("set", [
    ("BITFIELD k SET u8 0 255", [0]), ("BITFIELD k SET u8 0 100", [255]),
    ("GET k", "d"), ("BITFIELD k SET i8 0 -1", [100]), ("GET k", b"\xff"),
    ("BITFIELD k SET u4 2 5", [15]), ("GET k", b"\xd7"),
])
case("set-grows", [
    ("BITFIELD k SET u8 20 255", [0]), ("GET k", b"\0\0\x0f\xf0"),
    ("BITFIELD k SET u1 32 0", [0]), ("STRLEN k", 5),
])
case("set-on-zero-creates", [
    ("BITFIELD k SET u16 0 0", [0]), ("GET k", b"\0\0"), ("TTL k", -1),
])
case("incrby", [
    ("BITFIELD k INCRBY u8 0 10", [10]), ("BITFIELD k INCRBY u8 0 -3", [7]),
    ("BITFIELD k INCRBY i5 100 1", [1]), ("BITFIELD k INCRBY i5 100 -2",
                                          [-1]),
    ("BITFIELD k INCRBY u8 0 0", [7]), ("STRLEN k", 14),
])
case("several-operations", [
    ("BITFIELD k SET u8 0 1 INCRBY u8 8 2 GET u16 0 SET u8 0 9 GET u8 0",
     [0, 2, 0x102, 1, 9]), ("GET k", b"\x09\x02"),
])
case("later-operations-see-earlier", [
    ("BITFIELD k INCRBY u8 0 1 INCRBY u8 0 1 INCRBY u8 4 1 GET u16 0",
     [1, 2, 33, 0x210]),
])
case("numbered-offsets", [
    ("BITFIELD k SET u8 #0 65 SET u8 #1 66 SET u8 #2 67", [0, 0, 0]),
    ("GET k", "ABC"), ("BITFIELD k GET u8 #1", [66]),
    ("BITFIELD k GET u16 #1", [0x4300]), ("BITFIELD k GET u4 #1", [1]),
    ("BITFIELD k SET i5 #3 -1 GET u5 15", [4, 31]),
    ("BITFIELD k INCRBY u8 #0 1", [66]),
])
case("odd-offsets", [
    ("BITFIELD k SET u5 3 21", [0]), ("GET k", b"\x15"),
    ("BITFIELD k SET u13 5 8191", [5 << 10]), ("GET k", b"\x17\xff\xc0"),
    ("BITFIELD k GET i13 5 GET u3 0", [-1, 0]),
    ("BITFIELD k SET i64 1 " + MIN, [-(1 << 63) + (0x17ffc0 << 41) + (
        1 << 63)]), ("BITFIELD k GET i64 1", [int(MIN)]), ("STRLEN k", 9),
])
for width in range(1, 65):
    steps = []
    for kind in ("u%d" % width, "i%d" % width):
        low, high = bounds(kind)
        if kind == "u64":
            continue
        steps += [
            ("BITFIELD k SET %s 3 %d" % (kind, high), [0]),
            ("BITFIELD k GET %s 3" % kind, [high]),
            ("BITFIELD k INCRBY %s 3 1" % kind, [low]),
            ("BITFIELD k INCRBY %s 3 -1" % kind, [high]),
            ("BITFIELD k OVERFLOW SAT INCRBY %s 3 5" % kind, [high]),
            ("BITFIELD k OVERFLOW FAIL INCRBY %s 3 1" % kind, [NIL]),
            ("BITFIELD k SET %s 3 %d" % (kind, low), [high]),
            ("BITFIELD k OVERFLOW SAT INCRBY %s 3 -5" % kind, [low]),
            ("BITFIELD k OVERFLOW FAIL INCRBY %s 3 -1" % kind, [NIL]),
            ("BITFIELD k GET u3 0 GET %s 3 GET u8 %d" % (kind, width + 3),
             [0, low, 0]),
            ("DEL k", 1)]
    case("width-%d" % width, steps)
for kind in ("u1", "u8", "u31", "u63", "i1", "i8", "i32", "i63", "i64"):
    low, high = bounds(kind)
    sums = [(0, high), (high, 1), (high, high), (low, -1), (low, low),
            (0, 2 * high + 1), (low, high), (high, low)]
    sums = [(a, b) for a, b in sums if abs(b) <= int(MAX)]
    for mode in ("WRAP", "SAT", "FAIL"):
        steps = []
        for a, b in sums:
            n = a + b
            want = n if low <= n <= high else {
                "WRAP": wrapped(kind, n), "SAT": high if n > high else low,
                "FAIL": NIL}[mode]
            steps += [("BITFIELD k SET %s 0 %d" % (kind, a), ANY),
                      ("BITFIELD k OVERFLOW %s INCRBY %s 0 %d" % (
                          mode, kind, b), [want]),
                      ("BITFIELD k GET %s 0" % kind, [
                          a if want is NIL else want])]
        case("incrby-%s-%s" % (mode.lower(), kind), steps)
for kind in ("u1", "u8", "i8", "i1", "i62", "u63"):
    low, high = bounds(kind)
    for mode in ("WRAP", "SAT", "FAIL"):
        steps = []
        for n in (high + 1, 2 * high + 5, low - 1, low - 7):
            if abs(n) > int(MAX):
                continue
            # A negative number is a very large one to an unsigned field.
            over = n > high or kind[0] == "u"
            want = {"WRAP": wrapped(kind, n), "SAT": high if over else low,
                    "FAIL": 0}[mode]
            steps += [("BITFIELD k SET %s 0 0" % kind, ANY),
                      ("BITFIELD k OVERFLOW %s SET %s 0 %d" % (
                          mode, kind, n), [NIL if mode == "FAIL" else 0]),
                      ("BITFIELD k GET %s 0" % kind, [want])]
        case("set-%s-%s" % (mode.lower(), kind), steps)
case("overflow-holds-until-the-next", [
    put(b"\xff\xff\xff"),
    ("BITFIELD k INCRBY u8 0 1 OVERFLOW SAT INCRBY u8 8 1 INCRBY u8 16 1 "
     "OVERFLOW FAIL INCRBY u8 8 1 INCRBY u8 0 1 OVERFLOW WRAP INCRBY u8 8 1",
     [0, 255, 255, NIL, 1, 0]),
])
case("overflow-is-wrap-in-each-call", [
    put(b"\xff"), ("BITFIELD k OVERFLOW FAIL INCRBY u8 0 1", [NIL]),
    ("BITFIELD k INCRBY u8 0 1", [0]),
])
case("overflow-alone", [
    ("BITFIELD k OVERFLOW SAT", []), ("EXISTS k", 0), put("a"),
    ("BITFIELD k OVERFLOW WRAP OVERFLOW SAT OVERFLOW FAIL", []),
])
case("overflow-last-wins", [
    put(b"\xff"), ("BITFIELD k OVERFLOW FAIL OVERFLOW SAT INCRBY u8 0 9",
                   [255]),
])
case("overflow-any-case", [
    put(b"\xff"), ("BITFIELD k overflow sat incrby u8 0 1", [255]),
    ("BITFIELD k Overflow Fail IncrBy u8 0 1 get u8 0", [NIL, 255]),
    ("BITFIELD k OVERFLOW wrap INCRBY u8 0 1", [0]),
])
case("overflow-does-not-touch-get", [
    put(b"\xff"), ("BITFIELD k OVERFLOW FAIL GET u8 0 GET i8 0", [255, -1]),
])
case("fail-leaves-the-others", [
    put(b"\xff\x01"), ("BITFIELD k OVERFLOW FAIL INCRBY u8 0 1 "
                       "INCRBY u8 8 1 SET u8 16 7", [NIL, 2, 0]),
    ("GET k", b"\xff\x02\x07"),
])
case("fail-creates-the-string", [
    ("BITFIELD k OVERFLOW FAIL INCRBY u8 8 256", [NIL]),
    ("GET k", Exact(b"\0\0")),
])
case("offset", [put("a")] + [
    (("BITFIELD", "k", "GET", "u8", n), OFFSET) for n in BAD_INTS + [
        "-1", MIN, MAX, "4294967296", "#", "#-1", "#abc", "##1", "#01",
        "#4294967296", "# 1", "1#", "#" + MAX, "#536870912"]])
case("offset-at-the-limit", [
    ("BITFIELD k GET u8 4294967295", [0]), ("BITFIELD k GET u1 4294967295",
                                            [0]),
    ("BITFIELD k GET u8 #536870911", [0]),
    ("BITFIELD k GET u1 #4294967295", [0]),
    ("BITFIELD k GET i64 #67108863", [0]),
    ("BITFIELD k GET i64 #67108864", OFFSET), ("EXISTS k", 0),
])
case("type", [put("a")] + [
    (("BITFIELD", "k", "GET", kind, "0"), BAD_TYPE) for kind in (
        "", "u", "i", "8", "u0", "i0", "u64", "i65", "u-1", "i-8", "u08",
        "u 8", "u8 ", "u8x", "x8", "U8", "I8", "u1.0", "u+8", "uu8",
        "i9223372036854775808", "GET")] + [("GET k", "a")])
case("value-no-integer", [put("a")] + [
    (("BITFIELD", "k", "SET", "u8", "0", n), INT_ERR) for n in BAD_INTS
] + [("GET k", "a")])
case("increment-no-integer", [put("a")] + [
    (("BITFIELD", "k", "INCRBY", "u8", "0", n), INT_ERR) for n in BAD_INTS
] + [("GET k", "a")])
case("overflow-type", [put("a")] + [
    (("BITFIELD", "k", "OVERFLOW", word), BAD_OVERFLOW) for word in (
        "FOO", "", "WRAPX", "SATURATE", "GET")])
case("syntax", [put("a")] + [
    ("BITFIELD k " + tail, SYNTAX) for tail in (
        "GET", "GET u8", "SET", "SET u8", "SET u8 0", "INCRBY u8 0",
        "INCRBY", "OVERFLOW", "FOO", "FOO u8 0", "GET u8 0 GET",
        "GET u8 0 u8 0", "GET u8 0 OVERFLOW", "u8 0", "SET u8 0 1 GET u8",
        "GETX u8 0")
] + [(("BITFIELD", "k", ""), SYNTAX), ("GET k", "a")])
case("fault-undoes-nothing-as-nothing-ran", [
    put("a"), ("BITFIELD k SET u8 0 1 SET u8 0", SYNTAX),
    ("BITFIELD k SET u8 0 1 SET u65 0 1", BAD_TYPE),
    ("BITFIELD k SET u8 0 1 GET u8 -1", OFFSET),
    ("BITFIELD k SET u8 0 1 INCRBY u8 0 x", INT_ERR),
    ("BITFIELD k SET u8 0 1 OVERFLOW FOO", BAD_OVERFLOW), ("GET k", "a"),
    ("BITFIELD no SET u8 0 1 FOO", SYNTAX), ("EXISTS no", 0),
])
case("which-fault-wins", [
    put("a"), ("BITFIELD k GET x8 x", BAD_TYPE), ("BITFIELD k SET x8 x x",
                                                  BAD_TYPE),
    ("BITFIELD k SET u8 x x", OFFSET), ("BITFIELD k SET u8 0 x FOO",
                                        INT_ERR),
    ("BITFIELD k FOO x x OVERFLOW FOO", SYNTAX),
    ("BITFIELD k OVERFLOW FOO GET x8 0", BAD_OVERFLOW),
])
case("wrong-type", [
    ("RPUSH l a", 1), ("BITFIELD l GET u8 0", WRONGTYPE),
    ("BITFIELD l SET u8 0 1", WRONGTYPE),
    ("BITFIELD l INCRBY u8 0 1", WRONGTYPE), ("BITFIELD l GET u8 x", OFFSET),
    ("BITFIELD l GET x8 0", BAD_TYPE), ("BITFIELD l FOO", SYNTAX),
])
case("no-operation-on-another-type", [
    ("RPUSH l a", 1), ("BITFIELD l", WRONGTYPE),
])
case("keeps-ttl", [
    put("a"), ("EXPIRE k 100", 1), ("BITFIELD k SET u8 0 1 INCRBY u8 8 1",
                                    [97, 1]), ("TTL k", Between(99, 100)),
])
case("of-a-number", [
    put("12"), ("BITFIELD k GET u8 0", [49]), ("OBJECT ENCODING k", Exact(
        "int")), ("BITFIELD k INCRBY u8 8 1", [51]), ("GET k", "13"),
    ("INCR k", 14),
])
case("value-bounds", [
    ("BITFIELD k SET i64 0 " + MAX, [0]), ("BITFIELD k SET i64 0 " + MIN,
                                           [int(MAX)]),
    ("BITFIELD k GET i64 0", [int(MIN)]),
    ("BITFIELD k INCRBY i64 0 " + MAX, [-1]),
    ("BITFIELD k INCRBY i64 0 " + MIN, [int(MAX)]),
])
case("any-case", [
    ("bitfield k set u8 0 5 Get u8 0 incrBy u8 0 1", [0, 5, 6]),
])
case("many-operations", [
    (["BITFIELD", "k"] + ["INCRBY", "u8", "0", "1"] * 300,
     [i % 256 for i in range(1, 301)]),
])
case("offset-beyond-a-small-limit", [
    ("BITFIELD k SET u8 8388600 1", [0]), ("BITFIELD k SET u8 8388608 1",
                                           OFFSET), ("STRLEN k", 1048576),
    ("BITFIELD k GET u8 #1048575", [1]), ("BITFIELD k GET u8 #1048576",
                                          OFFSET),
], config={"proto-max-bulk-len": "1048576"})

case = area("bitmap.bitfield_ro")

case("get", [
    put(b"\xa5\x3c"), ("BITFIELD_RO k GET u8 0", [0xa5]),
    ("BITFIELD_RO k GET i8 0 GET u4 4 GET u8 #1", [0xa5 - 256, 5, 0x3c]),
    ("BITFIELD_RO k GET u8 100", [0]), ("bitfield_ro k get u1 0", [1]),
])
case("no-key", [
    ("BITFIELD_RO k GET u8 0", [0]), ("BITFIELD_RO k", []),
] + GONE)
case("no-operation", [put("a"), ("BITFIELD_RO k", [])])
case("only-get", [
    put("a"), ("BITFIELD_RO k SET u8 0 1", ONLY_GET),
    ("BITFIELD_RO k INCRBY u8 0 1", ONLY_GET),
    ("BITFIELD_RO k GET u8 0 SET u8 0 1", ONLY_GET),
    ("BITFIELD_RO k SET u8 0 1 GET u8 0", ONLY_GET), ("GET k", "a"),
    ("BITFIELD_RO no SET u8 0 1", ONLY_GET), ("EXISTS no", 0),
])
case("overflow-is-taken", [
    put("a"), ("BITFIELD_RO k OVERFLOW SAT GET u8 0", Exact([97])),
    ("BITFIELD_RO k OVERFLOW FOO GET u8 0", Exact(BAD_OVERFLOW)),
])
case("which-fault-wins", [
    ("RPUSH l a", 1), ("BITFIELD_RO l SET u8 0 x", INT_ERR),
    ("BITFIELD_RO l SET u8 0 1", ONLY_GET), ("BITFIELD_RO l GET x8 0",
                                             BAD_TYPE),
    ("BITFIELD_RO l GET u8 -1", OFFSET), ("BITFIELD_RO l FOO", SYNTAX),
    ("BITFIELD_RO l GET u8", SYNTAX), ("BITFIELD_RO l GET u8 0", WRONGTYPE),
    ("BITFIELD_RO l SET u8 0 1 FOO", SYNTAX),
])
case("leaves-the-key", [
    put("12"), ("EXPIRE k 100", 1), ("BITFIELD_RO k GET u8 0", [49]),
    ("OBJECT ENCODING k", Exact("int")), ("TTL k", Between(99, 100)),
])


REPLIES = {
    "BITCOUNT": "int error",
    "BITFIELD": "array error",
    "BITFIELD_RO": "array error",
    "BITOP": "int error",
    "BITPOS": "int error",
    "GETBIT": "int error",
    "SETBIT": "int error",
}
