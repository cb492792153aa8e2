"""Random command streams, run on redis-server and on another server side by
side: every reply is the same, and so is DEBUG DIGEST at the end. A stream is
500 commands from one seed; a failure is shrunk to few commands.

    pytest conformance/test_random.py --streams 2000 --seed 1
"""

import random
import time

import pytest

from conformance import resp
from conformance.kv import servers

LENGTH = 500
SHRINK_TIME = 20        # seconds
SLACK = 20              # seconds that one server may be behind the other
FAR = 33177117420
MAX, MIN = 2**63 - 1, -2**63

KEYS = ["a", "b", "c", "ab", "k1", "k2", "k3", "", b"\0\r\n", "[x]*"]
FLOAT_KEYS = ["f1", "f2"]   # hold numbers that binary floats hold exactly
VALUES = ["v", "", "hello", b"\0\xff\r\n", "x" * 44, "x" * 45, "x" * 300,
          "0", "1", "-1", "9999", "10000", "12345", MAX, MIN, MAX - 1,
          "9223372036854775808", "01", "+1", " 1", "-0", "3x", "nan"]
INTS = [0, 1, -1, 2, 7, -10, 10000, MAX, MIN, MAX - 1, "", "01", "+1", " 1",
        "1.0", "abc", "9223372036854775808", "1e2"]
OFFSETS = [0, 1, 2, 5, 10, 44, 100, -1, -2, -5, -100, MAX, MIN, "", "x"]
PATTERNS = ["*", "a*", "k?", "[a-c]", "[^a]", "k[12]", "\\[x]\\*", "", "zz*",
            "*b*", "k[0-9", "**", "[", "?"]
DBS = [0, 0, 1, 1, 2, 15, 16, -1, "x", 99999999999]


class Gen:
    """Commands from one seed. No reply may depend on the clock by less than
    SLACK, so times to live are long, spread wide, or in the past."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.makers = [m for name, m in vars(Gen).items()
                       if name.startswith("make_")
                       for _ in range(self.weight.get(name[5:], 4))]

    weight = {"set": 20, "get": 12, "counter": 12, "expire": 12, "edit": 10,
              "range": 6, "copy": 8, "rename": 5, "getex": 6, "float": 6,
              "ttl": 8, "select": 2, "flush": 1, "swapdb": 1, "odd": 1}

    def command(self):
        args = self.r.choice(self.makers)(self)
        if self.r.random() < 0.02:
            more = self.r.random() < 0.5 or len(args) == 1
            args = args + args[-1:] if more else args[:-1]
        if self.r.random() < 0.1:
            args[0] = args[0].lower()
        return tuple(args)

    def key(self):
        return self.r.choice(KEYS)

    def keys(self):
        return [self.key() for _ in range(self.r.choice([1, 1, 2, 3]))]

    def value(self):
        return self.r.choice(VALUES)

    def some(self, *options):
        """Any of the options, rarely many, in any order."""
        n = self.r.choice([0, 0, 0, 1, 1, 1, 2, 2, 3])
        return [w for o in self.r.choices(options, k=n) for w in o]

    def moment(self, ms, absolute):
        """An argument in seconds or milliseconds."""
        unit = 1000 if ms else 1
        if absolute:
            good = FAR * unit + self.r.choice([0, 0, 1, 499, 500, 999, 5000])
        else:
            good = self.r.randrange(10**4, 10**7) * unit
        edge = self.r.choice([0, -1, MAX, MIN, "", "x", "01", "1.5"] +
                             [1, 1000] * absolute)
        return good if self.r.random() < 0.8 else edge

    def time(self):
        name, ms, absolute = self.r.choice([
            ("EX", 0, 0), ("PX", 1, 0), ("EXAT", 0, 1), ("PXAT", 1, 1)])
        return [name, self.moment(ms, absolute)]

    def make_set(self):
        return ["SET", self.key(), self.value()] + self.some(
            ["NX"], ["XX"], ["GET"], ["KEEPTTL"], self.time(), self.time())

    def make_get(self):
        name = self.r.choice(["GET", "GET", "GETDEL", "STRLEN", "EXISTS",
                              "TYPE", "TOUCH"])
        return [name, self.key()]

    def make_get_many(self):
        name = self.r.choice(["MGET", "MGET", "DEL", "UNLINK", "EXISTS",
                              "TOUCH"])
        return [name] + self.keys()

    def make_getex(self):
        return ["GETEX", self.key()] + self.some(
            ["PERSIST"], self.time(), self.time())

    def make_set_old(self):
        k, v = self.key(), self.value()
        return self.r.choice([
            ["SETNX", k, v], ["GETSET", k, v],
            ["SETEX", k, self.moment(0, 0), v],
            ["PSETEX", k, self.moment(1, 0), v]])

    def make_mset(self):
        pairs = [x for k in self.keys() for x in (k, self.value())]
        return [self.r.choice(["MSET", "MSETNX"])] + pairs

    def make_counter(self):
        name = self.r.choice(["INCR", "DECR", "INCRBY", "DECRBY"])
        by = [self.r.choice(INTS)] if name.endswith("BY") else []
        return [name, self.key()] + by

    def make_edit(self):
        if self.r.random() < 0.6:
            return ["APPEND", self.key(), self.value()]
        return ["SETRANGE", self.key(),
                self.r.choice(OFFSETS + [536870912]), self.value()]

    def make_range(self):
        return [self.r.choice(["GETRANGE", "SUBSTR"]), self.key(),
                self.r.choice(OFFSETS), self.r.choice(OFFSETS)]

    def make_float(self):
        """Sums that are exact in binary, so that all arithmetics agree."""
        k = self.r.choice(FLOAT_KEYS)
        number = self.r.choice(["0", "1", "-1", "0.5", "-2.25", "3.0e3", "5.",
                                ".5", "1e2", "+7", "0x10", "-0", "100.125"])
        return self.r.choice([
            ["INCRBYFLOAT", k, number], ["INCRBYFLOAT", k, number],
            ["INCRBYFLOAT", k, number], ["SET", k, number], ["GET", k],
            ["INCRBYFLOAT", self.key(), self.r.choice(
                ["", "x", "1 ", "nan", "1e5000", "0x"])],
            ["INCRBYFLOAT", k, "inf"], ["INCR", k], ["STRLEN", k],
            ["OBJECT", "ENCODING", k], ["COPY", "f1", "f2", "REPLACE"]])

    def make_expire(self):
        name = self.r.choice(["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"])
        when = self.moment(name[0] == "P", name.endswith("AT"))
        return [name, self.key(), when] + self.some(
            ["NX"], ["XX"], ["GT"], ["LT"])[:2]

    def make_ttl(self):
        return [self.r.choice(["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME",
                               "PERSIST"]), self.key()]

    def make_rename(self):
        return [self.r.choice(["RENAME", "RENAMENX"]), self.key(), self.key()]

    def make_copy(self):
        return ["COPY", self.key(), self.key()] + self.some(
            ["REPLACE"], ["REPLACE"], ["DB", self.r.choice(DBS)])

    def make_move(self):
        return ["MOVE", self.key(), self.r.choice(DBS)]

    def make_object(self):
        return ["OBJECT", self.r.choice(["ENCODING"] * 4 + ["FREQ", "NOPE"]),
                self.key()]

    def make_scan(self):
        return self.r.choice([
            ["KEYS", self.r.choice(PATTERNS)], ["RANDOMKEY"],
            ["SCAN", self.r.choice(["0", "0", "x"]), "COUNT", 100000] +
            self.some(["MATCH", self.r.choice(PATTERNS)],
                      ["TYPE", self.r.choice(["string", "list", "x"])])])

    def make_select(self):
        return ["SELECT", self.r.choice(DBS)]

    def make_swapdb(self):
        return ["SWAPDB", self.r.choice(DBS), self.r.choice(DBS)]

    def make_flush(self):
        return [self.r.choice(["FLUSHDB", "FLUSHDB", "FLUSHALL"])] + self.some(
            ["ASYNC"], ["SYNC"])

    def make_odd(self):
        return self.r.choice([["NOPE", self.key()], ["PING"], ["OBJECT"],
                              ["", "x"], ["ECHO", self.value()]])


def same(command, a, b):
    """Do the two servers' replies to one command agree?"""
    name = resp.arg(command[0]).upper()
    if name == b"RANDOMKEY" and len(command) == 1:
        return type(a) is type(b)
    if name in (b"KEYS", b"SCAN"):
        return sort_arrays(a) == sort_arrays(b)
    slack = {b"TTL": SLACK, b"EXPIRETIME": SLACK, b"PTTL": SLACK * 1000,
             b"PEXPIRETIME": SLACK * 1000}.get(name, 0)
    if slack and isinstance(a, resp.Int) and isinstance(b, resp.Int):
        return a == b or min(a.v, b.v) > 0 and abs(a.v - b.v) <= slack
    return a == b


def sort_arrays(value):
    if not isinstance(value, resp.Array):
        return value
    return resp.Array(sorted(map(sort_arrays, value.v), key=resp.dump))


def difference(conns, commands):
    """Runs the commands on two empty servers; None, or (number of the first
    command whose replies differ, the replies). What differs at the end has
    a number past the commands."""
    for c in conns:
        c.cmd("SELECT", 0)
        c.cmd("FLUSHALL")
    # Redis's digest counts keys past their time until someone asks for them.
    commands = commands + [
        c for db in range(16)
        for c in [("SELECT", db), ("EXISTS",) + tuple(KEYS + FLOAT_KEYS)]
    ] + [("DEBUG", "DIGEST")]
    data = b"".join(resp.encode(*command) for command in commands)
    for c in conns:
        c.send(data)
    pairs = list(zip(*[[c.read() for _ in commands] for c in conns]))
    for i, (command, (a, b)) in enumerate(zip(commands, pairs)):
        if not same(command, a, b):
            return i, a, b
    return None


def shrink(commands, fails, first):
    """The shortest failing prefix, then without every part that it can do
    without."""
    commands = commands[:first + 1]
    end, size = time.monotonic() + SHRINK_TIME, len(commands) // 2
    while size and time.monotonic() < end:
        i = 0
        while i < len(commands) and time.monotonic() < end:
            fewer = commands[:i] + commands[i + size:]
            if fails(fewer):
                commands = fewer
            else:
                i += size
        size //= 2
    return commands


def pytest_generate_tests(metafunc):
    """kv runs all streams; redis against itself proves the comparison."""
    option = metafunc.config.getoption
    metafunc.parametrize("kind,seed", [
        (kind, option("seed") + i) for kind in servers.KINDS for i in range(
            option("streams") if kind == "kv" or option("only") == "redis"
            else 2)])


def test_random(shared, kind, seed):
    proto = 2 + seed % 2
    gen = Gen(seed)
    commands = [gen.command() for _ in range(LENGTH)]
    both = [shared["redis"], shared["kv" if kind == "kv" else "redis 2"]]
    conns = [server.connect(proto=proto) for server in both]
    try:
        def fails(some):
            return difference(conns, some)

        found = fails(commands)
        if found:
            few = shrink(commands, fails, found[0])
            again = fails(few)
            found = again or found
            lines = ["seed %d, RESP%d, %d commands left of %d:" % (
                seed, proto, len(few), LENGTH)]
            lines += ["  " + " ".join(map(word, c)) for c in few]
            if again and again[0] >= len(few):
                lines.append("  then EXISTS of every key, DEBUG DIGEST")
            lines.append("redis: %r\n%-5s: %r%s" % (
                found[1], kind, found[2], "" if again else
                "\nnot seen when run again"))
            pytest.fail("\n".join(lines), pytrace=False)
    finally:
        for c in conns:
            c.close()


def word(a):
    """An argument as redis-cli takes it."""
    text = resp.arg(a)
    plain = text and all(33 <= c < 127 and c not in b'"\'\\' for c in text)
    return text.decode() if plain else '"%s"' % "".join(
        chr(c) if 32 <= c < 127 and c not in b'"\\' else "\\x%02x" % c
        for c in text)
