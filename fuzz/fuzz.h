/* What the fuzz targets share: the whole of kv, an input that is read like a
 * tape, a clock that moves only when it is told, and checks.
 *
 * A target is one function, LLVMFuzzerTestOneInput, in one file, built with
 * libFuzzer or with driver.c; see run.
 */
#ifndef KV_DEBUG
#define KV_DEBUG 1
#endif
#include "../kv.c"

#define NEED(x) ((x) ? (void)0 : need_failed(__FILE__, __LINE__, #x))

static inline void need_failed(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: %s does not hold\n", file, line, what);
    abort();
}

/* ---- Input; past its end there are zeros ------------------------------- */

struct tape {
    const u8 *p;
    size_t n;
};

static inline struct tape tape_of(const u8 *p, size_t n) {
    struct tape t;
    t.p = p;
    t.n = n;
    return t;
}

static inline u32 tape_byte(struct tape *t) {
    if (!t->n) return 0;
    t->n--;
    return *t->p++;
}

static inline u32 tape_u16(struct tape *t) {
    u32 hi = tape_byte(t);
    return hi << 8 | tape_byte(t);
}

static inline u64 tape_u64(struct tape *t) {
    u64 v = 0;
    int i;
    for (i = 0; i < 8; i++) v = v << 8 | tape_byte(t);
    return v;
}

static inline u32 tape_below(struct tape *t, u32 n) { return tape_byte(t) % n; }

/* Up to `most` bytes, their number first. */
static inline str tape_bytes(struct tape *t, u32 most) {
    size_t want = tape_below(t, most + 1), n = min_z(want, t->n);
    str s = str_of(t->p, n);
    t->p += n;
    t->n -= n;
    return s;
}

/* ---- An instance that does the same again ------------------------------ */

static i64 fake_us;

static i64 fake_clock(void *ctx) {
    return ctx ? *(i64 *)ctx : fake_us;
}

static void fake_random(void *ctx, void *p, size_t n) {
    size_t i;
    (void)ctx;
    for (i = 0; i < n; i++) ((u8 *)p)[i] = (u8)(i * 37 + 11);
}

/* `clock` may be NULL for the one that all share. */
static inline kv *fuzz_open(i64 *clock) {
    kv *k;
    kv_desc d;
    memset(&d, 0, sizeof d);
    d.size = sizeof d;
    d.wall_us = d.mono_us = fake_clock;
    d.clock_ctx = clock;
    d.random = fake_random;
    NEED(kv_open(&k, &d) == KV_OK);
    return k;
}

static inline void fuzz_check(kv *k) {
    static struct chk x;
    if (chk_all(&x, k)) return;
    fprintf(stderr, "check: %s\n", x.why);
    abort();
}

/* ---- Streams but for their entries; times are not kept to the millisecond */

static inline void need_same_groups(const struct group *a,
                                    const struct group *b) {
    struct pel_it x, y;
    struct pend *p, *q;
    u32 i;
    NEED(str_eq(a->named.name, b->named.name) && a->read == b->read);
    NEED(!sid_cmp(a->last, b->last));
    NEED(a->consumers.n == b->consumers.n && a->pel.items == b->pel.items);
    for (i = 0; i < a->consumers.n; i++)
        NEED(str_eq(consumer_at(a, i)->named.name,
                    consumer_at(b, i)->named.name));
    pel_seek(&x, &a->pel, SID_MIN);
    pel_seek(&y, &b->pel, SID_MIN);
    while ((p = pel_next(&x))) {
        q = pel_next(&y);
        NEED(q && !sid_cmp(p->id, q->id) && p->count == q->count);
        NEED(str_eq(p->owner->named.name, q->owner->named.name));
    }
}

static inline void need_same_streams(const struct stream *a,
                                     const struct stream *b) {
    u32 i;
    NEED(!sid_cmp(a->last, b->last) && !sid_cmp(a->gone, b->gone));
    NEED(a->added == b->added && a->groups.n == b->groups.n);
    for (i = 0; i < a->groups.n; i++)
        need_same_groups(group_at(a, i), group_at(b, i));
}

/* ---- Bytes that grow; memory of the host, which does not run out ------- */

struct bytes {
    u8 *p;
    size_t n, cap;
};

static inline void bytes_put(struct bytes *b, const void *p, size_t n) {
    if (!n) return;
    if (b->n + n > b->cap) {
        b->cap = 2 * (b->n + n) + 64;
        b->p = realloc(b->p, b->cap);
        NEED(b->p);
    }
    copy(b->p + b->n, p, n);
    b->n += n;
}

static inline void bytes_free(struct bytes *b) {
    free(b->p);
    memset(b, 0, sizeof *b);
}

static inline void bytes_show(const char *what, const struct bytes *b) {
    size_t i;
    fprintf(stderr, "%s \"", what);
    for (i = 0; i < b->n && i < 600; i++) {
        u8 c = b->p[i];
        fprintf(stderr, c < 32 || c > 126 || c == '"' || c == '\\' ? "\\x%02x"
                                                                   : "%c", c);
    }
    fprintf(stderr, b->n > i ? "\"... (%lu bytes)\n" : "\"\n",
            (unsigned long)b->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
