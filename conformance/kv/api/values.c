/* Instances, parameters, keys and values, iteration, statistics. */
#include "test.h"

#include <stddef.h>

static void versions(void) {
    SAME(kv_version(), KV_VERSION);
    EQ(kv_version_number(), KV_VERSION_NUMBER);
    int major, minor, patch;
    EQ(sscanf(KV_VERSION, "%d.%d.%d", &major, &minor, &patch), 3);
    EQ(major * 10000 + minor * 100 + patch, KV_VERSION_NUMBER);
    for (int a = KV_CORRUPT; a <= KV_NONE; a++) {
        CHECK(kv_errstr(a) && *kv_errstr(a));
        for (int b = KV_CORRUPT; b < a; b++) {
            CHECK(strcmp(kv_errstr(a), kv_errstr(b)));
        }
    }
    CHECK(kv_errstr(12345) && kv_errstr(-12345));
}

static void open_close(void) {
    kv *db;
    kv_close(NULL);
    for (int i = 0; i < 50; i++) {
        db = NULL;
        OK(kv_open(&db, NULL));
        CHECK(db);
        if (i % 2) OK(put(db, "k", "v"));
        kv_close(db);
    }
    kv_desc d = {0};
    d.size = sizeof d;
    OK(kv_open(&db, &d));
    finish(db);
    d.size = offsetof(kv_desc, random); /* as an older kv.h had it */
    OK(kv_open(&db, &d));
    finish(db);
    d.size = 0;
    db = (kv *)&d;
    EQ(kv_open(&db, &d), KV_ARG);
    CHECK(!db);
}

static void note_log(void *ctx, int level, const char *line, size_t n) {
    CHECK(level >= KV_LOG_DEBUG && level <= KV_LOG_WARNING);
    CHECK(n > 0 && !memchr(line, '\n', n) && !memchr(line, 0, n));
    ++*(int *)ctx;
}

/* What there is to say goes to the log, in whole lines, and nowhere else. */
static void logging(void) {
    int lines = 0;
    kv_desc d = {0};
    d.size = sizeof d;
    d.log = note_log;
    d.log_ctx = &lines;
    kv *db;
    OK(kv_open(&db, &d));
    OK(kv_config(db, "loglevel", "debug"));
    OK(kv_listen(db, "127.0.0.1:0"));
    for (int i = 0; i < 3; i++) OK(kv_poll(db, 0));
    kv_config(db, "maxmemory", "a\r\nb");
    run(db, NULL, "CONFIG SET maxmemory 'x\ny'");
    finish(db);
}

static void two_instances(void) {
    kv *a = fresh(NULL), *b = fresh(NULL);
    char key[32], value[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "key:%d", i);
        snprintf(value, sizeof value, "%d", i);
        OK(put(i % 3 ? a : b, key, value));
        SAME(get(i % 3 ? b : a, key), "-");
        SAME(get(i % 3 ? a : b, key), value);
    }
    IS(a, NULL, "DBSIZE", ":666");
    IS(b, NULL, "DBSIZE", ":334");
    OK(kv_config(a, "maxmemory", "12345678"));
    IS(b, NULL, "CONFIG GET maxmemory", "{\"maxmemory\": \"0\"}");
    IS(a, NULL, "SELECT 3", "+OK");
    IS(a, NULL, "DBSIZE", ":0");
    IS(b, NULL, "DBSIZE", ":334");
    finish(a);
    IS(b, NULL, "GET key:999", "\"999\"");
    finish(b);
}

static void config(void) {
    kv *db = fresh(NULL);
    OK(kv_config(db, "maxmemory", "100mb"));
    IS(db, NULL, "CONFIG GET maxmemory", "{\"maxmemory\": \"104857600\"}");
    OK(kv_config(db, "MAXMEMORY", "0"));
    OK(kv_config(db, "maxmemory-policy", "allkeys-lru"));
    EQ(kv_config(db, "no-such-parameter", "1"), KV_ARG);
    CHECK(strstr(kv_message(db), "no-such-parameter"));
    EQ(kv_config(db, "maxmemory-policy", "fastest"), KV_ARG);
    CHECK(strstr(kv_message(db), "maxmemory-policy"));
    EQ(kv_config(db, "maxmemory", "lots"), KV_ARG);
    EQ(kv_config(db, "", "1"), KV_ARG);
    IS(db, NULL, "CONFIG GET maxmemory-policy",
       "{\"maxmemory-policy\": \"allkeys-lru\"}");
    finish(db);
}

static void get_set(void) {
    kv *db = fresh(NULL);
    char buf[64];
    size_t n = 99;
    static const char key[] = "a\0b\r\n\xff", value[] = "\0\1\2\r\n\xfe";
    EQ(kv_get(db, 0, key, 6, buf, sizeof buf, &n), KV_NONE);
    OK(kv_set(db, 0, key, 6, value, 6, 0));
    OK(kv_get(db, 0, key, 6, buf, sizeof buf, &n));
    EQ(n, 6);
    CHECK(!memcmp(buf, value, 6));
    EQ(kv_get(db, 0, key, 5, buf, sizeof buf, &n), KV_NONE);
    EQ(kv_get(db, 1, key, 6, buf, sizeof buf, &n), KV_NONE);

    OK(kv_set(db, 15, "", 0, "", 0, 0));
    OK(kv_get(db, 15, "", 0, buf, 0, &n));
    EQ(n, 0);
    OK(kv_set(db, 15, NULL, 0, NULL, 0, 0));
    OK(kv_get(db, 15, NULL, 0, NULL, 0, &n));
    EQ(n, 0);

    OK(put(db, "k", "hello"));
    memset(buf, '.', sizeof buf);
    EQ(kv_get(db, 0, "k", 1, buf, 3, &n), KV_TOOBIG);
    EQ(n, 5);
    CHECK(!memcmp(buf, "hel.", 4));
    EQ(kv_get(db, 0, "k", 1, NULL, 0, &n), KV_TOOBIG);
    EQ(n, 5);
    OK(kv_get(db, 0, "k", 1, buf, 5, &n));
    CHECK(!memcmp(buf, "hello.", 6));

    IS(db, NULL, "GET k", "\"hello\"");
    IS(db, NULL, "SET k 42", "+OK");
    SAME(get(db, "k"), "42");
    OK(put(db, "k", "10"));
    IS(db, NULL, "INCR k", ":11");
    SAME(get(db, "k"), "11");
    OK(put(db, "k", "-9223372036854775808"));
    SAME(get(db, "k"), "-9223372036854775808");
    OK(put(db, "k", "007"));
    SAME(get(db, "k"), "007");
    IS(db, NULL, "EXPIRE k 100", ":1");
    OK(put(db, "k", "v"));
    IS(db, NULL, "TTL k", ":-1");
    finish(db);
}

static void sizes(void) {
    static const size_t at[] = {0,    1,    7,     8,     63,      64,
                                127,  128,  255,   256,   1000,    4095,
                                4096, 4097, 65535, 65536, 1000000, 5000000};
    kv *db = fresh(NULL);
    char *big = (char *)malloc(5000000), *back = (char *)malloc(5000000);
    CHECK(big && back);
    for (size_t i = 0; i < 5000000; i++) big[i] = (char)(i * 7 + i / 251);
    size_t count = sizeof at / sizeof *at, n;
    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < count; i++) {
            size_t vn = at[again ? count - 1 - i : i];
            OK(kv_set(db, 0, &at[i], sizeof at[i], big, vn, 0));
            OK(kv_set(db, 1, big, vn, &at[i], sizeof at[i], 0));
            OK(kv_get(db, 0, &at[i], sizeof at[i], back, 5000000, &n));
            EQ(n, vn);
            CHECK(!memcmp(back, big, n));
            size_t got = 0;
            OK(kv_get(db, 1, big, vn, &got, sizeof got, &n));
            EQ(got, at[i]);
        }
        OK(kv_check(db));
    }
    for (size_t i = 0; i < count; i++) {
        OK(kv_del(db, 1, big, at[i]));
        EQ(kv_del(db, 1, big, at[i]), KV_NONE);
    }
    free(big);
    free(back);
    finish(db);
}

static void del(void) {
    kv *db = fresh(NULL);
    EQ(kv_del(db, 0, "k", 1), KV_NONE);
    OK(put(db, "k", "v"));
    EQ(kv_del(db, 1, "k", 1), KV_NONE);
    OK(kv_del(db, 0, "k", 1));
    EQ(kv_del(db, 0, "k", 1), KV_NONE);
    SAME(get(db, "k"), "-");
    finish(db);
}

static void view(void) {
    kv *db = fresh(NULL);
    kv_slice v, w;
    OK(put(db, "text",
           "some text that is not short, so that it is there twice"));
    OK(put(db, "number", "12345"));
    kv_lock(db);
    OK(kv_view(db, 0, "text", 4, &v));
    kv_lock(db); /* nests */
    OK(kv_view(db, 0, "number", 6, &w));
    kv_unlock(db);
    EQ(v.n, 54);
    CHECK(!memcmp(v.p, "some text", 9));
    EQ(w.n, 5);
    CHECK(!memcmp(w.p, "12345", 5));
    EQ(kv_view(db, 0, "nope", 4, &v), KV_NONE);
    EQ(kv_view(db, 1, "text", 4, &v), KV_NONE);
    kv_unlock(db);
    OK(put(db, "text", "new"));
    SAME(get(db, "text"), "new");
    finish(db);
}

/* A nested value is no string, for these calls and the commands of strings. */
static void nested_is_no_string(void) {
    static const char *const values[] = {":1\r\n", "$-1\r\n", "*1\r\n+OK\r\n",
                                         "%0\r\n"};
    kv *db = fresh(NULL);
    kv_session *s = session(db);
    WIRE(s, "CLIENT CAPA nested\r\n", "+OK\r\n");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char buf[8] = "as it is";
        size_t n = 99;
        kv_slice v = {buf, 99};
        WIRE(s, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n", "");
        SAME(feed(s, values[i], strlen(values[i])), quote("+OK\r\n", 5));
        EQ(kv_get(db, 0, "k", 1, buf, sizeof buf, &n), KV_WRONGTYPE);
        EQ(kv_get(db, 0, "k", 1, NULL, 0, NULL), KV_WRONGTYPE);
        CHECK(!memcmp(buf, "as it is", 8));
        kv_lock(db);
        EQ(kv_view(db, 0, "k", 1, &v), KV_WRONGTYPE);
        kv_unlock(db);
        IS(db, NULL, "TYPE k", "+nested");
        IS(db, NULL, "OBJECT ENCODING k", "\"resp\"");
        CHECK(run_int(db, NULL, "MEMORY USAGE k") > 0);
        CHECK(!strncmp(run(db, NULL, "APPEND k x"), "-WRONGTYPE", 10));
        CHECK(!strncmp(run(db, NULL, "STRLEN k"), "-WRONGTYPE", 10));
        IS(db, NULL, "DBSIZE", ":1");
        OK(kv_check(db));
        if (i % 2) OK(kv_del(db, 0, "k", 1));
        OK(put(db, "k", "text")); /* over it, or anew */
        SAME(get(db, "k"), "text");
        IS(db, NULL, "TYPE k", "+string");
    }
    finish(db);
}

static void many_keys(void) {
    enum { N = 200000 };
    kv *db = fresh(NULL);
    size_t n;
    for (uint32_t i = 0; i < N; i++) OK(kv_set(db, 0, &i, 4, &i, 4, 0));
    OK(kv_check(db));
    for (uint32_t i = 0; i < N; i++) {
        uint32_t got = 0;
        OK(kv_get(db, 0, &i, 4, &got, 4, &n));
        EQ(got, i);
    }
    for (uint32_t i = 0; i < N; i += 2) OK(kv_del(db, 0, &i, 4));
    OK(kv_check(db));
    for (uint32_t i = 0; i < N; i++) {
        uint32_t got = 0;
        EQ(kv_get(db, 0, &i, 4, &got, 4, &n), i % 2 ? KV_OK : KV_NONE);
    }
    IS(db, NULL, "DBSIZE", ":100000");
    IS(db, NULL, "FLUSHALL", "+OK");
    IS(db, NULL, "DBSIZE", ":0");
    finish(db);
}

static void maxmemory(void) {
    kv *db = fresh(NULL);
    OK(put(db, "k", "old"));
    OK(kv_config(db, "maxmemory", "1"));
    EQ(put(db, "k", "new"), KV_NOMEM);
    EQ(put(db, "more", "v"), KV_NOMEM);
    IS(db, NULL, "SET k new",
       "-OOM command not allowed when used memory > 'maxmemory'.");
    SAME(get(db, "k"), "old");
    SAME(get(db, "more"), "-");
    OK(kv_del(db, 0, "k", 1));
    OK(kv_config(db, "maxmemory", "0"));
    OK(put(db, "k", "new"));

    OK(kv_config(db, "maxmemory-policy", "allkeys-lru"));
    kv_statistics st = {0};
    st.size = sizeof st;
    OK(kv_stats(db, &st));
    char limit[32], value[1000];
    snprintf(limit, sizeof limit, "%llu",
             (unsigned long long)st.used_memory + 500000);
    OK(kv_config(db, "maxmemory", limit));
    memset(value, 'v', sizeof value);
    for (int i = 0; i < 3000; i++) {
        OK(kv_set(db, 0, &i, sizeof i, value, sizeof value, 0));
    }
    OK(kv_stats(db, &st));
    CHECK(st.evicted > 1000 && st.keys < 2000 && st.keys > 50);
    CHECK(st.used_memory < strtoull(limit, NULL, 10) + 20000);
    finish(db);
}

/* ---- Iteration --------------------------------------------------------- */

enum { STABLE = 3000, SPAN = 100000 };

typedef struct seen {
    int times[SPAN]; /* keys are numbers below SPAN */
    long calls, stop_at;
} seen;

static int saw(void *ctx, const void *key, size_t n) {
    seen *s = (seen *)ctx;
    uint32_t i;
    EQ(n, 4);
    memcpy(&i, key, 4);
    CHECK(i < SPAN);
    if (++s->calls == s->stop_at) return 77;
    s->times[i]++;
    return 0;
}

static void scan_step(kv *db, uint64_t *at, seen *s, int *rc) {
    *rc = kv_scan(db, 0, at, saw, s);
    CHECK(*rc == KV_OK || *rc == KV_NONE);
}

/* Keys below STABLE are there all the time. Between the steps others are added
 * and deleted by `change`. */
static void scan_while(void (*change)(kv *db, uint32_t step)) {
    seen *s = (seen *)calloc(1, sizeof *s);
    CHECK(s);
    kv *db = fresh(NULL);
    for (uint32_t i = 0; i < STABLE; i++) OK(kv_set(db, 0, &i, 4, "v", 1, 0));
    change(db, 0);
    uint64_t at = 0;
    int rc = KV_OK;
    for (uint32_t step = 1; rc == KV_OK; step++) {
        CHECK(step < 1000000);
        scan_step(db, &at, s, &rc);
        change(db, step);
    }
    for (uint32_t i = 0; i < STABLE; i++) EQ(s->times[i], 1);
    free(s);
    finish(db);
}

static void no_change(kv *db, uint32_t step) {
    (void)db, (void)step;
}

static void grow(kv *db, uint32_t step) {
    for (uint32_t k = 0; step && k < 20; k++) {
        uint32_t i = STABLE + (step * 20 + k) % (SPAN - STABLE);
        OK(kv_set(db, 0, &i, 4, "v", 1, 0));
    }
}

static void shrink(kv *db, uint32_t step) {
    if (!step) {
        for (uint32_t i = STABLE; i < SPAN; i++) {
            OK(kv_set(db, 0, &i, 4, "v", 1, 0));
        }
        return;
    }
    for (uint32_t k = 0; k < 40; k++) {
        uint32_t i = STABLE + step * 40 + k;
        if (i < SPAN) OK(kv_del(db, 0, &i, 4));
    }
}

static void churn(kv *db, uint32_t step) {
    uint64_t seed = step + 1;
    for (uint32_t k = 0; k < 30; k++) {
        uint32_t i = STABLE + rnd(&seed, 20000);
        if (step / 50 % 2) {
            kv_del(db, 0, &i, 4);
        } else {
            OK(kv_set(db, 0, &i, 4, "v", 1, 0));
        }
    }
    if (step % 10 == 0) { /* touching a key does not move it out of sight */
        uint32_t i = step % STABLE;
        OK(kv_set(db, 0, &i, 4, "another value of another length", 31, 0));
    }
}

static void scan_still(void) {
    scan_while(no_change);
}
static void scan_growing(void) {
    scan_while(grow);
}
static void scan_shrinking(void) {
    scan_while(shrink);
}
static void scan_churning(void) {
    scan_while(churn);
}

static void scan_ends(void) {
    seen *s = (seen *)calloc(1, sizeof *s);
    CHECK(s);
    kv *db = fresh(NULL);
    uint64_t at = 0;
    int rc;
    do scan_step(db, &at, s, &rc);
    while (rc == KV_OK);
    EQ(s->calls, 0);
    for (uint32_t i = 0; i < 1000; i++) OK(kv_set(db, 0, &i, 4, "v", 1, 0));

    /* the callback ends a step: that step comes again. The first two and
     * those that find nothing do not call it */
    at = 0;
    scan_step(db, &at, s, &rc);
    scan_step(db, &at, s, &rc);
    s->stop_at = s->calls + 1;
    uint64_t before;
    do {
        before = at;
        rc = kv_scan(db, 0, &at, saw, s);
    } while (rc == KV_OK);
    EQ(rc, 77);
    EQ(at, before);
    s->stop_at = 0;
    do scan_step(db, &at, s, &rc);
    while (rc == KV_OK);
    for (uint32_t i = 0; i < 1000; i++) EQ(s->times[i], 1);

    /* any cursor is safe */
    uint64_t state = 42;
    for (int i = 0; i < 1000; i++) {
        at = (uint64_t)rnd(&state, UINT32_MAX) << rnd(&state, 33);
        scan_step(db, &at, s, &rc);
    }
    /* other databases have keys of their own */
    at = 0;
    memset(s, 0, sizeof *s);
    while ((rc = kv_scan(db, 1, &at, saw, s)) == KV_OK) continue;
    EQ(rc, KV_NONE);
    EQ(s->calls, 0);
    free(s);
    finish(db);
}

/* ---- Statistics and misuse --------------------------------------------- */

static void stats(void) {
    kv *db = fresh(NULL);
    kv_statistics a = {0}, b = {0};
    a.size = b.size = sizeof a;
    OK(kv_stats(db, &a));
    EQ(a.keys, 0);
    EQ(a.expires, 0);
    char value[1000] = {0};
    for (int i = 0; i < 1000; i++) {
        OK(kv_set(db, i % 16, &i, sizeof i, value, sizeof value,
                  i % 4 ? 0 : INT64_C(99999999999999)));
    }
    OK(kv_stats(db, &b));
    EQ(b.keys, 1000);
    EQ(b.expires, 250);
    CHECK(b.used_memory - a.used_memory > 1000000);
    CHECK(b.used_memory - a.used_memory < 2000000);
    CHECK(b.peak_memory >= b.used_memory);
    CHECK(b.held_memory >= 1000000);
    EQ(b.clients, 0);
    EQ(b.connections, 0);

    OK(kv_stats(db, &a));
    IS(db, NULL, "MSET k 1 l 2", "+OK");
    IS(db, NULL, "GET k", "\"1\"");
    IS(db, NULL, "GET nope", "nil");
    IS(db, NULL, "GET nope", "nil");
    OK(kv_stats(db, &b));
    EQ(b.commands - a.commands, 4);
    EQ(b.hits - a.hits, 1);
    EQ(b.misses - a.misses, 2);
    /* also in a database that never had a key */
    EQ(kv_get(db, 7, "k", 1, NULL, 0, NULL), KV_NONE);
    OK(kv_stats(db, &b));
    EQ(b.misses - a.misses, 3);

    IS(db, NULL, "FLUSHALL", "+OK");
    for (int i = 0; i < 1000; i++) kv_poll(db, 0);
    OK(kv_stats(db, &b));
    EQ(b.keys, 0);
    EQ(b.expires, 0);
    CHECK(b.peak_memory > 1000000 && b.used_memory < 1000000);

    /* a caller built with an earlier, shorter struct */
    memset(&b, 0x5a, sizeof b);
    b.size = offsetof(kv_statistics, evicted);
    OK(kv_stats(db, &b));
    CHECK(b.evicted == UINT64_C(0x5a5a5a5a5a5a5a5a));
    EQ(b.keys, 0);
    finish(db);
}

static void expired_stats(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    for (int i = 0; i < 100; i++) {
        OK(kv_set(db, 0, &i, sizeof i, "v", 1, FAKE_MS + 10));
    }
    fake_add(&f, 11);
    for (int i = 0; i < 10; i++) OK(kv_poll(db, 0));
    kv_statistics st = {0};
    st.size = sizeof st;
    OK(kv_stats(db, &st));
    EQ(st.keys, 0);
    EQ(st.expires, 0);
    EQ(st.expired, 100);
    finish(db);
}

static int never(void *ctx, const void *key, size_t n) {
    (void)ctx, (void)key, (void)n;
    fail();
    return 0;
}

static void misuse(void) {
    kv *db = fresh(NULL);
    char buf[8];
    size_t n;
    kv_slice v, ping = {"PING", 4}, wrong = {NULL, 3};
    uint64_t at = 0;
    OK(put(db, "k", "v"));
    static const int wrong_db[] = {-1, 16, 1 << 30, -(1 << 30)};
    for (int i = 0; i < 4; i++) {
        int d = wrong_db[i];
        EQ(kv_get(db, d, "k", 1, buf, sizeof buf, &n), KV_ARG);
        EQ(kv_set(db, d, "k", 1, "v", 1, 0), KV_ARG);
        EQ(kv_del(db, d, "k", 1), KV_ARG);
        EQ(kv_scan(db, d, &at, never, NULL), KV_ARG);
        kv_lock(db);
        EQ(kv_view(db, d, "k", 1, &v), KV_ARG);
        kv_unlock(db);
    }
    EQ(kv_get(db, 0, NULL, 1, buf, sizeof buf, &n), KV_ARG);
    EQ(kv_get(db, 0, "k", 1, NULL, 1, &n), KV_ARG);
    EQ(kv_set(db, 0, NULL, 1, "v", 1, 0), KV_ARG);
    EQ(kv_set(db, 0, "k", 1, NULL, 1, 0), KV_ARG);
    EQ(kv_del(db, 0, NULL, 1), KV_ARG);
    EQ(kv_scan(db, 0, &at, NULL, NULL), KV_ARG);
    EQ(kv_scan(db, 0, NULL, never, NULL), KV_ARG);
    EQ(kv_exec(db, NULL, 0, &ping, NULL), KV_ARG);
    EQ(kv_exec(db, NULL, 1, NULL, NULL), KV_ARG);
    EQ(kv_exec(db, NULL, 1, &wrong, NULL), KV_ARG);
    EQ(kv_exec_line(db, NULL, NULL, NULL), KV_ARG);
    EQ(kv_config(db, NULL, "1"), KV_ARG);
    EQ(kv_config(db, "maxmemory", NULL), KV_ARG);
    EQ(kv_listen(db, NULL), KV_ARG);
    EQ(kv_session_open(db, NULL), KV_ARG);
    EQ(kv_add_command(db, NULL), KV_ARG);
    EQ(kv_stats(db, NULL), KV_ARG);
    EQ(kv_adopt(db, -1), KV_ARG);
    EQ(kv_open(NULL, NULL), KV_ARG);
    kv_statistics st = {0};
    EQ(kv_stats(db, &st), KV_ARG);
    SAME(get(db, "k"), "v");
    finish(db);
}

static void misuse_null_instance(void) {
    char buf[8];
    size_t n;
    kv_session *s;
    kv_slice ping = {"PING", 4};
    EQ(kv_get(NULL, 0, "k", 1, buf, sizeof buf, &n), KV_ARG);
    EQ(kv_set(NULL, 0, "k", 1, "v", 1, 0), KV_ARG);
    EQ(kv_exec(NULL, NULL, 1, &ping, NULL), KV_ARG);
    EQ(kv_exec_line(NULL, NULL, "PING", NULL), KV_ARG);
    EQ(kv_config(NULL, "maxmemory", "1"), KV_ARG);
    EQ(kv_listen(NULL, "127.0.0.1:0"), KV_ARG);
    EQ(kv_session_open(NULL, &s), KV_ARG);
    EQ(kv_feed(NULL, "PING\r\n", 6), KV_ARG);
    EQ(kv_poll(NULL, 0), KV_ARG);
    EQ(kv_check(NULL), KV_ARG);
    kv_session_close(NULL);
    kv_reply_free(NULL, NULL);
}

static const test tests[] = {
    T(versions),
    T(open_close),
    T(logging),
    T(two_instances),
    T(config),
    T(get_set),
    T(sizes),
    T(del),
    T(view),
    T(many_keys),
    T(maxmemory),
    T(scan_still),
    T(scan_growing),
    T(scan_shrinking),
    T(scan_churning),
    T(scan_ends),
    T(stats),
    T(expired_stats),
    T(misuse),
    T(misuse_null_instance),
    T(nested_is_no_string),
};
MAIN(tests)
