"""List commands that block."""

from conformance.cases import *  # noqa: F403

AREAS = "list"   # where an area is no literal

MAX, MIN = "9223372036854775807", "-9223372036854775808"
NO_FLOAT = E("ERR timeout is not a float or out of range")
NEGATIVE = E("ERR timeout is negative")
NUMKEYS = E("ERR numkeys should be greater than 0")
COUNT = E("ERR count should be greater than 0")
UNBLOCKED = E("UNBLOCKED client unblocked via CLIENT UNBLOCK")
BINARY = [b"", b"\r\n", b"\0", b"$3\r\nabc\r\n", b"\xff\xfe", b" a b "]
PASSES = {"contexts": "plain", "slow": True}     # a timeout does


class Form:
    """A blocking command: its text with a list and a timeout in it, the end
    it takes from, the end of d it puts to, how an element is answered, what
    a timeout and a transaction answer."""

    def __init__(self, area_, text, left, to=None, reply=lambda x: ["l", x],
                 queued=NILARRAY):
        self.area, self.text, self.left, self.to = area_, text, left, to
        self.reply, self.queued = reply, queued
        self.name = text.split()[0]
        self.suffix = ("-" + "-".join(text.lower().split()[3:5])
                       if self.name == "BLMOVE" else "")

    def __call__(self, timeout="0", key="l"):
        return self.words(timeout, key)

    def words(self, timeout="0", key="l"):
        return tuple({"L": key, "T": timeout}.get(w, w)
                     for w in self.text.split())

    def takes(self, items):
        """The element that it takes, what is left, the steps that show
        both."""
        items = list(items)
        item = items.pop(0 if self.left else -1)
        steps = [("b", "LRANGE l 0 -1", items)]
        if self.to:
            steps.append(("b", "LRANGE d 0 -1", [item]))
        return self.reply(item), steps


FORMS = [
    Form("list.blpop", "BLPOP L T", True),
    Form("list.brpop", "BRPOP L T", False),
    Form("list.brpoplpush", "BRPOPLPUSH L d T", False, "LEFT",
         reply=lambda x: x, queued=NIL),
    Form("list.blmpop", "BLMPOP T 1 L LEFT", True,
         reply=lambda x: ["l", [x]]),
] + [
    Form("list.blmove", "BLMOVE L d %s %s T" % (a, b), a == "LEFT", b,
         reply=lambda x: x, queued=NIL)
    for a in ("LEFT", "RIGHT") for b in ("LEFT", "RIGHT")
]
MAIN = [form for form in FORMS if form.suffix in ("", "-left-right")]
POPS = FORMS[:2]

# ---- every blocking command, a list that is there --------------------------

for form in FORMS:
    case = area(form.area)
    end = form.suffix

    reply, after = form.takes("abc")
    case("list-is-there" + end, [
        ("RPUSH l a b c", 3), (form(), reply),
    ] + [step[1:] for step in after])
    case("last-element" + end, [
        ("RPUSH l a", 1), ("EXPIRE l 100", 1), (form(), form.reply("a")),
        ("EXISTS l", 0), ("TTL l", -2),
    ])
    case("keeps-ttl" + end, [
        ("RPUSH l a a", 2), ("EXPIRE l 100", 1), (form(), form.reply("a")),
        ("TTL l", Between(99, 100)),
    ])
    case("in-multi-without-list" + end, [
        ("MULTI", OK), (form(), QUEUED), ("PING", QUEUED),
        (form("5"), QUEUED), ("EXEC", [form.queued, PONG, form.queued]),
        ("EXISTS l", 0),
    ])
    case("in-multi-with-list" + end, [
        ("RPUSH l a", 1), ("MULTI", OK), (form(), QUEUED), (form(), QUEUED),
        ("RPUSH l b", QUEUED), (form(), QUEUED),
        ("EXEC", [form.reply("a"), form.queued, 1, form.reply("b")]),
    ])
    case("binary" + end, [(("RPUSH", "l") + tuple(BINARY), len(BINARY))] + [
        (form(), form.reply(v)) for v in (
            BINARY if form.left else BINARY[::-1])])
    case("any-case" + end, [
        ("RPUSH l a", 1),
        (tuple(w if w in "ld" else w.lower() for w in form()),
         form.reply("a")),
    ])

# ---- timeouts --------------------------------------------------------------

for form in MAIN:
    case = area(form.area)

    case("timeout-forms", [
        step for t in ("0", "1", "0.0", "0.5", ".5", "5.", "1e2", "100000",
                       "1E-3", "9223370000000000")
        for step in [("RPUSH l a", 1), (form(t), form.reply("a"))]])
    case("timeout-odd-forms", [
        step for t in ("+1", "-0", "-0.0", "0x10", "1e-400", "007")
        for step in [("DEL l", ANY), ("RPUSH l a", 1),
                     (form(t), Exact(form.reply("a")))]])
    case("timeout-no-float", [("RPUSH l a", 1)] + [
        (form(t), NO_FLOAT) for t in (
            "", " ", "abc", " 1", "1 ", "1s", "nan", "1e", ".", "-", "--1",
            "1,5", "1.5.5", "0x", "1\0", "l")] + [("LLEN l", 1)])
    case("timeout-negative", [("RPUSH l a", 1)] + [
        (form(t), NEGATIVE) for t in (
            "-1", "-0.5", "-0.01", "-1e3", "-100000000000")
    ] + [("LLEN l", 1)])
    # 7.0 says of what is too big that it is negative.
    case("timeout-too-big", [("RPUSH l a", 1)] + [
        (form(t), EP("ERR timeout is ")) for t in (
            MAX, "9223372036854776", "1e17", "1e30", "inf", "1e4000", "-inf",
            "-1e30")] + [("LLEN l", 1)])
    case("timeout-before-type", [
        ("SET l v", OK), (form("-1"), NEGATIVE), (form("x"), NO_FLOAT),
        (form("0"), WRONGTYPE), ("DEL l", 1), (form("-1"), NEGATIVE),
        (form("x"), NO_FLOAT),
    ])
    case("timeout-passes", [
        (form("0.05"), NILARRAY), ("b", "EXISTS l d", 0),
        ("b", "RPUSH l a", 1), ("LLEN l", 1), (form("5"), form.reply("a")),
    ], **PASSES)
    case("wrong-type", [
        ("SET l v", OK), (form(), WRONGTYPE), ("GET l", "v"), ("DEL l", 1),
        ("ZADD l 1 a", 1), (form("1"), WRONGTYPE),
        ("TYPE l", Simple("zset")),
    ])

for form in MAIN[:1] + MAIN[-1:]:
    case = area(form.area)

    case("timeout-between-two-that-wait", [
        ("c", form(), BLOCKED), (form("0.05"), NILARRAY),
        ("d", form(), BLOCKED), ("b", "RPUSH l a a", 2),
        ("c", b"", form.reply("a")), ("d", b"", form.reply("a")),
    ], **PASSES)
    case("timeout-and-commands-behind-it", [
        (encode(*form("0.05")) + encode("PING"), NILARRAY), (b"", PONG),
    ], **PASSES)

case = area("list.blpop")

case("timeout-passes-then-the-next-in-one-send", [
    ("BLPOP l 0.01", NILARRAY), ("BLPOP l 0.01", NILARRAY), ("PING", PONG),
], contexts="pipelined", slow=True)
case("timeout-below-a-millisecond-passes", [
    ("BLPOP l 0.0001", NILARRAY), ("PING", PONG),
], **PASSES)
case("timeouts-pass-in-order-of-time", [
    ("c", "BLPOP l 0", BLOCKED), ("d", "BLPOP l 100", BLOCKED),
    ("e", "BLPOP l 0.01", NILARRAY), ("d", b"", BLOCKED),
    ("b", "RPUSH l a a", 2), ("c", b"", ["l", "a"]),
    ("d", b"", ["l", "a"]),
], **PASSES)

# ---- what wakes ------------------------------------------------------------

WAKERS = {      # steps of b after it blocked, and then the list is
    "lpush": ([("b", "LPUSH l c b a", 3)], "abc"),
    "rpush": ([("b", "RPUSH l a b c", 3)], "abc"),
    "one-element": ([("b", "RPUSH l a", 1)], "a"),
    "exec": ([("b", "MULTI", OK), ("b", "RPUSH l b", QUEUED),
              ("b", "LPUSH l a", QUEUED), ("b", "RPUSH l c", QUEUED),
              ("b", "EXEC", [1, 2, 3])], "abc"),
    "rename": ([("b", "RPUSH o a b", 2), ("b", "RENAME o l", OK)], "ab"),
    "renamenx": ([("b", "RPUSH o a b", 2), ("b", "RENAMENX o l", 1)], "ab"),
    "copy": ([("b", "RPUSH o a b", 2), ("b", "COPY o l", 1)], "ab"),
    "lmove": ([("b", "RPUSH o a", 1), ("b", "LMOVE o l LEFT LEFT", "a")],
              "a"),
    "rpoplpush": ([("b", "RPUSH o a", 1), ("b", "RPOPLPUSH o l", "a")], "a"),
    "blmove": ([("b", "RPUSH o a", 1), ("b", "BLMOVE o l LEFT LEFT 0", "a")],
               "a"),
    "sort-store": ([("b", "RPUSH o 3 1 2", 3), ("b", "SORT o STORE l", 3)],
                   "123"),
    "move": ([("b", "SELECT 1", OK), ("b", "RPUSH l a b", 2),
              ("b", "MOVE l 0", 1), ("b", "SELECT 0", OK)], "ab"),
    "copy-from-another-db": (
        [("b", "SELECT 1", OK), ("b", "RPUSH o a b", 2),
         ("b", "COPY o l DB 0", 1), ("b", "SELECT 0", OK)], "ab"),
    "swapdb": ([("b", "SELECT 1", OK), ("b", "RPUSH l a b", 2),
                ("b", "SWAPDB 0 1", OK), ("b", "SELECT 0", OK)], "ab"),
    "eval": ([("b", ("EVAL", "redis.call('rpush', KEYS[1], 'a') return "
                     "redis.call('rpush', KEYS[1], 'b')", "1", "l"), 2)],
             "ab"),
}

for form in MAIN:
    case = area(form.area)
    for waker, (steps, items) in WAKERS.items():
        reply, after = form.takes(items)
        case("woken-by-" + waker, [
            (form(), BLOCKED)] + steps + [(b"", reply)] + after)


def restores(form):
    def script():
        reply, after = form.takes("ab")
        yield "b", "RPUSH o a b", 2
        dump = yield "b", "DUMP o", Re(b".+")
        yield form(), BLOCKED
        yield "b", ("RESTORE", "l", "0", dump.v), OK
        yield b"", reply
        for step in after:
            yield step
    return script


for form in MAIN:
    case = area(form.area)
    case.script("woken-by-restore", needs=(
        form.name, "RPUSH", "DUMP", "RESTORE", "LRANGE"))(restores(form))

# ---- what does not wake ----------------------------------------------------

IDLERS = {
    "another-key": [("b", "RPUSH x a", 1), ("b", "RPUSH L a", 1)],
    "another-type": [("b", "SET l v", OK), ("b", "DEL l", 1),
                     ("b", "ZADD l 1 a", 1), ("b", "DEL l", 1),
                     ("b", "SADD l a", 1), ("b", "DEL l", 1),
                     ("b", "HSET l f v", 1), ("b", "DEL l", 1),
                     ("b", "XADD l 1-1 f v", "1-1"), ("b", "DEL l", 1)],
    "lpushx": [("b", "LPUSHX l a", 0), ("b", "RPUSHX l a", 0)],
    "push-and-pop-in-exec": [
        ("b", "MULTI", OK), ("b", "RPUSH l a", QUEUED),
        ("b", "LPOP l", QUEUED), ("b", "EXEC", [1, "a"])],
    "push-and-delete-in-exec": [
        ("b", "MULTI", OK), ("b", "RPUSH l a", QUEUED),
        ("b", "DEL l", QUEUED), ("b", "EXEC", [1, 1])],
    "push-and-expire-in-exec": [
        ("b", "MULTI", OK), ("b", "RPUSH l a", QUEUED),
        ("b", "PEXPIRE l -1", QUEUED), ("b", "EXEC", [1, 1])],
    "push-and-overwrite-in-exec": [
        ("b", "MULTI", OK), ("b", "RPUSH l a", QUEUED),
        ("b", "SET l v", QUEUED), ("b", "EXEC", [1, OK]),
        ("b", "DEL l", 1)],
    "push-and-rename-in-exec": [
        ("b", "MULTI", OK), ("b", "RPUSH l a", QUEUED),
        ("b", "RENAME l x", QUEUED), ("b", "EXEC", [1, OK])],
    "discard": [("b", "MULTI", OK), ("b", "RPUSH l a", QUEUED),
                ("b", "DISCARD", OK)],
    "push-in-another-db": [("b", "SELECT 1", OK), ("b", "RPUSH l a", 1),
                           ("b", "SELECT 0", OK)],
    "flush": [("b", "FLUSHDB", OK), ("b", "FLUSHALL", OK)],
    "failed-push": [("b", "RPUSH l", arity("rpush")),
                    ("b", "LINSERT l AFTER a b", 0),
                    ("b", "LSET l 0 a", NO_KEY)],
}

for form in MAIN:
    case = area(form.area)
    for idler, steps in IDLERS.items():
        case("not-woken-by-" + idler, [(form(), BLOCKED)] + steps + [
            (b"", BLOCKED), ("b", "RPUSH l z", 1), (b"", form.reply("z"))])

# ---- who is served ---------------------------------------------------------

for form in MAIN:
    case = area(form.area)
    case("first-come-first-served", [
        ("c", form(), BLOCKED), ("a", form(), BLOCKED),
        ("d", form(), BLOCKED),
        ("b", "RPUSH l 1", 1), ("c", b"", form.reply("1")),
        ("a", b"", BLOCKED),
        ("b", "RPUSH l 2", 1), ("a", b"", form.reply("2")),
        ("d", b"", BLOCKED),
        ("b", "RPUSH l 3", 1), ("d", b"", form.reply("3")),
    ])
    order = "123" if form.left else "321"
    case("one-push-serves-many", [
        ("c", form(), BLOCKED), ("a", form(), BLOCKED),
        ("d", form(), BLOCKED), ("b", "RPUSH l 1 2 3", 3),
        ("c", b"", form.reply(order[0])), ("a", b"", form.reply(order[1])),
        ("d", b"", form.reply(order[2])), ("b", "EXISTS l", 0),
    ])
    case("more-waiters-than-elements", [
        ("c", form(), BLOCKED), ("a", form(), BLOCKED),
        ("d", form(), BLOCKED), ("b", "RPUSH l x x", 2),
        ("c", b"", form.reply("x")), ("a", b"", form.reply("x")),
        ("d", b"", BLOCKED), ("b", "EXISTS l", 0),
        ("b", "RPUSH l y", 1), ("d", b"", form.reply("y")),
    ])
    case("served-goes-to-the-end", [
        ("c", form(), BLOCKED), ("a", form(), BLOCKED),
        ("b", "RPUSH l 1", 1), ("c", b"", form.reply("1")),
        ("c", form(), BLOCKED), ("b", "RPUSH l 2", 1),
        ("a", b"", form.reply("2")), ("c", b"", BLOCKED),
        ("b", "RPUSH l 3", 1), ("c", b"", form.reply("3")),
    ])
    case("served-twice-in-a-row", [
        (form(), BLOCKED), ("b", "RPUSH l 1", 1), (b"", form.reply("1")),
        (form(), BLOCKED), ("b", "RPUSH l 2", 1), (b"", form.reply("2")),
    ])
    case("each-speaks-its-protocol", [
        ("c2", form(), BLOCKED), ("a3", form(), BLOCKED),
        ("b", "RPUSH l 1 1", 2), ("c2", b"", form.reply("1")),
        ("a3", b"", form.reply("1")),
    ], protos=(3,))
    case("waits-in-its-own-db", [
        ("SELECT 1", OK), (form(), BLOCKED), ("b", "RPUSH l x", 1),
        (b"", BLOCKED), ("b", "LLEN l", 1), ("b", "SELECT 1", OK),
        ("b", "RPUSH l y", 1), (b"", form.reply("y")),
        ("b", "EXISTS l", 0),
    ])
    case("pop-marks-a-watched-key", [
        ("RPUSH l a", 1), ("b", "WATCH l", OK), (form(), form.reply("a")),
        ("b", "MULTI", OK), ("b", "PING", QUEUED), ("b", "EXEC", NILARRAY),
    ])

case = area("list.blocking")

case("kinds-in-one-queue", [
    ("a", "BLPOP l 0", BLOCKED), ("c", "BRPOP l 0", BLOCKED),
    ("d", "BLMOVE l m LEFT RIGHT 0", BLOCKED),
    ("e", "BLMPOP 0 1 l RIGHT COUNT 2", BLOCKED),
    ("b", "RPUSH l 1 2 3 4 5 6", 6), ("a", b"", ["l", "1"]),
    ("c", b"", ["l", "6"]), ("d", b"", "2"),
    ("e", b"", ["l", ["5", "4"]]), ("b", "LRANGE l 0 -1", ["3"]),
    ("b", "LRANGE m 0 -1", ["2"]),
])
case("another-type-serves-its-own-waiters", [
    ("a", "BLPOP k 0", BLOCKED), ("c", "BZPOPMIN k 0", BLOCKED),
    ("b", "ZADD k 1 m", 1), ("c", b"", ["k", "m", D("1")]),
    ("a", b"", BLOCKED), ("b", "RPUSH k x", 1), ("a", b"", ["k", "x"]),
])
case("list-leaves-waiters-of-another-type", [
    ("a", "BZPOPMIN k 0", BLOCKED), ("c", "BLPOP k 0", BLOCKED),
    ("b", "RPUSH k x", 1), ("c", b"", ["k", "x"]), ("a", b"", BLOCKED),
    ("b", "ZADD k 1 m", 1), ("a", b"", ["k", "m", D("1")]),
])
case("pusher-is-answered-first", [
    # b's next command sees a list that was served already
    ("BLPOP k 0", BLOCKED), ("b", encode("RPUSH", "k", "a") +
                             encode("LLEN", "k"), 1),
    ("b", b"", 0), (b"", ["k", "a"]),
])

# ---- several keys ----------------------------------------------------------

for form in POPS:
    case = area(form.area)
    name = form.name
    case("first-key-that-is-there", [
        ("RPUSH b 1", 1), ("RPUSH c 2", 1), (name + " a b c 0", ["b", "1"]),
        (name + " a b c 0", ["c", "2"]),
    ])
    case("keys-in-their-order", [
        ("RPUSH a 1", 1), ("RPUSH b 2", 1), (name + " b a 0", ["b", "2"]),
        (name + " b a 0", ["a", "1"]),
    ])
    case("wrong-type-among-keys", [
        ("SET s v", OK), ("RPUSH l a", 1), (name + " s l 0", WRONGTYPE),
        (name + " no s l 0", WRONGTYPE), (name + " l s 0", ["l", "a"]),
        (name + " no s 0", WRONGTYPE),
    ])
    case("no-key-in-time", [(name + " a b c 0.05", NILARRAY)], **PASSES)
    for key in "abc":
        case("several-keys-push-to-" + key, [
            (name + " a b c 0", BLOCKED), ("b", "RPUSH %s v" % key, 1),
            (b"", [key, "v"]), ("b", "RPUSH a x", 1),
            ("b", "RPUSH b x", 1), ("b", "RPUSH c x", 1),
            ("b", "EXISTS a b c", 3),
        ])
    case("several-keys-pushed-at-once", [
        (name + " a b c 0", BLOCKED), ("b", "MULTI", OK),
        ("b", "RPUSH c 3", QUEUED), ("b", "RPUSH b 2", QUEUED),
        ("b", "RPUSH a 1", QUEUED), ("b", "EXEC", [1, 1, 1]),
        # the first that was pushed to
        (b"", ["c", "3"]), ("b", "EXISTS a b c", 2),
    ])
    case("several-keys-pushed-at-once-first-is-gone", [
        (name + " a b 0", BLOCKED), ("b", "MULTI", OK),
        ("b", "RPUSH a 1", QUEUED), ("b", "RPUSH b 2", QUEUED),
        ("b", "DEL a", QUEUED), ("b", "EXEC", [1, 1, 1]),
        (b"", ["b", "2"]),
    ])
    case("same-key-again", [
        (name + " l l 0", BLOCKED), ("b", "RPUSH l 1 1", 2),
        (b"", ["l", "1"]), ("b", "LLEN l", 1), (name + " l l 0", ["l", "1"]),
    ])
    case("crossed-keys", [
        ("a", name + " x y 0", BLOCKED), ("c", name + " y x 0", BLOCKED),
        ("b", "RPUSH y 1", 1), ("a", b"", ["y", "1"]), ("c", b"", BLOCKED),
        ("b", "RPUSH y 2", 1), ("c", b"", ["y", "2"]),
    ])
    case("shared-key", [
        ("a", name + " x y 0", BLOCKED), ("c", name + " y 0", BLOCKED),
        ("b", "RPUSH x 1", 1), ("a", b"", ["x", "1"]),
        ("b", "RPUSH y 2", 1), ("c", b"", ["y", "2"]),
    ])
    case("many-keys", [
        ([name] + ["k%d" % i for i in range(200)] + ["0"], BLOCKED),
        ("b", "RPUSH k123 v", 1), (b"", ["k123", "v"]),
        ("b", "RPUSH k7 v", 1), ("b", "LLEN k7", 1),
    ])
    case("empty-and-binary-keys", [
        ((name, "", b"\r\n", "0"), BLOCKED),
        ("b", ("RPUSH", b"\r\n", b"\0"), 1), (b"", [b"\r\n", b"\0"]),
        ((name, "", b"\r\n", "0"), BLOCKED),
        ("b", ("RPUSH", "", ""), 1), (b"", ["", ""]),
    ])
    case("timeout-is-the-last-argument", [
        ("RPUSH 0 a", 1), (name + " 0 0", ["0", "a"]),
        (name + " 1 a", NO_FLOAT), (name + " 0", arity(name.lower())),
    ])

# ---- BLMPOP ----------------------------------------------------------------

case = area("list.blmpop")

case("right", [
    ("RPUSH l a b c", 3), ("BLMPOP 0 1 l RIGHT", ["l", ["c"]]),
    ("BLMPOP 0 1 l right COUNT 5", ["l", ["b", "a"]]), ("EXISTS l", 0),
])
case("count", [
    ("RPUSH l a b c", 3), ("BLMPOP 0 1 l LEFT COUNT 2", ["l", ["a", "b"]]),
    ("BLMPOP 0 1 l LEFT COUNT 2", ["l", ["c"]]), ("EXISTS l", 0),
])
case("waits-for-several-elements", [
    ("BLMPOP 0 1 l LEFT COUNT 3", BLOCKED), ("b", "RPUSH l a b c d", 4),
    (b"", ["l", ["a", "b", "c"]]), ("b", "LRANGE l 0 -1", ["d"]),
])
case("does-not-wait-for-the-whole-count", [
    ("BLMPOP 0 1 l RIGHT COUNT 3", BLOCKED), ("b", "RPUSH l a b", 2),
    (b"", ["l", ["b", "a"]]), ("b", "EXISTS l", 0),
])
case("count-starves-the-next", [
    ("a", "BLMPOP 0 1 l LEFT COUNT 9", BLOCKED), ("c", "BLPOP l 0", BLOCKED),
    ("b", "RPUSH l 1 2", 2), ("a", b"", ["l", ["1", "2"]]),
    ("c", b"", BLOCKED), ("b", "RPUSH l 3", 1), ("c", b"", ["l", "3"]),
])
case("several-keys", [
    ("BLMPOP 0 3 a b c LEFT", BLOCKED), ("b", "RPUSH b 1 2", 2),
    (b"", ["b", ["1"]]), ("b", "RPUSH c 3", 1),
    ("BLMPOP 0 3 a b c RIGHT", ["b", ["2"]]),
    ("BLMPOP 0 3 a b c RIGHT", ["c", ["3"]]),
])
case("several-keys-pushed-at-once", [
    ("BLMPOP 0 2 a b LEFT COUNT 5", BLOCKED), ("b", "MULTI", OK),
    ("b", "RPUSH b 2", QUEUED), ("b", "RPUSH a 1", QUEUED),
    ("b", "EXEC", [1, 1]), (b"", ["b", ["2"]]), ("b", "LLEN a", 1),
])
case("no-key-in-time", [
    ("BLMPOP 0.05 3 a b c LEFT COUNT 2", NILARRAY)], **PASSES)
case("wrong-type-among-keys", [
    ("SET s v", OK), ("RPUSH l a", 1), ("BLMPOP 0 2 s l LEFT", WRONGTYPE),
    ("BLMPOP 0 2 no s LEFT", WRONGTYPE),
    ("BLMPOP 0 2 l s LEFT", ["l", ["a"]]),
])
case("numkeys", [("RPUSH l a", 1)] + [
    (("BLMPOP", "0", n, "l", "LEFT"), NUMKEYS) for n in (
        "0", "-1", "abc", "", "1.0", "+1", " 1", "01", MIN,
        "9223372036854775808")] + [("LLEN l", 1)])
case("numkeys-and-keys", [("RPUSH l a", 1)] + [
    ("BLMPOP 0 %s LEFT" % tail, SYNTAX) for tail in (
        "2 l", "3 l l", "1 l l", "2147483648 l", MAX + " l")
] + [("LLEN l", 1)])
case("syntax", [("RPUSH l a", 1)] + [
    ("BLMPOP 0 1 l " + tail, SYNTAX) for tail in (
        "UP", "LEFT COUNT", "LEFT 1", "LEFT RIGHT", "COUNT 1 LEFT",
        "LEFT COUNT 1 COUNT 1", "LEFT COUNT 1 FOO")] + [("LLEN l", 1)])
case("count-no-count", [("RPUSH l a", 1)] + [
    (("BLMPOP", "0", "1", "l", "LEFT", "COUNT", n), COUNT) for n in (
        "0", "-1", "abc", "", "1.0", MIN, "9223372036854775808")
] + [("LLEN l", 1)])
case("count-max", [
    ("RPUSH l a b", 2),
    ("BLMPOP 0 1 l LEFT COUNT " + MAX, ["l", ["a", "b"]]),
])
case("which-fault-wins", [
    ("BLMPOP x 0 l UP", NUMKEYS), ("BLMPOP x 1 l UP", SYNTAX),
    ("BLMPOP x 1 l LEFT COUNT 0", COUNT), ("BLMPOP x 1 l LEFT", NO_FLOAT),
    ("BLMPOP -1 1 l LEFT COUNT 0", COUNT), ("BLMPOP -1 1 l LEFT", NEGATIVE),
    ("BLMPOP 0 0 l LEFT COUNT 0", NUMKEYS),
])

# ---- BLMOVE and BRPOPLPUSH: where it goes ----------------------------------

for form in [f for f in FORMS if f.to]:
    case = area(form.area)
    end = form.suffix

    case("to-a-list-that-is-there" + end, [
        ("RPUSH d x y", 2), ("EXPIRE d 100", 1), (form(), BLOCKED),
        ("b", "RPUSH l a", 1), (b"", "a"),
        ("LRANGE d 0 -1", ["a", "x", "y"] if form.to == "LEFT"
         else ["x", "y", "a"]), ("TTL d", Between(99, 100)),
    ])
    circle = tuple("l" if w == "d" else w for w in form())
    case("to-itself" + end, [
        ("RPUSH l a b c", 3), (circle, "a" if form.left else "c"),
        ("LRANGE l 0 -1", list({
            (True, "LEFT"): "abc", (True, "RIGHT"): "bca",
            (False, "LEFT"): "cab", (False, "RIGHT"): "abc",
        }[form.left, form.to])),
    ])
    case("to-itself-waits" + end, [
        (circle, BLOCKED), ("b", "RPUSH l a", 1), (b"", "a"),
        ("LRANGE l 0 -1", ["a"]),
    ])
    case("wrong-destination" + end, [
        ("RPUSH l a", 1), ("SET d v", OK), (form(), WRONGTYPE),
        ("LRANGE l 0 -1", ["a"]), ("GET d", "v"),
    ])
    case("wrong-destination-when-woken" + end, [
        ("SET d v", OK), (form(), BLOCKED), ("b", "RPUSH l a b", 2),
        (b"", WRONGTYPE), ("LRANGE l 0 -1", ["a", "b"]), ("GET d", "v"),
    ])
    case("destination-turns-wrong" + end, [
        ("RPUSH d x", 1), (form(), BLOCKED), ("b", "SET d v", OK),
        ("b", "RPUSH l a", 1), (b"", WRONGTYPE), ("LLEN l", 1),
    ])
    case("wrong-destination-lets-the-next-have-it" + end, [
        ("SET d v", OK), ("a", form(), BLOCKED), ("c", "BLPOP l 0", BLOCKED),
        ("b", "RPUSH l 1", 1), ("a", b"", WRONGTYPE),
        ("c", b"", ["l", "1"]), ("b", "EXISTS l", 0),
    ])
    case("wakes-who-waits-there" + end, [
        ("a", form(), BLOCKED), ("c", "BLPOP d 0", BLOCKED),
        ("b", "RPUSH l v", 1), ("a", b"", "v"), ("c", b"", ["d", "v"]),
        ("b", "EXISTS l d", 0),
    ])
    case("wakes-who-waits-there-at-once" + end, [
        ("RPUSH l v", 1), ("c", "BLPOP d 0", BLOCKED), (form(), "v"),
        ("c", b"", ["d", "v"]), ("b", "EXISTS l d", 0),
    ])

case = area("list.blmove")

case("where-syntax", [("RPUSH l a", 1)] + [
    ("BLMOVE l d %s 0" % ends, SYNTAX) for ends in (
        "UP LEFT", "LEFT UP", "L R", "LEFT LEFTX", "0 0")
] + [(("BLMOVE", "l", "d", "", "LEFT", "0"), SYNTAX), ("LLEN l", 1)])
case("syntax-before-timeout", [
    ("SET s v", OK), ("BLMOVE s d UP LEFT x", SYNTAX),
    ("BLMOVE s d LEFT UP -1", SYNTAX), ("BLMOVE s d LEFT LEFT x", NO_FLOAT),
])
case("chain-of-four", [
    ("a", "BLMOVE k1 k2 LEFT LEFT 0", BLOCKED),
    ("c", "BLMOVE k2 k3 RIGHT LEFT 0", BLOCKED),
    ("d", "BRPOPLPUSH k3 k4 0", BLOCKED), ("e", "BLPOP k4 0", BLOCKED),
    ("b", "RPUSH k1 v", 1), ("a", b"", "v"), ("c", b"", "v"),
    ("d", b"", "v"), ("e", b"", ["k4", "v"]),
    ("b", "EXISTS k1 k2 k3 k4", 0),
])
case("chain-made-backwards", [
    ("e", "BLPOP k3 0", BLOCKED), ("c", "BLMOVE k2 k3 LEFT LEFT 0", BLOCKED),
    ("a", "BLMOVE k1 k2 LEFT LEFT 0", BLOCKED), ("b", "RPUSH k1 v", 1),
    ("a", b"", "v"), ("c", b"", "v"), ("e", b"", ["k3", "v"]),
    ("b", "DBSIZE", 0),
])
case("circle", [
    ("a", "BLMOVE k1 k2 LEFT LEFT 0", BLOCKED),
    ("c", "BLMOVE k2 k1 LEFT LEFT 0", BLOCKED),
    ("b", "RPUSH k1 v", 1), ("a", b"", "v"), ("c", b"", "v"),
    ("b", "LRANGE k1 0 -1", ["v"]), ("b", "EXISTS k2", 0),
])
case("to-itself-then-the-next", [
    ("a", "BLMOVE l l LEFT RIGHT 0", BLOCKED), ("c", "BLPOP l 0", BLOCKED),
    ("b", "RPUSH l v", 1), ("a", b"", "v"), ("c", b"", ["l", "v"]),
    ("b", "EXISTS l", 0),
])
case("several-to-one", [
    ("a", "BLMOVE x d LEFT RIGHT 0", BLOCKED),
    ("c", "BLMOVE y d LEFT RIGHT 0", BLOCKED), ("b", "RPUSH y 2", 1),
    ("c", b"", "2"), ("b", "RPUSH x 1", 1), ("a", b"", "1"),
    ("b", "LRANGE d 0 -1", ["2", "1"]),
])
case("destination-does-not-serve-as-source", [
    ("RPUSH d x", 1), ("BLMOVE l d LEFT LEFT 0.05", NILARRAY),
    ("LRANGE d 0 -1", ["x"]),
], **PASSES)

# ---- the connection while it waits -----------------------------------------

for form in MAIN:
    case = area(form.area)

    case("commands-behind-it-wait", [
        (form(), BLOCKED), ("PING", BLOCKED), ("ECHO x", BLOCKED),
        ("b", "RPUSH l a", 1), (b"", form.reply("a")), (b"", PONG),
        (b"", "x"),
    ])
    case("commands-behind-it-in-one-send", [
        (encode(*form()) + encode("LLEN", "l") + encode("PING"), BLOCKED),
        ("b", "RPUSH l a a", 2), (b"", form.reply("a")), (b"", 1),
        (b"", PONG), ("b", "DEL l d", ANY),
    ])
    case("two-in-one-send", [
        (encode(*form()) + encode(*form()), BLOCKED), ("b", "RPUSH l 1", 1),
        (b"", form.reply("1")), (b"", BLOCKED), ("b", "RPUSH l 2", 1),
        (b"", form.reply("2")), ("b", "DEL d", ANY),
    ])
    case("two-in-one-send-one-push", [
        (encode(*form()) + encode(*form()), BLOCKED),
        ("b", "RPUSH l 1 1 1", 3), (b"", form.reply("1")),
        (b"", form.reply("1")), ("LLEN l", 1), ("b", "DEL l d", ANY),
    ])
    case("command-behind-it-cut-in-two", [
        (encode(*form()) + b"*2\r\n$4\r\nEC", BLOCKED),
        ("b", "RPUSH l a", 1), (b"", form.reply("a")),
        (b"HO\r\n$1\r\nx\r\n", "x"), ("b", "DEL d", ANY),
    ])

case = area("list.blocking")

case("many-commands-behind-it", [
    (encode("BLPOP", "k", "0") + encode("PING") * 500, BLOCKED),
    ("b", "RPUSH k a", 1), (b"", ["k", "a"]),
] + [(b"", PONG)] * 500)
case("push-behind-it-does-not-wake-it", [
    ("BLPOP k 0", BLOCKED), ("RPUSH k x", BLOCKED), ("b", "EXISTS k", 0),
    ("b", "RPUSH k y", 1), (b"", ["k", "y"]), (b"", 1), ("LLEN k", 1),
])
case("transaction-behind-it", [
    ("BLPOP k 0", BLOCKED), ("MULTI", BLOCKED), ("INCR n", BLOCKED),
    ("EXEC", BLOCKED), ("b", "EXISTS n", 0), ("b", "RPUSH k a", 1),
    (b"", ["k", "a"]), (b"", OK), (b"", QUEUED), (b"", [1]),
])
case("quit-behind-it", [
    ("BLPOP k 0", BLOCKED), ("QUIT", BLOCKED), ("b", "RPUSH k a", 1),
    (b"", ["k", "a"]), (b"", OK), (b"", CLOSED),
])
case("hello-behind-it", [
    ("BLPOP k 0", BLOCKED), ("HELLO 3", BLOCKED), ("BLPOP k 0.01", BLOCKED),
    ("b", "RPUSH k a", 1), (b"", ["k", "a"]), (b"", Proto(3, ANY)),
    (b"", NIL),
], protos=2, **PASSES)
case("other-connections-go-on", [
    ("BLPOP k 0", BLOCKED), ("b", "SET s v", OK), ("b", "GET s", "v"),
    ("c", "PING", PONG), ("b", "RPUSH x a", 1), (b"", BLOCKED),
    ("b", "RPUSH k a", 1), (b"", ["k", "a"]), ("GET s", "v"),
])
case("many-waiters", [
    ("w%d-" % i, "BLPOP k 0", BLOCKED) for i in range(30)
] + [(["RPUSH", "k"] + list(range(30)), 30)] + [
    ("w%d-" % i, b"", ["k", str(i)]) for i in range(30)
], contexts="plain")

INTEGER = Shape(lambda got: type(got) is Int, "an integer")
NEEDS = ("CLIENT ID", "CLIENT UNBLOCK", "CLIENT KILL", "RPUSH", "LLEN")


def unblocks(form, how, reply):
    def script():
        yield "", "RPUSH other x", 1
        ident = yield "CLIENT ID", INTEGER
        yield form(), BLOCKED
        words = ("CLIENT", "UNBLOCK", ident.v) + how
        yield "b", words, 1
        yield b"", reply
        yield "b", words, 0
        yield "b", "RPUSH l a", 1
        yield "LLEN l", 1
        yield form(), form.reply("a")
    return script


def kills(form):
    def script():
        ident = yield "c", "CLIENT ID", INTEGER
        yield "c", form(), BLOCKED
        yield "d", form(), BLOCKED
        yield "b", ("CLIENT", "KILL", "ID", ident.v), 1
        yield "c", b"", CLOSED
        yield "b", "RPUSH l 1 1", 2
        yield "d", b"", form.reply("1")
        yield "b", "LLEN l", 1
    return script


for form in MAIN:
    case = area(form.area, needs=NEEDS + (form.name,))
    for word, reply in [((), NILARRAY), (("TIMEOUT",), NILARRAY),
                        (("timeout",), NILARRAY), (("ERROR",), UNBLOCKED),
                        (("Error",), UNBLOCKED)]:
        case.script("client-unblock" + {
            "timeout": "-timeout-lower", "Error": "-error-mixed",
            "TIMEOUT": "-timeout", "ERROR": "-error"}.get(
                "".join(word), ""))(unblocks(form, word, reply))
    case.script("killed-while-it-waits")(kills(form))
    case("leaves-while-it-waits", [
        ("c", form(), BLOCKED), ("d", form(), BLOCKED),
        ("c", HALF_CLOSE, CLOSED), ("b", "RPUSH l 1 1", 2),
        ("d", b"", form.reply("1")), ("b", "LLEN l", 1),
    ])

case = area("list.blocking", needs=NEEDS)


@case.script("client-unblock-of-one-that-does-not-wait")
def unblock_idle():
    ident = yield "CLIENT ID", INTEGER
    yield "b", ("CLIENT", "UNBLOCK", ident.v), 0
    yield "b", ("CLIENT", "UNBLOCK", ident.v, "ERROR"), 0
    yield "PING", PONG
    yield ("CLIENT", "UNBLOCK", ident.v), 0


case("client-unblock-errors", [
    ("CLIENT UNBLOCK abc", INT_ERR),
    ("CLIENT UNBLOCK 1 FOO", E(
        "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")),
    ("CLIENT UNBLOCK 9223372036854775807", 0),
    ("CLIENT UNBLOCK abc FOO", E(
        "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")),
])


@case.script("client-unblock-frees-what-is-behind", needs=("BLPOP",))
def unblock_behind():
    ident = yield "CLIENT ID", INTEGER
    yield encode("BLPOP", "k", "0") + encode("PING"), BLOCKED
    yield "b", ("CLIENT", "UNBLOCK", ident.v, "ERROR"), 1
    yield b"", UNBLOCKED
    yield b"", PONG


@case.script("client-unblock-the-first-then-push", needs=("BLPOP",))
def unblock_first():
    ident = yield "CLIENT ID", INTEGER
    yield "BLPOP k 0", BLOCKED
    yield "c", "BLPOP k 0", BLOCKED
    yield "b", ("CLIENT", "UNBLOCK", ident.v), 1
    yield b"", NILARRAY
    yield "b", "RPUSH k v", 1
    yield "c", b"", ["k", "v"]


@case.script("client-unblock-in-exec-before-the-push", needs=(
    "BLPOP", "MULTI", "EXEC"))
def unblock_in_exec():
    ident = yield "CLIENT ID", INTEGER
    yield "BLPOP k 0", BLOCKED
    yield "b", "MULTI", OK
    yield "b", ("CLIENT", "UNBLOCK", ident.v), QUEUED
    yield "b", "RPUSH k v", QUEUED
    yield "b", "EXEC", [1, 1]
    yield b"", NILARRAY
    yield "LLEN k", 1


@case.script("client-list-shows-it", needs=("CLIENT LIST", "BLPOP"))
def client_list():
    ident = yield "CLIENT ID", INTEGER
    yield "BLPOP k 0", BLOCKED
    yield "b", ("CLIENT", "LIST", "ID", ident.v), V("txt", Exact(Re(
        rb"id=\d+ .* flags=bU? .* cmd=blpop .*\n")))
    yield "b", "RPUSH k v", 1
    yield b"", ["k", "v"]
    yield "b", ("CLIENT", "LIST", "ID", ident.v), V("txt", Exact(Re(
        rb"id=\d+ .* flags=[NU] .* cmd=blpop .*\n")))


# The null that is no array comes inside an EXEC alone.
REPLIES = {
    "BLMOVE": "bulk nullarray error",
    "BLMPOP": "array nullarray error",
    "BLPOP": "array nullarray error",
    "BRPOP": "array nullarray error",
    "BRPOPLPUSH": "bulk nullarray error",
}
