"""XREAD and XREADGROUP that wait: what wakes them and what does not, what
ends the wait, and who is served first."""

from conformance.cases import *  # noqa: F403
from conformance.cases.stream import Streams, add, rows

UNBLOCKED = E("UNBLOCKED client unblocked via CLIENT UNBLOCK")
GONE = E("UNBLOCKED the stream key no longer exists")
NO_GROUP = E("NOGROUP the consumer group this client was blocked on no "
             "longer exists")
GROUP = [("XGROUP CREATE s g $ MKSTREAM", OK)]
WAIT = ("XREADGROUP GROUP g c BLOCK 0 STREAMS s >", BLOCKED)


def got(*new, key="s"):
    return Streams([(key, rows(*new))])


def served(*new, key="s"):
    """The step in which the waiting client gets these."""
    return (b"", got(*new, key=key))


EMPTY = {"only": "redis<7.2", "why": "since 7.2 the command is run again, "
         "finds nothing and goes on waiting"}

# ---- XREAD ---------------------------------------------------------------

case = area("stream.xread-block")

case("woken-by-xadd", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "XADD s 1-1 f v", "1-1"),
    served("1-1"), ("XLEN s", 1),
], seen="dragonfly#8056")
case("from-an-id", [
    ("XREAD BLOCK 0 STREAMS s 0", BLOCKED), ("b", "XADD s 1-1 f v", "1-1"),
    served("1-1"), ("XREAD BLOCK 0 STREAMS s 1-1", BLOCKED),
    ("b", "XADD s 1-2 f v", "1-2"), served("1-2"),
])
case("news-do-not-wait", add("s", "1-1", "1-2") + [
    ("XREAD BLOCK 0 STREAMS s 1-1", got("1-2")),
    ("XREAD BLOCK 0 STREAMS s 1-2", BLOCKED),
    ("b", "XADD s 1-3 f v", "1-3"), served("1-3"),
])
case("dollar-is-the-last-id-at-that-time", add("s", "1-1", "5-5") + [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "XADD s 5-6 f v", "5-6"),
    served("5-6"), ("b", "XADD s 5-7 f v", "5-7"),
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "XADD s 5-8 f v", "5-8"),
    served("5-8"),
])
case("dollar-after-delete-is-the-last-id", add("s", "1-1", "5-5") + [
    ("XDEL s 5-5", 1), ("XREAD BLOCK 0 STREAMS s $", BLOCKED),
    ("b", "XADD s 5-6 f v", "5-6"), served("5-6"),
])
case("greater-ids-only", add("s", "1-1") + [
    ("XREAD BLOCK 0 STREAMS s 5", BLOCKED), ("b", "XADD s 3 f v", "3-0"),
    (b"", BLOCKED), ("b", "XADD s 5-0 f v", "5-0"), (b"", BLOCKED),
    ("b", "XADD s 5-1 f v", "5-1"), served("5-1"),
])
case("all-fields", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED),
    ("b", ("XADD", "s", "1-1", b"\r\n", "", "a", b"\0"), "1-1"),
    (b"", Streams([("s", [["1-1", [b"\r\n", "", "a", b"\0"]]])])),
])
case("several-streams-one-wakes", [
    ("XREAD BLOCK 0 STREAMS s t u $ $ $", BLOCKED),
    ("b", "XADD t 1-1 f v", "1-1"), served("1-1", key="t"),
    ("XREAD BLOCK 0 STREAMS s t u $ $ $", BLOCKED),
    ("b", "XADD u 2-2 f v", "2-2"), served("2-2", key="u"),
    ("XREAD BLOCK 0 STREAMS s t u $ $ $", BLOCKED),
    ("b", "XADD s 3-3 f v", "3-3"), served("3-3"),
])
case("several-streams-one-has-news", add("t", "1-1") + [
    ("XREAD BLOCK 0 STREAMS s t 0 0", got("1-1", key="t")),
])
case("several-streams-in-a-transaction", [
    ("XREAD BLOCK 0 STREAMS s t 0 0", BLOCKED), ("b", "MULTI", OK),
    ("b", "XADD t 1-1 f v", QUEUED), ("b", "XADD s 2-2 f v", QUEUED),
    ("b", "EXEC", ["1-1", "2-2"]), served("1-1", key="t"),
], level=EXACT)
case("same-stream-twice", [
    ("XREAD BLOCK 0 STREAMS s s 5 0", BLOCKED),
    ("b", "XADD s 9-9 f v", "9-9"), served("9-9"),
], only="redis<7.2", why="since 7.2 the command is run again, which gives "
   "the stream twice")
case("transaction-delivers-all", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "MULTI", OK),
    ("b", "XADD s 1-1 f v", QUEUED), ("b", "XADD s 1-2 f v", QUEUED),
    ("b", "XADD s 1-3 f v", QUEUED), (b"", BLOCKED),
    ("b", "EXEC", ["1-1", "1-2", "1-3"]), served("1-1", "1-2", "1-3"),
])
case("count", [
    ("XREAD COUNT 2 BLOCK 0 STREAMS s $", BLOCKED), ("b", "MULTI", OK),
    ("b", "XADD s 1-1 f v", QUEUED), ("b", "XADD s 1-2 f v", QUEUED),
    ("b", "XADD s 1-3 f v", QUEUED),
    ("b", "EXEC", ["1-1", "1-2", "1-3"]), served("1-1", "1-2"),
    ("XREAD COUNT 2 BLOCK 0 STREAMS s 1-2", got("1-3")),
])
case("script-delivers-all", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED),
    ("b", ("EVAL", "redis.call('XADD', KEYS[1], '1-1', 'f', 'v') "
           "return redis.call('XADD', KEYS[1], '1-2', 'f', 'v')", "1", "s"),
     "1-2"), served("1-1", "1-2"),
], needs=("scripts",))
case("added-and-deleted-at-once", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "MULTI", OK),
    ("b", "XADD s 1-1 f v", QUEUED), ("b", "XDEL s 1-1", QUEUED),
    ("b", "EXEC", ["1-1", 1]), ("b", "XADD s 1-2 f v", "1-2"), served(),
], **EMPTY)
case("added-and-key-deleted-at-once", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "MULTI", OK),
    ("b", "XADD s 1-1 f v", QUEUED), ("b", "DEL s", QUEUED),
    ("b", "EXEC", ["1-1", 1]), (b"", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
])
case("trimmed-at-once", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED),
    ("b", "XADD s MAXLEN 0 1-1 f v", "1-1"),
    ("b", "XADD s 1-2 f v", "1-2"), served(),
], **EMPTY)
case("discarded-transaction", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "MULTI", OK),
    ("b", "XADD s 1-1 f v", QUEUED), ("b", "DISCARD", OK), (b"", BLOCKED),
    ("b", "XADD s 1-2 f v", "1-2"), served("1-2"),
])
case("other-streams-do-not-wake", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "XADD t 1-1 f v", "1-1"),
    (b"", BLOCKED), ("b", "XADD S 1-1 f v", "1-1"), (b"", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
])
case("refused-adds-do-not-wake", add("s", "5-5") + [
    ("XREAD BLOCK 0 STREAMS s t $ 0", BLOCKED),
    ("b", "XADD s 1-1 f v", E(
        "ERR The ID specified in XADD is equal or smaller than the target "
        "stream top item")),
    ("b", "XADD t NOMKSTREAM * f v", NIL), ("b", "XADD t x f v", EP("ERR")),
    (b"", BLOCKED), ("b", "XADD t 1-1 f v", "1-1"), served("1-1", key="t"),
])
case("what-adds-nothing-does-not-wake", add("s", "1-1") + [
    ("XREAD BLOCK 0 STREAMS s t $ $", BLOCKED),
    ("b", "XGROUP CREATE t g $ MKSTREAM", OK), ("b", "XSETID s 5", OK),
    ("b", "XTRIM s MAXLEN 5", 0), ("b", "EXPIRE s 100", 1),
    ("b", "XDEL s 1-1", 1), ("b", "XGROUP DESTROY t g", 1), (b"", BLOCKED),
    ("b", "XADD s 6-0 f v", "6-0"), served("6-0"),
])
case("other-types-do-not-wake", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "LPUSH s a", 1),
    (b"", BLOCKED), ("b", "DEL s", 1), ("b", "SET s v", OK),
    (b"", BLOCKED), ("b", "DEL s", 1), ("b", "XADD s 1-1 f v", "1-1"),
    served("1-1"),
])
case("deleting-does-not-end-it", add("s", "5-5") + [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "DEL s", 1),
    (b"", BLOCKED), ("b", "XADD s 1-1 f v", "1-1"), (b"", BLOCKED),
    ("b", "XADD s 5-6 f v", "5-6"), served("5-6"),
])
case("woken-by-rename", add("t", "1-1", "1-2") + [
    ("XREAD BLOCK 0 STREAMS s 0", BLOCKED), ("b", "RENAME t s", OK),
    served("1-1", "1-2"),
])
case("woken-by-rename-of-greater-ids", add("s", "5-5") + add(
    "t", "1-1", "6-6") + add("u", "2-2") + [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "RENAME u s", OK),
    (b"", BLOCKED), ("b", "RENAME t s", OK), served("6-6"),
])
case("woken-by-renamenx", add("t", "1-1") + [
    ("XREAD BLOCK 0 STREAMS s 0", BLOCKED), ("b", "RENAMENX t s", 1),
    served("1-1"),
])
case("woken-by-copy", add("t", "1-1") + [
    ("XREAD BLOCK 0 STREAMS s 0", BLOCKED), ("b", "COPY t s", 1),
    served("1-1"), ("XLEN t", 1),
])
case("woken-by-move", [
    ("b", "SELECT 1", OK), ("b", "XADD s 1-1 f v", "1-1"),
    ("XREAD BLOCK 0 STREAMS s 0", BLOCKED), ("b", "MOVE s 0", 1),
    served("1-1"),
])
case("woken-by-swapdb", [
    ("b", "SELECT 1", OK), ("b", "XADD s 1-1 f v", "1-1"),
    ("XREAD BLOCK 0 STREAMS s 0", BLOCKED), ("b", "SWAPDB 0 1", OK),
    served("1-1"), ("b", "SWAPDB 0 1", OK),
])
case("other-databases-do-not-wake", [
    ("XREAD BLOCK 0 STREAMS s 0", BLOCKED), ("b", "SELECT 1", OK),
    ("b", "XADD s 1-1 f v", "1-1"), (b"", BLOCKED), ("b", "SELECT 0", OK),
    ("b", "XADD s 2-2 f v", "2-2"), served("2-2"),
])


@case.script("woken-by-restore", needs=("XADD", "DUMP", "DEL", "XREAD",
                                        "RESTORE"))
def woken_by_restore():
    yield "XADD t 1-1 f v", "1-1"
    reply = yield "DUMP t", Re(rb".+")
    yield "XREAD BLOCK 0 STREAMS s 0", BLOCKED
    yield "b", ("RESTORE", "s", "0", reply.v), OK
    yield served("1-1")


case("every-waiter-is-served", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED),
    ("c", "XREAD BLOCK 0 STREAMS s $", BLOCKED),
    ("d", "XREAD BLOCK 0 STREAMS s 5", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
    ("c", b"", got("1-1")), ("d", b"", BLOCKED),
    ("b", "XADD s 6-6 f v", "6-6"), ("d", b"", got("6-6")),
])
case("waiters-of-both-protocols", [
    ("c2", "XREAD BLOCK 0 STREAMS s $", BLOCKED),
    ("c3", "XREAD BLOCK 0 STREAMS s $", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), ("c2", b"", got("1-1")),
    ("c3", b"", got("1-1")),
], protos=(2,), contexts="plain")
case("with-a-list-waiter", [
    ("XREAD BLOCK 0 STREAMS s $", BLOCKED), ("c", "BLPOP s 0", BLOCKED),
    ("b", "LPUSH s a", 1), ("c", b"", ["s", "a"]), (b"", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
])
case("waits-again", [
    step for i in range(1, 6) for step in [
        ("XREAD BLOCK 0 STREAMS s $", BLOCKED),
        ("b", "XADD s %d-0 f v" % i, "%d-0" % i), served("%d-0" % i)]
])
case("commands-behind-it-wait", [
    (encode("XREAD", "BLOCK", "0", "STREAMS", "s", "$") + encode("PING") +
     encode("XLEN", "s"), BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"), (b"", PONG), (b"", 1),
], contexts=("plain", "bytewise"))
case("two-waits-in-one-send", [
    (encode("XREAD", "BLOCK", "0", "STREAMS", "s", "0") +
     encode("XREAD", "BLOCK", "0", "STREAMS", "s", "1-1"), BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"), (b"", BLOCKED),
    ("b", "XADD s 1-2 f v", "1-2"), served("1-2"),
], contexts=("plain", "bytewise"))
case("timeout", [
    ("XREAD BLOCK 1 STREAMS s $", NILARRAY), ("EXISTS s", 0),
    ("XREAD BLOCK 20 STREAMS s t 0 0", NILARRAY),
    ("XADD s 1-1 f v", "1-1"), ("XREAD BLOCK 1 STREAMS s $", NILARRAY),
    ("XREAD BLOCK 1 STREAMS s " + "9" * 18, NILARRAY), ("PING", PONG),
])
case("timed-out-waiters-miss-what-comes", [
    ("XREAD BLOCK 1 STREAMS s $", NILARRAY),
    ("b", "XADD s 1-1 f v", "1-1"), ("XLEN s", 1),
])
case("timeout-too-large-to-end", [
    ("XREAD BLOCK 9223370000000000000 STREAMS s $", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
])
case("in-a-transaction", [
    ("MULTI", OK), ("XREAD BLOCK 0 STREAMS s $", QUEUED),
    ("XADD s 1-1 f v", QUEUED), ("XREAD BLOCK 0 STREAMS s $", QUEUED),
    ("XREAD BLOCK 0 STREAMS s 0", QUEUED),
    ("EXEC", [NILARRAY, "1-1", NILARRAY, got("1-1")]),
])
case("in-a-script", [
    (("EVAL", "return redis.call('XREAD', 'BLOCK', '0', 'STREAMS', KEYS[1], "
      "'0')", "1", "s"), EP("ERR XREAD command is not allowed with BLOCK "
                            "option from scripts")),
    ("PING", PONG),
], needs=("scripts",))
for _how, _want in (("", NILARRAY), (" TIMEOUT", NILARRAY),
                    (" ERROR", UNBLOCKED)):
    @case.script("client-unblock" + _how.lower().replace(" ", "-"),
                 needs=("XREAD", "CLIENT ID", "CLIENT UNBLOCK", "XADD"))
    def client_unblock(how=_how, want=_want):
        reply = yield "CLIENT ID", Between(1, 1 << 62)
        yield "XREAD BLOCK 0 STREAMS s $", BLOCKED
        yield "b", "CLIENT UNBLOCK %d%s" % (reply.v, how), 1
        yield b"", want
        yield "b", "XADD s 1-1 f v", "1-1"
        yield "XLEN s", 1
        yield "b", "CLIENT UNBLOCK %d%s" % (reply.v, how), 0

# ---- XREADGROUP ----------------------------------------------------------

case = area("stream.xreadgroup-block")

case("woken-by-xadd", GROUP + [
    WAIT, ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
    ("XPENDING s g", [1, "1-1", "1-1", [["c", "1"]]]),
    ("XREADGROUP GROUP g c STREAMS s 0", got("1-1")),
], seen="dragonfly#8056")
case("news-do-not-wait", add("s", "1-1") + [
    ("XGROUP CREATE s g 0", OK),
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s >", got("1-1")), WAIT,
    ("b", "XADD s 1-2 f v", "1-2"), served("1-2"),
])
case("noack", GROUP + [
    ("XREADGROUP GROUP g c NOACK BLOCK 0 STREAMS s >", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
])
case("count", GROUP + [
    ("XREADGROUP GROUP g c COUNT 1 BLOCK 0 STREAMS s >", BLOCKED),
    ("b", "MULTI", OK), ("b", "XADD s 1-1 f v", QUEUED),
    ("b", "XADD s 1-2 f v", QUEUED), ("b", "EXEC", ["1-1", "1-2"]),
    served("1-1"), ("XREADGROUP GROUP g c BLOCK 0 STREAMS s >", got("1-2")),
])
case("one-of-a-group-is-served", GROUP + [
    WAIT, ("d", "XREADGROUP GROUP g d BLOCK 0 STREAMS s >", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"), ("d", b"", BLOCKED),
    ("b", "XADD s 1-2 f v", "1-2"), ("d", b"", got("1-2")),
    ("XPENDING s g", [2, "1-1", "1-2", [["c", "1"], ["d", "1"]]]),
])
case("first-come-first-served", GROUP + [
    ("d", "XREADGROUP GROUP g d COUNT 1 BLOCK 0 STREAMS s >", BLOCKED),
    ("XREADGROUP GROUP g c COUNT 1 BLOCK 0 STREAMS s >", BLOCKED),
    ("e", "XREADGROUP GROUP g e COUNT 1 BLOCK 0 STREAMS s >", BLOCKED),
    ("b", "MULTI", OK), ("b", "XADD s 1-1 f v", QUEUED),
    ("b", "XADD s 1-2 f v", QUEUED), ("b", "EXEC", ["1-1", "1-2"]),
    ("d", b"", got("1-1")), served("1-2"), ("e", b"", BLOCKED),
    ("b", "XADD s 1-3 f v", "1-3"), ("e", b"", got("1-3")),
])
case("every-group-is-served", GROUP + [
    ("XGROUP CREATE s h $", OK), WAIT,
    ("d", "XREADGROUP GROUP h d BLOCK 0 STREAMS s >", BLOCKED),
    ("e", "XREAD BLOCK 0 STREAMS s $", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"), ("d", b"", got("1-1")),
    ("e", b"", got("1-1")),
])
case("same-consumer-twice", GROUP + [
    WAIT, ("d", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"), ("d", b"", BLOCKED),
    ("b", "XADD s 1-2 f v", "1-2"), ("d", b"", got("1-2")),
    ("XPENDING s g", [2, "1-1", "1-2", [["c", "2"]]]),
])
case("several-streams", GROUP + [
    ("XGROUP CREATE t g $ MKSTREAM", OK),
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s t > >", BLOCKED),
    ("b", "XADD t 1-1 f v", "1-1"), served("1-1", key="t"),
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s t > >", BLOCKED),
    ("b", "XADD s 2-2 f v", "2-2"), served("2-2"),
])
case("history-beside-new-does-not-wait", GROUP + [
    ("XGROUP CREATE t g $ MKSTREAM", OK),
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s t > 0", Streams([("t", [])])),
])
case("missing-group-does-not-wait", GROUP + [
    ("XREADGROUP GROUP nog c BLOCK 0 STREAMS s >", E(
        "NOGROUP No such key 's' or consumer group 'nog' in XREADGROUP with "
        "GROUP option")),
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s nokey > >", E(
        "NOGROUP No such key 'nokey' or consumer group 'g' in XREADGROUP "
        "with GROUP option")),
])
case("added-and-deleted-at-once", GROUP + [
    WAIT, ("b", "MULTI", OK), ("b", "XADD s 1-1 f v", QUEUED),
    ("b", "XDEL s 1-1", QUEUED), ("b", "EXEC", ["1-1", 1]),
    ("b", "XADD s 1-2 f v", "1-2"), served(),
], **EMPTY)
case("other-reader-was-faster", GROUP + [
    WAIT, ("b", "MULTI", OK), ("b", "XADD s 1-1 f v", QUEUED),
    ("b", "XREADGROUP GROUP g d STREAMS s >", QUEUED),
    ("b", "EXEC", ["1-1", got("1-1")]), (b"", BLOCKED),
    ("b", "XADD s 1-2 f v", "1-2"), served("1-2"),
])
case("consumer-deleted-while-waiting", GROUP + [
    ("XGROUP CREATECONSUMER s g c", 1), WAIT,
    ("b", "XGROUP DELCONSUMER s g c", 0), (b"", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
    ("XPENDING s g", [1, "1-1", "1-1", [["c", "1"]]]),
])
case("timeout", GROUP + [
    ("XREADGROUP GROUP g c BLOCK 1 STREAMS s >", NILARRAY),
    ("XREADGROUP GROUP g c BLOCK 20 NOACK STREAMS s >", NILARRAY),
    ("XADD s 1-1 f v", "1-1"),
    ("XREADGROUP GROUP g c BLOCK 1 STREAMS s >", got("1-1")),
])
case("in-a-transaction", GROUP + [
    ("MULTI", OK), ("XREADGROUP GROUP g c BLOCK 0 STREAMS s >", QUEUED),
    ("XADD s 1-1 f v", QUEUED),
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s >", QUEUED),
    ("EXEC", [NILARRAY, "1-1", got("1-1")]),
])
case("in-a-script", GROUP + [
    (("EVAL", "return redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', "
      "'0', 'STREAMS', KEYS[1], '>')", "1", "s"),
     EP("ERR XREADGROUP command is not allowed with BLOCK option from "
        "scripts")), ("PING", PONG),
], needs=("scripts",))
case("commands-behind-it-wait", GROUP + [
    (encode("XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "s",
            ">") + encode("XACK", "s", "g", "1-1"), BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"), (b"", 1),
], contexts=("plain", "bytewise"))
for _how, _want in (("", NILARRAY), (" TIMEOUT", NILARRAY),
                    (" ERROR", UNBLOCKED)):
    @case.script("client-unblock" + _how.lower().replace(" ", "-"),
                 needs=("XREADGROUP", "XGROUP CREATE", "CLIENT ID",
                        "CLIENT UNBLOCK", "XADD"))
    def client_unblock_group(how=_how, want=_want):
        yield "XGROUP CREATE s g $ MKSTREAM", OK
        reply = yield "CLIENT ID", Between(1, 1 << 62)
        yield WAIT
        yield "b", "CLIENT UNBLOCK %d%s" % (reply.v, how), 1
        yield b"", want
        yield "b", "XADD s 1-1 f v", "1-1"
        yield "XREADGROUP GROUP g c STREAMS s >", got("1-1")

# ---- the group or the stream goes away -----------------------------------

case = area("stream.xreadgroup-block-gone")

OLD = {"only": "redis<7.2", "why": "since 7.2 the command is run again and "
       "gives the error that it would give at once"}

case("group-destroyed", GROUP + [
    WAIT, ("b", "XGROUP DESTROY s g", 1), (b"", NO_GROUP), ("PING", PONG),
])
case("group-destroyed-for-all-who-wait", GROUP + [
    WAIT, ("d", "XREADGROUP GROUP g d BLOCK 0 STREAMS s >", BLOCKED),
    ("b", "XGROUP DESTROY s g", 1), (b"", NO_GROUP), ("d", b"", NO_GROUP),
])
case("other-group-destroyed", GROUP + [
    ("XGROUP CREATE s h $", OK), WAIT, ("b", "XGROUP DESTROY s h", 1),
    (b"", BLOCKED), ("b", "XGROUP DESTROY s nog", 0), (b"", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
])
case("group-destroyed-and-made-again", GROUP + [
    WAIT, ("b", "MULTI", OK), ("b", "XGROUP DESTROY s g", QUEUED),
    ("b", "XGROUP CREATE s g $", QUEUED), ("b", "EXEC", [1, OK]),
    (b"", BLOCKED), ("b", "XADD s 1-1 f v", "1-1"), served("1-1"),
])
for _name, _steps, _want in [
        ("del", [("b", "DEL s", 1)], GONE),
        ("unlink", [("b", "UNLINK s", 1)], GONE),
        ("flushdb", [("b", "FLUSHDB", OK)], GONE),
        ("flushall", [("b", "FLUSHALL", OK)], GONE),
        ("flushall-async", [("b", "FLUSHALL ASYNC", OK)], GONE),
        ("rename-away", [("b", "RENAME s t", OK)], GONE),
        ("set-over-it", [("b", "SET s v", OK)], GONE),
        ("expire-in-the-past", [("b", "EXPIRE s -1", 1)], GONE),
        ("move-away", [("b", "MOVE s 1", 1)], GONE),
        ("swapdb", [("b", "SWAPDB 0 1", OK), (b"", GONE),
                    ("b", "SWAPDB 0 1", OK)], None),
        ("rename-over-it", add("t", "1-1") + [("b", "RENAME t s", OK)],
         NO_GROUP),
        ("restored-string", [("b", "SET t v", OK), (
            "b", "COPY t s REPLACE", 1)], GONE),
        ("del-and-made-again-without-the-group", [
            ("b", "MULTI", OK), ("b", "DEL s", QUEUED),
            ("b", "XADD s 1-1 f v", QUEUED), ("b", "EXEC", [1, "1-1"])],
         NO_GROUP)]:
    _before = [s for s in _steps if len(s) == 2 and s[0] != b""]
    case(_name, GROUP + _before + [WAIT] + [
        s for s in _steps if s not in _before] + (
        [(b"", _want)] if _want else []) + [("PING", PONG)], **OLD)
case("expired", GROUP + [
    WAIT, ("b", "PEXPIRE s 1", 1), ("b", "EXISTS s", Eventually(0)),
    (b"", GONE), ("PING", PONG),
], contexts="plain", **OLD)
case("one-of-several-streams", GROUP + [
    ("XGROUP CREATE t g $ MKSTREAM", OK),
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s t > >", BLOCKED),
    ("b", "DEL t", 1), (b"", GONE),
], **OLD)
case("all-who-wait", GROUP + [
    WAIT, ("d", "XREADGROUP GROUP g d BLOCK 0 STREAMS s >", BLOCKED),
    ("e", "XREAD BLOCK 0 STREAMS s $", BLOCKED), ("b", "DEL s", 1),
    (b"", GONE), ("d", b"", GONE), ("e", b"", BLOCKED),
    ("b", "XADD s 1-1 f v", "1-1"), ("e", b"", got("1-1")),
], **OLD)
case("renamed-over-with-the-group", GROUP + add("t", "1-1") + [
    ("XGROUP CREATE t g 0", OK), WAIT, ("b", "RENAME t s", OK),
    served("1-1"), ("XPENDING s g", [1, "1-1", "1-1", [["c", "1"]]]),
])
case("nothing-is-left-behind", GROUP + [
    WAIT, ("b", "XGROUP DESTROY s g", 1), (b"", NO_GROUP),
    ("b", "XGROUP CREATE s g $", OK), ("b", "XADD s 1-1 f v", "1-1"),
    ("XREADGROUP GROUP g c STREAMS s >", got("1-1")),
])
