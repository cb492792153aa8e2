/* Streams below the commands, for containers.c: blocks of entries, groups,
 * consumers and pending entries against arrays.
 */
enum { S_MOST = 1500, S_PAIRS = 4, S_GROUPS = 3, S_WHOS = 4, S_PENDS = 400 };

struct s_entry {
    sid id;
    u32 n, name[2 * S_PAIRS]; /* fields and values in turn */
};

struct s_pend {
    sid id;
    i64 time;
    u64 count;
    u32 who;
};

struct s_group {
    int there;
    sid last;
    i64 read;
    int who[S_WHOS];
    struct s_pend p[S_PENDS];
    size_t n;
};

static struct {
    struct s_entry e[S_MOST];
    size_t n;
    sid last;
    u64 added;
    struct s_group g[S_GROUPS];
} s_twin;

static str s_name(char what, u32 i) {
    static u8 room[4][300];
    static u32 turn;
    u8 *p = room[turn++ & 3];
    memset(p, what, sizeof room[0]);
    p[0] = (u8)('0' + i);
    return str_of(p, i == 3 ? 0 : i == 2 ? 280 : 2);
}

static struct stream *s_stream(void) {
    struct obj *o = object();
    return o ? obj_stream(o) : NULL;
}

static void s_make(void) {
    struct stream *st;
    struct col made;
    struct tab_at at;
    u64 h;
    mem_next(&k->m);
    look(&h, &at);
    st = slog_new(&d->h);
    if (!st) return;
    memset(&made, 0, sizeof made);
    made.k = k;
    made.h = &d->h;
    made.type = ENT_STREAM;
    made.o = &st->o;
    if (!db_reserve_col(d, &made, KEY, h, NULL, -1)) {
        obj_free(made.o);
        return;
    }
    db_place_col(d, KEY, h, NULL, &at, &made, -1);
    memset(&s_twin, 0, sizeof s_twin);
    twin.n = 1; /* there is an entry: see look() */
}

/* An id that is there, or next to one, or any. */
static sid s_some_id(struct tape *t) {
    u32 x = tape_byte(t), at = tape_u16(t);
    sid id;
    if (s_twin.n && x < 220) {
        id = s_twin.e[at % s_twin.n].id;
        if (x < 20) sid_inc(&id);
        else if (x < 40) sid_dec(&id);
        return id;
    }
    id.ms = x & 1 ? at : x & 2 ? 0 : UINT64_MAX;
    id.seq = x & 4 ? UINT64_MAX : x >> 3;
    return id;
}

static sid s_next_id(struct tape *t) {
    u32 x = tape_byte(t);
    sid id = s_twin.last;
    if (x < 100) {
        sid_inc(&id);
    } else {
        id.ms += x < 200 ? 1 : x < 230 ? 200 : x < 250 ? 70000 : (u64)1 << 40;
        id.seq = x & 1 ? 0 : x & 2 ? tape_u16(t) : 5;
    }
    return id;
}

/* ---- entries ---- */

static int s_add(struct stream *st, const struct s_entry *e) {
    static u8 text[2 * S_PAIRS][1600];
    str a[2 * S_PAIRS];
    struct slog_plan x;
    u32 i;
    for (i = 0; i < 2 * e->n; i++) {
        str s = name_of(e->name[i]);
        copy(text[i], s.p, s.n);
        a[i] = str_of(text[i], s.n);
    }
    mem_next(&k->m);
    x.id = e->id;
    x.a = a;
    x.n = e->n;
    slog_plan(k, st, &x);
    if (!slog_reserve(st, &x)) return 0;
    slog_put(st, &x);
    return 1;
}

static void s_adds(struct tape *t, struct stream *st, u32 count) {
    struct s_entry e;
    u32 i, same = tape_byte(t);
    memset(&e, 0, sizeof e);
    for (; count && s_twin.n < S_MOST; count--) {
        if (!e.n || !(same & 1)) {
            e.n = 1 + tape_below(t, S_PAIRS);
            for (i = 0; i < 2 * e.n; i++)
                e.name[i] = same & 2 ? i : some_name(t);
        }
        e.id = s_next_id(t);
        if (sid_cmp(e.id, s_twin.last) <= 0) return;
        for (i = 1; i < 2 * e.n; i += 2) e.name[i] = some_name(t);
        if (!s_add(st, &e)) continue;
        s_twin.e[s_twin.n++] = e;
        s_twin.last = e.id;
        s_twin.added++;
    }
}

static size_t s_at(sid id) {
    size_t i;
    for (i = 0; i < s_twin.n && sid_cmp(s_twin.e[i].id, id) < 0; i++) {
    }
    return i;
}

static int s_has(sid id) {
    size_t i = s_at(id);
    return i < s_twin.n && !sid_cmp(s_twin.e[i].id, id);
}

static void s_drop(size_t at) {
    memmove(s_twin.e + at, s_twin.e + at + 1,
            (--s_twin.n - at) * sizeof s_twin.e[0]);
}

static void s_del(struct tape *t, struct stream *st) {
    sid id = s_some_id(t);
    int had;
    if (s_twin.n && tape_below(t, 4) == 0) id = s_twin.e[s_twin.n - 1].id;
    had = s_has(id);
    mem_next(&k->m);
    NEED(slog_del(st, id) == had);
    if (had) s_drop(s_at(id));
}

static void s_trim(struct tape *t, struct stream *st) {
    struct slog_trim x;
    u32 how = tape_byte(t);
    size_t n = 0;
    u64 gone;
    memset(&x, 0, sizeof x);
    x.by = how & 1 ? TRIM_LEN : TRIM_ID;
    x.about = (how & 6) == 6;
    if (x.about && how & 8) x.limit = 1 + tape_byte(t);
    x.len = s_twin.n - min_z(s_twin.n, tape_byte(t));
    x.id = s_some_id(t);
    while (n < s_twin.n && !(x.limit && n >= x.limit) &&
           (x.by == TRIM_LEN ? n + x.len < s_twin.n
                             : sid_cmp(s_twin.e[n].id, x.id) < 0))
        n++;
    mem_next(&k->m);
    gone = slog_trim(st, &x);
    NEED(x.about ? gone <= n : gone == n);
    for (; gone; gone--) s_drop(0);
}

static void s_set_last(struct tape *t, struct stream *st) {
    sid id = s_some_id(t);
    if (s_twin.n &&
        (sid_cmp(id, s_twin.e[s_twin.n - 1].id) < 0 || tape_below(t, 2)))
        id = s_twin.e[s_twin.n - 1].id;
    slog_set_last(st, id);
    s_twin.last = id;
}

static void s_same(struct slog_it *it, const struct s_entry *e) {
    u32 i;
    str f, v;
    NEED(!sid_cmp(it->id, e->id) && it->n == e->n);
    for (i = 0; i < e->n; i++) {
        slog_field(it, &f, &v);
        NEED(str_eq(f, name_of(e->name[2 * i])));
        NEED(str_eq(v, name_of(e->name[2 * i + 1])));
    }
}

static void s_compare_entries(struct tape *t, const struct stream *st) {
    static struct slog_it it;
    size_t i;
    sid id = s_some_id(t);
    NEED(slog_len(st) == s_twin.n && st->added == s_twin.added);
    NEED(!sid_cmp(st->last, s_twin.last));
    i = s_at(id);
    for (slog_seek(&it, st, id); slog_next(&it); i++) {
        NEED(i < s_twin.n);
        s_same(&it, &s_twin.e[i]);
    }
    NEED(i == s_twin.n);
    i = s_at(id) + (size_t)s_has(id);
    for (slog_seek_back(&it, st, id); slog_prev(&it); i--) {
        NEED(i);
        s_same(&it, &s_twin.e[i - 1]);
    }
    NEED(!i);
    NEED(slog_get(&it, st, id) == s_has(id));
    NEED(!sid_cmp(slog_edge_id(st, 0), s_twin.n ? s_twin.e[0].id : SID_MIN));
    NEED(!sid_cmp(slog_edge_id(st, 1),
                  s_twin.n ? s_twin.e[s_twin.n - 1].id : SID_MIN));
}

/* ---- groups ---- */

static size_t s_pend_at(const struct s_group *g, sid id) {
    size_t i;
    for (i = 0; i < g->n && sid_cmp(g->p[i].id, id) < 0; i++) {
    }
    return i;
}

static int s_pends(const struct s_group *g, sid id) {
    size_t i = s_pend_at(g, id);
    return i < g->n && !sid_cmp(g->p[i].id, id);
}

static void s_unpend(struct s_group *g, size_t at) {
    memmove(g->p + at, g->p + at + 1, (--g->n - at) * sizeof g->p[0]);
}

static struct group *s_add_group(struct tape *t, struct stream *st, u32 which) {
    struct s_group *w = &s_twin.g[which];
    sid last = s_some_id(t);
    struct group *g;
    mem_next(&k->m);
    g = slog_add_group(st, s_name('g', which), last, 3);
    if (!g) return NULL;
    memset(w, 0, sizeof *w);
    w->there = 1;
    w->last = last;
    w->read = 3;
    return g;
}

static struct consumer *s_add_who(struct stream *st, struct group *g,
                                  struct s_group *w, u32 which) {
    struct consumer *c;
    mem_next(&k->m);
    c = slog_add_consumer(st, g, s_name('c', which), which);
    w->who[which] = c != NULL;
    return c;
}

/* A group comes, or goes. */
static void s_group(struct tape *t, struct stream *st) {
    u32 which = tape_below(t, S_GROUPS), at;
    str name = s_name('g', which);
    struct group *g = slog_group(st, name);
    int budget = 1;
    NEED((g != NULL) == s_twin.g[which].there);
    if (!g) {
        s_add_group(t, st, which);
    } else if (tape_below(t, 4) == 0) {
        NEED(names_find(&st->groups, name, &at) == g);
        names_take(&st->groups, at);
        while (!group_drain(st, g, &budget)) budget = 1;
        s_twin.g[which].there = 0;
    }
}

/* NULL: there is none, and no memory for one. */
static struct group *s_some_group(struct tape *t, struct stream *st,
                                  struct s_group **w) {
    u32 which = tape_byte(t) % 6;
    which = which < S_GROUPS ? which : 0;
    *w = &s_twin.g[which];
    return (*w)->there ? slog_group(st, s_name('g', which))
                       : s_add_group(t, st, which);
}

/* A consumer comes, or goes with all that it has. */
static void s_consumer(struct tape *t, struct stream *st) {
    struct s_group *w;
    struct group *g = s_some_group(t, st, &w);
    u32 which = tape_below(t, S_WHOS), at;
    struct consumer *c;
    struct pel_it it;
    struct pend *p;
    size_t i;
    if (!g) return;
    c = slog_consumer(g, s_name('c', which));
    NEED((c != NULL) == w->who[which]);
    if (!c) {
        s_add_who(st, g, w, which);
        return;
    }
    if (tape_below(t, 3)) return;
    mem_next(&k->m);
    for (pel_seek(&it, &c->pel, SID_MIN); (p = pel_next(&it));) {
        p->owner = NULL;
        pel_free(st, g, p);
    }
    while (c->pel.root) seq_drain(&c->pel, INT_MAX);
    names_find(&g->consumers, s_name('c', which), &at);
    names_take(&g->consumers, at);
    named_free(st, &c->named);
    for (i = w->n; i-- > 0;)
        if (w->p[i].who == which) s_unpend(w, i);
    w->who[which] = 0;
}

/* Gives ids to a consumer, pending before or not, after one reserve. */
static void s_deliver(struct tape *t, struct stream *st) {
    struct s_group *w;
    struct group *g = s_some_group(t, st, &w);
    u32 which = tape_below(t, S_WHOS), i;
    size_t n = tape_byte(t) % 40, at;
    struct consumer *c = g ? slog_consumer(g, s_name('c', which)) : NULL;
    struct seq_at place;
    struct pend *p;
    sid id;
    if (g && !c) c = s_add_who(st, g, w, which);
    if (!c || w->n + n > S_PENDS) return;
    mem_next(&k->m);
    if (!pel_reserve(st, g, c, n, 1)) return;
    for (i = 0; i < n; i++) {
        id = s_some_id(t);
        at = s_pend_at(w, id);
        p = pel_find(&g->pel, id, &place);
        NEED((p != NULL) == s_pends(w, id));
        if (!p) {
            p = pel_new(st, g, id);
            memmove(w->p + at + 1, w->p + at, (w->n++ - at) * sizeof w->p[0]);
            memset(&w->p[at], 0, sizeof w->p[at]);
            w->p[at].id = id;
        }
        pel_own(p, c);
        p->time = w->p[at].time = i;
        p->count = ++w->p[at].count;
        w->p[at].who = which;
    }
}

static void s_ack(struct tape *t, struct stream *st) {
    struct s_group *w;
    struct group *g = s_some_group(t, st, &w);
    u32 n = 1 + tape_byte(t) % 20, x;
    for (; g && n; n--) {
        sid id = s_some_id(t);
        x = tape_byte(t);
        if (w->n && x < 200) id = w->p[x % w->n].id;
        x = (u32)s_pends(w, id);
        NEED(pel_ack(st, g, id) == (int)x);
        if (x) s_unpend(w, s_pend_at(w, id));
    }
}

static void s_compare_pel(const struct seq *s, const struct s_group *w, int who,
                          sid from) {
    struct pel_it it;
    struct pend *p;
    size_t i = s_pend_at(w, from);
    for (pel_seek(&it, s, from); (p = pel_next(&it)); i++) {
        while (who >= 0 && i < w->n && w->p[i].who != (u32)who) i++;
        NEED(i < w->n && !sid_cmp(p->id, w->p[i].id));
        NEED(p->time == w->p[i].time && p->count == w->p[i].count);
        NEED(str_eq(p->owner->named.name, s_name('c', w->p[i].who)));
    }
    while (who >= 0 && i < w->n && w->p[i].who != (u32)who) i++;
    NEED(i == w->n);
}

static void s_compare_groups(struct tape *t, const struct stream *st) {
    sid from = s_some_id(t);
    u32 i, j, n = 0;
    for (i = 0; i < S_GROUPS; i++) {
        const struct s_group *w = &s_twin.g[i];
        struct group *g = slog_group(st, s_name('g', i));
        NEED((g != NULL) == w->there);
        if (!g) continue;
        n++;
        NEED(!sid_cmp(g->last, w->last) && g->read == w->read);
        s_compare_pel(&g->pel, w, -1, from);
        s_compare_pel(&g->pel, w, -1, SID_MIN);
        for (j = 0; j < S_WHOS; j++) {
            struct consumer *c = slog_consumer(g, s_name('c', j));
            NEED((c != NULL) == w->who[j]);
            if (c) s_compare_pel(&c->pel, w, (int)j, from);
        }
    }
    NEED(n == st->groups.n);
}

/* ---- all of it ---- */

static void s_compare(struct tape *t, const struct stream *st) {
    s_compare_entries(t, st);
    s_compare_groups(t, st);
}

/* A copy is the same, or there was no memory. */
static void s_clone(struct tape *t, const struct stream *st) {
    struct stream *to;
    mem_next(&k->m);
    to = slog_new(&d->h);
    if (!to) return;
    if (slog_clone(to, st)) s_compare(t, to);
    mem_next(&k->m);
    obj_free(&to->o);
}

/* The pieces are all there. */
static void s_pieces(const struct stream *st) {
    size_t n[PIECE_END + 1] = {0}, consumers = 0;
    struct piece x;
    u32 i;
    piece_begin(&x, st);
    while (piece_next(&x)) n[x.what]++;
    for (i = 0; i < st->groups.n; i++)
        consumers += group_at(st, i)->consumers.n;
    NEED(n[PIECE_BLOCK] == st->o.s.items && n[PIECE_WHOLE] == 1);
    NEED(n[PIECE_GROUP] == st->groups.n && n[PIECE_PEND] == st->pending);
    NEED(n[PIECE_CONSUMERS] == st->groups.n);
    NEED(n[PIECE_CONSUMER] == consumers && n[PIECE_OWN] == st->pending);
}

static void s_limits(struct tape *t) {
    static const u16 entries[] = {0, 1, 2, 7, 100, 4096};
    static const u16 bytes[] = {0, 64, 300, 4096, 32768};
    k->p.stream_entries = entries[tape_below(t, COUNT(entries))];
    k->p.stream_bytes = bytes[tape_below(t, COUNT(bytes))];
}

static void s_step(struct tape *t, u32 op) {
    struct stream *st = s_stream();
    u32 n = op & 32 ? 1 + tape_byte(t) : 1;
    if (!st) {
        s_make();
        return;
    }
    switch (op & 15) {
    case 0:
    case 1:
    case 2: s_adds(t, st, n); break;
    case 3:
    case 4:
        for (; n && t->n; n--) s_del(t, st);
        break;
    case 5: s_trim(t, st); break;
    case 6: s_set_last(t, st); break;
    case 7: s_limits(t); break;
    case 8: s_group(t, st); break;
    case 9: s_consumer(t, st); break;
    case 10:
    case 11: s_deliver(t, st); break;
    case 12: s_ack(t, st); break;
    case 13: s_clone(t, st); break;
    case 14: s_pieces(st); break;
    default:
        if (tape_below(t, 8) == 0) drop();
        else st->sealed = 1;
    }
}
