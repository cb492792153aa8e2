"""MONITOR and the form of its lines."""

from conformance.cases import *  # noqa: F403

# Other contexts send commands of their own in between.
case = area("session.monitor", needs=("MONITOR",),
            contexts=("plain", "bytewise"))

RESET = Simple("RESET")
REPLICA = Exact(E("ERR Replica can't interact with the keyspace"))


def line(*words, db=0, by=r"[^ \]]+"):
    """What a monitor gets for a call, quoted as it stands here."""
    quoted = b" ".join(w if isinstance(w, bytes) else w.encode()
                       for w in words)
    escaped = b"".join(b"\\" + bytes([c]) if chr(c) in r"\^$.|?*+()[]{}"
                       else bytes([c]) for c in quoted)
    return Re(rb"[0-9]{10,}\.[0-9]{6} \[" + b"%d " % db + by.encode() +
              rb"\] " + escaped, Simple)


def seen(*words, **how):
    """A line for these words, none of which needs an escape."""
    return (b"", line(*['"%s"' % w for w in words], **how))


def case_of(name, steps, **how):
    """The connections are there before MONITOR, which shows HELLO."""
    case(name, [("b", "PING", PONG), ("MONITOR", OK)] + steps + [
        ("RESET", RESET), ("PING", PONG)], **how)


case_of("line", [("b", "SET k v", OK), seen("SET", "k", "v")])
case_of("words-as-they-came", [
    ("b", "sEt k v", OK), seen("sEt", "k", "v"),
    ("b", "client id", Between(1, 1 << 62)), seen("client", "id"),
    ("b", ("GET", ""), NIL), seen("GET", ""),
])
case_of("order", [
    ("b", "INCR n", 1), ("b", "INCR n", 2), ("b", "GET n", "2"),
    seen("INCR", "n"), seen("INCR", "n"), seen("GET", "n"),
])
for name, raw, quoted in [
    ("line-ends", b"a\r\nb\n", rb'"a\r\nb\n"'),
    ("nul", b"a\0b", rb'"a\x00b"'),
    ("quotes", b"a\"b'c", rb'''"a\"b'c"'''),
    ("backslash", b"a\\b", rb'"a\\b"'),
    ("tab-bell-backspace", b"\t\a\b", rb'"\t\a\b"'),
    ("high-bytes", b"\xff\xc3\xa4", rb'"\xff\xc3\xa4"'),
    ("other-controls", b"\x01\x1b\x7f", rb'"\x01\x1b\x7f"'),
    ("space", b" a  b ", rb'" a  b "'),
    ("protocol", b"\r\n+OK\r\n", rb'"\r\n+OK\r\n"'),
]:
    case_of("escapes-" + name, [
        ("b", ("ECHO", raw), raw), (b"", line('"ECHO"', quoted))])
case_of("escapes-several-kinds", [
    ("b", ("ECHO", b'a b"\n\xc3\xbf'), b'a b"\n\xc3\xbf'),
    (b"", line('"ECHO"', rb'"a b\"\n\xc3\xbf"')),
])
case_of("long-argument", [
    ("b", ("ECHO", b"x" * 20000), b"x" * 20000),
    (b"", line('"ECHO"', b'"' + b"x" * 20000 + b'"')),
])
case_of("database", [
    ("b", "SELECT 3", OK), ("b", "GET k", NIL),
    seen("SELECT", "3", db=3), seen("GET", "k", db=3),
    ("b", "SELECT 0", OK), seen("SELECT", "0"),
])
case_of("failed-call-is-shown", [
    ("b", "SET k v", OK), ("b", "LPUSH k x", WRONGTYPE),
    ("b", "INCR k", INT_ERR), seen("SET", "k", "v"),
    seen("LPUSH", "k", "x"), seen("INCR", "k"),
])
case_of("refused-call-is-not-shown", [
    ("b", "NOSUCH a", EP("ERR unknown command")), ("b", "GET", arity("get")),
    ("b", "CLIENT NOSUCH", EP("ERR unknown subcommand")),
    ("b", "PING", PONG), seen("PING"),
])
case_of("administrators-call-is-not-shown", [
    ("b", "CONFIG GET maxmemory", M([("maxmemory", "0")])),
    ("b", "SLOWLOG LEN", Between(0, 1 << 62)),
    ("b", "DEBUG SLEEP 0", OK), ("b", "ACL USERS", ["default"]),
    ("b", "PING", PONG), seen("PING"),
], level=EXACT, needs=("debug", "DEBUG"))
case_of("passwords-are-not-shown", [
    ("b", "ACL SETUSER u on >pw", OK), ("b", "AUTH u pw", OK),
    ("b", "AUTH u no", EP("WRONGPASS")),
    (b"", line('"AUTH"', '"(redacted)"', '"(redacted)"')),
    (b"", line('"AUTH"', '"(redacted)"', '"(redacted)"')),
    ("b", "AUTH default x", OK),
    (b"", line('"AUTH"', '"(redacted)"', '"(redacted)"')),
])
case_of("transaction", [
    ("b", "MULTI", OK), ("b", "SET k v", QUEUED), ("b", "GET k", QUEUED),
    seen("MULTI"), ("b", "EXEC", [OK, "v"]), seen("SET", "k", "v"),
    seen("GET", "k"), seen("EXEC"),
])
case_of("discarded-transaction", [
    ("b", "MULTI", OK), ("b", "SET k v", QUEUED), ("b", "DISCARD", OK),
    seen("MULTI"), seen("DISCARD"),
])
case_of("script", [
    ("b", ("EVAL", "redis.call('SET', KEYS[1], 'v')", "1", "k"), NIL),
    (b"", line('"EVAL"', '"redis.call(\'SET\', KEYS[1], \'v\')"', '"1"',
               '"k"')),
    seen("SET", "k", "v", by="lua"),
], needs=("scripts",))
case("blocking-call-is-shown-at-once", [
    ("b", "PING", PONG), ("c", "PING", PONG), ("MONITOR", OK),
    ("b", "BLPOP l 0", NOTHING), seen("BLPOP", "l", "0"),
    ("c", "RPUSH l a", 1), ("b", b"", ["l", "a"]), seen("RPUSH", "l", "a"),
    ("RESET", RESET),
])
case_of("publish", [
    ("b", "PUBLISH c x", 0), seen("PUBLISH", "c", "x"),
    ("b", "SPUBLISH c x", 0), seen("SPUBLISH", "c", "x"),
])
case_of("flushall", [
    ("b", "FLUSHALL", OK), seen("FLUSHALL"), ("b", "SWAPDB 0 1", OK),
    seen("SWAPDB", "0", "1"),
])
case("monitors-see-each-other", [
    ("b", "PING", PONG), ("c", "PING", PONG), ("MONITOR", OK),
    ("c", "MONITOR", OK), ("b", "SET k v", OK), seen("SET", "k", "v"),
    ("c", b"", line('"SET"', '"k"', '"v"')), ("c", "RESET", RESET),
    seen("RESET"), ("RESET", RESET),
])
case("own-commands", [
    ("MONITOR", OK), ("PING", Replies(PONG, line('"PING"'))),
    ("RESET", RESET), ("PING", PONG),
])
case("cannot-touch-keys", [
    ("MONITOR", OK), ("GET k", REPLICA), ("SET k v", REPLICA),
    ("RESET", RESET), ("EXISTS k", 0),
], level=EXACT)
case("quit", [("MONITOR", OK), ("QUIT", OK), (b"", CLOSED)])
case("reset-ends-it", [
    ("b", "PING", PONG), ("MONITOR", OK), ("RESET", RESET),
    ("b", "SET k v", OK), ("GET k", "v"),
])
case("closed-monitor-is-forgotten", [
    ("b", "PING", PONG), ("c", "MONITOR", OK), ("c", "QUIT", OK),
    ("c", b"", CLOSED), ("b", "SET k v", OK), ("GET k", "v"),
])
case("beside-a-subscription", [
    ("b", "PING", PONG), ("SUBSCRIBE c", P(["subscribe", "c", 1])),
    ("MONITOR", OK),
    ("b", "PUBLISH c x", 1),
    (b"", Replies(P(["message", "c", "x"]),
                  line('"PUBLISH"', '"c"', '"x"'))),
    ("RESET", RESET),
], protos=(3,))
case("arity", [("MONITOR x", arity("monitor"))])

REPLIES = {
    "MONITOR": "simple error",
}
