"""What a server tells about itself: MONITOR, SLOWLOG, LATENCY and INFO beside
what monitor.py, server.py and info.py have; CLIENT NO-EVICT."""

from conformance.cases import *  # noqa: F403
from conformance.cases.config import failed, settings
from conformance.cases.info import field, text
from conformance.cases.monitor import REPLICA, RESET, line
from conformance.cases.server import ALL, entry

BAD_SUB = ("ERR unknown subcommand or wrong number of arguments for '%s'. "
           "Try %s HELP.")
RANGE = "argument must be between %s and 9223372036854775807 inclusive"

# ---- MONITOR ---------------------------------------------------------------

case = area("session.monitor", needs=("MONITOR",),
            contexts=("plain", "bytewise"))
case("again-says-nothing", [
    ("MONITOR", OK), ("MONITOR", NOTHING),
    ("PING", Replies(PONG, line('"PING"'))), ("RESET", RESET),
])
case("in-a-transaction", [
    ("MULTI", OK), ("MONITOR", QUEUED),
    ("EXEC", [Exact(E("ERR MONITOR isn't allowed for DENY BLOCKING "
                      "client"))]), ("PING", PONG),
])
case("hello-with-password", [
    ("b", "PING", PONG), ("MONITOR", OK),
    ("b", "HELLO 2 AUTH default pw SETNAME n", ANY),
    (b"", line('"HELLO"', '"2"', '"AUTH"', '"(redacted)"', '"(redacted)"',
               '"SETNAME"', '"n"')),
    ("b", "AUTH default no", ANY),
    (b"", line('"AUTH"', '"(redacted)"', '"(redacted)"')),
    ("RESET", RESET),
])
case("cannot-queue-what-touches-keys", [
    ("MONITOR", OK), ("MULTI", Replies(OK, line('"MULTI"'))),
    ("SET k v", REPLICA), ("PUBLISH c x", REPLICA),
    ("EXEC", Replies(EP("EXECABORT"), line('"EXEC"'))),
    ("SPUBLISH c x", REPLICA), ("RESET", RESET), ("EXISTS k", 0),
], level=EXACT)
case("replies-off", [
    ("b", "PING", PONG), ("MONITOR", OK), ("CLIENT REPLY OFF", NOTHING),
    ("b", "SET k v", OK), ("b", "GET k", "v"),
    ("RESET", RESET), ("PING", PONG),
])
case("flag", [
    ("MONITOR", OK),
    ("CLIENT INFO", Replies(V("txt", Re(rb".* flags=O .*")),
                            line('"CLIENT"', '"INFO"'))),
    ("RESET", RESET), ("CLIENT INFO", V("txt", Re(rb".* flags=N .*"))),
])
# ---- SLOWLOG ---------------------------------------------------------------

case = area("server.slowlog", config=ALL, contexts=("plain", "inline"))
case("secrets", [
    ("SLOWLOG RESET", OK), ("AUTH u pw", ANY), ("HELLO 2 AUTH u pw", ANY),
    ("CONFIG SET maxmemory 0 requirepass", ANY), ("CONFIG GET timeout", ANY),
    ("SLOWLOG GET 4", [
        entry(["CONFIG", "GET", "timeout"]),
        entry(["CONFIG", "SET", "maxmemory", "0", "requirepass"]),
        entry(["HELLO", "2", "AUTH", "(redacted)", "(redacted)"]),
        entry(["AUTH", "(redacted)", "(redacted)"])]),
])
case("secret-parameters", [
    ("SLOWLOG RESET", OK),
    (("CONFIG", "SET", "timeout", "0", "requirepass", ""), OK),
    ("SLOWLOG GET 1", [entry(["CONFIG", "SET", "timeout", "0", "requirepass",
                              "(redacted)"])]),
])
case("transactions-by-their-commands", [
    ("SLOWLOG RESET", OK), ("MULTI", OK), ("SET k v", QUEUED),
    ("GET k", QUEUED), ("EXEC", [OK, "v"]),
    ("SLOWLOG GET", [entry(["GET", "k"]), entry(["SET", "k", "v"]),
                     entry(["MULTI"]), entry(["SLOWLOG", "RESET"])]),
])
case("refused-is-not-there", [
    ("SLOWLOG RESET", OK), ("GET", arity("get")), ("NOSUCH", ANY),
    ("SLOWLOG GET", [entry(["SLOWLOG", "RESET"])]),
])
case("limits-of-what-is-kept", [
    ("SLOWLOG RESET", OK), (["DEL"] + ["k%d" % i for i in range(31)], 0),
    ("SLOWLOG GET 1", [entry(["DEL"] + ["k%d" % i for i in range(31)])]),
    (["DEL"] + ["k%d" % i for i in range(32)], 0),
    ("SLOWLOG GET 1", [entry(["DEL"] + ["k%d" % i for i in range(30)] + [
        "... (2 more arguments)"])]),
    ("SET k " + "x" * 128, OK),
    ("SLOWLOG GET 1", [entry(["SET", "k", "x" * 128])]),
    ("SET k " + "x" * 129, OK),
    ("SLOWLOG GET 1", [entry(["SET", "k", "x" * 128 +
                              "... (1 more bytes)"])]),
], level=EXACT)
case("arity-and-names", [
    ("SLOWLOG GET 1 2", E(BAD_SUB % ("GET", "SLOWLOG"))),
    ("SLOWLOG LEN x", arity("slowlog|len")),
    ("SLOWLOG RESET x", arity("slowlog|reset")),
    ("SLOWLOG", arity("slowlog")),
], level=EXACT)
case("shorter-limit", [
    ("SLOWLOG RESET", OK), ("SET a 1", OK), ("SET b 1", OK), ("SET c 1", OK),
    ("CONFIG SET slowlog-max-len 2", OK), ("SLOWLOG LEN", 2),
    ("CONFIG SET slowlog-max-len 0", OK), ("SLOWLOG LEN", 0),
], contexts="plain")
case("parameters", [
    ("CONFIG SET slowlog-log-slower-than -2",
     failed("slowlog-log-slower-than", RANGE % -1)),
    ("CONFIG SET slowlog-max-len -1", failed("slowlog-max-len", RANGE % 0)),
    ("CONFIG GET slowlog-max-len", settings("slowlog-max-len", "128")),
], level=EXACT, contexts="plain")

# ---- LATENCY ---------------------------------------------------------------

case = area("server.latency", contexts="plain")
case("histogram-of-calls", [
    ("CONFIG RESETSTAT", OK), ("SET k v", OK), ("GET k", "v"),
    ("GET k", "v"), ("INCR k", INT_ERR), ("GET", arity("get")),
    ("CLIENT GETNAME", NIL), ("CLIENT ID", ANY),
    ("LATENCY HISTOGRAM get incr nope set", M([
        ("get", M([("calls", 2), ("histogram_usec", ANY)])),
        ("incr", M([("calls", 1), ("histogram_usec", M([(ANY, 1)]))])),
        ("set", M([("calls", 1), ("histogram_usec", M([(ANY, 1)]))]))])),
    ("LATENCY HISTOGRAM client|id", M([
        ("client|id", M([("calls", 1), ("histogram_usec", ANY)]))])),
    ("LATENCY HISTOGRAM mset", M([])),
])
case("histogram-of-a-container", [
    ("CONFIG RESETSTAT", OK), ("CLIENT GETNAME", NIL),
    ("LATENCY HISTOGRAM client", M([
        ("client|getname", M([("calls", 1), ("histogram_usec", ANY)]))])),
])
case("histogram-off", [
    ("CONFIG SET latency-tracking no", OK), ("CONFIG RESETSTAT", OK),
    ("SET k v", OK), ("LATENCY HISTOGRAM set", M([])),
    ("INFO latencystats", text(lambda got: not got["Latencystats"], "empty")),
    ("INFO commandstats", field("Commandstats", "cmdstat_set", "calls=1,.*")),
], config={"latency-tracking": "yes"})
case("reset-of-statistics", [
    ("SET k v", OK), ("CONFIG RESETSTAT", OK),
    ("LATENCY HISTOGRAM set", M([])),
    ("INFO commandstats", text(
        lambda got: "cmdstat_set" not in got["Commandstats"], "without SET")),
])
case("arity-and-names", [
    ("LATENCY GRAPH", arity("latency|graph")),
    ("LATENCY HISTORY", arity("latency|history")),
    ("LATENCY LATEST x", arity("latency|latest")),
    ("LATENCY DOCTOR x", arity("latency|doctor")),
    ("LATENCY GRAPH COMMAND",
     E("ERR No samples available for event 'COMMAND'")),
], level=EXACT)
case("graph-of-one-sample", [
    ("LATENCY RESET", ANY), ("DEBUG SLEEP 0.03", OK),
    ("LATENCY GRAPH command", V("txt", Re(
        rb"command - high (\d+) ms, low \1 ms \(all time high \1 ms\)\n"
        rb"-{80}\n \n \n \n_\n \n\d\ns\n"))),
], config={"latency-monitor-threshold": "20"}, level=EXACT)

PERCENTILES = "latency-tracking-info-percentiles"
case = area("server.latency.percentiles", contexts="plain",
            config={PERCENTILES: "50 99 99.9"})
case("shown", [
    ("CONFIG RESETSTAT", OK), ("SET k v", OK),
    (("CONFIG", "SET", PERCENTILES, "0 33.3333333 100"), OK),
    ("CONFIG GET " + PERCENTILES, settings(PERCENTILES, "0 33.333333 100")),
    ("INFO latencystats", field(
        "Latencystats", "latency_percentiles_usec_set",
        r"p0=\d+\.\d{3},p33\.333333=\d+\.\d{3},p100=\d+\.\d{3}")),
], level=EXACT)
case("none", [
    (("CONFIG", "SET", PERCENTILES, ""), OK),
    ("CONFIG GET " + PERCENTILES, settings(PERCENTILES, "")),
])
for name, value, why in [
    ("above", "101", "latency-tracking-info-percentiles parameters should "
     "sit between [0.0,100.0]"),
    ("below", "-1", "latency-tracking-info-percentiles parameters should "
     "sit between [0.0,100.0]"),
    ("no-number", "x", "Invalid latency-tracking-info-percentiles "
     "parameters"),
    ("comma", "50,99", "Invalid latency-tracking-info-percentiles "
     "parameters"),
]:
    case(name, [
        (("CONFIG", "SET", PERCENTILES, value), failed(PERCENTILES, why)),
        ("CONFIG GET " + PERCENTILES, settings(PERCENTILES, "50 99 99.9")),
    ], level=EXACT)

# ---- INFO ------------------------------------------------------------------

case = area("server.info", contexts=("plain", "pipelined"))
case("commandstats-of-transactions", [
    ("CONFIG RESETSTAT", OK), ("SET k x", OK), ("MULTI", OK),
    ("INCR k", QUEUED), ("INCR", arity("incr")), ("EXEC", EP("EXECABORT")),
    ("MULTI", OK), ("INCR k", QUEUED), ("GET k", QUEUED),
    ("EXEC", [INT_ERR, "x"]),
    ("INFO commandstats", field("Commandstats", "cmdstat_incr",
                                r"calls=1,.*,rejected_calls=1,"
                                r"failed_calls=1")),
    ("INFO commandstats", field("Commandstats", "cmdstat_exec",
                                r"calls=2,.*,rejected_calls=0,"
                                r"failed_calls=1")),
    ("INFO commandstats", field("Commandstats", "cmdstat_multi",
                                r"calls=2,.*")),
], level=EXACT)
case("commandstats-of-refusals", [
    ("CONFIG RESETSTAT", OK), ("CONFIG", arity("config")),
    ("CONFIG nope", EP("ERR")), ("NOSUCH", EP("ERR")),
    ("INFO commandstats", text(
        lambda got: {*got["Commandstats"]} == {
            "cmdstat_config", "cmdstat_config|resetstat"},
        "CONFIG and CONFIG RESETSTAT")),
    ("INFO commandstats", field("Commandstats", "cmdstat_config",
                                r"calls=0,usec=0,usec_per_call=0\.00,"
                                r"rejected_calls=1,failed_calls=0")),
], level=EXACT)
COUNTERS = """total_net_repl_input_bytes total_net_repl_output_bytes sync_full
    sync_partial_ok sync_partial_err expired_time_cap_reached_count
    expire_cycle_cpu_milliseconds evicted_clients
    total_eviction_exceeded_time current_eviction_exceeded_time
    pubsub_channels pubsub_patterns pubsubshard_channels
    migrate_cached_sockets slave_expires_tracked_keys active_defrag_hits
    active_defrag_misses active_defrag_key_hits active_defrag_key_misses
    total_active_defrag_time current_active_defrag_time tracking_total_keys
    tracking_total_items tracking_total_prefixes unexpected_error_replies
    dump_payload_sanitizations total_reads_processed total_writes_processed
    io_threaded_reads_processed io_threaded_writes_processed
    reply_buffer_shrinks reply_buffer_expands""".split()
case("counters-of-stats", [
    ("INFO stats", field("Stats", name, r"\d+")) for name in COUNTERS])
case("rates-of-stats", [
    ("INFO stats", field("Stats", "instantaneous_%s_kbps" % name,
                         r"\d+\.\d\d"))
    for name in ("input", "output", "input_repl", "output_repl")])
case("channels-of-stats", [
    ("b", "SUBSCRIBE a", ANY),
    ("INFO stats", field("Stats", "pubsub_channels", "1")),
    ("INFO stats", field("Stats", "pubsub_patterns", "0")),
    ("b", "UNSUBSCRIBE a", ANY),
], contexts="plain")
case("sections-that-have-to-be-asked-for", [
    ("INFO default", text(
        lambda got: "Commandstats" not in got and "Latencystats" not in got,
        "without them")),
    ("INFO all", text(
        lambda got: {"Commandstats", "Latencystats"} <= {*got},
        "with them")),
], contexts="plain")

# ---- clients that take much memory -----------------------------------------

case = area("session.client")
case("no-evict-flag", [
    ("CLIENT NO-EVICT ON", OK),
    ("CLIENT INFO", V("txt", Re(rb".* flags=e .*"))),
    ("CLIENT NO-EVICT OFF", OK),
    ("CLIENT INFO", V("txt", Re(rb".* flags=N .*"))),
], contexts=("plain", "pipelined", "inline"))
case("no-evict-after-reset", [
    ("CLIENT NO-EVICT ON", OK), ("RESET", RESET),
    ("CLIENT INFO", V("txt", Re(rb".* flags=e .*"))),
], contexts="plain")

LIMIT = "maxmemory-clients"
case = area("server.config.maxmemory-clients", config={LIMIT: "0"},
            contexts="plain")
for value, shown in [("5%", "5%"), ("100%", "100%"), ("0%", "0"),
                     ("10mb", "10485760"), ("0", "0")]:
    case("to-" + value.replace("%", "-percent"), [
        (("CONFIG", "SET", LIMIT, value), OK),
        ("CONFIG GET " + LIMIT, settings(LIMIT, shown)),
        ("PING", PONG),
    ])
for value, why in [
    ("101%", "percentage argument must be less or equal to 100"),
    ("x", "argument must be a memory or percent value"),
    ("-1", "argument must be a memory or percent value"),
    ("-5%", "argument must be a memory or percent value"),
    ("1.5%", "argument must be a memory or percent value"),
    ("%", "argument must be a memory or percent value"),
]:
    case("not-to-" + value.replace("%", "-percent").replace("1.5", "1-5"), [
        (("CONFIG", "SET", LIMIT, value), failed(LIMIT, why)),
        ("CONFIG GET " + LIMIT, settings(LIMIT, "0")),
    ], level=EXACT)

# ---- later -----------------------------------------------------------------

case = area("server.slowlog", since="8.8", contexts="plain", config=ALL)
case("how-much-is-kept", [
    ("SLOWLOG RESET", OK), ("CONFIG SET slowlog-entry-max-argc 3", OK),
    ("CONFIG SET slowlog-entry-max-string-len 4", OK),
    ("SET k " + "x" * 10, OK),
    ("SLOWLOG GET 1", [entry(["SET", "k", "xxxx... (6 more bytes)"])]),
    ("DEL a b c", 0),
    ("SLOWLOG GET 1", [entry(["DEL", "a", "... (2 more arguments)"])]),
    ("CONFIG SET slowlog-entry-max-argc 32", OK),
    ("CONFIG SET slowlog-entry-max-string-len 128", OK),
])
