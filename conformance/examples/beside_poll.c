/* beside_poll.c: a server beside an application's own poll loop. One poll()
 * waits for the application's pipe and timer, for a client that lives in the
 * same process, and for kv. From the top directory:
 *
 *     cc -I. -o example conformance/examples/beside_poll.c kv.c -lm -pthread
 *     ./example
 */
#define _POSIX_C_SOURCE 200809L
#include "kv.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIPE, CLIENT, OWN, TICK = 10, TICKS = 3 }; /* fds[OWN ..] are kv's */

static struct pollfd *fds;
static size_t room = OWN;

static int64_t mono_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* kv's descriptors behind the own ones; the array grows with the clients. */
static int add_kv(kv *db, size_t *n) {
    int rc;
    while ((rc = kv_pollfds(db, fds + OWN, room - OWN, n)) == KV_TOOBIG) {
        size_t more = OWN + 2 * *n;
        struct pollfd *p = realloc(fds, more * sizeof *fds);
        if (!p) return KV_NOMEM;
        fds = p;
        room = more;
    }
    return rc;
}

static int dial(int port) {
    struct sockaddr_in a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_port = htons((uint16_t)port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof a)) return fd;
    perror("connect");
    exit(1);
}

/* Something of the application's own arrived: it goes into the store. */
static int read_pipe(kv *db, int fd) {
    static int ticks;
    char byte, text[16];
    if (read(fd, &byte, 1) != 1) return ticks;
    snprintf(text, sizeof text, "%d", ++ticks);
    printf("application: tick %s\n", text);
    kv_set(db, 0, "ticks", 5, text, strlen(text), 0);
    return ticks;
}

/* The reply is shorter than a segment and comes in one piece. */
static void read_client(int fd) {
    char reply[64];
    ssize_t n = recv(fd, reply, sizeof reply, 0);
    if (n == 7) printf("client: GET ticks is %c\n", reply[4]);
}

int main(void) {
    static const char ask[] = "GET ticks\r\n";
    int own[2], left = TICKS, done = 0;
    int64_t tick_at = mono_ms() + TICK;
    kv *db;
    fds = calloc(room, sizeof *fds);
    if (!fds || pipe(own) || kv_open(&db, NULL) != KV_OK) return 1;
    if (kv_listen(db, "127.0.0.1:0") != KV_OK) {
        fprintf(stderr, "%s\n", kv_message(db));
        return 1;
    }
    fds[PIPE].fd = own[0];
    fds[CLIENT].fd = -1; /* poll() skips it */
    fds[PIPE].events = fds[CLIENT].events = POLLIN;

    while (!done) {
        size_t n;
        if (add_kv(db, &n) != KV_OK) return 1;
        int wait = kv_timeout(db);
        int64_t mine = tick_at - mono_ms();
        if (mine < 0) mine = 0;
        if (left && (wait < 0 || mine < wait)) wait = (int)mine;
        if (poll(fds, OWN + n, wait) < 0) continue;

        if (left && mono_ms() >= tick_at) {
            tick_at += TICK;
            left--;
            if (write(own[1], ".", 1) != 1) return 1;
        }
        if (fds[PIPE].revents && read_pipe(db, own[0]) == TICKS) {
            fds[CLIENT].fd = dial(kv_port(db));
            if (send(fds[CLIENT].fd, ask, sizeof ask - 1, 0) < 0) return 1;
            fds[CLIENT].revents = 0;
        }
        if (fds[CLIENT].revents) {
            read_client(fds[CLIENT].fd);
            done = 1;
        }
        if (kv_dispatch(db, fds + OWN, n) != KV_OK) done = 1; /* SHUTDOWN */
    }
    close(fds[CLIENT].fd);
    close(own[0]);
    close(own[1]);
    kv_close(db);
    free(fds);
    return 0;
}
