"""Replies that come on their own, and one small case for each group of
commands that shows how its replies differ between RESP2 and RESP3."""

from conformance import resp
from conformance.cases import *  # noqa: F403
from conformance.expect import Name

# ---- for the modules of replies -----------------------------------------

LUA = {"needs": ("scripts",)}
DEBUG = {"needs": ("debug",)}
CLUSTER = {"cluster-enabled": "yes"}
TEXT = V("txt", Shape(lambda v: type(v) is Bulk and v.v, "a text"))
HELP = ListOf(Shape(lambda v: type(v) is Simple, "a line of help"), (3, 100))


def digits(old, new):
    """A double by its %.17g, and its shortest digits."""
    return By(D(old), ("redis>=7.2", D(new)), ("kv", D(new)))


def bulk_digits(old, new):
    return By(old, ("redis>=7.2", new), ("kv", new))


def streams(*of):
    """What XREAD and XREADGROUP answer: (key, [(id, fields)]). RESP2 has
    pairs where RESP3 has a map, not a flat array."""
    two, three = [], []
    for key, entries in of:
        lists = {proto: resp.Array([resp.Array([
            resp.Bulk(id), resp.Array([resp.Bulk(f) for f in fields])
            if fields is not None else none])
            for id, fields in entries])
            for proto, none in ((2, resp.NullArray()), (3, resp.Null()))}
        two.append(resp.Array([resp.Bulk(key), lists[2]]))
        three.append((resp.Bulk(key), lists[3]))
    return Name("streams(%r)" % (of,), resp.Array(two), resp.Map(three))


def unknown(name, *args):
    return E("ERR unknown command '%s', with args beginning with: %s" % (
        name, "".join("'%s' " % a for a in args)))


# ---- pushes -------------------------------------------------------------

case = area("reply.push")

case("subscribe", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])),
    ("SUBSCRIBE b", P(["subscribe", "b", 2])),
    ("UNSUBSCRIBE a", P(["unsubscribe", "a", 1])),
    ("UNSUBSCRIBE b", P(["unsubscribe", "b", 0])), ("PING", PONG),
])
case("subscribe-one-for-each-channel", [
    ("SUBSCRIBE a b a", P(["subscribe", "a", 1])),
    (b"", P(["subscribe", "b", 2])), (b"", P(["subscribe", "a", 2])),
    ("UNSUBSCRIBE a b c", P(["unsubscribe", "a", 1])),
    (b"", P(["unsubscribe", "b", 0])), (b"", P(["unsubscribe", "c", 0])),
])
case("subscribe-counts-patterns-too", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])),
    ("PSUBSCRIBE p*", P(["psubscribe", "p*", 2])),
    ("UNSUBSCRIBE", P(["unsubscribe", "a", 1])),
    ("PUNSUBSCRIBE", P(["punsubscribe", "p*", 0])),
])
case("subscribe-shards-count-alone", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])),
    ("SSUBSCRIBE s", P(["ssubscribe", "s", 1])),
    ("SUNSUBSCRIBE", P(["sunsubscribe", "s", 0])),
    ("UNSUBSCRIBE", P(["unsubscribe", "a", 0])),
])
case("unsubscribe-from-nothing", [
    ("UNSUBSCRIBE", P(["unsubscribe", NIL, 0])),
    ("PUNSUBSCRIBE", P(["punsubscribe", NIL, 0])),
    ("SUNSUBSCRIBE", P(["sunsubscribe", NIL, 0])),
    ("UNSUBSCRIBE x", P(["unsubscribe", "x", 0])),
    ("PUNSUBSCRIBE x*", P(["punsubscribe", "x*", 0])),
    ("SUNSUBSCRIBE x", P(["sunsubscribe", "x", 0])), ("PING", PONG),
])
case("message", [
    ("SUBSCRIBE c", P(["subscribe", "c", 1])),
    ("b", "PUBLISH c hello", 1), (b"", P(["message", "c", "hello"])),
    ("b", ("PUBLISH", "c", ""), 1), (b"", P(["message", "c", ""])),
    ("b", ("PUBLISH", "c", b"\0\r\n\xff"), 1),
    (b"", P(["message", "c", b"\0\r\n\xff"])),
    ("b", "PUBLISH other x", 0),
    ("UNSUBSCRIBE", P(["unsubscribe", "c", 0])),
])
case("pmessage", [
    ("PSUBSCRIBE c*", P(["psubscribe", "c*", 1])),
    ("b", "PUBLISH ch hi", 1), (b"", P(["pmessage", "c*", "ch", "hi"])),
    ("b", "PUBLISH c hi", 1), (b"", P(["pmessage", "c*", "c", "hi"])),
    ("b", "PUBLISH d hi", 0),
    ("PUNSUBSCRIBE", P(["punsubscribe", "c*", 0])),
])
case("smessage", [
    ("SSUBSCRIBE c", P(["ssubscribe", "c", 1])),
    ("b", "SPUBLISH c hi", 1), (b"", P(["smessage", "c", "hi"])),
    ("b", "PUBLISH c hi", 0),
    ("SUNSUBSCRIBE", P(["sunsubscribe", "c", 0])),
])
case("message-and-pmessage-to-one-client", [
    ("SUBSCRIBE ch", P(["subscribe", "ch", 1])),
    ("PSUBSCRIBE c*", P(["psubscribe", "c*", 2])),
    ("b", "PUBLISH ch hi", 2), (b"", P(["message", "ch", "hi"])),
    (b"", P(["pmessage", "c*", "ch", "hi"])),
    ("UNSUBSCRIBE", P(["unsubscribe", "ch", 1])),
    ("PUNSUBSCRIBE", P(["punsubscribe", "c*", 0])),
])
case("message-to-both-protocols", [
    ("x2", "SUBSCRIBE c", ["subscribe", "c", 1]),
    ("y3", "SUBSCRIBE c", P(["subscribe", "c", 1])),
    ("PUBLISH c m", 2), ("x2", b"", ["message", "c", "m"]),
    ("y3", b"", P(["message", "c", "m"])),
    ("x2", "UNSUBSCRIBE", ["unsubscribe", "c", 0]),
    ("y3", "UNSUBSCRIBE", P(["unsubscribe", "c", 0])),
])
case("messages-in-order", [
    ("SUBSCRIBE a b", P(["subscribe", "a", 1])),
    (b"", P(["subscribe", "b", 2])),
    ("b", "PUBLISH a 1", 1), ("b", "PUBLISH b 2", 1), ("b", "PUBLISH a 3", 1),
    (b"", P(["message", "a", "1"])), (b"", P(["message", "b", "2"])),
    (b"", P(["message", "a", "3"])),
    ("UNSUBSCRIBE a b", P(["unsubscribe", "a", 1])),
    (b"", P(["unsubscribe", "b", 0])),
])
case("message-to-oneself", [
    ("SUBSCRIBE z", P(["subscribe", "z", 1])),
    # The message before the count, or after it.
    ("PUBLISH z m", Replies(P(["message", "z", "m"]), 1)), ("PING", PONG),
    ("UNSUBSCRIBE", P(["unsubscribe", "z", 0])),
], protos=3, contexts=PLAIN)
case("message-between-replies", [
    ("SUBSCRIBE c", P(["subscribe", "c", 1])), ("SET k v", OK),
    ("b", "PUBLISH c m", 1), (b"", P(["message", "c", "m"])), ("GET k", "v"),
    ("LRANGE nokey 0 -1", []), ("UNSUBSCRIBE", P(["unsubscribe", "c", 0])),
], protos=3)
case("subscribed-ping-resp2", [
    ("SUBSCRIBE a", ["subscribe", "a", 1]), ("PING", ["pong", ""]),
    ("PING hi", ["pong", "hi"]), (("PING", ""), ["pong", ""]),
    ("UNSUBSCRIBE", ["unsubscribe", "a", 0]), ("PING", PONG),
    ("PING hi", "hi"),
], protos=2)
case("subscribed-ping-resp3", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])), ("PING", PONG),
    ("PING hi", "hi"), ("GET nokey", NIL),
    ("UNSUBSCRIBE", P(["unsubscribe", "a", 0])), ("PING", PONG),
], protos=3)
case("subscribed-session", [
    ("SET k v", OK), ("SUBSCRIBE a", P(["subscribe", "a", 1])),
    ("PSUBSCRIBE p*", P(["psubscribe", "p*", 2])),
    ("UNSUBSCRIBE", P(["unsubscribe", "a", 1])),
    ("PUNSUBSCRIBE", P(["punsubscribe", "p*", 0])),
    ("UNSUBSCRIBE", P(["unsubscribe", NIL, 0])),
    ("SSUBSCRIBE s", P(["ssubscribe", "s", 1])),
    ("SUNSUBSCRIBE", P(["sunsubscribe", "s", 0])), ("PUBLISH a x", 0),
    ("GET k", "v"),
])
case("subscribe-in-transaction", [
    ("MULTI", OK), ("SUBSCRIBE q", QUEUED), ("PING", QUEUED),
    ("UNSUBSCRIBE q", QUEUED),
    ("EXEC", [["subscribe", "q", 1], ["pong", ""], ["unsubscribe", "q", 0]]),
    ("PING", PONG),
], protos=2)    # a push inside an array is none that RESP3 has
case("reset-ends-subscription", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])), ("RESET", Simple("RESET")),
    ("b", "PUBLISH a x", 0), ("PING", PONG), ("GET nokey", NIL),
])
case("hello-keeps-subscription", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])), ("HELLO 2", ANY),
    ("b", "PUBLISH a x", 1), (b"", ["message", "a", "x"]),
    ("UNSUBSCRIBE", ["unsubscribe", "a", 0]), ("PING", PONG),
], protos=3)
case("quit-while-subscribed", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])), ("QUIT", OK), (b"", CLOSED),
])
case("invalidate", [
    ("CLIENT TRACKING ON", OK), ("GET k", NIL), ("b", "SET k v", OK),
    (b"", P(["invalidate", ["k"]])), ("b", "SET k w", OK), ("GET k", "w"),
    ("b", "DEL k", 1), (b"", P(["invalidate", ["k"]])),
    ("CLIENT TRACKING OFF", OK),
], protos=3)
case("invalidate-flush", [
    ("CLIENT TRACKING ON", OK), ("GET k", NIL), ("b", "FLUSHALL", OK),
    (b"", P(["invalidate", NIL])), ("CLIENT TRACKING OFF", OK),
], protos=3)
case("invalidate-own-write", [
    ("CLIENT TRACKING ON", OK), ("GET k", NIL),
    ("SET k v", Replies(OK, P(["invalidate", ["k"]]))), ("PING", PONG),
    ("CLIENT TRACKING OFF", OK),
], protos=3, contexts=PLAIN)
case("invalidate-noloop", [
    ("CLIENT TRACKING ON NOLOOP", OK), ("GET k", NIL), ("SET k v", OK),
    ("GET k", "v"), ("b", "SET k w", OK), (b"", P(["invalidate", ["k"]])),
    ("CLIENT TRACKING OFF", OK),
], protos=3)
case("invalidate-broadcast", [
    ("CLIENT TRACKING ON BCAST PREFIX a", OK), ("b", "SET abc v", OK),
    (b"", P(["invalidate", ["abc"]])), ("b", "SET x v", OK),
    ("b", ("SET", "a\r\n", "v"), OK), (b"", P(["invalidate", ["a\r\n"]])),
    ("CLIENT TRACKING OFF", OK),
], protos=3)
case("invalidate-several-keys", [
    ("CLIENT TRACKING ON", OK), ("MGET x y", [NIL, NIL]),
    ("b", "MSET x 1 y 2", OK), (b"", P(["invalidate", ["x"]])),
    (b"", P(["invalidate", ["y"]])), ("CLIENT TRACKING OFF", OK),
], protos=3)
case("invalidate-nothing-in-resp2", [
    ("CLIENT TRACKING ON", OK), ("GET k", NIL), ("b", "SET k v", OK),
    ("PING", PONG), ("GET k", "v"), ("b", "FLUSHALL", OK), ("PING", PONG),
    ("CLIENT TRACKING OFF", OK),
], protos=2)


@case.script("invalidate-redirected-to-resp2", needs=(
    "SUBSCRIBE", "CLIENT TRACKING", "CLIENT ID", "SET", "GET"))
def redirected():
    reply = yield "x2", "CLIENT ID", ANY
    yield "x2", "SUBSCRIBE __redis__:invalidate", ANY
    yield "CLIENT TRACKING ON REDIRECT %d" % reply.v, OK
    yield "GET k", NIL
    yield "b", "SET k v", OK
    yield "x2", b"", ["message", "__redis__:invalidate", ["k"]]
    yield "CLIENT TRACKING OFF", OK
    yield "x2", "UNSUBSCRIBE", ANY


# Redis 7.0 writes "_" to the RESP2 connection where the tracked one speaks
# RESP3.
@case.script("invalidate-redirected-flush", protos=2, needs=(
    "SUBSCRIBE", "CLIENT TRACKING", "CLIENT ID", "FLUSHALL", "GET"))
def redirected_flush():
    reply = yield "x2", "CLIENT ID", ANY
    yield "x2", "SUBSCRIBE __redis__:invalidate", ANY
    yield "CLIENT TRACKING ON REDIRECT %d" % reply.v, OK
    yield "GET k", NIL
    yield "b", "FLUSHALL", OK
    yield "x2", b"", ["message", "__redis__:invalidate", NIL]
    yield "CLIENT TRACKING OFF", OK
    yield "x2", "UNSUBSCRIBE", ANY


@case.script("tracking-redirection-broken", protos=3, needs=(
    "CLIENT TRACKING", "CLIENT ID", "SET", "GET", "QUIT"))
def broken():
    reply = yield "x3", "CLIENT ID", ANY
    yield "CLIENT TRACKING ON REDIRECT %d" % reply.v, OK
    yield "GET k", NIL
    yield "x3", "QUIT", OK
    yield "x3", b"", CLOSED
    yield "b", "SET k v", OK
    yield b"", P(["tracking-redir-broken", reply.v])
    yield "CLIENT TRACKING OFF", OK


case("debug-push", [
    ("DEBUG PROTOCOL push", Replies(
        P(["server-cpu-usage", 42]),
        "Some real reply following the push reply")), ("PING", PONG),
], protos=3, contexts=PLAIN, **DEBUG)
case("debug-push-resp2", [
    ("DEBUG PROTOCOL push",
     E("ERR RESP2 is not supported by this command")), ("PING", PONG),
], protos=2, **DEBUG)

# ---- a case for each group of commands ----------------------------------
# What waits does so in reply.nulls; in MULTI its time is over at once.

case = area("reply.appendix")

SCORE = digits("2.6000000000000001", "2.6")
READ = streams(("x", [("1-1", ["f", "v"])]))
ENTRY = ["1-1", ["f", "v"]]

case("null-string", [
    ("GET nokey", NIL), ("MGET nokey nokey2", [NIL, NIL]),
    ("GETDEL nokey", NIL), ("GETEX nokey", NIL), ("DUMP nokey", NIL),
])
case("null-list", [
    ("LPOP nokey", NIL), ("LPOP nokey 2", NILARRAY),
    ("LPOP nokey 0", NILARRAY), ("RPOP nokey 0", NILARRAY),
    ("LINDEX nokey 0", NIL), ("LPOS nokey x", NIL),
    ("LPOS nokey x COUNT 0", []), ("LINSERT nokey BEFORE a b", 0),
])
case("list-timeout", [
    ("BLPOP nokey 0.01", NILARRAY), ("BLMPOP 0.01 1 nokey LEFT", NILARRAY),
    ("LMPOP 1 nokey LEFT", NILARRAY),
], contexts="multi")
case("list-move", [
    ("LMOVE nokey b LEFT LEFT", NIL), ("RPOPLPUSH nokey b", NIL),
])
case("zset-timeout", [
    ("BZPOPMIN nokey 0.01", NILARRAY),
    ("BZMPOP 0.01 1 nokey MIN", NILARRAY), ("ZMPOP 1 nokey MIN", NILARRAY),
], contexts="multi")
case("stream-timeout", [
    ("XADD x 1-1 f v", "1-1"), ("XREAD BLOCK 10 STREAMS x 9", NILARRAY),
], contexts="multi")
case("type-and-exists", [
    ("EXISTS k", 0), ("SETNX k 1", 1), ("TYPE k", Simple("string")),
    ("TYPE nokey", Simple("none")),
])
case("set-members", [
    ("SADD st a", 1), ("SMEMBERS st", S(["a"])), ("SMEMBERS nokey", S([])),
])
case("set-algebra", [
    ("SADD st a", 1), ("SINTER st nokey", S([])), ("SUNION st", S(["a"])),
    ("SDIFF st", S(["a"])),
])
case("spop", [
    ("SPOP nokey", NIL), ("SPOP nokey 1", S([])), ("SADD st a", 1),
    ("SPOP st 1", S(["a"])), ("SADD st a", 1), ("SPOP st 0", S([])),
])
case("srandmember", [
    ("SADD st a", 1), ("SRANDMEMBER nokey", NIL),
    ("SRANDMEMBER nokey 2", []), ("SRANDMEMBER st 2", ["a"]),
    ("SRANDMEMBER st -2", ["a", "a"]),
])
case("sismember", [
    ("SADD st a", 1), ("SISMEMBER st a", 1), ("SMISMEMBER st a b", [1, 0]),
])
case("hash-all", [
    ("HSET h f 1", 1), ("HGETALL h", M([("f", "1")])),
    ("HGETALL nokey", M([])), ("HKEYS h", ["f"]), ("HVALS nokey", []),
])
case("hrandfield", [
    ("HSET h f 1", 1), ("HRANDFIELD h", "f"), ("HRANDFIELD nokey", NIL),
    ("HRANDFIELD h 1", ["f"]), ("HRANDFIELD nokey 1", []),
])
case("hrandfield-withvalues", [
    ("HSET h f 1", 1), ("HRANDFIELD h 1 WITHVALUES", Pairs([("f", "1")])),
    ("HRANDFIELD h -2 WITHVALUES", Pairs([("f", "1"), ("f", "1")])),
])
case("hmget", [
    ("HSET h f 1", 1), ("HMGET h f g", ["1", NIL]),
    ("HMGET nokey f", [NIL]),
])
case("incrbyfloat", [
    ("HSET h f 1", 1), ("HINCRBYFLOAT h f 0.5", "1.5"),
    ("INCRBYFLOAT fl 0.1", "0.1"), ("HSCAN h 0", ["0", ["f", "1.5"]]),
])
case("zadd", [
    ("ZADD z 1 a 2.5 b inf c -inf d", 4), ("ZADD z INCR 1 a", D("2")),
    ("ZADD z NX INCR 1 a", NIL),
])
case("zscore", [
    ("ZADD z 2 a inf c -inf d", 3), ("ZSCORE z a", D("2")),
    ("ZSCORE z c", D("inf")), ("ZSCORE z d", D("-inf")),
    ("ZSCORE z nope", NIL), ("ZSCORE nokey a", NIL),
])
case("zmscore", [
    ("ZADD z 2 a", 1), ("ZMSCORE z a nope", [D("2"), NIL]),
    ("ZMSCORE nokey a", [NIL]),
])
case("zincrby", [
    ("ZADD z 2.5 b", 1), ("ZINCRBY z 0.1 b", SCORE),
])
case("zrange", [
    ("ZADD z 2 a 2.5 b inf c -inf d", 4),
    ("ZRANGE z 0 -1", ["d", "a", "b", "c"]),
    ("ZRANGE z 0 -1 WITHSCORES", Pairs([("d", D("-inf")), ("a", D("2")),
     ("b", D("2.5")), ("c", D("inf"))])),
    ("ZRANGE nokey 0 -1 WITHSCORES", []),
])
case("zrangebyscore", [
    ("ZADD z 2 a 2.5 b inf c -inf d", 4),
    ("ZRANGEBYSCORE z -inf +inf WITHSCORES", Pairs([("d", D("-inf")), ("a",
     D("2")), ("b", D("2.5")), ("c", D("inf"))])),
    ("ZREVRANGE z 0 0 WITHSCORES", Pairs([("c", D("inf"))])),
])
case("zset-algebra", [
    ("ZADD z 2 a inf c -inf d", 3),
    ("ZUNION 1 z WITHSCORES", Pairs([("d", D("-inf")), ("a", D("2")), ("c",
     D("inf"))])),
    ("ZINTER 1 z", ["d", "a", "c"]),
    ("ZDIFF 2 z nokey WITHSCORES", Pairs([("d", D("-inf")), ("a", D("2")),
     ("c", D("inf"))])),
])
case("zset-digits", [
    ("ZADD z 2.6 b", 1),
    ("ZRANGE z 0 -1 WITHSCORES", Pairs([("b", SCORE)])),
    ("ZSCAN z 0", ["0", ["b", bulk_digits(
        "2.6000000000000001", "2.6")]]),
    ("ZRANGEBYSCORE z 0 5 WITHSCORES", Pairs([("b", SCORE)])),
    ("ZUNION 1 z WITHSCORES", Pairs([("b", SCORE)])),
    ("ZDIFF 2 z nokey WITHSCORES", Pairs([("b", SCORE)])),
    ("BZPOPMIN z 0.01", ["z", "b", SCORE]),
])
case("zrandmember", [
    ("ZADD z 2 a", 1),
    ("ZRANDMEMBER z 1 WITHSCORES", Pairs([("a", D("2"))])),
    ("ZRANDMEMBER nokey", NIL), ("ZRANDMEMBER nokey 1", []),
])
case("zrank", [
    ("ZADD z 2 a", 1), ("ZRANK z a", 0), ("ZRANK z nope", NIL),
    ("ZRANK z a WITHSCORE", By(arity("zrank"), ("redis>=7.2", [0, D("2")]))),
    ("ZRANK z nope WITHSCORE", By(arity("zrank"), ("redis>=7.2", NILARRAY))),
    ("ZRANK nokey a WITHSCORE", By(arity("zrank"), ("redis>=7.2", NILARRAY))),
])
case("zscan", [
    ("ZADD z -inf d 2 a", 2),
    ("ZSCAN z 0", ["0", ["d", "-inf", "a", "2"]]),
])
case("zpop", [
    ("ZADD z 2 a inf c -inf d", 3), ("ZPOPMIN nokey", []),
    ("ZPOPMIN z", ["d", D("-inf")]),
    ("ZPOPMAX z 1", Pairs([("c", D("inf"))])),
])
case("zmpop", [
    ("ZADD z 2 a 3 b", 2), ("ZMPOP 1 z MIN", ["z", [["a", D("2")]]]),
    ("BZPOPMIN z 0.01", ["z", "b", D("3")]),
])
case("geo", [
    ("GEOADD g 13.361389 38.115556 P", 1),
    ("GEOPOS g P nope", [[D("13.36138933897018433"),
     D("38.11555639549629859")], NILARRAY]),
    ("GEOPOS nokey P", [NILARRAY]), ("GEODIST g P nope", NIL),
    ("GEODIST g P P", "0.0000"),
    ("GEOHASH g P nope", ["sqc8b49rny0", NIL]),
])
case("geosearch", [
    ("GEOADD g 13.361389 38.115556 P", 1),
    ("GEOSEARCH g FROMLONLAT 13 38 BYRADIUS 100 km WITHCOORD WITHDIST "
     "WITHHASH", [["P", "34.1601", 3479099956230698,
     [D("13.36138933897018433"), D("38.11555639549629859")]]]),
])
case("stream-add", [
    ("XADD x 1-1 f v", "1-1"), ("XADD nokey NOMKSTREAM * f v", NIL),
    ("XRANGE x - +", [["1-1", ["f", "v"]]]), ("XDEL x 1-1", 1),
])
case("stream-read", [
    ("XADD x 1-1 f v", "1-1"), ("XREAD STREAMS x 0", READ),
    ("XREAD STREAMS x 9", NILARRAY), ("XGROUP CREATE x g 0", OK),
    ("XREADGROUP GROUP g c1 STREAMS x >", READ),
    ("XREADGROUP GROUP g c1 STREAMS x >", NILARRAY),
])
case("stream-pending", [
    ("XADD x 1-1 f v", "1-1"), ("XGROUP CREATE x g 0", OK),
    ("XREADGROUP GROUP g c1 STREAMS x >", READ),
    ("XPENDING x g", [1, "1-1", "1-1", [["c1", "1"]]]),
    ("XPENDING x g - + 10", [["1-1", "c1", Between(0, 60000), 1]]),
    ("XACK x g 1-1", 1), ("XPENDING x g", [0, NIL, NIL, NILARRAY]),
])
case("stream-claim", [
    ("XADD x 1-1 f v", "1-1"), ("XGROUP CREATE x g 0", OK),
    ("XREADGROUP GROUP g c1 STREAMS x >", READ),
    ("XAUTOCLAIM x g c2 0 0", ["0-0", [["1-1", ["f", "v"]]], []]),
    ("XCLAIM x g c2 0 1-1 JUSTID", ["1-1"]),
])
case("stream-info", [
    ("XADD x 1-1 f v", "1-1"), ("XGROUP CREATE x g 0", OK),
    ("XGROUP CREATECONSUMER x g c1", 1),
    ("XINFO STREAM x", M([("length", 1), ("radix-tree-keys", Exact(1)),
     ("radix-tree-nodes", Exact(2)), ("last-generated-id", "1-1"),
     ("max-deleted-entry-id", "0-0"), ("entries-added", 1),
     ("recorded-first-entry-id", "1-1"), ("groups", 1), ("first-entry",
     ENTRY), ("last-entry", ENTRY)])),
    ("XINFO GROUPS x", [M([("name", "g"), ("consumers", 1), ("pending", 0),
     ("last-delivered-id", "0-0"), ("entries-read", NIL), ("lag", 1)])]),
    ("XINFO CONSUMERS x g", [By(M([("name", "c1"), ("pending", 0), ("idle",
     Between(0, 60000))]), ("kv", M([("name", "c1"), ("pending", 0), ("idle",
     Between(0, 60000)), ("inactive", -1)])))]),
])
case("config", [
    ("CONFIG GET maxmemory", M([("maxmemory", "0")])),
    ("CONFIG GET nope*", M([])),
])
case("client", [
    ("CLIENT GETNAME", NIL), ("CLIENT ID", Between(1, 2**63 - 1)),
    ("CLIENT TRACKINGINFO", M([("flags", S(["off"])), ("redirect", -1),
     ("prefixes", [])])),
    ("CLIENT NO-EVICT ON", OK), ("CLIENT NO-EVICT OFF", OK),
    ("CLIENT REPLY ON", OK),
])
case("object", [
    ("OBJECT ENCODING nokey", NIL),
    ("OBJECT HELP", HELP),
    ("MEMORY USAGE nokey", NIL),
])
case("doctors", [
    ("MEMORY DOCTOR", TEXT), ("LATENCY DOCTOR", TEXT),
])
case("command", [
    ("COMMAND INFO get nope", [["get", 2, S([Simple("readonly"),
     Simple("fast")]), 1, 1, 1, S([Simple("@read"), Simple("@string"),
     Simple("@fast")]), S([]), S([M([("flags", S([Simple("RO"),
     Simple("access")])), ("begin_search", M([("type", "index"), ("spec",
     M([("index", 1)]))])), ("find_keys", M([("type", "range"), ("spec",
     M([("lastkey", 0), ("keystep", 1), ("limit", 0)]))]))])]), S([])],
     NIL]),
    ("COMMAND GETKEYS GET k", ["k"]), ("COMMAND DOCS nope", M([])),
])
case("function", [
    ("FUNCTION STATS", M([("running_script", NIL), ("engines", M([("LUA",
     M([("libraries_count", 0), ("functions_count", 0)]))]))])),
    ("FUNCTION LIST", []),
])
case("acl", [
    ("ACL WHOAMI", "default"), ("ACL GETUSER nope", NIL),
    ("ACL CAT nope", E("ERR Unknown category 'nope'")),
])
case("script-and-pubsub", [
    ("SCRIPT EXISTS x", [0]), ("PUBSUB NUMSUB a", ["a", 0]),
    ("PUBSUB CHANNELS", []), ("PUBLISH a x", 0),
])
case("server", [
    ("ROLE", ["master", Between(0, 2**62), []]),
    ("TIME", [Re("[0-9]{10}"), Re("[0-9]{1,6}")]), ("SLOWLOG GET 0", []),
    ("WAIT 0 0", 0), ("LATENCY HISTOGRAM nope", M([])),
])
case("lcs", [
    ("SETNX k 1", 1),
    ("LCS k k IDX", M([("matches", [[[0, 0], [0, 0]]]), ("len", 1)])),
    ("LCS nokey nokey2", ""),
])
case("generic", [
    ("BITFIELD bf OVERFLOW FAIL INCRBY u2 0 5", [NIL]), ("SORT nokey", []),
    ("SADD st a", 1), ("SORT st BY nosort GET w_*", [NIL]),
    ("RANDOMKEY", OneOf("bf", "st")), ("SCAN 0 MATCH zzz*", ["0", []]),
    ("COPY nokey b", 0),
])
case("set-get", [
    ("SETNX k 1", 1), ("SET k v GET", "1"), ("SET nokey9 v XX", NIL),
    ("SET nokey9 v GET XX", NIL),
])
case("ping", [
    ("PING", PONG), ("PING hi", "hi"), ("ECHO x", "x"),
])
