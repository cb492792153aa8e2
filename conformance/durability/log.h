/* What the programs here and fuzz/aof.c share: a disk in memory, an instance
 * on it whose memory has an end, what an instance holds, random commands.
 * Stands behind fuzz.h, with KV_THREADS=0: everything happens in the calls.
 */
#ifndef LOG_H
#define LOG_H

/* ---- A disk ------------------------------------------------------------ */

enum {
    DISK_FILES = 40,
    DISK_HANDLES = 16,
    DISK_FD = 1 << 20, /* beyond those of the system */
    DISK_PATH = 112
};

#define DIR_NAME "/d"
#define LOG_DIR DIR_NAME "/appendonlydir"
#define LOG_NAME LOG_DIR "/appendonly.aof"
#define MANIFEST LOG_NAME ".manifest"
#define DUMP_NAME DIR_NAME "/dump.rdb"

struct disk_file {
    char path[DISK_PATH];
    u8 *p;
    size_t n, cap;
    int named;   /* it has its path; else it goes with its last handle */
    int handles; /* how often it is open */
};

struct disk_handle {
    struct disk_file *f;
    int writes;
};

struct disk {
    struct disk_file files[DISK_FILES];
    struct disk_handle handles[DISK_HANDLES];
    int made;    /* the log's directory is there */
    size_t step; /* most bytes that a read brings; 0: all. Writes: 50 times */
    u64 changes; /* calls that have changed something */
};

static inline struct disk_file *disk_find(struct disk *d, const char *path) {
    int i;
    for (i = 0; i < DISK_FILES; i++)
        if (d->files[i].named && !strcmp(d->files[i].path, path))
            return &d->files[i];
    return NULL;
}

static inline struct disk_file *disk_make(struct disk *d, const char *path) {
    struct disk_file *f = disk_find(d, path);
    int i;
    for (i = 0; !f && i < DISK_FILES; i++)
        if (!d->files[i].named && !d->files[i].handles) f = &d->files[i];
    NEED(f && strlen(path) < DISK_PATH);
    strcpy(f->path, path);
    f->named = 1;
    return f;
}

static inline void file_room(struct disk_file *f, size_t n) {
    if (n <= f->cap) return;
    f->cap = n * 2 + 64;
    f->p = realloc(f->p, f->cap);
    NEED(f->p);
}

static inline void file_put(struct disk_file *f, const void *p, size_t n,
                            size_t at) {
    NEED(at <= f->n);
    if (!n) return;
    file_room(f, at + n);
    copy(f->p + at, p, n);
    f->n = max_z(f->n, at + n);
}

/* A file with this content, as if it had always been there. */
static inline struct disk_file *disk_put(struct disk *d, const char *path,
                                         const void *p, size_t n) {
    struct disk_file *f = disk_make(d, path);
    if (!strncmp(path, LOG_DIR "/", sizeof LOG_DIR)) d->made = 1;
    f->n = 0;
    file_put(f, p, n, 0);
    return f;
}

static inline void disk_empty(struct disk *d) {
    int i;
    for (i = 0; i < DISK_FILES; i++) {
        NEED(!d->files[i].handles);
        d->files[i].named = 0;
        d->files[i].n = 0;
    }
    d->made = 0;
}

static inline void disk_free(struct disk *d) {
    int i;
    for (i = 0; i < DISK_FILES; i++) free(d->files[i].p);
    memset(d, 0, sizeof *d);
}

/* `to` becomes as `from` is, and nothing of it is open. */
static inline void disk_copy(struct disk *to, const struct disk *from) {
    int i;
    for (i = 0; i < DISK_FILES; i++) {
        const struct disk_file *f = &from->files[i];
        struct disk_file *t = &to->files[i];
        NEED(!t->handles);
        t->named = f->named;
        t->n = 0;
        if (!f->named) continue;
        memcpy(t->path, f->path, sizeof t->path);
        file_put(t, f->p, f->n, 0);
    }
    to->made = from->made;
}

/* Whether its directory is there. */
static inline int disk_has_dir(const struct disk *d, const char *path) {
    const char *last = strrchr(path, '/');
    size_t n = last ? (size_t)(last - path) : 0;
    if (n == strlen(DIR_NAME) && !strncmp(path, DIR_NAME, n)) return 1;
    return d->made && n == strlen(LOG_DIR) && !strncmp(path, LOG_DIR, n);
}

static inline struct disk_handle *disk_handle(struct disk *d, int fd) {
    NEED(fd >= DISK_FD && fd < DISK_FD + DISK_HANDLES);
    NEED(d->handles[fd - DISK_FD].f);
    return &d->handles[fd - DISK_FD];
}

static inline int on_open(void *ctx, const char *path, int how) {
    struct disk *d = ctx;
    struct disk_file *f = disk_find(d, path);
    int i = 0;
    if (!disk_has_dir(d, path)) return KV_MISSING;
    if (!f && how != KV_OPEN_NEW) return KV_MISSING;
    if (!f) f = disk_make(d, path);
    while (i < DISK_HANDLES && d->handles[i].f) i++;
    NEED(i < DISK_HANDLES);
    if (how == KV_OPEN_NEW) f->n = 0;
    if (how == KV_OPEN_NEW) d->changes++;
    d->handles[i].f = f;
    d->handles[i].writes = how != KV_OPEN_READ;
    f->handles++;
    return DISK_FD + i;
}

static inline void on_close(void *ctx, int fd) {
    struct disk_handle *h;
    if (fd < DISK_FD || fd >= DISK_FD + DISK_HANDLES) return; /* the pipe */
    h = disk_handle(ctx, fd);
    h->f->handles--;
    h->f = NULL;
}

static inline i64 on_read(void *ctx, int fd, void *p, size_t n, i64 at) {
    struct disk *d = ctx;
    const struct disk_file *f = disk_handle(d, fd)->f;
    size_t left = (u64)at < f->n ? f->n - (size_t)at : 0;
    NEED(n && at >= 0);
    n = min_z(n, left);
    if (d->step) n = min_z(n, d->step);
    copy(p, f->p + at, n);
    return (i64)n;
}

static inline i64 on_write(void *ctx, int fd, const void *p, size_t n, i64 at) {
    struct disk *d = ctx;
    struct disk_handle *h = disk_handle(d, fd);
    NEED(n && at >= 0 && h->writes);
    if (d->step) n = min_z(n, d->step * 50);
    file_put(h->f, p, n, (size_t)at);
    d->changes++;
    return (i64)n;
}

static inline int on_sync(void *ctx, int fd) {
    disk_handle(ctx, fd);
    return KV_OK;
}

static inline i64 on_size(void *ctx, int fd) {
    return (i64)disk_handle(ctx, fd)->f->n;
}

static inline int on_truncate(void *ctx, int fd, i64 n) {
    struct disk *d = ctx;
    struct disk_handle *h = disk_handle(d, fd);
    NEED(h->writes && n >= 0 && (u64)n <= h->f->n);
    h->f->n = (size_t)n;
    d->changes++;
    return KV_OK;
}

static inline int on_rename(void *ctx, const char *from, const char *to) {
    struct disk *d = ctx;
    struct disk_file *f = disk_find(d, from), *old = disk_find(d, to);
    if (!f || !disk_has_dir(d, to)) return KV_MISSING;
    if (old && old != f) old->named = 0;
    NEED(strlen(to) < DISK_PATH);
    strcpy(f->path, to);
    d->changes++;
    return KV_OK;
}

static inline int on_sync_dir(void *ctx, const char *path) {
    return disk_has_dir(ctx, path) ? KV_OK : KV_MISSING;
}

static inline int on_make_dir(void *ctx, const char *path) {
    struct disk *d = ctx;
    NEED(!strcmp(path, LOG_DIR) || !strcmp(path, DIR_NAME));
    if (!strcmp(path, LOG_DIR)) d->made = 1;
    d->changes++;
    return KV_OK;
}

static inline void on_remove(void *ctx, const char *path) {
    struct disk *d = ctx;
    struct disk_file *f = disk_find(d, path);
    if (f) f->named = 0;
    d->changes++;
}

/* The loop's pipe, in which nothing is. */
static inline int on_pipe(void *ctx, int fds[2]) {
    (void)ctx;
    fds[0] = DISK_FD + 1000;
    fds[1] = DISK_FD + 1001;
    return KV_OK;
}

static inline i64 on_recv(void *ctx, int fd, void *p, size_t n) {
    (void)ctx, (void)fd, (void)p, (void)n;
    return KV_AGAIN;
}

static inline i64 on_send(void *ctx, int fd, const void *p, size_t n) {
    (void)ctx, (void)fd, (void)p;
    return (i64)n;
}

static inline int on_poll(void *ctx, struct pollfd *fds, size_t n,
                          int timeout_ms) {
    size_t i;
    (void)ctx, (void)timeout_ms;
    for (i = 0; i < n; i++) fds[i].revents = 0;
    return 0;
}

static inline void disk_sys(struct disk *d, kv_sys *s) {
    memset(s, 0, sizeof *s);
    s->ctx = d;
    s->open = on_open;
    s->close = on_close;
    s->read = on_read;
    s->write = on_write;
    s->sync = on_sync;
    s->size = on_size;
    s->truncate = on_truncate;
    s->rename = on_rename;
    s->sync_dir = on_sync_dir;
    s->make_dir = on_make_dir;
    s->remove = on_remove;
    s->pipe = on_pipe;
    s->recv = on_recv;
    s->send = on_send;
    s->poll = on_poll;
}

/* ---- An instance ------------------------------------------------------- */

struct world {
    struct disk *d; /* NULL: nothing is kept */
    kv *k;
    kv_session *s;        /* one that takes nested values */
    size_t held, peak;    /* bytes */
    int odd;              /* a line of its log could harm a terminal */
    size_t refused;       /* it asked for so many more than it can have */
    u64 seed;             /* of its random numbers */
    char said[600];       /* its last warning, or why it did not open */
    char told[600];       /* what it said of bytes that were cut */
    struct bytes answers; /* to what was sent last */
};

enum { MOST_HELD = 64 << 20 };

static inline void *world_alloc(void *ctx, void *p, size_t old, size_t n) {
    struct world *w = ctx;
    if (n > old && n - old > MOST_HELD - w->held) {
        w->refused = n;
        return NULL;
    }
    w->held = w->held - old + n;
    w->peak = max_z(w->peak, w->held);
    if (n) {
        p = realloc(p, n);
        NEED(p);
        return p;
    }
    free(p);
    return NULL;
}

static inline void world_random(void *ctx, void *p, size_t n) {
    struct world *w = ctx;
    size_t i;
    for (i = 0; i < n; i++) {
        w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
        ((u8 *)p)[i] = (u8)(w->seed >> 56);
    }
}

/* A line of the log. */
static inline void world_log(void *ctx, int level, const char *text, size_t n) {
    struct world *w = ctx;
    size_t i;
    NEED(n);
    for (i = 0; i < n; i++) w->odd |= (u8)text[i] < ' ' || text[i] == 127;
    n = min_z(n, sizeof w->said - 1);
    if (level == KV_LOG_WARNING) {
        memcpy(w->said, text, n);
        w->said[n] = 0;
        if (strstr(w->said, "cut off")) memcpy(w->told, w->said, n + 1);
    }
}

/* Nothing is left behind. */
static inline int world_end(struct world *w) {
    int i;
    if (w->held)
        fprintf(stderr, "%lu bytes are left\n", (unsigned long)w->held);
    for (i = 0; w->d && i < DISK_HANDLES; i++) NEED(!w->d->handles[i].f);
    return !w->held;
}

/* Sends bytes; the replies are in w->answers. */
static inline int world_send(struct world *w, const void *p, size_t n) {
    kv_slice out;
    int rc = kv_feed(w->s, p, n);
    w->answers.n = 0;
    while (kv_pending(w->s, &out) == KV_OK) {
        bytes_put(&w->answers, out.p, out.n);
        kv_consume(w->s, out.n);
    }
    bytes_put(&w->answers, "", 1);
    w->answers.n--;
    return rc;
}

static inline void world_line(struct world *w, const char *line) {
    NEED(world_send(w, line, strlen(line)) == KV_OK);
}

/* Opens an instance; what came of it. w->seed is kept. */
static inline int world_open(struct world *w, struct disk *d, int sync,
                             int salvage) {
    kv_desc desc;
    kv_sys sys;
    int rc;
    memset(&desc, 0, sizeof desc);
    w->d = d;
    w->s = NULL;
    w->k = NULL;
    w->held = w->peak = w->refused = 0;
    w->said[0] = w->told[0] = 0;
    w->odd = 0;
    desc.size = sizeof desc;
    desc.alloc = world_alloc;
    desc.alloc_ctx = w;
    desc.wall_us = desc.mono_us = fake_clock;
    desc.random = world_random;
    desc.random_ctx = w;
    desc.log = world_log;
    desc.log_ctx = w;
    if (d) disk_sys(d, &sys);
    desc.sys = d ? &sys : NULL;
    desc.dir = d ? DIR_NAME : NULL;
    desc.sync = sync;
    desc.salvage = salvage;
    rc = kv_open(&w->k, &desc);
    if (rc != KV_OK) {
        NEED(!w->k);
        NEED(world_end(w));
        return rc;
    }
    fuzz_check(w->k);
    NEED(kv_config(w->k, "enable-debug-command", "yes") == KV_OK);
    NEED(kv_session_open(w->k, &w->s) == KV_OK);
    world_line(w, "CLIENT CAPA nested\r\n");
    return rc;
}

static inline void world_close(struct world *w) {
    fuzz_check(w->k);
    kv_session_close(w->s);
    kv_close(w->k);
    w->k = NULL;
    w->s = NULL;
    NEED(world_end(w));
}

/* Whether INFO persistence has this line. */
static inline int world_info(struct world *w, const char *line) {
    world_line(w, "INFO persistence\r\n");
    return strstr((const char *)w->answers.p, line) != NULL;
}

/* Turns of the loop until no rewrite is under way. */
static inline void world_settle(struct world *w) {
    int i;
    for (i = 0; !(world_info(w, "aof_rewrite_in_progress:0\r\n") &&
                  world_info(w, "aof_rewrite_scheduled:0\r\n"));
         i++) {
        NEED(i < 100000);
        NEED(kv_poll(w->k, 0) == KV_OK);
    }
}

static inline void world_rewrite(struct world *w) {
    int rc;
    world_settle(w); /* the one that kv itself may have begun */
    rc = kv_rewrite(w->k);
    if (rc != KV_OK) fprintf(stderr, "%s\n", kv_message(w->k));
    NEED(rc == KV_OK);
    world_settle(w);
    NEED(world_info(w, "aof_last_bgrewrite_status:ok"));
}

/* The digest as DEBUG tells it. */
static inline void world_digest(struct world *w, char out[41]) {
    world_line(w, "DEBUG DIGEST\r\n");
    NEED(w->answers.n == 43 && w->answers.p[0] == '+');
    memcpy(out, w->answers.p + 1, 40);
    out[40] = 0;
}

/* ---- What an instance holds, also the times of its keys --------------- */

struct state_walk {
    kv *k;
    u64 sum;
};

/* A collection, however it is kept: its digest, and what that leaves out. */
static inline u64 state_col(const ent *e) {
    static const u64 seed[2] = {3, 4};
    const struct stream *st;
    struct it it;
    u8 sum[20] = {0};
    u64 x = 0;
    u32 i;
    digest_value(sum, e);
    it_begin(&it, e);
    while (ent_type(e) == ENT_HASH && it_next(&it))
        x += hash_key(seed, it.a.p, it.a.n) * (u64)it.exp;
    if (ent_type(e) == ENT_STREAM) {
        st = obj_stream(ent_obj(e));
        x = st->last.ms + st->last.seq * 3 + st->gone.ms * 5 +
            st->gone.seq * 7 + st->added * 11;
        for (i = 0; i < st->groups.n; i++)
            x = x * 31 + group_at(st, i)->last.ms + group_at(st, i)->last.seq +
                (u64)group_at(st, i)->pel.items;
    }
    return hash_key(seed, sum, sizeof sum) + x;
}

static inline int state_entry(void *ctx, ent *e) {
    static const u64 seed[2] = {1, 2};
    struct state_walk *o = ctx;
    str key = ent_key(e), val = ent_val(e);
    u64 x;
    if (db_is_expired(o->k, e)) return 0;
    x = hash_key(seed, key.p, key.n) * 31 +
        (ent_is_col(e) ? state_col(e) : hash_key(seed, val.p, val.n));
    x = x * 31 + (u64)ent_exp(e) * 7 + (u64)ent_type(e);
    o->sum += x * 0x9e3779b97f4a7c15u;
    return 0;
}

static inline u64 state_of(kv *k) {
    struct state_walk o;
    int i;
    o.k = k;
    o.sum = 0;
    k->now = fake_us / 1000;
    for (i = 0; i < DBS_MAX; i++) {
        o.sum = o.sum * 31 + 1;
        if (k->dbs[i]) tab_each(&k->dbs[i]->t, state_entry, &o);
    }
    return o.sum;
}

static inline int expired_entry(void *ctx, ent *e) {
    return db_is_expired(ctx, e);
}

/* Turns of the loop until what has expired is gone. */
static inline void world_expire(struct world *w) {
    int i, turn, found = 1;
    for (turn = 0; found; turn++) {
        NEED(turn < 1000 && kv_poll(w->k, 0) == KV_OK);
        for (found = 0, i = 0; i < DBS_MAX && !found; i++)
            if (w->k->dbs[i])
                found = tab_each(&w->k->dbs[i]->t, expired_entry, w->k);
    }
}

/* ---- Random commands --------------------------------------------------- */

static inline u32 rnd(u64 *s, u32 below) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return (u32)((*s >> 16) % below);
}

static inline void request_put(struct bytes *b, size_t argc, const str *argv) {
    char head[32];
    size_t i;
    snprintf(head, sizeof head, "*%lu\r\n", (unsigned long)argc);
    bytes_put(b, head, strlen(head));
    for (i = 0; i < argc; i++) {
        snprintf(head, sizeof head, "$%lu\r\n", (unsigned long)argv[i].n);
        bytes_put(b, head, strlen(head));
        bytes_put(b, argv[i].p, argv[i].n);
        bytes_put(b, "\r\n", 2);
    }
}

enum { MAKE_ARGS = 10, MAKE_KEYS = 40, MAKE_DBS = 4 };

/* A command while it is made: its arguments point into `text`. */
struct make {
    u64 *seed;
    str argv[MAKE_ARGS];
    size_t argc;
    char text[8192];
    size_t used;
    u32 longest; /* bytes of a value */
};

static inline void make_str(struct make *m, const void *p, size_t n) {
    NEED(m->used + n <= sizeof m->text && m->argc < MAKE_ARGS);
    copy((u8 *)m->text + m->used, p, n);
    m->argv[m->argc++] = str_of(m->text + m->used, n);
    m->used += n;
}

static inline void make_word(struct make *m, const char *s) {
    make_str(m, s, strlen(s));
}

static inline void make_int(struct make *m, i64 v) {
    char b[32];
    snprintf(b, sizeof b, "%lld", (long long)v);
    make_word(m, b);
}

static inline void make_key(struct make *m) {
    char b[32];
    u32 i = rnd(m->seed, MAKE_KEYS);
    snprintf(b, sizeof b, i % 5 ? "k%u" : "a longer key: %u", i);
    make_word(m, b);
}

/* A key whose value is a number. */
static inline void make_counter(struct make *m) {
    char b[32];
    snprintf(b, sizeof b, "n%u", rnd(m->seed, 5));
    make_word(m, b);
}

/* Often text that looks like the log's own. */
static inline void make_value(struct make *m) {
    static const char *const odd[] = {
        "",
        "\r\n",
        "#C:0123456789abcdef:0000000010:00000000000f\r\n",
        "x\r\n#K:0123456789abcdef:000000000000\r\n",
        "\r\n*1\r\n$7\r\nFLUSHALL\r\n",
        "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n",
        "12345"};
    static const u32 sizes[] = {1, 5, 20, 60, 60, 200, 1000};
    char b[4096];
    u32 i, n, kind = rnd(m->seed, 8);
    if (!kind) {
        make_word(m, odd[rnd(m->seed, COUNT(odd))]);
        return;
    }
    n = sizes[rnd(m->seed, COUNT(sizes))];
    n = rnd(m->seed, (n < m->longest ? n : m->longest) + 1);
    for (i = 0; i < n; i++)
        b[i] = (char)(kind == 1   ? rnd(m->seed, 256)
                      : kind == 2 ? 'a' + !rnd(m->seed, 8)
                                  : 'a' + rnd(m->seed, 26));
    make_str(m, b, n);
}

/* A moment: rarely one that has passed, or comes soon. */
static inline void make_moment(struct make *m) {
    i64 now = fake_us / 1000;
    switch (rnd(m->seed, 8)) {
    case 0: make_int(m, now - 1000); break;
    case 1: make_int(m, now + rnd(m->seed, 300)); break;
    default: make_int(m, now + 1000000 + rnd(m->seed, 1000000));
    }
}

static inline void make_set(struct make *m) {
    make_word(m, "SET");
    make_key(m);
    make_value(m);
    switch (rnd(m->seed, 10)) {
    case 0: make_word(m, "NX"); break;
    case 1: make_word(m, "XX"); break;
    case 2: make_word(m, "KEEPTTL"); break;
    case 3: make_word(m, "GET"); break;
    case 4:
        make_word(m, "PX");
        make_int(m, 1 + rnd(m->seed, 2000000));
        break;
    case 5:
        make_word(m, "PXAT");
        make_moment(m);
        break;
    default: break;
    }
}

static inline void make_edit(struct make *m) {
    switch (rnd(m->seed, 8)) {
    case 0:
    case 1:
    case 2:
        make_word(m, "APPEND");
        make_key(m);
        make_value(m);
        break;
    case 3:
        make_word(m, "SETRANGE");
        make_key(m);
        make_int(m, rnd(m->seed, 100));
        make_value(m);
        break;
    case 4:
        make_word(m, "INCRBYFLOAT");
        make_counter(m);
        make_word(m, rnd(m->seed, 2) ? "0.1" : "-3");
        break;
    case 5:
        make_word(m, "DECR");
        make_counter(m);
        break;
    default:
        make_word(m, "INCRBY");
        make_counter(m);
        make_int(m, (i64)rnd(m->seed, 2000) - 1000);
    }
}

static inline void make_many(struct make *m) {
    u32 n = 1 + rnd(m->seed, 3);
    make_word(m, rnd(m->seed, 4) ? "MSET" : "MSETNX");
    while (n--) {
        make_key(m);
        make_value(m);
    }
}

static inline void make_expire(struct make *m) {
    switch (rnd(m->seed, 5)) {
    case 0:
        make_word(m, "PERSIST");
        make_key(m);
        break;
    case 1:
        make_word(m, "GETEX");
        make_key(m);
        make_word(m, rnd(m->seed, 3) ? "PXAT" : "PERSIST");
        if (m->argv[2].n == 4) make_moment(m);
        break;
    case 2:
        make_word(m, "EXPIRE");
        make_key(m);
        make_int(m, (i64)rnd(m->seed, 1000) - 100);
        break;
    default:
        make_word(m, "PEXPIREAT");
        make_key(m);
        make_moment(m);
    }
}

static inline void make_move(struct make *m) {
    static const char *const words[] = {"RENAME", "RENAMENX", "COPY", "COPY",
                                        "MOVE"};
    const char *word = words[rnd(m->seed, COUNT(words))];
    make_word(m, word);
    make_key(m);
    if (*word == 'M') {
        make_int(m, rnd(m->seed, MAKE_DBS));
        return;
    }
    make_key(m);
    if (*word == 'R') return;
    make_word(m, "DB");
    make_int(m, rnd(m->seed, MAKE_DBS));
    if (rnd(m->seed, 2)) make_word(m, "REPLACE");
}

static inline void make_delete(struct make *m) {
    static const char *const words[] = {"DEL", "DEL", "UNLINK", "GETDEL"};
    const char *word = words[rnd(m->seed, COUNT(words))];
    u32 n = *word == 'G' ? 1 : 1 + rnd(m->seed, 3);
    make_word(m, word);
    while (n--) make_key(m);
}

static inline void make_read(struct make *m) {
    static const char *const words[] = {"GET",   "TTL",  "EXISTS",
                                        "TOUCH", "TYPE", "DUMP"};
    make_word(m, words[rnd(m->seed, COUNT(words))]);
    make_key(m);
}

static inline void make_dbs(struct make *m) {
    switch (rnd(m->seed, 16)) {
    case 0: make_word(m, "FLUSHDB"); break;
    case 1:
        make_word(m, rnd(m->seed, 4) ? "FLUSHDB" : "FLUSHALL");
        make_word(m, "ASYNC");
        break;
    case 2:
    case 3:
        make_word(m, "SWAPDB");
        make_int(m, rnd(m->seed, MAKE_DBS));
        make_int(m, rnd(m->seed, MAKE_DBS));
        break;
    default: make_word(m, "SELECT"); make_int(m, rnd(m->seed, MAKE_DBS));
    }
}

/* SET of a nested value; ends the command itself. */
static inline void make_nested(struct make *m, struct bytes *out) {
    static const char *const values[] = {"*2\r\n:1\r\n$1\r\nx\r\n", "*0\r\n",
                                         "%1\r\n+a\r\n*3\r\n:1\r\n#t\r\n_\r\n",
                                         ":12345\r\n",
                                         "~2\r\n,1.5\r\n$5\r\n#C:\r\n\r\n"};
    const char *v = values[rnd(m->seed, COUNT(values))];
    char head[64];
    u32 key = rnd(m->seed, MAKE_KEYS);
    snprintf(head, sizeof head, "*3\r\n$3\r\nSET\r\n$%d\r\nk%u\r\n",
             key < 10 ? 2 : 3, key);
    bytes_put(out, head, strlen(head));
    bytes_put(out, v, strlen(v));
}

/* Adds a command to `out`. */
static inline void command_put(u64 *seed, u32 longest, struct bytes *out) {
    static void (*const makers[])(struct make *) = {
        make_set,    make_set,    make_set,  make_edit, make_edit,
        make_expire, make_many,   make_move, make_read, make_delete,
        make_set,    make_expire, make_edit, make_dbs};
    struct make m;
    u32 i = rnd(seed, COUNT(makers) + 1);
    m.seed = seed;
    m.argc = m.used = 0;
    m.longest = longest;
    if (i == COUNT(makers)) {
        make_nested(&m, out);
    } else {
        makers[i](&m);
        request_put(out, m.argc, m.argv);
    }
}

#endif
