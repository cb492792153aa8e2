"""redis-benchmark: all its tests, and its ways of sending them."""

import re
import subprocess

from check import check, equal, port

TESTS = """PING_INLINE PING_MBULK SET GET INCR LPUSH RPUSH LPOP RPOP SADD HSET
    SPOP ZADD ZPOPMIN LPUSH LRANGE_100 LRANGE_300 LRANGE_500 LRANGE_600
    MSET""".split()
NUMBER = 2000
stats = {}      # calls of each command in the first check


def benchmark(*words):
    """Lines of (what, requests a second)."""
    p = subprocess.run(["redis-benchmark", "-p", str(port), "--csv"] +
                       list(words), stdin=subprocess.DEVNULL, timeout=40,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = p.stdout.decode()
    assert p.returncode == 0 and "rror" not in out, out
    assert "WARNING: Could not" not in out, out
    rows = [line.strip('"').split('","') for line in out.splitlines()
            if line[0] == '"']
    equal(rows[0][:2], ["test", "rps"])
    assert all(float(row[1]) > 0 for row in rows[1:]), out
    return [row[0] for row in rows[1:]]


def cli(*words):
    return subprocess.run(["redis-cli", "-p", str(port)] + list(words),
                          stdout=subprocess.PIPE, timeout=20
                          ).stdout.decode().strip()


def flush():
    equal(cli("flushall"), "OK")
    equal(cli("config", "resetstat"), "OK")


@check("all tests", flush)
def _():
    rows = benchmark("-n", str(NUMBER), "-c", "20")
    stats.update(re.findall(r"cmdstat_(\w+):calls=(\d+)",
                            cli("info", "commandstats")))
    equal([row.split(" ")[0] for row in rows], TESTS)
    equal(cli("get", "counter:__rand_int__"), str(NUMBER))
    equal(cli("llen", "mylist"), str(NUMBER))
    equal(cli("hlen", "myhash"), "1")


@check("commandstats: each call of all tests is counted")
def _():
    for name in ("set", "get", "incr", "rpush", "lpop", "rpop", "sadd", "hset",
                 "spop", "zadd", "zpopmin", "mset"):
        equal((name, stats.get(name)), (name, str(NUMBER)))
    equal(stats["lpush"], str(2 * NUMBER))
    equal(stats["lrange"], str(4 * NUMBER))


@check("all tests, pipelined, random keys, RESP3", flush)
def _():
    rows = benchmark("-n", str(5 * NUMBER), "-c", "20", "-P", "16", "-r",
                     "1000", "-3")
    equal([row.split(" ")[0] for row in rows], TESTS)
    keys = int(cli("dbsize"))
    assert 1900 < keys <= 4 * 1000 + 10, keys
    equal(sum(int(cli("get", "counter:%012d" % i)) for i in range(3)) > 0,
          True)


@check("threads, no keepalive, big values", flush)
def _():
    benchmark("-n", str(NUMBER), "-c", "20", "--threads", "2", "-t", "set,get")
    benchmark("-n", "500", "-c", "10", "-k", "0", "-t", "set,get")
    benchmark("-n", "200", "-c", "4", "-d", "300000", "-t", "set,get")
    equal(cli("strlen", "key:__rand_int__"), "300000")


@check("a command of one's own", flush)
def _():
    benchmark("-n", str(NUMBER), "-P", "8", "-r", "100000000", "zadd", "z",
              "__rand_int__", "e:__rand_int__")
    assert int(cli("zcard", "z")) > NUMBER * .9
    p = subprocess.run(["redis-benchmark", "-p", str(port), "-n", "10", "-e",
                        "lpush", "z", "x"], stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, timeout=20)
    assert b"WRONGTYPE" in p.stdout, p.stdout


@check("with a password and another database", flush)
def _():
    equal(cli("config", "set", "requirepass", "pw"), "OK")
    try:
        benchmark("-a", "pw", "--dbnum", "3", "-n", str(NUMBER), "-t", "set")
    finally:
        cli("-a", "pw", "config", "set", "requirepass", "")
    equal(cli("-n", "3", "dbsize"), "1")


print("end")
