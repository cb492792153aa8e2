"""Crashes and faults at every call of the disk: crash.c and faults.c, which
tell what they prove and how to run them by hand.

KV_LONG=1 in the environment makes them several times as long, KV_ROUNDS=N that
N times; `crash --long` is a million crashes.
"""

import os
import re
from pathlib import Path

import pytest

from conformance.kv.compiled import LINES, LONG
from conformance.kv.test_api import CC, LIBS, WARN, Builder, execute, passes

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
ROUNDS = int(os.environ.get("KV_ROUNDS", "1"))
MINUTES = 20 * ROUNDS

# Crashes; every which fault.
SIZES = {"plain": (40000, 5), "asan": (6000, 40), "threads": (3000, 40),
         "tsan": (400, 300)}
if not LONG:
    SIZES = {"plain": (40000, 20), "asan": (800, 160), "tsan": (80, 900)}
LIES = ("sync", "sync_dir", "rename", "write", "short", "lost", "often")


class Programs(Builder):
    def flavour(self, name):
        if name == "asan":
            return super().flavour("threads0")
        if name == "tsan":
            return super().flavour("tsan")
        flags = ["-O1", LINES, "-DKV_DEBUG=1", "-DKV_MEM=0"]
        if name == "plain":
            flags += ["-DKV_THREADS=0"]
        return CC, flags

    def __getitem__(self, key):
        """programs[name, flavour]"""
        name, flavour = key
        compiler, flags = self.flavour(flavour)
        return self("-".join(key), compiler, "-std=c99", *WARN, *flags, "-I",
                    TOP, HERE / (name + ".c"), self.library(flavour), *LIBS)


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    return Programs(tmp_path_factory.mktemp("durability"))


@pytest.mark.parametrize("flavour", SIZES)
def test_crashes(programs, flavour):
    """Nothing that was acknowledged is lost, nothing else is found."""
    wanted = SIZES[flavour][0] * ROUNDS
    out = passes([programs["crash", flavour], wanted], 60 * MINUTES)
    print(out)
    crashes, recoveries, more = map(
        int, re.search(r"(\d+) crashes, (\d+) recoveries, (\d+) crashes",
                       out).groups())
    assert crashes == recoveries >= wanted and more > crashes // 10


@pytest.mark.parametrize("flavour", SIZES)
def test_faults(programs, flavour):
    """Nor by calls and allocations that fail; and it goes on."""
    every = max(1, SIZES[flavour][1] // ROUNDS)
    out = passes([programs["faults", flavour], every], 60 * MINUTES)
    print(out)
    runs, faults = map(int, re.search(r"(\d+) runs, (\d+) with a fault",
                                      out).groups())
    assert runs > faults > 20


@pytest.mark.parametrize("lie", LIES)
def test_it_is_noticed(programs, lie):
    """A disk that lies loses data, and the programs see that."""
    done = execute([programs["crash", "plain"], "--lie", lie, "20000"])
    out = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 1 and "again: " in out, out


def test_usage(programs):
    for name in ("crash", "faults"):
        done = execute([programs[name, "plain"], "0"])
        assert done.returncode == 2 and done.stdout.startswith(b"usage: ")
