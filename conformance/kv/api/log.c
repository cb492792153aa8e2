/* The log of changes in the process: what a call promised is there when the
 * instance is opened again, from any number of threads, rewritten meanwhile. */
#include "threads.h"

#include <dirent.h>

/* ---- A directory of its own -------------------------------------------- */

static char dir[256];

static void make_dir(void) {
    snprintf(dir, sizeof dir, "%s/kv-log-XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    CHECK(mkdtemp(dir));
}

/* Removes everything in a directory, and the directory. */
static void drop(const char *path) {
    char one[600];
    DIR *d = opendir(path);
    CHECK(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        snprintf(one, sizeof one, "%.300s/%.255s", path, e->d_name);
        if (remove(one)) drop(one);
    }
    closedir(d);
    CHECK(!rmdir(path));
}

static kv *with_log(int sync) {
    kv_desc d;
    kv *db;
    memset(&d, 0, sizeof d);
    d.size = sizeof d;
    d.dir = dir;
    d.sync = sync;
    OK(kv_open(&db, &d));
    OK(kv_config(db, "enable-debug-command", "yes"));
    return db;
}

/* ---- Tests ---------------------------------------------------------------- */

static void comes_back(void) {
    static const int policies[] = {KV_SYNC_NO, KV_SYNC_EVERYSEC,
                                   KV_SYNC_ALWAYS};
    char was[41], is[41];
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        make_dir();
        kv *db = with_log(policies[i]), *other;
        kv_desc d;
        memset(&d, 0, sizeof d);
        d.size = sizeof d;
        d.dir = dir;
        EQ(kv_open(&other, &d), KV_BUSY);
        for (int round = 0; round < 4; round++) {
            for (uint32_t j = 0; j < 300; j++)
                OK(kv_set(db, (int)(j % 3), &j, 4, &round, sizeof round, 0));
            IS(db, NULL, "MSET a 1 b 2", "+OK");
            EQ(run_int(db, NULL, "INCRBY n 5"), 5 * (round + 1));
            OK(kv_del(db, 0, "a", 1));
            digest(db, was);
            if (round == 1) OK(kv_rewrite(db));
            if (round == 2) {
                IS(db, NULL, "DEBUG LOADAOF", "+OK");
                digest(db, is);
                SAME(is, was);
            }
            kv_close(db);
            db = with_log(policies[i]);
            digest(db, is);
            SAME(is, was);
            OK(kv_check(db));
        }
        finish(db);
        drop(dir);
    }
}

/* What kv_load() read is in the log too, and so is what is done to it. */
static void what_was_loaded_comes_back(void) {
    char path[300], was[41], is[41];
    make_dir();
    kv *db = with_log(KV_SYNC_ALWAYS);
    IS(db, NULL, "SET k v", "+OK");
    snprintf(path, sizeof path, "%.250s/copy.rdb", dir);
    OK(kv_backup(db, path));
    IS(db, NULL, "FLUSHALL", "+OK");
    OK(kv_rewrite(db));
    OK(kv_load(db, path));
    IS(db, NULL, "APPEND k w", ":2");
    digest(db, was);
    kv_close(db);
    db = with_log(KV_SYNC_ALWAYS);
    digest(db, is);
    SAME(is, was);
    finish(db);
    drop(dir);
}

static void without_one(void) {
    kv *db;
    kv_desc d;
    OK(kv_open(&db, NULL));
    EQ(kv_rewrite(db), KV_ARG);
    SAME(kv_message(db), "there is no log of changes");
    EQ(kv_rewrite(NULL), KV_ARG);
    EQ(kv_config(db, "appendonly", "yes"), KV_ARG); /* no directory */
    finish(db);
    memset(&d, 0, sizeof d);
    d.size = sizeof d;
    d.dir = "/nowhere/at/all";
    d.sync = KV_SYNC_ALWAYS;
    EQ(kv_open(&db, &d), KV_MISSING);
    CHECK(!db);
    d.sync = 9;
    EQ(kv_open(&db, &d), KV_ARG);
}

/* On and off while it runs: what was answered while it was on is there. */
static void on_and_off(void) {
    char was[41], is[41];
    make_dir();
    kv *db = with_log(KV_SYNC_OFF);
    IS(db, NULL, "SET before 1", "+OK");
    OK(kv_config(db, "appendonly", "yes"));
    IS(db, NULL, "SET with 1", "+OK");
    OK(kv_config(db, "appendfsync", "always"));
    IS(db, NULL, "SET more 1", "+OK");
    digest(db, was);
    OK(kv_config(db, "appendonly", "no"));
    IS(db, NULL, "SET after 1", "+OK");
    kv_close(db);
    db = with_log(KV_SYNC_EVERYSEC);
    digest(db, is);
    SAME(is, was);
    finish(db);
    drop(dir);
}

#if !defined(KV_THREADS) || KV_THREADS
enum { WRITERS = 6, EACH = 150 };

static void *writer(void *arg) {
    kv *db = (kv *)arg;
    static int next;
    uint32_t me = (uint32_t)__atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < EACH; i++) {
        uint32_t key[2] = {me, i};
        char got[8];
        size_t n;
        OK(kv_set(db, 0, key, sizeof key, &i, sizeof i, 0));
        OK(kv_get(db, 0, key, sizeof key, got, sizeof got, &n));
        if (i % 50 == 49) {
            int rc = kv_rewrite(db);
            CHECK(rc == KV_OK || rc == KV_BUSY);
        }
    }
    return NULL;
}

/* Threads wait for the disk together, while the loop turns. */
static void many_threads(void) {
    char was[41], is[41];
    make_dir();
    kv *db = with_log(KV_SYNC_ALWAYS);
    pthread_t t[WRITERS];
    for (int i = 0; i < WRITERS; i++) t[i] = start(writer, db);
    for (int i = 0; i < 100; i++) OK(kv_poll(db, 1));
    for (int i = 0; i < WRITERS; i++) join(t[i]);
    digest(db, was);
    kv_close(db);
    db = with_log(KV_SYNC_ALWAYS);
    EQ(run_int(db, NULL, "DBSIZE"), WRITERS * EACH);
    digest(db, is);
    SAME(is, was);
    finish(db);
    drop(dir);
}
#endif

static const test tests[] = {
    T(comes_back),
    T(what_was_loaded_comes_back),
    T(without_one),
    T(on_and_off),
#if !defined(KV_THREADS) || KV_THREADS
    T(many_threads),
#endif
};
MAIN(tests)
