"""Server mutants: toyserver.py with one bug at a time.

The right toy passes its profile; each bug turns something red, a crash for
those that crash, a hang for those that hang.
"""

import multiprocessing
import os
import re
import shlex
import sys

from conformance import profile, runner
from conformance.__main__ import unfounded
from conformance.case import CONTEXTS, HERE
from conformance.selftest.bugs import BUGS, FATAL

COMMAND = "env PYTHONPATH=%s %s -S -m conformance.selftest.toyserver " \
    "--port {port}" % (shlex.quote(os.path.dirname(HERE)),
                       shlex.quote(sys.executable))
JOBS = 2


def plan(bug=None, timeout=0.5):
    return runner.Plan(
        profile.find("toy"), "exact", timeout=timeout, reruns=False,
        command=COMMAND + (" --bug " + bug if bug else ""))


def hunt(say, long):
    """Sentences about what the suite did not see, or saw where nothing
    was."""
    wrong = misnamed()
    checks, red = right(long)
    wrong += ["the right toy: %s %s" % (o.id, o.verdict) for o in red]
    say("  the right toy passes %d checks" % checks if not red else
        "  the right toy fails %d of %d checks" % (len(red), checks))
    context = multiprocessing.get_context("fork")
    with context.Pool(JOBS) as pool:
        found = dict(pool.imap_unordered(
            chase, [(name, long) for name in BUGS]))
    for name, (verdict, id, seen, tried) in found.items():
        sentence, like, _ = BUGS[name]
        if verdict not in due(name):
            wrong.append("survives: %s, %s (%s, %d checks)" % (
                name, sentence, verdict or "nothing is red", tried))
        if long:
            say("  %-36s %4d of %4d red, first %s" % (name, seen, tried, id))
    say("  %d bugs, %d like public ones, %d survive" % (
        len(BUGS), sum(bool(like) for _, like, _ in BUGS.values()),
        sum(text.startswith("survives") for text in wrong)))
    return wrong


def due(name):
    """The verdicts that prove a bug seen."""
    if name not in FATAL:
        return runner.RED
    return {runner.CRASH if name.startswith("crash") else runner.HANG}


def misnamed():
    """The table and the server name the same bugs."""
    with open(os.path.join(HERE, "selftest", "toyserver.py")) as f:
        used = set(re.findall(r'\bbug\(\s*"([^"]+)"\)', f.read()))
    return ["toyserver.py knows no bug %s" % name
            for name in sorted(set(BUGS) - used)] + [
        "bugs.py has no row for %s" % name
        for name in sorted(used - set(BUGS))]


def right(long):
    """(checks that ran, Outcomes that are not as they should be)"""
    its = plan(timeout=5)
    target = its.target()
    try:
        red = unfounded(its.profile, target)
    finally:
        target.stop()
    outcomes = runner.run_all(its, runner.select(
        its.profile, full=long), JOBS)
    ran = [o for o in outcomes if o.verdict not in (
        runner.UNIMPLEMENTED, runner.SKIP)]
    return len(ran), red + [o for o in ran if o.verdict in runner.RED or
                            o.verdict == runner.NOTRUN]


def chase(job):
    """(name, (verdict, id, red ones, checks tried)) of a bug; in the short
    form the first red check decides."""
    name, long = job
    its = plan(name)
    worker = runner.Worker(its)
    verdict, id, seen, tried = None, None, 0, 0
    try:
        for check in runner.select(its.profile, BUGS[name][2].split(),
                                   contexts=CONTEXTS):
            out = worker.check(check)
            if out.verdict in (runner.UNIMPLEMENTED, runner.SKIP):
                continue
            tried += 1
            if out.verdict in runner.RED:
                seen += 1
                if verdict not in due(name):
                    verdict, id = out.verdict, out.id
                if verdict in due(name) and not long or \
                        worker.hangs >= runner.HANGS:
                    break
    finally:
        worker.stop()
    return name, (verdict, id, seen, tried)
