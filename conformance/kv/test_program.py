"""The program: options, messages, signals, exit codes."""

import os
import re
import signal
import socket
import subprocess
import time

import pytest

from conformance.conn import TIMEOUT, Conn
from conformance.kv import servers
from conformance.kv.proc import until
from conformance.resp import Bulk, Simple, encode

# The program is kv's own; redis-server's is another one.
pytestmark = pytest.mark.parametrize("kind", ["kv"])

ROOT = os.path.join(servers.HERE, "..", "..")


@pytest.fixture
def kv(kind, tmp_path):
    """kv(*options): runs it to its end; (exit code, stdout, stderr)."""
    def kv(*options):
        p = subprocess.run(
            servers.command("kv") + [str(o) for o in options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, cwd=str(tmp_path), timeout=TIMEOUT)
        return p.returncode, p.stdout.decode(), p.stderr.decode()
    return kv


class Running:
    def __init__(self, log, options):
        self.port, self.log = servers.free_port(), log
        with open(log, "wb") as f:
            self.process = subprocess.Popen(
                servers.command("kv") + ["--port", str(self.port)] +
                [str(o) for o in options], stdin=subprocess.DEVNULL,
                stdout=f, stderr=f)
        self.pid = self.process.pid
        until("it listens", self.listens, 2 * TIMEOUT)

    def listens(self):
        assert self.process.poll() is None, self.output()
        try:
            with self.connect() as c:
                return c.cmd("PING")
        except OSError:
            return False

    def connect(self):
        return Conn(self.port)

    def output(self):
        with open(self.log, "rb") as f:
            return f.read().decode()

    def kill(self, signum):
        os.kill(self.pid, signum)

    def ends(self, seconds=3):
        return self.process.wait(seconds)


@pytest.fixture
def up(kind, tmp_path):
    """up(*options): starts kv on a free port."""
    running = []

    def up(*options):
        running.append(Running(str(tmp_path / ("log%d" % len(running))),
                               options))
        return running[-1]

    yield up
    for r in running:
        if r.process.poll() is None:
            r.process.kill()
            r.process.wait()


def refused(result, *words):
    """Exit code 1, nothing on stdout, one line on stderr with these words."""
    code, out, err = result
    assert code == 1 and out == "", result
    assert err.endswith("\n") and err.count("\n") == 1, err
    assert len(err) < 300
    for word in words:
        assert word in err, (word, err)


# ---- what it prints ------------------------------------------------------

def test_help(kv):
    code, out, err = kv("--help")
    assert code == 0 and err == ""
    for word in ("--port", "--bind", "--maxmemory", "--help", "--version"):
        assert word in out
    assert all(len(line) <= 100 for line in out.split("\n"))


def test_version(kv):
    code, out, err = kv("--version")
    assert code == 0 and err == ""
    found = re.match(r"kv (\d+\.\d+\.\d+)\b[^\n]*\n\Z", out)
    assert found, out
    with open(os.path.join(ROOT, "kv.h")) as f:
        assert '#define KV_VERSION "%s"' % found.group(1) in f.read()


def test_commands_is_the_table_in_the_readme(kv):
    code, out, err = kv("--commands")
    assert code == 0 and err == ""
    lines = out.rstrip("\n").split("\n")
    assert len(lines) > 50
    assert all(re.match(r"\|.*\|\Z", line) for line in lines)
    assert re.match(r"[|: -]+\Z", lines[1])
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1
    with open(os.path.join(ROOT, "README.md")) as f:
        readme = f.read()
    assert readme.count("<!-- commands -->") == 1
    table = readme.partition("<!-- commands -->")[2]
    table, end, _ = table.partition("<!-- /commands -->")
    assert end and table.strip("\n") == out.strip("\n")


def test_options_is_the_table_in_the_readme(kv):
    code, out, err = kv("--options")
    assert code == 0 and err == ""
    with open(os.path.join(ROOT, "README.md")) as f:
        table = f.read().partition("<!-- options -->")[2]
    table, end, _ = table.partition("<!-- /options -->")
    assert end and table.strip("\n") == out.strip("\n")


def test_commands_lists_every_command(kv, up):
    _, out, _ = kv("--commands")
    words = set(re.findall(r"[a-z_]+", out.lower()))
    with up().connect() as c:
        for name in c.cmd("COMMAND", "LIST").v:
            assert name.v.decode().partition("|")[0] in words


def test_banner(up):
    """Where it listens and who it is, in a few lines."""
    s = up()
    text = s.output()
    assert "127.0.0.1:%d" % s.port in text
    assert re.search(r"\b%d\b" % s.pid, text)
    assert text.endswith("\n") and text.count("\n") <= 5
    with s.connect() as c:      # it stays quiet in normal work
        c.cmd("SET", "k", "v")
        c.cmd("NOPE")
    with s.connect() as c:
        c.send(b"*1\r\nx")
        c.read_until_close()
    assert s.output().count("\n") <= 6


# ---- bad options ---------------------------------------------------------

@pytest.mark.parametrize("wrong,right", [
    ("--prot", "--port"), ("--maxmemry", "--maxmemory"),
    ("--max-memory", "--maxmemory"), ("--requirepas", "--requirepass"),
    ("--unixsocketprem", "--unixsocketperm"), ("--tiemout", "--timeout"),
    ("--hlep", "--help"), ("--maxclient", "--maxclients")])
def test_unknown_option_names_the_nearest(kv, wrong, right):
    refused(kv(wrong, "1"), wrong.lstrip("-"), right)
    refused(kv(wrong), wrong.lstrip("-"), right)


def test_unknown_option(kv):
    refused(kv("--zzzzzzzzzzzz", "1"), "zzzzzzzzzzzz")
    refused(kv("--" + "z" * 100000, "1"))
    refused(kv("--a\nb", "1"))
    refused(kv("-p", "1"), "-p")
    refused(kv("something"), "something")
    refused(kv("", ""))


@pytest.mark.parametrize("name,value", [
    ("port", "abc"), ("port", "70000"), ("port", "-1"), ("port", ""),
    ("maxmemory", "1xb"), ("maxmemory", "-1"), ("maxmemory-policy", "nope"),
    ("timeout", "-1"), ("timeout", "1s"), ("maxclients", "0"),
    ("databases", "0"), ("databases", "x"), ("unixsocketperm", "999"),
    ("protected-mode", "2"), ("enable-debug-command", "maybe"),
    ("client-output-buffer-limit", "normal 1"),
    ("client-output-buffer-limit", "foo 1 2 3"),
    ("proto-max-bulk-len", "1"), ("hz", "x")])
def test_bad_value(kv, name, value):
    refused(kv("--" + name, value), name)


def test_missing_value(kv):
    refused(kv("--maxmemory"), "maxmemory")
    refused(kv("--port"), "port")
    refused(kv("--port", "1", "--timeout"), "timeout")


# ---- options of redis-server that kv does not have -----------------------

def test_what_asks_for_nothing_is_accepted(up):
    s = up("--save", "", "--appendonly", "no", "--daemonize", "no",
           "--cluster-enabled", "no", "--tls-port", "0")
    with s.connect() as c:
        assert c.cmd("PING") == Simple("PONG")


@pytest.mark.parametrize("name,value", [
    ("cluster-enabled", "yes"), ("tls-port", "6380"),
    ("replicaof", "127.0.0.1 6379"), ("aclfile", "users.acl")])
def test_promises_that_cannot_be_kept_are_refused(kv, name, value):
    refused(kv("--port", servers.free_port(), "--" + name, value), name)


def test_what_asks_for_something_else_is_passed_over(up):
    s = up("--activedefrag", "yes", "--syslog-enabled", "yes")
    with s.connect() as c:
        assert c.cmd("PING") == Simple("PONG")
    assert "kv: activedefrag: passed over" in s.output()
    assert "kv: syslog-enabled: passed over" in s.output()


# ---- accepted options ----------------------------------------------------

def test_options_show_in_config_get(up):
    s = up("--maxmemory", "100mb", "--Timeout", "7", "--timeout", "9",
           "--databases", "4", "--maxmemory-policy", "allkeys-lru",
           "--requirepass", "p w", "--client-output-buffer-limit",
           "pubsub 1mb 2mb 3")
    with s.connect() as c:
        assert c.cmd("AUTH", "p w") == Simple("OK")
        for name, value in (
                ("maxmemory", "104857600"), ("timeout", "9"),
                ("databases", "4"), ("maxmemory-policy", "allkeys-lru"),
                ("port", str(s.port)),
                ("client-output-buffer-limit", "normal 0 0 0 slave 268435456 "
                 "67108864 60 pubsub 1048576 2097152 3")):
            assert c.cmd("CONFIG", "GET", name).v[1] == Bulk(value)
        assert c.cmd("SELECT", 3) == Simple("OK")
        assert c.cmd("SELECT", 4).v == b"ERR DB index is out of range"


def test_default_address(kind, tmp_path):
    """127.0.0.1:6379, and no other address."""
    for host in ("127.0.0.1", "127.0.0.2"):
        with socket.socket() as s:
            if s.connect_ex((host, 6379)) == 0:
                pytest.skip("port 6379 is in use")
    p = subprocess.Popen(servers.command("kv"), cwd=str(tmp_path),
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    try:
        def answers():
            try:
                return Conn(6379)
            except OSError:
                return None
        with until("it listens on 6379", answers) as c:
            assert c.cmd("PING") == Simple("PONG")
        with pytest.raises(OSError):
            Conn(6379, "127.0.0.2")
        p.terminate()
        assert p.wait(3) == 0
    finally:
        p.kill()
        p.wait()


# ---- addresses that cannot be had ----------------------------------------

def test_port_in_use(kv):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(1)
        port = s.getsockname()[1]
        refused(kv("--port", port), str(port))


def test_port_in_use_by_another_kv(kv, up):
    s = up()
    refused(kv("--port", s.port), str(s.port))
    with s.connect() as c:
        assert c.cmd("PING") == Simple("PONG")


def test_bad_addresses(kv, tmp_path):
    port = servers.free_port()
    refused(kv("--port", port, "--bind", "300.1.1.1"), "300.1.1.1")
    refused(kv("--port", port, "--bind", "198.51.100.7"), "198.51.100.7")
    refused(kv("--port", 0, "--unixsocket", tmp_path / "no" / "s"), "no/s")
    refused(kv("--port", 0, "--unixsocket", "/tmp/" + "x" * 200))
    refused(kv("--port", 0))


@pytest.mark.parametrize("options,why", [
    (("--bind", "10.99.99.99"), "no such address"),
    (("--bind", "not.a.host.invalid"), "no such address"),
    (("--unixsocket", "nowhere/s"), "no such file or directory"),
    (("--unixsocket", "kv.conf/s"), "no such file or directory")])
def test_why_it_cannot_listen(kv, tmp_path, options, why):
    (tmp_path / "kv.conf").write_text("")
    port = "0" if "--unixsocket" in options else servers.free_port()
    refused(kv("--port", port, *options), "cannot listen on", why)


def test_unix_socket_path_that_is_a_file(kv, tmp_path):
    """A file that is not a socket is not removed."""
    path = tmp_path / "precious"
    path.write_text("data")
    refused(kv("--port", 0, "--unixsocket", path), "precious")
    assert path.read_text() == "data"


# ---- signals -------------------------------------------------------------

@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT],
                         ids=["TERM", "INT"])
def test_signal_ends_it(up, tmp_path, signum):
    path = str(tmp_path / "s")
    s = up("--unixsocket", path)
    with s.connect() as idle, s.connect() as half, s.connect() as unread:
        idle.cmd("SET", "k", "x" * 100000)
        half.send(b"*2\r\n$4\r\nEC")
        unread.send(encode("GET", "k") * 300)
        s.kill(signum)
        assert s.ends() == 0
        assert idle.at_eof()
    assert not os.path.exists(path)
    # The port is free again.
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", s.port))


def test_second_signal_ends_it_at_once(up):
    s = up("--enable-debug-command", "yes")
    with s.connect() as c:
        c.cmd("PING")
        c.send(encode("DEBUG", "SLEEP", "4"))
        time.sleep(0.1)     # it sleeps now
        began = time.monotonic()
        s.kill(signal.SIGTERM)
        time.sleep(0.05)
        s.kill(signal.SIGTERM)
        s.ends()
        assert time.monotonic() - began < 1


def test_broken_pipes_do_not_end_it(up):
    s = up()
    s.kill(signal.SIGPIPE)
    for _ in range(20):
        with s.connect() as c:
            c.send(encode("ECHO", "x" * 100000) * 20)
    with s.connect() as c:
        assert c.cmd("PING") == Simple("PONG")


def test_output_that_nobody_reads(kind):
    """stdout and stderr are closed, as after `kv | head -1`."""
    port = servers.free_port()
    r, w = os.pipe()
    os.close(r)
    p = subprocess.Popen(servers.command("kv") + ["--port", str(port)],
                         stdin=subprocess.DEVNULL, stdout=w, stderr=w)
    os.close(w)
    try:
        def answers():
            assert p.poll() is None
            try:
                return Conn(port)
            except OSError:
                return None
        with until("it listens", answers) as c:
            assert c.cmd("PING") == Simple("PONG")
        p.terminate()
        assert p.wait(3) == 0
    finally:
        p.kill()
        p.wait()
