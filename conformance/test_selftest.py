"""The suite's own tests: its reader and expectations, its sources, its command
line, its README. What takes longer is `python3 -m conformance selftest`."""

import contextlib
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as xml

import pytest

from conformance import __main__ as cli
from conformance import profile, runner
from conformance.case import REGISTRY
from conformance.kv import servers
from conformance.selftest import main as selftest
from conformance.selftest import wire
from conformance.test_conformance import foreign

TOP = pathlib.Path(__file__).resolve().parents[1]
README = (TOP / "conformance" / "README.md").read_text(encoding="utf-8")
CHECKS = wire.checks()
TOY = "env PYTHONPATH=%s %s -S -m conformance.selftest.toyserver " \
    "--port {port}" % (shlex.quote(str(TOP)), shlex.quote(sys.executable))


@pytest.fixture(autouse=True)
def own(request):
    if foreign(request.config):
        pytest.skip("another server is tested")


# ---- parts of the selftest -------------------------------------------------

@pytest.mark.parametrize("name", CHECKS)
def test_wire(name):
    CHECKS[name]()


def test_sanity():
    assert selftest.part_sanity(False) == []


# ---- the command line ------------------------------------------------------

class Done:
    """What a command came to: `code`, `out`, `err`."""

    def __init__(self, *args):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                self.code = cli.main(list(map(str, args)))
            except SystemExit as e:
                self.code = e.code
        self.out, self.err = out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def kv():
    """--cmd of kv."""
    line = servers.command("kv")
    assert line, "no binary; build it or set KV_BINARY"
    return ["--profile", "kv", "--cmd", "%s --port {port} --bind 127.0.0.1 "
            "--enable-debug-command yes" % " ".join(map(shlex.quote, line))]


@pytest.fixture(scope="module")
def running():
    """A kv that runs, without keys."""
    server = servers.Server("kv")
    yield server
    server.stop()


def ids(path):
    return [c["id"] for c in json.loads(path.read_text())["checks"]]


def test_run(kv):
    done = Done("run", "string.set", *kv)
    assert done.code == 0 and done.err == ""
    assert re.search(r"^string +\d+ +\d+ +0 +0 .* 100\.0 %$", done.out, re.M)
    assert re.search(r"^\d+ checks of 1 cases in [\d.]+ s: \d+ pass$",
                     done.out, re.M)


def test_help_names_everything():
    assert Done().code == 2
    text = Done("--help").out
    for name in dir(cli):
        if name.startswith("cmd_"):
            assert re.search(r"^ +%s " % name[4:], text, re.M)
    for option in re.findall(r"--[a-z]+", Done("run", "--help").out):
        if option not in ("--help", "--exclude"):
            assert option in README, option


def test_list():
    topics = Done("list")
    assert topics.code == 0
    assert re.search(r"^string\.set +1 cases$", topics.out, re.M)
    cases = Done("list", "string.set*")
    assert len(cases.out.splitlines()) > 20
    assert cases.out.splitlines()[0].split() == ["string.set", "all",
                                                 "contexts"]
    smoke = Done("list", "--profile", "smoke").out
    assert "string." in smoke and "stream." not in smoke


def test_explain():
    done = Done("explain", "string.set-get")
    assert done.code == 0
    assert "RESP2 $-1\\r\\n\n    RESP3 _\\r\\n\n" in done.out
    where = re.search(r"defined in +(\S+):(\d+)$", done.out, re.M)
    line = (TOP / where.group(1)).read_text(encoding="utf-8").split("\n")[
        int(where.group(2)) - 1]
    assert '"set-get"' in line


def test_replay(kv):
    done = Done("replay", "string.set-nx[resp3,split]", *kv)
    assert done.code == 0
    assert done.out.count("[resp3,split]") == 1
    assert "  < _\\r\\n\n" in done.out and "no difference" in done.out
    by_hand = re.search(r"by hand: (.*)", done.out).group(1)
    assert by_hand.startswith("(printf '*2\\r\\n$5\\r\\nHELLO\\r\\n$1\\r\\n3")


def test_probe(kv, tmp_path):
    done = Done("probe", *kv[2:])
    assert done.code == 0
    found, ours = profile.parse(done.out), profile.find("kv")
    assert found.missing >= ours.missing
    assert found.lacks == ours.lacks
    file = tmp_path / "probed.profile"
    file.write_text(done.out)
    assert Done("run", "string.set", *kv[2:], "--profile", file).code == 0


# ---- failures --------------------------------------------------------------

def test_failure(tmp_path):
    """One that README.md explains line by line."""
    file = tmp_path / "report.json"
    done = Done("run", "list.lpop", "--profile", "toy", "--json", file,
                "--cmd", TOY + " --bug null-bulk-for-null-array")
    assert done.code == 1
    shown = README.split("```text\n")[1].split("```")[0].splitlines()
    for line in shown:
        if not line.endswith("...") and "..." not in line:
            assert line + "\n" in done.out, line
    check = next(c for c in json.loads(file.read_text())["checks"]
                 if c["verdict"] == "fail")
    assert check["level"] == "must"
    assert check["wrong"][0]["kind"] == "wrong-null"
    again = re.search(r"replay +python3 -m conformance (replay .*)", done.out)
    replayed = Done(*shlex.split(again.group(1)))
    assert replayed.code == 1
    assert "the first difference is at byte 0" in replayed.out
    assert " ^^\n" in replayed.out


def test_undeclared(kv):
    done = Done("run", "acl.whoami", *kv[2:], "--profile", "redis-7.0")
    assert done.code == 1 and "UNDECLARED  acl.whoami" in done.out
    assert "`probe` writes" in done.out


def test_levels(tmp_path):
    """An error's text is EXACT, its code SHOULD."""
    line = ["run", "generic.rename", "string.set-syntax", "--cmd",
            TOY + " --bug error-code-missing", "--profile", "toy"]
    assert Done(*line, "--level", "must").code == 0
    assert Done(*line, "--level", "should").code == 1
    shown = Done(*line, "--level", "must", "--show", "nonstrict").out
    assert "NONSTRICT" in shown


def test_max_shown():
    line = ["run", "list.lpop", "--profile", "toy", "--cmd",
            TOY + " --bug null-bulk-for-null-array"]
    done = Done(*line, "--max-shown", 1)
    assert done.out.count("transcript") == 1
    assert re.search(r"\.\.\. and [1-9]\d* more", done.out)
    assert "FAIL" not in Done(*line, "--max-shown", 0).out


# ---- exit codes: 3, 5, 6, 7 and 11 are those of selftest/bad.py ------------

def test_bad_usage(kv):
    for args in (["walk"], ["run", "--cmd", "x", "--server", "x"], ["run"],
                 ["run", *kv, "--level", "may"],
                 ["run", *kv, "--context", "plain,upside-down"],
                 ["run", *kv, "--jobs", "0"],
                 ["run", "--server", ":1", "--jobs", "2"],
                 ["run", "--server", "nowhere"],
                 ["run", *kv, "--json", "/nowhere/report.json"]):
        done = Done(*args)
        assert done.code == 2 and done.err, args
        assert "Traceback" not in done.err


def test_known_failures(kv, tmp_path):
    """Those that pass are code 4, those that fail are none."""
    file = tmp_path / "known.profile"
    file.write_text(profile_text("kv") + "known string.set : no reason\n")
    done = Done("run", "string.set", *kv[2:], "--profile", file)
    assert done.code == 4 and "STALE  string.set[" in done.out
    assert "no reason" in done.out
    file.write_text(profile_text("toy") +
                    "known list.lpop : #1 of ours\n")
    done = Done("run", "list.lpop.no-key-count", "--profile", file, "--cmd",
                TOY + " --bug null-bulk-for-null-array", "--context", "plain",
                "--resp", "2")
    assert done.code == 0 and "1 known" in done.out


def profile_text(name):
    return (TOP / "conformance" / "profiles" / (name + ".profile")).read_text()


def test_nothing_selected(kv):
    assert Done("run", "string.set", "-x", "string", *kv).code == 8


def test_unknown_ids(kv):
    for args in (["run", "string.sett", *kv], ["list", "string.sett"],
                 ["explain", "string.sett"], ["replay", "string.sett", *kv],
                 ["run", "string.set", "-x", "string.sett", *kv]):
        done = Done(*args)
        assert done.code == 9
        assert "no case is called string.sett; did you mean string.set" in \
            done.err


@pytest.mark.parametrize("line, said", [
    ("dialekt redis 7.0", "there is no word 'dialekt'"),
    ("dialect redis seven", "expected a version"),
    ("lacks wings", "there is no capability 'wings', only "),
    ("missing GETT", "has no command GETT"),
    ("known string.set", "known takes PATTERN : REASON"),
    ("skip", "skip needs something after it")])
def test_broken_profile(kv, tmp_path, line, said):
    file = tmp_path / "broken.profile"
    file.write_text("# a comment\n\n%s\n" % line)
    done = Done("run", "string.set", *kv[2:], "--profile", file)
    assert done.code == 10
    assert "%s line 3: " % file in done.err and said in done.err


def test_unknown_profile(kv):
    done = Done("run", "string.set", *kv[2:], "--profile", "kvv")
    assert done.code == 10 and "redis-7.0, smoke" in done.err


# ---- reports ---------------------------------------------------------------

def test_json(kv, tmp_path):
    """Has the fields that README.md lists, and no other."""
    file = tmp_path / "report.json"
    Done("run", "string.set-nx", "scripting.eval.returns-nothing", *kv, "--json", file)
    report = json.loads(file.read_text())
    documented = json.loads(README.split("```json\n")[1].split("```")[0])
    assert set(report) == set(documented)
    assert set(report["meta"]) == set(documented["meta"])
    assert list(report["counts"]) == list(documented["counts"]) == list(
        runner.VERDICTS)
    assert sum(report["counts"].values()) == len(report["checks"]) > 3
    table = README.split("| field | content |")[1].split("\n\n")[0]
    fields = set(re.findall(r"`(\w+)`", re.sub(r"\|[^|]*\|$", "|", table,
                                               flags=re.M)))
    for check in report["checks"]:
        assert set(check) <= fields
        assert {"id", "verdict", "connection", "ms"} <= set(check)
    assert {c["verdict"] for c in report["checks"]} == {"pass",
                                                        "unimplemented"}


def test_junit(tmp_path):
    one, two = tmp_path / "report.json", tmp_path / "report.xml"
    Done("run", "list.lpop", "--profile", "toy", "--json", one, "--junit", two,
         "--cmd", TOY + " --bug null-bulk-for-null-array")
    counts = json.loads(one.read_text())["counts"]
    suite = xml.parse(str(two)).getroot()
    assert counts["fail"] > 0 and counts["unimplemented"] > 0
    assert int(suite.get("tests")) == len(suite) == sum(counts.values())
    assert int(suite.get("failures")) == len(
        suite.findall("*/failure")) == counts["fail"]
    assert int(suite.get("skipped")) == len(
        suite.findall("*/skipped")) == counts["unimplemented"]
    assert ids(one) == ["%s.%s" % (case.get("classname"), case.get("name"))
                        for case in suite]


# ---- what is selected ------------------------------------------------------

def test_selectors(kv, tmp_path):
    def chosen(*args):
        file = tmp_path / "report.json"
        assert Done("run", *args, *kv, "--json", file).code == 0
        return ids(file)

    assert chosen("string.set-nx[resp3,split]") == [
        "string.set-nx[resp3,split]"]
    assert chosen("string.set-nx", "--full") == [
        "string.set-nx[resp%d,%s]" % (proto, context) for proto in (2, 3)
        for context in REGISTRY["string.set-nx"].contexts]
    assert chosen("string.set-nx", "--resp", 3, "--context",
                  "plain,inline") == ["string.set-nx[resp3,plain]",
                                      "string.set-nx[resp3,inline]"]
    assert len(chosen("string.set-nx")) == 3
    assert chosen("string.set-?x[resp2,plain]") == [
        "string.set-nx[resp2,plain]", "string.set-xx[resp2,plain]"]
    assert chosen("string.set-nx", "string.set-xx", "-x", "*[resp2,*]", "-x",
                  "string.set-xx", "--context", "plain") == [
        "string.set-nx[resp3,plain]"]


# ---- pytest as the front end -----------------------------------------------

def test_front_end(running, tmp_path):
    address = "127.0.0.1:%d" % running.port
    file, some = tmp_path / "report.json", tmp_path / "some.profile"
    some.write_text(profile_text("kv") + "select string.set string.set-nx\n")
    done = Done("run", "string.set", "--profile", some, "--server", address,
                "--json", file)
    assert done.code == 0, done.out
    code, text = pytest_run("--profile", str(some), "--server", address,
                            "-k", "string.set[")
    assert code == 0, text
    assert re.findall(r"^PASSED .*::(.*)$", text, re.M) == ids(file)
    assert "deselected" in text


def pytest_run(*arguments):
    """Exit code and output of the suite as pytest runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider",
         "conformance/test_conformance.py", *arguments], cwd=str(TOP),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return done.returncode, done.stdout.decode()


def test_front_end_spares_foreign_keys(running):
    """With --yes as well: a key that a case uses is not overwritten."""
    with running.connect() as c:
        c.cmd("SET", "k", "mine")
        address = "127.0.0.1:%d" % running.port
        for yes in ([], ["--yes"]):
            code, text = pytest_run("--profile", "kv", "--server", address,
                                    "-k", "string.set-nx[", *yes)
            assert code == 3 and ("use: 'k'" if yes else "1 key") in text
        assert c.cmd("GET", "k").v == b"mine"
        c.cmd("DEL", "k")


# ---- README.md -------------------------------------------------------------

def commands():
    """The lines of its shell examples."""
    return [line for block in re.findall(r"^```sh\n(.*?)^```", README,
                                         re.S | re.M)
            for line in block.replace("\\\n", "").splitlines()]


HARMLESS = {"list", "explain", "run", "probe", "replay"}


@pytest.mark.parametrize("line", commands())
def test_readme_command(line, running, tmp_path):
    """Has arguments that there are; what kv can answer quickly is run."""
    words = shlex.split(line.partition("|")[0].partition(" > ")[0])
    if words[0] == "pytest":
        return      # test_front_end
    assert words[:2] == ["python3", "-m"]
    if words[2] != "conformance":
        assert words[2] == "conformance.selftest.toyserver"
        return
    args = cli.parser().parse_args(words[3:])
    if args.command not in HARMLESS:
        return
    (tmp_path / "my.profile").write_text(profile_text("kv"))
    address = "127.0.0.1:%d" % running.port
    words = [address if w in ("127.0.0.1:6379", ":7379") else w
             for w in words[3:]]
    if args.command == "run":
        if "list.example" in words:
            return  # test_readme_case
        words.insert(1, "string.set")
    if "--cmd" in words:
        words[words.index("--cmd") + 1] = "%s --port {port}" % " ".join(
            map(shlex.quote, servers.command("kv")))
    with inside(tmp_path):
        done = Done(*words)
    assert done.code in (0, 1) and done.err == "", done.err


@contextlib.contextmanager
def inside(folder):
    before = os.getcwd()
    os.chdir(str(folder))
    try:
        yield
    finally:
        os.chdir(before)


def test_readme_profile(tmp_path):
    text = next(block for block in README.split("```text\n")[1:]
                if block.startswith("# my.profile")).split("```")[0]
    made = profile.parse(text)
    assert made.lacks == {"resp3", "scripts"} and made.known and made.skips
    for word in ("dialect", "additions", "options", "lacks", "missing",
                 "select", "skip", "known"):
        assert "| `%s " % word in README
    for name in profile.CAPABILITIES:
        assert "| `%s` |" % name in README


def test_readme_tables():
    """Name every verdict, context, exit code and part there is."""
    for name in list(runner.VERDICTS) + list(cli.CONTEXTS) + list(
            selftest.PARTS):
        assert "| `%s` |" % name in README, name
    for code in {0, 1, 2, 3, 4} | set(cli.EXIT.values()):
        assert "| %d |" % code in README, code
    assert max(map(len, README.split("\n"))) <= 79


def test_readme_case():
    """The example is a right module, and Redis passes it."""
    if not servers.command("redis"):
        pytest.skip("redis-server is not installed")
    before = set(REGISTRY)
    try:
        exec(compile(README.split("```python\n")[1].split("```")[0],
                     str(TOP / "conformance" / "cases" / "example.py"),
                     "exec"), {"__name__": "example"})
        made = [REGISTRY[id] for id in sorted(set(REGISTRY) - before)]
        assert [case.id for case in made] == [
            "list.example.every-key-once", "list.example.push-and-read",
            "list.example.woken-by-another-connection"]
        plan = runner.Plan(profile.find("redis-7.0"), "exact",
                           command=selftest.REDIS)
        outcomes = runner.run_all(plan, [
            check for case in made for check in runner.checks_of(
                case, full=True)])
        assert {o.verdict for o in outcomes} == {"pass"}, [
            (o.id, o.wrong) for o in outcomes if o.verdict != "pass"]
    finally:
        for id in set(REGISTRY) - before:
            del REGISTRY[id]
