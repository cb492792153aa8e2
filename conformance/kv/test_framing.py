"""What of framing needs a process or its socket: half closes, memory, time.
The requests themselves are cases of the suite, cases/request*.py."""

import pytest

from conformance.kv.proc import MIB, cpu, rss
from conformance.resp import Simple, encode

PING, PONG = encode("PING"), b"+PONG\r\n"

# ---- half close: the client ends its side ----------------------------------

def barrier(server):
    """Returns when the server has seen what was sent to it before."""
    with server.connect() as c:
        c.cmd("PING")
        c.cmd("PING")


@pytest.mark.only("kv", why="redis drops what the socket does not take at "
                  "once")
def test_half_close_sends_everything_owed(server):
    """Complete requests are answered in full after the client's FIN."""
    value = b"v" * 100000
    with server.connect() as c:
        c.cmd("SET", "fr:big", value)
        c.send(encode("GET", "fr:big") * 50 + b"*2\r\n$3\r\nGET\r\n$6\r\nfr:")
        c.shutdown()
        assert c.read_until_close() == b"$100000\r\n%s\r\n" % value * 50


# ---- memory and time -------------------------------------------------------

@pytest.mark.parametrize("head", [
    b"*1\r\n$536870912\r\n", b"*2\r\n$4\r\nECHO\r\n$536870912\r\n",
    b"*2147483647\r\n$4\r\nMSET\r\n", b"*1000000\r\n", b"*536870912\r\n$1\r\n",
], ids=["bulk", "echo", "int-max-args", "million-args", "many-args"])
def test_announced_but_not_sent(server, start, head):
    """Memory grows with what arrives, not with what is announced: eight
    connections announce gigabytes and send about a kilobyte each."""
    s = start(server.kind)
    with s.connect() as c:
        c.cmd("PING")
        before, sent, conns = rss(s), 0, []
        for _ in range(8):
            conns.append(s.connect())
            more = b"x" * 1000 if b"$53" in head else b"$1\r\na\r\n" * 150
            conns[-1].send(head + more)
            sent += len(head + more)
        barrier(s)
        assert rss(s) - before < MIB + sent
        for other in conns:
            other.close()
        assert c.cmd("PING") == Simple("PONG")


def test_a_million_arguments_in_pieces(server):
    """MSET with a million arguments comes in pieces of 1,000 bytes: time
    grows with the bytes, not with their square."""
    def seconds(pairs):
        request = b"*%d\r\n$4\r\nMSET\r\n" % (1 + 2 * pairs)
        pair = b"".join(b"$5\r\nfr:%02d\r\n$1\r\nv\r\n" % i
                        for i in range(100))
        request += pair * (pairs // 100)
        began = cpu(server)
        with server.connect() as c:
            for i in range(0, len(request), 1000):
                c.send(request[i:i + 1000])
            assert c.read(30) == Simple("OK")
        return cpu(server) - began

    quarter, whole = seconds(125000), seconds(500000)
    assert whole < 8 * quarter + 0.3, (quarter, whole)


def test_a_big_argument_in_pieces(server):
    """The same for one argument of 16 MiB."""
    def seconds(size):
        request = encode("ECHO", b"x" * size)
        began = cpu(server)
        with server.connect(timeout=30) as c:
            for i in range(0, len(request), 4000):
                c.send(request[i:i + 4000])
            assert len(c.read().v) == size
        return cpu(server) - began

    quarter, whole = seconds(4 * MIB), seconds(16 * MIB)
    assert whole < 8 * quarter + 0.3, (quarter, whole)
