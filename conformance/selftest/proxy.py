"""Wrong replies on a live connection: one command's replies go through an
operator on their way from redis-server to the suite."""

import socket
import struct

from conformance import profile, runner
from conformance.resp import Push
from conformance.selftest import mutants
from conformance.selftest.peers import Between, Broken
from conformance.target import Process

REDIS = "redis-server --port {port} --bind 127.0.0.1 --save ''"
TIMEOUT = 0.4

# Operators of mutants.py: (operator, command, cases).
WRONG = (
    ("end-is-lf", "GET", "string.set"),
    ("end-is-zeros", "GET", "string.set"),
    ("end-is-missing", "LRANGE", "list.lrange.binary"),
    ("end-is-lf-cr", "HGET", "hash.hget"),
    ("end-is-twice", "LLEN", "list.llen"),
    ("head-is-lf", "LRANGE", "list.lrange.binary"),
    ("length-plus-one", "ECHO", "session.echo.echo"),
    ("length-minus-one", "GET", "string.set"),
    ("number-with-plus", "INCR", "string.incr"),
    ("number-with-zero", "STRLEN", "string.strlen"),
    ("cut-in-half", "HGETALL", "hash.hgetall"),
    ("missing", "APPEND", "string.append"),
    ("twice", "INCR", "string.incr"),
    ("rubbish-in-front", "EXISTS", "generic.exists"),
    ("rubbish-behind", "TYPE", "generic.type"),
    ("line-injected", "TYPE", "generic.type"),
    ("unknown-mark", "LPUSH", "list.lpush"),
    ("push-in-front", "SCARD", "set.scard"),
    ("streamed", "HGET", "hash.hget"),
    ("null-bulk-to-null-array", "GETSET", "string.getset"),
    ("null-to-null-bulk", "LPOP", "list.lpop.no-key"),
    ("simple-to-bulk", "MSET", "string.mset"),
    ("bulk-to-simple", "LINDEX", "list.lindex"),
    ("int-to-bulk", "SADD", "set.sadd"),
    ("int-plus-one", "DEL", "generic.del"),
    ("set-to-array", "SMEMBERS", "set.smembers"),
    ("map-to-flat-array", "HGETALL", "hash.hgetall"),
    ("double-to-bulk", "ZSCORE", "zset.zscore"),
    ("pairs-flattened", "ZRANGE", "zset.zrange"),
    ("last-lost", "EXEC", "session.multi.runs-in-order"),
    ("error-code-dropped", "INCRBY", "string.incrby-not-int"),
    ("error-reworded", "INCRBY", "string.incrby-not-int"),
    ("attribute-in-front", "GET", "string.set"),
)


# ---- what no transcript can show: (link, bytes, over) --------------------

def in_two_parts(link, data, over):
    link.send(data[:len(data) // 2])
    over.wait(0.03)
    link.send(data[len(data) // 2:])


def by_bytes(link, data, over):
    for i in range(len(data)):
        link.send(data[i:i + 1])


def late(link, data, over):
    over.wait(0.05)
    link.send(data)


def closed_in_the_middle(link, data, over):
    link.send(data[:len(data) // 2])
    raise Broken


def closed_before(link, data, over):
    raise Broken


def closed_behind(link, data, over):
    link.send(data)
    raise Broken


def reset_in_the_middle(link, data, over):
    link.send(data[:len(data) // 2])
    link.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                         struct.pack("ii", 1, 0))
    raise Broken


def too_late(link, data, over):
    over.wait(3 * TIMEOUT)
    link.send(data)


def first_half_only(link, data, over):
    link.send(data[:len(data) // 2])


def held_until_the_next(link, data, over):
    """Two replies change places."""
    if not hasattr(link, "held"):
        link.held = data
        return
    link.send(data + link.held)
    del link.held


# (function, command, cases, is it wrong?)
LIVE = (
    (in_two_parts, "GET", "string.set", False),
    (in_two_parts, "HGETALL", "hash.hgetall", False),
    (in_two_parts, "EXEC", "session.multi.one-reply-of-each-type", False),
    (by_bytes, "LRANGE", "list.lrange.binary", False),
    (by_bytes, "INCR", "string.incr", False),
    (by_bytes, "ZRANGE", "zset.zrange.withscores-listpack", False),
    (late, "ECHO", "session.echo", False),
    (closed_in_the_middle, "GET", "string.set", True),
    (closed_before, "LPOP", "list.lpop.one-by-one", True),
    (closed_behind, "HGET", "hash.hget", True),
    (reset_in_the_middle, "LRANGE", "list.lrange.binary", True),
    (too_late, "ECHO", "session.echo.echo", True),
    (first_half_only, "SMEMBERS", "set.smembers", True),
    (held_until_the_next, "ECHO", "request.pipeline.order-of-replies", True),
)


def between(say, long):
    """Sentences about what the suite did not see, or saw where nothing
    was."""
    redis = Process(REDIS)
    wrong, red, green = [], 0, 0
    try:
        with Between(redis.port) as proxy:
            for label, hook, ended, cases, bad in samples(proxy, long):
                found, used = run(proxy, hook, ended, cases)
                red, green = red + (found is not None), green + (not found)
                if not used:
                    wrong.append("%s was never applied" % label)
                elif bad and not found:
                    wrong.append("nothing in %s is red for %s" % (
                        cases, label))
                elif found and not bad:
                    wrong.append("%s is red for %s: %s" % (
                        found.id, label, found.wrong and found.wrong[0][3]))
    finally:
        redis.stop()
    say("  %d samples, %d red, %d green" % (red + green, red, green))
    return wrong


def samples(proxy, long):
    """(label, hook, what to do at the end, cases, is it wrong?)"""
    operators = {op.name: op for op in mutants.OPERATORS}
    for name, command, cases in WRONG:
        yield ("%s on %s" % (name, command), typed(operators[name], command),
               None, cases, True)
    for function, command, cases, bad in LIVE:
        yield ("%s on %s" % (function.__name__, command),
               live(function, command, proxy.over), None, cases, bad)
    yield ("staying open after a protocol error", untouched, stay,
           "request.multibulk.count-invalid.abc", True)
    yield ("staying open after QUIT", untouched, stay, "session.quit", True)
    yield ("nothing at all", untouched, None, "string hash" if long else
           "string.incr", False)


class Counter:
    """A hook that changes the replies of one command."""

    def __init__(self, command, change):
        self.command, self.change, self.used = command.encode(), change, 0

    def __call__(self, link, words, value, data):
        if type(value) is Push or words[0].upper() != self.command or \
                not self.change(link, value, data):
            link.send(data)
        else:
            self.used += 1


def typed(operator, command):
    def change(link, value, data):
        made = mutants.variants(operator, value, data)
        if made:
            link.send(made[0])
        return made
    return Counter(command, change)


def live(function, command, over):
    def change(link, value, data):
        hook.used += 1      # also where it raises
        function(link, data, over)
        return True
    hook = Counter(command, change)
    return hook


def untouched(link, words, value, data):
    link.send(data)


def stay(link):
    """The server is gone, and the client does not see it."""
    while link.sock.recv(1 << 16):
        pass


def run(proxy, hook, ended, cases):
    """(the first red Outcome or None, was the hook used?)"""
    proxy.hook, proxy.ended = hook, ended
    plan = runner.Plan(
        profile.find("redis-7.0"), "exact", address={"port": proxy.port},
        timeout=TIMEOUT, destructive=True, reruns=False)
    worker = runner.Worker(plan)
    try:
        for check in runner.select(plan.profile, cases.split(),
                                   contexts=("plain", "pipelined")):
            out = worker.check(check)
            if out.verdict in runner.RED:
                return out, getattr(hook, "used", True)
    finally:
        worker.stop()
        proxy.hook, proxy.ended = untouched, None
    return None, getattr(hook, "used", True)
