/* What is logged is what is there: random commands change an instance; after
 * each of them a second one reads a copy of its files, as they would be found
 * if the process ended there, and holds the same.
 *
 *     cc -std=c99 -I. conformance/durability/twin.c -lm -pthread -o twin
 *     ./twin               some seeds
 *     ./twin FIRST LAST    these seeds; a single one tells of each step
 */
#define KV_THREADS 0
#include "../../fuzz/fuzz.h"
#include "log.h"

#include <signal.h>

static struct disk disk, copied;
static struct world own, twin;
static u64 seed;
static int trace, logging;
static long steps, compared;
static u64 number;     /* the seed's */
static char what[200]; /* the step */

/* A command of the host's that makes several records: one change. */
static void pair_set(kv_call *c) {
    kv_slice set[3], ttl[3];
    kv_reply *r;
    int i;
    set[0].p = "SET";
    set[0].n = 3;
    ttl[0].p = "PEXPIRE";
    ttl[0].n = 7;
    ttl[2].p = "500000";
    ttl[2].n = 6;
    for (i = 1; i < 3; i++) {
        set[1] = ttl[1] = kv_call_arg(c, (size_t)i);
        set[2] = kv_call_arg(c, 3);
        NEED(kv_call_reply(c, 3, set, &r) == KV_OK);
        kv_reply_free(kv_call_kv(c), r);
        NEED(kv_call_reply(c, 3, ttl, &r) == KV_OK);
        kv_reply_free(kv_call_kv(c), r);
    }
    kv_put_int(c, 2);
}

static const kv_command PAIR_SET = {
    "pair.set", pair_set, 4,      KV_WRITE, "OW/update@1:1:1",
    "test",     "1.0.0",  "O(1)", "Two.",   "key key value",
    NULL};

static void own_open(void) {
    static const int policies[] = {KV_SYNC_ALWAYS, KV_SYNC_EVERYSEC,
                                   KV_SYNC_NO};
    own.seed = seed * 31 + (u64)steps;
    NEED(world_open(&own, &disk, policies[rnd(&seed, 3)], 0) == KV_OK);
    NEED(kv_add_command(own.k, &PAIR_SET) == KV_OK);
    if (rnd(&seed, 2))
        NEED(!kv_config(own.k, "auto-aof-rewrite-percentage", "0"));
    if (rnd(&seed, 2))
        NEED(!kv_config(own.k, "auto-aof-rewrite-min-size", "1"));
    if (rnd(&seed, 3) == 0) NEED(!kv_config(own.k, "rdbcompression", "no"));
    logging = 1;
}

/* ---- The comparison ---------------------------------------------------- */

static int twin_open(int salvage) {
    int rc;
    disk_copy(&copied, &disk);
    twin.seed = (u64)steps;
    rc = world_open(&twin, &copied, KV_SYNC_NO, salvage);
    if (rc != KV_OK) fprintf(stderr, "%s: %s\n", what, twin.said);
    return rc;
}

/* Shows where two instances differ. */
static int differ_entry(void *ctx, ent *e) {
    const struct world *other = ctx;
    struct tab_at at;
    str key = ent_key(e);
    int i;
    for (i = 0; i < DBS_MAX; i++) {
        db *d = other->k->dbs[i];
        ent *f = d ? tab_find(&d->t, key, db_hash(d, key), &at) : NULL;
        if (f && str_eq(ent_val(f), ent_val(e)) && ent_exp(f) == ent_exp(e))
            return 0;
    }
    fprintf(stderr, "  %.*s: %lu bytes, expires %lld, %s\n", (int)key.n,
            (const char *)key.p, (unsigned long)ent_val(e).n,
            (long long)ent_exp(e), other == &own ? "in the twin" : "in kv");
    return 0;
}

static void differ(void) {
    int i;
    fprintf(stderr, "%s: the twin is another\n", what);
    for (i = 0; i < DBS_MAX; i++) {
        if (own.k->dbs[i]) tab_each(&own.k->dbs[i]->t, differ_entry, &twin);
        if (twin.k->dbs[i]) tab_each(&twin.k->dbs[i]->t, differ_entry, &own);
    }
    abort();
}

static void compare(void) {
    char a[41], b[41];
    u64 state = state_of(own.k);
    if (!logging) return;
    compared++;
    NEED(twin_open(0) == KV_OK);
    if (state_of(twin.k) != state) differ();
    NEED(!twin.odd && !twin.told[0]); /* nothing had to be cut */
    if (rnd(&seed, 8) == 0) {         /* it can go on, and be read again */
        if (rnd(&seed, 4) == 0) world_rewrite(&twin);
        world_line(&twin, "SELECT 9\r\n");
        world_line(&twin, "SET twin v\r\n");
        world_line(&twin, "DEL twin\r\n");
        world_close(&twin);
        NEED(world_open(&twin, &copied, KV_SYNC_NO, 0) == KV_OK);
        if (state_of(twin.k) != state) differ();
    }
    if (rnd(&seed, 8) == 0) {
        world_close(&twin);
        world_expire(&own);
        NEED(twin_open(0) == KV_OK);
        world_expire(&twin);
        world_digest(&own, a);
        world_digest(&twin, b);
        if (state_of(twin.k) != state || strcmp(a, b)) differ();
    }
    world_close(&twin);
}

/* ---- Steps ------------------------------------------------------------- */

static void step_commands(void) {
    struct bytes b = {NULL, 0, 0};
    u32 n = rnd(&seed, 3) ? 1 : 1 + rnd(&seed, 6);
    u32 longest = rnd(&seed, 40) ? 200 : 1000;
    while (n--) command_put(&seed, longest, &b);
    if (trace) bytes_show("    ", &b);
    NEED(world_send(&own, b.p, b.n) == KV_OK);
    if (trace) bytes_show("    =", &own.answers);
    bytes_free(&b);
}

static void step_api(void) {
    char key[16];
    int id = (int)rnd(&seed, MAKE_DBS);
    i64 exp = rnd(&seed, 3) ? 0 : fake_us / 1000 - 5 + rnd(&seed, 500);
    snprintf(key, sizeof key, "k%u", rnd(&seed, MAKE_KEYS));
    switch (rnd(&seed, 4)) {
    case 0: NEED(kv_del(own.k, id, key, strlen(key)) >= KV_OK); break;
    case 1:
        world_line(&own, "PAIR.SET one two three\r\n");
        NEED(!strcmp((const char *)own.answers.p, ":2\r\n"));
        break;
    default: NEED(kv_set(own.k, id, key, strlen(key), "api", 3, exp) == KV_OK);
    }
}

/* A key's value goes where another key is. */
static void step_restore(void) {
    struct bytes b = {NULL, 0, 0};
    str argv[5];
    char key[16];
    const char *end;
    snprintf(key, sizeof key, "DUMP k%u\r\n", rnd(&seed, MAKE_KEYS));
    world_line(&own, key);
    if (trace) bytes_show("    =", &own.answers);
    if (own.answers.p[0] == '$' && own.answers.p[1] == '-') return;
    NEED(own.answers.p[0] == '$');
    end = strstr((const char *)own.answers.p, "\r\n");
    argv[0] = str_c("RESTORE");
    argv[1] = str_c("k1");
    argv[2] = str_c(rnd(&seed, 2) ? "0" : "77777");
    argv[3] = str_of(end + 2, own.answers.n - 4 -
                                  (size_t)(end - (const char *)own.answers.p));
    argv[4] = str_c("REPLACE");
    request_put(&b, 5, argv);
    NEED(world_send(&own, b.p, b.n) == KV_OK);
    NEED(!strcmp((const char *)own.answers.p, "+OK\r\n"));
    bytes_free(&b);
}

static void step_time(void) {
    static const u32 most[] = {2, 100, 700, 3000, 400000};
    fake_us += 1000 * (i64)(1 + rnd(&seed, most[rnd(&seed, COUNT(most))]));
    if (rnd(&seed, 4)) NEED(kv_poll(own.k, 0) == KV_OK);
}

static void step_poll(void) {
    u32 n = 1 + rnd(&seed, 20);
    while (n--) NEED(kv_poll(own.k, 0) == KV_OK);
}

static void step_rewrite(void) {
    if (!logging) return;
    if (rnd(&seed, 2)) {
        int rc = kv_rewrite(own.k);
        NEED(rc == KV_OK || rc == KV_BUSY);
    } else {
        world_line(&own, "BGREWRITEAOF\r\n");
    }
    if (rnd(&seed, 4) == 0) world_settle(&own);
}

static void step_config(void) {
    static const char *const pairs[][2] = {
        {"aof-timestamp-enabled", "yes"},
        {"aof-timestamp-enabled", "no"},
        {"appendfsync", "always"},
        {"appendfsync", "everysec"},
        {"appendfsync", "no"},
        {"maxmemory-policy", "allkeys-random"},
        {"maxmemory-policy", "noeviction"}};
    u32 i = rnd(&seed, COUNT(pairs));
    snprintf(what + strlen(what), sizeof what - strlen(what), " %s %s",
             pairs[i][0], pairs[i][1]);
    NEED(kv_config(own.k, pairs[i][0], pairs[i][1]) == KV_OK);
}

/* What is over the limit is evicted by the next writes. */
static void step_memory(void) {
    NEED(kv_config(own.k, "maxmemory-policy", "allkeys-random") == KV_OK);
    NEED(!kv_config(own.k, "maxmemory", rnd(&seed, 2) ? "1" : "200000"));
    step_commands();
    NEED(kv_config(own.k, "maxmemory", "0") == KV_OK);
}

static void step_reopen(void) {
    u64 state = state_of(own.k);
    if (!logging) return;
    world_close(&own);
    own_open();
    if (state_of(own.k) != state) fprintf(stderr, "after closing: %s\n", what);
    NEED(state_of(own.k) == state);
}

/* Reads its own log, or its own snapshot. */
static void step_reload(void) {
    u64 state = state_of(own.k);
    if (!logging) return;
    world_line(&own, rnd(&seed, 3) ? "DEBUG LOADAOF\r\n" : "DEBUG RELOAD\r\n");
    if (strcmp((const char *)own.answers.p, "+OK\r\n"))
        bytes_show("reload", &own.answers);
    NEED(!strcmp((const char *)own.answers.p, "+OK\r\n"));
    NEED(state_of(own.k) == state);
}

/* The log is turned off, and on again. */
static void step_switch(void) {
    world_settle(&own);
    NEED(kv_config(own.k, "appendonly", logging ? "no" : "yes") == KV_OK);
    logging = !logging;
    world_settle(&own);
}

/* A snapshot beside the log. */
static void step_save(void) {
    int rc = kv_save(own.k);
    NEED(rc == KV_OK || rc == KV_BUSY);
}

static const struct {
    const char *name;
    u32 weight;
    void (*fn)(void);
} STEPS[] = {
    {"commands", 100, step_commands}, {"api", 12, step_api},
    {"restore", 6, step_restore},     {"time", 12, step_time},
    {"poll", 12, step_poll},          {"rewrite", 5, step_rewrite},
    {"config", 4, step_config},       {"memory", 2, step_memory},
    {"reopen", 4, step_reopen},       {"reload", 2, step_reload},
    {"switch", 1, step_switch},       {"save", 1, step_save},
};

static void step(void) {
    u32 all = 0, at;
    size_t i;
    for (i = 0; i < COUNT(STEPS); i++) all += STEPS[i].weight;
    at = rnd(&seed, all);
    if (!logging && !rnd(&seed, 5)) at = all - 2; /* on again soon */
    for (i = 0; at >= STEPS[i].weight; i++) at -= STEPS[i].weight;
    steps++;
    snprintf(what, sizeof what, "seed %lu, step %ld, %s", (unsigned long)number,
             steps, STEPS[i].name);
    if (trace) fprintf(stderr, "%s\n", what);
    STEPS[i].fn();
    fuzz_check(own.k);
    compare();
}

/* ---- One command's records are one change ------------------------------ */

static void pairs_whole(void) {
    struct disk_file *f = NULL;
    size_t n, cut;
    u64 with, without;
    int i;
    disk_empty(&disk);
    fake_us = 1700000000000000;
    seed = 5;
    own.seed = 9;
    NEED(world_open(&own, &disk, KV_SYNC_ALWAYS, 0) == KV_OK);
    NEED(kv_add_command(own.k, &PAIR_SET) == KV_OK);
    world_line(&own, "SET some value\r\n");
    without = state_of(own.k);
    world_line(&own, "PAIR.SET one two three\r\n");
    with = state_of(own.k);
    NEED(with != without);
    world_close(&own);
    for (i = 0; i < DISK_FILES; i++)
        if (disk.files[i].named && strstr(disk.files[i].path, ".incr."))
            f = &disk.files[i];
    NEED(f);
    for (n = f->n, cut = 1; cut < 150 && cut < n; cut++) {
        f->n = n - cut;
        snprintf(what, sizeof what, "%lu bytes cut", (unsigned long)cut);
        NEED(twin_open(0) == KV_OK);
        if (state_of(twin.k) != without) differ();
        world_close(&twin);
    }
}

static void show_step(int sig) {
    char line[300];
    int n = snprintf(line, sizeof line, "in: %s\n", what);
    if (write(2, line, (size_t)n) < 0) _exit(2);
    signal(sig, SIG_DFL);
    raise(sig);
}

static void run_seed(u64 n) {
    int i;
    number = n;
    disk_empty(&disk);
    seed = number * 2654435761u + 88172645463325252u;
    fake_us = 1700000000000000;
    steps = 0;
    own_open();
    for (i = 0; i < 300; i++) step();
    world_close(&own);
}

int main(int argc, char **argv) {
    u64 first = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
    u64 last = argc > 2 ? strtoul(argv[2], NULL, 10) : argc > 1 ? first : 12;
    signal(SIGABRT, show_step);
    signal(SIGSEGV, show_step);
    trace = argc == 2;
    pairs_whole();
    for (; first <= last; first++) {
        run_seed(first);
    }
    printf("%ld comparisons\n", compared);
    disk_free(&disk);
    disk_free(&copied);
    bytes_free(&own.answers);
    bytes_free(&twin.answers);
    return 0;
}
