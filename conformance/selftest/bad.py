"""Servers that are none, and calls that are wrong: the suite says so in one
sentence, with the exit code that README.md promises, and in time."""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from multiprocessing.pool import ThreadPool

from conformance.case import HERE
from conformance.conn import Conn
from conformance.resp import Parser, ProtocolError, short
from conformance.selftest.peers import Between, Broken, Peer
from conformance.target import Process, free_port

REDIS = "redis-server --port {port} --bind 127.0.0.1 --save ''"
DEADLINE = 15
JOBS = 4


def call(*args, **how):
    """(exit code or None, output, errors, seconds) of the program."""
    begin = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "conformance"] + list(args),
            cwd=os.path.dirname(HERE), timeout=how.get("deadline", DEADLINE),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        return None, "", "", DEADLINE
    return (done.returncode, done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"),
            time.monotonic() - begin)


def complaints(label, got, code, *words):
    """What is wrong with the end of a call, whose exit code is to be this or
    one of these. Where nothing ran there is one sentence on stderr, with
    these words in it."""
    exit, out, err, _ = got
    codes = code if isinstance(code, tuple) else (code,)
    code = exit if exit in codes else codes[0]
    if exit is None:
        return ["%s: no end in %d s" % (label, DEADLINE)]
    wrong = []
    if "Traceback" in out + err:
        wrong.append("%s: a traceback: %s" % (
            label, err.strip().split("\n")[-1]))
    elif exit != code:
        wrong.append("%s: exit code %d, not %d: %s" % (
            label, exit, code, (err or out).strip()[-200:]))
    if code not in (0, 1, 3, 4) and not wrong:
        first, *rest = err.strip().split("\n")
        if code not in (2, 5) and not first.startswith("conformance: ") or \
                any(text and not text.startswith(" ") for text in rest
                    if code not in (2, 5)):
            wrong.append("%s: no single sentence: %s" % (label, err))
        if out:
            wrong.append("%s: a report of nothing: %s" % (label, out[:200]))
    if code in (1, 3) and not wrong and not err and not any(
            word in out for word in ("FAIL", "HANG", "CRASH")):
        wrong.append("%s: nothing red, and no sentence" % label)
    return wrong + ["%s: %r is not said: %s" % (label, word, err + out[-200:])
                    for word in words if word not in err + out]


# ---- servers -------------------------------------------------------------

def wait_for_end(sock):
    while sock.recv(1 << 16):
        pass


def echo(sock):
    while True:
        data = sock.recv(1 << 16)
        if not data:
            return
        sock.sendall(data)


def always_ok(sock):
    while sock.recv(1 << 16):
        sock.sendall(b"+OK\r\n")


def http(sock):
    sock.recv(1 << 16)
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
                 b"Connection: close\r\n\r\n400 Bad Request")


def closes(sock):
    pass


def endless(sock):
    sock.sendall(b"*2147483647\r\n")
    while True:
        sock.sendall(b":1\r\n" * 100)


def nested(sock):
    while True:
        sock.sendall(b"*1\r\n" * 100)


def garbage(sock):
    sock.recv(1 << 16)
    sock.sendall(bytes((i * 73 + 41) % 256 for i in range(4096)))
    wait_for_end(sock)


def big_promise(sock):
    sock.recv(1 << 16)
    sock.sendall(b"$536870912\r\nx")
    wait_for_end(sock)


class Slow(Peer):
    """One byte a second."""

    def serve(self, sock):
        for byte in itertools.cycle(b"+PONG\r\n"):
            if self.over.wait(1):
                return
            sock.sendall(bytes([byte]))


def polite(sock, other=b""):
    """Answers PING and ECHO, and all else in one way."""
    parser = Parser(0)
    while True:
        data = sock.recv(1 << 16)
        if not data:
            return
        parser.feed(data)
        for words in requests(parser):
            if words[0] == b"PING":
                sock.sendall(b"+PONG\r\n")
            elif words[0] == b"ECHO":
                sock.sendall(b"$%d\r\n%s\r\n" % (len(words[1]), words[1]))
            else:
                sock.sendall(other)


def requests(parser):
    try:
        while True:
            value = parser.next()
            if value is None:
                return
            yield [part.v for part in value.v]
    except ProtocolError:
        return


def stubborn(sock):
    polite(sock, b"-ERR no\r\n")


def vague(sock):
    polite(sock, b"*0\r\n")


class Tiring(Between):
    """Right for so many commands, then silent, or gone."""

    def __init__(self, left, dies):
        self.left, self.dies = left, dies
        self.process = Process(REDIS)
        Between.__init__(self, self.process.port)
        self.hook = self.tired

    def stop(self):
        Between.stop(self)
        self.process.stop()

    def tired(self, link, words, value, data):
        self.left -= 1
        if self.left >= 0:
            link.send(data)
        elif self.dies:
            self.stop()
            raise Broken


# (what it does, serve(), exit code, words of the sentence)
SERVERS = (
    ("silent", wait_for_end, 7, "does not answer PING"),
    ("echo", echo, 7, "PING"),
    ("always OK", always_ok, 7, "PING"),
    ("HTTP", http, 7, "RESP"),
    ("closes at once", closes, 7, "closes"),
    ("an endless array", endless, 7, "PING"),
    ("endless nesting", nested, 7, "RESP"),
    ("garbage", garbage, 7, "RESP"),
    ("a promise of 512 MiB", big_promise, 7, "PING"),
    ("silent but for PING and ECHO", polite, 3, ""),
    ("refuses all but PING and ECHO", stubborn, 11, "how many keys"),
    ("knows nothing but PING and ECHO", vague, 11, "how many keys"),
)


def met(row):
    """What is wrong with the way a bad server is met."""
    label, peer, code, word = row
    with peer:
        return complaints(label, call(
            "run", "--server", "127.0.0.1:%d" % peer.port, "--timeout",
            "0.5", "string" if isinstance(peer, Tiring) else "string.set"),
            code, word)


def servers():
    for label, serve, code, word in SERVERS:
        yield label, Peer(serve), code, word
    yield "one byte a second", Slow(), 7, "does not answer PING"
    for left in (0, 4, 20, 80):
        yield ("silent after %d commands" % left,
               Tiring(left, False), 3 if left else 7, "")
        yield ("gone after %d commands" % left,     # perhaps before the cases
               Tiring(left, True), (3, 5) if left else 7, "")


# ---- calls ---------------------------------------------------------------

def calls(redis, locked, folder):
    """(label, arguments, exit code, words)"""
    there = "--server", "127.0.0.1:%d" % redis.port
    behind = "--server", "127.0.0.1:%d" % locked.port
    broken = os.path.join(folder, "broken.profile")
    with open(broken, "w") as f:
        f.write("# a profile\ndialect redis 7.0\nlacks everything\n")
    one = ("string.set-nx",)
    return [
        ("no server", ("--server", "127.0.0.1:%d" % free_port()) + one, 5,
         "no server"),
        ("no socket", ("--server", "unix:" + folder + "/none") + one, 5,
         "no server"),
        ("no address", ("--server", "nonsense") + one, 2, "HOST:PORT"),
        ("no port", ("--server", "127.0.0.1:99999") + one, 2, "HOST:PORT"),
        ("wrong password", behind + ("--password", "no") + one, 6,
         "password"),
        ("no password", behind + one, 6, "--password"),
        ("a password too many", there + ("--password", "x") + one, 6,
         "password"),
        ("the password", behind + ("--password", "pw") + one, 0),
        ("unknown id", there + ("string.sett",), 9, "string.sett",
         "string.set?"),
        ("unknown exclusion", there + ("-x", "nothing.at.all"), 9,
         "nothing.at.all"),
        ("unknown profile", there + ("--profile", "nope") + one, 10, "nope"),
        ("broken profile", there + ("--profile", broken) + one, 10,
         "line 3", "everything"),
        ("nothing selected", there + ("-x", "string", "string.set"), 8,
         "nothing"),
        ("unknown option", there + ("--nonsense",) + one, 2, "--nonsense"),
        ("unknown context", there + ("--context", "upside-down") + one, 2,
         "upside-down"),
        ("no target", one, 2, "--server"),
        ("two targets", there + ("--cmd", "x") + one, 2, "--cmd"),
        ("a command that is not there",
         ("--cmd", "/nowhere/server --port {port}") + one, 5, "/nowhere"),
        ("a command that ends at once", ("--cmd", "false") + one, 5,
         "does not start"),
        ("an empty command", ("--cmd", "") + one, 2, "--cmd"),
        ("unbalanced quotes in a command", ("--cmd", "'x") + one, 2,
         "--cmd"),
        ("no jobs", there + ("--jobs", "0") + one, 2, "--jobs"),
        ("jobs that share a server", there + ("--jobs", "2") + one, 2,
         "--jobs"),
        ("no time", there + ("--timeout", "0") + one, 2, "--timeout"),
        ("time that is none", there + ("--timeout", "nan") + one, 2,
         "--timeout"),
        ("a report that cannot be written",
         there + ("--json", folder + "/no/r.json") + one, 2, "r.json"),
        ("all is well", there + one, 0),
    ]


def called(row):
    label, args, code = row[:3]
    return complaints(label, call("run", *args), code, *row[3:])


# ---- a server that belongs to somebody -----------------------------------

KEYS = (("mine", "1"), ("mine too", "2"), ("k:mine", "3"))
READS = {b"ping", b"echo", b"info", b"command|info", b"command", b"hello",
         b"dbsize", b"exists", b"config|resetstat", b"select", b"acl|whoami",
         b"client|id", b"config|get", b"debug", b"eval"}


def state(conn):
    """Keys with values and the time when they end, how many there are, and
    every parameter."""
    return (tuple((key, conn.cmd("GET", key), conn.cmd("EXPIRETIME", key))
                  for key, _ in KEYS), conn.cmd("DBSIZE"),
            conn.cmd("CONFIG", "GET", "*"))


def written(conn):
    """The commands beyond READS that were called since the last reset."""
    lines = conn.cmd("INFO", "commandstats").v.split(b"\r\n")
    names = {line[8:].split(b":")[0] for line in lines
             if line.startswith(b"cmdstat_")}
    return sorted(names - READS)


def foreign():
    """A server with keys is left as it is."""
    wrong, redis = [], Process(REDIS)
    here = "--server", "127.0.0.1:%d" % redis.port
    try:
        with Conn(redis.port) as conn:
            for key, value in KEYS:
                conn.cmd("SET", key, value, "EX", "1000")
            conn.cmd("CONFIG", "RESETSTAT")
            wrong += complaints("not empty", call(
                "run", *here + ("string.set",)), 11, "3 keys", "--yes")
            wrong += complaints("not empty, --destructive", call(
                "run", *here + ("--destructive", "string.set")), 11, "3 keys")
            touched = written(conn)
            if touched:
                wrong.append("not empty: called %s" % b" ".join(touched))
            before = state(conn)
            wrong += beside(here, conn, before)
            wrong += collides(here, conn)
    finally:
        redis.stop()
    return wrong


def beside(here, conn, before):
    """What runs with --yes."""
    wrong = []
    for selection in (
            ("server", "generic.del", "session.client"),
            ("request", "generic", "contract", "session.multi")):
        label = "beside keys, " + " ".join(selection)
        code, out, err, _ = call("run", *here + ("--yes", "--max-shown", "3")
                                 + selection, deadline=60)
        if code not in (0, 1) or "Traceback" in err:
            wrong.append("%s: exit code %s: %s" % (
                label, code, (err or out).strip()[-300:]))
        try:
            after = state(conn)
        except Exception as e:      # whatever became of the connection
            return wrong + ["%s: the other client is gone: %s" % (label, e)]
        wrong += ["%s: %s changed: %s, then %s" % (
            label, what, short(a), short(b)) for what, a, b in zip(
                ("the keys", "DBSIZE", "a parameter"), before, after)
            if a != b]
    return wrong


def collides(here, conn):
    """A case's key that was there before is a reason to refuse."""
    wrong = []
    for key in ("k", "l"):
        conn.cmd("SET", key, "theirs")
        wrong += complaints("the key %s is taken" % key, call(
            "run", *here + ("--yes", "string.set", "list.lpush.order")), 11,
            "'%s'" % key)
        if conn.cmd("GET", key).v != b"theirs":
            wrong.append("the key %s was there, and is gone" % key)
        conn.cmd("DEL", key)
    conn.cmd("SELECT", 1)
    conn.cmd("SET", "k", "theirs")
    wrong += complaints("the key k is taken in another database", call(
        "run", *here + ("--yes", "generic.database", "session.select")), 0)
    if conn.cmd("GET", "k").v != b"theirs":
        wrong.append("the key k was in another database, and is gone")
    return wrong


def meet(say, long):
    """Sentences about what does not end as it should."""
    redis, locked = Process(REDIS), Process(REDIS + " --requirepass pw")
    try:
        with tempfile.TemporaryDirectory() as folder:
            pool = ThreadPool(JOBS)
            bad, wrong = list(servers()), []
            uses = calls(redis, locked, folder)
            alone = pool.apply_async(foreign)
            for found in pool.map(met, bad) + pool.map(called, uses):
                wrong += found
            wrong += alone.get()
            pool.terminate()
    finally:
        redis.stop()
        locked.stop()
    say("  %d bad servers, %d calls, a server with keys" % (
        len(bad), len(uses)))
    return wrong
