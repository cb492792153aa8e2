"""List commands that came after Redis 7.0: LMOVEM (8.10)."""

from conformance.cases import *  # noqa: F403

# The engine knows the commands of 7.0, and that others are not queued.
CONTEXTS = ("plain", "pipelined", "bytewise", "split", "inline")
ABCDE = ("RPUSH a a b c d e", 5)
XY = ("RPUSH b x y", 2)
SIDES = [(f, t) for f in ("LEFT", "RIGHT") for t in ("LEFT", "RIGHT")]


def moved(source, target, where, to, n, how):
    """Both lists and the reply after a move of n elements; one list: target
    is None."""
    source, taken = list(source), []
    for _ in range(n):
        x = source.pop(0 if where == "LEFT" else -1)
        taken.append(x)
        if target is None and how == "OBO":     # LMOVE, again and again
            source.insert(0 if to == "LEFT" else len(source), x)
    if target is None and how == "OBO":
        return source, source, taken
    into = source if target is None else list(target)
    block = taken if how == "OBO" or where == "LEFT" else taken[::-1]
    if how == "OBO":
        for x in taken:
            into.insert(0 if to == "LEFT" else len(into), x)
    else:
        into[:] = block + into if to == "LEFT" else into + block
    return source, into, block


case = area("list.lmovem", since="8.10", contexts=CONTEXTS)
for where, to in SIDES:
    name = "%s-%s" % (where.lower(), to.lower())
    for how in ("OBO", "BULK"):
        steps = []
        for n in (1, 2, 3, 5):
            a, b, block = moved("abcde", "xy", where, to, n, how)
            steps += [
                ABCDE, XY, ("LMOVEM a b %s %s COUNT %d %s" % (
                    where, to, n, how), block),
                ("LRANGE a 0 -1", a), ("LRANGE b 0 -1", b),
                ("EXISTS a", int(bool(a))), ("DEL a b", 1 + bool(a))]
        case("%s-%s" % (name, how.lower()), steps)
        steps = []
        for n in (1, 2, 5):
            a, _, block = moved("abcde", None, where, to, n, how)
            steps += [ABCDE, ("LMOVEM a a %s %s EXACTLY %d %s" % (
                where, to, n, how), block), ("LRANGE a 0 -1", a),
                ("DEL a", 1)]
        case("same-%s-%s" % (name, how.lower()), steps)
    a, b, block = moved("abcde", "xy", where, to, 1, "OBO")
    case(name, [ABCDE, XY, ("LMOVEM a b %s %s" % (where, to), block),
                ("LRANGE a 0 -1", a), ("LRANGE b 0 -1", b)])
case("more-than-there-are", [
    ABCDE, ("LMOVEM a b LEFT RIGHT COUNT 9 OBO", list("abcde")),
    ("EXISTS a", 0), ("LRANGE b 0 -1", list("abcde")),
    ("LMOVEM b a left left count 9223372036854775807 bulk", list("abcde")),
    ("EXISTS b", 0), ("LRANGE a 0 -1", list("abcde")),
])
case("exactly", [
    ABCDE, ("LMOVEM a b LEFT RIGHT EXACTLY 6 OBO", NILARRAY),
    ("LLEN a", 5), ("EXISTS b", 0),
    ("LMOVEM a b LEFT RIGHT EXACTLY 5 BULK", list("abcde")),
    ("EXISTS a", 0), ("LLEN b", 5),
    ("LMOVEM a b LEFT RIGHT EXACTLY 1 BULK", NILARRAY),
])
case("big", [
    (("RPUSH", "a") + tuple("%04d" % i for i in range(1000)), 1000),
    ("LMOVEM a b RIGHT LEFT COUNT 990 BULK",
     ["%04d" % i for i in range(10, 1000)]),
    ("LLEN a", 10), ("LINDEX b 0", "0010"), ("LINDEX b -1", "0999"),
    ("LMOVEM b a LEFT LEFT COUNT 500 OBO",
     ["%04d" % i for i in range(10, 510)]),
    ("LINDEX a 0", "0509"), ("LINDEX a 500", "0000"), ("LLEN b", 490),
    ("LMOVEM b b LEFT RIGHT COUNT 300 OBO",
     ["%04d" % i for i in range(510, 810)]),
    ("LINDEX b 0", "0810"), ("LINDEX b -1", "0809"),
])
case("binary-and-empty", [
    (("RPUSH", "a", "", b"\r\n\0", b"x" * 5000), 3),
    ("LMOVEM a b LEFT RIGHT COUNT 3 OBO", ["", b"\r\n\0", b"x" * 5000]),
    ("LRANGE b 0 -1", ["", b"\r\n\0", b"x" * 5000]),
])
case("keeps-times", [
    ABCDE, XY, ("EXPIRE a 100", 1), ("EXPIRE b 500", 1),
    ("LMOVEM a b LEFT RIGHT COUNT 2 OBO", ["a", "b"]),
    ("TTL a", Between(99, 100)), ("TTL b", Between(499, 500)),
    ("LMOVEM a a LEFT RIGHT COUNT 3 BULK", ["c", "d", "e"]),
    ("TTL a", Between(99, 100)),
])
case("errors", [ABCDE, XY] + [
    ("LMOVEM a b " + tail, EP("ERR")) for tail in [
        "UP LEFT", "LEFT DOWN", "LEFT LEFT COUNT", "LEFT LEFT COUNT 1 FOO",
        "LEFT LEFT COUNT 0 OBO", "LEFT LEFT COUNT -1 OBO",
        "LEFT LEFT COUNT x OBO", "LEFT LEFT EXACTLY 0 BULK",
        "LEFT LEFT FOO 1 OBO", "LEFT LEFT COUNT 1 OBO BULK",
        "LEFT LEFT COUNT 9223372036854775808 OBO"]] + [
    ("LMOVEM a b LEFT", arity("lmovem")), ("LLEN a", 5), ("LLEN b", 2)])
case("wrong-type", [
    ABCDE, ("SET s v", OK), ("LMOVEM s a LEFT LEFT", WRONGTYPE),
    ("LMOVEM a s LEFT LEFT COUNT 2 OBO", WRONGTYPE),
    ("LMOVEM s s LEFT LEFT EXACTLY 2 OBO", WRONGTYPE), ("LLEN a", 5),
])
