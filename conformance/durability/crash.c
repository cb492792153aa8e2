/* The log on a disk that loses power: whatever moment a crash comes at, what
 * is found afterwards is the data as it was after one of the commands, none
 * that was acknowledged under the policy is missing, kv is sound and takes
 * writes, which then are as safe.
 *
 *     crash                    100,000 crashes
 *     crash --long             1,000,000
 *     crash N                  about N
 *     crash --from W ...       begins with that workload
 *     crash --lie NAME         on a disk that lies; it has to be noticed
 *     crash --workload W [--point K [--seed S]] [-v] [--dump DIR]
 *                              one workload, one crash again; DIR gets the
 *                              files as the crash left them
 *
 * A workload is a list of commands, pauses, rewrites, snapshots, restarts,
 * changes of parameters and faults, made from its number. After each change of
 * the disk, and after each command, it is looked at what crashes of different
 * kinds would leave there: the power fails (see disk_crash()), or the process
 * ends and all that was written stays. Some crashes come on top, while kv
 * recovers. Lower bounds, by policy:
 *   always    all that was acknowledged
 *   everysec  all that was acknowledged a second ago; on a disk that is slow
 *             or fails what is lost was acknowledged within one second
 *   no        nothing, but for a killed process, which loses nothing
 *             acknowledged with any policy
 *
 * By hand, from the top directory:
 *     cc -O1 -g -DKV_DEBUG=1 -DKV_MEM=0 -DKV_THREADS=0 -I. \
 *        conformance/durability/crash.c kv.c -lm -pthread -o crash
 */
#include "recover.h"

static long wanted = 100000, first_workload = 1, only_workload;
static int lie;

/* ---- Workloads ----------------------------------------------------------- */

static void attach(run_t *r) {
    r->d->after = crash_point;
    r->d->ctx = r;
    r->d->lie = lie;
}

/* It crashes in earnest, and goes on with what is left. */
static void crash_and_go_on(run_t *r, int kind) {
    disk *c = (disk *)malloc(sizeof *c), *old = r->d;
    state got;
    CHECK(c);
    SAY("crash: %s\n", kind == KILL ? "kill" : "power");
    at->restarts++;
    run_lock(r);
    if (kind == KILL) disk_copy(c, old);
    else disk_crash(c, old, r->seed | 1);
    old->dead = 1;
    run_unlock(r);
    run_close(r);
    disk_close(old);
    free(old);
    r->d = c;
    attach(r);
    r->crashed = kind == POWER;
    OK(run_open(r, sync_of(r->policy)));
    run_lock(r);
    r->crashed = 0;
    run_unlock(r);
    state_take(r->db, &got, 0);
    int i = state_find(r, &got, now_ms(r));
    if (i < 0 || !allowed(r, i, kind, disk_mono(c))) {
        says_wrong(r, &got, i, kind, now_ms(r), disk_mono(c));
    }
    shown(r, i);
}

static void set_policy(run_t *r, int policy) {
    SAY("appendfsync %s\n", policy_names[policy]);
    run_lock(r);
    if (policy != POLICY_ALWAYS) r->policy = policy;
    for (int i = 0; i < r->n && policy == POLICY_NO; i++) {
        r->states[i].promised = 0;
    }
    run_unlock(r);
    OK(kv_config(r->db, "appendfsync", policy_names[policy]));
    run_lock(r);
    r->policy = policy;
    run_unlock(r);
}

/* The log is switched off, something is done, it is switched on. */
static void off_and_on(run_t *r) {
    SAY("appendonly no\n");
    OK(kv_config(r->db, "appendonly", "no"));
    run_lock(r);
    r->off = 1;
    r->begins = 0;
    run_unlock(r);
    for (int i = (int)rnd(&r->seed, 4); i; i--) do_random(r, 0);
    SAY("appendonly yes\n");
    OK(kv_config(r->db, "appendonly", "yes"));
    run_lock(r);
    r->begins = 1;
    r->begins_at = r->n - 1;
    run_unlock(r);
    SAY("appendonly is yes\n");
    quiet_point(r);
}

/* The data was changed beside the twin. After a second it is as one command. */
static void changed_beside(run_t *r) {
    if (r->policy == POLICY_EVERYSEC) pass(r, 1200);
    twin_follow(r);
    push(r);
    acknowledge(r, r->n - 1, r->n - 1);
    run_lock(r);
    r->safe = r->acked = r->n - 1;
    r->d->after = crash_point;
    run_unlock(r);
    live(r);
    quiet_point(r);
}

/* What no twin can do: the states in between are none that are known, so
 * crashes come only when it is done and safe. */
static void load_or_evict(run_t *r) {
    int load = rnd(&r->seed, 2) == 0;
    if (r->policy < POLICY_EVERYSEC + THREADS) return;
    SAY(load ? "backup and load\n" : "keys are evicted\n");
    if (load) {
        int rc = kv_backup(r->db, DIR_NAME "/copy.rdb");
        if (rc == KV_BUSY) return; /* a rewrite is under way */
        OK(rc);
        for (int i = (int)rnd(&r->seed, 4); i; i--) {
            EQ(do_random(r, 0), KV_OK);
        }
    }
    run_lock(r);
    r->d->after = NULL;
    run_unlock(r);
    if (load) {
        OK(kv_load(r->db, DIR_NAME "/copy.rdb"));
    } else {
        OK(kv_config(r->db, "maxmemory-policy", "allkeys-random"));
        OK(kv_config(r->db, "maxmemory", "1"));
        put(r->db, "key:1", "no room");
        OK(kv_config(r->db, "maxmemory", "0"));
        OK(put(r->db, "key:2", "room"));
    }
    changed_beside(r);
}

/* The log is read again. */
static void reload(run_t *r) {
    SAY("DEBUG LOADAOF\n");
    OK(kv_config(r->db, "enable-debug-command", "yes"));
    const char *said = run(r->db, NULL, "DEBUG LOADAOF");
    SAY("    %s\n", said);
    SAME(said, "+OK");
    live(r);
}

/* A fault that ends; writes are taken again soon. */
static void trouble(run_t *r) {
    static const int codes[] = {KV_IO, KV_FULL, 0};
    uint32_t kind = rnd(&r->seed, 3);
    r->strict = 0;
    SAY("trouble %u\n", (unsigned)kind);
    at->faults++;
    if (kind == 0) {
        r->d->slow_ms = 100 + 100 * (int)rnd(&r->seed, 20);
    } else if (kind == 1) {
        r->d->capacity = disk_used(r->d) + rnd(&r->seed, 300);
    } else {
        disk_arm(r->d, 1 + (long)rnd(&r->seed, 10), codes[rnd(&r->seed, 3)],
                 rnd(&r->seed, 2) == 0, rnd(&r->seed, 2) ? AT_SYNC : 0);
    }
    for (int i = 1 + (int)rnd(&r->seed, 5); i; i--) {
        do_random(r, 1);
        quiet_point(r);
        pass(r, (int)rnd(&r->seed, 3) * 150);
    }
    disk_mend(r->d);
    pass(r, 2000);
    SAY("it is over\n");
    for (int i = 0; i < 3; i++) CHECK(do_random(r, 0) == KV_OK);
    live(r);
}

static void step(run_t *r, int troubles) {
    uint32_t kind = rnd(&r->seed, 100);
    int rc = KV_OK;
    if (kind < 70) {
        EQ(do_random(r, 0), KV_OK);
        if (rnd(&r->seed, 3) == 0) quiet_point(r);
    } else if (kind < 80) {
        SAY("time passes\n");
        pass(r, 50 + (int)rnd(&r->seed, 20) * 50);
    } else if (kind < 82) {
        SAY("the wall clock jumps\n");
        disk_pass(r->d, 0, (1 + (int64_t)rnd(&r->seed, 20)) * 1000);
        OK(kv_poll(r->db, 0));
    } else if (kind < 83) {
        load_or_evict(r);
    } else if (kind < 84) {
        reload(r);
    } else if (kind < 87) {
        SAY("rewrite\n");
        rc = kv_rewrite(r->db);
        for (int i = (int)rnd(&r->seed, 3); i; i--) OK(kv_poll(r->db, 0));
    } else if (kind < 89) {
        SAY("save\n");
        rc = kv_save(r->db);
    } else if (kind < 91) {
        set_policy(r, (int)rnd(&r->seed, 3));
    } else if (kind < 93) {
        off_and_on(r);
    } else if (kind < 95) {
        OK(run_restart(r));
    } else if (kind < 98) {
        crash_and_go_on(r, rnd(&r->seed, 3) ? POWER : KILL);
    } else if (troubles) {
        trouble(r);
    }
    CHECK(rc == KV_OK || rc == KV_BUSY);
}

/* Some data in a dump.rdb; then the log is made of it. */
static void begin_with_snapshot(run_t *r, int at_runtime) {
    OK(run_open(r, KV_SYNC_OFF));
    r->off = r->no_log_yet = 1;
    for (int i = 0; i < 6; i++) EQ(do_random(r, 0), KV_OK);
    SAY("save\n");
    OK(kv_save(r->db));
    run_lock(r);
    r->safe = r->acked;
    run_unlock(r);
    SAY(at_runtime ? "appendonly yes\n" : "opened again\n");
    if (at_runtime) {
        OK(kv_config(r->db, "appendfsync", policy_names[r->policy]));
        OK(kv_config(r->db, "appendonly", "yes"));
        r->begins = 1;
        r->begins_at = r->n - 1;
    } else {
        r->off = r->no_log_yet = 0;
        OK(run_restart(r));
    }
}

static void workload(long w) {
    static const char *const sizes[] = {NULL, "2000", "600"};
    run_t r;
    at->workload = w;
    at->point = at->seed = 0;
    strcpy(at->phase, "in the workload");
    alarm(300);
    run_start(&r, (uint64_t)w);
    r.workload = w;
    r.policy = w % 2 ? POLICY_ALWAYS : w % 6 ? POLICY_EVERYSEC : POLICY_NO;
    r.rewrite_size = sizes[w / 2 % 3];
    r.timestamps = w % 5 == 0;
    r.with_long = w % 7 == 0;
    SAY("workload %ld: %s\n", w, policy_names[r.policy]);
    attach(&r);
    if (w % 8 >= 6) begin_with_snapshot(&r, w % 8 == 7);
    else OK(run_open(&r, sync_of(r.policy)));
    for (int i = 0; i < 60; i++) {
        step(&r, w % 3 == 0);
        if (i % 8 == 7) live(&r);
    }
    OK(kv_check(r.db));
    OK(run_restart(&r));
    live(&r);
    run_close(&r);
    at->operations += r.d->ops;
    at->workloads++;
    run_free(&r);
}

static void report(void) {
    printf("%ld workloads, %ld states, %ld I/O operations, %ld restarts, "
           "%ld faults, %ld commands refused\n"
           "%ld crashes, %ld recoveries, %ld crashes of one that recovers, "
           "%ld tails cut, at most %ld files\n",
           at->workloads, at->states, at->operations, at->restarts, at->faults,
           at->refused, at->points, at->recoveries, at->compound, at->cut,
           at->files);
}

static void work(void) {
    if (only_workload) {
        workload(only_workload);
    } else {
        for (long w = first_workload; at->points < wanted; w++) workload(w);
    }
    report();
}

int main(int argc, char **argv) {
    static const char *const lies[LIES] = {"none",   "sync",  "sync_dir",
                                           "rename", "write", "short",
                                           "lost",   "often"};
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(argv[i], "--long")) {
            wanted = 1000000;
        } else if (!strcmp(argv[i], "-v")) {
            loud = 1;
        } else if (!strcmp(argv[i], "--workload")) {
            only_workload = atol(next), i++;
        } else if (!strcmp(argv[i], "--from")) {
            first_workload = atol(next), i++;
        } else if (!strcmp(argv[i], "--point")) {
            only_point = atol(next), i++;
        } else if (!strcmp(argv[i], "--seed")) {
            only_seed = atol(next), i++;
        } else if (!strcmp(argv[i], "--dump")) {
            dump_dir = next, i++;
        } else if (!strcmp(argv[i], "--lie")) {
            while (lie < LIES && strcmp(lies[lie], next)) lie++;
            i++;
        } else {
            wanted = atol(argv[i]);
        }
    }
    seeds = 3;
    if (wanted < 1 || lie == LIES) {
        fprintf(stderr, "usage: crash [N | --long] [--lie NAME] ...\n");
        return 2;
    }
    if (lie) snprintf(options, sizeof options, " --lie %s", lies[lie]);
    return guarded(work, argv[0]);
}
