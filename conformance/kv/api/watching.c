/* Time, events, records of changes. */
#include "test.h"

#include <limits.h>

/* ---- Expiry, exact to the millisecond ---------------------------------- */

static int count_keys(void *ctx, const void *key, size_t n) {
    (void)key, (void)n;
    ++*(int *)ctx;
    return 0;
}

static int there(kv *db) {
    char buf[8];
    size_t n;
    kv_slice v;
    int rc = kv_get(db, 0, "k", 1, buf, sizeof buf, &n), scanned = 0;
    kv_lock(db);
    EQ(kv_view(db, 0, "k", 1, &v), rc);
    kv_unlock(db);
    uint64_t at = 0;
    while (kv_scan(db, 0, &at, count_keys, &scanned) == KV_OK) continue;
    EQ(scanned, rc == KV_OK);
    IS(db, NULL, "GET k", rc == KV_OK ? "\"v\"" : "nil");
    IS(db, NULL, "EXISTS k", rc == KV_OK ? ":1" : ":0");
    IS(db, NULL, "KEYS *", rc == KV_OK ? "[\"k\"]" : "[]");
    IS(db, NULL, "RANDOMKEY", rc == KV_OK ? "\"k\"" : "nil");
    IS(db, NULL, "TYPE k", rc == KV_OK ? "+string" : "+none");
    return rc == KV_OK;
}

static void expiry_exact(void) {
    static const char *const ways[] = {
        "SET k v PX 1000",
        "SET k v EX 1",
        "SET k v PXAT 1700000001000",
        "SET k v EXAT 1700000001",
        "PSETEX k 1000 v",
        "SETEX k 1 v",
        "PEXPIRE k 1000",
        "EXPIRE k 1",
        "PEXPIREAT k 1700000001000",
        "EXPIREAT k 1700000001",
        "GETEX k PX 1000",
        "GETEX k EX 1",
        "GETEX k PXAT 1700000001000",
        "GETEX k EXAT 1700000001",
        "MSETEX 1 k v PX 1000",
        NULL,
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        fake f = FAKE_START;
        kv *db = fresh(&f);
        OK(put(db, "k", "v"));
        if (ways[i]) {
            CHECK(*run(db, NULL, ways[i]) != '-');
        } else {
            OK(kv_set(db, 0, "k", 1, "v", 1, FAKE_MS + 1000));
        }
        IS(db, NULL, "PTTL k", ":1000");
        IS(db, NULL, "PEXPIRETIME k", ":1700000001000");
        f.wall += 1000 * 1000; /* Redis lets go when now > when */
        f.mono += 1000 * 1000;
        OK(kv_poll(db, 0));
        CHECK(there(db));
        IS(db, NULL, "PTTL k", ":0");
        f.wall += 999;
        f.mono += 999;
        OK(kv_poll(db, 0));
        CHECK(there(db));
        f.wall++;
        f.mono++;
        CHECK(!there(db)); /* seen by nobody, also before the next turn */
        IS(db, NULL, "PTTL k", ":-2");
        OK(kv_poll(db, 0));
        IS(db, NULL, "DBSIZE", ":0");
        finish(db);
    }
}

typedef struct noted {
    text all; /* "0:set k\n" ... */
    long count;
    fake *clock;
    int64_t last_us;
} noted;

/* Later releases of Redis have three more events; they do not matter here. */
static void note_event(void *ctx, const char *event, int dbnum, const void *key,
                       size_t n) {
    noted *e = (noted *)ctx;
    char head[32];
    if (!strcmp(event, "new") || !strcmp(event, "overwritten") ||
        !strcmp(event, "type_changed")) {
        return;
    }
    snprintf(head, sizeof head, "%d:", dbnum);
    text_puts(&e->all, head);
    text_puts(&e->all, event);
    text_puts(&e->all, " ");
    text_add(&e->all, key, n);
    text_puts(&e->all, "\n");
    e->count++;
    if (e->clock) e->last_us = e->clock->wall;
}

static const char *noted_since(noted *e) {
    static text copy;
    text_free(&copy);
    text_add(&copy, e->all.p, e->all.n);
    text_free(&e->all);
    return copy.p;
}

/* Sleeps as long as kv says until an event comes. */
static void timeout_until_expiry(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    noted e = {{NULL, 0, 0}, 0, &f, 0};
    EQ(kv_timeout(db), -1);
    kv_on_event(db, note_event, &e);
    IS(db, NULL, "SET far v PX 5000", "+OK");
    IS(db, NULL, "SET k v PX 1000", "+OK");
    IS(db, NULL, "SET never v", "+OK");
    noted_since(&e);
    for (int turns = 0; !e.all.n; turns++) {
        CHECK(turns < 3);
        int wait = kv_timeout(db);
        CHECK(wait > 0 && wait <= 1001);
        if (!turns) CHECK(wait >= 1000);
        fake_add(&f, wait);
        OK(kv_poll(db, 0));
    }
    SAME(noted_since(&e), "0:expired k\n");
    EQ(e.last_us, (FAKE_MS + 1001) * 1000);
    CHECK(kv_timeout(db) >= 3999 && kv_timeout(db) <= 4000);

    IS(db, NULL, "PERSIST far", ":1");
    EQ(kv_timeout(db), -1);
    IS(db, NULL, "SET soon v PX 3", "+OK");
    CHECK(kv_timeout(db) >= 3 && kv_timeout(db) <= 4);
    IS(db, NULL, "DEL soon", ":1");
    EQ(kv_timeout(db), -1);
    IS(db, NULL, "SET k v EX 1000000000", "+OK"); /* over INT_MAX ms */
    CHECK(kv_timeout(db) > 0);
    IS(db, NULL, "PEXPIRE k 10", ":1");
    fake_add(&f, 20);
    EQ(kv_timeout(db), 0);
    text_free(&e.all);
    finish(db);
}

static void expiry_burst(void) {
    enum { N = 50000 };
    fake f = FAKE_START;
    kv *db = fresh(&f);
    noted e = {{NULL, 0, 0}, 0, &f, 0};
    for (int i = 0; i < N; i++) {
        OK(kv_set(db, i % 3, &i, sizeof i, "v", 1, FAKE_MS + 10 + i % 2));
    }
    kv_on_event(db, note_event, &e);
    fake_add(&f, 10);
    OK(kv_poll(db, 0));
    EQ(e.count, 0);
    fake_add(&f, 2);
    int i = N / 2, turns = 0, count = 0;
    size_t n;
    EQ(kv_get(db, i % 3, &i, sizeof i, NULL, 0, &n), KV_NONE);
    for (uint64_t at = 0; kv_scan(db, 0, &at, count_keys, &count) == KV_OK;)
        continue;
    EQ(count, 0);
    while (e.count < N) {
        CHECK(++turns < N);
        EQ(kv_timeout(db), 0); /* as long as work is left */
        OK(kv_poll(db, 0));
    }
    for (i = 0; i < 10; i++) OK(kv_poll(db, 0));
    EQ(e.count, N);
    EQ(kv_timeout(db), -1);
    IS(db, NULL, "DBSIZE", ":0");
    text_free(&e.all);
    finish(db);
}

static void clock_steps(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    IS(db, NULL, "SET k v PX 1000", "+OK");
    f.wall -= INT64_C(3600000000); /* set back by an hour */
    OK(kv_poll(db, 0));
    IS(db, NULL, "PTTL k", ":3601000");
    OK(kv_check(db));
    f.wall += INT64_C(7200000000);
    IS(db, NULL, "GET k", "nil");
    IS(db, NULL, "SET k v PX 1000", "+OK");
    f.wall = 0;
    OK(kv_poll(db, 0));
    IS(db, NULL, "GET k", "\"v\"");
    OK(kv_check(db));
    CHECK(kv_timeout(db) > 0);
    f.wall = INT64_C(32503680000000000); /* the year 3000 */
    OK(kv_poll(db, 0));
    OK(kv_poll(db, 0));
    IS(db, NULL, "DBSIZE", ":0");
    finish(db);
}

static void set_in_the_past(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    noted e = {{NULL, 0, 0}, 0, NULL, 0};
    OK(put(db, "k", "v"));
    kv_on_event(db, note_event, &e);
    OK(kv_set(db, 0, "k", 1, "w", 1, FAKE_MS - 1));
    SAME(get(db, "k"), "-");
    IS(db, NULL, "DBSIZE", ":0");
    CHECK(strstr(e.all.p, "0:del k\n") || strstr(e.all.p, "0:expired k\n"));
    OK(kv_set(db, 0, "other", 5, "w", 1, 1));
    SAME(get(db, "other"), "-");
    IS(db, NULL, "DBSIZE", ":0");
    kv_on_event(db, NULL, NULL);
    text_free(&e.all);
    finish(db);
}

/* ---- Events ------------------------------------------------------------ */

static const char *const event_cases[][2] = {
    {"SET a 1", "0:set a\n"},
    {"GET a", ""},
    {"SET a 2 NX", ""},
    {"SET a 1 EX 100", "0:set a\n0:expire a\n"},
    {"SETEX a 10 1", "0:set a\n0:expire a\n"},
    {"PSETEX a 10000 1", "0:set a\n0:expire a\n"},
    {"SETNX b 1", "0:set b\n"},
    {"SETNX b 1", ""},
    {"GETSET a 2", "0:set a\n"},
    {"GETEX a", ""},
    {"GETEX a EX 5", "0:expire a\n"},
    {"GETEX a PERSIST", "0:persist a\n"},
    {"GETDEL a", "0:del a\n"},
    {"GETDEL a", ""},
    {"MSET a 1 b 2", "0:set a\n0:set b\n"},
    {"MSETNX c 1 d 2", "0:set c\n0:set d\n"},
    {"MSETNX c 1 z 2", ""},
    {"APPEND a x", "0:append a\n"},
    {"SETRANGE a 1 yy", "0:setrange a\n"},
    {"SETRANGE a 1 \"\"", ""},
    {"INCR n", "0:incrby n\n"},
    {"DECR n", "0:incrby n\n"},
    {"INCRBY n 3", "0:incrby n\n"},
    {"DECRBY n 3", "0:incrby n\n"},
    {"INCRBY n x", ""},
    {"INCRBYFLOAT n 1.5", "0:incrbyfloat n\n"},
    {"EXPIRE a 100", "0:expire a\n"},
    {"EXPIRE a 100 NX", ""},
    {"EXPIRE nope 100", ""},
    {"PERSIST a", "0:persist a\n"},
    {"PERSIST a", ""},
    {"EXPIRE a -1", "0:del a\n"},
    {"RENAME b e", "0:rename_from b\n0:rename_to e\n"},
    {"RENAME e e", ""},
    {"COPY e f", "0:copy_to f\n"},
    {"COPY e f DB 1", "1:copy_to f\n"},
    {"MOVE e 2", "0:move_from e\n2:move_to e\n"},
    {"DEL c d nope", "0:del c\n0:del d\n"},
    {"UNLINK f", "0:del f\n"},
    {"TOUCH n", ""},
    {"SET q 1 KEEPTTL", "0:set q\n"},
    {"GETEX q EXAT 5", "0:del q\n"},
    {"SET q 1", "0:set q\n"},
    {"DELIFEQ q 2", ""},
    {"DELIFEQ q 1", "0:del q\n"},
    {"SET q 1 IFEQ 1", ""},
    {"SET q 1", "0:set q\n"},
    {"DELEX q IFEQ 1", "0:del q\n"},
};

static void events(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    noted e = {{NULL, 0, 0}, 0, NULL, 0};
    kv_on_event(db, note_event, &e);
    for (size_t i = 0; i < sizeof event_cases / sizeof *event_cases; i++) {
        run(db, NULL, event_cases[i][0]);
        const char *got = noted_since(&e);
        if (strcmp(got ? got : "", event_cases[i][1])) {
            fprintf(stderr, "after %s\n", event_cases[i][0]);
        }
        SAME(got ? got : "", event_cases[i][1]);
    }
    /* from the typed calls, from a session in another database */
    OK(kv_set(db, 5, "t", 1, "v", 1, FAKE_MS + 500));
    SAME(noted_since(&e), "5:set t\n5:expire t\n");
    OK(kv_del(db, 5, "t", 1));
    SAME(noted_since(&e), "5:del t\n");
    EQ(kv_del(db, 5, "t", 1), KV_NONE);
    kv_session *s = session(db);
    WIRE(s, "SELECT 3\r\nSET k v PX 10\r\n", "+OK\r\n+OK\r\n");
    SAME(noted_since(&e), "3:set k\n3:expire k\n");
    fake_add(&f, 11);
    OK(kv_poll(db, 0));
    SAME(noted_since(&e), "3:expired k\n");
    /* a read that finds the key too late tells it as well, once */
    IS(db, NULL, "SET k v PX 10", "+OK");
    noted_since(&e);
    fake_add(&f, 11);
    IS(db, NULL, "GET k", "nil");
    OK(kv_poll(db, 0));
    SAME(noted_since(&e), "0:expired k\n");
    /* one hook: the next takes its place, NULL takes it away */
    noted other = {{NULL, 0, 0}, 0, NULL, 0};
    kv_on_event(db, note_event, &other);
    OK(put(db, "k", "v"));
    EQ(e.all.n, 0);
    SAME(noted_since(&other), "0:set k\n");
    kv_on_event(db, NULL, NULL);
    OK(put(db, "k", "w"));
    EQ(other.all.n, 0);
    finish(db);
}

static void evicted(void) {
    kv *db = fresh(NULL);
    noted e = {{NULL, 0, 0}, 0, NULL, 0};
    for (int i = 0; i < 100; i++) OK(kv_set(db, 0, &i, sizeof i, "v", 1, 0));
    kv_on_event(db, note_event, &e);
    OK(kv_config(db, "maxmemory-policy", "allkeys-random"));
    OK(kv_config(db, "maxmemory", "1"));
    run(db, NULL, "SET k v");
    for (int i = 0; i < 100; i++) OK(kv_poll(db, 0));
    CHECK(e.all.p && strstr(e.all.p, "0:evicted "));
    text_free(&e.all);
    finish(db);
}

/* ---- Records of changes ------------------------------------------------ */

/* Parses one command: argv with room for 64. Returns argc. */
static size_t parse(const char *p, size_t n, kv_slice *argv) {
    const char *end = p + n;
    char *next;
    CHECK(n > 4 && *p == '*');
    size_t argc = strtoul(p + 1, &next, 10);
    CHECK(argc >= 1 && argc <= 64);
    p = next + 2;
    for (size_t i = 0; i < argc; i++) {
        CHECK(p < end && *p == '$');
        argv[i].n = strtoul(p + 1, &next, 10);
        argv[i].p = next + 2;
        p = next + 2 + argv[i].n + 2;
        CHECK(p <= end && p[-2] == '\r' && p[-1] == '\n');
    }
    CHECK(p == end);
    return argc;
}

static int word_in(kv_slice w, const char *const *list) {
    for (; *list; list++) {
        size_t i = 0;
        while (i < w.n && (((const char *)w.p)[i] & ~32) == (*list)[i]) i++;
        if (i == w.n && !(*list)[i]) return 1;
    }
    return 0;
}

/* What depends on the time of execution, or came after Redis 7.0. */
static void is_deterministic(const char *p, size_t n) {
    static const char *const names[] = {
        "EXPIRE",  "PEXPIRE", "EXPIREAT", "SETEX", "PSETEX",
        "GETEX",   "GETDEL",  "MSETEX",   "DELEX", "INCRBYFLOAT",
        "DELIFEQ", "SELECT",  NULL};
    static const char *const options[] = {"EX",   "PX",   "EXAT",
                                          "IFEQ", "IFNE", NULL};
    static const char *const set[] = {"SET", NULL};
    kv_slice argv[64];
    size_t argc = parse(p, n, argv);
    int wrong = word_in(argv[0], names);
    for (size_t i = 3; word_in(argv[0], set) && i < argc; i++) {
        wrong |= word_in(argv[i], options);
    }
    if (wrong) {
        fprintf(stderr, "not a deterministic record: %s\n", quote(p, n));
        fail();
    }
}

typedef struct journal {
    text all; /* with SELECTs */
    int dbnum;
    size_t applied;
    long count;
} journal;

static void log_change(void *ctx, int dbnum, const void *resp, size_t n) {
    journal *l = (journal *)ctx;
    is_deterministic((const char *)resp, n);
    if (dbnum >= 0 && dbnum != l->dbnum) {
        char select[64];
        snprintf(select, sizeof select, "*2\r\n$6\r\nSELECT\r\n$%d\r\n%d\r\n",
                 dbnum < 10 ? 1 : 2, dbnum);
        text_puts(&l->all, select);
        l->dbnum = dbnum;
    }
    text_add(&l->all, resp, n);
    l->count++;
}

/* Feeds what is new in the log to another instance. */
static void log_apply(journal *l, kv_session *s) {
    text out = {0};
    OK(kv_feed(s, l->all.p + l->applied, l->all.n - l->applied));
    take(s, &out, SIZE_MAX);
    if (out.p && (out.p[0] == '-' || strstr(out.p, "\n-"))) {
        fprintf(stderr, "%s\nanswers\n%s\n", l->all.p + l->applied, out.p);
        fail();
    }
    text_free(&out);
    l->applied = l->all.n;
}

static const char *const record_cases[][2] = {
    {"SET k v", "SET k v"},
    {"SET k w EX 10", "SET k w PXAT 1700000010000"},
    {"SET k w NX", ""},
    {"GET k", ""},
    {"SETEX k 10 v", "SET k v PXAT 1700000010000"},
    {"PSETEX k 10 v", "SET k v PXAT 1700000000010"},
    {"GETEX k", ""},
    {"GETEX k EX 5", "PEXPIREAT k 1700000005000"},
    {"GETEX k PERSIST", "PERSIST k"},
    {"EXPIRE k 7", "PEXPIREAT k 1700000007000"},
    {"EXPIRE k 7 NX", ""},
    {"EXPIREAT k 1700000009", "PEXPIREAT k 1700000009000"},
    {"PERSIST k", "PERSIST k"},
    {"PERSIST k", ""},
    {"GETDEL k", "DEL k"},
    {"GETDEL k", ""},
    {"DEL k", ""},
    {"INCRBYFLOAT f 1.5", "SET f 1.5 KEEPTTL"},
    {"EXPIRE f -1", "DEL f"},
    {"SET k a", "SET k a"},
    {"SET k b IFEQ x", ""},
    {"DELIFEQ k x", ""},
    {"DELEX k IFEQ a", "DEL k"},
    {"FLUSHDB", ""},
};

static void records(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    journal l = {{NULL, 0, 0}, -1, 0, 0};
    kv_on_change(db, log_change, &l);
    for (size_t i = 0; i < sizeof record_cases / sizeof *record_cases; i++) {
        const char *line = record_cases[i][0];
        text words = {0};
        l.dbnum = 0;
        run(db, NULL, line);
        if (l.all.n && strcmp(line, "FLUSHDB")) {
            kv_slice argv[64];
            size_t argc = parse(l.all.p, l.all.n, argv);
            for (size_t a = 0; a < argc; a++) {
                if (a) text_puts(&words, " ");
                text_add(&words, argv[a].p, argv[a].n);
            }
        }
        text_add(&words, "", 0);
        if (!strncmp(words.p, "UNLINK ", 7)) { /* as good as DEL */
            memmove(words.p + 3, words.p + 6, words.n - 5);
            memcpy(words.p, "DEL", 3);
        }
        if (strcmp(words.p, record_cases[i][1])) {
            fprintf(stderr, "after %s\n", line);
        }
        SAME(words.p, record_cases[i][1]);
        text_free(&words);
        text_free(&l.all);
    }
    IS(db, NULL, "SET k v PX 10", "+OK");
    text_free(&l.all);
    fake_add(&f, 11);
    OK(kv_poll(db, 0));
    CHECK(l.all.p && strstr(l.all.p, "\r\nk\r\n"));
    text_free(&l.all);
    l.applied = 0;
    kv_on_change(db, NULL, NULL);
    OK(put(db, "k", "v"));
    EQ(l.all.n, 0);
    finish(db);
}

/* Random commands. k: a key, v: a value, i: an integer, f: a float, o: an
 * offset, s and m: a time to live in seconds and milliseconds, S and M: such a
 * time, d: a database. */
/* clang-format off */
static const char *const grammar[] = {
    "SET k v", "SET k v EX s", "SET k v PX m", "SET k v EXAT S",
    "SET k v PXAT M", "SET k v KEEPTTL", "SET k v NX", "SET k v XX GET",
    "SET k v NX PX m", "SET k v XX EX s GET", "SET k v IFEQ v",
    "SET k v IFEQ v PX m", "SET k v IFNE v GET", "SETNX k v", "SETEX k s v",
    "PSETEX k m v", "GET k", "GETSET k v", "GETDEL k", "GETEX k",
    "GETEX k EX s", "GETEX k PX m", "GETEX k EXAT S", "GETEX k PXAT M",
    "GETEX k PERSIST", "MSET k v k v", "MSETNX k v k v", "MSETEX 2 k v k v",
    "MSETEX 2 k v k v PX m", "MSETEX 2 k v k v NX", "MSETEX 1 k v XX EXAT S",
    "MSETEX 2 k v k v KEEPTTL", "MGET k k", "APPEND k v", "STRLEN k", "INCR k",
    "DECR k", "INCRBY k i", "DECRBY k i", "INCRBYFLOAT k f", "SETRANGE k o v",
    "GETRANGE k 0 o", "SUBSTR k o -1", "DELEX k", "DELEX k IFEQ v",
    "DELEX k IFNE v", "DELIFEQ k v", "DEL k k", "UNLINK k k", "EXISTS k k",
    "TYPE k", "KEYS k*", "SCAN 0", "RANDOMKEY", "RENAME k k", "RENAMENX k k",
    "COPY k k", "COPY k k REPLACE", "COPY k k DB d REPLACE", "COPY k k DB d",
    "MOVE k d", "MOVE k d", "TOUCH k k", "DBSIZE", "EXPIRE k s",
    "EXPIRE k s NX", "EXPIRE k s XX", "EXPIRE k s GT", "EXPIRE k s LT",
    "PEXPIRE k m", "PEXPIRE k -1", "PEXPIRE k m LT", "EXPIREAT k S",
    "PEXPIREAT k M", "PEXPIREAT k M XX GT", "EXPIRETIME k", "PEXPIRETIME k",
    "TTL k", "PTTL k", "PERSIST k", "OBJECT ENCODING k", "SELECT d",
    "SELECT d", "SELECT d", "SWAPDB d d",
};
/* clang-format on */

/* The next random command as a line; moves the clock. */
static void random_line(uint64_t *seed, fake *f, char *line, size_t cap) {
    static const char *const values[] = {
        "10",
        "-3",
        "0",
        "3.5",
        "abc",
        "\"\"",
        "9223372036854775807",
        "\"\\x00\\r\\n\"",
        "1e3",
        "a-value-that-is-too-long-for-any-kind-of-short-string-in-the-entry",
    };
    long long now = (long long)(f->wall / 1000), at;
    const char *form = grammar[rnd(seed, sizeof grammar / sizeof *grammar)];
    if (!rnd(seed, 400)) form = rnd(seed, 4) ? "FLUSHDB" : "FLUSHALL";
    size_t n = 0;
    for (const char *p = form; *p; p++) {
        int alone = (p == form || p[-1] == ' ') && (!p[1] || p[1] == ' ');
        char *out = line + n;
        size_t room = cap - n;
        at = now + (int)rnd(seed, 4000) - 500;
        switch (alone ? *p : 0) {
        case 'k': n += snprintf(out, room, "key:%u", rnd(seed, 10)); break;
        case 'v': n += snprintf(out, room, "%s", values[rnd(seed, 10)]); break;
        case 'i': n += snprintf(out, room, "%d", (int)rnd(seed, 99) - 9); break;
        case 'f':
            n += snprintf(out, room, "%d.%u", (int)rnd(seed, 9) - 4,
                          rnd(seed, 100));
            break;
        case 'o': n += snprintf(out, room, "%u", rnd(seed, 90)); break;
        case 's': n += snprintf(out, room, "%u", 1 + rnd(seed, 3)); break;
        case 'm': n += snprintf(out, room, "%u", 1 + rnd(seed, 3000)); break;
        case 'S': n += snprintf(out, room, "%lld", at / 1000); break;
        case 'M': n += snprintf(out, room, "%lld", at); break;
        case 'd': n += snprintf(out, room, "%u", rnd(seed, 3)); break;
        default: n += snprintf(out, room, "%c", *p);
        }
        CHECK(n < cap);
    }
    if (!rnd(seed, 3)) fake_add(f, rnd(seed, 400));
    if (!rnd(seed, 50)) fake_add(f, 2000);
}

static void settle(kv *db) {
    for (int i = 0; i < 10000 && (!i || kv_timeout(db) == 0); i++) {
        OK(kv_poll(db, 0));
    }
}

static void same_data(kv *a, kv *b) {
    char da[41], db[41];
    digest(a, da);
    digest(b, db);
    SAME(da, db);
}

/* `steps` random commands on `db`, sometimes a typed call instead; their
 * records go to `l` and at once to the session `twin`, if given. */
static void stream(uint64_t seed, int steps, fake *f, kv *db, kv_session *twin,
                   kv *twin_db, journal *l) {
    char line[512];
    kv_on_change(db, log_change, l);
    for (int i = 0; i < steps; i++) {
        random_line(&seed, f, line, sizeof line);
        uint32_t typed = rnd(&seed, 40), k = rnd(&seed, 10);
        char key[16];
        snprintf(key, sizeof key, "key:%u", k);
        if (typed == 0) {
            kv_del(db, (int)k % 3, key, 5);
        } else if (typed == 1) {
            OK(kv_set(db, (int)k % 3, key, 5, "typed", 5,
                      k % 2 ? f->wall / 1000 + k * 100 - 200 : 0));
        } else {
            run(db, NULL, line);
        }
        if (!twin) continue;
        if (l->all.n > l->applied) log_apply(l, twin);
        if (i % 8) continue;
        settle(db);
        if (l->all.n > l->applied) log_apply(l, twin);
        settle(twin_db);
        char da[41], dt[41];
        digest(db, da);
        digest(twin_db, dt);
        if (strcmp(da, dt)) fprintf(stderr, "by step %d: %s\n", i, line);
        SAME(dt, da);
        if (i % 64 == 0) OK(kv_check(db));
    }
    settle(db);
    kv_on_change(db, NULL, NULL);
}

static void replay_with(uint64_t seed) {
    fake f = FAKE_START, start = FAKE_START;
    kv *db = fresh(&f), *twin = fresh(&f), *later = fresh(&start);
    journal l = {{NULL, 0, 0}, 0, 0, 0};
    kv_session *s = session(twin);
    stream(seed, 6000, &f, db, s, twin, &l);
    if (l.all.n > l.applied) log_apply(&l, s);
    same_data(db, twin);
    CHECK(l.count > 1000);

    /* all at once afterwards; records have absolute times, so that this one
     * lives at the time of the first of them */
    s = session(later);
    l.applied = 0;
    log_apply(&l, s);
    same_data(db, later);
    text_free(&l.all);
    finish(later);
    finish(twin);
    finish(db);
}

static void replay_1(void) {
    replay_with(1);
}
static void replay_2(void) {
    replay_with(20240229);
}
static void replay_3(void) {
    replay_with(UINT64_C(0x9e3779b97f4a7c15));
}

/* Appends a random nested value. */
static void nested_put(text *t, uint64_t *seed, int depth) {
    static const char *const some[] = {
        "_\r\n",          "$-1\r\n",     "*-1\r\n",        "#t\r\n", ":-7\r\n",
        ",1.5\r\n",       "(123456\r\n", "+a b\r\n",       "*0\r\n", "%0\r\n",
        "$2\r\n\r\n\r\n", "$0\r\n\r\n",  "=5\r\ntxt:a\r\n"};
    static const char marks[] = "*~%";
    uint32_t kind = rnd(seed, depth < 4 ? 6 : 3), n;
    if (kind < 3) {
        text_puts(t, some[rnd(seed, sizeof some / sizeof *some)]);
        return;
    }
    n = rnd(seed, depth ? 5 : 300);
    char head[32];
    snprintf(head, sizeof head, "%c%u\r\n", marks[kind - 3], n);
    text_puts(t, head);
    for (n *= kind == 5 ? 2 : 1; n; n--) nested_put(t, seed, depth + 1);
}

static void nested_change(void *ctx, int dbnum, const void *resp, size_t n) {
    journal *l = (journal *)ctx;
    EQ(dbnum, 0);
    text_add(&l->all, resp, n);
    l->count++;
}

/* Records of nested values, replayed through a session that knows none. */
static void replay_nested(void) {
    static const char *const forms[] = {"SET K V",
                                        "SET K V",
                                        "GETSET K V",
                                        "SET K V EX 100",
                                        "SET K V KEEPTTL",
                                        "SET K V GET PX 50000",
                                        "SETNX K V",
                                        "SETEX K 100 V",
                                        "PSETEX K 70000 V",
                                        "MSET K V K V",
                                        "MSETNX K V K V",
                                        "MSETEX 2 K V K V EX 9",
                                        "COPY K K REPLACE",
                                        "RENAME K K",
                                        "GETDEL K",
                                        "GETEX K EX 50",
                                        "PERSIST K",
                                        "SET K text",
                                        "MSETEX 1 K V KEEPTTL",
                                        "SET K V XX",
                                        "MSET K text K V"};
    uint64_t seed = 4711;
    fake f = FAKE_START;
    kv *db = fresh(&f), *twin = fresh(&f);
    kv_session *s = session(db), *t = session(twin);
    journal l = {{NULL, 0, 0}, 0, 0, 0};
    WIRE(s, "CLIENT CAPA nested\r\n", "+OK\r\n");
    kv_on_change(db, nested_change, &l);
    for (int i = 0; i < 2000; i++) {
        const char *p = forms[rnd(&seed, sizeof forms / sizeof *forms)];
        text in = {0}, out = {0}, words = {0};
        char head[32];
        int argc = 0;
        while (*p) {
            size_t n = strcspn(p, " ");
            if (n == 1 && *p == 'V') {
                size_t was = words.n;
                nested_put(&words, &seed, 0);
                CHECK(words.n > was);
            } else {
                snprintf(head, sizeof head, "$%d\r\n", (int)n);
                text_puts(&words, head);
                text_add(&words, p, n);
                if (n == 1 && *p == 'K')
                    words.p[words.n - 1] = (char)('a' + rnd(&seed, 5));
                text_puts(&words, "\r\n");
            }
            argc++;
            p += n + (p[n] == ' ');
        }
        snprintf(head, sizeof head, "*%d\r\n", argc);
        text_puts(&in, head);
        text_add(&in, words.p, words.n);
        OK(kv_feed(s, in.p, in.n));
        take(s, &out, SIZE_MAX);
        if (*out.p == '-')
            CHECK(!strncmp(out.p, "-ERR no such key", 16) ||
                  strstr(out.p, "are the same"));
        text_free(&in);
        text_free(&out);
        text_free(&words);
        if (rnd(&seed, 8) == 0) fake_add(&f, rnd(&seed, 3000));
        settle(db);
        if (l.all.n > l.applied) log_apply(&l, t);
        settle(twin);
        same_data(db, twin);
    }
    CHECK(l.count > 1000);
    OK(kv_check(twin));
    text_free(&l.all);
    finish(twin);
    finish(db);
}

/* The same seed gives the same bytes. */
static void replay_is_deterministic(void) {
    text first = {0};
    for (int i = 0; i < 2; i++) {
        fake f = FAKE_START;
        kv *db = fresh(&f);
        journal l = {{NULL, 0, 0}, 0, 0, 0};
        stream(77, 3000, &f, db, NULL, NULL, &l);
        if (i) {
            EQ(l.all.n, (long long)first.n);
            CHECK(!memcmp(l.all.p, first.p, first.n));
            text_free(&l.all);
        } else {
            first = l.all;
        }
        finish(db);
    }
    text_free(&first);
}

/* Records of a random stream that starts at time `ms` on stdout, then a line
 * with "DIGEST " and the digest. */
static int dump(uint64_t seed, int64_t ms) {
    fake f = {ms * 1000, 5000000};
    kv *db = fresh(&f);
    journal l = {{NULL, 0, 0}, 0, 0, 0};
    char d[41];
    stream(seed, 5000, &f, db, NULL, NULL, &l);
    digest(db, d);
    fwrite(l.all.p, 1, l.all.n, stdout);
    printf("DIGEST %s\n", d);
    text_free(&l.all);
    finish(db);
    return 0;
}

/* ---- Caches ------------------------------------------------------------ */

#define HELLO_3 "HELLO 3\r\n"
#define STALE(key) ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\n" key "\r\n"
#define ALL_STALE ">2\r\n$10\r\ninvalidate\r\n_\r\n"

/* What a session has been sent meanwhile. */
#define HEARS(s, want) WIRE(s, "", want)

/* Messages of CLIENT TRACKING come among a session's bytes, whoever changed the
 * key: a call, another session, the clock. */
static void caches_are_told(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    kv_session *s = session(db), *t = session(db);
    feed(s, HELLO_3, sizeof HELLO_3 - 1);
    WIRE(s, "CLIENT TRACKING ON\r\nGET k\r\n", "+OK\r\n_\r\n");
    OK(kv_set(db, 0, "k", 1, "v", 1, FAKE_MS + 1000));
    HEARS(s, STALE("k"));
    OK(kv_set(db, 0, "k", 1, "v", 1, FAKE_MS + 1000)); /* told once */
    HEARS(s, "");
    WIRE(s, "GET k\r\n", "$1\r\nv\r\n");
    fake_add(&f, 1001);
    OK(kv_poll(db, 0));
    HEARS(s, STALE("k"));
    WIRE(s, "GET k\r\n", "_\r\n");
    IS(db, t, "SET k w", "+OK");
    HEARS(s, STALE("k"));
    IS(db, s, "GET k", "\"w\""); /* reads of kv_exec() count */
    OK(kv_del(db, 0, "k", 1));
    HEARS(s, STALE("k"));
    IS(db, s, "EXISTS k", ":0");
    IS(db, s, "SET k x", "+OK"); /* its own change too */
    HEARS(s, STALE("k"));
    WIRE(s, "GET k\r\nSET k y\r\nPING\r\n",
         "$1\r\nx\r\n+OK\r\n" STALE("k") "+PONG\r\n");
    IS(db, NULL, "FLUSHALL", "+OK");
    HEARS(s, ALL_STALE);
    kv_session_close(t);
    finish(db);
}

/* Every change, by prefix; those of a call together. A session that goes takes
 * all with it, and the default one is told nothing. */
static void caches_by_prefix(void) {
    kv *db = fresh(NULL);
    kv_session *s = session(db);
    IS(db, s, "CLIENT TRACKING ON BCAST PREFIX a PREFIX b", "+OK");
    IS(db, NULL, "SET a v", "+OK"); /* it speaks RESP2 yet */
    HEARS(s, "");
    feed(s, HELLO_3, sizeof HELLO_3 - 1);
    OK(kv_set(db, 3, "b", 1, "v", 1, 0));
    HEARS(s, STALE("b"));
    IS(db, NULL, "MSET b 1 a 2 c 3 a 4", "+OK");
    HEARS(s, STALE("a") STALE("b"));
    WIRE(s, "SET a 1\r\nSET a 2\r\n", "+OK\r\n+OK\r\n" STALE("a"));
    kv_session_close(s);
    CHECK(strstr(run(db, NULL, "INFO stats"), "tracking_total_prefixes:0"));
    CHECK(strstr(run(db, NULL, "INFO clients"), "tracking_clients:0"));
    OK(kv_exec_line(db, NULL, "HELLO 3", NULL));
    IS(db, NULL, "CLIENT TRACKING ON", "+OK");
    IS(db, NULL, "GET k", "nil");
    IS(db, NULL, "SET k v", "+OK");
    IS(db, NULL, "CLIENT TRACKING OFF", "+OK");
    finish(db);
}

static const test tests[] = {
    T(expiry_exact),    T(timeout_until_expiry),
    T(expiry_burst),    T(clock_steps),
    T(set_in_the_past), T(events),
    T(evicted),         T(records),
    T(replay_1),        T(replay_2),
    T(replay_3),        T(replay_is_deterministic),
    T(replay_nested),   T(caches_are_told),
    T(caches_by_prefix),
};

int main(int argc, char **argv) {
    if (argc == 4 && !strcmp(argv[1], "--dump")) {
        return dump(strtoull(argv[2], NULL, 10), strtoll(argv[3], NULL, 10));
    }
    return test_main(tests, sizeof tests / sizeof *tests, argc, argv);
}
