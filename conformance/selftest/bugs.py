"""The bugs that the toy server can have."""

# name: (what is wrong, a public bug that was like it or "", where to look).
BUGS = {
    "no-reqtype-reset": (
        "after an empty request the next one is taken for the same kind",
        "CVE-2026-27623", "museum.valkey.3250"),
    "accept-plus-length": (
        "+4 is a length", "pogocache", "request.multibulk museum.pogocache"),
    "accept-leading-zero": (
        "04 is a length", "pogocache", "request.multibulk museum.pogocache"),
    "trailing-unchecked": (
        "what stands where CRLF should is read as the next request", "",
        "request.multibulk"),
    "execute-after-protocol-error": (
        "a protocol error does not end the connection", "",
        "request.pipeline request.multibulk"),
    "error-drops-replies": (
        "a protocol error drops the replies before it", "",
        "request.pipeline request.lifecycle"),
    "quit-drops-replies": (
        "QUIT drops the replies before it", "dragonfly:test_quit_in_pipeline",
        "museum.dragonfly"),
    "runs-after-quit": (
        "what follows QUIT is executed", "", "request.lifecycle"),
    "replies-out-of-order-when-pipelined": (
        "the last two replies of a pipeline change places", "",
        "request.pipeline"),
    "lf-only-terminator": (
        "a simple string ends with LF", "", "session.ping"),
    "zeros-terminator": (
        "a bulk ends with two NULs", "dragonfly#4424", "museum.dragonfly"),
    "null-bulk-for-null-array": (
        "$-1 where *-1 is due", "dragonfly#8087", "list.lpop reply.nulls"),
    "null-array-for-null-bulk": (
        "*-1 where $-1 is due", "", "string.getset reply.nulls"),
    "resp3-null-on-resp2": (
        "_ in RESP2", "", "string.getset reply.nulls"),
    "null-bulk-on-resp3": (
        "$-1 in RESP3", "", "string.getset reply.nulls"),
    "hello-does-not-switch": (
        "HELLO 3 answers in RESP3, what follows is RESP2", "",
        "session.hello reply.nulls"),
    "map-as-array-on-resp3": (
        "a map is a flat array in RESP3", "", "hash.hgetall"),
    "set-as-array": (
        "a set is an array in RESP3", "", "set.smembers"),
    "double-as-bulk": (
        "a double is a bulk in RESP3", "", "zset.zscore"),
    "double-of-six-digits": (
        "a double has six digits", "", "zset.double reply.numbers"),
    "pairs-flat-on-resp3": (
        "WITHSCORES is flat in RESP3", "", "zset.zrange"),
    "push-as-array": (
        "a push is an array in RESP3", "dragonfly#1052", "reply.push"),
    "error-with-crlf-injected": (
        "an error repeats the line end of a name", "CVE-2025-67733",
        "reply.injection request.multibulk"),
    "error-code-missing": (
        "errors have no code", "dragonfly#2630", "string.set-syntax"),
    "error-name-as-sent": (
        "an error of arity repeats the name's case", "", "generated.arity"),
    "header-before-error": (
        "an array's header precedes its error", "valkey#3516",
        "museum.valkey.3516"),
    "wrongtype-as-null": (
        "a key of another type counts as missing", "", "generated.wrongtype"),
    "arity-accepted": (
        "arguments too many are ignored", "", "generated.arity"),
    "empty-list-stays": (
        "a list without elements stays a key", "", "generic.type"),
    "ttl-kept-by-set": (
        "SET keeps the time to live", "", "string.set-drops-ttl"),
    "ttl-lost-by-append": (
        "APPEND drops the time to live", "", "string.append"),
    "ttl-lost-by-rename": (
        "RENAME drops the time to live", "", "generic.rename"),
    "ttl-in-milliseconds": (
        "EXPIRE takes milliseconds", "", "generic.expire"),
    "negative-index-wrong": (
        "-1 is the last but one", "", "list.lrange list.lindex"),
    "incr-overflow-wraps": (
        "a counter wraps around", "", "string.incr-overflow"),
    "integer-as-bulk": (
        "an integer is a bulk", "", "string.incr"),
    "hset-counts-updates": (
        "HSET counts fields that were there", "", "hash.hset"),
    "watch-ignored": (
        "EXEC runs though a watched key changed", "", "session.watch"),
    "watch-outlives-exec": (
        "EXEC does not end WATCH", "", "session.watch"),
    "exec-runs-after-error": (
        "EXEC runs after an error in the queue", "", "session.multi"),
    "exec-stops-at-error": (
        "EXEC leaves out what follows an error at run time", "lettuce#2465",
        "session.multi"),
    "queued-missing": (
        "MULTI queues without a word", "", "session.multi"),
    "discard-keeps-queue": (
        "DISCARD leaves the queue to the next MULTI", "", "session.multi"),
    "blpop-loses-element": (
        "whom a push wakes gets its element, and one more is lost", "",
        "list.blpop"),
    "blpop-wakes-last-come": (
        "who waits longest is served last", "", "list.blpop"),
    "blpop-lets-others-pass": (
        "commands behind BLPOP are answered before it", "",
        "list.blpop.commands-behind-it-wait request.pipeline"),
    "blpop-never-ends": (
        "a timeout does not end BLPOP", "", "list.blpop.timeout-passes"),
    "subscribe-count-wrong": (
        "each confirmation has the count after the last", "",
        "reply.push session.pubsub"),
    "message-as-bulk": (
        "a message is its payload alone", "", "reply.push"),
    "unsubscribe-says-nothing": (
        "UNSUBSCRIBE from nothing has no reply", "", "session.pubsub"),
    "subscribed-may-do-all": (
        "RESP2 takes any command while subscribed", "", "session.pubsub"),
    "select-ignored": (
        "there is one database under all numbers", "", "session.select"),
    "inline-quotes-ignored": (
        "quotes are letters", "redcon#5", "request.inline.quotes"),
    "inline-single-quotes-ignored": (
        "single quotes are letters", "kvrocks#2871", "request.inline.quotes"),
    "inline-empty-line-answers": (
        "an empty line is an unknown command", "tellydb#44",
        "request.inline museum.tellydb"),
    "inline-lf-alone-is-no-end": (
        "an inline command needs CRLF", "kvrocks#807", "museum.kvrocks"),
    "http-is-answered": (
        "POST and Host: are unknown commands", "CVE-2016-10517",
        "request.http"),
    "split-request-lost": (
        "a request that comes in two parts is dropped", "", "session.ping"),
    "pipelined-second-lost": (
        "of the requests in one read the second is dropped", "",
        "session.ping"),
    "half-close-ignored": (
        "a half close does not end the connection", "", "request.lifecycle"),
    "big-argument-cut": (
        "an argument ends after 64 KiB", "", "session.ping.message"),
    "key-cut-at-nul": (
        "a key ends at a NUL", "", "string.set"),
    "value-cut-at-nul": (
        "a stored string ends at a NUL", "", "string.append string.set"),
    "case-sensitive-commands": (
        "commands in small letters are unknown", "pogocache",
        "generated.case"),
    "client-reply-off-answers": (
        "CLIENT REPLY OFF is said and not done", "", "session.reply"),
    "client-reply-skip-skips-two": (
        "CLIENT REPLY SKIP takes two replies along", "", "session.reply"),
    "reset-keeps-protocol": (
        "RESET stays in RESP3", "", "session.reset"),
    "reset-keeps-transaction": (
        "RESET stays in MULTI", "", "session.reset"),
    "crash-on-empty-command": (
        "an empty name ends the server", "", "request.unknown"),
    "crash-on-null-argument": (
        "$-1 as a length ends the server", "dragonfly#5949",
        "museum.dragonfly"),
    "crash-on-huge-count": (
        "a count is taken as a promise of memory", "CVE-2025-46686",
        "request.limits.announced-count"),
    "crash-on-unbalanced-quotes": (
        "a quote without an end ends the server", "",
        "request.inline.unbalanced"),
    "hang-on-zero-length-bulk": (
        "an empty argument waits for more", "", "session.echo"),
}

# After these there is no reply at all.
FATAL = {name for name in BUGS if name.startswith(("crash-", "hang-"))}
