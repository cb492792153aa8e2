"""The three nulls: $-1, *-1 and _, by every command that has one. In RESP3
all of them are _."""

from conformance.cases import *  # noqa: F403
from conformance.cases.reply import LUA, streams

case = area("reply.nulls")

case("string-get", [
    ("GET nokey", NIL), ("MGET nokey", [NIL]), ("GETDEL nokey", NIL),
    ("GETEX nokey", NIL), ("GETEX nokey EX 10", NIL), ("GETSET k v", NIL),
    ("SUBSTR nokey 0 1", ""),
])
case("string-set", [
    ("SET k v XX", NIL), ("SET k v GET", NIL), ("SET k w NX", NIL),
    ("SET k w NX GET", "v"), ("SET j v XX GET", NIL),
])
case("string-mget", [
    ("SET a 1", OK), ("LPUSH l x", 1),
    ("MGET a nokey l a", ["1", NIL, NIL, "1"]),
    ("MGET nokey nokey", [NIL, NIL]),
])
case("hash", [
    ("HGET nokey f", NIL), ("HSET h f v", 1), ("HGET h g", NIL),
    ("HMGET h f g", ["v", NIL]), ("HMGET nokey f g", [NIL, NIL]),
    ("HRANDFIELD nokey", NIL),
])
case("set", [
    ("SPOP nokey", NIL), ("SRANDMEMBER nokey", NIL), ("SADD s a", 1),
    ("SPOP s", "a"), ("SPOP s", NIL),
])
case("list-bulk", [
    ("LPOP nokey", NIL), ("RPOP nokey", NIL), ("LINDEX nokey 0", NIL),
    ("RPUSH l a", 1), ("LINDEX l 5", NIL), ("LINDEX l -2", NIL),
    ("LPOS nokey a", NIL), ("LPOS l b", NIL), ("LPOS l a RANK 2", NIL),
    ("LMOVE nokey d LEFT RIGHT", NIL), ("RPOPLPUSH nokey d", NIL),
    ("LPOP l", "a"), ("LPOP l", NIL),
])
case("list-array", [
    ("LPOP nokey 1", NILARRAY), ("RPOP nokey 1", NILARRAY),
    ("LPOP nokey 0", NILARRAY), ("RPOP nokey 0", NILARRAY),
    ("LMPOP 1 nokey LEFT", NILARRAY),
    ("LMPOP 2 nokey nokey2 RIGHT COUNT 3", NILARRAY), ("RPUSH l a", 1),
    ("LPOP l 0", []), ("LPOP l 1", ["a"]), ("LPOP l 1", NILARRAY),
])
case("zset-bulk", [
    ("ZSCORE nokey a", NIL), ("ZRANK nokey a", NIL),
    ("ZREVRANK nokey a", NIL), ("ZRANDMEMBER nokey", NIL),
    ("ZADD z 1 a", 1), ("ZSCORE z b", NIL), ("ZRANK z b", NIL),
    ("ZREVRANK z b", NIL), ("ZMSCORE z b a", [NIL, D("1")]),
    ("ZADD z XX INCR 1 b", NIL), ("ZADD z NX INCR 1 a", NIL),
    ("ZADD z GT INCR -1 a", NIL), ("ZADD nokey XX INCR 1 a", NIL),
    ("EXISTS nokey", 0),
])
case("zset-array", [
    ("ZMPOP 1 nokey MIN", NILARRAY),
    ("ZMPOP 2 nokey nokey2 MAX COUNT 2", NILARRAY), ("ZADD z 1 a", 1),
    ("ZMPOP 2 nokey z MIN", ["z", [["a", D("1")]]]),
    ("ZMPOP 2 nokey z MIN", NILARRAY),
])
case("zset-withscore", [
    ("ZADD z 1 a", 1), ("ZRANK nokey a WITHSCORE",
     By(arity("zrank"), ("redis>=7.2", NILARRAY))),
    ("ZRANK z b WITHSCORE",
     By(arity("zrank"), ("redis>=7.2", NILARRAY))),
    ("ZREVRANK z b WITHSCORE",
     By(arity("zrevrank"), ("redis>=7.2", NILARRAY))),
])
case("geo", [
    ("GEOADD g 1 1 a", 1), ("GEOPOS g b", [NILARRAY]),
    ("GEOPOS g b c", [NILARRAY, NILARRAY]), ("GEOPOS nokey b", [NILARRAY]),
    ("GEODIST g a b", NIL), ("GEODIST nokey a b", NIL),
    ("GEOHASH g b", [NIL]), ("GEOHASH nokey b", [NIL]),
])
case("stream", [
    ("XADD nokey NOMKSTREAM * f v", NIL), ("XADD s 1-1 f v", "1-1"),
    ("XREAD STREAMS s $", NILARRAY), ("XREAD STREAMS nokey 0", NILARRAY),
    ("XREAD COUNT 2 STREAMS nokey nokey2 0 0", NILARRAY),
    ("XGROUP CREATE s g $", OK),
    ("XREADGROUP GROUP g c STREAMS s >", NILARRAY),
])
case("stream-info", [
    ("XADD s 1-1 f v", "1-1"), ("XGROUP CREATE s g 0", OK),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]), ("XDEL s 1-1", 1),
    ("XINFO STREAM s", M([("first-entry", NIL), ("last-entry", NIL)],
     more=True)),
    ("XINFO GROUPS s", [M([("entries-read", NIL)], more=True)]),
    ("XGROUP SETID s g 0", OK),
])
case("stream-lag", [
    ("XADD s 1-1 f v", "1-1"), ("XADD s 2-1 f v", "2-1"),
    ("XGROUP CREATE s g 0", OK), ("XDEL s 1-1", 1),
    ("XREADGROUP GROUP g c COUNT 1 STREAMS s >", ANY),
    ("XADD s 3-1 f v", "3-1"), ("XADD s 4-1 f v", "4-1"),
    ("XDEL s 3-1", 1),
    ("XINFO GROUPS s", [M([("entries-read", ANY), ("lag", NIL)],
     more=True)]),
])
case("stream-deleted-entry", [
    ("XADD s 1-1 f v", "1-1"), ("XGROUP CREATE s g 0", OK),
    ("XREADGROUP GROUP g c STREAMS s >", ANY), ("XDEL s 1-1", 1),
    ("XREADGROUP GROUP g c STREAMS s 0", streams(("s", [("1-1", None)]))),
])
case("generic", [
    ("DUMP nokey", NIL), ("RANDOMKEY", NIL),
    ("OBJECT ENCODING nokey", NIL), ("OBJECT IDLETIME nokey", NIL),
    ("OBJECT REFCOUNT nokey", NIL), ("OBJECT FREQ nokey", NIL),
    ("MEMORY USAGE nokey", NIL),
])
case("sort-get", [
    ("RPUSH l 2 1", 2), ("SORT l GET nokey_*", [NIL, NIL]),
    ("SET w_1 x", OK), ("SORT l GET w_*", ["x", NIL]),
    ("SORT l GET # GET w_*", ["1", "x", "2", NIL]),
])
case("bitfield-overflow", [
    ("BITFIELD k OVERFLOW FAIL INCRBY u2 0 5", [NIL]),
    ("BITFIELD k OVERFLOW FAIL INCRBY u2 0 1 INCRBY u2 0 9 GET u2 0", [1,
     NIL, 1]),
    ("BITFIELD k OVERFLOW FAIL SET u2 0 9", [NIL]),
])
case("server", [
    ("CLIENT GETNAME", NIL), ("ACL GETUSER nobody", NIL),
    ("COMMAND INFO nope nope2", [NIL, NIL]),
    ("FUNCTION STATS", M([("running_script", NIL)], more=True)),
    ("CONFIG GET nothing*", M([])), ("COMMAND DOCS nope", M([])),
])
case("unsubscribe-nothing", [
    ("UNSUBSCRIBE", P(["unsubscribe", NIL, 0])),
    ("PUNSUBSCRIBE", P(["punsubscribe", NIL, 0])),
    ("SUNSUBSCRIBE", P(["sunsubscribe", NIL, 0])),
])
case("exec-aborted", [
    ("WATCH k", OK), ("b", "SET k v", OK), ("MULTI", OK),
    ("GET k", QUEUED), ("EXEC", NILARRAY), ("GET k", "v"),
], contexts=PLAIN)
case("exec-aborted-by-own-write", [
    ("WATCH k", OK), ("SET k v", OK), ("MULTI", OK), ("GET k", QUEUED),
    ("EXEC", NILARRAY), ("MULTI", OK), ("GET k", QUEUED), ("EXEC", ["v"]),
], contexts=("plain", "pipelined", "bytewise", "split", "inline"))
case("exec-empty-is-no-null", [
    ("MULTI", OK), ("EXEC", []),
], contexts=("plain", "pipelined", "bytewise", "split", "inline"))
case("in-transaction", [
    ("MULTI", OK), ("GET nokey", QUEUED), ("LPOP nokey", QUEUED),
    ("LPOP nokey 1", QUEUED), ("SPOP nokey", QUEUED),
    ("SPOP nokey 1", QUEUED), ("ZSCORE nokey a", QUEUED),
    ("BLPOP nokey 0", QUEUED), ("BLMOVE nokey d LEFT LEFT 0", QUEUED),
    ("BRPOPLPUSH nokey d 0", QUEUED), ("BLMPOP 0 1 nokey LEFT", QUEUED),
    ("BZPOPMIN nokey 0", QUEUED), ("BZMPOP 0 1 nokey MIN", QUEUED),
    ("XREAD BLOCK 0 STREAMS nokey 0", QUEUED), ("GEOPOS nokey a", QUEUED),
    ("EXEC", [NIL, NIL, NILARRAY, NIL, S([]), NIL, NILARRAY, NIL, NIL,
     NILARRAY, NILARRAY, NILARRAY, NILARRAY, [NILARRAY]]),
], contexts=("plain", "pipelined", "bytewise", "split", "inline"))
case("timeout-blpop", [
    ("BLPOP a b c 0.01", NILARRAY),
], contexts="plain", slow=True)
case("timeout-brpop", [
    ("BRPOP nokey 0.01", NILARRAY),
], contexts="plain", slow=True)
case("timeout-blmove", [
    ("BLMOVE nokey d LEFT LEFT 0.01", NILARRAY),
], contexts="plain", slow=True)
case("timeout-brpoplpush", [
    ("BRPOPLPUSH nokey d 0.01", NILARRAY),
], contexts="plain", slow=True)
case("timeout-blmpop", [
    ("BLMPOP 0.01 1 nokey LEFT", NILARRAY),
], contexts="plain", slow=True)
case("timeout-bzpopmin", [
    ("BZPOPMIN nokey 0.01", NILARRAY),
], contexts="plain", slow=True)
case("timeout-bzpopmax", [
    ("BZPOPMAX nokey 0.01", NILARRAY),
], contexts="plain", slow=True)
case("timeout-bzmpop", [
    ("BZMPOP 0.01 1 nokey MIN", NILARRAY),
], contexts="plain", slow=True)
case("timeout-xread", [
    ("XREAD BLOCK 1 STREAMS nokey 0", NILARRAY),
], contexts="plain", slow=True)
case("timeout-xreadgroup", [
    ("XGROUP CREATE s g 0 MKSTREAM", OK),
    ("XREADGROUP GROUP g c BLOCK 1 STREAMS s >", NILARRAY),
], contexts="plain", slow=True)
case("not-null", [
    ("HGETALL nokey", M([])), ("SMEMBERS nokey", S([])),
    ("LRANGE nokey 0 -1", []), ("SPOP nokey 1", S([])),
    ("SRANDMEMBER nokey 1", []), ("HRANDFIELD nokey 1", []),
    ("ZRANDMEMBER nokey 1", []), ("ZPOPMIN nokey", []),
    ("ZPOPMIN nokey 1", []), ("LPOS nokey a COUNT 0", []),
    ("HKEYS nokey", []), ("GETRANGE nokey 0 -1", ""), ("STRLEN nokey", 0),
    ("TTL nokey", -2), ("TYPE nokey", Simple("none")),
    ("XRANGE nokey - +", []), ("SORT nokey", []), ("LCS nokey nokey2", ""),
    ("BITFIELD nokey GET u8 0", [0]),
])
case("empty-is-not-null", [
    (("SET", "k", ""), OK), ("GET k", ""), (("HSET", "h", "f", ""), 1),
    ("HGET h f", ""), ("HMGET h f", [""]), (("RPUSH", "l", ""), 1),
    ("LINDEX l 0", ""), ("LPOP l", ""), (("SADD", "s", ""), 1),
    ("SPOP s", ""), ("MGET k", [""]),
])
case("zero-and-null-score", [
    ("ZADD z 0 a -0 b", 2), ("ZSCORE z a", D("0")), ("ZSCORE z b", D("0")),
    ("ZSCORE z c", NIL), ("ZMSCORE z a c", [D("0"), NIL]),
])
case("pipeline-of-nulls", [
    ("GET nokey", NIL), ("LPOP nokey 1", NILARRAY),
    ("HGETALL nokey", M([])), ("GET nokey", NIL), ("SPOP nokey 1", S([])),
    ("ZMPOP 1 nokey MIN", NILARRAY), ("GET nokey", NIL), ("PING", PONG),
])
case("nested-in-script", [
    (("EVAL", "return {false, {false}}", "0"), [NIL, [NIL]]),
    (("EVAL",
     "return {redis.call('GET',KEYS[1]), redis.call('LPOP',KEYS[1],1)}",
     "1", "nokey"), [NIL, NIL]),
    (("EVAL", "return {redis.call('MGET',KEYS[1],KEYS[2])}", "2", "a",
     "b"), [[NIL, NIL]]),
], **LUA)


@case.script("unblocked-by-client-unblock", needs=(
    "CLIENT ID", "CLIENT UNBLOCK", "BLPOP", "BLMOVE", "XREAD"))
def unblocked():
    """As if its time were over."""
    reply = yield "b", "CLIENT ID", ANY
    for command in ("BLPOP l 0", "BLMOVE l m LEFT LEFT 0", "BZPOPMIN z 0",
                    "BZMPOP 0 1 z MIN", "XREAD BLOCK 0 STREAMS s 0"):
        yield "b", command, BLOCKED
        yield "CLIENT UNBLOCK %d" % reply.v, 1
        yield "b", b"", NILARRAY
