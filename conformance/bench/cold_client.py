#!/usr/bin/env python3
"""The first request of a client that has idled among 9,000: latency of a PING
from the server's quiet and beside one busy client.

    conformance/bench/cold_client.py [CLIENTS]"""

import random
import subprocess
import sys
import time

import bench

ASKED = 400         # cold clients that wake up in each round
IDLE = 3            # seconds of idleness before

BUSY = """
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
print("go", flush=True)
while True:
    s.sendall(b"PING\\r\\n")
    if not s.recv(64):
        break
"""


def ping(s):
    start = time.perf_counter()
    s.sendall(b"PING\r\n")
    if s.recv(64) != b"+PONG\r\n":
        raise SystemExit("no PONG")
    return (time.perf_counter() - start) * 1000


def wake(cold):
    """Latencies, sorted, of clients that have idled; each is used once."""
    times = []
    for _ in range(ASKED):
        times.append(ping(cold.pop()))
        time.sleep(0.005)
    return sorted(times)


def measure(kind, clients):
    server = bench.servers.Server(kind)
    bench.apart(server)
    try:
        cold = [bench.dial(server) for _ in range(clients)]
        for s in cold:
            ping(s)
        random.Random(1).shuffle(cold)
        time.sleep(IDLE)
        quiet = wake(cold)
        busy = subprocess.Popen([sys.executable, "-c", BUSY, str(server.port)],
                                stdout=subprocess.PIPE)
        try:
            busy.stdout.readline()
            time.sleep(IDLE)
            beside = wake(cold)
        finally:
            busy.kill()
            busy.wait()
            busy.stdout.close()
        for s in cold:
            s.close()
        return quiet, beside
    finally:
        server.stop()
        bench.together()


def main():
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 9000
    clients = min(clients, bench.more_files(clients + 1100) - 100)
    seen = {kind: measure(kind, clients) for kind in bench.kinds()}
    for i, name in enumerate(("quiet server", "beside a busy client")):
        for part, label in ((0.5, "median"), (0.99, "p99"), (1, "longest")):
            bench.figure(
                "cold client of %d, %s: %s" % (clients, name, label), "ms",
                {k: v[i][min(int(part * ASKED), ASKED - 1)]
                 for k, v in seen.items()}, "<= 2 ms")


if __name__ == "__main__":
    main()
