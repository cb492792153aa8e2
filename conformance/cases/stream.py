"""Streams without groups: XADD XLEN XRANGE XREVRANGE XDEL XTRIM XSETID
XREAD, and DEL, RENAME and the like on streams."""

import re

from conformance.cases import *  # noqa: F403
from conformance.expect import (
    Want, match, project, sequence, wrong_type)

MAX = "18446744073709551615"
TOP = MAX + "-" + MAX
BAD_ID = E("ERR Invalid stream ID specified as stream command argument")
SMALL = E("ERR The ID specified in XADD is equal or smaller than the target "
          "stream top item")
ZERO = E("ERR The ID specified in XADD must be greater than 0-0")
FULL = E("ERR The stream has exhausted the last possible ID, unable to add "
         "more items")
TWO_TRIMS = E("ERR syntax error, MAXLEN and MINID options at the same time "
              "are not compatible")
LIMIT_ALONE = E("ERR syntax error, LIMIT cannot be used without specifying a "
                "trimming strategy")
LIMIT_EXACT = E("ERR syntax error, LIMIT cannot be used without the special "
                "~ option")
NO_TRIM = E("ERR syntax error, XTRIM must be called with a trimming strategy")
AUTO = Re(rb"[1-9][0-9]{12,}-[0-9]+")
# What no ID is, wherever one is asked for.
BAD_IDS = ["", " ", "a", "1-", "-1", "1-a", "a-1", "1-1-1", "1_1", "1.5",
           "1-1 ", "1 -1", "1-1 1", "--", "0x1", "1-0x1", "1-1\n",
           "18446744073709551616", "1-18446744073709551616",
           "-1-1", "1--1", "9" * 200]


class Streams(Want):
    """What XREAD and XREADGROUP answer, from pairs (key, entries): a map in
    this order; RESP2 array of pairs."""

    def project(self, at):
        pairs = [(project(k, at), project(v, at)) for k, v in self.what]
        return Map(pairs) if at.proto == 3 else Array(map(Array, pairs))

    def differs(self, at, got):
        pairs = [[*pair] for pair in self.what]
        if at.proto == 2:
            return sequence(Array, pairs, at, got)
        if type(got) is not Map:
            return wrong_type("a map of %d" % len(pairs), Map, got)
        return match(pairs, at, Array([Array(pair) for pair in got.v]))


def row(id, *fields):
    """An entry; f v are its fields unless others are given."""
    return [id, [*(fields or ("f", "v"))]]


def rows(*ids):
    return [row(id) for id in ids]


def add(key, *ids):
    """Steps that add entries f v with these IDs."""
    return [("XADD %s %s f v" % (key, id), id) for id in ids]


def ids(n, first=1):
    return ["%d-0" % i for i in range(first, first + n)]


def entries(key, want):
    """A step that looks at all IDs of a stream."""
    return ("XRANGE %s - +" % key, rows(*want))


# ---- XADD ----------------------------------------------------------------

case = area("stream.xadd")

case("replies-the-id", [
    ("XADD s 1-1 f v", "1-1"), ("XADD s 1-2 f v", "1-2"),
    ("XADD s 2-0 f v", "2-0"), ("XLEN s", 3), ("TYPE s", Simple("stream")),
    ("XRANGE s - +", rows("1-1", "1-2", "2-0")),
])
case("id-without-sequence-is-0", [
    ("XADD s 5 f v", "5-0"), ("XADD s 6 f v", "6-0"),
    ("XADD s 6 f v", SMALL), ("XADD s 6-1 f v", "6-1"),
])
case("lower-case", [
    ("xadd s 1-1 f v", "1-1"),
    ("xadd s nomkstream maxlen = 5 2-0 f v", "2-0"),
    ("xadd s NoMkStream MinId 1 3 f v", "3-0"), ("xlen s", 3),
])
case("many-fields-in-order", [
    ("XADD s 1-1 b 1 a 2 c 3", "1-1"),
    ("XRANGE s - +", [row("1-1", "b", "1", "a", "2", "c", "3")]),
])
case("field-names-repeat", [
    ("XADD s 1-1 a 1 a 2 a 1", "1-1"),
    ("XRANGE s - +", [row("1-1", "a", "1", "a", "2", "a", "1")]),
])
case("binary-and-empty", [
    (("XADD", "", "1-1", "", ""), "1-1"),
    (("XADD", "", "1-2", b"\r\n\0", b"\xff\r\n"), "1-2"),
    (("XRANGE", "", "-", "+"), [row("1-1", "", ""),
                                row("1-2", b"\r\n\0", b"\xff\r\n")]),
])
case("numbers-stay-text", [
    ("XADD s 1-1 1 01 -0 1e3 9223372036854775808 -9223372036854775808",
     "1-1"),
    ("XRANGE s - +", [row("1-1", "1", "01", "-0", "1e3",
                          "9223372036854775808", "-9223372036854775808")]),
])
case("fields-alike-and-others", [
    ("XADD s 1-1 a 1 b 2", "1-1"), ("XADD s 1-2 a 3 b 4", "1-2"),
    ("XADD s 1-3 b 5 a 6", "1-3"), ("XADD s 1-4 a 7", "1-4"),
    ("XADD s 1-5 a 8 b 9 c 0", "1-5"),
    ("XRANGE s - +", [row("1-1", "a", "1", "b", "2"),
                      row("1-2", "a", "3", "b", "4"),
                      row("1-3", "b", "5", "a", "6"), row("1-4", "a", "7"),
                      row("1-5", "a", "8", "b", "9", "c", "0")]),
])
case("large-value", [
    (("XADD", "s", "1-1", "f", b"x" * 100000), "1-1"),
    ("XRANGE s - +", [["1-1", ["f", b"x" * 100000]]]),
])
case("hundred-fields", [
    (["XADD", "s", "1-1"] + [str(i) for i in range(200)], "1-1"),
    ("XRANGE s - +", [["1-1", [str(i) for i in range(200)]]]),
])
case("option-words-as-fields", [
    ("XADD s 1-1 MAXLEN 5", "1-1"), ("XADD s 1-2 NOMKSTREAM *", "1-2"),
    ("XADD MAXLEN 1-1 LIMIT 5", "1-1"),
    ("XRANGE s - +", [row("1-1", "MAXLEN", "5"),
                      row("1-2", "NOMKSTREAM", "*")]),
])
case("equal-id", [
    ("XADD s 5-5 f v", "5-5"), ("XADD s 5-5 f v", SMALL), ("XLEN s", 1),
])
case("smaller-id", [
    ("XADD s 5-5 f v", "5-5"), ("XADD s 5-4 f v", SMALL),
    ("XADD s 4-9 f v", SMALL), ("XADD s 5 f v", SMALL),
    ("XADD s 1 f v", SMALL), ("XADD s 0-1 f v", SMALL), ("XLEN s", 1),
])
case("ids-compare-as-numbers", [
    ("XADD s 9-9 f v", "9-9"), ("XADD s 9-10 f v", "9-10"),
    ("XADD s 10-1 f v", "10-1"), ("XADD s 9-11 f v", SMALL),
])
case("smallest-id", [
    ("XADD s 0-1 f v", "0-1"), ("XADD s 0-0 f v", ZERO),
    ("XADD s 0 f v", ZERO), entries("s", ["0-1"]),
])
case("zero-creates-nothing", [
    ("XADD s 0-0 f v", ZERO), ("XADD s 0 f v", ZERO), ("EXISTS s", 0),
])
case("zeros-in-front", [
    ("XADD s 007-001 f v", "7-1"), ("XADD s 0007-2 f v", "7-2"),
    entries("s", ["7-1", "7-2"]),
])
case("largest-id", [
    ("XADD s %s f v" % TOP, TOP), ("XADD s * f v", FULL),
    ("XADD s %s f v" % TOP, FULL), ("XADD s %s-* f v" % MAX, FULL),
    ("XADD s 1-1 f v", FULL), ("XADD s 1-* f v", FULL),
    ("XLEN s", 1), entries("s", [TOP]),
])
case("largest-id-deleted-stays-the-last", [
    ("XADD s %s f v" % TOP, TOP), ("XDEL s " + TOP, 1),
    ("XADD s * f v", FULL), ("XLEN s", 0),
])
case("zero-before-full", [
    ("XADD s %s f v" % TOP, TOP), ("XADD s 0-0 f v", ZERO),
])
case("above-2-63", [
    ("XADD s 9223372036854775808-9223372036854775808 f v",
     "9223372036854775808-9223372036854775808"),
    ("XADD s 9223372036854775807-0 f v", SMALL),
    ("XADD s 18446744073709551614-%s f v" % MAX, "18446744073709551614-" +
     MAX),
    ("XADD s %s f v" % MAX, MAX + "-0"),
])
case("bad-id", [
    (("XADD", "s", id, "f", "v"), BAD_ID) for id in BAD_IDS + [
        "-", "+", "$", ">", "(1-1", "**", "*-1", "*-*", "1-**"]
] + [("EXISTS s", 0)])
case("minus-plus-are-no-ids", [
    ("XADD s 1-1 f v", "1-1"), ("XADD s - f v", BAD_ID),
    ("XADD s + f v", BAD_ID), ("XLEN s", 1),
])

case("auto-id", [
    ("XADD s * f v", AUTO), ("XADD s * f v", AUTO), ("XLEN s", 2),
])


def id_of(got):
    """An ID as two numbers."""
    found = re.match(rb"([0-9]+)-([0-9]+)\Z", got.v) if isinstance(
        got, Bulk) else None
    return tuple(map(int, found.groups())) if found else (0, 0)


@case.script("auto-id-grows", needs=("XADD", "XRANGE"))
def auto_id_grows():
    seen = [(0, 0)]
    for i in range(20):
        reply = yield "XADD s * n %d" % i, Shape(
            lambda got: id_of(got) > seen[-1], "an ID above the last one")
        seen.append(id_of(reply))
    yield "XRANGE s - +", [row("%d-%d" % id, "n", str(i))
                           for i, id in enumerate(seen[1:])]


@case.script("auto-id-is-the-time", needs=("XADD", "TIME"))
def auto_id_is_the_time():
    reply = yield "TIME", [Re(rb"\d+"), Re(rb"\d+")]
    now = int(reply.v[0].v) * 1000
    yield "XADD s * f v", Shape(
        lambda got: now - 1000 <= id_of(got)[0] <= now + 61000,
        "an ID of that time")


case("auto-id-after-the-future", [
    ("XADD s 99999999999999-5 f v", "99999999999999-5"),
    ("XADD s * f v", "99999999999999-6"),
    ("XADD s * f v", "99999999999999-7"),
])
case("auto-id-carries-into-the-time", [
    ("XADD s 99999999999999-%s f v" % MAX, "99999999999999-" + MAX),
    ("XADD s * f v", "100000000000000-0"),
    ("XADD s * f v", "100000000000000-1"),
])
case("auto-id-after-delete", [
    ("XADD s 99999999999999-5 f v", "99999999999999-5"),
    ("XDEL s 99999999999999-5", 1), ("XADD s * f v", "99999999999999-6"),
])
case("auto-sequence", [
    ("XADD s 5-* f v", "5-0"), ("XADD s 5-* f v", "5-1"),
    ("XADD s 5-7 f v", "5-7"), ("XADD s 5-* f v", "5-8"),
    ("XADD s 6-* f v", "6-0"), ("XADD s 5-* f v", SMALL),
    entries("s", ["5-0", "5-1", "5-7", "5-8", "6-0"]),
])
case("auto-sequence-of-0", [
    ("XADD s 0-* f v", "0-1"), ("XADD s 0-* f v", "0-2"),
    ("XADD s 1-* f v", "1-0"), ("XADD s 0-* f v", SMALL),
])
case("auto-sequence-overflow", [
    ("XADD s 5-%s f v" % MAX, "5-" + MAX),
    ("XADD s 5-* f v", E("ERR Elements are too large to be stored")),
    ("XADD s 6-* f v", "6-0"),
])
case("auto-sequence-after-delete", [
    ("XADD s 5-3 f v", "5-3"), ("XDEL s 5-3", 1), ("XADD s 5-* f v", "5-4"),
])
case("auto-sequence-of-the-largest-time", [
    ("XADD s %s-* f v" % MAX, MAX + "-0"),
    ("XADD s %s-* f v" % MAX, MAX + "-1"),
])

case("nomkstream-missing", [
    ("XADD s NOMKSTREAM 1-1 f v", NIL), ("EXISTS s", 0),
    ("XADD s NOMKSTREAM * f v", NIL),
    ("XADD s NOMKSTREAM MAXLEN 1 * f v", NIL), ("EXISTS s", 0),
])
case("nomkstream-existing", [
    ("XADD s 1-1 f v", "1-1"), ("XADD s NOMKSTREAM 1-2 f v", "1-2"),
    ("XADD s NOMKSTREAM NOMKSTREAM 1-3 f v", "1-3"),
    ("XADD s NOMKSTREAM * f v", AUTO), ("XLEN s", 4),
])
case("nomkstream-empty-stream-exists", [
    ("XADD s 1-1 f v", "1-1"), ("XDEL s 1-1", 1),
    ("XADD s NOMKSTREAM 1-2 f v", "1-2"),
])
case("nomkstream-errors-come-first", [
    ("XADD s NOMKSTREAM 0-0 f v", ZERO), ("XADD s NOMKSTREAM a f v", BAD_ID),
    ("XADD s NOMKSTREAM * f", arity("xadd")),
])
case("wrongtype-nomkstream", [
    ("SET s v", OK), ("XADD s NOMKSTREAM 1-1 f v", WRONGTYPE),
])
case("wrongtype-last", [
    ("SET s v", OK), ("XADD s 1-1 f v", WRONGTYPE), ("XADD s 0-0 f v", ZERO),
    ("XADD s a f v", BAD_ID), ("XADD s MAXLEN -1 1-1 f v", E(
        "ERR The MAXLEN argument must be >= 0.")),
    ("XADD s 1-1 f v g", arity("xadd")), ("GET s", "v"),
])

case("odd-fields", [
    ("XADD s * f v g", arity("xadd")), ("XADD s 1-1 f v g", arity("xadd")),
    ("XADD s MAXLEN 5 1-1 f", arity("xadd")),
    ("XADD s NOMKSTREAM * f", arity("xadd")),
    ("XADD s MAXLEN 5 *", arity("xadd")),
    ("XADD s MAXLEN ~ 5 LIMIT 5 *", arity("xadd")), ("EXISTS s", 0),
])
case("no-id", [
    ("XADD s MAXLEN 5 NOMKSTREAM NOMKSTREAM", arity("xadd")),
    ("XADD s MAXLEN 5 MAXLEN", BAD_ID), ("EXISTS s", 0),
])
case("bad-id-before-odd-fields", [
    ("XADD s x f v g", BAD_ID), ("XADD s 0-0 f v g", arity("xadd")),
])

case("maxlen", add("s", *ids(5)) + [
    ("XADD s MAXLEN 3 6-0 f v", "6-0"), entries("s", ids(3, 4)),
    ("XADD s MAXLEN = 2 7-0 f v", "7-0"), entries("s", ids(2, 6)),
    ("XADD s MAXLEN 10 8-0 f v", "8-0"), ("XLEN s", 3),
])
case("maxlen-0", [
    ("XADD s MAXLEN 0 1-1 f v", "1-1"), ("XLEN s", 0), ("EXISTS s", 1),
    ("XADD s MAXLEN 0 1-1 f v", SMALL), ("XADD s MAXLEN = 0 1-* f v", "1-2"),
    ("XRANGE s - +", []),
])
case("maxlen-errors", [("XADD s 1-1 f v", "1-1")] + [
    ("XADD s MAXLEN %s 2-0 f v" % n, E(
        "ERR The MAXLEN argument must be >= 0."))
    for n in ("-1", "~ -1", "= -1", "-9223372036854775808")
] + [(("XADD", "s", "MAXLEN", n, "2-0", "f", "v"), INT_ERR) for n in (
    "", "a", "1.5", " 1", "9223372036854775808", "=5", "~5")] + [
    ("XADD s MAXLEN 9223372036854775807 2-0 f v", "2-0"), ("XLEN s", 2),
])
case("maxlen-tilde-needs-a-number", [
    ("XADD s MAXLEN ~ 1-1 f v", INT_ERR), ("XADD s MAXLEN = * f v", INT_ERR),
    ("XADD s MAXLEN 1-1 f v", INT_ERR), ("EXISTS s", 0),
])
case("maxlen-approximately-keeps-at-least", [
    step for i in range(1, 31) for step in [
        ("XADD s MAXLEN ~ 10 %d-0 f v" % i, "%d-0" % i),
        ("XLEN s", Between(min(i, 10), 130))]
] + [("XREVRANGE s + - COUNT 10", rows(*reversed(ids(10, 21))))])
case("maxlen-approximately-by-nodes", add("s", *ids(30)) + [
    ("XADD s MAXLEN ~ 15 31-0 f v", "31-0"), ("XLEN s", Exact(21)),
    ("XADD s MAXLEN ~ 15 32-0 f v", "32-0"), ("XLEN s", Exact(22)),
    ("XADD s MAXLEN ~ 10 33-0 f v", "33-0"), ("XLEN s", Exact(13)),
    ("XADD s MAXLEN = 12 34-0 f v", "34-0"), ("XLEN s", 12),
], config={"stream-node-max-entries": "10"})
case("maxlen-limit", add("s", *ids(50)) + [
    ("XADD s MAXLEN ~ 0 LIMIT 25 51-0 f v", "51-0"), ("XLEN s", Exact(31)),
    ("XADD s MAXLEN ~ 0 LIMIT 9 52-0 f v", "52-0"), ("XLEN s", Exact(32)),
    ("XADD s MAXLEN ~ 0 LIMIT 0 53-0 f v", "53-0"),
    ("XLEN s", Exact(0)),
], config={"stream-node-max-entries": "10"})
case("minid", add("s", *ids(5)) + [
    ("XADD s MINID 3 6-0 f v", "6-0"), entries("s", ids(4, 3)),
    ("XADD s MINID = 5-0 7-0 f v", "7-0"), entries("s", ids(3, 5)),
    ("XADD s MINID 5-1 8-0 f v", "8-0"), entries("s", ids(3, 6)),
    ("XADD s MINID 0 9-0 f v", "9-0"), ("XLEN s", 4),
])
case("minid-above-the-new-id", add("s", "1-0") + [
    ("XADD s MINID 9 2-0 f v", "2-0"), ("XLEN s", 0), ("EXISTS s", 1),
    ("XADD s 2-0 f v", SMALL),
])
case("minid-approximately-keeps-at-least", add("s", *ids(30)) + [
    ("XADD s MINID ~ 20 31-0 f v", "31-0"), ("XLEN s", Between(12, 31)),
    ("XRANGE s 20 +", rows(*ids(12, 20))),
])
case("minid-approximately-by-nodes", add("s", *ids(30)) + [
    ("XADD s MINID ~ 15 31-0 f v", "31-0"), ("XLEN s", Exact(21)),
    ("XADD s MINID ~ 21 LIMIT 10 32-0 f v", "32-0"), ("XLEN s", Exact(12)),
], config={"stream-node-max-entries": "10"})
case("minid-errors", [
    ("XADD s MINID %s 2-0 f v" % id, BAD_ID)
    for id in ("a", "-", "+", "~ a", "= -", "1-*", "-1")
] + [("EXISTS s", 0)])
case("maxlen-with-minid", [
    ("XADD s MAXLEN 1 MINID 1 1-1 f v", TWO_TRIMS),
    ("XADD s MINID 1 MAXLEN 1 1-1 f v", TWO_TRIMS),
    ("XADD s MAXLEN 1 MAXLEN 1 1-1 f v", TWO_TRIMS),
    ("XADD s MINID 1 MINID 1 1-1 f v", TWO_TRIMS), ("EXISTS s", 0),
])
case("limit-errors", [
    ("XADD s LIMIT 10 1-1 f v", LIMIT_ALONE),
    ("XADD s MAXLEN 5 LIMIT 10 1-1 f v", LIMIT_EXACT),
    ("XADD s MAXLEN = 5 LIMIT 10 1-1 f v", LIMIT_EXACT),
    ("XADD s MINID 5 LIMIT 10 1-1 f v", LIMIT_EXACT),
    ("XADD s MAXLEN 5 LIMIT 0 1-1 f v", LIMIT_EXACT),
    ("XADD s LIMIT 0 1-1 f v", LIMIT_EXACT),
    ("XADD s MAXLEN ~ 5 LIMIT -1 1-1 f v", E(
        "ERR The LIMIT argument must be >= 0.")),
    ("XADD s MAXLEN ~ 5 LIMIT a 1-1 f v", INT_ERR),
    ("XADD s MAXLEN ~ 5 LIMIT 1-1 f v", INT_ERR), ("EXISTS s", 0),
])
case("limit-before-maxlen", [
    ("XADD s LIMIT 10 MAXLEN ~ 5 1-1 f v", "1-1"),
    ("XADD s LIMIT 10 NOMKSTREAM MINID ~ 1-1 1-2 f v", "1-2"), ("XLEN s", 2),
])
case("options-in-any-order", [
    ("XADD s 1-1 f v", "1-1"), ("XADD s MAXLEN 5 NOMKSTREAM 1-2 f v", "1-2"),
    ("XADD s NOMKSTREAM MAXLEN ~ 5 LIMIT 10 1-3 f v", "1-3"), ("XLEN s", 3),
])
case("rejected-id-trims-nothing", add("s", *ids(5)) + [
    ("XADD s MAXLEN 1 5-0 f v", SMALL), ("XLEN s", 5),
])
case("keeps-ttl", add("s", "1-1") + [
    ("EXPIRE s 100", 1), ("XADD s 1-2 f v", "1-2"),
    ("XADD s MAXLEN 0 1-3 f v", "1-3"), ("TTL s", Between(90, 100)),
])
case("many-nodes", [
    ("XADD s %d-0 n %d" % (i, i), "%d-0" % i) for i in range(1, 251)
] + [
    ("XLEN s", 250), ("XRANGE s 99 102", [
        row("%d-0" % i, "n", str(i)) for i in range(99, 103)]),
    ("XREVRANGE s 201 199", [
        row("%d-0" % i, "n", str(i)) for i in (201, 200, 199)]),
    ("XRANGE s 250 +", [row("250-0", "n", "250")]),
], contexts=("plain", "pipelined"))
case("small-nodes", add("s", *ids(25)) + [
    ("XLEN s", 25), entries("s", ids(25)),
    ("XREVRANGE s + -", rows(*reversed(ids(25)))),
], config={"stream-node-max-entries": "3"})
case("nodes-by-bytes", [
    ("XADD s %d-0 f %s" % (i, "x" * 100), "%d-0" % i) for i in range(1, 9)
] + [
    ("XLEN s", 8), ("XRANGE s 3 4", [row("3-0", "f", "x" * 100),
                                     row("4-0", "f", "x" * 100)]),
], config={"stream-node-max-bytes": "150"})

# ---- XLEN, XDEL ----------------------------------------------------------

case = area("stream.xlen")

case("counts", [
    ("XLEN s", 0), ("XADD s 1-1 f v", "1-1"), ("XLEN s", 1),
    ("XADD s 1-2 f v", "1-2"), ("XLEN s", 2), ("XDEL s 1-1", 1),
    ("XLEN s", 1), ("XDEL s 1-2", 1), ("XLEN s", 0),
])
case("missing-creates-nothing", [("XLEN s", 0), ("EXISTS s", 0)])

case = area("stream.xdel")

case("counts-deleted", add("s", "1-1", "1-2", "2-0", "3-0") + [
    ("XDEL s 1-2", 1), ("XDEL s 1-2", 0), ("XDEL s 9-9", 0),
    ("XDEL s 1-1 9-9 3-0", 2), entries("s", ["2-0"]),
])
case("missing-key", [("XDEL s 1-1", 0), ("EXISTS s", 0)])
case("missing-key-before-bad-id", [
    ("XDEL s a", 0), ("XDEL s 1-1 - +", 0), ("EXISTS s", 0)])
case("same-id-twice", add("s", "1-1") + [
    ("XDEL s 1-1 1-1", 1), ("XLEN s", 0),
])
case("empty-stream-stays", add("s", "1-1") + [
    ("XDEL s 1-1", 1), ("EXISTS s", 1), ("TYPE s", Simple("stream")),
    ("XRANGE s - +", []), ("XADD s 1-1 f v", SMALL),
    ("XADD s 1-2 f v", "1-2"),
])
case("id-without-sequence-is-0", add("s", "5-0", "5-1", "6-1") + [
    ("XDEL s 5", 1), ("XDEL s 6", 0), entries("s", ["5-1", "6-1"]),
])
case("bad-id-deletes-nothing", add("s", "1-1", "1-2") + [
    (("XDEL", "s", "1-1", id), BAD_ID) for id in (
        "", "a", "-", "+", "*", "$", "1-*", "(1", "1-1-1",
        "18446744073709551616", "-1")
] + [("XLEN s", 2)])
case("extreme-ids", add("s", "0-1", TOP) + [
    ("XDEL s 0-0", 0), ("XDEL s %s %s-0" % (TOP, MAX), 1), ("XDEL s 0-1", 1),
    ("XLEN s", 0),
])
case("first-middle-last", add("s", *ids(7)) + [
    ("XDEL s 1", 1), ("XRANGE s - + COUNT 1", rows("2-0")),
    ("XDEL s 7", 1), ("XREVRANGE s + - COUNT 1", rows("6-0")),
    ("XDEL s 4", 1), entries("s", ["2-0", "3-0", "5-0", "6-0"]),
    ("XREVRANGE s + -", rows("6-0", "5-0", "3-0", "2-0")),
])
case("whole-nodes", add("s", *ids(9)) + [
    ("XDEL s 4 5 6", 3), entries("s", ids(3) + ids(3, 7)),
    ("XRANGE s 4 6", []), ("XRANGE s 4 7", rows("7-0")),
    ("XREVRANGE s 6 -", rows("3-0", "2-0", "1-0")),
    ("XDEL s 1 2 3 7 8 9", 6), ("XRANGE s - +", []),
    ("XADD s 10-0 f v", "10-0"), entries("s", ["10-0"]),
], config={"stream-node-max-entries": "3"})
case("keeps-ttl", add("s", "1-1", "1-2") + [
    ("EXPIRE s 100", 1), ("XDEL s 1-1 1-2", 2), ("TTL s", Between(90, 100)),
])
case("many", [("XADD s %d-0 f v" % i, "%d-0" % i) for i in range(1, 121)] + [
    (["XDEL", "s"] + [str(i) for i in range(1, 121, 2)], 60),
    ("XLEN s", 60), entries("s", ["%d-0" % i for i in range(2, 121, 2)]),
], contexts=("plain", "pipelined", "multi"))

# ---- XRANGE and XREVRANGE ------------------------------------------------

case = area("stream.xrange")

SAMPLE = ["1-1", "1-2", "2-0", "3-5", "5-0"]
for _low, _high, _want in [
        ("-", "+", SAMPLE), ("0", "9", SAMPLE), ("0-0", TOP, SAMPLE),
        ("1", "1", ["1-1", "1-2"]), ("1-1", "1-1", ["1-1"]),
        ("1-2", "2", ["1-2", "2-0"]), ("2", "3", ["2-0", "3-5"]),
        ("2-1", "3-4", []), ("3", "3-5", ["3-5"]), ("3-6", "4", []),
        ("4", "+", ["5-0"]), ("5", "5", ["5-0"]), ("5-1", "+", []),
        ("-", "1-1", ["1-1"]), ("-", "1-0", []), ("-", "0", []),
        ("+", "-", []), ("3", "1", []), ("2-1", "2-0", []), ("+", "+", []),
        ("-", "-", []), (TOP, "+", []), ("6", "9", []),
        ("-", "01-02", ["1-1", "1-2"]),
        ("(1-1", "+", SAMPLE[1:]), ("(1-2", "+", SAMPLE[2:]),
        ("(1", "+", SAMPLE), ("(2", "+", SAMPLE[3:]),
        ("-", "(2", SAMPLE[:3]), ("-", "(2-0", SAMPLE[:2]),
        ("-", "(5", SAMPLE), ("-", "(3-5", SAMPLE[:3]),
        ("-", "(3", SAMPLE[:4]), ("(1-1", "(1-2", []),
        ("(1-1", "(2-0", ["1-2"]), ("(2", "(2", []), ("(2", "2", []),
        ("2", "(2", ["2-0"]), ("(0", "(9", SAMPLE), ("(1-%s" % MAX, "+",
                                                SAMPLE[2:])]:
    case("from-%s-to-%s" % tuple(
        {"-": "min", "+": "max", TOP: "top"}.get(bound) or
        bound.replace("(", "beyond-").replace(MAX, "top")
        for bound in (_low, _high)), add("s", *SAMPLE) + [
        ("XRANGE s %s %s" % (_low, _high), rows(*_want)),
        ("XREVRANGE s %s %s" % (_high, _low), rows(*reversed(_want))),
    ])

case("missing-key", [
    ("XRANGE s - +", []), ("XREVRANGE s + -", []), ("EXISTS s", 0),
    ("XRANGE s - + COUNT 5", []), ("XRANGE s + -", []),
])
case("empty-stream", add("s", "1-1") + [
    ("XDEL s 1-1", 1), ("XRANGE s - +", []), ("XREVRANGE s + -", []),
])
case("count", add("s", *SAMPLE) + [
    ("XRANGE s - + COUNT 1", rows("1-1")),
    ("XRANGE s - + COUNT 3", rows("1-1", "1-2", "2-0")),
    ("XRANGE s - + COUNT 5", rows(*SAMPLE)),
    ("XRANGE s - + COUNT 100", rows(*SAMPLE)),
    ("XRANGE s 2 + count 2", rows("2-0", "3-5")),
    ("XRANGE s (2 + COUNT 1", rows("3-5")),
    ("XRANGE s - + COUNT 9223372036854775807", rows(*SAMPLE)),
])
case("count-0-is-null", add("s", "1-1") + [
    ("XRANGE s - + COUNT 0", NILARRAY), ("XRANGE s - + COUNT -1", NILARRAY),
    ("XRANGE s - + COUNT -9223372036854775808", NILARRAY),
    ("XRANGE s + - COUNT 0", NILARRAY),
])
case("count-0-on-a-missing-key-is-empty", [
    ("XRANGE s - + COUNT 0", []), ("XRANGE s - + COUNT -1", []),
])
case("count-given-twice", add("s", "1-1", "1-2", "1-3") + [
    ("XRANGE s - + COUNT 1 COUNT 2", rows("1-1", "1-2")),
    ("XRANGE s - + COUNT 0 COUNT 1", rows("1-1")),
])
case("count-not-int", add("s", "1-1") + [
    (("XRANGE", "s", "-", "+", "COUNT", n), INT_ERR)
    for n in ("", "a", "1.5", " 1", "+1", "9223372036854775808", "COUNT")
] + [("XRANGE nokey - + COUNT a", INT_ERR)])
case("syntax", add("s", "1-1") + [
    ("XRANGE s - + " + tail, SYNTAX) for tail in (
        "COUNT", "FOO", "FOO 1", "COUNT 1 COUNT", "1", "COUNT 1 2",
        "LIMIT 1", "COUNTX 1")
] + [("XRANGE nokey - + FOO", SYNTAX), ("XREVRANGE s + - COUNT", SYNTAX)])
case("bad-id", add("s", "1-1") + [
    step for id in BAD_IDS + ["*", "$", ">", "1-*"] for step in [
        (("XRANGE", "s", id, "+"), BAD_ID),
        (("XRANGE", "s", "-", id), BAD_ID),
        (("XREVRANGE", "s", id, "-"), BAD_ID),
        (("XREVRANGE", "s", "+", id), BAD_ID)]
])
case("bad-exclusive-id", add("s", "1-1") + [
    ("XRANGE s %s" % pair, BAD_ID) for pair in (
        "(- +", "- (+", "(+ +", "- (-", "( +", "- (", "((1 +", "- ((1",
        "(a +", "1( +", "[1 +", "- 1)")
])
case("nothing-is-above-the-top", add("s", "1-1") + [
    ("XRANGE s (%s +" % TOP, E("ERR invalid start ID for the interval")),
    ("XREVRANGE s + (" + TOP, E("ERR invalid start ID for the interval")),
    ("XRANGE s ({0}-18446744073709551614 {0}".format(MAX), []),
])
case("nothing-is-below-zero", add("s", "1-1") + [
    ("XRANGE s - (0-0", E("ERR invalid end ID for the interval")),
    ("XREVRANGE s (0-0 -", E("ERR invalid end ID for the interval")),
    ("XRANGE s - (0", []), ("XRANGE s - (0-1", []),
])
case("exclusive-end-borrows-from-the-time", add(
    "s", "1-" + MAX, "2-0", "2-1") + [
    ("XRANGE s - (2-0", rows("1-" + MAX)),
    ("XRANGE s (1-%s (2-1" % MAX, rows("2-0")),
    ("XRANGE s (1-%s +" % MAX, rows("2-0", "2-1")),
])
case("incomplete-exclusive-end-is-the-last-but-one", add(
    "s", "1-1", "2-0", "2-18446744073709551614", "2-" + MAX) + [
    ("XRANGE s - (2", rows("1-1", "2-0", "2-18446744073709551614")),
    ("XRANGE s - 2", rows("1-1", "2-0", "2-18446744073709551614",
                          "2-" + MAX)),
])
case("incomplete-exclusive-start-skips-its-first", add(
    "s", "1-1", "2-0", "2-1") + [
    ("XRANGE s (2 +", rows("2-1")), ("XRANGE s 2 +", rows("2-0", "2-1")),
])
case("lenient-ids", add("s", "1-1") + [
    (("XRANGE", "s", id, "+"), rows("1-1"))
    for id in (" 1", "+1", "\t1", "1-+1", "1- 1", " 1-1", "+1-1",
               "1-1\0")
] + [(("XADD", "s", " 1-+2", "f", "v"), "1-2"),
     (("XDEL", "s", "+1- 2"), 1)], level=EXACT)
case("errors-before-the-key", [
    ("SET s v", OK), ("XRANGE s a +", BAD_ID), ("XRANGE s - + FOO", SYNTAX),
    ("XRANGE s - + COUNT a", INT_ERR), ("XRANGE nokey a +", BAD_ID),
    ("XRANGE nokey - a", BAD_ID),
    ("XRANGE s - + COUNT 0", WRONGTYPE), ("XRANGE s + -", WRONGTYPE),
])
case("id-before-options", [
    ("XRANGE s a + FOO", BAD_ID), ("XRANGE s - a COUNT x", BAD_ID),
    ("XRANGE s - (0-0 FOO", E("ERR invalid end ID for the interval")),
])
case("pages", add("s", *ids(7)) + [
    ("XRANGE s - + COUNT 3", rows(*ids(3))),
    ("XRANGE s (3-0 + COUNT 3", rows(*ids(3, 4))),
    ("XRANGE s (6-0 + COUNT 3", rows("7-0")),
    ("XRANGE s (7-0 + COUNT 3", []),
])

case = area("stream.xrevrange")

case("order-of-arguments", add("s", "1-0", "2-0", "3-0") + [
    ("XREVRANGE s + -", rows("3-0", "2-0", "1-0")),
    ("XREVRANGE s - +", []), ("XREVRANGE s 2 1", rows("2-0", "1-0")),
    ("XREVRANGE s 1 2", []),
])
case("count", add("s", *SAMPLE) + [
    ("XREVRANGE s + - COUNT 1", rows("5-0")),
    ("XREVRANGE s + - COUNT 2", rows("5-0", "3-5")),
    ("XREVRANGE s (5-0 - count 2", rows("3-5", "2-0")),
    ("XREVRANGE s + - COUNT 100", rows(*reversed(SAMPLE))),
    ("XREVRANGE s + - COUNT 0", NILARRAY),
    ("XREVRANGE s + - COUNT -1", NILARRAY),
    ("XREVRANGE nokey + - COUNT 0", []),
])
case("incomplete-ids", add("s", "1-1", "1-2", "2-0", "2-9") + [
    ("XREVRANGE s 2 2", rows("2-9", "2-0")),
    ("XREVRANGE s 1 1", rows("1-2", "1-1")),
    ("XREVRANGE s 2 1-2", rows("2-9", "2-0", "1-2")),
])
case("fields-keep-their-order", [
    ("XADD s 1-1 a 1 b 2", "1-1"), ("XADD s 1-2 c 3 d 4", "1-2"),
    ("XREVRANGE s + -", [row("1-2", "c", "3", "d", "4"),
                         row("1-1", "a", "1", "b", "2")]),
])

# ---- XTRIM ---------------------------------------------------------------

case = area("stream.xtrim")

case("maxlen", add("s", *ids(10)) + [
    ("XTRIM s MAXLEN 10", 0), ("XTRIM s MAXLEN 100", 0),
    ("XTRIM s MAXLEN 7", 3), entries("s", ids(7, 4)),
    ("XTRIM s MAXLEN = 6", 1), ("XTRIM s maxlen 5", 1),
    entries("s", ids(5, 6)), ("XTRIM s MAXLEN 5", 0),
])
case("maxlen-0-empties", add("s", *ids(3)) + [
    ("XTRIM s MAXLEN 0", 3), ("XLEN s", 0), ("EXISTS s", 1),
    ("XTRIM s MAXLEN 0", 0), ("XADD s 3-0 f v", SMALL),
    ("XADD s 3-1 f v", "3-1"),
])
case("minid", add("s", *ids(10)) + [
    ("XTRIM s MINID 1", 0), ("XTRIM s MINID 0-1", 0),
    ("XTRIM s MINID 4", 3), entries("s", ids(7, 4)),
    ("XTRIM s MINID = 4-1", 1), ("XTRIM s minid 6-0", 1),
    entries("s", ids(5, 6)), ("XTRIM s MINID 99", 5), ("EXISTS s", 1),
    ("XTRIM s MINID %s" % TOP, 0),
])
case("minid-within-a-millisecond", add("s", "1-1", "1-2", "1-3", "2-1") + [
    ("XTRIM s MINID 1", 0), ("XTRIM s MINID 1-2", 1),
    ("XTRIM s MINID 2", 2), entries("s", ["2-1"]),
])
case("minid-between-entries", add("s", "1-1", "5-5", "9-9") + [
    ("XTRIM s MINID 3", 1), ("XTRIM s MINID 5-6", 1), entries("s", ["9-9"]),
])
case("missing-key", [
    ("XTRIM s MAXLEN 0", 0), ("XTRIM s MAXLEN ~ 5 LIMIT 1", 0),
    ("XTRIM s MINID 5", 0), ("EXISTS s", 0),
])
case("counts-without-deleted", add("s", *ids(10)) + [
    ("XDEL s 2 4 9", 3), ("XTRIM s MAXLEN 5", 2),
    entries("s", ["5-0", "6-0", "7-0", "8-0", "10-0"]),
    ("XDEL s 5", 1), ("XTRIM s MINID 8", 2), entries("s", ["8-0", "10-0"]),
])
case("across-nodes", add("s", *ids(25)) + [
    ("XTRIM s MAXLEN 18", 7), entries("s", ids(18, 8)),
    ("XTRIM s MINID 17", 9), entries("s", ids(9, 17)),
    ("XTRIM s MAXLEN 1", 8), entries("s", ids(1, 25)),
], config={"stream-node-max-entries": "5"})
case("approximately-never-below", add("s", *ids(20)) + [
    ("XTRIM s MAXLEN ~ 20", 0), ("XTRIM s MAXLEN ~ 10", Between(0, 10)),
    ("XREVRANGE s + - COUNT 10", rows(*reversed(ids(10, 11)))),
    ("XTRIM s MINID ~ 15", Between(0, 14)),
    ("XRANGE s 15 +", rows(*ids(6, 15))),
])
case("approximately-by-nodes", add("s", *ids(25)) + [
    ("XTRIM s MAXLEN ~ 18", Exact(5)), ("XTRIM s MAXLEN ~ 18", Exact(0)),
    ("XTRIM s MINID ~ 15", Exact(5)), ("XLEN s", Exact(15)),
    ("XTRIM s MINID ~ 16", Exact(5)), ("XLEN s", Exact(10)),
    ("XTRIM s MAXLEN ~ 0", Exact(10)), ("EXISTS s", 1),
], config={"stream-node-max-entries": "5"})
case("approximately-in-a-big-node-does-nothing", add("s", *ids(20)) + [
    ("XTRIM s MAXLEN ~ 1", Exact(0)), ("XTRIM s MINID ~ 20", Exact(0)),
    ("XTRIM s MAXLEN ~ 0", Exact(20)),
])
case("limit", add("s", *ids(25)) + [
    ("XTRIM s MAXLEN ~ 0 LIMIT 4", Exact(0)),
    ("XTRIM s MAXLEN ~ 0 LIMIT 5", Exact(5)),
    ("XTRIM s MAXLEN ~ 0 LIMIT 14", Exact(10)),
    ("XTRIM s MINID ~ 99 LIMIT 6", Exact(5)),
    ("XTRIM s MINID ~ 99 LIMIT 0", Exact(5)),
], config={"stream-node-max-entries": "5"})
case("limit-bounds-what-goes", add("s", *ids(30)) + [
    ("XTRIM s MAXLEN ~ 0 LIMIT 12", Between(0, 12)),
    ("XLEN s", Between(18, 30)),
], config={"stream-node-max-entries": "5"})
case("limit-in-front", add("s", *ids(10)) + [
    ("XTRIM s LIMIT 5 MAXLEN ~ 0", Exact(5)),
    ("XTRIM s MAXLEN ~ 0 LIMIT 1 LIMIT 5", Exact(5)),
], config={"stream-node-max-entries": "5"})
for _name, _tail, _want in [
        ("no-strategy", "FOO 5", SYNTAX),
        ("limit-alone", "LIMIT 5", LIMIT_ALONE),
        ("limit-0-alone", "LIMIT 0", NO_TRIM),
        ("limit-without-tilde", "MAXLEN 5 LIMIT 5", LIMIT_EXACT),
        ("limit-with-equals", "MAXLEN = 5 LIMIT 5", LIMIT_EXACT),
        ("limit-0-without-tilde", "MINID 5 LIMIT 0", LIMIT_EXACT),
        ("limit-negative", "MAXLEN ~ 5 LIMIT -1",
         E("ERR The LIMIT argument must be >= 0.")),
        ("limit-not-int", "MAXLEN ~ 5 LIMIT a", INT_ERR),
        ("limit-empty", "MAXLEN ~ 5 LIMIT", SYNTAX),
        ("maxlen-negative", "MAXLEN -1",
         E("ERR The MAXLEN argument must be >= 0.")),
        ("maxlen-not-int", "MAXLEN abc", INT_ERR),
        ("maxlen-float", "MAXLEN 1.0", INT_ERR),
        ("maxlen-too-large", "MAXLEN 9223372036854775808", INT_ERR),
        ("maxlen-only-tilde", "MAXLEN ~", INT_ERR),
        ("maxlen-only-equals", "MAXLEN =", INT_ERR),
        ("maxlen-glued-tilde", "MAXLEN ~5", INT_ERR),
        ("maxlen-two-tildes", "MAXLEN ~ ~ 5", INT_ERR),
        ("minid-bad", "MINID abc", BAD_ID), ("minid-minus", "MINID -", BAD_ID),
        ("minid-plus", "MINID +", BAD_ID),
        ("minid-only-tilde", "MINID ~", BAD_ID),
        ("minid-auto", "MINID 1-*", BAD_ID),
        ("both", "MAXLEN 5 MINID 1", TWO_TRIMS),
        ("both-reversed", "MINID 1 MAXLEN 5", TWO_TRIMS),
        ("twice", "MAXLEN 5 MAXLEN 5", TWO_TRIMS),
        ("trailing", "MAXLEN 0 FOO", SYNTAX),
        ("trailing-maxlen", "MAXLEN 0 MAXLEN", SYNTAX),
        ("nomkstream", "NOMKSTREAM MAXLEN 0", SYNTAX),
        ("star", "* MAXLEN 0", SYNTAX), ("only-equals", "= 5", SYNTAX)]:
    case("error-" + _name, add("s", "1-1") + [
        ("XTRIM s " + _tail, _want), ("XTRIM nokey " + _tail, _want),
        ("SET k v", OK), ("XTRIM k " + _tail, _want), ("XLEN s", 1),
    ])
case("keeps-ttl", add("s", *ids(3)) + [
    ("EXPIRE s 100", 1), ("XTRIM s MAXLEN 0", 3), ("TTL s", Between(90, 100)),
])

# ---- XSETID --------------------------------------------------------------

case = area("stream.xsetid")

XSETID_TOP = E("ERR The ID specified in XSETID is smaller than the target "
               "stream top item")
XSETID_DELETED = E("ERR The ID specified in XSETID is smaller than the "
                   "provided max_deleted_entry_id")
XSETID_ADDED = E("ERR The entries_added specified in XSETID is smaller than "
                 "the target stream length")
ADDED_NEGATIVE = E("ERR entries_added must be positive")


def info(last, deleted="0-0", added=0, first="0-0"):
    """What XINFO STREAM says of the IDs."""
    return ("XINFO STREAM s", M([
        ("last-generated-id", last), ("max-deleted-entry-id", deleted),
        ("entries-added", added), ("recorded-first-entry-id", first)],
        more=True))


case("raises-the-last-id", add("s", "1-1") + [
    ("XSETID s 100-5", OK), ("XADD s 100-5 f v", SMALL),
    ("XADD s 99-9 f v", SMALL), ("XADD s 100-* f v", "100-6"),
])
case("same-id", add("s", "1-1") + [
    ("XSETID s 1-1", OK), ("XADD s 1-1 f v", SMALL),
    ("XADD s 1-2 f v", "1-2"),
])
case("below-the-top", add("s", "5-5") + [
    ("XSETID s 5-4", XSETID_TOP), ("XSETID s 4", XSETID_TOP),
    ("XSETID s 5", XSETID_TOP), ("XSETID s 0-0", XSETID_TOP),
    info("5-5", "0-0", 1, "5-5"),
])
case("down-to-the-top", add("s", "5-5") + [
    ("XSETID s 100", OK), ("XSETID s 5-5", OK), ("XADD s 5-6 f v", "5-6"),
])
case("below-what-was-deleted", add("s", "1-0", "5-0") + [
    ("XDEL s 5-0", 1), ("XSETID s 2-0", OK)] + add("s", "3-0", "4-0") + [
    ("XRANGE s 4 4", rows("4-0")), ("XRANGE s 2 +", rows("3-0", "4-0")),
    ("XREVRANGE s 3 -", rows("3-0", "1-0")), ("XDEL s 4-0", 1),
    entries("s", ["1-0", "3-0"]), ("XLEN s", 2)])
case("empty-stream-goes-down", [
    ("XGROUP CREATE s g $ MKSTREAM", OK), ("XSETID s 9-9", OK),
    ("XSETID s 5-5", OK), ("XADD s 5-* f v", "5-6"),
])
case("missing-key", [("XSETID s 1-1", NO_KEY), ("EXISTS s", 0)])
case("auto-id-follows", add("s", "1-1") + [
    ("XSETID s 99999999999999-7", OK),
    ("XADD s * f v", "99999999999999-8"),
])
case("largest", add("s", "1-1") + [
    ("XSETID s " + TOP, OK), ("XADD s * f v", FULL),
    ("XSETID s 2", OK), ("XADD s 2-* f v", "2-1"),
])
case("bad-id", add("s", "1-1") + [
    (("XSETID", "s", id), BAD_ID)
    for id in ("", "a", "-", "+", "*", "$", "2-*", "(2", "1-1-1")
] + [("XSETID nokey a", BAD_ID)])
case("entries-added", add("s", "1-1", "1-2") + [
    info("1-2", "0-0", 2, "1-1"),
    ("XSETID s 1-2 ENTRIESADDED 100", OK), info("1-2", "0-0", 100, "1-1"),
    ("XADD s 1-3 f v", "1-3"), info("1-3", "0-0", 101, "1-1"),
    ("XSETID s 1-3 entriesadded 3", OK), info("1-3", "0-0", 3, "1-1"),
    ("XSETID s 2", OK), info("2-0", "0-0", 3, "1-1"),
])
case("entries-added-below-length", add("s", "1-1", "1-2") + [
    ("XSETID s 1-2 ENTRIESADDED 1", XSETID_ADDED),
    ("XSETID s 1-2 ENTRIESADDED 0", XSETID_ADDED),
    ("XSETID s 1-2 ENTRIESADDED -1", ADDED_NEGATIVE),
    ("XSETID s 1-2 ENTRIESADDED a", INT_ERR), info("1-2", "0-0", 2, "1-1"),
])
case("max-deleted-id", add("s", "1-1", "1-2") + [
    ("XSETID s 9 MAXDELETEDID 5-5", OK), info("9-0", "5-5", 2, "1-1"),
    ("XSETID s 9 ENTRIESADDED 10 MAXDELETEDID 9-0", OK),
    info("9-0", "9-0", 10, "1-1"),
])
case("max-deleted-id-above-the-id", add("s", "1-1") + [
    ("XSETID s 5 MAXDELETEDID 5-1", XSETID_DELETED),
    ("XSETID s 1-1 MAXDELETEDID 2", XSETID_DELETED),
    ("XSETID s 0 ENTRIESADDED 5 MAXDELETEDID 1", XSETID_DELETED),
    info("1-1", "0-0", 1, "1-1"),
])
case("max-deleted-id-0-changes-nothing", add("s", "1-1", "1-2") + [
    ("XDEL s 1-2", 1), ("XSETID s 2 MAXDELETEDID 0-0", OK),
    info("2-0", "1-2", 2, "1-1"),
])
case("options-in-any-order", add("s", "1-1") + [
    ("XSETID s 9 maxdeletedid 3 EntriesAdded 7", OK),
    info("9-0", "3-0", 7, "1-1"),
    ("XSETID s 9 ENTRIESADDED 8 ENTRIESADDED 9", OK),
    info("9-0", "3-0", 9, "1-1"),
])
case("syntax", add("s", "1-1") + [
    ("XSETID s 2 " + tail, SYNTAX) for tail in (
        "FOO", "ENTRIESADDED", "MAXDELETEDID", "ENTRIESADDED 5 FOO",
        "ENTRIESADDED 5 MAXDELETEDID", "5", "FOO 5")
] + [("XSETID s a FOO", BAD_ID), ("XSETID nokey 2 FOO", SYNTAX),
     ("XSETID s 2 MAXDELETEDID a", BAD_ID), ("XLEN s", 1)])
case("options-are-checked-in-their-order", add("s", "1-1") + [
    ("XSETID s 2 MAXDELETEDID 3 ENTRIESADDED -1", XSETID_DELETED),
    ("XSETID s 2 ENTRIESADDED -1 MAXDELETEDID 3", ADDED_NEGATIVE),
    ("XSETID s 2 MAXDELETEDID 3 FOO", XSETID_DELETED),
    ("XSETID nokey 2 MAXDELETEDID 3", XSETID_DELETED),
    ("XSETID nokey 2 ENTRIESADDED -1", ADDED_NEGATIVE),
    ("XSETID s 0 ENTRIESADDED 0", XSETID_TOP),
], level=EXACT)
case("keeps-ttl", add("s", "1-1") + [
    ("EXPIRE s 100", 1), ("XSETID s 5", OK), ("TTL s", Between(90, 100)),
])

# ---- XREAD ---------------------------------------------------------------

case = area("stream.xread")

UNBALANCED = E("ERR Unbalanced XREAD list of streams: for each stream key an "
               "ID or '$' must be specified.")

case("map-of-streams", add("s", "1-1", "1-2") + [
    ("XREAD STREAMS s 0", Streams([("s", rows("1-1", "1-2"))])),
], seen="dragonfly#8056")
case("after-an-id", add("s", "1-1", "1-2", "2-0", "3-0") + [
    ("XREAD STREAMS s 1-1", Streams([("s", rows("1-2", "2-0", "3-0"))])),
    ("XREAD STREAMS s 1-2", Streams([("s", rows("2-0", "3-0"))])),
    ("XREAD STREAMS s 1", Streams([("s", rows("1-1", "1-2", "2-0",
                                              "3-0"))])),
    ("XREAD STREAMS s 2", Streams([("s", rows("3-0"))])),
    ("XREAD STREAMS s 2-99", Streams([("s", rows("3-0"))])),
    ("XREAD STREAMS s 0-0", Streams([("s", rows("1-1", "1-2", "2-0",
                                                "3-0"))])),
])
case("nothing-new-is-null", add("s", "1-1") + [
    ("XREAD STREAMS s 1-1", NILARRAY), ("XREAD STREAMS s 9", NILARRAY),
    ("XREAD STREAMS s $", NILARRAY), ("XREAD STREAMS s " + TOP, NILARRAY),
])
case("missing-key-is-null", [
    ("XREAD STREAMS s 0", NILARRAY), ("XREAD STREAMS s $", NILARRAY),
    ("XREAD COUNT 5 STREAMS s t 0 0", NILARRAY), ("DBSIZE", 0),
])
case("empty-stream-is-null", add("s", "1-1") + [
    ("XDEL s 1-1", 1), ("XREAD STREAMS s 0", NILARRAY),
])
case("largest-entry", add("s", TOP) + [
    ("XREAD STREAMS s 0", Streams([("s", rows(TOP))])),
    ("XREAD STREAMS s %s-18446744073709551614" % MAX,
     Streams([("s", rows(TOP))])),
    ("XREAD STREAMS s " + TOP, NILARRAY),
])
case("sequence-carries", add("s", "1-" + MAX, "2-0") + [
    ("XREAD STREAMS s 1-" + MAX, Streams([("s", rows("2-0"))])),
])
case("several-streams", add("s", "1-1") + add("t", "2-2", "3-3") + [
    ("XREAD STREAMS s t 0 0", Streams([("s", rows("1-1")),
                                       ("t", rows("2-2", "3-3"))])),
    ("XREAD STREAMS t s 0 0", Streams([("t", rows("2-2", "3-3")),
                                       ("s", rows("1-1"))])),
    ("XREAD STREAMS s t 0 2-2", Streams([("s", rows("1-1")),
                                         ("t", rows("3-3"))])),
])
case("streams-without-news-are-left-out", add("s", "1-1") + add("t", "2-2")
     + [
    ("XREAD STREAMS s t 1-1 0", Streams([("t", rows("2-2"))])),
    ("XREAD STREAMS s nokey t 0 0 2-2", Streams([("s", rows("1-1"))])),
    ("XREAD STREAMS s t 1-1 2-2", NILARRAY),
    ("XREAD STREAMS s t $ 0", Streams([("t", rows("2-2"))])),
])
case("same-stream-twice", add("s", "1-1", "1-2") + [
    ("XREAD STREAMS s s 0 1-1", Streams([("s", rows("1-1", "1-2")),
                                         ("s", rows("1-2"))])),
])
case("count", add("s", *ids(5)) + add("t", *ids(2)) + [
    ("XREAD COUNT 1 STREAMS s 0", Streams([("s", rows("1-0"))])),
    ("XREAD COUNT 2 STREAMS s t 2 1", Streams([("s", rows("3-0", "4-0")),
                                               ("t", rows("2-0"))])),
    ("XREAD COUNT 100 STREAMS t 0", Streams([("t", rows("1-0", "2-0"))])),
    ("xread count 1 streams t 0", Streams([("t", rows("1-0"))])),
])
case("count-0-and-below-is-all", add("s", *ids(3)) + [
    ("XREAD COUNT %s STREAMS s 0" % n, Streams([("s", rows(*ids(3)))]))
    for n in ("0", "-1", "-9223372036854775808", "9223372036854775807")
])
case("options-repeat", add("s", *ids(3)) + [
    ("XREAD COUNT 1 COUNT 2 STREAMS s 0", Streams([("s", rows("1-0",
                                                              "2-0"))])),
    ("XREAD BLOCK 1 COUNT 1 BLOCK 2 STREAMS s 1",
     Streams([("s", rows("2-0"))])),
])
case("block-with-news-answers-at-once", add("s", "1-1") + [
    ("XREAD BLOCK 0 STREAMS s 0", Streams([("s", rows("1-1"))])),
    ("XREAD COUNT 1 BLOCK 0 STREAMS nokey s 0 0",
     Streams([("s", rows("1-1"))])),
    ("XREAD BLOCK 9223372036854775807 STREAMS s 0",
     Streams([("s", rows("1-1"))])),
])
case("binary-key", [
    (("XADD", b"\r\n\0", "1-1", b"\0", b"\r\n"), "1-1"),
    (("XREAD", "STREAMS", b"\r\n\0", "0"), Streams([
        (b"\r\n\0", [["1-1", [b"\0", b"\r\n"]]])])),
])
case("option-words-as-keys", [
    ("XADD STREAMS 1-1 f v", "1-1"), ("XADD COUNT 1-2 f v", "1-2"),
    ("XREAD STREAMS STREAMS 0", Streams([("STREAMS", rows("1-1"))])),
    ("XREAD STREAMS COUNT BLOCK 0 0", Streams([("COUNT", rows("1-2"))])),
])
case("many-fields", [
    ("XADD s 1-1 a 1 b 2 c 3", "1-1"),
    ("XREAD STREAMS s 0", Streams([
        ("s", [row("1-1", "a", "1", "b", "2", "c", "3")])])),
])
case("after-deleted-entries", add("s", *ids(5)) + [
    ("XDEL s 2 3", 2), ("XREAD STREAMS s 1", Streams([
        ("s", rows("4-0", "5-0"))])),
    ("XREAD COUNT 2 STREAMS s 0", Streams([("s", rows("1-0", "4-0"))])),
    ("XDEL s 4 5", 2), ("XREAD STREAMS s 1", NILARRAY),
])
case("last-id-beyond-the-entries", add("s", "1-1") + [
    ("XSETID s 9", OK), ("XREAD STREAMS s 1-1", NILARRAY),
    ("XREAD STREAMS s 5", NILARRAY),
])
case("unbalanced", add("s", "1-1") + [
    ("XREAD STREAMS s t 0", UNBALANCED),
    ("XREAD STREAMS s 0 0", UNBALANCED),
    ("XREAD COUNT 1 STREAMS s", UNBALANCED),
    ("XREAD BLOCK 0 STREAMS s", UNBALANCED),
    ("XREAD STREAMS s t u 0 0", UNBALANCED),
])
case("bad-id", add("s", "1-1") + [
    (("XREAD", "STREAMS", "s", id), BAD_ID) for id in BAD_IDS + [
        "-", "*", "(1", "1-*"]
] + [("XREAD STREAMS nokey a", BAD_ID), ("XREAD STREAMS s s 0 a", BAD_ID),
     ("XREAD STREAMS s s a 0", BAD_ID)])
case("plus", add("s", "1-1") + [
    ("XREAD STREAMS s +", BAD_ID), ("XREAD STREAMS nokey +", BAD_ID),
], only="redis<7.4", why="XREAD has + for the last entry since 7.4")
case("greater-sign", add("s", "1-1") + [
    ("XREAD STREAMS s >", E(
        "ERR The > ID can be specified only when calling XREADGROUP using "
        "the GROUP <group> <consumer> option.")),
    ("XREAD STREAMS nokey >", EP("ERR The > ID can be specified only")),
])
case("group-options", add("s", "1-1") + [
    ("XREAD GROUP g c STREAMS s 0", E(
        "ERR The GROUP option is only supported by XREADGROUP. You called "
        "XREAD instead.")),
    ("XREAD NOACK STREAMS s 0", E(
        "ERR The NOACK option is only supported by XREADGROUP. You called "
        "XREAD instead.")),
    ("XREAD COUNT 1 group g c STREAMS s 0", EP("ERR The GROUP option")),
])
case("count-not-int", add("s", "1-1") + [
    (("XREAD", "COUNT", n, "STREAMS", "s", "0"), INT_ERR) for n in (
        "", "a", "1.5", " 1", "+1", "9223372036854775808", "STREAMS")
] + [("XREAD COUNT STREAMS s 0", INT_ERR)])
case("block-not-int", add("s", "1-1") + [
    (("XREAD", "BLOCK", n, "STREAMS", "s", "0"), E(
        "ERR timeout is not an integer or out of range"))
    for n in ("", "a", "1.5", " 1", "+1", "9223372036854775808", "1e3",
              "-9223372036854775809")
] + [("XREAD BLOCK STREAMS s 0", E(
    "ERR timeout is not an integer or out of range"))])
case("block-negative", add("s", "1-1") + [
    ("XREAD BLOCK -1 STREAMS s 0", E("ERR timeout is negative")),
    ("XREAD BLOCK -9223372036854775808 STREAMS s 0",
     E("ERR timeout is negative")),
])
case("syntax", add("s", "1-1") + [
    ("XREAD " + tail, SYNTAX) for tail in (
        "s 0 0", "FOO STREAMS s 0", "COUNT 1 s 0", "COUNT 1 STREAMS",
        "COUNT 1 BLOCK 1", "COUNT 1 COUNT", "COUNT 1 FOO STREAMS s 0",
        "STREAMSX s 0", "BLOCK 0 COUNT")
])
case("which-error-wins", [
    ("SET k v", OK), ("XREAD STREAMS k 0 0", UNBALANCED),
    ("XREAD COUNT a STREAMS k 0 0", INT_ERR),
    ("XREAD FOO STREAMS k a", SYNTAX), ("XREAD STREAMS k a", WRONGTYPE),
    ("XREAD STREAMS s k a 0", BAD_ID), ("XREAD STREAMS k s 0 a", WRONGTYPE),
    ("XREAD STREAMS k 0", WRONGTYPE), ("XREAD STREAMS k $", WRONGTYPE),
])
case("wrongtype-among-streams", add("s", "1-1") + [
    ("SET k v", OK), ("XREAD STREAMS s k 0 0", WRONGTYPE),
    ("XREAD STREAMS k s 0 0", WRONGTYPE),
    ("XREAD BLOCK 0 STREAMS s k 0 $", WRONGTYPE),
    ("XREAD STREAMS s k 0 a", WRONGTYPE),
])

# ---- a stream as a key ---------------------------------------------------

case = area("stream.key")

case("type-and-encoding", add("s", "1-1") + [
    ("TYPE s", Simple("stream")), ("OBJECT ENCODING s", Exact("stream")),
    ("EXISTS s", 1), ("DEL s", 1), ("TYPE s", Simple("none")),
])
case("del-forgets-the-last-id", add("s", "5-5") + [
    ("DEL s", 1), ("XADD s 1-1 f v", "1-1"),
])
case("unlink", add("s", "5-5") + [("UNLINK s", 1), ("XLEN s", 0)])
case("rename", add("s", "1-1", "1-2") + [
    ("RENAME s t", OK), ("EXISTS s", 0), entries("t", ["1-1", "1-2"]),
    ("XADD t 1-2 f v", SMALL),
])
case("copy", add("s", "1-1", "1-2") + [
    ("XDEL s 1-2", 1), ("XGROUP CREATE s g 0", OK), ("COPY s t", 1),
    entries("t", ["1-1"]), ("XADD t 1-2 f v", SMALL),
    ("XADD t 1-3 f v", "1-3"), entries("s", ["1-1"]),
    ("XREADGROUP GROUP g c STREAMS t >", Streams([
        ("t", rows("1-1", "1-3"))])),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
])


@case.script("dump-and-restore", needs=("XADD", "DUMP", "RESTORE", "XDEL",
                                        "XGROUP CREATE", "XREADGROUP"))
def dump_and_restore():
    yield "XADD s 1-1 f v", "1-1"
    yield "XADD s 1-2 f v", "1-2"
    yield "XADD s 1-3 f v", "1-3"
    yield "XDEL s 1-3", 1
    yield "XGROUP CREATE s g 0", OK
    yield ("XREADGROUP GROUP g c COUNT 1 STREAMS s >",
           Streams([("s", rows("1-1"))]))
    reply = yield "DUMP s", Re(rb".+")
    yield ("RESTORE", "t", "0", reply.v), OK
    yield entries("t", ["1-1", "1-2"])
    yield "XADD t 1-3 f v", SMALL
    yield "XPENDING t g", [1, "1-1", "1-1", [["c", "1"]]]
    yield "XINFO STREAM t", M([
        ("length", 2), ("last-generated-id", "1-3"),
        ("max-deleted-entry-id", "1-3"), ("entries-added", 3),
        ("recorded-first-entry-id", "1-1"), ("groups", 1)], more=True)


case("persist-and-expire", add("s", "1-1") + [
    ("EXPIRE s 100", 1), ("PERSIST s", 1), ("TTL s", -1),
    ("EXPIRE s -1", 1), ("EXISTS s", 0),
])
case("set-overwrites", add("s", "1-1") + [
    ("SET s v", OK), ("XLEN s", WRONGTYPE), ("GET s", "v"),
])
case("others-refuse-it", add("s", "1-1") + [
    ("GET s", WRONGTYPE), ("LPUSH s a", WRONGTYPE), ("HSET s f v", WRONGTYPE),
    ("SADD s a", WRONGTYPE), ("ZADD s 1 a", WRONGTYPE), ("XLEN s", 1),
])
case("scan-by-type", add("s", "1-1") + [
    ("SET k v", OK), ("SCAN 0 TYPE stream COUNT 100", ["0", ["s"]]),
])


@case.script("ids-from-a-script", needs=("EVAL", "XADD", "scripts"))
def ids_from_a_script():
    yield (("EVAL", "return redis.call('XADD', KEYS[1], '1-*', 'f', 'v')",
            "1", "s"), "1-0")
    yield (("EVAL", "return redis.call('XRANGE', KEYS[1], '-', '+')", "1",
            "s"), rows("1-0"))


# "nothing" is of XREAD BLOCK, which stream_blocking.py has.
REPLIES = {
    "XADD": "bulk null error",
    "XLEN": "int error",
    "XDEL": "int error",
    "XTRIM": "int error",
    "XSETID": "simple error",
    "XRANGE": "array nullarray error",
    "XREVRANGE": "array nullarray error",
    "XREAD": "map nullarray error",
}
