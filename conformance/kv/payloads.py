"""What DUMP hands out and RESTORE takes, made by hand: every type and encoding
of Redis's formats 1 to 12 and Valkey's 80.

    python3 -m conformance.kv.payloads DIRECTORY

writes them as inputs of fuzz/restore.c: two bytes of switches, then the payload
without its checksum.
"""

import os
import struct
import sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x95AC9329AC4BC9B5 if byte & 1 else 0)
    TABLE.append(byte)


def crc64(data):
    crc = 0
    for b in data:
        crc = TABLE[(crc ^ b) & 255] ^ crc >> 8
    return crc


def seal(data):
    """With its checksum."""
    return data + struct.pack("<Q", crc64(data))


def dump(kind, body, version=10):
    return seal(bytes([kind]) + body + struct.pack("<H", version))


# ---- lengths and strings ----

def length(n):
    if n < 64:
        return bytes([n])
    if n < 16384:
        return bytes([0x40 | n >> 8, n & 255])
    if n < 1 << 32:
        return b"\x80" + struct.pack(">I", n)
    return b"\x81" + struct.pack(">Q", n)


def as_bytes(s):
    return s if isinstance(s, bytes) else str(s).encode()


def string(s):
    s = as_bytes(s)
    return length(len(s)) + s


def packed_run(c, n):
    """A string of one byte n times, packed: a literal, then references to it."""
    out, left = bytes([0]) + c, n - 1
    while left > 2:
        m = min(left, 264)
        out += (bytes([(m - 2) << 5, 0]) if m < 9
                else bytes([7 << 5, m - 9, 0]))
        left -= m
    out += bytes([left - 1]) + c * left if left else b""
    return b"\xc3" + length(len(out)) + length(n) + out


# ---- blocks ----

def number(s):
    """The integer that a string says, or None."""
    try:
        n = int(s)
    except ValueError:
        return None
    if as_bytes(s) != b"%d" % n or not -1 << 63 <= n < 1 << 63:
        return None
    return n


def back(n):
    """The length of an entry of a listpack, for the way back."""
    out = []
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(reversed(out + [n]))


def lp_entry(s):
    n, s = number(s), as_bytes(s)
    if n is None:
        if len(s) < 64:
            return bytes([0x80 | len(s)]) + s
        if len(s) < 4096:
            return bytes([0xe0 | len(s) >> 8, len(s) & 255]) + s
        return b"\xf0" + struct.pack("<I", len(s)) + s
    if 0 <= n < 128:
        return bytes([n])
    if -4096 <= n < 4096:
        n &= 8191
        return bytes([0xc0 | n >> 8, n & 255])
    for size, head in ((2, 0xf1), (3, 0xf2), (4, 0xf3), (8, 0xf4)):
        if -1 << 8 * size - 1 <= n < 1 << 8 * size - 1:
            return bytes([head]) + n.to_bytes(size, "little", signed=True)
    raise ValueError(n)


def listpack(items):
    body = b"".join(e + back(len(e)) for e in map(lp_entry, items)) + b"\xff"
    return struct.pack("<IH", 6 + len(body), min(len(items), 65535)) + body


def zl_entry(s):
    n, s = number(s), as_bytes(s)
    if n is None or len(s) > 31:
        if len(s) < 64:
            return bytes([len(s)]) + s
        if len(s) < 16384:
            return bytes([0x40 | len(s) >> 8, len(s) & 255]) + s
        return b"\x80" + struct.pack(">I", len(s)) + s
    if 0 <= n <= 12:
        return bytes([0xf1 + n])
    for size, head in ((1, 0xfe), (2, 0xc0), (3, 0xf0), (4, 0xd0), (8, 0xe0)):
        if -1 << 8 * size - 1 <= n < 1 << 8 * size - 1:
            return bytes([head]) + n.to_bytes(size, "little", signed=True)
    raise ValueError(n)


def ziplist(items):
    body, before, tail = b"", 0, 10
    for e in map(zl_entry, items):
        tail = 10 + len(body)
        head = (bytes([before]) if before < 254
                else b"\xfe" + struct.pack("<I", before))
        body += head + e
        before = len(head + e)
    return struct.pack("<IIH", 11 + len(body), tail,
                       min(len(items), 65535)) + body + b"\xff"


def intset(numbers):
    size = next(n for n in (2, 4, 8) if all(
        -1 << 8 * n - 1 <= x < 1 << 8 * n - 1 for x in numbers))
    return struct.pack("<II", size, len(numbers)) + b"".join(
        n.to_bytes(size, "little", signed=True) for n in sorted(numbers))


def zipmap(pairs):
    def size(s):
        return (bytes([len(s)]) if len(s) < 254
                else b"\xfe" + struct.pack("<I", len(s)))

    body = b""
    for i, (f, v) in enumerate(pairs):
        f, v = as_bytes(f), as_bytes(v)
        free = i % 3
        body += size(f) + f + size(v) + bytes([free]) + v + b"?" * free
    return bytes([min(len(pairs), 254)]) + body + b"\xff"


# ---- samples ----

MANY = 300
LATER = 4102444800000       # 2100, in milliseconds: times that are to come
LIST = ["a", "", 0, 12, 13, 127, 128, -1, -4096, 4096, -32768, 32768, 1 << 23,
        -1 << 31, 1 << 31, -1 << 63, (1 << 63) - 1, "007", "x" * 63, "y" * 64,
        "z" * 300, b"\0\xff\r\n", "9" * 40]
LONG = LIST + ["w" * 5000, "v" * 20000]
SET = ["one", "two", "3", "", "x" * 70]
INTS = [[1, 2, 3], [-32768, 32767, 0], [70000, -5], [1 << 40, -1 << 63, 7]]
ZSET = [("a", "-inf"), ("b", "-1.5"), ("c", 0), ("d", 3), ("e", "1e300"),
        ("f", "inf")]
HASH = [("f", "v"), ("", "empty"), ("n", 5), ("long", "x" * 300), ("z", "")]


def pairs_of(items):
    return [x for pair in items for x in pair]


def strings_of(items):
    return length(len(items)) + b"".join(map(string, items))


def old_score(s):
    s = as_bytes(s)
    return {b"inf": b"\xfe", b"-inf": b"\xff"}.get(s, bytes([len(s)]) + s)


def scores(items, form):
    return length(len(items)) + b"".join(
        string(m) + (old_score(s) if form == 3 else struct.pack("<d", float(s)))
        for m, s in items)


def nodes(kind, *lists):
    """A list's nodes: of ziplists, or with what they are (2), or plain (1)."""
    out = length(len(lists))
    for items in lists:
        if kind == 14:
            out += string(ziplist(items))
        elif isinstance(items, list):
            out += length(2) + string(listpack(items))
        else:
            out += length(1) + string(items)
    return out


def samples():
    """name -> (type, value, payload): a value is a string, a list, or a dict of
    what TYPE says: members, members with scores, fields with values."""
    out = {}

    def put(name, kind, value, number, body, version=10):
        out[name] = (kind, value, dump(number, body, version))

    put("string", "string", "hello", 0, string("hello"))
    put("string-empty", "string", "", 0, string(""))
    for i, (n, body) in enumerate([(-5, b"\xc0\xfb"), (1000, b"\xc1\xe8\x03"),
                                   (-70000, b"\xc2" + struct.pack("<i", -70000))]):
        put("string-int%d" % i, "string", n, 0, body)
    put("string-packed", "string", "c" * 700, 0, packed_run(b"c", 700))
    put("string-long", "string", "s" * 3000, 0, string("s" * 3000))
    put("list-plain", "list", LIST, 1, strings_of(LIST), 6)
    put("list-ziplist", "list", LIST, 10, string(ziplist(LIST)), 6)
    put("list-nodes-7", "list", LONG + LIST, 14, nodes(14, LONG, LIST), 7)
    put("list-nodes", "list", LIST + LIST, 18, nodes(18, LIST, LIST))
    put("list-nodes-plain", "list", LIST + ["p" * 9000] + LIST, 18,
        nodes(18, LIST, "p" * 9000, LIST))
    many = ["%d:%s" % (i, "x" * (i % 40)) for i in range(MANY)]
    put("list-many", "list", many, 18,
        nodes(18, *[many[i:i + 50] for i in range(0, MANY, 50)]))
    put("set-plain", "set", SET, 2, strings_of(SET), 9)
    put("set-many", "set", many, 2, strings_of(many))
    for i, numbers in enumerate(INTS):
        put("set-ints%d" % i, "set", numbers, 11, string(intset(numbers)))
    put("set-listpack", "set", SET, 20, string(listpack(SET)), 11)
    put("zset-text", "zset", ZSET, 3, scores(ZSET, 3), 7)
    put("zset", "zset", ZSET, 5, scores(ZSET, 5))
    ranked = [("m%d" % i, i * 0.5 - 9) for i in range(MANY)]
    put("zset-many", "zset", ranked, 5, scores(ranked, 5))
    put("zset-ziplist", "zset", ZSET, 12, string(ziplist(pairs_of(ZSET))), 9)
    put("zset-listpack", "zset", ZSET, 17, string(listpack(pairs_of(ZSET))))
    put("hash-plain", "hash", HASH, 4,
        length(len(HASH)) + b"".join(string(f) + string(v) for f, v in HASH))
    fields = [("f%d" % i, "v" * (i % 90)) for i in range(MANY)]
    put("hash-many", "hash", fields, 4,
        length(MANY) + b"".join(string(f) + string(v) for f, v in fields))
    put("hash-zipmap", "hash", HASH, 9, string(zipmap(HASH)), 2)
    put("hash-ziplist", "hash", HASH, 13, string(ziplist(pairs_of(HASH))), 9)
    put("hash-listpack", "hash", HASH, 16, string(listpack(pairs_of(HASH))))
    put("nested", "nested", None, 0xb6,     # kv's own
        string(b"*3\r\n:1\r\n$1\r\na\r\n%1\r\n+k\r\n_\r\n"))
    timed(put)
    return out


def timed(put):
    """Hashes whose fields have times: 22 and 23 of the release candidates of
    Redis 7.4, 24 and 25 of 7.4, and 22 of Valkey 9."""
    times = [LATER + i * 1000 if i % 2 else 0 for i in range(len(HASH))]
    triples = [(f, v, t) for (f, v), t in zip(HASH, times)]
    put("hash-times-22", "hash", HASH, 22, length(len(HASH)) + b"".join(
        length(t) + string(f) + string(v) for f, v, t in triples), 12)
    flat = [x for triple in sorted(triples, key=lambda x: x[2] or 1 << 60)
            for x in triple]
    put("hash-times-23", "hash", HASH, 23, string(listpack(flat)), 12)
    least = min(t for t in times if t)
    put("hash-times-24", "hash", HASH, 24,
        struct.pack("<Q", least) + length(len(HASH)) + b"".join(
            length(t and t - least + 1) + string(f) + string(v)
            for f, v, t in triples), 12)
    put("hash-times-25", "hash", HASH, 25,
        struct.pack("<Q", least) + string(listpack(flat)), 12)
    put("hash-times-valkey", "hash", HASH, 22, length(len(HASH)) + b"".join(
        string(f) + string(v) + struct.pack("<q", t or -1)
        for f, v, t in triples), 80)


def main(to):
    for name, (_, _, payload) in sorted(samples().items()):
        with open(os.path.join(to, name), "wb") as f:
            f.write(b"\0\0" + payload[:-8])


if __name__ == "__main__":
    main(sys.argv[1])
