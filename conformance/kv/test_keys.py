"""What of the commands on keys is a matter of time. Replies are cases of the
suite: cases/generic.py, scan.py, expire.py ..."""

import time

import pytest

from conformance.kv import servers
from conformance.resp import Array, dump, parse

EXPLOSIVE = [
    b"a*" * 30 + b"b", b"*a" * 30 + b"b", b"*?" * 50000, b"?*" * 50000,
    b"*" * 100000 + b"b", b"*a" * 1000 + b"b", b"*[a-z]" * 1000 + b"[^a]",
    b"*\\a" * 1000 + b"b", b"[a" * 50000, b"*aaaa" * 10 + b"b",
    b"a*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*b",
]


@pytest.mark.parametrize("pattern", EXPLOSIVE,
                         ids=lambda p: "%s-%d" % (p[:6].decode(), len(p)))
def test_explosive_pattern(conn, pattern):
    """No match, and the answer is there within a second."""
    conn.cmd("MSET", b"a" * 60, "v", b"a" * 2000, "v")
    conn.timeout = 1
    assert conn.cmd("KEYS", pattern) == Array([])
    assert conn.cmd("SCAN", 0, "MATCH", pattern) == parse(
        b"*2\r\n$1\r\n0\r\n*0\r\n")[0]


@pytest.mark.only("kv", why="fields that expire, as later servers have them")
@pytest.mark.parametrize("ask, want", [
    (["HLEN h"], b":1\r\n"),
    (["HGET h stays"], b"$1\r\nv\r\n"),
    (["HSET h new v"], b":1\r\n"),
    (["COPY h i"], b":1\r\n"),
    (["MULTI", "PING", "HLEN h", "EXEC"], b"*2\r\n+PONG\r\n:1\r\n"),
])
def test_many_fields_past_their_time(start, ask, want):
    """Who asks for their hash waits, and nobody else: they go in slices, each
    of which is an event."""
    count = 20000
    server = start("kv", "--enable-debug-command", "yes",
                   "--notify-keyspace-events", "Eh")
    with server.connect() as c, server.connect() as s:
        c.cmd("DEBUG", "SET-ACTIVE-EXPIRE", 0)
        at = int(c.cmd("TIME").v[0].v) * 1000 + (
            8000 if servers.sanitized() else 1500)
        for i in range(0, count, 1000):
            c.cmd("HSETEX", "h", "PXAT", at, "FIELDS", 1000,
                  *(b for j in range(i, i + 1000) for b in (j, "v")))
        c.cmd("HSET", "h", "stays", "v")
        s.cmd("PSUBSCRIBE", "__keyevent@*")
        time.sleep(max(0, at / 1000 - time.time()) + .05)
        for line in ask[:-1]:
            c.cmd(*line.split())
        assert dump(c.cmd(*ask[-1].split())) == want
        c.cmd("PUBLISH", "__keyevent@end", "")
        events = []
        while not events or events[-1] != b"__keyevent@end":
            events.append(s.read().v[2].v)
        assert len(events) > count / 1000
        assert c.cmd("HLEN", "h").v == 1 + (ask[0][:4] == "HSET")
