#!/usr/bin/env python3
"""Resident bytes a key with a time to live: 16-byte key, 8-byte value, worst
of 0.7, 1.0 and 1.4 million keys, a fresh server for each.

    conformance/bench/bytes_ttl.py [KEYS ...]"""

import sys

import bench


def bytes_a_key(kind, keys):
    server = bench.servers.Server(kind)
    try:
        before = bench.resident(server)
        with bench.dial(server) as s:
            bench.fill(s, (
                b"*5\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$8\r\nabcdefgh\r\n"
                b"$2\r\nEX\r\n$5\r\n10000\r\n" % i for i in range(keys)))
        return (bench.resident(server) - before) / keys
    finally:
        server.stop()


def main():
    counts = list(map(int, sys.argv[1:])) or [700000, 1000000, 1400000]
    bench.figure(
        "bytes a key with TTL, worst of %s keys" % ", ".join(
            "%gM" % (n / 1e6) for n in counts), "B",
        {kind: max(bytes_a_key(kind, n) for n in counts)
         for kind in bench.kinds()}, "<= 68 B")


if __name__ == "__main__":
    main()
