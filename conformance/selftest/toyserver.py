"""A small server, right or wrong in one known way.

    python3 -m conformance.selftest.toyserver --port N [--bug NAME]

It shares no code with the suite. profiles/toy.profile says what it has;
toy.py proves that the suite sees each bug of bugs.py.
"""

import argparse
import collections
import os
import re
import selectors
import socket
import sys
import time
from fractions import Fraction

from conformance.selftest.bugs import BUGS

LOW, HIGH = -2**63, 2**63 - 1
LINE_MAX, BULK_MAX = 65536, 512 << 20
VERSION = b"7.0.15"
BUG = None          # the one that this process has

def bug(name):
    return BUG == name


def crash():
    os._exit(70)


# ---- replies -------------------------------------------------------------

class Simple(bytes):
    pass


class Failure(bytes):
    """An error; code and text."""


class Text(bytes):
    """Verbatim."""


class Raw(bytes):
    """Bytes for the wire."""


class Double(float):
    pass


class Map(list):
    """Pairs."""


class Members(list):
    """A set."""


class Push(list):
    pass


class Scored(list):
    """Pairs of a member and its score."""


NIL, NILARRAY, NOTHING = object(), object(), Raw()
OK, QUEUED, PONG = Simple(b"OK"), Simple(b"QUEUED"), Simple(b"PONG")


class Refused(Exception):
    """A command fails with this error."""

    def __init__(self, text, *values):
        text = text.encode() if isinstance(text, str) else text
        Exception.__init__(self, text % values if values else text)

    def reply(self):
        return Failure(self.args[0])


INT_ERR = "ERR value is not an integer or out of range"
FLOAT_ERR = "ERR value is not a valid float"
SYNTAX = "ERR syntax error"
WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"


def bulk(v):
    if bug("zeros-terminator"):
        return b"$%d\r\n%s\0\0" % (len(v), v)
    return b"$%d\r\n%s\r\n" % (len(v), v)


def line(mark, v):
    end = b"\n" if bug("lf-only-terminator") and mark == b"+" else b"\r\n"
    if not (bug("error-with-crlf-injected") and mark == b"-"):
        v = v.replace(b"\r", b" ").replace(b"\n", b" ")
    if mark == b"-" and bug("error-code-missing"):
        v = v.split(b" ", 1)[1]
    return mark + v + end


def digits(v):
    """A double as Redis 7.0 writes it; there is no -0."""
    return (b"%.6g" if bug("double-of-six-digits") else b"%.17g") % (v + 0.0)


def several(mark, items, proto):
    return mark + b"%d\r\n" % len(items) + b"".join(
        encode(v, proto) for v in items)


def encode(v, proto):
    """The bytes of a reply."""
    kind = type(v)
    if kind is bytes:
        return bulk(v)
    if kind is int:
        if bug("integer-as-bulk"):
            return bulk(b"%d" % v)
        return b":%d\r\n" % v
    if kind is list:
        return several(b"*", v, proto)
    if kind is Raw:
        return v
    if kind is Simple:
        return line(b"+", v)
    if kind is Failure:
        return line(b"-", v)
    if kind is Text:
        return bulk(v) if proto == 2 else b"=%d\r\ntxt:%s\r\n" % (
            len(v) + 4, v)
    if kind is Double:
        if proto == 2 or bug("double-as-bulk"):
            return bulk(digits(v))
        return b"," + digits(v) + b"\r\n"
    if v is NIL or v is NILARRAY:
        return null(v, proto)
    return aggregate(kind, v, proto)


def null(v, proto):
    if proto == 3 and not bug("null-bulk-on-resp3") or \
            bug("resp3-null-on-resp2"):
        return b"_\r\n"
    if v is NILARRAY and not bug("null-bulk-for-null-array") or \
            bug("null-array-for-null-bulk"):
        return b"*-1\r\n"
    return b"$-1\r\n"


def aggregate(kind, v, proto):
    if kind is Map:
        if proto == 2 or bug("map-as-array-on-resp3"):
            return several(b"*", [x for pair in v for x in pair], proto)
        return b"%%%d\r\n" % len(v) + b"".join(
            encode(x, proto) for pair in v for x in pair)
    if kind is Scored:
        if proto == 2 or bug("pairs-flat-on-resp3"):
            return several(b"*", [x for pair in v for x in pair], proto)
        return several(b"*", [list(pair) for pair in v], proto)
    if kind is Members:
        return several(b"*" if proto == 2 or bug("set-as-array") else b"~",
                       v, proto)
    return several(b"*" if proto == 2 or bug("push-as-array") else b">",
                   v, proto)


# ---- requests ------------------------------------------------------------

class Broken(Exception):
    """A protocol error: the connection ends."""


NUMBER = re.compile(rb"(?:0|-?[1-9][0-9]{0,19})\Z")


def integer(text):
    """The number in canonical form, or None."""
    if not NUMBER.match(text):
        return None
    n = int(text)
    return n if LOW <= n <= HIGH else None


def length(text):
    """The number of a header."""
    if bug("accept-plus-length") and text[:1] == b"+":
        text = text[1:]
    if bug("accept-leading-zero") and text.isdigit():
        text = text.lstrip(b"0") or b"0"
    return integer(text)


class Reader:
    """Requests out of received bytes."""

    def __init__(self):
        self.buf, self.pos = bytearray(), 0
        self.multi = None       # the kind of the request, once it is known
        self.left = 0           # arguments that are missing
        self.size = -1          # of the argument whose length was read
        self.words = []

    def compact(self):
        del self.buf[:self.pos]
        self.pos = 0

    def next(self):
        """A request's words, [] for an empty one, None for a part."""
        if self.pos == len(self.buf):
            return None
        if self.multi is None:
            self.multi = self.buf[self.pos] == 42
        words = self.array() if self.multi else self.line()
        if words is not None and not (bug("no-reqtype-reset") and
                                      not words):
            self.multi = None
        return words

    def end(self, byte, what):
        """Where the line ends; nobody looks behind a NUL."""
        at = self.buf.find(byte, self.pos)
        nul = self.buf.find(0, self.pos, at if at >= 0 else len(self.buf))
        if at < 0 or nul >= 0:
            if len(self.buf) - self.pos > LINE_MAX:
                raise Broken(what)
            return None
        return at

    def header(self, what):
        at = self.end(b"\r", what)
        if at is None or at + 2 > len(self.buf):
            return None
        text = bytes(self.buf[self.pos:at])
        self.first = self.buf[self.pos:self.pos + 1]
        self.pos = at + 2
        return text

    def array(self):
        if not self.left:
            text = self.header("too big mbulk count string")
            if text is None:
                return None
            n = length(text[1:])
            if n is None or n > 2**31 - 1:
                raise Broken("invalid multibulk length")
            if n > 1 << 20 and bug("crash-on-huge-count"):
                crash()
            if n <= 0:
                return []
            self.left, self.words = n, []
        while self.left:
            if self.size < 0:
                text = self.header("too big bulk count string")
                if text is None:
                    return None
                if text[:1] != b"$":
                    raise Broken(b"expected '$', got '%s'" % (
                        bytes(self.first).replace(b"\r", b" ").replace(
                            b"\n", b" ")))
                n = length(text[1:])
                if n == -1 and bug("crash-on-null-argument"):
                    crash()
                if n is None or not 0 <= n <= BULK_MAX:
                    raise Broken("invalid bulk length")
                self.size = n
            if not self.argument():
                return None
        return self.words

    def argument(self):
        end = self.pos + self.size
        if len(self.buf) < end + 2:
            return False
        if self.size == 0 and bug("hang-on-zero-length-bulk"):
            return False
        word = bytes(self.buf[self.pos:end])
        if bug("big-argument-cut"):
            word = word[:65536]
        self.words.append(word)
        if not bug("trailing-unchecked") or self.buf[end:end + 2] == b"\r\n":
            end += 2
        self.pos, self.size, self.left = end, -1, self.left - 1
        return True

    def line(self):
        end = self.end(b"\n", "too big inline request")
        if end is None:
            return None
        text = bytes(self.buf[self.pos:end])
        if bug("inline-lf-alone-is-no-end") and text[-1:] != b"\r":
            return None
        self.pos = end + 1
        if text[-1:] == b"\r":
            text = text[:-1]
        if bug("inline-quotes-ignored"):
            return text.split()
        words = split(text)
        if words is None:
            if bug("crash-on-unbalanced-quotes"):
                crash()
            raise Broken("unbalanced quotes in request")
        if not words and bug("inline-empty-line-answers"):
            return [b""]
        return words


ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"a": b"\a"}
BLANK = b" \t\n\v\f\r"


def split(text):
    """The words of a line, None when a quote does not end."""
    out, i, n = [], 0, len(text)
    while True:
        while i < n and text[i] in BLANK:
            i += 1
        if i == n or text[i] == 0:
            return out
        word = bytearray()
        while i < n and text[i] not in b" \t\n\r\0":
            quote = text[i:i + 1]
            if quote == b'"' or (quote == b"'" and not bug(
                    "inline-single-quotes-ignored")):
                i = quoted(text, i + 1, quote, word)
                if i is None:
                    return None
                break
            word += quote
            i += 1
        out.append(bytes(word))


def quoted(text, i, quote, word):
    """Adds what is quoted to the word; where it goes on."""
    n = len(text)
    while i < n and text[i]:
        c = text[i:i + 1]
        if c == quote:
            return i + 1 if i + 1 == n or text[i + 1] in BLANK or \
                not text[i + 1] else None
        if c == b"\\" and i + 1 < n and quote == b'"':
            hexa = re.match(rb"\\x([0-9a-fA-F]{2})", text[i:i + 4])
            if hexa:
                word.append(int(hexa.group(1), 16))
                i += 4
                continue
            i += 1
            c = ESCAPES.get(text[i:i + 1], text[i:i + 1])
        elif text[i:i + 2] == b"\\'" and quote == b"'":
            i, c = i + 1, b"'"
        word += c
        i += 1
    return None


# ---- the keyspace --------------------------------------------------------

class Sorted(dict):
    """A sorted set: scores by member."""

    def ordered(self):
        return sorted(self.items(), key=lambda pair: (pair[1], pair[0]))


KINDS = {bytes: b"string", list: b"list", dict: b"hash", set: b"set",
         Sorted: b"zset"}
NEW = {list: list, dict: dict, set: set, Sorted: Sorted}


def now():
    return int(time.time() * 1000)


class Database:
    """Values and times of expiry in ms by key."""

    def __init__(self, server):
        self.server, self.data, self.expires = server, {}, {}
        self.watched = {}       # key -> clients

    def alive(self, key):
        """Is the key there? One that is over is removed."""
        if self.expires and self.expires.get(key, HIGH) <= now():
            self.remove(key)
        return key in self.data

    def get(self, key, kind):
        """The value, None when it is missing."""
        if not self.alive(key):
            return None
        value = self.data[key]
        if type(value) is not kind:
            if bug("wrongtype-as-null"):
                return None
            raise Refused(WRONGTYPE)
        return value

    def make(self, key, kind):
        """The value, an empty one when it is missing."""
        value = self.get(key, kind)
        if value is None:
            value = self.data[key] = NEW[kind]()
        return value

    def put(self, key, value, keep=False):
        if type(value) is bytes and bug("value-cut-at-nul"):
            value = value.split(b"\0")[0]
        self.data[key] = value
        if not keep:
            self.expires.pop(key, None)
        self.changed(key)

    def remove(self, key):
        del self.data[key]
        self.expires.pop(key, None)
        self.touch(key)

    def changed(self, key):
        """A value was changed in place; an empty one goes."""
        value = self.data[key]
        if not value and type(value) is not bytes and not (
                type(value) is list and bug("empty-list-stays")):
            del self.data[key]
            self.expires.pop(key, None)
        elif type(value) is list:
            self.server.ready.append((self, key))
        self.touch(key)

    def touch(self, key):
        for client in self.watched.get(key, ()):
            client.dirty = True

    def clear(self):
        for key in list(self.watched):
            if key in self.data:
                self.touch(key)
        self.data.clear()
        self.expires.clear()

    def reap(self):
        for key in [k for k, at in self.expires.items() if at <= now()]:
            self.remove(key)


# ---- commands ------------------------------------------------------------

Command = collections.namedtuple("Command", "name function arity")
COMMANDS = {}
CONTAINERS = {b"client", b"command"}
UNQUEUED = {"exec", "discard", "multi", "watch", "quit", "reset"}
ANYWHERE = {"ping", "subscribe", "unsubscribe", "quit", "reset"}


def command(name, arity):
    """Registers a function of a client and arguments. The arity counts the
    name; -n is n or more."""
    def add(function):
        COMMANDS[name.encode()] = Command(name, function, arity)
        return function
    return add


def need(text, error=INT_ERR):
    n = integer(text)
    if n is None:
        raise Refused(error)
    return n


FLOAT = re.compile(rb"[-+]?(?:inf(?:inity)?|0x(?:[0-9a-f]+\.?[0-9a-f]*|"
                   rb"\.[0-9a-f]+)(?:p[-+]?[0-9]+)?|(?:[0-9]+\.?[0-9]*|"
                   rb"\.[0-9]+)(?:e[-+]?[0-9]+)?)\Z", re.I)


def parse(text):
    """A double as strtod() reads it whole, or None."""
    if not FLOAT.match(text):
        return None
    try:
        if b"x" in text.lower():
            return float.fromhex(text.decode())
    except OverflowError:
        return float("inf")
    return float(text)


def need_double(text, error=FLOAT_ERR):
    v = parse(text)
    if v is None or (v in (float("inf"), float("-inf")) and
                     b"n" not in text.lower()) or \
            v == 0 and re.search(rb"[1-9a-f]", re.split(
                rb"(?i)[ep]", text)[0]):
        raise Refused(error)
    return v


def need_long(text):
    """A long double, None for an infinite one."""
    if not FLOAT.match(text):
        raise Refused(FLOAT_ERR)
    low = text.lower()
    if b"n" in low:
        return None
    if b"x" in low:
        return Fraction(float.fromhex(text.decode()))
    if len(low.partition(b"e")[2]) > 5:
        raise Refused(FLOAT_ERR)
    v = Fraction(re.sub(r"\.(?=e|\Z)", ".0", low.decode()))
    if v and not Fraction(10)**-4951 < abs(v) < Fraction(10)**4932:
        raise Refused(FLOAT_ERR)
    return rounded(v)


def rounded(v):
    """The nearest number with a mantissa of 64 bits."""
    if not v:
        return v
    shift = abs(v.numerator).bit_length() - v.denominator.bit_length() - 64
    if abs(v) / Fraction(2)**shift >= 2**64:
        shift += 1
    return round(v / Fraction(2)**shift) * Fraction(2)**shift


def long_digits(v):
    n = round(v * 10**17)
    whole, part = divmod(abs(n), 10**17)
    text = ("%d.%017d" % (whole, part)).rstrip("0").rstrip(".")
    return ("-" if n < 0 else "").encode() + text.encode()


def index(n, size):
    """A position that may count from the end."""
    if n < 0 and bug("negative-index-wrong"):
        n -= 1
    return n + size if n < 0 else n


def cut(items, start, stop):
    start = max(index(start, len(items)), 0)
    stop = index(stop, len(items))
    return items[start:stop + 1] if stop >= start else []


# -- connection

@command("ping", -1)
def ping(c, *words):
    if len(words) > 1:
        raise Refused(arity_error("ping"))
    if c.channels and c.proto == 2:
        return [b"pong", words[0] if words else b""]
    return words[0] if words else PONG


def arity_error(name):
    return "ERR wrong number of arguments for '%s' command" % name


@command("echo", 2)
def echo(c, text):
    return text


@command("quit", -1)
def quit(c, *_):
    c.closing = not bug("runs-after-quit")
    if bug("quit-drops-replies"):
        c.out.clear()
    return OK


@command("select", 2)
def select(c, number):
    n = need(number)
    if not -2**31 <= n < 2**31:
        raise Refused("ERR value is out of range, value must between "
                      "-2147483648 and 2147483647")
    if not 0 <= n < len(c.server.dbs):
        raise Refused("ERR DB index is out of range")
    if not bug("select-ignored"):
        c.db = c.server.dbs[n]
    return OK


@command("hello", -1)
def hello(c, *words):
    proto = c.proto
    if words:
        proto = need(words[0], "ERR Protocol version is not an integer or "
                     "out of range")
        if proto not in (2, 3):
            raise Refused("NOPROTO unsupported protocol version")
    user, i = b"default", 1
    while i < len(words):
        word, more = words[i].upper(), len(words) - i - 1
        if word == b"AUTH" and more >= 2:
            user, i = words[i + 1], i + 3
        elif word == b"SETNAME" and more:
            client_setname(c, words[i + 1])
            i += 2
        else:
            raise Refused(b"ERR Syntax error in HELLO option '%s'",
                          words[i].split(b"\0")[0])
    if user != b"default":
        raise Refused("WRONGPASS invalid username-password pair or user is "
                      "disabled.")
    reply = Map([
        (b"server", b"redis"), (b"version", VERSION), (b"proto", proto),
        (b"id", c.id), (b"mode", b"standalone"), (b"role", b"master"),
        (b"modules", [])])
    if bug("hello-does-not-switch"):
        return Raw(encode(reply, proto))
    c.proto = proto
    return reply


@command("reset", 1)
def reset(c):
    unwatch(c)
    if not bug("reset-keeps-transaction"):
        c.queue = None
    for channel in list(c.channels):
        c.leave(channel)
    c.name, c.db, c.muted, c.skip = b"", c.server.dbs[0], False, 0
    if not bug("reset-keeps-protocol"):
        c.proto = 2
    return Simple(b"RESET")


@command("client|id", 2)
def client_id(c):
    return c.id


@command("client|getname", 2)
def client_getname(c):
    return c.name or NIL


@command("client|setname", 3)
def client_setname(c, name):
    if re.search(rb"[^!-~]", name):
        raise Refused("ERR Client names cannot contain spaces, newlines or "
                      "special characters.")
    c.name = name
    return OK


@command("client|reply", 3)
def client_reply(c, mode):
    mode = mode.upper()
    if mode == b"ON":
        c.muted, c.skip = False, 0
        return OK
    if mode == b"OFF":
        c.muted = not bug("client-reply-off-answers")
    elif mode == b"SKIP":
        if not c.muted:
            c.skip = 3 if bug("client-reply-skip-skips-two") else 2
    else:
        raise Refused(SYNTAX)
    return NOTHING


def described(name):
    """An entry of COMMAND INFO."""
    found = COMMANDS.get(name.lower())
    return NIL if found is None else [
        found.name.encode(), found.arity, Members(), 0, 0, 0, Members(),
        Members(), Members(), []]


@command("command", -1)
def command_all(c):
    return [described(name) for name in COMMANDS if b"|" not in name]


@command("command|count", 2)
def command_count(c):
    return len([name for name in COMMANDS if b"|" not in name])


@command("command|info", -2)
def command_info(c, *names):
    return [described(name) for name in names]


@command("info", -1)
def info(c, *sections):
    s = c.server
    known = [
        ("Server", ["redis_version:" + VERSION.decode(), "run_id:" + "0" * 40,
                    "redis_mode:standalone", "tcp_port:%d" % s.port,
                    "uptime_in_seconds:%d" % (time.time() - s.born)]),
        ("Clients", ["connected_clients:%d" % len(s.clients),
                     "blocked_clients:%d" % len(s.waiting)]),
        ("Memory", ["used_memory:1000000", "used_memory_human:1M",
                    "maxmemory:0", "maxmemory_policy:noeviction"]),
        ("Persistence", ["loading:0", "rdb_bgsave_in_progress:0",
                         "aof_rewrite_in_progress:0"]),
        ("Stats", ["total_connections_received:%d" % s.met,
                   "total_commands_processed:%d" % s.done]),
        ("Replication", ["role:master", "connected_slaves:0",
                         "master_repl_offset:0"]),
        ("Keyspace", ["db%d:keys=%d,expires=%d,avg_ttl=0" % (
            i, len(db.data), len(db.expires))
            for i, db in enumerate(s.dbs) if db.data])]
    wanted = {w.lower() for w in sections}
    every = not wanted or wanted & {b"all", b"default", b"everything"}
    return Text("\r\n".join(
        "".join(line + "\r\n" for line in ["# " + name] + lines)
        for name, lines in known
        if every or name.lower().encode() in wanted).encode())


# -- keys

@command("del", -2)
def delete(c, *keys):
    gone = 0
    for key in keys:
        if c.db.alive(key):
            c.db.remove(key)
            gone += 1
    return gone


@command("exists", -2)
def exists(c, *keys):
    alive = c.db.alive
    return sum(alive(key) for key in keys)


@command("type", 2)
def type_of(c, key):
    return Simple(KINDS[type(c.db.data[key])] if c.db.alive(key)
                  else b"none")


@command("keys", 2)
def keys(c, pattern):
    c.db.reap()
    return [key for key in c.db.data if glob(pattern).match(key)]


def glob(pattern):
    out = b""
    for part in re.findall(rb"(?s)\\.|\[\^?(?:\\.|[^]])*\]?|.", pattern):
        if part in (b"*", b"?"):
            out += b".*" if part == b"*" else b"."
        elif part[:1] == b"[" and part[-1:] == b"]":
            out += part
        else:
            out += re.escape(part[1:] if len(part) > 1 and
                             part[:1] == b"\\" else part)
    return re.compile(out + rb"\Z", re.S)


@command("dbsize", 1)
def dbsize(c):
    c.db.reap()
    return len(c.db.data)


@command("flushdb", -1)
def flushdb(c, *words):
    flush_mode(words)
    c.db.clear()
    return OK


@command("flushall", -1)
def flushall(c, *words):
    flush_mode(words)
    for db in c.server.dbs:
        db.clear()
    return OK


def flush_mode(words):
    if len(words) > 1 or words and words[0].upper() not in (
            b"SYNC", b"ASYNC"):
        raise Refused(SYNTAX)


@command("rename", 3)
def rename(c, old, new):
    db = c.db
    if not db.alive(old):
        raise Refused("ERR no such key")
    if old == new:
        return OK
    value, at = db.data[old], db.expires.get(old)
    db.remove(old)
    db.put(new, value)
    if at is not None and not bug("ttl-lost-by-rename"):
        db.expires[new] = at
    return OK


def deadline(n, unit, name, base=None):
    """The time in ms that a number of an option means."""
    base = now() if base is None else base
    n *= unit
    if not LOW <= n <= HIGH - base:
        raise Refused("ERR invalid expire time in '%s' command" % name)
    return n + base


def expire(c, key, number, options, unit, name, base=None):
    given = {w.upper() for w in options}
    for word in options:
        if word.upper() not in (b"NX", b"XX", b"GT", b"LT"):
            raise Refused(b"ERR Unsupported option %s", word)
    if b"NX" in given and len(given) > 1:
        raise Refused("ERR NX and XX, GT or LT options at the same time are "
                      "not compatible")
    if {b"GT", b"LT"} <= given:
        raise Refused("ERR GT and LT options at the same time are not "
                      "compatible")
    at = deadline(need(number), unit, name, base)
    if not c.db.alive(key):
        return 0
    old = c.db.expires.get(key)
    if b"NX" in given and old is not None or \
            b"XX" in given and old is None or \
            b"GT" in given and (old is None or at <= old) or \
            b"LT" in given and old is not None and at >= old:
        return 0
    if at <= now():
        c.db.remove(key)
    else:
        c.db.expires[key] = at
        c.db.touch(key)
    return 1


@command("expire", -3)
def expire_s(c, key, number, *options):
    return expire(c, key, number, options, 1 if bug("ttl-in-milliseconds")
                  else 1000, "expire")


@command("pexpire", -3)
def expire_ms(c, key, number, *options):
    return expire(c, key, number, options, 1, "pexpire")


@command("expireat", -3)
def expireat(c, key, number, *options):
    return expire(c, key, number, options, 1000, "expireat", 0)


@command("pexpireat", -3)
def pexpireat(c, key, number, *options):
    return expire(c, key, number, options, 1, "pexpireat", 0)


@command("pexpiretime", 2)
def pexpiretime(c, key):
    return c.db.expires.get(key, -1) if c.db.alive(key) else -2


@command("expiretime", 2)
def expiretime(c, key):
    at = pexpiretime(c, key)
    return at if at < 0 else (at + 500) // 1000


@command("pttl", 2)
def pttl(c, key):
    if not c.db.alive(key):
        return -2
    at = c.db.expires.get(key)
    return -1 if at is None else max(at - now(), 0)


@command("ttl", 2)
def ttl(c, key):
    left = pttl(c, key)
    return left if left < 0 else (left + 500) // 1000


@command("persist", 2)
def persist(c, key):
    if not c.db.alive(key) or key not in c.db.expires:
        return 0
    del c.db.expires[key]
    c.db.touch(key)
    return 1


# -- strings

@command("get", 2)
def get(c, key):
    value = c.db.get(key, bytes)
    return NIL if value is None else value


def set_options(words):
    """{option: its argument or None}"""
    out, i = {}, 0
    while i < len(words):
        word = words[i].upper()
        timed = word in (b"EX", b"PX", b"EXAT", b"PXAT")
        if timed:
            i += 1
        if i == len(words) or not timed and word not in (
                b"NX", b"XX", b"GET", b"KEEPTTL"):
            raise Refused(SYNTAX)
        out[word] = words[i] if timed else None
        if len(set(out) & {b"NX", b"XX"}) > 1 or \
                len(set(out) - {b"NX", b"XX", b"GET"}) > 1:
            raise Refused(SYNTAX)
        i += 1
    return out


@command("set", -3)
def set_(c, key, value, *words):
    options, at = set_options(words), None
    for word, number in options.items():
        if number is not None:
            n = need(number)
            if n <= 0:
                raise Refused("ERR invalid expire time in 'set' command")
            at = deadline(n, 1000 if word[:1] == b"E" else 1, "set",
                          0 if word[2:] == b"AT" else None)
    old = NIL
    if b"GET" in options:
        old = get(c, key)
    there = c.db.alive(key)
    if b"NX" in options and there or b"XX" in options and not there:
        return old
    c.db.put(key, value, b"KEEPTTL" in options or bug("ttl-kept-by-set"))
    if at is not None:
        c.db.expires[key] = at
    return old if b"GET" in options else OK


@command("setnx", 3)
def setnx(c, key, value):
    if c.db.alive(key):
        return 0
    c.db.put(key, value)
    return 1


@command("getset", 3)
def getset(c, key, value):
    old = get(c, key)
    c.db.put(key, value)
    return old


@command("getdel", 2)
def getdel(c, key):
    old = get(c, key)
    if old is not NIL:
        c.db.remove(key)
    return old


@command("mget", -2)
def mget(c, *keys):
    return [c.db.data[k] if c.db.alive(k) and type(c.db.data[k]) is bytes
            else NIL for k in keys]


@command("mset", -3)
def mset(c, *words):
    if len(words) % 2:
        raise Refused(arity_error("mset"))
    for key, value in zip(words[::2], words[1::2]):
        c.db.put(key, value)
    return OK


@command("append", 3)
def append(c, key, more):
    value = (c.db.get(key, bytes) or b"") + more
    c.db.put(key, value, not bug("ttl-lost-by-append"))
    return len(value)


@command("strlen", 2)
def strlen(c, key):
    return len(c.db.get(key, bytes) or b"")


def add(old, n):
    v = old + n
    if not LOW <= v <= HIGH:
        if bug("incr-overflow-wraps"):
            return (v - LOW) % 2**64 + LOW
        raise Refused("ERR increment or decrement would overflow")
    return v


def count(c, key, n):
    value = c.db.get(key, bytes)
    v = add(0 if value is None else need(value), n)
    c.db.put(key, b"%d" % v, True)
    return v


@command("incr", 2)
def incr(c, key):
    return count(c, key, 1)


@command("decr", 2)
def decr(c, key):
    return count(c, key, -1)


@command("incrby", 3)
def incrby(c, key, n):
    return count(c, key, need(n))


@command("decrby", 3)
def decrby(c, key, n):
    if need(n) == LOW:
        raise Refused("ERR decrement would overflow")
    return count(c, key, -need(n))


@command("incrbyfloat", 3)
def incrbyfloat(c, key, n):
    value = c.db.get(key, bytes)
    old, more = need_long(b"0" if value is None else value), need_long(n)
    if old is None or more is None:
        raise Refused("ERR increment would produce NaN or Infinity")
    out = long_digits(rounded(old + more))
    c.db.put(key, out, True)
    return out


# -- lists

def push(c, key, items, left):
    value = c.db.make(key, list)
    if left:
        value[:0] = items[::-1]
    else:
        value += items
    n = len(value)
    c.db.changed(key)
    return n


@command("lpush", -3)
def lpush(c, key, *items):
    return push(c, key, items, True)


@command("rpush", -3)
def rpush(c, key, *items):
    return push(c, key, items, False)


def pop(c, key, words, left, name):
    if len(words) > 1:
        raise Refused(arity_error(name))
    n = integer(words[0]) if words else 1
    if n is None or n < 0:
        raise Refused("ERR value is out of range, must be positive")
    items = c.db.get(key, list)
    if items is None:
        return NILARRAY if words else NIL
    n = min(n, len(items))
    out = items[:n] if left else items[len(items) - n:][::-1]
    if n:
        items[:] = items[n:] if left else items[:len(items) - n]
        c.db.changed(key)
    return out if words else out[0] if out else NIL


@command("lpop", -2)
def lpop(c, key, *words):
    return pop(c, key, words, True, "lpop")


@command("rpop", -2)
def rpop(c, key, *words):
    return pop(c, key, words, False, "rpop")


@command("llen", 2)
def llen(c, key):
    return len(c.db.get(key, list) or ())


@command("lrange", 4)
def lrange(c, key, start, stop):
    start, stop = need(start), need(stop)
    return cut(c.db.get(key, list) or [], start, stop)


@command("lindex", 3)
def lindex(c, key, number):
    items = c.db.get(key, list)
    if items is None:
        return NIL
    i = index(need(number), len(items))
    return items[i] if 0 <= i < len(items) else NIL


def need_timeout(text):
    """Seconds as the time in ms when it ends, None for never."""
    error = "ERR timeout is not a float or out of range"
    try:
        v = need_long(text)
    except Refused:
        raise Refused(error)
    if v is None:
        raise Refused("ERR timeout is negative")
    v = -(-v * 1000 // 1)
    if not 0 <= v <= HIGH:      # Redis turns too much into less than nothing
        raise Refused("ERR timeout is negative")
    if v + now() > HIGH:
        raise Refused("ERR timeout is out of range")
    return now() + int(v) if v else None


@command("blpop", -3)
def blpop(c, *words):
    until, keys_ = need_timeout(words[-1]), words[:-1]
    for key in keys_:
        items = c.db.get(key, list)
        if items:
            out = [key, items.pop(0)]
            c.db.changed(key)
            return out
    if c.running:
        return NILARRAY
    c.block(keys_, until)
    return NOTHING


# -- hashes

@command("hset", -4)
def hset(c, key, *words):
    if len(words) % 2:
        raise Refused(arity_error("hset"))
    fields = c.db.make(key, dict)
    before = len(fields)
    fields.update(zip(words[::2], words[1::2]))
    c.db.changed(key)
    if bug("hset-counts-updates"):
        return len(words) // 2
    return len(fields) - before


@command("hget", 3)
def hget(c, key, field):
    return (c.db.get(key, dict) or {}).get(field, NIL)


@command("hmget", -3)
def hmget(c, key, *names):
    fields = c.db.get(key, dict) or {}
    return [fields.get(name, NIL) for name in names]


@command("hgetall", 2)
def hgetall(c, key):
    return Map((c.db.get(key, dict) or {}).items())


@command("hlen", 2)
def hlen(c, key):
    return len(c.db.get(key, dict) or ())


@command("hexists", 3)
def hexists(c, key, field):
    return int(field in (c.db.get(key, dict) or ()))


def removed(c, key, kind, names):
    """Takes members away; how many there were."""
    value = c.db.get(key, kind)
    if value is None:
        return 0
    names = set(names) & set(value)
    for name in names:
        if kind is set:
            value.remove(name)
        else:
            del value[name]
    if names:
        c.db.changed(key)
    return len(names)


@command("hdel", -3)
def hdel(c, key, *names):
    return removed(c, key, dict, names)


@command("hincrby", 4)
def hincrby(c, key, field, n):
    n = need(n)
    fields = c.db.get(key, dict) or {}
    v = add(need(fields.get(field, b"0"), "ERR hash value is not an "
                 "integer"), n)
    c.db.make(key, dict)[field] = b"%d" % v
    c.db.changed(key)
    return v


# -- sets

@command("sadd", -3)
def sadd(c, key, *names):
    members = c.db.make(key, set)
    before = len(members)
    members.update(names)
    if len(members) > before:
        c.db.changed(key)
    return len(members) - before


@command("srem", -3)
def srem(c, key, *names):
    return removed(c, key, set, names)


@command("smembers", 2)
def smembers(c, key):
    return Members(c.db.get(key, set) or ())


@command("sismember", 3)
def sismember(c, key, name):
    return int(name in (c.db.get(key, set) or ()))


@command("scard", 2)
def scard(c, key):
    return len(c.db.get(key, set) or ())


# -- sorted sets

@command("zadd", -4)
def zadd(c, key, *words):
    given, i = set(), 0
    while i < len(words) and words[i].upper() in (
            b"NX", b"XX", b"GT", b"LT", b"CH", b"INCR"):
        given.add(words[i].upper())
        i += 1
    words = words[i:]
    if not words or len(words) % 2:
        raise Refused(SYNTAX)
    if {b"NX", b"XX"} <= given:
        raise Refused("ERR XX and NX options at the same time are not "
                      "compatible")
    if len(given & {b"GT", b"LT", b"NX"}) > 1:
        raise Refused("ERR GT, LT, and/or NX options at the same time are "
                      "not compatible")
    if b"INCR" in given and len(words) > 2:
        raise Refused("ERR INCR option supports a single increment-element "
                      "pair")
    scores = [need_double(w) for w in words[::2]]
    members = c.db.get(key, Sorted)
    members = Sorted() if members is None else members
    new = changed = 0
    last = NIL
    for score, name in zip(scores, words[1::2]):
        old = members.get(name)
        if b"NX" in given and old is not None or \
                b"XX" in given and old is None:
            continue
        if b"INCR" in given and old is not None:
            score += old
            if score != score:
                raise Refused("ERR resulting score is not a number (NaN)")
        if old is not None and (b"GT" in given and score <= old or
                                b"LT" in given and score >= old):
            continue
        new, changed = new + (old is None), changed + (score != old)
        members[name], last = score, Double(score)
    if changed:
        c.db.data[key] = members
        c.db.changed(key)
    if b"INCR" in given:
        return last
    return changed if b"CH" in given else new


@command("zscore", 3)
def zscore(c, key, name):
    score = (c.db.get(key, Sorted) or {}).get(name)
    return NIL if score is None else Double(score)


@command("zcard", 2)
def zcard(c, key):
    return len(c.db.get(key, Sorted) or ())


@command("zrem", -3)
def zrem(c, key, *names):
    return removed(c, key, Sorted, names)


def score_bound(text):
    """(number, open?) as strtod() takes it."""
    text, open_ = text.split(b"\0")[0], text[:1] == b"("
    text = text[open_:]
    v = parse(text.lstrip(BLANK)) if text else 0.0
    if v is None:
        raise Refused("ERR min or max is not a float")
    return v, open_


def lex_bound(text):
    """("-", "", 0), ("+", "", 0) or ("=", bytes, open?)"""
    if text in (b"-", b"+"):
        return text, b"", False
    if text[:1] not in (b"(", b"[") or not text:
        raise Refused("ERR min or max not valid string range item")
    return b"=", text[1:], text[:1] == b"("


def in_scores(low, high):
    return lambda pair: not (
        pair[1] < low[0] or low[1] and pair[1] == low[0] or
        pair[1] > high[0] or high[1] and pair[1] == high[0])


def in_names(low, high):
    def fits(pair):
        name = pair[0]
        return low[0] != b"+" and high[0] != b"-" and (
            low[0] == b"-" or name > low[1] or
            name == low[1] and not low[2]) and (
            high[0] == b"+" or name < high[1] or
            name == high[1] and not high[2])
    return fits


BY = {b"BYSCORE", b"BYLEX"}


def range_options(words):
    given, limit, i = set(), None, 0
    while i < len(words):
        word = words[i].upper()
        if word == b"LIMIT" and len(words) - i > 2:
            limit = need(words[i + 1]), need(words[i + 2])
            i += 2
        elif word == b"WITHSCORES" or word == b"REV" not in given or \
                word[:2] == b"BY" and not given & BY and word in BY:
            given.add(word)
        else:
            raise Refused(SYNTAX)
        i += 1
    return given, limit


@command("zrange", -4)
def zrange(c, key, start, stop, *words):
    given, limit = range_options(words)
    if limit and limit[1] != -1 and not given & BY:
        raise Refused("ERR syntax error, LIMIT is only supported in "
                      "combination with either BYSCORE or BYLEX")
    if {b"BYLEX", b"WITHSCORES"} <= given:
        raise Refused("ERR syntax error, WITHSCORES not supported in "
                      "combination with BYLEX")
    ranked = not given & BY
    if b"REV" in given and not ranked:
        start, stop = stop, start
    if ranked:
        start, stop = need(start), need(stop)
    else:
        bound = lex_bound if b"BYLEX" in given else score_bound
        inside = (in_names if b"BYLEX" in given else in_scores)(
            bound(start), bound(stop))
    pairs = (c.db.get(key, Sorted) or Sorted()).ordered()
    if b"REV" in given:
        pairs = pairs[::-1]
    if ranked:
        pairs = cut(pairs, start, stop)
    else:
        pairs = [pair for pair in pairs if inside(pair)]
        if limit:
            first, n = limit
            pairs = [] if first < 0 else pairs[first:][
                :n if n >= 0 else None]
    if b"WITHSCORES" in given:
        return Scored((name, Double(score)) for name, score in pairs)
    return [name for name, _ in pairs]


# -- transactions

@command("multi", 1)
def multi(c):
    if c.queue is not None:
        raise Refused("ERR MULTI calls can not be nested")
    c.queue, c.failed = c.kept or [], False
    c.kept = None
    return OK


@command("exec", 1)
def exec_(c):
    if c.queue is None:
        raise Refused("ERR EXEC without MULTI")
    queue, failed, c.queue = c.queue, c.failed, None
    for db, key in c.watching:
        if db.expires.get(key, HIGH) <= now():
            c.dirty = True
    dirty = c.dirty and not bug("watch-ignored")
    if not bug("watch-outlives-exec"):
        unwatch(c)
    if failed and not bug("exec-runs-after-error"):
        raise Refused("EXECABORT Transaction discarded because of previous "
                      "errors.")
    if dirty:
        return NILARRAY
    c.running, parts = True, []
    for found, words in queue:
        reply = run(c, found, words)
        parts.append(encode(reply, c.proto))
        if type(reply) is Failure and bug("exec-stops-at-error"):
            break
    c.running = False
    return Raw(b"*%d\r\n" % len(parts) + b"".join(parts))


@command("discard", 1)
def discard(c):
    if c.queue is None:
        raise Refused("ERR DISCARD without MULTI")
    if bug("discard-keeps-queue"):
        c.kept = c.queue
    c.queue = None
    unwatch(c)
    return OK


@command("watch", -2)
def watch(c, *keys_):
    if c.queue is not None:
        raise Refused("ERR WATCH inside MULTI is not allowed")
    for key in keys_:
        c.db.alive(key)
        c.watching.add((c.db, key))
        c.db.watched.setdefault(key, set()).add(c)
    return OK


@command("unwatch", 1)
def unwatch(c):
    for db, key in c.watching:
        clients = db.watched[key]
        clients.discard(c)
        if not clients:
            del db.watched[key]
    c.watching, c.dirty = set(), False
    return OK


# -- messages

@command("subscribe", -2)
def subscribe(c, *names):
    out = []
    for name in names:
        c.channels[name] = True
        c.server.channels.setdefault(name, {})[c] = True
        out.append(len(c.channels))
    if bug("subscribe-count-wrong"):
        out = out[-1:] * len(out)
    return Raw(b"".join(encode(Push([b"subscribe", name, n]), c.proto)
                        for name, n in zip(names, out)))


@command("unsubscribe", -1)
def unsubscribe(c, *names):
    names = names or list(c.channels) or [None]
    if names == [None] and bug("unsubscribe-says-nothing"):
        return NOTHING
    out = b""
    for name in names:
        c.leave(name)
        out += encode(Push([b"unsubscribe", NIL if name is None else name,
                            len(c.channels)]), c.proto)
    return Raw(out)


@command("publish", 3)
def publish(c, name, text):
    clients = c.server.channels.get(name, ())
    for other in list(clients):
        message = Push([b"message", name, text])
        other.out += encode(text if bug("message-as-bulk") else message,
                            other.proto)
        c.server.owing.add(other)
    return len(clients)


# ---- clients -------------------------------------------------------------

def shown(word, room=128):
    """What an error repeats of an argument."""
    return word.split(b"\0")[0][:room]


def unknown(words):
    args = b""
    for word in words[1:]:
        if len(args) >= 128:
            break
        args += b"'%s' " % shown(word, 128 - len(args))
    return Refused(b"ERR unknown command '%s', with args beginning with: %s",
                   shown(words[0]), args)


def find(words):
    """The command and its arguments. Raises Refused."""
    if bug("case-sensitive-commands") and words[0].upper() != words[0]:
        raise unknown(words)
    name, args = words[0].lower(), words[1:]
    if name in CONTAINERS and args:
        sub = COMMANDS.get(name + b"|" + args[0].lower())
        if sub is None:
            raise Refused(b"ERR unknown subcommand '%s'. Try %s HELP.",
                          shown(args[0]), name.upper())
        found, args = sub, args[1:]
        n = len(words)
    elif name == b"client":
        raise Refused(arity_error("client"))
    else:
        found, n = COMMANDS.get(name), len(words)
        if found is None or b"|" in name:
            raise unknown(words)
    if n > found.arity > 0 and bug("arity-accepted"):
        return found, args[:found.arity - n]
    if n != found.arity if found.arity > 0 else n < -found.arity:
        raise Refused(arity_error(
            words[0].decode("latin-1") if bug("error-name-as-sent")
            else found.name))
    return found, args


HEADED = {"hmget", "hgetall", "lrange", "lpop", "rpop", "zrange", "smembers"}


def run(c, found, args):
    """The reply of a command."""
    if args and bug("key-cut-at-nul"):
        args = [args[0].split(b"\0")[0]] + list(args[1:])
    c.server.done += 1
    try:
        return found.function(c, *args)
    except Refused as e:
        if bug("header-before-error") and found.name in HEADED and \
                e.args[0] == WRONGTYPE.encode():
            return Raw(b"*1\r\n" + encode(e.reply(), c.proto))
        return e.reply()


class Client:
    def __init__(self, server, sock, id):
        self.server, self.sock, self.id = server, sock, id
        self.reader, self.out = Reader(), bytearray()
        self.db, self.proto, self.name = server.dbs[0], 2, b""
        self.queue = None       # of MULTI
        self.kept = None
        self.failed = False     # an error while queueing
        self.running = False    # in EXEC
        self.watching, self.dirty = set(), False
        self.channels = {}
        self.muted = False
        self.skip = 0           # replies to leave out, this one counted
        self.keys, self.until = None, None      # of BLPOP
        self.closing = self.gone = self.half = False
        self.events = selectors.EVENT_READ

    # -- what came

    def receive(self):
        try:
            data = self.sock.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            self.gone = True
            return
        if not data:
            self.half = True
            self.gone = not self.out and not bug("half-close-ignored")
            return
        if bug("split-request-lost") and self.reader.buf:
            del self.reader.buf[:]
            self.reader = Reader()
            return
        self.reader.buf += data
        self.work()

    def work(self):
        """Executes what is there."""
        replies, reader = [], self.reader
        while not self.closing and (self.keys is None or
                                    bug("blpop-lets-others-pass")):
            start = len(self.out)
            try:
                words = reader.next()
            except Broken as e:
                self.broken(e.args[0])
                continue
            if words is None:
                break
            if len(replies) == 1 and bug("pipelined-second-lost"):
                words = []
            if words:
                self.execute(words)
            replies.append(bytes(self.out[start:]))
        if len(replies) > 1 and bug("replies-out-of-order-when-pipelined") \
                and not self.closing:
            del self.out[len(self.out) - len(replies[-1]) -
                         len(replies[-2]):]
            self.out += replies[-1] + replies[-2]
        reader.compact()
        self.server.owing.add(self)

    def broken(self, text):
        text = text.encode() if isinstance(text, str) else text
        if bug("error-drops-replies"):
            self.out.clear()
        self.reply(Failure(b"ERR Protocol error: " + text))
        self.closing = not bug("execute-after-protocol-error")
        self.reader.multi, self.reader.left, self.reader.size = None, 0, -1
        if not self.closing and len(self.reader.buf) - self.reader.pos > \
                LINE_MAX:
            self.closing = True

    def reply(self, value):
        if not self.muted and self.skip != 1:
            self.out += encode(value, self.proto)

    def execute(self, words):
        if self.skip:
            self.skip -= 1
        name = words[0].split(b"\0")[0].lower()
        if name in (b"post", b"host:") and not bug("http-is-answered"):
            self.closing = True
            self.out.clear()
            return
        if not name and bug("crash-on-empty-command"):
            crash()
        try:
            found, args = find(words)
            self.allowed(found)
        except Refused as e:
            self.reject(words, e)
            return
        if self.queue is not None and found.name not in UNQUEUED:
            self.queue.append((found, args))
            self.reply(NOTHING if bug("queued-missing") else QUEUED)
            return
        self.reply(run(self, found, args))
        self.server.serve()

    def reject(self, words, error):
        """Before it was queued or run; EXEC ends the transaction."""
        self.failed, reply = True, error.reply()
        if words[0].lower() == b"exec":
            self.queue = None
            unwatch(self)
            reply = Failure(
                b"EXECABORT Transaction discarded because of: " +
                reply.split(b" ", 1)[1])
        self.reply(reply)

    def allowed(self, found):
        if self.channels and self.proto == 2 and \
                found.name not in ANYWHERE and \
                not bug("subscribed-may-do-all"):
            raise Refused(
                "ERR Can't execute '%s': only (P|S)SUBSCRIBE / "
                "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this "
                "context" % found.name)

    # -- waiting

    def block(self, names, until):
        self.keys, self.until = list(names), until
        self.server.waiting.append(self)

    def unblock(self, reply):
        self.keys = self.until = None
        self.server.waiting.remove(self)
        self.reply(reply)
        self.server.woken.append(self)

    # -- the end

    def leave(self, name):
        if self.channels.pop(name, None):
            clients = self.server.channels[name]
            del clients[self]
            if not clients:
                del self.server.channels[name]

    def send(self):
        try:
            while self.out:
                n = self.sock.send(memoryview(self.out)[:1 << 20])
                del self.out[:n]
        except BlockingIOError:
            return
        except OSError:
            self.gone = True
        if self.closing or self.half and not bug("half-close-ignored"):
            self.gone = True

    def forget(self):
        unwatch(self)
        for name in list(self.channels):
            self.leave(name)
        if self.keys is not None:
            self.server.waiting.remove(self)
        try:        # unread bytes would turn the end into a reset
            while self.closing and self.sock.recv(1 << 16):
                pass
        except OSError:
            pass
        self.sock.close()


# ---- the server ----------------------------------------------------------

class Server:
    def __init__(self, port):
        self.port, self.born = port, time.time()
        self.dbs = [Database(self) for _ in range(16)]
        self.channels = {}      # name -> clients
        self.clients = set()
        self.waiting = []       # in BLPOP, the longest first
        self.ready = []         # lists that were pushed to
        self.woken = []         # clients with requests behind BLPOP
        self.owing = set()      # clients with something to send
        self.met = self.done = 0
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(128)
        self.listener.setblocking(False)
        self.poll = selectors.DefaultSelector()
        self.poll.register(self.listener, selectors.EVENT_READ)

    def loop(self):
        while True:
            ends = [c.until for c in self.waiting if c.until is not None]
            wait = max(min(ends) - now(), 0) / 1000.0 if ends else None
            for key, events in self.poll.select(wait):
                if key.data is None:
                    self.accept()
                elif events & selectors.EVENT_READ:
                    key.data.receive()
                    self.owing.add(key.data)
                else:
                    self.owing.add(key.data)
            self.give_up()
            self.go_on()
            self.settle()

    def accept(self):
        try:
            sock = self.listener.accept()[0]
        except OSError:
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.met += 1
        client = Client(self, sock, self.met)
        self.clients.add(client)
        self.poll.register(sock, client.events, client)

    def serve(self):
        """Gives what was pushed to those who wait for it."""
        while self.ready:
            db, key = self.ready.pop(0)
            waiting = [c for c in self.waiting if c.db is db and
                       key in c.keys]
            if bug("blpop-wakes-last-come"):
                waiting.reverse()
            for client in waiting:
                items = db.data.get(key)
                if type(items) is not list or not items:
                    break
                client.unblock([key, items.pop(0)])
                if bug("blpop-loses-element"):
                    del items[:1]
                db.changed(key)

    def give_up(self):
        """Ends BLPOP for those whose time has passed."""
        if bug("blpop-never-ends"):
            return
        over = [c for c in self.waiting
                if c.until is not None and c.until <= now()]
        for client in sorted(over, key=lambda c: c.until):
            client.unblock(NILARRAY)

    def go_on(self):
        while self.woken:
            self.woken.pop(0).work()

    def settle(self):
        """Sends what is owed, and closes what is over."""
        for client in self.owing:
            if not client.gone:
                client.send()
            if client.gone:
                if client in self.clients:
                    self.poll.unregister(client.sock)
                    self.clients.remove(client)
                    client.forget()
                continue
            events = selectors.EVENT_READ * (not client.half) | (
                selectors.EVENT_WRITE * bool(client.out))
            if events != client.events:
                client.events = events
                self.poll.modify(client.sock, events, client)
        self.owing.clear()


def main():
    global BUG
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--port", type=int, required=True)
    p.add_argument("--bug", choices=sorted(BUGS), metavar="NAME",
                   help="one of " + ", ".join(sorted(BUGS)))
    args = p.parse_args()
    BUG = args.bug
    Server(args.port).loop()


if __name__ == "__main__":
    sys.exit(main())
