"""Random streams of the commands on bits, HyperLogLogs and common subsequences
on redis-server and kv side by side, as in test_random.py: also with values that
are nearly HyperLogLogs.

    pytest conformance/kv/test_random_bits.py --streams 2000 --seed 1
"""

import random

import pytest

from conformance.kv import servers
from conformance.kv.test_random import MAX, MIN, difference, shrink, word

KEYS = ["a", "b", "c", "d", "h1", "h2", "h3"]
HLLS = ["h1", "h2", "h3", "a"]
LENGTH = 400
BITS = [0, 1, 7, 8, 9, 15, 63, 64, 65, 100, 1000, 8191, 8192, 9000, 70000]
ENDS = [0, 1, 2, 3, 7, 8, 9, 100, 1023, 1024, 1025, -1, -2, -8, -9, -100, -2000,
        MAX, MIN, "x", ""]
ODD = [-1, MAX, MIN, 8388607, 8388608, 4294967296, "", "x", "01", "+1", "#1", 2]
REGISTERS = 16384


class Gen:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.makers = [m for name, m in sorted(vars(Gen).items())
                       if name.startswith("make_")
                       for _ in range(self.weight.get(name[5:], 4))]

    weight = {"setbit": 12, "field": 16, "bitop": 12, "pfadd": 30, "lcs": 6,
              "pfcount": 12, "pfmerge": 10, "flush": 1, "config": 1}

    def command(self):
        args = self.r.choice(self.makers)(self)
        if self.r.random() < 0.02:
            args = args + args[-1:] if self.r.random() < 0.5 else args[:-1]
        if args and self.r.random() < 0.05:
            args[0] = args[0].lower()
        return tuple(args) or ("PING",)

    def pick(self, good, odd, chance=0.05):
        return self.r.choice(odd if self.r.random() < chance else good)

    def key(self):
        return self.r.choice(KEYS)

    def hll(self):
        return self.pick(HLLS, ["b", "none"])

    def make_set(self):
        n = self.r.choice([0, 1, 3, 8, 31, 32, 33, 100, 127, 128, 129, 1000,
                           1024, 1025, 4096, 4097, 9000])
        kind = self.r.randrange(4)
        if kind == 0:
            value = bytes(self.r.getrandbits(8) for _ in range(n))
        elif kind == 1:
            value = self.r.choice([b"\0", b"\xff"]) * n
        elif kind == 2:
            value = self.r.choice([b"\0", b"\xff"]) * n + b"\x10"
        else:
            value = str(self.r.randrange(-10**6, 10**6)).encode()
        return ["SET", self.key(), value] + self.r.choice(
            [[], [], ["EX", 10**6]])

    def make_setbit(self):
        return ["SETBIT", self.key(), self.pick(BITS, ODD),
                self.pick([0, 1], ODD)]

    def make_getbit(self):
        return ["GETBIT", self.key(), self.pick(BITS, ODD)]

    def ends(self):
        n = self.r.choice([0, 1, 2, 2, 2, 3, 3])
        ends = [self.r.choice(ENDS[:-2] if self.r.random() < 0.9 else ENDS)
                for _ in range(min(n, 2))]
        return ends + [self.pick(["BIT", "BYTE", "bit"], ["FOO", ""])] * (n > 2)

    def make_bitcount(self):
        return ["BITCOUNT", self.key()] + self.ends()

    def make_bitpos(self):
        return ["BITPOS", self.key(), self.pick([0, 1], ODD)] + self.ends()

    def make_bitop(self):
        op = self.pick(["AND", "OR", "XOR", "NOT", "xor"], ["FOO", ""])
        n = 1 if op == "NOT" and self.r.random() < 0.9 else self.r.choice(
            [1, 2, 2, 3, 4, 9])
        return ["BITOP", op, self.key()] + [self.key() for _ in range(n)]

    def make_field(self):
        args = [self.pick(["BITFIELD"], ["BITFIELD_RO"], 0.1), self.key()]
        for _ in range(self.r.choice([0, 1, 1, 2, 3, 5])):
            if self.r.random() < 0.3:
                args += ["OVERFLOW", self.pick(["WRAP", "SAT", "FAIL"], ["x"])]
            width = self.pick(range(1, 65), [0, 65, 64, "x", "08"])
            kind = "%s%s" % (self.pick("ui", "x"), width)
            at = self.pick(BITS, ODD)
            if self.r.random() < 0.3:
                # a product beyond 64 bits wraps around in Redis
                at = "#%s" % self.pick(range(40), [-1, "", "x", 8388607, "#1"])
            op = self.pick(["GET", "SET", "INCRBY"], ["NOPE"], 0.01)
            args += [op, kind, at]
            if op != "GET":
                small = self.r.randrange(-300, 300)
                wide = self.r.randrange(MIN, MAX)
                args.append(self.r.choice([small, small, wide, MAX, MIN] +
                                          ["x"] * (self.r.random() < 0.1)))
        return args

    def element(self):
        return self.r.choice([b"%d" % self.r.randrange(10**6),
                              b"%d" % self.r.randrange(50),
                              bytes(self.r.getrandbits(8) for _ in range(
                                  self.r.randrange(30)))])

    def make_pfadd(self):
        """One element: Redis keeps what came before a fault."""
        return ["PFADD", self.hll()] + [self.element()] * self.r.choice([0, 1, 1])

    def make_pfadd_many(self):
        """To a key that no broken value can be at."""
        return ["PFADD", "good"] + [self.element() for _ in range(
            self.r.choice([1, 10, 100, 500]))]

    def make_pfcount(self):
        return ["PFCOUNT"] + self.r.choice([
            [self.hll()], ["good"], [self.hll(), "good"],
            [self.hll() for _ in range(3)]])

    def make_pfmerge(self):
        return ["PFMERGE"] + self.r.choice([
            [self.hll()], [self.hll(), self.hll()], [self.hll(), "good"],
            ["merged", "good"], [self.hll() for _ in range(4)]])

    def make_pfdebug(self):
        """DECODE of what ends in half a run shows what Redis has behind it."""
        return self.r.choice([
            ["PFDEBUG", "DECODE", self.r.choice(["good", "merged"])],
            ["PFDEBUG", self.pick(["ENCODING", "TODENSE"], ["GETREG", "FOO"]),
             self.pick(HLLS, ["good", "merged"], 0.3)]])

    def make_hll(self):
        """A sparse value of random runs, mostly right, or a dense one."""
        head = b"HYLL\1" + bytes(3) + self.r.choice(
            [bytes(8), bytes(7) + b"\x80", b"\5" + bytes(7)])
        if self.r.random() < 0.1:
            return ["SET", self.hll(), b"HYLL" + bytes(12) + bytes(
                self.r.choice([0, 0, 1, 255, self.r.getrandbits(8)])
                for _ in range(12288))]
        body, left = b"", REGISTERS
        while left:
            kind = self.r.randrange(3)
            n = min(left, self.r.randrange(
                *[(1, 5), (1, 65), (1, self.r.choice([90, 3000, 16385]))][kind]))
            if kind == 0:
                body += bytes([0x80 | self.r.choice([0, 0, 1, 31]) << 2 | n - 1])
            elif kind == 1:
                body += bytes([n - 1])
            else:
                body += (0x4000 | n - 1).to_bytes(2, "big")
            left -= n
        value = head + body
        chance = self.r.random()
        if chance < 0.15:
            value = value[:self.r.randrange(len(value))]
        elif chance < 0.3:
            value += bytes([self.r.getrandbits(8)])
        elif chance < 0.45:
            at = self.r.randrange(len(value))
            value = value[:at] + bytes([self.r.getrandbits(8)]) + value[at + 1:]
        return ["SET", self.hll(), value]

    def make_lcs(self):
        return ["LCS", self.key(), self.key()] + self.r.choice([
            [], ["LEN"], ["IDX"], ["IDX", "WITHMATCHLEN"],
            ["IDX", "MINMATCHLEN", self.r.choice([0, 1, 2, 5, -1, "x"])],
            ["LEN", "IDX"], ["FOO"], ["MINMATCHLEN"]])

    def make_words(self):
        """Strings that have something in common."""
        n = self.r.choice([5, 20, 63, 64, 65, 128, 200, 500])
        return ["SET", self.key(), "".join(
            self.r.choice("abcd") for _ in range(n))]

    def make_other(self):
        return self.r.choice([
            ["APPEND", self.key(), "x" * self.r.randrange(40)],
            ["SETRANGE", self.key(), self.r.randrange(2000), "x"],
            ["OBJECT", "ENCODING", self.key()], ["GET", self.key()],
            ["STRLEN", self.key()], ["DEL", self.key()], ["INCR", self.key()],
            ["COPY", self.key(), self.key(), "REPLACE"], ["EXISTS", "merged"],
            ["GET", "good"],
            ["DEL", "good", "merged"],
            ["DEBUG", "DIGEST-VALUE"] + KEYS + ["good", "merged"]])

    def make_config(self):
        return ["CONFIG", "SET", "hll-sparse-max-bytes",
                self.r.choice([0, 17, 40, 100, 3000, 3000, 16000])]

    def make_flush(self):
        return ["FLUSHALL"]


def pytest_generate_tests(metafunc):
    option = metafunc.config.getoption
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", [
            option("seed") + i for i in range(option("streams"))])


@pytest.mark.skipif(not servers.command("redis"), reason="no redis-server")
def test_random_bits(shared, seed):
    gen = Gen(seed)
    commands = [gen.command() for _ in range(LENGTH)]
    conns = [shared[kind].connect(proto=2 + seed % 2) for kind in (
        "redis", "kv")]
    try:
        def fails(some):
            return difference(conns, [
                ("CONFIG", "SET", "hll-sparse-max-bytes", 3000,
                 "proto-max-bulk-len", 1 << 20)] + some)

        found = fails(commands)
        if found:
            few = shrink(commands, fails, found[0])
            found = fails(few) or found
            lines = ["seed %d, %d commands left" % (seed, len(few))]
            lines += ["  " + " ".join(map(word, c)) for c in few]
            lines.append("redis: %r\nkv   : %r" % found[1:])
            pytest.fail("\n".join(lines), pytrace=False)
    finally:
        for c in conns:
            c.close()
