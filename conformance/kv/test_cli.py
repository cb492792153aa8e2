"""`kv cli`, the command line client: its output next to redis-cli's, what it
makes of hostile servers, and how it works with a person at a terminal."""

import fcntl
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import termios
import threading
import time

import pytest

from conformance.conn import TIMEOUT, Conn
from conformance.kv import servers
from conformance.kv.proc import status, until
from conformance.resp import Simple

REDIS = shutil.which("redis-cli")
needs_redis_cli = pytest.mark.skipif(not REDIS,
                                     reason="redis-cli is not installed")
CTRL_C = b"\x03"


@pytest.fixture
def client(tmp_path):
    """client(*args, stdin=b"", env={}, of="kv"): runs a client to its end;
    (exit code, output, error output)."""
    def client(*args, stdin=b"", env=None, of="kv", seconds=2 * TIMEOUT):
        line = servers.command("kv") + ["cli"] if of == "kv" else [REDIS]
        p = subprocess.run(
            line + [str(a) for a in args], input=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds,
            env=environment(tmp_path, env))
        assert b"Sanitizer" not in p.stderr, p.stderr
        return p.returncode, p.stdout, p.stderr
    return client


def environment(home, more=None):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("REDISCLI", "KVCLI"))}
    env.update(HOME=str(home), TERM="xterm", **(more or {}))
    return env


def bulk(b):
    return b"$%d\r\n%s\r\n" % (len(b), b)


def request(*args):
    return b"*%d\r\n" % len(args) + b"".join(bulk(a) for a in args)


class Fake:
    """A server that gives each request but HELLO the same bytes. `got` is
    what it was asked; with `closes` it closes after an answer."""

    def __init__(self, answer, hello=b"*0\r\n", closes=False, piece=None):
        self.answer, self.hello, self.closes = answer, hello, closes
        self.piece = piece
        self.got = []
        self.sock = socket.socket()
        self.sock.bind(("127.0.0.1", 0))
        self.sock.listen(16)
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                c, _ = self.sock.accept()
            except OSError:
                return
            c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        try:
            with c, c.makefile("rb") as f:
                while self.one(c, f):
                    pass
        except OSError:
            pass

    def one(self, c, f):
        head = f.readline()
        if not head.strip():
            return head != b""
        args = []
        for _ in range(int(head[1:])):
            args.append(f.read(int(f.readline()[1:]) + 2)[:-2])
        self.got.append(args)
        answer = self.hello if args[0].upper() == b"HELLO" else self.answer
        if callable(answer):
            answer = answer(args)
        step = self.piece or len(answer) or 1
        for i in range(0, len(answer), step):
            c.sendall(answer[i:i + step])
        return not self.closes

    def close(self):
        self.sock.close()


@pytest.fixture
def fake():
    """fake(answer, ...): a Fake that ends with the test."""
    made = []

    def fake(*args, **how):
        made.append(Fake(*args, **how))
        return made[-1]

    yield fake
    for f in made:
        f.close()


# ---- the same as redis-cli -----------------------------------------------

MODES = [[], ["--no-raw"], ["--csv"], ["--json"], ["--quoted-json"], ["-3"],
         ["-3", "--no-raw"], ["-3", "--csv"], ["--json", "-2"],
         ["-d", ",", "-D", ";"], ["-e", "--no-raw"]]


def same(client, *args, **how):
    """Runs both clients; what they have in common."""
    theirs = client(*args, of="redis", **how)
    ours = client(*args, **how)
    assert ours == theirs, args
    return ours


ANSWERS = [
    b"+OK\r\n", b"+\r\n", b"-ERR no\r\n", b":0\r\n", b":-9223372036854775808\r\n",
    b"$-1\r\n", b"*-1\r\n", b"_\r\n", b"$0\r\n\r\n", b"*0\r\n", b"%0\r\n",
    b"~0\r\n", b"#t\r\n", b"#f\r\n", b",3.14\r\n", b",-inf\r\n", b",1e5\r\n",
    b"=8\r\ntxt:a\nb\n\r\n", bulk(bytes(set(range(256)) - {34})),
    b"*3\r\n:1\r\n$-1\r\n*0\r\n", b"*2\r\n-ERR x\r\n#t\r\n",
    b"%2\r\n+a\r\n:1\r\n:2\r\n*2\r\n:1\r\n%1\r\n+k\r\n~2\r\n_\r\n:5\r\n",
    b"*11\r\n" + b"*2\r\n:1\r\n:2\r\n" * 11, b"~2\r\n+a\r\n~1\r\n:1\r\n",
    b">2\r\n+message\r\n:1\r\n+OK\r\n", b"%1\r\n*1\r\n:1\r\n%0\r\n",
]


@needs_redis_cli
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda a: repr(a[:16]))
def test_every_type_in_every_mode(client, fake, answer):
    server = fake(answer)
    for mode in MODES:
        same(client, "-p", server.port, *mode, "get", "x")


def random_answer(rnd, depth):
    """A reply that both clients can show the same way."""
    if depth == 0 or rnd.random() < 0.5:
        word = bytes(rnd.choice(b"ab\x00\x1b\n\xff z'\\") for _ in range(3))
        return rnd.choice([
            b":%d\r\n" % rnd.randrange(-9, 2000), b"$-1\r\n", b"_\r\n",
            b"+a b\r\n", b"-ERR a b\r\n", b",1.5\r\n", b"#t\r\n",
            b"=7\r\ntxt:a\nb\r\n", bulk(word)])
    n = rnd.choice((0, 1, 1, 2, 2, 3, 10))
    mark = rnd.choice(b"**~%")
    if mark == b"%"[0]:
        return b"%%%d\r\n" % n + b"".join(
            rnd.choice((random_answer(rnd, 0), b"*2\r\n:1\r\n#f\r\n")) +
            random_answer(rnd, depth - 1) for _ in range(n))
    return b"%c%d\r\n" % (mark, n) + b"".join(
        random_answer(rnd, depth - 1) for _ in range(n))


@needs_redis_cli
def test_random_nesting(client, fake):
    rnd = random.Random(7)
    for _ in range(20):
        server = fake(random_answer(rnd, 4))
        for mode in ("--raw", "--no-raw", "--csv", "--json"):
            same(client, "-p", server.port, mode, "get", "x")


PLAIN = ["info", "INFO x", "lolwut", "debug htstats", "memory doctor",
         "memory stats", "cluster nodes", "cluster info x", "client list x",
         "client INFO", "client no", "latency graph", "latency graph x",
         "latency doctor", "latency doctor x", "proxy info"]


@needs_redis_cli
@pytest.mark.parametrize("mode", ["--raw", "--no-raw", "--csv"])
def test_text_that_is_shown_as_it_is(client, fake, mode):
    for answer in (bulk(b"a\r\nb\n"), bulk(b"ab"), b"-ERR x\r\n"):
        server = fake(answer)
        for line in PLAIN:
            same(client, "-p", server.port, mode, *line.split())


COMMANDS = [
    ["get", "k1"], ["get", "none"], ["--no-raw", "mget", "k1", "none"],
    ["-3", "config", "get", "port"], ["--json", "config", "get", "port"],
    ["nosuch", "a b"], ["--no-raw", "nosuch"], ["-e", "nosuch"], ["set"],
    ["-r", "3", "incr", "n"], ["-r", "0", "incr", "n"],
    ["-r", "2", "-i", "0.01", "ping"], ["-r", "2", "-e", "nosuch"],
    ["-x", "set", "k"], ["-x"], ["-X", "T", "set", "k", "T"],
    ["-x", "-r", "2", "echo"],
    ["-n", "3", "dbsize"], ["-n", "99", "dbsize"], ["-a", "no", "ping"],
    ["--user", "a", "--pass", "b", "ping"], ["--user", "a", "ping"],
    ["--no-auth-warning", "-a", "no", "ping"],
    ["--quoted-input", "set", '"a\\x00b"', "'c'"],
    ["-d", ",", "-D", ";", "mget", "k1", "k22"], ["-D", "", "get", "k1"],
    ["--scan", "--pattern", "k1*"], ["--scan", "--quoted-pattern", '"k\\x31"'],
    ["--bigkeys"], ["--memkeys"], ["--memkeys-samples", "3"],
    ["multi"], ["quit"], ["select", "1"],
    ["--json", "info", "nosuchsection"], ["--show-pushes", "no", "ping"],
    ["client", "reply", "on"], ["-2", "echo", "x"], ["--verbose", "get", "k1"],
]


def fill(server):
    with server.connect() as c:
        c.cmd("FLUSHALL")
        c.cmd("MSET", "k1", "v", "k22", "v" * 20, " a\x01", "x")


@needs_redis_cli
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_command(client, server, args):
    """The same output, errors and exit code against both servers."""
    results = []
    for of in ("redis", "kv"):
        fill(server)
        results.append(client("-p", server.port, *args, stdin=b"in\nput" if
                              "-x" in args or "-X" in args else b"", of=of))
    if "--verbose" in args:
        assert b"Connected to: 127.0.0.1:" in results[1][2]
        results[1] = results[1][:2] + (b"",)
    assert results[0] == results[1]


LINES = [
    b"set foo bar\nget foo\n\nbad \"x\n  ping  \n# x\nget 'a b'\n5 incr n\n"
    b"echo \"\\x41\\n\"\nquit\nping\n",
    b"ping", b"", b"exit", b"multi\nset a b\nexec\nselect 2\ndbsize\nclear\n",
    b":set hints\nclient reply on\nreset\nselect 3\ndbsize\nselect 99\nget",
]


@needs_redis_cli
@pytest.mark.parametrize("lines", LINES, ids=lambda a: repr(a[:16]))
def test_lines(client, server, lines):
    for mode in ([], ["--no-raw"], ["-3", "--json"], ["-e"]):
        results = []
        for of in ("redis", "kv"):
            fill(server)
            results.append(client("-p", server.port, *mode, stdin=lines,
                                  of=of))
        assert results[0] == results[1]


@needs_redis_cli
@pytest.mark.parametrize("data", [
    request(b"set", b"a", b"b") * 3, b"", b"set x y\r\nincr x\r\nset z 1\n",
    b"set x y", request(b"get", b"big") * 300, b"hello 3\r\nget a\r\n",
    request(b"set", b"a", b"b" * 1000) * 5000],
    ids=lambda a: repr(a[:24]))
def test_pipe(client, server, data):
    with server.connect() as c:
        c.cmd("SET", "big", "x" * 100000)
    same(client, "-p", server.port, "--pipe", stdin=data)


def test_pipe_that_breaks(client, shared, fake):
    code, out, err = client("-p", shared["kv"].port, "--pipe",
                            stdin=b"*1\r\nnonsense")
    assert code == 1 and b"errors: 1, replies: 1\n" in out
    assert b"Server closed the connection" in err
    silent = fake(b"")
    code, out, err = client("-p", silent.port, "--pipe", "--pipe-timeout", "1",
                            stdin=request(b"get", b"x"))
    assert (code, err) == (1, b"No replies for 1 seconds: exiting.\n")
    assert out.endswith(b"errors: 1, replies: 0\n")


@needs_redis_cli
def test_address(client, start, tmp_path):
    path = str(tmp_path / "s")
    server = start("kv", "--unixsocket", path, "--requirepass", "p w")
    own = ["-u", "redis://default:p%%20w@127.0.0.1:%d/3" % server.port]
    for args in (["-s", path, "-a", "p w", "ping"], own + ["client", "list"],
                 own + ["--no-auth-warning", "get", "x"],
                 ["-p", server.port, "ping"]):
        ours, theirs = client(*args), client(*args, of="redis")
        hide = re.compile(rb"(id|addr|fd|age|idle|tot-mem)=\S+")
        assert [hide.sub(b"", b) for b in ours[1:]] == [
            hide.sub(b"", b) for b in theirs[1:]]
        assert ours[0] == theirs[0]
    env = {"REDISCLI_AUTH": "p w"}
    assert client("-p", server.port, "ping", env=env) == (0, b"PONG\n", b"")
    uri = "unix://default:p%20w@" + path
    assert client("-u", uri, "--no-auth-warning", "-n", 2, "client", "list")[1]
    assert client("-u", "redis://:p%%20w@127.0.0.1:%d" % server.port,
                  "--no-auth-warning", "ping")[1] == b"PONG\n"


@needs_redis_cli
def test_no_connection(client, tmp_path):
    port = servers.free_port()
    for args in (["-p", port, "ping"], ["-p", port, "-r", "3", "ping"],
                 ["-s", str(tmp_path / "none"), "ping"],
                 ["-h", "no.such.host.invalid", "ping"]):
        assert same(client, *args)[0] == 1
    code, out, err = client("-p", port, stdin=b"ping\nping\n")
    assert (code, out) == (1, b"") and err.count(b"refused") == 1


# ---- options -------------------------------------------------------------

@pytest.mark.parametrize("option", [
    "--tls", "--cacert", "--cluster", "--rdb", "--functions-rdb", "--replica",
    "--eval", "--ldb", "--lru-test", "--latency-dist", "-c", "--nosuch", "-Z"])
def test_options_that_are_not_there(client, option):
    code, out, err = client(option)
    assert (code, out) == (1, b"")
    assert option.encode() in err and err.count(b"\n") == 1


@pytest.mark.parametrize("args", [
    ["-p"], ["-p", "x"], ["-p", "70000"], ["-n", "x"], ["-n", "-1"],
    ["-i", "x"], ["-r", "-2"], ["-u", "http://x"], ["-u", "rediss://x"],
    ["-u", "redis://x:y"], ["-u", "unix://"], ["--show-pushes", "maybe"],
    ["--count", "0"], ["--quoted-pattern", '"x'], ["--user"],
    ["--quoted-input", "get", '"x'], ["-X", "T", "get", "x"],
    ["-x", "-X", "T", "get", "T"], ["-s", "/" + "x" * 200, "ping"]],
    ids=lambda a: " ".join(a)[:20])
def test_wrong_options(client, args):
    code, out, err = client(*args)
    assert (code, out) == (1, b"")
    assert err.count(b"\n") == 1, err


def test_manual(client):
    code, out, err = client("--help")
    assert (code, err) == (0, b"")
    lines = out.decode().split("\n")
    assert max(map(len, lines)) <= 80
    heads = [line for line in lines if re.match("[A-Z]", line)]
    assert heads == ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS",
                     "INTERACTIVE USE", "EXIT STATUS", "ENVIRONMENT", "FILES",
                     "EXAMPLES"]
    for option in "-h -p -s -a -u -n -3 -2 -r -i -x -X -d -D -e".split():
        assert any(line.startswith("       %s" % option) for line in lines)
    assert client("-h") == (0, out, b"")
    assert re.match(rb"kv cli \d+\.\d+\.\d+\n\Z", client("--version")[1])


# ---- modes ---------------------------------------------------------------

@needs_redis_cli
def test_keys_by_pattern(client, server):
    """Types without keys are named in an order that is nobody's promise."""
    fill(server)
    args = ["-p", server.port, "--bigkeys", "--pattern", "k2*"]
    ours, theirs = client(*args), client(*args, of="redis")
    assert sorted(ours[1].split(b"\n")) == sorted(theirs[1].split(b"\n"))
    assert b"Sampled 1 keys" in ours[1]


@needs_redis_cli
def test_hot_and_big_keys_of_redis(client, start):
    server = start("redis", "--maxmemory-policy", "allkeys-lfu")
    with server.connect() as c:
        c.cmd("MSET", "a", "1", "b", "22")
        c.cmd("RPUSH", "l", "1", "2")
        c.cmd("HSET", "h", "f", "v")
        c.cmd("XADD", "x", "*", "f", "v")
    for mode in ("--bigkeys", "--memkeys", "--hotkeys"):
        ours = client("-p", server.port, mode)
        theirs = client("-p", server.port, mode, of="redis")
        assert ours[0] == theirs[0] == 0
        # the order of types and of equally hot keys is nobody's promise, nor
        # is that of SCAN while a table grows
        ours, theirs = (sorted(line for line in out.split(b"\n")
                               if b"so far" not in line)
                        for out in (ours[1], theirs[1]))
        assert ours == theirs


def test_hot_keys_need_a_policy(client, shared):
    fill(shared["kv"])
    code, _, err = client("-p", shared["kv"].port, "--hotkeys")
    assert code == 1 and b"LFU" in err


def test_keys_of_an_unknown_type(client, fake):
    def answer(args):
        if args[0] == b"DBSIZE":
            return b":3\r\n"
        if args[0] == b"SCAN":
            return b"*2\r\n$1\r\n0\r\n*3\r\n" + bulk(b"a") + bulk(
                b"\x1b") + bulk(b"gone")
        if args[0] == b"TYPE":
            return b"+none\r\n" if args[1] == b"gone" else b"+odd\x1b\r\n"
        return b":70\r\n" if args[0] == b"MEMORY" else b"-ERR no\r\n"
    server = fake(answer)
    code, out, err = client("-p", server.port, "--memkeys")
    assert (code, err) == (0, b"")
    assert b"[00.00%] Biggest odd?   found so far '\"a\"' with 70 bytes" in out
    assert b"2 odd?s with 140 bytes (66.67% of keys, avg size 70.00)" in out
    code, out, err = client("-p", server.port, "--bigkeys")
    assert (code, err) == (0, b"")
    assert b"2 odd?s with 0 ? (66.67% of keys, avg size 0.00)" in out
    assert b"\x1b" not in out


def test_nested_values_of_kv_have_a_size(client, shared):
    with shared["kv"].connect() as c:
        c.cmd("FLUSHALL")
        c.cmd("CLIENT", "CAPA", "nested")
        c.send(b"*3\r\n$3\r\nSET\r\n$1\r\nn\r\n*2\r\n:1\r\n:2\r\n")
        assert c.read() == Simple("OK")
    port = shared["kv"].port
    assert b"nesteds with" in client("-p", port, "--bigkeys")[1]
    assert re.search(rb"Biggest nested found '\"n\"' has \d+ bytes",
                     client("-p", port, "--memkeys")[1])


def test_scan_on_many_keys(client, shared):
    keys = {b"key:%d" % i for i in range(1000)}
    with shared["kv"].connect() as c:
        c.cmd("FLUSHALL")
        c.cmd("MSET", *(w for k in keys for w in (k, "v")))
    for more in ([], ["--count", "500"]):
        code, out, _ = client("-p", shared["kv"].port, "--scan", *more)
        assert code == 0 and set(out.split()) == keys


def test_latency(client, shared):
    port = shared["kv"].port
    for args, form in ((["--raw"], rb"\d+ \d+ \d+\.\d\d \d+\n\Z"),
                       (["--csv"], rb"\d+,\d+,\d+\.\d\d,\d+\n\Z")):
        code, out, err = client("-p", port, "--latency", "-i", "0.05", *args)
        assert (code, err) == (0, b"") and re.match(form, out), out
    code, out, _ = client("--intrinsic-latency", "1")
    assert code == 0 and b" total runs (avg latency: " in out


def running(tmp_path, *args):
    return subprocess.Popen(
        servers.command("kv") + ["cli", *map(str, args)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment(tmp_path))


def test_stat(tmp_path, shared):
    fill(shared["kv"])
    p = running(tmp_path, "-p", shared["kv"].port, "--stat", "-i", "0.01")
    lines = [p.stdout.readline() for _ in range(4)]
    p.kill()
    p.communicate()
    assert lines[0].startswith(b"------- data ------ -----")
    assert lines[1].split() == (b"keys mem clients blocked requests "
                                b"connections").split()
    for line in lines[2:]:
        assert re.match(rb"3 {10}\d+\.\d\d[KM] +\d+ +0 {7}\d+ \(\+\d+\) +\d+",
                        line), line


def test_latency_history(tmp_path, shared):
    p = running(tmp_path, "-p", shared["kv"].port, "--latency-history", "-i",
                "0.03")
    lines = [p.stdout.readline() for _ in range(2)]
    p.kill()
    p.communicate()
    assert all(re.match(rb"\d+ \d+ \d+\.\d\d \d+\n", x) for x in lines)


@pytest.mark.parametrize("proto", ["-2", "-3"])
def test_subscribe(tmp_path, start, proto):
    server = start("redis")
    p = running(tmp_path, "-p", server.port, proto, "--csv", "subscribe", "a",
                "b")
    got = [p.stdout.readline() for _ in range(3)]
    assert got[0] == b"Reading messages... (press Ctrl-C to quit)\n"
    assert got[1:] == [b'"subscribe","a",1\n', b'"subscribe","b",2\n']
    with server.connect() as c:
        c.cmd("PUBLISH", "b", "x y")
    assert p.stdout.readline() == b'"message","b","x y"\n'
    server.process.kill()
    server.wait()
    out, err = p.communicate(timeout=TIMEOUT)
    assert (p.returncode, out) == (1, b"") and b"Error: " in err


def test_monitor(tmp_path, start):
    server = start("redis")
    p = running(tmp_path, "-p", server.port, "monitor")
    assert p.stdout.readline() == b"OK\n"
    with server.connect() as c:
        c.cmd("ECHO", "seen")
    while b'"seen"' not in p.stdout.readline():
        pass
    p.kill()
    p.communicate()


def test_no_replies_when_there_are_none(client, shared):
    """CLIENT REPLY OFF and SKIP are not waited for."""
    lines = b"client reply skip\nset a 1\nget a\nclient reply off\nget a\n" \
            b"client reply on\nget a\n"
    assert client("-p", shared["kv"].port, stdin=lines) == (
        0, b"1\nOK\n1\n", b"")


def test_shutdown(client, start):
    server = start("kv")
    assert client("-p", server.port, "shutdown", "nosave") == (0, b"", b"")
    assert server.wait() == 0


def test_output_that_cannot_be_written(tmp_path, shared):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        p = subprocess.run(
            servers.command("kv") + ["cli", "-p", str(shared["kv"].port),
                                     "ping"],
            stdout=full, stderr=subprocess.PIPE, timeout=TIMEOUT)
    assert p.returncode == 1 and b"written" in p.stderr


# ---- hostile servers -----------------------------------------------------

ERRORS = {
    b"HTTP/1.1 400 Bad\r\n": b'got "H" as reply type byte',
    b"\x1b[31m\r\n": b'got "\\x1b" as reply type byte',
    b"\0\r\n": b'got "\\x00" as reply type byte',
    b":1x\r\n": b"not what its type says", b",x\r\n": b"not what its type",
    b"#x\r\n": b"not what its type says", b"(1x\r\n": b"not what its type",
    b"_x\r\n": b"not what its type says", b"+OK\n": b"without CR",
    b"$3\r\nabcd\r\n": b"longer than its length", b"$-2\r\n": b"negative",
    b"*-2\r\n": b"negative", b"%-1\r\n": b"negative", b"$x\r\n": b"length",
    b"*99999999999\r\n": b"too large", b"$9223372036854775807\r\n":
    b"not possible", b"=3\r\ntxt\r\n": b"format", b"=4\r\nabcd\r\n": b"format",
    b"$?\r\n": b"streamed", b"*?\r\n": b"streamed", b"%?\r\n": b"streamed",
    b"*2\r\n:1\r\nx\r\n": b"a type is unknown", b"|-1\r\n": b"negative"}


@pytest.mark.parametrize("answer", ERRORS, ids=lambda a: repr(a[:16]))
def test_what_is_no_reply(client, fake, answer):
    for piece in (None, 1):
        code, out, err = client("-p", fake(answer, piece=piece).port, "x")
        assert (code, out) == (1, b"")
        assert err.startswith(b"Error: Protocol error") and ERRORS[answer] in err
        assert err.count(b"\n") == 1


@pytest.mark.parametrize("answer", [
    b"", b"+O", b"$10\r\nabc", b"$1000000000\r\nabc", b"*1000000000\r\n:1\r\n",
    b"%2000000000\r\n", b"*2\r\n:1\r\n", b"|1\r\n:1\r\n:1\r\n",
    b"*1\r\n" * 100000, b"+" + b"a" * 300000],
    ids=lambda a: repr(a[:16]))
def test_half_a_reply(client, fake, answer):
    """It is not believed before it is there, and its end is told."""
    server = fake(answer, closes=True)
    p = subprocess.Popen(
        ["sh", "-c", "ulimit -v 2000000 2>/dev/null; exec \"$@\"", "sh",
         *servers.command("kv"), "cli", "-p", str(server.port), "x"]
        if not servers.sanitized() else
        servers.command("kv") + ["cli", "-p", str(server.port), "x"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    out, err = p.communicate(timeout=2 * TIMEOUT)
    assert (p.returncode, out) == (1, b"")
    assert err == b"Error: Server closed the connection\n"



DEEP = 200000


@pytest.mark.parametrize("answer", [
    b"*1\r\n" * DEEP + b":1\r\n", b"*2\r\n:1\r\n" * DEEP + b":1\r\n",
    b"%1\r\n:1\r\n" * DEEP + b":1\r\n",
    b"%1\r\n" * DEEP + b":1\r\n" * (DEEP + 1),
    b"|1\r\n:1\r\n:2\r\n" * DEEP + b":1\r\n"],
    ids=["first", "second", "value", "key", "attributes"])
def test_deep_nesting(fake, answer):
    """Each format, with 256 KiB of stack."""
    server = fake(answer)
    for mode in ("--raw", "--csv", "--json", "--no-raw"):
        p = subprocess.run(
            ["sh", "-c", "ulimit -s %d; exec \"$@\"" % (
                1024 if servers.sanitized() else 256), "sh",
                *servers.command("kv"),
             "cli", "-p", str(server.port), mode, "x"], timeout=6 * TIMEOUT,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        assert (p.returncode, p.stderr) == (0, b"")
        assert b"1" in p.stdout
        if mode == "--json":
            assert p.stdout.count(b"[") + p.stdout.count(b"{") in (0, DEEP)


@pytest.mark.parametrize("piece", [1, 7])
def test_replies_in_pieces(client, fake, piece):
    answer = (b"*4\r\n$3\r\na\r\n\r\n%1\r\n=7\r\ntxt:xyz\r\n#t\r\n"
              b"|1\r\n+k\r\n:1\r\n~1\r\n(12\r\n!5\r\nERR e\r\n")
    server = fake(answer, piece=piece)
    assert client("-p", server.port, "--no-raw", "x") == (
        0, b'1) "a\\r\\n"\n2) 1# xyz => (true)\n3) 1~ (big number) 12\n'
        b"4) (error) ERR e\n", b"")


def test_long_reply_takes_time_in_proportion(client, fake):
    """A million small elements, and one reply of 64 MiB, in pieces."""
    few = 100000 if servers.sanitized() else 1000000
    server = fake(b"*%d\r\n" % few + b":1\r\n" * few)
    code, out, _ = client("-p", server.port, "x", seconds=60)
    assert code == 0 and len(out) == 2 * few
    size = (4 if servers.sanitized() else 64) << 20
    server = fake(bulk(b"x" * size), piece=50000)
    code, out, _ = client("-p", server.port, "x", seconds=60)
    assert code == 0 and len(out) == size + 1


ESCAPES = b"\x1b]0;title\x07\x1b[2J\r\x08\x7f\xc2\x9b31m\x9b\xff"


@pytest.mark.parametrize("make", [
    lambda e: b"+%s\r\n" % e, lambda e: b"-ERR %s\r\n" % e, bulk,
    lambda e: b"=%d\r\ntxt:%s\r\n" % (len(e) + 4, e),
    lambda e: b"*1\r\n%%1\r\n-%s\r\n+%s\r\n" % (e, e),
    lambda e: b">2\r\n$10\r\ninvalidate\r\n*1\r\n%s+OK\r\n" % bulk(e)],
    ids=["simple", "error", "string", "verbatim", "nested", "push"])
def test_no_escape_sequence_reaches_a_terminal(client, fake, make):
    server = fake(make(ESCAPES))
    for command in ("get", "info"):
        code, out, err = client("-p", server.port, "--no-raw", "--show-pushes",
                                "yes", command)
        assert code == 0 and not re.search(rb"[\x00-\x09\x0b-\x1f\x7f-\xff]",
                                           out + err), out
        assert b"\\x1b]0;title\\a" in out or b"OK" in out
    out = client("-p", server.port, "--show-pushes", "yes", "get")[1]
    assert ESCAPES in out


def test_errors_of_a_hostile_greeting(client, fake):
    server = fake(b"-ERR %s\r\n" % ESCAPES, hello=b"-%s\r\n" % ESCAPES)
    for args in (["-a", "x"], ["-n", "3"], ["-3"], ["-e"], ["--scan"],
                 ["--bigkeys"], ["--stat"]):
        err = client("-p", server.port, *args, "x")[2]
        assert b"\\x1b" in err and b"\x1b" not in err and b"\xff" not in err


def test_letters_of_all_languages_stay(client, fake):
    text = "naïve — 日本語 🎉".encode()
    server = fake(b"-ERR %s\xe2\x80\xae\r\n" % text)
    assert client("-p", server.port, "--no-raw", "x")[1] == (
        b"(error) ERR %s\\xe2\\x80\\xae\n" % text)    # right to left


@pytest.mark.parametrize("answer", [
    b"+OK\r\n", b"*0\r\n", b"*2\r\n$1\r\n0\r\n+a\r\n", b"*2\r\n:0\r\n*0\r\n",
    b"*2\r\n$1\r\n0\r\n*1\r\n:1\r\n", b"*2\r\n" + bulk(b"9" * 99) + b"*0\r\n"])
def test_hostile_scan(client, fake, answer):
    code, out, err = client("-p", fake(answer).port, "--scan")
    assert (code, out) == (1, b"") and b"SCAN" in err


def test_hostile_info(client, fake):
    for answer in (b":1\r\n", b"$-1\r\n", bulk(b"db0:keys="), bulk(b"db"),
                   bulk(b"used_memory"), bulk(b"used_memory:999999999999999")):
        server = fake(answer, closes=True)
        code, out, _ = client("-p", server.port, "--stat", "-i", "0.001")
        assert code == 1 and out.count(b"\n") == 3


def test_json_keys_are_strings(client, fake):
    answer = (b"%4\r\n*1\r\n" + bulk(b'a"b') + b":1\r\n_\r\n:2\r\n%1\r\n" +
              bulk(b"k") + b"+v\r\n:3\r\n:7\r\n:4\r\n")
    for mode in ("--json", "--quoted-json"):
        out = client("-p", fake(answer).port, mode, "x")[1]
        got = json.loads(out)
        assert list(got.values()) == [1, 2, 3, 4]
        assert {"null", "7", '{"k":"v"}'} < set(got)


# ---- at a terminal -------------------------------------------------------

class Terminal:
    """`kv cli` at a terminal of its own."""

    def __init__(self, home, *args, env=None):
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            line = servers.command("kv") + ["cli", *map(str, args)]
            os.execvpe(line[0], line, environment(home, env))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 24, 200, 0, 0))

    def read(self, seconds=TIMEOUT):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.seen += data
        return bool(data)

    def expect(self, *texts):
        """Waits until these have come, one behind the other."""
        for text in texts:
            text = text if isinstance(text, bytes) else text.encode()
            end = time.monotonic() + 2 * TIMEOUT
            while text not in self.seen:
                assert time.monotonic() < end and self.read(), (text, self.seen)
            self.before, _, self.seen = self.seen.partition(text)
        return self.before

    def send(self, data):
        os.write(self.fd, data if isinstance(data, bytes) else data.encode())

    def line(self, text, *expected):
        self.send(text + "\r")
        return self.expect(*expected)

    def end(self):
        """The exit status, when it has ended."""
        while self.read():
            pass
        _, code = os.waitpid(self.pid, 0)
        self.pid = None
        return os.WEXITSTATUS(code)

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


@pytest.fixture
def terminal(tmp_path):
    """terminal(*args): a Terminal that ends with the test."""
    made = []

    def terminal(*args, **how):
        made.append(Terminal(tmp_path, *args, **how))
        return made[-1]

    yield terminal
    for t in made:
        t.close()


def test_prompts(terminal, start):
    server = start("redis")
    t = terminal("-p", server.port)
    at = "127.0.0.1:%d" % server.port
    t.expect(at + "> ")
    t.line("set a 1", "OK\r\n", at + "> ")
    t.line("select 3", "OK\r\n", at + "[3]> ")
    t.line("multi", "OK\r\n", at + "[3](TX)> ")
    t.line("set b 2", "QUEUED\r\n", at + "[3](TX)> ")
    t.line("select 4", "QUEUED\r\n", at + "[3](TX)> ")
    t.line("exec", "1) OK\r\n2) OK\r\n", at + "[4]> ")
    t.line("multi", "OK\r\n", at + "[4](TX)> ")
    t.line("discard", "OK\r\n", at + "[4]> ")
    t.line("get nokey", "(nil)\r\n", at + "[4]> ")
    t.line('bad "x', "Invalid argument(s)\r\n", at + "[4]> ")
    t.line("3 incr n", "(integer) 1\r\n(integer) 2\r\n(integer) 3\r\n")
    t.line("0 incr n", "Invalid kv cli repeat command option value.")
    t.line("debug sleep 0.5", "OK\r\n(0.5", "s)\r\n")
    t.line(":nosuch", "unknown kv cli internal command ':nosuch'")
    t.line(":set nosuch", "unknown kv cli preference 'nosuch'")
    t.line("reset", "RESET\r\n", at + "> ")
    t.line("clear", "\x1b[H\x1b[2J", at + "> ")
    t.line("connect 127.0.0.1 1", "Could not connect to Redis at 127.0.0.1:1",
           "not connected> ")
    t.line("connect 127.0.0.1 %d" % server.port, at + "> ")
    t.line("quit")
    assert t.end() == 0


def test_prompts_elsewhere(terminal, start, tmp_path):
    path = str(tmp_path / "s")
    start("kv", "--unixsocket", path)
    t = terminal("-s", path, "-n", 2)
    t.expect("redis %s[2]> " % path)
    t.line("exit")
    assert t.end() == 0
    t = terminal("-p", servers.free_port())
    t.expect("Could not connect to Redis at 127.0.0.1", "refused",
             "not connected> ")
    t.line("ping", "Could not connect", "not connected> ")
    t.send(b"\x04")     # ctrl-D
    assert t.end() == 0


def test_reconnects(terminal, start):
    server = start("redis", "--requirepass", "pw")
    t = terminal("-p", server.port, "-n", 5, "--no-auth-warning", "-a", "pw")
    prompt = "127.0.0.1:%d[5]" % server.port
    t.expect(prompt + "> ")
    t.line("set a 1", "OK", prompt + "> ")
    with server.connect() as c:
        c.cmd("AUTH", "pw")
        t.line("multi", "OK\r\n", prompt + "(TX)> ")
        c.cmd("CLIENT", "KILL", "TYPE", "normal")
        t.line("get a", "Error: ", "The transaction is lost",
               "not connected> ")
        t.line("get a", "Connected again; what CLIENT had set is lost: "
               "127.0.0.1:%d" % server.port, '"1"\r\n', prompt + "> ")
        t.line("hello 3", '"proto" => (integer) 3', prompt + "> ")
        c.cmd("CLIENT", "KILL", "TYPE", "normal")
        t.line("get a", "Error: ", "not connected> ")
        t.line("client info", "Connected again", "db=5", "resp=3",
               prompt + "> ")


def test_login_that_was_typed_lasts(terminal, start):
    server = start("redis", "--requirepass", "pw")
    t = terminal("-p", server.port, "-n", 2)
    at = "127.0.0.1:%d" % server.port
    t.expect("SELECT 2 failed: NOAUTH", at + "> ")
    t.line("auth pw", "OK\r\n", at + "[2]> ")
    with server.connect() as c:
        c.cmd("AUTH", "pw")
        c.cmd("CLIENT", "KILL", "TYPE", "normal")
    t.line("ping", "Error: ", "not connected> ")
    t.line("ping", "PONG\r\n", at + "[2]> ")


def test_ctrl_c_ends_what_waits(terminal, fake):
    def answer(args):
        return b"" if args[0] == b"wait" else bulk(b"answer")
    server = fake(answer)
    t = terminal("-p", server.port)
    prompt = "127.0.0.1:%d> " % server.port
    t.expect(prompt)
    t.line("ping", '"answer"', prompt)
    t.line("wait")
    until("it waits", lambda: [b"wait"] in server.got)
    t.send(CTRL_C)
    t.expect(prompt)
    t.line("ping", '"answer"', prompt)
    t.line("3 wait")
    until("it waits", lambda: server.got.count([b"wait"]) == 2)
    t.send(CTRL_C)
    t.expect(prompt)
    t.line("ping", '"answer"', prompt)
    assert server.got.count([b"wait"]) == 2


@pytest.mark.parametrize("command", ["subscribe ch", "psubscribe c*",
                                     "ssubscribe ch", "monitor"])
def test_streams(terminal, start, command):
    server = start("redis")
    at = "127.0.0.1:%d" % server.port
    for proto in ("-2", "-3"):
        t = terminal("-p", server.port, proto, "-n", 1)
        t.expect(at + "[1]> ")
        t.line(command)
        with server.connect() as c:
            if command == "monitor":
                t.expect("OK\r\n")
                c.cmd("ECHO", "m\x1b")
                t.expect('"ECHO" "m\\x1b"')
            else:
                t.expect("Reading messages... (press Ctrl-C to quit)\r\n",
                         '"%s"' % command.split()[0], "3) (integer) 1\r\n")
                c.cmd("SPUBLISH" if command[0:2] == "ss" else "PUBLISH",
                      "ch", "m")
                t.expect('message"\r\n', '"m"\r\n')
        t.send(CTRL_C)
        t.expect(at + "[1]> ")
        t.line("ping", "PONG\r\n", at + "[1]> ")
        t.line("quit")
        assert t.end() == 0


def test_invalidations(terminal, start):
    server = start("redis")
    t = terminal("-p", server.port, "-3")
    prompt = "127.0.0.1:%d> " % server.port
    t.expect(prompt)
    t.line("client tracking on", "OK\r\n", prompt)
    t.line("get foo", "(nil)\r\n", prompt)
    with server.connect() as c:
        c.cmd("SET", "foo", "1")
    t.line("ping", "-> invalidate: 'foo'\r\n", "PONG\r\n", prompt)
    t.line("unsubscribe", '1) "unsubscribe"', "3) (integer) 0\r\n", prompt)


def test_formatted_at_a_terminal(terminal, start):
    server = start("kv")
    t = terminal("-p", server.port, "mget", "a", "b")
    t.expect("1) (nil)\r\n2) (nil)\r\n")
    assert t.end() == 0
    t = terminal("-p", server.port, "--raw", "mget", "a", "b")
    t.expect("\r\n\r\n")
    assert t.end() == 0


def test_asked_password(terminal, start):
    server = start("kv", "--requirepass", "secret")
    t = terminal("-p", server.port, "--askpass", "ping")
    t.expect("password: ")
    shown = t.line("secret", "PONG\r\n")
    assert b"secret" not in shown
    assert t.end() == 0


UP = b"\x1b[A"


def history(path):
    return path.read_bytes().split(b"\n")[:-1]


def test_history(terminal, fake, tmp_path):
    server = fake(lambda args: b"+did %s\r\n" % b" ".join(args))
    prompt = "127.0.0.1:%d> " % server.port
    file = tmp_path / ".kvcli_history"
    t = terminal("-p", server.port)
    t.expect(prompt)
    t.line("set n 1", "did set n 1\r\n", prompt)
    for secret in ("auth x", "AUTH a b", "2 auth x", "hello 3 auth a b",
                   "config set requirepass x", "acl setuser a >x",
                   'auth "x', "config set timeout 0 requirepass x"):
        t.line(secret, "\r\n", prompt)
    t.line("get n", "did get n\r\n", prompt)
    t.line("quit")
    assert t.end() == 0
    assert history(file) == [b"set n 1", b"get n", b"quit"]
    assert file.stat().st_mode & 0o777 == 0o600
    t = terminal("-p", server.port)
    t.expect(prompt)
    t.send(UP + UP)
    t.line("", "did get n\r\n", prompt)
    t.send(b"\x04")
    assert t.end() == 0
    assert history(file)[-2:] == [b"quit", b"get n"]


def test_history_elsewhere(terminal, start, tmp_path):
    server = start("kv")
    pipe, file = tmp_path / "pipe", tmp_path / "file"
    os.mkfifo(pipe)
    for path in (pipe, file, ""):
        t = terminal("-p", server.port, env={"KVCLI_HISTFILE": str(path)})
        t.expect("> ")
        t.line("ping", "PONG\r\n", "> ")
        t.line("quit")
        assert t.end() == 0
    assert pipe.is_fifo() and history(file) == [b"ping", b"quit"]
    assert not (tmp_path / ".kvcli_history").exists()


def test_completion_and_hints(terminal, server):
    t = terminal("-p", server.port)
    prompt = "127.0.0.1:%d> " % server.port
    t.expect(prompt)
    t.send("dbsi\t")
    t.line("", "(integer) ", prompt)
    t.send("strlen ")
    t.expect("key")
    t.line("x y", "wrong number of arguments", prompt)
    t.line(":set nohints", prompt)
    t.send("strlen x\x08y")
    assert b"key" not in t.line("", "(integer) ", prompt)


def summary(server, command):
    with server.connect() as c:
        docs = c.cmd("COMMAND", "DOCS", command).v[1].v
    return docs[[d.v for d in docs].index(b"summary") + 1].v


def test_help(terminal, client, server):
    words = summary(server, "getrange")
    t = terminal("-p", server.port)
    prompt = "127.0.0.1:%d> " % server.port
    t.expect(prompt)
    t.line("help getrange", words, prompt)
    t.line("help @string", "GETRANGE", prompt)
    t.line("? client list", "CLIENT LIST", prompt)
    t.line("help no\x1bsuch", "There is no help on", prompt)
    t.line("help", "help @<group>", prompt)
    code, out, err = client("-p", server.port, "help", "getrange")
    assert (code, err) == (0, b"") and words in out
    assert client("-p", server.port, "help", "nosuch")[0] == 1


@pytest.mark.parametrize("docs", [
    b"-ERR no\r\n", b"*0\r\n", b"*3\r\n:1\r\n:2\r\n:3\r\n", b"$-1\r\n",
    b"*2\r\n$3\r\nget\r\n*1\r\n:1\r\n",
    b"*2\r\n$3\r\nget\r\n*4\r\n$7\r\nsummary\r\n:1\r\n$9\r\narguments\r\n"
    b"*1\r\n*2\r\n$4\r\nname\r\n*0\r\n", b"+x\r\n",
    b"*2\r\n$3\r\nget\r\n*2\r\n$7\r\nsummary\r\n" + bulk(b"a\x1b[31mb"),
    b"*2\r\n" + bulk(b"g\x1b[31mt") + b"*0\r\n"], ids=lambda a: repr(a[:20]))
def test_hostile_docs(terminal, fake, docs):
    server = fake(lambda args: docs if args[0] == b"COMMAND" else b"+OK\r\n")
    t = terminal("-p", server.port)
    prompt = "127.0.0.1:%d> " % server.port
    t.expect(prompt)
    for typed in ("g\t", "get ", "get x ", "help g\t"):
        t.send(typed)
        t.send("\x15")      # ctrl-U
    shown = t.line("help get", prompt) + t.line("help @x", prompt)
    shown += t.line("get x", "OK\r\n")
    assert b"\x1b[31m" not in shown
    t.line("quit")
    assert t.end() == 0


def test_silent_docs_end(terminal, fake):
    """A server that never tells about its commands delays once, and its late
    answer is not taken for another."""
    server = fake(lambda args: b"" if args[0] == b"COMMAND" else b"+OK\r\n")
    t = terminal("-p", server.port)
    t.expect("> ")
    t.line("get x", "OK\r\n", "> ")
    t.line("get x", "OK\r\n", "> ")
    assert sum(args[0] == b"COMMAND" for args in server.got) == 1


# ---- how fast ------------------------------------------------------------

def test_start_to_end(client, shared, capsys):
    """One command takes less than 50 ms from start to end."""
    port = shared["kv"].port
    times = []
    for _ in range(15):
        began = time.perf_counter()
        assert client("-p", port, "ping")[1] == b"PONG\n"
        times.append(time.perf_counter() - began)
    with capsys.disabled():
        print("\nkv cli ping: %.1f ms (median)" % (
            statistics.median(times) * 1000))
    assert statistics.median(times) < (0.5 if servers.sanitized() else 0.05)
