#!/usr/bin/env python3
"""What keeping data on disk costs: the append-only file under its policies,
snapshots of a large keyspace under load, loading, restarts after kill -9.

    conformance/bench/durability.py [--keys N] [--seconds S] [--rounds R]
                                    [always everysec latency snapshot rewrite
                                     loading restart]

The files are written below --dir (default: where Python makes temporary
files); it has to be a disk for the figures to mean something."""

import argparse
import glob
import os
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import bench
from conformance.conn import Closed, Conn
from conformance.resp import Err

PARTS = ("always", "everysec", "latency", "snapshot", "rewrite", "loading",
         "restart")
OFF = ["--save", "", "--appendonly", "no"]
BYTES = 64          # of a value
PROGRAM = None      # load.c, compiled


def log(policy):
    """Options for a log that is not rewritten while it is measured."""
    return ["--save", "", "--appendonly", "yes", "--appendfsync", policy,
            "--auto-aof-rewrite-percentage", "0"]


# ---- Servers ---------------------------------------------------------------


class Server:
    """A server in a directory; `seconds` from its start to its first answer,
    `cpu_used` in them. What still runs is in `running`."""

    running = []

    def __init__(self, kind, options, directory, core=None):
        self.kind, self.dir = kind, directory
        self.port = bench.servers.free_port()
        line = bench.servers.command(kind) + [
            "--port", str(self.port), "--bind", "127.0.0.1", "--dir",
            directory] + options

        def pin():
            os.sched_setaffinity(0, {core})

        began = time.monotonic()
        self.log = os.path.join(directory, "log")
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                line, cwd=directory, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=None if core is None else pin)
        self.running.append(self)
        self.pid = self.process.pid
        self.wait()
        self.seconds = time.monotonic() - began
        self.cpu_used = self.cpu()

    def wait(self):
        while self.process.poll() is None:
            try:
                with Conn(self.port) as c:
                    while isinstance(c.cmd("EXISTS", "x"), Err):
                        time.sleep(.002)
                return
            except (OSError, Closed):
                time.sleep(.002)
        raise SystemExit(self.story())

    def story(self):
        with open(self.log) as f:
            return "%s\nexit code %s, output:\n%s" % (
                shlex.join(self.process.args), self.process.poll(),
                f.read()[-2000:])

    def cmd(self, *args):
        with Conn(self.port, timeout=120) as c:
            return c.cmd(*args)

    def info(self, field, section="persistence"):
        """A number of INFO."""
        for line in self.cmd("INFO", section).v.split(b"\r\n"):
            if line.startswith(field.encode() + b":"):
                return float(line.partition(b":")[2])
        return None

    def cpu(self):
        """Seconds of CPU of its threads, and of children that have ended."""
        ns = 0
        for path in glob.glob("/proc/%d/task/*/schedstat" % self.pid):
            with open(path) as f:
                ns += int(f.read().split()[0])
        with open("/proc/%d/stat" % self.pid) as f:
            fields = f.read().rpartition(")")[2].split()
        return ns / 1e9 + (int(fields[13]) + int(fields[14])) / os.sysconf(
            "SC_CLK_TCK")

    def peak(self, reset=False):
        """The most resident bytes since the last reset."""
        if reset:
            with open("/proc/%d/clear_refs" % self.pid, "w") as f:
                f.write("5")
        with open("/proc/%d/status" % self.pid) as f:
            return [int(line.split()[1]) * 1024 for line in f
                    if line.startswith("VmHWM")][0]

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.running.remove(self)


class Load:
    """A run of load.c against a server; result() waits for its end."""

    def __init__(self, server, what="set", clients=50, pipeline=1, seconds=0,
                 rate=0, keys=100000, core=None):
        def pin():
            os.sched_setaffinity(0, {core})

        self.server, self.cpu = server, server.cpu()
        self.process = subprocess.Popen(
            [PROGRAM] + list(map(str, (
                server.port, clients, pipeline, seconds, rate, keys, BYTES,
                what))), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
            preexec_fn=None if core is None else pin)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.result()

    def result(self):
        """A dictionary; latencies in ms, CPU in us a request."""
        out = self.process.communicate()[0].split()
        if self.process.returncode or out[2] != "0":
            raise SystemExit("%s: the load ended badly: %s\n%s" % (
                self.server.kind, out, self.server.story()))
        n, seconds, _, p50, p99, p999, longest, when = map(float, out)
        used = self.server.cpu() - self.cpu
        return {"rate": n / seconds, "p50": p50 / 1e3, "p99": p99 / 1e3,
                "p99.9": p999 / 1e3, "longest": longest / 1e3, "when": when,
                "cpu": used / n * 1e6, "seconds": seconds, "used": used}


def fill(server, keys):
    return Load(server, "fill", 4, 100, keys=keys).result()


class Directories:
    """Fresh directories, removed at the end of a part."""

    def __init__(self, parent):
        self.parent, self.made = parent, []

    def new(self):
        self.made.append(tempfile.mkdtemp(prefix="durability-",
                                          dir=self.parent))
        return self.made[-1]

    def remove(self):
        for d in self.made:
            shutil.rmtree(d, ignore_errors=True)
        self.made = []


def figures(name, unit, results, field):
    bench.figure(name, unit, {k: r[field] for k, r in results.items()})


# ---- The parts -------------------------------------------------------------


def disk(o, dirs):
    """What a sync costs here, to judge the others by."""
    times = []
    with open(os.path.join(dirs.new(), "file"), "wb", buffering=0) as f:
        for _ in range(300):
            f.write(b"x" * 4096)
            began = time.monotonic()
            os.fdatasync(f.fileno())
            times.append((time.monotonic() - began) * 1000)
    print("a sync of 4 KiB here takes %.2f ms (median), %.2f ms (p99), %.1f "
          "ms (longest)" % (statistics.median(times), sorted(times)[-4],
                            max(times)))


def always(o, dirs):
    seen = {}
    for kind in o.kinds:
        s = Server(kind, log("always"), dirs.new())
        seen[kind] = Load(s, seconds=o.seconds).result()
        s.kill()
    what = "always, 50 clients: "
    figures(what + "SETs a second", "/s", seen, "rate")
    for field in ("p50", "p99", "longest"):
        figures(what + field, "ms", seen, field)


def everysec(o, dirs):
    """CPU of a request with the log and without it, servers in turn on a core
    of their own, medians of some rounds."""
    running = {(kind, policy): Server(kind, options, dirs.new(), core=0)
               for kind in o.kinds
               for policy, options in (("none", OFF),
                                       ("everysec", log("everysec")))}
    for s in running.values():
        fill(s, 100000)
    for what in ("set", "get"):
        for pipeline in (1, 16):
            cpu = {k: [] for k in running}
            for i in range(o.rounds):
                for k in list(running)[::-1 if i % 2 else 1]:
                    cpu[k].append(Load(
                        running[k], what, 50, pipeline, o.seconds / 2,
                        core=1).result()["cpu"])
            report_cpu(o, "CPU of a %s, pipeline %d: " % (
                what.upper(), pipeline), cpu)
    for s in running.values():
        s.kill()


def report_cpu(o, name, cpu):
    for policy, label in (("none", "no log"), ("everysec", "everysec")):
        bench.figure(name + label, "us", {
            kind: statistics.median(cpu[kind, policy]) for kind in o.kinds})
    bench.figure(name + "everysec / none", "x", {
        kind: statistics.median(b / a for a, b in zip(
            cpu[kind, "none"], cpu[kind, "everysec"])) for kind in o.kinds})


def latency(o, dirs):
    """Without and with a log, at full speed and at a rate that leaves room."""
    for rate in (0, o.rate):
        for name, options in (("no log", OFF), ("everysec", log("everysec"))):
            seen = {}
            for kind in o.kinds:
                s = Server(kind, options, dirs.new())
                seen[kind] = Load(s, seconds=2 * o.seconds,
                                  rate=rate).result()
                s.kill()
            what = "%s, 50 clients, %s: " % (
                name, "%d SETs/s" % rate if rate else "all they can")
            figures(what + "rate", "/s", seen, "rate")
            for field in ("p50", "p99", "p99.9", "longest"):
                figures(what + field, "ms", seen, field)


def background(s, command, field, o):
    """Runs `command` in the background of a loaded server."""
    calm = Load(s, seconds=o.seconds, rate=o.rate, keys=o.keys).result()
    before = s.peak(reset=True)
    load = Load(s, seconds=600, rate=o.rate, keys=o.keys)
    time.sleep(.5)
    began = time.monotonic()
    s.cmd(command)
    while s.info(field):
        time.sleep(.05)
    took = time.monotonic() - began
    seen = load.stop()
    cow = s.info("rdb_last_cow_size" if command == "BGSAVE"
                 else "aof_last_cow_size") or 0
    return {"seconds": took, "longest before": calm["longest"],
            "p99 before": calm["p99"], "longest": seen["longest"],
            "p99": seen["p99"],
            "cpu": seen["used"] - calm["used"] * seen["seconds"] / calm[
                "seconds"],
            "fork": (s.info("latest_fork_usec", "stats") or 0) / 1000,
            "cow": cow / 1e6,
            "memory": (s.peak() - before + cow) / 1e6}


def under_load(o, dirs, name, options, command, field):
    seen = {}
    for kind in o.kinds:
        s = Server(kind, options, dirs.new())
        fill(s, o.keys)
        seen[kind] = background(s, command, field, o)
        s.kill()
        dirs.remove()
    name += " of %gM keys, %d SETs/s: " % (o.keys / 1e6, o.rate)
    for what, unit, key in (
            ("it takes", "s", "seconds"),
            ("p99 before", "ms", "p99 before"),
            ("p99 meanwhile", "ms", "p99"),
            ("longest before", "ms", "longest before"),
            ("longest meanwhile", "ms", "longest"),
            ("CPU", "s", "cpu"), ("fork", "ms", "fork"),
            ("copied on write", "MB", "cow"),
            ("extra memory", "MB", "memory")):
        figures(name + what, unit, seen, key)


def snapshot(o, dirs):
    under_load(o, dirs, "BGSAVE", OFF, "BGSAVE", "rdb_bgsave_in_progress")


def rewrite(o, dirs):
    under_load(o, dirs, "BGREWRITEAOF", log("everysec"),
               "BGREWRITEAOF", "aof_rewrite_in_progress")


def loading(o, dirs):
    """Each server loads the same files: a snapshot and a log of each."""
    for maker in o.kinds[::-1]:
        made = dirs.new()
        s = Server(maker, log("everysec"), made)
        fill(s, o.keys)
        s.cmd("SAVE")
        s.kill()
        for what, name, options in (
                ("snapshot", "dump.rdb", OFF),
                ("log", "appendonlydir", log("everysec"))):
            load_one(o, dirs, made, maker, what, name, options)
        dirs.remove()


def load_one(o, dirs, made, maker, what, name, options):
    rate, cpu = {}, {}
    for kind in o.kinds:
        d = dirs.new()
        source = os.path.join(made, name)
        (shutil.copytree if os.path.isdir(source) else shutil.copy)(
            source, os.path.join(d, name))
        s = Server(kind, options, d)
        if s.cmd("DBSIZE").v != o.keys:
            raise SystemExit("%s read %s of %d keys from the %s of %s" % (
                kind, s.cmd("DBSIZE").v, o.keys, what, maker))
        rate[kind] = o.keys / s.seconds
        cpu[kind] = s.cpu_used / o.keys * 1e6
        s.kill()
    name = "loading a %s by %s, %gM keys" % (what, maker, o.keys / 1e6)
    bench.figure(name, "keys/s", rate)
    bench.figure(name + ": CPU", "us/key", cpu)


def restart(o, dirs):
    """kill -9 under load, then the next start; the same after a rewrite."""
    keys = max(o.keys // 5, 1)
    times = {"of SETs": {}, "rewritten": {}}
    cpu = {name: {} for name in times}
    for kind in o.kinds:
        d = dirs.new()
        for name, before in zip(times, (None, "BGREWRITEAOF")):
            s = Server(kind, log("everysec"), d)
            fill(s, keys)
            if before:
                s.cmd(before)
                while s.info("aof_rewrite_in_progress"):
                    time.sleep(.02)
            load = Load(s, seconds=60, keys=keys, rate=o.rate)
            time.sleep(1)
            s.kill()
            load.process.communicate()
            again = Server(kind, log("everysec"), d)
            times[name][kind] = again.seconds
            cpu[name][kind] = again.cpu_used
            again.kill()
    for name in times:
        what = "restart after kill -9, %gM keys, log %s" % (keys / 1e6, name)
        bench.figure(what, "s", times[name])
        bench.figure(what + ": CPU", "s", cpu[name])


def program(directory):
    """Compiles load.c."""
    out = os.path.join(directory, "load")
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", out,
                    os.path.join(bench.HERE, "load.c")], check=True)
    return out


def arguments():
    a = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("parts", nargs="*", metavar="part",
                   help="one of " + " ".join(PARTS))
    a.add_argument("--keys", type=int, default=5000000)
    a.add_argument("--seconds", type=float, default=5)
    a.add_argument("--rounds", type=int, default=3)
    a.add_argument("--rate", type=int, default=10000,
                   help="SETs a second while something else goes on")
    a.add_argument("--only", choices=bench.servers.KINDS)
    a.add_argument("--dir")
    o = a.parse_args()
    for part in o.parts:
        if part not in PARTS:
            a.error("%s: unknown; there are %s" % (part, " ".join(PARTS)))
    o.kinds = [o.only] if o.only else bench.kinds()
    return o


def main():
    global PROGRAM
    o = arguments()
    if not sys.platform.startswith("linux"):
        raise SystemExit("reads /proc")
    dirs = Directories(o.dir)
    built = tempfile.mkdtemp(prefix="durability-")
    try:
        PROGRAM = program(built)
        disk(o, dirs)
        for part in o.parts or PARTS:
            globals()[part](o, dirs)
            dirs.remove()
    finally:
        for s in Server.running[:]:
            s.kill()
        dirs.remove()
        shutil.rmtree(built, ignore_errors=True)


if __name__ == "__main__":
    main()
