"""What the benchmarks share: the servers, loading them, the line that reports
a figure. redis-server stands beside kv where it is installed."""

import os
import resource
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, TOP)
from conformance.kv import servers  # noqa: E402

COLUMNS = "%-54s %12s %12s  %s"


def figure(name, unit, values, aim=""):
    """Prints one line; `values` maps a kind of server to its number."""
    def cell(kind):
        v = values.get(kind)
        return "-" if v is None else "%s %s" % (rounded(v), unit)
    print(COLUMNS % (name, cell("kv"), cell("redis"), aim), flush=True)


def rounded(v):
    return "%.0f" % v if abs(v) >= 100 else "%.3g" % v


def build():
    """Builds ./kv when it is missing or stale, unless KV_BINARY is set."""
    kv = os.path.join(TOP, "kv")
    sources = [os.path.join(TOP, name) for name in ("kv.c", "kv.h")]
    if os.environ.get("KV_BINARY") or os.path.exists(kv) and all(
            os.path.getmtime(s) <= os.path.getmtime(kv) for s in sources):
        return
    subprocess.run(["cc", "-O2", "-DKV_MAIN", "-o", kv, sources[0], "-lm",
                    "-pthread"], check=True)


def kinds():
    """The servers to measure, kv first."""
    build()
    return [k for k in servers.KINDS if servers.command(k)]


def more_files(n):
    """Raises the limit of open files to `n`, or as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        n = min(n, hard)
    if soft < n:
        resource.setrlimit(resource.RLIMIT_NOFILE, (n, hard))
    return max(soft, n)


def apart(server):
    """Puts the server on the first core and this process on the others."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(
        os, "sched_getaffinity") else []
    if len(cores) > 1:
        os.sched_setaffinity(server.pid, cores[:1])
        os.sched_setaffinity(0, cores[1:])


def together():
    """Takes back what apart() did to this process."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(os.cpu_count()))


def resident(server):
    """The server's resident bytes."""
    try:
        with open("/proc/%d/status" % server.pid) as f:
            kb = [line.split()[1] for line in f if line.startswith("VmRSS:")]
    except FileNotFoundError:
        kb = subprocess.check_output(
            ["ps", "-o", "rss=", "-p", str(server.pid)]).split()
    return int(kb[0]) * 1024


def dial(server):
    s = socket.create_connection(("127.0.0.1", server.port), 60)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def request(*args):
    """One command as bytes."""
    args = [a if isinstance(a, bytes) else str(a).encode() for a in args]
    return b"".join([b"*%d\r\n" % len(args)] + [
        b"$%d\r\n%s\r\n" % (len(a), a) for a in args])


def fill(sock, commands, batch=1000):
    """Sends commands that each answer +OK, `batch` in flight at most."""
    waiting = []

    def flush():
        sock.sendall(b"".join(waiting))
        want = 5 * len(waiting)
        while want:
            got = sock.recv(1 << 16)
            if not got or got.strip(b"+OK\r\n"):
                raise SystemExit("the server answered %r" % got[:100])
            want -= len(got)
        waiting.clear()

    for command in commands:
        waiting.append(command)
        if len(waiting) == batch:
            flush()
    if waiting:
        flush()
