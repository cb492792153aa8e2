#!/usr/bin/env python3
"""How late expired keys leave, seen from outside: keys with random times to
live within ten seconds, and a burst that is due at one instant. DBSIZE is
asked every millisecond; with N keys gone, the N+1st in order of time is still
there, and its age past its time is the lag. expiry_lag.c sees each key alone.

    conformance/bench/expiry_lag.py [KEYS [BURST]]"""

import random
import sys
import time

import bench

WINDOW = 10000      # milliseconds
PATIENCE = 150      # seconds that a server gets to catch up


def dbsize(s):
    s.sendall(b"DBSIZE\r\n")
    line = s.recv(64)
    while not line.endswith(b"\r\n"):
        line += s.recv(64)
    return int(line[1:])


def measure(kind, keys, burst):
    """Longest lag of a key before the burst, until the burst is gone, until
    the last key is gone, all in ms."""
    server = bench.servers.Server(kind)
    bench.apart(server)
    try:
        with bench.dial(server) as s:
            # room for the loading, at 50,000 a second
            start = int(time.time() * 1000) + 2000 + (keys + burst) // 50
            instant = start + WINDOW // 2
            rnd = random.Random(1)
            due = [start + rnd.randrange(WINDOW) for _ in range(keys)]
            due += [instant] * burst
            bench.fill(s, (
                b"*5\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$8\r\nabcdefgh\r\n"
                b"$4\r\nPXAT\r\n$13\r\n%d\r\n" % (i, at)
                for i, at in enumerate(due)))
            if time.time() * 1000 > start:
                raise SystemExit("loading took too long")
            due.sort()
            return watch(s, due, instant)
    finally:
        server.stop()
        bench.together()


def watch(s, due, instant):
    burst_end = next(
        (i for i, at in enumerate(due) if at > instant), len(due))
    before = 0.0
    burst = None
    while True:
        now = time.time() * 1000
        gone = len(due) - dbsize(s)
        if gone < len(due) and due[gone] < instant:
            before = max(before, now - due[gone])
        if gone >= burst_end and burst is None:
            burst = now - instant
        if gone == len(due):
            return before, burst, max(0, now - due[-1])
        if now > due[-1] + PATIENCE * 1000:
            return before, burst, PATIENCE * 1000
        time.sleep(0.001)


def main():
    keys, burst = (list(map(int, sys.argv[1:])) + [1000000, 100000][
        len(sys.argv) - 1:])[:2]
    seen = {kind: measure(kind, keys, burst) for kind in bench.kinds()}
    what = "%d keys over %d s" % (keys, WINDOW // 1000)
    for i, (name, aim) in enumerate((
            ("expiry lag by DBSIZE, %s" % what, 5),
            ("  a burst of %d among them gone after" % burst,
             5 + burst / 1000),
            ("  the last one gone after", 5))):
        bench.figure(name, "ms", {k: v[i] for k, v in seen.items()},
                     "<= %g ms" % aim)


if __name__ == "__main__":
    main()
