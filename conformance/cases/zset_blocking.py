"""BZPOPMIN, BZPOPMAX, BZMPOP: who waits, who is woken, by what."""

from conformance.cases import *  # noqa: F403
from conformance.cases.zset import MAX, both

NEGATIVE = E("ERR timeout is negative")
NOT_TIMEOUT = E("ERR timeout is not a float or out of range")
TOO_LONG = By(NEGATIVE, ("redis>=7.2", E("ERR timeout is out of range")))
ZERO_KEYS = E("ERR numkeys should be greater than 0")
ZERO_COUNT = E("ERR count should be greater than 0")
UNBLOCKED = E("UNBLOCKED client unblocked via CLIENT UNBLOCK")

ABC = ("ZADD z 1 a 2 b 3 c", 3)


class Popper:
    """The three commands, and how each replies."""

    def __init__(self, name, call, nested, last):
        self.name, self.call = name, call
        self.nested, self.last = nested, last

    def __call__(self, keys, timeout=0):
        return self.call % {"t": timeout, "keys": keys,
                            "n": len(keys.split())}

    def got(self, key, member, number):
        if self.nested:
            return [key, [[member, D(number)]]]
        return [key, member, D(number)]


MIN = Popper("bzpopmin", "BZPOPMIN %(keys)s %(t)s", False, False)
MAX_ = Popper("bzpopmax", "BZPOPMAX %(keys)s %(t)s", False, True)
MMIN = Popper("bzmpop-min", "BZMPOP %(t)s %(n)d %(keys)s MIN", True, False)
MMAX = Popper("bzmpop-max", "BZMPOP %(t)s %(n)d %(keys)s MAX", True, True)

for pop in (MIN, MAX_, MMIN, MMAX):
    case = area("zset." + pop.name.replace("-", "."))
    first, last = ("c", "a") if pop.last else ("a", "c")
    scores = {"a": "1", "b": "2", "c": "3"}

    # -- what is there at once
    both(case, "takes-at-once", [
        ABC, (pop("z"), pop.got("z", first, scores[first])),
        (pop("z"), pop.got("z", "b", "2")),
        (pop("z"), pop.got("z", last, scores[last])), ("EXISTS z", 0),
    ])
    case("first-key-that-has-something", [
        ("ZADD y 1.5 a", 1), ("ZADD z -inf b", 1),
        (pop("x y z"), pop.got("y", "a", "1.5")),
        (pop("x y z"), pop.got("z", "b", "-inf")), ("DBSIZE", 0),
    ])
    case("keeps-ttl", [
        ABC, ("EXPIRE z 100", 1),
        (pop("z"), pop.got("z", first, scores[first])),
        ("TTL z", Between(90, 100)),
    ])
    case("wrong-type", [
        ("SET s v", OK), ("ZADD z 1 a", 1), (pop("s"), WRONGTYPE),
        (pop("s z"), WRONGTYPE), (pop("nokey s"), WRONGTYPE),
        (pop("nokey s z"), WRONGTYPE), (pop("z s"), pop.got("z", "a", "1")),
    ])
    # a server may look at its clock every 100 ms only
    case("timeout", [
        (pop("z", "0.01"), NILARRAY), ("EXISTS z", 0),
        ABC, (pop("z", "0.01"), pop.got("z", first, scores[first])),
    ], slow=True)
    case("timeout-of-several-keys", [
        (pop("x y z", "0.001"), NILARRAY), ("EXISTS x y z", 0),
    ], contexts=("plain", "pipelined", "multi"), slow=True)
    for name, t in (("tiny", "0.0001"), ("exponent", "1e-3"),
                    ("bare-point", ".01")):
        case("timeout-" + name, [
            (pop("z", t), NILARRAY), ABC,
            (pop("z", t), pop.got("z", first, scores[first])),
        ], contexts=("plain", "multi"), slow=True)
    case("bad-timeout", [
        ABC, ("SET s v", OK)] + [
        (pop("z", t), want) for t, want in (
            ("-1", NEGATIVE), ("-0.5", NEGATIVE), ("-inf", NEGATIVE),
            ("x", NOT_TIMEOUT), ("nan", NOT_TIMEOUT), ("1s", NOT_TIMEOUT),
            ("1,5", NOT_TIMEOUT), ("inf", TOO_LONG), ("1e400", TOO_LONG),
            (MAX, TOO_LONG), ("1e18", TOO_LONG))
    ] + [(pop("s", "x"), NOT_TIMEOUT), (pop("s", "-1"), NEGATIVE),
         (pop("s", "0"), WRONGTYPE), ("ZCARD z", 3)])

    # -- waiting
    case("waits", [
        (pop("z"), BLOCKED), ("b", "ZADD z 2.5 a", 1),
        (b"", pop.got("z", "a", "2.5")), ("EXISTS z", 0),
    ])
    case("waits-with-a-timeout", [
        (pop("z", 1000), BLOCKED), ("b", "ZADD z inf a", 1),
        (b"", pop.got("z", "a", "inf")), ("PING", PONG),
    ])
    case("waits-with-a-fractional-timeout", [
        (pop("z", "1000.5"), BLOCKED), ("b", "ZADD z 1 a", 1),
        (b"", pop.got("z", "a", "1")),
    ])
    case("gets-the-right-end", [
        (pop("z"), BLOCKED), ("b", "ZADD z 1 a 3 c 2 b", 3),
        (b"", pop.got("z", first, scores[first])), ("ZCARD z", 2),
    ])
    for key in "xyz":
        case("waits-for-several-keys-" + key, [
            (pop("x y z"), BLOCKED), ("b", "ZADD other 1 a", 1),
            (b"", BLOCKED), ("b", "ZADD %s 1 a" % key, 1),
            (b"", pop.got(key, "a", "1")), ("b", "ZADD x 1 b", 1),
            ("b", "ZADD y 1 b", 1), ("b", "ZADD z 1 b", 1),
            ("DBSIZE", 4),
        ])
    case("same-key-twice", [
        (pop("z z"), BLOCKED), ("b", "ZADD z 1 a 2 b", 2),
        (b"", pop.got("z", "b" if pop.last else "a",
                      "2" if pop.last else "1")),
        ("ZCARD z", 1),
    ])
    case("waiters-in-order", [
        ("wa", pop("z"), BLOCKED), ("wb", pop("z"), BLOCKED),
        ("wc", pop("z"), BLOCKED), ("ZADD z 5 x", 1),
        ("wa", b"", pop.got("z", "x", "5")), ("wb", b"", BLOCKED),
        ("ZADD z 6 y", 1), ("wb", b"", pop.got("z", "y", "6")),
        ("ZADD z 7 w", 1), ("wc", b"", pop.got("z", "w", "7")),
        ("EXISTS z", 0),
    ])
    case("one-zadd-serves-several", [
        ("wa", pop("z"), BLOCKED), ("wb", pop("z"), BLOCKED),
        ("wc", pop("z"), BLOCKED), ("ZADD z 1 a 3 c", 2),
        ("wa", b"", pop.got("z", *(("c", "3") if pop.last else ("a", "1")))),
        ("wb", b"", pop.got("z", *(("a", "1") if pop.last else ("c", "3")))),
        ("wc", b"", BLOCKED), ("ZADD z 2 b", 1),
        ("wc", b"", pop.got("z", "b", "2")),
    ])
    case("after-the-wait-it-waits-no-more", [
        (pop("z"), BLOCKED), ("b", "ZADD z 1 a", 1),
        (b"", pop.got("z", "a", "1")), ("b", "ZADD z 2 b", 1),
        ("ZRANGE z 0 -1", ["b"]), (pop("z"), pop.got("z", "b", "2")),
        (pop("z"), BLOCKED), ("b", "ZADD z 3 c", 1),
        (b"", pop.got("z", "c", "3")),
    ])
    case("after-a-timeout-it-waits-no-more", [
        (pop("z", "0.01"), NILARRAY), ("b", "ZADD z 1 a", 1),
        ("ZCARD z", 1),
    ], contexts="plain", slow=True)
    case("commands-behind-it-wait", [
        (pop("z"), BLOCKED), ("PING", BLOCKED), ("ZCARD z", BLOCKED),
        ("b", "ZADD z 1 a 2 a2", 2),
        (b"", pop.got("z", *(("a2", "2") if pop.last else ("a", "1")))),
        (b"", PONG), (b"", 1),
    ])
    case("in-multi-it-does-not-wait", [
        ("MULTI", OK), (pop("z"), QUEUED), ("PING", QUEUED),
        ("EXEC", [NILARRAY, PONG]),
    ])
    case("in-multi-it-takes", [
        ("MULTI", OK), ("ZADD z 1 a", QUEUED), (pop("z"), QUEUED),
        (pop("z"), QUEUED), ("EXEC", [1, pop.got("z", "a", "1"), NILARRAY]),
    ])
    case("each-in-its-protocol", [
        ("w2", pop("z"), BLOCKED), ("w3", pop("z"), BLOCKED),
        ("ZADD z 1.5 a", 1), ("w2", b"", pop.got("z", "a", "1.5")),
        ("ZADD z 2.5 b", 1), ("w3", b"", pop.got("z", "b", "2.5")),
    ])
    case("binary-names", [
        (tuple(b"\r\n\0" if w == "z" else w for w in pop("z").split()),
         BLOCKED),
        ("b", ("ZADD", b"\r\n\0", "1", b"\0m"), 1),
        (b"", pop.got(b"\r\n\0", b"\0m", "1")),
    ])

    # -- CLIENT UNBLOCK and CLIENT KILL
    def unblock(pop, how, want):
        def steps():
            yield "DEL z", ANY
            got = yield "w", "CLIENT ID", Between(1, 2 ** 62)
            yield "w", pop("z"), BLOCKED
            yield ("CLIENT", "UNBLOCK", got.v) + how, 1
            yield "w", b"", want
            yield ("CLIENT", "UNBLOCK", got.v) + how, 0
            yield "w", "PING", PONG
            yield "ZADD z 1 a", 1
            yield "DEL z", 1
        return steps

    needs = ("CLIENT UNBLOCK", "CLIENT ID", "ZADD", "DEL",
             pop.name.split("-")[0].upper())
    for name, how, want in (("default", (), NILARRAY),
                            ("timeout", ("TIMEOUT",), NILARRAY),
                            ("error", ("ERROR",), UNBLOCKED)):
        case.script("client-unblock-" + name, needs=needs)(
            unblock(pop, how, want))

# ---- what wakes ---------------------------------------------------------

case = area("zset.wake")

FAR_AWAY = "FROMLONLAT 0 0 BYRADIUS 10 km ASC"
GEO = "3377699720527872"        # longitude 0, latitude 0
WAKERS = [  # name, what is there before, the command, its reply, the score
    ("zadd", [], "ZADD z 1 a", 1, "1"),
    ("zadd-nx", [], "ZADD z NX 1 a", 1, "1"),
    ("zadd-ch-gt", [], "ZADD z GT CH 1 a", 1, "1"),
    ("zadd-incr", [], "ZADD z INCR 1.5 a", D("1.5"), "1.5"),
    ("zincrby", [], "ZINCRBY z 2 a", D("2"), "2"),
    ("zunionstore", [("ZADD y 1 a", 1)], "ZUNIONSTORE z 1 y WEIGHTS 2", 1,
     "2"),
    ("zunionstore-of-sets", [("SADD y a", 1)], "ZUNIONSTORE z 2 y y", 1,
     "2"),
    ("zinterstore", [("ZADD y 1 a", 1)], "ZINTERSTORE z 2 y y", 1, "2"),
    ("zdiffstore", [("ZADD y 1 a", 1)], "ZDIFFSTORE z 2 y x", 1, "1"),
    ("zrangestore", [("ZADD y 1 a", 1)], "ZRANGESTORE z y 0 -1", 1, "1"),
    ("zrangestore-byscore", [("ZADD y 1 a 5 b", 2)],
     "ZRANGESTORE z y 0 2 BYSCORE", 1, "1"),
    ("geoadd", [], "GEOADD z 0 0 a", 1, GEO),
    ("geosearchstore", [("GEOADD y 0 0 a", 1)],
     "GEOSEARCHSTORE z y " + FAR_AWAY, 1, GEO),
    ("geosearchstore-storedist", [("GEOADD y 0 0 a", 1)],
     "GEOSEARCHSTORE z y %s STOREDIST" % FAR_AWAY, 1, None),
    ("georadius-store", [("GEOADD y 0 0 a", 1)],
     "GEORADIUS y 0 0 10 km STORE z", 1, GEO),
    ("rename", [("ZADD y 1 a", 1)], "RENAME y z", OK, "1"),
    ("renamenx", [("ZADD y 1 a", 1)], "RENAMENX y z", 1, "1"),
    ("copy", [("ZADD y 1 a", 1)], "COPY y z", 1, "1"),
    ("copy-replace", [("ZADD y 1 a", 1)], "COPY y z REPLACE", 1, "1"),
    ("move", [("SELECT 1", OK), ("ZADD z 1 a", 1)], "MOVE z 0", 1, "1"),
    ("copy-from-db", [("SELECT 1", OK), ("ZADD y 1 a", 1)],
     "COPY y z DB 0", 1, "1"),
    ("swapdb", [("SELECT 1", OK), ("ZADD z 1 a", 1)], "SWAPDB 0 1", OK,
     "1"),
]
for name, before, command, reply, number in WAKERS:
    for pop in (MIN, MAX_, MMIN):
        got = pop.got("z", "a", number or "0")
        if number is None:
            got = pop.got("z", "a", "0")
            near = Near(0, 0.01)
            got = [got[0], [["a", near]]] if pop.nested else [
                got[0], "a", near]
        case("%s-%s" % (name, pop.name), [
            ("b",) + step for step in before] + [
            (pop("z"), BLOCKED), ("b", command, reply), (b"", got),
            ("EXISTS z", 0),
        ] + ([("b", "DEL y", 1)] if name == "copy-from-db" else []))


def restored(pop, options=()):
    def steps():
        yield "DEL y z", ANY
        yield "ZADD y 1.5 a", 1
        dump = yield "DUMP y", Re(b".+")
        yield "w", pop("z"), BLOCKED
        yield ("RESTORE", "z", "0", dump.v) + options, OK
        yield "w", b"", pop.got("z", "a", "1.5")
        yield "EXISTS z", 0
        yield "DEL y", 1
    return steps


for pop in (MIN, MAX_, MMIN):
    needs = ("DUMP", "RESTORE", "ZADD", "DEL", "EXISTS",
             pop.name.split("-")[0].upper())
    case.script("restore-" + pop.name, needs=needs)(restored(pop))
    case.script("restore-replace-" + pop.name, needs=needs)(
        restored(pop, ("REPLACE",)))
    case("multi-" + pop.name, [
        (pop("z"), BLOCKED), ("b", "MULTI", OK), ("b", "ZADD z 1 a", QUEUED),
        ("b", "ZCARD z", QUEUED), ("b", "EXEC", [1, 1]),
        (b"", pop.got("z", "a", "1")), ("EXISTS z", 0),
    ])
    case("script-" + pop.name, [
        (pop("z"), BLOCKED),
        ("b", ("EVAL", "redis.call('ZADD', KEYS[1], 1, 'a') "
               "return redis.call('ZCARD', KEYS[1])", "1", "z"), 1),
        (b"", pop.got("z", "a", "1")), ("EXISTS z", 0),
    ], needs=("scripts",))

case("end-of-multi-decides", [
    ("BZPOPMIN z 0", BLOCKED), ("b", "MULTI", OK),
    ("b", "ZADD z 5 a", QUEUED), ("b", "ZADD z 1 b", QUEUED),
    ("b", "ZADD z 9 c", QUEUED), ("b", "EXEC", [1, 1, 1]),
    (b"", ["z", "b", D("1")]), ("ZRANGE z 0 -1", ["a", "c"]),
])
case("end-of-script-decides", [
    ("BZPOPMAX z 0", BLOCKED),
    ("b", ("EVAL", "redis.call('ZADD', KEYS[1], 5, 'a') "
           "redis.call('ZADD', KEYS[1], 7, 'b') "
           "return redis.call('ZREM', KEYS[1], 'a')", "1", "z"), 1),
    (b"", ["z", "b", D("7")]), ("EXISTS z", 0),
], needs=("scripts",))
case("before-the-writer-s-next-command", [
    ("BZPOPMIN z 0", BLOCKED),
    ("b", encode("ZADD", "z", "1", "a", "2", "b") + encode("ZCARD", "z") +
     encode("ZADD", "z", "3", "c"), 2), ("b", b"", 1), ("b", b"", 1),
    (b"", ["z", "a", D("1")]), ("ZRANGE z 0 -1", ["b", "c"]),
])
case("two-waiters-by-one-multi", [
    ("wa", "BZPOPMIN y 0", BLOCKED), ("wb", "BZPOPMAX z 0", BLOCKED),
    ("MULTI", OK), ("ZADD z 1 a", QUEUED), ("ZADD y 2 b", QUEUED),
    ("EXEC", [1, 1]), ("wa", b"", ["y", "b", D("2")]),
    ("wb", b"", ["z", "a", D("1")]),
])
case("key-that-was-written-first", [
    ("BZPOPMIN x y z 0", BLOCKED), ("b", "MULTI", OK),
    ("b", "ZADD z 1 a", QUEUED), ("b", "ZADD y 1 b", QUEUED),
    ("b", "EXEC", [1, 1]), (b"", By(["z", "a", D("1")], (
        "redis>=7.2", ANY))),
], level=MAY)

# ---- what does not wake -------------------------------------------------

case = area("zset.no-wake")

SLEEPERS = [    # name, what is there before, commands that leave z without
    ("zadd-xx", [], [("ZADD z XX 1 a", 0)]),
    ("zadd-of-another-key", [], [("ZADD y 1 a", 1)]),
    ("zadd-error", [], [("ZADD z 1 a x b", FLOAT_ERR)]),
    ("zrem", [], [("ZREM z a", 0)]),
    ("list", [], [("RPUSH z a", 1), ("DEL z", 1)]),
    ("set", [], [("SADD z a", 1), ("DEL z", 1)]),
    ("string", [], [("SET z a", OK), ("DEL z", 1)]),
    ("hash", [], [("HSET z a b", 1), ("DEL z", 1)]),
    ("stream", [], [("XADD z 1-1 a b", "1-1"), ("DEL z", 1)]),
    ("list-by-rename", [("RPUSH y a", 1)], [("RENAME y z", OK),
                                            ("DEL z", 1)]),
    ("empty-zunionstore", [], [("ZUNIONSTORE z 1 y", 0)]),
    ("empty-zrangestore", [("ZADD y 1 a", 1)],
     [("ZRANGESTORE z y 5 9", 0)]),
    ("multi-that-removes", [], [
        ("MULTI", OK), ("ZADD z 1 a", QUEUED), ("ZREM z a", QUEUED),
        ("EXEC", [1, 1])]),
    ("multi-that-deletes", [], [
        ("MULTI", OK), ("ZADD z 1 a", QUEUED), ("DEL z", QUEUED),
        ("EXEC", [1, 1])]),
    ("multi-that-pops", [], [
        ("MULTI", OK), ("ZADD z 1 a", QUEUED), ("ZPOPMIN z", QUEUED),
        ("EXEC", [1, ["a", D("1")]])]),
    ("multi-that-changes-the-type", [], [
        ("MULTI", OK), ("ZADD z 1 a", QUEUED), ("SET z v", QUEUED),
        ("EXEC", [1, OK]), ("DEL z", 1)]),
    ("multi-that-is-discarded", [], [
        ("MULTI", OK), ("ZADD z 1 a", QUEUED), ("DISCARD", OK)]),
    ("multi-that-is-queued", [], [
        ("MULTI", OK), ("ZADD z 1 a", QUEUED), ("PING", QUEUED),
        ("DISCARD", OK)]),
    ("flushall", [("ZADD y 1 a", 1)], [("FLUSHALL", OK)]),
    ("flushdb", [("ZADD y 1 a", 1)], [("FLUSHDB", OK)]),
    ("another-database", [("SELECT 1", OK)], [
        ("ZADD z 1 a", 1), ("DEL z", 1), ("SELECT 0", OK)]),
]
for name, before, commands in SLEEPERS:
    for pop in (MIN, MAX_, MMIN):
        case("%s-%s" % (name, pop.name), [
            ("b",) + step for step in before] + [(pop("z"), BLOCKED)] + [
            ("b",) + step for step in commands] + [
            (b"", BLOCKED), ("b", "ZADD z 7 x", 1),
            (b"", pop.got("z", "x", "7")),
        ])
case("renamenx-that-fails", [
    ("ZADD y 1 a", 1), ("w", "BZPOPMIN z 0", BLOCKED), ("SET z v", OK),
    ("RENAMENX y z", 0), ("COPY y z", 0), ("w", b"", BLOCKED),
    ("RENAME y z", OK), ("w", b"", ["z", "a", D("1")]),
])
case("pop-in-the-same-script", [
    ("BZPOPMIN z 0", BLOCKED),
    ("b", ("EVAL", "redis.call('ZADD', KEYS[1], 5, 'a') "
           "return redis.call('ZPOPMIN', KEYS[1])[1]", "1", "z"), "a"),
    (b"", BLOCKED), ("b", "ZADD z 1 b", 1), (b"", ["z", "b", D("1")]),
], needs=("scripts",))

# ---- several waiters ----------------------------------------------------

case = area("zset.waiters")

case("both-ends", [
    ("wa", "BZPOPMIN z 0", BLOCKED), ("wb", "BZPOPMAX z 0", BLOCKED),
    ("wc", "BZPOPMIN z 0", BLOCKED), ABC,
    ("wa", b"", ["z", "a", D("1")]), ("wb", b"", ["z", "c", D("3")]),
    ("wc", b"", ["z", "b", D("2")]),
])
case("a-count-in-front", [
    ("wa", "BZMPOP 0 1 z MIN COUNT 2", BLOCKED),
    ("wb", "BZPOPMIN z 0", BLOCKED), ("wc", "BZPOPMIN z 0", BLOCKED),
    ABC, ("wa", b"", ["z", [["a", D("1")], ["b", D("2")]]]),
    ("wb", b"", ["z", "c", D("3")]), ("wc", b"", BLOCKED),
    ("ZADD z 4 d", 1), ("wc", b"", ["z", "d", D("4")]),
])
case("a-large-count-leaves-nothing", [
    ("wa", "BZMPOP 0 1 z MAX COUNT 100", BLOCKED),
    ("wb", "BZPOPMIN z 0", BLOCKED), ABC,
    ("wa", b"", ["z", [["c", D("3")], ["b", D("2")], ["a", D("1")]]]),
    ("wb", b"", BLOCKED), ("ZADD z 4 d", 1),
    ("wb", b"", ["z", "d", D("4")]),
])
case("of-different-keys", [
    ("wa", "BZPOPMIN x y 0", BLOCKED), ("wb", "BZPOPMIN y z 0", BLOCKED),
    ("wc", "BZPOPMIN z x 0", BLOCKED), ("ZADD y 1 a", 1),
    ("wa", b"", ["y", "a", D("1")]), ("ZADD z 1 b", 1),
    ("wb", b"", ["z", "b", D("1")]), ("ZADD x 1 c", 1),
    ("wc", b"", ["x", "c", D("1")]),
])
case("of-different-types", [
    ("wa", "BLPOP k 0", BLOCKED), ("wb", "BZPOPMIN k 0", BLOCKED),
    ("ZADD k 1 a", 1), ("wb", b"", ["k", "a", D("1")]),
    ("wa", b"", BLOCKED), ("RPUSH k x", 1), ("wa", b"", ["k", "x"]),
])
case("of-different-types-the-other-way", [
    ("wa", "BZPOPMAX k 0", BLOCKED), ("wb", "BLPOP k 0", BLOCKED),
    ("RPUSH k x", 1), ("wb", b"", ["k", "x"]), ("wa", b"", BLOCKED),
    ("ZADD k 1 a", 1), ("wa", b"", ["k", "a", D("1")]),
])
case("one-is-gone-by-its-timeout", [
    ("wa", "BZPOPMIN z 0.01", NILARRAY), ("wb", "BZPOPMIN z 0", BLOCKED),
    ("ZADD z 1 a", 1), ("wb", b"", ["z", "a", D("1")]),
], contexts="plain", slow=True)
case("who-comes-later-does-not-jump-the-queue", [
    ("wa", "BZPOPMIN z 0", BLOCKED), ("MULTI", OK), ("ZADD z 1 a", QUEUED),
    ("BZPOPMIN z 0", QUEUED), ("ZADD z 2 b", QUEUED),
    ("EXEC", [1, ["z", "a", D("1")], 1]), ("wa", b"", ["z", "b", D("2")]),
])


@case.script("a-killed-one-takes-nothing", needs=(
    "CLIENT KILL", "CLIENT ID", "BZPOPMIN", "ZADD", "DEL"))
def a_killed_one_takes_nothing():
    yield "DEL y z", ANY
    got = yield "wa", "CLIENT ID", Between(1, 2 ** 62)
    yield "wa", "BZPOPMIN z 0", BLOCKED
    yield "wb", "BZPOPMIN z 0", BLOCKED
    yield ("CLIENT", "KILL", "ID", got.v), 1
    yield "wa", b"", CLOSED
    yield "ZADD z 1 a", 1
    yield "wb", b"", ["z", "a", D("1")]


@case.script("an-unblocked-one-takes-nothing", needs=(
    "CLIENT UNBLOCK", "CLIENT ID", "BZMPOP", "ZADD", "DEL"))
def an_unblocked_one_takes_nothing():
    yield "DEL y z", ANY
    got = yield "wa", "CLIENT ID", Between(1, 2 ** 62)
    yield "wa", "BZMPOP 0 2 y z MIN COUNT 9", BLOCKED
    yield "wb", "BZMPOP 0 1 z MIN COUNT 9", BLOCKED
    yield ("CLIENT", "UNBLOCK", got.v, "ERROR"), 1
    yield "wa", b"", UNBLOCKED
    yield "ZADD z 1 a 2 b", 2
    yield "wb", b"", ["z", [["a", D("1")], ["b", D("2")]]]


case("twenty-in-order", [
    ("w%02dw" % i, "BZPOPMIN z 0", BLOCKED) for i in range(20)
] + [(["ZADD", "z"] + [x for i in range(20) for x in (i, "m%d" % i)], 20)] + [
    ("w%02dw" % i, b"", ["z", "m%d" % i, D(str(i))]) for i in range(20)
] + [("EXISTS z", 0)], contexts="plain")

# ---- BZMPOP's options ---------------------------------------------------

case = area("zset.bzmpop")

both(case, "count", [
    ("ZADD z 1 a 2 b 3 c 4 d", 4),
    ("BZMPOP 0 1 z MIN COUNT 2", ["z", [["a", D("1")], ["b", D("2")]]]),
    ("BZMPOP 0 1 z MAX COUNT 1", ["z", [["d", D("4")]]]),
    ("BZMPOP 0 1 z MAX COUNT 9", ["z", [["c", D("3")]]]), ("EXISTS z", 0),
])
case("count-when-it-waited", [
    ("BZMPOP 0 2 y z MAX COUNT 2", BLOCKED), ("b", ABC[0], 3),
    (b"", ["z", [["c", D("3")], ["b", D("2")]]]), ("ZRANGE z 0 -1", ["a"]),
])
case("words-in-any-case", [
    ABC, ("bzmpop 0 1 z min count 1", ["z", [["a", D("1")]]]),
    ("BZMPOP 0 1 z mAx", ["z", [["c", D("3")]]]),
])
case("takes-from-one-key-only", [
    ("ZADD y 1 a", 1), ("ZADD z 2 b", 1),
    ("BZMPOP 0 2 y z MIN COUNT 5", ["y", [["a", D("1")]]]), ("ZCARD z", 1),
])
case("numkeys", [ABC] + [
    ("BZMPOP 0 %s z MIN" % n, ZERO_KEYS) for n in (
        "0", "-1", "x", "1.5", "9223372036854775808")
] + [("BZMPOP 0 %s z MIN" % n, SYNTAX) for n in ("2", "3", MAX)] + [
    ("BZMPOP 0 1 y z MIN", SYNTAX), ("ZCARD z", 3)])
case("bad-count", [ABC] + [
    ("BZMPOP 0 1 z MIN COUNT " + n, ZERO_COUNT) for n in (
        "0", "-1", "x", "1.5", "9223372036854775808")] + [("ZCARD z", 3)])
case("syntax", [ABC] + [
    ("BZMPOP 0 1 z " + tail, SYNTAX) for tail in (
        "LEFT", "MIN MAX", "MIN COUNT", "MIN COUNT 1 COUNT 1", "MIN 1",
        "COUNT 1", "MIN WITHSCORES", "COUNT 1 MIN", "MIN COUNT 1 MAX")
] + [("ZCARD z", 3)])
case("which-error-wins", [
    ("SET s v", OK), ("BZMPOP 0 1 s FOO", SYNTAX),
    ("BZMPOP 0 1 s MIN COUNT 0", ZERO_COUNT), ("BZMPOP 0 0 s MIN",
                                               ZERO_KEYS),
    ("BZMPOP x 1 s MIN", NOT_TIMEOUT), ("BZMPOP -1 1 s MIN", NEGATIVE),
    ("BZMPOP 0 1 s MIN", WRONGTYPE),
])
case("timeout-or-numkeys", [
    ("BZMPOP x 0 z MIN", OneOf(ZERO_KEYS, NOT_TIMEOUT)),
    ("BZMPOP -1 x z MIN", OneOf(ZERO_KEYS, NEGATIVE)),
    ("BZMPOP x 1 z FOO", OneOf(SYNTAX, NOT_TIMEOUT)),
])
case("in-a-script-it-does-not-wait", [
    (("EVAL", "return redis.call('BZMPOP', 0, 1, KEYS[1], 'MIN')", "1",
      "z"), NIL), ("ZADD z 1 a", 1),
    (("EVAL", "return redis.call('BZMPOP', 0, 1, KEYS[1], 'MIN')[1]", "1",
      "z"), "z"), ("EXISTS z", 0),
], needs=("scripts",))

# every kind of reply
REPLIES = {
    "BZPOPMIN": "array nullarray error",
    "BZPOPMAX": "array nullarray error",
    "BZMPOP": "array nullarray error",
}
