"""Hash commands that came after Redis 7.0: times of single fields (7.4) and
HGETEX, HSETEX, HGETDEL (8.0)."""

from conformance.cases import *  # noqa: F403

FAR = 33177117420           # a time in the year 3021
FAR_MS = FAR * 1000
AB = ("HSET h a 1 b 2", 2)
SOON = Between(99, 100)
SOON_MS = Between(90000, 100000)
LATER = Between(499, 500)
# The engine knows the commands of 7.0, and that others are not queued.
CONTEXTS = ("plain", "pipelined", "bytewise", "split", "inline")


def later(topic, since):
    return area("hash." + topic, since=since, contexts=CONTEXTS)


# ---- HEXPIRE, HPEXPIRE, HEXPIREAT, HPEXPIREAT ----------------------------

SETTERS = [         # command, a time, its reading command, what it says
    ("HEXPIRE", "100", "HTTL", SOON),
    ("HPEXPIRE", "100000", "HPTTL", SOON_MS),
    ("HEXPIREAT", str(FAR), "HEXPIRETIME", FAR),
    ("HPEXPIREAT", str(FAR_MS), "HPEXPIRETIME", FAR_MS),
]
SMALLER = {"HEXPIRE": "50", "HPEXPIRE": "50000",
           "HEXPIREAT": str(FAR - 1), "HPEXPIREAT": str(FAR_MS - 1)}
BIGGER = {"HEXPIRE": "200", "HPEXPIRE": "200000",
          "HEXPIREAT": str(FAR + 1), "HPEXPIREAT": str(FAR_MS + 1)}
PAST = {"HEXPIRE": "0", "HPEXPIRE": "0", "HEXPIREAT": "1", "HPEXPIREAT": "1"}
READ = {"HEXPIRE": ("HTTL", Between(199, 200)),
        "HPEXPIRE": ("HPTTL", Between(190000, 200000)),
        "HEXPIREAT": ("HEXPIRETIME", FAR + 1),
        "HPEXPIREAT": ("HPEXPIRETIME", FAR_MS + 1)}

for command, at, reader, want in SETTERS:
    case = later(command.lower(), "7.4")
    case("sets", [
        AB, ("%s h %s FIELDS 1 a" % (command, at), [1]),
        ("%s h FIELDS 2 a b" % reader, [want, -1]),
        ("HMGET h a b", ["1", "2"]), ("TTL h", -1),
    ])
    case("several-fields", [
        AB, ("%s h %s FIELDS 3 a x b" % (command, at), [1, -2, 1]),
        ("%s h FIELDS 3 b a x" % reader, [want, want, -2]),
        ("HLEN h", 2),
    ])
    case("no-key", [
        ("%s h %s FIELDS 1 a" % (command, at), [-2]),
        ("%s h %s FIELDS 3 a b c" % (command, at), [-2, -2, -2]),
        ("%s h %s NX FIELDS 2 a b" % (command, at), [-2, -2]),
        ("EXISTS h", 0),
    ], seen="redis#13343")
    case("past-deletes", [
        AB, ("%s h %s FIELDS 2 a x" % (command, PAST[command]), [2, -2]),
        ("HGET h a", NIL), ("HGET h b", "2"), ("HLEN h", 1),
    ])
    case("past-deletes-the-last", [
        AB, ("%s h %s FIELDS 2 a b" % (command, PAST[command]), [2, 2]),
        ("EXISTS h", 0), ("HGETALL h", M([])),
    ])
    case("nx", [
        AB, ("%s h %s NX FIELDS 1 a" % (command, at), [1]),
        ("%s h %s NX FIELDS 3 a b x" % (command, at), [0, 1, -2]),
        ("%s h %s NX FIELDS 1 a" % (command, BIGGER[command]), [0]),
        ("%s h FIELDS 2 a b" % reader, [want, want]),
    ])
    case("xx", [
        AB, ("%s h %s XX FIELDS 1 a" % (command, at), [0]),
        ("%s h FIELDS 1 a" % reader, [-1]),
        ("%s h %s FIELDS 1 a" % (command, at), [1]),
        ("%s h %s XX FIELDS 3 a b x" % (command, BIGGER[command]),
         [1, 0, -2]),
        ("%s h FIELDS 2 a b" % reader, [READ[command][1], -1]),
    ])
    case("gt", [
        AB, ("%s h %s FIELDS 1 a" % (command, at), [1]),
        ("%s h %s GT FIELDS 1 a" % (command, SMALLER[command]), [0]),
        ("%s h FIELDS 1 a" % reader, [want]),
        ("%s h %s GT FIELDS 1 a" % (command, BIGGER[command]), [1]),
        ("%s h FIELDS 1 a" % reader, [READ[command][1]]),
    ])
    case("lt", [
        AB, ("%s h %s FIELDS 1 a" % (command, BIGGER[command]), [1]),
        ("%s h %s LT FIELDS 1 a" % (command, at), [1]),
        ("%s h FIELDS 1 a" % reader, [want]),
        ("%s h %s LT FIELDS 1 a" % (command, BIGGER[command]), [0]),
        ("%s h FIELDS 1 a" % reader, [want]),
    ])
    case("lower-case", [
        AB, ("%s h %s nx fields 1 a" % (command.lower(), at), [1]),
        ("%s h %s xX fieldS 1 a" % (command.lower(), BIGGER[command]), [1]),
        ("%s h FIELDS 1 a" % reader.lower(), [READ[command][1]]),
    ])
    case("again-replaces", [
        AB, ("%s h %s FIELDS 1 a" % (command, at), [1]),
        ("%s h %s FIELDS 2 a b" % (command, BIGGER[command]), [1, 1]),
        ("%s h FIELDS 2 a b" % reader, [READ[command][1]] * 2),
    ])
    case("fields-called-like-words", [
        ("HSET h FIELDS 1 NX 2 1 3", 3),
        ("%s h %s FIELDS 3 NX FIELDS 1" % (command, at), [1, 1, 1]),
        ("%s h FIELDS 2 FIELDS NX" % reader, [want, want]),
    ])
    case("errors", [AB] + [
        ("%s h %s" % (command, tail), EP("ERR")) for tail in (
            "%s FIELDS 0 a" % at, "%s FIELDS -1 a" % at,
            "%s FIELDS x a" % at, "%s FIELDS 2 a" % at,
            "%s FIELDS 3 a b" % at, "%s 1 a b" % at,
            "abc FIELDS 1 a", "1.5 FIELDS 1 a", "%s FOO FIELDS 1 a" % at,
            "9223372036854775808 FIELDS 1 a")] + [
        ("%s h FIELDS 2 a b" % reader, [-1, -1])])
    case("wrong-type", [
        ("SET s v", OK), ("%s s %s FIELDS 2 a b" % (command, at), WRONGTYPE),
        ("GET s", "v"),
    ], seen="valkey#3516")

case = later("hexpire", "7.4")
case("keeps-the-time-of-the-key", [
    AB, ("EXPIRE h 500", 1), ("HEXPIRE h 100 FIELDS 1 a", [1]),
    ("TTL h", LATER), ("HTTL h FIELDS 1 a", [SOON]),
])
case("is-seen-by-every-reader", [
    AB, ("HEXPIRE h 100 FIELDS 1 a", [1]), ("HTTL h FIELDS 1 a", [SOON]),
    ("HPTTL h FIELDS 1 a", [SOON_MS]),
    ("HEXPIREAT h %d FIELDS 1 a" % FAR, [1]),
    ("HPEXPIRETIME h FIELDS 1 a", [FAR_MS]),
    ("HPEXPIREAT h %d FIELDS 1 a" % FAR_MS, [1]),
    ("HEXPIRETIME h FIELDS 1 a", [FAR]),
])
case("field-comes-to-its-end", [
    AB, ("HPEXPIRE h 3 FIELDS 1 a", [1]), ("DEBUG SLEEP 0.01", OK),
    ("HGET h a", NIL), ("HGET h b", "2"), ("HEXISTS h a", 0),
    ("HGETALL h", M([("b", "2")])), ("HTTL h FIELDS 2 a b", [-2, -1]),
    ("HEXPIRE h 100 FIELDS 1 a", [-2]), ("HPERSIST h FIELDS 1 a", [-2]),
], contexts="plain")
case("many-fields", [
    (("HSET", "h") + tuple(w for i in range(1000) for w in (i, i)), 1000),
    (("HEXPIRE", "h", "100", "FIELDS", "1000") + tuple(range(1000)),
     [1] * 1000),
    ("HTTL h FIELDS 3 0 999 1000", [SOON, SOON, -2]),
])

# ---- HTTL, HPTTL, HEXPIRETIME, HPEXPIRETIME, HPERSIST --------------------

for command, setter in [
        ("HTTL", "HEXPIRE h 100"), ("HPTTL", "HEXPIRE h 100"),
        ("HEXPIRETIME", "HEXPIREAT h %d" % FAR),
        ("HPEXPIRETIME", "HEXPIREAT h %d" % FAR)]:
    want = {"HTTL": SOON, "HPTTL": SOON_MS, "HEXPIRETIME": FAR,
            "HPEXPIRETIME": FAR_MS}[command]
    case = later(command.lower(), "7.4")
    case("reads", [
        AB, (command + " h FIELDS 1 a", [-1]), (setter + " FIELDS 1 a", [1]),
        (command + " h FIELDS 3 x a b", [-2, want, -1]),
        (command + " h fields 1 a", [want]),
        (command + " h FIELDS 1 x", [-2]),
    ])
    case("no-key", [
        (command + " h FIELDS 1 a", [-2]),
        (command + " h FIELDS 3 a b c", [-2, -2, -2]), ("EXISTS h", 0),
    ], seen="redis#13343")
    case("errors", [AB] + [
        ("%s h %s" % (command, tail), EP("ERR")) for tail in (
            "FIELDS 0 a", "FIELDS -1 a", "FIELDS x a", "FIELDS 2 a",
            "FOO 1 a")])
    case("wrong-type", [
        ("SET s v", OK), (command + " s FIELDS 2 a b", WRONGTYPE),
        ("GET s", "v"),
    ], seen="valkey#3516")

case = later("hpersist", "7.4")
case("takes-the-time-away", [
    AB, ("HPERSIST h FIELDS 1 a", [-1]), ("HEXPIRE h 100 FIELDS 1 a", [1]),
    ("HPERSIST h FIELDS 3 a b x", [1, -1, -2]),
    ("HTTL h FIELDS 2 a b", [-1, -1]), ("HPERSIST h FIELDS 1 a", [-1]),
    ("HMGET h a b", ["1", "2"]),
])
case("no-key", [
    ("HPERSIST h FIELDS 1 a", [-2]), ("HPERSIST h FIELDS 2 a b", [-2, -2]),
    ("EXISTS h", 0),
], seen="redis#13343")
case("errors", [AB] + [
    ("HPERSIST h " + tail, EP("ERR")) for tail in (
        "FIELDS 0 a", "FIELDS -1 a", "FIELDS x a", "FIELDS 2 a", "FOO 1 a")])
case("wrong-type", [
    ("SET s v", OK), ("HPERSIST s FIELDS 2 a b", WRONGTYPE), ("GET s", "v"),
], seen="valkey#3516")

# ---- HSCAN NOVALUES ------------------------------------------------------

case = area("hash.hscan", since="7.4")
case("novalues", [
    ("HSET h a 1 b 2 c 3", 3),
    ("HSCAN h 0 NOVALUES COUNT 100", Exact(["0", Unordered("abc")])),
    ("HSCAN h 0 COUNT 100 MATCH b novalues", Exact(["0", ["b"]])),
    ("HSCAN nokey 0 NOVALUES", ["0", []]),
])
case("novalues-of-a-single-field", [
    ("HSET h f v", 1), ("HSCAN h 0 NOVALUES COUNT 10", ["0", ["f"]]),
])

# ---- HGETEX --------------------------------------------------------------

case = later("hgetex", "8.0")
case("values", [
    AB, ("HGETEX h FIELDS 1 a", ["1"]),
    ("HGETEX h FIELDS 3 b x a", ["2", NIL, "1"]),
    ("HTTL h FIELDS 2 a b", [-1, -1]), ("hgetex h fields 1 a", ["1"]),
])
case("no-key", [
    ("HGETEX h FIELDS 1 a", [NIL]), ("HGETEX h FIELDS 2 a b", [NIL, NIL]),
    ("HGETEX h EX 100 FIELDS 2 a b", [NIL, NIL]), ("EXISTS h", 0),
])
for option, reader, want in [
        ("EX 100", "HTTL", SOON), ("PX 100000", "HPTTL", SOON_MS),
        ("EXAT %d" % FAR, "HEXPIRETIME", FAR),
        ("PXAT %d" % FAR_MS, "HPEXPIRETIME", FAR_MS)]:
    case("sets-" + option.split()[0].lower(), [
        AB, ("HGETEX h %s FIELDS 2 a x" % option, ["1", NIL]),
        ("%s h FIELDS 3 a b x" % reader, [want, -1, -2]), ("TTL h", -1),
        ("HGETEX h %s FIELDS 2 b a" % option.lower(), ["2", "1"]),
        ("%s h FIELDS 2 a b" % reader, [want, want]),
    ])
case("persist", [
    AB, ("HEXPIRE h 100 FIELDS 2 a b", [1, 1]),
    ("HGETEX h FIELDS 1 a", ["1"]), ("HTTL h FIELDS 1 a", [SOON]),
    ("HGETEX h PERSIST FIELDS 1 a", ["1"]),
    ("HTTL h FIELDS 2 a b", [-1, SOON]),
])
case("errors", [AB] + [
    ("HGETEX h " + tail, EP("ERR")) for tail in (
        "FIELDS 0 a", "FIELDS -1 a", "FIELDS x a", "FIELDS 2 a", "FOO 1 a",
        "EX 100 PX 100000 FIELDS 1 a", "EX 100 PERSIST FIELDS 1 a",
        "EX abc FIELDS 1 a")] + [("HTTL h FIELDS 1 a", [-1])])
case("wrong-type", [
    ("SET s v", OK), ("HGETEX s FIELDS 2 a b", WRONGTYPE), ("GET s", "v"),
], seen="valkey#3516")

# ---- HSETEX --------------------------------------------------------------

case = later("hsetex", "8.0")
case("sets", [
    ("HSETEX h FIELDS 1 a 1", 1), ("HSETEX h FIELDS 2 a 2 b 3", 1),
    ("HGETALL h", M([("a", "2"), ("b", "3")])),
    ("hsetex h fields 1 c 4", 1), ("HLEN h", 3),
])
for option, reader, want in [
        ("EX 100", "HTTL", SOON), ("PX 100000", "HPTTL", SOON_MS),
        ("EXAT %d" % FAR, "HEXPIRETIME", FAR),
        ("PXAT %d" % FAR_MS, "HPEXPIRETIME", FAR_MS)]:
    case("sets-" + option.split()[0].lower(), [
        AB, ("HSETEX h %s FIELDS 2 a 3 c 4" % option, 1),
        ("HMGET h a b c", ["3", "2", "4"]),
        ("%s h FIELDS 3 a b c" % reader, [want, -1, want]), ("TTL h", -1),
    ])
case("fnx", [
    ("HSETEX h FNX FIELDS 1 a 1", 1), ("HSETEX h FNX FIELDS 1 a 2", 0),
    ("HSETEX h FNX FIELDS 2 b 3 a 4", 0), ("HGETALL h", M([("a", "1")])),
    ("HSETEX h fnx FIELDS 2 b 3 c 4", 1), ("HLEN h", 3),
])
case("fxx", [
    ("HSETEX h FXX FIELDS 1 a 1", 0), ("EXISTS h", 0), AB,
    ("HSETEX h FXX FIELDS 2 a 3 x 4", 0), ("HMGET h a x", ["1", NIL]),
    ("HSETEX h fxx FIELDS 2 a 3 b 4", 1), ("HMGET h a b", ["3", "4"]),
])
case("condition-and-time", [
    ("HSETEX h FNX EX 100 FIELDS 1 a 1", 1), ("HTTL h FIELDS 1 a", [SOON]),
    ("HSETEX h FNX EX 500 FIELDS 1 a 2", 0), ("HTTL h FIELDS 1 a", [SOON]),
    ("HSETEX h FXX EX 500 FIELDS 1 a 2", 1), ("HTTL h FIELDS 1 a", [LATER]),
    ("HGET h a", "2"),
])
case("keepttl", [
    AB, ("HEXPIRE h 100 FIELDS 1 a", [1]),
    ("HSETEX h KEEPTTL FIELDS 2 a 3 b 4", 1), ("HMGET h a b", ["3", "4"]),
    ("HTTL h FIELDS 2 a b", [SOON, -1]),
])
case("errors", [AB] + [
    ("HSETEX h " + tail, EP("ERR")) for tail in (
        "FIELDS 0 a 3", "FIELDS -1 a 3", "FIELDS x a 3", "FIELDS 2 a 3",
        "FIELDS 1 a", "FOO 1 a 3", "FNX FXX FIELDS 1 a 3",
        "EX 100 PX 100000 FIELDS 1 a 3", "EX 100 KEEPTTL FIELDS 1 a 3",
        "EX abc FIELDS 1 a 3")] + [
    ("HMGET h a b", ["1", "2"]), ("HTTL h FIELDS 1 a", [-1])])
case("wrong-type", [
    ("SET s v", OK), ("HSETEX s FIELDS 1 a 1", WRONGTYPE), ("GET s", "v"),
])

# ---- HGETDEL -------------------------------------------------------------

case = later("hgetdel", "8.0")
case("takes", [
    AB, ("HGETDEL h FIELDS 1 a", ["1"]), ("HGETALL h", M([("b", "2")])),
    ("HGETDEL h FIELDS 1 a", [NIL]), ("HLEN h", 1),
    ("HSET h c 3", 1), ("hgetdel h fields 2 c x", ["3", NIL]),
])
case("last-field-removes-the-key", [
    AB, ("HGETDEL h FIELDS 3 b x a", ["2", NIL, "1"]), ("EXISTS h", 0),
    ("TYPE h", Simple("none")),
])
case("no-key", [
    ("HGETDEL h FIELDS 1 a", [NIL]), ("HGETDEL h FIELDS 2 a b", [NIL, NIL]),
    ("EXISTS h", 0),
])
case("keeps-the-time-of-the-key", [
    AB, ("EXPIRE h 100", 1), ("HGETDEL h FIELDS 1 a", ["1"]),
    ("TTL h", SOON),
])
case("errors", [AB] + [
    ("HGETDEL h " + tail, EP("ERR")) for tail in (
        "FIELDS 0 a", "FIELDS -1 a", "FIELDS x a", "FIELDS 2 a", "FOO 1 a")
] + [("HMGET h a b", ["1", "2"])])
case("wrong-type", [
    ("SET s v", OK), ("HGETDEL s FIELDS 2 a b", WRONGTYPE), ("GET s", "v"),
], seen="valkey#3516")
