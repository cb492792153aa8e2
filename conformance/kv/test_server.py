"""What of the server's own commands needs a process, memory, time or
redis-server beside it: DEBUG, SHUTDOWN, INFO, COMMAND, eviction, expiry.
Replies are cases of the suite: cases/server.py, command.py, info.py ..."""

import re
import time

import pytest

from conformance.expect import At, E, match
from conformance.kv.proc import MIB, until
from conformance.resp import Array, Bulk, Err, Int, Map, Set, Simple, encode

OK = Simple("OK")
OOM = E("OOM command not allowed when used memory > 'maxmemory'.")
TWO = At(2)


def pairs(reply):
    """A map in either protocol as a list of pairs."""
    if isinstance(reply, Map):
        return list(reply.v)
    assert isinstance(reply, Array) and len(reply.v) % 2 == 0, reply
    return list(zip(reply.v[::2], reply.v[1::2]))


def named(reply):
    """The same as a dict by name; no name twice."""
    out = {k.v.decode(): v for k, v in pairs(reply)}
    assert len(out) == len(pairs(reply)), "a name twice: %r" % reply
    return out


def items(reply, proto):
    """The items of a set of strings."""
    assert isinstance(reply, Array if proto == 2 else Set), reply
    out = [x.v.decode() for x in reply.v]
    assert len(set(out)) == len(out), reply
    return set(out)


# ---- DEBUG ---------------------------------------------------------------

def test_debug_sleep(server):
    with server.connect() as c:
        began = time.monotonic()
        assert c.cmd("DEBUG", "SLEEP", "0.05") == OK
        assert 0.05 <= time.monotonic() - began < 1


@pytest.mark.only("kv", why="redis 7.0 has no DEBUG STRINGMATCH-LEN")
def test_debug_stringmatch_len(server):
    """An exploding pattern, matched against a long string, ends in time."""
    with server.connect() as c:
        began = time.monotonic()
        c.cmd("DEBUG", "STRINGMATCH-LEN", "100000", "a*" * 50 + "b")
        c.cmd("DEBUG", "STRINGMATCH-LEN", "100000", "*?" * 5000)
        assert time.monotonic() - began < 2
        assert c.fence() == []


# ---- TIME, SHUTDOWN ------------------------------------------------------

def test_time(server, conn):
    got = conn.cmd("TIME")
    seconds = int(got.v[0].v) + int(got.v[1].v) / 1e6
    assert abs(seconds - time.time()) < 2 and int(got.v[1].v) < 10**6


@pytest.mark.parametrize("how", [
    ["NOSAVE"], ["nosave"], [], ["NOSAVE", "NOW"], ["NOW", "FORCE"]],
    ids=" ".join)
def test_shutdown(server, start, how):
    """No reply, every connection is closed, exit code 0."""
    s = start(server.kind)
    with s.connect() as c, s.connect() as other:
        assert other.cmd("PING") == Simple("PONG")
        c.send(encode("PING") + encode("SHUTDOWN", *how) + encode("PING"))
        assert c.read_until_close() in (b"+PONG\r\n", b"")
        assert other.read_until_close() == b""
        assert s.wait() == 0


# ---- INFO ----------------------------------------------------------------

def info(c, *sections):
    """INFO as {field: text}."""
    text = c.cmd("INFO", *sections).v.decode()
    return dict(line.split(":", 1) for line in text.split("\r\n")
                if ":" in line)


def stat(c, name):
    return int(info(c, "everything")[name])


def test_info_is_about_the_process(server):
    with server.connect() as c:
        got = info(c, "server")
        assert got["tcp_port"] == str(server.port)
        assert got["process_id"] == str(server.pid)
        port = named(c.cmd("CONFIG", "GET", "port"))["port"]
        assert port == Bulk(str(server.port))
        assert info(c, "server")["run_id"] == got["run_id"]


def test_used_memory_follows_the_data(server, start):
    s = start(server.kind)
    with s.connect() as c:
        before = stat(c, "used_memory")
        for i in range(100):
            c.cmd("SET", "k%d" % i, "x" * (MIB // 10))
        full = stat(c, "used_memory")
        assert 10 * MIB <= full - before < 13 * MIB
        c.cmd("FLUSHALL")
        until("used_memory is back", lambda: stat(
            c, "used_memory") < before + MIB)
        assert stat(c, "used_memory_peak") >= full


# ---- COMMAND -------------------------------------------------------------

def command_names(c):
    """Top-level commands."""
    got = [x.v.decode() for x in c.cmd("COMMAND", "LIST").v]
    assert len(set(got)) == len(got)
    return sorted(n for n in got if "|" not in n)


CATEGORIES = set(
    "@keyspace @read @write @set @sortedset @list @hash @string @bitmap "
    "@hyperloglog @geo @stream @pubsub @admin @fast @slow @blocking "
    "@dangerous @connection @transaction @scripting".split())
FLAGS = set(
    "write readonly denyoom admin pubsub noscript random sort_for_script "
    "loading stale skip_monitor skip_slowlog asking fast no_auth "
    "may_replicate blocking movablekeys no_mandatory_keys no_async_loading "
    "no_multi allow_busy module".split())
SPEC_FLAGS = set("RO RW OW RM access update insert delete not_key incomplete "
                 "variable_flags".split())


def key_spec(reply, proto):
    """A key specification as something that can be compared."""
    got = named(reply)
    assert {"flags", "begin_search", "find_keys"} <= set(got) <= {
        "flags", "begin_search", "find_keys", "notes"}
    out = [tuple(sorted(items(got["flags"], proto)))]
    assert set(out[0]) <= SPEC_FLAGS
    for part in ("begin_search", "find_keys"):
        step = named(got[part])
        assert set(step) == {"type", "spec"}
        out.append((step["type"].v, tuple(sorted(
            (k, v.v) for k, v in named(step["spec"]).items()))))
    return tuple(out)


class Row:
    """An entry of COMMAND INFO, checked and comparable."""

    def __init__(self, reply, proto):
        assert isinstance(reply, Array) and len(reply.v) == 10, reply
        (name, arity, flags, first, last, step, categories, tips, specs,
         subs) = reply.v
        assert isinstance(name, Bulk) and isinstance(arity, Int)
        for x in flags.v + categories.v:
            assert isinstance(x, Simple), x
        self.name, self.arity = name.v.decode(), arity.v
        self.flags = items(flags, proto)
        self.keys = (first.v, last.v, step.v)
        self.categories = items(categories, proto)
        self.tips = items(tips, proto)
        assert isinstance(specs, Array if proto == 2 else Set)
        self.specs = sorted(key_spec(s, proto) for s in specs.v)
        assert subs.v == () or isinstance(subs, Array)
        self.subs = [Row(s, proto) for s in subs.v]

    def check(self, parent=None):
        assert self.arity != 0
        assert self.name == self.name.lower()
        assert self.flags <= FLAGS, self.flags - FLAGS
        assert self.categories <= CATEGORIES
        assert len(self.categories & {"@fast", "@slow"}) == 1
        assert ("fast" in self.flags) == ("@fast" in self.categories)
        if self.specs and "movablekeys" not in self.flags:
            assert self.keys[0] > 0
        for sub in self.subs:
            assert sub.name.startswith(self.name + "|")
            sub.check()


def by_name(reply):
    """An entry whose subcommands stand in order: redis-server's do not."""
    return reply.v[:9] + (sorted(map(repr, reply.v[9].v)),)


def test_command_info(server, proto):
    """Every row is well formed, and asking for it by name gives the same."""
    with server.connect(proto=proto) as c:
        for reply in c.cmd("COMMAND", "INFO").v:
            row = Row(reply, proto)
            row.check()
            again = c.cmd("COMMAND", "INFO", row.name.upper())
            assert by_name(again.v[0]) == by_name(reply)
            for sub in row.subs:
                got = c.cmd("COMMAND", "INFO", sub.name.upper()).v[0]
                assert Row(got, proto).__dict__ == sub.__dict__


# What is meant to differ from 7.0.
LATER = {("zrank", "arity"): "WITHSCORE, since 7.2",
         ("zrevrank", "arity"): "WITHSCORE, since 7.2"}


@pytest.mark.only("kv", why="compares it with redis-server")
def test_command_info_is_that_of_redis(server, start, proto):
    redis = start("redis")
    with server.connect(proto=proto) as a, redis.connect(proto=proto) as b:
        wrong, theirs = [], {}
        for reply in b.cmd("COMMAND", "INFO").v:
            row = Row(reply, proto)
            theirs[row.name] = row
            theirs.update((sub.name, sub) for sub in row.subs)
        for reply in a.cmd("COMMAND", "INFO").v:
            row = Row(reply, proto)
            for mine in [row] + row.subs:
                other = theirs.get(mine.name)
                for what in ("arity", "flags", "keys", "categories", "specs"):
                    if (mine.name, what) in LATER:
                        continue
                    if other and getattr(mine, what) != getattr(other, what):
                        wrong.append("%s: %s is %r, redis has %r" % (
                            mine.name, what, getattr(mine, what),
                            getattr(other, what)))
        assert not wrong, "\n".join(wrong)


GROUPS = set("generic string list set sorted-set hash pubsub transactions "
             "connection server scripting hyperloglog cluster sentinel geo "
             "stream bitmap module".split())
TYPES = set("string integer double key pattern unix-time pure-token oneof "
            "block".split())
DOC = set("summary since group complexity module doc_flags deprecated_since "
          "replaced_by history reply_schema arguments subcommands".split())
ARGUMENT = set("name display_text type key_spec_index token summary since "
               "deprecated_since flags arguments".split())
VERSION = re.compile(r"\d+\.\d+\.\d+\Z")


def argument(reply, proto):
    """Checks an argument of COMMAND DOCS; returns what can be compared."""
    got = named(reply)
    assert {"name", "type"} <= set(got) <= ARGUMENT, set(got)
    kind = got["type"].v.decode()
    assert kind in TYPES, kind
    assert ("arguments" in got) == (kind in ("oneof", "block"))
    if kind == "pure-token":
        assert "token" in got
    if "key_spec_index" in got:
        assert kind in ("key", "pattern")
        assert isinstance(got["key_spec_index"], Int)
    flags = items(got["flags"], proto) if "flags" in got else set()
    assert flags <= {"optional", "multiple", "multiple_token"}
    if "since" in got:
        assert VERSION.match(got["since"].v.decode())
    return (got["name"].v, kind, got["token"].v if "token" in got else None,
            tuple(sorted(flags)),
            tuple(argument(x, proto) for x in got["arguments"].v)
            if "arguments" in got else ())


def doc(reply, proto, name):
    """Checks an entry of COMMAND DOCS; returns its argument tree and those
    of its subcommands by name."""
    got = named(reply)
    assert {"summary", "since", "group"} <= set(got) <= DOC, (name, set(got))
    for field in ("summary", "complexity"):
        if field in got:
            text = got[field].v.decode()
            assert text.strip() and "\n" not in text
    assert VERSION.match(got["since"].v.decode())
    assert got["group"].v.decode() in GROUPS
    if "doc_flags" in got:
        assert items(got["doc_flags"], proto) <= {"deprecated", "syscmd"}
    if "history" in got:
        for entry in got["history"].v:
            assert VERSION.match(entry.v[0].v.decode())
    trees = {name: tuple(argument(x, proto) for x in got["arguments"].v)
             if "arguments" in got else ()}
    if "subcommands" in got:
        for sub, reply in named(got["subcommands"]).items():
            assert sub.startswith(name + "|")
            trees.update(doc(reply, proto, sub))
    return trees


def all_docs(c):
    every = named(c.cmd("COMMAND", "DOCS"))
    return {name: tree for top, reply in every.items()
            for name, tree in doc(reply, c.proto, top).items()}


def test_command_docs(server, proto):
    """Every command has a well-formed entry, by name too."""
    with server.connect(proto=proto) as c:
        every = named(c.cmd("COMMAND", "DOCS"))
        assert sorted(every) == command_names(c)
        for name, reply in every.items():
            doc(reply, proto, name)
        got = named(c.cmd("COMMAND", "DOCS", "GET", "nope", "set"))
        assert got == {"get": every["get"], "set": every["set"]}
        sub = named(c.cmd("COMMAND", "DOCS", "CONFIG|GET"))
        assert list(sub) == ["config|get"]
        assert (doc(sub["config|get"], proto, "config|get").items() <=
                doc(every["config"], proto, "config").items())


# Commands whose syntax grew after 7.0.
GREW = {"set", "bitop", "client|kill", "client|list", "shutdown",
        "hscan",                                    # NOVALUES
        "zrank", "zrevrank",                        # WITHSCORE
        "zinter", "zinterstore", "zunion", "zunionstore",   # AGGREGATE COUNT
        "geosearch", "geosearchstore",              # BYPOLYGON
        "xadd", "xtrim",                            # KEEPREF, IDMP
        "xread", "xreadgroup"}                      # CLAIM, +


@pytest.mark.only("kv", why="compares it with redis-server")
def test_command_docs_are_those_of_redis(server, start, proto):
    """Argument trees: names, types, tokens, flags."""
    redis = start("redis")
    with server.connect(proto=proto) as a, redis.connect(proto=proto) as b:
        mine, theirs = all_docs(a), all_docs(b)
        wrong = ["%s\n  is        %r\n  redis has %r" % (
            name, mine[name], theirs[name])
            for name in sorted(set(mine) & set(theirs) - GREW)
            if mine[name] != theirs[name]]
        assert not wrong, "\n".join(wrong)


# ---- maxmemory -----------------------------------------------------------

def fill(c, n, name="key:%06d", size=1000, *options):
    """n keys by pipeline; returns the replies that are not OK."""
    value, out = "x" * size, []
    for begin in range(0, n, 500):
        part = range(begin, min(n, begin + 500))
        c.send(b"".join(encode("SET", name % i, value, *options)
                        for i in part))
        out += [r for r in (c.read() for _ in part) if r != OK]
    return out


def limited(start, kind, policy, *options):
    """A server with room for about 2 MB more than it uses now."""
    s = start(kind, "--maxmemory-policy", policy, "--maxmemory-samples", 10,
              *options)
    with s.connect() as c:
        room = stat(c, "used_memory") + 2000000
        assert c.cmd("CONFIG", "SET", "maxmemory", room) == OK
    return s, room


POLICIES = ["%s-%s" % (a, b) for a in ("allkeys", "volatile")
            for b in ("lru", "lfu", "random")] + ["volatile-ttl"]


@pytest.mark.parametrize("policy", POLICIES)
def test_eviction(server, start, policy):
    """Writing goes on, memory stays below, keys without a TTL are safe from
    a volatile policy."""
    s, room = limited(start, server.kind, policy)
    with s.connect() as c:
        assert fill(c, 300, "safe:%06d") == []
        assert fill(c, 6000, "key:%06d", 1000, "EX", 1000) == []
        evicted = stat(c, "evicted_keys")
        assert evicted > 3000
        assert c.cmd("DBSIZE") == Int(6300 - evicted)
        assert stat(c, "used_memory") < room * 1.1
        if policy.startswith("volatile"):
            assert c.cmd("EXISTS", *["safe:%06d" % i for i in range(300)]
                         ) == Int(300)
            # With nothing to evict it is as without eviction. Eviction comes
            # in slices: writes go on until the last key is gone.
            c.cmd("CONFIG", "SET", "maxmemory", 1)
            until("writes are refused", lambda: match(
                OOM, TWO, c.cmd("SET", "a", "b", "EX", 9)) is None)
            assert c.cmd("DBSIZE") == Int(300)
            assert match(OOM, TWO, c.cmd("SET", "a", "b")) is None
        else:
            c.cmd("CONFIG", "SET", "maxmemory", 1)
            until("writes are refused", lambda: match(
                OOM, TWO, c.cmd("SET", "a", "b")) is None)
            assert c.cmd("DBSIZE") == Int(0)


def survivors(c, name, n):
    return c.cmd("EXISTS", *[name % i for i in range(n)]).v


@pytest.mark.parametrize("kind", ["lru", "lfu", "ttl"])
def test_eviction_takes_the_right_ones(server, start, kind):
    """Keys used lately, used often, or with a long life mostly stay."""
    s, _ = limited(start, server.kind, {
        "lru": "allkeys-lru", "lfu": "allkeys-lfu", "ttl": "volatile-ttl"
    }[kind])
    with s.connect() as c:
        if kind == "ttl":
            fill(c, 500, "long:%06d", 1000, "EX", 100000)
            fill(c, 500, "short:%06d", 1000, "EX", 1000)
            fill(c, 1000, "new:%06d", 1000, "EX", 50000)
        else:
            fill(c, 500, "long:%06d")
            fill(c, 500, "short:%06d")
            if kind == "lru":
                time.sleep(1.1)     # the clock of LRU counts seconds
            for _ in range(1 if kind == "lru" else 20):
                c.cmd("MGET", *["long:%06d" % i for i in range(500)])
            fill(c, 1000, "new:%06d")
        lost, due = (500 - survivors(c, n, 500)
                     for n in ("long:%06d", "short:%06d"))
        assert due > 40 and lost < due / 3, (lost, due)


def test_maxmemory_counts_what_clients_hold(server, start):
    """A client that does not read takes memory from the keys."""
    s, room = limited(start, server.kind, "allkeys-random")
    with s.connect() as c, s.connect() as other:
        fill(c, 3000)
        before = c.cmd("DBSIZE").v
        # A request that is not complete: 1.9 MB of it have come.
        other.send(b"*2\r\n$4\r\nECHO\r\n$1900000\r\n" + b"x" * 1890000)
        until("keys are evicted", lambda: c.cmd("SET", "k", "v") in (
            OK, Err(OOM.what)) and c.cmd("DBSIZE").v < before * 0.6)


# ---- expiry --------------------------------------------------------------

def test_expiry_is_on_time(server, start):
    """A key that nobody touches leaves DBSIZE within 20 ms of its time, and
    not before it. redis looks ten times a second unless told otherwise."""
    s = start(server.kind, *(["--hz", 500] if server.kind == "redis" else []))
    late = []
    with s.connect() as c:
        for ms in (30, 41, 52, 63, 74):
            began = time.monotonic()
            c.cmd("SET", "k", "v", "PX", ms)
            sent = time.monotonic()
            while c.cmd("DBSIZE") != Int(0):
                assert time.monotonic() - began < 2
            gone = time.monotonic()
            assert gone - began > ms / 1000 - 0.0015, "early"
            late.append(gone - sent - ms / 1000)
        assert sorted(late)[2] < 0.02, late


def test_many_keys_expire_at_once(server, start):
    s = start(server.kind, *(["--hz", 500] if server.kind == "redis" else []))
    with s.connect() as c:
        at = int(c.cmd("TIME").v[0].v) * 1000 + 1500
        for begin in range(0, 20000, 500):
            c.send(b"".join(encode("SET", "k%d" % i, "v", "PXAT", at)
                            for i in range(begin, begin + 500)))
            for _ in range(500):
                c.read()
        assert c.cmd("DBSIZE") == Int(20000)
        until("all are gone", lambda: c.cmd("DBSIZE") == Int(0))
        t = c.cmd("TIME").v
        now = int(t[0].v) * 1000 + int(t[1].v) // 1000
        assert at <= now < at + 250
        assert stat(c, "expired_keys") == 20000
