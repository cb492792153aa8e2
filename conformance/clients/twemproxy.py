"""twemproxy (nutcracker) in front of two servers, which share the keys."""

import socket
import subprocess
import sys

import redis

from check import check, equal, until

BEHIND = [int(p) for p in sys.argv[1:3]]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


port, stats = free_port(), free_port()
with open("nutcracker.yml", "w") as f:
    f.write("""pool:
  listen: 127.0.0.1:%d
  hash: fnv1a_64
  hash_tag: "{}"
  distribution: ketama
  redis: true
  timeout: 5000
  server_retry_timeout: 50
  servers:
   - 127.0.0.1:%d:1 one
   - 127.0.0.1:%d:1 two
""" % (port, *BEHIND))
proxy = subprocess.Popen(
    ["nutcracker", "-c", "nutcracker.yml", "-s", str(stats), "-a",
     "127.0.0.1", "-m", "512"], stdin=subprocess.DEVNULL)
r = redis.Redis(port=port, decode_responses=True)
direct = [redis.Redis(port=p, decode_responses=True) for p in BEHIND]


def listens():
    try:
        return socket.create_connection(("127.0.0.1", port), 1).close() is None
    except OSError:
        return False


def flush():
    for d in direct:
        d.flushall()


def tried(name):
    try:
        return r.get(name) == "v"
    except (redis.ResponseError, redis.ConnectionError):
        return False


until(listens)


@check("keys are shared out", flush)
def _():
    p = r.pipeline(transaction=False)
    for i in range(2000):
        p.set("key:%d" % i, i)
    equal(p.execute(), [True] * 2000)
    sizes = [d.dbsize() for d in direct]
    assert sum(sizes) == 2000 and min(sizes) > 500, sizes
    names = ["key:%d" % i for i in range(2000)]
    equal(r.mget(names), [str(i) for i in range(2000)])
    equal(r.delete(*names[:1000]), 1000)
    equal(sum(d.dbsize() for d in direct), 1000)
    equal(r.get("key:1"), None)
    equal(r.get("key:1999"), "1999")


@check("types", flush)
def _():
    for i in range(20):
        k = ":%d" % i
        equal(r.incrby("n" + k, i), i)
        equal(r.rpush("l" + k, *"abc"), 3)
        equal(r.lrange("l" + k, 0, -1), list("abc"))
        equal(r.hset("h" + k, mapping={"f": i, "g": "x"}), 2)
        equal(r.hgetall("h" + k), {"f": str(i), "g": "x"})
        equal(r.sadd("s" + k, "a", "b"), 2)
        equal(r.smembers("s" + k), {"a", "b"})
        equal(r.zadd("z" + k, {"a": 1.5, "b": 2}), 2)
        equal(r.zrangebyscore("z" + k, "(1", "+inf", withscores=True),
              [("a", 1.5), ("b", 2.0)])
        equal(r.setex("e" + k, 100, "v"), True)
        equal(r.ttl("e" + k), 100)
        equal(r.type("z" + k), "zset")
    equal(r.sinter("s{x}", "t{x}"), set())
    r.sadd("s{x}", "a", "b"), r.sadd("t{x}", "b", "c")
    equal(r.sinter("s{x}", "t{x}"), {"b"})
    big = "x" * 300000
    equal(r.set("big", big), True)
    equal(r.get("big"), big)
    try:
        r.lpush("big", 1)
        raise AssertionError("no error")
    except redis.ResponseError as e:
        assert "WRONGTYPE" in str(e), e


@check("a lost server comes back", flush)
def _():
    names = ["key:%d" % i for i in range(50)]
    for name in names:
        r.set(name, "v")
    for d in direct:
        own = d.client_id()
        for c in d.client_list():
            if int(c["id"]) != own:
                d.client_kill_filter(_id=c["id"])
    for name in names:
        until(lambda: tried(name))
    equal([r.get(name) for name in names], ["v"] * 50)


@check("its own figures")
def _():
    with socket.create_connection(("127.0.0.1", stats), 5) as s:
        got = b""
        while True:
            data = s.recv(65536)
            if not data:
                break
            got += data
    assert b'"pool"' in got and b'"one"' in got, got


proxy.terminate()
proxy.wait(5)
print("end")
