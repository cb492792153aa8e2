/* Nanoseconds that a GET in the process takes: kv_get() and kv_view() over a
 * million keys in random order, one thread. Making the key is part of it.
 *
 *     conformance/bench/run kv_get [KEYS] */
#include "bench.h"

enum { VALUE = 64, READS = 2000000, ROUNDS = 5, HELD = 100 };

static long keys;

/* What a round costs without kv: random numbers and making keys. */
static int64_t round_empty(kv *db) {
    char key[BENCH_KEY];
    volatile char sink;
    int64_t start = bench_ns(CLOCK_MONOTONIC);
    long i;
    (void)db;
    for (i = 0; i < READS; i++) {
        bench_key(key, bench_random() % (uint64_t)keys);
        sink = key[BENCH_KEY - 1];
    }
    (void)sink;
    return bench_ns(CLOCK_MONOTONIC) - start;
}

static int64_t round_get(kv *db) {
    char key[BENCH_KEY], value[VALUE];
    int64_t start = bench_ns(CLOCK_MONOTONIC);
    size_t n;
    long i;
    for (i = 0; i < READS; i++) {
        bench_key(key, bench_random() % (uint64_t)keys);
        if (kv_get(db, 0, key, BENCH_KEY, value, VALUE, &n) != KV_OK)
            bench_must(KV_CORRUPT, db, "kv_get");
    }
    return bench_ns(CLOCK_MONOTONIC) - start;
}

/* The lock is taken anew after HELD reads. */
static int64_t round_view(kv *db) {
    char key[BENCH_KEY];
    int64_t start = bench_ns(CLOCK_MONOTONIC);
    kv_slice value;
    long i;
    kv_lock(db);
    for (i = 0; i < READS; i++) {
        if (i % HELD == 0) {
            kv_unlock(db);
            kv_lock(db);
        }
        bench_key(key, bench_random() % (uint64_t)keys);
        if (kv_view(db, 0, key, BENCH_KEY, &value) != KV_OK)
            bench_must(KV_CORRUPT, db, "kv_view");
    }
    kv_unlock(db);
    return bench_ns(CLOCK_MONOTONIC) - start;
}

/* Nanoseconds a read, the median of the rounds. */
static double median(int64_t (*round)(kv *), kv *db) {
    int64_t sorted[ROUNDS];
    int i, j;
    for (i = 0; i < ROUNDS; i++) {
        int64_t t = round(db);
        for (j = i; j > 0 && sorted[j - 1] > t; j--) sorted[j] = sorted[j - 1];
        sorted[j] = t;
    }
    return (double)sorted[ROUNDS / 2] / READS;
}

int main(int argc, char **argv) {
    char key[BENCH_KEY], value[VALUE], name[80];
    kv *db;
    long i;
    keys = bench_arg(argc, argv, 1, 1000000);
    memset(value, 'x', sizeof value);
    bench_must(kv_open(&db, NULL), NULL, "kv_open");
    for (i = 0; i < keys; i++) {
        bench_key(key, (uint64_t)i);
        bench_must(kv_set(db, 0, key, BENCH_KEY, value, VALUE, 0), db,
                   "kv_set");
    }
    snprintf(name, sizeof name, "kv_get, %ld keys, random order", keys);
    bench_figure(name, "ns", median(round_get, db), "<= 250 ns");
    snprintf(name, sizeof name, "kv_view, the lock held for %d of them", HELD);
    bench_figure(name, "ns", median(round_view, db), "");
    bench_figure("  of which making the key", "ns", median(round_empty, db),
                 "");
    kv_close(db);
    return 0;
}
