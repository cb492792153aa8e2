"""Commands about the server: databases, saving, replication, memory,
latency, the slow log."""

from conformance.cases import *  # noqa: F403
from conformance.cases.generic import BAD_INTS, DB_RANGE, FAR, KINDS

ORDERED = ("plain", "pipelined", "inline")  # nothing else is going on


def unknown(name, sub="NOPE"):
    return E("ERR unknown subcommand '%s'. Try %s HELP." % (sub, name))


def words(*args):
    return Re(b".*" + b".*".join(args) + b".*")


# ---- FLUSHALL, FLUSHDB, SWAPDB ---------------------------------------------

case = area("server.flushall")
case("every-database", [
    ("SET a 0 EX 100", OK), ("SELECT 1", OK), ("SET b 1", OK),
    ("SELECT 2", OK), ("FLUSHALL", OK), ("SELECT 0", OK), ("DBSIZE", 0),
    ("SELECT 1", OK), ("DBSIZE", 0), ("SET a 1", OK),
])
case("forgets-ttls", [
    ("SET c 3 PX 100000", OK), ("FLUSHALL", OK), ("TTL c", -2),
    ("SET c 1", OK), ("TTL c", -1),
])
case("empty", [("FLUSHALL", OK), ("FLUSHALL", OK), ("DBSIZE", 0),
               ("RANDOMKEY", NIL), ("KEYS *", []), ("SCAN 0", ["0", []])])
case("every-type", [
    (make.replace("k", "k:" + kind, 1), ANY) for kind, make, _, _ in KINDS
] + [("FLUSHALL", OK), ("DBSIZE", 0)])
case("many-keys", [
    (["MSET"] + [x for k in range(n, n + 1000) for x in ("k%d" % k, "v")],
     OK) for n in range(0, 20000, 1000)
] + [("DBSIZE", 20000), ("FLUSHALL", OK), ("DBSIZE", 0), ("GET k1", NIL),
     ("SET k1 new", OK), ("DBSIZE", 1)])
for mode in ("SYNC", "ASYNC", "sync", "Async"):
    case("mode-" + mode, [
        ("SET a 2", OK), ("FLUSHALL " + mode, OK), ("GET a", NIL),
        ("DBSIZE", 0), ("SET a 2", OK), ("GET a", "2"),
    ])
case = area("server.flushdb")
case("this-database", [
    ("SET a 0 EX 100", OK), ("SELECT 1", OK), ("SET b 1", OK),
    ("FLUSHDB", OK), ("DBSIZE", 0), ("GET b", NIL), ("SELECT 0", OK),
    ("GET a", "0"), ("FLUSHDB", OK), ("GET a", NIL), ("RANDOMKEY", NIL),
])
case("forgets-ttls", [
    ("SET a 1 EX 100", OK), ("FLUSHDB", OK), ("SET a 1", OK), ("TTL a", -1),
])
for mode in ("SYNC", "ASYNC", "sync", "Async"):
    case("mode-" + mode, [
        ("SET a 1", OK), ("FLUSHDB " + mode, OK), ("DBSIZE", 0),
    ])
for name in ("FLUSHALL", "FLUSHDB"):
    area("server." + name.lower())("syntax", [("SET a 1", OK)] + [
        (name + tail, SYNTAX)
        for tail in (" FOO", " SYNC ASYNC", " ASYNC ASYNC", " 0")
    ] + [((name, ""), SYNTAX), ("GET a", "1")])

case = area("server.swapdb")
case("swaps", [
    ("SET a 0 EXAT %d" % FAR, OK), ("SELECT 1", OK), ("SET b 1", OK),
    ("SWAPDB 0 1", OK), ("EXISTS b", 0), ("GET a", "0"),
    ("EXPIRETIME a", FAR), ("SELECT 0", OK), ("GET b", "1"),
    ("SWAPDB 1 0", OK), ("GET a", "0"),
])
case("with-itself-and-with-empty", [
    ("SET a 0", OK), ("SWAPDB 0 0", OK), ("GET a", "0"),
    ("SWAPDB 14 15", OK), ("SWAPDB 0 15", OK), ("DBSIZE", 0),
    ("SELECT 15", OK), ("GET a", "0"),
])
case("other-connections-see-it", [
    ("SET k v", OK), ("b", "SELECT 1", OK), ("b", "SET k w", OK),
    ("SWAPDB 0 1", OK), ("GET k", "w"), ("b", "GET k", "v"),
])
case("first-index", [
    (("SWAPDB", n, "0"), E("ERR invalid first DB index"))
    for n in BAD_INTS + ["2147483648"]
] + [("SWAPDB a b", E("ERR invalid first DB index"))])
case("second-index", [
    (("SWAPDB", "0", n), E("ERR invalid second DB index"))
    for n in BAD_INTS + ["2147483648"]
] + [("SWAPDB 16 a", E("ERR invalid second DB index"))])
case("out-of-range", [
    ("SWAPDB 16 0", DB_RANGE), ("SWAPDB 0 16", DB_RANGE),
    ("SWAPDB -1 0", DB_RANGE), ("SWAPDB 0 -1", DB_RANGE),
])
case("serves-a-waiting-client", [
    ("b", "SELECT 1", OK), ("b", "RPUSH l x", 1),
    ("BLPOP l 0", BLOCKED), ("c", "SWAPDB 0 1", OK), (b"", ["l", "x"]),
])

# ---- TIME, LASTSAVE, saving ------------------------------------------------

case = area("server.time")
case("seconds-and-microseconds", [
    ("TIME", [Re(rb"[1-9]\d{9,10}"), Re(rb"0|[1-9]\d{0,5}")]),
])


@case.script("goes-on", needs=("TIME", "SET", "EXPIRETIME"))
def time_goes_on():
    form = [Re(rb"\d+"), Re(rb"\d+")]
    a = yield "TIME", form
    b = yield "TIME", form
    first, second = ([int(x.v) for x in got.v] for got in (a, b))
    yield "PING", Shape(lambda _: first <= second, "TIME goes on")
    yield "SET k v EX 1000", OK
    yield "EXPIRETIME k", Between(first[0] + 1000, first[0] + 1060)


case = area("server.save")
case("save", [("SET k v", OK), ("SAVE", Eventually(OK)), ("GET k", "v")])
case("lastsave", [("LASTSAVE", Between(1, 2**40)), ("lastsave",
                                                    Between(1, 2**40))])
case("bgsave", [
    ("SET k v", OK),
    ("BGSAVE", Eventually(Simple("Background saving started"))),
    ("GET k", "v"),
])
case("bgsave-schedule", [
    ("BGSAVE SCHEDULE", Eventually(OneOf(
        Simple("Background saving started"),
        Simple("Background saving scheduled")))),
])
case("bgsave-syntax", [
    ("BGSAVE FOO", SYNTAX), ("BGSAVE SCHEDULE FOO", SYNTAX),
    (("BGSAVE", ""), SYNTAX),
])
case("bgrewriteaof", [
    ("BGREWRITEAOF", Eventually(OneOf(
        Simple("Background append only file rewriting started"),
        Simple("Background append only file rewriting scheduled")))),
])
case("not-in-multi", [
    ("MULTI", OK),
    ("SAVE", E("ERR Command not allowed inside a transaction")),
    ("EXEC", EP("EXECABORT ")),
], contexts=PLAIN)


@case.script("lastsave-is-when-it-was-saved", needs=(
    "SAVE", "LASTSAVE", "TIME"))
def lastsave():
    # time(2) may lag some milliseconds behind the clock that TIME reads
    now = yield "TIME", ANY
    yield "SAVE", Eventually(OK)
    yield "LASTSAVE", Between(int(now.v[0].v) - 1, int(now.v[0].v) + 60)


case = area("server.shutdown")
case("syntax", [(line, SYNTAX) for line in (
    "SHUTDOWN FOO", "SHUTDOWN NOSAVE SAVE", "SHUTDOWN ABORT NOW",
    "SHUTDOWN NOSAVE ABORT", "SHUTDOWN NOSAVE FORCE NOW x")] + [
    (("SHUTDOWN", ""), SYNTAX), ("PING", PONG)])
case("abort-of-none", [
    ("SHUTDOWN ABORT", E("ERR No shutdown in progress.")),
    ("shutdown abort", E("ERR No shutdown in progress.")),
])
case("not-in-multi", [
    ("MULTI", OK),
    ("SHUTDOWN NOSAVE", E("ERR Command not allowed inside a transaction")),
    ("EXEC", EP("EXECABORT ")),
], contexts=PLAIN)

# ---- replication -----------------------------------------------------------

case = area("server.role")
case("master", [("ROLE", ["master", Between(0, 2**62), []])])

case = area("server.replicaof")
case("no-one", [
    ("REPLICAOF NO ONE", OK), ("replicaof no one", OK),
    ("SLAVEOF NO ONE", OK), ("ROLE", ["master", Between(0, 2**62), []]),
])
for word in ("REPLICAOF", "SLAVEOF"):
    case("bad-port-" + word.lower(), [
        ((word, "127.0.0.1", port), E("ERR Invalid master port"))
        for port in ("a", "", "1.5", "-1", "65536")
    ] + [("ROLE", ["master", Between(0, 2**62), []])])
case("a-replica-refuses-to-write", [
    ("SET k v", OK), ("REPLICAOF 127.0.0.1 1", OK),
    ("ROLE", ["slave", "127.0.0.1", 1, Re(rb"connect|connecting"), -1]),
    ("SET k w", E("READONLY You can't write against a read only replica.")),
    ("DEL k", E("READONLY You can't write against a read only replica.")),
    ("GET k", "v"),
    ("REPLICAOF 127.0.0.1 1",
     Simple("OK Already connected to specified master")),
    ("FAILOVER", E("ERR FAILOVER is not valid when server is a replica.")),
    ("REPLICAOF NO ONE", OK), ("SET k w", OK),
    ("ROLE", ["master", Between(0, 2**62), []]),
], options={"replica-read-only": "yes"}, contexts=PLAIN)

case = area("server.failover")
NO_REPLICAS = E("ERR FAILOVER requires connected replicas.")
case("without-replicas", [(line, NO_REPLICAS) for line in (
    "FAILOVER", "FAILOVER TO a 1", "FAILOVER TIMEOUT 10",
    "failover to a 1 timeout 10 force")])
case("abort-of-none", [
    ("FAILOVER ABORT", E("ERR No failover in progress.")),
])
case("syntax", [(line, SYNTAX) for line in (
    "FAILOVER FOO", "FAILOVER TO", "FAILOVER TO a", "FAILOVER TIMEOUT",
    "FAILOVER TO a 1 TO b 2", "FAILOVER ABORT FOO",
    "FAILOVER FORCE FORCE")])
case("not-int", [
    ("FAILOVER TO a x", INT_ERR), ("FAILOVER TIMEOUT abc", INT_ERR),
])
case("timeout-not-positive", [
    ("FAILOVER TIMEOUT 0", E("ERR FAILOVER timeout must be greater than 0")),
    ("FAILOVER TIMEOUT -1",
     E("ERR FAILOVER timeout must be greater than 0")),
])

case = area("server.replconf")
case("ok", [
    ("REPLCONF listening-port 1234", OK), ("REPLCONF capa eof capa psync2",
                                           OK),
    ("REPLCONF ip-address 1.2.3.4", OK),
], contexts=PLAIN, level=EXACT)
case("errors", [
    ("REPLCONF capa", SYNTAX), ("REPLCONF listening-port abc", INT_ERR),
    ("REPLCONF nope x", E("ERR Unrecognized REPLCONF option: nope")),
], contexts=PLAIN, level=EXACT)
case = area("server.psync")
case("not-int", [("PSYNC ? abc", INT_ERR)], contexts=PLAIN, level=EXACT)

# ---- MEMORY ----------------------------------------------------------------

case = area("server.memory.usage")
case("no-key", [("MEMORY USAGE nokey", NIL), (("MEMORY", "USAGE", ""), NIL)])
case("string", [
    ("SET k v", OK), ("MEMORY USAGE k", Between(1, 1000)),
    ("memory usage k samples 0", Between(1, 1000)),
    ("MEMORY USAGE k SAMPLES 5", Between(1, 1000)),
    ("MEMORY USAGE k SAMPLES 1 SAMPLES 2", Between(1, 1000)),
])
for n in (1000, 100000, 1000000):
    case("string-of-%d-bytes" % n, [
        ("SET k " + "x" * n, OK), ("MEMORY USAGE k", Between(
            n, n * 13 // 10 + 200)),
    ])
case("counts-the-name", [
    ("SET %s v" % ("k" * 1000), OK),
    ("MEMORY USAGE " + "k" * 1000, Between(1000, 3000)),
])
for kind, make, _, _ in KINDS[1:]:
    case(kind, [
        (make, ANY), ("MEMORY USAGE k", Between(20, 20000)),
        ("MEMORY USAGE k SAMPLES 0", Between(20, 20000)),
    ])
case("grows-with-the-list", [
    (["RPUSH", "k"] + ["x" * 100] * 1000, 1000),
    ("MEMORY USAGE k SAMPLES 0", Between(100000, 200000)),
])
case("errors", [
    ("SET k v", OK), ("MEMORY USAGE k SAMPLES", SYNTAX),
    ("MEMORY USAGE k SAMPLES x", INT_ERR),
    ("MEMORY USAGE k SAMPLES -1", SYNTAX), ("MEMORY USAGE k FOO 1", SYNTAX),
    ("MEMORY USAGE k FOO", SYNTAX), ("MEMORY USAGE nokey FOO", SYNTAX),
])

case = area("server.memory")
case("purge", [("MEMORY PURGE", OK), ("memory purge", OK)])
case("doctor", [("MEMORY DOCTOR", V("txt", Re(rb".+")))])
case("malloc-stats", [("MEMORY MALLOC-STATS", V("txt", Re(rb".+")))])
INTEGERS = ("peak.allocated", "total.allocated", "startup.allocated",
            "clients.normal", "overhead.total", "keys.count",
            "keys.bytes-per-key", "dataset.bytes", "fragmentation.bytes")
DOUBLES = ("dataset.percentage", "peak.percentage", "fragmentation")
case("stats", [
    ("SET k v", OK), ("MEMORY STATS", M(
        [(name, Between(-2**40, 2**40)) for name in INTEGERS] +
        [(name, Near(0, 1e9)) for name in DOUBLES], more=True)),
])
case("stats-of-databases", [
    ("MSET a 1 b 2", OK), ("SELECT 3", OK), ("SET c 3 EX 100", OK),
    ("MEMORY STATS", M([("keys.count", 3)] + [(name, M([
        ("overhead.hashtable.main", Between(1, 10000)),
        ("overhead.hashtable.expires", Between(0, 10000))], more=True))
        for name in ("db.0", "db.3")], more=True)),
])
case("unknown-subcommand", [
    ("MEMORY NOPE", unknown("MEMORY")),
    ("memory nope x", unknown("MEMORY", "nope")),
])

# ---- SLOWLOG ---------------------------------------------------------------

ALL = {"slowlog-log-slower-than": "0", "slowlog-max-len": "128"}
case = area("server.slowlog", config=ALL, contexts=("plain", "inline"))


def entry(args, name=""):
    return [Between(0, 2**40), Between(10**9, 10**11), Between(0, 10**9),
            args, Re(rb".*:\d+|.*/.*"), name]


case("entries-the-newest-first", [
    ("SLOWLOG RESET", OK), ("SET k v", OK), ("GET k", "v"),
    ("SLOWLOG GET", [entry(["GET", "k"]), entry(["SET", "k", "v"]),
                     entry(["SLOWLOG", "RESET"])]),
])
case("count", [
    ("SLOWLOG RESET", OK), ("SET k v", OK), ("GET k", "v"),
    ("SLOWLOG GET 1", [entry(["GET", "k"])]),
    ("SLOWLOG GET 2", [entry(["SLOWLOG", "GET", "1"]), entry(["GET", "k"])]),
    ("SLOWLOG GET 0", []), ("SLOWLOG GET 100", ListOf(ANY, 6)),
    ("slowlog get -1", ListOf(ANY, 7)),
])
case("ten-unless-told", [("SLOWLOG RESET", OK)] + [
    ("GET k%d" % i, NIL) for i in range(15)] + [
    ("SLOWLOG GET", ListOf(ANY, 10)), ("SLOWLOG LEN", 17)])
case("len", [
    ("SLOWLOG RESET", OK), ("SLOWLOG LEN", 1), ("SLOWLOG LEN", 2),
    ("SLOWLOG RESET", OK), ("slowlog len", 1),
])
case("name-of-the-client", [
    ("CLIENT SETNAME me", OK), ("SLOWLOG RESET", OK), ("SET k v", OK),
    ("SLOWLOG GET 1", [entry(["SET", "k", "v"], "me")]),
])
case("many-arguments-are-cut", [
    ("SLOWLOG RESET", OK), (["DEL"] + ["k%d" % i for i in range(40)], 0),
    ("SLOWLOG GET 1", [entry(["DEL"] + ["k%d" % i for i in range(30)] + [
        "... (10 more arguments)"])]),
], level=EXACT)
case("long-arguments-are-cut", [
    ("SLOWLOG RESET", OK), ("SET k " + "x" * 200, OK),
    ("SLOWLOG GET 1", [entry(["SET", "k", "x" * 128 +
                              "... (72 more bytes)"])]),
], level=EXACT)
case("what-fails-is-there-too", [
    ("SLOWLOG RESET", OK), ("SET k v", OK), ("INCR k", INT_ERR),
    ("SLOWLOG GET 1", [entry(["INCR", "k"])]),
])
area("server.slowlog", contexts=("plain", "inline"), config={
    "slowlog-log-slower-than": "0", "slowlog-max-len": "2"})("max-len", [
        ("SLOWLOG RESET", OK), ("SET a 1", OK), ("SET b 2", OK),
        ("SET c 3", OK), ("SLOWLOG LEN", 2),
        ("SLOWLOG GET", [entry(["SLOWLOG", "LEN"]),
                         entry(["SET", "c", "3"])]),
    ])
case = area("server.slowlog", config={"slowlog-log-slower-than": "-1"})
case("off", [
    ("SLOWLOG RESET", OK), ("SET k v", OK), ("SLOWLOG LEN", 0),
    ("SLOWLOG GET", []), ("SLOWLOG GET -1", []),
])
case("only-what-is-slow", [
    ("SLOWLOG RESET", OK), ("CONFIG SET slowlog-log-slower-than 20000", OK),
    ("DEBUG SLEEP 0.03", OK),
    ("CONFIG SET slowlog-log-slower-than -1", OK),
    ("SLOWLOG GET", Shape(lambda got: any(
        e.v[2].v >= 30000 and [a.v for a in e.v[3].v] == [
            b"DEBUG", b"SLEEP", b"0.03"] for e in got.v),
        "an entry for DEBUG SLEEP 0.03")),
], contexts="plain")
case("bad-count", [
    ("SLOWLOG GET " + n,
     E("ERR count should be greater than or equal to -1"))
    for n in ("-2", "abc", "1.5", "-9223372036854775808")])
case("unknown-subcommand", [
    ("SLOWLOG NOPE", unknown("SLOWLOG")),
    ("SLOWLOG nope x", unknown("SLOWLOG", "nope")),
])

# ---- LATENCY ---------------------------------------------------------------

case = area("server.latency", config={"latency-monitor-threshold": "20"},
            contexts="plain")
case("an-event", [
    ("LATENCY RESET", ANY), ("DEBUG SLEEP 0.03", OK),
    ("LATENCY LATEST", Shape(lambda got: type(got) is Array and any(
        e.v[0] == Bulk("command") and e.v[2].v >= 30 and
        e.v[3].v >= e.v[2].v and e.v[1].v > 10**9 for e in got.v),
        "an entry [command, time, milliseconds, their maximum]")),
    ("LATENCY HISTORY command", ListOf(
        [Between(10**9, 10**11), Between(20, 10**5)], (1, 5))),
    ("LATENCY RESET command", 1), ("LATENCY HISTORY command", []),
])
case("graph", [
    ("LATENCY RESET", ANY), ("DEBUG SLEEP 0.03", OK),
    ("LATENCY GRAPH command", V("txt", words(
        rb"command - high \d+ ms, low \d+ ms"))),
])
case("doctor", [("LATENCY DOCTOR", V("txt", Re(rb".+")))])
case("reset", [
    ("LATENCY RESET", Between(0, 20)), ("DEBUG SLEEP 0.03", OK),
    ("LATENCY RESET nope", 0), ("LATENCY RESET nope command", 1),
])
case = area("server.latency", config={"latency-monitor-threshold": "0"})
case("off", [
    ("LATENCY RESET", ANY), ("LATENCY LATEST", []),
    ("LATENCY HISTORY command", []), ("LATENCY HISTORY nope", []),
    ("LATENCY RESET", 0), ("LATENCY RESET a b", 0),
])
case("graph-of-none", [
    ("LATENCY GRAPH nope",
     E("ERR No samples available for event 'nope'")),
])
case("doctor-off", [("LATENCY DOCTOR", V("txt", Re(rb".+")))])
case("unknown-subcommand", [("LATENCY NOPE", unknown("LATENCY"))])
COUNTED = M([("calls", Between(1, 100)), ("histogram_usec", Shape(
    lambda got: type(got) in (Array, Map) and len(got.v) > 0 and all(
        type(x) is Int for x in (
            got.v if type(got) is Array else sum(got.v, ()))),
    "a map of integers"))])
case("histogram", [
    ("CONFIG RESETSTAT", OK), ("SET k v", OK), ("GET k", "v"),
    ("LATENCY HISTOGRAM get", M([("get", COUNTED)])),
    ("latency histogram GET set nope", M([("get", COUNTED),
                                          ("set", COUNTED)])),
    ("LATENCY HISTOGRAM", M([("get", COUNTED), ("set", COUNTED)],
                            more=True)),
], contexts=ORDERED)
case("histogram-of-none", [
    ("LATENCY HISTOGRAM nope", M([])), ("CONFIG RESETSTAT", OK),
    ("LATENCY HISTOGRAM append", M([])),
])
case("histogram-of-subcommands", [
    ("CONFIG RESETSTAT", OK), ("CLIENT GETNAME", NIL),
    ("LATENCY HISTOGRAM client", M([("client|getname", COUNTED)])),
    ("LATENCY HISTOGRAM client|getname", M([("client|getname", COUNTED)])),
], level=EXACT, contexts="plain")

# ---- MODULE, LOLWUT, HELP --------------------------------------------------

case = area("server.module")
case("list", [("MODULE LIST", []), ("module list", [])])
case("unknown-subcommand", [("MODULE NOPE", unknown("MODULE"))])
FORBIDDEN = EP("ERR MODULE command not allowed. If the "
               "enable-module-command option is set to ")
case("loading-is-not-allowed", [
    ("MODULE LOAD /nope.so", FORBIDDEN), ("MODULE LOAD /nope.so a b",
                                          FORBIDDEN),
    ("MODULE LOADEX /nope.so CONFIG a b", FORBIDDEN),
    ("MODULE LOADEX /nope.so ARGS", FORBIDDEN),
    ("MODULE UNLOAD nope", FORBIDDEN),
], level=SHOULD, contexts=(
    "plain", "pipelined", "bytewise", "split", "inline"))
case("no-such-module", [
    ("MODULE LOAD /nope.so",
     EP("ERR Error loading the extension. Please check the server logs.")),
    ("MODULE LOADEX /nope.so ARGS a",
     EP("ERR Error loading the extension. Please check the server logs.")),
    ("MODULE LOADEX /nope.so CONFIG a", EP("ERR ")),
    ("MODULE UNLOAD nope", EP("ERR Error unloading module: no such module "
                              "with that name")),
    ("MODULE LIST", []),
], options={"enable-module-command": "yes"}, contexts="plain", level=EXACT)

case = area("server.lolwut")
RELEASE = words(rb"ver\. \d+\.\d+\.\d+\n")
case("ends-in-the-version", [
    ("LOLWUT", V("txt", RELEASE)), ("lolwut", V("txt", RELEASE)),
], level=EXACT)
case("version", [
    ("LOLWUT VERSION 99", V("txt", RELEASE)),
    ("LOLWUT VERSION 5", V("txt", RELEASE)),
    ("LOLWUT VERSION 5 1 1 1", V("txt", RELEASE)),
    ("LOLWUT VERSION 6 2 2", V("txt", RELEASE)),
], level=EXACT)
case("not-int", [
    ("LOLWUT VERSION abc", INT_ERR), ("LOLWUT VERSION 5 a", INT_ERR),
    ("LOLWUT VERSION 6 a", INT_ERR),
], level=EXACT)


def help_of(name):
    """A head, lines on subcommands, those on HELP last."""
    def form(got):
        if type(got) is not Array or len(got.v) < 3 or any(
                type(line) is not Simple for line in got.v):
            return False
        text = [line.v.decode() for line in got.v]
        return (text[0].startswith(name + " <subcommand> ") and
                text[-2] == "HELP" and text[-1].startswith("    "))
    return form


for name in ("OBJECT", "COMMAND", "CONFIG", "LATENCY", "MEMORY", "SLOWLOG",
             "MODULE", "DEBUG"):
    area("server.help")(name.lower(), [
        (name + " HELP", ListOf(Re(rb".+", Simple), (3, 1000))),
        (name + " help", Exact(Shape(
            help_of(name), "head, subcommands with indented text, HELP")))])
    if name != "DEBUG":
        area("server.help")(name.lower() + "-names-every-subcommand", [
            (name + " HELP", Exact(Shape(
                lambda got, name=name: {
                    sub.split()[1] for sub in COMMANDS
                    if sub.startswith(name + " ")} <= {
                        line.v.decode().split()[0] for line in got.v
                        if line.v}, "a line for every subcommand"))),
        ], needs=[sub for sub in COMMANDS if sub.startswith(name + " ")])

# ---- memory that runs out --------------------------------------------------

OOM = E("OOM command not allowed when used memory > 'maxmemory'.")
case = area("server.maxmemory", contexts=("plain", "pipelined"))
FULL = ("CONFIG SET maxmemory-policy noeviction maxmemory 1", OK)
for line in ("SET a b", "SET k b", "SETNX a 1", "APPEND k x", "INCR n",
             "DECR n", "INCRBY n 1", "INCRBYFLOAT n 1", "MSET a b",
             "MSETNX a b", "GETSET k b", "SETEX a 1 b", "PSETEX a 1 b",
             "SETRANGE k 0 x", "COPY k a", "RPUSH l a", "SADD s a",
             "HSET h f v", "ZADD z 1 a", "XADD x * f v", "SETBIT b 1 1",
             "PFADD p a", "GEOADD g 1 1 a", "RESTORE a 0 x", "SORT k"):
    case("refuses-" + line.split()[0].lower() + (
        "-of-a-key-that-is-there" if line == "SET k b" else ""), [
        ("MSET k v n 1", OK), FULL, (line, OOM),
        ("CONFIG SET maxmemory 0", OK), ("MGET k n", ["v", "1"])])
case("lets-pass-what-needs-no-memory", [
    ("MSET k v n 1 v1 1", OK), ("SET volatile v EX 100", OK), FULL,
    ("GET k", "v"), ("EXPIRE k 100", 1), ("PERSIST k", 1),
    ("GETEX k EX 9", "v"), ("RENAME k k2", OK), ("MOVE k2 1", 1),
    ("DEL v1", 1), ("GETDEL n", "1"), ("EXISTS volatile", 1), ("DBSIZE", 1),
    ("FLUSHALL", OK),
])
case("lets-pass-what-makes-less", [
    ("RPUSH l a b", 2), ("SADD s a b", 2), ("HSET h f v", 1),
    ("ZADD z 1 a", 1), FULL, ("LPOP l", "a"), ("SREM s a", 1),
    ("HDEL h f", 1), ("ZREM z a", 1), ("UNLINK l s", 2), ("DBSIZE", 0),
])
case("arity-first", [("SET k v", OK), FULL, ("SET a", arity("set"))])
case("in-a-transaction", [
    ("SET k v", OK), FULL, ("MULTI", OK), ("SET a b", OOM),
    ("GET k", OOM), ("EXEC", EP("EXECABORT ")), ("GET k", "v"),
], contexts=PLAIN)
for policy in ("allkeys-lru", "allkeys-lfu", "allkeys-random"):
    case("evicts-to-the-last-key-" + policy, [
        (["MSET"] + [x for i in range(100) for x in ("k%d" % i, "v")], OK),
        ("CONFIG SET maxmemory 1 maxmemory-policy " + policy, OK),
        ("SET a b", Eventually(OOM)), ("DBSIZE", Eventually(0)),
        ("CONFIG SET maxmemory 0", OK), ("SET a b", OK),
    ], contexts="plain")
for policy in ("volatile-lru", "volatile-lfu", "volatile-random",
               "volatile-ttl"):
    case("evicts-only-keys-with-ttl-" + policy, [
        (["MSET"] + [x for i in range(50) for x in ("k%d" % i, "v")], OK),
    ] + [("EXPIRE k%d 1000" % i, 1) for i in range(30)] + [
        ("CONFIG SET maxmemory 1 maxmemory-policy " + policy, OK),
        ("SET a b", Eventually(OOM)), ("DBSIZE", Eventually(20)),
        (["EXISTS"] + ["k%d" % i for i in range(30, 50)], 20),
    ], contexts="plain")


REPLIES = {
    "FLUSHALL": "simple error", "FLUSHDB": "simple error",
    "SWAPDB": "simple error", "DBSIZE": "int", "TIME": "array",
    "SAVE": "simple error", "LASTSAVE": "int", "BGSAVE": "simple error",
    "BGREWRITEAOF": "simple", "SHUTDOWN": "error", "ROLE": "array",
    "REPLICAOF": "simple error", "SLAVEOF": "simple error",
    "FAILOVER": "error",            # OK would need a replica
    "REPLCONF": "simple error", "PSYNC": "error",
    "MEMORY": "error", "MEMORY USAGE": "int null error",
    "MEMORY STATS": "map", "MEMORY PURGE": "simple",
    "MEMORY DOCTOR": "verbatim", "MEMORY MALLOC-STATS": "verbatim",
    "MEMORY HELP": "array", "SLOWLOG": "error", "SLOWLOG HELP": "array",
    "SLOWLOG GET": "array error", "SLOWLOG LEN": "int",
    "SLOWLOG RESET": "simple", "LATENCY": "error", "LATENCY HELP": "array",
    "LATENCY DOCTOR": "verbatim", "LATENCY GRAPH": "verbatim error",
    "LATENCY HISTOGRAM": "map", "LATENCY HISTORY": "array",
    "LATENCY LATEST": "array", "LATENCY RESET": "int", "MODULE": "error",
    "MODULE LIST": "array", "MODULE HELP": "array",
    "MODULE LOAD": "error", "MODULE LOADEX": "error",
    "MODULE UNLOAD": "error",       # OK would need a module
    "LOLWUT": "verbatim error",
}
