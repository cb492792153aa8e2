"""Cases and their registry.

A case is a list of steps, each a command and what it must answer:

    case = area("list.lpush")

    case("order", [
        ("LPUSH l a b", 2),
        (("LPUSH", "l", " \\r\\n"), 3),
        ("LRANGE l 0 -1", [b" \\r\\n", "b", "a"]),
    ])

registers list.lpush.order. A command is a str (words between spaces), a tuple
(arguments as they are), bytes (sent raw; b"" sends nothing and takes one more
reply), HALF_CLOSE or DISCONNECT. What it must answer stands once for both
protocols, see expect.py. A step of three begins with the name of another
connection, which is made when it is first named; a name that ends in 2 or 3
speaks that protocol, others the protocol of the check.

What replies do not say in advance is a generator that gets each reply:

    @case.script("every-key-once")
    def every_key_once():
        reply = yield "SCAN 0", [ANY, ANY]

Each case starts with an empty keyspace.
"""

import importlib
import os
import re
import sys

from . import resp
from .expect import (BLOCKED, CLOSED, DISCONNECT, HALF_CLOSE, MUST, NOTHING,
                     E, Eventually)

HERE = os.path.dirname(os.path.abspath(__file__))
CONTEXTS = ("plain", "pipelined", "bytewise", "split", "multi", "inline")
BYTEWISE_MAX = 4096     # longer requests are not sent bytewise
INLINE_MAX = 65536      # a longer line is refused

INT_ERR = E("ERR value is not an integer or out of range")
FLOAT_ERR = E("ERR value is not a valid float")
SYNTAX = E("ERR syntax error")
WRONGTYPE = E("WRONGTYPE Operation against a key holding the wrong kind of "
              "value")
NO_KEY = E("ERR no such key")


def arity(name):
    return E("ERR wrong number of arguments for '%s' command" % name)


# ---- the commands of Redis 7.0 ---------------------------------------------

class Command:
    """A row of data/commands.txt."""
    __slots__ = ("name", "arity", "group", "since", "specs", "flags")

    def __init__(self, name, arity, group, since, specs, flags):
        self.name, self.arity = name.replace("|", " ").upper(), int(arity)
        self.group, self.since = group, since
        self.specs = [] if specs == "-" else specs.split(",")
        self.flags = frozenset() if flags == "-" else frozenset(
            flags.split(","))

    def takes(self, argc):
        return argc == self.arity if self.arity > 0 else argc >= -self.arity

    def keys(self, words):
        """The keys of a call, as far as it is well-formed."""
        out = []
        for spec in self.specs:
            begin, _, rest = re.match(r"([^:#]+)([:#])(.*)\Z", spec).groups()
            where = self._begin(begin, words)
            if where is None:
                continue
            numbers = [int(n) for n in rest.split(":")]
            if "#" in spec:
                try:
                    n = int(words[where + numbers[0]])
                except (IndexError, ValueError):
                    continue
                first = where + numbers[1]
                out += words[first:first + n * numbers[2]:numbers[2]]
                continue
            last, step, limit = numbers
            end = where + last if last >= 0 else len(words) + last
            if limit > 1:
                end = where + (len(words) - where) // limit - 1
            out += words[where:end + 1:step]
        return out

    @staticmethod
    def _begin(begin, words):
        if begin.isdigit():
            return int(begin) if int(begin) < len(words) else None
        word, _, start = begin.partition("@")
        for i in range(1, len(words)):
            if words[i].upper() == word.encode():
                return i + 1
        return None


def _load_commands(name):
    out = {}
    with open(os.path.join(HERE, "data", name)) as f:
        for line in f:
            if not line.startswith("#"):
                command = Command(*line.split())
                out[command.name] = command
    return out


COMMANDS = _load_commands("commands.txt")
LATER = _load_commands("later.txt")     # what came after Redis 7.0
CONTAINERS = {name.split()[0] for name in COMMANDS if " " in name}


def command_of(words):
    """The row of a call by its words, the subcommand's where there is one;
    None when there is no such command."""
    name = words[0].decode("latin-1").upper()
    if name in CONTAINERS and len(words) > 1:
        sub = name + " " + words[1].decode("latin-1").upper()
        if sub in COMMANDS or sub in LATER:
            return COMMANDS.get(sub) or LATER[sub]
    return COMMANDS.get(name) or LATER.get(name)


# ---- cases -----------------------------------------------------------------

class Step:
    """`words` is None for raw bytes; `end` is HALF_CLOSE or DISCONNECT where
    the step is that."""
    __slots__ = ("conn", "words", "raw", "want", "end")

    def __init__(self, conn, words, raw, want, end=None):
        self.conn, self.words, self.raw, self.want = conn, words, raw, want
        self.end = end

    def said(self):
        """The command, for people."""
        if self.words is None:
            return repr(self.end) if self.end else repr(self.raw)
        text = " ".join(
            w.decode() if re.match(rb"[!-&(-~]+\Z", w) else repr(w)[1:]
            for w in (w if len(w) <= 200 else w[:200] + b"..."
                      for w in self.words[:40]))
        return text if len(self.words) <= 40 else text + " ..."


def another_db(words):
    """SELECT of another database than 0, or COPY to one."""
    return (words[0] == b"SELECT" and words[1:] not in ([], [b"0"]) or
            words[0] == b"COPY" and b"DB" in words[3:])


def requests(raw):
    """The whole multibulk requests at the front of raw bytes."""
    at = 0
    while True:
        head = re.compile(rb"\*([1-9][0-9]{0,5})\r\n").match(raw, at)
        if not head:
            return
        at, words = head.end(), []
        for _ in range(int(head.group(1))):
            bulk = re.compile(rb"\$([0-9]{1,9})\r\n").match(raw, at)
            if not bulk or bulk.end() + int(bulk.group(1)) + 2 > len(raw):
                return
            at = bulk.end() + int(bulk.group(1)) + 2
            words.append(raw[bulk.end():at - 2])
        yield words


def keys_of(step):
    command = step.words and command_of(step.words)
    return set(command.keys(step.words)) if command else set()


def make_step(given):
    conn, command, want = given if len(given) == 3 else ("",) + tuple(given)
    if command in (HALF_CLOSE, DISCONNECT):
        return Step(conn, None, b"", want, command)
    if isinstance(command, bytes):
        return Step(conn, None, command, want)
    if isinstance(command, str):
        command = command.split()
    words = [resp.arg(a) for a in command]
    return Step(conn, words, resp.request(words), want)


class Case:
    """id      area.topic.case, never used for another case
    steps     or a `script` that yields them
    level     differences in this case weigh no more
    only, why a dialect ("kv", "redis>=7.2", "redis<7.2"), and what differs
    since     the Redis version that brought it, above 7.0
    needs     capabilities, and commands that the steps do not show
    seen      where this went wrong: ("dragonfly#8087", "CVE-2025-67733")
    contexts  of CONTEXTS, those that make sense
    protos    (2, 3)
    config    parameters that are set before, and set back
    options   of a private server that the case gets
    password  what a private server asks for; the steps say AUTH
    fence     (command with "%s", expectation of a nonce) where ECHO does not
              answer: subscribed, in MULTI, before AUTH; None: no fence
    splits    True: cut at every offset also without --splits
    slow      takes more than a tenth of a second
    push_inside  a push stands inside a reply, as SUBSCRIBE in MULTI has it
    """

    def __init__(self, id, steps=None, script=None, level=MUST, only=None,
                 why=None, since=None, needs=(), seen=(), contexts=CONTEXTS,
                 protos=(2, 3), config=None, options=None, fence="echo",
                 splits=False, slow=False, push_inside=False, doc=None):
        assert bool(only) == bool(why), "%s: `only` needs a `why`" % id
        assert re.match(r"[a-z0-9][^][,*? ]*\Z", id), "bad id " + id
        self.id, self.level, self.only, self.why = id, level, only, why
        self.since, self.needs = since, frozenset(needs)
        self.seen = (seen,) if isinstance(seen, str) else tuple(seen)
        self.protos = (protos,) if isinstance(protos, int) else protos
        self.config, self.options = config or {}, options
        self.fence, self.splits, self.slow = fence, splits, slow
        self.push_inside = push_inside
        self.doc = (doc or "").strip()
        self.script = script
        self.given = steps
        self.wanted = (contexts,) if isinstance(contexts, str) else contexts
        self.where = None       # file:line
        self._steps = self._contexts = self._commands = None
        self._capabilities = None

    @property
    def steps(self):
        """Made when first asked for: most cases only stand in the registry."""
        if self._steps is None:
            self._steps = [make_step(s) for s in self.given or ()]
            self.given = None
        return self._steps

    @property
    def contexts(self):
        if self._contexts is None:
            self._contexts = [c for c in CONTEXTS
                              if c in self.wanted and self._allows(c)]
            assert self._contexts, "%s runs in no context" % self.id
        return self._contexts

    def _allows(self, context):
        """Does the context make sense for these steps?"""
        if context == "plain":
            return True
        if self.script:
            return context == "bytewise"
        one = all(s.conn == "" for s in self.steps)
        size = sum(len(s.raw) for s in self.steps)
        later = any(s.want is BLOCKED or isinstance(s.want, Eventually)
                    for s in self.steps)
        if context in ("bytewise", "split"):
            return size <= BYTEWISE_MAX
        if later or not one:
            return False
        if context == "pipelined":
            return True
        if any(s.words is None for s in self.steps):
            return False
        if context == "inline":
            return all(s.words and (    # quoting makes a byte four at most
                4 * len(s.raw) < INLINE_MAX or
                len(resp.inline(*s.words)) < INLINE_MAX) for s in self.steps)
        return not any(s.want in (NOTHING, CLOSED) or not s.words or
                       not transactional(s.words) for s in self.steps)

    def commands(self):
        """Names of COMMANDS that it uses."""
        if self._commands is None:
            out = set(n for n in self.needs if n.isupper())
            for step in self.steps:
                for words in [step.words] if step.words else requests(
                        step.raw):
                    command = command_of(words)
                    if command:
                        out |= {command.name, command.name.split()[0]}
            self._commands = frozenset(out)
        return self._commands

    def capabilities(self):
        """What a profile may lack, see profile.py."""
        if self._capabilities is None:
            self._capabilities = frozenset(self._capable())
        return self._capabilities

    def _capable(self):
        out = set(n for n in self.needs if not n.isupper())
        if self.options is not None:
            out.add("options")
            if "cluster-enabled" in self.options:
                out.add("cluster")
        if self.config:
            out.add("config")
        if "DEBUG" in self.commands():
            out.add("debug")
        if self.commands() & {"MOVE", "SWAPDB"} or any(
                s.words and another_db([w.upper() for w in s.words])
                for s in self.steps):
            out.add("multidb")
        return out

    def keys(self):
        """Every key that its steps name."""
        return set().union(*map(keys_of, self.steps))

    def destroys(self):
        """The commands in it that reach beyond its own keys."""
        out = {name for name in self.commands() if reaches_far(name)}
        if self.config:
            out.add("CONFIG SET")
        return out


NOT_IN_MULTI = {
    "MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH", "RESET", "QUIT", "HELLO",
    "AUTH", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE",
    "PUNSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR", "CLIENT REPLY", "SHUTDOWN",
    "CLIENT TRACKING", "CLIENT CACHING", "SYNC", "PSYNC", "CLIENT KILL"}


def transactional(words):
    command = command_of(words)
    return not command or not (command.name in NOT_IN_MULTI or
                               "no_multi" in command.flags)


FAR = {
    "FLUSHALL", "FLUSHDB", "SWAPDB", "MOVE", "SHUTDOWN", "DEBUG", "REPLICAOF",
    "SLAVEOF", "FAILOVER", "SAVE", "BGSAVE", "BGREWRITEAOF", "CLIENT KILL",
    "CLIENT PAUSE", "CLIENT UNPAUSE", "CONFIG SET", "CONFIG REWRITE",
    "CONFIG RESETSTAT", "SCRIPT FLUSH", "SCRIPT KILL", "FUNCTION FLUSH",
    "FUNCTION LOAD", "FUNCTION DELETE", "FUNCTION RESTORE", "FUNCTION KILL",
    "ACL SETUSER", "ACL DELUSER", "ACL LOAD", "ACL SAVE", "ACL LOG",
    "LATENCY RESET", "SLOWLOG RESET", "MEMORY PURGE", "SYNC", "PSYNC",
    "MODULE LOAD", "MODULE LOADEX", "MODULE UNLOAD", "CLUSTER RESET"}
KEYSPACE = {"KEYS", "SCAN", "DBSIZE", "RANDOMKEY"}  # they see every key


def reaches_far(name):
    return name in FAR


class area:
    """area("list.lpush") registers the cases of a topic; keywords hold for
    all of them, `needs` beside what each case needs."""

    def __init__(self, prefix, **all):
        self.prefix, self.all = prefix, all

    def __call__(self, name, steps, **how):
        return self._add(name, steps=list(steps), **how)

    def script(self, name, **how):
        def add(function):
            self._add(name, script=function, doc=function.__doc__, **how)
            return function
        return add

    def _add(self, name, **how):
        how["needs"] = (*self.all.get("needs", ()), *how.get("needs", ()))
        made = Case(self.prefix + "." + name, **dict(self.all, **how))
        assert made.id not in REGISTRY, "two cases are called " + made.id
        frame = sys._getframe(1)
        while frame.f_back and frame.f_code.co_name != "<module>":
            frame = frame.f_back
        made.where = "%s:%d" % (os.path.relpath(
            frame.f_code.co_filename, HERE), frame.f_lineno)
        REGISTRY[made.id] = made
        return made


REGISTRY = {}       # by id, in the order of their files


def load(patterns=()):
    """Imports the modules of cases/ that may have what the patterns name, by
    default all; returns the registry."""
    folder = os.path.join(HERE, "cases")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py") and name != "__init__.py" and (
                not patterns or may_have(os.path.join(folder, name),
                                         patterns)):
            importlib.import_module("conformance.cases." + name[:-3])
    return REGISTRY


def may_have(path, patterns):
    """Could a source register an id that a pattern matches? Its areas say so,
    and its AREAS where they are no literals."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    areas = re.findall(r'\barea\("([^"]*)"', text)
    told = re.search(r'^AREAS = "(.*)"', text, re.M)
    if text.count("area(") > len(areas) and not told:
        return True
    areas += told.group(1).split() if told else []
    heads = [re.match(r"[^][*?]*", p).group() for p in patterns]
    return any(a.startswith(head) or head.startswith(a.split("%")[0])
               for a in areas for head in heads)
