"""HELLO, AUTH, SELECT, CLIENT and friends, and how connections come to be
and end: listeners, limits, protected mode."""

import os
import re
import select
import socket
import stat
import subprocess
import time

import pytest

import servers
from cases import *  # noqa: F403
from cases import arity
from proc import MIB, until
from resp import (Bulk, Closed, Conn, Int, Null, NullBulk, Verb, encode,
                  match)

PONG = Simple("PONG")
RESET = Simple("RESET")
NOPROTO = E("NOPROTO unsupported protocol version")
NOT_VERSION = E("ERR Protocol version is not an integer or out of range")
BAD_NAME = E("ERR Client names cannot contain spaces, newlines or special "
             "characters.")
WRONGPASS = E("WRONGPASS invalid username-password pair or user is disabled.")
NOAUTH = E("NOAUTH Authentication required.")
NO_PASSWORD = E("ERR AUTH <password> called without any password configured "
                "for the default user. Are you sure your configuration is "
                "correct?")
NO_CLIENT = E("ERR No such client")
BAD_ID = E("ERR client-id should be greater than 0")
DB_RANGE = E("ERR DB index is out of range")
SETINFO = "CLIENT SETINFO came with Redis 7.2"
NO_TOUCH = "CLIENT NO-TOUCH came with Redis 7.2"
MAXAGE = "CLIENT KILL MAXAGE came with Redis 7.4"


def option(name):
    return E("ERR Syntax error in HELLO option '%s'" % name)


def unknown_type(name):
    return E("ERR Unknown client type '%s'" % name)


def address(sock):
    """The near end as CLIENT LIST names it."""
    host, port = sock.getsockname()[:2]
    return "%s:%d" % ("[%s]" % host if ":" in host else host, port)


# ---- one connection ------------------------------------------------------

CASES = [
    case("ping", [
        ("PING", PONG), ("ping", PONG), ("PING hi", "hi"),
        (("PING", ""), ""), (("PING", b"\x00\r\n\xff"), b"\x00\r\n\xff"),
        ("PING a b", arity("ping")),
    ]),
    case("echo", [
        ("ECHO x", "x"), ("eChO x", "x"), (("ECHO", ""), ""),
        (("ECHO", b"\x00\r\n\xff"), b"\x00\r\n\xff"),
        ("ECHO", arity("echo")), ("ECHO a b", arity("echo")),
    ]),
    case("echo-long", [
        (("ECHO", "x" * 100000), "x" * 100000), ("PING", PONG)]),
    case("quit", [("PING", PONG), ("QUIT", OK), (b"", CLOSED)]),
    case("quit-args", [("QUIT now please", OK), (b"", CLOSED)]),
    case("auth-no-password", [
        ("AUTH x", NO_PASSWORD), (("AUTH", ""), NO_PASSWORD),
        ("AUTH default x", OK), (("AUTH", "default", ""), OK),
        ("AUTH nouser x", WRONGPASS), ("AUTH DEFAULT x", WRONGPASS),
        ("AUTH a b c", SYNTAX), ("AUTH", arity("auth")), ("PING", PONG),
    ]),
    case("select", [
        ("SELECT 1", OK), ("SET k 1", OK), ("SELECT 0", OK), ("GET k", NIL),
        ("SELECT 15", OK), ("GET k", NIL), ("SELECT 1", OK), ("GET k", "1"),
        ("SELECT 16", DB_RANGE), ("GET k", "1"), ("SELECT -1", DB_RANGE),
        ("SELECT abc", INT_ERR), ("SELECT 01", INT_ERR),
        (("SELECT", ""), INT_ERR), (("SELECT", " 1"), INT_ERR),
        ("SELECT 1.0", INT_ERR), ("SELECT 99999999999999999999", INT_ERR),
        ("SELECT 4294967296",
         E("ERR value is out of range, value must between -2147483648 and "
           "2147483647")),
        ("SELECT", arity("select")), ("SELECT 1 2", arity("select")),
        ("GET k", "1"),
    ]),
    case("swapdb", [
        ("SET k 0", OK), ("SET only0 x PX 100000", OK), ("SELECT 1", OK),
        ("SET k 1", OK), ("SWAPDB 0 1", OK), ("GET k", "0"),
        ("PTTL only0", Between(1, 100000)), ("DBSIZE", 2), ("SELECT 0", OK),
        ("GET k", "1"), ("DBSIZE", 1), ("SWAPDB 1 0", OK), ("GET k", "0"),
        ("SWAPDB 0 0", OK), ("GET k", "0"), ("SWAPDB 15 0", OK),
        ("GET k", NIL), ("SWAPDB 15 0", OK), ("GET k", "0"),
    ]),
    case("swapdb-errors", [
        ("SWAPDB", arity("swapdb")), ("SWAPDB 0", arity("swapdb")),
        ("SWAPDB 0 1 2", arity("swapdb")),
        ("SWAPDB a 1", E("ERR invalid first DB index")),
        ("SWAPDB 0 b", E("ERR invalid second DB index")),
        ("SWAPDB 99999999999 0", E("ERR invalid first DB index")),
        ("SWAPDB 0 16", DB_RANGE), ("SWAPDB -1 0", DB_RANGE),
    ]),
    case("client-name", [
        ("CLIENT GETNAME", NIL), ("CLIENT SETNAME foo", OK),
        ("CLIENT GETNAME", "foo"), ("client setname !~", OK),
        ("client getname", "!~"), (("CLIENT", "SETNAME", "x" * 1000), OK),
        ("CLIENT GETNAME", "x" * 1000),
        (("CLIENT", "SETNAME", "a b"), BAD_NAME),
        (("CLIENT", "SETNAME", "a\nb"), BAD_NAME),
        (("CLIENT", "SETNAME", b"a\x01b"), BAD_NAME),
        (("CLIENT", "SETNAME", b"a\x7fb"), BAD_NAME),
        (("CLIENT", "SETNAME", b"\xc3\xa9"), BAD_NAME),
        (("CLIENT", "SETNAME", b"a\0b"), BAD_NAME),
        ("CLIENT GETNAME", "x" * 1000),
        (("CLIENT", "SETNAME", ""), OK), ("CLIENT GETNAME", NIL),
    ]),
    case("client-arity", [
        ("CLIENT", arity("client")), ("client ID x", arity("client|id")),
        ("CLIENT GETNAME x", arity("client|getname")),
        ("CLIENT SETNAME", arity("client|setname")),
        ("CLIENT SETNAME a b", arity("client|setname")),
        ("CLIENT INFO x", arity("client|info")),
        ("CLIENT KILL", arity("client|kill")),
        ("CLIENT REPLY", arity("client|reply")),
        ("CLIENT REPLY ON x", arity("client|reply")),
        ("CLIENT HELP x", arity("client|help")),
        ("CLIENT NOPE", E("ERR unknown subcommand 'NOPE'. Try CLIENT HELP.")),
        ("CLIENT NOPE a b",
         E("ERR unknown subcommand 'NOPE'. Try CLIENT HELP.")),
    ]),
    case("client-list-errors", [
        ("CLIENT LIST FOO", SYNTAX), ("CLIENT LIST TYPE", SYNTAX),
        ("CLIENT LIST TYPE nope", unknown_type("nope")),
        ("CLIENT LIST TYPE normal x", SYNTAX), ("CLIENT LIST ID", SYNTAX),
        ("CLIENT LIST ID abc", E("ERR Invalid client ID")),
        ("CLIENT LIST ID 1 abc", E("ERR Invalid client ID")),
        ("CLIENT LIST ID 1.0", E("ERR Invalid client ID")),
        ("CLIENT LIST ID 0", V("txt", "")),
        ("CLIENT LIST ID -1", V("txt", "")),
        ("CLIENT LIST TYPE pubsub", V("txt", "")),
        ("CLIENT LIST TYPE PubSub", V("txt", "")),
        ("CLIENT LIST TYPE master", V("txt", "")),
        ("CLIENT LIST TYPE replica", V("txt", "")),
        ("CLIENT LIST type slave", V("txt", "")),
    ]),
    case("client-kill-errors", [
        ("CLIENT KILL 198.51.100.1:1", NO_CLIENT),
        (("CLIENT", "KILL", ""), NO_CLIENT),
        # One argument is an address, whatever it says.
        ("CLIENT KILL ID", NO_CLIENT), ("CLIENT KILL SKIPME", NO_CLIENT),
        ("CLIENT KILL ID abc", BAD_ID), ("CLIENT KILL ID 0", BAD_ID),
        ("CLIENT KILL ID -1", BAD_ID), ("CLIENT KILL ID 1.5", BAD_ID),
        ("CLIENT KILL ID 99999999999999999999", BAD_ID),
        ("CLIENT KILL ID 999999999", 0), ("client kill id 999999999", 0),
        ("CLIENT KILL TYPE nope", unknown_type("nope")),
        ("CLIENT KILL TYPE pubsub", 0), ("CLIENT KILL TYPE MASTER", 0),
        ("CLIENT KILL TYPE replica", 0), ("CLIENT KILL TYPE slave", 0),
        ("CLIENT KILL ADDR 198.51.100.1:1", 0),
        ("CLIENT KILL ADDR garbage", 0), (("CLIENT", "KILL", "ADDR", ""), 0),
        ("CLIENT KILL LADDR 198.51.100.1:1", 0),
        ("CLIENT KILL USER nope", E("ERR No such user 'nope'")),
        ("CLIENT KILL SKIPME maybe", SYNTAX), ("CLIENT KILL FOO bar", SYNTAX),
        ("CLIENT KILL ID 999999999 FOO", SYNTAX),
        ("CLIENT KILL ID 999999999 ADDR", SYNTAX),
        ("CLIENT KILL ID 999999999 FOO bar", SYNTAX),
        ("CLIENT KILL ID 999999999 SKIPME no", 0),
        ("CLIENT KILL ID 999999998 ID 999999999", 0), ("PING", PONG),
    ]),
    case("client-kill-maxage", [
        ("CLIENT KILL MAXAGE 100000", 0),
        ("CLIENT KILL MAXAGE 100000 SKIPME no", 0),
        ("CLIENT KILL MAXAGE abc", EP("ERR ")), ("PING", PONG),
    ], only="kv", why=MAXAGE),
    case("client-setinfo", [
        ("CLIENT SETINFO lib-name some-lib", OK),
        ("CLIENT SETINFO LIB-VER 1.2.3", OK),
        (("CLIENT", "SETINFO", "LIB-NAME", "redis-py(app_v1)"), OK),
        (("CLIENT", "SETINFO", "LIB-NAME", ""), OK),
        (("CLIENT", "SETINFO", "LIB-NAME", "a b"), EP("ERR ")),
        (("CLIENT", "SETINFO", "LIB-VER", "a\nb"), EP("ERR ")),
        ("CLIENT SETINFO FOO bar", EP("ERR ")),
        ("CLIENT SETINFO LIB-NAME", arity("client|setinfo")),
        ("CLIENT SETINFO", arity("client|setinfo")),
    ], only="kv", why=SETINFO),
    case("client-no-touch", [
        ("CLIENT NO-TOUCH ON", OK), ("CLIENT NO-TOUCH off", OK),
        ("CLIENT NO-TOUCH maybe", SYNTAX),
        ("CLIENT NO-TOUCH", arity("client|no-touch")),
        ("CLIENT NO-TOUCH ON x", arity("client|no-touch")),
    ], only="kv", why=NO_TOUCH),

    # -- CLIENT REPLY
    case("reply-on", [
        ("CLIENT REPLY ON", OK), ("client reply on", OK), ("PING", PONG),
        ("CLIENT REPLY FOO", SYNTAX), ("PING", PONG),
    ]),
    case("reply-off", [
        ("SET k 1", OK), ("CLIENT REPLY OFF", NOTHING), ("PING", NOTHING),
        ("SET k 2", NOTHING), ("NOPE", NOTHING), ("GET", NOTHING),
        ("CLIENT REPLY FOO", NOTHING), ("GET k", NOTHING),
        ("CLIENT REPLY ON", OK), ("GET k", "2"),
    ]),
    case("reply-off-empty", [
        ("CLIENT REPLY OFF", NOTHING), (b"\r\n*0\r\n", NOTHING),
        ("CLIENT REPLY ON", OK), ("PING", PONG),
    ]),
    case("reply-skip", [
        ("CLIENT REPLY SKIP", NOTHING), ("PING", NOTHING), ("PING", PONG),
        ("CLIENT REPLY SKIP", NOTHING), ("NOPE", NOTHING), ("PING", PONG),
        ("CLIENT REPLY SKIP", NOTHING), ("GET", NOTHING), ("PING", PONG),
    ]),
    case("reply-skip-twice", [
        ("CLIENT REPLY SKIP", NOTHING), ("CLIENT REPLY SKIP", NOTHING),
        ("PING", NOTHING), ("PING", PONG),
    ]),
    case("reply-skip-on", [
        ("CLIENT REPLY SKIP", NOTHING), ("CLIENT REPLY ON", OK),
        ("PING", PONG),
    ]),
    case("reply-skip-off", [
        ("CLIENT REPLY SKIP", NOTHING), ("CLIENT REPLY OFF", NOTHING),
        ("PING", NOTHING), ("PING", NOTHING), ("CLIENT REPLY ON", OK),
        ("PING", PONG),
    ]),
    case("reply-off-skip", [
        ("CLIENT REPLY OFF", NOTHING), ("CLIENT REPLY SKIP", NOTHING),
        ("PING", NOTHING), ("PING", NOTHING), ("CLIENT REPLY ON", OK),
        ("PING", PONG),
    ]),
    case("reply-off-quit", [
        ("CLIENT REPLY OFF", NOTHING), ("QUIT", CLOSED),
    ], only="kv", why="redis 7.0 leaves the connection open"),
    case("reply-off-protocol-error", [
        ("CLIENT REPLY OFF", NOTHING), (b"*1\r\nx", CLOSED),
    ], only="kv", why="redis 7.0 leaves the connection open"),
]


@table(CASES)
def test_connection(run):
    run()


def test_reset(server, proto):
    """Back to RESP2, database 0, no name, replies on."""
    with server.connect(proto=proto) as c:
        c.cmd("CLIENT", "SETNAME", "me")
        c.cmd("SELECT", 3)
        c.send(encode("RESET"))
        c.proto = 2
        assert c.read() == RESET
        assert c.cmd("GET", "nokey") == NullBulk()
        assert c.cmd("CLIENT", "GETNAME") == NullBulk()
        assert fields(c.cmd("CLIENT", "INFO"))["db"] == "0"
        assert fields(c.cmd("CLIENT", "INFO"))["resp"] == "2"
        assert match(arity("reset"), 2, c.cmd("RESET", "x")) is None
        c.send(encode("CLIENT", "REPLY", "OFF") + encode("RESET"))
        assert c.read() == RESET
        assert c.fence() == []


# ---- HELLO ---------------------------------------------------------------

def greeting(kind, proto):
    version = (rb"7\.0\.\d+" if kind == "redis"
               else rb"(?:[7-9]|[1-9]\d)\.\d+\.\d+")
    return M([("server", "redis"), ("version", Re(version)), ("proto", proto),
              ("id", Between(1, 2**63 - 1)), ("mode", "standalone"),
              ("role", "master"), ("modules", [])])


HELLO = [   # arguments, error or None, protocol after it (None: as before)
    ([], None, None),
    (["2"], None, 2),
    (["3"], None, 3),
    (["3", "SETNAME", "me"], None, 3),
    (["2", "setname", "me", "auth", "default", "any"], None, 2),
    (["3", "AUTH", "default", "any", "SETNAME", "me"], None, 3),
    (["3", "SETNAME", "a", "SETNAME", "b"], None, 3),
    (["3", "SETNAME", ""], None, 3),
    (["1"], NOPROTO, None), (["4"], NOPROTO, None), (["-1"], NOPROTO, None),
    (["0"], NOPROTO, None), (["9223372036854775807"], NOPROTO, None),
    (["abc"], NOT_VERSION, None), (["03"], NOT_VERSION, None),
    (["3.0"], NOT_VERSION, None), ([""], NOT_VERSION, None),
    ([" 3"], NOT_VERSION, None), (["+3"], NOT_VERSION, None),
    (["9223372036854775808"], NOT_VERSION, None),
    (["AUTH", "default", "x"], NOT_VERSION, None),
    (["4", "FOO"], NOPROTO, None),
    (["3", "FOO"], option("FOO"), None),
    (["2", "FOO", "SETNAME"], option("FOO"), None),
    (["3", "SETNAME"], option("SETNAME"), None),
    (["3", "setname"], option("setname"), None),
    (["3", "AUTH"], option("AUTH"), None),
    (["3", "AUTH", "default"], option("AUTH"), None),
    (["3", "SETNAME", "a b"], BAD_NAME, None),
    (["3", "SETNAME", b"a\x01"], BAD_NAME, None),
    (["3", "AUTH", "nouser", "x"], WRONGPASS, None),
    (["2", "AUTH", "nouser", "x"], WRONGPASS, None),
]


@pytest.mark.parametrize("deliver", ["plain", "bytewise"])
@pytest.mark.parametrize("args,error,after", HELLO, ids=[
    "[%s]" % " ".join(map(repr, row[0])).replace("'", "") for row in HELLO])
def test_hello(server, proto, args, error, after, deliver):
    """A HELLO that fails leaves the protocol as it was; one that does not
    answers in the new one."""
    after = after or proto
    with server.connect(proto=proto) as c:
        request = encode("HELLO", *args) + encode("GET", "nokey")
        (c.send if deliver == "plain" else c.send_bytewise)(request)
        c.proto = after
        want = error or greeting(server.kind, after)
        assert match(want, after, c.read()) is None
        assert match(NIL, after, c.read()) is None
        assert c.fence() == []


def test_hello_in_a_pipeline(server):
    """Each reply is in the protocol that holds when it is made."""
    with server.connect() as c:
        c.send(b"".join(encode("HELLO", n) + encode("GET", "nokey") +
                        encode("HELLO", "x") + encode("CONFIG", "GET", "port")
                        for n in (3, 2, 3, 3, 2)) + encode("HELLO"))
        for proto in (3, 2, 3, 3, 2):
            c.proto = proto
            assert match(greeting(server.kind, proto), proto,
                         c.read()) is None
            assert match(NIL, proto, c.read()) is None
            assert match(NOT_VERSION, proto, c.read()) is None
            assert match(M([("port", str(server.port))]), proto,
                         c.read()) is None
        assert match(greeting(server.kind, 2), 2, c.read()) is None


def test_hello_id_and_name(server, proto):
    with server.connect(proto=proto) as c:
        got = c.cmd("HELLO")
        pairs = (dict(zip(got.v[::2], got.v[1::2])) if proto == 2
                 else dict(got.v))
        assert pairs[Bulk("id")] == c.cmd("CLIENT", "ID")
        c.cmd("HELLO", proto, "SETNAME", "me")
        assert c.cmd("CLIENT", "GETNAME") == Bulk("me")
        c.cmd("HELLO", proto, "SETNAME", "a", "SETNAME", "b")
        assert c.cmd("CLIENT", "GETNAME") == Bulk("b")
        c.cmd("HELLO", proto, "SETNAME", "no no")
        assert c.cmd("CLIENT", "GETNAME") == Bulk("b")
        c.cmd("HELLO", proto)
        assert c.cmd("CLIENT", "GETNAME") == Bulk("b")
        c.cmd("HELLO", proto, "SETNAME", "")
        assert match(NIL, proto, c.cmd("CLIENT", "GETNAME")) is None


# ---- a password ----------------------------------------------------------

def test_requirepass(server, start):
    s = start(server.kind, "--requirepass", "pw")
    with s.connect() as a, s.connect() as b, s.connect() as d:
        assert match(NOAUTH, 2, a.cmd("GET", "k")) is None
        assert match(WRONGPASS, 2, a.cmd("AUTH", "no")) is None
        assert match(OK, 2, a.cmd("AUTH", "pw")) is None
        assert match(OK, 2, a.cmd("AUTH", "default", "pw")) is None
        assert match(OK, 2, a.cmd("SET", "k", "v")) is None
        # HELLO with AUTH, both protocols at once.
        d.send(encode("HELLO", 3, "AUTH", "default", "pw", "SETNAME", "me"))
        d.proto = 3
        assert match(greeting(s.kind, 3), 3, d.read()) is None
        assert d.cmd("CLIENT", "GETNAME") == Bulk("me")
        assert d.cmd("GET", "k") == Bulk("v")
        # RESET logs out.
        d.send(encode("RESET"))
        d.proto = 2
        assert d.read() == RESET
        assert match(NOAUTH, 2, d.cmd("GET", "k")) is None
        assert match(NOAUTH, 2, b.cmd("ECHO", "x")) is None
        # The password is shown and can be changed; who is in stays in.
        assert a.cmd("CONFIG", "GET", "requirepass").v[1] == Bulk("pw")
        assert a.cmd("CONFIG", "SET", "requirepass", "new") == OK
        assert a.cmd("GET", "k") == Bulk("v")
        assert match(WRONGPASS, 2, b.cmd("AUTH", "pw")) is None
        assert b.cmd("AUTH", "new") == OK
        # Without a password everybody is in.
        assert a.cmd("CONFIG", "SET", "requirepass", "") == OK
        assert match(NO_PASSWORD, 2, a.cmd("AUTH", "new")) is None
        with s.connect() as e:
            assert e.cmd("GET", "k") == Bulk("v")


def test_requirepass_for_who_was_there_before(server, start):
    """A client that needed no password goes on without one."""
    s = start(server.kind)
    with s.connect() as a, s.connect() as b:
        assert a.cmd("PING") == PONG and b.cmd("PING") == PONG
        assert a.cmd("CONFIG", "SET", "requirepass", "pw") == OK
        assert a.cmd("PING") == PONG
        assert b.cmd("PING") == PONG
        with s.connect() as c:
            assert match(NOAUTH, 2, c.cmd("PING")) is None
            assert c.cmd("AUTH", "pw") == OK


def test_long_and_binary_passwords(server, start):
    s = start(server.kind)
    with s.connect() as c:
        for word in ("x" * 512, b"\xff\x01 \r\n'\"", "pw"):
            assert c.cmd("CONFIG", "SET", "requirepass", word) == OK
            with s.connect() as d:
                assert match(WRONGPASS, 2, d.cmd("AUTH", b"x")) is None
                assert d.cmd("AUTH", word) == OK


# ---- CLIENT INFO and LIST ------------------------------------------------

FIELDS = ("id addr laddr fd name age idle flags db sub psub ssub multi qbuf "
          "qbuf-free argv-mem multi-mem rbs rbp obl oll omem tot-mem events "
          "cmd user redir resp").split()
NUMBERS = ("id fd age idle db sub psub ssub multi qbuf qbuf-free argv-mem "
           "multi-mem rbs rbp obl oll omem tot-mem redir resp").split()


def lines(reply):
    """The lines of CLIENT LIST as dicts."""
    body = (reply.body if isinstance(reply, Verb) else reply.v).decode()
    assert body == "" or body.endswith("\n")
    out = []
    for line in body.split("\n")[:-1]:
        pairs = [word.split("=", 1) for word in line.split(" ")]
        assert all(len(p) == 2 for p in pairs), line
        out.append(dict(pairs))
        known = [k for k, _ in pairs if k in FIELDS]
        assert known == FIELDS, "fields or their order: %s" % line
        assert len(out[-1]) == len(pairs), "a field twice: %s" % line
        for name in NUMBERS:
            assert re.match(r"-?\d+\Z", out[-1][name]), (name, line)
    return out


def fields(reply):
    got = lines(reply)
    assert len(got) == 1
    return got[0]


def test_client_id(server, proto):
    with server.connect(proto=proto) as a:
        first = a.cmd("CLIENT", "ID")
        assert isinstance(first, Int) and a.cmd("CLIENT", "ID") == first
        with server.connect(proto=proto) as b:
            assert b.cmd("CLIENT", "ID").v > first.v


def test_client_info(server, proto):
    with server.connect(proto=proto) as c:
        c.cmd("CLIENT", "SETNAME", "me")
        c.cmd("SELECT", 5)
        got = c.cmd("CLIENT", "INFO")
        assert isinstance(got, Bulk if proto == 2 else Verb)
        if proto == 3:
            assert got.v[0] == b"txt"
        f = fields(got)
        want = {"id": str(c.cmd("CLIENT", "ID").v), "name": "me", "db": "5",
                "addr": address(c.sock), "laddr": "127.0.0.1:%d" % server.port,
                "flags": "N", "sub": "0", "psub": "0", "ssub": "0",
                "multi": "-1", "cmd": "client|info", "user": "default",
                "redir": "-1", "resp": str(proto), "obl": "0", "oll": "0",
                "omem": "0", "events": "r", "multi-mem": "0"}
        assert {k: f[k] for k in want} == want
        assert 0 <= int(f["age"]) < 5 and 0 <= int(f["idle"]) < 5
        assert int(f["tot-mem"]) > 0
        f = fields(c.cmd("CLIENT", "LIST", "ID", want["id"]))
        assert f["cmd"] == "client|list"


@pytest.mark.only("kv", why=SETINFO)
def test_client_info_shows_setinfo(server):
    with server.connect() as c:
        f = fields(c.cmd("CLIENT", "INFO"))
        assert (f["lib-name"], f["lib-ver"]) == ("", "")
        c.cmd("CLIENT", "SETINFO", "LIB-NAME", "lib")
        c.cmd("CLIENT", "SETINFO", "lib-ver", "1.0")
        f = fields(c.cmd("CLIENT", "INFO"))
        assert (f["lib-name"], f["lib-ver"]) == ("lib", "1.0")


def test_client_list(server, proto):
    with server.connect(proto=proto) as a, server.connect() as b:
        a.cmd("CLIENT", "SETNAME", "a")
        b.cmd("SET", "k", "v")
        ida, idb = (str(c.cmd("CLIENT", "ID").v) for c in (a, b))
        b.cmd("GET", "k")
        got = {f["id"]: f for f in lines(a.cmd("CLIENT", "LIST"))}
        assert got[ida]["name"] == "a" and got[ida]["cmd"] == "client|list"
        assert got[idb]["name"] == "" and got[idb]["cmd"] == "get"
        assert got[idb]["addr"] == address(b.sock)
        for query in (["TYPE", "normal"], ["type", "NORMAL"]):
            ids = [f["id"] for f in lines(a.cmd("CLIENT", "LIST", *query))]
            assert ida in ids and idb in ids
        ids = [f["id"] for f in lines(a.cmd(
            "CLIENT", "LIST", "ID", idb, "999999999", ida))]
        assert ids == [idb, ida]
        ids = [f["id"] for f in lines(a.cmd("CLIENT", "LIST", "ID", ida, ida))]
        assert ids == [ida, ida]


def test_client_list_sees_a_half_request(server):
    """qbuf counts what has come of a request."""
    with server.connect() as a, server.connect() as b:
        idb = b.cmd("CLIENT", "ID").v
        b.send(b"*2\r\n$4\r\nECHO\r\n$100\r\nabc")

        def seen():
            f = fields(a.cmd("CLIENT", "LIST", "ID", idb))
            return int(f["qbuf"]) + int(f["argv-mem"]) >= 3
        until("the half request shows", seen)


# ---- CLIENT KILL ---------------------------------------------------------

def gone(c):
    return c.at_eof()


def lives(c):
    return c.cmd("PING") == PONG


def test_kill_by_address_alone(server, proto):
    with server.connect(proto=proto) as a, server.connect() as b:
        assert b.cmd("PING") == PONG
        assert a.cmd("CLIENT", "KILL", address(b.sock)) == OK
        assert gone(b)
        assert match(NO_CLIENT, proto,
                     a.cmd("CLIENT", "KILL", address(b.sock))) is None
        assert lives(a)


@pytest.mark.parametrize("how", ["id", "addr", "user-id", "everything"])
def test_kill_one(server, how):
    with server.connect() as a, server.connect() as b, \
            server.connect() as other:
        idb = b.cmd("CLIENT", "ID").v
        assert lives(other)
        query = {
            "id": ["ID", idb], "addr": ["addr", address(b.sock)],
            "user-id": ["USER", "default", "ID", idb],
            "everything": ["ADDR", address(b.sock), "LADDR",
                           "127.0.0.1:%d" % server.port, "USER", "default",
                           "TYPE", "normal", "SKIPME", "yes", "ID", idb],
        }[how]
        # All conditions must hold.
        assert a.cmd("CLIENT", "KILL", *query, "TYPE", "pubsub") == Int(0)
        assert a.cmd("CLIENT", "KILL", *query, "LADDR",
                     "127.0.0.1:1") == Int(0)
        assert lives(b)
        assert a.cmd("CLIENT", "KILL", *query) == Int(1)
        assert gone(b) and lives(a) and lives(other)


@pytest.mark.parametrize("query", [
    ["TYPE", "normal"], ["USER", "default"], ["SKIPME", "yes"], ["laddr"]],
    ids=["type", "user", "skipme", "laddr"])
def test_kill_all_others(server, start, query):
    s = start(server.kind)
    with s.connect() as a, s.connect() as b, s.connect() as c:
        if query == ["laddr"]:
            query = ["LADDR", "127.0.0.1:%d" % s.port]
        assert lives(b) and lives(c)
        ids = [x.cmd("CLIENT", "ID").v for x in (a, b, c)]
        until("no other client", lambda: [
            int(f["id"]) for f in lines(a.cmd("CLIENT", "LIST"))] == ids)
        assert a.cmd("CLIENT", "KILL", *query) == Int(2)
        assert gone(b) and gone(c) and lives(a)
        # With SKIPME no the caller gets its reply first.
        assert a.cmd("CLIENT", "KILL", *query, "SKIPME", "no") == Int(1)
        assert gone(a)


@pytest.mark.only("kv", why=MAXAGE)
def test_kill_by_age(server, start):
    s = start(server.kind)
    with s.connect() as old:
        assert lives(old)
        time.sleep(2.1)
        with s.connect() as young:
            assert young.cmd("CLIENT", "KILL", "MAXAGE", 2) == Int(1)
            assert gone(old) and lives(young)


def test_kill_oneself_in_a_pipeline(server):
    """The reply comes, nothing after it is executed."""
    with server.connect() as a:
        a.cmd("DEL", "after")
        me = a.cmd("CLIENT", "ID").v
        a.send(encode("PING") + encode("CLIENT", "KILL", "ID", me) +
               encode("CLIENT", "KILL", "ID", me, "SKIPME", "no") +
               encode("SET", "after", 1) + encode("PING"))
        assert a.read_until_close() == b"+PONG\r\n:0\r\n:1\r\n"
    with server.connect() as b:
        b.send(encode("CLIENT", "KILL", address(b.sock)) +
               encode("SET", "after", 1))
        assert b.read_until_close() == b"+OK\r\n"
    with server.connect() as c:
        assert c.cmd("EXISTS", "after") == Int(0)


def test_killed_in_the_middle_of_a_request(server):
    with server.connect() as a, server.connect() as b:
        idb = b.cmd("CLIENT", "ID").v
        b.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100\r\nhalf")
        assert a.cmd("CLIENT", "KILL", "ID", idb) == Int(1)
        b.send(b"x" * 96 + b"\r\n")
        assert gone(b) and lives(a)


@pytest.mark.only("kv", why=NO_TOUCH)
def test_no_touch(server, start):
    """Access by such a client leaves the frequency as it is."""
    s = start(server.kind, "--maxmemory-policy", "allkeys-lfu",
              "--lfu-log-factor", "0")
    with s.connect() as c:
        c.cmd("SET", "k", "v")
        before = c.cmd("OBJECT", "FREQ", "k").v
        c.cmd("CLIENT", "NO-TOUCH", "ON")
        for _ in range(20):
            c.cmd("GET", "k")
        assert c.cmd("OBJECT", "FREQ", "k").v == before
        c.cmd("TOUCH", "k")     # asked for by name
        assert c.cmd("OBJECT", "FREQ", "k").v > before
        c.cmd("CLIENT", "NO-TOUCH", "OFF")
        before = c.cmd("OBJECT", "FREQ", "k").v
        c.cmd("GET", "k")
        assert c.cmd("OBJECT", "FREQ", "k").v > before


# ---- limits --------------------------------------------------------------

def info(c, field):
    text = c.cmd("INFO", "everything")
    text = (text.body if isinstance(text, Verb) else text.v).decode()
    return re.search(r"^%s:(.*)\r$" % field, text, re.M).group(1)


def test_maxclients(server, start):
    s = start(server.kind, "--maxclients", "4")
    conns = [s.connect() for _ in range(4)]
    assert all(lives(c) for c in conns)
    before = int(info(conns[0], "rejected_connections"))
    for _ in range(3):
        with s.connect() as c:
            assert (c.read_until_close() ==
                    b"-ERR max number of clients reached\r\n")
    assert all(lives(c) for c in conns)
    assert int(info(conns[0], "rejected_connections")) == before + 3
    assert info(conns[0], "maxclients") == "4"
    # A place becomes free.
    conns.pop().close()

    def again():
        with s.connect() as c:
            try:
                return lives(c)
            except (AssertionError, Closed):
                return False
    until("a place after a client left", again)
    # The limit can be moved.
    assert conns[0].cmd("CONFIG", "SET", "maxclients", 6) == OK
    conns += [s.connect() for _ in range(3)]
    assert all(lives(c) for c in conns)
    with s.connect() as c:
        assert c.read_until_close() == b"-ERR max number of clients reached\r\n"
    for c in conns:
        c.close()


def test_idle_timeout(server, start):
    """Idle for `timeout` seconds: closed. In use: not."""
    s = start(server.kind, "--timeout", "1")
    with s.connect() as idle, s.connect() as half, s.connect() as busy:
        assert lives(idle) and lives(busy) and lives(half)
        half.send(b"*1\r\n$4\r\nPI")
        began = time.monotonic()
        while not select.select([idle], [], [], 0.2)[0]:
            assert lives(busy)
            assert time.monotonic() - began < 4
        assert gone(idle)
        assert time.monotonic() - began > 0.9
        half.timeout = 3
        assert gone(half)
        assert lives(busy)
        assert busy.cmd("CONFIG", "SET", "timeout", 0) == OK


def silent(server, rcvbuf=4096):
    """A connection whose socket takes little; it is not read."""
    c = server.connect()
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    assert lives(c)     # it is accepted
    return c


def test_output_buffer_limit(server, start):
    """A client that owes more than the hard limit of its class is closed."""
    s = start(server.kind)
    big = b"x" * (32 * MIB)
    with s.connect(timeout=20) as c:
        assert c.cmd("SET", "big", big) == OK
        assert c.cmd("CONFIG", "SET", "client-output-buffer-limit",
                     "normal 1mb 0 0") == OK
        with silent(s) as d:
            d.send(encode("GET", "big"))
            me = address(d.sock)
            until("the client is closed", lambda: me not in [
                f["addr"] for f in lines(c.cmd("CLIENT", "LIST"))])
            assert len(d.read_until_close()) < len(big)
        # What fits is not touched.
        assert len(c.cmd("GETRANGE", "big", 0, 99999).v) == 100000
        assert c.cmd("CONFIG", "SET", "client-output-buffer-limit",
                     "normal 0 0 0") == OK
        assert len(c.cmd("GET", "big").v) == len(big)


def test_output_buffer_soft_limit(server, start):
    """More than the soft limit for longer than its seconds."""
    s = start(server.kind, "--client-output-buffer-limit", "normal 0 1mb 1")
    big = b"x" * (32 * MIB)
    with s.connect(timeout=20) as c:
        assert c.cmd("SET", "big", big) == OK
        with silent(s) as d:
            d.send(encode("GET", "big"))
            me, began = address(d.sock), time.monotonic()
            until("the client is closed", lambda: me not in [
                f["addr"] for f in lines(c.cmd("CLIENT", "LIST"))], 6)
            assert time.monotonic() - began > 0.9
        assert lives(c)


# ---- listeners -----------------------------------------------------------

def spawn(kind, *options):
    """A server of which nothing is expected: process and its log's path."""
    line = servers.command(kind)
    if not line:
        pytest.skip("no %s" % kind)
    return subprocess.Popen(line + [str(o) for o in options],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)


@pytest.fixture
def processes():
    running = []
    yield running
    for p in running:
        p.kill()
        p.wait()
        p.stdout.close()


def test_unix_socket(server, start, tmp_path):
    path = str(tmp_path / "s")
    s = start(server.kind, "--unixsocket", path, "--unixsocketperm", "770")
    mode = os.stat(path).st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o770
    with s.connect() as tcp, Conn(path=path) as c:
        assert c.cmd("SET", "k", "v") == OK
        assert tcp.cmd("GET", "k") == Bulk("v")
        f = fields(c.cmd("CLIENT", "INFO"))
        assert f["addr"] == path + ":0" and f["laddr"] == path + ":0"
        assert f["flags"] == "U"
        assert len(c.cmd("ECHO", "x" * 1000000).v) == 1000000
        c.hello(3)
        assert c.cmd("GET", "nokey") == Null()
        assert tcp.cmd("CLIENT", "KILL", "TYPE", "normal") == Int(1)
        assert gone(c)


def test_unix_socket_alone(server, processes, tmp_path):
    """--port 0 means no TCP. An old socket file is replaced, and the file
    goes when the server does."""
    path, port = str(tmp_path / "s"), servers.free_port()
    old = socket.socket(socket.AF_UNIX)
    old.bind(path)
    old.close()
    p = spawn(server.kind, "--port", 0, "--unixsocket", path,
              "--unixsocketperm", 700)
    processes.append(p)

    def up():
        try:
            return Conn(path=path)
        except OSError:
            assert p.poll() is None, p.stdout.read()
    with until("the socket", up) as c:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o700
        assert c.cmd("CONFIG", "GET", "port").v[1] == Bulk("0")
        assert c.cmd("CONFIG", "GET", "unixsocket").v[1] == Bulk(path)
        assert c.cmd("CONFIG", "GET", "unixsocketperm").v[1] == Bulk("700")
        assert "tcp_port:0\r\n" in c.cmd("INFO", "server").v.decode()
        c.send(encode("SHUTDOWN", "NOSAVE"))
        assert c.read_until_close() == b""
    assert p.wait(5) == 0
    assert not os.path.exists(path)
    with pytest.raises(OSError):
        Conn(port)


def test_nothing_to_listen_on(server, processes):
    p = spawn(server.kind, "--port", 0)
    processes.append(p)
    assert p.wait(5) == 1


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


@pytest.mark.parametrize("form", ["one-argument", "two-arguments"])
@pytest.mark.skipif(not has_ipv6(), reason="no IPv6")
def test_ipv6(server, start, form):
    addresses = ["127.0.0.1", "::1"]
    s = start(server.kind, "--bind", *(
        [" ".join(addresses)] if form == "one-argument" else addresses))
    with s.connect() as four, s.connect(host="::1") as six:
        assert four.cmd("SET", "k", "v") == OK
        assert six.cmd("GET", "k") == Bulk("v")
        f = fields(six.cmd("CLIENT", "INFO"))
        assert f["addr"] == address(six.sock)
        assert f["laddr"] == "[::1]:%d" % s.port
        assert four.cmd("CONFIG", "GET", "bind").v[1] == Bulk("127.0.0.1 ::1")
        assert four.cmd("CLIENT", "KILL", "ADDR", f["addr"]) == Int(1)
        assert gone(six) and lives(four)


def test_several_addresses(server, start):
    """127.0.0.3 is not among them; one with '-' may be missing."""
    s = start(server.kind, "--bind", "127.0.0.1 127.0.0.2 -198.51.100.7")
    with s.connect() as a, s.connect(host="127.0.0.2") as b:
        assert lives(a) and lives(b)
        assert fields(b.cmd("CLIENT", "INFO"))["laddr"].startswith(
            "127.0.0.2:")
        with pytest.raises(OSError):
            s.connect(host="127.0.0.3")


def test_address_that_is_not_here(server, processes):
    """One that must be there is not: the server does not start."""
    p = spawn(server.kind, "--bind", "127.0.0.1 198.51.100.7",
              "--port", servers.free_port())
    processes.append(p)
    assert p.wait(5) == 1


# ---- protected mode ------------------------------------------------------

def outside():
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("198.51.100.1", 9))      # sends nothing
            host = s.getsockname()[0]
        except OSError:
            host = "127."
    if host.startswith("127."):
        pytest.skip("this machine has a loopback address only")
    return host


DENIED = (b"-DENIED Redis is running in protected mode because protected mode "
          b"is enabled and no password is set for the default user. ")


def test_protected_mode(server, start, tmp_path):
    """From outside, without a password: refused in a sentence."""
    host, path = outside(), str(tmp_path / "s")
    s = start(server.kind, "--bind", "0.0.0.0", "--unixsocket", path)
    with s.connect() as c, s.connect(host="127.0.0.2") as d, \
            Conn(path=path) as u:
        assert lives(c) and lives(d) and lives(u)
        with s.connect(host=host) as out:
            got = out.read_until_close()
            assert got.startswith(DENIED) and got.count(b"\r\n") == 1
            assert got.endswith(b"\r\n")
        # A password opens the door, and so does the option.
        assert c.cmd("CONFIG", "SET", "requirepass", "pw") == OK
        with s.connect(host=host) as out:
            assert match(NOAUTH, 2, out.cmd("PING")) is None
            assert out.cmd("AUTH", "pw") == OK
        assert c.cmd("CONFIG", "SET", "requirepass", "") == OK
        with s.connect(host=host) as out:
            assert out.read_until_close().startswith(DENIED)
        assert c.cmd("CONFIG", "SET", "protected-mode", "no") == OK
        with s.connect(host=host) as out:
            assert lives(out)


def test_protected_mode_off(server, start):
    host = outside()
    s = start(server.kind, "--bind", "0.0.0.0", "--protected-mode", "no")
    with s.connect(host=host) as c:
        assert lives(c)
