/* The log on a disk that fails at any call, and without memory at any
 * allocation: nothing that was acknowledged is missing, at once, after a crash
 * and after a restart; what is refused was not done, what failed is as it was
 * said; writes are taken again within 2 seconds of the fault's end; no
 * descriptor and no memory is lost; the process goes on.
 *
 *     faults                   every third call and allocation
 *     faults --long            every one, more workloads
 *     faults N                 every N-th
 *     faults --workload W --point K --seed S [-v] [--dump DIR]
 *                              one run again
 *
 * A workload is a list of commands, pauses, rewrites and a restart, made from
 * its number. It is run again and again; in the K-th run its K-th call of the
 * disk fails, or its K-th allocation: once, or again and again until some
 * commands later. The seed is the kind of the fault.
 *
 * By hand, from the top directory:
 *     cc -O1 -g -DKV_DEBUG=1 -DKV_MEM=0 -DKV_THREADS=0 -I. \
 *        conformance/durability/faults.c kv.c -lm -pthread -o faults
 */
#include "recover.h"

static long every = 3, most_workloads = 6, only_workload;

/* ---- Memory that fails --------------------------------------------------- */

/* Each block has its size in front. */
typedef union head {
    size_t n;
    long double a;
    void *b;
    long long c;
} head;

typedef struct heap {
    long calls, blocks;
    long fail_at; /* this call fails, 0: none */
    int for_ever; /* and all after it */
    int failed;
    int quiet; /* it is the test that asks */
    pthread_mutex_t lock;
} heap;

static void *heap_resize(heap *h, void *p, size_t old, size_t n) {
    head *b = p ? (head *)p - 1 : NULL, *fresh_block;
    CHECK(b ? b->n == old && old : !old);
    if (!n) {
        if (b) memset(p, 0xdd, old);
        if (b) h->blocks--;
        free(b);
        return NULL;
    }
    if (!h->quiet) h->calls++;
    if (!h->quiet && h->fail_at &&
        (h->for_ever ? h->calls >= h->fail_at : h->calls == h->fail_at)) {
        h->failed = 1;
        return NULL;
    }
    fresh_block = (head *)malloc(sizeof(head) + n);
    CHECK(fresh_block);
    fresh_block->n = n;
    if (b) {
        memcpy(fresh_block + 1, p, old < n ? old : n);
        memset(p, 0xdd, old);
        free(b);
    } else {
        h->blocks++;
    }
    return fresh_block + 1;
}

static void *heap_alloc(void *ctx, void *p, size_t old, size_t n) {
    heap *h = (heap *)ctx;
    pthread_mutex_lock(&h->lock);
    p = heap_resize(h, p, old, n);
    pthread_mutex_unlock(&h->lock);
    return p;
}

static void heap_arm(heap *h, long n, int for_ever) {
    pthread_mutex_lock(&h->lock);
    h->calls = 0;
    h->failed = 0;
    h->fail_at = n;
    h->for_ever = for_ever;
    pthread_mutex_unlock(&h->lock);
}

/* ---- Kinds of faults ----------------------------------------------------- */

static const struct fault {
    const char *name;
    int code, only, for_ever;
    int memory;
} faults[] = {
    {"an error", KV_IO, 0, 0, 0},
    {"errors until it ends", KV_IO, 0, 1, 0},
    {"a full disk", KV_FULL, 0, 1, 0},
    {"no room once", KV_FULL, AT_WRITE, 0, 0},
    {"no room for a while", KV_FULL, AT_WRITE, 1, 0},
    {"short writes and reads", 0, 0, 1, 0},
    {"half a write", 0, AT_WRITE, 0, 0},
    {"a failed sync", KV_IO, AT_SYNC, 0, 0},
    {"failed syncs", KV_IO, AT_SYNC, 1, 0},
    {"no descriptors", KV_NOFILES, AT_OTHERS, 1, 0},
    {"a failed rename", KV_IO, AT_RENAME, 0, 0},
    {"one allocation", 0, 0, 0, 1},
    {"allocations", 0, 0, 1, 1},
};
enum { FAULTS = sizeof faults / sizeof *faults, AFTER = 6, STEPS = 26 };

typedef struct trial {
    run_t r;
    heap h;
    const struct fault *f;
    int ended;      /* there is no fault any more */
    int steps_left; /* until it ends, once it has begun */
} trial;

static int has_failed(trial *t) {
    int failed;
    if (!t->f->memory) return DISK_LOAD(t->r.d->has_failed);
    pthread_mutex_lock(&t->h.lock);
    failed = t->h.failed;
    pthread_mutex_unlock(&t->h.lock);
    return failed;
}

static void end_fault(trial *t) {
    if (t->ended) return;
    t->ended = 1;
    SAY("the fault ends\n");
    disk_mend(t->r.d);
    pthread_mutex_lock(&t->h.lock);
    t->h.fail_at = 0;
    pthread_mutex_unlock(&t->h.lock);
}

/* Counts the commands since the fault began. */
static void after_step(trial *t) {
    if (t->ended || !has_failed(t)) return;
    if (t->f->for_ever && t->steps_left-- > 0) {
        pass(&t->r, 200);
        return;
    }
    end_fault(t);
}

/* Writes are taken again soon. */
static void taken_again(trial *t) {
    run_t *r = &t->r;
    static command c;
    int ms = 0;
    for (;; ms += 50) {
        c.argc = c.used = c.raw = 0;
        word(&c, "INCR");
        word(&c, "n:0");
        if (do_one(r, &c, BY_EXEC, 1) == KV_OK) break;
        CHECK(ms <= 2000);
        pass(r, 50);
    }
    if (ms > at->recovered_ms) at->recovered_ms = ms;
    live(r);
}

/* Crashes here, in both ways. */
static void crash_here(trial *t) {
    run_t *r = &t->r;
    long point = at->point, seed = at->seed;
    for (int kind = KILL; kind <= POWER; kind++) {
        disk *c = (disk *)malloc(sizeof *c);
        uint64_t s = (uint64_t)r->n * 77 + (uint64_t)point + 3;
        CHECK(c);
        run_lock(r);
        if (kind == KILL) disk_copy(c, r->d);
        else disk_crash(c, r->d, s);
        SAY("  crash: %s\n", kind == KILL ? "kill" : "power");
        if (loud) disk_list(c, stderr);
        if (loud && dump_dir) disk_dump(c, dump_dir);
        recover(r, c, kind, s);
        run_unlock(r);
        at->points++;
    }
    at->point = point;
    at->seed = seed;
    strcpy(at->phase, "in the workload");
}

static int open_trial(trial *t, int sync) {
    run_t *r = &t->r;
    int rc;
    long blocks = t->h.blocks;
    strcpy(at->phase, "opening");
    rc = run_open(r, sync);
    if (rc != KV_OK) {
        SAY("cannot open: %s\n", kv_errstr(rc));
        CHECK(is_fault(rc) && has_failed(t) && !t->ended && !r->db);
        EQ(t->h.blocks, blocks);
        for (int i = 0; i < HANDLES; i++) CHECK(!r->d->handles[i]);
        end_fault(t);
        rc = run_open(r, sync);
    }
    strcpy(at->phase, "in the workload");
    return rc;
}

static void restart_trial(trial *t) {
    run_t *r = &t->r;
    state s;
    SAY("restart\n");
    run_close(r);
    EQ(t->h.blocks, 0);
    run_lock(r);
    if (t->ended || !has_failed(t)) r->safe = r->acked;
    run_unlock(r);
    OK(open_trial(t, sync_of(r->policy)));
    t->h.quiet++;
    state_take(r->db, &s, 0);
    int i = state_find(r, &s, now_ms(r));
    CHECK(i >= 0 && allowed(r, i, KILL, disk_mono(r->d)));
    shown(r, i);
    t->h.quiet--;
}

static void step(trial *t, int i) {
    run_t *r = &t->r;
    int hurt = !t->ended;
    strcpy(at->phase, "in the workload");
    switch (i) {
    case 4:
    case 18: SAY("rewrite\n"), kv_rewrite(r->db); break;
    case 9: SAY("save\n"), kv_save(r->db); break;
    case 6:
    case 14:
    case 22: pass(r, 600); break;
    case 12:
        if (t->ended || !has_failed(t)) restart_trial(t);
        break;
    default:
        if (t->f->memory) do_random_one(r, hurt);
        else do_random(r, hurt);
    }
    after_step(t);
}

/* 0: there was no such call. */
static int run_trial(long w, long k, long kind) {
    trial *t = (trial *)calloc(1, sizeof *t);
    int calm = 0, failed;
    CHECK(t);
    run_t *r = &t->r;
    at->workload = w;
    at->point = k;
    at->seed = kind + 1;
    strcpy(at->phase, "in the workload");
    alarm(300);
    run_start(r, (uint64_t)w + 1000);
    t->f = &faults[kind];
    t->steps_left = AFTER;
    CHECK(!pthread_mutex_init(&t->h.lock, NULL));
    r->alloc = heap_alloc;
    r->alloc_ctx = &t->h;
    r->quiet = &t->h.quiet;
    r->policy = (int)(w % 3);
    r->strict = 0;
    r->rewrite_size = w % 2 ? "1000" : NULL;
    SAY("workload %ld, %s: %s at %ld\n", w, policy_names[r->policy], t->f->name,
        k);
    if (t->f->memory) heap_arm(&t->h, k, t->f->for_ever);
    else disk_arm(r->d, k, t->f->code, t->f->for_ever, t->f->only);
    OK(open_trial(t, sync_of(r->policy)));
    for (int i = 0; i < STEPS; i++) {
        int before = has_failed(t);
        step(t, i);
        if (has_failed(t) && !before) crash_here(t);
        if (t->ended && !calm) {
            calm = 1;
            taken_again(t);
            crash_here(t);
            pass(r, 2000);
        }
    }
    failed = has_failed(t);
    end_fault(t);
    taken_again(t);
    OK(kv_check(r->db));
    restart_trial(t);
    live(r);
    run_close(r);
    EQ(t->h.blocks, 0);
    if (r->d->most_open > at->open) at->open = r->d->most_open;
    at->operations += r->d->ops;
    at->workloads++;
    at->faults += failed;
    run_free(r);
    CHECK(!pthread_mutex_destroy(&t->h.lock));
    free(t);
    return failed;
}

#if THREADS
typedef struct writer {
    run_t r;
    int end;
    int64_t last; /* when the last write was acknowledged */
    long count;
} writer;

static void *write_on(void *ctx) {
    writer *w = (writer *)ctx;
    for (int end = 0; !end;) {
        OK(put(w->r.db, "b", "2"));
        run_lock(&w->r);
        w->last = disk_mono(w->r.d);
        w->count++;
        end = w->end;
        run_unlock(&w->r);
    }
    return NULL;
}

/* everysec, and a sync does not end: writes wait from a second after the first
 * one that is not safe, reads go on, and so do writes when it has ended. */
static void stuck_sync(void) {
    writer w;
    pthread_t t;
    long count, now;
    int stuck = 1;
    memset(&w, 0, sizeof w);
    strcpy(at->phase, "a sync that does not end");
    run_start(&w.r, 1);
    w.r.policy = POLICY_EVERYSEC;
    OK(run_open(&w.r, KV_SYNC_EVERYSEC));
    OK(put(w.r.db, "a", "1"));
    int64_t first = disk_mono(w.r.d);
    w.r.d->stuck = 1;
    CHECK(!pthread_create(&t, NULL, write_on, &w));
    for (int ms = 0; ms < 3000 || stuck != 2; ms += 20) {
        CHECK(ms < 200000);
        pass(&w.r, 20);
        SAME(get(w.r.db, "a"), "1");
        run_lock(&w.r);
        stuck = w.r.d->stuck;
        run_unlock(&w.r);
    }
    run_lock(&w.r);
    count = w.count;
    CHECK(count && w.last - first <= 1100000);
    w.r.d->stuck = 0;
    run_unlock(&w.r);
    for (int i = 0;; i++) {
        CHECK(i < 5000);
        pass(&w.r, 1);
        run_lock(&w.r);
        now = w.count;
        w.end = now > count + 100;
        run_unlock(&w.r);
        if (now > count + 100) break;
    }
    CHECK(!pthread_join(t, NULL));
    OK(kv_check(w.r.db));
    run_close(&w.r);
    run_free(&w.r);
}
#endif

static void work(void) {
#if THREADS
    stuck_sync();
#endif
    if (only_workload) {
        run_trial(only_workload, only_point, only_seed - 1);
    } else {
        for (long w = 1; w <= most_workloads; w++) {
            for (long kind = 0; kind < FAULTS; kind++) {
                long by = faults[kind].memory ? 4 * every - 3 : every;
                for (long k = 1 + w % by; run_trial(w, k, kind); k += by) {
                    CHECK(k < 100000);
                }
            }
        }
    }
    printf("%ld runs, %ld with a fault, %ld states, %ld I/O operations, "
           "%ld commands refused\n"
           "%ld crashes, %ld of one that recovers; writes were taken again "
           "after at most %ld ms; at most %ld files open\n",
           at->workloads, at->faults, at->states, at->operations, at->refused,
           at->points, at->compound, at->recovered_ms, at->open);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(argv[i], "--long")) {
            every = 1;
            most_workloads = 24;
        } else if (!strcmp(argv[i], "-v")) {
            loud = 1;
        } else if (!strcmp(argv[i], "--workload")) {
            only_workload = atol(next), i++;
        } else if (!strcmp(argv[i], "--point")) {
            only_point = atol(next), i++;
        } else if (!strcmp(argv[i], "--seed")) {
            only_seed = atol(next), i++;
        } else if (!strcmp(argv[i], "--dump")) {
            dump_dir = next, i++;
        } else {
            every = atol(argv[i]);
        }
    }
    seeds = 1;
    if (every < 1 || (only_workload && (only_seed < 1 || only_seed > FAULTS))) {
        fprintf(stderr, "usage: faults [N | --long] ...\n");
        return 2;
    }
    return guarded(work, argv[0]);
}
