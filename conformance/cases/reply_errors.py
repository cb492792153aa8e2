"""Errors: each code that a server can be brought to answer with, and texts
that must not break the line that they stand on.

Not reached: LOADING takes a large file, MISCONF a full disk, DENIED another
host, INPROG and MASTERDOWN's kin a replica, MOVED, ASK and TRYAGAIN a second
node; NOSUB and REDIRECT are Valkey's.
"""

from conformance.cases import *  # noqa: F403
from conformance.cases.reply import CLUSTER, DEBUG, LUA, unknown

case = area("reply.errors")

NOSCRIPT = E("NOSCRIPT No matching script. Please use EVAL.")
ABORTED = E("EXECABORT Transaction discarded because of previous errors.")
WRONGPASS = E(
    "WRONGPASS invalid username-password pair or user is disabled.")
NOT_HLL = E("WRONGTYPE Key is not a valid HyperLogLog string value.")
NO_CHANNEL = E("NOPERM this user has no permissions to access one of the "
               "channels used as arguments")
NO_ACCESS = E("NOPERM this user has no permissions to access one of the keys "
              "used as arguments")
BAD_DUMP = E("ERR DUMP payload version or checksum are wrong")
NO_FUNCTION = E("ERR Function not found")
NOPROTO = E("NOPROTO unsupported protocol version")
BUSYGROUP = E("BUSYGROUP Consumer Group name already exists")
NOTBUSY = E("NOTBUSY No scripts in execution right now.")
OVERFLOW = E("ERR increment or decrement would overflow")
NO_COMMAND = E("ERR Unknown Redis command called from script")
NO_CURSOR = E("ERR invalid cursor")
NOT_POSITIVE = E("ERR value is out of range, must be positive")
BAD_ID = E("ERR Invalid stream ID specified as stream command argument")
BAD_NAME = E("ERR Client names cannot contain spaces, newlines or special "
             "characters.")
NO_TIMEOUT = E("ERR timeout is not an integer or out of range")
BUSY = E("BUSY Redis is busy running a script. You can only call SCRIPT KILL "
         "or SHUTDOWN NOSAVE.")


def no_sub(name, sub):
    return E("ERR unknown subcommand '%s'. Try %s HELP." % (sub, name))


def refused(name):
    return E("ERR Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE "
             "/ PING / QUIT / RESET are allowed in this context" % name)


# ---- codes --------------------------------------------------------------

case("err-unknown-command", [
    ("NOPE", unknown("NOPE")), ("NOPE a b", unknown("NOPE", "a", "b")),
    ("nOpE x", unknown("nOpE", "x")), ("GETT k", unknown("GETT", "k")),
    ("PINGG", unknown("PINGG")), (("", "x"), unknown("", "x")),
    (("GET ", "k"), unknown("GET ", "k")), (("nope",), unknown("nope")),
])
case("err-arity", [
    ("GET", arity("get")), ("get", arity("get")),
    ("GET a b", arity("get")), ("CLIENT SETNAME", arity("client|setname")),
    ("client setname a b", arity("client|setname")),
    ("CONFIG GET", arity("config|get")),
    ("XGROUP CREATE", arity("xgroup|create")),
    ("OBJECT ENCODING", arity("object|encoding")),
])
case("err-subcommand", [
    ("CLIENT NOPE", no_sub("CLIENT", "NOPE")),
    ("client nope", no_sub("CLIENT", "nope")),
    ("OBJECT NOPE x", no_sub("OBJECT", "NOPE")),
    ("CONFIG NOPE", no_sub("CONFIG", "NOPE")),
    ("XGROUP NOPE a b c", no_sub("XGROUP", "NOPE")),
    ("FUNCTION NOPE", no_sub("FUNCTION", "NOPE")),
    ("SCRIPT NOPE", no_sub("SCRIPT", "NOPE")),
    ("ACL NOPE", no_sub("ACL", "NOPE")),
    ("MEMORY NOPE", no_sub("MEMORY", "NOPE")),
    ("DEBUG NOPE",
     E("ERR unknown subcommand or wrong number of arguments for 'NOPE'. "
     "Try DEBUG HELP.")),
])
case("err-syntax", [
    ("SET k v FOO", SYNTAX),
    ("ZADD z NX XX 1 a",
     E("ERR XX and NX options at the same time are not compatible")),
    ("LPOS l a RANK", SYNTAX), ("SORT l LIMIT 1", SYNTAX),
    ("SCAN 0 COUNT", SYNTAX), ("XADD s MAXLEN", arity("xadd")),
    ("GEOSEARCH g FROMLONLAT 1 1", arity("geosearch")),
])
case("err-integer", [
    ("INCRBY n abc", INT_ERR), ("EXPIRE k abc", INT_ERR),
    ("LRANGE l a b", INT_ERR), ("SETRANGE k x y", INT_ERR),
    ("GETRANGE k x y", INT_ERR), ("SELECT abc", INT_ERR),
    ("LREM l x a", INT_ERR), ("HINCRBY h f x", INT_ERR),
    ("ZRANGE z a b", INT_ERR),
])
case("err-float", [
    ("INCRBYFLOAT n abc", FLOAT_ERR), ("ZADD z abc m", FLOAT_ERR),
    ("ZINCRBY z abc m", FLOAT_ERR), ("HINCRBYFLOAT h f x", FLOAT_ERR),
    ("GEOADD g x 1 m", FLOAT_ERR),
    ("ZUNION 1 z WEIGHTS x", E("ERR weight value is not a float")),
    ("ZCOUNT z a b", E("ERR min or max is not a float")),
    ("ZRANGEBYSCORE z a b", E("ERR min or max is not a float")),
])
case("err-range", [
    ("SELECT 99999", E("ERR DB index is out of range")),
    ("SETRANGE k -1 x", E("ERR offset is out of range")),
    ("SETBIT k -1 1",
     E("ERR bit offset is not an integer or out of range")),
    ("SETBIT k 0 2", E("ERR bit is not an integer or out of range")),
    ("EXPIRE k 9223372036854775807",
     E("ERR invalid expire time in 'expire' command")),
    ("SET k v EX 0", E("ERR invalid expire time in 'set' command")),
    ("LPOP l -1", NOT_POSITIVE), ("SPOP s -1", NOT_POSITIVE),
    ("SRANDMEMBER s -9223372036854775808",
     E("ERR value is out of range, value must between "
     "-9223372036854775807 and 9223372036854775807")),
    ("RPUSH l a", 1), ("LSET l 5 x", E("ERR index out of range")),
    ("LINSERT l ABOVE a b", SYNTAX),
    ("LPOS l a RANK 0",
     E("ERR RANK can't be zero: use 1 to start from the first match, 2 "
     "from the second ... or use negative to start from the end of the "
     "list")),
])
case("err-no-such-key", [
    ("RENAME nokey a", NO_KEY), ("RENAMENX nokey a", NO_KEY),
    ("LSET nokey 0 a", NO_KEY), ("XINFO STREAM nokey", NO_KEY),
    ("XSETID nokey 1-1", NO_KEY), ("OBJECT ENCODING nokey", NIL),
])
case("err-transaction", [
    ("EXEC", E("ERR EXEC without MULTI")),
    ("DISCARD", E("ERR DISCARD without MULTI")), ("MULTI", OK),
    ("MULTI", E("ERR MULTI calls can not be nested")),
    ("WATCH k", E("ERR WATCH inside MULTI is not allowed")),
    ("DISCARD", OK),
])
case("err-hash-value", [
    ("HSET h f abc", 1),
    ("HINCRBY h f 1", E("ERR hash value is not an integer")),
    ("HINCRBYFLOAT h f 1", E("ERR hash value is not a float")),
    ("HSET h g 9223372036854775807", 1), ("HINCRBY h g 1", OVERFLOW),
    ("HSET h a", arity("hset")), ("HMSET h a 1 b", arity("hmset")),
])
case("err-auth-without-password", [
    ("AUTH pw",
     E("ERR AUTH <password> called without any password configured for "
     "the default user. Are you sure your configuration is correct?")),
    ("AUTH default pw", OK), ("AUTH nobody pw", WRONGPASS),
    ("AUTH a b c", SYNTAX),
])
case("err-stream-id", [
    ("XADD s 0-0 f v",
     E("ERR The ID specified in XADD must be greater than 0-0")),
    ("XADD s abc f v", BAD_ID), ("XADD s 5-1 f v", "5-1"),
    ("XADD s 5-1 f v",
     E("ERR The ID specified in XADD is equal or smaller than the target "
     "stream top item")),
    ("XADD s 1-1 f v",
     E("ERR The ID specified in XADD is equal or smaller than the target "
     "stream top item")),
    ("XADD s 1-1 f", arity("xadd")), ("XRANGE s abc +", BAD_ID),
    ("XREAD STREAMS s abc", BAD_ID), ("XREAD STREAMS s", arity("xread")),
    ("XREAD COUNT 1", arity("xread")), ("XDEL s abc", BAD_ID),
    ("XSETID s 1-1",
     E("ERR The ID specified in XSETID is smaller than the target stream "
     "top item")),
    ("XTRIM s MAXLEN -1", E("ERR The MAXLEN argument must be >= 0.")),
])
case("err-cursor", [
    ("SCAN abc", NO_CURSOR), ("HSCAN nokey abc", NO_CURSOR),
    ("SCAN 0 COUNT 0", SYNTAX), ("SCAN 0 TYPE", SYNTAX),
    ("SCAN 0 MATCH", SYNTAX),
])
case("err-config", [
    ("CONFIG SET nope 1",
     E("ERR Unknown option or number of arguments for CONFIG SET - "
     "'nope'")),
    ("CONFIG SET maxmemory abc",
     E("ERR CONFIG SET failed (possibly related to argument 'maxmemory') "
     "- argument must be a memory value")),
    ("CONFIG SET port 1 port 2",
     E("ERR CONFIG SET failed (possibly related to argument 'port') - "
     "duplicate parameter")),
    ("CONFIG SET maxmemory", arity("config|set")),
    ("CONFIG SET maxclients 0",
     E("ERR CONFIG SET failed (possibly related to argument 'maxclients') "
     "- argument must be between 1 and 4294967295 inclusive")),
])
case("err-object", [
    ("OBJECT HELP x", arity("object|help")), ("OBJECT FREQ nokey", NIL),
    ("SET k v", OK),
    ("OBJECT FREQ k", EP("ERR An LFU maxmemory policy is not selected")),
])
case("err-copy-same", [
    ("SET k v", OK),
    ("COPY k k", E("ERR source and destination objects are the same")),
    ("COPY k j DB 99999", E("ERR DB index is out of range")),
    ("COPY k j DB abc", INT_ERR),
])
case("err-geo", [
    ("GEOADD g 200 1 a",
     E("ERR invalid longitude,latitude pair 200.000000,1.000000")),
    ("GEOADD g 1 100 a",
     E("ERR invalid longitude,latitude pair 1.000000,100.000000")),
    ("GEOADD g NX XX 1 1 a", SYNTAX), ("GEOADD g 1 1", arity("geoadd")),
    ("GEOADD g 1 1 a", 1),
    ("GEODIST g a a parsec",
     E("ERR unsupported unit provided. please use M, KM, FT, MI")),
    ("GEORADIUS g 1 1 -1 m", E("ERR radius cannot be negative")),
    ("GEORADIUS g 1 1 x m", E("ERR need numeric radius")),
    ("GEOSEARCH g FROMMEMBER a BYBOX 1 -1 m",
     E("ERR height or width cannot be negative")),
    ("GEORADIUSBYMEMBER g nope 1 m",
     E("ERR could not decode requested zset member")),
    ("GEOSEARCH g BYRADIUS 1 m FROMMEMBER a COUNT 0",
     E("ERR COUNT must be > 0")),
])
case("err-script", [
    (("EVAL", "return redis.error_reply('MY error')", "0"), E("MY error")),
    (("EVAL", "return {err='MYCODE text'}", "0"), E("MYCODE text")),
    (("EVAL", "return {err='boom'}", "0"), E("boom")),
    (("EVAL", "return redis.pcall('INCR',KEYS[1],'x')", "1", "k"),
     E("ERR Wrong number of args calling Redis command from script")),
    (("EVAL", "return 1"), arity("eval")),
    (("EVAL", "return 1", "-1"),
     E("ERR Number of keys can't be negative")),
    (("EVAL", "return 1", "2", "a"),
     E("ERR Number of keys can't be greater than number of args")),
    (("EVAL", "return 1", "abc"), INT_ERR),
], **LUA)
case("err-script-call-of-failing-command", [
    ("SET k abc", OK),
    (("EVAL", "return redis.call('INCR',KEYS[1])", "1", "k"),
     EP("ERR value is not an integer or out of range")),
    (("EVAL", "return redis.pcall('INCR',KEYS[1])", "1", "k"), INT_ERR),
    (("EVAL", "return redis.call('NOPE')", "0"),
     EP("ERR Unknown Redis command called from script")),
    (("EVAL", "return redis.pcall('NOPE')", "0"), NO_COMMAND),
    (("EVAL", "return redis.pcall('GET')", "0"),
     E("ERR Wrong number of args calling Redis command from script")),
    ("GET k", "abc"),
], **LUA)
case("err-script-compile", [
    (("EVAL", "return (", "0"),
     EP("ERR Error compiling script (new function): ")),
    (("SCRIPT", "LOAD", "x ="),
     EP("ERR Error compiling script (new function): ")),
], **LUA)
case("err-script-runtime", [
    (("EVAL", "return nosuch", "0"),
     EP("ERR user_script:1: Script attempted to access nonexistent global "
     "variable 'nosuch'")),
    ("EVAL error('boom') 0", EP("ERR user_script:1: boom")),
    (("EVAL", "error({err='MY boom'})", "0"), EP("MY boom")),
    (("EVAL", "local t = nil return t.x", "0"),
     EP("ERR user_script:1: attempt to index local 't' (a nil value)")),
], **LUA)
case("err-script-no-key-in-read-only", [
    (("EVAL_RO", "return redis.call('SET',KEYS[1],'v')", "1", "k"),
     EP("ERR Write commands are not allowed from read-only scripts.")),
    ("EXISTS k", 0),
], **LUA)
case("wrongtype-of-each", [
    ("SET s v", OK), ("RPUSH l a", 1), ("LPUSH s x", WRONGTYPE),
    ("GET l", WRONGTYPE), ("HGET s f", WRONGTYPE), ("SADD s a", WRONGTYPE),
    ("ZADD s 1 a", WRONGTYPE), ("XADD s 1-1 f v", WRONGTYPE),
    ("HSET l f v", WRONGTYPE), ("SMEMBERS l", WRONGTYPE),
    ("ZSCORE l a", WRONGTYPE), ("XLEN l", WRONGTYPE),
    ("SETBIT l 1 1", WRONGTYPE), ("PFADD l a", WRONGTYPE),
    ("GEOADD l 1 1 a", WRONGTYPE), ("TYPE s", Simple("string")),
    ("TYPE l", Simple("list")),
])
case("wrongtype-hll", [
    ("SET s v", OK), ("PFADD s a", NOT_HLL), ("PFCOUNT s", NOT_HLL),
    ("PFMERGE d s", NOT_HLL), ("EXISTS d", 0),
])
case("noscript", [
    ("EVALSHA ffffffffffffffffffffffffffffffffffffffff 0", NOSCRIPT),
    ("EVALSHA abc 0", NOSCRIPT),
    ("EVALSHA_RO ffffffffffffffffffffffffffffffffffffffff 0", NOSCRIPT),
    (("EVALSHA", "", "0"), NOSCRIPT),
], **LUA)
case("noproto", [
    ("HELLO 1", NOPROTO), ("HELLO 4", NOPROTO), ("HELLO 9", NOPROTO),
    ("HELLO 0", NOPROTO), ("HELLO -1", NOPROTO),
    ("HELLO 9223372036854775807", NOPROTO), ("HELLO 4 SETNAME x", NOPROTO),
    ("CLIENT GETNAME", NIL),
])
case("busykey", [
    ("SET k v", OK),
    ("RESTORE k 0 x", E("BUSYKEY Target key name already exists.")),
    ("GET k", "v"),
])
case("busygroup", [
    ("XGROUP CREATE s g 0 MKSTREAM", OK),
    ("XGROUP CREATE s g 0", BUSYGROUP),
    ("XGROUP CREATE s g $ MKSTREAM", BUSYGROUP),
    ("XGROUP CREATE s h 0", OK),
])
case("nogroup", [
    ("XADD s 1-1 f v", "1-1"),
    ("XREADGROUP GROUP g c STREAMS s >",
     E("NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with "
     "GROUP option")),
    ("XPENDING s g", E("NOGROUP No such key 's' or consumer group 'g'")),
    ("XPENDING nokey g",
     E("NOGROUP No such key 'nokey' or consumer group 'g'")),
    ("XCLAIM s g c 0 1-1",
     E("NOGROUP No such key 's' or consumer group 'g'")),
    ("XAUTOCLAIM s g c 0 0",
     E("NOGROUP No such key 's' or consumer group 'g'")),
    ("XGROUP SETID s g 0",
     E("NOGROUP No such consumer group 'g' for key name 's'")),
    ("XGROUP CREATECONSUMER s g c",
     E("NOGROUP No such consumer group 'g' for key name 's'")),
    ("XGROUP DELCONSUMER s g c",
     E("NOGROUP No such consumer group 'g' for key name 's'")),
    ("XINFO CONSUMERS s g",
     E("NOGROUP No such consumer group 'g' for key name 's'")),
    ("XGROUP DESTROY s g", 0), ("XACK s g 1-1", 0),
])
case("notbusy", [
    ("SCRIPT KILL", NOTBUSY), ("FUNCTION KILL", NOTBUSY),
])
case("execabort", [
    ("MULTI", OK), ("NOPE", unknown("NOPE")), ("EXEC", ABORTED),
    ("MULTI", OK), ("GET", arity("get")), ("SET k v", QUEUED),
    ("EXEC", ABORTED), ("EXISTS k", 0), ("MULTI", OK),
    ("CLIENT NOPE", no_sub("CLIENT", "NOPE")), ("PING", QUEUED),
    ("EXEC", ABORTED), ("PING", PONG),
])
case("execabort-not-by-run-time-error", [
    ("MULTI", OK), ("SET k v", QUEUED), ("INCR k", QUEUED),
    ("LPUSH k x", QUEUED), ("GET k", QUEUED),
    ("EXEC", [OK, INT_ERR, WRONGTYPE, "v"]),
])
case("noperm-command", [
    ("ACL SETUSER u on nopass ~* +@all -get -config|get", OK),
    ("b", "AUTH u x", OK),
    ("b", "GET k",
     E("NOPERM this user has no permissions to run the 'get' command")),
    ("b", "CONFIG GET maxmemory",
     E("NOPERM this user has no permissions to run the 'config|get' "
     "command")),
    ("b", "SET k v", OK), ("b", "GET", arity("get")),
    ("b", "NOPE", unknown("NOPE")), ("b", "MULTI", OK),
    ("b", "GET k",
     E("NOPERM this user has no permissions to run the 'get' command")),
    ("b", "EXEC", ABORTED),
], contexts=PLAIN)
case("noperm-key", [
    ("ACL SETUSER u on nopass ~a* +@all", OK), ("b", "AUTH u x", OK),
    ("b", "SET b v", NO_ACCESS), ("b", "SET a v", OK),
    ("b", "MGET a b", NO_ACCESS), ("b", "GET a", "v"),
    ("b", "RENAME a b", NO_ACCESS),
], contexts=PLAIN)
case("noperm-channel", [
    ("ACL SETUSER u on nopass ~* resetchannels &a* +@all", OK),
    ("b", "AUTH u x", OK), ("b", "PUBLISH b m", NO_CHANNEL),
    ("b", "PUBLISH a m", 0), ("b", "SUBSCRIBE b", NO_CHANNEL),
    ("b", "PSUBSCRIBE *", NO_CHANNEL), ("b", "SPUBLISH b m", NO_CHANNEL),
], contexts=PLAIN)
case("wrongpass", [
    ("ACL SETUSER u on >pw", OK), ("AUTH u bad", WRONGPASS),
    ("AUTH nobody bad", WRONGPASS), ("ACL SETUSER u off", OK),
    ("AUTH u pw", WRONGPASS), ("HELLO 2 AUTH u pw", WRONGPASS),
    ("ACL WHOAMI", "default"),
])
case("subscribed-refuses", [
    ("SUBSCRIBE c", ["subscribe", "c", 1]), ("GET k", refused("get")),
    ("SET k v", refused("set")), ("HELLO 3", refused("hello")),
    ("MULTI", refused("multi")), ("CLIENT ID", refused("client|id")),
    ("PUBLISH c m", refused("publish")),
    ("UNSUBSCRIBE", ["unsubscribe", "c", 0]), ("GET k", NIL),
], protos=2)
case("err-dump", [
    ("RESTORE k 0 abc", BAD_DUMP), (("RESTORE", "k", "0", ""), BAD_DUMP),
    ("RESTORE k -1 x", E("ERR Invalid TTL value, must be >= 0")),
    ("RESTORE k 0 x IDLETIME -1",
     E("ERR Invalid IDLETIME value, must be >= 0")),
    ("RESTORE k 0 x FREQ 256",
     E("ERR Invalid FREQ value, must be >= 0 and <= 255")),
    ("RESTORE k abc x", INT_ERR), ("EXISTS k", 0),
])
case("err-acl", [
    ("ACL SETUSER u nope",
     E("ERR Error in ACL SETUSER modifier 'nope': Syntax error")),
    ("ACL SETUSER u >", OK),
    ("ACL SETUSER u +nope",
     E("ERR Error in ACL SETUSER modifier '+nope': Unknown command or "
     "category name in ACL")),
    ("ACL SETUSER u +@nope",
     E("ERR Error in ACL SETUSER modifier '+@nope': Unknown command or "
     "category name in ACL")),
    ("ACL SETUSER u ~", OK),
    ("ACL DELUSER default", E("ERR The 'default' user cannot be removed")),
    ("ACL CAT nope", E("ERR Unknown category 'nope'")),
    ("ACL DRYRUN nobody GET k", E("ERR User 'nobody' not found")),
    ("ACL GENPASS 0",
     E("ERR ACL GENPASS argument must be the number of bits for the "
     "output password, a positive number up to 4096")),
    ("ACL GENPASS 5000",
     E("ERR ACL GENPASS argument must be the number of bits for the "
     "output password, a positive number up to 4096")),
    ("ACL LOG abc", INT_ERR),
    ("ACL DRYRUN default NOPE", E("ERR Command 'NOPE' not found")),
])
case("err-client", [
    ("CLIENT KILL 1.2.3.4:5", E("ERR No such client")),
    ("CLIENT KILL TYPE nope", E("ERR Unknown client type 'nope'")),
    ("CLIENT KILL ID 0", E("ERR client-id should be greater than 0")),
    ("CLIENT KILL LADDR x", 0),
    ("CLIENT LIST TYPE nope", E("ERR Unknown client type 'nope'")),
    ("CLIENT LIST ID x", E("ERR Invalid client ID")),
    ("CLIENT LIST NOPE", SYNTAX), ("CLIENT PAUSE x", NO_TIMEOUT),
    ("CLIENT PAUSE -1", E("ERR timeout is negative")),
    ("CLIENT UNBLOCK x", INT_ERR), ("CLIENT NO-EVICT x", SYNTAX),
    ("CLIENT REPLY x", SYNTAX), ("CLIENT TRACKING x", SYNTAX),
    ("CLIENT CACHING YES",
     E("ERR CLIENT CACHING can be called only when the client is in "
     "tracking mode with OPTIN or OPTOUT mode enabled")),
    (("CLIENT", "SETNAME", "a b"), BAD_NAME),
])
case("err-function", [
    ("FCALL nope 0", NO_FUNCTION), ("FCALL nope x", NO_FUNCTION),
    ("FCALL nope -1", NO_FUNCTION),
    ("FUNCTION LOAD x", E("ERR Missing library metadata")),
    (("FUNCTION", "LOAD", "#!js name=x\n"),
     E("ERR Engine 'js' not found")),
    (("FUNCTION", "LOAD", "#!lua\n"), E("ERR Library name was not given")),
    (("FUNCTION", "LOAD", "#!lua name=a-b\n"),
     E("ERR Library names can only contain letters, numbers, or "
     "underscores(_) and must be at least one character long")),
    ("FUNCTION DELETE nope", E("ERR Library not found")),
    ("FUNCTION RESTORE x", BAD_DUMP),
    ("FUNCTION FLUSH x",
     E("ERR FUNCTION FLUSH only supports SYNC|ASYNC option")),
    ("FUNCTION LIST x", E("ERR Unknown argument x")),
], **LUA)
case("err-latency-and-slowlog", [
    ("LATENCY GRAPH nope", E("ERR No samples available for event 'nope'")),
    ("LATENCY HISTORY nope", []),
    ("SLOWLOG GET -2",
     E("ERR count should be greater than or equal to -1")),
    ("SLOWLOG GET x",
     E("ERR count should be greater than or equal to -1")),
    ("DEBUG SLEEP",
     E("ERR unknown subcommand or wrong number of arguments for 'SLEEP'. "
     "Try DEBUG HELP.")),
])
case("err-unknown-command-long", [
    (("n" * 128,), unknown("n" * 128)), (("n" * 129,), unknown("n" * 128)),
    (("n" * 300, "a"), unknown("n" * 128, "a")),
    (("NOPE", "x" * 128), unknown("NOPE", "x" * 128)),
    (("NOPE", "x" * 200), unknown("NOPE", "x" * 128)),
    # of the arguments together, quotes and spaces counted
    (("NOPE", "x" * 120, "y" * 120), unknown("NOPE", "x" * 120, "y" * 5)),
    (["NOPE"] + ["arg%d" % i for i in range(40)], unknown(
        "NOPE", *["arg%d" % i for i in range(17)] + ["ar"])),
])
case("noauth", [
    ("GET k", E("NOAUTH Authentication required.")),
    ("PING", E("NOAUTH Authentication required.")),
    ("MULTI", E("NOAUTH Authentication required.")),
    ("COMMAND", E("NOAUTH Authentication required.")),
    ("SUBSCRIBE a", E("NOAUTH Authentication required.")),
    ("GET", arity("get")), ("NOPE", unknown("NOPE")),
    ("HELLO 9", NOPROTO), ("HELLO", EP("NOAUTH HELLO must be called")),
    ("HELLO 3", EP("NOAUTH HELLO must be called")),
    ("AUTH bad", WRONGPASS), ("AUTH default bad", WRONGPASS),
    ("AUTH a b c", SYNTAX), ("RESET", Simple("RESET")),
    ("AUTH pw", OK), ("GET k", NIL),
], options={"requirepass": "pw"}, contexts=PLAIN)
case("noauth-hello", [
    ("HELLO 3 AUTH default bad", WRONGPASS),
    ("GET k", E("NOAUTH Authentication required.")),
    ("HELLO 3 AUTH default pw", ANY), ("GET k", Null()),
], options={"requirepass": "pw"}, protos=2, contexts=PLAIN)
case("noauth-after-reset", [
    ("AUTH pw", OK), ("GET k", NIL), ("RESET", Simple("RESET")),
    ("GET k", E("NOAUTH Authentication required.")), ("AUTH pw", OK),
], options={"requirepass": "pw"}, contexts=PLAIN)
case("oom", [
    ("SET k v", E("OOM command not allowed when used memory > 'maxmemory'.")),
    ("LPUSH l a",
     E("OOM command not allowed when used memory > 'maxmemory'.")),
    ("GET k", NIL), ("DEL k", 0), ("MULTI", OK),
    ("SET k v", E("OOM command not allowed when used memory > 'maxmemory'.")),
    ("EXEC", ABORTED), ("EXISTS k", 0),
], config={"maxmemory": "1"})
case("noreplicas", [
    ("SET k v", E("NOREPLICAS Not enough good replicas to write.")),
    ("GET k", NIL), ("PING", PONG), ("MULTI", OK),
    ("SET k v", E("NOREPLICAS Not enough good replicas to write.")),
    ("EXEC", ABORTED),
], config={"min-replicas-to-write": "1"})
case("readonly", [
    ("SET k v", E("READONLY You can't write against a read only replica.")),
    ("DEL k", E("READONLY You can't write against a read only replica.")),
    ("FLUSHALL", E("READONLY You can't write against a read only replica.")),
    ("GET k", NIL), ("PING", PONG), ("ROLE", ["slave", ANY, ANY, ANY, ANY]),
], options={"replicaof": "127.0.0.1 1"}, contexts=PLAIN,
    needs=("REPLICAOF",))
case("masterdown", [
    ("GET k", E("MASTERDOWN Link with MASTER is down and "
                "replica-serve-stale-data is set to 'no'.")),
    ("SET k v", E("READONLY You can't write against a read only replica.")),
    ("GET", arity("get")), ("PING", ANY), ("ECHO x", "x"),
], options={"replicaof": "127.0.0.1 1", "replica-serve-stale-data": "no"},
    contexts=PLAIN, needs=("REPLICAOF",))
case("clusterdown", [
    ("GET k", E("CLUSTERDOWN Hash slot not served")),
    ("SET k v", E("CLUSTERDOWN Hash slot not served")), ("PING", PONG),
    ("SELECT 1", E("ERR SELECT is not allowed in cluster mode")),
], options=CLUSTER, contexts=PLAIN, needs=("CLUSTER INFO",))
case("crossslot", [
    ("CLUSTER ADDSLOTSRANGE 0 16383", OK),
    ("MGET a b", E("CROSSSLOT Keys in request don't hash to the same slot")),
    ("MSET a 1 b 2",
     E("CROSSSLOT Keys in request don't hash to the same slot")),
    ("RENAME a b",
     E("CROSSSLOT Keys in request don't hash to the same slot")),
    ("CLUSTER DELSLOTSRANGE 0 16383", OK),
], options=CLUSTER, contexts=PLAIN, needs=("CLUSTER INFO",))
case("cluster-disabled", [
    ("CLUSTER INFO", E("ERR This instance has cluster support disabled")),
    ("READONLY", E("ERR This instance has cluster support disabled")),
    ("ASKING", E("ERR This instance has cluster support disabled")),
    ("CLUSTER NOPE", no_sub("CLUSTER", "NOPE")),
])
case("busy-script", [
    ("s2", "SUBSCRIBE c", ["subscribe", "c", 1]),
    ("b", ("EVAL", "redis.call('PUBLISH', 'c', 'on') while true do end", "0"),
     NOTHING),
    ("s2", b"", ["message", "c", "on"]),    # so it runs
    ("GET k", BUSY), ("SET k v", BUSY), ("NOPE", unknown("NOPE")),
    ("GET", arity("get")), ("SCRIPT KILL", OK),
    ("b", b"", EP("ERR Script killed by user with SCRIPT KILL")),
    ("s2", "UNSUBSCRIBE", ["unsubscribe", "c", 0]), ("GET k", NIL),
], config={"lua-time-limit": "1"}, contexts="plain", **LUA)
case("unkillable", [
    ("s2", "SUBSCRIBE c", ["subscribe", "c", 1]),
    ("b", ("EVAL", "redis.call('SET', KEYS[1], 'v') redis.call('PUBLISH', "
           "'c', 'on') for i = 1, 5e7 do end return 'done'", "1", "k"),
     NOTHING),
    ("s2", b"", ["message", "c", "on"]),
    ("SCRIPT KILL",
     E("UNKILLABLE Sorry the script already executed write commands against "
       "the dataset. You can either wait the script termination or kill the "
       "server in a hard way using the SHUTDOWN NOSAVE command.")),
    ("b", b"", "done"), ("GET k", "v"),
    ("s2", "UNSUBSCRIBE", ["unsubscribe", "c", 0]),
], config={"lua-time-limit": "1"}, contexts="plain", protos=2, slow=True,
    **LUA)


@case.script("unblocked", needs=("CLIENT ID", "CLIENT UNBLOCK", "BLPOP"))
def unblocked():
    reply = yield "b", "CLIENT ID", ANY
    for command in ("BLPOP l 0", "BRPOPLPUSH l m 0", "BZPOPMAX z 0",
                    "XREAD BLOCK 0 STREAMS s $"):
        yield "b", command, BLOCKED
        yield "CLIENT UNBLOCK %d ERROR" % reply.v, 1
        yield "b", b"", E("UNBLOCKED client unblocked via CLIENT UNBLOCK")
    yield "CLIENT UNBLOCK %d ERROR" % reply.v, 0


# ---- what is echoed stays on its line -----------------------------------

case = area("reply.injection", seen="redis#15496")

BAD = "a\r\n+INJ"

case("unknown-command", [
    ((BAD,), unknown("a  +INJ")),
    ((BAD, "x"), unknown("a  +INJ", "x")),
    (("NOPE", BAD), unknown("NOPE", "a  +INJ")),
    (("NOPE", "a", BAD, "b"), unknown("NOPE", "a", "a  +INJ",
     "b")),
    (("\r",), unknown(" ")), (("\n",), unknown(" ")),
    (("\r\n\r\n", "\r\n"), unknown("    ", "  ")),
    (("a\nb", "c\rd"), unknown("a b", "c d")),
    (("NOPE", b"a\x00\r\nb"), unknown("NOPE", "a")),
    ((b"NO\x00\r\nPE",), unknown("NO")),
])
case("unknown-subcommand", [
    (("CLIENT", BAD), no_sub("CLIENT", "a  +INJ")),
    (("CONFIG", BAD), no_sub("CONFIG", "a  +INJ")),
    (("XGROUP", BAD), no_sub("XGROUP", "a  +INJ")),
    (("OBJECT", BAD, "k"), no_sub("OBJECT", "a  +INJ")),
    (("MEMORY", BAD), no_sub("MEMORY", "a  +INJ")),
    (("ACL", BAD), no_sub("ACL", "a  +INJ")),
    (("SCRIPT", BAD), no_sub("SCRIPT", "a  +INJ")),
    (("FUNCTION", BAD), no_sub("FUNCTION", "a  +INJ")),
    (("PUBSUB", BAD), no_sub("PUBSUB", "a  +INJ")),
    (("LATENCY", BAD), no_sub("LATENCY", "a  +INJ")),
    (("SLOWLOG", BAD), no_sub("SLOWLOG", "a  +INJ")),
    (("COMMAND", BAD), no_sub("COMMAND", "a  +INJ")),
    (("CLUSTER", BAD), no_sub("CLUSTER", "a  +INJ")),
    (("MODULE", BAD), no_sub("MODULE", "a  +INJ")),
    (("XINFO", BAD), no_sub("XINFO", "a  +INJ")),
])
case("hello-option", [
    (("HELLO", "3", BAD),
     E("ERR Syntax error in HELLO option 'a  +INJ'")),
    (("HELLO", "2", BAD),
     E("ERR Syntax error in HELLO option 'a  +INJ'")),
    (("HELLO", "2", "SETNAME", BAD), BAD_NAME),
    (("HELLO", BAD),
     E("ERR Protocol version is not an integer or out of range")),
    (("HELLO", "2", "AUTH", BAD, BAD), WRONGPASS),
    (("PING",), PONG),
])
case("acl", [
    (("ACL", "CAT", BAD), E("ERR Unknown category 'a  +INJ'")),
    (("ACL", "SETUSER", "u", BAD),
     E("ERR Error in ACL SETUSER modifier 'a  +INJ': Syntax error")),
    (("ACL", "SETUSER", "u", "+a\r\n+INJ"),
     E("ERR Error in ACL SETUSER modifier '+a  +INJ': Unknown command or "
     "category name in ACL")),
    (("ACL", "SETUSER", "u", "+@a\r\n+INJ"),
     E("ERR Error in ACL SETUSER modifier '+@a  +INJ': Unknown command or "
     "category name in ACL")),
    (("ACL", "SETUSER", "u", "~a(a\r\n+INJ"),
     E("ERR Error in ACL SETUSER modifier '~a(a  +INJ': Syntax error")),
    (("ACL", "DRYRUN", BAD, "GET", "k"),
     E("ERR User 'a  +INJ' not found")),
    (("ACL", "DRYRUN", "default", BAD),
     E("ERR Command 'a  +INJ' not found")),
    (("ACL", "GETUSER", BAD), NIL),
    (("ACL", "DELUSER", BAD), 0),
    (("ACL", "LOG", BAD), INT_ERR),
    (("ACL", "GENPASS", BAD), INT_ERR),
])
case("acl-user-name", [
    (("ACL", "SETUSER", BAD),
     E("ERR Usernames can't contain spaces or null characters")),
    (("ACL", "SETUSER", "a b"),
     E("ERR Usernames can't contain spaces or null characters")),
    ("ACL USERS", Unordered(["default"])),
])
case("config", [
    (("CONFIG", "SET", BAD, "x"),
     E("ERR Unknown option or number of arguments for CONFIG SET - 'a  "
     "+INJ'")),
    (("CONFIG", "SET", "maxmemory", BAD),
     E("ERR CONFIG SET failed (possibly related to argument 'maxmemory') "
     "- argument must be a memory value")),
    (("CONFIG", "SET", "maxmemory-policy", BAD),
     E("ERR CONFIG SET failed (possibly related to argument "
     "'maxmemory-policy') - argument(s) must be one of the following: "
     "volatile-lru, volatile-lfu, volatile-random, volatile-ttl, "
     "allkeys-lru, allkeys-lfu, allkeys-random, noeviction")),
    (("CONFIG", "SET", "appendonly", BAD),
     E("ERR CONFIG SET failed (possibly related to argument 'appendonly') "
     "- argument must be 'yes' or 'no'")),
    (("CONFIG", "GET", BAD), M([])),
    (("CONFIG", "SET", "save", BAD),
     E("ERR CONFIG SET failed (possibly related to argument 'save') - "
     "Invalid save parameters")),
])
case("client", [
    (("CLIENT", "SETNAME", BAD), BAD_NAME),
    (("CLIENT", "KILL", BAD), E("ERR No such client")),
    (("CLIENT", "KILL", "TYPE", BAD),
     E("ERR Unknown client type 'a  +INJ'")),
    (("CLIENT", "KILL", "ID", BAD),
     E("ERR client-id should be greater than 0")),
    (("CLIENT", "KILL", "USER", BAD),
     E("ERR No such user 'a  +INJ'")),
    (("CLIENT", "LIST", "TYPE", BAD),
     E("ERR Unknown client type 'a  +INJ'")),
    (("CLIENT", "LIST", "ID", BAD), E("ERR Invalid client ID")),
    (("CLIENT", "PAUSE", BAD), NO_TIMEOUT),
    (("CLIENT", "REPLY", BAD), SYNTAX),
    (("CLIENT", "UNBLOCK", BAD), INT_ERR),
    (("CLIENT", "TRACKING", BAD), SYNTAX),
    (("CLIENT", "NO-EVICT", BAD), SYNTAX),
])
case("client-tracking-prefix", [
    ("CLIENT TRACKING ON BCAST PREFIX a", OK),
    (("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", BAD),
     E("ERR Prefix 'a  +INJ' overlaps with an existing prefix 'a'. "
     "Prefixes for a single client must not overlap.")),
    (("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "c\r\n", "PREFIX",
     "c\r\nd"),
     E("ERR Prefix 'c  ' overlaps with another provided prefix 'c  d'. "
     "Prefixes for a single client must not overlap.")),
    ("CLIENT TRACKING OFF", OK),
], protos=3)
case("options", [
    (("SET", "k", "v", BAD), SYNTAX),
    (("EXPIRE", "k", "1", BAD),
     E("ERR Unsupported option a  +INJ")),
    (("ZADD", "z", BAD, "1", "m"), SYNTAX),
    (("XADD", "s", BAD, "f", "v"), BAD_ID),
    (("XCLAIM", "s", "g", "c", "0", "1-1", BAD),
     E("NOGROUP No such key 's' or consumer group 'g'")),
    (("SORT", "k", BAD), SYNTAX),
    (("SCAN", "0", BAD), SYNTAX),
    (("COPY", "a", "b", BAD), SYNTAX),
    (("GEOSEARCH", "g", BAD, "1", "1", "1", "1"), SYNTAX),
    (("BITFIELD", "k", "GET", BAD, "0"),
     E("ERR Invalid bitfield type. Use something like i16 u8. Note that "
     "u64 is not supported but i64 is.")),
    (("BITFIELD", "k", "GET", "u8", BAD),
     E("ERR bit offset is not an integer or out of range")),
    (("LPOS", "l", "a", BAD, "1"), SYNTAX),
    (("INFO", BAD), V("txt", "")),
    (("FLUSHALL", BAD), SYNTAX),
    (("SHUTDOWN", BAD), SYNTAX), (("BGSAVE", BAD), SYNTAX),
    (("MEMORY", "USAGE", "k", BAD), SYNTAX),
    (("GETEX", "k", BAD), SYNTAX),
    (("LCS", "a", "b", BAD), SYNTAX),
])
case("xclaim-option", [
    ("XGROUP CREATE s g 0 MKSTREAM", OK),
    (("XCLAIM", "s", "g", "c", "0", "1-1", BAD),
     E("ERR Unrecognized XCLAIM option 'a  +INJ'")),
])
case("stream-group", [
    (("XREADGROUP", "GROUP", BAD, "c", "STREAMS", "s", ">"),
     E("NOGROUP No such key 's' or consumer group 'a  +INJ' in XREADGROUP "
     "with GROUP option")),
    (("XREADGROUP", "GROUP", "g", "c", "STREAMS", BAD, ">"),
     E("NOGROUP No such key 'a  +INJ' or consumer group 'g' in XREADGROUP "
     "with GROUP option")),
    (("XPENDING", BAD, BAD),
     E("NOGROUP No such key 'a  +INJ' or consumer group 'a  +INJ'")),
    ("XADD s 1-1 f v", "1-1"),
    (("XGROUP", "SETID", "s", BAD, "0"),
     E("NOGROUP No such consumer group 'a  +INJ' for key name 's'")),
    (("XGROUP", "CREATECONSUMER", "s", BAD, "c"),
     E("NOGROUP No such consumer group 'a  +INJ' for key name 's'")),
    (("XINFO", "CONSUMERS", "s", BAD),
     E("NOGROUP No such consumer group 'a  +INJ' for key name 's'")),
    (("XCLAIM", "s", BAD, "c", "0", "1-1"),
     E("NOGROUP No such key 's' or consumer group 'a  +INJ'")),
    (("XAUTOCLAIM", BAD, BAD, "c", "0", "0"),
     E("NOGROUP No such key 'a  +INJ' or consumer group 'a  +INJ'")),
])
case("function", [
    (("FCALL", BAD, "0"), NO_FUNCTION),
    (("FUNCTION", "LOAD", BAD), E("ERR Missing library metadata")),
    (("FUNCTION", "LOAD", "#!lua name=\r\nx"),
     E("ERR Library names can only contain letters, numbers, or "
     "underscores(_) and must be at least one character long")),
    (("FUNCTION", "LOAD", "#!l\r name=x\n"),
     E("ERR Engine 'l' not found")),
    (("FUNCTION", "LOAD", "#!lua name=a\rb\n"),
     E("ERR Invalid metadata value given: b")),
    (("FUNCTION", "LOAD", "#!lua name=x nope\r=1\n"),
     E("ERR Invalid metadata value given: nope")),
    (("FUNCTION", "LIST", BAD), E("ERR Unknown argument a  +INJ")),
    (("FUNCTION", "LIST", "LIBRARYNAME", BAD), []),
    (("FUNCTION", "DELETE", BAD), E("ERR Library not found")),
    (("FUNCTION", "RESTORE", BAD), BAD_DUMP),
    (("FUNCTION", "FLUSH", BAD),
     E("ERR FUNCTION FLUSH only supports SYNC|ASYNC option")),
], **LUA)
case("script-error", [
    (("EVAL", "return {err='A\\r\\n+INJ'}", "0"), E("A  +INJ")),
    (("EVAL", "return redis.error_reply('A\\r\\n+INJ')", "0"),
     E("ERR A  +INJ")),
    (("EVAL", "return {err='\\r\\n'}", "0"), E("")),
    (("EVAL", "return {err='A\\nB\\rC'}", "0"), E("A B C")),
    (("EVAL", "return {{err='A\\r\\n:1'}, 2}", "0"), [E("A  :1"), 2]),
], **LUA)
case("script-status", [
    (("EVAL", "return {ok='A\\r\\n+INJ'}", "0"), Simple("A  +INJ")),
    (("EVAL", "return redis.status_reply('A\\r\\n+INJ')", "0"),
     Simple("A  +INJ")),
    (("EVAL", "return {ok='\\r\\n'}", "0"), Simple("  ")),
    (("EVAL", "return {ok='A\\nB\\rC'}", "0"), Simple("A B C")),
    (("EVAL", "return {{ok='A\\r\\n:1'}, 2}", "0"), [Simple("A  :1"), 2]),
], **LUA)
case("script-error-function", [
    ("EVAL error({err='X\\r\\n+INJ'}) 0", EP("X  +INJ")),
    ("EVAL error('X\\r\\n+INJ') 0", EP("ERR user_script:1: X  +INJ")),
    ("EVAL error({err='A\\nB'}) 0", EP("A B")), ("PING", PONG),
], **LUA)
case("script-bad-command", [
    (("EVAL", "return redis.call('A\\r\\n+INJ')", "0"),
     EP("ERR Unknown Redis command called from script")),
    (("EVAL", "return redis.pcall('A\\r\\n+INJ')", "0"), NO_COMMAND),
    (("EVAL", "return redis.call(ARGV[1], 'x')", "0", BAD),
     EP("ERR Unknown Redis command called from script")),
    ("PING", PONG),
], **LUA)
case("script-echoes-error-of-command", [
    (("EVAL", "return redis.pcall('CONFIG', ARGV[1])", "0", BAD),
     NO_COMMAND),
    (("EVAL", "return redis.pcall('SET','k','v',ARGV[1])", "0",
     BAD), SYNTAX),
    (("EVAL", "return redis.pcall('XGROUP',ARGV[1],'a','b')", "0",
     BAD), NO_COMMAND),
], **LUA)
case("script-global", [
    (("EVAL", "return a\r\n", "0"),
     EP("ERR user_script:1: Script attempted to access nonexistent global "
     "variable 'a'")),
    (("EVAL", "return (\r\n)\r\n", "0"),
     EP("ERR Error compiling script (new function): ")),
    (("EVAL", "return _G['x\\r\\ny']", "0"),
     EP("ERR user_script:1: Script attempted to access nonexistent global "
     "variable 'x  y'")),
], **LUA)
case("script-bad-text", [
    (("EVAL", "return {verbatim_string={format='a\\r\\n',string='x'}}",
     "0"), "x"),
], protos=2, **LUA)
case("script-big-number", [
    (("EVAL", "return {big_number='1\\r\\n+INJ'}", "0"), "1  +INJ"),
], protos=2, **LUA)
case("script-bulk-keeps-them", [
    (("EVAL", "return 'A\\r\\n+INJ'", "0"), "A\r\n+INJ"),
    (("EVAL", "return ARGV[1]", "0", BAD), BAD),
    (("EVAL", "return {verbatim_string={format='txt',string='a\\r\\nb'}}",
     "0"), V("txt", "a\r\nb")),
    (("EVAL", "return {map={['a\\r\\n']='b\\r\\n'}}", "0"), M([("a\r\n",
     "b\r\n")])),
], **LUA)
case("latency-event", [
    (("LATENCY", "GRAPH", BAD),
     E("ERR No samples available for event 'a  +INJ'")),
    (("LATENCY", "HISTORY", BAD), []),
    (("LATENCY", "RESET", BAD), 0),
    (("LATENCY", "HISTOGRAM", BAD), M([])),
])
case("debug", [
    (("DEBUG", BAD),
     E("ERR unknown subcommand or wrong number of arguments for 'a  "
     "+INJ'. Try DEBUG HELP.")),
    (("DEBUG", "PROTOCOL", BAD),
     E("ERR Wrong protocol type name. Please use one of the following: "
     "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim"
     "|true|false")),
    (("DEBUG", "ERROR", BAD), E("a  +INJ")),
    (("DEBUG", "ERROR", "\r\n"), E("  ")),
    (("DEBUG", "OBJECT", BAD), NO_KEY),
], **DEBUG)
case("transaction", [
    ("MULTI", OK), (("GET", BAD, BAD), arity("get")),
    (("NOPE", BAD), unknown("NOPE", "a  +INJ")), ("EXEC", ABORTED),
    (("EXEC", BAD),
     E("EXECABORT Transaction discarded because of: wrong number of "
     "arguments for 'exec' command")),
    ("PING", PONG),
])
case("transaction-run-time", [
    ("MULTI", OK), (("FUNCTION", "DELETE", BAD), QUEUED),
    (("LATENCY", "GRAPH", BAD), QUEUED), ("PING", QUEUED),
    ("EXEC", [E("ERR Library not found"),
     E("ERR No samples available for event 'a  +INJ'"), PONG]),
])
case("echoed-as-bulk", [
    (("ECHO", BAD), BAD), (("PING", BAD), BAD),
    (("SET", BAD, BAD), OK), (("GET", BAD), BAD),
    (("GETSET", BAD, BAD), BAD),
    (("MGET", BAD), [BAD]), ("KEYS *", [BAD]),
    (("RPUSH", "l", BAD), 1), ("LRANGE l 0 -1", [BAD]),
    (("LPOS", "l", BAD), 0),
    (("HSET", "h", BAD, BAD), 1),
    ("HGETALL h", M([(BAD, BAD)])), (("SADD", "s", BAD), 1),
    ("SMEMBERS s", S([BAD])), (("ZADD", "z", "1", BAD), 1),
    ("ZRANGE z 0 -1 WITHSCORES", Pairs([(BAD, D("1"))])),
    (("XADD", "x", "1-1", BAD, BAD), "1-1"),
    ("XRANGE x - +", [["1-1", [BAD, BAD]]]),
])
case("echoed-as-bulk-names", [
    (("PUBSUB", "NUMSUB", BAD), [BAD, 0]),
    (("RPUSH", BAD, "a"), 1),
    (("BLPOP", BAD, "0"), [BAD, "a"]),
    (("ZADD", BAD, "1", "a"), 1),
    (("ZMPOP", "1", BAD, "MIN"), [BAD, [["a", D("1")]]]),
    (("COMMAND", "GETKEYS", "GET", BAD), [BAD]),
    (("COMMAND", "INFO", BAD), [NIL]),
    (("SCRIPT", "EXISTS", BAD), [0]),
    (("GEOADD", "g", "1", "1", BAD), 1),
    (("GEOSEARCH", "g", "FROMMEMBER", BAD, "BYRADIUS", "1", "m"),
     [BAD]),
])
case("channel", [
    (("SUBSCRIBE", BAD), P(["subscribe", BAD, 1])),
    (("UNSUBSCRIBE", BAD), P(["unsubscribe", BAD, 0])),
    (("PSUBSCRIBE", BAD), P(["psubscribe", BAD, 1])),
    (("PUNSUBSCRIBE", BAD), P(["punsubscribe", BAD, 0])),
    (("SSUBSCRIBE", BAD), P(["ssubscribe", BAD, 1])),
    (("SUNSUBSCRIBE", BAD), P(["sunsubscribe", BAD, 0])),
])
case("subscribed-command-name", [
    ("SUBSCRIBE c", ["subscribe", "c", 1]),
    (("NOPE", BAD), unknown("NOPE", "a  +INJ")),
    ((BAD,), unknown("a  +INJ")), ("PING", ["pong", ""]),
    ("UNSUBSCRIBE c", ["unsubscribe", "c", 0]),
], protos=2)
case("module", [
    (("MODULE", "LOAD", BAD),
     EP("ERR MODULE command not allowed.")),
    (("MODULE", "UNLOAD", BAD),
     EP("ERR MODULE command not allowed.")),
], contexts=PLAIN)
case("replication", [
    (("REPLICAOF", BAD), arity("replicaof")),
    (("REPLCONF", BAD), SYNTAX),
    (("PSYNC", BAD), arity("psync")),
    (("FAILOVER", BAD), SYNTAX),
    (("CLUSTER", BAD), no_sub("CLUSTER", "a  +INJ")),
])
case("auth", [
    (("AUTH", BAD),
     E("ERR AUTH <password> called without any password configured for "
     "the default user. Are you sure your configuration is correct?")),
    (("AUTH", BAD, BAD), WRONGPASS),
    (("AUTH", "default", BAD), OK), ("ACL WHOAMI", "default"),
])
case("numbers", [
    (("INCRBY", "n", BAD), INT_ERR),
    (("EXPIRE", "k", BAD), INT_ERR),
    (("LRANGE", "l", BAD, BAD), INT_ERR),
    (("SELECT", BAD), INT_ERR),
    (("ZADD", "z", BAD, "m"), FLOAT_ERR),
    (("SCAN", BAD), NO_CURSOR),
    (("SETRANGE", "k", BAD, "x"), INT_ERR),
    (("BLPOP", "l", BAD),
     E("ERR timeout is not a float or out of range")),
    (("WAIT", BAD, "0"), INT_ERR),
    (("GEOADD", "g", BAD, "1", "m"), FLOAT_ERR),
    (("EVAL", "return 1", BAD), INT_ERR),
])
