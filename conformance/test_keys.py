"""Commands on keys of any type."""

import time

import pytest

from cases import *  # noqa: F403
from resp import Bulk, encode
from test_strings import (BAD_INTS, FAR, FAR_MS, MAX, MIN, NOW, arities,
                          expire_err)

SAME = E("ERR source and destination objects are the same")
NO_KEY = E("ERR no such key")
DB_RANGE = E("ERR DB index is out of range")
INT32_ERR = E("ERR value is out of range, value must between -2147483648 and "
              "2147483647")
NX_ERR = E("ERR NX and XX, GT or LT options at the same time are not "
           "compatible")
GTLT_ERR = E("ERR GT and LT options at the same time are not compatible")
STRING, NONE = Simple("string"), Simple("none")
WHY_LISTS = "kv has strings only so far"

ARITY = {
    "del": -2, "unlink": -2, "exists": -2, "type": 2, "keys": 2, "scan": -2,
    "randomkey": 1, "rename": 3, "renamenx": 3, "copy": -3, "move": 3,
    "touch": -2, "dbsize": 1, "expire": -3, "pexpire": -3, "expireat": -3,
    "pexpireat": -3, "expiretime": 2, "pexpiretime": 2, "ttl": 2, "pttl": 2,
    "persist": 2, "object": -2, "select": 2, "swapdb": 3,
}


def scan(keys, cursor="0"):
    """A SCAN reply with these keys in any order."""
    return [cursor, Unordered(list(keys))]


# ---- existence ----------------------------------------------------------

EXISTENCE = [
    case("del", [
        ("DEL k", 0), ("MSET a 1 b 2 c 3", OK), ("DEL a", 1), ("DEL a", 0),
        ("DEL a b c nokey", 2), ("DBSIZE", 0), ("SET a 1", OK),
        ("DEL a a a", 1), ("SET a 1 EX 100", OK), ("DEL a", 1),
        ("SET a 1", OK), ("TTL a", -1),
    ]),
    case("unlink", [
        ("UNLINK k", 0), ("MSET a 1 b 2 c 3", OK), ("UNLINK a a c nokey", 2),
        ("EXISTS a", 0), ("GET b", "2"), ("DBSIZE", 1),
        (("SET", "big", "x" * 100000), OK), ("UNLINK big b", 2),
        ("DBSIZE", 0),
    ]),
    case("exists", [
        ("EXISTS k", 0), ("MSET a 1 b 2", OK), ("EXISTS a", 1),
        ("EXISTS a b nokey", 2), ("EXISTS a a a", 3),
        (("EXISTS", ""), 0), (("SET", "", "v"), OK), (("EXISTS", ""), 1),
    ]),
    case("touch", [
        ("TOUCH k", 0), ("MSET a 1 b 2", OK), ("TOUCH a b nokey", 2),
        ("TOUCH a a", 2), ("EXISTS nokey", 0),
    ]),
    case("type", [
        ("TYPE k", NONE), ("SET k v", OK), ("TYPE k", STRING),
        ("SET k 12", OK), ("TYPE k", STRING), ("DEL k", 1),
        ("TYPE k", NONE),
    ]),
    case("dbsize", [
        ("DBSIZE", 0), ("MSET a 1 b 2", OK), ("DBSIZE", 2), ("DEL a", 1),
        ("DBSIZE", 1), ("SET b 3", OK), ("DBSIZE", 1), ("SELECT 1", OK),
        ("DBSIZE", 0),
    ]),
    case("randomkey", [
        ("RANDOMKEY", NIL), ("SET a 1", OK), ("RANDOMKEY", "a"),
        ("SET b 1", OK), ("RANDOMKEY", OneOf("a", "b")),
        ("SELECT 1", OK), ("RANDOMKEY", NIL),
    ]),
    case("del-many", [
        (["MSET"] + [x for i in range(1000) for x in ("k%d" % i, "v")], OK),
        (["EXISTS"] + ["k%d" % i for i in range(1200)], 1000),
        (["DEL"] + ["k%d" % i for i in range(500)], 500),
        ("DBSIZE", 500),
        (["UNLINK"] + ["k%d" % i for i in range(1000)], 500),
        ("DBSIZE", 0),
    ]),
    case("del-huge-value", [
        ("SETRANGE k 20000000 x", 20000001), ("STRLEN k", 20000001),
        ("DEL k", 1), ("SETRANGE k 20000000 x", 20000001), ("UNLINK k", 1),
        ("SETRANGE k 20000000 x", 20000001), ("SET k v", OK),
        ("DBSIZE", 1),
    ]),
]

# ---- RENAME, COPY, MOVE -------------------------------------------------

MOVES = [
    case("rename", [
        ("RENAME a b", NO_KEY), ("SET a 1", OK), ("RENAME a b", OK),
        ("MGET a b", [NIL, "1"]), ("SET a 2", OK), ("RENAME a b", OK),
        ("GET b", "2"), ("DBSIZE", 1),
        ("RENAME b b", OK), ("GET b", "2"), ("RENAME nokey nokey", NO_KEY),
        ("RENAME nokey b", NO_KEY), ("GET b", "2"),
    ]),
    case("rename-takes-the-ttl", [
        ("SET a 1 EXAT %d" % FAR, OK), ("RENAME a b", OK),
        ("EXPIRETIME b", FAR), ("TTL a", -2), ("SET a 2", OK),
        ("RENAME a b", OK), ("TTL b", -1), ("SET a 3 EXAT %d" % FAR, OK),
        ("RENAME a a", OK), ("EXPIRETIME a", FAR),
    ]),
    case("renamenx", [
        ("RENAMENX a b", NO_KEY), ("MSET a 1 b 2", OK), ("RENAMENX a b", 0),
        ("MGET a b", ["1", "2"]), ("RENAMENX a c", 1),
        ("MGET a c", [NIL, "1"]), ("RENAMENX c c", 0),
        ("RENAMENX nokey nokey", NO_KEY), ("RENAMENX nokey b", NO_KEY),
        ("EXPIREAT c %d" % FAR, 1), ("RENAMENX c d", 1),
        ("EXPIRETIME d", FAR),
    ]),
    case("copy", [
        ("COPY a b", 0), ("SET a 1", OK), ("COPY a b", 1),
        ("MGET a b", ["1", "1"]), ("SET a 2", OK), ("COPY a b", 0),
        ("GET b", "1"), ("COPY a b REPLACE", 1), ("GET b", "2"),
        ("APPEND a x", 2), ("GET b", "2"), ("INCR b", 3), ("GET a", "2x"),
        ("COPY nokey b REPLACE", 0), ("GET b", "3"),
    ]),
    case("copy-takes-the-ttl", [
        ("SET a 1 EXAT %d" % FAR, OK), ("COPY a b", 1),
        ("EXPIRETIME b", FAR), ("EXPIRETIME a", FAR), ("SET c 1", OK),
        ("COPY c b REPLACE", 1), ("TTL b", -1), ("PERSIST a", 1),
        ("EXPIREAT c %d" % FAR, 1), ("COPY c a REPLACE", 1),
        ("EXPIRETIME a", FAR),
    ]),
    case("copy-db", [
        ("SET a 1 EXAT %d" % FAR, OK), ("COPY a a DB 1", 1),
        ("COPY a a DB 1", 0), ("SELECT 1", OK), ("GET a", "1"),
        ("EXPIRETIME a", FAR), ("SET a 2", OK), ("SELECT 0", OK),
        ("COPY a a DB 1 REPLACE", 1), ("COPY a b db 1 replace", 1),
        ("COPY a c REPLACE DB 1", 1), ("SELECT 1", OK),
        ("MGET a b c", ["1", "1", "1"]), ("DBSIZE", 3),
        ("SELECT 0", OK), ("COPY a d DB 1 DB 2", 1),
        ("SELECT 1", OK), ("EXISTS d", 0), ("SELECT 2", OK), ("EXISTS d", 1),
        ("COPY d d DB 15", 1),
    ]),
    case("copy-errors", [
        ("SET a 1", OK), ("COPY a a", SAME), ("COPY a a REPLACE", SAME),
        ("COPY a a DB 0", SAME), ("COPY nokey nokey", SAME),
        ("COPY a b DB 16", DB_RANGE), ("COPY a b DB -1", DB_RANGE),
        ("COPY a b DB abc", INT_ERR), (("COPY", "a", "b", "DB", ""), INT_ERR),
        ("COPY a b DB 99999999999", INT32_ERR),
        ("COPY a b DB", SYNTAX), ("COPY a b FOO", SYNTAX),
        ("COPY a b REPLACE FOO", SYNTAX), ("COPY a b REPLACE DB", SYNTAX),
        ("COPY nokey b DB 16", DB_RANGE), ("COPY a b DB 1 DB 16", DB_RANGE),
        ("COPY a b FOO DB 16", SYNTAX),
        ("COPY a b DB 16 FOO", DB_RANGE), ("COPY a b DB abc FOO", INT_ERR),
        ("COPY a b REPLACE REPLACE", 1), ("DBSIZE", 2),
    ]),
    case("move", [
        ("MOVE a 1", 0), ("SET a 1 EXAT %d" % FAR, OK), ("MOVE a 1", 1),
        ("EXISTS a", 0), ("TTL a", -2), ("SELECT 1", OK), ("GET a", "1"),
        ("EXPIRETIME a", FAR), ("SELECT 0", OK), ("SET a 2", OK),
        ("MOVE a 1", 0), ("GET a", "2"), ("TTL a", -1), ("SELECT 1", OK),
        ("GET a", "1"), ("MOVE a 15", 1), ("SELECT 15", OK), ("GET a", "1"),
    ]),
    case("move-errors", [
        ("SET a 1", OK), ("MOVE a 0", SAME), ("MOVE nokey 0", SAME),
        ("MOVE a 16", DB_RANGE), ("MOVE a -1", DB_RANGE),
        ("MOVE nokey 16", DB_RANGE), ("MOVE a abc", INT_ERR),
        (("MOVE", "a", ""), INT_ERR), ("MOVE a 01", INT_ERR),
        ("MOVE a 99999999999", INT32_ERR), ("GET a", "1"),
    ]),
]

# ---- databases ----------------------------------------------------------

DATABASES = [
    case("select", [
        ("SET a 0", OK), ("SELECT 1", OK), ("GET a", NIL), ("SET a 1", OK),
        ("SELECT 15", OK), ("SET a 15", OK), ("SELECT 0", OK), ("GET a", "0"),
        ("SELECT 1", OK), ("GET a", "1"), ("SELECT 15", OK),
        ("GET a", "15"), ("SELECT 15", OK), ("GET a", "15"),
    ]),
    case("select-errors", [("SELECT 3", OK), ("SET a 3", OK)] + [
        (("SELECT", n), INT_ERR) for n in BAD_INTS
    ] + [("SELECT 16", DB_RANGE), ("SELECT -1", DB_RANGE),
         ("SELECT 2147483647", DB_RANGE), ("SELECT 2147483648", INT32_ERR),
         ("SELECT -2147483649", INT32_ERR), ("SELECT " + MAX, INT32_ERR),
         ("GET a", "3")]),
    case("swapdb", [
        ("SET a 0 EXAT %d" % FAR, OK), ("SELECT 1", OK), ("SET b 1", OK),
        ("SWAPDB 0 1", OK), ("EXISTS b", 0), ("GET a", "0"),
        ("EXPIRETIME a", FAR), ("SELECT 0", OK), ("GET b", "1"),
        ("SWAPDB 1 0", OK), ("GET a", "0"), ("SWAPDB 0 0", OK),
        ("GET a", "0"), ("SWAPDB 14 15", OK), ("SWAPDB 0 15", OK),
        ("DBSIZE", 0), ("SELECT 15", OK), ("GET a", "0"),
    ]),
    case("swapdb-errors", [
        (("SWAPDB", n, "0"), E("ERR invalid first DB index"))
        for n in BAD_INTS + ["2147483648"]
    ] + [
        (("SWAPDB", "0", n), E("ERR invalid second DB index"))
        for n in BAD_INTS + ["2147483648"]
    ] + [("SWAPDB a b", E("ERR invalid first DB index")),
         ("SWAPDB 16 a", E("ERR invalid second DB index")),
         ("SWAPDB 16 0", DB_RANGE), ("SWAPDB 0 16", DB_RANGE),
         ("SWAPDB -1 0", DB_RANGE), ("SWAPDB 0 -1", DB_RANGE)]),
    case("flushdb", [
        ("SET a 0 EX 100", OK), ("SELECT 1", OK), ("SET b 1", OK),
        ("FLUSHDB", OK), ("DBSIZE", 0), ("GET b", NIL), ("SELECT 0", OK),
        ("GET a", "0"), ("FLUSHDB ASYNC", OK), ("DBSIZE", 0),
        ("FLUSHDB sync", OK), ("SET a 1", OK), ("TTL a", -1),
    ]),
    case("flushall", [
        ("SET a 0 EX 100", OK), ("SELECT 1", OK), ("SET b 1", OK),
        ("SELECT 2", OK), ("FLUSHALL", OK), ("SELECT 0", OK), ("DBSIZE", 0),
        ("SELECT 1", OK), ("DBSIZE", 0), ("SET a 1", OK),
        ("FLUSHALL async", OK), ("GET a", NIL), ("SET a 2", OK),
        ("GET a", "2"), ("FLUSHALL SYNC", OK), ("DBSIZE", 0),
        ("RANDOMKEY", NIL), ("KEYS *", []), ("SCAN 0", ["0", []]),
    ]),
    case("flush-errors", [("SET a 1", OK)] + [
        (name + tail, SYNTAX) for name in ("FLUSHALL", "FLUSHDB")
        for tail in (" FOO", " SYNC ASYNC", " ASYNC ASYNC", " 0")
    ] + [("GET a", "1")]),
]

# ---- expiry -------------------------------------------------------------

EXPIRES = ("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT")
DAY = 86400     # wide enough for any pause since NOW


def days(n):
    """The argument of each command that means n days from now."""
    s = n * DAY
    return {"EXPIRE": s, "PEXPIRE": s * 1000, "EXPIREAT": NOW + s,
            "PEXPIREAT": (NOW + s) * 1000}




def expire_cases(name):
    low, t, u = name.lower(), days(1)[name], days(9)[name]
    about_t, about_u = Between(0, DAY + 1), Between(DAY * 8, DAY * 9 + 1)
    invalid = {"EXPIRE": [MAX, MIN, "9223372036854776", "9223372036854775",
                          "-9223372036854776"],
               "PEXPIRE": [MAX, "9223372036854775000"],
               "EXPIREAT": [MAX, MIN, "9223372036854776",
                            "-9223372036854776"], "PEXPIREAT": []}[name]
    past = {"EXPIRE": ["0", "-1", "-1000000000000"],
            "PEXPIRE": ["0", "-1", MIN],
            "EXPIREAT": ["0", "1", "-1", "-9223372036854775"],
            "PEXPIREAT": ["0", "1", "-1", MIN]}[name]

    def on(k, value):
        return "%s %s %s" % (name, k, value)

    return [
        case(low, [
            (on("k", t), 0), ("SET k v", OK), (on("k", t), 1),
            ("TTL k", about_t), (on("k", u), 1), ("TTL k", about_u),
            (on("k", t), 1), ("TTL k", about_t), ("GET k", "v"),
            ("PERSIST k", 1), ("TTL k", -1),
        ]),
        case(low + "-nx", [
            (on("k", t) + " NX", 0), ("SET k v", OK), (on("k", t) + " NX", 1),
            (on("k", u) + " nx", 0), ("TTL k", about_t),
            (on("k", u) + " NX NX", 0),
        ]),
        case(low + "-xx", [
            (on("k", t) + " XX", 0), ("SET k v", OK), (on("k", t) + " XX", 0),
            ("TTL k", -1), (on("k", t), 1), (on("k", u) + " xx", 1),
            ("TTL k", about_u), (on("k", t) + " XX XX", 1),
        ]),
        case(low + "-gt", [
            (on("k", t) + " GT", 0), ("SET k v", OK), (on("k", t) + " GT", 0),
            ("TTL k", -1), (on("k", t), 1), (on("k", u) + " GT", 1),
            ("TTL k", about_u), (on("k", t) + " gt", 0), ("TTL k", about_u),
            (on("k", t) + " GT XX", 0), ("PERSIST k", 1),
            (on("k", u) + " XX GT", 0), ("TTL k", -1),
            ("PEXPIREAT k " + MAX, 1), (on("k", u) + " GT", 0),
        ]),
        case(low + "-lt", [
            (on("k", t) + " LT", 0), ("SET k v", OK), (on("k", u) + " LT", 1),
            ("TTL k", about_u), (on("k", t) + " LT", 1), ("TTL k", about_t),
            (on("k", u) + " lt", 0), ("TTL k", about_t),
            (on("k", t) + " LT XX GT", GTLT_ERR), ("PERSIST k", 1),
            (on("k", t) + " LT XX", 0), ("TTL k", -1), (on("k", u), 1),
            (on("k", t) + " XX LT", 1), ("TTL k", about_t),
        ]),
        case(low + "-options-clash", [("SET k v", OK)] + [
            (on(k, t) + tail, want) for k in ("k", "nokey")
            for tail, want in [
                (" NX XX", NX_ERR), (" XX NX", NX_ERR), (" NX GT", NX_ERR),
                (" LT NX", NX_ERR), (" NX GT LT", NX_ERR),
                (" GT LT", GTLT_ERR), (" LT GT XX", GTLT_ERR),
                (" FOO", E("ERR Unsupported option FOO")),
                (" NX foo", E("ERR Unsupported option foo")),
                (" NX XX Foo", E("ERR Unsupported option Foo"))]
        ] + [(on("k", "abc") + " NX XX", NX_ERR),
             (on("k", "abc") + " FOO", E("ERR Unsupported option FOO")),
             ((name, "k", t, ""), E("ERR Unsupported option ")),
             ((name, "k", t, "a\r\nb"), E("ERR Unsupported option a  b")),
             ("TTL k", -1)]),
        case(low + "-not-int", [("SET k v", OK)] + [
            ((name, "k", n), INT_ERR) for n in BAD_INTS
        ] + [((name, "nokey", n), INT_ERR) for n in BAD_INTS] + [
            ("TTL k", -1)]),
        case(low + "-invalid", [("SET k v", OK)] + [
            (on(k, n), expire_err(low)) for n in invalid
            for k in ("k", "nokey")] + [("TTL k", -1)]),
        case(low + "-past-deletes", [
            step for n in past for step in [
                ("SET k v", OK), (on("k", n), 1), ("EXISTS k", 0),
                ("DBSIZE", 0), (on("k", n), 0)]]),
        case(low + "-past-with-options", [
            step for n in past for step in [
                ("SET k v", OK), (on("k", n) + " XX", 0),
                (on("k", n) + " GT", 0), ("GET k", "v"),
                (on("k", n) + " NX", 1), ("DBSIZE", 0),
                ("SET k v", OK), (on("k", n) + " LT", 1), ("DBSIZE", 0),
                ("SET k v EX 100", OK), (on("k", n) + " NX", 0),
                (on("k", n) + " GT", 0), ("GET k", "v"),
                (on("k", n) + " XX LT", 1), ("DBSIZE", 0)]]),
    ]


def gone(steps, name):
    """What commands make of a key that has just expired."""
    return case("expired-" + name, [
        ("SET k v PX 3", OK), ("DEBUG SLEEP 0.01", OK)] + steps,
        deliver="plain")


EXPIRY = [c for name in EXPIRES for c in expire_cases(name)] + [
    case("expire-bounds", [
        ("SET k v", OK), ("PEXPIREAT k " + MAX, 1),
        ("PEXPIRETIME k", int(MAX)), ("EXPIRE k 9223370000000000", 1),
        ("TTL k", Between(9223369999999990, 9223370000000000)),
        ("EXPIREAT k 9223372036854775", 1),
        ("PEXPIRETIME k", 9223372036854775000),
        ("EXPIRETIME k", 9223372036854775),
        ("PEXPIRE k 9223370000000000000", 1),
        ("PTTL k", Between(9223369999999900000, 9223370000000000000)),
        ("GET k", "v"),
    ]),
    case("expiretime-rounds", [
        ("SET k v", OK), ("PEXPIREAT k %d" % (FAR_MS + 499), 1),
        ("EXPIRETIME k", FAR), ("PEXPIRETIME k", FAR_MS + 499),
        ("PEXPIREAT k %d" % (FAR_MS + 500), 1), ("EXPIRETIME k", FAR + 1),
        ("PEXPIREAT k %d" % (FAR_MS + 999), 1), ("EXPIRETIME k", FAR + 1),
    ]),
    case("ttl-rounds", [
        ("SET k v PX 100700", OK), ("TTL k", Between(100, 101)),
        ("SET k v PX 100400", OK), ("TTL k", Between(99, 100)),
        ("SET k v PX 499", OK), ("TTL k", 0),
        ("PTTL k", Between(1, 499)),
    ]),
    case("ttl", [
        ("TTL k", -2), ("PTTL k", -2), ("EXPIRETIME k", -2),
        ("PEXPIRETIME k", -2), ("SET k v", OK), ("TTL k", -1), ("PTTL k", -1),
        ("EXPIRETIME k", -1), ("PEXPIRETIME k", -1), ("EXPIRE k 100", 1),
        ("TTL k", Between(99, 100)), ("PTTL k", Between(90000, 100000)),
        ("EXPIRETIME k", Between(NOW + 99, NOW + DAY)),
        ("PEXPIRETIME k", Between((NOW + 99) * 1000, (NOW + DAY) * 1000)),
    ]),
    case("persist", [
        ("PERSIST k", 0), ("SET k v", OK), ("PERSIST k", 0),
        ("EXPIRE k 100", 1), ("PERSIST k", 1), ("TTL k", -1),
        ("PERSIST k", 0), ("GET k", "v"),
    ]),
    gone([("GET k", NIL), ("TTL k", -2), ("TYPE k", NONE)], "get"),
    gone([("EXISTS k", 0), ("TOUCH k", 0)], "exists"),
    gone([("DEL k", 0)], "del"),
    gone([("UNLINK k", 0)], "unlink"),
    gone([("KEYS *", [])], "keys"),
    gone([("SCAN 0", ["0", []])], "scan"),
    gone([("RANDOMKEY", NIL)], "randomkey"),
    gone([("RENAME k b", NO_KEY)], "rename"),
    gone([("COPY k b", 0)], "copy"),
    gone([("MOVE k 1", 0)], "move"),
    gone([("EXPIRE k 100", 0), ("PERSIST k", 0)], "expire"),
    gone([("PTTL k", -2), ("PEXPIRETIME k", -2)], "pttl"),
    gone([("OBJECT ENCODING k", NIL)], "object"),
    gone([("INCR k", 1), ("TTL k", -1)], "incr"),
    gone([("INCRBYFLOAT k 1", "1"), ("TTL k", -1)], "incrbyfloat"),
    gone([("APPEND k x", 1), ("TTL k", -1)], "append"),
    gone([("SETRANGE k 1 x", 2), ("GET k", b"\0x")], "setrange"),
    gone([("GETSET k x", NIL), ("GET k", "x")], "getset"),
    gone([("GETDEL k", NIL)], "getdel"),
    gone([("GETEX k PERSIST", NIL)], "getex"),
    gone([("SET k w KEEPTTL", OK), ("TTL k", -1)], "set-keepttl"),
    gone([("SETNX k w", 1), ("GET k", "w")], "setnx"),
    gone([("MSETNX k w b w", 1), ("TTL k", -1)], "msetnx"),
    gone([("SET b w", OK), ("RENAMENX b k", 1), ("TTL k", -1)], "renamenx"),
    gone([("SET b w", OK), ("COPY b k", 1), ("GET k", "w")], "copy-onto"),
    gone([("SELECT 1", OK), ("SET k w", OK), ("MOVE k 0", 1),
          ("SELECT 0", OK), ("GET k", "w"), ("TTL k", -1)], "move-onto"),
]

# ---- KEYS and SCAN ------------------------------------------------------

GLOBS = [   # pattern, keys that match, keys that do not
    ("*", ["", "a", "ab", b"\xff", b"\0", "a\nb", "*"], []),
    ("", [""], ["a"]),
    ("a", ["a"], ["", "A", "b", "aa"]),
    ("?", ["a", "?", "*", b"\xff", b"\0", "\n"], ["", "ab"]),
    ("??", ["ab"], ["a", "abc", ""]),
    ("a*", ["a", "ab", b"a\0b", "a*c"], ["", "b", "ba", "A"]),
    ("*c", ["c", "abc", "cc"], ["", "cb"]),
    ("*a*", ["a", "ba", "ab", "bab"], ["", "b"]),
    ("**", ["a", "ab"], [""]),     # only "*" alone and "" match the empty key
    ("a**", ["a", "ab"], [""]),
    ("***a", ["a", "ba"], ["", "ab"]),
    ("*?", ["a", "ab"], [""]),
    ("?*", ["a", "ab"], [""]),
    ("?*?", ["ab", "abc"], ["", "a"]),
    ("a?c", ["abc", "a?c", "a*c", "a\nc", b"a\0c"], ["ac", "abbc"]),
    ("h*llo", ["hllo", "hello", "heeello"], ["helo", "ello"]),
    ("h[ae]llo", ["hello", "hallo"], ["hxllo", "hllo", "h[ae]llo"]),
    ("h[^e]llo", ["hallo", "h^llo"], ["hello", "hllo"]),
    ("h[a-e]llo", ["hallo", "hcllo", "hello"], ["hfllo", "h-llo"]),
    ("h[e-a]llo", ["hallo", "hcllo", "hello"], ["hfllo", "h-llo"]),
    ("h[^a-e]llo", ["hfllo", "h-llo"], ["hallo", "hello"]),
    ("[!a]", ["!", "a"], ["b"]),
    ("[a-c-e]", ["a", "b", "c", "-", "e"], ["d"]),
    ("[-a]", ["-", "a"], ["b"]),
    ("[--9]", ["-", "0", "9", "."], ["a", ","]),
    ("[a^]", ["a", "^"], ["b"]),
    ("[^^]", ["a", "b"], ["^"]),
    ("[*?]", ["*", "?"], ["a"]),
    ("[0-9a-fA-F]", ["0", "a", "F"], ["g", "-"]),
    (b"[\xf0-\xff]", [b"\xf0", b"\xff"], [b"\xef", "a"]),
    (b"[\0]", [b"\0"], ["0"]),
    # A class ends at its first ']': an empty class matches nothing.
    ("[]", [], ["[]", "", "]"]),
    ("a[]c", [], ["ac", "a]c", "a[]c"]),
    ("a[]]c", [], ["a]c", "a]]c"]),
    ("[]a]", [], ["a", "]"]),
    ("[^]", ["a", "]", "^"], [""]),
    # ... but one right after '-' ends a range.
    ("[a-]", ["]", "a", "^"], ["-", "b"]),
    # A class without end ends with the pattern.
    ("[", [], ["", "[", "a"]),
    ("[^", ["a", "["], [""]),
    ("[abc", ["a", "b", "c"], ["", "[abc", "d"]),
    ("[^a", ["b"], ["a", ""]),
    ("[a-", ["a", "-"], ["b"]),
    ("a[", [], ["a", "a["]),
    ("a[b", ["ab"], ["a", "a[b"]),
    ("*[", [], ["", "["]),
    # Escapes.
    ("\\*", ["*"], ["a", "\\*"]),
    ("a\\*c", ["a*c"], ["abc", "ac"]),
    ("a\\?c", ["a?c"], ["abc"]),
    ("a\\[b]", ["a[b]"], ["ab"]),
    ("\\a", ["a"], ["\\a", "\\"]),
    ("\\\\", ["\\"], ["\\\\"]),
    ("\\", ["\\"], ["", "\\\\"]),
    ("a\\", ["a\\"], ["a"]),
    ("*\\", ["\\", "a\\"], ["a"]),
    ("[\\]]", ["]"], ["\\", "\\]"]),
    ("a[\\]]c", ["a]c"], ["a\\c"]),
    ("[^\\]]", ["a", "\\"], ["]"]),
    ("[\\\\]", ["\\"], ["]"]),
    ("[\\a]", ["a"], ["\\"]),
    ("[\\", ["\\"], ["["]),
    ("[a\\", ["a", "\\"], ["["]),
    ("[a\\-z]", ["a", "-", "z"], ["b", "\\"]),
    # Nothing else is special.
    ("{a,b}", ["{a,b}"], ["a", "b"]),
    ("a|b", ["a|b"], ["a", "b"]),
    ("^a$", ["^a$"], ["a"]),
    ("a.c", ["a.c"], ["abc"]),
    ("a+", ["a+"], ["a", "aa"]),
    ("(a)", ["(a)"], ["a"]),
]


def glob_cases():
    for i, (pattern, yes, no) in enumerate(GLOBS):
        steps = [(["MSET"] + [x for k in yes + no for x in (k, "v")], OK),
                 (("KEYS", pattern), Unordered(yes)),
                 (("SCAN", "0", "COUNT", "1000", "MATCH", pattern), scan(yes))]
        yield case("glob-%02d" % i, steps)


SCANS = [
    case("keys", [
        ("KEYS *", []), ("KEYS a", []), ("MSET a 1 ab 2 b 3", OK),
        ("KEYS *", Unordered(["a", "ab", "b"])), ("KEYS ab", ["ab"]),
        ("SELECT 1", OK), ("KEYS *", []),
    ]),
    case("scan", [
        ("SCAN 0", ["0", []]), ("MSET a 1 ab 2 b 3", OK),
        ("SCAN 0", scan(["a", "ab", "b"])),
        ("SCAN 0 MATCH a*", scan(["a", "ab"])),
        ("SCAN 0 COUNT 1000", scan(["a", "ab", "b"])),
        ("SCAN 0 count 100 match b", scan(["b"])),
        ("SCAN 0 TYPE string", scan(["a", "ab", "b"])),
        ("SCAN 0 TYPE STRING", scan(["a", "ab", "b"])),
        ("SCAN 0 TYPE string MATCH *b COUNT 50", scan(["ab", "b"])),
        ("SCAN 0 TYPE list", scan([])), ("SCAN 0 TYPE zset", scan([])),
        ("SCAN 0 TYPE nope", scan([])), ("SCAN 0 MATCH zzz*", scan([])),
        ("SCAN 0 COUNT 10 COUNT 20", scan(["a", "ab", "b"])),
        ("SCAN 0 MATCH a MATCH b", scan(["b"])),
        ("SCAN 0 TYPE list TYPE string MATCH b", scan(["b"])),
        ("SCAN 0 COUNT " + MAX, scan(["a", "ab", "b"])),
        ("SELECT 1", OK), ("SCAN 0", ["0", []]),
    ]),
    case("scan-cursor", [
        ("MSET a 1 b 2 c 3", OK), ("SCAN 00", scan("abc")),
        (("SCAN", ""), scan("abc")),
    ] + [("SCAN " + c, ListOf(ANY)) for c in (
        "1", "-1", "+1", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "-9223372036854775808")]),
    case("scan-bad-cursor", [
        (("SCAN", c), E("ERR invalid cursor")) for c in (
            "abc", "1.5", "1e2", "0x1", " 0", "0 ", "-", "--1", "0a",
            "18446744073709551616", "99999999999999999999999")
    ] + [("SCAN abc COUNT abc", E("ERR invalid cursor")),
         ("SCAN abc FOO", E("ERR invalid cursor"))]),
    case("scan-errors", [
        ("SCAN 0 COUNT 0", SYNTAX), ("SCAN 0 COUNT -1", SYNTAX),
        ("SCAN 0 COUNT " + MIN, SYNTAX), ("SCAN 0 COUNT", SYNTAX),
        ("SCAN 0 MATCH", SYNTAX), ("SCAN 0 TYPE", SYNTAX),
        ("SCAN 0 FOO", SYNTAX), ("SCAN 0 FOO 1", SYNTAX),
        ("SCAN 0 MATCH a COUNT", SYNTAX), ("SCAN 0 COUNT 0 FOO", SYNTAX),
        ("SCAN 0 COUNT abc FOO", INT_ERR), ("SCAN 0 NOVALUES", SYNTAX),
    ] + [(("SCAN", "0", "COUNT", n), INT_ERR) for n in BAD_INTS]),
]

# ---- OBJECT -------------------------------------------------------------

ENC = "OBJECT ENCODING k"
LFU_OFF = E("ERR An LFU maxmemory policy is not selected, access frequency "
            "not tracked. Please note that when switching between policies "
            "at runtime LRU and LFU data will take some time to adjust.")
LFU_ON = E("ERR An LFU maxmemory policy is selected, idle time not tracked. "
           "Please note that when switching between policies at runtime LRU "
           "and LFU data will take some time to adjust.")

OBJECTS = [
    case("encoding", [
        (ENC, NIL),
        ("SET k 0", OK), (ENC, "int"), ("SET k -1", OK), (ENC, "int"),
        ("SET k " + MAX, OK), (ENC, "int"), ("SET k " + MIN, OK),
        (ENC, "int"), ("SET k 9223372036854775808", OK), (ENC, "embstr"),
        ("SET k 01", OK), (ENC, "embstr"), ("SET k +1", OK), (ENC, "embstr"),
        ("SET k 1.0", OK), (ENC, "embstr"), ("SET k -0", OK),
        (ENC, "embstr"), (("SET", "k", " 1"), OK), (ENC, "embstr"),
        (("SET", "k", ""), OK), (ENC, "embstr"),
        ("SET k " + "x" * 44, OK), (ENC, "embstr"),
        ("SET k " + "x" * 45, OK), (ENC, "raw"),
        ("SET k " + "1" * 44, OK), (ENC, "embstr"),
    ]),
    case("encoding-of-every-setter", [
        step for command, name in [
            ("SET k 5 EX 100", "int"), ("SET k a GET", "embstr"),
            ("GETSET k 5", "int"), ("GETSET k a", "embstr"),
            ("SETEX k 100 5", "int"), ("PSETEX k 100000 a", "embstr"),
            ("MSET k 5", "int"), ("MSET k a", "embstr"),
            ("MSET k " + "a" * 45, "raw")]
        for step in [(command, ANY), (ENC, name)]
    ] + [("DEL k", 1), ("SETNX k 5", 1), (ENC, "int"),
         ("DEL k", 1), ("MSETNX k 5", 1), (ENC, "int")]),
    case("encoding-append", [
        ("APPEND k 12", 2), (ENC, "int"), ("APPEND k 3", 3), (ENC, "raw"),
        ("DEL k", 1), ("APPEND k ab", 2), (ENC, "embstr"),
        ("APPEND k c", 3), (ENC, "raw"),
        ("SET k ab", OK), (("APPEND", "k", ""), 2), (ENC, "raw"),
        ("SET k 12", OK), (("APPEND", "k", ""), 2), (ENC, "raw"),
        ("DEL k", 1), ("APPEND k " + "x" * 45, 45), (ENC, "raw"),
        ("DEL k", 1), (("APPEND", "k", ""), 0), (ENC, "embstr"),
    ]),
    case("encoding-setrange", [
        ("SETRANGE k 0 12", 2), (ENC, "raw"), ("SET k 12", OK),
        ("SETRANGE k 0 3", 2), (ENC, "raw"), ("SET k ab", OK),
        ("SETRANGE k 1 c", 2), (ENC, "raw"), ("SET k 12", OK),
        (("SETRANGE", "k", "0", ""), 2), (ENC, "int"),
        ("SET k ab", OK), (("SETRANGE", "k", "9", ""), 2), (ENC, "embstr"),
    ]),
    case("encoding-incr", [
        ("INCR k", 1), (ENC, "int"), ("SETRANGE k 0 7", 1), (ENC, "raw"),
        ("INCR k", 8), (ENC, "int"), ("APPEND k 0", 2), (ENC, "raw"),
        ("DECRBY k 1", 79), (ENC, "int"), ("INCRBY k 1000000", 1000079),
        (ENC, "int"),
    ]),
    case("encoding-incrbyfloat", [
        ("INCRBYFLOAT k 1.5", "1.5"), (ENC, "embstr"),
        ("INCRBYFLOAT k 1.5", "3"), (ENC, "embstr"), ("INCR k", 4),
        (ENC, "int"), ("INCRBYFLOAT k 1", "5"), (ENC, "embstr"),
        ("INCRBYFLOAT k 1e45", Re(rb"\d{46}")), (ENC, "raw"),
    ]),
    case("encoding-copy-rename", [
        ("MSET a 5 b ab", OK), ("SETRANGE r 0 12", 2),
        ("COPY a k", 1), (ENC, "int"), ("COPY b k REPLACE", 1),
        (ENC, "embstr"), ("COPY r k REPLACE", 1), (ENC, "raw"),
        ("RENAME r k", OK), (ENC, "raw"), ("RENAME a k", OK), (ENC, "int"),
        ("EXPIRE k 100", 1), (ENC, "int"), ("PERSIST k", 1), (ENC, "int"),
        ("GETEX k EX 100", "5"), (ENC, "int"), ("STRLEN k", 1),
        ("GETRANGE k 0 0", "5"), (ENC, "int"),
    ]),
    case("encoding-raw-shrinks-only-when-set", [
        ("SET k " + "x" * 100, OK), (ENC, "raw"), ("SETRANGE k 0 y", 100),
        ("SET k x", OK), (ENC, "embstr"), ("APPEND k " + "x" * 60, 61),
        (ENC, "raw"),
    ]),
    case("object-refcount", [
        ("OBJECT REFCOUNT k", NIL), ("SET k v", OK), ("OBJECT REFCOUNT k", 1),
        ("SET k " + "x" * 100, OK), ("OBJECT REFCOUNT k", 1),
        ("SET k 10000", OK), ("OBJECT REFCOUNT k", 1),
        ("SET k -1", OK), ("OBJECT REFCOUNT k", 1),
    ]),
    case("object-refcount-shared", [
        ("SET k 0", OK), ("OBJECT REFCOUNT k", 2147483647),
        ("SET k 9999", OK), ("OBJECT REFCOUNT k", 2147483647),
        ("INCRBY k -1", 9998), ("OBJECT REFCOUNT k", 2147483647),
        ("COPY k c", 1), ("OBJECT REFCOUNT c", 1),
    ], "redis", "small integers are shared objects there"),
    case("object-idletime", [
        ("OBJECT IDLETIME k", NIL), ("SET k v", OK),
        ("OBJECT IDLETIME k", Between(0, 1)), ("object idletime k",
                                               Between(0, 1)),
    ]),
    case("object-freq", [
        ("OBJECT FREQ k", NIL), ("SET k v", OK), ("OBJECT FREQ k", LFU_OFF),
    ]),
    case("object-help", [
        ("OBJECT HELP", Shape(
            lambda got: isinstance(got, resp.Array) and len(got.v) > 4 and all(
                isinstance(x, Simple) for x in got.v),
            "an array of simple strings")),
        ("OBJECT help", ListOf(Re(rb".*", Simple))),
    ]),
    case("object-errors", [
        ("OBJECT NOPE", E("ERR unknown subcommand 'NOPE'. Try OBJECT HELP.")),
        ("OBJECT nope k",
         E("ERR unknown subcommand 'nope'. Try OBJECT HELP.")),
        (("OBJECT", ""), E("ERR unknown subcommand ''. Try OBJECT HELP.")),
        (("OBJECT", "a\r\nb"),
         E("ERR unknown subcommand 'a  b'. Try OBJECT HELP.")),
        ("OBJECT HELP k", arity("object|help")),
    ] + [step for sub in ("encoding", "refcount", "idletime", "freq")
         for step in [("OBJECT " + sub, arity("object|" + sub)),
                      ("OBJECT %s a b" % sub.upper(),
                       arity("object|" + sub))]]),
]

# ---- other types --------------------------------------------------------

LISTS = [case(id, [("RPUSH l a", 1)] + steps, "redis", WHY_LISTS)
         for id, steps in [
    ("list-type", [("TYPE l", Simple("list")), ("EXISTS l", 1),
                   ("SCAN 0 TYPE list", scan(["l"])),
                   ("SCAN 0 TYPE string", scan([])), ("KEYS *", ["l"])]),
    ("list-rename", [("SET k v", OK), ("RENAME l k", OK),
                     ("TYPE k", Simple("list"))]),
    ("list-copy", [("SET k v", OK), ("COPY l k", 0),
                   ("COPY l k REPLACE", 1), ("RPUSH l b", 2),
                   ("LRANGE k 0 -1", ["a"])]),
    ("list-move", [("MOVE l 1", 1), ("SELECT 1", OK),
                   ("LRANGE l 0 -1", ["a"])]),
    ("list-expire", [("EXPIRE l 100", 1), ("TTL l", Between(99, 100)),
                     ("PERSIST l", 1), ("EXPIRE l -1", 1), ("EXISTS l", 0)]),
    ("list-del", [("DEL l", 1), ("RPUSH l a", 1), ("UNLINK l", 1)]),
    ("list-touch", [("TOUCH l", 1), ("RANDOMKEY", "l"),
                    ("OBJECT REFCOUNT l", 1)]),
]]

CASES = (list(arities(ARITY)) + EXISTENCE + MOVES + DATABASES + EXPIRY +
         list(glob_cases()) + SCANS + OBJECTS + LISTS)


@table(CASES)
def test_keys(run):
    run()


# ---- what no table can say ----------------------------------------------

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
    assert conn.cmd("KEYS", pattern) == resp.Array([])
    assert conn.cmd("SCAN", 0, "MATCH", pattern) == resp.parse(
        b"*2\r\n$1\r\n0\r\n*0\r\n")[0]


def scan_all(conn, *options, between=lambda: None):
    """Every key that a full SCAN returns, and the number of calls."""
    keys, cursor, calls = [], b"0", 0
    while True:
        got = conn.cmd("SCAN", cursor, *options)
        assert resp.match([Re(rb"\d+"), ListOf(Re(rb".*"))], conn.proto,
                          got) is None
        keys += [k.v for k in got.v[1].v]
        cursor = got.v[0].v
        calls += 1
        if cursor == b"0":
            return keys, calls
        between()


def fill(conn, names):
    conn.cmd("MSET", *[x for name in names for x in (name, "v")])


@pytest.mark.parametrize("count", [1, 7, 10, 1000])
def test_scan_finds_every_key_once_when_nothing_changes(conn, count):
    names = {b"key:%d" % i for i in range(3000)}
    fill(conn, names)
    keys, calls = scan_all(conn, "COUNT", count)
    assert set(keys) == names and len(keys) == len(names)
    assert calls <= 2 * 3000 // count + 2
    keys, _ = scan_all(conn, "COUNT", count, "MATCH", "key:1?")
    assert set(keys) == {b"key:1%d" % i for i in range(10)}


def test_scan_guarantee_while_the_table_grows_and_shrinks(conn):
    """Keys that are there from start to end are returned; keys that never
    were are not."""
    stay = {b"stay:%d" % i for i in range(500)}
    fill(conn, stay)
    fill(conn, [b"old:%d" % i for i in range(5000)])
    step = [0]

    def between():
        n, step[0] = step[0], step[0] + 1
        if n < 20:
            fill(conn, [b"new:%d:%d" % (n, i) for i in range(1000)])
        elif n < 40:
            conn.cmd("DEL", *[b"new:%d:%d" % (n - 20, i)
                              for i in range(1000)])
        elif n == 40:
            conn.cmd("DEL", *[b"old:%d" % i for i in range(5000)])

    keys, _ = scan_all(conn, "COUNT", 50, between=between)
    assert stay <= set(keys)
    assert all(k.split(b":")[0] in (b"stay", b"old", b"new") for k in keys)


def test_randomkey_reaches_every_key(conn):
    names = {b"k%d" % i for i in range(10)}
    fill(conn, names)
    conn.send(encode("RANDOMKEY") * 1000)
    assert {conn.read().v for _ in range(1000)} == names


def test_key_expires_without_being_asked_for(conn):
    conn.cmd("SET", "k", "v", "PX", 5)
    end = time.monotonic() + conn.timeout
    while conn.cmd("DBSIZE") != resp.Int(0):
        assert time.monotonic() < end


def test_keys_of_one_database_for_all_clients(server, conn):
    with server.connect() as other:
        conn.cmd("SET", "k", "v")
        assert other.cmd("GET", "k") == Bulk("v")
        other.cmd("SELECT", 1)
        other.cmd("SET", "k", "w")
        assert conn.cmd("GET", "k") == Bulk("v")
        conn.cmd("SWAPDB", 0, 1)
        assert conn.cmd("GET", "k") == Bulk("w")
        assert other.cmd("GET", "k") == Bulk("v")
        other.cmd("FLUSHALL")
        assert conn.cmd("DBSIZE") == resp.Int(0)


@pytest.mark.parametrize("kind", servers.KINDS)
def test_object_freq_under_lfu(start, kind):
    server = start(kind, "--maxmemory-policy", "allkeys-lfu")
    with server.connect() as conn:
        assert resp.match(NIL, 2, conn.cmd("OBJECT", "FREQ", "k")) is None
        conn.cmd("SET", "k", "v")
        first = conn.cmd("OBJECT", "FREQ", "k")
        assert resp.match(Between(1, 255), 2, first) is None
        for _ in range(100):
            conn.cmd("GET", "k")
        assert conn.cmd("OBJECT", "FREQ", "k").v > first.v
        idle = conn.cmd("OBJECT", "IDLETIME", "k")
        assert resp.match(LFU_ON, 2, idle) is None
