"""The C API, from C, C++ and Python.

The programs in api/ use kv.h alone; each of their tests is a case here, with
kv's own allocator (mem1) and with the host's under sanitizers (mem0); what has
to do with the system also without its extras (posix, with KV_LONG=1), threads
under the thread sanitizer too, waiting also without threads (threads0). By hand,
from the top directory:

    cc -g -I. conformance/kv/api/values.c kv.c -lm -pthread && ./a.out --list

CC and CXX name the compilers.
"""

import ctypes
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import textwrap
import threading
import time

import pytest

from conformance.kv.compiled import LINES, LONG, compiled

TOP = pathlib.Path(__file__).resolve().parents[2]
API = TOP / "conformance" / "kv" / "api"
CC = shlex.split(os.environ.get("CC", "cc"))
CXX = shlex.split(os.environ.get("CXX", "c++"))
LIBS = ["-lm", "-pthread"]
WARN = ["-pedantic", "-Wall", "-Wextra"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
PROGRAMS = sorted(f.stem for f in API.glob("*.c"))
HEADER = (TOP / "kv.h").read_text()


def names_of(program):
    """The names in its table, as --list prints them."""
    source = (API / (program + ".c")).read_text()
    return re.findall(r"\bT\((\w+)\)", source.partition("const test tests")[2])


def functions():
    """What kv.h declares."""
    code = re.sub(r"/\*.*?\*/|^#.*?$|^typedef .*?;$|^extern.*?$", "", HEADER,
                  flags=re.S | re.M)
    return sorted(set(re.findall(r"^\w[\w *]*?\b(kv_\w+)\(", code, re.M)))


def execute(line, timeout=600, **how):
    return subprocess.run([str(word) for word in line], timeout=timeout,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **how)


class Builder:
    """Compiles once what many tests need."""

    def __init__(self, dir):
        self.dir = dir
        self.made = {}

    def __call__(self, out, compiler, *words):
        """Runs a compiler for `out`; a failure fails every test that asks."""
        key = (out, *compiler, *map(str, words))
        if key not in self.made:
            self.made[key] = compiled(out, compiler, *words)
        path, text = self.made[key]
        if not path:
            pytest.fail("%s does not build:\n%s" % (out, text), pytrace=False)
        return path

    def has(self, compiler, *flags):
        """Whether programs built with these flags run."""
        key = (*compiler, *flags)
        if key not in self.made:
            source = self.dir / "has.c"
            source.write_text("int main(void) { return 0; }\n")
            program = self.dir / "has"
            try:
                self.made[key] = (
                    not execute([*compiler, *flags, "-o", program,
                                 source]).returncode and
                    not execute([program]).returncode)
            except OSError:
                self.made[key] = False
        return self.made[key]

    def flavour(self, name):
        """Compiler and flags."""
        if name == "mem1":
            return CC, ["-O1", LINES, "-DKV_MEM=1"]
        if name in ("mem0", "posix", "threads0"):
            flags = ["-O1", LINES, "-DKV_MEM=0", "-DKV_DEBUG=1"]
            if name == "posix":
                flags += ["-DKV_COLD=0", "-DKV_ACCEPT4=0"]
            if name == "threads0":
                flags += ["-DKV_THREADS=0"]
            if self.has(CC, *SANITIZERS):
                flags += SANITIZERS
            return CC, flags
        for compiler in (["clang"], CC):
            if self.has(compiler, "-fsanitize=thread"):
                return compiler, ["-O1", LINES, "-DKV_MEM=0", "-DKV_DEBUG=1",
                                  "-fsanitize=thread"]
        pytest.skip("no compiler with a thread sanitizer")

    def library(self, flavour):
        compiler, flags = self.flavour(flavour)
        return self("kv.o", compiler, "-std=c99", *flags, "-c",
                    TOP / "kv.c")

    def program(self, name, flavour):
        compiler, flags = self.flavour(flavour)
        return self("%s-%s" % (name, flavour), compiler, "-std=c99", *WARN,
                    *flags, "-I", TOP, API / (name + ".c"),
                    self.library(flavour), *LIBS)

    def shared(self):
        return self("libkv.so", CC, "-O1", "-shared", "-fPIC", TOP / "kv.c",
                    *LIBS)


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    return Builder(tmp_path_factory.mktemp("api"))


def passes(line, timeout=600, **how):
    try:
        done = execute(line, timeout, **how)
    except subprocess.TimeoutExpired as e:
        pytest.fail("no end in %d s\n%s" % (
            timeout, (e.stdout or b"").decode("utf-8", "replace")),
            pytrace=False)
    out = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        pytest.fail("exit code %d\n%s" % (done.returncode, out[-20000:]),
                    pytrace=False)
    return out


# ---- C -----------------------------------------------------------------------

FLAVOURS = {"mem1": PROGRAMS, "mem0": PROGRAMS,
            "posix": ["serving", "threads", "hammer", "waiting"],
            "threads0": ["waiting"],
            "tsan": ["threads", "hammer", "snapshots", "disk", "waiting"]}
if not LONG:
    del FLAVOURS["posix"]       # .ci/run has a whole server like that
CASES = [(flavour, program, test)
         for flavour, programs in FLAVOURS.items()
         for program in programs for test in names_of(program)]


@pytest.mark.parametrize("flavour, program, test", CASES,
                         ids=["-".join(case) for case in CASES])
def test_c(build, tmp_path, flavour, program, test):
    """Passes and, as kv never prints, prints nothing."""
    assert passes([build.program(program, flavour), test], cwd=tmp_path) == ""


@pytest.mark.parametrize("program", PROGRAMS)
def test_list(build, program):
    listed = passes([build.program(program, "mem1"), "--list"]).split()
    assert listed and listed == names_of(program)
    assert execute([build.program(program, "mem1"), "nope"]).returncode == 1


@pytest.mark.parametrize("seed", range(1, 6))
def test_redis_replays_changes(build, start, seed):
    """Redis 7.0 understands the records and comes to the same data."""
    tomorrow = int(time.time() + 86400) * 1000
    done = subprocess.run(
        [build.program("watching", "mem1"), "--dump", str(seed), str(tomorrow)],
        stdout=subprocess.PIPE, check=True)
    records, _, digest = done.stdout.rpartition(b"DIGEST ")
    assert len(records) > 10000
    server = start("redis")
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        sender = threading.Thread(
            target=s.sendall, args=(records + b"DEBUG DIGEST\r\nQUIT\r\n",))
        sender.start()
        replies = b"".join(iter(lambda: s.recv(65536), b""))
        sender.join()
    lines = replies.split(b"\r\n")
    assert not [line for line in lines if line.startswith(b"-")]
    assert lines[-3] == b"+" + digest.strip()


# ---- The header --------------------------------------------------------------

CXX_STANDARDS = ("c++98", "c++11", "c++14", "c++17", "c++20")


@pytest.mark.parametrize("standard", ("c99", "c11", "c17") + CXX_STANDARDS)
def test_header_alone(build, tmp_path, standard):
    cxx = standard.startswith("c++")
    compiler = CXX if cxx else CC
    source = tmp_path / ("alone.cc" if cxx else "alone.c")
    source.write_text('#include "kv.h"\n#include "kv.h"\nextern int x;\n')
    if cxx and not shutil.which(CXX[0]):
        pytest.skip("no C++ compiler")
    probe = tmp_path / ("probe" + source.suffix)
    probe.write_text("extern int x;\n")
    if execute([*compiler, "-std=" + standard, "-fsyntax-only",
                probe]).returncode:
        pytest.skip("no " + standard)
    passes([*compiler, "-std=" + standard, *WARN, "-Werror", "-fsyntax-only",
            "-I", TOP, source])


@pytest.mark.parametrize("standard", CXX_STANDARDS)
def test_cxx(build, standard):
    if not shutil.which(CXX[0]):
        pytest.skip("no C++ compiler")
    if not build.has(CXX + ["-x", "c++"], "-std=" + standard):
        pytest.skip("no " + standard)
    program = build("api-" + standard, CXX, "-std=" + standard, *WARN, "-I",
                    TOP, API / "api.cc", build.library("mem1"), *LIBS)
    assert passes([program]) == "ok\n"


def test_exports(build):
    """The library has what kv.h declares and nothing else."""
    if not shutil.which("nm"):
        pytest.skip("no nm")
    out = passes(["nm", "-D", "--defined-only", build.shared()])
    names = [line.split()[-1] for line in out.splitlines()]
    names = sorted(n for n in names if n not in (
        "_init", "_fini", "_edata", "_end", "__bss_start"))
    assert names == functions()
    out = passes(["nm", "-g", build.library("mem1")])
    assert sorted(line.split()[-1] for line in out.splitlines()
                  if line.split()[-2] not in "Uw") == functions()


def test_every_function_is_tested():
    text = "".join(f.read_text() for f in API.iterdir() if f.is_file())
    assert len(functions()) > 40
    assert not [f for f in functions() if not re.search(f + r"\b", text)]


# ---- Examples ----------------------------------------------------------------
#
# Examples are compiled and run as they stand in kv.h and README.md, a block of
# C each. One with a main() is a program. Others become the body of a function
# with an open `kv *db`; lines up to the last that ends in "};" go before it
# when the block starts with "static". NEEDS has what else an example takes as
# given, by the first function of kv.h that it calls: what stands before it,
# after it, and outside. kv_run, kv_poll and kv_listen are replaced by some
# that come to an end and take any free port. In kv.h a remark may follow a
# statement, after two spaces.

NEEDS = {
    "kv_call_reply": ("(void)often;", "", ""),
    "kv_poll": ("", "", "static void my_own_work(void) {}"),
    "kv_pollfds": ("kv_stop(db);", "", ""),
    "kv_scan": ("", "", "static int print_key(void *out, const void *p,"
                "size_t n) { return fwrite(p, 1, n, out) != n; }"),
    "kv_on_push": (
        "kv_session *s;\nkv_reply *r;\n"
        "if (kv_session_open(db, &s) != KV_OK) return 1;",
        "kv_reply_free(db, r);\nkv_session_close(s);",
        "static void print_message(void *out, const kv_reply *m)"
        "{ fprintf(out, \"%d\\n\", (int)m->count); }"),
    "kv_exec_line": ("kv_reply *r;", "kv_reply_free(db, r);", ""),
}

BRIEFLY = r"""
#include "kv.h"
#include <string.h>
int brief_listen(kv *db, const char *address);
int brief_poll(kv *db, int timeout_ms);
int brief_run(kv *db);
int brief_listen(kv *db, const char *address) {
    return strncmp(address, "unix:", 5) ? kv_listen(db, "127.0.0.1:0")
                                        : kv_listen(db, address);
}
int brief_poll(kv *db, int timeout_ms) {
    (void)timeout_ms;
    kv_poll(db, 0);
    return KV_NONE;
}
int brief_run(kv *db) {
    kv_stop(db);
    return kv_run(db);
}
"""

INCLUDES = "".join("#include <%s.h>\n" % h for h in (
    "poll", "stdint", "stdio", "stdlib", "string"))


def header_examples():
    """(name, code): First use, and each Example, named after what follows."""
    first = re.search(r"^ \* First use:\n \*\n((?: \*     .*\n)+)", HEADER,
                      re.M).group(1)
    yield "first-use", re.sub(r";  +\S.*", ";", re.sub(
        r"^ \*", "", first, flags=re.M))
    for comment in re.finditer(r"^/\*((?:(?!\*/).)*)\*/\n(?=(.*?)\n\n)",
                               HEADER, re.S | re.M):
        lines = comment.group(1).splitlines()
        names = re.findall(r"\b(kv_\w+)\(", comment.group(2))
        for i, line in enumerate(lines):
            found = re.match(r" \*   Example:(.*)", line)
            if not found:
                continue
            code = [found.group(1).strip()]
            for more in lines[i + 1:]:
                if not re.match(r" \*     ", more):
                    break
                code.append(more[2:])
            yield names[0], code[0] + "\n" + textwrap.dedent(
                "\n".join(code[1:]))


def readme_examples():
    readme = TOP / "README.md"
    text = readme.read_text() if readme.exists() else ""
    for i, block in enumerate(re.findall(r"^```c\n(.*?)^```", text,
                                         re.S | re.M)):
        yield "readme-%d" % (i + 1), block


EXAMPLES = list(header_examples()) + list(readme_examples())


def example_program(code):
    if re.search(r"\bmain\(", code):
        return code
    first = re.search(r"\bkv_(?!slice|reply\b|call\b|command\b)\w+(?=\()",
                      code)
    before, after, outside = NEEDS.get(first and first.group(), ("", "", ""))
    if code.strip().startswith("static"):
        whole = code.rstrip().endswith("}")     # nothing but a function
        cut = len(code) if whole else code.rindex("};\n") + 3
        outside, code = outside + "\n" + code[:cut], code[cut:]
    if "kv_open(" in code:
        body = code
    else:
        body = ("kv *db;\nif (kv_open(&db, NULL) != KV_OK) return 1;\n%s\n"
                "%s\n%s\nkv_close(db);\n" % (before, code, after))
    return "%s#include \"kv.h\"\n%s\nint main(void) {\n%s\nreturn 0;\n}\n" % (
        INCLUDES, outside, body)


def test_examples_are_found():
    assert HEADER.count("Example:") + 1 == len(list(header_examples()))


@pytest.mark.parametrize("name, code", EXAMPLES,
                         ids=[name for name, _ in EXAMPLES])
def test_example(build, tmp_path, name, code):
    brief = ["-D%s=brief_%s" % (f, f[3:])
             for f in ("kv_run", "kv_poll", "kv_listen")]
    (tmp_path / "brief.c").write_text(BRIEFLY)
    (tmp_path / "example.c").write_text(example_program(code))
    compiler, flags = build.flavour("mem0")
    line = [*compiler, "-std=c99", *WARN, *flags, "-I", TOP]
    passes([*line, "-c", "-o", tmp_path / "brief.o", tmp_path / "brief.c"])
    passes([*line, "-D_POSIX_C_SOURCE=200809L", *brief, "-o",
            tmp_path / "example", tmp_path / "example.c",
            tmp_path / "brief.o", build.library("mem0"), *LIBS])
    passes([tmp_path / "example"], timeout=20)


# ---- Python ------------------------------------------------------------------


class Slice(ctypes.Structure):
    _fields_ = [("p", ctypes.c_char_p), ("n", ctypes.c_size_t)]


class Reply(ctypes.Structure):
    pass


Reply._fields_ = [
    ("type", ctypes.c_int32), ("reserved", ctypes.c_int32),
    ("integer", ctypes.c_int64), ("number", ctypes.c_double),
    ("str", ctypes.c_void_p), ("len", ctypes.c_size_t),
    ("count", ctypes.c_size_t), ("items", ctypes.POINTER(Reply))]

Handler = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
Event = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int,
                         ctypes.c_void_p, ctypes.c_size_t)
Key = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p,
                       ctypes.c_size_t)


class Command(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p), ("fn", Handler), ("arity", ctypes.c_int32),
        ("flags", ctypes.c_uint32), ("keys", ctypes.c_char_p),
        ("group", ctypes.c_char_p), ("since", ctypes.c_char_p),
        ("complexity", ctypes.c_char_p), ("summary", ctypes.c_char_p),
        ("args", ctypes.c_char_p), ("ctx", ctypes.c_void_p)]


(NIL, SIMPLE, ERROR, INTEGER, STRING, DOUBLE, BOOL, BIGNUM, VERBATIM, ARRAY,
 MAP, SET, PUSH) = range(13)


def plain(r):
    """A reply as Python values."""
    if r.type == NIL:
        return None
    if r.type in (INTEGER, BOOL):
        return r.integer
    if r.type == DOUBLE:
        return r.number
    if r.type in (ARRAY, SET, PUSH):
        return [plain(r.items[i]) for i in range(r.count)]
    if r.type == MAP:
        return {plain(r.items[2 * i]): plain(r.items[2 * i + 1])
                for i in range(r.count)}
    return ctypes.string_at(r.str, r.len)


class Store:
    """As a binding would do it, with two dozen lines."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(str(path))
        self.lib.kv_stop.restype = self.lib.kv_close.restype = None
        self.lib.kv_reply_free.restype = None
        self.lib.kv_message.restype = ctypes.c_char_p
        self.lib.kv_version.restype = ctypes.c_char_p
        self.lib.kv_call_arg.restype = Slice
        self.lib.kv_call_arg.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        self.lib.kv_put_string.argtypes = [ctypes.c_void_p, Slice]
        self.db = ctypes.c_void_p()
        assert self.lib.kv_open(ctypes.byref(self.db), None) == 0

    def __getattr__(self, name):
        return lambda *args: getattr(self.lib, "kv_" + name)(self.db, *args)

    def run(self, *words):
        argv = (Slice * len(words))(*[Slice(w, len(w)) for w in words])
        r = ctypes.POINTER(Reply)()
        assert self.exec(None, ctypes.c_size_t(len(words)), argv,
                         ctypes.byref(r)) == 0
        try:
            return plain(r.contents)
        finally:
            self.reply_free(r)


@pytest.fixture
def store(build):
    store = Store(build.shared())
    yield store
    assert store.check() == 0, store.message()
    store.close()


def test_ctypes_values(store):
    size = ctypes.c_size_t
    version = re.search(r'KV_VERSION "(.*)"', HEADER).group(1)
    assert store.lib.kv_version() == version.encode()
    value = bytes(range(256))
    assert store.set(0, b"k\0", size(2), value, size(256),
                     ctypes.c_int64(0)) == 0
    buf, n = ctypes.create_string_buffer(300), size()
    assert store.get(0, b"k\0", size(2), buf, size(300), ctypes.byref(n)) == 0
    assert buf.raw[:n.value] == value
    assert store.get(0, b"k", size(1), buf, size(300), ctypes.byref(n)) == 1
    assert store.run(b"GET", b"k\0") == value
    assert store.run(b"GET", b"nope") is None
    assert store.run(b"INCRBY", b"n", b"-5") == -5
    assert store.run(b"MGET", b"n", b"x") == [b"-5", None]
    assert store.run(b"CONFIG", b"GET", b"maxmemory") == {b"maxmemory": b"0"}
    assert store.run(b"NOPE").startswith(b"ERR unknown command")
    assert store.config(b"maxmemory", b"a lot") == -2
    assert b"maxmemory" in store.message()
    keys, at = [], ctypes.c_uint64(0)
    fn = Key(lambda ctx, p, n: keys.append(ctypes.string_at(p, n)) or 0)
    while store.scan(0, ctypes.byref(at), fn, None) == 0:
        pass
    assert sorted(keys) == [b"k\0", b"n"]


def test_ctypes_callbacks(store):
    events = []
    hook = Event(lambda ctx, event, db, p, n: events.append(
        (event, db, ctypes.string_at(p, n))))
    store.on_event(hook, None)
    store.run(b"SET", b"k", b"v")
    store.run(b"DEL", b"k")
    assert [e for e in events if e[0] != b"new"] == [
        (b"set", 0, b"k"), (b"del", 0, b"k")]
    store.on_event(None, None)

    def shout(c):
        word = store.lib.kv_call_arg(c, 1)
        store.lib.kv_put_string(c, Slice(word.p[:word.n].upper(), word.n))

    row = Command(b"py.shout", Handler(shout), 2, 0, b"", b"py", b"1.0.0",
                  b"O(N)", b"Shouts.", b"word", None)
    assert store.add_command(ctypes.byref(row)) == 0
    assert store.run(b"PY.SHOUT", b"abc") == b"ABC"
    assert b"wrong number of arguments for 'py.shout'" in store.run(
        b"py.shout")


def test_ctypes_server(store):
    assert store.listen(b"127.0.0.1:0") == 0
    server = threading.Thread(target=store.lib.kv_run, args=(store.db,))
    server.start()
    try:
        with socket.create_connection(("127.0.0.1", store.port()), 10) as s:
            file = s.makefile("rb")
            s.sendall(b"SET k from-outside\r\n")
            assert file.readline() == b"+OK\r\n"
            assert store.run(b"GET", b"k") == b"from-outside"
            store.run(b"SET", b"k", b"inside")
            s.sendall(b"GET k\r\n")
            assert file.readline() + file.readline() == b"$6\r\ninside\r\n"
            file.close()
    finally:
        store.stop()
        server.join()
