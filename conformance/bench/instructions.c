/* The command stream whose instructions instructions.sh counts: COUNT GETs or
 * SETs (16-byte keys, 64-byte values, 10,000 keys) through kv_feed(), DEPTH in
 * each piece. The same clock, seed and order every time.
 *
 *     instructions get|set DEPTH COUNT */
#include "bench.h"

enum { KEYS = 10000, VALUE = 64, ROOM = 128 };

static int64_t clock_us(void *ctx) {
    (void)ctx;
    return 1700000000000000;
}

static void seed(void *ctx, void *p, size_t n) {
    (void)ctx;
    memset(p, 42, n);
}

/* Writes one command. */
static size_t command(char *out, int set, uint64_t i) {
    char key[BENCH_KEY + 1] = "", value[VALUE + 1] = "";
    bench_key(key, i);
    if (!set)
        return (size_t)sprintf(out, "*2\r\n$3\r\nGET\r\n$16\r\n%s\r\n", key);
    memset(value, 'x', VALUE);
    return (size_t)sprintf(out,
                           "*3\r\n$3\r\nSET\r\n$16\r\n%s\r\n$64\r\n%s\r\n",
                           key, value);
}

static void feed(kv_session *s, const char *p, size_t n) {
    kv_slice reply;
    bench_must(kv_feed(s, p, n), NULL, "kv_feed");
    bench_must(kv_pending(s, &reply), NULL, "kv_pending");
    if (reply.n == 0 || *(const char *)reply.p == '-')
        bench_must(KV_CORRUPT, NULL, "reply");
    kv_consume(s, reply.n);
}

/* The instructions inside this function and what it calls are counted. */
void measured(kv_session *s, const char *p, const size_t *ends, long pieces);
void measured(kv_session *s, const char *p, const size_t *ends, long pieces) {
    size_t at = 0;
    long i;
    for (i = 0; i < pieces; at = ends[i++]) feed(s, p + at, ends[i] - at);
}

int main(int argc, char **argv) {
    int set = argc > 1 && strcmp(argv[1], "set") == 0;
    long depth = bench_arg(argc, argv, 2, 1), i;
    long count = bench_arg(argc, argv, 3, 10000);
    void (*volatile run)(kv_session *, const char *, const size_t *, long) =
        measured;
    char one[ROOM], *stream = malloc((size_t)count * ROOM);
    size_t *ends = malloc((size_t)count * sizeof *ends), n = 0;
    kv_session *s;
    kv_desc desc;
    kv *db;
    memset(&desc, 0, sizeof desc);
    desc.size = sizeof desc;
    desc.wall_us = desc.mono_us = clock_us;
    desc.random = seed;
    if (!stream || !ends) return 1;
    bench_must(kv_open(&db, &desc), NULL, "kv_open");
    bench_must(kv_session_open(db, &s), db, "kv_session_open");
    for (i = 0; i < KEYS; i++) feed(s, one, command(one, 1, (uint64_t)i));
    for (i = 0; i < count; i++) {
        n += command(stream + n, set, bench_random() % KEYS);
        ends[i / depth] = n;
    }
    run(s, stream, ends, (count + depth - 1) / depth);
    kv_session_close(s);
    kv_close(db);
    free(stream);
    free(ends);
    return 0;
}
