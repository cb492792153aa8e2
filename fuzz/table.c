/* The hash table and the expiry index against naive twins: insert, delete,
 * find, change of expiry, a scan in steps while all of this goes on, random
 * picks, failing allocations. What can be undone has to leave nothing behind.
 *
 * Input: a byte of switches, then operations of one byte and their operands.
 */
#include "fuzz.h"

enum { KEYS = 3000, DB = 0 };

static struct twin {
    ent *e;
    i64 exp;
    u8 held, seen; /* held: there since the scan began */
} twin[KEYS];

static kv *k;
static db *d;
static size_t live, timed;
static int flood; /* keys that share their top hash bits */

/* The name of key i. With `flood`, of names that hash into few segments. */
static str key_name(u32 i) {
    static u8 name[16];
    static u32 chosen[256];
    static int made;
    u32 n = i, x, have;
    size_t len;
    if (flood && !made) {
        for (x = have = 0; have < COUNT(chosen); x++) {
            len = num_put_u(name, x);
            if (tab_hash(&d->t, str_of(name, len)) >> 52 == 0x5a5) chosen[have++] = x;
        }
        made = 1;
    }
    if (flood && i < COUNT(chosen)) n = chosen[i];
    else if (flood) n = i + 100000000;
    len = num_put_u(name, n);
    return str_of(name, len);
}

static ent *look(u32 i, u64 *h, struct tab_at *at) {
    str key = key_name(i);
    *h = tab_hash(&d->t, key);
    return tab_find(&d->t, key, *h, at);
}

static void insert(u32 i, i64 exp) {
    u64 h;
    struct tab_at at;
    ent *e = look(i, &h, &at);
    str key = key_name(i);
    NEED(e == twin[i].e);
    mem_next(&k->m);
    if (!db_reserve(d, key.n, 3, exp >= 0)) return;
    if (!e && !tab_room(&d->t, h)) return;
    e = db_put(d, key, h, e, &at, ENT_STRING, LIT("val"), exp);
    live += !twin[i].e;
    timed += (exp >= 0) - (size_t)(twin[i].e && twin[i].exp >= 0);
    twin[i].e = e;
    twin[i].exp = exp;
}

static void drop(u32 i) {
    u64 h;
    struct tab_at at;
    ent *e = look(i, &h, &at);
    NEED(e == twin[i].e);
    if (!e) return;
    db_del(d, &at, e, h);
    live--;
    timed -= twin[i].exp >= 0;
    twin[i].e = NULL;
    twin[i].held = 0;
}

static void retime(u32 i, i64 exp) {
    u64 h;
    struct tab_at at;
    ent *e = look(i, &h, &at);
    NEED(e == twin[i].e);
    mem_next(&k->m);
    if (!e || !db_set_exp(d, key_name(i), h, e, &at, exp)) return;
    timed += (exp >= 0) - (size_t)(twin[i].exp >= 0);
    twin[i].e = look(i, &h, &at);
    NEED(twin[i].e);
    twin[i].exp = exp;
}

/* Room that is asked for and not used. */
static void change_of_mind(u32 i) {
    u64 h;
    struct tab_at at;
    if (look(i, &h, &at) || !tab_room(&d->t, h)) return;
    tab_unroom(&d->t, h);
}

static u32 number_of(ent *e) {
    u32 i;
    for (i = 0; i < KEYS; i++)
        if (twin[i].e == e) return i;
    NEED(!"an entry that nobody put");
    return 0;
}

static int visit(void *ctx, ent *e) {
    u32 i = number_of(e);
    (void)ctx;
    NEED(twin[i].seen < 2);
    if (twin[i].held) NEED(!twin[i].seen);
    twin[i].seen = 1;
    return 0;
}

static u64 scan_at;
static int scanning;

static void scan_begin(void) {
    u32 i;
    for (i = 0; i < KEYS; i++) {
        twin[i].seen = 0;
        twin[i].held = twin[i].e != NULL;
    }
    scan_at = 0;
    scanning = 1;
}

static void scan_step(void) {
    int rc;
    u32 i;
    u64 from;
    if (!scanning) scan_begin();
    from = scan_at;
    scan_at = tab_scan(&d->t, scan_at, visit, NULL, &rc);
    NEED(rc == 0);
    if (scan_at) {
        NEED(scan_at > from);
        return;
    }
    for (i = 0; i < KEYS; i++) NEED(!twin[i].held || twin[i].seen);
    scanning = 0;
}

static void expire(i64 now) {
    u32 i;
    int due = 0, n;
    for (i = 0; i < KEYS; i++)
        if (twin[i].e && twin[i].exp >= 0 && twin[i].exp < now) due++;
    k->now = now;
    n = db_expire_slice(d, 100000);
    NEED(n == due);
    for (i = 0; i < KEYS; i++) {
        if (!twin[i].e || twin[i].exp < 0 || twin[i].exp >= now) continue;
        twin[i].e = NULL;
        twin[i].held = 0;
        live--;
        timed--;
    }
}

static void verify(void) {
    i64 first = INT64_MAX;
    u32 i;
    ent *e;
    size_t have = 0;
    u64 h;
    struct tab_at at;
    fuzz_check(k);
    NEED(d->t.count == live && d->x.count == timed);
    for (i = 0; i < KEYS; i++) {
        e = look(i, &h, &at);
        NEED(e == twin[i].e);
        if (!e) continue;
        have++;
        NEED(ent_exp(e) == twin[i].exp);
        NEED(str_eq(ent_key(e), key_name(i)) && str_eq(ent_val(e), LIT("val")));
        if (twin[i].exp >= 0 && twin[i].exp < first) first = twin[i].exp;
    }
    NEED(have == live);
    e = exp_soonest(&d->x);
    NEED(e ? ent_exp(e) == first : !timed);
    e = exp_random(&d->x, k->rng);
    NEED(e ? twin[number_of(e)].exp >= 0 : !timed);
    e = tab_random(&d->t, k->rng);
    NEED(e ? twin[number_of(e)].e == e : !live);
}

static i64 some_time(struct tape *t) {
    u32 x = tape_byte(t);
    if (x < 80) return 1000 + x % 4;
    if (x < 160) return 1000 + tape_u16(t);
    if (x < 170) return INT64_MAX - x % 2;
    if (x < 180) return 0;
    return -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct tape t = tape_of(p, n);
    u32 i, x, count, stride, steps = 0, flags = tape_byte(&t);
    fake_us = 0;
    k = fuzz_open(NULL);
    d = db_at(k, DB, 1);
    NEED(d);
    memset(twin, 0, sizeof twin);
    live = timed = 0;
    scanning = 0;
    flood = flags & 1;
    while (t.n && steps++ < 400) {
        u32 op = tape_byte(&t);
        if (op & 64) k->m.fail_in = 1 + tape_below(&t, 12);
        switch (op & 15) {
        case 0:
            i = tape_u16(&t) % KEYS;
            insert(i, some_time(&t));
            break;
        case 1: drop(tape_u16(&t) % KEYS); break;
        case 2:
            i = tape_u16(&t) % KEYS;
            retime(i, some_time(&t));
            break;
        case 3: change_of_mind(tape_u16(&t) % KEYS); break;
        case 4:
            for (x = tape_below(&t, 64); x; x--) scan_step();
            break;
        case 5: scan_begin(); break;
        case 6: expire(1000 + tape_u16(&t)); break;
        case 7: verify(); break;
        case 8: /* a run of keys comes, all with one time or in order */
        case 9:
        case 10: {
            i64 exp = some_time(&t), by = op & 32 ? 1 : 0;
            i = tape_u16(&t) % KEYS;
            count = 1 + tape_byte(&t) * 2;
            stride = 1 + (op >> 4 & 1) * 6;
            for (; count; count--, i = (i + stride) % KEYS) {
                insert(i, exp);
                if (exp >= 0 && exp < INT64_MAX) exp += by;
            }
            break;
        }
        case 11: /* a run of keys goes */
        case 12:
            i = tape_u16(&t) % KEYS;
            count = 1 + tape_byte(&t) * 4;
            for (; count; count--, i = (i + 1) % KEYS) drop(i);
            break;
        case 13: /* a run of keys changes its time */
            i = tape_u16(&t) % KEYS;
            count = 1 + tape_byte(&t);
            for (; count; count--, i = (i + 1) % KEYS) retime(i, some_time(&t));
            break;
        case 14:
            if (op & 128) {
                db_flush(d);
                while (op & 32 && mem_reap(&k->m)) {}
                memset(twin, 0, sizeof twin);
                live = timed = 0;
                scanning = 0;
            }
            break;
        default: k->no_active_expire = 0; break;
        }
        k->m.fail_in = 0;
    }
    verify();
    while (scanning) scan_step();
    for (i = 0; i < KEYS; i++) drop(i);
    verify();
    /* nothing is left but the smallest table */
    while (d->t.dir[0] && tab_segments(&d->t) > 1) {
        size_t was = (size_t)tab_segments(&d->t);
        insert(0, -1);
        drop(0);
        NEED(tab_segments(&d->t) < was);
    }
    NEED(d->h.used <= 600);
    verify();
    kv_close(k);
    return 0;
}
