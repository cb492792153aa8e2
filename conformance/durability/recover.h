/* What is found after a crash, and after one more while kv recovers from it,
 * against what is known about the run. */
#ifndef RECOVER_H
#define RECOVER_H

#include "work.h"

static long seeds; /* crashes at a point */

/* ---- A crash on top of a crash ------------------------------------------- */

/* What is known while an instance recovers from a crash: before it is open any
 * state that the crash may leave; then the one that it has shown, and what was
 * done since. */
typedef struct second {
    const run_t *r;
    int kind;  /* of the first crash */
    int shown; /* the state; -1: it is not open yet */
    state more[4];
    int nmore, acked; /* of them */
    long point;       /* it comes at this change */
    long changes;
    uint64_t seed;
} second;

static int second_fits(const second *z, const state *got, int kind, disk *d) {
    const run_t *r = z->r;
    int64_t now = disk_wall(d) / 1000, mono = disk_mono(d);
    int both = kind == KILL && z->kind == KILL ? KILL : POWER;
    int sure = kind == KILL || r->policy == POLICY_ALWAYS;
    for (int i = z->nmore - 1; i >= 0; i--) {
        if (i + 1 < z->acked && sure) return 0;
        if (state_same(&z->more[i], got, now)) return 1;
    }
    if (z->acked && sure) return 0;
    for (int i = z->shown >= 0 ? z->shown : r->n - 1; i >= 0; i--) {
        if (state_same(&r->states[i], got, now)) {
            return allowed(r, i, both, mono);
        }
        if (z->shown >= 0 && sure) return 0;
    }
    return 0;
}

static void second_crash(disk *d, void *ctx) {
    second *z = (second *)ctx;
    disk *c;
    kv *db;
    state got;
    if (++z->changes != z->point) return;
    int kind = rnd(&z->seed, 3) ? POWER : KILL;
    c = (disk *)malloc(sizeof *c);
    CHECK(c);
    if (kind == KILL) disk_copy(c, d);
    else disk_crash(c, d, z->seed | 1);
    SAY("  crash while it recovers, at change %ld: %s\n", z->changes,
        kind == KILL ? "kill" : "power");
    strcpy(at->phase, "a crash while it recovers");
    if (loud) disk_list(c, stderr);
    if (loud && dump_dir) disk_dump(c, dump_dir);
    OK(try_open(c, &db, sync_of(z->r->policy), NULL));
    state_take(db, &got, 0);
    if (!second_fits(z, &got, kind, c)) {
        fprintf(stderr, "after the crash of one that recovers: wrong data\n");
        fail();
    }
    OK(kv_check(db));
    kv_close(db);
    disk_close(c);
    free(c);
    at->compound++;
    strcpy(at->phase, "recovery");
}

/* ---- A crash ------------------------------------------------------------- */

static void says_wrong(const run_t *r, const state *got, int i, int kind,
                       int64_t now, int64_t mono) {
    fprintf(stderr,
            "after a crash (%s) with %s: %d states, %d acknowledged, %d safe\n",
            kind == KILL ? "kill" : "power", policy_names[r->policy], r->n - 1,
            r->acked, r->safe);
    if (i < 0) {
        fprintf(stderr, "what is found is none of them; it has %d keys\n",
                got->nkeys);
    } else {
        fprintf(stderr, "what is found is state %d (%s)\n", i,
                i < r->safe ? "that is not safe" : "that is too old");
    }
    for (int j = i < 0 ? r->n : i; loud && j < r->n; j++) {
        const state *s = &r->states[j];
        fprintf(stderr, "  state %d, value %llx, acknowledged %lld ms ago%s\n",
                j, (unsigned long long)state_value(s, now),
                s->acked_us ? (long long)(mono - s->acked_us) / 1000 : -1,
                s->promised ? ", promised" : "");
    }
    fail();
}

static void write_more(kv *db, second *z, const char *key, const char *value) {
    z->nmore++;
    OK(put(db, key, value));
    z->acked = z->nmore;
}

/* The states that two writes will lead to: the data is one of `twin`. */
static void expect_more(second *z, kv *db, disk *d, int policy) {
    static const char *const keys[] = {"after:1", "after:2"};
    kv *copy;
    text t = {0};
    kv_slice p;
    kv_session *s;
    kv_desc desc = disk_desc(d);
    (void)policy;
    OK(kv_open(&copy, &desc));
    OK(kv_session_open(copy, &s));
    copy_out(db, &t, 0);
    if (t.n) OK(kv_feed(s, t.p, t.n));
    while (kv_pending(s, &p) == KV_OK && p.n) kv_consume(s, p.n);
    for (int i = 0; i < 2; i++) {
        OK(put(copy, keys[i], "written after the crash"));
        state_take(copy, &z->more[i], 0);
    }
    kv_session_close(s);
    kv_close(copy);
    text_free(&t);
}

/* Restarts in one of the ways that must lose nothing. */
static void again(disk **c, kv **db, const run_t *r, uint64_t *seed) {
    uint32_t how = rnd(seed, 3);
    disk *next;
    if (how == 0) {
        SAY("  closed and opened\n");
        kv_close(*db);
        OK(try_open(*c, db, sync_of(r->policy), NULL));
        return;
    }
    /* with a thread syncs are due by the real clock */
    int kind = how == 1 || r->policy < POLICY_EVERYSEC + THREADS ? KILL : POWER;
    if (r->policy == POLICY_EVERYSEC && kind == POWER) {
        for (int i = 0; i < 22; i++) {
            disk_pass(*c, 50, 0);
            OK(kv_poll(*db, 0));
        }
    }
    SAY("  crash after the recovery: %s\n", kind == KILL ? "kill" : "power");
    next = (disk *)malloc(sizeof *next);
    CHECK(next);
    pthread_mutex_lock(&(*c)->lock);
    if (kind == KILL) disk_copy(next, *c);
    else disk_crash(next, *c, *seed | 1);
    (*c)->dead = 1;
    pthread_mutex_unlock(&(*c)->lock);
    kv_close(*db);
    disk_close(*c);
    free(*c);
    *c = next;
    if (loud) disk_list(next, stderr);
    OK(try_open(*c, db, sync_of(r->policy), NULL));
}

/* What is on the disk `c`, which it takes, is what a crash may leave. */
static void recover(const run_t *r, disk *c, int kind, uint64_t seed) {
    kv *db;
    state got;
    second z;
    int64_t now = disk_wall(c) / 1000, mono = disk_mono(c);
    strcpy(at->phase, "recovery");
    memset(&z, 0, sizeof z);
    z.r = r;
    z.kind = kind;
    z.shown = -1;
    z.seed = seed * 31 + 7;
    z.point = rnd(&seed, 3) ? 0 : 1 + (long)rnd(&seed, 14);
    c->after = second_crash;
    c->ctx = &z;
    OK(try_open(c, &db, sync_of(r->policy), NULL));
    at->recoveries++;
    state_take(db, &got, 0);
    int i = state_find(r, &got, now);
    if (i < 0 || !allowed(r, i, kind, mono)) {
        says_wrong(r, &got, i, kind, now, mono);
    }
    SAY("  it is state %d of %d\n", i, r->n - 1);
    expect_more(&z, db, c, r->policy);
    pthread_mutex_lock(&c->lock);
    z.shown = i;
    pthread_mutex_unlock(&c->lock);
    write_more(db, &z, "after:1", "written after the crash");
    write_more(db, &z, "after:2", "written after the crash");
    OK(kv_check(db));
    strcpy(at->phase, "the restart after a recovery");
    again(&c, &db, r, &seed);
    c->after = NULL;
    state_take(db, &got, 0);
    if (!state_same(&got, &z.more[1], disk_wall(c) / 1000)) {
        fprintf(stderr, "the second restart has other data\n");
        fail();
    }
    OK(kv_check(db));
    kv_close(db);
    int files = names_count(c->now, "/") - names_count(c->now, ".cut-");
    if (files > at->files) at->files = files;
    at->cut += names_count(c->now, ".cut-") > 0;
    at->reads += c->reads;
    disk_close(c);
    free(c);
}

/* Looks at what crashes would leave here. */
static inline void crash_point(disk *d, void *ctx) {
    run_t *r = (run_t *)ctx;
    char phase[sizeof at->phase];
    at->point++;
    if (only_point && at->point != only_point) return;
    strcpy(phase, at->phase);
    for (long i = 1; i <= seeds; i++) {
        disk *c;
        uint64_t seed = (uint64_t)at->point * 1000003 +
                        (uint64_t)at->workload * 7919 + (uint64_t)i * 104729;
        for (int j = 0; j < 6; j++) rnd(&seed, 2);
        if (only_seed && i != only_seed) continue;
        at->seed = i;
        at->points++;
        int kind = rnd(&seed, 4) ? POWER : KILL;
        c = (disk *)malloc(sizeof *c);
        CHECK(c);
        if (kind == KILL) disk_copy(c, d);
        else disk_crash(c, d, seed);
        SAY("  crash at point %ld, seed %ld: %s\n", at->point, i,
            kind == KILL ? "kill" : "power");
        if (loud && only_point) {
            fprintf(stderr, " before it:\n");
            disk_list(d, stderr);
            fprintf(stderr, " after it:\n");
            disk_list(c, stderr);
            if (dump_dir) disk_dump(c, dump_dir);
        }
        recover(r, c, kind, seed);
    }
    at->seed = 0;
    strcpy(at->phase, phase);
}

/* Between two calls. */
static inline void quiet_point(run_t *r) {
    run_lock(r);
    crash_point(r->d, r);
    run_unlock(r);
}

#endif
