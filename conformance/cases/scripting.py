"""Lua scripts and functions."""

import hashlib

from conformance.cases import *  # noqa: F403

SCRIPTS = {"needs": ("scripts",)}
case = area("scripting.eval", **SCRIPTS)
script = area("scripting.script", **SCRIPTS)
function = area("scripting.function", **SCRIPTS)

NOSCRIPT = By(E("NOSCRIPT No matching script. Please use EVAL."),
              ("valkey", E("NOSCRIPT No matching script.")))
FEW_ARGS = E("ERR Number of keys can't be greater than number of args")
NEGATIVE = E("ERR Number of keys can't be negative")
NOT_ALLOWED = "ERR This Redis command is not allowed from script"
READ_ONLY = "ERR Write commands are not allowed from read-only scripts."
NO_FUNCTION = E("ERR Function not found")
NO_LIBRARY = E("ERR Library not found")
NOTBUSY = E("NOTBUSY No scripts in execution right now.")
BUSY = E("BUSY Redis is busy running a script. You can only call SCRIPT KILL "
         "or SHUTDOWN NOSAVE.")


def sha(source):
    return hashlib.sha1(source.encode("latin-1")).hexdigest()


def failed(source, text, line=1):
    """The error of a script that was ended by one."""
    return E("%s script: %s, on @user_script:%d." % (
        text, sha(source), line))


def raised(source, text):
    """The same for what the Lua interpreter itself says."""
    return failed(source, "ERR user_script:1: " + text)


def ev(source, want, *args, keys=0):
    """A step: `keys` of the arguments are keys."""
    return (("EVAL", source, str(keys)) + args, want)


def lua(name, source, want, **how):
    """A case of one script."""
    case(name, [ev(source, want)], **how)


# ---- from Lua to RESP ----------------------------------------------------

for name, source, want in [
    ("nothing", "", NIL), ("return-nothing", "return", NIL),
    ("nil", "return nil", NIL), ("no-return", "local a = 1", NIL),
    ("true", "return true", 1), ("false", "return false", NIL),
    ("integer", "return 42", 42), ("negative", "return -42", -42),
    ("zero", "return 0", 0), ("minus-zero", "return -0", 0),
    ("fraction-is-cut", "return 3.99", 3),
    ("negative-fraction-is-cut", "return -3.99", -3),
    ("big-integer", "return 2^53", 9007199254740992),
    ("minus-big-integer", "return -2^53", -9007199254740992),
    ("string", "return 'abc'", "abc"), ("empty-string", "return ''", ""),
    ("number-in-string", "return '3.99'", "3.99"),
    ("number-to-string", "return tostring(3.99)", "3.99"),
    ("long-string", "return string.rep('x', 100000)", b"x" * 100000),
    ("string-with-line-ends", r"return 'a\r\nb\000c'", b"a\r\nb\0c"),
    ("string-that-looks-like-a-reply", r"return '$-1\r\n+OK\r\n'",
     b"$-1\r\n+OK\r\n"),
    ("every-byte", "local t = {} for i = 0, 255 do t[#t + 1] = "
     "string.char(i) end return table.concat(t)", bytes(range(256))),
    ("empty-table", "return {}", []), ("table", "return {1, 2, 'c'}",
                                       [1, 2, "c"]),
    ("table-ends-at-nil", "return {1, 2, nil, 4}", [1, 2]),
    ("table-that-begins-with-nil", "return {nil, 2}", []),
    ("table-with-a-hole", "return {[1] = 1, [3] = 3}", [1]),
    ("table-index-zero", "return {[0] = 1, 2}", [2]),
    ("table-of-names", "return {a = 1, b = 2}", []),
    ("table-with-a-name", "return {1, a = 2, 3}", [1, 3]),
    ("table-of-booleans", "return {true, false, true}", [1, NIL, 1]),
    ("table-of-fractions", "return {1.5, -1.5, '1.5'}", [1, -1, "1.5"]),
    ("nested-tables", "return {{}, {{}}, {1, {'a', {2}}}}",
     [[], [[]], [1, ["a", [2]]]]),
    ("only-the-first-value", "return 1, 2", 1),
    ("status", "return {ok = 'FINE'}", Simple("FINE")),
    ("empty-status", "return {ok = ''}", Simple("")),
    ("status-reply", "return redis.status_reply('TEST')", Simple("TEST")),
    ("error", "return {err = 'MY error'}", E("MY error")),
    ("error-without-a-code", "return {err = 'boom'}", E("boom")),
    ("error-reply", "return redis.error_reply('MY error')", E("MY error")),
    ("error-reply-without-a-code", "return redis.error_reply('boom')",
     E("ERR boom")),
    ("error-reply-with-a-minus", "return redis.error_reply('-MY error')",
     E("MY error")),
    ("error-before-status", "return {ok = 'fine', err = 'MY e'}", E("MY e")),
    ("error-before-items", "return {1, 2, err = 'MY e'}", E("MY e")),
    ("status-before-items", "return {1, 2, ok = 'fine'}", Simple("fine")),
    ("status-that-is-no-string", "return {ok = {}}", []),
    ("errors-and-statuses-in-a-table",
     "return {{err = 'MY e'}, {ok = 'fine'}, redis.error_reply('x'), 1}",
     [E("MY e"), Simple("fine"), E("ERR x"), 1]),
    ("double", "return {double = 3.5}", D("3.5")),
    ("double-integer", "return {double = 10}", D("10")),
    ("double-negative", "return {double = -0.25}", D("-0.25")),
    ("double-in-a-table", "return {{double = 1.5}, 1.5}", [D("1.5"), 1]),
    ("double-inf", "return {double = 1 / 0}", D("inf")),
    ("double-minus-inf", "return {double = -1 / 0}", D("-inf")),
    ("double-exponent", "return {double = 1e300}",
     By(D("1.0000000000000001e+300"), ("redis>=7.2", D("1e+300")),
        ("kv", D("1e+300")))),
    ("double-that-is-no-number", "return {double = 'x'}", []),
    ("map", "return {map = {a = 1}}", M([("a", 1)])),
    ("map-of-many", "return {map = {a = 1, b = 'x', [3] = true}}",
     M([("a", 1), ("b", "x"), (3, 1)])),
    ("map-empty", "return {map = {}}", M([])),
    ("map-nested", "return {map = {a = {map = {b = {1, 2}}}}}",
     M([("a", M([("b", [1, 2])]))])),
    ("set", "return {set = {a = true}}", S(["a"])),
    ("set-of-many", "return {set = {a = true, b = 1, [3] = 'x'}}",
     S(["a", "b", 3])),
    ("set-empty", "return {set = {}}", S([])),
    ("big-number", "return {big_number = "
     "'12345678901234567890123456789012345678901234567890'}",
     N("12345678901234567890123456789012345678901234567890")),
    ("big-number-negative", "return {big_number = '-12345678901234567890'}",
     N("-12345678901234567890")),
    ("verbatim", "return {verbatim_string = {format = 'mkd', string = "
     "'# x'}}", V("mkd", "# x")),
    ("verbatim-empty", "return {verbatim_string = {format = 'txt', string = "
     "''}}", V("txt", "")),
    ("verbatim-with-line-ends", "return {verbatim_string = {format = 'txt', "
     r"string = 'a\r\nb\000'}}", V("txt", b"a\r\nb\0")),
    ("verbatim-with-line-ends-and-a-short-format",
     "return {verbatim_string = {format = 'tx', "
     r"string = 'a\r\nb'}}", V("tx ", "a\r\nb")),
    ("verbatim-in-a-table", "return {{verbatim_string = {format = 'txt', "
     "string = 'x'}}}", [V("txt", "x")]),
    ("every-type-in-a-table",
     "return {{double = 1.5}, {map = {a = {set = {}}}}, {big_number = '1'}, "
     "{ok = 'x'}, true, false, 'y', {}}",
     [D("1.5"), M([("a", S([]))]), N("1"), Simple("x"), 1, NIL, "y", []]),
]:
    lua("returns-" + name, source, want)
lua("returns-double-nan", "return {double = 0 / 0}",
    OneOf("nan", Exact("-nan")), protos=(2,))
lua("returns-double-nan-in-resp3", "return {double = 0 / 0}", D("nan"),
    protos=(3,), since="7.2")
lua("returns-numbers-beyond-64-bits", "return {1e20, -1e20, 0 / 0}",
    Exact([-9223372036854775808] * 3), level=EXACT)
DEEP = []
for _ in range(50):
    DEEP = [DEEP]
lua("returns-deep-tables", "local t = {} for i = 1, 50 do t = {t} end "
    "return t", DEEP)
lua("makes-tables-that-are-deep",
    "local t = {} for i = 1, 20000 do t = {t} end return #t", 1)
lua("returns-many", "local t = {} for i = 1, 5000 do t[i] = i end return t",
    list(range(1, 5001)))

# line ends in what is framed by lines
lua("no-injection-by-big-number", r"return {big_number = '1\r\n+INJ'}",
    "1  +INJ", seen="CVE-2025-67733", protos=(2,))
for name, source, want in [
    ("status", r"return {ok = 'a\r\n+INJ\r\n$1'}", Simple("a  +INJ  $1")),
    ("status-reply", r"return redis.status_reply('a\r\nb')",
     Simple("a  b")),
    ("error", r"return {err = 'MY a\r\n+INJ'}", E("MY a  +INJ")),
    ("error-reply", r"return redis.error_reply('MY a\r\nb')", E("MY a  b")),
    ("error-in-a-table", r"return {{err = 'MY a\nb'}, 1}",
     [E("MY a b"), 1]),
    ("status-alone", r"return {ok = '\n'}", Simple(" ")),
]:
    lua("no-injection-by-" + name, source, want, seen="CVE-2025-67733")
for name, source in [
        ("error-function", r"error('a\r\n+INJ')"),
        ("unknown-global", r"return _G['a\r\n+INJ']")]:
    lua("no-injection-by-" + name, source, raised(source, (
        "a  +INJ" if "error" in name else "Script attempted to access "
        "nonexistent global variable 'a  +INJ'")),
        seen="CVE-2025-67733")
lua("no-injection-by-error-table", r"error({err = 'MY a\r\n+INJ'})",
    failed(r"error({err = 'MY a\r\n+INJ'})", "MY a  +INJ"),
    seen="CVE-2025-67733")
lua("no-injection-by-the-script-itself", "error('x') --\r\n+INJ",
    E("ERR Error compiling script (new function): user_script:2: unexpected "
      "symbol near '+'"))
lua("no-injection-by-a-command-name", r"return redis.pcall('a\r\n+INJ')",
    E("ERR Unknown Redis command called from script"))
case("no-injection-by-a-compile-error", [
    ev("return 'a\r\n+INJ", EP("ERR Error compiling script (new function): "
                               "user_script:1: unfinished string near ")),
    ("PING", PONG)])

# ---- KEYS and ARGV -------------------------------------------------------

case("keys-and-argv", [
    ev("return {KEYS, ARGV, #KEYS, #ARGV}", [["a", "b"], ["c"], 2, 1],
       "a", "b", "c", keys=2),
    ev("return {KEYS, ARGV}", [[], []]),
    ev("return {KEYS, ARGV}", [["a"], []], "a", keys=1),
    ev("return {KEYS, ARGV}", [[], ["a"]], "a"),
    ev("return {KEYS[1], ARGV[1]}", [b"\r\n\0", ""], b"\r\n\0", "", keys=1),
    ev("return KEYS[1] == nil", 1), ev("return ARGV[2] == nil", 1, "a"),
    ev("return type(ARGV[1])", "string", "12"),
    ev("return ARGV[1] + 1", 13, "12"),
])
case("keys-may-be-undeclared", [
    ev("return redis.call('SET', ARGV[1], 'v')", OK, "k"), ("GET k", "v"),
    ev("return redis.call('SET', 'a' .. 'b', 'v')", OK), ("GET ab", "v"),
])
case("number-of-keys-errors", [
    (("EVAL", "return 1", "-1"), NEGATIVE),
    (("EVAL", "return 1", "abc"), INT_ERR),
    (("EVAL", "return 1", ""), INT_ERR),
    (("EVAL", "return 1", "1.5"), INT_ERR),
    (("EVAL", "return 1", "1"), FEW_ARGS),
    (("EVAL", "return 1", "3", "a", "b"), FEW_ARGS),
    (("EVAL", "return 1", "9223372036854775807"), FEW_ARGS),
    (("EVAL", "return 1", "9223372036854775808"), INT_ERR),
    (("EVAL", "foo bar", "-1"), NEGATIVE),
    (("EVAL_RO", "return 1", "-1"), NEGATIVE),
    (("EVAL_RO", "return 1", "1"), FEW_ARGS),
    ("EVAL", arity("eval")), ("EVAL x", arity("eval")),
])
case("binary-keys-and-values", [
    ev("return redis.call('SET', KEYS[1], ARGV[1])", OK, b"\r\n\0",
       b"\xff\0\r\n", keys=1),
    (("GET", b"\r\n\0"), b"\xff\0\r\n"),
    ev("return redis.call('GET', KEYS[1])", b"\xff\0\r\n", b"\r\n\0",
       keys=1),
])

# ---- redis.call, redis.pcall ---------------------------------------------

case("call-replies", [
    ev("return redis.call('SET', 'k', 'v')", OK),
    ev("return redis.call('GET', 'k')", "v"),
    ev("return redis.call('GET', 'nokey')", NIL),
    ev("return redis.call('INCR', 'n')", 1),
    ev("return redis.call('PING')", PONG),
    ev("return redis.call('RPUSH', 'l', 'a', 'b')", 2),
    ev("return redis.call('LRANGE', 'l', 0, -1)", ["a", "b"]),
    ev("return redis.call('LPOP', 'nokey', 1)", NIL),
    ev("return redis.call('MGET', 'k', 'nokey', 'n')", ["v", NIL, "1"]),
    ev("return redis.call('ECHO', '')", ""),
    ev("return redis.call('TYPE', 'k')", Simple("string")),
])
case("call-replies-in-resp2-form", [
    ("HSET h f v", 1), ("SADD s a", 1), ("ZADD z 1.5 a", 1),
    ev("return redis.call('HGETALL', 'h')", Array([Bulk("f"), Bulk("v")])),
    ev("return redis.call('SMEMBERS', 's')", Array([Bulk("a")])),
    ev("return redis.call('ZSCORE', 'z', 'a')", Bulk("1.5")),
    ev("return redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')",
       Array([Bulk("a"), Bulk("1.5")])),
    ev("return redis.call('CONFIG', 'GET', 'nosuch')", EP(NOT_ALLOWED)),
    ev("return redis.call('INFO', 'nosuch')", Bulk("")),
])
case("call-replies-in-resp3-form", [
    ("HSET h f v", 1), ("SADD s a", 1), ("ZADD z 1.5 a", 1),
    ev("redis.setresp(3) return redis.call('HGETALL', 'h')",
       M([("f", "v")])),
    ev("redis.setresp(3) return redis.call('SMEMBERS', 's')", S(["a"])),
    ev("redis.setresp(3) return redis.call('ZSCORE', 'z', 'a')", D("1.5")),
    ev("redis.setresp(3) return redis.call('ZRANGE', 'z', 0, -1, "
       "'WITHSCORES')", [["a", D("1.5")]]),
    ev("redis.setresp(3) return redis.call('GET', 'nokey')", NIL),
    ev("redis.setresp(3) return redis.call('LPOP', 'nokey', 1)", NIL),
    ev("redis.setresp(3) return redis.call('MGET', 'a', 'b')", []),
    ev("redis.setresp(3) return #redis.call('MGET', 'a', 'b')", 0),
    ev("redis.setresp(3) return redis.call('INFO', 'nosuch')",
       V("txt", "")),
    ev("redis.setresp(3) return redis.call('PING')", PONG),
])
case("what-lua-sees-in-resp2-form", [
    ("SET k v", OK), ("HSET h f v", 1), ("ZADD z 1.5 a", 1),
    ev("return redis.call('SET', 'k', 'v').ok", "OK"),
    ev("return type(redis.call('GET', 'nokey'))", "boolean"),
    ev("return redis.call('GET', 'nokey') == false", 1),
    ev("return type(redis.call('LPOP', 'nokey', 1))", "boolean"),
    ev("return type(redis.call('INCR', 'n'))", "number"),
    ev("return redis.call('MGET', 'a', 'k')[1] == false", 1),
    ev("return #redis.call('MGET', 'a', 'k')", 2),
    ev("return redis.call('HGETALL', 'h')[2]", "v"),
    ev("return type(redis.call('ZSCORE', 'z', 'a'))", "string"),
])
case("what-lua-sees-in-resp3-form", [
    ("HSET h f v", 1), ("SADD s a", 1), ("ZADD z 1.5 a", 1),
    ev("redis.setresp(3) return type(redis.call('GET', 'nokey'))", "nil"),
    ev("redis.setresp(3) return redis.call('HGETALL', 'h').map.f", "v"),
    ev("redis.setresp(3) return redis.call('SMEMBERS', 's').set.a",
       B(True)),
    ev("redis.setresp(3) return redis.call('ZSCORE', 'z', 'a').double * 2",
       3),
    ev("redis.setresp(3) local r = redis.call('INFO', 'nosuch') return "
       "{r.verbatim_string.format, r.verbatim_string.string}", ["txt", ""]),
    ev("redis.setresp(3) redis.setresp(2) return "
       "type(redis.call('GET', 'nokey'))", "boolean"),
    ev("return type(redis.call('GET', 'nokey'))", "boolean"),
])
case("setresp-3-and-booleans", [
    ev("redis.setresp(3) return true", B(True)),
    ev("redis.setresp(3) return false", B(False)),
    ev("redis.setresp(3) return {true, false}", [B(True), B(False)]),
    ev("redis.setresp(3) return nil", NIL),
    ev("redis.setresp(3) redis.setresp(2) return {true, false}", [1, NIL]),
    ev("redis.setresp(2) return true", 1), ev("return true", 1),
    ev("redis.setresp(3) return {map = {a = true}}", M([("a", B(True))])),
])
S4 = "redis.setresp(4)"
S0 = "redis.setresp()"
case("setresp-errors", [
    ev(S4, failed(S4, "ERR RESP version must be 2 or 3.")),
    ev(S0, failed(S0, "ERR redis.setresp() requires one argument.")),
    ev("redis.setresp('3') return true", B(True)),
])
case("call-arguments", [
    ev("return redis.call('SET', 'k', 12)", OK), ("GET k", "12"),
    ev("return redis.call('SET', 'k', 1.5)", OK), ("GET k", "1.5"),
    ev("return redis.call('SET', 'k', 3.0)", OK), ("GET k", "3"),
    ev("return redis.call('SET', 'k', -1e15)", OK),
    ("GET k", "-1000000000000000"),
    ev("return redis.call('set', 'k', 'lower')", OK), ("GET k", "lower"),
    ev("return redis.call('ECHO', 0.1)", Exact("0.10000000000000001")),
])
for name, source, text in [
    ("no-arguments", "redis.call()",
     "ERR Please specify at least one argument for this redis lib call"),
    ("table-argument", "redis.call('SET', 'k', {})",
     "ERR Lua redis lib command arguments must be strings or integers"),
    ("boolean-argument", "redis.call('SET', 'k', true)",
     "ERR Lua redis lib command arguments must be strings or integers"),
    ("nil-argument", "redis.call('SET', 'k', nil)",
     "ERR Lua redis lib command arguments must be strings or integers"),
    ("unknown-command", "redis.call('NOSUCH')",
     "ERR Unknown Redis command called from script"),
    ("unknown-subcommand", "redis.call('CLIENT', 'NOSUCH')",
     "ERR Unknown Redis command called from script"),
    ("arity", "redis.call('GET')",
     "ERR Wrong number of args calling Redis command from script"),
    ("syntax", "redis.call('SET', 'k', 'v', 'FOO')", "ERR syntax error"),
    ("integer", "redis.call('INCRBY', 'k', 'x')",
     "ERR value is not an integer or out of range"),
]:
    case("call-error-" + name, [
        ev(source, failed(source, text)),
        ev("return " + source.replace("call", "pcall"), E(text)),
        ev("return %s.err" % source.replace("call", "pcall"), text),
        ("EXISTS k", 0)])
CALL_INCR = "return redis.call('INCR', KEYS[1])"
case("call-error-of-a-value", [
    ("SET k abc", OK),
    ev(CALL_INCR, failed(CALL_INCR, INT_ERR.what), "k", keys=1),
    ev(CALL_INCR.replace("call", "pcall"), INT_ERR, "k", keys=1),
])
CALL_LPUSH = "redis.call('LPUSH', KEYS[1], 'x')"
case("call-error-wrongtype", [
    ("SET k v", OK), ev(CALL_LPUSH, failed(
        CALL_LPUSH, WRONGTYPE.what), "k", keys=1),
    ev("return redis.pcall('LPUSH', KEYS[1], 'x')", WRONGTYPE, "k", keys=1),
    ev("return redis.pcall('LPUSH', KEYS[1], 'x').err", WRONGTYPE.what, "k",
       keys=1),
    ev("return {redis.pcall('LPUSH', KEYS[1], 'x'), 1}", [WRONGTYPE, 1],
       "k", keys=1),
])
case("call-error-ends-the-script", [
    ("SET k v", OK),
    (("EVAL", "redis.call('SET', 'a', 1) redis.call('INCR', 'k') "
      "redis.call('SET', 'b', 1)", "0"), EP(INT_ERR.what + " script: ")),
    ("EXISTS a", 1), ("EXISTS b", 0),
])
case("pcall-error-goes-on", [
    ("SET k v", OK),
    ev("redis.pcall('INCR', 'k') return redis.call('SET', 'b', 1)", OK),
    ("GET b", "1"),
])
case("lua-pcall-of-call", [
    ("SET k v", OK),
    ev("local ok, e = pcall(redis.call, 'INCR', 'k') return {ok, e}",
       [NIL, Re(rb"ERR value is not an integer or out of range.*")]),
    ev("local ok, e = pcall(redis.call, 'SET', 'k', 'w') return {ok, e}",
       [1, OK]),
    ev("return {pcall(error, 'x')}", [NIL, "x"]),
])
for command in (
        "SUBSCRIBE c", "PSUBSCRIBE c", "UNSUBSCRIBE c", "SSUBSCRIBE c",
        "MULTI", "EXEC", "DISCARD", "WATCH k", "UNWATCH", "AUTH x",
        "HELLO 3", "QUIT", "RESET", "MONITOR", "EVAL x 0", "EVALSHA x 0",
        "SCRIPT FLUSH", "FUNCTION LIST", "FCALL f 0", "CLIENT REPLY OFF",
        "CONFIG GET x", "DEBUG SLEEP 0", "SAVE", "BGREWRITEAOF",
        "SHUTDOWN NOSAVE", "BLPOP l 0", "BRPOPLPUSH a b 0", "BZPOPMIN z 0",
        "WAIT 0 0", "ACL WHOAMI", "CLIENT LIST", "REPLICAOF NO ONE"):
    source = "redis.call(%s)" % ", ".join(
        "'%s'" % w for w in command.split())
    case("refuses-" + "-".join(command.lower().split()[:2]), [
        ev(source, failed(source, NOT_ALLOWED)),
        ev("return " + source.replace("call", "pcall"), E(NOT_ALLOWED)),
        ("PING", PONG)])
case("selected-database-is-left", [
    ev("redis.call('SELECT', 1) return redis.call('SET', 'k', 'one')", OK),
    ("GET k", NIL), ("SELECT 1", OK), ("GET k", "one"), ("SELECT 0", OK),
])
case("works-in-the-selected-database", [
    ("SELECT 1", OK), ev("return redis.call('SET', 'k', 'one')", OK),
    ("GET k", "one"), ("SELECT 0", OK), ("GET k", NIL),
])
case("publishes", [
    ("b", "SUBSCRIBE c", P(["subscribe", "c", 1])),
    ev("return redis.call('PUBLISH', 'c', 'x')", 1),
    ("b", b"", P(["message", "c", "x"])),
    ("b", "UNSUBSCRIBE c", P(["unsubscribe", "c", 0])),
])
case("serves-blocked-clients-when-it-is-done", [
    ("b", "BLPOP l 0", BLOCKED),
    ev("redis.call('RPUSH', 'l', 'a') redis.call('LPUSH', 'l', 'b') "
       "return redis.call('LLEN', 'l')", 2),
    ("b", b"", ["l", "b"]), ("LRANGE l 0 -1", ["a"]),
])
case("is-atomic", [
    ev("for i = 1, 100 do redis.call('INCR', 'n') end return "
       "redis.call('GET', 'n')", "100"),
])
case("key-does-not-expire-while-it-runs", [
    ev("redis.call('SET', 'k', 'v', 'PX', 1) local s = "
       "redis.call('TIME') repeat local t = redis.call('TIME') until "
       "(t[1] - s[1]) * 1000000 + t[2] - s[2] > 5000 return "
       "redis.call('GET', 'k')", "v"),
], level=EXACT)
case("random-and-unordered-commands-may-precede-writes", [
    ev("redis.call('TIME') return redis.call('SET', 'k', 'v')", OK),
    ev("redis.call('RANDOMKEY') return redis.call('SET', 'k', 'w')", OK),
])

# ---- errors of Lua itself ------------------------------------------------

for name, source, text in [
    ("error-function", "error('boom')", "boom"),
    ("unknown-global", "return nosuch", "Script attempted to access "
     "nonexistent global variable 'nosuch'"),
    ("print", "print('x')",
     "Script attempted to access nonexistent global variable 'print'"),
    ("require", "require('os')",
     "Script attempted to access nonexistent global variable 'require'"),
    ("dofile", "dofile('x')",
     "Script attempted to access nonexistent global variable 'dofile'"),
    ("io", "return io.open('x')",
     "Script attempted to access nonexistent global variable 'io'"),
    ("new-global", "x = 1", "Attempt to modify a readonly table"),
    ("new-function", "function f() end",
     "Attempt to modify a readonly table"),
    ("changed-library", "string.x = 1", "Attempt to modify a readonly table"),
    ("changed-redis", "redis.call = 1", "Attempt to modify a readonly table"),
    ("arithmetic", "return 1 + {}",
     "attempt to perform arithmetic on a table value"),
    ("call-of-nil", "local f f()",
     "attempt to call local 'f' (a nil value)"),
    ("index-of-nil", "local t return t.x",
     "attempt to index local 't' (a nil value)"),
    ("concatenation", "return 'a' .. {}",
     "attempt to concatenate a table value"),
]:
    lua("lua-error-" + name, source, raised(source, text))
case("lua-error-line", [
    ev("\n\nerror('x')", failed("\n\nerror('x')", "ERR user_script:3: x",
                                3))])
case("lua-error-level-0", [
    ev("error('x', 0)", failed("error('x', 0)", "ERR x")),
], level=EXACT)
case("lua-error-table", [
    ev("error({err = 'MY boom'})", failed("error({err = 'MY boom'})",
                                          "MY boom")),
    ev("error(redis.error_reply('MY boom'))", failed(
        "error(redis.error_reply('MY boom'))", "MY boom")),
])
case("lua-error-too-deep", [
    ev("local function f() return f() + 1 end return f()",
       EP("ERR user_script:1: stack overflow")), ("PING", PONG),
])
case("compile-errors", [
    ev("foo bar", E("ERR Error compiling script (new function): "
                    "user_script:1: '=' expected near 'bar'")),
    ev("return (", E("ERR Error compiling script (new function): "
                     "user_script:1: unexpected symbol near '<eof>'")),
    ev("if true", EP("ERR Error compiling script (new function): ")),
    ev("return 1 1", EP("ERR Error compiling script (new function): ")),
    ev("\x1bLua", EP("ERR Error compiling script (new function): ")),
    ("PING", PONG),
])
case("globals-are-not-kept", [
    ev("local x = 1 return x", 1),
    ev("return rawget(_G, 'x') == nil", 1),
], level=EXACT)
case("not-a-global-of-the-next-script", [
    ev("KEYS[1] = 'x' return KEYS[1]", "x", "a", keys=1),
    ev("return KEYS[1]", "a", "a", keys=1), ev("return KEYS[1]", NIL),
])

# ---- the redis library ---------------------------------------------------

for name, source, want in [
    ("sha1hex", "return redis.sha1hex('')",
     "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("sha1hex-of-a-number", "return redis.sha1hex(1)", sha("1")),
    ("log-levels", "return {redis.LOG_DEBUG, redis.LOG_VERBOSE, "
     "redis.LOG_NOTICE, redis.LOG_WARNING}", [0, 1, 2, 3]),
    ("log", "return redis.log(redis.LOG_DEBUG, 'x', 'y')", NIL),
    ("version", "return redis.REDIS_VERSION", Re(rb"[0-9]+\.[0-9.]+")),
    ("version-number", "return redis.REDIS_VERSION_NUM",
     Between(0x70000, 0xffffff)),
    ("replicate-commands", "return redis.replicate_commands()", 1),
    ("set-repl", "redis.set_repl(redis.REPL_NONE) redis.set_repl("
     "redis.REPL_ALL) return {redis.REPL_NONE, redis.REPL_AOF, "
     "redis.REPL_SLAVE, redis.REPL_REPLICA, redis.REPL_ALL}",
     [0, 1, 2, 2, 3]),
    ("breakpoint", "return redis.breakpoint()", NIL),
    ("debug", "return redis.debug('x')", NIL),
    ("acl-check-cmd", "return redis.acl_check_cmd('GET', 'k')", 1),
    ("error-reply-table", "return redis.error_reply('MY e').err", "MY e"),
    ("status-reply-table", "return redis.status_reply('x').ok", "x"),
    ("error-reply-of-a-table", "return redis.error_reply({})",
     E("ERR wrong number or type of arguments")),
    ("error-reply-of-nothing", "return redis.error_reply()",
     E("ERR wrong number or type of arguments")),
    ("status-reply-of-nothing", "return redis.status_reply()",
     E("ERR wrong number or type of arguments")),
    ("error-reply-of-the-empty-string", "return redis.error_reply('')",
     E("ERR ")),
]:
    lua("redis-" + name, source, want)
for name, source, text in [
    ("sha1hex", "return redis.sha1hex()", "ERR wrong number of arguments"),
    ("log", "return redis.log('x')",
     "ERR redis.log() requires two arguments or more."),
    ("set-repl", "return redis.set_repl(9)",
     "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL "
     "or REPL_NONE."),
    ("acl-check-cmd", "return redis.acl_check_cmd('NOSUCH')",
     "ERR Invalid command passed to redis.acl_check_cmd()"),
]:
    lua("redis-%s-error" % name, source, failed(source, text))

# ---- the other libraries -------------------------------------------------

for name, source, want in [
    ("string", "return {string.upper('a'), string.format('%05.1f|%s', 1.25, "
     "'x'), ('abc'):sub(2), string.byte('A'), #'abc', ('a,b'):find(','), "
     "('x=1'):match('=(.*)'), ('aa'):gsub('a', 'b')}",
     ["A", "001.2|x", "bc", 65, 3, 2, "1", "bb", 2]),
    ("table", "local t = {3, 1, 2} table.sort(t) table.insert(t, 4) "
     "table.remove(t, 1) return {table.concat(t, '-'), unpack(t)}",
     ["2-3-4", 2, 3, 4]),
    ("math", "return {math.floor(1.5), math.max(1, 3), math.abs(-2), "
     "tostring(math.huge), tostring(math.pi)}",
     [1, 3, 2, "inf", "3.1415926535898"]),
    ("math-random-is-seeded", "math.randomseed(1) local a = math.random() "
     "math.randomseed(1) return a == math.random()", 1),
    ("loadstring", "return loadstring('return 7')()", 7),
    ("select-and-varargs", "local function f(...) return select('#', ...) "
     "end return f(1, nil, 3)", 3),
    ("coroutine", "local c = coroutine.wrap(function() coroutine.yield(1) "
     "coroutine.yield(2) end) return {c(), c()}", [1, 2]),
    ("metatable", "return setmetatable({}, {__index = {x = 5}}).x", 5),
    ("tonumber", "return {tonumber('0x10'), tonumber('1e2'), "
     "tonumber('z', 36), tostring(tonumber('x'))}", [16, 100, 35, "nil"]),
    ("cjson-encode", "return {cjson.encode({1, 2, {3}}), "
     "cjson.encode({a = 'x'}), cjson.encode({}), cjson.encode('a\"b'), "
     "cjson.encode({true, 1.5}), cjson.encode(cjson.null)}",
     ["[1,2,[3]]", '{"a":"x"}', "{}", '"a\\"b"', "[true,1.5]", "null"]),
    ("cjson-decode", "local t = cjson.decode('{\"a\": [1, 2.5, \"x\", null, "
     "true], \"b\": {\"c\": \"d\"}}') return {t.a[1], tostring(t.a[2]), "
     "t.a[3], t.a[4] == cjson.null, t.a[5], t.b.c}",
     [1, "2.5", "x", 1, 1, "d"]),
    ("cjson-unicode", "return cjson.decode('\"\\\\u00e4\\\\ud83d\\\\ude00"
     "\"')", b"\xc3\xa4\xf0\x9f\x98\x80"),
    ("cmsgpack", "local a, b, c = cmsgpack.unpack(cmsgpack.pack({1, 'x', "
     "{2}}, 7, false)) return {a, b, c}", [[1, "x", [2]], 7, NIL]),
    ("cmsgpack-bytes", "return cmsgpack.pack({1, 'a'})", b"\x92\x01\xa1a"),
    ("cmsgpack-map", "return cmsgpack.unpack('\\129\\161a\\5').a", 5),
    ("struct", "return {struct.pack('>I2', 258), struct.unpack('<I4', "
     "'\\1\\0\\0\\0')}", [b"\1\2", 1, 5]),
    ("struct-doubles", "return {struct.unpack('>d', struct.pack('>d', 2))}",
     [2, 9]),
    ("struct-strings", "return {struct.unpack('s', 'ab\\0cd')}", ["ab", 4]),
    ("bit", "return {bit.band(12, 10), bit.bor(12, 10), bit.bxor(12, 10), "
     "bit.lshift(1, 4), bit.rshift(256, 4), bit.bnot(0), bit.tohex(255)}",
     [8, 14, 6, 16, 16, -1, "000000ff"]),
]:
    lua("library-" + name, source, want)
CJSON = "return cjson.decode('[1,2')"
lua("library-cjson-error", CJSON, raised(
    CJSON, "Expected comma or array end but found T_END at character 5"))
lua("library-cmsgpack-error", "return cmsgpack.unpack('\\145')",
    EP("ERR user_script:1: Missing bytes in input."))
lua("library-struct-error", "return struct.unpack('>I4', 'ab')",
    EP("ERR user_script:1: bad argument #2 to 'unpack' (data string too "
       "short)"))

# ---- shebang and flags ---------------------------------------------------

WRITES = "#!lua flags=no-writes\nreturn redis.call('SET', 'k', 'v')"
case("shebang", [
    ev("#!lua\nreturn 1", 1), ev("#!lua flags=\nreturn 1", 1),
    ev("#!lua flags=no-writes\nreturn redis.call('GET', 'k')", NIL),
    ev("#!lua flags=allow-oom,no-cluster,allow-stale\nreturn 1", 1),
    ev(WRITES, failed(WRITES, READ_ONLY, 2)), ("EXISTS k", 0),
])
case("shebang-errors", [
    ev("#!lua", E("ERR Invalid script shebang")),
    ev("#!py\nreturn 1", E("ERR Unexpected engine in script shebang: #!py")),
    ev("#!lua flags=bad\nreturn 1",
       E("ERR Unexpected flag in script shebang: bad")),
    ev("#!lua name=x\nreturn 1",
       E("ERR Unknown lua shebang option: name=x")),
])
case("oom", [
    ("SET k v", OK), ("CONFIG SET maxmemory 1", OK),
    ev("#!lua\nreturn redis.call('GET', 'k')",
       EP("OOM ")),
    ev("return redis.call('GET', 'k')", "v"),
    ev("#!lua flags=no-writes\nreturn redis.call('GET', 'k')", "v"),
    ev("#!lua flags=allow-oom\nreturn redis.call('SET', 'k', 'w')", OK),
    (("EVAL", "return redis.call('SET', 'k', 'x')", "0"),
     EP("OOM command not allowed when used memory > 'maxmemory'. script: ")),
    ("CONFIG SET maxmemory 0", OK), ("GET k", "w"),
], level=EXACT)

# ---- EVAL_RO, EVALSHA ----------------------------------------------------

RO_SET = "return redis.call('SET', KEYS[1], 'v')"
case("ro", [
    ("SET k v", OK),
    (("EVAL_RO", "return redis.call('GET', KEYS[1])", "1", "k"), "v"),
    (("eval_ro", "return {KEYS, ARGV}", "1", "a", "b"), [["a"], ["b"]]),
    (("EVAL_RO", RO_SET, "1", "k"), failed(RO_SET, READ_ONLY)),
    (("EVAL_RO", "return redis.pcall('SET', 'k', 'w')", "0"), E(READ_ONLY)),
    (("EVAL_RO", "return redis.pcall('DEL', 'k')", "0"), E(READ_ONLY)),
    (("EVAL_RO", "return redis.pcall('PUBLISH', 'c', 'x')", "0"),
     E(READ_ONLY)), ("GET k", "v"),
])
case("sha", [
    ev("return ARGV[1]", "a", "a"),
    (("EVALSHA", sha("return ARGV[1]"), "0", "b"), "b"),
    (("EVALSHA", sha("return ARGV[1]").upper(), "0", "c"), "c"),
    (("EVALSHA_RO", sha("return ARGV[1]"), "0", "d"), "d"),
    (("evalsha", sha("return ARGV[1]"), "1", "k", "e"), "e"),
])
case("sha-of-a-write-read-only", [
    (("EVAL", RO_SET, "1", "k"), OK),
    (("EVALSHA_RO", sha(RO_SET), "1", "l"), failed(RO_SET, READ_ONLY)),
    (("EVALSHA", sha(RO_SET), "1", "l"), OK), ("EXISTS k l", 2),
])
case("sha-unknown", [
    ("EVALSHA %s 0" % ("f" * 40), NOSCRIPT), ("EVALSHA abc 0", NOSCRIPT),
    (("EVALSHA", "", "0"), NOSCRIPT), ("EVALSHA %s 0" % ("f" * 41),
                                       NOSCRIPT),
    ("EVALSHA_RO %s 0" % ("f" * 40), NOSCRIPT),
    ("EVALSHA_RO abc 0", NOSCRIPT),
    ("EVALSHA %s abc" % ("f" * 40), INT_ERR),
    ("EVALSHA %s 1" % ("f" * 40), FEW_ARGS),
    ("EVALSHA %s -1" % ("f" * 40), NEGATIVE),
])
case("sha-of-a-failed-script", [
    ev("error('x')", EP("ERR user_script:1: x")),
    (("EVALSHA", sha("error('x')"), "0"), failed(
        "error('x')", "ERR user_script:1: x")),
    ev("foo bar", EP("ERR Error compiling")),
    (("EVALSHA", sha("foo bar"), "0"), NOSCRIPT),
])
case("sha-is-of-the-bytes", [
    ev("return 1", 1), ("EVALSHA %s 0" % sha("return 1"), 1),
    ("EVALSHA %s 0" % sha("return 1 "), NOSCRIPT),
    ev("return '\xe4'", b"\xc3\xa4"),
    (("EVALSHA", hashlib.sha1("return '\xe4'".encode()).hexdigest(), "0"),
     b"\xc3\xa4"),
])
case("script-of-another-connection", [
    ev("return 1", 1), ("b", "EVALSHA %s 0" % sha("return 1"), 1),
])
case("errors-in-multi", [
    ("MULTI", OK), ev("return 1", QUEUED),
    ev("return redis.call('NOSUCH')", QUEUED), ("EVALSHA abc 0", QUEUED),
    ("EXEC", [1, EP("ERR Unknown Redis command called from script script: "),
              NOSCRIPT]),
])

# ---- SCRIPT --------------------------------------------------------------

script("load", [
    (("SCRIPT", "LOAD", "return 1"), sha("return 1")),
    ("EVALSHA %s 0" % sha("return 1"), 1),
    (("script", "load", "return 1"), sha("return 1")),
    (("SCRIPT", "LOAD", ""), sha("")), ("EVALSHA %s 0" % sha(""), NIL),
    (("SCRIPT", "LOAD", "redis.call('SET', 'k', 'v')"),
     sha("redis.call('SET', 'k', 'v')")), ("EXISTS k", 0),
])
script("load-errors", [
    (("SCRIPT", "LOAD", "foo bar"),
     E("ERR Error compiling script (new function): user_script:1: '=' "
       "expected near 'bar'")),
    ("SCRIPT EXISTS " + sha("foo bar"), [0]),
    ("SCRIPT LOAD", arity("script|load")),
    ("SCRIPT LOAD a b", arity("script|load")),
])
script("exists", [
    ("SCRIPT FLUSH", OK),
    ("SCRIPT EXISTS " + sha("return 1"), [0]),
    (("SCRIPT", "LOAD", "return 1"), sha("return 1")),
    ("SCRIPT EXISTS %s x %s" % (sha("return 1"), sha("return 2")),
     [1, 0, 0]),
    ("SCRIPT exists %s %s" % (sha("return 1"), sha("return 1").upper()),
     [1, 1]), (("SCRIPT", "EXISTS", ""), [0]),
    ("SCRIPT EXISTS", arity("script|exists")),
])
script("exists-after-eval", [
    ev("return 1", 1), (("EVAL_RO", "return 2", "0"), 2),
    ("SCRIPT EXISTS %s %s" % (sha("return 1"), sha("return 2")), [1, 1]),
])
script("flush", [
    (("SCRIPT", "LOAD", "return 1"), sha("return 1")),
    ("SCRIPT FLUSH", OK), ("SCRIPT EXISTS " + sha("return 1"), [0]),
    ("EVALSHA %s 0" % sha("return 1"), NOSCRIPT),
    ev("return 1", 1), ("EVALSHA %s 0" % sha("return 1"), 1),
    ("SCRIPT FLUSH SYNC", OK), ("SCRIPT EXISTS " + sha("return 1"), [0]),
    ev("return 1", 1), ("script flush async", OK),
    ("SCRIPT EXISTS " + sha("return 1"), [0]), ("SCRIPT FLUSH", OK),
])
script("flush-errors", [
    ("SCRIPT FLUSH FOO", E("ERR SCRIPT FLUSH only support SYNC|ASYNC "
                           "option")),
    ("SCRIPT FLUSH SYNC x", E("ERR SCRIPT FLUSH only support SYNC|ASYNC "
                              "option")),
])
script("flush-spares-keys-and-functions", [
    ("SET k v", OK),
    (("FUNCTION", "LOAD", "#!lua name=l\nredis.register_function('f', "
      "function() return 1 end)"), "l"),
    ("SCRIPT FLUSH", OK), ("GET k", "v"), ("FCALL f 0", 1),
])
script("flushall-spares-scripts", [
    (("SCRIPT", "LOAD", "return 1"), sha("return 1")), ("FLUSHALL", OK),
    ("SCRIPT EXISTS " + sha("return 1"), [1]),
])
script("kill-nothing", [
    ("SCRIPT KILL", NOTBUSY), ("SCRIPT KILL x", arity("script|kill")),
])
script("debug", [
    ("SCRIPT DEBUG NO", OK), ("script debug no", OK),
    ("SCRIPT DEBUG FOO", E("ERR Use SCRIPT DEBUG YES/SYNC/NO")),
    ("SCRIPT DEBUG", arity("script|debug")), ev("return 1", 1),
], level=EXACT, contexts=PLAIN)
script("unknown-subcommand", [
    ("SCRIPT", arity("script")),
    ("SCRIPT NOSUCH", E("ERR unknown subcommand 'NOSUCH'. Try SCRIPT "
                        "HELP.")),
])
HELP = ListOf(lambda v: isinstance(v, Simple), (5, 100))
script("help", [("SCRIPT HELP", HELP),
                ("SCRIPT HELP x", arity("script|help"))])


# A script that ends by itself after seconds, and says when it has begun.
ENDLESS = ("redis.call('PUBLISH', 'busy', 'x') local s = redis.call('TIME') "
           "%s repeat local t = redis.call('TIME') until "
           "(t[1] - s[1]) * 1000 + (t[2] - s[2]) / 1000 > %d return 'late'")
KILLED = EP("ERR Script killed by user with SCRIPT KILL... script: ")
busy = {"config": {"busy-reply-threshold": "1"}, "contexts": ("plain",),
        "slow": True}


def while_busy(start, steps, end, before=()):
    """Steps of c while b runs a script."""
    return [("b", "PING", PONG), ("c", "PING", PONG)] + list(before) + [
            ("SUBSCRIBE busy", P(["subscribe", "busy", 1])),
            ("b", start, NOTHING), (b"", P(["message", "busy", "x"]))] + [
        ("c",) + step for step in steps] + [
        ("b", b"", end), ("UNSUBSCRIBE busy", P(["unsubscribe", "busy", 0])),
        ("b", "PING", PONG)]


script("kill", while_busy(("EVAL", ENDLESS % ("", 3000), "0"), [
    ("PING", BUSY), ("GET k", BUSY), ("FUNCTION KILL", BUSY),
    ("SCRIPT KILL", OK)],
    KILLED), **busy)
script("kill-refused-after-a-write", while_busy(
    ("EVAL", ENDLESS % ("redis.call('SET', 'k', 'v')", 700), "0"),
    [("PING", BUSY), ("SCRIPT KILL", E(
        "UNKILLABLE Sorry the script already executed write commands "
        "against the dataset. You can either wait the script termination "
        "or kill the server in a hard way using the SHUTDOWN NOSAVE "
        "command."))], "late"), **busy)
script("busy-allows-some", while_busy(("EVAL", ENDLESS % ("", 3000), "0"), [
    ("MULTI", OK), ("GET k", BUSY), ("DISCARD", OK), ("WATCH k", OK),
    ("UNWATCH", OK), ("AUTH x", EP("ERR AUTH <password> called")),
    ("RESET", Simple("RESET")),
    ("FUNCTION STATS", BUSY), ("SCRIPT KILL", OK)], KILLED), **busy)

# ---- FUNCTION ------------------------------------------------------------


def library(name, body="redis.register_function('%s', function(keys, args) "
            "return {keys, args} end)", f="f"):
    return "#!lua name=%s\n%s" % (name, body % f if "%s" in body else body)


def load(code, want=None, *options):
    want = want or code.split("name=")[1].split("\n")[0].split(" ")[0]
    return (("FUNCTION", "LOAD") + options + (code,), want)


def item(name, description=NIL, flags=()):
    return M([("name", name), ("description", description),
              ("flags", S([Simple(f) for f in flags]))])


def lib(name, *items, code=None):
    return M([("library_name", name), ("engine", "LUA"),
              ("functions", Unordered(items))] +
             ([("library_code", code)] if code else []))


function("load", [
    load(library("lib")), ("FCALL f 2 a b c", [["a", "b"], ["c"]]),
    ("fcall f 0", [[], []]), ("FCALL F 0", [[], []]),
    ("FUNCTION LIST", [lib("lib", item("f"))]),
    (("function", "load", library("x", f="g")), "x"), ("FCALL g 0", [[], []]),
])
function("load-replace", [
    load(library("lib")),
    load(library("lib", f="g"), E("ERR Library 'lib' already exists")),
    ("FCALL f 0", [[], []]), load(library("lib", f="g"), "lib", "REPLACE"),
    ("FCALL f 0", NO_FUNCTION), ("FCALL g 0", [[], []]),
    load(library("new", f="h"), "new", "replace"), ("FCALL h 0", [[], []]),
])
function("load-replace-that-fails", [
    load(library("lib")),
    load(library("lib", "foo bar"), EP("ERR Error compiling function: "),
         "REPLACE"), ("FCALL f 0", [[], []]),
    load(library("lib", ""), E("ERR No functions registered"), "REPLACE"),
    ("FCALL f 0", [[], []]), load(library("other", f="g")),
    load(library("lib", f="g"), E("ERR Function g already exists"),
         "REPLACE"), ("FCALL f 0", [[], []]),
    ("FUNCTION LIST", Unordered([lib("lib", item("f")),
                                 lib("other", item("g"))])),
])
function("load-function-of-another-library", [
    load(library("a")), load(library("b"), E(
        "ERR Function f already exists")),
    ("FUNCTION LIST", [lib("a", item("f"))]),
])
REGISTER = "ERR Error registering functions: ERR "
for name, code, text in [
    ("no-metadata", "return 1", "ERR Missing library metadata"),
    ("empty", "", "ERR Missing library metadata"),
    ("no-line", "#!lua name=x", "ERR Invalid library metadata"),
    ("no-name", "#!lua\nreturn 1", "ERR Library name was not given"),
    ("no-functions", "#!lua name=x\n", "ERR No functions registered"),
    ("engine", "#!py name=x\nx", "ERR Engine 'py' not found"),
    ("name-twice", "#!lua name=a name=b\nx",
     "ERR Invalid metadata value, name argument was given multiple times"),
    ("unknown-metadata", "#!lua foo=a name=b\nx",
     "ERR Invalid metadata value given: foo=a"),
    ("name-with-a-dash", "#!lua name=a-b\nx",
     "ERR Library names can only contain letters, numbers, or "
     "underscores(_) and must be at least one character long"),
    ("empty-name", "#!lua name=\nx",
     "ERR Library names can only contain letters, numbers, or "
     "underscores(_) and must be at least one character long"),
    ("compile", "#!lua name=x\nfoo bar",
     "ERR Error compiling function: user_function:2: '=' expected near "
     "'bar'"),
    ("function-name", library("x", f="a-b"), REGISTER +
     "Library names can only contain letters, numbers, or underscores(_) "
     "and must be at least one character long"),
    ("empty-function-name", library("x", "redis.register_function('', "
                                    "function() end)"), REGISTER +
     "Library names can only contain letters, numbers, or underscores(_) "
     "and must be at least one character long"),
    ("one-argument", library("x", "redis.register_function('a')"),
     REGISTER + "calling redis.register_function with a single argument is "
     "only applicable to Lua table (representing named arguments)."),
    ("not-a-function", library("x", "redis.register_function('a', 1)"),
     REGISTER + "second argument to redis.register_function must be a "
     "function"),
    ("function-twice", library(
        "x", "local f = function() end redis.register_function('a', f) "
        "redis.register_function('a', f)"),
     REGISTER + "Function already exists in the library"),
    ("unknown-named-argument", library(
        "x", "redis.register_function{function_name = 'a', callback = "
        "function() end, foo = 1}"),
     REGISTER + "unknown argument given to redis.register_function"),
    ("no-callback", library(
        "x", "redis.register_function{function_name = 'a'}"),
     REGISTER + "redis.register_function must get a callback argument"),
    ("no-function-name", library(
        "x", "redis.register_function{callback = function() end}"),
     REGISTER + "redis.register_function must get a function name "
     "argument"),
    ("unknown-flag", library(
        "x", "redis.register_function{function_name = 'a', callback = "
        "function() end, flags = {'bad'}}"), REGISTER + "unknown flag "
     "given"),
    ("flags-no-table", library(
        "x", "redis.register_function{function_name = 'a', callback = "
        "function() end, flags = 'x'}"),
     REGISTER + "flags argument to redis.register_function must be a table "
     "representing function flags"),
    ("call-while-loading", library("x", "redis.call('SET', 'k', 'v')"),
     REGISTER + "user_function:2: Script attempted to access nonexistent "
     "global variable 'call'"),
    ("unknown-global", library("x", "return nosuch"),
     REGISTER + "user_function:2: Script attempted to access nonexistent "
     "global variable 'nosuch'"),
    ("new-global", library("x", "x = 1"), REGISTER +
     "user_function:2: Attempt to modify a readonly table"),
]:
    function("load-error-" + name, [
        load(code, E(text)), ("FUNCTION LIST", []), ("EXISTS k", 0)])
function("load-options", [
    load(library("lib"), E("ERR Unknown option given: FOO"), "FOO"),
    load(library("lib"), E("ERR Unknown option given: FOO"), "REPLACE",
         "FOO"),
    ("FUNCTION LOAD", arity("function|load")), ("FUNCTION LIST", []),
])
NAMED = library("n", "redis.register_function{function_name = 'a', "
                "callback = function() return 1 end, description = 'd', "
                "flags = {'no-writes', 'allow-oom', 'allow-stale', "
                "'no-cluster'}}")
function("named-arguments", [
    load(NAMED), ("FCALL a 0", 1), ("FCALL_RO a 0", 1),
    ("FUNCTION LIST", [lib("n", item("a", "d", (
        "no-writes", "allow-oom", "allow-stale", "no-cluster")))]),
])
function("list", [
    ("FUNCTION LIST", []), load(library("one")), load(library("two", f="g")),
    ("FUNCTION LIST", Unordered([lib("one", item("f")),
                                 lib("two", item("g"))])),
    ("FUNCTION LIST LIBRARYNAME one", [lib("one", item("f"))]),
    ("function list libraryname t*", [lib("two", item("g"))]),
    ("FUNCTION LIST LIBRARYNAME no", []),
    ("FUNCTION LIST WITHCODE LIBRARYNAME one",
     [lib("one", item("f"), code=library("one"))]),
    ("FUNCTION LIST LIBRARYNAME two WITHCODE",
     [lib("two", item("g"), code=library("two", f="g"))]),
])
function("list-many-functions", [
    load(library(
        "l", "redis.register_function('a', function() return 'a' end) "
        "redis.register_function('b', function() return 'b' end)")),
    ("FUNCTION LIST", [lib("l", item("a"), item("b"))]), ("FCALL b 0", "b"),
])
function("list-errors", [
    ("FUNCTION LIST FOO", E("ERR Unknown argument FOO")),
    ("FUNCTION LIST LIBRARYNAME", E("ERR library name argument was not "
                                    "given")),
    ("FUNCTION LIST WITHCODE WITHCODE", E("ERR Unknown argument WITHCODE")),
    ("FUNCTION LIST LIBRARYNAME a LIBRARYNAME b",
     E("ERR Unknown argument LIBRARYNAME")),
    ("FUNCTION LIST a", E("ERR Unknown argument a")),
])
function("delete", [
    load(library("lib")), ("FUNCTION DELETE LIB", NO_LIBRARY),
    ("FUNCTION DELETE f", NO_LIBRARY), ("FUNCTION DELETE lib", OK),
    ("FCALL f 0", NO_FUNCTION), ("FUNCTION LIST", []),
    ("FUNCTION DELETE lib", NO_LIBRARY),
    ("FUNCTION DELETE", arity("function|delete")),
    load(library("other")), ("FCALL f 0", [[], []]),
])
function("flush", [
    load(library("lib")), ("FUNCTION FLUSH", OK), ("FUNCTION LIST", []),
    load(library("lib")), ("FUNCTION FLUSH SYNC", OK),
    ("FCALL f 0", NO_FUNCTION), load(library("lib")),
    ("function flush async", OK), ("FUNCTION LIST", []),
    ("FUNCTION FLUSH", OK),
])
function("flush-errors", [
    ("FUNCTION FLUSH FOO", E("ERR FUNCTION FLUSH only supports SYNC|ASYNC "
                             "option")),
    ("FUNCTION FLUSH SYNC x", E(
        "ERR unknown subcommand or wrong number of arguments for 'FLUSH'. "
        "Try FUNCTION HELP.")),
])
function("flushall-spares-functions", [
    load(library("lib")), ("FLUSHALL", OK), ("FCALL f 0", [[], []]),
])
function("stats", [
    ("FUNCTION STATS", M([("running_script", NIL), ("engines", M([
        ("LUA", M([("libraries_count", 0), ("functions_count", 0)]))]))])),
    load(library("lib")), load(NAMED),
    ("FUNCTION STATS", M([("running_script", NIL), ("engines", M([
        ("LUA", M([("libraries_count", 2), ("functions_count", 2)]))]))])),
    ("FUNCTION STATS x", arity("function|stats")),
])
function("kill-nothing", [
    ("FUNCTION KILL", NOTBUSY), ("FUNCTION KILL x",
                                 arity("function|kill")),
])
function("unknown-subcommand", [
    ("FUNCTION", arity("function")),
    ("FUNCTION NOSUCH", E("ERR unknown subcommand 'NOSUCH'. Try FUNCTION "
                          "HELP.")),
])
function("help", [("FUNCTION HELP", HELP),
                  ("FUNCTION HELP x", arity("function|help"))])


def is_bulk(v):
    """a bulk"""
    return type(v) is Bulk


@function.script("dump-and-restore", needs=("FUNCTION", "FUNCTION DUMP",
                                            "FUNCTION RESTORE", "scripts"))
def dump_and_restore():
    empty = (yield "FUNCTION DUMP", is_bulk).v
    yield ("FUNCTION", "LOAD", library("a")), "a"
    yield ("FUNCTION", "LOAD", library("b", f="g")), "b"
    dump = (yield "FUNCTION DUMP", is_bulk).v
    yield "FUNCTION FLUSH", OK
    yield ("FUNCTION", "RESTORE", dump), OK
    yield "FUNCTION LIST", Unordered([lib("a", item("f")),
                                      lib("b", item("g"))])
    yield "FCALL g 1 k x", [["k"], ["x"]]
    yield ("FUNCTION", "RESTORE", empty), OK
    yield "FCALL f 0", [[], []]
    yield ("FUNCTION", "RESTORE", empty, "FLUSH"), OK
    yield "FUNCTION LIST", []


@function.script("restore-policies", needs=("FUNCTION", "FUNCTION DUMP",
                                            "FUNCTION RESTORE", "scripts"))
def restore_policies():
    yield ("FUNCTION", "LOAD", library("a")), "a"
    dump = (yield "FUNCTION DUMP", is_bulk).v
    exists = E("ERR Library a already exists")
    yield ("FUNCTION", "RESTORE", dump), exists
    yield ("FUNCTION", "RESTORE", dump, "APPEND"), exists
    yield ("FUNCTION", "RESTORE", dump, "replace"), OK
    yield ("FUNCTION", "LOAD", library("b", f="g")), "b"
    yield ("FUNCTION", "RESTORE", dump, "REPLACE"), OK
    yield "FCALL g 0", [[], []]
    yield ("FUNCTION", "RESTORE", dump, "FLUSH"), OK
    yield "FCALL g 0", NO_FUNCTION
    yield "FCALL f 0", [[], []]
    yield "FUNCTION FLUSH", OK
    yield ("FUNCTION", "LOAD", library("c")), "c"
    yield ("FUNCTION", "RESTORE", dump), E("ERR Function f already exists")
    yield ("FUNCTION", "RESTORE", dump, "REPLACE"), E(
        "ERR Function f already exists")
    yield "FUNCTION LIST", [lib("c", item("f"))]


BAD_DUMP = E("ERR DUMP payload version or checksum are wrong")
function("restore-errors", [
    load(library("lib")), ("FUNCTION RESTORE abc", BAD_DUMP),
    (("FUNCTION", "RESTORE", ""), BAD_DUMP),
    ("FUNCTION RESTORE abc FLUSH", BAD_DUMP),
    ("FUNCTION RESTORE abc FOO", E(
        "ERR Wrong restore policy given, value should be either FLUSH, "
        "APPEND or REPLACE.")),
    ("FUNCTION RESTORE abc FLUSH APPEND", E(
        "ERR unknown subcommand or wrong number of arguments for "
        "'RESTORE'. Try FUNCTION HELP.")),
    ("FUNCTION RESTORE", arity("function|restore")),
    ("FCALL f 0", [[], []]),
])

# ---- FCALL ---------------------------------------------------------------

CODE = library("w", """\
redis.register_function('w', function(k, a)
  return redis.call('SET', k[1], a[1]) end)
redis.register_function{function_name = 'r', flags = {'no-writes'},
  callback = function(k) return redis.call('GET', k[1]) end}
redis.register_function{function_name = 'rw', flags = {'no-writes'},
  callback = function(k) return redis.call('SET', k[1], 'x') end}
redis.register_function('e', function() error('boom') end)
redis.register_function('i', function(k) return redis.call('INCR', k[1]) end)
redis.register_function('p', function(k) return redis.pcall('INCR', k[1]) end)
redis.register_function('t', function() return {err = 'MY e'} end)
redis.register_function('m', function() return {map = {a = {double = 1.5}}}
  end)
redis.register_function('b', function() redis.setresp(3) return true end)
local n = 0
redis.register_function('c', function() n = n + 1 return n end)
""")
RO_ERROR = E("ERR Can not execute a script with write flag using *_ro "
             "command.")


def fcall(name, steps):
    function(name, [load(CODE)] + steps)


fcall("fcall-writes", [
    ("FCALL w 1 k v", OK), ("GET k", "v"), ("FCALL_RO w 1 k v", RO_ERROR),
    ("GET k", "v"),
])
fcall("fcall-reads", [
    ("SET k v", OK), ("FCALL r 1 k", "v"), ("FCALL_RO r 1 k", "v"),
    ("FCALL_RO r 1 nokey", NIL), ("fcall_ro r 1 k", "v"),
])
fcall("fcall-of-no-writes-that-writes", [
    ("FCALL rw 1 k", E(READ_ONLY + " script: rw, on @user_function:7.")),
    ("FCALL_RO rw 1 k", E(READ_ONLY + " script: rw, on @user_function:7.")),
    ("EXISTS k", 0),
])
fcall("fcall-errors-of-the-function", [
    ("FCALL e 0", E("ERR user_function:8: boom script: e, on "
                    "@user_function:8.")),
    ("SET k v", OK),
    ("FCALL i 1 k", E(INT_ERR.what + " script: i, on @user_function:9.")),
    ("FCALL p 1 k", INT_ERR), ("FCALL t 0", E("MY e")),
    ("FCALL_RO t 0", RO_ERROR),
])
fcall("fcall-reply-types", [
    ("FCALL m 0", M([("a", D("1.5"))])), ("FCALL b 0", B(True)),
])
fcall("fcall-keeps-the-state-of-its-library", [
    ("FCALL c 0", 1), ("FCALL c 0", 2), ("b", "FCALL c 0", 3),
])
fcall("fcall-argument-errors", [
    ("FCALL nosuch 0", NO_FUNCTION), ("FCALL_RO nosuch 0", NO_FUNCTION),
    ("FCALL nosuch abc", NO_FUNCTION), (("FCALL", "", "0"), NO_FUNCTION),
    ("FCALL w abc", E("ERR Bad number of keys provided")),
    ("FCALL w -1", NEGATIVE), ("FCALL w 1", FEW_ARGS),
    ("FCALL w 9 a b", FEW_ARGS), ("FCALL", arity("fcall")),
    ("FCALL w", arity("fcall")), ("FCALL_RO w", arity("fcall_ro")),
])
fcall("fcall-in-multi", [
    ("MULTI", OK), ("FCALL w 1 k v", QUEUED),
    ("FCALL e 0", QUEUED), ("FCALL nosuch 0", QUEUED),
    ("EXEC", [OK, EP("ERR user_function:8: boom"), NO_FUNCTION]),
])
BUSY_FUNCTION = E("BUSY Redis is busy running a script. You can only call "
                  "FUNCTION KILL or SHUTDOWN NOSAVE.")
LONG = load(library(
    "l", "redis.register_function('long', function() %s end)" %
    (ENDLESS % ("", 3000))))
function("kill", while_busy(("FCALL", "long", "0"), [
    ("PING", BUSY_FUNCTION), ("SCRIPT KILL", BUSY_FUNCTION),
    ("FUNCTION KILL", OK)], KILLED, [LONG]), **busy)
function("stats-while-busy", while_busy(("FCALL", "long", "0"), [
    ("FUNCTION STATS", M([
        ("running_script", M([
            ("name", "long"), ("command", ["FCALL", "long", "0"]),
            ("duration_ms", Between(0, 100000))])),
        ("engines", M([("LUA", M([("libraries_count", 1),
                                  ("functions_count", 1)]))]))])),
    ("FUNCTION KILL", OK)], KILLED, [LONG]), **busy)

# A script cannot return a push, a null array or nothing.
ALL = ("simple error int bulk null array map set double verbatim bool big")
REPLIES = {
    "EVAL": ALL,
    "EVAL_RO": "bulk array int error",
    "EVALSHA": "bulk int null error simple",
    "EVALSHA_RO": "bulk error",
    "FCALL": "array int bulk simple map bool error",
    "FCALL_RO": "bulk int null error",
    "SCRIPT": "error",
    "SCRIPT LOAD": "bulk error",
    "SCRIPT EXISTS": "array error",
    "SCRIPT FLUSH": "simple error",
    "SCRIPT KILL": "simple error",
    "SCRIPT DEBUG": "simple error",
    "SCRIPT HELP": "array error",
    "FUNCTION": "error",
    "FUNCTION LOAD": "bulk error",
    "FUNCTION LIST": "array error",
    "FUNCTION DELETE": "simple error",
    "FUNCTION FLUSH": "simple error",
    "FUNCTION STATS": "map error",
    "FUNCTION DUMP": "bulk",
    "FUNCTION RESTORE": "simple error",
    "FUNCTION KILL": "simple error",
    "FUNCTION HELP": "array error",
}
