/* How late the "expired" event of a key comes: keys with random times to live
 * within ten seconds, and a burst that is due at one instant in their midst.
 * A second thread runs the loop and is otherwise idle.
 *
 *     conformance/bench/run expiry_lag.c [KEYS [BURST]] */
#include "bench.h"
#include <pthread.h>

enum { WINDOW = 10000 /* ms */, SHADOW = 500 /* ms */ };

static long count, seen;     /* keys in all; events so far */
static int64_t *due;         /* by key, in ms */
static int64_t *lag;         /* by key, in us */

static int64_t wall_us(void) {
    return bench_ns(CLOCK_REALTIME) / 1000;
}

static void expired(void *ctx, const char *event, int dbnum, const void *key,
                    size_t n) {
    const char *p = key;
    long i = 0;
    size_t at;
    (void)ctx, (void)dbnum;
    if (strcmp(event, "expired") != 0) return;
    for (at = 4; at < n; at++) i = i * 10 + (p[at] - '0');
    lag[i] = wall_us() - due[i] * 1000;
    seen++;
}

static void *loop(void *db) {
    kv_run(db);
    return NULL;
}

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Prints median, p99 and longest of the `n` lags at `p`, which it sorts. */
static void report(const char *what, int64_t *p, long n, double aim_ms) {
    static const struct {
        const char *name;
        double part;
    } rows[] = {{"median", .5}, {"p99", .99}, {"longest", 1}};
    char name[80], aim[40];
    size_t i;
    qsort(p, (size_t)n, sizeof *p, by_size);
    for (i = 0; i < 3; i++) {
        long at = (long)(rows[i].part * (double)n);
        snprintf(name, sizeof name, "%s: %s", what, rows[i].name);
        snprintf(aim, sizeof aim, "<= %g ms", aim_ms);
        bench_figure(name, "ms", (double)p[at < n ? at : n - 1] / 1000, aim);
    }
}

static void load(kv *db, int64_t start, long keys) {
    char key[BENCH_KEY];
    long i;
    for (i = 0; i < count; i++) {
        due[i] = start + (i < keys ? (int64_t)(bench_random() % WINDOW)
                                   : WINDOW / 2);
        bench_key(key, (uint64_t)i);
        bench_must(kv_set(db, 0, key, BENCH_KEY, "abcdefgh", 8, due[i]), db,
                   "kv_set");
    }
    if (wall_us() / 1000 >= start) {
        fprintf(stderr, "loading took too long\n");
        exit(1);
    }
}

/* Waits until every key has gone, a minute at most after the last is due. */
static void wait_for_all(kv *db, int64_t last) {
    struct timespec nap = {0, 10000000};
    long done = 0;
    while (done < count && wall_us() / 1000 < last + 60000) {
        nanosleep(&nap, NULL);
        kv_lock(db);
        done = seen;
        kv_unlock(db);
    }
    if (done == count) return;
    fprintf(stderr, "%ld of %ld keys never expired\n", count - done, count);
    exit(1);
}

int main(int argc, char **argv) {
    long keys = bench_arg(argc, argv, 1, 1000000);
    long burst = bench_arg(argc, argv, 2, 100000);
    char what[60];
    int64_t start, *calm;
    long i, n = 0;
    pthread_t thread;
    kv *db;
    count = keys + burst;
    due = calloc((size_t)count, sizeof *due);
    lag = calloc((size_t)count, sizeof *lag);
    calm = calloc((size_t)count, sizeof *calm);
    if (!due || !lag || !calm) return 1;
    bench_must(kv_open(&db, NULL), NULL, "kv_open");
    kv_on_event(db, expired, NULL);
    if (pthread_create(&thread, NULL, loop, db) != 0) return 1;

    /* room for the loading, at 300,000 a second */
    start = wall_us() / 1000 + 1000 + count / 300;
    load(db, start, keys);
    wait_for_all(db, start + WINDOW);
    kv_stop(db);
    pthread_join(thread, NULL);

    /* what falls due behind the burst waits for it: left out */
    for (i = 0; i < keys; i++)
        if (due[i] < start + WINDOW / 2 ||
            due[i] > start + WINDOW / 2 + SHADOW)
            calm[n++] = lag[i];
    snprintf(what, sizeof what, "expired lag, %ld keys over %d s", keys,
             WINDOW / 1000);
    report(what, calm, n, 5);
    snprintf(what, sizeof what, "  a burst of %ld at once", burst);
    report(what, lag + keys, burst, 5 + (double)burst / 1000);
    kv_close(db);
    return 0;
}
