"""What came to streams after Redis 7.0: XREAD +, fields of XINFO, XDELEX and
XACKDEL, KEEPREF, DELREF and ACKED, XREADGROUP CLAIM, IDMP, XCFGSET, XNACK,
MAXCOUNT and MAXSIZE."""

from conformance.cases import *  # noqa: F403
from conformance.cases.stream import (
    AUTO, BAD_ID, Streams, add, entries, ids, rows)
from conformance.cases.stream_group import (
    NOW, SOON, got, group, pending, read)

# The commands that data/commands.txt has not, which a MULTI around them
# would take for unknown.
NEW = ("plain", "pipelined", "bytewise", "split", "inline")
ERR = EP("ERR ")

# ---- 7.2 -----------------------------------------------------------------

case = area("stream.xinfo-later", since="7.2")

case("consumers-inactive", group("0", "1-1") + [
    read("c", "1-1"), ("XINFO CONSUMERS s g", [M([
        ("name", "c"), ("pending", 1), ("idle", SOON), ("inactive", SOON)])]),
])
case("stream-full-active-time", group("0", "1-1") + [
    read("c", "1-1"), ("XINFO STREAM s FULL", M([("groups", [M([
        ("consumers", [M([
            ("name", "c"), ("seen-time", NOW), ("active-time", NOW),
            ("pel-count", 1), ("pending", [["1-1", NOW, 1]])])])],
        more=True)])], more=True)),
])

# ---- 7.4: XREAD with + ---------------------------------------------------

case = area("stream.xread-last", since="7.4")

case("one-entry", add("s", "1-1") + [("XREAD STREAMS s +", got("1-1"))])
case("last-of-several", add("s", *ids(5)) + [
    ("XREAD STREAMS s +", got("5-0")), ("XADD s 6-0 f v", "6-0"),
    ("XREAD STREAMS s +", got("6-0")), ("XREAD STREAMS s +", got("6-0")),
])
case("across-nodes", add("s", *ids(10)) + [
    ("XREAD STREAMS s +", got("10-0")),
], config={"stream-node-max-entries": "3"})
case("after-delete", add("s", *ids(4)) + [
    ("XDEL s 4", 1), ("XREAD STREAMS s +", got("3-0")),
    ("XDEL s 2", 1), ("XREAD STREAMS s +", got("3-0")),
])
case("missing-key", [
    ("XREAD STREAMS s +", NILARRAY), ("XREAD STREAMS s t + +", NILARRAY),
    ("EXISTS s", 0),
])
case("empty-stream", add("s", "1-1") + [
    ("XDEL s 1-1", 1), ("XREAD STREAMS s +", NILARRAY),
])
case("several-streams", add("s", "1-1", "1-2") + add("t", "2-1", "2-2") + [
    ("XREAD STREAMS s t + +", Streams([("s", rows("1-2")),
                                       ("t", rows("2-2"))])),
    ("XREAD STREAMS s nokey t + + +", Streams([("s", rows("1-2")),
                                               ("t", rows("2-2"))])),
])
case("with-other-ids", add("s", "1-1", "1-2") + add("t", "2-1", "2-2") + [
    ("XREAD STREAMS s t 0 +", Streams([("s", rows("1-1", "1-2")),
                                       ("t", rows("2-2"))])),
    ("XREAD STREAMS s t + 2-2", got("1-2")),
    ("XREAD STREAMS s t $ +", got("2-2", key="t")),
])
case("with-count-and-block", add("s", "1-1", "1-2") + [
    ("XREAD COUNT 1 STREAMS s +", got("1-2")),
    ("XREAD COUNT 10 STREAMS s +", got("1-2")),
    ("XREAD BLOCK 0 STREAMS s +", got("1-2")),
    ("XREAD BLOCK 1 STREAMS nokey s + +", got("1-2")),
])
case("changes-nothing", add("s", "1-1") + [
    ("XREAD STREAMS s +", got("1-1")), entries("s", ["1-1"]),
    ("XREAD STREAMS s 1-1", NILARRAY),
])
case("wrongtype", [
    ("SET s v", OK), ("XREAD STREAMS s +", WRONGTYPE),
    ("XADD t 1-1 f v", "1-1"), ("XREAD STREAMS t +", got("1-1", key="t")),
    ("XREAD STREAMS t s + +", WRONGTYPE),
])
case("not-for-xrange", add("s", "1-1", "1-2") + [
    ("XREAD STREAMS s +", got("1-2")), ("XRANGE s + +", []),
    ("XADD s + f v", BAD_ID), ("XDEL s +", BAD_ID),
])

# ---- 8.2: XDELEX ---------------------------------------------------------

case = area("stream.xdelex", since="8.2", contexts=NEW)

case("deletes", add("s", "1-1", "1-2", "1-3") + [
    ("XDELEX s IDS 1 1-2", [1]), entries("s", ["1-1", "1-3"]),
    ("XDELEX s IDS 2 1-1 1-3", [1, 1]), ("XLEN s", 0), ("EXISTS s", 1),
])
case("missing-ids", add("s", "1-1", "1-2") + [
    ("XDELEX s IDS 1 9-9", [-1]), ("XDELEX s IDS 3 9-9 1-1 0-1", [-1, 1, -1]),
    ("XDELEX s IDS 1 1-1", [-1]), entries("s", ["1-2"]),
])
case("same-id-twice", add("s", "1-1") + [
    ("XDELEX s IDS 2 1-1 1-1", [1, -1]),
])
case("lower-case", add("s", "1-1", "1-2", "1-3", "1-4") + [
    ("xdelex s ids 1 1-1", [1]), ("xdelex s keepref ids 1 1-2", [1]),
    ("xdelex s delref ids 1 1-3", [1]), ("XLEN s", 1),
])
case("id-without-sequence-is-0", add("s", "5-0", "5-1") + [
    ("XDELEX s IDS 1 5", [1]), entries("s", ["5-1"]),
])
for _word in ("", "KEEPREF "):
    case("keeps-references" + ("-by-name" if _word else ""), group(
        "0", "1-1", "1-2") + [
        read("c", "1-1", "1-2"), ("XDELEX s %sIDS 1 1-1" % _word, [1]),
        entries("s", ["1-2"]), pending(("1-1", "c", 1), ("1-2", "c", 1)),
        ("XACK s g 1-1", 1),
    ])
case("delref", group("0", "1-1", "1-2") + [
    ("XGROUP CREATE s h 0", OK), read("c", "1-1", "1-2"),
    ("XREADGROUP GROUP h d STREAMS s >", got("1-1", "1-2")),
    ("XDELEX s DELREF IDS 1 1-1", [1]), entries("s", ["1-2"]),
    pending(("1-2", "c", 1)),
    ("XPENDING s h", [1, "1-2", "1-2", [["d", "1"]]]),
    ("XACK s g 1-1", 0),
])
case("delref-without-groups", add("s", "1-1") + [
    ("XDELEX s DELREF IDS 2 1-1 9-9", [1, -1]), ("XLEN s", 0),
])
case("acked", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XACK s g 1-1", 1),
    ("XDELEX s ACKED IDS 3 1-1 1-2 9-9", [1, 2, -1]),
    entries("s", ["1-2"]), pending(("1-2", "c", 1)),
    ("XACK s g 1-2", 1), ("XDELEX s ACKED IDS 1 1-2", [1]), ("XLEN s", 0),
])
case("acked-by-every-group", group("0", "1-1") + [
    ("XGROUP CREATE s h 0", OK), read("c", "1-1"),
    ("XREADGROUP GROUP h d STREAMS s >", got("1-1")),
    ("XDELEX s ACKED IDS 1 1-1", [2]), ("XACK s g 1-1", 1),
    ("XDELEX s ACKED IDS 1 1-1", [2]), ("XACK s h 1-1", 1),
    ("XDELEX s ACKED IDS 1 1-1", [1]), ("XLEN s", 0),
])
case("last-id-stays", add("s", "5-5") + [
    ("XDELEX s IDS 1 5-5", [1]), ("XADD s 5-5 f v", ERR),
    ("XADD s 5-* f v", "5-6"),
])
case("keeps-ttl", add("s", "1-1") + [
    ("EXPIRE s 100", 1), ("XDELEX s IDS 1 1-1", [1]),
    ("TTL s", Between(90, 100)),
])
case("errors", add("s", "1-1") + [("XDELEX s IDS 1 9-9", [-1])] + [
    ("XDELEX s " + tail, ERR) for tail in (
        "IDS 0 1-1", "IDS -1 1-1", "IDS a 1-1", "IDS 2 1-1",
        "IDS 1 1-1 1-2", "IDS 1 a", "IDS 1 -", "IDS 1 +", "FOO 1 1-1",
        "FOO IDS 1 1-1", "1-1 1-1 1-1")
] + [("XLEN s", 1)])
case("arity", [
    ("XDELEX", arity("xdelex")), ("XDELEX s", arity("xdelex")),
    ("XDELEX s IDS 1", arity("xdelex")),
])
case("wrongtype", [
    ("SET s v", OK), ("XDELEX s IDS 1 1-1", WRONGTYPE),
    ("XDELEX s DELREF IDS 1 1-1", WRONGTYPE),
])

# ---- 8.2: XACKDEL --------------------------------------------------------

case = area("stream.xackdel", since="8.2", contexts=NEW)

case("acknowledges-and-deletes", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XACKDEL s g IDS 1 1-1", [1]),
    entries("s", ["1-2"]), pending(("1-2", "c", 1)),
    ("XACKDEL s g IDS 1 1-2", [1]), ("XLEN s", 0), ("EXISTS s", 1),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
])
case("missing-ids", group("0", "1-1") + [
    read("c", "1-1"), ("XACKDEL s g IDS 1 9-9", [-1]),
    ("XACKDEL s g IDS 3 9-9 1-1 1-1", [-1, 1, -1]),
])
case("lower-case", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("xackdel s g ids 1 1-1", [1]),
    ("xackdel s g delref ids 1 1-2", [1]),
])
for _word in ("", "KEEPREF "):
    case("keeps-other-references" + ("-by-name" if _word else ""), group(
        "0", "1-1") + [
        ("XGROUP CREATE s h 0", OK), read("c", "1-1"),
        ("XREADGROUP GROUP h d STREAMS s >", got("1-1")),
        ("XACKDEL s g %sIDS 1 1-1" % _word, [1]), ("XLEN s", 0),
        ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
        ("XPENDING s h", [1, "1-1", "1-1", [["d", "1"]]]),
    ])
case("delref", group("0", "1-1") + [
    ("XGROUP CREATE s h 0", OK), read("c", "1-1"),
    ("XREADGROUP GROUP h d STREAMS s >", got("1-1")),
    ("XACKDEL s g DELREF IDS 1 1-1", [1]), ("XLEN s", 0),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
    ("XPENDING s h", [0, NIL, NIL, NILARRAY]),
])
case("acked", group("0", "1-1") + [
    ("XGROUP CREATE s h 0", OK), read("c", "1-1"),
    ("XREADGROUP GROUP h d STREAMS s >", got("1-1")),
    ("XACKDEL s g ACKED IDS 1 1-1", [2]), ("XLEN s", 1),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
    ("XPENDING s h", [1, "1-1", "1-1", [["d", "1"]]]),
    ("XACKDEL s h ACKED IDS 1 1-1", [1]), ("XLEN s", 0),
])
case("errors", group("0", "1-1") + [
    read("c", "1-1"), ("XACKDEL s g IDS 1 9-9", [-1])] + [
    ("XACKDEL s g " + tail, ERR) for tail in (
        "IDS 0 1-1", "IDS -1 1-1", "IDS a 1-1", "IDS 2 1-1",
        "IDS 1 1-1 1-2", "IDS 1 a", "FOO 1 1-1", "FOO IDS 1 1-1")
] + [("XLEN s", 1), pending(("1-1", "c", 1))])
case("arity", [
    ("XACKDEL", arity("xackdel")), ("XACKDEL s", arity("xackdel")),
    ("XACKDEL s g IDS 1", arity("xackdel")),
])
case("wrongtype", [
    ("SET s v", OK), ("XACKDEL s g IDS 1 1-1", WRONGTYPE),
])

# ---- 8.2: XADD and XTRIM with KEEPREF, DELREF, ACKED ---------------------

case = area("stream.trim-references", since="8.2")

for _word in ("", "KEEPREF"):
    case("xtrim-keeps" + ("-by-name" if _word else ""), group(
        "0", *ids(3)) + [
        read("c", *ids(3)), ("XTRIM s MAXLEN 1 " + _word, 2),
        entries("s", ["3-0"]),
        ("XPENDING s g", [3, "1-0", "3-0", [["c", "3"]]]),
    ])
case("xtrim-delref", group("0", *ids(3)) + [
    read("c", *ids(3)), ("XTRIM s MAXLEN 1 DELREF", 2),
    entries("s", ["3-0"]), ("XPENDING s g", [1, "3-0", "3-0", [["c", "1"]]]),
])
case("xtrim-minid-delref", group("0", *ids(3)) + [
    read("c", *ids(3)), ("XTRIM s MINID 3 delref", 2),
    entries("s", ["3-0"]), ("XPENDING s g", [1, "3-0", "3-0", [["c", "1"]]]),
])
case("xtrim-acked", group("0", *ids(4)) + [
    read("c", *ids(4)), ("XTRIM s MAXLEN 1 ACKED", 0), ("XLEN s", 4),
    ("XACK s g 1 2", 2), ("XTRIM s MAXLEN 2 ACKED", 2),
    entries("s", ["3-0", "4-0"]),
    ("XPENDING s g", [2, "3-0", "4-0", [["c", "2"]]]),
])
case("xadd-keepref", group("0", *ids(2)) + [
    read("c", *ids(2)), ("XADD s KEEPREF MAXLEN 1 3-0 f v", "3-0"),
    entries("s", ["3-0"]), ("XPENDING s g", [2, "1-0", "2-0", [["c", "2"]]]),
])
case("xadd-delref", group("0", *ids(2)) + [
    read("c", *ids(2)), ("XADD s DELREF MAXLEN 1 3-0 f v", "3-0"),
    entries("s", ["3-0"]), ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
])
case("xadd-acked", group("0", *ids(2)) + [
    read("c", *ids(2)), ("XACK s g 1", 1),
    ("XADD s ACKED MAXLEN 2 3-0 f v", "3-0"), entries("s", ["2-0", "3-0"]),
])
case("xadd-without-trimming", add("s", "1-1") + [
    ("XADD s KEEPREF 1-2 f v", "1-2"),
    ("XADD s NOMKSTREAM DELREF 1-3 f v", "1-3"),
    ("XADD nokey NOMKSTREAM DELREF 1-3 f v", NIL), ("XLEN s", 3),
], level=SHOULD)
case("without-groups", add("s", *ids(3)) + [
    ("XTRIM s MAXLEN 2 DELREF", 1), ("XTRIM s MAXLEN 1 KEEPREF", 1),
    entries("s", ["3-0"]),
])

# ---- 8.4: XREADGROUP CLAIM -----------------------------------------------

case = area("stream.xreadgroup-claim", since="8.4")


def claimed(*want):
    """What XREADGROUP CLAIM answers, as far as IDs go."""
    return Streams([("s", Unordered([
        Shape(lambda got, id=id: isinstance(got, Array) and
              got.v[:1] == (Bulk(id),), "an entry " + id)
        for id in want]))])


case("nothing-idle-is-null", group("0", "1-1") + [
    ("XREADGROUP GROUP g c STREAMS s >", got("1-1")),
    ("XREADGROUP GROUP g d CLAIM 1000000 STREAMS s >", NILARRAY),
    pending(("1-1", "c", 1)),
])
case("takes-idle-entries", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XCLAIM s g c 0 1-2 IDLE 500000 JUSTID",
                              ["1-2"]),
    ("XREADGROUP GROUP g d CLAIM 400000 STREAMS s >", claimed("1-2")),
    ("XPENDING s g", [2, "1-1", "1-2", [["c", "1"], ["d", "1"]]]),
    ("XREADGROUP GROUP g e CLAIM 400000 STREAMS s >", NILARRAY),
])
case("lower-case", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g c 0 1-1 IDLE 500000 JUSTID", ["1-1"]),
    ("xreadgroup group g d count 5 claim 400000 streams s >",
     claimed("1-1")), ("XPENDING s g", [1, "1-1", "1-1", [["d", "1"]]]),
])
case("new-entries-come-too", group("0", "1-1", "1-2") + [
    read("c", "1-1", count=1),
    ("XCLAIM s g c 0 1-1 IDLE 500000 JUSTID", ["1-1"]),
    ("XREADGROUP GROUP g d CLAIM 400000 STREAMS s >",
     claimed("1-1", "1-2")),
    ("XPENDING s g", [2, "1-1", "1-2", [["d", "2"]]]),
])
case("errors", group("$", "1-1") + [
    ("XREADGROUP GROUP g c CLAIM 5 STREAMS s >", NILARRAY),
    ("XREADGROUP GROUP g c CLAIM a STREAMS s >", ERR),
    ("XREADGROUP GROUP g c CLAIM STREAMS s >", ERR),
    ("XREADGROUP GROUP g c CLAIM 1.5 STREAMS s >", ERR),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
])

# ---- 8.6: idempotent XADD ------------------------------------------------

case = area("stream.xadd-idempotent", since="8.6")


@case.script("idmp", needs=("XADD", "XLEN"))
def idmp():
    reply = yield "XADD s IDMP p 1 * f v", AUTO
    first = reply.v.decode()
    yield "XADD s IDMP p 1 * f v", first
    yield "XADD s IDMP p 1 * other value", first
    yield "XLEN s", 1
    reply = yield "XADD s IDMP p 2 * f v", AUTO
    yield "XADD s IDMP p 2 * f v", reply.v.decode()
    yield "XLEN s", 2
    yield "XADD s IDMP p 1 * f v", first
    yield "XADD s IDMP q 1 * f v", AUTO
    yield "XLEN s", 3


@case.script("idmpauto", needs=("XADD", "XLEN"))
def idmpauto():
    reply = yield "XADD s IDMPAUTO p * f v", AUTO
    first = reply.v.decode()
    yield "XADD s IDMPAUTO p * f v", first
    yield "XLEN s", 1
    yield "XADD s IDMPAUTO p * f w", AUTO
    yield "XADD s IDMPAUTO q * f v", AUTO
    yield "XLEN s", 3
    yield "XADD s IDMPAUTO p * f v", first
    yield "XLEN s", 3


@case.script("without-it-entries-repeat", needs=("XADD", "XLEN"))
def entries_repeat():
    yield "XADD s IDMPAUTO p * f v", AUTO
    yield "XADD s * f v", AUTO
    yield "XADD s * f v", AUTO
    yield "XLEN s", 3


@case.script("xcfgset-forgets", needs=("XADD", "XLEN"))
def xcfgset_forgets():
    yield "XADD s IDMP p 1 * f v", AUTO
    yield "XCFGSET s IDMP-DURATION 1000 IDMP-MAXSIZE 500", OK
    yield "XADD s IDMP p 1 * f v", AUTO
    yield "XLEN s", 2


case("only-with-a-star", [
    ("XADD t IDMP p 1 * f v", AUTO),
    ("XADD s IDMP p 1 1-1 f v", ERR), ("XADD s IDMPAUTO p 1-1 f v", ERR),
    ("XADD s IDMP p 1 1-* f v", ERR), ("XADD s IDMPAUTO p 1-* f v", ERR),
    ("EXISTS s", 0),
])
case("xcfgset-bounds", [("XADD s 1-1 f v", "1-1")] + [
    ("XCFGSET s " + tail, OK) for tail in (
        "IDMP-DURATION 1", "IDMP-DURATION 86400", "IDMP-MAXSIZE 1",
        "IDMP-MAXSIZE 10000", "idmp-duration 5 idmp-maxsize 5")
] + [("XCFGSET s " + tail, ERR) for tail in (
    "IDMP-DURATION 0", "IDMP-DURATION 86401", "IDMP-DURATION -1",
    "IDMP-DURATION a", "IDMP-MAXSIZE 0", "IDMP-MAXSIZE 10001",
    "IDMP-MAXSIZE -1", "IDMP-MAXSIZE a", "FOO 5", "IDMP-DURATION")],
     contexts=NEW)
case("xcfgset-wrongtype", [
    ("SET s v", OK), ("XCFGSET s IDMP-DURATION 5", WRONGTYPE),
], contexts=NEW)

# ---- 8.8 and 8.10 --------------------------------------------------------

case = area("stream.xnack", since="8.8", contexts=NEW)

for _name, _word in (("silent", "SILENT"), ("fail", "FAIL"),
                     ("fatal", "FATAL"), ("lower-case", "fail")):
    case("counts-" + _name, group("0", *ids(3)) + [
        read("c", *ids(3)), ("XNACK s g %s IDS 1 1-0" % _word, 1),
        ("XNACK s g %s IDS 2 2-0 3-0" % _word, 2), ("XLEN s", 3),
    ])
case("options", group("0", *ids(2)) + [
    read("c", *ids(2)), ("XNACK s g FAIL IDS 1 1-0 RETRYCOUNT 5", 1),
])
case("errors", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XNACK s g FAIL IDS 1 1-2", 1)] + [
    ("XNACK s g " + tail, ERR) for tail in (
        "FOO IDS 1 1-1", "FAIL IDS 0 1-1", "FAIL IDS a 1-1",
        "FAIL IDS 2 1-1", "FAIL IDS 1 a", "FAIL FOO 1 1-1",
        "FAIL IDS 1 1-1 RETRYCOUNT a", "FAIL IDS 1 1-1 RETRYCOUNT")
] + [("XPENDING s g - 1-1 10", [["1-1", "c", SOON, 1]])])
case("wrongtype", [
    ("SET s v", OK), ("XNACK s g FAIL IDS 1 1-1", WRONGTYPE),
])

case = area("stream.xread-max", since="8.10")

case("larger-than-what-is-there", add("s", *ids(3)) + [
    ("XREAD MAXCOUNT 100 STREAMS s 0", got(*ids(3))),
    ("XREAD MAXSIZE 1000000 STREAMS s 0", got(*ids(3))),
    ("xread maxcount 100 maxsize 1000000 streams s 1", got("2-0", "3-0")),
    ("XREAD MAXCOUNT 100 STREAMS s 9", NILARRAY),
])
case("in-a-group", group("0", *ids(3)) + [
    ("XREADGROUP GROUP g c MAXCOUNT 100 MAXSIZE 1000000 STREAMS s >",
     got(*ids(3))),
    ("XREADGROUP GROUP g c MAXCOUNT 100 STREAMS s >", NILARRAY),
])
case("maxcount-bounds-one-stream", add("s", *ids(3)) + [
    ("XREAD MAXCOUNT 2 STREAMS s 0", got("1-0", "2-0")),
    ("XREAD MAXCOUNT 1 STREAMS s 2", got("3-0")),
])
case("errors", add("s", "1-1") + [
    ("XREAD MAXCOUNT 5 MAXSIZE 5000 STREAMS s 0", got("1-1")),
    ("XREAD MAXCOUNT a STREAMS s 0", ERR), ("XREAD MAXSIZE a STREAMS s 0",
                                            ERR),
    ("XREAD MAXCOUNT STREAMS s 0", ERR),
])
