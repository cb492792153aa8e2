"""Compiling what several tests need, once: what a compiler call made is kept
in build/objects, under a name that is a digest of the call and of every source
file here. Tests that run side by side wait for the one that compiles."""

import fcntl
import functools
import hashlib
import os
import subprocess
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
KEPT = TOP / "build" / "objects"
PLACES = (".", "conformance/kv/api", "conformance/kv/white",
          "conformance/durability", "conformance/examples", "fuzz")
DAY = 86400

# What compilers tell debuggers and sanitizers: names and lines. The places of
# variables would take a third of their time.
LINES = "-g1"

# Whether what takes long is done at length: see conformance/README.md.
LONG = os.environ.get("KV_LONG", "") not in ("", "0")


@functools.lru_cache(maxsize=None)
def sources():
    """A digest of every file that a compiler may read."""
    sum = hashlib.sha256()
    for place in PLACES:
        for path in sorted((TOP / place).glob("*.[ch]*")):
            if not path.is_file():
                continue
            data = path.read_bytes()
            sum.update(b"%s %d\n" % (os.fsencode(path.name), len(data)) + data)
    return sum.digest()


@functools.lru_cache(maxsize=None)
def version(compiler):
    try:
        return subprocess.run([*compiler, "--version"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout
    except OSError:
        return b""


@functools.lru_cache(maxsize=None)
def place():
    """Where things are kept; what is older than a day goes."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for path in KEPT.iterdir():
        try:
            if path.stat().st_mtime < time.time() - DAY:
                path.unlink()
        except OSError:     # another one was faster
            pass
    return KEPT


def compiled(out, compiler, *words):
    """(path, output): runs a compiler for a file with a name that ends in
    `out`, unless that was done before. The path is None when it failed."""
    words = [str(word) for word in words]
    sum = hashlib.sha256(sources() + version(tuple(compiler)))
    sum.update("\0".join([*compiler, *words, out]).encode())
    path = place() / ("%s-%s" % (sum.hexdigest()[:20], out))
    with open("%s.lock" % path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            os.utime(path)
            return path, ""
        new = path.with_name("new-" + path.name)
        done = subprocess.run([*compiler, "-o", str(new), *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=600)
        text = done.stdout.decode("utf-8", "replace")
        if done.returncode:
            return None, text or "exit code %d" % done.returncode
        new.rename(path)
        return path, text
