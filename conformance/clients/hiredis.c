/* hiredis: formatted commands, pipelines, transactions; and its asynchronous
 * half in a loop around poll(2). */
#define _POSIX_C_SOURCE 200809L
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int port;
static redisContext *sync_;

#define WANT(condition)                                     \
    do {                                                    \
        if (!(condition)) return why(__LINE__, #condition); \
    } while (0)

static char reason[400];

static int why(int line, const char *condition) {
    snprintf(reason, sizeof reason, "line %d: %s", line, condition);
    return 0;
}

/* Each check begins without keys. */
static void check(const char *name, int (*run)(void)) {
    freeReplyObject(redisCommand(sync_, "FLUSHALL"));
    strcpy(reason, "not what was wanted");
    if (run()) printf("ok %s\n", name);
    else printf("not ok %s\n    %s; error: %s\n", name, reason, sync_->errstr);
    fflush(stdout);
}

static int is_text(redisReply *r, const char *text) {
    int good =
        r && (r->type == REDIS_REPLY_STRING || r->type == REDIS_REPLY_STATUS) &&
        r->len == strlen(text) && memcmp(r->str, text, r->len) == 0;
    if (r) freeReplyObject(r);
    return good;
}

static int is_int(redisReply *r, long long n) {
    int good = r && r->type == REDIS_REPLY_INTEGER && r->integer == n;
    if (r) freeReplyObject(r);
    return good;
}

static int is_error(redisReply *r, const char *begin) {
    int good = r && r->type == REDIS_REPLY_ERROR &&
               strncmp(r->str, begin, strlen(begin)) == 0;
    if (r) freeReplyObject(r);
    return good;
}

#define DO(...) redisCommand(sync_, __VA_ARGS__)

/* ---- Synchronous ---- */

static int commands(void) {
    static const char bytes[] = "a\0b\r\nc";
    const char *argv[] = {"SET", "k", bytes};
    size_t sizes[] = {3, 1, sizeof bytes - 1};
    redisReply *r;
    WANT(is_text(DO("SET %s %b", "key with blanks", bytes, sizeof bytes - 1),
                 "OK"));
    r = DO("GET %s", "key with blanks");
    WANT(r && r->len == sizeof bytes - 1 && !memcmp(r->str, bytes, r->len));
    freeReplyObject(r);
    WANT(is_text(redisCommandArgv(sync_, 3, argv, sizes), "OK"));
    WANT(is_int(DO("STRLEN k"), sizeof bytes - 1));
    WANT(is_int(DO("INCRBY n %d", 41), 41));
    WANT(is_int(DO("INCRBY n %lld", 1LL), 42));
    WANT(is_error(DO("LPUSH n x"), "WRONGTYPE "));
    WANT(is_error(DO("NOSUCH"), "ERR unknown command"));
    r = DO("GET nothing");
    WANT(r && r->type == REDIS_REPLY_NIL);
    freeReplyObject(r);
    WANT(is_text(DO("SET empty %s", ""), "OK"));
    WANT(is_text(DO("GET empty"), ""));
    r = DO("LRANGE nothing 0 -1");
    WANT(r && r->type == REDIS_REPLY_ARRAY && r->elements == 0);
    freeReplyObject(r);
    return 1;
}

static int pipeline(void) {
    enum { N = 20000 };
    redisReply *r;
    int i;
    for (i = 0; i < N; i++)
        WANT(redisAppendCommand(sync_, "SET key:%d value:%d", i, i) ==
             REDIS_OK);
    for (i = 0; i < N; i++)
        WANT(redisAppendCommand(sync_, "GET key:%d", i) == REDIS_OK);
    for (i = 0; i < 2 * N; i++) {
        char text[32];
        snprintf(text, sizeof text, "value:%d", i - N);
        WANT(redisGetReply(sync_, (void **)&r) == REDIS_OK);
        WANT(is_text(r, i < N ? "OK" : text));
    }
    return is_int(DO("DBSIZE"), N);
}

static int transaction(void) {
    redisReply *r;
    WANT(is_text(DO("WATCH a"), "OK"));
    WANT(is_text(DO("MULTI"), "OK"));
    WANT(is_text(DO("RPUSH l x y"), "QUEUED"));
    WANT(is_text(DO("LRANGE l 0 -1"), "QUEUED"));
    WANT(is_text(DO("INCR l"), "QUEUED"));
    r = DO("EXEC");
    WANT(r && r->type == REDIS_REPLY_ARRAY && r->elements == 3);
    WANT(r->element[0]->integer == 2 && r->element[1]->elements == 2);
    WANT(strcmp(r->element[1]->element[1]->str, "y") == 0);
    WANT(r->element[2]->type == REDIS_REPLY_ERROR);
    freeReplyObject(r);
    WANT(is_text(DO("WATCH a"), "OK"));
    WANT(is_text(DO("SET a 1"), "OK"));
    WANT(is_text(DO("MULTI"), "OK"));
    WANT(is_text(DO("SET a 2"), "QUEUED"));
    r = DO("EXEC");
    WANT(r && r->type == REDIS_REPLY_NIL);
    freeReplyObject(r);
    return is_text(DO("GET a"), "1");
}

static int big_replies(void) {
    enum { N = 30000, SIZE = 8 << 20 };
    char *big = malloc(SIZE);
    redisReply *r;
    size_t i;
    WANT(big);
    for (i = 0; i < SIZE; i++) big[i] = (char)(i * 2654435761u >> 13);
    WANT(is_text(DO("SET big %b", big, (size_t)SIZE), "OK"));
    r = DO("GET big");
    WANT(r && r->len == SIZE && memcmp(r->str, big, SIZE) == 0);
    freeReplyObject(r);
    free(big);
    for (i = 0; i < N; i++)
        redisAppendCommand(sync_, "ZADD z %d m%d", (int)i, (int)i);
    for (i = 0; i < N; i++) {
        WANT(redisGetReply(sync_, (void **)&r) == REDIS_OK);
        WANT(is_int(r, 1));
    }
    r = DO("ZRANGE z 0 -1 WITHSCORES");
    WANT(r && r->elements == 2 * N);
    for (i = 0; i < N; i++) WANT(atoi(r->element[2 * i + 1]->str) == (int)i);
    freeReplyObject(r);
    return 1;
}

static int lost_connections(void) {
    redisReply *r = DO("CLIENT ID");
    long long id = r ? r->integer : 0;
    redisContext *other = redisConnect("127.0.0.1", port);
    struct timeval second = {1, 0};
    if (r) freeReplyObject(r);
    WANT(id > 0 && other && !other->err);
    WANT(is_int(redisCommand(other, "CLIENT KILL ID %lld", id), 1));
    WANT(DO("PING") == NULL && sync_->err != 0);
    WANT(redisReconnect(sync_) == REDIS_OK);
    WANT(is_text(DO("PING"), "PONG"));
    WANT(redisSetTimeout(other, second) == REDIS_OK);
    WANT(is_text(redisCommand(other, "QUIT"), "OK"));
    redisFree(other);
    return 1;
}

static int blocking(void) {
    redisContext *other = redisConnect("127.0.0.1", port);
    redisReply *r = DO("BLPOP q 0.01");
    WANT(r && r->type == REDIS_REPLY_NIL);
    freeReplyObject(r);
    WANT(redisAppendCommand(sync_, "BLPOP no q 5") == REDIS_OK);
    {
        int done = 0;
        while (!done) WANT(redisBufferWrite(sync_, &done) == REDIS_OK);
    }
    WANT(is_int(redisCommand(other, "RPUSH q job"), 1));
    WANT(redisGetReply(sync_, (void **)&r) == REDIS_OK);
    WANT(r->elements == 2 && strcmp(r->element[1]->str, "job") == 0);
    freeReplyObject(r);
    redisFree(other);
    return 1;
}

static int scripts(void) {
    return is_text(DO("EVAL %s 1 k v", "return redis.call('set', KEYS[1], "
                                       "ARGV[1])"),
                   "OK");
}

/* ---- Asynchronous: what an event loop gives hiredis ---- */

struct link {
    redisAsyncContext *c;
    int reads, writes, connected, gone;
};

static void add_read(void *p) { ((struct link *)p)->reads = 1; }
static void del_read(void *p) { ((struct link *)p)->reads = 0; }
static void add_write(void *p) { ((struct link *)p)->writes = 1; }
static void del_write(void *p) { ((struct link *)p)->writes = 0; }
static void cleanup(void *p) { ((struct link *)p)->c = NULL; }

static void connected(const redisAsyncContext *c, int status) {
    ((struct link *)c->data)->connected = status == REDIS_OK;
}

static void disconnected(const redisAsyncContext *c, int status) {
    ((struct link *)c->data)->gone = status == REDIS_OK ? 1 : 2;
}

static int link_open(struct link *l) {
    memset(l, 0, sizeof *l);
    l->c = redisAsyncConnect("127.0.0.1", port);
    if (!l->c || l->c->err) return 0;
    l->c->data = l->c->ev.data = l;
    l->c->ev.addRead = add_read;
    l->c->ev.delRead = del_read;
    l->c->ev.addWrite = add_write;
    l->c->ev.delWrite = del_write;
    l->c->ev.cleanup = cleanup;
    return redisAsyncSetConnectCallback(l->c, connected) == REDIS_OK &&
           redisAsyncSetDisconnectCallback(l->c, disconnected) == REDIS_OK;
}

/* Runs the links until *n is what is waited for; no longer than 5 s. */
static int loop(struct link *links, int count, const int *n, int wanted) {
    time_t end = time(NULL) + 5;
    int i;
    while (*n != wanted) {
        struct pollfd fds[4];
        if (time(NULL) > end) return 0;
        for (i = 0; i < count; i++) {
            fds[i].fd = links[i].c ? links[i].c->c.fd : -1;
            fds[i].events = (short)((links[i].reads ? POLLIN : 0) |
                                    (links[i].writes ? POLLOUT : 0));
        }
        poll(fds, (nfds_t)count, 100);
        for (i = 0; i < count; i++) {
            if (links[i].c && fds[i].revents & (POLLIN | POLLHUP | POLLERR))
                redisAsyncHandleRead(links[i].c);
            if (links[i].c && fds[i].revents & POLLOUT)
                redisAsyncHandleWrite(links[i].c);
        }
    }
    return 1;
}

struct count {
    int n, bad;
};

static void expect_next(redisAsyncContext *c, void *reply, void *data) {
    struct count *count = data;
    redisReply *r = reply;
    (void)c;
    if (!r || r->type != REDIS_REPLY_INTEGER || r->integer != count->n + 1)
        count->bad++;
    count->n++;
}

static int async_commands(void) {
    enum { N = 5000 };
    struct link l;
    struct count count = {0, 0};
    int i;
    WANT(link_open(&l));
    for (i = 0; i < N; i++)
        WANT(redisAsyncCommand(l.c, expect_next, &count, "INCR n") == REDIS_OK);
    WANT(loop(&l, 1, &count.n, N));
    WANT(l.connected && count.bad == 0);
    redisAsyncDisconnect(l.c);
    WANT(loop(&l, 1, &l.gone, 1));
    return 1;
}

struct heard {
    int n, subscribed;
    char last[64];
};

static void hear(redisAsyncContext *c, void *reply, void *data) {
    struct heard *h = data;
    redisReply *r = reply;
    (void)c;
    if (!r || r->type != REDIS_REPLY_ARRAY || r->elements < 3) return;
    if (strstr(r->element[0]->str, "subscribe")) h->subscribed++;
    else {
        h->n++;
        snprintf(h->last, sizeof h->last, "%s %s", r->element[0]->str,
                 r->element[r->elements - 1]->str);
    }
}

static int async_pubsub(void) {
    struct link l[2];
    struct heard h;
    int i;
    memset(&h, 0, sizeof h);
    WANT(link_open(&l[0]) && link_open(&l[1]));
    redisAsyncCommand(l[0].c, hear, &h, "SUBSCRIBE a b");
    redisAsyncCommand(l[0].c, hear, &h, "PSUBSCRIBE c*");
    WANT(loop(l, 2, &h.subscribed, 3));
    for (i = 0; i < 500; i++)
        redisAsyncCommand(l[1].c, NULL, NULL, "PUBLISH %s m%d",
                          i % 2 ? "b" : "cc", i);
    WANT(loop(l, 2, &h.n, 500));
    WANT(strcmp(h.last, "message m499") == 0);
    redisAsyncCommand(l[0].c, NULL, NULL, "UNSUBSCRIBE");
    redisAsyncCommand(l[0].c, NULL, NULL, "PUNSUBSCRIBE");
    WANT(loop(l, 2, &h.subscribed, 6));
    redisAsyncDisconnect(l[0].c);
    WANT(loop(l, 2, &l[0].gone, 1));
    redisAsyncDisconnect(l[1].c);
    WANT(loop(l, 2, &l[1].gone, 1));
    return 1;
}

static void lines(redisAsyncContext *c, void *reply, void *data) {
    struct heard *h = data;
    redisReply *r = reply;
    (void)c;
    if (r && r->type == REDIS_REPLY_STATUS && h->n >= 0) {
        if (strcmp(r->str, "OK") == 0) h->subscribed = 1;
        else if (strstr(r->str, "\"SET\" \"k\" \"v\"")) h->n = 1;
    }
    if (!r || r->type == REDIS_REPLY_ERROR) h->subscribed = 1, h->n = -1;
}

static int async_monitor(void) {
    struct link l;
    struct heard h;
    memset(&h, 0, sizeof h);
    WANT(link_open(&l));
    redisAsyncCommand(l.c, lines, &h, "MONITOR");
    WANT(loop(&l, 1, &h.subscribed, 1) && h.n == 0);
    WANT(is_text(DO("SET k v"), "OK"));
    WANT(loop(&l, 1, &h.n, 1));
    h.n = -1;
    redisAsyncFree(l.c);
    return 1;
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    port = atoi(argv[1]);
    sync_ = redisConnect("127.0.0.1", port);
    if (!sync_ || sync_->err) return 1;
    check("commands", commands);
    check("pipeline", pipeline);
    check("transaction", transaction);
    check("big replies", big_replies);
    check("lost connections", lost_connections);
    check("asynchronous commands", async_commands);
    check("asynchronous pub/sub", async_pubsub);
    check("blocking lists: a job", blocking);
    check("monitor: asynchronous", async_monitor);
    check("lua: EVAL", scripts);
    redisFree(sync_);
    puts("end");
    return 0;
}
