#!/usr/bin/env python3
"""Lists, hashes, sets, sorted sets and streams, kv beside redis-server: CPU per
command, bytes per element, how long others wait for what is done to large ones.

    conformance/bench/elements.py [cpu] [bytes] [wait] [TYPE ...] [--long]

TYPE is list, hash, set, zset or stream, for bytes and wait.

cpu    the server's CPU per command at pipeline 16 over 20 connections, the
       better of two runs, on many collections of 10 elements and on one of
       1 M. Sending and reading is the same for both servers, and in the figures.
bytes  growth of resident memory beyond the payload: keys, members of 8 bytes,
       values of 8 bytes, 8 bytes of a score; of a stream's entries the value.
wait   the longest time of a PING while something is done to a collection of
       4 M elements (--long: 10 M): what the server was busy for in it, or the
       time on the clock where that is less. Of kv, when it is over the aim,
       the best of three. Some kernels count CPU in ticks of 4 ms only."""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bench
from conformance.kv import servers

MILLION = 1000000
SMALL = 10000           # collections of ten
PIPELINE, CLIENTS = 16, 20
WAIT = 5                # milliseconds, at most
STREAM = None           # stream.c, compiled
DIR = None              # for files of commands
request = bench.request


def build(into):
    global STREAM, DIR
    DIR, STREAM = into, os.path.join(into, "stream")
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", STREAM,
                    os.path.join(bench.HERE, "stream.c")], check=True)


def member(i):
    return b"m%07d" % i


def kept(name, commands):
    """Writes commands to a file."""
    path = os.path.join(DIR, name)
    with open(path, "wb") as f:
        f.writelines(commands)
    return path


def send(server, path, count=0, pipeline=PIPELINE, clients=CLIENTS):
    subprocess.run([STREAM, str(server.port), path, str(count), str(pipeline),
                    str(clients)], check=True, stdout=subprocess.DEVNULL)


def call(sock, *args):
    """One command whose reply is one line, or a string of INFO."""
    sock.sendall(request(*args))
    got = sock.recv(65536)
    while not got.endswith(b"\r\n"):
        got += sock.recv(65536)
    return got


def cpu(sock):
    """Microseconds of CPU that the server has used."""
    text = call(sock, "INFO", "cpu").decode()
    return sum(float(line.split(":")[1]) for line in text.split("\r\n")
               if line.startswith(("used_cpu_sys:", "used_cpu_user:"))) * 1e6


# ---- what collections are made of ----

def elements(what, i):
    """Element `i` as the arguments that put it."""
    if what == "hash":
        return [member(i), b"v%07d" % i]
    if what == "zset":
        return [b"%d" % (i * 7919 % MILLION), member(i)]
    return [member(i)]


PUT = {"list": "RPUSH", "hash": "HSET", "set": "SADD", "zset": "ZADD",
       "stream": "XADD"}
PAYLOAD = {"list": 8, "hash": 16, "set": 8, "zset": 16, "stream": 8}


def put(what, key, numbers):
    """What puts these elements into a collection; a stream's each alone."""
    if what == "stream":
        return b"".join(request("XADD", key, "*", "f", member(i))
                        for i in numbers)
    return request(PUT[what], key, *(
        arg for i in numbers for arg in elements(what, i)))


def fill(what, key, n, first=0, step=500):
    """The commands that make a collection of `n` elements."""
    for i in range(first, first + n, step):
        yield put(what, key, range(i, min(i + step, first + n)))


# ---- cpu ----

def small(what, rng):
    return b"%s:%06d" % (what.encode(), rng.randrange(SMALL))


def streams():
    """[(name, how many, what makes a command of a random generator)]; a name
    with `new` in it begins without the key it adds to."""
    n, slow, few = 400000, 100000, 3
    ten = lambda rng: member(rng.randrange(10))             # noqa: E731
    any_ = lambda rng: member(rng.randrange(MILLION))       # noqa: E731
    out = []

    def add(name, count, make, seed=1):
        out.append((name, count, make, seed))

    def pair(name, a, b):
        """Both in turn, to the same key."""
        def make(rng):
            key = a[1](rng)
            return request(a[0], key, *a[2]) + request(b, key, *a[3])
        add(name, n, make)

    def big(what):
        return lambda rng: "big:" + what

    def little(what):
        return lambda rng: small(what, rng)

    x = [b"x0000000"]
    for size, key in (("10", little), ("1 M", big)):
        for name in ("LPUSH", "LPOP", "RPUSH", "RPOP"):
            add("%s, %s" % (name, size), slow if key == little else n,
                lambda r, k=key("list"), w=name, x=x: request(
                    w, k(r), *(x if w[1:] == "PUSH" else [])))
        pair("SADD and SREM, %s" % size, ("SADD", key("set"), x, x), "SREM")
        pair("ZADD and ZREM, %s" % size,
             ("ZADD", key("zset"), [b"77"] + x, x), "ZREM")
        pair("HSET and HDEL, %s" % size, ("HSET", key("hash"), x + x, x), "HDEL")
    add("LRANGE of 10, 10", n, lambda r: request(
        "LRANGE", small("list", r), 0, -1))
    add("LRANGE of 100, 1 M", slow, lambda r: request(
        "LRANGE", "big:list", *(lambda i: (i, i + 99))(r.randrange(999900))))
    for size, key, pick in (("10", little, ten), ("1 M", big, any_)):
        add("HSET, %s" % size, n, lambda r, k=key("hash"), p=pick: request(
            "HSET", k(r), p(r), "w%07d" % r.randrange(10**7)))
        add("HGET, %s" % size, n, lambda r, k=key("hash"), p=pick: request(
            "HGET", k(r), p(r)))
        add("SISMEMBER, %s" % size, n, lambda r, k=key("set"), p=pick: request(
            "SISMEMBER", k(r), p(r)))
        add("ZADD, another score, %s" % size, n,
            lambda r, k=key("zset"), p=pick: request(
                "ZADD", k(r), r.randrange(MILLION), p(r)))
        add("ZRANK, %s" % size, n, lambda r, k=key("zset"), p=pick: request(
            "ZRANK", k(r), p(r)))
    add("HGETALL, 10", n, lambda r: request("HGETALL", small("hash", r)))
    add("HGETALL, 1 M", few, lambda r: request("HGETALL", "big:hash"))
    add("SINTER of two, 10", n, lambda r: request(
        "SINTER", small("set", r), small("set", r)))
    add("SINTER of 10 and 1 M", n, lambda r: request(
        "SINTER", "big:set", small("set", r)))
    add("SINTER of two, 1 M", few, lambda r: request(
        "SINTER", "big:set", "big:set2"))
    add("ZRANGE of 10, 10", n, lambda r: request(
        "ZRANGE", small("zset", r), 0, -1))
    add("ZRANGE of 10, 1 M", n, lambda r: request(
        "ZRANGE", "big:zset", *(lambda i: (i, i + 9))(r.randrange(999900))))
    add("ZRANGEBYSCORE, 10", n, lambda r: request(
        "ZRANGEBYSCORE", small("zset", r), 10000, 50000))
    add("ZRANGEBYSCORE of 10, 1 M", n, lambda r: request(
        "ZRANGEBYSCORE", "big:zset", r.randrange(MILLION), "+inf", "LIMIT", 0,
        10))
    add("RPUSH 1 M, new", MILLION, lambda r: request("RPUSH", "new", any_(r)))
    add("HSET 1 M, new", MILLION, lambda r: request(
        "HSET", "new", any_(r), any_(r)))
    add("SADD 1 M, new", MILLION, lambda r: request("SADD", "new", any_(r)))
    add("ZADD 1 M random scores, new", MILLION, lambda r: request(
        "ZADD", "new", repr(r.random()), any_(r)))
    return out


def stream_streams():
    """Those of XADD and family, for servers that have them."""
    n, last = 400000, [0]

    def add(rng):
        last[0] += 1
        return request("XADD", small("stream", rng), "*", "field", "v%07d" %
                       last[0])

    return [
        ("XADD, new, many", n, add, 1),
        ("XADD 1 M, new", MILLION, lambda r: request(
            "XADD", "new", "*", "field", member(r.randrange(MILLION))), 1),
        ("XRANGE of 10, 1 M", n, lambda r: request(
            "XRANGE", "big:stream", "1-%d" % r.randrange(999990), "+", "COUNT",
            10), 1),
        ("XREADGROUP of 10, 1 M", 80000, lambda r: request(
            "XREADGROUP", "GROUP", "g", "c", "COUNT", 10, "STREAMS",
            "big:stream", ">"), 1),
    ]


def has_streams(sock):
    return b":0\r\n" in call(sock, "XLEN", "none")


def prepare():
    """Files that make what the streams work on."""
    def all_():
        for what in ("list", "hash", "set", "zset"):
            for i in range(SMALL):
                yield put(what, "%s:%06d" % (what, i), range(10))
            yield from fill(what, "big:" + what, MILLION)
        yield from fill("set", "big:set2", MILLION, MILLION // 2)
    return kept("prepare", all_())


def cpu_part():
    kinds = bench.kinds()
    rng = random.Random(3)
    ready = {k: servers.Server(k) for k in kinds}
    socks = {k: bench.dial(s) for k, s in ready.items()}
    found, ratios = {}, []
    try:
        path = prepare()
        for s in ready.values():
            bench.apart(s)
            send(s, path, clients=1)
        todo = streams()
        if all(has_streams(s) for s in socks.values()):
            todo += stream_streams()
            path = kept("entries", (
                request("XADD", "big:stream", "1-%d" % (i + 1), "field",
                        member(i)) for i in range(MILLION)))
            for k, s in ready.items():
                send(s, path, clients=1)
                call(socks[k], "XGROUP", "CREATE", "big:stream", "g", "0")
        for name, count, make, seed in todo:
            rng.seed(seed)
            paired = " and " in name and "SINTER" not in name
            path = kept("commands", (make(rng) for _ in range(
                min(count // 2 if paired else count, MILLION))))
            best = {}
            for _ in range(1 if "XREADGROUP" in name else 2):
                for k, s in ready.items():
                    if "new" in name:
                        call(socks[k], "UNLINK", "new")
                        time.sleep(.3)
                    began = cpu(socks[k])
                    send(s, path, count, min(PIPELINE, count))
                    used = (cpu(socks[k]) - began) / count
                    best[k] = min(best.get(k, used), used)
            found[name] = best
            ratio = best["kv"] / best["redis"] if "redis" in best else None
            if ratio:
                ratios.append(ratio)
            verdict("%s" % name, "us", best, ratio and "<= 0.9 x: %.2f" % ratio,
                    not ratio or ratio <= .9)
    finally:
        bench.together()
        for k, s in ready.items():
            socks[k].close()
            s.stop()
    if ratios:
        verdict("CPU per command, median of the ratios", "", {
            "kv": statistics.median(ratios), "redis": 1}, "<= 0.5",
            statistics.median(ratios) <= .5)
        verdict("CPU per command, worst ratio", "", {
            "kv": max(ratios), "redis": 1}, "<= 0.9", max(ratios) <= .9)


def verdict(name, unit, values, aim, met):
    bench.figure(name, unit, values, "%s %s" % (
        aim or "", "met" if met else "NOT MET") if aim else "")


# ---- bytes ----

def bytes_of(kind, path, payload):
    server = servers.Server(kind)
    try:
        send(server, kept("warm", [request("SET", "a", "b")]), clients=1)
        before = bench.resident(server)
        send(server, path, clients=1)
        return bench.resident(server) - before - payload
    finally:
        server.stop()


def bytes_part(types):
    kinds, many = bench.kinds(), 100000
    rng = random.Random(9)
    for what in types:
        order = list(range(MILLION))
        rng.shuffle(order)

        def shuffled(w=what, o=order):
            for i in range(0, MILLION, 100):
                yield put(w, "big", o[i:i + 100])
        for name, path, payload in (
                ("%s of 1 M, bytes beyond the payload, an element" % what,
                 kept("big", shuffled()), MILLION * PAYLOAD[what]),
                ("100000 %ss of 10, the same" % what,
                 kept("small", (put(what, "k%07d" % i,
                                    range(10 * i, 10 * i + 10))
                                for i in range(many))),
                 many * (8 + 10 * PAYLOAD[what]))):
            got = {k: bytes_of(k, path, payload) / MILLION for k in kinds}
            ratio = got["kv"] / got["redis"] if "redis" in got else None
            verdict(name, "B", got, ratio and "<= 0.5 x: %.2f" % ratio,
                    not ratio or ratio <= .5)


# ---- wait ----

def used(server):
    """Seconds of CPU of all its threads, to the microsecond."""
    return time.clock_gettime(~server.pid << 3 | 2)


def longest_wait(server, sock, seconds, until=None):
    """The longest PING in ms, for some time, or until a process has ended. Of
    each what the server was busy for, so that others on its core do not
    count."""
    worst, end = 0, time.perf_counter() + seconds
    ping = request("PING")
    while True:
        began, busy = time.perf_counter(), used(server)
        sock.sendall(ping)
        sock.recv(64)
        busy = used(server) - busy
        now = time.perf_counter()
        worst = max(worst, min(now - began, busy))
        if now > end if until is None else until.poll() is not None:
            return worst * 1000


def during(server, command, seconds=1.5):
    """The longest wait of one client while another one's command is done."""
    with bench.dial(server) as other, bench.dial(server) as sock:
        longest_wait(server, sock, .05)
        other.sendall(request(*command))
        worst = longest_wait(server, sock, seconds)
        other.settimeout(60)
        if other.recv(100).startswith(b"-"):
            raise SystemExit("%r failed" % (command,))
        return worst


def least(server, measure):
    """A wait that is too long is measured again, where it could be better."""
    found = measure()
    for _ in range(2):
        if server.kind == "kv" and found > WAIT:
            found = min(found, measure())
    return found


def waits(server, what, path, n):
    """{name: ms} of all that is done to a large collection."""
    out = {}

    def grow():
        with bench.dial(server) as sock:
            call(sock, "DEL", "big")
            time.sleep(n / 4e6)
            with subprocess.Popen([STREAM, str(server.port), path, "0", "4",
                                   "1"], stdout=subprocess.DEVNULL) as p:
                return longest_wait(server, sock, 0, p)

    def save():
        wait = during(server, ["BGSAVE"], n / 1e6)
        time.sleep(n / 2e6)
        return wait

    out["growth by adding"] = least(server, grow)
    out["BGSAVE"] = least(server, save)
    for name, *command in (("DEL", "DEL", "big"), ("UNLINK", "UNLINK", "big"),
                           ("EXPIRE firing", "PEXPIRE", "big", "300"),
                           ("SET over it", "SET", "big", "x"),
                           ("FLUSHALL", "FLUSHALL")):
        def do():
            with bench.dial(server) as sock:
                there = call(sock, "TYPE", "big") == b"+%s\r\n" % (
                    what.encode())
                if not there:
                    call(sock, "DEL", "big")
                    send(server, path, clients=1, pipeline=4)
            return during(server, command)
        out[name] = least(server, do)
    if what == "hash" and server.kind == "kv":
        out["half of its fields expiring"] = fields_expire(server, path, n)
    return out


def fields_expire(server, path, n):
    """Half of a hash's fields go at one time, when somebody asks for it."""
    with bench.dial(server) as sock:
        send(server, path, clients=1, pipeline=4)
        at = int(time.time() * 1000) + 2000 + n // 500
        send(server, kept("times", (
            request("HPEXPIREAT", "big", str(at), "FIELDS", "100",
                    *map(member, range(i, i + 100)))
            for i in range(0, n // 2, 100))), clients=1, pipeline=4)
        left = at / 1000 - time.time()
        if left < 0:
            raise SystemExit("too slow for HPEXPIREAT")
        time.sleep(left + .002)
        worst = during(server, ["HLEN", "big"], n / 1e6)
        if call(sock, "HLEN", "big") != b":%d\r\n" % (n - n // 2):
            raise SystemExit("fields are left")
        return worst


def wait_part(types, n):
    for what in types:
        path = kept("big", fill(what, "big", n, step=100))
        found = {}
        for kind in bench.kinds():
            server = servers.Server(kind)
            try:
                bench.apart(server)
                found[kind] = waits(server, what, path, n)
            finally:
                bench.together()
                server.stop()
        for name in found["kv"]:
            verdict("PING during %s, %s of %d M" % (name, what, n // MILLION),
                    "ms", {k: found[k][name] for k in found
                           if name in found[k]},
                    "<= %d ms" % WAIT, found["kv"][name] <= WAIT)


def main():
    words = [w for w in sys.argv[1:] if w != "--long" and w not in PUT]
    types = [w for w in sys.argv[1:] if w in PUT] or list(PUT)
    if set(words) - {"cpu", "bytes", "wait"}:
        raise SystemExit(__doc__)
    into = tempfile.mkdtemp()
    try:
        build(into)
        if not words or "cpu" in words:
            cpu_part()
        if not words or "bytes" in words:
            bytes_part(types)
        if not words or "wait" in words:
            wait_part(types, MILLION * (10 if "--long" in sys.argv else 4))
    finally:
        shutil.rmtree(into)


if __name__ == "__main__":
    main()
