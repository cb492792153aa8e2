/* A load generator for durability.py.
 *
 *     load PORT CLIENTS PIPELINE SECONDS RATE KEYS BYTES get|set|fill
 *
 * Each client sends PIPELINE requests and waits for their replies. RATE is
 * requests per second of all clients, 0: as fast as they are answered. Keys
 * are random ones of KEYS; with fill each of them once, in order, and SECONDS
 * does not count. SIGTERM ends it early. Prints
 *
 *     requests seconds errors p50 p99 p99.9 longest when
 *
 * latencies of a whole pipeline in microseconds, `when` the longest one began
 * in seconds from the start. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CLIENTS = 1000, KEY = 16, FINE = 64, BUCKETS = FINE * 32 };

typedef struct client {
    char *out;       /* PIPELINE requests */
    size_t at, end;  /* what of them is to be sent */
    long waits;      /* replies */
    int64_t sent_us; /* 0: nothing is on its way */
    long skip;       /* bytes of a bulk string that are still to come */
    int first;       /* byte of the line that is being read, 0: none yet */
    long length;     /* number on it */
} client;

static struct {
    long pipeline, rate, keys, bytes, next_key, asked, answered, errors;
    enum { GET, SET, FILL } what;
    client clients[MAX_CLIENTS];
    struct pollfd fds[MAX_CLIENTS];
    int count;
    long spread[BUCKETS]; /* latencies, see bucket() */
    int64_t start_us, longest_us, longest_at_us;
} load;

static volatile sig_atomic_t ended;

static void on_end(int number) {
    (void)number;
    ended = 1;
}

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t random_number(void) {
    static uint64_t seed = 88172645463325252u;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* ---- Latencies: FINE buckets for each power of two ---- */

static int bucket(int64_t us) {
    int power = 0;
    while (us >= 2 * FINE) us /= 2, power++;
    power = power * FINE + (int)us;
    return power < BUCKETS ? power : BUCKETS - 1;
}

static double bucket_us(int i) {
    double us = i < 2 * FINE ? i : i % FINE + FINE;
    for (i = i < 2 * FINE ? 0 : i / FINE - 1; i > 0; i--) us *= 2;
    return us;
}

static double percentile(double part) {
    long all = 0, below = 0;
    int i;
    for (i = 0; i < BUCKETS; i++) all += load.spread[i];
    for (i = 0; i < BUCKETS - 1; i++) {
        below += load.spread[i];
        if ((double)below >= part * (double)all) break;
    }
    return bucket_us(i);
}

static void note(int64_t began, int64_t now) {
    load.spread[bucket(now - began)]++;
    if (now - began <= load.longest_us) return;
    load.longest_us = now - began;
    load.longest_at_us = began - load.start_us;
}

/* ---- Requests ---- */

static size_t put_key(char *out) {
    uint64_t n = load.what == FILL ? (uint64_t)load.next_key++
                                   : random_number() % (uint64_t)load.keys;
    int i;
    memcpy(out, "key:", 4);
    for (i = KEY - 1; i >= 4; i--, n /= 10) out[i] = (char)('0' + n % 10);
    return KEY;
}

static size_t put_request(char *out) {
    const char *head = load.what == GET ? "*2\r\n$3\r\nGET\r\n$16\r\n"
                                        : "*3\r\n$3\r\nSET\r\n$16\r\n";
    size_t n = strlen(head);
    memcpy(out, head, n);
    n += put_key(out + n);
    if (load.what != GET) {
        n += (size_t)sprintf(out + n, "\r\n$%ld\r\n", load.bytes);
        memset(out + n, 'v', (size_t)load.bytes);
        n += (size_t)load.bytes;
    }
    memcpy(out + n, "\r\n", 2);
    return n + 2;
}

/* Whether the rate, the time and the number of keys allow more. */
static int may_ask(int64_t now, int64_t end) {
    if (load.what == FILL) return load.next_key < load.keys;
    if (ended || now >= end) return 0;
    return !load.rate ||
           load.asked < (now - load.start_us) * load.rate / 1000000 + 1;
}

static void ask(client *c, int64_t now) {
    long i;
    c->at = c->end = 0;
    for (i = 0; i < load.pipeline; i++) {
        if (load.what == FILL && load.next_key == load.keys) break;
        c->end += put_request(c->out + c->end);
    }
    c->waits = i;
    load.asked += i;
    c->sent_us = now;
}

/* ---- Sending and reading ---- */

static void send_some(client *c, struct pollfd *fd) {
    ssize_t n = write(fd->fd, c->out + c->at, c->end - c->at);
    if (n < 0 && errno != EAGAIN) fail("write");
    if (n > 0) c->at += (size_t)n;
    fd->events = (short)(c->at < c->end ? POLLIN | POLLOUT : POLLIN);
}

/* A byte of a line, not of a string's body. */
static void line_byte(client *c, char b) {
    if (!c->first) {
        c->first = b;
        c->length = 0;
    } else if (c->first == '$' && b >= '0' && b <= '9') {
        c->length = c->length * 10 + b - '0';
    } else if (c->first == '$' && b == '-') {
        c->first = '_';
    }
    if (b != '\n') return;
    if (c->first == '$') c->skip = c->length + 2;
    else c->waits--;
    load.errors += c->first == '-';
    c->first = 0;
}

static void read_some(client *c, int fd) {
    static char in[1 << 16];
    ssize_t n = read(fd, in, sizeof in), i = 0;
    if (n == 0) errno = ECONNRESET;
    if (n <= 0 && errno != EAGAIN) fail("read");
    while (i < n) {
        if (c->skip > 0) {
            long part = c->skip < n - i ? c->skip : (long)(n - i);
            c->skip -= part;
            i += part;
            if (!c->skip) c->waits--;
        } else {
            line_byte(c, in[i++]);
        }
    }
}

static void serve(client *c, struct pollfd *fd, int64_t end) {
    int64_t now;
    if (fd->revents & POLLOUT) send_some(c, fd);
    if (fd->revents & ~POLLOUT) read_some(c, fd->fd);
    now = now_us();
    if (c->sent_us && !c->waits) {
        note(c->sent_us, now);
        load.answered += load.pipeline;
        c->sent_us = 0;
    }
    if (!c->sent_us && may_ask(now, end)) {
        ask(c, now);
        send_some(c, fd);
    }
}

static int busy(void) {
    int i;
    for (i = 0; i < load.count; i++)
        if (load.clients[i].sent_us) return 1;
    return 0;
}

static void run(double seconds) {
    int64_t end = (load.start_us = now_us()) + (int64_t)(seconds * 1e6);
    int i, wait = 0;
    do {
        if (poll(load.fds, (nfds_t)load.count, load.rate ? 1 : wait) < 0) {
            if (errno != EINTR) fail("poll");
            continue;
        }
        wait = 1000;
        for (i = 0; i < load.count; i++) {
            client *c = &load.clients[i];
            if (load.fds[i].revents || !c->sent_us) serve(c, &load.fds[i], end);
        }
    } while (busy() || may_ask(now_us(), end) ||
             (load.rate && !ended && now_us() < end));
}

static void connect_one(int port) {
    struct sockaddr_in address;
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (void *)&address, sizeof address))
        fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    load.clients[load.count].out =
        malloc((size_t)(load.pipeline * (load.bytes + 100)));
    if (!load.clients[load.count].out) fail("malloc");
    load.fds[load.count].fd = fd;
    load.fds[load.count++].events = POLLIN;
}

int main(int argc, char **argv) {
    struct sigaction action;
    int i;
    if (argc != 9 || atoi(argv[2]) > MAX_CLIENTS) return 2;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_end;
    sigaction(SIGTERM, &action, NULL);
    load.pipeline = atol(argv[3]);
    load.rate = atol(argv[5]);
    load.keys = atol(argv[6]);
    load.bytes = atol(argv[7]);
    load.what = argv[8][0] == 'g' ? GET : argv[8][0] == 's' ? SET : FILL;
    for (i = 0; i < atoi(argv[2]); i++) connect_one(atoi(argv[1]));
    run(atof(argv[4]));
    printf("%ld %.6f %ld %.0f %.0f %.0f %lld %.3f\n", load.answered,
           (double)(now_us() - load.start_us) / 1e6, load.errors,
           percentile(.5), percentile(.99), percentile(.999),
           (long long)load.longest_us, (double)load.longest_at_us / 1e6);
    return 0;
}
