"""What a reply must be, said once for RESP2 and RESP3.

    OK  NIL  NILARRAY       +OK; a null that RESP2 sends as $-1, as *-1
    b"..." or "..."         bulk string
    7                       integer
    [a, b]                  array
    D("2.5")                double         RESP2: bulk
    B(True)                 boolean        RESP2: integer
    N("12345678901234567")  big number     RESP2: bulk
    V("txt", "...")         verbatim       RESP2: bulk
    S([a, b])               set, any order RESP2: array
    M([(k, v)])             map, any order RESP2: flat array
    Pairs([(a, b)])         array of pairs RESP2: flat array
    P([a, b])               push           RESP2: array
    E("ERR text") EP("ERR") error with this text, that starts so
    Simple("PONG")          simple string, and the other types of resp.py

and of many: ANY Re Shape Between OneOf ListOf Unordered Subset Near.

A difference has a level. MUST: framing, type, count, content, the state of
the connection. SHOULD: an error's code. EXACT: an error's text, the digits of
a double. MAY: recorded only. Should(x), Exact(x) and May(x) lower all that
differs in x; By(x, ("kv", y)) is y where the dialect is kv.
"""

import collections
import re

from .resp import (Array, Big, Bool, Bulk, Double, Err, Int, Map, Null,
                   NullArray, NullBulk, Push, Set, Simple, Value, Verb, arg,
                   short)

MUST, SHOULD, EXACT, MAY = 1, 2, 3, 4
LEVELS = {"must": MUST, "should": SHOULD, "exact": EXACT, "may": MAY}
NAMES = {n: name for name, n in LEVELS.items()}
NULLS = (NullBulk, NullArray, Null)


class Mismatch:
    """What differs: a kind that reports and statistics use, a level, and a
    sentence."""
    __slots__ = ("kind", "level", "text")

    def __init__(self, kind, text, level=MUST):
        self.kind, self.text, self.level = kind, text, level

    def __str__(self):
        return self.text

    def __repr__(self):
        return "%s (%s): %s" % (self.kind, NAMES[self.level], self.text)

    def at(self, where):
        return Mismatch(self.kind, "%s: %s" % (where, self.text), self.level)

    def lowered(self, level):
        return Mismatch(self.kind, self.text, max(self.level, level))


class At:
    """Where a reply is judged: the protocol, and the target's dialects as
    [("redis", (7, 0))], the closest first."""
    __slots__ = ("proto", "dialects")

    def __init__(self, proto, dialects=()):
        self.proto, self.dialects = proto, tuple(dialects)

    def speaks(self, condition):
        """"kv", "redis>=7.2", "valkey<8", "!kv", several with " and ": does
        a dialect meet it?"""
        if " and " in condition:
            return all(map(self.speaks, condition.split(" and ")))
        if condition[0] == "!":
            return not self.speaks(condition[1:])
        name, op, number = re.match(
            r"([a-z]+)(?:(>=|<)([0-9.]+))?\Z", condition).groups()
        for dialect, version in self.dialects:
            if dialect == name and (op is None or (
                    op == ">=") == (version >= version_of(number))):
                return True
        return False


def version_of(text):
    return tuple(int(n) for n in text.split("."))


# ---- comparing -----------------------------------------------------------

def match(want, at, got):
    """None when `got` is what `want` means there, else a Mismatch."""
    if isinstance(want, (list, tuple)):
        return sequence(Array, want, at, got)
    if isinstance(want, Want):
        return want.differs(at, got)
    if callable(want):
        return Shape(want).differs(at, got)
    return leaf(project(want, at), got)


def project(want, at):
    """The one typed value that an expectation stands for."""
    if isinstance(want, Value):
        return want
    if isinstance(want, Want):
        return want.project(at)
    if isinstance(want, (bytes, str)):
        return Bulk(want)
    if isinstance(want, int) and not isinstance(want, bool):
        return Int(want)
    if isinstance(want, (list, tuple)):
        return Array([project(w, at) for w in want])
    raise TypeError("no expectation: %r" % (want,))


def expected(what, got, kind=None):
    return Mismatch(kind or "wrong-value", "expected %s, got %r" % (
        what, got))


def leaf(want, got):
    """Compares two values without any freedom."""
    if want == got:
        return None
    return wrong_type(want, type(want), got) or expected(repr(want), got)


def wrong_type(want, kind, got):
    """A Mismatch when `got` is of another kind than `want` (or `kind`)."""
    if type(got) is kind:
        return None
    if isinstance(got, Err):
        name = "unexpected-error"
    elif isinstance(got, NULLS) and kind in NULLS:
        name = "wrong-null"
    else:
        name = "wrong-marker"
    return expected(want if isinstance(want, str) else repr(want), got, name)


def sequence(kind, wants, at, got):
    if type(got) is not kind:
        return wrong_type("a %s of %d" % (kind.__name__, len(wants)), kind,
                          got)
    if len(got.v) != len(wants):
        return Mismatch("wrong-count", "expected %d items, got %d: %r" % (
            len(wants), len(got.v), got))
    return each(wants, at, got.v)


def each(wants, at, items):
    """The gravest difference between lists of one length."""
    worst = None
    for i, (want, item) in enumerate(zip(wants, items)):
        wrong = match(want, at, item)
        if wrong and (worst is None or wrong.level < worst.level):
            worst = wrong.at("item %d" % i)
            if wrong.level == MUST:
                break
    return worst


def same_bag(wants, items, at):
    """The same tuples of values in any order, where each expectation is one
    value: the usual case, and quick for thousands."""
    try:
        left = collections.Counter(
            tuple(project(w, at) for w in want) for want in wants)
    except TypeError:
        return False
    return left == collections.Counter(items)


def pool(wants, items, fits):
    """Each want takes an item that fits it: those that fit to the letter go
    first, so put vague wants last. fits(want, item) is a Mismatch or None."""
    worst = None
    for limit in (0, MAY):
        left = []
        for want in wants:
            best = None
            for i, item in enumerate(items):
                wrong = fits(want, item)
                grade = wrong.level if wrong else MAY + 1
                if grade > MUST and (best is None or grade > best[0]):
                    best = grade, i, wrong
            if best and (limit or best[0] > MAY):
                del items[best[1]]
                if best[2] and (worst is None or best[0] < worst.level):
                    worst = best[2]
            else:
                left.append(want)
        wants = left
        if not wants:
            break
    if wants:
        return Mismatch("wrong-count" if not items else "wrong-value",
                        "%s is missing; left over: %s" % (
                            short(wants[0]), short(tuple(items))))
    if items:
        return Mismatch("wrong-count", "too many: %s" % short(tuple(items)))
    return worst


# ---- expectations --------------------------------------------------------

class Want:
    """An expectation that a plain Python value cannot state."""

    def __init__(self, what):
        self.what = what

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self.what)

    def project(self, at):          # -> typed value
        raise TypeError("%r stands for many values" % self)

    def differs(self, at, got):     # -> None or Mismatch
        return leaf(self.project(at), got)


class Name(Want):
    """A constant: its name, its RESP2 and its RESP3 form."""

    def __init__(self, name, two=None, three=None):
        self.name, self.forms = name, {2: two, 3: three}

    def __repr__(self):
        return self.name

    def project(self, at):
        return self.forms[at.proto]


class _Any(Want):
    def __repr__(self):
        return "ANY"

    def differs(self, at, got):
        return None


OK = Simple("OK")
PONG = Simple("PONG")
QUEUED = Simple("QUEUED")
NIL = Name("NIL", NullBulk(), Null())
NILARRAY = Name("NILARRAY", NullArray(), Null())
ANY = _Any("anything")


class B(Want):
    """Boolean; RESP2 integer."""
    def project(self, at):
        return Int(int(self.what)) if at.proto == 2 else Bool(self.what)


class D(Want):
    """Double with this text; other digits of the same number are EXACT.
    RESP2 bulk."""
    def project(self, at):
        return (Bulk if at.proto == 2 else Double)(self.what)

    def differs(self, at, got):
        wrong = leaf(self.project(at), got)
        if wrong and wrong.kind == "wrong-value" and same_number(
                arg(self.what), got.v):
            return Mismatch("digits", wrong.text, EXACT)
        return wrong


def number(text):
    """What a double's text means, or None. -nan is what printf makes of
    some NaNs."""
    try:
        return float(text.decode().replace("-nan", "nan"))
    except (ValueError, UnicodeDecodeError):
        return None


def same_number(a, b):
    a, b = number(a), number(b)
    return a is not None and b is not None and (a == b or a != a and b != b)


class Near(Want):
    """A double, or with kind=Bulk a bulk in both protocols, within `by` of a
    number."""

    def __init__(self, what, by, kind=None):
        self.what, self.by, self.kind = what, by, kind

    def differs(self, at, got):
        kind = self.kind or (Bulk if at.proto == 2 else Double)
        said = "a %s near %r" % (kind.__name__, self.what)
        if type(got) is not kind:
            return wrong_type(said, kind, got)
        n = number(got.v)
        if n is None or not abs(n - self.what) <= self.by:
            return expected(said, got)
        return None


class N(Want):
    """Big number; RESP2 bulk."""
    def project(self, at):
        return (Bulk if at.proto == 2 else Big)(self.what)


class V(Want):
    """Verbatim string V('txt', body), body a string or an expectation of a
    bulk; RESP2 bulk."""

    def __init__(self, fmt, body):
        self.what, self.fmt, self.body = (fmt, body), fmt, body

    def project(self, at):
        return Bulk(self.body) if at.proto == 2 else Verb(self.fmt, self.body)

    def differs(self, at, got):
        if at.proto == 3:
            said = "a verbatim string of " + self.fmt
            if type(got) is not Verb:
                return wrong_type(said, Verb, got)
            if got.v[0] != arg(self.fmt):
                return expected(said, got)
            got = Bulk(got.body)
        return match(self.body, at, got)


class E(Want):
    """Error: another code is SHOULD, another text EXACT."""

    def project(self, at):
        return Err(self.what)

    def fits(self, text):
        return text == arg(self.what)

    def differs(self, at, got):
        said = "the error %r" % self.what
        if type(got) is not Err:
            return wrong_type(said, Err, got)
        if self.fits(got.v):
            return None
        if got.v.split(b" ")[0] != arg(self.what).split(b" ")[0]:
            return Mismatch("wrong-code", "expected %s, got %r" % (said, got),
                            SHOULD)
        return Mismatch("wrong-text", "expected %s, got %r" % (said, got),
                        EXACT)


class EP(E):
    """Error whose text starts so."""

    def project(self, at):
        raise TypeError("%r stands for many values" % self)

    def fits(self, text):
        return text.startswith(arg(self.what))


class Re(Want):
    """Bulk (or another kind) whose whole content matches the pattern."""

    def __init__(self, pattern, kind=Bulk):
        self.what, self.kind = arg(pattern), kind

    def differs(self, at, got):
        said = "a %s that matches %r" % (self.kind.__name__, self.what)
        if type(got) is not self.kind:
            return wrong_type(said, self.kind, got)
        if re.match(b"(?:" + self.what + b")\\Z", got.v, re.S):
            return None
        return expected(said, got)


class Shape(Want):
    """A function of the typed value that says whether it will do."""

    def __init__(self, fn, what=None):
        self.fn, self.what = fn, what or fn.__doc__ or fn.__name__

    def differs(self, at, got):
        try:
            return None if self.fn(got) else expected(self.what, got)
        except Exception as e:  # it may trust what it looks at
            return expected("%s (%s: %s)" % (
                self.what, type(e).__name__, e), got)


class Between(Want):
    """Integer from low to high, both included."""

    def __init__(self, low, high):
        self.what = (low, high)

    def differs(self, at, got):
        said = "an integer from %d to %d" % self.what
        if type(got) is not Int:
            return wrong_type(said, Int, got)
        if self.what[0] <= got.v <= self.what[1]:
            return None
        return expected(said, got)


class OneOf(Want):
    """Any of several expectations."""

    def __init__(self, *wants):
        self.what = wants

    def differs(self, at, got):
        best = None
        for want in self.what:
            wrong = match(want, at, got)
            if wrong is None:
                return None
            if best is None or wrong.level > best.level:
                best = wrong
        said = expected("one of %s" % short(self.what), got)
        return Mismatch(best.kind, said.text, best.level)


class ListOf(Want):
    """Array (kind=S: a set) of items that all meet one expectation; `count`
    is their number, or (least, most)."""

    def __init__(self, what, count=None, kind=None):
        self.what, self.count, self.kind = what, count, kind

    def differs(self, at, got):
        kind = Set if self.kind is S and at.proto == 3 else Array
        if type(got) is not kind:
            return wrong_type("a %s" % kind.__name__, kind, got)
        low, high = (self.count if isinstance(self.count, tuple)
                     else (self.count, self.count))
        if low is not None and not low <= len(got.v) <= high:
            return Mismatch("wrong-count", "expected %s items, got %d: %r" % (
                low if low == high else "%d to %d" % (low, high),
                len(got.v), got))
        return each([self.what] * len(got.v), at, got.v)


class Subset(Want):
    """Array (kind=S: a set) of `count` different items out of these; with
    repeats=True they may come more than once."""

    def __init__(self, what, count, kind=None, repeats=False):
        self.what, self.count, self.kind = what, count, kind
        self.repeats = repeats

    def differs(self, at, got):
        wrong = ListOf(ANY, self.count, self.kind).differs(at, got)
        if wrong:
            return wrong
        left = [project(w, at) for w in self.what]
        for item in got.v:
            if item not in left:
                return expected("items of %s" % short(self.what), got)
            if not self.repeats:
                left.remove(item)
        return None


class P(Want):
    """Push; RESP2 array."""

    def project(self, at):
        return (Array if at.proto == 2 else Push)(
            [project(w, at) for w in self.what])

    def differs(self, at, got):
        return sequence(Array if at.proto == 2 else Push, self.what, at, got)


class Unordered(Want):
    """Array in any order."""
    kinds = {2: Array, 3: Array}

    def project(self, at):
        return self.kinds[at.proto]([project(w, at) for w in self.what])

    def differs(self, at, got):
        kind = self.kinds[at.proto]
        if type(got) is not kind:
            return wrong_type("a %s" % kind.__name__, kind, got)
        if same_bag([[w] for w in self.what], [(v,) for v in got.v], at):
            return None
        return pool(list(self.what), list(got.v),
                    lambda w, g: match(w, at, g))


class S(Unordered):
    """Set; RESP2 array. Any order."""
    kinds = {2: Array, 3: Set}


class M(Want):
    """Map from pairs; RESP2 flat array. Any order of the pairs; more=True
    lets others be there as well."""

    def __init__(self, what, more=False):
        self.what, self.more = what, more

    def project(self, at):
        pairs = [(project(k, at), project(v, at)) for k, v in self.what]
        return Map(pairs) if at.proto == 3 else Array(
            [x for pair in pairs for x in pair])

    def differs(self, at, got):
        kind = Array if at.proto == 2 else Map
        if type(got) is not kind:
            return wrong_type("a map", kind, got)
        if at.proto == 2 and len(got.v) % 2:
            return Mismatch("wrong-count", "a flat map has an odd number of "
                            "items: %r" % (got,))
        pairs = list(zip(got.v[::2], got.v[1::2]) if at.proto == 2 else got.v)
        if self.more:
            keys = [project(k, at) for k, _ in self.what]
            pairs = [pair for pair in pairs if pair[0] in keys]
        if same_bag(self.what, pairs, at):
            return None
        return pool(list(self.what), pairs, lambda w, g: (
            match(w[0], at, g[0]) or match(w[1], at, g[1])))


class Pairs(Want):
    """Array of pairs in this order; RESP2 flat array."""

    def flat(self, at):
        return ([x for pair in self.what for x in pair] if at.proto == 2
                else [list(pair) for pair in self.what])

    def project(self, at):
        return project(self.flat(at), at)

    def differs(self, at, got):
        return sequence(Array, self.flat(at), at, got)


class Typed(Want):
    """A typed value that was stored: itself in RESP3, in RESP2 what Redis
    makes of its own replies."""

    def project(self, at):
        return flattened(self.what) if at.proto == 2 else self.what


def flattened(value):
    """The RESP2 form of a RESP3 value."""
    if isinstance(value, Null):
        return NullBulk()
    if isinstance(value, Bool):
        return Int(int(value.v))
    if isinstance(value, (Double, Big)):
        return Bulk(value.v)
    if isinstance(value, Verb):
        return Bulk(value.body)
    if isinstance(value, Map):
        return Array([flattened(x) for pair in value.v for x in pair])
    if isinstance(value, (Array, Set)):
        return Array([flattened(x) for x in value.v])
    return value


class _Lowered(Want):
    level = MAY

    def project(self, at):
        return project(self.what, at)

    def differs(self, at, got):
        wrong = match(self.what, at, got)
        return wrong and wrong.lowered(self.level)


class Should(_Lowered):
    level = SHOULD


class Exact(_Lowered):
    level = EXACT


class May(_Lowered):
    level = MAY


class By(Want):
    """What depends on the dialect: By(usual, (condition, other), ...). The
    first condition that holds decides."""

    def __init__(self, what, *others):
        self.what, self.others = what, others

    def chosen(self, at):
        for condition, want in self.others:
            if at.speaks(condition):
                return want
        return self.what

    def project(self, at):
        return project(self.chosen(at), at)

    def differs(self, at, got):
        return match(self.chosen(at), at, got)


class Eventually(Want):
    """Alone as a step's expectation: the command is sent again until the
    reply fits, or the deadline passes."""

    def differs(self, at, got):
        return match(self.what, at, got)


class Replies(Want):
    """Alone as a step's expectation: that many replies, in any order."""

    def __init__(self, *wants):
        self.what = wants


class Proto(Want):
    """Alone as a step's expectation: the reply comes in this protocol, and
    so do those after it. HELLO and RESET by name need it not."""

    def __init__(self, proto, what):
        self.proto, self.what = proto, what


# What a step may have in the place of a command:
HALF_CLOSE = Name("HALF_CLOSE")     # nothing more will be sent
DISCONNECT = Name("DISCONNECT")     # the client is gone

# What a step may have in the place of a reply:
NOTHING = Name("NOTHING")   # no reply at all
BLOCKED = Name("BLOCKED")   # none yet: a later step on b"" takes it
CLOSED = Name("CLOSED")     # the server ends the connection
