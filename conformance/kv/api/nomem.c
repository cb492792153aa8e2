/* Allocators: an injected one that counts, and one that fails at the n-th
 * call, for every n until all goes well. */
#include "test.h"

#include <sys/socket.h>

/* Each block has its size in front. */
typedef union head {
    size_t n;
    long double a;
    void *b;
    long long c;
} head;

typedef struct heap {
    long calls, blocks;
    size_t bytes;
    long fail_at;   /* this call fails, 0: none */
    int fail_after; /* and all after it */
    int failed;
} heap;

static void *heap_alloc(void *ctx, void *p, size_t old, size_t n) {
    heap *h = (heap *)ctx;
    head *b = p ? (head *)p - 1 : NULL;
    CHECK(b ? b->n == old && old : !old);
    if (!n) {
        if (b) {
            memset(p, 0xdd, old);
            h->blocks--;
            h->bytes -= old;
            free(b);
        }
        return NULL;
    }
    h->calls++;
    if (h->fail_at && h->calls >= h->fail_at &&
        (h->fail_after || h->calls == h->fail_at)) {
        h->failed = 1;
        return NULL;
    }
    head *fresh_block = (head *)malloc(sizeof(head) + n);
    CHECK(fresh_block);
    fresh_block->n = n;
    if (b) {
        memcpy(fresh_block + 1, p, old < n ? old : n);
        memset(p, 0xdd, old);
        free(b);
    } else {
        h->blocks++;
    }
    h->bytes += n - old;
    return fresh_block + 1;
}

static void heap_arm(heap *h, long n, int after) {
    h->calls = 0;
    h->failed = 0;
    h->fail_at = n;
    h->fail_after = after;
}

static int heap_open(heap *h, fake *f, kv **db) {
    kv_desc d = fake_desc(f);
    d.alloc = heap_alloc;
    d.alloc_ctx = h;
    return kv_open(db, &d);
}

static kv *heap_fresh(heap *h, fake *f) {
    kv *db = NULL;
    memset(h, 0, sizeof *h);
    OK(heap_open(h, f, &db));
    OK(kv_config(db, "enable-debug-command", "yes"));
    return db;
}

static void heap_finish(heap *h, kv *db) {
    heap_arm(h, 0, 0);
    finish(db);
    EQ(h->blocks, 0);
    EQ((long long)h->bytes, 0);
}

static void everything_is_freed(void) {
    fake f = FAKE_START;
    heap h;
    kv *db = heap_fresh(&h, &f);
    CHECK(h.blocks > 0);
    for (int i = 0; i < 50000; i++) {
        OK(kv_set(db, i % 2, &i, sizeof i, "value", 5,
                  i % 3 ? 0 : FAKE_MS + i));
    }
    char *big = (char *)calloc(1000000, 1);
    CHECK(big);
    OK(kv_set(db, 0, "big", 3, big, 1000000, 0));
    free(big);
    kv_statistics st = {0};
    st.size = sizeof st;
    OK(kv_stats(db, &st));
    CHECK(st.held_memory >= st.used_memory / 2);
    CHECK(h.bytes >= st.used_memory && h.bytes >= st.held_memory);
    CHECK(h.bytes < 4 * st.used_memory);

    kv_session *s = session(db);
    static const char some[] = "GET big\r\n*2\r\n$3\r\nGET\r\n$100\r\nx";
    OK(kv_feed(s, some, sizeof some - 1));
    session(db);
    int p[2];
    CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    OK(kv_adopt(db, p[0]));
    CHECK(write(p[1], some, sizeof some - 1) == sizeof some - 1);
    for (int i = 0; i < 5; i++) OK(kv_poll(db, 0));
    fake_add(&f, 20000);
    for (int i = 0; i < 50; i++) OK(kv_poll(db, 0));
    IS(db, NULL, "FLUSHDB", "+OK");
    heap_finish(&h, db); /* with all that open */
    close(p[1]);
}

static void memory_is_given_back(void) {
    fake f = FAKE_START;
    heap h;
    kv *db = heap_fresh(&h, &f);
    size_t empty = h.bytes;
    char value[500] = {0};
    for (int i = 0; i < 100000; i++) {
        OK(kv_set(db, 0, &i, sizeof i, value, sizeof value, 0));
    }
    CHECK(h.bytes > 50000000);
    IS(db, NULL, "FLUSHALL", "+OK");
    for (int i = 0; i < 100000 && kv_timeout(db) == 0; i++) {
        OK(kv_poll(db, 0));
    }
    CHECK(h.bytes < empty + 2000000);
    heap_finish(&h, db);
}

static void open_fails(int after) {
    for (long n = 1;; n++) {
        CHECK(n < 100000);
        fake f = FAKE_START;
        heap h;
        kv *db = (kv *)&h;
        memset(&h, 0, sizeof h);
        heap_arm(&h, n, after);
        int rc = heap_open(&h, &f, &db);
        if (rc != KV_OK) {
            EQ(rc, KV_NOMEM);
            CHECK(!db && h.failed);
            EQ(h.blocks, 0);
            continue;
        }
        int done = !h.failed;
        heap_finish(&h, db);
        if (done) return;
    }
}

static void open_without_memory(void) {
    open_fails(0);
    open_fails(1);
}

/* ---- Commands ---------------------------------------------------------- */

/* clang-format off */
static const char *const script[] = {
    "SET k v", "SET k a-value-that-is-longer-than-those-that-are-stored-short",
    "SET k v PX 5000 GET", "SET k w XX KEEPTTL", "SET n 10", "SETNX m 5",
    "SETEX e 100 v", "PSETEX e 100 v", "GET k", "GETSET k x", "GETEX k EX 100",
    "GETEX k PERSIST", "MSET a 1 b 2 c 3", "MSETNX d 1 a 2", "MSETNX d 1 f 2",
    "MSETEX 2 d 1 g 2 EX 10", "MGET a b c nope", "APPEND k more",
    "APPEND fresh start", "APPEND n 000000000000000000000000000000000000",
    "STRLEN k", "SET n 10", "INCR n", "DECR n", "INCRBY n 1000000000000",
    "DECRBY n 3", "INCRBYFLOAT n 0.5", "INCR counter", "SETRANGE k 1 yy",
    "SETRANGE k 300 end", "SETRANGE gap 100 x", "GETRANGE k 0 -1",
    "SUBSTR k 0 1", "DELEX k IFEQ nope", "SET q v IFEQ w", "SET k v",
    "SET k w IFEQ v", "SET k u IFNE v GET", "DELIFEQ k u", "GETDEL a",
    "SET a 1", "EXISTS a b c", "TYPE a", "KEYS *", "SCAN 0 COUNT 100",
    "RANDOMKEY", "RENAME a z", "RENAMENX z y", "RENAME y b", "COPY b bb",
    "COPY b bb REPLACE", "COPY b b DB 3", "MOVE c 4", "TOUCH b bb", "DBSIZE",
    "EXPIRE b 100", "PEXPIRE b 5000 GT", "EXPIREAT b 1800000000",
    "PEXPIREAT bb 1800000000000", "EXPIRETIME b", "TTL b", "PTTL b",
    "PERSIST b", "EXPIRE b -1", "OBJECT ENCODING bb", "OBJECT FREQ bb",
    "MEMORY USAGE bb", "UNLINK bb", "DEL d e f g", "PING", "ECHO hello",
    "SELECT 2", "SET k v", "SELECT 0", "SWAPDB 0 2", "CLIENT SETNAME me",
    "CLIENT GETNAME", "CLIENT LIST", "CLIENT INFO", "HELLO 3 SETNAME you",
    "CONFIG GET *", "CONFIG SET maxmemory 0 maxmemory-policy noeviction",
    "COMMAND", "COMMAND DOCS", "COMMAND LIST", "COMMAND INFO get set",
    "COMMAND GETKEYS mset a b", "INFO", "INFO everything", "TIME",
    "MEMORY STATS", "DEBUG PROTOCOL map", "ROLE", "NOPE x y", "GET",
    "INCR fresh", "FLUSHDB", "SET k v", "RESET", "FLUSHALL",
};
/* clang-format on */

static int is_oom(const kv_reply *r) {
    return r->type == KV_ERROR && !strncmp(r->str, "OOM ", 4);
}

/* Executes a line; 1: done, 0: no memory. */
static int attempt(kv *db, const char *line) {
    kv_reply *r = (kv_reply *)db;
    int rc = kv_exec_line(db, NULL, line, &r);
    if (rc != KV_OK) {
        if (rc != KV_NOMEM) fprintf(stderr, "%s\n", line);
        EQ(rc, KV_NOMEM);
        CHECK(!r);
        return 0;
    }
    int done = !is_oom(r);
    kv_reply_free(db, r);
    return done;
}

/* kv_check and the digest of both, without failures meanwhile. */
static void compare(heap *h, kv *db, kv *twin, const char *what) {
    heap now = *h;
    heap_arm(h, 0, 0);
    char a[41], b[41];
    int rc = kv_check(db);
    if (rc) fprintf(stderr, "after %s: %s\n", what, kv_message(db));
    OK(rc);
    digest(db, a);
    digest(twin, b);
    if (strcmp(a, b)) {
        fprintf(stderr, "call %ld failed: %s changed half of it\n", now.fail_at,
                what);
    }
    SAME(a, b);
    h->calls = now.calls;
    h->failed = now.failed;
    h->fail_at = now.fail_at;
    h->fail_after = now.fail_after;
}

/* What fails changes nothing: `twin` has memory and executes only what was
 * done here. Returns 1 when nothing failed. */
static int script_with_failure(long n, int after) {
    fake f = FAKE_START;
    heap h;
    kv *db = heap_fresh(&h, &f), *twin = fresh(&f);
    heap_arm(&h, n, after);
    for (size_t i = 0; i < sizeof script / sizeof *script; i++) {
        int failed = h.failed;
        if (attempt(db, script[i])) {
            run(twin, NULL, script[i]);
        } else {
            CHECK(h.failed > failed || after);
        }
        if (h.failed && (!failed || after)) compare(&h, db, twin, script[i]);
    }
    compare(&h, db, twin, "the script");
    int done = !h.failed;
    heap_finish(&h, db);
    finish(twin);
    return done;
}

static void commands_without_memory(void) {
    for (long n = 1; !script_with_failure(n, 0); n++) CHECK(n < 1000000);
}

static void commands_without_any_memory(void) {
    for (long n = 1; !script_with_failure(n, 1);) {
        n += n < 100 ? 1 : n / 20;
        CHECK(n < 1000000);
    }
}

static void settle(kv *db) {
    for (int i = 0; i < 1000 && (!i || kv_timeout(db) == 0); i++) {
        OK(kv_poll(db, 0));
    }
}

/* ---- The rest of the calls --------------------------------------------- */

static int saw_key(void *ctx, const void *key, size_t n) {
    (void)key, (void)n;
    ++*(int *)ctx;
    return 0;
}

static void ignore_event(void *ctx, const char *event, int dbnum,
                         const void *key, size_t n) {
    (void)ctx, (void)event, (void)dbnum, (void)key, (void)n;
}

static void ignore_change(void *ctx, int dbnum, const void *resp, size_t n) {
    (void)ctx, (void)dbnum, (void)resp, (void)n;
}

static void answer(kv_call *c) {
    kv_slice get[] = {{"GET", 3}, {"k", 1}};
    kv_put_array(c, 3);
    kv_put_int(c, 1);
    kv_call_exec(c, 2, get);
    kv_put_verbatim(c, S("text"));
}

static int fine(int rc) {
    CHECK(rc == KV_OK || rc == KV_NOMEM);
    return rc == KV_OK;
}

static int calls_with_failure(long n, int after) {
    static const kv_command row = {"api.answer", answer, 1,   0,  "",  "api",
                                   "1.0",        "O(1)", ".", "", NULL};
    static const char stream[] =
        "SET k v\r\n*3\r\n$3\r\nSET\r\n$1\r\nl\r\n$3\r\nabc\r\n"
        "HELLO 3\r\nMGET k l nope\r\nKEYS *\r\napi.answer\r\n"
        "CLIENT LIST\r\nNOPE\r\nAPPEND l x\r\n";
    fake f = FAKE_START;
    heap h;
    kv *db = heap_fresh(&h, &f);
    OK(kv_poll(db, 0)); /* the loop has what it needs from now on */
    heap_arm(&h, n, after);

    fine(kv_config(db, "maxmemory", "1gb"));
    fine(kv_config(db, "requirepass", "secret"));
    fine(kv_config(db, "requirepass", ""));
    fine(kv_add_command(db, &row));
    kv_on_event(db, ignore_event, NULL);
    kv_on_change(db, ignore_change, NULL);
    char value[100] = {0};
    uint32_t set = 0;
    for (uint32_t i = 0; i < 200; i++) {
        if (fine(kv_set(db, (int)i % 2, &i, 4, value, i % 100,
                        i % 5 ? 0 : FAKE_MS + i))) {
            set++;
            size_t got;
            OK(kv_get(db, (int)i % 2, &i, 4, value, sizeof value, &got));
            EQ(got, i % 100);
        }
    }
    OK(kv_check(db));
    uint64_t at = 0;
    int seen = 0, rc;
    while ((rc = kv_scan(db, 0, &at, saw_key, &seen)) == KV_OK) continue;
    CHECK(rc == KV_NONE || rc == KV_NOMEM);

    /* memory transport, whole and in pieces */
    for (size_t step = 1; step < sizeof stream; step += 60) {
        kv_session *s = (kv_session *)db;
        if (!fine(kv_session_open(db, &s))) {
            CHECK(!s);
            continue;
        }
        text out = {0};
        for (size_t i = 0; i + 1 < sizeof stream; i += step) {
            size_t left = sizeof stream - 1 - i;
            rc = kv_feed(s, stream + i, left < step ? left : step);
            CHECK(rc == KV_OK || rc == KV_NOMEM || rc == KV_CLOSED);
            if (rc != KV_OK) break;
            take(s, &out, 100);
        }
        text_free(&out);
        OK(kv_check(db));
        kv_session_close(s);
    }

    /* a connection */
    int p[2];
    CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    fine(kv_adopt(db, p[0]));
    rc = (int)send(p[1], stream, sizeof stream - 1, MSG_NOSIGNAL);
    for (int i = 0; i < 5; i++) OK(kv_poll(db, 0));
    OK(kv_check(db));
    close(p[1]);
    for (int i = 0; i < 5; i++) OK(kv_poll(db, 0));
    rc = kv_listen(db, "127.0.0.1:0");
    fine(rc);

    /* deleting and expiring need no memory */
    for (uint32_t i = 0; i < 200; i += 2) {
        rc = kv_del(db, 0, &i, 4);
        if (rc < 0) fprintf(stderr, "failing call %ld: kv_del\n", n);
        CHECK(rc == KV_OK || rc == KV_NONE);
    }
    fake_add(&f, 1000);
    for (int i = 0; i < 50; i++) OK(kv_poll(db, 0));
    kv_statistics st = {0};
    st.size = sizeof st;
    OK(kv_stats(db, &st));
    EQ(st.expires, 0);
    CHECK(st.keys <= set + 2);
    int done = !h.failed;
    heap_finish(&h, db);
    return done;
}

/* Nested values, whose trees are many times as large: what was refused memory
 * changed nothing, also when it was for the reply. 1: all went well. */
static int nested_with_failure(const char *line, long n, int after) {
    static const char set[] = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n*3\r\n%1\r\n"
                              "+a\r\n$-1\r\n*500\r\n",
                      more[] = ":1\r\n_\r\n#t\r\n~0\r\n,1.5\r\n";
    fake f = FAKE_START;
    heap h;
    kv *db = heap_fresh(&h, &f), *twin = fresh(&f);
    for (int i = 0; i < 2; i++) {
        kv_session *s = session(i ? twin : db);
        WIRE(s, "CLIENT CAPA nested\r\n", "+OK\r\n");
        OK(kv_feed(s, set, sizeof set - 1));
        for (int j = 0; j < 100; j++) OK(kv_feed(s, more, sizeof more - 1));
        WIRE(s, ":9\r\n", "+OK\r\n");
        kv_session_close(s);
    }
    heap_arm(&h, n, after);
    int done = attempt(db, line);
    if (done) CHECK(attempt(twin, line));
    int all = done && !h.failed;
    compare(&h, db, twin, line);
    heap_arm(&h, 0, 0);
    if (!done) CHECK(attempt(db, line) && attempt(twin, line));
    compare(&h, db, twin, line);
    finish(twin);
    heap_finish(&h, db);
    return all;
}

static void nested_without_memory(void) {
    static const char *const lines[] = {
        "GET k",          "MGET k k",     "GETDEL k",      "GETSET k v",
        "GETEX k EX 100", "COPY k j",     "RENAME k j",    "SET k v GET",
        "SET k v XX GET", "EXPIRE k 100", "GETEX k PXAT 5"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        for (int after = 0; after < 2; after++) {
            for (long n = 1; !nested_with_failure(lines[i], n, after); n++) {
                CHECK(n < 1000);
            }
        }
    }
}

/* ---- Handlers ---------------------------------------------------------- */

static void note_change(void *ctx, int dbnum, const void *resp, size_t n) {
    text *t = (text *)ctx;
    char number[16];
    int len = snprintf(number, sizeof number, "%d", dbnum);
    kv_slice pick[2] = {{"SELECT", 6}, {NULL, 0}};
    pick[1].p = number;
    pick[1].n = (size_t)len;
    text_command(t, 2, pick);
    text_add(t, resp, n);
}

/* An inner command does all of what it should or nothing, and says which: the
 * counter and an INCR on it. 1: done. */
static int count_inside(kv_call *c, int64_t *n) {
    kv_slice incr[] = {{"INCR", 4}, {"n", 1}}, v;
    kv_reply *r = (kv_reply *)(void *)incr;
    int rc = kv_call_reply(c, 2, incr, &r), done;
    int64_t now = 0;
    if (rc != KV_OK) {
        EQ(rc, KV_NOMEM);
        CHECK(!r);
    }
    done = rc == KV_OK && r->type == KV_INTEGER;
    if (rc == KV_OK && !done) CHECK(is_oom(r));
    if (done) EQ(r->integer, *n + 1);
    *n += done;
    kv_reply_free(kv_call_kv(c), rc == KV_OK ? r : NULL);
    rc = kv_call_view(c, S("n"), &v); /* needs no memory */
    if (rc == KV_OK) {
        char digits[24] = {0};
        CHECK(v.n < sizeof digits);
        memcpy(digits, v.p, v.n);
        now = strtoll(digits, NULL, 10);
    } else {
        EQ(rc, KV_NONE);
    }
    EQ(now, *n);
    return done;
}

/* Runs a line; what comes of it shows in the records. */
static void reply_inside(kv_call *c, const char *line) {
    kv_slice argv[20];
    size_t n = 0;
    kv_reply *r = (kv_reply *)(void *)argv;
    for (const char *p = line; *p; p += argv[n].n + !!p[argv[n].n], n++) {
        CHECK(n < 20);
        argv[n].p = p;
        argv[n].n = strcspn(p, " ");
        if (!p[argv[n].n]) {
            n++;
            break;
        }
    }
    int rc = kv_call_reply(c, n, argv, &r);
    if (rc != KV_OK) {
        EQ(rc, KV_NOMEM);
        CHECK(!r);
        return;
    }
    kv_reply_free(kv_call_kv(c), r);
}

static void work_inside(kv_call *c) {
    static const char *const lines[] = {
        "SET a some-value-that-is-longer-than-those-that-are-stored-short",
        "GETSET a another-value-that-is-longer-than-those-that-are-short",
        "MSET b 1 c 2 d 3",
        "APPEND b 000000000000000000000000000000000000000000000000000000000",
        "RENAME c e",
        "GETDEL d",
        "KEYS *",
        "MGET a b c d e n 1 2 3 4 5 6 7 8 9 10",
        "DEL b c d e nope",
        "SELECT 2",
        "SET other v EX 100"};
    kv_slice append[] = {{"APPEND", 6}, {"log", 3}, {"entry;", 6}}, v;
    kv_slice back[] = {{"SELECT", 6}, {"0", 1}};
    int64_t n = *(int64_t *)kv_call_ctx(c);
    kv_put_array(c, 5);
    kv_put_bool(c, count_inside(c, &n));
    /* keys that have expired are removed by looking at them */
    for (int i = 0; i < 200; i++) {
        char key[120];
        snprintf(key, sizeof key, "gone:%0100d", i);
        EQ(kv_call_view(c, S(key), &v), KV_NONE);
    }
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        reply_inside(c, lines[i]);
    }
    OK(kv_call_exec(c, 2, back));
    OK(kv_call_exec(c, 3, append));
    int rc = kv_call_view(c, S("a"), &v);
    if (rc == KV_OK) {
        kv_put_string(c, v);
    } else {
        EQ(rc, KV_NONE);
        kv_put_nil(c);
    }
    /* without any memory it may be in the other database still */
    kv_put_int(c, !kv_call_dbnum(c) && count_inside(c, &n));
    *(int64_t *)kv_call_ctx(c) = n;
}

/* Whatever found no memory, the records tell what was done. */
static int handler_with_failure(uint32_t flags, int way, long n, int after) {
    fake f = FAKE_START;
    heap h;
    text records = {0}, out = {0};
    int64_t counter = 0;
    kv_command row = {"api.work", work_inside, 1,   0,  "",      "api",
                      "1.0",      "O(1)",      ".", "", &counter};
    kv *db = heap_fresh(&h, &f), *twin = fresh(&f);
    kv_session *s = session(db), *t = session(twin);
    row.flags = flags;
    OK(kv_add_command(db, &row));
    kv_on_change(db, note_change, &records);
    kv_on_event(db, ignore_event, NULL);
    for (int i = 0; i < 200; i++) {
        char key[120];
        snprintf(key, sizeof key, "gone:%0100d", i);
        OK(kv_set(db, 0, key, strlen(key), "v", 1, FAKE_MS + 10));
    }
    fake_add(&f, 20);
    heap_arm(&h, n, after);
    if (way == 0) {
        attempt(db, "api.work");
    } else {
        int rc = kv_feed(s, "api.work\r\nPING\r\n", 16);
        CHECK(rc == KV_OK || rc == KV_NOMEM || rc == KV_CLOSED);
        take(s, &out, SIZE_MAX);
    }
    int done = !h.failed;
    heap_arm(&h, 0, 0);
    text_free(&out);
    kv_session_close(s);
    IS(db, NULL, "SELECT 0", "+OK");
    EQ(strtoll(get(db, "n"), NULL, 10), counter);
    settle(db);
    feed(t, records.p, records.n);
    settle(twin);
    compare(&h, db, twin, "the handler");
    if (done) EQ(counter, 2);
    text_free(&records);
    finish(twin);
    heap_finish(&h, db);
    return done;
}

static void handlers_without_memory(void) {
    for (int way = 0; way < 4; way++) {
        uint32_t flags = way < 2 ? KV_WRITE | KV_DENYOOM : 0;
        for (int after = 0; after < 2; after++) {
            long n = 1;
            while (!handler_with_failure(flags, way % 2, n, after)) {
                CHECK(n++ < 10000);
            }
        }
    }
}

/* A command that found no memory, be it for its reply, changed nothing of the
 * session or the configuration either. */
static void settings_without_memory(void) {
    static const char *const cases[][3] = {
        /* what fails, and what must not be seen then */
        {"SELECT 3", "CLIENT INFO", " db=3 "},
        {"CLIENT SETNAME me", "CLIENT INFO", " name=me "},
        {"CLIENT SETINFO LIB-NAME lib", "CLIENT INFO", " lib-name=lib "},
        {"HELLO 3 SETNAME you", "CLIENT INFO", " name=you "},
        {"HELLO 3", "CLIENT INFO", " resp=3 "},
        {"CONFIG SET maxmemory 1", "CONFIG GET maxmemory", "1"},
        {"CONFIG SET requirepass x", "CONFIG GET requirepass", "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (long n = 1, done = 0; !done; n++) {
            fake f = FAKE_START;
            heap h;
            kv *db = heap_fresh(&h, &f);
            kv_session *s = session(db);
            kv_reply *r = NULL;
            heap_arm(&h, n, 0);
            int rc = kv_exec_line(db, s, cases[i][0], &r);
            done = !h.failed;
            heap_arm(&h, 0, 0);
            if (rc != KV_OK || r->type == KV_ERROR) {
                if (rc != KV_OK) EQ(rc, KV_NOMEM);
                if (strstr(run(db, s, cases[i][1]), cases[i][2])) {
                    fprintf(stderr, "call %ld failed: %s was done\n", n,
                            cases[i][0]);
                    fail();
                }
            }
            kv_reply_free(db, r);
            heap_finish(&h, db);
        }
    }
}

/* The first turn makes what the loop needs. */
static void first_turn_without_memory(void) {
    for (long n = 1;; n++) {
        fake f = FAKE_START;
        heap h;
        kv *db = heap_fresh(&h, &f);
        heap_arm(&h, n, 0);
        int done = fine(kv_poll(db, 0)) && !h.failed;
        OK(kv_poll(db, 0));
        heap_finish(&h, db);
        if (done) return;
    }
}

static void calls_without_memory(void) {
    for (long n = 1; !calls_with_failure(n, 0); n++) CHECK(n < 1000000);
}

static void calls_without_any_memory(void) {
    for (long n = 1; !calls_with_failure(n, 1);) {
        n += n < 100 ? 1 : n / 20;
        CHECK(n < 1000000);
    }
}

static const test tests[] = {
    T(everything_is_freed),         T(memory_is_given_back),
    T(open_without_memory),         T(commands_without_memory),
    T(first_turn_without_memory),   T(calls_without_memory),
    T(commands_without_any_memory), T(calls_without_any_memory),
    T(nested_without_memory),       T(handlers_without_memory),
    T(settings_without_memory),
};
MAIN(tests)
