/* Nested values: what is stored comes back, in every dialect.
 *
 * Input: a byte of switches, then one of two things.
 *
 * Steps: values of every kind are made from bytes, twice: as a client sends
 * them and as they must come back in RESP3, RESP2, the mini dialect and as a
 * tree. Commands store them, move them and show them, in pieces of any size,
 * some without memory. Replies are the model's, to the byte; so is the data; a
 * second instance that is given the records holds the same.
 *
 * Raw bytes as the value of a SET: taken or refused as a naive reader of the
 * grammar says, however they are cut; what was taken comes back well-formed
 * and, stored again, is the same.
 */
#include "fuzz.h"

enum { TWO, THREE, SMALL, TREE, FORMS };
enum { KEYS = 6, VALUES = 64, STEPS = 40 };

/* ---- A naive reader of the grammar ------------------------------------- */

enum { WHOLE, PART, WRONG };

static int read_int(str s, i64 *v) {
    char b[32], back[32];
    if (s.n == 0 || s.n > 20) return 0;
    memcpy(b, s.p, s.n);
    b[s.n] = 0;
    errno = 0;
    *v = strtoll(b, NULL, 10);
    snprintf(back, sizeof back, "%lld", (long long)*v);
    return !errno && strlen(b) == s.n && !strcmp(b, back);
}

static size_t read_digits(str s, size_t at) {
    while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9') at++;
    return at;
}

static int read_double(str s) {
    size_t at = 0, whole, all;
    if (str_eq(s, LIT("inf")) || str_eq(s, LIT("-inf")) ||
        str_eq(s, LIT("nan")))
        return 1;
    if (s.n && (*s.p == '-' || *s.p == '+')) at++;
    whole = read_digits(s, at);
    all = whole - at;
    at = whole;
    if (at < s.n && s.p[at] == '.') {
        whole = read_digits(s, at + 1);
        if (whole == at + 1 && whole == s.n) return 0;
        all += whole - at - 1;
        at = whole;
    }
    if (!all) return 0;
    if (at == s.n) return 1;
    if (s.p[at] != 'e' && s.p[at] != 'E') return 0;
    at++;
    if (at < s.n && (s.p[at] == '-' || s.p[at] == '+')) at++;
    return at < s.n && read_digits(s, at) == s.n;
}

static int read_big(str s) {
    size_t at = s.n && (*s.p == '-' || *s.p == '+');
    return at < s.n && read_digits(s, at) == s.n;
}

/* One element without those inside: its size and how many follow it. */
static int read_item(const u8 *p, size_t n, size_t *used, u64 *kids) {
    size_t at = 0;
    str line;
    i64 v;
    *kids = 0;
    if (!n) return PART;
    if (!*p || !strchr("+:$*_#,(=%~", *p)) return WRONG;
    while (at < n && at < 65536 && p[at] != '\r') at++;
    if (at == 65536) return WRONG;
    if (at + 2 > n) return PART;
    if (p[at + 1] != '\n') return WRONG;
    line = str_of(p + 1, at - 1);
    *used = at + 2;
    switch (*p) {
    case '+': return memchr(line.p, '\n', line.n) ? WRONG : WHOLE;
    case ':': return read_int(line, &v) ? WHOLE : WRONG;
    case '_': return line.n ? WRONG : WHOLE;
    case '#':
        return str_eq(line, LIT("t")) || str_eq(line, LIT("f")) ? WHOLE : WRONG;
    case ',': return read_double(line) ? WHOLE : WRONG;
    case '(': return read_big(line) ? WHOLE : WRONG;
    default: break;
    }
    if (!read_int(line, &v)) return WRONG;
    if (v == -1 && (*p == '$' || *p == '*')) return WHOLE;
    if (v < 0 || v > 512 << 20) return WRONG;
    if (*p == '*' || *p == '~' || *p == '%') {
        *kids = (u64)v * (*p == '%' ? 2 : 1);
        return WHOLE;
    }
    if (n - *used < (size_t)v + 2) return PART;
    at = *used;
    *used += (size_t)v + 2;
    if (p[*used - 2] != '\r' || p[*used - 1] != '\n') return WRONG;
    if (*p == '=' && (v < 4 || p[at + 3] != ':')) return WRONG;
    return WHOLE;
}

/* A value: its size and the levels it has. */
static int read_value(const u8 *p, size_t n, size_t *size, int *levels) {
    u64 left = 1, open[200], kids;
    int deep = 0, rc;
    size_t used;
    open[0] = 1;
    *size = 0;
    *levels = 0;
    for (; left; left += kids - 1) {
        while (deep < 200 && !open[deep]) deep--;
        if (deep < 200) open[deep]--;
        if (deep + 1 > *levels) *levels = deep + 1;
        rc = read_item(p + *size, n - *size, &used, &kids);
        if (rc != WHOLE) return rc;
        *size += used;
        if (kids && deep < 200 && ++deep < 200) open[deep] = kids;
    }
    return WHOLE;
}

/* Whether this is one whole value that has only these marks. */
static void need_value(const u8 *p, size_t n, const char *marks) {
    size_t size, used, at;
    int levels;
    u64 kids;
    NEED(read_value(p, n, &size, &levels) == WHOLE);
    NEED(size == n && levels <= 128);
    for (at = 0; at < n; at += used) {
        NEED(strchr(marks, p[at]));
        NEED(read_item(p + at, n - at, &used, &kids) == WHOLE);
    }
}

/* ---- Values made from bytes -------------------------------------------- */

struct value {
    struct bytes sent, form[FORMS];
    int string; /* a bulk string alone is no nested value */
    int levels;
};

static struct value values[VALUES];
static size_t nvalues;
static u32 most_nodes;

static void put(struct bytes *b, const char *s) { bytes_put(b, s, strlen(s)); }

static void put_head(struct bytes *b, char mark, i64 n) {
    char t[40];
    snprintf(t, sizeof t, "%c%lld\r\n", mark, (long long)n);
    put(b, t);
}

static void put_text(struct bytes *b, char mark, str s) {
    bytes_put(b, &mark, 1);
    bytes_put(b, s.p, s.n);
    put(b, "\r\n");
}

static void put_bulk(struct bytes *b, char mark, str s) {
    put_head(b, mark, (i64)s.n);
    bytes_put(b, s.p, s.n);
    put(b, "\r\n");
}

/* The same in what is sent and in all forms but RESP2. */
static void put_typed(struct value *v, char mark, str s) {
    put_text(&v->sent, mark, s);
    put_text(&v->form[THREE], mark, s);
    put_text(&v->form[SMALL], mark, s);
    put_text(&v->form[TREE], mark, s);
}

static void put_all_bulk(struct value *v, char mark, str s) {
    put_bulk(&v->sent, mark, s);
    put_bulk(&v->form[THREE], mark, s);
    put_bulk(&v->form[SMALL], mark, s);
}

static void make_null(struct tape *t, struct value *v) {
    static const char *const ways[] = {"_\r\n", "$-1\r\n", "*-1\r\n"};
    put(&v->sent, ways[tape_below(t, 3)]);
    put(&v->form[TWO], "$-1\r\n");
    put(&v->form[THREE], "_\r\n");
    put(&v->form[SMALL], "$-1\r\n");
    put(&v->form[TREE], "_\r\n");
}

static void make_int(struct tape *t, struct value *v) {
    static const i64 some[] = {0, -1, 10, INT64_MAX, INT64_MIN, 1ll << 32};
    u32 x = tape_byte(t);
    char b[40];
    i64 n = x < 200   ? (i64)x
            : x < 240 ? some[x % COUNT(some)]
                      : (i64)tape_u64(t);
    snprintf(b, sizeof b, "%lld", (long long)n);
    put_typed(v, ':', str_c(b));
    put_text(&v->form[TWO], ':', str_c(b));
}

static void make_double(struct tape *t, struct value *v) {
    static const char *const some[] = {
        "0",     "-0",
        "1.5",   "inf",
        "-inf",  "nan",
        "1e5",   "1E-320",
        ".5",    "+3",
        "-7.25", "1e400",
        "1.e2",  "0.1234567890123456789012345678901234567890"};
    str s = str_c(some[tape_below(t, COUNT(some))]);
    put_typed(v, ',', s);
    put_bulk(&v->form[TWO], '$', s);
}

static void make_big(struct tape *t, struct value *v) {
    static const char *const some[] = {"0", "-1", "+12",
                                       "-123456789012345678901234567890"};
    u8 b[300];
    u32 i, x = tape_byte(t), n = 1 + x;
    str s = str_c(some[x % COUNT(some)]);
    if (x > 100) {
        for (i = 0; i < n; i++) b[i] = (u8)('0' + (i * 7 + x) % 10);
        s = str_of(b, n);
    }
    put_typed(v, '(', s);
    put_bulk(&v->form[TWO], '$', s);
}

static u8 filling[70000];

/* A string of some bytes; a few are long. */
static str some_bytes(struct tape *t) {
    static const u32 sizes[] = {99,   100,  999,   1000,  1023, 1024,
                                1025, 4096, 16384, 17000, 66000};
    u32 x = tape_byte(t);
    size_t i;
    if (x < 240) return tape_bytes(t, x % 24);
    if (!*filling)
        for (i = 0; i < sizeof filling; i++)
            filling[i] = (u8) "ab\r\n*1_$-1\r\n\0\377"[i % 15];
    return str_of(filling, sizes[tape_below(t, COUNT(sizes))]);
}

static void make_simple(struct tape *t, struct value *v) {
    u8 b[30];
    str s = tape_bytes(t, 29);
    size_t i;
    for (i = 0; i < s.n; i++)
        b[i] = s.p[i] == '\r' || s.p[i] == '\n' ? ' ' : s.p[i];
    s = str_of(b, s.n);
    put_typed(v, '+', s);
    put_text(&v->form[TWO], '+', s);
}

static void make_bulk(struct tape *t, struct value *v) {
    str s = some_bytes(t);
    put_all_bulk(v, '$', s);
    put_bulk(&v->form[TWO], '$', s);
    put_bulk(&v->form[TREE], '$', s);
}

static void make_verbatim(struct tape *t, struct value *v) {
    struct bytes b = {NULL, 0, 0};
    put(&b, tape_below(t, 2) ? "txt:" : "mkd:");
    {
        str s = some_bytes(t);
        bytes_put(&b, s.p, s.n);
    }
    put_all_bulk(v, '=', str_of(b.p, b.n));
    put_bulk(&v->form[TWO], '$', str_of(b.p + 4, b.n - 4));
    memcpy(b.p, "txt:", 4); /* a tree does not tell the format */
    put_bulk(&v->form[TREE], '=', str_of(b.p, b.n));
    bytes_free(&b);
}

/* The head of an array, a set or a map of n elements or pairs. */
static u32 make_head(struct value *v, u32 kind, u32 n) {
    char mark = "*~%"[kind % 3];
    int i;
    put_head(&v->sent, mark, n);
    for (i = THREE; i < FORMS; i++) put_head(&v->form[i], mark, n);
    put_head(&v->form[TWO], '*', mark == '%' ? 2 * (i64)n : n);
    return mark == '%' ? 2 * n : n;
}

static void make(struct tape *t, struct value *v, int depth);

/* Many levels of one element each. */
static void make_tower(struct tape *t, struct value *v, int depth) {
    u32 n = 1 + tape_byte(t) % 140, kind = tape_byte(t), i;
    if (kind & 64) n = 126 + n % 4;
    for (i = 0; i < n; i++) {
        if (make_head(v, kind, 1) == 1) continue;
        if (kind & 128) make_null(t, v);
        else make_int(t, v);
    }
    make(t, v, depth + (int)n);
}

static void value_free(struct value *v) {
    int i;
    bytes_free(&v->sent);
    for (i = 0; i < FORMS; i++) bytes_free(&v->form[i]);
}

static void value_add(struct value *v, const struct value *w) {
    int i;
    bytes_put(&v->sent, w->sent.p, w->sent.n);
    for (i = 0; i < FORMS; i++)
        bytes_put(&v->form[i], w->form[i].p, w->form[i].n);
}

/* The same element many times. */
static void make_many(struct tape *t, struct value *v, int depth) {
    static const u32 counts[] = {2, 4, 5, 9, 10, 49, 50, 100, 999, 1000, 3000};
    u32 n = counts[tape_below(t, COUNT(counts))], kind = tape_byte(t), i;
    struct value w;
    memset(&w, 0, sizeof w);
    make(t, &w, depth + 1);
    if (n * (u64)w.sent.n > 60000) n = 2;
    if (w.sent.n > 60000) n = 1, kind = 0;
    n = make_head(v, kind, n);
    for (i = 0; i < n; i++) value_add(v, &w);
    if (w.levels > v->levels) v->levels = w.levels;
    value_free(&w);
}

/* Appends a value; `depth` aggregates are around it. */
static void make(struct tape *t, struct value *v, int depth) {
    u32 kind = most_nodes && depth < 400 ? tape_byte(t) % 17 : 0, n;
    int bit;
    if (most_nodes) most_nodes--;
    if (depth + 1 > v->levels) v->levels = depth + 1;
    switch (kind) {
    case 0: make_null(t, v); break;
    case 1:
        bit = tape_byte(t) & 1;
        put_typed(v, '#', bit ? LIT("t") : LIT("f"));
        put(&v->form[TWO], bit ? ":1\r\n" : ":0\r\n");
        break;
    case 2:
    case 3: make_int(t, v); break;
    case 4: make_double(t, v); break;
    case 5: make_big(t, v); break;
    case 6: make_simple(t, v); break;
    case 7:
    case 8: make_bulk(t, v); break;
    case 9: make_verbatim(t, v); break;
    case 10: make_tower(t, v, depth); break;
    case 11: make_many(t, v, depth); break;
    default:
        n = tape_below(t, 7);
        for (n = make_head(v, kind, n); n; n--) make(t, v, depth + 1);
        break;
    }
}

static struct value *some_value(struct tape *t) {
    struct value *v;
    if (nvalues == VALUES || (nvalues && tape_byte(t) >= 250))
        return &values[tape_byte(t) % nvalues];
    v = &values[nvalues++];
    memset(v, 0, sizeof *v);
    most_nodes = 600;
    make(t, v, 0);
    v->string = v->sent.p[0] == '$' && v->sent.p[1] != '-';
    if (v->levels <= 128) {
        need_value(v->form[THREE].p, v->form[THREE].n, "+:$*_#,(=%~");
        need_value(v->form[TWO].p, v->form[TWO].n, "+:$*");
    }
    return v;
}

/* What the entry holds. */
static str value_kept(const struct value *v) {
    const struct bytes *b = &v->form[THREE];
    const u8 *nl;
    if (!v->string) return str_of(b->p, b->n);
    nl = memchr(b->p, '\n', b->n);
    NEED(nl);
    nl++;
    return str_of(nl, b->n - (size_t)(nl - b->p) - 2);
}

/* ---- Two instances and their model ------------------------------------- */

struct place {
    const struct value *v; /* NULL: no such key */
    i64 exp;
};

static kv *k, *replica;
static kv_session *sessions[TREE], *link_session;
static struct place was[KEYS], is[KEYS]; /* before the batch, after it */
static struct bytes request, reply, expected;
static int speaks; /* the dialect of the batch */

static str key_name(size_t i) {
    static const char *const names[KEYS] = {
        "a", "bb", "key:c",
        "",  "e",  "a-key-that-is-a-good-deal-longer-than-all-the-others-are"};
    return str_c(names[i]);
}

static void session_again(int s) {
    kv_slice out;
    conn *c;
    k->m.fail_in = 0;
    if (sessions[s]) kv_session_close(sessions[s]);
    NEED(kv_session_open(k, &sessions[s]) == KV_OK);
    c = (conn *)(void *)sessions[s];
    if (s == SMALL) { /* as its listener does */
        c->flags |= CONN_MINI | CONN_TYPED;
        return;
    }
    if (s == THREE) NEED(kv_feed(sessions[s], "HELLO 3\r\n", 9) == KV_OK);
    NEED(kv_feed(sessions[s], "CLIENT CAPA nested\r\n", 20) == KV_OK);
    NEED(kv_pending(sessions[s], &out) == KV_OK);
    kv_consume(sessions[s], out.n);
}

/* A record arrives at the replica. */
static void apply(void *ctx, int dbnum, const void *p, size_t n) {
    kv_slice out;
    (void)ctx;
    NEED(dbnum == 0);
    NEED(kv_feed(link_session, p, n) == KV_OK);
    NEED(kv_pending(link_session, &out) == KV_OK && out.n);
    NEED(*(const u8 *)out.p != '-');
    kv_consume(link_session, out.n);
    NEED(kv_pending(link_session, &out) == KV_NONE);
}

static int holds(kv *x, const struct place *s) {
    size_t i;
    for (i = 0; i < KEYS; i++) {
        struct tab_at at;
        str key = key_name(i);
        db *d = x->dbs[0];
        ent *e = d ? tab_find(&d->t, key, tab_hash(&d->t, key), &at) : NULL;
        if (e && ent_exp(e) >= 0 && ent_exp(e) < fake_us / 1000) e = NULL;
        if (!e != !s[i].v) return 0;
        if (!e) continue;
        if (ent_type(e) != (s[i].v->string ? ENT_STRING : ENT_NESTED) ||
            !str_eq(ent_val(e), value_kept(s[i].v)) || ent_exp(e) != s[i].exp)
            return 0;
    }
    return 1;
}

/* ---- Sending ----------------------------------------------------------- */

enum { SENT, REFUSED, LOST };

/* Sends the batch in pieces: 0 whole, 1 byte by byte, else pseudo-random. */
static int send_batch(u32 pieces) {
    u64 seed = pieces * 2654435761u + 1;
    kv_session *s = sessions[speaks];
    conn *c = (conn *)(void *)s;
    size_t at = 0;
    int rc = KV_OK;
    kv_slice out;
    reply.n = 0;
    if (pieces == 1 && request.n > 6000) pieces = 3;
    while (at < request.n && rc == KV_OK) {
        size_t n = request.n - at;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        if (pieces == 1) n = 1;
        else if (pieces)
            n = min_z(n, 1 + (size_t)(seed >> 33) % (pieces & 1 ? 97 : 5000));
        rc = kv_feed(s, request.p + at, n);
        at += n;
        while (kv_pending(s, &out) == KV_OK) {
            bytes_put(&reply, out.p, out.n);
            kv_consume(s, out.n);
        }
    }
    NEED(rc == KV_OK || rc == KV_NOMEM || rc == KV_CLOSED);
    k->m.fail_in = 0;
    if (rc == KV_NOMEM) NEED(!reply.n);
    if (rc != KV_OK || c->flags & CONN_CLOSING) session_again(speaks);
    if (rc == KV_NOMEM) return REFUSED;
    if (reply.n > 4 && !memcmp(reply.p, "-OOM", 4)) return REFUSED;
    return reply.n ? SENT : LOST;
}

static void flush(u32 pieces, u32 fail) {
    int rc;
    if (!request.n) return;
    k->m.fail_in = fail;
    rc = send_batch(pieces);
    if (!fail) NEED(rc == SENT);
    if (rc == SENT &&
        (reply.n != expected.n || memcmp(reply.p, expected.p, reply.n) != 0)) {
        bytes_show("sent    ", &request);
        bytes_show("got     ", &reply);
        bytes_show("expected", &expected);
        abort();
    }
    if (rc == REFUSED || (rc == LOST && holds(k, was)))
        memcpy(is, was, sizeof is);
    NEED(holds(k, is));
    NEED(holds(replica, is));
    fuzz_check(k);
    memcpy(was, is, sizeof was);
    request.n = expected.n = 0;
}

/* ---- Commands ---------------------------------------------------------- */

static void ask(size_t argc, const char *name) {
    put_head(&request, '*', (i64)argc);
    put_bulk(&request, '$', str_c(name));
}

static void ask_word(const char *s) { put_bulk(&request, '$', str_c(s)); }
static void ask_key(size_t i) { put_bulk(&request, '$', key_name(i)); }

static void ask_value(const struct value *v) {
    bytes_put(&request, v->sent.p, v->sent.n);
}

static void say(const char *s) { put(&expected, s); }
static void say_null(void) { say(speaks == THREE ? "_\r\n" : "$-1\r\n"); }
static void say_set(int n) {
    if (speaks == SMALL) put_head(&expected, ':', n);
    else if (n) say("+OK\r\n");
    else say_null();
}

static void say_value(size_t i) {
    if (is[i].v)
        bytes_put(&expected, is[i].v->form[speaks].p, is[i].v->form[speaks].n);
    else say_null();
}

static void keep(size_t i, const struct value *v, i64 exp) {
    is[i].v = v;
    is[i].exp = exp;
}

static i64 in_100_s(void) { return fake_us / 1000 + 100000; }

/* 0: the error was said. */
static int storable(const struct value *v) {
    if (v->levels <= 128) return 1;
    say("-ERR nested value of more than 128 levels\r\n");
    return 0;
}

static void step_set(struct tape *t, size_t i) {
    struct value *v = some_value(t);
    u32 way = tape_below(t, 6);
    static const char *const words[] = {NULL, "NX", "XX", "GET", "KEEPTTL"};
    ask(way == 5 ? 5 : way ? 4 : 3, "SET");
    ask_key(i);
    ask_value(v);
    if (way == 5) {
        ask_word("EX");
        ask_word("100");
    } else if (way) {
        ask_word(words[way]);
    }
    if (!storable(v)) return;
    if ((way == 1 && is[i].v) || (way == 2 && !is[i].v)) {
        say_set(0);
        return;
    }
    if (way == 3) say_value(i);
    else say_set(1);
    keep(i, v, way == 5 ? in_100_s() : way == 4 && is[i].v ? is[i].exp : -1);
}

static void step_set_otherwise(struct tape *t, size_t i) {
    struct value *v = some_value(t);
    u32 way = tape_below(t, 4);
    static const char *const names[] = {"GETSET", "SETNX", "SETEX", "PSETEX"};
    ask(way < 2 ? 3 : 4, names[way]);
    ask_key(i);
    if (way >= 2) ask_word(way == 2 ? "100" : "100000");
    ask_value(v);
    if (!storable(v)) return;
    if (way == 0) say_value(i);
    else if (way == 1) say(is[i].v ? ":0\r\n" : ":1\r\n");
    else say("+OK\r\n");
    if (way != 1 || !is[i].v) keep(i, v, way < 2 ? -1 : in_100_s());
}

static void step_set_two(struct tape *t, size_t i) {
    struct value *v = some_value(t), *w = some_value(t);
    size_t j = tape_below(t, KEYS);
    u32 way = tape_below(t, 3);
    static const char *const names[] = {"MSET", "MSETNX", "MSETEX"};
    ask(way == 2 ? 8 : 5, names[way]);
    if (way == 2) ask_word("2");
    ask_key(i);
    ask_value(v);
    ask_key(j);
    ask_value(w);
    if (way == 2) {
        ask_word("EX");
        ask_word("100");
    }
    if (!storable(v) || !storable(w)) return;
    if (way == 1 && (is[i].v || is[j].v)) {
        say(":0\r\n");
        return;
    }
    if (way == 0) say_set(speaks == SMALL ? 2 : 1);
    else say(":1\r\n");
    keep(i, v, way == 2 ? in_100_s() : -1);
    keep(j, w, way == 2 ? in_100_s() : -1);
}

static void step_get(struct tape *t, size_t i) {
    static const char *const names[] = {"GET", "GETDEL", "GETEX", "GETEX"};
    u32 way = tape_below(t, 5);
    size_t j = tape_below(t, KEYS);
    if (way == 4) {
        ask(4, "MGET");
        ask_key(i);
        ask_key(j);
        ask_key(i);
        say("*3\r\n");
        say_value(i);
        say_value(j);
        say_value(i);
        return;
    }
    ask(way == 2 ? 4 : way == 3 ? 3 : 2, names[way]);
    ask_key(i);
    if (way == 2) ask_word("EX");
    if (way == 2) ask_word("100");
    if (way == 3) ask_word("PERSIST");
    say_value(i);
    if (way == 1) keep(i, NULL, -1);
    if (way == 2 && is[i].v) is[i].exp = in_100_s();
    if (way == 3 && is[i].v) is[i].exp = -1;
}

static void step_move(struct tape *t, size_t i) {
    size_t j = tape_below(t, KEYS);
    int copies = tape_byte(t) & 1;
    ask(copies ? 4 : 3, copies ? "COPY" : "RENAME");
    ask_key(i);
    ask_key(j);
    if (copies) ask_word("REPLACE");
    if (copies && i == j) {
        say("-ERR source and destination objects are the same\r\n");
    } else if (!is[i].v) {
        say(copies ? ":0\r\n" : "-ERR no such key\r\n");
    } else {
        say(copies ? ":1\r\n" : "+OK\r\n");
        is[j] = is[i];
        if (i != j && !copies) keep(i, NULL, -1);
    }
}

static void step_look(struct tape *t, size_t i) {
    static const char *const strings_only[] = {"STRLEN", "INCR", "DECR"};
    const struct value *v = is[i].v;
    u32 way = tape_below(t, 4);
    if (way == 0) {
        ask(2, "TYPE");
        say(!v ? "+none\r\n" : v->string ? "+string\r\n" : "+nested\r\n");
    } else if (way == 1) {
        ask(2, "DEL");
        say(v ? ":1\r\n" : ":0\r\n");
        keep(i, NULL, -1);
    } else if (v && !v->string) {
        ask(2, strings_only[tape_below(t, 3)]);
        say("-WRONGTYPE Operation against a key holding the wrong kind of "
            "value\r\n");
    } else {
        ask(2, "EXISTS");
        say(v ? ":1\r\n" : ":0\r\n");
    }
    ask_key(i);
}

/* A nested value where none may stand. */
static void step_misplaced(struct tape *t, size_t i) {
    const struct value *v = some_value(t);
    u32 way = tape_below(t, 6);
    if (v->string) return;
    switch (way) {
    case 0: ask(2, "GET"), ask_value(v); break;
    case 1: ask(3, "SET"), ask_value(v), ask_word("x"); break;
    case 2: ask(3, "APPEND"), ask_key(i), ask_value(v); break;
    case 3:
        ask(5, "SET"), ask_key(i), ask_word("x"), ask_word("EX"), ask_value(v);
        break;
    case 4: ask(4, "MSET"), ask_key(i), ask_word("x"), ask_value(v); break;
    default: ask(3, "DEL"), ask_key(i), ask_value(v); break;
    }
    if (storable(v))
        say("-ERR only the value to store can be a nested value\r\n");
}

/* ---- The calls of the host --------------------------------------------- */

static void tree_bytes(const kv_reply *r, struct bytes *b) {
    static const char marks[] = "_+-:$,#(=*%~>";
    char mark = marks[r->type];
    size_t i, n = r->count;
    str s = str_of(r->str, r->len);
    switch (r->type) {
    case KV_NIL: put(b, "_\r\n"); break;
    case KV_INTEGER: put_head(b, ':', r->integer); break;
    case KV_BOOL: put(b, r->integer ? "#t\r\n" : "#f\r\n"); break;
    case KV_STRING: put_bulk(b, '$', s); break;
    case KV_VERBATIM:
        put_head(b, '=', (i64)s.n + 4);
        put(b, "txt:");
        bytes_put(b, s.p, s.n);
        put(b, "\r\n");
        break;
    case KV_ARRAY:
    case KV_MAP:
    case KV_SET:
        put_head(b, mark, (i64)n);
        if (r->type == KV_MAP) n *= 2;
        for (i = 0; i < n; i++) tree_bytes(&r->items[i], b);
        break;
    default: put_text(b, mark, s);
    }
    if (r->str) NEED(r->str[r->len] == 0);
}

/* The batch is over: what the calls say about a key. */
static void look_by_call(size_t i, u32 fail) {
    const struct value *v = is[i].v;
    str key = key_name(i);
    kv_slice argv[2], seen;
    kv_reply *r;
    u8 one;
    size_t n;
    int rc = kv_get(k, 0, key.p, key.n, &one, 1, &n);
    NEED(rc == (!v           ? KV_NONE
                : !v->string ? KV_WRONGTYPE
                : n > 1      ? KV_TOOBIG
                             : KV_OK));
    kv_lock(k);
    rc = kv_view(k, 0, key.p, key.n, &seen);
    NEED(rc == (!v ? KV_NONE : !v->string ? KV_WRONGTYPE : KV_OK));
    kv_unlock(k);
    argv[0].p = "GET";
    argv[0].n = 3;
    argv[1].p = key.p;
    argv[1].n = key.n;
    k->m.fail_in = fail;
    rc = kv_exec(k, NULL, 2, argv, &r);
    k->m.fail_in = 0;
    NEED(rc == KV_OK || (fail && rc == KV_NOMEM));
    if (rc != KV_OK) return;
    if (r->type != KV_ERROR || !fail) {
        struct bytes b = {NULL, 0, 0};
        tree_bytes(r, &b);
        if (v) NEED(b.n == v->form[TREE].n);
        if (v) NEED(!memcmp(b.p, v->form[TREE].p, b.n));
        else NEED(r->type == KV_NIL);
        bytes_free(&b);
    }
    kv_reply_free(k, r);
}

static void pass_time(struct tape *t) {
    i64 now;
    size_t i;
    fake_us += (i64)tape_byte(t) * 1000000;
    now = fake_us / 1000;
    for (i = 0; i < KEYS; i++)
        if (is[i].v && is[i].exp >= 0 && is[i].exp < now) keep(i, NULL, -1);
    memcpy(was, is, sizeof was);
}

static void steps(struct tape *t) {
    u32 count = 0, fail;
    while (t->n && count++ < STEPS) {
        u32 op = tape_byte(t), more = op >> 4 & 3;
        size_t i = tape_below(t, KEYS);
        int s = (int)(op >> 6) % 3;
        if (s != speaks) flush(0, 0);
        speaks = s;
        fail = more == 3 ? 1 + tape_below(t, 24) : 0;
        if (fail) flush(0, 0);
        switch (op & 15) {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4: step_set(t, i); break;
        case 5: step_set_otherwise(t, i); break;
        case 6: step_set_two(t, i); break;
        case 7:
        case 8:
        case 9: step_get(t, i); break;
        case 10: step_move(t, i); break;
        case 11: step_look(t, i); break;
        case 12: step_misplaced(t, i); break;
        case 13:
        case 14:
            flush(0, 0);
            look_by_call(i, fail);
            break;
        default: flush(0, 0); pass_time(t);
        }
        if (more) flush(tape_byte(t), fail);
    }
    flush(0, 0);
}

/* ---- Raw bytes --------------------------------------------------------- */

/* Feeds bytes to a session and adds its replies to `reply`. 0: it is over. */
static int say_bytes(int s, const void *p, size_t n) {
    int rc = kv_feed(sessions[s], p, n);
    kv_slice out;
    while (kv_pending(sessions[s], &out) == KV_OK) {
        bytes_put(&reply, out.p, out.n);
        kv_consume(sessions[s], out.n);
    }
    return rc == KV_OK;
}

/* SET of the bytes of an argument; it must go well. */
static void store(int s, size_t i, const u8 *p, size_t n) {
    request.n = reply.n = 0;
    ask(3, "SET");
    ask_key(i);
    bytes_put(&request, p, n);
    NEED(say_bytes(s, request.p, request.n));
    NEED(reply.n && *reply.p != '-');
}

static void show(int s, size_t i, struct bytes *out) {
    request.n = reply.n = 0;
    ask(2, "GET");
    ask_key(i);
    NEED(say_bytes(s, request.p, request.n));
    out->n = 0;
    bytes_put(out, reply.p, reply.n);
}

static void need_same(const struct bytes *a, const struct bytes *b) {
    NEED(a->n == b->n && !memcmp(a->p, b->p, a->n));
}

static void raw(struct tape *t) {
    int s = (int)tape_below(t, 3), rc, levels, open = 1, nested;
    size_t size = 0, at;
    struct bytes three = {NULL, 0, 0}, two = three, small = three, x = three;
    rc = read_value(t->p, t->n, &size, &levels);
    nested = t->n && (*t->p != '$' || (t->n > 1 && t->p[1] == '-'));
    request.n = reply.n = 0;
    ask(3, "SET");
    ask_key(0);
    NEED(say_bytes(s, request.p, request.n));
    for (at = 0; at < t->n && open && !reply.n; at++)
        open = say_bytes(s, t->p + at, 1);
    fuzz_check(k);
    if (nested && rc == WHOLE) {
        NEED(reply.n && at == size && open);
        NEED((*reply.p == '-') == (levels > 128));
    } else if (nested) {
        NEED(open == (rc == PART) && !reply.n == (rc == PART));
    }
    if (!open) {
        NEED(*reply.p == '-');
        session_again(s);
        return;
    }
    if (!reply.n || *reply.p == '-') return;
    show(THREE, 0, &three);
    show(TWO, 0, &two);
    show(SMALL, 0, &small);
    need_value(three.p, three.n, "+:$*_#,(=%~");
    need_value(two.p, two.n, "+:$*");
    need_value(small.p, small.n, "+:$*#,(=%~");
    store(s, 1, t->p, at); /* whole */
    show(THREE, 1, &x);
    need_same(&x, &three);
    store(TWO, 2, three.p, three.n);
    show(THREE, 2, &x);
    need_same(&x, &three);
    store(THREE, 3, small.p, small.n);
    show(THREE, 3, &x);
    need_same(&x, &three);
    store(SMALL, 4, two.p, two.n);
    show(TWO, 4, &x);
    need_same(&x, &two);
    bytes_free(&three);
    bytes_free(&two);
    bytes_free(&small);
    bytes_free(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct tape t = tape_of(p, n);
    u32 flags = tape_byte(&t), i;
    fake_us = 1700000000000000;
    k = fuzz_open(NULL);
    replica = fuzz_open(NULL);
    memset(was, 0, sizeof was);
    memset(is, 0, sizeof is);
    nvalues = 0;
    speaks = 0;
    memset(sessions, 0, sizeof sessions);
    for (i = 0; i < TREE; i++) session_again((int)i);
    NEED(kv_session_open(replica, &link_session) == KV_OK);
    NEED(kv_feed(link_session, "CLIENT CAPA nested\r\n", 20) == KV_OK);
    kv_consume(link_session, 5);
    kv_on_change(k, apply, NULL);
    request.n = expected.n = 0;
    if (flags & 1) steps(&t);
    else raw(&t);
    fuzz_check(k);
    fuzz_check(replica);
    kv_close(k);
    kv_close(replica);
    for (i = 0; i < nvalues; i++) value_free(&values[i]);
    bytes_free(&request);
    bytes_free(&reply);
    bytes_free(&expected);
    return 0;
}
