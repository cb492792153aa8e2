"""The white-box program, built in several shapes; each of its tests is a case.
With KV_LONG=1 the sizes are bigger and the shapes more."""

import os
import subprocess
from pathlib import Path

import pytest

from conformance.kv.compiled import LINES, LONG, compiled

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "conformance" / "kv" / "white" / "white.c"
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
BUILDS = {
    "native": ["-O1"],
    "mem0": ["-O1", "-DKV_MEM=0", *SANITIZE],
    "cold0": ["-O1", "-DKV_COLD=0"],
    "threads0": ["-O1", "-DKV_THREADS=0"],
    "posix": ["-O1", "-DKV_COLD=0", "-DKV_THREADS=0"],
}
# Sizes are divided by this where a build is slow or repeats another.
SCALE = {"native": 1, "mem0": 8, "cold0": 8, "threads0": 8}
if not LONG:
    SCALE = {"native": 8, "mem0": 32}   # .ci/run has posix with 32 bits
BUILDS = {name: BUILDS[name] for name in SCALE}
ENV = {
    **os.environ,
    "ASAN_OPTIONS": "detect_leaks=0",  # a failing test leaves at once
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


@pytest.fixture(scope="session")
def programs():
    """Builds each shape when it is first asked for."""
    built = {}

    def get(name):
        if name not in built:
            built[name] = compiled(
                "white-" + name, [os.environ.get("CC", "cc")], "-std=c99",
                LINES, *BUILDS[name], "-DKV_DEBUG=1", f"-I{ROOT}", SOURCE,
                "-lm", "-pthread")
        path, text = built[name]
        assert path, text
        return path

    return get


def names():
    """The tests by name, read from the table at the end of the source."""
    text = SOURCE.read_text()
    table = text[text.index("} TESTS[] = {"):]
    lines = table[: table.index("};")].splitlines()
    return [x.strip()[2:-2] for x in lines if x.strip().startswith("T(")]


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("name", names())
def test_white(programs, build, name):
    env = {**ENV, "KV_WHITE_SCALE": str(SCALE[build])}
    done = subprocess.run([programs(build), name], env=env, timeout=500,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode(errors="replace")


def test_list_is_the_table(programs):
    out = subprocess.run([programs("native"), "--list"], check=True,
                         stdout=subprocess.PIPE).stdout.decode()
    assert out.split() == names()
