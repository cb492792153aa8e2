"""Runs one check: a case, in a protocol, in a context."""

import time
import zlib

from . import resp
from .case import BYTEWISE_MAX, CONTAINERS, command_of, keys_of, make_step
from .conn import Closed, Late
from .expect import (BLOCKED, CLOSED, HALF_CLOSE, NOTHING, OK, QUEUED, At, E,
                     Eventually, Mismatch, Proto, Replies, match, pool,
                     project)
from .resp import Bulk, ProtocolError


class Check:
    """A case in a protocol and a context. Its id is what reports, selectors
    and pytest use."""
    __slots__ = ("case", "proto", "context")

    def __init__(self, case, proto, context):
        self.case, self.proto, self.context = case, proto, context

    @property
    def id(self):
        return "%s[resp%d,%s]" % (self.case.id, self.proto, self.context)

    def __repr__(self):
        return "Check(%s)" % self.id


def checks_of(case, protos=(2, 3), contexts=None, full=False):
    """Its checks. By default each case runs plain in both protocols, and in
    one other context in one of them, which differs from case to case; the
    contexts that are asked for by name run in one protocol for each case;
    `full` is all of them in both."""
    spread = zlib.crc32(case.id.encode())
    one = case.protos[spread % len(case.protos)]
    wanted = contexts or case.contexts
    if not full and contexts is None and len(case.contexts) > 1:
        others = [c for c in case.contexts if c != "plain"]
        wanted = ("plain", others[spread // 2 % len(others)])
    return [Check(case, proto, context)
            for proto in case.protos if proto in protos
            for context in case.contexts if context in wanted and
            (full or context == "plain" or proto == one or len(protos) == 1)]


class Result:
    """What a check came to. `wrong` is a list of (step, Mismatch), `logs`
    the transcripts by connection, `ended` how the connection ended: open,
    closed, reset (RST), cut (in the middle of a reply) or hung."""

    def __init__(self, check):
        self.check, self.wrong, self.logs, self.ended = check, [], {}, "open"
        self.closed = []    # of each connection: did the server end it?
        self.seconds = 0.0
        self.keys = set()   # that a script turned out to use
        self.seen = []      # (words, reply) of each step, for statistics

    @property
    def level(self):
        """The gravest level at which something differs, or None."""
        floor = self.check.case.level
        return min((max(w.level, floor) for _, w in self.wrong), default=None)

    @property
    def hung(self):
        return any(w.kind == "hang" for _, w in self.wrong)


class Stop(Exception):
    """The check cannot go on."""


# ---- contexts: what is sent, and what it means -----------------------------

def planned(case, context, at):
    """[(step, raw, want)] of a case with steps in a context. The context
    transforms the expectations."""
    plan = [(step, step.raw, step.want) for step in case.steps]
    if context == "inline":
        return [(step, resp.inline(*step.words), want)
                for step, _, want in plan]
    if context != "multi":
        return plan
    out = [(_extra("MULTI"), resp.encode("MULTI"), OK)]
    refused = False
    for step, raw, want in plan:
        if refused_at_once(step.words):
            refused = True
            out.append((step, raw, want))
        else:
            out.append((step, raw, QUEUED))
    wants = [step.want for step in case.steps]
    out.append((_extra("EXEC"), resp.encode("EXEC"), E(
        "EXECABORT Transaction discarded because of previous errors.")
        if refused else wants))
    return out


class _extra:
    """A step that a context adds."""
    conn, end = "", None

    def __init__(self, name):
        self.words, self.raw = [name.encode()], resp.encode(name)

    def said(self):
        return self.words[0].decode()


def refused_at_once(words):
    """Does a server refuse to queue it? It does what names no command, or
    one with a wrong number of arguments."""
    name = words[0].decode("latin-1").upper()
    command = command_of(words)
    if command is None:
        return True
    if name in CONTAINERS and len(words) > 1 and " " not in command.name:
        return True     # an unknown subcommand
    return not command.takes(len(words))


def cuts(check, every):
    """Where the split context cuts: a list of runs, each {step: offset}."""
    sizes = [len(s.raw) for s in check.case.steps]
    if every or check.case.splits:
        return [{i: k} for i, size in enumerate(sizes)
                for k in range(1, size)] or [{}]
    seed = zlib.crc32(check.id.encode())
    return [{i: 1 + (seed >> i % 16) % (size - 1)
             for i, size in enumerate(sizes) if size > 1}]


# ---- a run -----------------------------------------------------------------

class Run:
    """One way through a case on fresh connections. `io` has connect(proto)
    -> Stream, barrier() that returns when the server has read what was sent,
    prepare(case) that empties the keyspace."""

    def __init__(self, result, io, dialects, cut=None, patience=None):
        self.result, self.io, self.cut = result, io, cut or {}
        self.patience = patience
        self.check, self.case = result.check, result.check.case
        self.at = At(self.check.proto, dialects)
        self.dialects = dialects
        self.conns = {}
        self.ended = set()      # names of connections that the case ended

    def go(self):
        try:
            self.io.prepare(self.case)
            self.conn("")
            if self.case.script:
                self._script()
            else:
                self._steps()
            for name in list(self.conns):
                self._end(name)
        except Stop:
            pass
        finally:
            self.result.closed = [c.closed for c in self.conns.values()]
            for name, conn in self.conns.items():
                self.result.logs[name] = conn.log
                conn.close()
            self.io.restore(self.case, self.result.keys,
                            self.result.logs.values())

    def conn(self, name):
        if name not in self.conns:
            proto = int(name[-1]) if name[-1:] in ("2", "3") else (
                self.check.proto)
            try:
                self.conns[name] = self.io.connect(proto, self.case)
            except AssertionError as e:
                self.fail(_extra("HELLO"), "unexpected-error",
                          "HELLO %d is refused: %s" % (proto, e))
            self.conns[name].parser.nested_push = self.case.push_inside
        return self.conns[name]

    def wrong(self, step, mismatch):
        self.result.wrong.append((step, mismatch))

    def fail(self, step, kind, text):
        """Something after which replies have no meaning."""
        self.wrong(step, Mismatch(kind, text))
        raise Stop

    def _steps(self):
        plan = planned(self.case, self.check.context, self.at)
        pipelined = self.check.context == "pipelined"
        if pipelined:
            conn = self.conn("")
            stream = b"".join(raw for _, raw, _ in plan)
            if self.case.fence == "echo":
                nonce = conn.nonce()
                self.send(conn, resp.encode("ECHO", nonce) + stream,
                          plan[0][0])
                self.take(_extra("ECHO"), conn, Bulk(nonce))
            else:
                self.send(conn, stream, plan[0][0])
        for i, (step, raw, want) in enumerate(plan):
            conn = self.conn(step.conn)
            if not pipelined:
                self.deliver(conn, raw, step, self.cut.get(i))
            if step.end:
                self.leave(step, conn)
            self.answer(step, conn, want, raw)

    def _script(self):
        steps, reply, step = self.case.script(), None, _extra("script")
        while True:
            try:
                step = make_step(steps.send(reply))
            except StopIteration:
                return
            except Exception as e:  # a script trusts the replies that it got
                if self.result.wrong:
                    raise Stop
                self.fail(step, "unusable-reply", "the script cannot go on: "
                          "%s: %s" % (type(e).__name__, e))
            conn = self.conn(step.conn)
            self.result.keys |= keys_of(step)
            self.deliver(conn, step.raw, step, None)
            if step.end:
                self.leave(step, conn)
            reply = self.answer(step, conn, step.want, step.raw)

    # -- sending

    def send(self, conn, raw, step, bytewise=False):
        try:
            (conn.send_bytewise if bytewise else conn.send)(raw)
        except Late as e:
            self.result.ended = "hung"
            self.fail(step, "hang", str(e))

    def deliver(self, conn, raw, step, cut):
        if self.check.context == "bytewise" and len(raw) <= BYTEWISE_MAX:
            self.send(conn, raw, step, bytewise=True)
        elif cut:
            self.send(conn, raw[:cut], step)
            self.io.barrier()
            self.send(conn, raw[cut:], step)
        elif raw:
            self.send(conn, raw, step)

    def leave(self, step, conn):
        if step.end is HALF_CLOSE:
            conn.shutdown()
        else:
            conn.close()
            self.ended.add(step.conn)

    # -- receiving

    def answer(self, step, conn, want, raw):
        """Reads what a step must answer and compares; returns the reply."""
        if want is NOTHING:
            return None
        if want is BLOCKED:
            self.io.barrier()
            self.io.barrier()
            if conn.ready():
                self.fail(step, "answered-early", "expected it to wait, got "
                          + resp.short(conn.pending()))
            conn.note("|", b"")
            return None
        if want is CLOSED:
            return self._closed(step, conn)
        if isinstance(want, Eventually):
            return self._eventually(step, conn, want, raw)
        if isinstance(want, Replies):
            at = self.at_of(conn)
            got = [self.read(step, conn) for _ in want.what]
            wrong = pool(list(want.what), list(got),
                         lambda w, g: match(w, at, g))
            if wrong:
                self.wrong(step, wrong)
            if step.words:
                self.result.seen += [(step.words, conn.proto, g) for g in got]
            return got
        if isinstance(want, Proto):
            conn.proto, want = want.proto, want.what
        else:
            self._switch(step, conn)
        return self.take(step, conn, want)

    def _switch(self, step, conn):
        """HELLO and RESET change the protocol before they answer."""
        words = step.words
        if not words or len(words) > 1 and words[0].upper() == b"CLIENT":
            return
        name = words[0].upper()
        if name == b"HELLO" and words[1:2] in ([b"2"], [b"3"]):
            try:
                if conn.first_byte() in b"*%":
                    conn.proto = int(words[1])
            except (Closed, Late):
                pass
        elif name == b"RESET" and len(words) == 1:
            conn.proto = 2

    def at_of(self, conn):
        return self.at if conn.proto == self.at.proto else At(
            conn.proto, self.dialects)

    def take(self, step, conn, want):
        got = self.read(step, conn)
        wrong = match(want, self.at_of(conn), got)
        if wrong:
            self.wrong(step, wrong)
        if step.words:
            self.result.seen.append((step.words, conn.proto, got))
        return got

    def read(self, step, conn):
        try:
            return conn.read()
        except Closed as e:
            self.result.ended = ("cut" if conn.pending() else "reset"
                                 if conn.reset else "closed")
            self.fail(step, "closed-early", str(e))
        except Late as e:
            self.result.ended = "hung"
            self.fail(step, "missing-reply" if self._alive(conn) else "hang",
                      str(e))
        except ProtocolError as e:
            self.fail(step, "bad-framing", str(e))

    def _alive(self, conn):
        """After a missing reply: does the connection answer at all?"""
        try:
            return not conn.pending() and conn.cmd("PING") is not None
        except (Closed, Late, ProtocolError):
            return False

    def _eventually(self, step, conn, want, raw):
        end, pause = time.monotonic() + (self.patience or conn.timeout), 0
        while True:
            got = self.read(step, conn)
            wrong = match(want.what, self.at_of(conn), got)
            if step.words:
                self.result.seen.append((step.words, conn.proto, got))
            if not wrong:
                return got
            if time.monotonic() > end:
                self.wrong(step, wrong)
                return got
            conn.pause(pause)
            pause = min(0.01, pause * 2 or 0.0005)
            self.send(conn, raw, step)

    def _closed(self, step, conn):
        try:
            rest = conn.read_until_close()
        except Late:
            self.result.ended = "hung"
            self.fail(step, "not-closed", "expected the end of the "
                      "connection, it stays open")
        self.ended.add(step.conn)
        self.result.ended = "reset" if conn.reset else "closed"
        if rest:
            self.fail(step, "executed-after-error", "expected the end, got "
                      + resp.short(rest))
        return None

    def _end(self, name):
        """What came must be what was asked for, on a connection in sync."""
        conn = self.conns[name]
        step = self.case.steps[-1] if self.case.steps else _extra("ECHO")
        if name in self.ended:
            self.io.barrier()   # the others are unharmed
            return
        if self.case.fence is None:
            return
        nonce = conn.nonce()
        if self.case.fence == "echo" or name:
            raw, last = resp.encode("ECHO", nonce), Bulk(nonce)
            self.send(conn, raw, step)
            got = self.read(step, conn)
            if got != last:
                self.extra(step, got)
        else:
            command, want = self.case.fence
            words = [w.replace("%s", nonce.decode())
                     for w in command.split()]
            self.send(conn, resp.encode(*words), step)
            got = self.read(step, conn)
            if callable(want):
                want = want(nonce)
            wrong = match(want, self.at, got)
            if wrong:
                self.extra(step, got)
        if conn.pending():
            self.extra(step, conn.pending())

    def extra(self, step, got):
        self.fail(step, "extra-bytes", "expected nothing more, got %s" %
                  resp.short(got))


def run(check, io, dialects=(), every_split=False, patience=None):
    """Runs a check; the result holds every difference. `patience` in seconds
    bounds what it waits for a reply that fits in the end."""
    result = Result(check)
    begin = time.monotonic()
    runs = cuts(check, every_split) if check.context == "split" else [None]
    for cut in runs:
        result.ended = "open"
        Run(result, io, dialects, cut, patience).go()
        if result.wrong:
            break
    result.seconds = time.monotonic() - begin
    return result


def expected_bytes(want, at):
    """The bytes that an expectation stands for, or None when there are
    many."""
    try:
        return resp.dump(project(want, at))
    except (TypeError, AttributeError):
        return None

