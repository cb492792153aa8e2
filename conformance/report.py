"""What people and machines read: the terminal, JSON, JUnit, transcripts."""

import inspect
import json
import platform
import shlex
import textwrap
import time
from xml.sax.saxutils import escape, quoteattr

from . import resp
from .case import REGISTRY, load
from .conn import Playback
from .engine import Check, Result, Run, expected_bytes
from .expect import MUST, NAMES, At, M, Unordered
from .runner import (FLAKY, NONSTRICT, NOTRUN, PASS, RED, SKIP, STALE,
                     UNDECLARED, UNIMPLEMENTED, VERDICTS, counts)

SCHEMA = 1      # of the JSON report; README.md documents it
STEPS = 3       # steps that the report of a failure shows
ROWS = 12       # entries of a transcript that it shows


# ---- transcripts -----------------------------------------------------------

def text_of(data, room=400):
    """Bytes as text that printf understands."""
    out = []
    for c in data[:room]:
        char = chr(c)
        if char == "\r":
            out.append("\\r")
        elif char == "\n":
            out.append("\\n")
        elif char == "\\":
            out.append("\\\\")
        elif 32 <= c < 127:
            out.append(char)
        else:
            out.append("\\%03o" % c)
    return "".join(out) + ("" if len(data) <= room else
                           "... (%d bytes)" % len(data))


def reproduce(data, address):
    """One line of shell that sends these bytes."""
    if len(data) > 2000:
        return "(%d bytes: too long for a line of shell)" % len(data)
    text = text_of(data, len(data)).replace("%", "%%").replace("'", "'\\''")
    where = ("-U " + shlex.quote(address["path"]) if "path" in address else
             "%s %s" % (address.get("host", "127.0.0.1"), address["port"]))
    return "(printf '%s'; sleep 1) | nc %s" % (text, where)


def by_hand(check, logs, address):
    """The line of shell for a check on one connection, or None."""
    if len(logs) > 1 or not address:
        return None
    sent = b"".join(d for log in logs.values() for way, d in log
                    if way == ">")
    if check.proto == 3:
        sent = resp.encode("HELLO", "3") + sent
    return reproduce(sent, address)


def transcript(logs, around=None):
    """What was said; with `around`, (connection, entries until there), only
    what is near."""
    lines = []
    for name, log in logs.items():
        if len(logs) > 1:
            lines.append("  connection %s" % (name or "main"))
        begin, end = 0, len(log)
        if around and len(log) > ROWS:
            if name == around[0]:
                end = min(end, around[1] + 2)
            begin = max(0, end - ROWS)
        if begin:
            lines.append("  ... %d entries before" % begin)
        for way, data in log[begin:end]:
            lines.append(("  %s %s" % (way, text_of(data))).rstrip())
        if end < len(log):
            lines.append("  ... %d entries after" % (len(log) - end))
    return "\n".join(lines)


def underlined(expected, got, note=""):
    """Two replies as text, one below the other, the first difference
    marked."""
    at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b),
              min(len(expected), len(got)))
    start = 0 if at < 200 else at - 40
    dots = "..." if start else ""
    return ["  expected    %s%s" % (dots, text_of(expected[start:])),
            "  received    %s%s" % (dots, text_of(got[start:])),
            "              %s^ byte %d%s" % (
                " " * len(dots + text_of(expected[start:at])), at, note)]


def marked(expected, got):
    """Two dumps with the first differing byte underlined."""
    at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b),
              min(len(expected), len(got)))
    start = max(0, at - 32) // 16 * 16
    return "\n".join(
        "  %s, %d bytes; the first difference is at byte %d\n%s" % (
            name, len(data), at, resp.hexdump(
                data[start:start + 64], start, at))
        for name, data in (("expected", expected), ("received", got)))


class _Recorded:
    """Transcripts, in the place of a server."""

    def __init__(self, logs, ended):
        self.logs, self.ended = list(logs.values()), ended != "open"

    def connect(self, proto, case):
        conn = Playback(self.logs.pop(0) if self.logs else [], self.ended)
        conn.proto = 2 if "requirepass" in (case.options or ()) else proto
        return conn

    def prepare(self, case):
        pass

    def restore(self, *_):
        pass

    def barrier(self):
        pass


class _Again(Run):
    """Judges transcripts once more, and keeps the bytes of each difference:
    (expectation, its bytes or None, those received, connection, entries of
    the transcript until there)."""

    def take(self, step, conn, want):
        before = len(self.result.wrong)
        got = Run.take(self, step, conn, want)
        if len(self.result.wrong) > before:
            self.result.seen.append((before, (
                want, expected_bytes(want, At(conn.proto, self.dialects)),
                conn.raw(), step.conn, len(conn.log))))
        return got


def differences(check, logs, ended, texts, dialects):
    """{index of a difference: what _Again keeps of it}; empty where the
    transcripts, which may be shortened, do not say the same again."""
    result = Result(check)
    try:
        _Again(result, _Recorded(logs, ended), dialects).go()
    except Exception:   # the report of a failure must not fail
        return {}
    if [w.text for _, w in result.wrong][:len(texts)] != texts:
        return {}
    return {part[0]: part[1] for part in result.seen if len(part) == 2}


def check_of(id, case=None):
    """The Check that an id names, or None."""
    head, _, tail = id.rstrip("]").partition("[")
    case = case or REGISTRY.get(head) or load([head]).get(head)
    if not case or not tail:
        return None
    proto, _, context = tail.partition(",")
    return Check(case, int(proto[-1]), context)


class Where:
    """How the target was named, for the lines that repeat a failure: the
    options, and an address for nc."""

    def __init__(self, options="", address=None, dialects=()):
        self.options, self.address = options, address
        self.dialects = dialects


def failure(outcome, case=None, where=None):
    """Why a check is red, in the terminal."""
    where = where or Where()
    check = check_of(outcome.id, case)
    lines = ["%s  %s" % (outcome.verdict.upper(), outcome.id)]
    if outcome.verdict == STALE and check:
        lines.append("  it passes; the profile knows it as failing: " +
                     outcome.why)
    elif outcome.why:
        lines += ["  " + line for line in outcome.why.split("\n")]
    wrong, told, around = list(enumerate(outcome.wrong)), {}, None
    if outcome.verdict == UNDECLARED:
        wrong = [w for w in wrong if "unknown command" in w[1][3]][:1]
    elif check and outcome.logs:
        told = differences(check, outcome.logs, outcome.ended,
                           [w[3] for w in outcome.wrong], where.dialects)
    for i, (said, kind, level, text) in wrong[:STEPS]:
        text = text.split("\n")
        lines.append("  command     %s" % said[:300])
        lines.append("  %-11s %s: %s" % (level, kind, text[0]))
        lines += ["  " + line for line in text[1:]]
        if i in told:
            want, data, got, name, entries = told[i]
            around = around or (name, entries)
            if data is not None:
                lines += underlined(data, got, "; the items in any order"
                                    if isinstance(want, (Unordered, M))
                                    else "")
            else:
                lines.append("  received    " + text_of(got))
    more = len(outcome.wrong) - len(wrong[:STEPS])
    if more:
        lines.append("  ... and %d more step%s of it differ%s" % (
            more, "s"[more == 1:], "s" * (more == 1)))
    if outcome.ended != "open":
        lines.append("  connection  " + outcome.ended)
    if check and check.case.seen:
        lines.append("  seen in     " + ", ".join(check.case.seen))
    if outcome.logs and outcome.verdict != UNDECLARED:
        lines.append("  transcript  of %s, > sent, < received" % (
            "RESP%d" % check.proto if check else "it"))
        lines.append(transcript(outcome.logs, around or ("", ROWS)))
    shell = check and where.address and outcome.wrong and by_hand(
        check, outcome.logs or {}, where.address)
    if shell and len(shell) < 400:
        lines.append("  by hand     " + shell)
    if check and where.options:
        lines.append("  replay      python3 -m conformance replay %s %s" % (
            shlex.quote(outcome.id), where.options))
    return "\n".join(lines)


def brief(outcome):
    """A further check of a case whose failure was shown."""
    return "%s  %s  %s" % (outcome.verdict.upper(), outcome.id, "; ".join(
        "%s: %s" % (said[:60], kind) for said, kind, _, _ in
        outcome.wrong[:1]) or outcome.why.split("\n")[0])


# ---- the terminal ----------------------------------------------------------

def percent(part, whole):
    return "%.1f %%" % (100.0 * part / whole) if whole else "-"


def areas(outcomes):
    """[(area, total, passed, nonstrict, red, unimplemented, skipped)]"""
    rows = {}
    for o in outcomes:
        row = rows.setdefault(o.id.split(".")[0], [0] * 6)
        row[0] += 1
        row[1] += o.verdict == PASS
        row[2] += o.verdict == NONSTRICT
        row[3] += o.verdict in RED or o.verdict == NOTRUN
        row[4] += o.verdict == UNIMPLEMENTED
        row[5] += o.verdict == SKIP
    return [(name,) + tuple(row) for name, row in sorted(rows.items())]


REASONS = (     # a part of a skipped check's `why`, and its group
    ("--destructive", "need --destructive"),
    ("without --password", "need a server without a password"),
    ("which --cmd starts", "need --cmd"),
    ("the profile says no `options`", "need `options` in the profile"),
    ("server is not empty", "need an empty server"),
    ("only ", "another dialect's"), ("came with Redis", "newer"))


def skipped(outcomes):
    """Why checks were skipped, in groups: [(text, number)]."""
    out = {}
    for o in outcomes:
        if o.verdict == SKIP:
            name = next((name for part, name in REASONS if part in o.why),
                        "by the profile")
            out[name] = out.get(name, 0) + 1
    return sorted(out.items(), key=lambda pair: -pair[1])


def summary(outcomes, seconds, cases):
    """The closing lines."""
    n = counts(outcomes)
    lines = ["", "%-12s %8s %8s %10s %7s %14s %8s %9s" % (
        "area", "checks", "pass", "nonstrict", "red", "unimplemented", "skip",
        "passing")]
    for name, total, passed, loose, red, absent, away in areas(outcomes):
        lines.append("%-12s %8d %8d %10d %7d %14d %8d %9s" % (
            name, total, passed, loose, red, absent, away,
            percent(passed + loose, total - away)))
    good = n[PASS] + n[NONSTRICT]
    ran = len(outcomes) - n[SKIP]
    lines.append("")
    lines.append("%d checks of %d cases in %.1f s: %s" % (
        len(outcomes), cases, seconds, ", ".join(
            "%d %s" % (n[v], v) for v in VERDICTS if n[v])))
    lines.append("passing: %s of all, %s of what is implemented" % (
        percent(good, ran), percent(good, ran - n[UNIMPLEMENTED])))
    if n[SKIP]:
        lines.append("skipped: " + ", ".join(
            "%d %s" % (count, why) for why, count in skipped(outcomes)))
    return "\n".join(lines)


# ---- files -----------------------------------------------------------------

def to_json(outcomes, meta, cases):
    """The report's text. Its form is documented in README.md."""
    def entry(o):
        out = {"id": o.id, "verdict": o.verdict, "connection": o.ended,
               "ms": round(o.ms, 2)}
        if o.level:
            out["level"] = o.level
        if o.why:
            out["why"] = o.why
        if o.wrong:
            out["wrong"] = [
                {"command": said, "kind": kind, "level": level, "text": text}
                for said, kind, level, text in o.wrong]
        if o.logs:
            out["transcript"] = {name or "main": [
                [way, data.decode("latin-1")] for way, data in log]
                for name, log in o.logs.items()}
        return out

    return json.dumps({
        "schema": SCHEMA,
        "meta": dict(meta, python=platform.python_version(), cases=cases,
                     time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())),
        "counts": counts(outcomes),
        "checks": [entry(o) for o in outcomes]}, indent=1) + "\n"


def clean(text):
    """What XML 1.0 can hold."""
    return "".join(c if c in "\t\n" or 32 <= ord(c) < 0xd800 else
                   "\\x%02x" % ord(c) for c in text)


def to_junit(outcomes, seconds, where=None):
    n = counts(outcomes)
    red = sum(n[v] for v in RED) + n[NOTRUN]
    lines = ["<?xml version='1.0' encoding='utf-8'?>",
             "<testsuite name='conformance' tests='%d' failures='%d' "
             "errors='0' skipped='%d' time='%.3f'>" % (
                 len(outcomes), red, n[SKIP] + n[UNIMPLEMENTED], seconds)]
    for o in outcomes:
        group, _, name = o.id.rpartition(".")
        head = "<testcase classname=%s name=%s time='%.4f'" % (
            quoteattr(group), quoteattr(name), o.ms / 1000)
        if o.verdict in (PASS, NONSTRICT):
            lines.append(head + "/>")
            continue
        if o.verdict in (SKIP, UNIMPLEMENTED):
            body = "<skipped message=%s/>" % quoteattr(clean(
                "%s: %s" % (o.verdict, o.why)))
        elif o.verdict in RED or o.verdict == NOTRUN:
            body = "<failure message=%s>%s</failure>" % (
                quoteattr(o.verdict), escape(clean(
                    failure(o, where=where))))
        else:
            body = "<system-out>%s</system-out>" % escape(clean(
                    failure(o, where=where)))
        lines.append(head + ">" + body + "</testcase>")
    return "\n".join(lines) + "\n</testsuite>\n"


# ---- explain and replay ----------------------------------------------------

def explain(case):
    """What a case says, for people."""
    lines = [case.id]
    if case.doc and not case.script:
        lines += textwrap.wrap(case.doc, 77, initial_indent="  ",
                               subsequent_indent="  ")
    for label, value in (
            ("only", case.only and "%s: %s" % (case.only, case.why)),
            ("since", case.since and "Redis " + case.since),
            ("seen in", ", ".join(case.seen)),
            ("level", case.level > MUST and NAMES[case.level]),
            ("needs", ", ".join(sorted(case.capabilities()))),
            ("reaches far", ", ".join(sorted(case.destroys()))),
            ("commands", ", ".join(sorted(case.commands()))),
            ("config", " ".join("%s=%s" % c for c in case.config.items())),
            ("options", " ".join("%s=%s" % c for c in (
                case.options or {}).items())),
            ("protocols", ", ".join("RESP%d" % p for p in case.protos)),
            ("contexts", ", ".join(case.contexts)),
            ("defined in", "conformance/" + case.where)):
        if value:
            lines.append("  %-11s %s" % (label, value))
    for step in case.steps:
        said = "(one more reply)" if step.raw == b"" and not step.end \
            else step.said()[:300]
        lines.append("  %-7s %s" % (step.conn or "send", said))
        told = [expected_text(step.want, proto) for proto in case.protos]
        if len(set(told)) == 1:
            lines.append("          %s" % told[0])
        else:
            lines += ["    RESP%d %s" % pair for pair in zip(
                case.protos, told)]
    if case.script:
        lines += ["  a script:", textwrap.indent(textwrap.dedent(
            inspect.getsource(case.script)).rstrip(), "    ")]
    return "\n".join(lines)


def expected_text(want, proto):
    data = expected_bytes(want, At(proto))
    return text_of(data) if data is not None else resp.short(want)


def replay(check, result, target, at):
    """A whole check, byte for byte."""
    lines = [check.id, transcript(result.logs)]
    told = differences(check, result.logs, result.ended,
                       [w.text for _, w in result.wrong], at.dialects)
    for i, (step, mismatch) in enumerate(result.wrong):
        lines.append("  differs at %s: %s" % (step.said()[:300], mismatch))
        if i in told and told[i][1] is not None:
            lines.append(marked(told[i][1], told[i][2]))
    if result.ended != "open":
        lines.append("  connection " + result.ended)
    shell = by_hand(check, result.logs, dict(
        target.address, port="PORT") if target.own and
        "port" in target.address else target.address)
    if shell:
        lines.append("  by hand: " + shell)
    lines.append("  " + ("%d difference%s" % (
        len(result.wrong), "s"[len(result.wrong) == 1:])
        if result.wrong else "no difference"))
    return "\n".join(lines)


__all__ = ["FLAKY", "Where", "brief", "explain", "failure", "replay",
           "summary", "to_json", "to_junit"]
