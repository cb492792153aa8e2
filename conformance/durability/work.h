/* What is done to an instance on a disk that crashes or fails, and what is
 * known about it: the states of the data after each command, which of them
 * were acknowledged, which of them a crash may leave.
 *
 * A second instance without a disk, the twin, gets each command first: what
 * its data is then is what the first one's has to be.
 */
#ifndef WORK_H
#define WORK_H

#include "disk.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* ---- Where we are, also for the parent process --------------------------- */

typedef struct progress {
    long workload, point, seed;
    char phase[40], said[300]; /* kv's last message */
    long workloads, operations, points, recoveries, compound, restarts;
    long states, reads, files, cut;
    long faults, refused, recovered_ms, open;
} progress;

static progress *at; /* shared with the parent */
static int loud;     /* says what it does */
static long only_point, only_seed;
static const char *dump_dir;
static char options[40]; /* more of the command line */

#define SAY(...) (loud ? (void)fprintf(stderr, __VA_ARGS__) : (void)0)

/* Runs `work` in a child. When it dies, however that is, says how to do it
 * again. The result is the exit code. */
static inline int guarded(void (*work)(void), const char *program) {
    int status = 0;
    FILE *f = tmpfile();
    CHECK(f && !ftruncate(fileno(f), sizeof *at));
    at = (progress *)mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED,
                          fileno(f), 0);
    CHECK(at != MAP_FAILED);
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (!pid) {
        work();
        fflush(NULL);
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status) && !WEXITSTATUS(status)) return 0;
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "ended by signal %d%s\n", WTERMSIG(status),
                WTERMSIG(status) == SIGALRM ? ": it took too long" : "");
    }
    fprintf(stderr, "the last that kv has said: %s\n", at->said);
    fprintf(stderr,
            "FAILED %s\nagain: %s --workload %ld --point %ld --seed %ld%s -v\n",
            at->phase, program, at->workload, at->point, at->seed, options);
    return 1;
}

/* ---- States -------------------------------------------------------------- */

enum { DBS = 16, VOLATILE = 64, KEYS = 512 };

/* The data: a sum over the keys. Those with an expiry stand apart, as time may
 * pass until the state is found again. */
typedef struct state {
    uint64_t fixed;
    int nvolatile, nkeys;
    struct {
        int64_t at;
        uint64_t hash;
    } v[VOLATILE];
    int64_t acked_us; /* when the reply came, by the steady clock; 0: not yet */
    int promised;     /* everysec: lost only if that is less than 1 s ago */
} state;

static uint64_t mix(uint64_t h, const void *p, size_t n) {
    const unsigned char *b = (const unsigned char *)p;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ b[i]) * UINT64_C(0x100000001b3);
    }
    h = (h ^ n) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

typedef struct key_list {
    int n;
    struct {
        size_t n;
        char p[56];
    } k[KEYS];
} key_list;

static int on_key(void *ctx, const void *p, size_t n) {
    key_list *l = (key_list *)ctx;
    CHECK(l->n < KEYS && n < sizeof l->k[0].p);
    l->k[l->n].n = n;
    memcpy(l->k[l->n++].p, p, n);
    return 0;
}

/* Results of calls that need the disk, or memory. */
static int is_fault(int rc) {
    return rc == KV_IO || rc == KV_FULL || rc == KV_NOFILES || rc == KV_NOMEM;
}

/* A command of two words about a key of the default session's database. NULL:
 * it cannot be answered, as what it saw is not safe. */
static kv_reply *ask(kv *db, const char *word, const void *key, size_t n) {
    kv_slice argv[2];
    kv_reply *r = NULL;
    argv[0] = S(word);
    argv[1].p = key;
    argv[1].n = n;
    int rc = kv_exec(db, NULL, 2, argv, &r);
    CHECK(rc == KV_OK ? r != NULL : is_fault(rc));
    return r;
}

/* 0: no answer. */
static int64_t ask_expire(kv *db, const void *key, size_t n) {
    kv_reply *r = ask(db, "PEXPIRETIME", key, n);
    if (!r) return 0;
    EQ(r->type, KV_INTEGER);
    int64_t i = r->integer;
    kv_reply_free(db, r);
    CHECK(i >= -1 && i);
    return i;
}

/* 0: it could not be read. */
static int state_add(kv *db, int dbnum, state *s, const void *key, size_t n) {
    unsigned char number = (unsigned char)dbnum;
    kv_slice v;
    uint64_t h = mix(mix(77, &number, 1), key, n);
    kv_lock(db);
    int rc = kv_view(db, dbnum, key, n, &v);
    if (rc == KV_OK) h = mix(h, v.p, v.n);
    kv_unlock(db);
    CHECK(rc == KV_OK || rc == KV_WRONGTYPE || is_fault(rc));
    if (is_fault(rc)) return 0;
    if (rc == KV_WRONGTYPE) {
        kv_reply *r = ask(db, "DUMP", key, n);
        if (!r) return 0;
        EQ(r->type, KV_STRING);
        h = mix(h + 1, r->str, r->len);
        kv_reply_free(db, r);
    }
    int64_t expire = ask_expire(db, key, n);
    if (!expire) return 0;
    s->nkeys++;
    h = mix(h, &expire, sizeof expire);
    if (expire < 0) {
        s->fixed += h;
        return 1;
    }
    CHECK(s->nvolatile < VOLATILE);
    s->v[s->nvolatile].at = expire;
    s->v[s->nvolatile++].hash = h;
    return 1;
}

static void select_db(kv *db, int dbnum) {
    char number[8];
    snprintf(number, sizeof number, "%d", dbnum);
    kv_reply_free(db, ask(db, "SELECT", number, strlen(number)));
}

/* The state of the data. The default session ends in database `back`. 0: it
 * cannot be read, as it is not safe. */
static int state_try(kv *db, state *s, int back) {
    key_list keys;
    memset(s, 0, offsetof(state, v));
    s->acked_us = 0;
    s->promised = 0;
    int was = back, ok = 1;
    for (int i = 0; ok && i < DBS; i++) {
        uint64_t cursor = 0;
        int rc;
        keys.n = 0;
        while ((rc = kv_scan(db, i, &cursor, on_key, &keys)) == KV_OK) {
        }
        EQ(rc, KV_NONE);
        if (keys.n && i != was) select_db(db, was = i);
        for (int j = 0; ok && j < keys.n; j++) {
            ok = state_add(db, i, s, keys.k[j].p, keys.k[j].n);
        }
    }
    if (was != back) select_db(db, back);
    return ok;
}

static void state_take(kv *db, state *s, int back) {
    CHECK(state_try(db, s, back));
}

static uint64_t state_value(const state *s, int64_t now_ms) {
    uint64_t sum = s->fixed;
    for (int i = 0; i < s->nvolatile; i++) {
        if (s->v[i].at >= now_ms) sum += s->v[i].hash;
    }
    return sum;
}

static int state_same(const state *a, const state *b, int64_t now_ms) {
    return state_value(a, now_ms) == state_value(b, now_ms);
}

/* ---- Commands ------------------------------------------------------------ */

enum { BY_EXEC, BY_FEED, BY_CALL };

/* The bits of `raw` are arguments that stand in the request as they are: RESP
 * values. */
typedef struct command {
    size_t argc;
    kv_slice argv[12];
    unsigned raw;
    size_t used;
    char bytes[200000];
} command;

static void arg(command *c, const void *p, size_t n) {
    CHECK(c->argc < 12 && c->used + n <= sizeof c->bytes);
    c->argv[c->argc].p = memcpy(c->bytes + c->used, p, n);
    c->argv[c->argc++].n = n;
    c->used += n;
}

static void word(command *c, const char *s) { arg(c, s, strlen(s)); }

static void number(command *c, int64_t i) {
    char s[24];
    snprintf(s, sizeof s, "%lld", (long long)i);
    word(c, s);
}

static void key(command *c, uint64_t *seed) {
    char s[16];
    snprintf(s, sizeof s, "key:%u", (unsigned)rnd(seed, 14));
    word(c, s);
}

static void counter(command *c, uint64_t *seed) {
    char s[16];
    snprintf(s, sizeof s, "n:%u", (unsigned)rnd(seed, 4));
    word(c, s);
}

enum { LONG = 40000 }; /* bytes of a long value */

/* Bytes, some of which look like what stands in the log. */
static void value(command *c, uint64_t *seed, size_t most) {
    static const char *const looks[] = {
        "\r\n#C:0123456789abcdef:0000000010:000000000000\r\n",
        "\r\n*3\r\n$3\r\nSET\r\n$5\r\nkey:1\r\n$3\r\nbad\r\n",
        "#K:0123456789abcdef:000000000000\r\n",
        "*2\r\n$6\r\nSELECT\r\n$1\r\n5\r\n",
        "#TS:1700000000\r\n",
        "\r\n",
        ""};
    static const size_t sizes[] = {0,  3,   8,   20,   20,  60,
                                   60, 200, 500, 1500, 6000};
    static char s[50000]; /* one thread makes commands */
    size_t n = sizes[rnd(seed, 11)], m = 0;
    if (n > most) n = most;
    if (most == LONG && n == 6000 && rnd(seed, 2)) n = LONG;
    if (rnd(seed, 6) == 0) {
        const char *look = looks[rnd(seed, 7)];
        m = strlen(look) < n ? strlen(look) : n;
        memcpy(s, look, m);
    }
    uint32_t kind = rnd(seed, 3);
    for (; m < n; m++) {
        s[m] = kind == 0   ? (char)rnd(seed, 256)
               : kind == 1 ? (char)('a' + m % 7)
                           : (char)('0' + rnd(seed, 10));
    }
    arg(c, s, n);
}

/* Times that no reading of the clock, which goes in steps of 10 ms, hits. */
static int64_t in_ms(uint64_t *seed) {
    return rnd(seed, 2) ? 10 * rnd(seed, 60) + 5 : 10 * rnd(seed, 100000) + 5;
}

static void nested_value(text *t, uint64_t *seed, int depth) {
    char s[64];
    uint32_t n = 1 + rnd(seed, 3), kind = rnd(seed, depth ? 9 : 5);
    switch (kind) {
    case 0: text_puts(t, "_\r\n"); break;
    case 1: text_puts(t, rnd(seed, 2) ? "#t\r\n" : "#f\r\n"); break;
    case 2:
        snprintf(s, sizeof s, ":%u\r\n", (unsigned)rnd(seed, 1000000));
        text_puts(t, s);
        break;
    case 3: text_puts(t, ",1.5\r\n"); break;
    case 4: text_puts(t, "$5\r\nh\r\nlo\r\n"); break;
    default:
        snprintf(s, sizeof s, "%c%u\r\n", "*%~*"[kind - 5], (unsigned)n);
        text_puts(t, s);
        if (kind == 6) n *= 2;
        while (n--) nested_value(t, seed, depth - 1);
    }
}

static void make_nested(command *c, uint64_t *seed) {
    text t = {0};
    text_puts(&t, "*2\r\n:1\r\n");
    nested_value(&t, seed, 3);
    word(c, "SET");
    key(c, seed);
    c->raw |= 1u << c->argc;
    arg(c, t.p, t.n);
    text_free(&t);
}

static void make_set(command *c, uint64_t *seed, int64_t now, int with_long) {
    word(c, "SET");
    key(c, seed);
    value(c, seed, with_long ? LONG : 6000);
    switch (rnd(seed, 12)) {
    case 0: word(c, "PX"), number(c, in_ms(seed)); break;
    case 1: word(c, "PXAT"), number(c, now + in_ms(seed)); break;
    case 2: word(c, "EX"), number(c, 1 + rnd(seed, 3)); break;
    case 3: word(c, "KEEPTTL"); break;
    case 4: word(c, "NX"); break;
    case 5: word(c, "XX"), word(c, "GET"); break;
    case 6: word(c, "PXAT"), number(c, now - 5); break;
    }
}

static void make_expiring(command *c, uint64_t *seed, int64_t now) {
    static const char *const words[] = {"PEXPIRE", "PEXPIREAT", "EXPIRE",
                                        "PERSIST", "GETEX",     "GETEX",
                                        "PSETEX",  "SETEX",     "EXPIREAT"};
    uint32_t kind = rnd(seed, 9);
    word(c, words[kind]);
    key(c, seed);
    switch (kind) {
    case 0: number(c, rnd(seed, 8) ? in_ms(seed) : -1); break;
    case 1: number(c, now + in_ms(seed)); break;
    case 2: number(c, 1 + rnd(seed, 4)); break;
    case 4: word(c, "PX"), number(c, in_ms(seed)); break;
    case 5: word(c, "PERSIST"); break;
    case 6: number(c, in_ms(seed)), value(c, seed, 60); break;
    case 7: number(c, 1 + rnd(seed, 9)), value(c, seed, 60); break;
    case 8: number(c, now / 1000 + rnd(seed, 3)); break;
    }
}

static void make_counting(command *c, uint64_t *seed) {
    static const char *const words[] = {"INCR", "DECR", "INCRBY", "DECRBY",
                                        "INCRBYFLOAT"};
    uint32_t kind = rnd(seed, 5);
    word(c, words[kind]);
    counter(c, seed);
    if (kind == 2 || kind == 3) number(c, rnd(seed, 1000));
    if (kind == 4) word(c, "0.25");
}

static void make_several(command *c, uint64_t *seed) {
    word(c, rnd(seed, 3) ? "MSET" : "MSETNX");
    for (uint32_t n = 2 + rnd(seed, 3); n; n--) {
        key(c, seed);
        value(c, seed, 200);
    }
}

static void make_moving(command *c, uint64_t *seed) {
    static const char *const words[] = {"RENAME", "COPY", "MOVE", "RENAMENX"};
    uint32_t kind = rnd(seed, 4);
    word(c, words[kind]);
    key(c, seed);
    if (kind == 2) number(c, rnd(seed, 4));
    else key(c, seed);
    if (kind != 1) return;
    if (rnd(seed, 2)) word(c, "DB"), number(c, rnd(seed, 4));
    if (rnd(seed, 2)) word(c, "REPLACE");
}

/* A random command. Whether it can be nested depends on the way it goes. */
static void make_command(command *c, uint64_t *seed, int64_t now, int way,
                         int with_long) {
    c->argc = c->used = c->raw = 0;
    uint32_t kind = rnd(seed, 100);
    if (way == BY_CALL) {
        word(c, kind < 75 ? "SET" : "DEL");
        key(c, seed);
        if (kind < 75) value(c, seed, 1500);
        if (kind < 20) word(c, "PXAT"), number(c, now + in_ms(seed));
    } else if (kind < 30) {
        make_set(c, seed, now, with_long);
    } else if (kind < 42) {
        make_counting(c, seed);
    } else if (kind < 50) {
        word(c, rnd(seed, 3) ? "DEL" : "UNLINK");
        key(c, seed);
        if (rnd(seed, 2)) key(c, seed);
    } else if (kind < 60) {
        make_expiring(c, seed, now);
    } else if (kind < 68) {
        word(c, "APPEND"), key(c, seed), value(c, seed, 60);
    } else if (kind < 72) {
        word(c, "SETRANGE"), key(c, seed), number(c, rnd(seed, 50));
        value(c, seed, 20);
    } else if (kind < 78) {
        make_several(c, seed);
    } else if (kind < 83) {
        word(c, "SELECT"), number(c, rnd(seed, 4));
    } else if (kind < 88) {
        make_moving(c, seed);
    } else if (kind < 90) {
        word(c, rnd(seed, 2) ? "GETDEL" : "GET"), key(c, seed);
    } else if (kind < 97) {
        if (way == BY_FEED) make_nested(c, seed);
        else word(c, "GETSET"), key(c, seed), value(c, seed, 60);
    } else if (kind < 98) {
        word(c, rnd(seed, 3) ? "FLUSHDB" : "FLUSHALL");
    } else if (kind < 99) {
        word(c, "SWAPDB"), number(c, rnd(seed, 3)), number(c, rnd(seed, 3));
    } else {
        word(c, "SETNX"), key(c, seed), value(c, seed, 60);
    }
}

static void command_resp(text *t, const command *c) {
    char head[32];
    snprintf(head, sizeof head, "*%lu\r\n", (unsigned long)c->argc);
    text_puts(t, head);
    for (size_t i = 0; i < c->argc; i++) {
        int raw = c->raw >> i & 1;
        snprintf(head, sizeof head, "$%lu\r\n", (unsigned long)c->argv[i].n);
        if (!raw) text_puts(t, head);
        text_add(t, c->argv[i].p, c->argv[i].n);
        if (!raw) text_puts(t, "\r\n");
    }
}

static inline void command_say(const command *c, const char *how) {
    text t = {0};
    for (size_t i = 0; i < c->argc; i++) {
        if (i) text_puts(&t, " ");
        size_t n = c->argv[i].n < 40 ? c->argv[i].n : 40;
        text_quote(&t, (const char *)c->argv[i].p, n);
        if (n < c->argv[i].n) text_puts(&t, "...");
    }
    fprintf(stderr, "%s %s\n", how, t.p);
    text_free(&t);
}

/* Whether it is `name`. */
static int command_is(const command *c, const char *name) {
    return c->argv[0].n == strlen(name) &&
           !memcmp(c->argv[0].p, name, c->argv[0].n);
}

/* What the API calls have: SET key value [PXAT n], DEL key. */
static int command_call(kv *db, int dbnum, const command *c) {
    const kv_slice *v = c->argv;
    int64_t expire = 0;
    if (command_is(c, "DEL")) return kv_del(db, dbnum, v[1].p, v[1].n);
    if (c->argc == 5) {
        char s[24] = {0};
        memcpy(s, v[4].p, v[4].n < 23 ? v[4].n : 23);
        expire = strtoll(s, NULL, 10);
    }
    return kv_set(db, dbnum, v[1].p, v[1].n, v[2].p, v[2].n, expire);
}

/* ---- Replies as bytes ---------------------------------------------------- */

/* The length of the reply at the front; 0: it is not whole. */
static size_t reply_length(const char *p, size_t n) {
    const char *end = (const char *)memchr(p, '\n', n);
    if (!end) return 0;
    size_t used = (size_t)(end - p) + 1;
    long count = strtol(p + 1, NULL, 10);
    if (*p == '$' || *p == '=') {
        if (count < 0) return used;
        used += (size_t)count + 2;
        return used <= n ? used : 0;
    }
    if (!strchr("*%~>", *p)) return used;
    if (*p == '%') count *= 2;
    for (; count > 0; count--) {
        size_t m = used < n ? reply_length(p + used, n - used) : 0;
        if (!m) return 0;
        used += m;
    }
    return used;
}

/* ---- A run of commands --------------------------------------------------- */

enum { POLICY_NO, POLICY_EVERYSEC, POLICY_ALWAYS };
enum { KILL, POWER };

static const char *const policy_names[] = {"no", "everysec", "always"};

/* Crashes look at it from inside kv's calls: it changes under the disk's
 * lock. `acked`, `safe` and `killed` are numbers of states. */
typedef struct run {
    disk *d;
    kv *db, *twin;
    kv_session *s, *twin_s; /* for requests as bytes */
    int dbnum;              /* of the default session */
    state *states;          /* [0 .. n-1]; the last is that of the twin */
    int n, cap;
    int acked;
    int safe; /* on disk whatever happens */
    int policy;
    int off;    /* nothing is logged; since then nothing is promised */
    int begins; /* nor is it before a write after state begins_at */
    int begins_at;
    int crashed;    /* it recovers from a failure of power */
    int strict;     /* the disk was always well and quick */
    int no_log_yet; /* it was never switched on */
    long workload;
    uint64_t seed;
    const char *rewrite_size; /* of auto-aof-rewrite-min-size; NULL: never */
    int timestamps, with_long;
    void *(*alloc)(void *ctx, void *p, size_t old, size_t n);
    void *alloc_ctx;
    int *quiet; /* not 0: no allocation fails */
} run_t;

static void run_lock(run_t *r) { pthread_mutex_lock(&r->d->lock); }
static void run_unlock(run_t *r) { pthread_mutex_unlock(&r->d->lock); }

static int64_t run_wall(void *ctx) { return disk_wall(((run_t *)ctx)->d); }
static int64_t run_mono(void *ctx) { return disk_mono(((run_t *)ctx)->d); }

static int64_t now_ms(const run_t *r) { return disk_wall(r->d) / 1000; }

static void disk_random(void *ctx, void *p, size_t n) {
    disk *d = (disk *)ctx;
    for (size_t i = 0; i < n; i++) {
        ((unsigned char *)p)[i] = (unsigned char)rnd(&d->seed, 256);
    }
}

static void disk_log(void *ctx, int level, const char *s, size_t n) {
    (void)ctx;
    (void)level;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    if (n >= sizeof at->said) n = sizeof at->said - 1;
    pthread_mutex_lock(&lock);
    memcpy(at->said, s, n);
    at->said[n] = 0;
    SAY("    kv: %s\n", at->said);
    pthread_mutex_unlock(&lock);
}

/* What instances on a disk, and copies of them, have in common. */
static kv_desc disk_desc(disk *d) {
    kv_desc desc = fake_desc(NULL);
    desc.wall_us = disk_wall;
    desc.mono_us = disk_mono;
    desc.clock_ctx = d;
    desc.random = disk_random;
    desc.random_ctx = d;
    return desc;
}

/* An instance on a disk. */
static int try_open(disk *d, kv **db, int sync, const run_t *r) {
    kv_desc desc = disk_desc(d);
    kv_sys sys = disk_sys(d);
    desc.dir = DIR_NAME;
    desc.sys = &sys;
    desc.sync = sync;
    desc.log = disk_log;
    if (r && r->alloc) {
        desc.alloc = r->alloc;
        desc.alloc_ctx = r->alloc_ctx;
    }
    *db = NULL;
    return kv_open(db, &desc);
}

static int sync_of(int policy) {
    return policy == POLICY_ALWAYS     ? KV_SYNC_ALWAYS
           : policy == POLICY_EVERYSEC ? KV_SYNC_EVERYSEC
                                       : KV_SYNC_NO;
}

static void settings(const run_t *r, kv *db) {
    OK(kv_config(db, "aof-timestamp-enabled", r->timestamps ? "yes" : "no"));
    if (r->rewrite_size) {
        OK(kv_config(db, "auto-aof-rewrite-percentage", "50"));
        OK(kv_config(db, "auto-aof-rewrite-min-size", r->rewrite_size));
    } else {
        OK(kv_config(db, "auto-aof-rewrite-percentage", "0"));
    }
}

static void sessions_open(run_t *r, kv *db, kv_session **s) {
    static const char hello[] = "CLIENT CAPA nested\r\n";
    kv_slice p;
    (void)r;
    OK(kv_session_open(db, s));
    OK(kv_feed(*s, hello, sizeof hello - 1));
    OK(kv_pending(*s, &p));
    CHECK(p.n == 5 && !memcmp(p.p, "+OK\r\n", 5));
    kv_consume(*s, 5);
}

/* Appends what brings the data of `db` into an empty instance. */
static void copy_out(kv *db, text *t, int back) {
    key_list keys;
    for (int i = 0; i < DBS; i++) {
        uint64_t cursor = 0;
        command c;
        keys.n = 0;
        while (kv_scan(db, i, &cursor, on_key, &keys) == KV_OK) {
        }
        if (!keys.n) continue;
        select_db(db, i);
        c.argc = c.used = c.raw = 0;
        word(&c, "SELECT");
        number(&c, i);
        command_resp(t, &c);
        for (int j = 0; j < keys.n; j++) {
            kv_reply *r = ask(db, "DUMP", keys.k[j].p, keys.k[j].n);
            int64_t expire = ask_expire(db, keys.k[j].p, keys.k[j].n);
            CHECK(r && expire);
            c.argc = c.used = c.raw = 0;
            word(&c, "RESTORE");
            arg(&c, keys.k[j].p, keys.k[j].n);
            number(&c, expire < 0 ? 0 : expire);
            arg(&c, r->str, r->len);
            word(&c, "ABSTTL");
            command_resp(t, &c);
            kv_reply_free(db, r);
        }
    }
    select_db(db, back);
}

/* The twin gets this data. */
static void twin_set(run_t *r, const text *t) {
    kv_session *s;
    kv_slice p;
    kv_reply *f = NULL;
    OK(kv_session_open(r->twin, &s));
    OK(kv_exec_line(r->twin, NULL, "FLUSHALL", &f));
    kv_reply_free(r->twin, f);
    if (t->n) OK(kv_feed(s, t->p, t->n));
    while (kv_pending(s, &p) == KV_OK && p.n) {
        CHECK(!memchr(p.p, '-', p.n));
        kv_consume(s, p.n);
    }
    kv_session_close(s);
}

static void twin_follow(run_t *r) {
    text t = {0};
    copy_out(r->db, &t, r->dbnum);
    twin_set(r, &t);
    text_free(&t);
}

/* One more state: that of the twin. */
static void push(run_t *r) {
    state s;
    state_take(r->twin, &s, r->dbnum);
    run_lock(r);
    if (r->n == r->cap) {
        r->cap = 2 * r->cap + 64;
        r->states =
            (state *)realloc(r->states, (size_t)r->cap * sizeof *r->states);
        CHECK(r->states);
    }
    r->states[r->n++] = s;
    at->states++;
    run_unlock(r);
}

/* The commands that led to the states from `from` to `i` are acknowledged now.
 * What changed nothing says nothing about what was done before it. */
static void acknowledge(run_t *r, int from, int i) {
    if (from < 1) from = 1;
    while (i >= from && state_same(&r->states[i], &r->states[i - 1], now_ms(r)))
        i--;
    if (i < from) return;
    run_lock(r);
    for (int j = r->acked + 1; r->begins && j <= i; j++) {
        if (state_same(&r->states[j], &r->states[r->begins_at], now_ms(r)))
            continue;
        r->begins = r->off = r->no_log_yet = 0;
    }
    while (r->acked < i) {
        state *s = &r->states[++r->acked];
        s->acked_us = disk_mono(r->d);
        s->promised = r->policy == POLICY_EVERYSEC && !r->off;
    }
    if (r->policy == POLICY_ALWAYS && !r->off) r->safe = r->acked;
    run_unlock(r);
}

/* Says whether a crash of this kind may leave state `i`. */
static int allowed(const run_t *r, int i, int kind, int64_t mono) {
    const state *last = NULL;
    if (i < r->safe) return 0;
    if (i >= r->acked) return 1;
    if (kind == KILL && !r->crashed) return r->off || r->no_log_yet;
    for (int j = r->acked; j > i && !last; j--) {
        if (r->states[j].promised) last = &r->states[j];
    }
    for (int j = i + 1; j <= r->acked; j++) {
        const state *s = &r->states[j];
        if (!s->promised) continue;
        if (r->strict) return s->acked_us > mono - 1000000;
        return last->acked_us - s->acked_us <= 1000000;
    }
    return 1;
}

/* The last state that the data may be. -1: it is none of them. */
static int state_find(const run_t *r, const state *got, int64_t now) {
    int i = r->n - 1;
    while (i >= 0 && !state_same(&r->states[i], got, now)) i--;
    return i;
}

static int run_settle_one(run_t *r, int ms) {
    disk_pass(r->d, ms, 0);
#if THREADS
    struct timespec t = {0, 300000};
    nanosleep(&t, NULL);
#endif
    return kv_poll(r->db, 0);
}

/* Time passes, a little at a time. */
static void pass(run_t *r, int ms) {
    for (; ms > 0; ms -= 50) {
        int rc = run_settle_one(r, ms < 50 ? ms : 50);
        CHECK(rc == KV_OK || (rc == KV_NOMEM && r->quiet));
    }
}

/* The data is that of the last state. */
static void live(run_t *r) {
    state s;
    if (r->quiet) ++*r->quiet;
    state_take(r->db, &s, r->dbnum);
    if (r->quiet) --*r->quiet;
    int i = state_find(r, &s, now_ms(r));
    if (i != r->n - 1) {
        fprintf(stderr, "in memory is state %d, not %d\n", i, r->n - 1);
        fail();
    }
}

/* ---- Doing it ------------------------------------------------------------ */

static void twin_do(run_t *r, const command *c, int way) {
    if (way == BY_CALL) {
        command_call(r->twin, r->dbnum, c);
    } else if (way == BY_EXEC) {
        kv_reply *reply = NULL;
        OK(kv_exec(r->twin, NULL, c->argc, c->argv, &reply));
        kv_reply_free(r->twin, reply);
    } else {
        text t = {0};
        kv_slice p;
        command_resp(&t, c);
        OK(kv_feed(r->twin_s, t.p, t.n));
        while (kv_pending(r->twin_s, &p) == KV_OK && p.n) {
            kv_consume(r->twin_s, p.n);
        }
        text_free(&t);
    }
}

/* Tells of a selected database. */
static void follow_select(run_t *r, const command *c) {
    if (!command_is(c, "SELECT")) return;
    r->dbnum = ((const char *)c->argv[1].p)[0] - '0';
}

/* A call failed, or a command was refused: it was done or not, in the whole,
 * as `done` says, if that is known: 0, 1, or -1. `before` has the data without
 * it. A done one is not acknowledged. */
static void not_acknowledged(run_t *r, int done, const text *before) {
    state s;
    int readable;
    for (int i = 0;; i++) {
        if (r->quiet) ++*r->quiet;
        readable = state_try(r->db, &s, r->dbnum);
        if (r->quiet) --*r->quiet;
        if (readable || done >= 0) break;
        CHECK(i < 60);
        if (i == 20) {
            SAY("    the fault ends\n");
            disk_mend(r->d);
        }
        pass(r, 50);
    }
    if (readable) {
        int is = state_same(&s, &r->states[r->n - 1], now_ms(r));
        int was = state_same(&s, &r->states[r->n - 2], now_ms(r));
        if (!is && !was) {
            fprintf(stderr, "after a failure it is neither done nor not\n");
            fail();
        }
        CHECK(done != 0 || was);
        CHECK(done != 1 || is);
        done = is;
    }
    SAY("    it is %s\n", done ? "in memory" : "not done");
    if (done) return;
    run_lock(r);
    r->n--;
    run_unlock(r);
    twin_set(r, before);
}

/* KV_OK: it is acknowledged. With `hurt` it may fail. */
static int do_one(run_t *r, const command *c, int way, int hurt) {
    int rc, done = -1;
    text before = {0};
    if (loud) command_say(c, way == BY_CALL ? "call" : "exec");
    if (hurt) copy_out(r->twin, &before, r->dbnum);
    twin_do(r, c, way);
    if (way == BY_EXEC) follow_select(r, c);
    push(r);
    if (way == BY_CALL) {
        rc = command_call(r->db, r->dbnum, c);
        if (rc == KV_NONE) rc = KV_OK;
    } else {
        kv_reply *reply = NULL;
        rc = kv_exec(r->db, NULL, c->argc, c->argv, &reply);
        if (rc == KV_OK && reply->type == KV_ERROR) {
            if (!strncmp(reply->str, "MISCONF ", 8)) rc = KV_IO;
            if (!strncmp(reply->str, "OOM ", 4)) rc = KV_NOMEM;
            if (rc != KV_OK) done = 0;
            SAY("    -%s\n", reply->str);
        }
        kv_reply_free(r->db, reply);
    }
    if (rc == KV_OK) {
        acknowledge(r, r->n - 1, r->n - 1);
    } else {
        SAY("    %s\n", kv_errstr(rc));
        CHECK(hurt && is_fault(rc));
        at->refused++;
        if (command_is(c, "SELECT")) {
            if (r->quiet) ++*r->quiet;
            select_db(r->db, r->dbnum);
            if (r->quiet) --*r->quiet;
        }
        not_acknowledged(r, done, &before);
    }
    text_free(&before);
    return rc;
}

enum { PIPELINE = 8 };

/* Takes the replies that are there: their number; `refused` gets a bit for
 * each that says so. */
static int take_replies(run_t *r, int first, unsigned *refused) {
    kv_slice p;
    int n = 0;
    for (;;) {
        if (kv_pending(r->s, &p) != KV_OK || !p.n) return n;
        size_t m = reply_length((const char *)p.p, p.n);
        if (!m) return n;
        if (!strncmp((const char *)p.p, "-MISCONF ", 9) ||
            !strncmp((const char *)p.p, "-OOM ", 5)) {
            *refused |= 1u << (first + n);
        }
        if (*(const char *)p.p == '-') {
            SAY("    %.*s\n", (int)m - 2, (const char *)p.p);
        }
        kv_consume(r->s, m);
        n++;
    }
}

/* Several commands in one piece. With `hurt` some may be refused or be late;
 * the fault is ended then. */
static int do_several(run_t *r, command *c, int n, int hurt) {
    text bytes = {0}, before = {0};
    int first = r->n, got, i;
    unsigned refused = 0;
    if (hurt) copy_out(r->twin, &before, r->dbnum);
    for (i = 0; i < n; i++) {
        if (loud) command_say(&c[i], "feed");
        twin_do(r, &c[i], BY_FEED);
        push(r);
        command_resp(&bytes, &c[i]);
    }
    int rc = kv_feed(r->s, bytes.p, bytes.n);
    CHECK(rc == KV_OK ||
          (hurt && (rc == KV_IO || rc == KV_FULL || rc == KV_NOMEM)));
    got = take_replies(r, 0, &refused);
    if (!refused) acknowledge(r, first, first + got - 1);
    for (i = 0; i < 100 && got < n; i++) {
        if (i == 60 && hurt) {
            SAY("    the fault ends\n");
            disk_mend(r->d);
        }
        pass(r, 50);
        int more = take_replies(r, got, &refused);
        if (!refused) acknowledge(r, first + got, first + got + more - 1);
        got += more;
    }
    if (rc == KV_NOMEM && !got) refused = (1u << n) - 1;
    else CHECK(got == n);
    if (refused) {
        CHECK(hurt);
        at->refused++;
        run_lock(r);
        r->n = first;
        if (r->acked >= r->n) r->acked = r->n - 1;
        run_unlock(r);
        twin_set(r, &before);
        for (i = 0; i < n; i++) {
            if (refused >> i & 1 && !command_is(&c[i], "SELECT")) continue;
            twin_do(r, &c[i], BY_FEED);
            push(r);
            acknowledge(r, r->n - 1, r->n - 1);
        }
        live(r);
    }
    text_free(&bytes);
    text_free(&before);
    return refused ? KV_IO : KV_OK;
}

/* A random command. The result is that of do_one(). */
static int do_random_one(run_t *r, int hurt) {
    static command c;
    int way = rnd(&r->seed, 10) < 7 ? BY_EXEC : BY_CALL;
    make_command(&c, &r->seed, now_ms(r), way, r->with_long);
    return do_one(r, &c, way, hurt);
}

/* A random command or some of them. */
static int do_random(run_t *r, int hurt) {
    static command c[PIPELINE];
    int n = 1 + (int)rnd(&r->seed, PIPELINE);
    if (rnd(&r->seed, 10) < 7) return do_random_one(r, hurt);
    for (int i = 0; i < n; i++) {
        make_command(&c[i], &r->seed, now_ms(r), BY_FEED, r->with_long);
    }
    return do_several(r, c, n, hurt);
}

/* Makes an instance on the disk that `r->d` is, and the twin. */
static int run_open(run_t *r, int sync) {
    int rc = try_open(r->d, &r->db, sync, r);
    if (rc != KV_OK) return rc;
    if (r->quiet) ++*r->quiet;
    settings(r, r->db);
    sessions_open(r, r->db, &r->s);
    if (r->quiet) --*r->quiet;
    r->dbnum = 0;
    if (!r->twin) {
        kv_desc desc = fake_desc(NULL);
        desc.wall_us = run_wall;
        desc.mono_us = run_mono;
        desc.clock_ctx = r;
        OK(kv_open(&r->twin, &desc));
    } else {
        kv_session_close(r->twin_s);
        select_db(r->twin, 0);
    }
    sessions_open(r, r->twin, &r->twin_s);
    return KV_OK;
}

static void run_close(run_t *r) {
    kv_session_close(r->s);
    kv_close(r->db);
    r->db = NULL;
}

static void run_free(run_t *r) {
    if (r->twin) kv_session_close(r->twin_s);
    kv_close(r->twin);
    free(r->states);
    disk_close(r->d);
    free(r->d);
    memset(r, 0, sizeof *r);
}

static void run_start(run_t *r, uint64_t seed) {
    memset(r, 0, sizeof *r);
    r->seed = seed * 7919 + 17;
    for (int i = 0; i < 8; i++) rnd(&r->seed, 2);
    r->d = (disk *)malloc(sizeof *r->d);
    CHECK(r->d);
    disk_open(r->d, r->seed);
    r->strict = !THREADS;
    r->states = (state *)calloc(1, sizeof *r->states);
    CHECK(r->states);
    r->n = r->cap = 1; /* no data */
}

/* What is there after an opening is acknowledged: it is shown. */
static void shown(run_t *r, int i) {
    run_lock(r);
    r->n = i + 1;
    if (r->acked > i) r->acked = i;
    if (r->safe > i) r->safe = i;
    r->begins = r->off = r->no_log_yet = 0;
    run_unlock(r);
    acknowledge(r, 1, i);
    twin_follow(r);
}

/* Closes it well and opens it again. */
static inline int run_restart(run_t *r) {
    state s;
    SAY("restart\n");
    at->restarts++;
    run_close(r);
    run_lock(r);
    if (r->strict || (!r->d->fail_at && !r->d->capacity)) r->safe = r->acked;
    run_unlock(r);
    int rc = run_open(r, sync_of(r->policy));
    if (rc != KV_OK) return rc;
    state_take(r->db, &s, 0);
    int i = state_find(r, &s, now_ms(r));
    if (i < r->acked || i < r->n - 1) {
        CHECK(i >= r->acked);
        CHECK(!r->strict);
    }
    shown(r, i);
    return KV_OK;
}

#endif
