"""CLUSTER, READONLY, READWRITE, ASKING: without and with cluster mode."""

from conformance.cases import *  # noqa: F403

OFF = E("ERR This instance has cluster support disabled")


def unknown(sub):
    return E("ERR unknown subcommand '%s'. Try CLUSTER HELP." % sub)


# ---- cluster support disabled ----------------------------------------------

case = area("cluster.disabled")
for line in (
        "INFO", "NODES", "SLOTS", "SHARDS", "MYID", "HELP", "KEYSLOT k",
        "COUNTKEYSINSLOT 1", "GETKEYSINSLOT 1 1", "ADDSLOTS 1",
        "ADDSLOTSRANGE 1 2", "DELSLOTS 1", "DELSLOTSRANGE 1 2", "BUMPEPOCH",
        "COUNT-FAILURE-REPORTS x", "FAILOVER", "FLUSHSLOTS", "FORGET x",
        "LINKS", "MEET 127.0.0.1 1", "REPLICAS x", "REPLICATE x", "RESET",
        "SAVECONFIG", "SET-CONFIG-EPOCH 1", "SETSLOT 1 STABLE", "SLAVES x"):
    case(line.split()[0].lower(), [
        ("CLUSTER " + line, OFF), ("cluster " + line.lower(), OFF)])
for name in ("READONLY", "READWRITE", "ASKING"):
    case(name.lower(), [(name, OFF), ("PING", PONG)])
case("does-not-look-at-arguments", [
    ("CLUSTER COUNTKEYSINSLOT abc", OFF), ("CLUSTER SETSLOT a b c", OFF),
    ("CLUSTER FAILOVER NOPE", OFF), (("CLUSTER", "KEYSLOT", ""), OFF),
])
case("unknown-subcommand", [
    ("CLUSTER NOPE", unknown("NOPE")), ("cluster nope a", unknown("nope")),
])
case("arity-first", [
    ("CLUSTER KEYSLOT", arity("cluster|keyslot")),
    ("CLUSTER INFO x", arity("cluster|info")),
    ("CLUSTER ADDSLOTS", arity("cluster|addslots")),
])

# ---- a cluster of one node -------------------------------------------------

case = area("cluster.enabled", contexts="plain", options={
    "cluster-enabled": "yes", "cluster-node-timeout": "100"})
BAD_SLOT = E("ERR Invalid or out of range slot")
NOBODY = E("CLUSTERDOWN Hash slot not served")
START = [("FLUSHALL", ANY), ("CLUSTER RESET", OK)]
NODE = rb"[0-9a-f]{40}"

for key, slot in (
        ("foo", 12182), ("", 0), ("123456789", 12739), ("a", 15495),
        ("{user1000}.following", 3443), ("{user1000}.followers", 3443),
        ("user1000", 3443), ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015),
        ("{bar", 4015), ("foo{bar}{zap}", 5061), ("bar", 5061)):
    case("keyslot-of-" + (key or "empty").replace("{", "(").replace(
        "}", ")"), [(("CLUSTER", "KEYSLOT", key), slot)])
case("keyslot-binary", [
    (("CLUSTER", "KEYSLOT", b"\0\r\n\xff"), Between(0, 16383)),
    (("CLUSTER", "KEYSLOT", b"{\0\r\n\xff}x"), Between(0, 16383)),
])
case("myid", [("CLUSTER MYID", Re(NODE))])
case("info-without-slots", START + [
    ("CLUSTER INFO", V("txt", Re(
        rb"cluster_state:fail\r\ncluster_slots_assigned:0\r\n"
        rb"cluster_slots_ok:0\r\n.*cluster_known_nodes:1\r\n"
        rb"cluster_size:\d+\r\n.*"))),
    ("CLUSTER SLOTS", []),
])
case("not-served", START + [
    ("GET k", NOBODY), ("SET k v", NOBODY), ("DEL a a", NOBODY),
    ("PING", PONG), ("DBSIZE", 0),
])
case("nodes", START + [
    ("CLUSTER NODES", V("txt", Re(
        NODE + rb" [^ ]*:\d+@\d+ myself,master - 0 \d+ \d+ connected\n"))),
    ("CLUSTER ADDSLOTS 1 2 3 5", OK),
    ("CLUSTER NODES", V("txt", Re(NODE + rb" .* connected 1-3 5\n"))),
])
case("slots", START + [
    ("CLUSTER ADDSLOTSRANGE 0 99 200 299", OK),
    ("CLUSTER SLOTS", [
        [low, high, [ANY, Between(1, 65535), Re(NODE), ANY]]
        for low, high in ((0, 99), (200, 299))]),
])
case("shards", START + [
    ("CLUSTER ADDSLOTSRANGE 0 99", OK),
    ("CLUSTER SHARDS", [M([
        ("slots", [0, 99]), ("nodes", [M([
            ("id", Re(NODE)), ("port", Between(1, 65535)), ("ip", ANY),
            ("endpoint", ANY), ("role", "master"),
            ("replication-offset", Between(0, 2**62)),
            ("health", "online")], more=True)])])]),
])
case("links", [("CLUSTER LINKS", [])])
case("addslots-and-delslots", START + [
    ("CLUSTER ADDSLOTS 1 2", OK),
    ("CLUSTER ADDSLOTS 2 3", E("ERR Slot 2 is already busy")),
    ("CLUSTER DELSLOTS 1", OK),
    ("CLUSTER DELSLOTS 1", E("ERR Slot 1 is already unassigned")),
    ("CLUSTER ADDSLOTS 7 7", E("ERR Slot 7 specified multiple times")),
    ("CLUSTER DELSLOTSRANGE 2 2", OK), ("CLUSTER SLOTS", []),
    ("CLUSTER FLUSHSLOTS", OK),
])
for n in ("-1", "16384", "abc", "", "1.5", "9223372036854775808"):
    case("bad-slot-" + (n or "empty"), [
        (("CLUSTER", "ADDSLOTS", n), BAD_SLOT),
        (("CLUSTER", "DELSLOTS", n), BAD_SLOT),
        (("CLUSTER", "ADDSLOTSRANGE", n, "5"), BAD_SLOT),
        (("CLUSTER", "SETSLOT", n, "STABLE"), BAD_SLOT),
    ])
case("bad-range", [
    ("CLUSTER ADDSLOTSRANGE 5 1",
     E("ERR start slot number 5 is greater than end slot number 1")),
    ("CLUSTER ADDSLOTSRANGE 1 2 3", arity("cluster|addslotsrange")),
])
case("one-database", [
    ("SELECT 0", OK),
    ("SELECT 1", E("ERR SELECT is not allowed in cluster mode")),
    ("SWAPDB 0 1", E("ERR SWAPDB is not allowed in cluster mode")),
])
case("readonly-and-readwrite", [
    ("READONLY", OK), ("readwrite", OK), ("READWRITE", OK),
])
case("replicas", [
    ("CLUSTER REPLICAS nope", E("ERR Unknown node nope")),
    ("CLUSTER SLAVES nope", E("ERR Unknown node nope")),
    ("CLUSTER REPLICATE nope", E("ERR Unknown node nope")),
    ("CLUSTER FORGET nope", E("ERR Unknown node nope")),
    ("CLUSTER COUNT-FAILURE-REPORTS nope", E("ERR Unknown node nope")),
])


@case.script("about-itself", needs=(
    "CLUSTER MYID", "CLUSTER REPLICAS", "CLUSTER FORGET",
    "CLUSTER REPLICATE", "CLUSTER COUNT-FAILURE-REPORTS"))
def about_itself():
    me = (yield "CLUSTER MYID", Re(NODE)).v
    yield (b"CLUSTER", b"REPLICAS", me), []
    yield (b"CLUSTER", b"SLAVES", me), []
    yield (b"CLUSTER", b"COUNT-FAILURE-REPORTS", me), 0
    yield (b"CLUSTER", b"REPLICATE", me), E("ERR Can't replicate myself")
    yield (b"CLUSTER", b"FORGET", me), E(
        "ERR I tried hard but I can't forget myself...")


case("failover", START + [
    ("CLUSTER FAILOVER",
     E("ERR You should send CLUSTER FAILOVER to a replica")),
    ("CLUSTER FAILOVER NOPE", SYNTAX),
])
case("epochs", [
    ("CLUSTER RESET HARD", OK), ("CLUSTER SET-CONFIG-EPOCH 7", OK),
    ("CLUSTER SET-CONFIG-EPOCH 8",
     E("ERR Node config epoch is already non-zero")),
    ("CLUSTER BUMPEPOCH", Re(rb"(STILL|BUMPED) \d+", Simple)),
    ("CLUSTER RESET HARD", OK),
    ("CLUSTER SET-CONFIG-EPOCH -1", E("ERR Invalid config epoch specified: "
                                      "-1")),
    ("CLUSTER SET-CONFIG-EPOCH abc", INT_ERR),
])
case("meet", [
    ("CLUSTER MEET nope abc",
     E("ERR Invalid TCP base port specified: abc")),
    ("CLUSTER MEET nope 1",
     E("ERR Invalid node address specified: nope:1")),
    ("CLUSTER MEET 127.0.0.1 70000",
     E("ERR Invalid node address specified: 127.0.0.1:70000")),
])
case("saveconfig", [("CLUSTER SAVECONFIG", OK)])
case("help", [("CLUSTER HELP", ListOf(Re(rb".+", Simple), (10, 200)))])
case("unknown-subcommand", [("CLUSTER NOPE", unknown("NOPE"))])

# ---- the same, with every slot ---------------------------------------------

# A server of its own, which keeps its slots: a node that has lost them waits
# before it serves again.
case = area("cluster.up", contexts="plain", options={
    "cluster-enabled": "yes", "cluster-node-timeout": "200"})
UP = [("CLUSTER ADDSLOTSRANGE 0 16383", OneOf(
    OK, E("ERR Slot 0 is already busy"))), ("GET k", Eventually(NIL))]

case("countkeysinslot", UP + [
    ("MSET {a}1 v {a}2 v", OK), ("CLUSTER COUNTKEYSINSLOT 15495", 2),
    ("CLUSTER COUNTKEYSINSLOT 0", 0),
    ("CLUSTER COUNTKEYSINSLOT -1", E("ERR Invalid slot")),
    ("CLUSTER COUNTKEYSINSLOT 16384", E("ERR Invalid slot")),
    ("CLUSTER COUNTKEYSINSLOT abc", INT_ERR),
])
case("getkeysinslot", UP + [
    ("MSET {a}1 v {a}2 v", OK),
    ("CLUSTER GETKEYSINSLOT 15495 10", Unordered(["{a}1", "{a}2"])),
    ("CLUSTER GETKEYSINSLOT 15495 1", Subset(["{a}1", "{a}2"], 1)),
    ("CLUSTER GETKEYSINSLOT 15495 0", []), ("CLUSTER GETKEYSINSLOT 0 9", []),
    ("CLUSTER GETKEYSINSLOT 16384 1",
     E("ERR Invalid slot or number of keys")),
    ("CLUSTER GETKEYSINSLOT 0 -1", E("ERR Invalid slot or number of keys")),
    ("CLUSTER GETKEYSINSLOT a 1", INT_ERR),
])
case("crossslot", UP + [
    ("MSET a 1 b 2",
     E("CROSSSLOT Keys in request don't hash to the same slot")),
    ("MGET {x}a {x}b", [NIL, NIL]), ("DEL a b", EP("CROSSSLOT ")),
    ("SUNIONSTORE {x}d {x}a {x}b", 0), ("RENAME a b", EP("CROSSSLOT ")),
    ("EVAL return 2 a b", EP("CROSSSLOT ")),
])
case("crossslot-in-a-transaction", UP + [
    ("MULTI", OK), ("SET a 1", QUEUED), ("SET b 2", QUEUED),
    ("EXEC", EP("CROSSSLOT ")), ("EXISTS a", 0),
])
case("sort-by-key-is-denied", UP + [
    ("SORT l BY w_*", E("ERR BY option of SORT denied in Cluster mode.")),
    ("SORT l GET w_*", E("ERR GET option of SORT denied in Cluster mode.")),
    ("SORT l BY nosort", []),
])
case("asking", UP + [("ASKING", OK), ("GET k", NIL)])
case("reset-with-keys", UP + [
    ("SET k v", OK),
    ("CLUSTER RESET", E("ERR CLUSTER RESET can't be called with master "
                        "nodes containing keys")),
    ("CLUSTER FLUSHSLOTS",
     E("ERR DB must be empty to perform CLUSTER FLUSHSLOTS.")),
    ("CLUSTER RESET FOO", SYNTAX), ("GET k", "v"),
])
case("setslot", UP + [
    ("CLUSTER SETSLOT 1 STABLE", OK),
    ("CLUSTER SETSLOT 1 NODE nope", E("ERR Unknown node nope")),
    ("CLUSTER SETSLOT 1 MIGRATING nope",
     E("ERR I don't know about node nope")),
    ("CLUSTER SETSLOT 1 IMPORTING nope",
     E("ERR I'm already the owner of hash slot 1")),
    ("CLUSTER SETSLOT 1 FOO", E("ERR Invalid CLUSTER SETSLOT action or "
                                "number of arguments. Try CLUSTER HELP")),
])


REPLIES = {
    "CLUSTER": "error", "CLUSTER ADDSLOTS": "simple error",
    "CLUSTER ADDSLOTSRANGE": "simple error",
    "CLUSTER BUMPEPOCH": "simple error",
    "CLUSTER COUNT-FAILURE-REPORTS": "int error",
    "CLUSTER COUNTKEYSINSLOT": "int error",
    "CLUSTER DELSLOTS": "simple error",
    "CLUSTER DELSLOTSRANGE": "simple error",
    "CLUSTER FAILOVER": "error",    # OK would need a second node
    "CLUSTER FLUSHSLOTS": "simple error",
    "CLUSTER FORGET": "error",      # so would this
    "CLUSTER GETKEYSINSLOT": "array error", "CLUSTER HELP": "array error",
    "CLUSTER INFO": "verbatim error", "CLUSTER KEYSLOT": "int error",
    "CLUSTER LINKS": "array error",
    "CLUSTER MEET": "error",        # and this
    "CLUSTER MYID": "bulk error", "CLUSTER NODES": "verbatim error",
    "CLUSTER REPLICAS": "array error",
    "CLUSTER REPLICATE": "error",   # and this
    "CLUSTER RESET": "simple error", "CLUSTER SAVECONFIG": "simple error",
    "CLUSTER SET-CONFIG-EPOCH": "simple error",
    "CLUSTER SETSLOT": "simple error", "CLUSTER SHARDS": "array error",
    "CLUSTER SLAVES": "array error", "CLUSTER SLOTS": "array error",
    "READONLY": "simple error", "READWRITE": "simple error",
    "ASKING": "simple error",
}
