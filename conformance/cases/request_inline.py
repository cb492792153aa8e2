"""Requests as a line of words: ends of lines, blanks, quotes."""

import itertools

from conformance.cases.request import *  # noqa: F403
from conformance.cases.request import (
    BIG_INLINE, PING, UNBALANCED, refused, replies, unknown, waits)

case = area("request.inline", splits=True)

# ---- lines ---------------------------------------------------------------

for name, raw, wants in [
        ("crlf", b"PING\r\n", [PONG]),
        ("lf", b"PING\n", [PONG]),
        ("lf-and-crlf", b"PING\nPING\r\nPING\n", [PONG] * 3),
        ("case", b"pInG\r\n", [PONG]),
        ("one-character", b"x\n", [unknown(b"x")]),
        # A blank line is no request, whatever kind of request comes next.
        ("blank-crlf", b"\r\n" + PING, [PONG]),
        ("blank-lf", b"\n" + PING, [PONG]),
        ("blank-then-inline", b"\r\nPING\r\n", [PONG]),
        ("spaces-then-inline", b"   \r\nPING\r\n", [PONG]),
        ("spaces-then-multibulk", b"   \r\n" + PING, [PONG]),
        ("all-spaces-then-multibulk", b" \t\x0b\x0c\r\r\n" + PING, [PONG]),
        ("cr-alone-is-blank", b"\r\r\n" + PING, [PONG]),
        ("blank-many", b"\r\n\n \n\r\n" * 3 + PING + b"\n\n" + PING,
         [PONG, PONG]),
        ("blank-between", PING + b"\r\n" + PING + b" \n" + PING, [PONG] * 3),
        ("blank-then-zero-count", b"\r\n*0\r\n\r\n*-1\r\n" + PING, [PONG]),
        # Separators.
        ("padding", b"  PING \t \r\n", [PONG]),
        ("tab", b"ECHO\tx\r\n", ["x"]),
        ("many-blanks", b"ECHO    \t\t   x\r\n", ["x"]),
        ("vt-and-ff-inside", b"ECHO a\x0b\x0cb\x0b\r\n", [b"a\x0b\x0cb\x0b"]),
        ("vt-and-ff-before", b"\x0bECHO \x0c 'a'\x0b\r\n", ["a"]),
        ("cr-inside", b"ECHO\ra\r\n", ["a"]),
        ("cr-twice", b"ECHO a\r\r\n", ["a"]),
        ("cr-in-word", b"ECHO a\rb\n", [arity("echo")]),
        ("no-break-space", b"ECHO a\xa0b\n", [b"a\xa0b"]),
        ("8-bit", b"ECHO \xff\xfe\r\n", [b"\xff\xfe"]),
        ("utf-8", "ECHO äöü€\r\n".encode(), ["äöü€"]),
        ("control-characters", b"ECHO \x01\x02\x1b\x7f\r\n",
         [b"\x01\x02\x1b\x7f"]),
        # Words that look like something else.
        ("words-of-framing", b"ECHO *1\r\nECHO $4\r\n", ["*1", "$4"]),
        ("star-after-space", b" *1\r\n" + PING, [unknown(b"*1"), PONG]),
        ("plus", b"+PING\r\n", [unknown(b"+PING")]),
        ("minus", b"-ERR x\r\n", [unknown(b"-ERR", b"'x' ")]),
        ("colon", b":1\r\n", [unknown(b":1")]),
        ("dollar", b"$4\r\nPING\r\n", [unknown(b"$4"), PONG]),
        ("no-comments", b"PING # a b\n", [arity("ping")]),
        ("no-semicolon", b"PING ; PING\n", [arity("ping")]),
        ("backslash-outside-quotes", b"ECHO a\\nb\r\n", ["a\\nb"]),
        ("backslash-at-the-end", b"ECHO a\\\r\n", ["a\\"]),
        ("braces", b"ECHO {a,b}\nECHO $HOME\nECHO `x`\n",
         ["{a,b}", "$HOME", "`x`"]),
        ("unknown-with-arguments", b"NOPE a 'b c' \"\"\r\n",
         [unknown(b"NOPE", b"'a' 'b c' '' ")])]:
    case(name, replies(raw, *wants))

case("half-line", waits(b"PIN", b"G\n", PONG))
case("cr-without-lf", waits(b"PING\r", b"\n", PONG))
case("half-quote", waits(b'ECHO "a ', b'b"\r\n', "a b"))
case("half-escape", waits(b'ECHO "\\x4', b'1"\r\n', "A"))
case("blank-then-half-line", waits(b"\r\n \r\nPI", b"NG\r\n", PONG))
case("half-line-of-blanks", waits(b"   ", b"PING\n", PONG))
case("writes", [
    (b"SET k 'a b'\n", OK), (b'GET "k"\r\n', "a b"), ("GET k", "a b"),
    (b"DEL k\n", 1)], needs=("SET", "GET", "DEL"))
case("many-arguments", replies(
    b"DEL" + b" a" * 1000 + b"\r\n" + b"EXISTS" + b" a" * 1000 + b"\n", 0, 0),
    needs=("DEL", "EXISTS"), splits=False)
# strchr() finds no end of a line behind a NUL.
case("nul.as-redis", waits(
    b"PI\0NG\r\n", b"A" * 66000, BIG_INLINE, CLOSED), level=MAY)
case("nul-in-quotes.as-redis", waits(
    b"ECHO '\0'\r\n", b"A" * 66000, BIG_INLINE, CLOSED), level=MAY)


@case.script("nul-does-not-run", contexts="plain")
def nul_does_not_run():
    """It may be part of a name or end it, or be refused, or make the line too
    long for ever; but the server goes on, and PING does not answer twice."""
    reply = yield b"SET k\0x v\r\n" + b"A" * 66000 + b"\r\n", ANY
    if reply.v.startswith(b"ERR Protocol error"):
        yield b"", CLOSED
        yield "b", "DBSIZE", 0
    else:
        yield b"", EP("ERR ")
        yield PING, PONG


# ---- quotes --------------------------------------------------------------

for name, raw, wants in [
        ("double", b'ECHO "a b"\r\n', ["a b"]),
        ("single", b"ECHO 'a b'\r\n", ["a b"]),
        ("escapes", b'ECHO "\\x41\\n\\t\\\\\\"\\q"\r\n', [b'A\n\t\\"q']),
        ("escapes-r-b-a", b'ECHO "\\r\\b\\a\\x00\\xfF"\r\n',
         [b"\r\x08\x07\x00\xff"]),
        ("escapes-f-v-0-e", b'ECHO "\\f\\v\\0\\e\\u0041"\r\n',
         [b"fv0eu0041"]),
        ("hex-all-digits", b'ECHO "\\x01\\x23\\x45\\x67\\x89\\xaB\\xCd\\xeF"'
         b"\r\n", [b"\x01\x23\x45\x67\x89\xab\xcd\xef"]),
        ("hex-capital-x", b'ECHO "\\X41"\r\n', ["X41"]),
        ("hex-bad", b'ECHO "\\xZZ"\r\n', ["xZZ"]),
        ("hex-half-bad", b'ECHO "\\x4Z"\r\n', ["x4Z"]),
        ("hex-short", b'ECHO "\\x4"\r\n', ["x4"]),
        ("hex-none", b'ECHO "\\x"\r\n', ["x"]),
        ("single-in-single", b"ECHO 'a\\'b\\n'\r\n", ["a'b\\n"]),
        ("backslash-in-single", b"ECHO 'a\\\\b\\x41'\r\n", ["a\\\\b\\x41"]),
        ("single-in-double", b'ECHO "it\'s"\r\n', ["it's"]),
        ("double-in-single", b"ECHO '\"'\r\n", ['"']),
        ("opens-in-word", b'ECHO a"b c"\r\n', ["ab c"]),
        ("opens-in-word-single", b"ECHO a'b c'\r\n", ["ab c"]),
        ("command-name", b'"PING"\r\n\'PING\'\n"P"\n', [
            PONG, PONG, unknown(b"P")]),
        ("name-opens-in-word", b'P"ING"\r\n', [PONG]),
        ("name-with-escape", b'"\\x50ING"\r\n', [PONG]),
        ("empty", b'ECHO ""\r\n', [""]),
        ("empty-single", b"ECHO ''\r\n", [""]),
        ("empty-twice", b"ECHO '' \"\"\r\n", [arity("echo")]),
        ("empty-in-word", b'ECHO a""\r\n', ["a"]),
        ("empty-name", b'""\r\n', [unknown(b"")]),
        ("empty-name-with-argument", b"'' x\r\n", [unknown(b"", b"'x' ")]),
        ("cr-after-quote", b'ECHO "a"\r\r\n', ["a"]),
        ("tab-after-quote", b'ECHO\t"a"\t\r\n', ["a"]),
        ("tab-in-quotes", b'ECHO "a\tb"\r\n', ["a\tb"]),
        ("cr-in-quotes", b'ECHO "a\rb"\r\n', ["a\rb"]),
        ("8-bit-in-quotes", b"ECHO '\xff \xfe'\r\n", [b"\xff \xfe"]),
        ("crlf-by-escapes", b'ECHO "a\\r\\n*1\\r\\n"\r\n' + PING,
         [b"a\r\n*1\r\n", PONG]),
        ("lf-only-line", b"ECHO 'a b'\nECHO \"c d\"\n", ["a b", "c d"])]:
    case("quotes." + name, replies(raw, *wants))

for name, line in [
        ("double-then-word", b'ECHO "a"b'), ("double-open", b'ECHO "a'),
        ("single-open", b"ECHO 'a"), ("single-then-word", b"ECHO 'a'b"),
        ("two-quotes-touch", b'ECHO "a""b"'), ("alone", b'"'),
        ("alone-single", b"'"), ("name-open", b'"PING'),
        ("escaped-end", b'ECHO "a\\"'), ("escaped-end-single", b"ECHO 'a\\'"),
        ("backslash-last", b'ECHO "a\\'), ("in-word", b'ECHO a"b'),
        ("other-quote-ends", b"ECHO \"a'"), ("quote-after-empty", b'ECHO """'),
        ("nul-by-escape-open", b'ECHO "\\x00'),
        ("unknown-command", b'NOPE "a')]:
    case("unbalanced." + name, refused(line + b"\r\n" + PING, UNBALANCED))
case("unbalanced.line-ends-first", refused(
    b'ECHO "a\r\nb"\r\n', UNBALANCED))
case("unbalanced.lf-only", refused(b'ECHO "a\n' + PING, UNBALANCED))
case("unbalanced.earlier-replies", refused(
    b'PING\r\nPING\r\n"\r\nPING\r\n', UNBALANCED, PONG, PONG))

# ---- the whole grammar of quotes -----------------------------------------

SPACES = b" \t\r\x0b\x0c"     # between arguments and after a quote
WORD_ENDS = b" \t\r"          # in a word without quotes
ESCAPES = {ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("b"): 8, ord("a"): 7}
HEX = b"0123456789abcdefABCDEF"


def split_args(line):
    """The arguments of an inline line, or None: unbalanced quotes."""
    args, i = [], 0
    while True:
        while i < len(line) and line[i] in SPACES:
            i += 1
        if i == len(line):
            return args
        word, quote = bytearray(), None
        while True:
            c = line[i] if i < len(line) else None
            if c is None:
                if quote:
                    return None
                break
            if quote:
                if c == quote:
                    if i + 1 < len(line) and line[i + 1] not in SPACES:
                        return None
                    i += 1
                    break
                if quote == 34 and c == 92 and i + 1 < len(line):
                    n = line[i + 1]
                    if (n == ord("x") and i + 3 < len(line) and
                            line[i + 2] in HEX and line[i + 3] in HEX):
                        word.append(int(line[i + 2:i + 4], 16))
                        i += 4
                    else:
                        word.append(ESCAPES.get(n, n))
                        i += 2
                    continue
                if quote == 39 and line[i:i + 2] == b"\\'":
                    word.append(39)
                    i += 2
                    continue
                word.append(c)
            elif c in WORD_ENDS:
                break
            elif c in b"\"'":
                quote = c
            else:
                word.append(c)
            i += 1
        args.append(bytes(word))


def grammar(tag, lines):
    """Two cases: the lines that have arguments, each with a reply that tells
    them, and those that have none, each on a connection of its own."""
    good, bad = [], []
    for line in lines:
        args = split_args(line)
        if args is None:
            name = "c%d." % len(bad)
            bad += [(name, b"ECHO " + line + b"\r\n" + PING, UNBALANCED),
                    (name, b"", CLOSED)]
        elif len(args) == 1:
            good.append((b"ECHO " + line + b"\r\n", args[0]))
        elif args:
            good.append((b"COMMAND GETKEYS DEL " + line + b"\n", args))
        else:
            good.append((b"ECHO " + line + b"\n", arity("echo")))
    if good:
        case("grammar.words-" + tag, good, splits=False,
             needs=("COMMAND GETKEYS",), contexts=("plain", "pipelined"))
    if bad:
        case("grammar.unbalanced-" + tag, bad, contexts="plain")


PIECES = [("double", b'"'), ("single", b"'"), ("backslash", b"\\"),
          ("space", b" "), ("letter", b"a")]
for (one, a), (two, b) in itertools.product(PIECES, PIECES):
    grammar("%s-%s" % (one, two), [
        a + b + b"".join(rest) for n in range(3)
        for rest in itertools.product([p for _, p in PIECES], repeat=n)])
# Pairs of what is special in or out of quotes.
SPECIAL = [
    b'"', b"'", b"\\", b" ", b"\t", b"\r", b"\x0b", b"\x0c", b"x", b"bc",
    b"\\x41", b"\\xZ1", b"\\x0", b'\\"', b"\\'", b"\\n", b"\\r",
    b"\\\\", b'""', b"''", b'" "', b"' '", b"0", b"$1", b"*1", b"{",
    b"\x01", b"\x1c", b"\x85", b"\xa0", b"\xff"]
for i, a in enumerate(SPECIAL):
    grammar("special-%d" % i, [
        form % (a + b) for b in SPECIAL
        for form in (b"%s", b'"%s"', b"'%s'")])
# What follows a closing quote, and what ends a word.
grammar("any-byte-after-quote", [
    b'"a"%c"b' % n for n in range(1, 256) if n not in (10, 92)
    and n % 8 == 1 or n in SPACES])
case("grammar.any-byte-in-word", [
    (b"ECHO a%cb\n" % n, b"a%cb" % n) for n in range(1, 256)
    if n not in b"\n\r\t \"'"], splits=False)
case("grammar.any-byte-in-quotes", [
    (b'ECHO "a%cb"\n' % n, b"a%cb" % n) for n in range(1, 256)
    if n not in b'\n"\\'], splits=False)
case("grammar.any-byte-in-single-quotes", [
    (b"ECHO 'a%cb'\n" % n, b"a%cb" % n) for n in range(1, 256)
    if n not in b"\n'"], splits=False)
case("grammar.any-byte-escaped", [
    (b'ECHO "\\%c"\n' % n, bytes([ESCAPES.get(n, n)]))
    for n in range(1, 256) if n not in b"\n"], splits=False)
case("grammar.any-byte-in-hex", [
    (b'ECHO "\\x%02x\\x%02X"\n' % (n, n), bytes([n, n]))
    for n in range(256)], splits=False)
