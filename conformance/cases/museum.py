"""Bugs that other servers had on the side of requests, one case each. An id
names the project and the issue."""

from conformance.cases.request import *  # noqa: F403
from conformance.cases.request import (
    BAD_COUNT, BAD_LENGTH, PING, got_instead, refused, replies)

case = area("museum", splits=True)

# The kind of a request was remembered beyond a blank line or an empty array.
BLANKS = [("crlf", b"\r\n"), ("lf", b"\n"), ("spaces", b"   \r\n"),
          ("tab", b"\t\r\n"), ("zero", b"*0\r\n"), ("minus-1", b"*-1\r\n")]
for tag, blank in BLANKS:
    case("valkey.3250." + tag, replies(
        blank + PING + blank + b"PING\r\n" + blank * 2 + PING,
        PONG, PONG, PONG), seen=("CVE-2026-27623", "valkey#3250"))
case("valkey.3250.across-sendings", [
    (b"\r\n", BLOCKED), (PING, PONG), (b"*0\r\n", BLOCKED),
    (b"PING\r\n", PONG), (b"*-1\r\n", BLOCKED), (PING, PONG)],
    seen=("CVE-2026-27623", "valkey#3250"))

# redis-cli --pipe ends with CRLF and an ECHO.
END = b"\r\n" + encode("ECHO", "01234567890123456789")
case("dragonfly.8243", replies(
    encode("SET", "k", "v") + END, OK, "01234567890123456789"),
    seen="dragonfly#8243", needs=("SET",))
# The same in two buffers, cut anywhere.
case("dragonfly.8244", [
    (END, "01234567890123456789"), (b"\r\n\r\n" + PING, PONG),
    (PING + b"\r\n" + PING, PONG), (b"", PONG)], seen="dragonfly#8244")
case("tellydb.44", replies(
    b"\r\n" + PING + b"\r\n\r\n" + PING, PONG, PONG), seen="tellydb#44")
case("kvrocks.633", replies(
    b"*0\r\n" + PING + b"*-1\r\n" + PING + b"*-10\r\n" + PING,
    PONG, PONG, PONG), seen="kvrocks#633")
case("kvrocks.807", replies(
    b"PING\nECHO x\nSET k v\nGET k\n", PONG, "x", OK, "v"),
    seen="kvrocks#807", needs=("SET", "GET"))
case("kvrocks.2871", replies(
    b"ECHO 'a b'\r\nSET k 'c d'\r\nGET 'k'\r\n", "a b", OK, "c d"),
    seen="kvrocks#2871", needs=("SET", "GET"))
case("redcon.5", replies(
    b"SET k \"a b\"\nGET k\nECHO 'c d'\nECHO \"\\x41\\n\"\n",
    OK, "a b", "c d", "A\n"), seen="redcon#5", needs=("SET", "GET"))
# An argument of length -1 was a failed assertion.
case("dragonfly.5949", refused(
    b"*2\r\n$4\r\nECHO\r\n$-1\r\n" + PING, BAD_LENGTH),
    seen="dragonfly#5949")
case("dragonfly.5949.name", refused(
    b"*1\r\n$-1\r\n" + PING, BAD_LENGTH), seen="dragonfly#5949")
case("dragonfly.5949.others-live-on", [
    ("b", "PING", PONG),
    (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$-1\r\n", BAD_LENGTH), (b"", CLOSED),
    ("b", "EXISTS k", 0)], seen="dragonfly#5949", needs=("SET",))
# Replies were dropped when QUIT came in the same sending.
case("dragonfly.quit-in-pipeline", replies(
    encode("SET", "k", "v") + encode("GET", "k") + encode("QUIT"),
    OK, "v", OK, CLOSED), seen="dragonfly:test_quit_in_pipeline",
    needs=("SET", "GET"))

# Memory for what was announced, and not sent, or not read.
case("redis.cve-2025-46686", [
    ("a", b"*2147483647\r\n$4\r\nMGET\r\n", BLOCKED),
    ("b", b"*1000000\r\n" + b"$1\r\na\r\n" * 100, BLOCKED),
    ("PING", PONG)], seen="CVE-2025-46686", splits=False, contexts="plain",
    fence=None)
# Who is not logged in makes the server owe replies, and does not read them.
NOAUTH = E("NOAUTH Authentication required.")
case("redis.cve-2025-21605", [
    (PING * 5000, NOTHING), ("b", "PING", NOAUTH)], seen="CVE-2025-21605",
    options={"requirepass": "pw"}, protos=2, fence=None, splits=False,
    contexts="plain")

# A third server took these for what Redis refuses, or the other way round.
for tag, raw, steps in [
        ("name-case", b"pInG\r\n", [PONG]),
        ("empty-count", b"*\r\n" + PING, [BAD_COUNT, CLOSED]),
        ("empty-length", b"*1\r\n$\r\nPING\r\n", [BAD_LENGTH, CLOSED]),
        ("plus-length", b"*1\r\n$+4\r\nPING\r\n", [BAD_LENGTH, CLOSED]),
        ("zero-length", b"*1\r\n$04\r\nPING\r\n", [BAD_LENGTH, CLOSED]),
        ("space-length", b"*1\r\n$ 4\r\nPING\r\n", [BAD_LENGTH, CLOSED]),
        ("int32-max-count", b"*2147483647\r\n" + PING, [
            got_instead(b"*"), CLOSED])]:
    case("pogocache." + tag, replies(raw, *steps), seen="pogocache")
case("pogocache.no-dollar-nul", refused(
    b"*1\r\n\0" + b"A" * 70000, REFUSED), seen="pogocache")

# HELLO with AUTH was not taken, so that rueidis could not log in.
case("rueidis.203", [
    ("HELLO 3 AUTH default any SETNAME me", M([("proto", 3)], more=True)),
    ("CLIENT GETNAME", "me")], seen="rueidis#203", splits=False)
# Lettuce reads these fields of HELLO.
case("kvrocks.2150", [
    ("HELLO 3", M([
        ("version", Re(rb"\d+\.\d+\.\d+.*")), ("role", "master"),
        ("modules", ListOf(ANY))], more=True))], seen="kvrocks#2150",
    splits=False)
# Clients fall back from HELLO on the word "unknown".
UNKNOWN = Shape(lambda reply: type(reply) is Err and
                b"unknown command" in reply.v, "an error that says unknown "
                "command")
for id in ("dragonfly.126", "lettuce.2455", "shotover.659"):
    case(id, [("HELLO1 3 AUTH default x", UNKNOWN), ("PING", PONG)],
         seen=id.replace(".", "#"), splits=False)
for id in ("pika.1244", "pika.1022"):
    case(id, [("NOPE", EP("ERR unknown command")), ("PING", PONG)],
         seen=id.replace(".", "#"), splits=False)


def tells_version(body):
    """redis_version of three numbers"""
    import re
    return re.search(rb"(?m)^redis_version:\d+\.\d+\.\d+\r$", body.v)


for id in ("kvrocks.1157", "dragonfly.4256", "dragonfly.4473"):
    case(id, [("INFO server", V("txt", Shape(tells_version))),
              ("INFO", V("txt", Shape(tells_version)))],
         seen=id.replace(".", "#"), splits=False)
# Error codes that clients tell apart.
case("dragonfly.2630", [
    ("RPUSH l a", 1), ("GET l", WRONGTYPE),
    ("NOPE", EP("ERR unknown command")),
    ("AUTH nouser x", EP("WRONGPASS ")), ("HELLO 9", EP("NOPROTO ")),
    ("EVALSHA ffffffffffffffffffffffffffffffffffffffff 0", EP("NOSCRIPT ")),
    ("XGROUP CREATE s g $ MKSTREAM", OK),
    ("XGROUP CREATE s g $", EP("BUSYGROUP ")),
    ("XREADGROUP GROUP h c STREAMS s >", EP("NOGROUP "))],
    seen="dragonfly#2630", level=SHOULD, splits=False,
    contexts=("plain", "pipelined", "bytewise", "split", "inline"))
