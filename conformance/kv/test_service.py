"""The program as a service: start, stop, restart, status, the log, signals,
systemd, check, help."""

import contextlib
import fcntl
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

import pytest

from conformance.conn import TIMEOUT, Conn
from conformance.kv import servers
from conformance.kv.proc import until
from conformance.resp import Err, Simple, encode

pytestmark = [
    pytest.mark.parametrize("kind", ["kv"]),
    pytest.mark.skipif(not sys.platform.startswith("linux"),
                       reason="looks into /proc"),
]

OK, PONG = Simple("OK"), Simple("PONG")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
LINE = re.compile(
    r"(?P<pid>\d+):M (?P<day>\d\d) (?P<month>%s) (?P<year>\d{4}) "
    r"(?P<time>\d\d:\d\d:\d\d\.\d{3}) (?P<mark>[.*#-]) (?P<text>.*)\Z"
    % "|".join(MONTHS))
STARTED = re.compile(r"kv runs as process (\d+) on (\S+), log (\S+)\n\Z")
HOSTILE = b"a\nb\r\x1b[31m\x07\x7f\"'\\%s$x \xff"
ENV = {name: value for name, value in os.environ.items()
       if name not in ("NOTIFY_SOCKET", "XDG_RUNTIME_DIR")}
F_OFD_SETLK, F_SETPIPE_SZ = 37, 1031


def processes(mark):
    """The processes with this in their environment."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/environ" % name, "rb") as f:
                    if mark in b"\0" + f.read():
                        found.append(int(name))
            except OSError:
                pass
    return found


def stat(pid):
    """State, parent and session of a process."""
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rpartition(")")[2].split()
    return fields[0], int(fields[1]), int(fields[3])


def dead(pid):
    """Also while its parent has not looked."""
    try:
        return stat(pid)[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def ping(port, host="127.0.0.1"):
    with Conn(port, host) as c:
        return c.cmd("PING") == PONG


def text(path):
    with open(path, "rb") as f:
        return f.read().decode("utf-8", "surrogateescape")


def closed(*fds):
    """For preexec_fn: without these descriptors."""
    return lambda: [os.close(fd) for fd in fds]


class Service:
    """kv in a directory of its own: `port`, `pidfile`, `log`."""

    def __init__(self, where):
        self.dir = where
        self.port = servers.free_port()
        self.pidfile = os.path.join(where, "kv.pid")
        self.log = os.path.join(where, "kv.log")
        self.env = dict(ENV, KV_TEST_SERVICE=where)
        self.running = []

    def path(self, name, content=None):
        path = os.path.join(self.dir, name)
        if content is not None:
            with open(path, "w") as f:
                f.write(content)
        return path

    def how(self, more):
        how = dict(cwd=self.dir, stdin=subprocess.DEVNULL, env=self.env)
        how.update(more)
        return how

    def line(self, words):
        return servers.command("kv") + [
            w if isinstance(w, bytes) else str(w) for w in words]

    def run(self, *words, **how):
        """Runs the program to its end: (exit code, stdout, stderr). Nothing
        that it says has control bytes."""
        how = self.how(how)
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("timeout", TIMEOUT)
        p = subprocess.run(self.line(words), stderr=subprocess.PIPE, **how)
        out = p.stdout or b""
        for said in (out, p.stderr):
            assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", said), said
        return (p.returncode, out.decode("utf-8", "surrogateescape"),
                p.stderr.decode("utf-8", "surrogateescape"))

    def options(self, more):
        """The usual options and some more, which may begin with a file."""
        more = list(more)
        file = more and not str(more[0]).startswith("--") and [more.pop(0)]
        return (file or []) + ["--port", self.port, "--pidfile", self.pidfile,
                               "--logfile", self.log] + more

    def __call__(self, verb, *options, **how):
        """kv VERB with the usual options."""
        return self.run(verb, *self.options(options), **how)

    def start(self, *options, **how):
        """Its process, after a success."""
        code, out, err = self("start", *options, **how)
        assert code == 0 and err == "", (code, out, err)
        assert STARTED.match(out), out
        return int(STARTED.match(out).group(1))

    def stop(self, *options):
        code, out, err = self("stop", *options)
        assert code == 0 and err == "", (code, out, err)
        said = re.match(r"kv has ended \(it was process (\d+)\)\n\Z", out)
        until("it is gone", lambda: dead(int(said.group(1))))

    def serve(self, *options, **how):
        """The server in the foreground, once it answers."""
        process = subprocess.Popen(self.line(self.options(options)),
                                   **self.how(how))
        self.running.append(process)

        def answers():
            assert process.poll() is None
            try:
                return ping(self.port)
            except OSError:
                return False
        until("it answers", answers, 2 * TIMEOUT)
        return process

    def lines(self):
        """The log's lines, matched."""
        log = text(self.log)
        assert log.endswith("\n")
        found = [LINE.match(line) for line in log[:-1].split("\n")]
        assert all(found), log
        return found

    def texts(self):
        return [m.group("text") for m in self.lines()]

    def processes(self):
        return processes(b"\0KV_TEST_SERVICE=%s\0" % os.fsencode(self.dir))

    def end(self):
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.running:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


@pytest.fixture
def kv(kind, tmp_path):
    service = Service(str(tmp_path))
    yield service
    service.end()


def refused(result, *words):
    """Exit code 1, nothing on stdout, one line on stderr with these words."""
    code, out, err = result
    assert code == 1 and out == "", result
    assert err.startswith("kv: ") and err.endswith("\n"), err
    assert err.count("\n") == 1, err
    for word in words:
        assert str(word) in err, (word, err)


@contextlib.contextmanager
def answering(data):
    """A server that says the same to everybody; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            with contextlib.suppress(OSError):
                while True:
                    c, _ = listener.accept()
                    with c:
                        c.recv(1000)
                        c.sendall(data)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


# ---- start, stop, restart, status ----------------------------------------

def test_life(kv):
    code, out, err = kv("start")
    assert ping(kv.port)        # at once
    assert code == 0 and err == ""
    pid, address, log = STARTED.match(out).groups()
    assert address == "127.0.0.1:%d" % kv.port and log == kv.log
    assert text(kv.pidfile) == pid + "\n"
    assert kv.processes() == [int(pid)]

    code, out, err = kv("start")
    assert (code, err) == (0, "") and out.count("\n") == 1
    assert out.startswith("kv runs already as process %s (" % pid)
    assert kv.processes() == [int(pid)]

    with Conn(kv.port) as c:
        c.cmd("SET", "k", "v")
        c.cmd("SELECT", 3)
        c.cmd("MSET", "k", "v", "l", "v")
        code, out, err = kv("status")
    assert (code, err) == (0, "")
    first, *rest = out.splitlines()
    assert first == "kv runs as process %s on %s" % (pid, address)
    said = dict(re.match(r"  (pid file|\w+) +(.+)\Z", line).groups()
                for line in rest)
    assert re.match(r"\d+\.\d+\.\d+\Z", said["version"])
    assert re.match(r"0 d 0 h 0 min \d+ s\Z", said["up"])
    assert said["clients"] == "2" and said["keys"] == "3"
    assert re.match(r"[\d.]+[BKM]\Z", said["memory"])
    assert said["pid file"] == kv.pidfile and said["log"] == kv.log

    kv.stop()
    assert not os.path.exists(kv.pidfile)
    with pytest.raises(OSError):
        Conn(kv.port)
    for verb, code in (("stop", 0), ("status", 3)):
        assert kv(verb) == (
            code, "kv does not run (nobody holds %s)\n" % kv.pidfile, "")
    assert [t.partition(",")[0].split()[0] for t in kv.texts()] == [
        "kv", "ends:"]


def test_start_returns_when_it_answers(kv):
    began = time.monotonic()
    for _ in range(10):
        kv.start()
        assert ping(kv.port)
        kv.stop()
    print("start and stop: %.1f ms" % ((time.monotonic() - began) * 100))


def test_status_is_quick(kv):
    kv.start()
    took = []
    for _ in range(11):
        began = time.monotonic()
        assert kv("status")[0] == 0
        took.append((time.monotonic() - began) * 1000)
    print("status: median %.1f ms" % statistics.median(took))
    assert statistics.median(took) < 500    # 50 where nothing else runs


def test_status_of_a_killed_server(kv):
    pid = kv.start()
    os.kill(pid, signal.SIGKILL)
    until("it is dead", lambda: dead(pid))
    assert text(kv.pidfile) == "%d\n" % pid
    assert kv("status") == (1, "kv does not run; the process that wrote %s is "
                            "dead\n" % kv.pidfile, "")
    code, out, _ = kv("stop")
    assert code == 0 and out.startswith("kv does not run")
    again = kv.start()
    assert again != pid and text(kv.pidfile) == "%d\n" % again
    assert kv("status")[0] == 0


def test_status_of_a_stopped_process(kv):
    pid = kv.start()
    os.kill(pid, signal.SIGSTOP)
    until("it stands", lambda: stat(pid)[0] == "T")
    began = time.monotonic()
    code, out, err = kv("status")
    assert 1 < time.monotonic() - began < 4
    assert (code, err) == (4, "")
    assert out == ("kv runs as process %d but does not answer on "
                   "127.0.0.1:%d: no answer for 2000 ms\n" % (pid, kv.port))
    os.kill(pid, signal.SIGCONT)
    assert kv("status")[0] == 0


def test_another_server_on_that_port(kv, shared):
    redis = shared["redis"]
    code, out, err = kv("status", "--port", redis.port)
    assert (code, err) == (3, "") and out == (
        "kv does not run by %s, but a server answers on 127.0.0.1:%d "
        "(process %d)\n" % (kv.pidfile, redis.port, redis.pid))
    code, out, err = kv("stop", "--port", redis.port)
    assert code == 0 and out.startswith("kv does not run")
    refused(kv("start", "--port", redis.port), redis.port, "in use")
    assert redis.alive() and ping(redis.port)
    assert kv.processes() == [] and not os.path.exists(kv.pidfile)


@pytest.mark.parametrize("said", [
    b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b":5\r\n", b"$-1\r\n", b"_\r\n",
    b"*2\r\n+a\r\n+b\r\n", b"$999999999\r\nabc", b"-ERR \x1b[31mno\x07\r\n",
    encode(b"process_id:1\x1b[31m\x07\nkv_version:\x1b]0;x\x07\n")[4:],
    encode(b"db0:keys=9223372036854775807,a\r\n"
           b"db1:keys=9223372036854775807,a\r\n")[4:],
    encode(b"uptime_in_seconds:-5\r\ndb0:keys=-7,a\r\n")[4:]],
    ids=["http", "nothing", "number", "nil", "null", "array", "half", "error",
         "escapes", "big", "negative"])
def test_strange_answers(kv, said):
    """They are shown without control bytes and break nothing."""
    with answering(said) as port:
        code, out, err = kv("status", "--port", port)
        assert (code, err) == (3, "") and out.count("\n") == 1
        # and where a kv has the pid file
        socket_path = kv.path("s")
        kv.start("--port", 0, "--unixsocket", socket_path)
        code, out, err = kv("status", "--port", port)
        assert code in (0, 4) and err == "", (code, out, err)
        assert code == 0 or out.count("\n") == 1
        assert "-" not in "".join(re.findall(r"  (?:keys|up) +(.*)", out))


def test_two_starts_at_once(kv):
    """One server, and who comes second is right to say that it runs."""
    results = []

    def start():
        result = kv("start")
        results.append((result, result[0] == 0 and ping(kv.port)))

    for _ in range(6):
        results.clear()
        threads = [threading.Thread(target=start) for _ in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert len(kv.processes()) == 1
        assert text(kv.pidfile) == "%d\n" % kv.processes()[0]
        assert len(results) == 2
        for (code, out, err), answers in results:
            assert code == 0 and err == "" and answers, results
        kv.stop()


def test_restart(kv):
    code, out, err = kv("restart")
    assert (code, err) == (0, "") and ping(kv.port)
    assert out.splitlines()[0].startswith("kv does not run")
    first = int(text(kv.pidfile))
    code, out, err = kv("restart", "--timeout", "7")
    assert (code, err) == (0, "") and out.count("\n") == 2
    ended, runs = out.splitlines(True)
    assert ended == "kv has ended (it was process %d)\n" % first
    second = int(STARTED.match(runs).group(1))
    assert second != first and text(kv.pidfile) == "%d\n" % second
    until("the first is gone", lambda: kv.processes() == [second])
    with Conn(kv.port) as c:
        assert c.cmd("CONFIG", "GET", "timeout").v[1].v == b"7"
    assert "process %d " % second in kv("status")[1]


def test_restart_with_a_wrong_configuration(kv):
    file = kv.path("kv.conf", "timeout 5\n")
    pid = kv.start(file)
    kv.path("kv.conf", "timeout 5\nmaxmemory 1xb\n")
    refused(kv("restart", file), file + " line 2: maxmemory: ")
    refused(kv("restart", "--nonsense", "1"), "--nonsense")
    refused(kv("restart", kv.path("missing")), "missing")
    assert ping(kv.port) and text(kv.pidfile) == "%d\n" % pid


@pytest.mark.parametrize("options", [
    ["nothing.conf"], ["--port", "99999"], ["--nonsense"], ["-p", "1"],
    [""], ["status"]], ids=lambda options: options[0] or "empty")
def test_wrong_options(kv, options):
    """`kv status` has another code for them: 1 says that a pid file was
    left."""
    for verb in ("start", "stop", "restart"):
        refused(kv.run(verb, *options))
    code, out, err = kv.run("status", *options)
    assert out == "" and err.startswith("kv: ") and err.count("\n") == 1
    assert code == 4


def test_password_from_the_file(kv):
    file = kv.path("kv.conf", 'requirepass "p w"\n')
    kv.start(file)
    code, out, err = kv("status", file)
    assert (code, err) == (0, "") and "  clients" in out
    code, out, err = kv("status")
    assert (code, err) == (4, "") and "NOAUTH" in out
    code, out, err = kv("status", "--requirepass", "wrong")
    assert (code, err) == (4, "") and "WRONGPASS" in out
    kv.stop()       # needs no password


def test_unix_socket_only(kv):
    path = kv.path("s")
    how = ("--port", "0", "--unixsocket", path)
    refused(kv.run("start", *how), "--pidfile")
    pid = kv.start(*how)
    with Conn(path=path) as c:
        assert c.cmd("PING") == PONG
    code, out, err = kv("status", *how)
    assert (code, err) == (0, "")
    assert out.startswith("kv runs as process %d on %s\n" % (pid, path))
    assert kv("restart", *how)[0] == 0
    kv.stop(*how)
    assert not os.path.exists(path)


@pytest.mark.parametrize("option", ["--mini-port", "--metrics-port"])
def test_no_port_to_ask(kv, option):
    """Either it starts, or nothing stays behind."""
    port = servers.free_port()
    code, out, err = kv("start", "--port", "0", option, port)
    if code == 0:
        socket.create_connection(("127.0.0.1", port)).close()
        assert kv("status", "--port", "0", option, port)[0] == 0
    else:
        assert err.count("\n") == 1
        assert kv.processes() == [] and not os.path.exists(kv.pidfile)


def test_daemonize(kv):
    file = kv.path("kv.conf", "daemonize yes\nport %d\npidfile %s\n"
                   "logfile kv.log\n" % (kv.port, kv.pidfile))
    code, out, err = kv.run(file)
    assert (code, err) == (0, "") and ping(kv.port)
    pid = int(STARTED.match(out).group(1))
    assert kv.run("status", file)[1].startswith("kv runs as process %d" % pid)
    code, out, err = kv.run(file)
    assert "runs already as process %d" % pid in out + err
    assert kv.run("restart", file)[0] == 0
    assert kv.run("stop", file)[0] == 0
    until("it is gone", lambda: kv.processes() == [])


def has(host):
    with socket.socket(socket.AF_INET6 if ":" in host else
                       socket.AF_INET) as s:
        try:
            s.bind((host, 0))
        except OSError:
            return False
    return True


@pytest.mark.parametrize("bind,shown,hosts", [
    ("*", "127.0.0.1", ["127.0.0.1", "127.0.0.2"]),
    ("::1", "[::1]", ["::1"]),
    ("::*", "[::1]", ["::1"]),
    ("127.0.0.2", "127.0.0.2", ["127.0.0.2"]),
    ("127.0.0.2 127.0.0.1 -::1", "127.0.0.2", ["127.0.0.1", "127.0.0.2"]),
    ("-127.0.0.2 -127.0.0.1", "127.0.0.2", ["127.0.0.1", "127.0.0.2"])])
def test_addresses(kv, bind, shown, hosts):
    if not all(has(host) for host in hosts):
        pytest.skip("no " + " ".join(hosts))
    code, out, err = kv("start", "--bind", bind)
    assert (code, err) == (0, "")
    assert STARTED.match(out).group(2) == "%s:%d" % (shown, kv.port)
    for host in hosts:
        assert ping(kv.port, host)
    assert kv("status", "--bind", bind)[0] == 0


def test_a_first_address_that_could_not_be_had(kv):
    """The server is asked where it listens."""
    with socket.create_server(("127.0.0.2", 0)) as other:
        port = other.getsockname()[1]
        how = ("--port", port, "--bind", "-127.0.0.2 127.0.0.1")
        try:
            code, out, err = kv("start", *how, timeout=2)
        except subprocess.TimeoutExpired:
            pytest.fail("it asks 127.0.0.2, where another server listens")
        assert (code, err) == (0, "") and ping(port)
        assert "127.0.0.1:%d" % port in out
        assert kv("status", *how)[0] == 0


def test_the_caller_is_released(kv):
    """Its pipes (run() has read them to their end), its descriptors, its
    session, itself."""
    r, w = os.pipe()
    try:
        pid = kv.start(pass_fds=(w,))
    finally:
        os.close(w)
    state, parent, session = stat(pid)
    assert state in "SR" and session == pid
    assert parent != os.getpid() and parent not in kv.processes()
    for fd in range(3):
        assert os.readlink("/proc/%d/fd/%d" % (pid, fd)) == "/dev/null"
    try:
        assert select.select([r], [], [], 0.5)[0], "it keeps a pipe open"
    finally:
        os.close(r)


def test_the_terminal_is_released(kv):
    master, slave = os.openpty()
    try:
        p = subprocess.Popen(
            kv.line(["start"] + kv.options([])),
            **kv.how(dict(stdin=slave, stdout=slave, stderr=slave)))
        os.close(slave)
        assert p.wait(TIMEOUT) == 0
        said = b""
        with contextlib.suppress(OSError):  # EIO: nobody has it any more
            while select.select([master], [], [], 2)[0]:
                said += os.read(master, 1000)
            pytest.fail("the terminal is still open")
        assert said.startswith(b"kv runs as process")
    finally:
        os.close(master)
    assert ping(kv.port)


@pytest.mark.parametrize("fds", [(0,), (1,), (2,), (0, 1), (0, 1, 2)], ids=str)
def test_start_with_closed_descriptors(kv, fds):
    try:
        code, _, _ = kv("start", preexec_fn=closed(*fds), timeout=1.5)
    except subprocess.TimeoutExpired:
        pytest.fail("it does not return")
    assert code == 0 and ping(kv.port)
    assert kv("status")[0] == 0


@pytest.mark.parametrize("fds", [(1,), (2,), (0, 1, 2)], ids=str)
def test_serve_with_closed_descriptors(kv, fds):
    """The log goes nowhere, above all not into another file."""
    process = kv.serve("--logfile", "", "--loglevel", "debug",
                       preexec_fn=closed(*fds))
    with Conn(kv.port) as a, Conn(kv.port) as b:
        assert a.cmd("PING") == PONG and b.cmd("PING") == PONG
    with Conn(kv.port) as c:
        assert c.fence() == []
    assert text(kv.pidfile) == "%d\n" % process.pid


# ---- pid files -----------------------------------------------------------

def test_a_pid_file_with_the_number_of_another_process(kv):
    for content in ("%d\n" % os.getpid(), "1\n", "-1\n", "", "x", "0"):
        kv.path("kv.pid", content)
        assert kv("status")[0] == 1
        code, out, err = kv("stop")
        assert code == 0 and out.startswith("kv does not run")
    kv.path("kv.pid", "%d\n" % os.getpid())
    pid = kv.start()
    assert text(kv.pidfile) == "%d\n" % pid


@pytest.mark.parametrize("lock", ["posix", "ofd"])
def test_a_pid_file_that_somebody_else_reads_under_a_lock(kv, lock):
    """Whoever may read the file may do that. `kv stop` must not signal that
    process; and with the lock that has no process the system says -1, which
    for kill(2) is every process, so that no test should try it."""
    kv.path("kv.pid", "4711\n")
    how = F_OFD_SETLK if lock == "ofd" else fcntl.F_SETLK
    other = subprocess.Popen(
        [sys.executable, "-c", "import fcntl, struct, sys\n"
         "f = open(sys.argv[1])\n"
         "fcntl.fcntl(f, %d, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 0, "
         "0))\nprint('locked', flush=True)\nsys.stdin.read()" % how,
         kv.pidfile], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"locked\n"
        code, out, err = kv("status")
        assert (code, err) == (1, "") and "does not run" in out
        code, out, err = kv("start")
        assert ping(kv.port) if code == 0 else (code == 1 and out == "")
        if lock == "posix":
            assert kv("stop")[0] == 0
            assert other.poll() is None
    finally:
        other.communicate()


def make(kv, what):
    """Something in the place of the pid file."""
    if what == "directory":
        os.mkdir(kv.pidfile)
    elif what == "symlink":
        os.symlink(kv.path("precious", "data"), kv.pidfile)
    elif what == "fifo":
        os.mkfifo(kv.pidfile)
    elif what == "socket":
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(kv.pidfile)
    elif what == "device":
        try:
            os.mknod(kv.pidfile, 0o666 | 0o020000, os.makedev(1, 3))
        except PermissionError:
            pytest.skip("may not make devices")
    else:
        kv.path("kv.pid", "timeout 5\n# precious\n")


@pytest.mark.parametrize("what", ["directory", "symlink", "fifo", "socket",
                                  "device", "text"])
def test_what_is_no_pid_file_stays(kv, what):
    """`--pidfile kv.conf` and `--pidfile /dev/null` must not end those."""
    make(kv, what)
    before = os.lstat(kv.pidfile)
    assert kv("status")[0] in (1, 3, 4) and kv("stop")[0] in (0, 1)
    refused(kv("start"), "cannot write the pid file " + kv.pidfile)
    after = os.lstat(kv.pidfile)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert kv.processes() == []
    if what == "symlink":
        assert text(kv.path("precious")) == "data"
    if what == "text":
        assert text(kv.pidfile) == "timeout 5\n# precious\n"


@pytest.mark.parametrize("option,path,words", [
    ("--pidfile", "missing/x", "cannot write the pid file"),
    ("--pidfile", "file/x", "cannot write the pid file"),
    ("--pidfile", "x" * 300, "cannot write the pid file"),
    ("--logfile", "missing/x", "cannot open the log file"),
    ("--logfile", "file/x", "cannot open the log file"),
    ("--logfile", ".", "cannot open the log file"),
    ("--unixsocket", "missing/x", "cannot listen on"),
    ("--unixsocket", "file", "cannot listen on"),
    ("--bind", "198.51.100.7", "cannot listen on"),
    ("--maxmemory", "1xb", "--maxmemory")])
def test_start_that_fails(kv, option, path, words):
    """One sentence; no process and no pid file stay."""
    kv.path("file", "data")
    refused(kv("start", option, path), words)
    refused(kv.run(*kv.options([option, path])), words)     # in the foreground
    assert kv.processes() == [] and text(kv.path("file")) == "data"
    assert not os.path.exists(kv.pidfile)
    assert not os.path.exists(kv.path("x" * 300))


def test_start_that_a_signal_ends_is_told(kv):
    """Here by the limit of a file's size, elsewhere for want of memory."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    refused(kv("start", preexec_fn=limit))
    assert kv.processes() == []


def test_port_in_use(kv):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused(kv("start", "--port", port), "127.0.0.1:%d" % port, "in use")
    assert kv.processes() == [] and not os.path.exists(kv.pidfile)


def test_one_file_for_the_log_and_the_number(kv):
    """Refused, or the number stays and the lock, too."""
    code, out, err = kv("start", "--logfile", kv.pidfile)
    if code:
        refused((code, out, err), kv.pidfile)
        return
    pid = kv.processes()[0]
    assert text(kv.pidfile) == "%d\n" % pid
    os.kill(pid, signal.SIGHUP)
    assert ping(kv.port) and kv("status")[0] == 0


def test_rewrite_leaves_out_what_start_chose(kv):
    """Else the file would mean another place for another port or user."""
    file = kv.path("kv.conf", "timeout 5\n")
    assert kv.run("start", file, "--port", kv.port, "--pidfile",
                  kv.pidfile)[0] == 0
    assert os.path.exists(kv.log)       # beside the pid file
    with Conn(kv.port) as c:
        assert c.cmd("CONFIG", "REWRITE") == OK
    assert "logfile" not in text(file)


def user(kv, uid):
    """run() as this user, who may be another one, in /."""
    def drop():
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)

    def run(*words, **env):
        how = {} if os.geteuid() else {"preexec_fn": drop}
        try:
            return kv.run(*words, cwd="/", env=dict(kv.env, **env), **how)
        except OSError:
            pytest.skip("that user cannot reach the program")
    return run


def test_default_places(kv):
    uid = os.geteuid() or 65534
    run = user(kv, uid)
    with tempfile.TemporaryDirectory(prefix="kv-test-") as own:
        os.chmod(own, 0o777)
        code, out, err = run("start", "--port", kv.port, XDG_RUNTIME_DIR=own)
        assert (code, err) == (0, ""), err
        try:
            name = "kv-%d." % kv.port
            # it is in /tmp itself: no reason for another name
            assert sorted(os.listdir(own)) == [name + "log", name + "pid"]
            assert STARTED.match(out).group(3) == own + "/" + name + "log"
        finally:
            assert run("stop", "--port", kv.port, XDG_RUNTIME_DIR=own)[0] == 0
        assert os.listdir(own) == [name + "log"]
    for own in ({}, {"XDG_RUNTIME_DIR": "/nowhere"}):
        code, out, err = run("status", "--port", kv.port, **own)
        assert code == 3 and err == "" and \
            "/tmp/kv-%d/kv-%d.pid" % (uid, kv.port) in out


def test_a_pid_file_that_may_not_be_read(kv):
    """Nobody can say then that the server does not run."""
    if os.geteuid():
        pytest.skip("not root")
    run = user(kv, 65534)
    with tempfile.TemporaryDirectory(prefix="kv-test-") as own:
        os.chmod(own, 0o755)
        os.mkdir(own + "/root", 0o700)
        how = ("--port", kv.port, "--pidfile", own + "/root/kv.pid",
               "--logfile", kv.log)
        assert kv.run("start", *how)[0] == 0
        try:
            code, out, err = run("status", *how)
            assert code == 4 and "Permission denied" in out + err
            refused(run("stop", *how), "Permission denied")
            refused(run("start", *how))
        finally:
            kv.run("stop", *how)
    code, out, err = run("status", *how)        # there is no such file
    assert (code, err) == (3, "")


def test_default_place_of_root(kv):
    if os.geteuid() or not os.access("/run", os.W_OK):
        pytest.skip("not root")
    for env in (kv.env, dict(kv.env, XDG_RUNTIME_DIR=kv.dir)):
        code, out, err = kv.run("status", "--port", kv.port, env=env)
        assert code == 3 and "/run/kv-%d.pid" % kv.port in out


# ---- the log -------------------------------------------------------------

def test_lines_have_the_form_of_redis(kv):
    began = time.time()
    process = kv.serve("--loglevel", "verbose")
    with Conn(kv.port) as c:
        client = c.cmd("CLIENT", "ID").v
    until("it logs the end", lambda: "closed id=%d " % client in text(kv.log))
    lines = kv.lines()
    for m in lines:
        assert int(m.group("pid")) == process.pid
        clock = time.mktime(time.strptime(
            "%s %s %s %s" % (m.group("day"), m.group("month"), m.group("year"),
                             m.group("time")[:8]), "%d %b %Y %H:%M:%S"))
        assert began - 2 < clock < time.time() + 2
    assert re.match(r"kv \S+, pid %d, listens on 127\.0\.0\.1:%d\Z" % (
        process.pid, kv.port), lines[0].group("text"))
    assert lines[0].group("mark") == "*"
    for what in ("accepted", "closed"):
        said = [m for m in lines if m.group("text").startswith(
            "%s id=%d addr=127.0.0.1:" % (what, client))]
        assert len(said) == 1 and said[0].group("mark") == "-"


def test_levels_and_forms_change_while_it_runs(kv):
    kv.serve()

    def says():
        """What a connection adds to the log, and whether it is JSON."""
        before = len(text(kv.log))
        with Conn(kv.port) as c:
            client = c.cmd("CLIENT", "ID").v
        with Conn(kv.port) as c:        # its reply comes after "closed"
            until("it is gone", lambda: b" id=%d " % client not in
                  b" " + c.cmd("CLIENT", "LIST").v)
        return text(kv.log)[before:]

    with Conn(kv.port) as c:
        assert says() == ""
        assert c.cmd("CONFIG", "SET", "loglevel", "verbose") == OK
        assert LINE.match(says().splitlines()[0])
        assert c.cmd("CONFIG", "SET", "log-format", "json") == OK
        for line in says().splitlines():
            assert set(json.loads(line)) == {"time", "level", "pid", "text"}
        assert c.cmd("CONFIG", "SET", "loglevel", "warning",
                     "log-format", "text") == OK
        assert says() == ""
        for name, value in (("loglevel", "loud"), ("log-format", "xml"),
                            ("logfile", "x"), ("pidfile", "x")):
            assert isinstance(c.cmd("CONFIG", "SET", name, value), Err)


@pytest.mark.parametrize("form", ["json", "text"])
def test_hostile_bytes_in_the_log(kv, form):
    """They come in by the names of files: the unix socket's is in the banner
    and is the address of its clients, the log's own is in what SIGHUP says."""
    evil = b"\"\\\n\r\x00\x1b\x07\x7f\xff\xc3\xa9\xe2\x82\xed\xa0\x80%n</"
    evil = evil.replace(b"\x00", b"").replace(b"/", b"")
    sub, path = evil + b"d", evil + b"\xc3" + b"s" * 40
    os.mkdir(os.path.join(os.fsencode(kv.dir), sub))
    log = os.path.join(os.fsencode(kv.dir), sub, b"log")
    process = kv.serve("--unixsocket", path, "--logfile", sub + b"/log",
                       "--log-format", form, "--loglevel", "verbose")
    with contextlib.ExitStack() as stack:
        back = os.open(".", os.O_RDONLY)
        stack.callback(os.close, back)
        stack.callback(os.fchdir, back)
        os.chdir(kv.dir)
        with Conn(path=path) as c:
            assert c.cmd("PING") == PONG
    moved = os.path.join(os.fsencode(kv.dir), b"moved")
    os.rename(os.path.dirname(log), moved)
    process.send_signal(signal.SIGHUP)
    log = os.path.join(moved, b"log")

    def read():
        with open(log, "rb") as f:
            return f.read()
    until("SIGHUP is told", lambda: b"SIGHUP" in read())
    lines = read().split(b"\n")
    assert lines.pop() == b""
    for line in lines:
        assert not re.search(rb"[\x00-\x1f\x7f]", line), line
    if form == "text":
        assert all(LINE.match(line.decode("latin-1")) for line in lines)
        return
    said = [json.loads(line.decode("utf-8")) for line in lines]
    for line in said:
        assert set(line) == {"time", "level", "pid", "text"}
        assert line["pid"] == process.pid
        assert line["level"] in ("debug", "verbose", "notice", "warning")
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z",
                        line["time"])
    shown = evil.decode("utf-8", "replace").replace("\ufffd", "")
    for what in ("listens on", "accepted", "SIGHUP: "):
        found = [line["text"] for line in said if what in line["text"]]
        assert found and shown in found[-1].replace("\ufffd", "")
        assert "\ufffd" in found[-1]


def test_sighup_opens_the_log_anew(kv):
    pid = kv.start()
    old = kv.path("kv.log.1")
    for _ in range(3):
        os.rename(kv.log, old)
        os.kill(pid, signal.SIGHUP)
        until("the new file", lambda: os.path.exists(kv.log) and
              "SIGHUP" in text(kv.log))
        assert kv.texts() == ["SIGHUP"]
        assert "SIGHUP" not in text(old).splitlines()[-1] or \
            text(old).count("SIGHUP") == 1
    files = os.listdir("/proc/%d/fd" % pid)
    assert [os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in files].count(
        old) == 0
    assert kv("status")[0] == 0


def test_sighup_without_the_directory(kv):
    os.mkdir(kv.path("sub"))
    log = os.path.join(kv.path("sub"), "kv.log")
    pid = kv.start("--logfile", log)
    os.rename(kv.path("sub"), kv.path("gone"))
    os.kill(pid, signal.SIGHUP)
    kv.log = os.path.join(kv.path("gone"), "kv.log")
    until("it says so", lambda: "SIGHUP" in text(kv.log))
    assert kv.texts()[-1] == ("SIGHUP: cannot open the log file %s: No such "
                              "file or directory" % log)
    assert ping(kv.port)
    kv.stop()
    assert kv.texts()[-1] == "ends: SIGTERM"


def test_the_log_is_appended_to(kv):
    kv.path("kv.log", "1:M 01 Jan 2024 00:00:00.000 * before\n")
    kv.start()
    kv.stop()
    assert kv.texts()[0] == "before" and len(kv.texts()) == 3


def test_output_that_nobody_reads_does_not_block(kv):
    r, w = os.pipe()
    fcntl.fcntl(w, F_SETPIPE_SZ, 4096)
    try:
        kv.serve("--logfile", "", "--loglevel", "debug", stdout=w)
    finally:
        os.close(w)
    began = time.monotonic()
    for _ in range(60):
        assert ping(kv.port)
    assert time.monotonic() - began < 2
    with os.fdopen(r, "rb", buffering=0) as f:
        log = f.read(1 << 16)
        assert ping(kv.port)
        while b"lines of the log were dropped" not in log:
            assert select.select([f], [], [], 2)[0], "it does not tell"
            log += f.read(1 << 16)
        lines = log.decode().splitlines()
        assert all(LINE.match(line) for line in lines), lines
        lost = [m for m in map(LINE.match, lines) if "dropped" in m["text"]]
        assert len(lost) == 1 and lost[0]["mark"] == "#"
        assert 20 < int(lost[0]["text"].split()[0]) < 200


def test_it_goes_on_when_the_reader_of_its_output_goes(kv):
    r, w = os.pipe()
    process = kv.serve("--logfile", "", "--loglevel", "debug", stdout=w)
    os.close(w)
    os.close(r)
    assert ping(kv.port) and ping(kv.port)
    process.terminate()
    assert process.wait(TIMEOUT) == 0


def test_a_log_that_cannot_be_written(kv):
    """A full disk ends nothing; a pipe without a reader is refused."""
    process = kv.serve("--logfile", "/dev/full", "--loglevel", "debug")
    assert ping(kv.port)
    process.terminate()
    assert process.wait(TIMEOUT) == 0
    os.mkfifo(kv.path("fifo"))
    refused(kv("start", "--logfile", kv.path("fifo")), "the log file")


# ---- signals -------------------------------------------------------------

@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "SHUTDOWN"])
@pytest.mark.parametrize("where", ["foreground", "background"])
def test_the_last_line_says_why(kv, how, where):
    path = kv.path("s")
    if where == "foreground":
        process = kv.serve("--unixsocket", path)
        pid = process.pid
    else:
        pid = kv.start("--unixsocket", path)
    assert text(kv.pidfile) == "%d\n" % pid and os.path.exists(path)
    if how == "SHUTDOWN":
        with Conn(kv.port) as c:
            assert c.at_eof() if c.send(b"SHUTDOWN\r\n") else True
            assert c.at_eof()
    else:
        os.kill(pid, getattr(signal, how))
    if where == "foreground":
        assert process.wait(TIMEOUT) == 0
    until("it is gone", lambda: dead(pid))
    assert kv.texts()[-1] == "ends: " + how
    assert not os.path.exists(kv.pidfile) and not os.path.exists(path)
    assert not os.path.exists(path + ".tmp")


def test_a_second_signal(kv):
    """Both come while it stands: it ends at once, and what it leaves behind
    stops nobody."""
    path = kv.path("s")
    process = kv.serve("--unixsocket", path)
    process.send_signal(signal.SIGSTOP)
    until("it stands", lambda: stat(process.pid)[0] == "T")
    process.terminate()
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    assert process.wait(TIMEOUT) == 1
    assert kv("status")[0] in (1, 3)
    kv.start("--unixsocket", path)
    assert kv("status")[0] == 0


def test_sighup_in_the_foreground(kv):
    process = kv.serve("--logfile", "", stdout=subprocess.PIPE)
    process.stdout.readline()
    for _ in range(3):
        process.send_signal(signal.SIGHUP)
        assert process.stdout.readline().endswith(b" * SIGHUP\n")
        assert ping(kv.port)
    process.terminate()
    assert process.wait(TIMEOUT) == 0
    assert process.stdout.readline().endswith(b" * ends: SIGTERM\n")


def test_signals_that_the_caller_blocked_or_ignored(kv):
    """Else kv stop would wait for nothing."""
    def block():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [
            signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
    pid = kv.start(preexec_fn=block)
    os.kill(pid, signal.SIGHUP)
    until("SIGHUP", lambda: "SIGHUP" in text(kv.log), 1)
    os.kill(pid, signal.SIGTERM)
    until("it is gone", lambda: dead(pid), 1)


# ---- systemd -------------------------------------------------------------

@pytest.fixture
def manager(kv):
    """manager(name): a datagram socket, as systemd has it."""
    made = []

    def manager(name):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        made.append(s)
        s.settimeout(TIMEOUT)
        s.bind("\0" + name[1:] if name[0] == "@" else name)
        return s
    yield manager
    for s in made:
        s.close()


@pytest.mark.parametrize("way", ["path", "abstract"])
def test_the_manager_is_told(kv, manager, way):
    name = kv.path("n") if way == "path" else "@kv-test-%d" % kv.port
    s = manager(name)
    file = kv.path("kv.conf", "daemonize yes\n")    # ignored
    process = subprocess.Popen(
        kv.line(kv.options([file])),
        **kv.how({"env": dict(kv.env, NOTIFY_SOCKET=name)}))
    kv.running.append(process)
    said = s.recv(1000).decode().split("\n")
    assert ping(kv.port)        # at once
    assert "READY=1" in said and "MAINPID=%d" % process.pid in said
    assert process.poll() is None
    process.send_signal(signal.SIGHUP)
    assert ping(kv.port)
    process.terminate()
    while "STOPPING=1" not in said:
        said = s.recv(1000).decode().split("\n")
    assert process.wait(TIMEOUT) == 0


@pytest.mark.parametrize("name", [
    "/nowhere/s", "relative", "@", "/", "", "@" + "x" * 300, "/" + "x" * 300,
    "kv.conf"])
def test_a_manager_that_cannot_be_reached(kv, name):
    process = kv.serve(env=dict(kv.env, NOTIFY_SOCKET=name),
                       stderr=subprocess.PIPE)
    process.terminate()
    said = process.communicate(timeout=TIMEOUT)[1].decode()
    assert process.returncode == 0
    assert all(line.startswith("kv: NOTIFY_SOCKET: ")
               for line in said.splitlines())


def test_a_manager_that_does_not_read(kv, manager):
    name = kv.path("n")
    manager(name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                s.sendto(b"x", name)
        process = kv.serve(env=dict(kv.env, NOTIFY_SOCKET=name),
                           stderr=subprocess.DEVNULL)
        process.terminate()
        assert process.wait(TIMEOUT) == 0


def words(line):
    """What systemd makes of ExecStart's value: C escapes, quotes, %% and,
    but for the first word, $$."""
    out, at = [], 0
    word = re.compile(rb"""\s*((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|"""
                      rb"""[^\s"'\\]|\\.)+)""", re.S)

    def unescape(m):
        if m.group(1):
            return bytes([int(m.group(1), 16)])
        return {b"n": b"\n", b"t": b"\t", b"r": b"\r"}.get(
            m.group(2), m.group(2))
    while at < len(line):
        m = word.match(line, at)
        assert m, line[at:]
        at = m.end()
        w = re.sub(rb"""(?<!\\)((?:\\\\)*)["'](.*)["']\Z""", rb"\1\2",
                   m.group(1), flags=re.S)
        w = re.sub(rb"\\(?:x([0-9a-f]{2})|([\\\"'abfnrstv]))", unescape, w)
        assert b"%" not in w.replace(b"%%", b"")
        w = w.replace(b"%%", b"%")
        if out:
            assert b"$" not in w.replace(b"$$", b"")
            w = w.replace(b"$$", b"$")
        out.append(w)
    return out


def unit(kv, *line, program=None, **how):
    """The bytes of a unit, and the words of its ExecStart."""
    p = subprocess.run([program or kv.line([])[0], "--print-unit"] +
                       list(line), stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=TIMEOUT, **kv.how(how))
    assert p.returncode == 0 and p.stderr == b"", p.stderr
    found = re.findall(rb"^ExecStart=(.*)$", p.stdout, re.M)
    assert len(found) == 1
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", p.stdout)
    return p.stdout, words(found[0])


def verified(kv, content):
    """systemd finds nothing wrong with a unit, where it is installed."""
    if not shutil.which("systemd-analyze"):
        return
    path = kv.path("kv-test-%d.service" % kv.port)
    with open(path, "wb") as f:
        f.write(content)
    p = subprocess.run(["systemd-analyze", "--man=no", "verify", path],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       stdin=subprocess.DEVNULL, timeout=4 * TIMEOUT)
    said = p.stdout.decode("utf-8", "replace")
    assert os.path.basename(path) not in said, said


ODD = [b"a b", b"", b"'", b'"', b'a"b\'c', b"100%", b"%n%%", b"$HOME", b"$$",
       b"${x}", b"\\", b"\\n", b"a\\", b"\n", b"a\nb", b"\ta", b" ", b";",
       b"\\x41", b"\x01", "\u00e9\u20ac".encode(), b"#", b"-x", b"@x"]


scripts = pytest.mark.skipif(
    servers.is_script(), reason="the program is started by a script")


@scripts
def test_unit(kv):
    file = kv.path("a b.conf", "timeout 5\n")
    content, argv = unit(kv, "a b.conf", "--port", str(kv.port))
    program = os.path.realpath(shutil.which(kv.line([])[0]))
    assert argv == [os.fsencode(w) for w in (
        program, os.path.realpath(file), "--port", str(kv.port))]
    for line in (b"Type=notify", b"[Install]", b"ExecReload=/bin/kill -HUP "
                 b"$MAINPID"):
        assert line in content.split(b"\n")
    verified(kv, content)


def test_odd_words_in_a_unit(kv):
    line = [w for value in ODD for w in ("--requirepass", value)]
    content, argv = unit(kv, *line)
    assert argv[1:] == [os.fsencode(w) for w in line]
    verified(kv, content)


def test_bytes_that_are_no_text_in_a_unit(kv):
    """systemd passes over a line that is no UTF-8."""
    content, argv = unit(kv, "--requirepass", b"\xff\xc3\x7f")
    assert argv[2] == b"\xff\xc3\x7f"
    content.decode("utf-8")
    verified(kv, content)


@scripts
def test_unit_of_a_program_in_the_path(kv):
    """A directory of that name is not it, nor is what cannot be run."""
    program = kv.line([])[0]
    for name in ("1", "2", "3"):
        os.mkdir(kv.path(name))
    os.mkdir(kv.path("1/kv"))
    kv.path("2/kv", "#!/bin/false\n")
    os.symlink(os.path.realpath(shutil.which(program)), kv.path("3/kv"))
    search = ":".join(["1", kv.path("2"), kv.path("3")])
    _, argv = unit(kv, program="kv", env=dict(kv.env, PATH=search))
    assert argv[0] == os.fsencode(os.path.realpath(shutil.which(program)))
    # a relative directory, and a name that says nothing
    _, argv = unit(kv, program="kv", env=dict(kv.env, PATH="3"),
                   cwd=kv.dir)
    assert argv[0] == os.fsencode(os.path.realpath(shutil.which(program)))
    p = subprocess.run(["-x", "--print-unit"], executable=program,
                       stdout=subprocess.PIPE, **kv.how({}))
    assert re.search(rb"^ExecStart=/", p.stdout, re.M)


@pytest.mark.parametrize("name", ["a b", "a%b", "a$b", "a;b"])
def test_unit_of_a_program_with_an_odd_path(kv, name):
    os.mkdir(kv.path(name))
    shutil.copy(shutil.which(kv.line([])[0]), kv.path(name + "/kv"))
    content, _ = unit(kv, program=kv.path(name + "/kv"))
    verified(kv, content)


def test_unit_that_would_not_start(kv):
    refused(kv.run("--print-unit", "--nonsense", "1"), "--nonsense")
    refused(kv.run("--print-unit", "--port", "x"), "--port")
    refused(kv.run("--print-unit", "missing.conf"), "missing.conf")
    file = kv.path("kv.conf", "\ncluster-enabled yes\n")
    refused(kv.run("--print-unit", file),
            file + " line 2: cluster-enabled")


# ---- kv check ------------------------------------------------------------

def test_check(kv):
    right = kv.path("right.conf", "timeout 5\nbind 127.0.0.1 -::1\n")
    wrong = kv.path("wrong.conf", "# x\n\nmaxmemory 1xb\n")
    odd = kv.path("odd.conf", "activedefrag yes\n")
    assert kv.run("check", right) == (0, right + ": right\n", "")
    refused(kv.run("check", wrong), wrong + " line 3: maxmemory: ")
    code, out, err = kv.run("check", odd)
    assert (code, out) == (0, odd + ": right\n")
    assert odd + " line 1: activedefrag: passed over" in err
    code, out, err = kv.run("check", wrong, right, kv.path("missing"), odd)
    assert code == 1
    assert out == "%s: right\n%s: right\n" % (right, odd)
    assert [kv.path("missing") in line or wrong in line or odd in line
            for line in err.splitlines()] == [True] * 3
    refused(kv.run("check"), "check needs a file")
    refused(kv.run("check", kv.path("missing")), "missing")
    refused(kv.run("check", kv.dir), kv.dir)
    refused(kv.run("check", ""))
    assert text(wrong) == "# x\n\nmaxmemory 1xb\n"
    assert kv.processes() == []


@pytest.mark.parametrize("content,words", [
    (b"REDIS0011\xfa\tredis-ver\x057.4.0" + bytes(range(256)) * 20,
     "byte "),
    (b"REDIS0011\xfe\x00\xff" + b"\x01" * 8, "its checksum is wrong"),
    (b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n", "byte 23 on"),
    (bytes(range(256)) * 4, "line 1"),
    (b"\x7fELF\x02\x01\x01\x00", "line 1"),
    (b"#" * (2 << 20), "too long"),
    (b"timeout 5\0\n", "line 1"),
    (b"timeout 5\n\n" + b"\xff\xfe" * 4000 + b"\n", "line 3")],
    ids=["rdb", "small rdb", "aof", "bytes", "elf", "long", "zero", "name"])
def test_check_what_is_no_configuration(kv, content, words):
    path = kv.path("file")
    with open(path, "wb") as f:
        f.write(content)
    refused(kv.run("check", path), path, words)
    assert len(kv.run("check", path)[2]) < 600


@pytest.mark.parametrize("content,code", [
    ("maxmemory 1xb\n", 1), ("timeout 5\nmaxmemory 1gb\n", 0),
    ("maxmemory 1xb\n" + "#\n" * 3000, 1),
    ("timeout 5\n" + "#\n" * 3000, 0)],
    ids=["wrong", "right", "long wrong", "long right"])
def test_check_reads_a_pipe_once(kv, content, code):
    """As in `kv check <(generate)`."""
    p = subprocess.run(kv.line(["check", "/dev/stdin"]),
                       input=content.encode(), stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, cwd=kv.dir, env=kv.env,
                       timeout=TIMEOUT)
    assert p.returncode == code, (p.stdout, p.stderr)


# ---- what it says --------------------------------------------------------

@pytest.mark.parametrize("verb", ["start", "stop", "restart", "status",
                                  "check", "--print-unit"])
def test_help_of_each_verb(kv, verb):
    code, out, err = kv.run(verb, "--help")
    assert (code, err) == (0, "")
    parts = re.findall(r"^[A-Z]+(?: [A-Z]+)*$", out, re.M)
    for part in ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES"):
        assert part in parts
    assert verb in out
    text, _, options = out.partition("OPTIONS, with")
    assert all(len(line) < 80 for line in text.split("\n"))
    assert kv.processes() == []


def test_help_anywhere(kv):
    """Or at least no advice that is no help."""
    for line in (["--port", "1", "--help"], ["start", "--port", "1", "--help"],
                 ["status", "-h"]):
        code, out, err = kv.run(*line)
        assert (code == 0 and "SYNOPSIS" in out) or (
            code and "unknown option --help; the nearest is --help" not in err)


def test_every_verb_of_the_help_is_there(kv):
    _, out, _ = kv.run("--help")
    for verb in re.findall(r"\bkv ([a-z]+) --help", out):
        code, out, err = kv.run(verb, "--help")
        assert code == 0 and "kv " + verb in out, err


def test_options_table(kv):
    code, out, err = kv.run("--options")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert re.match(r"(\|---)+\|\Z", lines[1])
    rows = [re.match(r"\| `(\S+)` \| `(.*)` \| ([a-z ]+) \| (.+\.) \|\Z", line)
            for line in lines[2:]]
    assert all(rows) and len({line.count("|") for line in lines}) == 1
    rows = {m.group(1): m.groups()[1:] for m in rows}
    kv.start()
    with Conn(kv.port) as c:
        flat = [v.v.decode() for v in c.cmd("CONFIG", "GET", "*").v]
        there = dict(zip(flat[::2], flat[1::2]))
        assert set(rows) == set(there)
        for name, (default, change, _) in rows.items():
            if name not in ("port", "pidfile", "logfile"):
                assert (there[name] or '""') == default
            reply = c.cmd("CONFIG", "SET", name, there[name])
            if change == "at once":
                assert reply == OK, name
            elif change == "needs a restart":
                assert isinstance(reply, Err), name
            else:
                assert change == "fixed"
                assert isinstance(c.cmd("CONFIG", "SET", name, "x"), Err)


def test_hostile_arguments(kv):
    """run() looks for control bytes; here a message has one line, too."""
    def one(result):
        assert (result[1] + result[2]).count("\n") == 1, result
        return result[0]

    path = os.path.join(os.fsencode(kv.dir), HOSTILE)
    how = ("--port", kv.port, "--logfile", path + b".log", "--pidfile",
           path + b".pid")
    for verb, code in (("status", 3), ("stop", 0), ("start", 0), ("start", 0)):
        assert one(kv.run(verb, *how)) == code
    code, out, _ = kv.run("status", *how)
    assert code == 0 and out.count("\n") == 8
    code, out, _ = kv.run("restart", *how)
    assert code == 0 and out.count("\n") == 2
    pid = int(text(path + b".pid"))
    os.kill(pid, signal.SIGKILL)
    until("it is dead", lambda: dead(pid))
    assert one(kv.run("status", *how)) == 1
    for line in ([HOSTILE], ["start", HOSTILE], ["--" + "x", HOSTILE],
                 [b"--" + HOSTILE, b"1"], [b"--" + HOSTILE + b"=1"],
                 ["--port", HOSTILE], ["--bind", HOSTILE],
                 ["--unixsocket", HOSTILE + b"/x"], ["check", HOSTILE],
                 ["--print-unit", HOSTILE], [b"-" + HOSTILE],
                 ["--logfile", HOSTILE + b"/x", "--port", kv.port],
                 ["start", "--logfile", HOSTILE + b"/x"] + list(how[:2]) +
                 ["--pidfile", kv.pidfile],
                 ["--pidfile", HOSTILE + b"/x"], ["x" * 100000],
                 ["--port", "1" * 100000], [b"--" + b"\x1b" * 100000]):
        result = kv.run(*line)
        assert one(result) == 1 and result[1] == "", line
        assert len(result[2]) < 1300
    with open(path, "wb") as f:
        f.write(b"timeout 5\n")
    assert one(kv.run("check", path)) == 0
    with open(path, "wb") as f:
        f.write(b"timeout 5\n" + HOSTILE.replace(b"\n", b"") + b" 1\n")
    assert one(kv.run("check", path)) == 1
    assert kv.processes() == []


@pytest.mark.parametrize("line", [
    ["--help"], ["--version"], ["--options"], ["--commands"],
    ["--print-unit"], ["start", "--help"], ["check", "kv.conf"]],
    ids=" ".join)
def test_output_that_cannot_be_written_is_an_error(kv, line):
    """A unit that is cut in two, say."""
    kv.path("kv.conf", "timeout 5\n")
    with open("/dev/full", "wb") as full:
        code, _, err = kv.run(*line, stdout=full)
    assert code == 1 and err.startswith("kv: ") and err.count("\n") == 1
