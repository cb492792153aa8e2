"""Keyspace events that redis-server 7.0 does not have."""

import pytest

from conformance.resp import Array, Bulk, Push, Simple, encode

pytestmark = pytest.mark.only("kv", why="events of later servers")
OK = Simple("OK")


def heard(server, classes, *commands):
    """The events that commands cause, as "event key", per class."""
    with server.connect() as c, server.connect() as s:
        assert c.cmd("FLUSHALL") == OK
        assert c.cmd("CONFIG", "SET", "notify-keyspace-events",
                     "E" + classes) == OK
        s.send(encode("PSUBSCRIBE", "__keyevent@*"))
        s.read()
        got = []
        for line in commands:
            c.cmd(*line.split())
        assert c.cmd("PUBLISH", "__keyevent@end", "x").v == 1
        while True:
            m = s.read()
            assert type(m) in (Array, Push)
            channel, text = m.v[2].v.decode(), m.v[3].v.decode()
            if channel == "__keyevent@end":
                return got
            got.append("%s %s" % (channel.split(":")[1], text))


@pytest.mark.parametrize("commands, want", [
    ("SET k 1; SET k 2; APPEND k x; SETRANGE k 0 y; GETSET k 3",
     "overwritten k; overwritten k"),
    ("RPUSH k a; SET k 1", "overwritten k; type_changed k"),
    ("MSET a 1 b 2; MSET a 3 c 4", "overwritten a"),
    ("SET a 1; SET b 2; RENAME a b", "overwritten b"),
    ("SET a 1; RPUSH b 2; RENAME a b", "overwritten b; type_changed b"),
    ("RPUSH a 1; SET b 2; COPY a b REPLACE", "overwritten b; type_changed b"),
    ("SET a 1; SET b 2; COPY a b", ""),
    ("SADD a 1; SADD b 2; SUNIONSTORE b a", "overwritten b"),
    ("SADD a 1; SET b 2; SUNIONSTORE b a", "overwritten b; type_changed b"),
    ("ZADD a 1 x; SET b 2; ZUNIONSTORE b 1 a", "overwritten b; type_changed b"),
    ("RPUSH a 3 1; SADD b 2; SORT a STORE b", "overwritten b; type_changed b"),
    ("SET a 1; RPUSH b 2; BITOP OR b a", "overwritten b; type_changed b"),
    ("SET a 1; SET b 2; BITOP OR b a", "overwritten b"),
    ("SET k 1; SET k 2 NX; SET k 2 XX; SET k 3 GET",
     "overwritten k; overwritten k"),
    ("SETEX k 100 1; SETEX k 100 2; SETNX k 3", "overwritten k"),
    ("SET k 1; INCR k; HSET h f v; HSET h f w; LPUSH l a; LSET l 0 b", ""),
])
def test_overwritten(server, commands, want):
    assert heard(server, "oc", *commands.split("; ")) == [
        w for w in want.split("; ") if w]


def test_classes_one_by_one(server):
    commands = "RPUSH k a", "SET k 1"
    assert heard(server, "o", *commands) == ["overwritten k"]
    assert heard(server, "c", *commands) == ["type_changed k"]
    assert heard(server, "A", *commands) == ["rpush k", "set k"]
    assert heard(server, "$oc", *commands) == [
        "overwritten k", "type_changed k", "set k"]
    assert heard(server, "m", "GET a", "HGET b f", "EXISTS c") == [
        "keymiss a", "keymiss b", "keymiss c"]
    assert heard(server, "n", "SET a 1", "SET a 2", "HSET h f v") == [
        "new a", "new h"]


def test_restore_replaces(server):
    with server.connect() as c:
        c.cmd("FLUSHALL")
        c.cmd("RPUSH", "l", "a")
        dump = c.cmd("DUMP", "l").v
        c.cmd("SET", "k", "v")
        c.cmd("CONFIG", "SET", "notify-keyspace-events", "Eoc")
        with server.connect() as s:
            s.send(encode("PSUBSCRIBE", "__keyevent@*"))
            s.read()
            assert c.cmd("RESTORE", "k", 0, dump, "REPLACE") == OK
            assert [s.read().v[2] for _ in range(2)] == [
                Bulk("__keyevent@0__:overwritten"),
                Bulk("__keyevent@0__:type_changed")]


def test_fields(server):
    got = heard(server, "h", "HSET h a 1 b 2 c 3", "HPEXPIRE h 1 FIELDS 1 a",
                "DEBUG SLEEP 0.05", "PING", "HEXPIRE h 100 FIELDS 1 b",
                "HPERSIST h FIELDS 1 b", "HPEXPIREAT h 1 FIELDS 1 c")
    assert got == ["hset h", "hexpire h", "hexpired h", "hexpire h",
                   "hpersist h", "hdel h"]
