"""The programs in conformance/examples: each builds without a warning as its
head comment says, runs, and prints what it should; those in C and C++ also
with sanitizers, memory from malloc then."""

import re
import shutil
import sys

import pytest

from conformance.kv.compiled import LINES, LONG
from conformance.kv.test_api import (CC, CXX, LIBS, SANITIZERS, TOP, WARN,
                                     Builder, passes)

DIR = TOP / "conformance" / "examples"

# What a program prints on standard output, as a regular expression.
OUTPUT = {
    "cache.c": """\
home: 1 miss, 1 hit
home has 996 dots
brief: expired
20000 pages: some evicted, memory in bounds
\\d+ keys, \\d+ evicted, \\d+ bytes used, \\d+ held
held after kv_close: 0
""",
    "beside_poll.c": """\
application: tick 1
application: tick 2
application: tick 3
client: GET ticks is 3
""",
    "rate_limiter.c": """\
slow: go, 2 left
slow: go, 1 left
slow: go, 0 left
slow: wait, 0 left
fast: go, 0 left
(fast: wait, 0 left
)*fast: go, 0 left
wrong: ERR rate or burst is not a number in range
\\*3 :1 :0 :0
:1
slow: go, 2 left
""",
    "nested.c": """\
\\+OK
\\+OK
\\+nested
{"name": "Ada", "born": 1815, "langs": \\["en", "fr"\\], "score": 9.5, \
"alive": false, "email": null}
fr
\\*12 \\$4 name \\$3 Ada \\$4 born :1815 \\$5 langs \\*2 \\$2 en \\$2 fr \
\\$5 score \\$3 9.5 \\$5 alive :0 \\$5 email \\$-1
""",
    "fixture.c": "2 tests passed\n",
    "wrapper.cc": """\
name: Ada
zero bytes are fine
gone: nothing
visits: 41
mget: Ada, nil
refused: ERR value is not an integer or out of range
deleted: 10
""",
    "ctypes_kv.py": """\
b'hello' None 1000
41
\\[b'41', None\\]
{b'maxmemory': b'0'}
True
ERR value is not an integer or out of range
""",
}

C = sorted(name for name in OUTPUT if name.endswith(".c"))
CXX_STANDARDS = ("c++11", "c++17")
HOW = {
    "plain": (["gcc"], ["-O1"]),
    "sanitized": (["clang"], ["-O1", LINES, "-DKV_MEM=0", *SANITIZERS]),
}


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    return Builder(tmp_path_factory.mktemp("examples"))


def compiler(build, how):
    """The one that `how` asks for, or the one that CC names."""
    named, flags = HOW[how]
    for words in (named, CC):
        if build.has(words, *flags):
            return words, flags
    pytest.skip("no compiler builds programs with " + " ".join(flags))


def library(build, how):
    words, flags = compiler(build, how)
    if not LONG:        # kv.c itself is of no interest here
        flags = ["-O0" if f == "-O1" else f for f in flags]
    return build("kv-%s.o" % how, words, "-std=c99", *WARN, "-Werror", *flags,
                 "-c", TOP / "kv.c")


def prints(name, line):
    out = re.sub(r" +\n", "\n", passes(line, timeout=60))
    assert re.fullmatch(OUTPUT[name], out), out


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", C)
def test_c(build, name, how):
    words, flags = compiler(build, how)
    program = build("%s-%s" % (name[:-2], how), words, "-std=c99", *WARN,
                    "-Werror", *flags, "-I", TOP, DIR / name,
                    library(build, how), *LIBS)
    prints(name, [program])


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("standard", CXX_STANDARDS)
def test_cxx(build, standard, how):
    words = CXX
    if how == "sanitized":
        if compiler(build, how)[0] == ["clang"]:
            words = ["clang++"]
    if not shutil.which(words[0]):
        pytest.skip("no C++ compiler " + words[0])
    flags = HOW[how][1] + ["-std=" + standard]
    if not build.has(words + ["-x", "c++"], *flags):
        pytest.skip("%s does not do %s" % (words[0], " ".join(flags)))
    program = build("wrapper-%s-%s" % (standard, how), words, *WARN, "-Werror",
                    *flags, "-I", TOP, DIR / "wrapper.cc",
                    library(build, how), *LIBS)
    prints("wrapper.cc", [program])


def test_python(build):
    shared = build("libkv.so", CC, "-O1", "-shared", "-fPIC", TOP / "kv.c",
                   *LIBS)
    prints("ctypes_kv.py", [sys.executable, DIR / "ctypes_kv.py", shared])


@pytest.mark.parametrize("name", sorted(OUTPUT))
def test_head_comment(name):
    """It begins with the file's name and has the line that builds it."""
    text = (DIR / name).read_text()
    assert re.match(r'(/\* |// |""")%s: ' % re.escape(name), text)
    line = {
        ".c": "cc -I. -o example %s kv.c -lm -pthread",
        ".cc": "c++ -I. -o example %s kv.o -lm -pthread",
        ".py": "python3 %s ./libkv.so",
    }[name[name.index("."):]]
    assert line % ("conformance/examples/" + name) + "\n" in text


def test_all_are_listed():
    """Every example is tested, and named in the list."""
    files = {f.name for f in DIR.iterdir() if f.is_file()}
    listed = re.findall(r"^\| `(.*?)` \|", (DIR / "README.md").read_text(),
                        re.M)
    assert sorted(listed) == sorted(OUTPUT) == sorted(files - {"README.md"})
