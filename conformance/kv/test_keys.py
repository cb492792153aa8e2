"""What of the commands on keys is a matter of time. Replies are cases of the
suite: cases/generic.py, scan.py, expire.py ..."""

import pytest

from conformance.resp import Array, parse

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
