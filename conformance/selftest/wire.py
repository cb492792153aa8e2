"""The reader, the writer and the expectations against themselves: what the
reader takes and refuses, in one piece and split everywhere, and what each
expectation stands for."""

from conformance.expect import (ANY, EXACT, MUST, NIL, NILARRAY, OK, SHOULD,
                                At, B, By, D, E, EP, Exact, ListOf, M, N,
                                Near, OneOf, P, Pairs, Re, S, Subset, Typed,
                                Unordered, V, match, project)
from conformance.resp import (Array, Attr, Big, BlobErr, Bool, Bulk, Double,
                              Err, Int, Map, Null, NullArray, NullBulk,
                              Parser, ProtocolError, Push, Set, Simple, Verb,
                              dump, encode, encode_typed, inline,
                              parse)

RESP2 = [
    (b"+OK\r\n", Simple("OK")),
    (b"+\r\n", Simple("")),
    (b"-ERR no\r\n", Err("ERR no")),
    (b":0\r\n", Int(0)),
    (b":-9223372036854775808\r\n", Int(-2**63)),
    (b":9223372036854775807\r\n", Int(2**63 - 1)),
    (b"$0\r\n\r\n", Bulk(b"")),
    (b"$4\r\n\r\n\r\n\r\n", Bulk(b"\r\n\r\n")),
    (b"$3\r\n\x00\xff$\r\n", Bulk(b"\x00\xff$")),
    (b"$-1\r\n", NullBulk()),
    (b"*-1\r\n", NullArray()),
    (b"*0\r\n", Array([])),
    (b"*2\r\n*1\r\n$-1\r\n*-1\r\n", Array([Array([NullBulk()]),
                                          NullArray()])),
]
RESP3 = [
    (b"_\r\n", Null()),
    (b"#t\r\n", Bool(True)),
    (b"#f\r\n", Bool(False)),
    (b",3.141\r\n", Double("3.141")),
    (b",1e+20\r\n", Double("1e+20")),
    (b",-inf\r\n", Double("-inf")),
    (b",nan\r\n", Double("nan")),
    (b"(-349285798475298437593845\r\n", Big("-349285798475298437593845")),
    (b"=8\r\ntxt:a\r\nb\r\n", Verb("txt", b"a\r\nb")),
    (b"!7\r\nERR a\r\n\r\n", BlobErr(b"ERR a\r\n")),
    (b"~2\r\n:1\r\n:2\r\n", Set([Int(1), Int(2)])),
    (b"%2\r\n+b\r\n:1\r\n+a\r\n_\r\n", Map([(Simple("b"), Int(1)),
                                           (Simple("a"), Null())])),
    (b">2\r\n+x\r\n:1\r\n", Push([Simple("x"), Int(1)])),
    (b"|1\r\n+k\r\n:9\r\n$1\r\nv\r\n", Attr([(Simple("k"), Int(9))],
                                            Bulk("v"))),
]
BAD2 = [
    b"OK\r\n", b"_\r\n", b"%0\r\n", b",1\r\n", b"\r\n", b"\x00",
    b"+a\nb\r\n", b"+a\rb\r\n", b"+OK\n", b"-ERR\n",
    b":\r\n", b":+1\r\n", b":01\r\n", b":-0\r\n", b": 1\r\n", b":1 \r\n",
    b":1.0\r\n", b":9223372036854775808\r\n", b":-9223372036854775809\r\n",
    b":1111111111111111111111111",
    b"$\r\n", b"$-2\r\n", b"$+1\r\na\r\n", b"$01\r\na\r\n", b"$-01\r\n",
    b"$1\r\nab\r\n", b"$2\r\nab\n\n", b"$0\r\nX", b"$536870913\r\n",
    b"$?\r\n", b"*\r\n", b"*-2\r\n", b"*?\r\n", b"*01\r\n",
    b"*2147483648\r\n", b"*1\r\n" * 200 + b":1\r\n",
]
BAD3 = [
    b"$-1\r\n", b"*-1\r\n", b"%-1\r\n", b"~-1\r\n", b"_x\r\n", b"#x\r\n",
    b"#true\r\n", b",\r\n", b",.5\r\n", b",5.\r\n", b",0x1\r\n", b",1e\r\n",
    b",-nan\r\n", b",Inf\r\n", b"(\r\n", b"(1.5\r\n", b"(+1\r\n", b"(01\r\n",
    b"=3\r\ntxt\r\n", b"=4\r\ntext\r\n", b"=-1\r\n", b">0\r\n",
    b"*1\r\n>1\r\n+x\r\n", b"%1\r\n+k\r\n$-1\r\n",
]


PROJECTIONS = [
    (OK, b"+OK\r\n", b"+OK\r\n"),
    (NIL, b"$-1\r\n", b"_\r\n"),
    (NILARRAY, b"*-1\r\n", b"_\r\n"),
    ("a", b"$1\r\na\r\n", b"$1\r\na\r\n"),
    (7, b":7\r\n", b":7\r\n"),
    ([1, NIL, ["a"]], b"*3\r\n:1\r\n$-1\r\n*1\r\n$1\r\na\r\n",
     b"*3\r\n:1\r\n_\r\n*1\r\n$1\r\na\r\n"),
    (M([("a", 1), ("b", NILARRAY)]),
     b"*4\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*-1\r\n",
     b"%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n_\r\n"),
    (S(["a", "b"]), b"*2\r\n$1\r\na\r\n$1\r\nb\r\n",
     b"~2\r\n$1\r\na\r\n$1\r\nb\r\n"),
    (D("2.5"), b"$3\r\n2.5\r\n", b",2.5\r\n"),
    (B(True), b":1\r\n", b"#t\r\n"),
    (N("12"), b"$2\r\n12\r\n", b"(12\r\n"),
    (V("txt", "hi"), b"$2\r\nhi\r\n", b"=6\r\ntxt:hi\r\n"),
    (P(["x", 1]), b"*2\r\n$1\r\nx\r\n:1\r\n", b">2\r\n$1\r\nx\r\n:1\r\n"),
    (E("ERR x"), b"-ERR x\r\n", b"-ERR x\r\n"),
]


def refuses(function, *args):
    """The error that a call ends with."""
    try:
        function(*args)
    except (ProtocolError, TypeError) as e:
        return e
    raise AssertionError("%s%r is accepted" % (function.__name__, args))


def check_reader():
    for proto, table in ((2, RESP2), (3, [
            v for v in RESP2 if b"-1\r\n" not in v[0]] + RESP3)):
        for data, value in table:
            assert parse(data, proto) == [value], data
            assert dump(value) == data
            assert hash(parse(data, proto)[0]) == hash(value)
            for cut in range(1, len(data)):
                p = Parser(proto)
                p.feed(data[:cut])
                assert p.next() is None, (data, cut)
                p.feed(data[cut:])
                assert p.next() == value and not p.pending()


def check_streams_in_pieces():
    stream = b"".join(data for data, _ in RESP3)
    values = [value for _, value in RESP3]
    for step in (1, 2, 3, 7):
        p, got, raw = Parser(3), [], b""
        for i in range(0, len(stream), step):
            p.feed(stream[i:i + step])
            while True:
                value = p.next()
                if value is None:
                    break
                got.append(value)
                raw += p.raw()
        assert got == values and raw == stream and not p.pending()


def check_refusals():
    def read(proto, pieces):
        p = Parser(proto)
        for piece in pieces:
            p.feed(piece)
            while p.next() is not None:
                pass

    for proto, table in ((2, BAD2), (3, BAD3)):
        for data in table:
            refuses(read, proto, [data])
            refuses(read, proto, [data[i:i + 1] for i in range(len(data))])


def check_error_points_at_the_byte():
    p = Parser()
    p.feed(b"+OK\r\n$5\r\nhelloXX")
    assert p.next() == OK
    e = refuses(p.next)
    assert e.offset == 14
    assert "24 35 0d 0a 68 65 6c 6c" in str(e) and "^^" in str(e)


def check_types_differ():
    values = [v for _, v in RESP2 + RESP3] + [Bulk("OK"), Err("OK")]
    for i, a in enumerate(values):
        for j, b in enumerate(values):
            assert (a == b) == (i == j)


def check_writer():
    assert encode("SET", b"k\r\n", -5) == (
        b"*3\r\n$3\r\nSET\r\n$3\r\nk\r\n\r\n$2\r\n-5\r\n")
    assert inline("ECHO", b'a "\n') == b'ECHO "\\x61\\x20\\x22\\x0a"\r\n'
    assert encode_typed("SET", "k", Array([Null()])) == (
        b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n*1\r\n_\r\n")
    for bad in (None, True, 1.5):
        refuses(encode, "GET", bad)


def check_projections():
    for want, two, three in PROJECTIONS:
        for proto, data in (2, two), (3, three):
            at = At(proto)
            assert dump(project(want, at)) == data, want
            assert match(want, at, parse(data, proto)[0]) is None
            assert match(want, at, Simple("else")) is not None


def kind(want, proto, got, dialects=()):
    """What a comparison says: None, or (kind, level)."""
    wrong = match(want, At(proto, dialects), got)
    return wrong and (wrong.kind, wrong.level)


def check_matches():
    ab, set_ab = Array([Bulk("a"), Bulk("b")]), Set([Bulk("a"), Bulk("b")])
    for want, proto, got in (
            (Unordered(["b", "a"]), 2, ab), (S(["b", "a"]), 3, set_ab),
            (M([("a", ANY)]), 2, ab), (EP("ERR"), 2, Err("ERR no")),
            (M([("a", "b")]), 3, Map([(Bulk("a"), Bulk("b"))])),
            (Re(rb"[a-c]+"), 2, Bulk("abc")), (ListOf(ANY, 2), 2, ab),
            (V("txt", Re(rb"a.*")), 3, Verb("txt", "a\nb")),
            (lambda got: got == Int(4), 2, Int(4)),
            (Near(1.5, 0.1), 3, Double("1.55")), (OneOf(1, NIL), 2, Int(1)),
            (Subset(["a", "b", "c"], 2), 2, ab),
            (Pairs([("a", D("1"))]), 2, Array([Bulk("a"), Bulk("1")])),
            (Pairs([("a", D("1"))]), 3, Array([Array([Bulk("a"),
                                                      Double("1")])])),
            (Typed(Map([(Null(), Bool(True))])), 2, Array([NullBulk(),
                                                          Int(1)])),
            (Exact("x"), 2, Bulk("x"))):
        assert kind(want, proto, got) is None, want
    for want, proto, got, said in (
            (["b", "a"], 2, ab, ("wrong-value", MUST)),
            (Unordered(["b"]), 2, ab, ("wrong-count", MUST)),
            (Unordered(["b", "b"]), 2, ab, ("wrong-value", MUST)),
            (S(["b", "a"]), 3, ab, ("wrong-marker", MUST)),
            (NIL, 2, NullArray(), ("wrong-null", MUST)),
            (NIL, 3, NullBulk(), ("wrong-null", MUST)),
            (NIL, 2, Err("ERR x"), ("unexpected-error", MUST)),
            (E("ERR a b"), 2, Err("ERR a"), ("wrong-text", EXACT)),
            (E("ERR a b"), 2, Err("X a b"), ("wrong-code", SHOULD)),
            (E("ERR a b"), 2, Simple("ERR a b"), ("wrong-marker", MUST)),
            (EP("ERR"), 2, Err("WRONGTYPE"), ("wrong-code", SHOULD)),
            (D("0.5"), 3, Double("0.50"), ("digits", EXACT)),
            (D("0.5"), 2, Bulk("0.50"), ("digits", EXACT)),
            (D("0.5"), 3, Double("0.51"), ("wrong-value", MUST)),
            (Exact("x"), 2, Bulk("y"), ("wrong-value", EXACT)),
            (["a", Exact("x")], 2, ab, ("wrong-value", EXACT)),
            ([Exact("x"), "y"], 2, ab, ("wrong-value", MUST)),
            (Unordered([Exact("x"), "b"]), 2, ab, ("wrong-value", EXACT)),
            (Re(rb"[a-c]+"), 2, Bulk("abcd"), ("wrong-value", MUST)),
            (ListOf(ANY, (3, 4)), 2, ab, ("wrong-count", MUST)),
            (Subset(["a", "c"], 2), 2, ab, ("wrong-value", MUST)),
            (OneOf(1, 2), 2, Int(3), ("wrong-value", MUST))):
        assert kind(want, proto, got) == said, (want, kind(want, proto, got))
    refuses(match, True, At(2), Int(1))


def check_dialects():
    want = By("old", ("kv", "ours"), ("redis>=7.2", "new"))
    for dialects, text in (
            ([("redis", (7, 0))], "old"), ([("redis", (7, 2))], "new"),
            ([("redis", (8, 0))], "new"), ([("valkey", (8, 0))], "old"),
            ([("kv", (0,)), ("redis", (7, 4))], "ours")):
        assert kind(want, 2, Bulk(text), dialects) is None
        assert kind(want, 2, Bulk("else"), dialects) is not None
    at = At(2, [("redis", (7, 0, 15))])
    assert at.speaks("redis>=7.0") and not at.speaks("redis>=7.2")
    assert at.speaks("redis<7.2") and not at.speaks("kv")
    assert at.speaks("!kv and redis") and not at.speaks("redis and kv")


def checks():
    """Every check of this module, by name."""
    return {name[6:]: function for name, function in globals().items()
            if name.startswith("check_")}
