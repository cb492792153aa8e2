/* Calls from inside a callback: the same instance refuses them, others serve
 * as always. */
#include "sockets.h"

#include <poll.h>

typedef struct inside {
    kv *db, *other;
    kv_session *s, *its; /* of each */
    int calls;           /* of the callback */
} inside;

static int count_keys(void *ctx, const void *key, size_t n) {
    (void)key, (void)n;
    ++*(int *)ctx;
    return 0;
}

/* What must be refused, and changes nothing. */
static void is_busy(inside *in) {
    kv *db = in->db;
    kv_slice set[] = {{"SET", 3}, {"inside", 6}, {"v", 1}}, v = {"same", 4};
    kv_reply *r = (kv_reply *)(void *)set;
    char buf[8] = "same";
    size_t n = 77;
    uint64_t at = 0;
    int seen = 0;
    struct pollfd fd = {0, 0, 0};
    EQ(kv_get(db, 0, "k", 1, buf, sizeof buf, &n), KV_BUSY);
    EQ(kv_get(db, 0, "nope", 4, buf, sizeof buf, &n), KV_BUSY);
    EQ(kv_get(db, 9, "k", 1, buf, sizeof buf, &n), KV_BUSY);
    SAME(buf, "same");
    EQ(n, 77);
    EQ(kv_view(db, 0, "k", 1, &v), KV_BUSY);
    EQ(v.n, 4);
    EQ(kv_set(db, 0, "inside", 6, "v", 1, 0), KV_BUSY);
    EQ(kv_del(db, 0, "k", 1), KV_BUSY);
    EQ(kv_exec(db, NULL, 3, set, &r), KV_BUSY);
    CHECK(!r);
    r = (kv_reply *)(void *)set;
    EQ(kv_exec(db, in->s, 3, set, &r), KV_BUSY);
    CHECK(!r);
    EQ(kv_exec(db, in->s, 3, set, NULL), KV_BUSY);
    r = (kv_reply *)(void *)set;
    EQ(kv_exec_line(db, NULL, "SET inside v", &r), KV_BUSY);
    CHECK(!r);
    EQ(kv_exec_line(db, in->s, "FLUSHALL", NULL), KV_BUSY);
    EQ(kv_scan(db, 0, &at, count_keys, &seen), KV_BUSY);
    EQ(seen, 0);
    EQ(at, 0);
    EQ(kv_feed(in->s, "FLUSHALL\r\n", 10), KV_BUSY);
    EQ(kv_feed(in->s, "*1\r\n$4\r\nPI", 10), KV_BUSY);
    EQ(kv_poll(db, 0), KV_BUSY);
    EQ(kv_poll(db, -1), KV_BUSY);
    EQ(kv_run(db), KV_BUSY);
    EQ(kv_dispatch(db, NULL, 0), KV_BUSY);
    EQ(kv_dispatch(db, &fd, 1), KV_BUSY);
}

/* run() and feed() keep what they return: not for use in a callback. */
static void line_is(kv *db, kv_session *s, const char *line, const char *want) {
    text t = {0};
    kv_reply *r;
    OK(kv_exec_line(db, s, line, &r));
    show_reply(&t, r);
    SAME(t.p, want);
    kv_reply_free(db, r);
    text_free(&t);
}

/* Another instance does not care. */
static void others_serve(inside *in) {
    kv *db = in->other;
    uint64_t at = 0;
    int seen = 0;
    OK(put(db, "k", "w"));
    SAME(get(db, "k"), "w");
    line_is(db, NULL, "INCR n", ":1");
    line_is(db, in->its, "GET k", "\"w\"");
    OK(kv_feed(in->its, "GET n\r\n", 7));
    text wire = {0};
    take(in->its, &wire, SIZE_MAX);
    SAME(wire.p, "$1\r\n1\r\n");
    text_free(&wire);
    OK(kv_poll(db, 0));
    while (kv_scan(db, 0, &at, count_keys, &seen) == KV_OK) continue;
    EQ(seen, 2);
    OK(kv_del(db, 0, "n", 1));
    OK(kv_check(db));
}

static void call_back(inside *in) {
    in->calls++;
    is_busy(in);
    others_serve(in);
    is_busy(in);
}

static void inside_open(inside *in, const kv_desc *d) {
    memset(in, 0, sizeof *in);
    OK(kv_open(&in->db, d));
    OK(kv_config(in->db, "enable-debug-command", "yes"));
    in->other = fresh(NULL);
    in->s = session(in->db);
    in->its = session(in->other);
    OK(put(in->db, "k", "v"));
}

/* The session and the data are what they were. */
static void inside_close(inside *in) {
    WIRE(in->s, "PING\r\n", "+PONG\r\n");
    EQ(kv_get(in->db, 0, "inside", 6, NULL, 0, NULL), KV_NONE);
    SAME(get(in->db, "k"), "v");
    finish(in->other);
    finish(in->db);
}

/* ---- Hooks ------------------------------------------------------------- */

static void on_event(void *ctx, const char *event, int dbnum, const void *key,
                     size_t n) {
    (void)event, (void)dbnum, (void)key, (void)n;
    call_back((inside *)ctx);
}

static void on_change(void *ctx, int dbnum, const void *resp, size_t n) {
    (void)dbnum;
    CHECK(n && *(const char *)resp == '*');
    call_back((inside *)ctx);
}

static int ticked(inside *in) {
    int n = in->calls;
    in->calls = 0;
    return n > 0;
}

/* Everything that a hook is called from. */
static void hook_calls_back(int events) {
    fake f = FAKE_START;
    kv_desc d = fake_desc(&f);
    inside in;
    inside_open(&in, &d);
    if (events) {
        kv_on_event(in.db, on_event, &in);
    } else {
        kv_on_change(in.db, on_change, &in);
    }
    OK(kv_set(in.db, 0, "a", 1, "v", 1, 0));
    CHECK(ticked(&in));
    OK(kv_del(in.db, 0, "a", 1));
    CHECK(ticked(&in));
    IS(in.db, NULL, "MSET a 1 b 2 c 3", "+OK");
    CHECK(ticked(&in));
    kv_session *s = session(in.db);
    WIRE(s, "SET a 1\r\nGET a\r\nDEL a b c\r\nPING\r\n",
         "+OK\r\n$1\r\n1\r\n:3\r\n+PONG\r\n");
    CHECK(ticked(&in));
    int p[2];
    pair(p);
    OK(kv_adopt(in.db, p[0]));
    TALK(in.db, p[1], "INCR a\r\nINCR a\r\nPING\r\n", ":1\r\n:2\r\n+PONG\r\n");
    CHECK(ticked(&in));
    close(p[1]);
    /* what expires, found by each kind of call */
    for (int way = 0; way < 6; way++) {
        char buf[8];
        size_t n;
        kv_slice v;
        uint64_t at = 0;
        OK(kv_set(in.db, 0, "e", 1, "v", 1, FAKE_MS + 1000));
        CHECK(ticked(&in));
        fake_add(&f, 1001);
        switch (way) {
        case 0:
            EQ(kv_get(in.db, 0, "e", 1, buf, sizeof buf, &n), KV_NONE);
            break;
        case 1:
            kv_lock(in.db);
            EQ(kv_view(in.db, 0, "e", 1, &v), KV_NONE);
            kv_unlock(in.db);
            break;
        case 2: IS(in.db, NULL, "GET e", "nil"); break;
        case 3: WIRE(s, "GET e\r\n", "$-1\r\n"); break;
        case 4: EQ(kv_del(in.db, 0, "e", 1), KV_NONE); break;
        default:
            n = 0;
            while (kv_scan(in.db, 0, &at, count_keys, &n) == KV_OK) continue;
            break;
        }
        for (int i = 0; i < 3; i++) OK(kv_poll(in.db, 0));
        CHECK(ticked(&in));
        fake_add(&f, -1001);
    }
    /* what is evicted */
    OK(kv_config(in.db, "maxmemory-policy", "volatile-ttl"));
    OK(kv_set(in.db, 0, "e", 1, "v", 1, FAKE_MS + 100000));
    OK(kv_config(in.db, "maxmemory", "1"));
    CHECK(ticked(&in));
    IS(in.db, NULL, "GET e", "nil");
    CHECK(ticked(&in));
    OK(kv_config(in.db, "maxmemory", "0"));
    kv_on_event(in.db, NULL, NULL);
    kv_on_change(in.db, NULL, NULL);
    inside_close(&in);
}

static void event_hook(void) { hook_calls_back(1); }
static void change_hook(void) { hook_calls_back(0); }

/* ---- kv_scan ----------------------------------------------------------- */

static int on_key(void *ctx, const void *key, size_t n) {
    CHECK(n && *(const char *)key);
    call_back((inside *)ctx);
    return 0;
}

static void scan_callback(void) {
    inside in;
    inside_open(&in, NULL);
    char name[16];
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "key:%d", i);
        OK(put(in.db, name, "v"));
    }
    uint64_t at = 0;
    int rc;
    while ((rc = kv_scan(in.db, 0, &at, on_key, &in)) == KV_OK) continue;
    EQ(rc, KV_NONE);
    EQ(in.calls, 201);
    inside_close(&in);
}

/* ---- Handlers ---------------------------------------------------------- */

/* Refused are the calls that take the instance; the handler's own are not. */
static void handle(kv_call *c) {
    inside *in = (inside *)kv_call_ctx(c);
    kv_slice incr[] = {{"INCR", 4}, {"n", 1}}, v;
    kv_reply *r;
    call_back(in);
    OK(kv_call_view(c, S("k"), &v));
    call_back(in);
    CHECK(v.n == 1 && *(const char *)v.p == 'v');
    OK(kv_call_reply(c, 2, incr, &r));
    call_back(in);
    EQ(r->type, KV_INTEGER);
    kv_put_array(c, 2);
    OK(kv_call_exec(c, 2, incr));
    call_back(in);
    kv_put_int(c, r->integer);
    kv_reply_free(in->db, r);
}

static void command_handler(void) {
    inside in;
    kv_command row = {"api.in", handle, 1,   KV_WRITE, "", "api",
                      "1.0",    "O(1)", ".", "",       &in};
    inside_open(&in, NULL);
    OK(kv_add_command(in.db, &row));
    IS(in.db, NULL, "api.in", "[:2, :1]");
    IS(in.db, in.s, "api.in", "[:4, :3]");
    kv_session *s = session(in.db);
    WIRE(s, "api.in\r\nPING\r\n", "*2\r\n:6\r\n:5\r\n+PONG\r\n");
    WIRE(in.s, "api.in\r\n", "*2\r\n:8\r\n:7\r\n"); /* its own session */
    int p[2];
    pair(p);
    OK(kv_adopt(in.db, p[0]));
    TALK(in.db, p[1], "api.in\r\nPING\r\n", "*2\r\n:10\r\n:9\r\n+PONG\r\n");
    close(p[1]);
    EQ(in.calls, 20);
    inside_close(&in);
}

/* ---- The log ----------------------------------------------------------- */

static void on_log(void *ctx, int level, const char *words, size_t n) {
    inside *in = (inside *)ctx;
    CHECK(level >= KV_LOG_DEBUG && level <= KV_LOG_WARNING && words && n);
    if (in->db) call_back(in);
}

/* What Redis has and kv passes over is told in the log. */
static int64_t on_load(void *ctx, const char *path, void *p, size_t cap) {
    static const char conf[] = "maxmemory 1gb\nactivedefrag yes\n";
    (void)ctx, (void)path;
    CHECK(cap >= sizeof conf);
    memcpy(p, conf, sizeof conf - 1);
    return sizeof conf - 1;
}

static void log_callback(void) {
    inside in;
    kv_desc d;
    kv_sys sys;
    memset(&d, 0, sizeof d);
    memset(&sys, 0, sizeof sys);
    memset(&in, 0, sizeof in);
    sys.load = on_load;
    d.size = sizeof d;
    d.sys = &sys;
    d.log = on_log;
    d.log_ctx = &in;
    inside_open(&in, &d);
    OK(kv_config_file(in.db, "any.conf"));
    CHECK(ticked(&in));

    /* a session that is closed for what it sent */
    OK(kv_config(in.db, "loglevel", "debug"));
    OK(kv_config(in.db, "client-query-buffer-limit", "1mb"));
    kv_session *s = session(in.db);
    char *much = (char *)malloc(2 << 20);
    CHECK(much);
    memset(much, 'x', 2 << 20);
    EQ(kv_feed(s, much, 2 << 20), KV_CLOSED);
    kv_session_close(s);

    /* connections: what they do, and what ends them */
    for (int way = 0; way < 3; way++) {
        int p[2];
        pair(p);
        in.calls = 0;
        OK(kv_adopt(in.db, p[0]));
        TALK(in.db, p[1], "SET k v\r\nGET k\r\n", "+OK\r\n$1\r\nv\r\n");
        if (way == 1) {
            IS(in.db, NULL, "CLIENT KILL TYPE normal", ":2");
            kv_session_close(in.s);
            in.s = session(in.db);
        } else if (way == 2) {
            ssize_t sent = 0;
            for (int i = 0; sent >= 0 && i < 100; i++) {
                sent = send(p[1], much, 100000, MSG_NOSIGNAL);
                if (sent < 0 && errno == EAGAIN) sent = 0;
                kv_poll(in.db, 0);
            }
        }
        close(p[1]);
        for (int i = 0; i < 20; i++) OK(kv_poll(in.db, 0));
        CHECK(ticked(&in));
    }
    free(much);
    inside_close(&in);
}

/* ---- Several instances ------------------------------------------------- */

typedef struct ring {
    kv *db, *next;
    int calls, busy;
} ring;

static void go_round(void *ctx, const char *event, int dbnum, const void *key,
                     size_t n) {
    ring *r = (ring *)ctx;
    (void)event, (void)dbnum, (void)key, (void)n;
    r->calls++;
    int rc = put(r->next, "k", "v");
    if (rc != KV_OK) EQ(rc, KV_BUSY);
    r->busy += rc == KV_BUSY;
}

/* A change in one makes one in the next, until it comes round. */
static void instances_in_a_ring(void) {
    ring r[3];
    memset(r, 0, sizeof r);
    for (int i = 0; i < 3; i++) r[i].db = fresh(NULL);
    for (int i = 0; i < 3; i++) {
        r[i].next = r[(i + 1) % 3].db;
        kv_on_event(r[i].db, go_round, &r[i]);
    }
    OK(kv_exec_line(r[0].db, NULL, "DEL k", NULL));
    IS(r[0].db, NULL, "SET k w", "+OK");
    CHECK(r[0].calls && !r[0].busy);
    CHECK(r[1].calls && !r[1].busy);
    CHECK(r[2].calls && r[2].busy == r[2].calls);
    SAME(get(r[0].db, "k"), "w");
    SAME(get(r[1].db, "k"), "v");
    SAME(get(r[2].db, "k"), "v");
    for (int i = 0; i < 3; i++) finish(r[i].db);
}

/* ---- What may be called from everywhere -------------------------------- */

static void stop_inside(void *ctx, const char *event, int dbnum,
                        const void *key, size_t n) {
    (void)event, (void)dbnum, (void)key, (void)n;
    kv_interrupt((kv *)ctx);
    kv_stop((kv *)ctx);
}

static void stop_from_a_hook(void) {
    kv *db = fresh(NULL);
    kv_on_event(db, stop_inside, db);
    int p[2];
    pair(p);
    OK(kv_adopt(db, p[0]));
    CHECK(send(p[1], "SET k v\r\n", 9, MSG_NOSIGNAL) == 9);
    OK(kv_run(db));
    for (int i = 0; i < 3; i++) kv_poll(db, 0);
    text out = {0};
    CHECK(hear(p[1], &out));
    SAME(out.p, "+OK\r\n");
    text_free(&out);
    close(p[1]);
    kv_on_event(db, NULL, NULL);
    SAME(get(db, "k"), "v");
    finish(db);
}

static const test tests[] = {
    T(event_hook),       T(change_hook),  T(scan_callback),
    T(command_handler),  T(log_callback), T(instances_in_a_ring),
    T(stop_from_a_hook),
};
MAIN(tests)
