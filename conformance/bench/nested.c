/* What a nested value of a thousand elements (integers, strings, small maps)
 * costs beside a plain string of as many bytes: CPU time of SET and GET in
 * memory and over a socket, of the server's side alone; and the bytes that
 * kv keeps for one.
 *
 *     conformance/bench/run nested [ELEMENTS [REQUESTS]] */
#include "bench.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROUNDS = 7, KEPT = 500 };

typedef struct wire {
    char *p;
    size_t n;
} wire;

static kv *db;
static kv_session *session;
static int fd; /* of a client whose turns are kv_poll() */
static long requests;
static wire value; /* the nested one */

static wire wire_of(size_t n) {
    wire w;
    w.p = malloc(n + 1);
    if (!w.p) exit(1);
    w.n = 0;
    return w;
}

static wire make_value(long elements) {
    wire w = wire_of((size_t)elements * 80 + 40);
    long i;
    w.n = (size_t)sprintf(w.p, "*%ld\r\n", elements);
    for (i = 0; i < elements; i++) {
        char *p = w.p + w.n;
        int n = (int)(bench_random() % 1000000);
        if (i % 3 == 0) n = sprintf(p, ":%d\r\n", n);
        else if (i % 3 == 1) n = sprintf(p, "$12\r\nword:%07d\r\n", n);
        else
            n = sprintf(p,
                        "%%2\r\n$2\r\nid\r\n:%d\r\n$4\r\nname\r\n"
                        "$8\r\nn%07d\r\n",
                        n, n);
        w.n += (size_t)n;
    }
    return w;
}

/* SET of the value, or of its bytes as a string. */
static wire make_set(int nested) {
    wire w = wire_of(value.n + 80);
    w.n = (size_t)sprintf(w.p, "*3\r\n$3\r\nSET\r\n$1\r\n%c\r\n",
                          nested ? 'n' : 's');
    if (!nested) w.n += (size_t)sprintf(w.p + w.n, "$%d\r\n", (int)value.n);
    memcpy(w.p + w.n, value.p, value.n);
    w.n += value.n;
    if (!nested) w.n += (size_t)sprintf(w.p + w.n, "\r\n");
    return w;
}

/* ---- Two ways to ask: nanoseconds of CPU for one request ---- */

/* Returns the bytes of the reply. */
static size_t by_feed(wire w, int64_t *ns) {
    int64_t start = bench_ns(CLOCK_THREAD_CPUTIME_ID);
    kv_slice out;
    size_t n = 0;
    bench_must(kv_feed(session, w.p, w.n), db, "kv_feed");
    while (kv_pending(session, &out) == KV_OK) {
        n += out.n;
        kv_consume(session, out.n);
    }
    *ns += bench_ns(CLOCK_THREAD_CPUTIME_ID) - start;
    return n;
}

/* `want`: the bytes of the reply, or 0: until one has come. */
static size_t by_socket(wire w, size_t want, int64_t *ns) {
    static char in[1 << 16];
    size_t sent = 0, n = 0;
    while (sent < w.n || n < want || !n) {
        ssize_t r = sent < w.n ? write(fd, w.p + sent, w.n - sent) : 0;
        int64_t start = bench_ns(CLOCK_THREAD_CPUTIME_ID);
        if (r > 0) sent += (size_t)r;
        bench_must(kv_poll(db, 0), db, "kv_poll");
        *ns += bench_ns(CLOCK_THREAD_CPUTIME_ID) - start;
        while ((r = read(fd, in, sizeof in)) > 0) n += (size_t)r;
        if (r == 0 || errno != EAGAIN) bench_must(KV_CLOSED, db, "client");
    }
    return n;
}

/* The best of some rounds. */
static double cost(wire w, int socket) {
    double best = 0;
    int round;
    int64_t none = 0;
    size_t want = by_feed(w, &none);
    for (round = 0; round < ROUNDS; round++) {
        int64_t ns = 0;
        long i;
        for (i = 0; i < requests; i++) {
            size_t n = socket ? by_socket(w, want, &ns) : by_feed(w, &ns);
            if (n != want) bench_must(KV_CORRUPT, db, "another reply");
        }
        if (!round || (double)ns < best) best = (double)ns;
    }
    return best / (double)requests;
}

static void compare(const char *what, wire nested, wire plain) {
    static const char *const ways[] = {"in memory", "socket"};
    char name[80];
    int i;
    for (i = 0; i < 2; i++) {
        double a = cost(nested, i), b = cost(plain, i);
        snprintf(name, sizeof name, "%s, %s: CPU over a string's", what,
                 ways[i]);
        bench_figure(name, "x", a / b, "<= 3 x");
        printf("    %.3g us, a string %.3g us\n", a / 1000, b / 1000);
    }
}

/* ---- Bytes ---- */

static double used(void) {
    kv_statistics s;
    memset(&s, 0, sizeof s);
    s.size = sizeof s;
    bench_must(kv_stats(db, &s), db, "kv_stats");
    return (double)s.used_memory;
}

/* Bytes that a key with the value takes, over those of its RESP. */
static double kept(void) {
    wire w = wire_of(value.n + 80);
    double before = used();
    int64_t ns = 0;
    int i;
    for (i = 0; i < KEPT; i++) {
        w.n = (size_t)sprintf(w.p, "*3\r\n$3\r\nSET\r\n$16\r\n");
        bench_key(w.p + w.n, (uint64_t)i);
        w.n += BENCH_KEY;
        w.n += (size_t)sprintf(w.p + w.n, "\r\n");
        memcpy(w.p + w.n, value.p, value.n);
        w.n += value.n;
        by_feed(w, &ns);
    }
    free(w.p);
    return (used() - before) / KEPT / (double)value.n;
}

static void say(const char *line) {
    wire w;
    int64_t ns = 0;
    w.p = (char *)line;
    w.n = strlen(line);
    by_feed(w, &ns);
    by_socket(w, 0, &ns);
}

int main(int argc, char **argv) {
    static char gets[2][8] = {"GET n\r\n", "GET s\r\n"};
    char name[80];
    wire get_nested = {gets[0], 7}, get_plain = {gets[1], 7};
    long elements = bench_arg(argc, argv, 1, 1000);
    int fds[2];
    requests = bench_arg(argc, argv, 2, 300);
    bench_must(kv_open(&db, NULL), NULL, "kv_open");
    bench_must(kv_session_open(db, &session), db, "kv_session_open");
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) return 1;
    bench_must(kv_adopt(db, fds[0]), db, "kv_adopt");
    fd = fds[1];
    fcntl(fd, F_SETFL, O_NONBLOCK);
    say("CLIENT CAPA nested\r\n");
    value = make_value(elements);
    snprintf(name, sizeof name, "SET, %ld nested", elements);
    compare(name, make_set(1), make_set(0));
    snprintf(name, sizeof name, "GET, %ld nested, RESP2", elements);
    compare(name, get_nested, get_plain);
    say("HELLO 3\r\n");
    snprintf(name, sizeof name, "GET, %ld nested, RESP3", elements);
    compare(name, get_nested, get_plain);
    snprintf(name, sizeof name, "bytes kept for %d bytes of RESP",
             (int)value.n);
    bench_figure(name, "x", kept(), "<= 1.1 x");
    kv_close(db);
    return 0;
}
