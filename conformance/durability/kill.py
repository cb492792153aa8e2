#!/usr/bin/env python3
"""Kills servers that keep an append-only file and looks for what they lost.

    python3 conformance/durability/kill.py                    kv and redis
    python3 conformance/durability/kill.py --cycles 1000 --policy everysec
    python3 conformance/durability/kill.py --fault delay      and eio, broken,
                                                              full, all
    python3 conformance/durability/kill.py --cmd './kv --port {port} --dir {dir}'

A cycle: several clients write, each to keys of its own, and note what was
acknowledged; kill -9 after 1 to 300 ms, some times with a rewrite of the log
or a snapshot under way; a restart, which is timed; then each client's keys
have to be what its writes up to one of them make, none that was acknowledged
after that one. A counter that all clients increment tells whether these points
are one point of the server's order. A directory is kept for several cycles.

Faults are injected by strace (Linux, as root or where ptrace is allowed) into
a server that runs; a cycle takes some seconds then:

    delay   each sync takes 1 to 3 s
    eio     one fdatasync and one fsync fail with EIO
    broken  every sync fails with EIO for 1 to 2 s
    full    every write to the log fails with ENOSPC for 1 to 2 s

The exit code is 1 when the first server lost something, came up with a state
that its clients did not make, or did not come up. The others stand beside it
for comparison."""

import argparse
import collections
import glob
import os
import random
import select
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(os.path.dirname(HERE)))
from conformance.kv import servers  # noqa: E402

POLICIES = ("always", "everysec", "no")
FAULTS = ("none", "delay", "eio", "broken", "full")
CLIENTS = 6
KEPT = 20           # cycles that a directory is used for
BALLAST_DB = 9
PATIENCE = 60       # seconds that a server gets to come up
DAY_MS = 86400000

# ---- The protocol, as far as it is needed ----------------------------------


def request(*args):
    args = [a if isinstance(a, bytes) else str(a).encode() for a in args]
    return b"".join([b"*%d\r\n" % len(args)] + [
        b"$%d\r\n%s\r\n" % (len(a), a) for a in args])


def reply_end(buf, at):
    """Where the reply that begins at `at` ends, or -1: it is not whole."""
    left = 1
    while left:
        line = buf.find(b"\r\n", at)
        if line < 0:
            return -1
        kind, left = buf[at:at + 1], left - 1
        if kind in b"$*":
            n = int(buf[at + 1:line])
            if kind == b"*":
                left += max(n, 0)
            elif n >= 0:
                line += n + 2
        at = line + 2
    return at if at <= len(buf) else -1


class Wire:
    """A blocking connection: ask() returns raw replies."""

    def __init__(self, port, timeout=PATIENCE):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout)
        self.buf = b""

    def ask(self, *requests):
        self.sock.sendall(b"".join(requests))
        return [self.reply() for _ in requests]

    def reply(self):
        while True:
            end = reply_end(self.buf, 0)
            if end > 0:
                out, self.buf = self.buf[:end], self.buf[end:]
                return out
            got = self.sock.recv(1 << 18)
            if not got:
                raise ConnectionError("the server closed")
            self.buf += got

    def close(self):
        self.sock.close()


def bulk(reply):
    return None if reply[:2] == b"$-" else reply[
        reply.index(b"\r\n") + 2:-2]


# ---- What a write does -----------------------------------------------------
#
# A state maps a key to (value, low, high): it expires between these two times,
# in ms, or never (None). Writes are tuples; times in them count from when the
# server got them, which is between op.sent and op.done.

Op = collections.namedtuple("Op", "writes parts clock")


class Sent:
    """An Op on its way, and what became of it."""

    __slots__ = ("op", "sent", "done", "waits", "refused", "value")

    def __init__(self, op):
        self.op = op
        self.sent = time.time() * 1000
        self.done = None
        self.waits = len(op.parts)      # replies
        self.refused = False
        self.value = None               # of the clock


def due(write, sent, done):
    """The last two items of a write as a span of time."""
    kind, ms = write[-2:]
    if kind == "in":
        return sent + ms - 50, done + ms + 50
    return (ms, ms) if kind == "at" else (None, None)


def apply(state, sent, done):
    """Makes the changes of one Sent; returns the keys that it touched."""
    keys = []
    for write in sent.op.writes:
        what, key = write[:2]
        keys.append(key)
        old = state.get(key)
        if what == "set":
            state[key] = (write[2],) + due(write, sent.sent, done)
        elif what == "append":
            state[key] = ((old[0] if old else b"") + write[2],) + (
                old[1:] if old else (None, None))
        elif what == "incr":
            state[key] = (b"%d" % (int(old[0] if old else 0) + write[2]),) + (
                old[1:] if old else (None, None))
        elif what == "expire" and old:
            state[key] = old[:1] + due(write, sent.sent, done)
        elif what == "del":
            state.pop(key, None)
    return keys


class Seen:
    """What a client's keys were after a restart: (value, ms of expiry)."""

    def __init__(self, keys, began, ended):
        self.keys, self.began, self.ended = keys, began, ended

    def fits(self, key, entry):
        value, at = self.keys.get(key, (None, None))
        if entry is None:
            return value is None
        if value is None:
            return entry[1] is not None and self.ended >= entry[1]
        if value != entry[0]:
            return False
        if at == -2:        # it expired between two questions
            return entry[1] is not None and self.ended >= entry[1]
        if at == -1:
            return entry[1] is None
        return entry[1] is not None and entry[1] <= at <= entry[2]

    def state(self):
        return {key: (value,) + ((None, None) if at == -1 else (at, at))
                for key, (value, at) in self.keys.items() if at != -2}


# ---- Clients ---------------------------------------------------------------


class Client:
    """Writes to keys of its own in one database, as fast as it is answered.
    `state` is what the keys held when the server came up."""

    def __init__(self, number, rnd):
        self.name = "c%d" % number
        self.db = number % 3
        self.rnd = rnd
        self.state = {}
        self.count = 0          # numbers the values
        self.keys = {kind: [("%s:%s%d" % (self.name, kind, i)).encode()
                            for i in range(n)]
                     for kind, n in (("s", 16), ("n", 8), ("a", 8), ("v", 6))}
        self.all_keys = [k for keys in self.keys.values() for k in keys]

    def connect(self, port, has_multi):
        self.has_multi = has_multi
        self.ops = []
        self.flight = collections.deque()
        self.out = self.buf = b""
        self.odd = None         # a reply that should not be
        self.sock = socket.create_connection(("127.0.0.1", port), 10)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(request("SELECT", self.db))
        if self.sock.recv(64) != b"+OK\r\n":
            raise ConnectionError("no SELECT")
        self.sock.setblocking(False)

    def value(self):
        n = b"%s/%d/" % (self.name.encode(), self.count)
        if self.rnd.random() < .97:
            return n
        return n + bytes(self.rnd.choice(b"xyz\r\n\0")
                         for _ in range(50)) * self.rnd.randrange(1, 600)

    def next(self):
        """The next write, as an Op."""
        rnd = self.rnd
        self.count += 1
        pick = {kind: rnd.choice(keys) for kind, keys in self.keys.items()}
        roll = rnd.random()
        if roll < .30:
            return self.plain("set", pick["s"])
        if roll < .42:
            n = rnd.randrange(1, 1000)
            return Op([("incr", pick["n"], n)], [
                request("INCRBY", pick["n"], n)], False)
        if roll < .52:
            return self.plain("append", pick["a"])
        if roll < .58:
            keys = rnd.sample(self.all_keys, rnd.randrange(1, 4))
            return Op([("del", k) for k in keys],
                      [request("DEL", *keys)], False)
        if roll < .66:
            return self.expire(pick["s"])
        if roll < .71:
            return self.mset(rnd.sample(self.keys["s"], 4))
        if roll < .77:
            ms = rnd.randrange(1, 400)
            v = self.value()
            return Op([("set", pick["v"], v, "in", ms)],
                      [request("SET", pick["v"], v, "PX", ms)], False)
        if roll < .82 and self.has_multi:
            return self.multi(pick)
        return self.clock()

    def plain(self, what, key):
        v = self.value()
        write = (what, key, v) + ((None, None) if what == "set" else ())
        return Op([write], [request(what.upper(), key, v)], False)

    def expire(self, key):
        if self.count % 3 == 0:
            return Op([("expire", key, None, None)],
                      [request("PERSIST", key)], False)
        if self.count % 3 == 1:
            s = 100000 + self.count
            return Op([("expire", key, "in", s * 1000)],
                      [request("EXPIRE", key, s)], False)
        at = int(time.time() * 1000) + DAY_MS + self.count
        return Op([("expire", key, "at", at)],
                  [request("PEXPIREAT", key, at)], False)

    def mset(self, keys):
        values = [self.value() for _ in keys]
        return Op([("set", k, v, None, None) for k, v in zip(keys, values)],
                  [request("MSET", *[x for kv in zip(keys, values)
                                     for x in kv])], False)

    def multi(self, pick):
        ops = [self.plain("set", pick["s"]), self.plain("append", pick["a"]),
               Op([("incr", pick["n"], 1)], [request("INCR", pick["n"])],
                  False)]
        return Op([w for op in ops for w in op.writes],
                  [request("MULTI")] + [op.parts[0] for op in ops] +
                  [request("EXEC")], False)

    def clock(self):
        incr = request("INCR", "clock")
        return Op([], [incr] if self.db == 0 else [
            request("SELECT", 0), incr, request("SELECT", self.db)], True)

    def push(self):
        """Sends more when it waits for few."""
        if len(self.flight) < 8 and not self.out:
            ops = [self.next() for _ in range(
                self.rnd.choice((1, 1, 1, 2, 8, 40)))]
            for op in ops:
                sent = Sent(op)
                self.ops.append(sent)
                self.flight.append(sent)
            self.out = b"".join([p for op in ops for p in op.parts])
        if self.out:
            try:
                self.out = self.out[self.sock.send(self.out):]
            except (BlockingIOError, InterruptedError):
                pass

    def pull(self):
        """Takes what has come: (writes accepted, open)."""
        try:
            got = self.sock.recv(1 << 17)
        except (BlockingIOError, InterruptedError):
            return 0, True
        except OSError:
            return 0, False
        self.buf += got
        at = accepted = 0
        while True:
            end = reply_end(self.buf, at)
            if end < 0:
                break
            accepted += self.take(self.buf[at:end])
            at = end
        self.buf = self.buf[at:]
        return accepted, bool(got)

    def take(self, reply):
        """One reply; whether it completes a write that was accepted."""
        sent = self.flight[0]
        if reply[:1] == b"-":
            sent.refused = True
            if not reply.startswith((b"-MISCONF", b"-EXECABORT")):
                self.odd = reply
        elif sent.op.clock and reply[:1] == b":":
            sent.value = int(reply[1:-2])
        sent.waits -= 1
        if sent.waits:
            return False
        self.flight.popleft()
        sent.done = time.time() * 1000
        return not sent.refused

    def drain(self):
        """What the server had sent before it died was acknowledged too."""
        self.sock.setblocking(True)
        self.sock.settimeout(2)
        accepted, on = 0, True
        while on:
            n, on = self.pull()
            accepted += n
        self.sock.close()
        return accepted

    # -- after the restart

    def look(self, wire):
        began = time.time() * 1000
        wire.ask(request("SELECT", self.db))
        got = wire.ask(*[request(command, k) for k in self.all_keys
                         for command in ("GET", "PEXPIRETIME")])
        keys = {}
        for i, k in enumerate(self.all_keys):
            value = bulk(got[2 * i])
            if value is not None:
                keys[k] = value, int(got[2 * i + 1][1:-2])
        return Seen(keys, began, time.time() * 1000)

    def places(self, seen, ops, state, ended):
        """The numbers of `ops` after which the state is the one seen."""
        state = dict(state)
        wrong = {k for k in self.all_keys if not seen.fits(k, state.get(k))}
        out = [] if wrong else [0]
        for i, sent in enumerate(ops):
            for k in apply(state, sent, sent.done or ended):
                (wrong.discard if seen.fits(k, state.get(k))
                 else wrong.add)(k)
            if not wrong:
                out.append(i + 1)
        return out, wrong, state


# ---- The judgement ---------------------------------------------------------


class Verdict:
    def __init__(self):
        self.lost = 0
        self.broken = []


def judge(clients, wire, clock, killed, faulty):
    """Compares what the server holds with what the clients noted. Returns a
    Verdict and the clock."""
    verdict = Verdict()
    now = int(bulk(wire.ask(request("SELECT", 0), request("GET", "clock"))[1])
              or 0)
    least = most = 0
    for c in clients:
        seen = c.look(wire)
        ops = [s for s in c.ops if not s.refused]
        acked = sum(s.done is not None for s in ops)
        places, wrong, state = c.places(seen, ops, c.state, killed)
        low, high = ticked(ops, now)
        good = [i for i in places if low <= i <= high]
        good = [i for i in good if i >= acked] or good
        ticks = [0]
        for sent in ops:
            ticks.append(ticks[-1] + sent.op.clock)
        if faulty and not (good and good[-1] >= acked) and refused_unseen(
                c, seen, ops, acked, killed):
            least += ticks[acked]
            most += ticks[-1]
        elif good:
            verdict.lost += max(acked - good[-1], 0)
            least += ticks[good[0]]
            most += ticks[len(ops) if faulty else good[-1]]
        elif places:
            verdict.broken.append(
                "%s: its keys have %d writes in them, the clock %d to %d" % (
                    c.name, places[-1], low, high))
        else:
            verdict.broken.append(describe(c, seen, wrong, state, ops, acked))
        if c.odd:
            verdict.broken.append("%s was answered %r" % (c.name, c.odd[:80]))
        c.state = seen.state()
    if not verdict.broken and not clock + least <= now <= clock + most:
        verdict.broken.append(
            "the clock shows %d, %d and %d to %d ticks should be in it" % (
                now, clock, least, most))
    strays(clients, wire, verdict)
    return verdict, now


def ticked(ops, now):
    """The least and the greatest number of writes that can be in when the
    clock shows `now`."""
    low, high = 0, len(ops)
    for i, sent in enumerate(ops):
        if sent.value is None:
            continue
        if sent.value <= now:
            low = i + 1
        else:
            return low, i
    return low, high


def refused_unseen(c, seen, ops, acked, killed):
    """Writes at the end whose replies nobody saw may have been refused, and
    those behind them accepted: whether that explains the state."""
    state = c.places(seen, ops[:acked], c.state, killed)[2]
    return any(c.places(seen, ops[i:], state, killed)[0]
               for i in range(acked + 1, len(ops) + 1))


def describe(c, seen, wrong, state, ops, acked):
    key = sorted(wrong)[0]
    there = seen.keys.get(key)
    touched = [i for i, s in enumerate(ops)
               if key in [w[1] for w in s.op.writes]]
    return ("%s: no prefix of its %d writes (%d acknowledged); of %d wrong "
            "keys %s is %s, should at the end be %s; writes %s touch it" % (
                c.name, len(ops), acked, len(wrong), key.decode(),
                there and (there[0][:60], there[1]),
                state.get(key) and (state[key][0][:60],) + state[key][1:],
                touched[-5:]))


def strays(clients, wire, verdict):
    for db in sorted({c.db for c in clients}):
        known = {k for c in clients if c.db == db for k in c.all_keys}
        known.add(b"clock")
        keys = wire.ask(request("SELECT", db), request("KEYS", "*"))[1]
        found = set(keys.split(b"\r\n")[2::2])
        if found - known:
            verdict.broken.append("keys that nobody wrote: %r" % sorted(
                found - known)[:3])


# ---- Servers ---------------------------------------------------------------


class Died(Exception):
    pass


class Place:
    """A directory, the servers that run in it one after another, and what its
    clients know."""

    def __init__(self, commands, policy, rnd, o):
        self.commands, self.policy, self.rnd, self.o = (
            commands, policy, rnd, o)
        self.dir = tempfile.mkdtemp(prefix="kill-", dir=o.dir)
        self.clients = [Client(i, rnd) for i in range(o.clients)]
        self.clock = 0
        self.lives = 0
        self.process = self.wire = None
        self.options = rnd.choice(([], [
            "--auto-aof-rewrite-min-size", "64kb",
            "--auto-aof-rewrite-percentage", "20"]))

    def start(self):
        """Starts the next server: seconds until it answers."""
        self.port = servers.free_port()
        command = self.commands[self.lives % len(self.commands)]
        line = shlex.split(command.format(
            port=self.port, dir=shlex.quote(self.dir), policy=self.policy))
        if "/" in line[0]:
            line[0] = os.path.abspath(line[0])
        line += ["--save", "", "--appendonly", "yes",
                 "--appendfsync", self.policy] + self.options
        self.lives += 1
        began = time.monotonic()
        with open(os.path.join(self.dir, "log"), "ab") as log:
            self.process = subprocess.Popen(
                line, cwd=self.dir, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT)
        while time.monotonic() < began + PATIENCE:
            if self.process.poll() is not None:
                break
            try:
                self.wire = Wire(self.port)
                while self.wire.ask(request("EXISTS", "clock"))[0][:1] == b"-":
                    time.sleep(.002)
                took = time.monotonic() - began
                self.has_multi = self.wire.ask(
                    request("MULTI"), request("DISCARD"))[0] == b"+OK\r\n"
                return took
            except OSError:
                time.sleep(.002)
        raise Died("no start: exit code %s\n%s" % (
            self.process.poll(), self.log()))

    def log(self):
        with open(os.path.join(self.dir, "log"), "rb") as f:
            return "    " + f.read()[-1500:].decode(
                "utf-8", "replace").strip().replace("\n", "\n    ")

    def ballast(self):
        """Keys that make a rewrite take a while."""
        return [(b"ballast:%08d" % i, b"%08d" % i * 12)
                for i in range(self.o.ballast)]

    def load_ballast(self):
        pairs = self.ballast()
        self.wire.ask(request("SELECT", BALLAST_DB))
        for i in range(0, len(pairs), 500):
            self.wire.ask(*[request("SET", k, v)
                            for k, v in pairs[i:i + 500]])

    def ballast_there(self):
        pairs = self.ballast()
        if self.wire.ask(request("SELECT", BALLAST_DB), request("DBSIZE"))[
                1] != b":%d\r\n" % len(pairs):
            return False
        for i in range(0, len(pairs), 500):
            part = pairs[i:i + 500]
            want = request(*[v for _, v in part])
            if self.wire.ask(request("MGET", *[k for k, _ in part]))[
                    0] != want:
                return False
        return True

    def check(self, killed, faulty):
        verdict, self.clock = judge(
            self.clients, self.wire, self.clock, killed, faulty)
        if not self.ballast_there():
            verdict.broken.append("old keys are not what they were")
        return verdict

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        if self.wire:
            self.wire.close()

    def end(self):
        self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)


def log_files(place):
    """The last file of the log and those that may follow it."""
    found = glob.glob(os.path.join(place.dir, "appendonlydir", "*.incr.aof"))
    last = max([int(f.rsplit(".", 3)[1]) for f in found] or [1])
    return [os.path.join(place.dir, "appendonlydir",
                         "appendonly.aof.%d.incr.aof%s" % (n, end))
            for n in range(last, last + 50) for end in ("", ".tmp")]


class Fault:
    """strace attached to a server. Gone after end()."""

    def __init__(self, place, kind, rnd):
        self.process = None
        self.inject = inject = ""
        if kind == "none":
            return
        paths = []
        if kind == "delay":
            inject = "fdatasync,fsync:delay_exit=%d" % (
                rnd.randrange(1000, 3000) * 1000)
        elif kind == "eio":
            inject = "fdatasync,fsync:error=EIO:when=%d" % rnd.choice(
                (1, 1, 2, 3))
        elif kind == "broken":
            inject = "fdatasync,fsync:error=EIO"
        else:
            inject = "write,writev,pwrite64:error=ENOSPC"
            paths = log_files(place)
        self.inject = inject
        calls = inject.partition(":")[0]
        self.process = subprocess.Popen(
            ["strace", "-f", "-p", str(place.process.pid), "-o", os.devnull,
             "-e", "trace=" + calls, "-e", "inject=" + inject] + [
                 x for p in paths for x in ("-P", p)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
        said = b""
        while b"attached" not in said:
            got = self.process.stderr.readline()
            said += got
            if not got:
                raise SystemExit("strace: " + said.decode())

    def end(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process.stderr.close()
            self.process = None


# ---- A cycle ---------------------------------------------------------------


class Plan:
    """When, in seconds, things happen to a server."""

    def __init__(self, fault, rnd):
        self.fault = fault
        self.kill = rnd.randrange(1, 300) / 1000
        self.clear = None
        if fault == "delay":
            self.kill = rnd.uniform(1.5, 5)
        elif fault == "eio":
            self.kill = rnd.uniform(1, 5)
        elif fault != "none":
            self.clear = rnd.uniform(1, 2)
            self.kill = self.clear + rnd.uniform(.1, 4)
        self.command = rnd.choice(
            ("BGREWRITEAOF", "BGSAVE", None, None))
        self.ask = rnd.uniform(0, self.kill)

    def ends(self):
        return (self.clear and "fault until %.3f s, " % self.clear or ""
                ) + "killed at %.3f s" % self.kill


class Load:
    """Clients that write until the server is killed."""

    def __init__(self, place):
        self.place = place
        self.acked = 0
        self.gap = (0.0, 0.0)   # longest time without an accepted write, end
        self.died = False       # the server ended by itself
        self.cleared = None     # when the fault ended
        self.back = None        # seconds from then to an accepted write

    def run(self, plan, fault):
        poll = select.poll()
        by_fd = {}
        for c in self.place.clients:
            by_fd[c.sock.fileno()] = c
            poll.register(c.sock, select.POLLIN)
        self.began = self.last = time.monotonic()
        asked = plan.command is None
        faulty = plan.clear is not None
        while True:
            now = time.monotonic() - self.began
            if now >= plan.kill:
                break
            if not asked and now >= plan.ask:
                self.place.wire.sock.sendall(request(plan.command))
                asked = True
            if faulty and now >= plan.clear:
                fault.end()
                self.cleared = time.monotonic()
                faulty = False
            if not self.died:
                for c in by_fd.values():
                    self.push(c, poll)
            for fd, _ in poll.poll(min(20, max(plan.kill - now, 0) * 1000)):
                self.pull(by_fd[fd], poll)
        self.pause()

    def pause(self):
        """Some time without an accepted write ends; returns the time."""
        now = time.monotonic()
        self.gap = max(self.gap, (now - self.last, now - self.began))
        return now

    def accepted(self):
        self.last = self.pause()
        if self.cleared and self.back is None:
            self.back = self.last - self.cleared

    def push(self, c, poll):
        try:
            c.push()
        except OSError:
            self.closed(c, poll)

    def pull(self, c, poll):
        accepted, on = c.pull()
        if accepted:
            self.accepted()
            self.acked += accepted
        if not on:
            self.closed(c, poll)

    def closed(self, c, poll):
        self.died = True
        try:
            poll.unregister(c.sock)
        except KeyError:
            pass

    def drain(self):
        for c in self.place.clients:
            self.acked += c.drain()


class Tally:
    """Figures of many cycles of one server."""

    def __init__(self):
        self.cycles = self.acked = self.lost = self.refused = 0
        self.died = 0           # cycles in which the server ended by itself
        self.stuck = 0          # no write accepted 2.5 s after a fault
        self.cost = 0           # cycles that lost something
        self.gaps, self.backs, self.starts, self.broken = [], [], [], []

    def rows(self):
        def span(values, scale=1000):
            return "%.0f / %.0f" % (
                statistics.median(values) * scale,
                max(values) * scale) if values else "-"
        return [
            ("cycles", self.cycles),
            ("acknowledged writes", self.acked),
            ("  lost", self.lost),
            ("  cycles that lost some", self.cost),
            ("refused writes", self.refused),
            ("server ended by itself", self.died),
            ("wrong or no state after restart", len(self.broken)),
            ("ms without an accepted write: median / longest",
             span(self.gaps)),
            ("ms from a fault's end to one: median / longest",
             span(self.backs)),
            ("  cycles with none in 2.5 s", self.stuck),
            ("ms to restart: median / longest", span(self.starts))]


def cycle(place, fault_kind, tally, rnd):
    """One life of a server, its death and the check."""
    for c in place.clients:
        c.connect(place.port, place.has_multi)
    plan = Plan(fault_kind, rnd)
    load = Load(place)
    fault = Fault(place, fault_kind, rnd)
    try:
        load.run(plan, fault)
    finally:
        place.process.send_signal(signal.SIGKILL)
        killed = time.time() * 1000
        place.process.wait()
        fault.end()
    load.drain()
    place.wire.close()
    tally.cycles += 1
    tally.died += load.died
    tally.acked += load.acked
    tally.refused += sum(s.refused for c in place.clients for s in c.ops)
    tally.gaps.append(load.gap[0])
    if load.back is not None:
        tally.backs.append(load.back)
    elif load.cleared:
        tally.stuck += time.monotonic() - load.cleared > 2.5
    if place.o.keep:
        shutil.rmtree(place.o.keep, ignore_errors=True)
        shutil.copytree(place.dir, place.o.keep)
    tally.starts.append(place.start())
    if place.o.verbose:
        print("%s: %s, %s at %.3f s, %s; %d acknowledged, none for %.3f s "
              "until %.3f s; restart %.3f s" % (
                  label(place.commands), fault.inject or "no fault",
                  plan.command, plan.ask, plan.ends(), load.acked,
                  *load.gap, tally.starts[-1]), flush=True)
    verdict = place.check(killed, fault_kind != "none")
    tally.lost += verdict.lost
    tally.cost += verdict.lost > 0
    return verdict.broken


def run(commands, policy, fault, o, tally):
    """o.cycles cycles of one server, or of several in turn. Stops early when
    the files of a bad cycle are to be kept."""
    rnd = random.Random("%s %s %s" % (o.seed, policy, fault))
    place = None
    try:
        for n in range(o.cycles):
            try:
                if not place:
                    place = Place(commands, policy, rnd, o)
                    place.start()
                    place.load_ballast()
                broken = cycle(place, fault, tally, rnd)
            except (Died, OSError) as e:
                broken = [str(e)]
            tally.broken += broken[:1]
            if broken:
                print("%s, %s, fault %s, cycle %d: %s%s" % (
                    label(commands), policy, fault, n, broken[0],
                    "; %d more" % (len(broken) - 1) if broken[1:] else ""),
                    flush=True)
            if o.keep and (broken or tally.lost):
                print("the files before the restart are in " + o.keep)
                break
            if not tally.cycles:
                break           # it does not even start
            if broken or place.lives > KEPT:
                place.end()
                place = None
    finally:
        if place:
            place.end()


# ---- The report ------------------------------------------------------------


def label(commands):
    return " + ".join(os.path.basename(shlex.split(c)[0]) for c in commands)


def table(title, tallies):
    print("\n%-48s" % title + "".join(" %16s" % name for name in tallies))
    for rows in zip(*[t.rows() for t in tallies.values()]):
        print("  %-46s" % rows[0][0] + "".join(
            " %16s" % r[1] for r in rows), flush=True)


def standard(kinds=servers.KINDS):
    """kv, and redis-server where it is installed."""
    out = [" ".join(map(shlex.quote, servers.command(kind)))
           for kind in kinds if servers.command(kind)]
    return [c + " --bind 127.0.0.1 --port {port} --dir {dir}" for c in out]


def arguments(argv):
    a = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--cycles", type=int, help="of each policy and fault "
                   "(default 100, with a fault 10)")
    a.add_argument("--policy", choices=POLICIES + ("all",), default="all")
    a.add_argument("--fault", choices=FAULTS + ("all",), default="none")
    a.add_argument("--cmd", action="append", metavar="COMMAND",
                   help="a server's command line with {port} and {dir}; again "
                   "for one beside it (default: kv and redis-server)")
    a.add_argument("--alternate", action="store_true",
                   help="the servers take turns in one directory")
    a.add_argument("--clients", type=int, default=CLIENTS)
    a.add_argument("--ballast", type=int, default=20000, metavar="KEYS",
                   help="written before, so that rewrites take time")
    a.add_argument("--seed", default="1")
    a.add_argument("--dir", help="where the servers' directories are made")
    a.add_argument("--verbose", action="store_true",
                   help="a line for each cycle")
    a.add_argument("--keep", metavar="DIR", help="ends at the first loss and "
                   "leaves the files there as they were before the restart")
    return a.parse_args(argv)


def main(argv=None):
    o = arguments(argv)
    commands = o.cmd or standard()
    groups = [commands] if o.alternate else [[c] for c in commands]
    failed = False
    cycles = o.cycles
    for fault in FAULTS if o.fault == "all" else [o.fault]:
        if fault != "none" and not shutil.which("strace"):
            raise SystemExit("there is no strace; apt-get install strace")
        o.cycles = cycles or (100 if fault == "none" else 10)
        for policy in POLICIES if o.policy == "all" else [o.policy]:
            tallies = {label(g): Tally() for g in groups}
            for g in groups:
                run(g, policy, fault, o, tallies[label(g)])
            table("appendfsync %s, %s" % (policy, {
                "none": "kill -9", "delay": "kill -9, slow syncs",
                "eio": "one failed sync, kill -9",
                "broken": "failing syncs, kill -9",
                "full": "full disk, kill -9"}[fault]), tallies)
            first = tallies[label(groups[0])]
            failed = failed or bool(first.lost or first.broken)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
