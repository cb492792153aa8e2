/* A disk in memory behind kv_sys, which loses at a crash what a real one may
 * lose, and fails at any call.
 *
 * A file has two contents: what is read, and what was there at its last good
 * sync; between them stand the writes that were not synced. A directory has
 * two tables of names, likewise, and the changes between them. A crash keeps
 * of the writes and changes what it likes; see disk_crash().
 *
 * The clock belongs to the disk, so that a slow sync takes time.
 */
#ifndef DISK_H
#define DISK_H

#include "../kv/api/test.h"

#include <pthread.h>

#if defined(KV_THREADS) && !KV_THREADS
#define THREADS 0
#else
#define THREADS 1
#endif

enum {
    SECTOR = 512,
    FILES = 160,
    NAMES = 96,
    CHANGES = 256,
    HANDLES = 24,
    STALE = 64,        /* sectors that were on the disk once */
    FIRST_FD = 1 << 20 /* beyond those of the system: the loop's pipe */
};

#define DIR_NAME "/d"

/* A write, or the cut of a file at `at`. */
typedef struct change_of_data {
    size_t at, n;
    size_t from; /* of inode.bytes */
    int cut;
} change_of_data;

typedef struct inode {
    int is_dir;
    text now, safe;
    text bytes; /* of the writes */
    change_of_data *ops;
    size_t nops, ops_cap;
    text bad; /* by sector: 1: a sync of it failed. Later ones do not bring it
                 on disk, unless it is written again */
} inode;

typedef struct name {
    char path[80];
    inode *f; /* NULL: no such name */
} name;

/* `path` becomes `f` (NULL: it goes), and `from`, if it still is `f`, goes. */
typedef struct change {
    char path[80], from[80];
    inode *f;
} change;

/* What a disk may lie about, to see that it is noticed. */
enum {
    HONEST,
    LIE_SYNC,     /* sync does nothing */
    LIE_SYNC_DIR, /* nor sync_dir */
    LIE_RENAME,   /* the old name goes before the new one comes */
    LIE_WRITE,    /* a bit is flipped in one write of a hundred */
    LIE_SHORT,    /* one write of a hundred stops half way and says nothing */
    LIE_LOST,     /* one write of a hundred is not done */
    LIE_OFTEN,    /* one sync of ten does nothing */
    LIES
};

enum { AT_SYNC = 1, AT_WRITE, AT_RENAME, AT_OTHERS };

#define DISK_LOAD(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define DISK_STORE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)

typedef struct disk {
    pthread_mutex_t lock;
    pthread_mutex_t clock_lock; /* the last that is taken */
    fake clock;
    inode files[FILES];
    name now[NAMES], safe[NAMES];
    change changes[CHANGES];
    int nchanges;
    inode *handles[HANDLES];
    int locked;      /* the handle that keeps the directory + 1 */
    int most_open;   /* most files open at a time */
    size_t capacity; /* bytes of all files; 0: no limit */
    int slow_ms;     /* what a sync takes */
    int stuck;       /* syncs do not end; 2: one is waiting */
    int dead;        /* nothing reaches it any more */
    int lie;
    uint64_t seed; /* of the lies, and of kv's random bytes */
    char stale[STALE][SECTOR];
    unsigned nstale;
    /* faults */
    long calls;
    long fail_at;    /* this call fails; 0: none */
    int for_ever;    /* and all after it */
    int code;        /* with this result; 0: it does half of its work */
    int only;        /* calls of this kind, AT_SYNC ...; 0: all */
    char failed[10]; /* the call that did; "": none */
    int has_failed;  /* one did; also read without the lock */
    long ops, syncs, reads;
    void (*after)(struct disk *d, void *ctx); /* after each change */
    void *ctx;
} disk;

static void inode_clear(inode *f) {
    text_free(&f->now);
    text_free(&f->safe);
    text_free(&f->bytes);
    text_free(&f->bad);
    free(f->ops);
    memset(f, 0, sizeof *f);
}

static void text_set(text *t, const void *p, size_t n) {
    t->n = 0;
    text_add(t, p, n);
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

static inline int names_count(const name *table, const char *part) {
    int n = 0;
    for (int i = 0; i < NAMES; i++) {
        n += table[i].f && strstr(table[i].path, part);
    }
    return n;
}

/* Whether both stand in the same directory. */
static int same_dir(const char *a, const char *b) {
    size_t n = (size_t)(strrchr(a, '/') - a);
    return n == (size_t)(strrchr(b, '/') - b) && !memcmp(a, b, n);
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
        inode_clear(f);
        return f;
    }
    CHECK(!"too many files");
    return NULL;
}

static void disk_open(disk *d, uint64_t seed) {
    fake start = FAKE_START;
    memset(d, 0, sizeof *d);
    CHECK(!pthread_mutex_init(&d->lock, NULL));
    CHECK(!pthread_mutex_init(&d->clock_lock, NULL));
    d->seed = seed | 1;
    d->clock = start;
    d->files[0].is_dir = 1;
    names_set(d->now, DIR_NAME, &d->files[0]);
    names_set(d->safe, DIR_NAME, &d->files[0]);
}

static void disk_free(disk *d) {
    for (int i = 0; i < FILES; i++) inode_clear(&d->files[i]);
    CHECK(!pthread_mutex_destroy(&d->lock));
    CHECK(!pthread_mutex_destroy(&d->clock_lock));
}

static inline void disk_close(disk *d) {
    for (int i = 0; i < HANDLES; i++) CHECK(!d->handles[i]);
    CHECK(!d->locked);
    disk_free(d);
}

/* ---- The clock ----------------------------------------------------------- */

static int64_t disk_wall(void *ctx) {
    disk *d = (disk *)ctx;
    pthread_mutex_lock(&d->clock_lock);
    int64_t us = d->clock.wall;
    pthread_mutex_unlock(&d->clock_lock);
    return us;
}

static int64_t disk_mono(void *ctx) {
    disk *d = (disk *)ctx;
    pthread_mutex_lock(&d->clock_lock);
    int64_t us = d->clock.mono;
    pthread_mutex_unlock(&d->clock_lock);
    return us;
}

static void clock_copy(disk *c, disk *d) {
    pthread_mutex_lock(&d->clock_lock);
    c->clock = d->clock;
    pthread_mutex_unlock(&d->clock_lock);
}

/* Time passes; more of it by the wall clock if that jumps. */
static void disk_pass(disk *d, int64_t ms, int64_t jump_ms) {
    pthread_mutex_lock(&d->clock_lock);
    fake_add(&d->clock, ms);
    d->clock.wall += jump_ms * 1000;
    pthread_mutex_unlock(&d->clock_lock);
}

/* ---- Changes ------------------------------------------------------------- */

/* What was changed and is not safe yet. */
static void disk_change(disk *d, const char *path, const char *from, inode *f) {
    CHECK(d->nchanges < CHANGES && strlen(path) < sizeof d->now->path);
    change *c = &d->changes[d->nchanges++];
    strcpy(c->path, path);
    strcpy(c->from, from);
    c->f = f;
    names_change(d->now, c);
}

/* Puts bytes at a place, with zeros before them where there was nothing. */
static void text_put_at(text *t, const void *p, size_t n, size_t at) {
    static const char zeros[SECTOR];
    while (t->n < at) {
        size_t gap = at - t->n;
        text_add(t, zeros, gap < SECTOR ? gap : SECTOR);
    }
    if (at + n > t->n) {
        size_t both = t->n - at;
        if (both) memcpy(t->p + at, p, both);
        text_add(t, (const char *)p + both, n - both);
    } else if (n) {
        memcpy(t->p + at, p, n);
    }
}

static void file_note(inode *f, const void *p, size_t n, size_t at, int cut) {
    if (f->nops == f->ops_cap) {
        f->ops_cap = 2 * f->ops_cap + 16;
        f->ops = (change_of_data *)realloc(f->ops, f->ops_cap * sizeof *f->ops);
        CHECK(f->ops);
    }
    change_of_data *o = &f->ops[f->nops++];
    o->at = at;
    o->n = n;
    o->cut = cut;
    o->from = f->bytes.n;
    if (n) text_add(&f->bytes, p, n);
}

static void file_write(disk *d, inode *f, const void *p, size_t n, size_t at) {
    if (!n) return;
    file_note(f, p, n, at, 0);
    text_put_at(&f->now, p, n, at);
    for (size_t i = at / SECTOR; i * SECTOR < at + n && i < f->bad.n; i++) {
        f->bad.p[i] = 0;
    }
    /* what is on the disk now may turn up elsewhere later */
    size_t last = (at + n - 1) / SECTOR * SECTOR, m = f->now.n - last;
    char *s = d->stale[d->nstale++ % STALE];
    memset(s, 0, SECTOR);
    memcpy(s, f->now.p + last, m < SECTOR ? m : SECTOR);
}

static void file_cut(inode *f, size_t n) {
    file_note(f, NULL, 0, n, 1);
    if (n < f->now.n) f->now.n = n;
    else text_put_at(&f->now, NULL, 0, n);
}

static void file_sync(inode *f) {
    text old = f->safe;
    memset(&f->safe, 0, sizeof f->safe);
    text_set(&f->safe, f->now.p ? f->now.p : "", f->now.n);
    f->nops = f->bytes.n = 0;
    for (size_t i = 0; i < f->bad.n; i++) { /* that is as it was */
        size_t at = i * SECTOR, n = f->now.n - at, m = old.n - at;
        if (!f->bad.p[i] || at >= f->now.n) continue;
        if (n > SECTOR) n = SECTOR;
        memset(f->safe.p + at, 0, n);
        if (at < old.n) memcpy(f->safe.p + at, old.p + at, m < n ? m : n);
        file_note(f, f->now.p + at, n, at, 0);
    }
    text_free(&old);
}

static void file_sync_failed(inode *f) {
    for (size_t i = 0; i < f->nops; i++) {
        const change_of_data *o = &f->ops[i];
        size_t last = (o->at + o->n + SECTOR - 1) / SECTOR;
        static const char zero;
        if (o->cut) continue;
        while (f->bad.n < last) text_add(&f->bad, &zero, 1);
        memset(f->bad.p + o->at / SECTOR, 1, last - o->at / SECTOR);
    }
}

static size_t disk_used(const disk *d) {
    size_t n = 0;
    for (int i = 0; i < NAMES; i++) {
        if (d->now[i].f) n += d->now[i].f->now.n;
    }
    return n;
}

static int disk_one_of(disk *d, uint32_t n) { return rnd(&d->seed, n) == 0; }

/* ---- kv's calls ---------------------------------------------------------- */

/* Begins a call: KV_OK, or the result that it must have; KV_NONE: it does half
 * of its work. */
static int call_begin(disk *d, const char *what, int kind) {
    pthread_mutex_lock(&d->lock);
    if (d->dead) return KV_IO;
    d->ops++;
    if (d->only && d->only != kind) return KV_OK;
    d->calls++;
    if (!d->fail_at || d->calls < d->fail_at ||
        (d->calls > d->fail_at && !d->for_ever))
        return KV_OK;
    if (!d->failed[0]) strcpy(d->failed, what);
    DISK_STORE(d->has_failed, 1);
    return d->code ? d->code : KV_NONE;
}

/* A call that changed nothing. */
static int64_t call_end(disk *d, int64_t rc) {
    pthread_mutex_unlock(&d->lock);
    return rc;
}

static int64_t call_changed(disk *d, int64_t rc) {
    if (d->after && !d->dead) d->after(d, d->ctx);
    return call_end(d, rc);
}

static inode *disk_handle(disk *d, int fd) {
    CHECK(fd >= FIRST_FD && fd < FIRST_FD + HANDLES);
    CHECK(d->handles[fd - FIRST_FD]);
    return d->handles[fd - FIRST_FD];
}

static int handle_new(disk *d, inode *f) {
    int i = 0, used = 1;
    while (i < HANDLES && d->handles[i]) i++;
    CHECK(i < HANDLES);
    for (int j = 0; j < HANDLES; j++) used += d->handles[j] != NULL;
    if (used > d->most_open) d->most_open = used;
    d->handles[i] = f;
    return FIRST_FD + i;
}

/* Whether the directory is there that `path` is in. */
static int has_dir(disk *d, const char *path) {
    char dir[80];
    const char *slash = strrchr(path, '/');
    CHECK(slash && strlen(path) < sizeof dir);
    memcpy(dir, path, (size_t)(slash - path));
    dir[slash - path] = 0;
    name *t = names_find(d->now, dir);
    return t && t->f->is_dir;
}

static int on_open(void *ctx, const char *path, int how) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "open", AT_OTHERS), made = 0;
    name *t = names_find(d->now, path);
    CHECK(how == KV_OPEN_READ || how == KV_OPEN_NEW || how == KV_OPEN_WRITE);
    if (rc < 0) return (int)call_end(d, rc);
    if (!has_dir(d, path)) return (int)call_end(d, KV_MISSING);
    if (!t && how != KV_OPEN_NEW) return (int)call_end(d, KV_MISSING);
    if (t && t->f->is_dir) return (int)call_end(d, KV_IO);
    if (!t) {
        disk_change(d, path, "", disk_file(d));
        t = names_find(d->now, path);
        made = 1;
    } else if (how == KV_OPEN_NEW) {
        file_cut(t->f, 0);
        t->f->bad.n = 0;
        made = 1;
    }
    rc = handle_new(d, t->f);
    return (int)(made ? call_changed(d, rc) : call_end(d, rc));
}

static void on_close(void *ctx, int fd) {
    disk *d = (disk *)ctx;
    if (fd < FIRST_FD) {
        close(fd);
        return;
    }
    call_begin(d, "close", AT_OTHERS);
    disk_handle(d, fd);
    d->handles[fd - FIRST_FD] = NULL;
    if (d->locked == fd - FIRST_FD + 1) d->locked = 0;
    call_end(d, 0);
}

static int64_t on_read(void *ctx, int fd, void *p, size_t n, int64_t at) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "read", AT_OTHERS);
    inode *f = disk_handle(d, fd);
    if (rc < 0) return call_end(d, rc);
    CHECK(n && at >= 0);
    d->reads++;
    size_t left = (size_t)at < f->now.n ? f->now.n - (size_t)at : 0;
    if (rc == KV_NONE) n = 1;
    if (n > left) n = left;
    if (n) memcpy(p, f->now.p + at, n);
    return call_end(d, (int64_t)n);
}

/* How much of a write has room. */
static size_t disk_room(const disk *d, const inode *f, size_t n, size_t at) {
    size_t used, end = f->now.n;
    if (!d->capacity || at + n <= end) return n;
    used = disk_used(d);
    used += at > end ? at - end : 0;
    size_t over = at + n - (at > end ? at : end);
    size_t room = used < d->capacity ? d->capacity - used : 0;
    return room < over ? n - (over - room) : n;
}

static int64_t on_write(void *ctx, int fd, const void *p, size_t n,
                        int64_t at) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "write", AT_WRITE);
    inode *f = disk_handle(d, fd);
    CHECK(n && at >= 0 && n < 1 << 24);
    if (d->dead) return call_end(d, rc);
    if (rc < 0) { /* some of it got there */
        file_write(d, f, p, n / 2, (size_t)at);
        return call_changed(d, rc);
    }
    if (rc == KV_NONE) n = (n + 1) / 2;
    size_t room = disk_room(d, f, n, (size_t)at);
    if (!room) return call_changed(d, KV_FULL);
    if (d->lie == LIE_WRITE && disk_one_of(d, 100)) {
        char *copy = (char *)malloc(room);
        CHECK(copy);
        memcpy(copy, p, room);
        copy[rnd(&d->seed, (uint32_t)room)] ^= 4;
        file_write(d, f, copy, room, (size_t)at);
        free(copy);
    } else if (d->lie == LIE_SHORT && disk_one_of(d, 100)) {
        file_write(d, f, p, room / 2, (size_t)at);
    } else if (d->lie != LIE_LOST || !disk_one_of(d, 100)) {
        file_write(d, f, p, room, (size_t)at);
    }
    return call_changed(d, (int64_t)room);
}

static int on_sync(void *ctx, int fd) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "sync", AT_SYNC);
    inode *f = disk_handle(d, fd);
    if (d->dead) return (int)call_end(d, rc);
    d->syncs++;
    while (d->stuck) {
        struct timespec t = {0, 1000000};
        d->stuck = 2;
        pthread_mutex_unlock(&d->lock);
        nanosleep(&t, NULL);
        pthread_mutex_lock(&d->lock);
    }
    if (d->slow_ms) { /* it is not done before the time is over */
        disk_pass(d, d->slow_ms, 0);
        if (d->after) d->after(d, d->ctx);
    }
    int lies =
        d->lie == LIE_SYNC || (d->lie == LIE_OFTEN && disk_one_of(d, 10));
    if (rc < 0) file_sync_failed(f);
    else if (!lies) file_sync(f);
    return (int)call_changed(d, rc < 0 ? rc : KV_OK);
}

static int64_t on_size(void *ctx, int fd) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "size", AT_OTHERS);
    inode *f = disk_handle(d, fd);
    return call_end(d, rc < 0 ? rc : (int64_t)f->now.n);
}

static int on_truncate(void *ctx, int fd, int64_t n) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "truncate", AT_OTHERS);
    inode *f = disk_handle(d, fd);
    CHECK(n >= 0);
    if (rc < 0) return (int)call_end(d, rc);
    file_cut(f, (size_t)n);
    return (int)call_changed(d, KV_OK);
}

static int on_rename(void *ctx, const char *from, const char *to) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "rename", AT_RENAME);
    name *t = names_find(d->now, from);
    if (rc < 0) return (int)call_end(d, rc);
    if (!t || !has_dir(d, to)) return (int)call_end(d, KV_MISSING);
    CHECK(same_dir(from, to));
    inode *f = t->f;
    if (d->lie == LIE_RENAME) {
        disk_change(d, from, "", NULL);
        if (names_find(d->now, to)) disk_change(d, to, "", NULL);
        if (d->after) d->after(d, d->ctx);
    }
    disk_change(d, to, from, f);
    return (int)call_changed(d, KV_OK);
}

static int on_sync_dir(void *ctx, const char *path) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "syncdir", AT_SYNC), left = 0;
    if (rc < 0) return (int)call_end(d, rc);
    CHECK(has_dir(d, path));
    for (int i = 0; i < d->nchanges && d->lie != LIE_SYNC_DIR; i++) {
        if (same_dir(path, d->changes[i].path)) {
            names_change(d->safe, &d->changes[i]);
        } else {
            d->changes[left++] = d->changes[i];
        }
    }
    if (d->lie != LIE_SYNC_DIR) d->nchanges = left;
    return (int)call_changed(d, KV_OK);
}

static int on_make_dir(void *ctx, const char *path) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "mkdir", AT_OTHERS);
    name *t = names_find(d->now, path);
    if (rc < 0) return (int)call_end(d, rc);
    if (t) return (int)call_end(d, t->f->is_dir ? KV_OK : KV_IO);
    if (!has_dir(d, path)) return (int)call_end(d, KV_MISSING);
    inode *f = disk_file(d);
    f->is_dir = 1;
    disk_change(d, path, "", f);
    return (int)call_changed(d, KV_OK);
}

static void on_remove(void *ctx, const char *path) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "remove", AT_OTHERS);
    if (rc < 0 || !names_find(d->now, path)) {
        call_end(d, 0);
        return;
    }
    disk_change(d, path, "", NULL);
    call_changed(d, 0);
}

static int on_lock_dir(void *ctx, const char *path) {
    disk *d = (disk *)ctx;
    int rc = call_begin(d, "lock", AT_OTHERS);
    name *t = names_find(d->now, path);
    if (rc < 0) return (int)call_end(d, rc);
    if (!t) return (int)call_end(d, KV_MISSING);
    if (d->locked) return (int)call_end(d, KV_BUSY);
    rc = handle_new(d, t->f);
    d->locked = rc - FIRST_FD + 1;
    return (int)call_end(d, rc);
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
    s.lock_dir = on_lock_dir;
    s.truncate = on_truncate;
    s.make_dir = on_make_dir;
    return s;
}

static inline void disk_arm(disk *d, long n, int code, int for_ever, int only) {
    pthread_mutex_lock(&d->lock);
    d->calls = 0;
    d->fail_at = n;
    d->code = code;
    d->for_ever = for_ever;
    d->only = only;
    d->failed[0] = 0;
    DISK_STORE(d->has_failed, 0);
    pthread_mutex_unlock(&d->lock);
}

/* It works again. */
static inline void disk_mend(disk *d) {
    pthread_mutex_lock(&d->lock);
    d->fail_at = 0;
    d->capacity = 0;
    d->slow_ms = 0;
    pthread_mutex_unlock(&d->lock);
}

/* ---- A crash ------------------------------------------------------------- */

/* Copies everything: what a killed process leaves. No descriptor is open. */
static void disk_copy(disk *c, disk *d) {
    memset(c, 0, sizeof *c);
    CHECK(!pthread_mutex_init(&c->lock, NULL));
    CHECK(!pthread_mutex_init(&c->clock_lock, NULL));
    clock_copy(c, d);
    c->seed = d->seed * 77 + 1;
    c->lie = d->lie;
    c->nstale = d->nstale;
    memcpy(c->stale, d->stale, sizeof c->stale);
    for (int i = 0; i < FILES; i++) {
        const inode *from = &d->files[i];
        inode *to = &c->files[i];
        to->is_dir = from->is_dir;
        if (from->bad.n) text_set(&to->bad, from->bad.p, from->bad.n);
        if (from->now.n) text_set(&to->now, from->now.p, from->now.n);
        if (from->safe.n) text_set(&to->safe, from->safe.p, from->safe.n);
        if (from->bytes.n) text_set(&to->bytes, from->bytes.p, from->bytes.n);
        for (size_t j = 0; j < from->nops; j++) {
            file_note(to, NULL, 0, from->ops[j].at, from->ops[j].cut);
            to->ops[j] = from->ops[j];
        }
    }
    memcpy(c->now, d->now, sizeof c->now);
    memcpy(c->safe, d->safe, sizeof c->safe);
    memcpy(c->changes, d->changes, sizeof c->changes);
    c->nchanges = d->nchanges;
    for (int i = 0; i < NAMES; i++) {
        if (c->now[i].f) c->now[i].f = c->files + (d->now[i].f - d->files);
        if (c->safe[i].f) c->safe[i].f = c->files + (d->safe[i].f - d->files);
    }
    for (int i = 0; i < c->nchanges; i++) {
        if (!d->changes[i].f) continue;
        c->changes[i].f = c->files + (d->changes[i].f - d->files);
    }
}

/* How much a crash leaves of what was not safe: of 4 sectors this many, and
 * what stands in a new one that was not written. */
typedef struct luck {
    uint32_t keep, sizes, fill;
    int in_order; /* of the changes of names: the first ones */
} luck;

static void fill_sector(char *to, size_t n, const disk *d, const luck *l,
                        uint64_t *seed) {
    if (l->fill == 1 && d->nstale) {
        unsigned have = d->nstale < STALE ? d->nstale : STALE;
        memcpy(to, d->stale[rnd(seed, have)], n);
    } else if (l->fill == 2) {
        for (size_t i = 0; i < n; i++) to[i] = (char)rnd(seed, 256);
    } else if (l->fill == 3) {
        memset(to, (int)rnd(seed, 256), n);
    }
}

/* Does the first `part` bytes of what a change does to a sector. */
static void sector_do(char *image, const inode *f, const change_of_data *o,
                      size_t at, size_t end, size_t part) {
    size_t from = o->at > at ? o->at : at;
    size_t to = o->cut || o->at + o->n > end ? end : o->at + o->n;
    if (from >= to) return;
    if (to - from > part) to = from + part;
    if (o->cut) memset(image + from, 0, to - from);
    else memcpy(image + from, f->bytes.p + o->from + (from - o->at), to - from);
}

static int sector_touched(const change_of_data *o, size_t at, size_t end) {
    return o->at < end && (o->cut || o->at + o->n > at);
}

/* The size after some of the changes, or any. */
static size_t crash_size(const inode *f, const luck *l, uint64_t *seed) {
    size_t n = f->safe.n, most = f->safe.n;
    size_t done = l->sizes == 0   ? f->nops
                  : l->sizes == 1 ? 0
                                  : rnd(seed, (uint32_t)f->nops + 1);
    for (size_t i = 0; i < f->nops; i++) {
        const change_of_data *o = &f->ops[i];
        size_t end = o->at + o->n;
        if (end > most) most = end;
        if (i < done && (o->cut || end > n)) n = end;
    }
    if (l->sizes == 3) n = rnd(seed, (uint32_t)(most - n) + 1) + n;
    return n;
}

/* A file as a crash leaves it: each sector as it was after some of the changes
 * to it, maybe torn; the size from another moment. */
static void file_crash(inode *to, const inode *f, const disk *d, luck *l,
                       uint64_t *seed) {
    size_t size = crash_size(f, l, seed), most = size;
    to->is_dir = f->is_dir;
    if (!f->nops) {
        if (f->safe.n) text_set(&to->now, f->safe.p, f->safe.n);
        if (f->safe.n) text_set(&to->safe, f->safe.p, f->safe.n);
        return;
    }
    if (f->safe.n > most) most = f->safe.n;
    text_put_at(&to->now, NULL, 0, (most + SECTOR) / SECTOR * SECTOR);
    memcpy(to->now.p, f->safe.p ? f->safe.p : "", f->safe.n);
    for (size_t at = 0; at < most; at += SECTOR) {
        size_t end = at + SECTOR;
        uint32_t m = 0, keep;
        for (size_t i = 0; i < f->nops; i++) {
            m += (uint32_t)sector_touched(&f->ops[i], at, end);
        }
        if (!m) continue;
        if (at >= f->safe.n) fill_sector(to->now.p + at, SECTOR, d, l, seed);
        keep = rnd(seed, 4) < l->keep ? m : 0;
        int torn = rnd(seed, 16) == 0;
        if (rnd(seed, 8) == 0) keep = rnd(seed, m + 1);
        if (keep && at >= f->safe.n) memset(to->now.p + at, 0, SECTOR);
        for (size_t i = 0; i < f->nops; i++) {
            if (!sector_touched(&f->ops[i], at, end)) continue;
            if (keep) sector_do(to->now.p, f, &f->ops[i], at, end, SECTOR);
            else if (torn)
                sector_do(to->now.p, f, &f->ops[i], at, end, rnd(seed, SECTOR));
            if (!keep) break;
            keep--;
        }
    }
    to->now.n = size;
    text_set(&to->safe, to->now.p, size);
}

/* `c` becomes what is found on `d` after the power has failed. */
static void disk_crash(disk *c, disk *d, uint64_t seed) {
    luck l;
    int first[2]; /* of the changes in DIR and below */
    for (int i = 0; i < 4; i++) rnd(&seed, 2);
    l.keep = rnd(&seed, 5);
    l.sizes = rnd(&seed, 4);
    l.fill = rnd(&seed, 6);
    l.in_order = rnd(&seed, 2) == 0;
    first[0] = (int)rnd(&seed, (uint32_t)d->nchanges + 1);
    first[1] = (int)rnd(&seed, (uint32_t)d->nchanges + 1);
    uint32_t names = rnd(&seed, 5);
    memset(c, 0, sizeof *c);
    CHECK(!pthread_mutex_init(&c->lock, NULL));
    CHECK(!pthread_mutex_init(&c->clock_lock, NULL));
    clock_copy(c, d);
    c->seed = (d->seed ^ seed) | 1;
    c->lie = d->lie;
    c->nstale = d->nstale;
    memcpy(c->stale, d->stale, sizeof c->stale);
    memcpy(c->now, d->safe, sizeof c->now);
    for (int i = 0; i < d->nchanges; i++) {
        const change *e = &d->changes[i];
        int below = !same_dir(e->path, DIR_NAME "/");
        if (l.in_order ? i < first[below] : rnd(&seed, 4) < names) {
            names_change(c->now, e);
        }
    }
    for (int i = 0, n = 0; i < NAMES; i++) {
        if (!c->now[i].f) continue;
        file_crash(&c->files[n], c->now[i].f, d, &l, &seed);
        c->now[i].f = &c->files[n++];
    }
    for (int i = 0; i < NAMES; i++) { /* what is in no directory is gone */
        if (!c->now[i].f || !strcmp(c->now[i].path, DIR_NAME)) continue;
        if (!has_dir(c, c->now[i].path)) c->now[i].f = NULL;
    }
    memcpy(c->safe, c->now, sizeof c->safe);
}

/* ---- Looking at it ------------------------------------------------------- */

static inline void disk_list(const disk *d, FILE *out) {
    for (int i = 0; i < NAMES; i++) {
        const inode *f = d->now[i].f;
        if (!f) continue;
        fprintf(out, "  %s%s %lu bytes, %lu unsynced changes%s\n",
                d->now[i].path, f->is_dir ? "/" : "", (unsigned long)f->now.n,
                (unsigned long)f->nops,
                f->bad.n && memchr(f->bad.p, 1, f->bad.n) ? ", a sync failed"
                                                          : "");
    }
    for (int i = 0; i < d->nchanges; i++) {
        fprintf(out, "  not safe: %s%s%s%s\n", d->changes[i].from,
                d->changes[i].from[0] ? " -> " : "", d->changes[i].path,
                d->changes[i].f ? "" : " goes");
    }
}

/* Writes the files below a real directory, which has to be there, slashes
 * becoming commas. */
static inline void disk_dump(const disk *d, const char *dir) {
    for (int i = 0; i < NAMES; i++) {
        const inode *f = d->now[i].f;
        char path[400], *p;
        if (!f || f->is_dir) continue;
        snprintf(path, sizeof path, "%s/%s", dir, d->now[i].path + 3);
        for (p = path + strlen(dir) + 1; *p; p++) {
            if (*p == '/') *p = ',';
        }
        FILE *out = fopen(path, "wb");
        CHECK(out);
        if (f->now.n) CHECK(fwrite(f->now.p, f->now.n, 1, out) == 1);
        CHECK(!fclose(out));
    }
}

#endif
