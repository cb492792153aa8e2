/* Calls from several threads and from a signal handler. */
#include "threads.h"

#include <poll.h>
#include <signal.h>
#include <sys/time.h>

static void *serve(void *db) {
    CHECK(kv_run((kv *)db) >= KV_OK);
    return NULL;
}

/* ---- kv_stop ----------------------------------------------------------- */

static void stop_from_thread(void) {
    for (int i = 0; i < 50; i++) {
        kv *db = fresh(NULL);
        if (i % 2) OK(kv_listen(db, "127.0.0.1:0"));
        pthread_t t = start(serve, db);
        if (i % 3) nap(i * 50);
        kv_stop(db);
        join(t);
        finish(db);
    }
}

static kv *signalled;

static void on_signal(int sig) {
    (void)sig;
    kv_stop(signalled);
}

static void stop_from_signal_handler(void) {
    struct sigaction act, old;
    memset(&act, 0, sizeof act);
    act.sa_handler = on_signal;
    signalled = fresh(NULL);
    OK(kv_listen(signalled, "127.0.0.1:0"));
    CHECK(!sigaction(SIGALRM, &act, &old));
    alarm(1);
    CHECK(kv_run(signalled) >= KV_OK); /* in the thread that gets it */
    finish(signalled);

    /* while another thread is in the instance all the time */
    signalled = fresh(NULL);
    pthread_t t = start(serve, signalled);
    alarm(1);
    double end = seconds() + 0.9;
    for (int i = 0; seconds() < end; i++) {
        OK(kv_set(signalled, 0, &i, sizeof i, "v", 1, 0));
    }
    join(t);
    CHECK(!sigaction(SIGALRM, &old, NULL));
    finish(signalled);
}

/* ---- kv_interrupt ------------------------------------------------------ */

typedef struct interrupter {
    kv *db;
    pthread_mutex_t lock;
    int stop;
} interrupter;

static void *interrupt_often(void *arg) {
    interrupter *i = (interrupter *)arg;
    for (;;) {
        pthread_mutex_lock(&i->lock);
        int stop = i->stop;
        pthread_mutex_unlock(&i->lock);
        if (stop) return NULL;
        kv_interrupt(i->db);
        nap(1000);
    }
}

static void interrupter_stop(interrupter *i, pthread_t t) {
    pthread_mutex_lock(&i->lock);
    i->stop = 1;
    pthread_mutex_unlock(&i->lock);
    join(t);
}

static int is_interrupted(kv *db, const char *line) {
    kv_reply *r = NULL;
    int rc = kv_exec_line(db, NULL, line, &r);
    if (rc != KV_OK) EQ(rc, KV_INTERRUPTED);
    int yes = rc == KV_INTERRUPTED || r->type == KV_ERROR;
    kv_reply_free(db, r);
    return yes;
}

static void interrupt_command(void) {
    kv *db = fresh(NULL);
    kv_interrupt(db); /* nothing runs: nothing happens, not later either */
    IS(db, NULL, "PING", "+PONG");
    IS(db, NULL, "KEYS *", "[]");
    for (int i = 0; i < 300000; i++) OK(kv_set(db, 0, &i, sizeof i, "v", 1, 0));
    kv_interrupt(db);
    CHECK(!is_interrupted(db, "KEYS *x*y*z*"));

    interrupter i = {db, PTHREAD_MUTEX_INITIALIZER, 0};
    pthread_t t = start(interrupt_often, &i);
    double end = seconds() + 20;
    int commands = 0;
    while (!is_interrupted(db, "KEYS *x*y*z*")) {
        commands++;
        CHECK(seconds() < end);
    }
    interrupter_stop(&i, t);
    CHECK(!is_interrupted(db, "KEYS *x*y*z*"));
    IS(db, NULL, "DBSIZE", ":300000");
    finish(db);
}

static void interrupt_sleep(void) {
    kv *db = fresh(NULL);
    interrupter i = {db, PTHREAD_MUTEX_INITIALIZER, 0};
    pthread_t t = start(interrupt_often, &i);
    double began = seconds();
    CHECK(is_interrupted(db, "DEBUG SLEEP 30"));
    CHECK(seconds() - began < 10);
    interrupter_stop(&i, t);
    IS(db, NULL, "DEBUG SLEEP 0", "+OK");
    finish(db);
}

static int slow_key(void *ctx, const void *key, size_t n) {
    (void)key, (void)n;
    ++*(int *)ctx;
    nap(2000);
    return 0;
}

static int quick_key(void *ctx, const void *key, size_t n) {
    (void)key, (void)n;
    ++*(int *)ctx;
    return 0;
}

static void interrupt_scan(void) {
    kv *db = fresh(NULL);
    for (int i = 0; i < 5000; i++) OK(kv_set(db, 0, &i, sizeof i, "v", 1, 0));
    interrupter i = {db, PTHREAD_MUTEX_INITIALIZER, 0};
    pthread_t t = start(interrupt_often, &i);
    uint64_t at = 0;
    int rc, count = 0;
    do rc = kv_scan(db, 0, &at, slow_key, &count);
    while (rc == KV_OK);
    EQ(rc, KV_INTERRUPTED);
    CHECK(count < 5000);
    interrupter_stop(&i, t);
    count = 0;
    for (at = 0; (rc = kv_scan(db, 0, &at, quick_key, &count)) == KV_OK;)
        continue;
    EQ(rc, KV_NONE);
    EQ(count, 5000);
    finish(db);
}

/* ---- A server thread beside in-process calls --------------------------- */

enum { WORKERS = 4, ROUNDS = 2000 };

typedef struct worker {
    kv *db;
    int number, port;
} worker;

static void *work(void *arg) {
    worker *w = (worker *)arg;
    kv *db = w->db;
    kv_session *s = NULL;
    char mine[16], line[64], buf[64];
    size_t n;
    OK(kv_session_open(db, &s));
    snprintf(mine, sizeof mine, "worker:%d", w->number);
    snprintf(line, sizeof line, "CLIENT SETNAME %s", mine);
    OK(kv_exec_line(db, s, line, NULL));
    for (int i = 0; i < ROUNDS; i++) {
        kv_reply *r;
        kv_slice incr[] = {{"INCR", 4}, {"shared", 6}};
        OK(kv_exec(db, s, 2, incr, &r));
        EQ(r->type, KV_INTEGER);
        kv_reply_free(db, r);
        snprintf(line, sizeof line, "%s:%d", mine, i % 50);
        OK(kv_set(db, 0, line, strlen(line), &i, sizeof i, 0));
        int got = -1;
        OK(kv_get(db, 0, line, strlen(line), &got, sizeof got, &n));
        EQ(got, i);
        if (i % 10 == 0) OK(kv_del(db, 0, line, strlen(line)));
        if (i % 20 == 0) {
            /* several calls as one step */
            kv_slice v;
            kv_lock(db);
            OK(kv_get(db, 0, "pair:a", 6, buf, sizeof buf, &n));
            OK(kv_view(db, 0, "pair:b", 6, &v));
            CHECK(v.n == n && !memcmp(v.p, buf, n));
            snprintf(buf, sizeof buf, "%s:%d", mine, i);
            OK(put(db, "pair:a", buf));
            OK(put(db, "pair:b", buf));
            kv_unlock(db);
        }
        if (i % 100 == 0) {
            uint64_t at = 0;
            int count = 0, rc;
            while ((rc = kv_scan(db, 0, &at, quick_key, &count)) == KV_OK)
                continue;
            EQ(rc, KV_NONE);
            kv_statistics st;
            memset(&st, 0, sizeof st);
            st.size = sizeof st;
            OK(kv_stats(db, &st));
            CHECK(st.keys >= 3);
        }
    }
    OK(kv_exec_line(db, s, "CLIENT GETNAME", NULL));
    kv_session_close(s);
    return NULL;
}

/* A client with a blocking socket, served by another thread. */
static void *ask(void *arg) {
    worker *w = (worker *)arg;
    int fd = dial(w->port);
    CHECK(!fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK));
    struct timeval patience = {20, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char buf[64];
    for (int i = 0; i < ROUNDS; i++) {
        CHECK(send(fd, "INCR shared\r\n", 13, MSG_NOSIGNAL) == 13);
        size_t n = 0;
        while (!n || buf[n - 1] != '\n') {
            ssize_t got = recv(fd, buf + n, sizeof buf - n, 0);
            CHECK(got > 0);
            n += (size_t)got;
        }
        CHECK(buf[0] == ':');
    }
    close(fd);
    return NULL;
}

static void work_beside_server(void *(*loop)(void *)) {
    kv *db = fresh(NULL);
    OK(kv_listen(db, "127.0.0.1:0"));
    OK(put(db, "pair:a", "x"));
    OK(put(db, "pair:b", "x"));
    pthread_t server = start(loop, db), t[WORKERS + 2];
    worker w[WORKERS + 2];
    for (int i = 0; i < WORKERS + 2; i++) {
        w[i].db = db;
        w[i].number = i;
        w[i].port = kv_port(db);
        t[i] = start(i < WORKERS ? work : ask, &w[i]);
    }
    for (int i = 0; i < WORKERS + 2; i++) join(t[i]);
    kv_stop(db);
    join(server);
    char want[32];
    snprintf(want, sizeof want, "\"%d\"", (WORKERS + 2) * ROUNDS);
    IS(db, NULL, "GET shared", want);
    finish(db);
}

static void server_beside_calls(void) { work_beside_server(serve); }

static void *serve_foreign(void *arg) {
    kv *db = (kv *)arg;
    struct pollfd fds[64];
    size_t n;
    do {
        OK(kv_pollfds(db, fds, 64, &n));
        CHECK(poll(fds, n, kv_timeout(db)) >= 0);
    } while (kv_dispatch(db, fds, n) == KV_OK);
    return NULL;
}

/* What another thread does wakes a foreign loop as well. */
static void foreign_loop_beside_calls(void) {
    work_beside_server(serve_foreign);
}

/* A loop that waits for nothing notices what others bring. */
static void wake_up(void) {
    kv *db = fresh(NULL);
    pthread_t server = start(serve, db);
    nap(20000);
    int p[2];
    pair(p);
    OK(kv_adopt(db, p[0]));
    CHECK(send(p[1], "PING\r\n", 6, MSG_NOSIGNAL) == 6);
    text out = {0};
    double end = seconds() + 5;
    while (out.n < 7) {
        CHECK(seconds() < end);
        CHECK(hear(p[1], &out));
        nap(500);
    }
    SAME(out.p, "+PONG\r\n");
    text_free(&out);

    OK(kv_listen(db, "127.0.0.1:0"));
    int fd = dial(kv_port(db));
    CHECK(send(fd, "PING\r\n", 6, MSG_NOSIGNAL) == 6);
    for (end = seconds() + 5; out.n < 7; nap(500)) {
        CHECK(seconds() < end);
        CHECK(hear(fd, &out));
    }
    text_free(&out);
    kv_stop(db);
    join(server);
    close(fd);
    close(p[1]);
    finish(db);
}

/* Sockets and listeners that come while the loop waits. */
static void adopt_while_waiting(void) {
    enum { N = 200 };
    static int fds[N];
    kv *db = fresh(NULL);
    pthread_t server = start(serve, db);
    for (int i = 0; i < N; i++) {
        int p[2];
        pair(p);
        fds[i] = p[1];
        nap(200);
        OK(kv_adopt(db, p[0]));
        if (i % 20 == 0) OK(kv_listen(db, "127.0.0.1:0"));
        CHECK(send(p[1], "PING\r\n", 6, MSG_NOSIGNAL) == 6);
    }
    double end = seconds() + 10;
    for (int i = 0; i < N; i++) {
        text out = {0};
        while (out.n < 7) {
            CHECK(seconds() < end);
            CHECK(hear(fds[i], &out));
            nap(100);
        }
        SAME(out.p, "+PONG\r\n");
        text_free(&out);
    }
    /* and connections that another thread ends meanwhile */
    OK(kv_exec_line(db, NULL, "CLIENT KILL TYPE normal", NULL));
    end = seconds() + 10;
    for (int i = 0; i < N; i++) {
        text out = {0};
        while (hear(fds[i], &out)) {
            CHECK(seconds() < end);
            nap(100);
        }
        close(fds[i]);
    }
    kv_stop(db);
    join(server);
    finish(db);
}

static pthread_mutex_t heard_lock = PTHREAD_MUTEX_INITIALIZER;
static int heard;

static void note_expired(void *ctx, const char *event, int dbnum,
                         const void *key, size_t n) {
    (void)ctx, (void)dbnum, (void)key, (void)n;
    pthread_mutex_lock(&heard_lock);
    heard += !strcmp(event, "expired");
    pthread_mutex_unlock(&heard_lock);
}

/* A sleeping loop learns of a key that another thread lets expire. */
static void expiry_wakes(void) {
    kv *db = fresh(NULL);
    kv_on_event(db, note_expired, NULL);
    pthread_t server = start(serve, db);
    nap(20000);
    OK(kv_exec_line(db, NULL, "SET k v PX 50", NULL));
    double end = seconds() + 5;
    for (int done = 0; !done; nap(1000)) {
        CHECK(seconds() < end);
        pthread_mutex_lock(&heard_lock);
        done = heard;
        pthread_mutex_unlock(&heard_lock);
    }
    kv_stop(db);
    join(server);
    finish(db);
}

/* Instances in several threads have nothing in common. */
static void *live(void *arg) {
    (void)arg;
    for (int round = 0; round < 5; round++) {
        kv *db = NULL;
        OK(kv_open(&db, NULL));
        for (int i = 0; i < 2000; i++) {
            OK(kv_set(db, 0, &i, sizeof i, &i, sizeof i, 0));
        }
        OK(kv_exec_line(db, NULL, "COMMAND COUNT", NULL));
        finish(db);
    }
    return NULL;
}

static void instances_in_threads(void) {
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(live, NULL);
    for (int i = 0; i < 4; i++) join(t[i]);
}

/* ---- Refusals beside other threads ------------------------------------- */

static void *get_once(void *db) {
    OK(kv_set((kv *)db, 0, "other", 5, "v", 1, 0));
    return NULL;
}

/* While another thread waits for the lock that the caller holds. */
static void loop_inside(kv_call *c) {
    kv *db = kv_call_kv(c);
    struct pollfd fd = {0, 0, 0};
    pthread_t t = start(get_once, db);
    nap(20000);
    EQ(kv_poll(db, 0), KV_BUSY);
    EQ(kv_run(db), KV_BUSY);
    EQ(kv_dispatch(db, &fd, 1), KV_BUSY);
    EQ(kv_get(db, 0, "k", 1, NULL, 0, NULL), KV_BUSY);
    EQ(kv_set(db, 0, "k", 1, "v", 1, 0), KV_BUSY);
    memcpy(kv_call_ctx(c), &t, sizeof t);
    kv_put_int(c, 1);
}

static void busy_beside_others(void) {
    pthread_t t;
    kv *db = fresh(NULL);
    kv_command row = {"api.loop", loop_inside, 1,   0,  "", "api",
                      "1.0.0",    "O(1)",      ".", "", &t};
    OK(kv_add_command(db, &row));
    alarm(10); /* ends a deadlock */
    IS(db, NULL, "api.loop", ":1");
    join(t);
    alarm(0);
    SAME(get(db, "other"), "v");
    finish(db);
}

/* ---- The loop learns what other threads ask of it ----------------------- */

/* The end of idle connections, asked for while it waits for nothing. */
static void config_wakes(void) {
    kv *db = fresh(NULL);
    pthread_t server = start(serve, db);
    int p[2];
    pair(p);
    OK(kv_adopt(db, p[0]));
    text out = {0};
    CHECK(send(p[1], "PING\r\n", 6, MSG_NOSIGNAL) == 6);
    double end = seconds() + 5;
    for (; out.n < 7; nap(1000)) {
        CHECK(seconds() < end);
        CHECK(hear(p[1], &out));
    }
    nap(50000);
    OK(kv_config(db, "timeout", "1"));
    for (end = seconds() + 5; hear(p[1], &out); nap(1000)) {
        CHECK(seconds() < end);
    }
    text_free(&out);
    close(p[1]);
    kv_stop(db);
    join(server);
    finish(db);
}

/* A hook hears in time of keys that were there before it. */
static void hook_wakes(void) {
    kv *db = fresh(NULL);
    pthread_t server = start(serve, db);
    pthread_mutex_lock(&heard_lock);
    heard = 0;
    pthread_mutex_unlock(&heard_lock);
    OK(kv_exec_line(db, NULL, "SET k v PX 200", NULL));
    nap(20000);
    kv_on_event(db, note_expired, NULL);
    double end = seconds() + 2;
    for (int done = 0; !done; nap(1000)) {
        CHECK(seconds() < end);
        pthread_mutex_lock(&heard_lock);
        done = heard;
        pthread_mutex_unlock(&heard_lock);
    }
    kv_stop(db);
    join(server);
    finish(db);
}

static const test tests[] = {
    T(stop_from_thread),
    T(stop_from_signal_handler),
    T(interrupt_command),
    T(interrupt_sleep),
    T(interrupt_scan),
    T(server_beside_calls),
    T(foreign_loop_beside_calls),
    T(wake_up),
    T(adopt_while_waiting),
    T(expiry_wakes),
    T(instances_in_threads),
    T(busy_beside_others),
    T(config_wakes),
    T(hook_wakes),
};
MAIN(tests)
