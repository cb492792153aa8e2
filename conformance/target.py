"""The server under test: an address, or a command that starts it."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import time

from .case import COMMANDS, command_of, requests
from .conn import TIMEOUT, Closed, Conn, Late
from .resp import (Array, Err, Int, Null, NullArray, NullBulk, ProtocolError,
                   Simple, encode)

NO_SERVER, BAD_PASSWORD, NOT_RESP, NOT_EMPTY, BAD_START = (
    "no-server", "bad-password", "not-resp", "not-empty", "bad-start")


class TargetError(Exception):
    """Why there is nothing to test; `kind` decides the exit code."""

    def __init__(self, kind, text):
        self.kind = kind
        Exception.__init__(self, text)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    # a cluster's second port is 10000 above the first
    return port if port < 55536 else free_port()


def parse_address(text):
    """HOST:PORT, :PORT, [V6]:PORT, unix:PATH or /PATH -> Conn's arguments."""
    if text.startswith("unix:") or text.startswith("/"):
        return {"path": text[5:] if text.startswith("unix:") else text}
    found = re.match(r"(?:\[([^]]+)\]|([^:\[\]]*)):([0-9]{1,5})\Z", text)
    if not found or int(found.group(3)) > 65535:
        raise ValueError("%r is no address: HOST:PORT or unix:PATH" % text)
    return {"host": found.group(1) or found.group(2) or "127.0.0.1",
            "port": int(found.group(3))}


class Process:
    """A server that a command starts; {port}, {dir} and {socket} in it are
    filled in."""

    def __init__(self, command, options=""):
        self.dir = tempfile.mkdtemp(prefix="conformance-")
        self.socket = os.path.join(self.dir, "server.sock")
        for _ in range(3):      # a free port may be taken again meanwhile
            self.port = free_port()
            line = command.replace("{port}", str(self.port)).replace(
                "{dir}", self.dir).replace("{socket}", self.socket)
            self.line = shlex.split(line) + shlex.split(options)
            if os.path.exists(self.line[0]):    # it runs elsewhere
                self.line[0] = os.path.abspath(self.line[0])
            try:
                with open(self.log_path(), "ab") as log:
                    self.process = subprocess.Popen(
                        self.line, cwd=self.dir, stdin=subprocess.DEVNULL,
                        stdout=log, stderr=subprocess.STDOUT)
            except OSError as e:
                shutil.rmtree(self.dir, ignore_errors=True)
                raise TargetError(BAD_START, "cannot start %s: %s" % (
                    self.line[0], e.strerror))
            self.address = ({"path": self.socket} if "{socket}" in command
                            else {"port": self.port})
            if self._wait():
                return
        story = self.story()
        self.stop()
        raise TargetError(BAD_START, "the server does not start: " + story)

    def log_path(self):
        return os.path.join(self.dir, "output")

    def _wait(self):
        end = time.monotonic() + 10
        while time.monotonic() < end and self.process.poll() is None:
            try:
                Conn(**self.address).close()
                return True
            except OSError:
                time.sleep(0.005)
        return False

    def alive(self):
        return self.process.poll() is None

    def story(self):
        with open(self.log_path(), "rb") as f:
            text = f.read().decode("utf-8", "replace")
        return "%s\nexit code %s, output:\n%s" % (
            " ".join(map(shlex.quote, self.line)), self.process.poll(),
            text[-4000:])

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Target:
    """`own`: the process was started here, so all is allowed."""

    def __init__(self, address=None, command=None, password=None, user=None,
                 timeout=TIMEOUT, destructive=False, options=""):
        self.command, self.password, self.user = command, password, user
        self.timeout = timeout
        self.process = command and Process(command, options)
        self.own = bool(command)
        self.destructive = self.own or destructive
        self.address = self.process.address if command else address
        self.control_conn = None
        self.saved = {}         # parameters to set back
        self.users = None       # those of the server, not of cases
        self.flush_first = False
        self.empty = False      # without keys before the first case

    def name(self):
        if self.command:
            return self.command
        if "path" in self.address:
            return "unix:" + self.address["path"]
        return "%s:%d" % (self.address.get("host", "127.0.0.1"),
                          self.address["port"])

    def stop(self):
        if self.control_conn:
            self.control_conn.close()
            self.control_conn = None
        if self.process:
            self.process.stop()

    # -- connections

    def raw(self):
        try:
            return Conn(timeout=self.timeout, **self.address)
        except OSError as e:
            raise TargetError(NO_SERVER, "no server answers at %s: %s" % (
                self.name(), e.strerror or e))

    def connect(self, proto, case=None):
        """A connection that is logged in; a case with a password of its own
        does that itself."""
        conn = self.raw()
        if case and case.options and "requirepass" in case.options:
            return conn
        if self.password is not None:
            login(conn, self.user, self.password)
        flush = self.flush_first and case is not None
        self.flush_first = self.flush_first and not flush
        conn.send((encode("FLUSHALL") if flush else b"") +
                  (encode("HELLO", 3) if proto == 3 else b""))
        if flush:
            conn.read()
        if proto == 3:
            conn.switch(3)
        del conn.log[:]
        return conn

    def control(self):
        if self.control_conn is None or self.control_conn.closed:
            self.control_conn = self.connect(2)
        return self.control_conn

    def ask(self, *words):
        try:
            return self.control().cmd(*words)
        except (Closed, Late, ProtocolError, OSError):
            self.control_conn = None
            return self.control().cmd(*words)

    def barrier(self):
        """Returns when the server has read what was sent to it before."""
        self.ask("ECHO", "barrier")

    def alive(self):
        if self.process:
            if not self.process.alive():
                return False
        try:
            with self.connect(2) as c:
                c.fence()
            return True
        except (Closed, Late, ProtocolError, OSError, TargetError):
            return False

    # -- the keyspace between cases

    def prepare(self, case):
        """An empty keyspace, and the case's parameters."""
        self.control()      # a client of its own, from the first case on
        if not self.destructive:
            self._delete(case)
        elif case.config or "requirepass" in (case.options or ()):
            self.ask("FLUSHALL")
        else:
            self.flush_first = True     # in front of what connect() says
        if "ACL" in case.commands() and self.users is None:
            self.users = self._users()
        for name in parameters(case):
            got = self.ask("CONFIG", "GET", name)
            if getattr(got, "v", None) and len(got.v) == 2:
                self.saved[name] = got.v[1].v
        for name, value in case.config.items():
            self.ask("CONFIG", "SET", name, value)

    def restore(self, case, keys=(), logs=()):
        """Takes back what reaches beyond keys; `keys` are those that a script
        used, `logs` what was said."""
        for name, value in self.saved.items():
            self.ask("CONFIG", "SET", name, value)
        self.saved = {}
        if not self.destructive:
            self._delete(case, keys)
            if self.empty:
                self._sweep(b"".join(data for log in logs for way, data in log
                                     if way == ">"))
            return
        used = case.commands()
        if "CLIENT PAUSE" in used:
            self.ask("CLIENT", "UNPAUSE")
        if "FUNCTION" in used:
            self.ask("FUNCTION", "FLUSH")
        if used & {"SCRIPT", "EVAL", "EVAL_RO"}:
            self.ask("SCRIPT", "FLUSH")
        if "ACL" in used:
            for user in self._users() - self.users:
                self.ask("ACL", "DELUSER", user)

    def _users(self):
        got = self.ask("ACL", "USERS")
        return {u.v for u in got.v} if isinstance(got, Array) else set()

    def _sweep(self, sent):
        """Deletes what a case left in any database of a server that was
        empty: keys out of raw bytes, scripts, after SELECT. A key that it
        did not name belongs to somebody else."""
        got = self.ask("INFO", "keyspace")
        for db in re.findall(rb"db([0-9]+):keys=[1-9]", got.v if isinstance(
                got.v, bytes) else b""):
            self.ask("SELECT", db)
            found = self.ask("KEYS", "*")
            keys = [k.v for k in found.v if k.v in sent] if isinstance(
                found, Array) else []
            if keys:
                self.ask("DEL", *keys)
            self.ask("SELECT", 0)

    def _delete(self, case, more=()):
        keys = sorted(case.keys().union(more, *[
            raw_keys(s.raw) for s in case.steps if s.words is None]))
        if keys:
            self.ask("DEL", *keys)

    # -- what it is

    def greet(self):
        """Raises a TargetError unless a RESP server answers that lets us
        in."""
        conn = self.raw()
        try:
            if self.password is not None:
                login(conn, self.user, self.password)
            got = conn.cmd("PING")
            if isinstance(got, Err) and got.v.startswith(b"NOAUTH"):
                raise TargetError(BAD_PASSWORD, "%s asks for a password: "
                                  "--password" % self.name())
            if got != Simple("PONG"):
                raise TargetError(NOT_RESP, "%s answers PING with %r" % (
                    self.name(), got))
            if conn.fence():
                raise TargetError(NOT_RESP, "%s answers ECHO wrongly" %
                                  self.name())
        except ProtocolError as e:
            raise TargetError(NOT_RESP, "%s speaks no RESP: %s" % (
                self.name(), e))
        except Closed:
            raise TargetError(NOT_RESP, "%s closes the connection instead of "
                              "an answer to PING" % self.name())
        except Late:
            raise TargetError(NOT_RESP, "%s does not answer PING in %g s" % (
                self.name(), self.timeout))
        finally:
            conn.close()

    def size(self):
        """Keys in all its databases; None when it does not say."""
        got = self.ask("INFO", "keyspace")
        if not isinstance(got.v, bytes) or isinstance(got, Err):
            got = self.ask("DBSIZE")
            return got.v if isinstance(got, Int) else None
        return sum(int(n) for n in re.findall(rb"keys=([0-9]+)", got.v))

    def knows(self, name):
        """Does it have the command? None when it cannot say."""
        words = name.lower().split()
        got = self.ask("COMMAND", "INFO", "|".join(words))
        if isinstance(got, Err) or type(got.v) is not tuple or not got.v:
            return None
        return not isinstance(got.v[0], (NullBulk, NullArray, Null))

    def version(self):
        """("redis", (7, 0, 15)) as INFO tells it, or None."""
        got = self.ask("INFO", "server")
        for dialect in ("valkey", "redis"):
            found = re.search(dialect.encode() + rb"_version:([0-9.]+)",
                              got.v if isinstance(got.v, bytes) else b"")
            if found:
                return dialect, tuple(
                    int(n) for n in found.group(1).decode().split(".") if n)
        return None

    def commands(self):
        """Those of Redis 7.0 that it says it has, or None."""
        out = set()
        for name in COMMANDS:
            has = self.knows(name)
            if has is None:
                return None
            if has:
                out.add(name)
        return out


def login(conn, user, password):
    got = conn.cmd("AUTH", *([user] if user else []) + [password])
    if isinstance(got, Err):
        raise TargetError(BAD_PASSWORD, "the password does not fit: " +
                          got.v.decode("utf-8", "replace"))


def raw_keys(raw):
    """The keys that raw bytes may name: rather too many than too few."""
    out = set()
    for words in list(requests(raw)) + [
            text.split() for text in raw[:65536].split(b"\n")]:
        command = words and command_of(words)
        if command:
            out.update(command.keys(words))
    return out


def parameters(case):
    """Every parameter that a case sets."""
    names = set(case.config)
    for step in case.steps:
        if step.words and [w.upper() for w in step.words[:2]] == [
                b"CONFIG", b"SET"]:
            names.update(w.decode("latin-1").lower()
                         for w in step.words[2::2])
    return sorted(n for n in names if re.match(r"[a-z0-9-]+\Z", n))
