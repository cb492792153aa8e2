/* The naive model's lists, hashes, sets and sorted sets: arrays that are
 * searched from the front; and SORT over them. An error is any error here: its
 * text is a matter of the suite's cases. Where a reply has no order, or is left
 * to chance, what kv replied is looked at.
 */

/* ---- elements ---- */

static str el_a(const struct elem *e) { return str_of(e->a, e->an); }
static str el_b(const struct elem *e) { return str_of(e->b, e->bn); }

static void el_insert(struct item *m, size_t at, str a, str b, double score,
                      i64 exp) {
    struct elem *e;
    NEED(at <= m->n);
    if (m->n == m->cap) {
        m->cap = 2 * m->cap + 8;
        m->e = realloc(m->e, m->cap * sizeof *m->e);
        NEED(m->e);
    }
    e = m->e + at;
    memmove(e + 1, e, (m->n++ - at) * sizeof *e);
    e->a = dup_of(a);
    e->an = a.n;
    e->b = dup_of(b);
    e->bn = b.n;
    e->score = score;
    e->exp = exp;
}

static void el_remove(struct item *m, size_t at) {
    NEED(at < m->n);
    free(m->e[at].a);
    free(m->e[at].b);
    memmove(m->e + at, m->e + at + 1, (--m->n - at) * sizeof *m->e);
}

static size_t el_find(const struct item *m, str a) { /* m->n: none */
    size_t i;
    if (!m) return 0;
    for (i = 0; i < m->n && !str_eq(el_a(&m->e[i]), a); i++) {
    }
    return i;
}

static int el_has(const struct item *m, str a) {
    return m && el_find(m, a) < m->n;
}

/* Puts as the type does: whether it is new. */
static int el_put(struct item *m, str a, str b, double score, i64 exp) {
    size_t i = el_find(m, a);
    int had = i < m->n;
    if (had && m->type == ENT_SET) return 0;
    if (had) el_remove(m, i);
    i = m->n;
    while (m->type == ENT_ZSET && i &&
           (m->e[i - 1].score > score ||
            (m->e[i - 1].score == score && text_less(a, el_a(&m->e[i - 1])))))
        i--;
    el_insert(m, i, a, b, score, exp);
    return !had;
}

static struct item *m_new(int id, str key, int type) {
    struct item *m;
    m_put(id, key, str_of("", 0), -1);
    m = m_find(id, key);
    m->type = type;
    return m;
}

static size_t m_size(const struct item *m) { return m ? m->n : 0; }

static void m_tidy(int id, str key) { /* no empty collections */
    struct item *m = m_find(id, key);
    if (m && m->type && m->type != ENT_STREAM && !m->n) m_del(id, key);
}

static void m_clone(int id, str key, const struct item *from, i64 exp) {
    struct item copy = *from, *m;
    size_t i;
    struct elem *e = NULL;
    struct m_stream *st;
    if (!from->type) {
        u8 *p = dup_of(m_val(from));
        m_put(id, key, str_of(p, copy.vn), exp);
        free(p);
        return;
    }
    NEED(from->n || from->st);
    e = grown(NULL, (from->n + 1) * sizeof *e);
    for (i = 0; i < from->n; i++) {
        e[i] = from->e[i];
        e[i].a = dup_of(el_a(&e[i]));
        e[i].b = dup_of(el_b(&e[i]));
    }
    st = st_dup(from->st);
    m = m_new(id, key, copy.type);
    m->st = st;
    m->exp = exp;
    m->e = e;
    m->n = m->cap = copy.n;
}

/* ---- replies ---- */

/* What kv replied is an error. */
static void say_error(void) {
    if (reply.n && reply.p[0] == '-' &&
        (reply.n < 4 || memcmp(reply.p, "-OOM", 4)))
        bytes_put(&expected, reply.p, reply.n);
    else say("-an error\r\n");
}

static void say_double(double d) {
    u8 t[NUM_TEXT];
    size_t n = num_put_double(t, d);
    if (!resp3) {
        say_bulk(str_of(t, n));
        return;
    }
    say(",");
    bytes_put(&expected, t, n);
    say("\r\n");
}

static void say_head(char c, size_t n) {
    char b[40];
    snprintf(b, sizeof b, "%c%lu\r\n", c, (unsigned long)n);
    say(b);
}

static void say_null_array(void) { say(resp3 ? "_\r\n" : "*-1\r\n"); }

/* From here on the reply is in no order: pieces of `frames` frames. */
static void say_any_order(size_t frames) {
    loose_at = expected.n;
    loose_step = frames;
}

static void say_elem(const struct elem *e, int values) {
    if (values == 2 && resp3) say_array(2);
    say_bulk(el_a(e));
    if (values == 1) say_bulk(el_b(e));
    if (values == 2) say_double(e->score);
}

/* The end of the frame at `p`; NULL: there is none. */
static const u8 *frame_end(const u8 *p, const u8 *e) {
    const u8 *q = p < e ? memchr(p, '\n', (size_t)(e - p)) : NULL;
    long n;
    u8 c;
    if (!q) return NULL;
    c = *p;
    n = strtol((const char *)p + 1, NULL, 10);
    p = q + 1;
    if (c == '$' && n >= 0) return n + 2 <= e - p ? p + n + 2 : NULL;
    if (c != '*' && c != '~' && c != '%') return p;
    for (n = c == '%' ? 2 * n : n; n > 0 && p; n--) p = frame_end(p, e);
    return p;
}

struct cut {
    const u8 *p;
    size_t n;
};

static int piece_order(const void *x, const void *y) {
    const struct cut *a = x, *b = y;
    int c = memcmp(a->p, b->p, min_z(a->n, b->n));
    return c ? c : a->n < b->n ? -1 : a->n > b->n;
}

static struct cut *pieces_of(const struct bytes *b, size_t at, size_t step,
                               size_t *n) {
    struct cut *out = malloc((b->n + 1) * sizeof *out);
    const u8 *p = b->p + at, *e = b->p + b->n, *q;
    size_t i;
    NEED(out);
    for (*n = 0; p < e; p = q, ++*n) {
        for (q = p, i = 0; i < step && q; i++) q = frame_end(q, e);
        if (!q) break;
        out[*n].p = p;
        out[*n].n = (size_t)(q - p);
    }
    if (p != e) *n = SIZE_MAX;
    return out;
}

/* Whether kv's reply is the expected one. */
static int reply_is_expected(void) {
    struct cut *x, *y;
    size_t n, m, i;
    int same;
    if (reply.n != expected.n) return 0;
    if (!loose_step) return !memcmp(reply.p, expected.p, reply.n);
    if (memcmp(reply.p, expected.p, loose_at)) return 0;
    x = pieces_of(&reply, loose_at, loose_step, &n);
    y = pieces_of(&expected, loose_at, loose_step, &m);
    same = n == m && n != SIZE_MAX;
    if (same) qsort(x, n, sizeof *x, piece_order);
    if (same) qsort(y, n, sizeof *y, piece_order);
    for (i = 0; same && i < n; i++) same = !piece_order(&x[i], &y[i]);
    free(x);
    free(y);
    return same;
}

static str piece_text(struct cut p) { /* of a bulk string */
    const u8 *q = memchr(p.p, '\n', p.n);
    NEED(p.p[0] == '$' && q);
    return str_of(q + 1, (size_t)(p.p + p.n - 2 - (q + 1)));
}

/* ---- arguments ---- */

/* The item of a type; 0: it is another, the error is said. */
static int m_typed(int id, str key, int type, struct item **m) {
    *m = m_find(id, key);
    if (!*m || (*m)->type == type) return 1;
    say_error();
    return 0;
}

static struct item *m_make(int id, str key, int type) {
    struct item *m = m_find(id, key);
    return m ? m : m_new(id, key, type);
}

static int m_clip(i64 n, i64 *from, i64 *to) { /* 0: nothing is left */
    if (*from < 0) *from = *from < -n ? 0 : *from + n;
    if (*to < 0) *to = *to < -n ? -1 : *to + n;
    if (*to >= n) *to = n - 1;
    return *from <= *to && *from < n;
}

static i64 m_found(const str *a, size_t n, size_t from, const char *w) {
    size_t i;
    for (i = from; i < n; i++)
        if (word(a[i], w)) return (i64)i;
    return -1;
}

/* ---- lists ---- */

static void m_push(int id, const str *a, size_t n, int front, int there) {
    struct item *m;
    size_t i;
    str none = str_of("", 0);
    if (!m_typed(id, a[1], ENT_LIST, &m)) return;
    if (there && !m) {
        say_int(0);
        return;
    }
    m = m_make(id, a[1], ENT_LIST);
    for (i = 2; i < n; i++) el_insert(m, front ? 0 : m->n, a[i], none, 0, -1);
    say_int((i64)m->n);
}

/* Takes `count` elements off an end, into the reply. */
static void m_take(struct item *m, size_t count, int front, int values) {
    for (; count; count--) {
        size_t at = front ? 0 : m->n - 1;
        say_elem(&m->e[at], values);
        el_remove(m, at);
    }
}

static void m_pop(int id, const str *a, size_t n, int front) {
    struct item *m;
    i64 count = 1;
    if (n > 2 && (!m_int(a[2], &count) || count < 0)) say_error();
    else if (!m_typed(id, a[1], ENT_LIST, &m)) return;
    else if (!m && n > 2) say_null_array();
    else if (!m) say_null();
    else {
        count =
            (i64)min_z((u64)count > SIZE_MAX ? SIZE_MAX : (size_t)count, m->n);
        if (n > 2) say_array((size_t)count);
        m_take(m, (size_t)count, front, 0);
        m_tidy(id, a[1]);
    }
}

static void m_move_elem(int id, const str *a, int from, int to) {
    struct item *m, *x;
    u8 *p;
    size_t n, at;
    if (!m_typed(id, a[1], ENT_LIST, &m)) return;
    if (!m) {
        say_null();
        return;
    }
    if (!m_typed(id, a[2], ENT_LIST, &x)) return;
    at = from ? 0 : m->n - 1;
    p = dup_of(el_a(&m->e[at]));
    n = m->e[at].an;
    say_bulk(str_of(p, n));
    el_remove(m, at);
    if (!str_eq(a[1], a[2])) m_tidy(id, a[1]);
    x = m_make(id, a[2], ENT_LIST);
    el_insert(x, to ? 0 : x->n, str_of(p, n), str_of("", 0), 0, -1);
    free(p);
}

static void m_lpos(int id, const str *a, size_t n) {
    struct item *m;
    i64 rank = 1, count = -1, most = 0, i, seen = 0, skip, *hit;
    size_t j, hits = 0;
    for (j = 3; j < n; j += 2) {
        if (j + 1 < n && word(a[j], "rank") && m_int(a[j + 1], &rank) && rank &&
            rank > INT64_MIN)
            continue;
        if (j + 1 < n && word(a[j], "count") && m_int(a[j + 1], &count) &&
            count >= 0)
            continue;
        if (j + 1 < n && word(a[j], "maxlen") && m_int(a[j + 1], &most) &&
            most >= 0)
            continue;
        say_error();
        return;
    }
    if (!m_typed(id, a[1], ENT_LIST, &m)) return;
    hit = malloc((m_size(m) + 1) * sizeof *hit);
    NEED(hit);
    skip = rank > 0 ? rank : -rank;
    for (i = 0; i < (i64)m_size(m) && (!most || i < most); i++) {
        i64 at = rank > 0 ? i : (i64)m->n - 1 - i;
        if (!str_eq(el_a(&m->e[at]), a[2]) || ++seen < skip) continue;
        hit[hits++] = at;
        if (count < 0 || (i64)hits == count) break;
    }
    if (count >= 0) say_array(hits);
    else if (!hits) say_null();
    for (j = 0; j < hits; j++) say_int(hit[j]);
    free(hit);
}

static void m_lrem(int id, const str *a) {
    struct item *m;
    i64 count, gone = 0, i;
    if (!m_int(a[2], &count)) {
        say_error();
        return;
    }
    if (!m_typed(id, a[1], ENT_LIST, &m)) return;
    if (count >= 0) {
        for (i = 0; i < (i64)m_size(m);) {
            if (str_eq(el_a(&m->e[i]), a[3]) && (!count || gone < count)) {
                el_remove(m, (size_t)i);
                gone++;
            } else {
                i++;
            }
        }
    } else {
        for (i = (i64)m_size(m) - 1; i >= 0; i--)
            if (str_eq(el_a(&m->e[i]), a[3]) &&
                gone < (count < -4000 ? 4000 : -count)) {
                el_remove(m, (size_t)i);
                gone++;
            }
    }
    say_int(gone);
    m_tidy(id, a[1]);
}

static void m_linsert(int id, const str *a) {
    struct item *m;
    size_t at;
    if (!word(a[2], "before") && !word(a[2], "after")) say_error();
    else if (!m_typed(id, a[1], ENT_LIST, &m)) return;
    else if (!m) say_int(0);
    else if ((at = el_find(m, a[3])) == m->n) say_int(-1);
    else {
        el_insert(m, at + word(a[2], "after"), a[4], str_of("", 0), 0, -1);
        say_int((i64)m->n);
    }
}

/* LMPOP and ZMPOP. */
static void m_mpop(int id, const str *a, size_t n, int type) {
    i64 keys, count = 1, i;
    struct item *m;
    size_t at;
    int front, list = type == ENT_LIST;
    if (!m_int(a[1], &keys) || keys < 1 || keys >= (i64)n - 2) {
        say_error();
        return;
    }
    at = 2 + (size_t)keys;
    front = word(a[at], list ? "left" : "min");
    if ((!front && !word(a[at], list ? "right" : "max")) ||
        (at + 1 < n && (at + 3 != n || !word(a[at + 1], "count") ||
                        !m_int(a[at + 2], &count) || count < 1))) {
        say_error();
        return;
    }
    for (i = 0; i < keys; i++) {
        if (!m_typed(id, a[2 + i], type, &m)) return;
        if (!m) continue;
        if (count > (i64)m->n) count = (i64)m->n;
        say_array(2);
        say_bulk(a[2 + i]);
        say_array((size_t)count);
        for (; count; count--) {
            if (!list && !resp3) say_array(2);
            m_take(m, 1, front, list ? 0 : 2);
        }
        m_tidy(id, a[2 + i]);
        return;
    }
    say_null_array();
}

static int m_list_command(const char *name, int id, const str *a, size_t n) {
    struct item *m;
    i64 v, w;
    size_t i;
#define IS(x) (strcmp(name, x) == 0)
    if (IS("lpush") || IS("rpush")) m_push(id, a, n, IS("lpush"), 0);
    else if (IS("lpushx") || IS("rpushx")) m_push(id, a, n, IS("lpushx"), 1);
    else if (IS("lpop") || IS("rpop")) m_pop(id, a, n, IS("lpop"));
    else if (IS("rpoplpush")) m_move_elem(id, a, 0, 1);
    else if (IS("lmove")) {
        if ((!word(a[3], "left") && !word(a[3], "right")) ||
            (!word(a[4], "left") && !word(a[4], "right")))
            say_error();
        else m_move_elem(id, a, word(a[3], "left"), word(a[4], "left"));
    } else if (IS("lmpop")) m_mpop(id, a, n, ENT_LIST);
    else if (IS("llen")) {
        if (m_typed(id, a[1], ENT_LIST, &m)) say_int((i64)m_size(m));
    } else if (IS("lindex")) {
        if (!m_typed(id, a[1], ENT_LIST, &m)) return 1;
        if (!m) say_null();
        else if (!m_int(a[2], &v)) say_error();
        else {
            if (v < 0) v += (i64)m->n;
            if (v < 0 || v >= (i64)m->n) say_null();
            else say_bulk(el_a(&m->e[v]));
        }
    } else if (IS("lset")) {
        if (!m_typed(id, a[1], ENT_LIST, &m)) return 1;
        if (m && m_int(a[2], &v) && v < 0) v += (i64)m->n;
        if (!m || !m_int(a[2], &w) || v < 0 || v >= (i64)m->n) say_error();
        else {
            el_remove(m, (size_t)v);
            el_insert(m, (size_t)v, a[3], str_of("", 0), 0, -1);
            say_ok();
        }
    } else if (IS("lrange") || IS("ltrim")) {
        if (!m_int(a[2], &v) || !m_int(a[3], &w)) say_error();
        else if (!m_typed(id, a[1], ENT_LIST, &m)) return 1;
        else {
            int some = m_clip((i64)m_size(m), &v, &w);
            if (IS("lrange")) {
                say_array(some ? (size_t)(w - v + 1) : 0);
                for (; some && v <= w; v++) say_bulk(el_a(&m->e[v]));
                return 1;
            }
            for (i = m_size(m); i-- > 0;)
                if (!some || (i64)i < v || (i64)i > w) el_remove(m, i);
            m_tidy(id, a[1]);
            say_ok();
        }
    } else if (IS("lpos")) m_lpos(id, a, n);
    else if (IS("linsert")) m_linsert(id, a);
    else if (IS("lrem")) m_lrem(id, a);
    else return 0;
    return 1;
}

/* ---- random elements and scans ---- */

/* A reply of random elements: each is one, with what belongs to it, and none
 * comes twice where the count was not negative. */
static void m_random(int id, const str *a, size_t n, int type,
                     const char *with) {
    struct item *m;
    i64 count;
    int values = 0;
    size_t i, j, want, have, step;
    struct cut *p;
    if (n > 2 && (!m_int(a[2], &count) || count == INT64_MIN)) {
        say_error();
        return;
    }
    if (n > 3) {
        values = type == ENT_ZSET ? 2 : 1;
        if (!with || !word(a[3], with) || count > INT64_MAX / 2 ||
            count < -(INT64_MAX / 2)) {
            say_error();
            return;
        }
    }
    if (!m_typed(id, a[1], type, &m)) return;
    if (!m) {
        if (n > 2) say_array(0);
        else say_null();
        return;
    }
    want = n < 3 ? 1 : count < 0 ? (size_t)-count : min_z((size_t)count, m->n);
    step = values && !resp3 ? 2 : 1;
    if (n > 2) say_array(want * step);
    if (reply.n < expected.n || memcmp(reply.p, expected.p, expected.n)) return;
    p = pieces_of(&reply, expected.n, step, &have);
    NEED(have == want);
    for (i = 0; i < have; i++) {
        size_t at = expected.n;
        for (j = 0; j < m->n; j++) {
            expected.n = at;
            if (values && resp3 && type == ENT_HASH) say_array(2);
            say_elem(&m->e[j], values);
            if (expected.n - at == p[i].n &&
                !memcmp(expected.p + at, p[i].p, p[i].n))
                break;
        }
        NEED(j < m->n);
    }
    if (n > 2 && count > 0) {
        qsort(p, have, sizeof *p, piece_order);
        for (i = 1; i < have; i++) NEED(piece_order(&p[i - 1], &p[i]));
    }
    free(p);
}

static void m_spop(int id, const str *a, size_t n) {
    struct item *m;
    i64 count = 1;
    size_t have, i, want;
    struct cut *p;
    if (n > 2 && (!m_int(a[2], &count) || count < 0)) {
        say_error();
        return;
    }
    if (!m_typed(id, a[1], ENT_SET, &m)) return;
    if (!m || !count) {
        if (n > 2) say_head(resp3 ? '~' : '*', 0);
        else say_null();
        return;
    }
    want = (u64)count > m->n ? m->n : (size_t)count;
    if (n > 2) say_head(resp3 ? '~' : '*', want);
    if (reply.n < expected.n || memcmp(reply.p, expected.p, expected.n)) return;
    p = pieces_of(&reply, expected.n, 1, &have);
    NEED(have == want);
    for (i = 0; i < have; i++) {
        size_t at = el_find(m, piece_text(p[i]));
        NEED(at < m->n);
        say_bulk(el_a(&m->e[at]));
        el_remove(m, at);
    }
    free(p);
    m_tidy(id, a[1]);
}

/* A scan that gets all in one call. */
static void m_scan(int id, const str *a, size_t n, int type) {
    struct item *m;
    int values = type != ENT_SET;
    size_t i, each;
    if (!m_typed(id, a[1], type, &m)) return;
    if (m_found(a, n, 3, "novalues") >= 0) {
        if (m && type != ENT_HASH) {
            say_error();
            return;
        }
        values = 0;
    }
    each = values ? 2 : 1;
    say_array(2);
    say_bulk(LIT("0"));
    say_array(m_size(m) * each);
    say_any_order(each);
    for (i = 0; i < m_size(m); i++) {
        u8 t[NUM_TEXT];
        say_bulk(el_a(&m->e[i]));
        if (values && type == ENT_HASH) say_bulk(el_b(&m->e[i]));
        if (values && type == ENT_ZSET)
            say_bulk(str_of(t, num_put_double(t, m->e[i].score)));
    }
}

/* ---- hashes ---- */

static const i64 FIELD_MOST = ((i64)1 << 46) - 2;

/* The fields behind FIELDS; 0: the error is said. */
static int m_fields(const str *a, size_t n, size_t i, size_t step, size_t *from,
                    size_t *count) {
    i64 v;
    if (i + 1 >= n || !word(a[i], "fields") || !m_int(a[i + 1], &v) || v < 1 ||
        (u64)v > n || (size_t)v * step != n - i - 2) {
        say_error();
        return 0;
    }
    *from = i + 2;
    *count = (size_t)v;
    return 1;
}

static int m_field_time(str s, int secs, int rel, i64 *when) {
    i64 base = rel ? now : 0;
    if (m_int(s, when) && *when >= 0 &&
        *when <= FIELD_MOST / (secs ? 1000 : 1) &&
        *when * (secs ? 1000 : 1) <= FIELD_MOST - base) {
        *when = *when * (secs ? 1000 : 1) + base;
        return 1;
    }
    say_error();
    return 0;
}

/* Gives a field a time, or removes it: whether it is still there. */
static int m_field_set(struct item *m, size_t at, i64 when) {
    m->e[at].exp = when;
    if (when < 0 || when > now) return 1;
    el_remove(m, at);
    return 0;
}

static void m_hexpire(int id, const str *a, size_t n, int secs, int rel) {
    static const char *const words[] = {"nx", "xx", "gt", "lt"};
    struct item *m;
    size_t from, count, w, at;
    i64 when;
    if (!m_typed(id, a[1], ENT_HASH, &m)) return;
    if (!m_field_time(a[2], secs, rel, &when)) return;
    for (w = 0; w < 4 && !word(a[3], words[w]); w++) {
    }
    if (!m_fields(a, n, w < 4 ? 4 : 3, 1, &from, &count)) return;
    say_array(count);
    for (; count; count--, from++) {
        i64 was;
        if (!m || (at = el_find(m, a[from])) == m->n) {
            say_int(-2);
            continue;
        }
        was = m->e[at].exp;
        if ((w == 0 && was >= 0) || (w == 1 && was < 0) ||
            (w == 2 && (was < 0 || when <= was)) ||
            (w == 3 && was >= 0 && when >= was))
            say_int(0);
        else say_int(m_field_set(m, at, when) ? 1 : 2);
    }
    m_tidy(id, a[1]);
}

static void m_httl(int id, const str *a, size_t n, int secs, int absolute) {
    struct item *m;
    size_t from, count, at;
    if (!m_typed(id, a[1], ENT_HASH, &m)) return;
    if (!m_fields(a, n, 2, 1, &from, &count)) return;
    say_array(count);
    for (; count; count--, from++) {
        i64 v = -2;
        if (m && (at = el_find(m, a[from])) < m->n) v = m->e[at].exp;
        if (v >= 0 && !absolute) v -= now;
        if (v >= 0 && secs) v = (v + 999) / 1000;
        say_int(v);
    }
}

static void m_hpersist(int id, const str *a, size_t n) {
    struct item *m;
    size_t from, count, at;
    if (!m_typed(id, a[1], ENT_HASH, &m)) return;
    if (!m_fields(a, n, 2, 1, &from, &count)) return;
    say_array(count);
    for (; count; count--, from++) {
        if (!m || (at = el_find(m, a[from])) == m->n) {
            say_int(-2);
        } else {
            say_int(m->e[at].exp >= 0 ? 1 : -1);
            m->e[at].exp = -1;
        }
    }
}

/* HGETEX, HSETEX: the options up to FIELDS. *exp: -1: none. */
static int m_field_options(const str *a, size_t n, int set, i64 *exp, int *how,
                           size_t *at) {
    static const char *const words[] = {"ex",      "px",      "exat", "pxat",
                                        "persist", "keepttl", "fnx",  "fxx"};
    size_t i, w;
    str time = str_of("", 0);
    *exp = -1;
    *how = 0; /* bits of words */
    for (i = 2; i < n && !word(a[i], "fields"); i++) {
        for (w = 0; w < COUNT(words) && !word(a[i], words[w]); w++) {
        }
        if (w == COUNT(words) || (w == 4 && set) || (w > 4 && !set) ||
            (w < 6 && *how & 63) || (w >= 6 && *how & 192) ||
            (w < 4 && i + 1 == n)) {
            say_error();
            return 0;
        }
        *how |= 1 << w;
        if (w < 4) time = a[++i];
    }
    *at = i;
    return !(*how & 15) || m_field_time(time, *how & 5, *how & 3, exp);
}

static void say_fields(struct item *m, const str *a, size_t n) {
    size_t i, at;
    say_array(n);
    for (i = 0; i < n; i++)
        if (m && (at = el_find(m, a[i])) < m->n) say_bulk(el_b(&m->e[at]));
        else say_null();
}

static void m_hgetex(int id, const str *a, size_t n) {
    struct item *m;
    size_t from, count, at, i;
    i64 exp;
    int how;
    if (!m_typed(id, a[1], ENT_HASH, &m)) return;
    if (!m_field_options(a, n, 0, &exp, &how, &at) ||
        !m_fields(a, n, at, 1, &from, &count))
        return;
    say_fields(m, a + from, count);
    for (i = 0; i < count && m && how; i++)
        if ((at = el_find(m, a[from + i])) < m->n) m_field_set(m, at, exp);
    m_tidy(id, a[1]);
}

static void m_hsetex(int id, const str *a, size_t n) {
    struct item *m;
    size_t from, count, at, i;
    i64 exp;
    int how;
    if (!m_typed(id, a[1], ENT_HASH, &m)) return;
    if (!m_field_options(a, n, 1, &exp, &how, &at) ||
        !m_fields(a, n, at, 2, &from, &count))
        return;
    for (i = 0; i < count; i++) {
        int there = el_has(m, a[from + 2 * i]);
        if ((how & 64 && there) || (how & 128 && !there)) {
            say_int(0);
            return;
        }
    }
    say_int(1);
    if (exp < 0 || exp > now) m = m_make(id, a[1], ENT_HASH);
    for (i = 0; i < count && m; i++) {
        str f = a[from + 2 * i];
        i64 t = exp;
        at = el_find(m, f);
        if (how & 32 && at < m->n) t = m->e[at].exp;
        if (t < 0 || t > now) el_put(m, f, a[from + 2 * i + 1], 0, t);
        else if (at < m->n) el_remove(m, at);
    }
    m_tidy(id, a[1]);
}

/* HINCRBY, HINCRBYFLOAT; 0: not for the model. */
static int m_hincr(int id, const str *a, int decimal) {
    struct item *m;
    size_t at;
    i64 by = 0, v = 0, exp = -1;
    char text[80];
    str had = str_of("0", 1);
    if (!decimal && !m_int(a[3], &by)) {
        say_error();
        return 1;
    }
    if (!m_typed(id, a[1], ENT_HASH, &m)) return 1;
    if (m && (at = el_find(m, a[2])) < m->n) {
        had = el_b(&m->e[at]);
        exp = m->e[at].exp;
    }
    if (decimal) {
        if (!m_add_decimals(had, a[3], text)) return 0;
        say_bulk(str_c(text));
    } else {
        if (!m_int(had, &v) ||
            (by > 0 ? v > INT64_MAX - by : v < INT64_MIN - by)) {
            say_error();
            return 1;
        }
        snprintf(text, sizeof text, "%lld", (long long)(v + by));
        say_int(v + by);
    }
    el_put(m_make(id, a[1], ENT_HASH), a[2], str_c(text), 0, exp);
    return 1;
}

static int m_hash_command(const char *name, int id, const str *a, size_t n) {
    struct item *m;
    size_t i, at, from, count;
    i64 v = 0;
    if (IS("hset") || IS("hmset")) {
        if (n % 2) say_error();
        else if (m_typed(id, a[1], ENT_HASH, &m)) {
            m = m_make(id, a[1], ENT_HASH);
            for (i = 2; i < n; i += 2) v += el_put(m, a[i], a[i + 1], 0, -1);
            if (IS("hset")) say_int(v);
            else say_ok();
        }
    } else if (IS("hsetnx")) {
        if (!m_typed(id, a[1], ENT_HASH, &m)) return 1;
        say_int(!el_has(m, a[2]));
        if (!el_has(m, a[2]))
            el_put(m_make(id, a[1], ENT_HASH), a[2], a[3], 0, -1);
    } else if (IS("hincrby")) return m_hincr(id, a, 0);
    else if (IS("hincrbyfloat")) return m_hincr(id, a, 1);
    else if (IS("hexpire")) m_hexpire(id, a, n, 1, 1);
    else if (IS("hpexpire")) m_hexpire(id, a, n, 0, 1);
    else if (IS("hexpireat")) m_hexpire(id, a, n, 1, 0);
    else if (IS("hpexpireat")) m_hexpire(id, a, n, 0, 0);
    else if (IS("httl")) m_httl(id, a, n, 1, 0);
    else if (IS("hpttl")) m_httl(id, a, n, 0, 0);
    else if (IS("hexpiretime")) m_httl(id, a, n, 1, 1);
    else if (IS("hpexpiretime")) m_httl(id, a, n, 0, 1);
    else if (IS("hpersist")) m_hpersist(id, a, n);
    else if (IS("hgetex")) m_hgetex(id, a, n);
    else if (IS("hsetex")) m_hsetex(id, a, n);
    else if (IS("hrandfield")) m_random(id, a, n, ENT_HASH, "withvalues");
    else if (IS("hscan")) m_scan(id, a, n, ENT_HASH);
    else if (name[0] != 'h' || !m_typed(id, a[1], ENT_HASH, &m))
        return name[0] == 'h';
    else if (IS("hget")) {
        if (el_has(m, a[2])) say_bulk(el_b(&m->e[el_find(m, a[2])]));
        else say_null();
    } else if (IS("hmget")) say_fields(m, a + 2, n - 2);
    else if (IS("hexists")) say_int(el_has(m, a[2]));
    else if (IS("hstrlen"))
        say_int(el_has(m, a[2]) ? (i64)m->e[el_find(m, a[2])].bn : 0);
    else if (IS("hlen")) say_int((i64)m_size(m));
    else if (IS("hgetall") || IS("hkeys") || IS("hvals")) {
        int all = IS("hgetall");
        if (all && resp3) say_head('%', m_size(m));
        else say_array(m_size(m) * (all ? 2 : 1));
        say_any_order(all ? 2 : 1);
        for (i = 0; i < m_size(m); i++) {
            if (!IS("hvals")) say_bulk(el_a(&m->e[i]));
            if (!IS("hkeys")) say_bulk(el_b(&m->e[i]));
        }
    } else if (IS("hdel")) {
        for (i = 2; i < n && m; i++)
            if ((at = el_find(m, a[i])) < m->n) {
                el_remove(m, at);
                v++;
            }
        say_int(v);
        m_tidy(id, a[1]);
    } else if (IS("hgetdel")) {
        if (!m_fields(a, n, 2, 1, &from, &count)) return 1;
        say_fields(m, a + from, count);
        for (i = 0; i < count && m; i++)
            if ((at = el_find(m, a[from + i])) < m->n) el_remove(m, at);
        m_tidy(id, a[1]);
    } else return 0;
    return 1;
}

/* ---- sets ---- */

/* The keys from `i` on combined into `out`: 'u', 'i', 'd'. 0: the error is
 * said. Scores are added as a sorted set's. */
static int m_combine(int id, const str *a, size_t n, int op, struct item *out) {
    size_t i, j;
    struct item *m;
    for (i = 0; i < n; i++)
        if (!m_typed(id, a[i], ENT_SET, &m)) return 0;
    out->type = ENT_SET;
    m = m_find(id, a[0]);
    for (j = 0; op != 'u' && m && j < m->n; j++) {
        for (i = 1; i < n; i++)
            if (el_has(m_find(id, a[i]), el_a(&m->e[j])) == (op == 'd')) break;
        if (i == n) el_put(out, el_a(&m->e[j]), str_of("", 0), 0, -1);
    }
    for (i = 0; op == 'u' && i < n; i++)
        for (m = m_find(id, a[i]), j = 0; m && j < m->n; j++)
            el_put(out, el_a(&m->e[j]), str_of("", 0), 0, -1);
    return 1;
}

static void m_store(int id, str key, const struct item *out) {
    say_int((i64)out->n);
    if (out->n) m_clone(id, key, out, -1);
    else m_del(id, key);
}

static void item_free(struct item *m) {
    while (m->n) el_remove(m, m->n - 1);
    free(m->e);
    memset(m, 0, sizeof *m);
}

static void m_set_card(int id, const str *a, size_t n, int op) {
    struct item out = {0};
    i64 keys, limit = 0;
    size_t i;
    if (!m_int(a[1], &keys) || keys < 1 || keys > (i64)n - 2) {
        say_error();
        return;
    }
    for (i = 2 + (size_t)keys; i < n; i += 2)
        if (i + 1 == n || !word(a[i], "limit") || !m_int(a[i + 1], &limit) ||
            limit < 0) {
            say_error();
            return;
        }
    if (!m_combine(id, a + 2, (size_t)keys, op, &out)) return;
    say_int(limit && (i64)out.n > limit ? limit : (i64)out.n);
    item_free(&out);
}

static int m_set_command(const char *name, int id, const str *a, size_t n) {
    struct item *m, *x, out = {0};
    size_t i, at;
    i64 v = 0;
    int op = name[1];
    if (IS("sinter") || IS("sunion") || IS("sdiff")) {
        if (!m_combine(id, a + 1, n - 1, op, &out)) return 1;
        say_head(resp3 ? '~' : '*', out.n);
        say_any_order(1);
        for (i = 0; i < out.n; i++) say_bulk(el_a(&out.e[i]));
        item_free(&out);
    } else if (IS("sinterstore") || IS("sunionstore") || IS("sdiffstore")) {
        if (!m_combine(id, a + 2, n - 2, op, &out)) return 1;
        m_store(id, a[1], &out);
        item_free(&out);
    } else if (IS("sintercard") || IS("sunioncard") || IS("sdiffcard")) {
        m_set_card(id, a, n, op);
    } else if (IS("spop")) m_spop(id, a, n);
    else if (IS("srandmember")) m_random(id, a, n, ENT_SET, NULL);
    else if (IS("sscan")) m_scan(id, a, n, ENT_SET);
    else if (IS("smove")) {
        if (!m_typed(id, a[1], ENT_SET, &m)) return 1;
        if (!m) {
            say_int(0);
            return 1;
        }
        if (!m_typed(id, a[2], ENT_SET, &x)) return 1;
        at = el_find(m, a[3]);
        say_int(at < m->n);
        if (at == m->n || str_eq(a[1], a[2])) return 1;
        el_remove(m, at);
        m_tidy(id, a[1]);
        el_put(m_make(id, a[2], ENT_SET), a[3], str_of("", 0), 0, -1);
    } else if (IS("sadd")) {
        if (!m_typed(id, a[1], ENT_SET, &m)) return 1;
        m = m_make(id, a[1], ENT_SET);
        for (i = 2; i < n; i++) v += el_put(m, a[i], str_of("", 0), 0, -1);
        say_int(v);
    } else if (IS("srem")) {
        if (!m_typed(id, a[1], ENT_SET, &m)) return 1;
        for (i = 2; i < n && m; i++)
            if ((at = el_find(m, a[i])) < m->n) {
                el_remove(m, at);
                v++;
            }
        say_int(v);
        m_tidy(id, a[1]);
    } else if (IS("sismember")) {
        if (m_typed(id, a[1], ENT_SET, &m)) say_int(el_has(m, a[2]));
    } else if (IS("smismember")) {
        if (!m_typed(id, a[1], ENT_SET, &m)) return 1;
        say_array(n - 2);
        for (i = 2; i < n; i++) say_int(el_has(m, a[i]));
    } else if (IS("scard")) {
        if (m_typed(id, a[1], ENT_SET, &m)) say_int((i64)m_size(m));
    } else if (IS("smembers")) {
        if (!m_typed(id, a[1], ENT_SET, &m)) return 1;
        say_head(resp3 ? '~' : '*', m_size(m));
        say_any_order(1);
        for (i = 0; i < m_size(m); i++) say_bulk(el_a(&m->e[i]));
    } else return 0;
    return 1;
}

/* ---- sorted sets ---- */

static void m_zadd(int id, const str *a, size_t n, int incr) {
    int nx = 0, xx = 0, gt = 0, lt = 0, ch = 0, said = 0;
    struct item *m;
    size_t at = 2, i;
    double d, last = 0;
    i64 added = 0, moved = 0;
    for (; !incr && at < n; at++) {
        if (word(a[at], "nx")) nx = 1;
        else if (word(a[at], "xx")) xx = 1;
        else if (word(a[at], "gt")) gt = 1;
        else if (word(a[at], "lt")) lt = 1;
        else if (word(a[at], "ch")) ch = 1;
        else if (word(a[at], "incr")) said = 1;
        else break;
    }
    incr |= said;
    if (at == n || (n - at) % 2 || (nx && xx) || (gt && lt) ||
        (nx && (gt || lt)) || (incr && n - at > 2)) {
        say_error();
        return;
    }
    for (i = at; i < n; i += 2)
        if (!num_score(a[i], &d)) {
            say_error();
            return;
        }
    if (!m_typed(id, a[1], ENT_ZSET, &m)) return;
    said = 0;
    for (i = at; i < n; i += 2) {
        size_t j = m ? el_find(m, a[i + 1]) : 0;
        int there = m && j < m->n;
        double was = there ? m->e[j].score : 0;
        num_score(a[i], &d);
        if (there ? nx : xx) continue;
        if (there && incr) d += was;
        if (d != d) {
            say_error();
            return;
        }
        if (there && ((gt && d <= was) || (lt && d >= was))) continue;
        said = 1;
        last = d;
        added += !there;
        moved += there && d != was;
        if (there && d == was) continue;
        m = m_make(id, a[1], ENT_ZSET);
        el_put(m, a[i + 1], str_of("", 0), d, -1);
    }
    if (incr && said) say_double(last);
    else if (incr) say_null();
    else say_int(added + (ch ? moved : 0));
}

struct m_end {
    double score;
    str text;
    int open, infinite;
};

static int m_score_end(str s, struct m_end *e) {
    memset(e, 0, sizeof *e);
    e->open = s.n && s.p[0] == '(';
    if (e->open) s.p++, s.n--;
    return s.n && s.p[0] > ' ' && num_score(s, &e->score);
}

static int m_text_end(str s, struct m_end *e) {
    memset(e, 0, sizeof *e);
    if (word(s, "-") || word(s, "+")) {
        e->infinite = s.p[0] == '-' ? -1 : 1;
        return 1;
    }
    if (!s.n || (s.p[0] != '[' && s.p[0] != '(')) return 0;
    e->open = s.p[0] == '(';
    e->text = str_of(s.p + 1, s.n - 1);
    return 1;
}

enum { BY_RANK, BY_SCORE, BY_TEXT };

struct m_range {
    int by, rev, scores, limited;
    i64 offset, count;
};

static int m_inside(const struct elem *e, int by, const struct m_end *min,
                    const struct m_end *max) {
    str s = el_a(e);
    if (by == BY_SCORE)
        return (min->open ? e->score > min->score : e->score >= min->score) &&
               (max->open ? e->score < max->score : e->score <= max->score);
    if (min->infinite > 0 || max->infinite < 0) return 0;
    if (!min->infinite &&
        (text_less(s, min->text) || (min->open && str_eq(s, min->text))))
        return 0;
    return max->infinite || text_less(s, max->text) ||
           (!max->open && str_eq(s, max->text));
}

/* Marks (score 1 in `in`) the members of a range, whose ends are a[0] and
 * a[1]; 0: an error was said, -1: not for the model. */
static int m_range_of(const struct item *m, const str *a,
                      const struct m_range *r, u8 *in) {
    struct m_end min, max;
    i64 from, to, i, n = (i64)m_size(m), seen = 0;
    str lo = a[r->rev && r->by != BY_RANK],
        hi = a[!(r->rev && r->by != BY_RANK)];
    memset(in, 0, (size_t)n);
    if (r->by == BY_RANK) {
        if (!m_int(a[0], &from) || !m_int(a[1], &to)) {
            say_error();
            return 0;
        }
        if (!m_clip(n, &from, &to)) return 1;
        for (i = from; i <= to; i++) in[r->rev ? n - 1 - i : i] = 1;
        return 1;
    }
    if (r->by == BY_SCORE ? !m_score_end(lo, &min) || !m_score_end(hi, &max)
                          : !m_text_end(lo, &min) || !m_text_end(hi, &max)) {
        if (reply.n && reply.p[0] != '-') return -1; /* of an odd form */
        say_error();
        return 0;
    }
    for (i = 1; r->by == BY_TEXT && i < n; i++)
        if (m->e[i].score != m->e[0].score) return -1;
    for (i = 0; i < n; i++) {
        i64 at = r->rev ? n - 1 - i : i;
        if (!m_inside(&m->e[at], r->by, &min, &max)) continue;
        if (r->limited && (r->offset < 0 || seen++ < r->offset ||
                           (r->count >= 0 && seen > r->offset + r->count)))
            continue;
        in[at] = 1;
    }
    return 1;
}

static u8 *m_marks(const struct item *m) {
    u8 *in = malloc(m_size(m) + 1);
    NEED(in);
    return in;
}

/* All commands that read a range, and ZRANGESTORE (`store`). 0: unknown. */
static int m_zrange(int id, const str *a, size_t n, int by, int rev,
                    int store) {
    struct m_range r;
    struct item *m, out = {0};
    size_t i, from = store ? 3 : 2, count = 0;
    u8 *in;
    int free_form = by < 0, rc, said_by = 0;
    memset(&r, 0, sizeof r);
    r.by = by < 0 ? BY_RANK : by;
    r.rev = rev;
    for (i = from + 2; i < n; i++) {
        if (!store && word(a[i], "withscores")) r.scores = 1;
        else if (word(a[i], "limit") && i + 2 < n) {
            if (!m_int(a[i + 1], &r.offset) || !m_int(a[i + 2], &r.count))
                break;
            r.limited = 1;
            i += 2;
        } else if (free_form && word(a[i], "rev") && !r.rev) r.rev = 1;
        else if (free_form && !said_by && word(a[i], "byscore"))
            r.by = BY_SCORE, said_by = 1;
        else if (free_form && !said_by && word(a[i], "bylex"))
            r.by = BY_TEXT, said_by = 1;
        else break;
    }
    if (i < n || (r.limited && r.by == BY_RANK) ||
        (r.scores && r.by == BY_TEXT)) {
        say_error();
        return 1;
    }
    if (!m_typed(id, a[from - 1], ENT_ZSET, &m)) return 1;
    if (r.limited && r.offset > 0 && r.count > INT64_MAX - r.offset)
        r.count = -1;
    in = m_marks(m);
    rc = m_range_of(m, a + from, &r, in);
    for (i = 0; rc > 0 && i < m_size(m); i++) count += in[i];
    out.type = ENT_ZSET;
    if (rc > 0 && !store) say_array(count * (r.scores && !resp3 ? 2 : 1));
    for (i = 0; rc > 0 && i < m_size(m); i++) {
        const struct elem *e = &m->e[r.rev && !store ? m->n - 1 - i : i];
        if (!in[e - m->e]) continue;
        if (store) el_put(&out, el_a(e), str_of("", 0), e->score, -1);
        else say_elem(e, r.scores ? 2 : 0);
    }
    free(in);
    if (rc > 0 && store) m_store(id, a[1], &out);
    item_free(&out);
    return rc >= 0;
}

/* ZCOUNT, ZLEXCOUNT, ZREMRANGEBY...: 0: unknown. */
static int m_zcount(int id, const str *a, int by, int take) {
    struct m_range r;
    struct item *m;
    i64 count = 0;
    size_t i;
    u8 *in;
    int rc;
    memset(&r, 0, sizeof r);
    r.by = by;
    if (!m_typed(id, a[1], ENT_ZSET, &m)) return 1;
    in = m_marks(m);
    rc = m_range_of(m, a + 2, &r, in);
    for (i = m_size(m); rc > 0 && i-- > 0;) {
        count += in[i];
        if (in[i] && take) el_remove(m, i);
    }
    free(in);
    if (rc > 0) say_int(count);
    if (rc > 0) m_tidy(id, a[1]);
    return rc >= 0;
}

/* ZUNION and so on from the number of keys at `i` on. */
static void m_zcombine(int id, const str *a, size_t n, int op, int store) {
    struct item *in[300], out = {0};
    double weight[300], d;
    i64 keys;
    size_t i = store ? 2 : 1, j, e, at;
    char how = 's';
    int scores = 0;
    if (!m_int(a[i], &keys) || keys < 1 || keys > (i64)(n - i - 1)) {
        say_error();
        return;
    }
    for (j = 0, i++; j < (size_t)keys; j++, i++) {
        in[j] = m_find(id, a[i]);
        weight[j] = 1;
        if (in[j] && in[j]->type != ENT_SET && in[j]->type != ENT_ZSET) {
            say_error();
            return;
        }
    }
    for (; i < n; i++) {
        if (op != 'd' && word(a[i], "weights") && n - i - 1 >= (size_t)keys) {
            for (j = 0; j < (size_t)keys && num_score(a[i + 1 + j], &weight[j]);
                 j++) {
            }
            if (j < (size_t)keys) break;
            i += j;
        } else if (op != 'd' && word(a[i], "aggregate") && i + 1 < n &&
                   (word(a[i + 1], "sum") || word(a[i + 1], "min") ||
                    word(a[i + 1], "max") || word(a[i + 1], "count"))) {
            how = (char)(a[++i].p[1] | 32); /* u i a o */
        } else if (!store && word(a[i], "withscores")) {
            scores = 1;
        } else {
            break;
        }
    }
    if (i < n) {
        say_error();
        return;
    }
    out.type = ENT_ZSET;
    for (j = 0; j < (op == 'u' ? (size_t)keys : 1); j++)
        for (e = 0; e < m_size(in[j]); e++) {
            str s = el_a(&in[j]->e[e]);
            double sum = 0;
            int first = 1, bad = 0;
            if (el_has(&out, s)) continue;
            for (i = 0; i < (size_t)keys; i++) {
                int has = el_has(in[i], s);
                bad |= op == 'i' ? !has : op == 'd' && i && has;
                if (!has) continue;
                at = el_find(in[i], s);
                d = in[i]->type == ENT_SET ? 1 : in[i]->e[at].score;
                if (op != 'd') d = how == 'o' ? weight[i] : d * weight[i];
                if (d != d) d = 0;
                if (first) sum = d;
                else if (op == 'd') continue;
                else if (how == 'i') sum = sum < d ? sum : d;
                else if (how == 'a') sum = sum > d ? sum : d;
                else sum = sum + d == sum + d ? sum + d : 0;
                first = 0;
            }
            if (!bad) el_put(&out, s, str_of("", 0), sum + 0.0, -1);
        }
    if (store) {
        m_store(id, a[1], &out);
    } else {
        say_array(out.n * (scores && !resp3 ? 2 : 1));
        for (i = 0; i < out.n; i++) say_elem(&out.e[i], scores ? 2 : 0);
    }
    item_free(&out);
}

static void m_zintercard(int id, const str *a, size_t n) {
    i64 keys, limit = 0, count = 0;
    struct item *m;
    size_t i, j;
    if (!m_int(a[1], &keys) || keys < 1 || keys > (i64)n - 2) {
        say_error();
        return;
    }
    for (i = 2; i < 2 + (size_t)keys; i++) {
        m = m_find(id, a[i]);
        if (m && m->type != ENT_SET && m->type != ENT_ZSET) {
            say_error();
            return;
        }
    }
    for (; i < n; i += 2)
        if (i + 1 == n || !word(a[i], "limit") || !m_int(a[i + 1], &limit) ||
            limit < 0) {
            say_error();
            return;
        }
    m = m_find(id, a[2]);
    for (j = 0; j < m_size(m); j++) {
        for (i = 1;
             i < (size_t)keys && el_has(m_find(id, a[2 + i]), el_a(&m->e[j]));
             i++) {
        }
        count += i == (size_t)keys;
    }
    say_int(limit && count > limit ? limit : count);
}

static void m_zrank(int id, const str *a, size_t n, int rev) {
    struct item *m;
    size_t at;
    if (n > 3 && !word(a[3], "withscore")) say_error();
    else if (!m_typed(id, a[1], ENT_ZSET, &m)) return;
    else if (!el_has(m, a[2])) {
        if (n > 3) say_null_array();
        else say_null();
    } else {
        at = el_find(m, a[2]);
        if (n > 3) say_array(2);
        say_int((i64)(rev ? m->n - 1 - at : at));
        if (n > 3) say_double(m->e[at].score);
    }
}

static void m_zpop(int id, const str *a, size_t n, int front) {
    struct item *m;
    i64 count = 1;
    if (n > 2 && (!m_int(a[2], &count) || count < 0)) {
        say_error();
        return;
    }
    if (!m_typed(id, a[1], ENT_ZSET, &m)) return;
    if ((u64)count > m_size(m)) count = (i64)m_size(m);
    say_array((size_t)count * (n > 2 && resp3 ? 1 : 2));
    for (; count; count--) {
        size_t at = front ? 0 : m->n - 1;
        if (n > 2 && resp3) say_array(2);
        say_bulk(el_a(&m->e[at]));
        say_double(m->e[at].score);
        el_remove(m, at);
    }
    m_tidy(id, a[1]);
}

static int m_zset_command(const char *name, int id, const str *a, size_t n) {
    struct item *m;
    size_t i, at;
    i64 v = 0;
    if (IS("zadd") || IS("zincrby")) m_zadd(id, a, n, IS("zincrby"));
    else if (IS("zrange")) return m_zrange(id, a, n, -1, 0, 0);
    else if (IS("zrangestore")) return m_zrange(id, a, n, -1, 0, 1);
    else if (IS("zrevrange")) return m_zrange(id, a, n, BY_RANK, 1, 0);
    else if (IS("zrangebyscore")) return m_zrange(id, a, n, BY_SCORE, 0, 0);
    else if (IS("zrevrangebyscore")) return m_zrange(id, a, n, BY_SCORE, 1, 0);
    else if (IS("zrangebylex")) return m_zrange(id, a, n, BY_TEXT, 0, 0);
    else if (IS("zrevrangebylex")) return m_zrange(id, a, n, BY_TEXT, 1, 0);
    else if (IS("zcount")) return m_zcount(id, a, BY_SCORE, 0);
    else if (IS("zlexcount")) return m_zcount(id, a, BY_TEXT, 0);
    else if (IS("zremrangebyrank")) return m_zcount(id, a, BY_RANK, 1);
    else if (IS("zremrangebyscore")) return m_zcount(id, a, BY_SCORE, 1);
    else if (IS("zremrangebylex")) return m_zcount(id, a, BY_TEXT, 1);
    else if (IS("zunion") || IS("zinter") || IS("zdiff"))
        m_zcombine(id, a, n, name[1], 0);
    else if (IS("zunionstore") || IS("zinterstore") || IS("zdiffstore"))
        m_zcombine(id, a, n, name[1], 1);
    else if (IS("zintercard")) m_zintercard(id, a, n);
    else if (IS("zpopmin") || IS("zpopmax")) m_zpop(id, a, n, IS("zpopmin"));
    else if (IS("zmpop")) m_mpop(id, a, n, ENT_ZSET);
    else if (IS("zrank") || IS("zrevrank")) m_zrank(id, a, n, IS("zrevrank"));
    else if (IS("zrandmember")) m_random(id, a, n, ENT_ZSET, "withscores");
    else if (IS("zscan")) m_scan(id, a, n, ENT_ZSET);
    else if (name[0] != 'z' || !m_typed(id, a[1], ENT_ZSET, &m))
        return name[0] == 'z';
    else if (IS("zcard")) say_int((i64)m_size(m));
    else if (IS("zscore")) {
        if (el_has(m, a[2])) say_double(m->e[el_find(m, a[2])].score);
        else say_null();
    } else if (IS("zmscore")) {
        say_array(n - 2);
        for (i = 2; i < n; i++)
            if (el_has(m, a[i])) say_double(m->e[el_find(m, a[i])].score);
            else say_null();
    } else if (IS("zrem")) {
        for (i = 2; i < n && m; i++)
            if ((at = el_find(m, a[i])) < m->n) {
                el_remove(m, at);
                v++;
            }
        say_int(v);
        m_tidy(id, a[1]);
    } else return 0;
    return 1;
}

/* ---- SORT ---- */

struct m_sorted {
    str a, by;
    int none; /* nothing to sort by */
    double score;
};

static int m_sorts_before(const struct m_sorted *x, const struct m_sorted *y,
                          int alpha, int by) {
    if (!alpha && x->score != y->score) return x->score < y->score;
    if (alpha && by && x->none != y->none) return x->none;
    if (alpha && by && !x->none && !str_eq(x->by, y->by))
        return text_less(x->by, y->by);
    return text_less(x->a, y->a);
}

/* What a pattern (one star, perhaps a field) gives for an element. */
static int m_pattern(int id, str p, str a, str *out) {
    u8 name[4000];
    const u8 *star = p.n ? memchr(p.p, '*', p.n) : NULL;
    size_t i, field = p.n;
    struct item *m;
    *out = a;
    if (word(p, "#")) return 1;
    if (!star || p.n + a.n > sizeof name) return 0;
    for (i = (size_t)(star - p.p) + 1; i + 2 < p.n && field == p.n; i++)
        if (p.p[i] == '-' && p.p[i + 1] == '>') field = i;
    copy(name, p.p, (size_t)(star - p.p));
    copy(name + (star - p.p), a.p, a.n);
    i = (size_t)(star - p.p) + 1;
    copy(name + i - 1 + a.n, p.p + i, field - i);
    m = m_find(id, str_of(name, i - 1 + a.n + field - i));
    if (!m) return 0;
    if (field == p.n) {
        *out = m_val(m);
        return !m->type;
    }
    if (m->type != ENT_HASH) return 0;
    i = el_find(m, str_of(p.p + field + 2, p.n - field - 2));
    if (i == m->n) return 0;
    *out = el_b(&m->e[i]);
    return 1;
}

static int m_plain_number(str s, double *d) {
    i64 v;
    if (!m_int(s, &v) || v > 1 << 30 || v < -(1 << 30)) return 0;
    *d = (double)v;
    return 1;
}

static void m_sort_say(int id, str a, const str *gets, size_t ngets,
                       struct item *out) {
    size_t g;
    str v;
    for (g = 0; g < (ngets ? ngets : 1); g++) {
        int there = 1;
        v = a;
        if (ngets) there = m_pattern(id, gets[g], a, &v);
        if (out)
            el_insert(out, out->n, there ? v : str_of("", 0), str_of("", 0), 0,
                      -1);
        else if (there) say_bulk(v);
        else say_null();
    }
}

/* 0: not for the model. */
static int m_sort(int id, const str *a, size_t n) {
    struct item *m, out = {0};
    struct m_sorted *s, t;
    str by = {NULL, 0}, store = {NULL, 0}, gets[20];
    size_t i, j, ngets = 0, count, lo, hi;
    int alpha = 0, desc = 0, plain = 0, known = 1;
    i64 offset = 0, most = -1;
    for (i = 2; i < n; i++) {
        if (word(a[i], "alpha")) alpha = 1;
        else if (word(a[i], "desc")) desc = 1;
        else if (word(a[i], "asc")) desc = 0;
        else if (word(a[i], "limit") && i + 2 < n) {
            if (!m_int(a[i + 1], &offset) || !m_int(a[i + 2], &most)) break;
            i += 2;
        } else if (word(a[i], "by") && i + 1 < n) {
            by = a[++i];
            if (!by.n || !memchr(by.p, '*', by.n)) plain = 1;
        } else if (word(a[i], "get") && i + 1 < n && ngets < 20)
            gets[ngets++] = a[++i];
        else if (word(a[i], "store") && i + 1 < n) store = a[++i];
        else break;
    }
    if (i < n) {
        say_error();
        return 1;
    }
    m = m_find(id, a[1]);
    if (m && m->type != ENT_LIST && m->type != ENT_SET && m->type != ENT_ZSET) {
        say_error();
        return 1;
    }
    if (plain && m && m->type == ENT_SET) return 0;
    count = m_size(m);
    s = calloc(count + 1, sizeof *s);
    NEED(s);
    for (i = 0; i < count && known; i++) {
        s[i].a = s[i].by = el_a(&m->e[i]);
        if (plain) continue;
        if (by.p) s[i].none = !m_pattern(id, by, s[i].a, &s[i].by);
        if (!alpha && !s[i].none && !m_plain_number(s[i].by, &s[i].score))
            known = 0;
        for (j = i, t = s[i];
             j && m_sorts_before(&t, &s[j - 1], alpha, by.p != NULL); j--)
            s[j] = s[j - 1];
        s[j] = t;
    }
    lo = offset < 0 ? 0 : (u64)offset > count ? count : (size_t)offset;
    hi = most >= 0 && (u64)most < count - lo ? lo + (size_t)most : count;
    out.type = ENT_LIST;
    if (known && !store.p) say_array((hi - lo) * (ngets ? ngets : 1));
    for (i = lo; i < hi && known; i++)
        m_sort_say(id, s[desc ? count - 1 - i : i].a, gets, ngets,
                   store.p ? &out : NULL);
    free(s);
    if (known && store.p) m_store(id, store, &out);
    item_free(&out);
    return known;
}
#undef IS
