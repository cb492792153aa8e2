"""Consumer groups of streams: XGROUP XREADGROUP XACK XPENDING XCLAIM
XAUTOCLAIM XINFO."""

from conformance.cases import *  # noqa: F403
from conformance.cases.stream import (
    BAD_ID, BAD_IDS, MAX, TOP, UNBALANCED, Streams, add, entries, ids, row,
    rows)

SOON = Between(0, 60000)        # milliseconds that a case may have taken
NOW = Between(1500000000000, 99999999999999)
NEED_KEY = E("ERR The XGROUP subcommand requires the key to exist. Note that "
             "for CREATE you may want to use the MKSTREAM option to create "
             "an empty stream automatically.")
READ_NEGATIVE = E("ERR value for ENTRIESREAD must be positive or -1")
AHEAD = "99999999999999-0"      # no time reaches this ID


def no_group(group="nog", key="s"):
    return E("NOGROUP No such consumer group '%s' for key name '%s'" % (
        group, key))


def neither(group="nog", key="s"):
    return E("NOGROUP No such key '%s' or consumer group '%s'" % (key, group))


def neither_to_read(group="nog", key="s"):
    return E("NOGROUP No such key '%s' or consumer group '%s' in XREADGROUP "
             "with GROUP option" % (key, group))


def bad_sub(container, name):
    return E("ERR unknown subcommand or wrong number of arguments for '%s'. "
             "Try %s HELP." % (name, container))


def group(start, *added):
    """Steps: a stream s with these IDs and a group g that begins there."""
    steps = add("s", *added)
    return steps + [("XGROUP CREATE s g %s%s" % (
        start, "" if added else " MKSTREAM"), OK)]


def got(*read, key="s"):
    return Streams([(key, rows(*read))])


def read(consumer, *new, count=None):
    """A step in which a consumer of g gets these new IDs."""
    return ("XREADGROUP GROUP g %s %sSTREAMS s >" % (
        consumer, "COUNT %d " % count if count else ""),
        got(*new) if new else NILARRAY)


def pending(*rows):
    """A step that looks at all that is pending, from (id, consumer, count);
    how long is left open."""
    return ("XPENDING s g - + 1000", [
        [id, consumer, SOON, count] for id, consumer, count in rows])


def consumer_info(name, count, idle=SOON):
    fields = [("name", name), ("pending", count), ("idle", idle)]
    later = M(fields + [("inactive", Between(-1, 60000))])
    return By(M(fields), ("redis>=7.2", later), ("kv", later))


def group_info(name, last, read, lag, consumers=0, pending=0):
    return M([("name", name), ("consumers", consumers), ("pending", pending),
              ("last-delivered-id", last), ("entries-read", read),
              ("lag", lag)])


def look(last, read, lag, consumers=0, pending=0):
    """A step that looks at the only group."""
    return ("XINFO GROUPS s", [group_info("g", last, read, lag, consumers,
                                          pending)])


# ---- XGROUP CREATE -------------------------------------------------------

case = area("stream.xgroup-create")

case("on-a-stream", add("s", "1-1", "1-2") + [
    ("XGROUP CREATE s g 0", OK), read("c", "1-1", "1-2"),
])
case("at-the-end", add("s", "1-1", "1-2") + [
    ("XGROUP CREATE s g $", OK), read("c"), ("XADD s 1-3 f v", "1-3"),
    read("c", "1-3"),
])
case("at-an-id", add("s", "1-1", "1-2", "2-0") + [
    ("XGROUP CREATE s g 1-1", OK), ("XGROUP CREATE s h 2", OK),
    read("c", "1-2", "2-0"),
    ("XREADGROUP GROUP h c STREAMS s >", NILARRAY),
])
case("beyond-the-end", add("s", "1-1") + [
    ("XGROUP CREATE s g 5-5", OK), ("XADD s 5-4 f v", "5-4"), read("c"),
    ("XADD s 5-6 f v", "5-6"), read("c", "5-6"),
])
case("dollar-is-the-last-id-not-the-last-entry", add("s", "1-1", "9-9") + [
    ("XDEL s 9-9", 1), ("XGROUP CREATE s g $", OK),
    ("XINFO GROUPS s", [M([("last-delivered-id", "9-9")], more=True)]),
])
case("twice", group("0", "1-1") + [
    ("XGROUP CREATE s g 0", E("BUSYGROUP Consumer Group name already "
                              "exists")),
    ("XGROUP CREATE s g $ MKSTREAM", EP("BUSYGROUP ")),
    ("XGROUP CREATE s G 0", OK), ("XINFO STREAM s", M([("groups", 2)],
                                                      more=True)),
])
case("missing-key", [
    ("XGROUP CREATE s g 0", NEED_KEY), ("XGROUP CREATE s g $", NEED_KEY),
    ("EXISTS s", 0),
])
case("mkstream", [
    ("XGROUP CREATE s g $ MKSTREAM", OK), ("TYPE s", Simple("stream")),
    ("XLEN s", 0), look("0-0", NIL, 0), ("XADD s 1-1 f v", "1-1"),
    read("c", "1-1"),
])
case("mkstream-at-an-id", [
    ("XGROUP CREATE s g 5-5 mkstream", OK), look("5-5", NIL, 0),
    ("XADD s 1-1 f v", "1-1"), read("c"),
])
case("mkstream-on-a-stream", add("s", "1-1") + [
    ("XGROUP CREATE s g 0 MKSTREAM MKSTREAM", OK), ("XLEN s", 1),
])
case("bad-id", add("s", "1-1") + [
    (("XGROUP", "CREATE", "s", "g", id), BAD_ID)
    for id in BAD_IDS + ["-", "+", "*", ">", "(1", "1-*"]
] + [("XGROUP CREATE nokey g a MKSTREAM", BAD_ID), ("EXISTS nokey", 0),
     ("XGROUP CREATE nokey g a", NEED_KEY), ("XINFO GROUPS s", [])])
case("entries-read", add("s", "1-1", "1-2") + [
    ("XGROUP CREATE s g 1-1 ENTRIESREAD 1", OK), look("1-1", 1, 1),
    ("XGROUP CREATE s h 1-1 entriesread 0 mkstream", OK),
    ("XGROUP CREATE s i 1-1 MKSTREAM ENTRIESREAD -1", OK),
    ("XINFO GROUPS s", Unordered([
        group_info("g", "1-1", 1, 1), group_info("h", "1-1", 0, 2),
        group_info("i", "1-1", NIL, 1)])),
])
case("entries-read-errors", add("s", "1-1") + [
    ("XGROUP CREATE s g 0 ENTRIESREAD -2", READ_NEGATIVE),
    ("XGROUP CREATE s g 0 ENTRIESREAD a", INT_ERR),
    ("XGROUP CREATE s g 0 ENTRIESREAD 1.5", INT_ERR),
    ("XGROUP CREATE s g 0 ENTRIESREAD", bad_sub("XGROUP", "CREATE")),
    ("XGROUP CREATE s g 0 ENTRIESREAD 1 ENTRIESREAD 1",
     bad_sub("XGROUP", "CREATE")),
    ("XGROUP CREATE nokey g 0 ENTRIESREAD -2", READ_NEGATIVE),
    ("XGROUP CREATE nokey g 0 ENTRIESREAD a MKSTREAM", INT_ERR),
    ("XINFO GROUPS s", []), ("EXISTS nokey", 0),
])
case("syntax", add("s", "1-1") + [
    ("XGROUP CREATE s g 0 FOO", bad_sub("XGROUP", "CREATE")),
    ("XGROUP CREATE s g 0 MKSTREAM FOO", bad_sub("XGROUP", "CREATE")),
    ("XGROUP create s g 0 FOO", bad_sub("XGROUP", "create")),
    ("XGROUP CREATE nokey g 0 FOO MKSTREAM", bad_sub("XGROUP", "CREATE")),
    ("XGROUP CREATE nokey g a FOO", bad_sub("XGROUP", "CREATE")),
    ("EXISTS nokey", 0),
])
case("wrongtype", [
    ("SET s v", OK), ("XGROUP CREATE s g 0", WRONGTYPE),
    ("XGROUP CREATE s g 0 MKSTREAM", WRONGTYPE),
    ("XGROUP CREATE s g a", WRONGTYPE),
    ("XGROUP CREATE s g 0 FOO", bad_sub("XGROUP", "CREATE")),
])
case("names-are-bytes", add("s", "1-1") + [
    (("XGROUP", "CREATE", "s", "", "0"), OK),
    (("XGROUP", "CREATE", "s", b"\r\n\0", "0"), OK),
    (("XREADGROUP", "GROUP", b"\r\n\0", "", "STREAMS", "s", ">"),
     got("1-1")),
    (("XPENDING", "s", b"\r\n\0"), [1, "1-1", "1-1", [["", "1"]]]),
    (("XINFO", "CONSUMERS", "s", b"\r\n\0"), [consumer_info("", 1)]),
])
case("keeps-ttl", add("s", "1-1") + [
    ("EXPIRE s 100", 1), ("XGROUP CREATE s g 0", OK),
    ("TTL s", Between(90, 100)),
])
case("groups-are-independent", add("s", "1-1", "1-2") + [
    ("XGROUP CREATE s g 0", OK), ("XGROUP CREATE s h 0", OK),
    read("c", "1-1", count=1),
    ("XREADGROUP GROUP h c STREAMS s >", got("1-1", "1-2")),
    read("c", "1-2"), ("XACK s g 1-1 1-2", 2),
    ("XPENDING s h", [2, "1-1", "1-2", [["c", "2"]]]),
])

# ---- XGROUP SETID, DESTROY -----------------------------------------------

case = area("stream.xgroup-setid")

case("back-and-forth", group("$", "1-1", "1-2", "1-3") + [
    read("c"), ("XGROUP SETID s g 1-1", OK), read("c", "1-2", "1-3"),
    ("XGROUP SETID s g 0", OK), read("d", "1-1", "1-2", "1-3"),
    ("XGROUP SETID s g $", OK), read("c"),
    ("XGROUP SETID s g 9-9", OK), ("XADD s 5-5 f v", "5-5"), read("c"),
])
case("pending-stays-and-changes-hands", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XGROUP SETID s g 0", OK),
    pending(("1-1", "c", 1), ("1-2", "c", 1)),
    read("d", "1-1", count=1),
    pending(("1-1", "d", 1), ("1-2", "c", 1)),
    ("XREADGROUP GROUP g c STREAMS s 0", got("1-2")),
])
case("entries-read", group("0", "1-1", "1-2") + [
    ("XGROUP SETID s g 1-1 ENTRIESREAD 1", OK), look("1-1", 1, 1),
    ("XGROUP SETID s g 1-1 entriesread 5", OK), look("1-1", 5, -3),
    ("XGROUP SETID s g 1-1", OK), look("1-1", NIL, 1),
    ("XGROUP SETID s g 0 ENTRIESREAD -1", OK), look("0-0", NIL, 2),
])
case("errors", group("0", "1-1") + [
    ("XGROUP SETID s nog 0", no_group()), ("XGROUP SETID s g a", BAD_ID),
    ("XGROUP SETID s g *", BAD_ID), ("XGROUP SETID s g >", BAD_ID),
    ("XGROUP SETID nokey g 0", NEED_KEY), ("XGROUP SETID nokey g a", NEED_KEY),
    ("XGROUP SETID s nog a", no_group()),
    ("XGROUP SETID s g 0 ENTRIESREAD -2", READ_NEGATIVE),
    ("XGROUP SETID s g 0 ENTRIESREAD a", INT_ERR),
    ("XGROUP SETID nokey g 0 ENTRIESREAD -2", READ_NEGATIVE),
    ("XGROUP SETID s g 0 FOO", bad_sub("XGROUP", "SETID")),
    ("XGROUP SETID s g 0 MKSTREAM", bad_sub("XGROUP", "SETID")),
    ("XGROUP SETID s g 0 ENTRIESREAD", bad_sub("XGROUP", "SETID")),
    look("0-0", NIL, 1),
])
case("wrongtype", [
    ("SET s v", OK), ("XGROUP SETID s g 0", WRONGTYPE),
    ("XGROUP SETID s g a", WRONGTYPE), ("XGROUP DESTROY s g", WRONGTYPE),
    ("XGROUP CREATECONSUMER s g c", WRONGTYPE),
    ("XGROUP DELCONSUMER s g c", WRONGTYPE),
])

case("minus-and-plus-are-ids", group("0", "1-1") + [
    ("XGROUP SETID s g +", OK), look(TOP, NIL, NIL),
    ("XGROUP SETID s g -", OK), look("0-0", NIL, 1),
], level=EXACT)

case = area("stream.xgroup-destroy")

case("forgets-pending", group("0", "1-1") + [
    read("c", "1-1"), ("XGROUP DESTROY s g", 1), ("XGROUP DESTROY s g", 0),
    ("XINFO GROUPS s", []), ("XPENDING s g", neither("g")),
    ("XGROUP CREATE s g 0", OK), ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
    read("c", "1-1"),
])
case("missing", group("0") + [
    ("XGROUP DESTROY s nog", 0), ("XGROUP DESTROY nokey g", NEED_KEY),
    ("EXISTS nokey", 0), ("XGROUP destroy s g", 1), ("EXISTS s", 1),
])
case("others-stay", group("0", "1-1") + [
    ("XGROUP CREATE s h 0", OK), read("c", "1-1"),
    ("XGROUP DESTROY s h", 1), pending(("1-1", "c", 1)),
])

# ---- XGROUP CREATECONSUMER, DELCONSUMER, HELP ----------------------------

case = area("stream.xgroup-consumer")

case("create", group("0", "1-1") + [
    ("XGROUP CREATECONSUMER s g c", 1), ("XGROUP CREATECONSUMER s g c", 0),
    ("XGROUP createconsumer s g C", 1),
    ("XINFO CONSUMERS s g", Unordered([consumer_info("c", 0),
                                       consumer_info("C", 0)])),
])
case("create-after-reading", group("0", "1-1") + [
    read("c", "1-1"), ("XGROUP CREATECONSUMER s g c", 0),
    pending(("1-1", "c", 1)),
])
case("create-errors", group("0") + [
    ("XGROUP CREATECONSUMER s nog c", no_group()),
    ("XGROUP CREATECONSUMER nokey g c", NEED_KEY), ("EXISTS nokey", 0),
])
case("delete-counts-its-pending", group("0", *ids(5)) + [
    read("c", *ids(3), count=3), read("d", "4-0", "5-0"),
    ("XACK s g 2", 1), ("XGROUP DELCONSUMER s g c", 2),
    ("XPENDING s g", [2, "4-0", "5-0", [["d", "2"]]]),
    ("XINFO CONSUMERS s g", [consumer_info("d", 2)]),
    ("XGROUP DELCONSUMER s g c", 0), ("XGROUP delconsumer s g d", 2),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]), read("d"),
])
case("delete-missing", group("0") + [
    ("XGROUP DELCONSUMER s g c", 0), ("XINFO CONSUMERS s g", []),
    ("XGROUP DELCONSUMER s nog c", no_group()),
    ("XGROUP DELCONSUMER nokey g c", NEED_KEY), ("EXISTS nokey", 0),
])
case("names-are-bytes", group("0") + [
    (("XGROUP", "CREATECONSUMER", "s", "g", ""), 1),
    (("XGROUP", "CREATECONSUMER", "s", "g", b"\r\n"), 1),
    (("XGROUP", "DELCONSUMER", "s", "g", b"\r\n"), 0),
    ("XINFO CONSUMERS s g", [consumer_info("", 0)]),
])
case("listed-by-name", group("0") + [
    ("XGROUP CREATECONSUMER s g %s" % c, 1) for c in "db"] + [
    ("XGROUP CREATECONSUMER s g aa", 1), ("XGROUP CREATECONSUMER s g B", 1),
    ("XGROUP CREATECONSUMER s g a", 1),
    ("XINFO CONSUMERS s g", [
        consumer_info(c, 0) for c in ("B", "a", "aa", "b", "d")]),
], level=EXACT)

HELP = ListOf(Re(rb".+", Simple), (5, 100))

case = area("stream.help")

case("xgroup", [
    ("XGROUP HELP", HELP), ("xgroup help", HELP),
    ("XGROUP HELP", May([Simple(line) for line in (
        "XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CREATE <key> <groupname> <id|$> [option]",
        "    Create a new consumer group. Options are:",
        "    * MKSTREAM",
        "      Create the empty stream if it does not exist.",
        "    * ENTRIESREAD entries_read",
        "      Set the group's entries_read counter (internal use).",
        "CREATECONSUMER <key> <groupname> <consumer>",
        "    Create a new consumer in the specified group.",
        "DELCONSUMER <key> <groupname> <consumer>",
        "    Remove the specified consumer.",
        "DESTROY <key> <groupname>",
        "    Remove the specified group.",
        "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
        "    Set the current group ID and entries_read counter.",
        "HELP",
        "    Prints this help.")])),
    ("XGROUP HELP x", arity("xgroup|help")),
])
case("xinfo", [
    ("XINFO HELP", HELP), ("xinfo help", HELP),
    ("XINFO HELP", May([Simple(line) for line in (
        "XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CONSUMERS <key> <groupname>",
        "    Show consumers of <groupname>.",
        "GROUPS <key>",
        "    Show the stream consumer groups.",
        "STREAM <key> [FULL [COUNT <count>]",
        "    Show information about the stream.",
        "HELP",
        "    Prints this help.")])),
    ("XINFO HELP x", arity("xinfo|help")),
])
case("unknown-subcommand", [
    ("XGROUP FOO s g", E("ERR unknown subcommand 'FOO'. Try XGROUP HELP.")),
    ("XINFO FOO s", E("ERR unknown subcommand 'FOO'. Try XINFO HELP.")),
], contexts=("plain", "pipelined", "bytewise", "split", "inline"))

# ---- XREADGROUP ----------------------------------------------------------

case = area("stream.xreadgroup")

case("map-of-streams", group("0", "1-1", "1-2") + [
    ("XREADGROUP GROUP g c STREAMS s >", Streams([("s", rows("1-1",
                                                             "1-2"))])),
    ("XREADGROUP GROUP g c STREAMS s >", NILARRAY),
], seen="dragonfly#8056")
case("each-entry-once", group("0", *ids(5)) + [
    read("c", "1-0", "2-0", count=2), read("d", "3-0", count=1),
    read("c", "4-0", "5-0"), read("d"),
    ("XPENDING s g", [5, "1-0", "5-0", [["c", "4"], ["d", "1"]]]),
])
case("new-entries-later", group("$", "1-1") + [
    read("c"), ("XADD s 1-2 f v", "1-2"), read("c", "1-2"), read("c"),
])
case("lower-case", group("0", "1-1", "1-2") + [
    ("xreadgroup group g c count 1 streams s >", got("1-1")),
    ("xreadgroup group g c noack block 0 streams s >", got("1-2")),
])
case("options-in-any-order", group("0", *ids(4)) + [
    ("XREADGROUP COUNT 1 GROUP g c STREAMS s >", got("1-0")),
    ("XREADGROUP NOACK COUNT 1 GROUP g c STREAMS s >", got("2-0")),
    ("XREADGROUP BLOCK 1 GROUP g c COUNT 1 NOACK STREAMS s >", got("3-0")),
    ("XREADGROUP GROUP x y GROUP g d STREAMS s >", got("4-0")),
    ("XPENDING s g", [2, "1-0", "4-0", [["c", "1"], ["d", "1"]]]),
])
case("count", group("0", *ids(5)) + [
    ("XREADGROUP GROUP g c COUNT 0 STREAMS s >", got(*ids(5))),
    ("XREADGROUP GROUP g c COUNT 2 STREAMS s 0", got("1-0", "2-0")),
    ("XREADGROUP GROUP g c COUNT 2 STREAMS s 2", got("3-0", "4-0")),
    ("XREADGROUP GROUP g c COUNT -1 STREAMS s 3", got("4-0", "5-0")),
])
case("creates-the-consumer", group("0", "1-1") + [
    read("c", "1-1"), ("XINFO CONSUMERS s g", [consumer_info("c", 1)]),
])
case("history-creates-the-consumer", group("$", "1-1") + [
    ("XREADGROUP GROUP g c STREAMS s 0", got()),
    ("XINFO CONSUMERS s g", [consumer_info("c", 0)]),
])
case("nothing-new-makes-no-consumer", group("$", "1-1") + [
    read("c"), ("XINFO CONSUMERS s g", []),
], only="redis<7.2", why="a consumer is made by the attempt since 7.2")
case("history", group("0", "1-1", "1-2", "2-0") + [
    ("XREADGROUP GROUP g c STREAMS s 0", got()),
    read("c", "1-1", "1-2", count=2), read("d", "2-0"),
    ("XREADGROUP GROUP g c STREAMS s 0", got("1-1", "1-2")),
    ("XREADGROUP GROUP g c STREAMS s 0-0", got("1-1", "1-2")),
    ("XREADGROUP GROUP g c STREAMS s 1", got("1-1", "1-2")),
    ("XREADGROUP GROUP g c STREAMS s 1-1", got("1-2")),
    ("XREADGROUP GROUP g c STREAMS s 1-2", got()),
    ("XREADGROUP GROUP g d STREAMS s 0", got("2-0")),
    ("XREADGROUP GROUP g e STREAMS s 0", got()),
    ("XREADGROUP GROUP g c STREAMS s " + MAX, got()),
])
case("largest-id-means-new", group("0", "1-1") + [
    ("XREADGROUP GROUP g c STREAMS s " + TOP, got("1-1")),
    ("XREADGROUP GROUP g c STREAMS s " + TOP, NILARRAY),
], level=EXACT)
case("history-shrinks-by-ack", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XACK s g 1-1", 1),
    ("XREADGROUP GROUP g c STREAMS s 0", got("1-2")), ("XACK s g 1-2", 1),
    ("XREADGROUP GROUP g c STREAMS s 0", got()),
])
case("history-counts-deliveries", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), pending(("1-1", "c", 1), ("1-2", "c", 1)),
    ("XREADGROUP GROUP g c COUNT 1 STREAMS s 0", got("1-1")),
    pending(("1-1", "c", 2), ("1-2", "c", 1)),
    ("XREADGROUP GROUP g c STREAMS s 0", got("1-1", "1-2")),
    pending(("1-1", "c", 3), ("1-2", "c", 2)),
])
case("history-of-deleted-entries-is-null", group(
    "0", "1-1", "1-2", "1-3") + [
    read("c", "1-1", "1-2", "1-3"), ("XDEL s 1-1 1-3", 2),
    ("XREADGROUP GROUP g c STREAMS s 0", Streams([
        ("s", [["1-1", NILARRAY], row("1-2"), ["1-3", NILARRAY]])])),
    ("XPENDING s g", [3, "1-1", "1-3", [["c", "3"]]]),
    ("XACK s g 1-1 1-3", 2),
    ("XREADGROUP GROUP g c STREAMS s 0", got("1-2")),
])
case("history-never-blocks", group("$", "1-1") + [
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s 0", got()),
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s 5-5", got()),
])
case("noack", group("0", "1-1", "1-2") + [
    ("XREADGROUP GROUP g c NOACK COUNT 1 STREAMS s >", got("1-1")),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
    ("XREADGROUP GROUP g c STREAMS s 0", got()), read("c", "1-2"),
    ("XINFO CONSUMERS s g", [consumer_info("c", 1)]), ("XACK s g 1-1", 0),
])
case("noack-history", group("0", "1-1") + [
    read("c", "1-1"),
    ("XREADGROUP GROUP g c NOACK STREAMS s 0", got("1-1")),
    ("XPENDING s g", [1, "1-1", "1-1", [["c", "1"]]]),
])
case("deleted-before-reading-is-skipped", group("0", *ids(4)) + [
    ("XDEL s 1 3", 2), read("c", "2-0", "4-0"),
])
case("several-streams", group("0", "1-1", "1-2") + add("t", "2-2") + [
    ("XGROUP CREATE t g 0", OK),
    ("XREADGROUP GROUP g c COUNT 1 STREAMS t s > >", Streams([
        ("t", rows("2-2")), ("s", rows("1-1"))])),
    ("XREADGROUP GROUP g c STREAMS s t > >", got("1-2")),
    ("XREADGROUP GROUP g c STREAMS s t > >", NILARRAY),
])
case("new-and-history-together", group("0", "1-1") + add("t", "2-2") + [
    ("XGROUP CREATE t g 0", OK), read("c", "1-1"),
    ("XREADGROUP GROUP g c STREAMS s t 0 >", Streams([
        ("s", rows("1-1")), ("t", rows("2-2"))])),
    ("XREADGROUP GROUP g c STREAMS s t > 0", got("2-2", key="t")),
    ("XREADGROUP GROUP g c STREAMS s t 0 >", got("1-1")),
])
case("same-stream-twice", group("0", "1-1", "1-2") + [
    ("XREADGROUP GROUP g c COUNT 1 STREAMS s s > >", Streams([
        ("s", rows("1-1")), ("s", rows("1-2"))])),
])
case("no-group", group("0", "1-1") + [
    ("XREADGROUP GROUP nog c STREAMS s >", neither_to_read()),
    ("XREADGROUP GROUP g c STREAMS nokey >", neither_to_read("g", "nokey")),
    ("XREADGROUP GROUP nog c STREAMS s 0", neither_to_read()),
    ("XREADGROUP GROUP nog c BLOCK 0 STREAMS s >", neither_to_read()),
    ("XREADGROUP GROUP g c STREAMS s nokey > >",
     neither_to_read("g", "nokey")),
    ("XREADGROUP GROUP G c STREAMS s >", neither_to_read("G")),
    ("EXISTS nokey", 0), ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
])
case("dollar", group("0", "1-1") + [
    ("XREADGROUP GROUP g c STREAMS s $", E(
        "ERR The $ ID is meaningless in the context of XREADGROUP: you want "
        "to read the history of this consumer by specifying a proper ID, or "
        "use the > ID to get new messages. The $ ID would just return an "
        "empty result set.")),
    ("XREADGROUP GROUP nog c STREAMS s $", neither_to_read()),
])
case("bad-id", group("0", "1-1") + [
    (("XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", id), BAD_ID)
    for id in BAD_IDS + ["-", "+", "*", ">>", "(1", "1-*"]
] + [("XREADGROUP GROUP nog c STREAMS s a", neither_to_read()),
     ("XREADGROUP GROUP g c STREAMS s s > a", BAD_ID),
     ("XINFO CONSUMERS s g", [])])
case("group-is-needed", group("0", "1-1") + [
    ("XREADGROUP COUNT 1 BLOCK 1 STREAMS s >", E(
        "ERR Missing GROUP option for XREADGROUP")),
    ("XREADGROUP COUNT 1 COUNT 1 STREAMS s 0", E(
        "ERR Missing GROUP option for XREADGROUP")),
])
case("unbalanced", group("0", "1-1") + [
    ("XREADGROUP GROUP g c STREAMS s t >", UNBALANCED),
    ("XREADGROUP GROUP g c STREAMS s > >", UNBALANCED),
    ("XREADGROUP GROUP g c NOACK STREAMS s", UNBALANCED),
], level=EXACT)
case("syntax", group("0", "1-1") + [
    ("XREADGROUP " + tail, SYNTAX) for tail in (
        "GROUP g c FOO STREAMS s >", "GROUP g c COUNT 1 s >",
        "GROUP g c COUNT 1 NOACK STREAMS", "GROUP g c NOACK COUNT 5 COUNT",
        "FOO GROUP g c STREAMS s >", "GROUP g STREAMS s > > >",
        "GROUP g c COUNT 1 BLOCK 1 GROUP")
])
case("count-and-block-errors", group("0", "1-1") + [
    ("XREADGROUP GROUP g c COUNT a STREAMS s >", INT_ERR),
    ("XREADGROUP GROUP g c COUNT STREAMS s >", INT_ERR),
    ("XREADGROUP GROUP g c BLOCK a STREAMS s >", E(
        "ERR timeout is not an integer or out of range")),
    ("XREADGROUP GROUP g c BLOCK 1.5 STREAMS s >", E(
        "ERR timeout is not an integer or out of range")),
    ("XREADGROUP GROUP g c BLOCK -1 STREAMS s >", E(
        "ERR timeout is negative")), read("c", "1-1"),
])
case("wrongtype", [
    ("SET s v", OK), ("XREADGROUP GROUP g c STREAMS s >", WRONGTYPE),
    ("XREADGROUP GROUP g c STREAMS s a", WRONGTYPE),
    ("XREADGROUP GROUP g c BLOCK 0 STREAMS s >", WRONGTYPE),
    ("XADD t 1-1 f v", "1-1"), ("XGROUP CREATE t g 0", OK),
    ("XREADGROUP GROUP g c STREAMS t s > >", WRONGTYPE),
    ("XPENDING t g", [0, NIL, NIL, NILARRAY]),
])
case("keeps-ttl", group("0", "1-1") + [
    ("EXPIRE s 100", 1), read("c", "1-1"), ("XACK s g 1-1", 1),
    ("TTL s", Between(90, 100)),
])

# ---- XACK ----------------------------------------------------------------

case = area("stream.xack")

case("counts", group("0", *ids(5)) + [
    read("c", *ids(5)), ("XACK s g 1", 1), ("XACK s g 1", 0),
    ("XACK s g 2-0 3-0 9-9", 2), ("XACK s g 4 4", 1),
    ("XPENDING s g", [1, "5-0", "5-0", [["c", "1"]]]), ("XLEN s", 5),
])
case("of-any-consumer", group("0", "1-1", "1-2") + [
    read("c", "1-1", count=1), read("d", "1-2"), ("XACK s g 1-1 1-2", 2),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
    ("XINFO CONSUMERS s g", Unordered([consumer_info("c", 0),
                                       consumer_info("d", 0)])),
])
case("missing", group("0", "1-1") + [
    ("XACK nokey g 1-1", 0), ("XACK s nog 1-1", 0), ("XACK s g 1-1", 0),
    ("EXISTS nokey", 0),
])
case("missing-before-bad-id", group("0", "1-1") + [
    ("XACK nokey g a", 0), ("XACK s nog a", 0), ("XACK s g a", BAD_ID),
], level=EXACT)
case("bad-id-acknowledges-nothing", group("0", "1-1") + [
    read("c", "1-1")] + [
    (("XACK", "s", "g", "1-1", id), BAD_ID) for id in BAD_IDS + [
        "-", "+", "$", "*", ">", "(1", "1-*"]
] + [("XPENDING s g", [1, "1-1", "1-1", [["c", "1"]]])])
case("deleted-entry", group("0", "1-1") + [
    read("c", "1-1"), ("XDEL s 1-1", 1), ("XACK s g 1-1", 1),
    ("XACK s g 1-1", 0),
])
case("id-without-sequence-is-0", group("0", "1-0", "1-1") + [
    read("c", "1-0", "1-1"), ("XACK s g 1", 1),
    ("XPENDING s g", [1, "1-1", "1-1", [["c", "1"]]]),
])
case("many", [("XADD s %d-0 f v" % i, "%d-0" % i) for i in range(1, 101)] + [
    ("XGROUP CREATE s g 0", OK), read("c", *ids(100)),
    (["XACK", "s", "g"] + ids(99), 99),
    ("XPENDING s g", [1, "100-0", "100-0", [["c", "1"]]]),
], contexts=("plain", "pipelined", "multi"))

# ---- XPENDING ------------------------------------------------------------

case = area("stream.xpending")

case("summary", group("0", *ids(6)) + [
    read("c", "1-0", "2-0", count=2), read("b", "3-0", count=1),
    read("c", "4-0", count=1), read("d", "5-0", count=1),
    ("XPENDING s g", [5, "1-0", "5-0", [["b", "1"], ["c", "3"],
                                        ["d", "1"]]]),
    ("XACK s g 3", 1),
    ("XPENDING s g", [4, "1-0", "5-0", [["c", "3"], ["d", "1"]]]),
    ("XACK s g 1", 1),
    ("XPENDING s g", [3, "2-0", "5-0", [["c", "2"], ["d", "1"]]]),
])
case("summary-empty", group("0", "1-1") + [
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]), read("c", "1-1"),
    ("XACK s g 1-1", 1), ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
])
case("range", group("0", "1-1", "1-2", "2-0", "3-5") + [
    read("c", "1-1", "1-2", count=2), read("d", "2-0", "3-5"),
] + [
    ("XPENDING s g " + tail, [
        [id, "c" if id < "2" else "d", SOON, 1] for id in want])
    for tail, want in [
        ("- + 10", ["1-1", "1-2", "2-0", "3-5"]), ("- + 2", ["1-1", "1-2"]),
        ("- + 1", ["1-1"]), ("- + 0", []), ("- + -1", []),
        ("1-2 2 10", ["1-2", "2-0"]), ("1 1 10", ["1-1", "1-2"]),
        ("(1-1 + 10", ["1-2", "2-0", "3-5"]), ("- (2-0 10", ["1-1", "1-2"]),
        ("(1-1 (3-5 1", ["1-2"]), ("+ - 10", []), ("4 + 10", []),
        ("2-1 3 10", ["3-5"]), ("2-0 2-0 10", ["2-0"]),
        ("- + 10 c", ["1-1", "1-2"]), ("- + 10 d", ["2-0", "3-5"]),
        ("- + 1 d", ["2-0"]), ("- + 10 nobody", []), ("(2 + 10 d", ["3-5"]),
        ("- + 9223372036854775807", ["1-1", "1-2", "2-0", "3-5"])]
])
case("range-empty", group("0", "1-1") + [
    ("XPENDING s g - + 10", []), ("XPENDING s g - + 10 c", []),
    ("XPENDING s g IDLE 0 - + 10", []),
])
case("asking-makes-no-consumer", group("0", "1-1") + [
    ("XPENDING s g - + 10 c", []), ("XINFO CONSUMERS s g", []),
])
case("idle", group("0", "1-1", "1-2", "1-3") + [
    read("c", "1-1", "1-2", count=2), read("d", "1-3"),
    ("XCLAIM s g c 0 1-2 IDLE 500000 JUSTID", ["1-2"]),
    ("XPENDING s g IDLE 400000 - + 10", [
        ["1-2", "c", Between(500000, 560000), 1]]),
    ("XPENDING s g idle 500000 - + 10 c", [
        ["1-2", "c", Between(500000, 560000), 1]]),
    ("XPENDING s g IDLE 400000 - + 10 d", []),
    ("XPENDING s g IDLE 900000 - + 10", []),
    ("XPENDING s g IDLE 9223372036854775807 - + 10", []),
    ("XPENDING s g IDLE 0 - + 10 d", [["1-3", "d", SOON, 1]]),
    ("XPENDING s g IDLE 400000 (1-2 + 10", []),
    ("XPENDING s g IDLE 400000 - + 0", []),
])
case("idle-counts-only-what-fits", group("0", *ids(3)) + [
    read("c", *ids(3)), ("XCLAIM s g c 0 3 IDLE 500000 JUSTID", ["3-0"]),
    ("XPENDING s g IDLE 400000 - + 1", [
        ["3-0", "c", Between(500000, 560000), 1]]),
])
case("idle-negative-is-all", group("0", "1-1") + [
    read("c", "1-1"), ("XPENDING s g IDLE -5 - + 10", [
        ["1-1", "c", SOON, 1]]),
], level=EXACT)
case("deleted-entries-stay", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XDEL s 1-1", 1),
    pending(("1-1", "c", 1), ("1-2", "c", 1)),
    ("XTRIM s MAXLEN 0", 1), ("XPENDING s g", [2, "1-1", "1-2",
                                               [["c", "2"]]]),
])
case("no-group", group("0") + [
    ("XPENDING nokey g", neither("g", "nokey")),
    ("XPENDING s nog", neither()), ("XPENDING s nog - + 10", neither()),
    ("XPENDING nokey g - + 10 c", neither("g", "nokey")),
    ("EXISTS nokey", 0),
])
case("syntax", group("0") + [
    ("XPENDING s g " + tail, SYNTAX) for tail in (
        "-", "- +", "IDLE 5", "IDLE 5 -", "IDLE 5 - +",
        "IDLE 5 - + 10 c d")
] + [("XPENDING nokey g - +", SYNTAX)])
case("bad-arguments", group("0") + [
    ("XPENDING s g a + 10", BAD_ID), ("XPENDING s g - a 10", BAD_ID),
    ("XPENDING s g - + a", INT_ERR), ("XPENDING s g - + 1.5", INT_ERR),
    ("XPENDING s g - + 9223372036854775808", INT_ERR),
    ("XPENDING s g IDLE a - + 10", INT_ERR),
    ("XPENDING s g IDLE 1.5 - + 10", INT_ERR),
    ("XPENDING s g (- + 10", BAD_ID), ("XPENDING s g - (+ 10", BAD_ID),
    ("XPENDING s g $ + 10", BAD_ID), ("XPENDING s g - > 10", BAD_ID),
    ("XPENDING s g (%s + 10" % TOP, E(
        "ERR invalid start ID for the interval")),
    ("XPENDING s g - (0-0 10", E("ERR invalid end ID for the interval")),
])
case("arguments-before-the-key", [
    ("SET k v", OK), ("XPENDING k g a + 10", BAD_ID),
    ("XPENDING nokey g - + a", INT_ERR), ("XPENDING k g - + 10", WRONGTYPE),
    ("XPENDING k g", WRONGTYPE), ("XPENDING k g -", SYNTAX),
])

# ---- XCLAIM --------------------------------------------------------------

case = area("stream.xclaim")

case("changes-hands", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XCLAIM s g d 0 1-1", rows("1-1")),
    pending(("1-1", "d", 2), ("1-2", "c", 1)),
    ("XINFO CONSUMERS s g", Unordered([consumer_info("c", 1),
                                       consumer_info("d", 1)])),
    ("XREADGROUP GROUP g d STREAMS s 0", got("1-1")),
])
case("own-entry", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g c 0 1-1", rows("1-1")),
    pending(("1-1", "c", 2)),
])
case("several-in-the-order-of-the-call", group("0", *ids(3)) + [
    read("c", *ids(3)),
    ("XCLAIM s g d 0 3 9 1 2-5", rows("3-0", "1-0")),
    ("XCLAIM s g d 0 2 2", rows("2-0", "2-0")),
    pending(("1-0", "d", 2), ("2-0", "d", 3), ("3-0", "d", 2)),
])
case("not-pending-is-left-out", group("0", "1-1", "1-2") + [
    ("XCLAIM s g d 0 1-1", []), read("c", "1-1", count=1),
    ("XCLAIM s g d 0 1-2", []), ("XCLAIM s g d 0 9-9", []),
    pending(("1-1", "c", 1)),
])
case("nothing-claimed-makes-no-consumer", group("0", "1-1") + [
    ("XCLAIM s g d 0 1-1", []), ("XINFO CONSUMERS s g", []),
], only="redis<7.2", why="a consumer is made by the attempt since 7.2")
case("justid", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"),
    ("XCLAIM s g d 0 1-1 1-2 JUSTID", ["1-1", "1-2"]),
    pending(("1-1", "d", 1), ("1-2", "d", 1)),
    ("XCLAIM s g e 0 1-2 9-9 justid", ["1-2"]),
])
case("min-idle-time", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XCLAIM s g d 1000000 1-1 1-2", []),
    ("XCLAIM s g c 0 1-2 IDLE 500000 JUSTID", ["1-2"]),
    ("XCLAIM s g d 400000 1-1 1-2", rows("1-2")),
    ("XCLAIM s g e 400000 1-2", []),
    pending(("1-1", "c", 1), ("1-2", "d", 2)),
])
case("min-idle-time-negative-is-0", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g d -5 1-1 JUSTID", ["1-1"]),
])
case("idle", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g d 0 1-1 IDLE 500000", rows("1-1")),
    ("XPENDING s g - + 10", [["1-1", "d", Between(500000, 560000), 2]]),
    ("XCLAIM s g d 0 1-1 idle 0", rows("1-1")), pending(("1-1", "d", 3)),
])
case("without-idle-the-clock-restarts", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g d 0 1-1 IDLE 500000", rows("1-1")),
    ("XCLAIM s g d 0 1-1", rows("1-1")), pending(("1-1", "d", 3)),
])
case("justid-restarts-the-clock", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g d 0 1-1 IDLE 500000", rows("1-1")),
    ("XCLAIM s g d 0 1-1 JUSTID", ["1-1"]), pending(("1-1", "d", 2)),
])


@case.script("time", needs=("XADD", "XGROUP CREATE", "XREADGROUP", "TIME",
                            "XCLAIM", "XPENDING"))
def time_option():
    yield "XADD s 1-1 f v", "1-1"
    yield "XGROUP CREATE s g 0", OK
    yield read("c", "1-1")
    reply = yield "TIME", [Re(rb"\d+"), Re(rb"\d+")]
    ms = int(reply.v[0].v) * 1000 - 300000
    yield "XCLAIM s g d 0 1-1 TIME %d" % ms, rows("1-1")
    yield "XPENDING s g - + 10", [["1-1", "d", Between(300000, 361000), 2]]


case("time-in-the-future-is-now", group("0", "1-1") + [
    read("c", "1-1"),
    ("XCLAIM s g d 0 1-1 TIME 9999999999999999", rows("1-1")),
    pending(("1-1", "d", 2)),
])
case("negative-times-are-now", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g d 0 1-1 TIME -5", rows("1-1")),
    pending(("1-1", "d", 2)),
    ("XCLAIM s g d 0 1-1 IDLE -5", rows("1-1")), pending(("1-1", "d", 3)),
], level=EXACT)
case("retrycount", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g d 0 1-1 RETRYCOUNT 7", rows("1-1")),
    pending(("1-1", "d", 7)), ("XCLAIM s g d 0 1-1", rows("1-1")),
    pending(("1-1", "d", 8)),
    ("XCLAIM s g d 0 1-1 RETRYCOUNT 0 JUSTID", ["1-1"]),
    pending(("1-1", "d", 0)),
    ("XCLAIM s g d 0 1-1 retrycount 3 justid", ["1-1"]),
    pending(("1-1", "d", 3)),
])
case("retrycount-negative-counts-on", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g d 0 1-1 RETRYCOUNT -1", rows("1-1")),
    pending(("1-1", "d", 2)),
], level=EXACT)
case("force", group("$", "1-1", "1-2") + [
    ("XCLAIM s g d 0 1-1", []), ("XCLAIM s g d 0 1-1 FORCE", rows("1-1")),
    pending(("1-1", "d", Exact(2))),
    ("XCLAIM s g d 0 1-2 force justid", ["1-2"]),
    ("XPENDING s g", [2, "1-1", "1-2", [["d", "2"]]]),
    ("XACK s g 1-1 1-2", 2),
])
case("force-needs-the-entry", group("0", "1-1") + [
    ("XCLAIM s g d 0 5-5 FORCE", []), ("XDEL s 1-1", 1),
    ("XCLAIM s g d 0 1-1 FORCE JUSTID", []),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
])
case("force-with-idle", group("0", "1-1") + [
    ("XCLAIM s g d 0 1-1 IDLE 500000 RETRYCOUNT 9 FORCE JUSTID", ["1-1"]),
    ("XPENDING s g - + 10", [["1-1", "d", Between(500000, 560000), 9]]),
])
case("lastid", group("0", *ids(4)) + [
    read("c", "1-0", count=1),
    ("XCLAIM s g d 0 1 JUSTID LASTID 3", ["1-0"]), read("c", "4-0"),
    ("XCLAIM s g d 0 1 LASTID 2 JUSTID", ["1-0"]), read("c"),
])
case("lastid-without-a-claim", group("0", *ids(3)) + [
    ("XCLAIM s g d 0 9 LASTID 2", []), read("c", "3-0"),
])
case("deleted-entry-leaves-the-list", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XDEL s 1-1", 1),
    ("XCLAIM s g d 0 1-1 1-2", rows("1-2")),
    pending(("1-2", "d", 2)),
])
case("deleted-entry-justid", group("0", "1-1") + [
    read("c", "1-1"), ("XDEL s 1-1", 1), ("XCLAIM s g d 0 1-1 JUSTID", []),
    ("XPENDING s g", [0, NIL, NIL, NILARRAY]),
])
case("no-group", group("0", "1-1") + [
    ("XCLAIM nokey g c 0 1-1", neither("g", "nokey")),
    ("XCLAIM s nog c 0 1-1", neither()),
    ("XCLAIM s nog c a 1-1", neither()), ("XCLAIM s nog c 0 x", neither()),
    ("XCLAIM nokey g c 0 1-1 FOO", neither("g", "nokey")),
    ("EXISTS nokey", 0),
])
case("min-idle-time-not-int", group("0", "1-1") + [
    (("XCLAIM", "s", "g", "c", n, "1-1"), E(
        "ERR Invalid min-idle-time argument for XCLAIM"))
    for n in ("", "a", "1.5", "-", "9223372036854775808", " 1")
])
for _word in ("IDLE", "TIME", "RETRYCOUNT"):
    case("option-not-int-" + _word.lower(), group("0", "1-1") + [
        read("c", "1-1")] + [
        (("XCLAIM", "s", "g", "d", "0", "1-1", _word, n), E(
            "ERR Invalid %s option argument for XCLAIM" % _word))
        for n in ("", "a", "1.5", "9223372036854775808")
    ] + [pending(("1-1", "c", 1))])
case("unknown-option", group("0", "1-1") + [
    read("c", "1-1"),
    ("XCLAIM s g d 0 1-1 FOO", E("ERR Unrecognized XCLAIM option 'FOO'")),
    ("XCLAIM s g d 0 1-1 foo 5", E("ERR Unrecognized XCLAIM option 'foo'")),
    ("XCLAIM s g d 0 x", E("ERR Unrecognized XCLAIM option 'x'")),
    ("XCLAIM s g d 0 1-1 JUSTID 1-2", E(
        "ERR Unrecognized XCLAIM option '1-2'")),
    ("XCLAIM s g d 0 1-1 IDLE", E("ERR Unrecognized XCLAIM option 'IDLE'")),
    ("XCLAIM s g d 0 1-1 TIME", E("ERR Unrecognized XCLAIM option 'TIME'")),
    ("XCLAIM s g d 0 1-1 LASTID", E(
        "ERR Unrecognized XCLAIM option 'LASTID'")),
    ("XCLAIM s g d 0 1-1 RETRYCOUNT", E(
        "ERR Unrecognized XCLAIM option 'RETRYCOUNT'")),
    ("XCLAIM s g d 0 -", E("ERR Unrecognized XCLAIM option '-'")),
    ("XCLAIM s g d 0 1-1 LASTID x", BAD_ID), pending(("1-1", "c", 1)),
])
case("no-ids", group("0", "1-1") + [
    read("c", "1-1"), ("XCLAIM s g d 0 JUSTID", []),
    ("XCLAIM s g d 0 FORCE", []), ("XCLAIM s g d 0 LASTID 5", []),
    ("XINFO GROUPS s", [M([("last-delivered-id", "5-0")], more=True)]),
], level=EXACT)
case("options-repeat", group("0", "1-1") + [
    read("c", "1-1"),
    ("XCLAIM s g d 0 1-1 IDLE 5 IDLE 500000 RETRYCOUNT 1 RETRYCOUNT 4",
     rows("1-1")),
    ("XPENDING s g - + 10", [["1-1", "d", Between(500000, 560000), 4]]),
])
case("wrongtype", [
    ("SET s v", OK), ("XCLAIM s g c 0 1-1", WRONGTYPE),
    ("XCLAIM s g c a 1-1", WRONGTYPE), ("XACK s g 1-1", WRONGTYPE),
    ("XAUTOCLAIM s g c 0 0", WRONGTYPE),
    ("XAUTOCLAIM s g c a 0", E(
        "ERR Invalid min-idle-time argument for XAUTOCLAIM")),
])

# ---- XAUTOCLAIM ----------------------------------------------------------

case = area("stream.xautoclaim")

case("all", group("0", *ids(3)) + [
    read("c", *ids(3)),
    ("XAUTOCLAIM s g d 0 0", ["0-0", rows(*ids(3)), []]),
    pending(("1-0", "d", 2), ("2-0", "d", 2), ("3-0", "d", 2)),
    ("XAUTOCLAIM s g e 0 -", ["0-0", rows(*ids(3)), []]),
])
case("nothing-pending", group("0", "1-1") + [
    ("XAUTOCLAIM s g d 0 0", ["0-0", [], []]),
    ("XAUTOCLAIM s g d 0 0 JUSTID", ["0-0", [], []]),
])
case("nothing-claimed-makes-no-consumer", group("0", "1-1") + [
    ("XAUTOCLAIM s g d 0 0", ["0-0", [], []]), ("XINFO CONSUMERS s g", []),
], only="redis<7.2", why="a consumer is made by the attempt since 7.2")
case("from-an-id", group("0", *ids(4)) + [
    read("c", *ids(4)),
    ("XAUTOCLAIM s g d 0 3", ["0-0", rows("3-0", "4-0"), []]),
    ("XAUTOCLAIM s g d 0 4-1", ["0-0", [], []]),
    ("XAUTOCLAIM s g d 0 (3-0", ["0-0", rows("4-0"), []]),
    ("XAUTOCLAIM s g d 0 +", ["0-0", [], []]),
    pending(("1-0", "c", 1), ("2-0", "c", 1), ("3-0", "d", 2),
            ("4-0", "d", 3)),
])
case("count-and-cursor", group("0", *ids(5)) + [
    read("c", *ids(5)),
    ("XAUTOCLAIM s g d 0 0 COUNT 2", ["3-0", rows("1-0", "2-0"), []]),
    ("XAUTOCLAIM s g d 0 3-0 COUNT 2", ["5-0", rows("3-0", "4-0"), []]),
    ("XAUTOCLAIM s g d 0 5-0 COUNT 2", ["0-0", rows("5-0"), []]),
    ("XAUTOCLAIM s g d 0 0 count 5", ["0-0", rows(*ids(5)), []]),
    ("XAUTOCLAIM s g d 0 0 COUNT 4 COUNT 1", ["2-0", rows("1-0"), []]),
])
case("justid", group("0", *ids(3)) + [
    read("c", *ids(3)),
    ("XAUTOCLAIM s g d 0 0 JUSTID COUNT 2", ["3-0", ["1-0", "2-0"], []]),
    ("XAUTOCLAIM s g d 0 3-0 COUNT 2 justid", ["0-0", ["3-0"], []]),
    pending(("1-0", "d", 1), ("2-0", "d", 1), ("3-0", "d", 1)),
])
case("default-count-is-100", [
    ("XADD s %d-0 f v" % i, "%d-0" % i) for i in range(1, 104)] + [
    ("XGROUP CREATE s g 0", OK), read("c", *ids(103)),
    ("XAUTOCLAIM s g d 0 0 JUSTID", ["101-0", ids(100), []]),
    ("XAUTOCLAIM s g d 0 101-0 JUSTID", ["0-0", ids(3, 101), []]),
], contexts=("plain", "pipelined", "multi"))
case("min-idle-time", group("0", *ids(3)) + [
    read("c", *ids(3)), ("XAUTOCLAIM s g d 1000000 0", ["0-0", [], []]),
    ("XCLAIM s g c 0 2 IDLE 500000 JUSTID", ["2-0"]),
    ("XAUTOCLAIM s g d 400000 0", ["0-0", rows("2-0"), []]),
    ("XAUTOCLAIM s g e 400000 0", ["0-0", [], []]),
    pending(("1-0", "c", 1), ("2-0", "d", 2), ("3-0", "c", 1)),
])
case("min-idle-time-negative-is-0", group("0", "1-1") + [
    read("c", "1-1"), ("XAUTOCLAIM s g d -5 0", ["0-0", rows("1-1"), []]),
])
case("attempts-are-ten-times-count", group("0", *ids(25)) + [
    read("c", *ids(25)), ("XCLAIM s g c 0 25 IDLE 500000 JUSTID", ["25-0"]),
    ("XAUTOCLAIM s g d 400000 0 COUNT 1", ["11-0", [], []]),
    ("XAUTOCLAIM s g d 400000 11-0 COUNT 1", ["21-0", [], []]),
    ("XAUTOCLAIM s g d 400000 21-0 COUNT 1", ["0-0", rows("25-0"), []]),
], level=EXACT)
case("deleted-entries-leave-the-list", group("0", *ids(4)) + [
    read("c", *ids(4)), ("XDEL s 1 3", 2),
    ("XAUTOCLAIM s g d 0 0", ["0-0", rows("2-0", "4-0"), ["1-0", "3-0"]]),
    pending(("2-0", "d", 2), ("4-0", "d", 2)),
    ("XAUTOCLAIM s g d 0 0", ["0-0", rows("2-0", "4-0"), []]),
])
case("deleted-entries-justid", group("0", *ids(3)) + [
    read("c", *ids(3)), ("XDEL s 2", 1),
    ("XAUTOCLAIM s g d 0 0 JUSTID", ["0-0", ["1-0", "3-0"], ["2-0"]]),
])
case("deleted-entries-count", group("0", *ids(4)) + [
    read("c", *ids(4)), ("XDEL s 1 2", 2),
    ("XAUTOCLAIM s g d 0 0 COUNT 2", ["3-0", [], ["1-0", "2-0"]]),
    ("XAUTOCLAIM s g d 0 3-0 COUNT 2", ["0-0", rows("3-0", "4-0"), []]),
])
case("no-group", group("0") + [
    ("XAUTOCLAIM nokey g c 0 0", neither("g", "nokey")),
    ("XAUTOCLAIM s nog c 0 0", neither()), ("EXISTS nokey", 0),
])
case("bad-arguments", group("0", "1-1") + [
    ("XAUTOCLAIM s g c a 0", E(
        "ERR Invalid min-idle-time argument for XAUTOCLAIM")),
    ("XAUTOCLAIM s g c 1.5 0", E(
        "ERR Invalid min-idle-time argument for XAUTOCLAIM")),
    ("XAUTOCLAIM s g c 0 a", BAD_ID), ("XAUTOCLAIM s g c 0 $", BAD_ID),
    ("XAUTOCLAIM s g c 0 (-", BAD_ID), ("XAUTOCLAIM s g c 0 1-*", BAD_ID),
    ("XAUTOCLAIM s g c 0 (" + TOP, E(
        "ERR invalid start ID for the interval")),
    ("XINFO CONSUMERS s g", []),
])
case("count-errors", group("0", "1-1") + [
    (("XAUTOCLAIM", "s", "g", "c", "0", "0", "COUNT", n), E(
        "ERR COUNT must be > 0"))
    for n in ("0", "-1", "a", "", "1.5", "9223372036854775807",
              "9223372036854775808", "-9223372036854775808")
])
case("syntax", group("0", "1-1") + [
    ("XAUTOCLAIM s g c 0 0 " + tail, SYNTAX) for tail in (
        "FOO", "COUNT", "JUSTID COUNT", "1-1", "COUNT 5 FOO", "JUSTIDX",
        "FORCE", "IDLE 5")
])
case("arguments-before-the-group", group("0", "1-1") + [
    ("XAUTOCLAIM s nog c a 0", E(
        "ERR Invalid min-idle-time argument for XAUTOCLAIM")),
    ("XAUTOCLAIM nokey g c 0 a", BAD_ID),
    ("XAUTOCLAIM nokey g c 0 0 COUNT 0", E("ERR COUNT must be > 0")),
    ("XAUTOCLAIM nokey g c 0 0 FOO", SYNTAX),
    ("XAUTOCLAIM s g c a x COUNT 0", E(
        "ERR Invalid min-idle-time argument for XAUTOCLAIM")),
    ("XAUTOCLAIM s g c 0 x COUNT 0", BAD_ID),
])

# ---- XINFO STREAM --------------------------------------------------------

case = area("stream.xinfo-stream")

COUNTER = Between(0, 1000000)


def stream_fields(length, last, deleted, added, first):
    return [("length", length), ("radix-tree-keys", COUNTER),
            ("radix-tree-nodes", COUNTER), ("last-generated-id", last),
            ("max-deleted-entry-id", deleted), ("entries-added", added),
            ("recorded-first-entry-id", first)]


def info(*what, groups=0, first=NIL, last=NIL):
    """A step with XINFO STREAM; Redis 8.2 and later tell more."""
    fields = stream_fields(*what) + [
        ("groups", groups), ("first-entry", first), ("last-entry", last)]
    return ("XINFO STREAM s", By(M(fields), ("redis>=8.2", M(
        fields, more=True))))


def full(*what, entries, groups=(), options=""):
    fields = stream_fields(*what) + [("entries", entries),
                                     ("groups", [*groups])]
    return ("XINFO STREAM s FULL" + options, By(M(fields), (
        "redis>=8.2", M(fields, more=True))))


def full_group(name, last, read, lag, pel=(), consumers=()):
    """pel: (id, consumer, count); consumers: (name, [(id, count)])"""
    return M([
        ("name", name), ("last-delivered-id", last), ("entries-read", read),
        ("lag", lag), ("pel-count", len(pel)),
        ("pending", [[id, consumer, NOW, count]
                     for id, consumer, count in pel]),
        ("consumers", [full_consumer(name, own) for name, own in consumers])])


def full_consumer(name, own):
    fields = [("name", name), ("seen-time", NOW), ("pel-count", len(own)),
              ("pending", [[id, NOW, count] for id, count in own])]
    later = M(fields + [("active-time", Between(-1, 99999999999999))])
    return By(M(fields), ("redis>=7.2", later), ("kv", later))


case("one-entry", add("s", "1-1") + [
    info(1, "1-1", "0-0", 1, "1-1", first=row("1-1"), last=row("1-1")),
])
case("several-entries", [
    ("XADD s 1-1 a 1 b 2", "1-1"), ("XADD s 1-2 f v", "1-2"),
    ("XADD s 3-0 c 3", "3-0"),
    info(3, "3-0", "0-0", 3, "1-1", first=row("1-1", "a", "1", "b", "2"),
         last=row("3-0", "c", "3")),
])
case("empty", [
    ("XGROUP CREATE s g $ MKSTREAM", OK),
    info(0, "0-0", "0-0", 0, "0-0", groups=1),
])
case("emptied", add("s", "1-1", "1-2") + [
    ("XDEL s 1-1 1-2", 2), info(0, "1-2", "1-2", 2, "0-0"),
])
case("deleted-first", add("s", "1-1", "1-2", "1-3") + [
    ("XDEL s 1-1", 1), info(2, "1-3", "1-1", 3, "1-2", first=row("1-2"),
                            last=row("1-3")),
])
case("deleted-middle-and-last", add("s", "1-1", "1-2", "1-3") + [
    ("XDEL s 1-2", 1), info(2, "1-3", "1-2", 3, "1-1", first=row("1-1"),
                            last=row("1-3")),
    ("XDEL s 1-3", 1), info(1, "1-3", "1-3", 3, "1-1", first=row("1-1"),
                            last=row("1-1")),
])
case("max-deleted-never-falls", add("s", *ids(4)) + [
    ("XDEL s 3", 1), ("XDEL s 1", 1),
    info(2, "4-0", "3-0", 4, "2-0", first=row("2-0"), last=row("4-0")),
])
case("trimmed-is-not-deleted", add("s", *ids(5)) + [
    ("XTRIM s MAXLEN 2", 3),
    info(2, "5-0", "0-0", 5, "4-0", first=row("4-0"), last=row("5-0")),
    ("XTRIM s MINID 9", 2), info(0, "5-0", "0-0", 5, "0-0"),
    ("XADD s 6-0 f v", "6-0"),
    info(1, "6-0", "0-0", 6, "6-0", first=row("6-0"), last=row("6-0")),
])
case("trimmed-by-xadd", add("s", *ids(3)) + [
    ("XADD s MAXLEN 2 4-0 f v", "4-0"),
    info(2, "4-0", "0-0", 4, "3-0", first=row("3-0"), last=row("4-0")),
])
case("groups", group("0", "1-1") + [
    ("XGROUP CREATE s h 0", OK), ("XGROUP CREATE s i 0", OK),
    ("XGROUP DESTROY s g", 1),
    info(1, "1-1", "0-0", 1, "1-1", groups=2, first=row("1-1"),
         last=row("1-1")),
])
case("radix-tree", add("s", *ids(9)) + [
    ("XINFO STREAM s", M([("radix-tree-keys", Exact(3)),
                          ("radix-tree-nodes", Exact(8))], more=True)),
], config={"stream-node-max-entries": "3"})
case("order-of-the-fields", add("s", "1-1") + [
    ("XINFO STREAM s", Shape(lambda got: [
        k.v for k in (got.v[::2] if isinstance(got, Array)
                      else [k for k, _ in got.v])][:10] == [
        b"length", b"radix-tree-keys", b"radix-tree-nodes",
        b"last-generated-id", b"max-deleted-entry-id", b"entries-added",
        b"recorded-first-entry-id", b"groups", b"first-entry",
        b"last-entry"], "the fields in the order of Redis")),
], level=MAY, contexts="plain")
case("missing-key", [
    ("XINFO STREAM s", NO_KEY), ("XINFO STREAM s FULL", NO_KEY),
    ("XINFO STREAM s FOO", NO_KEY), ("XINFO STREAM s FULL COUNT a", NO_KEY),
    ("EXISTS s", 0),
])
case("syntax", add("s", "1-1") + [
    ("XINFO STREAM s " + tail, bad_sub("XINFO", "STREAM")) for tail in (
        "FOO", "FULL FOO", "FULL COUNT", "FULL FOO 5", "FULL COUNT 5 FOO",
        "COUNT 5", "FULL FULL")
] + [("XINFO STREAM s FULL COUNT a", INT_ERR),
     ("XINFO STREAM s FULL COUNT 1.5", INT_ERR)])
case("wrongtype", [
    ("SET s v", OK), ("XINFO STREAM s", WRONGTYPE),
    ("XINFO STREAM s FULL", WRONGTYPE), ("XINFO GROUPS s", WRONGTYPE),
    ("XINFO CONSUMERS s g", WRONGTYPE), ("XINFO STREAM s FOO", WRONGTYPE),
])
case("lower-case", add("s", "1-1") + [
    ("xinfo stream s", M([("length", 1)], more=True)),
    ("xinfo stream s full", M([("length", 1)], more=True)),
    ("xinfo stream s full count 5", M([("length", 1)], more=True)),
    ("xinfo groups s", []),
])
case("full", add("s", "1-1", "1-2") + [
    full(2, "1-2", "0-0", 2, "1-1", entries=rows("1-1", "1-2")),
])
case("full-empty", [
    ("XGROUP CREATE s g 5 MKSTREAM", OK),
    full(0, "0-0", "0-0", 0, "0-0", entries=[],
         groups=[full_group("g", "5-0", NIL, 0)]),
])
case("full-groups", group("0", *ids(3)) + [
    ("XGROUP CREATE s h $", OK), read("c", "1-0", count=1),
    read("d", "2-0", "3-0"), ("XREADGROUP GROUP g c STREAMS s 0", got("1-0")),
    full(3, "3-0", "0-0", 3, "1-0", entries=rows(*ids(3)), groups=[
        full_group("g", "3-0", 3, 0, [
            ("1-0", "c", 2), ("2-0", "d", 1), ("3-0", "d", 1)], [
            ("c", [("1-0", 2)]), ("d", [("2-0", 1), ("3-0", 1)])]),
        full_group("h", "3-0", NIL, 0)]),
])
case("full-consumer-without-pending", group("$", "1-1") + [
    ("XGROUP CREATECONSUMER s g c", 1),
    full(1, "1-1", "0-0", 1, "1-1", entries=rows("1-1"), groups=[
        full_group("g", "1-1", NIL, 0, [], [("c", [])])]),
])
case("full-shows-ten", add("s", *ids(12)) + [
    ("XGROUP CREATE s g 0", OK), read("c", *ids(12)),
    full(12, "12-0", "0-0", 12, "1-0", entries=rows(*ids(10)), groups=[
        M([("name", "g"), ("last-delivered-id", "12-0"),
           ("entries-read", 12), ("lag", 0), ("pel-count", 12),
           ("pending", [[id, "c", NOW, 1] for id in ids(10)]),
           ("consumers", [M([
               ("name", "c"), ("seen-time", NOW), ("pel-count", 12),
               ("pending", [[id, NOW, 1] for id in ids(10)])],
               more=True)])])]),
])
case("full-count", add("s", *ids(12)) + [
    ("XGROUP CREATE s g 0", OK), read("c", *ids(12)),
] + [("XINFO STREAM s FULL COUNT %s" % n, M([
    ("length", 12), ("entries", rows(*ids(shown))),
    ("groups", [M([("pel-count", 12), ("pending", ListOf(ANY, shown)),
                   ("consumers", [M([("pel-count", 12), (
                       "pending", ListOf(ANY, shown))], more=True)])],
                  more=True)])], more=True))
     for n, shown in (("1", 1), ("3", 3), ("11", 11), ("100", 12), ("0", 12))
])
case("full-count-negative-is-ten", add("s", *ids(12)) + [
    ("XINFO STREAM s FULL COUNT -5", M([("entries", rows(*ids(10)))],
                                       more=True)),
], level=EXACT)
case("full-deleted-but-pending", group("0", "1-1", "1-2") + [
    read("c", "1-1", "1-2"), ("XDEL s 1-1", 1),
    ("XINFO STREAM s FULL", M([
        ("length", 1), ("max-deleted-entry-id", "1-1"),
        ("entries", rows("1-2")), ("groups", [M([
            ("pel-count", 2), ("pending", [["1-1", "c", NOW, 1],
                                           ["1-2", "c", NOW, 1]])],
            more=True)])], more=True)),
])

# ---- XINFO GROUPS, entries-read and lag ----------------------------------

case = area("stream.xinfo-groups")

case("none", add("s", "1-1") + [("XINFO GROUPS s", [])])
case("by-name", group("0", "1-1", "1-2") + [
    ("XGROUP CREATE s b $", OK), ("XGROUP CREATE s a 1-1", OK),
    read("c", "1-1", count=1),
    ("XINFO GROUPS s", Unordered([
        group_info("g", "1-1", 1, 1, 1, 1), group_info("a", "1-1", NIL, 1),
        group_info("b", "1-2", NIL, 0)])),
    ("XINFO GROUPS s", Exact([M([("name", n)], more=True) for n in "abg"])),
])
case("consumers-and-pending", group("0", *ids(4)) + [
    read("c", "1-0", "2-0", count=2), read("d", "3-0", "4-0"),
    ("XGROUP CREATECONSUMER s g e", 1), ("XACK s g 1", 1),
    look("4-0", 4, 0, 3, 3),
])
case("missing-key", [("XINFO GROUPS s", NO_KEY), ("EXISTS s", 0)])

case = area("stream.lag")

case("never-added", [
    ("XGROUP CREATE s g $ MKSTREAM", OK), look("0-0", NIL, 0),
    ("XGROUP SETID s g 5", OK), look("5-0", NIL, 0),
])
case("from-the-start", group("0", *ids(5)) + [
    look("0-0", NIL, 5), read("c", "1-0", "2-0", count=2),
    look("2-0", 2, 3, 1, 2), ("XADD s 6-0 f v", "6-0"),
    look("2-0", 2, 4, 1, 2), read("c", "3-0", "4-0", "5-0", "6-0"),
    look("6-0", 6, 0, 1, 6),
])
case("from-the-end", group("$", *ids(3)) + [
    look("3-0", NIL, 0), ("XADD s 4-0 f v", "4-0"), look("3-0", NIL, NIL),
    read("c", "4-0"), look("4-0", 4, 0, 1, 1),
])
case("from-the-middle", group("2", *ids(4)) + [
    look("2-0", NIL, NIL), read("c", "3-0", count=1),
    look("3-0", NIL, NIL, 1, 1), read("c", "4-0"), look("4-0", 4, 0, 1, 2),
    ("XADD s 5-0 f v", "5-0"), look("4-0", 4, 1, 1, 2),
])
case("from-the-first-entry", group("1", *ids(4)) + [
    look("1-0", NIL, 3), read("c", "2-0", count=1),
    look("2-0", NIL, NIL, 1, 1),
])
case("from-between-entries", group("5-5", "1-1", "9-9") + [
    look("5-5", NIL, NIL), read("c", "9-9"), look("9-9", 2, 0, 1, 1),
])
case("from-beyond-the-end", group("9-9", "1-1") + [
    look("9-9", NIL, NIL), ("XADD s 9-9 f v", "9-9"), look("9-9", NIL, 0),
])
case("on-an-empty-stream", add("s", "1-1", "1-2") + [
    ("XDEL s 1-1 1-2", 2), ("XGROUP CREATE s g 0", OK), look("0-0", NIL, 0),
    ("XADD s 1-3 f v", "1-3"), read("c", "1-3"), look("1-3", 3, 0, 1, 1),
])
case("noack-counts", group("0", "1-1", "1-2") + [
    ("XREADGROUP GROUP g c NOACK COUNT 1 STREAMS s >", got("1-1")),
    look("1-1", 1, 1, 1, 0),
])
case("ack-and-claim-do-not-count", group("0", "1-1", "1-2") + [
    read("c", "1-1", count=1), ("XACK s g 1-1", 1),
    look("1-1", 1, 1, 1, 0),
    ("XCLAIM s g d 0 1-2 FORCE JUSTID", ["1-2"]), look("1-1", 1, 1, 2, 1),
    ("XREADGROUP GROUP g d STREAMS s 0", got("1-2")),
    look("1-1", 1, 1, 2, 1),
])
case("back-to-the-start", group("0", *ids(3)) + [
    read("c", *ids(3)), ("XGROUP SETID s g 0", OK),
    look("0-0", NIL, 3, 1, 3), read("c", "1-0", count=1),
    look("1-0", 1, 2, 1, 3),
])
case("set-wrongly", group("0", *ids(3)) + [
    ("XGROUP SETID s g 1 ENTRIESREAD 3", OK), look("1-0", 3, 0),
    ("XGROUP SETID s g 1 ENTRIESREAD 10", OK), look("1-0", 10, -7),
])
case("deleted-already-read", group("0", *ids(4)) + [
    read("c", "1-0", "2-0", count=2), ("XDEL s 1", 1),
    look("2-0", 2, 2, 1, 2), ("XDEL s 2", 1), look("2-0", 2, 2, 1, 2),
])
case("deleted-ahead", group("0", *ids(5)) + [
    read("c", "1-0", "2-0", count=2), ("XDEL s 4", 1),
    look("2-0", 2, NIL, 1, 2), read("c", "3-0", count=1),
    look("3-0", NIL, NIL, 1, 3), read("c", "5-0"),
    look("5-0", 5, 0, 1, 4),
])
case("deleted-before-a-group-at-0", add("s", *ids(5)) + [
    ("XDEL s 3", 1), ("XGROUP CREATE s g 0", OK), look("0-0", NIL, NIL),
    read("c", "1-0", "2-0", "4-0", "5-0"), look("5-0", 5, 0, 1, 4),
])
case("trimmed-already-read", group("0", *ids(4)) + [
    read("c", "1-0", "2-0", count=2), ("XTRIM s MAXLEN 2", 2),
    look("2-0", 2, 2, 1, 2),
])
case("trimmed-before-a-group-at-0", add("s", *ids(5)) + [
    ("XTRIM s MAXLEN 2", 3), ("XGROUP CREATE s g 0", OK),
    look("0-0", NIL, 2), read("c", "4-0", count=1), look("4-0", 4, 1, 1, 1),
])
case("entries-added-set", group("0", *ids(2)) + [
    ("XSETID s 2 ENTRIESADDED 50", OK), look("0-0", NIL, 2),
    read("c", "1-0", count=1), look("1-0", 49, 1, 1, 1),
])

# ---- XINFO CONSUMERS -----------------------------------------------------

case = area("stream.xinfo-consumers")

case("none", group("0") + [("XINFO CONSUMERS s g", [])])
case("pending-and-idle", group("0", *ids(3)) + [
    read("c", "1-0", "2-0", count=2), read("d", "3-0"), ("XACK s g 3", 1),
    ("XINFO CONSUMERS s g", Unordered([consumer_info("c", 2),
                                       consumer_info("d", 0)])),
])
case("idle-grows", group("0", "1-1") + [
    read("c", "1-1"), ("DEBUG SLEEP 0.02", OK),
    ("XINFO CONSUMERS s g", [consumer_info("c", 1, Between(20, 60000))]),
    ("XPENDING s g - + 10", [["1-1", "c", Between(20, 60000), 1]]),
    ("XPENDING s g IDLE 20 - + 10", [["1-1", "c", Between(20, 60000), 1]]),
    ("XCLAIM s g d 20 1-1 JUSTID", ["1-1"]),
    ("XPENDING s g IDLE 50000 - + 10", []),
], contexts="plain", needs=("debug",))
case("errors", group("0") + [
    ("XINFO CONSUMERS s nog", no_group()),
    ("XINFO CONSUMERS nokey g", NO_KEY), ("EXISTS nokey", 0),
])

REPLIES = {
    "XACK": "int error",
    "XAUTOCLAIM": "array error",
    "XCLAIM": "array error",
    "XGROUP": "error",
    "XGROUP CREATE": "simple error",
    "XGROUP CREATECONSUMER": "int error",
    "XGROUP DELCONSUMER": "int error",
    "XGROUP DESTROY": "int error",
    "XGROUP HELP": "array error",
    "XGROUP SETID": "simple error",
    "XINFO": "error",
    "XINFO CONSUMERS": "array error",
    "XINFO GROUPS": "array error",
    "XINFO HELP": "array error",
    "XINFO STREAM": "map error",
    "XPENDING": "array error",
    "XREADGROUP": "map nullarray error",
}
