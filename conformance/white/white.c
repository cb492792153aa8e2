/* Tests of what kv.c keeps to itself, with all of its statics in reach.
 *
 *     cc -std=c99 -DKV_DEBUG=1 -I. conformance/white/white.c -lm -pthread
 *
 * Without arguments every test runs in a process of its own; with names those
 * run in this one; --list prints the names. KV_WHITE_SCALE=N divides the sizes.
 * The seed of all random choices is fixed; KV_WHITE_SEED=N takes another.
 */
#include "../../kv.c"

#include <math.h>
#include <sys/wait.h>

/* ---- Checks ------------------------------------------------------------ */

static char where[200]; /* what was being done, shown with a failure */

static void fail_at(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: %s%s%s\n", file, line, what, *where ? ": " : "",
            where);
    fflush(NULL);
    _exit(1);
}

#define CHECK(x) ((x) ? (void)0 : fail_at(__FILE__, __LINE__, #x))
#define EQ(got, want) \
    eq_at(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))

static void eq_at(const char *file, int line, const char *what, long long got,
                  long long want) {
    char text[200];
    if (got == want) return;
    snprintf(text, sizeof text, "%s is %lld, not %lld", what, got, want);
    fail_at(file, line, text);
}

#define SAME(got, want) same_at(__FILE__, __LINE__, got, want)

static void same_at(const char *file, int line, str got, const char *want) {
    char text[400];
    if (str_eq(got, str_c(want))) return;
    snprintf(text, sizeof text, "\"%.*s\" is not \"%.150s\"",
             (int)min_z(got.n, 150), (const char *)got.p, want);
    fail_at(file, line, text);
}

static u64 rnd_state = 88172645463325252u;

static u64 rnd(void) {
    rnd_state ^= rnd_state << 13;
    rnd_state ^= rnd_state >> 7;
    rnd_state ^= rnd_state << 17;
    return rnd_state * 0x2545f4914f6cdd1du;
}

static size_t below(size_t n) { return (size_t)(rnd() >> 16) % n; }

static long scale = 1;

/* A size that is right for a fast machine, made smaller for a slow one. */
static size_t sized(size_t n) {
    size_t v = n / (size_t)scale;
    return v ? v : 1;
}

static i64 cpu_us(void) { return sys_clock(CLOCK_PROCESS_CPUTIME_ID); }

/* ---- A host: its memory and its clock ---------------------------------- */

typedef struct host {
    size_t bytes;
    long blocks, calls;
    long fail_at;   /* this call fails; 0: none */
    int fail_after; /* and all behind it */
    int shrinks;    /* making a block smaller never fails */
    int failed;
} host;

static void *host_alloc(void *ctx, void *p, size_t old, size_t n) {
    host *h = ctx;
    void *q;
    CHECK(!p == !old);
    if (!n) {
        h->bytes -= old;
        h->blocks -= p != NULL;
        free(p);
        return NULL;
    }
    if (!(h->shrinks && p && n <= old)) {
        h->calls++;
        if (h->fail_at && (h->calls == h->fail_at ||
                           (h->fail_after && h->calls > h->fail_at))) {
            h->failed = 1;
            return NULL;
        }
    }
    q = realloc(p, n);
    CHECK(q);
    h->bytes += n - old;
    h->blocks += !p;
    return q;
}

static void host_fail(host *h, long n, int after) {
    h->calls = 0;
    h->failed = 0;
    h->fail_at = n;
    h->fail_after = after;
}

enum { WALL = 1700000000 }; /* seconds: when each test begins */

typedef struct world {
    kv *k;
    host h;
    i64 us; /* since the test began */
    u64 seed;
} world;

static i64 world_wall(void *ctx) { return ((world *)ctx)->us + (i64)WALL * 1000000; }
static i64 world_mono(void *ctx) { return ((world *)ctx)->us; }

static void world_random(void *ctx, void *p, size_t n) {
    world *w = ctx;
    size_t i;
    for (i = 0; i < n; i++) {
        w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
        ((u8 *)p)[i] = (u8)(w->seed >> 56);
    }
}

static kv *world_open(world *w, u64 seed) {
    kv_desc d;
    memset(w, 0, sizeof *w);
    memset(&d, 0, sizeof d);
    w->seed = seed;
    d.size = sizeof d;
    d.alloc = host_alloc;
    d.alloc_ctx = &w->h;
    d.wall_us = world_wall;
    d.mono_us = world_mono;
    d.clock_ctx = w;
    d.random = world_random;
    d.random_ctx = w;
    EQ(kv_open(&w->k, &d), KV_OK);
    read_clocks(w->k);
    return w->k;
}

static void world_close(world *w) {
    host_fail(&w->h, 0, 0);
    kv_close(w->k);
    EQ(w->h.blocks, 0);
    EQ(w->h.bytes, 0);
}

static void world_sleep(world *w, i64 ms) {
    w->us += ms * 1000;
    read_clocks(w->k);
}

/* ---- Commands ---------------------------------------------------------- */

static u8 reply_bytes[1 << 17]; /* the last reply, cut */

/* Calls a command as the loop does, for the default session. */
static str call(kv *k, size_t argc, const str *argv) {
    struct request r;
    size_t start = k->out.n, n;
    memset(&r, 0, sizeof r);
    r.argv = (str *)argv;
    r.argc = argc;
    r.cmd = cmd_of(k, argv, argc);
    if (r.cmd && r.cmd->first && (size_t)r.cmd->first < argc)
        r.hash = db_hash(k, argv[r.cmd->first]);
    turn_call(k, k->own, &r);
    n = min_z(k->out.n - start, sizeof reply_bytes);
    copy(reply_bytes, k->out.p + start, n);
    k->out.n = start;
    return str_of(reply_bytes, n);
}

enum { WORDS = 64 };

/* Splits a line at spaces; @N is a word of N letters. */
static size_t words_of(const char *line, str *argv) {
    static u8 text[1 << 18];
    size_t n = 0, at = 0;
    while (*line) {
        size_t len = strcspn(line, " ");
        CHECK(n < WORDS);
        if (*line == '@') {
            size_t i, size = (size_t)atol(line + 1);
            CHECK(at + size <= sizeof text);
            for (i = 0; i < size; i++) text[at + i] = (u8)('a' + i % 26);
            argv[n++] = str_of(text + at, size);
            at += size;
        } else {
            argv[n++] = str_of(line, len);
        }
        line += len;
        while (*line == ' ') line++;
    }
    return n;
}

static str run(kv *k, const char *line) {
    str argv[WORDS];
    size_t n = words_of(line, argv);
    return call(k, n, argv);
}

static int is_oom(str reply) {
    return reply.n >= 4 && memcmp(reply.p, "-OOM", 4) == 0;
}

/* ---- What an instance holds -------------------------------------------- */

static size_t cost(const mem *m, size_t n) {
    if (KV_MEM && n <= MEM_SMALL) return m->class_size[m->class_of[(n + 7) / 8]];
    return mem_exact(m, n) + sizeof(struct mem_big);
}

struct sum {
    kv *k;
    const db *d;
    size_t bytes;
    u64 hash;
};

static int sum_ent(void *ctx, ent *e) {
    struct sum *s = ctx;
    static const u64 seed[2] = {1, 2};
    str key = ent_key(e), val = ent_val(e);
    u64 x;
    s->bytes += cost(&s->k->m, ent_size(e));
    if (e->flags & ENT_BIG) s->bytes += cost(&s->k->m, ent_big(e).cap);
    if (db_is_expired(s->k, e)) return 0;
    x = hash_key(seed, key.p, key.n) * 31 + hash_key(seed, val.p, val.n);
    x = (x ^ (u64)ent_exp(e)) * 0x9e3779b97f4a7c15u + (u64)s->d->id;
    s->hash += (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
    return 0;
}

static size_t exp_bytes(const mem *m, const struct exp_node *n) {
    const struct exp_inner *in = (const struct exp_inner *)(const void *)n;
    size_t sum;
    int i;
    if (n->cap) return cost(m, exp_leaf_size(n->cap));
    sum = cost(m, sizeof *in);
    for (i = 0; i < n->n; i++) sum += exp_bytes(m, in->kid[i]);
    return sum;
}

static size_t tab_bytes(const tab *t) {
    const mem *m = t->h->m;
    size_t sum = 0, i, j, b;
    for (i = 0; i < 2; i++) {
        u32 level = t->level + (u32)i;
        u64 left = i ? 2 * (u64)t->split : (u64)1 << t->level;
        if (!t->dir[i]) continue;
        sum += cost(m, tab_dir_size(level) * sizeof *t->dir[i]);
        for (b = 0; b < tab_dir_size(level); b++) {
            struct tab_seg *s = t->dir[i][b];
            if (!s) continue;
            sum += cost(m, tab_block_size(level) * sizeof *s);
            for (j = 0; j < tab_block_size(level); j++)
                if (s[j].b && b * TAB_BLOCK + j < left)
                    sum += cost(m, s[j].buckets * sizeof(struct tab_bucket));
        }
    }
    return sum;
}

/* The hash of all live data; and every block of a keyspace is reached. */
static u64 data_of(kv *k) {
    struct sum s = {0};
    i64 i;
    s.k = k;
    for (i = 0; i < k->p.databases; i++) {
        const db *d = s.d = k->dbs[i];
        if (!d) continue;
        s.bytes = tab_bytes(&d->t) + (d->x.root ? exp_bytes(&k->m, d->x.root) : 0);
        tab_each(&d->t, sum_ent, &s);
        EQ(d->h.used, s.bytes);
    }
    return s.hash;
}

static void sound_at(int line, kv *k) {
    struct chk x;
    if (!chk_all(&x, k)) fail_at(__FILE__, line, x.why);
}
#define SOUND(k) sound_at(__LINE__, k)

static void reap(kv *k) {
    while (mem_reap(&k->m)) {}
}

/* ---- Records and events ------------------------------------------------ */

static void no_event(void *ctx, const char *event, int dbnum, const void *key,
                     size_t n) {
    static const u64 seed[2] = {0, 0};
    (void)event, (void)dbnum;
    *(u64 *)ctx += hash_key(seed, key, n);
}

static void no_change(void *ctx, int dbnum, const void *resp, size_t n) {
    static const u64 seed[2] = {0, 0};
    (void)dbnum;
    *(u64 *)ctx += hash_key(seed, resp, n);
}

static u64 heard;

static void listen_in(kv *k) {
    kv_on_event(k, no_event, &heard);
    kv_on_change(k, no_change, &heard);
}

/* ---- Every reserve fails once ------------------------------------------ */

/* clang-format off */
static const char *const WRITES[] = {
    "SET new v", "SET new @2000", "SET new @20000", "SET small @30",
    "SET small @500", "SET small @2000", "SET big v", "SET big @2000",
    "SET huge @20001", "SET ttl v", "SET ttl v KEEPTTL", "SET ttl @3000 KEEPTTL",
    "SET new v EX 100", "SET small v PX 5000", "SET big @30000 EXAT 1800000000",
    "SET small v GET", "SET huge v GET", "SET ttl @1500 GET KEEPTTL",
    "SET small v XX GET", "SET new v NX", "SET small w IFEQ v",
    "SET dead v", "SET dead v EX 10", "SET dead @4000 GET",
    "SETNX new @1200", "SETEX new 10 @1200", "PSETEX ttl 99999 v",
    "GETSET big w", "GETSET new w", "GETDEL small", "GETDEL huge", "GETDEL ttl",
    "GETEX small EX 50", "GETEX ttl PERSIST", "GETEX big PXAT 1800000000000",
    "GETEX huge PXAT 5", "GETEX huge EX 99",
    "MSET a 1 b 2 c 3 d @2000 e @20000", "MSET small 1 big 2 ttl 3 huge 4 dead 5",
    "MSET a 1 a 2 a @3000", "MSETNX a 1 b @9000", "MSETNX a 1 small 1",
    "MSETEX 3 a 1 ttl @2000 small 2 EX 30", "MSETEX 2 ttl 1 small 2 KEEPTTL",
    "MSETEX 2 ttl 1 small 2 XX PXAT 1800000000000", "MSETEX 2 dead 1 a 2 NX EX 9",
    "APPEND small tail", "APPEND small @1020", "APPEND small @20000",
    "APPEND big tail", "APPEND big @3000", "APPEND huge @50000", "APPEND new v",
    "APPEND new @2000", "APPEND ttl x", "APPEND ttl @2000", "APPEND dead x",
    "SETRANGE small 3 abc", "SETRANGE small 5000 x", "SETRANGE big 10 x",
    "SETRANGE big 60000 x", "SETRANGE new 100 x", "SETRANGE new 30000 x",
    "SETRANGE ttl 2000 x", "SETRANGE huge 19999 yyy",
    "INCR n", "INCR new", "DECR n", "INCRBY n 1000000000000", "DECRBY nttl 5",
    "INCR dead", "INCRBYFLOAT n 0.5", "INCRBYFLOAT new 1e300",
    "INCRBYFLOAT nttl 1e1000",
    "DEL small big huge ttl new", "UNLINK huge small dead", "DELEX small",
    "DELEX small IFEQ v", "DELIFEQ small v",
    "RENAME small big", "RENAME huge small", "RENAME ttl new", "RENAME huge ttl",
    "RENAME small ttl", "RENAME big new", "RENAMENX ttl new", "RENAMENX small big",
    "RENAME small dead", "RENAME dead small",
    "COPY small new", "COPY big new", "COPY huge new", "COPY ttl new",
    "COPY ttl small REPLACE", "COPY huge ttl REPLACE", "COPY big big DB 3",
    "COPY ttl ttl DB 1", "COPY small other DB 1 REPLACE", "COPY small dead",
    "MOVE small 1", "MOVE big 2", "MOVE huge 3", "MOVE ttl 1", "MOVE other 1",
    "EXPIRE small 100", "EXPIRE ttl 200", "PEXPIRE big 1000 NX",
    "EXPIREAT huge 1800000000", "PEXPIREAT ttl 1800000000000 GT", "EXPIRE ttl -1",
    "PERSIST ttl", "PERSIST nttl", "PERSIST small", "EXPIRE dead 10",
    "SWAPDB 0 1", "SWAPDB 0 9", "FLUSHDB", "FLUSHALL", "FLUSHALL ASYNC",
    "GET huge", "MGET small big huge ttl dead", "EXISTS dead", "TOUCH dead ttl",
    "RANDOMKEY", "SCAN 0 COUNT 1000", "KEYS *",
};
/* clang-format on */

enum { PREPARED = 185 };

/* Small, long and very long values, some with an expiry, one past it. */
static void prepare(world *w, size_t extra) {
    static const char *const lines[] = {
        "SET small v", "SET big @2000", "SET huge @20000", "SET ttl v EX 1000",
        "SET n 10", "SET nttl 77 EX 5000", "SET dead v PX 5", "SELECT 1",
        "SET other x", "SET dead x PX 5", "SELECT 0"};
    size_t i;
    char line[64];
    for (i = 0; i < COUNT(lines); i++) run(w->k, lines[i]);
    for (i = 0; i < extra; i++) {
        snprintf(line, sizeof line, "SET key:%d x%s", (int)i,
                 i % 3 ? "" : " EX 77");
        SAME(run(w->k, line), "+OK\r\n");
    }
    world_sleep(w, 10);
}

enum { FAIL_RESERVE, FAIL_HOST, FAIL_HOST_ON };

/* One attempt of a line with the n-th reserve failing. Returns whether that
 * was reached. */
static int attempt(const char *line, long n, int how, int listening,
                   size_t extra, u64 wanted) {
    world w;
    kv *k = world_open(&w, 7);
    u64 was, is;
    int fired;
    str r;
    size_t used;
    prepare(&w, extra);
    if (listening) listen_in(k);
    was = data_of(k);
    snprintf(where, sizeof where, "%s, failure %ld of kind %d, %d keys%s", line,
             n, how, (int)extra, listening ? ", listening" : "");
    if (how == FAIL_RESERVE) k->m.fail_in = n;
    else host_fail(&w.h, n, how == FAIL_HOST_ON);
    r = run(k, line);
    fired = how == FAIL_RESERVE ? k->m.fail_in == 0 : w.h.failed;
    k->m.fail_in = 0;
    host_fail(&w.h, 0, 0);
    SOUND(k);
    is = data_of(k);
    if (is_oom(r)) {
        CHECK(fired);
        CHECK(is == was);
        r = run(k, line); /* the same goes well now */
        CHECK(!is_oom(r));
        SOUND(k);
        is = data_of(k);
    }
    CHECK(is == wanted);
    run(k, "FLUSHALL");
    SOUND(k);
    for (used = 0; used < DBS_MAX && (i64)used < k->p.databases; used++)
        if (k->dbs[used]) EQ(k->dbs[used]->h.used, 0);
    world_close(&w);
    return fired;
}

static void fail_all(int how, size_t extra) {
    size_t i;
    for (i = 0; i < COUNT(WRITES); i++) {
        int listening;
        for (listening = 0; listening < 2; listening++) {
            world w;
            long n;
            u64 wanted;
            kv *k = world_open(&w, 7);
            prepare(&w, extra);
            run(k, WRITES[i]);
            wanted = data_of(k);
            world_close(&w);
            for (n = 1; attempt(WRITES[i], n, how, listening, extra, wanted); n++)
                CHECK(n < 1000);
        }
    }
}

static void fail_every_reserve(void) { fail_all(FAIL_RESERVE, 0); }
static void fail_every_reserve_many_keys(void) {
    fail_all(FAIL_RESERVE, PREPARED);
}
static void fail_host_once(void) { fail_all(FAIL_HOST, 20); }
static void fail_host_for_good(void) { fail_all(FAIL_HOST_ON, 20); }

/* SET of a new key at every size of a growing table, with each failure. */
static void fail_table_growth(void) {
    world w;
    kv *k = world_open(&w, 3);
    size_t i, most = sized(6000);
    char line[64];
    if (most < 1000) most = 1000;
    for (i = 0; i < most; i++) {
        long n;
        for (n = 1;; n++) {
            int fired;
            str r;
            snprintf(line, sizeof line, "SET key:%d v%s", (int)i,
                     i % 2 ? "" : " EX 100");
            snprintf(where, sizeof where, "%s, failure %ld", line, n);
            k->m.fail_in = n;
            r = run(k, line);
            fired = k->m.fail_in == 0;
            k->m.fail_in = 0;
            if (!is_oom(r)) {
                SAME(r, "+OK\r\n");
                break;
            }
            CHECK(fired);
            EQ(db_size(k, 0), i);
        }
        if (i % 16 == 0 || (i > 170 && i < 200)) {
            SOUND(k);
            data_of(k);
        }
    }
    /* and away again: deleting never needs memory */
    for (i = 0; i < most; i++) {
        snprintf(line, sizeof line, "DEL key:%d", (int)i);
        snprintf(where, sizeof where, "%s", line);
        k->m.fail_in = (i64)below(3) + 1;
        SAME(run(k, line), ":1\r\n");
        k->m.fail_in = 0;
        if (i % 16 == 0) {
            SOUND(k);
            data_of(k);
        }
    }
    SOUND(k);
    data_of(k);
    world_close(&w);
}

/* ---- Many keys in one command ------------------------------------------ */

static void many_keys(const char *name, size_t n) {
    world w;
    kv *k = world_open(&w, 5);
    size_t i, argc = 2 * n + 1;
    str *argv = malloc((argc + 1) * sizeof *argv);
    char *text = malloc(n * 12);
    i64 t;
    CHECK(argv && text);
    argv[0] = str_c(name);
    for (i = 0; i < n; i++) {
        argv[1 + 2 * i] = str_of(text + 12 * i, (size_t)sprintf(text + 12 * i, "k%d", (int)i));
        argv[2 + 2 * i] = LIT("v");
    }
    snprintf(where, sizeof where, "%s of %d keys", name, (int)n);
    t = cpu_us();
    call(k, argc, argv);
    t = cpu_us() - t;
    EQ(db_size(k, 0), n);
    SOUND(k);
    data_of(k);
    for (i = 0; i < n; i++) argv[1 + i] = str_of(text + 12 * i, argv[1 + 2 * i].n);
    snprintf(where, sizeof where, "%s of %d keys: %d ms", name, (int)n, (int)(t / 1000));
    CHECK(t < (i64)n * 50 * scale + 200000); /* no more than 50 us a key */
    snprintf(where, sizeof where, "%s of %d keys holds %d KiB for %d", name, (int)n,
             (int)(k->m.held >> 10), (int)(k->m.used >> 10));
    if (0) CHECK(k->m.held < 4 * k->m.used + 8 * MEM_CHUNK);
    free(argv);
    free(text);
    world_close(&w);
}

static void mset_of_many_keys(void) {
    many_keys("MSET", 1000);
    many_keys("MSET", 20000);
    many_keys("MSET", 30000);
    many_keys("MSET", sized(200000));
    many_keys("MSETNX", 30000);
}

/* ---- Long keys and all listeners: the notes find room ------------------ */

static void notes_of_long_keys(void) {
    static const char *const forms[] = {
        "SET @60000 v EX 100", "SETEX @60000 100 v", "MSETEX 1 @60000 v EX 9",
        "MSET @60000 v", "MOVE @60000 1", "COPY @60000 @60000 DB 1",
        "RENAME other @60000", "INCRBYFLOAT @60000 1", "APPEND @60000 x",
        "SETRANGE @60000 1 x", "GETEX @60000 EX 10", "DEL @60000 @60000 other",
        "PERSIST @60000", "EXPIRE @60000 10", "GETSET @60000 x",
        "MGET @60000 @60000", "COPY other @60000 REPLACE", "INCR @60000",
        "GETDEL @60000", "MSETNX @60000 1 other2 2"};
    size_t i;
    int old;
    for (i = 0; i < COUNT(forms); i++)
        for (old = 0; old < 3; old++) {
            world w;
            kv *k = world_open(&w, 5);
            run(k, "SET other 1");
            run(k, "SELECT 1");
            run(k, "SET @60000 v PX 3");
            run(k, "SELECT 0");
            if (old) run(k, old == 1 ? "SET @60000 v PX 3" : "SET @60000 1");
            world_sleep(&w, 10);
            if (old == 1 && i == 4) {
                run(k, "SET @60000 v");
            }
            listen_in(k);
            snprintf(where, sizeof where, "%s, old %d", forms[i], old);
            {
                struct request r;
                str argv[WORDS];
                memset(&r, 0, sizeof r);
                r.argc = words_of(forms[i], argv);
                r.argv = argv;
                r.cmd = cmd_of(k, argv, r.argc);
                r.hash = db_hash(k, argv[r.cmd->first]);
                k->in_call++; /* keeps the notes for a look at them */
                turn_call(k, k->own, &r);
                k->in_call--;
                CHECK(k->notes.n <= k->notes.cap);
                turn_drain(k);
                k->out.n = 0;
            }
            SOUND(k);
            world_close(&w);
        }
}

/*MORE*/

/* ---- main -------------------------------------------------------------- */

static const struct test {
    const char *name;
    void (*fn)(void);
} TESTS[] = {
#define T(f) {#f, f}
    T(fail_every_reserve),
    T(fail_every_reserve_many_keys),
    T(fail_host_once),
    T(fail_host_for_good),
    T(fail_table_growth),
    T(mset_of_many_keys),
    T(notes_of_long_keys),
    /*TESTS*/
};

/* Runs a test in a process of its own, which may crash or hang. */
static int test_alone(const struct test *t) {
    int status;
    pid_t pid;
    fflush(NULL);
    pid = fork();
    if (pid < 0) return 0;
    if (pid == 0) {
        alarm(100);
        t->fn();
        fflush(NULL);
        _exit(0);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    if (WIFSIGNALED(status))
        fprintf(stderr, "%s: %s by signal %d\n", __FILE__, t->name,
                WTERMSIG(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv) {
    size_t i, passed = 0, failed = 0;
    const char *s = getenv("KV_WHITE_SCALE");
    u16 one = 1;
    int a, list = argc == 2 && strcmp(argv[1], "--list") == 0;
    if (s) scale = atol(s);
    else if (*(u8 *)&one == 0) scale = 16; /* big-endian: most likely emulated */
    if (scale < 1) scale = 1;
    s = getenv("KV_WHITE_SEED");
    if (s) rnd_state += (u64)atol(s) * 2654435761u;
    for (i = 0; i < COUNT(TESTS); i++) {
        i64 t = sys_clock(CLOCK_MONOTONIC);
        if (list) {
            puts(TESTS[i].name);
        } else if (argc == 1) {
            int ok = test_alone(&TESTS[i]);
            passed += ok ? 1 : 0;
            failed += ok ? 0 : 1;
            t = sys_clock(CLOCK_MONOTONIC) - t;
            printf("%s %s %d ms\n", ok ? "ok  " : "FAIL", TESTS[i].name, (int)(t / 1000));
        } else {
            for (a = 1; a < argc; a++)
                if (strcmp(argv[a], TESTS[i].name) == 0) {
                    TESTS[i].fn();
                    passed++;
                }
        }
    }
    if (list) return 0;
    if (argc > 1 && passed < (size_t)argc - 1) {
        fprintf(stderr, "no such test\n");
        return 1;
    }
    printf("%d passed, %d failed\n", (int)passed, (int)failed);
    return failed > 0;
}
