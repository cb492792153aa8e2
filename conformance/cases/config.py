"""CONFIG."""

from conformance.cases import *  # noqa: F403

NOT_MEMORY = "argument must be a memory value"
NOT_A_NUMBER = "argument couldn't be parsed into an integer"
IMMUTABLE = "can't set immutable config"
OUTPUT = "client-output-buffer-limit"
DEFAULT_OUTPUT = ("normal 0 0 0 slave 268435456 67108864 60 pubsub "
                  "33554432 8388608 60")
# What the cases find, whatever the server was started with.
CLEAN = {"maxmemory": "0", "maxmemory-policy": "noeviction", "timeout": "0",
         "maxmemory-samples": "5"}


def failed(name, why):
    return E("ERR CONFIG SET failed (possibly related to argument '%s') - %s"
             % (name, why))


def no_option(name):
    return E("ERR Unknown option or number of arguments for CONFIG SET - '%s'"
             % name)


def between(low, high):
    return "argument must be between %d and %d inclusive" % (low, high)


def settings(*args):
    """CONFIG GET of one thing: ("maxmemory", "0")."""
    return M([*zip(args[::2], args[1::2])])


# ---- GET -------------------------------------------------------------------

case = area("server.config.get", config=CLEAN)
case("one", [
    ("CONFIG GET maxmemory", settings("maxmemory", "0")),
    ("config get maxmemory", settings("maxmemory", "0")),
])
case("none", [
    ("CONFIG GET nope", M([])), ("CONFIG GET nope*", M([])),
    (("CONFIG", "GET", ""), M([])), ("CONFIG GET [", M([])),
])
case("several", [
    ("CONFIG GET maxmemory timeout databases",
     settings("maxmemory", "0", "timeout", "0", "databases", Re(rb"\d+"))),
    ("CONFIG GET maxmemory nope", settings("maxmemory", "0")),
])
case("named-twice-comes-once", [
    ("CONFIG GET maxmemory maxmemory", settings("maxmemory", "0")),
    ("CONFIG GET [lm]axmemory maxm?mory", settings("maxmemory", "0")),
])
case("patterns", [
    ("CONFIG GET maxmemory-polic?",
     settings("maxmemory-policy", "noeviction")),
    ("CONFIG GET MAXMEMORY-POLIC*",
     settings("maxmemory-policy", "noeviction")),
    ("CONFIG GET maxmemory-samp[kl]es", settings("maxmemory-samples", "5")),
])
case("a-name-comes-as-it-was-asked-for", [
    ("config get MaxMemory", settings("MaxMemory", "0")),
], level=EXACT)
case("kinds-of-values", [
    ("CONFIG GET appendonly", settings("appendonly", Re(rb"yes|no"))),
    ("CONFIG GET save", settings("save", Re(rb"(\d+ \d+ ?)*"))),
    ("CONFIG GET requirepass", settings("requirepass", Re(rb".*"))),
    ("CONFIG GET proto-max-bulk-len client-query-buffer-limit",
     settings("proto-max-bulk-len", Re(rb"\d+"),
              "client-query-buffer-limit", Re(rb"\d+"))),
    ("CONFIG GET tcp-keepalive maxclients",
     settings("tcp-keepalive", Re(rb"\d+"), "maxclients", Re(rb"\d+"))),
    ("CONFIG GET enable-debug-command",
     settings("enable-debug-command", Re(rb"no|yes|local"))),
])


@case.script("every-parameter-by-its-name", needs=("CONFIG GET",),
             contexts="plain")
def every_parameter():
    """* gives each once; asked for by name it is the same."""
    got = yield "CONFIG GET *", M([("maxmemory", "0"), ("timeout", "0")],
                                  more=True)
    pairs = (got.v if isinstance(got, Map) else
             [*zip(got.v[::2], got.v[1::2])])
    names = [k.v for k, _ in pairs]
    yield "PING", Shape(lambda _: len({*names}) == len(names),
                        "no parameter twice in CONFIG GET *")
    for k, v in pairs:
        yield ("CONFIG", "GET", k.v), settings(k.v, v)

# ---- SET -------------------------------------------------------------------


case = area("server.config.set", config=CLEAN)
case("one", [
    ("CONFIG SET timeout 7", OK),
    ("CONFIG GET timeout", settings("timeout", "7")),
    ("config set TimeOut 8", OK),
    ("CONFIG GET timeout", settings("timeout", "8")),
])
case("several", [
    ("CONFIG SET timeout 0 maxmemory-samples 6 maxmemory 100mb", OK),
    ("CONFIG GET timeout maxmemory-samples maxmemory",
     settings("timeout", "0", "maxmemory-samples", "6", "maxmemory",
              "104857600")),
])
case("words-in-any-case", [
    ("CONFIG SET maxmemory-policy ALLKEYS-LRU", OK),
    ("CONFIG GET maxmemory-policy",
     settings("maxmemory-policy", "allkeys-lru")),
    ("CONFIG SET protected-mode NO", OK),
    ("CONFIG GET protected-mode", settings("protected-mode", "no")),
    ("CONFIG SET protected-mode yes", OK),
])
case("all-or-nothing", [
    ("CONFIG SET maxmemory 100mb timeout abc",
     failed("timeout", NOT_A_NUMBER)),
    ("CONFIG SET maxmemory 100mb nope 1", no_option("nope")),
    ("CONFIG SET nope 1 maxmemory 100mb", no_option("nope")),
    ("CONFIG SET maxmemory 100mb databases 3",
     failed("databases", IMMUTABLE)),
    ("CONFIG SET timeout 9 maxmemory abc", failed("maxmemory", NOT_MEMORY)),
    ("CONFIG GET maxmemory timeout",
     settings("maxmemory", "0", "timeout", "0")),
])
case("duplicate", [
    ("CONFIG SET maxmemory 100mb maxmemory 200mb",
     failed("maxmemory", "duplicate parameter")),
    ("CONFIG SET maxmemory 100mb MAXMEMORY 200mb",
     failed("MAXMEMORY", "duplicate parameter")),
    ("CONFIG GET maxmemory", settings("maxmemory", "0")),
])
case("unknown", [
    ("CONFIG SET nope 1", no_option("nope")),
    (("CONFIG", "SET", "", "1"), no_option("")),
    ("CONFIG SET max* 1", no_option("max*")),
])
case("odd-number-of-arguments", [
    ("CONFIG SET maxmemory 100mb timeout", SYNTAX),
    ("CONFIG GET maxmemory", settings("maxmemory", "0")),
])
case("memory-units", [x for said, is_ in (
    ("1000000000", "1000000000"), ("200000k", "200000000"),
    ("200000kb", "204800000"), ("200m", "200000000"),
    ("200mb", "209715200"), ("1g", "1000000000"), ("1gb", "1073741824"),
    ("1G", "1000000000"), ("1Gb", "1073741824"),
    ("200000000b", "200000000"), ("200000000B", "200000000"), ("0", "0"),
    ("0kb", "0"),
) for x in ((("CONFIG", "SET", "maxmemory", said), OK),
            ("CONFIG GET maxmemory", settings("maxmemory", is_)))])
case("not-a-memory-value", [
    (("CONFIG", "SET", "maxmemory", said), failed("maxmemory", NOT_MEMORY))
    for said in ("abc", "1xb", "-1", "1.5mb", "1 mb", "mb1", "1mbb", "1kk",
                 "+1", " 1")
] + [("CONFIG GET maxmemory", settings("maxmemory", "0"))])
case("not-a-number", [
    (("CONFIG", "SET", "timeout", said), failed("timeout", NOT_A_NUMBER))
    for said in ("99999999999999999999", "1s", "1.0", "", "abc")
] + [("CONFIG SET maxclients abc", failed("maxclients", NOT_A_NUMBER)),
     ("CONFIG GET timeout", settings("timeout", "0"))])
for name, said, low, high in (
        ("timeout", "-1", 0, 2**31 - 1),
        ("timeout", "2147483648", 0, 2**31 - 1),
        ("tcp-keepalive", "-1", 0, 2**31 - 1),
        ("maxmemory-samples", "0", 1, 2**31 - 1),
        ("maxclients", "0", 1, 2**32 - 1),
        ("lfu-log-factor", "-1", 0, 2**31 - 1),
        ("lfu-decay-time", "-1", 0, 2**31 - 1),
        ("proto-max-bulk-len", "1", 2**20, 2**63 - 1),
        ("client-query-buffer-limit", "1", 2**20, 2**63 - 1)):
    case("range-of-%s-%s" % (name, said), [
        ("CONFIG SET %s %s" % (name, said), failed(
            name, between(low, high)))])
case("not-one-of-the-words", [
    ("CONFIG SET maxmemory-policy nope",
     EP("ERR CONFIG SET failed (possibly related to argument "
        "'maxmemory-policy') - argument(s) must be one of the following: "
        "volatile-lru")),
    ("CONFIG GET maxmemory-policy",
     settings("maxmemory-policy", "noeviction")),
])
case("not-yes-or-no", [
    ("CONFIG SET protected-mode %s" % word,
     failed("protected-mode", "argument must be 'yes' or 'no'"))
    for word in ("2", "true", "1", "on")])
case("immutable", [
    ("CONFIG SET %s %s" % (name, value), failed(name, IMMUTABLE))
    for name, value in (
        ("databases", "3"), ("enable-debug-command", "no"),
        ("unixsocket", "/tmp/x"), ("unixsocketperm", "700"))])
case("takes-effect-at-once", [
    ("CONFIG SET maxmemory 1 maxmemory-policy noeviction", OK),
    ("SET k v", E("OOM command not allowed when used memory > "
                  "'maxmemory'.")),
    ("CONFIG SET maxmemory 0", OK), ("SET k v", OK),
], contexts=("plain", "pipelined", "inline"))

case = area("server.config.output-limit", config={OUTPUT: DEFAULT_OUTPUT})
case("one-class", [
    (("CONFIG", "SET", OUTPUT, "normal 1mb 512kb 10"), OK),
    ("CONFIG GET " + OUTPUT, settings(
        OUTPUT, "normal 1048576 524288 10 slave 268435456 67108864 60 "
        "pubsub 33554432 8388608 60")),
])
case("two-classes", [
    (("CONFIG", "SET", OUTPUT, "pubsub 1 2 3 replica 4 5 6"), OK),
    ("CONFIG GET " + OUTPUT, settings(
        OUTPUT, "normal 0 0 0 slave 4 5 6 pubsub 1 2 3")),
])
for i, (said, why) in enumerate((
        ("normal", "Wrong number of arguments"),
        ("normal 1mb 1mb", "Wrong number of arguments"),
        ("normal 1mb 1mb 1 x", "Wrong number of arguments"),
        ("foo 1 2 3", "Invalid client class specified"),
        ("normal x 2 3", "Error in hard, soft or soft_seconds setting"),
        ("normal 1 x 3", "Error in hard, soft or soft_seconds setting"),
        ("normal 1 2 x", "Error in hard, soft or soft_seconds setting"),
        ("normal 1 2 -1", "Error in hard, soft or soft_seconds setting"))):
    case("error-%d" % i, [
        (("CONFIG", "SET", OUTPUT, said), failed(
            OUTPUT, why + " in buffer limit configuration.")),
        ("CONFIG GET " + OUTPUT, settings(OUTPUT, DEFAULT_OUTPUT))])

# ---- REWRITE, RESETSTAT, errors --------------------------------------------

case = area("server.config")
case("rewrite-without-a-file", [
    ("CONFIG REWRITE", E("ERR The server is running without a config file")),
], level=EXACT)
case("resetstat", [("CONFIG RESETSTAT", OK), ("config resetstat", OK)])
case("unknown-subcommand", [
    ("CONFIG NOPE", E("ERR unknown subcommand 'NOPE'. Try CONFIG HELP.")),
    ("CONFIG nope a b",
     E("ERR unknown subcommand 'nope'. Try CONFIG HELP.")),
    (("CONFIG", "a\r\nb"),
     E("ERR unknown subcommand 'a  b'. Try CONFIG HELP.")),
])


REPLIES = {
    "CONFIG": "error", "CONFIG GET": "map", "CONFIG SET": "simple error",
    "CONFIG RESETSTAT": "simple", "CONFIG HELP": "array",
    "CONFIG REWRITE": "error",      # OK would need a configuration file
}
