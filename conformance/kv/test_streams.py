"""Streams as redis-server has them: dumps both ways, of all types of files,
and random commands whose log the other one reads."""

import random
import struct

import pytest


def crc64(data):
    poly, sum = 0x95ac9329ac4bc9b5, 0
    for byte in data:
        sum ^= byte
        for _ in range(8):
            sum = sum >> 1 ^ (poly if sum & 1 else 0)
    return sum


def seal(body, version):
    body += struct.pack("<H", version)
    return body + struct.pack("<Q", crc64(body))


class Dump:
    """A dump of type 19, cut into what other types have and have not."""

    def __init__(self, data, kind):
        self.d, self.at, self.out = data[:-10], 1, bytes([kind])
        self.kind = kind

    def length(self):
        d, c = self.d, self.d[self.at]
        if c < 64:
            return c, self.at + 1
        if c < 128:
            return (c & 63) << 8 | d[self.at + 1], self.at + 2
        size = 4 if c == 0x80 else 8
        return (int.from_bytes(d[self.at + 1:self.at + 1 + size], "big"),
                self.at + 1 + size)

    def copy(self, upto, keep=True):
        if keep:
            self.out += self.d[self.at:upto]
        self.at = upto

    def number(self, keep=True):
        n, upto = self.length()
        self.copy(upto, keep)
        return n

    def string(self):
        c = self.d[self.at]
        if c == 0xc3:
            self.copy(self.at + 1)
            n = self.number()
            self.number()
        elif c >= 0xc0:
            n = 1 + (1 << (c - 0xc0))
        else:
            n = self.number()
        self.copy(self.at + n)

    def turned(self):
        later = self.kind != 15
        for _ in range(self.number()):      # nodes
            self.string()
            self.string()
        for i in range(8):                  # length, ids, entries ever
            self.number(later or i < 3)
        for _ in range(self.number()):      # groups
            self.string()
            for i in range(3):              # last id, entries read
                self.number(later or i < 2)
            for _ in range(self.number()):  # pending entries
                self.copy(self.at + 24)
                self.number()
            for _ in range(self.number()):  # consumers
                self.string()
                self.copy(self.at + 8)
                if self.kind == 21:
                    self.out += struct.pack("<q", 1234567890123)
                n = self.number()
                self.copy(self.at + 16 * n)
        assert self.at == len(self.d)
        return seal(self.out, {15: 9, 19: 10, 21: 11}[self.kind])


def fill(c):
    for i in range(1, 251):
        more = ["g", "x" * i] if i % 7 == 0 else []
        c.cmd("XADD", "s", "%d-%d" % (i, i % 3), "f", "v%d" % i, "n", i, *more)
    c.cmd("XDEL", "s", "100-1", "101-2")
    for group in "gh":
        c.cmd("XGROUP", "CREATE", "s", group, "0")
    for consumer, n in (("c", 150), ("d", 10)):
        c.cmd("XREADGROUP", "GROUP", "g", consumer, "COUNT", n,
              "STREAMS", "s", ">")
    c.cmd("XGROUP", "CREATECONSUMER", "s", "h", "idle")


def seen(c, key):
    """All that a stream has, but for what depends on time."""
    return [repr(c.cmd(*line)) for line in (
        ("XRANGE", key, "-", "+"), ("XINFO", "GROUPS", key),
        ("XPENDING", key, "g"), ("XPENDING", key, "h"),
        ("DEBUG", "DIGEST-VALUE", key))]


@pytest.mark.parametrize("maker", ["kv", "redis"])
@pytest.mark.parametrize("kind", [15, 19, 21])
def test_dumps_of_all_types(start, maker, kind):
    made = start(maker)
    kv, redis = start("kv"), start("redis")
    with made.connect() as c, kv.connect() as a, redis.connect() as b:
        fill(c)
        dump = Dump(c.cmd("DUMP", "s").v, kind).turned()
        for to in (a, b) if kind != 21 else (a,):
            assert to.cmd("RESTORE", "s", 0, dump).v == b"OK"
            if kind == 15:      # it does not say what was deleted
                assert seen(to, "s")[2:] == seen(c, "s")[2:]
            else:
                assert seen(to, "s") == seen(c, "s")


def test_damaged_dumps_do_no_harm(start):
    r = random.Random(7)
    with start("kv").connect() as c:
        fill(c)
        dump = c.cmd("DUMP", "s").v[:-10]
        for _ in range(200):
            bad = bytearray(dump)
            for _ in range(r.randint(1, 3)):
                bad[r.randrange(len(bad))] = r.choice((0, 1, 2, 127, 128, 255))
            if r.random() < 0.2:
                del bad[r.randrange(len(bad)):]
            c.cmd("RESTORE", "bad", 0, seal(bytes(bad), 10), "REPLACE")
            c.cmd("XINFO", "STREAM", "bad", "FULL", "COUNT", 0)
            c.cmd("XADD", "bad", "MAXLEN", 5, "*", "f", "v")
        assert c.cmd("PING").v == b"PONG"
