/* Snapshots on a disk in memory, which fails at any call, is slow, and at a
 * crash loses, tears and reorders what was not synced: the file is always a
 * whole one, and not older than the last that kv_save() was sure of. */
#include "threads.h"

/* ---- The disk ------------------------------------------------------------
 *
 * A file has two contents: what is read, and what was there at its last sync.
 * A directory is two tables of names, likewise, and the changes between them.
 * kv may use it from its own thread: everything is done under one lock.
 */
enum {
    SECTOR = 512,
    FILES = 16,
    NAMES = 6,
    CHANGES = 32,
    HANDLES = 4,
    FIRST_FD = 1 << 20 /* beyond those of the system: the loop's pipe */
};

typedef struct inode {
    char *p, *safe;
    size_t n, cap, safe_n;
    int lost; /* a sync failed: what was not safe then never will be */
} inode;

typedef struct name {
    char path[48];
    inode *f; /* NULL: no such name */
} name;

/* `path` becomes `f` (NULL: it goes), and `from`, if it still is `f`, goes. */
typedef struct change {
    char path[48], from[48];
    inode *f;
} change;

typedef struct disk {
    pthread_mutex_t lock;
    pthread_cond_t moved; /* `held` or `gate` has changed */
    inode files[FILES];
    name now[NAMES], safe[NAMES];
    change changes[CHANGES];
    int nchanges;
    inode *handles[HANDLES];
    long calls;
    long fail_at;   /* this call fails; 0: none */
    int for_ever;   /* and all after it */
    int code;       /* with this result; 0: it writes or reads one byte */
    char failed[8]; /* the call that did; "": none */
    /* a call by this name waits while the gate is shut, if kv has a thread */
    const char *gate;
    int held;
    pthread_t own;
    int late;                                 /* it waited in vain */
    void (*after)(struct disk *d, void *ctx); /* after each call */
    void *ctx;
} disk;

static void disk_open(disk *d) {
    memset(d, 0, sizeof *d);
    CHECK(!pthread_mutex_init(&d->lock, NULL));
    CHECK(!pthread_cond_init(&d->moved, NULL));
    d->own = pthread_self();
}

static void disk_close(disk *d) {
    for (int i = 0; i < HANDLES; i++) CHECK(!d->handles[i]);
    for (int i = 0; i < FILES; i++) {
        free(d->files[i].p);
        free(d->files[i].safe);
    }
    CHECK(!pthread_mutex_destroy(&d->lock));
    CHECK(!pthread_cond_destroy(&d->moved));
}

static name *names_find(name *table, const char *path) {
    for (int i = 0; i < NAMES; i++) {
        if (table[i].f && !strcmp(table[i].path, path)) return &table[i];
    }
    return NULL;
}

static void names_set(name *table, const char *path, inode *f) {
    name *t = names_find(table, path);
    for (int i = 0; !t && f && i < NAMES; i++) {
        if (!table[i].f) t = &table[i];
    }
    CHECK(t || !f);
    if (!t) return;
    CHECK(strlen(path) < sizeof t->path);
    strcpy(t->path, path);
    t->f = f;
}

static void names_change(name *table, const change *c) {
    name *from = names_find(table, c->from);
    if (from && from->f == c->f) from->f = NULL;
    names_set(table, c->path, c->f);
}

static int names_count(const name *table) {
    int n = 0;
    for (int i = 0; i < NAMES; i++) n += table[i].f != NULL;
    return n;
}

/* What was changed and is not safe yet. */
static void disk_change(disk *d, const char *path, const char *from, inode *f) {
    CHECK(d->nchanges < CHANGES && strlen(path) < sizeof d->now->path);
    change *c = &d->changes[d->nchanges++];
    strcpy(c->path, path);
    strcpy(c->from, from);
    c->f = f;
    names_change(d->now, c);
}

/* A file that nobody knows any more. */
static inode *disk_file(disk *d) {
    for (int i = 0; i < FILES; i++) {
        inode *f = &d->files[i];
        int used = 0;
        for (int j = 0; j < NAMES; j++) {
            used |= d->now[j].f == f || d->safe[j].f == f;
        }
        for (int j = 0; j < d->nchanges; j++) used |= d->changes[j].f == f;
        for (int j = 0; j < HANDLES; j++) used |= d->handles[j] == f;
        if (used) continue;
        f->n = f->safe_n = 0;
        f->lost = 0;
        return f;
    }
    CHECK(!"too many files");
    return NULL;
}

static char *grown(char *p, size_t n) {
    p = (char *)realloc(p, n + 1);
    CHECK(p);
    return p;
}

static void file_write(inode *f, const void *p, size_t n, size_t at) {
    if (at + n > f->cap) f->p = grown(f->p, f->cap = 2 * (at + n));
    if (at > f->n) memset(f->p + f->n, 0, at - f->n);
    if (n) memcpy(f->p + at, p, n);
    if (at + n > f->n) f->n = at + n;
}

static void file_sync(inode *f) {
    if (f->lost) return;
    f->safe = grown(f->safe, f->n);
    if (f->n) memcpy(f->safe, f->p, f->n);
    f->safe_n = f->n;
}

/* ---- kv's calls ---------------------------------------------------------- */

/* Begins a call: KV_OK, or the result that it must have; KV_NONE: it may do one
 * byte. */
static int call_begin(disk *d, const char *what) {
    pthread_mutex_lock(&d->lock);
    while (d->gate && !strcmp(d->gate, what) && !d->late &&
           !pthread_equal(pthread_self(), d->own)) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 5;
        d->held = 1;
        pthread_cond_broadcast(&d->moved);
        d->late = pthread_cond_timedwait(&d->moved, &d->lock, &until) != 0;
    }
    d->calls++;
    if (!d->fail_at || d->calls < d->fail_at ||
        (d->calls > d->fail_at && !d->for_ever))
        return KV_OK;
    if (!d->failed[0]) strcpy(d->failed, what);
    return d->code ? d->code : KV_NONE;
}

static int call_end(disk *d, int rc) {
    if (d->after) d->after(d, d->ctx);
    pthread_mutex_unlock(&d->lock);
    return rc;
}

static inode *disk_handle(disk *d, int fd) {
    CHECK(fd >= FIRST_FD && fd < FIRST_FD + HANDLES);
    CHECK(d->handles[fd - FIRST_FD]);
    return d->handles[fd - FIRST_FD];
}

static int on_open(void *ctx, const char *path, int how) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "open"), i = 0;
    name *t = names_find(d->now, path);
    if (rc < 0) return call_end(d, rc);
    if (!t && how == KV_OPEN_READ) return call_end(d, KV_MISSING);
    while (i < HANDLES && d->handles[i]) i++;
    CHECK(i < HANDLES);
    if (!t) {
        disk_change(d, path, "", disk_file(d));
        t = names_find(d->now, path);
    }
    d->handles[i] = t->f;
    if (how == KV_OPEN_NEW) t->f->n = (size_t)(t->f->lost = 0);
    return call_end(d, FIRST_FD + i);
}

static void on_close(void *ctx, int fd) {
    disk *d = (disk *)ctx;
    if (fd < FIRST_FD) {
        close(fd);
        return;
    }
    call_begin(d, "close");
    disk_handle(d, fd);
    d->handles[fd - FIRST_FD] = NULL;
    call_end(d, 0);
}

static int64_t on_read(void *ctx, int fd, void *p, size_t n, int64_t at) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "read");
    inode *f = disk_handle(d, fd);
    if (rc < 0) return call_end(d, rc);
    CHECK(n && at >= 0);
    size_t left = (size_t)at < f->n ? f->n - (size_t)at : 0;
    if (rc == KV_NONE) n = 1;
    if (n > left) n = left;
    if (n) memcpy(p, f->p + at, n);
    return call_end(d, (int)n);
}

static int64_t on_write(void *ctx, int fd, const void *p, size_t n,
                        int64_t at) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "write");
    inode *f = disk_handle(d, fd);
    CHECK(n && at >= 0);
    if (rc == KV_OK) file_write(f, p, n, (size_t)at);
    if (rc < 0) file_write(f, p, n / 2, (size_t)at); /* some of it got there */
    if (rc < 0) return call_end(d, rc);
    if (rc == KV_NONE) file_write(f, p, n = 1, (size_t)at);
    return call_end(d, (int)n);
}

static int on_sync(void *ctx, int fd) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "sync");
    inode *f = disk_handle(d, fd);
    if (rc >= 0) file_sync(f);
    else f->lost = 1;
    return call_end(d, rc < 0 ? rc : KV_OK);
}

static int64_t on_size(void *ctx, int fd) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "size");
    return call_end(d, rc < 0 ? rc : (int)disk_handle(d, fd)->n);
}

static int on_rename(void *ctx, const char *from, const char *to) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "rename");
    name *t = names_find(d->now, from);
    if (rc < 0) return call_end(d, rc);
    if (!t) return call_end(d, KV_MISSING);
    disk_change(d, to, from, t->f);
    return call_end(d, KV_OK);
}

static int on_sync_dir(void *ctx, const char *path) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "syncdir");
    CHECK(!strncmp(path, "/d/", 3) && !strchr(path + 3, '/'));
    if (rc < 0) return call_end(d, rc);
    for (int i = 0; i < d->nchanges; i++) {
        names_change(d->safe, &d->changes[i]);
    }
    d->nchanges = 0;
    return call_end(d, KV_OK);
}

static void on_remove(void *ctx, const char *path) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "remove");
    if (rc >= 0 && names_find(d->now, path)) disk_change(d, path, "", NULL);
    call_end(d, 0);
}

static kv_sys disk_sys(disk *d) {
    kv_sys s;
    memset(&s, 0, sizeof s);
    s.ctx = d;
    s.open = on_open;
    s.close = on_close;
    s.read = on_read;
    s.write = on_write;
    s.sync = on_sync;
    s.size = on_size;
    s.rename = on_rename;
    s.sync_dir = on_sync_dir;
    s.remove = on_remove;
    return s;
}

/* ---- Instances ----------------------------------------------------------- */

#define DIR_NAME "/d"
#define FILE_NAME "/d/dump.rdb"
#define COPY_NAME "/d/copy.rdb"

static fake stopped = FAKE_START; /* nobody writes to it */

/* An instance on the disk; the clock is one that stands still. */
static int try_open(disk *d, kv **db, fake *f, const kv_desc *more) {
    kv_desc desc = more ? *more : fake_desc(f ? f : &stopped);
    kv_sys sys = disk_sys(d);
    int rc;
    desc.dir = DIR_NAME;
    desc.sys = &sys;
    rc = kv_open(db, &desc);
    if (rc == KV_OK) OK(kv_config(*db, "enable-debug-command", "yes"));
    return rc;
}

static kv *with(disk *d, fake *f) {
    kv *db = NULL;
    OK(try_open(d, &db, f, NULL));
    return db;
}

/* The digest of what the file on the disk holds; "none" without a file. */
static const char *on_disk(disk *d, char out[41]) {
    kv *db;
    if (!names_find(d->now, FILE_NAME)) return strcpy(out, "none");
    db = with(d, NULL);
    digest(db, out);
    finish(db);
    return out;
}

static void disk_arm(disk *d, long n, int code, int for_ever) {
    pthread_mutex_lock(&d->lock);
    d->calls = 0;
    d->fail_at = n;
    d->code = code;
    d->for_ever = for_ever;
    d->failed[0] = 0;
    pthread_mutex_unlock(&d->lock);
}

/* ---- Data ---------------------------------------------------------------- */

enum {
    LONG = 140000
}; /* bytes of a value that the file's thread reads where
                           it is */

/* Random bytes under key:i, so that nothing packs them. */
static int put_random(kv *db, int dbnum, unsigned i, size_t n, uint64_t *seed,
                      int64_t expire) {
    static char bytes[LONG + 8];
    char key[32];
    CHECK(n <= LONG);
    for (size_t at = 0; at < n; at += 4) {
        uint32_t x = rnd(seed, UINT32_MAX);
        memcpy(bytes + at, &x, 4);
    }
    snprintf(key, sizeof key, "key:%u", i);
    return kv_set(db, dbnum, key, strlen(key), bytes, n, expire);
}

static void fill_some(kv *db, uint64_t seed, unsigned keys) {
    static const size_t sizes[] = {3, 60, 60, 500, 1500};
    seed = seed * 7919 + 1;
    for (unsigned i = 0; i < keys; i++) {
        OK(put_random(db, (int)rnd(&seed, 3), i, sizes[rnd(&seed, 5)], &seed,
                      rnd(&seed, 4) ? 0 : FAKE_MS + 1000000 + i));
    }
    OK(put_random(db, 0, 0, LONG, &seed, 0));
}

static void fill(kv *db, uint64_t seed, unsigned keys) {
    fill_some(db, seed, keys);
    OK(put_random(db, 1, 1, LONG - 8000, &seed, 0));
}

/* Some changes, of all kinds that a snapshot has to know about. */
static void churn(kv *db, uint64_t *seed) {
    static const char *const lines[] = {
        "SELECT 0",
        "APPEND key:0 more",
        "SETRANGE key:0 100 xyz",
        "EXPIRE key:0 5000",
        "SELECT 1",
        "RENAME key:1 other",
        "MOVE other 2",
        "SELECT 2",
        "COPY other other2",
        "PERSIST other",
        "SET other short",
        "SELECT 0",
        "SWAPDB 1 2",
        "DEL key:2 key:3 key:4",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *got = run(db, NULL, lines[i]);
        CHECK(strncmp(got, "-ERR", 4) || strstr(got, "no such key"));
    }
    for (unsigned i = 0; i < 20; i++) {
        OK(put_random(db, (int)rnd(seed, 3), rnd(seed, 60), rnd(seed, 300),
                      seed, 0));
    }
}

static int info_has(kv *db, const char *line) {
    kv_reply *r;
    OK(kv_exec_line(db, NULL, "INFO persistence", &r));
    int has = strstr(r->str, line) != NULL;
    kv_reply_free(db, r);
    return has;
}

#if defined(KV_THREADS) && !KV_THREADS
enum { IDLE_MS = 0 };
#else
enum { IDLE_MS = 10000 };
#endif

/* Waits for the end of a BGSAVE as a server would: the loop must be woken. */
static void wait_saved(kv *db) {
    for (int i = 0; info_has(db, "rdb_bgsave_in_progress:1"); i++) {
        CHECK(i < 10000);
        OK(kv_poll(db, IDLE_MS));
    }
}

/* ---- Calls that fail ----------------------------------------------------- */

enum { KV_SAVE, SAVE, BGSAVE, WAYS };

/* What the file is and what it may become. */
typedef struct state {
    disk *d;
    kv *db;
    char now[41]; /* the data */
    char old[41]; /* the file's */
} state;

/* Saves in one of the ways; KV_OK or any other result. */
static int save_by(kv *db, int way) {
    const char *got;
    int rc = KV_OK;
    if (way == KV_SAVE) return kv_save(db);
    got = run(db, NULL, way == SAVE ? "SAVE" : "BGSAVE");
    if (*got == '-') {
        CHECK(!strncmp(got, "-ERR cannot save: ", 18));
        rc = KV_IO;
    }
    if (way == BGSAVE) wait_saved(db);
    if (info_has(db, "rdb_last_bgsave_status:err")) rc = KV_IO;
    return rc;
}

static void saves_well(state *s, int way) {
    OK(save_by(s->db, way));
    CHECK(info_has(s->db, "rdb_last_bgsave_status:ok"));
    IS(s->db, NULL, "SET k v2", "+OK");
    IS(s->db, NULL, "SET k v", "+OK");
    SAME(on_disk(s->d, s->old), s->now);
    EQ(names_count(s->d->now), 1);
}

/* What is true after a save in which call `n` failed, whatever came of it. */
static void after_failure(state *s, int way, int rc, int code, int for_ever) {
    disk *d = s->d;
    char failed[8], file[41];
    const char *said = kv_message(s->db);
    strcpy(failed, d->failed);
    int silent = !strcmp(failed, "close") || !strcmp(failed, "remove");
    if (way == KV_SAVE && rc != KV_OK) {
        char want[100];
        EQ(rc, code);
        snprintf(want, sizeof want, "cannot save to " FILE_NAME ": %s",
                 kv_errstr(code));
        SAME(said, want);
    }
    CHECK(rc == KV_OK ? !code || silent : code && !silent);
    CHECK(info_has(s->db, rc == KV_OK ? "rdb_last_bgsave_status:ok"
                                      : "rdb_last_bgsave_status:err"));
    const char *refused = run(s->db, NULL, "SET k v");
    CHECK(!strncmp(refused, rc == KV_OK ? "+OK" : "-MISCONF ", 3));
    IS(s->db, NULL, "GET k", "\"v\"");
    /* another may be there only if it could not be removed */
    if (!for_ever) EQ(names_count(d->now), 1);
    disk_arm(d, 0, 0, 0);
    on_disk(d, file);
    if (strcmp(file, s->now)) {
        CHECK(rc != KV_OK);
        SAME(file, s->old);
    } else if (rc != KV_OK) {
        SAME(failed, "syncdir");
    }
    strcpy(s->old, file);
}

static void saves_with_failures(int way) {
    static const int codes[] = {KV_IO, KV_FULL, KV_NOFILES, 0};
    disk d;
    fake f = FAKE_START;
    state s;
    uint64_t seed = 11;
    disk_open(&d);
    s.d = &d;
    s.db = with(&d, &f);
    OK(kv_config(s.db, "save", "100000 100000"));
    fill(s.db, 1, 60);
    IS(s.db, NULL, "SET k v", "+OK");
    digest(s.db, s.now);
    saves_well(&s, way);
    for (int i = 0; i < 8; i++) {
        int code = codes[i / 2], for_ever = i % 2, failed = 1;
        for (long n = 1; failed; n++) {
            OK(kv_config(s.db, "stop-writes-on-bgsave-error", "no"));
            OK(put_random(s.db, 1, 59, 900, &seed, 0));
            OK(kv_config(s.db, "stop-writes-on-bgsave-error", "yes"));
            digest(s.db, s.now);
            CHECK(strcmp(s.now, s.old));
            disk_arm(&d, n, code, for_ever);
            int rc = save_by(s.db, way);
            failed = d.failed[0] != 0;
            if (failed) after_failure(&s, way, rc, code, for_ever);
            else OK(rc);
            disk_arm(&d, 0, 0, 0);
            if (failed && n % 2) continue; /* one failure after the other */
            saves_well(&s, way);
        }
    }
    finish(s.db);
    disk_close(&d);
}

static void kv_save_with_failures(void) { saves_with_failures(KV_SAVE); }
static void save_with_failures(void) { saves_with_failures(SAVE); }
static void bgsave_with_failures(void) { saves_with_failures(BGSAVE); }

/* Writes that are refused because a snapshot failed are taken again soon after
 * the disk is well, though no save point is reached meanwhile. */
static void recovers_by_itself(void) {
    for (int changes = 0; changes < 2; changes++) {
        disk d;
        fake f = FAKE_START;
        kv *db;
        char now[41], file[41];
        disk_open(&d);
        db = with(&d, &f);
        OK(kv_config(db, "save", "900 100"));
        if (changes) OK(put(db, "k", "v"));
        disk_arm(&d, 1, KV_FULL, 1);
        CHECK(save_by(db, BGSAVE) != KV_OK);
        CHECK(!strncmp(run(db, NULL, "SET k v"), "-MISCONF ", 9));
        for (int i = 0; i < 60; i++) {
            fake_add(&f, 1000);
            OK(kv_poll(db, 0));
        }
        CHECK(info_has(db, "rdb_last_bgsave_status:err"));
        CHECK(d.calls < 400); /* it does not try all the time */
        disk_arm(&d, 0, 0, 0);
        CHECK(kv_timeout(db) >= 0 && kv_timeout(db) <= 10000);
        for (int i = 0; i < 12; i++) {
            fake_add(&f, 1000);
            OK(kv_poll(db, 0));
        }
        wait_saved(db);
        CHECK(info_has(db, "rdb_last_bgsave_status:ok"));
        IS(db, NULL, "SET j w", "+OK");
        IS(db, NULL, "DEL j", ":1");
        digest(db, now);
        SAME(on_disk(&d, file), now);
        finish(db);
        disk_close(&d);
    }
}

static void backup_with_failures(void) {
    disk d;
    kv *db;
    char now[41], copy[41];
    disk_open(&d);
    db = with(&d, NULL);
    OK(kv_config(db, "save", "100000 100000"));
    fill(db, 2, 60);
    digest(db, now);
    for (long n = 1, failed = 1; failed; n++) {
        disk_arm(&d, n, KV_FULL, 0);
        int rc = kv_backup(db, COPY_NAME);
        failed = d.failed[0] != 0;
        disk_arm(&d, 0, 0, 0);
        if (rc != KV_OK) {
            EQ(rc, KV_FULL);
            SAME(kv_message(db), "cannot save to " COPY_NAME ": no space left");
        }
        /* it is nobody's business but the caller's */
        CHECK(info_has(db, "rdb_last_bgsave_status:ok"));
        IS(db, NULL, "SET k v", "+OK");
        IS(db, NULL, "DEL k", ":1");
        CHECK(!names_find(d.now, FILE_NAME));
        CHECK(names_count(d.now) == (names_find(d.now, COPY_NAME) != NULL));
    }
    kv_close(db);
    OK(kv_open(&db, NULL));
    kv_close(db);
    db = with(&d, NULL); /* the copy is not read */
    EQ(run_int(db, NULL, "DBSIZE"), 0);
    OK(kv_load(db, COPY_NAME));
    digest(db, copy);
    SAME(copy, now);
    finish(db);
    disk_close(&d);
}

/* What cannot be read whole is not read; a file that is not there is none. */
static void load_with_failures(void) {
    static const int codes[] = {KV_IO, KV_NOFILES, 0};
    disk d;
    kv *db;
    char now[41], got[41];
    uint64_t seed = 5;
    disk_open(&d);
    db = with(&d, NULL);
    fill(db, 3, 60);
    OK(put_random(db, 2, 1000, LONG, &seed, 0));
    OK(put_random(db, 2, 1001, LONG, &seed, 0));
    OK(kv_save(db));
    digest(db, now);
    kv_close(db);
    for (int i = 0; i < 6; i++) {
        int code = codes[i / 2], for_ever = i % 2, failed = 1;
        for (long n = 1; failed; n++) {
            disk_arm(&d, n, code, for_ever);
            int rc = try_open(&d, &db, NULL, NULL);
            failed = d.failed[0] != 0;
            if (rc != KV_OK) {
                CHECK(!db && failed);
                EQ(rc, code);
                continue;
            }
            /* it looks whether there is a log, to say that it is not read */
            CHECK(!failed || !code || !strcmp(d.failed, "close") || n == 1);
            digest(db, got);
            SAME(got, now);
            finish(db);
        }
    }
    disk_arm(&d, 2, KV_MISSING, 0);
    db = with(&d, NULL);
    SAME(d.failed, "open");
    EQ(run_int(db, NULL, "DBSIZE"), 0);
    finish(db);
    EQ(names_count(d.now), 1);
    disk_close(&d);
}

/* kv_load() says which file and why; the instance goes on. */
static void kv_load_with_failures(void) {
    disk d;
    kv *db;
    char now[41], got[41];
    disk_open(&d);
    db = with(&d, NULL);
    fill(db, 4, 60);
    OK(kv_backup(db, COPY_NAME));
    digest(db, now);
    kv_close(db);
    db = with(&d, NULL);
    for (long n = 1, failed = 1; failed; n++) {
        disk_arm(&d, n, KV_IO, 0);
        int rc = kv_load(db, COPY_NAME);
        failed = d.failed[0] != 0;
        if (rc == KV_OK) {
            digest(db, got);
            SAME(got, now);
        } else {
            const char *why = kv_message(db);
            EQ(rc, KV_IO);
            CHECK(strstr(why, COPY_NAME) && !strchr(why, '\n'));
        }
        OK(kv_check(db));
    }
    disk_arm(&d, 0, 0, 0);
    EQ(kv_load(db, "/d/nothing"), KV_MISSING);
    CHECK(strstr(kv_message(db), "/d/nothing"));
    finish(db);
    disk_close(&d);
}

/* ---- A slow disk --------------------------------------------------------- */

static void gate_shut(disk *d, const char *what) {
    pthread_mutex_lock(&d->lock);
    d->gate = what;
    d->held = d->late = 0;
    d->own = pthread_self();
    pthread_mutex_unlock(&d->lock);
}

static void gate_open(disk *d) {
    pthread_mutex_lock(&d->lock);
    d->gate = NULL;
    pthread_cond_broadcast(&d->moved);
    pthread_mutex_unlock(&d->lock);
}

/* Waits until kv's thread stands before the gate; 0: it has none. */
static int gate_waits(disk *d) {
    pthread_mutex_lock(&d->lock);
    while (!d->held && !d->late && d->calls < 30) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 5;
        if (pthread_cond_timedwait(&d->moved, &d->lock, &until)) break;
    }
    int held = d->held;
    pthread_mutex_unlock(&d->lock);
    return held;
}

/* What happens to long values while the file's thread reads them. The data of
 * the moment gets into the file, and the block is not freed before. */
static void long_values_meanwhile(void) {
    static const char *const cases[][6] = {
        {"DEL key:0", "SET key:0 new"},
        {"SET key:0 new", "APPEND key:0 er"},
        {"APPEND key:0 tail", "APPEND key:0 tail"},
        {"SETRANGE key:0 7 xyz", "DEL key:0"},
        {"SETRANGE key:0 300000 xyz"},
        {"GETDEL key:0"},
        {"EXPIRE key:0 100", "PERSIST key:0", "APPEND key:0 x"},
        {"PEXPIRE key:0 0"},
        {"RENAME key:0 other", "APPEND other x", "DEL other"},
        {"RENAME key:0 other", "FLUSHDB"},
        {"COPY key:0 other", "DEL key:0", "APPEND other x"},
        {"MOVE key:0 2", "SELECT 2", "APPEND key:0 x", "DEL key:0"},
        {"MOVE key:0 2", "SELECT 2", "FLUSHDB"},
        {"MOVE key:0 2", "FLUSHALL"},
        {"MOVE key:0 1", "SELECT 1", "FLUSHDB"},
        {"SELECT 1", "FLUSHDB", "SELECT 0", "MOVE key:0 1", "SELECT 1",
         "FLUSHDB"},
        {"FLUSHALL"},
        {"FLUSHDB", "SET key:0 new"},
        {"SWAPDB 0 1", "SELECT 1", "DEL key:0"},
        {"SWAPDB 0 2", "FLUSHDB", "SELECT 2", "FLUSHDB"},
        {"DEBUG RELOAD"},
        {"CONFIG SET maxmemory-policy allkeys-random maxmemory 1",
         "CONFIG SET maxmemory 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        disk d;
        kv *db;
        char before[41], file[41];
        disk_open(&d);
        db = with(&d, NULL);
        OK(kv_poll(db, 0)); /* the pipe is there */
        OK(put_random(db, 0, 0, LONG, &(uint64_t){i + 1}, 0));
        OK(put_random(db, 0, 1, LONG, &(uint64_t){i + 2}, 0));
        OK(put_random(db, 1, 1, 20, &(uint64_t){i + 3}, 0));
        digest(db, before);
        disk_arm(&d, 0, 0, 0);
        gate_shut(&d, "write");
        IS(db, NULL, "BGSAVE", "+Background saving started");
        for (int j = 0; j < 3; j++) OK(kv_poll(db, 0));
        gate_waits(&d);
        for (int j = 0; j < 6 && cases[i][j]; j++) {
            if (!strcmp(cases[i][j], "DEBUG RELOAD")) gate_open(&d);
            const char *got = run(db, NULL, cases[i][j]);
            if (*got == '-') fprintf(stderr, "%s: %s\n", cases[i][j], got);
            CHECK(*got != '-');
        }
        /* what was freed is used again, if it was freed */
        OK(put_random(db, 7, 0, LONG, &(uint64_t){i + 9}, 0));
        OK(put_random(db, 7, 1, LONG, &(uint64_t){i + 9}, 0));
        OK(kv_check(db));
        gate_open(&d);
        wait_saved(db);
        CHECK(!d.late);
        on_disk(&d, file);
        if (strcmp(file, before)) fprintf(stderr, "%s ...\n", cases[i][0]);
        SAME(file, before);
        finish(db);
        disk_close(&d);
    }
}

static void *save_main(void *arg) {
    CHECK(kv_save((kv *)arg) == KV_OK);
    return NULL;
}

/* Whoever waits for the disk keeps nobody else waiting. */
static void others_are_served(void) {
    static const char *const calls[] = {"write", "sync", "rename", "syncdir"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        disk d;
        kv *db;
        char before[41], file[41];
        disk_open(&d);
        db = with(&d, NULL);
        fill(db, 5, 30);
        OK(kv_save(db)); /* where kv has a thread, it is there now */
        digest(db, before);
        disk_arm(&d, 0, 0, 0);
        gate_shut(&d, calls[i]);
#if !defined(KV_THREADS) || KV_THREADS
        pthread_t t = start(save_main, db);
        CHECK(gate_waits(&d));
        EQ(kv_save(db), KV_BUSY);
        EQ(kv_backup(db, COPY_NAME), KV_BUSY);
        OK(put(db, "meanwhile", "served"));
        SAME(get(db, "meanwhile"), "served");
        gate_open(&d);
        join(t);
#else
        save_main(db);
        gate_open(&d);
#endif
        CHECK(!d.late);
        SAME(on_disk(&d, file), before);
        finish(db);
        disk_close(&d);
    }
}

/* An instance that is closed in the middle leaves the old file or the new. */
static void closed_meanwhile(void) {
    for (int i = 0; i < 4; i++) {
        disk d;
        kv *db;
        uint64_t seed = 3;
        char old[41], now[41], file[41];
        disk_open(&d);
        db = with(&d, NULL);
        fill(db, 6, 30);
        digest(db, old);
        OK(kv_save(db));
        churn(db, &seed);
        digest(db, now);
        IS(db, NULL, "BGSAVE", "+Background saving started");
        for (int j = 0; j < i; j++) OK(kv_poll(db, 0));
        kv_close(db);
        EQ(names_count(d.now), 1);
        if (strcmp(on_disk(&d, file), old)) SAME(file, now);
        disk_close(&d);
    }
}

/* ---- Crashes ------------------------------------------------------------- */

enum { SAVES = 24 };

/* What saves could have left, by number; 0 is the time before the first. */
typedef struct history {
    char digests[SAVES][41];
    int begun, sure; /* the last that began; that was acknowledged */
    unsigned seeds;
    uint64_t seed;
    long crashes, files;
} history;

/* A file as a crash leaves it: of each sector that was not synced the old, the
 * new, both, or what the disk had there; of the sizes any. */
static void file_crash(inode *to, const inode *from, uint64_t *seed) {
    size_t n = from->safe_n;
    unsigned keep = rnd(seed, 4); /* of 3 sectors */
    uint32_t choice = rnd(seed, 4);
    if (choice == 0) n = from->n;
    if (choice == 1 && from->n > n) {
        n += rnd(seed, (uint32_t)(from->n - n) + 1);
    }
    if (choice == 1 && from->n < n) {
        n -= rnd(seed, (uint32_t)(n - from->n) + 1);
    }
    to->p = grown(NULL, to->cap = to->n = n);
    to->safe = grown(NULL, to->safe_n = n);
    for (size_t at = 0; at < n; at += SECTOR) {
        char old[SECTOR] = {0}, new[SECTOR] = {0};
        size_t left = n - at < SECTOR ? n - at : SECTOR, cut = 0;
        if (at < from->safe_n) {
            size_t m = from->safe_n - at;
            memcpy(old, from->safe + at, m < SECTOR ? m : SECTOR);
        } else if (rnd(seed, 8) == 0) {
            memset(old, (int)rnd(seed, 256), SECTOR);
        }
        if (at < from->n) {
            size_t m = from->n - at;
            memcpy(new, from->p + at, m < SECTOR ? m : SECTOR);
        }
        if (rnd(seed, 3) < keep) cut = SECTOR;
        if (rnd(seed, 20) == 0) cut = rnd(seed, SECTOR); /* it is torn */
        memcpy(old, new, cut);
        memcpy(to->p + at, old, left);
    }
    memcpy(to->safe, to->p, n);
}

/* `c` becomes what is found on `d` after a crash: of the changes of names some
 * have happened, in any order. */
static void disk_crash(disk *c, const disk *d, uint64_t seed) {
    int order[CHANGES];
    unsigned keep = rnd(&seed, 4);
    disk_open(c);
    memcpy(c->now, d->safe, sizeof c->now);
    for (int i = 0; i < d->nchanges; i++) {
        int j = (int)rnd(&seed, (uint32_t)i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    for (int i = 0; i < d->nchanges; i++) {
        if (rnd(&seed, 3) < keep) names_change(c->now, &d->changes[order[i]]);
    }
    for (int i = 0, n = 0; i < NAMES; i++) {
        if (!c->now[i].f) continue;
        file_crash(&c->files[n], c->now[i].f, &seed);
        c->now[i].f = &c->files[n++];
    }
    memcpy(c->safe, c->now, sizeof c->safe);
}

/* The number of the save that the disk holds. */
static int disk_holds(disk *c, const history *h) {
    char file[41];
    int i = h->begun;
    on_disk(c, file);
    while (i >= h->sure && strcmp(h->digests[i], file)) i--;
    return i;
}

/* Crashes here, many times. */
static void crash_after(disk *d, void *ctx) {
    history *h = (history *)ctx;
    h->files++;
    for (unsigned i = 0; i < h->seeds; i++) {
        disk c;
        uint64_t seed = (uint64_t)h->files * 1000003 + i + 1 + h->seed;
        h->crashes++;
        disk_crash(&c, d, seed);
        int found = disk_holds(&c, h);
        if (found < h->sure) {
            fprintf(stderr, "call %ld, seed %u, between saves %d and %d\n",
                    h->files, i, h->sure, h->begun);
        }
        CHECK(found >= h->sure);
        if (i % 8 == 0) { /* the next save is as good, and so is a crash then */
            disk again;
            history then = *h;
            kv *db = with(&c, NULL);
            put(db, "again", "yes");
            OK(kv_save(db));
            then.begun = then.sure = 0;
            digest(db, then.digests[0]);
            finish(db);
            disk_crash(&again, &c, seed);
            EQ(disk_holds(&again, &then), 0);
            disk_close(&again);
        }
        disk_close(&c);
    }
}

/* Says which data the next save is of. */
static void crash_begin(disk *d, history *h, kv *db) {
    char now[41];
    digest(db, now);
    pthread_mutex_lock(&d->lock);
    CHECK(h->begun + 1 < SAVES);
    strcpy(h->digests[++h->begun], now);
    pthread_mutex_unlock(&d->lock);
}

/* It was acknowledged, or not. */
static void crash_end(disk *d, history *h, int good) {
    pthread_mutex_lock(&d->lock);
    if (good) h->sure = h->begun;
    pthread_mutex_unlock(&d->lock);
}

static void crashes(void) {
    const char *rounds = getenv("KV_ROUNDS");
    disk d;
    history *h = (history *)calloc(1, sizeof *h);
    CHECK(h);
    fake f = FAKE_START;
    kv *db;
    disk_open(&d);
    h->seeds = 4;
    if (rounds) h->seed = h->seeds = (unsigned)atoi(rounds);
    strcpy(h->digests[0], "none");
    d.ctx = h;
    d.after = crash_after;
    db = with(&d, &f);
    for (int i = 0; i < 8; i++) {
        uint64_t seed = 100 + (uint64_t)i;
        fill_some(db, seed, 30 + 20 * (unsigned)i % 60);
        crash_begin(&d, h, db);
        if (i % 4 == 1) { /* changes meanwhile */
            IS(db, NULL, "BGSAVE", "+Background saving started");
            churn(db, &seed);
            if (i == 5) IS(db, NULL, "FLUSHALL", "+OK");
            wait_saved(db);
            CHECK(info_has(db, "rdb_last_bgsave_status:ok"));
            crash_end(&d, h, 1);
        } else if (i % 4 == 2) { /* a failure on top */
            for (long n = 1; n < 9; n += 2) {
                disk_arm(&d, n + (i == 6), KV_IO, 0);
                crash_end(&d, h, kv_save(db) == KV_OK);
                OK(put_random(db, 0, 5, 50, &seed, 0));
                crash_begin(&d, h, db);
            }
            disk_arm(&d, 0, 0, 0);
            OK(kv_save(db));
            crash_end(&d, h, 1);
        } else {
            OK(kv_save(db));
            crash_end(&d, h, 1);
        }
    }
    d.after = NULL;
    CHECK(h->crashes > 100);

    finish(db);
    free(h);
    disk_close(&d);
}

/* ---- No memory ----------------------------------------------------------- */

/* Each block has its size in front. */
typedef union head {
    size_t n;
    long double a;
    void *b;
    long long c;
} head;

typedef struct heap {
    long calls, blocks;
    long fail_at; /* this call fails, 0: none */
    int for_ever; /* and all after it */
    int failed;
} heap;

static void *heap_alloc(void *ctx, void *p, size_t old, size_t n) {
    heap *h = (heap *)ctx;
    head *b = p ? (head *)p - 1 : NULL, *fresh_block;
    CHECK(b ? b->n == old && old : !old);
    if (!n) {
        if (b) memset(p, 0xdd, old);
        if (b) h->blocks--;
        free(b);
        return NULL;
    }
    h->calls++;
    if (h->fail_at &&
        (h->for_ever ? h->calls >= h->fail_at : h->calls == h->fail_at)) {
        h->failed = 1;
        return NULL;
    }
    fresh_block = (head *)malloc(sizeof(head) + n);
    CHECK(fresh_block);
    fresh_block->n = n;
    if (b) {
        memcpy(fresh_block + 1, p, old < n ? old : n);
        memset(p, 0xdd, old);
        free(b);
    } else {
        h->blocks++;
    }
    return fresh_block + 1;
}

static void heap_arm(heap *h, long n, int for_ever) {
    h->calls = 0;
    h->failed = 0;
    h->fail_at = n;
    h->for_ever = for_ever;
}

static kv *heap_open(heap *h, disk *d) {
    kv_desc desc = fake_desc(&stopped);
    kv *db = NULL;
    memset(h, 0, sizeof *h);
    desc.alloc = heap_alloc;
    desc.alloc_ctx = h;
    OK(try_open(d, &db, NULL, &desc));
    return db;
}

static void heap_finish(heap *h, kv *db) {
    heap_arm(h, 0, 0);
    finish(db);
    EQ(h->blocks, 0);
}

/* Executes a line in both, in the second only what was done in the first. */
static void attempt_both(kv *db, kv *twin, const char *line) {
    kv_reply *r = NULL;
    int rc = kv_exec_line(db, NULL, line, &r);
    if (rc != KV_OK) {
        EQ(rc, KV_NOMEM);
    } else if (r->type != KV_ERROR || strncmp(r->str, "OOM ", 4)) {
        run(twin, NULL, line);
    }
    kv_reply_free(db, r);
}

/* What it does at the n-th failing allocation. 1: there was none. */
static int saves_with_heap(int way, long n, int for_ever) {
    static const char *const lines[] = {
        "SELECT 0",       "APPEND key:0 tail", "DEL key:5 key:6 key:7",
        "SELECT 1",       "RENAME key:1 x",    "EXPIRE x 100",
        "MOVE x 2",       "SELECT 2",          "SETRANGE x 9 hello",
        "COPY x y",       "SET x new",         "SELECT 0",
        "APPEND key:0 z", "SWAPDB 0 1",        "FLUSHDB",
        "SET again v",    "FLUSHALL",          "SET k v"};
    disk d;
    heap h;
    kv *db, *twin;
    char moment[41], old[41], a[41], b[41], file[41];
    int rc = KV_OK, failed;
    disk_open(&d);
    db = heap_open(&h, &d);
    OK(kv_open(&twin, NULL));
    kv_close(twin);
    twin = fresh(&stopped);
    fill(db, 8, 25);
    OK(kv_save(db));
    digest(db, old);
    OK(put(db, "k", "v"));
    fill(twin, 8, 25);
    OK(put(twin, "k", "v"));
    OK(kv_poll(db, 0));
    digest(db, moment);
    heap_arm(&h, n, for_ever);
    if (way == KV_SAVE) {
        rc = kv_save(db);
        CHECK(rc == KV_OK || rc == KV_NOMEM);
        if (rc == KV_NOMEM && !for_ever) {
            CHECK(!strncmp(kv_message(db), "cannot save", 11));
            CHECK(strstr(kv_message(db), ": out of memory"));
        }
    } else {
        kv_reply *r = NULL;
        rc = kv_exec_line(db, NULL, "BGSAVE", &r);
        CHECK(rc == KV_OK || rc == KV_NOMEM);
        if (rc == KV_OK && r->type == KV_ERROR) {
            CHECK(strstr(r->str, "memory"));
            rc = KV_NOMEM;
        }
        kv_reply_free(db, r);
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
            attempt_both(db, twin, lines[i]);
            if (i % 4 == 0) OK(kv_poll(db, 0));
        }
    }
    for (int i = 0; i < 2000; i++) OK(kv_poll(db, 0));
    failed = h.failed;
    heap_arm(&h, 0, 0);
    wait_saved(db);
    OK(kv_check(db));
    digest(db, a);
    digest(twin, b);
    SAME(a, b); /* nothing was done by halves */
    EQ(names_count(d.now), 1);
    on_disk(&d, file);
    if (strcmp(file, moment)) SAME(file, old);
    if (rc == KV_OK && !failed) SAME(file, moment);
    if (way == KV_SAVE && rc != KV_OK) SAME(file, old);
    OK(kv_save(db));
    SAME(on_disk(&d, file), a);
    EQ(names_count(d.now), 1);
    finish(twin);
    heap_finish(&h, db);
    disk_close(&d);
    return !failed;
}

static void saves_without_memory(int way) {
    for (long n = 1; !saves_with_heap(way, n, 0); n++) CHECK(n < 10000);
    for (long n = 1; !saves_with_heap(way, n, 1); n += 1 + n / 10) {
        CHECK(n < 10000);
    }
}

static void save_without_memory(void) { saves_without_memory(KV_SAVE); }
static void bgsave_without_memory(void) { saves_without_memory(BGSAVE); }

/* Reads what is there, or says that it could not; `flip` damages the file
 * where only the checksum tells. 1: no allocation failed. */
static int load_with_heap(long n, int for_ever, int flip) {
    disk d;
    heap h;
    kv *db = NULL;
    char now[41], got[41];
    kv_desc desc = fake_desc(&stopped);
    disk_open(&d);
    db = with(&d, NULL);
    fill(db, 9, 25);
    OK(kv_save(db));
    digest(db, now);
    kv_close(db);
    inode *f = names_find(d.now, FILE_NAME)->f;
    if (flip) f->p[f->n / 2] ^= 1; /* in a long value */
    memset(&h, 0, sizeof h);
    desc.alloc = heap_alloc;
    desc.alloc_ctx = &h;
    heap_arm(&h, n, for_ever);
    int rc = try_open(&d, &db, NULL, &desc), failed = h.failed;
    if (rc == KV_OK) {
        heap_arm(&h, 0, 0);
        digest(db, got);
        SAME(got, now);
        OK(kv_save(db));
        heap_finish(&h, db);
    } else {
        CHECK(!db);
        CHECK(rc == KV_NOMEM ? failed : rc == KV_CORRUPT && flip);
    }
    EQ(h.blocks, 0);
    disk_close(&d);
    return !failed;
}

static void load_without_memory(void) {
    for (int flip = 0; flip < 2; flip++) {
        for (long n = 1; !load_with_heap(n, 0, flip); n++) CHECK(n < 10000);
        for (long n = 1; !load_with_heap(n, 1, flip); n += 1 + n / 10) {
            CHECK(n < 10000);
        }
    }
}

static const test tests[] = {
    T(kv_save_with_failures),
    T(save_with_failures),
    T(bgsave_with_failures),
    T(backup_with_failures),
    T(recovers_by_itself),
    T(load_with_failures),
    T(kv_load_with_failures),
    T(long_values_meanwhile),
    T(others_are_served),
    T(closed_meanwhile),
    T(crashes),
    T(save_without_memory),
    T(bgsave_without_memory),
    T(load_without_memory),
};
MAIN(tests)
