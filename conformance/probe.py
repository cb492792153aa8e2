"""Writes a profile for a server that nobody knows: what it says of itself,
and what it answers."""

import textwrap

from .case import COMMANDS, LATER
from .conn import Closed, Late
from .resp import Err, ProtocolError, encode, inline


def probe(target):
    """The profile's text."""
    lines = ["# %s, as a probe saw it" % target.name()]
    found = target.version()
    if found:
        lines.append("# it calls itself %s %s" % (
            found[0], ".".join(map(str, found[1]))))
        lines.append("dialect %s %s" % (
            found[0], ".".join(map(str, found[1][:2]))))
        if found[0] != "redis":
            lines.append("dialect redis 7.2")
    else:
        lines += ["# INFO names no redis_version", "dialect redis 7.0"]
    has = target.commands()
    newest = found[1][:2] if found and found[0] == "redis" else (7, 2) \
        if found else (7, 0)
    later = [name for name in LATER if target.knows(name)]
    last = max([since(LATER[name]) for name in later] + [newest])
    if last > newest:
        lines.append("additions " + ".".join(map(str, last)))
    lines += ["# how --cmd takes parameters, if it does:",
              "# options --NAME VALUE"]
    lacks = sorted(lacking(target))
    if lacks:
        lines.append("lacks " + " ".join(lacks))
    missing = missing_commands(target, has) + [
        name for name in LATER if name not in later and
        since(LATER[name]) <= last]
    by_group = {}
    for name in missing:
        if " " in name and name.split()[0] in missing:
            continue
        group = (COMMANDS.get(name) or LATER[name]).group
        by_group.setdefault(group, []).append(name.replace(" ", "|"))
    for group in sorted(by_group):
        lines += ["", "# " + group]
        lines += ["missing " + line for line in textwrap.wrap(
            " ".join(by_group[group]), 70, break_on_hyphens=False)]
    return "\n".join(lines) + "\n"


def since(command):
    return tuple(map(int, command.since.split(".")))[:2]


def missing_commands(target, has):
    """By COMMAND INFO, and by calling each that it does not name with no
    arguments: a command that is there complains about something else."""
    if has is not None:
        return [name for name, command in COMMANDS.items()
                if name not in has and (
                    " " in name or command.takes(1) or
                    not called(target, name, command))]
    return [name for name, command in COMMANDS.items()
            if " " not in name and not called(target, name, command)]


def called(target, name, command):
    """Does it know the command? A call without arguments is made only where
    that cannot be a right one."""
    if command.takes(1):
        return True
    got = target.ask(name)
    return not (isinstance(got, Err) and b"unknown command" in got.v.lower())


def lacking(target):
    """Capabilities that are not there."""
    out = {"nested"}
    tries = (
        ("resp3", lambda c: c.cmd("HELLO", 3).mark == b"%", 3),
        ("inline", lambda c: ask_raw(c, inline("ECHO", "a b")) == b"a b", 2),
        ("multidb", lambda c: c.cmd("SELECT", 1).v == b"OK", 2),
        ("config", lambda c: not isinstance(
            c.cmd("CONFIG", "GET", "maxmemory"), Err), 2),
        ("debug", lambda c: c.cmd(
            "DEBUG", "PROTOCOL", "string").v == b"Hello World", 2),
        ("scripts", lambda c: c.cmd("EVAL", "return 1", 0).v == 1, 2),
        ("nested", lambda c: c.cmd("CLIENT", "CAPA", "nested").v == b"OK" and
         ask_raw(c, encode("SET", "conformance:probe")[:-2].replace(
             b"*2", b"*3") + b"\r\n*1\r\n:1\r\n") == b"OK", 2),
    )
    if not target.knows("CLUSTER INFO"):
        out.add("cluster")
    for name, works, proto in tries:
        try:
            with target.connect(2) as c:
                c.proto = proto
                good = works(c)
        except (Closed, Late, ProtocolError, OSError, AttributeError):
            good = False
        if good:
            out.discard(name)
            if name == "nested":
                target.ask("DEL", "conformance:probe")
        else:
            out.add(name)
    return out


def ask_raw(conn, data):
    conn.send(data)
    return conn.read().v
