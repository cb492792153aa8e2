/* The log and what stands beside it: any bytes in its files are refused with a
 * sentence and left as they are, or make a state that is right, that takes
 * changes, and that is the same when it is read again, and once more after a
 * rewrite. At most 64 MiB are held.
 *
 * Input: a byte of switches, then steps: each makes files, writes to the one
 * at hand, or damages it. Where they ask for it the checksums fit in the end.
 */
#define KV_THREADS 0
#include "fuzz.h"
#include "../conformance/durability/log.h"

enum {
    SALVAGE = 1,
    POLICY = 6,     /* 0: only snapshots */
    SUMMED = 8,     /* the sums of batches are made right in the end */
    STEPWISE = 16,  /* reads and writes take little at a time */
    LISTED = 32,    /* the manifest is made from what is there in the end */
    FILES_MAX = 24, /* that the steps may make */
    FILE_MOST = 1 << 16
};

static struct disk disk, before;
static struct world world;
static struct disk_file *file; /* at hand */
static u64 salt[2], stream;    /* of the increment at hand */
static unsigned seq;
static struct bytes text, body;

static int files_count(void) {
    int i, n = 0;
    for (i = 0; i < DISK_FILES; i++) n += disk.files[i].named;
    return n;
}

static void put(const void *p, size_t n) {
    if (file->n + n <= FILE_MOST) file_put(file, p, n, file->n);
}

/* ---- What a log is made of --------------------------------------------- */

static int hex_get(const u8 *p, int digits, u64 *v) {
    for (*v = 0; digits--; p++) {
        if (*p >= '0' && *p <= '9') *v = *v << 4 | (u64)(*p - '0');
        else if (*p >= 'a' && *p <= 'f') *v = *v << 4 | (u64)(*p - 'a' + 10);
        else return 0;
    }
    return 1;
}

/* What a file's own first line says; 0: it has none. */
static int file_salt(const struct disk_file *f, u64 of[2]) {
    if (f->n < AOF_HEAD || memcmp(f->p, "#K:", 3) || !hex_get(f->p + 3, 16, of))
        return 0;
    aof_salt(of, of[0]);
    return 1;
}

/* The batch in `body`; its line may lie. */
static void batch_put(u32 lie) {
    u8 line[REC_HEAD] = {0};
    struct bytes all = {NULL, 0, 0};
    struct aof_batch b;
    memset(&b, 0, sizeof b);
    b.n = body.n;
    b.at = stream + (lie == 1);
    b.synced = stream + (lie == 2);
    b.db = lie == 3 ? 65535 : 0;
    bytes_put(&all, line, REC_HEAD);
    bytes_put(&all, body.p, body.n);
    aof_batch_head(all.p, salt, &b);
    if (lie == 4) all.p[3 + 15] ^= 1;
    if (lie == 5) all.p[20 + 9] ^= 1;
    put(all.p, all.n);
    bytes_free(&all);
    stream += REC_HEAD + body.n;
}

/* Makes the sums of a file's lines right, as far as they can be. */
static void file_sum(struct disk_file *f) {
    struct aof_batch b;
    u64 of[2], from;
    size_t i;
    if (!file_salt(f, of)) return;
    if (hex_get(f->p + 20, 12, &from)) aof_file_head(f->p, of, from);
    for (i = AOF_HEAD; i + REC_HEAD <= f->n; i++) {
        u8 *p = f->p + i;
        if (memcmp(p, "#C:", 3) || !hex_get(p + 20, 10, &b.n) ||
            !hex_get(p + 31, 12, &b.at) || !hex_get(p + 44, 12, &b.synced) ||
            !hex_get(p + 57, 4, &b.db) || b.n > f->n - i - REC_HEAD)
            continue;
        aof_batch_head(p, of, &b);
        i += REC_HEAD + (size_t)b.n - 1;
    }
}

/* ---- Records ----------------------------------------------------------- */

static void body_text(const char *s) { bytes_put(&body, s, strlen(s)); }

/* Any row, with arguments from a table. */
static void record_row(struct tape *t) {
    static const char *const words[] = {
        "a",        "b",     "0",    "1",       "-1",
        "2",        "EX",    "PXAT", "REPLACE", "ABSTTL",
        "NX",       "GET",   "DB",   "yes",     "ASYNC",
        "9000",     "1.5",   "",     "*",       "no",
        "k1",       "n2",    "dir",  "LOADAOF", "1999999999999",
        "everysec", "x\r\ny"};
    str argv[6];
    const kv_command *row;
    size_t n = tape_below(t, 6), i, family = tape_below(t, COUNT(ROWS));
    row = &ROWS[family].rows[tape_below(t, (u32)ROWS[family].n)];
    argv[0] = str_c(row->name);
    for (i = 1; i <= n && i < COUNT(argv); i++)
        argv[i] = str_c(words[tape_below(t, COUNT(words))]);
    request_put(&body, i, argv);
}

static void record_any(struct tape *t) {
    u64 seed = tape_byte(t) * 2654435761u + 88172645463325252u;
    str s;
    switch (tape_below(t, 12)) {
    case 0: record_row(t); break;
    case 1: body_text("*1\r\n$5\r\nMULTI\r\n"); break;
    case 2: body_text("*1\r\n$4\r\nEXEC\r\n"); break;
    case 3:
        body_text("#TS:");
        s = tape_bytes(t, 12);
        bytes_put(&body, s.p, s.n);
        body_text("\r\n");
        break;
    case 4:
        s = tape_bytes(t, 80);
        bytes_put(&body, s.p, s.n);
        break;
    case 5:
        s = tape_bytes(t, 20);
        request_put(&body, 1, &s);
        break;
    default: command_put(&seed, 60, &body);
    }
}

static void body_make(struct tape *t) {
    u32 n = 1 + tape_below(t, 6);
    body.n = 0;
    while (n--) record_any(t);
}

/* ---- Steps that make files --------------------------------------------- */

static void file_new(const char *form, unsigned number) {
    char path[DISK_PATH];
    if (files_count() >= FILES_MAX) return;
    snprintf(path, sizeof path, form, number);
    file = disk_put(&disk, path, "", 0);
}

static void listed(const char *form, unsigned number, char type) {
    char line[200];
    struct disk_file *f = disk_find(&disk, MANIFEST);
    char name[DISK_PATH];
    if (!f) f = disk_put(&disk, MANIFEST, "", 0);
    snprintf(name, sizeof name, form, number);
    snprintf(line, sizeof line, "file %s seq %u type %c\n",
             name + sizeof LOG_DIR, number, type);
    if (f->n < FILE_MOST) file_put(f, line, strlen(line), f->n);
}

static void begin_increment(struct tape *t) {
    u8 line[AOF_HEAD];
    u32 how = tape_byte(t);
    seq++;
    file_new(LOG_NAME ".%u.incr.aof", seq);
    if (!(how & 8)) listed(LOG_NAME ".%u.incr.aof", seq, how & 16 ? 'h' : 'i');
    if (how & 4) return;
    aof_salt(salt, how & 1 ? 7 : tape_u64(t));
    if ((how & 96) == 96) stream = AOF_BITS - tape_byte(t); /* near the end */
    if (how & 2) stream += tape_byte(t);
    aof_file_head(line, salt, stream);
    if (how & 128) line[40] ^= 1;
    put(line, AOF_HEAD);
}

/* A snapshot of a few keys. */
static void snapshot_put(struct tape *t) {
    static const char head[] = "REDIS0010\xfe";
    u8 sum[8], end = RDB_END, n = (u8)tape_below(t, 6);
    str s;
    put(head, sizeof head);
    while (n--) {
        u8 code = 0, size;
        put(&code, 1);
        s = tape_bytes(t, 20);
        size = (u8)s.n;
        put(&size, 1);
        put(s.p, s.n);
        put("\3val", 4);
    }
    put(&end, 1);
    le_put(sum, crc_64(0, file->p, file->n), 8);
    put(sum, 8);
}

static void begin_base(struct tape *t) {
    u32 how = tape_below(t, 6);
    unsigned number = ++seq;
    switch (how) {
    case 0: file_new(DUMP_NAME "%.0u", 0); break;
    case 1: file_new(DIR_NAME "/appendonly.aof%.0u", 0); break;
    case 2:
        file_new(LOG_NAME ".%u.base.aof", number);
        listed(LOG_NAME ".%u.base.aof", number, 'b');
        break;
    default:
        file_new(LOG_NAME ".%u.base.rdb", number);
        listed(LOG_NAME ".%u.base.rdb", number, 'b');
    }
    file->n = 0;
    if (how != 2 && (how != 1 || tape_byte(t) & 1)) snapshot_put(t);
}

/* kv itself writes. */
static void kv_writes(struct tape *t) {
    u32 n = 1 + tape_below(t, 12), how = tape_byte(t);
    u64 seed = tape_byte(t) * 40503u + 88172645463325252u;
    if (files_count() >= FILES_MAX) return;
    world.seed = how;
    if (world_open(&world, &disk, 1 + (int)(how & 3) % 3, how & 4) != KV_OK)
        return;
    if (how & 8)
        NEED(kv_config(world.k, "aof-timestamp-enabled", "yes") == KV_OK);
    while (n--) {
        text.n = 0;
        command_put(&seed, how & 16 ? 1000 : 60, &text);
        world_send(&world, text.p, text.n);
        if (how & 32 && n == 3) world_rewrite(&world);
    }
    world_close(&world);
    file = disk_find(&disk, MANIFEST);
    for (n = 0; n < DISK_FILES; n++)
        if (disk.files[n].named && strstr(disk.files[n].path, ".incr.aof"))
            file = &disk.files[n];
}

/* ---- Steps that damage ------------------------------------------------- */

static size_t place(struct tape *t) {
    u32 v = tape_u16(t);
    /* small numbers count from the end */
    if (v < 512 && v < file->n) return file->n - 1 - v;
    return file->n ? v % file->n : 0;
}

static size_t length(struct tape *t, size_t at) {
    static const size_t lengths[] = {1, 2, 8, 64, 512, 4096};
    return min_z(lengths[tape_below(t, COUNT(lengths))], file->n - at);
}

static void insert(size_t at, const u8 *p, size_t n) {
    if (file->n + n > FILE_MOST) return;
    file_room(file, file->n + n + 1);
    memmove(file->p + at + n, file->p + at, file->n - at);
    copy(file->p + at, p, n);
    file->n += n;
}

static void damage(struct tape *t) {
    size_t at = place(t), n = length(t, at), to;
    str s;
    switch (tape_below(t, 8)) {
    case 0:
    case 1:
        if (file->n) file->p[at] ^= (u8)(1 << tape_below(t, 8));
        break;
    case 2:
        if (n) memset(file->p + at, (int)tape_byte(t), n);
        break;
    case 3: file->n = at; break;
    case 4: /* it goes out */
        if (n) memmove(file->p + at, file->p + at + n, file->n - at - n);
        file->n -= n;
        break;
    case 5: /* it is there twice */
        text.n = 0;
        if (n) bytes_put(&text, file->p + at, n);
        to = place(t);
        insert(to, text.p, text.n);
        break;
    case 6:
        s = tape_bytes(t, 60);
        insert(at, s.p, s.n);
        break;
    default:
        s = tape_bytes(t, 60);
        n = min_z(s.n, file->n - at);
        if (n) memcpy(file->p + at, s.p, n);
    }
}

static void choose_file(struct tape *t) {
    int n = files_count(), i;
    if (!n) return;
    n = (int)tape_below(t, (u32)n);
    for (i = 0; i < DISK_FILES; i++)
        if (disk.files[i].named && n-- == 0) file = &disk.files[i];
    if (!file_salt(file, salt)) aof_salt(salt, 0);
}

static void step(struct tape *t) {
    u32 what = tape_below(t, 16);
    str s;
    if (what == 0) kv_writes(t);
    else if (what == 1) begin_base(t);
    else if (what == 2 || !file) begin_increment(t);
    else if (what < 7) {
        body_make(t);
        batch_put(0);
    } else if (what == 7) {
        body_make(t);
        batch_put(tape_below(t, 6));
    } else if (what == 8) {
        body_make(t);
        put(body.p, body.n);
    } else if (what == 9) {
        s = tape_bytes(t, 250);
        put(s.p, s.n);
    } else if (what == 10) {
        choose_file(t);
    } else if (what == 11) {
        file_sum(file);
    } else {
        damage(t);
    }
}

/* The manifest has every file of the log, in order. */
static void list_all(void) {
    struct disk_file *f = disk_find(&disk, MANIFEST);
    char path[DISK_PATH];
    unsigned i;
    if (f) f->n = 0;
    for (i = 1; i <= seq + 20; i++) {
        snprintf(path, sizeof path, LOG_NAME ".%u.base.rdb", i);
        if (disk_find(&disk, path)) listed(LOG_NAME ".%u.base.rdb", i, 'b');
    }
    for (i = 1; i <= seq + 20; i++) {
        snprintf(path, sizeof path, LOG_NAME ".%u.incr.aof", i);
        if (disk_find(&disk, path)) listed(LOG_NAME ".%u.incr.aof", i, 'i');
    }
}

/* ---- What has to hold -------------------------------------------------- */

/* Whether no file of `a` has another content or is missing in `b`. */
static int disk_kept(struct disk *a, struct disk *b) {
    int i;
    for (i = 0; i < DISK_FILES; i++) {
        const struct disk_file *f = &a->files[i], *g;
        if (!f->named || strstr(f->path, ".cut-")) continue;
        g = disk_find(b, f->path);
        if (g && f->n == g->n && (!f->n || !memcmp(f->p, g->p, f->n))) continue;
        fprintf(stderr, "%s was %lu bytes and is %ld: %s\n", f->path,
                (unsigned long)f->n, g ? (long)g->n : -1L, world.said);
        return 0;
    }
    return 1;
}

/* Whether something in the files may ask for much memory by right. */
static int asks_for_much(void) {
    int i;
    size_t j;
    for (i = 0; i < DISK_FILES; i++) {
        const struct disk_file *f = &before.files[i];
        for (j = 0; f->named && j + 8 <= f->n; j++)
            if (str_is(str_of(f->p + j, 8), "setrange")) return 1;
    }
    return 0;
}

static void need_open(int sync, int salvage, u64 state) {
    int rc = world_open(&world, &disk, sync, salvage);
    if (rc != KV_OK) fprintf(stderr, "refused: %s\n", world.said);
    NEED(rc == KV_OK);
    NEED(state_of(world.k) == state);
}

static void prove(u32 switches) {
    int sync = (int)(switches & POLICY) >> 1, salvage = switches & SALVAGE;
    u64 state;
    int rc;
    disk_copy(&before, &disk);
    world.seed = switches;
    rc = world_open(&world, &disk, sync, salvage);
    NEED(!world.refused || asks_for_much());
    if (world.odd) fprintf(stderr, "%s\n", world.said);
    NEED(!world.odd);
    if (rc != KV_OK) {
        NEED(world.said[0]);
        NEED(rc == KV_CORRUPT || rc == KV_MISSING || rc == KV_ARG ||
             (rc == KV_NOMEM && world.refused));
        NEED(disk_kept(&before, &disk));
        return;
    }
    world_line(&world, "SET new value\r\n");
    text.n = 0;
    body_text("");
    state = state_of(world.k);
    if (!sync) {
        world_close(&world);
        return;
    }
    world_close(&world);
    need_open(sync, salvage, state);
    world_rewrite(&world);
    NEED(state_of(world.k) == state);
    world_line(&world, "APPEND new value\r\n");
    NEED(world.answers.p[0] == ':');
    state = state_of(world.k);
    world_close(&world);
    need_open(sync, 0, state); /* nothing of the damage is left */
    world_close(&world);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct tape t = tape_of(p, n);
    u32 switches = tape_byte(&t);
    int i;
    if (n < 3 || n > 20000) return 0;
    fake_us = 1700000000000000;
    disk_empty(&disk);
    disk.step = 0;
    file = NULL;
    aof_salt(salt, 0);
    stream = 0;
    seq = 0;
    for (i = 0; t.n && i < 60; i++) step(&t);
    if (switches & LISTED) list_all();
    for (i = 0; switches & SUMMED && i < DISK_FILES; i++)
        if (disk.files[i].named) file_sum(&disk.files[i]);
    if (switches & STEPWISE) disk.step = 1 + switches / 32 * 7;
    prove(switches);
    disk.step = 0;
    return 0;
}
