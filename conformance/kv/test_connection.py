"""What of connections needs a process or its sockets: listeners, limits,
protected mode. Commands are cases of the suite, cases/connection.py."""

import os
import select
import socket
import stat
import subprocess
import time

import pytest

from conformance.conn import Conn
from conformance.kv import servers
from conformance.kv.proc import MIB, until
from conformance.resp import Bulk, Err, Int, Null, Simple, Verb, encode

OK, PONG = Simple("OK"), Simple("PONG")
NOAUTH = Err("NOAUTH Authentication required.")
NO_TOUCH = "CLIENT NO-TOUCH came with Redis 7.2"
MAXAGE = "CLIENT KILL MAXAGE came with Redis 7.4"


def address(sock):
    """The near end as CLIENT LIST names it."""
    host, port = sock.getsockname()[:2]
    return "%s:%d" % ("[%s]" % host if ":" in host else host, port)


def lines(reply):
    """The lines of CLIENT LIST as dicts."""
    body = (reply.body if isinstance(reply, Verb) else reply.v).decode()
    return [dict(word.split("=", 1) for word in line.split(" "))
            for line in body.split("\n")[:-1]]


def fields(reply):
    got = lines(reply)
    assert len(got) == 1
    return got[0]


def gone(c):
    return c.at_eof()


def lives(c):
    return c.cmd("PING") == PONG


def test_client_info_names_both_ends(server, proto):
    with server.connect(proto=proto) as c:
        f = fields(c.cmd("CLIENT", "INFO"))
        assert f["addr"] == address(c.sock)
        assert f["laddr"] == "127.0.0.1:%d" % server.port
        assert int(f["tot-mem"]) > 0


def test_kill_by_the_address_of_the_socket(server):
    with server.connect() as a, server.connect() as b:
        assert lives(b)
        assert a.cmd("CLIENT", "KILL", "ADDR", address(b.sock), "LADDR",
                     "127.0.0.1:%d" % server.port) == Int(1)
        assert gone(b) and lives(a)


def test_killed_before_it_is_said(server):
    """Whoever has the reply finds the other one gone, and no later."""
    with server.connect() as a:
        for _ in range(200):
            with server.connect() as b:
                id = b.cmd("CLIENT", "ID")
                a.cmd("CLIENT", "KILL", "ID", id.v)
                assert select.select([b.sock], [], [], 0)[0]
        assert lives(a)


@pytest.mark.only("kv", why=MAXAGE)
def test_kill_by_age(server, start):
    s = start(server.kind)
    with s.connect() as old:
        assert lives(old)
        time.sleep(2.1)
        with s.connect() as young:
            assert young.cmd("CLIENT", "KILL", "MAXAGE", 2) == Int(1)
            assert gone(old) and lives(young)


@pytest.mark.only("kv", why="the filters are Valkey's")
def test_filters(server):
    with server.connect() as a, server.connect() as b, server.connect() as c:
        ids = [int(fields(x.cmd("CLIENT", "INFO"))["id"]) for x in (a, b, c)]
        assert a.cmd("CLIENT", "SETNAME", "me") == OK
        assert b.cmd("SELECT", 3) == OK
        assert b.cmd("CLIENT", "SETINFO", "LIB-NAME", "lib") == OK
        assert b.cmd("CLIENT", "SETINFO", "LIB-VER", "1.2") == OK
        assert b.cmd("MULTI") == OK
        c.send(encode("SUBSCRIBE", "x"))
        c.read()

        def shown(*words):
            got = a.cmd("CLIENT", "LIST", *words)
            assert not isinstance(got, Err), got
            return [ids.index(int(f["id"])) for f in lines(got)
                    if int(f["id"]) in ids]

        for words, want in [
                ("NAME me", [0]), ("NOT-NAME me", [1, 2]), ("DB 3", [1]),
                ("NOT-DB 3", [0, 2]), ("LIB-NAME lib", [1]),
                ("LIB-VER 1.2", [1]), ("NOT-LIB-NAME lib", [0, 2]),
                ("LIB-NAME lib NOT-LIB-VER 1.2", []), ("FLAGS x", [1]),
                ("FLAGS P", [2]), ("FLAGS xP", []), ("FLAGS N", [0]),
                ("NOT-FLAGS P", [0, 1]), ("TYPE pubsub", [2]),
                ("NOT-TYPE pubsub", [0, 1]), ("SKIPME yes", [1, 2]),
                ("SKIPME no", [0, 1, 2]), ("IP 127.0.0.1", [0, 1, 2]),
                ("NOT-IP 127.0.0.1", []), ("IP 10.0.0.1", []),
                ("USER default", [0, 1, 2]), ("NOT-USER default", []),
                ("IDLE 100", []), ("MAXAGE 100", []), ("CAPA nested", []),
                ("NOT-CAPA nested", [0, 1, 2]),
                ("ADDR " + address(c.sock), [2]),
                ("NOT-ADDR " + address(c.sock), [0, 1]),
                ("ID %d %d" % (ids[2], ids[0]), [2, 0]),
                ("ID %d %d NAME me" % (ids[2], ids[0]), [0]),
                ("NAME me ID %d %d" % (ids[2], ids[0]), [0]),
                ("NOT-ID %d %d" % (ids[2], ids[0]), [1]),
                ("NOT-ID %d TYPE normal" % ids[0], [1])]:
            assert shown(*words.split()) == want, words
        for words in ("NOT-IDLE 1", "NOT-SKIPME yes", "NAME", "NAME a DB",
                      "NOT-FOO a", "NOT- a"):
            assert a.cmd("CLIENT", "LIST", *words.split()) == Err(
                "ERR syntax error"), words
        assert a.cmd("CLIENT", "LIST", "DB", "x") == Err(
            "ERR value is not an integer or out of range")
        assert a.cmd("CLIENT", "KILL", "NOT-NAME", "me", "DB", 3) == Int(1)
        assert gone(b) and lives(a)
        assert a.cmd("CLIENT", "KILL", "ID", ids[0], ids[2]) == Int(1)
        assert gone(c) and lives(a)


@pytest.mark.only("kv", why=NO_TOUCH)
def test_no_touch(server, start):
    """Access by such a client leaves the frequency as it is."""
    s = start(server.kind, "--maxmemory-policy", "allkeys-lfu",
              "--lfu-log-factor", "0")
    with s.connect() as c:
        c.cmd("SET", "k", "v")
        before = c.cmd("OBJECT", "FREQ", "k").v
        c.cmd("CLIENT", "NO-TOUCH", "ON")
        for _ in range(20):
            c.cmd("GET", "k")
        assert c.cmd("OBJECT", "FREQ", "k").v == before
        c.cmd("TOUCH", "k")     # asked for by name
        assert c.cmd("OBJECT", "FREQ", "k").v > before
        c.cmd("CLIENT", "NO-TOUCH", "OFF")
        before = c.cmd("OBJECT", "FREQ", "k").v
        c.cmd("GET", "k")
        assert c.cmd("OBJECT", "FREQ", "k").v > before


# ---- limits --------------------------------------------------------------

def test_idle_timeout(server, start):
    """Idle for `timeout` seconds: closed. In use: not."""
    s = start(server.kind, "--timeout", "1")
    with s.connect() as idle, s.connect() as half, s.connect() as busy:
        assert lives(idle) and lives(busy) and lives(half)
        half.send(b"*1\r\n$4\r\nPI")
        began = time.monotonic()
        while not select.select([idle], [], [], 0.2)[0]:
            assert lives(busy)
            assert time.monotonic() - began < 4
        assert gone(idle)
        assert time.monotonic() - began > 0.9
        half.timeout = 3
        assert gone(half)
        assert lives(busy)
        assert busy.cmd("CONFIG", "SET", "timeout", 0) == OK


def silent(server, rcvbuf=4096):
    """A connection whose socket takes little; it is not read."""
    c = server.connect()
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    assert lives(c)     # it is accepted
    return c


def test_output_buffer_limit(server, start):
    """A client that owes more than the hard limit of its class is closed."""
    s = start(server.kind)
    big = b"x" * (32 * MIB)
    with s.connect(timeout=20) as c:
        assert c.cmd("SET", "big", big) == OK
        assert c.cmd("CONFIG", "SET", "client-output-buffer-limit",
                     "normal 1mb 0 0") == OK
        with silent(s) as d:
            d.send(encode("GET", "big"))
            me = address(d.sock)
            until("the client is closed", lambda: me not in [
                f["addr"] for f in lines(c.cmd("CLIENT", "LIST"))])
            assert len(d.read_until_close()) < len(big)
        # What fits is not touched.
        assert len(c.cmd("GETRANGE", "big", 0, 99999).v) == 100000
        assert c.cmd("CONFIG", "SET", "client-output-buffer-limit",
                     "normal 0 0 0") == OK
        assert len(c.cmd("GET", "big").v) == len(big)


def test_output_buffer_soft_limit(server, start):
    """More than the soft limit for longer than its seconds."""
    s = start(server.kind, "--client-output-buffer-limit", "normal 0 1mb 1")
    big = b"x" * (32 * MIB)
    with s.connect(timeout=20) as c:
        assert c.cmd("SET", "big", big) == OK
        with silent(s) as d:
            d.send(encode("GET", "big"))
            me, began = address(d.sock), time.monotonic()
            until("the client is closed", lambda: me not in [
                f["addr"] for f in lines(c.cmd("CLIENT", "LIST"))], 6)
            assert time.monotonic() - began > 0.9
        assert lives(c)


# ---- listeners -----------------------------------------------------------

def spawn(kind, *options):
    """A server of which nothing is expected: process and its log's path."""
    line = servers.command(kind)
    if not line:
        pytest.skip("no %s" % kind)
    return subprocess.Popen(line + [str(o) for o in options],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)


@pytest.fixture
def processes():
    running = []
    yield running
    for p in running:
        p.kill()
        p.wait()
        p.stdout.close()


def test_unix_socket(server, start, tmp_path):
    path = str(tmp_path / "s")
    s = start(server.kind, "--unixsocket", path, "--unixsocketperm", "770")
    mode = os.stat(path).st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o770
    with s.connect() as tcp, Conn(path=path) as c:
        assert c.cmd("SET", "k", "v") == OK
        assert tcp.cmd("GET", "k") == Bulk("v")
        f = fields(c.cmd("CLIENT", "INFO"))
        assert f["addr"] == path + ":0" and f["laddr"] == path + ":0"
        assert f["flags"] == "U"
        assert len(c.cmd("ECHO", "x" * 1000000).v) == 1000000
        c.hello(3)
        assert c.cmd("GET", "nokey") == Null()
        assert tcp.cmd("CLIENT", "KILL", "TYPE", "normal") == Int(1)
        assert gone(c)


def test_unix_socket_alone(server, processes, tmp_path):
    """--port 0 means no TCP. An old socket file is replaced, and the file
    goes when the server does."""
    path, port = str(tmp_path / "s"), servers.free_port()
    old = socket.socket(socket.AF_UNIX)
    old.bind(path)
    old.close()
    p = spawn(server.kind, "--port", 0, "--unixsocket", path,
              "--unixsocketperm", 700)
    processes.append(p)

    def up():
        try:
            return Conn(path=path)
        except OSError:
            assert p.poll() is None, p.stdout.read()
    with until("the socket", up) as c:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o700
        assert c.cmd("CONFIG", "GET", "port").v[1] == Bulk("0")
        assert c.cmd("CONFIG", "GET", "unixsocket").v[1] == Bulk(path)
        assert c.cmd("CONFIG", "GET", "unixsocketperm").v[1] == Bulk("700")
        assert "tcp_port:0\r\n" in c.cmd("INFO", "server").v.decode()
        c.send(encode("SHUTDOWN", "NOSAVE"))
        assert c.read_until_close() == b""
    assert p.wait(5) == 0
    assert not os.path.exists(path)
    with pytest.raises(OSError):
        Conn(port)


def test_nothing_to_listen_on(server, processes):
    p = spawn(server.kind, "--port", 0)
    processes.append(p)
    assert p.wait(5) == 1


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


@pytest.mark.parametrize("form", ["one-argument", "two-arguments"])
@pytest.mark.skipif(not has_ipv6(), reason="no IPv6")
def test_ipv6(server, start, form):
    addresses = ["127.0.0.1", "::1"]
    s = start(server.kind, "--bind", *(
        [" ".join(addresses)] if form == "one-argument" else addresses))
    with s.connect() as four, s.connect(host="::1") as six:
        assert four.cmd("SET", "k", "v") == OK
        assert six.cmd("GET", "k") == Bulk("v")
        f = fields(six.cmd("CLIENT", "INFO"))
        assert f["addr"] == address(six.sock)
        assert f["laddr"] == "[::1]:%d" % s.port
        assert four.cmd("CONFIG", "GET", "bind").v[1] == Bulk("127.0.0.1 ::1")
        assert four.cmd("CLIENT", "KILL", "ADDR", f["addr"]) == Int(1)
        assert gone(six) and lives(four)


def test_several_addresses(server, start):
    """127.0.0.3 is not among them; one with '-' may be missing."""
    s = start(server.kind, "--bind", "127.0.0.1 127.0.0.2 -198.51.100.7")
    with s.connect() as a, s.connect(host="127.0.0.2") as b:
        assert lives(a) and lives(b)
        assert fields(b.cmd("CLIENT", "INFO"))["laddr"].startswith(
            "127.0.0.2:")
        with pytest.raises(OSError):
            s.connect(host="127.0.0.3")


def test_address_that_is_not_here(server, processes):
    """One that must be there is not: the server does not start."""
    p = spawn(server.kind, "--bind", "127.0.0.1 198.51.100.7",
              "--port", servers.free_port())
    processes.append(p)
    assert p.wait(5) == 1


# ---- protected mode ------------------------------------------------------

def outside():
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("198.51.100.1", 9))      # sends nothing
            host = s.getsockname()[0]
        except OSError:
            host = "127."
    if host.startswith("127."):
        pytest.skip("this machine has a loopback address only")
    return host


DENIED = (b"-DENIED Redis is running in protected mode because protected mode "
          b"is enabled and no password is set for the default user. ")


def test_protected_mode(server, start, tmp_path):
    """From outside, without a password: refused in a sentence."""
    host, path = outside(), str(tmp_path / "s")
    s = start(server.kind, "--bind", "0.0.0.0", "--unixsocket", path)
    with s.connect() as c, s.connect(host="127.0.0.2") as d, \
            Conn(path=path) as u:
        assert lives(c) and lives(d) and lives(u)
        with s.connect(host=host) as out:
            got = out.read_until_close()
            assert got.startswith(DENIED) and got.count(b"\r\n") == 1
            assert got.endswith(b"\r\n")
        # A password opens the door, and so does the option.
        assert c.cmd("CONFIG", "SET", "requirepass", "pw") == OK
        with s.connect(host=host) as out:
            assert out.cmd("PING") == NOAUTH
            assert out.cmd("AUTH", "pw") == OK
        assert c.cmd("CONFIG", "SET", "requirepass", "") == OK
        with s.connect(host=host) as out:
            assert out.read_until_close().startswith(DENIED)
        assert c.cmd("CONFIG", "SET", "protected-mode", "no") == OK
        with s.connect(host=host) as out:
            assert lives(out)


def test_protected_mode_off(server, start):
    host = outside()
    s = start(server.kind, "--bind", "0.0.0.0", "--protected-mode", "no")
    with s.connect(host=host) as c:
        assert lives(c)
