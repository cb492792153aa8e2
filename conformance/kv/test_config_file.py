"""Configuration files: what is read, what is refused, what CONFIG REWRITE
writes."""

import os
import random
import stat
import subprocess

import pytest

from conformance.conn import Conn
from conformance.kv import servers
from conformance.kv.proc import until
from conformance.resp import Array, Bulk, Err, Simple

OK = Simple("OK")


@pytest.fixture
def conf(tmp_path):
    """conf(text, name="kv.conf"): the path of a file with that text."""
    def write(text, name="kv.conf"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)
    return write


@pytest.fixture
def serve(tmp_path):
    """serve(path, *options): a connection to a server, and its log."""
    running = []

    def serve(path, *options):
        port = servers.free_port()
        log = open(str(tmp_path / "log"), "wb")
        process = subprocess.Popen(
            servers.command("kv") + [path] + list(options) +
            ["--port", str(port)], stdout=log, stderr=log, cwd=str(tmp_path))
        running.append(process)

        def answers():
            assert process.poll() is None, (tmp_path / "log").read_text()
            try:
                return Conn(port)
            except OSError:
                return None
        return until("it serves", answers, 10)

    serve.log = lambda: (tmp_path / "log").read_text()
    yield serve
    for process in running:
        process.terminate()
        assert process.wait(10) == 0


def refused(tmp_path, path, *options):
    """The one line that a server says which does not start."""
    done = subprocess.run(servers.command("kv") + [path] + list(options),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=str(tmp_path), timeout=10)
    assert done.returncode == 1 and not done.stdout
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    assert lines and all(line.startswith("kv: ") for line in lines)
    return lines[-1]


def get(c, name):
    return c.cmd("CONFIG", "GET", name).v[1].v.decode()


# ---- reading ---------------------------------------------------------------

def test_file_and_options(conf, serve):
    c = serve(conf("""# a comment
  # another

maxmemory 100mb
MAXMEMORY-policy allkeys-lru   
timeout 7\t
client-output-buffer-limit normal 1mb 512kb 60
client-output-buffer-limit pubsub 2mb 1mb 30
bind 127.0.0.1 -::1
requirepass "a \\"b\\" \\x41"
proto-max-bulk-len 2mb\r
save ""
appendonly no
hz 20"""), "--timeout", "9")
    assert c.cmd("AUTH", 'a "b" A') == OK
    for name, value in (("maxmemory", "104857600"), ("timeout", "9"),
                        ("maxmemory-policy", "allkeys-lru"), ("hz", "20"),
                        ("proto-max-bulk-len", "2097152"),
                        ("bind", "127.0.0.1 -::1")):
        assert get(c, name) == value
    assert get(c, "client-output-buffer-limit") == (
        "normal 1048576 524288 60 slave 268435456 67108864 60 pubsub 2097152 "
        "1048576 30")
    info = c.cmd("INFO", "server").v.decode()
    assert "config_file:" + os.path.dirname(conf("x", "y")) in info


def test_include(conf, serve):
    inner = conf("timeout 5\nhz 30\n", "inner.conf")
    c = serve(conf("timeout 3\ninclude %s\nhz 40\ninclude 'inner 2.conf'\n" %
                   inner), "--databases", "3")
    assert get(c, "timeout") == "5" and get(c, "hz") == "40"


@pytest.fixture(autouse=True)
def inner_2(tmp_path):
    (tmp_path / "inner 2.conf").write_text("maxclients 77\n")


def test_empty_and_odd_files(conf, serve):
    assert get(serve(conf("")), "timeout") == "0"
    assert get(serve(conf("\n\n#\n \t\n\r\n")), "timeout") == "0"
    assert get(serve(conf("timeout 4")), "timeout") == "4"
    assert get(serve(conf("  'timeout'   \"4\"  \n")), "timeout") == "4"


def test_names_of_redis_are_passed_over(conf, serve):
    c = serve(conf("activedefrag yes\nsyslog-enabled yes\n"
                   "supervised upstart\nio-threads 4\nrdbcompression yes\n"))
    assert c.cmd("PING") == Simple("PONG")
    log = serve.log()
    assert "line 1: activedefrag: passed over" in log
    assert "line 2: syslog-enabled" in log and "line 3: supervised" in log
    assert "io-threads" not in log
    assert "settings that only Redis has, passed over: 1" in log


@pytest.mark.parametrize("line,said", [
    ("maxmemory 1xb", "maxmemory: argument must be a memory value"),
    ("timeout", "timeout: argument couldn't be parsed into an integer"),
    ("timeout -1", "timeout: argument must be between"),
    ("requirepass 'a", "unbalanced quotes"),
    ('requirepass "a"b', "unbalanced quotes"),
    ("maxmemry 1", "there is no parameter 'maxmemry'; the nearest is "
     "'maxmemory'"),
    ("cluster-enabled yes",
     "cluster-enabled: this server does not have that"),
    ("save 900", "save: Invalid save parameters"),
    ("save 0 1", "save: Invalid save parameters"),
    ("replicaof 10.0.0.1 6379", "replicaof: kv does not have what this"),
    ("user alice on", "user: kv does not have what this promises"),
    ("tls-port 6380", "tls-port: kv does not have what this promises"),
    ("min-replicas-to-write 1", "min-replicas-to-write: kv does not have"),
    ("include", "include needs a path"),
    ("include nothing.conf", "nothing.conf cannot be read: no such file"),
    ("include */x.conf", "include: a directory cannot be a pattern"),
    ("include .", ". cannot be read: input/output error"),
    ("timeout 1\0", "a zero byte"),
    ("x" * 200 + " 1", "there is no parameter 'xxxx"),
    ("client-output-buffer-limit normal 1", "client-output-buffer-limit: "
     "Wrong number of arguments"),
])
def test_refused(conf, tmp_path, line, said):
    path = conf("hz 11\n\n%s\nhz 12\n" % line)
    text = refused(tmp_path, path)
    assert path + " line 3: " + said in text


def test_include_loop(conf, tmp_path):
    path = conf("include kv.conf\n")
    assert "include: 16 files deep, a loop?" in refused(tmp_path, path)
    conf("include b.conf\n", "a.conf")
    path = conf("\ninclude a.conf\n", "b.conf")
    assert "a loop?" in refused(tmp_path, path)


def test_error_in_an_included_file_names_it(conf, tmp_path):
    conf("\n\nhz x\n", "bad.conf")
    path = conf("timeout 1\ninclude bad.conf\n")
    assert "bad.conf line 3: hz: " in refused(tmp_path, path)


def test_include_with_a_pattern(conf, serve, tmp_path):
    (tmp_path / "parts").mkdir()
    conf("timeout 5\n", "parts/b.cnf")
    conf("timeout 4\nhz 11\n", "parts/a.cnf")
    conf("hz x\n", "parts/c.other")
    c = serve(conf("include %s/parts/*.cnf\ninclude %s/none/*\n" % (
        tmp_path, tmp_path)))
    assert get(c, "timeout") == "5" and get(c, "hz") == "11"
    conf("hz x\n", "parts/c.cnf")
    text = refused(tmp_path, conf("include parts/*.cnf\n"))
    assert "parts/c.cnf line 1: hz: " in text


def test_byte_order_mark(conf, serve):
    assert get(serve(conf(b"\xef\xbb\xbftimeout 4\n")), "timeout") == "4"


def test_files_of_later_versions(conf, serve):
    """Names that Redis got after 7.0, and Valkey's."""
    c = serve(conf('locale-collate ""\nset-max-listpack-entries 128\n'
                   "set-max-listpack-value 64\nhide-user-data-from-log no\n"
                   "max-new-connections-per-cycle 10\nlookahead 16\n"
                   "commandlog-slow-execution-max-len 128\n"
                   "availability-zone a\n"))
    assert c.cmd("PING") == Simple("PONG")
    assert "settings that only Redis has, passed over: 8" in serve.log()


def test_unreadable_files(conf, tmp_path):
    assert "cannot be read" in refused(tmp_path, "nothing.conf")
    assert "cannot be read" in refused(tmp_path, str(tmp_path))
    path = conf(b"#" * (5 << 20))
    assert "is too long" in refused(tmp_path, path)


def test_garbage_is_refused_or_read_but_never_breaks(conf, tmp_path):
    rng = random.Random(1)
    words = [b"timeout", b"5", b'"', b"'", b"\\", b"\\x4", b"#", b"include",
             b" ", b"\t", b"\xff", b"hz", b"maxmemory", b"1gb", b"\r", b"\n"]
    for _ in range(60):
        path = conf(b"".join(rng.choice(words) for _ in range(40)) +
                    b"\nnot-a-parameter 1\n")
        refused(tmp_path, path)


# ---- CONFIG REWRITE --------------------------------------------------------

def test_rewrite_keeps_what_it_can(conf, serve):
    path = conf("""# top
maxmemory   100mb
\thz 10
timeout 7

# below
bind 127.0.0.1
timeout 8
client-output-buffer-limit pubsub 32mb 8mb 60
include inner\\ 2.conf
""".replace("include inner\\ 2.conf", "include 'inner 2.conf'"))
    os.chmod(path, 0o640)
    c = serve(path)
    assert c.cmd("CONFIG", "REWRITE") == OK
    assert c.cmd("CONFIG", "SET", "timeout", "9", "maxmemory-samples", "7",
                 "requirepass", 'p "w\\ \xe9') == OK
    assert c.cmd("AUTH", 'p "w\\ \xe9') == OK
    assert c.cmd("CONFIG", "REWRITE") == OK
    port = get(c, "port")
    text = open(path).read()
    assert text == """# top
maxmemory   100mb
\thz 10
timeout 9

# below
bind 127.0.0.1
client-output-buffer-limit normal 0 0 0 slave 268435456 67108864 60 pubsub \
33554432 8388608 60
include 'inner 2.conf'
# Generated by CONFIG REWRITE
maxclients 77
port %s
timeout 9
maxmemory-samples 7
requirepass "p \\"w\\\\ \\xc3\\xa9"
""" % port
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640
    again = serve(path)
    assert again.cmd("AUTH", 'p "w\\ \xe9') == OK
    for name in ("timeout", "maxmemory-samples", "maxmemory", "maxclients"):
        assert get(again, name) == get(c, name)
    assert again.cmd("CONFIG", "REWRITE") == OK
    assert [line for line in open(path) if not line.startswith("port")] == [
        line + "\n" for line in text.splitlines()
        if not line.startswith("port")]


def test_rewrite_before_an_include(conf, serve, tmp_path):
    """What an include says otherwise is said again behind it, once."""
    conf("timeout 5\nhz 20\n", "inc.conf")
    path = conf("timeout 3\nlfu-decay-time 2\ninclude %s\n" % (
        tmp_path / "inc.conf"))
    c = serve(path)
    assert get(c, "timeout") == "5" and get(c, "hz") == "20"
    assert c.cmd("CONFIG", "SET", "timeout", "9") == Simple("OK")
    for _ in range(3):
        assert c.cmd("CONFIG", "REWRITE") == Simple("OK")
        lines = open(path).read().splitlines()
        assert lines.count("timeout 9") == 2
        assert lines[0] == "timeout 9"
        assert lines.count("lfu-decay-time 2") == 1
        again = serve(path)
        assert get(again, "timeout") == "9" and get(again, "hz") == "20"
        assert get(again, "lfu-decay-time") == "2"


def test_rewrite_through_a_link(conf, serve, tmp_path):
    path = conf("timeout 3\n", "real.conf")
    os.mkdir(str(tmp_path / "links"))
    os.symlink("../real.conf", str(tmp_path / "links" / "one.conf"))
    os.symlink("links/one.conf", str(tmp_path / "two.conf"))
    c = serve(str(tmp_path / "two.conf"))
    assert c.cmd("CONFIG", "SET", "timeout", "8") == OK
    assert c.cmd("CONFIG", "REWRITE") == OK
    assert open(path).read().startswith("timeout 8\n")
    assert os.path.islink(str(tmp_path / "two.conf"))
    assert os.path.islink(str(tmp_path / "links" / "one.conf"))


def test_rewrite_without_a_file(start):
    with start("kv").connect() as c:
        assert c.cmd("CONFIG", "REWRITE") == Err(
            "ERR The server is running without a config file")


def test_rewrite_that_fails_loses_nothing(conf, serve, tmp_path):
    (tmp_path / "sub").mkdir()
    path = conf("timeout 3\n", "sub/kv.conf")
    c = serve(path)
    os.unlink(path)
    assert c.cmd("CONFIG", "REWRITE").v.startswith(
        b"ERR Rewriting config file: ")
    conf("timeout 3\n", "sub/kv.conf")
    if os.geteuid() == 0:
        os.rename(str(tmp_path / "sub"), str(tmp_path / "gone"))
        assert c.cmd("CONFIG", "REWRITE").v.startswith(b"ERR Rewriting")
        os.rename(str(tmp_path / "gone"), str(tmp_path / "sub"))
    else:
        os.chmod(str(tmp_path / "sub"), 0o500)
        assert c.cmd("CONFIG", "REWRITE").v.startswith(b"ERR Rewriting")
        os.chmod(str(tmp_path / "sub"), 0o700)
    assert open(path).read() == "timeout 3\n"
    assert c.cmd("CONFIG", "REWRITE") == OK
    assert os.listdir(str(tmp_path / "sub")) == ["kv.conf"]
    assert c.cmd("CONFIG", "GET", "timeout") == Array([Bulk("timeout"),
                                                       Bulk("3")])
