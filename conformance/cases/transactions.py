"""Transactions: MULTI EXEC DISCARD, and what WATCH sees."""

import re

from conformance.cases import *  # noqa: F403

case = area("session.multi")
watch = area("session.watch")

ABORT = E("EXECABORT Transaction discarded because of previous errors.")
NO_EXEC = E("ERR EXEC without MULTI")
NO_DISCARD = E("ERR DISCARD without MULTI")
NESTED = E("ERR MULTI calls can not be nested")
NO_WATCH = E("ERR WATCH inside MULTI is not allowed")
NOT_INSIDE = E("ERR Command not allowed inside a transaction")
OOM = E("OOM command not allowed when used memory > 'maxmemory'.")


def unknown(name, *args):
    return E("ERR unknown command '%s', with args beginning with: %s" % (
        name, "".join("'%s' " % a for a in args)))


def slug(text):
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")


# ---- MULTI, EXEC, DISCARD -----------------------------------------------

case("exec", [
    ("MULTI", OK), ("SET k v", QUEUED), ("GET k", QUEUED),
    ("EXEC", [OK, "v"]), ("GET k", "v"),
    ("multi", OK), ("get k", QUEUED), ("eXeC", ["v"]),
])
case("exec-empty", [
    ("MULTI", OK), ("EXEC", []), ("EXEC", NO_EXEC), ("PING", PONG),
])
case("without-multi", [
    ("EXEC", NO_EXEC), ("DISCARD", NO_DISCARD), ("UNWATCH", OK),
    ("MULTI", OK), ("EXEC", []), ("DISCARD", NO_DISCARD),
    ("MULTI", OK), ("DISCARD", OK), ("EXEC", NO_EXEC),
])
case("discard", [
    ("SET k old", OK), ("MULTI", OK), ("SET k new", QUEUED),
    ("DEL k", QUEUED), ("DISCARD", OK), ("GET k", "old"),
    ("MULTI", OK), ("discard", OK), ("SET k new", OK),
])
case("one-reply-of-each-type", [
    ("HSET h f v", 1), ("SADD s a", 1), ("ZADD z 1.5 a", 1),
    ("MULTI", OK), ("PING", QUEUED), ("PING hi", QUEUED),
    ("DBSIZE", QUEUED), ("GET nokey", QUEUED), ("LPOP nokey 1", QUEUED),
    ("HGETALL h", QUEUED), ("SMEMBERS s", QUEUED), ("ZSCORE z a", QUEUED),
    ("ZRANGE z 0 -1 WITHSCORES", QUEUED), ("KEYS nokey", QUEUED),
    ("INCR h", QUEUED), ("MGET a b", QUEUED),
    ("EXEC", [PONG, "hi", 3, NIL, NILARRAY, M([("f", "v")]), S(["a"]),
              D("1.5"), Pairs([("a", D("1.5"))]), [], WRONGTYPE,
              [NIL, NIL]]),
])
case("runs-in-order", [
    ("MULTI", OK), ("INCR n", QUEUED), ("INCR n", QUEUED),
    ("APPEND n x", QUEUED), ("INCR n", QUEUED), ("GET n", QUEUED),
    ("EXEC", [1, 2, 2, INT_ERR, "2x"]), ("GET n", "2x"),
])
case("arguments-are-kept", [
    ("MULTI", OK), (("SET", "k", b"\r\n\0+OK\r\n"), QUEUED),
    (("SET", "", ""), QUEUED), (("ECHO", b"x" * 20000), QUEUED),
    ("EXEC", [OK, OK, b"x" * 20000]),
    ("GET k", b"\r\n\0+OK\r\n"), (("GET", ""), ""),
])
case("many-commands", [("MULTI", OK)] + [("INCR n", QUEUED)] * 1000 + [
    ("EXEC", list(range(1, 1001))), ("GET n", "1000"),
], contexts=("plain", "pipelined", "inline"))
case("error-at-run-time-stops-nothing", [
    ("SET k v", OK), ("MULTI", OK), ("SET a 1", QUEUED),
    ("LPUSH k x", QUEUED), ("INCR k", QUEUED), ("SET b 2", QUEUED),
    ("EXEC", [OK, WRONGTYPE, INT_ERR, OK]), ("MGET a b k", ["1", "2", "v"]),
])
case("only-errors-at-run-time", [
    ("SET k v", OK), ("MULTI", OK), ("LPUSH k x", QUEUED),
    ("SET k v FOO", QUEUED), ("SELECT 100000", QUEUED),
    ("EXEC", [WRONGTYPE, SYNTAX, E("ERR DB index is out of range")]),
])
case("arguments-are-read-at-run-time", [
    ("MULTI", OK), ("SET k v EX abc", QUEUED), ("INCRBY k x", QUEUED),
    ("EXPIRE k 0 FOO", QUEUED), ("LPOP k -1", QUEUED),
    ("EXEC", [INT_ERR, INT_ERR, E("ERR Unsupported option FOO"),
              E("ERR value is out of range, must be positive")]),
])

# what is refused when it is queued, and then EXEC refuses all of it
for name, step, want in [
    ("unknown-command", "NOSUCH a b", unknown("NOSUCH", "a", "b")),
    ("arity", "GET", arity("get")),
    ("too-many-arguments", "GET a b", arity("get")),
    ("unknown-subcommand", "CLIENT NOSUCH",
     E("ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.")),
    ("subcommand-arity", "OBJECT ENCODING", arity("object|encoding")),
    ("container-alone", "CLIENT", arity("client")),
    ("multi-arity", "MULTI x", arity("multi")),
    ("discard-arity", "DISCARD x", arity("discard")),
    ("watch-arity", "WATCH", arity("watch")),
    ("unwatch-arity", "UNWATCH x", arity("unwatch")),
    ("save", "SAVE", NOT_INSIDE), ("sync", "SYNC", NOT_INSIDE),
    ("psync", "PSYNC ? -1", NOT_INSIDE),
    ("shutdown", "SHUTDOWN NOSAVE", NOT_INSIDE),
    ("shutdown-abort", "SHUTDOWN ABORT", NOT_INSIDE),
]:
    case("queue-error-" + name, [
        ("MULTI", OK), ("SET k v", QUEUED), (step, want),
        ("SET l v", QUEUED), ("EXEC", ABORT), ("EXISTS k l", 0),
        ("EXEC", NO_EXEC), ("MULTI", OK), ("SET k v", QUEUED),
        ("EXEC", [OK]),
    ])
case("queue-error-empty-command", [
    ("MULTI", OK), (("",), unknown("")), ("EXEC", ABORT),
])
case("queue-error-then-discard", [
    ("MULTI", OK), ("NOSUCH", unknown("NOSUCH")), ("SET k v", QUEUED),
    ("DISCARD", OK), ("EXISTS k", 0), ("MULTI", OK), ("PING", QUEUED),
    ("EXEC", [PONG]),
])
case("queue-error-first-and-last", [
    ("MULTI", OK), ("NOSUCH", unknown("NOSUCH")),
    ("NOSUCH", unknown("NOSUCH")), ("EXEC", ABORT),
    ("MULTI", OK), ("PING", QUEUED), ("GET", arity("get")),
    ("EXEC", ABORT), ("PING", PONG),
])
case("exec-arity", [
    ("MULTI", OK), ("SET k v", QUEUED),
    ("EXEC x", E("EXECABORT Transaction discarded because of: wrong number "
                 "of arguments for 'exec' command")),
    ("EXISTS k", 0), ("EXEC", NO_EXEC), ("EXEC x", Exact(E(
        "EXECABORT Transaction discarded because of: wrong number of "
        "arguments for 'exec' command"))),
])
case("error-before-multi-does-not-matter", [
    ("NOSUCH", unknown("NOSUCH")), ("GET", arity("get")), ("MULTI", OK),
    ("PING", QUEUED), ("EXEC", [PONG]),
])
case("queue-error-oom", [
    ("MULTI", OK), ("SET k v", OOM), ("EXEC", ABORT), ("EXISTS k", 0),
    ("MULTI", OK), ("DISCARD", OK),
], config={"maxmemory": "1"})
case("queue-error-oom-of-a-read", [
    ("MULTI", OK), ("GET k", OOM), ("EXEC", ABORT), ("GET k", NIL),
], config={"maxmemory": "1"}, level=EXACT)
case("oom-at-run-time", [
    ("MULTI", OK), ("CONFIG SET maxmemory 1", QUEUED), ("SET k v", QUEUED),
    ("GET k", QUEUED), ("CONFIG SET maxmemory 0", QUEUED),
    ("EXEC", [OK, OK, "v", OK]),
], level=MAY)      # nobody promises when memory is looked at
case("queue-error-noreplicas", [
    ("MULTI", OK), ("GET k", QUEUED),
    ("SET k v", E("NOREPLICAS Not enough good replicas to write.")),
    ("EXEC", ABORT), ("GET k", NIL),
], config={"min-replicas-to-write": "1"})

# Later versions end the transaction here.
case("nested", [
    ("MULTI", OK), ("SET k v", QUEUED), ("MULTI", NESTED),
    ("GET k", QUEUED),
    ("EXEC", By([OK, "v"], ("valkey>=8", ABORT))),
    ("EXEC", NO_EXEC),
])
case("nested-then-discard", [
    ("MULTI", OK), ("MULTI", NESTED), ("DISCARD", OK),
    ("DISCARD", NO_DISCARD), ("MULTI", OK), ("EXEC", []),
])
case("watch-inside", [
    ("MULTI", OK), ("SET k v", QUEUED), ("WATCH k", NO_WATCH),
    ("EXEC", By([OK], ("valkey>=8", ABORT))),
])
case("watch-inside-watches-nothing", [
    ("MULTI", OK), ("WATCH k", NO_WATCH), ("DISCARD", OK),
    ("SET k v", OK), ("MULTI", OK), ("PING", QUEUED), ("EXEC", [PONG]),
])

case("blocking-commands-do-not-wait", [
    ("MULTI", OK), ("BLPOP l 0", QUEUED), ("BRPOP l m 0", QUEUED),
    ("BLMPOP 0 2 l m LEFT", QUEUED), ("BZPOPMIN l 0", QUEUED),
    ("BZPOPMAX l 0", QUEUED), ("BZMPOP 0 1 l MIN", QUEUED),
    ("XREAD BLOCK 0 STREAMS l $", QUEUED), ("BLPOP l -1", QUEUED),
    ("EXEC", [NILARRAY] * 7 + [E("ERR timeout is negative")]),
])
case("blocking-moves-do-not-wait", [
    ("MULTI", OK), ("BRPOPLPUSH l m 0", QUEUED),
    ("BLMOVE l m LEFT RIGHT 0", QUEUED), ("EXEC", [NIL, NIL]),
])
case("blocking-commands-find-what-was-pushed-before", [
    ("MULTI", OK), ("RPUSH l a b c", QUEUED), ("BLPOP l 0", QUEUED),
    ("BLMOVE l m LEFT RIGHT 0", QUEUED), ("BRPOPLPUSH l m 0", QUEUED),
    ("BLPOP l 0", QUEUED),
    ("EXEC", [3, ["l", "a"], "b", "c", NILARRAY]),
    ("LRANGE m 0 -1", ["c", "b"]),
])
case("wait-does-not-wait", [
    ("MULTI", OK), ("WAIT 5 0", QUEUED), ("EXEC", [0]),
])
case("blocked-client-is-served-after-exec", [
    ("b", "BLPOP l 0", BLOCKED), ("MULTI", OK), ("RPUSH l a b", QUEUED),
    ("LPUSH l c", QUEUED), ("LLEN l", QUEUED), ("EXEC", [2, 3, 3]),
    ("b", b"", ["l", "c"]), ("LRANGE l 0 -1", ["a", "b"]),
])
case("blocked-client-is-not-served-by-what-is-gone", [
    ("b", "BLPOP l 0", BLOCKED), ("MULTI", OK), ("RPUSH l a", QUEUED),
    ("DEL l", QUEUED), ("EXEC", [1, 1]), ("PING", PONG),
    ("b", b"", BLOCKED), ("RPUSH l z", 1), ("b", b"", ["l", "z"]),
])
case("blocked-client-takes-the-type-it-waits-for", [
    ("b", "BLPOP l 0", BLOCKED), ("MULTI", OK), ("RPUSH l a", QUEUED),
    ("DEL l", QUEUED), ("SADD l m", QUEUED), ("EXEC", [1, 1, 1]),
    ("TYPE l", Simple("set")), ("DEL l", 1), ("RPUSH l z", 1),
    ("b", b"", ["l", "z"]),
])
case("queued-is-not-yet-done", [
    ("MULTI", OK), ("SET k v", QUEUED), ("b", "GET k", NIL),
    ("b", "SET k w", OK), ("b", "MULTI", OK), ("b", "GET k", QUEUED),
    ("EXEC", [OK]), ("b", "EXEC", ["v"]),
])
case("two-at-once", [
    ("MULTI", OK), ("b", "MULTI", OK), ("INCR n", QUEUED),
    ("b", "INCR n", QUEUED), ("b", "INCR n", QUEUED), ("b", "EXEC", [1, 2]),
    ("EXEC", [3]), ("b", "DISCARD", NO_DISCARD),
])
case("database-changes-inside", [
    ("MULTI", OK), ("SET k zero", QUEUED), ("SELECT 1", QUEUED),
    ("SET k one", QUEUED), ("EXEC", [OK, OK, OK]), ("GET k", "one"),
    ("SELECT 0", OK), ("GET k", "zero"),
])
case("database-of-discard-stays", [
    ("MULTI", OK), ("SELECT 1", QUEUED), ("DISCARD", OK), ("SET k v", OK),
    ("SELECT 1", OK), ("EXISTS k", 0), ("SELECT 0", OK), ("GET k", "v"),
])
case("swapdb-inside", [
    ("SET k zero", OK), ("MULTI", OK), ("SWAPDB 0 1", QUEUED),
    ("GET k", QUEUED), ("SWAPDB 0 1", QUEUED), ("GET k", QUEUED),
    ("EXEC", [OK, NIL, OK, "zero"]),
])
case("flushall-inside", [
    ("SET k v", OK), ("MULTI", OK), ("SET l w", QUEUED),
    ("FLUSHALL", QUEUED), ("SET m x", QUEUED), ("DBSIZE", QUEUED),
    ("EXEC", [OK, OK, OK, 1]), ("GET m", "x"),
])
case("unwatch-inside", [
    ("WATCH k", OK), ("MULTI", OK), ("UNWATCH", QUEUED),
    ("EXEC", [OK]),
])
case("unwatch-inside-comes-too-late", [
    ("WATCH k", OK), ("MULTI", OK), ("UNWATCH", QUEUED),
    ("b", "SET k v", OK), ("EXEC", NILARRAY),
])
case("reset-ends-it", [
    ("MULTI", OK), ("SET k v", QUEUED), ("RESET", Simple("RESET")),
    ("EXEC", NO_EXEC), ("EXISTS k", 0),
], contexts=PLAIN)
case("quit-inside", [
    ("MULTI", OK), ("SET k v", QUEUED), ("QUIT", OK), (b"", CLOSED),
    ("b", "EXISTS k", 0),
], contexts=PLAIN)
case("client-reply-off-inside", [
    ("MULTI", OK), ("CLIENT REPLY ON", QUEUED), ("PING", QUEUED),
    ("EXEC", [OK, PONG]),
])
case("client-state-inside", [
    ("MULTI", OK), ("CLIENT SETNAME x", QUEUED), ("CLIENT GETNAME", QUEUED),
    ("ACL WHOAMI", QUEUED), ("CLIENT NO-EVICT OFF", QUEUED),
    ("EXEC", [OK, "x", "default", OK]), ("CLIENT GETNAME", "x"),
])
case("auth-inside", [
    ("ACL SETUSER u on >pw +@all ~*", OK), ("MULTI", OK),
    ("AUTH u pw", QUEUED), ("ACL WHOAMI", QUEUED), ("AUTH u x", QUEUED),
    ("ACL WHOAMI", QUEUED),
    ("EXEC", [OK, "u", E("WRONGPASS invalid username-password pair or user "
                         "is disabled."), "u"]),
    ("ACL WHOAMI", "u"),
])
case("monitor-inside", [
    ("MULTI", OK), ("MONITOR", QUEUED),
    ("EXEC", [E("ERR MONITOR isn't allowed for DENY BLOCKING client")]),
])
case("eval-inside", [
    ("MULTI", OK), ("SET k v", QUEUED),
    (("EVAL", "return redis.call('GET', KEYS[1])", "1", "k"), QUEUED),
    (("EVAL", "return redis.call('MULTI')", "0"), QUEUED),
    (("EVAL", "return {1, {'a', false}}", "0"), QUEUED),
    ("EXEC", [OK, "v", EP("ERR This Redis command is not allowed from "
                          "script"), [1, ["a", NIL]]]),
], needs=("scripts",))
case("publish-inside", [
    ("MULTI", OK), ("PUBLISH c x", QUEUED), ("SPUBLISH c x", QUEUED),
    ("EXEC", [0, 0]),
])
# On RESP3 a push would stand inside the array, which the protocol rules out.
case("subscribe-inside", [
    ("MULTI", OK), ("SUBSCRIBE c", QUEUED), ("PING", QUEUED),
    ("PSUBSCRIBE p", QUEUED), ("UNSUBSCRIBE", QUEUED),
    ("PUNSUBSCRIBE", QUEUED), ("PING", QUEUED),
    ("EXEC", [["subscribe", "c", 1], ["pong", ""], ["psubscribe", "p", 2],
              ["unsubscribe", "c", 1], ["punsubscribe", "p", 0], PONG]),
], protos=(2,))
# Redis has it so all the same.
case("subscribe-inside-resp3", [
    ("MULTI", OK), ("SUBSCRIBE c", QUEUED), ("PING", QUEUED),
    ("EXEC", [P(["subscribe", "c", 1]), PONG]),
    ("UNSUBSCRIBE c", P(["unsubscribe", "c", 0])),
], protos=(3,), push_inside=True, level=MAY)
case("hello-inside-to-resp3", [
    ("HSET h f v", 1), ("MULTI", OK), ("HGETALL h", QUEUED),
    ("HELLO 3", QUEUED), ("HGETALL h", QUEUED), ("GET nokey", QUEUED),
    ("EXEC", Proto(3, [Array([Bulk("f"), Bulk("v")]), M(
        [("server", ANY), ("proto", 3)], more=True), M([("f", "v")]),
        NIL])),
    ("HGETALL h", M([("f", "v")])), ("HELLO 2", M(
        [("server", ANY), ("proto", 2)], more=True)),
], protos=(2,))
case("hello-inside-to-resp2", [
    ("HSET h f v", 1), ("MULTI", OK), ("HELLO 2", QUEUED),
    ("HGETALL h", QUEUED), ("GET nokey", QUEUED),
    ("EXEC", Proto(2, [M([("server", ANY), ("proto", 2)], more=True),
                       Array([Bulk("f"), Bulk("v")]), NullBulk()])),
    ("HGETALL h", M([("f", "v")])),
], protos=(3,))
case("hello-inside", [
    ("MULTI", OK), ("HELLO", QUEUED), ("HELLO 9", QUEUED),
    ("HELLO abc", QUEUED), ("HELLO 3 FOO", QUEUED),
    ("EXEC", [M([("server", ANY), ("version", ANY), ("mode", "standalone"),
                 ("role", "master")], more=True),
              E("NOPROTO unsupported protocol version"),
              E("ERR Protocol version is not an integer or out of range"),
              E("ERR Syntax error in HELLO option 'FOO'")]),
])
case("discard-forgets-hello", [
    ("HSET h f v", 1), ("MULTI", OK), ("HELLO 3", QUEUED), ("DISCARD", OK),
    ("HGETALL h", M([("f", "v")])),
], protos=(2,))
case("expired-key-inside", [
    ("MULTI", OK), ("SET k v", QUEUED), ("PEXPIRE k -1", QUEUED),
    ("EXISTS k", QUEUED), ("SET k w PXAT 1", QUEUED), ("GET k", QUEUED),
    ("EXEC", [OK, 1, 0, OK, NIL]),
])
case("help-inside", [
    ("MULTI", OK), ("OBJECT HELP", QUEUED),
    ("EXEC", [ListOf(lambda v: isinstance(v, Simple), (1, 100))]),
])


# ---- WATCH ---------------------------------------------------------------

def watched(setup, change, touched, conn="b"):
    """Does EXEC see what another connection does to k?"""
    return setup + [("WATCH k", OK)] + [
        (conn,) + tuple(step) for step in change] + [
        ("MULTI", OK), ("PING", QUEUED),
        ("EXEC", NILARRAY if touched else [PONG])]


SETUP = {
    "none": [],
    "string": [("SET k abc", OK)],
    "number": [("SET k 10", OK)],
    "ttl": [("SET k abc EX 100", OK)],
    "list": [("RPUSH k a b c", 3)],
    "set": [("SADD k a b c", 3)],
    "hash": [("HSET k f 1 g 2", 2)],
    "zset": [("ZADD k 1 a 2 b 3 c", 3)],
    "stream": [("XADD k 1-1 f v", "1-1"), ("XADD k 2-1 f v", "2-1")],
    "group": [("XADD k 1-1 f v", "1-1"), ("XGROUP CREATE k g 0", OK)],
    "consumer": [("XADD k 1-1 f v", "1-1"), ("XGROUP CREATE k g 0", OK),
                 ("XGROUP CREATECONSUMER k g c", 1)],
    "geo": [("GEOADD k 13.36 38.11 a 15.08 37.50 b", 2)],
    "hll": [("PFADD k a b", 1)],
    "other": [("SET o 1", OK)],
}
TOUCHED = [
    ("none", "SET k v", OK), ("string", "SET k abc", OK),
    ("string", "SET k v XX", OK), ("none", "SET k v NX", OK),
    ("string", "SET k v GET", "abc"), ("ttl", "SET k v KEEPTTL", OK),
    ("none", "SETNX k v", 1), ("none", "SETEX k 100 v", OK),
    ("none", "PSETEX k 100000 v", OK), ("string", "GETSET k abc", "abc"),
    ("string", "GETDEL k", "abc"), ("string", "GETEX k EX 100", "abc"),
    ("ttl", "GETEX k PERSIST", "abc"), ("none", "MSET a 1 k 2", OK),
    ("none", "MSETNX a 1 k 2", 1), ("string", "APPEND k x", 4),
    ("none", "APPEND k x", 1), ("string", "SETRANGE k 0 a", 3),
    ("none", "INCR k", 1), ("number", "DECR k", 9),
    ("number", "INCRBY k 0", 10), ("number", "DECRBY k 3", 7),
    ("number", "INCRBYFLOAT k 0.5", "10.5"),
    ("string", "SETBIT k 0 1", 0), ("none", "SETBIT k 0 0", 0),
    ("none", "BITFIELD k SET u8 0 1", [0]),
    ("none", "BITFIELD k INCRBY u8 0 1", [1]),
    ("other", "BITOP NOT k o", 1), ("string", "BITOP AND k nokey", 0),
    ("string", "DEL k", 1), ("string", "UNLINK k", 1),
    ("string", "EXPIRE k 100", 1), ("ttl", "EXPIRE k 200", 1),
    ("string", "PEXPIRE k 100000", 1), ("string", "EXPIRE k -1", 1),
    ("string", "EXPIREAT k 33177117420", 1), ("ttl", "PERSIST k", 1),
    ("string", "PEXPIREAT k 33177117420000", 1),
    ("string", "RENAME k o", OK), ("other", "RENAME o k", OK),
    ("other", "RENAMENX o k", 1), ("string", "RENAMENX k o", 1),
    ("other", "COPY o k", 1), ("string", "MOVE k 1", 1),
    ("list", "SORT k ALPHA STORE k", 3),
    ("list", "SORT nokey STORE k", 0),
    ("none", "LPUSH k a", 1), ("list", "RPUSH k a", 4),
    ("list", "LPUSHX k a", 4), ("list", "RPUSHX k a", 4),
    ("list", "LPOP k", "a"), ("list", "RPOP k 2", ["c", "b"]),
    ("list", "LSET k 0 a", OK), ("list", "LINSERT k BEFORE b x", 4),
    ("list", "LREM k 0 a", 1), ("list", "LTRIM k 0 0", OK),
    ("list", "LTRIM k 0 -1", OK), ("list", "LTRIM k 5 6", OK),
    ("list", "RPOPLPUSH k o", "c"), ("list", "RPOPLPUSH k k", "c"),
    ("list", "LMOVE k o LEFT LEFT", "a"), ("list", "LMPOP 1 k LEFT",
                                           ["k", ["a"]]),
    ("list", "BLPOP k 0", ["k", "a"]), ("list", "BRPOP k 0", ["k", "c"]),
    ("list", "BLMOVE k o LEFT LEFT 0", "a"),
    ("list", "BLMPOP 0 1 k RIGHT", ["k", ["c"]]),
    ("none", "SADD k a", 1), ("set", "SREM k a", 1),
    ("set", "SMOVE k o a", 1), ("set", "SPOP k 3", S(["a", "b", "c"])),
    ("set", "SINTERSTORE k k", 3), ("set", "SUNIONSTORE k nokey", 0),
    ("set", "SDIFFSTORE k k nokey", 3),
    ("none", "HSET k f v", 1), ("hash", "HSET k f 1", 0),
    ("hash", "HMSET k f 1", OK), ("none", "HSETNX k f v", 1),
    ("hash", "HINCRBY k f 0", 1), ("hash", "HINCRBYFLOAT k f 0.5", "1.5"),
    ("hash", "HDEL k f", 1), ("hash", "HDEL k f g", 2),
    ("none", "ZADD k 1 a", 1), ("zset", "ZADD k 5 a", 0),
    ("zset", "ZADD k XX CH 5 a", 1), ("zset", "ZINCRBY k 1 a", D("2")),
    ("zset", "ZADD k INCR 1 a", D("2")), ("zset", "ZREM k a", 1),
    ("zset", "ZREMRANGEBYRANK k 0 0", 1),
    ("zset", "ZREMRANGEBYSCORE k 1 1", 1),
    ("zset", "ZREMRANGEBYLEX k - +", 3),
    ("zset", "ZPOPMIN k", ["a", D("1")]),
    ("zset", "ZPOPMAX k", ["c", D("3")]),
    ("zset", "ZMPOP 1 k MIN", ["k", [["a", D("1")]]]),
    ("zset", "BZPOPMIN k 0", ["k", "a", D("1")]),
    ("zset", "BZPOPMAX k 0", ["k", "c", D("3")]),
    ("zset", "BZMPOP 0 1 k MAX", ["k", [["c", D("3")]]]),
    ("zset", "ZUNIONSTORE k 1 k", 3), ("zset", "ZINTERSTORE k 1 nokey", 0),
    ("zset", "ZDIFFSTORE k 1 k", 3),
    ("zset", "ZRANGESTORE k k 0 0", 1),
    ("geo", "GEOADD k 1 1 a", 0), ("geo", "GEOADD k 1 1 c", 1),
    ("geo", "GEOSEARCHSTORE k k FROMMEMBER a BYRADIUS 1 km", 1),
    ("geo", "GEORADIUS k 13.36 38.11 1 km STORE k", 1),
    ("none", "PFADD k a", 1), ("none", "PFADD k", 1),
    ("hll", "PFADD k c", 1), ("hll", "PFMERGE k k", OK),
    ("none", "PFMERGE k nokey", OK),
    ("none", "XADD k 1-1 f v", "1-1"), ("stream", "XADD k 3-1 f v", "3-1"),
    ("stream", "XDEL k 1-1", 1), ("stream", "XTRIM k MAXLEN 1", 1),
    ("none", "XGROUP CREATE k g $ MKSTREAM", OK),
]
UNTOUCHED = [
    ("string", "SET k v NX", NIL), ("none", "SET k v XX", NIL),
    ("string", "SETNX k v", 0), ("string", "MSETNX k 1 a 2", 0),
    ("none", "GETDEL k", NIL), ("ttl", "GETEX k", "abc"),
    ("string", "GETEX k PERSIST", "abc"), ("string", "GET k", "abc"),
    ("string", "STRLEN k", 3), ("string", "TOUCH k", 1),
    ("string", "EXISTS k", 1), ("string", "TYPE k", Simple("string")),
    ("string", "INCR k", INT_ERR), ("string", "LPUSH k x", WRONGTYPE),
    ("string", "SET k v EX 0",
     E("ERR invalid expire time in 'set' command")),
    ("none", "DEL k", 0), ("none", "UNLINK k", 0),
    ("none", "EXPIRE k 100", 0), ("string", "EXPIRE k 100 XX", 0),
    ("string", "PERSIST k", 0), ("none", "RENAME k o", NO_KEY),
    ("string", "RENAMENX k k", 0), ("string", "COPY k o", 1),
    ("none", "COPY k o", 0), ("none", "MOVE k 1", 0),
    ("none", "LPUSHX k a", 0), ("none", "LPOP k", NIL),
    ("list", "LREM k 0 x", 0), ("list", "LINSERT k BEFORE x y", -1),
    ("list", "LPOP k 0", []),
    ("list", "LSET k 9 x", E("ERR index out of range")),
    ("none", "LTRIM k 0 0", OK), ("list", "SORT k ALPHA",
                                  ["a", "b", "c"]),
    ("set", "SADD k a", 0), ("set", "SREM k x", 0),
    ("set", "SMOVE k o x", 0), ("set", "SPOP k 0", S([])),
    ("none", "SUNIONSTORE k nokey", 0), ("set", "SMOVE k k a", 1),
    ("hash", "HSETNX k f v", 0), ("hash", "HDEL k x", 0),
    ("zset", "ZADD k 1 a", 0), ("zset", "ZADD k NX 9 a", 0),
    ("zset", "ZADD k XX 9 x", 0), ("zset", "ZADD k GT 0 a", 0),
    ("zset", "ZREM k x", 0), ("zset", "ZREMRANGEBYRANK k 9 9", 0),
    ("none", "ZPOPMIN k", []), ("none", "ZUNIONSTORE k 1 nokey", 0),
    ("hll", "PFADD k a", 0),
    ("number", "BITFIELD k GET u8 0", [49]),
    ("number", "BITFIELD k OVERFLOW FAIL INCRBY u8 0 255", [NIL]),
    ("string", "SETRANGE k 0 ", None),
    ("stream", "XDEL k 9-9", 0), ("stream", "XTRIM k MAXLEN 9", 0),
    ("none", "XADD k NOMKSTREAM 1-1 f v", NIL),
    ("stream", "XGROUP DESTROY k g", 0),
    ("group", "XACK k g 1-1", 0),
    ("string", "OBJECT REFCOUNT k", 1), ("string", "SORT nokey STORE o", 0),
    ("string", "PUBLISH k x", 0), ("other", "SET o 2", OK),
    ("string", "SET K v", OK),
]
SILENT = [      # other servers may well call these changes
    ("string", "SETBIT k 0 0", 0), ("stream", "XSETID k 9-9", OK),
    ("stream", "XGROUP CREATE k g 0", OK),
    ("group", "XGROUP SETID k g 1-1", OK),
    ("group", "XGROUP CREATECONSUMER k g c", 1),
    ("group", "XGROUP DESTROY k g", 1), ("group", "XGROUP DELCONSUMER k g c", 0),
    ("consumer", "XGROUP DELCONSUMER k g c", 0),
]
for which, rows in (("sees", TOUCHED), ("does-not-see", UNTOUCHED)):
    for kind, command, reply in rows:
        if reply is None:       # an argument that no str can hold
            command, reply = ("SETRANGE", "k", "0", ""), 3
        watch("%s-%s-of-%s" % (which, slug(" ".join(command) if isinstance(
            command, tuple) else command), kind), watched(
            SETUP[kind], [(command, reply)], which == "sees"))
for kind, command, reply in SILENT:
    watch("does-not-see-%s-of-%s" % (slug(command), kind), watched(
        SETUP[kind], [(command, reply)], False), level=EXACT)

watch("does-not-see-a-second-pfcount", watched(
    SETUP["hll"] + [("PFCOUNT k", 2)], [("PFCOUNT k", 2)], False))
watch("sees-pfcount-that-keeps-its-result", watched(
    SETUP["hll"], [("PFCOUNT k", 2)], True), level=MAY)


watch("exec", [
    ("SET k 1", OK), ("WATCH k", OK), ("GET k", "1"), ("MULTI", OK),
    ("SET k 2", QUEUED), ("EXEC", [OK]), ("GET k", "2"),
])
watch("aborted-does-nothing", [
    ("SET k 1", OK), ("WATCH k", OK), ("b", "SET k 2", OK), ("MULTI", OK),
    ("SET k 3", QUEUED), ("SET l 3", QUEUED), ("EXEC", NILARRAY),
    ("GET k", "2"), ("EXISTS l", 0), ("EXEC", NO_EXEC),
])
watch("aborted-empty", [
    ("WATCH k", OK), ("b", "SET k 2", OK), ("MULTI", OK),
    ("EXEC", NILARRAY), ("MULTI", OK), ("EXEC", []),
])
watch("change-between-multi-and-exec", [
    ("WATCH k", OK), ("MULTI", OK), ("GET k", QUEUED),
    ("b", "SET k v", OK), ("GET k", QUEUED), ("EXEC", NILARRAY),
])
watch("change-before-watch", [
    ("b", "SET k v", OK), ("WATCH k", OK), ("MULTI", OK), ("GET k", QUEUED),
    ("EXEC", ["v"]),
])
watch("change-and-back", watched(
    SETUP["string"], [("SET k x", OK), ("SET k abc", OK)], True))
watch("created-and-deleted", watched(
    [], [("SET k x", OK), ("DEL k", 1)], True))
watch("deleted-and-created", watched(
    SETUP["string"], [("DEL k", 1), ("SET k abc", OK)], True))
watch("renamed-away-and-back", watched(
    SETUP["string"], [("RENAME k o", OK), ("RENAME o k", OK)], True))
watch("rename-over", watched(
    SETUP["string"] + SETUP["other"], [("RENAME o k", OK)], True))
watch("rename-to-itself", watched(
    SETUP["string"], [("RENAME k k", OK)], False))
@watch.script("restore-of-a-dump", needs=("DUMP", "RESTORE", "MULTI"))
def restore_of_a_dump():
    yield "SET o v", OK
    dump = (yield "DUMP o", Shape(lambda v: type(v) is Bulk, "a bulk")).v
    for steps in (("RESTORE", "k", "0", dump),
                  ("RESTORE", "k", "0", dump, "REPLACE")):
        yield "WATCH k", OK
        yield "b", steps, OK
        yield "MULTI", OK
        yield "EXEC", NILARRAY
    yield "WATCH k", OK
    yield "b", ("RESTORE", "k", "0", dump), E(
        "BUSYKEY Target key name already exists.")
    yield "MULTI", OK
    yield "EXEC", []


watch("past-time-deletes", [
    ("SET k v", OK), ("WATCH k", OK),
    ("b", "PEXPIREAT k 1", 1), ("MULTI", OK), ("EXEC", NILARRAY),
])
watch("same-connection", watched(
    SETUP["string"], [("SET k x", OK)], True, conn=""))
watch("same-connection-before-watch", [
    ("SET k v", OK), ("WATCH k", OK), ("MULTI", OK), ("SET k w", QUEUED),
    ("SET k x", QUEUED), ("EXEC", [OK, OK]),
])
watch("script-change", watched(
    [], [(("EVAL", "return redis.call('SET', KEYS[1], 'v')", "1", "k"),
          OK)], True), needs=("scripts",))
watch("script-that-only-reads", watched(
    [], [(("EVAL", "return redis.call('GET', KEYS[1])", "1", "k"), NIL)],
    False), needs=("scripts",))
watch("change-in-transaction", watched(
    [], [("MULTI", OK), ("SET k v", QUEUED), ("EXEC", [OK])], True))
watch("change-in-discarded-transaction", watched(
    [], [("MULTI", OK), ("SET k v", QUEUED), ("DISCARD", OK)], False))
watch("push-to-a-blocked-client", [
    ("c", "BLPOP k 0", BLOCKED), ("WATCH k", OK), ("b", "RPUSH k a", 1),
    ("c", b"", ["k", "a"]), ("EXISTS k", 0), ("MULTI", OK),
    ("EXEC", NILARRAY),
])
watch("move-to-a-blocked-clients-target", [
    ("c", "BLMOVE o k LEFT LEFT 0", BLOCKED), ("WATCH k", OK),
    ("b", "RPUSH o a", 1), ("c", b"", "a"), ("MULTI", OK),
    ("EXEC", NILARRAY),
])
watch("several-keys-any-of-them", [
    ("WATCH a b", OK), ("WATCH c a", OK), ("b", "SET b v", OK),
    ("MULTI", OK), ("EXEC", NILARRAY), ("WATCH a b", OK), ("WATCH c a", OK),
    ("b", "SET c v", OK), ("MULTI", OK), ("EXEC", NILARRAY),
    ("WATCH a b", OK), ("b", "SET c w", OK), ("MULTI", OK), ("EXEC", []),
])
watch("one-key-many-watchers", [
    ("WATCH k", OK), ("b", "WATCH k", OK), ("c", "WATCH k", OK),
    ("c", "SET k v", OK), ("MULTI", OK), ("b", "MULTI", OK),
    ("c", "MULTI", OK), ("EXEC", NILARRAY), ("b", "EXEC", NILARRAY),
    ("c", "EXEC", NILARRAY),
])
watch("first-exec-wins", [
    ("WATCH k", OK), ("b", "WATCH k", OK), ("MULTI", OK),
    ("b", "MULTI", OK), ("INCR k", QUEUED), ("b", "INCR k", QUEUED),
    ("EXEC", [1]), ("b", "EXEC", NILARRAY), ("GET k", "1"),
])
watch("binary-and-empty-names", [
    (("WATCH", "", b"\r\n\0"), OK), ("b", ("SET", b"\r\n\0", "v"), OK),
    ("MULTI", OK), ("EXEC", NILARRAY), (("WATCH", ""), OK),
    ("b", ("SET", "", "v"), OK), ("MULTI", OK), ("EXEC", NILARRAY),
    (("WATCH", b"\r\n\0"), OK), ("b", ("SET", b"\r\n\0x", "v"), OK),
    ("b", ("SET", b"\r\n", "v"), OK), ("MULTI", OK), ("EXEC", []),
])
watch("unwatch", [
    ("WATCH k l", OK), ("b", "SET k v", OK), ("UNWATCH", OK),
    ("MULTI", OK), ("EXEC", []), ("unwatch", OK),
])
watch("ends-with-exec", [
    ("WATCH k", OK), ("MULTI", OK), ("EXEC", []), ("b", "SET k v", OK),
    ("MULTI", OK), ("PING", QUEUED), ("EXEC", [PONG]),
])
watch("ends-with-aborted-exec", [
    ("WATCH k l", OK), ("b", "SET k v", OK), ("MULTI", OK),
    ("EXEC", NILARRAY), ("b", "SET l v", OK), ("MULTI", OK), ("EXEC", []),
])
watch("ends-with-discard", [
    ("WATCH k l", OK), ("b", "SET k v", OK), ("MULTI", OK), ("DISCARD", OK),
    ("b", "SET l v", OK), ("MULTI", OK), ("EXEC", []),
])
watch("ends-with-execabort", [
    ("WATCH k l", OK), ("MULTI", OK), ("NOSUCH", unknown("NOSUCH")),
    ("EXEC", ABORT), ("b", "SET k v", OK), ("MULTI", OK), ("EXEC", []),
])
watch("ends-with-reset", [
    ("WATCH k", OK), ("b", "SET k v", OK), ("RESET", Simple("RESET")),
    ("MULTI", OK), ("EXEC", []),
])
watch("execabort-comes-first", [
    ("WATCH k", OK), ("b", "SET k v", OK), ("MULTI", OK),
    ("NOSUCH", unknown("NOSUCH")), ("EXEC", ABORT),
])
watch("nothing-is-left-of-a-closed-connection", [
    ("c", "WATCH k", OK), ("c", "QUIT", OK), ("c", b"", CLOSED),
    ("b", "SET k v", OK), ("MULTI", OK), ("EXEC", []),
])
watch("flushall", watched(SETUP["string"], [("FLUSHALL", OK)], True))
watch("flushall-async", watched(
    SETUP["string"], [("FLUSHALL ASYNC", OK)], True))
watch("flushdb", watched(SETUP["string"], [("FLUSHDB", OK)], True))
watch("flushdb-sync", watched(
    SETUP["string"], [("FLUSHDB SYNC", OK)], True))
watch("flushall-without-the-key", watched(
    SETUP["other"], [("FLUSHALL", OK)], False))
watch("flushdb-without-the-key", watched(
    SETUP["other"], [("FLUSHDB", OK)], False))
watch("flushall-and-back", watched(
    SETUP["string"], [("FLUSHALL", OK), ("SET k abc", OK)], True))
watch("flushdb-of-another-database", watched(
    SETUP["string"], [("SELECT 1", OK), ("FLUSHDB", OK)], False))
watch("flushall-from-another-database", watched(
    SETUP["string"], [("SELECT 1", OK), ("FLUSHALL", OK)], True))
watch("other-database", watched(
    SETUP["string"], [("SELECT 1", OK), ("SET k x", OK)], False))
watch("key-belongs-to-its-database", [
    ("WATCH k", OK), ("SELECT 1", OK), ("SET k v", OK), ("MULTI", OK),
    ("EXEC", []), ("SELECT 0", OK), ("WATCH k", OK), ("SELECT 1", OK),
    ("b", "SET k v", OK), ("MULTI", OK), ("EXEC", NILARRAY),
])
watch("both-databases", [
    ("WATCH k", OK), ("SELECT 1", OK), ("WATCH k", OK), ("b", "SELECT 1", OK),
    ("b", "SET k v", OK), ("MULTI", OK), ("EXEC", NILARRAY),
])
watch("copy-to-another-database", [
    ("SET k v", OK), ("WATCH k", OK), ("b", "COPY k k DB 1", 1),
    ("MULTI", OK), ("EXEC", []), ("SELECT 1", OK), ("WATCH k", OK),
    ("b", "COPY k k DB 1 REPLACE", 1), ("MULTI", OK), ("EXEC", NILARRAY),
])
watch("move-to-the-database", [
    ("SELECT 1", OK), ("WATCH k", OK), ("b", "SET k v", OK),
    ("b", "MOVE k 1", 1), ("MULTI", OK), ("EXEC", NILARRAY),
])
watch("swapdb-key-here", watched(
    SETUP["string"], [("SWAPDB 0 1", OK)], True))
watch("swapdb-key-there", [
    ("b", "SELECT 1", OK), ("b", "SET k v", OK), ("WATCH k", OK),
    ("b", "SWAPDB 0 1", OK), ("MULTI", OK), ("EXEC", NILARRAY),
])
watch("swapdb-without-the-key", watched(
    SETUP["other"], [("SWAPDB 0 1", OK)], False))
watch("swapdb-there-and-back", watched(
    SETUP["string"], [("SWAPDB 0 1", OK), ("SWAPDB 1 0", OK)], True))
watch("swapdb-of-two-others", watched(
    SETUP["string"], [("SWAPDB 1 2", OK)], False))
watch("swapdb-with-itself", watched(
    SETUP["string"], [("SWAPDB 0 0", OK)], False))
watch("expiry", [
    ("SET k v PX 500", OK), ("WATCH k", OK),
    ("b", "EXISTS k", Eventually(0)), ("MULTI", OK), ("EXEC", NILARRAY),
], contexts="plain", slow=True)
watch("expiry-that-nobody-looked-at", [
    ("SET k v PX 500", OK), ("SET l v PX 501", OK), ("WATCH k", OK),
    ("b", "EXISTS l", Eventually(0)), ("MULTI", OK), ("EXEC", NILARRAY),
], contexts="plain", slow=True)
watch("expired-before-watch", [
    ("SET k v PX 1", OK), ("b", "EXISTS k", Eventually(0)),
    ("WATCH k", OK), ("GET k", NIL), ("MULTI", OK), ("EXEC", []),
])
watch("time-that-did-not-come", [
    ("SET k v EX 100", OK), ("WATCH k", OK), ("MULTI", OK), ("EXEC", []),
])

REPLIES = {
    "MULTI": "simple error",
    "EXEC": "array nullarray error",
    "DISCARD": "simple error",
    "WATCH": "simple error",
    "UNWATCH": "simple error",
}
