"""RESP2 and RESP3 on the wire: typed values, a writer, a strict reader.

Nothing is decoded: a null bulk is not a null array, a set is not an array, a
double keeps its text. The reader takes only canonical bytes, so two values
are equal exactly when their bytes were.
"""

import re


# ---- values: what was on the wire ---------------------------------------

class Value:
    """A typed reply. Content is bytes, int, bool or a tuple of values."""
    __slots__ = ("v",)

    def __init__(self, v=None):
        if isinstance(v, str):
            v = v.encode()
        elif isinstance(v, list):
            v = tuple(v)
        self.v = v

    def __eq__(self, other):
        return type(self) is type(other) and self.v == other.v

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash((type(self).__name__, self.v))

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, short(self.v))


class Simple(Value): mark = b"+"
class Err(Value): mark = b"-"
class Int(Value): mark = b":"
class Bulk(Value): mark = b"$"
class Array(Value): mark = b"*"
class Bool(Value): mark = b"#"
class Double(Value): mark = b","      # its text
class Big(Value): mark = b"("         # its text
class BlobErr(Value): mark = b"!"
class Set(Value): mark = b"~"
class Push(Value): mark = b">"


class _Nothing(Value):
    def __repr__(self):
        return type(self).__name__ + "()"


class NullBulk(_Nothing): pass        # $-1, RESP2
class NullArray(_Nothing): pass       # *-1, RESP2
class Null(_Nothing): pass            # _, RESP3


class Map(Value):
    """Pairs in the order of the wire."""
    mark = b"%"

    def __init__(self, pairs):
        Value.__init__(self, tuple((k, v) for k, v in pairs))


class Verb(Value):
    """Verbatim text: format of three bytes, body."""
    mark = b"="

    def __init__(self, fmt, body):
        Value.__init__(self, tuple(
            x.encode() if isinstance(x, str) else x for x in (fmt, body)))

    @property
    def body(self):
        return self.v[1]


class Attr(Value):
    """Attribute pairs and the value that they precede."""
    mark = b"|"

    def __init__(self, pairs, value):
        Value.__init__(self, (tuple((k, v) for k, v in pairs), value))


def short(v, room=300):
    text = repr(list(v)) if isinstance(v, tuple) else repr(v)
    if len(text) <= room:
        return text
    size = " (%d bytes)" % len(v) if isinstance(v, bytes) else ""
    return text[:room] + "..." + size


# ---- writer -------------------------------------------------------------

def arg(a):
    """One command argument as bytes."""
    if isinstance(a, (bytes, bytearray)):
        return bytes(a)
    if isinstance(a, str):
        return a.encode()
    if isinstance(a, int) and not isinstance(a, bool):
        return b"%d" % a
    raise TypeError("not a command argument: %r" % (a,))


def encode(*args):
    """A request: array of bulks."""
    return request([arg(a) for a in args])


def request(words):
    """The same of words that are bytes."""
    return b"*%d\r\n" % len(words) + b"".join(
        [b"$%d\r\n%b\r\n" % (len(w), w) for w in words])


def encode_typed(*args):
    """A request whose arguments may be typed values."""
    return b"*%d\r\n" % len(args) + b"".join(
        dump(a) if isinstance(a, Value) else dump(Bulk(arg(a)))
        for a in args)


def inline(*args):
    """The same request as an inline command; quotes what needs it."""
    out = []
    for a in map(arg, args):
        if re.match(rb"[!#-&(-\[\]-~]+\Z", a):
            out.append(a)
        else:
            out.append(b'"' + b"".join(b"\\x%02x" % c for c in a) + b'"')
    return b" ".join(out) + b"\r\n"


def dump(value):
    """The bytes of a typed value."""
    v = value.v
    if isinstance(value, _Nothing):
        return {NullBulk: b"$-1\r\n", NullArray: b"*-1\r\n",
                Null: b"_\r\n"}[type(value)]
    if isinstance(value, Verb):
        v = v[0] + b":" + v[1]
    if isinstance(value, (Bulk, BlobErr, Verb)):
        return value.mark + b"%d\r\n" % len(v) + v + b"\r\n"
    if isinstance(value, Attr):
        return (b"|" + dump(Map(v[0]))[1:] + dump(v[1]))
    if isinstance(value, Map):
        return b"%%%d\r\n" % len(v) + b"".join(
            dump(x) for pair in v for x in pair)
    if isinstance(value, (Array, Set, Push)):
        return value.mark + b"%d\r\n" % len(v) + b"".join(map(dump, v))
    if isinstance(value, Bool):
        return b"#t\r\n" if v else b"#f\r\n"
    if isinstance(value, Int):
        v = b"%d" % v
    return value.mark + v + b"\r\n"


# ---- reader -------------------------------------------------------------

class ProtocolError(Exception):
    """Bytes that the protocol does not allow; `.offset` counts from the
    first byte that the reader got."""

    def __init__(self, what, offset, near, near_at):
        self.what, self.offset = what, offset
        Exception.__init__(self, "%s at byte %d\n%s" % (
            what, offset, hexdump(near, near_at, offset)))


def hexdump(data, base=0, point=None):
    """Sixteen bytes a line; `point` is underlined."""
    lines = []
    for i in range(0, max(len(data), 1), 16):
        row = data[i:i + 16]
        lines.append("  %08x  %-47s  %s" % (
            base + i, " ".join("%02x" % c for c in row),
            "".join(chr(c) if 32 <= c < 127 else "." for c in row)))
        if point is not None and 0 <= point - base - i < 16:
            lines.append(" " * (12 + 3 * (point - base - i)) + "^^")
    return "\n".join(lines)


_NUMBER = re.compile(rb"(?:0|-?[1-9][0-9]*)\Z")
_DOUBLE = re.compile(
    rb"(?:[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|-?inf|nan)\Z")
_RESP2, _RESP3 = b"+-:$*", b"+-:$*_#,(=!%~>|"
_USUAL = re.compile(    # what most replies begin with, all of it canonical
    rb"\$(0|[1-9][0-9]{0,8})\r\n|:(0|-?[1-9][0-9]{0,17})\r\n"
    rb"|\+([^\r\n]{0,999})\r\n|-([^\r\n]{0,999})\r\n"
    rb"|([*%~>])(0|[1-9][0-9]{0,8})\r\n|([$*]-1)\r\n"
    rb"|,([0-9]+(?:\.[0-9]+)?)\r\n|#([tf])\r\n|(_)\r\n")
_LINE_MAX = 1 << 20     # a simple string or an error
_NUMBER_MAX = 24        # ':' and every length


class Parser:
    """Incremental: feed() bytes, next() gives a value, or None while some
    are missing. Strict: see _value(). `proto` is 2 or 3, or 0 for what either
    allows."""

    def __init__(self, proto=2, max_depth=128, max_bulk=512 << 20,
                 nested_push=False):
        self.proto = proto
        self.max_depth = max_depth
        self.max_bulk = max_bulk
        self.nested_push = nested_push  # Redis's SUBSCRIBE inside MULTI
        self.buf = bytearray()
        self.base = 0                   # stream offset of buf[0]
        self.pos = 0                    # next byte to read
        self.start = 0                  # first byte of the value being read
        self.task = None

    def feed(self, data):
        self.buf += data

    def next(self):
        if self.task is None:
            self._compact()
            if self.pos == len(self.buf):
                return None
            self.start = self.pos
            whole = self._whole(self.pos, 0)
            if whole:
                value, self.pos = whole
                return value
            self.task = self._value(0)
        try:
            next(self.task)
        except StopIteration as done:
            self.task = None
            return done.value
        return None

    def raw(self):
        """The bytes of the last value; valid until the next call."""
        return bytes(self.buf[self.start:self.pos])

    def pending(self):
        """Bytes that belong to no complete value yet."""
        return bytes(self.buf[self.pos if self.task is None else self.start:])

    def take(self, n):
        """Up to n bytes as they are, between values."""
        assert self.task is None, "in the middle of a value"
        got = bytes(self.buf[self.pos:self.pos + n])
        self.pos += len(got)
        return got

    def _compact(self):
        if self.pos == len(self.buf) or self.pos > 65536:
            self.base += self.pos
            del self.buf[:self.pos]
            self.pos = 0

    def _fail(self, what, at):
        near = max(0, at - 32)
        raise ProtocolError(what, self.base + at,
                            bytes(self.buf[near:at + 32]), self.base + near)

    def _whole(self, at, depth):
        """(value, its end) of what is usual and all there, which is quick;
        else None, and it is for _value() to wait or to complain."""
        head = _USUAL.match(self.buf, at)
        if not head or depth > self.max_depth:
            return None
        kind, end = head.lastindex, head.end()
        text = head[kind]
        if kind == 1:
            stop = end + int(text)
            if stop - end > self.max_bulk or \
                    self.buf[stop:stop + 2] != b"\r\n":
                return None
            return Bulk(bytes(self.buf[end:stop])), stop + 2
        if kind == 2:
            return Int(int(text)), end
        if kind < 5:
            return (Simple if kind == 3 else Err)(text), end
        if kind == 6:
            return self._aggregate_whole(head[5], int(text), end, depth)
        if kind == 7:
            null = NullBulk if text == b"$-1" else NullArray
            return None if self.proto == 3 else (null(), end)
        if self.proto == 2:
            return None
        return (Double(text) if kind == 8 else Bool(text == b"t")
                if kind == 9 else Null()), end

    def _aggregate_whole(self, mark, n, at, depth):
        if mark != b"*" and (self.proto == 2 or mark == b">" and (
                depth or not n)):
            return None
        items = []
        for _ in range(n * 2 if mark == b"%" else n):
            whole = self._whole(at, depth + 1)
            if not whole:
                return None
            items.append(whole[0])
            at = whole[1]
        return self._made(mark, items), at

    @staticmethod
    def _made(mark, items):
        if mark == b"%":
            return Map(zip(items[::2], items[1::2]))
        return {b"*": Array, b"~": Set, b">": Push}[mark](items)

    def _line(self, room):
        """Bytes up to CRLF; neither CR nor LF stands alone."""
        begin = seen = self.pos
        while True:
            end = self.buf.find(b"\r", seen)
            stop = len(self.buf) if end < 0 else end
            bare = self.buf.find(b"\n", seen, stop)
            if bare >= 0:
                self._fail("LF without CR", bare)
            if stop - begin > room:
                self._fail("line of more than %d bytes" % room, begin)
            if 0 <= end < len(self.buf) - 1:
                break
            seen = stop
            yield
        if self.buf[end + 1] != 10:
            self._fail("CR without LF", end + 1)
        self.pos = end + 2
        return bytes(self.buf[begin:end])

    def _number(self, low, high, what):
        at = self.pos
        text = yield from self._line(_NUMBER_MAX)
        if not _NUMBER.match(text):
            self._fail("%s %r is not in canonical form" % (what, text), at)
        if not low <= int(text) <= high:
            self._fail("%s %s is out of range" % (what, text.decode()), at)
        return int(text)

    def _bytes(self, n):
        """n bytes and CRLF."""
        while len(self.buf) < self.pos + n + 2:
            # A wrong first byte of the terminator fails without the second.
            if len(self.buf) == self.pos + n + 1 and self.buf[-1] != 13:
                break
            yield
        end = self.pos + n
        if self.buf[end:end + 2] != b"\r\n":
            self._fail("no CRLF after %d bytes of data" % n, end)
        data = bytes(self.buf[self.pos:end])
        self.pos = end + 2
        return data

    def _text(self, pattern, what):
        at = self.pos
        text = yield from self._line(_LINE_MAX)
        if not pattern.match(text):
            self._fail("%s %r" % (what, text), at)
        return text

    def _value(self, depth):
        while self.pos == len(self.buf):
            yield
        at = self.pos
        mark = bytes(self.buf[at:at + 1])
        if mark not in (_RESP2 if self.proto == 2 else _RESP3):
            self._fail("%r starts no RESP%d value" % (mark, self.proto), at)
        if depth > self.max_depth:
            self._fail("nested deeper than %d" % self.max_depth, at)
        self.pos += 1
        if mark == b"+":
            return Simple((yield from self._line(_LINE_MAX)))
        if mark == b"-":
            return Err((yield from self._line(_LINE_MAX)))
        if mark == b":":
            return Int((yield from self._number(-2**63, 2**63 - 1,
                                                "integer")))
        if mark == b"_":
            yield from self._text(re.compile(rb"\Z"), "null with content")
            return Null()
        if mark == b"#":
            text = yield from self._text(re.compile(rb"[tf]\Z"), "boolean")
            return Bool(text == b"t")
        if mark == b",":
            return Double((yield from self._text(_DOUBLE, "double")))
        if mark == b"(":
            return Big((yield from self._text(_NUMBER, "big number")))
        if mark in b"$=!":
            return (yield from self._blob(mark))
        return (yield from self._aggregate(mark, at, depth))

    def _blob(self, mark):
        # RESP3 has one null, and Redis streams nothing ('$?').
        low = -1 if mark == b"$" and self.proto != 3 else 0
        n = yield from self._number(low, self.max_bulk, "length")
        if n < 0:
            return NullBulk()
        at = self.pos
        data = yield from self._bytes(n)
        if mark == b"$":
            return Bulk(data)
        if mark == b"!":
            return BlobErr(data)
        if data[3:4] != b":":
            self._fail("verbatim string without 'xxx:'", at)
        return Verb(data[:3], data[4:])

    def _aggregate(self, mark, at, depth):
        low = -1 if mark == b"*" and self.proto != 3 else 0
        n = yield from self._number(low, 2**31 - 1, "count")
        if n < 0:
            return NullArray()
        if mark == b">" and depth > 0 and not self.nested_push:
            self._fail("push inside a reply", at)
        if mark == b">" and n == 0:
            self._fail("empty push", at)
        items = []
        for _ in range(n * 2 if mark in b"%|" else n):
            items.append((yield from self._value(depth + 1)))
        if mark == b"|":
            return Attr(zip(items[::2], items[1::2]),
                        (yield from self._value(depth + 1)))
        return self._made(mark, items)


def parse(data, proto=2):
    """All values in data; leftovers are an error."""
    p = Parser(proto)
    p.feed(data)
    out = []
    while True:
        v = p.next()
        if v is None:
            break
        out.append(v)
    if p.pending():
        p._fail("incomplete value", len(p.buf))
    return out
