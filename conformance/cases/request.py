"""Pipelines and the life of a connection; what the request modules share."""

from conformance.cases import *  # noqa: F403

PING = encode("PING")
MIB = 1 << 20
# What a server may say where Redis skips bytes without a look.
REFUSED = EP("ERR Protocol error: ")


def unknown(name, args=b""):
    return E(b"ERR unknown command '" + name +
             b"', with args beginning with: " + args)


def protocol(text):
    return E(b"ERR Protocol error: " + text)


def got_instead(byte):
    return protocol(b"expected '$', got '" + byte + b"'")


UNBALANCED = protocol(b"unbalanced quotes in request")
BAD_COUNT = protocol(b"invalid multibulk length")
BAD_LENGTH = protocol(b"invalid bulk length")
BIG_INLINE = protocol(b"too big inline request")
BIG_COUNT = protocol(b"too big mbulk count string")
BIG_LENGTH = protocol(b"too big bulk count string")


def replies(raw, *wants):
    """Steps: one sending, so many replies."""
    return [(raw, wants[0])] + [(b"", want) for want in wants[1:]]


def refused(raw, error, *before):
    """Steps: replies, an error, the end; nothing after it is executed."""
    return replies(raw, *before, error, CLOSED)


def waits(part, rest, *wants):
    """Steps: no reply before the rest is there."""
    return [(part, BLOCKED)] + replies(rest, *wants)


def same_or_refused(raw, *wants):
    """A script: what Redis does, or a protocol error and the end."""
    def script():
        sent = raw
        for want in wants:
            reply = yield sent, OneOf(want, REFUSED)
            sent = b""
            if isinstance(reply, Err) and reply.v.startswith(
                    b"ERR Protocol error"):
                yield b"", CLOSED
                return
    return script


def unchecked(case, name, raw, *wants, **how):
    """Two cases for bytes that Redis skips without a look: it may be done
    as Redis does it; it must be that or a refusal."""
    case(name + ".as-redis", replies(raw, *wants), level=MAY, **how)
    case.script(name + ".same-or-refused", **how)(
        same_or_refused(raw, *wants))


# ---- pipelines -----------------------------------------------------------

case = area("request.pipeline", splits=True)

case("two", replies(PING * 2, PONG, PONG))
case("inline-after-multibulk", replies(
    PING + b"PING\r\n" + PING, PONG, PONG, PONG))
case("multibulk-after-inline", replies(
    b"PING\r\n" + PING + b"PING\n" + PING, PONG, PONG, PONG, PONG))
case("mixed", replies(
    b"PING\r\n" + PING + b"\r\n*0\r\nECHO x\n" + PING,
    PONG, PONG, "x", PONG))
case("fragments", replies(
    encode("ECHO", "hello") + b"PING\r\n", "hello", PONG))
case("unknown-in-the-middle", replies(
    PING + encode("NOPE") + PING, PONG, unknown(b"NOPE"), PONG))
case("arity-in-the-middle", replies(
    PING + encode("GET") + PING, PONG, arity("get"), PONG))
case("error-in-the-middle", refused(
    PING + b"*1\r\nfoo\r\n" + PING, got_instead(b"f"), PONG))
case("error-after-inline", refused(
    b'PING\r\nPING\r\n"\r\nPING\r\n', UNBALANCED, PONG, PONG))
case("error-after-error", refused(
    encode("NOPE") + b"*x\r\n*y\r\n", BAD_COUNT, unknown(b"NOPE")))
case("order-of-replies", replies(
    b"".join(encode("ECHO", "%d" % i) for i in range(12)),
    *["%d" % i for i in range(12)]))
case("cut-across-two", waits(
    encode("ECHO", "a")[:-1], b"\n" + encode("ECHO", "b")[:9] +
    encode("ECHO", "b")[9:], "a", "b"))
case("second-waits", [
    (PING + encode("ECHO", "x")[:-3], PONG), (b"", BLOCKED),
    (encode("ECHO", "x")[-3:], "x")])
case("writes-then-reads", replies(
    encode("SET", "k", "a") + encode("APPEND", "k", "b") +
    encode("GET", "k") + encode("DEL", "k") + encode("GET", "k"),
    OK, 2, "ab", 1, NIL), needs=("SET", "APPEND", "GET", "DEL"))
case("not-an-integer", replies(
    b"".join([
        encode("SET", "s", "abc"), encode("INCR", "s"), encode("DECR", "s"),
        encode("INCRBY", "s", "1"), encode("INCRBY", "s", "x"),
        encode("DECRBY", "s", "1.0"), encode("INCRBYFLOAT", "s", "1"),
        encode("GETRANGE", "s", "a", "1"), encode("SETRANGE", "s", "a", "x"),
        encode("EXPIRE", "s", "x"), encode("SET", "s", "v", "EX", "x"),
        encode("SELECT", "x"), PING]),
    OK, INT_ERR, INT_ERR, INT_ERR, INT_ERR, INT_ERR, FLOAT_ERR, INT_ERR,
    INT_ERR, INT_ERR, INT_ERR, INT_ERR, PONG), splits=False,
    needs=("SET", "INCR", "DECR", "INCRBY", "DECRBY", "INCRBYFLOAT",
           "GETRANGE", "SETRANGE", "EXPIRE", "SELECT"))
case("overflow", replies(
    encode("SET", "n", str(2**63 - 1)) + encode("INCR", "n") +
    encode("DECRBY", "n", str(-2**63)) + PING,
    OK, E("ERR increment or decrement would overflow"),
    E("ERR decrement would overflow"), PONG), splits=False,
    needs=("SET", "INCR", "DECRBY"))
case("overflow-in-a-hash", replies(
    encode("HSET", "h", "f", "v") + encode("HINCRBY", "h", "f", "1") +
    encode("HINCRBYFLOAT", "h", "f", "1") + PING,
    1, E("ERR hash value is not an integer"),
    E("ERR hash value is not a float"), PONG), splits=False,
    needs=("HSET", "HINCRBY", "HINCRBYFLOAT"))
case("wrongtype", replies(
    encode("RPUSH", "l", "a") + encode("GET", "l") + encode("INCR", "l") +
    encode("APPEND", "l", "x") + PING, 1, WRONGTYPE, WRONGTYPE, WRONGTYPE,
    PONG), splits=False, needs=("RPUSH", "GET", "INCR", "APPEND"))
case("multi-errors", replies(
    encode("EXEC") + encode("DISCARD") + encode("MULTI") + encode("MULTI") +
    encode("WATCH", "a") + PING + encode("EXEC"),
    E("ERR EXEC without MULTI"), E("ERR DISCARD without MULTI"), OK,
    E("ERR MULTI calls can not be nested"),
    E("ERR WATCH inside MULTI is not allowed"), QUEUED, [PONG]),
    needs=("MULTI", "EXEC", "DISCARD", "WATCH"), only="redis<7.2",
    why="later servers abort the transaction")
case("multi-unknown", replies(
    encode("MULTI") + encode("NOPE") + PING + encode("EXEC") + PING,
    OK, unknown(b"NOPE"), QUEUED, E(
        "EXECABORT Transaction discarded because of previous errors."),
    PONG), needs=("MULTI", "EXEC"))
case("multi-error-inside", replies(
    encode("MULTI") + encode("SET", "mk", "v") + encode("INCR", "mk") +
    PING + encode("EXEC"), OK, QUEUED, QUEUED, QUEUED, [OK, INT_ERR, PONG]),
    needs=("MULTI", "EXEC", "SET", "INCR"))
case("multi-empty", replies(encode("MULTI") + encode("EXEC"), OK, []),
     needs=("MULTI", "EXEC"))
case("subscribe-in-multi", [
    (encode("MULTI") + encode("SUBSCRIBE", "x") + encode("EXEC") +
     encode("RESET"), OK), (b"", QUEUED), (b"", [P(["subscribe", "x", 1])]),
    (b"", Simple("RESET"))],
    needs=("MULTI", "EXEC", "SUBSCRIBE", "RESET"), protos=2)
case("multi-and-protocol-error", [
    (encode("MULTI") + encode("SET", "k", "v") + b"*1\r\nx\r\n", OK),
    (b"", QUEUED), (b"", got_instead(b"x")), (b"", CLOSED),
    ("b", "EXISTS k", 0)], needs=("MULTI", "SET"))
case("inline-in-multi", replies(
    b"MULTI\r\n" + PING + b"ECHO x\nEXEC\r\n",
    OK, QUEUED, QUEUED, [PONG, "x"]), needs=("MULTI", "EXEC"))
case("blocking-keeps-the-order", [
    ("", encode("BLPOP", "l", "0") + PING, BLOCKED),
    ("b", "RPUSH l v", 1), (b"", ["l", "v"]), (b"", PONG)],
    needs=("BLPOP",))
case("blocking-twice", [
    ("", encode("BLPOP", "l", "0") * 2 + PING, BLOCKED),
    ("b", "RPUSH l v w", 2), (b"", ["l", "v"]), (b"", ["l", "w"]),
    (b"", PONG)], needs=("BLPOP",))
case("thousand", replies(PING * 1000, *[PONG] * 1000), splits=False)
case("thousand-inline", replies(b"PING\n" * 1000, *[PONG] * 1000),
     splits=False)


@case.script("more-than-the-buffers")
def more_than_the_buffers():
    """Many megabytes of requests and of replies, in one sending."""
    text = "x" * 1000
    assert (yield encode("ECHO", text) * 10000, text)
    for _ in range(9999):
        yield b"", text


case("requests-at-a-buffer-edge", [
    step for size in (16350, 16370, 16383, 16384, 16385, 16390, 32767, 32768,
                      32769, 65535, 65536, 65537)
    for step in replies(encode("ECHO", "x" * size) + PING, "x" * size, PONG)])
case("requests-that-fill-a-buffer", [
    step for size in range(16384 - 40, 16384 + 3)
    for step in replies(b"ECHO " + b"x" * (size - 7) + b"\r\n" + PING,
                        "x" * (size - 7), PONG)])


# ---- the life of a connection --------------------------------------------

case = area("request.lifecycle", splits=True)

for name, sent, replied in (
        ("whole", PING, [PONG]), ("nothing", b"", []),
        ("inline", b"PING\r\n", [PONG]), ("several", PING * 3, [PONG] * 3),
        ("part-behind", PING + b"*2\r\n$4\r\nEC", [PONG]),
        ("part-alone", b"*2\r\n$4\r\nECHO\r\n$5\r\nhel", []),
        ("part-of-a-line", b"PING\r\nPIN", [PONG])):
    case("half-close-" + name,
         [(sent, replied[0] if replied else NOTHING)] +
         [(b"", want) for want in replied[1:]] + [(HALF_CLOSE, CLOSED)],
         contexts=PLAIN)
case("nothing-sent", [(b"", BLOCKED), ("PING", PONG)])
case("quit", replies(encode("QUIT"), OK, CLOSED))
case("quit-inline", replies(b"PING\r\nquit\r\nPING\r\n", PONG, OK, CLOSED))
case("quit-then-more", replies(encode("QUIT") + PING, OK, CLOSED))
case("quit-with-arguments", replies(
    encode("QUIT", "x") + PING, OK, CLOSED))
case("nothing-runs-after-quit", [
    (encode("QUIT") + encode("SET", "k", "v"), OK), (b"", CLOSED),
    ("b", "EXISTS k", 0)], needs=("SET",))
case("nothing-runs-after-error", [
    (b"*1\r\nx\r\n" + encode("SET", "k", "v"), got_instead(b"x")),
    (b"", CLOSED), ("b", "EXISTS k", 0)], needs=("SET",))
case("nothing-runs-after-inline-error", [
    (b"ECHO 'a\r\n" + encode("SET", "k", "v"), UNBALANCED), (b"", CLOSED),
    ("b", "EXISTS k", 0)], needs=("SET",))
case("what-came-before-error-has-run", [
    (encode("SET", "k", "v") + b"*1\r\nx\r\n", OK), (b"", got_instead(b"x")),
    (b"", CLOSED), ("b", "GET k", "v")], needs=("SET",))
case("others-live-on", [
    ("b", "PING", PONG), ("c", b"*2\r\n$4\r\nEC", NOTHING),
    (b"*x\r\n", BAD_COUNT), (b"", CLOSED), ("b", "PING", PONG),
    ("c", b"HO\r\n$1\r\nx\r\n", "x")])
case("half-request-is-not-run", [
    ("b", encode("SET", "k", "v")[:-1], BLOCKED), ("EXISTS k", 0),
    ("b", b"\n", OK), ("GET k", "v")], needs=("SET",))
case("quit-sends-everything-owed", [
    (("SET", "k", "x" * 100000), OK),
    (encode("GET", "k") * 50 + encode("QUIT") + encode("SET", "k", "y"),
     "x" * 100000)] + [(b"", "x" * 100000)] * 49 + [
    (b"", OK), (b"", CLOSED), ("b", "STRLEN k", 100000)], contexts="plain",
    seen="dragonfly:test_quit_in_pipeline")
case("error-sends-everything-owed", [
    (("SET", "k", "x" * 100000), OK),
    (encode("GET", "k") * 20 + b"*1\r\nx" + encode("SET", "k", "y"),
     "x" * 100000)] + [(b"", "x" * 100000)] * 19 + [
    (b"", got_instead(b"x")), (b"", CLOSED), ("b", "STRLEN k", 100000)],
    contexts="plain")
case("quit-while-others-wait", [
    ("b", "BLPOP l 0", BLOCKED), ("QUIT", OK), (b"", CLOSED),
    ("c", "RPUSH l v", 1), ("b", b"", ["l", "v"])])

# Where a browser is made to speak to the server, nothing may run. Replies to
# what came before may be lost with the connection.
case = area("request.http", contexts=PLAIN, splits=True, level=SHOULD)

for name, raw in [
        ("post", b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("post-case", b"pOsT / HTTP/1.1\r\n"),
        ("post-alone", b"POST\r\n"),
        ("host-case", b"hOST: x\r\n"),
        ("host-alone", b"host:\r\n"),
        ("post-multibulk", encode("POST", "/")),
        ("post-multibulk-case", encode("pOSt")),
        ("host-multibulk", encode("Host:", "x"))]:
    case(name, [(raw + PING, CLOSED)])
    case("nothing-runs-after-" + name, [
        (raw + encode("SET", "k", "v"), CLOSED), ("b", "EXISTS k", 0)],
        needs=("SET",))
case("get", [
    (b"GET / HTTP/1.1\r\n", arity("get")),
    (b"Host: localhost\r\n\r\n", CLOSED)])
case("get-at-once", [
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", CLOSED)],
    contexts="plain", splits=False, level=MAY)
case("head", [
    (b"HEAD / HTTP/1.1\r\n", unknown(b"HEAD", b"'/' 'HTTP/1.1' ")),
    (b"Host: localhost\r\n", CLOSED)])
case("host-without-colon", replies(
    b"host x\r\n" + PING, unknown(b"host", b"'x' "), PONG))
case("host-glued", replies(
    b"Host:x\r\n" + PING, unknown(b"Host:x"), PONG))
case("post-as-argument", replies(
    b"ECHO POST\r\n" + encode("ECHO", "Host:") + PING, "POST", "Host:", PONG))
case("post-longer", replies(
    b"POSTS /\r\n" + PING, unknown(b"POSTS", b"'/' "), PONG))
case("put", replies(
    b"PUT / HTTP/1.1\r\n" + PING, unknown(b"PUT", b"'/' 'HTTP/1.1' "), PONG))
case("earlier-writes-stay", [
    ("SET k v", OK), (b"POST / HTTP/1.1\r\n", CLOSED), ("b", "GET k", "v")])
