"""Publish and subscribe, subscribed mode, keyspace notifications."""

from conformance.case import CONTAINERS
from conformance.cases import *  # noqa: F403
from conformance.cases.transactions import (
    SETUP, TOUCHED, UNTOUCHED, slug, unknown)
from conformance.expect import Name

case = area("session.pubsub")
notify = area("session.pubsub.notify", needs=("PUBLISH",))

FAR = 33177117420           # a time in the year 3021


def P_(kind, channel, count):
    return P([kind, channel, count])


def steps_of(command, *wants, conn=""):
    """A command that gets several replies."""
    return [(conn, command if i == 0 else b"", want)
            for i, want in enumerate(wants)]


def sub(*names, have=0, kind="subscribe", conn=""):
    """(P|S)SUBSCRIBE to new channels, `have` subscriptions in advance."""
    return steps_of((kind.upper(),) + names, *[
        P_(kind, name, have + i + 1) for i, name in enumerate(names)],
        conn=conn)


def unsub(*names, left=0, kind="unsubscribe", conn=""):
    """(P|S)UNSUBSCRIBE from these channels, after which `left` are left."""
    return steps_of((kind.upper(),) + names, *[
        P_(kind, name, left + len(names) - i - 1)
        for i, name in enumerate(names)], conn=conn)


def message(channel, text, conn=""):
    return (conn, b"", P(["message", channel, text]))


def pmessage(pattern, channel, text, conn=""):
    return (conn, b"", P(["pmessage", pattern, channel, text]))


def smessage(channel, text, conn=""):
    return (conn, b"", P(["smessage", channel, text]))


def none_left(kind):
    """What it answers who has nothing to unsubscribe from."""
    return By(P_(kind, NIL, 0), ("valkey>=8", E(
        "NOSUB '%s' command executed not in subscribed mode" % kind)))


# the last step of a connection that stays subscribed
STAYS = ("PING %s", lambda nonce: Name(
    "PONG", Array([Bulk("pong"), Bulk(nonce)]), Bulk(nonce)))


# ---- subscribing ---------------------------------------------------------

case("subscribe", sub("a") + sub("b", have=1) + unsub("a", "b"))
case("subscribe-many", sub("a", "b", "c", "d") + unsub(
    "a", left=3) + unsub("d", "c", "b"))
case("subscribe-lower-case", steps_of(
    "subscribe a B", P_("subscribe", "a", 1), P_("subscribe", "B", 2)) +
    steps_of("unSubscribe B a", P_("unsubscribe", "B", 1),
             P_("unsubscribe", "a", 0)))
case("subscribe-twice", steps_of(
    "SUBSCRIBE a b a", P_("subscribe", "a", 1), P_("subscribe", "b", 2),
    P_("subscribe", "a", 2)) + [("SUBSCRIBE a", P_("subscribe", "a", 2))] +
    unsub("a", "b"))
case("psubscribe", sub("a*", "[b]?", kind="psubscribe") + unsub(
    "a*", "[b]?", kind="punsubscribe"))
case("psubscribe-twice", steps_of(
    "PSUBSCRIBE p* p* q*", P_("psubscribe", "p*", 1),
    P_("psubscribe", "p*", 1), P_("psubscribe", "q*", 2)) +
    unsub("q*", "p*", kind="punsubscribe"))
case("ssubscribe", sub("s", "t", kind="ssubscribe") + unsub(
    "s", "t", kind="sunsubscribe"))
case("ssubscribe-twice", steps_of(
    "SSUBSCRIBE s s", P_("ssubscribe", "s", 1), P_("ssubscribe", "s", 1)) +
    unsub("s", kind="sunsubscribe"))
case("channels-and-patterns-count-together", sub("a", "b") + sub(
    "p*", have=2, kind="psubscribe") + sub("c", have=3) + unsub(
    "a", left=3) + unsub("p*", left=2, kind="punsubscribe") + unsub("b", "c"))
case("shard-channels-count-alone", sub("a", "b") + sub(
    "s", kind="ssubscribe") + sub("p*", have=2, kind="psubscribe") + sub(
    "t", have=1, kind="ssubscribe") + unsub(
    "a", "b", left=1) + unsub("s", "t", kind="sunsubscribe") + unsub(
    "p*", kind="punsubscribe"))
case("same-name-in-each-kind", sub("a") + sub(
    "a", have=1, kind="psubscribe") + sub("a", kind="ssubscribe") + [
    ("b", "PUBLISH a m", 2), message("a", "m"), pmessage("a", "a", "m"),
    ("b", "SPUBLISH a m", 1), smessage("a", "m")] + unsub(
    "a", left=1) + unsub("a", kind="punsubscribe") + unsub(
    "a", kind="sunsubscribe"))
case("binary-and-empty-names", sub(b"\r\n\0", "", "x y", b"\xff") + [
    ("b", ("PUBLISH", b"\r\n\0", b"+OK\r\n"), 1),
    message(b"\r\n\0", b"+OK\r\n"), ("b", ("PUBLISH", "", ""), 1),
    message("", ""), ("b", ("PUBLISH", b"\r\n", "x"), 0)] + unsub(
    "", b"\xff", "x y", b"\r\n\0"))
case("channels-are-no-keys", sub("k") + [
    ("b", "SET k v", OK), ("b", "TYPE k", Simple("string")),
    ("b", "PUBLISH k m", 1), message("k", "m"), ("b", "GET k", "v"),
    ("b", "DBSIZE", 1)] + unsub("k"))
case("channels-span-databases", sub("c") + [
    ("b", "SELECT 3", OK), ("b", "PUBLISH c m", 1), message("c", "m")] +
    unsub("c"))

# ---- unsubscribing -------------------------------------------------------

for kind in ("unsubscribe", "punsubscribe", "sunsubscribe"):
    case(kind + "-from-nothing", [
        (kind.upper(), none_left(kind)), (kind.upper(), none_left(kind)),
        ("PING", PONG), ("GET k", NIL),
    ])
    name = kind.replace("un", "", 1)
    case(kind + "-all", sub("a", "b", "c", kind=name) + [
        (kind.upper(), Replies(*[P_(kind, OneOf("a", "b", "c"), n)
                                 for n in (2, 1, 0)]))] + [
        (kind.upper(), none_left(kind)), ("PING", PONG)])
    case(kind + "-from-another", sub("a", kind=name) + [
        (kind.upper() + " x", P_(kind, "x", 1)),
        (kind.upper() + " a", P_(kind, "a", 0)), ("PING", PONG)])
    case(kind + "-twice", sub("a", "b", kind=name) + steps_of(
        kind.upper() + " a a b b", P_(kind, "a", 1), P_(kind, "a", 1),
        P_(kind, "b", 0), P_(kind, "b", 0)) + [("PING", PONG)])
case("unsubscribe-all-of-one", sub("a") + [
    ("UNSUBSCRIBE", P_("unsubscribe", "a", 0)), ("PING", PONG)])
case("unsubscribe-by-name-from-nothing", steps_of(
    "UNSUBSCRIBE a b", P_("unsubscribe", "a", 0),
    P_("unsubscribe", "b", 0)) + [("PING", PONG)])
case("unsubscribe-leaves-patterns", sub("a", "b") + sub(
    "p*", have=2, kind="psubscribe") + [
    ("UNSUBSCRIBE", Replies(P_("unsubscribe", OneOf("a", "b"), 2),
                            P_("unsubscribe", OneOf("a", "b"), 1))),
    ("PUNSUBSCRIBE p", P_("punsubscribe", "p", 1)),
    ("UNSUBSCRIBE", P_("unsubscribe", NIL, 1)),
    ("PUNSUBSCRIBE", P_("punsubscribe", "p*", 0))])
case("unsubscribe-all-but-patterns-of-nothing", sub(
    "p*", kind="psubscribe") + sub("s", kind="ssubscribe") + [
    ("UNSUBSCRIBE", P_("unsubscribe", NIL, 1)),
    ("SUNSUBSCRIBE s", P_("sunsubscribe", "s", 0)),
    ("SUNSUBSCRIBE", P_("sunsubscribe", NIL, 0))] + unsub(
    "p*", kind="punsubscribe"))
case("unsubscribed-gets-no-more", sub("a", "b") + unsub("a", left=1) + [
    ("b", "PUBLISH a x", 0), ("b", "PUBLISH b y", 1), message("b", "y")] +
    unsub("b") + [("b", "PUBLISH b z", 0)])
case("again-after-leaving", sub("a") + unsub("a") + sub("a") + [
    ("b", "PUBLISH a x", 1), message("a", "x")] + unsub("a"))

# ---- publishing ----------------------------------------------------------

case("publish", [("b", "PUBLISH c x", 0)] + sub("c") + [
    ("b", "PUBLISH c x", 1), message("c", "x"), ("b", "publish c y", 1),
    message("c", "y"), ("b", "PUBLISH C z", 0)] + unsub("c"))
case("publish-to-many", sub("c") + sub("c", conn="b") + sub(
    "d", conn="c") + [
    ("d", "PUBLISH c x", 2), message("c", "x"), message("c", "x", "b"),
    ("d", "PUBLISH d y", 1), message("d", "y", "c")] + unsub("c") + unsub(
    "c", conn="b") + unsub("d", conn="c"))
case("publish-in-both-protocols", sub("c", conn="s2") + sub(
    "c", conn="s3") + [
    ("PUBLISH c x", 2), message("c", "x", "s2"), message("c", "x", "s3")] +
    unsub("c", conn="s2") + unsub("c", conn="s3"))
case("publish-nothing-and-much", sub("c") + [
    ("b", ("PUBLISH", "c", ""), 1), message("c", ""),
    ("b", ("PUBLISH", "c", b"\0" * 100000), 1),
    message("c", b"\0" * 100000),
    ("b", ("PUBLISH", "c", b"$-1\r\n*0\r\n"), 1),
    message("c", b"$-1\r\n*0\r\n")] + unsub("c"))
case("publish-keeps-the-order", sub("c", "d") + [
    ("b", "PUBLISH %s %d" % ("cd"[i % 2], i), 1) for i in range(20)] + [
    message("cd"[i % 2], str(i)) for i in range(20)] + unsub("c", "d"))
case("publish-in-multi", sub("c") + [
    ("b", "MULTI", OK), ("b", "PUBLISH c x", QUEUED),
    ("b", "PUBLISH c y", QUEUED), ("b", "PUBLISH d z", QUEUED),
    ("b", "EXEC", [1, 1, 0]), message("c", "x"), message("c", "y")] +
    unsub("c"))
case("publish-in-script", sub("c") + [
    ("b", ("EVAL", "return redis.call('PUBLISH', 'c', ARGV[1])", "0", "x"),
     1), message("c", "x")] + unsub("c"), needs=("scripts",))
case("message-and-pmessage", sub("c") + sub(
    "c*", have=1, kind="psubscribe") + [
    ("b", "PUBLISH c x", 2), message("c", "x"), pmessage("c*", "c", "x"),
    ("b", "PUBLISH cc y", 1), pmessage("c*", "cc", "y")] + unsub(
    "c", left=1) + [
    ("b", "PUBLISH c z", 1), pmessage("c*", "c", "z")] + unsub(
    "c*", kind="punsubscribe"))
case("pmessage-for-each-pattern", sub("c*", "?", "*", kind="psubscribe") + [
    ("b", "PUBLISH c x", 3), (b"", Replies(*[
        P(["pmessage", p, "c", "x"]) for p in ("c*", "?", "*")]))] + unsub(
    "c*", "?", "*", kind="punsubscribe"))
case("pmessage-keeps-the-order", sub("c*", kind="psubscribe") + [
    ("b", "PUBLISH c%d %d" % (i, i), 1) for i in range(10)] + [
    pmessage("c*", "c%d" % i, str(i)) for i in range(10)] + unsub(
    "c*", kind="punsubscribe"))
case("pattern-name-is-no-channel", sub("c*") + [
    ("b", "PUBLISH cc x", 0), ("b", "PUBLISH c* x", 1),
    message("c*", "x")] + unsub("c*"))
case("spublish", [("b", "SPUBLISH s x", 0)] + sub("s", kind="ssubscribe") + [
    ("b", "SPUBLISH s x", 1), smessage("s", "x"), ("b", "PUBLISH s y", 0),
    ("b", "spublish s z", 1), smessage("s", "z")] + unsub(
    "s", kind="sunsubscribe") + [("b", "SPUBLISH s x", 0)])
case("spublish-reaches-no-others", sub("s") + sub(
    "*", have=1, kind="psubscribe") + [
    ("b", "SPUBLISH s x", 0), ("b", "PUBLISH s y", 2), message("s", "y"),
    pmessage("*", "s", "y")] + unsub("s", left=1) + unsub(
    "*", kind="punsubscribe"))
case("ssubscribe-takes-no-pattern", sub("s*", kind="ssubscribe") + [
    ("b", "SPUBLISH ss x", 0), ("b", "SPUBLISH s* x", 1),
    smessage("s*", "x")] + unsub("s*", kind="sunsubscribe"))
case("closed-subscriber-is-forgotten", sub("a", conn="c") + sub(
    "p", have=1, kind="psubscribe", conn="c") + sub(
    "s", kind="ssubscribe", conn="c") + [
    ("PUBLISH a x", 1), message("a", "x", "c"), ("c", "QUIT", OK),
    ("c", b"", CLOSED), ("PUBLISH a x", Eventually(0)),
    ("PUBSUB NUMSUB a", ["a", 0]), ("PUBSUB NUMPAT", 0),
    ("PUBSUB SHARDNUMSUB s", ["s", 0])])

GLOBS = [
    ("literal", "news", ["news"], ["new", "newss", "News", "ne.s"]),
    ("star", "n*s", ["ns", "news", "n*s", "n-s-s"], ["n", "snews", "newsx"]),
    ("star-first", "*s", ["s", "xs"], ["sx", "S"]),
    ("stars", "**a**", ["a", "bab"], ["b"]),
    ("question-mark", "n?s", ["nis", "n?s"], ["ns", "niis"]),
    ("question-marks", "??", ["ab", "??"], ["a", "abc"]),
    ("class", "n[ea]s", ["nes", "nas"], ["nis", "neas", "n[ea]s"]),
    ("range", "n[a-c]s", ["nas", "nbs", "ncs"], ["nds", "n-s"]),
    ("range-backwards", "n[c-a]s", ["nas", "nbs", "ncs"], ["nds"]),
    ("not-class", "n[^e]s", ["nas", "n^s"], ["nes", "ns"]),
    ("not-range", "n[^a-c]s", ["nds", "n-s"], ["nas", "nbs"]),
    ("escaped-star", "n\\*s", ["n*s"], ["ns", "nes", "n\\*s"]),
    ("escaped-question-mark", "n\\?", ["n?"], ["na"]),
    ("escaped-bracket", "n\\[a]", ["n[a]"], ["na"]),
    ("escaped-letter", "\\n\\e", ["ne"], ["\\n\\e"]),
    ("escaped-in-class", "[\\]a]", ["]", "a"], ["\\", "b"]),
    ("open-class", "n[ab", ["na", "nb"], ["n[ab", "nc"]),
    ("backslash-last", "n\\", ["n\\"], ["n"]),
    ("upper-case", "NEWS*", ["NEWSa"], ["newsa"]),
    ("bytes", b"\xc3?", [b"\xc3\xa4"], ["a"]),
    ("line-ends", "a*b", [b"a\r\nb", b"a\0b"], []),
]
for name, pattern, yes, no in GLOBS:
    case("glob-" + name, sub(pattern, kind="psubscribe") + [
        ("b", ("PUBLISH", channel, "x"), 0) for channel in no] + [
        step for channel in yes for step in (
            ("b", ("PUBLISH", channel, "x"), 1),
            pmessage(pattern, channel, "x"))] + unsub(
        pattern, kind="punsubscribe"))
case("glob-star-and-the-empty-name", sub("*", kind="psubscribe") + [
    ("b", ("PUBLISH", "", "x"), 0)] + unsub("*", kind="punsubscribe"),
    level=EXACT)
case("glob-empty", sub("", kind="psubscribe") + [
    ("b", "PUBLISH c x", 0), ("b", ("PUBLISH", "", "x"), 1),
    pmessage("", "", "x")] + unsub("", kind="punsubscribe"))

# ---- PUBSUB --------------------------------------------------------------

case("pubsub-empty", [
    ("PUBSUB CHANNELS", []), ("PUBSUB CHANNELS *", []),
    ("PUBSUB NUMSUB", []), ("PUBSUB NUMSUB a b", ["a", 0, "b", 0]),
    ("PUBSUB NUMPAT", 0), ("PUBSUB SHARDCHANNELS", []),
    ("PUBSUB SHARDCHANNELS *", []), ("PUBSUB SHARDNUMSUB", []),
    ("PUBSUB SHARDNUMSUB a b", ["a", 0, "b", 0]),
])
case("pubsub-channels", sub("ab", "ac", "bb") + sub(
    "x*", have=3, kind="psubscribe") + [
    ("b", "PUBSUB CHANNELS", Unordered(["ab", "ac", "bb"])),
    ("b", "PUBSUB channels a*", Unordered(["ab", "ac"])),
    ("b", "PUBSUB CHANNELS ab", ["ab"]), ("b", "PUBSUB CHANNELS z*", []),
    ("b", "PUBSUB CHANNELS [ab]b", Unordered(["ab", "bb"])),
    ("b", "PUBSUB CHANNELS x*", []), ("b", "PUBSUB SHARDCHANNELS", [])] +
    unsub("ab", "ac", "bb", left=1) + [("b", "PUBSUB CHANNELS", [])] +
    unsub("x*", kind="punsubscribe"))
case("pubsub-numsub", sub("a", "b") + sub("a", conn="c") + sub(
    "a*", have=2, kind="psubscribe") + [
    ("b", "PUBSUB NUMSUB a b c", ["a", 2, "b", 1, "c", 0]),
    ("b", "pubsub numsub b a b", ["b", 1, "a", 2, "b", 1]),
    ("b", ("PUBSUB", "NUMSUB", "", b"\r\n"), ["", 0, b"\r\n", 0]),
    ("b", "PUBSUB SHARDNUMSUB a", ["a", 0])] + unsub("a", conn="c") + [
    ("b", "PUBSUB NUMSUB a", ["a", 1])] + unsub("a", "b", left=1) + unsub(
    "a*", kind="punsubscribe"))
case("pubsub-numpat-counts-patterns-once", sub(
    "a*", "b*", kind="psubscribe") + [("b", "PUBSUB NUMPAT", 2)] + sub(
    "a*", "c*", kind="psubscribe", conn="c") + [
    ("b", "PUBSUB NUMPAT", 3)] + unsub(
    "a*", "b*", kind="punsubscribe") + [("b", "PUBSUB NUMPAT", 2)] + unsub(
    "c*", "a*", kind="punsubscribe", conn="c") + [
    ("b", "PUBSUB NUMPAT", 0)])
case("pubsub-shard", sub("s", "t", kind="ssubscribe") + sub(
    "s", kind="ssubscribe", conn="c") + [
    ("b", "PUBSUB SHARDCHANNELS", Unordered(["s", "t"])),
    ("b", "PUBSUB SHARDCHANNELS t*", ["t"]),
    ("b", "PUBSUB SHARDNUMSUB s t u", ["s", 2, "t", 1, "u", 0]),
    ("b", "PUBSUB CHANNELS", []), ("b", "PUBSUB NUMSUB s", ["s", 0])] +
    unsub("s", "t", kind="sunsubscribe") + unsub(
    "s", kind="sunsubscribe", conn="c"))
case("pubsub-errors", [
    ("PUBSUB", arity("pubsub")),
    ("PUBSUB FOO", E("ERR unknown subcommand 'FOO'. Try PUBSUB HELP.")),
    ("PUBSUB NUMPAT x", arity("pubsub|numpat")),
    ("PUBSUB HELP x", arity("pubsub|help")),
    ("PUBSUB CHANNELS a b", E(
        "ERR unknown subcommand or wrong number of arguments for "
        "'CHANNELS'. Try PUBSUB HELP.")),
    ("PUBSUB SHARDCHANNELS a b", E(
        "ERR unknown subcommand or wrong number of arguments for "
        "'SHARDCHANNELS'. Try PUBSUB HELP.")),
])
case("pubsub-help", [("PUBSUB HELP", Exact([Simple(line) for line in (
    "PUBSUB <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "CHANNELS [<pattern>]",
    "    Return the currently active channels matching a <pattern> (default: "
    "'*').",
    "NUMPAT",
    "    Return number of subscriptions to patterns.",
    "NUMSUB [<channel> ...]",
    "    Return the number of subscribers for the specified channels, "
    "excluding",
    "    pattern subscriptions(default: no channels).",
    "SHARDCHANNELS [<pattern>]",
    "    Return the currently active shard level channels matching a "
    "<pattern> (default: '*').",
    "SHARDNUMSUB [<shardchannel> ...]",
    "    Return the number of subscribers for the specified shard level "
    "channel(s)",
    "HELP",
    "    Prints this help.")]))])

# ---- subscribed mode -----------------------------------------------------

ALLOWED = {"PING", "QUIT", "RESET"}
GRAVE = {       # a server that did these would be lost for the other cases
    "SHUTDOWN", "DEBUG", "FAILOVER", "REPLICAOF", "SLAVEOF", "SYNC", "PSYNC",
    "RESTORE-ASKING", "REPLCONF", "CLUSTER RESET", "CLUSTER FLUSHSLOTS",
    "MODULE LOAD", "MODULE LOADEX", "MODULE UNLOAD"}


def refusal(name):
    text = ("Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / "
            "PING / QUIT / RESET are allowed in this context" % name)
    if name == "exec":
        return E("EXECABORT Transaction discarded because of: " + text)
    return E("ERR " + text)


for name, command in sorted(COMMANDS.items()):
    if name in ALLOWED or name in GRAVE or name in CONTAINERS or \
            name.endswith("SUBSCRIBE"):
        continue
    words = name.split() + ["a"] * (abs(command.arity) - len(name.split()))
    case("resp2-refuses-" + slug(name), sub("c") + [
        (tuple(words), refusal(name.lower().replace(" ", "|")))] +
        unsub("c"), protos=(2,), contexts=("plain",))

case("resp2-still-allows", sub("c") + [
    ("PING", ["pong", ""]), ("PING hi", ["pong", "hi"]),
    (("PING", b"\r\n"), ["pong", b"\r\n"]), ("ping x", ["pong", "x"]),
    (("PING", ""), ["pong", ""]), ("PING a b", arity("ping"))] + sub(
    "p", have=1, kind="psubscribe") + unsub("c", left=1) + [
    ("PING", ["pong", ""])] + unsub("p", kind="punsubscribe") + [
    ("PING", PONG), ("PING hi", "hi"), ("GET k", NIL)], protos=(2,))
for kind in ("psubscribe", "ssubscribe"):
    case("resp2-refuses-after-" + kind, sub("c", kind=kind) + [
        ("GET k", refusal("get")), ("PING", ["pong", ""]),
        ("MULTI", refusal("multi"))] + unsub(
        "c", kind=kind.replace("sub", "unsub")) + [("GET k", NIL)],
        protos=(2,))
case("resp2-errors-that-come-first", sub("c") + [
    ("NOSUCH", unknown("NOSUCH")), ("GET", arity("get")),
    ("CLIENT NOSUCH", E("ERR unknown subcommand 'NOSUCH'. Try CLIENT "
                        "HELP.")),
    ("SUBSCRIBE", arity("subscribe")), ("PSUBSCRIBE", arity("psubscribe")),
    ("SSUBSCRIBE", arity("ssubscribe"))] + unsub("c"), protos=(2,))
case("resp2-refused-does-nothing", sub("c") + [
    ("SET k v", refusal("set")), ("SELECT 1", refusal("select")),
    ("CLIENT SETNAME x", refusal("client|setname"))] + unsub("c") + [
    ("GET k", NIL), ("CLIENT GETNAME", NIL)], protos=(2,))
case("resp2-publish-to-oneself", sub("c") + [
    ("PUBLISH c x", refusal("publish")), ("PING", ["pong", ""])] +
    unsub("c") + [("PUBLISH c x", 0)], protos=(2,))
case("resp2-ends-with-the-last-one", sub("a", "b") + unsub(
    "a", left=1) + [("GET k", refusal("get"))] + unsub("b") + [
    ("GET k", NIL)], protos=(2,))
case("resp2-shard-and-plain-both-count", sub("a") + sub(
    "s", kind="ssubscribe") + unsub("a") + [("GET k", refusal("get"))] +
    unsub("s", kind="sunsubscribe") + [("GET k", NIL)], protos=(2,))
case("resp2-message-between-replies", sub("c") + [
    ("b", "PUBLISH c x", 1), message("c", "x"), ("PING", ["pong", ""]),
    ("b", "PUBLISH c y", 1), message("c", "y")] + unsub("c"), protos=(2,))
case("resp3-allows-all", sub("c") + [
    ("PING", PONG), ("PING hi", "hi"), ("SET k v", OK), ("GET k", "v"),
    ("ECHO x", "x"), ("MULTI", OK), ("INCR n", QUEUED), ("EXEC", [1]),
    ("SELECT 1", OK), ("GET k", NIL), ("SELECT 0", OK), ("WATCH k", OK),
    ("UNWATCH", OK), ("CLIENT GETNAME", NIL), ("HGETALL h", M([])),
    ("RPUSH l a", 1), ("BLPOP l 0", ["l", "a"]),
    ("PUBSUB NUMSUB c", ["c", 1])] + unsub("c"), protos=(3,))
case("resp3-stays-in-sync", sub("c") + [
    ("b", "PUBLISH c x", 1), message("c", "x"), ("GET k", NIL),
    ("b", "PUBLISH c y", 1), message("c", "y"), ("GET k", NIL)],
    protos=(3,))
case("resp3-blocked-client-gets-messages", sub("c") + [
    ("BLPOP l 0", BLOCKED), ("b", "PUBLISH c x", 1), message("c", "x"),
    ("b", "RPUSH l v", 1), (b"", ["l", "v"])], protos=(3,))
case("resp3-publish-to-oneself", sub("c") + [
    ("PUBLISH c x", Replies(1, P(["message", "c", "x"]))), ("PING", PONG),
    ("PUBLISH d x", 0)] + unsub("c"), protos=(3,))
case("resp3-publish-to-own-pattern", sub("c") + sub(
    "c*", have=1, kind="psubscribe") + [
    ("PUBLISH c x", Replies(2, P(["message", "c", "x"]),
                            P(["pmessage", "c*", "c", "x"]))),
    ("PUBLISH cc y", Replies(1, P(["pmessage", "c*", "cc", "y"])))],
    protos=(3,))
case("resp3-spublish-to-oneself", sub("s", kind="ssubscribe") + [
    ("SPUBLISH s x", Replies(1, P(["smessage", "s", "x"]))),
    ("PUBLISH s x", 0)], protos=(3,))
case("resp3-publish-to-oneself-and-another", sub("c") + sub(
    "c", conn="b") + [
    ("PUBLISH c x", Replies(2, P(["message", "c", "x"]))),
    message("c", "x", "b")] + unsub("c", conn="b"), protos=(3,))
case("resp3-push-before-its-reply", sub("c") + [
    ("PUBLISH c x", P(["message", "c", "x"])), (b"", 1)], protos=(3,),
    only="redis<7.2", why="later versions send the reply first")
case("resp3-push-after-its-reply", sub("c") + [
    ("PUBLISH c x", 1), message("c", "x")], protos=(3,),
    only="redis>=7.2", why="earlier versions send the push first")
case("hello-3-while-subscribed", sub("c") + [
    ("HELLO 3", refusal("hello"))] + unsub("c") + [
    ("HELLO 3", M([("proto", 3)], more=True))], protos=(2,))
case("hello-2-while-subscribed", sub("c") + [
    ("HELLO 2", M([("proto", 2)], more=True)), ("GET k", refusal("get")),
    ("b", "PUBLISH c x", 1), message("c", "x"), ("PING", ["pong", ""])] +
    unsub("c"), protos=(3,), contexts=PLAIN)
case("reset-while-subscribed", sub("c") + sub(
    "p", have=1, kind="psubscribe") + sub("s", kind="ssubscribe") + [
    ("RESET", Simple("RESET")), ("GET k", NIL), ("PING", PONG),
    ("b", "PUBLISH c x", 0), ("b", "PUBLISH p x", 0),
    ("b", "SPUBLISH s x", 0), ("PUBSUB NUMPAT", 0)])
case("quit-while-subscribed", sub("c") + [
    ("QUIT", OK), (b"", CLOSED)], contexts=PLAIN + ("pipelined",))
case("stays-subscribed", sub("c"), fence=STAYS)
case("stays-subscribed-to-a-pattern", sub("c", kind="psubscribe"),
     fence=STAYS)
case("stays-subscribed-to-a-shard", sub("c", kind="ssubscribe"),
     fence=STAYS)
case("replies-do-not-mix-with-messages", sub("c") + [
    ("b", "PUBLISH c %d" % i, 1) for i in range(3)] + [
    message("c", str(i)) for i in range(3)] + sub("d", have=1) + [
    ("b", "PUBLISH d x", 1), message("d", "x")] + unsub("d", "c"))

# ---- keyspace notifications ----------------------------------------------

ALL = {"notify-keyspace-events": "EA"}
PATTERN = "__keyevent@*"
REPLY = {row[:2]: row[2] for row in TOUCHED + UNTOUCHED}


def listen(pattern=PATTERN):
    return sub(pattern, kind="psubscribe")


def stop(pattern=PATTERN):
    """No further message comes before this reply."""
    return unsub(pattern, kind="punsubscribe")


def event(name, key, db=0):
    return pmessage(PATTERN, "__keyevent@%d__:%s" % (db, name), key)


def by_b(steps):
    return [("b",) + tuple(step) for step in steps]


# kind of k (SETUP), the command, its events; the reply where it is new
EVENTS = """
none    | SET k v                   | set k
string  | SET k v XX                | set k
string  | SET k v GET               | set k
ttl     | SET k v KEEPTTL           | set k
none    | SETNX k v                 | set k
none    | SETEX k 100 v             | set k, expire k
none    | PSETEX k 100000 v         | set k, expire k
string  | GETSET k abc              | set k
string  | GETDEL k                  | del k
string  | GETEX k EX 100            | expire k
ttl     | GETEX k PERSIST           | persist k
none    | MSET a 1 k 2              | set a, set k
none    | MSETNX a 1 k 2            | set a, set k
string  | APPEND k x                | append k
string  | SETRANGE k 0 a            | setrange k
none    | INCR k                    | incrby k
number  | DECR k                    | incrby k
number  | INCRBY k 0                | incrby k
number  | DECRBY k 3                | incrby k
number  | INCRBYFLOAT k 0.5         | incrbyfloat k
string  | SETBIT k 0 1              | setbit k
none    | BITFIELD k SET u8 0 1     | setbit k
other   | BITOP NOT k o             | set k
string  | BITOP AND k nokey         | del k
string  | DEL k                     | del k
string  | UNLINK k                  | del k
string  | EXPIRE k 100              | expire k
ttl     | EXPIRE k 200              | expire k
string  | PEXPIRE k 100000          | expire k
string  | EXPIREAT k 33177117420    | expire k
string  | PEXPIREAT k 33177117420000 | expire k
string  | EXPIRE k -1               | del k
ttl     | PERSIST k                 | persist k
string  | RENAME k o                | rename_from k, rename_to o
other   | RENAMENX o k              | rename_from o, rename_to k
string  | COPY k o                  | copy_to o
list    | SORT k ALPHA STORE k      | sortstore k
list    | SORT nokey STORE k        | del k
none    | LPUSH k a                 | lpush k
list    | RPUSH k a                 | rpush k
list    | LPUSHX k a                | lpush k
list    | RPUSHX k a                | rpush k
list    | LPOP k                    | lpop k
list    | RPOP k 2                  | rpop k
list    | LSET k 0 a                | lset k
list    | LINSERT k BEFORE b x      | linsert k
list    | LREM k 0 a                | lrem k
list    | LTRIM k 0 0               | ltrim k
list    | LTRIM k 5 6               | ltrim k, del k
list    | LMPOP 1 k LEFT            | lpop k
list    | BLPOP k 0                 | lpop k
list    | BRPOP k 0                 | rpop k
list    | BLMPOP 0 1 k RIGHT        | rpop k
none    | SADD k a                  | sadd k
set     | SREM k a                  | srem k
set     | SMOVE k o a               | srem k, sadd o
set     | SPOP k 3                  | spop k, del k
set     | SINTERSTORE k k           | sinterstore k
set     | SUNIONSTORE k nokey       | del k
set     | SDIFFSTORE k k nokey      | sdiffstore k
none    | HSET k f v                | hset k
hash    | HMSET k f 1               | hset k
none    | HSETNX k f v              | hset k
hash    | HINCRBY k f 0             | hincrby k
hash    | HINCRBYFLOAT k f 0.5      | hincrbyfloat k
hash    | HDEL k f                  | hdel k
hash    | HDEL k f g                | hdel k, del k
none    | ZADD k 1 a                | zadd k
zset    | ZADD k 5 a                | zadd k
zset    | ZINCRBY k 1 a             | zincr k
zset    | ZADD k INCR 1 a           | zincr k
zset    | ZREM k a                  | zrem k
zset    | ZREMRANGEBYRANK k 0 0     | zremrangebyrank k
zset    | ZREMRANGEBYSCORE k 1 1    | zremrangebyscore k
zset    | ZREMRANGEBYLEX k - +      | zremrangebylex k, del k
zset    | ZPOPMIN k                 | zpopmin k
zset    | ZPOPMAX k                 | zpopmax k
zset    | ZMPOP 1 k MIN             | zpopmin k
zset    | BZPOPMIN k 0              | zpopmin k
zset    | BZPOPMAX k 0              | zpopmax k
zset    | BZMPOP 0 1 k MAX          | zpopmax k
zset    | ZUNIONSTORE k 1 k         | zunionstore k
zset    | ZINTERSTORE k 1 nokey     | del k
zset    | ZDIFFSTORE k 1 k          | zdiffstore k
zset    | ZRANGESTORE k k 0 0       | zrangestore k
geo     | GEOADD k 1 1 a            | zadd k
geo     | GEOSEARCHSTORE k k FROMMEMBER a BYRADIUS 1 km | geosearchstore k
geo     | GEORADIUS k 13.36 38.11 1 km STORE k | georadiusstore k
none    | PFADD k a                 | pfadd k
hll     | PFADD k c                 | pfadd k
hll     | PFMERGE k k               | pfadd k
none    | XADD k 1-1 f v            | xadd k
stream  | XDEL k 1-1                | xdel k
stream  | XTRIM k MAXLEN 1          | xtrim k
none    | XGROUP CREATE k g $ MKSTREAM | xgroup-create k
string  | SET k v NX                |
none    | SET k v XX                |
string  | SETNX k v                 |
string  | MSETNX k 1 a 2            |
none    | GETDEL k                  |
ttl     | GETEX k                   |
string  | GET k                     |
string  | INCR k                    |
string  | LPUSH k x                 |
none    | DEL k                     |
none    | EXPIRE k 100              |
string  | EXPIRE k 100 XX           |
string  | PERSIST k                 |
none    | RENAME k o                |
string  | RENAMENX k k              |
none    | COPY k o                  |
none    | LPUSHX k a                |
none    | LPOP k                    |
list    | LREM k 0 x                |
list    | LINSERT k BEFORE x y      |
none    | LTRIM k 0 0               |
set     | SADD k a                  |
set     | SREM k x                  |
set     | SMOVE k o x               |
set     | SMOVE k k a               |
none    | SUNIONSTORE k nokey       |
hash    | HSETNX k f v              |
hash    | HDEL k x                  |
zset    | ZADD k 1 a                |
zset    | ZADD k NX 9 a             |
zset    | ZREM k x                  |
none    | ZPOPMIN k                 |
hll     | PFADD k a                 |
number  | BITFIELD k GET u8 0       |
stream  | XDEL k 9-9                |
stream  | XTRIM k MAXLEN 9          |
stream  | XGROUP DESTROY k g        |
group   | XACK k g 1-1              |
"""
ROWS = [[cell.strip() for cell in line.split("|")]
        for line in EVENTS.strip().split("\n")]
ROWS = [(kind, command, REPLY[kind, command], events)
        for kind, command, events in ROWS] + [
    ("string", "SET k v EX 100", OK, "set k, expire k"),
    ("string", "SET k v PXAT %d000" % FAR, OK, "set k, expire k"),
    ("string", "EXPIREAT k 1", 1, "del k"),
    ("string", "GETEX k EXAT 1", "abc", "del k"),
    ("none", "EXPIRE k -1", 0, ""),
    ("list", "LPOP k 3", ["a", "b", "c"], "lpop k, del k"),
    ("list", "RPUSH k a b", 5, "rpush k"),
    ("list", "LMPOP 1 k LEFT COUNT 9", ["k", ["a", "b", "c"]],
     "lpop k, del k"),
    ("list", "SORT k ALPHA STORE o", 3, "sortstore o"),
    ("set", "SREM k a b c", 3, "srem k, del k"),
    ("set", "SPOP k 1", Subset(["a", "b", "c"], 1, S), "spop k"),
    ("set", "SINTERSTORE o k", 3, "sinterstore o"),
    ("hash", "HSET k a 1 b 2", 2, "hset k"),
    ("zset", "ZREM k a b c x", 3, "zrem k, del k"),
    ("zset", "ZPOPMIN k 3", Pairs([("a", D("1")), ("b", D("2")),
                                   ("c", D("3"))]), "zpopmin k, del k"),
    ("zset", "ZREMRANGEBYRANK k 0 -1", 3, "zremrangebyrank k, del k"),
    ("zset", "ZREMRANGEBYSCORE k 0 9", 3, "zremrangebyscore k, del k"),
    ("zset", "ZINTERSTORE o 1 k", 3, "zinterstore o"),
    ("zset", "ZRANGESTORE k k 9 9", 0, "del k"),
    ("stream", "XADD k MAXLEN 1 3-1 f v", "3-1", "xadd k, xtrim k"),
    ("stream", "XADD k MAXLEN 9 3-1 f v", "3-1", "xadd k"),
    ("stream", "XDEL k 1-1 2-1", 2, "xdel k"),
    ("stream", "XSETID k 9-9", OK, "xsetid k"),
    ("stream", "XGROUP CREATE k g 0", OK, "xgroup-create k"),
    ("group", "XGROUP SETID k g 1-1", OK, "xgroup-setid k"),
    ("group", "XGROUP CREATECONSUMER k g c", 1, "xgroup-createconsumer k"),
    ("group", "XGROUP DELCONSUMER k g c", 0, ""),
    ("group", "XGROUP DESTROY k g", 1, "xgroup-destroy k"),
    ("string", "DEL k nokey", 1, "del k"),
    ("string", "RENAME k k", OK, ""),
    ("string", "FLUSHALL", OK, ""), ("string", "FLUSHDB", OK, ""),
    ("string", "SWAPDB 0 1", OK, ""),
]
for kind, command, reply, events in ROWS:
    events = [e.split() for e in events.split(", ") if e]
    notify("%s-of-%s" % (slug(command), kind), by_b(SETUP[kind]) + listen() +
           by_b([(command, reply)]) + [event(*e) for e in events] + stop(),
           config=ALL)

for command, reply, events in [
    ("RPOPLPUSH k o", "c", ("rpop k", "lpush o")),
    ("LMOVE k o LEFT LEFT", "a", ("lpop k", "lpush o")),
    ("LMOVE k k LEFT RIGHT", "a", ("lpop k", "rpush k")),
    ("BLMOVE k o RIGHT RIGHT 0", "c", ("rpop k", "rpush o")),
    ("BRPOPLPUSH k o 0", "c", ("rpop k", "lpush o")),
]:      # the documentation tells another order than the one that is sent
    notify(slug(command), by_b(SETUP["list"]) + listen() + by_b(
        [(command, reply)]) + [(b"", Replies(*[
            event(*e.split())[2] for e in events]))] + stop(), config=ALL)

notify("move", by_b(SETUP["string"]) + listen() + by_b([("MOVE k 1", 1)]) + [
    event("move_from", "k"), event("move_to", "k", db=1)] + stop(),
    config=ALL)
notify("copy-to-another-database", by_b(SETUP["string"]) + listen() + by_b(
    [("COPY k o DB 2", 1)]) + [event("copy_to", "o", db=2)] + stop(),
    config=ALL)


@notify.script("restore", needs=("DUMP", "RESTORE", "PSUBSCRIBE"),
               config=ALL)
def restore():
    yield "b", "SET o v", OK
    dump = (yield "b", "DUMP o", Shape(lambda v: type(v) is Bulk,
                                       "a bulk")).v
    yield listen()[0]
    yield "b", ("RESTORE", "k", "0", dump), OK
    yield event("restore", "k")
    yield "b", ("RESTORE", "k", "100000", dump, "REPLACE"), OK
    yield event("restore", "k")
    yield stop()[0]


notify("keyspace-channel", listen("__keyspace@*") + by_b([
    ("SET k v", OK), ("DEL k nokey", 1)]) + [
    pmessage("__keyspace@*", "__keyspace@0__:k", "set"),
    pmessage("__keyspace@*", "__keyspace@0__:k", "del")] +
    stop("__keyspace@*"), config={"notify-keyspace-events": "KA"})
notify("both-channels", listen("__key*") + by_b([
    ("SETEX k 100 v", OK)]) + [
    pmessage("__key*", "__keyspace@0__:k", "set"),
    pmessage("__key*", "__keyevent@0__:set", "k"),
    pmessage("__key*", "__keyspace@0__:k", "expire"),
    pmessage("__key*", "__keyevent@0__:expire", "k")] + stop("__key*"),
    config={"notify-keyspace-events": "AKE"})
notify("exact-channel", sub("__keyspace@0__:k", "__keyevent@0__:del") +
       by_b([("SET k v", OK), ("SET l v", OK), ("DEL l k", 2)]) + [
    message("__keyspace@0__:k", "set"), message("__keyevent@0__:del", "l"),
    message("__keyspace@0__:k", "del"), message("__keyevent@0__:del", "k")] +
    unsub("__keyspace@0__:k", "__keyevent@0__:del"),
    config={"notify-keyspace-events": "KEA"})
notify("other-database", listen() + by_b([
    ("SELECT 3", OK), ("SET k v", OK)]) + [event("set", "k", db=3)] +
    stop(), config=ALL)
notify("binary-key", listen("__key*") + by_b([
    (("SET", b"\r\n\0", "v"), OK), (("SET", "", "v"), OK)]) + [
    pmessage("__key*", b"__keyspace@0__:\r\n\0", "set"),
    pmessage("__key*", "__keyevent@0__:set", b"\r\n\0"),
    pmessage("__key*", "__keyspace@0__:", "set"),
    pmessage("__key*", "__keyevent@0__:set", "")] + stop("__key*"),
    config={"notify-keyspace-events": "KEA"})
notify("in-transaction", listen() + by_b([
    ("MULTI", OK), ("SET k v", QUEUED), ("LPUSH k x", QUEUED),
    ("DEL k", QUEUED), ("EXEC", [OK, WRONGTYPE, 1])]) + [
    event("set", "k"), event("del", "k")] + stop(), config=ALL)
notify("in-script", listen() + by_b([
    (("EVAL", "redis.call('SET', KEYS[1], 1) redis.call('INCR', KEYS[1])",
      "1", "k"), NIL)]) + [event("set", "k"), event("incrby", "k")] +
    stop(), config=ALL, needs=("scripts",))
notify("discarded-transaction", listen() + by_b([
    ("MULTI", OK), ("SET k v", QUEUED), ("DISCARD", OK)]) + stop(),
    config=ALL)
notify("of-served-blocked-client", [("c", "BLPOP k 0", BLOCKED)] + listen() +
       by_b([("RPUSH k a b", 2)]) + [
    ("c", b"", ["k", "a"]), event("rpush", "k"), event("lpop", "k")] +
    stop(), config=ALL)
notify("own-changes-on-resp3", listen() + [
    ("SET k v", Replies(OK, event("set", "k")[2])), ("SET k v NX", NIL),
    ("DEL k", Replies(1, event("del", "k")[2]))] + stop(),
    config=ALL, protos=(3,))
notify("expired", listen() + by_b([
    ("SET k v PX 1", OK), ("EXISTS k", Eventually(0))]) + [
    event("expired", "k")] + stop(), config={"notify-keyspace-events": "Ex"})
notify("expired-is-one-event", listen("__key*") + by_b([
    ("SET k v PX 1", OK), ("EXISTS k", Eventually(0)), ("GET k", NIL)]) + [
    pmessage("__key*", "__keyspace@0__:k", "set"),
    pmessage("__key*", "__keyspace@0__:k", "expire"),
    pmessage("__key*", "__keyspace@0__:k", "expired")] + stop("__key*"),
    config={"notify-keyspace-events": "KA"})
notify("evicted", by_b([("SET k v", OK)]) + listen() + by_b([
    ("CONFIG SET maxmemory 1", OK), ("EXISTS k", Eventually(0)),
    ("CONFIG SET maxmemory 0", OK)]) + [event("evicted", "k")] + stop(),
    config={"notify-keyspace-events": "Ee",
            "maxmemory-policy": "allkeys-random"})

BATTERY = [("SET s v", OK), ("EXPIRE s 100", 1), ("RPUSH l a", 1),
           ("SADD u a", 1), ("HSET h f v", 1), ("ZADD z 1 a", 1),
           ("XADD x 1-1 f v", "1-1"), ("GET nokey", NIL), ("DEL s", 1)]
OF_ALL = "set s, expire s, rpush l, sadd u, hset h, zadd z, xadd x, del s"
for flags, name, events in [
    ("$", "string", "set s"), ("g", "generic", "expire s, del s"),
    ("l", "list", "rpush l"), ("s", "set", "sadd u"), ("h", "hash", "hset h"),
    ("z", "zset", "zadd z"), ("t", "stream", "xadd x"),
    ("m", "miss", "keymiss nokey"), ("x", "expired", ""),
    ("e", "evicted", ""), ("d", "module", ""), ("", "without", ""),
    ("n", "new", "new s, new l, new u, new h, new z, new x"),
    ("A", "all", OF_ALL), ("g$lshztxed", "every-letter", OF_ALL),
    ("Am", "all-and-miss", "set s, expire s, rpush l, sadd u, hset h, "
     "zadd z, xadd x, keymiss nokey, del s"),
    ("lz", "two-classes", "rpush l, zadd z"),
]:
    notify("class-" + name, listen() + by_b(BATTERY) + [
        event(*e.split()) for e in events.split(", ") if e] + stop(),
        config={"notify-keyspace-events": "E" + flags})
notify("class-without-a-channel", listen("__key*") + by_b(BATTERY) +
       stop("__key*"), config={"notify-keyspace-events": "A"})
notify("off", listen("__key*") + by_b(BATTERY) + stop("__key*"),
       config={"notify-keyspace-events": ""})
notify("new-comes-first", listen("__key*") + by_b([
    ("SET k v", OK), ("SET k w", OK)]) + [
    pmessage("__key*", "__keyspace@0__:k", "new"),
    pmessage("__key*", "__keyspace@0__:k", "set"),
    pmessage("__key*", "__keyspace@0__:k", "set")] + stop("__key*"),
    config={"notify-keyspace-events": "KAn"})
for command, reply in [
    ("GET k", NIL), ("STRLEN k", 0), ("HGET k f", NIL), ("HGETALL k", M([])),
    ("LRANGE k 0 1", []), ("SMEMBERS k", S([])), ("ZSCORE k m", NIL),
    ("EXISTS k", 0), ("TTL k", -2), ("TYPE k", Simple("none")),
    ("MGET k", [NIL]), ("XLEN k", 0),
]:
    notify("keymiss-" + slug(command), by_b(SETUP["other"]) + listen() +
           by_b([(command, reply)]) + [event("keymiss", "k")] + stop(),
           config={"notify-keyspace-events": "Em"}, level=EXACT)
notify("keymiss-not-by-writes", listen() + by_b([
    ("DEL k", 0), ("LPOP k", NIL), ("SET k v", OK), ("GET k", "v")]) +
    stop(), config={"notify-keyspace-events": "Em"}, level=EXACT)
notify("settings", [
    ("CONFIG SET notify-keyspace-events KEA", OK),
    ("CONFIG GET notify-keyspace-events",
     M([("notify-keyspace-events", Exact("AKE"))])),
    ("CONFIG SET notify-keyspace-events Kl$", OK),
    ("CONFIG GET notify-keyspace-events",
     M([("notify-keyspace-events", Exact("$lK"))])),
    (("CONFIG", "SET", "notify-keyspace-events", ""), OK),
    ("CONFIG GET notify-keyspace-events",
     M([("notify-keyspace-events", "")])),
    ("CONFIG SET notify-keyspace-events Q",
     E("ERR CONFIG SET failed (possibly related to argument "
       "'notify-keyspace-events') - Invalid event class character. Use "
       "'Ag$lshzxeKEtmdn'.")),
])

# The replies of (P|S)(UN)SUBSCRIBE are pushes, on RESP2 arrays.
REPLIES = {
    "SUBSCRIBE": "push error",
    "PSUBSCRIBE": "push error",
    "SSUBSCRIBE": "push error",
    "UNSUBSCRIBE": "push",
    "PUNSUBSCRIBE": "push",
    "SUNSUBSCRIBE": "push",
    "PUBLISH": "int error",
    "SPUBLISH": "int error",
    "PUBSUB": "error",
    "PUBSUB CHANNELS": "array error",
    "PUBSUB NUMSUB": "array",
    "PUBSUB NUMPAT": "int error",
    "PUBSUB SHARDCHANNELS": "array error",
    "PUBSUB SHARDNUMSUB": "array",
    "PUBSUB HELP": "array error",
}
