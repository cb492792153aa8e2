/* Streams of commands through the memory transport, against a naive model and
 * a replica.
 *
 * Input: bytes of switches, then steps: one byte chooses a command that the
 * model knows, any other row with arguments by tables, raw bytes, a step of
 * the clock, a slice of background work, or an allocation that will fail.
 *
 * What must hold:
 *   - the reply to a known command is the model's, to the byte, and afterwards
 *     the live keys are the model's; if memory was refused (-OOM), nothing
 *     changed;
 *   - after each batch every invariant of the instance holds;
 *   - a second instance that is given nothing but the records of the changes
 *     holds the same entries.
 */
#include "fuzz.h"

enum { DBS = 4, SESSIONS = 3, BATCH_STEPS = 12, STEPS_MAX = 300 };

/* ---- The model: a hash of (database, key) ------------------------------ */

struct item {
    struct item *next;
    int db;
    u8 *key, *val;
    size_t kn, vn;
    i64 exp;
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

static struct item **m_place(int id, str key) {
    struct item **at = slot_of(key);
    while (*at && !((*at)->db == id && str_eq(str_of((*at)->key, (*at)->kn), key)))
        at = &(*at)->next;
    return at;
}

static void m_drop(struct item **at) {
    struct item *m = *at;
    *at = m->next;
    free(m->key);
    free(m->val);
    free(m);
}

static int m_alive(const struct item *m) { return m->exp < 0 || now <= m->exp; }

static struct item *m_find(int id, str key) {
    struct item **at = m_place(id, key);
    if (!*at || m_alive(*at)) return *at;
    m_drop(at);
    return NULL;
}

static void m_del(int id, str key) {
    struct item **at = m_place(id, key);
    if (*at) m_drop(at);
}

static void m_put(int id, str key, str val, i64 exp) {
    struct item *m = malloc(sizeof *m), **at;
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

static size_t m_count(int id) { /* -1: all */
    size_t i, n = 0;
    struct item *m;
    for (i = 0; i < COUNT(slots); i++)
        for (m = slots[i]; m; m = m->next)
            n += m_alive(m) && (id < 0 || m->db == id);
    return n;
}

/* ---- Instances --------------------------------------------------------- */

static kv *k, *replica;
static kv_session *sessions[SESSIONS], *link_session;
static i64 replica_us;
static struct bytes request, reply, expected;
static int trace;

static conn *conn_of(int s) { return (conn *)(void *)sessions[s]; }

/* Collections, of which the model knows nothing: while there are any, replies
 * are not compared. */
static size_t collections;

static int stream_entry(void *ctx, ent *e) {
    if (ent_is_col(e)) collections++;
    else if (!db_is_expired(k, e))
        m_put(*(int *)ctx, ent_key(e), ent_val(e), ent_exp(e));
    return 0;
}

/* Takes the data as it is for the model. */
static void resync(void) {
    int i;
    m_flush(-1);
    collections = 0;
    k->now = now;
    for (i = 0; i < DBS; i++)
        if (k->dbs[i]) tab_each(&k->dbs[i]->t, stream_entry, &i);
}

static size_t compared;

static int compare_entry(void *ctx, ent *e) {
    int id = *(int *)ctx;
    struct item *m;
    if (db_is_expired(k, e) || ent_is_col(e)) return 0;
    m = m_find(id, ent_key(e));
    NEED(m);
    NEED(str_eq(m_val(m), ent_val(e)));
    NEED(m->exp == ent_exp(e));
    compared++;
    return 0;
}

static void compare_model(void) {
    int i;
    compared = 0;
    k->now = now;
    for (i = 0; i < DBS; i++)
        if (k->dbs[i]) tab_each(&k->dbs[i]->t, compare_entry, &i);
    NEED(compared == m_count(-1));
}

static int compare_replica_entry(void *ctx, ent *e) {
    db *d = replica->dbs[*(int *)ctx];
    struct tab_at at;
    ent *r = d ? tab_find(&d->t, ent_key(e), tab_hash(&d->t, ent_key(e)), &at)
               : NULL;
    NEED(r);
    if (ent_is_col(e)) {
        u8 a[20] = {0}, b[20] = {0};
        NEED(ent_type(r) == ent_type(e));
        digest_value(a, e);
        digest_value(b, r);
        NEED(!memcmp(a, b, sizeof a));
    } else {
        NEED(str_eq(ent_val(r), ent_val(e)));
    }
    NEED(ent_exp(r) == ent_exp(e));
    return 0;
}

static void compare_replica(void) {
    int i;
    for (i = 0; i < DBS; i++) {
        NEED(db_size(k, i) == db_size(replica, i));
        if (k->dbs[i]) tab_each(&k->dbs[i]->t, compare_replica_entry, &i);
    }
}

/* A record arrives at the replica. */
static void apply(void *ctx, int dbnum, const void *p, size_t n) {
    conn *c = (conn *)(void *)link_session;
    kv_slice out;
    (void)ctx;
    c->dbnum = dbnum;
    NEED(kv_feed(link_session, p, n) == KV_OK);
    NEED(kv_pending(link_session, &out) == KV_OK && out.n);
    if (*(const u8 *)out.p == '-') {
        struct bytes b;
        b.p = (u8 *)p;
        b.n = n;
        bytes_show("record", &b);
        NEED(!"a record that is refused");
    }
    kv_consume(link_session, out.n);
    NEED(kv_pending(link_session, &out) == KV_NONE);
}

static void listen_only(void *ctx, const char *event, int dbnum,
                        const void *key, size_t n) {
    (void)ctx;
    NEED(event && *event && dbnum >= 0 && dbnum < DBS && (key || !n));
}

static void session_again(int s) {
    if (sessions[s]) kv_session_close(sessions[s]);
    k->m.fail_in = 0;
    NEED(kv_session_open(k, &sessions[s]) == KV_OK);
}

/* ---- Sending ----------------------------------------------------------- */

enum { SENT, REFUSED, LOST };

static void request_text(const char *s) { bytes_put(&request, s, strlen(s)); }

static void request_make(size_t argc, const str *argv) {
    char head[32];
    size_t i;
    request.n = 0;
    snprintf(head, sizeof head, "*%lu\r\n", (unsigned long)argc);
    request_text(head);
    for (i = 0; i < argc; i++) {
        snprintf(head, sizeof head, "$%lu\r\n", (unsigned long)argv[i].n);
        request_text(head);
        bytes_put(&request, argv[i].p, argv[i].n);
        request_text("\r\n");
    }
}

/* Sends the request in one piece or two and takes the reply. REFUSED: memory
 * was, so nothing may have changed; LOST: the session died without a reply. */
static int send_request(int s, size_t cut) {
    kv_slice out;
    int rc = KV_OK;
    reply.n = 0;
    if (trace) bytes_show("send", &request);
    if (cut && cut < request.n) rc = kv_feed(sessions[s], request.p, cut);
    else cut = 0;
    if (rc == KV_OK)
        rc = kv_feed(sessions[s], request.p + cut, request.n - cut);
    NEED(rc == KV_OK || rc == KV_NOMEM || rc == KV_CLOSED);
    while (kv_pending(sessions[s], &out) == KV_OK) {
        bytes_put(&reply, out.p, out.n);
        kv_consume(sessions[s], out.n);
    }
    if (trace) bytes_show("got ", &reply);
    k->m.fail_in = 0;
    if (rc == KV_NOMEM) NEED(!reply.n);
    if (rc == KV_NOMEM || conn_of(s)->flags & CONN_CLOSING) session_again(s);
    if (rc == KV_NOMEM) return REFUSED;
    if (reply.n > 4 && !memcmp(reply.p, "-OOM", 4)) return REFUSED;
    return reply.n ? SENT : LOST;
}

/* ---- Replies of the model ---------------------------------------------- */

static int resp3;

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

/* 0: not for the model. */
static int m_incr_float(int id, str key, str by) {
    struct item *m = m_find(id, key);
    wide v = 0, x;
    char b[64], *p = b + sizeof b;
    int i, neg;
    if ((m && !m_decimal(m_val(m), &v)) || !m_decimal(by, &x)) return 0;
    v += x;
    neg = v < 0;
    if (neg) v = -v;
    *--p = 0;
    for (i = 0; i < 17 || v || i == 17; i++, v /= 10) {
        if (i == 17 && *p) *--p = '.';
        if (i >= 17 || v % 10 || *p) *--p = (char)('0' + (int)(v % 10));
    }
    if (neg) *--p = '-';
    m_put(id, key, str_c(p), m ? m->exp : -1);
    say_bulk(str_c(p));
    return 1;
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
    m_put(to, a[2], m_val(m), m->exp);
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
        m_put(id, to, m_val(m), m->exp);
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

/* Applies a command to the model and says its reply. 0: what the reply is, the
 * model cannot tell. */
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
    i64 from = 0, to = -1, i, total = m ? (i64)m->vn : 0, count = 0, bit;
    if (m && n > 2 && (!m_int(a[2], &from) || !m_int(a[3], &to))) {
        say_not_int();
        return;
    }
    if (from < 0 && to < 0 && from > to) total = 0;
    if (from < 0) from = from < -total ? 0 : from + total;
    if (to < 0) to = to < -total ? 0 : to + total;
    for (i = from; i <= to && i < total; i++)
        for (bit = 0; bit < 8; bit++) count += m->val[i] >> bit & 1;
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
    memset(out, 0, most);
    for (places = 0; places < most * 8; places++) {
        int ones = 0, bit;
        for (i = 3; i < n; i++) {
            struct item *m = m_find(id, a[i]);
            ones += m && m_bit(m_val(m), places);
        }
        bit = word(a[1], "and")   ? ones == (int)n - 3
              : word(a[1], "or")  ? ones > 0
              : word(a[1], "xor") ? ones & 1
              : word(a[1], "one") ? ones == 1
                                  : !ones;
        out[places / 8] |= (u8)(bit << (7 - places % 8));
    }
    if (most) m_put(id, a[2], str_of(out, most), -1);
    else m_del(id, a[2]);
    say_int((i64)most);
}

static int m_command(int *id, const str *a, size_t n) {
    struct opts o;
    struct item *m;
    size_t i;
    i64 v;
    int db2;
    const str *b = a + 1;
    char name[16];
    NEED(a[0].n < sizeof name);
    memcpy(name, a[0].p, a[0].n);
    name[a[0].n] = 0;
#define IS(w) (strcmp(name, w) == 0)
    expected.n = 0;
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
        for (i = 1; i < n; i++) say_val(m_find(*id, a[i]));
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
    } else if (IS("type")) say(m_find(*id, *b) ? "+string\r\n" : "+none\r\n");
    else if (IS("rename")) m_rename(*id, *b, b[1], 0);
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
        m_put(db2, *b, m_val(m), m->exp);
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

/* ---- Choosing ---------------------------------------------------------- */

static u8 filler[40000];

enum { ARGS_MAX = 300 };
static str args[ARGS_MAX];
static size_t nargs;

static void arg(str s) {
    if (nargs < ARGS_MAX) args[nargs++] = s;
}

/* A copy that stays until the next command. */
static str keep(str s) {
    static u8 store[ARGS_MAX * 320];
    static size_t at;
    u8 *p;
    if (!nargs || at + s.n > sizeof store) at = 0;
    p = store + at;
    copy(p, s.p, s.n);
    at += s.n;
    return str_of(p, s.n);
}

/* Some keys begin at one address and differ in length only. */
static str some_key(struct tape *t) {
    static const u8 shared[] = "key:12345";
    static const char *const few[] = {"a", "b", "c", "k", "key:1", "key:2",
                                      "{t}x", "", "0", "long"};
    u32 x = tape_byte(t);
    u8 p[300];
    if (x < 140) return str_c(few[x % COUNT(few)]);
    if (x < 200) return str_of(shared, x % sizeof shared);
    if (x < 215) { /* a long key */
        memset(p, 'K', sizeof p);
        return keep(str_of(p, x < 205 ? 127 : x < 210 ? 128 : 300));
    }
    p[0] = 'f';
    return keep(str_of(p, 1 + num_put_u(p + 1, (x & 3) * 256 + tape_byte(t))));
}

static str some_int(struct tape *t) {
    static const char *const texts[] = {
        "0", "1", "-1", "2", "10", "100", "5", "3", "007", "", " 1", "1 ", "x",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "9223372036854775", "9223372036854776", "1700000000", "1700000005000",
        "1700000000000", "4611686018427387904", "1023", "1024", "1025", "5375",
        "-5", "-0", "+1", "1.5", "2147483648", "536870912"};
    return str_c(texts[tape_byte(t) % COUNT(texts)]);
}

static str some_val(struct tape *t) {
    static const u16 sizes[] = {0,    1,    7,    8,    20,   21,   44,   45,
                                100,  127,  128,  600,  1000, 1010, 1023, 1024,
                                1025, 1026, 2000, 2048, 4096, 5370, 5375, 5376,
                                5377, 9000, 16384, 20000, 30000};
    static const char *const decimals[] = {"1.5", "-0.25", "3.0e3", "1e400",
        "0.00000000000000001", "99999999.99", "inf", "nan", "-1.5", "0x1p-2"};
    u32 x = tape_byte(t);
    if (x < 90) return some_int(t);
    if (x < 110) return str_c(decimals[x % COUNT(decimals)]);
    if (x < 150) return tape_bytes(t, 20);
    return str_of(filler + x % 7, sizes[tape_byte(t) % COUNT(sizes)]);
}

static const char *const KNOWN[] = {
    "get",     "set",      "set",       "set",      "setnx",   "getset",
    "setex",   "psetex",   "getdel",    "getex",    "mget",    "mset",
    "msetnx",  "msetex",   "append",    "append",   "strlen",  "incr",
    "decr",    "incrby",   "decrby",    "setrange", "getrange", "substr",
    "delifeq", "delex",    "del",       "unlink",   "exists",  "touch",
    "type",    "rename",   "renamenx",  "copy",     "move",    "expire",
    "pexpire", "expireat", "pexpireat", "ttl",      "pttl",    "expiretime",
    "pexpiretime", "persist", "flushall", "flushdb", "swapdb",  "select",
    "incrbyfloat", "setbit", "setbit",  "getbit",   "bitcount", "bitop"};

/* Places of bits that make no string too long for the model. */
static str some_place(struct tape *t) {
    static const char *const texts[] = {"0",     "1",  "7",   "8",    "9",
                                        "63",    "64", "100", "8191", "8192",
                                        "70000", "-1", "x",   "",     "007"};
    return str_c(texts[tape_byte(t) % COUNT(texts)]);
}

static void arg_key(struct tape *t) { arg(some_key(t)); }

static void some_options(struct tape *t, const char *set) {
    static const char *const all[] = {"NX", "XX", "GET", "KEEPTTL", "EX", "PX",
                                      "EXAT", "PXAT", "IFEQ", "IFNE", "PERSIST",
                                      "px"};
    static const char codes[] = "nngkttttiipt";
    u32 count = tape_below(t, 8);
    for (count = count > 3 ? 0 : count; count; count--) {
        u32 x = tape_below(t, COUNT(all));
        if (!strchr(set, codes[x])) continue;
        arg(str_c(all[x]));
        if (codes[x] == 't') arg(some_int(t));
        if (codes[x] == 'i') arg(some_val(t));
    }
}

static void some_db(struct tape *t) {
    static const char *const texts[] = {"0", "1", "2", "3", "0", "1", "9", "-1"};
    arg(str_c(texts[tape_below(t, COUNT(texts))]));
}

/* Arguments for a command that the model knows. */
static void choose_known(struct tape *t) {
    static const char *const when[] = {"NX", "XX", "GT", "LT"};
    const char *name = KNOWN[tape_below(t, COUNT(KNOWN))];
    u32 i, n;
    nargs = 0;
    arg(str_c(name));
#define IS(w) (strcmp(name, w) == 0)
    if (IS("flushall") || IS("flushdb")) {
        if (tape_below(t, 4)) { /* seldom */
            args[0] = LIT("get");
            arg_key(t);
        }
    } else if (IS("swapdb")) {
        some_db(t);
        some_db(t);
    } else if (IS("select")) {
        some_db(t);
    } else if (IS("set")) {
        arg_key(t);
        arg(some_val(t));
        some_options(t, "ngkti");
    } else if (IS("setnx") || IS("getset") || IS("append") || IS("delifeq")) {
        arg_key(t);
        arg(some_val(t));
    } else if (IS("setex") || IS("psetex") || IS("setrange")) {
        arg_key(t);
        arg(some_int(t));
        arg(some_val(t));
        if (IS("setrange") && str_eq(args[2], LIT("536870912")))
            args[2] = LIT("536870913");
        if (IS("setrange") && args[2].n > 5 && args[2].n < 12)
            args[2] = LIT("77");
    } else if (IS("getex")) {
        arg_key(t);
        some_options(t, "tp");
    } else if (IS("incrby") || IS("decrby")) {
        arg_key(t);
        arg(some_int(t));
    } else if (IS("incrbyfloat")) {
        arg_key(t);
        arg(some_val(t));
    } else if (IS("getrange") || IS("substr")) {
        arg_key(t);
        arg(some_int(t));
        arg(some_int(t));
    } else if (IS("delex")) {
        arg_key(t);
        n = tape_below(t, 3);
        if (n) arg(n == 1 ? LIT("IFEQ") : LIT("ifne"));
        if (n) arg(some_val(t));
    } else if (IS("mget") || IS("del") || IS("unlink") || IS("exists") ||
               IS("touch")) {
        if (tape_below(t, 8) == 0) { /* many */
            u8 b[8];
            u32 from = tape_byte(t) * 4;
            for (i = 0; i < 250; i++) {
                b[0] = 'f';
                arg(keep(str_of(b, 1 + num_put_u(b + 1, from + i))));
            }
        } else {
            for (n = 1 + tape_below(t, 4); n; n--) arg_key(t);
        }
    } else if (IS("mset") || IS("msetnx") || IS("msetex")) {
        int x = IS("msetex");
        if (x) arg(str_of("", 0));
        if (tape_below(t, 6) == 0) {
            u8 b[8];
            u32 from = tape_byte(t) * 4;
            for (i = 0; i < 128; i++) {
                b[0] = 'f';
                arg(keep(str_of(b, 1 + num_put_u(b + 1, from + i))));
                arg(str_of(filler, i));
            }
            n = i;
        } else {
            for (n = i = 1 + tape_below(t, 4); i; i--) {
                arg_key(t);
                arg(some_val(t));
            }
        }
        if (x) {
            static u8 number[24];
            args[1] = str_of(number, num_put_u(number, n));
            some_options(t, "nkt");
        }
    } else if (IS("setbit") || IS("getbit")) {
        arg_key(t);
        arg(some_place(t));
        n = tape_byte(t);
        if (IS("setbit")) arg(n < 120 ? LIT("1") : n < 240 ? LIT("0") : LIT("2"));
    } else if (IS("bitcount")) {
        arg_key(t);
        n = tape_byte(t);
        if (n & 1) arg(some_int(t));
        if (n & 1) arg(some_int(t));
    } else if (IS("bitop")) {
        static const char *const ops[] = {"and", "OR", "xor", "One", "not"};
        n = tape_byte(t);
        arg(str_c(ops[n % COUNT(ops)]));
        arg_key(t);
        for (n = n % COUNT(ops) == 4 ? 1 : 1 + n / 5 % 4; n; n--) arg_key(t);
    } else if (IS("rename") || IS("renamenx")) {
        arg_key(t);
        arg_key(t);
    } else if (IS("copy")) {
        arg_key(t);
        arg_key(t);
        n = tape_byte(t);
        if (n & 1) arg(LIT("REPLACE"));
        if (n & 2) {
            arg(LIT("db"));
            some_db(t);
        }
    } else if (IS("move")) {
        arg_key(t);
        some_db(t);
    } else if (IS("expire") || IS("pexpire") || IS("expireat") ||
               IS("pexpireat")) {
        arg_key(t);
        arg(some_int(t));
        for (n = tape_below(t, 8); n < 2; n++)
            arg(str_c(when[tape_below(t, COUNT(when))]));
    } else {
        arg_key(t);
    }
#undef IS
}

/* ---- Any row ----------------------------------------------------------- */

static str tokens[400];
static size_t ntokens;

static void collect_tokens(void) {
    size_t i, j;
    for (i = 0; i < COUNT(ROWS); i++)
        for (j = 0; j < ROWS[i].n; j++) {
            const char *p = ROWS[i].rows[j].args;
            while (*p) {
                str w = doc_word(p);
                if (doc_is_token(w) && ntokens < COUNT(tokens))
                    tokens[ntokens++] = w;
                p += w.n;
                while (*p && strchr(" []()|{}", *p)) p++;
            }
        }
}

static void choose_any(struct tape *t) {
    static const char *const more[] = {
        "maxmemory", "maxmemory-policy", "allkeys-lru", "allkeys-lfu",
        "volatile-ttl", "volatile-random", "noeviction", "lfu-log-factor",
        "databases", "*", "DIGEST", "DIGEST-VALUE", "OBJECT", "PROTOCOL",
        "STRINGMATCH-LEN", "map", "lib-name", "everything", "clients", "LADDR",
        "hz", "1mb", "2gb", "yes", "no", "[a-", "k*", "?", "\\", "get", "set",
        "client", "mset", "string", "command|docs", "client-output-buffer-limit",
        "normal 1 2 3", "timeout", "proto-max-bulk-len", "help"};
    u32 n = tape_u16(t), i, group = n % COUNT(ROWS);
    const kv_command *r = &ROWS[group].rows[n / 7 % ROWS[group].n];
    const char *bar = strchr(r->name, '|');
    nargs = 0;
    if (!strcmp(r->name, "shutdown") || !strcmp(r->name, "pfselftest"))
        r = &ROWS[0].rows[0];
    if (bar) arg(str_of(r->name, (size_t)(bar - r->name)));
    arg(str_c(bar ? bar + 1 : r->name));
    n = (u32)(r->arity < 0 ? -r->arity : r->arity);
    i = tape_byte(t);
    if (r->arity < 0) n += i % 5;
    else if (i > 250) n += i & 1;
    while (nargs < n) {
        u32 x = tape_byte(t);
        if (x < 80) arg_key(t);
        else if (x < 130) arg(tokens[tape_byte(t) % ntokens]);
        else if (x < 190) arg(str_c(more[tape_byte(t) % COUNT(more)]));
        else if (x < 220) arg(some_int(t));
        else if (x < 240) arg(some_val(t));
        else arg(keep(tape_bytes(t, 30)));
        if (!strcmp(r->group, "bitmap") && args[nargs - 1].n > 6)
            args[nargs - 1] = LIT("77"); /* no strings of 200 MB */
    }
}

/* ---- Steps ------------------------------------------------------------- */

/* What a command before may have left that would hide a reply. */
static void normalise(int s) {
    conn *c = conn_of(s);
    c->flags |= CONN_AUTHED;
    c->flags &= ~(u32)(CONN_OFF | CONN_SKIP | CONN_SKIP_NEXT);
    if (c->in.n != c->in_at) session_again(s); /* half a request */
}

/* A reply tree as RESP3 text. */
static void show_tree(const kv_reply *r) {
    size_t i;
    char b[40];
    switch (r->type) {
    case KV_NIL: bytes_put(&reply, "_\r\n", 3); break;
    case KV_SIMPLE:
    case KV_ERROR:
        bytes_put(&reply, r->type == KV_ERROR ? "-" : "+", 1);
        bytes_put(&reply, r->str, r->len);
        bytes_put(&reply, "\r\n", 2);
        break;
    case KV_INTEGER:
        snprintf(b, sizeof b, ":%lld\r\n", (long long)r->integer);
        bytes_put(&reply, b, strlen(b));
        break;
    case KV_STRING:
        snprintf(b, sizeof b, "$%lu\r\n", (unsigned long)r->len);
        bytes_put(&reply, b, strlen(b));
        bytes_put(&reply, r->str, r->len);
        bytes_put(&reply, "\r\n", 2);
        break;
    default:
        NEED(r->type == KV_ARRAY);
        snprintf(b, sizeof b, "*%lu\r\n", (unsigned long)r->count);
        bytes_put(&reply, b, strlen(b));
        for (i = 0; i < r->count; i++) show_tree(&r->items[i]);
    }
}

/* The arguments go in as slices. */
static int send_slices(int s) {
    static kv_slice argv[ARGS_MAX];
    kv_reply *r = NULL;
    size_t i;
    int rc;
    for (i = 0; i < nargs; i++) {
        argv[i].p = args[i].p;
        argv[i].n = args[i].n;
    }
    reply.n = 0;
    rc = kv_exec(k, sessions[s], nargs, argv, &r);
    k->m.fail_in = 0;
    NEED(rc == KV_OK || rc == KV_NOMEM || rc == KV_CLOSED);
    if (rc == KV_OK) show_tree(r);
    kv_reply_free(k, r);
    if (conn_of(s)->flags & CONN_CLOSING) session_again(s);
    if (reply.n > 4 && !memcmp(reply.p, "-OOM", 4)) return REFUSED;
    return reply.n ? SENT : LOST;
}

static void step_known(struct tape *t, int s, size_t cut, int slices) {
    int id, rc;
    u64 evicted = k->n.evicted;
    choose_known(t);
    normalise(s);
    request_make(nargs, args);
    id = conn_of(s)->dbnum;
    resp3 = slices || conn_of(s)->resp == 3;
    rc = slices ? send_slices(s) : send_request(s, cut);
    if (k->n.evicted != evicted) {
        resync();
        return;
    }
    if (rc == REFUSED) {
        compare_model();
        return;
    }
    if (rc == LOST || collections || !m_command(&id, args, nargs)) {
        resync();
        return;
    }
    if (reply.n == expected.n && !memcmp(reply.p, expected.p, reply.n)) return;
    bytes_show("request:", &request);
    bytes_show("reply:  ", &reply);
    bytes_show("model:  ", &expected);
    NEED(!"the model's reply");
}

static void step_any(struct tape *t, int s, size_t cut) {
    choose_any(t);
    normalise(s);
    request_make(nargs, args);
    send_request(s, cut);
    resync();
}

static int has_sleep(str s) {
    size_t i;
    for (i = 0; i + 5 <= s.n; i++)
        if (str_is(str_of(s.p + i, 5), "sleep")) return 1;
    return 0;
}

static void step_raw(struct tape *t, int s) {
    str b = tape_bytes(t, 60);
    if (!b.n || has_sleep(b)) return;
    request.n = 0;
    bytes_put(&request, b.p, b.n);
    send_request(s, 0);
    resync();
}

/* Everything, by a walk in steps. */
static void step_scan(int s) {
    u64 at = 0;
    size_t seen = 0, want;
    char line[80];
    int id;
    u64 evicted = k->n.evicted;
    normalise(s);
    id = conn_of(s)->dbnum;
    want = m_count(id);
    do {
        const u8 *p, *e;
        snprintf(line, sizeof line, "SCAN %llu COUNT 7\r\n",
                 (unsigned long long)at);
        request.n = 0;
        request_text(line);
        NEED(send_request(s, 0) == SENT);
        e = reply.p + reply.n;
        NEED(reply.n > 8 && !memcmp(reply.p, "*2\r\n$", 5));
        p = (u8 *)memchr(reply.p + 5, '\n', reply.n - 5) + 1;
        for (at = 0; num_is_digit(*p); p++) at = at * 10 + (u64)(*p - '0');
        p += 3; /* CRLF and the star */
        for (id = 0; num_is_digit(*p); p++) id = id * 10 + (*p - '0');
        NEED(p < e);
        seen += (size_t)id;
    } while (at);
    if (k->n.evicted != evicted || collections) resync();
    else NEED(seen == want);
}

/* The calls of kv.h that go past the protocol. */
static void step_call(struct tape *t) {
    str key = some_key(t), val = some_val(t);
    int id = (int)tape_below(t, DBS), what = (int)tape_below(t, 3), rc;
    i64 exp = tape_below(t, 2) ? now + tape_byte(t) - 20 : 0;
    u64 evicted = k->n.evicted;
    static u8 got[40000];
    size_t n = 0;
    struct item *m = m_find(id, key);
    if (collections) return;
    if (what == 0) {
        rc = kv_get(k, id, key.p, key.n, got, sizeof got, &n);
        if (m && m->vn > sizeof got) return;
        NEED(rc == (m ? KV_OK : KV_NONE));
        if (m) NEED(str_eq(str_of(got, n), m_val(m)));
    } else if (what == 1) {
        rc = kv_set(k, id, key.p, key.n, val.p, val.n, exp);
        NEED(rc == KV_OK || rc == KV_NOMEM);
        if (rc == KV_OK) m_put(id, key, val, exp ? exp : -1);
    } else {
        rc = kv_del(k, id, key.p, key.n);
        NEED(rc == (m ? KV_OK : KV_NONE) || rc == KV_NOMEM ||
             k->n.evicted != evicted);
        if (rc == KV_OK) m_del(id, key);
    }
    k->m.fail_in = 0;
    if (k->n.evicted != evicted) resync();
}

static void tick(i64 ms) {
    fake_us += ms * 1000;
    now = fake_us / 1000;
}

static void background(void) {
    u64 evicted = k->n.evicted;
    lock_in(k);
    read_clocks(k);
    mem_next(&k->m);
    loop_background(k);
    lock_out(k);
    k->m.fail_in = 0;
    if (k->n.evicted != evicted) resync();
}

static void start(u32 flags, u32 memory) {
    int i;
    size_t j;
    static const char *const policies[] = {
        "noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random",
        "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"};
    char b[32];
    for (j = 0; j < sizeof filler; j++) filler[j] = (u8)("0123456789abcde\r\n"[j % 17]);
    if (!ntokens) collect_tokens();
    trace = getenv("KV_FUZZ_TRACE") != NULL;
    fake_us = 1700000000000000;
    replica_us = 1000000;
    now = fake_us / 1000;
    k = fuzz_open(NULL);
    replica = fuzz_open(&replica_us);
    NEED(kv_config(k, "databases", "4") == KV_OK);
    NEED(kv_config(replica, "databases", "4") == KV_OK);
    NEED(kv_config(k, "enable-debug-command", "yes") == KV_OK);
    NEED(kv_session_open(replica, &link_session) == KV_OK);
    for (i = 0; i < SESSIONS; i++) session_again(i);
    if (flags & 1) conn_of(0)->resp = 3;
    if (flags & 2) kv_on_change(k, apply, NULL);
    if (flags & 4) kv_on_event(k, listen_only, NULL);
    if (flags & 8) {
        snprintf(b, sizeof b, "%lu", (unsigned long)(k->m.used + memory * 400));
        NEED(kv_config(k, "maxmemory", b) == KV_OK);
        NEED(kv_config(k, "maxmemory-policy", policies[flags >> 5]) == KV_OK);
    }
}

static void finish(u32 flags) {
    int i;
    k->m.fail_in = 0;
    fuzz_check(k);
    compare_model();
    if (flags & 2) {
        compare_replica();
        fuzz_check(replica);
    }
    for (i = 0; i < SESSIONS; i++) {
        kv_session_close(sessions[i]);
        sessions[i] = NULL;
    }
    kv_session_close(link_session);
    fuzz_check(k);
    kv_close(k);
    kv_close(replica);
    m_flush(-1);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct tape t = tape_of(p, n);
    u32 flags = tape_byte(&t), memory = tape_byte(&t), steps = 0;
    start(flags, memory);
    while (t.n && steps++ < STEPS_MAX) {
        u32 op = tape_byte(&t), s = op & 15;
        size_t cut = 0;
        s = s < 8 ? 0 : s < 12 ? 1 : 2;
        if (flags & 16 && op % 3 == 0) {
            u32 x = tape_byte(&t);
            k->m.fail_in = x < 200 ? 1 + x % 12 : 0;
            if (x > 240) cut = x - 230;
        }
        op >>= 4;
        if (op < 11) step_known(&t, (int)s, cut, op > 8);
        else if (op == 11) step_any(&t, (int)s, cut);
        else if (op == 12) step_call(&t);
        else if (op == 13) step_raw(&t, (int)s);
        else if (op == 14) {
            u32 x = tape_byte(&t);
            k->m.fail_in = 0;
            tick(x < 100 ? x % 8 : x < 200 ? x * 50 : x < 230 ? 60000 : 3600000);
        } else if (s == 2) {
            k->m.fail_in = 0;
            step_scan((int)s);
        } else {
            background();
        }
        k->m.fail_in = 0;
        if (steps % BATCH_STEPS) continue;
        fuzz_check(k);
        compare_model();
        if (flags & 2) compare_replica();
    }
    finish(flags);
    return 0;
}
