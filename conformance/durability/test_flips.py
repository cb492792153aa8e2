"""Damage to the log, and its twin: flips.c and twin.c with sanitizers, and with
KV_LONG=1 also as they are. flips.c tells how to run what takes minutes."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.kv.compiled import LINES, LONG, compiled
from conformance.kv.proc import until

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
FLAVOURS = {
    "plain": ["-O2"],
    "asan": ["-O1", "-DKV_MEM=0", *SANITIZERS],
}
if not LONG:
    del FLAVOURS["plain"]
ENV = {
    **os.environ,
    # the programs themselves say what they were doing
    "ASAN_OPTIONS": "abort_on_error=1:allocator_may_return_null=1",
    "UBSAN_OPTIONS": "abort_on_error=1:print_stacktrace=1",
}


@pytest.fixture(scope="session")
def program():
    """program(name, flavour): built when it is first asked for."""
    made = {}

    def get(name, flavour):
        if (name, flavour) not in made:
            made[name, flavour] = compiled(
                "%s-%s" % (name, flavour),
                shlex.split(os.environ.get("CC", "cc")), "-std=c99", LINES,
                *FLAVOURS[flavour], "-I", TOP, HERE / (name + ".c"), "-lm",
                "-pthread")
        path, text = made[name, flavour]
        assert path, text
        return path

    return get


def passes(*line, timeout=120):
    done = subprocess.run([str(word) for word in line], env=ENV,
                          timeout=timeout, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    out = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        pytest.fail("exit code %d\n%s" % (done.returncode, out[-20000:]),
                    pytrace=False)
    return out


def parts():
    """The names of what flips.c damages, from the table at its end."""
    source = (HERE / "flips.c").read_text()
    table = source[source.index("} PARTS[] = {"):]
    return re.findall(r'\{"(\w+)", ', table[:table.index("};")])


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("part", parts())
def test_damaged(program, flavour, part):
    out = passes(program("flips", flavour), part)
    cases, flaws, held = map(int, re.findall(r"\d+", out)[-3:])
    assert cases > 100 and not flaws
    assert 0 < held < 64 * 1024


@pytest.mark.parametrize("wrap", (1, 40000))
def test_offsets_begin_again(program, wrap):
    """Behind the last offset that a line has digits for comes the first one."""
    out = passes(program("flips", "asan"), "--wrap", wrap, "tails")
    cases, flaws, _ = map(int, re.findall(r"\d+", out)[-3:])
    assert cases > 100 and not flaws


def test_parts(program):
    assert passes(program("flips", "asan"), "--list").split() == parts()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_twin(program, flavour):
    assert int(passes(program("twin", flavour)).split()[0]) > 1000


# ---- What redis-server has written -------------------------------------------

def some_changes(c, count, tag):
    """Changes of the kinds that kv knows, some in transactions."""
    for i in range(count):
        key = "k%d" % (i % 37)
        c.cmd("SELECT", str(i % 3))
        if i % 10 == 3:
            c.cmd("MULTI")
            c.cmd("SET", "t" + key, "%s %d" % (tag, i))
            c.cmd("INCRBY", "counter", "7")
            c.cmd("APPEND", "t" + key, "\r\n*1\r\n$4\r\nEXEC\r\n")
            c.cmd("EXEC")
        elif i % 10 == 5:
            c.cmd("SET", key, tag * i, "EX", str(100000 + i))
        elif i % 10 == 6:
            c.cmd("RENAME", key, "r" + key)
        elif i % 10 == 7:
            c.cmd("DEL", "k%d" % (i % 5), "k%d" % (i % 7))
        elif i % 10 == 8:
            c.cmd("MSET", key, "1", "b" + key, b"\0\xff\r\n#C:")
        else:
            c.cmd("SET", key, "%s:%d" % (tag, i))


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("preamble", ("yes", "no"))
@pytest.mark.parametrize("timestamps", ("yes", "no"))
def test_written_by_redis(program, start, tmp_path, flavour, preamble,
                          timestamps):
    """Cut at every byte it is a prefix; Redis itself keeps transactions
    whole."""
    server = start("redis", "--appendonly", "yes", "--aof-use-rdb-preamble",
                   preamble, "--aof-timestamp-enabled", timestamps)
    with server.connect() as c:
        some_changes(c, 100, "base")
        for turn in range(2):
            c.cmd("BGREWRITEAOF")
            until("it is rewritten", lambda: b"aof_rewrite_in_progress:0" in
                  c.cmd("INFO", "persistence").v and
                  b"aof_rewrite_scheduled:0" in
                  c.cmd("INFO", "persistence").v, 20)
            some_changes(c, 60, "increment%d" % turn)
    copy = tmp_path / "data"
    shutil.copytree(Path(server.dir) / "appendonlydir", copy / "appendonlydir")
    out = passes(program("flips", flavour), "--dir", copy)
    assert int(out.split()[0]) >= 1
