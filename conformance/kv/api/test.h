/* What the tests of kv.h share. A program has functions without arguments and
 * a table of them:
 *
 *     static const test tests[] = {T(open_close), T(config)};
 *     MAIN(tests)
 *
 * It runs all of them, or those named; --list prints the names. The first
 * check that fails ends it. Every program uses kv.h alone.
 */
#ifndef TEST_H
#define TEST_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "kv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Checks and main --------------------------------------------------- */

typedef struct test {
    const char *name;
    void (*fn)(void);
} test;

#define T(f) \
    { #f, f }
#define MAIN(tests)                                                        \
    int main(int argc, char **argv) {                                      \
        return test_main(tests, sizeof tests / sizeof *tests, argc, argv); \
    }

static inline int test_main(const test *t, size_t n, int argc, char **argv) {
    int list = argc == 2 && !strcmp(argv[1], "--list"), found = argc == 1;
    for (size_t i = 0; i < n; i++) {
        if (list) printf("%s\n", t[i].name);
        int wanted = argc == 1;
        for (int a = 1; a < argc; a++) wanted |= !strcmp(argv[a], t[i].name);
        if (!wanted) continue;
        found = 1;
        t[i].fn();
    }
    if (!list && !found) fprintf(stderr, "no such test\n");
    return !list && !found;
}

/* Leaves without atexit: what is still open is no leak to report. */
static inline void fail(void) {
    fflush(NULL);
    _exit(1);
}

#define CHECK(x)   \
    ((x) ? (void)0 \
         : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x), fail()))
#define EQ(got, want)   test_eq(__FILE__, __LINE__, #got, got, want)
#define SAME(got, want) test_same(__FILE__, __LINE__, #got, got, want)
#define OK(call)        EQ(call, KV_OK)

static inline void test_eq(const char *file, int line, const char *what,
                           long long got, long long want) {
    if (got == want) return;
    fprintf(stderr, "%s:%d: %s is %lld (%s), not %lld (%s)\n", file, line, what,
            got, kv_errstr((int)got), want, kv_errstr((int)want));
    fail();
}

static inline void test_same(const char *file, int line, const char *what,
                             const char *got, const char *want) {
    if (!strcmp(got, want)) return;
    fprintf(stderr, "%s:%d: %s is\n    %s\nnot\n    %s\n", file, line, what,
            got, want);
    fail();
}

/* ---- Text that grows --------------------------------------------------- */

typedef struct text {
    char *p; /* ends in a zero byte once something was added */
    size_t n, cap;
} text;

static inline void text_add(text *t, const void *p, size_t n) {
    if (t->n + n + 1 > t->cap) {
        t->cap = 2 * t->cap + n + 64;
        t->p = (char *)realloc(t->p, t->cap);
        CHECK(t->p);
    }
    if (n) memcpy(t->p + t->n, p, n);
    t->n += n;
    t->p[t->n] = 0;
}

static inline void text_puts(text *t, const char *s) {
    text_add(t, s, strlen(s));
}

/* Bytes in quotes; what is not printable as \xHH. */
static inline void text_quote(text *t, const char *p, size_t n) {
    text_add(t, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        char hex[8];
        snprintf(hex, sizeof hex, "\\x%02x", c);
        if (c < ' ' || c > '~' || c == '"' || c == '\\') {
            text_puts(t, hex);
        } else {
            text_add(t, p + i, 1);
        }
    }
    text_add(t, "\"", 1);
}

static inline void text_free(text *t) {
    free(t->p);
    memset(t, 0, sizeof *t);
}

/* ---- Commands and their replies as text -------------------------------- */

static inline kv_slice S(const char *s) {
    kv_slice out = {s, strlen(s)};
    return out;
}

/* nil +simple -ERR error :1 "string" ,1.5 #t (123 ="verbatim" [a, b] {k: v}
 * ~[set] >[push]. Verifies what holds for every reply. */
static inline void show_reply(text *t, const kv_reply *r) {
    static const char open[][4] = {"",  "+", "-", "",  "",   ",", "",
                                   "(", "=", "[", "{", "~[", ">["};
    CHECK(r && r->type >= KV_NIL && r->type <= KV_PUSH);
    text_puts(t, open[r->type]);
    char number[32];
    switch (r->type) {
    case KV_NIL: text_puts(t, "nil"); break;
    case KV_INTEGER:
        snprintf(number, sizeof number, ":%lld", (long long)r->integer);
        text_puts(t, number);
        break;
    case KV_BOOL:
        CHECK(r->integer == 0 || r->integer == 1);
        text_puts(t, r->integer ? "#t" : "#f");
        break;
    case KV_STRING:
    case KV_VERBATIM:
        CHECK(r->str && r->str[r->len] == 0);
        text_quote(t, r->str, r->len);
        break;
    case KV_DOUBLE:
        CHECK(r->number != r->number || strtod(r->str, NULL) == r->number);
        /* falls through */
    case KV_SIMPLE:
    case KV_ERROR:
    case KV_BIGNUM:
        CHECK(r->str && strlen(r->str) == r->len);
        text_add(t, r->str, r->len);
        break;
    default: {
        size_t n = r->type == KV_MAP ? 2 * r->count : r->count;
        for (size_t i = 0; i < n; i++) {
            show_reply(t, &r->items[i]);
            if (i + 1 == n) break;
            text_puts(t, r->type == KV_MAP && i % 2 == 0 ? ": " : ", ");
        }
        text_puts(t, r->type == KV_MAP ? "}" : "]");
    }
    }
}

/* The reply to a line as text, valid until the next call; for one thread. */
static inline const char *run(kv *db, kv_session *s, const char *line) {
    static text out[2];
    static int turn;
    text *t = &out[turn ^= 1];
    kv_reply *r = NULL;
    text_free(t);
    int rc = kv_exec_line(db, s, line, &r);
    if (rc != KV_OK) {
        text_puts(t, kv_errstr(rc));
    } else {
        show_reply(t, r);
        kv_reply_free(db, r);
    }
    return t->p;
}

#define IS(db, s, line, want) SAME(run(db, s, line), want)

/* The integer that a line answers with. */
static inline int64_t run_int(kv *db, kv_session *s, const char *line) {
    kv_reply *r;
    OK(kv_exec_line(db, s, line, &r));
    EQ(r->type, KV_INTEGER);
    int64_t n = r->integer;
    kv_reply_free(db, r);
    return n;
}

/* Digest of all data; `out` has room for its 40 digits. */
static inline void digest(kv *db, char out[41]) {
    kv_reply *r;
    OK(kv_exec_line(db, NULL, "DEBUG DIGEST", &r));
    CHECK(r->type == KV_SIMPLE || r->type == KV_STRING);
    EQ(r->len, 40);
    memcpy(out, r->str, 41);
    kv_reply_free(db, r);
}

static inline int put(kv *db, const char *key, const char *value) {
    return kv_set(db, 0, key, strlen(key), value, strlen(value), 0);
}

/* The value of a short key, "-" for none. */
static inline const char *get(kv *db, const char *key) {
    static char out[256];
    size_t n;
    int rc = kv_get(db, 0, key, strlen(key), out, sizeof out - 1, &n);
    if (rc == KV_NONE) return "-";
    OK(rc);
    out[n] = 0;
    return out;
}

/* ---- RESP through memory ----------------------------------------------- */

/* Adds all reply bytes that there are to `out`, taking `step` at a time. */
static inline void take(kv_session *s, text *out, size_t step) {
    kv_slice p = {NULL, 0};
    for (;;) {
        int rc = kv_pending(s, &p);
        CHECK(rc == KV_OK || rc == KV_NONE || rc == KV_CLOSED);
        if (rc != KV_OK || !p.n) break;
        size_t n = p.n < step ? p.n : step;
        text_add(out, p.p, n);
        kv_consume(s, n);
    }
    text_add(out, "", 0);
}

/* What bytes answer with, quoted; valid until the next call. */
static inline const char *feed(kv_session *s, const void *p, size_t n) {
    static text quoted;
    text out = {0};
    int rc = kv_feed(s, p, n);
    CHECK(rc == KV_OK || rc == KV_CLOSED);
    take(s, &out, SIZE_MAX);
    text_free(&quoted);
    text_quote(&quoted, out.p, out.n);
    text_free(&out);
    return quoted.p;
}

static inline const char *quote(const void *p, size_t n) {
    static text quoted[2];
    static int turn;
    text *t = &quoted[turn ^= 1];
    text_free(t);
    text_quote(t, (const char *)p, n);
    return t->p;
}

/* Request and reply are literals and may hold zero bytes. */
#define WIRE(s, request, reply) \
    SAME(feed(s, request, sizeof(request) - 1), quote(reply, sizeof(reply) - 1))

/* Appends a command as RESP. */
static inline void text_command(text *t, size_t argc, const kv_slice *argv) {
    char head[32];
    snprintf(head, sizeof head, "*%lu\r\n", (unsigned long)argc);
    text_puts(t, head);
    for (size_t i = 0; i < argc; i++) {
        snprintf(head, sizeof head, "$%lu\r\n", (unsigned long)argv[i].n);
        text_puts(t, head);
        text_add(t, argv[i].p, argv[i].n);
        text_puts(t, "\r\n");
    }
}

/* ---- A clock that stands still ----------------------------------------- */

typedef struct fake {
    int64_t wall, mono; /* microseconds */
} fake;

#define FAKE_MS INT64_C(1700000000000)
#define FAKE_START \
    { FAKE_MS * 1000, 5000000 }

static inline int64_t fake_wall(void *ctx) {
    return ((fake *)ctx)->wall;
}
static inline int64_t fake_mono(void *ctx) {
    return ((fake *)ctx)->mono;
}

static inline void fake_add(fake *f, int64_t ms) {
    f->wall += ms * 1000;
    f->mono += ms * 1000;
}

static inline void fake_random(void *ctx, void *p, size_t n) {
    (void)ctx;
    for (size_t i = 0; i < n; i++) ((unsigned char *)p)[i] = (unsigned char)i;
}

static inline kv_desc fake_desc(fake *f) {
    kv_desc d;
    memset(&d, 0, sizeof d);
    d.size = sizeof d;
    d.wall_us = fake_wall;
    d.mono_us = fake_mono;
    d.clock_ctx = f;
    d.random = fake_random;
    return d;
}

/* An instance for tests, with DEBUG; `f` may be NULL for the real clock. */
static inline kv *fresh(fake *f) {
    kv *db = NULL;
    kv_desc d = fake_desc(f);
    OK(kv_open(&db, f ? &d : NULL));
    OK(kv_config(db, "enable-debug-command", "yes"));
    return db;
}

static inline void finish(kv *db) {
    OK(kv_check(db));
    kv_close(db);
}

static inline kv_session *session(kv *db) {
    kv_session *s = NULL;
    OK(kv_session_open(db, &s));
    CHECK(s);
    return s;
}

/* ---- Random numbers that are the same everywhere ----------------------- */

static inline uint32_t rnd(uint64_t *state, uint32_t below) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state >> 16) % below);
}

#endif
