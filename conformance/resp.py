"""RESP2 and RESP3 on the wire: typed values, a strict reader, a writer, a
connection, and expectations that know their form in each protocol.

Nothing is decoded: a null bulk is not a null array, a set is not an array, a
double keeps its text. The reader takes only canonical bytes, so two values
are equal exactly when their bytes were.
"""

import os
import re
import select
import socket
import time

TIMEOUT = float(os.environ.get("CONFORMANCE_TIMEOUT", "5"))  # seconds


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
        return "%s(%s)" % (type(self).__name__, _short(self.v))


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


def _short(v, room=300):
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
    out = [b"*%d\r\n" % len(args)]
    for a in map(arg, args):
        out.append(b"$%d\r\n" % len(a) + a + b"\r\n")
    return b"".join(out)


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
_LINE_MAX = 1 << 20     # a simple string or an error
_NUMBER_MAX = 24        # ':' and every length


class Parser:
    """Incremental: feed() bytes, next() gives a value, or None while some
    are missing. Strict: see _value()."""

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
        low = -1 if mark == b"$" and self.proto == 2 else 0
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
        low = -1 if mark == b"*" and self.proto == 2 else 0
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
        if mark in b"%|":
            pairs = list(zip(items[::2], items[1::2]))
            if mark == b"%":
                return Map(pairs)
            return Attr(pairs, (yield from self._value(depth + 1)))
        return {b"*": Array, b"~": Set, b">": Push}[mark](items)


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


# ---- connection ---------------------------------------------------------

class Closed(Exception):
    """The peer closed (FIN or RST) before a complete reply."""


class Late(Exception):
    """The deadline passed before a complete reply."""


class Conn:
    """One connection with a deadline on everything.

    Conn(port), Conn(port, host), Conn(path="/tmp/x.sock"). `proto` makes the
    reader RESP2 or RESP3 strict; hello(n) switches both sides.
    """

    def __init__(self, port=None, host="127.0.0.1", path=None,
                 timeout=TIMEOUT, proto=2):
        self.timeout = timeout
        self.closed = False     # FIN or RST seen
        self.parser = Parser(2)
        if path is not None:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(timeout)
            self.sock.connect(path)
        else:
            self.sock = socket.create_connection((host, port), timeout)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.poll = select.poll()
        if proto != 2:
            self.hello(proto)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def fileno(self):
        return self.sock.fileno()

    @property
    def proto(self):
        return self.parser.proto

    @proto.setter
    def proto(self, n):
        self.parser.proto = n

    def hello(self, proto):
        """HELLO n; its reply already comes in the new protocol."""
        self.proto = proto
        reply = self.cmd("HELLO", proto)
        assert isinstance(reply, (Map, Array)), reply

    def send(self, data):
        """All of data; reads meanwhile, so that two full buffers never wait
        for each other. A peer that closed shows in the next read."""
        view, end = memoryview(data), time.monotonic() + self.timeout
        while len(view) and not self.closed:
            try:
                view = view[self.sock.send(view):]
                continue
            except BlockingIOError:
                pass
            except (BrokenPipeError, ConnectionResetError):
                return
            if not self._wait(select.POLLIN | select.POLLOUT, end):
                raise Late("sending: %d bytes left" % len(view))
            self._receive()

    def send_bytewise(self, data):
        """One byte a send."""
        for i in range(len(data)):
            self.send(data[i:i + 1])

    def shutdown(self):
        """Half close: nothing more will be sent."""
        self.sock.shutdown(socket.SHUT_WR)

    def cmd(self, *args):
        """Send one command, read one typed reply."""
        self.send(encode(*args))
        return self.read()

    def read(self, timeout=None):
        """One typed reply."""
        end = time.monotonic() + (timeout or self.timeout)
        while True:
            value = self.parser.next()
            if value is not None:
                return value
            self._more(end, "a reply")

    def raw(self):
        """The bytes of the last reply."""
        return self.parser.raw()

    def pending(self):
        """Bytes received that no reply was made of."""
        return self.parser.pending()

    def read_raw(self, n):
        """n bytes, whatever they are."""
        out, end = b"", time.monotonic() + self.timeout
        while True:
            out += self.parser.take(n - len(out))
            if len(out) == n:
                return out
            self._more(end, "%d bytes" % n)

    def read_until_close(self):
        """Every byte until the peer closes."""
        end = time.monotonic() + self.timeout
        while not self.closed:
            try:
                self._more(end, "the end")
            except Closed:
                break
        return self.parser.take(len(self.parser.buf))

    def at_eof(self):
        """True when the peer closes with nothing before it, False when
        bytes come first."""
        try:
            return not self.read_until_close()
        except Late:
            return False

    def fence(self):
        """The replies that come before that of an ECHO sent now."""
        nonce = b"fence-" + os.urandom(8).hex().encode()
        self.send(encode("ECHO", nonce))
        out = []
        while True:
            value = self.read()
            if value == Bulk(nonce):
                return out
            out.append(value)

    def _wait(self, events, end):
        self.poll.register(self.sock, events)
        left = end - time.monotonic()
        return left > 0 and self.poll.poll(left * 1000)

    def _more(self, end, what):
        """Receive at least a byte, or raise."""
        if self.closed:
            raise Closed("closed while waiting for %s; pending: %s" % (
                what, _short(self.pending())))
        if not self._wait(select.POLLIN, end):
            raise Late("no %s in time; pending: %s" % (
                what, _short(self.pending())))
        self._receive()

    def _receive(self):
        try:
            data = self.sock.recv(1 << 18)
        except BlockingIOError:
            return
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if data:
            self.parser.feed(data)
        else:
            self.closed = True


# ---- expectations -------------------------------------------------------

class Want:
    """An expectation that a plain Python value cannot state."""

    def __init__(self, what):
        self.what = what

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self.what)

    def project(self, proto):       # -> typed value
        raise TypeError("%r stands for many values" % self)

    def differs(self, proto, got):  # -> None or a sentence
        return _leaf(self.project(proto), got)


class _Name(Want):
    """A constant: its name, its RESP2 and its RESP3 form."""

    def __init__(self, name, two, three):
        self.name, self.forms = name, {2: two, 3: three}

    def __repr__(self):
        return self.name

    def project(self, proto):
        return self.forms[proto]


class _Any(Want):
    def __repr__(self):
        return "ANY"

    def differs(self, proto, got):
        return None


OK = Simple("OK")
NIL = _Name("NIL", NullBulk(), Null())
NILARRAY = _Name("NILARRAY", NullArray(), Null())
ANY = _Any("anything")


class B(Want):
    """Boolean; RESP2 integer."""
    def project(self, proto):
        return Int(int(self.what)) if proto == 2 else Bool(self.what)


class D(Want):
    """Double with exactly this text; RESP2 bulk."""
    def project(self, proto):
        return (Bulk if proto == 2 else Double)(self.what)


class N(Want):
    """Big number; RESP2 bulk."""
    def project(self, proto):
        return (Bulk if proto == 2 else Big)(self.what)


class V(Want):
    """Verbatim string V('txt', body), body a string or a predicate; RESP2
    bulk."""
    def __init__(self, fmt, body):
        self.what, self.fmt, self.body = (fmt, body), fmt, body

    def project(self, proto):
        return Bulk(self.body) if proto == 2 else Verb(self.fmt, self.body)

    def differs(self, proto, got):
        if not isinstance(self.body, Want):
            return Want.differs(self, proto, got)
        if proto == 3:
            if not isinstance(got, Verb) or got.v[0] != arg(self.fmt):
                return _expected("a verbatim string of " + self.fmt, got)
            got = Bulk(got.body)
        return match(self.body, proto, got)


class E(Want):
    """Error with exactly this text."""
    def project(self, proto):
        return Err(self.what)


class EP(Want):
    """Error whose text starts so."""
    def differs(self, proto, got):
        if isinstance(got, Err) and got.v.startswith(arg(self.what)):
            return None
        return _expected("an error that starts with %r" % self.what, got)


class Re(Want):
    """Bulk (or another kind) whose whole content matches the pattern."""
    def __init__(self, pattern, kind=Bulk):
        self.what, self.kind = pattern, kind

    def differs(self, proto, got):
        if type(got) is self.kind and re.match(
                b"(?:" + self.what + b")\\Z", got.v, re.S):
            return None
        return _expected("a %s that matches %r" % (
            self.kind.__name__, self.what), got)


class Shape(Want):
    """A function of the typed value that says whether it will do."""
    def __init__(self, fn, what=None):
        self.fn, self.what = fn, what or fn.__doc__ or fn.__name__

    def differs(self, proto, got):
        return None if self.fn(got) else _expected(self.what, got)


class Between(Want):
    """Integer from low to high, both included."""
    def __init__(self, low, high):
        self.what = (low, high)

    def differs(self, proto, got):
        if isinstance(got, Int) and self.what[0] <= got.v <= self.what[1]:
            return None
        return _expected("an integer from %d to %d" % self.what, got)


class OneOf(Want):
    """Any of several expectations."""
    def __init__(self, *wants):
        self.what = wants

    def differs(self, proto, got):
        if any(match(w, proto, got) is None for w in self.what):
            return None
        return _expected("one of %r" % (self.what,), got)


class ListOf(Want):
    """Array of any length whose items all meet one expectation."""
    def differs(self, proto, got):
        if not isinstance(got, Array):
            return _expected("an array", got)
        return _each([self.what] * len(got.v), proto, got.v)


class P(Want):
    """Push; RESP2 array."""
    def project(self, proto):
        return (Array if proto == 2 else Push)(
            [project(w, proto) for w in self.what])

    def differs(self, proto, got):
        return _sequence(Array if proto == 2 else Push, self.what, proto, got)


class Unordered(Want):
    """Array in any order."""
    kinds = {2: Array, 3: Array}

    def project(self, proto):
        return self.kinds[proto]([project(w, proto) for w in self.what])

    def differs(self, proto, got):
        kind = self.kinds[proto]
        if type(got) is not kind:
            return _expected("a %s" % kind.__name__, got)
        return _pool(list(self.what), list(got.v),
                     lambda w, g: match(w, proto, g) is None)


class S(Unordered):
    """Set; RESP2 array. Any order."""
    kinds = {2: Array, 3: Set}


class M(Want):
    """Map from pairs; RESP2 flat array. Any order of the pairs."""
    def project(self, proto):
        pairs = [(project(k, proto), project(v, proto)) for k, v in self.what]
        return Map(pairs) if proto == 3 else Array(
            [x for pair in pairs for x in pair])

    def differs(self, proto, got):
        if type(got) is not (Array if proto == 2 else Map):
            return _expected("a map", got)
        if proto == 2 and len(got.v) % 2:
            return "a flat map has an odd number of items: %r" % (got,)
        pairs = list(zip(got.v[::2], got.v[1::2])) if proto == 2 else got.v
        return _pool(list(self.what), list(pairs),
                     lambda w, g: match(w[0], proto, g[0]) is None
                     and match(w[1], proto, g[1]) is None)


def project(want, proto):
    """The typed value that an expectation stands for in RESP2 or RESP3."""
    if isinstance(want, Value):
        return want
    if isinstance(want, Want):
        return want.project(proto)
    if isinstance(want, (bytes, str)):
        return Bulk(want)
    if isinstance(want, int) and not isinstance(want, bool):
        return Int(want)
    if isinstance(want, (list, tuple)):
        return Array([project(w, proto) for w in want])
    raise TypeError("no expectation: %r" % (want,))


def match(want, proto, got):
    """None when `got` is what `want` means in this protocol, else a
    sentence that says what differs."""
    if isinstance(want, (list, tuple)):
        return _sequence(Array, want, proto, got)
    if isinstance(want, Want):
        return want.differs(proto, got)
    if callable(want):
        return Shape(want).differs(proto, got)
    return _leaf(project(want, proto), got)


def _expected(what, got):
    return "expected %s, got %r" % (what, got)


def _leaf(want, got):
    return None if want == got else _expected(repr(want), got)


def _sequence(kind, wants, proto, got):
    if type(got) is not kind:
        return _expected("a %s of %d" % (kind.__name__, len(wants)), got)
    if len(got.v) != len(wants):
        return "expected %d items, got %d: %r" % (
            len(wants), len(got.v), got)
    return _each(wants, proto, got.v)


def _each(wants, proto, items):
    for i, (want, item) in enumerate(zip(wants, items)):
        wrong = match(want, proto, item)
        if wrong:
            return "item %d: %s" % (i, wrong)
    return None


def _pool(wants, items, fits):
    """Each want takes the first item that fits; put the vague ones last."""
    for want in wants:
        for i, item in enumerate(items):
            if fits(want, item):
                del items[i]
                break
        else:
            return "%s is missing; left over: %s" % (
                _short(want), _short(tuple(items)))
    return "too many: %s" % _short(tuple(items)) if items else None
