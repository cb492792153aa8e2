/* Everything at once: threads that call whatever any thread may call, in a
 * random order; one runs the loop. In database 0 each has keys of its own,
 * whose versions it knows; counters and accounts are everybody's. Database 1
 * has keys that expire, 4 and 5 are emptied and swapped. KV_HAMMER is how many
 * seconds it lasts; with KV_HAMMER_TELL it says what it did.
 */
#include "threads.h"

#include <poll.h>
#include <sys/time.h>

enum { HAMMERS = 6, OWN = 48, BASE = 100, COUNTS = 4, NEW_ROWS = 20 };

typedef struct anvil { /* what all of them share */
    kv *db;
    kv_session *shared;
    double end;
    pthread_mutex_t lock; /* of what follows */
    int done, served;
    kv_reply *letter; /* a reply that somebody else frees */
    pthread_mutex_t listening;
    int listeners;
    pthread_mutex_t hooks; /* held by the thread whose hooks are in */
    long logged;           /* in callbacks: under the instance's lock */
} anvil;

typedef struct hammer {
    anvil *a;
    kv *db;
    kv_session *s, *feeder;
    int number, rows;
    uint64_t seed, commands;
    uint32_t own[OWN]; /* version; 0: not there */
    long sure, maybe;  /* increments that were answered, and that were not */
    int adopted;
    char names[NEW_ROWS][16];
    kv_command row[NEW_ROWS];
} hammer;

static int finished(anvil *a) {
    pthread_mutex_lock(&a->lock);
    int done = a->done;
    pthread_mutex_unlock(&a->lock);
    return done;
}

/* kv_stop() ends a turn with kv_run(); then a foreign loop takes over. */
static void *hammer_serve(void *arg) {
    anvil *a = (anvil *)arg;
    static struct pollfd fds[4096];
    while (!finished(a)) {
        OK(kv_run(a->db));
        for (int rc = KV_OK; rc == KV_OK && !finished(a);) {
            size_t n;
            OK(kv_pollfds(a->db, fds, 4096, &n));
            CHECK(poll(fds, n, kv_timeout(a->db)) >= 0);
            rc = kv_dispatch(a->db, fds, n);
            CHECK(rc == KV_OK || rc == KV_NONE);
        }
        pthread_mutex_lock(&a->lock);
        a->served++;
        pthread_mutex_unlock(&a->lock);
    }
    return NULL;
}

/* ---- Its commands ------------------------------------------------------- */

/* h.count KEY: one more; what is read is what was written. */
static void hammer_count(kv_call *c) {
    kv_slice incr[] = {{"INCR", 4}, {NULL, 0}}, v;
    kv *db = kv_call_kv(c);
    char digits[24] = {0};
    kv_reply *r;
    incr[1] = kv_call_arg(c, 1);
    OK(kv_call_reply(c, 2, incr, &r));
    EQ(r->type, KV_INTEGER);
    OK(kv_call_view(c, incr[1], &v));
    CHECK(v.n < sizeof digits);
    memcpy(digits, v.p, v.n);
    EQ(strtoll(digits, NULL, 10), r->integer);
    EQ(kv_set(db, 0, "k", 1, "v", 1, 0), KV_BUSY);
    CHECK(kv_call_now_ms(c) <= kv_now_ms(db));
    kv_put_int(c, r->integer);
    kv_reply_free(db, r);
}

/* h.move FROM TO: takes one from here to there. */
static void hammer_move(kv_call *c) {
    kv_slice decr[] = {{"DECR", 4}, {NULL, 0}},
             incr[] = {{"INCR", 4}, {NULL, 0}};
    kv_reply *r;
    decr[1] = kv_call_arg(c, 1);
    incr[1] = kv_call_arg(c, 2);
    OK(kv_call_reply(c, 2, decr, &r));
    kv_reply_free(kv_call_kv(c), r);
    OK(kv_call_exec(c, 2, incr));
}

static int64_t hammer_read(kv_call *c, kv_slice key) {
    char digits[24] = {0};
    kv_slice v;
    int rc = kv_call_view(c, key, &v);
    if (rc != KV_OK) EQ(rc, KV_NONE);
    if (rc == KV_OK) {
        CHECK(v.n < sizeof digits);
        memcpy(digits, v.p, v.n);
    }
    return strtoll(digits, NULL, 10);
}

/* h.total KEY KEY: together. */
static void hammer_total(kv_call *c) {
    kv_put_int(c, hammer_read(c, kv_call_arg(c, 1)) +
                      hammer_read(c, kv_call_arg(c, 2)));
}

static const kv_command hammer_rows[] = {
    {"h.count", hammer_count, 2, KV_WRITE, "RW/update@1:0:1", "h", "1.0.0",
     "O(1)", ".", "key", NULL},
    {"h.move", hammer_move, 3, KV_WRITE, "RW/update@1:1:1", "h", "1.0.0",
     "O(1)", ".", "from to", NULL},
    {"h.total", hammer_total, 3, KV_READONLY, "RO/access@1:1:1", "h", "1.0.0",
     "O(1)", ".", "key key", NULL},
};

static void hammer_answer(kv_call *c) {
    hammer *h = (hammer *)kv_call_ctx(c);
    kv_put_int(c, h->number);
}

/* ---- Its callbacks ------------------------------------------------------ */

static void hammer_log(void *ctx, int level, const char *words, size_t n) {
    (void)level;
    CHECK(words && n);
    ((anvil *)ctx)->logged++;
}

typedef struct window {
    long records, events;
} window;

static int is_count(const void *p, size_t n) {
    return n == 7 && !memcmp(p, "count:", 6);
}

static void hammer_record(void *ctx, int dbnum, const void *resp, size_t n) {
    const char *p = (const char *)resp;
    if (!dbnum && n > 9 && is_count(p + n - 9, 7)) ((window *)ctx)->records++;
}

static void hammer_event(void *ctx, const char *event, int dbnum,
                         const void *key, size_t n) {
    if (!dbnum && is_count(key, n) && !strcmp(event, "incrby"))
        ((window *)ctx)->events++;
}

static int count_base(void *ctx, const void *key, size_t n) {
    *(int *)ctx += n > 5 && !memcmp(key, "base:", 5);
    return 0;
}

/* ---- Helpers ------------------------------------------------------------ */

static long all_counts(kv *db) {
    long sum = 0;
    for (int i = 0; i < COUNTS; i++) {
        char key[16], value[24] = {0};
        snprintf(key, sizeof key, "count:%d", i);
        int rc = kv_get(db, 0, key, strlen(key), value, sizeof value, NULL);
        if (rc != KV_OK) EQ(rc, KV_NONE);
        sum += strtol(value, NULL, 10);
    }
    return sum;
}

/* Executes a line in a session that somebody may have killed: 0 then. */
static int hammer_line(hammer *h, kv_session *s, const char *line,
                       int64_t *integer) {
    kv_reply *r = (kv_reply *)(void *)h;
    int rc = kv_exec_line(h->db, s, line, &r);
    if (rc != KV_OK) {
        EQ(rc, KV_CLOSED);
        CHECK(s && !r);
        return 0;
    }
    if (integer) {
        EQ(r->type, KV_INTEGER);
        *integer = r->integer;
    }
    /* it goes to the next who comes, who frees the last one */
    pthread_mutex_lock(&h->a->lock);
    kv_reply *old = h->a->letter;
    h->a->letter = r;
    pthread_mutex_unlock(&h->a->lock);
    kv_reply_free(h->db, old);
    return 1;
}

static void reopen(hammer *h, kv_session **s) {
    if (*s) kv_session_close(*s);
    OK(kv_session_open(h->db, s));
}

static void own_key(char key[24], int number, uint32_t k) {
    snprintf(key, 24, "own:%d:%u", number, k);
}

/* The value of a version: a letter, as often as the version says. */
static size_t own_value(uint32_t version, char *letter) {
    *letter = (char)('a' + version % 26);
    return 1 + version * 2654435761u % (version % 8 ? 700 : 20000);
}

static void own_is(hammer *h, uint32_t k) {
    char key[24], buf[20001], letter;
    size_t n = 0, want;
    own_key(key, h->number, k);
    int rc = kv_get(h->db, 0, key, strlen(key), buf, sizeof buf, &n);
    if (!h->own[k]) {
        EQ(rc, KV_NONE);
        return;
    }
    OK(rc);
    want = own_value(h->own[k], &letter);
    EQ(n, (long long)want);
    for (size_t i = 0; i < n; i++) CHECK(buf[i] == letter);
}

/* ---- What a thread may do ----------------------------------------------- */

static void do_set(hammer *h) {
    char key[24], value[20001], letter;
    uint32_t k = rnd(&h->seed, OWN), version = 1 + rnd(&h->seed, 1000000);
    size_t n = own_value(version, &letter);
    own_key(key, h->number, k);
    memset(value, letter, n);
    OK(kv_set(h->db, 0, key, strlen(key), value, n,
              rnd(&h->seed, 2) ? kv_now_ms(h->db) + 100000 : 0));
    h->own[k] = version;
}

static void do_get(hammer *h) { own_is(h, rnd(&h->seed, OWN)); }

static void do_del(hammer *h) {
    char key[24];
    uint32_t k = rnd(&h->seed, OWN);
    own_key(key, h->number, k);
    EQ(kv_del(h->db, 0, key, strlen(key)), h->own[k] ? KV_OK : KV_NONE);
    h->own[k] = 0;
}

/* Borrowed bytes of anybody's key stay as they are under the lock. */
static void do_view(hammer *h) {
    char key[24];
    kv_slice v;
    own_key(key, (int)rnd(&h->seed, HAMMERS), rnd(&h->seed, OWN));
    kv_lock(h->db);
    int rc = kv_view(h->db, 0, key, strlen(key), &v);
    if (rc == KV_OK) {
        const char *p = (const char *)v.p;
        char letter = *p;
        for (int turn = 0; turn < 2; turn++) {
            for (size_t i = 0; i < v.n; i++) CHECK(p[i] == letter);
            if (!turn && rnd(&h->seed, 2)) nap(50);
        }
    } else {
        EQ(rc, KV_NONE);
    }
    kv_unlock(h->db);
}

static void do_count(hammer *h) {
    char line[32], key[16];
    int64_t n;
    kv_slice argv[] = {{"INCR", 4}, {NULL, 0}};
    kv_reply *r;
    snprintf(key, sizeof key, "count:%u", rnd(&h->seed, COUNTS));
    argv[1] = S(key);
    switch (rnd(&h->seed, 4)) {
    case 0:
        OK(kv_exec(h->db, NULL, 2, argv, &r));
        EQ(r->type, KV_INTEGER);
        kv_reply_free(h->db, r);
        h->sure++;
        return;
    case 1:
        OK(kv_exec(h->db, NULL, 2, argv, NULL));
        h->sure++;
        return;
    case 2: snprintf(line, sizeof line, "INCR %s", key); break;
    default: snprintf(line, sizeof line, "h.count %s", key);
    }
    if (hammer_line(h, h->s, line, &n)) {
        h->sure++;
    } else {
        reopen(h, &h->s);
    }
}

/* Bytes in pieces, replies in pieces. */
static void do_feed(hammer *h) {
    char line[64], got[4096];
    int many = 1 + (int)rnd(&h->seed, 20), rc = KV_OK, ends = 0;
    size_t n = 0;
    kv_slice p;
    for (int i = 0; i < many && rc == KV_OK; i++) {
        size_t len = (size_t)snprintf(line, sizeof line,
                                      i % 2 ? "INCR count:%u\r\n"
                                            : "h.count count:%u\r\n",
                                      rnd(&h->seed, COUNTS)),
               cut = rnd(&h->seed, (uint32_t)len);
        rc = kv_feed(h->feeder, line, cut);
        if (rc == KV_OK) rc = kv_feed(h->feeder, line + cut, len - cut);
    }
    if (rc != KV_OK) EQ(rc, KV_CLOSED);
    while (kv_pending(h->feeder, &p) == KV_OK) {
        /* a kill by another thread may take them away: copied in the lock */
        kv_lock(h->db);
        if (kv_pending(h->feeder, &p) == KV_OK) {
            size_t part = 1 + rnd(&h->seed, (uint32_t)p.n);
            CHECK(n + part <= sizeof got);
            memcpy(got + n, p.p, part);
            n += part;
            kv_consume(h->feeder, part);
        }
        kv_unlock(h->db);
    }
    for (size_t i = 0; i < n; i++) ends += got[i] == '\n';
    CHECK(!n || got[0] == ':');
    CHECK(ends <= many);
    h->sure += ends;
    h->maybe += many - ends;
    if (rc != KV_OK || kv_pending(h->feeder, &p) == KV_CLOSED)
        reopen(h, &h->feeder);
}

static void do_transfer(hammer *h) {
    static const char *const lines[] = {"h.move acc:a acc:b",
                                        "h.move acc:b acc:a"};
    int64_t n = 0;
    hammer_line(h, NULL, lines[rnd(&h->seed, 2)], NULL);
    CHECK(hammer_line(h, NULL, "h.total acc:a acc:b", &n));
    EQ(n, 0);
}

/* A client that may leave before it has its answers. */
static void do_client(hammer *h) {
    struct linger rude = {1, 0};
    struct timeval patience = {20, 0};
    char buf[512];
    int fd, port = kv_port(h->db), many = 1 + (int)rnd(&h->seed, 5), ends = 0;
    text out = {0};
    if (port && rnd(&h->seed, 2)) {
        fd = dial(port);
        CHECK(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &rude, sizeof rude));
        CHECK(!fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK));
    } else {
        int p[2];
        CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, p));
        OK(kv_adopt(h->db, p[0]));
        fd = p[1];
        h->adopted++;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    for (int i = 0; i < many; i++) {
        snprintf(buf, sizeof buf, "INCR count:%u\r\n", rnd(&h->seed, COUNTS));
        text_puts(&out, buf);
    }
    size_t n = rnd(&h->seed, 8) ? out.n : out.n - 1; /* the last one cut */
    ssize_t got = send(fd, out.p, n, MSG_NOSIGNAL);
    if (got == (ssize_t)out.n && rnd(&h->seed, 3)) {
        while (ends < many && (got = recv(fd, buf, sizeof buf, 0)) > 0) {
            for (ssize_t i = 0; i < got; i++) ends += buf[i] == '\n';
        }
        CHECK(got >= 0 || errno == ECONNRESET); /* killed; not: too late */
    }
    close(fd);
    text_free(&out);
    h->sure += ends;
    h->maybe += many - ends;
}

static void do_scan(hammer *h) {
    uint64_t at = 0;
    int rc, seen = 0;
    while ((rc = kv_scan(h->db, 0, &at, count_base, &seen)) == KV_OK) continue;
    if (rc == KV_INTERRUPTED) return;
    EQ(rc, KV_NONE);
    EQ(seen, BASE);
}

/* For as long as the hooks are in, they hear of each count. */
static void do_hooks(hammer *h) {
    window w = {0, 0};
    if (pthread_mutex_trylock(&h->a->hooks)) return;
    kv_lock(h->db);
    long before = all_counts(h->db);
    kv_on_change(h->db, hammer_record, &w);
    kv_on_event(h->db, hammer_event, &w);
    kv_unlock(h->db);
    for (int i = 0; i < 20; i++) {
        do_count(h);
        nap(100);
    }
    kv_lock(h->db);
    kv_on_event(h->db, NULL, NULL);
    kv_on_change(h->db, NULL, NULL);
    long more = all_counts(h->db) - before;
    EQ(w.records, more);
    EQ(w.events, more);
    kv_unlock(h->db);
    pthread_mutex_unlock(&h->a->hooks);
}

static void do_listen(hammer *h) {
    static const char *const at[] = {"127.0.0.1:0", "mini:127.0.0.1:0",
                                     "metrics:127.0.0.1:0"};
    int port = kv_port(h->db);
    pthread_mutex_lock(&h->a->listening);
    if (h->a->listeners < 8) OK(kv_listen(h->db, at[h->a->listeners++ % 3]));
    pthread_mutex_unlock(&h->a->listening);
    CHECK(kv_port(h->db) > 0 && (!port || kv_port(h->db) == port));
    EQ(kv_listen(h->db, "nowhere"), KV_ARG);
}

static void do_config(hammer *h) {
    static const char *const pairs[][2] = {
        {"maxmemory", "0"},
        {"maxmemory", "1gb"},
        {"maxmemory-policy", "noeviction"},
        {"maxmemory-policy", "allkeys-lru"},
        {"maxmemory-policy", "allkeys-lfu"},
        {"maxmemory-policy", "volatile-ttl"},
        {"timeout", "0"},
        {"timeout", "100"},
        {"maxclients", "5000"},
        {"maxclients", "10000"},
        {"proto-max-bulk-len", "1mb"},
        {"proto-max-bulk-len", "512mb"},
        {"client-query-buffer-limit", "1mb"},
        {"client-query-buffer-limit", "1gb"},
        {"client-output-buffer-limit", "normal 10mb 5mb 60"},
        {"client-output-buffer-limit", "normal 0 0 0"},
        {"loglevel", "debug"},
        {"loglevel", "warning"},
        {"tcp-keepalive", "0"},
    };
    uint32_t i = rnd(&h->seed, sizeof pairs / sizeof *pairs);
    OK(kv_config(h->db, pairs[i][0], pairs[i][1]));
    if (rnd(&h->seed, 4)) return;
    kv_lock(h->db);
    EQ(kv_config(h->db, "maxmemory", "much"), KV_ARG);
    CHECK(strstr(kv_message(h->db), "maxmemory"));
    kv_unlock(h->db);
    OK(kv_config_file(h->db, "from-memory.conf"));
}

static int64_t hammer_load(void *ctx, const char *path, void *p, size_t cap) {
    static const char conf[] = "hz 20\nactivedefrag yes\nmaxmemory 2gb\n";
    (void)ctx, (void)path;
    CHECK(cap >= sizeof conf);
    memcpy(p, conf, sizeof conf - 1);
    return sizeof conf - 1;
}

static void do_look(hammer *h) {
    kv_statistics st;
    memset(&st, 0, sizeof st);
    st.size = sizeof st;
    OK(kv_stats(h->db, &st));
    CHECK(st.commands >= h->commands);
    CHECK(st.keys >= BASE && st.keys >= st.expires);
    CHECK(st.peak_memory >= st.used_memory);
    h->commands = st.commands;
    CHECK(kv_timeout(h->db) >= -1);
    CHECK(kv_now_ms(h->db) > FAKE_MS);
    CHECK(kv_version_number() == KV_VERSION_NUMBER && *kv_version());
    SAME(kv_errstr(KV_OK), "ok");
    if (rnd(&h->seed, 4)) return;
    int rc = kv_check(h->db);
    if (rc) fprintf(stderr, "%s\n", kv_message(h->db));
    OK(rc);
}

static void do_commands(hammer *h) {
    static const char *const lines[] = {
        "INFO",
        "CLIENT LIST",
        "KEYS base:*",
        "DBSIZE",
        "COMMAND COUNT",
        "MGET base:1 base:2 count:0",
        "CLIENT SETNAME me",
        "RANDOMKEY",
        "SCAN 0 COUNT 50",
        "CLIENT KILL TYPE normal",
        "SELECT 1",
        "SET a v PX 3",
        "SETEX b 1 v",
        "MSETEX 2 c v d v PX 10",
        "GETEX a PX 1",
        "DBSIZE",
        "SELECT 4",
        "MSET a 1 b 2 c 3",
        "FLUSHDB",
        "SELECT 5",
        "SET k v",
        "SWAPDB 4 5",
        "SELECT 0",
        "HELLO 3",
        "RESET",
    };
    uint32_t i = rnd(&h->seed, sizeof lines / sizeof *lines);
    if (!strncmp(lines[i], "CLIENT K", 8) && rnd(&h->seed, 10)) return;
    if (!strncmp(lines[i], "SELECT", 6)) {
        for (; strncmp(lines[i], "SELECT 0", 8); i++) {
            if (!hammer_line(h, h->s, lines[i], NULL)) break;
        }
        if (!hammer_line(h, h->s, "SELECT 0", NULL)) reopen(h, &h->s);
    } else if (i < 10 || i > 21) {
        if (!hammer_line(h, h->s, lines[i], NULL)) reopen(h, &h->s);
    }
}

static void do_sessions(hammer *h) {
    kv_session *s = NULL, *t = NULL;
    OK(kv_session_open(h->db, &s));
    OK(kv_session_open(h->db, &t));
    hammer_line(h, s, "CLIENT SETNAME short", NULL);
    int rc = kv_feed(t, "*2\r\n$3\r\nGET", 11);
    if (rc != KV_OK) EQ(rc, KV_CLOSED);
    kv_session_close(s);
    kv_session_close(t);

    /* one that is everybody's */
    kv_lock(h->db);
    kv_slice p;
    hammer_line(h, h->a->shared, "ECHO x", NULL);
    rc = kv_feed(h->a->shared, "ECHO hello\r\n", 12);
    if (rc == KV_OK) {
        OK(kv_pending(h->a->shared, &p));
        EQ(p.n, 11);
        CHECK(!memcmp(p.p, "$5\r\nhello\r\n", 11));
        kv_consume(h->a->shared, p.n);
    } else {
        EQ(rc, KV_CLOSED);
        reopen(h, &h->a->shared);
    }
    kv_unlock(h->db);
}

static void do_add(hammer *h) {
    if (h->rows == NEW_ROWS) return;
    kv_command row = {NULL,    hammer_answer, 1,   KV_FAST, "", "h",
                      "1.0.0", "O(1)",        ".", "",      h};
    int64_t n;
    snprintf(h->names[h->rows], sizeof h->names[0], "h.%d.%d", h->number,
             h->rows);
    row.name = h->names[h->rows];
    h->row[h->rows] = row;
    OK(kv_add_command(h->db, &h->row[h->rows]));
    EQ(kv_add_command(h->db, &h->row[h->rows]), KV_ARG);
    CHECK(hammer_line(h, NULL, h->names[h->rows++], &n));
    EQ(n, h->number);
}

static void do_pair(hammer *h) {
    char a[32], b[32];
    size_t n, m;
    kv_lock(h->db);
    OK(kv_get(h->db, 0, "pair:a", 6, a, sizeof a, &n));
    OK(kv_get(h->db, 0, "pair:b", 6, b, sizeof b, &m));
    CHECK(n == m && !memcmp(a, b, n));
    n = (size_t)snprintf(a, sizeof a, "%u", rnd(&h->seed, 1000000));
    OK(kv_set(h->db, 0, "pair:a", 6, a, n, 0));
    kv_lock(h->db);
    OK(kv_set(h->db, 0, "pair:b", 6, a, n, 0));
    kv_unlock(h->db);
    kv_unlock(h->db);
}

static void do_disturb(hammer *h) {
    kv_interrupt(h->db);
    if (!rnd(&h->seed, 8)) kv_stop(h->db);
}

static void *strike(void *arg) {
    static const struct {
        void (*fn)(hammer *h);
        int often;
    } things[] = {
        {do_set, 12},   {do_get, 12},     {do_del, 6},      {do_view, 8},
        {do_count, 12}, {do_feed, 4},     {do_transfer, 4}, {do_client, 3},
        {do_scan, 2},   {do_hooks, 1},    {do_listen, 1},   {do_config, 3},
        {do_look, 2},   {do_commands, 8}, {do_sessions, 2}, {do_add, 1},
        {do_pair, 4},   {do_disturb, 2},
    };
    hammer *h = (hammer *)arg;
    reopen(h, &h->s);
    reopen(h, &h->feeder);
    while (seconds() < h->a->end) {
        int at = (int)rnd(&h->seed, 87), i = 0;
        while (at >= things[i].often) at -= things[i++].often;
        things[i].fn(h);
    }
    kv_session_close(h->s);
    kv_session_close(h->feeder);
    return NULL;
}

static void everything(void) {
    static hammer h[HAMMERS];
    static anvil a;
    const char *often = getenv("KV_HAMMER");
    kv_desc d;
    kv_sys sys;
    memset(&d, 0, sizeof d);
    memset(&sys, 0, sizeof sys);
    memset(&a, 0, sizeof a);
    sys.load = hammer_load;
    d.size = sizeof d;
    d.sys = &sys;
    d.log = hammer_log;
    d.log_ctx = &a;
    OK(kv_open(&a.db, &d));
    CHECK(!pthread_mutex_init(&a.lock, NULL));
    CHECK(!pthread_mutex_init(&a.hooks, NULL));
    CHECK(!pthread_mutex_init(&a.listening, NULL));
    a.shared = session(a.db);
    for (size_t i = 0; i < sizeof hammer_rows / sizeof *hammer_rows; i++) {
        OK(kv_add_command(a.db, &hammer_rows[i]));
    }
    int64_t commands = run_int(a.db, NULL, "COMMAND COUNT");
    for (int i = 0; i < BASE; i++) {
        char key[16];
        snprintf(key, sizeof key, "base:%d", i);
        OK(put(a.db, key, "stays"));
    }
    OK(put(a.db, "pair:a", "x"));
    OK(put(a.db, "pair:b", "x"));
    OK(kv_exec_line(a.db, NULL, "MSET acc:a 0 acc:b 0", NULL));
    OK(kv_exec_line(a.db, NULL, "MSET count:0 0 count:1 0 count:2 0 count:3 0",
                    NULL));

    a.end = seconds() + (often ? strtod(often, NULL) : 1);
    pthread_t server = start(hammer_serve, &a), t[HAMMERS];
    for (int i = 0; i < HAMMERS; i++) {
        memset(&h[i], 0, sizeof h[i]);
        h[i].a = &a;
        h[i].db = a.db;
        h[i].number = i;
        h[i].seed = (uint64_t)(i + 1) * UINT64_C(0x9e3779b97f4a7c15);
        t[i] = start(strike, &h[i]);
    }
    for (int i = 0; i < HAMMERS; i++) join(t[i]);
    pthread_mutex_lock(&a.lock);
    a.done = 1;
    pthread_mutex_unlock(&a.lock);
    kv_stop(a.db);
    join(server);
    kv_reply_free(a.db, a.letter);
    kv_session_close(a.shared);

    /* nothing was lost, nothing came twice */
    long sure = 0, maybe = 0, keys = BASE + COUNTS + 4, rows = 0, adopted = 0;
    for (int i = 0; i < HAMMERS; i++) {
        for (uint32_t k = 0; k < OWN; k++) {
            own_is(&h[i], k);
            keys += h[i].own[k] != 0;
        }
        sure += h[i].sure;
        maybe += h[i].maybe;
        rows += h[i].rows;
        adopted += h[i].adopted;
    }
    kv_statistics st;
    memset(&st, 0, sizeof st);
    st.size = sizeof st;
    for (int i = 0; i < 1000 && (!i || st.clients); i++) {
        kv_poll(a.db, 1);
        OK(kv_stats(a.db, &st));
    }
    EQ(st.clients, 0);
    long sum = all_counts(a.db);
    CHECK(sum >= sure && sum <= sure + maybe);
    CHECK(sure > 0 && (long)st.commands > sure &&
          (long)st.connections >= adopted);
    EQ(run_int(a.db, NULL, "DBSIZE"), keys);
    EQ(run_int(a.db, NULL, "COMMAND COUNT"), commands + rows);
    EQ(run_int(a.db, NULL, "h.total acc:a acc:b"), 0);
    if (getenv("KV_HAMMER_TELL")) {
        printf("sum %ld sure %ld maybe %ld keys %ld rows %ld adopted %ld "
               "commands %lu connections %lu served %d logged %ld\n",
               sum, sure, maybe, keys, rows, adopted,
               (unsigned long)st.commands, (unsigned long)st.connections,
               a.served, a.logged);
    }
    CHECK(!pthread_mutex_destroy(&a.lock));
    CHECK(!pthread_mutex_destroy(&a.hooks));
    CHECK(!pthread_mutex_destroy(&a.listening));
    finish(a.db);
}

static const test tests[] = {
    T(everything),
};
MAIN(tests)
