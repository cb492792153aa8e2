"""python3 -m conformance selftest [--long] [PART ...]

    parser      the reader, the writer, the expectations against themselves
    sanity      ids, the registry, the sources of the cases
    reference   redis-server passes, several times over
    coverage    every command's replies were seen in both protocols
    mutants     wrong replies that the cases must see
    toy         a small server with one bug at a time
    bad         servers that are no servers at all
    proxy       wrong replies on a live connection
"""

import ast
import os
import sys
import time

from conformance import ids, profile, runner
from conformance.case import COMMANDS, HERE, load
from conformance.engine import checks_of
from conformance.expect import MAY, NAMES
from conformance.resp import (Array, Big, Bool, Bulk, Double, Err, Int, Map,
                              Null, NullArray, NullBulk, Push, Set, Simple,
                              Verb)
from conformance.selftest import mutants, wire

RUNS = 1 if os.environ.get("KV_LONG", "0") in ("", "0") else 3
LINES = int(os.environ.get("CONFORMANCE_LINES", "40"))
REDIS = "redis-server --port {port} --bind 127.0.0.1 --save '' " \
    "--enable-debug-command yes --hz 100"


def say(text):
    print(text, flush=True)


def plan(level="exact"):
    return runner.Plan(profile.find("redis-7.0"), level, command=REDIS)


# ---- parts: each returns a list of what is wrong ---------------------------

def part_parser(long):
    wrong = []
    for name, check in wire.checks().items():
        try:
            check()
        except AssertionError as e:
            wrong.append("%s: %s" % (name, e))
    say("  %d checks" % len(wire.checks()))
    return wrong


def part_sanity(long):
    registry = load()
    wrong = ["%s %s" % p for p in ids.problems()]
    for name in sources("cases"):
        wrong += sleeps(name)
    for name in profile.shipped():
        wrong += ["profile %s: no case is called %s" % (name, p)
                  for p in ids.strangers(profile.find(name))]
    used = set()
    for case in registry.values():
        used |= case.commands()
    wrong += ["no case uses %s" % name for name in COMMANDS
              if name not in used]
    told = declared()
    wrong += ["no REPLIES for %s" % name for name in COMMANDS
              if name not in told and name not in UNSTATED]
    say("  %d cases, %d checks, %d commands" % (
        len(registry), sum(len(checks_of(c)) for c in registry.values()),
        len(used & set(COMMANDS))))
    return wrong


UNSTATED = {        # why their replies are not stated
    "SYNC": "turns the connection into a replication stream",
    "PSYNC": "turns the connection into a replication stream",
    "REPLCONF": "belongs to the replication stream",
    "RESTORE-ASKING": "belongs to a cluster's resharding",
}


def sources(folder):
    for base, _, names in os.walk(os.path.join(HERE, folder)):
        for name in sorted(names):
            if name.endswith(".py"):
                yield os.path.join(base, name)


def sleeps(path):
    """Calls of sleep() in a source."""
    with open(path, encoding="utf-8") as f:
        tree = ast.parse(f.read())
    return ["%s line %d calls sleep" % (os.path.relpath(path, HERE),
                                        node.lineno)
            for node in ast.walk(tree) if isinstance(node, ast.Call) and
            getattr(node.func, "attr", getattr(node.func, "id", "")) ==
            "sleep"]


RECORDS, RECORDED = [], []


def records(long):
    """Each case plain in both protocols, recorded against the reference; with
    `long` also in MULTI and pipelined."""
    if not RECORDS:
        worker = runner.Worker(plan())
        worker.seen = RECORDS.append
        contexts = ("plain", "multi", "pipelined") if long else ("plain",)
        try:
            for check in runner.select(worker.plan.profile,
                                       contexts=contexts):
                RECORDED.append(worker.check(check))
        finally:
            worker.stop()
    return RECORDS


def part_reference(long):
    """Nothing may be red, and nothing may change from run to run. The first
    run is the one that is recorded."""
    wrong = []
    for n in range(20 if long else RUNS):
        begin = time.monotonic()
        if n == 0:
            records(long)
            outcomes = RECORDED
        else:
            outcomes = runner.run_all(plan(), runner.select(
                profile.find("redis-7.0")), jobs=2)
        wrong += ["run %d: %s %s" % (n + 1, o.id, o.verdict)
                  for o in outcomes if o.verdict in runner.RED or
                  o.verdict in (runner.NONSTRICT, runner.NOTRUN)]
        say("  run %d: %d checks, %s, %.1f s" % (
            n + 1, len(outcomes), ", ".join(
                "%d %s" % (v, k) for k, v in runner.counts(outcomes).items()
                if v), time.monotonic() - begin))
    return wrong


KINDS = {Simple: "simple", Err: "error", Int: "int", Bulk: "bulk",
         NullBulk: "null", Null: "null", NullArray: "nullarray",
         Array: "array", Map: "map", Set: "set", Double: "double",
         Verb: "verbatim", Push: "push", Bool: "bool", Big: "big"}
IN_RESP2 = {"map": "array", "set": "array", "double": "bulk",
            "verbatim": "bulk", "push": "array", "bool": "int",
            "big": "bulk"}


def declared():
    """{command: {kind}} as the modules of cases say in REPLIES."""
    out = {}
    load()
    for name, module in sorted(sys.modules.items()):
        if name.startswith("conformance.cases."):
            for command, kinds in getattr(module, "REPLIES", {}).items():
                out.setdefault(command, set()).update(kinds.split())
    return out


def part_coverage(long):
    """Every (command, kind of reply, protocol)."""
    from conformance.case import command_of
    seen = set()
    for result in records(long):
        for words, proto, got in result.seen:
            command = command_of(words)
            if command:
                seen.add((command.name, proto, KINDS.get(type(got))))
                seen.add((command.name.split()[0], proto,
                          KINDS.get(type(got))))
    wrong, total = [], 0
    for command, kinds in sorted(declared().items()):
        for kind in sorted(kinds - {"nothing"}):
            for proto in (2, 3):
                total += 1
                form = (IN_RESP2.get(kind, kind) if proto == 2 else
                        "null" if kind == "nullarray" else kind)
                if (command, proto, form) not in seen:
                    wrong.append("no case shows %s answer with %s in RESP%d" %
                                 (command, kind, proto))
    say("  %d of %d (command, kind of reply, protocol)" % (
        total - len(wrong), total))
    return wrong


def part_mutants(long):
    made = [mutants.Record(r) for r in records(long)
            if r.check.context == "plain" or long]
    once = set()

    def first(check):
        """In the short form one protocol is enough for each case."""
        new = check.case.id not in once
        once.add(check.case.id)
        return new or long

    result = mutants.score(made, profile.find("redis-7.0").speak(),
                           1000 if long else 60, first)
    for level, (total, killed) in sorted(result.by_level().items()):
        say("  %-6s %6d mutants, %6d killed" % (NAMES[level], total, killed))
    survivors, idle = result.survivors()
    wrong = ["no mutant needs EQUIVALENT's entry %r" % (e,) for e in idle]
    wrong += ["survives at %s: %s on %s in RESP%d" % ((NAMES[s[0]],) + s[1:])
              for s in survivors if s[0] == 1]
    rest = [s for s in survivors if s[0] != 1]
    total = len(result.mutants)
    say("  %d operators, %d mutants, %d survive (%.2f %%)" % (
        len(mutants.OPERATORS), total, len(survivors),
        100.0 * len(survivors) / max(total, 1)))
    for s in rest[:10]:
        say("    survives at %s: %s on %s in RESP%d" % (
            (NAMES[s[0]],) + s[1:]))
    if total < 150:
        wrong.append("only %d mutants" % total)
    if len(survivors) * 50 > total:
        wrong.append("more than 2 %% of the mutants survive")
    wrong += ["kills no mutant: " + id for id in result.idle
              if load()[id.split("[")[0]].level != MAY]
    wrong += ["does not replay: " + id for id in result.broken]
    return wrong


def part_toy(long):
    from conformance.selftest import toy
    return toy.hunt(say, long)


def part_bad(long):
    from conformance.selftest import bad
    return bad.meet(say, long)


def part_proxy(long):
    from conformance.selftest import proxy
    return proxy.between(say, long)


PARTS = ("parser", "sanity", "reference", "coverage", "mutants", "toy", "bad",
         "proxy")


def main(parts=(), long=False):
    for part in parts:
        if part not in PARTS:
            sys.stderr.write("conformance: there is no part %s, only %s\n" % (
                part, ", ".join(PARTS)))
            return 2
    begin, failed = time.monotonic(), []
    for part in parts or PARTS:
        start = time.monotonic()
        say(part)
        wrong = globals()["part_" + part](long)
        for text in wrong[:LINES]:
            say("  WRONG: " + text)
        if len(wrong) > LINES:
            say("  ... and %d more" % (len(wrong) - LINES))
        if wrong:
            failed.append(part)
        say("  %s in %.1f s" % ("failed" if wrong else "passed",
                                time.monotonic() - start))
    say("%s, %.1f s" % ("failed: " + ", ".join(failed) if failed else
                        "all parts passed", time.monotonic() - begin))
    return int(bool(failed))


