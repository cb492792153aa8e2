"""Requests byte for byte: what is sent, what comes back, and whether the
connection stays open. Each row goes out whole, one byte at a time, and cut
in two at every offset."""

import random
import re

import pytest

import servers
from proc import MIB, cpu, rss
from resp import Array, Bulk, Err, Late, Closed, Simple, encode

OPEN, CLOSED, WAITS = "open", "closed", "waits"
PING = encode("PING")
PROTOCOL_ERROR = re.compile(rb"-ERR Protocol error: [^\r\n]+\r\n\Z")


class row:
    """`sent` gets `reply`, then the connection is open and in sync, closed,
    or waits for the rest of a request: `then` is (more bytes, reply, end).

    may_refuse: redis skips bytes there without a look, or waits for ever;
    kv may answer with a protocol error and close instead.
    also: replies that are as good, where it depends on how the bytes arrive.
    half: the client closes its side after sending.
    needs: commands without which the row says nothing.
    alone: its replies depend on keys, so one connection at a time.
    """

    def __init__(self, id, sent, reply=b"", end=OPEN, then=None,
                 may_refuse=False, also=(), half=False, needs=(),
                 alone=False):
        self.id, self.sent, self.reply, self.end = id, sent, reply, end
        self.then, self.may_refuse, self.also = then, may_refuse, also
        self.half, self.needs, self.alone = half, needs, alone


def unknown(name, args=b""):
    return (b"-ERR unknown command '" + name +
            b"', with args beginning with: " + args + b"\r\n")


def protocol(text):
    return b"-ERR Protocol error: " + text + b"\r\n"


PONG = b"+PONG\r\n"
UNBALANCED = protocol(b"unbalanced quotes in request")
BAD_COUNT = protocol(b"invalid multibulk length")
BAD_LENGTH = protocol(b"invalid bulk length")
BIG_INLINE = protocol(b"too big inline request")
BIG_COUNT = protocol(b"too big mbulk count string")
BIG_LENGTH = protocol(b"too big bulk count string")
NOT_INT = b"-ERR value is not an integer or out of range\r\n"
ALL_BYTES = bytes(range(256))
GET_ARITY = b"-ERR wrong number of arguments for 'get' command\r\n"


def expected(got):
    return protocol(b"expected '$', got '" + got + b"'")


INLINE = [
    row("inl.crlf", b"PING\r\n", PONG),
    row("inl.lf", b"PING\n", PONG),
    row("inl.case", b"pInG\r\n", PONG),
    row("inl.empty", b"\r\n" + PING, PONG),
    row("inl.lfonly", b"\n" + PING, PONG),
    row("inl.spaces", b"   \r\nPING\r\n", PONG),
    row("inl.spaces+mb", b"   \r\n" + PING, PONG),
    row("inl.tabs+mb", b" \t\x0b\x0c\r\r\n" + PING, PONG),
    row("inl.blank-many", b"\r\n\n \n\r\n" * 5 + PING + b"\n\n" + PING,
        PONG * 2),
    row("inl.cr-nolf", b"PING\r", end=WAITS, then=(b"\n", PONG, OPEN)),
    row("inl.nothing", b"PIN", end=WAITS, then=(b"G\n", PONG, OPEN)),
    row("inl.pad", b"  PING \t \r\n", PONG),
    row("inl.vt-inside", b"ECHO a\x0b\x0cb\x0b\r\n",
        b"$5\r\na\x0b\x0cb\x0b\r\n"),
    row("inl.vt-before", b"\x0bECHO \x0c 'a'\x0b\r\n", b"$1\r\na\r\n"),
    row("inl.cr-inside", b"ECHO\ra\r\n", b"$1\r\na\r\n"),
    row("inl.cr-twice", b"ECHO a\r\r\n", b"$1\r\na\r\n"),
    row("inl.tab", b"ECHO\tx\r\n", b"$1\r\nx\r\n"),
    row("inl.dq", b'ECHO "a b"\r\n', b"$3\r\na b\r\n"),
    row("inl.sq", b"ECHO 'a b'\r\n", b"$3\r\na b\r\n"),
    row("inl.esc", b'ECHO "\\x41\\n\\t\\\\\\"\\q"\r\n',
        b'$6\r\nA\n\t\\"q\r\n'),
    row("inl.esc-rba", b'ECHO "\\r\\b\\a\\x00\\xfF"\r\n',
        b"$5\r\n\r\x08\x07\x00\xff\r\n"),
    row("inl.sqesc", b"ECHO 'a\\'b\\n'\r\n", b"$5\r\na'b\\n\r\n"),
    row("inl.dq-trail", b'ECHO "a"b\r\n' + PING, UNBALANCED, CLOSED),
    row("inl.dq-open", b'ECHO "a\r\n' + PING, UNBALANCED, CLOSED),
    row("inl.sq-open", b"ECHO 'a\r\n" + PING, UNBALANCED, CLOSED),
    row("inl.dq-backslash-end", b'ECHO "a\\"\r\n', UNBALANCED, CLOSED),
    row("inl.sq-trail", b"ECHO 'a'b\r\n", UNBALANCED, CLOSED),
    row("inl.quote-alone", b'"\r\n', UNBALANCED, CLOSED),
    row("inl.earlier-replies", b'PING\r\nPING\r\n"\r\nPING\r\n',
        PONG * 2 + UNBALANCED, CLOSED),
    row("inl.midquote", b'ECHO a"b c"\r\n', b"$4\r\nab c\r\n"),
    row("inl.emptyarg", b'ECHO ""\r\n', b"$0\r\n\r\n"),
    row("inl.emptyarg-sq", b"ECHO ''\r\n", b"$0\r\n\r\n"),
    row("inl.emptycmd", b'""\r\n', unknown(b"")),
    row("inl.badhex", b'ECHO "\\xZZ"\r\n', b"$3\r\nxZZ\r\n"),
    row("inl.badhex-short", b'ECHO "\\x4"\r\n', b"$2\r\nx4\r\n"),
    row("inl.backslash-bare", b"ECHO a\\nb\r\n", b"$4\r\na\\nb\r\n"),
    row("inl.nul", b"PI\x00NG\r\n", end=WAITS, may_refuse=True,
        then=(b"A" * 66000, BIG_INLINE, CLOSED)),
    row("inl.dollar", b"$4\r\nPING\r\n", unknown(b"$4") + PONG),
    row("inl.plus", b"+PING\r\n", unknown(b"+PING")),
    row("inl.colon", b":1\r\n", unknown(b":1")),
    row("inl.8bit", b"ECHO \xff\xfe\r\n", b"$2\r\n\xff\xfe\r\n"),
    row("inl.64k", b"A" * 65537, BIG_INLINE, CLOSED),
    row("inl.64k-exact", b"A" * 65536, end=WAITS,
        then=(b"\n", unknown(b"A" * 128), OPEN)),
    row("inl.64k-cr", b"A" * 65535 + b"\r", end=WAITS,
        then=(b"\n", unknown(b"A" * 128), OPEN)),
    # Executed where the whole line is there at once, refused where the first
    # 65,537 bytes are there before the end of the line.
    row("inl.64k-lf", b"ECHO " + b"A" * 70000 + b"\r\n",
        b"$70000\r\n" + b"A" * 70000 + b"\r\n",
        also=[BIG_INLINE]),
    # The first line may be answered where the second comes later.
    row("inl.http-get", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"", CLOSED, also=[GET_ARITY]),
    row("inl.http-post", b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"", CLOSED),
    row("inl.http-case", b"pOsT / HTTP/1.1\r\n" + PING, b"", CLOSED),
    row("inl.host-case", b"hOST: x\r\n" + PING, b"", CLOSED),
    row("inl.host-without-colon", b"host x\r\n" + PING,
        unknown(b"host", b"'x' ") + PONG),
    row("inl.host-glued", b"Host:x\r\n" + PING, unknown(b"Host:x") + PONG),
]

MULTIBULK = [
    row("mb.post", encode("POST", "/") + PING, b"", CLOSED),
    row("mb.host", encode("Host:", "x") + PING, b"", CLOSED),
    row("inl.after-mb", PING + b"PING\r\n" + PING, PONG * 3),
    row("mb.lf-only", b"*1\n$4\r\nPING\r\n", BAD_COUNT, CLOSED),
    row("mb.lf-only-bulk", b"*1\r\n$4\nPING\r\n", BAD_LENGTH, CLOSED),
    row("mb.crX", b"*1\rX$4\r\nPING\r\n", PONG, may_refuse=True),
    row("mb.bulk-crX", b"*1\r\n$4\rXPING\r\n", PONG, may_refuse=True),
    row("mb.hdr64k", b"*" + b"1" * 65600, BIG_COUNT, CLOSED),
    row("mb.hdr64k-exact", b"*" + b"1" * 65535, end=WAITS,
        then=(b"1", BIG_COUNT, CLOSED)),
    row("mb.hdr64k-end", b"*" + b"1" * 65535, end=WAITS,
        then=(b"\r\n", BAD_COUNT, CLOSED)),
    row("mb.nul", b"*\x00" + b"A" * 70000, BIG_COUNT, CLOSED,
        may_refuse=True),
] + [
    row("mb.len[%d]" % n, b"*%d\r\n" % n + PING, PONG) for n in (0, -1, -10)
] + [
    row("mb.len[%d]" % n, b"*%d\r\n" % n + PING, expected(b"*"), CLOSED)
    for n in (1048576, 1048577, 2147483647)
] + [
    row("mb.len[%s]" % n, b"*" + n.encode() + b"\r\n" + PING, BAD_COUNT,
        CLOSED)
    for n in ("", "abc", "+1", "01", "001", " 1", "1 ", "1.0", "0x1", "-0",
              "--1", "-", "2147483648", "3000000000", "9223372036854775807",
              "9223372036854775808", "99999999999999999999", "1" * 40)
]

BULKS = [
    row("bulk.len[%s]" % n, b"*1\r\n$" + n.encode() + b"\r\nPING\r\n" + PING,
        BAD_LENGTH, CLOSED)
    for n in ("-1", "-2", "-10", "", "abc", "+4", "04", " 4", "4 ", "4.0",
              "0x4", "-0", "-", "536870913", "2000000000", "4294967296",
              "4294967300", "9223372036854775807", "9223372036854775808",
              "18446744073709551620")
] + [
    row("bulk.len[536870912]", b"*1\r\n$536870912\r\nPING\r\n" + PING,
        end=WAITS),
    row("bulk.hdr[:]", b"*1\r\n:4\r\nPING\r\n" + PING, expected(b":"), CLOSED),
    row("bulk.hdr[+]", b"*1\r\n+PING\r\n" + PING, expected(b"+"), CLOSED),
    row("bulk.hdr[*]", b"*1\r\n*1\r\n" + PING, expected(b"*"), CLOSED),
    row("bulk.hdr[CR]", b"*1\r\n\r\n" + PING, expected(b" "), CLOSED),
    row("bulk.hdr[NUL]", b"*1\r\n\x00\r\n" + PING, end=WAITS, may_refuse=True,
        then=(b"A" * 66000, BIG_LENGTH, CLOSED)),
    row("bulk.hdr[f]", b"*1\r\nfoo\r\n" + PING, expected(b"f"), CLOSED),
    row("bulk.hdr[_]", b"*1\r\n_\r\n" + PING, expected(b"_"), CLOSED),
    row("bulk.hdr[LF]", b"*1\r\n\n\r\n" + PING, expected(b" "), CLOSED),
    row("bulk.hdr[quote]", b"*1\r\n'\r\n" + PING, expected(b"'"), CLOSED),
    row("bulk.hdr[0xff]", b"*1\r\n\xff\r\n" + PING, expected(b"\xff"),
        CLOSED),
    row("bulk.hdr2[f]", b"*2\r\n$4\r\nECHO\r\nfoo\r\n" + PING, expected(b"f"),
        CLOSED),
    row("bulk.hdr64k", b"*1\r\n$" + b"1" * 65600, BIG_LENGTH, CLOSED),
    row("bulk.hdr64k-exact", b"*1\r\n$" + b"1" * 65535, end=WAITS,
        then=(b"1", BIG_LENGTH, CLOSED)),
    row("bulk.notrail", b"*1\r\n$4\r\nPINGxx" + PING, PONG * 2,
        may_refuse=True),
    row("bulk.notrail-lf", b"*1\r\n$4\r\nPING\n\n" + PING, PONG * 2,
        may_refuse=True),
    # The G stands where CR should be.
    row("bulk.short", b"*1\r\n$3\r\nPING\r\n" + PING, may_refuse=True,
        reply=unknown(b"PIN") + PONG),
    row("bulk.long", b"*1\r\n$6\r\nPING\r\n", end=WAITS,
        then=(b"\r\n", unknown(b"PING  "), OPEN)),
    row("bulk.long2", b"*1\r\n$6\r\nPING\r\n" + PING, may_refuse=True,
        reply=unknown(b"PING  ") + unknown(b"$4") + PONG),
    row("bulk.empty-cmd", b"*1\r\n$0\r\n\r\n" + PING, unknown(b"") + PONG),
    row("bulk.empty-arg", encode("ECHO", ""), b"$0\r\n\r\n"),
    row("bulk.nul-cmd", encode(b"PI\0NG") + PING, unknown(b"PI") + PONG),
    row("bulk.nul-cmd2", encode(b"PING\0") + PING, unknown(b"PING") + PONG),
    row("bulk.bin-arg", encode("ECHO", ALL_BYTES),
        b"$256\r\n" + ALL_BYTES + b"\r\n"),
    row("bulk.crlf-cmd", encode(b"a\r\nb") + PING, unknown(b"a  b") + PONG),
    row("bulk.cmd-crlf-end", encode(b"GET\r\n") + PING,
        unknown(b"GET  ") + PONG),
]

RESP3 = [
    row("resp3.req-map", b"%1\r\n$4\r\nPING\r\n$1\r\na\r\n",
        unknown(b"%1") + unknown(b"$4") + PONG + unknown(b"$1") +
        unknown(b"a")),
    row("resp3.req-null", b"_\r\n", unknown(b"_")),
    row("resp3.req-attr", b"|1\r\n$1\r\na\r\n$1\r\nb\r\n" + PING,
        unknown(b"|1") + unknown(b"$1") + unknown(b"a") + unknown(b"$1") +
        unknown(b"b") + PONG),
    row("resp3.req-push", b">1\r\n" + PING, unknown(b">1") + PONG),
    row("resp3.req-set", b"~1\r\n" + PING, unknown(b"~1") + PONG),
    row("resp3.streamed", b"*?\r\n$4\r\nPING\r\n.\r\n", BAD_COUNT, CLOSED),
    row("resp3.streamedstr", b"*1\r\n$?\r\n;4\r\nPING\r\n;0\r\n", BAD_LENGTH,
        CLOSED),
]

PIPES = [
    row("pipe.err-mid", PING + b"*1\r\nfoo\r\n" + PING,
        PONG + expected(b"f"), CLOSED),
    row("pipe.unknown-mid", PING + encode("NOPE") + PING,
        PONG + unknown(b"NOPE") + PONG),
    row("pipe.mixed", b"PING\r\n" + PING + b"\r\n*0\r\nECHO x\n" + PING,
        PONG * 2 + b"$1\r\nx\r\n" + PONG),
    row("half-close", PING, PONG, CLOSED, half=True),
    row("half-close-partial", PING + b"*2\r\n$4\r\nEC", PONG, CLOSED,
        half=True),
    row("half-close-inline", PING + b"PING", PONG, CLOSED, half=True),
    row("half-close-empty", b"", b"", CLOSED, half=True),
    row("half-close-many", PING * 10 + b"*", PONG * 10, CLOSED, half=True),
    row("frag", encode("ECHO", "hello") + b"PING\r\n",
        b"$5\r\nhello\r\n" + PONG),
    row("quit.pipe", encode("QUIT") + PING, b"+OK\r\n", CLOSED),
    row("quit.args", encode("QUIT", "x") + PING, b"+OK\r\n", CLOSED),
    row("quit.inline", b"PING\r\nquit\r\nPING\r\n", PONG + b"+OK\r\n",
        CLOSED),
    row("reset.pipe", encode("RESET") + PING, b"+RESET\r\n" + PONG),
]

A = b"a"
ERRORS = [
    row("err.unknown", encode("nope"), unknown(b"nope")),
    row("err.unknown-args", encode("nope", "a", "b", "c"),
        unknown(b"nope", b"'a' 'b' 'c' ")),
    row("err.unknown-long", encode("n" * 300, "m" * 300),
        unknown(b"n" * 128, b"'" + b"m" * 128 + b"' ")),
    row("err.unknown-127", encode("n" * 127), unknown(b"n" * 127)),
    row("err.unknown-129", encode("n" * 129, "a"),
        unknown(b"n" * 128, b"'a' ")),
    row("err.args-128", encode("x", A * 128, "b"),
        unknown(b"x", b"'" + A * 128 + b"' ")),
    row("err.args-124", encode("x", A * 124, "bcd"),
        unknown(b"x", b"'" + A * 124 + b"' 'b' ")),
    row("err.args-125", encode("x", A * 125, "bcd"),
        unknown(b"x", b"'" + A * 125 + b"' ")),
    row("err.args-3x60", encode("x", "a" * 60, "b" * 60, "c" * 60),
        unknown(b"x", b"'" + A * 60 + b"' '" + b"b" * 60 + b"' 'cc' ")),
    row("err.args-many", encode("x", *["a"] * 100),
        unknown(b"x", b"'a' " * 32)),
    row("err.args-empty", encode("", "", "c"), unknown(b"", b"'' 'c' ")),
    row("err.args-nul", encode("x", b"a\0b", "c"),
        unknown(b"x", b"'a' 'c' ")),
    row("err.args-8bit", encode("x", b"\xc3\xa9\xff"),
        unknown(b"x", b"'\xc3\xa9\xff' ")),
    row("err.unknown-crlf", encode("no\r\npe", "a\r\nb"),
        unknown(b"no  pe", b"'a  b' ")),
    row("err.unknown-only-crlf", encode("\r\n", "\n"),
        unknown(b"  ", b"' ' ")),
    row("err.unknown-only-nul", encode(b"\0"), unknown(b"")),
    row("err.arity", encode("GET"), GET_ARITY),
    row("err.arity-case", encode("gEt"), GET_ARITY),
    row("err.ping3", encode("PING", "a", "b"),
        b"-ERR wrong number of arguments for 'ping' command\r\n"),
    row("err.subcmd-arity", encode("CLIENT", "SETNAME"),
        b"-ERR wrong number of arguments for 'client|setname' command\r\n"),
    row("err.objsub", encode("OBJECT", "NOPE", "x"),
        b"-ERR unknown subcommand 'NOPE'. Try OBJECT HELP.\r\n"),
] + [
    row("err.subcmd-none[%s]" % name, encode(name),
        b"-ERR wrong number of arguments for '%s' command\r\n" %
        name.lower().encode())
    for name in ("CLIENT", "CONFIG", "OBJECT", "MEMORY", "CLUSTER", "MODULE",
                 "DEBUG")
] + [
    row("err.subcmd%s[%s]" % (tag, name), encode(name, sub),
        b"-ERR unknown subcommand '%s'. Try %s HELP.\r\n" % (
            shown, name.encode()))
    for name in ("CLIENT", "CONFIG", "OBJECT", "COMMAND", "MEMORY", "CLUSTER",
                 "MODULE")
    for tag, sub, shown in (
        ("", b"NOPE", b"NOPE"), ("-crlf", b"a\r\nb", b"a  b"),
        ("-nul", b"a\0b", b"a"), ("-long", b"x" * 200, b"x" * 128))
] + [
    row("err.debug-sub%s" % tag, encode("DEBUG", sub),
        b"-ERR unknown subcommand or wrong number of arguments for '%s'. "
        b"Try DEBUG HELP.\r\n" % shown)
    for tag, sub, shown in (
        ("", b"NOPE", b"NOPE"), ("-crlf", b"a\r\nb", b"a  b"),
        ("-nul", b"a\0b", b"a"), ("-long", b"x" * 200, b"x" * 128))
] + [
    row("echoed." + "-".join(w.decode().lower() for w in words) + tag,
        encode(*words, said), text % shown + b"\r\n")
    for words, text, cut in (
        ((b"HELLO", b"3"), b"-ERR Syntax error in HELLO option '%s'", 0),
        ((b"CLIENT", b"KILL", b"TYPE"), b"-ERR Unknown client type '%s'", 0),
        ((b"CLIENT", b"LIST", b"TYPE"), b"-ERR Unknown client type '%s'", 0),
        ((b"CLIENT", b"KILL", b"USER"), b"-ERR No such user '%s'", 0))
    for tag, said, shown in (
        ("", b"NOPE", b"NOPE"), (".crlf", b"a\r\nb", b"a  b"),
        (".nul", b"a\0b", b"a"), (".long", b"x" * 300, b"x" * 300))
] + [
    row("echoed.config-set" + tag, encode("CONFIG", "SET", said, "1"),
        b"-ERR Unknown option or number of arguments for CONFIG SET - '%s'"
        b"\r\n" % shown)
    for tag, said, shown in (
        ("", b"NOPE", b"NOPE"), (".crlf", b"a\r\nb", b"a  b"),
        (".nul", b"a\0b", b"a"), (".long", b"x" * 300, b"x" * 300))
] + [
    row("err.notint",
        encode("SET", "fr:s", "abc") + encode("INCR", "fr:s") +
        encode("DECR", "fr:s") + encode("INCRBY", "fr:s", "1") +
        encode("INCRBY", "fr:s", "x") + encode("DECRBY", "fr:s", "1.0") +
        encode("INCRBYFLOAT", "fr:s", "1") + encode("GETRANGE", "fr:s", "a",
                                                    "1") +
        encode("SETRANGE", "fr:s", "a", "x") + encode("EXPIRE", "fr:s", "x") +
        encode("SET", "fr:s", "v", "EX", "x") + encode("SELECT", "x") + PING,
        b"+OK\r\n" + NOT_INT * 5 + b"-ERR value is not a valid float\r\n" +
        NOT_INT * 5 + PONG, alone=True),
    row("err.overflow",
        encode("SET", "fr:n", str(2**63 - 1)) + encode("INCR", "fr:n") +
        encode("DECRBY", "fr:n", str(-2**63)) + PING,
        b"+OK\r\n-ERR increment or decrement would overflow\r\n"
        b"-ERR decrement would overflow\r\n" + PONG, alone=True),
    row("err.wrongtype",
        encode("DEL", "fr:l") + encode("RPUSH", "fr:l", "a") +
        encode("GET", "fr:l") + encode("INCR", "fr:l") +
        encode("APPEND", "fr:l", "x") + PING + encode("DEL", "fr:l"),
        b":0\r\n:1\r\n" +
        3 * (b"-WRONGTYPE Operation against a key holding the wrong kind of "
             b"value\r\n") + PONG + b":1\r\n", needs=("rpush",), alone=True),
    row("err.multi",
        encode("EXEC") + encode("DISCARD") + encode("MULTI") +
        encode("MULTI") + encode("WATCH", "a") + PING + encode("EXEC"),
        b"-ERR EXEC without MULTI\r\n-ERR DISCARD without MULTI\r\n+OK\r\n"
        b"-ERR MULTI calls can not be nested\r\n"
        b"-ERR WATCH inside MULTI is not allowed\r\n"
        b"+QUEUED\r\n*1\r\n+PONG\r\n", needs=("multi",)),
    row("err.multi2",
        encode("MULTI") + encode("NOPE") + PING + encode("EXEC") + PING,
        b"+OK\r\n" + unknown(b"NOPE") + b"+QUEUED\r\n"
        b"-EXECABORT Transaction discarded because of previous errors.\r\n" +
        PONG, needs=("multi",)),
    row("err.multi3",
        encode("MULTI") + encode("SET", "fr:mk", "v") +
        encode("INCR", "fr:mk") + PING + encode("EXEC") +
        encode("DEL", "fr:mk"),
        b"+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n" +
        NOT_INT + PONG + b":1\r\n", needs=("multi",), alone=True),
    row("multi.empty", encode("MULTI") + encode("EXEC"), b"+OK\r\n*0\r\n",
        needs=("multi",)),
    row("multi.sub",
        encode("MULTI") + encode("SUBSCRIBE", "x") + encode("EXEC") +
        encode("RESET"),
        b"+OK\r\n+QUEUED\r\n*1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n"
        b"+RESET\r\n", needs=("multi", "subscribe")),
]

NOAUTH = b"-NOAUTH Authentication required.\r\n"
WRONGPASS = (b"-WRONGPASS invalid username-password pair or user is "
             b"disabled.\r\n")
HELLO_NOAUTH = (
    b"-NOAUTH HELLO must be called with the client already authenticated, "
    b"otherwise the HELLO AUTH <user> <pass> option can be used to "
    b"authenticate the client and select the RESP protocol version at the "
    b"same time\r\n")

# To a server with `requirepass pw`, before AUTH.
LOCKED = [
    row("unauth.get", encode("GET", "k"), NOAUTH),
    row("unauth.ping", PING, NOAUTH),
    row("unauth.echo", encode("ECHO", "x"), NOAUTH),
    row("unauth.mb10", b"*10\r\n", end=WAITS),
    row("unauth.mb11", b"*11\r\n" + PING,
        protocol(b"unauthenticated multibulk length"), CLOSED),
    row("unauth.mb-bad", b"*01\r\n" + PING, BAD_COUNT, CLOSED),
    row("unauth.mb-int-max", b"*2147483648\r\n" + PING, BAD_COUNT, CLOSED),
    row("unauth.b16384", encode(b"A" * 16384), unknown(b"A" * 128)),
    row("unauth.b16385", encode(b"A" * 16385),
        protocol(b"unauthenticated bulk length"), CLOSED),
    row("unauth.b-bad", b"*1\r\n$536870913\r\n", BAD_LENGTH, CLOSED),
    row("unauth.hello3", encode("HELLO", "3"), HELLO_NOAUTH),
    row("unauth.hello", encode("HELLO"), HELLO_NOAUTH),
    row("unauth.hello-name", encode("HELLO", "3", "SETNAME", "x"),
        HELLO_NOAUTH),
    row("unauth.hello9", encode("HELLO", "9"),
        b"-NOPROTO unsupported protocol version\r\n"),
    row("unauth.hello-abc", encode("HELLO", "abc"),
        b"-ERR Protocol version is not an integer or out of range\r\n"),
    row("unauth.hello-option", encode("HELLO", "3", "FOO"),
        b"-ERR Syntax error in HELLO option 'FOO'\r\n"),
    row("unauth.hello-wrong",
        encode("HELLO", "3", "AUTH", "default", "bad") + encode("GET", "k"),
        WRONGPASS + NOAUTH),
    row("unauth.badauth", encode("AUTH", "bad"), WRONGPASS),
    row("unauth.badauth2", encode("AUTH", "default", "bad"), WRONGPASS),
    row("unauth.baduser", encode("AUTH", "nobody", "pw"), WRONGPASS),
    row("unauth.emptyauth", encode("AUTH", ""), WRONGPASS),
    row("unauth.nulauth", encode("AUTH", b"pw\0"), WRONGPASS),
    row("unauth.auth3", encode("AUTH", "a", "b", "c"),
        b"-ERR syntax error\r\n"),
    row("unauth.quit", encode("QUIT") + PING, b"+OK\r\n", CLOSED),
    row("unauth.reset", encode("RESET"), b"+RESET\r\n"),
    row("unauth.nope", encode("NOPE"), unknown(b"NOPE")),
    row("unauth.arity", encode("GET"), GET_ARITY),
    row("unauth.subcmd", encode("CLIENT", "NOPE"),
        b"-ERR unknown subcommand 'NOPE'. Try CLIENT HELP.\r\n"),
    row("unauth.subarity", encode("CLIENT", "SETNAME"),
        b"-ERR wrong number of arguments for 'client|setname' command\r\n"),
    row("unauth.command", encode("COMMAND"), NOAUTH),
    row("unauth.client-id", encode("CLIENT", "ID"), NOAUTH),
    row("unauth.shutdown", encode("SHUTDOWN"), NOAUTH),
    row("unauth.debug", encode("DEBUG", "SLEEP", "0"), NOAUTH),
    row("unauth.inline64k", b"A" * 65537, BIG_INLINE, CLOSED),
    row("unauth.post", b"POST / HTTP/1.1\r\n" + PING, b"", CLOSED),
    row("unauth.multi", encode("MULTI"), NOAUTH, needs=("multi",)),
    row("unauth.sub", encode("SUBSCRIBE", "x"), NOAUTH, needs=("subscribe",)),
    row("unauth.then-auth-pipe", encode("AUTH", "pw") + encode("GET", "nokey"),
        b"+OK\r\n$-1\r\n"),
    row("unauth.auth-lifts-limits",
        encode("AUTH", "pw") + encode("EXISTS", *["nokey"] * 20),
        b"+OK\r\n:0\r\n"),
    row("unauth.bad-after-good",
        encode("AUTH", "pw") + encode("AUTH", "bad") + encode("GET", "nokey"),
        b"+OK\r\n" + WRONGPASS + b"$-1\r\n"),
    row("unauth.reset-logs-out",
        encode("AUTH", "pw") + encode("RESET") + encode("GET", "nokey"),
        b"+OK\r\n+RESET\r\n" + NOAUTH),
    row("unauth.hello-option-late",
        encode("HELLO", "3", "AUTH", "default", "pw", "FOO") + PING,
        b"-ERR Syntax error in HELLO option 'FOO'\r\n" + PONG),
]

AUTH_OPEN = [
    row("auth.nopass", encode("AUTH", "x"),
        b"-ERR AUTH <password> called without any password configured for "
        b"the default user. Are you sure your configuration is correct?\r\n"),
    row("auth.nopass2", encode("AUTH", "default", "x"), b"+OK\r\n"),
    row("auth.nouser", encode("AUTH", "nouser", "x"), WRONGPASS),
]

ROWS = (INLINE + MULTIBULK + BULKS + RESP3 + PIPES + ERRORS + AUTH_OPEN)


# ---- exchanging a row ----------------------------------------------------

def exchange(server, row, deliver):
    if deliver == "split":
        return exchange_split(server, row)
    with server.connect() as c:
        if deliver == "bytewise":
            step = 1 + len(row.sent) // 4096
            for i in range(0, len(row.sent), step):
                c.send(row.sent[i:i + step])
        else:
            c.send(row.sent)
        check(server, c, row)


def exchange_split(server, row):
    """One connection for every offset; the server has read all first parts
    before it gets the second ones."""
    conns = []
    try:
        for i in range(1, len(row.sent)):
            conns.append(server.connect())
            conns[-1].send(row.sent[:i])
        barrier(server)
        for i, c in enumerate(conns, 1):
            c.send(row.sent[i:])
        for i, c in enumerate(conns, 1):
            try:
                check(server, c, row)
            except Exception:
                print("cut after %r" % row.sent[:i])
                raise
    finally:
        for c in conns:
            c.close()


def barrier(server):
    """Returns when the server has seen what was sent to it before."""
    with server.connect() as c:
        c.cmd("PING")
        c.cmd("PING")


def check(server, c, row):
    if row.half:
        c.shutdown()
    if row.may_refuse and server.kind == "kv":
        refused_or_same(c, row)
        return
    if row.end == CLOSED:
        assert c.read_until_close() in (row.reply,) + tuple(row.also)
        return
    got = take(c, len(row.reply))
    if got in row.also:
        return
    assert got == row.reply
    if row.end == OPEN:
        in_sync(c)
    else:
        check_waits(server, c, row)


def check_waits(server, c, row):
    """The server wants more bytes: it says nothing and does not close."""
    barrier(server)
    if not row.then:
        c.shutdown()
        assert c.read_until_close() == b""
        return
    more, reply, end = row.then
    c.send(more)
    if end == CLOSED:
        assert c.read_until_close() == reply
    else:
        assert take(c, len(reply)) == reply
        in_sync(c)


def in_sync(c):
    """Nothing more comes, and the next request is understood, with or
    without a password."""
    c.send(encode("NOPE", "fence"))
    want = unknown(b"NOPE", b"'fence' ")
    assert take(c, len(want)) == want


def take(c, n):
    """n bytes, or what there is when the server closes or gets late."""
    got = b""
    try:
        while len(got) < n:
            got += c.read_raw(1)
            got += c.parser.take(n - len(got))
    except (Late, Closed):
        pass
    return got


def refused_or_same(c, row):
    """For kv: redis's reply, or a protocol error and nothing else."""
    if row.then:
        c.send(row.then[0])
    try:
        c.shutdown()
    except OSError:     # closed by the server
        pass
    got = c.read_until_close()
    assert (got == row.reply + (row.then[1] if row.then else b"")
            or PROTOCOL_ERROR.match(got)), got


@pytest.fixture(scope="module")
def locked_servers():
    running = {}
    yield running
    for server in running.values():
        server.stop()


@pytest.fixture
def locked(server, locked_servers):
    """A server with a password, shared by the tests of this file."""
    if server.kind not in locked_servers:
        locked_servers[server.kind] = servers.Server(
            server.kind, "--requirepass", "pw")
    return locked_servers[server.kind]


def deliveries(rows):
    return [pytest.param(r, how, id="%s-%s" % (r.id, how))
            for r in rows for how in ("whole", "bytewise", "split")
            if how == "whole" or len(r.sent) > 1 and (
                how != "split" or len(r.sent) < 200 and not r.alone)]


def need(server, row):
    with server.connect() as c:
        for name in row.needs:
            if len(c.cmd("COMMAND", "INFO", name).v[0].v or ()) == 0:
                pytest.skip("no command " + name.upper())


@pytest.mark.parametrize("row,how", deliveries(ROWS))
def test_row(server, row, how):
    need(server, row)
    exchange(server, row, how)


@pytest.mark.parametrize("row,how", deliveries(LOCKED))
def test_locked(server, locked, row, how):
    need(server, row)
    exchange(locked, row, how)


def test_ids_are_unique():
    ids = [r.id for r in ROWS + LOCKED]
    assert len(ids) == len(set(ids))


# ---- closing -------------------------------------------------------------

@pytest.mark.only("kv", why="redis drops what the socket does not take at "
                  "once")
def test_half_close_sends_everything_owed(server):
    """Complete requests are answered in full after the client's FIN."""
    value = b"v" * 100000
    with server.connect() as c:
        c.cmd("SET", "fr:big", value)
        c.send(encode("GET", "fr:big") * 50 + b"*2\r\n$3\r\nGET\r\n$6\r\nfr:")
        c.shutdown()
        assert c.read_until_close() == b"$100000\r\n%s\r\n" % value * 50


def test_quit_sends_everything_owed(server):
    value = b"v" * 100000
    with server.connect() as c:
        c.cmd("SET", "fr:big", value)
        c.send(encode("GET", "fr:big") * 50 + encode("QUIT") +
               encode("SET", "fr:after-quit", "x"))
        assert (c.read_until_close() ==
                b"$100000\r\n%s\r\n" % value * 50 + b"+OK\r\n")
    with server.connect() as c:
        assert c.cmd("EXISTS", "fr:after-quit").v == 0


def test_protocol_error_sends_everything_owed(server):
    value = b"v" * 100000
    with server.connect() as c:
        c.cmd("SET", "fr:big", value)
        c.send(encode("GET", "fr:big") * 20 + b"*1\r\nx" +
               encode("SET", "fr:after-error", "x"))
        assert (c.read_until_close() ==
                b"$100000\r\n%s\r\n" % value * 20 + expected(b"x"))
    with server.connect() as c:
        assert c.cmd("EXISTS", "fr:after-error").v == 0


@pytest.mark.parametrize("word", ["POST", "post", "Host:", "hOSt:"])
@pytest.mark.parametrize("form", ["inline", "multibulk"])
def test_nothing_runs_after_an_http_request(server, word, form):
    """A browser cannot be made to send commands. Replies to what came before
    may be lost."""
    first = (encode(word, "/") if form == "multibulk"
             else word.encode() + b" / HTTP/1.1\r\n")
    with server.connect() as c:
        c.cmd("DEL", "fr:http")
        c.send(PING + first + encode("SET", "fr:http", "x"))
        assert c.read_until_close() in (b"", PONG)
    with server.connect() as c:
        assert c.cmd("EXISTS", "fr:http").v == 0


# ---- limits --------------------------------------------------------------

def test_proto_max_bulk_len(server, start):
    s = start(server.kind, "--proto-max-bulk-len", "1mb")
    with s.connect() as c:
        c.send(encode("ECHO", b"x" * MIB))
        assert c.read() == Bulk(b"x" * MIB)
        c.send(b"*2\r\n$4\r\nECHO\r\n$1048577\r\n")
        assert c.read_until_close() == BAD_LENGTH
    with s.connect() as c:
        assert c.cmd("CONFIG", "SET", "proto-max-bulk-len", "2mb").v == b"OK"
        c.send(b"*2\r\n$4\r\nECHO\r\n$2097153\r\n")
        assert c.read_until_close() == BAD_LENGTH
    with s.connect() as c:
        c.cmd("SET", "k", b"x" * (2 * MIB))
        text = ("ERR string exceeds maximum allowed size "
                "(proto-max-bulk-len)")
        assert c.cmd("APPEND", "k", "x") == Err(text)
        assert c.cmd("SETRANGE", "k", 2 * MIB, "x") == Err(text)
        assert c.cmd("STRLEN", "k").v == 2 * MIB


def test_query_buffer_limit(server, start):
    """More than client-query-buffer-limit without a complete request ends
    the connection without a reply; others go on."""
    s = start(server.kind, "--client-query-buffer-limit", "1mb")
    with s.connect() as other, s.connect() as c:
        assert other.cmd("PING") == Simple("PONG")
        c.send(b"*1\r\n$2000000\r\n" + b"x" * 1900000)
        assert c.read_until_close() == b""
        assert other.cmd("PING") == Simple("PONG")


@pytest.mark.parametrize("head", [
    b"*1\r\n$536870912\r\n", b"*2\r\n$4\r\nECHO\r\n$536870912\r\n",
    b"*2147483647\r\n$4\r\nMSET\r\n", b"*1000000\r\n", b"*536870912\r\n$1\r\n",
], ids=["bulk", "echo", "int-max-args", "million-args", "many-args"])
def test_announced_but_not_sent(server, start, head):
    """Memory grows with what arrives, not with what is announced: eight
    connections announce gigabytes and send about a kilobyte each."""
    s = start(server.kind)
    with s.connect() as c:
        c.cmd("PING")
        before, sent, conns = rss(s), 0, []
        for _ in range(8):
            conns.append(s.connect())
            more = b"x" * 1000 if b"$53" in head else b"$1\r\na\r\n" * 150
            conns[-1].send(head + more)
            sent += len(head + more)
        barrier(s)
        assert rss(s) - before < MIB + sent
        for other in conns:
            other.close()
        assert c.cmd("PING") == Simple("PONG")


def test_ten_thousand_arguments(server):
    with server.connect() as c:
        keys = ["fr:%d" % i for i in range(9999)]
        assert c.cmd("DEL", *keys).v >= 0
        assert c.cmd("MSET", *[x for k in keys for x in (k, "v")]).v == b"OK"
        assert c.cmd("EXISTS", *keys).v == 9999
        assert c.cmd("MGET", *keys) == Array([Bulk("v")] * 9999)
        assert c.cmd("ECHO", *keys) == Err(
            "ERR wrong number of arguments for 'echo' command")
        assert c.cmd("UNLINK", *keys).v == 9999
        assert c.fence() == []


def test_a_million_arguments_in_pieces(server):
    """MSET with a million arguments comes in pieces of 1,000 bytes: time
    grows with the bytes, not with their square."""
    def seconds(pairs):
        request = b"*%d\r\n$4\r\nMSET\r\n" % (1 + 2 * pairs)
        pair = b"".join(b"$5\r\nfr:%02d\r\n$1\r\nv\r\n" % i
                        for i in range(100))
        request += pair * (pairs // 100)
        began = cpu(server)
        with server.connect() as c:
            for i in range(0, len(request), 1000):
                c.send(request[i:i + 1000])
            assert c.read(30) == Simple("OK")
        return cpu(server) - began

    quarter, whole = seconds(125000), seconds(500000)
    assert whole < 8 * quarter + 0.3, (quarter, whole)


def test_a_big_argument_in_pieces(server):
    """The same for one argument of 16 MiB."""
    def seconds(size):
        request = encode("ECHO", b"x" * size)
        began = cpu(server)
        with server.connect(timeout=30) as c:
            for i in range(0, len(request), 4000):
                c.send(request[i:i + 4000])
            assert len(c.read().v) == size
        return cpu(server) - began

    quarter, whole = seconds(4 * MIB), seconds(16 * MIB)
    assert whole < 8 * quarter + 0.3, (quarter, whole)


# ---- inline quoting ------------------------------------------------------

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


PIECES = [
    b'"', b"'", b"\\", b" ", b"\t", b"\r", b"\x0b", b"\x0c", b"x", b"a", b"bc",
    b"\\x41", b"\\xZ1", b"\\x0", b'\\"', b"\\'", b"\\n", b"\\r", b"\\t",
    b"\\\\", b'""', b"''", b'" "', b"' '", b"0", b"$1", b"*1", b"{", b"\x01",
    b"\x1c", b"\x85", b"\xa0", b"\xff"]


def random_line(rng):
    """Half of the lines are likely to be balanced."""
    if rng.random() < 0.5:
        words = []
        for _ in range(rng.randrange(1, 5)):
            inside = b"".join(rng.choice(PIECES)
                              for _ in range(rng.randrange(4)))
            quote = rng.choice([b'"', b"'"])
            words.append(quote + inside.replace(quote, b"") + quote)
        return rng.choice([b" ", b"\t", b"  "]).join(words)
    return b"".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 12)))


def test_inline_grammar(server):
    """2,000 random lines; the server must find the same arguments in each,
    or refuse it. COMMAND GETKEYS DEL gives the arguments back."""
    rng = random.Random(7)
    good, bad = [], []
    for _ in range(2000):
        line = random_line(rng)
        args = split_args(line)
        (bad if args is None else good).append((line, args))
    assert len(good) > 500 and len(bad) > 300
    with server.connect(timeout=20) as c:
        c.send(b"".join(b"COMMAND GETKEYS DEL " + line + b"\r\n"
                        for line, _ in good))
        for line, args in good:
            want = Array([Bulk(a) for a in args]) if args else Err(
                "ERR wrong number of arguments for 'command|getkeys' command")
            assert c.read() == want, line
        assert c.fence() == []
    for i in range(0, len(bad), 200):
        conns = []
        for line, _ in bad[i:i + 200]:
            conns.append(server.connect())
            conns[-1].send(b"COMMAND GETKEYS DEL " + line + b"\n" + PING)
        for c, (line, _) in zip(conns, bad[i:i + 200]):
            with c:
                assert c.read_until_close() == UNBALANCED, line
