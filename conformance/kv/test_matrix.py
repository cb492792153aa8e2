"""What clients are in the middle of, against what happens to them and to their
keys. Each run has a server of its own, best one with sanitizers (KV_BINARY),
that must be consistent afterwards and end well."""

import re
import select
import signal
import socket
import struct
import time

import pytest

from conformance.kv.proc import until
from conformance.resp import Int, Simple, encode

OK, PONG = Simple("OK"), Simple("PONG")
CLIENTS = 3     # in each state


def listed(c):
    return c.cmd("CLIENT", "LIST").v.decode()


# ---- States: what a client is in the middle of -------------------------------

def asks(s, *words):
    got = s.cmd(*words)
    if got.mark == b"-" and b"unknown" in got.v:
        pytest.skip("no " + words[0])
    assert got.mark != b"-", got


def is_blocked(s, c):
    s.send(encode("BLPOP", "k", "l", 0) + encode("PING"))


def is_blocked_moving(s, c):
    s.send(encode("BLMOVE", "k", "l", "LEFT", "RIGHT", 1) + encode("PING"))


def is_blocked_on_stream(s, c):
    s.send(encode("XREAD", "BLOCK", 0, "STREAMS", "s", "k", "$", "$"))


def is_blocked_in_group(s, c):
    c.cmd("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM")
    s.send(encode("XREADGROUP", "GROUP", "g", "me", "BLOCK", 0, "STREAMS", "s",
                  ">"))


def is_blocked_in_wait(s, c):
    s.send(encode("WAIT", 1, 0) + encode("PING"))


def is_subscribed(s, c):
    asks(s, "SUBSCRIBE", "a")
    s.send(encode("SUBSCRIBE", "b", "c") + encode("PSUBSCRIBE", "__key*"))


def is_subscribed_3(s, c):
    s.hello(3)
    is_subscribed(s, c)


def is_in_multi(s, c):
    s.send(encode("WATCH", "k") + encode("MULTI") + encode("SET", "k", "v") +
           encode("BLPOP", "l", 0) + encode("RPUSH", "l", "a"))


def is_watching(s, c):
    s.send(encode("SELECT", 1) + encode("WATCH", "k", "l") +
           encode("SELECT", 0) + encode("WATCH", "k", "s"))


def is_over_its_limit(s, c):
    """Nearly: it reads nothing, and more is to come."""
    c.cmd("SET", "big", b"x" * 500000)
    s.send(encode("GET", "big") * 12 + encode("BLPOP", "k", 0))


def is_subscribed_and_full(s, c):
    asks(s, "SUBSCRIBE", "a")
    for _ in range(12):
        c.cmd("PUBLISH", "a", b"x" * 500000)


def is_paused(s, c):
    c.cmd("CLIENT", "PAUSE", 700, "WRITE")
    s.send(encode("SET", "p", "v") + encode("PING"))


def is_in_the_middle(s, c):
    """Of a long request."""
    s.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000\r\n" + b"x" * 200000)


def is_tracking(s, c):
    s.hello(3)
    asks(s, "CLIENT", "TRACKING", "ON")
    s.send(encode("MGET", "k", "l", "s"))


def is_tracking_all(s, c):
    s.hello(3)
    asks(s, "CLIENT", "TRACKING", "ON", "BCAST")


def is_monitoring(s, c):
    asks(s, "MONITOR")


STATES = [is_blocked, is_blocked_moving, is_blocked_on_stream,
          is_blocked_in_group, is_blocked_in_wait, is_subscribed,
          is_subscribed_3, is_in_multi, is_watching, is_over_its_limit,
          is_subscribed_and_full, is_paused, is_in_the_middle, is_tracking,
          is_tracking_all, is_monitoring]


# ---- Events ------------------------------------------------------------------

def killed(server, c, clients):
    for n in re.findall(r"\bid=(\d+) .*name=victim", listed(c)):
        c.cmd("CLIENT", "KILL", "ID", n)
    until("nobody there", lambda: "victim" not in listed(c))


def killed_by_type(server, c, clients):
    for kind in ("pubsub", "normal"):
        c.cmd("CLIENT", "KILL", "TYPE", kind)
    until("nobody there", lambda: "victim" not in listed(c))


def killed_by_itself(server, c, clients):
    for s in clients:
        s.send(encode("CLIENT", "KILL", "ID", s.number, "SKIPME", "no") +
               encode("EXEC") + encode("PING"))
    c.cmd("RPUSH", "k", "1", "2", "3", "4")


def killed_and_served(server, c, clients):
    """In one turn: what comes for who is going."""
    numbers = re.findall(r"\bid=(\d+) .*name=victim", listed(c))
    c.send(b"".join(encode("CLIENT", "KILL", "ID", n) for n in numbers) +
           encode("RPUSH", "k", *range(9)) + encode("PUBLISH", "a", "m") +
           encode("XADD", "s", "*", "f", "v") + encode("FLUSHALL"))
    for _ in range(len(numbers) + 4):
        c.read()


def flushed(server, c, clients):
    c.cmd("FLUSHALL")
    c.cmd("FLUSHDB", "ASYNC")


def swapped(server, c, clients):
    c.cmd("SWAPDB", 0, 1)
    c.cmd("RPUSH", "k", "v")
    c.cmd("SWAPDB", 1, 0)
    c.cmd("SWAPDB", 0, 2)


def deleted(server, c, clients):
    c.cmd("RPUSH", "k", "v")
    c.cmd("DEL", "k", "l", "s")
    c.cmd("UNLINK", "big")


def renamed(server, c, clients):
    c.cmd("RPUSH", "other", "v", "w")
    c.cmd("RENAME", "other", "k")
    c.cmd("XADD", "t", "1-1", "f", "v")
    c.cmd("RENAME", "t", "s")
    c.cmd("RENAME", "k", "l")


def expired(server, c, clients):
    c.cmd("MULTI")
    c.cmd("RPUSH", "k", "v")
    c.cmd("PEXPIRE", "k", 5)
    c.cmd("SET", "e", "v", "PX", 5)
    c.cmd("PEXPIRE", "s", 5)
    c.cmd("EXEC")
    time.sleep(0.05)
    c.cmd("DBSIZE")


def limited(server, c, clients):
    """All limits come down, and go up again."""
    for name, low, high in (
            ("client-output-buffer-limit", "normal 1kb 1kb 1 pubsub 1kb 1kb 1",
             "normal 0 0 0 pubsub 32mb 8mb 60"),
            ("client-query-buffer-limit", "1mb", "1gb"),
            ("maxmemory", "1kb", "0"), ("timeout", "1", "0"),
            ("notify-keyspace-events", "KEA", ""),
            ("proto-max-bulk-len", "1mb", "512mb")):
        assert c.cmd("CONFIG", "SET", name, low) == OK
        c.cmd("RPUSH", "k", "v")
        c.cmd("PUBLISH", "a", b"x" * 2000)
        if name in ("timeout", "client-output-buffer-limit"):
            for _ in range(13):
                time.sleep(0.1)
                c.cmd("PING")
        assert c.cmd("CONFIG", "SET", name, high) == OK


def unblocked(server, c, clients):
    for n in re.findall(r"\bid=(\d+) .*name=victim", listed(c)):
        c.cmd("CLIENT", "UNBLOCK", n, "ERROR")
        c.cmd("CLIENT", "UNBLOCK", n)


def reset(server, c, clients):
    for s in clients:
        s.send(encode("RESET") + encode("EXEC") + encode("PING"))
    c.cmd("RPUSH", "k", "1", "2", "3", "4")


def logging(server, c, clients):
    """The log comes and goes."""
    c.cmd("CONFIG", "SET", "appendonly", "yes")
    c.cmd("RPUSH", "k", "v")
    c.cmd("PUBLISH", "a", "m")
    c.cmd("CONFIG", "SET", "appendfsync", "always")
    c.cmd("RPUSH", "k", "v", "w", "x")
    c.cmd("CONFIG", "SET", "appendonly", "no")


def saved(server, c, clients):
    c.cmd("SAVE")
    c.cmd("DEBUG", "RELOAD")


def disconnected(server, c, clients):
    """In the middle of a request, with RST, while things come for them."""
    for i, s in enumerate(clients):
        s.send(b"*2\r\n$3\r\nGET\r\n$100\r\nxx")
        if i % 2:
            s.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              struct.pack("ii", 1, 0))
        c.send(encode("RPUSH", "k", "v") + encode("PUBLISH", "a", "m"))
        s.close()
        c.read(), c.read()
    until("nobody there", lambda: "victim" not in listed(c))


def half_closed(server, c, clients):
    for s in clients:
        s.shutdown()
    c.cmd("RPUSH", "k", "1", "2", "3", "4")


def shut_down(server, c, clients):
    c.cmd("RPUSH", "k", "v")
    c.send(encode("SHUTDOWN", "NOSAVE"))
    assert server.wait() == 0


def terminated(server, c, clients):
    server.process.send_signal(signal.SIGTERM)
    assert server.wait() == 0


EVENTS = [killed, killed_by_type, killed_by_itself, killed_and_served, flushed,
          swapped, deleted, renamed, expired, limited, unblocked, reset,
          logging, saved, disconnected, half_closed, shut_down, terminated]


def read_all(s):
    """What has come and comes, to the end or to a silence."""
    while s.fileno() >= 0 and select.select([s.sock], [], [], 0.03)[0]:
        try:
            if not s.sock.recv(1 << 20):
                return
        except OSError:
            return


@pytest.mark.parametrize("event", EVENTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("state", STATES, ids=lambda f: f.__name__)
def test_matrix(start, state, event):
    server = start("kv", "--client-output-buffer-limit",
                   "normal 16mb 0 0 pubsub 8mb 0 0")
    with server.connect(timeout=20) as c:
        clients = []
        for _ in range(CLIENTS):
            s = server.connect(timeout=20)
            assert s.cmd("CLIENT", "SETNAME", "victim") == OK
            s.number = s.cmd("CLIENT", "ID").v
            clients.append(s)
            state(s, c)
        time.sleep(0.02)
        event(server, c, clients)
        if not server.ended:
            # who is left goes on, and so does everybody else
            c.cmd("RPUSH", "k", "1", "2", "3", "4")
            c.cmd("PUBLISH", "a", "m")
            c.cmd("XADD", "s", "*", "f", "v")
            assert c.cmd("PING") == PONG
        for s in clients:
            read_all(s)
            s.close()
        if not server.ended:
            until("nobody there", lambda: "victim" not in listed(c))
            info = c.cmd("INFO", "clients").v.decode()
            assert "blocked_clients:0\r\n" in info
            c.cmd("CLIENT", "UNPAUSE")
            assert c.cmd("PUBSUB", "NUMPAT") == Int(0)
            assert c.cmd("PUBSUB", "NUMSUB", "a").v[1] == Int(0)
            c.cmd("FLUSHALL")
            assert c.cmd("DBSIZE") == Int(0)
