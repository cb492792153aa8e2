"""COMMAND."""

from conformance.cases import *  # noqa: F403
from conformance.case import CONTAINERS
from conformance.expect import match, wrong_type

NO_KEYS = E("ERR The command has no key arguments")
BAD_ARGC = E("ERR Invalid number of arguments specified for command")
BAD_COMMAND = E("ERR Invalid command specified")

# ---- INFO ------------------------------------------------------------------


def positions(command):
    """First key, last key and step of COMMAND INFO, where one range of keys
    at a fixed place says it all."""
    if command.name in CONTAINERS or not command.specs:
        return 0, 0, 0
    if len(command.specs) > 1 or not command.specs[0][0].isdigit() or \
            "#" in command.specs[0]:
        return ANY, ANY, ANY
    first, last, step, _ = map(int, command.specs[0].split(":"))
    return first, first + last if last >= 0 else last, step


def of(check, what):
    """A set of simple strings whose names meet a check."""
    return SetOf(lambda items: all(type(x) is Simple for x in items) and
                 check({x.v.decode() for x in items}), what)


class SetOf(Shape):
    """A set, in RESP2 an array, whose items meet a check."""

    def differs(self, at, got):
        kind = Array if at.proto == 2 else Set
        if type(got) is not kind:
            return wrong_type("a %s: %s" % (kind.__name__, self.what), kind,
                              got)
        return Shape(lambda _: self.fn(got.v), self.what).differs(at, got)


def specification(at, got):
    """Is it a key specification, as far as all have the same form?"""
    spec = M([("flags", ANY), ("begin_search", M([
        ("type", ANY), ("spec", M([], more=True))])), ("find_keys", M([
            ("type", ANY), ("spec", M([], more=True))]))], more=True)
    return match(spec, at, got) is None


class Specifications(SetOf):
    def __init__(self):
        SetOf.__init__(self, lambda items: True, "key specifications")

    def differs(self, at, got):
        return SetOf.differs(self, at, got) or Shape(
            lambda got: all(specification(at, x) for x in got.v),
            self.what).differs(at, got)


def row(command):
    flags = {*command.flags}
    return [
        command.name.replace(" ", "|").lower(), command.arity,
        Exact(of(lambda names: flags <= names,
                 "flags that include " + ", ".join(sorted(flags))))
    ] + [Exact(n) for n in positions(command)] + [
        of(lambda names: all(n.startswith("@") for n in names) and
           len(names & {"@fast", "@slow"}) == 1,
           "categories, one of @fast and @slow"),
        SetOf(lambda items: all(type(x) is Bulk for x in items), "tips"),
        Specifications(),
        Shape(lambda got: type(got) in (Array, Set) and all(
            len(x.v) == 10 and x.v[0].v.startswith(
                command.name.lower().encode() + b"|") for x in got.v),
            "the rows of its subcommands")]     # an empty set, or an array


case = area("server.command.info")
for command in COMMANDS.values():
    if command.name not in ("PFDEBUG", "PFSELFTEST", "RESTORE-ASKING"):
        case(command.name.lower().replace(" ", "-"), [
            ("COMMAND INFO " + command.name.replace(" ", "|"),
             [row(command)]),
        ], needs=(command.name,), contexts="plain")
case("kinds-of-its-fields", [
    ("COMMAND INFO get", [[
        "get", 2, S([Simple("readonly"), Simple("fast")]), 1, 1, 1,
        S([Simple("@read"), Simple("@string"), Simple("@fast")]), S([]),
        ANY, OneOf(S([]), [])]]),
    ("COMMAND INFO GET get", [ANY, ANY]),
])
case("key-specification", [
    ("COMMAND INFO get", [[ANY] * 8 + [S([M([
        ("flags", S([Simple("RO"), Simple("access")])),
        ("begin_search", M([("type", "index"), ("spec", M([
            ("index", 1)]))])),
        ("find_keys", M([("type", "range"), ("spec", M([
            ("lastkey", 0), ("keystep", 1), ("limit", 0)]))])),
    ])]), ANY]]),
], level=EXACT)
case("key-specification-keyword", [
    ("COMMAND INFO xread", [[ANY] * 8 + [S([M([
        ("flags", S([Simple("RO"), Simple("access")])),
        ("begin_search", M([("type", "keyword"), ("spec", M([
            ("keyword", "STREAMS"), ("startfrom", 1)]))])),
        ("find_keys", M([("type", "range"), ("spec", M([
            ("lastkey", -1), ("keystep", 1), ("limit", 2)]))])),
    ])]), ANY]]),
], level=EXACT, needs=("XREAD",))
case("key-specification-keynum", [
    ("COMMAND INFO zunion", [[ANY] * 8 + [S([M([
        ("flags", S([Simple("RO"), Simple("access")])),
        ("begin_search", M([("type", "index"), ("spec", M([
            ("index", 1)]))])),
        ("find_keys", M([("type", "keynum"), ("spec", M([
            ("keynumidx", 0), ("firstkey", 1), ("keystep", 1)]))])),
    ])]), ANY]]),
], level=EXACT, needs=("ZUNION",))
case("no-such-command", [
    ("COMMAND INFO nope", [NIL]), ("COMMAND INFO get|x", [NIL]),
    ("COMMAND INFO client|nope client|id|x", [NIL, NIL]),
    (("COMMAND", "INFO", ""), [NIL]),
    ("COMMAND INFO nope get", [NIL, ListOf(ANY, 10)]),
])

case = area("server.command")


@case.script("info-of-all", needs=("COMMAND", "COMMAND INFO",
                                   "COMMAND COUNT", "COMMAND LIST"),
             contexts="plain")
def info_of_all():
    """COMMAND, COMMAND INFO, COUNT and LIST say the same."""
    rows = ListOf(ListOf(ANY, 10))
    every = yield "COMMAND", rows
    names = sorted(x.v[0].v for x in every.v)
    yield "COMMAND COUNT", len(names)
    yield "COMMAND INFO", Unordered(every.v)
    got = yield "COMMAND LIST", ListOf(Re(rb"[a-z_|-]+"))
    top = sorted(x.v for x in got.v if b"|" not in x.v)
    yield "PING", Shape(lambda _: top == names,
                        "COMMAND LIST has the names of COMMAND")


# ---- LIST ------------------------------------------------------------------

case = area("server.command.list")
case("pattern", [
    ("COMMAND LIST FILTERBY PATTERN getrang*", ["getrange"]),
    ("command list filterby pattern GETRANG*", ["getrange"]),
    ("COMMAND LIST FILTERBY PATTERN getr[a]nge", ["getrange"]),
    ("COMMAND LIST FILTERBY PATTERN nope*", []),
    ("COMMAND LIST FILTERBY PATTERN config|[gs]et",
     Unordered(["config|get", "config|set"])),
])
case("category", [
    ("COMMAND LIST FILTERBY ACLCAT nope", []),
    ("COMMAND LIST FILTERBY ACLCAT @string", []),
    ("COMMAND LIST FILTERBY ACLCAT string", Shape(
        lambda got: type(got) is Array and {b"get", b"set", b"append"} <=
        {x.v for x in got.v} and b"ping" not in {x.v for x in got.v},
        "string commands")),
])
case("module", [("COMMAND LIST FILTERBY MODULE nope", [])])
case("syntax", [("COMMAND LIST" + tail, SYNTAX) for tail in (
    " x", " FILTERBY", " FILTERBY PATTERN", " FILTERBY FOO x",
    " FILTERBY PATTERN a b", " FOO PATTERN a")])


@case.script("category-is-that-of-info", needs=(
    "COMMAND INFO", "COMMAND LIST"), contexts="plain")
def category_is_that_of_info():
    rows, todo = {}, [*(yield "COMMAND INFO", ANY).v]
    while todo:
        one = todo.pop()
        rows[one.v[0].v] = {x.v.decode() for x in one.v[6].v}
        todo += one.v[9].v
    for category in ("keyspace", "read", "write", "string", "admin", "fast",
                     "slow", "dangerous", "connection"):
        yield ("COMMAND", "LIST", "FILTERBY", "ACLCAT", category), Unordered(
            [name for name, has in rows.items() if "@" + category in has])

# ---- GETKEYS ---------------------------------------------------------------


case = area("server.command.getkeys")
for line, want in (
        ("GET k", "k"), ("get k", "k"), ("SET k v GET", "k"),
        ("MGET a b a", "a b a"), ("MSET a 1 b 2", "a b"),
        ("MSET a 1 b", "a b"), ("DEL a b c", "a b c"),
        ("EXISTS a b c", "a b c"), ("COPY a b", "a b"),
        ("COPY a b DB 3", "a b"), ("RENAME a b", "a b"), ("MOVE k 1", "k"),
        ("TOUCH a", "a"), ("EXPIRE k 1", "k"), ("OBJECT ENCODING k", "k"),
        ("object freq k", "k"), ("MEMORY USAGE k", "k"),
        ("MEMORY USAGE k SAMPLES 1", "k"), ("LMOVE a b LEFT LEFT", "a b"),
        ("BLPOP a b 0", "a b"), ("SUNIONSTORE d a b", "d a b"),
        ("ZUNIONSTORE d 2 a b", "d a b"), ("ZUNION 2 a b WITHSCORES", "a b"),
        ("SINTERCARD 2 a b LIMIT 1", "a b"), ("LMPOP 2 a b LEFT", "a b"),
        ("BLMPOP 0 2 a b LEFT", "a b"), ("BZMPOP 0 1 a MIN", "a"),
        ("EVAL return 2 a b c", "a b"), ("EVALSHA x 1 a b", "a"),
        ("FCALL f 2 a b c", "a b"), ("XREAD COUNT 1 STREAMS a b 0 0", "a b"),
        ("XREADGROUP GROUP g c STREAMS a >", "a"),
        ("XGROUP CREATE k g 0", "k"), ("XINFO STREAM k", "k"),
        ("SORT a", "a"), ("SORT a BY w_* GET o_*", "a"),
        ("SORT a STORE b", "a b"), ("SORT a STORE b STORE c", "a c"),
        ("SORT_RO a BY w_* GET o_*", "a"),
        ("GEORADIUS k 1 1 1 m STORE d", "k d"),
        ("GEORADIUSBYMEMBER k m 1 m STOREDIST d", "k d"),
        ("GEOSEARCHSTORE d k FROMMEMBER a BYBOX 1 1 m", "d k"),
        ("MIGRATE h 1 k 0 1", "k"), ("BITOP AND d a b", "d a b"),
        ("PFCOUNT a b", "a b"), ("PFMERGE d a b", "d a b"),
        ("WATCH a b", "a b"), ("ZRANGESTORE d k 0 -1", "d k")):
    name = "-".join(line.lower().split()).replace("*", "x")
    case(name.replace(">", "new") + ("-upper" if line == "GET k" else ""), [
        ("COMMAND GETKEYS " + line, want.split())],
        needs=(line.split()[0].upper(),))
case("migrate-keys", [
    (("COMMAND", "GETKEYS", "MIGRATE", "h", "1", "", "0", "1", "KEYS", "a",
      "b"), ["a", "b"])], needs=("MIGRATE",))
case("binary", [
    (("COMMAND", "GETKEYS", "GET", b"\0\r\n\xff"), [b"\0\r\n\xff"]),
    (("COMMAND", "GETKEYS", "GET", ""), [""]),
])
case("wrong-number-of-arguments", [
    ("COMMAND GETKEYS " + line, BAD_ARGC)
    for line in ("GET a b", "SET k", "MEMORY USAGE")])
case("no-such-command", [
    ("COMMAND GETKEYS nope a", BAD_COMMAND),
    ("COMMAND GETKEYS OBJECT NOPE k", BAD_COMMAND),
])
case("command-without-keys", [
    ("COMMAND GETKEYS " + line, NO_KEYS) for line in (
        "CONFIG GET x", "OBJECT HELP", "DEBUG OBJECT k", "SCAN 0", "KEYS a",
        "SWAPDB 0 1", "ECHO a")])
case("no-keys-this-time", [
    ("COMMAND GETKEYS EVAL return 0", []),
    ("COMMAND GETKEYS XREAD COUNT 1 a",
     E("ERR Invalid arguments specified for command")),
    ("COMMAND GETKEYS ZUNION 5 a b",
     E("ERR Invalid arguments specified for command")),
], needs=("EVAL", "XREAD", "ZUNION"))
case("arity-first", [
    ("COMMAND GETKEYS GET", arity("command|getkeys")),
    ("COMMAND GETKEYS", arity("command|getkeys")),
])

case = area("server.command.getkeysandflags")
for line, want in (
        ("GET k", "k RO access"), ("SET k v", "k OW update"),
        ("SET k v EX 5", "k OW update"),
        ("SET k v GET", "k RW access update"),
        ("SET k v get", "k RW access update"), ("SET k get", "k OW update"),
        ("SETNX k v", "k OW insert"),
        ("COPY a b", "a RO access, b OW update"),
        ("RENAME a b", "a RW access delete, b OW update"),
        ("MSET a 1 b 2", "a OW update, b OW update"),
        ("DEL a b", "a RM delete, b RM delete"), ("UNLINK a", "a RM delete"),
        ("GETDEL a", "a RW access delete"), ("GETEX a", "a RW access update"),
        ("GETSET a 1", "a RW access update"), ("APPEND a 1", "a RW insert"),
        ("INCR a", "a RW access update"), ("SETRANGE a 1 x", "a RW update"),
        ("GETRANGE a 0 1", "a RO access"), ("EXPIRE a 1", "a RW update"),
        ("PERSIST a", "a RW update"), ("MOVE a 1", "a RW access update"),
        ("EXISTS a b", "a RO, b RO"), ("TTL a", "a RO access"),
        ("TYPE a", "a RO"), ("STRLEN a", "a RO"), ("TOUCH a", "a RO"),
        ("OBJECT ENCODING a", "a RO"), ("MEMORY USAGE a", "a RO"),
        ("LPUSH l a", "l RW insert"), ("LPOP l", "l RW access delete"),
        ("LMOVE a b LEFT LEFT", "a RW access delete, b RW insert"),
        ("SINTERSTORE d a", "d RW update, a RO access"),
        ("SORT a STORE b", "a RO access, b OW update"),
        ("BITFIELD k GET u8 0", "k RO access"),
        ("BITFIELD k SET u8 0 1", "k RW access update")):
    case("-".join(line.lower().split()) + (
        "-lower" if line == "SET k v get" else ""), [
        ("COMMAND GETKEYSANDFLAGS " + line, Exact([
            [one.split()[0], S([Simple(f) for f in one.split()[1:]])]
            for one in want.split(", ")]))],
        needs=(line.split()[0],))
case("errors", [
    ("COMMAND GETKEYSANDFLAGS SET a", BAD_ARGC),
    ("COMMAND GETKEYSANDFLAGS NOPE a", BAD_COMMAND),
    ("COMMAND GETKEYSANDFLAGS SCAN 0", NO_KEYS),
    ("COMMAND GETKEYSANDFLAGS", arity("command|getkeysandflags")),
    ("COMMAND GETKEYSANDFLAGS PING", arity("command|getkeysandflags")),
])

# ---- DOCS ------------------------------------------------------------------

case = area("server.command.docs")
VERSION = Re(rb"\d+\.\d+\.\d+")
case("no-such-command", [
    ("COMMAND DOCS nope", M([])), ("COMMAND DOCS client|nope", M([])),
    (("COMMAND", "DOCS", ""), M([])),
])
for name, group in (
        ("get", "string"), ("del", "generic"), ("ping", "connection"),
        ("info", "server"), ("lpush", "list"), ("sadd", "set"),
        ("zadd", "sorted-set"), ("hset", "hash"), ("xadd", "stream"),
        ("multi", "transactions"), ("publish", "pubsub")):
    case(name, [("COMMAND DOCS " + name.upper(), M([(name, M([
        ("summary", Re(rb"[^\n]+")), ("since", VERSION), ("group", group),
    ], more=True))]))], needs=(name.upper(),))
case("several", [
    ("COMMAND DOCS get nope SET", M([("get", ANY), ("set", ANY)])),
])
case("subcommand", [
    ("COMMAND DOCS CONFIG|GET", M([("config|get", M([
        ("summary", Re(rb".+")), ("since", VERSION), ("group", "server"),
    ], more=True))])),
])
case("container", [
    ("COMMAND DOCS config", M([("config", M([
        ("subcommands", M([("config|get", ANY), ("config|set", ANY)],
                          more=True))], more=True))])),
])
case("arguments", [
    ("COMMAND DOCS get", M([("get", M([("arguments", [M([
        ("name", "key"), ("type", "key"), ("key_spec_index", 0)], more=True,
    )])], more=True))])),
    ("COMMAND DOCS append", M([("append", M([("arguments", [
        M([("name", "key"), ("type", "key")], more=True),
        M([("name", "value"), ("type", "string")], more=True)])],
        more=True))])),
], level=EXACT)
case("flags-of-arguments", [
    ("COMMAND DOCS mget", M([("mget", M([("arguments", [M([
        ("name", "key"), ("flags", S([Simple("multiple")]))], more=True,
    )])], more=True))])),
], level=EXACT)
case("history", [
    ("COMMAND DOCS expire", M([("expire", M([("history", S([
        ["7.0.0", Re(rb".+")]]))], more=True))])),
], level=MAY)

# ---- errors ----------------------------------------------------------------

case = area("server.command")
case("unknown-subcommand", [
    ("COMMAND NOPE", E("ERR unknown subcommand 'NOPE'. Try COMMAND HELP.")),
    ("COMMAND get", E("ERR unknown subcommand 'get'. Try COMMAND HELP.")),
])


REPLIES = {
    "COMMAND": "array error", "COMMAND COUNT": "int", "COMMAND DOCS": "map",
    "COMMAND GETKEYS": "array error", "COMMAND HELP": "array",
    "COMMAND GETKEYSANDFLAGS": "array error", "COMMAND INFO": "array",
    "COMMAND LIST": "array error",
}
