"""redis-py: typed results, pipelines, transactions, pub/sub, locks, streams,
with the parser in Python or, unless HIREDIS is "no", the one in C."""

import asyncio
import os
import sys
import threading
import time
import uuid

from check import check, equal, port, until

if os.environ.get("HIREDIS") == "no":
    sys.modules["hiredis"] = None
import redis                                                    # noqa: E402
import redis.asyncio                                            # noqa: E402
from redis.connection import DefaultParser                      # noqa: E402

assert ("Hiredis" in DefaultParser.__name__) != (
    os.environ.get("HIREDIS") == "no"), DefaultParser
r = redis.Redis(port=port, socket_timeout=5)
text = redis.Redis(port=port, decode_responses=True, socket_timeout=5)


def flush():
    assert r.flushall() is True


def raises(kind, words, function, *args, **more):
    try:
        got = function(*args, **more)
    except kind as e:
        assert words in str(e), e
        return
    raise AssertionError("no error but %r" % (got,))


@check("strings", flush)
def _():
    equal(text.set("k", "v", ex=100, nx=True), True)
    equal(text.set("k", "v", nx=True), None)
    equal(text.set("k", "w", get=True, keepttl=True), "v")
    assert 99 <= text.ttl("k") <= 100
    equal(text.getex("k", persist=True), "w")
    equal(text.ttl("k"), -1)
    equal(text.mset({"a": 1, "b": "ö"}), True)
    equal(text.mget("a", "b", "c"), ["1", "ö", None])
    equal(r.get("b"), "ö".encode())
    equal(text.incrby("a", 41), 42)
    equal(text.incrbyfloat("a", 0.5), 42.5)
    raises(redis.ResponseError, "not an integer", text.incr, "b")
    equal(text.msetnx({"a": 1, "z": 2}), False)
    blob = bytes(range(256)) * 4096
    equal(r.set("blob", blob), True)
    equal(r.get("blob"), blob)
    equal(r.getrange("blob", 255, 257), b"\xff\0\1")
    equal(r.setbit("bits", 7, 1), 0)
    equal(r.bitcount("bits"), 1)
    equal(r.bitfield("bits").set("u8", 0, 255).incrby("u8", 0, 1)
          .execute(), [1, 0])
    equal(r.pfadd("hll", *range(1000)), 1)
    assert abs(r.pfcount("hll") - 1000) < 30
    equal(text.lcs("k", "k"), "w")
    equal(text.getdel("k"), "w")


@check("hashes, lists, sets", flush)
def _():
    equal(text.hset("h", mapping={"name": "x", "n": 1}), 2)
    equal(text.hgetall("h"), {"name": "x", "n": "1"})
    equal(text.hincrby("h", "n", 5), 6)
    equal(text.hmget("h", "name", "no"), ["x", None])
    equal(dict(text.hscan_iter("h")), {"name": "x", "n": "6"})
    equal(text.hexists("h", "no"), False)
    equal(len(text.hrandfield("h", 2, withvalues=True)), 4)
    equal(text.rpush("l", *"abcabc"), 6)
    equal(text.lpos("l", "b", count=0), [1, 4])
    equal(text.lrange("l", 1, -2), list("bcab"))
    equal(text.lmove("l", "m", "RIGHT", "LEFT"), "c")
    equal(text.linsert("l", "before", "c", "x"), 6)
    equal(text.ltrim("l", 1, 2), True)
    equal(text.lpop("l", 5), ["b", "x"])
    equal(text.sadd("s", *"abc") + text.sadd("t", *"bcd"), 6)
    equal(text.sinter("s", "t"), {"b", "c"})
    equal(text.sunionstore("u", "s", "t"), 4)
    equal(text.smismember("s", ["a", "d"]), [1, 0])
    equal(text.sintercard(2, ["s", "t"]), 2)
    equal(sorted(text.sscan_iter("u")), list("abcd"))
    text.hset("w_b", "x", 1), text.hset("w_c", "x", 0), text.hset("w_a", "x", 2)
    equal(text.sort("s", by="w_*->x", get=["#", "w_*->x"], groups=True),
          [("c", "0"), ("b", "1"), ("a", "2")])
    raises(redis.ResponseError, "WRONGTYPE", text.lpush, "h", "x")


@check("sorted sets and places", flush)
def _():
    equal(text.zadd("z", {"a": 1, "b": 2.5, "c": float("inf")}), 3)
    equal(text.zadd("z", {"a": 5}, gt=True, ch=True), 1)
    equal(text.zincrby("z", 1, "b"), 3.5)
    equal(text.zrange("z", 0, -1, withscores=True),
          [("b", 3.5), ("a", 5.0), ("c", float("inf"))])
    equal(text.zrange("z", "(3.5", "+inf", byscore=True, offset=0, num=1),
          ["a"])
    equal(text.zrevrangebyscore("z", 10, 0, withscores=True),
          [("a", 5.0), ("b", 3.5)])
    equal(text.zmscore("z", ["a", "no"]), [5.0, None])
    equal(text.zscore("z", "c"), float("inf"))
    equal(text.zpopmin("z"), [("b", 3.5)])
    equal(dict(text.zscan_iter("z")), {"a": 5.0, "c": float("inf")})
    equal(text.zadd("y", {"a": 1, "q": 1}), 2)
    equal(text.zunion({"z": 2, "y": 1}, withscores=True),
          [("q", 1.0), ("a", 11.0), ("c", float("inf"))])
    equal(text.zmpop(2, ["no", "y"], min=True, count=2),
          ["y", [["a", "1"], ["q", "1"]]])
    equal(text.geoadd("g", [13.361389, 38.115556, "Palermo",
                            15.087269, 37.502669, "Catania"]), 2)
    equal(text.geodist("g", "Palermo", "Catania", unit="km"), 166.2742)
    equal(text.geosearch("g", longitude=15, latitude=37, radius=200,
                         unit="km", sort="ASC", withdist=True),
          [["Catania", 56.4413], ["Palermo", 190.4424]])
    equal([round(x, 4) for x in text.geopos("g", "Palermo")[0]],
          [13.3614, 38.1156])


@check("keys", flush)
def _():
    for i in range(0, 5000, 500):
        r.mset({"key:%d" % n: n for n in range(i, i + 500)})
    equal(sorted(int(k[4:]) for k in r.scan_iter("key:*", count=200)),
          list(range(5000)))
    equal(len(r.keys("key:1???")), 1000)
    equal(r.dbsize(), 5000)
    r.rpush("list", 1)
    equal(list(text.scan_iter(_type="list")), ["list"])
    equal(r.unlink(*["key:%d" % n for n in range(100)]), 100)
    equal(r.exists("key:100", "key:99", "key:100"), 2)
    equal(r.expire("key:100", 100, nx=True), True)
    assert 0 < r.expiretime("key:100") - time.time() < 101
    equal(r.pexpireat("key:101", 1), True)
    equal(r.get("key:101"), None)
    equal(r.rename("key:102", "other"), True)
    raises(redis.ResponseError, "no such key", r.rename, "key:102", "x")
    equal(r.copy("other", "copy"), True)
    equal(r.restore("back", 0, r.dump("other")), b"OK")
    equal(r.get("back"), b"102")
    equal(r.object("encoding", "other"), b"int")
    equal(text.type("list"), "list")
    equal(r.move("copy", 5), True)
    equal(redis.Redis(port=port, db=5).keys(), [b"copy"])


@check("pipelines", flush)
def _():
    p = text.pipeline(transaction=False)
    for i in range(10000):
        p.set("k%d" % i, i).get("k%d" % i)
    equal(p.execute(), [x for i in range(10000) for x in (True, str(i))])
    p = text.pipeline(transaction=False)
    p.set("a", 1).lpush("a", 2).incr("a")
    got = p.execute(raise_on_error=False)
    equal((got[0], type(got[1]), got[2]), (True, redis.ResponseError, 2))
    big = "x" * 100000
    p = text.pipeline(transaction=False)
    for i in range(100):
        p.set("big%d" % i, big).get("big%d" % i)
    equal(p.execute(), [True, big] * 100)


@check("transactions", flush)
def _():
    p = text.pipeline()
    equal(p.set("a", 1).incr("a").hset("h", "f", "v").hgetall("h").execute(),
          [True, 2, 1, {"f": "v"}])
    p.set("a", "x").incr("a")
    raises(redis.ResponseError, "Command # 2 (INCRBY a 1) of pipeline",
           p.execute)
    p.set("a", 1).execute_command("NOPE")
    raises(redis.ResponseError, "unknown command", p.execute)
    equal(text.get("a"), "x")

    def add():
        client = redis.Redis(port=port)
        for _ in range(100):
            client.transaction(lambda p: (
                n := int(p.get("counter") or 0), p.multi(),
                p.set("counter", n + 1)), "counter")
        client.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(r.get("counter"), b"400")
    with r.pipeline() as p:
        p.watch("counter")
        r.set("counter", 0)
        p.multi()
        p.set("counter", 1)
        raises(redis.WatchError, "changed", p.execute)
    equal(r.get("counter"), b"0")


@check("a lock without scripts", flush)
def _():
    """As the documentation of SET and of WATCH has it."""
    inside, most = [0, 0], 20

    def release(client, token):
        with client.pipeline() as p:
            p.watch("lock")
            if p.get("lock") == token:
                p.multi()
                p.delete("lock")
                p.execute()

    def work():
        client = redis.Redis(port=port)
        for _ in range(most):
            token = uuid.uuid4().hex.encode()
            until(lambda: client.set("lock", token, nx=True, px=5000))
            inside[0] += 1
            assert inside[0] == 1
            inside[1] += 1
            inside[0] -= 1
            release(client, token)
        client.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(inside, [0, 3 * most])
    equal(r.set("lock", "mine", nx=True, px=30), True)
    until(lambda: r.set("lock", "theirs", nx=True))


@check("pub/sub", flush)
def _():
    got = []
    sub = text.pubsub()
    sub.subscribe(**{"news": got.append})
    sub.psubscribe(**{"w?ather.*": got.append})
    thread = sub.run_in_thread(sleep_time=0.01)
    until(lambda: text.pubsub_numsub("news") == [("news", 1)] and
          text.pubsub_numpat() == 1)
    equal(text.publish("news", "one"), 1)
    equal(text.publish("weather.north", "two"), 1)
    equal(text.publish("nobody", "three"), 0)
    until(lambda: len(got) == 2)
    equal([(m["type"], m["pattern"], m["channel"], m["data"]) for m in got],
          [("message", None, "news", "one"),
           ("pmessage", "w?ather.*", "weather.north", "two")])
    equal(text.pubsub_channels(), ["news"])
    thread.stop()
    thread.join()
    until(lambda: not text.pubsub_channels())
    sub = r.pubsub(ignore_subscribe_messages=True)
    sub.subscribe("c")
    equal(sub.get_message(timeout=1), None)
    sub.ping("x")
    equal(sub.get_message(timeout=1)["data"], b"x")
    for i in range(1000):
        r.publish("c", i)
    equal([sub.get_message(timeout=1)["data"] for i in range(1000)],
          [b"%d" % i for i in range(1000)])
    sub.close()


@check("keyspace notifications", flush)
def _():
    text.config_set("notify-keyspace-events", "KEA")
    sub = text.pubsub(ignore_subscribe_messages=True)
    sub.psubscribe("__key*__:*")
    sub.get_message(timeout=1)
    text.set("k", "v", px=30)
    got = []
    until(lambda: got.append(sub.get_message(timeout=0.1)) or
          {"channel": "__keyevent@0__:expired", "data": "k",
           "type": "pmessage", "pattern": "__key*__:*"} in got)
    equal([m["channel"] for m in got if m][:2],
          ["__keyspace@0__:k", "__keyevent@0__:set"])
    sub.close()
    text.config_set("notify-keyspace-events", "")


@check("streams", flush)
def _():
    ids = [text.xadd("s", {"n": i, "square": i * i}) for i in range(100)]
    equal(text.xlen("s"), 100)
    equal(text.xrange("s", count=1), [(ids[0], {"n": "0", "square": "0"})])
    equal(text.xrevrange("s", count=1)[0][0], ids[99])
    equal(text.xread({"s": ids[97]}),
          [["s", [(ids[98], {"n": "98", "square": "9604"}),
                  (ids[99], {"n": "99", "square": "9801"})]]])
    equal(text.xgroup_create("s", "g", id="0"), True)
    raises(redis.ResponseError, "BUSYGROUP", text.xgroup_create, "s", "g")
    done = 0
    for n in (40, 40, 40):
        for _, entries in text.xreadgroup("g", "one", {"s": ">"}, count=n):
            for sid, fields in entries[:-5]:
                assert int(fields["n"]) ** 2 == int(fields["square"])
                done += text.xack("s", "g", sid)
    equal(done, 85)
    equal(text.xpending("s", "g"), {
        "pending": 15, "min": ids[35], "max": ids[99],
        "consumers": [{"name": "one", "pending": 15}]})
    equal(len(text.xpending_range("s", "g", "-", "+", 10)), 10)
    equal(len(text.xautoclaim("s", "g", "two", 0, count=5)[1]), 5)
    equal(text.xclaim("s", "g", "two", 0, [ids[99]], justid=True), [ids[99]])
    equal({c["name"]: c["pending"] for c in text.xinfo_consumers("s", "g")},
          {"one": 9, "two": 6})
    info = text.xinfo_stream("s")
    equal((info["length"], info["groups"], info["last-generated-id"],
           info["first-entry"][0]), (100, 1, ids[99], ids[0]))
    equal(text.xinfo_groups("s")[0]["pending"], 15)
    equal(text.xtrim("s", maxlen=10, approximate=False), 90)
    equal(text.xdel("s", ids[99]), 1)
    equal(text.xgroup_destroy("s", "g"), True)


@check("the server's state", flush)
def _():
    info = r.info()
    for name in ("redis_version", "uptime_in_seconds", "used_memory",
                 "connected_clients", "role", "loading"):
        assert name in info, name
    assert r.set("k", "v") and r.info("keyspace")["db0"]["keys"] == 1
    equal(r.config_get("maxmemory-policy"),
          {"maxmemory-policy": "noeviction"})
    equal(text.client_setname("me"), True)
    equal(text.client_getname(), "me")
    assert [c for c in text.client_list() if c["name"] == "me"]
    equal(text.client_info()["name"], "me")
    now = r.time()
    assert abs(now[0] - time.time()) < 5
    equal(text.echo("x"), "x")
    assert r.memory_usage("k") > 10
    assert r.memory_stats()["keys.count"] == 1
    assert r.command_count() > 200
    equal(r.command()["get"]["arity"], 2)
    equal(r.command_getkeys("set", "a", "b"), ["a"])
    equal(text.role()[0], "master")
    r.config_resetstat()
    assert r.lastsave() and r.ping()


@check("connections come back", flush)
def _():
    client = redis.Redis(port=port, client_name="victim",
                         health_check_interval=1, max_connections=3)
    client.set("k", "v")
    for _ in range(5):
        equal(r.client_kill_filter(_id=client.client_id()), 1)
        equal(client.get("k"), b"v")
    equal(client.client_getname(), "victim")
    client.close()
    raises(redis.ResponseError, "WRONGPASS", redis.Redis(
        port=port, password="x", username="nobody").ping)
    pool = redis.BlockingConnectionPool(port=port, max_connections=4)
    threads = [threading.Thread(target=lambda: [
        redis.Redis(connection_pool=pool).incr("n") for _ in range(200)])
        for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(r.get("n"), b"1600")
    pool.disconnect()


@check("asyncio", flush)
def _():
    async def main():
        a = redis.asyncio.Redis(port=port, decode_responses=True)
        equal(await asyncio.gather(*[a.incr("n") for _ in range(50)]) and
              await a.get("n"), "50")
        async with a.pipeline(transaction=True) as p:
            equal(await p.set("x", "y").get("x").execute(), [True, "y"])
        async with a.pubsub() as sub:
            await sub.subscribe("c")
            while (await sub.get_message(timeout=1))["type"] != "subscribe":
                pass
            await a.publish("c", "hello")
            equal((await sub.get_message(timeout=1))["data"], "hello")
        keys = [k async for k in a.scan_iter("*")]
        equal(sorted(keys), ["n", "x"])
        await a.close()
        await a.connection_pool.disconnect()

    asyncio.run(main())


def later(function, *args):
    t = threading.Timer(0.05, function, args)
    t.start()
    return t


@check("blocking lists: workers", flush)
def _():
    equal(text.blpop(["no", "q"], timeout=0.01), None)
    later(text.rpush, "q", "a", "b")
    equal(text.brpop(["no", "q"], timeout=5), ("q", "b"))
    later(text.rpush, "from", "x")
    equal(text.blmove("from", "to", 5, "LEFT", "RIGHT"), "x")
    equal(text.brpoplpush("to", "from", 5), "x")
    equal(text.blmpop(5, 2, "no", "from", direction="LEFT"), ["from", ["x"]])
    got, lock = [], threading.Lock()

    def work():
        client = redis.Redis(port=port)
        while True:
            job = client.blpop(["high", "low"], timeout=5)[1]
            if job == b"stop":
                return
            with lock:
                got.append(int(job))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for i in range(400):
        r.rpush("low" if i % 2 else "high", i)
    until(lambda: len(got) == 400)
    r.rpush("low", *["stop"] * 4)
    for t in threads:
        t.join()
    equal(sorted(got), list(range(400)))


@check("blocking zsets: the next in time", flush)
def _():
    equal(text.bzpopmin(["z"], timeout=0.01), None)
    later(text.zadd, "z", {"b": 2, "a": 1})
    equal(text.bzpopmin(["no", "z"], timeout=5), ("z", "a", 1.0))
    equal(text.bzpopmax("z", timeout=5), ("z", "b", 2.0))
    later(text.zadd, "z", {"a": 1})
    equal(text.bzmpop(5, 1, ["z"], min=True), ["z", [["a", "1"]]])


@check("blocking streams: readers", flush)
def _():
    equal(text.xread({"s": "$"}, block=10), [])
    later(text.xadd, "s", {"n": 1})
    equal([x[1][0][1] for x in text.xread({"s": "$"}, block=5000)],
          [{"n": "1"}])
    text.xgroup_create("s", "g")
    later(text.xadd, "s", {"n": 2})
    equal([x[1][0][1] for x in text.xreadgroup(
        "g", "c", {"s": ">"}, block=5000)], [{"n": "2"}])


@check("tracking: invalidations to another connection", flush)
def _():
    text.set("k", 1)
    sub = text.pubsub(ignore_subscribe_messages=True)
    sub.subscribe("__redis__:invalidate")
    sub.get_message(timeout=1)
    sub.connection.send_command("PING")
    sub.get_message(timeout=1)
    ids = [c["id"] for c in text.client_list() if c["sub"] == "1"]
    reader = redis.Redis(port=port, single_connection_client=True)
    equal(reader.execute_command("CLIENT", "TRACKING", "ON", "REDIRECT",
                                 ids[0]), b"OK")
    equal(reader.get("k"), b"1")
    text.set("k", 2)
    equal(until(lambda: sub.get_message(timeout=1))["data"], ["k"])
    sub.close()
    reader.close()


@check("monitor: what others do", flush)
def _():
    with text.monitor() as monitor:
        r.set("k", "a b")
        while True:
            got = monitor.next_command()
            if got["command"].startswith("SET"):
                break
        equal((got["command"], got["db"], got["client_type"],
               got["client_address"]), ("SET k a b", 0, "tcp", "127.0.0.1"))


@check("slowlog: the slow ones", flush)
def _():
    before = r.config_get("slowlog-log-slower-than")
    r.config_set("slowlog-log-slower-than", 0)
    try:
        equal(r.slowlog_reset(), True)
        r.set("slow", "x")
        got = [e for e in r.slowlog_get(10) if e["command"] == b"SET slow x"]
        equal(len(got), 1)
        assert got[0]["duration"] >= 0 and got[0]["start_time"] > 1e9
        assert r.slowlog_len() >= 2
    finally:
        r.config_set("slowlog-log-slower-than",
                     before["slowlog-log-slower-than"])


@check("latency: the histogram", flush)
def _():
    r.set("k", "v")
    got = text.execute_command("LATENCY", "HISTOGRAM", "set")
    equal((got[0], got[1][0], got[1][2]), ("set", "calls", "histogram_usec"))
    equal(r.execute_command("LATENCY", "LATEST"), [])
    equal(r.execute_command("LATENCY", "RESET"), 0)


@check("lua: Lock and scripts", flush)
def _():
    with r.lock("l", timeout=5, blocking_timeout=1):
        assert not r.lock("l", blocking=False).acquire()
    assert r.lock("l", blocking=False).acquire()
    double = r.register_script("return redis.call('get', KEYS[1]) * 2")
    r.set("n", 21)
    equal(double(keys=["n"]), 42)


print("end")
