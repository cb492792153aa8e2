"""The short form of kill.py: a few deaths of real processes for each policy.
`python3 conformance/durability/kill.py --help` tells of the long form."""

import argparse
import random
import shutil
import subprocess
import sys
import time

import pytest

from conformance.durability import kill
from conformance.kv import servers

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"),
                                reason="looks for Linux's ways")


def lines(kind):
    if not servers.command(kind):
        pytest.skip("there is no " + kind)
    return kill.standard([kind])


def options(cycles, where, seed="short"):
    return argparse.Namespace(
        cycles=cycles, clients=kill.CLIENTS, ballast=2000, seed=seed,
        dir=str(where), keep=None, verbose=False)


def run(commands, policy, fault, cycles, where, seed="short"):
    o = options(cycles, where, seed)
    tally = kill.Tally()
    kill.run(commands, policy, fault, o, tally)
    assert not tally.broken
    assert tally.lost == 0
    assert tally.cycles == cycles
    return tally


@pytest.mark.parametrize("policy", kill.POLICIES)
@pytest.mark.parametrize("kind", servers.KINDS)
def test_nothing_acknowledged_is_lost(kind, policy, tmp_path):
    tally = run(lines(kind), policy, "none", 5 if kind == "kv" else 2,
                tmp_path)
    assert tally.acked and not tally.refused and not tally.died


@pytest.mark.parametrize("kind", ["kv"])
def test_kv_and_redis_take_turns(kind, tmp_path):
    run(lines(kind) + lines("redis"), "everysec", "none", 6, tmp_path)


@pytest.mark.parametrize("fault", ["delay", "broken"])
@pytest.mark.parametrize("kind", ["kv"])
def test_faulty_disk(kind, fault, tmp_path):
    if not traceable() or servers.is_script():
        pytest.skip("strace cannot be used")
    tally = run(lines(kind), "everysec", fault, 1, tmp_path, "short 7")
    assert tally.acked and not tally.died
    assert max(tally.backs, default=0) < 2.5 and not tally.stuck


@pytest.mark.parametrize("kind", ["kv"])
def test_failed_sync_of_much(kind, tmp_path):
    """One error while megabytes are written does not end it."""
    if not traceable() or servers.is_script():
        pytest.skip("strace cannot be used")
    place = kill.Place(lines(kind), "everysec", random.Random(1),
                       options(1, tmp_path))
    try:
        place.start()
        fault = kill.Fault(place, "eio", random.Random(1))
        try:
            end = time.monotonic() + 1.5
            while time.monotonic() < end:
                place.wire.ask(*[kill.request("SET", "k%d" % i, b"v" * 4000)
                                 for i in range(100)])
            assert until_accepted(place.wire) < 2.5
        finally:
            fault.end()
    finally:
        place.end()


def until_accepted(wire):
    began = time.monotonic()
    while time.monotonic() < began + 5:
        if wire.ask(kill.request("SET", "k", "v"))[0] == b"+OK\r\n":
            break
        time.sleep(.01)
    return time.monotonic() - began


def traceable():
    if not shutil.which("strace"):
        return False
    sleep = subprocess.Popen(["sleep", "60"])
    try:
        p = subprocess.Popen(["strace", "-p", str(sleep.pid)],
                             stderr=subprocess.PIPE)
        said = p.stderr.readline()
        p.terminate()
        p.wait()
        p.stderr.close()
        return b"attached" in said
    finally:
        sleep.kill()
        sleep.wait()


def test_damage_is_seen(tmp_path, monkeypatch):
    """The judge itself: a log that lost its end, a record, a tick."""
    redis = lines("redis")
    start = kill.Place.start
    for how in (cut, drop_set, drop_tick):
        def damaged(place):
            if place.lives:
                path = kill.log_files(place)[0]
                with open(path, "rb") as f:
                    data = f.read()
                with open(path, "wb") as f:
                    f.write(how(data))
            return start(place)

        monkeypatch.setattr(kill.Place, "start", damaged)
        tally = kill.Tally()
        kill.run(redis, "no", "none", options(3, tmp_path), tally)
        assert tally.lost or tally.broken, how.__name__


def cut(data):
    return data[:-500]


def drop(data, record):
    at = data.rfind(record)
    end = at + len(record) if at >= 0 else 0
    return data[:max(at, 0)] + data[end:]


def drop_set(data):
    at = data.rfind(b"*3\r\n$3\r\nSET\r\n$5\r\nc1:s")
    return drop(data, data[at:data.find(b"*", at + 1)]) if at >= 0 else data


def drop_tick(data):
    return drop(data[:len(data) // 2],
                b"*2\r\n$4\r\nINCR\r\n$5\r\nclock\r\n") + data[
                    len(data) // 2:]
