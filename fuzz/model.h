/* A naive model of what commands do and reply: a list of keys, each with a
 * string or an array of elements. Sections: keys, strings and bits here,
 * collections in model_cols.h, streams in model_streams.h, positions and
 * HyperLogLogs in model_more.h.
 */
#include "fuzz.h"

enum { DBS = 4 };

static kv *k;

static struct bytes request, reply, expected;
static int resp3;
static size_t loose_at, loose_step; /* a reply without an order: see there */

/* ---- The model: a hash of (database, key) ------------------------------ */

struct elem { /* of a collection */
    u8 *a, *b; /* b: a field's value */
    size_t an, bn;
    double score;
    i64 exp; /* of a field */
};

struct m_who { /* a consumer */
    str name;
    i64 seen, active;
};

struct m_pend {
    sid id;
    i64 time;
    u64 count;
    struct m_who *who;
};

struct m_group {
    str name;
    sid last;
    i64 read;
    struct m_pend *p; /* np, by id */
    struct m_who **who;
    size_t np, nwho;
};

struct m_stream { /* what a stream has beside entries */
    sid last, gone;
    u64 added;
    struct m_group **g;
    size_t n;
};

struct item {
    struct item *next;
    int db, type; /* ENT_ */
    u8 *key, *val;
    size_t kn, vn;
    i64 exp;
    struct elem *e;
    size_t n, cap;
    struct m_stream *st;
};

static struct item *slots[1024];
static i64 now;

static struct item **slot_of(str key) {
    u32 h = 5381;
    size_t i;
    for (i = 0; i < key.n; i++) h = h * 33 + key.p[i];
    return &slots[h % COUNT(slots)];
}

static u8 *dup_of(str s) {
    u8 *p = malloc(s.n + 1);
    NEED(p);
    copy(p, s.p, s.n);
    return p;
}

static void *grown(void *p, size_t n) {
    p = realloc(p, n);
    NEED(p);
    return p;
}

/* ---- groups of streams, by name ---- */

static int text_less(str a, str b) {
    int c = memcmp(a.n ? a.p : (const u8 *)"", b.n ? b.p : (const u8 *)"",
                   min_z(a.n, b.n));
    return c ? c < 0 : a.n < b.n;
}

static struct m_who *who_new(struct m_group *g, str name, i64 seen) {
    struct m_who *w = grown(NULL, sizeof *w);
    size_t i = g->nwho++;
    w->name = str_of(dup_of(name), name.n);
    w->seen = seen;
    w->active = -1;
    g->who = grown(g->who, g->nwho * sizeof *g->who);
    for (; i && text_less(name, g->who[i - 1]->name); i--)
        g->who[i] = g->who[i - 1];
    return g->who[i] = w;
}

static void who_drop(struct m_group *g, struct m_who *w) {
    size_t i;
    for (i = 0; g->who[i] != w; i++) {
    }
    for (g->nwho--; i < g->nwho; i++) g->who[i] = g->who[i + 1];
    free((void *)(uintptr_t)w->name.p);
    free(w);
}

static struct m_group *gr_new(struct m_stream *st, str name, sid last,
                              i64 read) {
    struct m_group *g = grown(NULL, sizeof *g);
    size_t i = st->n++;
    memset(g, 0, sizeof *g);
    g->name = str_of(dup_of(name), name.n);
    g->last = last;
    g->read = read;
    st->g = grown(st->g, st->n * sizeof *st->g);
    for (; i && text_less(name, st->g[i - 1]->name); i--)
        st->g[i] = st->g[i - 1];
    return st->g[i] = g;
}

static void gr_drop(struct m_stream *st, struct m_group *g) {
    size_t i;
    for (i = 0; st->g[i] != g; i++) {
    }
    for (st->n--; i < st->n; i++) st->g[i] = st->g[i + 1];
    while (g->nwho) who_drop(g, g->who[0]);
    free(g->who);
    free(g->p);
    free((void *)(uintptr_t)g->name.p);
    free(g);
}

static struct m_stream *st_new(void) {
    struct m_stream *st = calloc(1, sizeof *st);
    NEED(st);
    return st;
}

static void st_free(struct m_stream *st) {
    if (!st) return;
    while (st->n) gr_drop(st, st->g[0]);
    free(st->g);
    free(st);
}

static struct m_stream *st_dup(const struct m_stream *from) {
    struct m_stream *st = from ? st_new() : NULL;
    size_t i, j, w;
    if (!from) return NULL;
    st->last = from->last;
    st->gone = from->gone;
    st->added = from->added;
    for (i = 0; i < from->n; i++) {
        const struct m_group *g = from->g[i];
        struct m_group *to = gr_new(st, g->name, g->last, g->read);
        for (j = 0; j < g->nwho; j++)
            who_new(to, g->who[j]->name, g->who[j]->seen)->active =
                g->who[j]->active;
        to->np = g->np;
        to->p = grown(NULL, (g->np + 1) * sizeof *to->p);
        for (j = 0; j < g->np; j++) {
            to->p[j] = g->p[j];
            for (w = 0; g->who[w] != g->p[j].who; w++) {
            }
            to->p[j].who = to->who[w];
        }
    }
    return st;
}

/* ---- keys ---- */

static struct item **m_place(int id, str key) {
    struct item **at = slot_of(key);
    while (*at && !((*at)->db == id && str_eq(str_of((*at)->key, (*at)->kn), key)))
        at = &(*at)->next;
    return at;
}

static void m_drop(struct item **at) {
    struct item *m = *at;
    size_t i;
    *at = m->next;
    for (i = 0; i < m->n; i++) {
        free(m->e[i].a);
        free(m->e[i].b);
    }
    free(m->e);
    st_free(m->st);
    free(m->key);
    free(m->val);
    free(m);
}

static int past(i64 exp) { return exp >= 0 && exp < now; }

/* A hash lives as long as one of its fields. */
static int m_alive(const struct item *m) {
    size_t i;
    if (past(m->exp)) return 0;
    for (i = 0; i < m->n && past(m->e[i].exp); i++) {}
    return !m->n || i < m->n;
}

static struct item *m_find(int id, str key) {
    struct item **at = m_place(id, key), *m = *at;
    size_t i, kept = 0;
    if (!m) return NULL;
    if (!m_alive(m)) {
        m_drop(at);
        return NULL;
    }
    for (i = 0; i < m->n; i++) {
        if (past(m->e[i].exp)) {
            free(m->e[i].a);
            free(m->e[i].b);
        } else {
            m->e[kept++] = m->e[i];
        }
    }
    m->n = kept;
    return m;
}

static void m_del(int id, str key) {
    struct item **at = m_place(id, key);
    if (*at) m_drop(at);
}

static void m_put(int id, str key, str val, i64 exp) {
    struct item *m = calloc(1, sizeof *m), **at;
    NEED(m);
    m->key = dup_of(key);
    m->kn = key.n;
    m->val = dup_of(val);
    m->vn = val.n;
    m->db = id;
    m->exp = exp;
    m_del(id, key);
    at = slot_of(key);
    m->next = *at;
    *at = m;
}

static str m_val(const struct item *m) { return str_of(m->val, m->vn); }

static void m_flush(int id) { /* -1: all */
    size_t i;
    for (i = 0; i < COUNT(slots); i++) {
        struct item **at = &slots[i];
        while (*at)
            if (id < 0 || (*at)->db == id) m_drop(at);
            else at = &(*at)->next;
    }
}

static void m_swap(int a, int b) {
    size_t i;
    struct item *m;
    for (i = 0; i < COUNT(slots); i++)
        for (m = slots[i]; m; m = m->next)
            if (m->db == a) m->db = b;
            else if (m->db == b) m->db = a;
}

/* Live keys. */
static size_t m_count(int id) { /* -1: all */
    size_t i, n = 0;
    struct item *m;
    for (i = 0; i < COUNT(slots); i++)
        for (m = slots[i]; m; m = m->next)
            n += m_alive(m) && (id < 0 || m->db == id);
    return n;
}

/* ---- Replies of the model ---------------------------------------------- */


static void say(const char *s) { bytes_put(&expected, s, strlen(s)); }

static void say_int(i64 v) {
    char b[40];
    snprintf(b, sizeof b, ":%lld\r\n", (long long)v);
    say(b);
}

static void say_array(size_t n) {
    char b[40];
    snprintf(b, sizeof b, "*%lu\r\n", (unsigned long)n);
    say(b);
}

static void say_bulk(str s) {
    char b[40];
    snprintf(b, sizeof b, "$%lu\r\n", (unsigned long)s.n);
    say(b);
    bytes_put(&expected, s.p, s.n);
    say("\r\n");
}

static void say_null(void) { say(resp3 ? "_\r\n" : "$-1\r\n"); }
static void say_ok(void) { say("+OK\r\n"); }
static void say_not_int(void) {
    say("-ERR value is not an integer or out of range\r\n");
}
static void say_syntax(void) { say("-ERR syntax error\r\n"); }

static void say_val(const struct item *m) {
    if (m) say_bulk(m_val(m));
    else say_null();
}

static void say_expire(const char *name) {
    say("-ERR invalid expire time in '");
    say(name);
    say("' command\r\n");
}

/* ---- Known commands ---------------------------------------------------- */

static int m_int(str s, i64 *v) {
    char b[32], back[32];
    if (s.n == 0 || s.n > 20) return 0;
    memcpy(b, s.p, s.n);
    b[s.n] = 0;
    errno = 0;
    *v = strtoll(b, NULL, 10);
    snprintf(back, sizeof back, "%lld", (long long)*v);
    return !errno && strlen(b) == s.n && !strcmp(b, back);
}

static int word(str s, const char *w) { return str_is(s, w); }

/* Wide enough for 19 digits and 17 decimals; without such a type the model
 * knows no decimals. */
#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 wide;
enum { WIDE_DIGITS = 19 };
#else
typedef i64 wide;
enum { WIDE_DIGITS = 0 };
#endif

/* A decimal as a multiple of 1e-17; 0: not a plain one. */
static int m_decimal(str s, wide *v) {
    size_t i = 0, frac = 0, digits = 0;
    int neg = s.n && s.p[0] == '-', point = 0;
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) i++;
    for (*v = 0; i < s.n; i++) {
        if (s.p[i] == '.' && !point) {
            point = 1;
            continue;
        }
        if (!num_is_digit(s.p[i]) || ++digits > WIDE_DIGITS)
            return 0;
        frac += (size_t)point;
        *v = *v * 10 + (s.p[i] - '0');
    }
    if (!digits || frac > 17) return 0;
    for (; frac < 17; frac++) *v *= 10;
    if (neg) *v = -*v;
    return 1;
}

/* The sum of two decimals; 0: not for the model. */
static int m_add_decimals(str a, str by, char out[64]) {
    wide v = 0, x;
    char b[64], *p = b + sizeof b;
    int i, neg;
    if (!m_decimal(a, &v) || !m_decimal(by, &x)) return 0;
    v += x;
    neg = v < 0;
    if (neg) v = -v;
    *--p = 0;
    for (i = 0; i < 17 || v || i == 17; i++, v /= 10) {
        if (i == 17 && *p) *--p = '.';
        if (i >= 17 || v % 10 || *p) *--p = (char)('0' + (int)(v % 10));
    }
    if (neg) *--p = '-';
    strcpy(out, p);
    return 1;
}

static int m_incr_float(int id, str key, str by) {
    struct item *m = m_find(id, key);
    char out[64];
    if (!m_add_decimals(m ? m_val(m) : LIT("0"), by, out)) return 0;
    m_put(id, key, str_c(out), m ? m->exp : -1);
    say_bulk(str_c(out));
    return 1;
}

#include "model_cols.h"
#include "model_streams.h"

struct opts {
    int nx, xx, get, keep, persist, ifeq, ifne, unit; /* unit: 1 EX 2 PX 3 EXAT 4 PXAT */
    str time, compare;
    i64 exp;
};

/* Options from argument i on. 0: the error was said. */
static int m_opts(const char *name, const str *a, size_t n, size_t i,
                  const char *allow, struct opts *o) {
    i64 v;
    memset(o, 0, sizeof *o);
    o->exp = -1;
    for (; i < n; i++) {
        int more = i + 1 < n, unit = 0;
        if (word(a[i], "ex")) unit = 1;
        if (word(a[i], "px")) unit = 2;
        if (word(a[i], "exat")) unit = 3;
        if (word(a[i], "pxat")) unit = 4;
        if (unit && more && !o->keep && !o->persist &&
            (!o->unit || o->unit == unit)) {
            o->unit = unit;
            o->time = a[++i];
        } else if (word(a[i], "nx") && strchr(allow, 'n') && !o->xx &&
                   !o->ifeq && !o->ifne) {
            o->nx = 1;
        } else if (word(a[i], "xx") && strchr(allow, 'n') && !o->nx &&
                   !o->ifeq && !o->ifne) {
            o->xx = 1;
        } else if (word(a[i], "get") && strchr(allow, 'g')) {
            o->get = 1;
        } else if (word(a[i], "keepttl") && strchr(allow, 'k') && !o->unit) {
            o->keep = 1;
        } else if (word(a[i], "persist") && strchr(allow, 'p') && !o->unit) {
            o->persist = 1;
        } else if ((word(a[i], "ifeq") || word(a[i], "ifne")) && more &&
                   strchr(allow, 'i') && !o->nx && !o->xx && !o->ifeq &&
                   !o->ifne) {
            if (word(a[i], "ifeq")) o->ifeq = 1;
            else o->ifne = 1;
            o->compare = a[++i];
        } else {
            say_syntax();
            return 0;
        }
    }
    if (!o->unit || strchr(allow, 'l')) return 1; /* l: the time comes later */
    if (!m_int(o->time, &v)) {
        say_not_int();
        return 0;
    }
    if (v <= 0 || (o->unit % 2 && v > INT64_MAX / 1000) ||
        (o->unit <= 2 && v * (o->unit % 2 ? 1000 : 1) > INT64_MAX - now)) {
        say_expire(name);
        return 0;
    }
    o->exp = v * (o->unit % 2 ? 1000 : 1) + (o->unit <= 2 ? now : 0);
    return 1;
}

/* 1: it was set. */
static int m_set(int id, str key, str val, const struct opts *o) {
    struct item *m = m_find(id, key);
    i64 exp = o->keep && m ? m->exp : o->exp;
    if (o->get) say_val(m);
    if (o->nx && m) return 0;
    if (o->xx && !m) return 0;
    if (o->ifeq && !(m && str_eq(m_val(m), o->compare))) return 0;
    if (o->ifne && m && str_eq(m_val(m), o->compare)) return 0;
    m_put(id, key, val, exp);
    return 1;
}

static void m_incr(int id, str key, i64 by) {
    struct item *m = m_find(id, key);
    i64 v = 0;
    char b[32];
    if (m && !m_int(m_val(m), &v)) {
        say_not_int();
    } else if (by > 0 ? v > INT64_MAX - by : v < INT64_MIN - by) {
        say("-ERR increment or decrement would overflow\r\n");
    } else {
        snprintf(b, sizeof b, "%lld", (long long)(v + by));
        m_put(id, key, str_c(b), m ? m->exp : -1);
        say_int(v + by);
    }
}

/* Bytes into a value. */
static size_t m_edit(int id, str key, size_t off, str val) {
    struct item *m = m_find(id, key);
    size_t n = max_z(m ? m->vn : 0, off + val.n);
    u8 *b = calloc(n + 1, 1);
    NEED(b);
    if (m) copy(b, m->val, m->vn);
    copy(b + off, val.p, val.n);
    m_put(id, key, str_of(b, n), m ? m->exp : -1);
    free(b);
    return n;
}

static void m_expire(int id, const char *name, int secs, int rel, const str *a,
                     size_t n) {
    int nx = 0, xx = 0, gt = 0, lt = 0;
    size_t i;
    i64 v;
    struct item *m;
    for (i = 3; i < n; i++) {
        if (word(a[i], "nx")) nx = 1;
        else if (word(a[i], "xx")) xx = 1;
        else if (word(a[i], "gt")) gt = 1;
        else if (word(a[i], "lt")) lt = 1;
        else NEED(0);
    }
    if (nx && (xx || gt || lt)) {
        say("-ERR NX and XX, GT or LT options at the same time are not "
            "compatible\r\n");
        return;
    }
    if (gt && lt) {
        say("-ERR GT and LT options at the same time are not compatible\r\n");
        return;
    }
    if (!m_int(a[2], &v)) {
        say_not_int();
        return;
    }
    if ((secs && (v > INT64_MAX / 1000 || v < INT64_MIN / 1000)) ||
        (rel && v * (secs ? 1000 : 1) > INT64_MAX - now)) {
        say_expire(name);
        return;
    }
    v = v * (secs ? 1000 : 1) + (rel ? now : 0);
    m = m_find(id, a[1]);
    if (!m || (nx && m->exp >= 0) || (xx && m->exp < 0) ||
        (gt && (m->exp < 0 || v <= m->exp)) ||
        (lt && m->exp >= 0 && v >= m->exp)) {
        say_int(0);
        return;
    }
    if (v <= now) m_del(id, a[1]);
    else m->exp = v;
    say_int(1);
}

static int m_dbnum(str s, int *id) {
    i64 v;
    if (!m_int(s, &v)) say_not_int();
    else if (v < 0 || v >= DBS) say("-ERR DB index is out of range\r\n");
    else return *id = (int)v, 1;
    return 0;
}

static void m_copy(int id, const str *a, size_t n) {
    int to = id, replace = 0;
    size_t i;
    struct item *m;
    for (i = 3; i < n; i++)
        if (word(a[i], "replace")) replace = 1;
        else if (!m_dbnum(a[++i], &to)) return;
    if (to == id && str_eq(a[1], a[2])) {
        say("-ERR source and destination objects are the same\r\n");
        return;
    }
    m = m_find(id, a[1]);
    if (!m || (!replace && m_find(to, a[2]))) {
        say_int(0);
        return;
    }
    m_clone(to, a[2], m, m->exp);
    say_int(1);
}

static void m_rename(int id, str from, str to, int only_new) {
    struct item *m = m_find(id, from);
    if (!m) {
        say("-ERR no such key\r\n");
        return;
    }
    if (only_new && m_find(id, to)) {
        say_int(0);
        return;
    }
    if (!str_eq(from, to)) {
        m_clone(id, to, m, m->exp);
        m_del(id, from);
    }
    if (only_new) say_int(1);
    else say_ok();
}

static void m_range(int id, const str *a) {
    i64 from, to, n;
    struct item *m;
    if (!m_int(a[2], &from) || !m_int(a[3], &to)) {
        say_not_int();
        return;
    }
    m = m_find(id, a[1]);
    n = m ? (i64)m->vn : 0;
    if (from < 0 && to < 0 && from > to) {
        say_bulk(str_of("", 0));
        return;
    }
    if (from < 0) from += n;
    if (to < 0) to += n;
    if (from < 0) from = 0;
    if (to < 0) to = 0;
    if (to >= n) to = n - 1;
    if (from > to || !n) say_bulk(str_of("", 0));
    else say_bulk(str_of(m->val + from, (size_t)(to - from + 1)));
}

static void m_ttl(int id, str key, int secs, int absolute) {
    struct item *m = m_find(id, key);
    i64 v;
    if (!m || m->exp < 0) {
        say_int(m ? -1 : -2);
        return;
    }
    v = absolute ? m->exp : m->exp - now;
    if (v < 0) v = 0;
    say_int(secs ? (i64)(((u64)v + 500) / 1000) : v);
}

static void m_delete_if(int id, str key, str compare, int equal) {
    struct item *m = m_find(id, key);
    int hit = m && str_eq(m_val(m), compare) == equal;
    if (hit) m_del(id, key);
    say_int(hit);
}

/* ---- bits, one at a time ---- */

static int m_bit(str s, u64 at) {
    return at / 8 < s.n ? s.p[at / 8] >> (7 - at % 8) & 1 : 0;
}

static void m_setbit(int id, str key, str where, str bit) {
    struct item *m = m_find(id, key);
    i64 at;
    size_t have = m ? m->vn : 0;
    u8 mask;
    if (!m_int(where, &at) || at < 0 || at >> 3 >= 512 << 20) {
        say("-ERR bit offset is not an integer or out of range\r\n");
        return;
    }
    if (!word(bit, "0") && !word(bit, "1")) {
        say("-ERR bit is not an integer or out of range\r\n");
        return;
    }
    say_int(m ? m_bit(m_val(m), (u64)at) : 0);
    if ((size_t)(at >> 3) >= have)
        m_edit(id, key, (size_t)(at >> 3), str_of("", 1));
    m = m_find(id, key);
    mask = (u8)(128 >> (at & 7));
    m->val[at >> 3] = (u8)(word(bit, "1") ? m->val[at >> 3] | mask
                                          : m->val[at >> 3] & ~mask);
}

static void m_bitcount(int id, const str *a, size_t n) {
    struct item *m = m_find(id, a[1]);
    i64 from = 0, to = -1, i, total = m ? (i64)m->vn : 0, count = 0;
    int unit = 8, bit;
    if (m && n > 2 && (!m_int(a[2], &from) || !m_int(a[3], &to))) {
        say_not_int();
        return;
    }
    if (from < 0 && to < 0 && from > to) total = 0;
    else if (m && n > 4 && word(a[4], "bit")) unit = 1;
    else if (m && n > 4 && !word(a[4], "byte")) {
        say_syntax();
        return;
    }
    total = total * 8 / unit;
    if (from < 0) from = from < -total ? 0 : from + total;
    if (to < 0) to = to < -total ? 0 : to + total;
    if (to >= total) to = total - 1;
    for (i = from; i <= to; i++)
        for (bit = 0; bit < unit; bit++)
            count += m_bit(m_val(m), (u64)(i * unit + bit));
    say_int(count);
}

static void m_bitop(int id, const str *a, size_t n) {
    static u8 out[1 << 16];
    static u64 places;
    size_t most = 0, i;
    for (i = 3; i < n; i++) {
        struct item *m = m_find(id, a[i]);
        if (m) most = max_z(most, m->vn);
    }
    NEED(most <= sizeof out);
    if (n == 4 && (word(a[1], "diff") || word(a[1], "diff1") ||
                   word(a[1], "andor"))) {
        say_error();
        return;
    }
    memset(out, 0, most);
    for (places = 0; places < most * 8; places++) {
        int ones = 0, bit, first = 0;
        for (i = 3; i < n; i++) {
            struct item *m = m_find(id, a[i]);
            ones += m && m_bit(m_val(m), places);
            if (i == 3) first = ones;
        }
        bit = word(a[1], "and")   ? ones == (int)n - 3
              : word(a[1], "or")  ? ones > 0
              : word(a[1], "xor") ? ones & 1
              : word(a[1], "one") ? ones == 1
              : word(a[1], "diff")  ? first && ones == 1
              : word(a[1], "diff1") ? !first && ones
              : word(a[1], "andor") ? first && ones > 1
                                  : !ones;
        out[places / 8] |= (u8)(bit << (7 - places % 8));
    }
    if (most) m_put(id, a[2], str_of(out, most), -1);
    else m_del(id, a[2]);
    say_int((i64)most);
}

#include "model_more.h"

/* ---- commands ---- */

static const char *m_type_name(const struct item *m) {
    static const char *const names[] = {"+string\r\n", "+nested\r\n",
                                        "+list\r\n",   "+set\r\n",
                                        "+zset\r\n",   "+hash\r\n",
                                        "+stream\r\n"};
    return names[m->type];
}

/* Whether a command on strings meets a key of another type. */
static int m_wrong(const char *name, int id, const str *a, size_t n) {
    static const char *const first[] = {
        "get", "getset", "getdel", "getex", "append", "strlen", "incr", "decr",
        "incrby", "decrby", "incrbyfloat", "setrange", "getrange", "substr",
        "delifeq", "setbit", "getbit", "bitcount", "bitpos", "bitfield",
        "bitfield_ro"};
    size_t i, from = 0, to = 2;
    struct item *m;
    for (i = 0; i < COUNT(first); i++)
        if (!strcmp(name, first[i])) from = 1;
    if (!strcmp(name, "bitop")) {
        from = 3;
        to = n;
    }
    if (!strcmp(name, "delex") && n == 4) from = 1;
    for (i = 3; i < n && !strcmp(name, "set"); i++)
        if (word(a[i], "get") || word(a[i], "ifeq") || word(a[i], "ifne")) from = 1;
    for (i = from; i && i < to; i++)
        if ((m = m_find(id, a[i])) && m->type) return 1;
    return 0;
}

/* -1: it is about keys, or the simplest of strings; 0: not for the model. */
static int m_cols_command(const char *name, int id, const str *a, size_t n) {
    int rc;
    if (!strcmp(name, "sort") || !strcmp(name, "sort_ro")) return m_sort(id, a, n);
    expected.n = 0;
    rc = m_more_command(name, id, a, n);
    if (rc >= 0) return rc;
    if (name[0] == 'x') return m_stream_command(name, id, a, n);
    if (m_list_command(name, id, a, n)) return 1;
    if (!strcmp(name, "hincrbyfloat")) return m_hincr(id, a, 1);
    if (m_hash_command(name, id, a, n)) return 1;
    if (name[0] == 'z') return m_zset_command(name, id, a, n);
    return m_set_command(name, id, a, n) ? 1 : -1;
}

/* Applies a command to the model and says its reply. 0: what the reply is, the
 * model cannot tell. */
static int m_command(int *id, const str *a, size_t n) {
    struct opts o;
    struct item *m;
    size_t i;
    i64 v;
    int db2, rc;
    const str *b = a + 1;
    char name[24];
    NEED(n && a[0].n < sizeof name);
    memcpy(name, a[0].p, a[0].n);
    name[a[0].n] = 0;
#define IS(w) (strcmp(name, w) == 0)
    expected.n = loose_step = 0;
    if (m_wrong(name, *id, a, n)) {
        say_error();
        return 1;
    }
    rc = m_cols_command(name, *id, a, n);
    if (rc >= 0) return rc;
    if (IS("get")) say_val(m_find(*id, *b));
    else if (IS("set")) {
        if (m_opts(name, a, n, 3, "ngki", &o)) {
            int rc = m_set(*id, *b, b[1], &o);
            if (!o.get && rc) say_ok();
            else if (!o.get) say_null();
        }
    } else if (IS("setnx")) {
        memset(&o, 0, sizeof o);
        o.nx = 1;
        o.exp = -1;
        say_int(m_set(*id, *b, b[1], &o));
    } else if (IS("getset")) {
        say_val(m_find(*id, *b));
        m_put(*id, *b, b[1], -1);
    } else if (IS("setex") || IS("psetex")) {
        str as[2];
        as[0] = IS("setex") ? LIT("ex") : LIT("px");
        as[1] = b[1];
        if (m_opts(name, as, 2, 0, "", &o)) {
            m_put(*id, *b, b[2], o.exp);
            say_ok();
        }
    } else if (IS("getdel")) {
        say_val(m_find(*id, *b));
        m_del(*id, *b);
    } else if (IS("getex")) {
        if (!m_opts(name, a, n, 2, "pl", &o)) return 1;
        m = m_find(*id, *b);
        if (!m) {
            say_null();
            return 1;
        }
        if (!m_opts(name, a, n, 2, "p", &o)) return 1;
        say_val(m);
        if (o.persist) m->exp = -1;
        if (o.unit) m->exp = o.exp;
        if (o.unit && o.exp <= now) m_del(*id, *b);
    } else if (IS("mget")) {
        say_array(n - 1);
        for (i = 1; i < n; i++) {
            m = m_find(*id, a[i]);
            say_val(m && m->type ? NULL : m);
        }
    } else if (IS("mset") || IS("msetnx")) {
        if (IS("msetnx"))
            for (i = 1; i < n; i += 2)
                if (m_find(*id, a[i])) {
                    say_int(0);
                    return 1;
                }
        for (i = 1; i < n; i += 2) m_put(*id, a[i], a[i + 1], -1);
        if (IS("mset")) say_ok();
        else say_int(1);
    } else if (IS("msetex")) {
        size_t have = 0, end;
        NEED(m_int(*b, &v));
        end = 2 + 2 * (size_t)v;
        if (!m_opts(name, a, n, end, "nk", &o)) return 1;
        for (i = 2; i < end; i += 2) have += m_find(*id, a[i]) != NULL;
        if ((o.nx && have) || (o.xx && have < (size_t)v)) {
            say_int(0);
            return 1;
        }
        for (i = 2; i < end; i += 2) {
            m = m_find(*id, a[i]);
            m_put(*id, a[i], a[i + 1], o.keep && m ? m->exp : o.exp);
        }
        say_int(1);
    } else if (IS("append")) say_int((i64)m_edit(*id, *b, (m = m_find(*id, *b)) ? m->vn : 0, b[1]));
    else if (IS("strlen")) say_int((m = m_find(*id, *b)) ? (i64)m->vn : 0);
    else if (IS("incr")) m_incr(*id, *b, 1);
    else if (IS("decr")) m_incr(*id, *b, -1);
    else if (IS("incrby") || IS("decrby")) {
        if (!m_int(b[1], &v)) say_not_int();
        else if (IS("incrby")) m_incr(*id, *b, v);
        else if (v == INT64_MIN) say("-ERR decrement would overflow\r\n");
        else m_incr(*id, *b, -v);
    } else if (IS("incrbyfloat")) return m_incr_float(*id, *b, b[1]);
    else if (IS("setrange")) {
        if (!m_int(b[1], &v)) say_not_int();
        else if (v < 0) say("-ERR offset is out of range\r\n");
        else if (!b[2].n) say_int((m = m_find(*id, *b)) ? (i64)m->vn : 0);
        else if (v > 512 << 20)
            say("-ERR string exceeds maximum allowed size "
                "(proto-max-bulk-len)\r\n");
        else say_int((i64)m_edit(*id, *b, (size_t)v, b[2]));
    } else if (IS("getrange") || IS("substr")) m_range(*id, a);
    else if (IS("delifeq")) m_delete_if(*id, *b, b[1], 1);
    else if (IS("delex")) {
        if (n == 4) m_delete_if(*id, *b, b[2], word(b[1], "ifeq"));
        else {
            say_int(m_find(*id, *b) != NULL);
            m_del(*id, *b);
        }
    } else if (IS("del") || IS("unlink")) {
        for (v = 0, i = 1; i < n; i++) {
            v += m_find(*id, a[i]) != NULL;
            m_del(*id, a[i]);
        }
        say_int(v);
    } else if (IS("exists") || IS("touch")) {
        for (v = 0, i = 1; i < n; i++) v += m_find(*id, a[i]) != NULL;
        say_int(v);
    } else if (IS("type")) {
        say((m = m_find(*id, *b)) ? m_type_name(m) : "+none\r\n");
    } else if (IS("rename")) m_rename(*id, *b, b[1], 0);
    else if (IS("renamenx")) m_rename(*id, *b, b[1], 1);
    else if (IS("copy")) m_copy(*id, a, n);
    else if (IS("move")) {
        if (!m_dbnum(b[1], &db2)) return 1;
        if (db2 == *id) {
            say("-ERR source and destination objects are the same\r\n");
            return 1;
        }
        m = m_find(*id, *b);
        if (!m || m_find(db2, *b)) {
            say_int(0);
            return 1;
        }
        m_clone(db2, *b, m, m->exp);
        m_del(*id, *b);
        say_int(1);
    } else if (IS("expire")) m_expire(*id, name, 1, 1, a, n);
    else if (IS("pexpire")) m_expire(*id, name, 0, 1, a, n);
    else if (IS("expireat")) m_expire(*id, name, 1, 0, a, n);
    else if (IS("pexpireat")) m_expire(*id, name, 0, 0, a, n);
    else if (IS("ttl")) m_ttl(*id, *b, 1, 0);
    else if (IS("pttl")) m_ttl(*id, *b, 0, 0);
    else if (IS("expiretime")) m_ttl(*id, *b, 1, 1);
    else if (IS("pexpiretime")) m_ttl(*id, *b, 0, 1);
    else if (IS("persist")) {
        m = m_find(*id, *b);
        say_int(m && m->exp >= 0);
        if (m) m->exp = -1;
    } else if (IS("flushall")) {
        m_flush(-1);
        say_ok();
    } else if (IS("flushdb")) {
        m_flush(*id);
        say_ok();
    } else if (IS("swapdb")) {
        if (!m_dbnum(*b, &db2)) return 1;
        if (!m_int(b[1], &v) || v >= DBS || v < 0) return 0;
        m_swap(db2, (int)v);
        say_ok();
    } else if (IS("config")) {
        say_ok();
    } else if (IS("select")) {
        if (m_dbnum(*b, id)) say_ok();
    } else if (IS("setbit")) m_setbit(*id, *b, b[1], b[2]);
    else if (IS("bitcount")) m_bitcount(*id, a, n);
    else if (IS("bitop")) m_bitop(*id, a, n);
    else if (IS("getbit")) {
        if (!m_int(b[1], &v) || v < 0 || v >> 3 >= 512 << 20)
            say("-ERR bit offset is not an integer or out of range\r\n");
        else say_int((m = m_find(*id, *b)) ? m_bit(m_val(m), (u64)v) : 0);
    } else return 0;
#undef IS
    return 1;
}

