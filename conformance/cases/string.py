"""String commands."""

import itertools
import time

from conformance.cases import *  # noqa: F403

case = area("string")

NOW = int(time.time())
FAR = 33177117420           # a time in the year 3021
FAR_MS = FAR * 1000
BAD_INTS = ["", " ", "+1", "01", "-01", "-0", " 1", "1 ", "1e2", "1.0", "0x1",
            "abc", "1\0", "--1", "9223372036854775808",
            "-9223372036854775809", "99999999999999999999999"]
MAX, MIN = "9223372036854775807", "-9223372036854775808"
OVERFLOW = E("ERR increment or decrement would overflow")
DECR_OVERFLOW = E("ERR decrement would overflow")
FLOAT_ERR = E("ERR value is not a valid float")
NAN_INF = E("ERR increment would produce NaN or Infinity")
TOO_LONG = E("ERR string exceeds maximum allowed size (proto-max-bulk-len)")


def expire_err(name):
    return E("ERR invalid expire time in '%s' command" % name)


# ---- SET ----------------------------------------------------------------

SET_OPTIONS = ["NX", "XX", "GET", "EX 100", "PX 100000", "EXAT %d" % FAR,
               "PXAT %d" % FAR_MS, "KEEPTTL"]


def set_pairs():
    """Every ordered pair of options, also with itself."""
    times = ("EX", "PX", "EXAT", "PXAT", "KEEPTTL")
    steps = []
    for a, b in itertools.product(SET_OPTIONS, SET_OPTIONS):
        one, two = a.split()[0], b.split()[0]
        clash = one != two and ({one, two} == {"NX", "XX"} or
                                one in times and two in times)
        if clash:
            want, after = SYNTAX, NIL
        elif "XX" in (one, two):
            want, after = NIL, NIL
        else:
            want, after = (NIL if "GET" in (one, two) else OK), "v"
        steps += [("DEL k", ANY), ("SET k v %s %s" % (a, b), want),
                  ("GET k", after)]
    return steps


SET = [
    case("set", [
        ("SET k v", OK), ("GET k", "v"),
        (("SET", "k", ""), OK), ("GET k", ""), ("STRLEN k", 0),
        (("SET", "", "empty key"), OK), (("GET", ""), "empty key"),
        (("SET", b"\0\r\n\xff", b"\r\n\0\xfe"), OK),
        (("GET", b"\0\r\n\xff"), b"\r\n\0\xfe"),
        ("set k lower", OK), ("GeT k", "lower"),
        ("GET K", NIL), ("GET nokey", NIL), ("DBSIZE", 3),
    ]),
    case("set-big", [
        (("SET", "k", b"x" * 1000000), OK),
        ("STRLEN k", 1000000),
        ("GET k", b"x" * 1000000),
        (("SET", b"k" * 100000, "v"), OK),
        (("GET", b"k" * 100000), "v"),
    ]),
    case("set-drops-ttl", [
        ("SET k v EX 100", OK), ("TTL k", Between(99, 100)),
        ("SET k w", OK), ("TTL k", -1),
    ]),
    case("set-nx", [
        ("SET k v NX", OK), ("SET k w NX", NIL), ("GET k", "v"),
        ("SET k w nx EX 100", NIL), ("TTL k", -1),
    ]),
    case("set-xx", [
        ("SET k v XX", NIL), ("EXISTS k", 0), ("SET k v EX 100", OK),
        ("SET k w XX", OK), ("GET k", "w"), ("TTL k", -1),
    ]),
    case("set-get", [
        ("SET k v GET", NIL), ("GET k", "v"),
        ("SET k w GET", "v"), ("GET k", "w"),
        ("SET k x GET EX 100", "w"), ("TTL k", Between(99, 100)),
        ("SET k y GET", "x"), ("TTL k", -1),
        (("SET", "k", "", "GET"), "y"), ("SET k z GET", ""),
        ("SET k 12 GET", "z"), ("SET k 13 GET", "12"),
    ]),
    case("set-nx-get", [
        ("SET k v NX GET", NIL), ("GET k", "v"),
        ("SET k w NX GET", "v"), ("GET k", "v"),
        ("SET k w GET NX EX 100", "v"), ("TTL k", -1),
    ]),
    case("set-xx-get", [
        ("SET k v XX GET", NIL), ("GET k", NIL),
        ("SET k v", OK), ("SET k w GET XX", "v"), ("GET k", "w"),
    ]),
    case("set-keepttl", [
        ("SET k v KEEPTTL", OK), ("TTL k", -1),
        ("SET k v EX 100", OK), ("SET k w KEEPTTL", OK), ("GET k", "w"),
        ("TTL k", Between(99, 100)),
        ("SET k x XX GET KEEPTTL", "w"), ("TTL k", Between(99, 100)),
    ]),
    case("set-times", [
        ("SET k v EX 100", OK), ("TTL k", Between(99, 100)),
        ("SET k v PX 100000", OK), ("PTTL k", Between(90000, 100000)),
        ("SET k v EXAT %d" % FAR, OK), ("EXPIRETIME k", FAR),
        ("PEXPIRETIME k", FAR_MS),
        ("SET k v PXAT %d" % (FAR_MS + 7), OK),
        ("PEXPIRETIME k", FAR_MS + 7),
        ("SET k v eX 100", OK), ("SET k v pxAT %d" % FAR_MS, OK),
        ("SET k v keepTtl gEt xX", "v"), ("PEXPIRETIME k", FAR_MS),
    ]),
    case("set-option-pairs", set_pairs()),
    case("set-option-twice-last-wins", [
        ("SET k v EX 100 EX 200", OK), ("TTL k", Between(199, 200)),
        ("SET k v PXAT 5 PXAT %d" % FAR_MS, OK), ("PEXPIRETIME k", FAR_MS),
        ("SET k v EX abc EX 200", OK), ("TTL k", Between(199, 200)),
        ("SET k v NX NX", NIL), ("SET k w GET GET", "v"),
        ("SET k v KEEPTTL KEEPTTL XX XX", OK), ("TTL k", -1),
    ]),
    case("set-syntax", [
        ("SET k old", OK),
    ] + [("SET k v " + tail, SYNTAX) for tail in [
        "FOO", "EX", "PX", "EXAT", "PXAT", "NX EX", "PERSIST", "EX 10 FOO",
        "NX XX GET", "GET XX NX", "EX 10 PERSIST", "v", "10", "EX 10 10",
        "NXX", "N", "KEEPTT", "KEEPTTLX", "EX 10 PX 10 EXAT 10",
        "EX abc PX", "EX 0 FOO"]] + [
        (("SET", "k", "v", ""), SYNTAX),
        ("GET k", "old"),
    ]),
    case("set-expire-not-int", [("SET k old", OK)] + [
        (("SET", "k", "v", option, n), INT_ERR)
        for option in ("EX", "PX", "EXAT", "PXAT") for n in BAD_INTS
    ] + [("GET k", "old"), ("TTL k", -1)]),
    case("set-expire-option-word-is-its-argument", [
        ("SET k v EX NX", INT_ERR), ("SET k v PX KEEPTTL", INT_ERR),
        ("SET k v NX EX GET", INT_ERR), ("EXISTS k", 0),
    ]),
    case("set-expire-invalid", [("SET k old", OK)] + [
        ("SET k v %s %s" % (option, n), expire_err("set"))
        for option in ("EX", "PX", "EXAT", "PXAT")
        for n in ("0", "-1", "-9223372036854775808")
    ] + [("SET k v %s" % tail, expire_err("set")) for tail in (
        "EX 9223372036854775807", "EX 9223372036854776",
        "EX 9223372036854775", "PX 9223372036854775807",
        "EXAT 9223372036854775807", "EXAT 9223372036854776",
        "EX 0 NX", "EX -1 XX GET")] + [
        ("GET k", "old"), ("TTL k", -1),
    ]),
    case("set-expire-bounds", [
        ("SET k v PXAT " + MAX, OK), ("PEXPIRETIME k", int(MAX)),
        ("EXPIRETIME k", OneOf(int(MAX) // 1000, int(MAX) // 1000 + 1)),
        ("SET k v EXAT 9223372036854775", OK),
        ("PEXPIRETIME k", 9223372036854775000), ("GET k", "v"),
        ("SET k v EX 9223370000000000", OK),
        ("TTL k", Between(9223369999999999, 9223370000000000)),
        ("SET k v PX 9223370000000000000", OK),
        ("PTTL k", Between(9223369999999900000, 9223370000000000000)),
    ]),
    case("set-past-time", [
        ("SET k v EXAT 1", OK), ("GET k", NIL), ("EXISTS k", 0),
        ("SET k v PXAT 1", OK), ("TTL k", -2), ("GET k", NIL),
        ("SET k old", OK), ("SET k v PXAT 1 GET", "old"), ("GET k", NIL),
        ("SET k v EXAT 1 NX", OK), ("SET k w NX", OK), ("GET k", "w"),
    ]),
    case("set-expires", [
        ("SET k v PX 3", OK), ("DEBUG SLEEP 0.01", OK),
        ("GET k", NIL), ("EXISTS k", 0), ("PTTL k", -2),
        ("SET k v XX", NIL), ("SET k w NX GET", NIL), ("GET k", "w"),
        ("TTL k", -1),
    ], contexts="plain"),
]

IFEQ = [case(id, steps, since="8.4") for id, steps in [
    ("set-ifeq", [
        ("SET k v IFEQ v", NIL), ("EXISTS k", 0),
        ("SET k v", OK), ("SET k w IFEQ x", NIL), ("GET k", "v"),
        ("SET k w IFEQ v", OK), ("GET k", "w"),
        ("SET k x ifeq w", OK), (("SET", "k", "", "IFEQ", "x"), OK),
        (("SET", "k", "v", "IFEQ", ""), OK), ("GET k", "v"),
        (("SET", "k", "v", "IFEQ", ""), NIL),
    ]),
    ("set-ifeq-compares-bytes", [
        ("SET k 10", OK), ("SET k v IFEQ 010", NIL),
        (("SET", "k", "v", "IFEQ", "10 "), NIL),
        ("SET k 11 IFEQ 10", OK), ("INCR k", 12), ("SET k v IFEQ 12", OK),
        ("SET k w IFEQ V", NIL), (("SET", "k", "w", "IFEQ", b"v\0"), NIL),
        (("SET", "k", b"\r\n\0"), OK),
        (("SET", "k", "v", "IFEQ", b"\r\n\0"), OK),
        ("APPEND k w", 2), ("SET k v IFEQ vw", OK),
    ]),
    ("set-ifne", [
        ("SET k v IFNE x", OK), ("GET k", "v"),
        ("SET k w IFNE v", NIL), ("GET k", "v"),
        ("SET k w ifne x", OK), ("GET k", "w"),
        (("SET", "k", "x", "IFNE", ""), OK),
        (("SET", "k2", "x", "IFNE", ""), OK), ("GET k2", "x"),
    ]),
    ("set-ifeq-get", [
        ("SET k v IFEQ v GET", NIL), ("EXISTS k", 0),
        ("SET k v", OK), ("SET k w GET IFEQ x", "v"), ("GET k", "v"),
        ("SET k w IFEQ v GET", "v"), ("GET k", "w"),
    ]),
    ("set-ifne-get", [
        ("SET k v IFNE x GET", NIL), ("GET k", "v"),
        ("SET k w IFNE v GET", "v"), ("GET k", "v"),
        ("SET k w GET IFNE x", "v"), ("GET k", "w"),
    ]),
    ("set-ifeq-times", [
        ("SET k v EX 100", OK),
        ("SET k w IFEQ x EX 500", NIL), ("TTL k", Between(99, 100)),
        ("SET k w IFEQ x", NIL), ("TTL k", Between(99, 100)),
        ("SET k w IFEQ v KEEPTTL", OK), ("TTL k", Between(99, 100)),
        ("SET k v IFEQ w PX 500000", OK), ("TTL k", Between(499, 500)),
        ("SET k w IFEQ v", OK), ("TTL k", -1),
        ("SET k v EXAT %d IFNE x" % FAR, OK), ("EXPIRETIME k", FAR),
    ]),
    ("set-ifeq-past-time", [
        ("SET k v", OK), ("SET k w IFEQ x EXAT 1", NIL), ("GET k", "v"),
        ("SET k w IFEQ v EXAT 1", OK), ("GET k", NIL),
    ]),
    ("set-ifeq-syntax", [("SET k v", OK)] + [
        ("SET k w " + tail, SYNTAX) for tail in [
            "IFEQ", "IFNE", "NX IFEQ v", "IFEQ v NX", "XX IFEQ v",
            "IFEQ v XX", "NX IFNE x", "IFNE x NX", "XX IFNE x", "IFNE x XX",
            "IFEQ v IFNE x", "IFNE x IFEQ v", "GET IFEQ", "IFEQ v FOO",
            "IFEQ v v", "NX XX IFEQ v", "IFEQ v EX 10 PX 10"]
    ] + [("SET k w IFEQ v EX 0", expire_err("set")),
         ("SET k w IFEQ x EX abc", INT_ERR), ("GET k", "v")]),
    ("set-ifeq-option-word-is-its-argument", [
        ("SET k NX", OK), ("SET k GET IFEQ NX", OK),
        ("SET k EX IFEQ GET", OK), ("SET k v IFEQ EX", OK), ("GET k", "v"),
    ]),
]] + [
    case("set-ifeq-expired", [
        ("SET k v PX 3", OK), ("DEBUG SLEEP 0.01", OK),
        ("SET k w IFEQ v", NIL), ("EXISTS k", 0),
    ], since="8.4", contexts="plain"),
]

# ---- the rest of the SET and GET family ---------------------------------

GETS = [
    case("getset", [
        ("GETSET k v", NIL), ("GET k", "v"), ("EXPIRE k 100", 1),
        ("GETSET k w", "v"), ("TTL k", -1), ("GET k", "w"),
        ("GETSET k 12", "w"), ("GETSET k 13", "12"),
        (("GETSET", "k", ""), "13"), (("GETSET", "k", b"\r\n"), ""),
        ("GET k", b"\r\n"),
    ]),
    case("getdel", [
        ("GETDEL k", NIL), ("SET k v EX 100", OK), ("GETDEL k", "v"),
        ("EXISTS k", 0), ("TTL k", -2), ("GETDEL k", NIL),
        ("SET k 12", OK), ("GETDEL k", "12"), ("DBSIZE", 0),
    ]),
    case("getex", [
        ("GETEX k", NIL), ("SET k v", OK), ("GETEX k", "v"), ("TTL k", -1),
        ("GETEX k EX 100", "v"), ("TTL k", Between(99, 100)),
        ("GETEX k", "v"), ("TTL k", Between(99, 100)),
        ("GETEX k PX 200000", "v"), ("TTL k", Between(199, 200)),
        ("GETEX k EXAT %d" % FAR, "v"), ("EXPIRETIME k", FAR),
        ("GETEX k PXAT %d" % (FAR_MS + 5), "v"),
        ("PEXPIRETIME k", FAR_MS + 5),
        ("GETEX k PERSIST", "v"), ("TTL k", -1),
        ("GETEX k persist", "v"), ("GETEX k ex 100", "v"),
        ("TTL k", Between(99, 100)),
        ("GETEX k PERSIST PERSIST", "v"), ("TTL k", -1),
        ("GETEX k EX 100 EX 200", "v"), ("TTL k", Between(199, 200)),
    ]),
    case("getex-past-deletes", [
        ("SET k v", OK), ("GETEX k EXAT 1", "v"), ("EXISTS k", 0),
        ("DBSIZE", 0),
        ("SET k v", OK), ("GETEX k PXAT 1", "v"), ("DBSIZE", 0),
        ("GETEX k EXAT 1", NIL),
    ]),
    case("getex-syntax", [("SET k v EX 100", OK)] + [
        ("GETEX k " + tail, SYNTAX) for tail in [
            "FOO", "EX", "NX", "XX", "GET", "KEEPTTL", "EX 10 PX 10",
            "EX 10 PERSIST", "PERSIST EX 10", "EXAT 10 EX 10", "PXAT",
            "EX 10 KEEPTTL", "PERSIST PXAT 10", "10", "IFEQ v"]
    ] + [("GETEX nokey FOO", SYNTAX), ("GETEX nokey EX", SYNTAX),
         ("TTL k", Between(99, 100))]),
    case("getex-expire-not-int", [("SET k v", OK)] + [
        (("GETEX", "k", option, n), INT_ERR)
        for option in ("EX", "PX", "EXAT", "PXAT") for n in BAD_INTS
    ] + [("TTL k", -1)]),
    case("getex-expire-invalid", [("SET k v", OK)] + [
        ("GETEX k %s %s" % (option, n), expire_err("getex"))
        for option in ("EX", "PX", "EXAT", "PXAT")
        for n in ("0", "-1", "-9223372036854775808")
    ] + [("GETEX k " + tail, expire_err("getex")) for tail in (
        "EX 9223372036854775", "PX " + MAX, "EX 9223372036854776",
        "EXAT 9223372036854776")] + [
        ("GETEX k PXAT " + MAX, "v"), ("PEXPIRETIME k", int(MAX)),
    ]),
    case("getex-looks-up-before-it-checks-the-time", [
        ("GETEX nokey EX abc", NIL), ("GETEX nokey EX 0", NIL),
        ("GETEX nokey PX -1", NIL),
    ]),
]

SETS = [
    case("setex", [
        ("SETEX k 100 v", OK), ("GET k", "v"), ("TTL k", Between(99, 100)),
        ("SETEX k 200 w", OK), ("GET k", "w"), ("TTL k", Between(199, 200)),
        (("SETEX", "k", "10", ""), OK), ("GET k", ""),
    ]),
    case("setex-errors", [("SET k old", OK)] + [
        ("SETEX k %s v" % n, expire_err("setex")) for n in (
            "0", "-1", MIN, MAX, "9223372036854776", "9223372036854775")
    ] + [(("SETEX", "k", n, "v"), INT_ERR) for n in BAD_INTS] + [
        ("GET k", "old"), ("TTL k", -1)]),
    case("psetex", [
        ("PSETEX k 100000 v", OK), ("GET k", "v"),
        ("PTTL k", Between(90000, 100000)),
    ]),
    case("psetex-errors", [("SET k old", OK)] + [
        ("PSETEX k %s v" % n, expire_err("psetex")) for n in (
            "0", "-1", MIN, MAX)
    ] + [(("PSETEX", "k", n, "v"), INT_ERR) for n in BAD_INTS] + [
        ("GET k", "old"), ("TTL k", -1)]),
    case("psetex-expires", [
        ("PSETEX k 3 v", OK), ("DEBUG SLEEP 0.01", OK), ("GET k", NIL),
        ("SETNX k v", 1), ("TTL k", -1),
    ], contexts="plain"),
    case("setnx", [
        ("SETNX k v", 1), ("SETNX k w", 0), ("GET k", "v"),
        ("EXPIRE k 100", 1), ("SETNX k w", 0), ("TTL k", Between(99, 100)),
    ]),
    case("mset", [
        ("MSET a 1 b 2 c 3", OK), ("MGET a b c", ["1", "2", "3"]),
        ("MSET a 1 a 2 a 3", OK), ("GET a", "3"), ("DBSIZE", 3),
        ("EXPIRE a 100", 1), ("MSET a 4", OK), ("TTL a", -1),
        (("MSET", "", "", "b", ""), OK), (("MGET", "", "b"), ["", ""]),
    ]),
    case("mset-odd", [
        ("MSET a 1 b", arity("mset")), ("MSET a 1 b 2 c", arity("mset")),
        ("MSETNX a 1 b", arity("msetnx")), ("DBSIZE", 0),
    ]),
    case("msetnx", [
        ("MSETNX a 1 b 2", 1), ("MSETNX b 3 c 4", 0),
        ("MGET a b c", ["1", "2", NIL]),
        ("MSETNX c 1 c 2", 1), ("GET c", "2"),
        ("EXPIRE a 100", 1), ("MSETNX z 1 a 1", 0),
        ("TTL a", Between(99, 100)), ("EXISTS z", 0),
    ]),
    case("mget", [
        ("MGET a", [NIL]), ("MGET a a b", [NIL, NIL, NIL]),
        ("SET a 1", OK), ("MGET b a b a", [NIL, "1", NIL, "1"]),
    ]),
    case("mset-many", [
        (["MSET"] + [x for i in range(2000) for x in ("k%d" % i, i)], OK),
        (["MGET"] + ["k%d" % i for i in range(2000)],
         [str(i) for i in range(2000)]),
        ("DBSIZE", 2000),
    ]),
    case("append", [
        ("APPEND k ab", 2), ("APPEND k cd", 4), ("GET k", "abcd"),
        (("APPEND", "k", ""), 4), (("APPEND", "k", b"\0\r\n"), 7),
        ("GET k", b"abcd\0\r\n"),
        (("APPEND", "new", ""), 0), ("EXISTS new", 1), ("GET new", ""),
        ("SET n 12", OK), ("APPEND n 3", 3), ("GET n", "123"),
        ("INCR n", 124), ("APPEND n 5", 4), ("INCR n", 1246),
        ("EXPIRE n 100", 1), ("APPEND n x", 5), ("TTL n", Between(99, 100)),
    ]),
    case("append-grows", [
        ("APPEND k " + "x" * 100, 100 * (i + 1)) for i in range(30)
    ] + [("GET k", "x" * 3000)]),
    case("strlen", [
        ("STRLEN k", 0), ("SET k hello", OK), ("STRLEN k", 5),
        ("SET k -12345", OK), ("STRLEN k", 6), ("INCRBY k 12345", 0),
        ("STRLEN k", 1), ("SET k " + MIN, OK), ("STRLEN k", 20),
        (("SET", "k", b"\0\0"), OK), ("STRLEN k", 2),
        (("SET", "k", "x" * 45), OK), ("STRLEN k", 45),
    ]),
]

# ---- counters -----------------------------------------------------------

COUNTERS = [
    case("incr", [
        ("INCR k", 1), ("INCR k", 2), ("DECR k", 1), ("DECRBY k 11", -10),
        ("INCRBY k 110", 100), ("INCRBY k -1", 99), ("DECRBY k -1", 100),
        ("GET k", "100"), ("DECR new", -1), ("INCRBY new2 0", 0),
        ("GET new2", "0"), ("DECRBY new3 5", -5),
        ("EXPIRE k 100", 1), ("INCR k", 101), ("TTL k", Between(99, 100)),
        ("SET k 10000", OK), ("INCR k", 10001), ("SET k 9998", OK),
        ("INCR k", 9999), ("INCR k", 10000), ("DECR k", 9999),
    ]),
    case("incr-value-not-int", [
        step for v in BAD_INTS for step in [
            (("SET", "k", v), OK), ("INCR k", INT_ERR), ("DECR k", INT_ERR),
            ("INCRBY k 1", INT_ERR), ("DECRBY k 1", INT_ERR), ("GET k", v)]
    ]),
    case("incrby-not-int", [("SET k 5", OK)] + [
        ((name, "k", v), INT_ERR)
        for name in ("INCRBY", "DECRBY") for v in BAD_INTS
    ] + [("GET k", "5"), ("INCRBY nokey abc", INT_ERR),
         ("EXISTS nokey", 0)]),
    case("incr-overflow", [
        ("SET k " + MAX, OK), ("INCR k", OVERFLOW), ("INCRBY k 1", OVERFLOW),
        ("INCRBY k " + MAX, OVERFLOW), ("DECRBY k -1", OVERFLOW),
        ("GET k", MAX), ("INCRBY k 0", int(MAX)),
        ("INCRBY k " + MIN, -1), ("INCRBY k " + MIN, OVERFLOW),
        ("DECRBY k " + MAX, int(MIN)), ("DECR k", OVERFLOW),
        ("DECRBY k 1", OVERFLOW), ("INCRBY k -1", OVERFLOW),
        ("INCRBY k " + MIN, OVERFLOW), ("INCRBY k " + MAX, -1),
        ("INCR k", 0), ("INCRBY k " + MIN, int(MIN)), ("GET k", MIN),
        ("DEL k", 1), ("INCRBY k " + MAX, int(MAX)), ("INCR k", OVERFLOW),
    ]),
    case("decrby-min", [
        ("SET k 0", OK), ("DECRBY k " + MIN, DECR_OVERFLOW),
        ("SET k -1", OK), ("DECRBY k " + MIN, DECR_OVERFLOW),
        ("DECRBY nokey " + MIN, DECR_OVERFLOW),
        ("EXISTS nokey", 0), ("DECRBY k -" + MAX, 9223372036854775806),
    ]),
    case("incrby-accepts", [
        ("INCRBY k -0", INT_ERR), ("INCRBY k 0", 0), ("INCRBY k -7", -7),
        ("INCRBY k 100000000000", 99999999993), ("SET k -5", OK),
        ("INCRBY k 5", 0), ("GET k", "0"),
    ]),
]


def floats(*rows):
    """(value or None, increment, result) -> steps"""
    steps = []
    for value, add, want in rows:
        steps.append((("DEL", "k") if value is None else ("SET", "k", value),
                      ANY))
        steps.append((("INCRBYFLOAT", "k", add), want))
        if isinstance(want, str):
            steps.append(("GET k", want))
    return steps


FLOATS = [
    case("incrbyfloat", floats(
        (None, "0.1", "0.1"), ("0.1", "0.2", "0.3"), ("10.50", "0.1", "10.6"),
        ("5.0e3", "2.0e2", "5200"), ("3", "3.0e3", "3003"),
        (None, "3.0e3", "3000"), (None, ".5", "0.5"), (None, "5.", "5"),
        (None, "1e-2", "0.01"), (None, "+1", "1"), (None, "-1.50", "-1.5"),
        ("1", "-1", "0"), ("1.5", "-1.5", "0"), ("0.3", "-0.3", "0"),
        (None, "0", "0"), (None, "-0", "0"), (None, "-0.0", "0"),
        ("-0", "-0", "0"), ("1.20", "0.30", "1.5"), ("3.0", "0", "3"),
        ("3.10", "0", "3.1"), ("100", "0", "100"), ("1000.000", "0", "1000"),
        ("1e3", "0", "1000"), ("1E3", "1E-3", "1000.001"),
        ("2", "1e0", "3"), ("007", "1", "8"), ("00.5", "00.5", "1"),
    )),
    case("incrbyfloat-precision", floats(
        (None, "3.14159265358979323846", "3.14159265358979324"),
        (None, "0.12345678901234567", "0.12345678901234567"),
        (None, "1e17", "100000000000000000"),
        ("1e17", "1", "100000000000000001"),
        (None, "123456789012345678", "123456789012345678"),
        (None, MAX, MAX), (MAX, "1", "9223372036854775808"),
        (MIN, "0", MIN), (None, "1e18", "1000000000000000000"),
        ("0.5", "1e15", "1000000000000000.5"),
        ("99.99", "0.01", "100"), ("0.7", "0.1", "0.8"),
        ("1.1", "2.2", "3.3"), ("4.35", "100", "104.35"),
        ("1.005", "1000", "1001.005"), ("-0.1", "-0.2", "-0.3"),
        ("0.00000000000000001", "0.00000000000000001",
         "0.00000000000000002"),
    )),
    case("incrbyfloat-small", floats(
        (None, "1e-17", "0.00000000000000001"), (None, "1e-18", "0"),
        (None, "1e-30", "0"), (None, "-1e-30", "0"), (None, "1e-300", "0"),
        ("1", "1e-18", "1"), ("1", "1e-17", "1.00000000000000001"),
        ("0.1", "1e-16", "0.1000000000000001"),
        (None, "6e-18", "0.00000000000000001"), (None, "4e-18", "0"),
        (None, "-6e-18", "-0.00000000000000001"),
    )),
    case("incrbyfloat-large", [
        ("INCRBYFLOAT k 1e20", "100000000000000000000"),
        ("INCRBYFLOAT k 1e20", "200000000000000000000"),
        ("DEL k", 1), ("INCRBYFLOAT k -1e25", Re(rb"-1000000000\d{16}")),
        # Binary long doubles leave digits where exact decimals have zeros.
        ("DEL k", 1),
        ("INCRBYFLOAT k 1e400", Re(rb"1000000000000000000\d{382}")),
        ("STRLEN k", 401), ("DEL k", 1),
        ("INCRBYFLOAT k 1e4900", Re(rb"(1000000000000000000|"
                                    rb"9999999999999999999)\d+")),
        ("SET k 100000000000000000", OK),
        ("INCRBYFLOAT k 0.1", OneOf("100000000000000000.1",
                                    "100000000000000000.1015625")),
        ("DEL k", 1),
        ("INCRBYFLOAT k 1234567.1234567", OneOf("1234567.1234567",
                                                "1234567.12345670000001974")),
    ]),
    case("incrbyfloat-forms", floats(
        (None, "0x10", "16"), (None, "0x1p3", "8"), (None, "0X.8", "0.5"),
        (None, "-0x10", "-16"), (None, "1e+2", "100"), (None, "1e02", "100"),
        (None, "0e0", "0"), (None, "0e99", "0"), ("0x10", "1", "17"),
    )),
    case("incrbyfloat-not-float", [("SET k 5", OK)] + [
        (("INCRBYFLOAT", "k", v), FLOAT_ERR) for v in [
            "", " ", "abc", " 1", "1 ", "1_0", "1,5", "1.5.5", "1e", "e1",
            ".", "-", "+", "--1", "1e1.5", "nan", "NaN", "-nan", "1\0",
            "\n1", "1\n", "0x", "0xg", "1f", "1e5000", "-1e5000", "1e-5000",
            "infinit", "nan(1)"]
    ] + [("GET k", "5"), ("INCRBYFLOAT nokey abc", FLOAT_ERR),
         ("EXISTS nokey", 0)]),
    case("incrbyfloat-infinite", [("SET k 5", OK)] + [
        (("INCRBYFLOAT", "k", v), NAN_INF) for v in [
            "inf", "-inf", "+inf", "INF", "infinity", "-Infinity"]
    ] + [("GET k", "5"), ("INCRBYFLOAT nokey inf", NAN_INF),
         ("EXISTS nokey", 0), ("SET k inf", OK),
         ("INCRBYFLOAT k 1", NAN_INF), ("INCRBYFLOAT k -inf", NAN_INF)]),
    case("incrbyfloat-value-not-float", [
        step for v in ["", " ", "abc", " 1", "1 ", "1\0", "nan", "1e5000"]
        for step in [(("SET", "k", v), OK), ("INCRBYFLOAT k 1", FLOAT_ERR),
                     ("GET k", v)]
    ]),
    case("incrbyfloat-keeps-ttl", [
        ("SET k 1 EX 100", OK), ("INCRBYFLOAT k 0.5", "1.5"),
        ("TTL k", Between(99, 100)), ("INCR k", INT_ERR),
        ("INCRBYFLOAT k 0.5", "2"), ("INCR k", 3),
        ("APPEND k .5", 3), ("INCRBYFLOAT k 1", "4.5"),
    ]),
]

# ---- ranges -------------------------------------------------------------

TEXT = "hello"


def cut_range(text, start, end):
    """GETRANGE in Python's terms."""
    n = len(text)
    if start < 0 and end < 0 and start > end:
        return ""
    start = max(start + n, 0) if start < 0 else start
    end = max(end + n, 0) if end < 0 else end
    return text[start:end + 1]


RANGES = [
    case("getrange-grid", [("SET k " + TEXT, OK)] + [
        ("GETRANGE k %d %d" % (a, b), cut_range(TEXT, a, b))
        for a in range(-8, 9) for b in range(-8, 9)]),
    case("getrange", [
        ("GETRANGE nokey 0 -1", ""), ("SET k " + TEXT, OK),
        ("GETRANGE k 0 -1", TEXT), ("GETRANGE k -100 100", TEXT),
        ("GETRANGE k -100 -99", "h"), ("GETRANGE k 5 5", ""),
        ("GETRANGE k 0 " + MAX, TEXT), ("GETRANGE k %s %s" % (MIN, MAX), TEXT),
        ("GETRANGE k %s %s" % (MIN, MIN), "h"),
        ("GETRANGE k %s %s" % (MAX, MAX), ""),
        ("GETRANGE k %s %s" % (MAX, MIN), ""), ("GETRANGE k 1 " + MIN, ""),
        ("GETRANGE k 0 " + MIN, "h"),
        ("SUBSTR k 1 3", "ell"), ("SUBSTR nokey 0 -1", ""),
        ("SUBSTR k -3 -1", "llo"),
        (("SET", "k", ""), OK), ("GETRANGE k 0 -1", ""),
        ("GETRANGE k -1 -1", ""), ("GETRANGE k 0 0", ""),
        ("SET k -12345", OK), ("GETRANGE k 0 2", "-12"),
        ("GETRANGE k -2 -1", "45"), ("OBJECT ENCODING k", "int"),
    ]),
    case("getrange-not-int", [("SET k " + TEXT, OK)] + [
        step for v in BAD_INTS for step in [
            (("GETRANGE", "k", v, "1"), INT_ERR),
            (("GETRANGE", "k", "1", v), INT_ERR),
            (("SUBSTR", "nokey", v, "1"), INT_ERR)]]),
    case("setrange", [
        ("SETRANGE k 0 hello", 5), ("GET k", "hello"),
        ("SETRANGE k 1 EL", 5), ("GET k", "hELlo"),
        ("SETRANGE k 4 xyz", 7), ("GET k", "hELlxyz"),
        ("SETRANGE k 9 !", 10), ("GET k", b"hELlxyz\0\0!"),
        ("SETRANGE new 3 x", 4), ("GET new", b"\0\0\0x"),
        (("SETRANGE", "k", "0", b"\r\n\0"), 10),
        ("GET k", b"\r\n\0lxyz\0\0!"),
        ("SET n 12345", OK), ("SETRANGE n 1 9", 5), ("GET n", "19345"),
        ("INCR n", 19346), ("EXPIRE n 100", 1), ("SETRANGE n 0 2", 5),
        ("TTL n", Between(99, 100)), ("GET n", "29346"),
    ]),
    case("setrange-empty", [
        (("SETRANGE", "nokey", "0", ""), 0), ("EXISTS nokey", 0),
        (("SETRANGE", "nokey", "100", ""), 0),
        (("SETRANGE", "nokey", MAX, ""), 0), ("EXISTS nokey", 0),
        ("SET k abc", OK), (("SETRANGE", "k", "0", ""), 3),
        (("SETRANGE", "k", "100", ""), 3), (("SETRANGE", "k", MAX, ""), 3),
        ("GET k", "abc"), ("SET k 12", OK), (("SETRANGE", "k", "5", ""), 2),
        ("OBJECT ENCODING k", "int"),
    ]),
    case("setrange-errors", [("SET k abc", OK)] + [
        ("SETRANGE k %s x" % n, E("ERR offset is out of range"))
        for n in ("-1", "-100", MIN)
    ] + [(("SETRANGE", "k", n, "x"), INT_ERR) for n in BAD_INTS] + [
        (("SETRANGE", "k", n, "x"), TOO_LONG)
        for n in ("536870912", "4294967296", MAX)
    ] + [("SETRANGE k 536870911 xx", TOO_LONG),
         ("SETRANGE nokey 536870912 x", TOO_LONG),
         ("SETRANGE nokey -1 x", E("ERR offset is out of range")),
         (("SETRANGE", "nokey", "-1", ""), E("ERR offset is out of range")),
         (("SETRANGE", "nokey", "a", ""), INT_ERR),
         ("EXISTS nokey", 0), ("GET k", "abc")]),
]

# ---- commands after Redis 7.0 -------------------------------------------

LATER = [case(id, steps, since="8.4") for id, steps in [
    ("delex", [
        ("DELEX k", 0), ("SET k v EX 100", OK), ("DELEX k", 1),
        ("EXISTS k", 0), ("DELEX k", 0), ("DBSIZE", 0),
    ]),
    ("delex-ifeq", [
        ("DELEX k IFEQ v", 0), ("SET k v", OK), ("DELEX k IFEQ w", 0),
        ("GET k", "v"), ("DELEX k ifeq v", 1), ("EXISTS k", 0),
        ("SET k 10", OK), ("DELEX k IFEQ 010", 0), ("DELEX k IFEQ 10", 1),
        (("SET", "k", ""), OK), ("DELEX k IFEQ v", 0),
        (("DELEX", "k", "IFEQ", ""), 1), (("DELEX", "k", "IFEQ", ""), 0),
    ]),
    ("delex-ifne", [
        ("SET k v", OK), ("DELEX k IFNE v", 0), ("GET k", "v"),
        ("DELEX k IFNE w", 1), ("EXISTS k", 0), ("DELEX k IFNE w", 0),
    ]),
    ("delex-errors", [
        ("SET k v", OK), ("DELEX", arity("delex")),
        ("DELEX k IFEQ", EP("ERR")),
        ("DELEX k FOO v", EP("ERR")), ("DELEX k IFEQ v IFEQ v", EP("ERR")),
        ("DELEX k IFEQ v x", EP("ERR")), ("DELEX k NX", EP("ERR")),
        ("GET k", "v"),
    ]),
    ("delifeq", [
        ("DELIFEQ k v", 0), ("SET k v", OK), ("DELIFEQ k w", 0),
        ("GET k", "v"), ("DELIFEQ k v", 1), ("EXISTS k", 0),
        ("SET k 10", OK), ("DELIFEQ k 010", 0), ("DELIFEQ k 10", 1),
        ("DELIFEQ k", arity("delifeq")), ("DELIFEQ k v x", arity("delifeq")),
    ]),
    ("msetex", [
        ("MSETEX 2 a 1 b 2", 1), ("MGET a b", ["1", "2"]), ("TTL a", -1),
        ("MSETEX 2 a 3 b 4 EX 100", 1), ("TTL a", Between(99, 100)),
        ("TTL b", Between(99, 100)), ("MSETEX 1 a 5 KEEPTTL", 1),
        ("TTL a", Between(99, 100)), ("MSETEX 1 a 6", 1), ("TTL a", -1),
        ("MSETEX 1 a 7 PX 200000", 1), ("TTL a", Between(199, 200)),
        ("MSETEX 1 a 7 EXAT %d" % FAR, 1), ("EXPIRETIME a", FAR),
        ("MSETEX 1 a 7 pxat %d" % (FAR_MS + 3), 1),
        ("PEXPIRETIME a", FAR_MS + 3),
        ("MSETEX 2 c 1 c 2", 1), ("GET c", "2"),
        ("MSETEX 1 NX EX EX 100", 1), ("GET NX", "EX"),
    ]),
    ("msetex-nx", [
        ("MSETEX 2 a 1 b 2 NX", 1), ("MSETEX 2 b 3 c 4 NX", 0),
        ("MGET a b c", ["1", "2", NIL]), ("MSETEX 1 c 4 EX 100 nx", 1),
        ("TTL c", Between(99, 100)),
    ]),
    ("msetex-xx", [
        ("MSETEX 1 a 1 XX", 0), ("EXISTS a", 0), ("MSET a 1 b 2", OK),
        ("MSETEX 2 a 3 c 4 XX", 0), ("MGET a b c", ["1", "2", NIL]),
        ("MSETEX 2 a 3 b 4 XX EX 100", 1), ("MGET a b", ["3", "4"]),
        ("TTL b", Between(99, 100)),
    ]),
    ("msetex-past-time", [
        ("MSET a 1 b 2", OK), ("MSETEX 2 a 3 b 4 EXAT 1", 1),
        ("MGET a b", [NIL, NIL]),
    ]),
    ("msetex-errors", [("SET a old", OK)] + [
        (("MSETEX",) + tail, EP("ERR")) for tail in [
            ("0", "a", "1"), ("-1", "a", "1"), ("abc", "a", "1"),
            ("2", "a", "1"), ("2", "a", "1", "b"), ("+1", "a", "1"),
            ("1", "a", "1", "FOO"), ("1", "a", "1", "NX", "XX"),
            ("1", "a", "1", "EX"), ("1", "a", "1", "EX", "0"),
            ("1", "a", "1", "EX", "-1"), ("1", "a", "1", "EX", "abc"),
            ("1", "a", "1", "EX", "10", "PX", "10"),
            ("1", "a", "1", "KEEPTTL", "EX", "10"), ("1", "a", "1", "b", "2"),
            ("1", "a", "1", "PX", MAX), ("4611686018427387905", "a", "1"),
            (MAX, "a", "1"), ("9223372036854775808", "a", "1"),
            ("", "a", "1"), ("1", "a", "1", "GET"),
            ("1", "a", "1", "IFEQ", "old")]
    ] + [("MSETEX", arity("msetex")), ("MSETEX 1 a", arity("msetex")),
         ("GET a", "old"), ("TTL a", -1), ("DBSIZE", 1)]),
]]

# ---- wrong type ---------------------------------------------------------

WRONG = [case("wrongtype-" + step.split()[0].lower() + "-%d" % i, [
    ("RPUSH l a", 1), (step, want), ("TYPE l", Simple("list")),
    ("LRANGE l 0 -1", ["a"]), ("TTL l", -1),
]) for i, (step, want) in enumerate([
    ("GET l", WRONGTYPE), ("GETSET l v", WRONGTYPE), ("GETDEL l", WRONGTYPE),
    ("GETEX l", WRONGTYPE), ("GETEX l EX 100", WRONGTYPE),
    ("GETEX l EX abc", WRONGTYPE), ("GETEX l FOO", SYNTAX),
    ("SET l v GET", WRONGTYPE), ("SET l v NX GET", WRONGTYPE),
    ("SET l v XX GET EX 10", WRONGTYPE), ("SET l v NX", NIL),
    ("SET l v GET EX 0", expire_err("set")),
    ("SETNX l v", 0), ("MSETNX l v k v", 0), ("MGET l k", [NIL, NIL]),
    ("APPEND l x", WRONGTYPE), ("STRLEN l", WRONGTYPE), ("INCR l", WRONGTYPE),
    ("DECR l", WRONGTYPE), ("INCRBY l 1", WRONGTYPE),
    ("INCRBY l abc", INT_ERR), ("DECRBY l 1", WRONGTYPE),
    ("DECRBY l " + MIN, DECR_OVERFLOW),
    ("INCRBYFLOAT l 1", WRONGTYPE), ("INCRBYFLOAT l abc", WRONGTYPE),
    ("SETRANGE l 0 x", WRONGTYPE), ("SETRANGE l abc x", INT_ERR),
    ("SETRANGE l -1 x", E("ERR offset is out of range")),
    ("SETRANGE l 536870912 x", WRONGTYPE),
    ("GETRANGE l 0 1", WRONGTYPE), ("GETRANGE l a 1", INT_ERR),
    ("SUBSTR l 0 1", WRONGTYPE),
])] + [
    case("overwrites-any-type", [
        ("RPUSH l a", 1), ("SET l v", OK), ("GET l", "v"),
        ("DEL l", 1), ("RPUSH l a", 1), ("SETEX l 100 v", OK),
        ("DEL l", 1), ("RPUSH l a", 1), ("MSET l v", OK),
        ("DEL l", 1), ("RPUSH l a", 1), ("SET l v XX", OK), ("GET l", "v"),
    ]),
]

# ---- the longest string -----------------------------------------------------

case("longest", [
    (("SET", "k", b"x" * 1048576), OK),
    ("APPEND k x", TOO_LONG), (("APPEND", "k", ""), 1048576),
    ("SETRANGE k 1048576 x", TOO_LONG), ("SETRANGE k 1048575 y", 1048576),
    ("SETRANGE new 1048575 y", 1048576), ("SETRANGE new2 1048576 y", TOO_LONG),
    (("SETRANGE", "new2", "1048570", b"y" * 7), TOO_LONG),
    ("GETRANGE k 1048565 -1", b"x" * 10 + b"y"), ("DBSIZE", 2),
], config={"proto-max-bulk-len": "1048576"}, contexts=("plain", "pipelined"))

# ---- LCS ----------------------------------------------------------------

case = area("string.lcs")
TEXTS = ("MSET a ohmytext b mynewtext", OK)
NOT_STRINGS = E("ERR The specified keys must contain string values")

case("common-bytes", [TEXTS, ("LCS a b", "mytext"), ("LCS b a", "mytext"),
                      ("lcs a a", "ohmytext")])
case("length", [TEXTS, ("LCS a b LEN", 6), ("LCS a b len", 6),
                ("LCS a nokey LEN", 0)])
case("nothing-in-common", [("MSET a abc b xyz", OK), ("LCS a b", ""),
                           ("LCS a b LEN", 0),
                           ("LCS a b IDX", M([("matches", []), ("len", 0)]))])
case("missing-keys", [("SET a abc", OK), ("LCS a nokey", ""),
                      ("LCS nokey a", ""), ("LCS nokey nokey2", ""),
                      ("EXISTS nokey", 0)])
case("matches", [TEXTS, ("LCS a b IDX", M([
    ("matches", [[[4, 7], [5, 8]], [[2, 3], [0, 1]]]), ("len", 6)]))])
case("matches-of-a-length", [TEXTS, ("LCS a b IDX MINMATCHLEN 4", M([
    ("matches", [[[4, 7], [5, 8]]]), ("len", 6)])),
    ("LCS a b IDX MINMATCHLEN 5", M([("matches", []), ("len", 6)])),
    ("LCS a b IDX MINMATCHLEN 0", M([
        ("matches", [[[4, 7], [5, 8]], [[2, 3], [0, 1]]]), ("len", 6)])),
    ("LCS a b IDX MINMATCHLEN -3", M([
        ("matches", [[[4, 7], [5, 8]], [[2, 3], [0, 1]]]), ("len", 6)]))])
case("matches-with-lengths", [TEXTS, ("LCS a b IDX WITHMATCHLEN", M([
    ("matches", [[[4, 7], [5, 8], 4], [[2, 3], [0, 1], 2]]), ("len", 6)])),
    ("LCS a b withmatchlen minmatchlen 4 idx", M([
        ("matches", [[[4, 7], [5, 8], 4]]), ("len", 6)]))])
case("length-and-matches-do-not-agree", [TEXTS, ("LCS a b LEN IDX", E(
    "ERR If you want both the length and indexes, please just use IDX.")),
    ("LCS a b IDX LEN", E("ERR If you want both the length and indexes, "
                          "please just use IDX."))])
case("options-without-matches", [TEXTS, ("LCS a b WITHMATCHLEN", "mytext"),
                                 ("LCS a b MINMATCHLEN 4", "mytext")])
case("syntax", [
    TEXTS, ("LCS a b FOO", SYNTAX), ("LCS a b MINMATCHLEN", SYNTAX),
    ("LCS a b IDX MINMATCHLEN abc", INT_ERR), ("LCS a b IDX FOO", SYNTAX)])
case("binary", [(("MSET", "a", b"\0\r\n\xffx", "b", b"y\0\n\xff"), OK),
                ("LCS a b", b"\0\n\xff"), ("LCS a b LEN", 3)])
case("empty-strings", [(("MSET", "a", "", "b", "x"), OK), ("LCS a b", ""),
                       ("LCS a b IDX", M([("matches", []), ("len", 0)]))])
case("numbers", [("MSET a 12345 b 1345", OK), ("LCS a b", "1345"),
                 ("LCS a b LEN", 4)])
case("changes-nothing", [("SET a abc EX 100", OK), ("LCS a a", "abc"),
                         ("TTL a", Between(99, 100)), ("DBSIZE", 1)])
for kind, make in (("list", "RPUSH l a"), ("hash", "HSET l a b"),
                   ("set", "SADD l a"), ("zset", "ZADD l 1 a"),
                   ("stream", "XADD l 1-1 a b")):
    case("wrong-type-" + kind, [
        (make, ANY), ("SET s v", OK), ("LCS l s", NOT_STRINGS),
        ("LCS s l", NOT_STRINGS), ("LCS nokey l LEN", NOT_STRINGS),
        ("LCS l s FOO", Exact(NOT_STRINGS)), ("TYPE l", Simple(kind))])


REPLIES = {
    "APPEND": "int error", "DECR": "int error", "DECRBY": "int error",
    "GET": "bulk null error", "GETDEL": "bulk null error",
    "GETEX": "bulk null error", "GETRANGE": "bulk error",
    "GETSET": "bulk null error", "INCR": "int error", "INCRBY": "int error",
    "INCRBYFLOAT": "bulk error", "LCS": "bulk int map error",
    "MGET": "array", "MSET": "simple error", "MSETNX": "int error",
    "PSETEX": "simple error", "SET": "simple bulk null error",
    "SETEX": "simple error", "SETNX": "int error", "SETRANGE": "int error",
    "STRLEN": "int error", "SUBSTR": "bulk error",
}
