"""Commands about the server: CONFIG, COMMAND, INFO, MEMORY, DEBUG, FLUSHALL,
SHUTDOWN; memory limits and eviction; expiry on time."""

import hashlib
import random
import re
import time

import pytest

import resp
from cases import *  # noqa: F403
from cases import arity
from proc import MIB, until
from resp import Array, Bulk, Double, Err, Int, Map, Set, Verb, encode, match

OOM = E("OOM command not allowed when used memory > 'maxmemory'.")
NO_KEYS = E("ERR The command has no key arguments")
BAD_ARGC = E("ERR Invalid number of arguments specified for command")
BAD_COMMAND = E("ERR Invalid command specified")
NO_CLUSTER = E("ERR This instance has cluster support disabled")
ZERO = Simple("0" * 40)


def subcommand(name, sub="NOPE"):
    return E("ERR unknown subcommand '%s'. Try %s HELP." % (sub, name))


def debug_error(sub):
    return E("ERR unknown subcommand or wrong number of arguments for '%s'. "
             "Try DEBUG HELP." % sub)


def failed(name, why):
    return E("ERR CONFIG SET failed (possibly related to argument '%s') - %s"
             % (name, why))


def no_option(name):
    return E("ERR Unknown option or number of arguments for CONFIG SET - '%s'"
             % name)


def pairs(reply):
    """A map in either protocol as a list of pairs."""
    if isinstance(reply, Map):
        return list(reply.v)
    assert isinstance(reply, Array) and len(reply.v) % 2 == 0, reply
    return list(zip(reply.v[::2], reply.v[1::2]))


def named(reply):
    """The same as a dict by name; no name twice."""
    out = {k.v.decode(): v for k, v in pairs(reply)}
    assert len(out) == len(pairs(reply)), "a name twice: %r" % reply
    return out


def items(reply, proto):
    """The items of a set of strings."""
    assert isinstance(reply, Array if proto == 2 else Set), reply
    out = [x.v.decode() for x in reply.v]
    assert len(set(out)) == len(out), reply
    return set(out)


def settings(*args):
    """CONFIG GET of one thing: ("maxmemory", "0")."""
    return M(list(zip(args[::2], args[1::2])))


NOT_MEMORY = "argument must be a memory value"
NOT_A_NUMBER = "argument couldn't be parsed into an integer"
IMMUTABLE = "can't set immutable config"
OUTPUT = "client-output-buffer-limit"
DEFAULT_OUTPUT = ("normal 0 0 0 slave 268435456 67108864 60 pubsub "
                  "33554432 8388608 60")


def between(low, high):
    return "argument must be between %d and %d inclusive" % (low, high)


# ---- tables --------------------------------------------------------------

CASES = [
    case("flushall", [
        ("FLUSHALL", OK), ("MSET a 1 b 2", OK), ("SET c 3 PX 100000", OK),
        ("SELECT 5", OK), ("SET d 4", OK), ("FLUSHALL", OK), ("DBSIZE", 0),
        ("SELECT 0", OK), ("DBSIZE", 0), ("GET a", NIL), ("TTL c", -2),
        ("SET c 1", OK), ("TTL c", -1),
    ]),
    case("flushdb", [
        ("SET a 1", OK), ("SELECT 5", OK), ("SET a 2", OK), ("FLUSHDB", OK),
        ("DBSIZE", 0), ("SELECT 0", OK), ("GET a", "1"), ("FLUSHDB", OK),
        ("GET a", NIL), ("RANDOMKEY", NIL),
    ]),
    case("flush-modes", [
        ("SET a 1", OK), ("FLUSHALL SYNC", OK), ("DBSIZE", 0),
        ("SET a 1", OK), ("FLUSHALL async", OK), ("DBSIZE", 0),
        ("SET a 1", OK), ("FLUSHDB sync", OK), ("DBSIZE", 0),
        ("SET a 1", OK), ("FLUSHDB ASYNC", OK), ("DBSIZE", 0),
        ("SET a 1", OK), ("FLUSHALL FOO", SYNTAX), ("FLUSHDB FOO", SYNTAX),
        ("FLUSHALL SYNC ASYNC", SYNTAX), ("FLUSHDB SYNC SYNC", SYNTAX),
        (("FLUSHALL", ""), SYNTAX), ("GET a", "1"),
    ]),
    case("dbsize", [
        ("DBSIZE", 0), ("MSET a 1 b 2", OK), ("DBSIZE", 2), ("DEL a", 1),
        ("DBSIZE", 1), ("DBSIZE x", arity("dbsize")),
    ]),

    # -- CONFIG
    case("config-arity", [
        ("CONFIG", arity("config")), ("CONFIG GET", arity("config|get")),
        ("CONFIG SET", arity("config|set")),
        ("CONFIG SET maxmemory", arity("config|set")),
        ("CONFIG RESETSTAT x", arity("config|resetstat")),
        ("CONFIG HELP x", arity("config|help")),
        ("CONFIG NOPE", subcommand("CONFIG")),
        ("CONFIG SET maxmemory 100mb timeout", SYNTAX),
        ("CONFIG GET maxmemory", settings("maxmemory", "0")),
        ("CONFIG RESETSTAT", OK), ("config resetstat", OK),
    ]),
    case("config-get", [
        ("CONFIG GET maxmemory", settings("maxmemory", "0")),
        ("config get MaxMemory", settings("MaxMemory", "0")),
        ("CONFIG GET nope", M([])), ("CONFIG GET nope*", M([])),
        (("CONFIG", "GET", ""), M([])), ("CONFIG GET [", M([])),
        ("CONFIG GET maxmemory timeout databases",
         settings("maxmemory", "0", "timeout", "0", "databases", "16")),
        ("CONFIG GET maxmemory maxmemory", settings("maxmemory", "0")),
        ("CONFIG GET maxmemory nope", settings("maxmemory", "0")),
        ("CONFIG GET maxmemory-polic?",
         settings("maxmemory-policy", "noeviction")),
        ("CONFIG GET MAXMEMORY-POLIC*",
         settings("maxmemory-policy", "noeviction")),
        ("CONFIG GET [lm]axmemory maxm?mory", settings("maxmemory", "0")),
        ("CONFIG GET save appendonly",
         settings("save", "", "appendonly", "no")),
        ("CONFIG GET requirepass", settings("requirepass", "")),
        ("CONFIG GET bind", settings("bind", "127.0.0.1")),
        ("CONFIG GET enable-debug-command",
         settings("enable-debug-command", "yes")),
        ("CONFIG GET " + OUTPUT, settings(OUTPUT,
                                                DEFAULT_OUTPUT)),
        ("CONFIG GET proto-max-bulk-len client-query-buffer-limit",
         settings("proto-max-bulk-len", "536870912",
                  "client-query-buffer-limit", "1073741824")),
        ("CONFIG GET tcp-keepalive maxmemory-samples maxclients",
         settings("tcp-keepalive", "300", "maxmemory-samples", "5",
                  "maxclients", Re(rb"\d+"))),
    ]),
    case("config-set", [
        ("CONFIG SET timeout 7", OK),
        ("CONFIG GET timeout", settings("timeout", "7")),
        ("config set TimeOut 8", OK),
        ("CONFIG GET timeout", settings("timeout", "8")),
        ("CONFIG SET timeout 0 maxmemory-samples 6 maxmemory 100mb", OK),
        ("CONFIG GET timeout maxmemory-samples maxmemory",
         settings("timeout", "0", "maxmemory-samples", "6", "maxmemory",
                  "104857600")),
        ("CONFIG SET maxmemory 0 maxmemory-samples 5", OK),
        ("CONFIG SET maxmemory-policy ALLKEYS-LRU", OK),
        ("CONFIG GET maxmemory-policy",
         settings("maxmemory-policy", "allkeys-lru")),
        ("CONFIG SET maxmemory-policy noeviction", OK),
        ("CONFIG SET protected-mode NO", OK),
        ("CONFIG GET protected-mode", settings("protected-mode", "no")),
        ("CONFIG SET protected-mode yes", OK),
    ]),
    case("config-set-all-or-nothing", [
        ("CONFIG SET maxmemory 100mb timeout abc",
         failed("timeout", NOT_A_NUMBER)),
        ("CONFIG SET maxmemory 100mb nope 1", no_option("nope")),
        ("CONFIG SET nope 1 maxmemory 100mb", no_option("nope")),
        ("CONFIG SET maxmemory 100mb databases 3",
         failed("databases", IMMUTABLE)),
        ("CONFIG SET timeout 9 maxmemory abc",
         failed("maxmemory", NOT_MEMORY)),
        ("CONFIG GET maxmemory timeout",
         settings("maxmemory", "0", "timeout", "0")),
    ]),
    case("config-set-duplicate", [
        ("CONFIG SET maxmemory 100mb maxmemory 200mb",
         failed("maxmemory", "duplicate parameter")),
        ("CONFIG SET maxmemory 100mb MAXMEMORY 200mb",
         failed("MAXMEMORY", "duplicate parameter")),
        ("CONFIG GET maxmemory", settings("maxmemory", "0")),
    ]),
    case("config-set-unknown", [
        ("CONFIG SET nope 1", no_option("nope")),
        (("CONFIG", "SET", "", "1"), no_option("")),
        ("CONFIG SET max* 1", no_option("max*")),
    ]),
    case("config-set-memory", [x for said, is_ in (
        ("1000000000", "1000000000"), ("200000k", "200000000"),
        ("200000kb", "204800000"), ("200m", "200000000"),
        ("200mb", "209715200"), ("1g", "1000000000"), ("1gb", "1073741824"),
        ("1G", "1000000000"), ("1Gb", "1073741824"), ("200000000b",
                                                       "200000000"),
        ("200000000B", "200000000"), ("0", "0"), ("0kb", "0"),
    ) for x in ((("CONFIG", "SET", "maxmemory", said), OK),
                ("CONFIG GET maxmemory", settings("maxmemory", is_)))] + [
        (("CONFIG", "SET", "maxmemory", said),
         failed("maxmemory", NOT_MEMORY))
        for said in ("abc", "1xb", "-1", "1.5mb", "1 mb", "mb1", "1mbb",
                     "1kk", "+1", " 1")
    ] + [("CONFIG GET maxmemory", settings("maxmemory", "0"))]),
    case("config-set-numbers", [
        ("CONFIG SET timeout -1", failed("timeout", between(0, 2**31 - 1))),
        ("CONFIG SET timeout 2147483648",
         failed("timeout", between(0, 2**31 - 1))),
        ("CONFIG SET timeout 99999999999999999999",
         failed("timeout", NOT_A_NUMBER)),
        ("CONFIG SET timeout 1s", failed("timeout", NOT_A_NUMBER)),
        ("CONFIG SET timeout 1.0", failed("timeout", NOT_A_NUMBER)),
        (("CONFIG", "SET", "timeout", ""), failed("timeout", NOT_A_NUMBER)),
        ("CONFIG SET tcp-keepalive -1",
         failed("tcp-keepalive", between(0, 2**31 - 1))),
        ("CONFIG SET maxmemory-samples 0",
         failed("maxmemory-samples", between(1, 2**31 - 1))),
        ("CONFIG SET maxclients 0",
         failed("maxclients", between(1, 2**32 - 1))),
        ("CONFIG SET maxclients abc", failed("maxclients", NOT_A_NUMBER)),
        ("CONFIG SET lfu-log-factor -1",
         failed("lfu-log-factor", between(0, 2**31 - 1))),
        ("CONFIG SET lfu-decay-time -1",
         failed("lfu-decay-time", between(0, 2**31 - 1))),
        ("CONFIG SET proto-max-bulk-len 1",
         failed("proto-max-bulk-len", between(2**20, 2**63 - 1))),
        ("CONFIG SET client-query-buffer-limit 1",
         failed("client-query-buffer-limit", between(2**20, 2**63 - 1))),
        ("CONFIG GET timeout tcp-keepalive maxmemory-samples",
         settings("timeout", "0", "tcp-keepalive", "300",
                  "maxmemory-samples", "5")),
    ]),
    case("config-set-words", [
        ("CONFIG SET maxmemory-policy nope",
         EP("ERR CONFIG SET failed (possibly related to argument "
            "'maxmemory-policy') - argument(s) must be one of the following: "
            "volatile-lru")),
        ("CONFIG SET protected-mode 2",
         failed("protected-mode", "argument must be 'yes' or 'no'")),
        ("CONFIG SET protected-mode true",
         failed("protected-mode", "argument must be 'yes' or 'no'")),
    ]),
    case("config-set-immutable", [
        ("CONFIG SET %s %s" % (name, value), failed(name, IMMUTABLE))
        for name, value in (
            ("databases", "3"), ("enable-debug-command", "no"),
            ("unixsocket", "/tmp/x"), ("unixsocketperm", "700"))
    ]),
    case("config-set-output-limit", [
        (("CONFIG", "SET", OUTPUT, "normal 1mb 512kb 10"), OK),
        ("CONFIG GET " + OUTPUT, settings(
            OUTPUT, "normal 1048576 524288 10 slave 268435456 67108864 60 "
            "pubsub 33554432 8388608 60")),
        (("CONFIG", "SET", OUTPUT, "normal 0 0 0"), OK),
        (("CONFIG", "SET", OUTPUT, "pubsub 1 2 3 replica 4 5 6"), OK),
        ("CONFIG GET " + OUTPUT, settings(
            OUTPUT, "normal 0 0 0 slave 4 5 6 pubsub 1 2 3")),
        (("CONFIG", "SET", OUTPUT,
          "pubsub 32mb 8mb 60 slave 256mb 64mb 60"), OK),
    ] + [
        (("CONFIG", "SET", OUTPUT, said), failed(
            OUTPUT, why + " in buffer limit configuration."))
        for said, why in (
            ("normal", "Wrong number of arguments"),
            ("normal 1mb 1mb", "Wrong number of arguments"),
            ("normal 1mb 1mb 1 x", "Wrong number of arguments"),
            ("foo 1 2 3", "Invalid client class specified"),
            ("normal x 2 3", "Error in hard, soft or soft_seconds setting"),
            ("normal 1 x 3", "Error in hard, soft or soft_seconds setting"),
            ("normal 1 2 x", "Error in hard, soft or soft_seconds setting"),
            ("normal 1 2 -1", "Error in hard, soft or soft_seconds setting"))
    ] + [
        ("CONFIG GET " + OUTPUT, settings(OUTPUT,
                                                DEFAULT_OUTPUT)),
    ]),

    # -- COMMAND
    case("command-errors", [
        ("COMMAND NOPE", subcommand("COMMAND")),
        ("COMMAND COUNT x", arity("command|count")),
        ("COMMAND LIST x", SYNTAX), ("COMMAND LIST FILTERBY", SYNTAX),
        ("COMMAND LIST FILTERBY PATTERN", SYNTAX),
        ("COMMAND LIST FILTERBY FOO x", SYNTAX),
        ("COMMAND LIST FILTERBY PATTERN a b", SYNTAX),
        ("COMMAND GETKEYS", arity("command|getkeys")),
        ("COMMAND GETKEYS GET", arity("command|getkeys")),
        ("COMMAND GETKEYSANDFLAGS", arity("command|getkeysandflags")),
        ("COMMAND GETKEYSANDFLAGS PING", arity("command|getkeysandflags")),
        ("COMMAND INFO nope", [NIL]), ("COMMAND INFO get|x", [NIL]),
        ("COMMAND INFO client|nope client|id|x", [NIL, NIL]),
        (("COMMAND", "INFO", ""), [NIL]),
        ("COMMAND DOCS nope", M([])), ("COMMAND DOCS client|nope", M([])),
        (("COMMAND", "DOCS", ""), M([])),
    ]),
    case("command-list", [
        ("COMMAND LIST FILTERBY PATTERN getrang*", ["getrange"]),
        ("command list filterby pattern GETRANG*", ["getrange"]),
        ("COMMAND LIST FILTERBY PATTERN getr[a]nge", ["getrange"]),
        ("COMMAND LIST FILTERBY PATTERN nope*", []),
        ("COMMAND LIST FILTERBY PATTERN config|[gs]et",
         Unordered(["config|get", "config|set"])),
        ("COMMAND LIST FILTERBY ACLCAT nope", []),
        ("COMMAND LIST FILTERBY ACLCAT @string", []),
        ("COMMAND LIST FILTERBY MODULE nope", []),
    ]),
    case("command-getkeys", [
        ("COMMAND GETKEYS " + line, want) for line, want in (
            ("GET k", ["k"]), ("get k", ["k"]), ("SET k v GET", ["k"]),
            ("MGET a b a", ["a", "b", "a"]), ("MSET a 1 b 2", ["a", "b"]),
            ("MSET a 1 b", ["a", "b"]), ("DEL a b c", ["a", "b", "c"]),
            ("EXISTS a b c", ["a", "b", "c"]), ("COPY a b", ["a", "b"]),
            ("COPY a b DB 3", ["a", "b"]), ("RENAME a b", ["a", "b"]),
            ("MOVE k 1", ["k"]), ("TOUCH a", ["a"]), ("EXPIRE k 1", ["k"]),
            ("OBJECT ENCODING k", ["k"]), ("object freq k", ["k"]),
            ("MEMORY USAGE k", ["k"]), ("MEMORY USAGE k SAMPLES 1", ["k"]),
            ("GET a b", BAD_ARGC), ("SET k", BAD_ARGC),
            ("MEMORY USAGE", BAD_ARGC), ("nope a", BAD_COMMAND),
            ("OBJECT NOPE k", BAD_COMMAND), ("CONFIG GET x", NO_KEYS),
            ("OBJECT HELP", NO_KEYS), ("DEBUG OBJECT k", NO_KEYS),
            ("SCAN 0", NO_KEYS), ("KEYS a", NO_KEYS), ("SWAPDB 0 1", NO_KEYS),
            ("ECHO a", NO_KEYS))
    ] + [(("COMMAND", "GETKEYS", "GET", b"\0\r\n\xff"), [b"\0\r\n\xff"])]),
    case("command-getkeysandflags", [
        ("COMMAND GETKEYSANDFLAGS " + line,
         want if isinstance(want, E) else [
             [k, S([Simple(f) for f in flags.split()])] for k, flags in want])
        for line, want in (
            ("GET k", [("k", "RO access")]),
            ("SET k v", [("k", "OW update")]),
            ("SET k v EX 5", [("k", "OW update")]),
            ("SET k v GET", [("k", "RW access update")]),
            ("SET k v get", [("k", "RW access update")]),
            ("SET k get", [("k", "OW update")]),
            ("SETNX k v", [("k", "OW insert")]),
            ("COPY a b", [("a", "RO access"), ("b", "OW update")]),
            ("RENAME a b", [("a", "RW access delete"), ("b", "OW update")]),
            ("MSET a 1 b 2", [("a", "OW update"), ("b", "OW update")]),
            ("DEL a b", [("a", "RM delete"), ("b", "RM delete")]),
            ("UNLINK a", [("a", "RM delete")]),
            ("GETDEL a", [("a", "RW access delete")]),
            ("GETEX a", [("a", "RW access update")]),
            ("GETSET a 1", [("a", "RW access update")]),
            ("APPEND a 1", [("a", "RW insert")]),
            ("INCR a", [("a", "RW access update")]),
            ("SETRANGE a 1 x", [("a", "RW update")]),
            ("GETRANGE a 0 1", [("a", "RO access")]),
            ("EXPIRE a 1", [("a", "RW update")]),
            ("PERSIST a", [("a", "RW update")]),
            ("MOVE a 1", [("a", "RW access update")]),
            ("EXISTS a b", [("a", "RO"), ("b", "RO")]),
            ("TTL a", [("a", "RO access")]), ("TYPE a", [("a", "RO")]),
            ("STRLEN a", [("a", "RO")]), ("TOUCH a", [("a", "RO")]),
            ("OBJECT ENCODING a", [("a", "RO")]),
            ("MEMORY USAGE a", [("a", "RO")]),
            ("SET a", BAD_ARGC), ("NOPE a", BAD_COMMAND),
            ("SCAN 0", NO_KEYS))
    ]),

    # -- the rest
    case("time", [
        ("TIME", [Re(rb"\d{10}"), Re(rb"\d{1,6}")]), ("TIME x",
                                                      arity("time")),
    ]),
    case("role", [
        ("ROLE", ["master", Between(0, 2**62), []]), ("ROLE x",
                                                      arity("role")),
    ]),
    case("module", [
        ("MODULE LIST", []), ("MODULE", arity("module")),
        ("MODULE NOPE", subcommand("MODULE")),
        ("MODULE LIST x", arity("module|list")),
    ]),
    case("cluster", [
        ("CLUSTER", arity("cluster")), ("CLUSTER INFO", NO_CLUSTER),
        ("cluster nodes", NO_CLUSTER), ("CLUSTER SLOTS", NO_CLUSTER),
        ("CLUSTER SHARDS", NO_CLUSTER), ("CLUSTER MYID", NO_CLUSTER),
        ("CLUSTER KEYSLOT k", NO_CLUSTER), ("CLUSTER HELP", NO_CLUSTER),
        ("CLUSTER NOPE", subcommand("CLUSTER")),
    ]),
    case("memory", [
        ("MEMORY", arity("memory")), ("MEMORY NOPE", subcommand("MEMORY")),
        ("MEMORY USAGE", arity("memory|usage")),
        ("MEMORY USAGE nokey", NIL), ("SET k v", OK),
        ("MEMORY USAGE k", Between(1, 1000)),
        ("memory usage k samples 0", Between(1, 1000)),
        ("MEMORY USAGE k SAMPLES 5", Between(1, 1000)),
        ("MEMORY USAGE k SAMPLES", SYNTAX),
        ("MEMORY USAGE k SAMPLES x", INT_ERR),
        ("MEMORY USAGE k SAMPLES -1", SYNTAX), ("MEMORY USAGE k FOO 1", SYNTAX),
        ("MEMORY PURGE", OK), ("MEMORY PURGE x", arity("memory|purge")),
        ("MEMORY STATS x", arity("memory|stats")),
        ("MEMORY HELP x", arity("memory|help")),
    ]),
    case("memory-doctor", [
        ("MEMORY DOCTOR", V("txt", Re(rb".+"))),
        ("MEMORY MALLOC-STATS", V("txt", Re(rb".+"))),
    ], only="redis", why="kv has neither a doctor nor jemalloc"),
    case("shutdown-errors", [
        ("SHUTDOWN FOO", SYNTAX), ("SHUTDOWN NOSAVE SAVE", SYNTAX),
        ("SHUTDOWN ABORT", E("ERR No shutdown in progress.")),
        ("shutdown abort", E("ERR No shutdown in progress.")),
        ("SHUTDOWN ABORT NOW", SYNTAX), ("SHUTDOWN NOSAVE ABORT", SYNTAX),
        ("SHUTDOWN NOSAVE FORCE NOW x", SYNTAX), ("PING", Simple("PONG")),
    ]),
    case("debug", [
        ("DEBUG", arity("debug")), ("DEBUG NOPE", debug_error("NOPE")),
        ("DEBUG SLEEP", debug_error("SLEEP")), ("DEBUG SLEEP 0", OK),
        ("debug sleep 0.001", OK), ("DEBUG SLEEP 0 0", debug_error("SLEEP")),
        ("DEBUG OBJECT", debug_error("OBJECT")),
        ("DEBUG OBJECT nokey", E("ERR no such key")),
        ("DEBUG SET-ACTIVE-EXPIRE 0", OK), ("DEBUG SET-ACTIVE-EXPIRE 1", OK),
        ("DEBUG SET-ACTIVE-EXPIRE", debug_error("SET-ACTIVE-EXPIRE")),
        ("DEBUG DIGEST x", debug_error("DIGEST")),
        ("DEBUG PROTOCOL", debug_error("PROTOCOL")),
        ("DEBUG PROTOCOL nope",
         E("ERR Wrong protocol type name. Please use one of the following: "
           "string|integer|double|bignum|null|array|set|map|attrib|push|"
           "verbatim|true|false")),
    ]),
    case("debug-object", [
        (set_, OK) if step == 0 else ("DEBUG OBJECT k", Re(
            rb"Value at:\S+ refcount:\d+ encoding:" + encoding +
            rb" serializedlength:\d+ lru:\d+ lru_seconds_idle:\d+", Simple))
        for set_, encoding in (
            ("SET k 123", b"int"), ("SET k hello", b"embstr"),
            (("SET", "k", "x" * 100), b"raw"))
        for step in (0, 1)
    ]),
    case("debug-protocol", [
        ("DEBUG PROTOCOL string", "Hello World"),
        ("debug protocol STRING", "Hello World"),
        ("DEBUG PROTOCOL integer", 12345),
        ("DEBUG PROTOCOL double", D("3.141")),
        ("DEBUG PROTOCOL bignum",
         N("1234567999999999999999999999999999999")),
        ("DEBUG PROTOCOL null", NIL),
        ("DEBUG PROTOCOL array", [0, 1, 2]),
        ("DEBUG PROTOCOL set", S([0, 1, 2])),
        ("DEBUG PROTOCOL map", M([(0, B(False)), (1, B(True)),
                                  (2, B(False))])),
        ("DEBUG PROTOCOL verbatim",
         V("txt", "This is a verbatim\nstring")),
        ("DEBUG PROTOCOL true", B(True)),
        ("DEBUG PROTOCOL false", B(False)),
    ]),
    case("debug-digest-value", [
        ("DEBUG DIGEST-VALUE", []),
        ("DEBUG DIGEST-VALUE nokey", [ZERO]),
        ("SET k hello", OK),
        ("DEBUG DIGEST-VALUE k nokey k", [
            Simple("36b23a1456b2dce2c3ed252c456761301dba8060"), ZERO,
            Simple("36b23a1456b2dce2c3ed252c456761301dba8060")]),
    ]),
    case("debug-digest-empty", [
        ("DEBUG DIGEST", ZERO), ("SET k v", OK), ("DEL k", 1),
        ("DEBUG DIGEST", ZERO), ("SELECT 3", OK), ("SET k v", OK),
        ("FLUSHALL", OK), ("DEBUG DIGEST", ZERO),
    ]),
]


@table(CASES)
def test_server(run, server):
    try:
        run()
    except BaseException:
        with server.connect() as c:     # the next case finds the defaults
            c.cmd("CONFIG", "SET", "maxmemory", 0, "timeout", 0,
                  "maxmemory-samples", 5, "maxmemory-policy", "noeviction",
                  "protected-mode", "yes", OUTPUT, DEFAULT_OUTPUT)
        raise


# ---- DEBUG ---------------------------------------------------------------

def test_debug_protocol_attribute(server, proto):
    with server.connect(proto=proto) as c:
        body = b"$39\r\nSome real reply following the attribute\r\n"
        c.send(encode("DEBUG", "PROTOCOL", "attrib") + encode("PING"))
        if proto == 3:
            body = (b"|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n"
                    b":90\r\n" + body)
        assert c.read_raw(len(body)) == body
        assert c.read() == Simple("PONG")


def test_debug_protocol_push(server, proto):
    """redis 7.0 sends the push before the reply, later ones after it."""
    with server.connect(proto=proto) as c:
        c.send(encode("DEBUG", "PROTOCOL", "push") + encode("PING"))
        if proto == 2:
            assert c.read() == Err(
                "ERR RESP2 is not supported by this command")
        else:
            got = [c.read(), c.read()]
            if server.kind == "kv":
                got.reverse()
            assert got == [
                resp.Push([Bulk("server-cpu-usage"), Int(42)]),
                Bulk("Some real reply following the push reply")]
        assert c.read() == Simple("PONG")


DISABLED = E('ERR DEBUG command not allowed. If the enable-debug-command '
             'option is set to "local", you can run it from a local '
             'connection, otherwise you need to set this option in the '
             'configuration file, and then restart the server.')


def test_debug_disabled(server, start):
    s = start(server.kind, "--enable-debug-command", "no")
    with s.connect() as c:
        for args in (["SLEEP", "0"], ["HELP"], ["NOPE"], ["DIGEST"]):
            assert match(DISABLED, 2, c.cmd("DEBUG", *args)) is None
        assert match(arity("debug"), 2, c.cmd("DEBUG")) is None


def test_debug_local(server, start):
    s = start(server.kind, "--enable-debug-command", "local")
    with s.connect() as c:
        assert c.cmd("DEBUG", "SLEEP", "0") == OK


def test_debug_sleep(server):
    with server.connect() as c:
        began = time.monotonic()
        assert c.cmd("DEBUG", "SLEEP", "0.05") == OK
        assert 0.05 <= time.monotonic() - began < 1


def test_debug_set_active_expire(server, conn):
    """Off: nobody looks for expired keys, yet none is seen. On: they go."""
    conn.cmd("DEBUG", "SET-ACTIVE-EXPIRE", "0")
    try:
        for i in range(10):
            conn.cmd("SET", "k%d" % i, "v", "PX", 1)
        time.sleep(0.01)
        assert conn.cmd("EXISTS", "k0", "k1") == Int(0)
        assert match(NIL, conn.proto, conn.cmd("GET", "k2")) is None
    finally:
        assert conn.cmd("DEBUG", "SET-ACTIVE-EXPIRE", "1") == OK
    until("they are gone", lambda: conn.cmd("DBSIZE") == Int(0))


@pytest.mark.only("kv", why="redis 7.0 has no DEBUG STRINGMATCH-LEN")
def test_debug_stringmatch_len(server):
    """An exploding pattern, matched against a long string, ends in time."""
    with server.connect() as c:
        began = time.monotonic()
        c.cmd("DEBUG", "STRINGMATCH-LEN", "100000", "a*" * 50 + "b")
        c.cmd("DEBUG", "STRINGMATCH-LEN", "100000", "*?" * 5000)
        assert time.monotonic() - began < 2
        assert c.fence() == []


def sha1(data):
    return hashlib.sha1(data).digest()


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def mix(digest, data):
    return sha1(xor(digest, sha1(data)))


def object_digest(start, value, volatile):
    """Of a string: its type (0), the value, whether it expires."""
    out = mix(mix(start, bytes(4)), value)
    return xor(out, sha1(b"!!expire!!")) if volatile else out


def digest(dbs):
    """Of {db: {key: (value, volatile)}}."""
    out = bytes(20)
    for n in sorted(dbs):
        if dbs[n]:
            out = mix(out, n.to_bytes(4, "big"))
        for key, (value, volatile) in dbs[n].items():
            one = object_digest(mix(bytes(20), key), value, volatile)
            out = xor(out, sha1(one))
    return Simple(out.hex())


def test_debug_digest(server):
    """The digest depends on keys, values, databases and on whether a key
    expires, not on the order of writing nor on the time of expiry."""
    rng = random.Random(3)
    with server.connect() as c:
        c.cmd("FLUSHALL")
        dbs = {}
        for n in (0, 1, 7, 15):
            c.cmd("SELECT", n)
            dbs[n] = {}
            for _ in range(200):
                key = bytes(rng.randrange(256) for _ in range(
                    rng.randrange(12)))
                value = rng.choice([
                    b"%d" % rng.randrange(-10**6, 10**6), b"",
                    bytes(rng.randrange(256) for _ in range(80)), b"v"])
                volatile = rng.random() < 0.3
                c.cmd("SET", key, value, *(
                    ["PX", rng.randrange(10**5, 10**6)] if volatile else []))
                dbs[n][key] = (value, volatile)
            for key, (value, volatile) in list(dbs[n].items())[:20]:
                got = c.cmd("DEBUG", "DIGEST-VALUE", key)
                want = object_digest(bytes(20), value, volatile)
                assert got == Array([Simple(want.hex())]), key
        assert c.cmd("DEBUG", "DIGEST") == digest(dbs)
        # The same data through other commands.
        c.cmd("SELECT", 7)
        for key, (value, volatile) in dbs[7].items():
            c.cmd("SET", key, value[:1])
            c.cmd("APPEND", key, value[1:])
            if volatile:
                c.cmd("EXPIRE", key, 1000)
        assert c.cmd("DEBUG", "DIGEST") == digest(dbs)
        c.cmd("SET", "one more", "v")
        assert c.cmd("DEBUG", "DIGEST") != digest(dbs)
        c.cmd("FLUSHALL")


# ---- FLUSHALL, TIME, SHUTDOWN --------------------------------------------

def test_time(server, conn):
    got = conn.cmd("TIME")
    seconds = int(got.v[0].v) + int(got.v[1].v) / 1e6
    assert abs(seconds - time.time()) < 2 and int(got.v[1].v) < 10**6


def test_flushall_of_many_keys(server):
    with server.connect() as c:
        for i in range(0, 50000, 1000):
            c.send(encode("MSET", *[x for k in range(i, i + 1000)
                                    for x in ("fa:%d" % k, "v")]))
        assert [c.read() for _ in range(50)] == [OK] * 50
        assert c.cmd("FLUSHALL") == OK
        assert c.cmd("DBSIZE") == Int(0)
        assert match(NIL, 2, c.cmd("GET", "fa:1")) is None
        assert c.cmd("SET", "fa:1", "new") == OK
        assert c.cmd("DBSIZE") == Int(1)


@pytest.mark.parametrize("how", [
    ["NOSAVE"], ["nosave"], [], ["NOSAVE", "NOW"], ["NOW", "FORCE"]],
    ids=" ".join)
def test_shutdown(server, start, how):
    """No reply, every connection is closed, exit code 0."""
    s = start(server.kind)
    with s.connect() as c, s.connect() as other:
        assert other.cmd("PING") == Simple("PONG")
        c.send(encode("PING") + encode("SHUTDOWN", *how) + encode("PING"))
        assert c.read_until_close() in (b"+PONG\r\n", b"")
        assert other.read_until_close() == b""
        assert s.wait() == 0


# ---- CONFIG --------------------------------------------------------------

def test_config_get_everything(server, proto):
    """Every parameter once, and each can be asked for by its name."""
    with server.connect(proto=proto) as c:
        every = named(c.cmd("CONFIG", "GET", "*"))
        assert {"maxmemory", "timeout", "port", "bind", "databases"} <= set(
            every)
        assert every["port"] == Bulk(str(server.port))
        for name, value in every.items():
            assert isinstance(value, Bulk), name
            assert named(c.cmd("CONFIG", "GET", name)) == {name: value}
            assert named(c.cmd("CONFIG", "GET", name.upper())) == {
                name.upper(): value}


def test_config_set_takes_effect_at_once(server, start):
    s = start(server.kind)
    with s.connect() as c:
        assert c.cmd("CONFIG", "SET", "maxmemory", "1", "maxmemory-policy",
                     "noeviction") == OK
        assert match(OOM, 2, c.cmd("SET", "k", "v")) is None
        assert c.cmd("CONFIG", "SET", "maxmemory", "0") == OK
        assert c.cmd("SET", "k", "v") == OK


def info(c, *sections):
    """INFO as {section: {field: text}}; checks its form."""
    reply = c.cmd("INFO", *sections)
    assert isinstance(reply, Bulk if c.proto == 2 else Verb), reply
    if c.proto == 3:
        assert reply.v[0] == b"txt"
    text = (reply.body if c.proto == 3 else reply.v).decode()
    out, section = {}, None
    assert text == "" or text.endswith("\r\n")
    for line in text.split("\r\n")[:-1]:
        assert "\n" not in line and "\r" not in line
        if line.startswith("# "):
            section = out.setdefault(line[2:], {})
        elif line:
            name, colon, value = line.partition(":")
            assert colon and name not in section, line
            section[name] = value
    return out


def test_config_resetstat(server, start):
    s = start(server.kind)
    with s.connect() as c:
        c.cmd("SET", "k", "v")
        c.cmd("GET", "k")
        c.cmd("GET", "nokey")
        c.cmd("NOPE")
        before = info(c, "everything")
        assert before["Stats"]["keyspace_hits"] == "1"
        assert "errorstat_ERR" in before["Errorstats"]
        assert c.cmd("CONFIG", "RESETSTAT") == OK
        after = info(c, "everything")
        for name in ("keyspace_hits", "keyspace_misses", "expired_keys",
                     "evicted_keys", "rejected_connections",
                     "total_error_replies", "total_connections_received"):
            assert after["Stats"][name] == "0", name
        assert int(after["Stats"]["total_commands_processed"]) <= 1
        assert after["Errorstats"] == {}
        assert "cmdstat_get" not in after.get("Commandstats", {})


# ---- INFO ----------------------------------------------------------------

NUMBER, SIGNED, REAL = r"\d+", r"-?\d+", r"-?\d+\.\d+"
HUMAN = r"\d+(?:\.\d+)?[BKMGTP]"
INFO = {
    "Server": {
        "redis_version": r"(?:7\.0\.\d+|(?:[7-9]|\d\d)\.\d+\.\d+)",
        "redis_mode": "standalone", "os": ".+", "arch_bits": "32|64",
        "process_id": NUMBER, "run_id": "[0-9a-f]{40}", "tcp_port": NUMBER,
        "uptime_in_seconds": NUMBER, "uptime_in_days": NUMBER},
    "Clients": {
        "connected_clients": "[1-9]\\d*", "maxclients": NUMBER,
        "blocked_clients": "0"},
    "Memory": {
        "used_memory": NUMBER, "used_memory_human": HUMAN,
        "used_memory_rss": NUMBER, "used_memory_peak": NUMBER,
        "used_memory_overhead": NUMBER, "used_memory_startup": NUMBER,
        "used_memory_dataset": NUMBER, "maxmemory": "0",
        "maxmemory_human": HUMAN, "maxmemory_policy": "noeviction",
        "mem_fragmentation_ratio": REAL, "lazyfree_pending_objects": NUMBER},
    "Persistence": {"loading": "0"},
    "Stats": {
        "total_connections_received": NUMBER,
        "total_commands_processed": NUMBER,
        "instantaneous_ops_per_sec": NUMBER, "total_net_input_bytes": NUMBER,
        "total_net_output_bytes": NUMBER, "rejected_connections": NUMBER,
        "expired_keys": NUMBER, "evicted_keys": NUMBER,
        "keyspace_hits": NUMBER, "keyspace_misses": NUMBER,
        "total_error_replies": NUMBER},
    "Replication": {"role": "master", "connected_slaves": "0"},
    "CPU": {"used_cpu_sys": REAL, "used_cpu_user": REAL},
    "Cluster": {"cluster_enabled": "0"},
    "Keyspace": {},
}


def test_info_fields(server, proto):
    with server.connect(proto=proto) as c:
        got = info(c)
        for section, fields in INFO.items():
            assert section in got, section
            for name, pattern in fields.items():
                assert name in got[section], (section, name)
                assert re.match("(?:%s)\\Z" % pattern, got[section][name]), (
                    name, got[section][name])
        assert got["Server"]["tcp_port"] == str(server.port)
        assert got["Server"]["process_id"] == str(server.pid)
        memory = {k: int(v) for k, v in got["Memory"].items()
                  if re.match(r"\d+\Z", v)}
        assert memory["used_memory_peak"] >= memory["used_memory"] > 0
        assert memory["used_memory_startup"] <= memory["used_memory"]
        run_id = got["Server"]["run_id"]
        assert info(c, "server")["Server"]["run_id"] == run_id


def test_info_sections(server, proto):
    with server.connect(proto=proto) as c:
        # What a section has before anything happened is up to the server.
        c.cmd("SET", "k", "v")
        c.cmd("NOPE")
        timed = ["Commandstats"] * (server.kind == "redis")  # kv has no times
        for section in list(INFO) + ["Errorstats"] + timed:
            for name in (section, section.lower(), section.upper()):
                assert list(info(c, name)) == [section]
        assert set(info(c, "server", "clients")) == {"Server", "Clients"}
        assert set(info(c, "clients", "SERVER", "server")) == {
            "Server", "Clients"}
        assert info(c, "nope") == {}
        assert set(info(c, "nope", "cpu")) == {"CPU"}
        default = set(info(c))
        assert default == set(info(c, "default"))
        assert default >= set(INFO) | {"Errorstats"}
        assert "Commandstats" not in default
        for name in ("all", "everything"):
            assert set(info(c, name)) >= default | set(timed)
        assert set(info(c, "default", "commandstats")) == default | set(timed)


def test_info_keyspace(server, proto):
    with server.connect(proto=proto) as c:
        c.cmd("FLUSHALL")
        assert info(c, "keyspace") == {"Keyspace": {}}
        c.cmd("MSET", "a", 1, "b", 2)
        c.cmd("SET", "c", 3, "PX", 100000)
        c.cmd("SELECT", 9)
        c.cmd("SET", "a", 1)
        got = info(c, "keyspace")["Keyspace"]
        assert set(got) == {"db0", "db9"}
        assert re.match(r"keys=3,expires=1,avg_ttl=\d+(,subexpiry=0)?\Z",
                        got["db0"])
        assert re.match(r"keys=1,expires=0,avg_ttl=0(,subexpiry=0)?\Z",
                        got["db9"])
        ttl = int(re.search(r"avg_ttl=(\d+)", got["db0"]).group(1))
        # redis works the average out now and then; before that it is 0
        assert 0 <= ttl <= 100000
        c.cmd("FLUSHALL")


def stat(c, name, section="Stats"):
    return int(info(c, "everything")[section][name])


def test_info_counters(server, start):
    s = start(server.kind)
    with s.connect() as c:
        names = ("total_connections_received total_commands_processed "
                 "total_net_input_bytes total_net_output_bytes expired_keys "
                 "keyspace_hits keyspace_misses total_error_replies").split()
        before = info(c, "stats")["Stats"]
        c.cmd("SET", "k", "v")
        for _ in range(3):
            c.cmd("GET", "k")
        for _ in range(2):
            c.cmd("GET", "nokey")
        c.cmd("EXISTS", "k", "nokey")
        c.cmd("NOPE")
        c.cmd("INCR", "k")
        c.cmd("ECHO", "x" * 10000)
        c.cmd("SET", "gone", "v", "PX", 1)
        until("it expired", lambda: c.cmd("EXISTS", "gone") == Int(0))
        with s.connect() as d:
            d.cmd("PING")
            assert info(c, "clients")["Clients"]["connected_clients"] == "2"
        after = info(c, "stats")["Stats"]
        grown = {n: int(after[n]) - int(before[n]) for n in names}
        assert grown["total_connections_received"] == 1
        assert grown["total_commands_processed"] >= 13
        assert grown["total_net_input_bytes"] >= 10000
        assert grown["total_net_output_bytes"] >= 10000
        assert grown["expired_keys"] == 1
        assert grown["keyspace_hits"] >= 4       # three GETs and an EXISTS
        assert grown["keyspace_misses"] >= 3
        assert grown["total_error_replies"] == 2


def test_info_errorstats(server, start):
    s = start(server.kind, "--requirepass", "pw")
    with s.connect() as c:
        c.cmd("CONFIG", "GET", "x")
        c.cmd("AUTH", "bad")
        c.cmd("AUTH", "pw")
        assert c.cmd("CONFIG", "RESETSTAT") == OK
        c.cmd("NOPE")
        c.cmd("GET")
        c.cmd("AUTH", "bad")
        c.cmd("HELLO", 9)
        got = info(c, "errorstats")["Errorstats"]
        assert got == {"errorstat_ERR": "count=2", "errorstat_WRONGPASS":
                       "count=1", "errorstat_NOPROTO": "count=1"}
        assert stat(c, "total_error_replies") == 4


@pytest.mark.only("redis", why="kv does not time commands")
def test_info_commandstats(server, start):
    s = start(server.kind)
    with s.connect() as c:
        c.cmd("SET", "k", "v")
        c.cmd("get", "k")
        c.cmd("GET", "k")
        c.cmd("INCR", "k")
        c.cmd("GET")
        c.cmd("CLIENT", "ID")
        got = info(c, "commandstats")["Commandstats"]
        line = re.compile(r"calls=(\d+),usec=\d+,usec_per_call=\d+\.\d\d,"
                          r"rejected_calls=(\d+),failed_calls=(\d+)\Z")
        counts = {}
        for name, text in got.items():
            assert name.startswith("cmdstat_") and line.match(text), text
            counts[name[8:]] = tuple(map(int, line.match(text).groups()))
        assert counts["get"] == (2, 1, 0)
        assert counts["set"] == (1, 0, 0)
        assert counts["incr"] == (1, 0, 1)
        assert counts["client|id"] == (1, 0, 0)
        assert "client" not in counts


# ---- MEMORY --------------------------------------------------------------

def test_memory_usage_grows(server, conn):
    sizes = []
    for n in (1, 1000, 100000, 1000000):
        conn.cmd("SET", "k", "x" * n)
        sizes.append(conn.cmd("MEMORY", "USAGE", "k").v)
        assert n < sizes[-1] < n * 1.3 + 200
    assert sizes == sorted(sizes)
    conn.cmd("SET", "k" * 1000, "v")
    assert conn.cmd("MEMORY", "USAGE", "k" * 1000).v > 1000


def test_used_memory_follows_the_data(server, start):
    s = start(server.kind)
    with s.connect() as c:
        before = stat(c, "used_memory", "Memory")
        for i in range(100):
            c.cmd("SET", "k%d" % i, "x" * (MIB // 10))
        full = stat(c, "used_memory", "Memory")
        assert 10 * MIB <= full - before < 13 * MIB
        c.cmd("FLUSHALL")
        until("used_memory is back", lambda: stat(
            c, "used_memory", "Memory") < before + MIB)
        assert stat(c, "used_memory_peak", "Memory") >= full


def test_memory_stats(server, proto):
    with server.connect(proto=proto) as c:
        c.cmd("FLUSHALL")
        c.cmd("MSET", "a", 1, "b", 2)
        c.cmd("SELECT", 3)
        c.cmd("SET", "c", 3, "EX", 100)
        got = named(c.cmd("MEMORY", "STATS"))
        for name in ("peak.allocated", "total.allocated", "startup.allocated",
                     "clients.normal", "overhead.total", "keys.count",
                     "keys.bytes-per-key", "dataset.bytes",
                     "fragmentation.bytes"):
            assert isinstance(got[name], Int), name
        for name in ("dataset.percentage", "peak.percentage",
                     "fragmentation"):
            assert isinstance(got[name], Bulk if proto == 2 else Double), name
            float(got[name].v)
        assert got["keys.count"] == Int(3)
        assert got["peak.allocated"].v >= got["total.allocated"].v
        for name in ("db.0", "db.3"):
            db = named(got[name])
            assert {"overhead.hashtable.main",
                    "overhead.hashtable.expires"} <= set(db)
            assert all(isinstance(v, Int) for v in db.values())
        assert "db.1" not in got
        c.cmd("FLUSHALL")


# ---- HELP ----------------------------------------------------------------

@pytest.mark.parametrize("name", ["CLIENT", "CONFIG", "OBJECT", "COMMAND",
                                  "MEMORY", "MODULE", "DEBUG"])
def test_help(server, proto, name):
    """Simple strings: a head, subcommands with indented text, HELP last."""
    with server.connect(proto=proto) as c:
        got = c.cmd(name, "help")
        assert isinstance(got, Array)
        assert all(isinstance(line, Simple) for line in got.v)
        text = [line.v.decode() for line in got.v]
        assert text[0] == (name + " <subcommand> [<arg> [value] [opt] ...]. "
                           "Subcommands are:")
        assert text[-2] == "HELP"
        assert re.match(r"    Prints? this help\.\Z", text[-1])
        for line in text[1:-1]:
            assert re.match(r"(?:[A-Z(]|    +\S)", line), line
        if name == "DEBUG":
            return
        # Every subcommand is there.
        said = {line.split()[0].lower() for line in text[1:]
                if not line.startswith(" ")}
        row = c.cmd("COMMAND", "INFO", name).v[0].v
        for sub in row[9].v:
            assert sub.v[0].v.decode().partition("|")[2] in said


# ---- COMMAND -------------------------------------------------------------

def command_names(c):
    """Top-level commands."""
    got = [x.v.decode() for x in c.cmd("COMMAND", "LIST").v]
    assert len(set(got)) == len(got)
    return sorted(n for n in got if "|" not in n)


CATEGORIES = set(
    "@keyspace @read @write @set @sortedset @list @hash @string @bitmap "
    "@hyperloglog @geo @stream @pubsub @admin @fast @slow @blocking "
    "@dangerous @connection @transaction @scripting".split())
FLAGS = set(
    "write readonly denyoom admin pubsub noscript random sort_for_script "
    "loading stale skip_monitor skip_slowlog asking fast no_auth "
    "may_replicate blocking movablekeys no_mandatory_keys no_async_loading "
    "no_multi allow_busy module".split())
SPEC_FLAGS = set("RO RW OW RM access update insert delete not_key incomplete "
                 "variable_flags".split())


def key_spec(reply, proto):
    """A key specification as something that can be compared."""
    got = named(reply)
    assert {"flags", "begin_search", "find_keys"} <= set(got) <= {
        "flags", "begin_search", "find_keys", "notes"}
    out = [tuple(sorted(items(got["flags"], proto)))]
    assert set(out[0]) <= SPEC_FLAGS
    for part in ("begin_search", "find_keys"):
        step = named(got[part])
        assert set(step) == {"type", "spec"}
        out.append((step["type"].v, tuple(sorted(
            (k, v.v) for k, v in named(step["spec"]).items()))))
    return tuple(out)


class Row:
    """An entry of COMMAND INFO, checked and comparable."""

    def __init__(self, reply, proto):
        assert isinstance(reply, Array) and len(reply.v) == 10, reply
        (name, arity, flags, first, last, step, categories, tips, specs,
         subs) = reply.v
        assert isinstance(name, Bulk) and isinstance(arity, Int)
        for x in flags.v + categories.v:
            assert isinstance(x, Simple), x
        self.name, self.arity = name.v.decode(), arity.v
        self.flags = items(flags, proto)
        self.keys = (first.v, last.v, step.v)
        self.categories = items(categories, proto)
        self.tips = items(tips, proto)
        assert isinstance(specs, Array if proto == 2 else Set)
        self.specs = sorted(key_spec(s, proto) for s in specs.v)
        assert subs.v == () or isinstance(subs, Array)
        self.subs = [Row(s, proto) for s in subs.v]

    def check(self, parent=None):
        assert self.arity != 0
        assert self.name == self.name.lower()
        assert self.flags <= FLAGS, self.flags - FLAGS
        assert self.categories <= CATEGORIES
        assert len(self.categories & {"@fast", "@slow"}) == 1
        assert ("fast" in self.flags) == ("@fast" in self.categories)
        if self.specs and "movablekeys" not in self.flags:
            assert self.keys[0] > 0
        for sub in self.subs:
            assert sub.name.startswith(self.name + "|")
            sub.check()


def test_command_count_and_list(server, proto):
    with server.connect(proto=proto) as c:
        names = command_names(c)
        assert c.cmd("COMMAND", "COUNT") == Int(len(names))
        every = c.cmd("COMMAND")
        assert sorted(x.v[0].v.decode() for x in every.v) == names
        assert (sorted(map(resp.dump, c.cmd("COMMAND", "INFO").v)) ==
                sorted(map(resp.dump, every.v)))
        assert sorted(x.v.decode() for x in c.cmd(
            "COMMAND", "LIST", "FILTERBY", "PATTERN", "get*").v) == sorted(
                n for n in names if n.startswith("get"))


def test_command_info(server, proto):
    """Every row is well formed, and asking for it by name gives the same."""
    with server.connect(proto=proto) as c:
        for reply in c.cmd("COMMAND", "INFO").v:
            row = Row(reply, proto)
            row.check()
            assert c.cmd("COMMAND", "INFO", row.name.upper()) == Array(
                [reply])
            for sub in row.subs:
                got = c.cmd("COMMAND", "INFO", sub.name.upper()).v[0]
                assert Row(got, proto).__dict__ == sub.__dict__


def test_command_list_by_category(server):
    """FILTERBY ACLCAT lists what has the category, subcommands too."""
    with server.connect() as c:
        rows = [Row(x, 2) for x in c.cmd("COMMAND", "INFO").v]
        rows += [sub for row in rows for sub in row.subs]
        for category in sorted(CATEGORIES):
            got = {x.v.decode() for x in c.cmd(
                "COMMAND", "LIST", "FILTERBY", "ACLCAT", category[1:]).v}
            assert got == {r.name for r in rows if category in r.categories}


@pytest.mark.only("kv", why="compares it with redis-server")
def test_command_info_is_that_of_redis(server, start, proto):
    redis = start("redis")
    with server.connect(proto=proto) as a, redis.connect(proto=proto) as b:
        wrong, theirs = [], {}
        for reply in b.cmd("COMMAND", "INFO").v:
            row = Row(reply, proto)
            theirs[row.name] = row
            theirs.update((sub.name, sub) for sub in row.subs)
        for reply in a.cmd("COMMAND", "INFO").v:
            row = Row(reply, proto)
            for mine in [row] + row.subs:
                other = theirs.get(mine.name)
                for what in ("arity", "flags", "keys", "categories", "specs"):
                    if other and getattr(mine, what) != getattr(other, what):
                        wrong.append("%s: %s is %r, redis has %r" % (
                            mine.name, what, getattr(mine, what),
                            getattr(other, what)))
        assert not wrong, "\n".join(wrong)


GROUPS = set("generic string list set sorted-set hash pubsub transactions "
             "connection server scripting hyperloglog cluster sentinel geo "
             "stream bitmap module".split())
TYPES = set("string integer double key pattern unix-time pure-token oneof "
            "block".split())
DOC = set("summary since group complexity module doc_flags deprecated_since "
          "replaced_by history reply_schema arguments subcommands".split())
ARGUMENT = set("name display_text type key_spec_index token summary since "
               "deprecated_since flags arguments".split())
VERSION = re.compile(r"\d+\.\d+\.\d+\Z")


def argument(reply, proto):
    """Checks an argument of COMMAND DOCS; returns what can be compared."""
    got = named(reply)
    assert {"name", "type"} <= set(got) <= ARGUMENT, set(got)
    kind = got["type"].v.decode()
    assert kind in TYPES, kind
    assert ("arguments" in got) == (kind in ("oneof", "block"))
    if kind == "pure-token":
        assert "token" in got
    if "key_spec_index" in got:
        assert kind in ("key", "pattern")
        assert isinstance(got["key_spec_index"], Int)
    flags = items(got["flags"], proto) if "flags" in got else set()
    assert flags <= {"optional", "multiple", "multiple_token"}
    if "since" in got:
        assert VERSION.match(got["since"].v.decode())
    return (got["name"].v, kind, got["token"].v if "token" in got else None,
            tuple(sorted(flags)),
            tuple(argument(x, proto) for x in got["arguments"].v)
            if "arguments" in got else ())


def doc(reply, proto, name):
    """Checks an entry of COMMAND DOCS; returns its argument tree and those
    of its subcommands by name."""
    got = named(reply)
    assert {"summary", "since", "group"} <= set(got) <= DOC, (name, set(got))
    for field in ("summary", "complexity"):
        if field in got:
            text = got[field].v.decode()
            assert text.strip() and "\n" not in text
    assert VERSION.match(got["since"].v.decode())
    assert got["group"].v.decode() in GROUPS
    if "doc_flags" in got:
        assert items(got["doc_flags"], proto) <= {"deprecated", "syscmd"}
    if "history" in got:
        for entry in got["history"].v:
            assert VERSION.match(entry.v[0].v.decode())
    trees = {name: tuple(argument(x, proto) for x in got["arguments"].v)
             if "arguments" in got else ()}
    if "subcommands" in got:
        for sub, reply in named(got["subcommands"]).items():
            assert sub.startswith(name + "|")
            trees.update(doc(reply, proto, sub))
    return trees


def all_docs(c):
    return {name: tree for top, reply in named(c.cmd("COMMAND", "DOCS")).items()
            for name, tree in doc(reply, c.proto, top).items()}


def test_command_docs(server, proto):
    """Every command has a well-formed entry, by name too."""
    with server.connect(proto=proto) as c:
        every = named(c.cmd("COMMAND", "DOCS"))
        assert sorted(every) == command_names(c)
        for name, reply in every.items():
            doc(reply, proto, name)
        got = named(c.cmd("COMMAND", "DOCS", "GET", "nope", "set"))
        assert got == {"get": every["get"], "set": every["set"]}
        sub = named(c.cmd("COMMAND", "DOCS", "CONFIG|GET"))
        assert list(sub) == ["config|get"]
        assert (doc(sub["config|get"], proto, "config|get").items() <=
                doc(every["config"], proto, "config").items())


# Commands whose syntax grew after 7.0.
GREW = {"set", "client|kill", "client|list", "shutdown"}


@pytest.mark.only("kv", why="compares it with redis-server")
def test_command_docs_are_those_of_redis(server, start, proto):
    """Argument trees: names, types, tokens, flags."""
    redis = start("redis")
    with server.connect(proto=proto) as a, redis.connect(proto=proto) as b:
        mine, theirs = all_docs(a), all_docs(b)
        wrong = ["%s\n  is        %r\n  redis has %r" % (
            name, mine[name], theirs[name])
            for name in sorted(set(mine) & set(theirs) - GREW)
            if mine[name] != theirs[name]]
        assert not wrong, "\n".join(wrong)


# ---- maxmemory -----------------------------------------------------------

def test_noeviction(server, start):
    """Commands that may need memory are refused, the others are not."""
    s = start(server.kind)
    with s.connect() as c:
        c.cmd("MSET", "k", "v", "n", 1, "v1", 1)
        c.cmd("SET", "volatile", "v", "EX", 100)
        c.cmd("CONFIG", "SET", "maxmemory", 1)
        for args in (["SET", "a", "b"], ["SET", "k", "b"], ["SETNX", "a", 1],
                     ["APPEND", "k", "x"], ["INCR", "n"], ["DECR", "n"],
                     ["INCRBY", "n", 1], ["INCRBYFLOAT", "n", 1],
                     ["MSET", "a", "b"], ["MSETNX", "a", "b"],
                     ["GETSET", "k", "b"], ["SETEX", "a", 1, "b"],
                     ["PSETEX", "a", 1, "b"], ["SETRANGE", "k", 0, "x"],
                     ["COPY", "k", "a"]):
            assert match(OOM, 2, c.cmd(*args)) is None, args
        # Arity and syntax of the command line come first.
        assert match(arity("set"), 2, c.cmd("SET", "a")) is None
        for args, want in (
                (["GET", "k"], "v"), (["EXPIRE", "k", 100], 1),
                (["PERSIST", "k"], 1), (["GETEX", "k", "EX", 9], "v"),
                (["RENAME", "k", "k2"], OK), (["MOVE", "k2", 1], 1),
                (["DEL", "v1"], 1), (["GETDEL", "n"], "1"),
                (["EXISTS", "volatile"], 1), (["DBSIZE"], 1),
                (["FLUSHALL"], OK)):
            assert match(want, 2, c.cmd(*args)) is None, args
        assert stat(c, "evicted_keys") == 0
        assert c.cmd("CONFIG", "SET", "maxmemory", 0) == OK
        assert c.cmd("SET", "a", "b") == OK


def fill(c, n, name="key:%06d", size=1000, *options):
    """n keys by pipeline; returns the replies that are not OK."""
    value, out = "x" * size, []
    for begin in range(0, n, 500):
        part = range(begin, min(n, begin + 500))
        c.send(b"".join(encode("SET", name % i, value, *options)
                        for i in part))
        out += [r for r in (c.read() for _ in part) if r != OK]
    return out


def limited(start, kind, policy, *options):
    """A server with room for about 2 MB more than it uses now."""
    s = start(kind, "--maxmemory-policy", policy, "--maxmemory-samples", 10,
              *options)
    with s.connect() as c:
        room = stat(c, "used_memory", "Memory") + 2000000
        assert c.cmd("CONFIG", "SET", "maxmemory", room) == OK
    return s, room


POLICIES = ["%s-%s" % (a, b) for a in ("allkeys", "volatile")
            for b in ("lru", "lfu", "random")] + ["volatile-ttl"]


@pytest.mark.parametrize("policy", POLICIES)
def test_eviction(server, start, policy):
    """Writing goes on, memory stays below, keys without a TTL are safe from
    a volatile policy."""
    s, room = limited(start, server.kind, policy)
    with s.connect() as c:
        assert fill(c, 300, "safe:%06d") == []
        assert fill(c, 6000, "key:%06d", 1000, "EX", 1000) == []
        evicted = stat(c, "evicted_keys")
        assert evicted > 3000
        assert c.cmd("DBSIZE") == Int(6300 - evicted)
        assert stat(c, "used_memory", "Memory") < room * 1.1
        if policy.startswith("volatile"):
            assert c.cmd("EXISTS", *["safe:%06d" % i for i in range(300)]
                         ) == Int(300)
            # With nothing to evict it is as without eviction. Eviction comes
            # in slices: writes go on until the last key is gone.
            c.cmd("CONFIG", "SET", "maxmemory", 1)
            until("writes are refused", lambda: match(
                OOM, 2, c.cmd("SET", "a", "b", "EX", 9)) is None)
            assert c.cmd("DBSIZE") == Int(300)
            assert match(OOM, 2, c.cmd("SET", "a", "b")) is None
        else:
            c.cmd("CONFIG", "SET", "maxmemory", 1)
            until("writes are refused", lambda: match(
                OOM, 2, c.cmd("SET", "a", "b")) is None)
            assert c.cmd("DBSIZE") == Int(0)


def survivors(c, name, n):
    return c.cmd("EXISTS", *[name % i for i in range(n)]).v


@pytest.mark.parametrize("kind", ["lru", "lfu", "ttl"])
def test_eviction_takes_the_right_ones(server, start, kind):
    """Keys used lately, used often, or with a long life mostly stay."""
    s, _ = limited(start, server.kind, {
        "lru": "allkeys-lru", "lfu": "allkeys-lfu", "ttl": "volatile-ttl"
    }[kind])
    with s.connect() as c:
        if kind == "ttl":
            fill(c, 500, "long:%06d", 1000, "EX", 100000)
            fill(c, 500, "short:%06d", 1000, "EX", 1000)
            fill(c, 1000, "new:%06d", 1000, "EX", 50000)
        else:
            fill(c, 500, "long:%06d")
            fill(c, 500, "short:%06d")
            if kind == "lru":
                time.sleep(1.1)     # the clock of LRU counts seconds
            for _ in range(1 if kind == "lru" else 20):
                c.cmd("MGET", *["long:%06d" % i for i in range(500)])
            fill(c, 1000, "new:%06d")
        lost, due = (500 - survivors(c, n, 500)
                     for n in ("long:%06d", "short:%06d"))
        assert due > 40 and lost < due / 3, (lost, due)


def test_maxmemory_counts_what_clients_hold(server, start):
    """A client that does not read takes memory from the keys."""
    s, room = limited(start, server.kind, "allkeys-random")
    with s.connect() as c, s.connect() as other:
        fill(c, 3000)
        before = c.cmd("DBSIZE").v
        # A request that is not complete: 1.9 MB of it have come.
        other.send(b"*2\r\n$4\r\nECHO\r\n$1900000\r\n" + b"x" * 1890000)
        until("keys are evicted", lambda: c.cmd("SET", "k", "v") in (
            OK, Err(OOM.what)) and c.cmd("DBSIZE").v < before * 0.6)


# ---- expiry --------------------------------------------------------------

def test_expiry_is_on_time(server, start):
    """A key that nobody touches leaves DBSIZE within 20 ms of its time, and
    not before it. redis looks ten times a second unless told otherwise."""
    s = start(server.kind, *(["--hz", 500] if server.kind == "redis" else []))
    late = []
    with s.connect() as c:
        for ms in (30, 41, 52, 63, 74):
            began = time.monotonic()
            c.cmd("SET", "k", "v", "PX", ms)
            sent = time.monotonic()
            while c.cmd("DBSIZE") != Int(0):
                assert time.monotonic() - began < 2
            gone = time.monotonic()
            assert gone - began > ms / 1000 - 0.0015, "early"
            late.append(gone - sent - ms / 1000)
        assert sorted(late)[2] < 0.02, late


def test_many_keys_expire_at_once(server, start):
    s = start(server.kind, *(["--hz", 500] if server.kind == "redis" else []))
    with s.connect() as c:
        at = int(c.cmd("TIME").v[0].v) * 1000 + 1500
        for begin in range(0, 20000, 500):
            c.send(b"".join(encode("SET", "k%d" % i, "v", "PXAT", at)
                            for i in range(begin, begin + 500)))
            for _ in range(500):
                c.read()
        assert c.cmd("DBSIZE") == Int(20000)
        until("all are gone", lambda: c.cmd("DBSIZE") == Int(0))
        t = c.cmd("TIME").v
        now = int(t[0].v) * 1000 + int(t[1].v) // 1000
        assert at <= now < at + 250
        assert stat(c, "expired_keys") == 20000
