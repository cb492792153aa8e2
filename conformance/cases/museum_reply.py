"""Bugs that other servers had on the side of replies: their framing, their
types, their nulls. An id names the project and the issue."""

from conformance.cases import *  # noqa: F403
from conformance.cases.reply import LUA, TEXT, streams, unknown

case = area("museum")

# ---- framing ------------------------------------------------------------

# Bulk strings ended with two NULs, which clients that do not look took for
# CRLF.
case("dragonfly.4424", [
    ("SET k v", OK), ("GET k", "v"), ("MGET k nokey k", ["v", NIL, "v"]),
    (("SET", "k", ""), OK), ("GET k", ""), (("SET", "k", b"\0\0"), OK),
    ("GET k", b"\0\0"), ("STRLEN k", 2),
], seen="dragonfly#4424")
case("dragonfly.4424.long", [
    step for n in (15, 16, 17, 255, 256, 1023, 4096, 16384, 65536)
    for step in [(("SET", "k", b"x" * n), OK), ("GET k", b"x" * n),
                 ("MGET k k", [b"x" * n] * 2), (("ECHO", b"y" * n), b"y" * n)]
], seen="dragonfly#4424")
case("dragonfly.4424.in-aggregates", [
    ("RPUSH l a b", 2), ("LRANGE l 0 -1", ["a", "b"]), ("HSET h f v", 1),
    ("HGETALL h", M([("f", "v")])), ("SADD s a", 1), ("SMEMBERS s", S(["a"])),
    ("ZADD z 1 a", 1), ("ZRANGE z 0 -1", ["a"]),
    ("XADD x 1-1 f v", "1-1"), ("XRANGE x - +", [["1-1", ["f", "v"]]]),
], seen="dragonfly#4424")

# The count in front was not that of the elements behind it.
case("lettuce.2465", [
    ("HELLO 2", ListOf(ANY, 14)), ("PING", PONG),
    ("HELLO 3", Shape(lambda v: type(v) is Map and len(v.v) == 7,
                      "a map of 7 pairs")), ("PING", PONG),
], seen="lettuce#2465", contexts=PLAIN)
case("redis.6160", [
    ("HSET h a 1 b 2 c 3", 3), ("ZADD z 1 a 2 b", 2), ("SADD s a b", 2),
    ("HGETALL h", M([("a", "1"), ("b", "2"), ("c", "3")])), ("PING", PONG),
    ("ZRANGE z 0 -1 WITHSCORES", Pairs([("a", D("1")), ("b", D("2"))])),
    ("ZUNION 2 z s WITHSCORES", Pairs([("a", D("2")), ("b", D("3"))])),
    ("PING", PONG), ("HRANDFIELD h 9 WITHVALUES", ListOf(ANY)),
    ("PING", PONG), ("SRANDMEMBER s 9", Unordered(["a", "b"])),
    ("PING", PONG),
], seen="redis#6160")
case("redis.6160.information", [
    ("COMMAND INFO get nope set", [ListOf(ANY, 10), NIL, ListOf(ANY, 10)]),
    ("PING", PONG), ("CONFIG GET max*", M([], more=True)), ("PING", PONG),
    ("COMMAND DOCS get set", M([("get", ANY), ("set", ANY)])),
    ("PING", PONG), ("CLIENT TRACKINGINFO", M([
        ("flags", ANY), ("redirect", ANY), ("prefixes", ANY)])),
    ("PING", PONG), ("MEMORY STATS", M([], more=True)), ("PING", PONG),
], seen="redis#6160")
case("redis.6160.streams", [
    ("XADD s 1-1 a 1 b 2", "1-1"), ("XGROUP CREATE s g 0", OK),
    ("XGROUP CREATECONSUMER s g c", 1),
    ("XINFO STREAM s", M([("length", 1)], more=True)), ("PING", PONG),
    ("XINFO STREAM s FULL", M([("length", 1)], more=True)), ("PING", PONG),
    ("XINFO GROUPS s", [M([("name", "g")], more=True)]), ("PING", PONG),
    ("XINFO CONSUMERS s g", [M([("name", "c")], more=True)]),
    ("PING", PONG), ("XAUTOCLAIM s g c 0 0", ["0-0", [], []]),
    ("PING", PONG),
], seen="redis#6160")

# The header of an array was written, then the error: the reply to the next
# command became an element.
WRONG = [
    ("hmget", "HMGET k f g"), ("hrandfield", "HRANDFIELD k 2 WITHVALUES"),
    ("hgetall", "HGETALL k"), ("hscan", "HSCAN k 0"),
    ("smismember", "SMISMEMBER k a b"), ("srandmember", "SRANDMEMBER k 2"),
    ("sinter", "SINTER k k"), ("spop", "SPOP k 2"), ("sscan", "SSCAN k 0"),
    ("lrange", "LRANGE k 0 -1"), ("lpop", "LPOP k 2"),
    ("lpos", "LPOS k a COUNT 0"), ("lmpop", "LMPOP 1 k LEFT"),
    ("zmscore", "ZMSCORE k a b"), ("zrange", "ZRANGE k 0 -1 WITHSCORES"),
    ("zrandmember", "ZRANDMEMBER k 2 WITHSCORES"), ("zmpop", "ZMPOP 1 k MIN"),
    ("zpopmin", "ZPOPMIN k 2"), ("zdiff", "ZDIFF 2 nokey k WITHSCORES"),
    ("zscan", "ZSCAN k 0"), ("geopos", "GEOPOS k a b"),
    ("geohash", "GEOHASH k a b"),
    ("geosearch", "GEOSEARCH k FROMLONLAT 1 1 BYRADIUS 1 m WITHCOORD"),
    ("bitfield", "BITFIELD k GET u8 0 GET u8 8"),
    ("xrange", "XRANGE k - +"), ("xinfo", "XINFO STREAM k"),
    ("xread", "XREAD STREAMS nokey k 0 0"),
    ("xautoclaim", "XAUTOCLAIM k g c 0 0"),
]
for name, command in WRONG:
    make, words = ("RPUSH k x", command) if name[0] != "l" else (
        "HSET k f v", command)
    case("valkey.3516." + name, [
        (make, 1), (words, WRONGTYPE), ("PING", PONG), (words, WRONGTYPE),
        (words, WRONGTYPE), ("EXISTS k", 1),
    ], seen="valkey#3516")
case("valkey.3516", [
    ("RPUSH l a", 1), ("HPERSIST l FIELDS 2 f g", WRONGTYPE), ("PING", PONG),
    ("HEXPIRE l 10 FIELDS 2 f g", WRONGTYPE), ("PING", PONG),
    ("HTTL l FIELDS 2 f g", WRONGTYPE), ("PING", PONG),
    ("HEXPIRETIME l FIELDS 1 f", WRONGTYPE), ("PING", PONG),
], seen="valkey#3516", since="7.4")
case("valkey.3516.later-error", [
    ("SET s x", OK), ("RPUSH l a", 1),
    ("MGET s l nokey", ["x", NIL, NIL]), ("PING", PONG),
    ("SADD t a", 1), ("SINTER t l", WRONGTYPE), ("SUNION t l", WRONGTYPE),
    ("ZUNION 2 t l", WRONGTYPE), ("PING", PONG),
    ("SORT l GET *->f", E("ERR One or more scores can't be converted into "
                          "double")),
    ("BITFIELD s GET u8 0 GET u65 0", EP("ERR Invalid bitfield type.")),
    ("BITFIELD s SET u8 0 1 INCRBY u8 0 x", INT_ERR), ("PING", PONG),
    ("GET s", "x"),
], seen="valkey#3516")

# ---- what a client sends comes back as a reply of its own ---------------

FORGED = "a\r\n+INJ\r\n:1"
FLAT = "a  +INJ  :1"
case("valkey.3249", [
    (("EVAL", "error({err='X\\r\\n+INJ'})", "0"), EP("X  +INJ")),
    ("PING", PONG),
    (("EVAL", "return {err='X\\r\\n+INJ'}", "0"), E("X  +INJ")),
    ("PING", PONG),
    (("EVAL", "return {ok='X\\r\\n+INJ'}", "0"), Simple("X  +INJ")),
    ("PING", PONG),
    (("EVAL", "return redis.error_reply(ARGV[1])", "0", FORGED),
     E("ERR " + FLAT)), ("PING", PONG),
    (("EVAL", "return redis.status_reply(ARGV[1])", "0", FORGED),
     Simple(FLAT)), ("PING", PONG),
], seen=("CVE-2025-67733", "valkey#3249"), **LUA)
case("valkey.3249.nested", [
    (("EVAL", "return {1, {err=ARGV[1]}, {ok=ARGV[1]}, 2}", "0", FORGED),
     [1, E(FLAT), Simple(FLAT), 2]), ("PING", PONG),
    (("EVAL", "return {{{err=ARGV[1]}}}", "0", FORGED), [[E(FLAT)]]),
    ("PING", PONG),
], seen=("CVE-2025-67733", "valkey#3249"), **LUA)
case("valkey.3249.in-transaction", [
    ("MULTI", OK),
    (("EVAL", "error({err='X\\r\\n+INJ'})", "0"), QUEUED), ("PING", QUEUED),
    ("EXEC", [EP("X  +INJ"), PONG]), ("PING", PONG),
], seen=("CVE-2025-67733", "valkey#3249"), **LUA)
case("valkey.3249.function", [
    (("FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', "
      "function(k, a) return redis.error_reply(a[1]) end)\n"
      "redis.register_function('g', function(k, a) error({err=a[1]}) end)"),
     "lib"),
    (("FCALL", "f", "0", FORGED), E("ERR " + FLAT)), ("PING", PONG),
    (("FCALL", "g", "0", FORGED), EP(FLAT)), ("PING", PONG),
], seen=("CVE-2025-67733", "valkey#3249"), **LUA)
case("kvrocks.3493", [
    ((FORGED,), unknown(FLAT)), ("PING", PONG),
    (("NOPE", FORGED), unknown("NOPE", FLAT)), ("PING", PONG),
    (("EVAL", "return redis.error_reply(ARGV[1])", "0", FORGED),
     E("ERR " + FLAT)), ("PING", PONG),
], seen="kvrocks#3493", **LUA)
case("dragonfly.7328", [
    ((FORGED, FORGED), unknown(FLAT, FLAT)), ("PING", PONG),
    (("CLIENT", FORGED), E(
        "ERR unknown subcommand '%s'. Try CLIENT HELP." % FLAT)),
    ("PING", PONG),
    (("CONFIG", "SET", FORGED, "1"), E(
        "ERR Unknown option or number of arguments for CONFIG SET - '%s'" %
        FLAT)), ("PING", PONG),
], seen="dragonfly#7328")
case("jedis-mock.779", [
    (("a\r\n$-1",), unknown("a  $-1")), ("PING", PONG),
    (("NOPE", "\r\n*1\r\n$4\r\nPING"), unknown("NOPE", "  *1  $4  PING")),
    ("PING", PONG), (("ECHO", FORGED), FORGED), ("PING", PONG),
], seen="jedis-mock#779")
case("redis.15496", [
    (("HELLO", "2", FORGED), E(
        "ERR Syntax error in HELLO option '%s'" % FLAT)), ("PING", PONG),
    (("FUNCTION", "LIST", FORGED), E("ERR Unknown argument " + FLAT)),
    ("PING", PONG), (("ACL", "CAT", FORGED), E(
        "ERR Unknown category '%s'" % FLAT)), ("PING", PONG),
    (("LATENCY", "GRAPH", FORGED), E(
        "ERR No samples available for event '%s'" % FLAT)), ("PING", PONG),
    (("CLIENT", "KILL", "TYPE", FORGED), E(
        "ERR Unknown client type '%s'" % FLAT)), ("PING", PONG),
    (("EXPIRE", "k", "1", FORGED), E("ERR Unsupported option " + FLAT)),
    ("PING", PONG),
], seen="redis#15496")

# ---- types --------------------------------------------------------------

# What a subscriber gets in RESP3 was an array.
case("dragonfly.1052", [
    ("SUBSCRIBE c", Push([Bulk("subscribe"), Bulk("c"), Int(1)])),
    ("b", "PUBLISH c m", 1),
    (b"", Push([Bulk("message"), Bulk("c"), Bulk("m")])),
    ("PSUBSCRIBE p*", Push([Bulk("psubscribe"), Bulk("p*"), Int(2)])),
    ("b", "PUBLISH px m", 1),
    (b"", Push([Bulk("pmessage"), Bulk("p*"), Bulk("px"), Bulk("m")])),
    ("UNSUBSCRIBE", Push([Bulk("unsubscribe"), Bulk("c"), Int(1)])),
    ("PUNSUBSCRIBE", Push([Bulk("punsubscribe"), Bulk("p*"), Int(0)])),
], seen="dragonfly#1052", protos=3)
# node-redis takes a map from XREAD once HELLO told of a later version.
case("dragonfly.8056", [
    ("XADD s 1-1 f v", "1-1"),
    ("XREAD STREAMS s 0", streams(("s", [("1-1", ["f", "v"])]))),
    ("XADD t 2-1 f w", "2-1"),
    ("XREAD COUNT 1 STREAMS s t 0 0", streams(
        ("s", [("1-1", ["f", "v"])]), ("t", [("2-1", ["f", "w"])]))),
    ("XGROUP CREATE s g 0", OK),
    ("XREADGROUP GROUP g c STREAMS s >", streams(
        ("s", [("1-1", ["f", "v"])]))),
    ("XREAD STREAMS s $", NILARRAY),
], seen="dragonfly#8056")
case("dragonfly.8056.blocked", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "XADD s 1-1 f v", "1-1"),
    (b"", streams(("s", [("1-1", ["f", "v"])]))),
], seen="dragonfly#8056")
# A null bulk where PhpRedis reads an array.
case("dragonfly.8087", [
    ("ZMPOP 1 nokey MIN", NILARRAY), ("ZMPOP 2 a b MAX COUNT 3", NILARRAY),
    ("LMPOP 1 nokey LEFT", NILARRAY), ("LMPOP 2 a b RIGHT COUNT 3", NILARRAY),
    ("LPOP nokey 2", NILARRAY), ("RPOP nokey 2", NILARRAY), ("PING", PONG),
], seen=("dragonfly#8087", "dragonfly#8092"))
case("dragonfly.8087.in-transaction", [
    ("MULTI", OK), ("ZMPOP 1 nokey MIN", QUEUED),
    ("BZMPOP 0 1 nokey MIN", QUEUED), ("BLMPOP 0 1 nokey LEFT", QUEUED),
    ("BZPOPMIN nokey 0", QUEUED), ("BLPOP nokey 0", QUEUED),
    ("XREAD STREAMS nokey 0", QUEUED), ("EXEC", [NILARRAY] * 6),
], seen=("dragonfly#8087", "dragonfly#8092"))
# An empty list is not nothing, and a suite that decodes cannot tell.
case("redis.9178", [
    ("LRANGE nokey 0 -1", []), ("LPOP nokey 1", NILARRAY), ("GET nokey", NIL),
    (("SET", "k", ""), OK), ("GET k", ""), ("HGETALL nokey", M([])),
    ("SMEMBERS nokey", S([])), ("MGET nokey", [NIL]),
    ("XREAD STREAMS nokey 0", NILARRAY), ("XRANGE nokey - +", []),
    ("GEOPOS nokey a", [NILARRAY]), ("SRANDMEMBER nokey", NIL),
    ("SRANDMEMBER nokey 1", []), ("RPUSH l a", 1), ("LPOP l 0", []),
], seen="redis#9178")
case("redis.9178.exec", [
    ("WATCH k", OK), ("SET k v", OK), ("MULTI", OK), ("PING", QUEUED),
    ("EXEC", NILARRAY), ("MULTI", OK), ("EXEC", []),
], seen="redis#9178")
# hiredis expects a verbatim string.
case("hiredis.802", [
    ("INFO", TEXT), ("INFO server", TEXT), ("INFO nope", V("txt", "")),
    ("CLIENT LIST", TEXT), ("CLIENT INFO", TEXT),
], seen="hiredis#802")
# A cursor of 2^63 ended the server.
case("dragonfly.4466", [
    ("SET k v", OK), ("SCAN 9223372036854775808", [ANY, ListOf(ANY)]),
    ("SCAN 18446744073709551615", [ANY, ListOf(ANY)]),
    ("SCAN 18446744073709551616", E("ERR invalid cursor")),
    ("SADD s a", 1), ("SSCAN s 9223372036854775808", [ANY, ListOf(ANY)]),
    ("HSET h f v", 1), ("HSCAN h 9223372036854775808", [ANY, ListOf(ANY)]),
    ("ZADD z 1 a", 1), ("ZSCAN z 9223372036854775808", [ANY, ListOf(ANY)]),
    ("PING", PONG), ("GET k", "v"),
], seen="dragonfly#4466")
