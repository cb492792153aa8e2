#!/usr/bin/env python3
"""Commands on bits and HyperLogLogs, on small and large values: milliseconds of
the long ones, the server's CPU per command of the short ones at pipeline 16.
Sending and reading is the same for both servers, and in the figures."""

import random
import shutil
import subprocess
import time

import bench
from conformance.kv import servers

MB = 1 << 20
LONG = 100 * MB         # bytes of the large values
COUNT = 1000000         # short commands of each kind
PIPELINE = 16


def cpu(sock):
    """Microseconds of CPU that the server has used."""
    sock.sendall(bench.request("INFO", "cpu"))
    text = sock.recv(65536).decode()
    return sum(float(line.split(":")[1]) for line in text.split("\r\n")
               if line.startswith(("used_cpu_sys:", "used_cpu_user:"))) * 1e6


def call(sock, *args):
    """One command whose reply is short."""
    sock.sendall(bench.request(*args))
    got = b""
    while not got.endswith(b"\r\n"):
        got += sock.recv(65536)
    if got.startswith(b"-"):
        raise SystemExit("%r: %r" % (args[:3], got))
    return got


def long_ones(sock):
    """{name: milliseconds, the best of five}"""
    rng = random.Random(1)
    part = bytes(rng.getrandbits(8) for _ in range(MB))
    for key in ("a", "b"):
        for i in range(LONG // MB):
            call(sock, "APPEND", key, part)
    call(sock, "SETRANGE", "zeros", LONG - 1, "\x01")
    out = {}
    for name, line in [
            ("BITCOUNT of 100 MiB", "BITCOUNT a"),
            ("BITPOS 1 behind 100 MiB of zeros", "BITPOS zeros 1"),
            ("BITOP AND of two of 100 MiB", "BITOP AND d a b"),
            ("BITOP XOR of two of 100 MiB", "BITOP XOR d a b"),
            ("BITOP NOT of 100 MiB", "BITOP NOT d a")]:
        best = 1e9
        for _ in range(5):
            began = time.perf_counter()
            call(sock, *line.split())
            best = min(best, time.perf_counter() - began)
        out[name] = best * 1000
    call(sock, "FLUSHALL")
    a = " ".join("x" * (i % 9) for i in range(1500))
    call(sock, "MSET", "a", a, "b", a[::-1])
    began = time.perf_counter()
    call(sock, "LCS", "a", "b", "LEN")
    out["LCS LEN of two of 7.5 KB"] = (time.perf_counter() - began) * 1000
    call(sock, "FLUSHALL")
    return out


# name: a command for redis-benchmark, how many different numbers it has
STREAMS = {
    "SETBIT, 100 values of 1 KiB": ("SETBIT s__rand_int__ 777 1", 100),
    "SETBIT, a value of 10 MiB": ("SETBIT big 70000000 1", 1),
    "GETBIT, a value of 10 MiB": ("GETBIT big 70000000", 1),
    "BITCOUNT of 1 KiB": ("BITCOUNT s__rand_int__", 100),
    "BITPOS of 1 KiB": ("BITPOS s__rand_int__ 1", 100),
    "BITFIELD INCRBY u16, a value of 10 MiB": (
        "BITFIELD big INCRBY u16 #3000000 1", 1),
    "BITOP OR of three of 1 KiB": (
        "BITOP OR d__rand_int__ s__rand_int__ s000000000001 s000000000002", 100),
    "PFADD to one dense": ("PFADD h000000000001 __rand_int__", 10**9),
    "PFADD to 100000 sparse": ("PFADD p__rand_int__ __rand_int__", 100000),
    "PFADD to one sparse, nothing new": (
        "PFADD q000000000001 __rand_int__", 900),
    "PFCOUNT, not cached (PFADD and PFCOUNT)": None,
    "PFCOUNT of two dense": (
        "PFCOUNT h000000000001 h000000000002", 1),
    "PFMERGE of two dense": (
        "PFMERGE m h000000000001 h000000000002", 1),
}


def prepare(sock):
    call(sock, "FLUSHALL")
    call(sock, "SETBIT", "big", 80 * MB, 1)
    for i in range(100):
        call(sock, "SETBIT", "s%012d" % i, 8191, 1)
    for i in range(3):
        call(sock, "PFADD", "h%012d" % i, *range(i, 20000, i + 1))
    call(sock, "PFADD", "q%012d" % 1, *("%012d" % i for i in range(900)))


def drive(server, line, numbers, count):
    subprocess.run(
        ["redis-benchmark", "-p", str(server.port), "-n", str(count), "-P",
         str(PIPELINE), "-c", "50", "-r", str(numbers), "-q"] + line.split(),
        check=True, stdout=subprocess.DEVNULL)


def pairs(sock, count):
    """Each PFCOUNT finds that a PFADD came before it."""
    rng = random.Random(4)
    for _ in range(count // PIPELINE):
        batch = b"".join(
            bench.request("PFADD", "u", rng.getrandbits(40)) +
            bench.request("PFCOUNT", "u") for _ in range(PIPELINE // 2))
        sock.sendall(batch)
        lines = 0
        while lines < PIPELINE:
            lines += sock.recv(65536).count(b"\r\n")


def short_ones(server, sock):
    """{name: microseconds of CPU per command}"""
    out = {}
    for name, stream in STREAMS.items():
        prepare(sock)
        slow = name.startswith(("PFCOUNT", "PFMERGE"))
        count = COUNT // 20 if slow else COUNT
        began = cpu(sock)
        if stream:
            drive(server, stream[0], stream[1], count)
        else:
            pairs(sock, count)
        out[name] = (cpu(sock) - began) / count
    return out


def main():
    if not shutil.which("redis-benchmark"):
        raise SystemExit("it needs redis-benchmark")
    found = {}
    for kind in bench.kinds():
        server = servers.Server(kind)
        try:
            bench.apart(server)
            with bench.dial(server) as sock:
                found[kind] = [long_ones(sock), short_ones(server, sock)]
        finally:
            bench.together()
            server.stop()
    for i, unit in ((0, "ms"), (1, "us")):
        for name in found["kv"][i]:
            bench.figure(name, unit, {k: found[k][i][name] for k in found},
                         "<= redis" if i == 0 else "<= 0.9 x")


if __name__ == "__main__":
    main()
