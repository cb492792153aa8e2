"""The mini dialect, and the small client that people may copy."""

import os
import random
import subprocess
import sys

import pytest

from conformance import mini
from conformance.cases.nested import some_value
from conformance.conn import Conn
from conformance.expect import At, Typed, project
from conformance.kv import servers
from conformance.resp import (Array, Bulk, Err, Int, Map, Null,
                              NullBulk, Set, Simple, encode, encode_typed)

OK = Simple("OK")


@pytest.fixture
def ports(start):
    """A server's port, and its mini port."""
    mini_port = servers.free_port()
    return start("kv", "--mini-port", mini_port).port, mini_port


def door(port):
    """A connection to a mini port: RESP3's types and `$-1`."""
    c = Conn(port)
    c.parser.proto = 0
    return c


def with_bulk_nulls(value):
    """What the mini dialect sends for a value."""
    if isinstance(value, Null):
        return NullBulk()
    if isinstance(value, Map):
        return Map([(with_bulk_nulls(k), with_bulk_nulls(v))
                    for k, v in value.v])
    if isinstance(value, (Array, Set)):
        return type(value)([with_bulk_nulls(x) for x in value.v])
    return value


ANSWERS = [
    ("SET k v", Int(1)), ("GET k", Bulk("v")), ("GET nothing", NullBulk()),
    ("SET k w NX", Int(0)), ("SET k w XX", Int(1)),
    ("SET k x GET", Bulk("w")), ("MSET a 1 b 2", Int(2)),
    ("MGET a b c", Array([Bulk("1"), Bulk("2"), NullBulk()])),
    ("KEYS a*", Array([Bulk("a")])), ("DELETE a", Int(1)),
    ("DELETE a", Int(0)), ("DELETE b k nothing", Int(2)), ("FLUSH", Int(0)),
    ("SET k v", Int(1)), ("set j v", Int(1)), ("FLUSH", Int(2)),
    ("KEYS", Array([])), ("PING", Simple("PONG")), ("ECHO x", Bulk("x")),
    ("DBSIZE", Int(0)), ("INCR n", Int(1)), ("TYPE n", Simple("string")),
    ("DELETE", Err("ERR wrong number of arguments for 'delete' command")),
    ("MSET a", Err("ERR wrong number of arguments for 'mset' command")),
    ("MSET a 1 b", Err("ERR wrong number of arguments for 'mset' command")),
    ("KEYS a b", Err("ERR wrong number of arguments for 'keys' command")),
    ("FLUSH now", Err("ERR wrong number of arguments for 'flush' command")),
    ("SELECT 1", OK), ("SET k v", Int(1)), ("FLUSH", Int(1)),
]


@pytest.mark.parametrize("form", ["resp", "lines"])
@pytest.mark.parametrize("how", ["plain", "pipelined", "bytewise"])
def test_answers(ports, form, how):
    with door(ports[1]) as c:
        sent = [encode(*command.split()) if form == "resp"
                else command.encode() + b"\n" for command, _ in ANSWERS]
        if how == "pipelined":
            c.send(b"".join(sent))
        for (command, want), data in zip(ANSWERS, sent):
            if how != "pipelined":
                (c.send if how == "plain" else c.send_bytewise)(data)
            assert c.read() == want, command
        assert c.fence() == []


def test_exit_closes(ports):
    with door(ports[1]) as c:
        c.send(b"SET k v\r\nEXIT\r\nSET k w\r\n")
        assert c.read() == Int(1)
        assert c.at_eof()
    with door(ports[1]) as c:
        assert c.cmd("GET", "k") == Bulk("v")


def test_the_other_door_knows_none_of_it(ports):
    with Conn(ports[0]) as c:
        for name in ("DELETE", "FLUSH", "EXIT"):
            assert c.cmd(name, "x").v.startswith(b"ERR unknown command")
        assert c.cmd("SET", "k", "v") == OK
        listed = {v.v for v in c.cmd("COMMAND", "LIST").v}
        assert not {b"delete", b"flush", b"exit"} & listed


def test_hello_3_and_reset(ports):
    with door(ports[1]) as c:
        assert isinstance(c.cmd("HELLO", "3"), Map)
        c.send(encode_typed("SET", "k", Null()))
        assert c.read() == Int(1)
        assert c.cmd("GET", "k") == Null()
        assert c.cmd("RESET") == Simple("RESET")
        c.send(encode_typed("SET", "k", Array([Null()])))
        assert c.read() == Int(1)
        assert c.cmd("GET", "k") == Array([NullBulk()])


@pytest.mark.parametrize("seed", range(30))
def test_both_doors_show_the_same(ports, seed):
    """What one dialect writes the other reads."""
    value = Array([some_value(random.Random(seed), 60)])
    with door(ports[1]) as small, Conn(ports[0]) as two, \
            Conn(ports[0], proto=3) as three:
        small.send(encode_typed("SET", "k", value))
        assert small.read() == Int(1)
        assert two.cmd("GET", "k") == project(Typed(value), At(2))
        assert three.cmd("GET", "k") == value
        assert two.cmd("CLIENT", "CAPA", "nested") == OK
        two.send(encode_typed("SET", "j", value))
        assert two.read() == OK
        assert small.cmd("GET", "j") == with_bulk_nulls(value)
        assert small.cmd("COPY", "j", "i") == Int(1)
        assert small.cmd("MGET", "i", "no") == Array(
            [with_bulk_nulls(value), NullBulk()])


def test_passwords_hold_there_too(start):
    port = servers.free_port()
    start("kv", "--mini-port", port, "--requirepass", "pw")
    with door(port) as c:
        assert c.cmd("SET", "k", "v").v.startswith(b"NOAUTH")
        assert c.cmd("AUTH", "pw") == OK
        assert c.cmd("SET", "k", "v") == Int(1)
    with door(port) as c:
        c.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n*3\r\n" + b"+" + b"x" * 17000)
        assert c.read().v == (b"ERR Protocol error: unauthenticated bulk "
                              b"length")
        assert c.at_eof()


# ---- mini.py ---------------------------------------------------------------

def test_client(ports):
    with mini.Client(port=ports[1]) as c:
        data = {b"a": [1, -2.5, None, True, b"\r\n", {}], b"b": {b"c": 2**70}}
        assert c.flush() == 0
        assert c.set("k", data) == 1
        assert c.get("k") == data
        assert c.get("nothing") is None
        assert c.mset({"x": 1, b"y": [None], "z": "text"}) == 3
        assert c.mget("x", "y", "z", "w") == [1, [None], b"text", None]
        assert sorted(c.keys()) == [b"k", b"x", b"y", b"z"]
        assert c.keys("x*") == [b"x"]
        assert (c.delete("x"), c.delete("x"), c.delete("y", "z")) == (1, 0, 2)
        with pytest.raises(mini.Error):
            c.execute("NOPE")
        assert c.set("s", {1, 2, 3}) == 1 and sorted(c.get("s")) == [1, 2, 3]
        assert c.flush() == 2


def test_demonstration(ports):
    done = subprocess.run(
        [sys.executable, os.path.abspath(mini.__file__), str(ports[1])],
        stdout=subprocess.PIPE, universal_newlines=True, timeout=30)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) == 12
    assert lines[4].split()[-1] == "1"
    assert lines[-1].split() == ["flush()", "3"]
    assert "{b'name': b'kv'" in lines[5]
    assert lines[3].endswith("None")


def test_nested_values_are_evicted(start):
    mini_port = servers.free_port()
    server = start("kv", "--mini-port", mini_port, "--maxmemory", "4mb",
                   "--maxmemory-policy", "allkeys-lru")
    value = {"list": list(range(2000)), "text": "x" * 3000}
    with mini.Client(port=mini_port) as c, server.connect() as plain:
        for i in range(1000):
            assert c.set("k%d" % i, value) == 1
        assert 10 < len(c.keys()) < 900
        assert len(c.get("k999")[b"list"]) == 2000
        assert b"evicted_keys:0" not in plain.cmd("INFO", "stats").v
        used = plain.cmd("MEMORY", "USAGE", "k999").v
        assert 12000 < used < 25000
