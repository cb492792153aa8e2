"""What the operating system says about a server process (Linux)."""

import os
import time

import pytest

MIB = 1 << 20


def status(pid, field):
    """A number of /proc/PID/status; kB become bytes."""
    with open("/proc/%d/status" % pid) as f:
        for line in f:
            if line.startswith(field + ":"):
                words = line.split()
                return int(words[1]) * (1024 if words[2:] == ["kB"] else 1)
    raise KeyError(field)


def rss(server):
    """Resident bytes; skips where they mean nothing."""
    if not os.path.exists("/proc/%d/status" % server.pid):
        pytest.skip("no /proc")
    if status(server.pid, "VmSize") > 1 << 40:
        pytest.skip("a sanitizer keeps freed memory")
    return status(server.pid, "VmRSS")


def cpu(server):
    """Seconds of CPU time used so far."""
    try:
        with open("/proc/%d/stat" % server.pid) as f:
            fields = f.read().rpartition(")")[2].split()
    except OSError:
        pytest.skip("no /proc")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def until(what, ready, seconds=5.0):
    """Calls ready() until it is true; fails with `what` after a while."""
    end = time.monotonic() + seconds
    while True:
        got = ready()
        if got:
            return got
        if time.monotonic() > end:
            pytest.fail("not in %g s: %s" % (seconds, what))
        time.sleep(0.002)
