"""Client side caching where it takes many clients, time or memory: a table with
a limit, clients that come and go, a cache that has to stay true. What is said
is in cases/tracking.py; failing allocations are in white/white.c."""

import random
import re
import time

import pytest

from conformance.conn import Closed
from conformance.kv.proc import until
from conformance.resp import Array, Bulk, Int, Null, Push, Simple, encode

OK = Simple("OK")
PONG = Simple("PONG")


def tracker(server, *options):
    c = server.connect(proto=3)
    assert c.cmd("CLIENT", "TRACKING", "ON", *options) == OK
    return c


def keys_of(push):
    """The keys of an invalidation, None for all."""
    assert isinstance(push, Push) and push.v[0] == Bulk("invalidate"), push
    if isinstance(push.v[1], Null):
        return None
    return [k.v for k in push.v[1].v]


def info(c, name):
    text = c.cmd("INFO", "everything").v
    text = text if isinstance(text, bytes) else text[1]
    for line in text.decode().splitlines():
        if line.startswith(name + ":"):
            return int(line.partition(":")[2])
    raise KeyError(name)


def test_a_thousand_readers_of_one_key(server):
    with server.connect() as w:
        readers = [tracker(server) for _ in range(1000)]
        w.cmd("FLUSHALL")
        for c in readers:
            assert keys_of(c.read()) is None
            c.send(encode("GET", "k") * 2)
        for c in readers:
            assert isinstance(c.read(), Null) and isinstance(c.read(), Null)
        assert info(w, "tracking_total_items") >= 1000
        assert w.cmd("SET", "k", "v") == OK
        for c in readers:
            assert keys_of(c.read()) == [b"k"]
        for c in readers:
            assert c.cmd("GET", "k") == Bulk("v")
            c.close()


def test_long_and_strange_keys(server):
    keys = [b"", b"\r\n", b"a\r\nb\0", b"k" * 100000, bytes(range(256))]
    with tracker(server) as c, tracker(server, "BCAST") as b, \
            server.connect() as w:
        for k in keys:
            c.cmd("GET", k)
        for k in keys:
            assert w.cmd("SET", k, "v") == OK
            assert keys_of(c.read()) == keys_of(b.read()) == [k]


def test_a_table_with_a_limit(start, server):
    """Who read a key that is forgotten is told."""
    s = start(server.kind, "--tracking-table-max-keys", "1000")
    with tracker(s) as c, tracker(s) as d, s.connect() as w:
        read = 0
        for i in range(0, 5000, 50):
            names = ["k%d" % j for j in range(i, i + 50)]
            for x in (c, d):
                x.send(encode("MGET", *names))
        gone = [set(), set()]
        for x, out in zip((c, d), gone):
            while read < 100:
                got = x.read()
                if isinstance(got, Push):
                    out.update(keys_of(got))
                else:
                    read += 1
            read = 0
        until("keys are forgotten", lambda: w.cmd("PING") == PONG and
              info(w, "tracking_total_keys") <= 1000)
        left = info(w, "tracking_total_keys")
        for x, out in zip((c, d), gone):
            x.send(encode("PING"))
            while True:
                got = x.read()
                if got == PONG:
                    break
                out.update(keys_of(got))
        # a key may have been told to one, read by the other and told again
        assert 5000 - left <= len(gone[0] | gone[1]) <= 5000
        assert info(w, "tracking_total_items") <= 2 * left
        w.cmd("FLUSHALL")
        assert info(w, "tracking_total_keys") == 0


@pytest.mark.only("kv", why="Redis leaves ids of clients that are gone")
def test_who_goes_leaves_nothing(start):
    s = start("kv", "--slowlog-log-slower-than", "-1",
              "--latency-tracking", "no")
    with s.connect() as w:
        used = []
        for _ in range(3):
            stay = tracker(s)
            gone = [tracker(s, *how) for how in ((), (), ("OPTOUT",))]
            gone.append(tracker(s, "BCAST", "PREFIX", "a", "PREFIX", "b"))
            for c in gone + [stay]:
                for i in range(0, 20000, 500):
                    c.cmd("MGET", *["key:%d" % j for j in range(i, i + 500)])
            assert info(w, "tracking_total_items") == 80000
            assert info(w, "tracking_clients") == 5
            gone[0].cmd("RESET")
            for c in gone[1:]:
                c.close()
            until("the items are swept",
                  lambda: info(w, "tracking_total_items") == 20000)
            assert info(w, "tracking_total_keys") == 20000
            assert info(w, "tracking_total_prefixes") == 0
            assert info(w, "tracking_clients") == 1
            assert w.cmd("SET", "key:7", "v") == OK
            assert keys_of(stay.read()) == [b"key:7"]
            stay.close()
            gone[0].close()
            until("all items are swept",
                  lambda: info(w, "tracking_total_items") == 0)
            assert info(w, "tracking_total_keys") == 0
            used.append(info(w, "used_memory"))
        assert used[2] < used[0] + 8000 and used[2] < 1000000


def kill(c):
    return encode("CLIENT", "KILL", "ID", b"%d" % c.cmd("CLIENT", "ID").v,
                  "SKIPME", "no")


LAST = [lambda c: encode("QUIT"), lambda c: b"*1\r\n$x\r\n", kill]


@pytest.mark.parametrize("last", LAST, ids=["quit", "error", "kill"])
def test_closed_behind_a_message(server, last):
    """Every reply leaves, also those behind it, and then it is over."""
    with server.connect(proto=3) as c:
        assert c.cmd("CLIENT", "TRACKING", "ON") == OK
        c.send(encode("GET", "k") + encode("SET", "k", "v") + last(c))
        rest = c.read_until_close()
        assert len(re.findall(rb"[+]OK\r|-ERR|:1\r", rest)) == 2, rest


@pytest.mark.parametrize("last", LAST, ids=["quit", "error", "kill"])
def test_closed_after_a_message(server, last):
    """Two that change in one turn what the other one has read."""
    with server.connect() as d, server.connect(proto=3) as a, \
            server.connect(proto=3) as b:
        for c in (a, b):
            assert c.cmd("CLIENT", "TRACKING", "ON") == OK
            c.cmd("GET", "k")
        end = last(a), last(b)
        d.send(encode("DEBUG", "SLEEP", "0.2"))
        time.sleep(0.1)
        for c, bytes in zip((a, b), end):
            c.send(encode("SET", "k", "v") + bytes)
        for c in (a, b):
            rest = c.read_until_close()
            assert len(re.findall(rb"[+]OK\r|-ERR|:1\r", rest)) == 2, rest


def test_redirect_target_is_killed(server):
    """Its clients learn of it with the next change, each time."""
    with server.connect() as w, server.connect(proto=3) as to:
        id = to.cmd("CLIENT", "ID").v
        clients = [tracker(server, "REDIRECT", str(id)) for _ in range(20)]
        for c in clients:
            c.cmd("GET", "k")
        w.cmd("SET", "k", "v")
        for _ in clients:
            assert keys_of(to.read()) == [b"k"]
        for c in clients:
            c.cmd("GET", "k")
        assert w.cmd("CLIENT", "KILL", "ID", str(id)) == Int(1)
        with pytest.raises(Closed):
            to.read()
        w.cmd("SET", "k", "w")
        for c in clients:
            assert c.read() == Push([Bulk("tracking-redir-broken"), Int(id)])
            c.close()


def test_pipelined_changes_are_broadcast_together(server):
    with tracker(server, "BCAST", "PREFIX", "a") as c, server.connect() as w:
        w.send(b"".join(encode("SET", "%s%d" % (x, i % 50), "v")
                        for i in range(200) for x in "ab"))
        for _ in range(400):
            assert w.read() == OK
        seen, pushes = set(), 0
        while len(seen) < 50:
            got = keys_of(c.read())
            assert got == sorted(set(got))
            seen.update(got)
            pushes += 1
        assert pushes < 20


def test_who_reads_no_messages_is_not_lost(server):
    """A client that is busy elsewhere finds them all."""
    with tracker(server, "BCAST") as c, server.connect() as w:
        for i in range(200):
            w.send(encode("SET", "%d:" % i + "k" * 20000, "v"))
        for i in range(200):
            assert w.read() == OK
        seen = []
        while len(seen) < 200:
            seen += keys_of(c.read())
        assert len(set(seen)) == 200
        w.cmd("FLUSHALL")


@pytest.mark.parametrize("seed", range(4))
def test_caches_stay_true(start, server, seed):
    """Clients that read, change and forget what they are told to, while keys
    expire and are evicted, never hold a value that is not there any more."""
    rng = random.Random(seed)
    s = start(server.kind, "--tracking-table-max-keys",
              rng.choice(["5", "1000"]), "--maxmemory-policy", "allkeys-random")
    modes = [(), ("BCAST",), ("BCAST", "PREFIX", "k1", "PREFIX", "k2"),
             ("OPTOUT",)]
    clients = [tracker(s, *rng.choice(modes)) for _ in range(4)]
    caches = [{} for _ in clients]
    names = [b"k%d" % i for i in range(30)]
    narrow = [c.cmd("CLIENT", "TRACKINGINFO") for c in clients]
    narrow = ["k1" in repr(x) for x in narrow]

    def take(got, cache):
        gone = keys_of(got)
        for k in list(cache) if gone is None else gone:
            cache.pop(k, None)

    def call(i, *line):
        """The reply, and with it all messages before and behind it."""
        clients[i].send(encode(*line) + encode("ECHO", "end"))
        out = []
        while True:
            got = clients[i].read()
            if isinstance(got, Push):
                take(got, caches[i])
            elif got == Bulk("end") and out:
                return out[0]
            else:
                out.append(got)
                if line[0] == "GET" and cached(i, line[1]):
                    caches[i][line[1]] = got

    def cached(i, key):
        return not narrow[i] or key[:2] in (b"k1", b"k2")

    with s.connect(proto=3) as w:
        for step in range(1200):
            i, k = rng.randrange(4), rng.choice(names)
            what = rng.random()
            if what < .5:
                call(i, "GET", k)
            elif what < .6:
                call(i, "SET", k, str(step))
            elif what < .8:
                w.cmd("SET", k, str(step), *rng.choice([(), ("PX", "3")]))
            elif what < .9:
                w.cmd(rng.choice(["DEL", "UNLINK"]), k, rng.choice(names))
            elif what < .95 and w.cmd("EXISTS", k) == Int(1):
                w.cmd("RENAME", k, rng.choice(names))
            elif what < .97:
                w.cmd("CONFIG", "SET", "maxmemory", "1")
                w.cmd("GET", k)
                w.cmd("CONFIG", "SET", "maxmemory", "0")
            elif what < .98:
                w.cmd("FLUSHALL")
            if step % 10:
                continue
            for j in range(4):
                call(j, "PING")
                # what is gone meanwhile, for its time has come, is told later
                for key, value in list(caches[j].items()):
                    now = w.cmd("GET", key)
                    if now != value:
                        call(j, "PING")
                        assert caches[j].get(key, now) == now, (step, key)
    for c in clients:
        c.close()
