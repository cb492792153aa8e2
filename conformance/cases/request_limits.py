"""How much a server takes: lines, headers, arguments, buffers, connections,
and how much of it from who did not log in."""

import re

from conformance.cases.request import *  # noqa: F403
from conformance.cases.request import (
    BAD_COUNT, BAD_LENGTH, BIG_COUNT, BIG_INLINE, BIG_LENGTH, MIB, PING,
    got_instead, protocol, refused, replies, unknown, waits)

case = area("request.limits")

INLINE_MAX = 65536      # bytes without the end of a line
A = b"A"

# ---- lines and headers without an end ------------------------------------

case("inline-too-long", refused(A * (INLINE_MAX + 1), BIG_INLINE))
case("inline-just-fits", waits(
    A * INLINE_MAX, b"\n", unknown(A * 128)))
case("inline-just-fits-cr", waits(
    A * (INLINE_MAX - 1) + b"\r", b"\n", unknown(A * 128)))
case("inline-too-long-in-two", waits(
    A * INLINE_MAX, A, BIG_INLINE, CLOSED))
case("inline-spaces-too-long", refused(
    b" " * (INLINE_MAX + 1), BIG_INLINE))
case("inline-quote-too-long", refused(
    b'ECHO "' + A * INLINE_MAX, BIG_INLINE))
case("inline-almost-64k", replies(
    b"ECHO " + A * (INLINE_MAX - 7) + b"\r\n" + PING,
    A * (INLINE_MAX - 7), PONG))
# Whether the first 65,537 bytes are seen before the end of the line is a
# matter of luck.
case("inline-long-with-end", [
    (b"ECHO " + A * 70000 + b"\r\n", OneOf(A * 70000, BIG_INLINE))],
    contexts="plain", fence=None)
case("inline-after-replies", refused(
    PING * 2 + A * (INLINE_MAX + 1), BIG_INLINE, PONG, PONG))
case("count-too-long", refused(b"*" + b"1" * 65600, BIG_COUNT))
case("count-just-fits", waits(
    b"*" + b"1" * 65535, b"1", BIG_COUNT, CLOSED))
case("count-just-fits-then-ends", waits(
    b"*" + b"1" * 65535, b"\r\n", BAD_COUNT, CLOSED))
case("length-too-long", refused(b"*1\r\n$" + b"1" * 65600, BIG_LENGTH))
case("length-just-fits", waits(
    b"*1\r\n$" + b"1" * 65535, b"1", BIG_LENGTH, CLOSED))
case("length-just-fits-then-ends", waits(
    b"*1\r\n$" + b"1" * 65535, b"\r\n", BAD_LENGTH, CLOSED))
case("no-dollar-too-long", refused(b"*1\r\n" + b"x" * 65600, BIG_LENGTH),
     level=MAY)     # Redis waits for the end of the line

# ---- announced but not sent ----------------------------------------------

for tag, head in [
        ("bulk", b"*1\r\n$536870912\r\n"),
        ("argument", b"*2\r\n$4\r\nECHO\r\n$536870912\r\n"),
        ("arguments", b"*2147483647\r\n$4\r\nMSET\r\n$1\r\na\r\n"),
        ("count", b"*2147483647\r\n"), ("million", b"*1000000\r\n")]:
    case("announced-" + tag, [(head, BLOCKED), ("b", "PING", PONG)],
         fence=None, seen="CVE-2025-46686")

# ---- limits that are parameters ------------------------------------------

mib = area("request.limits", config={"proto-max-bulk-len": str(MIB)},
           contexts=("plain", "pipelined"))
TOO_LONG = E("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
mib("bulk-of-max", [(("ECHO", "x" * MIB), "x" * MIB)])
mib("bulk-over-max", refused(
    b"*2\r\n$4\r\nECHO\r\n$%d\r\n" % (MIB + 1) + PING, BAD_LENGTH))
mib("name-over-max", refused(b"*1\r\n$%d\r\n" % (MIB + 1), BAD_LENGTH))
mib("strings-over-max", [
    (("SET", "k", "x" * MIB), OK), ("APPEND k x", TOO_LONG),
    ("SETRANGE k %d x" % MIB, TOO_LONG), ("STRLEN k", MIB),
    ("SETRANGE k %d x" % (MIB - 1), MIB)])
mib("bits-over-max", [
    ("SETBIT k %d 1" % (8 * MIB),
     E("ERR bit offset is not an integer or out of range")),
    ("SETBIT k 4294967296 1",
     E("ERR bit offset is not an integer or out of range")),
    ("EXISTS k", 0)])
mib("moves", [
    ("CONFIG SET proto-max-bulk-len 2mb", OK),
    ("CONFIG GET proto-max-bulk-len", M([
        ("proto-max-bulk-len", str(2 * MIB))])),
    (("ECHO", "x" * (2 * MIB)), "x" * (2 * MIB)),
    (b"*2\r\n$4\r\nECHO\r\n$%d\r\n" % (2 * MIB + 1), BAD_LENGTH),
    (b"", CLOSED)], contexts="plain")
mib("lowest", [
    ("CONFIG SET proto-max-bulk-len 1000", Exact(E(
        "ERR CONFIG SET failed (possibly related to argument "
        "'proto-max-bulk-len') - argument must be between 1048576 and "
        "9223372036854775807 inclusive"))),
    (("ECHO", "x" * 2000), "x" * 2000)], contexts="plain")
case("strings-over-512-MiB", [
    ("SET k v", OK), ("SETRANGE k 536870911 xx", TOO_LONG),
    ("SETRANGE k 536870912 x", TOO_LONG),
    ("SETRANGE k 9223372036854775807 x", TOO_LONG), ("GET k", "v")])
case("query-buffer", [
    ("b", "PING", PONG),
    (b"*1\r\n$2000000\r\n" + b"x" * 1900000, CLOSED), ("b", "PING", PONG),
    ("c", "PING", PONG)], contexts="plain", level=SHOULD,
    config={"client-query-buffer-limit": str(MIB)})
case("query-buffer-fits", [
    (("ECHO", "x" * 900000), "x" * 900000),
    (encode("ECHO", "x" * 10000) * 200, "x" * 10000)] + [
    (b"", "x" * 10000)] * 199, contexts="plain",
    config={"client-query-buffer-limit": str(MIB)})

# ---- as many connections as there may be ---------------------------------

FULL = E("ERR max number of clients reached")
# The suite has one of them to itself.
full = area("request.limits", options={"maxclients": "4"}, protos=2,
            contexts="plain")
full("maxclients", [
    ("PING", PONG), ("a", "PING", PONG), ("b", "PING", PONG),
    ("c", b"", FULL), ("c", b"", CLOSED), ("d", b"", FULL),
    ("d", b"", CLOSED), ("PING", PONG), ("a", "PING", PONG)])
full("maxclients-a-place-becomes-free", [
    ("PING", PONG), ("a", "PING", PONG), ("b", "PING", PONG),
    ("c", b"", FULL), ("c", b"", CLOSED), ("b", "QUIT", OK),
    ("b", b"", CLOSED), ("d", "PING", PONG), ("e", b"", FULL),
    ("e", b"", CLOSED)])
full("maxclients-moves", [
    ("PING", PONG), ("a", "PING", PONG), ("b", "PING", PONG),
    ("CONFIG SET maxclients 5", OK), ("c", "PING", PONG),
    ("d", b"", FULL), ("d", b"", CLOSED)])



def number(info, field):
    body = info.body if isinstance(info, Verb) else info.v
    return int(re.search(field.encode() + rb":(\d+)\r", body).group(1))


@full.script("maxclients-are-counted", needs=("INFO",))
def maxclients_are_counted():
    before = number((yield "INFO stats", ANY), "rejected_connections")
    yield "INFO clients", Shape(lambda reply: number(
        reply, "maxclients") == 4, "maxclients:4")
    yield "a", "PING", PONG
    yield "b", "PING", PONG
    for name in ("c", "d", "e"):
        yield name, b"", FULL
        yield name, b"", CLOSED
    yield "INFO stats", Shape(lambda reply: number(
        reply, "rejected_connections") == before + 3, "three more")


# ---- before AUTH ---------------------------------------------------------

NOAUTH = E("NOAUTH Authentication required.")
LOCKED = ("PING %s", NOAUTH)
LOGGED_IN = ("ECHO %s", lambda nonce: nonce)     # only at the end
auth = area("request.limits.before-auth", options={"requirepass": "pw"},
            protos=2, splits=True, fence=LOCKED)

auth("10-arguments", waits(b"*10\r\n", b"".join(
    b"$1\r\na\r\n" for _ in range(10)), unknown(b"a", b"'a' " * 9)))
auth("11-arguments", refused(
    b"*11\r\n" + PING, protocol(b"unauthenticated multibulk length")))
auth("million-arguments", refused(
    b"*1000000\r\n" + PING, protocol(b"unauthenticated multibulk length")))
auth("int32-max-arguments", refused(
    b"*2147483647\r\n", protocol(b"unauthenticated multibulk length")))
auth("count-invalid", refused(b"*01\r\n" + PING, BAD_COUNT))
auth("count-too-big", refused(b"*2147483648\r\n" + PING, BAD_COUNT))
auth("count-ignored", replies(b"*0\r\n*-1\r\n" + PING, NOAUTH))
auth("16384-bytes", replies(encode(A * 16384), unknown(A * 128)))
auth("16385-bytes", refused(
    encode(A * 16385), protocol(b"unauthenticated bulk length")))
auth("16385-bytes-announced", refused(
    b"*1\r\n$16385\r\n", protocol(b"unauthenticated bulk length")))
auth("16385-bytes-argument", refused(
    b"*2\r\n$4\r\nAUTH\r\n$16385\r\n",
    protocol(b"unauthenticated bulk length")))
auth("length-too-big", refused(b"*1\r\n$536870913\r\n", BAD_LENGTH))
auth("length-invalid", refused(b"*1\r\n$-1\r\n", BAD_LENGTH))
auth("no-dollar", refused(b"*1\r\nfoo\r\n" + PING, got_instead(b"f")))
auth("inline-too-long", refused(A * (INLINE_MAX + 1), BIG_INLINE))
auth("inline-many-words", replies(
    b"EXISTS" + b" a" * 20 + b"\r\n", NOAUTH))
auth("inline-long", replies(b"ECHO " + A * 20000 + b"\n", NOAUTH))
auth("post", [(b"POST / HTTP/1.1\r\n" + PING, CLOSED)], contexts=PLAIN,
     level=SHOULD)
auth("auth-lifts-them", replies(
    encode("AUTH", "pw") + encode("EXISTS", *["k"] * 20), OK, 0),
    fence=LOGGED_IN)
auth("auth-lifts-length", replies(
    encode("AUTH", "pw") + encode("ECHO", A * 20000), OK, A * 20000),
    fence=LOGGED_IN)
auth("hello-lifts-them", replies(
    encode("HELLO", "2", "AUTH", "default", "pw") +
    encode("EXISTS", *["k"] * 20), ANY, 0), fence=LOGGED_IN)
auth("failed-auth-does-not", refused(
    encode("AUTH", "no") + b"*11\r\n",
    protocol(b"unauthenticated multibulk length"),
    E("WRONGPASS invalid username-password pair or user is disabled.")))
auth("reset-brings-them-back", refused(
    encode("AUTH", "pw") + encode("RESET") + b"*11\r\n",
    protocol(b"unauthenticated multibulk length"), OK, Simple("RESET")))
