"""redis-cli: its modes of output and of input, and what it finds out."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from check import check, equal, port, until


def run(*words, stdin=b"", ok=0, env=None):
    p = subprocess.run(["redis-cli", "-p", str(port)] + list(words),
                       input=stdin, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=20,
                       env=dict(os.environ, **(env or {})))
    assert p.returncode == ok, (p.returncode, p.stdout, p.stderr)
    return p.stdout + p.stderr if ok else p.stdout


def cli(*words, **more):
    """What it prints, as lines without the last line's end."""
    return run(*words, **more).decode().rstrip("\n")


def lines(*words, **more):
    return cli(*words, **more).split("\n")


def flush():
    equal(cli("flushall"), "OK")


class Background:
    """One that prints until it is ended."""

    def __init__(self, *words):
        self.p = subprocess.Popen(
            ["redis-cli", "-p", str(port)] + list(words),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.got = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.p.kill()
        self.p.wait()

    def until(self, pattern):
        end = time.monotonic() + 5
        while not re.search(pattern, self.got):
            left = end - time.monotonic()
            assert left > 0 and select.select([self.p.stdout], [], [], left)[
                0], self.got
            data = os.read(self.p.stdout.fileno(), 65536)
            assert data, self.got
            self.got += data
        return self.got


@check("commands", flush)
def _():
    equal(cli("set", "greeting", "hello world"), "OK")
    equal(cli("get", "greeting"), "hello world")
    equal(cli("incrby", "n", "41"), "41")
    equal(cli("get", "nothing"), "")
    equal(cli("rpush", "l", "a", "b", "c"), "3")
    equal(lines("lrange", "l", "0", "-1"), ["a", "b", "c"])
    equal(lines("-r", "3", "incr", "n"), ["42", "43", "44"])
    equal(cli("-n", "3", "dbsize"), "0")
    equal(cli("-u", "redis://127.0.0.1:%d/3" % port, "set", "k", "v"), "OK")
    equal(cli("-n", "3", "keys", "*"), "k")
    assert "WRONGTYPE" in cli("-e", "lpush", "n", "x", ok=1)
    assert "unknown command" in cli("nosuchcommand", "x")


@check("output formats", flush)
def _():
    cli("mset", "a", "one", "b", 'q"\n')
    equal(lines("--no-raw", "mget", "a", "b", "c"),
          ['1) "one"', '2) "q\\"\\n"', "3) (nil)"])
    equal(cli("--csv", "mget", "a", "b", "c"), r'"one","q\"\n",NULL')
    cli("hset", "h", "f", "v", "g", "w")
    equal(cli("--json", "hgetall", "h"), '{"f":"v","g":"w"}')
    equal(cli("-2", "--json", "hgetall", "h"), '["f","v","g","w"]')
    equal(lines("-3", "--no-raw", "hgetall", "h"),
          ['1# "f" => "v"', '2# "g" => "w"'])
    cli("zadd", "z", "1.5", "m", "inf", "n")
    equal(cli("-3", "--no-raw", "zscore", "z", "m"), "(double) 1.5")
    equal(cli("--json", "zrange", "z", "0", "-1", "withscores"),
          '[["m",1.5],["n",inf]]')
    equal(lines("-d", ";", "lrange", "nothing", "0", "-1"), [""])
    cli("sadd", "s", "x")
    equal(cli("-3", "--no-raw", "smembers", "s"), '1~ "x"')
    equal(cli("--no-raw", "incr", "n"), "(integer) 1")
    equal(cli("--no-raw", "-3", "get", "nothing"), "(nil)")
    equal(cli("--no-raw", "lpush", "a", "x"), "(error) WRONGTYPE Operation "
          "against a key holding the wrong kind of value")


@check("input", flush)
def _():
    equal(lines(stdin=b'set k "a\\x00b"\nstrlen k\nmulti\nincr n\nget k\n'
                b'exec\n'), ["OK", "3", "OK", "QUEUED", "QUEUED", "1",
                             "a\0b"])
    blob = bytes(range(256)) * 100
    equal(run("-x", "set", "blob", stdin=blob), b"OK\n")
    equal(run("get", "blob"), blob + b"\n")
    equal(run("-X", "tag", "set", "tag", "v", stdin=b"thekey"), b"OK\n")
    equal(cli("get", "thekey"), "v")


@check("dump and restore", flush)
def _():
    cli("zadd", "z", "1", "a", "2", "b")
    dump = run("dump", "z")[:-1]
    equal(run("-x", "restore", "copy", "0", stdin=dump), b"OK\n")
    equal(lines("zrange", "copy", "0", "-1", "withscores"),
          ["a", "1", "b", "2"])


@check("--pipe", flush)
def _():
    data = b"".join(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (
        len(k), k, len(k), k) for k in (b"key:%d" % i for i in range(20000)))
    got = cli("--pipe", stdin=data)
    assert "errors: 0, replies: 20000" in got, got
    equal(cli("dbsize"), "20000")
    got = cli("--pipe", stdin=b"LPUSH key:1 x\r\nSET a b\r\n", ok=1)
    assert "errors: 1, replies: 2" in got, got


@check("--scan", flush)
def _():
    cli(stdin=b"".join(b"set user:%d x\nrpush list:%d x\n" % (i, i)
                       for i in range(500)))
    equal(sorted(lines("--scan", "--pattern", "user:1?")),
          sorted("user:%d" % i for i in range(10, 20)))
    equal(len(set(lines("--scan"))), 1000)
    equal(len(lines("--scan", "--pattern", "list:*")), 500)


@check("--bigkeys and --memkeys", flush)
def _():
    cli("set", "s", "x" * 3000)
    cli(stdin=b"rpush l 1 2 3 4 5\nsadd s1 a b\nhset h f v\nzadd z 1 a\n"
        b"xadd x * f v\nset small x\n")
    got = cli("--bigkeys")
    for found in (r"string found \S+ has 3000 bytes", r"list found \S+ has 5 ",
                  r"set found \S+ has 2 members", r"hash found \S+ has 1 fi",
                  r"zset found \S+ has 1 memb", r"stream found \S+ has 1 ent"):
        assert re.search(r"Biggest +" + found, got), (found, got)
    assert re.search(r"Biggest\s+string found \S+ has 3\d\d\d bytes",
                     cli("--memkeys"))


@check("--hotkeys", flush)
def _():
    cli("set", "a", "1")
    assert "LFU" in cli("--hotkeys", ok=1)
    equal(cli("config", "set", "maxmemory-policy", "allkeys-lfu"), "OK")
    cli(stdin=b"set b 1\n" + b"get b\n" * 300)
    got = cli("--hotkeys")
    cli("config", "set", "maxmemory-policy", "noeviction")
    assert re.search(r"hot key found with counter: \d+\s+keyname: .?b", got), \
        got


@check("--stat and --latency", flush)
def _():
    cli("set", "a", "1")
    with Background("--stat", "-i", "0.05") as stat:
        stat.until(rb"(?s)keys +mem +clients.*\n1 +[0-9.]+[KM] +1 +0 +\d+ ")
    number = cli("--latency", "--raw", "-i", "0.2").split()
    assert len(number) == 4 and int(number[3]) > 0, number


@check("subscribe", flush)
def _():
    with Background("subscribe", "news") as one, \
            Background("psubscribe", "n*") as two:
        one.until(rb"subscribe\nnews\n1\n")
        two.until(rb"psubscribe\nn\*\n1\n")
        equal(cli("publish", "news", "what happened"), "2")
        one.until(rb"message\nnews\nwhat happened\n")
        two.until(rb"pmessage\nn\*\nnews\nwhat happened\n")


@check("passwords", flush)
def _():
    equal(cli("config", "set", "requirepass", "se cret"), "OK")
    try:
        assert cli("get", "a").startswith("NOAUTH")
        assert "AUTH failed: WRONGPASS" in subprocess.run(
            ["redis-cli", "-p", str(port), "-a", "bad", "get", "a"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()
        equal(cli("-a", "se cret", "--no-auth-warning", "ping"), "PONG")
        equal(cli("--user", "default", "--pass", "se cret",
                  "--no-auth-warning", "-3", "ping"), "PONG")
        equal(cli("ping", env={"REDISCLI_AUTH": "se cret"}), "PONG")
    finally:
        cli("config", "set", "requirepass", "",
            env={"REDISCLI_AUTH": "se cret"})


@check("in a terminal", flush)
def _():
    pid, tty = pty.fork()
    if pid == 0:
        os.execvpe("redis-cli", ["redis-cli", "-p", str(port)],
                   dict(os.environ, TERM="xterm", HOME="/nonexistent"))
    fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("4H", 40, 100, 0, 0))
    got = b""

    def expect(pattern):
        # to the end of the next prompt: redis-cli throws away what is
        # typed before it
        nonlocal got
        end = time.monotonic() + 5
        while not re.search(pattern, got):
            left = end - time.monotonic()
            assert left > 0 and select.select([tty], [], [], left)[0], got
            got += os.read(tty, 65536)
        got = b""

    try:
        expect(rb":%d> " % port)
        os.write(tty, b"set k 'a b'\r")
        expect(rb"OK\r\n(.|\n)*:%d> " % port)
        os.write(tty, b"select 2\r")
        expect(rb":%d\[2\]> " % port)
        os.write(tty, b"multi\r")
        expect(rb"\(TX\)> ")
        os.write(tty, b"discard\r")
        expect(rb"OK\r\n(.|\n)*:%d\[2\]> " % port)
        os.write(tty, b"help append\r")
        expect(rb"summary:(.|\n)*:%d\[2\]> " % port)
        os.write(tty, b"quit\r")
        until(lambda: os.waitpid(pid, os.WNOHANG) != (0, 0))
        pid = 0
    finally:
        os.close(tty)
        if pid:
            os.kill(pid, 9)
            os.waitpid(pid, 0)


@check("help and docs", flush)
def _():
    assert "HGETALL" in cli("command", "docs", "hgetall").upper()
    assert len(lines("command", "list")) > 200
    equal(lines("command", "getkeys", "mset", "a", "1", "b", "2"), ["a", "b"])
    for name in ("client", "config", "object", "xinfo", "xgroup", "memory",
                 "pubsub"):
        assert lines(name, "help")[0].upper().startswith(name.upper())


@check("blocking lists: redis-cli waits", flush)
def _():
    equal(cli("blpop", "q", "0.01"), "")
    with Background("blpop", "q", "5") as waits:
        until(lambda: "cmd=blpop" in cli("client", "list"))
        equal(cli("rpush", "q", "job"), "1")
        waits.until(rb"q\njob\n")


@check("monitor: redis-cli monitor", flush)
def _():
    with Background("monitor") as monitor:
        monitor.until(rb"OK\n")
        cli("set", "k", "a\"b")
        monitor.until(rb'\d+\.\d{6} \[0 127.0.0.1:\d+\] "set" "k" '
                      rb'"a\\"b"\n')


@check("slowlog: redis-cli slowlog", flush)
def _():
    before = cli("config", "get", "slowlog-log-slower-than").split("\n")[1]
    try:
        cli("config", "set", "slowlog-log-slower-than", "0")
        cli("slowlog", "reset")
        cli("set", "slow", "one")
        got = lines("slowlog", "get", "2")
        assert got[got.index("set"):][:3] == ["set", "slow", "one"], got
        assert int(cli("slowlog", "len")) >= 2
    finally:
        cli("config", "set", "slowlog-log-slower-than", before)


@check("latency: redis-cli latency", flush)
def _():
    assert "latency" in cli("latency", "doctor")
    equal(cli("latency", "latest"), "")
    assert "histogram_usec" in cli("latency", "histogram", "set")
    assert cli("latency", "reset") == "0"


@check("lua: --eval", flush)
def _():
    with open("script.lua", "w") as f:
        f.write("return redis.call('set', KEYS[1], ARGV[1])")
    equal(cli("--eval", "script.lua", "k", ",", "v"), "OK")


@check("sync: --rdb", flush)
def _():
    cli("set", "k", "v")
    cli("config", "set", "repl-diskless-sync-delay", "0")
    run("--rdb", "out.rdb")
    with open("out.rdb", "rb") as f:
        assert f.read(5) == b"REDIS"


print("end")
