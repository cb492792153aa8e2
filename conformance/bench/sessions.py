#!/usr/bin/env python3
"""Pub/sub and commands that wait: the server's CPU per message delivered to
1,000 subscribers; 10,000 clients that wait, each for a key of its own or all
for one: CPU while nothing happens, from push to reply, bytes per client."""

import os
import select
import socket
import time

import bench
from conformance.kv import servers

SUBSCRIBERS = 1000
MESSAGES = 20           # batches of them
FANS = [(16, 1), (16, 100), (1000, 1), (1000, 20)]    # bytes, at once
WAITING = 10000
PUSHES = 1000


def cpu(server):
    """Seconds that the server has used."""
    with open("/proc/%d/stat" % server.pid) as f:
        fields = f.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def connections(server, n):
    out = []
    for _ in range(n):
        s = socket.create_connection(("127.0.0.1", server.port))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        out.append(s)
    return out


def take(sock, n):
    """Reads `n` bytes."""
    while n > 0:
        got = sock.recv(min(n, 1 << 16))
        assert got
        n -= len(got)


def replies(sock, n):
    """Reads `n` integers."""
    got = b""
    while got.count(b"\r\n") < n:
        got += sock.recv(65536)


def fan_out(server, size, batch):
    """Microseconds of CPU per message that arrived; `batch` of them are
    published in one send."""
    subs = connections(server, SUBSCRIBERS)
    for s in subs:
        s.sendall(bench.request("SUBSCRIBE", "news"))
    for s in subs:
        take(s, len(b"*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n"))
    text = "x" * size
    message = len(bench.request("message", "news", text))
    with bench.dial(server) as pub:
        began = cpu(server)
        for _ in range(MESSAGES):
            pub.sendall(bench.request("PUBLISH", "news", text) * batch)
            replies(pub, batch)
            for s in subs:
                take(s, message * batch)
        used = cpu(server) - began
    for s in subs:
        s.close()
    return used * 1e6 / (MESSAGES * batch * SUBSCRIBERS)


def idle_cpu(server, seconds=3.0):
    """Per cent of one core."""
    time.sleep(0.5)
    began = cpu(server)
    time.sleep(seconds)
    return (cpu(server) - began) / seconds * 100


def waiting(server, one_key):
    """(bytes a client, idle CPU, microseconds of CPU per push and served
    client, microseconds from push to its reply, the median)"""
    before = bench.resident(server)
    clients = connections(server, WAITING)
    quiet = bench.resident(server)
    name = "q" if one_key else "q%d"
    for i, s in enumerate(clients):
        s.sendall(bench.request("BLPOP", name if one_key else name % i, "0"))
    with bench.dial(server) as pusher:
        while True:
            pusher.sendall(b"INFO clients\r\n")
            got = pusher.recv(65536)
            if b"blocked_clients:%d\r" % WAITING in got:
                break
            time.sleep(0.05)
        blocked = bench.resident(server)
        idle = idle_cpu(server)
        lags = []
        watch = select.epoll()
        at_fd = {s.fileno(): i for i, s in enumerate(clients)}
        for s in clients:
            watch.register(s, select.EPOLLIN)
        began = cpu(server)
        for i in range(PUSHES):
            at = i * 7 % WAITING
            key = name if one_key else name % at
            sent = time.perf_counter()
            pusher.sendall(bench.request("RPUSH", key, "v"))
            (fd, _), = watch.poll(10)
            lags.append(time.perf_counter() - sent)
            assert one_key or at_fd[fd] == at
            assert b"\r\nv\r\n" in clients[at_fd[fd]].recv(256)
            pusher.recv(256)
        used = cpu(server) - began
    for s in clients:
        s.close()
    time.sleep(1)
    lags.sort()
    return ((blocked - quiet) / WAITING, idle, used * 1e6 / PUSHES,
            lags[PUSHES // 2] * 1e6, (quiet - before) / WAITING)


def main():
    bench.more_files(WAITING + SUBSCRIBERS + 200)
    found = {}
    for kind in bench.kinds():
        server = servers.Server(kind, "--maxclients", "12000")
        try:
            bench.apart(server)
            found[kind] = [[fan_out(server, *f) for f in FANS], None,
                           waiting(server, False), waiting(server, True)]
        finally:
            bench.together()
            server.stop()

    def show(name, unit, pick, aim=""):
        bench.figure(name, unit, {k: pick(f) for k, f in found.items()}, aim)

    for i, (size, batch) in enumerate(FANS):
        show("CPU per message delivered, %d bytes, %d at once" % (size, batch),
             "us", lambda f: f[0][i], "<= 0.7 x")
    for i, what in ((2, "a key each"), (3, "one key")):
        show("a waiting client, %s" % what, "bytes", lambda f: f[i][0])
        show("idle with 10000 waiting, %s" % what, "% CPU", lambda f: f[i][1],
             "0")
        show("CPU of a push that wakes one, %s" % what, "us",
             lambda f: f[i][2])
        show("push to its reply, %s" % what, "us", lambda f: f[i][3])


if __name__ == "__main__":
    main()
