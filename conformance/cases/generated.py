"""What holds for every command, made from data/commands.txt and
data/calls.txt: arity, subcommands, types, numbers, options, case, missing
keys."""

import os
import re
import shlex

from conformance import cases, resp
from conformance.cases import *  # noqa: F403
from conformance.case import CONTAINERS, CONTEXTS, HERE
from conformance.expect import Name


# These vary what commands say, not how it comes: the families leave out the
# contexts that try the reader of requests, but for one call of each command.
CALLS = ("plain", "pipelined", "multi", "inline")


def lower(name):
    return name.lower().replace(" ", "|")


def ident(name):
    return name.lower().replace(" ", "-").replace("|", "-")


# ---- arity --------------------------------------------------------------

case = area("generated.arity", contexts=CALLS)

# Any number of arguments is right for those with an arity of -1, and a
# subcommand of -2 has too few of them only where the name of its container
# stands alone: see generated.subcommand. PING looks for itself.
for command in COMMANDS.values():
    name, words = lower(command.name), command.name.split()
    steps = []
    if command.arity > 0 or len(words) < -command.arity:
        for n in sorted({len(words), abs(command.arity) - 1}):
            if len(words) <= n < abs(command.arity):
                steps.append((words + ["x"] * (n - len(words)), arity(name)))
    if command.arity > 0:
        for n in (1, 2, 20):
            steps.append((words + ["x"] * (command.arity + n - len(words)),
                          arity(name)))
    if name == "ping":
        steps = [(words + ["a"] * n, arity(name)) for n in (2, 3)]
    if name == "exec":
        # it refuses itself as it does what cannot be queued
        steps = [(words + ["x"] * n, E(
            "EXECABORT Transaction discarded because of: wrong number of "
            "arguments for 'exec' command")) for n in (1, 2)]
    if steps:
        steps.append(([w.capitalize() for w in steps[0][0]], steps[0][1]))
        case(ident(name), steps)

# ---- subcommands --------------------------------------------------------

case = area("generated.subcommand", contexts=CALLS)


def unknown(sub, name):
    return E("ERR unknown subcommand '%s'. Try %s HELP." % (sub, name))


for name in sorted(CONTAINERS):
    mixed = name.capitalize()
    case(ident(name), ([
        # COMMAND has a meaning of its own
        (name, arity(lower(name))), (mixed, arity(lower(name))),
    ] if name != "COMMAND" else []) + [
        (name + " NOPE", unknown("NOPE", name)),
        (mixed + " nope", unknown("nope", name)),
        (name + " NOPE a b c", unknown("NOPE", name)),
        ((name, ""), unknown("", name)),
        ((name, "a\r\nb"), unknown("a  b", name)),
        ((name, "x" * 200), unknown("x" * 128, name)),
        ((name, name), unknown(name, name)),
        ((name, "help "), unknown("help ", name)),
    ])

# ---- the calls ----------------------------------------------------------

TEXT = V("txt", Shape(lambda v: type(v) is Bulk and v.v, "a text"))
ID = Between(1, 2**63 - 1)
NAMES = ListOf(Shape(lambda v: type(v) is Bulk, "a bulk"), (1, 1000))
ROWS = ListOf(Shape(lambda v: type(v) is Array, "an array"), (1, 1000))
HELP = ListOf(Shape(lambda v: type(v) is Simple, "a line of help"), (3, 100))
NO_CLUSTER = E("ERR This instance has cluster support disabled")
NO_MODULES = E(
    "ERR MODULE command not allowed. If the enable-module-command option is "
    "set to \"local\", you can run it from a local connection, otherwise you "
    "need to set this option in the configuration file, and then restart the "
    "server.")
NO_ACL_FILE = E(
    "ERR This Redis instance is not configured to use an ACL file. You may "
    "want to specify users via the ACL SETUSER command and then issue a "
    "CONFIG REWRITE (assuming you have a Redis configuration file set) in "
    "order to store users in the Redis configuration.")
NO_STREAM = E(
    "ERR The XGROUP subcommand requires the key to exist. Note that for "
    "CREATE you may want to use the MKSTREAM option to create an empty "
    "stream automatically.")
NO_LFU = E(
    "ERR An LFU maxmemory policy is not selected, access frequency not "
    "tracked. Please note that when switching between policies at runtime "
    "LRU and LFU data will take some time to adjust.")
HELLO = M([("server", ANY), ("version", Re(r"[0-9.]+")),
           ("proto", Between(2, 3)), ("id", ID), ("mode", ANY),
           ("role", ANY), ("modules", ANY)])
STATS = M([("peak.allocated", ANY), ("total.allocated", ANY),
           ("keys.count", ANY)], more=True)
ENTRIES = [["1-1", ["f", "v"]], ["2-1", ["f", "w"]]]
XINFO = M([("length", 2), ("last-generated-id", "2-1"), ("groups", 1),
           ("first-entry", ENTRIES[0]), ("last-entry", ENTRIES[1])],
          more=True)
_read = resp.Array([resp.Array([resp.Bulk(id), resp.Array(
    list(map(resp.Bulk, pair)))]) for id, pair in ENTRIES])
READ = Name("READ", resp.Array([resp.Array([resp.Bulk("k"), _read])]),
            resp.Map([(resp.Bulk("k"), _read)]))

WORDS = dict(vars(cases), TEXT=TEXT, ID=ID, NAMES=NAMES, ROWS=ROWS, HELP=HELP,
             NO_CLUSTER=NO_CLUSTER, NO_MODULES=NO_MODULES, NO_LFU=NO_LFU,
             NO_ACL_FILE=NO_ACL_FILE, NO_STREAM=NO_STREAM, HELLO=HELLO,
             STATS=STATS, XINFO=XINFO, READ=READ)

# How a key of each type is made, and what it holds.
FILL = {
    "string": ["SET %s 10"], "list": ["RPUSH %s a b c"],
    "hash": ["HSET %s f 1"], "set": ["SADD %s a"], "zset": ["ZADD %s 1 a"],
    "stream": ["XADD %s 1-1 f v", "XADD %s 2-1 f w", "XGROUP CREATE %s g 0"],
    "hll": ["PFADD %s a b"], "any": ["SET %s 10"], "-": [],
    "geo": ["GEOADD %s 13.361389 38.115556 P 15.087269 37.502669 C"],
}
HOLDS = {
    "string": [("GET k", "10")], "list": [("LRANGE k 0 -1", list("abc"))],
    "hash": [("HGETALL k", M([("f", "1")]))],
    "set": [("SMEMBERS k", S(["a"]))],
    "zset": [("ZRANGE k 0 -1 WITHSCORES", Pairs([("a", D("1"))]))],
    "stream": [("XRANGE k - +", ENTRIES)],
    "hll": [("PFCOUNT k", 2)], "geo": [("ZRANGE k 0 -1", ["P", "C"])],
    "any": [("GET k", "10")], "-": [],
}
TYPES = ("string", "list", "hash", "set", "zset", "stream")
TYPE_OF = {"hll": "string", "geo": "zset", "any": "string"}
NUMBER = re.compile(r"([a-z0-9-]+)=(int|float|time|cursor)(?:/([a-z]+))?:"
                    r"(.*)\Z")


class Row:
    """A line of calls.txt with the "+" and "!" lines below it."""

    def __init__(self, name, type, call, reply=None, missing=None,
                 option=None):
        self.name, self.type, self.call = name, type, call
        self.reply, self.missing, self.option = (
            eval(text, WORDS) if text else None
            for text in (reply, missing, option))
        self.calls, self.places = [call], [call]

    def words(self, call, key="k", number=(), name=None):
        out = (name or self.name.upper()).split("|")
        for word in shlex.split(call) if call != "." else []:
            found = NUMBER.match(word)
            if found:
                out.append(number[1] if number[:1] == (found.group(1),)
                           else found.group(4))
            else:
                out.append({"KEY": key, "OTHER": "r"}.get(word, word))
        return out

    def fill(self, call, type=None, key="k"):
        """Steps that make the keys of a call."""
        out = [(c % key, ANY) for c in FILL[type or self.type]]
        if "OTHER" in call:
            out += [(c % "r", ANY) for c in FILL[self.type]]
        return out

    def unchanged(self, type=None):
        type = type or self.type
        if type == "-":
            return []
        return [("TYPE k", Simple(TYPE_OF.get(type, type)))] + HOLDS[type]

    def numbers(self, kind):
        """(call, argument, error) of each number of a kind."""
        for call in self.calls:
            for found in map(NUMBER.match, shlex.split(call)):
                if found and found.group(2) == kind:
                    yield call, found.group(1), found.group(3)


def read_calls():
    out = []
    with open(os.path.join(HERE, "data", "calls.txt")) as f:
        for line in f:
            cells = [cell.strip() for cell in line.split(" | ")]
            if cells[0].startswith("#"):
                continue
            if cells[0] == "+":
                out[-1].calls.append(cells[1])
            elif cells[0] == "!":
                out[-1].places.append(cells[1])
            else:
                out.append(Row(*cells))
    return out


ROWS_OF = {row.name: row for row in read_calls()}
missing = {lower(n) for n in COMMANDS} - set(ROWS_OF) - {
    lower(n) for n in CONTAINERS}
assert not missing, "calls.txt has no " + ", ".join(sorted(missing))
NEEDS = {"debug": ("debug",)}

# ---- wrong types --------------------------------------------------------

case = area("generated.wrongtype", contexts=CALLS)

NOT_HLL = E("WRONGTYPE Key is not a valid HyperLogLog string value.")
NOT_STRINGS = E("ERR The specified keys must contain string values")

# What is no WRONGTYPE: (command, type or None for all) -> the reply of each
# of its calls.
OTHERWISE = {
    ("mget", None): [[NIL]], ("setnx", None): [0], ("msetnx", None): [0],
    ("lcs", None): [NOT_STRINGS] * 2,
    ("pfadd", "string"): [NOT_HLL], ("pfcount", "string"): [NOT_HLL] * 2,
    ("pfmerge", "string"): [NOT_HLL] * 2, ("pfdebug", "string"): [NOT_HLL],
    # Commands of sorted sets take sets, each member with a score of 1.
    ("zdiff", "set"): [["a"], []], ("zdiffstore", "set"): [1, 0],
    ("zinter", "set"): [["a"], ["a"]], ("zinterstore", "set"): [1, 1],
    ("zintercard", "set"): [1, 1],
    ("zunion", "set"): [["a"], ["a"]], ("zunionstore", "set"): [1, 1],
    ("sort", "set"): [["a"]], ("sort", "zset"): [["a"]],
    ("sort_ro", "set"): [["a"]], ("sort_ro", "zset"): [["a"]],
}
OVERWRITE = {"set", "setex", "psetex", "mset"}

for row in ROWS_OF.values():
    if row.type in ("-", "any"):    # no key, or one of any type
        continue
    for other in TYPES:
        if other == (row.type if row.type == "hll" else
                     TYPE_OF.get(row.type, row.type)):
            continue
        want = OTHERWISE.get((row.name, other)) or OTHERWISE.get(
            (row.name, None)) or [WRONGTYPE] * len(row.places)
        if row.name in OVERWRITE:
            want = [OK]
        steps = row.fill(" ".join(row.places), other)
        steps += [(row.words(call), w) for call, w in zip(row.places, want)]
        if row.name in OVERWRITE:
            steps += [("TYPE k", Simple("string")), ("GET k", "v")]
        else:
            steps += row.unchanged(other)
        case("%s.%s" % (ident(row.name), other), steps)

# ---- integers -----------------------------------------------------------

case = area("generated.integer", contexts=CALLS)

BAD_INTS = ["", " ", "+1", "01", " 1", "1 ", "1e2", "1.0", "0x1", "abc",
            "9223372036854775808", "-9223372036854775809", "1\0"]
ERRORS = {
    None: INT_ERR,
    "bit": E("ERR bit offset is not an integer or out of range"),
    "bitvalue": E("ERR bit is not an integer or out of range"),
    "numkeys": E("ERR numkeys should be greater than 0"),
    "count": E("ERR count should be greater than 0"),
    "positive": E("ERR value is out of range, must be positive"),
    "limit": E("ERR LIMIT can't be negative"),
    "poscount": E("ERR COUNT can't be negative"),
    "maxlen": E("ERR MAXLEN can't be negative"),
    "timeout": E("ERR timeout is not an integer or out of range"),
    "autoclaim": E("ERR Invalid min-idle-time argument for XAUTOCLAIM"),
    "claim": E("ERR Invalid min-idle-time argument for XCLAIM"),
    "idle": E("ERR Invalid IDLE option argument for XCLAIM"),
    "time": E("ERR Invalid TIME option argument for XCLAIM"),
    "retrycount": E("ERR Invalid RETRYCOUNT option argument for XCLAIM"),
    "above": E("ERR COUNT must be > 0"),
    "killid": E("ERR client-id should be greater than 0"),
    "clientid": E("ERR Invalid client ID"),
    "proto": E("ERR Protocol version is not an integer or out of range"),
    "slowlog": E("ERR count should be greater than or equal to -1"),
    "first": E("ERR invalid first DB index"),
    "second": E("ERR invalid second DB index"),
}

# MIGRATE passes its port on as it is. FCALL looks for the function, and
# CLUSTER for a cluster, before they read a number.
for row in ROWS_OF.values():
    for call, name, error in row.numbers("int"):
        case("%s.%s" % (ident(row.name), name), row.fill(call) + [
            (row.words(call, number=(name, bad)), ERRORS[error])
            for bad in BAD_INTS] + row.unchanged())

# ---- floats -------------------------------------------------------------

case = area("generated.float", contexts=CALLS)

BAD_FLOATS = ["", " ", "abc", " 1", "1 ", "1_0", "1,5", "1e", "nan", "1\0",
              "--1", ".", "e1", "0x"]
TOO_BIG = ["1e400", "-1e400"]
FLOAT_ERRORS = {
    None: FLOAT_ERR, "weight": E("ERR weight value is not a float"),
    "range": E("ERR min or max is not a float"),
    "radius": E("ERR need numeric radius"),
    "width": E("ERR need numeric width"),
    "height": E("ERR need numeric height"),
}
LONG = {"incrbyfloat", "hincrbyfloat"}      # their numbers reach further
# A range takes what strtod does, as an accident also what is empty, begins
# with a space or has a NUL after the number.
LOOSE = {"": 0, " 1": 1, "1\0": 1, ".": None, "0x": None, "e1": None}
ODD = {"0x10": 16.0, ".5": 0.5, "5.": 5.0, "+1": 1.0, "1e2": 100.0,
       "inf": float("inf"), "-inf": float("-inf")}

for row in ROWS_OF.values():
    for call, name, error in row.numbers("float"):
        bad = BAD_FLOATS + ([] if row.name in LONG or error == "range" else
                            TOO_BIG)
        if error == "range":
            bad = [text for text in bad if text not in LOOSE]
        case("%s.%s" % (ident(row.name), name), row.fill(call) + [
            (row.words(call, number=(name, text)), FLOAT_ERRORS[error])
            for text in bad] + row.unchanged())


def pair_error(lon, lat):
    return E("ERR invalid longitude,latitude pair %f,%f" % (lon, lat))


def odd_reply(row, call, name, text):
    """What a command answers to an odd form that it takes."""
    n = ODD[text]
    digits = "%.17g" % (n + 1)
    if row.name in LONG:
        if text.endswith("inf"):
            return E("ERR increment would produce NaN or Infinity"
                     if row.name == "incrbyfloat" else
                     "ERR value is NaN or Infinity")
        return "%.17g" % (n + (10 if row.name == "incrbyfloat" else 1))
    if name == "increment":
        return D(digits)
    if name == "weight" or row.name == "zadd":
        return row.reply
    if name in ("min", "min-score"):
        return row.reply if n <= 1 else row.missing
    if name in ("max", "max-score"):
        return row.reply if n >= 1 else row.missing
    if name in ("longitude", "latitude"):
        lon, lat = (13, 38) if row.name == "geoadd" else (15, 37)
        lon, lat = (n, lat) if name == "longitude" else (lon, n)
        if abs(lon) > 180 or abs(lat) > 85.05112878:
            return pair_error(lon, lat)
        if row.name == "geoadd":
            return row.reply
        # 16, 37 is within 100 km of C
        return row.reply if (lon, lat) == (16, 37) else row.missing
    if n < 0:
        return E("ERR radius cannot be negative" if name == "radius" else
                 "ERR height or width cannot be negative")
    found = ["P"] if "MEMBER" in call or row.name.startswith(
        "georadiusbymember") else ["C"] if n >= 100 else []
    if n > 1000 and name == "radius":
        found = ["P", "C"]
    return len(found) if row.name == "geosearchstore" else found


for row in ROWS_OF.values():
    for call, name, error in row.numbers("float"):
        steps = []
        for text in ODD:
            steps += [("DEL k", ANY)] + row.fill(call) + [
                (row.words(call, number=(name, text)),
                 odd_reply(row, call, name, text))]
        case("%s.%s-odd" % (ident(row.name), name), steps)

# An accident of strtod(), so it is no more than EXACT.
for row in ROWS_OF.values():
    for call, name, error in row.numbers("float"):
        if error != "range":
            continue
        steps = []
        for text, n in list(LOOSE.items()) + [
                ("1e400", float("inf")), ("-1e400", float("-inf"))]:
            if n is None:
                continue
            hit = n <= 1 if name.startswith("min") else n >= 1
            steps += [("DEL k", ANY)] + row.fill(call) + [
                (row.words(call, number=(name, text)),
                 Exact(row.reply if hit else row.missing))]
        case("%s.%s-loose" % (ident(row.name), name), steps)

# ---- timeouts -----------------------------------------------------------

case = area("generated.timeout", contexts=CALLS)

NEGATIVE = E("ERR timeout is negative")
NO_TIME = E("ERR timeout is not a float or out of range")

for row in ROWS_OF.values():
    for call, name, error in row.numbers("time"):
        case(ident(row.name), row.fill(call) + [
            (row.words(call, number=(name, text)), want) for text, want in [
                ("-1", NEGATIVE), ("-0.1", NEGATIVE), ("-inf", NEGATIVE),
                # more milliseconds than 64 bits hold: a sum that wraps
                ("inf", NEGATIVE), ("1e400", NEGATIVE), ("1e30", NEGATIVE),
                ("9223372036854775807", NEGATIVE),
                ("abc", NO_TIME), ("nan", NO_TIME), ("", NO_TIME),
                (" ", NO_TIME), (" 1", NO_TIME), ("1 ", NO_TIME),
                ("1\0", NO_TIME), ("1s", NO_TIME), ("1,5", NO_TIME),
            ]] + row.unchanged())
        steps = []
        for text in ["0", "1", "0.5", ".5", "5.", "1e1", "0x1", "+1", "-0",
                     "0.0001"]:
            steps += [("DEL k", ANY)] + row.fill(call) + [
                (row.words(call, number=(name, text)), row.reply)]
        case(ident(row.name) + "-odd", steps)

# ---- cursors ------------------------------------------------------------

case = area("generated.cursor", contexts=CALLS)

NO_CURSOR = E("ERR invalid cursor")

for row in ROWS_OF.values():
    for call, name, error in row.numbers("cursor"):
        if call != row.call:
            continue
        made = "string" if row.type == "-" else row.type
        fill = row.fill(call, made)
        whole = ["0", ["k"]] if row.type == "-" else row.reply
        case(ident(row.name), fill + [
            (row.words(call, number=(name, text)), NO_CURSOR)
            for text in ["abc", "18446744073709551616", "1e2", " 0", "0 ",
                         "1.5", "0x1", "99999999999999999999999"]
        ] + row.unchanged(made))
        # Anything that strtoul() takes is a place, if an empty one.
        case(ident(row.name) + "-odd", fill + [
            (row.words(call, number=(name, text)), Exact(whole))
            for text in ["", "+0", "-0", "00", "0\0a", "9223372036854775808"]
        ] + [(row.words(call, number=(name, "-1")),
              Exact([ANY, ListOf(ANY)]))], seen="dragonfly#4466")
        case(ident(row.name) + "-any", fill + [
            (row.words(call, number=(name, text)), [ANY, ListOf(ANY)])
            for text in ["1", "4096", "9223372036854775807",
                         "18446744073709551615"]])

# ---- options ------------------------------------------------------------

case = area("generated.syntax", contexts=CALLS)

# Where the column is empty, more words are more keys, members or fields, or
# too many of them.
for row in ROWS_OF.values():
    if row.option:
        case(ident(row.name), row.fill(row.call) + [
            (row.words(row.call) + ["NOPE"], row.option)] + row.unchanged(),
            needs=NEEDS.get(row.name, ()))

# ---- the case of names --------------------------------------------------

case = area("generated.case")


def mixed(word):
    return "".join(c.upper() if i % 2 else c.lower()
                   for i, c in enumerate(word))


# A subscribed connection goes back, one that ended has no more to say.
AFTER = {
    "subscribe": [("UNSUBSCRIBE c", P(["unsubscribe", "c", 0]))],
    "psubscribe": [("PUNSUBSCRIBE p*", P(["punsubscribe", "p*", 0]))],
    "ssubscribe": [("SUNSUBSCRIBE c", P(["sunsubscribe", "c", 0]))],
    "quit": [(b"", CLOSED)],
    "watch": [("UNWATCH", OK)],
    "client|pause": [("CLIENT UNPAUSE", OK)],
}

ALONE = ("plain", "bytewise", "split", "inline")
WHERE = {"script|debug": ALONE, "module|load": ALONE, "module|loadex": ALONE,
         "module|unload": ALONE}    # refused in MULTI or in a pipeline

for row in ROWS_OF.values():
    words = row.words(row.call, name=mixed(row.name))
    words = [mixed(w) if re.match(r"[A-Z]{2,}\Z", w) and w != "NOPE" else w
             for w in words]
    case(ident(row.name), row.fill(row.call) + [(words, row.reply)] +
         AFTER.get(row.name, []), needs=NEEDS.get(row.name, ()),
         contexts=WHERE.get(row.name, CONTEXTS))

# ---- missing keys -------------------------------------------------------

case = area("generated.missing-key", contexts=CALLS)

CREATE = set(
    "append decr decrby getset incr incrby incrbyfloat mset msetnx psetex "
    "set setex setnx setrange setbit pfadd pfmerge lpush rpush hincrby "
    "hincrbyfloat hmset hset hsetnx sadd zadd zincrby geoadd xadd".split())
WAIT = {"blpop", "brpop", "blmove", "brpoplpush", "blmpop", "bzpopmin",
        "bzpopmax", "bzmpop"}

for row in ROWS_OF.values():
    if "KEY" not in row.call:
        continue
    where = {}
    if row.name in WAIT:    # for some time, but not in MULTI
        where["contexts"] = "multi"
    if row.name in ("blmove", "brpoplpush"):
        row.missing = NIL   # a null array only when time is over
    case(ident(row.name), [
        (c % "r", ANY) for c in FILL[row.type] if "OTHER" in row.call] + [
        (row.words(row.call, "nokey"), row.missing)] + AFTER.get(
            row.name, []) + [
        ("EXISTS nokey", int(row.name in CREATE))], **where)
