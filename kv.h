/* kv.h: a Redis-compatible key-value store, in your process or as a server.
 * SPDX-License-Identifier: MIT OR Unlicense
 *
 * This header is the contract: what it does not name is not API. Build:
 *
 *     cc -c kv.c                                  the library (no main)
 *     cc -O2 -DKV_MAIN -o kv kv.c -lm -pthread    the server program
 *
 * First use:
 *
 *     kv *db;
 *     if (kv_open(&db, NULL) != KV_OK) return 1;
 *     kv_set(db, 0, "greeting", 8, "hello", 5, 0);
 *     char word[16];
 *     size_t n;
 *     kv_get(db, 0, "greeting", 8, word, sizeof word, &n);   (n is 5)
 *     kv_listen(db, "127.0.0.1:6379");
 *     kv_run(db);                                 until kv_stop(db)
 *     kv_close(db);
 *
 * Rules that hold for every call:
 *   - Everything hangs off the instance. Any number of instances may live in
 *     one process; kv keeps no global state, installs no signal handler,
 *     never forks, never prints, never ends the process.
 *   - Results are codes: KV_OK is 0, errors are negative, KV_NONE (1) means
 *     that there was nothing. kv_errstr() names a code, kv_message() gives the
 *     last refusal in a sentence. errno means nothing here.
 *   - Any thread may call at any time: one lock per instance serves callers in
 *     turn (build with -DKV_THREADS=0 to leave threads out). The loop
 *     (kv_poll, kv_run, kv_pollfds, kv_dispatch) belongs to one thread at a
 *     time, must not be called with the lock held, nor from a callback.
 *   - Callbacks run under the lock, inside the call that causes them. They may
 *     read through the pointers they are given and must not call back into the
 *     same instance (KV_BUSY), but for command handlers, which have kv_call_*.
 *   - Byte strings are pointer and length and may hold any byte.
 *   - Memory that runs out is KV_NOMEM (clients see -OOM) and changes nothing.
 */
#ifndef KV_H
#define KV_H

#include <stddef.h>
#include <stdint.h>

/* KVAPI stands before every function: define it to export or to hide them. A
 * shared library that exports them whatever else is hidden:
 *     cc -shared -fPIC -fvisibility=hidden -o libkv.so kv.c -lm -pthread \
 *        -DKVAPI='__attribute__((visibility("default")))'
 * With KV_STATIC defined, kv.c becomes part of one file of yours, and nothing
 * of it is seen outside:
 *     #define KV_STATIC
 *     #include "kv.c"        (before other headers: it asks for POSIX) */
#ifndef KVAPI
#if !defined(KV_STATIC)
#define KVAPI
#elif defined(__GNUC__)
#define KVAPI static __attribute__((unused))
#else
#define KVAPI static
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define KV_VERSION "0.1.0"
#define KV_VERSION_NUMBER 100 /* major * 10000 + minor * 100 + patch */

typedef struct kv kv;                 /* an instance */
typedef struct kv_session kv_session; /* what a connection carries: its
                                         database, name, protocol, login */
typedef struct kv_call kv_call;       /* a command being executed */
struct pollfd;                        /* <poll.h> */

typedef struct kv_slice {
    const void *p;
    size_t n;
} kv_slice;

enum {
    KV_OK = 0,
    KV_NONE = 1,         /* no such key; nothing to read; iteration is over */
    KV_NOMEM = -1,       /* no memory, or maxmemory reached */
    KV_ARG = -2,         /* an argument that cannot be right */
    KV_WRONGTYPE = -3,   /* the key holds another kind of value */
    KV_IO = -4,          /* the operating system refused; see kv_message() */
    KV_BUSY = -5,        /* address in use; called from inside a callback */
    KV_TOOBIG = -6,      /* beyond a limit; the buffer is too small */
    KV_AGAIN = -7,       /* would block */
    KV_NOFILES = -8,     /* out of file descriptors */
    KV_INTERRUPTED = -9, /* kv_interrupt() was called */
    KV_CLOSED = -10,     /* the session was closed */
    KV_CORRUPT = -11,    /* a file is damaged; kv_check() found a flaw */
    KV_FULL = -12,       /* no space left on the disk */
    KV_MISSING = -13,    /* no such file or directory */
    KV_DENIED = -14,     /* permission denied */
    KV_NOHOST = -15      /* no such address */
};

/* The library's version at run time, and a short name for a result code. */
KVAPI const char *kv_version(void);
KVAPI int kv_version_number(void);
KVAPI const char *kv_errstr(int code);

/* ---- Opening ----------------------------------------------------------- */

/* The operating system as kv sees it. Replace any member to put your own
 * transport or failures under an instance; zero members mean the default.
 * Sizes come back as bytes; failures as KV_AGAIN, KV_NOFILES, KV_BUSY, KV_IO
 * and what else says why.
 * Every function gets `ctx` first. Descriptors are non-negative numbers whose
 * meaning is the table's own: also the pipe's two ends are read with recv and
 * written with send, the latter from kv_stop(), so maybe in a signal handler. */
typedef struct kv_sys {
    void *ctx;
    /* listens on host:port or, with a path, on a unix socket with that file
     * mode; *port receives the port actually bound */
    int (*listen)(void *ctx, const char *host, int *port, const char *path,
                  int mode, int backlog);
    /* accepts; writes "ip:port" of both ends */
    int (*accept)(void *ctx, int fd, char *peer, size_t peer_cap, char *self,
                  size_t self_cap, int keepalive_s);
    int64_t (*recv)(void *ctx, int fd, void *p, size_t n); /* 0: closed */
    int64_t (*send)(void *ctx, int fd, const void *p, size_t n);
    void (*close)(void *ctx, int fd);
    int (*poll)(void *ctx, struct pollfd *fds, size_t n, int timeout_ms);
    int (*pipe)(void *ctx,
                int fds[2]); /* send to 1 arrives at 0; never block */
    /* a set of idle descriptors that is itself pollable; cold_open returns
     * KV_NONE where there is no such thing */
    int (*cold_open)(void *ctx);
    int (*cold_add)(void *ctx, int set, int fd, uint32_t tag, int again);
    int (*cold_wait)(void *ctx, int set, uint32_t *tags, int n);
    void (*remove)(void *ctx, const char *path); /* a unix socket, at the end */
    /* a whole file: its size, KV_TOOBIG when it is not below `cap`, KV_IO */
    int64_t (*load)(void *ctx, const char *path, void *p, size_t cap);
    /* puts a file in the place of another, all of it or nothing, and on disk */
    int (*store)(void *ctx, const char *path, const void *p, size_t n);
    /* files; they, close and remove go together, and are also called from the
     * thread that kv may have for them. Missing
     * ones are KV_MISSING, no space is KV_FULL. open: KV_OPEN_READ ... */
    int (*open)(void *ctx, const char *path, int how);
    int64_t (*read)(void *ctx, int fd, void *p, size_t n, int64_t at);
    int64_t (*write)(void *ctx, int fd, const void *p, size_t n, int64_t at);
    int (*sync)(void *ctx, int fd);
    int64_t (*size)(void *ctx, int fd);
    int (*rename)(void *ctx, const char *from, const char *to);
    int (*sync_dir)(void *ctx, const char *path); /* of the one `path` is in */
    /* keeps a directory for the descriptor that comes back; KV_BUSY. With an
     * `open` of your own and none of these it is not kept */
    int (*lock_dir)(void *ctx, const char *path);
    int (*truncate)(void *ctx, int fd, int64_t n);
    int (*make_dir)(void *ctx,
                    const char *path); /* KV_OK: also if it is there */
} kv_sys;

enum {               /* how a file is opened */
       KV_OPEN_READ, /* it has to be there */
       KV_OPEN_NEW,  /* made or emptied */
       KV_OPEN_WRITE /* it has to be there, and stays as it is */
};

enum { KV_LOG_DEBUG, KV_LOG_VERBOSE, KV_LOG_NOTICE, KV_LOG_WARNING };

/* What kv_open() takes. Zero it, set `size` to sizeof(kv_desc), fill in what
 * you need. Functions must stay callable until kv_close() has returned. */
typedef struct kv_desc {
    size_t size;
    /* realloc-like: alloc(ctx, 0, 0, n), (ctx, p, old, new), (ctx, p, old, 0);
     * returns NULL when it cannot. Memory must suit any object. */
    void *(*alloc)(void *ctx, void *p, size_t old_size, size_t new_size);
    void *alloc_ctx;
    int64_t (*wall_us)(void *ctx); /* microseconds since 1970 */
    int64_t (*mono_us)(void *ctx); /* microseconds, never going back */
    void *clock_ctx;
    void (*random)(void *ctx, void *p, size_t n); /* seeds the instance */
    void *random_ctx;
    void (*log)(void *ctx, int level, const char *text, size_t n);
    void *log_ctx;
    const kv_sys *sys;
    const char *
        dir; /* where snapshots and the log are kept: what is there is read, and
                        another instance that wants it too gets KV_BUSY. NULL:
                        nothing is kept */
    int sync;    /* KV_SYNC_ ...: whether every change is logged in `dir` */
    int salvage; /* not 0: damaged parts of the log are passed over */
} kv_desc;

/* When a change counts as safe: until then the call that made it does not
 * return, and no client has an answer that depends on it. */
enum {
    KV_SYNC_OFF,      /* nothing is logged: there are only snapshots */
    KV_SYNC_NO,       /* the system has it: the process's end harms nothing */
    KV_SYNC_EVERYSEC, /* and the disk within a second */
    KV_SYNC_ALWAYS    /* the disk has it: a failure of power harms nothing */
};

/* Opens an instance. `desc` may be NULL: malloc, the system's clocks, no log.
 * On failure *out is NULL. Nothing listens until kv_listen(). */
KVAPI int kv_open(kv **out, const kv_desc *desc);

/* Closes every connection and session and frees everything. NULL is allowed.
 * No other thread may be inside the instance. */
KVAPI void kv_close(kv *db);

/* Sets one parameter, as CONFIG SET does, also those that can only be set
 * before the first kv_listen(). Addresses (port, bind, unixsocket ...) are the
 * program's own: a library listens by kv_listen().
 *   Example: kv_config(db, "maxmemory", "100mb");
 *   Notes: KV_ARG for an unknown name or a bad value; see kv_message(). */
KVAPI int kv_config(kv *db, const char *name, const char *value);

/* Reads a configuration file in the syntax of redis.conf; CONFIG REWRITE writes
 * it. Lines before a bad one hold.
 *   Notes: KV_ARG with file, line and reason in kv_message(); KV_MISSING,
 *   KV_DENIED, KV_IO when it cannot be read. Names that only
 *   Redis has are passed over, with a warning in the log where the value asks
 *   for something, unless they promise safety or durability that kv cannot
 *   give. */
KVAPI int kv_config_file(kv *db, const char *path);

/* The instance's clock: milliseconds since 1970. */
KVAPI int64_t kv_now_ms(kv *db);

/* The last refusal by kv_config(), kv_config_file() or
 * kv_listen() as one sentence. Valid until the next call on this instance. */
KVAPI const char *kv_message(kv *db);

/* ---- Snapshots and the log --------------------------------------------- */

/* With kv_desc.sync, or kv_config(db, "appendonly", "yes"), every change is
 * logged in the directory, as Redis 7 does it, and read when it is opened
 * again. A call that changes something returns when the change is as safe as
 * asked for. When the disk fails it returns why (KV_IO, KV_FULL): the change
 * is made, its bytes are kept and go to disk as soon as that works again, which is
 * tried at least once a second; until then changes are refused with that code.
 * Without threads (KV_THREADS=0) syncs happen inside calls, and inside kv_poll().
 *   Example: kv_desc d = {sizeof d}; d.dir = "data"; d.sync = KV_SYNC_ALWAYS; */

/* Writes all data to the file dump.rdb (dbfilename) in the instance's
 * directory, in Redis's format, and returns when it is on disk. The data is
 * that of the moment of the call; other threads are served meanwhile.
 *   Notes: KV_BUSY: a snapshot is being made. KV_ARG: there is no directory.
 *   KV_FULL, KV_IO: see kv_message(); the file that was there is as before. */
KVAPI int kv_save(kv *db);

/* The same into another file: a backup while everything goes on.
 *   Example: kv_backup(db, "/backup/monday.rdb"); */
KVAPI int kv_backup(kv *db, const char *path);

/* Reads a snapshot of kv, Redis or Valkey. Keys that are there already are
 * replaced if the file has them too. Hooks are not told of them.
 *   Notes: KV_MISSING: no such file. KV_CORRUPT: kv_message() names the place and
 *   the reason; what stood before it was read. */
KVAPI int kv_load(kv *db, const char *path);

/* Begins to make the log of changes short, as it does by itself when it has
 * grown to twice its size (auto-aof-rewrite-percentage).
 *   Notes: KV_ARG: there is none. KV_BUSY: it is under way. */
KVAPI int kv_rewrite(kv *db);

/* ---- Serving ----------------------------------------------------------- */

/* Listens on "HOST:PORT", "[IPV6]:PORT", ":PORT" (every address) or
 * "unix:PATH"; with "mini:" in front its clients speak the mini dialect, with
 * "metrics:" it serves GET /metrics over HTTP. May be called several times.
 * Port 0 takes a free one.
 *   Example: kv_listen(db, "127.0.0.1:0"); printf("%d\n", kv_port(db)); */
KVAPI int kv_listen(kv *db, const char *address);

/* The port of the first TCP listener, or 0. */
KVAPI int kv_port(kv *db);

/* Serves a connected stream socket as if it had been accepted. The socket is
 * kv's from now on, also when the call fails (it is closed then). */
KVAPI int kv_adopt(kv *db, int fd);

/* One turn of the loop: waits up to `timeout_ms` (-1: as long as nothing is
 * due) for something to do, does a bounded amount of it, returns KV_OK; or
 * KV_NONE once kv_stop() or SHUTDOWN asked for the end, also before the call;
 * KV_NOMEM or KV_NOFILES when the loop's own memory or pipe cannot be had.
 *   Example: while (kv_poll(db, 100) == KV_OK) my_own_work(); */
KVAPI int kv_poll(kv *db, int timeout_ms);

/* kv_poll() until kv_stop() or SHUTDOWN: KV_OK, or why it could not go on.
 * Replies already made are sent. */
KVAPI int kv_run(kv *db);

/* Ends kv_run() soon. Any thread may call it, and a signal handler. */
KVAPI void kv_stop(kv *db);

/* A foreign event loop in three calls: fill `fds` with what to wait for and
 * get their number (or KV_TOOBIG: *need tells the room needed), wait at most
 * kv_timeout() milliseconds (-1: forever), hand the same array back.
 *   Example:
 *     struct pollfd fds[64];
 *     size_t n = 0;
 *     if (kv_pollfds(db, fds, 64, &n) == KV_OK) {
 *         poll(fds, n, kv_timeout(db));
 *         kv_dispatch(db, fds, n);
 *     }
 *   Notes: kv_dispatch() returns what kv_poll() returns. */
KVAPI int kv_pollfds(kv *db, struct pollfd *fds, size_t cap, size_t *need);
KVAPI int kv_timeout(kv *db);
KVAPI int kv_dispatch(kv *db, const struct pollfd *fds, size_t n);

/* Holds the instance's lock across several calls, so that they are one step
 * for everybody else. Calls nest. Keep it short: nobody is served meanwhile. */
KVAPI void kv_lock(kv *db);
KVAPI void kv_unlock(kv *db);

/* Makes the long command or iteration that runs now in another thread end
 * early with an error. Does nothing when none runs. Any thread may call it. */
KVAPI void kv_interrupt(kv *db);

/* ---- Keys and values --------------------------------------------------- */

/* Copies the string at `key` in database `dbnum` to `buf`. *n receives its
 * whole length, if n is not NULL; when that is over `cap` the copy is cut and
 * the result is KV_TOOBIG. KV_NONE: no such key. KV_WRONGTYPE: not a string. */
KVAPI int kv_get(kv *db, int dbnum, const void *key, size_t key_n, void *buf,
                 size_t cap, size_t *n);

/* Like kv_get() without the copy. The caller holds kv_lock(); the bytes stay
 * valid until kv_unlock() or the next call that changes anything, so they must
 * not be handed to kv_set() of the same instance. */
KVAPI int kv_view(kv *db, int dbnum, const void *key, size_t key_n,
                  kv_slice *out);

/* Sets a string. `expire_at_ms` is wall time in milliseconds since 1970, or 0
 * for never; a time that has passed deletes the key, a negative one is
 * KV_ARG. KV_FULL or KV_IO: there are save points (parameter save) that cannot
 * be kept, and nothing changes until they can (stop-writes-on-bgsave-error). */
KVAPI int kv_set(kv *db, int dbnum, const void *key, size_t key_n,
                 const void *value, size_t value_n, int64_t expire_at_ms);

/* Deletes a key: KV_OK, or KV_NONE when there was none. */
KVAPI int kv_del(kv *db, int dbnum, const void *key, size_t key_n);

/* Walks the keys of a database in steps. Start with *cursor = 0; each call
 * hands a few keys to `fn` and moves the cursor; KV_NONE when all were seen.
 * A key that is there during the whole walk is seen exactly once, whatever is
 * added or deleted between the calls. `fn` returns 0 to go on; anything else
 * ends the step and is returned (the cursor then stays where it was).
 *   Example:
 *     uint64_t at = 0;
 *     int rc;
 *     while ((rc = kv_scan(db, 0, &at, print_key, stdout)) == KV_OK) {}
 *   Notes: KV_INTERRUPTED after kv_interrupt(). */
typedef int (*kv_key_fn)(void *ctx, const void *key, size_t n);
KVAPI int kv_scan(kv *db, int dbnum, uint64_t *cursor, kv_key_fn fn, void *ctx);

/* ---- Commands ---------------------------------------------------------- */

/* A session carries what a connection carries. Calls that take one accept
 * NULL for the instance's own default session (database 0, logged in). */
KVAPI int kv_session_open(kv *db, kv_session **out);
KVAPI void kv_session_close(kv_session *s);

typedef enum kv_type {
    KV_NIL,      /* null */
    KV_SIMPLE,   /* simple string: str, len */
    KV_ERROR,    /* error: str, len, without the leading '-' */
    KV_INTEGER,  /* integer */
    KV_STRING,   /* bulk string: str, len */
    KV_DOUBLE,   /* number; str, len hold its text */
    KV_BOOL,     /* integer 0 or 1 */
    KV_BIGNUM,   /* str, len: decimal digits */
    KV_VERBATIM, /* str, len: text without the "txt:" prefix */
    KV_ARRAY,    /* items[0 .. count-1] */
    KV_MAP,      /* items[0 .. 2*count-1]: key, value, key, value ... */
    KV_SET,      /* items[0 .. count-1] */
    KV_PUSH      /* items[0 .. count-1] */
} kv_type;

typedef struct kv_reply {
    int32_t type; /* kv_type */
    int32_t reserved;
    int64_t integer;
    double number;
    const char *str; /* followed by a zero byte that `len` does not count */
    size_t len;
    size_t count;
    const struct kv_reply *items;
} kv_reply;

/* Executes one command. *out receives the reply as a tree, typed as in RESP3,
 * to be freed with kv_reply_free() before kv_close(); out may be NULL. The
 * result is KV_OK also when the command answers with an error, an interrupted
 * one too: look at (*out)->type. On any other result *out is NULL. Attributes
 * are left out; a command that was told to be silent (CLIENT REPLY) gives nil.
 *   Example:
 *     kv_slice argv[] = {{"INCRBY", 6}, {"n", 1}, {"5", 1}};
 *     kv_reply *r;
 *     if (kv_exec(db, NULL, 3, argv, &r) == KV_OK) {
 *         printf("%lld\n", (long long)r->integer);
 *         kv_reply_free(db, r);
 *     } */
KVAPI int kv_exec(kv *db, kv_session *s, size_t argc, const kv_slice *argv,
                  kv_reply **out);

/* Like kv_exec(), which lets no command wait: BLPOP, XREAD BLOCK and the others
 * that do wait here, as long as they say and timeout_ms at most (-1: no limit),
 * for what other threads do. Without KV_THREADS the loop runs meanwhile, as in
 * kv_poll(). The reply is nil when the time is over. A session is needed; other
 * calls for it answer KV_BUSY until then.
 *   Example:
 *     kv_slice argv[] = {{"BLPOP", 5}, {"jobs", 4}, {"0", 1}};
 *     kv_session *worker;
 *     kv_reply *r;
 *     if (kv_session_open(db, &worker) == KV_OK) {
 *         if (kv_exec_wait(db, worker, 100, 3, argv, &r) == KV_OK)
 *             kv_reply_free(db, r);
 *         kv_session_close(worker);
 *     }
 *   Notes: KV_INTERRUPTED after kv_interrupt(). KV_NOMEM when the answer came
 *   and finds no memory: it is lost, and the session closed. Not between
 *   kv_lock() and kv_unlock(). */
KVAPI int kv_exec_wait(kv *db, kv_session *s, int timeout_ms, size_t argc,
                       const kv_slice *argv, kv_reply **out);

/* The same from a line of text, split and quoted as redis-cli does it.
 *   Example: kv_exec_line(db, NULL, "SET name \"Ada L.\" EX 60", &r);
 *   Notes: KV_ARG for an empty line, one with a newline, open quotes. */
KVAPI int kv_exec_line(kv *db, kv_session *s, const char *line, kv_reply **out);
KVAPI void kv_reply_free(kv *db, kv_reply *r);

/* RESP through memory, for tests, TLS or a transport of your own: feed request
 * bytes in any pieces, read the reply bytes from kv_pending(), tell with
 * kv_consume() how many you have taken. KV_CLOSED: the session has said its
 * last word (QUIT, protocol error); pending bytes may remain. While more than
 * 1 MiB is pending nothing is executed; kv_consume() goes on. A session made
 * by kv_session_open() starts in RESP2 like a connection. After CLIENT CAPA
 * nested the value to store may be any RESP value; the strings of kv_exec()
 * stay strings. Messages come among the pending bytes, whoever caused them, also
 * kv_set() or time: of SUBSCRIBE, and of CLIENT TRACKING to keep a cache true.
 *   Example:
 *     kv_session *s;
 *     kv_slice out;
 *     if (kv_session_open(db, &s) == KV_OK) {
 *         kv_feed(s, "HELLO 3\r\nCLIENT TRACKING ON\r\nGET k\r\n", 36);
 *         kv_set(db, 0, "k", 1, "v", 1, 0);
 *         if (kv_pending(s, &out) == KV_OK) // the replies, and behind them
 *             fwrite(out.p, 1, out.n, stdout); // >2 invalidate *1 k
 *         kv_session_close(s);
 *     }
 *   Notes: only a session that said HELLO 3, by kv_feed() or kv_exec(), gets
 * them without REDIRECT; the default session never. */
KVAPI int kv_feed(kv_session *s, const void *p, size_t n);
KVAPI int kv_pending(kv_session *s, kv_slice *out);
KVAPI void kv_consume(kv_session *s, size_t n);

/* Hands what a session subscribes to, and all else that comes unasked, to a
 * function instead of kv_pending(), and lets kv_exec() subscribe; that speaks
 * RESP3 then. `message` is a KV_PUSH: "message", channel, text. It is called by
 * the thread whose call made the message, when that call is done, and must not
 * call into the instance; NULL ends it.
 *   Example:
 *     kv_on_push(s, print_message, stdout);
 *     kv_exec_line(db, s, "SUBSCRIBE news", &r);
 *   Notes: of SUBSCRIBE a b the reply is the first of the two. */
typedef void (*kv_push_fn)(void *ctx, const kv_reply *message);
KVAPI int kv_on_push(kv_session *s, kv_push_fn fn, void *ctx);

/* ---- Your own commands ------------------------------------------------- */

typedef void (*kv_handler)(kv_call *c);

enum { /* kv_command.flags; the first group shows in COMMAND INFO */
       KV_WRITE = 1 << 0,    /* may change keys */
       KV_READONLY = 1 << 1, /* reads keys, changes none */
       KV_DENYOOM = 1 << 2,  /* refused when maxmemory is reached */
       KV_FAST = 1 << 3,     /* O(1) or O(log N) */
       KV_ADMIN = 1 << 4,
       KV_NOSCRIPT = 1 << 5,
       KV_LOADING = 1 << 6,
       KV_STALE = 1 << 7,
       KV_NO_AUTH = 1 << 8, /* allowed before authentication */
       KV_BLOCKING = 1 << 9,
       KV_ALLOW_BUSY = 1 << 10,
       KV_NO_MULTI = 1 << 11,
       KV_SKIP_MONITOR = 1 << 12,
       KV_SKIP_SLOWLOG = 1 << 13,
       KV_NO_ASYNC_LOADING = 1 << 14,
       KV_NO_MANDATORY_KEYS = 1 << 15,
       KV_PROTECTED = 1 << 16,
       KV_MOVABLEKEYS = 1 << 17,
       KV_PUBSUB = 1 << 18,
       KV_KEYSPACE = 1 << 19,       /* ACL category @keyspace */
       KV_DANGEROUS = 1 << 20,      /* ACL category @dangerous */
       KV_ENDS_BATCH = 1 << 21,     /* changes how later commands are read */
       KV_CAT_CONNECTION = 1 << 22, /* ACL category @connection */
       KV_CAT_ADMIN = 1 << 23,      /* ACL category @admin, without the flag */
       KV_NESTED = 1 << 24,         /* what it stores may be a nested value */
       KV_AT_ONCE = 1 << 25,        /* not queued behind MULTI */
       KV_EXECS = 1 << 26,          /* runs what was queued */
       KV_IN_SUBSCRIBED = 1 << 27 /* allowed to subscribers in RESP2 */,
       KV_CAT_COLLECTIONS = 1
                            << 28, /* ACL categories @set, @list, @sortedset */
       KV_MAY_REPLICATE = 1 << 29  /* others may get to know of it */
};

/* A command is one handler and one row; the built-in ones use the same type.
 * Rows are not copied: they must live as long as the instance. */
typedef struct kv_command {
    const char *name; /* lower case; "client|id" for a subcommand */
    kv_handler fn;    /* NULL: only its subcommands can be called */
    int32_t arity;    /* arguments with the name; -N: at least N */
    uint32_t flags;
    const char *keys; /* where keys are: "RW/update@1:0:1", "" for none; the
                         numbers are first, last - first (negative: counted
                         from the end), step; "@1#0:1:1" counts them by an
                         argument */
    const char *group;
    const char *since;
    const char *complexity;
    const char *summary;
    const char *args; /* "key value [NX|XX] [EX seconds]" */
    void *ctx;        /* yours; see kv_call_ctx() */
} kv_command;

/* Adds a command, for sockets and kv_exec() alike. KV_ARG: the name is
 * taken or the row makes no sense.
 *   Example:
 *     static void hello(kv_call *c) { kv_put_string(c, kv_call_arg(c, 1)); }
 *     static const kv_command row = {
 *         "hello.to", hello, 2, KV_FAST, "", "hello", "1.0.0", "O(1)",
 *         "Greets.", "name", NULL};
 *     kv_add_command(db, &row); */
KVAPI int kv_add_command(kv *db, const kv_command *row);

/* Inside a handler: the arguments (argument 0 is the name), the row's ctx, the
 * instance, the number of the session's database, the time that the command
 * runs at (the same however long it takes). */
KVAPI size_t kv_call_argc(kv_call *c);
KVAPI kv_slice kv_call_arg(kv_call *c, size_t i);
KVAPI void *kv_call_ctx(kv_call *c);
KVAPI kv *kv_call_kv(kv_call *c);
KVAPI int kv_call_dbnum(kv_call *c);
KVAPI int64_t kv_call_now_ms(kv_call *c);

/* Reads the string at a key of the session's database, without a copy: valid
 * until the handler runs another command, and no argument of one. KV_NONE,
 * KV_WRONGTYPE. */
KVAPI int kv_call_view(kv_call *c, kv_slice key, kv_slice *out);

/* Runs another command in the caller's session: kv_call_exec() leaves its
 * reply in the place of one of yours, kv_call_reply() hands it to you as
 * kv_exec() does, to be freed with kv_reply_free(kv_call_kv(c), reply). A
 * handler puts exactly one reply.
 *   Example:
 *     static void often(kv_call *c) {
 *         kv_slice argv[2] = {{"INCR", 4}, {"visits", 6}};
 *         kv_reply *r;
 *         if (kv_call_reply(c, 2, argv, &r) == KV_OK) {
 *             kv_put_bool(c, r->integer > 100);
 *             kv_reply_free(kv_call_kv(c), r);
 *         } else {
 *             kv_put_error(c, "OOM no memory");
 *         }
 *     } */
KVAPI int kv_call_exec(kv_call *c, size_t argc, const kv_slice *argv);
KVAPI int kv_call_reply(kv_call *c, size_t argc, const kv_slice *argv,
                        kv_reply **out);

KVAPI void kv_put_nil(kv_call *c);
KVAPI void kv_put_simple(kv_call *c, const char *text);
KVAPI void kv_put_error(kv_call *c, const char *text); /* "ERR it went wrong" */
KVAPI void kv_put_int(kv_call *c, int64_t n);
KVAPI void kv_put_string(kv_call *c, kv_slice s);
KVAPI void kv_put_double(kv_call *c, double d);
KVAPI void kv_put_bool(kv_call *c, int b);
KVAPI void kv_put_bignum(kv_call *c, const char *digits);
KVAPI void kv_put_verbatim(kv_call *c, kv_slice text);
KVAPI void kv_put_array(kv_call *c, size_t n); /* n replies follow */
KVAPI void kv_put_map(kv_call *c, size_t n);   /* 2n replies follow */
KVAPI void kv_put_set(kv_call *c, size_t n);   /* n replies follow */

/* ---- Watching ---------------------------------------------------------- */

/* Calls `fn` after each change of a key, with the event names of Redis's
 * keyspace notifications ("set", "del", "expire", "expired", "evicted",
 * "rename_from" ...), on time also for keys that expire. One hook per
 * instance; NULL takes it away. */
typedef void (*kv_event_fn)(void *ctx, const char *event, int dbnum,
                            const void *key, size_t n);
KVAPI void kv_on_event(kv *db, kv_event_fn fn, void *ctx);

/* Calls `fn` with every change as a RESP command in Redis 7.0's deterministic
 * vocabulary (times absolute, results instead of computations). Applying the
 * records in order, each in its database, to an empty instance whose clock is
 * not ahead gives the same data. One command per call, never SELECT; FLUSHALL
 * and SWAPDB come with the database that they were called in. A nested value
 * comes as a RESTORE. What EXEC changed stands between MULTI and EXEC. */
typedef void (*kv_change_fn)(void *ctx, int dbnum, const void *resp, size_t n);
KVAPI void kv_on_change(kv *db, kv_change_fn fn, void *ctx);

typedef struct kv_statistics {
    size_t size;            /* set to sizeof(kv_statistics) before the call */
    uint64_t keys, expires; /* all databases */
    uint64_t used_memory, peak_memory; /* bytes asked for by kv's own data */
    uint64_t held_memory;              /* bytes taken from the allocator */
    uint64_t commands, connections, clients;
    uint64_t expired, evicted, hits, misses;
    uint64_t net_input, net_output;
} kv_statistics;
KVAPI int kv_stats(kv *db, kv_statistics *out);

/* Verifies every invariant of the instance. KV_OK, or KV_CORRUPT with a
 * sentence in kv_message(). Takes time in proportion to the data. */
KVAPI int kv_check(kv *db);

#ifdef __cplusplus
}
#endif
#endif
