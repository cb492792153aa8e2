/* Snapshots and dumps: any bytes as a file are refused, or make a state that
 * is right and that comes back as it was when it is saved and read again, and
 * once more. The same for payloads of RESTORE, and for packed strings.
 *
 * Input: a byte of switches, a byte that says how the file is read, then the
 * file or the payload.
 */
#include "fuzz.h"

enum {
    SUMMED = 1,     /* end and checksum are put behind the input */
    HEADED = 2,     /* a header is put before it */
    UNSUMMED = 4,   /* rdbchecksum no */
    UNPACKED = 8,   /* rdbcompression no */
    LRU = 16,       /* times of use are kept */
    LFU = 32,       /* or how often; with LRU */
    SMALL_DBS = 64, /* there are three databases */
    DUMP = 128      /* it is a payload */
};

/* ---- A disk with two files --------------------------------------------- */

enum { IN, OUT, FILES };

static struct bytes files[FILES];
static size_t step; /* most bytes that a read brings */
static int handles;

static int file_of(const char *path) { return strstr(path, "in") ? IN : OUT; }

static int on_open(void *ctx, const char *path, int how) {
    int i = file_of(path);
    (void)ctx;
    if (how == KV_OPEN_NEW) files[i].n = 0;
    handles++;
    return i;
}

static void on_close(void *ctx, int fd) {
    (void)ctx;
    NEED(fd < FILES);
    handles--;
}

static i64 on_read(void *ctx, int fd, void *p, size_t n, i64 at) {
    const struct bytes *f = &files[fd];
    size_t left = (size_t)at < f->n ? f->n - (size_t)at : 0;
    (void)ctx;
    NEED(n && at >= 0);
    n = min_z(min_z(n, left), step);
    copy(p, f->p + at, n);
    return (i64)n;
}

static i64 on_write(void *ctx, int fd, const void *p, size_t n, i64 at) {
    (void)ctx;
    NEED(n && at == (i64)files[fd].n);
    n = min_z(n, step * 50);
    bytes_put(&files[fd], p, n);
    return (i64)n;
}

static int on_sync(void *ctx, int fd) {
    (void)ctx;
    (void)fd;
    return KV_OK;
}

static i64 on_size(void *ctx, int fd) {
    (void)ctx;
    return (i64)files[fd].n;
}

static int on_rename(void *ctx, const char *from, const char *to) {
    (void)ctx;
    NEED(file_of(from) == file_of(to));
    return KV_OK;
}

static int on_sync_dir(void *ctx, const char *path) {
    (void)ctx;
    (void)path;
    return KV_OK;
}

/* An instance on this disk, without a thread. */
static kv *snapshot_open(u32 switches) {
    kv *k = fuzz_open(NULL);
    const char *policy = switches & LFU ? "allkeys-lfu" : "allkeys-lru";
    k->io_alone = 1;
    k->sys.open = on_open;
    k->sys.close = on_close;
    k->sys.read = on_read;
    k->sys.write = on_write;
    k->sys.sync = on_sync;
    k->sys.size = on_size;
    k->sys.rename = on_rename;
    k->sys.sync_dir = on_sync_dir;
    k->sys.remove = NULL;
    if (switches & LRU) NEED(!kv_config(k, "maxmemory-policy", policy));
    if (switches & UNSUMMED) NEED(!kv_config(k, "rdbchecksum", "no"));
    if (switches & UNPACKED) NEED(!kv_config(k, "rdbcompression", "no"));
    if (switches & SMALL_DBS) NEED(!kv_config(k, "databases", "3"));
    return k;
}

static void snapshot_close(kv *k) {
    fuzz_check(k);
    kv_close(k);
    NEED(handles == 0);
}

/* ---- What an instance holds -------------------------------------------- */

struct holds {
    u64 sum, keys;
    u32 switches;
};

static int hold_entry(void *ctx, ent *e) {
    static const u64 seed[2] = {1, 2};
    struct holds *o = ctx;
    str key = ent_key(e), val = ent_val(e);
    u64 x;
    u8 sum[20];
    if (ent_is_col(e)) { /* of these the form may differ */
        memset(sum, 0, sizeof sum);
        digest_value(sum, e);
        val = str_of(sum, sizeof sum);
    }
    x = hash_key(seed, key.p, key.n) * 31 + hash_key(seed, val.p, val.n);
    x = x * 31 + (u64)ent_exp(e) * 7 + (u64)ent_type(e);
    if (o->switches & LRU && ent_type(e) == ENT_STRING) x += ent_lru(e) * 97u;
    o->sum += x * 0x9e3779b97f4a7c15u;
    o->keys++;
    return 0;
}

static struct holds hold(const kv *k, u32 switches) {
    struct holds o = {0, 0, 0};
    int i;
    o.switches = switches;
    for (i = 0; i < DBS_MAX; i++) {
        o.sum = o.sum * 31 + (u64)i;
        if (k->dbs[i]) tab_each(&k->dbs[i]->t, hold_entry, &o);
    }
    return o;
}

/* A sentence in one line. */
static void need_message(kv *k) {
    const char *p = kv_message(k);
    NEED(*p);
    for (; *p; p++) NEED(*p >= ' ' && *p < 127);
}

/* ---- Files ------------------------------------------------------------- */

static void file_make(u32 switches, const u8 *p, size_t n) {
    struct bytes *f = &files[IN];
    u8 sum[8], end = RDB_END;
    f->n = 0;
    if (switches & HEADED) bytes_put(f, "REDIS0010", 9);
    bytes_put(f, p, n);
    if (!(switches & SUMMED)) return;
    bytes_put(f, &end, 1);
    le_put(sum, crc_64(0, f->p, f->n), 8);
    bytes_put(f, sum, 8);
}

/* Whether it passes without being kept. */
static int file_passes(kv *k) {
    struct load l;
    int rc = load_begin(&l, k, "in", 1);
    while (rc == KV_OK && (rc = load_slice(&l)) == KV_AGAIN) rc = KV_OK;
    load_free(&l);
    return rc == KV_OK;
}

static void fuzz_file(u32 switches, const u8 *p, size_t n) {
    kv *k = snapshot_open(switches), *twin;
    struct holds was, is;
    int rc, passes, i;
    file_make(switches, p, n);
    passes = file_passes(k);
    NEED(hold(k, 0).keys == 0);
    rc = kv_load(k, "in");
    if (rc != KV_OK) {
        NEED(rc == KV_CORRUPT && !passes);
        need_message(k);
    }
    for (i = 0; i < 2; i++) {
        fuzz_check(k);
        was = hold(k, switches);
        NEED(kv_backup(k, "out") == KV_OK);
        twin = snapshot_open(switches);
        rc = kv_load(twin, "out");
        if (rc != KV_OK) fprintf(stderr, "%s\n", kv_message(twin));
        NEED(rc == KV_OK);
        is = hold(twin, switches);
        NEED(is.keys == was.keys && is.sum == was.sum);
        snapshot_close(k);
        k = twin;
    }
    snapshot_close(k);
}

/* ---- Payloads ---------------------------------------------------------- */

static int run(kv *k, size_t argc, const kv_slice *argv, kv_reply **r) {
    NEED(kv_exec(k, NULL, argc, argv, r) == KV_OK);
    return (*r)->type != KV_ERROR;
}

static kv_slice word(const char *s) {
    kv_slice out;
    out.p = s;
    out.n = strlen(s);
    return out;
}

/* RESTORE key ttl payload REPLACE */
static int restore(kv *k, const char *key, const char *ttl, kv_slice payload) {
    kv_slice argv[5];
    kv_reply *r;
    int ok;
    argv[0] = word("RESTORE");
    argv[1] = word(key);
    argv[2] = word(ttl);
    argv[3] = payload;
    argv[4] = word("REPLACE");
    ok = run(k, 5, argv, &r);
    kv_reply_free(k, r);
    fuzz_check(k);
    return ok;
}

static ent *find(kv *k, const char *key) {
    struct tab_at at;
    str s = str_c(key);
    return k->dbs[0] ? tab_find(&k->dbs[0]->t, s, db_hash(k->dbs[0], s), &at)
                     : NULL;
}

static void fuzz_dump(u32 switches, u32 how, const u8 *p, size_t n) {
    kv *k = snapshot_open(switches);
    struct bytes b = {NULL, 0, 0};
    kv_slice payload, argv[2];
    kv_reply *r;
    u8 tail[RDB_TAIL];
    bytes_put(&b, p, n);
    if (switches & SUMMED) {
        le_put(tail, RDB_VERSION, 2);
        bytes_put(&b, tail, 2);
        le_put(tail + 2, crc_64(0, b.p, b.n), 8);
        bytes_put(&b, tail + 2, 8);
    }
    payload.p = b.p;
    payload.n = b.n;
    if (how & 1) NEED(kv_set(k, 0, "a", 1, "v", 1, 0) == KV_OK);
    if (restore(k, "a", how & 2 ? "5000" : "0", payload)) {
        NEED(find(k, "a"));
        argv[0] = word("DUMP");
        argv[1] = word("a");
        NEED(run(k, 2, argv, &r) && r->type == KV_STRING);
        payload.p = r->str;
        payload.n = r->len;
        NEED(restore(k, "b", "0", payload));
        kv_reply_free(k, r);
        NEED(str_eq(ent_val(find(k, "a")), ent_val(find(k, "b"))));
        NEED(ent_type(find(k, "a")) == ent_type(find(k, "b")));
    } else {
        NEED(!find(k, "a") == !(how & 1));
    }
    bytes_free(&b);
    snapshot_close(k);
}

/* ---- Packed strings ---------------------------------------------------- */

/* Packs and unpacks, in blocks that end where they must not be left. */
static void fuzz_pack(const u8 *p, size_t n) {
    size_t small, room;
    u8 *packed, *again = malloc(n + 1);
    NEED(again);
    for (room = n + 9; room + 20 > n && room > 0 && room < n + 10; room -= 7) {
        packed = malloc(room);
        NEED(packed);
        small = lzf_pack(p, n, packed, room);
        NEED(small <= room);
        if (small) {
            NEED(lzf_unpack(str_of(packed, small), again, n));
            NEED(memcmp(p, again, n) == 0);
            NEED(!lzf_unpack(str_of(packed, small), again, n - 1));
            NEED(!lzf_unpack(str_of(packed, small - 1), again, n));
        }
        free(packed);
        if (room < 7) break;
    }
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    u32 switches, how;
    if (n < 3 || n > 20000) return 0;
    fake_us = 1700000000000000;
    switches = p[0];
    how = p[1];
    step = how & 4 ? 1 + (how >> 3) : 1 << 20;
    p += 2;
    n -= 2;
    fuzz_pack(p, n);
    if (switches & DUMP) fuzz_dump(switches, how, p, n);
    else fuzz_file(switches, p, n);
    return 0;
}
