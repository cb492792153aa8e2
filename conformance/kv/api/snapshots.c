/* Snapshots: what is read back is the data of one moment, whatever went on. */
#include "test.h"

#include <sys/stat.h>

/* ---- A directory of its own -------------------------------------------- */

static char dir[256];

static void make_dir(void) {
    snprintf(dir, sizeof dir, "%s/kv-snapshots-XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    CHECK(mkdtemp(dir));
}

static void in_dir(char *to, size_t cap, const char *name) {
    snprintf(to, cap, "%.250s/%s", dir, name);
}

static void drop_dir(void) {
    char path[300];
    in_dir(path, sizeof path, "dump.rdb");
    remove(path);
    in_dir(path, sizeof path, "copy.rdb");
    remove(path);
    CHECK(rmdir(dir) == 0); /* nothing else is left there */
}

static kv *with_dir(void) {
    kv_desc d;
    kv *db;
    memset(&d, 0, sizeof d);
    d.size = sizeof d;
    d.dir = dir;
    OK(kv_open(&db, &d));
    OK(kv_config(db, "enable-debug-command", "yes"));
    return db;
}

/* ---- Work ---------------------------------------------------------------- */

static uint64_t seed;

static unsigned draw(unsigned n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static void line(kv *db, const char *form, unsigned a, unsigned b) {
    char text[200];
    kv_reply *r;
    snprintf(text, sizeof text, form, a, b);
    OK(kv_exec_line(db, NULL, text, &r));
    if (r->type == KV_ERROR && strcmp(r->str, "ERR no such key")) {
        fprintf(stderr, "%s: %s\n", text, r->str);
        fail();
    }
    kv_reply_free(db, r);
}

/* A value of any size class; some have a block of their own, some are long. */
static void put_any(kv *db, int dbnum, unsigned key, int64_t expire) {
    static char bytes[400000];
    static const unsigned sizes[] = {1, 20, 100, 1000, 3000, 30000, 399999};
    char name[32];
    unsigned kind = draw(400), n = draw(40);
    if (kind < 300) n = draw(200);
    else if (kind < 390) n = sizes[draw(5)];
    else n = sizes[draw(7)];
    memset(bytes, (int)('a' + draw(26)), n);
    snprintf(bytes, sizeof bytes, "%u", draw(1000000));
    snprintf(name, sizeof name, "k:%u", key);
    OK(kv_set(db, dbnum, name, strlen(name), bytes, n, expire));
}

static void nested(kv *db, unsigned key) {
    kv_session *s;
    char text[200];
    kv_slice out;
    int n = snprintf(text, sizeof text,
                     "CLIENT CAPA nested\r\n*3\r\n$3\r\nSET\r\n$8\r\nn:%06u\r\n"
                     "*3\r\n:%u\r\n_\r\n%%1\r\n+a\r\n,1.5\r\n",
                     key, draw(1000));
    OK(kv_session_open(db, &s));
    OK(kv_feed(s, text, (size_t)n));
    OK(kv_pending(s, &out));
    CHECK(out.n == 10 && !memcmp(out.p, "+OK\r\n+OK\r\n", 10));
    kv_session_close(s);
}

static void fill(kv *db, unsigned keys) {
    for (unsigned i = 0; i < keys; i++)
        put_any(db, (int)draw(3), draw(keys),
                draw(4) ? 0 : kv_now_ms(db) + 1000000 + draw(100000));
    for (unsigned i = 0; i < keys / 50; i++) nested(db, i);
}

/* One change of any kind. */
static void change(kv *db, unsigned keys) {
    unsigned a = draw(keys), b = draw(keys), on = draw(3);
    line(db, "SELECT %u", on, 0);
    switch (draw(30)) {
    case 0: line(db, "DEL k:%u k:%u", a, b); break;
    case 1: line(db, "APPEND k:%u tail%u", a, b); break;
    case 2: line(db, "SETRANGE k:%u %u hello", a, draw(2000)); break;
    case 3: line(db, "EXPIRE k:%u %u", a, 100 + b); break;
    case 4: line(db, "PERSIST k:%u", a, 0); break;
    case 5: line(db, "COPY k:%u c:%u REPLACE", a, b); break;
    case 6: line(db, "MOVE k:%u %u", a, (on + 1) % 3); break;
    case 7: line(db, "SET k:%u %u", a, b); break;
    case 8: line(db, "GETEX k:%u PERSIST", a, 0); break;
    case 9: line(db, "PEXPIRE k:%u 0", a, 0); break;
    case 10: line(db, "SET new:%u %u EX 1000", a, b); break;
    case 11:
        if (draw(40) == 0) line(db, "SWAPDB %u %u", on, (on + 1) % 3);
        break;
    case 12:
        if (draw(100) == 0) line(db, "FLUSHDB", 0, 0);
        break;
    case 13:
        if (draw(400) == 0) line(db, "FLUSHALL", 0, 0);
        break;
    case 14: nested(db, a % 100); break;
    case 15: line(db, "RENAME k:%u k:%u", a, b); break;
    default: put_any(db, (int)on, a, 0);
    }
}

static int saving(kv *db) {
    kv_reply *r;
    int on;
    OK(kv_exec_line(db, NULL, "INFO persistence", &r));
    on = strstr(r->str, "rdb_bgsave_in_progress:1") != NULL;
    CHECK(strstr(r->str, "rdb_last_bgsave_status:ok"));
    kv_reply_free(db, r);
    return on;
}

static void one_moment(void) {
    const char *rounds = getenv("KV_ROUNDS");
    char path[300];
    make_dir();
    for (seed = 0; seed < (rounds ? (uint64_t)atoi(rounds) : 12); seed++) {
        uint64_t was = seed;
        kv *db = with_dir(), *again;
        char before[41], after[41];
        unsigned keys = 200 + 3000 * (unsigned)(seed % 4), n = 0;
        seed = (seed + 1) * 7919;
        line(db, "FLUSHALL", 0, 0);
        fill(db, keys);
        digest(db, before);
        line(db, "BGSAVE", 0, 0);
        do {
            change(db, keys);
            n++;
        } while (saving(db));
        OK(kv_check(db));
        in_dir(path, sizeof path, "dump.rdb");
        OK(kv_open(&again, NULL));
        OK(kv_config(again, "enable-debug-command", "yes"));
        OK(kv_load(again, path));
        digest(again, after);
        if (strcmp(before, after)) fprintf(stderr, "seed %u\n", (unsigned)was);
        SAME(after, before);
        OK(kv_check(again));
        kv_close(again);
        kv_close(db);
        CHECK(n > 1 || keys < 1000);
        seed = was;
    }
    drop_dir();
}

static void saved_and_read(void) {
    kv *db, *other;
    char path[300], a[41], b[41], c[41];
    make_dir();
    in_dir(path, sizeof path, "copy.rdb");
    db = with_dir();
    seed = 1;
    fill(db, 2000);
    digest(db, a);
    OK(kv_save(db));
    OK(kv_backup(db, path));
    kv_close(db);
    db = with_dir();
    digest(db, b);
    SAME(b, a);
    OK(kv_open(&other, NULL));
    OK(kv_config(other, "enable-debug-command", "yes"));
    EQ(kv_save(other), KV_ARG);
    {
        kv_desc d;
        kv *second;
        memset(&d, 0, sizeof d);
        d.size = sizeof d;
        d.dir = dir;
        EQ(kv_open(&second, &d), KV_BUSY);
        CHECK(!second);
    }
    EQ(kv_load(other, "/nowhere/at all"), KV_MISSING);
    OK(kv_load(other, path));
    digest(other, c);
    SAME(c, a);
    kv_close(other);
    kv_close(db);
    drop_dir();
}

static const test tests[] = {T(saved_and_read), T(one_moment)};
MAIN(tests)
