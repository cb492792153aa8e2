"""HELLO, AUTH, RESET, SELECT, PING, ECHO, QUIT and CLIENT."""

import re

from conformance.cases import *  # noqa: F403

RESET = Simple("RESET")
NOPROTO = E("NOPROTO unsupported protocol version")
NOT_VERSION = E("ERR Protocol version is not an integer or out of range")
BAD_NAME = E("ERR Client names cannot contain spaces, newlines or special "
             "characters.")
WRONGPASS = E("WRONGPASS invalid username-password pair or user is disabled.")
NOAUTH = E("NOAUTH Authentication required.")
NO_PASSWORD = E("ERR AUTH <password> called without any password configured "
                "for the default user. Are you sure your configuration is "
                "correct?")
HELLO_NOAUTH = E(
    "NOAUTH HELLO must be called with the client already authenticated, "
    "otherwise the HELLO AUTH <user> <pass> option can be used to "
    "authenticate the client and select the RESP protocol version at the "
    "same time")
NO_CLIENT = E("ERR No such client")
BAD_ID = E("ERR client-id should be greater than 0")
INVALID_ID = E("ERR Invalid client ID")
DB_RANGE = E("ERR DB index is out of range")


def tried(name, sub):
    return E("ERR unknown subcommand or wrong number of arguments for '%s'. "
             "Try %s HELP." % (sub, name))


def unknown_type(name):
    return E("ERR Unknown client type '%s'" % name)


# ---- PING, ECHO, QUIT ----------------------------------------------------

case = area("session.ping")
case("ping", [("PING", PONG), ("ping", PONG), ("pInG", PONG)])
case("message", [
    ("PING hi", "hi"), (("PING", ""), ""),
    (("PING", b"\0\r\n\xff"), b"\0\r\n\xff"), ("PING PING", "PING"),
    (("PING", "x" * 100000), "x" * 100000)])
case("arity", [("PING a b", arity("ping")), ("PING", PONG)])

case = area("session.echo")
case("echo", [
    ("ECHO x", "x"), ("eChO x", "x"), (("ECHO", ""), ""),
    (("ECHO", b"\0\r\n\xff"), b"\0\r\n\xff"), ("ECHO -1", "-1"),
    (("ECHO", "$-1\r\n"), "$-1\r\n"), (("ECHO", " a  b "), " a  b ")])
case("long", [(("ECHO", "x" * 1000000), "x" * 1000000), ("PING", PONG)])
case("arity", [("ECHO", arity("echo")), ("ECHO a b", arity("echo"))])

case = area("session.quit")
case("quit", [("PING", PONG), ("QUIT", OK), (b"", CLOSED)])
case("case", [("quit", OK), (b"", CLOSED)])
case("arguments", [("QUIT now please", OK), (b"", CLOSED)])
case("drops-transaction", [
    ("MULTI", OK), ("SET k v", QUEUED), ("QUIT", OK), (b"", CLOSED),
    ("b", "EXISTS k", 0)])
case("nothing-after", [
    (encode("QUIT") + encode("SET", "k", "v"), OK), (b"", CLOSED),
    ("b", "EXISTS k", 0)], needs=("QUIT", "SET"), splits=True)
case("others-stay", [
    ("b", "PING", PONG), ("QUIT", OK), (b"", CLOSED), ("b", "PING", PONG)])

# ---- SELECT --------------------------------------------------------------

case = area("session.select")
case("databases-apart", [
    ("SELECT 1", OK), ("SET k 1", OK), ("SELECT 0", OK), ("GET k", NIL),
    ("SET k 0", OK), ("SELECT 15", OK), ("GET k", NIL), ("select 1", OK),
    ("GET k", "1"), ("SELECT 0", OK), ("GET k", "0")])
case("same", [("SELECT 0", OK), ("SELECT 0", OK), ("PING", PONG)])
case("out-of-range", [
    ("SELECT 1", OK), ("SET k 1", OK), ("SELECT 16", DB_RANGE),
    ("SELECT -1", DB_RANGE), ("SELECT 2147483647", DB_RANGE),
    ("SELECT -2147483648", DB_RANGE), ("GET k", "1")])
case("not-an-integer", [("SELECT 1", OK), ("SET k 1", OK)] + [
    (("SELECT", n), INT_ERR) for n in (
        "abc", "01", "", " 1", "1 ", "1.0", "+1", "-0", "0x1", "1e0", "1\0",
        "99999999999999999999")] + [("GET k", "1")])
case("beyond-32-bits", [
    ("SELECT " + n, E("ERR value is out of range, value must between "
                      "-2147483648 and 2147483647"))
    for n in ("4294967296", "2147483648", "-2147483649",
              "9223372036854775807")])
case("arity", [("SELECT", arity("select")), ("SELECT 1 2", arity("select"))])
case("of-its-connection", [
    ("SELECT 1", OK), ("SET k 1", OK), ("b", "GET k", NIL),
    ("b", "SELECT 1", OK), ("b", "GET k", "1"), ("GET k", "1")])
case("in-transaction", [
    ("SET k 0", OK), ("MULTI", OK), ("SELECT 1", QUEUED),
    ("SET k 1", QUEUED), ("EXEC", [OK, OK]), ("GET k", "1"),
    ("SELECT 0", OK), ("GET k", "0")])

# ---- SWAPDB -------------------------------------------------------------

case = area("session.swapdb")
case("swaps", [
    ("SET k 0", OK), ("SET only0 x PX 100000", OK), ("SELECT 1", OK),
    ("SET k 1", OK), ("SWAPDB 0 1", OK), ("GET k", "0"),
    ("PTTL only0", Between(1, 100000)), ("DBSIZE", 2), ("SELECT 0", OK),
    ("GET k", "1"), ("DBSIZE", 1), ("swapdb 1 0", OK), ("GET k", "0")])
case("same", [("SET k 0", OK), ("SWAPDB 0 0", OK), ("GET k", "0")])
case("with-empty", [
    ("SET k 0", OK), ("SWAPDB 15 0", OK), ("GET k", NIL),
    ("SWAPDB 15 0", OK), ("GET k", "0")])
case("under-others", [
    ("SET k 0", OK), ("b", "SELECT 1", OK), ("b", "GET k", NIL),
    ("SWAPDB 0 1", OK), ("b", "GET k", "0"), ("GET k", NIL)])
case("errors", [
    ("SWAPDB a 1", E("ERR invalid first DB index")),
    ("SWAPDB 0 b", E("ERR invalid second DB index")),
    ("SWAPDB a b", E("ERR invalid first DB index")),
    ("SWAPDB 99999999999 0", E("ERR invalid first DB index")),
    ("SWAPDB 0 16", DB_RANGE), ("SWAPDB -1 0", DB_RANGE)])
case("arity", [
    ("SWAPDB", arity("swapdb")), ("SWAPDB 0", arity("swapdb")),
    ("SWAPDB 0 1 2", arity("swapdb"))])

# ---- HELLO ---------------------------------------------------------------

VERSION = Should(Re(rb"\d+\.\d+\.\d+.*"))


def greeting(proto):
    """What clients need of it."""
    return M([
        ("server", Exact("redis")), ("version", VERSION), ("proto", proto),
        ("id", Between(1, 2**63 - 1)), ("mode", Exact("standalone")),
        ("role", "master"), ("modules", ListOf(ANY))], more=True)


HELLO2, HELLO3 = greeting(2), greeting(3)
case = area("session.hello")

for proto in (2, 3):
    case("bare-resp%d" % proto, [
        ("HELLO", greeting(proto)), ("hello", greeting(proto)),
        ("GET nokey", NIL)], protos=proto)
    case("to-%d" % proto, [
        ("HELLO %d" % proto, greeting(proto)), ("GET nokey", NIL),
        ("hello %d" % proto, greeting(proto)), ("GET nokey", NIL)])
    case("fields-and-order-resp%d" % proto, [
        ("HELLO %d" % proto, Shape(lambda reply, proto=proto: [
            x.v for x in (reply.v[::2] if proto == 2 else [
                k for k, _ in reply.v])] == [
            b"server", b"version", b"proto", b"id", b"mode", b"role",
            b"modules"], "seven fields in Redis's order"))], level=EXACT)
    case("setname-%d" % proto, [
        ("HELLO %d SETNAME me" % proto, greeting(proto)),
        ("CLIENT GETNAME", "me"),
        ("HELLO %d setname a SETNAME b" % proto, greeting(proto)),
        ("CLIENT GETNAME", "b"), ("HELLO %d" % proto, greeting(proto)),
        ("CLIENT GETNAME", "b"),
        (("HELLO", str(proto), "SETNAME", ""), greeting(proto)),
        ("CLIENT GETNAME", NIL)])
    case("auth-without-password-%d" % proto, [
        ("HELLO %d AUTH default any" % proto, greeting(proto)),
        ("HELLO %d auth default any SETNAME me" % proto, greeting(proto)),
        ("CLIENT GETNAME", "me"),
        ("HELLO %d SETNAME a AUTH default x" % proto, greeting(proto)),
        ("CLIENT GETNAME", "a"),
        ("HELLO %d AUTH default a AUTH default b" % proto, greeting(proto)),
        ("GET nokey", NIL)])

for tag, args, want in [
        ("1", ["1"], NOPROTO), ("4", ["4"], NOPROTO), ("0", ["0"], NOPROTO),
        ("minus-1", ["-1"], NOPROTO), ("22", ["22"], NOPROTO),
        ("int64-max", ["9223372036854775807"], NOPROTO),
        ("int64-min", ["-9223372036854775808"], NOPROTO),
        ("4-and-bad-option", ["4", "FOO"], NOPROTO),
        ("4-and-auth", ["4", "AUTH", "default", "x"], NOPROTO),
        ("abc", ["abc"], NOT_VERSION), ("03", ["03"], NOT_VERSION),
        ("3.0", ["3.0"], NOT_VERSION), ("empty", [""], NOT_VERSION),
        ("space-3", [" 3"], NOT_VERSION), ("3-space", ["3 "], NOT_VERSION),
        ("plus-3", ["+3"], NOT_VERSION), ("3-nul", ["3\0"], NOT_VERSION),
        ("resp3", ["RESP3"], NOT_VERSION),
        ("int64-max-plus-1", ["9223372036854775808"], NOT_VERSION),
        ("auth-first", ["AUTH", "default", "x"], NOT_VERSION),
        ("setname-first", ["SETNAME", "x"], NOT_VERSION),
        ("option-unknown", ["3", "FOO"], "FOO"),
        ("option-empty", ["3", ""], ""),
        ("option-unknown-2", ["2", "FOO", "SETNAME"], "FOO"),
        ("option-number", ["3", "3"], "3"),
        ("setname-without-name", ["3", "SETNAME"], "SETNAME"),
        ("setname-lower-case", ["3", "setname"], "setname"),
        ("auth-alone", ["3", "AUTH"], "AUTH"),
        ("auth-without-password", ["3", "AUTH", "default"], "AUTH"),
        ("auth-takes-two", ["3", "AUTH", "a", "SETNAME"], WRONGPASS),
        ("setname-space", ["3", "SETNAME", "a b"], BAD_NAME),
        ("setname-line-end", ["3", "SETNAME", "a\nb"], BAD_NAME),
        ("setname-control", ["3", "SETNAME", b"a\x01"], BAD_NAME),
        ("setname-8-bit", ["2", "SETNAME", b"\xc3\xa9"], BAD_NAME),
        ("auth-no-such-user", ["3", "AUTH", "nouser", "x"], WRONGPASS),
        ("auth-no-such-user-2", ["2", "AUTH", "nouser", "x"], WRONGPASS),
        ("auth-name-case", ["3", "AUTH", "DEFAULT", "x"], WRONGPASS)]:
    if isinstance(want, str):
        want = E("ERR Syntax error in HELLO option '%s'" % want)
    # One that fails leaves the protocol as it was, and the name.
    case("fails." + tag, [
        ("CLIENT SETNAME before", OK), (("HELLO",) + tuple(args), want),
        ("GET nokey", NIL), ("CLIENT GETNAME", "before")])

case("fails.but-first-options-count", [
    ("HELLO 3 SETNAME x FOO",
     E("ERR Syntax error in HELLO option 'FOO'")), ("GET nokey", NIL),
    ("CLIENT GETNAME", "x")], level=EXACT)
case("switches-in-a-pipeline", [
    step for n, want in [(3, HELLO3), (2, HELLO2), (3, HELLO3), (3, HELLO3),
                         (2, HELLO2)]
    for step in [("HELLO %d" % n, want), ("GET nokey", NIL),
                 ("HELLO x", NOT_VERSION),
                 ("CONFIG GET maxmemory-samples", M([
                     ("maxmemory-samples", "5")]))]])
case("switches-forms", [
    ("HELLO 3", HELLO3), ("CONFIG GET nothing", M([])),
    ("CLIENT TRACKINGINFO", M([
        ("flags", S(["off"])), ("redirect", -1), ("prefixes", [])])),
    ("HELLO 2", HELLO2), ("CONFIG GET nothing", M([])),
    ("CLIENT TRACKINGINFO", M([
        ("flags", S(["off"])), ("redirect", -1), ("prefixes", [])]))])
case("by-line", [
    (b"HELLO 3\r\n", Proto(3, HELLO3)), (b"GET nokey\r\n", NIL),
    (b"hello 2\n", Proto(2, HELLO2)), (b"GET nokey\n", NIL)],
    needs=("HELLO", "GET"))
case("of-its-connection", [
    ("b2", "GET nokey", NIL), ("c3", "GET nokey", NIL),
    ("HELLO 3", HELLO3), ("b2", "GET nokey", NIL),
    ("HELLO 2", HELLO2), ("c3", "GET nokey", NIL)])
case("keeps-database", [
    ("SELECT 1", OK), ("SET k v", OK), ("HELLO 3", HELLO3), ("GET k", "v"),
    ("HELLO 2", HELLO2), ("GET k", "v")])
case("in-transaction", [
    ("MULTI", OK), ("HELLO 3", QUEUED), ("GET nokey", QUEUED),
    ("EXEC", Proto(3, [HELLO3, NIL])), ("GET nokey", NIL)])
case("in-transaction-back", [
    ("MULTI", OK), ("GET nokey", QUEUED), ("HELLO 3", QUEUED),
    ("EXEC", Proto(3, [OneOf(Null(), NullBulk()), HELLO3])),
    ("GET nokey", NIL)], protos=3)
case("error-in-transaction", [
    ("MULTI", OK), ("HELLO x", QUEUED), ("GET nokey", QUEUED),
    ("EXEC", [NOT_VERSION, NIL])])


@case.script("id", needs=("HELLO", "CLIENT ID"))
def hello_id():
    """The id is that of CLIENT ID, and stays."""
    mine = (yield "CLIENT ID", Between(1, 2**63 - 1)).v
    for n in (3, 2, 3):
        yield "HELLO %d" % n, M([("id", mine)], more=True)
    yield "CLIENT ID", mine


# ---- AUTH ----------------------------------------------------------------

case = area("session.auth")
case("no-password", [
    ("AUTH x", NO_PASSWORD), (("AUTH", ""), NO_PASSWORD), ("PING", PONG)])
case("no-password-default-user", [
    ("AUTH default x", OK), (("AUTH", "default", ""), OK), ("PING", PONG)])
case("no-such-user", [
    ("AUTH nouser x", WRONGPASS), ("AUTH DEFAULT x", WRONGPASS),
    (("AUTH", "", ""), WRONGPASS), ("PING", PONG)])
case("arguments", [
    ("AUTH", arity("auth")), ("AUTH a b c", SYNTAX),
    ("AUTH default x y z", SYNTAX), ("PING", PONG)])

LOCKED = ("PING %s", NOAUTH)
LOGGED_IN = ("ECHO %s", lambda nonce: nonce)    # only at the end
locked = area("session.auth.required", options={"requirepass": "pw"},
              protos=2, fence=LOCKED)

for command in [
        "GET k", "PING", "PING x", "ECHO x", "SET k v", "COMMAND",
        "COMMAND COUNT", "CLIENT ID", "CLIENT SETNAME x", "CLIENT REPLY ON",
        "CLIENT KILL ID 1", "CONFIG GET port", "CONFIG SET requirepass x",
        "SELECT 0", "SHUTDOWN", "DEBUG SLEEP 0", "FLUSHALL", "INFO", "DBSIZE",
        "TIME", "MULTI", "DISCARD", "WATCH k", "SUBSCRIBE x", "PSUBSCRIBE x",
        "PUBLISH x y", "MONITOR", "EVAL x 0", "ACL WHOAMI",
        "BLPOP k 0", "WAIT 0 0", "ROLE", "SWAPDB 0 1"]:
    locked(command.split()[0].lower() + (
        "-" + command.split()[1].lower().replace(" ", "-")
        if command.startswith(("CLIENT", "CONFIG", "COMMAND ", "PING "))
        else ""), [(command, NOAUTH)], contexts=("plain", "pipelined"))
locked("exec", [("EXEC", E(
    "EXECABORT Transaction discarded because of: NOAUTH Authentication "
    "required."))], contexts=("plain", "pipelined"))
# Unknown commands and wrong numbers of arguments are told to anybody.
locked("unknown", [("NOPE", E(
    "ERR unknown command 'NOPE', with args beginning with: "))],
    contexts=PLAIN)
locked("unknown-subcommand", [
    ("CLIENT NOPE", E("ERR unknown subcommand 'NOPE'. Try CLIENT HELP."))],
    contexts=PLAIN)
locked("arity", [
    ("GET", arity("get")), ("CLIENT SETNAME", arity("client|setname")),
    ("AUTH", arity("auth"))], contexts=("plain", "pipelined"))
locked("quit", [("QUIT", OK), (b"", CLOSED)])
locked("quit-then-more", [
    (encode("QUIT") + encode("PING"), OK), (b"", CLOSED)])
locked("reset", [("RESET", RESET)])
locked("wrong", [
    ("AUTH bad", WRONGPASS), ("AUTH default bad", WRONGPASS),
    ("AUTH nobody pw", WRONGPASS), (("AUTH", ""), WRONGPASS),
    (("AUTH", b"pw\0"), WRONGPASS), ("AUTH p", WRONGPASS),
    ("AUTH pwx", WRONGPASS), ("AUTH PW", WRONGPASS),
    (("AUTH", " pw"), WRONGPASS), ("AUTH a b c", SYNTAX), ("PING", NOAUTH)])
locked("right", [("AUTH pw", OK), ("PING", PONG)], fence=LOGGED_IN)
locked("right-with-name", [
    ("AUTH default pw", OK), ("PING", PONG)], fence=LOGGED_IN)
locked("again", [
    ("AUTH pw", OK), ("AUTH pw", OK), ("GET k", NIL)], fence=LOGGED_IN)
locked("wrong-after-right", [
    ("AUTH pw", OK), ("AUTH bad", WRONGPASS), ("GET k", NIL)],
    fence=LOGGED_IN)
locked("then-at-once", [
    (encode("AUTH", "pw") + encode("GET", "k"), OK), (b"", NIL)],
    needs=("AUTH", "GET"), fence=LOGGED_IN, splits=True)
locked("by-line", [
    (b"AUTH pw\r\nGET k\n", OK), (b"", NIL)], needs=("AUTH", "GET"),
    fence=LOGGED_IN)
locked("reset-logs-out", [
    ("AUTH pw", OK), ("RESET", RESET), ("GET k", NOAUTH)])
locked("of-its-connection", [
    ("b", "PING", NOAUTH), ("AUTH pw", OK), ("b", "PING", NOAUTH),
    ("b", "AUTH pw", OK)], fence=LOGGED_IN)
locked("hello", [
    ("HELLO", HELLO_NOAUTH), ("HELLO 2", HELLO_NOAUTH),
    ("HELLO 3", HELLO_NOAUTH), ("HELLO 3 SETNAME x", HELLO_NOAUTH)])
locked("hello-errors-first", [
    ("HELLO 9", NOPROTO), ("HELLO 1", NOPROTO), ("HELLO abc", NOT_VERSION),
    ("HELLO 3 FOO", E("ERR Syntax error in HELLO option 'FOO'"))])
locked("hello-wrong", [
    ("HELLO 3 AUTH default bad", WRONGPASS),
    ("HELLO 3 AUTH nobody pw", WRONGPASS),
    ("HELLO 3 AUTH default pwx SETNAME x", WRONGPASS), ("GET k", NOAUTH)])
for n, want in ((2, HELLO2), (3, HELLO3)):
    locked("hello-auth-%d" % n, [
        ("HELLO %d AUTH default pw" % n, want), ("GET k", NIL)],
        fence=LOGGED_IN)
    locked("hello-auth-setname-%d" % n, [
        ("HELLO %d AUTH default pw SETNAME me" % n, want),
        ("CLIENT GETNAME", "me"), ("HELLO", want)], fence=LOGGED_IN)
locked("hello-setname-before-auth", [
    ("HELLO 3 SETNAME me AUTH default pw", HELLO3),
    ("CLIENT GETNAME", "me")], fence=LOGGED_IN)
# An option that is wrong is found while the ones before it take effect.
locked("hello-auth-then-bad-option", [
    ("HELLO 3 AUTH default pw FOO",
     E("ERR Syntax error in HELLO option 'FOO'")), ("GET k", NIL)],
    fence=LOGGED_IN, level=EXACT)
locked("hello-fails-after-right", [
    ("AUTH pw", OK), ("HELLO 3 AUTH default bad", WRONGPASS), ("GET k", NIL),
    ("HELLO 3", HELLO3), ("GET k", NIL)], fence=LOGGED_IN)
locked("hello-then-reset", [
    ("HELLO 3 AUTH default pw SETNAME me", HELLO3), ("RESET", RESET),
    ("GET k", NOAUTH), ("AUTH pw", OK), ("CLIENT GETNAME", NIL)],
    fence=LOGGED_IN)
locked("change", [
    ("AUTH pw", OK), ("CONFIG GET requirepass", M([("requirepass", "pw")])),
    ("CONFIG SET requirepass new", OK), ("GET k", NIL),
    ("b", "AUTH pw", WRONGPASS), ("b", "AUTH new", OK), ("b", "GET k", NIL)],
    fence=LOGGED_IN)
locked("take-away", [
    ("AUTH pw", OK), (("CONFIG", "SET", "requirepass", ""), OK),
    ("AUTH pw", NO_PASSWORD), ("b", "GET k", NIL)], fence=LOGGED_IN)
locked("long-and-binary", [("AUTH pw", OK)] + [
    step for i, word in enumerate(
        ("x" * 512, b"\xff\x01 \r\n'\"", "\t", "new"))
    for step in [(("CONFIG", "SET", "requirepass", word), OK),
                 ("c%d." % i, "AUTH x", WRONGPASS),
                 ("c%d." % i, ("AUTH", word), OK)]], fence=LOGGED_IN)
area("session.auth", options={"appendonly": "no"})("given-later", [
    ("PING", PONG), ("b", "PING", PONG), ("CONFIG SET requirepass pw", OK),
    # Who was there needs none.
    ("PING", PONG), ("b", "PING", PONG), ("c2", "PING", NOAUTH),
    ("c2", "AUTH pw", OK), (("CONFIG", "SET", "requirepass", ""), OK)])

# ---- RESET ---------------------------------------------------------------

case = area("session.reset")
case("reset", [("RESET", RESET), ("reset", RESET), ("PING", PONG)])
case("arity", [("RESET x", arity("reset")), ("PING", PONG)])
case("protocol", [("RESET", RESET), ("GET nokey", NIL), (
    "CONFIG GET maxmemory-samples", M([("maxmemory-samples", "5")]))])
case("protocol-after-hello", [
    ("HELLO 3", HELLO3), ("RESET", RESET), ("GET nokey", NIL)])
case("in-a-pipeline", [
    (encode("RESET") + encode("PING"), Proto(2, RESET)), (b"", PONG)],
    splits=True, needs=("RESET",))
case("name", [
    ("CLIENT SETNAME me", OK), ("RESET", RESET), ("CLIENT GETNAME", NIL)])
case("database", [
    ("SELECT 1", OK), ("SET k 1", OK), ("RESET", RESET), ("GET k", NIL),
    ("SELECT 1", OK), ("GET k", "1")])
case("transaction", [
    ("MULTI", OK), ("SET k v", QUEUED), ("RESET", RESET), ("EXISTS k", 0),
    ("EXEC", E("ERR EXEC without MULTI"))])
case("watch", [
    ("SET k 1", OK), ("WATCH k", OK), ("RESET", RESET),
    ("b", "SET k 2", OK), ("MULTI", OK), ("PING", QUEUED), ("EXEC", [PONG])])
case("subscriptions", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])),
    ("PSUBSCRIBE p*", P(["psubscribe", "p*", 2])), ("RESET", RESET),
    ("GET nokey", NIL), ("PUBLISH a x", 0),
    ("SUBSCRIBE a", P(["subscribe", "a", 1])), ("RESET", RESET)],
    contexts=("plain", "pipelined", "bytewise"))
case("subscribed-then-hello", [
    ("SUBSCRIBE a", P(["subscribe", "a", 1])), ("RESET", RESET),
    ("GET nokey", NIL), ("HELLO", HELLO2)])
case("replies-off", [
    ("CLIENT REPLY OFF", NOTHING), ("RESET", RESET), ("PING", PONG)])
case("no-evict", [("CLIENT NO-EVICT ON", OK), ("RESET", RESET)])

# ---- CLIENT: the one connection ------------------------------------------

case = area("session.client")
case("name", [
    ("CLIENT GETNAME", NIL), ("CLIENT SETNAME foo", OK),
    ("CLIENT GETNAME", "foo"), ("client setname !~", OK),
    ("client getname", "!~"), (("CLIENT", "SETNAME", "x" * 1000), OK),
    ("CLIENT GETNAME", "x" * 1000), (("CLIENT", "SETNAME", ""), OK),
    ("CLIENT GETNAME", NIL)])
case("name-invalid", [("CLIENT SETNAME old", OK)] + [
    (("CLIENT", "SETNAME", name), BAD_NAME) for name in (
        "a b", " ", "a\nb", "\r", b"a\x01b", b"a\x7fb", b"\xc3\xa9", b"a\0b",
        b"\t", "a ")] + [("CLIENT GETNAME", "old")])
case("name-every-allowed-byte", [
    (("CLIENT", "SETNAME", bytes(range(33, 127))), OK),
    ("CLIENT GETNAME", bytes(range(33, 127)))])
case("name-of-its-connection", [
    ("CLIENT SETNAME a", OK), ("b", "CLIENT GETNAME", NIL),
    ("b", "CLIENT SETNAME a", OK), ("b", "CLIENT GETNAME", "a")])
case("arity", [
    ("CLIENT", arity("client")), ("client ID x", arity("client|id")),
    ("CLIENT GETNAME x", arity("client|getname")),
    ("CLIENT SETNAME", arity("client|setname")),
    ("CLIENT SETNAME a b", arity("client|setname")),
    ("CLIENT INFO x", arity("client|info")),
    ("CLIENT KILL", arity("client|kill")),
    ("CLIENT REPLY", arity("client|reply")),
    ("CLIENT REPLY ON x", arity("client|reply")),
    ("CLIENT HELP x", arity("client|help")),
    ("CLIENT NO-EVICT", arity("client|no-evict")),
    ("CLIENT NO-EVICT ON x", arity("client|no-evict")),
    ("CLIENT GETREDIR x", arity("client|getredir")),
    ("CLIENT TRACKINGINFO x", arity("client|trackinginfo")),
    ("CLIENT TRACKING", arity("client|tracking")),
    ("CLIENT CACHING", arity("client|caching")),
    ("CLIENT CACHING YES x", arity("client|caching")),
    ("CLIENT UNBLOCK", arity("client|unblock")),
    ("CLIENT UNPAUSE x", arity("client|unpause")),
    ("CLIENT PAUSE", arity("client|pause"))],
    contexts=("plain", "pipelined"))
case("unknown-subcommand", [
    ("CLIENT NOPE", E("ERR unknown subcommand 'NOPE'. Try CLIENT HELP.")),
    ("CLIENT NOPE a b",
     E("ERR unknown subcommand 'NOPE'. Try CLIENT HELP."))])
case("help", [
    ("CLIENT HELP", Shape(
        lambda reply: type(reply) is Array and len(reply.v) > 10 and all(
            type(line) is Simple for line in reply.v),
        "an array of simple strings"))])
case("help-lines", [
    ("CLIENT HELP", Shape(
        lambda reply: reply.v[0] == Simple(
            "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands "
            "are:") and Simple("SETNAME <name>") in reply.v and
        reply.v[-2:] == (Simple("HELP"), Simple("    Prints this help.")),
        "Redis's lines"))], level=MAY)
case("no-evict", [
    ("CLIENT NO-EVICT ON", OK), ("CLIENT NO-EVICT off", OK),
    ("client no-evict oN", OK), ("CLIENT NO-EVICT OFF", OK),
    ("CLIENT NO-EVICT maybe", SYNTAX), (("CLIENT", "NO-EVICT", ""), SYNTAX)])
case("getredir-without-tracking", [("CLIENT GETREDIR", -1)])
case("trackinginfo-without-tracking", [
    ("CLIENT TRACKINGINFO", M([
        ("flags", S(["off"])), ("redirect", -1), ("prefixes", [])]))])
CACHING = E("ERR CLIENT CACHING can be called only when the client is in "
            "tracking mode with OPTIN or OPTOUT mode enabled")
case("caching-without-tracking", [
    ("CLIENT CACHING YES", CACHING), ("CLIENT CACHING no", CACHING),
    ("CLIENT CACHING maybe", CACHING)])
case("tracking-off-without-tracking", [
    ("CLIENT TRACKING OFF", OK), ("client tracking off", OK),
    ("CLIENT TRACKING maybe", SYNTAX), ("PING", PONG)])
case("no-touch", [
    ("CLIENT NO-TOUCH ON", OK), ("CLIENT NO-TOUCH off", OK),
    ("CLIENT NO-TOUCH maybe", SYNTAX)], since="7.2")
case("no-touch-arity", [
    ("CLIENT NO-TOUCH", arity("client|no-touch")),
    ("CLIENT NO-TOUCH ON x", arity("client|no-touch"))], since="7.2",
    contexts=("plain", "pipelined"))
case("setinfo", [
    ("CLIENT SETINFO lib-name some-lib", OK),
    ("CLIENT SETINFO LIB-VER 1.2.3", OK),
    (("CLIENT", "SETINFO", "LIB-NAME", "redis-py(app_v1)"), OK),
    (("CLIENT", "SETINFO", "LIB-NAME", ""), OK)], since="7.2")
case("setinfo-invalid", [
    (("CLIENT", "SETINFO", "LIB-NAME", "a b"), EP("ERR ")),
    (("CLIENT", "SETINFO", "LIB-VER", "a\nb"), EP("ERR ")),
    ("CLIENT SETINFO FOO bar", EP("ERR "))], since="7.2")
case("setinfo-arity", [
    ("CLIENT SETINFO LIB-NAME", arity("client|setinfo")),
    ("CLIENT SETINFO", arity("client|setinfo"))], since="7.2",
    contexts=("plain", "pipelined"))


@case.script("id", needs=("CLIENT ID",))
def client_id():
    """It stays, and grows with each connection."""
    a = (yield "CLIENT ID", Between(1, 2**63 - 1)).v
    b = (yield "b", "CLIENT ID", Between(1, 2**63 - 1)).v
    yield "client id", a
    yield "b", "CLIENT ID", Between(b, b)
    yield "c", "CLIENT ID", Between(max(a, b) + 1, 2**63 - 1)


# ---- CLIENT INFO and LIST ------------------------------------------------

FIELDS = ("id addr laddr fd name age idle flags db sub psub ssub multi qbuf "
          "qbuf-free argv-mem multi-mem rbs rbp obl oll omem tot-mem events "
          "cmd user redir resp").split()
WORDS = {"addr", "laddr", "name", "flags", "events", "cmd", "user"}


def lines(reply):
    """The lines of CLIENT LIST as dicts, without the U of a unix socket."""
    body = (reply.body if isinstance(reply, Verb) else reply.v).decode()
    out = [dict(word.split("=", 1) for word in line.split(" "))
           for line in body.split("\n") if line]
    for line in out:
        if "flags" in line:
            line["flags"] = line["flags"].replace("U", "") or "N"
    return out


def about(count=None, **fields):
    """CLIENT LIST whose only line (or, of `count`, first) says so."""
    def fits(body):
        got = lines(body)
        return len(got) == (count or 1) and all(
            got[0].get(k.replace("_", "-")) == str(v)
            for k, v in fields.items())
    return V("txt", Shape(fits, "%d lines with %r" % (count or 1, fields)))


def well_formed(body):
    text = body.v.decode()
    return text.endswith("\n") and text.count("\n") == 1 and all(
        re.match(r"[a-z-]+=[^ =]*\Z", word) for word in text[:-1].split(" "))


def all_fields(body):
    words = [w.split("=", 1) for w in body.v.decode()[:-1].split(" ")]
    return [k for k, _ in words if k in FIELDS] == FIELDS and all(
        k in WORDS or re.match(r"-?\d+\Z", v) for k, v in words
        if k in FIELDS)


case = area("session.client.info", contexts=("plain", "bytewise"))
case("form", [("CLIENT INFO", V("txt", Shape(
    well_formed, "one line of FIELD=VALUE")))], contexts=(
        "plain", "pipelined", "bytewise", "split", "multi", "inline"))
case("fields", [("CLIENT INFO", V("txt", Shape(
    all_fields, "the fields of Redis 7.0 in their order")))], level=SHOULD)
case("name", [
    ("CLIENT INFO", about(name="")), ("CLIENT SETNAME me", OK),
    ("CLIENT INFO", about(name="me", cmd="client|info"))])
case("db", [
    ("CLIENT INFO", about(db=0)), ("SELECT 5", OK),
    ("CLIENT INFO", about(db=5))])
case("resp", [
    ("HELLO 3", HELLO3), ("CLIENT INFO", about(resp=3)), ("HELLO 2", HELLO2),
    ("CLIENT INFO", about(resp=2))])
case("user", [("CLIENT INFO", about(user="default"))])
case("normal", [("CLIENT INFO", about(
    flags="N", sub=0, psub=0, ssub=0, multi=-1, redir=-1, events="r", obl=0,
    oll=0, omem=0, multi_mem=0))], level=SHOULD)
case("times", [("CLIENT INFO", V("txt", Shape(
    lambda body: all(0 <= int(lines(body)[0][f]) < 60
                     for f in ("age", "idle")), "age and idle of seconds")))])
case("after-reset", [
    ("CLIENT SETNAME me", OK), ("SELECT 5", OK), ("RESET", RESET),
    ("CLIENT INFO", about(name="", db=0, resp=2))])
case("in-transaction", [
    ("MULTI", OK), ("PING", QUEUED), ("CLIENT INFO", QUEUED),
    ("EXEC", [PONG, about(flags="x", multi=2)])])
case("subscribed", [
    ("SUBSCRIBE a b", P(["subscribe", "a", 1])),
    (b"", P(["subscribe", "b", 2])),
    ("PSUBSCRIBE p", P(["psubscribe", "p", 3])),
    ("CLIENT INFO", about(sub=2, psub=1, flags="P")), ("RESET", RESET)],
    protos=3)
case("setinfo", [
    ("CLIENT SETINFO LIB-NAME lib", OK), ("CLIENT SETINFO lib-ver 1.0", OK),
    ("CLIENT INFO", V("txt", Shape(lambda body: (
        lines(body)[0]["lib-name"], lines(body)[0]["lib-ver"]) == (
            "lib", "1.0"), "lib-name and lib-ver")))], since="7.2")


@case.script("id", needs=("CLIENT ID", "CLIENT INFO"))
def info_id():
    me = (yield "CLIENT ID", ANY).v
    yield "CLIENT INFO", about(id=me)
    yield "CLIENT LIST ID %d" % me, about(id=me, cmd="client|list")


@case.script("watching", needs=("WATCH", "CLIENT INFO"), level=SHOULD)
def info_watching():
    """`d` after a watched key was changed, once in a transaction."""
    yield "WATCH k", OK
    yield "MULTI", OK
    yield "b", "SET k v", OK
    me = lines((yield "b", "CLIENT LIST", V("txt", ANY)))
    assert [f for f in me if f["flags"] in ("xd", "dx")], me
    yield "DISCARD", OK


case = area("session.client.list")
EMPTY = V("txt", "")
case("type-none", [
    ("CLIENT LIST TYPE " + kind, EMPTY)
    for kind in ("pubsub", "PubSub", "master", "replica", "slave", "SLAVE")])
case("id-none", [
    ("CLIENT LIST ID 0", EMPTY), ("CLIENT LIST ID -1", EMPTY),
    ("CLIENT LIST ID 9223372036854775807", EMPTY),
    ("client list id 9223372036854775806 0", EMPTY)])
case("errors", [
    ("CLIENT LIST FOO", SYNTAX), ("CLIENT LIST FOO bar", SYNTAX),
    ("CLIENT LIST TYPE", SYNTAX), ("CLIENT LIST TYPE nope", unknown_type(
        "nope")), ("CLIENT LIST TYPE normal x", SYNTAX),
    ("CLIENT LIST ID", SYNTAX), ("CLIENT LIST ID abc", INVALID_ID),
    ("CLIENT LIST ID 1 abc", INVALID_ID), ("CLIENT LIST ID 1.0", INVALID_ID),
    ("CLIENT LIST ID 9223372036854775808", INVALID_ID),
    (("CLIENT", "LIST", "ID", ""), INVALID_ID)])


@case.script("two", needs=("CLIENT ID", "CLIENT LIST", "CLIENT SETNAME"))
def list_two():
    a = (yield "CLIENT ID", ANY).v
    b = (yield "b", "CLIENT ID", ANY).v
    yield "CLIENT SETNAME me", OK
    yield "b", "GET k", NIL
    for query in ("", " TYPE normal", " type NORMAL"):
        def fits(body):
            got = {int(f["id"]): f for f in lines(body)}
            return (got[a]["name"] == "me" and got[b]["name"] == "" and
                    got[a]["cmd"] == "client|list" and got[b]["cmd"] == "get")
        yield "CLIENT LIST" + query, V("txt", Shape(fits, "both clients"))


@case.script("by-id", needs=("CLIENT ID", "CLIENT LIST"))
def list_by_id():
    """In the order that is asked for, also twice."""
    a = (yield "CLIENT ID", ANY).v
    b = (yield "b", "CLIENT ID", ANY).v
    for ids in ([a], [b], [b, a], [a, b], [a, a], [b, a, b]):
        yield "CLIENT LIST ID %s" % " ".join(map(str, ids + [2**62])), V(
            "txt", Shape(lambda body: [int(f["id"]) for f in lines(
                body)] == ids, "the ids %r" % ids))


@case.script("subscribed", needs=("CLIENT LIST", "SUBSCRIBE"))
def list_subscribed():
    b = (yield "b", "CLIENT ID", ANY).v
    yield "b", "SUBSCRIBE x", P(["subscribe", "x", 1])
    yield "CLIENT LIST TYPE pubsub", about(id=b, sub=1, flags="P")
    yield "b", "UNSUBSCRIBE x", P(["unsubscribe", "x", 0])
    yield "CLIENT LIST TYPE pubsub", EMPTY


@case.script("blocked", needs=("CLIENT LIST", "BLPOP"))
def list_blocked():
    b = (yield "b", "CLIENT ID", ANY).v
    yield "b", "BLPOP l 0", BLOCKED
    yield "CLIENT LIST ID %d" % b, about(flags="b", cmd="blpop")
    yield "RPUSH l v", 1
    yield "b", b"", ["l", "v"]
    yield "CLIENT LIST ID %d" % b, about(flags="N", cmd="blpop")


@case.script("half-request", needs=("CLIENT LIST",))
def list_half_request():
    """What has come of a request is counted."""
    b = (yield "b", "CLIENT ID", ANY).v
    yield "b", b"*2\r\n$4\r\nECHO\r\n$100\r\nabc", BLOCKED
    yield "CLIENT LIST ID %d" % b, V("txt", Shape(
        lambda body: int(lines(body)[0]["qbuf"]) +
        int(lines(body)[0]["argv-mem"]) >= 3, "the bytes of the request"))
    yield "b", b"x" * 97 + b"\r\n", "abc" + "x" * 97


@case.script("gone", needs=("CLIENT LIST",))
def list_gone():
    b = (yield "b", "CLIENT ID", ANY).v
    yield "b", "QUIT", OK
    yield "b", b"", CLOSED
    yield "CLIENT LIST ID %d" % b, Eventually(EMPTY)


# ---- CLIENT KILL ---------------------------------------------------------

case = area("session.client.kill")
case("no-such-address", [
    ("CLIENT KILL 198.51.100.1:1", NO_CLIENT),
    (("CLIENT", "KILL", ""), NO_CLIENT),
    # One argument is an address, whatever it says.
    ("CLIENT KILL ID", NO_CLIENT), ("CLIENT KILL SKIPME", NO_CLIENT)])
case("id-invalid", [
    ("CLIENT KILL ID " + id, BAD_ID)
    for id in ("abc", "0", "-1", "1.5", "99999999999999999999", "0x1")])
case("none", [
    ("CLIENT KILL ID 9223372036854775807", 0),
    ("client kill id 9223372036854775807", 0), ("CLIENT KILL TYPE pubsub", 0),
    ("CLIENT KILL TYPE MASTER", 0), ("CLIENT KILL TYPE replica", 0),
    ("CLIENT KILL TYPE slave", 0), ("CLIENT KILL ADDR 198.51.100.1:1", 0),
    ("CLIENT KILL ADDR garbage", 0), (("CLIENT", "KILL", "ADDR", ""), 0),
    ("CLIENT KILL LADDR 198.51.100.1:1", 0),
    ("CLIENT KILL ID 9223372036854775807 SKIPME no", 0),
    ("CLIENT KILL ID 9223372036854775806 ID 9223372036854775807", 0)])
case("errors", [
    ("CLIENT KILL TYPE nope", unknown_type("nope")),
    ("CLIENT KILL USER nope", E("ERR No such user 'nope'")),
    ("CLIENT KILL SKIPME maybe", SYNTAX), ("CLIENT KILL FOO bar", SYNTAX),
    ("CLIENT KILL ID 1000000000000 FOO", SYNTAX),
    ("CLIENT KILL ID 1000000000000 ADDR", SYNTAX),
    ("CLIENT KILL ID 1000000000000 FOO bar", SYNTAX),
    ("CLIENT KILL TYPE normal SKIPME", SYNTAX),
    ("CLIENT KILL ID 1000000000000 ID abc", BAD_ID), ("PING", PONG)])
case("maxage-none", [
    ("CLIENT KILL MAXAGE 100000", 0),
    ("CLIENT KILL MAXAGE 100000 SKIPME no", 0),
    ("CLIENT KILL MAXAGE abc", EP("ERR "))], since="7.4")

KILLS = ("CLIENT ID", "CLIENT INFO", "CLIENT KILL")


def killing(name, query, **how):
    """A case that kills b by a query with its {id}, {addr} and {laddr}."""
    def script():
        me = (yield "CLIENT ID", ANY).v
        it = lines((yield "b", "CLIENT INFO", V("txt", ANY)))[0]
        yield "c", "PING", PONG
        # All conditions must hold.
        words = query.format(**it)
        if "/" in words:
            return      # a unix socket, whose clients have one address
        yield "CLIENT KILL %s TYPE pubsub" % words, 0
        yield "CLIENT KILL %s LADDR 198.51.100.1:1" % words, 0
        # Of ids the last counts.
        yield "CLIENT KILL %s ID %d" % (words, me), 0
        yield "CLIENT KILL " + words, 1
        yield "b", b"", CLOSED
        yield "CLIENT KILL " + words, 0
        yield "c", "PING", PONG
    case.script(name, needs=KILLS, **how)(script)


killing("by-addr", "ADDR {addr}")
killing("by-addr-lower-case", "addr {addr}")
killing("by-all", "ADDR {addr} LADDR {laddr} USER default TYPE normal "
        "SKIPME yes")
killing("by-addr-and-skipme-no", "ADDR {addr} SKIPME no")


@case.script("by-id-alone", needs=KILLS)
def kill_by_id():
    b = (yield "b", "CLIENT ID", ANY).v
    yield "CLIENT KILL ID %d TYPE pubsub" % b, 0
    yield "CLIENT KILL USER default ID %d LADDR 198.51.100.1:1" % b, 0
    yield "b", "PING", PONG
    yield "CLIENT KILL ID %d" % b, 1
    yield "b", b"", CLOSED
    yield "CLIENT KILL ID %d" % b, 0


@case.script("by-address-alone", needs=KILLS)
def kill_by_address():
    """The old form answers OK."""
    b = lines((yield "b", "CLIENT INFO", V("txt", ANY)))[0]
    if b["addr"].startswith("/"):
        return      # a unix socket, whose clients have one address
    yield "CLIENT KILL " + b["addr"], OK
    yield "b", b"", CLOSED
    yield "CLIENT KILL " + b["addr"], NO_CLIENT


@case.script("oneself-by-address", needs=KILLS)
def kill_oneself():
    """In the old form nobody is skipped."""
    me = lines((yield "CLIENT INFO", V("txt", ANY)))[0]
    if me["addr"].startswith("/"):
        return
    yield "CLIENT KILL " + me["addr"], OK
    yield b"", CLOSED


@case.script("skipme", needs=KILLS)
def kill_skipme():
    me = (yield "CLIENT ID", ANY).v
    yield "CLIENT KILL ID %d" % me, 0
    yield "CLIENT KILL ID %d SKIPME yes" % me, 0
    yield "CLIENT KILL SKIPME YES ID %d" % me, 0
    yield "CLIENT KILL ID %d SKIPME no" % me, 1
    yield b"", CLOSED


@case.script("oneself-in-a-pipeline", needs=KILLS)
def kill_oneself_in_a_pipeline():
    """The reply comes, nothing after it is executed."""
    me = (yield "CLIENT ID", ANY).v
    yield (encode("PING") + encode("CLIENT", "KILL", "ID", me) +
           encode("CLIENT", "KILL", "ID", me, "SKIPME", "no") +
           encode("SET", "k", 1) + encode("PING")), PONG
    yield b"", 0
    yield b"", 1
    yield b"", CLOSED
    yield "b", "EXISTS k", 0


@case.script("in-the-middle-of-a-request", needs=KILLS)
def kill_in_the_middle():
    b = (yield "b", "CLIENT ID", ANY).v
    yield "b", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100\r\nhalf", BLOCKED
    yield "CLIENT KILL ID %d" % b, 1
    yield "b", b"", CLOSED
    yield "EXISTS k", 0


@case.script("blocked", needs=KILLS + ("BLPOP",))
def kill_blocked():
    b = (yield "b", "CLIENT ID", ANY).v
    yield "b", "BLPOP l 0", BLOCKED
    yield "CLIENT KILL ID %d" % b, 1
    yield "b", b"", CLOSED
    yield "RPUSH l v", 1
    yield "LLEN l", 1


@case.script("subscribed", needs=KILLS + ("SUBSCRIBE",))
def kill_subscribed():
    yield "b", "SUBSCRIBE x", P(["subscribe", "x", 1])
    yield "CLIENT KILL TYPE pubsub", 1
    yield "b", b"", CLOSED
    yield "PUBLISH x y", 0


@case.script("in-transaction", needs=KILLS + ("MULTI",))
def kill_in_transaction():
    b = (yield "b", "CLIENT ID", ANY).v
    yield "b", "MULTI", OK
    yield "b", "SET k v", QUEUED
    yield "CLIENT KILL ID %d" % b, 1
    yield "b", b"", CLOSED
    yield "EXISTS k", 0


for name, query in [("type", "TYPE normal"), ("user", "USER default"),
                    ("skipme", "SKIPME yes"), ("laddr", "LADDR {laddr}")]:
    # The connection of the suite dies with the others.
    def others(query=query):
        me = lines((yield "CLIENT INFO", V("txt", ANY)))[0]
        yield "b", "PING", PONG
        yield "CLIENT KILL " + query.format(**me), Between(1, 100)
        yield "CLIENT LIST", Eventually(about(id=me["id"]))
        yield "PING", PONG
    case.script("all-others-by-" + name, needs=KILLS + ("CLIENT LIST",),
                fence=None)(others)

# ---- CLIENT REPLY --------------------------------------------------------

case = area("session.reply")
SILENT = NOTHING
case("on", [
    ("CLIENT REPLY ON", OK), ("client reply on", OK), ("PING", PONG)])
case("invalid", [
    ("CLIENT REPLY FOO", SYNTAX), (("CLIENT", "REPLY", ""), SYNTAX),
    ("PING", PONG)])
case("off", [
    ("SET k 1", OK), ("CLIENT REPLY OFF", SILENT), ("PING", SILENT),
    ("SET k 2", SILENT), ("GET k", SILENT), ("CLIENT REPLY ON", OK),
    ("GET k", "2")])
case("off-errors", [
    ("client reply off", SILENT), ("NOPE", SILENT), ("GET", SILENT),
    ("CLIENT REPLY FOO", SILENT), ("CLIENT REPLY", SILENT),
    ("CLIENT REPLY ON", OK), ("PING", PONG)])
case("off-twice", [
    ("CLIENT REPLY OFF", SILENT), ("CLIENT REPLY OFF", SILENT),
    ("PING", SILENT), ("CLIENT REPLY ON", OK), ("PING", PONG)])
case("off-blank-requests", [
    ("CLIENT REPLY OFF", SILENT), (b"\r\n*0\r\n", SILENT),
    ("CLIENT REPLY ON", OK), ("PING", PONG)])
case("off-transaction", [
    ("CLIENT REPLY OFF", SILENT), ("MULTI", SILENT), ("SET k v", SILENT),
    ("EXEC", SILENT), ("CLIENT REPLY ON", OK), ("GET k", "v")])
case("off-big", [
    (("SET", "k", "x" * 100000), OK), ("CLIENT REPLY OFF", SILENT)] + [
    ("GET k", SILENT)] * 50 + [("CLIENT REPLY ON", OK), ("PING", PONG)],
    contexts=("plain", "pipelined"))
case("skip", [
    ("CLIENT REPLY SKIP", SILENT), ("PING", SILENT), ("PING", PONG),
    ("client reply skip", SILENT), ("SET k v", SILENT), ("GET k", "v")])
case("skip-errors", [
    ("CLIENT REPLY SKIP", SILENT), ("NOPE", SILENT), ("PING", PONG),
    ("CLIENT REPLY SKIP", SILENT), ("GET", SILENT), ("PING", PONG)])
case("skip-twice", [
    ("CLIENT REPLY SKIP", SILENT), ("CLIENT REPLY SKIP", SILENT),
    ("PING", SILENT), ("PING", PONG)])
case("skip-then-on", [
    ("CLIENT REPLY SKIP", SILENT), ("CLIENT REPLY ON", OK), ("PING", PONG)])
case("skip-then-off", [
    ("CLIENT REPLY SKIP", SILENT), ("CLIENT REPLY OFF", SILENT),
    ("PING", SILENT), ("PING", SILENT), ("CLIENT REPLY ON", OK),
    ("PING", PONG)])
case("off-then-skip", [
    ("CLIENT REPLY OFF", SILENT), ("CLIENT REPLY SKIP", SILENT),
    ("PING", SILENT), ("PING", SILENT), ("CLIENT REPLY ON", OK),
    ("PING", PONG)])
case("of-its-connection", [
    ("CLIENT REPLY OFF", SILENT), ("b", "PING", PONG), ("PING", SILENT),
    ("CLIENT REPLY ON", OK)])
for tag, raw in [("quit", encode("QUIT")), ("protocol-error", b"*1\r\nx\r\n")]:
    case("off-then-" + tag, [("CLIENT REPLY OFF", SILENT), (raw, CLOSED)],
         only="kv", why="redis 7.0 leaves the connection open")

# ---- CLIENT UNBLOCK ------------------------------------------------------

case = area("session.unblock")
UNBLOCKED = E("UNBLOCKED client unblocked via CLIENT UNBLOCK")
REASON = E("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
case("nobody", [
    ("CLIENT UNBLOCK 9223372036854775807", 0), ("CLIENT UNBLOCK 0", 0),
    ("CLIENT UNBLOCK -1", 0), ("client unblock 0 timeout", 0),
    ("CLIENT UNBLOCK 0 ERROR", 0)])
case("errors", [
    ("CLIENT UNBLOCK abc", INT_ERR), ("CLIENT UNBLOCK 1.5", INT_ERR),
    ("CLIENT UNBLOCK 9223372036854775808", INT_ERR),
    ("CLIENT UNBLOCK 1 FOO", REASON), ("CLIENT UNBLOCK abc FOO", REASON),
    ("CLIENT UNBLOCK 1 TIMEOUT ERROR", tried("CLIENT", "UNBLOCK"))])


def unblocking(name, query, command, want, *setup, needs=()):
    def script():
        for step in setup:
            yield step
        b = (yield "b", "CLIENT ID", ANY).v
        yield "CLIENT UNBLOCK %d%s" % (b, query), 0     # not blocked
        yield "b", command, BLOCKED
        yield "CLIENT UNBLOCK %d%s" % (b, query), 1
        yield "b", b"", want
        yield "CLIENT UNBLOCK %d%s" % (b, query), 0
        yield "b", "PING", PONG
    case.script(name, needs=("CLIENT UNBLOCK", "CLIENT ID") + tuple(needs))(
        script)


unblocking("blpop", "", "BLPOP l 0", NILARRAY, needs=["BLPOP"])
unblocking("timeout", " TIMEOUT", "BLPOP l 0", NILARRAY, needs=["BLPOP"])
unblocking("error", " ERROR", "BLPOP l 0", UNBLOCKED, needs=["BLPOP"])
unblocking("lower-case", " error", "BLPOP l 100", UNBLOCKED, needs=["BLPOP"])
unblocking("blmove", "", "BLMOVE a b LEFT LEFT 0", NILARRAY,
           needs=["BLMOVE"])
unblocking("brpoplpush", "", "BRPOPLPUSH a b 0", NILARRAY,
           needs=["BRPOPLPUSH"])
unblocking("bzpopmin", "", "BZPOPMIN z 0", NILARRAY, needs=["BZPOPMIN"])
unblocking("bzmpop", " ERROR", "BZMPOP 0 1 z MIN", UNBLOCKED,
           needs=["BZMPOP"])
unblocking("xread", "", "XREAD BLOCK 0 STREAMS s $", NILARRAY,
           needs=["XREAD"])
unblocking("xread-error", " ERROR", "XREAD BLOCK 0 STREAMS s $", UNBLOCKED,
           needs=["XREAD"])
unblocking("wait", "", "WAIT 1 0", 0, ("SET k v", OK), ("b", "SET k v", OK),
           needs=["WAIT"])


@case.script("oneself", needs=("CLIENT UNBLOCK", "CLIENT ID"))
def unblock_oneself():
    me = (yield "CLIENT ID", ANY).v
    yield "CLIENT UNBLOCK %d" % me, 0
    yield "CLIENT UNBLOCK %d ERROR" % me, 0


@case.script("pipelined-go-on", needs=("CLIENT UNBLOCK", "CLIENT ID"))
def unblock_pipelined():
    """What waited behind the blocked command is executed."""
    b = (yield "b", "CLIENT ID", ANY).v
    yield "b", encode("BLPOP", "l", 0) + encode("SET", "k", "v"), BLOCKED
    yield "EXISTS k", 0
    yield "CLIENT UNBLOCK %d" % b, 1
    yield "b", b"", NILARRAY
    yield "b", b"", OK
    yield "GET k", "v"


# ---- CLIENT PAUSE --------------------------------------------------------

case = area("session.pause")
case("errors", [
    ("CLIENT PAUSE abc", E("ERR timeout is not an integer or out of range")),
    ("CLIENT PAUSE 99999999999999999999",
     E("ERR timeout is not an integer or out of range")),
    (("CLIENT", "PAUSE", ""),
     E("ERR timeout is not an integer or out of range")),
    ("CLIENT PAUSE -1", E("ERR timeout is negative")),
    ("CLIENT PAUSE 1 FOO",
     E("ERR CLIENT PAUSE mode must be WRITE or ALL")),
    ("CLIENT PAUSE 1 ALL x", tried("CLIENT", "PAUSE")), ("PING", PONG)])
case("zero", [
    ("CLIENT PAUSE 0", OK), ("CLIENT PAUSE 0 ALL", OK),
    ("CLIENT PAUSE 0 write", OK), ("SET k v", OK)])
case("unpause-without-pause", [
    ("CLIENT UNPAUSE", OK), ("client unpause", OK), ("PING", PONG)])
case("all", [
    ("CLIENT PAUSE 30", OK), ("PING", PONG), ("SET k v", OK),
    ("CLIENT PAUSE 30 all", OK), ("GET k", "v")], contexts="plain")
# While it lasts, the suite could write nothing elsewhere.
paused = area("session.pause", options={"hz": "11"})
paused("write", [
    ("SET k v", OK), ("CLIENT PAUSE 100000 WRITE", OK), ("GET k", "v"),
    ("b", "SET k w", BLOCKED), ("PING", PONG), ("GET k", "v"),
    ("CLIENT UNPAUSE", OK), ("b", b"", OK), ("GET k", "w")])
paused("write-several", [
    ("CLIENT PAUSE 100000 WRITE", OK), ("a", "RPUSH l a", BLOCKED),
    ("b", "RPUSH l b", BLOCKED), ("c", "LLEN l", 0),
    ("CLIENT UNPAUSE", OK), ("a", b"", ANY), ("b", b"", ANY),
    ("LLEN l", 2)])
paused("write-transaction", [
    ("CLIENT PAUSE 100000 WRITE", OK), ("b", "MULTI", OK),
    ("b", "GET k", QUEUED), ("b", "EXEC", [NIL]), ("b", "MULTI", OK),
    ("b", "SET k v", BLOCKED), ("CLIENT UNPAUSE", OK), ("b", b"", QUEUED),
    ("b", "EXEC", [OK]), ("GET k", "v")])
paused("write-exec", [
    ("b", "MULTI", OK), ("b", "SET k v", QUEUED),
    ("CLIENT PAUSE 100000 WRITE", OK), ("b", "EXEC", BLOCKED),
    ("CLIENT UNPAUSE", OK), ("b", b"", [OK]), ("GET k", "v")])
paused("write-publish-and-script", [
    ("CLIENT PAUSE 100000 WRITE", OK), ("b", "PUBLISH x y", BLOCKED),
    ("c", ("EVAL", "return 1", "0"), BLOCKED), ("CLIENT UNPAUSE", OK),
    ("b", b"", 0), ("c", b"", 1)])
paused("pipeline-waits", [
    ("CLIENT PAUSE 100000 WRITE", OK),
    ("b", encode("PING") + encode("SET", "k", "v") + encode("PING"), PONG),
    ("b", b"", BLOCKED), ("CLIENT UNPAUSE", OK), ("b", b"", OK),
    ("b", b"", PONG)], needs=("SET",))
paused("error-does-not-wait", [
    ("CLIENT PAUSE 100000 WRITE", OK), ("b", "SET k", arity("set")),
    ("b", "NOPE", E("ERR unknown command 'NOPE', with args beginning "
                    "with: ")), ("CLIENT UNPAUSE", OK)])
# A shorter or weaker pause does not end a longer one.
paused("shorter", [
    ("CLIENT PAUSE 100000 WRITE", OK), ("CLIENT PAUSE 1 WRITE", OK),
    ("b", "SET k v", BLOCKED), ("CLIENT UNPAUSE", OK), ("b", b"", OK)])

# Not here: the array that PING answers when subscribed in RESP2, and RESET's
# +RESET in RESP3, as RESET answers in RESP2.
REPLIES = {
    "AUTH": "simple error",
    "CLIENT": "error",
    "CLIENT CACHING": "simple error",
    "CLIENT GETNAME": "bulk null error",
    "CLIENT GETREDIR": "int error",
    "CLIENT HELP": "array error",
    "CLIENT ID": "int error",
    "CLIENT INFO": "verbatim error",
    "CLIENT KILL": "simple int error",
    "CLIENT LIST": "verbatim error",
    "CLIENT NO-EVICT": "simple error",
    "CLIENT PAUSE": "simple error",
    "CLIENT REPLY": "simple error nothing",
    "CLIENT SETNAME": "simple error",
    "CLIENT TRACKING": "simple error",
    "CLIENT TRACKINGINFO": "map error",
    "CLIENT UNBLOCK": "int error",
    "CLIENT UNPAUSE": "simple error",
    "ECHO": "bulk error",
    "HELLO": "map error",
    "PING": "simple bulk error",
    "QUIT": "simple",
    "RESET": "error",
    "SELECT": "simple error",
    "SWAPDB": "simple error",
}
