"""python3 -m conformance: see `usage` below, and README.md."""

import argparse
import difflib
import os
import shlex
import sys
import time

from . import profile as profiles
from . import ids, report, runner
from .case import CONTEXTS, load
from .conn import Closed, Late
from .engine import run
from .expect import LEVELS, At
from .probe import lacking, probe
from .resp import ProtocolError
from .runner import RED, NOTRUN, Outcome, Plan
from .target import TargetError, parse_address

EXIT = {"no-server": 5, "bad-password": 6, "not-resp": 7, "nothing": 8,
        "unknown-id": 9, "broken": 3, "bad-profile": 10, "not-empty": 11,
        "bad-start": 5}


class Refusal(Exception):
    """A sentence for the user, and the exit code."""

    def __init__(self, kind, text):
        self.code = EXIT[kind]
        Exception.__init__(self, text)


# ---- arguments -------------------------------------------------------------

def parser():
    p = argparse.ArgumentParser(
        prog="python3 -m conformance", description="Tests servers that speak "
        "the Redis protocol.", epilog="Exit codes: 0 clean, 1 failures, 2 "
        "bad usage, 3 the server crashed or hung, 4 only known failures that "
        "pass, 5 no server there, 6 wrong password, 7 no RESP server, 8 "
        "nothing selected, 9 unknown id, 10 broken profile, 11 the server is "
        "not empty.")
    sub = p.add_subparsers(dest="command", metavar="COMMAND")

    def command(name, help, ids, target=False):
        c = sub.add_parser(name, help=help, description=help)
        if ids:
            c.add_argument("ids", nargs=ids, metavar="ID", help="an id, a "
                           "prefix of one that ends at a dot, or a glob, "
                           "and perhaps [PROTOCOL,CONTEXT]")
        if target:
            target_options(c)
        return c

    c = command("run", "run the cases", "*", True)
    c.add_argument("-x", "--exclude", action="append", default=[],
                   metavar="ID", help="leave these out; may be repeated")
    c.add_argument("--resp", choices=("2", "3"), help="this protocol alone")
    c.add_argument("--context", metavar="C,...", help="some of " +
                   ",".join(CONTEXTS))
    c.add_argument("--level", choices=("must", "should", "exact"),
                   default="should", help="what fails (default should)")
    c.add_argument("--splits", action="store_true",
                   help="in the context `split` cut at every offset")
    c.add_argument("--full", action="store_true",
                   help="every context in both protocols")
    c.add_argument("--jobs", type=int, default=1, metavar="N",
                   help="so many servers at a time; needs --cmd")
    c.add_argument("--json", metavar="FILE", help="write a report")
    c.add_argument("--junit", metavar="FILE", help="write a JUnit report")
    c.add_argument("--show", choices=("failures", "nonstrict", "all"),
                   default="failures", help="nonstrict: also what differs "
                   "without failing; all: every check")
    c.add_argument("--max-shown", type=int, default=20, metavar="N",
                   help="cases shown in full (default 20)")
    command("list", "the topics, or with IDs the cases", "*").add_argument(
        "--profile", metavar="P", help="only what it selects")
    command("explain", "what a case says and why", "+")
    c = command("replay", "a check with every byte", "+", True)
    c = command("probe", "write a profile for an unknown server", None, True)
    c = command("selftest", "prove that the suite sees what it should", None)
    c.add_argument("--long", action="store_true",
                   help="20 runs, every mutant of every reply")
    c.add_argument("parts", nargs="*", metavar="PART",
                   help="some of it: see README.md")
    c = command("ids", "check data/ids.lock against the registry", None)
    c.add_argument("--add", action="store_true", help="add the new ids")
    return p


def target_options(c):
    where = c.add_mutually_exclusive_group(required=True)
    where.add_argument("--server", metavar="ADDRESS",
                       help="HOST:PORT or unix:PATH")
    where.add_argument("--cmd", metavar="COMMAND", help="starts a server; "
                       "{port}, {dir} and {socket} are filled in")
    c.add_argument("--password", help="for AUTH")
    c.add_argument("--user", help="for AUTH with a name")
    c.add_argument("--profile", metavar="P", help="a file, or one of " +
                   ", ".join(profiles.shipped()))
    c.add_argument("--timeout", type=duration, default=5.0, metavar="SECONDS",
                   help="for one reply (default 5)")
    c.add_argument("--destructive", action="store_true", help="the server "
                   "may be flushed, reconfigured and its clients killed")
    c.add_argument("--yes", action="store_true",
                   help="go on though the server is not empty")


def duration(text):
    """The type of --timeout."""
    if not 0.001 <= float(text) <= 86400:
        raise ValueError
    return float(text)


def get_profile(name, target=None):
    try:
        if name:
            out = profiles.find(name)
            for pattern in ids.strangers(out):
                sys.stderr.write("conformance: profile %s: no case is called "
                                 "%s\n" % (out.name, pattern))
            return out
    except profiles.ProfileError as e:
        raise Refusal("bad-profile", str(e))
    out = profiles.Profile("guessed")
    found = target and target.version()
    if found:
        out.dialects.append((found[0], found[1][:2]))
        if found[0] == "valkey":
            out.dialects.append(("redis", (7, 2)))
    if target:      # what even Redis has not, or has turned off
        out.lacks = lacking(target) & {"cluster", "debug", "nested"}
    return out


def get_plan(args, quiet=False, beside=False, **how):
    """The plan, after a look at the server. Raises TargetError, Refusal.
    `beside`: keys that are there do no harm."""
    address = None
    if args.user and args.password is None:
        raise SystemExit(usage_error("--user needs a --password"))
    if args.server is not None:
        try:
            address = parse_address(args.server)
        except ValueError as e:
            raise SystemExit(usage_error(str(e)))
    else:
        try:
            words = shlex.split(args.cmd)
        except ValueError:
            words = []
        if not words:
            raise SystemExit(usage_error("--cmd %r is no command" % args.cmd))
    profile = get_profile(args.profile)
    plan = Plan(profile, address=address, command=args.cmd,
                password=args.password, user=args.user, timeout=args.timeout,
                destructive=args.destructive, **how)
    look = plan.target()
    try:
        look.greet()
        runner.admit(plan, look, args.yes or beside)
        if not args.profile:
            plan.profile = get_profile(None, look)
            if args.cmd:
                plan.profile.options = "--NAME VALUE"
        lies = [] if quiet else unfounded(plan.profile, look)
    finally:
        look.stop()
    return plan, lies


def unfounded(profile, target):
    """Outcomes for what the profile says and the server contradicts."""
    out = []
    for name in sorted(profile.missing):
        if " " in name and name.split()[0] in profile.missing:
            continue
        if target.knows(name):
            out.append(Outcome("profile.missing.%s" % name.lower().replace(
                " ", "-"), runner.STALE, why="the profile says that %s is "
                "missing, the server has it" % name))
    if "resp3" not in profile.lacks:
        try:
            target.connect(3).close()
        except Exception as e:     # whatever it answers, HELLO 3 failed
            out.append(Outcome("profile.promised.resp3", runner.UNDECLARED,
                               why="HELLO 3 fails: %s" % e))
            profile.lacks.add("resp3")
    return out


def unkept(profile, checks, target):
    """Outcomes for capabilities that the profile promises, the checks need
    and the server has not. Says which it has though the profile lacks them."""
    needed = set().union(*(check.case.capabilities() for check in checks))
    needed &= set(PROBED)
    absent = lacking(target) if needed else set()
    for name in sorted(needed & profile.lacks - absent):
        sys.stderr.write("conformance: the profile lacks %s, the server has "
                         "it\n" % name)
    promised = sorted((needed & absent) - profile.lacks)
    profile.lacks.update(promised)
    return [Outcome("profile.promised." + name, runner.UNDECLARED,
                    why="the profile promises %s, the server lacks it: %s" % (
                        name, profiles.CAPABILITIES[name]))
            for name in promised]


PROBED = ("multidb", "config", "debug", "scripts", "nested", "cluster")


def where(args, plan):
    """How to name this target again."""
    words = []
    for name in ("server", "cmd", "user", "profile"):
        if getattr(args, name):
            words += ["--" + name, getattr(args, name)]
    if args.password:
        words += ["--password", "..."]
    if args.destructive:
        words.append("--destructive")
    return report.Where(" ".join(map(shlex.quote, words)),
                        plan.address, plan.profile.speak())


def usage_error(text):
    sys.stderr.write("conformance: %s\n" % text)
    return 2


def known_ids(patterns):
    """Raises a Refusal that suggests the nearest id."""
    registry = load(patterns) if patterns else {}
    for pattern in patterns:
        if not any(runner.touches(pattern, id) for id in registry):
            registry = load()
            heads = {".".join(id.split(".")[:n]) for id in registry
                     for n in (1, 2)} | set(registry)
            near = difflib.get_close_matches(pattern.split("[")[0], heads, 1,
                                             0.5)
            raise Refusal("unknown-id", "no case is called %s%s" % (
                pattern, "; did you mean %s?" % near[0] if near else ""))


# ---- commands --------------------------------------------------------------

def cmd_run(args):
    contexts = None
    if args.context:
        contexts = args.context.split(",")
        for name in contexts:
            if name not in CONTEXTS:
                return usage_error("there is no context %s, only %s" % (
                    name, ", ".join(CONTEXTS)))
    if args.jobs < 1 or args.jobs > 1 and args.server:
        return usage_error("--jobs takes a number of servers that --cmd "
                           "starts; a given server is tested by one")
    if args.json and args.json == args.junit:
        return usage_error("--json and --junit write different files")
    for path in (args.json, args.junit):
        try:
            if path:
                open(path, "a").close()
        except OSError as e:
            return usage_error("cannot write %s: %s" % (path, e.strerror))
    known_ids(args.ids + args.exclude)
    plan, lies = get_plan(args, level=args.level, splits=args.splits)
    checks = runner.select(plan.profile, args.ids, args.exclude,
                           (int(args.resp),) if args.resp else (2, 3),
                           contexts, args.full)
    if not checks:
        raise Refusal("nothing", "nothing is selected")
    look = plan.target()
    try:
        runner.refuse_collisions(plan, checks, look)
        lies += unkept(plan.profile, checks, look)
    finally:
        look.stop()
    shown, count, again = {}, [0], where(args, plan)

    def show(outcome):
        """The first failing check of a case in full, further ones in a
        line."""
        red = outcome.verdict in RED
        if args.show == "all" or red or (
                args.show == "nonstrict" and outcome.verdict == "nonstrict"):
            case = outcome.id.split("[")[0]
            if case not in shown:
                shown[case] = len(shown) < args.max_shown and (
                    red or outcome.verdict == "nonstrict")
                if shown[case]:
                    print(report.failure(outcome, where=again), flush=True)
                    return
            if args.show == "all" or shown[case]:
                print(report.brief(outcome), flush=True)
            else:
                count[0] += 1

    begin = time.monotonic()
    for outcome in lies:
        show(outcome)
    outcomes = lies + runner.run_all(plan, checks, args.jobs, show)
    seconds = time.monotonic() - begin
    if count[0]:
        print("... and %d more; --max-shown N shows more cases, --json all" %
              count[0])
    cases = len({c.case.id for c in checks})
    print(report.summary(outcomes, seconds, cases))
    lost = runner.counts(outcomes)[runner.UNDECLARED]
    if lost:
        print("undeclared: the profile promises what the server does not "
              "have; `probe` writes\n  a profile that says so")
    if args.json:
        write(args.json, report.to_json(outcomes, {
            "target": args.server or args.cmd, "profile": plan.profile.name,
            "level": args.level, "seconds": round(seconds, 3)}, cases))
    if args.junit:
        write(args.junit, report.to_junit(outcomes, seconds, again))
    return runner.exit_code(outcomes)


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def cmd_list(args):
    known_ids(args.ids)
    wanted = args.ids
    if args.profile and not wanted:
        wanted = get_profile(args.profile).select
    cases = [case for case in load(wanted).values() if not wanted or any(
        runner.touches(p, case.id) for p in wanted)]
    if wanted:
        for case in cases:
            print("%-48s %s" % (case.id, "all contexts" if list(
                case.contexts) == list(CONTEXTS) else ",".join(
                    case.contexts)))
        return 0
    topics = {}
    for case in cases:
        topic = ".".join(case.id.split(".")[:2])
        topics[topic] = topics.get(topic, 0) + 1
    for topic, n in sorted(topics.items()):
        print("%-32s %5d cases" % (topic, n))
    print("%d cases; `list TOPIC` shows those of a topic, `list '*'` all" %
          len(cases))
    return 0


def cmd_explain(args):
    known_ids(args.ids)
    for case in load(args.ids).values():
        if any(runner.touches(p, case.id) for p in args.ids):
            print(report.explain(case))
    return 0


def cmd_replay(args):
    known_ids(args.ids)
    plan, _ = get_plan(args, level="exact", quiet=True)
    code = 0
    checks = runner.select(plan.profile, args.ids)
    if not checks:
        raise Refusal("nothing", "nothing is selected")
    worker = runner.Worker(plan)
    try:
        for check in checks:
            away = runner.not_run(plan, check)
            if away:
                print("%s\n  %s: %s" % (check.id, away.verdict, away.why))
                continue
            io = worker.io(check.case)
            result = run(check, io, plan.profile.speak())
            print(report.replay(check, result, io, At(
                check.proto, plan.profile.speak())))
            code = max(code, int(bool(result.wrong)))
    finally:
        worker.stop()
    return code


def cmd_probe(args):
    plan, _ = get_plan(args, quiet=True, beside=True)
    target = plan.target()
    try:
        print(probe(target), end="")
    finally:
        target.stop()
    return 0


def cmd_selftest(args):
    from .selftest.main import main
    return main(args.parts, args.long)


def cmd_ids(args):
    return ids.check(args.add)


def main(argv=None):
    p = parser()
    args = p.parse_args(argv)
    if not args.command:
        p.print_help()
        return 2
    try:
        return globals()["cmd_" + args.command](args)
    except Refusal as e:
        code = e.code
        sys.stderr.write("conformance: %s\n" % e)
    except TargetError as e:
        code = EXIT[e.kind]
        sys.stderr.write("conformance: %s\n" % e)
    except (Closed, Late) as e:
        code = 3
        sys.stderr.write("conformance: the server stopped to answer: %s\n" % e)
    except ProtocolError as e:
        code = EXIT["not-resp"]
        sys.stderr.write("conformance: the server speaks no RESP: %s\n" % e)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 0
    return code


if __name__ == "__main__":
    assert set(LEVELS) >= {"must", "should", "exact"}
    sys.exit(main())
