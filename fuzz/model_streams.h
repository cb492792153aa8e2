/* The naive model's streams: an array of entries, each the text of its fields in
 * a reply (a) with its id (b, 16 bytes) and the bytes of fields and values
 * (score); groups, consumers and pending entries in arrays, too. What ~ trims is
 * a matter of blocks: there kv's length is looked at.
 */

/* ---- ids and entries ---- */

static sid st_id(const struct elem *e) { return sid_get(e->b); }

/* "ms" or "ms-seq"; 0: it is neither. */
static int m_sid(str s, u64 seq, sid *id) {
    u64 half[2];
    size_t i = 0, h, d;
    half[1] = seq;
    for (h = 0; h < 2; h++) {
        u64 v = 0;
        for (d = 0; i < s.n && num_is_digit(s.p[i]); i++, d++) {
            if (v > (UINT64_MAX - (u64)(s.p[i] - '0')) / 10) return 0;
            v = v * 10 + (u64)(s.p[i] - '0');
        }
        if (!d) return 0;
        half[h] = v;
        if (i == s.n) break;
        if (h || s.p[i++] != '-') return 0;
    }
    id->ms = half[0];
    id->seq = half[1];
    return 1;
}

/* An end of a range; 0: it is none. */
static int m_sid_end(str s, int end, sid *id) {
    int open = s.n > 1 && s.p[0] == '(';
    if (!open && (word(s, "-") || word(s, "+"))) {
        *id = *s.p == '-' ? SID_MIN : SID_MAX;
        return 1;
    }
    if (open) s.p++, s.n--;
    if (!m_sid(s, end ? UINT64_MAX : 0, id)) return 0;
    return !open || (end ? sid_dec(id) : sid_inc(id));
}

/* Where an id is, or belongs. */
static size_t st_at(const struct item *m, sid id) {
    size_t i;
    for (i = 0; m && i < m->n && sid_cmp(st_id(&m->e[i]), id) < 0; i++) {
    }
    return i;
}

static int st_has(const struct item *m, sid id) {
    size_t i = st_at(m, id);
    return m && i < m->n && sid_cmp(st_id(&m->e[i]), id) == 0;
}

static void text_bulk(struct bytes *b, str s) {
    char head[40];
    snprintf(head, sizeof head, "$%lu\r\n", (unsigned long)s.n);
    bytes_put(b, head, strlen(head));
    bytes_put(b, s.p, s.n);
    bytes_put(b, "\r\n", 2);
}

static void text_array(struct bytes *b, u64 n) {
    char head[40];
    snprintf(head, sizeof head, "*%llu\r\n", (unsigned long long)n);
    bytes_put(b, head, strlen(head));
}

static void st_add(struct item *m, sid id, const struct bytes *text,
                   size_t size) {
    u8 b[16];
    sid_put(b, id);
    el_insert(m, m->n, str_of(text->p, text->n), str_of(b, 16), (double)size,
              -1);
}

static void say_sid(sid id) {
    u8 t[SID_TEXT];
    say_bulk(sid_text(t, id));
}

static void say_body(const struct elem *e) {
    say_sid(st_id(e));
    bytes_put(&expected, e->a, e->an);
}

static void say_entry(const struct elem *e) {
    say_array(2);
    say_body(e);
}

static void say_map(size_t n) {
    if (resp3) say_head('%', n);
    else say_array(2 * n);
}

/* The head of what was said from `at` on. */
static void say_head_at(size_t at, char c, size_t n) {
    struct bytes tail = {NULL, 0, 0};
    bytes_put(&tail, expected.p + at, expected.n - at);
    expected.n = at;
    say_head(c, n);
    bytes_put(&expected, tail.p, tail.n);
    bytes_free(&tail);
}

/* ---- groups ---- */

static struct m_group *gr_find(const struct item *m, str name) {
    size_t i;
    for (i = 0; m && i < m->st->n; i++)
        if (str_eq(m->st->g[i]->name, name)) return m->st->g[i];
    return NULL;
}

static struct m_who *who_find(const struct m_group *g, str name) {
    size_t i;
    for (i = 0; i < g->nwho; i++)
        if (str_eq(g->who[i]->name, name)) return g->who[i];
    return NULL;
}

static struct m_pend *pend_find(const struct m_group *g, sid id) {
    size_t i;
    for (i = 0; i < g->np; i++)
        if (sid_cmp(g->p[i].id, id) == 0) return &g->p[i];
    return NULL;
}

static struct m_pend *pend_new(struct m_group *g, sid id) {
    size_t i = g->np++;
    g->p = grown(g->p, g->np * sizeof *g->p);
    for (; i && sid_cmp(g->p[i - 1].id, id) > 0; i--) g->p[i] = g->p[i - 1];
    memset(&g->p[i], 0, sizeof *g->p);
    g->p[i].id = id;
    return &g->p[i];
}

static int pend_drop(struct m_group *g, sid id) {
    struct m_pend *p = pend_find(g, id);
    if (!p) return 0;
    g->np--;
    memmove(p, p + 1, (size_t)(g->p + g->np - p) * sizeof *p);
    return 1;
}

static struct m_pend *pend_get(struct m_group *g, sid id) {
    struct m_pend *p = pend_find(g, id);
    return p ? p : pend_new(g, id);
}

static size_t who_has(const struct m_group *g, const struct m_who *w) {
    size_t i, n = 0;
    for (i = 0; i < g->np; i++) n += g->p[i].who == w;
    return n;
}

static u64 once_more(const struct m_pend *p) {
    return p->count < INT64_MAX ? p->count + 1 : p->count;
}

static void deliver_to(struct m_pend *p, struct m_who *w, i64 time, u64 count) {
    p->who = w;
    p->time = time;
    p->count = count;
    w->active = now;
}

/* Whether an entry may have been deleted behind `id`. */
static int st_holes(const struct item *m, sid id) {
    const struct m_stream *st = m->st;
    return m->n && sid_cmp(st->gone, SID_MIN) &&
           sid_cmp(st_id(&m->e[0]), st->gone) <= 0 &&
           sid_cmp(id, st->gone) <= 0;
}

/* How many entries there ever were up to `id`; -1: nobody knows. */
static i64 st_rank(const struct item *m, sid id) {
    const struct m_stream *st = m->st;
    int c = sid_cmp(id, st->last);
    sid first;
    if (!st->added) return 0;
    if (c == 0 || (c < 0 && !m->n)) return (i64)st->added;
    if (c > 0) return -1;
    first = st_id(&m->e[0]);
    if (sid_cmp(st->gone, SID_MIN) && sid_cmp(st->gone, first) >= 0) return -1;
    if (sid_cmp(id, first) > 0) return -1;
    return (i64)(st->added - m->n) + (sid_cmp(id, first) == 0);
}

static void gr_reads(const struct item *m, struct m_group *g, sid id) {
    if (sid_cmp(id, g->last) <= 0) return;
    if (g->read >= 0 && !st_holes(m, id)) g->read++;
    else if (m->st->added) g->read = st_rank(m, id);
    g->last = id;
}

/* ---- taking and comparing ---- */

static size_t text_of(struct slog_it *it, struct bytes *b) {
    size_t size = 0;
    str f, v;
    b->n = 0;
    text_array(b, 2 * it->n);
    while (it->n--) {
        slog_field(it, &f, &v);
        size += f.n + v.n;
        text_bulk(b, f);
        text_bulk(b, v);
    }
    return size;
}

/* kv's stream as the model's. */
static void st_take(struct item *m, const struct stream *st) {
    struct slog_it it;
    struct bytes text = {NULL, 0, 0};
    size_t size;
    u32 i, j;
    m->st = st_new();
    m->st->last = st->last;
    m->st->gone = st->gone;
    m->st->added = st->added;
    for (slog_seek(&it, st, SID_MIN); slog_next(&it);) {
        size = text_of(&it, &text);
        st_add(m, it.id, &text, size);
    }
    bytes_free(&text);
    for (i = 0; i < st->groups.n; i++) {
        const struct group *g = group_at(st, i);
        struct m_group *to = gr_new(m->st, g->named.name, g->last, g->read);
        struct pel_it pit;
        struct pend *p, *q;
        for (j = 0; j < g->consumers.n; j++) {
            const struct consumer *w = consumer_at(g, j);
            who_new(to, w->named.name, w->seen)->active = w->active;
        }
        for (pel_seek(&pit, &g->pel, SID_MIN); (q = pel_next(&pit));) {
            struct m_pend *x = pend_new(to, q->id);
            p = q;
            x->time = p->time;
            x->count = p->count;
            x->who = who_find(to, p->owner->named.name);
        }
    }
}

static void st_compare_group(const struct m_group *g, const struct group *r) {
    struct pel_it it;
    struct pend *p;
    size_t i;
    NEED(str_eq(g->name, r->named.name) && !sid_cmp(g->last, r->last));
    NEED(g->read == r->read);
    NEED(g->nwho == r->consumers.n && g->np == r->pel.items);
    for (i = 0; i < g->nwho; i++) {
        const struct consumer *w = consumer_at(r, (u32)i);
        NEED(str_eq(g->who[i]->name, w->named.name));
        NEED(g->who[i]->seen == w->seen && g->who[i]->active == w->active);
        NEED(who_has(g, g->who[i]) == w->pel.items);
    }
    for (i = 0, pel_seek(&it, &r->pel, SID_MIN); (p = pel_next(&it)); i++) {
        NEED(!sid_cmp(g->p[i].id, p->id) && g->p[i].time == p->time);
        NEED(g->p[i].count == p->count);
        NEED(str_eq(g->p[i].who->name, p->owner->named.name));
    }
}

static void st_compare(const struct item *m, const struct stream *st) {
    struct slog_it it;
    struct bytes text = {NULL, 0, 0};
    size_t i = 0;
    NEED(!sid_cmp(m->st->last, st->last) && !sid_cmp(m->st->gone, st->gone));
    NEED(m->st->added == st->added);
    NEED(slog_len(st) == m->n && st->groups.n == m->st->n);
    for (slog_seek(&it, st, SID_MIN); slog_next(&it); i++) {
        NEED(i < m->n && !sid_cmp(it.id, st_id(&m->e[i])));
        text_of(&it, &text);
        NEED(str_eq(el_a(&m->e[i]), str_of(text.p, text.n)));
    }
    bytes_free(&text);
    for (i = 0; i < m->st->n; i++)
        st_compare_group(m->st->g[i], group_at(st, (u32)i));
}

static const struct stream *st_real(int id, str key) {
    struct tab_at at;
    db *d = k->dbs[id];
    ent *e = d ? tab_find(&d->t, key, tab_hash(&d->t, key), &at) : NULL;
    return e && ent_type(e) == ENT_STREAM ? obj_stream(ent_obj(e)) : NULL;
}

static struct item *st_make(int id, str key) {
    struct item *m = m_find(id, key);
    if (m) return m;
    m = m_new(id, key, ENT_STREAM);
    m->st = st_new();
    return m;
}

/* ---- removing ---- */

static int st_refers(const struct item *m, sid id) {
    size_t i;
    for (i = 0; i < m->st->n; i++)
        if (sid_cmp(id, m->st->g[i]->last) > 0 || pend_find(m->st->g[i], id))
            return 1;
    return 0;
}

static void st_unrefer(struct item *m, sid id) {
    size_t i;
    for (i = 0; i < m->st->n; i++) pend_drop(m->st->g[i], id);
}

static int st_delete(struct item *m, sid id, int refs) {
    if (!st_has(m, id)) return 0;
    el_remove(m, st_at(m, id));
    if (sid_cmp(id, m->st->gone) > 0) m->st->gone = id;
    if (refs == REF_DELETE) st_unrefer(m, id);
    return 1;
}

struct m_xadd {
    int by, about, refs, limited, no_make, given, open;
    u64 len, limit;
    sid min, id;
    size_t at; /* of the id */
};

static int m_refs(str s, int *refs) {
    if (word(s, "keepref")) *refs = REF_KEEP;
    else if (word(s, "delref")) *refs = REF_DELETE;
    else if (word(s, "acked")) *refs = REF_ACKED;
    else return 0;
    return 1;
}

/* 0: an error; -1: not for the model. */
static int m_xadd_parse(const str *a, size_t n, int add, struct m_xadd *x) {
    size_t i;
    i64 v;
    memset(x, 0, sizeof *x);
    for (i = 2; i < n; i++) {
        int more = i + 1 < n;
        if (add && word(a[i], "*")) break;
        if (add && (word(a[i], "idmp") || word(a[i], "idmpauto"))) return -1;
        if (more && (word(a[i], "maxlen") || word(a[i], "minid"))) {
            if (x->by != TRIM_NONE) return 0;
            x->by = word(a[i], "maxlen") ? TRIM_LEN : TRIM_ID;
            i++;
            if (i + 1 < n && (word(a[i], "~") || word(a[i], "=")))
                x->about = word(a[i++], "~");
            if (x->by == TRIM_ID) {
                if (!m_sid(a[i], 0, &x->min)) return 0;
            } else {
                if (!m_int(a[i], &v) || v < 0) return 0;
                x->len = (u64)v;
            }
        } else if (more && word(a[i], "limit")) {
            if (!m_int(a[++i], &v) || v < 0) return 0;
            x->limit = (u64)v;
            x->limited = 1;
        } else if (add && word(a[i], "nomkstream")) {
            x->no_make = 1;
        } else if (m_refs(a[i], &x->refs)) {
            continue;
        } else if (add) {
            str s = a[i];
            if (s.n > 2 && s.p[s.n - 1] == '*' && s.p[s.n - 2] == '-') {
                s.n -= 2;
                x->open = 1;
            }
            if (!m_sid(s, 0, &x->id)) return 0;
            if (x->open && memchr(s.p, '-', s.n)) return 0;
            x->given = 1;
            break;
        } else {
            return 0;
        }
    }
    x->at = i;
    if (x->by == TRIM_NONE && (x->limited || !add)) return 0;
    if (x->limited && !x->about) return 0;
    v = k->p.stream_entries;
    if (x->about && !x->limited)
        x->limit = v <= 0 ? 10000 : v > 10000 ? 1000000 : (u64)v * 100;
    return 1;
}

/* Trims, the last `fresh` entries having just been added; how many went. */
static i64 st_trim(int id, str key, struct item *m, const struct m_xadd *x,
                   size_t fresh) {
    const struct stream *st = st_real(id, key);
    size_t n = 0, i;
    i64 gone = 0;
    if (x->by == TRIM_NONE) return 0;
    while (n < m->n && !(x->limit && n >= x->limit) &&
           (x->by == TRIM_LEN ? n + x->len < m->n
                              : sid_cmp(st_id(&m->e[n]), x->min) < 0))
        n++;
    if (x->refs == REF_ACKED && m->st->n) {
        n = min_z(n, m->n - fresh);
        for (i = 0; n; n--)
            if (st_refers(m, st_id(&m->e[i]))) i++;
            else gone += st_delete(m, st_id(&m->e[i]), REF_KEEP);
        return gone;
    }
    if (x->about) {
        NEED(st && slog_len(st) <= m->n && m->n - slog_len(st) <= n);
        n = m->n - (size_t)slog_len(st);
    }
    for (; n; n--, gone++) {
        if (x->refs == REF_DELETE) st_unrefer(m, st_id(&m->e[0]));
        el_remove(m, 0);
    }
    return gone;
}

/* ---- commands on entries ---- */

static int m_xadd_id(const struct m_xadd *x, const struct item *m, sid *id) {
    sid last = m ? m->st->last : SID_MIN;
    if (!sid_cmp(last, SID_MAX)) return 0;
    if (!x->given) {
        id->ms = (u64)now;
        id->seq = 0;
        if (id->ms <= last.ms) {
            *id = last;
            sid_inc(id);
        }
        return 1;
    }
    *id = x->id;
    if (x->open && id->ms == last.ms) {
        id->seq = last.seq + 1;
        if (!id->seq) return 0;
    }
    return sid_cmp(*id, last) > 0;
}

static int m_xadd(int id, const str *a, size_t n) {
    struct m_xadd x;
    struct item *m;
    struct bytes text = {NULL, 0, 0};
    size_t i, size = 0;
    sid new_id;
    int rc = m_xadd_parse(a, n, 1, &x);
    if (rc < 0) return 0;
    if (!rc || n < x.at + 3 || (n - x.at) % 2 == 0 ||
        (x.given && !x.open && !sid_cmp(x.id, SID_MIN))) {
        say_error();
        return 1;
    }
    if (!m_typed(id, a[1], ENT_STREAM, &m)) return 1;
    if (!m && x.no_make) {
        say_null();
        return 1;
    }
    if (!m_xadd_id(&x, m, &new_id)) {
        say_error();
        return 1;
    }
    m = st_make(id, a[1]);
    text_array(&text, n - x.at - 1);
    for (i = x.at + 1; i < n; i++) {
        text_bulk(&text, a[i]);
        size += a[i].n;
    }
    st_add(m, new_id, &text, size);
    bytes_free(&text);
    m->st->last = new_id;
    m->st->added++;
    st_trim(id, a[1], m, &x, 1);
    say_sid(new_id);
    return 1;
}

static void m_xtrim(int id, const str *a, size_t n) {
    struct m_xadd x;
    struct item *m;
    if (m_xadd_parse(a, n, 0, &x) <= 0) say_error();
    else if (!m_typed(id, a[1], ENT_STREAM, &m)) return;
    else say_int(m ? st_trim(id, a[1], m, &x, 0) : 0);
}

static void m_xrange(int id, const str *a, size_t n, int rev) {
    struct item *m;
    sid from, to;
    i64 count = -1;
    size_t i, at, hits = 0;
    int bad = !m_sid_end(a[rev ? 3 : 2], 0, &from) ||
              !m_sid_end(a[rev ? 2 : 3], 1, &to);
    for (i = 4; i < n && !bad; i += 2) {
        bad = i + 1 == n || !word(a[i], "count") || !m_int(a[i + 1], &count);
        if (count < 0) count = 0;
    }
    if (bad) {
        say_error();
        return;
    }
    if (!m_typed(id, a[1], ENT_STREAM, &m)) return;
    if (!m || !count) {
        if (m) say_null_array();
        else say_array(0);
        return;
    }
    at = expected.n;
    for (i = 0; i < m->n && (i64)hits != count; i++) {
        const struct elem *e = &m->e[rev ? m->n - 1 - i : i];
        if (sid_cmp(st_id(e), from) < 0 || sid_cmp(st_id(e), to) > 0) continue;
        say_entry(e);
        hits++;
    }
    say_head_at(at, '*', hits);
}

static void m_xsetid(int id, const str *a, size_t n) {
    struct item *m;
    sid last, gone = SID_MIN;
    i64 added = -1;
    size_t i;
    int bad = !m_sid(a[2], 0, &last);
    for (i = 3; i < n && !bad; i += 2) {
        if (i + 1 < n && word(a[i], "entriesadded"))
            bad = !m_int(a[i + 1], &added) || added < 0;
        else if (i + 1 < n && word(a[i], "maxdeletedid"))
            bad = !m_sid(a[i + 1], 0, &gone) || sid_cmp(last, gone) < 0;
        else bad = 1;
    }
    if (bad) say_error();
    else if (!m_typed(id, a[1], ENT_STREAM, &m)) return;
    else if (!m || (m->n && (sid_cmp(last, st_id(&m->e[m->n - 1])) < 0 ||
                             (added >= 0 && m->n > (u64)added))))
        say_error();
    else {
        m->st->last = last;
        if (added >= 0) m->st->added = (u64)added;
        if (sid_cmp(gone, SID_MIN)) m->st->gone = gone;
        say_ok();
    }
}

/* "[KEEPREF|DELREF|ACKED] IDS n id ..." up to the end: where the ids begin; 0:
 * the error is said. */
static size_t m_id_list(const str *a, size_t n, size_t i, int *refs) {
    i64 count;
    size_t j;
    sid id;
    *refs = REF_KEEP;
    if (m_refs(a[i], refs)) i++;
    if (i + 1 < n && word(a[i], "ids") && m_int(a[i + 1], &count) &&
        count > 0 && (u64)count == n - i - 2) {
        for (j = i + 2; j < n && m_sid(a[j], 0, &id); j++) {
        }
        if (j == n) return i + 2;
    }
    say_error();
    return 0;
}

static int m_delex(struct item *m, sid id, int refs) {
    if (!st_has(m, id)) return -1;
    if (refs == REF_ACKED && st_refers(m, id)) return 2;
    st_delete(m, id, refs);
    return 1;
}

static void m_xdelex(int id, const str *a, size_t n) {
    struct item *m;
    sid x;
    int refs;
    size_t i = m_id_list(a, n, 2, &refs);
    if (!i || !m_typed(id, a[1], ENT_STREAM, &m)) return;
    say_array(n - i);
    for (; i < n; i++) {
        m_sid(a[i], 0, &x);
        say_int(m ? m_delex(m, x, refs) : -1);
    }
}

static void m_xackdel(int id, const str *a, size_t n) {
    struct item *m;
    struct m_group *g;
    sid x;
    int refs, rc;
    size_t i = m_id_list(a, n, 3, &refs);
    if (!i || !m_typed(id, a[1], ENT_STREAM, &m)) return;
    g = gr_find(m, a[2]);
    say_array(n - i);
    for (; i < n; i++) {
        m_sid(a[i], 0, &x);
        rc = -1;
        if (g && pend_drop(g, x)) {
            rc = m_delex(m, x, refs);
            if (rc < 0) rc = 1; /* it was gone before */
        }
        say_int(rc);
    }
}

/* XDEL and XACK. */
static void m_xdel(int id, const str *a, size_t n, int ack) {
    struct item *m;
    struct m_group *g;
    sid x;
    size_t i, from = ack ? 3 : 2;
    i64 gone = 0;
    if (!m_typed(id, a[1], ENT_STREAM, &m)) return;
    g = ack ? gr_find(m, a[2]) : NULL;
    if (!m || (ack && !g)) {
        say_int(0);
        return;
    }
    for (i = from; i < n; i++)
        if (!m_sid(a[i], 0, &x)) {
            say_error();
            return;
        }
    for (i = from; i < n; i++) {
        m_sid(a[i], 0, &x);
        gone += ack ? pend_drop(g, x) : st_delete(m, x, REF_KEEP);
    }
    say_int(gone);
}

/* ---- XGROUP ---- */

static void m_xgroup(int id, const str *a, size_t n) {
    struct item *m;
    struct m_group *g;
    struct m_who *w;
    const char *const subs[] = {"create", "setid", "destroy", "createconsumer",
                                "delconsumer"};
    size_t what, i;
    int make = 0;
    i64 read = -1;
    sid last;
    for (what = 0; what < 5 && !word(a[1], subs[what]); what++) {
    }
    if (what == 5 || (what < 2 ? n < 5 : n != (what == 2 ? 4u : 5u))) {
        say_error();
        return;
    }
    for (i = 5; i < n; i++)
        if (what == 0 && word(a[i], "mkstream")) make = 1;
        else if (i + 1 < n && word(a[i], "entriesread") &&
                 m_int(a[i + 1], &read) && read >= -1)
            i++;
        else break;
    if (i < n || n > 8 || (what == 1 && n != 5 && n != 7)) {
        say_error();
        return;
    }
    if (!m_typed(id, a[2], ENT_STREAM, &m)) return;
    g = gr_find(m, a[3]);
    last = m ? m->st->last : SID_MIN;
    if ((!m && !make) || (!g && what != 0 && what != 2) || (g && !what) ||
        (what < 2 && !word(a[4], "$") && !m_sid(a[4], 0, &last) &&
         !(what && m_sid_end(a[4], 0, &last) && a[4].n == 1))) {
        say_error();
        return;
    }
    if (what == 0) {
        gr_new(st_make(id, a[2])->st, a[3], last, read);
        say_ok();
    } else if (what == 1) {
        g->last = last;
        g->read = read;
        say_ok();
    } else if (what == 2) {
        say_int(g != NULL);
        if (g) gr_drop(m->st, g);
    } else if (what == 3) {
        w = who_find(g, a[4]);
        if (!w) who_new(g, a[4], now);
        say_int(!w);
    } else {
        w = who_find(g, a[4]);
        say_int(w ? (i64)who_has(g, w) : 0);
        if (!w) return;
        for (i = g->np; i-- > 0;)
            if (g->p[i].who == w) pend_drop(g, g->p[i].id);
        who_drop(g, w);
    }
}

/* ---- XREAD, XREADGROUP ---- */

struct m_read {
    int group, no_ack, limits;
    i64 count, max_count, max_size, claim;
    str name, who;
    size_t from, n;
};

/* 0: an error; -1: not for the model. */
static int m_read_parse(const str *a, size_t n, int group, struct m_read *x) {
    size_t i;
    memset(x, 0, sizeof *x);
    x->group = group;
    x->claim = -1;
    for (i = 1; i < n && !x->from; i++) {
        size_t more = n - 1 - i;
        if (more && word(a[i], "streams")) {
            x->from = i + 1;
            x->n = n - x->from;
        } else if (more && word(a[i], "block")) {
            return -1;
        } else if (more && word(a[i], "count")) {
            if (!m_int(a[++i], &x->count)) return 0;
            if (x->count < 0) x->count = 0;
        } else if (more > 1 && word(a[i], "group") && group) {
            x->name = a[i + 1];
            x->who = a[i + 2];
            i += 2;
        } else if (word(a[i], "noack") && group) {
            x->no_ack = 1;
        } else if (more && word(a[i], "claim") && group) {
            if (!m_int(a[++i], &x->claim)) return 0;
            if (x->claim < 0) x->claim = 0;
        } else if (more && word(a[i], "maxcount")) {
            if (!m_int(a[++i], &x->max_count) || x->max_count < 0) return 0;
        } else if (more && word(a[i], "maxsize")) {
            if (!m_int(a[++i], &x->max_size) || x->max_size < 0) return 0;
        } else {
            return 0;
        }
    }
    if (x->n % 2 || !x->from || (group && !x->name.p)) return 0;
    x->n /= 2;
    if (group && (x->max_count || x->max_size)) return -1;
    return 1;
}

static int m_read_stop(struct m_read *x, size_t n, const struct elem *e,
                       i64 *count, i64 *size) {
    if (x->count && (i64)n >= x->count) return 1;
    if (x->max_count && (*count)-- <= 0) return 1;
    if (x->max_size && *size <= 0) return 1;
    *size -= (i64)e->score;
    return 0;
}

static void say_stream(str key) {
    if (!resp3) say_array(2);
    say_bulk(key);
}

static int m_xread(int id, const str *a, size_t n) {
    struct m_read x;
    struct item *m;
    sid from;
    size_t i, at, streams = 0;
    i64 count, size;
    int rc = m_read_parse(a, n, 0, &x);
    if (rc < 0) return 0;
    for (i = 0; i < x.n && rc; i++) {
        str s = a[x.from + x.n + i];
        if (!m_typed(id, a[x.from + i], ENT_STREAM, &m)) return 1;
        rc = word(s, "$") || word(s, "+") || m_sid(s, 0, &from);
    }
    if (!rc) {
        say_error();
        return 1;
    }
    count = x.max_count;
    size = x.max_size;
    at = expected.n;
    for (i = 0; i < x.n; i++) {
        str s = a[x.from + x.n + i];
        size_t begin, hits = 0, j;
        m = m_find(id, a[x.from + i]);
        if (!m || !m->n || word(s, "$")) continue;
        if (word(s, "+")) {
            j = m->n - 1;
        } else {
            m_sid(s, 0, &from);
            j = st_at(m, from) + (size_t)st_has(m, from);
        }
        if (j == m->n || (x.max_count && count <= 0) ||
            (x.max_size && size <= 0))
            continue;
        say_stream(a[x.from + i]);
        begin = expected.n;
        for (; j < m->n && !m_read_stop(&x, hits, &m->e[j], &count, &size);
             j++) {
            say_entry(&m->e[j]);
            hits++;
        }
        say_head_at(begin, '*', hits);
        streams++;
    }
    if (streams) say_head_at(at, resp3 ? '%' : '*', streams);
    else say_null_array();
    return 1;
}

static size_t m_history(const struct m_read *x, struct item *m,
                        struct m_group *g, struct m_who *w, sid from) {
    size_t i, hits = 0;
    for (i = 0; i < g->np && (!x->count || (i64)hits < x->count); i++) {
        struct m_pend *p = &g->p[i];
        if (p->who != w || sid_cmp(p->id, from) <= 0) continue;
        hits++;
        if (st_has(m, p->id)) {
            say_entry(&m->e[st_at(m, p->id)]);
            p->time = now;
            p->count = once_more(p);
        } else {
            say_array(2);
            say_sid(p->id);
            say_null_array();
        }
    }
    return hits;
}

static size_t m_read_claims(const struct m_read *x, struct item *m,
                            struct m_group *g, struct m_who *w) {
    size_t i, hits = 0;
    for (i = 0; i < g->np && !(x->count && (i64)hits >= x->count); i++) {
        struct m_pend *p = &g->p[i];
        if (now - p->time < x->claim || !st_has(m, p->id)) continue;
        hits++;
        if (!w) continue; /* only counted */
        say_array(4);
        say_body(&m->e[st_at(m, p->id)]);
        say_int(now - p->time);
        say_int((i64)p->count);
        deliver_to(p, w, now, once_more(p));
    }
    return hits;
}

static size_t m_read_fresh(const struct m_read *x, struct item *m,
                           struct m_group *g, struct m_who *w, size_t hits) {
    size_t i = st_at(m, g->last) + (size_t)st_has(m, g->last);
    for (; i < m->n && !(x->count && (i64)hits >= x->count); i++, hits++) {
        sid id = st_id(&m->e[i]);
        if (!w) continue;
        gr_reads(m, g, id);
        say_array(x->claim >= 0 ? 4 : 2);
        say_body(&m->e[i]);
        if (x->claim >= 0) say(":0\r\n:0\r\n");
        w->active = now;
        if (!x->no_ack) deliver_to(pend_get(g, id), w, now, 1);
    }
    return hits;
}

static int m_xreadgroup(int id, const str *a, size_t n) {
    struct m_read x;
    struct item *m;
    struct m_group *g;
    sid from;
    size_t i, at, streams = 0;
    int rc = m_read_parse(a, n, 1, &x);
    if (rc < 0) return 0;
    for (i = 0; i < x.n && rc; i++) {
        str s = a[x.from + x.n + i];
        if (!m_typed(id, a[x.from + i], ENT_STREAM, &m)) return 1;
        rc = gr_find(m, x.name) && (word(s, ">") || m_sid(s, 0, &from));
    }
    if (!rc) {
        say_error();
        return 1;
    }
    at = expected.n;
    for (i = 0; i < x.n; i++) {
        str s = a[x.from + x.n + i];
        int fresh = word(s, ">");
        size_t begin, hits = 0;
        struct m_who *w;
        m = m_find(id, a[x.from + i]);
        g = gr_find(m, x.name);
        w = who_find(g, x.who);
        if (!fresh) {
            m_sid(s, 0, &from);
            fresh = !sid_cmp(from, SID_MAX);
        }
        if (fresh && x.claim >= 0) hits = m_read_claims(&x, m, g, NULL);
        if (fresh) hits = m_read_fresh(&x, m, g, NULL, hits);
        if (w) w->seen = now;
        if (fresh && !hits) continue;
        if (!w) w = who_new(g, x.who, now);
        say_stream(a[x.from + i]);
        begin = expected.n;
        hits = 0;
        if (fresh && x.claim >= 0) hits = m_read_claims(&x, m, g, w);
        if (fresh) hits = m_read_fresh(&x, m, g, w, hits);
        else hits = m_history(&x, m, g, w, from);
        say_head_at(begin, '*', hits);
        streams++;
    }
    if (streams) say_head_at(at, resp3 ? '%' : '*', streams);
    else say_null_array();
    return 1;
}

/* ---- pending entries ---- */

static void m_pending_summary(const struct m_group *g) {
    size_t i, n = 0, at;
    char b[24];
    say_array(4);
    say_int((i64)g->np);
    if (!g->np) {
        say_null();
        say_null();
        say_null_array();
        return;
    }
    say_sid(g->p[0].id);
    say_sid(g->p[g->np - 1].id);
    at = expected.n;
    for (i = 0; i < g->nwho; i++) {
        size_t has = who_has(g, g->who[i]);
        if (!has) continue;
        say_array(2);
        say_bulk(g->who[i]->name);
        snprintf(b, sizeof b, "%lu", (unsigned long)has);
        say_bulk(str_c(b));
        n++;
    }
    say_head_at(at, '*', n);
}

static void m_xpending(int id, const str *a, size_t n) {
    struct item *m;
    struct m_group *g;
    struct m_who *w = NULL;
    sid from = SID_MIN, to = SID_MAX;
    i64 idle = 0, count = 0;
    size_t i = 3, hits = 0, at;
    int bad = n != 3 && (n < 6 || n > 9);
    if (n > 3 && !bad && word(a[3], "idle")) {
        bad = !m_int(a[4], &idle) || n < 8;
        i = 5;
    }
    if (n > 3 && !bad)
        bad = !m_int(a[i + 2], &count) || !m_sid_end(a[i], 0, &from) ||
              !m_sid_end(a[i + 1], 1, &to);
    if (bad) {
        say_error();
        return;
    }
    if (!m_typed(id, a[1], ENT_STREAM, &m)) return;
    g = gr_find(m, a[2]);
    if (!g) {
        say_error();
        return;
    }
    if (n == 3) {
        m_pending_summary(g);
        return;
    }
    if (i + 3 < n && !(w = who_find(g, a[i + 3]))) {
        say_array(0);
        return;
    }
    at = expected.n;
    for (i = 0; i < g->np && (i64)hits < count; i++) {
        const struct m_pend *p = &g->p[i];
        if ((w && p->who != w) || sid_cmp(p->id, from) < 0 ||
            sid_cmp(p->id, to) > 0 || (idle && now - p->time < idle))
            continue;
        say_array(4);
        say_sid(p->id);
        say_bulk(p->who->name);
        say_int(now < p->time ? 0 : now - p->time);
        say_int((i64)p->count);
        hits++;
    }
    say_head_at(at, '*', hits);
}

struct m_claim {
    struct item *m;
    struct m_group *g;
    struct m_who *w;
    i64 idle, time, count;
    int force, just_id;
    sid last;
};

static int m_claim_options(const str *a, size_t n, size_t i,
                           struct m_claim *x) {
    for (; i < n; i++) {
        int more = i + 1 < n;
        if (word(a[i], "force")) x->force = 1;
        else if (word(a[i], "justid")) x->just_id = 1;
        else if (more && word(a[i], "idle") && m_int(a[i + 1], &x->time)) {
            x->time = (i64)((u64)now - (u64)x->time);
            i++;
        } else if (more &&
                   ((word(a[i], "time") && m_int(a[i + 1], &x->time)) ||
                    (word(a[i], "retrycount") && m_int(a[i + 1], &x->count)) ||
                    (word(a[i], "lastid") && m_sid(a[i + 1], 0, &x->last)))) {
            i++;
        } else {
            return 0;
        }
    }
    if (x->time < 0 || x->time > now) x->time = now;
    return 1;
}

static int m_idle_enough(const struct m_claim *x, const struct m_pend *p) {
    return !x->idle || now - p->time >= x->idle;
}

static void m_claim_one(struct m_claim *x, sid id) {
    struct m_pend *p = pend_get(x->g, id);
    if (!p->who) p->count = 1;
    deliver_to(p, x->w, x->time,
               x->count >= 0 ? (u64)x->count
               : x->just_id  ? p->count
                             : once_more(p));
    if (x->just_id) say_sid(id);
    else say_entry(&x->m->e[st_at(x->m, id)]);
}

/* The group of a claim; 0: the error is said. */
static int m_claim_open(int id, const str *a, struct m_claim *x) {
    if (!m_typed(id, a[1], ENT_STREAM, &x->m)) return 0;
    x->g = gr_find(x->m, a[2]);
    if (!x->g || !m_int(a[4], &x->idle)) {
        say_error();
        return 0;
    }
    if (x->idle < 0) x->idle = 0;
    x->w = who_find(x->g, a[3]);
    return 1;
}

static void m_xclaim(int id, const str *a, size_t n) {
    struct m_claim x;
    struct m_pend *p;
    size_t i, end, hits = 0, at;
    sid x_id;
    memset(&x, 0, sizeof x);
    x.time = x.count = -1;
    if (!m_claim_open(id, a, &x)) return;
    for (end = 5; end < n && m_sid(a[end], 0, &x_id); end++) {
    }
    if (!m_claim_options(a, n, end, &x)) {
        say_error();
        return;
    }
    if (x.w) x.w->seen = now;
    if (sid_cmp(x.last, x.g->last) > 0) x.g->last = x.last;
    at = expected.n;
    for (i = 5; i < end; i++) {
        m_sid(a[i], 0, &x_id);
        p = pend_find(x.g, x_id);
        if (!st_has(x.m, x_id)) {
            pend_drop(x.g, x_id);
            continue;
        }
        if (p ? !m_idle_enough(&x, p) : !x.force) continue;
        if (!x.w) x.w = who_new(x.g, a[3], now);
        m_claim_one(&x, x_id);
        hits++;
    }
    say_head_at(at, '*', hits);
}

static void m_xautoclaim(int id, const str *a, size_t n) {
    struct m_claim x;
    struct bytes lost = {NULL, 0, 0};
    sid from, next = SID_MIN;
    i64 most = 100, tries;
    size_t i, hits = 0, nlost = 0, at;
    u8 t[SID_TEXT];
    int bad;
    memset(&x, 0, sizeof x);
    x.count = -1;
    x.time = now;
    bad = !m_int(a[4], &x.idle) || !m_sid_end(a[5], 0, &from);
    for (i = 6; i < n && !bad; i++) {
        if (i + 1 < n && word(a[i], "count"))
            bad = !m_int(a[++i], &most) || most < 1 || most > INT64_MAX / 16;
        else if (word(a[i], "justid")) x.just_id = 1;
        else bad = 1;
    }
    if (bad) {
        say_error();
        return;
    }
    if (!m_claim_open(id, a, &x)) return;
    if (x.w) x.w->seen = now;
    at = expected.n;
    tries = most * 10;
    for (i = 0; i < x.g->np && sid_cmp(x.g->p[i].id, from) < 0; i++) {
    }
    while (tries-- && most && i < x.g->np) {
        sid here = x.g->p[i].id;
        if (!st_has(x.m, here)) {
            pend_drop(x.g, here);
            text_bulk(&lost, sid_text(t, here));
            nlost++;
            most--;
            continue;
        }
        i++;
        if (!m_idle_enough(&x, &x.g->p[i - 1])) continue;
        if (!x.w) x.w = who_new(x.g, a[3], now);
        m_claim_one(&x, here);
        hits++;
        most--;
    }
    if (i < x.g->np) next = x.g->p[i].id;
    say_head_at(at, '*', hits);
    {
        struct bytes body = {NULL, 0, 0};
        bytes_put(&body, expected.p + at, expected.n - at);
        expected.n = at;
        say_array(3);
        say_sid(next);
        bytes_put(&expected, body.p, body.n);
        bytes_free(&body);
    }
    say_array(nlost);
    bytes_put(&expected, lost.p, lost.n);
    bytes_free(&lost);
}

static void m_xnack(int id, const str *a, size_t n) {
    struct item *m;
    struct m_group *g;
    struct m_pend *p;
    i64 count = -1, want = 0, done = 0;
    size_t i;
    sid x;
    int fatal = word(a[3], "fatal"), silent = word(a[3], "silent");
    int bad = (!fatal && !silent && !word(a[3], "fail")) ||
              !word(a[4], "ids") || !m_int(a[5], &want) || want < 1 ||
              (u64)want > n - 6;
    for (i = 6 + (bad ? 0 : (size_t)want); i < n && !bad; i++) {
        if (i + 1 < n && word(a[i], "retrycount"))
            bad = !m_int(a[++i], &count) || count < 0;
        else bad = !word(a[i], "force");
    }
    for (i = 6; i < 6 + (size_t)want && !bad; i++) bad = !m_sid(a[i], 0, &x);
    if (bad) {
        say_error();
        return;
    }
    if (!m_typed(id, a[1], ENT_STREAM, &m)) return;
    g = gr_find(m, a[2]);
    if (!g) {
        say_error();
        return;
    }
    for (i = 6; i < 6 + (size_t)want; i++) {
        m_sid(a[i], 0, &x);
        p = pend_find(g, x);
        if (!p) continue;
        done++;
        if (!st_has(m, x)) {
            pend_drop(g, x);
            continue;
        }
        p->time = 0;
        if (count >= 0) p->count = (u64)count;
        else if (fatal) p->count = INT64_MAX;
        else if (silent && p->count) p->count--;
    }
    say_int(done);
}

/* ---- XINFO ---- */

static void say_named_int(const char *name, i64 v) {
    say_bulk(str_c(name));
    say_int(v);
}

static void say_named_sid(const char *name, sid id) {
    say_bulk(str_c(name));
    say_sid(id);
}

static void say_read(const struct item *m, const struct m_group *g) {
    i64 n = m->st->added ? g->read : 0;
    say_named_sid("last-delivered-id", g->last);
    say_bulk(LIT("entries-read"));
    if (g->read < 0) say_null();
    else say_int(g->read);
    say_bulk(LIT("lag"));
    if (m->st->added && (n < 0 || st_holes(m, g->last)))
        n = st_rank(m, g->last);
    if (n < 0) say_null();
    else say_int((i64)m->st->added - n);
}

static void say_pending(const struct m_group *g, const struct m_who *w,
                        i64 count) {
    size_t n = w ? who_has(g, w) : g->np, i;
    if (count && (i64)n > count) n = (size_t)count;
    say_bulk(LIT("pending"));
    say_array(n);
    for (i = 0; n; i++) {
        const struct m_pend *p = &g->p[i];
        if (w && p->who != w) continue;
        n--;
        say_array(w ? 3 : 4);
        say_sid(p->id);
        if (!w) say_bulk(p->who->name);
        say_int(p->time);
        say_int((i64)p->count);
    }
}

static void say_group(const struct item *m, const struct m_group *g,
                      i64 count) {
    size_t i;
    say_map(7);
    say_bulk(LIT("name"));
    say_bulk(g->name);
    say_read(m, g);
    say_named_int("pel-count", (i64)g->np);
    say_pending(g, NULL, count);
    say_bulk(LIT("consumers"));
    say_array(g->nwho);
    for (i = 0; i < g->nwho; i++) {
        const struct m_who *w = g->who[i];
        say_map(5);
        say_bulk(LIT("name"));
        say_bulk(w->name);
        say_named_int("seen-time", w->seen);
        say_named_int("active-time", w->active);
        say_named_int("pel-count", (i64)who_has(g, w));
        say_pending(g, w, count);
    }
}

static void m_xinfo_stream(int id, const str *a, const struct item *m, int full,
                           i64 count) {
    const struct stream *st = st_real(id, a[2]);
    size_t i, n = m->n;
    NEED(st);
    say_map(full ? 9 : 10);
    say_named_int("length", (i64)m->n);
    say_named_int("radix-tree-keys", (i64)st->o.s.items);
    say_named_int("radix-tree-nodes", (i64)st->o.s.items + 1);
    say_named_sid("last-generated-id", m->st->last);
    say_named_sid("max-deleted-entry-id", m->st->gone);
    say_named_int("entries-added", (i64)m->st->added);
    say_named_sid("recorded-first-entry-id", n ? st_id(&m->e[0]) : SID_MIN);
    if (full) {
        if (count && (i64)n > count) n = (size_t)count;
        say_bulk(LIT("entries"));
        say_array(n);
        for (i = 0; i < n; i++) say_entry(&m->e[i]);
        say_bulk(LIT("groups"));
        say_array(m->st->n);
        for (i = 0; i < m->st->n; i++) say_group(m, m->st->g[i], count);
        return;
    }
    say_named_int("groups", (i64)m->st->n);
    for (i = 0; i < 2; i++) {
        say_bulk(i ? LIT("last-entry") : LIT("first-entry"));
        if (n) say_entry(&m->e[i ? n - 1 : 0]);
        else say_null();
    }
}

static void m_xinfo(int id, const str *a, size_t n) {
    struct item *m;
    struct m_group *g = NULL;
    size_t i;
    i64 count = 10;
    int who = word(a[1], "consumers"), groups = word(a[1], "groups");
    if ((!who && !groups && !word(a[1], "stream")) || (who      ? n != 4
                                                       : groups ? n != 3
                                                                : n < 3)) {
        say_error();
        return;
    }
    if (!m_typed(id, a[2], ENT_STREAM, &m)) return;
    if (who) g = gr_find(m, a[3]);
    if (!m || (who && !g)) {
        say_error();
    } else if (who) {
        say_array(g->nwho);
        for (i = 0; i < g->nwho; i++) {
            const struct m_who *w = g->who[i];
            say_map(4);
            say_bulk(LIT("name"));
            say_bulk(w->name);
            say_named_int("pending", (i64)who_has(g, w));
            say_named_int("idle", now > w->seen ? now - w->seen : 0);
            say_named_int("inactive", w->active < 0     ? -1
                                      : now > w->active ? now - w->active
                                                        : 0);
        }
    } else if (groups) {
        say_array(m->st->n);
        for (i = 0; i < m->st->n; i++) {
            g = m->st->g[i];
            say_map(6);
            say_bulk(LIT("name"));
            say_bulk(g->name);
            say_named_int("consumers", (i64)g->nwho);
            say_named_int("pending", (i64)g->np);
            say_read(m, g);
        }
    } else if (n > 3 && ((n != 4 && n != 6) || !word(a[3], "full") ||
                         (n == 6 && !word(a[4], "count")) ||
                         (n == 6 && !m_int(a[5], &count)))) {
        say_error();
    } else {
        m_xinfo_stream(id, a, m, n > 3, count < 0 ? 10 : count);
    }
}

/* -1: it is not about streams; 0: not for the model. */
static int m_stream_command(const char *name, int id, const str *a, size_t n) {
    struct item *m;
#define IS(x) (strcmp(name, x) == 0)
    if (IS("xadd")) return m_xadd(id, a, n);
    if (IS("xread")) return m_xread(id, a, n);
    if (IS("xreadgroup")) return m_xreadgroup(id, a, n);
    if (IS("xlen")) {
        if (m_typed(id, a[1], ENT_STREAM, &m)) say_int((i64)m_size(m));
    } else if (IS("xrange") || IS("xrevrange"))
        m_xrange(id, a, n, IS("xrevrange"));
    else if (IS("xdel") || IS("xack")) m_xdel(id, a, n, IS("xack"));
    else if (IS("xdelex")) m_xdelex(id, a, n);
    else if (IS("xackdel")) m_xackdel(id, a, n);
    else if (IS("xtrim")) m_xtrim(id, a, n);
    else if (IS("xsetid")) m_xsetid(id, a, n);
    else if (IS("xgroup")) m_xgroup(id, a, n);
    else if (IS("xpending")) m_xpending(id, a, n);
    else if (IS("xclaim")) m_xclaim(id, a, n);
    else if (IS("xautoclaim")) m_xautoclaim(id, a, n);
    else if (IS("xnack")) m_xnack(id, a, n);
    else if (IS("xinfo")) m_xinfo(id, a, n);
    else return -1;
    return 1;
}
#undef IS
