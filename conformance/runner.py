"""Runs many checks: what is selected, by whom, and what became of each."""

import gc
import multiprocessing
import os
import re
import traceback

from .case import COMMANDS, KEYSPACE, load
from .conn import Closed, Late
from .engine import checks_of, run
from .expect import LEVELS, NAMES, At
from .profile import first_match, matches
from .resp import ProtocolError
from .target import NOT_EMPTY, Target, TargetError

PASS, NONSTRICT, FAIL, UNIMPLEMENTED, UNDECLARED, KNOWN, STALE, SKIP, CRASH, \
    HANG, FLAKY, NOTRUN = VERDICTS = (
        "pass", "nonstrict", "fail", "unimplemented", "undeclared", "known",
        "stale", "skip", "crash", "hang", "flaky", "notrun")
RED = {FAIL, UNDECLARED, STALE, CRASH, HANG, FLAKY}
HANGS = 10      # so many, and the run stops
KNOWN_PATIENCE = 1      # seconds for what is known to never come


class Outcome:
    """A check's verdict, as it goes to reports; no reference to the case."""
    __slots__ = ("id", "verdict", "level", "why", "wrong", "ended", "logs",
                 "ms")

    def __init__(self, id, verdict, level=None, why="", wrong=(),
                 ended="open", logs=None, ms=0.0):
        self.id, self.verdict, self.level, self.why = id, verdict, level, why
        self.wrong, self.ended, self.logs, self.ms = wrong, ended, logs, ms


class Plan:
    """How to run: what a worker needs besides the checks."""

    def __init__(self, profile, level="should", address=None, command=None,
                 password=None, user=None, timeout=5.0, destructive=False,
                 splits=False, empty=True, reruns=True):
        self.profile, self.level = profile, LEVELS[level]
        self.address, self.command = address, command
        self.password, self.user = password, user
        self.timeout, self.destructive = timeout, destructive
        self.splits, self.empty, self.reruns = splits, empty, reruns

    def target(self, options="", password=None):
        out = Target(self.address, self.command,
                     password or self.password, self.user, self.timeout,
                     self.destructive, options)
        out.empty = self.empty
        return out


# ---- selecting -------------------------------------------------------------

def select(profile, patterns=(), exclude=(), protos=(2, 3), contexts=None,
           full=False):
    """The checks that are asked for, in the registry's order."""
    wanted = list(patterns) or profile.select
    full = full or any("[" in p for p in wanted)
    out = []
    for case in load(wanted).values():
        if wanted and not any(touches(p, case.id) for p in wanted):
            continue
        for check in checks_of(case, protos, contexts, full):
            if wanted and not any(matches(p, check.id) for p in wanted):
                continue
            if not any(matches(p, check.id) for p in exclude):
                out.append(check)
    return out


def touches(pattern, id):
    """Could a check of the case match? A quick look before the exact one."""
    return matches(pattern.split("[")[0], id)


def not_run(plan, check):
    """The Outcome of a check that does not run, or None."""
    case, profile = check.case, plan.profile
    if case.only and not any_speaks(profile, case.only):
        return Outcome(check.id, SKIP, why="only %s: %s" % (
            case.only, case.why))
    if case.since and version(case.since) > profile.newest():
        return Outcome(check.id, SKIP, why="came with Redis " + case.since)
    why = first_match(profile.skips, check.id)
    if why:
        return Outcome(check.id, SKIP, why=why)
    why = profile.unimplemented(case, check.context, check.proto)
    if why:
        return Outcome(check.id, UNIMPLEMENTED, why=why)
    if plan.password is not None and case.options is None and logs_in(case):
        return Outcome(check.id, SKIP, why="logs in or out, or names its "
                       "user: without --password")
    if not plan.command:
        if case.options is not None:
            return Outcome(check.id, SKIP, why="needs a server of its own, "
                           "which --cmd starts")
        if not plan.destructive and case.destroys():
            return Outcome(check.id, SKIP, why="%s reaches beyond its keys: "
                           "--destructive" % ", ".join(sorted(
                               case.destroys())))
        if not plan.empty and case.commands() & KEYSPACE:
            return Outcome(check.id, SKIP, why="sees every key, and the "
                           "server is not empty")
        if not plan.empty and hides_keys(case):
            return Outcome(check.id, SKIP, why="its keys are not known before "
                           "it runs, and the server is not empty")
        if not plan.destructive and "multidb" in case.capabilities():
            return Outcome(check.id, SKIP, why="it writes to other databases: "
                           "--destructive")
    elif case.options is not None and plan.profile.options is None:
        return Outcome(check.id, SKIP, why="the profile says no `options`")
    elif "{port}" not in plan.command and "cluster" in case.capabilities():
        return Outcome(check.id, SKIP, why="a cluster needs a {port}")
    return None


def hides_keys(case):
    """May it write keys that case.keys() does not tell?"""
    return bool(
        case.script or case.commands() & {"EVAL", "EVALSHA", "FCALL"} or
        any(not s.words and KEYED & set(re.findall(
            "[A-Z]+", s.raw.decode("latin-1").upper())) for s in case.steps))


def logs_in(case):
    """Does it take it that anybody may come in, as the user `default`?"""
    return bool(case.commands() & LOGIN or any(
        s.words and {b"AUTH", b"DEFAULT"} & {
            w.upper() for w in s.words[2:4]} or
        not s.words and re.search(b"(?i)\\b(auth|reset|whoami)\\b", s.raw)
        for s in case.steps))


LOGIN = {"AUTH", "RESET", "ACL LIST", "ACL USERS", "ACL WHOAMI",
         "CLIENT INFO"}
KEYED = {name for name, command in COMMANDS.items() if command.specs}


def any_speaks(profile, condition):
    return At(2, profile.speak()).speaks(condition)


def version(text):
    return tuple(int(n) for n in text.split("."))


# ---- a server that was not started here ------------------------------------

def admit(plan, look, yes):
    """Notes whether the server has keys; a TargetError unless it has none, or
    `yes`."""
    if look.own:
        return
    size = look.size()
    plan.empty = size == 0
    if size == 0 or yes:
        return
    if size is None:
        raise TargetError(NOT_EMPTY, "%s does not say how many keys it has; "
                          "--yes if the cases may run beside them" %
                          look.name())
    raise TargetError(NOT_EMPTY, "%s has %d key%s; --yes if the cases may run "
                      "beside them" % (look.name(), size, "s"[size == 1:]))


def refuse_collisions(plan, checks, target):
    """Beside foreign keys no case may touch one of them."""
    if plan.command or plan.empty:
        return
    keys = sorted({k for c in checks for k in c.case.keys()})
    taken = [k for k in keys if target.ask("EXISTS", k).v]
    if taken:
        raise TargetError(NOT_EMPTY, "the server has keys that cases use: %s" %
                          ", ".join(repr(k)[1:] for k in taken[:5]))


# ---- one worker ------------------------------------------------------------

class Worker:
    """Runs checks one after the other against a server, its own or the
    given one."""

    def __init__(self, plan):
        self.plan = plan
        self.target = plan.target()
        self.private = None     # (options, Target) of the last such case
        self.hangs = 0
        self.seen = None        # a function that gets each Result

    def stop(self):
        if self.plan.destructive and not self.plan.command:
            try:
                self.target.ask("FLUSHALL")
            except (Closed, Late, ProtocolError, OSError, TargetError):
                pass
        self.target.stop()
        if self.private:
            self.private[1].stop()

    def io(self, case):
        """The target of a case; private servers live until another set of
        parameters is asked for."""
        if case.options is None:
            return self.target
        if self.private and (self.private[0] != case.options or
                             not self.private[1].alive()):
            self.private[1].stop()
            self.private = None
        if not self.private:
            options = " ".join(self.plan.profile.options.replace(
                "NAME", name).replace("VALUE", value)
                for name, value in case.options.items())
            self.private = case.options, self.plan.target(
                options=options, password=case.options.get("requirepass"))
        return self.private[1]

    def check(self, check):
        """The Outcome of one check."""
        if self.hangs >= HANGS:
            return Outcome(check.id, NOTRUN, why="the server hung or died")
        out = not_run(self.plan, check)
        if out:
            return out
        why = first_match(self.plan.profile.known, check.id)
        patience = KNOWN_PATIENCE if why else None
        result, out = self.judged(check, patience)
        if out.verdict in RED and self.plan.reruns and not why and \
                out.verdict not in (CRASH, HANG):
            again = self.judged(check)[1]
            if again.verdict != out.verdict:
                out.verdict, out.why = FLAKY, "the second time: %s" % (
                    again.verdict)
        if why:
            out.why = why
            if out.verdict in (FAIL, UNDECLARED, NONSTRICT):
                out.verdict = KNOWN
            elif out.verdict == PASS:
                out.verdict = STALE
        return out

    def judged(self, check, patience=None):
        try:
            io = self.io(check.case)
        except TargetError as e:
            return None, Outcome(check.id, FAIL, "must", str(e),
                                 ended="closed")
        try:
            result = run(check, io, self.plan.profile.speak(),
                         self.plan.splits, patience)
        except (Closed, Late, ProtocolError, OSError, TargetError) as e:
            return None, self.broken(check, io, e)
        if self.seen:
            self.seen(result)
        out = self.verdict(check, result)
        suspect = out.verdict in RED or (
            result.wrong and result.ended != "open")
        if suspect and not io.alive():
            out.verdict = CRASH
            self.revive(io, out)
        elif result.hung:
            out.verdict = HANG
            self.hangs += 1
        if out.verdict in RED and self.private:
            self.private[1].stop()      # who knows in what state it is
            self.private = None
        return result, out

    def verdict(self, check, result):
        level = result.level
        verdict = (PASS if level is None else
                   FAIL if level <= self.plan.level else NONSTRICT)
        wrong = [(step.said(), w.kind, NAMES[max(w.level, check.case.level)],
                  w.text) for step, w in result.wrong]
        if verdict == FAIL and any(re.search("unknown (sub)?command", text)
                                   for _, kind, _, text in wrong
                                   if kind == "unexpected-error"):
            verdict = UNDECLARED
        return Outcome(check.id, verdict, level and NAMES[level], "", wrong,
                       result.ended, result.logs if wrong else None,
                       result.seconds * 1000)

    def broken(self, check, io, error):
        """The server did not even let the check begin or clean up."""
        out = Outcome(check.id, HANG, "must", str(error), ended="hung")
        if io.alive():
            self.hangs += 1
        else:
            out.verdict = CRASH
            self.revive(io, out)
        io.control_conn = None
        return out

    def revive(self, io, out):
        """After a crash: a new server where we may start one."""
        if not io.own:
            self.hangs = HANGS
            return
        out.why = io.process.story()
        io.stop()
        if io is self.target:
            self.target = self.plan.target()
        else:
            self.private = None


# ---- many workers ----------------------------------------------------------

def _work(plan, checks, queue):
    """A worker process: puts (index, Outcome) for each check."""
    try:
        worker = Worker(plan)
    except TargetError as e:
        queue.put((None, e.kind, str(e)))
        return
    try:
        for i, check in checks:
            queue.put((i, worker.check(check)))
    except Exception:
        queue.put((None, "broken", traceback.format_exc()))
        return
    finally:
        worker.stop()
    queue.put((None, None, None))


def run_all(plan, checks, jobs=1, report=None):
    """The Outcomes of all checks, in their order. report(Outcome) is called
    for each as it comes. Several jobs take a plan with a command: each starts
    a server of its own."""
    out = [None] * len(checks)
    if hasattr(gc, "freeze"):
        gc.freeze()     # the cases stay: no collection need look at them
    if jobs == 1:
        worker = Worker(plan)
        try:
            for i, check in enumerate(checks):
                out[i] = worker.check(check)
                if report:
                    report(out[i])
        finally:
            worker.stop()
        return out
    shares = share(list(enumerate(checks)), jobs)
    context = multiprocessing.get_context("fork" if hasattr(os, "fork")
                                          else "spawn")
    queue = context.Queue()
    workers = [context.Process(target=_work, args=(plan, part, queue),
                               daemon=True) for part in shares]
    for worker in workers:
        worker.start()
    left = len(workers)
    while left:
        got = queue.get()
        if got[0] is None:
            if got[1]:
                raise TargetError(got[1], got[2])
            left -= 1
            continue
        out[got[0]] = got[1]
        if report:
            report(got[1])
    for worker in workers:
        worker.join()
    return out


def share(checks, jobs):
    """One list of (index, check) a worker. All checks of a case go to one."""
    parts = [[] for _ in range(jobs)]
    weight = [0] * jobs
    cases = {}
    for item in checks:
        cases.setdefault(item[1].case.id, []).append(item)
    for items in cases.values():
        case = items[0][1].case
        n = weight.index(min(weight))
        parts[n] += items
        weight[n] += sum(20 if case.slow else 4 if i[1].context == "split"
                         else 2 if i[1].context == "bytewise" else 1
                         for i in items)
    return parts


def counts(outcomes):
    out = dict.fromkeys(VERDICTS, 0)
    for o in outcomes:
        out[o.verdict] += 1
    return out


def exit_code(outcomes):
    """0 clean, 1 failures, 3 crashed or hung, 4 only stale entries."""
    n = counts(outcomes)
    if n[CRASH] or n[HANG] or n[NOTRUN]:
        return 3
    if n[FAIL] or n[UNDECLARED] or n[FLAKY]:
        return 1
    return 4 if n[STALE] else 0
