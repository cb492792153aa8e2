/* Sessions that wait, watch, subscribe and are paused, while each allocation
 * fails in turn: nothing leaks, every invariant holds, and what was
 * acknowledged is there, or was given to a session that has died. */

enum { SCENE_SESSIONS = 4 };

typedef struct scene {
    world w;
    kv *k;
    kv_session *s[SCENE_SESSIONS];
    char out[SCENE_SESSIONS][4000]; /* what each was sent */
    int fed[SCENE_SESSIONS];        /* how kv_feed() ended */
    int queued;                     /* what MULTI took */
    char told[4000];                /* what kv_on_push() was */
    char said[400];                 /* the last reply in RESP, or why none */
} scene;

static conn *scene_conn(scene *x, int i) { return (conn *)(void *)x->s[i]; }

static int scene_dead(scene *x, int i) {
    return (scene_conn(x, i)->flags & (CONN_DEAD | CONN_CLOSING)) != 0;
}

static void scene_add(char *to, size_t room, const void *p, size_t n) {
    size_t at = strlen(to);
    CHECK(at + n < room);
    memcpy(to + at, p, n);
    to[at + n] = 0;
}

static void scene_take(scene *x, int i) {
    kv_slice p;
    while (kv_pending(x->s[i], &p) == KV_OK || (p.n && scene_dead(x, i))) {
        scene_add(x->out[i], sizeof x->out[i], p.p, p.n);
        kv_consume(x->s[i], p.n);
    }
}

static void scene_feed(scene *x, int i, const char *line) {
    x->fed[i] = kv_feed(x->s[i], line, strlen(line));
    scene_take(x, i);
}

/* A line in a session or, -1, in the default one. Its reply: an error's text,
 * a simple one's, a number, "nil", "..." */
static const char *scene_run(scene *x, int i, const char *line) {
    kv_reply *r = NULL;
    int rc = kv_exec_line(x->k, i < 0 ? NULL : x->s[i], line, &r);
    if (rc != KV_OK)
        snprintf(x->said, sizeof x->said, "rc %s", kv_errstr(rc));
    else if (r->type == KV_INTEGER)
        snprintf(x->said, sizeof x->said, "%d", (int)r->integer);
    else if (r->type == KV_NIL)
        snprintf(x->said, sizeof x->said, "nil");
    else if (r->type >= KV_ARRAY)
        snprintf(x->said, sizeof x->said, "[%d]", (int)r->count);
    else snprintf(x->said, sizeof x->said, "%.300s", r->str);
    kv_reply_free(x->k, r);
    return x->said;
}

static int scene_oom(const scene *x) {
    return !strncmp(x->said, "OOM", 3) || !strcmp(x->said, "rc out of memory");
}

static void scene_told(void *ctx, const kv_reply *m) {
    scene *x = ctx;
    size_t i;
    EQ(m->type, KV_PUSH);
    for (i = 0; i < m->count; i++) {
        if (m->items[i].type != KV_STRING) continue;
        scene_add(x->told, sizeof x->told, m->items[i].str, m->items[i].len);
        scene_add(x->told, sizeof x->told, " ", 1);
    }
}

typedef struct play {
    const char *name;
    void (*before)(scene *x), (*act)(scene *x), (*after)(scene *x);
} play;

static int scene_attempt(const play *p, int how, long n) {
    scene *x = calloc(1, sizeof *x);
    int fired, i;
    CHECK(x);
    x->k = world_open(&x->w, 7);
    snprintf(where, sizeof where, "%s, failure %ld of kind %d", p->name, n, how);
    for (i = 0; i < SCENE_SESSIONS; i++)
        EQ(kv_session_open(x->k, &x->s[i]), KV_OK);
    p->before(x);
    SOUND(x->k);
    if (how == FAIL_RESERVE) x->k->m.fail_in = n;
    else host_fail(&x->w.h, n, how == FAIL_HOST_ON);
    p->act(x);
    fired = how == FAIL_RESERVE ? x->k->m.fail_in == 0 : x->w.h.failed;
    x->k->m.fail_in = 0;
    host_fail(&x->w.h, 0, 0);
    SOUND(x->k);
    for (i = 0; i < SCENE_SESSIONS; i++) scene_take(x, i);
    p->after(x);
    SOUND(x->k);
    for (i = 0; i < SCENE_SESSIONS; i += 2) kv_session_close(x->s[i]);
    SOUND(x->k);
    world_close(&x->w);
    free(x);
    return fired;
}

static void scene_play(const play *p) {
    int how;
    long n;
    for (how = FAIL_RESERVE; how <= FAIL_HOST_ON; how++)
        for (n = 1; scene_attempt(p, how, n); n++) CHECK(n < 1000);
}

/* ---- a push and those who wait for it ---- */

static void push_before(scene *x) {
    scene_feed(x, 0, "BLPOP k 0\r\nPING\r\n");
    scene_feed(x, 1, "BLMOVE k to LEFT RIGHT 0\r\n");
    scene_feed(x, 2, "BLPOP to k 0\r\n");
    scene_feed(x, 3, "BLMPOP 0 1 k LEFT COUNT 9\r\n");
    EQ(x->k->blocked, 4);
}

static void push_act(scene *x) {
    scene_run(x, -1, "RPUSH k v1 v2 v3 v4 v5");
}

static int scene_has(scene *x, const char *text) {
    int i, n = 0;
    for (i = 0; i < SCENE_SESSIONS; i++) n += strstr(x->out[i], text) != NULL;
    return n;
}

static void push_after(scene *x) {
    char line[64], at[64];
    int i, dead = 0;
    int pushed = !strcmp(x->said, "5");
    scene_run(x, -1, "PING"); /* what there was no memory for is done now */
    for (i = 0; i < SCENE_SESSIONS; i++) {
        scene_take(x, i);
        dead += scene_dead(x, i);
    }
    for (i = 1; i <= 5; i++) {
        int there, given;
        snprintf(at, sizeof at, "\r\nv%d\r\n", i);
        given = scene_has(x, at);
        snprintf(line, sizeof line, "LPOS k v%d", i);
        there = strcmp(scene_run(x, -1, line), "nil") != 0;
        snprintf(line, sizeof line, "LPOS to v%d", i);
        there += strcmp(scene_run(x, -1, line), "nil") != 0;
        CHECK(there + given <= 2); /* LMOVE tells of it as well */
        if (!pushed) EQ(there + given, 0);
        else if (!dead) CHECK(there + given >= 1);
    }
    if (!pushed) CHECK(!strncmp(x->said, "nil", 3));
    /* nobody waits for what is there */
    if (strcmp(scene_run(x, -1, "LLEN k"), "0"))
        for (i = 0; i < SCENE_SESSIONS; i++)
            CHECK(scene_dead(x, i) || !(scene_conn(x, i)->flags & CONN_BLOCKED));
}

/* ---- beginning to wait ---- */

static void block_before(scene *x) { scene_run(x, -1, "PING"); }

static void block_act(scene *x) {
    scene_feed(x, 0, "BLPOP a b c k 5\r\nPING\r\n");
    scene_feed(x, 1, "XREAD BLOCK 1000 STREAMS s t k $ $ $\r\n");
    scene_feed(x, 2, "WAIT 1 2000\r\n");
    scene_feed(x, 3, "BZPOPMIN z 0\r\n");
}

static void block_after(scene *x) {
    int i;
    for (i = 0; i < SCENE_SESSIONS; i++) {
        int waits = (scene_conn(x, i)->flags & CONN_BLOCKED) != 0;
        if (x->fed[i] == KV_OK && !scene_dead(x, i))
            CHECK(waits || strstr(x->out[i], "-OOM"));
        if (waits) CHECK(!x->out[i][0]);
    }
    world_sleep(&x->w, 6000);
    for (i = 0; i < SCENE_SESSIONS; i++) {
        scene_take(x, i);
        if (i < 3) CHECK(!(scene_conn(x, i)->flags & CONN_BLOCKED));
        if (i < 3 && !scene_dead(x, i) && x->fed[i] == KV_OK)
            CHECK(x->out[i][0]);
    }
    scene_run(x, -1, "ZADD z 1 m");
    scene_take(x, 3);
    if (!scene_dead(x, 3) && x->fed[3] == KV_OK) CHECK(x->out[3][0]);
}

/* ---- MULTI, EXEC, WATCH ---- */

static void multi_before(scene *x) {
    scene_run(x, -1, "SET n 5");
    scene_feed(x, 2, "BLPOP l 0\r\n");
    scene_run(x, 0, "WATCH n w1 w2");
}

static void multi_act(scene *x) {
    static const char *const lines[] = {"SET a 1", "INCR n", "MSET b 2 c 3 d 4",
                                        "RPUSH l x"};
    size_t i;
    x->queued = -1;
    if (strcmp(scene_run(x, 0, "MULTI"), "OK")) return;
    x->queued = 0;
    for (i = 0; i < COUNT(lines); i++)
        x->queued += !strcmp(scene_run(x, 0, lines[i]), "QUEUED");
    if (x->queued == 4) scene_run(x, 0, "EXEC");
}

static void multi_after(scene *x) {
    char was[400];
    int done = !strcmp(x->said, "[4]"), n;
    int all = (strcpy(was, x->said), !strcmp(scene_run(x, -1, "EXISTS a b c d"), "4"));
    n = atoi(scene_run(x, -1, "GET n"));
    if (done) {
        /* a command of it may have found no memory, and said so */
        CHECK(n == 5 || n == 6);
    } else {
        CHECK(!all && n == 5);
        snprintf(where + strlen(where), sizeof where - strlen(where), ": %.60s dead %d q %d", was, scene_dead(x, 0), x->queued);
        EQ(atoi(scene_run(x, -1, "EXISTS a b c d l")), 0);
    }
    if (!scene_dead(x, 0)) scene_run(x, 0, "DISCARD");
    EQ(x->k->multis, 0 + (u32)((scene_conn(x, 0)->flags & CONN_MULTI) != 0));
}

static void watch_before(scene *x) { scene_run(x, -1, "SET k v"); }

static void watch_act(scene *x) { scene_run(x, 0, "WATCH k l m"); }

static void watch_after(scene *x) {
    int whole = !strcmp(x->said, "OK");
    scene_run(x, -1, "SET m changed");
    scene_run(x, 0, "MULTI");
    scene_run(x, 0, "SET k lost");
    scene_run(x, 0, "EXEC");
    /* asked for and refused: it does not count on it, nor does EXEC run */
    if (whole || !strncmp(x->said, "OOM", 3)) CHECK(!strcmp(x->said, "nil"));
    if (whole) CHECK(!strcmp(scene_run(x, -1, "GET k"), "v"));
}

static void touch_before(scene *x) { scene_run(x, 0, "WATCH k"); }

static void touch_act(scene *x) { scene_run(x, -1, "SET k v"); }

static void touch_after(scene *x) {
    int set = !strcmp(x->said, "OK");
    scene_run(x, 0, "MULTI");
    scene_run(x, 0, "EXEC");
    CHECK(!strcmp(x->said, set ? "nil" : "[0]"));
}

/* ---- messages ---- */

static void sub_before(scene *x) { (void)x; }

static void sub_act(scene *x) {
    scene_feed(x, 0, "SUBSCRIBE a b c\r\nPSUBSCRIBE x* y*\r\n");
    kv_on_push(x->s[1], scene_told, x);
    scene_run(x, 1, "SUBSCRIBE a");
}

static void sub_after(scene *x) {
    size_t n = more_subs(scene_conn(x, 0));
    char text[64];
    if (!scene_dead(x, 0)) { /* it was told of each that it has */
        snprintf(text, sizeof text, ":%d\r\n", (int)n);
        if (n) CHECK(strstr(x->out[0], text));
        snprintf(text, sizeof text, ":%d\r\n", (int)n + 1);
        CHECK(!strstr(x->out[0], text));
    }
    if (!scene_dead(x, 1))
        EQ(more_subs(scene_conn(x, 1)), x->said[0] == '[' ? 1 : 0);
    scene_run(x, 0, "RESET");
}

static void publish_before(scene *x) {
    scene_feed(x, 0, "SUBSCRIBE a\r\n");
    scene_feed(x, 1, "HELLO 3\r\nPSUBSCRIBE a*\r\n");
    EQ(kv_on_push(x->s[2], scene_told, x), KV_OK);
    scene_run(x, 2, "SUBSCRIBE a");
    x->out[0][0] = x->out[1][0] = x->told[0] = 0;
}

static void publish_act(scene *x) { scene_run(x, -1, "PUBLISH a news"); }

static void publish_after(scene *x) {
    int sent = !strcmp(x->said, "3");
    CHECK(sent || scene_oom(x));
    if (!scene_dead(x, 0)) EQ(strstr(x->out[0], "news") != NULL, sent);
    if (!scene_dead(x, 1)) EQ(strstr(x->out[1], "news") != NULL, sent);
    if (!scene_dead(x, 2)) EQ(strstr(x->told, "message a news") != NULL, sent);
}

static void event_before(scene *x) {
    EQ(kv_config(x->k, "notify-keyspace-events", "KEA"), KV_OK);
    scene_feed(x, 0, "PSUBSCRIBE __key*\r\n");
    scene_feed(x, 1, "SUBSCRIBE __keyevent@0__:set\r\n");
    x->out[0][0] = x->out[1][0] = 0;
    scene_run(x, -1, "PING");
}

static void event_act(scene *x) {
    scene_run(x, -1, "SET a:key:whose:name:is:long:enough:to:need:room v");
}

static void event_after(scene *x) {
    int set = !strcmp(x->said, "OK");
    if (!scene_dead(x, 1)) EQ(strstr(x->out[1], "long:enough") != NULL, set);
}

/* ---- CLIENT PAUSE, CLIENT UNBLOCK ---- */

static void pause_before(scene *x) { scene_feed(x, 2, "BLPOP k 0\r\n"); }

static void pause_act(scene *x) {
    scene_run(x, -1, "CLIENT PAUSE 1000");
    scene_feed(x, 0, "SET a 1\r\nPING\r\n");
    scene_feed(x, 1, "PING\r\n");
    scene_run(x, -1, "RPUSH k v");
}

static void pause_after(scene *x) {
    int i;
    world_sleep(&x->w, 2000);
    scene_run(x, -1, "PING");
    for (i = 0; i < 2; i++) {
        scene_take(x, i);
        if (!scene_dead(x, i) && x->fed[i] == KV_OK) CHECK(x->out[i][0]);
    }
    EQ(x->k->paused, 0);
    EQ(x->k->pause, PAUSE_NONE);
}

static void unblock_before(scene *x) {
    scene_feed(x, 0, "BLPOP k 0\r\nPING\r\n");
    scene_feed(x, 1, "XREAD BLOCK 5000 STREAMS k $\r\n");
    scene_feed(x, 2, "WAIT 1 0\r\n");
}

static void unblock_act(scene *x) {
    char line[64];
    int i;
    for (i = 0; i < 3; i++) {
        snprintf(line, sizeof line, "CLIENT UNBLOCK %d %s",
                 (int)scene_conn(x, i)->id, i ? "ERROR" : "TIMEOUT");
        scene_run(x, -1, line);
    }
}

static void unblock_after(scene *x) {
    int i;
    for (i = 0; i < 3; i++)
        if (!scene_dead(x, i))
            EQ(!x->out[i][0], (scene_conn(x, i)->flags & CONN_BLOCKED) != 0);
}

static void fail_waits(void) {
    static const play plays[] = {
        {"push", push_before, push_act, push_after},
        {"block", block_before, block_act, block_after},
        {"pause", pause_before, pause_act, pause_after},
        {"unblock", unblock_before, unblock_act, unblock_after},
    };
    size_t i;
    for (i = 0; i < COUNT(plays); i++) scene_play(&plays[i]);
}

static void fail_transactions(void) {
    static const play plays[] = {
        {"multi", multi_before, multi_act, multi_after},
        {"watch", watch_before, watch_act, watch_after},
        {"touch", touch_before, touch_act, touch_after},
    };
    size_t i;
    for (i = 0; i < COUNT(plays); i++) scene_play(&plays[i]);
}

static void fail_messages(void) {
    static const play plays[] = {
        {"subscribe", sub_before, sub_act, sub_after},
        {"publish", publish_before, publish_act, publish_after},
        {"event", event_before, event_act, event_after},
    };
    size_t i;
    for (i = 0; i < COUNT(plays); i++) scene_play(&plays[i]);
}

/* ---- what waits, in order ---- */

/* Time limits of all sizes that come, go and end in any order. */
static void waits_heap(void) {
    enum { N = 200 };
    world w;
    kv *k = world_open(&w, 7);
    kv_session *s[N];
    i64 until[N];
    size_t i, round;
    for (i = 0; i < N; i++) {
        EQ(kv_session_open(k, &s[i]), KV_OK);
        until[i] = 0;
    }
    for (round = 0; round < sized(20000); round++) {
        char line[64];
        kv_slice p;
        conn *c;
        i = below(N);
        c = (conn *)(void *)s[i];
        if (!(c->flags & CONN_BLOCKED)) {
            int ms = (int)below(3000);
            snprintf(line, sizeof line, "BLPOP k%d %d.%03d\r\n", (int)below(9),
                     ms / 1000, ms % 1000);
            until[i] = ms ? (w.us + 999) / 1000 + ms : INT64_MAX;
            EQ(kv_feed(s[i], line, strlen(line)), KV_OK);
            CHECK(c->flags & CONN_BLOCKED);
        } else if (below(4) == 0) {
            kv_session_close(s[i]);
            EQ(kv_session_open(k, &s[i]), KV_OK);
        } else if (below(2)) {
            snprintf(line, sizeof line, "RPUSH k%d v", (int)below(9));
            EQ(kv_exec_line(k, NULL, line, NULL), KV_OK);
            kv_exec_line(k, NULL, "FLUSHALL", NULL);
        } else {
            w.us += (i64)below(60000);
            EQ(kv_exec_line(k, NULL, "PING", NULL), KV_OK);
            for (i = 0; i < N; i++) {
                c = (conn *)(void *)s[i];
                if (c->flags & CONN_BLOCKED) CHECK(until[i] > w.us / 1000);
            }
        }
        for (i = 0; i < N; i++)
            while (kv_pending(s[i], &p) == KV_OK) kv_consume(s[i], p.n);
        if (round % 64 == 0) SOUND(k);
    }
    SOUND(k);
    world_close(&w);
}

/* A list that is past its time comes to a key that somebody waits for: what is
 * noted of it is told, and it is not served. */
static void ready_and_expired(void) {
    world w;
    kv *k = world_open(&w, 7);
    kv_session *s;
    u64 events = 0;
    EQ(kv_session_open(k, &s), KV_OK);
    EQ(kv_exec_line(k, s, "SELECT 1", NULL), KV_OK);
    EQ(kv_exec_line(k, s, "RPUSH k v", NULL), KV_OK);
    EQ(kv_exec_line(k, s, "PEXPIRE k 100", NULL), KV_OK);
    EQ(kv_exec_line(k, s, "SELECT 0", NULL), KV_OK);
    EQ(kv_feed(s, "BLPOP k 0\r\n", 11), KV_OK);
    world_sleep(&w, 1000);
    kv_on_event(k, no_event, &events);
    EQ(kv_exec_line(k, NULL, "SWAPDB 0 1", NULL), KV_OK);
    EQ(k->blocked, 1);
    SOUND(k);
    CHECK(events); /* "expired" */
    world_close(&w);
}
