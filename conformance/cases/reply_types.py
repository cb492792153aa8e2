"""Each type of RESP2 and RESP3, by the commands that produce it.

No command of Redis answers with a blob error (!), a streamed string ($?) or a
streamed aggregate (*? ~? %?): they stand in the text of RESP3 only, and the
reader fails on them wherever they come. Big numbers, booleans and attributes
come out of scripts and DEBUG alone.
"""

from conformance import resp
from conformance.cases import *  # noqa: F403
from conformance.cases.reply import (
    CLUSTER, DEBUG, HELP, LUA, TEXT, streams)
from conformance.expect import Name

case = area("reply.types")

STATS = M([("peak.allocated", ANY), ("total.allocated", ANY),
           ("keys.count", ANY), ("dataset.bytes", ANY)], more=True)
GREETING = M([("server", ANY), ("version", Re(r"[0-9.]+")),
              ("proto", Between(2, 3)), ("id", Between(1, 2**63 - 1)),
              ("mode", ANY), ("role", ANY), ("modules", ListOf(ANY))])
_text = resp.Bulk("Some real reply following the attribute")
ATTRIBUTE = Name("ATTRIBUTE", _text, resp.Attr([(
    resp.Bulk("key-popularity"),
    resp.Array([resp.Bulk("key:123"), resp.Int(90)]))], _text))
deep = []
for _ in range(50):
    deep = [deep]

# ---- simple strings -----------------------------------------------------

case("simple-ok", [
    ("SET k v", OK), ("MSET k v", OK), ("LPUSH l a", 1),
    ("LSET l 0 b", OK), ("LTRIM l 0 -1", OK), ("HMSET h f v", OK),
    ("RENAME k j", OK), ("SELECT 0", OK), ("CLIENT SETNAME me", OK),
    ("SCRIPT FLUSH", OK), ("PFADD p a", 1), ("PFMERGE p p", OK),
    ("XADD s 1-1 f v", "1-1"), ("XGROUP CREATE s g 0", OK),
    ("XSETID s 2-1", OK), ("UNWATCH", OK), ("WATCH k", OK),
    ("UNWATCH", OK),
])
case("simple-type-names", [
    ("SET s v", OK), ("LPUSH l a", 1), ("HSET h f v", 1), ("SADD t a", 1),
    ("ZADD z 1 a", 1), ("XADD x 1-1 f v", "1-1"), ("PFADD p a", 1),
    ("GEOADD g 1 1 a", 1), ("SETBIT b 1 1", 0),
    ("TYPE s", Simple("string")), ("TYPE l", Simple("list")),
    ("TYPE h", Simple("hash")), ("TYPE t", Simple("set")),
    ("TYPE z", Simple("zset")), ("TYPE x", Simple("stream")),
    ("TYPE p", Simple("string")), ("TYPE g", Simple("zset")),
    ("TYPE b", Simple("string")), ("TYPE nokey", Simple("none")),
])
case("simple-pong", [
    ("PING", PONG), ("ping", PONG), ("PiNg", PONG),
])
case("simple-queued", [
    ("MULTI", OK), ("PING", QUEUED), ("GET k", QUEUED),
    ("EXEC", [PONG, NIL]),
])
case("simple-reset", [
    ("RESET", Simple("RESET")), ("PING", PONG),
], contexts=("plain", "pipelined", "bytewise", "split"))
case("simple-script-status", [
    (("EVAL", "return redis.status_reply('FINE')", "0"), Simple("FINE")),
    (("EVAL", "return {ok='FINE'}", "0"), Simple("FINE")),
    (("EVAL", "return {ok=''}", "0"), Simple("")),
    (("EVAL", "return redis.call('SET',KEYS[1],'v')", "1", "k"), OK),
    (("EVAL", "return {ok='a', err='b'}", "0"), E("b")),
    (("EVAL", "return redis.call('TYPE',KEYS[1])", "1", "k"),
     Simple("string")),
], **LUA)
case("simple-help-lines", [
    ("OBJECT HELP", HELP), ("CLIENT HELP", HELP), ("CONFIG HELP", HELP),
    ("XINFO HELP", HELP), ("COMMAND HELP", HELP), ("MEMORY HELP", HELP),
    ("PUBSUB HELP", HELP), ("SLOWLOG HELP", HELP),
])
case("simple-command-flags", [
    ("COMMAND INFO ping", [["ping", -1, S([Simple("fast")]), 0, 0, 0,
     S([Simple("@fast"), Simple("@connection")]), ANY, S([]), S([])]]),
])

# ---- bulk strings -------------------------------------------------------

case("bulk-empty", [
    (("SET", "k", ""), OK), ("GET k", ""), (("ECHO", ""), ""),
    (("PING", ""), ""), ("GETRANGE k 0 -1", ""),
    ("GETRANGE nokey 0 -1", ""), ("LCS k k", ""), (("APPEND", "k", ""), 0),
    (("HSET", "h", "", ""), 1), ("HGETALL h", M([("", "")])),
    (("HGET", "h", ""), ""), (("RPUSH", "l", ""), 1),
    ("LRANGE l 0 -1", [""]),
])
case("bulk-binary", [
    (("SET", "k", b"\x00\x01\r\n\xff\xfe$5\r\n"), OK),
    ("GET k", b'\x00\x01\r\n\xff\xfe$5\r\n'), (("ECHO", b"\r\n"), "\r\n"),
    (("ECHO", b"\n"), "\n"), (("ECHO", b"\r"), "\r"),
    (("ECHO", b"\x00"), "\x00"),
    (("ECHO", b"*1\r\n$4\r\nPING\r\n"), "*1\r\n$4\r\nPING\r\n"),
    (("ECHO", b"+OK\r\n"), "+OK\r\n"),
    (("ECHO", b"-ERR x\r\n"), "-ERR x\r\n"),
    (("PING", b":1\r\n"), ":1\r\n"),
])
case("bulk-not-number", [
    ("SET k 12", OK), ("GET k", "12"), ("SET k 1.5", OK), ("GET k", "1.5"),
    ("INCRBYFLOAT k 0", "1.5"), ("HSET h f 7", 1), ("HGET h f", "7"),
    ("HINCRBYFLOAT h f 1", "8"), ("OBJECT ENCODING k", "embstr"),
    ("RPUSH l 5", 1), ("LINDEX l 0", "5"), ("SADD s 5", 1),
    ("SMEMBERS s", S(["5"])), ("SRANDMEMBER s", "5"),
])
case("bulk-like-nothing", [
    ("SET k nil", OK), ("GET k", "nil"), ("SET k -1", OK), ("GET k", "-1"),
    ("SET k $-1", OK), ("GET k", "$-1"), ("SET k null", OK),
    ("GET k", "null"), ("SET k (nil)", OK), ("GET k", "(nil)"),
    ("SET k OK", OK), ("GET k", "OK"), ("SET k true", OK),
    ("GET k", "true"),
])
case("bulk-ids", [
    ("XADD s 1-1 f v", "1-1"), ("XADD s 5-* f v", "5-0"),
    ("XADD s 7 f v", "7-0"), ("XADD s * f v", Re("[0-9]+-[0-9]+")),
    ("XDEL s 1-1", 1),
])
case("bulk-cursor", [
    ("SADD s a", 1), ("SSCAN s 0", ["0", ["a"]]), ("HSET h f v", 1),
    ("HSCAN h 0", ["0", ["f", "v"]]), ("ZADD z 1 a", 1),
    ("ZSCAN z 0", ["0", ["a", "1"]]), ("SCAN 0 MATCH nothing", ["0", []]),
    ("SSCAN nokey 0", ["0", []]),
])
case("bulk-script", [
    (("EVAL", "return 'x'", "0"), "x"), (("EVAL", "return ''", "0"), ""),
    (("EVAL", "return 'a\\r\\nb'", "0"), "a\r\nb"),
    (("EVAL", "return ARGV[1]", "0", b"\x00\r\n\xff"), b'\x00\r\n\xff'),
    (("EVAL", "return tostring(1.5)", "0"), "1.5"),
    (("EVAL", "return redis.call('GET',KEYS[1])", "1", "nokey"), NIL),
    (("EVAL", "return redis.sha1hex('')", "0"),
     "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
], **LUA)

# ---- integers -----------------------------------------------------------

case("integer-booleans", [
    ("SET k v", OK), ("EXISTS k", 1), ("EXISTS nokey", 0),
    ("SETNX k v", 0), ("EXPIRE k 100", 1), ("EXPIRE nokey 100", 0),
    ("PERSIST k", 1), ("PERSIST k", 0), ("SADD s a", 1),
    ("SISMEMBER s a", 1), ("SISMEMBER s b", 0),
    ("SMISMEMBER s a b", [1, 0]), ("HSET h f v", 1), ("HEXISTS h f", 1),
    ("HEXISTS h g", 0), ("HSETNX h f v", 0), ("RENAMENX k s", 0),
    ("COPY k j", 1), ("COPY k j", 0), ("SMOVE s t a", 1),
    ("MSETNX k v", 0), ("GETBIT k 0", 0), ("PFADD p a", 1),
    ("PFADD p a", 0),
])
case("integer-counts", [
    ("RPUSH l a b c", 3), ("LLEN l", 3), ("STRLEN nokey", 0),
    ("SADD s a b", 2), ("SCARD s", 2), ("ZADD z 1 a 2 b", 2),
    ("ZCARD z", 2), ("ZCOUNT z 1 2", 2), ("ZRANK z b", 1),
    ("HSET h a 1 b 2", 2), ("HLEN h", 2), ("HSTRLEN h a", 1),
    ("XADD x 1-1 f v", "1-1"), ("XLEN x", 1), ("PFADD p a b", 1),
    ("PFCOUNT p", 2), ("DEL l s z", 3), ("TOUCH h x", 2),
    ("UNLINK h x", 2), ("BITCOUNT nokey", 0), ("DBSIZE", 1),
])
case("integer-times", [
    ("SET k v", OK), ("TTL k", -1), ("PTTL k", -1), ("EXPIRETIME k", -1),
    ("PEXPIRETIME k", -1), ("TTL nokey", -2), ("PTTL nokey", -2),
    ("EXPIRETIME nokey", -2), ("PEXPIRETIME nokey", -2),
    ("EXPIREAT k 33177117420", 1), ("EXPIRETIME k", 33177117420),
    ("PEXPIRETIME k", 33177117420000),
])
case("integer-script", [
    (("EVAL", "return 1", "0"), 1), (("EVAL", "return -1", "0"), -1),
    (("EVAL", "return 3.99", "0"), 3), (("EVAL", "return -3.99", "0"), -3),
    (("EVAL", "return true", "0"), 1),
    (("EVAL", "return 1 == 2", "0"), NIL),
    (("EVAL", "return tonumber('12')", "0"), 12),
    (("EVAL", "return #KEYS", "2", "a", "b"), 2),
    (("EVAL", "return 0x10", "0"), 16),
    (("EVAL", "return redis.call('INCR',KEYS[1])", "1", "n"), 1),
], **LUA)

# ---- arrays -------------------------------------------------------------

case("array-empty", [
    ("LRANGE nokey 0 -1", []), ("HKEYS nokey", []), ("HVALS nokey", []),
    ("ZRANGE nokey 0 -1", []), ("XRANGE nokey - +", []),
    ("SORT nokey", []), ("KEYS nothing*", []), ("SRANDMEMBER nokey 5", []),
    ("HRANDFIELD nokey 5", []), ("ZRANDMEMBER nokey 5", []),
    ("HRANDFIELD nokey 5 WITHVALUES", []),
    ("ZRANDMEMBER nokey 5 WITHSCORES", []), ("ZPOPMIN nokey", []),
    ("ZPOPMAX nokey 3", []), ("LPOS nokey a COUNT 0", []),
    ("ZRANGEBYSCORE nokey 0 1 WITHSCORES", []), ("ZDIFF 1 nokey", []),
    ("GEOSEARCH nokey FROMLONLAT 0 0 BYRADIUS 1 km", []),
    ("PUBSUB CHANNELS", []), ("PUBSUB NUMSUB", []),
    ("COMMAND LIST FILTERBY PATTERN zzz*", []),
])
case("array-empty-transaction", [
    ("MULTI", OK), ("EXEC", []),
], contexts=("plain", "pipelined", "bytewise", "split", "inline"))
case("array-of-one", [
    ("RPUSH l a", 1), ("LRANGE l 0 -1", ["a"]), ("LPOP l 1", ["a"]),
    ("MGET nokey", [NIL]), ("HMGET nokey f", [NIL]),
    ("ZMSCORE nokey a", [NIL]), ("SMISMEMBER nokey a", [0]),
    ("GEOPOS nokey a", [NILARRAY]), ("GEOHASH nokey a", [NIL]),
    ("SCRIPT EXISTS x", [0]), ("COMMAND INFO nope", [NIL]),
    ("BITFIELD nokey GET u8 0", [0]),
])
case("array-nested", [
    ("XADD s 1-1 a b c d", "1-1"), ("XADD s 2-1 e f", "2-1"),
    ("XRANGE s - +", [["1-1", ["a", "b", "c", "d"]], ["2-1", ["e", "f"]]]),
    ("XREVRANGE s + - COUNT 1", [["2-1", ["e", "f"]]]),
    ("GEOADD g 1 1 a", 1),
    ("GEOPOS g a b", [[D("0.99999994039535522"), D("0.99999945914297683")],
     NILARRAY]),
    ("LMPOP 1 nokey LEFT", NILARRAY), ("RPUSH l a b c", 3),
    ("LMPOP 1 l LEFT COUNT 2", ["l", ["a", "b"]]),
])
case("array-nested-empty", [
    (("EVAL", "return {}", "0"), []), (("EVAL", "return {{}}", "0"), [[]]),
    (("EVAL", "return {{},{{}},{{{1}}}}", "0"), [[], [[]], [[[1]]]]),
    (("EVAL", "return {1,{},'a',{{},2}}", "0"), [1, [], "a", [[], 2]]),
], **LUA)
case("array-deep", [
    (("EVAL", "local t = {} for i = 1, 50 do t = {t} end return t", "0"),
     deep),
], **LUA)
case("array-mixed", [
    ("MULTI", OK), ("SET k v", QUEUED), ("GET k", QUEUED),
    ("INCR k", QUEUED), ("LPUSH l a", QUEUED), ("LRANGE l 0 -1", QUEUED),
    ("HGETALL nokey", QUEUED), ("SMEMBERS nokey", QUEUED),
    ("GET nokey", QUEUED), ("LPOP nokey 1", QUEUED),
    ("EXEC", [OK, "v", INT_ERR, 1, ["a"], M([]), S([]), NIL, NILARRAY]),
], contexts=PLAIN)
case("array-stops-at-nil", [
    (("EVAL", "return {1,2,nil,4}", "0"), [1, 2]),
    (("EVAL", "return {nil,1}", "0"), []),
    (("EVAL", "return {1,false,2}", "0"), [1, NIL, 2]),
    (("EVAL", "return {'a',false}", "0"), ["a", NIL]),
], **LUA)
case("array-ignores-names", [
    (("EVAL", "return {1, a=2, 3}", "0"), [1, 3]),
    (("EVAL", "return {a=1}", "0"), []),
    (("EVAL", "return {[2]='x'}", "0"), []),
], **LUA)

# ---- maps ---------------------------------------------------------------

case("map-hash", [
    ("HSET h a 1 b 2", 2), ("HGETALL h", M([("a", "1"), ("b", "2")])),
    ("HGETALL nokey", M([])), (("HSET", "b", b"\r\n", b"\x00"), 1),
    ("HGETALL b", M([("\r\n", "\x00")])),
])
case("map-config", [
    ("CONFIG GET maxmemory", M([("maxmemory", "0")])),
    ("CONFIG GET maxmemory maxclients", M([("maxmemory", ANY),
     ("maxclients", ANY)])),
    ("CONFIG GET nothing*", M([])),
])
case("map-xread", [
    ("XADD s 1-1 f v", "1-1"),
    ("XREAD STREAMS s 0", streams(("s", [("1-1", ["f", "v"])]))),
    ("XADD t 2-1 f w", "2-1"),
    ("XREAD STREAMS s t 0 0", streams(("s", [("1-1", ["f", "v"])]), ("t",
     [("2-1", ["f", "w"])]))),
    ("XREAD STREAMS t s 0 0", streams(("t", [("2-1", ["f", "w"])]), ("s",
     [("1-1", ["f", "v"])]))),
    ("XREAD STREAMS s t $ 0", streams(("t", [("2-1", ["f", "w"])]))),
    ("XREAD BLOCK 1 STREAMS s 0", streams(("s", [("1-1", ["f", "v"])]))),
])
case("map-xreadgroup", [
    ("XADD s 1-1 f v", "1-1"), ("XGROUP CREATE s g 0", OK),
    ("XREADGROUP GROUP g c STREAMS s >", streams(("s", [("1-1", ["f",
     "v"])]))),
    ("XREADGROUP GROUP g c STREAMS s 0", streams(("s", [("1-1", ["f",
     "v"])]))),
    ("XACK s g 1-1", 1),
    ("XREADGROUP GROUP g c STREAMS s 0", streams(("s", []))),
])
case("map-xinfo", [
    ("XADD s 1-1 f v", "1-1"), ("XGROUP CREATE s g 0", OK),
    ("XGROUP CREATECONSUMER s g c", 1),
    ("XINFO STREAM s", M([("length", 1), ("groups", 1),
     ("last-generated-id", "1-1"), ("first-entry", ["1-1", ["f", "v"]]),
     ("last-entry", ["1-1", ["f", "v"]])], more=True)),
    ("XINFO GROUPS s", [M([("name", "g"), ("consumers", 1), ("pending", 0),
     ("last-delivered-id", "0-0"), ("entries-read", NIL), ("lag", 1)])]),
    ("XINFO CONSUMERS s g", [M([("name", "c"), ("pending", 0), ("idle",
     Between(0, 60000))], more=True)]),
])
case("map-xinfo-full", [
    ("XADD s 1-1 f v", "1-1"), ("XGROUP CREATE s g 0", OK),
    ("XREADGROUP GROUP g c STREAMS s >", ANY),
    ("XINFO STREAM s FULL", M([("length", 1), ("entries", [["1-1", ["f",
     "v"]]]), ("groups", [M([("name", "g"), ("pending", [["1-1", "c", ANY,
     1]]), ("consumers", [M([("name", "c"), ("pel-count", 1)],
     more=True)])], more=True)])], more=True)),
])
case("map-xinfo-empty-stream", [
    ("XADD s 1-1 f v", "1-1"), ("XDEL s 1-1", 1),
    ("XINFO STREAM s", M([("length", 0), ("first-entry", NIL),
     ("last-entry", NIL)], more=True)),
    ("XINFO GROUPS s", []),
])
case("map-tracking-info", [
    ("CLIENT TRACKINGINFO", M([("flags", S(["off"])), ("redirect", -1),
     ("prefixes", [])])),
    ("CLIENT TRACKING ON BCAST PREFIX a", OK),
    ("CLIENT TRACKINGINFO", M([("flags", S(["on", "bcast"])), ("redirect",
     Between(-1, 0)), ("prefixes", ["a"])])),
    ("CLIENT TRACKING OFF", OK),
], protos=3)
case("map-command-docs", [
    ("COMMAND DOCS nope", M([])),
    ("COMMAND DOCS get", M([("get", M([("summary", ANY), ("since",
     "1.0.0"), ("group", "string")], more=True))])),
])
case("map-command-docs-arguments", [
    ("COMMAND DOCS ping", M([("ping", M([("arguments", [M([("name",
     "message"), ("type", "string"), ("flags", ANY)], more=True)])],
     more=True))])),
])
case("map-function", [
    ("FUNCTION STATS", M([("running_script", NIL), ("engines", M([("LUA",
     M([("libraries_count", 0), ("functions_count", 0)]))]))])),
    ("FUNCTION LIST", []),
    (("FUNCTION", "LOAD",
     "#!lua name=lib\nredis.register_function('f', function() return 1 "
     "end)"), "lib"),
    ("FUNCTION LIST", [M([("library_name", "lib"), ("engine", "LUA"),
     ("functions", [M([("name", "f"), ("description", NIL), ("flags",
     S([]))])])])]),
    ("FUNCTION STATS", M([("running_script", NIL), ("engines", M([("LUA",
     M([("libraries_count", 1), ("functions_count", 1)]))]))])),
], **LUA)
case("map-function-flags", [
    (("FUNCTION", "LOAD",
     "#!lua name=lib\nredis.register_function{function_name='f', "
     "callback=function() return 1 end, flags={'no-writes'}, "
     "description='d'}"), "lib"),
    ("FUNCTION LIST", [M([("library_name", "lib"), ("engine", "LUA"),
     ("functions", [M([("name", "f"), ("description", "d"), ("flags",
     S([Simple("no-writes")]))])])])]),
], **LUA)
case("map-lcs", [
    ("MSET a ohmytext b mynewtext", OK),
    ("LCS a b IDX", M([("matches", [[[4, 7], [5, 8]], [[2, 3], [0, 1]]]),
     ("len", 6)])),
    ("LCS a b IDX WITHMATCHLEN", M([("matches", [[[4, 7], [5, 8], 4], [[2,
     3], [0, 1], 2]]), ("len", 6)])),
    ("LCS a nokey IDX", M([("matches", []), ("len", 0)])),
])
case("map-memory", [
    ("MEMORY STATS", STATS),
])
case("map-acl", [
    ("ACL GETUSER default", M([("flags", ANY), ("passwords", ListOf(ANY)),
     ("commands", "+@all"), ("keys", "~*"), ("channels", "&*"),
     ("selectors", [])])),
    ("ACL GETUSER nobody", NIL),
])
case("map-acl-log", [
    ("ACL LOG RESET", OK), ("ACL SETUSER u on >p ~* +get", OK),
    ("AUTH u wrong", EP("WRONGPASS")),
    ("ACL LOG", [M([("count", 1), ("reason", "auth"), ("context",
     "toplevel"), ("object", "AUTH"), ("username", "u"), ("age-seconds",
     Near(30, 30)), ("client-info", ANY)], more=True)]),
    ("ACL LOG RESET", OK), ("ACL LOG", []),
])
case("map-latency", [
    ("CONFIG RESETSTAT", OK), ("SET k v", OK),
    ("LATENCY HISTOGRAM set", M([("set", M([("calls", 1),
     ("histogram_usec", M([(ANY, 1)]))]))])),
    ("LATENCY HISTOGRAM nope", M([])),
], contexts=PLAIN)
case("map-module-list", [
    ("MODULE LIST", ListOf(M([("name", ANY), ("ver", ANY)], more=True))),
])
case("map-hello", [
    ("HELLO 2", GREETING), ("GET nokey", NIL), ("HELLO 3", GREETING),
    ("GET nokey", Null()), ("HELLO", GREETING), ("GET nokey", Null()),
    ("HELLO 2", GREETING),
], contexts=PLAIN)
case("map-script", [
    (("EVAL", "return {map={a=1}}", "0"), M([("a", 1)])),
    (("EVAL", "return {map={}}", "0"), M([])),
    (("EVAL", "return {map={a={1,2}}}", "0"), M([("a", [1, 2])])),
    (("EVAL", "redis.setresp(3) return redis.call('HGETALL',KEYS[1])", "1",
     "nokey"), M([])),
], **LUA)
case("map-script-hash", [
    ("HSET h f 1.5", 1),
    (("EVAL", "redis.setresp(3) return redis.call('HGETALL',KEYS[1])", "1",
     "h"), M([("f", "1.5")])),
    (("EVAL", "return redis.call('HGETALL',KEYS[1])", "1", "h"), ["f",
     "1.5"]),
], **LUA)

# ---- sets ---------------------------------------------------------------

case("set-members", [
    ("SADD s a", 1), ("SADD t a b", 2), ("SMEMBERS s", S(["a"])),
    ("SMEMBERS t", S(["b", "a"])), ("SMEMBERS nokey", S([])),
    ("SINTER s t", S(["a"])), ("SINTER s nokey", S([])),
    ("SUNION s t", S(["b", "a"])), ("SUNION nokey", S([])),
    ("SDIFF t s", S(["b"])), ("SDIFF nokey", S([])), ("SDIFF s s", S([])),
])
case("set-pop", [
    ("SADD s a b", 2), ("SPOP s 5", S(["a", "b"])), ("SPOP s 5", S([])),
    ("SPOP nokey 0", S([])), ("SADD s a", 1), ("SPOP s 0", S([])),
    ("SPOP s 1", S(["a"])), ("SPOP s", NIL),
])
case("set-integers", [
    ("SADD s 1 2 3", 3), ("SMEMBERS s", S(["1", "2", "3"])),
    ("SINTER s s", S(["1", "2", "3"])), ("SPOP s 3", S(["1", "2", "3"])),
])
case("set-not", [
    ("SADD s a", 1), ("SRANDMEMBER s 1", ["a"]),
    ("SRANDMEMBER s -2", ["a", "a"]), ("SSCAN s 0", ["0", ["a"]]),
    ("SORT s ALPHA", ["a"]), ("SMISMEMBER s a", [1]), ("HSET h f v", 1),
    ("HKEYS h", ["f"]), ("HVALS h", ["v"]), ("ZADD z 1 a", 1),
    ("ZRANGE z 0 -1", ["a"]), ("ZUNION 1 z", ["a"]), ("ZINTER 1 s", ["a"]),
    ("KEYS *", Unordered(["s", "h", "z"])),
    ("COMMAND GETKEYS GET k", ["k"]),
])
case("set-command-info", [
    ("COMMAND INFO get", [["get", 2, S([Simple("readonly"),
     Simple("fast")]), 1, 1, 1, S([Simple("@read"), Simple("@string"),
     Simple("@fast")]), S([]), S([ANY]), S([])]]),
    ("COMMAND GETKEYSANDFLAGS SET k v", [["k", S([Simple("OW"),
     Simple("update")])]]),
])
case("set-acl-flags", [
    ("ACL SETUSER u", OK),
    ("ACL GETUSER u", M([("flags", Exact(S(["off"]))), ("passwords", []),
     ("commands", "-@all"), ("keys", ""), ("channels", ""), ("selectors",
     [])])),
])
case("set-script", [
    (("EVAL", "return {set={a=true}}", "0"), S(["a"])),
    (("EVAL", "return {set={}}", "0"), S([])),
    (("EVAL", "redis.setresp(3) return redis.call('SMEMBERS',KEYS[1])",
     "1", "nokey"), S([])),
], **LUA)
case("set-script-members", [
    ("SADD s a", 1),
    (("EVAL", "redis.setresp(3) return redis.call('SMEMBERS',KEYS[1])",
     "1", "s"), S(["a"])),
    (("EVAL", "return redis.call('SMEMBERS',KEYS[1])", "1", "s"), ["a"]),
    (("EVAL", "redis.setresp(3) return redis.call('SPOP',KEYS[1],1)", "1",
     "s"), S(["a"])),
], **LUA)

# ---- doubles ------------------------------------------------------------

case("double-scores", [
    ("ZADD z 1 a 2.5 b", 2), ("ZSCORE z a", D("1")),
    ("ZSCORE z b", D("2.5")), ("ZMSCORE z a b", [D("1"), D("2.5")]),
    ("ZINCRBY z 1.5 a", D("2.5")), ("ZADD z INCR 0.5 a", D("3")),
    ("ZPOPMIN z", ["b", D("2.5")]), ("ZPOPMAX z", ["a", D("3")]),
])
case("double-infinite", [
    ("ZADD z inf a -inf b +inf c", 3), ("ZSCORE z a", D("inf")),
    ("ZSCORE z b", D("-inf")),
    ("ZMSCORE z a b c", [D("inf"), D("-inf"), D("inf")]),
    ("ZRANGE z 0 -1 WITHSCORES", Pairs([("b", D("-inf")), ("a", D("inf")),
     ("c", D("inf"))])),
    ("ZINCRBY z -1 b", D("-inf")), ("ZADD z INCR 1e300 a", D("inf")),
    ("ZSCAN z 0", ["0", ["b", "-inf", "a", "inf", "c", "inf"]]),
])
case("double-coordinates", [
    ("GEOADD g 13.361389 38.115556 P 0 0 z", 2),
    ("GEOPOS g P", [[D("13.36138933897018433"),
     D("38.11555639549629859")]]),
    ("GEOSEARCH g FROMMEMBER P BYRADIUS 1 km WITHCOORD", [["P",
     [D("13.36138933897018433"), D("38.11555639549629859")]]]),
    ("GEORADIUS g 13.361389 38.115556 1 km WITHCOORD", [["P",
     [D("13.36138933897018433"), D("38.11555639549629859")]]]),
    ("GEORADIUSBYMEMBER g P 1 km WITHCOORD", [["P",
     [D("13.36138933897018433"), D("38.11555639549629859")]]]),
    ("GEOPOS g z", [[Near(0, 0.00001), Near(0, 0.00001)]]),
])
case("double-not", [
    ("GEOADD g 13.361389 38.115556 P 15.087269 37.502669 C", 2),
    ("GEODIST g P C", "166274.1516"), ("GEODIST g P C km", "166.2742"),
    ("GEODIST g P P", "0.0000"),
    ("GEOSEARCH g FROMMEMBER P BYRADIUS 1 km WITHDIST", [["P", "0.0000"]]),
    ("INCRBYFLOAT k 1.5", "1.5"), ("INCRBYFLOAT k 0.5", "2"),
    ("HINCRBYFLOAT h f 1.5", "1.5"), ("HINCRBYFLOAT h f 0.5", "2"),
    ("ZADD z 1.5 a", 1), ("ZSCAN z 0", ["0", ["a", "1.5"]]),
    ("ZRANK z a", 0), ("TIME", [Re("[0-9]{10}"), Re("[0-9]{1,6}")]),
    ("CONFIG GET maxmemory", M([("maxmemory", "0")])),
])
case("double-in-memory-stats", [
    ("MEMORY STATS", M([("dataset.percentage", Near(50, 50)),
     ("peak.percentage", Near(5000, 5000)), ("fragmentation", Near(5000,
     5000))], more=True)),
])
case("double-script", [
    (("EVAL", "return {double=3.5}", "0"), D("3.5")),
    (("EVAL", "return {double=1}", "0"), D("1")),
    (("EVAL", "return {double=1/0}", "0"), D("inf")),
    (("EVAL", "return {double=-1/0}", "0"), D("-inf")),
    (("EVAL", "return {double=-2.25}", "0"), D("-2.25")),
    (("EVAL", "return {double=1e100}", "0"), D("1e+100")),
], **LUA)
case("double-script-score", [
    ("ZADD z 1.5 a", 1),
    (("EVAL", "redis.setresp(3) return redis.call('ZSCORE',KEYS[1],'a')",
     "1", "z"), D("1.5")),
    (("EVAL", "return redis.call('ZSCORE',KEYS[1],'a')", "1", "z"), "1.5"),
    (("EVAL",
     "redis.setresp(3) return "
     "redis.call('ZRANGE',KEYS[1],0,-1,'WITHSCORES')", "1", "z"), [["a",
     D("1.5")]]),
    (("EVAL", "return redis.call('ZRANGE',KEYS[1],0,-1,'WITHSCORES')", "1",
     "z"), ["a", "1.5"]),
    (("EVAL",
     "redis.setresp(3) return redis.call('ZSCORE',KEYS[1],'a').double * 2",
     "1", "z"), 3),
], **LUA)

# ---- booleans -----------------------------------------------------------

case("boolean-script", [
    (("EVAL", "redis.setresp(3) return true", "0"), B(True)),
    (("EVAL", "redis.setresp(3) return false", "0"), B(False)),
    (("EVAL", "return true", "0"), 1),
    (("EVAL", "return false", "0"), NIL),
    (("EVAL", "redis.setresp(3) return {true, false}", "0"), [B(True),
     B(False)]),
    (("EVAL", "return {true, true}", "0"), [1, 1]),
    (("EVAL", "redis.setresp(3) return {map={a=true}}", "0"), M([("a",
     B(True))])),
], **LUA)
case("boolean-script-protocol-ends-with-it", [
    (("EVAL", "redis.setresp(3) return true", "0"), B(True)),
    (("EVAL", "return true", "0"), 1),
    (("EVAL", "redis.setresp(2) return true", "0"), 1),
    (("EVAL", "redis.setresp(3) redis.setresp(2) return true", "0"), 1),
], **LUA)

# ---- verbatim strings ---------------------------------------------------

case("verbatim-info", [
    ("INFO", TEXT), ("INFO server", TEXT), ("INFO nope", V("txt", "")),
    ("INFO all", TEXT), ("INFO everything", TEXT),
    ("INFO server clients", TEXT),
])
case("verbatim-clients", [
    ("CLIENT INFO", TEXT), ("CLIENT LIST", TEXT),
    ("CLIENT LIST TYPE normal", TEXT),
    ("CLIENT LIST ID 1000000000000", V("txt", "")),
    ("CLIENT LIST TYPE replica", V("txt", "")),
])
case("verbatim-doctors", [
    ("MEMORY DOCTOR", TEXT), ("MEMORY MALLOC-STATS", TEXT),
    ("LATENCY DOCTOR", TEXT),
])
case("verbatim-lolwut", [
    ("LOLWUT", TEXT), ("LOLWUT VERSION 5 10 5 5", TEXT),
    ("LOLWUT VERSION 6 5 5", TEXT),
])
case("verbatim-script", [
    (("EVAL", "return {verbatim_string={format='txt',string='x'}}", "0"),
     V("txt", "x")),
    (("EVAL", "return {verbatim_string={format='mkd',string='x'}}", "0"),
     V("mkd", "x")),
    (("EVAL", "return {verbatim_string={format='txt',string=''}}", "0"),
     V("txt", "")),
    (("EVAL", "return {verbatim_string={format='tx',string='a'}}", "0"),
     V("tx ", "a")),
    (("EVAL", "return {verbatim_string={format='text',string='a'}}", "0"),
     V("tex", "a")),
    (("EVAL", "return {verbatim_string={format='txt',string='a\\r\\nb'}}",
     "0"), V("txt", "a\r\nb")),
], **LUA)
case("verbatim-not", [
    ("COMMAND DOCS get", ANY), ("ACL WHOAMI", "default"),
    ("ACL LIST", ListOf(Re("user .*"), (1, 99))), ("CLIENT GETNAME", NIL),
    ("OBJECT ENCODING nokey", NIL),
])

# ---- big numbers --------------------------------------------------------

case("big-number-script", [
    (("EVAL", "return {big_number='123456789012345678901234567890'}", "0"),
     N("123456789012345678901234567890")),
    (("EVAL", "return {big_number='-1'}", "0"), N("-1")),
    (("EVAL", "return {big_number='0'}", "0"), N("0")),
    (("EVAL", "return {{big_number='18446744073709551616'}}", "0"),
     [N("18446744073709551616")]),
], **LUA)

# ---- all of them, by DEBUG PROTOCOL -------------------------------------

case("debug-string", [
    ("DEBUG PROTOCOL string", "Hello World"),
], **DEBUG)
case("debug-integer", [
    ("DEBUG PROTOCOL integer", 12345),
], **DEBUG)
case("debug-double", [
    ("DEBUG PROTOCOL double", D("3.141")),
], **DEBUG)
case("debug-null", [
    ("DEBUG PROTOCOL null", NIL),
], **DEBUG)
case("debug-array", [
    ("DEBUG PROTOCOL array", [0, 1, 2]),
], **DEBUG)
case("debug-set", [
    ("DEBUG PROTOCOL set", S([0, 1, 2])),
], **DEBUG)
case("debug-map", [
    ("DEBUG PROTOCOL map", M([(0, B(False)), (1, B(True)), (2,
     B(False))])),
], **DEBUG)
case("debug-verbatim", [
    ("DEBUG PROTOCOL verbatim", V("txt", "This is a verbatim\nstring")),
], **DEBUG)
case("debug-big-number", [
    ("DEBUG PROTOCOL bignum", N("1234567999999999999999999999999999999")),
], **DEBUG)
case("debug-true", [
    ("DEBUG PROTOCOL true", B(True)),
], **DEBUG)
case("debug-false", [
    ("DEBUG PROTOCOL false", B(False)),
], **DEBUG)
case("debug-attribute", [
    ("DEBUG PROTOCOL attrib", ATTRIBUTE), ("PING", PONG),
], **DEBUG)
case("debug-error", [
    ("DEBUG ERROR MYCODE", E("MYCODE")),
    (("DEBUG", "ERROR", "ERR some text"), E("ERR some text")),
    (("DEBUG", "ERROR", ""), E("")),
], **DEBUG)
case("debug-unknown", [
    ("DEBUG PROTOCOL nope",
     E("ERR Wrong protocol type name. Please use one of the following: "
     "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim"
     "|true|false")),
], **DEBUG)

# ---- nulls out of scripts -----------------------------------------------

case("script-null", [
    (("EVAL", "return nil", "0"), NIL),
    (("EVAL", "return false", "0"), NIL),
    (("EVAL", "return redis.call('GET',KEYS[1])", "1", "nokey"), NIL),
    (("EVAL", "redis.setresp(3) return redis.call('GET',KEYS[1])", "1",
     "nokey"), NIL),
    (("EVAL", "redis.setresp(3) return nil", "0"), NIL),
    (("EVAL", "return {false, 1}", "0"), [NIL, 1]),
    (("EVAL", "redis.setresp(3) return redis.call('LPOP',KEYS[1],1)", "1",
     "nokey"), NIL),
    (("EVAL", "return redis.call('LPOP',KEYS[1],1)", "1", "nokey"), NIL),
    (("EVAL", "return redis.call('ZSCORE',KEYS[1],'a')", "1", "nokey"),
     NIL),
    (("EVAL", "return redis.call('LRANGE',KEYS[1],0,-1)", "1", "nokey"),
     []),
    (("EVAL", "return redis.call('SMEMBERS',KEYS[1])", "1", "nokey"), []),
], **LUA)

# ---- pairs: flat in RESP2, nested in RESP3, but for some ----------------

case("pairs-zrange", [
    ("ZADD z 1 a 2 b", 2),
    ("ZRANGE z 0 -1 WITHSCORES", Pairs([("a", D("1")), ("b", D("2"))])),
    ("ZRANGE z 0 -1 REV WITHSCORES", Pairs([("b", D("2")), ("a",
     D("1"))])),
    ("ZRANGE z 1 2 BYSCORE WITHSCORES", Pairs([("a", D("1")), ("b",
     D("2"))])),
    ("ZREVRANGE z 0 -1 WITHSCORES", Pairs([("b", D("2")), ("a", D("1"))])),
    ("ZRANGEBYSCORE z 1 2 WITHSCORES", Pairs([("a", D("1")), ("b",
     D("2"))])),
    ("ZREVRANGEBYSCORE z 2 1 WITHSCORES", Pairs([("b", D("2")), ("a",
     D("1"))])),
    ("ZRANGEBYSCORE z 1 2 WITHSCORES LIMIT 1 1", Pairs([("b", D("2"))])),
    ("ZRANGE z 5 9 WITHSCORES", []),
])
case("pairs-algebra", [
    ("ZADD z 1 a 2 b", 2), ("ZADD y 2 b", 1),
    ("ZUNION 2 z y WITHSCORES", Pairs([("a", D("1")), ("b", D("4"))])),
    ("ZINTER 2 z y WITHSCORES", Pairs([("b", D("4"))])),
    ("ZDIFF 2 z y WITHSCORES", Pairs([("a", D("1"))])),
    ("ZUNION 1 nokey WITHSCORES", []), ("SADD s a", 1),
    ("ZUNION 2 z s WITHSCORES", Pairs([("a", D("2")), ("b", D("2"))])),
])
case("pairs-random", [
    ("ZADD z 1 a", 1),
    ("ZRANDMEMBER z 1 WITHSCORES", Pairs([("a", D("1"))])),
    ("ZRANDMEMBER z -2 WITHSCORES", Pairs([("a", D("1")), ("a", D("1"))])),
    ("HSET h f v", 1), ("HRANDFIELD h 1 WITHVALUES", Pairs([("f", "v")])),
    ("HRANDFIELD h -2 WITHVALUES", Pairs([("f", "v"), ("f", "v")])),
    ("HRANDFIELD h 0 WITHVALUES", []),
])
case("pairs-pop-with-count", [
    ("ZADD z 1 a 2 b 3 c 4 d", 4), ("ZPOPMIN z 1", Pairs([("a", D("1"))])),
    ("ZPOPMAX z 1", Pairs([("d", D("4"))])), ("ZPOPMIN z 0", []),
    ("ZPOPMIN z 9", Pairs([("b", D("2")), ("c", D("3"))])),
    ("ZPOPMIN z 1", []),
])
case("pairs-pop-without-count-flat", [
    ("ZADD z 1 a 2 b", 2), ("ZPOPMIN z", ["a", D("1")]),
    ("ZPOPMAX z", ["b", D("2")]), ("ZPOPMAX z", []),
])
case("pairs-mpop-nested-in-both", [
    ("ZADD z 1 a 2 b 3 c", 3), ("ZMPOP 1 z MIN", ["z", [["a", D("1")]]]),
    ("ZMPOP 1 z MAX COUNT 5", ["z", [["c", D("3")], ["b", D("2")]]]),
    ("ZADD z 1 a 2 b", 2),
    ("BZMPOP 0 1 z MIN COUNT 2", ["z", [["a", D("1")], ["b", D("2")]]]),
])
case("pairs-bzpop-flat-in-both", [
    ("ZADD z 1 a 2 b", 2), ("BZPOPMIN z 0", ["z", "a", D("1")]),
    ("BZPOPMAX z 0", ["z", "b", D("2")]),
])
case("pairs-scan-flat-bulks", [
    ("ZADD z 1 a", 1), ("ZSCAN z 0", ["0", ["a", "1"]]), ("HSET h f v", 1),
    ("HSCAN h 0", ["0", ["f", "v"]]),
])
case("pairs-geo-items-nested", [
    ("GEOADD g 1 1 a", 1),
    ("GEOSEARCH g FROMMEMBER a BYRADIUS 1 km", ["a"]),
    ("GEOSEARCH g FROMMEMBER a BYRADIUS 1 km WITHDIST", [["a", "0.0000"]]),
    ("GEOSEARCH g FROMMEMBER a BYRADIUS 1 km WITHHASH", [["a",
     3377822707026402]]),
    ("GEOSEARCH g FROMMEMBER a BYRADIUS 1 km WITHDIST WITHHASH", [["a",
     "0.0000", 3377822707026402]]),
])
case("pairs-flat-in-both", [
    ("PUBSUB NUMSUB a b", ["a", 0, "b", 0]),
    ("PUBSUB SHARDNUMSUB a", ["a", 0]), ("XADD s 1-1 a b c d", "1-1"),
    ("XRANGE s - +", [["1-1", ["a", "b", "c", "d"]]]),
    ("XGROUP CREATE s g 0", OK), ("XREADGROUP GROUP g c STREAMS s >", ANY),
    ("XPENDING s g", [1, "1-1", "1-1", [["c", "1"]]]),
])
case("pairs-lmpop-nested", [
    ("RPUSH l a b", 2), ("LMPOP 1 l LEFT", ["l", ["a"]]),
    ("BLMPOP 0 1 l RIGHT", ["l", ["b"]]), ("RPUSH l a", 1),
    ("BLPOP l 0", ["l", "a"]),
])

# ---- of a cluster -------------------------------------------------------

case("verbatim-cluster", [
    ("CLUSTER INFO", TEXT), ("CLUSTER NODES", TEXT),
    ("CLUSTER MYID", Re("[0-9a-f]{40}")), ("CLUSTER LINKS", []),
], options=CLUSTER, contexts=PLAIN)
case("map-cluster-shards", [
    ("CLUSTER SHARDS", [M([("slots", []), ("nodes", [M([
        ("id", Re("[0-9a-f]{40}")), ("port", ANY), ("ip", ANY),
        ("role", "master"), ("replication-offset", ANY),
        ("health", "online")], more=True)])])]),
    ("CLUSTER SLOTS", []),
], options=CLUSTER, contexts=PLAIN)
