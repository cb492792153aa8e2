"""What errors repeat of a request: names and arguments, cut and cleaned."""

from conformance.cases.request import *  # noqa: F403
from conformance.cases.request import PING, replies, unknown

# ---- unknown commands ----------------------------------------------------

case = area("request.unknown")
A, N = b"a", b"n"

case("case-is-kept", [("nope", unknown(b"nope")), ("NoPe", unknown(b"NoPe"))])
case("arguments", [("nope a b c", unknown(b"nope", b"'a' 'b' 'c' "))])
case("almost-a-command", [
    ("GE k", unknown(b"GE", b"'k' ")), ("GETT k", unknown(b"GETT", b"'k' ")),
    (("GET k",), unknown(b"GET k")), ("GET|k", unknown(b"GET|k")),
    ("client|id", unknown(b"client|id"))])
for n in (127, 128, 129, 300):
    case("name-of-%d" % n, [((N * n, "a"), unknown(N * min(n, 128),
                                                   b"'a' "))])
case("long-argument", [((N * 300, "m" * 300), unknown(
    N * 128, b"'" + b"m" * 128 + b"' "))])
# The quoted arguments end where they have 128 bytes.
case("arguments-128", [(("x", A * 128, "b"), unknown(
    b"x", b"'" + A * 128 + b"' "))])
case("arguments-124-and-3", [(("x", A * 124, "bcd"), unknown(
    b"x", b"'" + A * 124 + b"' 'b' "))])
case("arguments-125-and-3", [(("x", A * 125, "bcd"), unknown(
    b"x", b"'" + A * 125 + b"' "))])
case("arguments-3-of-60", [(("x", A * 60, b"b" * 60, b"c" * 60), unknown(
    b"x", b"'" + A * 60 + b"' '" + b"b" * 60 + b"' 'cc' "))])
case("arguments-100", [(("x",) + ("a",) * 100, unknown(b"x", b"'a' " * 32))])
case("empty", [(("",), unknown(b"")), (("", "", "c"), unknown(
    b"", b"'' 'c' "))])
case("nul-cuts", [
    ((b"\0",), unknown(b"")), ((b"ab\0c",), unknown(b"ab")),
    (("x", b"a\0b", "c"), unknown(b"x", b"'a' 'c' "))])
case("8-bit", [((b"\xff\xc3\xa9", b"\xc3\xa9\xff"), unknown(
    b"\xff\xc3\xa9", b"'\xc3\xa9\xff' "))])
case("line-ends-become-spaces", [
    (("no\r\npe", "a\r\nb"), unknown(b"no  pe", b"'a  b' ")),
    (("\r\n", "\n"), unknown(b"  ", b"' ' ")),
    (("x", "\r\n+OK\r\n"), unknown(b"x", b"'  +OK  ' "))])
case("quotes-as-they-are", [(("x", "it's", '"'), unknown(
    b"x", b"'it's' '\"' "))])
case("stays-in-sync", replies(
    encode("a\r\n+OK\r\nb") + PING, unknown(b"a  +OK  b"), PONG), splits=True)

# ---- wrong numbers of arguments ------------------------------------------

case = area("request.arity")

case("name-in-lower-case", [("GET", arity("get")), ("gEt", arity("get")),
                            ("GET a b", arity("get"))])
case("too-many", [("PING a b", arity("ping")), ("ECHO a b", arity("echo"))])
case("subcommand", [
    ("CLIENT SETNAME", arity("client|setname")),
    ("client SetName a b", arity("client|setname")),
    ("CONFIG GET", arity("config|get"))])
for name in ("CLIENT", "CONFIG", "OBJECT", "MEMORY", "CLUSTER", "MODULE",
             "DEBUG", "ACL", "XGROUP", "XINFO", "SCRIPT", "FUNCTION",
             "PUBSUB", "SLOWLOG", "LATENCY"):
    case("no-subcommand-" + name.lower(), [(name, arity(name.lower()))])
case("goes-before-wrongtype", [
    ("RPUSH l a", 1), ("GET l x", arity("get")), ("GET l", WRONGTYPE)])

# ---- what is repeated ----------------------------------------------------

SAID = [("", b"NOPE"), ("-line-end", b"a\r\nb"), ("-nul", b"a\0b"),
        ("-long", b"x" * 300), ("-8-bit", b"\xff\xfe"), ("-quote", b"'"),
        ("-empty", b"")]


def shown(said, most=None):
    """As C strings are shown, without line ends."""
    return said.split(b"\0")[0].replace(b"\r", b" ").replace(
        b"\n", b" ")[:most]


case = area("request.unknown-subcommand")
for name in ("CLIENT", "CONFIG", "OBJECT", "COMMAND", "MEMORY", "CLUSTER",
             "MODULE", "ACL", "XGROUP", "XINFO", "SCRIPT", "FUNCTION",
             "PUBSUB", "SLOWLOG", "LATENCY"):
    case(name.lower(), [
        ((name, said), E(b"ERR unknown subcommand '%s'. Try %s HELP." % (
            shown(said, 128), name.encode())))
        for _, said in SAID] + [
        ((name, "NOPE", "x"), E(
            "ERR unknown subcommand 'NOPE'. Try %s HELP." % name)),
        ((name, "NOPE", "a", "b"), E(
            "ERR unknown subcommand 'NOPE'. Try %s HELP." % name)),
        (name.lower() + " nope", E(
            "ERR unknown subcommand 'nope'. Try %s HELP." % name))])
case("debug", [
    (("DEBUG", said), E(
        b"ERR unknown subcommand or wrong number of arguments for '%s'. Try "
        b"DEBUG HELP." % shown(said, 128))) for _, said in SAID],
    needs=("debug",))

case = area("request.echoed")
for tag, said in SAID:
    text = shown(said)
    case("hello-option" + tag, [(("HELLO", "3", said), E(
        b"ERR Syntax error in HELLO option '%s'" % text)), ("PING", PONG)])
    case("client-type" + tag, [
        (("CLIENT", "KILL", "TYPE", said),
         E(b"ERR Unknown client type '%s'" % text)),
        (("CLIENT", "LIST", "TYPE", said),
         E(b"ERR Unknown client type '%s'" % text))])
    case("client-user" + tag, [(("CLIENT", "KILL", "USER", said), E(
        b"ERR No such user '%s'" % text))])
    case("config-parameter" + tag, [(("CONFIG", "SET", said, "1"), E(
        b"ERR Unknown option or number of arguments for CONFIG SET - '%s'"
        % text))])
