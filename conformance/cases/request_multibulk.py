"""Requests as arrays of bulk strings: counts, lengths, ends; and what is no
request."""

from conformance.cases.request import *  # noqa: F403
from conformance.cases.request import (
    BAD_COUNT, BAD_LENGTH, BIG_LENGTH, PING, got_instead, refused, replies,
    unchecked, unknown, waits)

case = area("request.multibulk", splits=True)

# ---- count ---------------------------------------------------------------

for n in (0, -1, -10, -2147483648, -9223372036854775808):
    case("count-ignored.%d" % n, replies(b"*%d\r\n" % n + PING, PONG))
case("count-ignored-then-inline", replies(
    b"*0\r\nPING\r\n*-1\r\nPING\n", PONG, PONG))
case("count-ignored-many", replies(b"*0\r\n*-1\r\n" * 10 + PING, PONG))
case("count-ignored-alone", waits(b"*0\r\n", PING, PONG))
case("count-ignored-cut", waits(b"*-", b"1\r\n" + PING, PONG))
for n in (2, 1048576, 1048577, 2147483647):
    case("count-too-high.%d" % n, refused(
        b"*%d\r\n$4\r\nPING\r\n" % n + PING, got_instead(b"*")))
    case("count-too-high-at-once.%d" % n, refused(
        b"*%d\r\n" % n + PING, got_instead(b"*")))
for tag, n in [
        ("empty", ""), ("abc", "abc"), ("plus-1", "+1"), ("01", "01"),
        ("001", "001"), ("00", "00"), ("space-1", " 1"), ("1-space", "1 "),
        ("tab", "\t1"), ("1.0", "1.0"), ("1e0", "1e0"), ("0x1", "0x1"),
        ("minus-0", "-0"), ("minus-01", "-01"), ("minus-minus", "--1"),
        ("minus", "-"), ("plus", "+"), ("star", "*1"), ("dollar", "$1"),
        ("letter-last", "1a"), ("question", "?"),
        ("int32-max-plus-1", "2147483648"), ("3000000000", "3000000000"),
        ("uint32-max-plus-2", "4294967297"),
        ("int64-max", "9223372036854775807"),
        ("int64-max-plus-1", "9223372036854775808"),
        ("uint64-max-plus-2", "18446744073709551617"),
        ("int64-min-minus-1", "-9223372036854775809"),
        ("20-digits", "99999999999999999999"), ("40-digits", "1" * 40),
        ("8-bit", "\xff")]:
    case("count-invalid.%s" % tag, refused(
        b"*" + n.encode("latin-1") + b"\r\n" + PING, BAD_COUNT))
case("count-lf-only", refused(b"*1\n$4\r\nPING\r\n", BAD_COUNT))
case("count-then-waits", waits(b"*1\r\n", b"$4\r\nPING\r\n", PONG))
case("count-without-end-waits", waits(b"*1", b"\r\n$4\r\nPING\r\n", PONG))
case("count-cr-waits", waits(b"*1\r", b"\n$4\r\nPING\r\n", PONG))
case("star-waits", waits(b"*", b"1\r\n$4\r\nPING\r\n", PONG))
unchecked(case, "count-cr-x", b"*1\rX$4\r\nPING\r\n", PONG)
unchecked(case, "count-cr-cr", b"*1\r\r$4\r\nPING\r\n", PONG)

# ---- length --------------------------------------------------------------

for tag, n in [
        ("minus-1", "-1"), ("minus-2", "-2"), ("minus-10", "-10"),
        ("empty", ""), ("abc", "abc"), ("plus-4", "+4"), ("04", "04"),
        ("00", "00"), ("space-4", " 4"), ("4-space", "4 "), ("4.0", "4.0"),
        ("4e0", "4e0"), ("0x4", "0x4"), ("minus-0", "-0"), ("minus", "-"),
        ("plus", "+"), ("dollar", "$4"), ("letter-last", "4a"),
        ("question", "?"), ("512-MiB-plus-1", "536870913"),
        ("2000000000", "2000000000"), ("int32-max", "2147483647"),
        ("int32-max-plus-1", "2147483648"), ("uint32-max", "4294967295"),
        ("uint32-max-plus-1", "4294967296"),
        ("uint32-max-plus-5", "4294967300"),
        ("int64-max", "9223372036854775807"),
        ("int64-max-plus-1", "9223372036854775808"),
        ("int64-min", "-9223372036854775808"),
        ("uint64-max", "18446744073709551615"),
        ("uint64-max-plus-5", "18446744073709551620"),
        ("40-digits", "4" * 40)]:
    case("length-invalid.%s" % tag, refused(
        b"*1\r\n$" + n.encode() + b"\r\nPING\r\n" + PING, BAD_LENGTH))
    if tag in ("minus-1", "empty", "plus-4", "uint32-max-plus-5",
               "int64-max-plus-1"):
        case("length-of-argument-invalid.%s" % tag, refused(
            b"*2\r\n$4\r\nECHO\r\n$" + n.encode() + b"\r\nPING\r\n" + PING,
            BAD_LENGTH))
case("length-lf-only", refused(b"*1\r\n$4\nPING\r\n", BAD_LENGTH))
case("length-512-MiB-waits", [
    (b"*1\r\n$536870912\r\nPING\r\n" + PING, BLOCKED)], fence=None)
case("length-zero", replies(encode("ECHO", ""), ""))
case("length-zero-name", replies(
    b"*1\r\n$0\r\n\r\n" + PING, unknown(b""), PONG))
case("length-then-waits", waits(b"*1\r\n$4\r\n", b"PING\r\n", PONG))
case("length-without-end-waits", waits(b"*1\r\n$4", b"\r\nPING\r\n", PONG))
case("length-cr-waits", waits(b"*1\r\n$4\r", b"\nPING\r\n", PONG))
case("dollar-waits", waits(b"*1\r\n$", b"4\r\nPING\r\n", PONG))
case("data-waits", waits(b"*1\r\n$4\r\nPIN", b"G\r\n", PONG))
case("data-without-end-waits", waits(b"*1\r\n$4\r\nPING", b"\r\n", PONG))
case("data-cr-waits", waits(b"*1\r\n$4\r\nPING\r", b"\n", PONG))
case("argument-missing-waits", waits(
    b"*2\r\n$4\r\nECHO\r\n", b"$1\r\nx\r\n", "x"))
case("length-too-long-waits", waits(
    b"*1\r\n$6\r\nPING\r\n", b"\r\n", unknown(b"PING  ")))
unchecked(case, "length-cr-x", b"*1\r\n$4\rXPING\r\n", PONG)
unchecked(case, "end-missing", b"*1\r\n$4\r\nPINGxx" + PING, PONG, PONG)
unchecked(case, "end-lf-lf", b"*1\r\n$4\r\nPING\n\n" + PING, PONG, PONG)
unchecked(case, "end-cr-cr", b"*1\r\n$4\r\nPING\r\r" + PING, PONG, PONG)
unchecked(case, "end-nul-nul", b"*1\r\n$4\r\nPING\0\0" + PING, PONG, PONG)
unchecked(case, "length-too-short", b"*1\r\n$3\r\nPING\r\n" + PING,
          unknown(b"PIN"), PONG)
unchecked(case, "length-too-long", b"*1\r\n$6\r\nPING\r\n" + PING,
          unknown(b"PING  "), unknown(b"$4"), PONG)
unchecked(case, "argument-too-short", b"*2\r\n$4\r\nECHO\r\n$1\r\nabc"
          + PING, "a", PONG)

# ---- the byte before the length ------------------------------------------

for tag, raw, byte in [
        ("colon", b":4\r\nPING\r\n", b":"), ("plus", b"+PING\r\n", b"+"),
        ("minus", b"-ERR\r\n", b"-"), ("star", b"*1\r\n", b"*"),
        ("cr", b"\r\n", b" "), ("lf", b"\n\r\n", b" "),
        ("letter", b"foo\r\n", b"f"), ("space", b" $4\r\n", b" "),
        ("underscore", b"_\r\n", b"_"), ("percent", b"%1\r\n", b"%"),
        ("tilde", b"~1\r\n", b"~"), ("greater", b">1\r\n", b">"),
        ("comma", b",1\r\n", b","), ("hash", b"#t\r\n", b"#"),
        ("paren", b"(1\r\n", b"("), ("equals", b"=8\r\ntxt:PING\r\n", b"="),
        ("exclamation", b"!4\r\nPING\r\n", b"!"), ("bar", b"|1\r\n", b"|"),
        ("quote", b"'\r\n", b"'"), ("digit", b"4\r\nPING\r\n", b"4"),
        ("0x01", b"\x01\r\n", b"\x01"), ("0xff", b"\xff\r\n", b"\xff")]:
    case("no-dollar.%s" % tag, refused(b"*1\r\n" + raw + PING,
                                        got_instead(byte)))
case("no-dollar-in-argument", refused(
    b"*2\r\n$4\r\nECHO\r\nfoo\r\n" + PING, got_instead(b"f")))
case("no-dollar-after-data", refused(
    b"*2\r\n$4\r\nECHO\r\nx$1\r\nx\r\n" + PING, got_instead(b"x")))
case("no-dollar-nested", refused(
    b"*2\r\n$4\r\nECHO\r\n*1\r\n$1\r\nx\r\n" + PING, got_instead(b"*")))
# strchr() finds no end behind a NUL.
case("no-dollar.nul.as-redis", waits(
    b"*1\r\n\0\r\n" + PING, b"A" * 66000, BIG_LENGTH, CLOSED), level=MAY)
case("count-nul.as-redis", waits(
    b"*\0\r\n", b"A" * 66000, protocol(b"too big mbulk count string"),
    CLOSED), level=MAY)
case("length-nul.as-redis", waits(
    b"*1\r\n$4\0\r\n", b"A" * 66000, BIG_LENGTH, CLOSED), level=MAY)

for tag, head in [("count", b"*\0"), ("length", b"*1\r\n$\0"),
                  ("no-dollar", b"*1\r\n\0")]:
    case("nul-in-header-is-refused.%s" % tag, refused(
        head + b"A" * 70000, REFUSED))

# ---- names and arguments -------------------------------------------------

ALL_BYTES = bytes(range(256))
for name, raw, wants in [
        ("every-byte", encode("ECHO", ALL_BYTES), [ALL_BYTES]),
        ("crlf-in-argument", encode("ECHO", "\r\n$1\r\n") + PING,
         ["\r\n$1\r\n", PONG]),
        ("request-in-argument", encode("ECHO", PING) + PING, [PING, PONG]),
        ("only-crlf", encode("ECHO", "\r\n"), ["\r\n"]),
        ("only-nul", encode("ECHO", b"\0"), [b"\0"]),
        ("no-quoting", encode("ECHO", '"a\\x41"'), ['"a\\x41"']),
        ("blanks-in-argument", encode("ECHO", "  a  "), ["  a  "]),
        ("nul-in-name", encode(b"PI\0NG") + PING, [unknown(b"PI"), PONG]),
        ("nul-after-name", encode(b"PING\0") + PING, [
            unknown(b"PING"), PONG]),
        ("crlf-in-name", encode(b"a\r\nb") + PING, [unknown(b"a  b"), PONG]),
        ("crlf-after-name", encode(b"GET\r\n") + PING, [
            unknown(b"GET  "), PONG]),
        ("space-in-name", encode("PING ") + encode(" PING") + PING, [
            unknown(b"PING "), unknown(b" PING"), PONG]),
        ("empty-name-with-argument", encode("", "x") + PING, [
            unknown(b"", b"'x' "), PONG])]:
    case(name, replies(raw, *wants))
case("lengths", [(("ECHO", "x" * n), "x" * n) for n in (
    0, 1, 9, 10, 11, 99, 100, 101, 999, 1000, 1001)], contexts=(
        "plain", "pipelined", "bytewise"), splits=False)
case("counts", [(("EXISTS",) + ("k",) * n, 0) for n in (
    1, 8, 9, 10, 31, 32, 98, 99, 100, 254, 255, 256, 998, 999, 1000)],
    contexts=("plain", "pipelined"), splits=False)
case("ten-thousand-arguments", [
    (("MSET",) + ("k", "v") * 5000, OK), (("EXISTS",) + ("k",) * 9999, 9999),
    (("ECHO",) + ("k",) * 9999, arity("echo"))],
    contexts=("plain", "pipelined"), splits=False)
case("million-arguments", [(("EXISTS",) + ("k",) * 1000000, 0)],
     contexts="plain", splits=False, slow=True)
case("big-argument", [(("ECHO", "x" * (8 * MIB)), "x" * (8 * MIB))],
     contexts="plain", splits=False)

# ---- RESP3 types are no requests -----------------------------------------

case = area("request.resp3types", splits=True)

for name, raw, wants in [
        ("map", b"%1\r\n$4\r\nPING\r\n$1\r\na\r\n", [
            unknown(b"%1"), unknown(b"$4"), PONG, unknown(b"$1"),
            unknown(b"a")]),
        ("null", b"_\r\n", [unknown(b"_")]),
        ("attribute", b"|1\r\n$1\r\na\r\n$1\r\nb\r\n" + PING, [
            unknown(b"|1"), unknown(b"$1"), unknown(b"a"), unknown(b"$1"),
            unknown(b"b"), PONG]),
        ("push", b">1\r\n" + PING, [unknown(b">1"), PONG]),
        ("set", b"~1\r\n" + PING, [unknown(b"~1"), PONG]),
        ("double", b",1.5\r\n" + PING, [unknown(b",1.5"), PONG]),
        ("boolean", b"#t\r\n" + PING, [unknown(b"#t"), PONG]),
        ("big-number", b"(123\r\n" + PING, [unknown(b"(123"), PONG]),
        ("verbatim", b"=8\r\ntxt:PING\r\n" + PING, [
            unknown(b"=8"), unknown(b"txt:PING"), PONG]),
        ("blob-error", b"!4\r\nPING\r\n" + PING, [
            unknown(b"!4"), PONG, PONG]),
        ("end-of-stream", b".\r\n" + PING, [unknown(b"."), PONG]),
        ("chunk", b";4\r\nPING\r\n" + PING, [unknown(b";4"), PONG, PONG]),
        ("integer", b":1\r\n" + PING, [unknown(b":1"), PONG]),
        ("simple-string", b"+PING\r\n" + PING, [unknown(b"+PING"), PONG]),
        ("bulk-string", b"$4\r\nPING\r\n" + PING, [
            unknown(b"$4"), PONG, PONG])]:
    case(name, replies(raw, *wants))
case("streamed-array", refused(
    b"*?\r\n$4\r\nPING\r\n.\r\n", BAD_COUNT))
case("streamed-string", refused(
    b"*1\r\n$?\r\n;4\r\nPING\r\n;0\r\n", BAD_LENGTH))
case("null-argument", refused(
    b"*2\r\n$4\r\nECHO\r\n_\r\n" + PING, got_instead(b"_")))
case("integer-argument", refused(
    b"*2\r\n$4\r\nECHO\r\n:1\r\n" + PING, got_instead(b":")))
case("attribute-before-argument", refused(
    b"*1\r\n|1\r\n$1\r\na\r\n$1\r\nb\r\n$4\r\nPING\r\n", got_instead(b"|")))
