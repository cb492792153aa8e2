/* Listening, adopting, turns of the loop, an operating system made of paper. */
#include "sockets.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/un.h>

/* ---- Real sockets ------------------------------------------------------ */

static void tcp(void) {
    kv *db = fresh(NULL);
    EQ(kv_port(db), 0);
    OK(kv_listen(db, "127.0.0.1:0"));
    int port = kv_port(db);
    CHECK(port > 0 && port < 65536);
    int a = dial(port), b = dial(port);
    TALK(db, a, "PING\r\n", "+PONG\r\n");
    TALK(db, b, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\na\0b\r\n", "+OK\r\n");
    TALK(db, a, "GET k\r\nGET nope\r\n", "$3\r\na\0b\r\n$-1\r\n");
    OK(put(db, "k", "from inside"));
    TALK(db, a, "GET k\r\n", "$11\r\nfrom inside\r\n");
    TALK(db, a, "*1\r\n$4\r\nPI", "");
    TALK(db, b, "PING\r\n", "+PONG\r\n");
    TALK(db, a, "NG\r\n", "+PONG\r\n");

    kv_statistics st = {0};
    st.size = sizeof st;
    OK(kv_stats(db, &st));
    EQ(st.clients, 2);
    EQ(st.connections, 2);
    CHECK(st.net_input >= 60 && st.net_output >= 50);
    CHECK(strstr(run(db, NULL, "CLIENT LIST"), "addr=127.0.0.1:"));

    text out = {0};
    CHECK(!talk(db, NULL, a, "QUIT\r\n", 6, &out, 1000));
    SAME(out.p, "+OK\r\n");
    text_free(&out);
    close(a);
    close(b);
    for (int i = 0; i < 100 && st.clients; i++) {
        kv_poll(db, 1);
        OK(kv_stats(db, &st));
    }
    EQ(st.clients, 0);
    EQ(st.connections, 2);
    finish(db);
}

static void addresses(void) {
    kv *db = fresh(NULL), *other = fresh(NULL);
    static const char *const wrong[] = {
        "",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:x",
        "127.0.0.1:65536",
        "unix:",
        "127.0.0.1:-1",
        "[::1]",
        "127.0.0.1:0x10",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (kv_listen(db, wrong[i]) != KV_ARG) {
            fprintf(stderr, "'%s' was not refused as misuse\n", wrong[i]);
            fail();
        }
        CHECK(*kv_message(db));
    }
    EQ(kv_port(db), 0);
    OK(kv_listen(db, "127.0.0.1:0"));
    int port = kv_port(db);
    char same[64];
    snprintf(same, sizeof same, "127.0.0.1:%d", port);
    EQ(kv_listen(other, same), KV_BUSY);
    CHECK(*kv_message(other));
    EQ(kv_port(other), 0);
    EQ(kv_listen(db, same), KV_BUSY);

    OK(kv_listen(db, ":0"));
    EQ(kv_port(db), port); /* of the first */
    OK(kv_listen(other, ":0"));
    int fd = dial(kv_port(other));
    TALK(other, fd, "PING\r\n", "+PONG\r\n");
    int rc = kv_listen(other, "[::1]:0");
    CHECK(rc == KV_OK || rc == KV_IO); /* there may be no IPv6 */
    finish(other);
    finish(db);
    close(fd);

    /* the port is free again */
    db = fresh(NULL);
    OK(kv_listen(db, same));
    EQ(kv_port(db), port);
    finish(db);
}

static void unix_socket(void) {
    char dir[] = "kv-api-XXXXXX", path[64], address[80];
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s", dir);
    snprintf(address, sizeof address, "unix:%s", path);
    kv *db = fresh(NULL);
    OK(kv_config(db, "unixsocketperm", "700"));
    OK(kv_listen(db, address));
    EQ(kv_port(db), 0);
    struct stat st;
    CHECK(!stat(path, &st));
    CHECK(S_ISSOCK(st.st_mode));
    EQ(st.st_mode & 0777, 0700);
    struct sockaddr_un a;
    memset(&a, 0, sizeof a);
    a.sun_family = AF_UNIX;
    strcpy(a.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof a));
    nonblocking(fd);
    TALK(db, fd, "PING\r\n", "+PONG\r\n");
    close(fd);
    finish(db);
    unlink(path);
    CHECK(!rmdir(dir));
}

/* A listener for the mini dialect beside a plain one: one set of data. */
static void mini_door(void) {
    static const char *const wrong[] = {"mini:", "mini:127.0.0.1",
                                        "mini:unix:", "mini"};
    kv *db = fresh(NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        EQ(kv_listen(db, wrong[i]), KV_ARG);
        CHECK(*kv_message(db));
    }
    EQ(kv_port(db), 0);
    OK(kv_listen(db, "mini:127.0.0.1:0"));
    int fd = dial(kv_port(db)), other = dial(kv_port(db));
    TALK(db, fd, "SET k v\r\nGET k\r\nGET nope\r\n",
         ":1\r\n$1\r\nv\r\n$-1\r\n");
    TALK(db, fd, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n%1\r\n+a\r\n*2\r\n_\r\n", "");
    TALK(db, other, "GET k\r\n", "$1\r\nv\r\n");
    TALK(db, fd, "#t\r\nGET k\r\n", ":1\r\n%1\r\n+a\r\n*2\r\n$-1\r\n#t\r\n");
    IS(db, NULL, "GET k", "{+a: [nil, #t]}");
    TALK(db, other, "MSET a 1 b 2\r\nKEYS a\r\nDELETE a b x\r\n",
         ":2\r\n*1\r\n$1\r\na\r\n:2\r\n");
    TALK(db, other, "RESET\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n,0.5\r\n",
         "+RESET\r\n:1\r\n");
    TALK(db, fd, "GET k\r\nFLUSH\r\n", ",0.5\r\n:1\r\n");

    /* a session of the same instance speaks as ever */
    kv_session *s = session(db);
    WIRE(s, "SET k v\r\nSET k w NX\r\n", "+OK\r\n$-1\r\n");
    CHECK(strstr(feed(s, "FLUSH\r\n", 7), "unknown command"));
    text out = {0};
    CHECK(!talk(db, NULL, fd, "EXIT\r\nPING\r\n", 12, &out, 1000));
    EQ(out.n, 0);
    close(fd);
    CHECK(!talk(db, NULL, other, "*1\r\n-x\r\n", 8, &out, 1000));
    SAME(out.p, "-ERR Protocol error: expected '$', got '-'\r\n");
    text_free(&out);
    close(other);
    finish(db);
}

static void mini_unix_socket(void) {
    char dir[] = "kv-api-XXXXXX", path[64], address[80];
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s", dir);
    snprintf(address, sizeof address, "mini:unix:%s", path);
    kv *db = fresh(NULL);
    OK(kv_listen(db, "127.0.0.1:0"));
    OK(kv_listen(db, address));
    struct sockaddr_un a;
    memset(&a, 0, sizeof a);
    a.sun_family = AF_UNIX;
    strcpy(a.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), tcp_fd = dial(kv_port(db));
    CHECK(fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof a));
    nonblocking(fd);
    TALK(db, fd, "SET k v\r\n", ":1\r\n");
    TALK(db, tcp_fd, "SET k v\r\n", "+OK\r\n");
    close(fd);
    close(tcp_fd);
    finish(db);
    unlink(path);
    CHECK(!rmdir(dir));
}

static void adopt(void) {
    kv *db = fresh(NULL);
    int p[2], q[2];
    pair(p);
    pair(q);
    OK(kv_adopt(db, p[0]));
    OK(kv_adopt(db, q[0]));
    TALK(db, p[1], "SET k v\r\nSELECT 1\r\n", "+OK\r\n+OK\r\n");
    TALK(db, q[1], "GET k\r\n", "$1\r\nv\r\n");
    TALK(db, p[1], "GET k\r\n", "$-1\r\n");

    /* a half-closed client still gets its answers */
    CHECK(send(p[1], "PING\r\nPI", 8, MSG_NOSIGNAL) == 8);
    CHECK(!shutdown(p[1], SHUT_WR));
    text out = {0};
    until_closed(db, p[1], &out);
    SAME(out.p, "+PONG\r\n");
    text_free(&out);
    close(p[1]);
    TALK(db, q[1], "PING\r\n", "+PONG\r\n");
    finish(db); /* ends the connection */
    CHECK(!hear(q[1], &out));
    close(q[1]);

    /* one whose other end is closed already */
    db = fresh(NULL);
    pair(p);
    close(p[1]);
    OK(kv_adopt(db, p[0]));
    for (int i = 0; i < 10; i++) OK(kv_poll(db, 0));
    kv_statistics st = {0};
    st.size = sizeof st;
    OK(kv_stats(db, &st));
    EQ(st.clients, 0);
    finish(db);
}

/* The mixed fate of long requests and long replies on small socket buffers. */
static void big_values(void) {
    enum { N = 3000000 };
    kv *db = fresh(NULL);
    int p[2], small = 4096;
    pair(p);
    for (int i = 0; i < 2; i++) {
        setsockopt(p[i], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        setsockopt(p[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    OK(kv_adopt(db, p[0]));
    char *value = (char *)malloc(N);
    CHECK(value);
    for (int i = 0; i < N; i++) value[i] = (char)(i * 31 + i / 253);
    text in = {0}, want = {0}, out = {0};
    kv_slice set[] = {{"SET", 3}, {"k", 1}, {NULL, N}};
    kv_slice get[] = {{"GET", 3}, {"k", 1}};
    char head[32];
    set[2].p = value;
    text_command(&in, 3, set);
    text_command(&in, 2, get);
    text_puts(&in, "PING\r\n");
    text_command(&in, 2, get);
    snprintf(head, sizeof head, "$%d\r\n", N);
    text_puts(&want, "+OK\r\n");
    for (int i = 0; i < 2; i++) {
        text_puts(&want, head);
        text_add(&want, value, N);
        text_puts(&want, i ? "\r\n" : "\r\n+PONG\r\n");
    }
    CHECK(talk(db, NULL, p[1], in.p, in.n, &out, want.n));
    EQ(out.n, want.n);
    CHECK(!memcmp(out.p, want.p, out.n));
    text_free(&in);
    text_free(&want);
    text_free(&out);
    free(value);
    close(p[1]);
    finish(db);
}

static void two_servers(void) {
    kv *a = fresh(NULL), *b = fresh(NULL);
    OK(kv_listen(a, "127.0.0.1:0"));
    OK(kv_listen(b, "127.0.0.1:0"));
    CHECK(kv_port(a) != kv_port(b));
    int fa = dial(kv_port(a)), fb = dial(kv_port(b));
    TALK(a, fa, "SET k of-a\r\n", "+OK\r\n");
    TALK(b, fb, "GET k\r\n", "$-1\r\n");
    TALK(b, fb, "SET k of-b\r\n", "+OK\r\n");
    TALK(a, fa, "GET k\r\n", "$4\r\nof-a\r\n");
    finish(a);
    TALK(b, fb, "GET k\r\n", "$4\r\nof-b\r\n");
    finish(b);
    close(fa);
    close(fb);
}

static void protocol_error(void) {
    kv *db = fresh(NULL);
    int p[2];
    pair(p);
    OK(kv_adopt(db, p[0]));
    text out = {0};
    static const char bad[] = "PING\r\n*1\r\nfoo\r\nSET k v\r\n";
    CHECK(!talk(db, NULL, p[1], bad, sizeof bad - 1, &out, 1000));
    SAME(out.p, "+PONG\r\n-ERR Protocol error: expected '$', got 'f'\r\n");
    SAME(get(db, "k"), "-");
    text_free(&out);
    close(p[1]);
    finish(db);
}

/* ---- The end ----------------------------------------------------------- */

static void stop(void) {
    kv *db = fresh(NULL);
    OK(kv_poll(db, 0));
    kv_stop(db);
    EQ(kv_poll(db, 10000), KV_NONE); /* at once */
    finish(db);

    db = fresh(NULL);
    kv_stop(db); /* before kv_run: it must not be lost */
    CHECK(kv_run(db) >= KV_OK);
    IS(db, NULL, "PING", "+PONG"); /* still good in the process */
    finish(db);
}

static void shutdown_command(void) {
    kv *db = fresh(NULL);
    int p[2];
    pair(p);
    OK(kv_adopt(db, p[0]));
    static const char last[] = "PING\r\nSHUTDOWN NOSAVE\r\nPING\r\n";
    CHECK(send(p[1], last, sizeof last - 1, MSG_NOSIGNAL) == sizeof last - 1);
    CHECK(kv_run(db) >= KV_OK);
    finish(db);
    text out = {0};
    CHECK(!hear(p[1], &out)); /* replies already made are sent */
    SAME(quote(out.p, out.n), "\"+PONG\\x0d\\x0a\"");
    text_free(&out);
    close(p[1]);
}

/* ---- A foreign loop ---------------------------------------------------- */

static void foreign_turn(kv *db) {
    struct pollfd fds[64], none;
    size_t n = 0, need = 0;
    EQ(kv_pollfds(db, &none, 0, &need), KV_TOOBIG);
    CHECK(need >= 1 && need <= 64);
    OK(kv_pollfds(db, fds, 64, &n));
    EQ(n, need);
    int wait = kv_timeout(db);
    CHECK(wait >= -1);
    if (wait < 0 || wait > 5) wait = 5;
    CHECK(poll(fds, n, wait) >= 0);
    OK(kv_dispatch(db, fds, n));
}

static void foreign_loop(void) {
    kv *db = fresh(NULL);
    OK(kv_listen(db, "127.0.0.1:0"));
    int fds[20];
    for (int i = 0; i < 20; i++) fds[i] = dial(kv_port(db));
    for (int round = 1; round <= 5; round++) {
        for (int i = 0; i < 20; i++) {
            char want[32];
            snprintf(want, sizeof want, ":%d\r\n+PONG\r\n",
                     (round - 1) * 20 + i + 1);
            talk_is(db, foreign_turn, fds[i], "INCR n\r\nPING\r\n", 14, want,
                    strlen(want));
        }
    }
    for (int i = 0; i < 20; i++) close(fds[i]);
    for (int i = 0; i < 50; i++) foreign_turn(db);
    kv_statistics st = {0};
    st.size = sizeof st;
    OK(kv_stats(db, &st));
    EQ(st.clients, 0);

    /* nothing is ready: that is no end */
    struct pollfd p[64];
    size_t n;
    OK(kv_pollfds(db, p, 64, &n));
    for (size_t i = 0; i < n; i++) p[i].revents = 0;
    OK(kv_dispatch(db, p, n));
    kv_stop(db);
    EQ(kv_timeout(db), 0);
    OK(kv_pollfds(db, p, 64, &n));
    poll(p, n, 0);
    EQ(kv_dispatch(db, p, n), KV_NONE);
    finish(db);
}

/* Both ways of turning the same instance, in turns. */
static void mixed_loops(void) {
    kv *db = fresh(NULL);
    int p[2];
    pair(p);
    OK(kv_adopt(db, p[0]));
    for (int i = 0; i < 20; i++) {
        talk_is(db, i % 2 ? foreign_turn : NULL, p[1], "PING\r\n", 6,
                "+PONG\r\n", 7);
    }
    close(p[1]);
    finish(db);
}

/* ---- An operating system made of paper --------------------------------- */

/* Descriptors: 10 and 11 are the pipe, 20 listens, 30 + i is connection i. Time
 * passes only while poll() has nothing to report. */
enum { PIPE = 10, LISTENER = 20, FIRST = 30, CONNECTIONS = 4 };

typedef struct conn {
    const char *in; /* what the client sends */
    size_t in_n, at;
    text out;
    const char *peer;
    int accepted, closed; /* by kv */
    int gone;             /* the client closes after its last byte */
    int reset;            /* recv fails after the last byte */
} conn;

typedef struct paper {
    fake time;
    conn conns[CONNECTIONS];
    int waiting; /* connections not yet accepted start at this one */
    int count, accepts, accept_errors, accept_code;
    int listening, listen_result, port, pipes, pipe_bytes, open_pipes;
    char host[64], path[64];
    uint64_t seed;
    unsigned recv_max, send_max, again_in; /* 1 of again_in calls fails */
    long polls;
} paper;

static conn *paper_conn(paper *w, int fd) {
    CHECK(fd >= FIRST && fd < FIRST + w->count);
    conn *c = &w->conns[fd - FIRST];
    CHECK(c->accepted && !c->closed);
    return c;
}

static int paper_listen(void *ctx, const char *host, int *port,
                        const char *path, int mode, int backlog) {
    paper *w = (paper *)ctx;
    (void)mode;
    if (w->listen_result) return w->listen_result;
    CHECK(backlog > 0);
    if (path && *path) {
        snprintf(w->path, sizeof w->path, "%s", path);
    } else {
        snprintf(w->host, sizeof w->host, "%s", host);
        w->port = *port;
        if (!*port) *port = 4242;
    }
    w->listening++;
    return LISTENER;
}

static int paper_accept(void *ctx, int fd, char *peer, size_t peer_cap,
                        char *self, size_t self_cap, int keepalive_s) {
    paper *w = (paper *)ctx;
    (void)keepalive_s;
    EQ(fd, LISTENER);
    w->accepts++;
    if (w->accept_errors) {
        w->accept_errors--;
        return w->accept_code;
    }
    if (w->waiting == w->count) return KV_AGAIN;
    conn *c = &w->conns[w->waiting];
    c->accepted = 1;
    snprintf(peer, peer_cap, "%s", c->peer);
    snprintf(self, self_cap, "127.0.0.1:4242");
    return FIRST + w->waiting++;
}

static int paper_again(paper *w) {
    return w->again_in && !rnd(&w->seed, w->again_in);
}

static int64_t paper_recv(void *ctx, int fd, void *p, size_t n) {
    paper *w = (paper *)ctx;
    if (fd == PIPE) {
        if (!w->pipe_bytes) return KV_AGAIN;
        n = n < (size_t)w->pipe_bytes ? n : (size_t)w->pipe_bytes;
        memset(p, 1, n);
        w->pipe_bytes -= (int)n;
        return (int64_t)n;
    }
    conn *c = paper_conn(w, fd);
    size_t left = c->in_n - c->at;
    if (!left && c->reset) return KV_IO;
    if (!left && c->gone) return 0;
    if (!left || paper_again(w)) return KV_AGAIN;
    CHECK(n);
    if (n > left) n = left;
    if (n > w->recv_max) n = w->recv_max;
    memcpy(p, c->in + c->at, n);
    c->at += n;
    return (int64_t)n;
}

static int64_t paper_send(void *ctx, int fd, const void *p, size_t n) {
    paper *w = (paper *)ctx;
    if (fd == PIPE + 1) {
        w->pipe_bytes += (int)n;
        return (int64_t)n;
    }
    conn *c = paper_conn(w, fd);
    if (paper_again(w)) return KV_AGAIN;
    CHECK(n);
    if (n > w->send_max) n = 1 + rnd(&w->seed, w->send_max);
    text_add(&c->out, p, n);
    return (int64_t)n;
}

static void paper_close(void *ctx, int fd) {
    paper *w = (paper *)ctx;
    if (fd == LISTENER) {
        CHECK(w->listening-- > 0);
    } else if (fd == PIPE || fd == PIPE + 1) {
        CHECK(w->open_pipes & (1 << (fd - PIPE)));
        w->open_pipes &= ~(1 << (fd - PIPE));
    } else {
        paper_conn(w, fd)->closed = 1;
    }
}

static int paper_poll(void *ctx, struct pollfd *fds, size_t n, int timeout_ms) {
    paper *w = (paper *)ctx;
    int ready = 0;
    CHECK(++w->polls < 1000000); /* nobody turns in circles */
    for (size_t i = 0; i < n; i++) {
        int can = 0;
        fds[i].revents = 0;
        if (fds[i].fd < 0) continue;
        if (fds[i].fd == LISTENER) {
            can = w->waiting < w->count ? POLLIN : 0;
        } else if (fds[i].fd == PIPE) {
            can = w->pipe_bytes ? POLLIN : 0;
        } else {
            conn *c = paper_conn(w, fds[i].fd);
            can =
                POLLOUT | (c->at < c->in_n || c->gone || c->reset ? POLLIN : 0);
        }
        fds[i].revents = (short)(can & fds[i].events);
        ready += fds[i].revents != 0;
    }
    if (!ready && timeout_ms > 0) fake_add(&w->time, timeout_ms);
    return ready;
}

static int paper_pipe(void *ctx, int fds[2]) {
    paper *w = (paper *)ctx;
    EQ(w->open_pipes, 0);
    w->open_pipes = 3;
    fds[0] = PIPE;
    fds[1] = PIPE + 1;
    return KV_OK;
}

static int paper_cold_open(void *ctx) {
    return (void)ctx, KV_NONE;
}

static kv_sys paper_sys(paper *w) {
    static const fake start = FAKE_START;
    kv_sys sys;
    memset(&sys, 0, sizeof sys);
    memset(w, 0, sizeof *w);
    w->time = start;
    w->seed = 7;
    w->recv_max = w->send_max = 1 << 20;
    sys.ctx = w;
    sys.listen = paper_listen;
    sys.accept = paper_accept;
    sys.recv = paper_recv;
    sys.send = paper_send;
    sys.close = paper_close;
    sys.poll = paper_poll;
    sys.pipe = paper_pipe;
    sys.cold_open = paper_cold_open;
    return sys;
}

static kv *paper_open(paper *w, const kv_sys *sys) {
    kv_desc d = fake_desc(&w->time);
    d.sys = sys;
    kv *db = NULL;
    OK(kv_open(&db, &d));
    OK(kv_config(db, "enable-debug-command", "yes"));
    return db;
}

static void paper_client(paper *w, const char *in, size_t n) {
    conn *c = &w->conns[w->count++];
    CHECK(w->count <= CONNECTIONS);
    c->in = in;
    c->in_n = n;
    c->peer = "127.0.0.1:5555";
}

static void paper_turns(kv *db, int n) {
    while (n--) OK(kv_poll(db, 10));
}

/* Everything that kv opened is closed, once. */
static void paper_finish(kv *db, paper *w) {
    finish(db);
    EQ(w->listening, 0);
    EQ(w->open_pipes, 0);
    for (int i = 0; i < w->count; i++) {
        EQ(w->conns[i].closed, w->conns[i].accepted);
        text_free(&w->conns[i].out);
    }
}

/* The clients' keys differ. */
#define SCRIPT(k)                                                    \
    "*3\r\n$3\r\nSET\r\n$1\r\n" k "\r\n$5\r\nhello\r\nGET " k "\r\n" \
    "*2\r\n$3\r\nGET\r\n$4\r\nnope\r\nAPPEND " k " \" world\"\r\n"   \
    "GETRANGE " k " 0 -1\r\nPING\r\nDEBUG PROTOCOL map\r\n"
static const char scripts[][sizeof SCRIPT("k")] = {SCRIPT("k"), SCRIPT("l")};
static const char script_reply[] =
    "+OK\r\n$5\r\nhello\r\n$-1\r\n:11\r\n$11\r\nhello world\r\n+PONG\r\n"
    "*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n";

static void paper_trickle(void) {
    static const unsigned recv_max[] = {1, 1, 2, 3, 5, 1000},
                          send_max[] = {1, 3, 1, 7, 2, 1},
                          again_in[] = {0, 2, 3, 0, 2, 2};
    for (int i = 0; i < 6; i++) {
        paper w;
        kv_sys sys = paper_sys(&w);
        kv *db = paper_open(&w, &sys);
        w.recv_max = recv_max[i];
        w.send_max = send_max[i];
        w.again_in = again_in[i];
        OK(kv_listen(db, "127.0.0.1:6379"));
        SAME(w.host, "127.0.0.1");
        EQ(w.port, 6379);
        EQ(kv_port(db), 6379);
        paper_client(&w, scripts[0], sizeof scripts[0] - 1);
        paper_client(&w, scripts[1], sizeof scripts[1] - 1);
        paper_client(&w, "PING\r\n*1\r\n$4\r\nPI", 16);
        w.conns[2].gone = 1;
        paper_turns(db, 3000);
        for (int k = 0; k < 2; k++) {
            SAME(quote(w.conns[k].out.p, w.conns[k].out.n),
                 quote(script_reply, sizeof script_reply - 1));
            CHECK(!w.conns[k].closed);
        }
        SAME(w.conns[2].out.p, "+PONG\r\n");
        CHECK(w.conns[2].closed);
        paper_finish(db, &w);
    }
}

static void paper_addresses(void) {
    paper w;
    kv_sys sys = paper_sys(&w);
    kv *db = paper_open(&w, &sys);
    OK(kv_listen(db, "127.0.0.1:0"));
    EQ(kv_port(db), 4242);
    paper_client(&w, "CLIENT INFO\r\n", 13);
    paper_client(&w, "PING\r\n", 6);
    w.conns[1].peer = "192.0.2.1:7777";
    paper_turns(db, 20);
    CHECK(
        strstr(w.conns[0].out.p, " addr=127.0.0.1:5555 laddr=127.0.0.1:4242"));
    /* protected mode: no password, and not from this machine */
    CHECK(!strncmp(w.conns[1].out.p, "-DENIED ", 8));
    CHECK(w.conns[1].closed);
    paper_finish(db, &w);

    static const int codes[] = {KV_BUSY, KV_IO, KV_NOFILES};
    for (int i = 0; i < 3; i++) {
        sys = paper_sys(&w);
        db = paper_open(&w, &sys);
        w.listen_result = codes[i];
        EQ(kv_listen(db, "127.0.0.1:1"), codes[i]);
        CHECK(*kv_message(db));
        EQ(kv_port(db), 0);
        w.listen_result = 0;
        OK(kv_listen(db, "unix:/some/where"));
        SAME(w.path, "/some/where");
        paper_finish(db, &w);
    }
}

static void paper_reset(void) {
    paper w;
    kv_sys sys = paper_sys(&w);
    kv *db = paper_open(&w, &sys);
    OK(kv_listen(db, "127.0.0.1:0"));
    paper_client(&w, "SET k v\r\nSET", 12);
    paper_client(&w, "PING\r\n", 6);
    w.conns[0].reset = 1;
    w.recv_max = 4;
    paper_turns(db, 50);
    CHECK(w.conns[0].closed);
    SAME(w.conns[1].out.p, "+PONG\r\n");
    SAME(get(db, "k"), "v");
    paper_finish(db, &w);
}

/* Out of descriptors: the loop goes on, does not spin, and recovers. */
static void paper_no_files(void) {
    paper w;
    kv_sys sys = paper_sys(&w);
    kv *db = paper_open(&w, &sys);
    OK(kv_listen(db, "127.0.0.1:0"));
    paper_client(&w, "PING\r\n", 6);
    paper_turns(db, 10);
    SAME(w.conns[0].out.p, "+PONG\r\n");
    w.accept_errors = 1000000;
    w.accept_code = KV_NOFILES;
    w.accepts = 0;
    paper_client(&w, "PING\r\n", 6);
    int64_t start = w.time.mono;
    for (int i = 0; i < 10000 && w.time.mono < start + 1000000; i++) {
        OK(kv_poll(db, 10));
    }
    CHECK(w.time.mono >= start + 1000000); /* else it was never idle */
    CHECK(w.accepts <= 50);
    w.conns[0].in = "PING\r\nPING\r\n";
    w.conns[0].in_n = 12;
    paper_turns(db, 10);
    SAME(w.conns[0].out.p, "+PONG\r\n+PONG\r\n");
    w.accept_errors = 0;
    for (int i = 0; i < 1000 && !w.conns[1].out.n; i++) OK(kv_poll(db, 10));
    SAME(w.conns[1].out.p, "+PONG\r\n");
    paper_finish(db, &w);
}

/* The wake-up pipe cannot be had: kv_open says so or does without. */
static int no_pipe(void *ctx, int fds[2]) {
    (void)ctx, (void)fds;
    return KV_NOFILES;
}

static void paper_no_pipe(void) {
    paper w;
    kv_sys sys = paper_sys(&w);
    sys.pipe = no_pipe;
    kv_desc d = fake_desc(&w.time);
    d.sys = &sys;
    kv *db = (kv *)&w;
    int rc = kv_open(&db, &d);
    if (rc == KV_OK) {
        paper_finish(db, &w);
    } else {
        EQ(rc, KV_NOFILES);
        CHECK(!db);
    }
}

/* Descriptors and paths mean what the table says: real ones with the same
 * names are left alone. */
static int real_pipe[2];

static int paper_pipe_like_real(void *ctx, int fds[2]) {
    (void)ctx;
    fds[0] = real_pipe[0];
    fds[1] = real_pipe[1];
    return KV_OK;
}

static int64_t own_send(void *ctx, int fd, const void *p, size_t n) {
    paper *w = (paper *)ctx;
    return fd == real_pipe[1] ? (w->pipe_bytes += (int)n, (int64_t)n)
                              : paper_send(ctx, fd, p, n);
}

static int64_t own_recv(void *ctx, int fd, void *p, size_t n) {
    return paper_recv(ctx, fd == real_pipe[0] ? PIPE : fd, p, n);
}

static void own_close(void *ctx, int fd) {
    if (fd != real_pipe[0] && fd != real_pipe[1]) paper_close(ctx, fd);
}

static int own_poll(void *ctx, struct pollfd *fds, size_t n, int timeout_ms) {
    for (size_t i = 0; i < n; i++) {
        if (fds[i].fd == real_pipe[0]) fds[i].fd = PIPE;
    }
    int ready = paper_poll(ctx, fds, n, timeout_ms);
    for (size_t i = 0; i < n; i++) {
        if (fds[i].fd == PIPE) fds[i].fd = real_pipe[0];
    }
    return ready;
}

static void paper_descriptors(void) {
    paper w;
    kv_sys sys = paper_sys(&w);
    sys.pipe = paper_pipe_like_real;
    sys.send = own_send;
    sys.recv = own_recv;
    sys.close = own_close;
    sys.poll = own_poll;
    CHECK(!pipe(real_pipe));
    char byte;
    kv *db = paper_open(&w, &sys);
    OK(kv_listen(db, "127.0.0.1:0"));
    paper_turns(db, 3);
    CHECK(write(real_pipe[1], "x", 1) == 1);
    kv_stop(db);
    CHECK(w.pipe_bytes > 0);
    EQ(kv_poll(db, 10), KV_NONE);
    EQ(w.pipe_bytes, 0);
    paper_turns(db, 3);
    finish(db);
    CHECK(read(real_pipe[0], &byte, 1) == 1 && byte == 'x');
    close(real_pipe[1]);
    CHECK(read(real_pipe[0], &byte, 1) == 0); /* nothing but the x */
    close(real_pipe[0]);
}

static void paper_paths(void) {
    paper w;
    kv_sys sys = paper_sys(&w);
    char path[] = "kv-api-XXXXXX", address[64];
    int file = mkstemp(path);
    CHECK(file >= 0);
    snprintf(address, sizeof address, "unix:%s", path);
    kv *db = paper_open(&w, &sys);
    OK(kv_listen(db, address));
    SAME(w.path, path);
    paper_finish(db, &w);
    CHECK(!access(path, F_OK));
    close(file);
    unlink(path);
}

/* Idle connections and the cold set: all are served whoever speaks. */
static void many_connections(void) {
    enum { N = 300 };
    kv *db = fresh(NULL);
    static int fds[N];
    OK(kv_listen(db, "127.0.0.1:0"));
    for (int i = 0; i < N; i++) {
        fds[i] = dial(kv_port(db));
        if (i % 50 == 0) kv_poll(db, 0);
    }
    uint64_t seed = 3;
    for (int i = 0; i < 1000; i++) {
        TALK(db, fds[rnd(&seed, N)], "PING\r\n", "+PONG\r\n");
    }
    kv_statistics st = {0};
    st.size = sizeof st;
    OK(kv_stats(db, &st));
    EQ(st.clients, N);
    for (int i = 0; i < N; i++) close(fds[i]);
    finish(db);
}

static const test tests[] = {
    T(tcp),
    T(addresses),
    T(unix_socket),
    T(mini_door),
    T(mini_unix_socket),
    T(adopt),
    T(big_values),
    T(two_servers),
    T(protocol_error),
    T(stop),
    T(shutdown_command),
    T(foreign_loop),
    T(mixed_loops),
    T(many_connections),
    T(paper_trickle),
    T(paper_addresses),
    T(paper_reset),
    T(paper_no_files),
    T(paper_descriptors),
    T(paper_paths),
    T(paper_no_pipe),
};
MAIN(tests)
