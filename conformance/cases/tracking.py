"""Client side caching: CLIENT TRACKING and its invalidations."""

from conformance.cases import *  # noqa: F403
from conformance.cases.connection import about
from conformance.cases.info import field
from conformance.cases.transactions import (
    SETUP, SILENT, TOUCHED, UNTOUCHED, slug)

case = area("session.tracking")
push = area("session.tracking", protos=(3,))
by = area("session.tracking.by", protos=(3,), contexts=("plain", "split"))

SWITCH_BCAST = E(
    "ERR You can't switch BCAST mode on/off before disabling tracking for "
    "this client, and then re-enabling it with a different mode.")
SWITCH_OPT = E(
    "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for "
    "this client, and then re-enabling it with a different mode.")
NOT_BOTH = E("ERR You can't specify both OPTIN mode and OPTOUT mode")
OPT_BCAST = E("ERR OPTIN and OPTOUT are not compatible with BCAST")
NO_BCAST = E("ERR PREFIX option requires BCAST mode to be enabled")
NO_CLIENT = E("ERR The client ID you want redirect to does not exist")
NO_CACHING = E("ERR CLIENT CACHING can be called only when the client is in "
               "tracking mode with OPTIN or OPTOUT mode enabled")
NO_YES = E("ERR CLIENT CACHING YES is only valid when tracking is enabled in "
           "OPTIN mode.")
NO_NO = E("ERR CLIENT CACHING NO is only valid when tracking is enabled in "
          "OPTOUT mode.")
ON, OFF = "CLIENT TRACKING ON", "CLIENT TRACKING OFF"


def info(*flags, redirect=0, prefixes=()):
    return M([("flags", S(flags)), ("redirect", redirect),
              ("prefixes", Unordered(prefixes))])


IS_OFF = info("off", redirect=-1)


def stale(*keys):
    """The push that says so; without keys, all of them."""
    return P(["invalidate", Unordered(keys) if keys else NIL])


def told(*keys, conn=""):
    return (conn, b"", stale(*keys))


def overlap(prefix, other, what="another provided"):
    return E("ERR Prefix '%s' overlaps with %s prefix '%s'. Prefixes for a "
             "single client must not overlap." % (prefix, what, other))


# ---- the modes -----------------------------------------------------------

case("off-by-default", [
    ("CLIENT TRACKINGINFO", IS_OFF), ("CLIENT GETREDIR", -1),
    (OFF, OK), (OFF, OK), ("CLIENT TRACKINGINFO", IS_OFF),
])
case("on-and-off", [
    (ON, OK), ("CLIENT TRACKINGINFO", info("on")), ("CLIENT GETREDIR", 0),
    (ON, OK), (OFF, OK), ("CLIENT TRACKINGINFO", IS_OFF),
    ("CLIENT GETREDIR", -1), ("client tracking on", OK),
    ("client TrackingInfo", info("on")), ("client tracking oFF", OK),
])
case("info-noloop", [
    (ON + " NOLOOP", OK), ("CLIENT TRACKINGINFO", info("on", "noloop")),
    (ON, OK), ("CLIENT TRACKINGINFO", info("on")),
    (ON + " NOLOOP NOLOOP", OK),
    ("CLIENT TRACKINGINFO", info("on", "noloop")),
])
case("info-optin", [
    (ON + " OPTIN", OK), ("CLIENT TRACKINGINFO", info("on", "optin")),
    ("CLIENT CACHING YES", OK),
    ("CLIENT TRACKINGINFO", info("on", "optin", "caching-yes")),
    ("PING", PONG), ("CLIENT TRACKINGINFO", info("on", "optin")), (OFF, OK),
    ("CLIENT TRACKINGINFO", IS_OFF),
])
case("info-optout", [
    (ON + " OPTOUT NOLOOP", OK),
    ("CLIENT TRACKINGINFO", info("on", "optout", "noloop")),
    ("CLIENT CACHING NO", OK),
    ("CLIENT TRACKINGINFO", info("on", "optout", "caching-no", "noloop")),
    ("PING", PONG), ("CLIENT TRACKINGINFO", info("on", "optout", "noloop")),
])
case("info-bcast", [
    (ON + " BCAST", OK),
    ("CLIENT TRACKINGINFO", info("on", "bcast", prefixes=[""])),
    (ON + " BCAST NOLOOP", OK),
    ("CLIENT TRACKINGINFO", info("on", "bcast", "noloop", prefixes=[""])),
])
case("info-bcast-prefixes", [
    (ON + " BCAST PREFIX a PREFIX b", OK),
    ("CLIENT TRACKINGINFO", info("on", "bcast", prefixes=["a", "b"])),
    (ON + " BCAST PREFIX c", OK),
    ("CLIENT TRACKINGINFO", info("on", "bcast", prefixes=["a", "b", "c"])),
    (OFF, OK), ("CLIENT TRACKINGINFO", IS_OFF), (ON, OK),
    ("CLIENT TRACKINGINFO", info("on")),
])
case("option-order", [
    (ON + " PREFIX a BCAST NOLOOP PREFIX b", OK),
    ("CLIENT TRACKINGINFO", info("on", "bcast", "noloop",
                                 prefixes=["a", "b"])),
    (OFF + " NOLOOP", OK), (OFF + " OPTIN", OK),
    (OFF + " PREFIX a", OK), ("CLIENT TRACKINGINFO", IS_OFF),
])
case("syntax-errors", [
    ("CLIENT TRACKING", arity("client|tracking")),
    ("CLIENT TRACKING FOO", SYNTAX), ("CLIENT TRACKING 1", SYNTAX),
    (("CLIENT", "TRACKING", ""), SYNTAX), (ON + " FOO", SYNTAX),
    (OFF + " FOO", SYNTAX), (ON + " REDIRECT", SYNTAX),
    (ON + " BCAST PREFIX", SYNTAX), (ON + " ON", SYNTAX),
    (ON + " PREFIX a", NO_BCAST), (ON + " OPTIN PREFIX a", NO_BCAST),
    (ON + " OPTIN OPTOUT", NOT_BOTH), (ON + " OPTOUT OPTIN", NOT_BOTH),
    (ON + " OPTIN BCAST", OPT_BCAST), (ON + " BCAST OPTOUT", OPT_BCAST),
    (ON + " OPTIN OPTOUT BCAST", OPT_BCAST),
    ("CLIENT TRACKINGINFO", IS_OFF),
])
case("redirect-errors", [
    (ON + " REDIRECT abc", INT_ERR), (ON + " REDIRECT 1.5", INT_ERR),
    (ON + " REDIRECT 9999999", NO_CLIENT), (ON + " REDIRECT -1", NO_CLIENT),
    (ON + " REDIRECT 9999999 FOO", NO_CLIENT),
    (ON + " REDIRECT 0", NO_CLIENT),
    ("CLIENT TRACKINGINFO", IS_OFF),
])
case("overlapping-prefixes", [
    (ON + " BCAST PREFIX a PREFIX ab", overlap("a", "ab")),
    (ON + " BCAST PREFIX ab PREFIX a", overlap("ab", "a")),
    (ON + " BCAST PREFIX a PREFIX a", overlap("a", "a")),
    ("CLIENT TRACKINGINFO", IS_OFF),
    (ON + " BCAST PREFIX ab PREFIX ac", OK),
    (ON + " BCAST PREFIX a", overlap("a", "ab", "an existing")),
    (ON + " BCAST PREFIX abc", overlap("abc", "ab", "an existing")),
    ("CLIENT TRACKINGINFO", info("on", "bcast", prefixes=["ab", "ac"])),
])
case("overlapping-prefixes-later-in-the-list", [
    (ON + " BCAST PREFIX x PREFIX ab PREFIX y PREFIX abc",
     overlap("ab", "abc")),
    ("CLIENT TRACKINGINFO", IS_OFF),
], only="kv", why="Redis 7.0 sends +OK after the error, as a second reply")
case("switch-errors", [
    (ON, OK), (ON + " BCAST", SWITCH_BCAST), (OFF, OK), (ON + " BCAST", OK),
    (ON, SWITCH_BCAST), (ON + " OPTIN", SWITCH_BCAST), (OFF, OK),
    (ON, OK), (ON + " OPTIN", OK),
    ("CLIENT TRACKINGINFO", info("on", "optin")),
    (ON + " OPTOUT", SWITCH_OPT), (ON, OK),
    ("CLIENT TRACKINGINFO", info("on")), (ON + " OPTIN", OK),
    (ON + " BCAST", SWITCH_BCAST), (OFF, OK),
    (ON + " OPTOUT", OK), (ON + " OPTIN", SWITCH_OPT),
    ("CLIENT TRACKINGINFO", info("on", "optout")),
])
case("caching-errors", [
    ("CLIENT CACHING", arity("client|caching")),
    ("CLIENT CACHING YES", NO_CACHING), ("CLIENT CACHING NO", NO_CACHING),
    ("CLIENT CACHING FOO", NO_CACHING), (ON, OK),
    ("CLIENT CACHING YES", NO_YES), ("CLIENT CACHING NO", NO_NO),
    ("CLIENT CACHING FOO", SYNTAX), (OFF, OK), (ON + " OPTIN", OK),
    ("CLIENT CACHING NO", NO_NO), ("CLIENT CACHING FOO", SYNTAX),
    ("client caching yes", OK), (OFF, OK), (ON + " OPTOUT", OK),
    ("CLIENT CACHING YES", NO_YES), ("client caching no", OK), (OFF, OK),
    (ON + " BCAST", OK), ("CLIENT CACHING YES", NO_YES),
    ("CLIENT CACHING NO", NO_NO),
])
case("reset-turns-it-off", [
    (ON + " BCAST PREFIX a", OK), ("RESET", Simple("RESET")),
    ("CLIENT TRACKINGINFO", IS_OFF), ("b", "SET a v", OK), ("PING", PONG),
])
case("resp2-without-redirect-tells-nothing", [
    (ON, OK), ("GET k", NIL), ("b", "SET k v", OK), ("SET k w", OK),
    ("GET k", "w"), ("b", "FLUSHALL", OK), ("PING", PONG),
], protos=(2,))
case("resp2-own-write-tells-nothing", [
    (ON, OK), ("GET k", NIL), ("SET k v", OK), ("PING", PONG),
], protos=(2,))
case("resp2-then-hello-3", [
    (ON, OK), ("GET k", NIL), ("HELLO 3", M([("proto", 3)], more=True)),
    ("b", "SET k v", OK), (b"", P([Bulk("invalidate"), [Bulk("k")]])),
    ("PING", PONG),
], protos=(2,), contexts=PLAIN)

# ---- what is told --------------------------------------------------------

push("once-per-read", [
    (ON, OK), ("GET k", NIL), ("b", "SET k v", OK), told("k"),
    ("b", "SET k w", OK), ("PING", PONG), ("GET k", "w"),
    ("b", "SET k x", OK), told("k"), ("b", "DEL k", 1), ("PING", PONG),
])
push("only-what-was-read", [
    (ON, OK), ("GET k", NIL), ("b", "SET l v", OK), ("b", "DEL l", 1),
    ("PING", PONG),
])
push("only-what-was-read-since", [
    ("GET k", NIL), (ON, OK), ("b", "SET k v", OK), ("PING", PONG),
])
push("nothing-after-off", [
    (ON, OK), ("GET k", NIL), (OFF, OK), ("b", "SET k v", OK),
    ("PING", PONG), (ON, OK), ("b", "SET k w", OK), ("PING", PONG),
])
push("every-reader", [
    (ON, OK), ("c", ON, OK), ("d", "GET k", NIL), ("GET k", NIL),
    ("c", "GET k", NIL), ("b", "SET k v", OK), told("k"),
    told("k", conn="c"), ("d", "PING", PONG),
])
push("several-keys-one-push-each", [
    (ON, OK), ("MGET a b c", [NIL] * 3), ("b", "MSET a 1 b 2 d 3", OK),
    told("a"), told("b"), ("b", "SET c v", OK), told("c"),
])
push("binary-keys", [
    (ON, OK), (("GET", b"\r\n\0"), NIL), (("GET", ""), NIL),
    ("b", ("SET", b"\r\n\0", "v"), OK), told(b"\r\n\0"),
    ("b", ("SET", "", "v"), OK), told(""),
])
push("own-write", [
    (ON, OK), ("GET k", NIL), ("SET k v", Replies(OK, stale("k"))),
    ("SET k w", OK), ("PING", PONG), ("GET k", "w"),
    ("DEL k", Replies(1, stale("k"))),
])
push("own-write-push-comes-after-the-reply", [
    (ON, OK), ("GET k", NIL), (encode("SET", "k", "v") + encode("PING"), OK),
    told("k"), (b"", PONG),
], needs=("SET",))
push("own-write-noloop", [
    (ON + " NOLOOP", OK), ("GET k", NIL), ("SET k v", OK), ("PING", PONG),
    ("GET k", "v"), ("b", "SET k w", OK), told("k"), ("GET k", "w"),
    ("SET k x", OK), ("b", "SET k y", OK), ("PING", PONG),
])
push("missing-keys-count", [
    (ON, OK), ("EXISTS k", 0), ("TTL l", -2), ("b", "SET k v", OK),
    told("k"), ("b", "SET l v", OK), told("l"),
])
push("writes-read-nothing", [
    (ON, OK), ("SET k v", OK), ("INCR n", 1), ("SET k w GET", "v"),
    ("GETSET k x", "w"), ("RPUSH l a b", 2), ("LPOP l", "a"),
    ("b", "DEL k n l", 3), ("PING", PONG),
])
push("database-does-not-matter", [
    (ON, OK), ("GET k", NIL), ("b", "SELECT 1", OK), ("b", "SET k v", OK),
    told("k"),
], level=EXACT)
push("flushall", [
    (ON, OK), ("GET k", NIL), ("b", "FLUSHALL", OK), told(),
    ("b", "SET k v", OK), ("PING", PONG),
])
push("flushdb", [
    ("SET k v", OK), (ON, OK), ("GET k", "v"), ("b", "FLUSHDB", OK), told(),
    ("b", "SET k v", OK), ("PING", PONG),
])
push("flushall-async", [
    ("SET k v", OK), (ON, OK), ("GET k", "v"), ("b", "FLUSHALL ASYNC", OK),
    told(),
])
push("flushall-with-nothing-read", [
    (ON, OK), ("b", "FLUSHALL", OK), told(), ("PING", PONG),
])
push("flushall-by-oneself", [
    (ON, OK), ("GET k", NIL), ("FLUSHALL", Replies(OK, stale())),
])
push("flushall-in-bcast-mode", [
    (ON + " BCAST PREFIX a", OK), ("b", "FLUSHALL", OK), told(),
])
push("expiry", [
    ("SET k v PX 300", OK), (ON, OK), ("GET k", OneOf("v", NIL)),
    ("b", "EXISTS k", Eventually(0)), told("k"),
], contexts="plain", slow=True)
push("past-time", [
    ("SET k v", OK), (ON, OK), ("GET k", "v"), ("b", "PEXPIREAT k 1", 1),
    told("k"), ("GET k", NIL),
])
push("eviction", [
    ("SET k v", OK), (ON, OK), ("GET k", "v"),
    ("b", "CONFIG SET maxmemory 1", OK), ("b", "EXISTS k", Eventually(0)),
    ("b", "CONFIG SET maxmemory 0", OK), told("k"),
], config={"maxmemory-policy": "allkeys-random"})
push("table-that-is-full", [
    (ON, OK), ("GET a", NIL), ("GET b", NIL),
    ("PING", Replies(PONG, stale(OneOf("a", "b")))),
], config={"tracking-table-max-keys": "1"}, level=EXACT, contexts=PLAIN)
push("read-in-multi", [
    (ON, OK), ("MULTI", OK), ("GET k", QUEUED), ("EXEC", [NIL]),
    ("b", "SET k v", OK), told("k"),
])
push("written-in-multi", [
    (ON, OK), ("GET k", NIL), ("b", "MULTI", OK), ("b", "SET k v", QUEUED),
    ("b", "SET k w", QUEUED), ("b", "DEL k", QUEUED),
    ("b", "EXEC", [OK, OK, 1]), told("k"), ("PING", PONG),
])
push("read-and-written-in-own-multi", [
    (ON, OK), ("MULTI", OK), ("GET k", QUEUED), ("SET k v", QUEUED),
    ("GET k", QUEUED), ("PING", QUEUED),
    ("EXEC", Replies([NIL, OK, "v", PONG], stale("k"))),
    ("b", "SET k w", OK), told("k"),
])
push("turned-on-in-multi", [
    ("MULTI", OK), (ON, QUEUED), ("GET k", QUEUED), ("EXEC", [OK, NIL]),
    ("b", "SET k v", OK), told("k"),
])
push("discarded-multi-reads-nothing", [
    (ON, OK), ("MULTI", OK), ("GET k", QUEUED), ("DISCARD", OK),
    ("b", "SET k v", OK), ("PING", PONG),
])
push("read-in-script", [
    (ON, OK), (("EVAL", "return redis.call('GET', KEYS[1])", "1", "k"),
               NIL),
    ("b", "SET k v", OK), told("k"),
    (("EVAL_RO", "return redis.call('GET', KEYS[1])", "1", "k"), "v"),
    ("b", "SET k w", OK), told("k"),
], needs=("scripts",))
push("written-in-script", [
    (ON, OK), ("GET k", NIL),
    ("b", ("EVAL", "redis.call('SET', KEYS[1], 1) redis.call('DEL', "
           "KEYS[1])", "1", "k"), NIL), told("k"), ("PING", PONG),
], needs=("scripts",))
push("blocked-client-is-told", [
    (ON, OK), ("GET k", NIL), ("BLPOP l 0", BLOCKED), ("b", "SET k v", OK),
    told("k"), ("b", "RPUSH l a", 1), (b"", ["l", "a"]),
])
push("change-by-a-served-client", [
    (ON, OK), ("c", "BLPOP l 0", BLOCKED), ("LLEN l", 0),
    ("b", "RPUSH l a", 1), told("l"), ("c", b"", ["l", "a"]),
    ("PING", PONG),
])
READS = [
    ("string", "GET k", "abc"), ("string", "STRLEN k", 3),
    ("string", "GETRANGE k 0 0", "a"), ("string", "SUBSTR k 0 0", "a"),
    ("string", "MGET o k", [NIL, "abc"]), ("string", "GETBIT k 0", 0),
    ("string", "BITCOUNT k", 10), ("string", "BITPOS k 1", 1),
    ("string", "BITFIELD_RO k GET u8 0", [97]),
    ("string", "LCS k o", ""), ("string", "EXISTS k", 1),
    ("string", "TYPE k", Simple("string")), ("string", "TTL k", -1),
    ("string", "PTTL k", -1), ("string", "EXPIRETIME k", -1),
    ("string", "PEXPIRETIME k", -1), ("string", "TOUCH k", 1),
    ("string", "OBJECT REFCOUNT k", 1), ("string", "DUMP k", ANY),
    ("string", "MEMORY USAGE k", Between(1, 10000)),
    ("list", "LRANGE k 0 0", ["a"]), ("list", "LLEN k", 3),
    ("list", "LINDEX k 0", "a"), ("list", "LPOS k a", 0),
    ("list", "SORT_RO k ALPHA", ["a", "b", "c"]),
    ("set", "SMEMBERS k", S(["a", "b", "c"])), ("set", "SCARD k", 3),
    ("set", "SISMEMBER k a", 1), ("set", "SMISMEMBER k a", [1]),
    ("set", "SRANDMEMBER k", OneOf("a", "b", "c")),
    ("set", "SINTER k k", S(["a", "b", "c"])),
    ("set", "SUNION o k", S(["a", "b", "c"])), ("set", "SDIFF o k", S([])),
    ("set", "SINTERCARD 1 k", 3),
    ("set", "SSCAN k 0", ["0", Unordered(["a", "b", "c"])]),
    ("hash", "HGET k f", "1"), ("hash", "HGETALL k",
                                M([("f", "1"), ("g", "2")])),
    ("hash", "HMGET k f", ["1"]), ("hash", "HLEN k", 2),
    ("hash", "HKEYS k", Unordered(["f", "g"])),
    ("hash", "HVALS k", Unordered(["1", "2"])), ("hash", "HEXISTS k f", 1),
    ("hash", "HSTRLEN k f", 1), ("hash", "HRANDFIELD k", OneOf("f", "g")),
    ("hash", "HSCAN k 0 COUNT 9", ["0", ANY]),
    ("zset", "ZSCORE k a", D("1")), ("zset", "ZMSCORE k a", [D("1")]),
    ("zset", "ZRANGE k 0 0", ["a"]), ("zset", "ZREVRANGE k 0 0", ["c"]),
    ("zset", "ZRANGEBYSCORE k 1 1", ["a"]), ("zset", "ZCARD k", 3),
    ("zset", "ZRANGEBYLEX k - [a", ["a"]), ("zset", "ZCOUNT k 1 2", 2),
    ("zset", "ZLEXCOUNT k - +", 3), ("zset", "ZRANK k a", 0),
    ("zset", "ZREVRANK k a", 2),
    ("zset", "ZRANDMEMBER k", OneOf("a", "b", "c")),
    ("zset", "ZUNION 1 k", ["a", "b", "c"]),
    ("zset", "ZINTER 1 k", ["a", "b", "c"]), ("zset", "ZINTERCARD 1 k", 3),
    ("zset", "ZDIFF 1 k", ["a", "b", "c"]),
    ("zset", "ZSCAN k 0", ["0", ANY]),
    ("geo", "GEOPOS k x", [NILARRAY]), ("geo", "GEODIST k a x", NIL),
    ("geo", "GEOHASH k x", [NIL]),
    ("geo", "GEOSEARCH k FROMMEMBER a BYRADIUS 1 m", ["a"]),
    ("geo", "GEORADIUS_RO k 13.36 38.11 1 km", ["a"]),
    ("geo", "GEORADIUSBYMEMBER_RO k a 1 km", ["a"]),
    ("hll", "PFCOUNT k", 2), ("stream", "XLEN k", 2),
    ("stream", "XRANGE k 1-1 1-1", [["1-1", ["f", "v"]]]),
    ("stream", "XREVRANGE k 1-1 1-1", [["1-1", ["f", "v"]]]),
    ("stream", "XREAD STREAMS k 1-1", M([("k", [["2-1", ["f", "v"]]])])),
    ("stream", "XINFO GROUPS k", []),
    ("group", "XPENDING k g", [0, NIL, NIL, NILARRAY]),
]
for kind, command, reply in READS:
    by("reading-" + slug(command), [(ON, OK)] + [
        ("b",) + step for step in SETUP[kind]] + [
        (command, reply), ("b", "DEL k", 1), told("k"), ("PING", PONG)])
for kind, command, reply in TOUCHED:
    by("change-%s-of-%s" % (slug(command), kind), [
        ("b",) + step for step in SETUP[kind]] + [
        (ON, OK), ("EXISTS k", 0 if kind in ("none", "other") else 1),
        ("b", command, reply), told("k"), ("PING", PONG)])
for kind, command, reply in UNTOUCHED:
    if reply is not None:
        by("no-change-%s-of-%s" % (slug(command), kind), [
            ("b",) + step for step in SETUP[kind]] + [
            (ON, OK), ("EXISTS k", 0 if kind in ("none", "other") else 1),
            ("b", command, reply), ("PING", PONG)])
for kind, command, reply in SILENT:
    by("silent-%s-of-%s" % (slug(command), kind), [
        ("b",) + step for step in SETUP[kind]] + [
        (ON, OK), ("EXISTS k", 1), ("b", command, reply), ("PING", PONG)],
        level=EXACT)

push("changes-and-flush-in-own-multi", [
    (ON, OK), ("GET k", NIL), ("MULTI", OK), ("SET k 1", QUEUED),
    ("FLUSHALL", QUEUED), ("GET k", QUEUED), ("SET k 2", QUEUED),
    ("GET k", QUEUED), ("EXEC", Replies(
        [OK, OK, NIL, OK, "2"], stale("k"), stale(), stale("k"))),
    ("b", "SET k 3", OK), told("k"),
])
push("read-again-behind-each-change-in-own-multi", [
    (ON, OK), ("MULTI", OK), ("GET k", QUEUED), ("SET k 1", QUEUED),
    ("GET k", QUEUED), ("SET k 2", QUEUED), ("GET k", QUEUED),
    ("EXEC", Replies([NIL, OK, "1", OK, "2"], stale("k"), stale("k"))),
    ("b", "SET k 3", OK), told("k"), ("PING", PONG),
])
push("own-multi-noloop", [
    (ON + " NOLOOP", OK), ("GET k", NIL), ("MULTI", OK),
    ("SET k 1", QUEUED), ("GET k", QUEUED), ("EXEC", [OK, "1"]),
    ("b", "SET k 2", OK), told("k"),
])
push("swapdb-is-not-told", [
    ("SET k v", OK), (ON, OK), ("GET k", "v"), ("b", "SWAPDB 0 1", OK),
    ("b", "SET l v", OK), ("b", "SWAPDB 0 1", OK), ("PING", PONG),
    ("b", "SET k w", OK), told("k"),
], level=EXACT)
push("off-and-on-again-remembers", [
    (ON, OK), ("GET k", NIL), (OFF, OK), (ON, OK), ("b", "SET k v", OK),
    told("k"), ("PING", PONG),
], level=EXACT)
push("refused-reads-count", [
    ("SET k v", OK), (ON, OK), ("HGET k f", WRONGTYPE), ("HGET l", arity("hget")),
    ("b", "MSET k w l w", OK), told("k"), ("PING", PONG),
], level=EXACT)
push("sort-by-and-get-patterns-do-not-count", [
    ("RPUSH l 1", 1), (ON, OK), ("SORT_RO l BY w_* GET o_*", [NIL]),
    ("b", "MSET w_1 v o_1 v", OK), ("PING", PONG), ("b", "DEL l", 1),
    told("l"),
], level=EXACT)
push("debug-reload", [
    ("SET k v", OK), (ON, OK), ("GET k", "v"), ("b", "DEBUG RELOAD", OK),
    told(), ("GET k", "v"),
], level=EXACT, contexts=PLAIN)
push("hello-2-and-back", [
    (ON, OK), ("GET k", NIL), ("GET l", NIL),
    ("HELLO 2", M([("proto", 2)], more=True)), ("b", "SET k v", OK),
    ("PING", PONG), ("HELLO 3", M([("proto", 3)], more=True)),
    ("b", "SET l v", OK), told("l"),
], contexts=PLAIN)
case("client-info", [
    ("CLIENT INFO", about(flags="N", redir=-1)), (ON, OK),
    ("CLIENT INFO", about(flags="t", redir=0)), (OFF, OK),
    (ON + " BCAST", OK), ("CLIENT INFO", about(flags="tB", redir=0)),
    (OFF, OK), ("CLIENT INFO", about(flags="N", redir=-1)),
], contexts=PLAIN)
case("info-counts", [
    (ON, OK), ("b", ON, OK), ("MGET a b c", [NIL] * 3), ("b", "GET a", NIL),
    ("INFO clients", field("Clients", "tracking_clients", "2")),
    ("INFO stats", field("Stats", "tracking_total_keys", "3")),
    ("INFO stats", field("Stats", "tracking_total_items", "4")),
    ("c", ON + " BCAST PREFIX a PREFIX b", OK), ("d", ON + " BCAST PREFIX a", OK),
    ("INFO clients", field("Clients", "tracking_clients", "4")),
    ("INFO stats", field("Stats", "tracking_total_prefixes", "2")),
    ("d", "DEL a", 0), ("d", "SET a v", ANY),
    ("INFO stats", field("Stats", "tracking_total_items", "2")),
    ("FLUSHALL", OK),
    ("INFO stats", field("Stats", "tracking_total_keys", "0")),
    ("c", OFF, ANY), ("d", OFF, ANY),
    ("INFO stats", field("Stats", "tracking_total_prefixes", "0")),
], contexts=PLAIN, protos=(2,))
case("table-size-is-a-parameter", [
    ("CONFIG GET tracking-table-max-keys", M([("tracking-table-max-keys",
                                               "1000000")])),
    ("CONFIG SET tracking-table-max-keys -1", E(
        "ERR CONFIG SET failed (possibly related to argument "
        "'tracking-table-max-keys') - argument must be between 0 and "
        "9223372036854775807 inclusive")),
    ("CONFIG SET tracking-table-max-keys 0", OK),
    ("CONFIG SET tracking-table-max-keys 1000000", OK),
], contexts=PLAIN)

# ---- OPTIN, OPTOUT, BCAST ------------------------------------------------

push("optin-reads-only-after-caching", [
    (ON + " OPTIN", OK), ("GET k", NIL), ("b", "SET k v", OK),
    ("PING", PONG), ("CLIENT CACHING YES", OK), ("GET k", "v"),
    ("GET l", NIL), ("b", "MSET k w l w", OK), told("k"), ("PING", PONG),
])
push("optin-caching-holds-for-one-command", [
    (ON + " OPTIN", OK), ("CLIENT CACHING YES", OK), ("PING", PONG),
    ("GET k", NIL), ("b", "SET k v", OK), ("PING", PONG),
])
push("optin-caching-outlives-client-commands", [
    (ON + " OPTIN", OK), ("CLIENT CACHING YES", OK), ("CLIENT ID", ANY),
    ("CLIENT CACHING", arity("client|caching")), ("GET k", NIL),
    ("b", "SET k v", OK), told("k"),
], level=EXACT)
push("optin-caching-ends-with-an-unknown-command", [
    (ON + " OPTIN", OK), ("CLIENT CACHING YES", OK),
    ("NOSUCH", E("ERR unknown command 'NOSUCH', with args beginning with: ")),
    ("GET k", NIL), ("b", "SET k v", OK), ("PING", PONG),
], level=EXACT)
push("optin-caching-and-multi", [
    (ON + " OPTIN", OK), ("CLIENT CACHING YES", OK), ("MULTI", OK),
    ("GET k", QUEUED), ("GET l", QUEUED), ("EXEC", [NIL, NIL]),
    ("b", "SET k v", OK), told("k"), ("b", "SET l v", OK), told("l"),
])
push("optin-caching-in-multi", [
    (ON + " OPTIN", OK), ("MULTI", OK), ("GET k", QUEUED),
    ("CLIENT CACHING YES", QUEUED), ("GET l", QUEUED),
    ("EXEC", [NIL, OK, NIL]), ("b", "SET k v", OK), ("b", "SET l v", OK),
    told("l"), ("PING", PONG),
])
push("optout-reads-unless-caching-no", [
    (ON + " OPTOUT", OK), ("GET k", NIL), ("b", "SET k v", OK), told("k"),
    ("CLIENT CACHING NO", OK), ("GET k", "v"), ("GET l", NIL),
    ("b", "MSET k w l w", OK), told("l"), ("PING", PONG),
])
push("optout-caching-and-multi", [
    (ON + " OPTOUT", OK), ("CLIENT CACHING NO", OK), ("MULTI", OK),
    ("GET k", QUEUED), ("GET l", QUEUED), ("EXEC", [NIL, NIL]),
    ("b", "MSET k v l v", OK), ("PING", PONG), ("GET k", "v"),
    ("b", "SET k w", OK), told("k"),
])
push("bcast", [
    (ON + " BCAST", OK), ("b", "SET k v", OK), told("k"),
    ("b", "SET k w", OK), told("k"), ("b", "DEL k nokey", 1), told("k"),
    ("b", "DEL nokey", 0), ("PING", PONG),
])
push("bcast-one-push-for-many-keys", [
    (ON + " BCAST", OK), ("b", "MSET a 1 b 2 c 3", OK),
    told("a", "b", "c"), ("b", "MULTI", OK), ("b", "SET a 1", QUEUED),
    ("b", "DEL b", QUEUED), ("b", "EXEC", [OK, 1]), told("a", "b"),
])
push("bcast-prefix", [
    (ON + " BCAST PREFIX a PREFIX bb", OK), ("b", "SET a v", OK), told("a"),
    ("b", "SET ab v", OK), told("ab"), ("b", "SET b v", OK),
    ("b", "SET bb v", OK), told("bb"), ("b", "SET xa v", OK),
    ("b", "SET A v", OK), ("PING", PONG),
])
push("bcast-one-push-for-each-prefix", [
    (ON + " BCAST PREFIX a PREFIX b", OK),
    ("b", "MSET a1 v b1 v c1 v a2 v",
     OK), (b"", Replies(stale("a1", "a2"), stale("b1"))), ("PING", PONG),
])
push("bcast-pushes-in-order-of-prefixes-and-keys", [
    (ON + " BCAST PREFIX b PREFIX a PREFIX c", OK),
    ("b", "MSET b2 v c1 v a2 v b1 v a1 v b2 w", OK),
    (b"", Replies(P(["invalidate", ["a1", "a2"]]),
                  P(["invalidate", ["b1", "b2"]]),
                  P(["invalidate", ["c1"]]))),
], level=EXACT)
push("bcast-without-prefix-behind-one", [
    (ON + " BCAST PREFIX a", OK), (ON + " BCAST", OK),
    ("CLIENT TRACKINGINFO", info("on", "bcast", prefixes=["", "a"])),
    ("b", "SET a v", OK), (b"", Replies(stale("a"), stale("a"))),
    ("b", "SET b v", OK), told("b"),
    (ON + " BCAST PREFIX b", overlap("b", "", "an existing")),
], level=EXACT)
push("bcast-in-own-multi", [
    ("MULTI", OK), (ON + " BCAST PREFIX k", QUEUED), ("SET k v", QUEUED),
    ("SET l v", QUEUED), ("PING", QUEUED),
    ("EXEC", Replies([OK, OK, OK, PONG], stale("k"))),
], contexts=PLAIN)
push("bcast-added-prefix", [
    (ON + " BCAST PREFIX a", OK), (ON + " BCAST PREFIX b", OK),
    ("b", "SET a v", OK), told("a"), ("b", "SET b v", OK), told("b"),
])
push("bcast-reads-do-not-matter", [
    (ON + " BCAST PREFIX a", OK), ("GET k", NIL), ("b", "SET k v", OK),
    ("PING", PONG),
])
push("bcast-own-write", [
    (ON + " BCAST PREFIX a", OK), ("SET a v", Replies(OK, stale("a"))),
    ("SET b v", OK), ("MSET a w b w", Replies(OK, stale("a"))),
], contexts=PLAIN)
push("bcast-own-write-noloop", [
    (ON + " BCAST NOLOOP PREFIX a", OK), ("SET a v", OK),
    ("b", "SET a w", OK), told("a"), ("PING", PONG),
])
push("bcast-noloop-tells-the-others", [
    (ON + " BCAST NOLOOP", OK), ("c", ON + " BCAST", OK), ("SET k v", OK),
    told("k", conn="c"), ("c", "SET k w", Replies(OK, stale("k"))),
    told("k"),
])
push("bcast-expiry", [
    (ON + " BCAST", OK), ("b", "SET k v PX 1", OK), told("k"),
    ("b", "EXISTS k", Eventually(0)), told("k"),
])
push("bcast-and-its-reader", [
    (ON + " BCAST PREFIX k", OK), ("c", ON, OK), ("c", "GET k", NIL),
    ("b", "SET k v", OK), told("k"), told("k", conn="c"),
    ("b", "SET k w", OK), told("k"), ("c", "PING", PONG),
])

# ---- REDIRECT ------------------------------------------------------------

REDIR = {"needs": ("CLIENT TRACKING", "CLIENT ID", "CLIENT")}
REDIR_3 = {"needs": REDIR["needs"] + ("resp3",)}
CHANNEL = "__redis__:invalidate"


def lost(*keys):
    """What a subscriber of the channel gets."""
    return P(["message", CHANNEL, list(keys) if keys else NIL])


@case.script("redirect-to-subscriber", protos=(2,), **REDIR)
def redirect_to_subscriber():
    id = (yield "CLIENT ID", Between(1, 1 << 62)).v
    yield "SUBSCRIBE " + CHANNEL, P(["subscribe", CHANNEL, 1])
    yield "b2", ON + " REDIRECT %d" % id, OK
    yield "b2", "CLIENT GETREDIR", id
    yield "b2", "CLIENT TRACKINGINFO", info("on", redirect=id)
    yield "b2", "GET k", NIL
    yield "c", "SET k v", OK
    yield b"", lost("k")
    yield "b2", "GET k", "v"
    yield "b2", "SET k w", OK
    yield b"", lost("k")
    yield "c", "SET k x", OK
    yield "c", "FLUSHALL", OK
    yield b"", lost()
    yield "UNSUBSCRIBE", P(["unsubscribe", CHANNEL, 0])


@case.script("redirect-bcast-to-subscriber", protos=(2,), **REDIR)
def redirect_bcast():
    id = (yield "CLIENT ID", Between(1, 1 << 62)).v
    yield "SUBSCRIBE " + CHANNEL, P(["subscribe", CHANNEL, 1])
    yield "b2", ON + " BCAST PREFIX a REDIRECT %d" % id, OK
    yield "c", "MSET a1 v b v a2 v", OK
    yield b"", P(["message", CHANNEL, Unordered(["a1", "a2"])])
    yield "b2", "SET a v", OK
    yield b"", lost("a")
    yield "UNSUBSCRIBE", P(["unsubscribe", CHANNEL, 0])


@case.script("redirect-from-resp3", protos=(2,), **REDIR_3)
def redirect_from_resp3():
    id = (yield "CLIENT ID", Between(1, 1 << 62)).v
    yield "SUBSCRIBE " + CHANNEL, P(["subscribe", CHANNEL, 1])
    yield "b3", ON + " REDIRECT %d" % id, OK
    yield "b3", "GET k", NIL
    yield "c", "SET k v", OK
    yield b"", lost("k")
    yield "b3", "PING", PONG
    yield "UNSUBSCRIBE", P(["unsubscribe", CHANNEL, 0])


@case.script("redirect-to-resp3", protos=(3,), **REDIR)
def redirect_to_resp3():
    """It needs no subscription."""
    id = (yield "CLIENT ID", Between(1, 1 << 62)).v
    yield "b", ON + " REDIRECT %d" % id, OK
    yield "b", "GET k", NIL
    yield "c", "SET k v", OK
    yield b"", stale("k")
    yield "b", "PING", PONG
    yield "b", "GET k", "v"
    yield "SET k w", Replies(OK, stale("k"))
    yield "c", "FLUSHALL", OK
    yield b"", stale()


@case.script("redirect-to-nobody-who-listens", protos=(2,), **REDIR)
def redirect_to_nobody():
    id = (yield "CLIENT ID", Between(1, 1 << 62)).v
    yield "b", ON + " REDIRECT %d" % id, OK
    yield "b", "GET k", NIL
    yield "c", "SET k v", OK
    yield "PING", PONG
    yield "b", "PING", PONG


@case.script("redirect-twice", **REDIR)
def redirect_twice():
    id = (yield "CLIENT ID", Between(1, 1 << 62)).v
    yield "b", ON + " REDIRECT %d REDIRECT %d" % (id, id), E(
        "ERR A client can only redirect to a single other client")
    yield "b", "CLIENT TRACKINGINFO", IS_OFF


@case.script("redirect-ends-when-turned-on-again", **REDIR)
def redirect_ends():
    id = (yield "CLIENT ID", Between(1, 1 << 62)).v
    yield "b", ON + " REDIRECT %d NOLOOP" % id, OK
    yield "b", "CLIENT TRACKINGINFO", info("on", "noloop", redirect=id)
    yield "b", ON, OK
    yield "b", "CLIENT TRACKINGINFO", info("on")
    yield "b", "CLIENT GETREDIR", 0
    yield "b", OFF, OK
    yield "b", "CLIENT GETREDIR", -1


@case.script("redirect-broken", **REDIR_3)
def redirect_broken():
    id = (yield "c3", "CLIENT ID", Between(1, 1 << 62)).v
    yield "b3", ON + " REDIRECT %d" % id, OK
    yield "b3", "GET k", NIL
    yield "c3", "QUIT", OK
    yield "c3", b"", CLOSED
    yield "SET k v", OK
    yield "b3", b"", P(["tracking-redir-broken", id])
    yield "b3", "CLIENT TRACKINGINFO", info(
        "on", "broken_redirect", redirect=id)
    yield "b3", "CLIENT GETREDIR", id
    yield "b3", "PING", PONG


@case.script("redirect-broken-on-resp2", **REDIR)
def redirect_broken_on_resp2():
    id = (yield "c2", "CLIENT ID", Between(1, 1 << 62)).v
    yield "b2", ON + " REDIRECT %d" % id, OK
    yield "b2", "GET k", NIL
    yield "c2", "QUIT", OK
    yield "c2", b"", CLOSED
    yield "SET k v", OK
    yield "b2", "PING", PONG
    yield "b2", "CLIENT TRACKINGINFO", info(
        "on", "broken_redirect", redirect=id)


@case.script("redirect-to-oneself", protos=(3,), **REDIR)
def redirect_to_oneself():
    id = (yield "CLIENT ID", Between(1, 1 << 62)).v
    yield ON + " REDIRECT %d" % id, OK
    yield "CLIENT TRACKINGINFO", info("on", redirect=id)
    yield "CLIENT INFO", about(flags="t", redir=id)
    yield "GET k", NIL
    yield "b", "SET k v", OK
    yield b"", stale("k")


@case.script("redirect-broken-shows-in-client-info", contexts=PLAIN, **REDIR_3)
def redirect_broken_shows():
    id = (yield "c3", "CLIENT ID", Between(1, 1 << 62)).v
    yield "b3", ON + " BCAST REDIRECT %d" % id, OK
    yield "c3", "QUIT", OK
    yield "c3", b"", CLOSED
    yield "SET k v", OK
    yield "b3", b"", P(["tracking-redir-broken", id])
    yield "b3", "CLIENT INFO", about(flags="tRB", redir=id)
    yield "SET k v", OK
    yield "b3", b"", P(["tracking-redir-broken", id])


@case.script("redirect-mended", protos=(3,), **REDIR)
def redirect_mended():
    id = (yield "c", "CLIENT ID", Between(1, 1 << 62)).v
    own = (yield "CLIENT ID", Between(1, 1 << 62)).v
    yield "b", ON + " REDIRECT %d" % id, OK
    yield "b", "GET k", NIL
    yield "c", "QUIT", OK
    yield "c", b"", CLOSED
    yield "d", "SET k v", OK
    yield "b", b"", P(["tracking-redir-broken", id])
    yield "b", ON + " REDIRECT %d" % own, OK
    yield "b", "CLIENT TRACKINGINFO", info("on", redirect=own)
    yield "b", "GET k", "v"
    yield "d", "SET k w", OK
    yield b"", stale("k")


# CLIENT CACHING and CLIENT TRACKING say only OK, CLIENT GETREDIR an integer.
REPLIES = {
    "CLIENT TRACKING": "simple error",
    "CLIENT CACHING": "simple error",
    "CLIENT GETREDIR": "int",
    "CLIENT TRACKINGINFO": "map",
}
