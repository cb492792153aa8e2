/* Commands that wait: kv_exec_wait(), sessions that block by kv_feed(), CLIENT
 * PAUSE, messages by kv_on_push(), transactions. With KV_THREADS=0 only what
 * one thread can do is tried. */
#include "threads.h"

#if defined(KV_THREADS) && !KV_THREADS
enum { THREADS = 0 };
#else
enum { THREADS = 1 };
#endif

/* ---- A thread that waits ------------------------------------------------ */

typedef struct waiter {
    kv *db;
    kv_session *s;
    const char *line;
    int ms, rc;
    text out;
    double took;
    pthread_t t;
} waiter;

/* A line of words without quotes, by kv_exec_wait(). */
static int wait_line(kv *db, kv_session *s, int ms, const char *line,
                     text *out) {
    char words[400], *at = words;
    kv_slice argv[32];
    size_t argc = 0;
    kv_reply *r = NULL;
    CHECK(strlen(line) < sizeof words);
    strcpy(words, line);
    while (*at) {
        char *end = at + strcspn(at, " ");
        CHECK(argc < 32);
        argv[argc].p = at;
        argv[argc++].n = (size_t)(end - at);
        at = *end ? end + 1 : end;
    }
    int rc = kv_exec_wait(db, s, ms, argc, argv, &r);
    text_free(out);
    if (rc == KV_OK) {
        show_reply(out, r);
        kv_reply_free(db, r);
    } else {
        CHECK(!r);
        text_puts(out, kv_errstr(rc));
    }
    return rc;
}

#define WAITS(db, s, ms, line, want)                  \
    do {                                              \
        text waited = {0};                            \
        (void)wait_line(db, s, ms, line, &waited);    \
        SAME(waited.p, want);                         \
        text_free(&waited);                           \
    } while (0)

static void *waiter_main(void *arg) {
    waiter *w = (waiter *)arg;
    double began = seconds();
    w->rc = wait_line(w->db, w->s, w->ms, w->line, &w->out);
    w->took = seconds() - began;
    return NULL;
}

static int blocked(kv *db) {
    kv_reply *r;
    OK(kv_exec_line(db, NULL, "INFO clients", &r));
    const char *p = strstr(r->str, "blocked_clients:");
    CHECK(p);
    int n = atoi(p + 16);
    kv_reply_free(db, r);
    return n;
}

static void until_blocked(kv *db, int n) {
    double end = seconds() + 10;
    for (; blocked(db) != n; nap(500)) CHECK(seconds() < end);
}

/* Starts it, and returns when it waits as the n-th. */
static void waiter_start(waiter *w, kv *db, int n, int ms, const char *line) {
    memset(w, 0, sizeof *w);
    w->db = db;
    w->s = session(db);
    w->ms = ms;
    w->line = line;
    w->t = start(waiter_main, w);
    if (n) until_blocked(db, n);
}

static void waiter_end(waiter *w, const char *want) {
    join(w->t);
    SAME(w->out.p, want);
    text_free(&w->out);
    kv_session_close(w->s);
}

static void *serve(void *db) {
    CHECK(kv_run((kv *)db) >= KV_OK);
    return NULL;
}

/* ---- kv_exec_wait ------------------------------------------------------- */

static void served_by_another_thread(void) {
    static const struct {
        const char *before, *wait, *push, *want;
    } all[] = {
        {"DEL k", "BLPOP k 0", "RPUSH k a b", "[\"k\", \"a\"]"},
        {"DEL k", "BRPOP other k 0", "RPUSH k a b", "[\"k\", \"b\"]"},
        {"DEL k to", "BLMOVE k to LEFT RIGHT 0", "RPUSH k a", "\"a\""},
        {"DEL k to", "BRPOPLPUSH k to 0", "RPUSH k a", "\"a\""},
        {"DEL k", "BLMPOP 0 2 x k LEFT COUNT 2", "RPUSH k a b c",
         "[\"k\", [\"a\", \"b\"]]"},
        {"DEL k", "BZPOPMIN k 0", "ZADD k 2 b 1 a", "[\"k\", \"a\", ,1]"},
        {"DEL k", "BZPOPMAX k 0", "ZADD k 2 b 1 a", "[\"k\", \"b\", ,2]"},
        {"DEL k", "BZMPOP 0 1 k MIN", "ZADD k 1 a", "[\"k\", [[\"a\", ,1]]]"},
        {"DEL k", "XREAD BLOCK 0 STREAMS k $", "XADD k 5-1 f v",
         "{\"k\": [[\"5-1\", [\"f\", \"v\"]]]}"},
        {"XADD k 6-1 f v", "XREAD BLOCK 0 STREAMS k $", "XADD k 7-1 f w",
         "{\"k\": [[\"7-1\", [\"f\", \"w\"]]]}"},
        {"XGROUP CREATE k g $", "XREADGROUP GROUP g c BLOCK 0 STREAMS k >",
         "XADD k 8-1 f w", "{\"k\": [[\"8-1\", [\"f\", \"w\"]]]}"},
        {"XGROUP CREATE k g2 $", "XREADGROUP GROUP g2 c BLOCK 0 STREAMS k >",
         "DEL k",
         "-UNBLOCKED the stream key no longer exists"},
        {"RPUSH l a", "BLPOP k 0", "RENAME l k", "[\"k\", \"a\"]"},
        {"RPUSH l a", "BLPOP k 0", "COPY l k", "[\"k\", \"a\"]"},
        {"DEL k l", "BLPOP l k 0", "LPUSH k a", "[\"k\", \"a\"]"},
    };
    if (!THREADS) return;
    kv *db = fresh(NULL);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        waiter w;
        run(db, NULL, all[i].before);
        waiter_start(&w, db, 1, -1, all[i].wait);
        run(db, NULL, all[i].push);
        waiter_end(&w, all[i].want);
        EQ(blocked(db), 0);
        OK(kv_check(db));
    }
    finish(db);
}

static void chains(void) {
    if (!THREADS) return;
    kv *db = fresh(NULL);
    waiter w[4];
    for (int i = 0; i < 20; i++) {
        waiter_start(&w[0], db, 1, -1, "BLPOP c 0");
        waiter_start(&w[1], db, 2, -1, "BLMOVE b c LEFT LEFT 0");
        waiter_start(&w[2], db, 3, -1, "BLMOVE a b LEFT RIGHT 0");
        waiter_start(&w[3], db, 4, -1, "BLMOVE a b LEFT RIGHT 0");
        EQ(run_int(db, NULL, "RPUSH a one two"), 2);
        waiter_end(&w[0], "[\"c\", \"one\"]");
        waiter_end(&w[1], "\"one\"");
        waiter_end(&w[2], "\"one\"");
        waiter_end(&w[3], "\"two\"");
        IS(db, NULL, "LRANGE b 0 -1", "[\"two\"]");
        IS(db, NULL, "EXISTS a c", ":0");
        OK(kv_check(db));
        IS(db, NULL, "FLUSHALL", "+OK");
    }
    /* round in a circle: it ends */
    waiter_start(&w[0], db, 1, -1, "BLMOVE a b LEFT LEFT 0");
    waiter_start(&w[1], db, 2, -1, "BLMOVE b a LEFT LEFT 0");
    EQ(run_int(db, NULL, "RPUSH a x"), 1);
    waiter_end(&w[0], "\"x\"");
    waiter_end(&w[1], "\"x\"");
    IS(db, NULL, "LRANGE a 0 -1", "[\"x\"]");
    finish(db);
}

/* Many threads, each value to exactly one of them. */
static void many_threads(void) {
    enum { N = 16 };
    if (!THREADS) return;
    kv *db = fresh(NULL);
    waiter w[N];
    char line[64];
    int got[N] = {0};
    for (int i = 0; i < N; i++) waiter_start(&w[i], db, i + 1, -1, "BLPOP k 0");
    for (int i = 0; i < N; i++) {
        snprintf(line, sizeof line, "RPUSH k %d", i);
        run(db, NULL, line);
    }
    for (int i = 0; i < N; i++) {
        int n;
        join(w[i].t);
        CHECK(sscanf(w[i].out.p, "[\"k\", \"%d\"]", &n) == 1 && n >= 0 &&
              n < N);
        EQ(got[n]++, 0);
        EQ(n, i); /* first come, first served */
        text_free(&w[i].out);
        kv_session_close(w[i].s);
    }
    finish(db);
}

static void real_timeouts(void) {
    kv *db = fresh(NULL);
    kv_session *s = session(db);
    static const struct {
        const char *line, *want;
        int ms;
        double least;
    } all[] = {
        {"BLPOP k 0.05", "nil", -1, .05},
        {"BLPOP k 0", "nil", 30, .03},
        {"BLPOP k 10", "nil", 30, .03},
        {"BLPOP k 0.03", "nil", 10000, .03},
        {"BLPOP k 10", "nil", 0, 0},
        {"BLPOP k 0", "nil", 1, .001},
        {"BLMOVE a b LEFT LEFT 0.021", "nil", -1, .021},
        {"BLMPOP 0.0205 1 k LEFT", "nil", -1, .0205},
        {"XREAD BLOCK 25 STREAMS k $", "nil", -1, .025},
        {"WAIT 1 25", ":0", -1, .025},
        {"WAIT 1 0", ":0", 25, .025},
        {"WAIT 0 0", ":0", -1, 0},
        {"WAITAOF 0 1 25", "[:0, :0]", -1, .025},
        {"PING", "+PONG", 1000, 0},
        {"BLPOP k x", "-ERR timeout is not a float or out of range", -1, 0},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        double began = seconds();
        WAITS(db, s, all[i].ms, all[i].line, all[i].want);
        double took = seconds() - began;
        CHECK(took >= all[i].least);
        CHECK(took < all[i].least + .5);
        EQ(blocked(db), 0);
    }
    EQ(kv_exec_wait(db, NULL, -1, 1, NULL, NULL), KV_ARG);
    finish(db);
}

static void fake_clock(void) {
    if (!THREADS) return;
    fake f = FAKE_START;
    kv *db = fresh(&f);
    waiter w[2];
    waiter_start(&w[0], db, 1, -1, "BLPOP k 3600");
    waiter_start(&w[1], db, 2, 60000, "BLPOP k 3600");
    kv_lock(db);
    fake_add(&f, 59999);
    kv_unlock(db);
    nap(250000);
    EQ(blocked(db), 2);
    kv_lock(db);
    fake_add(&f, 1);
    kv_unlock(db);
    waiter_end(&w[1], "nil");
    CHECK(w[1].took < 5);
    EQ(blocked(db), 1);
    kv_lock(db);
    fake_add(&f, 3600000);
    kv_unlock(db);
    waiter_end(&w[0], "nil");
    finish(db);
}

/* The session is busy until the call has returned. */
static void busy_meanwhile(void) {
    if (!THREADS) return;
    kv *db = fresh(NULL);
    waiter w;
    kv_reply *r;
    kv_slice ping = {"PING", 4}, reset = {"RESET", 5};
    waiter_start(&w, db, 1, -1, "BLPOP k 0");
    EQ(kv_exec(db, w.s, 1, &ping, &r), KV_BUSY);
    EQ(kv_exec_line(db, w.s, "PING", &r), KV_BUSY);
    EQ(kv_exec_wait(db, w.s, 10, 1, &ping, &r), KV_BUSY);
    EQ(kv_feed(w.s, "PING\r\n", 6), KV_BUSY);
    IS(db, NULL, "PING", "+PONG");
    kv_lock(db); /* it has its answer, and has not seen it */
    EQ(run_int(db, NULL, "LPUSH k v"), 1);
    EQ(kv_exec(db, w.s, 1, &reset, &r), KV_BUSY);
    EQ(kv_exec_line(db, w.s, "PING", &r), KV_BUSY);
    EQ(kv_exec_wait(db, w.s, 10, 1, &ping, &r), KV_BUSY);
    EQ(kv_feed(w.s, "PING\r\n", 6), KV_BUSY);
    kv_unlock(db);
    join(w.t);
    SAME(w.out.p, "[\"k\", \"v\"]");
    IS(db, w.s, "PING", "+PONG");
    text_free(&w.out);
    kv_session_close(w.s);
    finish(db);
}

static void interrupted(void) {
    if (!THREADS) return;
    kv *db = fresh(NULL);
    waiter w[3];
    waiter_start(&w[0], db, 1, -1, "BLPOP k 0");
    kv_interrupt(db);
    waiter_end(&w[0], "interrupted");
    EQ(w[0].rc, KV_INTERRUPTED);
    CHECK(w[0].took < 2);
    EQ(blocked(db), 0);
    /* all that wait, and also when others go on calling */
    for (int i = 0; i < 3; i++) waiter_start(&w[i], db, i + 1, -1, "BLPOP k 0");
    kv_interrupt(db);
    for (int i = 0; i < 100; i++) IS(db, NULL, "PING", "+PONG");
    for (int i = 0; i < 3; i++) waiter_end(&w[i], "interrupted");
    /* one that comes later is not meant */
    kv_session *s = session(db);
    kv_interrupt(db);
    WAITS(db, s, 20, "BLPOP k 0", "nil");
    EQ(run_int(db, NULL, "LPUSH k v"), 1);
    WAITS(db, s, 20, "BLPOP k 0", "[\"k\", \"v\"]");
    finish(db);
}

static void unblocked_and_killed(void) {
    if (!THREADS) return;
    kv *db = fresh(NULL);
    waiter w;
    char line[64];
    static const struct {
        const char *line, *want;
        int rc;
    } all[] = {
        {"CLIENT UNBLOCK %d", "nil", KV_OK},
        {"CLIENT UNBLOCK %d TIMEOUT", "nil", KV_OK},
        {"CLIENT UNBLOCK %d ERROR",
         "-UNBLOCKED client unblocked via CLIENT UNBLOCK", KV_OK},
        {"CLIENT KILL ID %d", NULL, KV_CLOSED},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        memset(&w, 0, sizeof w);
        w.db = db;
        w.s = session(db);
        w.ms = -1;
        w.line = "BLPOP k 0";
        int id = (int)run_int(db, w.s, "CLIENT ID");
        w.t = start(waiter_main, &w);
        until_blocked(db, 1);
        snprintf(line, sizeof line, all[i].line, id);
        IS(db, NULL, line, ":1");
        join(w.t);
        EQ(w.rc, all[i].rc);
        if (all[i].want) SAME(w.out.p, all[i].want);
        CHECK(w.took < 2);
        EQ(blocked(db), 0);
        text_free(&w.out);
        kv_session_close(w.s);
    }
    EQ(run_int(db, NULL, "LPUSH k v"), 1); /* nobody takes it */
    IS(db, NULL, "LLEN k", ":1");
    finish(db);
}

static void at_once(void) {
    kv *db = fresh(NULL);
    kv_session *s = session(db);
    IS(db, s, "BLPOP k 0", "nil");
    IS(db, s, "BLMOVE k l LEFT LEFT 0", "nil");
    IS(db, s, "BZPOPMIN k 0", "nil");
    IS(db, s, "XREAD BLOCK 0 STREAMS k $", "nil");
    IS(db, s, "WAIT 1 0", ":0");
    IS(db, s, "WAITAOF 0 1 0", "[:0, :0]");
    IS(db, NULL, "BLPOP k 0", "nil");
    EQ(blocked(db), 0);
    /* in a transaction */
    IS(db, s, "MULTI", "+OK");
    WAITS(db, s, -1, "BLPOP k 0", "+QUEUED");
    WAITS(db, s, -1, "WAIT 1 0", "+QUEUED");
    WAITS(db, s, -1, "XREAD BLOCK 0 STREAMS k $", "+QUEUED");
    IS(db, s, "RPUSH k a", "+QUEUED");
    IS(db, s, "BLPOP k 0", "+QUEUED");
    WAITS(db, s, -1, "EXEC", "[nil, :0, nil, :1, [\"k\", \"a\"]]");
    EQ(blocked(db), 0);
    finish(db);
}

/* What clients with sockets do serves calls, and the other way round. */
static void sockets(void) {
    if (!THREADS) return;
    kv *db = fresh(NULL);
    pthread_t server = start(serve, db);
    int p[2];
    pair(p);
    OK(kv_adopt(db, p[0]));
    text out = {0};
    for (int i = 0; i < 50; i++) {
        CHECK(send(p[1], "BLPOP k 0\r\nPING\r\n", 17, MSG_NOSIGNAL) == 17);
        until_blocked(db, 1);
        EQ(run_int(db, NULL, "RPUSH k v"), 1);
        double end = seconds() + 5;
        for (text_free(&out); out.n < 25; nap(200)) {
            CHECK(seconds() < end);
            CHECK(hear(p[1], &out));
        }
        SAME(out.p, "*2\r\n$1\r\nk\r\n$1\r\nv\r\n+PONG\r\n");
        EQ(blocked(db), 0);

        waiter w;
        waiter_start(&w, db, 1, -1, "BLPOP k 0");
        CHECK(send(p[1], "RPUSH k w\r\n", 11, MSG_NOSIGNAL) == 11);
        waiter_end(&w, "[\"k\", \"w\"]");
        CHECK(w.took < 5);
        for (text_free(&out); out.n < 4; nap(200)) {
            CHECK(seconds() < end);
            CHECK(hear(p[1], &out));
        }
        SAME(out.p, ":1\r\n");
    }
    /* the timeout of a client while nothing else happens */
    CHECK(send(p[1], "BLPOP k 0.05\r\n", 14, MSG_NOSIGNAL) == 14);
    double began = seconds();
    for (text_free(&out); out.n < 5; nap(200)) {
        CHECK(seconds() < began + 5);
        CHECK(hear(p[1], &out));
    }
    CHECK(seconds() - began >= .049);
    SAME(out.p, "*-1\r\n");
    text_free(&out);
    kv_stop(db);
    join(server);
    close(p[1]);
    finish(db);
}

/* Without threads the loop runs while a call waits. */
static void loop_meanwhile(void) {
    if (THREADS) return;
    kv *db = fresh(NULL);
    kv_session *s = session(db);
    int p[2];
    pair(p);
    OK(kv_adopt(db, p[0]));
    text out = {0};
    for (int i = 0; i < 20; i++) {
        CHECK(send(p[1], "RPUSH k v\r\n", 11, MSG_NOSIGNAL) == 11);
        WAITS(db, s, 5000, "BLPOP k 0", "[\"k\", \"v\"]");
        CHECK(hear(p[1], &out));
        OK(kv_poll(db, 0));
        CHECK(hear(p[1], &out));
    }
    SAME(quote(out.p, 8), quote(":1\r\n:1\r\n", 8));
    /* kv_stop() ends it, and kv_run() that comes then */
    CHECK(send(p[1], "CLIENT PAUSE 1\r\n", 16, MSG_NOSIGNAL) == 16);
    kv_stop(db);
    WAITS(db, s, 5000, "BLPOP k 0", "interrupted");
    OK(kv_run(db));
    EQ(blocked(db), 0);
    WAITS(db, s, 20, "BLPOP k 0", "nil");
    text_free(&out);
    close(p[1]);
    finish(db);
}

static void waitaof(void) {
    kv_desc d;
    char dir[] = "waiting-XXXXXX";
    CHECK(mkdtemp(dir));
    for (int sync = KV_SYNC_NO; sync <= KV_SYNC_ALWAYS; sync++) {
        kv *db = NULL;
        memset(&d, 0, sizeof d);
        d.size = sizeof d;
        d.dir = dir;
        d.sync = sync;
        OK(kv_open(&db, &d));
        kv_session *s = session(db);
        OK(put(db, "k", "v"));
        double began = seconds();
        if (sync == KV_SYNC_NO) {
            text out = {0}; /* the disk may have it or not */
            OK(wait_line(db, s, 20, "WAITAOF 1 0 0", &out));
            text_free(&out);
        } else {
            WAITS(db, s, 8000, "WAITAOF 1 0 0", "[:1, :0]");
            CHECK(seconds() - began < 4);
        }
        WAITS(db, s, 20, "WAITAOF 0 1 0",
              sync == KV_SYNC_NO ? "[:0, :0]" : "[:1, :0]");
        EQ(blocked(db), 0);
        finish(db);
    }
    char line[100];
    snprintf(line, sizeof line, "rm -r %s", dir);
    CHECK(!system(line));
}

/* ---- Sessions by kv_feed() ---------------------------------------------- */

static const char *taken(kv_session *s) {
    static text q;
    text out = {0};
    take(s, &out, SIZE_MAX);
    text_free(&q);
    text_quote(&q, out.p, out.n);
    text_free(&out);
    return q.p;
}

#define TAKEN(s, want) SAME(taken(s), quote(want, sizeof(want) - 1))

static void fed_and_served(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    kv_session *s = session(db), *t = session(db), *u = session(db);
    WIRE(s, "PING\r\nBLPOP k 0\r\nPING\r\nECHO x\r\n", "+PONG\r\n");
    WIRE(s, "ECHO y\r\n", "");
    EQ(blocked(db), 1);
    EQ(kv_exec_line(db, s, "PING", NULL), KV_BUSY);
    EQ(run_int(db, NULL, "RPUSH k v"), 1);
    TAKEN(s, "*2\r\n$1\r\nk\r\n$1\r\nv\r\n+PONG\r\n$1\r\nx\r\n$1\r\ny\r\n");
    EQ(blocked(db), 0);
    /* by another session, in RESP3, byte by byte */
    WIRE(t, "HELLO 3\r\n", "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion"
                           "\r\n$5\r\n7.4.0\r\n$5\r\nproto\r\n:3\r\n$2\r\nid"
                           "\r\n:3\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4"
                           "\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0"
                           "\r\n");
    for (const char *p = "BZPOPMIN z 0\r\nPING\r\n"; *p; p++) {
        OK(kv_feed(t, p, 1));
        TAKEN(t, "");
    }
    WIRE(u, "ZADD z 1.5 m\r\n", ":1\r\n");
    TAKEN(t, "*3\r\n$1\r\nz\r\n$1\r\nm\r\n,1.5\r\n+PONG\r\n");
    /* one after the other */
    WIRE(s, "BLPOP k 0\r\nBLPOP k 0\r\nBLPOP k 0\r\n", "");
    WIRE(u, "RPUSH k 1 2\r\n", ":2\r\n");
    TAKEN(s, "*2\r\n$1\r\nk\r\n$1\r\n1\r\n*2\r\n$1\r\nk\r\n$1\r\n2\r\n");
    EQ(blocked(db), 1);
    WIRE(u, "RPUSH k 3\r\nEXISTS k\r\n", ":1\r\n:0\r\n");
    TAKEN(s, "*2\r\n$1\r\nk\r\n$1\r\n3\r\n");
    /* time passes, and nobody calls anything but kv_pending() */
    WIRE(s, "BLPOP k 0.5\r\nPING\r\n", "");
    fake_add(&f, 499);
    TAKEN(s, "");
    fake_add(&f, 1);
    TAKEN(s, "*-1\r\n+PONG\r\n");
    WIRE(t, "BLPOP k 0.5\r\nPING\r\n", "");
    fake_add(&f, 500);
    TAKEN(t, "_\r\n+PONG\r\n");
    WIRE(s, "BLPOP k 0\r\n", "");
    IS(db, NULL, "CLIENT UNBLOCK 2 ERROR", ":1");
    TAKEN(s, "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
    /* silent ones */
    WIRE(s, "CLIENT REPLY OFF\r\nBLPOP k 0\r\n", "");
    WIRE(u, "RPUSH k 3\r\nEXISTS k\r\n", ":1\r\n:0\r\n");
    WIRE(s, "CLIENT REPLY ON\r\n", "+OK\r\n");
    WIRE(s, "CLIENT REPLY SKIP\r\nBLPOP k 0\r\nPING\r\n", "");
    WIRE(u, "RPUSH k 3\r\nEXISTS k\r\n", ":1\r\n:0\r\n");
    TAKEN(s, "+PONG\r\n");
    /* gone while it waits */
    WIRE(s, "BLPOP k 0\r\nPING\r\n", "");
    WIRE(t, "BLPOP k 0\r\nPING\r\n", "");
    kv_session_close(s);
    EQ(blocked(db), 1);
    WIRE(u, "RPUSH k 3\r\nEXISTS k\r\n", ":1\r\n:0\r\n");
    TAKEN(t, "*2\r\n$1\r\nk\r\n$1\r\n3\r\n+PONG\r\n");
    WIRE(u, "BLPOP k 0\r\n", "");
    finish(db);
}

static void fed_and_closed(void) {
    kv *db = fresh(NULL);
    kv_session *s = session(db), *t = session(db);
    int id = (int)run_int(db, s, "CLIENT ID");
    char line[64];
    WIRE(s, "BLPOP k 0\r\nPING\r\n", "");
    snprintf(line, sizeof line, "CLIENT KILL ID %d", id);
    IS(db, NULL, line, ":1");
    EQ(run_int(db, NULL, "RPUSH k v"), 1);
    IS(db, NULL, "LLEN k", ":1"); /* not to the dead */
    EQ(kv_feed(s, "PING\r\n", 6), KV_CLOSED);
    TAKEN(s, "");
    WIRE(t, "BLPOP k 0\r\nQUIT\r\nPING\r\n",
         "*2\r\n$1\r\nk\r\n$1\r\nv\r\n+OK\r\n");
    kv_session_close(t);
    /* too much behind it */
    OK(kv_config(db, "client-query-buffer-limit", "1mb"));
    t = session(db);
    WIRE(t, "BLPOP k 0\r\n", "");
    static char many[1 << 16];
    memset(many, '\n', sizeof many);
    int rc = KV_OK;
    for (int i = 0; i < 20 && rc == KV_OK; i++)
        rc = kv_feed(t, many, sizeof many);
    EQ(rc, KV_CLOSED);
    EQ(run_int(db, NULL, "RPUSH k v"), 1);
    IS(db, NULL, "LLEN k", ":1");
    finish(db);
}

/* CLIENT PAUSE holds what is fed, not what the host calls. */
static void paused(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    kv_session *s = session(db), *t = session(db);
    IS(db, NULL, "CLIENT PAUSE 1000 WRITE", "+OK");
    WIRE(s, "GET a\r\nSET a 1\r\nGET a\r\n", "$-1\r\n");
    WIRE(s, "PING\r\n", "");
    WIRE(t, "GET a\r\nPING\r\n", "$-1\r\n+PONG\r\n");
    WIRE(t, "PUBLISH c m\r\n", "");
    IS(db, NULL, "SET b 1", "+OK");
    OK(put(db, "c", "1"));
    OK(kv_check(db));
    EQ(blocked(db), 2);
    EQ(kv_exec_line(db, s, "PING", NULL), KV_OK);
    fake_add(&f, 999);
    TAKEN(s, "");
    fake_add(&f, 1);
    TAKEN(s, "+OK\r\n$1\r\n1\r\n+PONG\r\n");
    TAKEN(t, ":0\r\n");
    EQ(blocked(db), 0);
    /* the end by UNPAUSE, and a closed session */
    IS(db, NULL, "CLIENT PAUSE 1000", "+OK");
    WIRE(s, "PING\r\nPING\r\n", "");
    WIRE(t, "PING\r\n", "");
    kv_session_close(t);
    EQ(blocked(db), 1);
    OK(kv_check(db));
    IS(db, NULL, "CLIENT UNPAUSE", "+OK");
    TAKEN(s, "+PONG\r\n+PONG\r\n");
    /* a time that is over holds nobody, if nobody was held before */
    IS(db, NULL, "CLIENT PAUSE 1000", "+OK");
    fake_add(&f, 5000);
    WIRE(s, "SET a 2\r\n", "+OK\r\n");
    EQ(kv_timeout(db), -1);
    /* one that is served goes on when the pause is over */
    WIRE(s, "BLPOP k 0\r\nSET x 1\r\nPING\r\n", "");
    IS(db, NULL, "CLIENT PAUSE 1000 WRITE", "+OK");
    EQ(run_int(db, NULL, "RPUSH k v"), 1);
    TAKEN(s, "*2\r\n$1\r\nk\r\n$1\r\nv\r\n");
    fake_add(&f, 1000);
    TAKEN(s, "+OK\r\n+PONG\r\n");
    /* a transaction that would write */
    IS(db, NULL, "CLIENT PAUSE 1000 WRITE", "+OK");
    WIRE(s, "MULTI\r\nSET x 2\r\nEXEC\r\nPING\r\n", "+OK\r\n");
    IS(db, NULL, "CLIENT UNPAUSE", "+OK");
    TAKEN(s, "+QUEUED\r\n*1\r\n+OK\r\n+PONG\r\n");
    WIRE(s, "MULTI\r\nSET x 3\r\n", "+OK\r\n+QUEUED\r\n");
    IS(db, NULL, "CLIENT PAUSE 1000 WRITE", "+OK");
    WIRE(s, "EXEC\r\nPING\r\n", "");
    IS(db, NULL, "GET x", "\"2\"");
    IS(db, NULL, "CLIENT UNPAUSE", "+OK");
    TAKEN(s, "*1\r\n+OK\r\n+PONG\r\n");
    IS(db, NULL, "CLIENT PAUSE 100000", "+OK");
    WIRE(s, "PING\r\n", "");
    finish(db);
}

/* ---- kv_on_push --------------------------------------------------------- */

typedef struct heard {
    kv *db;
    kv_session *s; /* of kv_on_push() */
    text all;
    int n, calls_in;
} heard;

static void hear_push(void *ctx, const kv_reply *m) {
    heard *h = (heard *)ctx;
    EQ(m->type, KV_PUSH);
    if (h->all.n) text_puts(&h->all, " ");
    show_reply(&h->all, m);
    h->n++;
    if (h->calls_in) {
        kv_reply *r;
        size_t n;
        char b[8];
        kv_slice p;
        uint64_t at = 0;
        EQ(kv_exec_line(h->db, NULL, "PING", &r), KV_BUSY);
        EQ(kv_exec_line(h->db, h->s, "PING", &r), KV_BUSY);
        EQ(kv_set(h->db, 0, "x", 1, "y", 1, 0), KV_BUSY);
        EQ(kv_get(h->db, 0, "x", 1, b, 8, &n), KV_BUSY);
        EQ(kv_feed(h->s, "PING\r\n", 6), KV_BUSY);
        EQ(kv_on_push(h->s, NULL, NULL), KV_BUSY);
        EQ(kv_scan(h->db, 0, &at, NULL, NULL), KV_ARG);
        EQ(kv_check(h->db), KV_BUSY);
        EQ(kv_poll(h->db, 0), KV_BUSY);
        (void)kv_pending(h->s, &p);
        kv_session_close(h->s);
    }
}

static void heard_is(heard *h, const char *want) {
    if (!h->all.p) text_puts(&h->all, "");
    SAME(h->all.p, want);
    text_free(&h->all);
}

static void push_messages(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    kv_session *s = session(db), *t = session(db);
    heard h = {0};
    h.db = db;
    h.s = s;
    CHECK(strncmp(run(db, s, "SUBSCRIBE a"), "-ERR", 4) == 0);
    EQ(kv_on_push(NULL, hear_push, &h), KV_ARG);
    OK(kv_on_push(s, hear_push, &h));
    IS(db, s, "SUBSCRIBE a", ">[\"subscribe\", \"a\", :1]");
    heard_is(&h, "");
    IS(db, NULL, "PUBLISH a 1", ":1");
    heard_is(&h, ">[\"message\", \"a\", \"1\"]");
    WIRE(t, "PUBLISH a 2\r\nPUBLISH a 3\r\n", ":1\r\n:1\r\n");
    heard_is(&h, ">[\"message\", \"a\", \"2\"] >[\"message\", \"a\", \"3\"]");
    IS(db, s, "PUBLISH a self", ":1");
    heard_is(&h, ">[\"message\", \"a\", \"self\"]");
    IS(db, s, "GET x", "nil"); /* RESP3: it can do anything */
    IS(db, s, "SUBSCRIBE b c", ">[\"subscribe\", \"b\", :2]");
    IS(db, NULL, "PUBLISH c x", ":1");
    heard_is(&h, ">[\"message\", \"c\", \"x\"]");
    IS(db, s, "PSUBSCRIBE [ab]*", ">[\"psubscribe\", \"[ab]*\", :4]");
    IS(db, NULL, "PUBLISH a y", ":2");
    heard_is(&h, ">[\"message\", \"a\", \"y\"] "
                 ">[\"pmessage\", \"[ab]*\", \"a\", \"y\"]");
    IS(db, s, "SSUBSCRIBE sh", ">[\"ssubscribe\", \"sh\", :1]");
    IS(db, NULL, "SPUBLISH sh z", ":1");
    heard_is(&h, ">[\"smessage\", \"sh\", \"z\"]");
    IS(db, s, "PUNSUBSCRIBE", ">[\"punsubscribe\", \"[ab]*\", :3]");
    /* in a transaction, and behind its reply */
    IS(db, s, "MULTI", "+OK");
    IS(db, s, "PUBLISH a 1", "+QUEUED");
    IS(db, s, "INCR n", "+QUEUED");
    IS(db, s, "PUBLISH b 2", "+QUEUED");
    heard_is(&h, "");
    IS(db, s, "EXEC", "[:1, :1, :1]");
    heard_is(&h, ">[\"message\", \"a\", \"1\"] >[\"message\", \"b\", \"2\"]");
    /* calls from there */
    h.calls_in = 1;
    IS(db, NULL, "PUBLISH b 2", ":1");
    heard_is(&h, ">[\"message\", \"b\", \"2\"]");
    h.calls_in = 0;
    IS(db, s, "PING", "+PONG");
    /* RESP2 changes nothing of that */
    CHECK(run(db, s, "HELLO 2")[0] == '{');
    IS(db, NULL, "PUBLISH b 2", ":1");
    heard_is(&h, ">[\"message\", \"b\", \"2\"]");
    CHECK(run(db, s, "HELLO 3")[0] == '{');
    /* NULL ends it: messages are output */
    OK(kv_on_push(s, NULL, NULL));
    IS(db, NULL, "PUBLISH b 3", ":1");
    heard_is(&h, "");
    TAKEN(s, ">3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$1\r\n3\r\n");
    OK(kv_on_push(s, hear_push, &h));
    IS(db, s, "RESET", "+RESET");
    IS(db, NULL, "PUBLISH b 3", ":0");
    heard_is(&h, "");
    IS(db, s, "SUBSCRIBE b", ">[\"subscribe\", \"b\", :1]");
    IS(db, NULL, "PUBLISH b 4", ":1");
    heard_is(&h, ">[\"message\", \"b\", \"4\"]");
    kv_session_close(s);
    IS(db, NULL, "PUBLISH b 4", ":0");
    finish(db);
}

static void push_events(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    kv_session *s = session(db);
    heard h = {0};
    char b[8];
    size_t n;
    kv_slice v;
    h.db = db;
    h.s = s;
    OK(kv_config(db, "notify-keyspace-events", "EA"));
    OK(kv_on_push(s, hear_push, &h));
    IS(db, s, "PSUBSCRIBE __key*", ">[\"psubscribe\", \"__key*\", :1]");
#define EVENT(e, key) \
    ">[\"pmessage\", \"__key*\", \"__keyevent@0__:" e "\", \"" key "\"]"
    OK(kv_set(db, 0, "k", 1, "v", 1, FAKE_MS + 100));
    CHECK(strstr(h.all.p, EVENT("set", "k")));
    text_free(&h.all);
    fake_add(&f, 200);
    EQ(kv_get(db, 0, "k", 1, b, 8, &n), KV_NONE);
    heard_is(&h, EVENT("expired", "k"));
    OK(kv_set(db, 0, "k", 1, "v", 1, FAKE_MS + 300));
    text_free(&h.all);
    fake_add(&f, 200);
    kv_lock(db);
    EQ(kv_view(db, 0, "k", 1, &v), KV_NONE);
    kv_unlock(db);
    heard_is(&h, EVENT("expired", "k"));
    OK(kv_set(db, 0, "k", 1, "v", 1, FAKE_MS + 500));
    text_free(&h.all);
    fake_add(&f, 200);
    OK(kv_poll(db, 0));
    heard_is(&h, EVENT("expired", "k"));
    OK(put(db, "d", "v"));
    text_free(&h.all);
    OK(kv_del(db, 0, "d", 1));
    heard_is(&h, EVENT("del", "d"));
    finish(db);
}

/* Replies of commands that waited are replies. */
static void push_beside_waiting(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    kv_session *s = session(db);
    heard h = {0};
    h.db = db;
    h.s = s;
    OK(kv_on_push(s, hear_push, &h));
    IS(db, s, "SUBSCRIBE a", ">[\"subscribe\", \"a\", :1]");
    WIRE(s, "BLPOP k 0\r\nPING\r\n", "");
    IS(db, NULL, "PUBLISH a 1", ":1");
    heard_is(&h, ">[\"message\", \"a\", \"1\"]");
    EQ(run_int(db, NULL, "RPUSH k v"), 1);
    heard_is(&h, "");
    TAKEN(s, "*2\r\n$1\r\nk\r\n$1\r\nv\r\n+PONG\r\n");
    WIRE(s, "BLPOP k 1\r\n", "");
    fake_add(&f, 1000);
    TAKEN(s, "_\r\n");
    heard_is(&h, "");
    WIRE(s, "SUBSCRIBE b\r\n", ">3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n");
    heard_is(&h, "");
    finish(db);
}

static void push_while_waiting(void) {
    if (!THREADS) return;
    kv *db = fresh(NULL);
    heard h = {0};
    waiter w;
    memset(&w, 0, sizeof w);
    w.db = db;
    w.s = session(db);
    w.ms = -1;
    w.line = "BLPOP k 0";
    h.db = db;
    h.s = w.s;
    OK(kv_on_push(w.s, hear_push, &h));
    IS(db, w.s, "SUBSCRIBE a", ">[\"subscribe\", \"a\", :1]");
    w.t = start(waiter_main, &w);
    until_blocked(db, 1);
    IS(db, NULL, "PUBLISH a 1", ":1");
    heard_is(&h, ">[\"message\", \"a\", \"1\"]");
    EQ(run_int(db, NULL, "RPUSH k v"), 1);
    waiter_end(&w, "[\"k\", \"v\"]");
    heard_is(&h, "");
    finish(db);
}

/* From many threads at once: each message exactly once. */
static void *publish_often(void *db) {
    kv_slice argv[3] = {{"PUBLISH", 7}, {"a", 1}, {"m", 1}};
    for (int i = 0; i < 500; i++) OK(kv_exec((kv *)db, NULL, 3, argv, NULL));
    return NULL;
}

static void push_from_threads(void) {
    if (!THREADS) return;
    kv *db = fresh(NULL);
    heard h[2] = {{0}, {0}};
    pthread_t t[4];
    for (int i = 0; i < 2; i++) {
        h[i].s = session(db);
        OK(kv_on_push(h[i].s, hear_push, &h[i]));
        IS(db, h[i].s, "SUBSCRIBE a", ">[\"subscribe\", \"a\", :1]");
    }
    for (int i = 0; i < 4; i++) t[i] = start(publish_often, db);
    for (int i = 0; i < 4; i++) join(t[i]);
    for (int i = 0; i < 2; i++) {
        EQ(h[i].n, 2000);
        text_free(&h[i].all);
    }
    finish(db);
}

/* ---- Transactions ------------------------------------------------------- */

static void transactions(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    kv_session *s = session(db), *t = session(db);
    IS(db, s, "EXEC", "-ERR EXEC without MULTI");
    IS(db, s, "WATCH k", "+OK");
    IS(db, s, "MULTI", "+OK");
    IS(db, s, "WATCH k", "-ERR WATCH inside MULTI is not allowed");
    IS(db, s, "INCR k", "+QUEUED");
    IS(db, s, "EXEC", "[:1]");
    /* changed by another session, by kv_set, by a socketless feed */
    IS(db, s, "WATCH k", "+OK");
    IS(db, t, "INCR k", ":2");
    IS(db, s, "MULTI", "+OK");
    IS(db, s, "INCR k", "+QUEUED");
    IS(db, s, "EXEC", "nil");
    IS(db, s, "WATCH k", "+OK");
    OK(put(db, "k", "7"));
    IS(db, s, "MULTI", "+OK");
    IS(db, s, "INCR k", "+QUEUED");
    IS(db, s, "EXEC", "nil");
    IS(db, s, "WATCH k", "+OK");
    WIRE(t, "SELECT 1\r\nSET k x\r\nSELECT 0\r\n", "+OK\r\n+OK\r\n+OK\r\n");
    IS(db, s, "MULTI", "+OK");
    IS(db, s, "INCR k", "+QUEUED");
    IS(db, s, "EXEC", "[:8]");
    /* its own change, and a flush of what is not there */
    IS(db, s, "WATCH k none", "+OK");
    IS(db, s, "INCR k", ":9");
    IS(db, s, "MULTI", "+OK");
    IS(db, s, "EXEC", "nil");
    IS(db, s, "WATCH none", "+OK");
    IS(db, t, "FLUSHALL", "+OK");
    IS(db, s, "MULTI", "+OK");
    IS(db, s, "EXEC", "[]");
    /* an expiry that comes between */
    IS(db, s, "SET k v PX 100", "+OK");
    IS(db, s, "WATCH k", "+OK");
    fake_add(&f, 200);
    IS(db, s, "MULTI", "+OK");
    IS(db, s, "EXEC", "nil");
    /* errors */
    IS(db, s, "MULTI", "+OK");
    CHECK(run(db, s, "NOPE")[0] == '-');
    IS(db, s, "EXEC", "-EXECABORT Transaction discarded because of previous "
                      "errors.");
    IS(db, s, "MULTI", "+OK");
    IS(db, s, "SET k v", "+QUEUED");
    IS(db, s, "INCR k", "+QUEUED");
    IS(db, s, "PING", "+QUEUED");
    IS(db, s, "EXEC",
       "[+OK, -ERR value is not an integer or out of range, +PONG]");
    /* the default session, and one that is closed */
    IS(db, NULL, "MULTI", "+OK");
    IS(db, NULL, "SET k w", "+QUEUED");
    OK(put(db, "direct", "1")); /* calls are not queued */
    SAME(get(db, "direct"), "1");
    SAME(get(db, "k"), "v");
    IS(db, NULL, "EXEC", "[+OK]");
    IS(db, t, "WATCH k direct", "+OK");
    IS(db, t, "MULTI", "+OK");
    IS(db, t, "SET k lost", "+QUEUED");
    kv_session_close(t);
    SAME(get(db, "k"), "w");
    IS(db, s, "WATCH k", "+OK");
    IS(db, s, "MULTI", "+OK");
    finish(db);
}

static const test tests[] = {
    T(served_by_another_thread),
    T(chains),
    T(many_threads),
    T(real_timeouts),
    T(fake_clock),
    T(busy_meanwhile),
    T(interrupted),
    T(unblocked_and_killed),
    T(at_once),
    T(sockets),
    T(loop_meanwhile),
    T(waitaof),
    T(fed_and_served),
    T(fed_and_closed),
    T(paused),
    T(push_messages),
    T(push_events),
    T(push_beside_waiting),
    T(push_while_waiting),
    T(push_from_threads),
    T(transactions),
};
MAIN(tests)
