"""What clients rely on: what they send when they connect, all at once, and
what they read of the replies."""

import re

from conformance.cases import *  # noqa: F403

PING = encode("PING")
VERSION = Re(rb"\d+\.\d+\.\d+.*")
HELLO2, HELLO3 = [M([
    ("server", ANY), ("version", VERSION), ("proto", n),
    ("id", Between(1, 2**63 - 1)), ("mode", ANY), ("role", "master"),
    ("modules", ListOf(ANY))], more=True) for n in (2, 3)]
# Sent in hope; clients go on after an error.
IN_VAIN = OneOf(OK, EP("ERR "))
NOAUTH = E("NOAUTH Authentication required.")
WRONGPASS = EP("WRONGPASS ")
NO_PASSWORD = EP("ERR ")
UNKNOWN = EP("ERR unknown command")
LOGGED_IN = ("ECHO %s", lambda nonce: nonce)    # only at the end
ALL_AT_ONCE = ("pipelined", "plain", "bytewise", "split")


def setinfo(name, version="1.2.3"):
    return [(("CLIENT", "SETINFO", "LIB-NAME", name), IN_VAIN),
            (("CLIENT", "SETINFO", "LIB-VER", version), IN_VAIN)]


def text(*patterns):
    """INFO that has these lines."""
    def fits(body):
        return all(re.search(b"(?m)^" + p.encode() + b"\r$", body.v)
                   for p in patterns)
    return V("txt", Shape(fits, "lines like " + ", ".join(patterns)))


def parameter(name, value):
    return ("CONFIG GET " + name, M([(name, value)]))


def contract(client, **how):
    return area("contract." + client, **dict({
        "contexts": ALL_AT_ONCE}, **how))


def locked(client):
    """With a password."""
    return area("contract." + client, options={"requirepass": "pw"},
                protos=2, fence=LOGGED_IN, contexts=ALL_AT_ONCE)


GOT = [("SET k v", OK), ("GET k", "v")]     # and then it is used

# ---- Python, Ruby, PHP ---------------------------------------------------

case = contract("redispy")
case("connect", [
    ("HELLO 3", HELLO3),
    ("CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type internal-ip",
     IN_VAIN), ("CLIENT SETNAME app", OK)] + setinfo("redis-py", "8.0.0") + [
    ("SELECT 0", OK)] + GOT)
case("connect-resp2", setinfo("redis-py(django_v5)") + [
    ("SELECT 0", OK)] + GOT, protos=2)
case("cache", [("HELLO 3", HELLO3), ("CLIENT TRACKING ON", OK),
               ("CLIENT TRACKING OFF", OK)])
case("health-check", [("PING", PONG), ("PING", PONG)])
case("lock", [
    ("SET lock token NX PX 100000", OK), ("SET lock other NX PX 100000", NIL),
    ("EVALSHA ffffffffffffffffffffffffffffffffffffffff 1 lock token",
     EP("NOSCRIPT ")),
    (("EVAL", "if redis.call('get', KEYS[1]) == ARGV[1] then return "
      "redis.call('del', KEYS[1]) else return 0 end", "1", "lock", "other"),
     0),
    (("EVAL", "if redis.call('get', KEYS[1]) == ARGV[1] then return "
      "redis.call('del', KEYS[1]) else return 0 end", "1", "lock", "token"),
     1), ("EXISTS lock", 0)])
locked("redispy")("connect-password", [
    ("HELLO 3 AUTH default pw", HELLO3), ("CLIENT SETNAME app", OK)] +
    setinfo("redis-py") + GOT)

case = contract("redisrb")
case("connect", [
    ("HELLO 3", HELLO3), ("SELECT 0", OK)] + setinfo("redis-client") + [
    ("CLIENT SETNAME app", OK)] + GOT)
case("sentinel-role", [("ROLE", ["master", Between(0, 2**63 - 1), []])])
locked("redisrb")("connect-password", [
    ("HELLO 3 AUTH default pw", HELLO3), ("SELECT 0", OK)] +
    setinfo("redis-client") + GOT)

case = contract("predis")
case("connect", [("HELLO 3 SETNAME predis", HELLO3)] + setinfo("predis") + [
    ("SELECT 0", OK)] + GOT)
case("connect-2", [("HELLO 2 SETNAME predis", HELLO2)] + setinfo("predis") + [
    ("SELECT 0", OK)] + GOT)

case = contract("phpredis")
case("connect", [("SELECT 0", OK)] + GOT)
case("reuse", [("ECHO phpredis-1", "phpredis-1"), ("PING", PONG)])
# Its reader of arrays takes *-1 for a null, $-1 not.
case("null-array", [
    ("ZMPOP 1 z MIN", NILARRAY), ("LMPOP 1 l LEFT", NILARRAY),
    ("LPOP l 2", NILARRAY), ("RPOP l 0", NILARRAY)], seen="dragonfly#8087")
case("null-array-blocking", [
    ("BLPOP l 0.01", NILARRAY), ("BZMPOP 0.01 1 z MIN", NILARRAY)],
    seen="dragonfly#8087", contexts="pipelined")
case("null-array-exec", [
    ("WATCH k", OK), ("SET k v", OK), ("MULTI", OK), ("PING", QUEUED),
    ("EXEC", NILARRAY)])
case("null-in-array", [
    ("MGET a b", [NIL, NIL]), ("HMGET h a b", [NIL, NIL]),
    ("GEOPOS g m", [NILARRAY])])
locked("phpredis")("connect-password", [
    ("AUTH pw", OK), ("AUTH default pw", OK), ("SELECT 0", OK)] + GOT)

# ---- JavaScript ----------------------------------------------------------

case = contract("noderedis")
case("connect", [
    ("HELLO 3 SETNAME app", HELLO3), ("SELECT 0", OK), ("READONLY", IN_VAIN)]
    + setinfo("node-redis", "6.2.0") + GOT)
case("connect-resp2", [("SELECT 0", OK)] + setinfo("node-redis") + GOT,
     protos=2)
# It takes the form of XREAD from HELLO's protocol.
case("xread-3", [
    ("HELLO 3", HELLO3), ("XADD s 1-1 f v", "1-1"),
    ("XREAD STREAMS s 0", Map([(Bulk("s"), Array([Array([
        Bulk("1-1"), Array([Bulk("f"), Bulk("v")])])]))]))],
    seen="dragonfly#8056")
case("xread-2", [
    ("HELLO 2", HELLO2), ("XADD s 1-1 f v", "1-1"),
    ("XREAD STREAMS s 0", [["s", [["1-1", ["f", "v"]]]]])],
    seen="dragonfly#8056")
case("hello-version", [("HELLO", M([("version", VERSION)], more=True))],
     seen="dragonfly#8056")
locked("noderedis")("connect-password", [
    ("HELLO 3 AUTH default pw SETNAME app", HELLO3), ("SELECT 0", OK)] +
    setinfo("node-redis") + GOT)

case = contract("ioredis")
READY = text("loading:0", "redis_version:.*")
case("connect", [
    ("HELLO 3", HELLO3), ("SELECT 0", OK), ("CLIENT SETNAME app", OK),
    ("READONLY", IN_VAIN)] + setinfo("ioredis", "6.0.0") + [
    ("INFO", READY)] + GOT)
case("connect-resp2", [("INFO", READY), ("SELECT 0", OK)] + GOT, protos=2)
locked("ioredis")("connect-password", [
    ("AUTH pw", OK), ("INFO", READY), ("SELECT 0", OK)] + GOT)
locked("ioredis")("info-before-auth", [
    ("INFO", NOAUTH), ("AUTH pw", OK), ("INFO", READY)])

# ---- Go ------------------------------------------------------------------

case = contract("goredis")
case("connect", [
    ("HELLO 3", HELLO3), ("SELECT 0", OK), ("READONLY", IN_VAIN),
    ("CLIENT SETNAME app", OK),
    ("CLIENT MAINT_NOTIFICATIONS ON", IN_VAIN)] +
    setinfo("go-redis(,go1.24)", "9.22.0") + GOT)
case("connect-setname", [
    ("HELLO 3 SETNAME app", HELLO3), ("CLIENT GETNAME", "app")] + GOT)
# HELLO that fails is an error on a connection that stays.
case("hello-refused", [
    ("HELLO 9", EP("NOPROTO ")), ("HELLO 3 AUTH nouser x", WRONGPASS),
    ("AUTH default x", OK)] + GOT)
case("unknown-command", [
    ("NOPE", UNKNOWN), ("HELLO3", UNKNOWN), ("nope a b", UNKNOWN)],
    seen="pika#1244")
case("unknown-subcommand", [
    ("CLIENT NOPE", OneOf(EP("ERR unknown subcommand"), EP(
        "ERR Unknown subcommand")))])
locked("goredis")("connect-password", [
    ("HELLO 3 AUTH default pw SETNAME app", HELLO3), ("SELECT 0", OK)] +
    setinfo("go-redis") + GOT)
area("contract.goredis", options={"requirepass": "pw"}, protos=2,
     fence=LOGGED_IN)("falls-back-to-auth", [
         ("HELLO 3", EP("NOAUTH ")), ("AUTH pw", OK)] +
         GOT, contexts=ALL_AT_ONCE)

case = contract("redigo", protos=2)
case("connect", [("CLIENT SETNAME app", OK), ("SELECT 0", OK)] + GOT)
case("back-to-the-pool", [
    ("MULTI", OK), ("PING", QUEUED), ("DISCARD", OK), ("WATCH k", OK),
    ("UNWATCH", OK), ("ECHO sentinel", "sentinel")])
case("back-to-the-pool-subscribed", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])),
    ("PSUBSCRIBE p", P(["psubscribe", "p", 2])),
    ("UNSUBSCRIBE", P(["unsubscribe", "a", 1])),
    ("PUNSUBSCRIBE", P(["punsubscribe", "p", 0])),
    ("ECHO sentinel", "sentinel")])
locked("redigo")("connect-password", [
    ("AUTH pw", OK), ("CLIENT SETNAME app", OK), ("SELECT 0", OK)] + GOT)

case = contract("rueidis")
CONNECT = [
    ("HELLO 3", HELLO3), ("CLIENT TRACKING ON OPTIN", OK), ("SELECT 0", OK),
    ("CLIENT NO-TOUCH ON", IN_VAIN), ("CLIENT NO-EVICT ON", IN_VAIN),
    ("CLIENT CAPA redirect", IN_VAIN)] + setinfo("rueidis", "1.0.60")
LEAVE = [("CLIENT TRACKING OFF", OK)]
case("connect", CONNECT + GOT + LEAVE, seen="dragonfly#2454")
case("connect-without-cache", [("HELLO 3", HELLO3), ("SELECT 0", OK)] +
     setinfo("rueidis") + GOT)
case("cached-get", CONNECT + [
    ("SET k v EX 100", OK), ("CLIENT CACHING YES", OK), ("MULTI", OK),
    ("PTTL k", QUEUED), ("GET k", QUEUED),
    ("EXEC", [Between(90000, 100000), "v"])] + LEAVE)
case("invalidation-is-a-push", CONNECT + [
    ("CLIENT CACHING YES", OK), ("GET k", NIL), ("b", "SET k v", OK),
    (b"", Push([Bulk("invalidate"), Array([Bulk("k")])])),
    ("GET k", "v")] + LEAVE, seen="dragonfly#1052", contexts=PLAIN)
case("flush-is-a-push", CONNECT + [
    ("b", "FLUSHALL", OK), (b"", Push([Bulk("invalidate"), Null()])),
    ("PING", PONG)] + LEAVE, contexts=PLAIN)
locked("rueidis")("connect-password", [
    ("HELLO 3 AUTH default pw SETNAME app", HELLO3),
    ("CLIENT TRACKING ON OPTIN", OK), ("SELECT 0", OK)] + GOT + LEAVE)
locked("rueidis")("password-is-wrong", [
    ("HELLO 3 AUTH default no", WRONGPASS), ("HELLO 3 AUTH default pw",
                                             HELLO3)] + GOT)

# ---- Java ----------------------------------------------------------------

case = contract("jedis")
case("connect", [("HELLO 3", HELLO3), ("CLIENT SETNAME app", OK)] +
     setinfo("jedis", "8.0.0") + [("SELECT 0", OK)] + GOT)
case("connect-resp2", [("CLIENT SETNAME app", OK)] + setinfo("jedis") + [
    ("SELECT 0", OK)] + GOT, protos=2)
case("hello-has-proto", [
    ("HELLO 3", M([("proto", 3)], more=True)),
    ("HELLO 2", M([("proto", 2)], more=True))])
case("falls-back", [
    ("HELLO 4", EP("NOPROTO ")), ("HELLO 3", HELLO3)] + GOT)
locked("jedis")("connect-password", [
    ("HELLO 3 AUTH default pw", HELLO3), ("CLIENT SETNAME app", OK)] +
    setinfo("jedis") + GOT)

case = contract("lettuce")
case("connect", [("HELLO 3", HELLO3)] + setinfo("Lettuce", "7.0.0") + [
    ("CLIENT MAINT_NOTIFICATIONS ON", IN_VAIN)] + GOT)
case("connect-setname", [("HELLO 3 SETNAME app", HELLO3)] + setinfo(
    "Lettuce") + [("SELECT 0", OK)] + GOT)
case("connect-resp2", [("PING", PONG), ("SELECT 0", OK)] + GOT, protos=2)
# "Version must not be null"
case("hello-fields", [
    ("HELLO 3", M([("version", VERSION), ("mode", Re(
        rb"standalone|cluster|sentinel")), ("role", Re(rb"master|replica")),
        ("modules", ListOf(ANY)), ("id", Between(1, 2**63 - 1))],
        more=True))], seen="kvrocks#2150")
# It falls back to RESP2 on this word alone.
case("unknown-says-unknown", [
    ("HELLO2 3", Shape(lambda reply: type(reply) is Err and
                       b"unknown command" in reply.v.lower(),
                       "an error with the words unknown command"))],
    seen=("lettuce#2455", "dragonfly#126", "shotover#659"))
case("noproto-by-code", [("HELLO 4", EP("NOPROTO "))])
# One element more or less, and every later reply is another's.
case("count-of-elements", [
    ("HELLO 3", HELLO3), ("COMMAND INFO get nope set", [ANY, NIL, ANY]),
    ("CONFIG GET maxmemory*", Shape(
        lambda reply: len(reply.v) > 0, "some parameters")),
    ("MGET a b c", [NIL] * 3), ("PING", PONG)],
    seen=("lettuce#2465", "redis#6160"))
locked("lettuce")("connect-password", [
    ("HELLO 3 AUTH default pw", HELLO3)] + setinfo("Lettuce") + GOT)
locked("lettuce")("connect-password-resp2", [
    ("AUTH pw", OK), ("PING", PONG)] + GOT)

case = contract("redisson")
case("connect", [
    ("HELLO 3", HELLO3), ("SELECT 0", OK), ("CLIENT SETNAME app", OK),
    ("CLIENT CAPA redirect", IN_VAIN), ("PING", PONG),
    ("INFO replication", text("role:master"))] + GOT, seen="garnet#509")
case("connect-resp2", [
    ("SELECT 0", OK), ("CLIENT SETNAME app", OK), ("PING", PONG),
    ("INFO replication", text("role:master"))] + GOT, protos=2)

case = contract("vertx")
case("unknown-command", [("HELLO9 3", UNKNOWN)] + GOT, seen="pika#1022")

# ---- .NET ----------------------------------------------------------------

case = contract("seredis")
GUID = b"\x01\x02\r\n\xffguid"
PROBES = [
    ("CLIENT SETNAME app", OK)] + setinfo("SE.Redis", "2.9.0") + [
    ("CLIENT ID", Between(1, 2**63 - 1)), parameter("timeout", "0"),
    ("CONFIG GET slave-read-only", OneOf(
        M([("slave-read-only", ANY)]), M([]))),
    parameter("databases", ANY),
    ("SENTINEL MASTERS", OneOf(EP("ERR "), ListOf(ANY))),
    ("INFO replication", text("role:master")),
    ("INFO server", text("redis_version:.*", "redis_mode:.*")),
    ("CLUSTER NODES", OneOf(EP("ERR "), V("txt", ANY))),
    ("GET __Booksleeve_TieBreak", NIL), (("ECHO", GUID), GUID)]
case("connect", [("HELLO 3", HELLO3)] + PROBES + GOT)
case("connect-resp2", PROBES + GOT, protos=2)
case("replica-read-only", [
    ("CONFIG GET replica-read-only", M([("replica-read-only", "yes")]))],
    level=MAY)
case("second-connection", [
    ("CLIENT SETNAME app", OK),
    ("SUBSCRIBE __Booksleeve_MasterChanged",
     P(["subscribe", "__Booksleeve_MasterChanged", 1])),
    ("PING", Shape(
        lambda reply: reply in (Simple("PONG"), Array([
            Bulk("pong"), Bulk("")])), "PONG in either form")),
    ("UNSUBSCRIBE __Booksleeve_MasterChanged",
     P(["unsubscribe", "__Booksleeve_MasterChanged", 0]))])
# The end of each bulk string is looked at.
case("ends-of-bulks", [
    ("SET k v", OK), ("GET k", "v"), (("SET", "k", ""), OK), ("GET k", ""),
    (("ECHO", "\r\n"), "\r\n"), ("MGET k k", ["", ""])],
    seen="dragonfly#4424")
# One RESP3 connection for everything.
case("subscribed-and-commands", [
    ("HELLO 3", HELLO3), ("SUBSCRIBE ch", P(["subscribe", "ch", 1])),
    ("SET k v", OK), ("GET k", "v"), ("b", "PUBLISH ch m", 1),
    (b"", P(["message", "ch", "m"])), ("GET k", "v"),
    ("UNSUBSCRIBE ch", P(["unsubscribe", "ch", 0]))], protos=3,
    contexts=PLAIN, seen="SE.Redis#3111")
locked("seredis")("connect-password", [
    ("AUTH pw", OK), ("HELLO 3", HELLO3)] + PROBES + GOT)
locked("seredis")("connect-user-and-password", [
    ("AUTH default pw", OK), ("CLIENT SETNAME app", OK),
    ("CLIENT ID", Between(1, 2**63 - 1)), (("ECHO", GUID), GUID)])

# ---- C, redis-cli and its kin --------------------------------------------

case = contract("hiredis")
case("info-is-verbatim", [
    ("HELLO 3", HELLO3), ("INFO server", Shape(
        lambda reply: type(reply) is Verb and reply.v[0] == b"txt",
        "a verbatim string")), ("CLIENT INFO", Shape(
            lambda reply: type(reply) is Verb, "a verbatim string"))],
    seen="hiredis#802")
case("info-is-bulk", [
    ("HELLO 2", HELLO2), ("INFO server", Shape(
        lambda reply: type(reply) is Bulk, "a bulk string"))],
    seen="hiredis#802")
case("pushes", [
    ("HELLO 3", HELLO3), ("CLIENT TRACKING ON BCAST", OK),
    ("b", "SET k v", OK),
    (b"", Push([Bulk("invalidate"), Array([Bulk("k")])])), ("PING", PONG),
    ("CLIENT TRACKING OFF", OK)], contexts=PLAIN)
case("types", [
    ("HELLO 3", HELLO3), ("GET k", Null()), ("SMEMBERS s", Set(())),
    ("HGETALL h", Map(())), ("ZADD z 1.5 a", 1),
    ("ZSCORE z a", Double("1.5"))])

case = area("contract.rediscli-pipe")
LAST = b"\x8b\x10\r\n\x00\xff0123456789abcd"
END = (b"\r\n" + encode("ECHO", LAST), LAST)
case("end", [END], seen="dragonfly#8243", splits=True)
case("commands", [
    (encode("SET", "k", "v") + encode("INCR", "n") + encode("GET", "k"), OK),
    (b"", 1), (b"", "v"), END], needs=("SET", "INCR", "GET"), splits=True,
    seen="dragonfly#8243")
case("all-at-once", [
    (encode("SET", "k", "v") + END[0], OK), (b"", LAST)], needs=("SET",),
    splits=True, seen="dragonfly#8243")
case("lines", [
    (b"SET k \"a b\"\nSET l 'c d'\nGET k\nGET l\n", OK), (b"", OK),
    (b"", "a b"), (b"", "c d"), END], needs=("SET", "GET"), splits=True,
    seen=("kvrocks#807", "kvrocks#2871", "redcon#5"))
case("lines-crlf", [
    (b"SET k v\r\nSET k w\r\n", OK), (b"", OK), END], needs=("SET",),
    splits=True)
case("lines-at-once", [
    (b"SET k v\n" + END[0], OK), (b"", LAST)], needs=("SET",), splits=True)
case("blank-lines", [
    (b"SET k v\n\n\nSET k w\n\n" + END[0], OK), (b"", OK), (b"", LAST)],
    needs=("SET",), splits=True)
case("errors-are-counted", [
    (b"SET k v\nNOPE\nSET k\n", OK), (b"", UNKNOWN), (b"", arity("set")),
    END], needs=("SET",), splits=True)
case("thousands", [
    (b"".join(encode("SET", "k%d" % (i % 10), "v" * 100)
              for i in range(5000)) + END[0], OK)] + [(b"", OK)] * 4999 + [
    (b"", LAST)], needs=("SET",), contexts="plain")
case("thousands-of-lines", [
    (b"".join(b"SET k%d v\n" % (i % 10) for i in range(5000)) + END[0],
     OK)] + [(b"", OK)] * 4999 + [(b"", LAST)], needs=("SET",),
    contexts="plain")

case = contract("rediscli")
case("interactive", [
    ("INFO SERVER", text("redis_version:.*")),
    ("COMMAND DOCS get", M([("get", M([("summary", ANY)], more=True))])),
    ("SELECT 0", OK)] + GOT)
case("interactive-resp3", [
    ("HELLO 3", HELLO3), ("INFO SERVER", text("redis_version:.*"))] + GOT)
case("all-docs", [
    ("COMMAND DOCS", Shape(lambda reply: len(reply.v) > 10, "many")),
    ("PING", PONG)])
case("all-commands", [
    ("COMMAND", Shape(lambda reply: type(reply) is Array and
                      len(reply.v) > 10, "many")), ("PING", PONG)])
case("bigkeys", [
    ("SET k value", OK), ("READONLY", IN_VAIN), ("DBSIZE", 1),
    ("SCAN 0", ["0", ["k"]]), ("TYPE k", Simple("string")),
    ("STRLEN k", 5)])
case("memkeys", [
    ("SET k value", OK), ("DBSIZE", 1), ("SCAN 0 MATCH * COUNT 100",
                                         ["0", ["k"]]),
    ("TYPE k", Simple("string")), ("MEMORY USAGE k", Between(1, 10000)),
    ("MEMORY USAGE k SAMPLES 5", Between(1, 10000))])
case("hotkeys", [
    ("SET k v", OK), ("OBJECT FREQ k", Shape(
        lambda reply: type(reply) is Err and b"LFU" in reply.v,
        "an error that tells of LFU"))],
    contexts=("plain", "pipelined"))
case("latency", [("PING", PONG)] * 20)
case("stat", [("INFO", text(
    r"used_memory:\d+", r"connected_clients:\d+", r"blocked_clients:\d+",
    r"total_commands_processed:\d+", r"total_connections_received:\d+",
    r"loading:0"))])
case("stat-saving", [("INFO", text(
    r"rdb_bgsave_in_progress:\d", r"aof_rewrite_in_progress:\d"))],
    level=MAY)
case("stat-keys", [
    ("SET k v", OK), ("INFO", text(r"db0:keys=1,expires=0,avg_ttl=0.*"))],
    contexts=("plain", "pipelined"), needs=("DBSIZE",))

case = contract("benchmark")
case("start", [
    parameter("save", ANY), parameter("appendonly", Re(b"yes|no"))])
case("resp3", [("HELLO 3", HELLO3), ("PING", PONG)])
area("contract.benchmark", splits=True)("ping-inline", [
    (b"PING\r\n" * 16, PONG)] + [(b"", PONG)] * 15)
case("mset", [(("MSET",) + ("k", "x" * 3) * 10, OK)])
case("tests", [
    ("SET key:000000000000 xxx", OK), ("GET key:000000000000", "xxx"),
    ("INCR counter:000000000000", 1), ("LPUSH mylist xxx", 1),
    ("RPUSH mylist xxx", 2), ("LPOP mylist", "xxx"), ("RPOP mylist", "xxx"),
    ("SADD myset element:000000000000", 1),
    ("HSET myhash element:000000000000 xxx", 1), ("SPOP myset",
                                                  "element:000000000000"),
    ("ZADD myzset 0 element:000000000000", 1), ("LPUSH mylist xxx", 1),
    ("LRANGE mylist 0 99", ["xxx"])])

# ---- what frameworks ask -------------------------------------------------

case = contract("sidekiq")
case("info", [("INFO", text(
    r"redis_version:([7-9]|\d\d+)\.\d+\.\d+.*",
    r"maxmemory_policy:noeviction"))])
case = contract("bullmq")
case("info", [("INFO", text(r"redis_version:\d+\.\d+\.\d+.*",
                            r"maxmemory_policy:[a-z-]+"))])
case = contract("rq")
case("worker-address", [
    ("CLIENT SETNAME rq-worker", OK),
    ("CLIENT LIST", V("txt", Shape(
        lambda body: re.search(rb"(?m)^id=\d+ addr=[^ ]+ .*name=rq-worker ",
                               body.v), "a line with name and addr")))],
    seen="fakeredis#376")
case = contract("exporter")
case("scrape", [
    ("CLIENT SETNAME redis_exporter", OK), ("INFO ALL", text(
        r"redis_version:.*", r"uptime_in_seconds:\d+", r"maxclients:\d+",
        r"used_memory:\d+", r"keyspace_hits:\d+", r"role:master",
        r"connected_slaves:\d+", r"cluster_enabled:0")),
    ("CONFIG GET *", Shape(lambda reply: len(reply.v) > 20, "many")),
    ("SLOWLOG LEN", Between(0, 10**6)), ("SLOWLOG GET 1", ListOf(
        ANY, (0, 1))), ("LATENCY LATEST", ListOf(ANY)),
    ("LATENCY HISTOGRAM", ANY), ("CLUSTER INFO", OneOf(
        EP("ERR "), V("txt", ANY))),
    ("COMMAND INFO COMMANDLOG", [OneOf(NIL, NILARRAY, ListOf(ANY))]),
    ("PING", PONG)], contexts=("plain", "pipelined"))
case = contract("sentinel")
case("watch", [
    ("CLIENT SETNAME sentinel-1-cmd", OK), ("PING", PONG), ("INFO", text(
        r"run_id:[0-9a-f]{40}", r"role:master", r"connected_slaves:\d+",
        r"master_repl_offset:\d+")),
    ("PUBLISH __sentinel__:hello x", 0)])
case("watch-subscribe", [
    ("SUBSCRIBE __sentinel__:hello",
     P(["subscribe", "__sentinel__:hello", 1])),
    ("b", "PUBLISH __sentinel__:hello x", 1),
    (b"", P(["message", "__sentinel__:hello", "x"])),
    ("UNSUBSCRIBE", P(["unsubscribe", "__sentinel__:hello", 0]))],
    contexts=PLAIN)
case = contract("spring-session")
case("notifications", [
    ("CONFIG GET notify-keyspace-events", M([
        ("notify-keyspace-events", "")])),
    ("CONFIG SET notify-keyspace-events Egx", OK),
    ("CONFIG GET notify-keyspace-events", M([
        ("notify-keyspace-events", Re(b"(?=.*E)(?=.*g)(?=.*x).{3}"))]))],
    contexts=("plain", "pipelined"), needs=("PSUBSCRIBE",))
