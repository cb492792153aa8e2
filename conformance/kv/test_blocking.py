"""Clients that wait: ten thousand of them, their time limits, their ends, and
what the log has of it. Replies are cases of the suite: cases/list_blocking.py,
zset_blocking.py, stream_blocking.py."""

import random
import re
import resource
import select
import signal
import socket
import struct
import time

import pytest

from conformance.conn import Closed
from conformance.kv import servers
from conformance.kv.proc import cpu, rss, until
from conformance.resp import (Array, Bulk, Int, NullBulk, Simple, encode)

OK, PONG = Simple("OK"), Simple("PONG")


def B(text):
    return Bulk(text.encode() if isinstance(text, str) else text)


def items(*words):
    return Array([B(w) for w in words])


def blocked(c):
    info = c.cmd("INFO", "clients").v.decode()
    return int(re.search(r"blocked_clients:(\d+)", info).group(1))


def until_blocked(c, n, seconds=20):
    until("%d blocked clients" % n, lambda: blocked(c) == n, seconds)


def dial(server):
    s = socket.create_connection(("127.0.0.1", server.port), 20)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def crowd_size():
    """Ten thousand, or what the limits of this process allow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    want = 10000 if not servers.sanitized() else 1000
    if soft < want + 500:
        resource.setrlimit(resource.RLIMIT_NOFILE,
                           (min(hard, want + 500), hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return min(want, soft - 500)


class Crowd:
    """Many sockets that each sent one request."""

    def __init__(self, server, n, request):
        self.poll = select.epoll()
        self.socks, self.number = [], {}
        for i in range(n):
            s = dial(server)
            s.sendall(request(i))
            s.setblocking(False)
            self.socks.append(s)
            self.number[s.fileno()] = i
            self.poll.register(s, select.EPOLLIN)

    def heard(self, n, seconds=10):
        """[(who, what)] of n that have something, and a while longer."""
        out, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            for fd, _ in self.poll.poll(0.05 if len(out) >= n else 1):
                i = self.number[fd]
                out.append((i, self.socks[i].recv(65536)))
            if len(out) >= n and not self.poll.poll(0.05):
                break
        return out

    def close(self):
        for s in self.socks:
            s.close()
        self.poll.close()


@pytest.fixture
def gather():
    """gather(server, n, request): a Crowd that goes with the test."""
    all_ = []

    def make(*args):
        all_.append(Crowd(*args))
        return all_[-1]

    yield make
    for crowd in all_:
        crowd.close()


def is_idle(server):
    """That nothing uses a CPU, once connections have gone cold."""
    until("0 % of a CPU for 2 s", lambda: idle_share(server) <= 0.01, 20)


def idle_share(server, seconds=2.0):
    began, used = time.monotonic(), cpu(server)
    time.sleep(seconds)
    return (cpu(server) - used) / (time.monotonic() - began)


@pytest.mark.only("kv", why="the figures are its own")
@pytest.mark.parametrize("kind", ["kv"])
def test_ten_thousand_keys(start, gather, kind):
    """A push wakes the one who waits for its key, nobody else."""
    n = crowd_size()
    server = start(kind, "--maxclients", n + 100)
    with server.connect(timeout=30) as c:
        crowd = gather(server, n, lambda i: encode("BLPOP", "key:%d" % i, 0))
        until_blocked(c, n)
        is_idle(server)
        rng = random.Random(1)
        who = rng.sample(range(n), 300)
        began = time.monotonic()
        for i in who:
            c.send(encode("RPUSH", "key:%d" % i, "v%d" % i))
        for i in who:
            assert c.read() == Int(1)
        got = crowd.heard(len(who))
        assert time.monotonic() - began < 5
        assert dict(got) == {
            i: encode("key:%d" % i, "v%d" % i) for i in who}
        assert len(got) == len(who)
        assert c.cmd("DBSIZE") == Int(0)
        until_blocked(c, n - len(who))
        crowd.close()
        until_blocked(c, 0)
        assert c.cmd("RPUSH", "key:0", "v") == Int(1)
        assert c.cmd("DBSIZE") == Int(1)


@pytest.mark.only("kv", why="the figures are its own")
@pytest.mark.parametrize("kind", ["kv"])
def test_ten_thousand_on_one_key(start, gather, kind):
    """First come, first served; with pushes of many at once as well."""
    n = crowd_size()
    server = start(kind, "--maxclients", n + 100)
    with server.connect(timeout=30) as c:
        crowd = gather(server, n, lambda i: encode("BLPOP", "k", 0))
        until_blocked(c, n)
        is_idle(server)
        # The order in which requests of many sockets are read is the
        # server's: what counts is that each value goes to one of them.
        seen = {}
        for at, many in ((0, 1), (1, 1), (2, 500), (502, n - 502)):
            c.cmd("RPUSH", "k", *["v%d" % i for i in range(at, at + many)])
            got = crowd.heard(many, 30)
            assert len(got) == many
            for i, data in got:
                assert i not in seen
                seen[i] = data
        assert sorted(seen.values()) == sorted(
            encode("k", "v%d" % i) for i in range(n))
        assert blocked(c) == 0 and c.cmd("EXISTS", "k") == Int(0)
        crowd.close()


@pytest.mark.parametrize("many", [1, 3])
def test_memory_beside_redis(start, gather, many):
    """A client that waits for a few keys costs less than in Redis."""
    n = 2000
    took = {}
    for kind in servers.KINDS:
        server = start(kind)
        with server.connect() as c:
            crowd = gather(server, 100, lambda i: encode("BLPOP", "x%d" % i, 0))
            until_blocked(c, 100)
            before = rss(server)
            rest = gather(server, n, lambda i: encode(
                "BLPOP", *["key:%d:%d" % (i, j) for j in range(many)], 0))
            until_blocked(c, n + 100)
            took[kind] = (rss(server) - before) / n
            crowd.close()
            rest.close()
    print("bytes per blocked client: %s" % took)
    assert took["kv"] <= took["redis"]
    assert took["kv"] < 2600 + 400 * many


@pytest.mark.only("kv", why="Redis looks ten times a second")
@pytest.mark.parametrize("kind", ["kv"])
def test_time_limits(start, kind):
    """Never early, and soon."""
    n = 300
    server = start(kind)
    rng = random.Random(2)
    ms = [rng.randrange(20, 2500) for _ in range(n)]
    socks, poll, number = [], select.epoll(), {}
    for i in range(n):
        s = dial(server)
        socks.append(s)
        number[s.fileno()] = i
        poll.register(s, select.EPOLLIN)
    sent, took = [], {}
    for i, s in enumerate(socks):
        sent.append(time.monotonic())
        s.sendall([encode("BLPOP", "a%d" % i, "%.3f" % (ms[i] / 1000)),
                   encode("BLMOVE", "a", "b", "LEFT", "LEFT",
                          "%.3f" % (ms[i] / 1000)),
                   encode("XREAD", "BLOCK", ms[i], "STREAMS", "s", "$"),
                   encode("BZPOPMIN", "z", "y", "%.3f" % (ms[i] / 1000)),
                   encode("WAIT", 1, ms[i])][i % 5])
    while len(took) < n:
        events = poll.poll(5)
        assert events
        now = time.monotonic()
        for fd, _ in events:
            i = number[fd]
            assert i not in took
            took[i] = now - sent[i]
            assert socks[i].recv(100) == (
                b"*-1\r\n" if i % 5 != 4 else b":0\r\n")
    late = sorted(took[i] - ms[i] / 1000 for i in range(n))
    assert late[0] >= 0, "%.2f ms early" % (-1000 * late[0])
    assert late[n // 2] < 0.02 and late[-1] < 0.5, late[-1]
    for s in socks:
        s.close()


# ---- Ends --------------------------------------------------------------------

def end_close(s, c, name):
    s.close()


def end_reset(s, c, name):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def end_half(s, c, name):
    s.shutdown(socket.SHUT_WR)
    assert s.recv(100) == b""


def end_killed(s, c, name):
    for line in c.cmd("CLIENT", "LIST").v.decode().splitlines():
        if "name=" + name + " " in line:
            number = re.search(r"\bid=(\d+)", line).group(1)
            assert c.cmd("CLIENT", "KILL", "ID", number) == Int(1)
    assert s.recv(100) == b""


def end_behind(s, c, name):
    """The end stands behind requests that were not executed."""
    s.sendall(encode("SET", "never", "1") * 3)
    s.shutdown(socket.SHUT_WR)
    assert s.recv(100) == b""


@pytest.mark.parametrize("end", [end_close, end_reset, end_half, end_killed,
                                 end_behind],
                         ids=lambda f: f.__name__[4:])
@pytest.mark.parametrize("request_", [
    ("BLPOP", "k", 0), ("BLMOVE", "k", "to", "LEFT", "LEFT", 0),
    ("BLMPOP", 0, 2, "j", "k", "LEFT")], ids=lambda r: r[0])
def test_gone_while_waiting(server, end, request_):
    """Who is gone takes nothing; who comes next does."""
    with server.connect() as c, server.connect() as d:
        c.cmd("FLUSHALL")
        s = dial(server)
        s.sendall(encode("CLIENT", "SETNAME", "goes"))
        assert s.recv(100) == b"+OK\r\n"
        s.sendall(encode(*request_))
        until_blocked(c, 1)
        d.send(encode("BLPOP", "k", 0))
        until_blocked(c, 2)
        end(s, c, "goes")
        until_blocked(c, 1)
        assert c.cmd("RPUSH", "k", "v", "w") == Int(2)
        assert d.read() == items("k", "v")
        assert c.cmd("LRANGE", "k", 0, -1) == items("w")
        assert c.cmd("EXISTS", "to", "never") == Int(0)
        s.close()


@pytest.mark.only("kv", why="Redis closes a client when its input ends")
@pytest.mark.parametrize("kind", ["kv"])
def test_end_of_input_with_output_left(start, kind):
    """Who still has replies to read, and has ended its input, takes nothing
    that it would not be told of."""
    server = start(kind)
    with server.connect() as c:
        c.cmd("SET", "some", b"x" * 100000)
        for many in range(15, 75, 5):
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.settimeout(20)
            s.connect(("127.0.0.1", server.port))
            s.sendall(encode("GET", "some") * many + encode("BLPOP", "k", 0))
            time.sleep(0.1)
            s.shutdown(socket.SHUT_WR)
            time.sleep(0.1)
            assert c.cmd("RPUSH", "k", "v") == Int(1)
            got = b""
            while True:
                data = s.recv(1 << 20)
                if not data:
                    break
                got += data
            s.close()
            told = got.endswith(encode("k", "v"))
            assert c.cmd("LLEN", "k") == Int(0 if told else 1), many
            c.cmd("DEL", "k")
            until_blocked(c, 0)


# ---- The log -----------------------------------------------------------------

def work(server):
    """What waiting clients take and move. Returns what must be there."""
    with server.connect() as c:
        waits = [
            ("BLPOP", "a", 0), ("BRPOP", "b", "a", 0),
            ("BLMOVE", "c", "d", "LEFT", "RIGHT", 0),
            ("BRPOPLPUSH", "d", "e", 0), ("BLMPOP", 0, 1, "f", "LEFT", "COUNT",
                                          2),
            ("BZPOPMIN", "z", 0), ("BZPOPMAX", "z", 0),
            ("BZMPOP", 0, 1, "z2", "MIN", "COUNT", 2)]
        conns = []
        for w in waits:
            d = server.connect()
            d.send(encode(*w))
            conns.append(d)
            until_blocked(c, len(conns))
        c.cmd("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM")
        d = server.connect()
        d.send(encode("XREADGROUP", "GROUP", "g", "me", "BLOCK", 0, "STREAMS",
                      "s", ">"))
        conns.append(d)
        until_blocked(c, len(conns))
        c.cmd("RPUSH", "a", "1", "2", "3")
        c.cmd("RPUSH", "c", "x", "y")
        c.cmd("MULTI")
        c.cmd("RPUSH", "f", "1", "2", "3", "4")
        c.cmd("INCR", "n")
        c.cmd("EXEC")
        c.cmd("ZADD", "z", 1, "a", 2, "b", 3, "c")
        c.cmd("ZADD", "z2", 1, "a", 2, "b", 3, "c")
        c.cmd("XADD", "s", "1-1", "f", "v")
        c.cmd("XADD", "s", "2-1", "f", "v")
        c.cmd("SELECT", 3)
        e = server.connect()
        e.cmd("SELECT", 3)
        e.send(encode("BLPOP", "a", 0))
        until_blocked(c, 1)
        c.cmd("RPUSH", "a", "other", "db")
        for d in conns + [e]:
            d.read()
            d.close()
        return what_is(c)


def what_is(c):
    c.cmd("SELECT", 0)
    out = [c.cmd("LRANGE", k, 0, -1) for k in "abcdef"]
    out += [c.cmd("ZRANGE", k, 0, -1) for k in ("z", "z2")]
    out += [c.cmd("XPENDING", "s", "g"), c.cmd("XRANGE", "s", "-", "+"),
            c.cmd("GET", "n")]
    c.cmd("SELECT", 3)
    return out + [c.cmd("LRANGE", "a", 0, -1)]


@pytest.mark.parametrize("policy", ["no", "everysec", "always"])
def test_log(tmp_path, policy):
    """What was taken is in the log once, and both servers read it."""
    options = ["--dir", tmp_path, "--appendonly", "yes",
               "--appendfsync", policy]
    server = servers.Server("kv", *options)
    want = work(server)
    with server.connect() as c:
        digest = c.cmd("DEBUG", "DIGEST")
    assert want[:6] == [
        items("2"), items(), items("y"), items(), items("x"), items("3", "4")]
    server.stop()
    log = b"".join(f.read_bytes() for f in tmp_path.glob("appendonlydir/*.aof"))
    for name in (b"BLPOP", b"BRPOP", b"BLMOVE", b"BLMPOP", b"BZPOPMIN",
                 b"XREADGROUP"):
        assert name.lower() not in log.lower()
    assert len(re.findall(rb"(?i)\r\n[LR]POP\r\n", log)) == 4
    assert len(re.findall(rb"(?i)\r\nXCLAIM\r\n", log)) == 1
    for kind in ("kv", "redis", "kv"):
        again = servers.Server(kind, *options)
        with again.connect() as c:
            until("loaded", lambda: c.cmd("PING") == PONG)
            assert what_is(c) == want
            if kind == "kv":
                assert c.cmd("DEBUG", "DIGEST") == digest
        again.stop()


@pytest.mark.parametrize("policy", ["no", "everysec", "always"])
def test_waitaof(tmp_path, start, policy):
    server = start("kv", "--dir", tmp_path, "--appendonly", "yes",
                   "--appendfsync", policy)
    with server.connect() as c, server.connect() as d:
        c.cmd("SET", "k", "v")
        began = time.monotonic()
        got = c.cmd("WAITAOF", 1, 0, 3000)
        took = time.monotonic() - began
        if policy == "no":
            assert got in (Array([Int(0), Int(0)]), Array([Int(1), Int(0)]))
        else:
            assert got == Array([Int(1), Int(0)]) and took < 2.5
        if policy == "always":
            assert took < 0.5
        # many at once, and one whose time ends before
        conns = [server.connect() for _ in range(20)]
        for i, x in enumerate(conns):
            x.send(encode("SET", "k%d" % i, "v") +
                   encode("WAITAOF", 1, 0, 3000) + encode("PING"))
        d.cmd("SET", "k", "w")
        assert d.cmd("WAITAOF", 1, 1, 50) in (
            Array([Int(0), Int(0)]), Array([Int(1), Int(0)]))
        for x in conns:
            assert x.read() == OK
            got = x.read()
            if policy != "no":
                assert got == Array([Int(1), Int(0)])
            assert x.read() == PONG
            x.close()
        # the log goes away under those who wait for it
        d.send(encode("SET", "k", "x") + encode("WAITAOF", 1, 0, 2000))
        assert c.cmd("CONFIG", "SET", "appendonly", "no") == OK
        assert d.read() == OK
        got = d.read()
        assert got in (Array([Int(0), Int(0)]), Array([Int(1), Int(0)])) or \
            got.mark == b"-", got
        assert blocked(c) == 0


# ---- CLIENT PAUSE ------------------------------------------------------------

def test_pause_keeps_keys(server):
    """Keys past their time stay, unseen, as long as writes wait."""
    with server.connect() as c, server.connect() as d:
        c.cmd("CLIENT", "UNPAUSE")
        c.cmd("FLUSHALL")
        c.cmd("SET", "k", "v", "PX", 100)
        c.cmd("SET", "l", "v", "PX", 100)
        c.cmd("CLIENT", "PAUSE", 10000, "WRITE")
        time.sleep(0.25)
        assert c.cmd("DBSIZE") == Int(2)
        assert c.cmd("GET", "k") == NullBulk()
        assert c.cmd("EXISTS", "k", "l") == Int(0)
        assert c.cmd("DBSIZE") == Int(2)
        d.send(encode("SET", "m", "1"))
        time.sleep(0.1)
        assert not d.ready()
        assert c.cmd("CLIENT", "UNPAUSE") == OK
        assert d.read() == OK
        until("the keys gone", lambda: c.cmd("DBSIZE") == Int(1))


def test_pause_over_alone(start):
    """A pause that held nobody ends as well, and costs nothing."""
    server = start("kv")
    with server.connect() as c:
        assert c.cmd("CLIENT", "PAUSE", 100) == OK
    time.sleep(0.2)
    assert idle_share(server, 1) < 0.02
    with server.connect() as c:
        began = time.monotonic()
        assert c.cmd("SET", "k", "v") == OK
        assert time.monotonic() - began < 0.1


@pytest.mark.parametrize("how", ["ALL", "WRITE"])
def test_pause_keeps_order(server, how):
    with server.connect() as c:
        c.cmd("CLIENT", "UNPAUSE")
        c.cmd("FLUSHALL")
        conns = [server.connect() for _ in range(20)]
        c.cmd("CLIENT", "PAUSE", 300, how)
        began = time.monotonic()
        for i, d in enumerate(conns):
            for j in range(50):
                d.send(encode("RPUSH", "k%d" % i, j))
                d.send(encode("LLEN", "k%d" % i))
        for d in conns:
            for j in range(50):
                assert d.read() == Int(j + 1)
                assert d.read() == Int(j + 1)
        assert time.monotonic() - began >= 0.29
        for i, d in enumerate(conns):
            assert d.cmd("LRANGE", "k%d" % i, 0, -1) == items(
                *[str(j) for j in range(50)])
            d.close()


@pytest.mark.only("kv", why="the figures are its own")
@pytest.mark.parametrize("kind", ["kv"])
def test_many_paused(start, gather, kind):
    n = min(5000, crowd_size())
    server = start(kind, "--maxclients", n + 100)
    with server.connect(timeout=30) as c:
        assert c.cmd("CLIENT", "PAUSE", 600000, "WRITE") == OK
        crowd = gather(server, n, lambda i: encode("INCR", "n") +
                      encode("ECHO", "x%d" % i))
        until_blocked(c, n)
        is_idle(server)
        for s in crowd.socks[:100]:
            crowd.poll.unregister(s)
            s.close()
        until_blocked(c, n - 100)
        assert c.cmd("CLIENT", "UNPAUSE") == OK
        got = {}
        end = time.monotonic() + 20
        while time.monotonic() < end and (
                len(got) < n - 100 or not all(
                    g.endswith(b"\r\n") and g.count(b"\r\n") == 3
                    for g in got.values())):
            for i, data in crowd.heard(1, 1):
                got[i] = got.get(i, b"") + data
        assert sorted(got) == list(range(100, n))
        numbers = set()
        for i, data in got.items():
            number, _, rest = data.partition(b"\r\n")
            numbers.add(int(number[1:]))
            assert rest == b"$%d\r\nx%d\r\n" % (len("x%d" % i), i)
        assert numbers == set(range(1, n - 99))
        assert blocked(c) == 0
        crowd.close()


# ---- The end of the server, limits, whole databases --------------------------

@pytest.mark.parametrize("how", ["SHUTDOWN", "SIGTERM"])
def test_shutdown(start, how):
    """It ends cleanly and everybody hears of it."""
    server = start("kv")
    with server.connect() as c:
        waits = [dial(server) for _ in range(30)]
        for i, s in enumerate(waits):
            s.sendall([encode("BLPOP", "k", 0),
                       encode("XREAD", "BLOCK", 0, "STREAMS", "s", "$"),
                       encode("WAIT", 1, 0)][i % 3] + encode("PING"))
        until_blocked(c, 30)
        assert c.cmd("CLIENT", "PAUSE", 100000, "WRITE") == OK
        paused = [dial(server) for _ in range(30)]
        for s in paused:
            s.sendall(encode("SET", "k", "v") + encode("PING"))
        until_blocked(c, 60)
        if how == "SIGTERM":
            server.process.send_signal(signal.SIGTERM)
        else:
            c.send(encode("SHUTDOWN", "NOSAVE"))
        assert server.wait() == 0
        for s in waits + paused:
            try:
                assert s.recv(100) == b""
            except ConnectionResetError:
                pass
            s.close()


def test_over_the_output_limit(start):
    """What is served to a client counts as its output."""
    server = start("kv", "--client-output-buffer-limit", "normal 1mb 0 0")
    with server.connect() as c, server.connect() as d:
        s = dial(server)
        s.sendall(encode("BLPOP", "k", 0) * 20)
        until_blocked(c, 1)
        d.send(encode("BLPOP", "k", 0))
        until_blocked(c, 2)
        c.cmd("RPUSH", "k", b"x" * (4 << 20), "y")
        assert d.read() == items("k", "y")
        while s.recv(1 << 20):
            pass
        s.close()
        assert blocked(c) == 0 and c.cmd("LLEN", "k") == Int(0)


SERVED = [
    # by what others do to keys and databases; (commands, reply or None)
    ([("SELECT", 1), ("RPUSH", "k", "v"), ("SWAPDB", 0, 1)], ("k", "v")),
    ([("RPUSH", "l", "v"), ("RENAME", "l", "k")], ("k", "v")),
    ([("RPUSH", "l", "v"), ("RENAMENX", "l", "k")], ("k", "v")),
    ([("RPUSH", "l", "v"), ("COPY", "l", "k")], ("k", "v")),
    ([("RPUSH", "l", "v"), ("SORT", "l", "ALPHA", "STORE", "k")], ("k", "v")),
    ([("SELECT", 1), ("RPUSH", "k", "v"), ("MOVE", "k", 0)], ("k", "v")),
    ([("RPUSH", "l", "v"), ("DUMP", "l"), ("RESTORE", "k", 0)], ("k", "v")),
    ([("FLUSHALL",)], None),
    ([("FLUSHDB",)], None),
    ([("SET", "k", "v"), ("DEL", "k")], None),
    ([("ZADD", "k", 1, "v"), ("DEL", "k")], None),
    ([("ZADD", "k", 1, "v"), ("DEL", "k"), ("RPUSH", "k", "w")], ("k", "w")),
    ([("MULTI",), ("RPUSH", "k", "v"), ("DEL", "k"), ("EXEC",)], None),
    ([("MULTI",), ("RPUSH", "k", "v"), ("DEL", "k"), ("RPUSH", "k", "w"),
      ("EXEC",)], ("k", "w")),
    ([("MULTI",), ("SET", "k", "v"), ("DEL", "k"), ("LPUSH", "k", "a", "b"),
      ("EXEC",)], ("k", "b")),
    ([("SELECT", 1), ("RPUSH", "k", "v")], None),
    ([("RPUSH", "j", "1"), ("LMOVE", "j", "k", "LEFT", "LEFT")], ("k", "1")),
    ([("SELECT", 1), ("RPUSH", "k", "v"), ("SWAPDB", 1, 2)], None),
]


@pytest.mark.parametrize("commands, want", SERVED,
                         ids=["-".join(c[0] for c in s[0]) + "-%d" % i
                              for i, s in enumerate(SERVED)])
def test_served_by(server, commands, want):
    with server.connect() as c, server.connect() as d:
        c.cmd("FLUSHALL")
        d.send(encode("BLPOP", "other", "k", 0) + encode("PING"))
        until_blocked(c, 1)
        dump = None
        for words in commands:
            if words[0] == "RESTORE":
                words = words + (dump.v,)
            got = c.cmd(*words)
            assert got.mark != b"-", got
            dump = got if words[0] == "DUMP" else dump
        if want:
            assert d.read() == items(*want)
            assert d.read() == PONG
        else:
            time.sleep(0.05)
            assert not d.ready()
            assert blocked(c) == 1
        d.close()
        until_blocked(c, 0)
        c.cmd("FLUSHALL")


def test_expired_in_the_other_database(start):
    """SWAPDB brings a list that is past its time: it is not served."""
    server = start("kv")
    with server.connect() as c, server.connect() as d:
        assert c.cmd("DEBUG", "SET-ACTIVE-EXPIRE", 0) == OK
        c.cmd("SELECT", 1)
        c.cmd("RPUSH", "k", "v")
        c.cmd("PEXPIRE", "k", 20)
        d.send(encode("BLPOP", "k", 0))
        until_blocked(c, 1)
        time.sleep(0.05)
        assert c.cmd("SWAPDB", 0, 1) == OK
        assert blocked(c) == 1
        c.cmd("SELECT", 0)
        assert c.cmd("EXISTS", "k") == Int(0)
        assert c.cmd("RPUSH", "k", "w") == Int(1)
        assert d.read() == items("k", "w")


def test_random_clients(start):
    """Many clients that block, are served, killed and unblocked at random: no
    value is lost or comes twice."""
    server = start("kv")
    rng = random.Random(3)
    with server.connect() as c:
        conns, pushed, taken = [], 0, []

        def collect(d):
            """What it was told before its end."""
            got = []
            try:
                while d.ready():
                    v = d.read(1)
                    if isinstance(v, Array):
                        got.append(int(v.v[1].v))
            except Closed:
                pass
            return got

        for step in range(1500):
            if len(conns) < 20:
                d = server.connect()
                d.number = d.cmd("CLIENT", "ID").v
                conns.append(d)
            d = rng.choice(conns)
            what = rng.random()
            if what < 0.4:
                d.send(encode("BLPOP", rng.choice("ab"), rng.choice(
                    ["0", "0", "0.001", "0.02"])))
            elif what < 0.7:
                n = rng.randrange(1, 4)
                c.cmd("RPUSH", rng.choice("ab"),
                      *range(pushed, pushed + n))
                pushed += n
            elif what < 0.8:
                c.cmd("CLIENT", "UNBLOCK", d.number,
                      rng.choice(["ERROR", "TIMEOUT"]))
            elif what < 0.85:
                c.cmd("CLIENT", "PAUSE", 3, rng.choice(["ALL", "WRITE"]))
            elif what < 0.9:
                c.cmd("MULTI")
                c.cmd("RPUSH", "a", pushed)
                c.cmd("LMOVE", "a", "b", "LEFT", "RIGHT")
                c.cmd("EXEC")
                pushed += 1
            elif what < 0.95:
                c.cmd("CLIENT", "UNPAUSE")
                time.sleep(0.02)    # what it was given is on its way
                c.cmd("CLIENT", "KILL", "ID", d.number)
                until("its end", lambda: d.ready() and d.closed)
                taken += collect(d)
                d.close()
                conns.remove(d)
            else:
                taken += collect(d)
        c.cmd("CLIENT", "UNPAUSE")
        for d in conns:
            c.cmd("CLIENT", "UNBLOCK", d.number)
        time.sleep(0.1)
        until("nobody waits", lambda: [
            c.cmd("CLIENT", "UNBLOCK", d.number) for d in conns] and
            blocked(c) == 0)
        for d in conns:
            taken += collect(d)
            d.close()
        left = [int(x.v) for k in "ab" for x in c.cmd("LRANGE", k, 0, -1).v]
        assert sorted(taken + left) == list(range(pushed))
