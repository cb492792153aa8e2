/* The request parser: however the input is cut into pieces, the replies, the
 * bytes used and the state of the session are the same.
 *
 * Input: a byte of switches, then what the client sends.
 *
 * All commands run; those that tell sizes of buffers or set limits, which may
 * depend on the pieces, are replaced by one that shows its arguments.
 */
#include "fuzz.h"

static void show(kv_call *c) {
    size_t i;
    kv_put_array(c, kv_call_argc(c));
    for (i = 0; i < kv_call_argc(c); i++) kv_put_string(c, kv_call_arg(c, i));
}

static const kv_command SHOW = {"e",  show,  -1,      KV_FAST,
                                "",   "test", "1.0.0", "O(N)",
                                "Shows its arguments.", "[word ...]", NULL};

static const char *const REPLACED[] = {
    "info",        "memory|stats", "memory|usage", "client|list",
    "client|info", "config|set",   "shutdown",     "command|docs"};

static kv *parser_open(int locked) {
    kv *k = fuzz_open(NULL);
    size_t i, j;
    NEED(kv_add_command(k, &SHOW) == KV_OK);
    for (i = 0; i < k->ncmds; i++)
        for (j = 0; j < COUNT(REPLACED); j++)
            if (!strcmp(k->cmds[i]->row->name, REPLACED[j]))
                k->cmds[i]->row = &SHOW;
    if (locked) NEED(kv_config(k, "requirepass", "pw") == KV_OK);
    return k;
}

/* What a run leaves behind. */
struct outcome {
    struct bytes out;
    size_t left; /* bytes not used */
    u32 flags;
    u8 resp;
    int dbnum;
    u64 data, calls;
    int closed;
};

static u64 data_sum;

static int sum_entry(void *ctx, ent *e) {
    static const u64 seed[2] = {1, 2};
    str key = ent_key(e), val = ent_val(e);
    (void)ctx;
    data_sum += hash_key(seed, key.p, key.n) * 31 +
                hash_key(seed, val.p, val.n) + (u64)ent_exp(e);
    return 0;
}

static void take(kv_session *s, struct bytes *out) {
    kv_slice p;
    while (kv_pending(s, &p) == KV_OK) {
        bytes_put(out, p.p, p.n);
        kv_consume(s, p.n);
    }
}

/* Feeds p in pieces: to `cut`, then the rest; or, with `seed`, in pieces of
 * pseudo-random size. */
static struct outcome parser_run(int locked, const u8 *p, size_t n, size_t cut,
                                 u64 seed) {
    kv *k = parser_open(locked);
    kv_session *s;
    conn *c;
    struct outcome o;
    size_t at = 0, i;
    memset(&o, 0, sizeof o);
    NEED(kv_session_open(k, &s) == KV_OK);
    c = (conn *)(void *)s;
    while (at < n) {
        size_t m = n - at;
        if (seed) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            m = min_z(m, (size_t)(seed >> 60 < 6 ? 1 : 1 + (seed >> 33) % 97));
        } else if (at < cut) {
            m = cut - at;
        }
        if (kv_feed(s, p + at, m) == KV_CLOSED) o.closed = 1;
        take(s, &o.out);
        at += m;
        if (o.closed) break;
    }
    NEED(!(c->flags & CONN_READY));
    o.left = o.closed ? 0 : c->in.n - c->in_at;
    o.flags = c->flags;
    o.resp = c->resp;
    o.dbnum = c->dbnum;
    o.calls = c->calls;
    data_sum = 0;
    for (i = 0; i < DBS_MAX; i++)
        if (k->dbs[i]) tab_each(&k->dbs[i]->t, sum_entry, NULL);
    o.data = data_sum;
    fuzz_check(k);
    kv_session_close(s);
    fuzz_check(k);
    kv_close(k);
    return o;
}

static void same(struct outcome *a, struct outcome b, size_t cut, u64 seed) {
    if (a->out.n == b.out.n &&
        (!b.out.n || !memcmp(a->out.p, b.out.p, b.out.n)) &&
        a->left == b.left && a->flags == b.flags && a->resp == b.resp &&
        a->dbnum == b.dbnum && a->data == b.data && a->calls == b.calls) {
        bytes_free(&b.out);
        return;
    }
    fprintf(stderr, "cut at %lu, or by seed %llu\n", (unsigned long)cut,
            (unsigned long long)seed);
    fprintf(stderr, "left %lu %lu flags %x %x calls %lu %lu\n",
            (unsigned long)a->left, (unsigned long)b.left, a->flags, b.flags,
            (unsigned long)a->calls, (unsigned long)b.calls);
    bytes_show("whole:", &a->out);
    bytes_show("cut:  ", &b.out);
    abort();
}

/* Parses without executing, from a block that ends where the input ends: what
 * is read behind it is seen. */
static void parse_only(int locked, const u8 *p, size_t n) {
    kv *k = parser_open(0);
    u8 *exact = malloc(n ? n : 1);
    struct resp_in in;
    size_t argc, i;
    i64 need;
    int rc = RESP_DONE;
    NEED(exact);
    memcpy(exact, p, n);
    memset(&in, 0, sizeof in);
    in.k = k;
    in.p = exact;
    in.n = n;
    in.authed = !locked;
    while (in.at < n && (rc == RESP_DONE || rc == RESP_EMPTY)) {
        size_t at = in.at;
        rc = resp_request(&in, 0, &argc, &need);
        NEED(in.at >= at && in.at <= n);
        for (i = 0; rc == RESP_DONE && i < argc; i++) {
            str a = k->args[i];
            NEED(a.p >= exact && a.p + a.n <= exact + n);
        }
    }
    free(exact);
    fuzz_check(k);
    kv_close(k);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    int locked;
    size_t i;
    struct outcome whole;
    if (n < 2 || n > 20000) return 0;
    fake_us = 1700000000000000;
    locked = p[0] & 1;
    p++;
    n--;
    parse_only(locked, p, n);
    whole = parser_run(locked, p, n, n, 0);
    if (n <= 40)
        for (i = 1; i < n; i++)
            same(&whole, parser_run(locked, p, n, i, 0), i, 0);
    for (i = 1; i <= (n <= 40 ? 1 : 6); i++) {
        u64 seed = hash_word((const u8 *)"pieces__") * (i + p[n / 2]) + p[n - 1];
        same(&whole, parser_run(locked, p, n, 0, seed | 1), 0, seed | 1);
        if (n > 40) {
            size_t cut = 1 + (size_t)(seed >> 13) % (n - 1);
            same(&whole, parser_run(locked, p, n, cut, 0), cut, 0);
        }
    }
    bytes_free(&whole.out);
    return 0;
}
