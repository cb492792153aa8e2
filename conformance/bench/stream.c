/* A load generator for elements.py: sends the commands of a file, whatever they
 * are, over and over.
 *
 *     stream PORT FILE COUNT PIPELINE CLIENTS
 *
 * Sends COUNT commands in all (0: the file once). Each client sends PIPELINE
 * of them, waits for their replies, and takes the next ones. Prints the
 * seconds; an error reply ends it. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CLIENTS = 1000, IN = 1 << 18 };

typedef struct client {
    const char *at, *end; /* what is to be sent */
    long waits;           /* replies and elements of replies */
    long skip;            /* bytes of a bulk string that are still to come */
    int first;            /* byte of the line that is being read, 0: none yet */
    long number;          /* on it */
    char text[200];       /* the line */
    int n;
} client;

static struct {
    const char *file, *end, *next;
    long pipeline, left;
    client clients[MAX_CLIENTS];
    struct pollfd fds[MAX_CLIENTS];
    int count;
} load;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_file(const char *name) {
    FILE *f = fopen(name, "rb");
    char *p;
    long n;
    if (!f || fseek(f, 0, SEEK_END)) fail(name);
    n = ftell(f);
    rewind(f);
    p = malloc((size_t)n);
    if (!p || n == 0 || fread(p, 1, (size_t)n, f) != (size_t)n) fail(name);
    fclose(f);
    load.file = load.next = p;
    load.end = p + n;
}

/* Behind a command in multibulk form. */
static const char *behind(const char *p) {
    char *q;
    long argc = strtol(p + 1, &q, 10), n;
    for (p = q + 2; argc > 0; argc--) {
        n = strtol(p + 1, &q, 10);
        p = q + 2 + n + 2;
    }
    return p;
}

/* Gives a client its next commands, which stand in a row. */
static void ask(client *c) {
    if (load.next == load.end) load.next = load.file;
    c->at = load.next;
    while (c->waits < load.pipeline && load.left > 0 && load.next < load.end) {
        load.next = behind(load.next);
        load.left--;
        c->waits++;
    }
    c->end = load.next;
}

static void line_ends(client *c) {
    if (c->first == '-') {
        fprintf(stderr, "stream: the server answered %.*s\n", c->n, c->text);
        exit(1);
    }
    c->waits--;
    if (c->first == '$' && c->number >= 0) c->skip = c->number + 2;
    if (c->first == '*' && c->number > 0) c->waits += c->number;
    c->first = c->n = 0;
}

static void line_byte(client *c, char b) {
    if (!c->first) {
        c->first = b;
        c->number = 0;
    } else if (b >= '0' && b <= '9' && c->number >= 0) {
        c->number = c->number * 10 + b - '0';
    } else if (b == '-') {
        c->number = -1;
    }
    if (b == '\n') line_ends(c);
    else if (c->n < (int)sizeof c->text) c->text[c->n++] = b;
}

static void read_some(client *c, int fd) {
    static char in[IN];
    ssize_t n = read(fd, in, sizeof in), i = 0;
    if (n <= 0) fail("read");
    while (i < n) {
        if (c->skip > 0) {
            long part = c->skip < n - i ? c->skip : (long)(n - i);
            c->skip -= part;
            i += part;
        } else {
            line_byte(c, in[i++]);
        }
    }
}

static void serve(client *c, struct pollfd *p) {
    ssize_t n;
    if (p->revents & ~POLLOUT) read_some(c, p->fd);
    if (!c->waits && !c->skip && load.left > 0) ask(c);
    if (c->at < c->end) {
        n = send(p->fd, c->at, (size_t)(c->end - c->at), MSG_DONTWAIT);
        if (n > 0) c->at += n;
    }
    p->events = (short)(c->at < c->end ? POLLIN | POLLOUT : POLLIN);
}

static int busy(void) {
    int i;
    for (i = 0; i < load.count; i++)
        if (load.clients[i].waits || load.clients[i].skip) return 1;
    return load.left > 0;
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
    load.fds[load.count].fd = fd;
    load.fds[load.count++].events = POLLIN;
}

int main(int argc, char **argv) {
    double began;
    const char *p;
    int i;
    if (argc != 6 || atoi(argv[5]) > MAX_CLIENTS) return 2;
    read_file(argv[2]);
    load.left = atol(argv[3]);
    if (!load.left)
        for (p = load.file; p < load.end; p = behind(p)) load.left++;
    load.pipeline = atol(argv[4]);
    for (i = 0; i < atoi(argv[5]); i++) connect_one(atoi(argv[1]));
    began = now();
    for (i = 0; i < load.count; i++) serve(&load.clients[i], &load.fds[i]);
    while (busy()) {
        if (poll(load.fds, (nfds_t)load.count, -1) < 0) fail("poll");
        for (i = 0; i < load.count; i++)
            if (load.fds[i].revents) serve(&load.clients[i], &load.fds[i]);
    }
    printf("%.6f\n", now() - began);
    return 0;
}
