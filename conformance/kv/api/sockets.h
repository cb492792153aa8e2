/* Clients of an instance that the same thread serves. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

static inline double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void nonblocking(int fd) {
    CHECK(!fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK));
}

/* A connection to 127.0.0.1 that never blocks. */
static inline int dial(int port) {
    struct sockaddr_in a;
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_port = htons((uint16_t)port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0);
    CHECK(!connect(fd, (struct sockaddr *)&a, sizeof a));
    nonblocking(fd);
    return fd;
}

/* Reads what is there: 0 when the other end has closed. */
static inline int hear(int fd, text *out) {
    static char buf[65536];
    for (;;) {
        ssize_t n = recv(fd, buf, sizeof buf, 0);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 1;
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return 0;
        text_add(out, buf, (size_t)n);
    }
}

/* Sends `p` and collects `want` bytes or what comes before the end, with
 * turns of `db` (or of `turn`, if given) in between. 1: still open. */
static inline int talk(kv *db, void (*turn)(kv *db), int fd, const char *p,
                       size_t n, text *out, size_t want) {
    double end = seconds() + 20;
    int open = 1;
    while (open && (n || out->n < want)) {
        CHECK(seconds() < end);
        if (n) {
            ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
            if (sent > 0) p += sent, n -= (size_t)sent;
            if (sent < 0 && errno == EPIPE) n = 0;
        }
        if (turn) {
            turn(db);
        } else {
            CHECK(kv_poll(db, 1) >= KV_OK);
        }
        open = hear(fd, out);
    }
    text_add(out, "", 0);
    return open;
}

/* Literals, compared whole; then nothing more must come. */
#define TALK(db, fd, request, reply)                           \
    talk_is(db, NULL, fd, request, sizeof(request) - 1, reply, \
            sizeof(reply) - 1)

static inline void talk_is(kv *db, void (*turn)(kv *db), int fd, const char *p,
                           size_t n, const char *want, size_t want_n) {
    text out = {0};
    CHECK(talk(db, turn, fd, p, n, &out, want_n));
    SAME(quote(out.p, out.n), quote(want, want_n));
    text_free(&out);
}

/* Turns until the other end has closed; what came before goes to `out`. */
static inline void until_closed(kv *db, int fd, text *out) {
    double end = seconds() + 20;
    while (hear(fd, out)) {
        CHECK(seconds() < end);
        kv_poll(db, 1);
    }
    text_add(out, "", 0);
}

static inline void pair(int fds[2]) {
    CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
    nonblocking(fds[1]);
}

#endif
