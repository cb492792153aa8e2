/* Commands: reply trees, lines of text, sessions, RESP through memory. */
#include "test.h"

/* ---- kv_exec and reply trees ------------------------------------------- */

static void reply_types(void) {
    kv *db = fresh(NULL);
    IS(db, NULL, "PING", "+PONG");
    IS(db, NULL, "NOPE a b",
       "-ERR unknown command 'NOPE', with args beginning with: 'a' 'b' ");
    IS(db, NULL, "GET", "-ERR wrong number of arguments for 'get' command");
    IS(db, NULL, "DEBUG PROTOCOL string", "\"Hello World\"");
    IS(db, NULL, "DEBUG PROTOCOL integer", ":12345");
    IS(db, NULL, "DEBUG PROTOCOL double", ",3.141");
    IS(db, NULL, "DEBUG PROTOCOL bignum",
       "(1234567999999999999999999999999999999");
    IS(db, NULL, "DEBUG PROTOCOL null", "nil");
    IS(db, NULL, "DEBUG PROTOCOL array", "[:0, :1, :2]");
    IS(db, NULL, "DEBUG PROTOCOL set", "~[:0, :1, :2]");
    IS(db, NULL, "DEBUG PROTOCOL map", "{:0: #f, :1: #t, :2: #f}");
    IS(db, NULL, "DEBUG PROTOCOL verbatim",
       "=\"This is a verbatim\\x0astring\"");
    IS(db, NULL, "DEBUG PROTOCOL true", "#t");
    IS(db, NULL, "DEBUG PROTOCOL false", "#f");
    /* kv_type has no attributes: what they describe remains */
    IS(db, NULL, "DEBUG PROTOCOL attrib",
       "\"Some real reply following the attribute\"");
    IS(db, NULL, "GET nope", "nil");
    IS(db, NULL, "MSET a 1 b 2", "+OK");
    IS(db, NULL, "MGET a nope b", "[\"1\", nil, \"2\"]");
    IS(db, NULL, "CONFIG GET nope*", "{}");
    IS(db, NULL, "KEYS nope*", "[]");
    IS(db, NULL, "COMMAND INFO nope", "[nil]");
    finish(db);
}

/* A push is not the reply to the command that caused it. */
static void push(void) {
    kv *db = fresh(NULL);
    const char *got = run(db, NULL, "DEBUG PROTOCOL push");
    CHECK(strstr(got, "Some real reply following the push reply") ||
          strstr(got, ">[\"server-cpu-usage\", :42]"));
    IS(db, NULL, "PING", "+PONG");
    finish(db);
}

static void reply_fields(void) {
    kv *db = fresh(NULL);
    kv_slice set[] = {{"SET", 3}, {"k", 1}, {"a\0b", 3}};
    kv_slice get[] = {{"gEt", 3}, {"k", 1}};
    kv_reply *r = NULL;
    OK(kv_exec(db, NULL, 3, set, NULL));
    OK(kv_exec(db, NULL, 2, get, &r));
    EQ(r->type, KV_STRING);
    EQ(r->len, 3);
    CHECK(!memcmp(r->str, "a\0b", 4));
    kv_reply_free(db, r);

    OK(kv_exec_line(db, NULL, "DEBUG PROTOCOL double", &r));
    EQ(r->type, KV_DOUBLE);
    CHECK(r->number > 3.1409 && r->number < 3.1411);
    SAME(r->str, "3.141");
    kv_reply_free(db, r);

    OK(kv_exec_line(db, NULL, "DEBUG PROTOCOL map", &r));
    EQ(r->count, 3);
    EQ(r->items[5].type, KV_BOOL);
    EQ(r->items[5].integer, 0);
    kv_reply_free(db, r);

    OK(kv_exec_line(db, NULL, "NOPE", &r));
    EQ(r->type, KV_ERROR);
    CHECK(!strncmp(r->str, "ERR unknown", 11));
    kv_reply_free(db, r);
    kv_reply_free(db, NULL);
    finish(db);
}

static void big_replies(void) {
    kv *db = fresh(NULL);
    for (int i = 0; i < 20000; i++) OK(kv_set(db, 0, &i, 4, "v", 1, 0));
    kv_reply *r, *other;
    OK(kv_exec_line(db, NULL, "KEYS *", &r));
    OK(kv_exec_line(db, NULL, "KEYS *", &other));
    EQ(r->count, 20000);
    char *seen = (char *)calloc(20000, 1);
    CHECK(seen);
    for (size_t i = 0; i < r->count; i++) {
        int k;
        EQ(r->items[i].len, 4);
        memcpy(&k, r->items[i].str, 4);
        CHECK(!seen[k]);
        seen[k] = 1;
    }
    free(seen);
    kv_reply_free(db, r);
    EQ(other->count, 20000); /* trees are independent */
    kv_reply_free(db, other);

    size_t n = 20 * 1000 * 1000;
    char *big = (char *)malloc(n);
    CHECK(big);
    memset(big, 'x', n);
    OK(kv_set(db, 0, "big", 3, big, n, 0));
    OK(kv_exec_line(db, NULL, "MGET big big", &r));
    EQ(r->items[1].len, (long long)n);
    CHECK(!memcmp(r->items[1].str, big, n));
    kv_reply_free(db, r);

    /* many arguments */
    kv_slice *argv = (kv_slice *)malloc(20001 * sizeof *argv);
    CHECK(argv);
    argv[0] = S("EXISTS");
    for (int i = 1; i <= 20000; i++) argv[i] = S("big");
    OK(kv_exec(db, NULL, 20001, argv, &r));
    EQ(r->integer, 20000);
    kv_reply_free(db, r);
    free(argv);
    free(big);
    finish(db);
}

static void lines(void) {
    kv *db = fresh(NULL);
    IS(db, NULL, "SET name \"Ada L.\" EX 60", "+OK");
    IS(db, NULL, "  GET\t name  ", "\"Ada L.\"");
    IS(db, NULL, "ECHO \"\\x00\\xfF\\n\\r\\t\\a\\b\\\\\\\"\\q\"",
       "\"\\x00\\xff\\x0a\\x0d\\x09\\x07\\x08\\x5c\\x22q\"");
    IS(db, NULL, "ECHO 'a\\n\\'b\"'", "\"a\\x5cn'b\\x22\"");
    IS(db, NULL, "ECHO a\"b c\"", "\"ab c\"");
    IS(db, NULL, "ECHO \"\"", "\"\"");
    IS(db, NULL, "ECHO ''", "\"\"");
    IS(db, NULL, "ECHO \xc3\xa9", "\"\\xc3\\xa9\"");
    IS(db, NULL, "ECHO a\\nb", "\"a\\x5cnb\"");
    kv_reply *r = NULL;
    EQ(kv_exec_line(db, NULL, "ECHO \"open", &r), KV_ARG);
    EQ(kv_exec_line(db, NULL, "ECHO 'open", &r), KV_ARG);
    EQ(kv_exec_line(db, NULL, "ECHO \"a\"b", &r), KV_ARG);
    CHECK(!r);
    finish(db);
}

/* ---- Sessions ---------------------------------------------------------- */

static void sessions(void) {
    kv *db = fresh(NULL);
    kv_session *a = session(db), *b = session(db);
    IS(db, a, "SELECT 3", "+OK");
    IS(db, a, "SET k of-three", "+OK");
    IS(db, b, "GET k", "nil");
    IS(db, NULL, "GET k", "nil");
    IS(db, NULL, "SELECT 2", "+OK");
    IS(db, NULL, "SET k of-two", "+OK");
    IS(db, b, "GET k", "nil");
    IS(db, a, "GET k", "\"of-three\"");
    SAME(get(db, "k"), "-"); /* kv_get has a database of its own */
    IS(db, NULL, "SELECT 0", "+OK");

    IS(db, a, "CLIENT SETNAME anna", "+OK");
    IS(db, b, "CLIENT SETNAME bert", "+OK");
    IS(db, a, "CLIENT GETNAME", "\"anna\"");
    IS(db, b, "CLIENT GETNAME", "\"bert\"");
    IS(db, NULL, "CLIENT GETNAME", "nil");
    int64_t id = run_int(db, a, "CLIENT ID");
    CHECK(id != run_int(db, b, "CLIENT ID"));
    CHECK(id != run_int(db, NULL, "CLIENT ID"));
    EQ(run_int(db, a, "CLIENT ID"), id);

    IS(db, a, "RESET", "+RESET");
    IS(db, a, "GET k", "nil");
    IS(db, a, "CLIENT GETNAME", "nil");
    kv_session_close(b);
    IS(db, a, "PING", "+PONG");
    IS(db, a, "QUIT", "+OK");
    kv_reply *r = NULL;
    EQ(kv_exec_line(db, a, "PING", &r), KV_CLOSED);
    CHECK(!r);
    kv_session_close(a);
    kv_session_close(session(db));
    session(db); /* closed by kv_close */
    finish(db);
}

/* kv_exec answers as in RESP3 whatever a session speaks on the wire. */
static void protocols(void) {
    kv *db = fresh(NULL);
    kv_session *s = session(db);
    IS(db, s, "DEBUG PROTOCOL true", "#t");
    WIRE(s, "DEBUG PROTOCOL true\r\n", ":1\r\n");
    CHECK(strstr(run(db, s, "HELLO 3 SETNAME me"), "\"proto\": :3"));
    IS(db, s, "CLIENT GETNAME", "\"me\"");
    WIRE(s, "DEBUG PROTOCOL true\r\n", "#t\r\n");
    CHECK(strstr(run(db, s, "HELLO 2"), "\"proto\": :2"));
    IS(db, s, "DEBUG PROTOCOL map", "{:0: #f, :1: #t, :2: #f}");
    WIRE(s, "GET nope\r\n", "$-1\r\n");
    IS(db, s, "HELLO 4", "-NOPROTO unsupported protocol version");
    IS(db, NULL, "DEBUG PROTOCOL set", "~[:0, :1, :2]");
    finish(db);
}

static void authentication(void) {
    kv *db = fresh(NULL);
    OK(kv_config(db, "requirepass", "secret"));
    kv_session *a = session(db), *b = session(db);
    IS(db, NULL, "SET k v", "+OK"); /* the default session is logged in */
    IS(db, a, "GET k", "-NOAUTH Authentication required.");
    IS(db, a, "AUTH wrong",
       "-WRONGPASS invalid username-password pair or user is disabled.");
    IS(db, a, "AUTH secret", "+OK");
    IS(db, a, "GET k", "\"v\"");
    IS(db, b, "GET k", "-NOAUTH Authentication required.");
    WIRE(b, "GET k\r\nHELLO 9\r\n",
         "-NOAUTH Authentication required.\r\n"
         "-NOPROTO unsupported protocol version\r\n");
    CHECK(strstr(run(db, b, "HELLO 3 AUTH default secret"), "\"proto\": :3"));
    IS(db, b, "GET k", "\"v\"");
    IS(db, a, "RESET", "+RESET");
    IS(db, a, "GET k", "-NOAUTH Authentication required.");
    finish(db);
}

/* kv_get, kv_set and kv_del have no session: nothing that is done to the
 * default one matters to them. */
static void typed_calls_have_no_session(void) {
    static const char *const lines[] = {
        "SELECT 5",
        "CLIENT REPLY OFF",
        "CLIENT REPLY SKIP",
        "CLIENT NO-TOUCH ON",
        "HELLO 2",
        "RESET",
        "CLIENT KILL SKIPME no TYPE normal",
        "QUIT",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        kv *db = fresh(NULL);
        OK(kv_config(db, "requirepass", "secret"));
        OK(kv_exec_line(db, NULL, lines[i], NULL));
        for (int k = 0; k < 3; k++) {
            int rc = put(db, "k", "v");
            if (rc) fprintf(stderr, "after %s\n", lines[i]);
            OK(rc);
            SAME(get(db, "k"), "v");
            OK(kv_del(db, 0, "k", 1));
            EQ(kv_del(db, 0, "k", 1), KV_NONE);
            SAME(get(db, "k"), "-");
        }
        finish(db);
    }
}

/* ---- RESP through memory ----------------------------------------------- */

static void memory_basics(void) {
    kv *db = fresh(NULL);
    kv_session *s = session(db), *t = session(db);
    kv_slice p;
    EQ(kv_pending(s, &p), KV_NONE);
    WIRE(s, "", "");
    WIRE(s, "PING\r\n", "+PONG\r\n");
    WIRE(s, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\na\0\r\nb\r\n", "+OK\r\n");
    WIRE(s, "*2\r\n$3\r\nGET\r\n$1\r\nk", "");
    WIRE(t, "PING\r\n", "+PONG\r\n"); /* sessions do not share their bytes */
    WIRE(s, "\r\n*1", "$5\r\na\0\r\nb\r\n");
    WIRE(s, "\r\n$4\r\nPING\r\n", "+PONG\r\n");
    WIRE(s, "\r\n\r\n*0\r\n*-1\r\nPING\r\n", "+PONG\r\n");

    /* reply bytes stay until they are taken, and come in order */
    OK(kv_feed(s, "PING a\r\nPING b\r\n", 16));
    OK(kv_pending(s, &p));
    CHECK(p.n >= 1 && *(const char *)p.p == '$');
    kv_consume(s, 1);
    OK(kv_feed(s, "PING c\r\n", 8));
    text out = {0};
    take(s, &out, 1);
    SAME(out.p, "1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n");
    text_free(&out);
    EQ(kv_pending(s, &p), KV_NONE);

    kv_session_close(s);
    WIRE(t, "*1\r\n$4\r\nPI", "");
    kv_session_close(t); /* in the middle of a request */
    finish(db);
}

static void memory_quit(void) {
    kv *db = fresh(NULL);
    kv_session *s = session(db);
    static const char quit[] = "PING\r\nQUIT\r\nSET k v\r\n";
    EQ(kv_feed(s, quit, sizeof quit - 1), KV_CLOSED);
    text out = {0};
    take(s, &out, SIZE_MAX);
    SAME(out.p, "+PONG\r\n+OK\r\n");
    text_free(&out);
    EQ(kv_feed(s, "PING\r\n", 6), KV_CLOSED);
    take(s, &out, SIZE_MAX);
    EQ(out.n, 0);
    text_free(&out);
    SAME(get(db, "k"), "-");
    kv_session_close(s);
    finish(db);
}

static void memory_protocol_errors(void) {
    static const char *const cases[][2] = {
        {"*1\r\n$x\r\n", "invalid bulk length"},
        {"*x\r\n", "invalid multibulk length"},
        {"*2147483648\r\n", "invalid multibulk length"},
        {"*1\r\nPING\r\n", "expected '$', got 'P'"},
        {"*1\r\n$-1\r\n", "invalid bulk length"},
        {"*1\r\n$536870913\r\n", "invalid bulk length"},
        {"PING 'x\r\n", "unbalanced quotes in request"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int slow = 0; slow < 2; slow++) {
            kv *db = fresh(NULL);
            kv_session *s = session(db);
            text in = {0}, out = {0}, want = {0};
            text_puts(&in, "PING\r\n");
            text_puts(&in, cases[i][0]);
            text_puts(&in, "SET k v\r\n");
            int rc = KV_OK;
            size_t step = slow ? 1 : in.n;
            for (size_t at = 0; at < in.n && rc == KV_OK; at += step) {
                rc = kv_feed(s, in.p + at, step);
            }
            EQ(rc, KV_CLOSED);
            take(s, &out, SIZE_MAX);
            text_puts(&want, "+PONG\r\n-ERR Protocol error: ");
            text_puts(&want, cases[i][1]);
            text_puts(&want, "\r\n");
            SAME(out.p, want.p);
            SAME(get(db, "k"), "-");
            text_free(&in);
            text_free(&out);
            text_free(&want);
            finish(db);
        }
    }
}

/* A nested value through a session, in pieces, and as a tree. */
static void memory_nested(void) {
    static const char *const cases[][3] = {
        /* what is sent, what RESP2 shows, what a tree shows */
        {"$-1\r\n", "$-1\r\n", "nil"},
        {"_\r\n", "$-1\r\n", "nil"},
        {":-5\r\n", ":-5\r\n", ":-5"},
        {"+fine\r\n", "+fine\r\n", "+fine"},
        {"#f\r\n", ":0\r\n", "#f"},
        {",-1.25\r\n", "$5\r\n-1.25\r\n", ",-1.25"},
        {",inf\r\n", "$3\r\ninf\r\n", ",inf"},
        {",nan\r\n", "$3\r\nnan\r\n", ",nan"},
        {"(-12345678901234567890\r\n", "$21\r\n-12345678901234567890\r\n",
         "(-12345678901234567890"},
        {"=7\r\ntxt:a\r\n\r\n", "$3\r\na\r\n\r\n", "=\"a\\x0d\\x0a\""},
        {"*0\r\n", "*0\r\n", "[]"},
        {"%0\r\n", "*0\r\n", "{}"},
        {"~2\r\n$1\r\na\r\n*-1\r\n", "*2\r\n$1\r\na\r\n$-1\r\n",
         "~[\"a\", nil]"},
        {"%2\r\n+a\r\n*1\r\n%1\r\n:1\r\n#t\r\n~0\r\n$0\r\n\r\n",
         "*4\r\n+a\r\n*1\r\n*2\r\n:1\r\n:1\r\n*0\r\n$0\r\n\r\n",
         "{+a: [{:1: #t}], ~[]: \"\"}"},
    };
    kv *db = fresh(NULL);
    kv_session *two = session(db), *three = session(db), *plain = session(db);
    WIRE(two, "CLIENT CAPA nested\r\n", "+OK\r\n");
    IS(db, three, "CLIENT CAPA other nested", "+OK");
    feed(three, "HELLO 3\r\n", 9);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *sent = cases[i][0];
        for (size_t step = 1; step < 40; step += 9) {
            text in = {0}, out = {0};
            text_puts(&in, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n");
            text_puts(&in, sent);
            text_puts(&in, "GET k\r\n");
            for (size_t at = 0; at < in.n; at += step) {
                OK(kv_feed(two, in.p + at,
                           in.n - at < step ? in.n - at : step));
            }
            take(two, &out, 3);
            CHECK(!strncmp(out.p, "+OK\r\n", 5));
            SAME(out.p + 5, cases[i][1]);
            text_free(&in);
            text_free(&out);
        }
        IS(db, NULL, "GET k", cases[i][2]);
        IS(db, two, "GET k", cases[i][2]);
        SAME(feed(plain, "GET k\r\n", 7),
             quote(cases[i][1], strlen(cases[i][1])));
        /* what RESP3 shows can be stored by it, and is the same */
        text shown = {0}, in = {0};
        OK(kv_feed(three, "GET k\r\n", 7));
        take(three, &shown, SIZE_MAX);
        text_puts(&in, "*3\r\n$3\r\nSET\r\n$1\r\nj\r\n");
        text_add(&in, shown.p, shown.n);
        SAME(feed(three, in.p, in.n), "\"+OK\\x0d\\x0a\"");
        SAME(feed(three, "GET j\r\n", 7), quote(shown.p, shown.n));
        IS(db, NULL, "GETSET k v", cases[i][2]);
        IS(db, NULL, "GETDEL j", cases[i][2]);
        text_free(&shown);
        text_free(&in);
    }
    WIRE(plain, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n", "");
    EQ(kv_feed(plain, ":1\r\n", 4), KV_CLOSED); /* it did not ask for it */
    finish(db);
}

/* What a vector holds are strings, whatever the session said. */
static void nested_not_by_vector(void) {
    kv *db = fresh(NULL);
    kv_session *s = session(db);
    IS(db, s, "CLIENT CAPA nested", "+OK");
    IS(db, s, "SET k \"*1\\r\\n:1\\r\\n\"", "+OK");
    IS(db, s, "TYPE k", "+string");
    IS(db, s, "GET k", "\"*1\\x0d\\x0a:1\\x0d\\x0a\"");
    WIRE(s, "RESET\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n", "+RESET\r\n");
    EQ(kv_feed(s, "*1\r\n:1\r\n", 8), KV_CLOSED);
    finish(db);
}

/* A stream of everything; its pieces must not matter. */
static const char mixed[] =
    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\na\r\nb\0c\r\n"
    "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
    "set \"a b\" 'c d'\r\n\r\n"
    "get \"a b\"\n"
    "*0\r\n*-1\r\n"
    "*1\r\n$0\r\n\r\n"
    "NOPE x\r\n"
    "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\nINCR n\r\n*1\r\n$4\r\nINCR\r\n"
    "*3\r\n$5\r\nDEBUG\r\n$8\r\nPROTOCOL\r\n$3\r\nmap\r\n"
    "SELECT 1\r\n"
    "*2\r\n$3\r\nGET\r\n$1\r\nn\r\n"
    "HELLO 3 SETNAME me\r\n"
    "DEBUG PROTOCOL map\r\nGET nope\r\nDEBUG PROTOCOL verbatim\r\n"
    "*2\r\n$6\r\nCLIENT\r\n$7\r\nGETNAME\r\n"
    "MGET n nope\r\n"
    "RESET\r\n"
    "GET nope\r\nGET n\r\n"
    "*1\r\n$4\r\nQUIT\r\n*1\r\n$4\r\nPING\r\n";
static const char mixed_before[] =
    "+OK\r\n$6\r\na\r\nb\0c\r\n+OK\r\n$3\r\nc d\r\n"
    "-ERR unknown command '', with args beginning with: \r\n"
    "-ERR unknown command 'NOPE', with args beginning with: 'x' \r\n"
    ":1\r\n:2\r\n-ERR wrong number of arguments for 'incr' command\r\n"
    "*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n"
    "+OK\r\n$-1\r\n%7\r\n$6\r\nserver\r\n";
static const char mixed_after[] =
    "%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n_\r\n"
    "=29\r\ntxt:This is a verbatim\nstring\r\n"
    "$2\r\nme\r\n*2\r\n_\r\n_\r\n+RESET\r\n$-1\r\n$1\r\n2\r\n+OK\r\n";

/* Feeds the pieces that end at `a`, `b` and the end, or single bytes. */
static text mixed_reply(size_t a, size_t b, int bytes) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    kv_session *s = session(db);
    text out = {0};
    size_t n = sizeof mixed - 1, at = 0;
    int rc = KV_OK;
    while (at < n && rc == KV_OK) {
        size_t end = at < a ? a : at < b ? b : n;
        if (bytes) end = at + 1;
        rc = kv_feed(s, mixed + at, end - at);
        take(s, &out, bytes ? 1 : SIZE_MAX);
        at = end;
    }
    EQ(rc, KV_CLOSED);
    finish(db);
    return out;
}

static void memory_mixed(void) {
    size_t n = sizeof mixed - 1;
    text whole = mixed_reply(n, n, 0);
    size_t before = sizeof mixed_before - 1, after = sizeof mixed_after - 1;
    CHECK(whole.n > before + after);
    SAME(quote(whole.p, before), quote(mixed_before, before));
    SAME(quote(whole.p + whole.n - after, after), quote(mixed_after, after));
    text_free(&whole);
}

static void memory_splits(void) {
    size_t n = sizeof mixed - 1;
    text whole = mixed_reply(n, n, 0), got = mixed_reply(0, 0, 1);
    SAME(quote(got.p, got.n), quote(whole.p, whole.n));
    text_free(&got);
    for (size_t a = 1; a < n; a++) {
        got = mixed_reply(a, a + 1 + a % 7, 0);
        if (got.n != whole.n || memcmp(got.p, whole.p, got.n)) {
            fprintf(stderr, "split at %lu\n", (unsigned long)a);
            SAME(quote(got.p, got.n), quote(whole.p, whole.n));
        }
        text_free(&got);
    }
    text_free(&whole);
}

/* Requests that all come before the first reply is taken: what waits is
 * bounded, and everything is answered in the end. */
static void memory_unread(void) {
    enum { N = 1000, SIZE = 60000 };
    kv *db = fresh(NULL);
    kv_session *s = session(db);
    char *value = (char *)calloc(SIZE, 1);
    CHECK(value);
    OK(kv_set(db, 0, "k", 1, value, SIZE, 0));
    for (int i = 0; i < N; i++) OK(kv_feed(s, "GET k\r\n", 7));
    size_t total = 0, want = (size_t)N * (8 + SIZE + 2);
    kv_slice p;
    for (int idle = 0; total < want && idle < 100;) {
        int rc = kv_pending(s, &p);
        if (rc == KV_OK && p.n) {
            CHECK(p.n < 4 << 20);
            idle = 0;
            total += p.n;
            kv_consume(s, p.n);
        } else {
            idle++;
            OK(kv_feed(s, "", 0));
            kv_poll(db, 0);
        }
    }
    EQ(total, want);
    free(value);
    WIRE(s, "PING\r\n", "+PONG\r\n");
    finish(db);
}

static const test tests[] = {
    T(reply_types),
    T(push),
    T(reply_fields),
    T(big_replies),
    T(lines),
    T(sessions),
    T(protocols),
    T(authentication),
    T(typed_calls_have_no_session),
    T(memory_basics),
    T(memory_quit),
    T(memory_protocol_errors),
    T(memory_mixed),
    T(memory_splits),
    T(memory_unread),
    T(memory_nested),
    T(nested_not_by_vector),
};
MAIN(tests)
