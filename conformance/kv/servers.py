"""Starting and stopping the servers under test: 'kv' and 'redis'."""

import functools
import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time

from conformance.conn import TIMEOUT, Closed, Conn

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("kv", "redis")
quote = shlex.quote


def command(kind):
    """The command line without options, or None when there is no server."""
    if kind == "redis":
        found = shutil.which("redis-server")
        return found and [found, "--save", "", "--appendonly", "no",
                          "--proto-max-bulk-len", "512mb"]
    line = shlex.split(os.environ.get("KV_BINARY", "")) or [
        os.path.join(HERE, "..", "..", "kv")]
    return line if shutil.which(line[0]) else None


def is_script():
    """Whether the program is started by a script that sets it up."""
    line = command("kv")
    if not line:
        return False
    with open(shutil.which(line[0]), "rb") as f:
        return f.read(2) == b"#!"


@functools.lru_cache(maxsize=None)
def sanitized():
    """Whether the program has sanitizers: it needs more of everything. Where a
    script starts it, KV_SANITIZED tells."""
    line = command("kv")
    if "KV_SANITIZED" in os.environ or not line:
        return "KV_SANITIZED" in os.environ
    with open(shutil.which(line[0]), "rb") as f:
        return b"__asan_init" in f.read()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A private server process; `kind`, `port`, `pid`, `dir`."""

    def __init__(self, kind, *options):
        line = command(kind)
        assert line, "%s: no binary; build it or set KV_BINARY" % kind
        self.kind = kind
        self.dir = tempfile.mkdtemp(prefix="conformance-")
        self.ended = False      # ended on purpose
        for last in (False, False, True):   # a free port may be taken again
            self.port = free_port()
            self.line = line + [
                "--port", str(self.port), "--bind", "127.0.0.1",
                "--enable-debug-command", "yes"] + list(map(str, options))
            if self._start() or last:
                break
        self.pid = self.process.pid
        if self.process.poll() is not None:
            raise AssertionError("no start: " + self.story())

    def _start(self):
        with open(os.path.join(self.dir, "log"), "ab") as log:
            self.process = subprocess.Popen(
                self.line, cwd=self.dir, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)
        end = time.monotonic() + 2 * TIMEOUT
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with self.connect() as c:
                    c.cmd("PING")
                return True
            except (OSError, Closed):
                time.sleep(0.005)
        return False

    def connect(self, **how):
        return Conn(self.port, **how)

    def alive(self):
        return self.process.poll() is None

    def log(self):
        with open(os.path.join(self.dir, "log"), "rb") as f:
            return f.read().decode("utf-8", "replace")

    def story(self):
        return "%s\nexit code %s, output:\n%s" % (
            shlex.join(self.line), self.process.poll(), self.log()[-4000:])

    def wait(self):
        """Its exit code, where the test itself ends it."""
        self.ended = True
        return self.process.wait(2 * TIMEOUT)

    def stop(self):
        """Ends it; an earlier death or a bad exit code is an error."""
        died = not self.ended and not self.alive()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(2 * TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        story = self.story()
        shutil.rmtree(self.dir, ignore_errors=True)
        if died:
            raise AssertionError("the server died: " + story)
        if not self.ended and self.process.returncode != 0:
            raise AssertionError("bad end: " + story)
