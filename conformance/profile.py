"""Profiles: what a server is, line by line.

    # a comment
    dialect redis 7.0           its replies; several, the closest first
    additions 8.4               later commands and options that it has
    options --NAME VALUE        how a start command takes parameters
    lacks CAPABILITY ...        of CAPABILITIES below; all others are promised
    missing COMMAND ...         commands of Redis 7.0 that it has not; a
                                subcommand as CLIENT|TRACKING
    select PATTERN ...          cases to run; without it all of them
    skip PATTERN : REASON       cases that make no sense for it
    known PATTERN : REASON      failures that are known; they run, and a
                                pass is reported

A PATTERN is an id, a prefix of one that ends at a dot, or a glob, and perhaps
[PROTOCOL,CONTEXT] behind it.
"""

import fnmatch
import os
import re

from .case import COMMANDS, HERE, LATER

CAPABILITIES = {
    "resp3": "HELLO 3",
    "cluster": "a private server with cluster-enabled",
    "inline": "inline commands",
    "multidb": "SELECT of more than one database",
    "config": "CONFIG SET",
    "options": "a private server with parameters of its own",
    "debug": "DEBUG, for types that nothing else produces",
    "nested": "typed arguments: nested values as input",
    "scripts": "EVAL with Lua",
}


class ProfileError(Exception):
    pass


class Profile:
    def __init__(self, name="redis"):
        self.name = name
        self.dialects = []
        self.additions = None
        self.options = None
        self.lacks = set()
        self.missing = set()
        self.select = []
        self.skips = []         # (pattern, reason)
        self.known = []

    def speak(self):
        return self.dialects or [("redis", (7, 0))]

    def newest(self):
        """The Redis version up to which it has commands and options."""
        if self.additions:
            return self.additions
        return next((v for d, v in self.speak() if d == "redis"), (7, 0))

    def unimplemented(self, case, context=None, proto=2):
        """What the case needs and the profile does not promise, or None."""
        lacks = set(case.capabilities() & self.lacks)
        if "resp3" in self.lacks and (proto == 3 or any(
                step.conn.endswith("3") for step in case.steps)):
            lacks.add("resp3")
        if context == "inline" and "inline" in self.lacks:
            lacks.add("inline")
        need = case.commands()
        if context == "multi":
            need = need | {"MULTI", "EXEC"}
        without = need & self.missing
        if without:
            return "no " + ", ".join(sorted(without))
        if lacks:
            return "lacks " + ", ".join(sorted(lacks))
        return None


def matches(pattern, id):
    """An id, a prefix that ends at a dot or before '[', or a glob; behind it
    perhaps [PROTOCOL,CONTEXT], also with globs in it."""
    head, bracket, tail = pattern.partition("[")
    name, _, how = id.partition("[")
    return (name == head or name.startswith(head + ".") or
            fnmatch.fnmatchcase(name, head)) and (
                not bracket or fnmatch.fnmatchcase(how, tail))


def first_match(rules, id):
    return next((why for pattern, why in rules if matches(pattern, id)), None)


def shipped():
    return sorted(n[:-len(".profile")] for n in os.listdir(
        os.path.join(HERE, "profiles")) if n.endswith(".profile"))


def find(name):
    """The profile of that name in profiles/, or at that path."""
    path = name
    if name in shipped():
        path = os.path.join(HERE, "profiles", name + ".profile")
    elif not os.path.isfile(name):
        raise ProfileError("there is no profile %s: neither a file nor one "
                           "of %s" % (name, ", ".join(shipped())))
    with open(path, encoding="utf-8-sig", errors="replace") as f:
        return parse(f.read(), os.path.basename(path).split(".")[0], path)


def parse(text, name="profile", path="profile"):
    out = Profile(name)
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split("#")[0].split() if not re.match(
            r"\s*(known|skip)\s", line) else line.split()
        if words:
            try:
                take(out, words[0], words[1:])
            except ValueError as e:
                raise ProfileError("%s line %d: %s: %s" % (
                    path, number, e, line.strip()))
    return out


def take(profile, word, rest):
    if word not in ("dialect", "additions", "options", "lacks", "missing",
                    "select", "skip", "known"):
        raise ValueError("there is no word %r" % word)
    if not rest:
        raise ValueError("%s needs something after it" % word)
    if word == "dialect":
        if len(rest) > 2 or not re.match(r"[a-z]+\Z", rest[0]):
            raise ValueError("dialect takes a name and a version")
        profile.dialects.append((rest[0], number(rest[1:] or ["0"])))
    elif word == "additions":
        profile.additions = number(rest)
    elif word == "options":
        profile.options = " ".join(rest)
    elif word == "lacks":
        for name in rest:
            if name not in CAPABILITIES:
                raise ValueError("there is no capability %r, only %s" % (
                    name, ", ".join(sorted(CAPABILITIES))))
            profile.lacks.add(name)
    elif word == "missing":
        for name in rest:
            name = name.upper().replace("|", " ")
            if name not in COMMANDS and name not in LATER:
                raise ValueError("Redis has no command %s" % name)
            profile.missing.add(name)
            profile.missing.update(
                sub for sub in COMMANDS if sub.startswith(name + " "))
    elif word == "select":
        profile.select += rest
    else:
        pattern, colon, why = " ".join(rest).partition(" : ")
        if not colon or not why.strip():
            raise ValueError("%s takes PATTERN : REASON" % word)
        (profile.skips if word == "skip" else profile.known).append(
            (pattern.strip(), why.strip()))


def number(words):
    if len(words) != 1 or not re.match(r"[0-9]+(\.[0-9]+)*\Z", words[0]):
        raise ValueError("expected a version such as 7.0")
    return tuple(int(n) for n in words[0].split("."))
