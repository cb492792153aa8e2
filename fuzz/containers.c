/* Collections, below the commands, against a naive twin: packed, as integers,
 * as objects, and on the way from one to the other; sequences with ranks, the
 * chunks of lists, fields with times; streams in slog.h. Any allocation may
 * fail: then what was placed is as it was.
 *
 * Input: a byte for the type, one for the limits, then operations of one byte
 * and their operands.
 */
#include "fuzz.h"

enum { NAMES = 1 << 12, MOST = 3000, STEPS = 300 };

struct elem {
    u32 a, b; /* numbers of names */
    double score;
    i64 exp;
};

struct twin {
    size_t n;
    struct elem e[MOST];
};

static kv *k;
static db *d;
static u8 type;
static struct twin twin, next; /* what is placed, what is being made */

/* ---- names ---- */

static str name_of(u32 i) {
    static u8 room[8][1600];
    static u32 turn;
    static const u16 sizes[] = {20,  63,  64,   65,   127,  128,  129,  300,
                                500, 900, 1000, 1300, 1340, 1344, 1400, 1500};
    u8 *p = room[turn++ & 7];
    size_t n;
    switch (i % 8) {
    case 0: return str_of(p, num_put_u(p, i));
    case 1: return str_of(p, num_put(p, -32768 + 2048 - (i64)i));
    case 2: return str_of(p, num_put(p, (i64)INT32_MAX - 2048 + (i64)i));
    case 3: return str_of(p, num_put(p, INT64_MAX - NAMES + (i64)i));
    case 4: p[0] = 'w'; return str_of(p, 1 + num_put_u(p + 1, i));
    case 5:
        n = num_put_u(p, i);
        memset(p + n, 'x', sizeof room[0] - n);
        return str_of(p, max_z(n + 1, sizes[i / 8 % COUNT(sizes)]));
    case 6: p[0] = 0xff; return str_of(p, i == 6 ? 1 : 1 + num_put_u(p + 1, i));
    default:
        if (i == 7) return str_of(p, 0);
        p[0] = 'v';
        return str_of(p, 1 + num_put_u(p + 1, i));
    }
}

static u32 some_name(struct tape *t) {
    u32 x = tape_byte(t);
    if (x < 160) return x % 48;
    return tape_u16(t) % NAMES;
}

static double some_score(struct tape *t) {
    static const double few[] = {0,   -0.0, 1,     -1,   1e300, -1e300, 0.1,
                                 0.5, 127,  32768, 1e17, -1e17, 3.25,   255};
    u32 x = tape_byte(t);
    if (x < 60) return few[x % COUNT(few)];
    if (x < 64) return num_double((u64)(x & 1 ? 0xfff : 0x7ff) << 52);
    if (x < 160) return (double)(x % 8);
    return (double)tape_u16(t) - 20000;
}

static i64 some_exp(struct tape *t) {
    u32 x = tape_byte(t);
    return x < 128 ? -1 : x < 240 ? 5000 + x % 7 : ((i64)1 << 46) - 2 - x % 2;
}

/* ---- the twin ---- */

static int less(const struct elem *x, const struct elem *y) {
    str a, b;
    int c;
    if (x->score != y->score) return x->score < y->score;
    a = name_of(x->a);
    b = name_of(y->a);
    c = memcmp(a.p, b.p, min_z(a.n, b.n));
    return c ? c < 0 : a.n < b.n;
}

static void tw_insert(struct twin *w, size_t at, struct elem e) {
    NEED(w->n < MOST && at <= w->n);
    memmove(w->e + at + 1, w->e + at, (w->n - at) * sizeof e);
    w->e[at] = e;
    w->n++;
}

static void tw_remove(struct twin *w, size_t at) {
    NEED(at < w->n);
    memmove(w->e + at, w->e + at + 1, (--w->n - at) * sizeof w->e[0]);
}

static size_t tw_find(const struct twin *w, u32 a) { /* w->n: none */
    size_t i;
    for (i = 0; i < w->n && w->e[i].a != a; i++) {
    }
    return i;
}

/* Puts as a set, sorted set or hash does: whether the member was there. */
static int tw_put(struct twin *w, struct elem e) {
    size_t i = tw_find(w, e.a);
    int had = i < w->n;
    if (had && type == ENT_SET) return 1;
    if (had && type == ENT_ZSET && w->e[i].score == e.score) return 1;
    if (had) tw_remove(w, i);
    i = w->n;
    if (type == ENT_ZSET)
        while (i && less(&e, &w->e[i - 1])) i--;
    tw_insert(w, i, e);
    return had;
}

static void tw_copy(struct twin *to, const struct twin *from) {
    to->n = from->n;
    memcpy(to->e, from->e, from->n * sizeof from->e[0]);
}

/* ---- the entry ---- */

static const str KEY = {(const u8 *)"key", 3};

static ent *look(u64 *h, struct tab_at *at) {
    ent *e;
    *h = tab_hash(&d->t, KEY);
    e = tab_find(&d->t, KEY, *h, at);
    NEED((e != NULL) == (twin.n > 0));
    return e;
}

static struct obj *object(void) {
    u64 h;
    struct tab_at at;
    ent *e = look(&h, &at);
    return e && e->flags & ENT_OBJ ? ent_obj(e) : NULL;
}

static void drop(void) {
    u64 h;
    struct tab_at at;
    ent *e = look(&h, &at);
    if (e) db_del(d, &at, e, h);
    twin.n = 0;
}

/* Puts `col` in the entry's place and `next` in the twin's, if there is
 * memory. */
static void place(struct col *col) {
    u64 h;
    struct tab_at at;
    ent *e = look(&h, &at);
    NEED(col_size(col) == next.n);
    if (!next.n) {
        drop();
    } else if (db_reserve_col(d, col, KEY, h, e, -1)) {
        db_place_col(d, KEY, h, e, &at, col, -1);
        tw_copy(&twin, &next);
    }
    col_end(col);
}

static int begin(struct col *col, int clone) {
    u64 h;
    struct tab_at at;
    ent *e = look(&h, &at);
    mem_next(&k->m);
    tw_copy(&next, &twin);
    if (e && (clone || !(e->flags & ENT_OBJ)))
        return col_clone(col, k, &d->h, e);
    next.n = 0;
    col_begin(col, k, &d->h, type);
    return 1;
}

/* Elements into a collection beside the data, which then takes the place. */
static void fill(struct tape *t, u32 count, int clone) {
    struct col col;
    int front = (int)tape_byte(t), run = front & 2, rc = 1;
    u32 first = some_name(t), many = front & 4 ? 1 : 0;
    struct elem e;
    memset(&e, 0, sizeof e);
    if (!begin(&col, clone)) return;
    for (; count && rc && next.n + 1 < MOST; count--) {
        e.a = run ? first++ % NAMES : some_name(t);
        e.b = run && !many ? e.a : some_name(t);
        e.score = type == ENT_ZSET ? some_score(t) : 0;
        e.exp = type == ENT_HASH && front & 8 ? some_exp(t) : -1;
        if (type == ENT_LIST) {
            rc = col_push(&col, name_of(e.a), front & 1);
            if (!rc) break;
            tw_insert(&next, front & 1 ? 0 : next.n, e);
            continue;
        }
        rc = col_put(&col, name_of(e.a), name_of(e.b), e.score, e.exp);
        if (rc) NEED((rc == OBJ_HAD) == tw_put(&next, e));
    }
    if (!rc || front & 64) col_end(&col); /* nobody wants it */
    else place(&col);
}

/* Takes elements out of what is packed. */
static void thin(struct tape *t, u32 count) {
    struct col col;
    u64 h;
    struct tab_at at;
    ent *e = look(&h, &at);
    if (!e || e->flags & ENT_OBJ || !begin(&col, 0)) return;
    for (; count && next.n; count--) {
        u32 a = some_name(t);
        size_t i = tw_find(&next, a);
        if (type == ENT_SET) {
            NEED(set_col_del(&col, name_of(a)) == (i < next.n));
            if (i < next.n) tw_remove(&next, i);
            continue;
        }
        if (type == ENT_HASH) { /* the twin has no order */
            const u8 *p = pack_find(str_of(col.b.p, col.b.n), name_of(a), 2);
            NEED((p != NULL) == (i < next.n));
            if (p) pack_remove(&col.b, p, 2);
            if (p) tw_remove(&next, i);
            continue;
        }
        i = a % next.n;
        pack_remove(
            &col.b,
            pack_skip(col.b.p + PACK_HEAD, type == ENT_LIST ? i : 2 * i),
            type == ENT_LIST ? 1 : 2);
        tw_remove(&next, i);
    }
    place(&col);
}

/* ---- objects ---- */

static void set_alarm(struct obj *o) {
    i64 fail = k->m.fail_in;
    if (type != ENT_HASH) return;
    k->m.fail_in = 0;
    mem_next(&k->m);
    NEED(exp_reserve(&d->alarms));
    db_set_alarm(d, o, 1);
    k->m.fail_in = fail;
}

static void obj_add(struct tape *t, struct obj *o, int covered) {
    struct elem e;
    int rc;
    memset(&e, 0, sizeof e);
    e.a = some_name(t);
    e.b = some_name(t);
    e.score = type == ENT_ZSET ? some_score(t) : 0;
    e.exp = type == ENT_HASH ? some_exp(t) : -1;
    mem_next(&k->m);
    if (covered) {
        size_t n = type == ENT_ZSET   ? sizeof(double)
                   : type == ENT_HASH ? name_of(e.b).n
                                      : 0;
        if (!obj_reserve(o, name_of(e.a), n, e.exp >= 0)) {
            obj_unroom(o, name_of(e.a));
            return;
        }
    }
    if (type == ENT_ZSET) rc = obj_put_score(o, name_of(e.a), e.score, covered);
    else
        rc = obj_put(o, name_of(e.a),
                     type == ENT_HASH ? name_of(e.b) : str_of("", 0), e.exp,
                     covered);
    if (covered) obj_unroom(o, name_of(e.a));
    NEED(rc || !covered);
    if (rc) NEED((rc == OBJ_HAD) == tw_put(&twin, e));
    col_check(k, o, name_of(e.a), name_of(e.b), rc);
    set_alarm(o);
}

static void obj_take(struct tape *t, struct obj *o) {
    u32 a = some_name(t);
    struct tab_at at;
    u64 h;
    size_t i = tw_find(&twin, a);
    ent *e = obj_find(o, name_of(a), &h, &at);
    NEED((e != NULL) == (i < twin.n));
    if (!e) return;
    obj_del(o, &at, e, h);
    set_alarm(o);
    tw_remove(&twin, i);
}

static void obj_time(struct tape *t, struct obj *o) {
    u32 a = some_name(t);
    i64 exp = some_exp(t);
    struct tab_at at;
    u64 h;
    size_t i = tw_find(&twin, a);
    ent *e = obj_find(o, name_of(a), &h, &at);
    mem_next(&k->m);
    if (!e || !mem_reserve(o->h, ent_size(e) + 8, 1) || !exp_reserve(&o->x))
        return;
    e = obj_set_exp(o, &at, e, h, exp);
    NEED(obj_find(o, name_of(a), &h, &at) == e && ent_exp(e) == exp);
    twin.e[i].exp = exp;
    set_alarm(o);
}

static void obj_rank_gone(struct tape *t, struct obj *o) {
    size_t i = tape_u16(t) % twin.n;
    obj_del_rank(o, i);
    tw_remove(&twin, i);
}

/* ---- lists ---- */

static void list_add(struct tape *t, struct obj *o, int covered) {
    struct elem e[40];
    str a[40];
    static u8 text[40][1600];
    size_t count = covered ? 1 + tape_below(t, 40) : 1, i;
    int front = (int)tape_below(t, 2);
    memset(e, 0, sizeof e);
    for (i = 0; i < count; i++) {
        e[i].a = some_name(t);
        e[i].exp = -1;
        a[i] = name_of(e[i].a);
        copy(text[i], a[i].p, a[i].n);
        a[i].p = text[i];
    }
    mem_next(&k->m);
    if (twin.n + count > MOST || (covered && !list_reserve(o, a, count)))
        return;
    for (i = 0; i < count; i++) {
        int rc = list_push(o, a[i], front, covered);
        NEED(rc || !covered);
        if (rc) tw_insert(&twin, front ? 0 : twin.n, e[i]);
    }
}

static void list_change(struct tape *t, struct obj *o) {
    struct elem e;
    size_t at = tape_u16(t) % twin.n;
    int replace = (int)tape_below(t, 2);
    memset(&e, 0, sizeof e);
    e.a = some_name(t);
    e.exp = -1;
    mem_next(&k->m);
    if (twin.n + 1 > MOST || !list_edit_reserve(o, name_of(e.a).n)) return;
    list_edit(o, at, replace, name_of(e.a));
    if (replace) twin.e[at] = e;
    else tw_insert(&twin, at, e);
}

static void list_less(struct tape *t, struct obj *o) {
    size_t n = tape_byte(t), i;
    int front = (int)tape_below(t, 2);
    if (n >= twin.n) n = twin.n - 1;
    list_cut(o, n, front);
    for (i = 0; i < n; i++) tw_remove(&twin, front ? 0 : twin.n - 1);
}

static void list_strike(struct tape *t, struct obj *o) {
    u32 a = some_name(t);
    size_t have = 0, i, skip, left;
    for (i = 0; i < twin.n; i++) have += twin.e[i].a == a;
    if (!have || have == twin.n) return;
    skip = tape_byte(t) % have;
    left = 1 + tape_byte(t) % (have - skip);
    list_remove(o, name_of(a), skip, left);
    for (i = 0; left && i < twin.n;) {
        if (twin.e[i].a != a) {
            i++;
        } else if (skip) {
            skip--;
            i++;
        } else {
            tw_remove(&twin, i);
            left--;
        }
    }
}

#include "slog.h"

/* ---- comparing ---- */

static void same(const struct it *it, const struct elem *e) {
    NEED(str_eq(it->a, name_of(e->a)));
    if (type == ENT_HASH) {
        NEED(str_eq(it->b, name_of(e->b)));
        NEED(it->exp == e->exp);
    }
    if (type == ENT_ZSET) NEED(it->score == e->score);
}

static size_t tw_named(str a) {
    size_t i;
    for (i = 0; i < twin.n && !str_eq(name_of(twin.e[i].a), a); i++) {
    }
    NEED(i < twin.n);
    return i;
}

static void compare_ranks(struct tape *t, const ent *e) {
    static struct zwalk w;
    struct zbound b;
    size_t from = tape_u16(t) % twin.n, i, rank, below = 0;
    int back = (int)tape_below(t, 2), after = (int)tape_below(t, 2);
    double score;
    zwalk_begin(&w, e, from, back);
    for (i = from; zwalk_next(&w); i += back ? (size_t)-1 : 1)
        same(&w.it, &twin.e[i]);
    NEED(i == (back ? (size_t)-1 : twin.n));
    i = tape_u16(t) % twin.n;
    NEED(zset_rank(e, name_of(twin.e[i].a), &rank, &score) && rank == i);
    memset(&b, 0, sizeof b);
    b.score = tape_below(t, 2) ? twin.e[i].score : some_score(t);
    for (i = 0; i < twin.n; i++)
        below += after ? twin.e[i].score <= b.score : twin.e[i].score < b.score;
    NEED(zset_below(e, &b, after) == below);
}

static void compare_places(struct tape *t, const ent *e) {
    static struct list_back back;
    struct it it;
    size_t from = tape_u16(t) % (twin.n + 1), i;
    str a;
    list_from(&it, e, from);
    for (i = from; it_next(&it); i++) same(&it, &twin.e[i]);
    NEED(i == twin.n);
    list_back_begin(&back, e);
    for (i = twin.n; list_back_next(&back, &a); i--)
        NEED(str_eq(a, name_of(twin.e[i - 1].a)));
    NEED(i == 0);
}

static void compare(struct tape *t) {
    struct it it;
    struct tab_at at;
    u64 h;
    size_t i = 0;
    u32 a = some_name(t);
    ent *e = look(&h, &at);
    str v;
    double score;
    if (!e) return;
    if (type == ENT_STREAM) {
        s_compare(t, obj_stream(ent_obj(e)));
        return;
    }
    NEED(ent_type(e) == type && col_count(e) == twin.n);
    it_begin(&it, e);
    for (; it_next(&it); i++)
        if (type == ENT_LIST || type == ENT_ZSET) same(&it, &twin.e[i]);
        else same(&it, &twin.e[tw_named(it.a)]);
    NEED(i == twin.n);
    i = tw_find(&twin, a);
    if (type == ENT_SET) NEED(set_has(e, name_of(a)) == (i < twin.n));
    if (type == ENT_ZSET) {
        NEED(zset_score(e, name_of(a), &score) == (i < twin.n));
        if (i < twin.n) NEED(score == twin.e[i].score);
        compare_ranks(t, e);
    }
    if (type == ENT_HASH) {
        NEED(hash_value(e, name_of(a), &v) == (i < twin.n));
        if (i < twin.n) NEED(str_eq(v, name_of(twin.e[i].b)));
    }
    if (type == ENT_LIST) compare_places(t, e);
}

/* ---- a chunk alone, against its bytes ---- */

static void chunk_alone(struct tape *t) {
    struct chunk *c;
    struct bytes b = {NULL, 0, 0}, n = {NULL, 0, 0};
    u32 steps = tape_byte(t), cap = 1 + tape_byte(t), i;
    c = malloc(sizeof *c + cap);
    NEED(c);
    c->cap = cap;
    c->start = c->end = tape_below(t, 2) ? cap : 0;
    while (t->n && steps--) {
        size_t off = b.n ? tape_byte(t) % (b.n + 1) : 0;
        size_t del = b.n > off ? tape_byte(t) % (b.n - off + 1) : 0;
        size_t add = tape_byte(t) % (cap + 1);
        u8 *p;
        if (tape_below(t, 2)) off = tape_below(t, 2) ? b.n : 0, del = 0;
        p = chunk_splice(c, off, del, add);
        NEED((p != NULL) == (b.n + add - del <= cap));
        if (!p) continue;
        n.n = 0;
        bytes_put(&n, b.p, off);
        for (i = 0; i < add; i++) {
            u8 x = (u8)(steps + i);
            bytes_put(&n, &x, 1);
            p[i] = x;
        }
        if (b.n > off + del) bytes_put(&n, b.p + off + del, b.n - off - del);
        b.n = 0;
        bytes_put(&b, n.p, n.n);
        NEED(c->start <= c->end && c->end <= c->cap);
        NEED(p == chunk_bytes(c) + c->start + off);
        NEED(str_eq(chunk_all(c), str_of(b.p, b.n)));
    }
    free(c);
    bytes_free(&b);
    bytes_free(&n);
}

/* ---- steps ---- */

static void limits(u32 x) {
    static const u16 few[] = {0, 1, 2, 3, 8, 64, 128, 512};
    i64 n = few[x % 8], m = few[x / 8 % 8];
    k->p.hash_entries = k->p.zset_entries = k->p.intset_entries = n;
    k->p.hash_value = k->p.zset_value = m;
}

static void step(struct tape *t, u32 op) {
    struct obj *o = object();
    u32 count;
    if (type == ENT_STREAM) {
        s_step(t, op);
        return;
    }
    switch (op & 15) {
    case 0:
    case 1: fill(t, 1 + tape_below(t, 4), 1); return;
    case 2: fill(t, tape_byte(t) * (op & 32 ? 4u : 1u), 1); return;
    case 3: fill(t, tape_byte(t), 0); return;
    case 4: thin(t, 1 + tape_below(t, 8)); return;
    case 5:
        if (tape_below(t, 4) == 0) drop();
        return;
    case 6: limits(tape_byte(t)); return;
    case 7: chunk_alone(t); return;
    default: break;
    }
    for (count = op & 32 ? 1 + tape_byte(t) : 1; count && o; count--) {
        u32 what = op & 32 ? op : tape_byte(t) << 2;
        if (twin.n + 2 > MOST) return;
        if (type == ENT_LIST) {
            if ((what & 12) == 0) list_add(t, o, 1);
            else if ((what & 12) == 4) list_add(t, o, 0);
            else if ((what & 12) == 8) list_change(t, o);
            else if (op & 128) list_less(t, o);
            else list_strike(t, o);
        } else if ((what & 12) < 8) {
            obj_add(t, o, (what & 12) == 0);
        } else if ((what & 12) == 12 && type == ENT_HASH) {
            obj_time(t, o);
        } else if (twin.n > 1) {
            if (type == ENT_ZSET && what & 64) obj_rank_gone(t, o);
            else obj_take(t, o);
        }
        if (!twin.n) return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct tape t = tape_of(p, n);
    static const u8 types[] = {ENT_LIST, ENT_SET, ENT_ZSET, ENT_HASH};
    u32 steps = 0, first = tape_byte(&t);
    type = first < 200 ? types[first % 4] : ENT_STREAM;
    fake_us = 0;
    k = fuzz_open(NULL);
    d = db_at(k, 0, 1);
    NEED(d);
    twin.n = 0;
    limits(tape_byte(&t));
    while (t.n && steps++ < STEPS) {
        u32 op = tape_byte(&t);
        if (op & 64) k->m.fail_in = 1 + tape_below(&t, 24);
        step(&t, op);
        k->m.fail_in = 0;
        mem_next(&k->m);
        compare(&t);
        while (d->dead) db_reap(d);
        fuzz_check(k);
    }
    drop();
    while (d->dead) db_reap(d);
    fuzz_check(k);
    kv_close(k);
    return 0;
}
