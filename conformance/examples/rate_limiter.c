/* rate_limiter.c: a command of your own. `limiter.take key rate burst` takes a
 * token from the bucket `key`, which holds `burst` of them and gets `rate` new
 * ones a second. The reply is three integers: 1 or 0 for allowed or not, what
 * remains, milliseconds until the next token is there (0 when allowed).
 *
 * A bucket is an ordinary key, gone once the bucket is full: what holds for
 * other keys (DEL, MEMORY USAGE, maxmemory, kv_on_change) holds for it. No
 * other command runs between the handler's view of the key and its SET. From
 * the top directory:
 *
 *     cc -I. -o example conformance/examples/rate_limiter.c kv.c -lm -pthread
 *     ./example
 */
#define _POSIX_C_SOURCE 200809L
#include "kv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int to_number(kv_slice s, double least, double most, double *out) {
    char text[32], *end;
    if (!s.n || s.n >= sizeof text) return 0;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    *out = strtod(text, &end);
    return *end == 0 && *out >= least && *out <= most;
}

/* A bucket's value is when it will be full again, in microseconds; then it may
 * go. 0: no room. */
static int put_bucket(kv_call *c, kv_slice key, int64_t full) {
    char value[24], until[24];
    kv_slice set[] = {
        {"SET", 3}, {key.p, key.n}, {value, 0}, {"PXAT", 4}, {until, 0}};
    kv_reply *r;
    int ok;
    set[2].n = (size_t)snprintf(value, sizeof value, "%lld", (long long)full);
    set[4].n = (size_t)snprintf(until, sizeof until, "%lld",
                                (long long)full / 1000 + 1);
    if (kv_call_reply(c, 5, set, &r) != KV_OK) return 0;
    ok = r->type == KV_SIMPLE;
    kv_reply_free(kv_call_kv(c), r);
    return ok;
}

static void take(kv_call *c) {
    kv_slice key = kv_call_arg(c, 1), value;
    int64_t now = kv_call_now_ms(c) * 1000, full = now, step, size;
    double rate, burst, was = 0;
    int allowed, rc = kv_call_view(c, key, &value);
    if (!to_number(kv_call_arg(c, 2), 0.001, 1e6, &rate) ||
        !to_number(kv_call_arg(c, 3), 1, 1e6, &burst)) {
        kv_put_error(c, "ERR rate or burst is not a number in range");
        return;
    }
    if (rc != KV_NONE && (rc != KV_OK || !to_number(value, 0, 9e15, &was))) {
        kv_put_error(c, "WRONGTYPE the key is not a bucket");
        return;
    }
    step = (int64_t)(1e6 / rate);
    size = step * (int64_t)burst;
    if ((int64_t)was > full) full = (int64_t)was;
    if (full > now + size) full = now + size; /* the clock was set back */
    allowed = full - now + step <= size;
    if (allowed) full += step;
    if (allowed && !put_bucket(c, key, full)) {
        kv_put_error(c, "OOM no room for the bucket");
        return;
    }
    kv_put_array(c, 3);
    kv_put_int(c, allowed);
    kv_put_int(c, (now + size - full) / step);
    kv_put_int(c, allowed ? 0 : (full - now + step - size) / 1000 + 1);
}

/* Milliseconds to wait. */
static int from_inside(kv *db, const char *key, const char *rate,
                       const char *burst) {
    kv_slice argv[] = {{"limiter.take", 12},
                       {key, strlen(key)},
                       {rate, strlen(rate)},
                       {burst, strlen(burst)}};
    int wait = -1;
    kv_reply *r;
    if (kv_exec(db, NULL, 4, argv, &r) != KV_OK) return -1;
    printf("%s: ", key);
    if (r->type == KV_ARRAY) {
        wait = (int)r->items[2].integer;
        printf("%s, %d left\n", wait ? "wait" : "go", (int)r->items[1].integer);
    } else printf("%s\n", r->str);
    kv_reply_free(db, r);
    return wait;
}

static void from_a_socket(kv *db, int fd, const char *line) {
    char reply[128];
    ssize_t n;
    if (send(fd, line, strlen(line), 0) < 0) return;
    do kv_poll(db, 100);
    while ((n = recv(fd, reply, sizeof reply, 0)) < 0 && errno == EAGAIN);
    for (ssize_t i = 0; i < n; i++)
        if (reply[i] != '\r') putchar(reply[i] == '\n' ? ' ' : reply[i]);
    putchar('\n');
}

int main(void) {
    static const kv_command row = {"limiter.take",
                                   take,
                                   4,
                                   KV_WRITE | KV_DENYOOM | KV_FAST,
                                   "RW/access/update@1:0:1",
                                   "limiter",
                                   "1.0.0",
                                   "O(1)",
                                   "Takes a token.",
                                   "key rate burst",
                                   NULL};
    kv *db;
    int ends[2], wait;
    if (kv_open(&db, NULL) != KV_OK) return 1;
    if (kv_add_command(db, &row) != KV_OK) return 1;

    for (int i = 0; i < 4; i++) from_inside(db, "slow", "0.1", "3");
    from_inside(db, "fast", "100", "1");
    while ((wait = from_inside(db, "fast", "100", "1")) > 0)
        poll(NULL, 0, wait);
    from_inside(db, "wrong", "many", "1");

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) return 1;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    if (kv_adopt(db, ends[1]) != KV_OK) return 1;
    from_a_socket(db, ends[0], "limiter.take outside 0.1 1\r\n");
    from_a_socket(db, ends[0], "DEL slow\r\n"); /* lifts the limit */
    from_inside(db, "slow", "0.1", "3");
    close(ends[0]);
    kv_close(db);
    return 0;
}
