"""The reader, the writer and the expectations, without a server."""

import pytest

from resp import (ANY, B, D, E, EP, M, N, NIL, NILARRAY, OK, P, S, V, Array,
                  Attr, Big, BlobErr, Bool, Bulk, Double, Err, Int, Map, Null,
                  NullArray, NullBulk, Parser, ProtocolError, Push, Re, Set,
                  Simple, Unordered, Verb, dump, encode, inline, match, parse,
                  project)

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


@pytest.mark.parametrize("data,value", RESP2)
def test_resp2(data, value):
    assert parse(data, 2) == [value]
    assert dump(value) == data
    assert hash(parse(data, 2)[0]) == hash(value)


@pytest.mark.parametrize("data,value", [
    v for v in RESP2 if b"-1\r\n" not in v[0]] + RESP3)
def test_resp3(data, value):
    assert parse(data, 3) == [value]
    assert dump(value) == data


def test_split_anywhere():
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


@pytest.mark.parametrize("proto,data", [(2, d) for d in BAD2] +
                         [(3, d) for d in BAD3])
def test_rejects(proto, data):
    for whole in (True, False):
        p = Parser(proto)
        with pytest.raises(ProtocolError):
            for piece in [data] if whole else [
                    data[i:i + 1] for i in range(len(data))]:
                p.feed(piece)
                while p.next() is not None:
                    pass


def test_error_points_at_the_byte():
    p = Parser()
    p.feed(b"+OK\r\n$5\r\nhelloXX")
    assert p.next() == OK
    with pytest.raises(ProtocolError) as e:
        p.next()
    assert e.value.offset == 14
    assert "24 35 0d 0a 68 65 6c 6c" in str(e.value) and "^^" in str(e.value)


def test_types_differ():
    values = [v for _, v in RESP2 + RESP3] + [Bulk("OK"), Err("OK")]
    for i, a in enumerate(values):
        for j, b in enumerate(values):
            assert (a == b) == (i == j)


def test_writer():
    assert encode("SET", b"k\r\n", -5) == (
        b"*3\r\n$3\r\nSET\r\n$3\r\nk\r\n\r\n$2\r\n-5\r\n")
    assert inline("ECHO", b'a "\n') == b'ECHO "\\x61\\x20\\x22\\x0a"\r\n'
    for bad in (None, True, 1.5):
        with pytest.raises(TypeError):
            encode("GET", bad)


@pytest.mark.parametrize("want,two,three", [
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
])
def test_projection(want, two, three):
    for proto, data in (2, two), (3, three):
        assert dump(project(want, proto)) == data
        assert match(want, proto, parse(data, proto)[0]) is None
        assert match(want, proto, Simple("else")) is not None


def test_match():
    ab = Array([Bulk("a"), Bulk("b")])
    assert match(["b", "a"], 2, ab) is not None
    assert match(Unordered(["b", "a"]), 2, ab) is None
    assert match(Unordered(["b"]), 2, ab) is not None
    assert match(Unordered(["b", "b"]), 2, ab) is not None
    assert match(S(["b", "a"]), 3, ab) is not None
    assert match(S(["b", "a"]), 3, Set([Bulk("a"), Bulk("b")])) is None
    assert match(M([("a", ANY)]), 2, ab) is None
    assert match(M([("a", "b")]), 3, Map([(Bulk("a"), Bulk("b"))])) is None
    assert match(EP("ERR"), 2, Err("ERR no")) is None
    assert match(EP("ERR"), 2, Err("WRONGTYPE")) is not None
    assert match(Re(rb"[a-c]+"), 2, Bulk("abc")) is None
    assert match(Re(rb"[a-c]+"), 2, Bulk("abcd")) is not None
    assert match(V("txt", Re(rb"a.*")), 3, Verb("txt", "a\nb")) is None
    assert match(lambda got: got == Int(4), 2, Int(4)) is None
    with pytest.raises(TypeError):
        match(True, 2, Int(1))
