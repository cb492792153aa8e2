"""Snapshots of real processes: RDB files between kv and redis-server both
ways, kills, full disks, damaged and odd files, `kv check`.

KV_ROUNDS=N in the environment makes the random tests longer; with 1000 every
bit of a file is flipped (by itself: -k flipped, 10 minutes).
"""

import os
import random
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import pytest

from conformance.conn import TIMEOUT, Conn
from conformance.kv import servers
from conformance.kv.proc import MIB, until
from conformance.resp import (Array, Bulk, Err, Int, Simple, encode)

pytestmark = [
    pytest.mark.parametrize("kind", ["kv"]),
    pytest.mark.skipif(not sys.platform.startswith("linux"),
                       reason="looks into /proc"),
]

OK, PONG = Simple("OK"), Simple("PONG")
ROUNDS = int(os.environ.get("KV_ROUNDS", "0"))

# ---- Files by hand ---------------------------------------------------------


def crc_table():
    out = []
    for i in range(256):
        crc = i
        for _ in range(8):
            crc = crc >> 1 ^ (0x95ac9329ac4bc9b5 if crc & 1 else 0)
        out.append(crc)
    return out


CRC = crc_table()


def crc64(data):
    crc = 0
    for b in data:
        crc = CRC[(crc ^ b) & 255] ^ crc >> 8
    return crc


def length(n):
    if n < 64:
        return bytes([n])
    if n < 16384:
        return struct.pack(">H", 0x4000 | n)
    return (struct.pack(">BI", 0x80, n) if n < 1 << 32 else
            struct.pack(">BQ", 0x81, n))


def text(s):
    s = s if isinstance(s, bytes) else str(s).encode()
    return length(len(s)) + s


def key(name, value):
    """A string as an RDB file has it; a value of bytes is taken as it is."""
    return b"\0" + text(name) + (value if isinstance(value, bytes)
                                 else text(value))


def select(n):
    return b"\xfe" + length(n)


def aux(name, value):
    return b"\xfa" + text(name) + text(value)


def expire_ms(ms):
    return b"\xfc" + struct.pack("<q", ms)


def rdb(*parts, head=b"REDIS0010", end=b"\xff", sum=True):
    """A whole file; `sum` may be eight bytes of one's own."""
    out = head + b"".join(parts) + end
    if sum is True:
        sum = struct.pack("<Q", crc64(out))
    return out + (sum or b"")


def dump(type, body, version=10):
    out = bytes([type]) + body + struct.pack("<H", version)
    return out + struct.pack("<Q", crc64(out))


FAR = int(time.time() + 86400) * 1000
PAST = int(time.time() - 86400) * 1000


# ---- Servers ---------------------------------------------------------------

def write(path, data):
    with open(str(path), "wb") as f:
        f.write(data)
    return str(path)


def read(path):
    with open(str(path), "rb") as f:
        return f.read()


@pytest.fixture(autouse=True)
def about(kind):
    """All of this is about kv."""


@pytest.fixture
def conn(shared):
    with shared["kv"].connect() as c:
        c.cmd("FLUSHALL")
        yield c


@pytest.fixture
def up(start):
    """up(directory, *options, kind="kv"): a server whose files are there,
    when it has read them."""
    def up(where, *options, kind="kv"):
        s = start(kind, "--dir", where, *options)
        with s.connect() as c:
            until("it has read its file",
                  lambda: info(c)["loading"] == "0", 60)
        return s
    return up


def info(c):
    got = c.cmd("INFO", "persistence").v.decode()
    return dict(line.split(":", 1) for line in got.split("\r\n")
                if ":" in line)


def digest(c):
    got = c.cmd("DEBUG", "DIGEST")
    assert isinstance(got, (Simple, Bulk)) and len(got.v) == 40, got
    return got.v


def held(s):
    with s.connect(timeout=30) as c:
        return digest(c)


def kill(s):
    s.ended = True
    s.process.kill()
    return s.process.wait()


def terminate(s):
    s.ended = True
    s.process.terminate()
    return s.process.wait(30)


def saved(c):
    """Waits for the end of a BGSAVE."""
    until("the snapshot is made",
          lambda: info(c)["rdb_bgsave_in_progress"] == "0", 30)
    assert info(c)["rdb_last_bgsave_status"] == "ok"


def bgsave(c):
    assert c.cmd("BGSAVE") == Simple("Background saving started")
    saved(c)


def tell(c, commands, wrong=()):
    """Sends commands in one go; no reply may be an error, but those."""
    c.send(b"".join(encode(*words) for words in commands))
    for words in commands:
        got = c.read()
        if isinstance(got, Err):
            assert any(w in got.v for w in wrong), (words, got)


class Ended:
    """What a run of the program came to."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def refused(self, *words):
        """Exit code 1 and one line on stderr that has these words."""
        assert self.code == 1 and not self.out, vars(self)
        assert self.err.endswith("\n") and self.err.count("\n") == 1, self.err
        for word in words:
            assert word in self.err, (word, self.err)
        return self


def kv(*words, timeout=60, **how):
    """Runs kv to its end."""
    p = subprocess.run(
        servers.command("kv") + [str(w) for w in words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL, timeout=timeout, **how)
    return Ended(p.returncode, p.stdout.decode(),
                 p.stderr.decode("utf-8", "replace"))


def check(*words, **how):
    """kv check; it has 64 MiB."""
    def little():
        if not servers.sanitized():
            resource.setrlimit(resource.RLIMIT_AS, (64 * MIB, 64 * MIB))
    got = kv("check", *words, preexec_fn=little, **how)
    assert "memory" not in got.err
    return got


def serve(where, *options, **how):
    """Runs a server that does not come up, to its end."""
    return kv("--port", servers.free_port(), "--bind", "127.0.0.1", "--dir",
              where, *options, **how)


# ---- Data ------------------------------------------------------------------

SIZES = list(range(0, 46)) + [62, 63, 64, 65, 255, 1023, 1024, 1025, 5000,
                              16383, 16384, 65535, 70000, 131071, 131072,
                              300000]
EDGES = [0, 1, 63, 127, 128, 255, 256, 32767, 32768, 65535, 65536,
         2147483647, 2147483648, 4294967295, 4294967296,
         9223372036854775807]
ODD = ["00", "01", "-0", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "-", "",
       "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
       "12345678901", "-2147483648", "-2147483649"]


def value(rng, n):
    """n bytes that pack well, badly or not at all."""
    kind = rng.randrange(4)
    if kind == 0:
        return bytes(rng.getrandbits(8) for _ in range(n))
    if kind == 1:
        return bytes([rng.randrange(256)]) * n
    word = bytes(rng.getrandbits(8) for _ in range(rng.randrange(1, 300)))
    if kind == 2:
        return (word * (n // len(word) + 1))[:n]
    out = bytearray((word * (n // len(word) + 1))[:n])
    for _ in range(n // 20):
        out[rng.randrange(n)] = rng.getrandbits(8)
    return bytes(out)


def everything(rng):
    """Commands that make keys of all kinds in several databases."""
    out = []
    for db in (0, 3, 15):
        out.append(("SELECT", db))
        for i, n in enumerate(SIZES):
            out.append(("SET", "size:%d:%d" % (n, i), value(rng, n)))
        for n in EDGES:
            for v in (n, -n, n + 1, -n - 1):
                out.append(("SET", "int:%d" % v, v))
                out.append(("SET", v, "key:%d" % v))
        for v in ODD:
            out.append(("SET", "odd:" + v, v))
        for i in range(300):
            name = value(rng, rng.choice((1, 8, 30, 70, 300)))
            out.append(("SET", name, value(rng, rng.choice(SIZES[:60]))))
            if rng.random() < 0.3:
                out.append(("PEXPIREAT", name, FAR + rng.randrange(10 ** 9)))
    out.append(("SELECT", 3))
    out.append(("APPEND", "size:20:20", "tail"))
    out.append(("INCRBYFLOAT", "int:1", "0.5"))
    out.append(("SELECT", 0))
    return out


def keys_of(c, pattern="*"):
    return [k.v for k in c.cmd("KEYS", pattern).v]


# ---- Between kv and Redis --------------------------------------------------

@pytest.mark.parametrize("policy, packed, summed", [
    ("noeviction", "yes", "yes"), ("allkeys-lru", "no", "yes"),
    ("volatile-lfu", "yes", "no")])
def test_interchange(up, tmp_path, policy, packed, summed):
    rng = random.Random(policy)
    options = ["--maxmemory-policy", policy, "--rdbcompression", packed,
               "--rdbchecksum", summed]
    there = [tmp_path / name for name in ("redis", "kv")]
    for d in there:
        d.mkdir()
    a = up(there[0], *options, kind="redis")
    with a.connect(timeout=30) as c:
        tell(c, everything(rng))
        names = rng.sample(keys_of(c, "int:*"), 20)
        for _ in range(30):
            tell(c, [("GET", names[0])] * 10)
        want = digest(c)
        assert c.cmd("SAVE") == OK
        used = c.cmd("OBJECT", "FREQ" if "lfu" in policy else "IDLETIME",
                     names[0])
        # the same again, from kv's own hand
        b = up(there[0], *options)
        with b.connect(timeout=30) as d:
            assert digest(d) == want
            assert sorted(keys_of(c)) == sorted(keys_of(d))
            mine = d.cmd("OBJECT", "FREQ" if "lfu" in policy else "IDLETIME",
                         names[0])
            assert abs(mine.v - used.v) <= 2, (mine, used)
            assert d.cmd("CONFIG", "GET", "dir").v[1] == Bulk(
                str(there[0]))
    shutil.copytree(str(there[0]), str(there[1]), dirs_exist_ok=True)
    b = up(there[1], *options)
    with b.connect(timeout=30) as d:
        tell(d, [("SELECT", 7), ("SET", "mine", "too"), ("SELECT", 0)])
        want = digest(d)
        bgsave(d)
    head = read(there[1] / "dump.rdb")
    assert head.startswith(b"REDIS0010")
    assert (head[-8:] == bytes(8)) == (summed == "no")
    assert check(there[1] / "dump.rdb").code == 0
    c = up(there[1], *options, kind="redis")
    with c.connect(timeout=30) as x:
        assert digest(x) == want
        mine = x.cmd("OBJECT", "FREQ" if "lfu" in policy else "IDLETIME",
                     names[0])
        assert abs(mine.v - used.v) <= 2
    assert "Unrecognized" not in c.log()


def test_dump_and_restore(shared):
    """Payloads of one are taken by the other, and by itself."""
    rng = random.Random(4)
    with shared["kv"].connect(timeout=30) as a, \
            shared["redis"].connect(timeout=30) as b:
        values = [value(rng, n) for n in SIZES]
        values += [str(s * n) for n in EDGES for s in (1, -1)] + ODD
        for x, y in ((a, b), (b, a), (a, a)):
            x.cmd("FLUSHALL"), y.cmd("FLUSHALL")
            for i, v in enumerate(values):
                assert x.cmd("SET", "k", v) == OK
                payload = x.cmd("DUMP", "k").v
                assert y.cmd("RESTORE", "r%d" % i, 0, payload) == OK
                assert y.cmd("GET", "r%d" % i) == x.cmd("GET", "k")
                if i % 7 == 0:
                    assert y.cmd("RESTORE", "r%d" % i, 50000, payload,
                                 "REPLACE", "IDLETIME", 9) == OK
                    assert 49 <= y.cmd("TTL", "r%d" % i).v <= 50
                    assert y.cmd("OBJECT", "IDLETIME", "r%d" % i).v in (9, 10)
        for v in ["12", "x" * 10, "-70000", "a" * 20]:     # not packed
            a.cmd("SET", "k", v), b.cmd("SET", "k", v)
            assert a.cmd("DUMP", "k") == b.cmd("DUMP", "k")


def test_restore_of_bad_payloads(conn):
    """Whatever stands in a payload, the server goes on; its table too."""
    c = conn
    good = dump(0, text("value"))
    assert c.cmd("RESTORE", "k", 0, good) == OK
    assert c.cmd("RESTORE", "k", 0, good) == Err(
        "BUSYKEY Target key name already exists.")
    for i in range(len(good)):
        for bad in (good[:i], good[:i] + bytes([good[i] ^ 64]) +
                    good[i + 1:]):
            assert c.cmd("RESTORE", "k2", 0, bad) == Err(
                "ERR DUMP payload version or checksum are wrong")
    lies = [b"", b"\x05abc", b"\xc3", b"\xc3\x05\x20\x00", b"\xc4", b"\xff",
            b"\x80\0\0\0\x09abc", b"\x81" + b"\xff" * 8 + b"abc",
            b"\x81\x80" + bytes(7), b"\x80\xff\xff\xff\xff", b"\x82abcde",
            b"\xc3\x05\x0a\x00aaaa", b"\xc3\x03\x7f\xff\xe0\x00\x00"]
    for lie in lies:
        for name in range(40):
            assert c.cmd("RESTORE", "lie:%d" % name, 0, dump(0, lie)) == Err(
                "ERR Bad data format"), lie
    for type in (5, 7, 15, 19, 21, 24, 200, 255):
        assert c.cmd("RESTORE", "k3", 0, dump(type, b"\x01\x01a")) == Err(
            "ERR Bad data format"), type
    assert c.cmd("RESTORE", "k4", 0, dump(0, text("v"), 99)) == Err(
        "ERR DUMP payload version or checksum are wrong")
    assert c.cmd("DBSIZE") == Int(1)
    tell(c, [("SET", "fill:%d" % i, i) for i in range(3000)])
    assert c.cmd("DBSIZE") == Int(3001)


def nested(value):
    return dump(0xb6, text(value))


def test_restore_of_nested_values(conn):
    """Kept only as kv itself would have written it."""
    for good in (b":1\r\n", b"_\r\n", b"*1\r\n$1\r\na\r\n", b"%0\r\n"):
        assert conn.cmd("RESTORE", "n", 0, nested(good), "REPLACE") == OK
        conn.cmd("GET", "n")
    conn.cmd("DEL", "n")
    for bad in (b"", b":1", b":1\r\n:2\r\n", b"$-1\r\n", b"*-1\r\n", b"-E\r\n",
                b"*2\r\n:1\r\n", b">0\r\n", b"|0\r\n", b"$5\r\nabc\r\n", b"x",
                b"*1\r\n" * 200 + b":1\r\n", b"\0" * 30):
        assert conn.cmd("RESTORE", "n", 0, nested(bad)) == Err(
            "ERR Bad data format"), bad
    assert conn.cmd("EXISTS", "n") == Int(0)
    assert conn.fence() == []


COLLECTIONS = {
    "list": [("RPUSH", "x", "a", "b"), ["RPUSH", "x"] + ["v" * 90] * 500],
    "set": [("SADD", "x", 1, 2), ("SADD", "x", "a", "b"),
            ["SADD", "x"] + ["m%d" % i for i in range(1000)]],
    "sorted set": [("ZADD", "x", 1, "a"),
                   ["ZADD", "x"] + [w for i in range(500)
                                    for w in (i, "m%d" % i)]],
    "hash": [("HSET", "x", "f", "v"),
             ["HSET", "x"] + ["f%d" % i for i in range(2000)]],
    "stream": [("XADD", "x", "1-1", "f", "v"),
               ["XADD", "x", "5-*"] + ["f%d" % i for i in range(2000)]],
}
FOREIGN = {"module's value": 7}


def test_collections_of_redis(up, tmp_path):
    redis = up(tmp_path, kind="redis")
    with redis.connect() as c:
        for name, makes in COLLECTIONS.items():
            for i, make in enumerate(makes):
                make = list(make)
                make[1] = "%s:%d" % (name, i)
                c.cmd(*make)
        tell(c, [("SAVE",)])
        want = digest(c)
    assert held(up(tmp_path)) == want


def test_values_that_kv_lacks(up, tmp_path):
    """The start is refused in one line, and the file stays."""
    redis = up(tmp_path, kind="redis")
    for name, kind in FOREIGN.items():
        with redis.connect() as c:
            tell(c, [("FLUSHALL",), ("SELECT", 2), ("SET", "k", "v"),
                     ("SET", "x", "value"), ("SAVE",)])
        before = read(tmp_path / "dump.rdb")
        assert before.count(b"\0\1x\5value") == 1
        before = before.replace(b"\0\1x\5value", b"%c\1x\5value" % kind)
        (tmp_path / "dump.rdb").write_bytes(before)
        end = serve(tmp_path, "--save", "1 1")
        assert end.code == 1
        said = [line for line in (end.out + end.err).split("\n")
                if str(tmp_path / "dump.rdb") + ", byte " in line and
                ", key 'x': it is a " + name in line]
        assert len(said) == 1, vars(end)
        assert read(tmp_path / "dump.rdb") == before
        check(tmp_path / "dump.rdb").refused(
            "dump.rdb, byte ", ", key 'x': it is a " + name)
        assert sorted(os.listdir(str(tmp_path))) == ["dump.rdb"]


def test_functions_are_passed_over(up, tmp_path):
    redis = up(tmp_path, kind="redis")
    with redis.connect() as c:
        code = "#!lua name=%s\nredis.register_function('%s', " \
            "function() return 1 end)"
        for name in ("one", "two"):
            c.cmd("FUNCTION", "LOAD", code % (name, name))
        tell(c, [("SET", "k", "v"), ("SAVE",)])
        want = digest(c)
    s = up(tmp_path)
    assert held(s) == want
    assert s.log().count("library of functions is passed over") == 2
    assert check(tmp_path / "dump.rdb").code == 0


# ---- While the data changes ------------------------------------------------

def big(up, where, keys, size, *options, seed=1):
    """A server with that many keys of random bytes."""
    rng = random.Random(seed)
    s = up(where, *options)
    with s.connect(timeout=30) as c:
        for i in range(0, keys, 5000):
            tell(c, [("SET", "key:%d" % j, rng.getrandbits(8 * size).to_bytes(
                size, "big")) for j in range(i, min(i + 5000, keys))])
    return s


def temporary(where):
    return [os.path.join(str(where), n) for n in os.listdir(str(where))
            if n.endswith(".tmp")]


def size_of(path):
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def test_kill_in_the_middle(up, tmp_path):
    """The old file is whole; what is left beside it does no harm."""
    rng = random.Random(9)
    s = big(up, tmp_path, 40000, 300)
    with s.connect() as c:
        bgsave(c)
    want, path = held(s), tmp_path / "dump.rdb"
    whole = read(path)
    killed = 0
    for _ in range(max(10, ROUNDS)):
        with s.connect() as c:
            tell(c, [("SET", "key:%d" % rng.randrange(40000), "changed")])
            now = digest(c)
            c.cmd("BGSAVE")
            wanted = rng.randrange(len(whole))
            until("it writes", lambda: [
                t for t in temporary(tmp_path) if size_of(t) > wanted] or
                read(path) != whole)
        kill(s)
        if read(path) != whole:     # it was too fast
            want, whole = now, read(path)
        else:
            killed += 1
        s = up(tmp_path)
        assert held(s) == want
    assert killed >= 3
    with s.connect() as c:
        bgsave(c)
    assert held(s) == want
    kill(s)
    assert held(up(tmp_path)) == want


MAY_FAIL = [b"no such key", b"objects are the same"]


def changes(rng, n):
    """Writes of all kinds, to long values above all."""
    out = []
    for _ in range(n):
        k, j = "key:%d" % rng.randrange(20000), "long:%d" % rng.randrange(12)
        out.append(rng.choice((
            ("SET", k, "new"), ("DEL", k), ("APPEND", k, "tail"),
            ("EXPIRE", k, 1000), ("SETRANGE", k, 3, "xyz"),
            ("GETEX", k, "PERSIST"), ("RENAME", k, "key:r"),
            ("COPY", k, "key:c", "REPLACE"), ("MOVE", k, 1),
            ("APPEND", j, "tail"), ("SETRANGE", j, 9, "xyz"), ("DEL", j),
            ("RENAME", j, "long:0"), ("MOVE", j, 1), ("MOVE", j, 2),
            ("COPY", j, "long:1", "REPLACE"), ("EXPIRE", j, 1000))))
        if rng.random() < 0.002:
            out.append(rng.choice((("SWAPDB", 0, 1), ("FLUSHDB",))))
        if rng.random() < 0.002:
            out += [("SELECT", 1), ("FLUSHDB",), ("SELECT", 0)]
    return out


@pytest.mark.parametrize("seed", range(max(3, ROUNDS // 10)))
def test_one_moment(up, tmp_path, seed):
    """The file has the data of BGSAVE's moment, whatever comes then."""
    rng = random.Random(seed)
    s = big(up, tmp_path, 20000, 100, seed=seed)
    with s.connect(timeout=30) as c:
        tell(c, [("SET", "long:%d" % i, value(rng, rng.choice(
            (131071, 131072, 500000, 3 * MIB)))) for i in range(12)])
        want = digest(c)
        c.send(encode("BGSAVE") + b"".join(
            encode(*w) for w in changes(rng, 400)))
        assert c.read() == Simple("Background saving started")
        until("the replies", lambda: c.fence() or True)
        for _ in range(20):
            tell(c, changes(rng, 50), MAY_FAIL)
        saved(c)
        # and once more, as nothing of the first is left
        now = digest(c)
        shutil.copy(str(tmp_path / "dump.rdb"), str(tmp_path / "first.rdb"))
        assert c.cmd("BGSAVE").v.startswith(b"Background")
        tell(c, changes(rng, 500), MAY_FAIL)
        saved(c)
    kill(s)
    assert held(up(tmp_path)) == now
    assert held(up(tmp_path, "--dbfilename", "first.rdb")) == want
    assert not temporary(tmp_path)


def test_one_snapshot_at_a_time(up, tmp_path):
    s = big(up, tmp_path, 40000, 300)
    with s.connect() as c:
        c.send(encode("BGSAVE") + encode("BGSAVE") + encode("SAVE") +
               encode("BGSAVE", "SCHEDULE") + encode("LASTSAVE"))
        busy = Err("ERR Background save already in progress")
        assert [c.read() for _ in range(4)] == [
            Simple("Background saving started"), busy, busy, busy]
        assert abs(c.read().v - time.time()) < 60
        saved(c)
        assert abs(c.cmd("LASTSAVE").v - time.time()) < 5
        assert c.cmd("BGSAVE", "x").v.startswith(b"ERR syntax")
        assert c.cmd("SAVE") == OK


# ---- Save points, the end ------------------------------------------------

def test_save_points(up, tmp_path):
    s = up(tmp_path, "--save", "1 5")
    with s.connect() as c:
        tell(c, [("SET", "k%d" % i, i) for i in range(5)])
        want = digest(c)
        assert info(c)["rdb_changes_since_last_save"] == "5"
        until("it is saved", lambda: info(c)[
            "rdb_changes_since_last_save"] == "0")
        assert info(c)["rdb_saves"] == "1"
    kill(s)
    s = up(tmp_path, "--save", "1 5")
    assert held(s) == want
    with s.connect() as c:      # what was read are no changes
        assert info(c)["rdb_changes_since_last_save"] == "0"
        assert info(c)["rdb_saves"] == "0"


@pytest.mark.parametrize("how, points, kept", [
    ("SHUTDOWN", "", False), ("SHUTDOWN", "900 1", True),
    ("SHUTDOWN SAVE", "", True), ("SHUTDOWN NOSAVE", "900 1", False),
    ("SIGTERM", "", False), ("SIGTERM", "900 1", True),
    ("SIGINT", "900 1", True)])
def test_end(up, tmp_path, how, points, kept):
    s = up(tmp_path, "--save", points)
    with s.connect() as c:
        c.cmd("SET", "k", "v")
        if how.startswith("SHUT"):
            c.send(encode(*how.split()))
            assert c.read_until_close() == b""
        else:
            s.process.send_signal(getattr(signal, how))
    assert s.wait() == 0, s.story()
    assert os.listdir(str(tmp_path)) == (["dump.rdb"] if kept else [])


@pytest.mark.parametrize("how", ["SIGTERM", "SHUTDOWN", "SHUTDOWN NOSAVE"])
def test_end_in_the_middle(up, tmp_path, how):
    """What came after BGSAVE began is saved as well, where it should be."""
    s = big(up, tmp_path, 60000, 300, "--save", "900 100000")
    with s.connect(timeout=30) as c:
        c.send(encode("BGSAVE") + encode("SET", "after", "it"))
        assert c.read() == Simple("Background saving started")
        assert c.read() == OK
        want = digest(c)
        if how == "SIGTERM":
            assert terminate(s) == 0, s.story()
        else:
            c.send(encode(*how.split()))
            assert s.wait() == 0, s.story()
    assert not temporary(tmp_path)
    if how.endswith("NOSAVE"):
        for name in os.listdir(str(tmp_path)):      # it was that fast
            assert check(tmp_path / name).code == 0
    else:
        assert held(up(tmp_path)) == want


@pytest.fixture
def configured(tmp_path):
    """configured(file): a connection to a server with this configuration, and
    its process."""
    running = []

    def configured(path):
        port = servers.free_port()
        p = subprocess.Popen(
            servers.command("kv") + [str(path), "--port", str(port)],
            stdout=subprocess.DEVNULL, cwd=str(tmp_path))
        running.append(p)
        until("it listens", lambda: listens(p, port))
        return Conn(port), p

    yield configured
    for p in running:
        p.kill()
        p.wait()


def get(c, name):
    return c.cmd("CONFIG", "GET", name).v[1].v.decode()


def test_configuration(configured, tmp_path):
    conf = tmp_path / "kv.conf"
    conf.write_text("save 900 1\nsave 300 10 60 10000\n"
                    "dbfilename my.rdb\nrdbcompression no\n")
    c, p = configured(conf)
    with c:
        assert get(c, "save") == "900 1 300 10 60 10000"
        assert get(c, "dbfilename") == "my.rdb"
        assert get(c, "rdbcompression") == "no"
        assert c.cmd("CONFIG", "SET", "save", "70 1000 80 1") == OK
        assert get(c, "save") == "70 1000 80 1"
        for bad in ("1", "x 1", "0 1", "1 -1", "1 1 1"):
            assert isinstance(c.cmd("CONFIG", "SET", "save", bad), Err)
        assert get(c, "save") == "70 1000 80 1"
        assert c.cmd("CONFIG", "REWRITE") == OK
        assert c.cmd("SET", "k", "v") == OK
    p.terminate()
    assert p.wait(TIMEOUT) == 0
    assert [line for line in conf.read_text().split("\n")
            if line.startswith("save")] == ["save 70 1000 80 1"]
    c, p = configured(conf)
    with c:
        assert c.cmd("GET", "k") == Bulk("v")
        assert get(c, "save") == "70 1000 80 1"
        assert c.cmd("CONFIG", "SET", "save", "") == OK
        assert c.cmd("CONFIG", "REWRITE") == OK
        c.cmd("DEL", "k")
    p.terminate()
    assert p.wait(TIMEOUT) == 0
    c, p = configured(conf)
    with c:
        assert c.cmd("GET", "k") == Bulk("v")
        assert get(c, "save") == ""


# ---- Directories and disks that are no good ------------------------------

def test_directory_comes_and_goes(up, tmp_path):
    where = tmp_path / "d"
    where.mkdir()
    s = up(where, "--save", "900 1000")
    with s.connect() as c:
        assert c.cmd("SET", "k", "v") == OK
        where.rename(tmp_path / "away")
        assert c.cmd("BGSAVE") == Err("ERR cannot save: no such file or directory")
        assert info(c)["rdb_last_bgsave_status"] == "err"
        refused = c.cmd("SET", "k", "w")
        assert isinstance(refused, Err) and refused.v.startswith(b"MISCONF ")
        assert c.cmd("GET", "k") == Bulk("v")
        assert c.cmd("CONFIG", "SET", "stop-writes-on-bgsave-error",
                     "no") == OK
        assert c.cmd("SET", "k", "w") == OK
        assert c.cmd("CONFIG", "SET", "stop-writes-on-bgsave-error",
                     "yes") == OK
        assert isinstance(c.cmd("DEL", "k"), Err)
        (tmp_path / "away").rename(where)
        assert c.cmd("SAVE") == OK
        assert info(c)["rdb_last_bgsave_status"] == "ok"
        assert c.cmd("SET", "k", "x") == OK
        assert os.listdir(str(where)) == ["dump.rdb"]


def test_directories_that_are_none(tmp_path):
    write(tmp_path / "file", b"")
    for name in ("file", "nothing", "file/below"):
        end = serve(tmp_path / name, "--save", "1 1")
        end.refused(str(tmp_path / name))
    (tmp_path / "dump.rdb").mkdir()
    serve(tmp_path).refused("dump.rdb")
    check(tmp_path / "dump.rdb").refused("dump.rdb")


def test_directory_without_rights(start):
    """As another user, if this one is root."""
    where = tempfile.mkdtemp(prefix="kv-no-rights-", dir="/tmp")
    program = os.path.join(where, "kv")
    shutil.copy(servers.command("kv")[0], program)
    inner = os.path.join(where, "d")
    os.mkdir(inner, 0o555)
    os.chmod(where, 0o755)
    port = servers.free_port()

    def drop():
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)

    p = subprocess.Popen([program, "--port", str(port), "--dir", inner],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                         preexec_fn=drop)
    try:
        until("it listens", lambda: listens(p, port))
        with Conn(port) as c:
            failed = c.cmd("SAVE")
            assert isinstance(failed, Err) and failed.v.startswith(
                b"ERR cannot save: "), failed
            assert c.cmd("BGSAVE") == failed
            assert c.cmd("SET", "k", "v") == OK     # there are no save points
        end = subprocess.run(
            [program, "--port", "0", "--dir", inner, "--save", "1 1"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=drop,
            timeout=TIMEOUT)
        assert end.returncode == 1
        assert b"cannot write in the directory " + inner.encode() in end.stderr
    finally:
        p.kill()
        p.wait()
        shutil.rmtree(where)


def listens(p, port):
    assert p.poll() is None, p.returncode
    try:
        with Conn(port) as c:
            return c.cmd("PING") == PONG
    except OSError:
        return False


@pytest.mark.parametrize("how", ["SAVE", "BGSAVE"])
def test_full_disk(up, tmp_path, how):
    """The file is as it was, writes are refused, and all is well when there
    is room again."""
    s = big(up, tmp_path, 2000, 1000, "--save", "900 1000000")
    with s.connect(timeout=30) as c:
        tell(c, [("SET", "small", "v"), ("SAVE",)])
        before = read(tmp_path / "dump.rdb")
        c.cmd("SET", "small", "w")
        want = digest(c)
        most = resource.prlimit(s.pid, resource.RLIMIT_FSIZE)[1]
        for room in (4096, 10, MIB, len(before) - 20, len(before) - 5):
            resource.prlimit(s.pid, resource.RLIMIT_FSIZE, (room, most))
            if how == "SAVE":
                assert c.cmd("SAVE") == Err(
                    "ERR cannot save: no space left")
            else:
                c.cmd("BGSAVE")
                until("it fails", lambda: info(c)[
                    "rdb_bgsave_in_progress"] == "0")
            assert info(c)["rdb_last_bgsave_status"] == "err"
            assert c.cmd("SET", "k", "v").v.startswith(b"MISCONF ")
            assert c.cmd("SET", "k", "v", "GET").v.startswith(b"MISCONF ")
            assert c.cmd("GET", "small") == Bulk("w")
            assert read(tmp_path / "dump.rdb") == before
            assert os.listdir(str(tmp_path)) == ["dump.rdb"]
        assert "no space left" in s.log()
        resource.prlimit(s.pid, resource.RLIMIT_FSIZE, (most, most))
        if how == "SAVE":
            assert c.cmd("SAVE") == OK
        else:
            bgsave(c)
        assert info(c)["rdb_last_bgsave_status"] == "ok"
        assert c.cmd("SET", "small", "w") == OK
    kill(s)
    assert held(up(tmp_path)) == want


def test_sigterm_that_cannot_save_goes_on(up, tmp_path):
    """What would be lost is worth more than the end."""
    s = up(tmp_path, "--save", "900 1000000")
    with s.connect() as c:
        assert c.cmd("SET", "k", "v") == OK
        most = resource.prlimit(s.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(s.pid, resource.RLIMIT_FSIZE, (10, most))
        s.process.terminate()
        until("it has tried", lambda: info(c)["rdb_last_bgsave_status"] ==
              "err")
        assert c.cmd("GET", "k") == Bulk("v")
        assert "ERR Errors trying to SHUTDOWN" in repr(c.cmd("SHUTDOWN"))
        assert c.cmd("GET", "k") == Bulk("v")
        resource.prlimit(s.pid, resource.RLIMIT_FSIZE, (most, most))
    assert terminate(s) == 0
    with up(tmp_path).connect() as c:
        assert c.cmd("GET", "k") == Bulk("v")


# ---- While a file is read ------------------------------------------------

@pytest.fixture(scope="module")
def many_keys(tmp_path_factory):
    """(directory with a file of many keys, its digest)"""
    if not servers.command("redis"):
        pytest.skip("redis-server is not installed")
    where = tmp_path_factory.mktemp("many_keys")
    s = servers.Server("redis", "--dir", where)
    try:
        with s.connect(timeout=60) as c:
            assert c.cmd("DEBUG", "POPULATE", 600000, "key", 60) == OK
            assert c.cmd("SAVE") == OK
            return where, digest(c)
    finally:
        s.stop()


LOADING = Err("LOADING Redis is loading the dataset in memory")


def test_served_while_loading(start, many_keys):
    where, want = many_keys
    s = start("kv", "--dir", where)
    size = os.path.getsize(str(where / "dump.rdb"))
    seen = turns = 0
    longest = 0.0
    with s.connect(timeout=60) as c, s.connect() as d:
        for words in (("PING",), ("GET", "k"), ("SET", "k", "v"), ("SAVE",),
                      ("BGSAVE",), ("DBSIZE",), ("FLUSHALL",),
                      ("DEBUG", "RELOAD")):
            got = d.cmd(*words)
            if info(c)["loading"] == "1":
                assert got == LOADING, words
                seen += 1
        while True:
            began = time.monotonic()
            got = info(c)
            longest = max(longest, time.monotonic() - began)
            if got["loading"] == "0":
                break
            turns += 1
            done = int(got["loading_loaded_bytes"])
            assert int(got["loading_total_bytes"]) == size
            assert 0 <= done <= size
            assert abs(float(got["loading_loaded_perc"]) -
                       100 * done / size) < 0.02
            assert int(got["loading_eta_seconds"]) >= 0
            assert abs(int(got["loading_start_time"]) - time.time()) < 60
            assert d.cmd("ECHO", "x") == Bulk("x")
            assert d.cmd("CONFIG", "GET", "port").v[1] == Bulk(str(s.port))
        assert seen > 3 and turns > 20
        assert longest < 0.5
        assert digest(c) == want
        assert d.cmd("PING") == PONG
        assert info(c)["rdb_changes_since_last_save"] == "0"
    assert "read 600000 keys from" in s.log()


@pytest.mark.parametrize("how", ["SIGTERM", "SHUTDOWN", "SHUTDOWN SAVE"])
def test_end_while_loading(start, many_keys, how):
    """Half of the data does not get into the file's place."""
    where, _ = many_keys
    path = str(where / "dump.rdb")
    before = os.stat(path)
    s = start("kv", "--dir", where, "--save", "1 1")
    with s.connect() as c:
        loading = info(c)["loading"]
        if how == "SIGTERM":
            assert terminate(s) == 0
        else:
            c.send(encode(*how.split()))
            assert s.wait() == 0
    assert loading == "1"
    after = os.stat(path)
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns,
                                                 before.st_ino)
    assert not temporary(where)


def test_damaged_file_ends_the_server(many_keys, tmp_path):
    """Also where the damage shows late; nothing is saved."""
    where, _ = many_keys
    data = bytearray(read(where / "dump.rdb"))
    data[-1] ^= 1
    path = tmp_path / "dump.rdb"
    for n, words in ((len(data), ["byte %d: its checksum is wrong" %
                                  len(data)]),
                     (len(data) - 9, ["it ends too early"])):
        write(path, data[:n])
        before = os.stat(str(path))
        end = serve(tmp_path, "--save", "1 1")
        assert end.code == 1
        said = (end.err + end.out).split("\n")     # also how far it came
        said = [line for line in said if not line.endswith(" s left")]
        for word in words + [str(path)]:
            assert sum(word in line for line in said) == 1, (word, said)
        assert os.stat(str(path)).st_mtime_ns == before.st_mtime_ns
        assert os.listdir(str(tmp_path)) == ["dump.rdb"]


# ---- Damaged files -------------------------------------------------------

def small_file():
    packed = b"\xc3\x07\x1e\x02abc\xe0\x12\x02"    # "abcabc..." 3 + 27
    return rdb(
        aux("redis-ver", "7.0.15"), aux("ctime", 1700000000),
        select(0), b"\xfb\x05\x01", key("k", "v"), key("n", b"\xc0\x80"),
        key("m", b"\xc1\x39\x30"), key("i", b"\xc2\0\0\0\x80"),
        expire_ms(FAR), key("e", "x"), b"\xf8\x0a", key("idle", "v"),
        b"\xf9\x07", key("freq", "v"), select(5), b"\xfb\x01\x00",
        key("packed", packed), b"\xf4\x00\x01\x00", select(0),
        key("last", "one"),
        aux("kv-nested", struct.pack("<q", -1) + text("nested") +
            b"*1\r\n:1\r\n"))


def check_many(files, tmp_path, batch=400):
    """kv check of all; yields (index, right)."""
    paths = []
    for i in range(0, len(files), batch):
        group = files[i:i + batch]
        while len(paths) < len(group):
            paths.append(str(tmp_path / ("%d.rdb" % len(paths))))
        for path, data in zip(paths, group):
            write(path, data)
        end = check(*paths[:len(group)], timeout=300)
        lines = end.out.split("\n")[:-1]
        errors = [line for line in end.err.split("\n")[:-1]
                  if not line.endswith("functions is passed over")]
        assert end.code == (1 if errors else 0), end.err[-2000:]
        assert len(lines) + len(errors) == len(group), end.err[-2000:]
        right = {line.split(":")[0] for line in lines}
        wrong = {line.split(", byte ")[0][4:] for line in errors}
        assert len(right) == len(lines) and right | wrong == set(
            paths[:len(group)]), (end.out[-500:], end.err[-1000:])
        for j, path in enumerate(paths[:len(group)]):
            yield i + j, path in right


def test_small_file(up, tmp_path):
    write(tmp_path / "dump.rdb", small_file())
    with up(tmp_path).connect() as c:
        assert c.cmd("OBJECT", "IDLETIME", "idle").v in (10, 11)
        for name, want in (("k", "v"), ("n", "-128"), ("m", "12345"),
                           ("i", "-2147483648"), ("e", "x"), ("idle", "v"),
                           ("freq", "v"), ("last", "one")):
            assert c.cmd("GET", name) == Bulk(want)
        assert c.cmd("PEXPIRETIME", "e") == Int(FAR)
        assert c.cmd("GET", "nested") == Array([Int(1)])
        assert c.cmd("DBSIZE") == Int(9)
        c.cmd("SELECT", 5)
        assert c.cmd("GET", "packed") == Bulk("abc" * 10)


def test_cut_files(tmp_path):
    """However few bytes are left, they are no snapshot."""
    whole = small_file()
    files = [whole[:n] for n in range(len(whole) + 1)]
    got = dict(check_many(files, tmp_path))
    assert [n for n in got if got[n]] == [len(whole)]


def big_file():
    """64 KiB of all kinds of things."""
    rng = random.Random(3)
    parts = [aux("redis-ver", "7.0.15"), select(0)]
    n = 0
    while n < 65536:
        i = len(parts)
        part = rng.choice((
            lambda: key("key:%d" % i, value(rng, 8).hex()),
            lambda: key("key:%d" % i, text(value(rng, 60))),
            lambda: key("int:%d" % i, b"\xc1" + value(rng, 2)),
            lambda: expire_ms(FAR + i) + key("exp:%d" % i, "v"),
            lambda: key("packed:%d" % i, b"\xc3\x07\x1e\x02abc\xe0\x12\x02"),
            lambda: select(rng.randrange(16)),
            lambda: key("long:%d" % i, text(value(rng, 2000)))))()
        parts.append(part)
        n += len(part)
    return rdb(*parts)


def flipped(data, bit):
    out = bytearray(data)
    out[bit // 8] ^= 1 << bit % 8
    return bytes(out)


def test_flipped_bits(up, tmp_path):
    """The checksum sees every one of them."""
    whole = big_file()
    rng = random.Random(1)
    bits = (range(8 * len(whole)) if ROUNDS >= 1000 else
            list(range(72)) + list(range(8 * len(whole) - 72,
                                         8 * len(whole))) +
            rng.sample(range(8 * len(whole)), 600 + 100 * ROUNDS))
    (tmp_path / "files").mkdir()
    passed, at = [], 0
    bits = list(bits)
    for at in range(0, len(bits), 4000):
        some = bits[at:at + 4000]
        files = [flipped(whole, bit) for bit in some]
        passed += [some[i] for i, right in check_many(
            files, tmp_path / "files") if right]
    # those that pass: only what makes an old version of a new one, which has
    # the same data
    assert len(passed) <= 4, passed
    write(tmp_path / "dump.rdb", whole)
    want = held(up(tmp_path))
    for bit in passed:
        write(tmp_path / "dump.rdb", flipped(whole, bit))
        assert held(up(tmp_path)) == want


def test_flipped_bits_without_checksums(start, tmp_path):
    """Anything may come of it, but no crash, and little memory."""
    whole = big_file()
    rng = random.Random(2)
    for _ in range(25 + 10 * ROUNDS):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 1, 3, 50))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        write(tmp_path / "dump.rdb", data)
        port = servers.free_port()
        p = subprocess.Popen(
            servers.command("kv") + [
                "--port", str(port), "--bind", "127.0.0.1", "--dir",
                str(tmp_path), "--rdbchecksum", "no"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        code = until("it ends or serves", lambda: ends_or_serves(p, port))
        if code == "serves":
            if not servers.sanitized():
                with open("/proc/%d/status" % p.pid) as f:
                    peak = [line for line in f if line.startswith("VmHWM")]
                assert int(peak[0].split()[1]) < 64 * 1024
            p.kill()
        out = p.communicate()[0].decode("utf-8", "replace")
        assert code in ("serves", 1), (code, out)


def ends_or_serves(p, port):
    if p.poll() is not None:
        return p.returncode
    try:
        with Conn(port) as c:
            return "serves" if c.cmd("PING") == PONG else None
    except Exception:
        return None


# ---- Odd files -----------------------------------------------------------

def long_lie(n, form):
    return b"\x80" + struct.pack(">I", n) if form == 4 else (
        b"\x81" + struct.pack(">Q", n))


GOOD = {
    "empty": (rdb(), {}),
    "version 1": (rdb(select(0), key("k", "v"), head=b"REDIS0001", sum=None),
                  {"k": "v"}),
    "version 4": (rdb(select(0), key("k", "v"), head=b"REDIS0004", sum=None),
                  {"k": "v"}),
    "version 5": (rdb(key("k", "v"), head=b"REDIS0005"), {"k": "v"}),
    "no checksum": (rdb(key("k", "v"), sum=bytes(8)), {"k": "v"}),
    "seconds": (rdb(b"\xfd" + struct.pack("<I", FAR // 1000), key("k", "v"),
                    b"\xfd" + struct.pack("<I", PAST // 1000),
                    key("gone", "v"), key("stays", "v")),
                {"k": "v", "gone": None, "stays": "v"}),
    "past": (rdb(expire_ms(PAST), key("gone", "v"), key("stays", "v"),
                 expire_ms(1), key("gone2", "v")),
             {"gone": None, "gone2": None, "stays": "v"}),
    "hints": (rdb(b"\xfb" + length(1 << 40) + length(5), b"\xf8" +
                  length(1 << 40), b"\xf9\xff", expire_ms(FAR),
                  key("k", "v"), b"\xf4\x01\x02" + length(1 << 50)),
              {"k": "v"}),
    "selects": (rdb(select(0), select(3), select(0), key("a", "1"), select(1),
                    key("a", "2"), select(0), key("b", "3")),
                {"a": "1", "b": "3"}),
    "twice": (rdb(key("k", "first"), key("k", "second")), {"k": "second"}),
    "lengths": (rdb(b"\0" + b"\x40\x01k" + b"\x80\0\0\0\x01v",
                    b"\0" + b"\x81" + bytes(7) + b"\x01l" + b"\x40\x01w"),
                {"k": "v", "l": "w"}),
    "aux": (rdb(aux("", ""), aux("x" * 70000, "y"), aux("n", 5),
                key("k", "v"), aux("late", "too")), {"k": "v"}),
    "numbers as keys": (rdb(b"\0\xc0\x05\xc1\x10\x27"), {"5": "10000"}),
    "packed key": (rdb(b"\0\xc3\x07\x1e\x02abc\xe0\x12\x02\x01v"),
                   {"abc" * 10: "v"}),
    "trailing bytes": (rdb(key("k", "v")) + bytes(4096), {"k": "v"}),
    "functions": (rdb(b"\xf5" + text("#!lua name=x\n"), key("k", "v")),
                  {"k": "v"}),
    "binary": (rdb(b"\0" + text(b"\0\r\n\xff") + text(bytes(range(256)))), {}),
    "valkey": (rdb(key("k", "v"), head=b"VALKEY080"), {"k": "v"}),
}
GOOD.update(("version %d" % n, (rdb(key("k", "v"), head=b"REDIS%04d" % n),
                                {"k": "v"})) for n in range(6, 13))

BAD = {
    "nothing": (b"", "byte 0: it ends too early"),
    "short": (b"REDIS", "it ends too early"),
    "head only": (b"REDIS0010", "byte 9: it ends too early"),
    "garbage": (bytes(range(1, 200)), "it is no snapshot"),
    "zeros": (bytes(4096), "it is no snapshot"),
    "text": (b"REDISxxxx" + b"\xff" + bytes(8), "it is no snapshot"),
    "aof": (b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n", "it is no snapshot"),
    "version 0": (rdb(head=b"REDIS0000"), "version"),
    "version 13": (rdb(head=b"REDIS0013"), "its version is newer"),
    "version 9999": (rdb(head=b"REDIS9999"), "its version is newer"),
    "valkey 081": (rdb(head=b"VALKEY081"), "its version is newer"),
    "no end": (rdb(key("k", "v"), end=b""), ": "),
    "no sum": (rdb(key("k", "v"), sum=None), "it ends too early"),
    "half a sum": (rdb(key("k", "v"))[:-4], "it ends too early"),
    "wrong sum": (rdb(key("k", "v"), sum=b"12345678"),
                  "its checksum is wrong"),
    "database 16": (rdb(select(16), key("k", "v")),
                    "there are not so many databases"),
    "database 2^32": (rdb(select(1 << 32)), "not so many databases"),
    "database 2^63": (rdb(select(1 << 63)), "not so many databases"),
    "database special": (rdb(b"\xfe\xc0\x00"), "a number is none"),
    "unknown code": (rdb(b"\xb0" + text("k") + text("v")),
                     ", key 'k': its type is unknown"),
    "module": (rdb(b"\xf7\x00"), "kv has no modules"),
    "bad length": (rdb(b"\0\x82abc"), "a length has no known form"),
    "bad string": (rdb(b"\0\xc4abc"), "a string has no known form"),
    "control characters": (rdb(b"\1" + text("a\n\x1b[1m\xff" + "x" * 300)),
                           ", key 'a??[1m"),
    "nested as a value": (rdb(b"\xb6" + text("k") + text(":1\r\n")),
                          "no known type"),
}
for n in (1 << 31, (1 << 32) - 1, 1 << 32, 1 << 62, 1 << 63, (1 << 64) - 1):
    for form in (4, 8) if n < 1 << 32 else (8,):
        lie = long_lie(n, form)
        BAD["key of %d in %d" % (n, form)] = (
            rdb(b"\0" + lie + b"k"), "it ends too early")
        BAD["value of %d in %d" % (n, form)] = (
            rdb(key("k", lie + b"v")), "key 'k': it ends too early")
        BAD["aux of %d in %d" % (n, form)] = (
            rdb(b"\xfa" + lie + b"v"), "it ends too early")
        BAD["unpacked %d in %d" % (n, form)] = (
            rdb(key("k", b"\xc3\x05" + lie + b"\x00a\xe0\xff\x00")),
            "key 'k': a packed string has impossible lengths")
        BAD["packed %d in %d" % (n, form)] = (
            rdb(key("k", b"\xc3" + lie + b"\x05\x00a")),
            "it ends too early" if n < 1 << 63 else ": ")
for n, body in enumerate((
        b"\x05\x05\x04abcd", b"\x05\x04\x04abcd", b"\x02\x05\x20\x00",
        b"\x03\x09\xe0\xff\x00", b"\x01\x01\x00", b"\x01\x03\xe0",
        b"\x04\x06\x00a\x80\x05", b"\x04\x04\x00a\x80\x00", b"\x01\x00\x00",
        b"\x03\x05\x00a\xe0")):
    BAD["packed lie %d" % n] = (rdb(key("k", b"\xc3" + body)),
                                "a packed string does not unpack")
BAD["packed nothing"] = (rdb(key("k", b"\xc3\x00\x05")), "impossible lengths")
for n, body in enumerate((
        b"", b"1234567", struct.pack("<q", -1),
        struct.pack("<q", -1) + b"\x05key", struct.pack("<q", -1) + text("k"),
        struct.pack("<q", -1) + text("k") + b":1",
        struct.pack("<q", -1) + text("k") + b":1\r\n:2\r\n",
        struct.pack("<q", -1) + text("k") + b"$-1\r\n",
        struct.pack("<q", -1) + text("k") + b"*1\r\n" * 300 + b":1\r\n",
        struct.pack("<q", -1) + b"\xc0\x05:1\r\n")):
    BAD["nested lie %d" % n] = (rdb(aux("kv-nested", body)),
                                "a nested value is ")


@pytest.mark.parametrize("name", sorted(GOOD))
def test_odd_files(up, tmp_path, name):
    data, values = GOOD[name]
    path = write(tmp_path / "dump.rdb", data)
    end = check(path)
    assert end.code == 0, vars(end)
    assert end.err.count("passed over") == end.err.count("\n"), end.err
    assert end.out.startswith(path + ": right, a snapshot of version ")
    assert end.out.count("\n") == 1
    s = up(tmp_path)
    with s.connect() as c:
        for k, v in values.items():
            assert c.cmd("EXISTS", k) == Int(v is not None), k
            assert v is None or c.cmd("GET", k) == Bulk(v)
        want = digest(c)
        bgsave(c)
    kill(s)
    assert held(up(tmp_path)) == want


def test_bad_files(tmp_path):
    """One line each, exit code 1, no memory that is not needed."""
    for name, (data, said) in sorted(BAD.items()):
        path = write(tmp_path / "dump.rdb", data)
        end = check(path).refused("kv: " + path + ", byte ", said)
        assert all(" " <= c for c in end.err[:-1]), name


@pytest.mark.parametrize("name", [
    "nothing", "zeros", "version 13", "wrong sum", "database 16",
    "value of 4294967296 in 8", "packed lie 2", "control characters"])
def test_bad_files_are_not_served(tmp_path, name):
    data, said = BAD[name]
    write(tmp_path / "dump.rdb", data)
    for more in ((), ("--save", "1 1")):
        end = serve(tmp_path, *more)
        assert end.code == 1
        assert (end.out + end.err).count(said) == 1, end.err
        assert read(tmp_path / "dump.rdb") == data
        assert os.listdir(str(tmp_path)) == ["dump.rdb"]


def test_check_of_several(tmp_path):
    good = write(tmp_path / "good.rdb", rdb(key("k", "v")))
    bad = write(tmp_path / "bad.rdb", rdb(key("k", "v"))[:-9])
    conf = write(tmp_path / "kv.conf", b"timeout 5\nsave 900 1\n")
    plain = write(tmp_path / "no-suffix", rdb(key("k", "v")))
    end = check(good, conf, plain)
    assert end.code == 0 and end.err == ""
    assert end.out == (
        "%s: right, a snapshot of version 10 with 1 keys\n%s: right\n"
        "%s: right, a snapshot of version 10 with 1 keys\n" % (
            good, conf, plain))
    end = check(good, bad, conf)
    assert end.code == 1 and end.err.count("\n") == 1
    assert end.out.count("\n") == 2
