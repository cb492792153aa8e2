/* Bytes as the payload of RESTORE: what comes of it is a value that passes the
 * checks and goes through DUMP, RESTORE, COPY and a change; or an error, and
 * nothing has changed.
 *
 * Input: a byte of switches, a byte for the options, then a dump without its
 * checksum, which is put right here.
 */
#include "fuzz.h"

static kv *k;
static kv_session *s;
static struct bytes request, reply;

static void request_put(const void *p, size_t n) {
    char head[32];
    snprintf(head, sizeof head, "$%lu\r\n", (unsigned long)n);
    bytes_put(&request, head, strlen(head));
    bytes_put(&request, p, n);
    bytes_put(&request, "\r\n", 2);
}

static void send_now(void) {
    kv_slice out;
    int rc = kv_feed(s, request.p, request.n);
    NEED(rc == KV_OK || rc == KV_NOMEM);
    reply.n = 0;
    while (kv_pending(s, &out) == KV_OK) {
        bytes_put(&reply, out.p, out.n);
        kv_consume(s, out.n);
    }
    k->m.fail_in = 0;
    if (rc == KV_OK) NEED(reply.n);
    if (rc == KV_OK) return;
    kv_session_close(s);
    NEED(kv_session_open(k, &s) == KV_OK);
    bytes_put(&reply, "-OOM", 4);
}

/* Words, and a payload after the third one if there is one. */
static void call(const char *words, const u8 *p, size_t n) {
    char head[32];
    size_t count = 1, i;
    const char *w = words, *e;
    for (i = 0; words[i]; i++) count += words[i] == ' ';
    request.n = 0;
    snprintf(head, sizeof head, "*%lu\r\n",
             (unsigned long)(count + (p != NULL)));
    bytes_put(&request, head, strlen(head));
    for (i = 0; i < count; i++, w = e + 1) {
        e = strchr(w, ' ');
        if (!e) e = w + strlen(w);
        request_put(w, (size_t)(e - w));
        if (i == 2 && p) request_put(p, n);
    }
    send_now();
}

static ent *entry(const char *key) {
    struct tab_at at;
    str name = str_c(key);
    return k->dbs[0] ? tab_find(&k->dbs[0]->t, name,
                                tab_hash(&k->dbs[0]->t, name), &at)
                     : NULL;
}

static void digest_of(const char *key, u8 sum[20]) {
    ent *e = entry(key);
    memset(sum, 0, 20);
    NEED(e);
    digest_value(sum, e);
}

/* A digest says nothing of times. */
static void need_same_times(const ent *a, const ent *b) {
    struct it it;
    it_begin(&it, a);
    while (it_next(&it)) NEED(hash_exp(b, it.a) == it.exp);
}

static const struct stream *stream_of(const char *key) {
    return obj_stream(ent_obj(entry(key)));
}

static void need_same(const char *a, const char *b) {
    u8 x[20], y[20];
    if (ent_type(entry(a)) == ENT_HASH) need_same_times(entry(a), entry(b));
    digest_of(a, x);
    digest_of(b, y);
    NEED(!memcmp(x, y, sizeof x));
    NEED(ent_type(entry(a)) == ent_type(entry(b)));
    if (ent_type(entry(a)) == ENT_STREAM)
        need_same_streams(stream_of(a), stream_of(b));
}

static void need_ok(void) {
    if (reply.p[0] == '-') bytes_show("reply", &reply);
    NEED(reply.p[0] != '-');
}

/* DUMP, RESTORE of that, and once more. */
static void again(const char *from, const char *to) {
    char line[64];
    struct bytes dump = {NULL, 0, 0};
    const u8 *p;
    snprintf(line, sizeof line, "DUMP %s", from);
    call(line, NULL, 0);
    NEED(reply.p[0] == '$' && reply.p[1] != '-');
    p = (const u8 *)memchr(reply.p, '\n', reply.n) + 1;
    bytes_put(&dump, p, (size_t)(reply.p + reply.n - 2 - p));
    snprintf(line, sizeof line, "RESTORE %s 0", to);
    call(line, dump.p, dump.n);
    need_ok();
    bytes_free(&dump);
    need_same(from, to);
}

static void call_ok(const char *words) {
    call(words, NULL, 0);
    need_ok();
}

/* An id may be the last there is, and a group may be there. */
static void change_stream(void) {
    int full = !sid_cmp(stream_of("k")->last, SID_MAX);
    int had = slog_group(stream_of("k"), LIT("new")) != NULL;
    call("XADD k * f v", NULL, 0);
    NEED((reply.p[0] == '-') == full);
    call("XGROUP CREATE k new 0", NULL, 0);
    NEED((reply.p[0] == '-') == had);
    call_ok("XREADGROUP GROUP new c COUNT 3 STREAMS k >");
    call_ok("XAUTOCLAIM k new d 0 0");
    call_ok("XINFO STREAM k FULL COUNT 0");
    call_ok("XREVRANGE k + -");
    fuzz_check(k);
    call_ok("XTRIM k MAXLEN 1");
    call_ok("XGROUP DESTROY k new");
}

/* A change of what was restored. */
static void change(void) {
    switch (ent_type(entry("k"))) {
    case ENT_STRING: call("APPEND k x", NULL, 0); break;
    case ENT_LIST:
        call("LPUSH k x", NULL, 0);
        need_ok();
        call("RPOP k", NULL, 0);
        need_ok();
        call("LREM k 0 x", NULL, 0);
        break;
    case ENT_SET:
        call("SADD k 1 new", NULL, 0);
        need_ok();
        call("SPOP k", NULL, 0);
        need_ok();
        call("SREM k 1 new", NULL, 0);
        break;
    case ENT_ZSET:
        call("ZADD k 1 new -inf least", NULL, 0);
        need_ok();
        call("ZPOPMAX k", NULL, 0);
        need_ok();
        call("ZRANGE k 0 -1 REV", NULL, 0);
        break;
    case ENT_HASH:
        call("HSET k f v", NULL, 0);
        need_ok();
        call("HEXPIRE k 100 FIELDS 1 f", NULL, 0);
        need_ok();
        call("HGETALL k", NULL, 0);
        need_ok();
        call("HDEL k f", NULL, 0);
        break;
    case ENT_STREAM: change_stream(); break;
    default: call("GET k", NULL, 0); break;
    }
    need_ok();
    fuzz_check(k);
}

static void tick_and_look(void) {
    fake_us += (i64)1000000 * 1000000;
    call("EXISTS k copy", NULL, 0);
    lock_in(k);
    read_clocks(k);
    mem_next(&k->m);
    loop_background(k);
    lock_out(k);
    fuzz_check(k);
    fake_us = 1700000000000000;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static const char *const options[] = {"",        " REPLACE",
                                          " ABSTTL", " REPLACE IDLETIME 5",
                                          " FREQ 9", " REPLACE ABSTTL"};
    struct tape t = tape_of(p, n);
    u32 flags = tape_byte(&t), fail = tape_byte(&t);
    struct bytes dump = {NULL, 0, 0};
    u8 sum[8], was[20], is[20];
    char line[80];
    int ok;
    const char *option = options[(flags & 7) % COUNT(options)];
    fake_us = 1700000000000000;
    k = fuzz_open(NULL);
    NEED(kv_session_open(k, &s) == KV_OK);
    call("SET k before", NULL, 0);
    digest_of("k", was);
    bytes_put(&dump, t.p, t.n);
    le_put(sum, crc_64(0, dump.p, dump.n), 8);
    if (flags & 128) sum[0]++;
    bytes_put(&dump, sum, 8);
    if (!(flags & 64) && !strstr(option, "REPLACE")) call("DEL k", NULL, 0);
    if (flags & 32) k->m.fail_in = 1 + fail;
    snprintf(line, sizeof line, "RESTORE k %s%s",
             flags & 8 && !strstr(option, "ABS") ? "100000"
             : flags & 8                         ? "1700000100000"
                                                 : "0",
             option);
    call(line, dump.p, dump.n);
    ok = reply.p[0] == '+';
    if (flags & 128) NEED(!ok);
    fuzz_check(k);
    if (ok) {
        call("PERSIST k", NULL, 0); /* a time is part of the digest */
        again("k", "k2");
        again("k2", "k3");
        call("COPY k copy", NULL, 0);
        need_ok();
        need_same("copy", "k");
        change();
        tick_and_look();
    } else if (entry("k")) {
        digest_of("k", is);
        NEED(!memcmp(was, is, sizeof is));
    }
    call("FLUSHALL", NULL, 0);
    fuzz_check(k);
    bytes_free(&dump);
    kv_session_close(s);
    kv_close(k);
    return 0;
}
