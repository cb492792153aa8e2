/* fixture.c: a server for unit tests: a port of its own, a clock that the test
 * moves, nothing left behind. Time to live is tested without sleeping. From
 * the top directory:
 *
 *     cc -I. -o example conformance/examples/fixture.c kv.c -lm -pthread
 *     ./example
 */
#define _POSIX_C_SOURCE 200809L
#include "kv.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK(x) \
    ((x) ? (void)0 : (printf("%s:%d: %s\n", __FILE__, __LINE__, #x), exit(1)))

typedef struct fixture {
    kv *db;
    pthread_t server;
    int client;     /* a connection to it */
    int64_t now_us; /* read and written under the instance's lock */
} fixture;

static int64_t read_clock(void *ctx) { return ((fixture *)ctx)->now_us; }

static void *serve(void *db) {
    kv_run(db);
    return NULL;
}

static void set_up(fixture *f) {
    struct sockaddr_in a;
    kv_desc desc = {0};
    desc.size = sizeof desc;
    desc.wall_us = desc.mono_us = read_clock;
    desc.clock_ctx = f;
    f->now_us = INT64_C(1700000000) * 1000000;
    CHECK(kv_open(&f->db, &desc) == KV_OK);
    CHECK(kv_listen(f->db, "127.0.0.1:0") == KV_OK);
    CHECK(!pthread_create(&f->server, NULL, serve, f->db));
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_port = htons((uint16_t)kv_port(f->db));
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    f->client = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(f->client >= 0);
    CHECK(!connect(f->client, (struct sockaddr *)&a, sizeof a));
}

static void tear_down(fixture *f) {
    close(f->client);
    kv_stop(f->db);
    CHECK(!pthread_join(f->server, NULL));
    CHECK(kv_check(f->db) == KV_OK);
    kv_close(f->db);
}

static void advance(fixture *f, int64_t ms) {
    kv_lock(f->db);
    f->now_us += ms * 1000;
    kv_unlock(f->db);
}

/* Sends a line and compares what comes back. */
static int answers(fixture *f, const char *line, const char *reply) {
    char got[256];
    size_t n = 0, want = strlen(reply);
    CHECK(want < sizeof got);
    CHECK(send(f->client, line, strlen(line), 0) == (ssize_t)strlen(line));
    while (n < want) {
        ssize_t more = recv(f->client, got + n, want - n, 0);
        if (more <= 0) return 0;
        n += (size_t)more;
    }
    return !memcmp(got, reply, n);
}

/* ---- The tests ----------------------------------------------------------- */

static void test_expiry(fixture *f) {
    CHECK(answers(f, "SET k v PX 60000\r\n", "+OK\r\n"));
    advance(f, 59999);
    CHECK(answers(f, "GET k\r\n", "$1\r\nv\r\n"));
    CHECK(answers(f, "PTTL k\r\n", ":1\r\n"));
    advance(f, 2); /* the millisecond of its end is a key's last, as in Redis */
    CHECK(answers(f, "GET k\r\n", "$-1\r\n"));
    CHECK(answers(f, "DBSIZE\r\n", ":0\r\n"));
}

static void test_a_year_passes(fixture *f) {
    CHECK(answers(f, "DBSIZE\r\n", ":0\r\n")); /* nothing of the other test */
    CHECK(answers(f, "SET kept v\r\n", "+OK\r\n"));
    CHECK(answers(f, "SET gone v EX 86400\r\n", "+OK\r\n"));
    advance(f, INT64_C(365) * 86400 * 1000);
    CHECK(answers(f, "EXISTS kept gone\r\n", ":1\r\n"));
    CHECK(answers(f, "TIME\r\n", "*2\r\n$10\r\n1731536000\r\n$1\r\n0\r\n"));
}

int main(void) {
    static void (*const tests[])(fixture *) = {test_expiry, test_a_year_passes};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        fixture f = {0};
        set_up(&f);
        tests[i](&f);
        tear_down(&f);
    }
    printf("%d tests passed\n", (int)(sizeof tests / sizeof *tests));
    return 0;
}
