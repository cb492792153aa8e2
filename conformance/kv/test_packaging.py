"""kv as others get it: CMake, pkg-config, what is installed and exported.

The projects in consumers/ are copied, built and run as a user would; CMake's
and make's builds run two jobs. By hand, for one of them:

    make -C conformance/kv/consumers/plain && conformance/kv/consumers/plain/app

CC and CXX name the compilers, CMAKE another cmake.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from conformance.kv import test_api
from conformance.kv.compiled import LONG
from conformance.kv.test_api import (CC, CXX, HEADER, SANITIZERS, TOP, Builder,
                                     functions)

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"),
    reason="libraries are named and looked at as on Linux")

CONSUMERS = TOP / "conformance" / "kv" / "consumers"
CMAKE = shlex.split(os.environ.get("CMAKE", "cmake"))
VERSION = re.search(r'^#define KV_VERSION "([0-9.]+)', HEADER, re.M).group(1)
MAJOR, MINOR, PATCH = (int(part) for part in VERSION.split("."))
SONAME = "libkv.so.%d" % MAJOR if MAJOR else "libkv.so.0.%d" % MINOR
SWITCHES = re.findall(r"^ \* @conf KV_(\w+) ",
                      (TOP / "kv.c").read_text(), re.M)
SWITCHES.remove("MAIN")
SAYS = "app: kv %s says hello\n" % VERSION
KINDS = ("static", "shared")

if not LONG and "CC" not in os.environ and shutil.which("clang"):
    CC = ["clang"]      # compiles in a sixth of the time

# Nothing of the caller's own build may reach the builds here.
ENV = {name: value for name, value in os.environ.items()
       if not re.match(r"(CC|CXX|C(PP|XX)?FLAGS|LDFLAGS|LIBRARY_PATH|C_INCLUDE_"
                       r"PATH|DESTDIR|MAKE.*|MFLAGS|CMAKE.*|PKG_CONFIG.*)$",
                       name)}
ENV.update(LC_ALL="C", CC=shlex.join(CC), CXX=shlex.join(CXX))


def passes(*line, cwd=None, **env):
    env = {**ENV, **{name: str(value) for name, value in env.items()}}
    return test_api.passes(line, cwd=cwd, env=env)


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            pytest.skip("no " + tool)


def need_cmake(major=3, minor=13):
    need(CMAKE[0])
    found = re.search(r"version (\d+)\.(\d+)", passes(*CMAKE, "--version"))
    if tuple(map(int, found.groups())) < (major, minor):
        pytest.skip("cmake is older than %d.%d" % (major, minor))


def configure(source, build, *options, cwd=None):
    return passes(*CMAKE, "-S", source, "-B", build, *options, cwd=cwd)


def cmake_build(build, target="all", *options, **env):
    return passes(*CMAKE, "--build", build, "-j", "2", "--target", target,
                  *options, **env)


def files(tree):
    """What is in a directory, by name; links are followed."""
    return {str(f.relative_to(tree)): f.read_bytes()
            for f in tree.rglob("*") if f.is_file()}


def exported(file, *options):
    """The names that a program or library defines for others."""
    need("nm")
    lines = passes("nm", "-g", "--defined-only", *options, file).splitlines()
    return sorted(line.split()[-1] for line in lines if len(line.split()) == 3)


def of_kv(names):
    return [name for name in names if name.startswith("kv_")]


def shared_exports(library):
    """Without what some linkers put into every shared library."""
    return [name for name in exported(library, "-D") if name not in (
        "_init", "_fini", "_edata", "_end", "__bss_start")]


def compile_lines(build):
    """The words of each compiler call, by target and file."""
    out = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        target = re.search(r"(\S+)\.dir/", entry["command"]).group(1)
        out[os.path.basename(target),
            os.path.basename(entry["file"])] = shlex.split(entry["command"])
    return out


# ---- What kv installs --------------------------------------------------------


class Kit:
    """kv built, and installed to a staging directory, which then moves."""

    GENERATORS = {"static": "Unix Makefiles", "shared": "Ninja"}

    def __init__(self, kind, dir):
        need_cmake()
        self.kind, self.build = kind, dir / "build"
        generator = self.GENERATORS[kind]
        if generator == "Ninja" and not shutil.which("ninja"):
            generator = "Unix Makefiles"
        configure(TOP, self.build, "-G", generator, "-DCMAKE_C_FLAGS=-O0",
                  "-DCMAKE_C_FLAGS_RELEASE=", "-DCMAKE_INSTALL_PREFIX=/opt/kv",
                  "-DCMAKE_INSTALL_LIBDIR=lib",
                  "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                  "-DBUILD_SHARED_LIBS=%s" % (kind == "shared"))
        cmake_build(self.build)
        self.install(dir / "first")
        self.prefix = dir / "moved"
        (dir / "first/opt/kv").rename(self.prefix)

    def install(self, destdir):
        cmake_build(self.build, "install", DESTDIR=destdir)
        return destdir / "opt" / "kv"

    def pkg_config(self, *words):
        need("pkg-config")
        return passes("pkg-config", *words, "kv", PKG_CONFIG_PATH=self.prefix /
                      "lib" / "pkgconfig").split()


@pytest.fixture(scope="module")
def kits(tmp_path_factory):
    made = {}

    def kit(kind):
        if kind not in made:
            made[kind] = Kit(kind, tmp_path_factory.mktemp(kind))
        return made[kind]

    return kit


@pytest.fixture(params=KINDS)
def kit(kits, request):
    return kits(request.param)


def test_tree(kit):
    libraries = {"static": {"libkv.a"}, "shared": {
        "libkv.so", SONAME, "libkv.so." + VERSION}}[kit.kind]
    installed = files(kit.prefix)
    assert set(installed) == {
        "bin/kv", "include/kv.h", "lib/pkgconfig/kv.pc",
        "lib/cmake/kv/kvConfig.cmake", "lib/cmake/kv/kvConfigVersion.cmake",
        "lib/cmake/kv/kvTargets.cmake",
        "lib/cmake/kv/kvTargets-release.cmake", "share/doc/kv/LICENSE",
        *("lib/" + name for name in libraries)}
    assert installed["include/kv.h"].decode() == HEADER
    assert os.access(str(kit.prefix / "bin" / "kv"), os.X_OK)
    for name, content in installed.items():
        if not name.startswith(("bin/", "lib/libkv.")):
            assert str(kit.build).encode() not in content, name
            assert str(TOP).encode() not in content, name


def test_install_again(kit, tmp_path):
    again = kit.install(tmp_path / "again")
    assert files(again) == files(kit.prefix)
    assert sorted(os.listdir(str(tmp_path))) == ["again"]


def test_program(kit, tmp_path):
    """The installed program tells its version, serves, ends by SIGTERM."""
    program = str(kit.prefix / "bin" / "kv")
    assert passes(program, "--version").startswith("kv %s " % VERSION)
    with subprocess.Popen([program, "--port", "0", "--unixsocket", "s"],
                          cwd=str(tmp_path), stdout=subprocess.PIPE) as server:
        try:
            assert b"listens on" in server.stdout.readline()
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(20)
                s.connect(os.path.relpath(str(tmp_path / "s")))
                with s.makefile("rwb") as f:
                    f.write(b"SET k v\r\nGET k\r\nQUIT\r\n")
                    f.flush()
                    assert f.read() == b"+OK\r\n$1\r\nv\r\n+OK\r\n"
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0


def test_exports(kits):
    """The shared library has what kv.h declares and nothing else; the program
    shows nothing."""
    kit = kits("shared")
    assert shared_exports(kit.prefix / "lib" / "libkv.so") == functions()
    assert not of_kv(exported(kit.prefix / "bin" / "kv", "-D"))
    line = compile_lines(kit.build)["kv-library", "kv.c"]
    assert "-fvisibility=hidden" in line
    assert '-DKVAPI=__attribute__((visibility("default")))' in line


def test_static_symbols(kits):
    """The static library has the same, and may be linked into anything, where
    nothing outside of that file sees it."""
    need("readelf")
    kit = kits("static")
    assert "-fPIC" in compile_lines(kit.build)["kv-library", "kv.c"]
    library = kit.prefix / "lib" / "libkv.a"
    assert exported(library) == functions()
    rows = [line.split() for line in passes(
        "readelf", "-sW", library).splitlines()]
    kinds = {row[5] for row in rows if len(row) == 8 and
             row[4] == "GLOBAL" and row[6] != "UND"}
    assert kinds == {"HIDDEN"}


def test_soname(kits):
    need("readelf")
    lib = kits("shared").prefix / "lib"
    assert "soname: [%s]" % SONAME in passes("readelf", "-d", lib / "libkv.so")
    assert os.readlink(str(lib / "libkv.so")) == SONAME
    assert os.readlink(str(lib / SONAME)) == "libkv.so." + VERSION


def test_pkg_config(kit):
    """kv.pc follows the tree; what a static link needs is where it is looked
    for."""
    assert kit.pkg_config("--modversion") == [VERSION]
    (include,) = kit.pkg_config("--cflags")
    assert include[:2] == "-I" and os.path.samefile(
        include[2:], str(kit.prefix / "include"))
    where, *libraries = kit.pkg_config("--libs")
    assert where[:2] == "-L" and os.path.samefile(
        where[2:], str(kit.prefix / "lib"))
    private = ["-lm", "-pthread"]
    assert libraries == ["-lkv"] + (private if kit.kind == "static" else [])
    assert kit.pkg_config("--static", "--libs")[1:] == ["-lkv"] + private


def test_versions(kits, tmp_path):
    """find_package takes this version and older ones of the same interface."""
    good = ["%d.%d" % (MAJOR, MINOR), VERSION, VERSION + ";EXACT"]
    bad = ["%d.%d.%d" % (MAJOR, MINOR, PATCH + 1), "%d.%d" % (MAJOR, MINOR + 1),
           "%d.%d" % (MAJOR + 1, MINOR), "%d.%d.%d;EXACT" % (
               MAJOR, MINOR, PATCH + 1)]
    if MAJOR == 0 and MINOR:
        bad.append("0.%d" % (MINOR - 1))
    lines = ["cmake_minimum_required(VERSION 3.13)", "project(probe CXX)"]
    for version in good + bad:
        lines += ["unset(kv_DIR CACHE)",
                  "find_package(kv %s QUIET)" % version.replace(";", " "),
                  'message(STATUS "found %s: ${kv_FOUND} ${kv_VERSION}")' %
                  version.replace(";", " ")]
    (tmp_path / "CMakeLists.txt").write_text("\n".join(lines) + "\n")
    out = configure(tmp_path, tmp_path / "build",
                    "-DCMAKE_PREFIX_PATH=%s" % kits("static").prefix)
    found = re.findall(r"^-- found (.*?): (\w+) (.*)$", out, re.M)
    assert found == ([(v.replace(";", " "), "1", VERSION) for v in good] +
                     [(v.replace(";", " "), "0", VERSION) for v in bad])


# ---- CMake -------------------------------------------------------------------


def test_switches_are_all_there():
    text = (TOP / "CMakeLists.txt").read_text()
    assert SWITCHES and SWITCHES == re.search(
        r"foreach\(name ([A-Z0-9 ]+)\)", text).group(1).split()


def test_switches(tmp_path):
    """Each reaches the compiler of both targets, by value, and goes again."""
    need_cmake()

    def switches(*values):
        configure(TOP, tmp_path, "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                  *("-DKV_%s=%s" % pair for pair in zip(SWITCHES, values)))
        found = {target: sorted(w for w in line if w.startswith("-DKV_"))
                 for (target, _), line in compile_lines(tmp_path).items()}
        assert set(found) == {"kv", "kv-library"}
        library = found["kv-library"]
        assert found["kv"] == sorted(library + ["-DKV_MAIN=1"])
        return library

    assert switches() == []
    for i, name in enumerate(SWITCHES):
        values = [""] * len(SWITCHES)
        for value, number in ("ON", 1), ("OFF", 0):
            values[i] = value
            assert switches(*values) == ["-DKV_%s=%d" % (name, number)]
    number = len(SWITCHES)
    assert switches(*["OFF"] * number) == sorted(
        "-DKV_%s=0" % name for name in SWITCHES)
    assert switches(*[""] * number) == []


def test_multi_config(tmp_path):
    """The target kv is the program, without the library; all is both. The
    build directory can be found as a package."""
    need_cmake(3, 17)
    need("ninja")
    build = tmp_path / "build"
    configure(TOP, build, "-G", "Ninja Multi-Config",
              "-DCMAKE_C_FLAGS_DEBUG=-O0", "-DCMAKE_C_FLAGS_RELEASE=-O0")
    cmake_build(build, "kv", "--config", "Release")
    made = [f for f in files(build) if re.match(r"\w+/(lib)?kv[.\w]*$", f)]
    assert made == ["Release/kv"]
    assert VERSION in passes(build / "Release" / "kv", "--version")
    cmake_build(build, "all", "--config", "Debug")
    made = [f for f in files(build) if re.match(r"\w+/(lib)?kv[.\w]*$", f)]
    assert sorted(made) == ["Debug/kv", "Debug/libkv.a", "Release/kv"]
    project = consumers(tmp_path)
    configure(project / "find_package", tmp_path / "app", "-Dkv_DIR=%s" % build)
    cmake_build(tmp_path / "app")
    assert passes(tmp_path / "app" / "app") == SAYS


def test_generators(kits):
    """Program and library stand beside each other."""
    for kind in KINDS:
        kit = kits(kind)
        assert VERSION in passes(kit.build / "kv", "--version")
        assert (kit.build / ("libkv.a" if kind == "static" else
                             "libkv.so")).is_file()


# ---- Consumers ---------------------------------------------------------------


def consumers(dir):
    """A copy of the projects."""
    project = dir / "consumers"
    if not project.exists():
        shutil.copytree(str(CONSUMERS), str(project))
    return project


def make(project, *variables, **env):
    need("make")
    for tool in "CC", "CXX":
        if not any(v.startswith(tool + "=") for v in variables):
            variables += ("%s=%s" % (tool, ENV[tool]),)
    return passes("make", "-j2", "CFLAGS=-O0", "KV=%s" % TOP, *variables,
                  cwd=project, **env)


@pytest.mark.parametrize("language", ("C", "CXX"))
@pytest.mark.parametrize("generator", ("Unix Makefiles", "Ninja"))
def test_find_package(kit, tmp_path, generator, language):
    """Also from a project that has no C."""
    if generator == "Ninja":
        need("ninja")
    project = consumers(tmp_path) / "find_package"
    if language == "CXX":
        need(CXX[0])
        text = (project / "CMakeLists.txt").read_text()
        (project / "app.cc").write_text(
            (project / "../app.c").read_text().replace("app.h", "../app.h"))
        (project / "CMakeLists.txt").write_text(text.replace(
            "LANGUAGES C)", "LANGUAGES CXX)").replace("../app.c", "app.cc"))
    out = configure(project, tmp_path / "build", "-G", generator,
                    "-DCMAKE_PREFIX_PATH=%s" % kit.prefix)
    assert "Warning" not in out
    cmake_build(tmp_path / "build")
    assert passes(tmp_path / "build" / "app") == SAYS


def test_add_subdirectory(tmp_path):
    """Nothing of kv is installed, tested, or set for the other project."""
    need_cmake()
    build = tmp_path / "build"
    for _ in range(2):      # the second time there is a cache
        out = configure(consumers(tmp_path) / "add_subdirectory", build,
                        "-DKV=%s" % TOP, "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                        "-DCMAKE_C_FLAGS=-O0",
                        "-DCMAKE_INSTALL_PREFIX=%s" % (tmp_path / "prefix"))
        assert "Warning" not in out
        lines = compile_lines(build)
        assert "-DKV_THREADS=0" in lines["kv-library", "kv.c"]
        assert [w for w in lines["app", "app.c"] if w[0] == "-" and
                w not in ("-o", "-c")] == ["-I%s" % TOP, "-O0"]
    cache = (build / "CMakeCache.txt").read_text()
    assert "BUILD_SHARED_LIBS" not in cache
    assert re.search(r"^CMAKE_BUILD_TYPE:\w+=$", cache, re.M)

    cmake_build(build)
    app = build / "app"
    assert passes(app) == SAYS
    assert not of_kv(exported(app, "-D"))
    assert not (build / "kv" / "kv").exists()
    passes(*CMAKE, "-P", "cmake_install.cmake", cwd=build)
    assert not (tmp_path / "prefix").exists()
    for name in files(build):
        assert "CTestTestfile" not in name

    cmake_build(build, "kv")
    assert VERSION in passes(build / "kv" / "kv", "--version")


def test_outer_project(tmp_path):
    """A shared library for a project that hides everything and puts all of its
    outputs in one place; with a target kv of its own, and install rules."""
    need_cmake()
    build = tmp_path / "build"
    (tmp_path / "app.c").write_text((CONSUMERS / "app.c").read_text())
    (tmp_path / "app.h").write_text((CONSUMERS / "app.h").read_text())
    (tmp_path / "CMakeLists.txt").write_text("""\
cmake_minimum_required(VERSION 3.13)
project(outer C)
foreach(kind RUNTIME LIBRARY ARCHIVE)
  set(CMAKE_${kind}_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/out")
endforeach()
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(KV_INSTALL ON)
set(BUILD_SHARED_LIBS ON)
add_executable(kv app.c)
add_subdirectory("%s" third-party-kv)
add_library(mine STATIC app.c)
target_link_libraries(mine PRIVATE kv::kv)
target_link_libraries(kv PRIVATE kv::kv)
install(TARGETS kv mine EXPORT mine RUNTIME DESTINATION bin
  ARCHIVE DESTINATION lib)
install(EXPORT mine DESTINATION lib/cmake/mine)
""" % TOP)
    configure(tmp_path, build, "-DCMAKE_C_FLAGS=-O0",
              "-DCMAKE_INSTALL_PREFIX=/outer", "-DCMAKE_INSTALL_LIBDIR=lib")
    cmake_build(build, "install", DESTDIR=tmp_path / "dest")
    assert passes(build / "out" / "kv") == SAYS
    assert of_kv(exported(build / "out" / "libkv.so", "-D")) == functions()
    dest = tmp_path / "dest" / "outer"
    assert passes(dest / "bin" / "kv", LD_LIBRARY_PATH=dest / "lib") == SAYS
    assert {"bin/kv", "lib/libkv.so", "include/kv.h", "lib/libmine.a",
            "lib/cmake/kv/kvConfig.cmake"} <= set(files(dest))


def test_fetchcontent(tmp_path):
    """An archive needs no more than these files."""
    need_cmake(3, 14)
    source = tmp_path / "kv-" / VERSION
    source.mkdir(parents=True)
    for name in "kv.c", "kv.h", "CMakeLists.txt":
        shutil.copy(str(TOP / name), str(source))
    archive = shutil.make_archive(str(tmp_path / "kv"), "gztar",
                                  str(source.parent), VERSION)
    out = configure(consumers(tmp_path) / "fetchcontent", tmp_path / "build",
                    "-DKV_URL=file://%s" % archive, "-DCMAKE_C_FLAGS=-O0")
    assert "Warning" not in out
    cmake_build(tmp_path / "build")
    assert passes(tmp_path / "build" / "app") == SAYS


def test_pkg_config_project(kit, tmp_path):
    need("pkg-config", "readelf")
    project = consumers(tmp_path) / "pkg-config"
    lib = kit.prefix / "lib"
    make(project, PKG_CONFIG_PATH=lib / "pkgconfig")
    path = {"LD_LIBRARY_PATH": lib} if kit.kind == "shared" else {}
    assert passes(project / "app", **path) == SAYS
    needed = passes("readelf", "-d", project / "app")
    assert (SONAME in needed) == (kit.kind == "shared")


def test_plain(tmp_path):
    project = consumers(tmp_path) / "plain"
    make(project)
    assert passes(project / "app") == SAYS
    names = exported(project / "app")
    assert set(functions()) <= set(names)


@pytest.mark.parametrize("flags", ("-std=c99 -O1", "-std=gnu11 -O0") if LONG
                         else ("-std=c99 -O0",))
@pytest.mark.parametrize("compiler", ("gcc", "clang"))
def test_kv_static(tmp_path, compiler, flags):
    need(compiler)
    project = consumers(tmp_path) / "kv_static"
    make(project, "CC=" + compiler,
         "CFLAGS=%s -Wall -Wextra -Werror" % flags)
    assert passes(project / "app") == (SAYS.replace("app", "one") +
                                       SAYS.replace("app", "two"))
    assert exported(project / "one.o") == ["one"]
    assert exported(project / "two.o") == ["two"]
    assert not of_kv(exported(project / "app"))


def test_cxx(tmp_path):
    need(CXX[0])
    project = consumers(tmp_path) / "cxx"
    make(project, "CXXFLAGS=-std=c++11 -O0 -pedantic -Wall -Wextra -Werror")
    assert passes(project / "app") == SAYS


def test_shared_library(kits, tmp_path):
    """The static library fits into the user's shared one and is not seen."""
    build = tmp_path / "build"
    configure(consumers(tmp_path) / "shared_library", build,
              "-DCMAKE_PREFIX_PATH=%s" % kits("static").prefix)
    cmake_build(build)
    assert passes(build / "app") == SAYS.replace("app", "part")
    names = exported(build / "libpart.so", "-D")
    assert "part" in names and not of_kv(names)


def test_hidden(tmp_path):
    """A program with -rdynamic does not show kv."""
    project = consumers(tmp_path) / "hidden"
    make(project)
    assert passes(project / "app") == SAYS
    names = exported(project / "app", "-D")
    assert "main" in names and not of_kv(names)


SHARED = {
    "inside": (["-DKV_STATIC"], ["part"]),
    "hidden": (["-fvisibility=hidden"], ["part"]),
    "shown": (["-fvisibility=hidden",
               '-DKVAPI=__attribute__((visibility("default")))'],
              functions() + ["part"]),
}


@pytest.mark.parametrize("how", SHARED)
def test_shared_by_hand(tmp_path, how):
    """What a shared library made of kv.c exports is up to its maker."""
    flags, names = SHARED[how]
    source, library = tmp_path / "part.c", tmp_path / "part.so"
    source.write_text("""\
#include "kv.c"
__attribute__((visibility("default"))) int part(void);
int part(void) { return kv_version_number(); }
""")
    passes(*CC, "-std=c99", "-O0", "-Wall", "-Wextra", "-Werror", "-fPIC",
           "-shared", *flags, "-I", TOP, "-o", library, source, "-lm",
           "-pthread")
    assert shared_exports(library) == names


def test_musl(tmp_path):
    """One file without an interpreter."""
    need("musl-gcc", "readelf")
    project = consumers(tmp_path) / "musl"
    make(project, "CC=musl-gcc")
    assert passes(project / "app") == SAYS
    assert "INTERP" not in passes("readelf", "-lW", project / "app")


def test_sanitized(tmp_path):
    """The flags are those of the whole project; KV_MEM=OFF lets the sanitizer
    see each block."""
    need_cmake()
    if not Builder(tmp_path).has(CC, *SANITIZERS):
        pytest.skip("%s does not do %s" % (CC[0], " ".join(SANITIZERS)))
    build = tmp_path / "build"
    configure(consumers(tmp_path) / "add_subdirectory", build, "-DKV=%s" % TOP,
              "-DKV_MEM=OFF", "-DKV_DEBUG=ON", "-DCMAKE_BUILD_TYPE=Debug",
              "-DCMAKE_C_FLAGS=" + " ".join(SANITIZERS))
    cmake_build(build, "app")
    assert passes(build / "app") == SAYS


def test_projects_are_listed():
    """Each project is in the list, and in a test."""
    projects = sorted(d.name for d in CONSUMERS.iterdir() if d.is_dir())
    text = (CONSUMERS / "README.md").read_text()
    listed = re.findall(r"^\| `(.*?)` \|", text, re.M)
    assert sorted(listed) == projects
    with open(__file__) as f:
        tests = f.read()
    for name in projects:
        assert 'consumers(tmp_path) / "%s"' % name in tests
