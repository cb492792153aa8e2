/* What the benchmark programs share: clocks, random numbers, keys, the line
 * that reports a figure (the columns of bench.py). Each program includes it
 * once, before anything else. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kv.h"

static inline int64_t bench_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Numbers in a row that only the seed decides. */
static uint64_t bench_seed = 88172645463325252u;

static inline uint64_t bench_random(void) {
    bench_seed ^= bench_seed << 13;
    bench_seed ^= bench_seed >> 7;
    bench_seed ^= bench_seed << 17;
    return bench_seed;
}

enum { BENCH_KEY = 16 }; /* bytes of a key */

/* Writes "key:" and twelve digits. */
static inline void bench_key(char *out, uint64_t i) {
    int at;
    memcpy(out, "key:", 4);
    for (at = BENCH_KEY - 1; at >= 4; at--, i /= 10)
        out[at] = (char)('0' + i % 10);
}

static inline void bench_must(int code, kv *db, const char *what) {
    if (code == KV_OK) return;
    fprintf(stderr, "%s: %s: %s\n", what, kv_errstr(code),
            db ? kv_message(db) : "");
    exit(1);
}

static inline void bench_figure(const char *name, const char *unit,
                                double value, const char *aim) {
    char cell[40];
    snprintf(cell, sizeof cell, value >= 100 ? "%.0f %s" : "%.3g %s", value,
             unit);
    printf("%-54s %12s %12s  %s\n", name, cell, "-", aim);
    fflush(stdout);
}

/* The number given as argument `i`, or `otherwise`. */
static inline long bench_arg(int argc, char **argv, int i, long otherwise) {
    return argc > i ? atol(argv[i]) : otherwise;
}
