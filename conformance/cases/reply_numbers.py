"""Integers and doubles: their limits, and the digits of what is no integer.

Redis 7.0 writes a double as %.17g, later versions and kv with as few digits
as it takes.
"""

from conformance.cases import *  # noqa: F403
from conformance.cases.reply import LUA, bulk_digits, digits

case = area("reply.numbers")

OVERFLOW = E("ERR increment or decrement would overflow")

case("integer-max", [
    ("SET n 9223372036854775807", OK), ("INCRBY n 0", 9223372036854775807),
    ("DECR n", 9223372036854775806), ("INCR n", 9223372036854775807),
    ("INCR n", OVERFLOW), ("GET n", "9223372036854775807"),
    ("HSET h f 9223372036854775807", 1),
    ("HINCRBY h f 0", 9223372036854775807), ("HINCRBY h f 1", OVERFLOW),
    ("HGET h f", "9223372036854775807"),
])
case("integer-min", [
    ("SET n -9223372036854775808", OK),
    ("INCRBY n 0", -9223372036854775808), ("INCR n", -9223372036854775807),
    ("DECR n", -9223372036854775808), ("DECR n", OVERFLOW),
    ("GET n", "-9223372036854775808"),
    ("HSET h f -9223372036854775808", 1),
    ("HINCRBY h f 0", -9223372036854775808), ("HINCRBY h f -1", OVERFLOW),
])
case("integer-across-zero", [
    ("SET n -9223372036854775808", OK),
    ("INCRBY n 9223372036854775807", -1), ("INCRBY n 1", 0),
    ("SET n 9223372036854775807", OK),
    ("INCRBY n -9223372036854775808", -1),
    ("DECRBY n 9223372036854775807", -9223372036854775808),
    ("DECRBY n -9223372036854775808", E("ERR decrement would overflow")),
])
case("integer-signs", [
    ("INCR n", 1), ("DECR n", 0), ("DECR n", -1), ("INCRBY n -9", -10),
    ("DECRBY n -10", 0), ("INCRBY n 10", 10),
])
case("integer-times", [
    ("SET k v PXAT 9223372036854775807", OK),
    ("PEXPIRETIME k", 9223372036854775807),
    ("PEXPIREAT k 33177117420000", 1), ("PEXPIRETIME k", 33177117420000),
    ("EXPIRETIME k", 33177117420), ("TTL nokey", -2), ("PERSIST k", 1),
    ("TTL k", -1),
])
case("integer-bitfield", [
    ("BITFIELD b SET i64 0 9223372036854775807", [0]),
    ("BITFIELD b GET i64 0 GET u63 0 GET i1 0 GET u8 0",
     [9223372036854775807, 4611686018427387903, 0, 127]),
    ("BITFIELD b SET i64 0 -9223372036854775808", [9223372036854775807]),
    ("BITFIELD b GET i64 0 GET u1 0 GET i2 0 GET u63 1",
     [-9223372036854775808, 1, -2, 0]),
    ("BITFIELD b INCRBY i64 0 -1", [9223372036854775807]),
    ("BITFIELD b OVERFLOW SAT INCRBY i64 0 1", [9223372036854775807]),
])
case("integer-bitpos", [
    (("SET", "k", b"\xff\xff"), OK), ("BITPOS k 0", 16),
    ("BITPOS k 0 0 -1", -1), ("BITPOS k 1", 0), ("BITPOS nokey 0", 0),
    ("BITPOS nokey 1", -1), ("BITCOUNT k", 16),
])
case("integer-geohash", [
    ("GEOADD g -180 -85.05112878 b", 1),
    ("GEOSEARCH g FROMMEMBER b BYRADIUS 1 m WITHHASH", [["b", 0]]),
])
case("integer-script", [
    (("EVAL", "return 9007199254740992", "0"), 9007199254740992),
    (("EVAL", "return -9007199254740992", "0"), -9007199254740992),
    (("EVAL", "return 1e15", "0"), 1000000000000000),
    (("EVAL", "return 0.5", "0"), 0), (("EVAL", "return -0.5", "0"), 0),
    (("EVAL", "return 1e18", "0"), 1000000000000000000),
    (("EVAL", "return 2^53", "0"), 9007199254740992),
    (("EVAL", "return 2^62", "0"), 4611686018427387904),
    (("EVAL", "return '9223372036854775807'", "0"), "9223372036854775807"),
    (("EVAL", "return tonumber('9223372036854774784')", "0"),
     9223372036854774784),
    (("EVAL", "return -2^63", "0"), -9223372036854775808),
], **LUA)
case("integer-script-call", [
    ("SET n 9223372036854775807", OK),
    (("EVAL", "return redis.call('GET',KEYS[1])", "1", "n"),
     "9223372036854775807"),
    (("EVAL", "return redis.call('INCRBY',KEYS[1],-1)", "1", "n"),
     -9223372036854775808),
    ("GET n", "9223372036854775806"),
], **LUA)
case("integer-no-float", [
    ("SET n 1.0", OK), ("INCR n", INT_ERR), ("SET n 1e3", OK),
    ("INCR n", INT_ERR), ("SET n 12a", OK), ("INCR n", INT_ERR),
    (("SET", "n", " 1"), OK), ("INCR n", INT_ERR), (("SET", "n", ""), OK),
    ("INCR n", INT_ERR), ("SET n +1", OK), ("INCR n", INT_ERR),
    ("SET n 01", OK), ("INCR n", INT_ERR), ("SET n -0", OK),
    ("INCR n", INT_ERR),
])
case("integer-append", [
    ("SET n 1", OK), ("APPEND n 0", 2), ("INCR n", 11), ("STRLEN n", 2),
    ("APPEND n x", 3), ("INCR n", INT_ERR),
])
case("double-short", [
    ("ZADD z 1 m", 1), ("ZSCORE z m", D("1")), ("ZADD z 1.5 m", 0),
    ("ZSCORE z m", D("1.5")), ("ZADD z .5 m", 0), ("ZSCORE z m", D("0.5")),
    ("ZADD z 5. m", 0), ("ZSCORE z m", D("5")), ("ZADD z -2.25 m", 0),
    ("ZSCORE z m", D("-2.25")), ("ZADD z 0x1p3 m", 0),
    ("ZSCORE z m", D("8")), ("ZADD z 3.0 m", 0), ("ZSCORE z m", D("3")),
    ("ZADD z 1e3 m", 0), ("ZSCORE z m", D("1000")), ("ZADD z 100 m", 0),
    ("ZSCORE z m", D("100")), ("ZADD z 1024 m", 0),
    ("ZSCORE z m", D("1024")), ("ZADD z 0.125 m", 0),
    ("ZSCORE z m", D("0.125")), ("ZADD z -0.5 m", 0),
    ("ZSCORE z m", D("-0.5")), ("ZADD z 1e0 m", 0), ("ZSCORE z m", D("1")),
    ("ZADD z 123456789 m", 0), ("ZSCORE z m", D("123456789")),
])
case("double-zero", [
    ("ZADD z 0 m", 1), ("ZSCORE z m", D("0")), ("ZADD z -0 m", 0),
    ("ZSCORE z m", D("0")), ("ZADD z 0.0 m", 0), ("ZSCORE z m", D("0")),
    ("ZADD z -0.0 m", 0), ("ZSCORE z m", D("0")), ("ZADD z 0e10 m", 0),
    ("ZSCORE z m", D("0")), ("ZADD z -0e5 m", 0), ("ZSCORE z m", D("0")),
    ("ZADD z 0x0 m", 0), ("ZSCORE z m", D("0")),
])
case("double-large", [
    ("ZADD z 17179869184.5 m", 1), ("ZSCORE z m", D("17179869184.5")),
    ("ZADD z 9007199254740992 m", 0),
    ("ZSCORE z m", D("9007199254740992")),
    ("ZADD z 9007199254740991 m", 0),
    ("ZSCORE z m", D("9007199254740991")),
    ("ZADD z -9007199254740992 m", 0),
    ("ZSCORE z m", D("-9007199254740992")),
    ("ZADD z 4503599627370496 m", 0),
    ("ZSCORE z m", D("4503599627370496")),
    ("ZADD z 100000000000000000 m", 0), ("ZSCORE z m", D("1e+17")),
    ("ZADD z 100000000000000000000 m", 0), ("ZSCORE z m", D("1e+20")),
    ("ZADD z 1e20 m", 0), ("ZSCORE z m", D("1e+20")), ("ZADD z 1e21 m", 0),
    ("ZSCORE z m", D("1e+21")), ("ZADD z 1e22 m", 0),
    ("ZSCORE z m", D("1e+22")), ("ZADD z 1e300 m", 0),
    ("ZSCORE z m",
     digits("1.0000000000000001e+300", "1e+300")),
])
case("double-infinite", [
    ("ZADD z inf m", 1), ("ZSCORE z m", D("inf")), ("ZADD z -inf m", 0),
    ("ZSCORE z m", D("-inf")), ("ZADD z +inf m", 0),
    ("ZSCORE z m", D("inf")), ("ZADD z Infinity m", 0),
    ("ZSCORE z m", D("inf")), ("ZADD z -INFINITY m", 0),
    ("ZSCORE z m", D("-inf")), ("ZADD z InF m", 0),
    ("ZSCORE z m", D("inf")),
])
case("double-refused", [
    ("ZADD z nan m", FLOAT_ERR), ("ZADD z 1e400 m", FLOAT_ERR),
    ("ZADD z -1e400 m", FLOAT_ERR), ("ZADD z 1e m", FLOAT_ERR),
    ("ZADD z abc m", FLOAT_ERR), ("ZADD z --1 m", FLOAT_ERR),
    ("ZADD z 1,5 m", FLOAT_ERR), ("ZADD z 0x m", FLOAT_ERR),
    ("ZADD z infin m", FLOAT_ERR), ("EXISTS z", 0),
])
case("double-limits", [
    ("ZADD z 1.7976931348623157e308 m", 1),
    ("ZSCORE z m", D("1.7976931348623157e+308")),
    ("ZADD z -1.7976931348623157e308 m", 0),
    ("ZSCORE z m", D("-1.7976931348623157e+308")),
    ("ZADD z 2.2250738585072014e-308 m", 0),
    ("ZSCORE z m", D("2.2250738585072014e-308")),
    ("ZADD z 4.9406564584124654e-324 m", 0),
    ("ZSCORE z m", D("4.9406564584124654e-324")),
])
case("double-overflow", [
    ("ZADD z 1.7976931348623157e308 m", 1),
    ("ZINCRBY z 1.7976931348623157e308 m", D("inf")),
    ("ZINCRBY z 1 m", D("inf")),
    ("ZINCRBY z -inf m", E("ERR resulting score is not a number (NaN)")),
    ("ZSCORE z m", D("inf")),
    ("ZADD z INCR -inf m", E("ERR resulting score is not a number (NaN)")),
])
case("double-digits", [
    ("ZADD z 0.1 m", 1), ("ZSCORE z m",
     digits("0.10000000000000001", "0.1")),
    ("ZADD z 2.6 m", 0), ("ZSCORE z m",
     digits("2.6000000000000001", "2.6")),
    ("ZADD z 3.3 m", 0), ("ZSCORE z m",
     digits("3.2999999999999998", "3.3")),
    ("ZADD z -0.1 m", 0), ("ZSCORE z m",
     digits("-0.10000000000000001", "-0.1")),
    ("ZADD z 1e-5 m", 0), ("ZSCORE z m", D("1.0000000000000001e-05")),
    ("ZADD z 1.1e10 m", 0), ("ZSCORE z m", D("11000000000")),
    ("ZADD z 0.30000000000000004 m", 0),
    ("ZSCORE z m", D("0.30000000000000004")), ("ZADD z 1e23 m", 0),
    ("ZSCORE z m", D("9.9999999999999992e+22")),
    ("ZADD z 123456.789 m", 0), ("ZSCORE z m", D("123456.789")),
])
case("double-digits-scan", [
    ("ZADD z 0.1 m", 1),
    ("ZSCAN z 0", ["0", ["m", bulk_digits(
        "0.10000000000000001", "0.1")]]),
])
case("double-exponent", [
    ("ZADD z 1e17 m", 1), ("ZSCORE z m", D("1e+17")), ("ZADD z 1e16 m", 0),
    ("ZSCORE z m", D("10000000000000000")),
    ("ZADD z 12345678901234567 m", 0),
    ("ZSCORE z m", D("12345678901234568")), ("ZADD z 1e-4 m", 0),
    ("ZSCORE z m", D("0.0001")), ("ZADD z 0.0001220703125 m", 0),
    ("ZSCORE z m", D("0.0001220703125")), ("ZADD z 1e-7 m", 0),
    ("ZSCORE z m", D("9.9999999999999995e-08")),
    ("ZADD z 9.5367431640625e-07 m", 0),
    ("ZSCORE z m", D("9.5367431640625e-07")),
    ("ZADD z 1.862645149230957e-09 m", 0),
    ("ZSCORE z m", D("1.862645149230957e-09")),
])
case("double-arithmetic", [
    ("ZADD z 0.5 m", 1), ("ZINCRBY z 0.25 m", D("0.75")),
    ("ZINCRBY z -0.75 m", D("0")), ("ZINCRBY z -0.5 m", D("-0.5")),
    ("ZINCRBY z 1e10 m", D("9999999999.5")),
    ("ZADD z INCR 0.5 m", D("10000000000")),
])
case("double-weights", [
    ("ZADD z 1 a 2 b", 2),
    ("ZUNION 1 z WEIGHTS 0.5 WITHSCORES", Pairs([("a", D("0.5")), ("b",
     D("1"))])),
    ("ZUNION 1 z WEIGHTS -1 WITHSCORES", Pairs([("b", D("-2")), ("a",
     D("-1"))])),
    ("ZUNION 1 z WEIGHTS inf WITHSCORES", Pairs([("a", D("inf")), ("b",
     D("inf"))])),
    ("ZUNION 1 z WEIGHTS 0 WITHSCORES", Pairs([("a", D("0")), ("b",
     D("0"))])),
    ("ZUNION 2 z z AGGREGATE MIN WITHSCORES", Pairs([("a", D("1")), ("b",
     D("2"))])),
    ("ZUNION 2 z z WEIGHTS 1e308 1e308 WITHSCORES", Pairs([("a", D("inf")),
     ("b", D("inf"))])),
])
case("double-inf-minus-inf", [
    ("ZADD a inf m", 1), ("ZADD b -inf m", 1),
    ("ZUNION 2 a b WITHSCORES", Pairs([("m", D("0"))])),
    ("ZUNIONSTORE d 2 a b", 1), ("ZSCORE d m", D("0")),
    ("ZUNION 1 a WEIGHTS 0 WITHSCORES", Pairs([("m", D("0"))])),
])
case("double-same-in-every-command", [
    ("ZADD z 1.25 m", 1), ("ZSCORE z m", D("1.25")),
    ("ZMSCORE z m", [D("1.25")]),
    ("ZRANGE z 0 -1 WITHSCORES", Pairs([("m", D("1.25"))])),
    ("ZRANGEBYSCORE z 1.25 1.25 WITHSCORES", Pairs([("m", D("1.25"))])),
    ("ZINCRBY z 0 m", D("1.25")), ("ZADD z INCR 0 m", D("1.25")),
    ("ZRANDMEMBER z 1 WITHSCORES", Pairs([("m", D("1.25"))])),
    ("ZUNION 1 z WITHSCORES", Pairs([("m", D("1.25"))])),
    ("ZSCAN z 0", ["0", ["m", "1.25"]]), ("ZPOPMIN z", ["m", D("1.25")]),
])
case("incrbyfloat", [
    ("INCRBYFLOAT k 10.5", "10.5"), ("INCRBYFLOAT k 0.1", "10.6"),
    ("INCRBYFLOAT k -5", "5.6"), ("SET k 5.5", OK),
    ("INCRBYFLOAT k 5.0e3", "5005.5"), ("INCRBYFLOAT k 200", "5205.5"),
    ("SET k 3.0", OK), ("INCRBYFLOAT k 1.1", "4.1"), ("SET k 1e3", OK),
    ("INCRBYFLOAT k 0", "1000"),
])
case("incrbyfloat-no-exponent", [
    ("INCRBYFLOAT k 1e10", "10000000000"),
    ("INCRBYFLOAT k 1e15", "1000010000000000"), ("SET k 1e17", OK),
    ("INCRBYFLOAT k 0", "100000000000000000"), ("SET k 0.00001", OK),
    ("INCRBYFLOAT k 0", "0.00001"), ("SET k 5e-7", OK),
    ("INCRBYFLOAT k 0", "0.0000005"),
])
case("hincrbyfloat", [
    ("HINCRBYFLOAT h f 10.5", "10.5"), ("HINCRBYFLOAT h f 0.1", "10.6"),
    ("HINCRBYFLOAT h f -5", "5.6"), ("HSET h f 5.0e3", 0),
    ("HINCRBYFLOAT h f 2.0e2", "5200"),
    ("HINCRBYFLOAT h f inf", E("ERR value is NaN or Infinity")),
    ("HINCRBYFLOAT h f nan", FLOAT_ERR), ("HSET h f abc", 0),
    ("HINCRBYFLOAT h f 1", E("ERR hash value is not a float")),
    ("HINCRBY h f 1", E("ERR hash value is not an integer")),
])
case("geodist", [
    ("GEOADD g 13.361389 38.115556 P 15.087269 37.502669 C", 2),
    ("GEODIST g P C", "166274.1516"), ("GEODIST g P C m", "166274.1516"),
    ("GEODIST g P C km", "166.2742"), ("GEODIST g P C ft", "545518.8700"),
    ("GEODIST g P C mi", "103.3182"), ("GEODIST g P P", "0.0000"),
])
case("geopos", [
    ("GEOADD g 13.361389 38.115556 P -122.27652 37.805186 s", 2),
    ("GEOPOS g P s", [[D("13.36138933897018433"),
     D("38.11555639549629859")], [D("-122.27652043104171753"),
     D("37.80518485897756165")]]),
])
case("script-double", [
    (("EVAL", "return {double=0.1}", "0"),
     digits("0.10000000000000001", "0.1")),
    (("EVAL", "return {double=1e20}", "0"), D("1e+20")),
    (("EVAL", "return {double=-0.5}", "0"), D("-0.5")),
    (("EVAL", "return {double=3.141}", "0"), D("3.141")),
    (("EVAL", "return {double=1/3}", "0"),
     digits("0.33333333333333331", "0.3333333333333333")),
], **LUA)
case("script-number-as-argument", [
    (("EVAL", "return redis.call('SET',KEYS[1],1.5)", "1", "k"), OK),
    ("GET k", "1.5"),
    (("EVAL", "return redis.call('SET',KEYS[1],10)", "1", "k"), OK),
    ("GET k", "10"),
    (("EVAL", "return redis.call('SET',KEYS[1],1e20)", "1", "k"), OK),
    ("GET k", "1e+20"),
    (("EVAL", "return redis.call('SET',KEYS[1],0.1)", "1", "k"), OK),
    ("GET k", Exact("0.10000000000000001")),
], **LUA)
case("time-is-bulks", [
    ("TIME", [Re("[0-9]{10}"), Re("(0|[1-9][0-9]{0,5})")]),
    ("LASTSAVE", Between(0, 2**40)),
])
case("counts-in-pending-are-bulks", [
    ("XADD s 1-1 f v", "1-1"), ("XGROUP CREATE s g 0", OK),
    ("XREADGROUP GROUP g c STREAMS s >", ANY),
    ("XPENDING s g", [1, "1-1", "1-1", [["c", "1"]]]),
])
case("config-numbers-are-bulks", [
    ("CONFIG GET maxmemory", M([("maxmemory", "0")])),
    ("CONFIG GET maxmemory-samples", M([("maxmemory-samples", "5")])),
    ("CONFIG GET hz", M([("hz", Re(rb"[1-9][0-9]*"))])),
])
case("memory-stats-integers", [
    ("MEMORY STATS", M([("peak.allocated", Between(0, 2**62)),
     ("keys.count", 0)], more=True)),
])
case("lcs-length", [
    ("MSET a abc b abd", OK), ("LCS a b LEN", 2), ("LCS a nokey LEN", 0),
    ("LCS a a LEN", 3),
])
case("script-double-nan", [
    (("EVAL", "return {double=0/0}", "0"),
     By(D("-nan"), ("redis>=7.2", D("nan")))),
], protos=2, **LUA)
# In RESP3 Redis 7.0 sends ",-nan", which is no double.
case("script-double-nan-resp3", [
    (("EVAL", "return {double=0/0}", "0"), D("nan")),
], protos=3, only="redis>=7.2", why="-nan is no RESP3", **LUA)
