"""GET /metrics, and what else comes to that port."""

import re
import socket
import time

import pytest

from conformance.conn import Conn
from conformance.kv import servers
from conformance.kv.proc import until
from conformance.resp import Simple

GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"


@pytest.fixture
def page(start):
    """page.ask(bytes, ...): all that comes back until the connection ends;
    page.server speaks RESP."""
    class Page:
        port = servers.free_port()
        server = start("kv", "--metrics-port", port)

        def connect(self):
            s = socket.create_connection(("127.0.0.1", self.port), 5)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return s

        def ask(self, *pieces):
            with self.connect() as s:
                try:
                    for piece in pieces:
                        s.sendall(piece)
                except OSError:
                    pass    # it has answered and gone before the last piece
                return read_all(s)

        def values(self):
            head, body = self.ask(GET).split(b"\r\n\r\n", 1)
            return dict(line.rsplit(" ", 1) for line in
                        body.decode().splitlines() if line[0] != "#")
    return Page()


def read_all(s):
    out = b""
    while True:
        try:
            data = s.recv(65536)
        except ConnectionResetError:
            return out
        if not data:
            return out
        out += data


def test_page_is_well_formed(page):
    head, body = page.ask(GET).split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 200 OK"
    assert "Content-Type: text/plain; version=0.0.4; charset=utf-8" in lines
    assert "Content-Length: %d" % len(body) in lines
    assert "Connection: close" in lines
    assert b"\r" not in body and body.endswith(b"\n")
    typed = None
    for line in body.decode().splitlines():
        told = re.match(r"# TYPE (redis_[a-z_]+) (gauge|counter)\Z", line)
        if told:
            typed = told.group(1)
            continue
        value = re.match(r'(redis_[a-z_]+)(\{([a-z_]+="[^"\\]*",?)+\})? '
                         r"[0-9]+(\.[0-9]+)?\Z", line)
        assert value and value.group(1) == typed, line


def test_values_follow(page):
    with page.server.connect() as c:
        c.cmd("SELECT", 3)
        c.cmd("MSET", "a", "1", "b", "2", "c", "3")
        c.cmd("EXPIRE", "a", "100")
        c.cmd("GET", "a"), c.cmd("GET", "nokey")
        c.cmd("NOPE"), c.cmd("DEBUG", "ERROR", 'a"b\\c{}\r\n x')
        got = page.values()
        assert got["redis_up"] == "1"
        assert got['redis_db_keys{db="db0"}'] == "0"
        assert got['redis_db_keys{db="db3"}'] == "3"
        assert got['redis_db_keys_expiring{db="db3"}'] == "1"
        assert got["redis_keyspace_hits_total"] == "1"
        assert got["redis_keyspace_misses_total"] == "1"
        assert got['redis_errors_total{err="ERR"}'] == "1"
        assert got['redis_errors_total{err="a_b_c____"}'] == "1"
        assert int(got["redis_commands_processed_total"]) >= 6
        assert got['redis_commands_total{cmd="get"}'] == "2"
        assert 'redis_commands_total{cmd="set"}' not in got
        c.cmd("CONFIG", "RESETSTAT"), c.cmd("GET", "a")
        got = page.values()
        assert got['redis_commands_total{cmd="get"}'] == "1"
        assert 'redis_commands_total{cmd="mset"}' not in got
        assert int(got["redis_memory_used_bytes"]) > 0
        assert any(name.startswith("redis_instance_info{") for name in got)


@pytest.mark.parametrize("request_,status", [
    (b"GET / HTTP/1.1\r\n\r\n", b"404"),
    (b"GET /metrics2 HTTP/1.0\n\n", b"404"),
    (b"GET /metrics?a=1 HTTP/1.0\n\n", b"200"),
    (b"GET /metrics HTTP/1.0\n\n", b"200"), (b"POST /metrics HTTP/1.1\r\n"
     b"Content-Length: 3\r\n\r\nabc", b"405"),
    (b"HEAD /metrics HTTP/1.1\r\n\r\n", b"405"), (b"GET /metrics\r\n\r\n",
                                                b"400"),
    (b"\r\n\r\n", b"400"), (b"*1\r\n$4\r\nPING\r\n\r\n", b"400"),
    (b"GET /metrics HTTP/2.0\r\n\r\n", b"400"), (b"\0\xff\r\n\r\n", b"400"),
    (GET + GET, b"200")])
def test_what_is_answered(page, request_, status):
    got = page.ask(request_)
    assert got.startswith(b"HTTP/1.1 " + status)
    assert got.count(b"HTTP/1.1") == 1
    end = re.search(rb"\r?\n\r?\n", request_).end()
    assert page.ask(*[request_[i:i + 1] for i in range(end)]).startswith(
        b"HTTP/1.1 " + status)


def test_dialects_count_together(start):
    """No name comes twice: a scrape would be refused."""
    mini, port = servers.free_port(), servers.free_port()
    server = start("kv", "--metrics-port", port, "--mini-port", mini)
    with server.connect() as c, Conn(mini) as m:
        c.cmd("SET", "a", "1"), c.cmd("GET", "a")
        m.cmd("SET", "a", "2"), m.cmd("GET", "a"), m.cmd("FLUSH")
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.sendall(GET)
        lines = read_all(s).decode().splitlines()
    names = [line.rsplit(" ", 1)[0] for line in lines if line[:6] == "redis_"]
    assert len(names) == len(set(names))
    assert 'redis_commands_total{cmd="set"} 2' in lines
    assert 'redis_commands_total{cmd="get"} 2' in lines
    assert 'redis_commands_total{cmd="flush"} 1' in lines


def test_cut_at_every_offset(page):
    for i in range(1, len(GET)):
        assert page.ask(GET[:i], GET[i:]).startswith(b"HTTP/1.1 200")


def test_no_command_runs_there(page):
    page.ask(b"SET k v\r\n\r\n")
    page.ask(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n\r\n")
    with page.server.connect() as c:
        assert c.cmd("DBSIZE").v == 0


def test_endless_head_is_cut_off(page):
    with page.connect() as s:
        try:
            for _ in range(100):
                s.sendall(b"X-Header: " + b"x" * 1000 + b"\r\n")
        except OSError:
            pass
        assert read_all(s) == b""
    assert page.ask(GET).startswith(b"HTTP/1.1 200")


def test_few_at_a_time_and_kv_goes_on(page):
    """What hangs about on that port takes no places from clients."""
    lazy = [page.connect() for _ in range(200)]
    for s in lazy:
        try:
            s.sendall(b"GET /met")
        except OSError:
            pass
    with page.server.connect() as c:
        assert c.cmd("PING") == Simple("PONG")
        clients = c.cmd("INFO", "clients").v
        assert int(re.search(rb"connected_clients:(\d+)",
                             clients).group(1)) <= 65
    for s in lazy:
        s.close()
    until("it answers again", lambda: page.ask(GET), 5)


def test_a_slow_one_is_dropped(page, request):
    if not request.config.getoption("--long"):
        pytest.skip("takes eleven seconds: --long")
    begin = time.monotonic()
    with page.connect() as s:
        s.settimeout(15)
        s.sendall(b"GET ")
        assert read_all(s) == b""
    assert 9 < time.monotonic() - begin < 13
