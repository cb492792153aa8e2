"""Wire mutants: what a server may get wrong, applied to recorded replies.

Every case was recorded against a right server. A mutant is an operator and a
command: that operator changes the command's replies, and the case is judged
again from its transcript. Killed is a mutant that some case turns red for.
"""

import collections
import fnmatch

from conformance import resp
from conformance.case import COMMANDS
from conformance.conn import KEEP, Playback
from conformance.engine import run
from conformance.expect import EXACT, MAY, MUST, SHOULD
from conformance.resp import (Array, Big, Bool, Bulk, Double, Err, Int, Map,
                              Null, NullArray, NullBulk, Parser, Push, Set,
                              Simple, Verb, dump)

# ---- operators -------------------------------------------------------------
#
# A typed operator gets a value and returns what it becomes, or None where it
# does not apply; it is tried on the reply and on each part of it. A raw one
# gets the reply's bytes. `level` is how grave the mistake is.

Operator = collections.namedtuple("Operator", "name level kind function")
OPERATORS = []


def operator(level, kind="typed"):
    def add(function):
        OPERATORS.append(Operator(function.__name__.replace("_", "-"), level,
                                  kind, function))
        return function
    return add


def turn(old, new, level=MUST):
    """One type's reply sent as another's, with the same content."""
    def function(v):
        return new(v.v) if type(v) is old else None
    OPERATORS.append(Operator("%s-to-%s" % (
        old.__name__.lower(), new.__name__.lower()), level, "typed",
        function))


turn(Simple, Bulk)
turn(Array, Push)
turn(Array, Set)
turn(Set, Array)
turn(Push, Array)
turn(Double, Bulk)
turn(Big, Bulk)
turn(Double, Big)


@operator(MUST)
def null_bulk_to_null_array(v):
    return NullArray() if isinstance(v, NullBulk) else None


@operator(MUST)
def null_array_to_null_bulk(v):
    return NullBulk() if isinstance(v, NullArray) else None


@operator(MUST)
def null_to_null_bulk(v):
    return NullBulk() if isinstance(v, Null) else None


@operator(MUST)
def null_to_empty_bulk(v):
    return Bulk("") if isinstance(v, (Null, NullBulk)) else None


@operator(MUST)
def null_to_empty_array(v):
    return Array([]) if isinstance(v, (Null, NullArray)) else None


@operator(MUST)
def null_to_error(v):
    return Err("ERR nil") if isinstance(v, (Null, NullBulk)) else None


@operator(MUST)
def empty_array_to_null(v):
    return NullArray() if v == Array([]) else None


@operator(MUST)
def empty_bulk_to_null(v):
    return NullBulk() if v == Bulk("") else None


@operator(MUST)
def bulk_to_simple(v):
    if isinstance(v, Bulk) and not set(v.v) & {10, 13}:
        return Simple(v.v)
    return None


@operator(MUST)
def bulk_to_verbatim(v):
    return Verb("txt", v.v) if isinstance(v, Bulk) else None


@operator(MUST)
def verbatim_to_bulk(v):
    return Bulk(v.body) if isinstance(v, Verb) else None


@operator(MUST)
def verbatim_other_format(v):
    return Verb("mkd", v.body) if isinstance(v, Verb) else None


@operator(MUST)
def int_to_bulk(v):
    return Bulk(b"%d" % v.v) if isinstance(v, Int) else None


@operator(MUST)
def int_to_double(v):
    return Double(b"%d" % v.v) if isinstance(v, Int) else None


@operator(MUST)
def int_to_bool(v):
    return Bool(v.v == 1) if v in (Int(0), Int(1)) else None


@operator(MUST)
def bool_to_int(v):
    return Int(int(v.v)) if isinstance(v, Bool) else None


@operator(MUST)
def number_bulk_to_int(v):
    if isinstance(v, Bulk) and v.v.isdigit() and v.v[:1] != b"0":
        return Int(int(v.v))
    return None


@operator(MUST)
def int_to_ok(v):
    return Simple("OK") if isinstance(v, Int) else None


@operator(MUST)
def ok_to_int(v):
    return Int(1) if v == Simple("OK") else None


@operator(MUST)
def int_plus_one(v):
    return Int(v.v + 1) if isinstance(v, Int) and v.v < 2**63 - 1 else None


@operator(MUST)
def int_negated(v):
    return Int(-v.v) if isinstance(v, Int) and v.v > 0 else None


@operator(MUST)
def int_to_zero(v):
    return Int(0) if isinstance(v, Int) and v.v else None


@operator(MUST)
def bulk_changed(v):
    if isinstance(v, Bulk) and v.v:
        return Bulk(v.v[:-1] + bytes([v.v[-1] ^ 1]))
    return None


@operator(MUST)
def bulk_cut(v):
    return Bulk(v.v[:-1]) if isinstance(v, Bulk) and v.v else None


@operator(MUST)
def bulk_longer(v):
    return Bulk(v.v + b"x") if isinstance(v, Bulk) else None


@operator(MUST)
def bulk_upper_case(v):
    if isinstance(v, Bulk) and v.v != v.v.upper():
        return Bulk(v.v.upper())
    return None


@operator(MUST)
def simple_changed(v):
    return Simple(v.v + b"!") if isinstance(v, Simple) else None


@operator(MUST)
def double_changed(v):
    return Double(b"1" + v.v) if isinstance(v, Double) and \
        v.v[:1].isdigit() else None


@operator(EXACT)
def double_more_digits(v):
    if isinstance(v, Double) and v.v.isdigit():
        return Double(v.v + b".0")
    return None


@operator(MUST)
def map_to_flat_array(v):
    if isinstance(v, Map):
        return Array([x for pair in v.v for x in pair])
    return None


@operator(MUST)
def map_to_pairs(v):
    return Array([Array(p) for p in v.v]) if isinstance(v, Map) else None


@operator(MUST)
def map_pair_lost(v):
    return Map(v.v[:-1]) if isinstance(v, Map) and v.v else None


@operator(MUST)
def map_turned(v):
    if isinstance(v, Map) and any(a != b for a, b in v.v):
        return Map([(b, a) for a, b in v.v])
    return None


@operator(MUST)
def array_to_map(v):
    if isinstance(v, Array) and v.v and len(v.v) % 2 == 0:
        return Map(list(zip(v.v[::2], v.v[1::2])))
    return None


@operator(MUST)
def pairs_flattened(v):
    if isinstance(v, Array) and v.v and all(
            isinstance(x, Array) and len(x.v) == 2 for x in v.v):
        return Array([y for x in v.v for y in x.v])
    return None


@operator(MUST)
def last_lost(v):
    if isinstance(v, (Array, Set, Push)) and len(v.v) > 1:
        return type(v)(v.v[:-1])
    return None


@operator(MUST)
def last_twice(v):
    if isinstance(v, (Array, Set, Push)) and v.v:
        return type(v)(v.v + v.v[-1:])
    return None


@operator(MUST)
def wrapped(v):
    return Array([v])


@operator(MUST)
def unwrapped(v):
    if isinstance(v, (Array, Set)) and len(v.v) == 1:
        return v.v[0]
    return None


@operator(EXACT)
def order_turned(v):
    if isinstance(v, Array) and v.v != v.v[::-1]:
        return Array(v.v[::-1])
    return None


@operator(MUST)
def error_to_null(v):
    return Null() if isinstance(v, Err) else None


@operator(MUST)
def error_to_null_bulk(v):
    return NullBulk() if isinstance(v, Err) else None


@operator(MUST)
def error_to_simple(v):
    return Simple(v.v) if isinstance(v, Err) else None


@operator(MUST)
def error_to_bulk(v):
    return Bulk(v.v) if isinstance(v, Err) else None


@operator(MUST)
def error_to_int(v):
    return Int(0) if isinstance(v, Err) else None


@operator(SHOULD)
def error_code_dropped(v):
    if isinstance(v, Err) and b" " in v.v:
        return Err(v.v.split(b" ", 1)[1])
    return None


@operator(SHOULD)
def error_code_changed(v):
    return Err(b"X" + v.v) if isinstance(v, Err) else None


@operator(SHOULD)
def error_code_lower_case(v):
    if isinstance(v, Err) and v.v.split(b" ")[0].isupper():
        code, _, rest = v.v.partition(b" ")
        return Err(code.lower() + b" " + rest)
    return None


@operator(EXACT)
def error_reworded(v):
    if isinstance(v, Err) and b" " in v.v:
        return Err(v.v.rsplit(b" ", 1)[0] + b" something")
    return None


@operator(EXACT)
def error_point(v):
    return Err(v.v + b".") if isinstance(v, Err) else None


@operator(MUST)
def anything_to_error(v):
    return None if isinstance(v, Err) else Err("ERR internal error")


@operator(MUST)
def anything_to_ok(v):
    return None if v == Simple("OK") else Simple("OK")


@operator(MUST)
def attribute_in_front(v):
    return resp.Attr([(Bulk("ttl"), Int(1))], v)


# -- raw

def raw(function):
    return operator(MUST, "raw")(function)


@raw
def end_is_lf(data):
    return data[:-2] + b"\n"


@raw
def end_is_zeros(data):
    return data[:-2] + b"\0\0"


@raw
def end_is_missing(data):
    return data[:-2]


@raw
def end_is_lf_cr(data):
    return data[:-2] + b"\n\r"


@raw
def end_is_twice(data):
    return data + b"\r\n"


@raw
def head_is_lf(data):
    at = data.find(b"\r\n")
    return data[:at] + data[at + 1:] if at < len(data) - 2 else None


@raw
def length_plus_one(data):
    return length(data, 1)


@raw
def length_minus_one(data):
    return length(data, -1)


def length(data, by):
    """A bulk's length or an aggregate's count, moved."""
    if data[:1] not in b"$*%~>=" or data[1:2] == b"-":
        return None
    head, rest = data[1:].split(b"\r\n", 1)
    if int(head) + by < 0:
        return None
    return data[:1] + b"%d\r\n" % (int(head) + by) + rest


@raw
def number_with_plus(data):
    return data[:1] + b"+" + data[1:] if data[:1] in b":$*" and \
        data[1:2] != b"-" else None


@raw
def number_with_zero(data):
    return data[:1] + b"0" + data[1:] if data[:1] in b":$*%~" and \
        data[1:2] != b"-" else None


@raw
def number_with_space(data):
    return data[:1] + b" " + data[1:] if data[:1] in b":$*%~" else None


@raw
def twice(data):
    return data + data


@raw
def missing(data):
    return b""


@raw
def cut_in_half(data):
    return data[:len(data) // 2]


@raw
def rubbish_in_front(data):
    return b"\r\n" + data


@raw
def rubbish_behind(data):
    return data + b"x"


@raw
def line_injected(data):
    return data[:-2] + b"\r\n+INJECTED\r\n" if data[:1] in b"+-" else None


@raw
def unknown_mark(data):
    return b"&" + data[1:]


@raw
def push_in_front(data):
    return b">2\r\n$7\r\nmessage\r\n$1\r\nx\r\n" + data


@raw
def streamed(data):
    return b"$?\r\n;1\r\nx\r\n;0\r\n" if data[:1] == b"$" else None


# ---- recording -------------------------------------------------------------

class Record:
    """A check's transcripts, and where its replies stand in them."""

    def __init__(self, result):
        self.check = result.check
        self.logs = list(result.logs.values())
        self.closed = result.closed
        self.ok = result.level is None or result.level > EXACT
        self.sites = []     # (log, entry, command, [bytes of each reply])
        for n, log in enumerate(self.logs):
            command = None
            for i, (way, data) in enumerate(log):
                if way == ">":
                    command = first_word(data) or command
                elif way == "<" and len(data) < KEEP:
                    parts = replies(data)
                    if parts and b"~fence" not in data:
                        self.sites.append((n, i, command, parts))

    def whole(self):
        return all(len(data) < KEEP for log in self.logs for _, data in log)


def first_word(data):
    """The command that a sending begins with, None when it continues one."""
    if data[:1] == b"*":
        parts = data.split(b"\r\n", 3)
        word = parts[2:3] if parts[1:2] and parts[1][:1] == b"$" else []
    else:
        word = data.split(None, 1)[:1]
    if not word:
        return None
    name = word[0].upper().decode("latin-1")
    return name if name in COMMANDS else "(no command)"


def replies(data):
    """The bytes of each reply, or None when they are not whole replies."""
    parser, out = Parser(0), []
    parser.nested_push = True
    parser.feed(data)
    try:
        while True:
            value = parser.next()
            if value is None:
                break
            out.append((value, parser.raw()))
    except resp.ProtocolError:
        return None
    return None if parser.pending() else out


class Replay:
    """What a run talks to instead of a server."""

    def __init__(self, logs, closed):
        self.logs, self.closed, self.at = logs, closed, 0

    def connect(self, proto, case):
        if self.at >= len(self.logs):
            conn = Playback([])
        else:
            conn = Playback(self.logs[self.at], self.closed[self.at])
        self.at += 1
        conn.proto = 2 if case.options and "requirepass" in case.options \
            else proto
        return conn

    def prepare(self, case):
        pass

    def restore(self, case, keys=(), logs=()):
        pass

    def barrier(self):
        pass


def judge(record, logs, dialects):
    """The level of what is wrong with these transcripts, or None."""
    return run(record.check, Replay(logs, record.closed), dialects).level


def changed(record, site, part, data):
    """The transcripts with one reply of a site replaced."""
    n, i, _, parts = site
    said = [raw for _, raw in parts]
    said[part] = data
    logs = list(record.logs)
    logs[n] = list(logs[n])
    logs[n][i] = "<", b"".join(said)
    return logs


def variants(operator, value, data):
    """The bytes that an operator makes of one reply; for a typed operator
    of the reply itself, else of the first part of it where it applies."""
    if operator.kind == "raw":
        out = operator.function(data)
        return [] if out is None or out == data else [out]
    new = applied(operator.function, value)
    return [] if new is None else [dump(new)]


def applied(function, value, depth=0):
    new = function(value)
    if new is not None:
        return new if dump(new) != dump(value) else None
    if depth > 6:
        return None
    if isinstance(value, (Array, Set, Push)):
        for i, part in enumerate(value.v):
            new = applied(function, part, depth + 1)
            if new is not None:
                return type(value)(value.v[:i] + (new,) + value.v[i + 1:])
    if isinstance(value, Map):
        for i, (k, v) in enumerate(value.v):
            new = applied(function, v, depth + 1)
            if new is not None:
                return Map(value.v[:i] + ((k, new),) + value.v[i + 1:])
    return None


# ---- the count -------------------------------------------------------------

EQUIVALENT = (      # (operators, commands, why the changed reply is right)
    ("bulk-*", "DUMP", "the payload is the server's own"),
    ("bulk-*", "INFO LOLWUT", "the text is the server's own"),
    ("bulk-*", "GEOPOS", "the last digits differ between platforms"),
    ("bulk-upper-case", "ZADD ZINCRBY ZSCORE ZMSCORE", "INF is inf"),
    ("double-changed", "ACL", "an age in seconds"),
    ("int-plus-one", "MEMORY LASTSAVE", "a size, a time"),
    ("int-to-bool", "MEMORY", "a number that may be missing"),
    ("last-*", "OBJECT XGROUP MODULE LATENCY", "lines of help"),
    ("simple-changed", "XINFO PUBSUB MODULE", "lines of help"),
    ("order-turned", "KEYS SDIFF SINTER SMEMBERS SPOP SUNION XGROUP",
     "the order is free"),
    ("map-* set-to-array", "COMMAND", "in a check that says HELLO itself"),
    ("empty-bulk-to-null", "CLUSTER", "a host without a name"),
)


def equivalent(operator, command):
    """The index of the entry of EQUIVALENT that holds, or None."""
    for i, (operators, commands, _) in enumerate(EQUIVALENT):
        if command in commands.split() and any(
                fnmatch.fnmatchcase(operator.name, o)
                for o in operators.split()):
            return i
    return None


class Score:
    def __init__(self):
        self.mutants = {}   # (operator, command, proto) -> (level, killed at)
        self.idle = []      # checks that kill nothing
        self.broken = []    # checks that do not replay as they were recorded

    def by_level(self):
        """{level: (mutants, killed at their level)}"""
        out = {}
        for (op, _, _), killed in self.mutants.items():
            total, good = out.get(op.level, (0, 0))
            out[op.level] = total + 1, good + (
                killed is not None and killed <= op.level)
        return out

    def survivors(self):
        """Those that should have died, and the entries of EQUIVALENT that
        nothing needs."""
        out, used = [], set()
        for (op, command, proto), killed in self.mutants.items():
            if killed is None or killed > op.level:
                entry = equivalent(op, command)
                used.add(entry)
                if entry is None:
                    out.append((op.level, op.name, command or "?", proto))
        return sorted(out), [e for i, e in enumerate(EQUIVALENT)
                             if i not in used]


def score(records, dialects, tries=12, idle=lambda check: True):
    """Judges every mutant on up to `tries` sites, and looks for a mutant that
    each check kills for which idle() is true."""
    out = Score()
    sites = {}      # (command, proto) -> [(record, site, part, level)]
    for record in records:
        if not record.whole():
            continue
        if judge(record, record.logs, dialects) is not None:
            if record.ok:
                out.broken.append(record.check.id)
            continue
        if idle(record.check) and not idle_check(record, dialects):
            out.idle.append(record.check.id)
        for site in record.sites:
            for part in range(len(site[3])):
                sites.setdefault((site[2], record.check.proto), []).append(
                    [record, site, part, None])
    for (command, proto), where in sites.items():
        for op in OPERATORS:
            left, best, seen = tries, None, False
            for place in where:
                record, site, part, level = place
                made = variants(op, *site[3][part])
                if not made:
                    continue
                if level is None:
                    level = place[3] = stated(record, site, part, dialects)
                if level > op.level:
                    continue
                seen = True
                level = judge(record, changed(record, site, part, made[0]),
                              dialects)
                if level is not None and (best is None or level < best):
                    best = level
                left -= 1
                if left == 0 or best is not None and best <= op.level:
                    break
            if seen:
                out.mutants[op, command, proto] = best
    return out


def stated(record, site, part, dialects):
    """The level at which a case cares for a reply: that of something else
    altogether in its place."""
    value, _ = site[3][part]
    other = b":77777\r\n" if isinstance(value, Err) else b"-X no\r\n"
    level = judge(record, changed(record, site, part, other), dialects)
    return MAY if level is None else level


def idle_check(record, dialects):
    """Does any mutant turn this check red? The last replies first: what a
    case is about comes late."""
    for site in reversed(record.sites):
        for part, (value, data) in enumerate(site[3]):
            for op in OPERATORS:
                for made in variants(op, value, data):
                    if judge(record, changed(record, site, part, made),
                             dialects) is not None:
                        return True
    return closes(record, dialects)


def closes(record, dialects):
    """A check without replies tells at least that none came, and whether the
    connection ends."""
    for n, log in enumerate(record.logs):
        if ("|", b"") in log:
            at = log.index(("|", b""))
            early = log[:at] + [("<", b"+OK\r\n")] + log[at:]
            logs = record.logs[:n] + [early] + record.logs[n + 1:]
            if judge(record, logs, dialects) is not None:
                return True
    told = Record.__new__(Record)
    told.__dict__.update(record.__dict__)
    told.closed = [not c for c in record.closed]
    return judge(told, told.logs, dialects) is not None


