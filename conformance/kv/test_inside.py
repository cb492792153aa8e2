"""What a server tells about itself, where time, load or memory is needed:
SLOWLOG, LATENCY, INFO about commands, MONITOR, maxmemory-clients. Replies are
cases of the suite: cases/server.py, monitor.py, info.py."""

import re
import time

import pytest

from conformance.conn import Conn
from conformance.kv.proc import MIB, until
from conformance.resp import Bulk, Int, Simple, encode

OK = Simple("OK")
kinds = pytest.mark.parametrize("kind", ["kv", "redis"])


def info(c, section):
    """INFO as a dict."""
    text = c.cmd("INFO", section).v.decode()
    return dict(line.split(":", 1) for line in text.split("\r\n")
                if ":" in line)


def commands(c):
    """Of each command that was called: calls, usec, rejected_calls ..."""
    out = {}
    for name, value in info(c, "commandstats").items():
        fields = dict(f.split("=") for f in value.split(","))
        out[name[len("cmdstat_"):]] = {k: float(v) for k, v in fields.items()}
    return out


def slow(c):
    """Words and microseconds of the slow log, the newest first."""
    return [([a.v.decode() for a in e.v[3].v], e.v[2].v)
            for e in c.cmd("SLOWLOG", "GET", -1).v]


def histogram(c, name):
    got = c.cmd("LATENCY", "HISTOGRAM", name).v
    if not got:
        return 0, []
    fields = got[1].v
    counts = [x.v for x in fields[3].v]
    return fields[1].v, list(zip(counts[::2], counts[1::2]))


def replies(c, requests):
    c.send(b"".join(encode(*r) for r in requests))
    return [c.read() for _ in requests]


# ---- times ---------------------------------------------------------------

@kinds
def test_a_slow_command_among_quick_ones(start, kind):
    """It alone is remembered, with its own time."""
    s = start(kind, "--latency-monitor-threshold", 40)
    with s.connect() as c:
        c.cmd("SET", "k", "v")
        c.cmd("CONFIG", "SET", "slowlog-log-slower-than", 40000)
        requests = [("GET", "k")] * 40
        requests[20] = ("DEBUG", "SLEEP", "0.06")
        got = replies(c, requests * 2)
        assert got.count(OK) == 2 and got.count(Bulk("v")) == 78
        entries = [(w, us) for w, us in slow(c) if w[0] != "GET"]
        assert [w for w, _ in entries] == [["DEBUG", "SLEEP", "0.06"]] * 2
        assert all(60000 <= us < 200000 for _, us in entries)
        (event,) = [e for e in c.cmd("LATENCY", "LATEST").v
                    if e.v[0] == Bulk("command")]
        assert 60 <= event.v[3].v < 200
        stats = commands(c)
        assert stats["debug"]["calls"] == 2
        assert 120000 <= stats["debug"]["usec"] < 400000
        assert stats["get"]["calls"] == 78
        assert stats["get"]["usec"] < 40000
        calls, counts = histogram(c, "debug")
        assert calls == 2 and counts[-1][1] == 2 and counts[0][0] > 32000


@kinds
def test_a_long_reply_among_short_ones(start, kind):
    """What is quick by its nature takes long here: it is found."""
    s = start(kind)
    with s.connect() as c, s.connect() as other:
        c.cmd("SETRANGE", "big", 96 * MIB, "x")
        c.cmd("SET", "k", "v")
        began = time.monotonic()
        c.cmd("GET", "big")
        whole = time.monotonic() - began
        c.cmd("CONFIG", "SET", "slowlog-log-slower-than", 2000)
        c.cmd("SLOWLOG", "RESET")
        requests = [("GET", "k")] * 20
        replies(c, requests + [("GET", "big")] + requests)
        entries = slow(other)
        assert ["GET", "big"] in [w for w, _ in entries], entries
        assert all(us < whole * 2e6 + 50000 for _, us in entries)


@kinds
def test_counts_are_exact_in_pipelines(start, kind):
    s = start(kind)
    with s.connect() as c:
        c.cmd("CONFIG", "RESETSTAT")
        mixed = [("SET", "k", "v"), ("GET", "k"), ("INCR", "n"),
                 ("INCR", "k"), ("LPUSH", "l", "a"), ("LRANGE", "l", 0, 1),
                 ("GET",), ("NOSUCH",), ("MSET",) + ("a", "b") * 20]
        replies(c, mixed * 500)
        replies(c, [("MULTI",), ("GET", "k"), ("INCR", "k"), ("EXEC",)] * 30)
        got = commands(c)
        want = {"set": (500, 0, 0), "get": (530, 500, 0),
                "incr": (1030, 0, 530), "lpush": (500, 0, 0),
                "lrange": (500, 0, 0), "mset": (500, 0, 0),
                "multi": (30, 0, 0), "exec": (30, 0, 0)}
        for name, counts in want.items():
            f = got[name]
            assert (f["calls"], f["rejected_calls"],
                    f["failed_calls"]) == counts, name
            assert abs(f["usec_per_call"] - f["usec"] / f["calls"]) < .01
            calls, steps = histogram(c, name)
            assert calls == f["calls"] == steps[-1][1]
            assert [n for _, n in steps] == sorted({n for _, n in steps})
        assert "nosuch" not in got
        total = int(info(c, "stats")["total_commands_processed"])
        assert total >= sum(f["calls"] for f in got.values())


@kinds
def test_times_add_up(start, kind):
    """What commands took is most of what the server used, and not more."""
    s = start(kind)
    with s.connect() as c:
        c.cmd("RPUSH", "l", *range(3000))
        c.cmd("CONFIG", "RESETSTAT")
        began = time.monotonic()
        for _ in range(10):
            replies(c, [("LRANGE", "l", 0, -1), ("SET", "k", "v"),
                        ("GET", "k")] * 10)
        took = time.monotonic() - began
        got = commands(c)
        used = sum(f["usec"] for f in got.values()) / 1e6
        assert 0 < used <= took
        assert got["lrange"]["usec"] > 5 * got["get"]["usec"]


@kinds
def test_percentiles(start, kind):
    s = start(kind)
    with s.connect() as c:
        c.cmd("CONFIG", "SET", "latency-tracking-info-percentiles",
              "0 50 99.9 100")
        c.cmd("CONFIG", "RESETSTAT")
        for _ in range(9):
            c.cmd("DEBUG", "SLEEP", "0.001")
        c.cmd("DEBUG", "SLEEP", "0.04")
        line = info(c, "latencystats")["latency_percentiles_usec_debug"]
        assert re.fullmatch(r"p0=[\d.]+,p50=[\d.]+,p99\.9=[\d.]+,p100=[\d.]+",
                            line)
        low, mid, high, top = [float(f.split("=")[1])
                               for f in line.split(",")]
        assert 900 <= low <= mid < 30000 < 39000 < high == top < 200000
        c.cmd("CONFIG", "SET", "latency-tracking", "no")
        c.cmd("CONFIG", "RESETSTAT")
        c.cmd("PING")
        assert histogram(c, "ping") == (0, [])
        assert "latency_percentiles_usec_ping" not in info(c, "latencystats")
        assert commands(c)["ping"]["calls"] == 1


@kinds
def test_one_sample_in_a_second(start, kind):
    """The longest of a second is kept, and 160 seconds at most."""
    s = start(kind, "--latency-monitor-threshold", 5)
    with s.connect() as c:
        for ms in (10, 40, 20):
            c.cmd("DEBUG", "SLEEP", str(ms / 1000))
        got = [[x.v for x in e.v] for e in c.cmd("LATENCY", "HISTORY",
                                                 "command").v]
        assert 1 <= len(got) <= 2 and max(ms for _, ms in got) >= 40
        assert all(abs(t - time.time()) < 5 for t, _ in got)
        assert c.cmd("LATENCY", "RESET") == Int(1)


@kinds
def test_expiry_and_eviction_are_events(start, kind):
    """Many keys at once take a while, which is told."""
    s = start(kind, "--latency-monitor-threshold", 1)
    with s.connect() as c:
        stats = info(c, "stats")
        assert {"evicted_clients", "expire_cycle_cpu_milliseconds",
                "total_eviction_exceeded_time"} <= {*stats}
        c.cmd("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
        replies(c, [("SET", "k%d" % i, "x" * 200) for i in range(20000)])
        used = int(info(c, "memory")["used_memory"])
        c.cmd("CONFIG", "SET", "maxmemory", used - 4 * MIB)
        until("keys are evicted", lambda: c.cmd("SET", "x", "y") == OK and
              int(info(c, "stats")["evicted_keys"]) > 5000)
        names = {e.v[0].v.decode() for e in c.cmd("LATENCY", "LATEST").v}
        assert names <= {"eviction-cycle", "eviction-del", "command",
                         "fast-command", "expire-cycle"}


# ---- MONITOR -------------------------------------------------------------

@kinds
def test_monitor_that_does_not_read(start, kind):
    """The limit of normal clients ends it; others do not notice."""
    s = start(kind)
    with s.connect() as c, s.connect() as monitor:
        c.cmd("CONFIG", "SET", "client-output-buffer-limit", "normal 2mb 0 0")
        assert monitor.cmd("MONITOR") == OK
        for _ in range(200):
            assert c.cmd("ECHO", "x" * 100000).v == b"x" * 100000
            line = c.cmd("CLIENT", "LIST").v.decode()
            if "flags=O" not in line:
                break
        assert "flags=O" not in line
        monitor.read_until_close()


@pytest.mark.only("kv", why="redis has no limit unless normal clients have")
def test_monitor_has_a_limit_anyway(start):
    """Without limits of normal clients that of replicas counts."""
    s = start("kv", "--client-output-buffer-limit", "slave 2mb 0 0")
    with s.connect() as c, s.connect() as monitor:
        assert monitor.cmd("MONITOR") == OK
        for _ in range(200):
            c.cmd("ECHO", "x" * 100000)
        assert "flags=O" not in c.cmd("CLIENT", "LIST").v.decode()
        stats = info(c, "stats")
        assert stats["client_output_buffer_limit_disconnections"] == "1"
        assert int(info(c, "memory")["used_memory"]) < 16 * MIB


@kinds
def test_monitor_under_load(start, kind):
    """Every command is shown once and in order, whatever is pipelined."""
    s = start(kind)
    with s.connect() as c, s.connect() as monitor:
        assert monitor.cmd("MONITOR") == OK
        requests = [("SET", "k%d" % i, "v" * (i % 50)) for i in range(3000)]
        replies(c, requests)
        for words in requests:
            line = monitor.read().v.decode()
            assert line.endswith("] " + " ".join('"%s"' % w for w in words))


@kinds
def test_monitor_of_a_unix_socket(start, kind, tmp_path):
    path = str(tmp_path / "s")
    s = start(kind, "--unixsocket", path)
    with s.connect() as monitor, Conn(path=path) as c:
        assert monitor.cmd("MONITOR") == OK
        c.cmd("PING")
        line = monitor.read().v.decode()
        assert line.endswith(' [0 unix:%s] "PING"' % path), line


# ---- maxmemory-clients ---------------------------------------------------

def holding(c, n):
    """Has a client send `n` bytes of a request that does not end."""
    c.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % (64 * MIB) + b"x" * n)
    return c


def listed(c):
    """tot-mem and flags by name, of clients that have one."""
    out = {}
    for line in c.cmd("CLIENT", "LIST").v.decode().splitlines():
        f = dict(w.split("=", 1) for w in line.split(" "))
        if f["name"]:
            out[f["name"]] = int(f["tot-mem"]), f["flags"]
    return out


@pytest.mark.parametrize("limit", ["12mb", "12%"])
@pytest.mark.only("kv", why="redis takes memory for the whole of a long "
                            "argument at once")
def test_the_largest_clients_go(start, limit):
    s = start("kv")
    with s.connect() as c, s.connect() as small, s.connect() as large, \
            s.connect() as spared, s.connect() as last:
        for who, name in ((small, "small"), (large, "large"),
                          (spared, "spared"), (last, "last")):
            who.cmd("CLIENT", "SETNAME", name)
        assert spared.cmd("CLIENT", "NO-EVICT", "ON") == OK
        for who, n in ((small, 2), (large, 8), (spared, 16), (last, 3)):
            holding(who, n * MIB)
        until("they hold it", lambda: all(
            listed(c)[name][0] > n * MIB for name, n in
            (("small", 2), ("large", 8), ("spared", 16), ("last", 3))))
        c.cmd("CONFIG", "SET", "maxmemory", "100mb")
        c.cmd("CONFIG", "SET", "maxmemory-clients", limit)
        assert c.cmd("CONFIG", "GET", "maxmemory-clients").v[1] == Bulk(
            "12582912" if limit == "12mb" else limit)
        until("the largest one goes", lambda: "large" not in listed(c))
        left = listed(c)
        assert {*left} == {"small", "spared", "last"}
        assert "e" in left["spared"][1]
        assert info(c, "stats")["evicted_clients"] == "1"
        large.read_until_close()
        c.cmd("CONFIG", "SET", "maxmemory-clients", "0")


@kinds
def test_a_client_that_does_not_read_goes(start, kind):
    """What is not read counts as well; who is spared is known by a flag."""
    s = start(kind, "--maxmemory-clients", "4mb")
    with s.connect() as c, s.connect() as reader:
        c.cmd("CLIENT", "NO-EVICT", "ON")
        reader.cmd("CLIENT", "SETNAME", "reader")
        c.cmd("SET", "k", "x" * 100000)
        reader.send(encode("SUBSCRIBE", "c"))
        until("it subscribes", lambda: c.cmd("PUBLISH", "c", "x") == Int(1))
        for _ in range(300):
            c.cmd("PUBLISH", "c", "x" * 100000)
        until("it goes", lambda: "reader" not in listed(c))
        assert info(c, "stats")["evicted_clients"] == "1"
        assert c.cmd("PING") == Simple("PONG")


@pytest.mark.only("kv", why="redis looks at each client as it changes")
def test_many_clients(start):
    """Together they are too much: some go, in slices, until it is enough."""
    s = start("kv", "--maxmemory-clients", "8mb")
    clients = [s.connect() for _ in range(40)]
    with s.connect() as c:
        c.cmd("CLIENT", "NO-EVICT", "ON")
        for i, one in enumerate(clients):
            one.cmd("CLIENT", "SETNAME", "c%d" % i)
            holding(one, MIB // 2)
        until("some go", lambda: len(listed(c)) <= 16)
        assert len(listed(c)) >= 8
        gone = int(info(c, "stats")["evicted_clients"])
        assert gone + len(listed(c)) == 40
        for one in clients:
            one.close()
