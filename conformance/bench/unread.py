#!/usr/bin/env python3
"""Bytes that a server holds for a client that sends 22 KB of pipelined GETs
of a 100 KB value and never reads: growth of its resident memory.

    conformance/bench/unread.py"""

import socket
import time

import bench

VALUE = 100 * 1000
SENT = 22 * 1000


def measure(kind):
    server = bench.servers.Server(kind)
    try:
        with bench.dial(server) as s:
            bench.fill(s, [bench.request("SET", "big", b"x" * VALUE)])
            # one reply read, so that what a first reply costs is not counted
            s.sendall(bench.request("GET", "big"))
            left = VALUE + len("$%d\r\n\r\n" % VALUE)
            while left:
                left -= len(s.recv(left))
        get = bench.request("GET", "big")
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", server.port))
        before = bench.resident(server)
        deaf.sendall(get * (SENT // len(get)))
        worst = 0
        for _ in range(200):
            time.sleep(0.01)
            worst = max(worst, bench.resident(server) - before)
        deaf.close()
        return worst
    finally:
        server.stop()


def main():
    bench.figure(
        "bytes held for 22 KB of GETs of 100 KB, never read", "kB",
        {kind: measure(kind) / 1024 for kind in bench.kinds()},
        "<= %.0f kB" % (1024 + VALUE / 1024))


if __name__ == "__main__":
    main()
