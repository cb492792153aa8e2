"""The append-only file of real processes: between kv and redis-server both
ways, torn and damaged files, manifests, kills, full disks, failing disks,
rewrites, `kv check`.

KV_ROUNDS=N in the environment makes the random tests longer.
"""

import contextlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from conformance.conn import TIMEOUT, Closed, Conn, Late
from conformance.kv import servers
from conformance.kv.proc import until
from conformance.kv.test_snapshots import (
    ROUNDS, check, digest, ends_or_serves, everything, expire_ms, get,
    held, info, key, kill, kv, rdb, read, select, serve, tell, terminate,
    write)
from conformance.resp import Array, Bulk, Err, Int, NullBulk, Simple, encode

pytestmark = [
    pytest.mark.parametrize("kind", ["kv"]),
    pytest.mark.skipif(not sys.platform.startswith("linux"),
                       reason="looks into /proc"),
]

OK, PONG = Simple("OK"), Simple("PONG")
FAR = int(time.time() + 86400) * 1000
POLICIES = ("always", "everysec", "no")
NAME = "appendonly.aof"
STARTED = Simple("Background append only file rewriting started")
SCHEDULED = Simple("Background append only file rewriting scheduled")
BUSY = Err("ERR Background append only file rewriting already in progress")


@pytest.fixture(autouse=True)
def about(kind):
    """All of this is about kv."""


# ---- Servers ---------------------------------------------------------------

@contextlib.contextmanager
def serving(where, *options, kind="kv", log="yes"):
    """A server with a log in that directory, when it has read its files. It
    is killed in the end, unless it has ended; Redis is not, as it may lose
    what it has acknowledged."""
    if kind == "redis" and not servers.command(kind):
        pytest.skip("redis-server is not installed")
    os.makedirs(str(where), exist_ok=True)
    s = servers.Server(kind, "--dir", where, "--appendonly", log, *options)
    try:
        with s.connect(timeout=30) as c:
            until("it has read its files",
                  lambda: info(c)["loading"] == "0", 60)
        yield s
        if not s.ended and not s.alive():
            raise AssertionError("the server died: " + s.story())
        if kind == "redis" and s.alive():
            assert terminate(s) == 0
    finally:
        kill(s)
        shutil.rmtree(s.dir, ignore_errors=True)


def refused(where, *words, options=("--appendonly", "yes")):
    """The start is refused, in words that say these."""
    end = serve(where, *options, timeout=2 * TIMEOUT)
    assert end.code == 1, vars(end)
    for word in words:
        assert str(word) in end.out + end.err, (word, vars(end))
    return end.out + end.err


def state(c):
    """{(db, key): (value, time of its end)} of all strings."""
    out = {}
    for db in range(16):
        c.cmd("SELECT", db)
        names = [k.v for k in c.cmd("KEYS", "*").v]
        c.send(b"".join(encode("GET", k) + encode("PEXPIRETIME", k)
                        for k in names))
        for k in names:
            out[db, k] = c.read().v, c.read().v
    c.cmd("SELECT", 0)
    return out


def all_of(s):
    with s.connect(timeout=30) as c:
        return state(c), digest(c)


def many(rng, n, transactions=False):
    """Writes of all kinds of strings in some databases; some of them change
    nothing or are refused. SELECT 0 is the last."""
    out = []

    def name():
        return rng.choice(("k:%d" % rng.randrange(60), b"\0\r\n\xff#C:",
                           "", "n:%d" % rng.randrange(5)))

    def text():
        return rng.choice((
            str(rng.randrange(-10 ** 6, 10 ** 6)), "", "v" * rng.randrange(99),
            b"\r\n*1\r\n$4\r\nPING\r\n", b"#C:0123456789abcdef\r\n",
            bytes(rng.randrange(256) for _ in range(rng.randrange(300)))))

    for _ in range(n):
        k, j, v, ms = name(), name(), text(), FAR + rng.randrange(10 ** 9)
        out.append(rng.choice((
            ("SET", k, v), ("SET", k, v), ("SET", k, v, "PXAT", ms),
            ("SET", k, v, "EX", 90000), ("SET", k, v, "KEEPTTL"),
            ("SET", k, v, "NX"), ("SET", k, v, "XX", "GET"),
            ("SETEX", k, 90000, v), ("PSETEX", k, 90000000, v),
            ("SETNX", k, v), ("MSET", k, v, j, "too"), ("GETSET", k, v),
            ("MSETNX", k, v, j, "too"), ("APPEND", k, v), ("GETDEL", k),
            ("SETRANGE", k, rng.randrange(50), v), ("INCR", "n:1"),
            ("INCRBY", "n:2", 7), ("DECR", k), ("INCRBYFLOAT", "n:3", "0.5"),
            ("GETEX", k, "PXAT", ms), ("GETEX", k, "PERSIST"), ("DEL", k, j),
            ("UNLINK", k), ("PEXPIREAT", k, ms), ("EXPIRE", k, 90000, "NX"),
            ("EXPIRE", k, -1), ("PERSIST", k), ("RENAME", k, j),
            ("RENAMENX", k, j), ("COPY", k, j), ("COPY", k, j, "DB", 2),
            ("COPY", k, j, "REPLACE"), ("MOVE", k, 1))))
        if rng.random() < 0.05:
            out.append(("SELECT", rng.choice((0, 1, 2, 15))))
        if rng.random() < 0.01:
            out.append(rng.choice((("SWAPDB", 0, 1), ("SWAPDB", 2, 15),
                                   ("FLUSHDB",))))
        if transactions and rng.random() < 0.05:
            out += [("MULTI",), ("SET", k, v), ("INCR", "n:4"),
                    ("SELECT", 3), ("APPEND", j, v), ("EXEC",)]
    return out + [("SELECT", 0)]


WRONG = (b"no such key", b"objects are the same", b"not an integer",
         b"not a valid float", b"would produce", b"overflow")


def data(s, rng, n=300, **how):
    with s.connect(timeout=30) as c:
        tell(c, many(rng, n, **how), WRONG)


# ---- Files -----------------------------------------------------------------

def folder(where, name="appendonlydir"):
    return os.path.join(str(where), name)


def listed(where, name=NAME):
    """The manifest's files: [(path, number, type)]."""
    out = []
    with open(os.path.join(folder(where), name + ".manifest")) as f:
        for line in f:
            if line.startswith("#C:"):
                continue
            m = re.match(r"file (\S+) seq (\d+) type ([bhi])\n\Z", line)
            assert m, line
            out.append((os.path.join(folder(where), m.group(1)),
                        int(m.group(2)), m.group(3)))
    return out


def increments(where):
    return [path for path, _, type in listed(where) if type == "i"]


def base(where):
    return [path for path, _, type in listed(where) if type == "b"][0]


def there(where):
    return set(os.listdir(folder(where)))


def named_in(where):
    """The names that may be there: the manifest and what is not history."""
    return {os.path.basename(p) for p, _, t in listed(where) if t != "h"} | {
        NAME + ".manifest"}


def copy(where, to):
    shutil.rmtree(str(to), ignore_errors=True)
    shutil.copytree(str(where), str(to))
    return to


BATCH = re.compile(rb"#C:([0-9a-f]{16}):([0-9a-f]{10}):([0-9a-f]{12}):"
                   rb"[0-9a-f]{12}:[0-9a-f]{4}\r\n")
FIRST = re.compile(rb"#K:([0-9a-f]{16}):([0-9a-f]{12}):[0-9a-f]{8}\r\n")


def batches(path):
    """[(begin, end)] of the batches of an increment that kv wrote, each with
    its first line; every place in it is looked at."""
    whole, out = read(path), []
    head = FIRST.match(whole)
    assert head, whole[:60]
    at, stream = head.end(), int(head.group(2), 16)
    while at < len(whole):
        m = BATCH.match(whole, at)
        assert m, (at, whole[at:at + 60])
        assert int(m.group(3), 16) == stream + at - head.end(), m.groups()
        end = m.end() + int(m.group(2), 16)
        assert m.end() < end <= len(whole)
        out.append((at, end))
        at = end
    return out


def stream_of(path):
    """The stream offset that a file begins with."""
    return int(FIRST.match(read(path)).group(2), 16)


def records(*commands):
    return b"".join(encode(*words) for words in commands)


def by_hand(where, manifest, **files):
    """A directory as another server left it; `a` is appendonly.aof.1.incr.aof
    and so on."""
    os.makedirs(folder(where))
    if manifest is not None:
        write(os.path.join(folder(where), NAME + ".manifest"), manifest)
    for name, content in files.items():
        write(os.path.join(folder(where), SHORT[name]), content)
    return where


SHORT = {"base": NAME + ".1.base.rdb", "a": NAME + ".1.incr.aof",
         "b": NAME + ".2.incr.aof", "old": NAME + ".1.base.aof"}
LINES = {"base": "file %s.1.base.rdb seq 1 type b\n" % NAME,
         "a": "file %s.1.incr.aof seq 1 type i\n" % NAME,
         "b": "file %s.2.incr.aof seq 2 type i\n" % NAME,
         "old": "file %s.1.base.aof seq 1 type b\n" % NAME}


def text_of(*names):
    return "".join(LINES[n] for n in names).encode()


def simple(where):
    """A base with a key and an increment with another."""
    return by_hand(where, text_of("base", "a"), base=rdb(
        select(0), key("in-base", "1")), a=records(
            ("SELECT", 0), ("SET", "in-log", "2")))


def check_aof(where):
    """redis-check-aof takes it as it is."""
    if not shutil.which("redis-check-aof"):
        return
    end = subprocess.run(
        ["redis-check-aof", os.path.join(folder(where), NAME + ".manifest")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    assert end.returncode == 0 and b"are valid" in end.stdout, end.stdout


def test_files(tmp_path):
    """The names and lines of a fresh directory and of each start."""
    with serving(tmp_path) as s:
        assert [(os.path.basename(p), n, t) for p, n, t in listed(
            tmp_path)] == [(NAME + ".1.incr.aof", 1, "i")]
        with s.connect() as c:
            tell(c, [("SET", "a", "1")])
            tell(c, [("SELECT", 3), ("SET", "b", "2"), ("SET", "c", "3")])
            first = increments(tmp_path)[0]
            until("it is written", lambda: b"$1\r\nc\r\n" in read(first))
        kill(s)
    found = batches(first)
    whole = read(first)
    assert len(found) >= 2
    assert records(("SELECT", 0), ("SET", "a", "1")) in whole
    assert records(("SELECT", 3), ("SET", "b", "2"), ("SET", "c", "3")) in (
        BATCH.sub(b"", whole))
    length = len(whole) - len(FIRST.match(whole).group())
    check_aof(tmp_path)
    for _ in range(3):      # with nothing written between
        with serving(tmp_path) as s:
            with s.connect() as c:
                assert digest(c) != b"0" * 40
                assert c.cmd("DBSIZE") == Int(1)
        files = increments(tmp_path)
        assert files[0] == first and len(files) == 2
        assert stream_of(files[1]) == stream_of(first) + length
        assert batches(files[1]) == []
        check_aof(tmp_path)
    with serving(tmp_path) as s:
        with s.connect() as c:
            tell(c, [("SET", "d", "4")])
            want = digest(c)
    with serving(tmp_path) as s:
        assert held(s) == want
        assert len(increments(tmp_path)) == 3
    assert there(tmp_path) == named_in(tmp_path)
    assert len([t for _, _, t in listed(tmp_path) if t == "h"]) <= 1
    salts = [FIRST.match(read(p)).group(1) for p in increments(tmp_path)]
    assert len(set(salts)) == len(salts)


@pytest.mark.parametrize("entries", ["0", "128"])
def test_ranges_of_members_where_scores_differ(tmp_path, entries):
    """What such a range comes to depends on how the set is kept, so ranks are
    written; where scores are equal, the command as it came."""
    scored = ["ZADD", "z"]
    for i in range(20):
        scored += [str(i), "m%d" % (i * 7 % 20)]
    with serving(tmp_path, "--zset-max-listpack-entries", entries) as s:
        with s.connect() as c:
            for words in (scored, ["ZADD", "old", "1", "a"],
                          ["ZADD", "same", "1", "a", "1", "b", "1", "c"]):
                c.cmd(*words)
            for ends in (("[m3", "+"), ("-", "[m15"), ("(m7", "[m9")):
                c.cmd("ZRANGESTORE", "to" + ends[0], "z", *ends, "BYLEX")
            assert c.cmd("ZRANGESTORE", "old", "z", "(zz", "+",
                         "BYLEX") == Int(0)
            c.cmd("ZRANGESTORE", "z", "z", "+", "[m0", "BYLEX", "REV",
                  "LIMIT", "1", "15")
            for ends in (("(m7", "[m9"), ("[m3", "+"), ("-", "[m15")):
                c.cmd("ZREMRANGEBYLEX", "z", *ends)
            assert c.cmd("ZREMRANGEBYLEX", "same", "[b", "+") == Int(2)
            want = all_of(s)
            assert c.cmd("EXISTS", "old") == Int(0)
    logged = b"".join(read(p) for p in increments(tmp_path))
    assert b"BYLEX\r\n" not in logged.replace(
        records(("ZREMRANGEBYLEX", "same", "[b", "+")), b"")
    assert b"ZREMRANGEBYRANK" in logged and b"ZRANGESTORE" in logged
    for kind, other in (("kv", "128"), ("kv", "0"), ("redis", "128")):
        where = copy(tmp_path, str(tmp_path) + kind + other)
        with serving(where, "--zset-max-listpack-entries", other,
                     kind=kind) as s:
            assert all_of(s) == want


def test_timestamps(tmp_path):
    with serving(tmp_path, "--aof-timestamp-enabled", "yes") as s:
        data(s, random.Random(1), 50)
        want = all_of(s)
    found = re.findall(rb"\r\n#TS:(\d+)\r\n", read(increments(tmp_path)[0]))
    assert found and all(abs(int(t) - time.time()) < 60 for t in found)
    batches(increments(tmp_path)[0])
    check_aof(tmp_path)
    with serving(tmp_path, kind="redis") as s:
        assert all_of(s) == want
    with serving(tmp_path) as s:
        assert all_of(s) == want


def test_other_names(tmp_path):
    options = ["--appendfilename", "my-log.aof", "--appenddirname", "logs"]
    with serving(tmp_path, *options) as s:
        data(s, random.Random(2), 50)
        want = all_of(s)
        with s.connect() as c:
            assert get(c, "appendfilename") == "my-log.aof"
            assert get(c, "appenddirname") == "logs"
    assert os.listdir(str(tmp_path)) == ["logs"]
    assert {n[:10] for n in os.listdir(str(tmp_path / "logs"))} == {
        "my-log.aof"}
    for kind in ("redis", "kv", "redis", "kv"):
        with serving(tmp_path, *options, kind=kind) as s:
            assert all_of(s) == want
    for bad in (["--appendfilename", "a/b"], ["--appenddirname", "a/b"],
                ["--appendfilename", ""], ["--appenddirname", ""],
                ["--appendfilename", ".."], ["--appenddirname", "."]):
        end = serve(tmp_path, "--appendonly", "yes", *bad, timeout=TIMEOUT)
        assert end.code == 1 and bad[0][2:] in end.out + end.err, vars(end)


def test_nested_values(tmp_path):
    """They come back; Redis passes over them."""
    with serving(tmp_path) as s, s.connect() as c:
        assert c.cmd("CLIENT", "CAPA", "nested") == OK
        tell(c, [("SET", "k", "v")])
        c.send(b"*3\r\n$3\r\nSET\r\n$1\r\nn\r\n"
               b"*2\r\n:1\r\n*1\r\n$1\r\na\r\n")
        assert c.read() == OK
        assert c.cmd("PEXPIREAT", "n", FAR) == Int(1)
        want = digest(c)
    with serving(tmp_path) as s, s.connect() as c:
        assert digest(c) == want
        assert c.cmd("GET", "n") == Array([Int(1), Array([Bulk("a")])])
        assert c.cmd("PEXPIRETIME", "n") == Int(FAR)
        rewrite(c)
        rewritten(c)
    with serving(tmp_path) as s:
        assert held(s) == want
    check_aof(tmp_path)
    with serving(tmp_path, kind="redis") as s, s.connect() as c:
        assert c.cmd("GET", "k") == Bulk("v")
        assert c.cmd("DBSIZE") == Int(1)


def rewrite(c):
    """Has one begin, at once or when the log's thread has time for it."""
    until("a rewrite begins", lambda: c.cmd("BGREWRITEAOF") in (
        STARTED, SCHEDULED))


def rewritten(c, seconds=30):
    def idle():
        now = info(c)
        return (now["aof_rewrite_in_progress"] ==
                now["aof_rewrite_scheduled"] == "0")
    until("the rewrite is done", idle, seconds)
    assert info(c)["aof_last_bgrewrite_status"] == "ok"


# ---- Between kv and Redis --------------------------------------------------

def from_redis(where, shape, rng):
    """A directory that redis-server left, and what it holds."""
    options = {"no preamble": ["--aof-use-rdb-preamble", "no"],
               "timestamps": ["--aof-timestamp-enabled", "yes"],
               "names": ["--appendfilename", "x.aof"]}.get(shape, [])
    with serving(where, *options, kind="redis") as s:
        with s.connect(timeout=30) as c:
            if shape == "everything":
                tell(c, everything(rng))
        data(s, rng, transactions=shape == "transactions")
        if shape in ("rewritten", "no preamble", "history", "timestamps"):
            with s.connect() as c:
                rewrite(c)
                data(s, rng)
                rewritten(c)
        data(s, rng, transactions=shape == "transactions")
        want = all_of(s)
    if shape == "increments":
        for _ in range(3):      # a rewrite that never ends
            with serving(where, "--rdb-key-save-delay", "10000000",
                         kind="redis") as s:
                with s.connect() as c:
                    rewrite(c)
                    tell(c, [("SET", "x", "y")])
                    data(s, rng)
                    want = all_of(s)
                    c.send(encode("SHUTDOWN", "NOSAVE"))
                    s.wait()
        assert len(increments(where)) >= 4
    if shape == "history":
        name = NAME + ".99.incr.aof"
        with open(os.path.join(folder(where), NAME + ".manifest"), "a") as f:
            f.write("file %s seq 99 type h\n" % name +
                    "file %s.1.base.rdb seq 1 type h\n" % NAME)
        write(os.path.join(folder(where), name), b"of no use")
        write(os.path.join(folder(where), "temp-rewriteaof-1.aof"), b"nor")
    return options, want


@pytest.mark.parametrize("shape", [
    "plain", "everything", "rewritten", "no preamble", "increments",
    "timestamps", "transactions", "history", "names"])
def test_from_redis(tmp_path, shape):
    """What Redis left is there; it goes on with what kv added, and kv with
    what it added to that."""
    rng = random.Random(shape)
    options, want = from_redis(tmp_path, shape, rng)
    for turn in range(2):
        with serving(tmp_path, *options) as s:
            assert all_of(s) == want, shape
            data(s, rng, transactions=True)
            want = all_of(s)
        with serving(tmp_path, *options, kind="redis") as s:
            assert all_of(s) == want
            data(s, rng, transactions=True)
            want = all_of(s)
    with serving(tmp_path, *options) as s:
        assert all_of(s) == want
    if shape != "names":
        check_aof(tmp_path)
    if shape == "history":
        assert not [n for n in os.listdir(folder(tmp_path)) if ".99." in n]


@pytest.mark.parametrize("seed", range(max(2, ROUNDS // 5)))
def test_to_and_fro(tmp_path, seed):
    """Random data and rewrites by turns; kills and good ends."""
    rng = random.Random(seed)
    with serving(tmp_path) as s:
        data(s, rng)
        want = all_of(s)
    check_aof(tmp_path)
    for turn in range(8):
        kind = ("redis", "kv")[turn % 2 if turn < 4 else rng.randrange(2)]
        with serving(tmp_path, kind=kind) as s:
            assert all_of(s) == want, turn
            data(s, rng, rng.choice((0, 1, 300)), transactions=True)
            with s.connect() as c:
                if rng.random() < 0.5:
                    rewrite(c)
                    data(s, rng, 100)
                    rewritten(c)
            want = all_of(s)
            if rng.random() < 0.3:
                assert terminate(s) == 0
            elif rng.random() < 0.3:
                with s.connect() as c:
                    c.send(encode("SHUTDOWN"))
                    assert s.wait() == 0
        check_aof(tmp_path)
    with serving(tmp_path) as s:
        assert all_of(s) == want


@pytest.mark.parametrize("preamble", ["yes", "no"])
def test_single_file(tmp_path, preamble):
    """Of a Redis before 7; and that file where Redis 7 has put it."""
    rng = random.Random(preamble)
    made, old, new = (tmp_path / n for n in ("made", "old", "new"))
    with serving(made, "--aof-use-rdb-preamble", preamble,
                 kind="redis") as s:
        data(s, rng, transactions=True)
        with s.connect() as c:
            rewrite(c)
            rewritten(c)
        data(s, rng, transactions=True)
        want = all_of(s)
    old.mkdir()
    write(old / NAME, b"".join(read(p) for p, _, t in listed(made)
                               if t in "bi"))
    copy(old, new)
    with serving(new, kind="redis") as s:
        assert all_of(s) == want
        data(s, rng)
        more = all_of(s)
    for where, want in ((new, more), (old, want)):
        for _ in range(2):
            with serving(where) as s:
                assert all_of(s) == want
                data(s, rng)
                want = all_of(s)
        with serving(where, kind="redis") as s:
            assert all_of(s) == want
    with open(str(old / NAME), "wb") as f:      # the manifest counts
        f.write(b"garbage")
    with serving(old) as s:
        assert all_of(s) == want


def test_single_file_that_is_torn(tmp_path):
    whole = records(("SELECT", 0), ("SET", "k", "v"), ("MULTI",),
                    ("SET", "l", "w"), ("EXEC",))
    write(tmp_path / NAME, whole[:-5])
    with serving(tmp_path) as s, s.connect() as c:
        assert c.cmd("GET", "k") == Bulk("v")
        assert c.cmd("DBSIZE") == Int(1)


def test_unknown_commands(tmp_path):
    """They are refused, with their place."""
    good = records(("SELECT", 0), ("SET", "k", "v"))
    for bad in (("NOSUCH", "k"), ("SETT", "k", "v"), ("", "k"),
                ("a\r\nb", "c")):
        where = by_hand(tmp_path / "d", text_of("a"), a=good + records(
            bad, ("SET", "l", "w")))
        said = refused(where, SHORT["a"], len(good))
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", said)
        assert read(os.path.join(folder(where), SHORT["a"])).startswith(good)
        shutil.rmtree(str(where))


# ---- Tails -----------------------------------------------------------------

def test_no_writes(tmp_path):
    """What no server logs is refused, or does nothing."""
    for n, words in enumerate((
            ("SHUTDOWN",), ("SHUTDOWN", "NOSAVE"), ("SAVE",), ("BGSAVE",),
            ("DEBUG", "SLEEP", 0), ("DEBUG", "RELOAD"), ("DEBUG", "LOADAOF"),
            ("CONFIG", "SET", "appendonly", "no"), ("QUIT",), ("HELLO", 3),
            ("CONFIG", "SET", "maxmemory", 1), ("BGREWRITEAOF",), ("PING",),
            ("CLIENT", "REPLY", "OFF"), ("GET", "k"), ("EXEC",))):
        good = records(("SELECT", 0), ("SET", "k", "v"))
        for multi in (False, True):
            where = by_hand(tmp_path / ("%d %d" % (n, multi)), text_of("a"),
                            a=good + (records(("MULTI",), words, ("EXEC",))
                                      if multi else records(words)) +
                            records(("SET", "after", "it")))
            try:
                with serving(where) as s, s.connect() as c:
                    assert c.cmd("MGET", "k", "after") == Array(
                        [Bulk("v"), Bulk("it")]), words
                    assert info(c)["aof_enabled"] == "1", words
                    assert get(c, "maxmemory") == "0"
            except AssertionError as e:
                if "no start" not in str(e) and "died" not in str(e):
                    raise
                assert "exit code 1," in str(e) and SHORT["a"] in str(e), e
            assert os.listdir(str(where)) == ["appendonlydir"], words


def small_log(where, n=12, policy="always"):
    """A log with a batch a command; the digests after each."""
    with serving(where, "--appendfsync", policy) as s, s.connect() as c:
        digests = [digest(c)]
        for i in range(n):
            tell(c, [("SET", "k:%d" % i, "value %d" % i) if i % 3 else
                     ("MSET", "k:%d" % i, "value %d" % i, "m", i)])
            digests.append(digest(c))
        path = increments(where)[0]
        until("it is written", lambda: b"value %d\r\n" % (n - 1) in
              read(path) and len(batches(path)) == n)
    return path, digests


def kept(path):
    """What was cut from it: {offset: bytes}."""
    names = os.listdir(os.path.dirname(path))
    head = os.path.basename(path) + ".cut-"
    return {int(n[len(head):]): read(os.path.join(os.path.dirname(path), n))
            for n in names if n.startswith(head)}


def cut_at(at, path, whole, want, again=True):
    """The file `whole` is served from its first `at` bytes."""
    with serving(os.path.dirname(os.path.dirname(path))) as s:
        got, log = held(s), s.log()
    assert got == want
    gone = whole[at:]
    if gone:
        assert kept(path) == {at: gone}
        assert re.search(r"\b%d bytes?\b" % len(gone), log), log
        assert os.path.basename(path) in log
        os.unlink("%s.cut-%d" % (path, at))
    else:
        assert kept(path) == {} and " cut" not in log, log
    if os.path.exists(path):
        assert read(path) == whole[:at]
    else:       # nothing is left of it
        assert at <= FIRST.match(whole).end()
    if not again:
        return
    with serving(os.path.dirname(os.path.dirname(path))) as s:
        assert held(s) == want
        assert not re.search(r" cut|torn|bytes? ", s.log()), s.log()
    assert kept(path) == {}


def test_cut_at_every_byte(tmp_path):
    """What is left of whole batches is there, and nothing else."""
    path, digests = small_log(tmp_path / "a")
    found, whole = batches(path), read(path)
    to = tmp_path / "b" / os.path.relpath(path, str(tmp_path / "a"))
    last = max(len(whole) - 300, found[0][0])
    for n in range(len(whole), last, -1):
        copy(tmp_path / "a", tmp_path / "b")
        write(to, whole[:n])
        good = max([end for _, end in found if end <= n],
                   default=found[0][0])
        done = len([1 for _, end in found if end <= n])
        cut_at(good, str(to), whole[:n], digests[done], n % 10 == 0)


def garbage(rng, n):
    return bytes(rng.randrange(256) for _ in range(n))


def batch(n):
    return b"#C:0123456789abcdef:%010x:%012x:%012x:0000\r\n" % (n, 0, 0)


TAILS = {
    "zeros": bytes(4096), "a zero": b"\0", "garbage": garbage(
        random.Random(1), 64), "much garbage": garbage(
            random.Random(2), 70000), "a hash": b"#",
    "lines": b"#" * 5000, "new lines": b"\r\n" * 30,
    "a lie": b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$10000000000\r\nabc",
    "a lie of arguments": b"*1000000000\r\n$3\r\nSET\r\n",
    "a negative length": b"*3\r\n$3\r\nSET\r\n$-1\r\n$1\r\nv\r\n",
    "half a command": b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n",
    "half a transaction": records(("MULTI",), ("SET", "k", "v"),
                                  ("SET", "l", "w")),
    "no terminator": b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nvxx",
    "a first line": b"#C:",
    "half a first line": b"#C:0123456789abcdef:0000000",
    "a batch of nothing": batch(0), "a long batch": batch((1 << 40) - 1),
    "a wrong batch": batch(14) + b"*1\r\n$4\r\nPING\r\n",
    "inline": b"SET k v\r\n",
}


@pytest.mark.parametrize("writer", ["kv", "redis"])
def test_tails(tmp_path, writer):
    """Zeros, garbage, lies: they are cut, and kept aside."""
    first = tmp_path / "a"
    if writer == "kv":
        path, digests = small_log(first, 3)
        want = digests[-1]
    else:
        by_hand(first, text_of("base", "a"), base=rdb(), a=records(
            ("SELECT", 0), ("SET", "x", "y")))
        path = increments(first)[0]
        with serving(first, kind="redis") as s:
            want = held(s)
    whole = read(path)
    to = str(tmp_path / "b" / os.path.relpath(path, str(first)))
    for name, tail in sorted(TAILS.items()):
        if writer == "redis" and b"#C:" in tail and b"\n" in tail:
            continue        # a comment
        copy(first, tmp_path / "b")
        write(to, whole + tail)
        cut_at(len(whole), to, whole + tail, want)


def test_tails_that_are_good(tmp_path):
    """What Redis has appended to kv's file counts."""
    path, _ = small_log(tmp_path / "a", 3)
    whole = read(path)
    to = str(tmp_path / "b" / os.path.relpath(path, str(tmp_path / "a")))
    for tail, want in (
            (records(("SET", "new", "v")), "v"),
            (b"#TS:1700000000\r\n" + records(("SET", "new", "v")), "v"),
            (records(("SELECT", 0)) + b"# whatever\r\n" +
             records(("SET", "new", "v")), "v"),
            (records(("SELECT", 0), ("MULTI",), ("SET", "new", "v"),
                     ("APPEND", "new", "w"), ("EXEC",)), "vw"),
            (records(("MULTI",), ("SET", "new", "v")) + b"#TS:5\r\n" +
             records(("EXEC",)), "v"),
            (records(("SET", "new", "v"), ("MULTI",), ("SET", "new", "w")),
             "v")):
        copy(tmp_path / "a", tmp_path / "b")
        write(to, whole + tail)
        with serving(tmp_path / "b") as s, s.connect() as c:
            assert c.cmd("GET", "new") == Bulk(want), tail
            assert c.cmd("GET", "k:2") == Bulk("value 2")


def torn_batch(where):
    """A log that ends with a batch of many records; where these begin."""
    path, _ = small_log(where, 3)
    with serving(where) as s, s.connect() as c:
        tell(c, [("SET", "b:%d" % i, "v" * i) for i in range(40)] +
             [("MULTI",), ("SET", "t", 1), ("SET", "u", 1), ("EXEC",)])
    path = increments(where)[-1]
    whole = read(path)
    begin = whole.index(b"\r\n", whole.rindex(b"#C:")) + 2
    cuts = [m.start() for m in re.finditer(rb"\*\d\r\n\$", whole)
            if m.start() > begin]
    return path, whole, cuts


@pytest.mark.parametrize("then", [
    "little", "much", "torn", "another file"])
def test_redis_goes_on_in_a_torn_batch(tmp_path, then):
    """Redis cuts the record that is torn and appends: all of that counts. (Cut
    in a transaction it leaves that open, and reads nothing behind it itself.)"""
    path, whole, cuts = torn_batch(tmp_path / "a")
    to = str(tmp_path / "b" / os.path.relpath(path, str(tmp_path / "a")))
    for at in (cuts[1] + 5, cuts[7] + 1, cuts[-4] - 3):
        copy(tmp_path / "a", tmp_path / "b")
        write(to, whole[:at])
        with serving(tmp_path / "b", kind="redis") as s, s.connect() as c:
            for i in range(300 if then in ("much", "another file") else 3):
                c.cmd("SET", "new:%d" % i, "v" * 50)
            if then == "another file":
                c.cmd("BGREWRITEAOF")
                rewritten(c)
                c.cmd("SET", "k:1", "changed")
            want = all_of(s)
        files = increments(tmp_path / "b")
        if then == "torn":
            write(files[-1], read(files[-1]) + b"*3\r\n$3\r\nSET\r\n$1\r\nx")
        for _ in range(2):
            with serving(tmp_path / "b") as s:
                assert all_of(s) == want, at


def test_a_torn_batch_that_nobody_took_over(tmp_path):
    path, whole, cuts = torn_batch(tmp_path / "a")
    begin = whole.rindex(b"#C:")
    to = str(tmp_path / "b" / os.path.relpath(path, str(tmp_path / "a")))
    for bad in (whole[:cuts[9] + 7], whole[:begin + 80],
                whole[:cuts[9]] + b"*" + whole[cuts[9] + 1:-1] + b"\r",
                whole.replace(b"v" * 20, b"v" * 19 + b"w")):
        copy(tmp_path / "a", tmp_path / "b")
        write(to, bad)
        with serving(tmp_path / "b") as s, s.connect() as c:
            assert c.cmd("KEYS", "[btu]*") == Array([])
            assert c.cmd("GET", "k:2") == Bulk("value 2")


def test_little_memory_for_lies(tmp_path):
    """A length that a tail claims is not believed."""
    path, digests = small_log(tmp_path, 3)
    with open(path, "ab") as f:
        f.write(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000000\r\nabc")
    with serving(tmp_path) as s:
        assert held(s) == digests[-1]
        if not servers.sanitized():
            with open("/proc/%d/status" % s.pid) as f:
                peak = [line for line in f if line.startswith("VmHWM")]
            assert int(peak[0].split()[1]) < 64 * 1024


def test_torn_and_not_allowed(tmp_path):
    """aof-load-truncated no."""
    path, digests = small_log(tmp_path, 3)
    whole = read(path)
    options = ("--appendonly", "yes", "--aof-load-truncated", "no")
    for torn in (whole[:-1], whole[:-20], whole + bytes(100), whole + b"#C:"):
        write(path, torn)
        good = max(end for _, end in batches_of(whole)
                   if end <= len(os.path.commonprefix([whole, torn])))
        refused(tmp_path, os.path.basename(path), good, options=options)
        assert read(path) == torn and kept(path) == {}
    write(path, whole)
    with serving(tmp_path, "--aof-load-truncated", "no") as s:
        assert held(s) == digests[-1]


def batches_of(whole):
    """As batches(), of bytes of which all is right."""
    at, out = FIRST.match(whole).end(), []
    while at < len(whole):
        m = BATCH.match(whole, at)
        out.append((at, m.end() + int(m.group(2), 16)))
        at = out[-1][1]
    return out


def test_torn_in_the_middle(tmp_path):
    """Only the last file may have a torn tail."""
    simple(tmp_path)
    write(os.path.join(folder(tmp_path), NAME + ".manifest"),
          text_of("base", "a", "b"))
    write(os.path.join(folder(tmp_path), SHORT["b"]),
          records(("SELECT", 0), ("SET", "k", "v")))
    path = os.path.join(folder(tmp_path), SHORT["a"])
    whole = read(path)
    for torn in (whole[:-1], whole + b"\0", whole + b"*1\r\n"):
        write(path, torn)
        refused(tmp_path, SHORT["a"])
        assert read(path) == torn
    with serving(tmp_path, "--salvage", "yes") as s, s.connect() as c:
        assert c.cmd("MGET", "in-base", "k") == Array([Bulk("1"), Bulk("v")])


# ---- Damage ----------------------------------------------------------------

def flip(data, at, bit=0):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


def test_damage_in_the_middle(tmp_path):
    """The start is refused with the place; --salvage passes over it."""
    path, digests = small_log(tmp_path / "a", 6)
    whole, found = read(path), batches(path)
    to = str(tmp_path / "b" / os.path.relpath(path, str(tmp_path / "a")))
    for i, at in ((0, 50), (1, 46), (2, 60), (4, 5), (3, 20)):
        begin, end = found[i]
        copy(tmp_path / "a", tmp_path / "b")
        damaged = flip(whole, begin + at, 1)
        write(to, damaged)
        said = refused(tmp_path / "b", os.path.basename(path), begin)
        assert re.search(r"\b(%d|%d)\b" % (end, end - begin), said), said
        assert "salvage" in said
        assert read(to) == damaged and kept(to) == {}
        refused(tmp_path / "b", begin, options=(    # no tail
            "--appendonly", "yes", "--aof-load-truncated", "yes"))
        with serving(tmp_path / "b", "--salvage", "yes") as s:
            assert re.search(r"\b%d\b" % begin, s.log()), s.log()
            with s.connect() as c:
                for j in range(6):
                    assert c.cmd("GET", "k:%d" % j) == (
                        NullBulk() if j == i else Bulk("value %d" % j))
                tell(c, [("SET", "after", "it")])
                want = digest(c)
        # it may be kept or not: with salvage it goes on
        with serving(tmp_path / "b", "--salvage", "yes") as s:
            assert held(s) == want


def test_damage_in_what_was_not_synced(tmp_path):
    """A power cut leaves such files, whatever stands behind it: what comes
    before is there, and the rest is cut off."""
    path, digests = small_log(tmp_path / "a", 6, policy="no")
    whole = read(path)
    to = str(tmp_path / "b" / os.path.relpath(path, str(tmp_path / "a")))
    for i, (begin, end) in enumerate(batches(path)):
        for wrong in (flip(whole, end - 4), whole[:begin] + bytes(
                end - begin) + whole[end:]):
            copy(tmp_path / "a", tmp_path / "b")
            write(to, wrong)
            cut_at(begin, to, wrong, digests[i])


def test_moved_batches(tmp_path):
    """A batch that is missing, comes twice, or stands in another's place."""
    path, _ = small_log(tmp_path / "a", 6)
    whole = read(path)
    cuts = [whole[b:e] for b, e in batches(path)]
    head = whole[:batches(path)[0][0]]
    to = str(tmp_path / "b" / os.path.relpath(path, str(tmp_path / "a")))
    for order in ((0, 2, 3, 4, 5), (1, 2, 3, 4, 5), (0, 1, 1, 2, 3, 4, 5),
                  (0, 1, 3, 2, 4, 5), (0, 1, 0, 2, 3, 4, 5),
                  (5, 0, 1, 2, 3, 4)):
        copy(tmp_path / "a", tmp_path / "b")
        write(to, head + b"".join(cuts[i] for i in order))
        assert serves_or_not(tmp_path / "b") is None, order
        assert kept(to) == {}


def test_batch_of_another_file(tmp_path):
    """One with another salt is not taken."""
    path, _ = small_log(tmp_path / "a", 6)
    other, _ = small_log(tmp_path / "b", 6)
    whole, wrong = read(path), read(other)
    (begin, end), (b, e) = batches(path)[2], batches(other)[2]
    assert (begin, end) == (b, e)
    assert FIRST.match(whole).group(1) != FIRST.match(wrong).group(1)
    write(path, whole[:begin] + wrong[b:e] + whole[end:])
    refused(tmp_path / "a", os.path.basename(path), begin)
    write(path, whole[:begin] + wrong[b:])      # a stale tail
    with serving(tmp_path / "a") as s, s.connect() as c:
        assert c.cmd("EXISTS", "k:1", "k:2", "k:3") == Int(1)


def values(c):
    return [v.v.decode("latin-1") if isinstance(v, Bulk) else None
            for v in c.cmd("MGET", *["k:%d" % i for i in range(6)]).v]


def serves_or_not(where, *options):
    """The values of small_log, or None where the start is refused."""
    port = servers.free_port()
    p = subprocess.Popen(
        servers.command("kv") + ["--port", str(port), "--dir", str(where),
                                 "--appendonly", "yes", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        code = until("it ends or serves", lambda: ends_or_serves(p, port), 20)
        if code != "serves":
            assert code == 1, code
            return None
        with Conn(port) as c:
            return values(c)
    finally:
        p.kill()
        p.wait()


def test_no_changed_byte_is_served(tmp_path):
    """Wherever it is: what is served was written so."""
    path, _ = small_log(tmp_path / "a", 6)
    whole, rng = read(path), random.Random(5)
    to = str(tmp_path / "b" / os.path.relpath(path, str(tmp_path / "a")))
    want = ["value %d" % i for i in range(6)]
    counts = {"refused": 0, "prefix": 0}
    heads = {at + i for at, _ in batches(path) for i in range(5)}
    some = [i for i in range(len(whole)) if i in heads or i % 6 == 0]
    for at in range(len(whole)) if ROUNDS >= 100 else some:
        copy(tmp_path / "a", tmp_path / "b")
        write(to, flip(whole, at, rng.randrange(8)))
        got = serves_or_not(tmp_path / "b")
        if got is None:
            counts["refused"] += 1
            got = serves_or_not(tmp_path / "b", "--salvage", "yes")
            assert got is not None, at
            assert all(v in (None, w) for v, w in zip(got, want)), (at, got)
            assert got.count(None) <= 1 or at < batches(path)[0][0], (at, got)
        else:
            n = len([v for v in got if v is not None])
            assert got == want[:n] + [None] * (6 - n), (at, got)
            assert n >= 5 or at < batches(path)[0][0], (at, got)
            counts["prefix"] += 1
    assert counts["refused"] > counts["prefix"] > 0, counts


def test_hole_between_files(tmp_path):
    """A file that the manifest no longer names is missed."""
    for i in range(4):
        with serving(tmp_path) as s, s.connect() as c:
            tell(c, [("SET", "k:%d" % i, i)])
    path = os.path.join(folder(tmp_path), NAME + ".manifest")
    lines = [line for line in read(path).splitlines(True)
             if not line.startswith(b"#C:")]    # of the lines that follow
    assert len(lines) == 4
    write(path, b"".join(lines[:1] + lines[2:]))
    refused(tmp_path, lines[0].split()[1].decode())
    with serving(tmp_path, "--salvage", "yes") as s, s.connect() as c:
        assert c.cmd("EXISTS", "k:0", "k:2", "k:3") == Int(3)
        assert c.cmd("EXISTS", "k:1") == Int(0)


def test_end_of_a_file_that_does_not_count(tmp_path):
    """What stands behind the place where the next file begins was written
    once more, in that file."""
    with serving(tmp_path) as s, s.connect() as c:
        tell(c, [("SET", "k", "v")])
    first = increments(tmp_path)[0]
    with serving(tmp_path) as s, s.connect() as c:
        tell(c, [("APPEND", "k", "w")])
        want = digest(c)
    with open(first, "ab") as f:
        f.write(b"#C:0123456789abcdef:000000")
    with serving(tmp_path) as s:
        assert held(s) == want
    with open(first, "ab") as f:
        f.write(bytes(1000))
    with serving(tmp_path) as s:
        assert held(s) == want


# ---- Manifests -------------------------------------------------------------

def named(text):
    return text.replace("NAME", NAME).encode()


MANIFESTS = {       # text and what the start says, None where it is served
    "as it is": ("file NAME.1.base.rdb seq 1 type b\n"
                 "file NAME.1.incr.aof seq 1 type i\n", None),
    "comments": ("# by hand\nfile NAME.1.base.rdb seq 1 type b\n#\n"
                 "file NAME.1.incr.aof seq 1 type i\n# end\n", None),
    "more words": ("file NAME.1.base.rdb seq 1 type b new yes\n"
                   "file NAME.1.incr.aof seq 1 type i x y z 0\n", None),
    "other order": ("type b seq 1 file NAME.1.base.rdb\n"
                    "seq 1 file NAME.1.incr.aof type i\n", None),
    "quotes": ("file \"NAME.1.base.rdb\" seq 1 type b\n"
               "file 'NAME.1.incr.aof' seq 1 type i\n", "line 1"),
    "spaces": ("  file  NAME.1.base.rdb  seq 1 type b \r\n"
               "\tfile NAME.1.incr.aof seq 1 type i\n", None),
    "base last": ("file NAME.1.incr.aof seq 1 type i\n"
                  "file NAME.1.base.rdb seq 1 type b\n", None),
    "history": ("file NAME.1.base.rdb seq 1 type b\n"
                "file NAME.7.base.rdb seq 7 type h\n"
                "file NAME.1.incr.aof seq 1 type i\n", None),
    "empty": ("", ""),
    "an empty line": ("file NAME.1.base.rdb seq 1 type b\n\n"
                      "file NAME.1.incr.aof seq 1 type i\n", "line 2"),
    "garbage": ("\x01\x02\x03garbage\n", "line 1"),
    "zeros": ("\0" * 100, ""),
    "no file": ("seq 1 type b x y\n", "line 1"),
    "no number": ("file NAME.1.base.rdb type b x y\n", "line 1"),
    "no type": ("file NAME.1.base.rdb seq 1 x y\n", "line 1"),
    "odd words": ("file NAME.1.base.rdb seq 1 type b x\n", "line 1"),
    "few words": ("file NAME.1.base.rdb seq 1\n", "line 1"),
    "unknown type": ("file NAME.1.base.rdb seq 1 type x\n", "line 1"),
    "number 0": ("file NAME.1.base.rdb seq 0 type b\n", "line 1"),
    "number of none": ("file NAME.1.base.rdb seq one type b\n", "line 1"),
    "open quotes": ("file \"NAME.1.base.rdb seq 1 type b\n", "line 1"),
    "a path": ("file ../dump.rdb seq 1 type b\n", "line 1"),
    "an absolute path": ("file /etc/passwd seq 1 type b\n", "line 1"),
    "two bases": ("file NAME.1.base.rdb seq 1 type b\n"
                  "file NAME.1.base.rdb seq 2 type b\n", "line 2"),
    "numbers fall": ("file NAME.1.base.rdb seq 1 type b\n"
                     "file NAME.1.incr.aof seq 2 type i\n"
                     "file NAME.1.incr.aof seq 1 type i\n", "line 3"),
    "numbers stay": ("file NAME.1.base.rdb seq 1 type b\n"
                     "file NAME.1.incr.aof seq 1 type i\n"
                     "file NAME.1.incr.aof seq 1 type i\n", "line 3"),
    "a long line": ("file %s seq 1 type b\n" % ("x" * 5000), "line 1"),
    "cut": ("file NAME.1.base.rdb seq 1 type b\n"
            "file NAME.1.incr.aof seq 1 ty", "line 2"),
    "missing base": ("file NAME.5.base.rdb seq 5 type b\n"
                     "file NAME.1.incr.aof seq 1 type i\n",
                     NAME + ".5.base.rdb"),
    "missing increment": ("file NAME.1.base.rdb seq 1 type b\n"
                          "file NAME.1.incr.aof seq 1 type i\n"
                          "file NAME.2.incr.aof seq 2 type i\n",
                          NAME + ".2.incr.aof"),
}


@pytest.mark.parametrize("name", sorted(MANIFESTS))
def test_manifests(tmp_path, name):
    text, said = MANIFESTS[name]
    simple(tmp_path)
    path = os.path.join(folder(tmp_path), NAME + ".manifest")
    write(path, named(text))
    before = {n: read(os.path.join(folder(tmp_path), n))
              for n in os.listdir(folder(tmp_path))}
    if said is None:
        with serving(tmp_path) as s, s.connect() as c:
            assert c.cmd("MGET", "in-base", "in-log") == Array(
                [Bulk("1"), Bulk("2")])
            tell(c, [("SET", "k", "v")])
            want = digest(c)
        with serving(tmp_path) as s:
            assert held(s) == want
    else:
        refused(tmp_path, said, NAME if NAME in said else NAME + ".manifest")
        assert before == {n: read(os.path.join(folder(tmp_path), n))
                          for n in os.listdir(folder(tmp_path))}
    if servers.command("redis"):    # it judges alike, but for quotes
        said = None if name == "quotes" else said
        where = simple(tmp_path / "redis")
        write(os.path.join(folder(where), NAME + ".manifest"), named(text))
        if said is None:
            with serving(where, kind="redis") as s, s.connect() as c:
                assert c.cmd("DBSIZE") == Int(2)
        else:
            with pytest.raises(AssertionError, match="exit code 1"):
                with serving(where, kind="redis"):
                    pass


def test_changed_manifests(tmp_path):
    """A byte that is not as kv wrote it, or the end that is missing: the
    start is refused, or all is there."""
    for i in range(3):
        with serving(tmp_path / "a") as s, s.connect() as c:
            tell(c, [("SET", "k:%d" % i, "value %d" % i)])
    name = NAME + ".manifest"
    whole = read(os.path.join(folder(tmp_path / "a"), name))
    path = os.path.join(folder(tmp_path / "b"), name)
    want = ["value %d" % i for i in range(3)] + [None] * 3
    rng = random.Random(3)
    served = 0
    for wrong in [flip(whole, at, rng.randrange(8))
                  for at in range(0, len(whole), 4)] + [
                      whole[:at] for at in range(0, len(whole), 7)] + [
                          whole[:at] for at in range(1, len(whole))
                          if whole[at - 1:at] == b"\n"]:
        copy(tmp_path / "a", tmp_path / "b")
        write(path, wrong)
        got = serves_or_not(tmp_path / "b")
        assert got in (None, want), wrong
        served += got is not None
    assert served < 10


def test_manifests_without_a_base_or_an_increment(tmp_path):
    by_hand(tmp_path / "a", text_of("a"), a=records(
        ("SELECT", 0), ("SET", "k", "v")))
    by_hand(tmp_path / "b", text_of("base"), base=rdb(
        select(0), key("k", "v")))
    by_hand(tmp_path / "c", text_of("base", "a"), base=rdb(
        select(0), key("k", "v")), a=b"")
    by_hand(tmp_path / "d", text_of("old", "a"), old=records(
        ("SELECT", 0), ("SET", "k", "v")), a=b"")
    for name in "abcd":
        for kind in ("kv", "redis", "kv"):
            with serving(tmp_path / name, kind=kind) as s:
                with s.connect() as c:
                    assert c.cmd("GET", "k") == Bulk("v"), name
                    assert c.cmd("DBSIZE") == Int(1)


def test_odd_directories(tmp_path):
    """Directories in the places of files, and the reverse."""
    for name in ("manifest", "base", "a"):
        where = simple(tmp_path / name)
        path = os.path.join(folder(where), SHORT.get(
            name, NAME + ".manifest"))
        os.unlink(path)
        os.mkdir(path)
        refused(where, os.path.basename(path))
    where = tmp_path / "file"
    where.mkdir()
    write(where / "appendonlydir", b"")
    refused(where, "appendonlydir")
    refused(tmp_path / "nothing", "nothing")
    where = tmp_path / "empty"
    (where / "appendonlydir").mkdir(parents=True)
    with serving(where) as s, s.connect() as c:
        tell(c, [("SET", "k", "v")])
    with serving(where) as s, s.connect() as c:
        assert c.cmd("GET", "k") == Bulk("v")


def test_another_manifest_beside(tmp_path):
    """Files of another name are none of its business."""
    simple(tmp_path)
    others = {"other.aof.manifest": b"file o.1.incr.aof seq 1 type i\n",
              "other.aof.1.incr.aof": b"garbage", "notes.txt": b"text",
              NAME + ".bak": b"", NAME + ".9.incr.aof": b"not in the list"}
    for name, content in others.items():
        write(os.path.join(folder(tmp_path), name), content)
    for _ in range(2):
        with serving(tmp_path) as s, s.connect() as c:
            assert c.cmd("DBSIZE") == Int(2)
            rewrite(c)
            rewritten(c)
    for name in ("other.aof.manifest", "other.aof.1.incr.aof", "notes.txt",
                 NAME + ".bak"):
        assert read(os.path.join(folder(tmp_path), name)) == others[name]


def test_files_of_no_use(tmp_path):
    """Foreign versions, cut and empty files, in the base's place."""
    good = rdb(select(0), key("k", "v"), expire_ms(FAR), key("e", "w"))
    for n, bad in enumerate((
            rdb(head=b"REDIS9999"), good[:-1], good[:30], good[:5], b"",
            good[:-1] + b"\0", b"garbage", bytes(100),
            flip(good, len(good) // 2))):
        where = by_hand(tmp_path / str(n), text_of("base", "a"), base=bad,
                        a=records(("SELECT", 0), ("SET", "l", "w")))
        refused(where, SHORT["base"])
        refused(where, SHORT["base"], options=(
            "--appendonly", "yes", "--aof-load-truncated", "yes"))
        assert read(os.path.join(folder(where), SHORT["base"])) == bad
        assert len(os.listdir(folder(where))) == 3


def drop():
    """Another user, where this one may do everything."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


def test_files_of_another_user(tmp_path):
    """What cannot be read or written is named."""
    place = tmp_path / "p"
    place.mkdir()
    program = str(place / "kv")
    shutil.copy(servers.command("kv")[0], program)
    for above in (place, *place.parents):   # nobody gets here
        if above.stat().st_uid == os.geteuid() and above != above.parent:
            above.chmod(above.stat().st_mode | 0o011)

    def ends(where, *words):
        end = subprocess.run(
            [program, "--port", str(servers.free_port()), "--dir", str(where),
             "--appendonly", "yes"], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, preexec_fn=drop, timeout=2 * TIMEOUT)
        assert end.returncode == 1, end
        for word in words:
            assert word.encode() in end.stdout, (word, end.stdout)

    for name in ("base", "a", "manifest"):
        where = simple(place / name)
        for path, right in ((where, 0o777), (folder(where), 0o777)):
            os.chmod(str(path), right)
        for n in os.listdir(folder(where)):
            os.chmod(os.path.join(folder(where), n), 0o666)
        path = os.path.join(folder(where), SHORT.get(
            name, NAME + ".manifest"))
        os.chmod(path, 0)
        ends(where, os.path.basename(path), "ermission")
    where = simple(place / "read-only")
    os.chmod(str(where), 0o555)
    os.chmod(folder(where), 0o555)
    before = sorted(os.listdir(folder(where)))
    ends(where, str(where))
    assert sorted(os.listdir(folder(where))) == before
    fresh = place / "fresh"
    fresh.mkdir()
    fresh.chmod(0o555)
    ends(fresh, str(fresh))
    os.chmod(folder(where), 0o755)


def test_two_on_one_directory(tmp_path):
    with serving(tmp_path) as s, s.connect() as c:
        tell(c, [("SET", "k", "v")])
        before = sorted(os.listdir(folder(tmp_path)))
        refused(tmp_path, str(tmp_path))
        assert sorted(os.listdir(folder(tmp_path))) == before
        tell(c, [("SET", "l", "w")])
        want = digest(c)
    with serving(tmp_path) as s:
        assert held(s) == want


# ---- A snapshot and a log --------------------------------------------------

def test_a_snapshot_becomes_the_first_base(tmp_path):
    write(tmp_path / "dump.rdb", rdb(select(0), key("k", "v"), select(5),
                                     expire_ms(FAR), key("l", "w")))
    with serving(tmp_path) as s:
        with s.connect() as c:
            assert c.cmd("GET", "k") == Bulk("v")
            want = all_of(s)
            assert len(want[0]) == 2
            assert "dump.rdb" in s.log() and "base" in s.log(), s.log()
            assert listed(tmp_path)[0][2] == "b"
            os.unlink(str(tmp_path / "dump.rdb"))
            tell(c, [("APPEND", "k", "!")])     # on what the base has
            want = all_of(s)
    with serving(tmp_path) as s:
        assert all_of(s) == want
    check_aof(tmp_path)


def test_a_snapshot_and_a_log(tmp_path):
    """The log counts where there is one; without appendonly the snapshot
    does, and it is said that there is a log."""
    simple(tmp_path)
    write(tmp_path / "dump.rdb", rdb(select(0), key("in-dump", "3")))
    before = {n: read(os.path.join(folder(tmp_path), n))
              for n in os.listdir(folder(tmp_path))}
    with serving(tmp_path, log="no") as s, s.connect() as c:
        assert c.cmd("GET", "in-dump") == Bulk("3")
        assert c.cmd("DBSIZE") == Int(1)
        warned = [line for line in s.log().split("\n")
                  if NAME + ".manifest" in line]
        assert len(warned) == 1, s.log()
        tell(c, [("SET", "k", "v")])
    assert before == {n: read(os.path.join(folder(tmp_path), n))
                      for n in os.listdir(folder(tmp_path))}
    with serving(tmp_path) as s, s.connect() as c:
        assert c.cmd("GET", "in-log") == Bulk("2")
        assert c.cmd("DBSIZE") == Int(2)
    with serving(tmp_path / "none", log="no") as s:
        assert "manifest" not in s.log()
    assert os.listdir(str(tmp_path / "none")) == []


def test_a_bad_snapshot_is_no_base(tmp_path):
    write(tmp_path / "dump.rdb", rdb(select(0), key("k", "v"))[:-3])
    refused(tmp_path, "dump.rdb")
    assert read(tmp_path / "dump.rdb") == rdb(select(0), key("k", "v"))[:-3]
    assert not os.path.exists(os.path.join(folder(tmp_path),
                                           NAME + ".manifest"))


# ---- Durability of replies -------------------------------------------------

class Writer(threading.Thread):
    """Sets PREFIX:0, PREFIX:1 ... one after the other, some at a time, until
    stop() or the server's end. `acked` of them had their OK; `when` has the
    times."""

    def __init__(self, s, prefix="w", window=1, size=10, pause=0):
        super().__init__()
        self.prefix, self.window, self.size = prefix, window, size
        self.pause = pause
        self.acked, self.sent, self.when, self.other = 0, 0, [], []
        self.conn = s.connect(timeout=30)
        self.ending = False
        self.start()

    def value(self, i):
        return ("%d " % i).ljust(self.size, "x")

    def run(self):
        with contextlib.suppress(OSError, Closed):
            while not self.ending:
                some = range(self.sent, self.sent + self.window)
                self.sent += self.window
                self.conn.send(b"".join(encode("SET", "%s:%d" % (
                    self.prefix, i), self.value(i)) for i in some))
                for _ in some:
                    got = self.conn.read()
                    if got == OK:
                        self.acked += 1
                        self.when.append(time.time())
                    else:
                        self.other.append(got)
                if self.pause:
                    time.sleep(self.pause)
        self.conn.close()

    def stop(self):
        self.ending = True
        self.join()

    def look(self, c):
        """What was acknowledged is there, and what is there is a
        beginning."""
        assert not self.other, self.other[:3]
        names = ["%s:%d" % (self.prefix, i) for i in range(self.sent)]
        got = c.cmd("MGET", *names).v if names else []
        n = len([v for v in got if isinstance(v, Bulk)])
        assert n >= self.acked, (n, self.acked)
        for i, v in enumerate(got):
            assert v == (Bulk(self.value(i)) if i < n else NullBulk()), i


@pytest.mark.parametrize("policy", POLICIES)
def test_kill_right_after_the_reply(tmp_path, policy):
    for i in range(12 + ROUNDS):
        with serving(tmp_path, "--appendfsync", policy) as s:
            with s.connect() as c:
                for j in range(i):
                    assert c.cmd("GET", "k:%d" % j) == Bulk(str(j)), (i, j)
                assert c.cmd("SET", "k:%d" % i, i) == OK
                kill(s)


@pytest.mark.parametrize("policy", POLICIES)
def test_kill_under_load(tmp_path, policy):
    rng = random.Random(policy)
    total = 0
    for i in range(6 + ROUNDS):
        writers = []
        with serving(tmp_path, "--appendfsync", policy) as s:
            for prefix, window in (("a", 1), ("b", 1), ("c", 50)):
                writers.append(Writer(s, "%s%d" % (prefix, i), window))
            time.sleep(rng.random() * 0.15)
            if i % 2:
                with s.connect() as c:
                    c.cmd("BGREWRITEAOF")
                time.sleep(rng.random() * 0.02)
            kill(s)
            for w in writers:
                w.join()
                total += w.acked
        with serving(tmp_path, "--appendfsync", policy) as s:
            with s.connect() as c:
                for w in writers:
                    w.look(c)
    assert total > 0


@pytest.mark.parametrize("how", [
    "SHUTDOWN", "SHUTDOWN NOSAVE", "SHUTDOWN SAVE", "SHUTDOWN NOW", "SIGTERM",
    "SIGINT"])
def test_end(tmp_path, how):
    """Nothing is lost, whether a snapshot is made or not."""
    with serving(tmp_path, "--save", "900 1") as s:
        data(s, random.Random(how))
        want = all_of(s)
        with s.connect() as c:
            tell(c, [("INCR", "n:9")] * 5000)
            want = all_of(s)
            if how.startswith("SHUT"):
                c.send(encode(*how.split()))
                assert c.read_until_close() == b""
            else:
                s.process.send_signal(getattr(signal, how))
            assert s.wait() == 0, s.story()
    assert os.path.exists(str(tmp_path / "dump.rdb")) == (
        how != "SHUTDOWN NOSAVE")
    batches(increments(tmp_path)[-1])
    with serving(tmp_path) as s:
        assert all_of(s) == want


# ---- Full disks ------------------------------------------------------------

class Pending:
    """SETs that may be answered late. `acked` and `refused` keys."""

    def __init__(self, s, size=3000):
        self.s, self.size, self.n = s, size, 0
        self.acked, self.refused, self.waiting = {}, {}, []

    def attempt(self, seconds=0.3):
        """One on a connection of its own: OK, an Err, or None."""
        name = "p:%d" % self.n
        value = ("%d " % self.n).ljust(self.size, "x")
        self.n += 1
        c = self.s.connect(timeout=30)
        c.send(encode("SET", name, value))
        try:
            return self.done(c, name, value, c.read(seconds))
        except Late:
            self.waiting.append((c, name, value))

    def done(self, c, name, value, got):
        (self.acked if got == OK else self.refused)[name] = value
        c.close()
        return got

    def collect(self, seconds):
        """The late replies; all of them have to come."""
        end = time.monotonic() + seconds
        for c, name, value in self.waiting:
            self.done(c, name, value,
                      c.read(max(end - time.monotonic(), 0.01)))
        self.waiting = []

    def look(self, c):
        for name, value in self.acked.items():
            assert c.cmd("GET", name) == Bulk(value), name
        for name in self.refused:
            assert c.cmd("EXISTS", name) == Int(0), name


def until_refused(p, *words):
    """Writes until one is refused, and what that says is right."""
    got = until("a write is refused", lambda: (
        lambda got: isinstance(got, Err) and got)(p.attempt()), 10)
    assert got.v.startswith(b"MISCONF Errors writing to the AOF file: "), got
    for word in words:
        assert word in got.v.lower(), got


def full(s, fill, free, policy):
    """What a full disk does to a server, and its end."""
    p = Pending(s)
    with s.connect() as c:
        assert c.cmd("SET", "k", "v") == OK
        for _ in range(5):
            assert p.attempt(5) == OK
        fill()
        until_refused(p, b"space")
        until_refused(p, b"space")
        assert info(c)["aof_last_write_status"] == "err"
        began = time.monotonic()
        for _ in range(50):
            assert c.cmd("GET", "k") == Bulk("v")
            assert c.cmd("PING") == PONG
        assert time.monotonic() - began < 0.5
        assert isinstance(c.cmd("DEL", "k"), Err)
        assert isinstance(c.cmd("FLUSHALL"), Err)
        assert s.alive()
        free()
        began = time.monotonic()
        until("writes are accepted", lambda: p.attempt() == OK, 5)
        assert time.monotonic() - began < 2.3
        p.collect(1)
        assert info(c)["aof_last_write_status"] == "ok"
        for _ in range(5):
            assert p.attempt(5) == OK
        p.look(c)
    return p


@pytest.mark.parametrize("policy", ["always", "everysec"])
def test_full_disk(tmp_path, policy):
    """On a small disk of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    end = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if end.returncode:
        pytest.skip("cannot mount: %s" % end.stdout.decode().strip())
    filler = disk / "filler"

    def fill():
        with open(str(filler), "wb", 0) as f, contextlib.suppress(OSError):
            while f.write(bytes(4096)):
                pass

    try:
        with serving(disk, "--appendfsync", policy) as s:
            p = full(s, fill, lambda: filler.unlink(), policy)
        with serving(disk) as s, s.connect() as c:
            p.look(c)
            assert c.cmd("GET", "k") == Bulk("v")
        # killed while it is full, and started so
        with serving(disk, "--appendfsync", policy) as s:
            p.s = s
            fill()
            until_refused(p)
        for c, _, _ in p.waiting:
            c.close()
        with contextlib.suppress(AssertionError):
            with serving(disk):
                pass
        filler.unlink()
        with serving(disk) as s, s.connect() as c:
            for name, value in p.acked.items():
                assert c.cmd("GET", name) == Bulk(value), name
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("policy", POLICIES)
def test_file_size_limit(tmp_path, policy):
    """SIGXFSZ is no end; a write that is taken in part neither."""
    with serving(tmp_path, "--appendfsync", policy) as s:
        most = resource.prlimit(s.pid, resource.RLIMIT_FSIZE)[1]

        def limit(n):
            resource.prlimit(s.pid, resource.RLIMIT_FSIZE, (n, most))

        def fill():
            limit(os.path.getsize(increments(tmp_path)[-1]) + 1000)
            time.sleep(0.1)     # it may hold one that still fits
            limit(20)

        p = full(s, fill, lambda: limit(most), policy)
        with s.connect() as c:
            want = digest(c)
    check_aof(tmp_path)
    with serving(tmp_path) as s, s.connect() as c:
        assert digest(c) == want
        p.look(c)


def test_file_size_limit_of_a_rewrite(tmp_path):
    """It fails, the log goes on, and the next one is well."""
    with serving(tmp_path, "--rdbcompression", "no") as s, s.connect() as c:
        tell(c, [("SET", "k:%d" % i, "x" * 1000) for i in range(2000)])
        before = listed(tmp_path)
        most = resource.prlimit(s.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(s.pid, resource.RLIMIT_FSIZE, (1 << 20, most))
        rewrite(c)
        until("it fails", lambda: info(c)["aof_last_bgrewrite_status"] ==
              "err", 10)
        assert int(info(c)["aof_rewrites_consecutive_failures"]) >= 1
        resource.prlimit(s.pid, resource.RLIMIT_FSIZE, (most, most))
        assert listed(tmp_path)[:len(before)] == before
        until("writes", lambda: c.cmd("SET", "after", "it") == OK)
        want = digest(c)
        kill(s)
    with serving(tmp_path) as s, s.connect(timeout=30) as c:
        assert digest(c) == want
        rewrite(c)
        rewritten(c)
        until("old files go", lambda: there(tmp_path) == named_in(tmp_path))
    with serving(tmp_path) as s:
        assert held(s) == want


# ---- Rewrites --------------------------------------------------------------

def log_size(where):
    return sum(os.path.getsize(p) for p, _, t in listed(where) if t != "h")


@pytest.mark.parametrize("policy", POLICIES)
def test_rewrite_under_load(tmp_path, policy):
    with serving(tmp_path, "--appendfsync", policy) as s:
        with s.connect(timeout=30) as c:
            tell(c, [("SET", "k:%d" % (i % 20000), "x" * (50 + i % 100))
                     for i in range(40000)])
            was = info(c)
            assert was["aof_rewrites"] == "0"
            size = log_size(tmp_path)
            until("INFO has the size", lambda: int(
                info(c)["aof_current_size"]) == log_size(tmp_path))
            writers = [Writer(s, "a"), Writer(s, "b", 20)]
            c.send(encode("BGREWRITEAOF") * 2 + encode("INFO", "persistence"))
            first, second = c.read(), c.read()
            assert first in (STARTED, SCHEDULED)
            assert second in ((BUSY,) if first == STARTED else
                              (BUSY, STARTED, SCHEDULED))
            got = c.read().v.decode()
            assert ("aof_rewrite_in_progress:1\r\n" in got or
                    "aof_rewrite_scheduled:1\r\n" in got)
            if "aof_rewrite_in_progress:1\r\n" in got:
                assert re.search("aof_current_rewrite_time_sec:[0-9]", got)
            rewritten(c)
            now = info(c)
            assert now["aof_rewrites"] == "1"
            assert int(now["aof_last_rewrite_time_sec"]) >= 0
            assert now["aof_current_rewrite_time_sec"] == "-1"
            assert 0 < int(now["aof_base_size"]) < size
            until("more writes", lambda n=writers[0].acked: (
                writers[0].acked > n + 20), 5)
            kill(s)
            for w in writers:
                w.join()
        assert [t for _, _, t in listed(tmp_path)].count("b") == 1
    check_aof(tmp_path)
    with serving(tmp_path) as s, s.connect(timeout=30) as c:
        for w in writers:
            w.look(c)
            assert w.acked > 20
        assert c.cmd("GET", "k:19999") == Bulk("x" * (50 + 39999 % 100))
        until("old files go", lambda: there(tmp_path) == named_in(tmp_path))


def test_kill_in_a_rewrite(tmp_path):
    """Wherever it is, the old or the new generation is whole."""
    rng = random.Random(8)
    with serving(tmp_path) as s, s.connect(timeout=30) as c:
        tell(c, [("SET", "k:%d" % i, "x" * 100) for i in range(10000)])
    seen = set()
    for i in range(10 + ROUNDS):
        with serving(tmp_path) as s, s.connect(timeout=30) as c:
            tell(c, [("SET", "k:%d" % rng.randrange(10000), "new %d" % i)])
            want = digest(c)
            rewrite(c)
            if i % 2:
                tell(c, [("SET", "during", i)])
                want = digest(c)
            time.sleep(rng.random() * 0.04)
            kill(s)
        seen |= {p for p, _, t in listed(tmp_path) if t == "b"}
        check_aof(tmp_path)
        with serving(tmp_path) as s:
            assert held(s) == want
    assert len(seen) >= 2
    with serving(tmp_path) as s, s.connect() as c:
        rewrite(c)
        rewritten(c)
        until("old files go", lambda: there(tmp_path) == named_in(tmp_path))


def test_automatic_rewrite(tmp_path):
    with serving(tmp_path, "--auto-aof-rewrite-min-size", "100kb",
                 "--auto-aof-rewrite-percentage", "100") as s:
        with s.connect(timeout=30) as c:
            tell(c, [("SET", "k", "x" * 1000)] * 90)
            time.sleep(0.3)
            assert info(c)["aof_rewrites"] == "0"       # too small
            tell(c, [("SET", "k", "x" * 1000)] * 20)
            until("it is rewritten", lambda: info(c)["aof_rewrites"] == "1")
            rewritten(c)
            until("it is small", lambda: log_size(tmp_path) < 50000)
            want = digest(c)
            for name in ("auto-aof-rewrite-percentage", "0"), (
                    "auto-aof-rewrite-percentage", "1000000"):
                assert c.cmd("CONFIG", "SET", *name) == OK
                tell(c, [("SET", "k", "x" * 1000)] * 200)
                time.sleep(0.3)
                assert info(c)["aof_rewrites"] == "1"
            assert c.cmd("CONFIG", "SET", "auto-aof-rewrite-percentage",
                         "50") == OK
            until("it is rewritten", lambda: info(c)["aof_rewrites"] == "2")
            rewritten(c)
            assert digest(c) == want
    with serving(tmp_path) as s:
        assert held(s) == want


def test_what_is_small_after_a_rewrite(tmp_path):
    """Keys that are gone take no room."""
    with serving(tmp_path) as s, s.connect(timeout=30) as c:
        tell(c, [("SET", "k:%d" % i, "x" * 500) for i in range(5000)])
        tell(c, [("DEL", "k:%d" % i) for i in range(4990)])
        want = digest(c)
        for n in range(3):
            rewrite(c)
            rewritten(c)
            until("it is small", lambda: log_size(tmp_path) < 10000)
    with serving(tmp_path) as s:
        assert held(s) == want


# ---- At run time -----------------------------------------------------------

def test_switched_on_and_off(tmp_path):
    with serving(tmp_path, log="no") as s, s.connect(timeout=30) as c:
        data(s, random.Random(1))
        assert not os.path.exists(folder(tmp_path))
        assert info(c)["aof_enabled"] == "0"
        w = Writer(s, "a", 5)
        until("some writes", lambda: w.acked > 50)
        assert c.cmd("CONFIG", "SET", "appendonly", "yes") == OK
        assert info(c)["aof_enabled"] == "1"
        rewritten(c)
        until("some writes", lambda n=w.acked: w.acked > n + 50)
        w.stop()
        want = all_of(s)
        kill(s)
    with serving(tmp_path) as s, s.connect(timeout=30) as c:
        w.look(c)
        assert all_of(s) == want
        assert c.cmd("CONFIG", "SET", "appendonly", "no") == OK
        assert info(c)["aof_enabled"] == "0"
        was = {n: read(os.path.join(folder(tmp_path), n))
               for n in os.listdir(folder(tmp_path))}
        tell(c, [("SET", "not", "logged")])
        time.sleep(0.1)
        assert was == {n: read(os.path.join(folder(tmp_path), n))
                       for n in os.listdir(folder(tmp_path))}
    with serving(tmp_path) as s, s.connect(timeout=30) as c:
        assert all_of(s) == want
        for _ in range(5):      # what comes between is in the next base
            assert c.cmd("CONFIG", "SET", "appendonly", "no") == OK
            tell(c, [("INCR", "n")])
            assert c.cmd("CONFIG", "SET", "appendonly", "yes") == OK
            tell(c, [("INCR", "n")])
        rewritten(c)
        want = all_of(s)
    check_aof(tmp_path)
    with serving(tmp_path) as s, s.connect() as c:
        assert all_of(s) == want
        assert c.cmd("GET", "n") == Bulk("10")


def test_policy_changes_while_clients_write(tmp_path):
    with serving(tmp_path) as s, s.connect() as c:
        writers = [Writer(s, "a"), Writer(s, "b", 20)]
        for i in range(30):
            policy = POLICIES[i % 3]
            assert c.cmd("CONFIG", "SET", "appendfsync", policy) == OK
            assert get(c, "appendfsync") == policy
            time.sleep(0.01)
        kill(s)
        for w in writers:
            w.join()
            assert w.acked > 30
    with serving(tmp_path) as s, s.connect() as c:
        for w in writers:
            w.look(c)


def test_configuration_file(tmp_path):
    conf = tmp_path / "kv.conf"
    conf.write_text("appendonly yes\nappendfsync always\n"
                    "appendfilename my.aof\nappenddirname logs\n"
                    "auto-aof-rewrite-min-size 3mb\n"
                    "auto-aof-rewrite-percentage 70\n"
                    "aof-timestamp-enabled yes\naof-load-truncated no\n")
    before = servers.command("kv")
    port = servers.free_port()
    p = subprocess.Popen(before + [str(conf), "--port", str(port)],
                         stdout=subprocess.DEVNULL, cwd=str(tmp_path))
    try:
        until("it serves", lambda: ends_or_serves(p, port))
        with Conn(port) as c:
            for name, value in (
                    ("appendonly", "yes"), ("appendfsync", "always"),
                    ("appendfilename", "my.aof"), ("appenddirname", "logs"),
                    ("auto-aof-rewrite-min-size", "3145728"),
                    ("auto-aof-rewrite-percentage", "70"),
                    ("aof-timestamp-enabled", "yes"),
                    ("aof-load-truncated", "no")):
                assert get(c, name) == value
            tell(c, [("SET", "k", "v"),
                     ("CONFIG", "SET", "appendfsync", "no"),
                     ("CONFIG", "REWRITE")])
        assert "appendfsync no\n" in conf.read_text()
        assert "appendonly yes\n" in conf.read_text()
        assert "my.aof.manifest" in os.listdir(str(tmp_path / "logs"))
        end = check(conf)
        assert end.code == 0, vars(end)
    finally:
        p.kill()
        p.wait()


# ---- Keys that go ----------------------------------------------------------

def test_flushed_and_swapped(tmp_path):
    rng = random.Random(6)
    for words in (("FLUSHALL",), ("FLUSHALL", "ASYNC"), ("FLUSHDB",),
                  ("FLUSHDB", "ASYNC"), ("SWAPDB", 0, 15), ("MOVE", "k", 9)):
        with serving(tmp_path) as s, s.connect() as c:
            data(s, rng)
            tell(c, [("SET", "k", "v"), ("SELECT", 2), ("SET", "k", "w"),
                     ("SELECT", 0), words, ("SET", "after", "it")])
            want = all_of(s)
            assert ((2, b"k") in want[0]) == (words[0] != "FLUSHALL")
        with serving(tmp_path) as s:
            assert all_of(s) == want, words
    with serving(tmp_path, kind="redis") as s:
        assert all_of(s) == want


def test_flushed_in_a_rewrite(tmp_path):
    for words in (("FLUSHALL",), ("SWAPDB", 0, 1), ("FLUSHDB",)):
        with serving(tmp_path) as s, s.connect(timeout=30) as c:
            tell(c, [("SET", "k:%d" % i, "x" * 100) for i in range(20000)])
            c.send(encode("BGREWRITEAOF") + encode(*words) +
                   encode("SET", "after", "it"))
            assert c.read() in (STARTED, SCHEDULED)
            assert c.read() == OK and c.read() == OK
            want = digest(c)
            rewritten(c)
            assert digest(c) == want
        with serving(tmp_path) as s:
            assert held(s) == want, words


def test_expired(tmp_path):
    """They do not come back; those that were kept in time stay."""
    begin = int(time.time() * 1000)
    soon = begin + 400
    with serving(tmp_path) as s, s.connect() as c:
        tell(c, [("SET", "gone", "v", "PX", 1), ("SET", "n", 5, "PX", 1),
                 ("SET", "seen", "v", "PX", 1)])
        until("they expire", lambda: c.cmd("DBSIZE") == Int(0))
        assert c.cmd("INCR", "n") == Int(1)     # anew
        assert c.cmd("APPEND", "seen", "w") == Int(1)
        tell(c, [("SET", k, "5", "PXAT", soon) for k in (
            "extended", "persistent", "overwritten", "renamed", "counted",
            "kept", "copied", "got", "down")])
        tell(c, [("PEXPIREAT", "extended", FAR), ("PERSIST", "persistent"),
                 ("SET", "overwritten", "new"), ("RENAME", "renamed", "r"),
                 ("PEXPIREAT", "r", FAR), ("INCR", "counted"),
                 ("PEXPIREAT", "counted", FAR),
                 ("SET", "kept", "6", "KEEPTTL"), ("PERSIST", "kept"),
                 ("COPY", "copied", "c"), ("PERSIST", "c"),
                 ("GETEX", "got", "PXAT", FAR)])
    assert time.time() * 1000 < soon, "too slow"
    until("the time passes", lambda: time.time() * 1000 > soon + 5)
    for kind in ("kv", "redis", "kv"):
        with serving(tmp_path, kind=kind) as s, s.connect() as c:
            for name, want, end in (
                    ("gone", None, -2), ("n", "1", -1), ("seen", "w", -1),
                    ("extended", "5", FAR), ("persistent", "5", -1),
                    ("overwritten", "new", -1), ("r", "5", FAR),
                    ("counted", "6", FAR), ("kept", "6", -1),
                    ("copied", None, -2), ("c", "5", -1), ("got", "5", FAR),
                    ("down", None, -2)):
                assert c.cmd("GET", name) == (
                    Bulk(want) if want else NullBulk()), name
                assert c.cmd("PEXPIRETIME", name) == Int(end), name
            assert c.cmd("DBSIZE") == Int(10)


def test_expired_while_it_was_down(tmp_path):
    """A record that counts on a key that was there is replayed on it."""
    soon = int(time.time() * 1000) + 300
    with serving(tmp_path) as s, s.connect() as c:
        tell(c, [("SET", "a", "x", "PXAT", soon), ("APPEND", "a", "y"),
                 ("SET", "n", "5", "PXAT", soon), ("INCR", "n"),
                 ("RENAME", "a", "b"), ("SET", "m", "5", "PXAT", soon)])
        assert c.cmd("GET", "b") == Bulk("xy")
    until("the time passes", lambda: time.time() * 1000 > soon + 5)
    with serving(tmp_path) as s, s.connect() as c:
        assert c.cmd("DBSIZE") == Int(0)
        assert c.cmd("INCR", "n") == Int(1)
        assert c.cmd("INCR", "m") == Int(1)
    with serving(tmp_path) as s, s.connect() as c:
        assert c.cmd("MGET", "n", "m", "a", "b") == Array(
            [Bulk("1"), Bulk("1"), NullBulk(), NullBulk()])


def test_evicted(tmp_path):
    with serving(tmp_path) as s, s.connect(timeout=30) as c:
        used = int(re.search(r"used_memory:(\d+)", c.cmd(
            "INFO", "memory").v.decode()).group(1))
        assert c.cmd("CONFIG", "SET", "maxmemory-policy", "allkeys-random",
                     "maxmemory", used + 2000000) == OK
        tell(c, [("SET", "k:%d" % i, "x" * 1000) for i in range(5000)])
        assert 100 < c.cmd("DBSIZE").v < 4000
        want = digest(c)
    for kind in ("kv", "redis"):
        with serving(tmp_path, kind=kind) as s:
            assert held(s) == want


@pytest.mark.parametrize("policy", POLICIES)
def test_the_log_is_no_data(tmp_path, policy):
    """What waits to be written or synced is not for maxmemory to count."""
    with serving(tmp_path, "--appendfsync", policy) as s:
        with s.connect(timeout=30) as c:
            tell(c, [("SET", "k:%d" % i, "v") for i in range(100)])
            used = int(re.search(r"used_memory:(\d+)", c.cmd(
                "INFO", "memory").v.decode()).group(1))
            assert c.cmd("CONFIG", "SET", "maxmemory-policy",
                         "allkeys-random", "maxmemory", used + 2000000) == OK
            for _ in range(5):
                tell(c, [("SET", "k", "x" * 1000)] * 1000)
            assert c.cmd("DBSIZE") == Int(101)


def test_debug_loadaof(tmp_path):
    rng = random.Random(11)
    with serving(tmp_path) as s, s.connect(timeout=30) as c:
        tell(c, everything(rng))
        for _ in range(3):
            data(s, rng)
            want = all_of(s)
            assert c.cmd("DEBUG", "LOADAOF") == OK
            assert all_of(s) == want
            rewrite(c)
            rewritten(c)
            assert c.cmd("DEBUG", "LOADAOF") == OK
            assert all_of(s) == want
    with serving(tmp_path) as s:
        assert all_of(s) == want


def test_debug_reload(tmp_path):
    """A snapshot that is read again is logged too, or was the log's data."""
    with serving(tmp_path) as s, s.connect() as c:
        data(s, random.Random(12))
        assert c.cmd("DEBUG", "RELOAD") == OK
        tell(c, [("SET", "after", "it")])
        want = all_of(s)
    with serving(tmp_path) as s:
        assert all_of(s) == want


def test_served_while_loading(tmp_path):
    n = 400000
    by_hand(tmp_path, text_of("base", "a"), base=rdb(), a=b"".join(
        [encode("SELECT", 0)] + [
            b"*3\r\n$3\r\nSET\r\n$8\r\nk:%06d\r\n$6\r\n%06d\r\n" % (i, i)
            for i in range(n)]))
    size = log_size(tmp_path)
    seen = 0
    s = servers.Server("kv", "--dir", tmp_path, "--appendonly", "yes")
    try:
        with s.connect(timeout=30) as c, s.connect(timeout=30) as d:
            while True:
                got = d.cmd("SET", "k:000001", "new")
                now = info(c)
                if now["loading"] == "0":
                    break
                seen += 1
                assert got == Err(
                    "LOADING Redis is loading the dataset in memory")
                assert int(now["loading_total_bytes"]) == size
                assert 0 <= int(now["loading_loaded_bytes"]) <= size
            assert seen > 3
            assert c.cmd("DBSIZE") == Int(n)
    finally:
        kill(s)
        shutil.rmtree(s.dir)
    s = servers.Server("kv", "--dir", tmp_path, "--appendonly", "yes")
    try:
        with s.connect() as c:
            assert info(c)["loading"] == "1"
            assert terminate(s) == 0        # in the middle of it
    finally:
        kill(s)
        shutil.rmtree(s.dir)
    with serving(tmp_path) as s, s.connect() as c:
        assert c.cmd("DBSIZE") == Int(n)


# ---- Disks that fail or are slow -------------------------------------------

SYNC = "fdatasync,fsync"
WRITE = "write,writev,pwrite64,pwritev"


class Tracer:
    """strace on a running server: what these calls do is changed. `where` is
    its output, with times and paths."""

    def __init__(self, s, where, calls, *rules, paths=()):
        self.where = str(where)
        line = ["strace", "-f", "-qq", "-ttt", "-T", "-y", "-o", self.where,
                "-e", "trace=" + calls]
        for rule in rules:
            line += ["-e", "inject=" + rule]
        for path in paths:
            line += ["-P", path]
        self.process = subprocess.Popen(
            line + ["-p", str(s.pid)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        until("it is traced", lambda: self.process.poll() is not None or
              self.attached(s.pid))
        if self.process.poll() is not None:
            pytest.skip("cannot trace: " + self.process.stderr.read(
                ).decode().strip().split("\n")[-1])

    @staticmethod
    def attached(pid):
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/status" % (pid, task)) as f:
                if "\nTracerPid:\t0\n" in f.read():
                    return False
        return True

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:   # what it delayed was killed
                self.process.kill()
                self.process.wait()
        self.process.stderr.close()

    def lines(self):
        with open(self.where) as f:
            return f.read().split("\n")

    def injected(self):
        return [line for line in self.lines() if "(INJECTED)" in line]

    def calls(self):
        """[(begin, end, path)] of those that have ended."""
        out, begun = [], {}
        for line in self.lines():
            m = re.match(r"(\d+) +([\d.]+) (<\.\.\. )?\w+", line)
            if not m:
                continue
            thread, at = m.group(1), float(m.group(2))
            path = re.search(r"\(\d+<([^>]*)>", line)
            took = re.search(r" <([\d.]+)>\Z", line)
            if m.group(3):
                out.append((*begun.pop(thread), at))
            elif took:
                out.append((path and path.group(1), at,
                            at + float(took.group(1))))
            else:
                begun[thread] = path and path.group(1), at
        return [(begin, end, path) for path, begin, end in out]


@contextlib.contextmanager
def traced(s, where, calls, *rules, **how):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    tracer = Tracer(s, where, calls, *rules, **how)
    try:
        yield tracer
    finally:
        tracer.stop()


class Reader(threading.Thread):
    """Reads a key again and again; `longest` is the longest it took, `slow`
    how often it was more than `limit`."""

    def __init__(self, s, name, limit=1):
        super().__init__()
        self.conn, self.name, self.limit = s.connect(timeout=30), name, limit
        self.longest = self.count = self.slow = 0
        self.ending = False
        self.start()

    def run(self):
        with contextlib.suppress(OSError, Closed):
            while not self.ending:
                began = time.monotonic()
                self.conn.cmd("GET", self.name)
                took = time.monotonic() - began
                self.longest = max(self.longest, took)
                self.slow += took > self.limit
                self.count += 1
                time.sleep(0.005)

    def stop(self):
        self.ending = True
        self.join()
        self.conn.close()


def test_everysec_with_a_slow_disk(tmp_path):
    """Not more than a second of acknowledged writes is unsynced: replies to
    writes wait then, those to reads do not."""
    with serving(tmp_path / "d", "--appendfsync", "everysec") as s:
        with traced(s, tmp_path / "trace", SYNC,
                    SYNC + ":delay_enter=3000000") as t:
            w, r = Writer(s, "w", pause=0.002), Reader(s, "w:1")
            time.sleep(4.3)
            w.ending = r.ending = True
            w.stop()
            r.stop()
            with s.connect(timeout=30) as c:
                began = time.monotonic()
                assert c.cmd("GET", "w:1") == Bulk(w.value(1))
                assert time.monotonic() - began < 0.5
            slow = [(b, e) for b, e, _ in t.calls() if e - b > 2.5]
        assert slow, t.lines()
        assert r.longest < 0.5 and r.count > 200
        for begin, end in slow:
            late = [at for at in w.when if begin + 1.3 < at < end - 0.1]
            assert not late, (begin, end, len(late), late[0])
            assert [at for at in w.when if at < begin + 1.3]
        kill(s)
    with serving(tmp_path / "d") as s, s.connect() as c:
        w.look(c)


@pytest.mark.parametrize("policy", ["everysec", "no"])
def test_slow_writes(tmp_path, policy):
    """One may be in the way of others, not all of them."""
    with serving(tmp_path / "d", "--appendfsync", policy) as s:
        with s.connect(timeout=30) as c:
            tell(c, [("SET", "k", "v")])
            with traced(s, tmp_path / "trace", WRITE,
                        WRITE + ":delay_enter=400000",
                        paths=increments(tmp_path / "d")) as t:
                w, r = Writer(s, "w", pause=0.01), Reader(s, "k", 0.2)
                time.sleep(2.5)
                w.ending = r.ending = True
                t.stop()
                w.stop()
                r.stop()
            assert t.calls()
            assert r.slow <= 2, r.slow
        kill(s)
    with serving(tmp_path / "d") as s, s.connect() as c:
        w.look(c)


def test_always_waits_for_the_disk(tmp_path):
    """A reply that tells of unsynced data waits, others do not."""
    with serving(tmp_path / "d", "--appendfsync", "always") as s:
        with s.connect() as a, s.connect() as b, s.connect() as c, \
                s.connect() as d, s.connect() as e:
            tell(a, [("MSET", "k", "old", "other", "v")])
            with traced(s, tmp_path / "trace", SYNC,
                        SYNC + ":delay_enter=1500000") as t:
                began = time.monotonic()
                a.send(encode("SET", "k", "new"))
                time.sleep(0.1)
                b.send(encode("GET", "k"))
                d.send(encode("GET", "other") + encode("GET", "k") +
                       encode("GET", "other") + encode("PING"))
                e.send(encode("STRLEN", "k"))
                for _ in range(20):
                    assert c.cmd("GET", "other") == Bulk("v")
                    assert c.cmd("PING") == PONG
                    assert c.cmd("INFO").v
                assert time.monotonic() - began < 0.7
                assert not b.ready() and not a.ready() and not e.ready()
                assert a.read() == OK
                assert time.monotonic() - began > 1.4
                assert b.read() == Bulk("new") and e.read() == Int(3)
                assert [d.read() for _ in range(4)] == [
                    Bulk("v"), Bulk("new"), Bulk("v"), PONG]
                done = time.monotonic() - began
                assert done < 3, done
            assert t.calls()
            # many at once share a sync
            conns = [s.connect() for _ in range(20)]
            with traced(s, tmp_path / "trace 2", SYNC,
                        SYNC + ":delay_enter=300000"):
                began = time.monotonic()
                for i, x in enumerate(conns):
                    x.send(encode("SET", "m:%d" % i, i))
                assert [x.read() for x in conns] == [OK] * 20
                assert time.monotonic() - began < 1.6
            for x in conns:
                x.close()


def test_always_kill_before_the_sync(tmp_path):
    """Nobody has seen what may be gone."""
    with serving(tmp_path / "d", "--appendfsync", "always") as s:
        with s.connect() as a, s.connect() as b:
            tell(a, [("SET", "k", "old")])
            with traced(s, tmp_path / "trace", SYNC,
                        SYNC + ":delay_enter=3000000"):
                a.send(encode("SET", "k", "new"))
                time.sleep(0.1)
                b.send(encode("GET", "k"))
                time.sleep(0.2)
                assert not a.ready() and not b.ready()
                s.ended = True
                s.process.kill()
            s.process.wait()
    with serving(tmp_path / "d") as s, s.connect() as c:
        assert c.cmd("GET", "k").v in (b"old", b"new")


@pytest.mark.parametrize("policy", ["always", "everysec"])
@pytest.mark.parametrize("more", [(), ("ftruncate,truncate",)],
                         ids=["sync", "sync and truncate"])
def test_sync_fails_once(tmp_path, policy, more):
    """No write is lost; what the disk may have dropped is written again, in
    another file, and the one that failed is left alone."""
    where = tmp_path / "d"
    with serving(where, "--appendfsync", policy) as s, s.connect() as c:
        tell(c, [("SET", "before", "v")])
        time.sleep(0.6)         # synced
        first = increments(where)
        rules = [SYNC + ":error=EIO:when=1"] + [
            calls + ":error=EIO" for calls in more]
        with traced(s, tmp_path / "trace", ",".join((SYNC, *more)),
                    *rules) as t:
            w = Writer(s, "w", pause=0.001)
            p = Pending(s)
            until("a sync fails", lambda: [
                line for line in t.injected() if "sync(" in line])
            failed = time.monotonic()
            until("a new increment", lambda: len(increments(where)) >
                  len(first), 3)
            until("it takes writes", lambda: p.attempt() == OK, 3)
            assert time.monotonic() - failed < 3    # strace slows it down
            until("it says so",
                  lambda: info(c)["aof_last_write_status"] == "ok", 2)
            n = len(w.other)
            time.sleep(0.6)
            assert len(w.other) == n, w.other[-1]   # no MISCONF any more
            lines = t.lines()
        w.stop()
        for got in w.other:
            assert isinstance(got, Err) and got.v.startswith(
                b"MISCONF Errors writing to the AOF file: "), got
        p.collect(2)
        bad = re.search(r"sync\(\d+<([^>]*)>", [
            line for line in lines if "(INJECTED)" in line and
            "sync(" in line][0]).group(1)
        after = [line for line in lines if "sync(" in line and
                 "<%s>" % bad in line]
        assert len(after) == 1, after
        assert bad == first[-1]
        assert encode("SET", "w:0", w.value(0)) in read(
            increments(where)[len(first)])
        want = digest(c)
        kill(s)
    check_aof(where)
    with serving(where) as s, s.connect() as c:
        assert digest(c) == want
        p.look(c)
        assert c.cmd("GET", "before") == Bulk("v")


@pytest.mark.parametrize("policy", ["always", "everysec"])
def test_sync_fails_for_a_while(tmp_path, policy):
    """It is tried with file after file, and what was acknowledged is there,
    also when the server dies of it."""
    where = tmp_path / "d"
    with serving(where, "--appendfsync", policy) as s, s.connect() as c:
        tell(c, [("SET", "before", "v")])
        time.sleep(0.6 if policy == "everysec" else 0)
        first = increments(where)[0]
        p = Pending(s, 100)
        with traced(s, tmp_path / "trace", SYNC, SYNC + ":error=EIO") as t:
            p.attempt()
            until_refused(p)
            end = time.monotonic() + 1.2
            while time.monotonic() < end:
                p.attempt(0.05)
                assert c.cmd("GET", "before") == Bulk("v")
            assert info(c)["aof_last_write_status"] == "err"
            tried = [re.search(r"\(\d+<([^>]*)>", line).group(1)
                     for line in t.injected()]
            files = [f for f in tried if f.endswith(".incr.aof")]
            assert files.count(first) == 1, tried   # later ones are emptied
            assert 3 <= len(files) < 20, tried
        ended = time.monotonic()
        until("writes are accepted", lambda: p.attempt() == OK, 5)
        assert time.monotonic() - ended < 2.3
        p.collect(1)
        p.look(c)
        want = digest(c)
        kill(s)
    check_aof(where)
    with serving(where, "--appendfsync", policy) as s, s.connect() as c:
        assert digest(c) == want
        rewrite(c)
        rewritten(c)
        until("old files go", lambda: there(where) == named_in(where))
        p.s = s
        with traced(s, tmp_path / "trace 2", SYNC, SYNC + ":error=EIO"):
            p.attempt()
            until_refused(p)
            kill(s)
    for x, _, _ in p.waiting:
        x.close()
    with serving(where) as s, s.connect() as c:
        for name, value in p.acked.items():
            assert c.cmd("GET", name) == Bulk(value), name


@pytest.mark.parametrize("policy", POLICIES)
def test_write_fails(tmp_path, policy):
    """A file that takes no more is followed by another."""
    where = tmp_path / "d"
    with serving(where, "--appendfsync", policy) as s, s.connect() as c:
        tell(c, [("SET", "before", "v")])
        first = increments(where)
        with traced(s, tmp_path / "trace", WRITE, WRITE + ":error=ENOSPC",
                    paths=first) as t:
            p = Pending(s)
            began = time.monotonic()
            p.attempt()
            assert c.cmd("GET", "before") == Bulk("v")
            until("writes are taken", lambda: p.attempt() == OK, 3)
            assert time.monotonic() - began < 2.3
            assert t.injected()
            p.collect(2)
        assert len(increments(where)) > len(first)
        assert not [e for e in p.refused if e in p.acked]
        want = digest(c)
        kill(s)
    check_aof(where)
    with serving(where) as s, s.connect() as c:
        assert digest(c) == want
        p.look(c)


@pytest.mark.parametrize("call", [
    "rename,renameat,renameat2:error=EIO:when=1", SYNC + ":error=EIO:when=1+",
    "rename,renameat,renameat2:error=ENOSPC:when=1+"])
def test_rewrite_fails(tmp_path, call):
    """The log is as good as before; the next rewrite is well."""
    where = tmp_path / "d"
    with serving(where, "--appendfsync", "no") as s:
        with s.connect(timeout=30) as c:
            tell(c, [("SET", "k:%d" % i, i) for i in range(100)])
            with traced(s, tmp_path / "trace", call.split(":")[0],
                        call) as t:
                rewrite(c)
                until("a call fails", t.injected)
                until("it ends", lambda: info(c)[
                    "aof_rewrite_in_progress"] == "0")
                assert info(c)["aof_last_bgrewrite_status"] == "err"
                assert c.cmd("GET", "k:5") == Bulk("5")
            until("writes", lambda: c.cmd("SET", "after", "it") == OK, 3)
            rewrite(c)
            rewritten(c)
            tell(c, [("SET", "more", "of it")])
            want = digest(c)
            kill(s)
    check_aof(where)
    with serving(where) as s:
        assert held(s) == want


# ---- kv check --------------------------------------------------------------

def fix(*words):
    return kv("check", "--fix", *words)


def test_check_of_good_files(tmp_path):
    where = tmp_path / "d"
    with serving(where) as s:
        data(s, random.Random(1))
        with s.connect() as c:
            rewrite(c)
            rewritten(c)
        data(s, random.Random(2))
        want = all_of(s)
    manifest = os.path.join(folder(where), NAME + ".manifest")
    before = {n: read(os.path.join(folder(where), n)) for n in there(where)}
    for path in (manifest, folder(where), increments(where)[0], base(where)):
        for words in ((path,), ("--fix", path)):
            end = check(*words)
            assert end.code == 0 and end.err == "", vars(end)
            assert ": right" in end.out and path in end.out, end.out
    assert before == {n: read(os.path.join(folder(where), n))
                      for n in there(where)}
    end = check(manifest, base(where), increments(where)[0])
    assert end.code == 0 and end.out.count(": right") >= 3, end.out
    with serving(where) as s:
        assert all_of(s) == want


def test_check_of_redis_files(tmp_path):
    _, want = from_redis(tmp_path, "transactions", random.Random(4))
    manifest = os.path.join(folder(tmp_path), NAME + ".manifest")
    for path in (manifest, folder(tmp_path), base(tmp_path),
                 *increments(tmp_path)):
        end = check(path)
        assert end.code == 0, vars(end)
    old = write(tmp_path / NAME, b"".join(
        read(p) for p, _, t in listed(tmp_path) if t in "bi"))
    end = check(old)
    assert end.code == 0 and ": right" in end.out, vars(end)


def test_check_of_torn_files(tmp_path):
    """What is said, and what --fix does about it."""
    path, digests = small_log(tmp_path / "a", 4)
    whole, found = read(path), batches(path)
    rel = os.path.relpath(path, str(tmp_path / "a"))
    to = str(tmp_path / "b" / rel)
    manifest = os.path.join(os.path.dirname(to), NAME + ".manifest")
    for torn, n in ((whole[:-1], 3), (whole[:-30], 3), (whole + bytes(99), 4),
                    (whole + b"garbage", 4), (whole[:found[2][0] + 7], 2)):
        good = found[n - 1][1]
        for target in (manifest, os.path.dirname(to), to):
            copy(tmp_path / "a", tmp_path / "b")
            write(to, torn)
            end = check(target)
            assert end.code == 1, vars(end)
            for word in (os.path.basename(to), good, len(torn) - good):
                assert re.search(r"\b%s\b" % re.escape(str(word)),
                                 end.err + end.out), (word, vars(end))
            assert read(to) == torn and kept(to) == {}
            end = fix(target)
            assert end.code == 0, vars(end)
            assert os.path.basename(to) in end.out + end.err
            assert re.search(r"\b%d bytes?\b" % (len(torn) - good),
                             end.out + end.err), vars(end)
            assert kept(to) == {good: torn[good:]}
            # of the whole log a new base may be made
            if target == to or os.path.exists(to):
                assert read(to) == whole[:good]
            assert check(target).code == 0
        with serving(tmp_path / "b", "--aof-load-truncated", "no") as s:
            assert held(s) == digests[n]


def test_check_of_damaged_files(tmp_path):
    path, _ = small_log(tmp_path / "a", 6)
    whole, found = read(path), batches(path)
    rel = os.path.relpath(path, str(tmp_path / "a"))
    to = str(tmp_path / "b" / rel)
    manifest = os.path.join(os.path.dirname(to), NAME + ".manifest")
    for i in (0, 2, 4):
        begin, end_of = found[i]
        for target in (to, os.path.dirname(to), manifest):
            copy(tmp_path / "a", tmp_path / "b")
            write(to, flip(whole, end_of - 4))
            end = check(target)
            assert end.code == 1, vars(end)
            said = end.err + end.out
            assert os.path.basename(to) in said
            assert re.search(r"\b%d\b" % begin, said), said
            assert read(to) == flip(whole, end_of - 4)
            end = fix(target)
            assert re.search(r"\b%d\b" % begin, end.out + end.err), vars(end)
            if target == to:    # a file alone cannot be made good
                assert end.code == 1, vars(end)
                assert read(to) == flip(whole, end_of - 4)
                continue
            assert end.code == 0, vars(end)
            assert b"".join(kept(to).values()).find(
                flip(whole, end_of - 4)[begin:end_of]) >= 0
            assert check(target).code == 0
        with serving(tmp_path / "b") as s, s.connect() as c:
            got = values(c)
        assert got[:i] == ["value %d" % j for j in range(i)]
        assert all(v in (None, "value %d" % j) for j, v in enumerate(got))
        assert got[i] is None


def test_check_beside_a_server(tmp_path):
    """Nothing is repaired under it."""
    with serving(tmp_path) as s, s.connect() as c:
        tell(c, [("SET", "k", "v")])
        path = increments(tmp_path)[0]
        with open(path, "ab") as f:     # as if it were about to write
            f.write(b"#C:")
        before = {n: read(os.path.join(folder(tmp_path), n))
                  for n in there(tmp_path)}
        manifest = os.path.join(folder(tmp_path), NAME + ".manifest")
        for target in (manifest, folder(tmp_path), path):
            assert fix(target).code == 1, target
            assert before == {n: read(os.path.join(folder(tmp_path), n))
                              for n in there(tmp_path)}
        with open(path, "r+b") as f:
            f.truncate(len(before[os.path.basename(path)]) - 3)
        tell(c, [("SET", "k", "w")])
        want = digest(c)
    with serving(tmp_path) as s:
        assert held(s) == want


def test_check_sees_every_changed_byte(tmp_path):
    path, _ = small_log(tmp_path / "a", 6)
    whole, rng = read(path), random.Random(7)
    heads = {at + i for at, _ in batches(path) for i in range(3)}
    files = []
    for at in range(len(whole)):
        if at not in heads:     # else it is no longer said to be checked
            files.append(write(tmp_path / ("%d.incr.aof" % at), flip(
                whole, at, rng.randrange(8))))
    end = check(*files)
    assert end.code == 1
    assert ": right" not in end.out, end.out[:500]
    for name in files:
        assert name in end.err + end.out, name


def test_check_of_bad_manifests(tmp_path):
    for name, (text, said) in sorted(MANIFESTS.items()):
        where = simple(tmp_path / name.replace(" ", "-"))
        path = os.path.join(folder(where), NAME + ".manifest")
        write(path, named(text))
        end = check(path)
        assert end.code == (0 if said is None else 1), (name, vars(end))
        assert not said or said in end.err + end.out, (name, vars(end))
    where = simple(tmp_path / "base")
    bad = os.path.join(folder(where), SHORT["base"])
    write(bad, read(bad)[:-3])
    for target in (bad, folder(where), os.path.join(
            folder(where), NAME + ".manifest")):
        end = check(target)
        assert end.code == 1 and SHORT["base"] in end.err + end.out
    assert check(tmp_path / "nothing").code == 1
