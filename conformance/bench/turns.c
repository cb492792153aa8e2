/* The longest turn of the loop, in CPU time of its thread, while ten million
 * keys come in over sockets, all expire at one instant, come in again by
 * kv_set() and are flushed. The wall clock is moved, so nothing waits.
 *
 *     conformance/bench/run turns [KEYS] */
#include "bench.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 16, BATCH = 1000, DAY_MS = 86400000 };

static int64_t moved_us; /* the wall clock is ahead by so much */

static int64_t wall_us(void *ctx) {
    (void)ctx;
    return bench_ns(CLOCK_REALTIME) / 1000 + moved_us;
}

/* ---- Times of one phase ---- */

static const double edges_ms[] = {.1, .25, .5, 1, 2, 3, 5, 10, 1e9};
enum { EDGES = sizeof edges_ms / sizeof *edges_ms };

static struct {
    long count[EDGES];
    int64_t worst_ns;
    uint64_t worst_keys; /* in the instance when it happened */
    int64_t total_ns;
    int64_t start_ns; /* of the call being measured */
} phase;

static void phase_begin(void) {
    memset(&phase, 0, sizeof phase);
}

static void clock_in(void) {
    phase.start_ns = bench_ns(CLOCK_THREAD_CPUTIME_ID);
}

static void clock_out(uint64_t keys) {
    int64_t ns = bench_ns(CLOCK_THREAD_CPUTIME_ID) - phase.start_ns;
    int i = 0;
    while ((double)ns / 1e6 >= edges_ms[i]) i++;
    phase.count[i]++;
    phase.total_ns += ns;
    if (ns > phase.worst_ns) {
        phase.worst_ns = ns;
        phase.worst_keys = keys;
    }
}

static void phase_report(const char *name) {
    int i;
    bench_figure(name, "ms", (double)phase.worst_ns / 1e6, "<= 5 ms");
    printf("    with %llu keys; %.1f s of CPU in all; by ms:",
           (unsigned long long)phase.worst_keys,
           (double)phase.total_ns / 1e9);
    for (i = 0; i < EDGES; i++) {
        if (!phase.count[i]) continue;
        if (i < EDGES - 1) printf(" <%g: %ld", edges_ms[i], phase.count[i]);
        else printf(" more: %ld", phase.count[i]);
    }
    printf("\n");
    fflush(stdout);
}

/* ---- Clients at the other ends of socket pairs ---- */

typedef struct client {
    int fd;
    char out[BATCH * 128]; /* requests being sent */
    size_t at, end;
} client;

static client clients[CLIENTS];
static long keys, asked, answered; /* in all; SETs written; replies read */
static int64_t due_ms;

static kv_statistics stats(kv *db) {
    kv_statistics s;
    memset(&s, 0, sizeof s);
    s.size = sizeof s;
    bench_must(kv_stats(db, &s), db, "kv_stats");
    return s;
}

static void turn(kv *db) {
    uint64_t n = stats(db).keys;
    clock_in();
    if (kv_poll(db, 0) != KV_OK) bench_must(KV_CLOSED, db, "kv_poll");
    clock_out(n);
}

static void connect_clients(kv *db) {
    int i, fds[2];
    for (i = 0; i < CLIENTS; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) exit(1);
        bench_must(kv_adopt(db, fds[0]), db, "kv_adopt");
        fcntl(fds[1], F_SETFL, O_NONBLOCK);
        clients[i].fd = fds[1];
    }
}

/* Makes the next requests for a client whose last ones have gone out. */
static void write_sets(client *c) {
    int i;
    c->at = c->end = 0;
    for (i = 0; i < BATCH && asked < keys; i++, asked++) {
        char key[BENCH_KEY + 1] = "";
        bench_key(key, (uint64_t)asked);
        c->end += (size_t)sprintf(
            c->out + c->end,
            "*5\r\n$3\r\nSET\r\n$16\r\n%s\r\n$8\r\nabcdefgh\r\n"
            "$4\r\nPXAT\r\n$13\r\n%lld\r\n",
            key, (long long)due_ms);
    }
}

/* Sends what the socket takes and reads what has come. */
static void serve(client *c) {
    static char in[1 << 16];
    ssize_t n;
    while (c->at < c->end || (write_sets(c), c->end > 0)) {
        n = write(c->fd, c->out + c->at, c->end - c->at);
        if (n < 0) break;
        c->at += (size_t)n;
    }
    while ((n = read(c->fd, in, sizeof in)) > 0) {
        ssize_t i;
        for (i = 0; i < n; i++) {
            if (in[i] == '-') bench_must(KV_CORRUPT, NULL, "SET refused");
            answered += in[i] == '\n';
        }
    }
    if (n == 0 || errno != EAGAIN) bench_must(KV_CLOSED, NULL, "client");
}

/* ---- The four phases ---- */

static void insert_by_socket(kv *db) {
    int i;
    due_ms = wall_us(NULL) / 1000 + DAY_MS;
    while (answered < keys) {
        for (i = 0; i < CLIENTS; i++) serve(&clients[i]);
        turn(db);
    }
}

static void expire(kv *db) {
    moved_us += (int64_t)DAY_MS * 1000 + 1000000;
    while (stats(db).keys > 0) turn(db);
}

static void insert_by_call(kv *db) {
    char key[BENCH_KEY];
    long i;
    for (i = 0; i < keys; i++) {
        int rc;
        bench_key(key, (uint64_t)i);
        clock_in();
        rc = kv_set(db, 0, key, BENCH_KEY, "abcdefgh", 8, 0);
        clock_out((uint64_t)i);
        bench_must(rc, db, "kv_set");
    }
}

/* Until the memory held has been the same for half a second. */
static void flush(kv *db) {
    uint64_t held = 0;
    int64_t since = 0;
    long before = answered;
    if (write(clients[0].fd, "FLUSHALL\r\n", 10) != 10) exit(1);
    for (;;) {
        int64_t now = bench_ns(CLOCK_MONOTONIC);
        kv_statistics s;
        turn(db);
        serve(&clients[0]);
        s = stats(db);
        if (s.held_memory != held || s.keys > 0 || answered == before) {
            held = s.held_memory;
            since = now;
        }
        if (now - since > 500000000) return;
    }
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(kv *db);
    } phases[] = {{"keys come in by SET over 16 sockets", insert_by_socket},
                  {"keys expire at one instant", expire},
                  {"keys come in by kv_set (longest call)", insert_by_call},
                  {"keys are flushed", flush}};
    char name[80];
    kv_desc desc;
    kv *db;
    size_t i;
    memset(&desc, 0, sizeof desc);
    desc.size = sizeof desc;
    desc.wall_us = wall_us;
    keys = bench_arg(argc, argv, 1, 10000000);
    bench_must(kv_open(&db, &desc), NULL, "kv_open");
    connect_clients(db);
    for (i = 0; i < sizeof phases / sizeof *phases; i++) {
        phase_begin();
        phases[i].run(db);
        snprintf(name, sizeof name, "turn, %gM %s", (double)keys / 1e6,
                 phases[i].name);
        phase_report(name);
    }
    kv_close(db);
    return 0;
}
