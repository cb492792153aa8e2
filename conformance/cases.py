"""Cases as tables. A case is a list of steps on one connection to an empty
server, each a command and what it must answer:

    CASES = [
        case("append", [
            ("SET k ab", OK),
            ("APPEND k cd", 4),
            (("APPEND", "k", " \\r\\n"), 7),
            ("GET k", b"abcd \\r\\n"),
        ]),
    ]

    @table(CASES)
    def test_strings(run):
        run()

A command is a str (words between spaces), a tuple (arguments as they are) or
bytes (raw, sent as they are; b"" sends nothing and takes one more reply).
What it must answer is stated once for both protocols, see resp.py; NOTHING
means no reply, CLOSED that the server ends the connection.

Every case runs against each server, in RESP2 and RESP3, and `plain` (a
command, its reply, the next command), `pipelined` (all in one send) and
`bytewise` (one byte a send).
"""

import pytest

import resp
import servers
from resp import (ANY, B, Between, D, E, EP, Int, ListOf, M, N, NIL,  # noqa
                  NILARRAY, OK, OneOf, P, Re, S, Shape, Simple, Unordered, V)

DELIVERIES = ("plain", "pipelined", "bytewise")
BYTEWISE_MAX = 4096     # longer requests are not sent bytewise

NOTHING = resp._Name("NOTHING", None, None)
CLOSED = resp._Name("CLOSED", None, None)

INT_ERR = E("ERR value is not an integer or out of range")
SYNTAX = E("ERR syntax error")
WRONGTYPE = E("WRONGTYPE Operation against a key holding the wrong kind of "
              "value")


def arity(name):
    return E("ERR wrong number of arguments for '%s' command" % name)


class case:
    """id, steps; `only` one server and `why` it alone; `deliver` only so."""

    def __init__(self, id, steps, only=None, why=None, deliver=DELIVERIES):
        assert only in (None,) + servers.KINDS and bool(only) == bool(why), \
            "case %s: `only` a server needs `why`" % id
        self.id, self.only, self.why = id, only, why
        self.steps = [(c, wire(c), want) for c, want in steps]
        self.deliver = (deliver,) if isinstance(deliver, str) else deliver
        if sum(len(raw) for _, raw, _ in self.steps) > BYTEWISE_MAX:
            self.deliver = [d for d in self.deliver if d != "bytewise"]


def wire(command):
    if isinstance(command, bytes):
        return command
    if isinstance(command, str):
        command = command.split()
    return resp.encode(*command)


def table(cases):
    """Makes a test of every case, server, protocol and delivery."""
    ids = [c.id for c in cases]
    assert len(set(ids)) == len(ids), "ids twice: %s" % sorted(
        i for i in set(ids) if ids.count(i) > 1)
    return pytest.mark.parametrize("case,server,proto,delivery", [
        pytest.param(c, kind, proto, how, id="%s-%s-resp%d-%s" % (
            c.id, kind, proto, how))
        for c in cases for kind in servers.KINDS if c.only in (None, kind)
        for proto in (2, 3) for how in c.deliver], indirect=["server"])


@pytest.fixture
def run(case, server, proto, delivery):
    """Runs the case that the table chose."""
    def run():
        with server.connect() as c:
            c.cmd("FLUSHALL")
            if proto == 3:
                c.hello(3)
            Run(case, c, delivery).all()
    return run


class Run:
    def __init__(self, case, conn, delivery):
        self.case, self.conn, self.delivery = case, conn, delivery

    def all(self):
        send = (self.conn.send_bytewise if self.delivery == "bytewise"
                else self.conn.send)
        if self.delivery == "pipelined":
            send(b"".join(raw for _, raw, _ in self.case.steps))
        for i, (_, raw, want) in enumerate(self.case.steps):
            if self.delivery != "pipelined":
                send(raw)
            self.step(i, want)
        if want is not CLOSED:
            self.step(i, None)

    def step(self, i, want):
        """Reads and compares one reply; None: there must be no more."""
        try:
            if want is NOTHING:
                return
            if want is CLOSED:
                rest = self.conn.read_until_close()
                wrong = "expected the end, got %r" % rest if rest else None
            elif want is None:
                more = self.conn.fence()
                wrong = "more replies than steps: %r" % more if more else None
            else:
                got = self.conn.read()
                wrong = resp.match(want, self.conn.proto, got)
        except (resp.Closed, resp.Late, resp.ProtocolError) as e:
            wrong = "%s: %s" % (type(e).__name__, e)
        if wrong:
            pytest.fail(self.report(i, want, wrong), pytrace=False)

    def report(self, i, want, wrong):
        lines = ["%s, RESP%d, %s%s" % (
            self.case.id, self.conn.proto, self.delivery,
            ", only %s: %s" % (self.case.only, self.case.why)
            if self.case.why else "")]
        for command, _, w in self.case.steps[max(0, i - 8):i]:
            lines.append("  before    %s -> %s" % (cut(command), cut(w)))
        command, raw, _ = self.case.steps[i]
        lines += ["  command   " + cut(command),
                  "  sent      " + cut(raw),
                  "  expected  " + ("nothing more" if want is None
                                    else cut(want)),
                  "  received  " + cut(self.conn.raw()),
                  "  pending   " + cut(self.conn.pending()),
                  "  " + wrong]
        return "\n".join(lines)


def cut(what, room=400):
    text = what if isinstance(what, str) else repr(what)
    return text if len(text) <= room else "%s... (%d)" % (
        text[:room], len(text))
