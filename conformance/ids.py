"""data/ids.lock: every id that there ever was, so that none comes to mean
something else. A line is an id, `ID gone`, or `ID now NEW-ID`; lines are only
added, or get their second half."""

import os

from .case import HERE, load
from .profile import matches

PATH = os.path.join(HERE, "data", "ids.lock")


def read():
    """{id: None, "gone" or "now ..."}, in the order of the file."""
    out = {}
    with open(PATH, encoding="ascii") as f:
        for number, line in enumerate(f, 1):
            id, _, rest = line.strip().partition(" ")
            if not id or id.startswith("#"):
                continue
            if id in out:
                raise ValueError("ids.lock line %d: %s stands there twice" % (
                    number, id))
            if rest and rest != "gone" and not rest.startswith("now "):
                raise ValueError("ids.lock line %d: %r after an id" % (
                    number, rest))
            out[id] = rest or None
    return out


def problems():
    """[(id, sentence)] where registry and file differ."""
    locked, registry = read(), load()
    out = [(id, "is not in ids.lock: python3 -m conformance ids --add")
           for id in registry if id not in locked]
    for id, rest in locked.items():
        if rest is None and id not in registry:
            out.append((id, "is gone: write `%s gone` or `%s now NEW-ID` "
                        "into ids.lock" % (id, id)))
        elif rest and id in registry:
            out.append((id, "is used again, but ids.lock says that it is " +
                        rest))
        elif rest and rest.startswith("now ") and \
                rest[4:] not in registry:
            out.append((id, "is now %s, which does not exist" % rest[4:]))
    return out


def strangers(profile):
    """The patterns of a profile that fit no id: they do nothing."""
    known = list(read())
    return [p for p in profile.select + [
        p for p, _ in profile.skips + profile.known]
        if not any(matches(p.split("[")[0], id) for id in known)]


def check(add=False):
    """Prints what is wrong; with `add` new ids are added."""
    if add:
        locked = read()
        with open(PATH, "a", encoding="ascii") as f:
            f.writelines(id + "\n" for id in load() if id not in locked)
    wrong = problems()
    for id, text in wrong:
        print("%s %s" % (id, text))
    return int(bool(wrong))
