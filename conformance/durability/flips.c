/* Damage to the log: every bit flipped, every file cut at every byte, blocks
 * zeroed, swapped and duplicated. It is refused with a sentence, or what is
 * loaded is exactly what was there after one of the batches: those before the
 * damage, and all of them where it does not matter. Salvaged: what would be
 * there had the damaged batches, whole, never been.
 *
 *     cc -std=c99 -I. conformance/durability/flips.c -lm -pthread -o flips
 *     ./flips                  each part, some of its cases
 *     ./flips --long           all of their cases: minutes
 *     ./flips bits blocks      some parts; --list has their names
 *     ./flips --seed N         another log
 *     ./flips --wrap N         its offsets begin again at 0 after N bytes
 *     ./flips --dir DIR        cuts what redis-server has left in DIR
 *     ./flips --keep DIR       puts the files of the first flaw there
 *
 * At most 64 MiB are ever held.
 */
#define KV_THREADS 0
#include "../../fuzz/fuzz.h"
#include "log.h"

#include <dirent.h>
#include <signal.h>

/* ---- What was found ---------------------------------------------------- */

static char doing[300]; /* the case at hand */
static long cases, bad;
static u64 log_seed = 1, log_wrap;
static int is_long;

static void show_case(int sig) {
    size_t n = strlen(doing);
    if (write(2, "\nin: ", 5) < 0 || write(2, doing, n) < 0) _exit(2);
    if (write(2, "\n", 1) < 0) _exit(2);
    signal(sig, SIG_DFL);
    raise(sig);
}

static struct disk tried; /* what is being loaded */
static const char *keep;  /* where to put that */

static void keep_files(void) {
    char path[4096];
    int i;
    for (i = 0; i < DISK_FILES; i++) {
        const struct disk_file *f = &tried.files[i];
        FILE *out;
        if (!f->named) continue;
        snprintf(path, sizeof path, "%.3000s/%s", keep,
                 strrchr(f->path, '/') + 1);
        out = fopen(path, "wb");
        NEED(out);
        fwrite(f->p, 1, f->n, out);
        fclose(out);
    }
}

static void flaw(const char *what, const char *more) {
    if (keep && !bad) keep_files();
    if (bad++ < 30) fprintf(stderr, "%s: %s%s\n", doing, what, more);
}

/* ---- The log as it was ------------------------------------------------- */

enum {
    UNITS = 20000,
    INCREMENTS = 12,
    RECORDS = 40000,
    BLOCK = 4096,
    NAME = 60
};

/* What is there whole or not at all: a batch of kv's, a record or transaction
 * of another server. */
struct unit {
    int file;      /* of the increments */
    size_t at, n;  /* in it */
    int first, to; /* its records */
};

struct record {
    const u8 *p;
    size_t n;
    int db;
};

static struct disk whole; /* nothing writes to it once it was read */
static char increments[INCREMENTS][DISK_PATH];
static char base[DISK_PATH]; /* "": there is none */
static int nincrements;
static struct unit units[UNITS];
static int nunits;
static struct record records[RECORDS];
static int nrecords, ended, in_multi, current_db;
static u64 after[UNITS + 1];         /* states */
static int first_of[INCREMENTS + 1]; /* units */
static u64 seen[UNITS];              /* states while the log was made */
static int nseen;
static int checked[INCREMENTS]; /* whether kv has written it */

static struct disk_file *increment(struct disk *d, int i) {
    struct disk_file *f = disk_find(d, increments[i]);
    NEED(f);
    return f;
}

/* An increment's name without the directory. */
static const char *short_name(const char *path) {
    const char *p = strrchr(path, '/');
    return p ? p + 1 : path;
}

static int is_line(const struct disk_file *f, size_t at, const char *head) {
    size_t n = strlen(head);
    return f->n - at >= n && !memcmp(f->p + at, head, n);
}

/* The length of a line with its end; 0: it has none. */
static size_t line_n(const struct disk_file *f, size_t at) {
    const u8 *e = memchr(f->p + at, '\n', f->n - at);
    return e ? (size_t)(e - (f->p + at)) + 1 : 0;
}

static u64 hex_of(const u8 *p, int digits) {
    u64 v = 0;
    while (digits--) {
        int c = *p++;
        NEED((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        v = v << 4 | (u64)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return v;
}

static size_t number_of(const u8 **p, const u8 *e) {
    size_t v = 0;
    while (*p < e && **p != '\r') v = v * 10 + (size_t)(*(*p)++ - '0');
    *p += 2;
    NEED(*p <= e);
    return v;
}

/* The length of the record at p; its words. */
static size_t record_read(const u8 *p, size_t n, str *argv, size_t most,
                          size_t *argc) {
    const u8 *from = p, *e = p + n;
    size_t i;
    NEED(n && *p == '*');
    p++;
    *argc = number_of(&p, e);
    for (i = 0; i < *argc; i++) {
        size_t len;
        NEED(p < e && *p == '$');
        p++;
        len = number_of(&p, e);
        NEED((size_t)(e - p) >= len + 2);
        if (i < most) argv[i] = str_of(p, len);
        p += len + 2;
    }
    return (size_t)(p - from);
}

/* Reads one record or line of notes; those that change data are added. */
static size_t record_add(const struct disk_file *f, size_t at, size_t end) {
    str argv[2];
    size_t argc, n;
    if (f->p[at] == '#') {
        NEED(checked[nincrements - 1] ? is_line(f, at, "#TS:") : 1);
        return line_n(f, at);
    }
    n = record_read(f->p + at, end - at, argv, 2, &argc);
    if (str_is(argv[0], "select")) {
        i64 db = 0;
        NEED(argc == 2 && num_parse(argv[1], &db));
        current_db = (int)db;
    } else if (str_is(argv[0], "multi")) {
        in_multi = 1;
    } else if (str_is(argv[0], "exec")) {
        in_multi = 0;
    } else {
        NEED(nrecords < RECORDS);
        records[nrecords].p = f->p + at;
        records[nrecords].n = n;
        records[nrecords++].db = current_db;
    }
    return n;
}

static struct unit *unit_add(int file, size_t at) {
    struct unit *u = &units[nunits++];
    NEED(nunits <= UNITS);
    u->file = file;
    u->at = at;
    u->first = nrecords;
    return u;
}

/* A batch at `at`, whose stream offset is to be *stream. */
static size_t batch_add(int file, const struct disk_file *f, size_t at,
                        u64 *stream) {
    enum { HEAD = 3 + 16 + 1 + 10 + 1 + 12 + 1 + 12 + 1 + 4 + 2 };
    struct unit *u = unit_add(file, at);
    size_t n, end;
    NEED(line_n(f, at) == HEAD && f->p[at + 19] == ':');
    NEED(f->p[at + 30] == ':' && f->p[at + 43] == ':');
    NEED(f->p[at + 56] == ':' && f->p[at + HEAD - 2] == '\r');
    hex_of(f->p + at + 3, 16);
    n = (size_t)hex_of(f->p + at + 20, 10);
    NEED(hex_of(f->p + at + 31, 12) == (*stream & AOF_BITS));
    /* what was on disk then */
    NEED(((*stream - hex_of(f->p + at + 44, 12)) & AOF_BITS) < UNITS * BLOCK);
    current_db = (int)hex_of(f->p + at + 57, 4);
    NEED(n && n <= f->n - at - HEAD);
    for (end = at + HEAD + n, at += HEAD; at < end;)
        at += record_add(f, at, end);
    NEED(at == end);
    u->n = HEAD + n;
    u->to = nrecords;
    *stream += u->n;
    return u->n;
}

/* A record or transaction that another server has written. */
static size_t plain_add(int file, const struct disk_file *f, size_t at) {
    struct unit *u = unit_add(file, at);
    do at += record_add(f, at, f->n);
    while (in_multi);
    u->n = at - u->at;
    u->to = nrecords;
    return u->n;
}

/* Reads an increment, of kv's or another server's making. */
static void increment_read(int file, u64 *stream) {
    enum { HEAD = 3 + 16 + 1 + 12 + 1 + 8 + 2 }; /* its own sum stands last */
    const struct disk_file *f = increment(&whole, file);
    size_t at = 0;
    int plain = 0;
    first_of[file] = nunits;
    nincrements = file + 1;
    checked[file] = is_line(f, 0, "#K:");
    current_db = 0;
    if (checked[file]) {
        NEED(line_n(f, 0) == HEAD && f->p[19] == ':' && f->p[32] == ':');
        hex_of(f->p + 3, 16);
        hex_of(f->p + 33, 8);
        NEED(hex_of(f->p + 20, 12) == (*stream & AOF_BITS) || !file);
        *stream = hex_of(f->p + 20, 12);
        at = HEAD;
    }
    while (at < f->n) {
        if (!is_line(f, at, "#C:")) plain = 1;
        NEED(!plain || !is_line(f, at, "#C:"));
        if (plain) checked[file] = 0;
        if (plain) {
            size_t n = plain_add(file, f, at);
            at += n;
            *stream += n; /* it counts what it has read */
        } else {
            at += batch_add(file, f, at, stream);
        }
    }
    NEED(at == f->n);
}

/* Reads the manifest. */
static void manifest_read(void) {
    const struct disk_file *f = disk_find(&whole, MANIFEST);
    u64 stream = 0;
    int n = 0, i;
    char text[4000], *line, *next, name[NAME], type;
    unsigned seq;
    NEED(f && f->n < sizeof text);
    memcpy(text, f->p, f->n);
    text[f->n] = 0;
    base[0] = 0;
    nunits = nrecords = nincrements = 0;
    for (line = text; *line; line = next) {
        next = strchr(line, '\n');
        NEED(next);
        *next++ = 0;
        if (*line == '#') continue;
        NEED(sscanf(line, "file %59s seq %u type %c", name, &seq, &type) == 3);
        if (type == 'h') continue;
        NEED(type == 'b' || type == 'i');
        if (type == 'b') {
            NEED(!n && !base[0]);
            snprintf(base, sizeof base, "%s/%s", LOG_DIR, name);
            NEED(disk_find(&whole, base));
        } else {
            NEED(n < INCREMENTS);
            snprintf(increments[n++], DISK_PATH, "%s/%s", LOG_DIR, name);
        }
    }
    for (i = 0; i < n; i++) increment_read(i, &stream);
    first_of[n] = nunits;
}

/* ---- What is to come of it --------------------------------------------- */

static struct world plain;
static u8 missing[UNITS];
static int nmissing;

/* Without what is missing a record may be refused: that changes nothing. */
static void plain_send(const u8 *p, size_t n) {
    NEED(world_send(&plain, p, n) == KV_OK);
    if (plain.answers.p[0] == '-' && nmissing) return;
    if (plain.answers.p[0] == '-') {
        struct bytes b;
        b.p = (u8 *)p;
        b.n = n;
        bytes_show("record", &b);
        bytes_show("answer", &plain.answers);
    }
    NEED(plain.answers.n && plain.answers.p[0] != '-');
}

static void plain_db(int db) {
    char line[40];
    snprintf(line, sizeof line, "SELECT %d\r\n", db);
    world_line(&plain, line);
}

static i64 real_us;

/* An empty instance gets what the base has. What is past its time stays until
 * all is read: a later record may keep it. */
static void plain_begin(void) {
    struct disk_file *f = base[0] ? disk_find(&whole, base) : NULL;
    real_us = fake_us;
    fake_us = 0;
    NEED(world_open(&plain, NULL, 0, 0) == KV_OK);
    if (!f) return;
    if (is_line(f, 0, "REDIS")) {
        disk_sys(&whole, &plain.k->sys);
        plain.k->sys.load = NULL;
        NEED(kv_load(plain.k, base) == KV_OK);
    } else {
        size_t at = 0;
        ended = nrecords;
        current_db = 0;
        nincrements++;
        checked[nincrements - 1] = 0;
        while (at < f->n) at += record_add(f, at, f->n);
        nincrements--;
        for (; ended < nrecords; ended++) {
            plain_db(records[ended].db);
            plain_send(records[ended].p, records[ended].n);
        }
    }
}

/* What has become of it by now. */
static u64 plain_state(void) {
    u64 out;
    fake_us = real_us;
    out = state_of(plain.k);
    fake_us = 0;
    return out;
}

static void plain_end(void) {
    world_close(&plain);
    fake_us = real_us;
}

static void plain_unit(const struct unit *u) {
    int i;
    for (i = u->first; i < u->to; i++) {
        plain_db(records[i].db);
        plain_send(records[i].p, records[i].n);
    }
}

static void history_read(void) {
    int i;
    manifest_read();
    plain_begin();
    after[0] = plain_state();
    for (i = 0; i < nunits; i++) {
        plain_unit(&units[i]);
        after[i + 1] = plain_state();
    }
    plain_end();
}

/* What there would be without the units that are missing. */
static u64 state_without(void) {
    u64 out;
    int i;
    plain_begin();
    for (i = 0; i < nunits; i++) {
        nmissing += missing[i];
        if (!missing[i]) plain_unit(&units[i]);
    }
    nmissing = 0;
    out = plain_state();
    plain_end();
    return out;
}

/* The same, kept, for one unit. */
static u64 state_without_one(int unit) {
    static u64 kept[UNITS];
    static u8 has[UNITS];
    static u64 of;
    if (of != after[nunits]) memset(has, 0, sizeof has);
    of = after[nunits];
    if (!has[unit]) {
        missing[unit] = 1;
        kept[unit] = state_without();
        missing[unit] = 0;
        has[unit] = 1;
    }
    return kept[unit];
}

/* ---- The log that is damaged ------------------------------------------- */

/* Several commands at once: a batch. */
static void log_some(struct world *w, u64 *seed, u32 commands, u32 longest) {
    struct bytes b = {NULL, 0, 0};
    while (commands--) command_put(seed, longest, &b);
    NEED(world_send(w, b.p, b.n) == KV_OK);
    bytes_free(&b);
    NEED(nseen < UNITS);
    seen[nseen++] = state_of(w->k);
}

static void log_fill(struct world *w, u64 *seed, size_t bytes) {
    size_t begun = 0, n = 0;
    int i;
    for (i = 0; i < DISK_FILES; i++)
        if (w->d->files[i].named) begun += w->d->files[i].n;
    while (n < begun + bytes) {
        if (rnd(seed, 60) == 0) log_some(w, seed, 40, 1000);
        else log_some(w, seed, 1 + rnd(seed, 4) * rnd(seed, 3), 60);
        for (i = 0, n = 0; i < DISK_FILES; i++)
            if (w->d->files[i].named) n += w->d->files[i].n;
    }
}

/* A log of no bytes, and log_wrap of them before its offsets are at their end. */
static void log_begin(void) {
    static const char manifest[] =
        "file appendonly.aof.1.incr.aof seq 1 type i\n";
    u8 line[AOF_HEAD];
    u64 salt[2];
    aof_salt(salt, log_seed);
    aof_file_head(line, salt, AOF_BITS + 1 - log_wrap);
    disk_put(&whole, LOG_NAME ".1.incr.aof", line, sizeof line);
    disk_put(&whole, MANIFEST, manifest, sizeof manifest - 1);
}

/* 64 KiB in increments of different sizes behind a base. Each state on the way
 * is one that the files tell of. */
static void log_make(void) {
    static const size_t sizes[] = {20000, 3000, 25000, 16000};
    struct world w;
    u64 seed = 77 + log_seed, state = 0;
    size_t i;
    int at;
    memset(&w, 0, sizeof w);
    disk_empty(&whole);
    if (log_wrap) log_begin();
    nseen = 0;
    fake_us = 1700000000000000;
    w.seed = log_seed;
    NEED(world_open(&w, &whole, KV_SYNC_ALWAYS, 0) == KV_OK);
    NEED(kv_config(w.k, "auto-aof-rewrite-percentage", "0") == KV_OK);
    log_fill(&w, &seed, 9000);
    world_rewrite(&w);
    nseen = 0;
    for (i = 0; i < COUNT(sizes); i++) {
        if (i) {
            world_close(&w);
            NEED(world_open(&w, &whole, KV_SYNC_ALWAYS, 0) == KV_OK);
            NEED(state_of(w.k) == state);
        }
        NEED(kv_config(w.k, "aof-timestamp-enabled", i & 1 ? "yes" : "no") ==
             KV_OK);
        log_fill(&w, &seed, sizes[i]);
        state = state_of(w.k);
    }
    world_close(&w);
    bytes_free(&w.answers);
    history_read();
    NEED(after[nunits] == state);
    for (i = 0, at = 0; (int)i < nseen; i++) {
        while (at <= nunits && after[at] != seen[i]) at++;
        NEED(at <= nunits);
    }
}

/* ---- Loading ----------------------------------------------------------- */

static struct disk damaged;
static struct world world;
static u64 got;
static size_t highest;

/* Loads `damaged`: 1: with `got`; 0: refused. */
static int load(int salvage) {
    int rc;
    char digest[41];
    world.seed = (u64)cases++;
    if (keep) disk_copy(&tried, &damaged);
    rc = world_open(&world, &damaged, KV_SYNC_ALWAYS, salvage);
    highest = max_z(highest, world.peak);
    if (world.refused) flaw("it asks for too much memory", "");
    if (world.odd) flaw("control characters in its log: ", world.said);
    if (rc != KV_OK) {
        if (rc == KV_NOMEM || rc == KV_ARG)
            flaw("it is refused with the code ", kv_errstr(rc));
        if (!world.said[0]) flaw("it is refused without a word", "");
        return 0;
    }
    got = state_of(world.k);
    if (cases % 64 == 0) { /* and it goes on from there */
        world_line(&world, "SELECT 7\r\n");
        world_line(&world, "SET new value\r\n");
        NEED(!strcmp((const char *)world.answers.p, "+OK\r\n"));
        world_digest(&world, digest);
        world_close(&world);
        rc = world_open(&world, &damaged, KV_SYNC_ALWAYS, salvage);
        if (rc != KV_OK) {
            flaw("what it has made of that is refused: ", world.said);
            return 1;
        }
        world_line(&world, "SELECT 7\r\n");
        world_line(&world, "DEL new\r\n");
        NEED(!strcmp((const char *)world.answers.p, ":1\r\n"));
        if (state_of(world.k) != got) flaw("the next time it is another", "");
    }
    world_close(&world);
    return 1;
}

/* The number of units that are loaded; -1: it is the state after none of them
 * from `least` to `most`. */
static int found(int least, int most) {
    while (most >= least && got != after[most]) most--;
    return most >= least ? most : -1;
}

static void flaw_state(const char *wanted) {
    char more[80];
    int at = found(0, nunits);
    if (at < 0) snprintf(more, sizeof more, "a state that never was");
    else snprintf(more, sizeof more, "%d of %d units", at, nunits);
    flaw(wanted, more);
}

/* It is to be refused, or the damage changes nothing. */
static void want_refusal(int loaded, const char *file) {
    if (!loaded && !strstr(world.said, file))
        flaw("the refusal does not name the file: ", world.said);
    if (loaded && got != after[nunits])
        flaw_state("to be refused, not loaded as ");
}

/* ---- Bits -------------------------------------------------------------- */

static int unit_at(int file, size_t at) {
    int i;
    for (i = first_of[file]; i < first_of[file + 1]; i++)
        if (at >= units[i].at && at < units[i].at + units[i].n) return i;
    return -1; /* the first line */
}

static void flip_increment(int file, size_t at, int bit, int salvage) {
    struct disk_file *f = increment(&damaged, file);
    int unit = unit_at(file, at), loaded, i;
    f->p[at] ^= (u8)(1 << bit);
    snprintf(doing, sizeof doing, "%s, byte %lu, bit %d%s", short_name(f->path),
             (unsigned long)at, bit, salvage ? ", salvage" : "");
    loaded = load(salvage);
    if (salvage) {
        if (!loaded) {
            if (unit >= 0) flaw("to be salvaged: ", world.said);
        } else if (got != after[nunits]) {
            if (unit < 0)
                for (i = first_of[file]; i < first_of[file + 1]; i++)
                    missing[i] = 1;
            if (got != (unit < 0 ? state_without() : state_without_one(unit)))
                flaw_state("salvaged: ");
            memset(missing, 0, sizeof missing);
        }
    } else if (file == nincrements - 1 && unit == nunits - 1) {
        if (!loaded) flaw("its tail is to be cut: ", world.said);
        else if (found(unit, nunits) < 0) flaw_state("to be cut, not ");
    } else if (loaded && unit < 0 && file == nincrements - 1) {
        if (found(first_of[file], nunits) < 0) flaw_state("a first line: ");
    } else {
        want_refusal(loaded, short_name(f->path));
    }
}

static void bits(void) {
    u64 seed = log_seed;
    int file, bit;
    for (file = 0; file < nincrements; file++) {
        size_t at, n = increment(&whole, file)->n;
        for (at = 0; at < n; at++)
            for (bit = 0; bit < 8; bit++) {
                int salvage = rnd(&seed, is_long ? 8 : 3) == 0;
                if (!is_long && rnd(&seed, at < 200 || n - at < 200 ? 8 : 300))
                    continue;
                disk_copy(&damaged, &whole);
                flip_increment(file, at, bit, 0);
                if (!salvage) continue;
                disk_copy(&damaged, &whole);
                flip_increment(file, at, bit, 1);
            }
    }
}

/* ---- The base and the manifest ----------------------------------------- */

static void want_whole_files(int loaded) {
    if (loaded && found(0, nunits) < 0) flaw_state("the manifest is damaged: ");
}

static void small_files(void) {
    const char *names[2];
    u64 seed = log_seed;
    int i, bit;
    names[0] = base;
    names[1] = MANIFEST;
    for (i = 0; i < 2; i++) {
        size_t at, n = disk_find(&whole, names[i])->n;
        for (at = 0; at < n; at++)
            for (bit = 0; bit < 9; bit++) { /* 8: it is cut there */
                struct disk_file *f;
                int loaded, salvage = rnd(&seed, 4) == 0;
                if (!is_long && !i && rnd(&seed, 60)) continue;
                disk_copy(&damaged, &whole);
                f = disk_find(&damaged, names[i]);
                if (bit == 8) f->n = at;
                else f->p[at] ^= (u8)(1 << bit);
                snprintf(doing, sizeof doing, "%s, byte %lu, %s %d%s",
                         short_name(names[i]), (unsigned long)at,
                         bit == 8 ? "cut" : "bit", bit,
                         salvage ? ", salvage" : "");
                loaded = load(salvage);
                if (!i) want_refusal(loaded, short_name(base));
                else if (!salvage) want_whole_files(loaded);
            }
    }
}

/* ---- Cuts -------------------------------------------------------------- */

/* The units that are whole in the first `n` bytes of the last file. */
static int units_in(size_t n) {
    int i = first_of[nincrements - 1];
    while (i < nunits && units[i].at + units[i].n <= n) i++;
    return i;
}

/* What was cut off is kept. */
static void want_kept(const char *path, const u8 *p, size_t cut, size_t at) {
    char name[DISK_PATH + 40], count[40];
    struct disk_file *f;
    if (!cut) return;
    snprintf(name, sizeof name, "%s.cut-%lu", path, (unsigned long)at);
    snprintf(count, sizeof count, "%lu bytes", (unsigned long)cut);
    f = disk_find(&damaged, name);
    if (!f) flaw("what was cut off is not in ", name);
    else if (f->n != cut || memcmp(f->p, p + at, cut))
        flaw("something else is in ", name);
    if (!strstr(world.told, count) && cut > 1)
        flaw("the log does not tell how much was cut: ", world.told);
}

static void cut_last(size_t at) {
    const char *path = increments[nincrements - 1];
    const struct disk_file *f;
    int unit = units_in(at), first = first_of[nincrements - 1];
    size_t end = unit > first ? units[unit - 1].at + units[unit - 1].n : 0;
    disk_copy(&damaged, &whole);
    disk_find(&damaged, path)->n = at;
    f = disk_find(&whole, path);
    snprintf(doing, sizeof doing, "%s cut at byte %lu", short_name(path),
             (unsigned long)at);
    if (!load(0)) {
        flaw("refused: ", world.said);
    } else {
        if (got != after[unit]) flaw_state("cut, but ");
        if (unit > first && cases % 64) want_kept(path, f->p, at - end, end);
    }
}

/* What is missing in the middle is seen, but where another server has written
 * only whole records. */
static void cut_other(int file, size_t at) {
    int unit = first_of[file];
    disk_copy(&damaged, &whole);
    increment(&damaged, file)->n = at;
    snprintf(doing, sizeof doing, "%s, not the last, cut at byte %lu",
             short_name(increments[file]), (unsigned long)at);
    while (unit < first_of[file + 1] && units[unit].at < at) unit++;
    if (!checked[file] && (unit == first_of[file + 1] || units[unit].at == at))
        load(0);
    else want_refusal(load(0), at ? short_name(increments[file]) : ".incr.aof");
}

/* The last file at each byte, the others now and then. */
static void cut_all(u32 others) {
    u64 seed = log_seed;
    size_t at, n = increment(&whole, nincrements - 1)->n;
    int file;
    for (at = 0; at <= n; at++)
        if (is_long || at < 300 || n - at < 300 || !rnd(&seed, 8)) cut_last(at);
    for (file = 0; file < nincrements - 1; file++)
        for (at = 0, n = increment(&whole, file)->n; at < n; at++)
            if (is_long || at < 60 || n - at < 60 || !rnd(&seed, others))
                cut_other(file, at);
}

static void cuts(void) { cut_all(100); }

/* ---- Blocks ------------------------------------------------------------ */

static u8 in_place[UNITS], alive[UNITS], in_order[UNITS];
static u8 headed[INCREMENTS]; /* whether the first line is there */
static int changelings;       /* files with another one's first line */

/* Where a unit's bytes are in a file; SIZE_MAX: nowhere. */
static size_t find_unit(const struct disk_file *f, const u8 *p, size_t n) {
    size_t at = 0;
    while (f->n - at >= n) {
        const u8 *q = memchr(f->p + at, *p, f->n - at - n + 1);
        if (!q) break;
        at = (size_t)(q - f->p);
        if (!memcmp(q, p, n)) return at;
        at++;
    }
    return SIZE_MAX;
}

/* Of a file's units those that are whole, as they come, without any that
 * stands behind a later one. */
static int file_order(int file, int next) {
    const struct disk_file *was = increment(&whole, file);
    const struct disk_file *is = increment(&damaged, file);
    size_t at = units[first_of[file]].at;
    int i;
    while (at < is->n) {
        for (i = first_of[file]; i < first_of[file + 1]; i++)
            if (is->p[at] == '#' && is->n - at >= units[i].n &&
                !memcmp(is->p + at, was->p + units[i].at, units[i].n))
                break;
        if (i < first_of[file + 1] && i >= next) {
            in_order[i] = 1;
            next = i + 1;
        }
        at += i < first_of[file + 1] ? units[i].n : 1;
    }
    return next;
}

/* Which units are still there. The number of the first that is not in its
 * place. */
static int survey(void) {
    int i, first = nunits, next = 0;
    changelings = 0;
    memset(in_order, 0, sizeof in_order);
    for (i = 0; i < nincrements; i++) {
        const struct disk_file *was = increment(&whole, i);
        const struct disk_file *is = increment(&damaged, i);
        size_t head = units[first_of[i]].at;
        headed[i] = is->n >= head && !memcmp(was->p, is->p, head);
        if (headed[i]) next = file_order(i, next);
        else changelings += is_line(is, 0, "#K:");
    }
    for (i = nunits - 1; i >= 0; i--) {
        const struct unit *u = &units[i];
        const struct disk_file *was = increment(&whole, u->file);
        const struct disk_file *is = increment(&damaged, u->file);
        in_place[i] = headed[u->file] && is->n >= u->at + u->n &&
                      !memcmp(was->p + u->at, is->p + u->at, u->n);
        alive[i] = in_place[i] || (headed[u->file] &&
                                   find_unit(is, was->p + u->at, u->n) < is->n);
        if (!in_place[i]) first = i;
    }
    return first;
}

/* Whether nothing but units is missing: those that are damaged, and maybe
 * those that stand behind later ones, and the end of the last file. */
static int is_salvaged(void) {
    int i, same, end;
    for (i = 0; i < nunits; i++) missing[i] = !alive[i];
    same = got == state_without();
    for (i = 0; i < nunits; i++) missing[i] = !in_order[i];
    same = same || got == state_without();
    for (end = nunits - 1; !same && end >= first_of[nincrements - 1]; end--)
        if (!missing[end]) {
            missing[end] = 1;
            same = got == state_without();
        }
    memset(missing, 0, sizeof missing);
    return same;
}

/* A file that begins as another one takes that one's place: what comes of it
 * is a prefix, maybe a shorter one. */
static int is_changeling(int first) {
    return changelings && found(0, first) >= 0;
}

static void want_blocks(int first, int salvage) {
    int loaded = load(salvage), last = first_of[nincrements - 1], i, placed = 0,
        living = 0;
    for (i = first; i < nunits; i++) {
        placed |= in_place[i];
        living |= alive[i];
    }
    if (first == nunits) {
        if (!loaded || got != after[nunits]) flaw("nothing was changed", "");
    } else if (salvage) {
        if (!loaded && first != first_of[units[first].file])
            flaw("to be salvaged: ", world.said);
        else if (loaded && !is_salvaged() && !is_changeling(first))
            flaw_state("salvaged: ");
    } else if (first < last || placed) {
        if (loaded) flaw_state("to be refused, not loaded as ");
    } else if (!loaded && !living && first > last) {
        flaw("its tail is to be cut: ", world.said);
    } else if (loaded && got != after[first] && !is_changeling(first)) {
        flaw_state("to be cut, not ");
    }
}

enum { ZERO, SWAP, OVER, INSERT, TAKE_OUT, DAMAGES };

/* `b` of file `g` and `a` of file `f` are blocks. */
static void damage(int what, int f, size_t a, int g, size_t b) {
    static const char *const words[] = {"zeroed", "swapped with",
                                        "written over", "written again before",
                                        "taken out of"};
    struct disk_file *x = increment(&damaged, f), *y = increment(&damaged, g);
    size_t n, m;
    u8 keep[BLOCK], other[BLOCK];
    a *= BLOCK;
    b *= BLOCK;
    snprintf(doing, sizeof doing, "%s, block at %lu, %s block at %lu of %s",
             short_name(x->path), (unsigned long)a, words[what],
             (unsigned long)b, short_name(y->path));
    n = min_z(BLOCK, x->n - a);
    m = min_z(BLOCK, y->n - b);
    if (what == SWAP || what == OVER) n = m = min_z(n, m);
    memcpy(keep, x->p + a, n);
    memcpy(other, y->p + b, m);
    switch (what) {
    case ZERO: memset(x->p + a, 0, n); break;
    case SWAP: memcpy(x->p + a, other, m); /* falls through */
    case OVER: memcpy(y->p + b, keep, n); break;
    case INSERT:
        file_room(y, y->n + n);
        memmove(y->p + b + n, y->p + b, y->n - b);
        memcpy(y->p + b, keep, n);
        y->n += n;
        break;
    default: memmove(x->p + a, x->p + a + n, x->n - a - n); x->n -= n;
    }
}

static void damage_try(int what, int f, size_t a, int g, size_t b) {
    int salvage, first;
    size_t n;
    for (salvage = 0; salvage < 2; salvage++) {
        disk_copy(&damaged, &whole);
        damage(what, f, a, g, b);
        first = survey();
        n = strlen(doing);
        if (salvage) snprintf(doing + n, sizeof doing - n, ", salvage");
        want_blocks(first, salvage);
    }
}

static void blocks(void) {
    u64 seed = log_seed;
    int f, g, what;
    for (f = 0; f < nincrements; f++) {
        size_t a, b, n = (increment(&whole, f)->n + BLOCK - 1) / BLOCK, m;
        for (a = 0; a < n; a++) {
            damage_try(ZERO, f, a, f, a);
            damage_try(TAKE_OUT, f, a, f, a);
            for (g = 0; g < nincrements; g++) {
                m = (increment(&whole, g)->n + BLOCK - 1) / BLOCK;
                for (b = 0; b < m; b++)
                    for (what = SWAP; what <= INSERT; what++)
                        if ((f != g || a != b || what == INSERT) &&
                            (is_long || !rnd(&seed, 4)))
                            damage_try(what, f, a, g, b);
            }
        }
    }
}

/* The end is zeros, or what stood elsewhere, from any byte on. */
static void tails(void) {
    u64 seed = log_seed;
    const char *path = increments[nincrements - 1];
    const struct disk_file *was = disk_find(&whole, path);
    size_t at, n = was->n, step = is_long ? 1 : 23, i;
    int way, unit;
    for (at = n > 6000 ? n - 6000 : units[first_of[nincrements - 1]].at;
         at <= n; at += 1 + rnd(&seed, (u32)step))
        for (way = 0; way < 3; way++) {
            struct disk_file *f;
            disk_copy(&damaged, &whole);
            f = disk_find(&damaged, path);
            if (at == n) {
                file_room(f, n + BLOCK);
                f->n = n + BLOCK;
            }
            for (i = at; i < f->n; i++)
                f->p[i] = way == 0   ? 0
                          : way == 1 ? (u8)rnd(&seed, 256)
                                     : was->p[i - at];
            snprintf(doing, sizeof doing, "%s is %s from byte %lu on",
                     short_name(path),
                     way == 0   ? "zeros"
                     : way == 1 ? "garbage"
                                : "its own beginning",
                     (unsigned long)at);
            unit = survey();
            if (unit == nunits && at < n) continue;
            if (!load(0)) {
                if (way < 2) flaw("its tail is to be cut: ", world.said);
            } else if (got != after[unit]) {
                flaw_state("to be cut, not ");
            }
        }
}

/* ---- What another server has written ----------------------------------- */

static void plain_line(struct bytes *b, const char *s) {
    bytes_put(b, s, strlen(s));
}

/* Whether a record is never refused, whatever there is. */
static int is_always_good(const struct record *r) {
    static const char *const words[] = {"set",     "mset",      "del",
                                        "restore", "pexpireat", "persist"};
    size_t argc, i;
    str name;
    record_read(r->p, r->n, &name, 1, &argc);
    for (i = 0; i < COUNT(words); i++)
        if (str_is(name, words[i])) return 1;
    return 0;
}

/* Some of the records once more, as Redis would write them; the first ones of
 * an increment begin in database 0. */
static void records_again(struct bytes *b, u64 *seed, int count, int db) {
    int multi = 0, i;
    char line[64];
    for (i = 0; i < count; i++) {
        const struct record *r = &records[rnd(seed, (u32)nrecords)];
        if (!is_always_good(r)) continue;
        if (!multi && rnd(seed, 4) == 0) {
            plain_line(b, "*1\r\n$5\r\nMULTI\r\n");
            multi = 1;
        }
        if (r->db != db) {
            snprintf(line, sizeof line, "*2\r\n$6\r\nSELECT\r\n$%d\r\n%d\r\n",
                     r->db < 10 ? 1 : 2, r->db);
            plain_line(b, line);
        }
        db = r->db;
        if (rnd(seed, 9) == 0) plain_line(b, "#TS:1700000000\r\n");
        bytes_put(b, r->p, r->n);
        if (multi && rnd(seed, 3) == 0) {
            plain_line(b, "*1\r\n$4\r\nEXEC\r\n");
            multi = 0;
        }
    }
    if (multi) plain_line(b, "*1\r\n$4\r\nEXEC\r\n");
}

/* Redis has gone on in kv's last file. */
static void mixed(void) {
    struct bytes b = {NULL, 0, 0};
    u64 seed = log_seed + 5;
    struct disk_file *f;
    log_make();
    f = increment(&whole, nincrements - 1);
    /* Redis begins in no database */
    plain_line(&b, "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n");
    records_again(&b, &seed, 60, 0);
    file_put(f, b.p, b.n, f->n);
    history_read();
    cut_all(1000);
    /* and kv after it */
    NEED(world_open(&world, &whole, KV_SYNC_ALWAYS, 0) == KV_OK);
    NEED(state_of(world.k) == after[nunits]);
    log_fill(&world, &seed, 1500);
    world_close(&world);
    history_read();
    cut_all(1000);
    bytes_free(&b);
    log_make();
}

/* A directory of Redis's. */
static void foreign(void) {
    struct bytes b = {NULL, 0, 0}, rdb = {NULL, 0, 0};
    static const char *const manifest =
        "file appendonly.aof.3.base.rdb seq 3 type b\n"
        "file appendonly.aof.7.incr.aof seq 7 type i\n"
        "file appendonly.aof.8.incr.aof seq 8 type i\n";
    u64 seed = log_seed + 6;
    struct disk_file *f = disk_find(&whole, base);
    struct disk made;
    memset(&made, 0, sizeof made);
    bytes_put(&rdb, f->p, f->n);
    disk_put(&made, LOG_NAME ".3.base.rdb", rdb.p, rdb.n);
    records_again(&b, &seed, 100, 0);
    disk_put(&made, LOG_NAME ".7.incr.aof", b.p, b.n);
    b.n = 0;
    records_again(&b, &seed, 100, 0);
    disk_put(&made, LOG_NAME ".8.incr.aof", b.p, b.n);
    disk_put(&made, MANIFEST, manifest, strlen(manifest));
    disk_copy(&whole, &made);
    history_read();
    cut_all(20);
    disk_free(&made);
    bytes_free(&b);
    bytes_free(&rdb);
    log_make();
}

/* ---- Directories ------------------------------------------------------- */

static void dir_read_file(const char *dir, const char *name) {
    char path[5000], to[DISK_PATH];
    struct bytes b = {NULL, 0, 0};
    char block[4096];
    size_t n;
    FILE *f;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    snprintf(to, sizeof to, LOG_DIR "/%.60s", name);
    f = fopen(path, "rb");
    NEED(f);
    while ((n = fread(block, 1, sizeof block, f)) > 0) bytes_put(&b, block, n);
    fclose(f);
    disk_put(&whole, to, b.p, b.n);
    bytes_free(&b);
}

static void dir_read(const char *dir) {
    char sub[4000];
    struct dirent *e;
    DIR *d;
    snprintf(sub, sizeof sub, "%.3900s/appendonlydir", dir);
    d = opendir(sub);
    NEED(d);
    disk_empty(&whole);
    while ((e = readdir(d)))
        if (e->d_name[0] != '.') dir_read_file(sub, e->d_name);
    closedir(d);
    fake_us = sys_wall(NULL);
    history_read();
    printf("%d increments, %d units, %d records\n", nincrements, nunits,
           nrecords);
    cut_all(20);
}

/* ---- Main -------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*fn)(void);
} PARTS[] = {{"bits", bits},      {"files", small_files}, {"cuts", cuts},
             {"blocks", blocks},  {"tails", tails},       {"mixed", mixed},
             {"foreign", foreign}};

static int chosen(int argc, char **argv, const char *name) {
    int i, any = 0;
    for (i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--seed") || !strcmp(argv[i], "--keep") ||
            !strcmp(argv[i], "--wrap"))
            i++;
        else if (argv[i][0] == '-') continue;
        else if (!strcmp(argv[i], name)) return 1;
        else any = 1;
    }
    return !any;
}

int main(int argc, char **argv) {
    const char *dir = NULL;
    size_t i;
    for (i = 1; i < (size_t)argc; i++) {
        if (!strcmp(argv[i], "--long")) is_long = 1;
        if (!strcmp(argv[i], "--seed") && argv[i + 1])
            log_seed = strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--wrap") && argv[i + 1])
            log_wrap = strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--dir") && argv[i + 1]) dir = argv[++i];
        else if (!strcmp(argv[i], "--keep") && argv[i + 1]) keep = argv[++i];
        else if (!strcmp(argv[i], "--list")) {
            for (i = 0; i < COUNT(PARTS); i++) puts(PARTS[i].name);
            return 0;
        }
    }
    signal(SIGABRT, show_case);
    signal(SIGSEGV, show_case);
    if (dir) {
        is_long = 1;
        dir_read(dir);
    } else {
        log_make();
        for (i = 0; i < COUNT(PARTS); i++)
            if (chosen(argc, argv, PARTS[i].name)) PARTS[i].fn();
    }
    printf("%ld cases, %ld flaws, at most %lu KiB held\n", cases, bad,
           (unsigned long)highest / 1024);
    disk_free(&whole);
    disk_free(&damaged);
    disk_free(&tried);
    bytes_free(&plain.answers);
    bytes_free(&world.answers);
    return bad != 0;
}
