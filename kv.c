/* kv.c: a Redis-compatible key-value store: library, server, one file.
 * SPDX-License-Identifier: MIT OR Unlicense (texts in LICENSE)
 *
 *   the program     cc -O2 -DKV_MAIN -o kv kv.c -lm -pthread && ./kv
 *   the library     cc -c kv.c            and #include "kv.h", which explains
 *   everything      #include "kv.c"       for tests: all statics in reach
 *
 * What it is not: no cluster, no modules, no TLS (put it behind a unix socket
 * or a proxy), no data larger than memory, no threads that share the data.
 *
 * The life of a request:
 *   loop_   poll(2) says that a socket is readable; its bytes come into the
 *           one read buffer
 *   resp_   cuts them, in place, into up to 32 requests of argument slices
 *   turn_   looks the commands up, hashes their first keys and prefetches what
 *           these keys will touch, then admits and calls one after the other
 *   cmd_    the handler: parse arguments, reach keys, change, reply
 *   db_     finds, expires, inserts; leaves notes of what happened
 *   reply_  appends to the turn's output in the client's protocol
 *   turn_   drains the notes: hooks, and the record of the change
 *   loop_   sends each client's output with one call; keeps what did not fit
 *
 * Sections: (grep -n '^/\* ==== ' kv.c)
 *   conf       KV_      switches, each with its range
 *   base       -        integers, slices, small helpers
 *   types      -        the structures that several sections share
 *   sys        sys_     the operating system: the only code that knows it
 *   mem        mem_     allocation: size classes, heaps, reserves, accounting
 *   buf        buf_     growable byte buffers
 *   num        num_     numbers as text, without the locale
 *   glob       glob_    patterns
 *   hash       hash_    SipHash for tables, SHA-1 for digests
 *   crc        crc_     the checksums of files
 *   lzf        lzf_     compressed strings
 *   ent        ent_     an entry: key, value, flags, expiry in one block
 *   table      tab_     the hash table
 *   exp        exp_     the expiry index
 *   nest       nest_    nested values: elements, tidying
 *   rdb        rdb_     values as Redis writes them
 *   lru        lru_     when and how often entries were used
 *   io         io_      work on files that must not keep the loop waiting
 *   rec        rec_     the records of changes
 *   snap       snap_    a snapshot while the data changes
 *   db         db_      databases: find, expire, insert, delete, evict, notes
 *   err        err_     every error text
 *   load       load_    reading what a snapshot has written
 *   man        man_     the manifest of the log
 *   aof        aof_     the log of changes
 *   resp       resp_    the request parser
 *   conn       conn_    what a connection or a session carries
 *   reply      reply_   the reply writer
 *   cmd        cmd_     rows, lookup, argument helpers
 *   strings    cmd_     GET, SET and family
 *   edits      cmd_     INCR, APPEND, SETRANGE, DELEX
 *   keys       cmd_     commands for keys of any type
 *   dumps      cmd_     DUMP, RESTORE
 *   conf-table par_     the parameters, CONFIG
 *   conf-file  cfg_     configuration files, CONFIG REWRITE
 *   session    cmd_     HELLO, AUTH, CLIENT, SELECT ...
 *   describe   doc_     COMMAND: rows shown to clients
 *   info       info_    INFO, MEMORY
 *   replay     replay_  reading the log
 *   data       data_    what is there at the start
 *   saving     saving_  SAVE, BGSAVE, save points
 *   server     cmd_     FLUSHALL, DEBUG, SHUTDOWN ...
 *   mini       mini_    the mini dialect: what it answers differently
 *   rows       -        the table of commands
 *   metrics    metrics_ GET /metrics, for Prometheus
 *   turn       turn_    admission, call, drain, release of replies
 *   loop       loop_    sockets, timers, slices of background work
 *   check      chk_     verifies every invariant
 *   api        kv_      opening, configuring, serving
 *   calls      kv_      keys and values without a command, sessions
 *   tree       tree_    replies as trees
 *   exec       kv_      commands from the host, RESP through memory, hooks
 *   host       host_    what a client needs of the operating system
 *   peer       peer_    a connection to a server, as its client has it
 *   term       term_    the terminal: raw mode, size, keys, how text looks
 *   past       past_    the lines of a history, and their file
 *   line       line_    a line edited on a terminal
 *   hint       hint_    what COMMAND DOCS tells about commands
 *   show       show_    replies as text
 *   cli        cli_     the client: its connection, commands, replies
 *   repl       repl_    lines from a person or a file
 *   walks      walk_    --scan, --bigkeys, --memkeys, --hotkeys
 *   modes      mode_    --stat, --latency, --pipe
 *   flags      flag_    the client's command line, its manual, its start
 *   proc       proc_    the program's process, its files and signals
 *   journal    journal_ the program's log
 *   options    opt_     the command line
 *   serve      serve_   the server in the foreground
 *   service    service_ kv start, stop, restart, status
 *   help       help_    what the program says about itself
 *   audit      audit_   kv check
 *   main       main_    the program
 * End of sections
 *
 * Invariants that hold everywhere:
 *   1. A section uses only what stands above it. What a lower one has to tell
 *      a higher one it leaves as a note in struct kv.
 *   2. Reserve, then act: a command that was refused memory changed nothing.
 *   3. A key past its time is never seen, whatever the expiry index is at.
 *   4. No pointer to a connection survives a turn; no pointer into an entry
 *      survives a write to its database.
 *   5. Work that nobody asked for comes in slices that are counted, not timed.
 *
 * Where to add a command: write the handler in its family's section, one row
 * in `rows`, its cases in conformance/. Start reading at cmd_get.
 */

/* ==== conf: switches, by value; build with -DKV_X=N =====================
 *
 * @conf KV_MAIN     0..1  1: compile main(), the program
 * @conf KV_THREADS  0..1  0: no lock; the caller keeps threads apart
 * @conf KV_MEM      0..1  0: each block comes from the host's allocator, so
 *                         that sanitizers see it
 * @conf KV_DEBUG    0..1  1: asserts, injected failures
 * @conf KV_COLD     0..1  1: idle sockets wait behind epoll (Linux)
 * @conf KV_ACCEPT4  0..1  1: accept4() (Linux, BSD)
 * @conf KV_FLOCK    0..1  1: flock() keeps a directory for one instance (Linux,
 *                         BSD)
 * @conf KV_MMAP     0..1  1: large blocks are mapped, so that giving them back
 *                         takes no longer than they are large (Linux)
 */
#ifndef KV_MAIN
#define KV_MAIN 0
#endif
#ifndef KV_THREADS
#define KV_THREADS 1
#endif
#ifndef KV_MEM
#define KV_MEM 1
#endif
#ifndef KV_DEBUG
#define KV_DEBUG 0
#endif
#ifndef KV_COLD
#ifdef __linux__
#define KV_COLD 1
#else
#define KV_COLD 0
#endif
#endif
#ifndef KV_ACCEPT4
#ifdef __linux__
#define KV_ACCEPT4 1
#else
#define KV_ACCEPT4 0
#endif
#endif

#ifndef KV_FLOCK
#if defined(__linux__) || defined(__APPLE__) || defined(__FreeBSD__) || \
    defined(__NetBSD__) || defined(__OpenBSD__)
#define KV_FLOCK 1
#else
#define KV_FLOCK 0
#endif
#endif

#ifndef KV_MMAP
#ifdef __linux__
#define KV_MMAP 1
#else
#define KV_MMAP 0
#endif
#endif

#if (KV_ACCEPT4 || KV_FLOCK || KV_MMAP) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE 1
#endif
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif

#include "kv.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ==== base: integers, slices, small helpers ============================= */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t i64;

/* A byte string that somebody else owns. */
typedef struct str {
    const u8 *p;
    size_t n;
} str;

#if KV_DEBUG
#include <assert.h>
#define KV_ASSERT(x) assert(x)
#else
#define KV_ASSERT(x) ((void)0)
#endif

#if defined(__GNUC__)
#define KV_LIKELY(x) __builtin_expect(!!(x), 1)
#define KV_RARELY(x) __builtin_expect(!!(x), 0)
#define KV_PREFETCH(p) __builtin_prefetch(p)
#define KV_PRINTF(a, b) __attribute__((format(printf, a, b)))
#define KV_HOT static inline __attribute__((always_inline))
#define KV_SLOW static __attribute__((noinline, cold))
#else
#define KV_LIKELY(x) (x)
#define KV_RARELY(x) (x)
#define KV_PREFETCH(p) ((void)(p))
#define KV_PRINTF(a, b)
#define KV_HOT static
#define KV_SLOW static
#endif

/* The Redis whose replies kv gives, for clients that ask. */
#define REDIS_VERSION "7.4.0"

/* Flags that other threads and signal handlers set. */
#if defined(__GNUC__) && !defined(__TINYC__)
#define KV_LOAD(x) __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define KV_STORE(x, v) __atomic_store_n(&(x), v, __ATOMIC_RELEASE)
#else
#define KV_LOAD(x) (x)
#define KV_STORE(x, v) ((x) = (v))
#endif

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LIT(s) str_of((const u8 *)(s), sizeof(s) - 1)

static str str_of(const void *p, size_t n) {
    str s;
    s.p = (const u8 *)p;
    s.n = n;
    return s;
}

static str str_c(const char *s) { return str_of(s, strlen(s)); }

/* Compares in words, the last one overlapping: short strings need no call. */
KV_HOT int str_eq(str a, str b) {
    size_t i;
    u64 x, y;
    u32 v, w;
    if (a.n != b.n) return 0;
    if (a.n >= 8 && a.n <= 64) {
        for (i = 0; i + 8 < a.n; i += 8) {
            memcpy(&x, a.p + i, 8);
            memcpy(&y, b.p + i, 8);
            if (x != y) return 0;
        }
        memcpy(&x, a.p + a.n - 8, 8);
        memcpy(&y, b.p + a.n - 8, 8);
        return x == y;
    }
    if (a.n > 64) return memcmp(a.p, b.p, a.n) == 0;
    if (a.n >= 4) {
        memcpy(&v, a.p, 4);
        memcpy(&w, b.p, 4);
        if (v != w) return 0;
        memcpy(&v, a.p + a.n - 4, 4);
        memcpy(&w, b.p + a.n - 4, 4);
        return v == w;
    }
    for (i = 0; i < a.n; i++)
        if (a.p[i] != b.p[i]) return 0;
    return 1;
}

static u8 lower(u8 c) { return c >= 'A' && c <= 'Z' ? (u8)(c | 32) : c; }

/* Whether `s` is `word` (lower case), in any case of letters. */
static int str_is(str s, const char *word) {
    size_t i;
    for (i = 0; i < s.n; i++)
        if (lower(s.p[i]) != (u8)word[i] || !word[i]) return 0;
    return word[i] == 0;
}

/* A short name for a result code. */
static const char *code_text(int code) {
    static const char *const texts[] = {"ok",
                                        "out of memory",
                                        "wrong argument",
                                        "wrong type",
                                        "input/output error",
                                        "busy",
                                        "too big",
                                        "try again",
                                        "out of file descriptors",
                                        "interrupted",
                                        "closed",
                                        "corrupt",
                                        "no space left",
                                        "no such file or directory",
                                        "permission denied",
                                        "no such address"};
    if (code == KV_NONE) return "none";
    if (code > 0 || -code >= (int)COUNT(texts)) return "unknown result";
    return texts[-code];
}

static size_t min_z(size_t a, size_t b) { return a < b ? a : b; }
static size_t max_z(size_t a, size_t b) { return a > b ? a : b; }
static i64 min_i(i64 a, i64 b) { return a < b ? a : b; }

/* Loads and stores that need no alignment. */
KV_HOT u64 load64(const void *p) {
    u64 v;
    memcpy(&v, p, 8);
    return v;
}

/* Integers with the little end first, as files have them. */
KV_HOT u64 le_64(const u8 *p) {
    return (u64)p[0] | (u64)p[1] << 8 | (u64)p[2] << 16 | (u64)p[3] << 24 |
           (u64)p[4] << 32 | (u64)p[5] << 40 | (u64)p[6] << 48 |
           (u64)p[7] << 56;
}

static u64 le_get(const u8 *p, int size) {
    u64 v = 0;
    while (size--) v = v << 8 | p[size];
    return v;
}

static void le_put(u8 *p, u64 v, int size) {
    int i;
    for (i = 0; i < size; i++) p[i] = (u8)(v >> 8 * i);
}

static void store64(void *p, u64 v) { memcpy(p, &v, 8); }

/* memcpy that allows an empty source without a pointer. */
KV_HOT void copy(void *to, const void *from, size_t n) {
    if (n) memcpy(to, from, n);
}

/* ==== types: the structures that several sections share ================= */

typedef struct mem mem;
typedef struct heap heap;
typedef struct buf buf;
typedef struct ent ent;
typedef struct tab tab;
typedef struct conn conn;
typedef struct db db;
typedef struct cmd cmd;

enum {
    MEM_PAGE = 16384, /* bytes in a page of small blocks, and its alignment */
    MEM_CHUNK = 1 << 20, /* bytes asked from the host at a time */
    MEM_SMALL = 5376,    /* the largest block that lives in a page */
    MEM_CLASSES = 52,
    DBS_MAX = 1024,    /* most `databases` */
    SAVE_MOST = 8,     /* most save points */
    BATCH = 32,        /* requests parsed ahead */
    READ_SIZE = 65536, /* bytes read from a socket at a time */
    OUT_LEAST = 4096,  /* room that the turn's output always has */
    NOTE_LEAST = 8192, /* and the notes */
    OUT_FLUSH = 65536, /* bytes of output after which a turn sends */
    OUT_HIGH = 1 << 20 /* unsent bytes from which on a client must read first */
};

/* Blocks of one purpose: a database's keyspace, or everything else. Dropping
 * a heap frees all of its blocks without visiting them. */
struct heap {
    mem *m;
    struct mem_page *part[MEM_CLASSES]; /* pages with room, by class */
    struct mem_page *recycled;          /* free pages that were in use once */
    struct mem_page *idle; /* the page that lost its last block last: it stays
                              with its class until another one does */
    struct mem_chunk *chunks;
    struct mem_bigs {
        struct mem_big *first, *last;
        size_t bytes; /* with their headers */
    } bigs,           /* blocks that came alone */
        stash;        /* blocks reserved for the running command */
    size_t spare;     /* free pages, recycled or never touched */
    size_t promised;  /* of these, reserved by the running command */
    size_t promised_bytes, promises; /* what `promised` comes from */
    u64 serial;  /* the command that `promised` belongs to */
    size_t used; /* bytes in blocks, rounded to their class */
};

struct mem {
    void *(*alloc)(void *ctx, void *p, size_t old_size, size_t new_size);
    void *ctx;
    size_t used;  /* bytes in blocks of all heaps */
    size_t peak;  /* most bytes ever in use, looked at once a turn */
    size_t held;  /* bytes taken from the host */
    size_t start; /* `used` when the instance was opened */
    u64 serial;   /* counts commands */
    struct mem_chunk *dead_chunks;
    struct mem_bigs dead; /* and dead_chunks: what waits to be freed */
    i64 fail_in; /* >0: that many reserves from now one fails (KV_DEBUG) */
    u8 class_of[MEM_SMALL / 8 + 1]; /* (bytes + 7) / 8 -> class */
    u16 class_size[MEM_CLASSES];
};

/* Growable bytes in a heap. */
struct buf {
    u8 *p;
    size_t n, cap;
};

/* Where a hash table's items are: see tab_. */
struct tab_seg {
    struct tab_bucket *b;
    u32 buckets;
    u32 pending; /* items promised room and not put yet */
    u32 count;
};

struct tab {
    heap *h;
    u64 seed[2];             /* its own, so that no order carries over */
    struct tab_seg **dir[2]; /* blocks of segments at level, at level + 1 */
    u32 level;               /* address bits of segments not yet split */
    u32 split;               /* segments below it are split */
    size_t count;            /* items */
};

/* Entries by expiry time: see exp_. */
struct exp_index {
    heap *h;
    struct exp_node *root;
    int depth; /* levels of nodes; 0 when empty */
    size_t count;
    i64 next; /* no entry expires earlier; INT64_MAX when empty */
};

struct db {
    kv *k;
    int id;
    heap h;
    tab t;
    struct exp_index x;
};

/* What lower sections have to tell: an event on a key. The key's bytes stand
 * in the note buffer behind it. */
struct note {
    const char *event; /* NULL: a record */
    int dbnum;
    size_t n;
    u64 back; /* a record: where it is in the stream */
};

/* Records, in blocks: see rec_. */
struct records {
    struct rec_block *first, *last, *spare;
    size_t open; /* in the last block: where the open batch begins */
    size_t held; /* bytes of the blocks */
    u64 from;    /* the stream's end when there is no block */
    u64 lost;    /* records, for want of memory */
    int open_db; /* `dbnum` when the open batch began */
    int logging; /* there is a log: they come in batches */
    int dbnum;   /* that the log is in; -1: that has to be said */
    i64 second;  /* of the last #TS line */
};

/* A connection, across turns: conn_get(). */
struct conn_ref {
    u32 slot;
    u64 id;
};

/* Output of one connection in kv.out. */
struct out_seg {
    u32 slot;
    u64 id;
    size_t start, end;
    u64 need; /* what it depends on, in the stream: see aof_safe() */
};

/* An argument vector and what was found out about it ahead of the call. */
struct request {
    cmd *cmd; /* NULL: unknown */
    str *argv;
    size_t argc;
    size_t first;    /* of argv in kv.args */
    size_t at, end;  /* its bytes in kv.input; equal: they are elsewhere */
    const db *d;     /* whose table `hash` is for; NULL: no hash yet */
    u64 hash;        /* of the key argv[cmd->first] */
    const u8 *kinds; /* ARG_ of each; NULL: all are strings */
};

enum { /* what an argument is */
       ARG_STRING,
       ARG_NESTED,
       ARG_UNTIDY, /* nested, and not yet in the form that is kept */
       ARG_DEEP    /* nested beyond NEST_DEPTH */
};

enum { /* conn.flags */
       CONN_AUTHED = 1 << 0,
       CONN_CLOSING = 1 << 1,   /* no more input; close when all is sent */
       CONN_DEAD = 1 << 2,      /* to be freed at the end of the turn */
       CONN_OFF = 1 << 3,       /* CLIENT REPLY OFF */
       CONN_SKIP_NEXT = 1 << 4, /* CLIENT REPLY SKIP came */
       CONN_SKIP = 1 << 5,      /* no reply to this command */
       CONN_NO_TOUCH = 1 << 6,
       CONN_MEMORY = 1 << 7, /* a session: no socket */
       CONN_UNIX = 1 << 8,
       CONN_READY = 1 << 9, /* has unparsed input that may be whole requests */
       CONN_COLD = 1 << 10, /* waits in the cold set */
       CONN_KNOWN_COLD = 1 << 11, /* the cold set knows its descriptor */
       CONN_EOF = 1 << 12,        /* the peer sends no more */
       CONN_WAS_SOFT =
           1 << 13, /* over its soft output limit since soft_since */
       CONN_INTERNAL = 1 << 14, /* the default session: not listed */
       CONN_TAKEN = 1 << 15,    /* a visitor that poll() reported */
       CONN_FRESH = 1 << 16,    /* has no place in the loop yet */
       CONN_TYPED = 1 << 17,    /* arguments may be nested values */
       CONN_MINI = 1 << 18,     /* speaks the mini dialect */
       CONN_HTTP = 1 << 19      /* asks for metrics */
};

/* What a connection or a session carries. Kept small: ten thousand of them
 * wait idle. */
struct conn {
    kv *k;
    u64 id;
    u32 slot; /* index in kv.conns */
    int fd;
    u32 hot; /* index in kv.hot, or HOT_NONE */
    u32 flags;
    u8 resp; /* 2 or 3 */
    int dbnum;
    buf in;                 /* input not executed yet */
    size_t in_at;           /* bytes of `in` already executed */
    u64 held;               /* what its last held output waits for */
    size_t held_n;          /* bytes of it in kv.held_out */
    buf out;                /* output that the socket did not take */
    size_t out_at;          /* bytes of `out` already sent */
    struct resp_part *part; /* a long request in the middle */
    char *words[3];         /* name, lib-name, lib-ver; NULL: none */
    char *peer;     /* "ip:port", and behind its zero byte the own end */
    i64 born, seen; /* monotonic ms: creation, last input */
    i64 soft_since; /* monotonic ms */
    u64 got, sent;  /* bytes */
    u64 calls;      /* commands */
    const cmd *last;
};

/* A parameter's values live here; see par_. */
struct params {
    i64 port, mini_port, metrics_port, databases, maxclients, timeout,
        tcp_keepalive, tcp_backlog;
    i64 maxmemory, maxmemory_policy, maxmemory_samples;
    i64 lfu_log_factor, lfu_decay_time;
    i64 proto_max_bulk_len, query_limit, hz, loglevel, unixsocketperm;
    i64 protected_mode, enable_debug, daemonize, log_format, rdbcompression,
        rdbchecksum, stop_writes, nsave;
    i64 appendonly, appendfsync, aof_timestamps, aof_truncated, salvage,
        rewrite_percent, rewrite_least;
    i64 save_s[SAVE_MOST], save_n[SAVE_MOST];  /* seconds, changes */
    i64 out_hard[3], out_soft[3], out_secs[3]; /* normal, replica, pubsub */
    char *bind, *unixsocket, *requirepass, *logfile, *pidfile, *dir,
        *dbfilename, *appendfilename, *appenddirname;
};

struct counters {
    u64 commands, connections, rejected, expired, evicted, hits, misses;
    u64 net_in, net_out, errors, query_limit, output_limit;
    u64 rewrites; /* of the log */
};

struct error_count {
    char code[24];
    u64 n;
};

/* An instance. */
struct kv {
    mem m;
    heap h; /* everything but keyspaces */
    kv_sys sys;
    i64 (*wall_us)(void *ctx);
    i64 (*mono_us)(void *ctx);
    void *clock_ctx;
    void (*log)(void *ctx, int level, const char *text, size_t n);
    void *log_ctx;
    u64 seed[2]; /* key of the tables' hash */
    u64 rng[2];  /* state of rng_next() */
    i64 now;     /* wall clock in ms, read once a turn or call */
    i64 mono;    /* monotonic clock in ms, likewise */
    u32 lru;     /* the wall clock in s, 24 bits */
    i64 start_mono;
    char run_id[41];

    db **dbs; /* p.databases slots; NULL: empty, never used */
    int no_active_expire;
    u8 epoch;  /* of new entries */
    u64 dirty; /* changes since the start */

    struct params p;
    int turn_left;  /* commands that this turn may still execute */
    int evict_left; /* keys that this turn may still evict */
    i64 rest_at;    /* monotonic ms until which vain work rests */
    u8 call_resp; /* protocol of calls, whatever the session says; 0: its own */
    int par_frozen;  /* listening: some parameters cannot change any more */
    u64 par_chosen;  /* a bit for each that has no place in a file */
    char *conf_path; /* the configuration file; NULL: none */

    cmd **cmds; /* all commands, subcommands behind their containers */
    size_t ncmds, cmds_cap;
    cmd *mini;       /* rows that hide others in the mini dialect */
    cmd **cmd_slots; /* hash table of the top-level ones, by name */
    u32 cmd_mask;

    conn **conns; /* by slot; NULL: free */
    u32 nconns, conns_cap;
    u32 *free_slots, nfree; /* of conns */
    u64 next_id;
    u32 clients;            /* with a socket */
    u32 nhttp;              /* of these, connections for metrics */
    conn *own;              /* the default session */
    u32 ndead;              /* connections to free at the end of the turn */
    struct conn_ref *ready; /* connections with CONN_READY */
    u32 nready, ready_cap;
    u32 turn_from; /* the hot connection that a turn begins with */
    u32 look_at;   /* where demotion, or the rotation of cold ones, goes on */
    u32 ncold;     /* connections that are not polled each turn */

    struct listener {
        int fd;
        u32 flags;  /* of its connections */
        char *path; /* of a unix socket; NULL: none */
    } * listeners;
    u32 nlisten, listen_cap;
    int first_port;
    volatile int npipe; /* pipe, read buffer and cold set are there */
    int pipe_fd[2];
    int cold_fd;
    int accept_off; /* out of descriptors: listeners rest until accept_at */
    i64 accept_at;
    struct pollfd *pfd; /* fixed descriptors, then hot connections */
    conn **hot;         /* hot[i] belongs to pfd[i] */
    u32 nhot, hot_cap;
    u32 nfixed;     /* listeners, pipe, cold set */
    u32 pipe_at;    /* index of the pipe in pfd; the cold set follows */
    int refix;      /* listeners were added */
    u32 nfresh;     /* connections that are neither hot nor cold yet */
    u32 nvisitors;  /* cold connections in this turn's poll set */
    int busy;       /* the last turn had input */
    int polling;    /* the loop waits, without the lock */
    i64 poll_until; /* monotonic ms; INT64_MAX: for ever */
    i64 cron_at;    /* monotonic ms of the next look at the clock */

    u8 *rbuf;  /* the shared read buffer */
    str *args; /* argument slices of the batch */
    u8 *kinds; /* their ARG_ kinds, where a request has nested ones */
    size_t args_cap;
    struct request batch[BATCH];
    const u8 *input; /* that the batch is parsed from */

    buf out;              /* the turn's output */
    struct out_seg *segs; /* who it is for */
    u32 nsegs, segs_cap;
    buf held_out; /* output that waits for the log */
    struct out_seg *held;
    u32 nheld, held_cap;
    buf notes;      /* struct note + key, ... */
    u64 notes_lost; /* for want of memory: always 0, chk_all() says */
    int recording;  /* someone wants records */
    int special;    /* of these, a log, loading, maxmemory, a snapshot that
                       failed: some is there; see special_look() */
    struct records rec;
    u64 need;   /* the stream has to be safe up to here before what is
                 executed now may be answered */
    int noting; /* someone wants events */
    kv_event_fn on_event;
    void *on_event_ctx;
    kv_change_fn on_change;
    void *on_change_ctx;

    struct counters n;
    struct error_count errors[32];
    u64 ops_then; /* n.commands at the last sample */
    i64 ops_when;
    u64 ops_rate[16];
    u32 ops_at;
    buf message;  /* kv_message() */
    int in_call;  /* nesting of kv_call */
    int draining; /* hooks are being called */

    struct snap *snap; /* a snapshot is being made */
    struct aof *aof;   /* the log; NULL: there is none */
    int keeping;       /* the directory is in use */
    int loading;       /* the data is being read */
    struct load *load;
    struct replay *replay;
    struct {
        i64 done, total; /* bytes */
        i64 began;       /* monotonic us */
    } progress;
    int load_rc; /* KV_OK, or how that failed */
    struct save_state {
        i64 time;          /* wall s of the last good one, or of the start */
        i64 tried;         /* monotonic ms of the last one */
        i64 ms;            /* that it took; -1: there was none */
        int rc;            /* how it ended */
        u64 count;         /* snapshots that have ended */
        u64 dirty;         /* `dirty` when the last good one began */
        i64 bytes;         /* of the last one */
        u64 loaded, stale; /* keys of the last that was read; past their time */
    } save;
    struct io_list {
        struct io_job *first, *last;
    } io_urgent, io_todo, io_ready;
    struct io_job *io_later; /* waits for its time */
    i64 io_later_at;         /* the system's us; without a thread kv.mono */
    int io_busy;             /* jobs not handed back */
    int io_alone;            /* there is no thread for them */
    int dir_fd; /* keeps p.dir for this instance; -1: it does not */
#if KV_THREADS
    struct worker *worker; /* that thread; NULL: not started */
    u64 io_finished;       /* jobs that it has done; under its lock */
#endif

    volatile int stop;      /* kv_stop() was called */
    volatile int interrupt; /* kv_interrupt() was called */
    int shutdown;           /* SHUTDOWN was called */
#if KV_THREADS
    struct lock *lock;
#endif
};

/* A command being executed. Lives on the stack of turn_call(). */
struct kv_call {
    kv *k;
    conn *c;
    db *d; /* the session's database; NULL: empty, never used */
    cmd *cmd;
    const str *argv;
    const u8 *kinds; /* ARG_ of each; NULL: all are strings */
    size_t argc;
    u64 hash;     /* of the key at hash_key */
    str hash_key; /* p is NULL: none */
    size_t start; /* kv.out.n when the reply began */
    u8 resp;
    u8 recorded; /* the handler wrote the record itself */
    u8 failed;   /* the reply is an error */
    u8 oom;      /* the reply did not find memory */
    u64 dirty;   /* changes made by this call */
};

/* ==== sys: the operating system, the only code that knows it ============
 *
 * Everything above reaches sockets through kv.sys and clocks through kv.wall_us
 * and kv.mono_us, which kv_open() fills from here where the caller gave
 * nothing. Results are sizes, descriptors or KV_ codes; errno stays inside.
 */
#include <dirent.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#if KV_THREADS
#include <pthread.h>
#include <signal.h>
#endif
#if KV_COLD
#include <sys/epoll.h>
#endif
#if KV_FLOCK
#include <sys/file.h>
#endif
#if KV_MMAP
#include <sys/mman.h>
#endif

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

static i64 sys_clock(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (i64)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static i64 sys_wall(void *ctx) {
    (void)ctx;
    return sys_clock(CLOCK_REALTIME);
}

static i64 sys_mono(void *ctx) {
    (void)ctx;
    return sys_clock(CLOCK_MONOTONIC);
}

/* Random bytes, or, where the system has none, what differs between starts. */
static void sys_random(void *ctx, void *p, size_t n) {
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    size_t got = 0, i;
    i64 t = sys_clock(CLOCK_REALTIME) ^ ((i64)getpid() << 32);
    (void)ctx;
    while (fd >= 0 && got < n) {
        ssize_t r = read(fd, (u8 *)p + got, n - got);
        if (r <= 0) break;
        got += (size_t)r;
    }
    if (fd >= 0) close(fd);
    for (i = got; i < n; i++) {
        t = (i64)((u64)t * 6364136223846793005u + 1442695040888963407u);
        ((u8 *)p)[i] = (u8)((u64)t >> 56);
    }
}

static void *sys_heap(void *p, size_t new_size) {
    if (new_size) return realloc(p, new_size);
    free(p);
    return NULL;
}

#if KV_MMAP && KV_MEM
enum { SYS_MAPPED = 1 << 18 }; /* blocks from this size on are mapped */

static void *sys_map(size_t n) {
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static void *sys_alloc(void *ctx, void *p, size_t old_size, size_t new_size) {
    void *to;
    (void)ctx;
    if (old_size < SYS_MAPPED && new_size < SYS_MAPPED)
        return sys_heap(p, new_size);
    if (old_size >= SYS_MAPPED && new_size >= SYS_MAPPED) {
        to = mremap(p, old_size, new_size, MREMAP_MAYMOVE);
        return to == MAP_FAILED ? NULL : to;
    }
    to = NULL;
    if (new_size) {
        to = new_size < SYS_MAPPED ? malloc(new_size) : sys_map(new_size);
        if (!to) return NULL;
        if (p) memcpy(to, p, old_size < new_size ? old_size : new_size);
    }
    if (old_size >= SYS_MAPPED) munmap(p, old_size);
    else free(p);
    return to;
}
#else
static void *sys_alloc(void *ctx, void *p, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    return sys_heap(p, new_size);
}
#endif

static int sys_code(int e) {
    if (e == EAGAIN || e == EWOULDBLOCK || e == EINTR) return KV_AGAIN;
    if (e == EMFILE || e == ENFILE || e == ENOBUFS || e == ENOMEM)
        return KV_NOFILES;
    if (e == EACCES || e == EPERM || e == EROFS) return KV_DENIED;
    if (e == EADDRNOTAVAIL || e == EAFNOSUPPORT) return KV_NOHOST;
    if (e == ENOENT || e == ENOTDIR) return KV_MISSING;
    return e == EADDRINUSE ? KV_BUSY : KV_IO;
}

/* What a failed call on a file comes to. */
static int sys_file_code(void) {
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) return KV_FULL;
    return errno == EAGAIN || errno == EBUSY ? KV_IO : sys_code(errno);
}

static int sys_unblock(int fd) {
    int fl = fcntl(fd, F_GETFL);
    if (fl < 0 || fcntl(fd, F_SETFL, fl | O_NONBLOCK) < 0) return KV_IO;
    return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? KV_IO : KV_OK;
}

static void sys_socket_options(int fd, int keepalive_s) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
#ifdef SO_NOSIGPIPE
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &one, sizeof one);
#endif
    if (keepalive_s <= 0) return;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
#ifdef TCP_KEEPIDLE
    {
        int probe = keepalive_s / 3 > 0 ? keepalive_s / 3 : 1, probes = 3;
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &keepalive_s, sizeof(int));
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &probe, sizeof(int));
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(int));
    }
#endif
}

/* A unix socket is bound under a temporary name with no rights for others,
 * given its mode, and only then moved to its place. */
static int sys_listen_unix(const char *path, int mode, int backlog) {
    struct sockaddr_un sa;
    char tmp[sizeof sa.sun_path];
    size_t n = strlen(path);
    int fd, rc = KV_IO;
    struct stat st;
    if (n == 0 || n + 5 > sizeof tmp) return KV_ARG;
    if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode)) return KV_BUSY;
    memcpy(tmp, path, n);
    memcpy(tmp + n, ".tmp", 5);
    memset(&sa, 0, sizeof sa);
    sa.sun_family = AF_UNIX;
    memcpy(sa.sun_path, path, n + 1);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) return sys_code(errno);
    sys_unblock(fd);
    if (connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0 ||
        errno == EAGAIN || errno == EINPROGRESS) {
        close(fd);
        return KV_BUSY;
    }
    close(fd);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) return sys_code(errno);
    memcpy(sa.sun_path, tmp, n + 5);
    unlink(tmp);
    if (mode) fchmod(fd, 0600); /* where sockets have modes */
    if (sys_unblock(fd) == KV_OK &&
        bind(fd, (struct sockaddr *)&sa, sizeof sa) == 0) {
        if ((!mode || chmod(tmp, (mode_t)mode) == 0) &&
            listen(fd, backlog) == 0 && rename(tmp, path) == 0)
            return fd;
        rc = sys_code(errno);
        unlink(tmp);
    } else {
        rc = sys_code(errno);
    }
    close(fd);
    return rc;
}

static int sys_listen_addr(struct addrinfo *a, int *port, int backlog) {
    struct sockaddr_storage ss;
    socklen_t n = sizeof ss;
    int one = 1, rc, fd = socket(a->ai_family, SOCK_STREAM, 0);
    if (fd < 0) return sys_code(errno);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
#ifdef IPV6_V6ONLY
    if (a->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
#endif
    if (sys_unblock(fd) != KV_OK || bind(fd, a->ai_addr, a->ai_addrlen) ||
        listen(fd, backlog) || getsockname(fd, (struct sockaddr *)&ss, &n)) {
        rc = sys_code(errno);
        close(fd);
        return rc;
    }
    *port = ss.ss_family == AF_INET6
                ? ntohs(((struct sockaddr_in6 *)(void *)&ss)->sin6_port)
                : ntohs(((struct sockaddr_in *)(void *)&ss)->sin_port);
    return fd;
}

static int sys_listen(void *ctx, const char *host, int *port, const char *path,
                      int mode, int backlog) {
    struct addrinfo hint, *a = NULL;
    char service[8];
    int fd, i, v = *port;
    (void)ctx;
    if (path) return sys_listen_unix(path, mode, backlog);
    for (i = 7, service[i] = 0; i == 7 || v; v /= 10)
        service[--i] = (char)('0' + v % 10);
    memset(&hint, 0, sizeof hint);
    hint.ai_socktype = SOCK_STREAM;
    hint.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    if (getaddrinfo(*host ? host : NULL, service + i, &hint, &a) || !a)
        return KV_NOHOST;
    fd = sys_listen_addr(a, port, backlog);
    freeaddrinfo(a);
    return fd;
}

static void sys_address(struct sockaddr_storage *ss, socklen_t n, char *out,
                        size_t cap) {
    char host[128], service[16];
    const char *form = ss->ss_family == AF_INET6 ? "[" : "";
    size_t at = 0, i;
    const char *parts[4];
    out[0] = 0;
    if (ss->ss_family == AF_UNIX || n == 0) return;
    if (getnameinfo((struct sockaddr *)ss, n, host, sizeof host, service,
                    sizeof service, NI_NUMERICHOST | NI_NUMERICSERV))
        memcpy(host, "?", 2), memcpy(service, "0", 2);
    parts[0] = form;
    parts[1] = host;
    parts[2] = *form ? "]:" : ":";
    parts[3] = service;
    for (i = 0; i < 4; i++) {
        size_t len = strlen(parts[i]);
        if (at + len + 1 > cap) len = cap - at - 1;
        memcpy(out + at, parts[i], len);
        at += len;
    }
    out[at] = 0;
}

static int sys_accept(void *ctx, int fd, char *peer, size_t peer_cap,
                      char *self, size_t self_cap, int keepalive_s) {
    struct sockaddr_storage ss;
    socklen_t n = sizeof ss;
    int s;
    (void)ctx;
    memset(&ss, 0, sizeof ss);
#if KV_ACCEPT4
    s = accept4(fd, (struct sockaddr *)&ss, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (s < 0) return errno == ECONNABORTED ? KV_AGAIN : sys_code(errno);
#else
    s = accept(fd, (struct sockaddr *)&ss, &n);
    if (s < 0) return errno == ECONNABORTED ? KV_AGAIN : sys_code(errno);
    if (sys_unblock(s) != KV_OK) {
        close(s);
        return KV_AGAIN;
    }
#endif
    sys_address(&ss, n, peer, peer_cap);
    n = sizeof ss;
    if (getsockname(s, (struct sockaddr *)&ss, &n) == 0)
        sys_address(&ss, n, self, self_cap);
    else self[0] = 0;
    sys_socket_options(s, keepalive_s);
    return s;
}

static i64 sys_recv(void *ctx, int fd, void *p, size_t n) {
    ssize_t r = recv(fd, p, n, 0);
    (void)ctx;
    return r >= 0 ? r : sys_code(errno);
}

static i64 sys_send(void *ctx, int fd, const void *p, size_t n) {
    int keep = errno; /* for signal handlers */
    ssize_t r = send(fd, p, n, MSG_NOSIGNAL);
    (void)ctx;
    if (r >= 0) {
        errno = keep;
        return r;
    }
    return errno == ENOBUFS || errno == ENOMEM ? KV_AGAIN : sys_code(errno);
}

static void sys_close(void *ctx, int fd) {
    (void)ctx;
    close(fd);
}

static int sys_poll(void *ctx, struct pollfd *fds, size_t n, int timeout_ms) {
    int r = poll(fds, (nfds_t)n, timeout_ms);
    (void)ctx;
    return r >= 0 ? r : sys_code(errno);
}

/* A pair of sockets, so that it is written and read like any other: send() may
 * be called from signal handlers. */
static int sys_pipe(void *ctx, int fds[2]) {
    (void)ctx;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds)) return sys_code(errno);
    if (sys_unblock(fds[0]) == KV_OK && sys_unblock(fds[1]) == KV_OK)
        return KV_OK;
    close(fds[0]);
    close(fds[1]);
    return KV_IO;
}

/* The first name in a directory, in order, that comes after `next` and fits; it
 * is put there, of 256 bytes. 0: there is none. */
static int sys_next_name(const char *dir, char *next,
                         int (*fits)(const void *ctx, const char *name),
                         const void *ctx) {
    char best[256] = "";
    struct dirent *e;
    DIR *d = opendir(dir);
    while (d && (e = readdir(d)) != NULL) {
        size_t n = strlen(e->d_name);
        if (n >= sizeof best || strcmp(e->d_name, next) <= 0 ||
            (best[0] && strcmp(e->d_name, best) >= 0) || !fits(ctx, e->d_name))
            continue;
        memcpy(best, e->d_name, n + 1);
    }
    if (d) closedir(d);
    memcpy(next, best, sizeof best);
    return best[0] != 0;
}

static i64 sys_load(void *ctx, const char *path, void *p, size_t cap) {
    int fd = open(path, O_RDONLY | O_CLOEXEC), end = 0;
    size_t n = 0;
    (void)ctx;
    if (fd < 0) return sys_code(errno);
    while (n < cap && !end) {
        ssize_t got = read(fd, (char *)p + n, cap - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            int rc = errno == EISDIR ? KV_IO : sys_code(errno);
            close(fd);
            return rc;
        }
        end = got == 0;
        n += (size_t)got;
    }
    close(fd);
    return end ? (i64)n : KV_TOOBIG;
}

/* Brings what was written to a directory's files on disk. */
static int sys_sync_dir(void *ctx, const char *path) {
    char dir[4096];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + 1 : 2;
    int fd, bad;
    (void)ctx;
    if (n >= sizeof dir) return KV_TOOBIG;
    memcpy(dir, slash ? path : "./", n);
    dir[n] = 0;
    fd = open(dir, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return KV_IO;
    bad = fsync(fd) && errno != EINVAL; /* some cannot do it */
    close(fd);
    return bad ? KV_IO : KV_OK;
}

static int sys_write_all(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return 0;
        p += put;
        n -= (size_t)put;
    }
    return fsync(fd) == 0;
}

/* Where a file really is, if `path` is a symbolic link; NULL: too far. */
static const char *sys_follow(const char *path, char *room, size_t cap) {
    char next[4096];
    int hops;
    for (hops = 0; hops < 16; hops++) {
        ssize_t got = readlink(path, next, sizeof next - 1);
        const char *slash = strrchr(path, '/');
        size_t dir = slash ? (size_t)(slash - path) + 1 : 0;
        if (got < 0) return path;
        next[got] = 0;
        if (next[0] == '/') dir = 0;
        if (dir + (size_t)got >= cap) return NULL;
        if (path != room) memcpy(room, path, dir);
        memcpy(room + dir, next, (size_t)got + 1);
        path = room;
    }
    return NULL;
}

static int sys_store(void *ctx, const char *path, const void *p, size_t n) {
    char tmp[4096 + 32], real[4096];
    struct stat old;
    mode_t mode;
    int fd, rc;
    path = sys_follow(path, real, sizeof real);
    if (!path || strlen(path) >= sizeof real) return KV_TOOBIG;
    mode = stat(path, &old) == 0 ? old.st_mode & 07777 : 0644;
    snprintf(tmp, sizeof tmp, "%s.%ld.tmp", path, (long)getpid());
    fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return sys_file_code();
    if (stat(path, &old) == 0 && fchown(fd, old.st_uid, old.st_gid))
        mode &= 0777; /* another owner: no more than these */
    rc = sys_write_all(fd, p, n) && fchmod(fd, mode) == 0 ? KV_OK
                                                          : sys_file_code();
    if (close(fd) && rc == KV_OK) rc = sys_file_code();
    if (rc == KV_OK && rename(tmp, path)) rc = sys_file_code();
    if (rc == KV_OK) return sys_sync_dir(ctx, path);
    unlink(tmp);
    return rc;
}

static void sys_remove(void *ctx, const char *path) {
    (void)ctx;
    unlink(path);
}

#if KV_COLD
static int sys_cold_open(void *ctx) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    (void)ctx;
    return fd >= 0 ? fd : KV_NONE;
}

/* One report per call: the descriptor is then silent until added again. */
static int sys_cold_add(void *ctx, int set, int fd, u32 tag, int again) {
    struct epoll_event e;
    (void)ctx;
    e.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT;
    e.data.u64 = tag;
    return epoll_ctl(set, again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e)
               ? KV_IO
               : KV_OK;
}

static int sys_cold_wait(void *ctx, int set, u32 *tags, int n) {
    struct epoll_event e[64];
    int i, got = epoll_wait(set, e, n < 64 ? n : 64, 0);
    (void)ctx;
    for (i = 0; i < got; i++) tags[i] = (u32)e[i].data.u64;
    return got > 0 ? got : 0;
}
#else
static int sys_cold_open(void *ctx) {
    (void)ctx;
    return KV_NONE;
}

static int sys_cold_add(void *ctx, int set, int fd, u32 tag, int again) {
    (void)ctx, (void)set, (void)fd, (void)tag, (void)again;
    return KV_IO;
}

static int sys_cold_wait(void *ctx, int set, u32 *tags, int n) {
    (void)ctx, (void)set, (void)tags, (void)n;
    return 0;
}
#endif

/* The process's own figures, for INFO. Zero where the system has none. */
struct sys_usage {
    i64 rss, cpu_user_us, cpu_sys_us, child_user_us, child_sys_us;
};

static i64 sys_micros(struct timeval t) {
    return (i64)t.tv_sec * 1000000 + t.tv_usec;
}

static struct sys_usage sys_usage(void) {
    struct sys_usage u = {0, 0, 0, 0, 0};
    struct rusage r;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    char b[128];
    if (fd >= 0) {
        ssize_t n = read(fd, b, sizeof b - 1), i = 0;
        while (i < n && b[i] != ' ') i++;
        for (i++; i < n && b[i] >= '0' && b[i] <= '9'; i++)
            u.rss = u.rss * 10 + (b[i] - '0');
        u.rss *= sysconf(_SC_PAGESIZE);
        close(fd);
    }
    if (getrusage(RUSAGE_SELF, &r) == 0) {
        u.cpu_user_us = sys_micros(r.ru_utime);
        u.cpu_sys_us = sys_micros(r.ru_stime);
        if (!u.rss) u.rss = (i64)r.ru_maxrss * 1024;
    }
    if (getrusage(RUSAGE_CHILDREN, &r) == 0) {
        u.child_user_us = sys_micros(r.ru_utime);
        u.child_sys_us = sys_micros(r.ru_stime);
    }
    return u;
}

static i64 sys_pid(void) { return getpid(); }

/* "Linux 6.1 x86_64" */
static void sys_name(char *b, size_t cap) {
    struct utsname u;
    if (uname(&u) < 0) snprintf(b, cap, "unknown");
    else snprintf(b, cap, "%.60s %.60s %.60s", u.sysname, u.release, u.machine);
}

#if KV_THREADS
/* A thread that works on a queue under `lock`, and sleeps while it is empty. */
struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t call;
    int end;
};

static void sys_worker_lock(struct worker *w) { pthread_mutex_lock(&w->lock); }
static void sys_worker_unlock(struct worker *w) {
    pthread_mutex_unlock(&w->lock);
}
static void sys_worker_call(struct worker *w) {
    pthread_cond_broadcast(&w->call);
}

#if defined(_POSIX_CLOCK_SELECTION) && _POSIX_CLOCK_SELECTION > 0
#define SYS_WAIT_CLOCK CLOCK_MONOTONIC
#else
#define SYS_WAIT_CLOCK CLOCK_REALTIME
#endif

/* Sleeps until somebody calls, or for `us` (-1: no limit), the lock not held
 * meanwhile; 0: it is the end. */
static int sys_worker_wait(struct worker *w, i64 us) {
    struct timespec t;
    i64 until;
    if (w->end) return 0;
    if (us < 0) {
        pthread_cond_wait(&w->call, &w->lock);
        return !w->end;
    }
    until = sys_clock(SYS_WAIT_CLOCK) + us;
    t.tv_sec = (time_t)(until / 1000000);
    t.tv_nsec = (long)(until % 1000000) * 1000;
    pthread_cond_timedwait(&w->call, &w->lock, &t);
    return !w->end;
}

static int sys_worker_cond(pthread_cond_t *c) {
    pthread_condattr_t a;
    int bad;
    if (pthread_condattr_init(&a)) return 1;
#if defined(_POSIX_CLOCK_SELECTION) && _POSIX_CLOCK_SELECTION > 0
    pthread_condattr_setclock(&a, SYS_WAIT_CLOCK);
#endif
    bad = pthread_cond_init(c, &a);
    pthread_condattr_destroy(&a);
    return bad;
}

/* Signals go to the host's own threads. */
static int sys_worker_start(struct worker *w, void *(*fn)(void *), void *arg) {
    sigset_t all, old;
    int bad;
    w->end = 0;
    if (pthread_mutex_init(&w->lock, NULL)) return KV_IO;
    if (sys_worker_cond(&w->call)) {
        pthread_mutex_destroy(&w->lock);
        return KV_IO;
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    bad = pthread_create(&w->thread, NULL, fn, arg);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!bad) return KV_OK;
    pthread_cond_destroy(&w->call);
    pthread_mutex_destroy(&w->lock);
    return KV_IO;
}

static void sys_worker_end(struct worker *w) {
    sys_worker_lock(w);
    w->end = 1;
    sys_worker_call(w);
    sys_worker_unlock(w);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->call);
    pthread_mutex_destroy(&w->lock);
}
#endif

/* ---- files ---- */

static int sys_open(void *ctx, const char *path, int how) {
    int flags = how == KV_OPEN_NEW     ? O_RDWR | O_CREAT | O_TRUNC
                : how == KV_OPEN_WRITE ? O_RDWR
                                       : O_RDONLY;
    int fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0644);
    (void)ctx;
    return fd >= 0 ? fd : sys_file_code();
}

static i64 sys_read(void *ctx, int fd, void *p, size_t n, i64 at) {
    ssize_t got;
    (void)ctx;
    do got = pread(fd, p, n, (off_t)at);
    while (got < 0 && errno == EINTR);
    return got >= 0 ? got : sys_file_code();
}

static i64 sys_write(void *ctx, int fd, const void *p, size_t n, i64 at) {
    ssize_t put;
    (void)ctx;
    do put = pwrite(fd, p, n, (off_t)at);
    while (put < 0 && errno == EINTR);
    return put >= 0 ? put : sys_file_code();
}

/* The data, and what is needed to find it again. */
static int sys_sync(void *ctx, int fd) {
    (void)ctx;
#if defined(F_FULLFSYNC)
    if (fcntl(fd, F_FULLFSYNC) == 0) return KV_OK;
#endif
#if defined(_POSIX_SYNCHRONIZED_IO) && _POSIX_SYNCHRONIZED_IO > 0
    return fdatasync(fd) == 0 ? KV_OK : sys_file_code();
#else
    return fsync(fd) == 0 ? KV_OK : sys_file_code();
#endif
}

static int sys_truncate(void *ctx, int fd, i64 n) {
    (void)ctx;
    return ftruncate(fd, (off_t)n) == 0 ? KV_OK : sys_file_code();
}

static int sys_make_dir(void *ctx, const char *path) {
    struct stat st;
    (void)ctx;
    if (mkdir(path, 0755) == 0) return KV_OK;
    if (errno != EEXIST) return sys_file_code();
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? KV_OK : KV_IO;
}

static i64 sys_size(void *ctx, int fd) {
    struct stat st;
    (void)ctx;
    if (fstat(fd, &st)) return sys_file_code();
    return S_ISREG(st.st_mode) ? (i64)st.st_size : KV_IO;
}

/* Keeps a directory for whoever has the descriptor that comes back, in this
 * process too; KV_BUSY: somebody has it. */
static int sys_lock_dir(void *ctx, const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)ctx;
    if (fd < 0) return sys_file_code();
#if KV_FLOCK
    if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
        close(fd);
        return KV_BUSY;
    }
#endif
    return fd;
}

static int sys_rename(void *ctx, const char *from, const char *to) {
    (void)ctx;
    return rename(from, to) == 0 ? KV_OK : sys_file_code();
}

#if KV_MAIN
/* Raises the limit of open files towards `want`; what it is then. */
static i64 sys_files(i64 want) {
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r)) return want;
    if (r.rlim_cur != RLIM_INFINITY && (i64)r.rlim_cur < want) {
        struct rlimit up = r;
        up.rlim_cur = (rlim_t)want;
        if (r.rlim_max != RLIM_INFINITY && up.rlim_cur > r.rlim_max)
            up.rlim_cur = r.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &up) == 0) r = up;
    }
    return r.rlim_cur == RLIM_INFINITY ? want : (i64)r.rlim_cur;
}
#endif

static void sys_sleep(i64 us) {
    struct timespec t;
    t.tv_sec = (time_t)(us / 1000000);
    t.tv_nsec = (long)(us % 1000000) * 1000;
    nanosleep(&t, NULL);
}

#if KV_THREADS
/* A lock that may be taken again by its owner and that is handed over in
 * turn: whoever waits for it holds the gate, and the loop passes the gate each
 * time it comes back, so it cannot keep others out. */
struct lock {
    pthread_mutex_t gate, main;
};

static int sys_lock_init(struct lock *l) {
    pthread_mutexattr_t a;
    int bad;
    if (pthread_mutexattr_init(&a)) return KV_IO;
    pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
    bad = pthread_mutex_init(&l->main, &a);
    pthread_mutexattr_destroy(&a);
    if (bad) return KV_IO;
    if (pthread_mutex_init(&l->gate, NULL) == 0) return KV_OK;
    pthread_mutex_destroy(&l->main);
    return KV_IO;
}

static void sys_lock_free(struct lock *l) {
    pthread_mutex_destroy(&l->gate);
    pthread_mutex_destroy(&l->main);
}

/* `polite` is for the loop, which never holds the lock at this point. */
static void sys_lock(struct lock *l, int polite) {
    if (!polite && pthread_mutex_trylock(&l->main) == 0) return;
    pthread_mutex_lock(&l->gate);
    pthread_mutex_lock(&l->main);
    pthread_mutex_unlock(&l->gate);
}

static void sys_unlock(struct lock *l) { pthread_mutex_unlock(&l->main); }
#endif

/* ==== mem: size classes, heaps, reserves, accounting ====================
 *
 * A heap takes chunks of 1 MiB from the host and cuts them into pages of
 * 16 KiB. A page serves blocks of one class and knows itself from any address
 * in it, so a block needs no header; its size is told when it is freed. Blocks
 * over MEM_SMALL come from the host one by one, in the heap's list.
 *
 * mem_reserve() makes sure that the blocks a command will need can be had, up
 * to the end of the command (the next mem_next). mem_get() takes covered
 * blocks and does not fail; mem_try() takes what nobody reserved and may.
 * For small blocks a reserve is a count of free pages; big ones are taken and
 * laid in the heap's stash. With KV_MEM=0 all blocks are big.
 */
struct mem_chunk {
    struct mem_chunk *next, *prev;
    u8 *pages;  /* the first page */
    u32 npages; /* pages in it */
    u32 fresh;  /* pages from this one on were never used */
    u32 live;   /* pages that hold blocks */
};

struct mem_page {
    struct mem_chunk *chunk;
    struct mem_page *next, *prev; /* of pages with room, or of recycled ones */
    u8 *free;  /* blocks that were freed, linked through their first word */
    u16 used;  /* blocks in use */
    u16 fresh; /* blocks from this one on were never used */
    u16 room;  /* blocks that fit */
    u8 cls;
};

struct mem_big {
    struct mem_big *next, *prev;
    size_t n;    /* bytes behind this header, as asked for */
    size_t room; /* bytes behind it, as they came from the host */
};

enum { MEM_HEAD = 64 }; /* bytes kept for struct mem_page */

static const u16 MEM_SIZES[MEM_CLASSES] = {
    8,    16,   24,   32,   40,   48,   56,   64,   72,   80,   88,  96,  104,
    112,  120,  128,  144,  160,  176,  192,  208,  224,  240,  256, 288, 320,
    352,  384,  416,  448,  480,  512,  576,  640,  704,  768,  832, 896, 960,
    1024, 1152, 1344, 1600, 1984, 2304, 2688, 3264, 4032, 5376, 0,   0,   0};

static void mem_init(mem *m) {
    int i = 0;
    size_t n;
    for (n = 0; n <= MEM_SMALL / 8; n++) {
        while (MEM_SIZES[i] < n * 8) i++;
        m->class_of[n] = (u8)i;
    }
    memcpy(m->class_size, MEM_SIZES, sizeof MEM_SIZES);
    m->serial = 1;
}

/* What a block of `n` bytes really takes. */
static size_t mem_round(const mem *m, size_t n) {
    if (!KV_MEM || n > MEM_SMALL) return n + sizeof(struct mem_big);
    return m->class_size[m->class_of[(n + 7) / 8]];
}

static void heap_init(heap *h, mem *m) {
    memset(h, 0, sizeof *h);
    h->m = m;
}

static int mem_denied(mem *m) {
    return KV_DEBUG && m->fail_in > 0 && --m->fail_in == 0;
}

static void *mem_host(mem *m, size_t n) {
    void *p = m->alloc(m->ctx, NULL, 0, n);
    if (p) m->held += n;
    return p;
}

static void mem_host_free(mem *m, void *p, size_t n) {
    m->alloc(m->ctx, p, n, 0);
    m->held -= n;
}

static int mem_add_chunk(heap *h) {
    u8 *raw = mem_host(h->m, MEM_CHUNK), *page;
    struct mem_chunk *c = (struct mem_chunk *)(void *)raw;
    if (!raw) return 0;
    page = raw + sizeof *c;
    page += (MEM_PAGE - (uintptr_t)page % MEM_PAGE) % MEM_PAGE;
    c->pages = page;
    c->npages = (u32)((size_t)(raw + MEM_CHUNK - page) / MEM_PAGE);
    c->fresh = c->live = 0;
    c->prev = NULL;
    c->next = h->chunks;
    if (c->next) c->next->prev = c;
    h->chunks = c;
    h->spare += c->npages;
    return 1;
}

static void mem_unlink_page(struct mem_page **list, struct mem_page *p) {
    if (p->prev) p->prev->next = p->next;
    else *list = p->next;
    if (p->next) p->next->prev = p->prev;
}

static void mem_link_page(struct mem_page **list, struct mem_page *p) {
    p->prev = NULL;
    p->next = *list;
    if (p->next) p->next->prev = p;
    *list = p;
}

/* Takes a free page for a class; one that was used before if there is one,
 * so that memory which was never touched stays so. */
static struct mem_page *mem_take_page(heap *h, int cls) {
    struct mem_page *p = h->recycled;
    struct mem_chunk *c;
    if (p) {
        mem_unlink_page(&h->recycled, p);
        c = p->chunk;
    } else {
        for (c = h->chunks; c->fresh == c->npages; c = c->next) {
        }
        p = (struct mem_page *)(void *)(c->pages +
                                        (size_t)c->fresh++ * MEM_PAGE);
        p->chunk = c;
    }
    c->live++;
    h->spare--;
    p->free = NULL;
    p->used = p->fresh = 0;
    p->cls = (u8)cls;
    p->room = (u16)((MEM_PAGE - MEM_HEAD) / h->m->class_size[cls]);
    mem_link_page(&h->part[cls], p);
    return p;
}

/* Lets a chunk without blocks go, unless it is the heap's reserve; mem_reap()
 * gives it back. */
static void mem_drop_chunk(heap *h, struct mem_chunk *c) {
    u32 i;
    if (h->spare < c->npages + 64 + h->promised) return;
    for (i = 0; i < c->fresh; i++)
        mem_unlink_page(
            &h->recycled,
            (struct mem_page *)(void *)(c->pages + (size_t)i * MEM_PAGE));
    h->spare -= c->npages;
    if (c->prev) c->prev->next = c->next;
    else h->chunks = c->next;
    if (c->next) c->next->prev = c->prev;
    c->next = h->m->dead_chunks;
    h->m->dead_chunks = c;
}

static void *mem_small(heap *h, int cls) {
    size_t size = h->m->class_size[cls];
    struct mem_page *p = h->part[cls];
    u8 *b;
    if (KV_RARELY(!p)) p = mem_take_page(h, cls);
    b = p->free;
    if (b) memcpy(&p->free, b, sizeof p->free);
    else b = (u8 *)p + MEM_HEAD + p->fresh++ * size;
    if (++p->used == p->room) mem_unlink_page(&h->part[cls], p);
    h->used += size;
    h->m->used += size;
    return b;
}

static void mem_count(heap *h, struct mem_big *b) {
    h->used += b->room + sizeof *b;
    h->m->used += b->room + sizeof *b;
}

static void mem_uncount(heap *h, struct mem_big *b) {
    h->used -= b->room + sizeof *b;
    h->m->used -= b->room + sizeof *b;
}

static void mem_link_big(struct mem_bigs *list, struct mem_big *b) {
    b->prev = NULL;
    b->next = list->first;
    if (b->next) b->next->prev = b;
    else list->last = b;
    list->first = b;
    list->bytes += b->room + sizeof *b;
}

static void mem_unlink_big(struct mem_bigs *list, struct mem_big *b) {
    if (b->prev) b->prev->next = b->next;
    else list->first = b->next;
    if (b->next) b->next->prev = b->prev;
    else list->last = b->prev;
    list->bytes -= b->room + sizeof *b;
}

/* Moves all blocks of one list to the front of another. */
static void mem_splice_bigs(struct mem_bigs *to, struct mem_bigs *from) {
    if (!from->first) return;
    from->last->next = to->first;
    if (to->first) to->first->prev = from->last;
    else to->last = from->last;
    to->first = from->first;
    to->bytes += from->bytes;
    memset(from, 0, sizeof *from);
}

static struct mem_big *mem_new_big(heap *h, size_t n) {
    struct mem_big *b;
    if (n > SIZE_MAX / 2) return NULL;
    b = mem_host(h->m, n + sizeof *b);
    if (b) b->n = b->room = n;
    return b;
}

/* A reserved block for `n` bytes, or NULL: of exactly that size, else the
 * smallest that is larger. */
static struct mem_big *mem_unstash(heap *h, size_t n) {
    struct mem_big *b, *best = NULL;
    for (b = h->stash.first; b && !(best && best->n == n); b = b->next)
        if (b->n >= n && (!best || b->n < best->n)) best = b;
    if (!best) return NULL;
    mem_unlink_big(&h->stash, best);
    best->n = n;
    return best;
}

static void *mem_big(heap *h, size_t n, int covered) {
    struct mem_big *b = covered && h->stash.first ? mem_unstash(h, n) : NULL;
    if (!b) b = mem_new_big(h, n);
    if (!b) return NULL;
    mem_link_big(&h->bigs, b);
    mem_count(h, b);
    return b + 1;
}

/* The exact size under which a block is asked for, reserved and freed. */
static size_t mem_exact(const mem *m, size_t n) {
    return KV_MEM || n > MEM_SMALL ? n
                                   : m->class_size[m->class_of[(n + 7) / 8]];
}

/* A block that a reserve covers. */
static void *mem_get(heap *h, size_t n) {
    void *p;
    if (KV_MEM && KV_LIKELY(n <= MEM_SMALL))
        return mem_small(h, h->m->class_of[(n + 7) / 8]);
    p = mem_big(h, mem_exact(h->m, n), 1);
    KV_ASSERT(p);
    return p;
}

static void mem_stash_free(heap *h) {
    struct mem_big *b;
    while ((b = h->stash.first)) {
        mem_unlink_big(&h->stash, b);
        mem_host_free(h->m, b, b->room + sizeof *b);
    }
}

static void mem_freshen(heap *h) {
    if (h->serial == h->m->serial) return;
    h->serial = h->m->serial;
    h->promised = h->promised_bytes = h->promises = 0;
    if (h->stash.first) mem_stash_free(h);
}

/* Pages for all small blocks promised to the running command: each class may
 * open one page that it does not fill, and no class wastes half of a page. */
static int mem_reserve_pages(heap *h, size_t n) {
    h->promised_bytes += n;
    if (h->promises < MEM_CLASSES) h->promises++;
    h->promised = h->promises + h->promised_bytes / (MEM_PAGE / 2);
    while (h->spare < h->promised)
        if (!mem_add_chunk(h)) return 0;
    return 1;
}

static int mem_reserve_big(heap *h, size_t n, size_t count) {
    struct mem_big *b;
    for (; count; count--) {
        if (!(b = mem_new_big(h, n))) return 0;
        mem_link_big(&h->stash, b);
    }
    return 1;
}

/* Makes sure that `count` blocks of one class, that of `n` bytes or a lower one,
 * can be had until the next mem_next(); blocks over MEM_SMALL, of exactly `n`
 * bytes. 0: they cannot. */
static int mem_reserve(heap *h, size_t n, size_t count) {
    mem_freshen(h);
    if (KV_DEBUG && mem_denied(h->m)) return 0;
    if (KV_MEM && n <= MEM_SMALL) return mem_reserve_pages(h, n * count);
    return mem_reserve_big(h, mem_exact(h->m, n), count);
}

/* A block that nobody reserved, or NULL. */
static void *mem_try(heap *h, size_t n) {
    int cls;
    if (KV_DEBUG && mem_denied(h->m)) return NULL;
    if (!KV_MEM || n > MEM_SMALL) return mem_big(h, mem_exact(h->m, n), 0);
    cls = h->m->class_of[(n + 7) / 8];
    mem_freshen(h);
    if (!h->part[cls] && h->spare <= h->promised && !mem_add_chunk(h))
        return NULL;
    return mem_small(h, cls);
}

static void mem_free_small(heap *h, void *block) {
    u8 *b = block;
    struct mem_page *p =
        (struct mem_page *)(void *)(b - (uintptr_t)b % MEM_PAGE);
    struct mem_page *idle;
    size_t size = h->m->class_size[p->cls];
    h->used -= size;
    h->m->used -= size;
    if (p->used == p->room) mem_link_page(&h->part[p->cls], p);
    memcpy(b, &p->free, sizeof p->free);
    p->free = b;
    if (--p->used) return;
    idle = h->idle;
    h->idle = p;
    if (!idle || idle == p || idle->used) return;
    mem_unlink_page(&h->part[idle->cls], idle);
    mem_link_page(&h->recycled, idle);
    h->spare++;
    if (--idle->chunk->live == 0) mem_drop_chunk(h, idle->chunk);
}

/* Frees a block of `n` bytes as it was asked for. Very big ones wait for
 * mem_reap(), so that no call takes long. */
static void mem_free(heap *h, void *block, size_t n) {
    struct mem_big *b;
    if (!block) return;
    if (KV_MEM && n <= MEM_SMALL) {
        mem_free_small(h, block);
        return;
    }
    b = (struct mem_big *)block - 1;
    KV_ASSERT(b->n == mem_exact(h->m, n));
    mem_unlink_big(&h->bigs, b);
    mem_uncount(h, b);
    if (b->room > MEM_CHUNK) mem_link_big(&h->m->dead, b);
    else mem_host_free(h->m, b, b->room + sizeof *b);
}

/* Whether a block for `a` bytes is as good for `b`. */
static int mem_same(const mem *m, size_t a, size_t b) {
    return a == b || (a <= MEM_SMALL && b <= MEM_SMALL &&
                      m->class_of[(a + 7) / 8] == m->class_of[(b + 7) / 8]);
}

/* Changes a block's size; NULL: it stays as it was. Nobody reserved it. */
static void *mem_resize(heap *h, void *block, size_t old, size_t n) {
    struct mem_big *b, *moved;
    void *p;
    if (!block) return mem_try(h, n);
    if (old == n) return block;
    if (old <= MEM_SMALL || n <= MEM_SMALL) {
        if (mem_same(h->m, old, n)) return block;
        if (!(p = mem_try(h, n))) return NULL;
        copy(p, block, min_z(old, n));
        mem_free(h, block, old);
        return p;
    }
    if (n > SIZE_MAX / 2 || (KV_DEBUG && mem_denied(h->m))) return NULL;
    b = (struct mem_big *)block - 1;
    mem_unlink_big(&h->bigs, b);
    mem_uncount(h, b);
    moved = h->m->alloc(h->m->ctx, b, b->room + sizeof *b, n + sizeof *b);
    if (moved) {
        b = moved;
        h->m->held += n - b->room;
        b->n = b->room = n;
    }
    mem_link_big(&h->bigs, b);
    mem_count(h, b);
    return moved ? b + 1 : NULL;
}

/* Hands a block over MEM_SMALL from one heap to another of the instance. */
static void mem_move(heap *from, heap *to, void *block) {
    struct mem_big *b = (struct mem_big *)block - 1;
    mem_unlink_big(&from->bigs, b);
    mem_uncount(from, b);
    mem_link_big(&to->bigs, b);
    mem_count(to, b);
}

/* Gives chunks back that hold nothing, down to some that are kept at hand. */
static void heap_trim(heap *h) {
    struct mem_chunk *c, *next;
    if (h->spare < 1024) return;
    for (c = h->chunks; c; c = next) {
        next = c->next;
        if (!c->live) mem_drop_chunk(h, c);
    }
}

/* The end of a command: reserves are over. */
static void mem_next(mem *m) { m->serial++; }

/* Lets go of everything in a heap at once; mem_reap() gives it back later. */
static void heap_drop(heap *h) {
    mem *m = h->m;
    struct mem_chunk *c;
    mem_stash_free(h);
    m->used -= h->used;
    while ((c = h->chunks)) {
        h->chunks = c->next;
        c->next = m->dead_chunks;
        m->dead_chunks = c;
    }
    mem_splice_bigs(&m->dead, &h->bigs);
    heap_init(h, m);
}

/* Gives back a slice of what waits to be freed; whether more waits. */
static int mem_reap(mem *m) {
    size_t budget = 4 * MEM_CHUNK;
    int blocks = 2000;
    while (m->dead_chunks && budget >= MEM_CHUNK) {
        struct mem_chunk *c = m->dead_chunks;
        m->dead_chunks = c->next;
        budget -= MEM_CHUNK;
        mem_host_free(m, c, MEM_CHUNK);
    }
    while (m->dead.first && budget && blocks-- > 0) {
        struct mem_big *b = m->dead.first, *cut;
        size_t n = b->room + sizeof *b, keep = n > budget ? n - budget : 0;
        mem_unlink_big(&m->dead, b);
        if (keep > MEM_CHUNK && (cut = m->alloc(m->ctx, b, n, keep))) {
            m->held -= n - keep;
            cut->n = cut->room = keep - sizeof *b;
            mem_link_big(&m->dead, cut);
            return 1;
        }
        budget -= min_z(budget, n);
        mem_host_free(m, b, n);
    }
    return m->dead_chunks || m->dead.first;
}

/* ==== buf: growable byte buffers ======================================== */

/* Room for `n` more bytes; 0: no memory, nothing changed. */
static int buf_room(heap *h, buf *b, size_t n) {
    size_t cap;
    void *p;
    if (KV_LIKELY(b->cap - b->n >= n)) return 1;
    if (n > SIZE_MAX / 4 - b->n) return 0;
    cap = max_z(b->n + n,
                b->cap < MEM_CHUNK * 16 ? b->cap * 2 : b->cap + b->cap / 4);
    cap = max_z(cap, 64);
    p = mem_resize(h, b->p, b->cap, cap);
    if (!p && cap > b->n + n) {
        cap = b->n + n;
        p = mem_resize(h, b->p, b->cap, cap);
    }
    if (!p) return 0;
    b->p = p;
    b->cap = cap;
    return 1;
}

static int buf_put(heap *h, buf *b, const void *p, size_t n) {
    if (n == 0) return 1;
    if (!buf_room(h, b, n)) return 0;
    memcpy(b->p + b->n, p, n);
    b->n += n;
    return 1;
}

static void buf_free(heap *h, buf *b) {
    mem_free(h, b->p, b->cap);
    b->p = NULL;
    b->n = b->cap = 0;
}

/* Shrinks the room to what is used. */
static void buf_fit(heap *h, buf *b) {
    void *p;
    if (b->n == 0) {
        buf_free(h, b);
    } else if (mem_round(h->m, b->cap) > mem_round(h->m, b->n)) {
        p = mem_resize(h, b->p, b->cap, b->n);
        if (p) {
            b->p = p;
            b->cap = b->n;
        }
    }
}

/* An empty buffer of `cap` bytes in the place of what there is; 0: no memory,
 * nothing changed. */
static int buf_renew(heap *h, buf *b, size_t cap) {
    u8 *p = mem_try(h, cap);
    if (!p) return 0;
    buf_free(h, b);
    b->p = p;
    b->cap = cap;
    return 1;
}

/* A zero-terminated copy, or NULL. */
static char *buf_dup(heap *h, const void *p, size_t n) {
    char *s = mem_try(h, n + 1);
    if (!s) return NULL;
    copy(s, p, n);
    s[n] = 0;
    return s;
}

static void buf_undup(heap *h, char *s) {
    if (s) mem_free(h, s, strlen(s) + 1);
}

KV_PRINTF(3, 4)
static void log_put(kv *k, int level, const char *form, ...) {
    char b[512];
    va_list a;
    int n;
    if (!k->log || level < k->p.loglevel) return;
    va_start(a, form);
    n = vsnprintf(b, sizeof b, form, a);
    va_end(a);
    k->in_call++; /* it may not call back */
    if (n > 0) k->log(k->log_ctx, level, b, min_z((size_t)n, sizeof b - 1));
    k->in_call--;
}

/* ==== num: numbers as text, without the locale ==========================
 *
 * Integers are strict: no '+', no leading zeros, no spaces. Doubles print in
 * the shortest form that reads back the same. Sums for INCRBYFLOAT are made
 * in decimal, exactly, and rounded to 17 places.
 */
enum { NUM_TEXT = 40 }; /* room for any integer or double as text */

static int num_parse(str s, i64 *out) {
    u64 v = 0;
    size_t i = 0;
    int neg = s.n > 1 && s.p[0] == '-';
    if (neg) i++;
    if (s.n == 0 || s.n - i > 19) return 0;
    if (s.p[i] == '0' && s.n > 1) return 0;
    for (; i < s.n; i++) {
        u8 d = (u8)(s.p[i] - '0');
        if (d > 9) return 0;
        v = v * 10 + d;
    }
    if (v > (u64)INT64_MAX + (u64)neg) return 0;
    *out = neg ? (i64)(0 - v) : (i64)v;
    return 1;
}

/* Decimal digits of `v` at p (20 bytes of room); how many. */
static size_t num_put_u(void *p, u64 v) {
    u8 t[20], *e = t + 20, *b = e;
    do *--b = (u8)('0' + v % 10);
    while (v /= 10);
    memcpy(p, b, (size_t)(e - b));
    return (size_t)(e - b);
}

static size_t num_put(void *p, i64 v) {
    u8 *b = p;
    if (v >= 0) return num_put_u(p, (u64)v);
    *b = '-';
    return 1 + num_put_u(b + 1, 0 - (u64)v);
}

/* Naturals of up to NUM_LIMBS * 32 bits, for conversions of doubles. */
enum { NUM_LIMBS = 72 };
struct num_big {
    u32 w[NUM_LIMBS];
    int n;
};

static void num_big_set(struct num_big *b, u64 v) {
    b->w[0] = (u32)v;
    b->w[1] = (u32)(v >> 32);
    b->n = b->w[1] ? 2 : b->w[0] ? 1 : 0;
}

static void num_big_mul(struct num_big *b, u32 by, u32 add) {
    u64 c = add;
    int i;
    for (i = 0; i < b->n; i++) {
        c += (u64)b->w[i] * by;
        b->w[i] = (u32)c;
        c >>= 32;
    }
    if (c && b->n < NUM_LIMBS) b->w[b->n++] = (u32)c;
}

static void num_big_pow(struct num_big *b, u32 base, int n) {
    for (; n > 0; n--) num_big_mul(b, base, 0);
}

static void num_big_shift(struct num_big *b, int bits) {
    for (; bits >= 31; bits -= 31) num_big_mul(b, 1u << 31, 0);
    num_big_mul(b, 1u << bits, 0);
}

static int num_big_cmp(const struct num_big *a, const struct num_big *b) {
    int i;
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (i = a->n - 1; i >= 0; i--)
        if (a->w[i] != b->w[i]) return a->w[i] < b->w[i] ? -1 : 1;
    return 0;
}

static void num_big_add(struct num_big *a, const struct num_big *b) {
    u64 c = 0;
    int i, n = a->n > b->n ? a->n : b->n;
    for (i = 0; i < n; i++) {
        c += (u64)(i < a->n ? a->w[i] : 0) + (i < b->n ? b->w[i] : 0);
        a->w[i] = (u32)c;
        c >>= 32;
    }
    a->n = n;
    if (c && n < NUM_LIMBS) a->w[a->n++] = (u32)c;
}

/* a -= b, where a >= b. */
static void num_big_sub(struct num_big *a, const struct num_big *b) {
    i64 c = 0;
    int i;
    for (i = 0; i < a->n; i++) {
        c += (i64)a->w[i] - (i < b->n ? b->w[i] : 0);
        a->w[i] = (u32)c;
        c >>= 32;
    }
    while (a->n && a->w[a->n - 1] == 0) a->n--;
}

static u64 num_bits(double d) {
    u64 v;
    memcpy(&v, &d, 8);
    return v;
}

static double num_double(u64 bits) {
    double d;
    memcpy(&d, &bits, 8);
    return d;
}

static const double NUM_TENS[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Whether doubles are computed as doubles, so that one operation on exact
 * values rounds once. Else (x87) only the exact ways are taken. */
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0
enum { NUM_ROUNDS_ONCE = 0 };
#else
enum { NUM_ROUNDS_ONCE = 1 };
#endif

/* The shortest digits that identify a positive finite double, by exact
 * comparison: r/s is what is left, m/s half the distance to its neighbours
 * (Steele and White, Dybvig). Returns their number; *exp is the place of the
 * point: 0.DIGITS * 10^exp. */
static int num_digits(double d, u8 *out, int *exp) {
    struct num_big r, s, mp, mm, t;
    u64 bits = num_bits(d), f = bits & (((u64)1 << 52) - 1);
    int e = (int)(bits >> 52 & 2047), n = 0, k, low, high, even;
    if (e) f |= (u64)1 << 52;
    else e = 1;
    e -= 1075;
    even = !(f & 1);
    num_big_set(&r, f);
    num_big_set(&s, 1);
    num_big_set(&mm, 1);
    num_big_shift(&r, e > 0 ? e + 1 : 1);
    num_big_shift(&s, e < 0 ? 1 - e : 1);
    if (e > 0) num_big_shift(&mm, e);
    mp = mm;
    if (f == (u64)1 << 52 && (bits >> 52) > 1) {
        num_big_shift(&mp, 1);
        num_big_shift(&r, 1);
        num_big_shift(&s, 1);
    }
    k = (int)((double)(e + 52) * 0.30102999566398120);
    if (k > 0) num_big_pow(&s, 10, k);
    else if (k < 0) {
        num_big_pow(&r, 10, -k);
        num_big_pow(&mp, 10, -k);
        num_big_pow(&mm, 10, -k);
    }
    for (;;) { /* make r/s < 1 and as large as it can be */
        t = r;
        num_big_add(&t, &mp);
        if (num_big_cmp(&t, &s) + even > 0) {
            num_big_mul(&s, 10, 0);
            k++;
            continue;
        }
        num_big_mul(&t, 10, 0);
        if (num_big_cmp(&t, &s) + even > 0) break;
        num_big_mul(&r, 10, 0);
        num_big_mul(&mp, 10, 0);
        num_big_mul(&mm, 10, 0);
        k--;
    }
    *exp = k;
    for (;;) {
        u8 digit = 0;
        num_big_mul(&r, 10, 0);
        num_big_mul(&mp, 10, 0);
        num_big_mul(&mm, 10, 0);
        while (num_big_cmp(&r, &s) >= 0) {
            num_big_sub(&r, &s);
            digit++;
        }
        t = r;
        num_big_add(&t, &mp);
        low = num_big_cmp(&r, &mm) - even < 0;
        high = num_big_cmp(&t, &s) + even > 0;
        if (low && high) {
            num_big_mul(&r, 2, 0);
            high = num_big_cmp(&r, &s) >= 0;
        }
        out[n++] = (u8)('0' + digit + (high ? 1 : 0));
        if (low || high) return n;
    }
}

/* Lays out digits: plain while the number is short, else with an exponent. */
static size_t num_layout(u8 *p, const u8 *digits, int n, int exp) {
    u8 *b = p;
    int i, x = exp - 1;
    if (exp >= n && exp < n + 7) {
        memcpy(b, digits, (size_t)n);
        for (i = n; i < exp; i++) b[i] = '0';
        return (size_t)exp;
    }
    if (exp < n && exp - n > -18 && exp > -6) {
        if (exp <= 0) {
            *b++ = '0';
            *b++ = '.';
            for (i = exp; i < 0; i++) *b++ = '0';
            memcpy(b, digits, (size_t)n);
            return (size_t)(b - p + n);
        }
        memcpy(b, digits, (size_t)exp);
        b[exp] = '.';
        memcpy(b + exp + 1, digits + exp, (size_t)(n - exp));
        return (size_t)n + 1;
    }
    *b++ = digits[0];
    if (n > 1) {
        *b++ = '.';
        memcpy(b, digits + 1, (size_t)n - 1);
        b += n - 1;
    }
    *b++ = 'e';
    *b++ = x < 0 ? '-' : '+';
    b += num_put_u(b, (u64)(x < 0 ? -x : x));
    return (size_t)(b - p);
}

/* A double as text at p (NUM_TEXT bytes of room). */
static size_t num_put_double(u8 *p, double d) {
    u64 bits = num_bits(d), m;
    u8 digits[24];
    int k, n, exp;
    size_t sign = 0;
    if ((bits >> 52 & 2047) == 2047) {
        const char *s = bits << 12 ? "nan" : bits >> 63 ? "-inf" : "inf";
        memcpy(p, s, strlen(s));
        return strlen(s);
    }
    if (d > -4503599627370496.0 && d < 4503599627370496.0 &&
        d == (double)(i64)d) {
        if (d == 0 && bits >> 63) *p++ = '-', sign = 1;
        return sign + num_put(p, (i64)d);
    }
    if (bits >> 63) {
        *p++ = '-';
        sign = 1;
        d = -d;
    }
    if (NUM_ROUNDS_ONCE && d < 1e15 && d > 1e-5)
        for (k = 1; k <= 20 && d * NUM_TENS[k] < 1e15; k++) {
            m = (u64)(d * NUM_TENS[k] + 0.5);
            if ((double)m / NUM_TENS[k] != d) continue;
            n = (int)num_put_u(digits, m);
            return sign + num_layout(p, digits, n, n - k);
        }
    n = num_digits(d, digits, &exp);
    return sign + num_layout(p, digits, n, exp);
}

/* Half the way from the double below `bits` to it, as b * 2^*e. */
static void num_midpoint(u64 bits, struct num_big *b, int *e) {
    u64 f = bits & (((u64)1 << 52) - 1);
    *e = (int)(bits >> 52);
    if (*e) f |= (u64)1 << 52;
    else *e = 1;
    *e -= 1075;
    if (f == (u64)1 << 52 && *e > -1074) {
        num_big_set(b, 4 * f - 1);
        *e -= 2;
    } else {
        num_big_set(b, 2 * f - 1);
        *e -= 1;
    }
}

/* Decimal digits times 10^exp as the nearest double, ties to even. Doubles are
 * ordered like their bits, so the bits are found by halving. */
static double num_nearest(const u8 *digits, int n, int exp) {
    struct num_big v, t, half;
    u64 a = 0, b = ((u64)2047 << 52) + 1;
    int i, e, c;
    for (; n && *digits == '0'; n--) digits++;
    if (n == 0 || exp + n < -330) return 0;
    if (exp + n > 310) return num_double(b - 1);
    v.n = 0;
    for (i = 0; i < n && i < 340; i++)
        num_big_mul(&v, 10, (u32)(digits[i] - '0'));
    exp += n - i;
    if (exp > 0) num_big_pow(&v, 10, exp);
    while (b - a > 1) {
        u64 mid = a + (b - a) / 2;
        num_midpoint(mid, &half, &e);
        t = v;
        if (exp < 0) num_big_pow(&half, 10, -exp);
        if (e > 0) num_big_shift(&half, e);
        else num_big_shift(&t, -e);
        c = num_big_cmp(&t, &half);
        if (c > 0 || (c == 0 && !(mid & 1))) a = mid;
        else b = mid;
    }
    return num_double(a);
}

static int num_is_digit(u8 c) { return c >= '0' && c <= '9'; }

/* A decimal literal: [sign] digits [. digits] [e [sign] digits]. Collects up to
 * `cap` significant digits; the value is 0.DIGITS * 10^*exp. */
static int num_literal(str s, u8 *digits, int cap, int *n, int *exp, int *neg) {
    size_t i = 0;
    int any = 0, seen_point = 0, x = 0, xneg;
    *n = *exp = 0;
    *neg = s.n && s.p[0] == '-';
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) i++;
    for (; i < s.n; i++) {
        if (s.p[i] == '.' && !seen_point) {
            seen_point = 1;
            continue;
        }
        if (!num_is_digit(s.p[i])) break;
        any = 1;
        if (*n || s.p[i] != '0') {
            if (*n < cap) digits[(*n)++] = s.p[i];
            else if (s.p[i] != '0') digits[cap - 1] |= 1;
            *exp += !seen_point;
        } else {
            *exp -= seen_point;
        }
    }
    if (!any || i == s.n) return any;
    if (lower(s.p[i]) != 'e' || ++i == s.n) return 0;
    xneg = s.p[i] == '-';
    if (s.p[i] == '-' || s.p[i] == '+') i++;
    if (i == s.n) return 0;
    for (; i < s.n; i++) {
        if (!num_is_digit(s.p[i])) return 0;
        if (x < 100000) x = x * 10 + (s.p[i] - '0');
    }
    *exp += xneg ? -x : x;
    return 1;
}

/* A double: a decimal literal, inf or nan. */
static int num_parse_double(str s, double *out) {
    u8 digits[800];
    int n, exp, neg;
    u64 m = 0;
    if (str_is(s, "inf") || str_is(s, "+inf") || str_is(s, "-inf")) {
        *out = num_double((u64)2047 << 52 | (u64)(s.p[0] == '-') << 63);
        return 1;
    }
    if (str_is(s, "nan") || str_is(s, "-nan")) {
        *out = num_double((u64)4095 << 51);
        return 1;
    }
    if (!num_literal(s, digits, COUNT(digits), &n, &exp, &neg)) return 0;
    exp -= n;
    if (NUM_ROUNDS_ONCE && n <= 15 && exp >= -22 && exp <= 22) {
        int i;
        for (i = 0; i < n; i++) m = m * 10 + (u64)(digits[i] - '0');
        *out = exp < 0 ? (double)m / NUM_TENS[-exp] : (double)m * NUM_TENS[exp];
    } else {
        *out = num_nearest(digits, n, exp);
    }
    if (neg) *out = -*out;
    return 1;
}

/* A decimal number in fixed point, wide enough for every long double. Digit i
 * weighs 10^(DEC_INT - 1 - i); digits before `top` are zero. */
enum { DEC_INT = 4933, DEC_FRAC = 60, DEC_ALL = DEC_INT + DEC_FRAC };
struct num_dec {
    int neg, top;
    u8 d[DEC_ALL];
};

enum { DEC_BAD, DEC_OK, DEC_INF };

/* v = v * 2^bits, for bits <= 30; 0: too large. */
static int num_dec_up(struct num_dec *v, int bits) {
    u64 c = 0;
    int i;
    for (i = DEC_ALL - 1; i >= v->top || c; i--) {
        if (i < 0) return 0;
        c += (u64)v->d[i] << bits;
        v->d[i] = (u8)(c % 10);
        c /= 10;
        if (i < v->top) v->top = i;
    }
    return 1;
}

static void num_dec_down(struct num_dec *v, int bits) {
    u64 r = 0;
    int i;
    for (i = v->top; i < DEC_ALL; i++) {
        r = r * 10 + v->d[i];
        v->d[i] = (u8)(r >> bits);
        r &= ((u64)1 << bits) - 1;
    }
    if (r) v->d[DEC_ALL - 1] |= 1;
}

/* What follows "0x": hex digits with a point and a binary exponent. */
static int num_dec_hex(str s, struct num_dec *v) {
    u64 m = 0;
    u8 text[20];
    size_t i, n;
    i64 e = 0, x = 0;
    int any = 0, point = 0, xneg;
    for (i = 0; i < s.n; i++) {
        u8 c = lower(s.p[i]);
        int h = num_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 87 : -1;
        if (c == '.' && !point) {
            point = 1;
            continue;
        }
        if (h < 0) break;
        any = 1;
        if (m >> 60) e += 4;
        else m = m << 4 | (u64)h;
        if (point) e -= 4;
    }
    if (!any) return DEC_BAD;
    if (i < s.n) {
        if (lower(s.p[i]) != 'p' || ++i == s.n) return DEC_BAD;
        xneg = s.p[i] == '-';
        if (s.p[i] == '-' || s.p[i] == '+') i++;
        if (i == s.n) return DEC_BAD;
        for (; i < s.n; i++) {
            if (!num_is_digit(s.p[i])) return DEC_BAD;
            if (x < 100000) x = x * 10 + (s.p[i] - '0');
        }
        e += xneg ? -x : x;
    }
    if (m == 0) return DEC_OK;
    n = num_put_u(text, m);
    v->top = DEC_INT - (int)n;
    for (i = 0; i < n; i++) v->d[(size_t)v->top + i] = (u8)(text[i] - '0');
    if (e > 1100 || e < -1100) return DEC_BAD; /* beyond doubles */
    for (; e > 0; e -= min_i(e, 30))
        if (!num_dec_up(v, (int)min_i(e, 30))) return DEC_BAD;
    for (; e < 0; e += min_i(-e, 30)) num_dec_down(v, (int)min_i(-e, 30));
    return DEC_OK;
}

/* Everything that strtold() takes in the C locale, but for spaces in front. */
static int num_dec_parse(str s, struct num_dec *v) {
    u8 digits[5120];
    int n, exp, i, at;
    str t = s;
    memset(v, 0, sizeof *v);
    v->top = DEC_ALL;
    if (s.n == 0 || s.n >= sizeof digits) return DEC_BAD;
    v->neg = s.p[0] == '-';
    if (s.p[0] == '-' || s.p[0] == '+') t = str_of(s.p + 1, s.n - 1);
    if (str_is(t, "inf") || str_is(t, "infinity")) return DEC_INF;
    if (t.n > 2 && t.p[0] == '0' && lower(t.p[1]) == 'x')
        return num_dec_hex(str_of(t.p + 2, t.n - 2), v);
    if (!num_literal(s, digits, (int)sizeof digits, &n, &exp, &i))
        return DEC_BAD;
    if (n == 0) return DEC_OK;
    if (exp > DEC_INT || exp < -4950) return DEC_BAD;
    at = DEC_INT - exp;
    v->top = at < DEC_ALL ? at : DEC_ALL - 1;
    for (i = 0; i < n; i++, at++) {
        if (at < DEC_ALL) v->d[at] = (u8)(digits[i] - '0');
        else if (digits[i] != '0') v->d[DEC_ALL - 1] |= 1;
    }
    return DEC_OK;
}

/* a += b; 0: too large. */
static int num_dec_add(struct num_dec *a, const struct num_dec *b) {
    int i, c = 0, top = a->top < b->top ? a->top : b->top, diff = 0;
    if (a->neg == b->neg) {
        for (i = DEC_ALL - 1; i >= top || c; i--) {
            if (i < 0) return 0;
            c += a->d[i] + b->d[i];
            a->d[i] = (u8)(c % 10);
            c /= 10;
            if (i < top) top = i;
        }
        a->top = top;
        return 1;
    }
    for (i = top; i < DEC_ALL && !diff; i++) diff = a->d[i] - b->d[i];
    if (diff < 0) a->neg = b->neg;
    for (i = DEC_ALL - 1; i >= top; i--) {
        int x = diff < 0 ? b->d[i] - a->d[i] : a->d[i] - b->d[i];
        x -= c;
        c = x < 0;
        a->d[i] = (u8)(x + 10 * c);
    }
    a->top = top;
    return 1;
}

/* Text with at most 17 decimals, rounded, without trailing zeros, at p (room
 * for DEC_INT + 20 bytes). */
static size_t num_dec_put(struct num_dec *v, u8 *p) {
    u8 *b = p;
    int i, end = DEC_INT + 17, up = v->d[end] > 5;
    if (v->d[end] == 5) {
        for (i = end + 1; i < DEC_ALL && !v->d[i]; i++) {
        }
        up = i < DEC_ALL || (v->d[end - 1] & 1);
    }
    for (i = end - 1; up && i >= 0; i--) {
        up = ++v->d[i] == 10;
        if (up) v->d[i] = 0;
        if (i < v->top) v->top = i;
    }
    while (end > DEC_INT && !v->d[end - 1]) end--;
    for (i = v->top < DEC_INT - 1 ? v->top : DEC_INT - 1;
         i < DEC_INT - 1 && !v->d[i]; i++) {
    }
    if (v->neg && !(end == DEC_INT && i == DEC_INT - 1 && !v->d[i])) *b++ = '-';
    for (; i < end; i++) {
        if (i == DEC_INT) *b++ = '.';
        *b++ = (u8)('0' + v->d[i]);
    }
    return (size_t)(b - p);
}

/* Bytes with an optional unit: 100, 1k (1000), 1kb (1024), mb, gb. */
static int num_parse_bytes(str s, i64 *out) {
    static const struct {
        const char *unit;
        i64 by;
    } units[] = {{"", 1},           {"b", 1},       {"k", 1000},
                 {"kb", 1024},      {"m", 1000000}, {"mb", 1 << 20},
                 {"g", 1000000000}, {"gb", 1 << 30}};
    size_t i, n = 0;
    while (n < s.n && num_is_digit(s.p[n])) n++;
    if (n == 0 || !num_parse(str_of(s.p, n), out)) return 0;
    for (i = 0; i < COUNT(units); i++)
        if (str_is(str_of(s.p + n, s.n - n), units[i].unit)) {
            if (*out > INT64_MAX / units[i].by) return 0;
            *out *= units[i].by;
            return 1;
        }
    return 0;
}

static str text_int(u8 *b, i64 v) { return str_of(b, num_put(b, v)); }

/* ==== glob: patterns ====================================================
 *
 * * ? [abc] [^a-z] \x, as Redis matches them. Only the last star is ever
 * tried again, so the time is at most pattern times text.
 */

/* Whether `c` is in the class that begins behind '['; *p moves to its last
 * byte. */
static int glob_class(const u8 **p, const u8 *end, u8 c, int nocase) {
    const u8 *q = *p;
    int neg = q < end && *q == '^', hit = 0;
    if (neg) q++;
    for (;; q++) {
        if (q >= end) {
            q--;
            break;
        }
        if (*q == '\\' && end - q >= 2) {
            q++;
            hit |= *q == c;
        } else if (*q == ']') {
            break;
        } else if (end - q >= 3 && q[1] == '-') {
            u8 lo = q[0], hi = q[2], t;
            if (nocase) lo = lower(lo), hi = lower(hi);
            if (lo > hi) t = lo, lo = hi, hi = t;
            hit |= c >= lo && c <= hi;
            q += 2;
        } else {
            hit |= (nocase ? lower(*q) : *q) == c;
        }
    }
    *p = q;
    return neg ? !hit : hit;
}

static int glob_match(str pattern, str text, int nocase) {
    const u8 *p = pattern.p, *pe = p + pattern.n, *s = text.p, *se = s + text.n;
    const u8 *star = NULL, *retry = NULL;
    if (text.n == 0) return pattern.n == 0;
    for (;;) {
        u8 c;
        int ok = 0;
        const u8 *q = p;
        if (p < pe && *p == '*') {
            while (p < pe && *p == '*') p++;
            if (p == pe) return 1;
            star = p;
            retry = s;
            continue;
        }
        if (s == se) return p == pe;
        c = nocase ? lower(*s) : *s;
        if (p < pe) {
            if (*q == '?') ok = 1;
            else if (*q == '[') {
                q++;
                ok = glob_class(&q, pe, c, nocase);
            } else {
                if (*q == '\\' && pe - q >= 2) q++;
                ok = (nocase ? lower(*q) : *q) == c;
            }
        }
        if (ok) {
            p = q + 1;
            s++;
        } else {
            if (!star) return 0;
            p = star;
            s = ++retry;
        }
    }
}

/* ==== hash: SipHash-1-3 for tables, SHA-1 for digests =================== */

#define ROTL64(x, b) ((x) << (b) | (x) >> (64 - (b)))
#define SIP_ROUND                                                          \
    (a += b, b = ROTL64(b, 13), b ^= a, a = ROTL64(a, 32), c += d,         \
     d = ROTL64(d, 16), d ^= c, a += d, d = ROTL64(d, 21), d ^= a, c += b, \
     b = ROTL64(b, 17), b ^= c, c = ROTL64(c, 32))

KV_HOT u64 hash_word(const u8 *p) {
#if defined(__BYTE_ORDER__) && defined(__ORDER_LITTLE_ENDIAN__) && \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return load64(p);
#else
    return (u64)p[0] | (u64)p[1] << 8 | (u64)p[2] << 16 | (u64)p[3] << 24 |
           (u64)p[4] << 32 | (u64)p[5] << 40 | (u64)p[6] << 48 |
           (u64)p[7] << 56;
#endif
}

/* Keyed: who does not know the seed cannot choose keys that collide. */
static u64 hash_key(const u64 seed[2], const u8 *p, size_t n) {
    u64 a = seed[0] ^ 0x736f6d6570736575u, b = seed[1] ^ 0x646f72616e646f6du;
    u64 c = seed[0] ^ 0x6c7967656e657261u, d = seed[1] ^ 0x7465646279746573u;
    u64 m = 0;
    size_t i, full = n & ~(size_t)7;
    for (i = 0; i < full; i += 8) {
        m = hash_word(p + i);
        d ^= m;
        SIP_ROUND;
        a ^= m;
    }
    m = (u64)n << 56;
    for (i = 0; i < (n & 7); i++) m |= (u64)p[full + i] << (8 * i);
    d ^= m;
    SIP_ROUND;
    a ^= m;
    c ^= 0xff;
    SIP_ROUND;
    SIP_ROUND;
    SIP_ROUND;
    return a ^ b ^ c ^ d;
}

/* A sum against accidents, four words at a time. A change within one word
 * always changes it. */
static u64 hash_sum(const u64 key[2], const u8 *p, size_t n) {
    enum { LANES = 4 };
    static const u64 odd = 0x9e3779b97f4a7c15u;
    u64 a[LANES], h = key[1] ^ (u64)n, m;
    size_t i;
    int j;
    for (j = 0; j < LANES; j++) a[j] = key[0] + (u64)j * odd;
    for (; n >= 8 * LANES; n -= 8 * LANES, p += 8 * LANES)
        for (j = 0; j < LANES; j++) {
            m = (a[j] ^ hash_word(p + 8 * j)) * odd;
            a[j] = ROTL64(m, 31);
        }
    for (j = 0; n; j++) {
        for (m = 0, i = 0; i < 8 && i < n; i++) m |= (u64)p[i] << (8 * i);
        m = (a[j] ^ m) * odd;
        a[j] = ROTL64(m, 31);
        p += i;
        n -= i;
    }
    for (j = 0; j < LANES; j++) {
        h = (h ^ a[j]) * odd;
        h ^= h >> 32;
    }
    return h;
}

static void hash_sha1_block(u32 h[5], const u8 *p) {
    u32 w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    int i;
    for (i = 0; i < 16; i++)
        w[i] = (u32)p[4 * i] << 24 | (u32)p[4 * i + 1] << 16 |
               (u32)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (; i < 80; i++) {
        u32 x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
        w[i] = x << 1 | x >> 31;
    }
    for (i = 0; i < 80; i++) {
        u32 f, k, t;
        if (i < 20) f = (b & c) | (~b & d), k = 0x5a827999;
        else if (i < 40) f = b ^ c ^ d, k = 0x6ed9eba1;
        else if (i < 60) f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
        else f = b ^ c ^ d, k = 0xca62c1d6;
        t = (a << 5 | a >> 27) + f + e + k + w[i];
        e = d;
        d = c;
        c = b << 30 | b >> 2;
        b = a;
        a = t;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

/* The SHA-1 of n bytes. */
static void hash_sha1(const void *data, size_t n, u8 out[20]) {
    u32 h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const u8 *p = data;
    u8 last[128];
    size_t rest = n & 63, i, blocks = rest < 56 ? 1 : 2;
    for (i = 0; i + 64 <= n; i += 64) hash_sha1_block(h, p + i);
    memset(last, 0, sizeof last);
    copy(last, p + i, rest);
    last[rest] = 0x80;
    for (i = 0; i < 8; i++)
        last[blocks * 64 - 1 - i] = (u8)((u64)n * 8 >> (8 * i));
    for (i = 0; i < blocks; i++) hash_sha1_block(h, last + 64 * i);
    for (i = 0; i < 20; i++) out[i] = (u8)(h[i / 4] >> (24 - 8 * (i % 4)));
}

/* xorshift128+; seeded by kv_open(), so that a seed replays exactly. */
static u64 rng_next(u64 s[2]) {
    u64 a = s[0], b = s[1];
    s[0] = b;
    a ^= a << 23;
    s[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
    return s[1] + b;
}

/* ==== crc: the checksums of files =======================================
 *
 * CRC-64 (Jones) as Redis's payloads and files end with, over 4 bits at a time
 * or, for files, over 8 bytes at a time with a table of 16 KiB.
 */
struct crc_table {
    u64 t[8][256];
};

static const u64 CRC_64[16] = {
    0x0000000000000000, 0x7d08ff3b88be6f81, 0xfa11fe77117cdf02,
    0x8719014c99c2b083, 0xdf7adabd7a6e2d6f, 0xa2722586f2d042ee,
    0x256b24ca6b12f26d, 0x5863dbf1e3ac9dec, 0x95ac9329ac4bc9b5,
    0xe8a46c1224f5a634, 0x6fbd6d5ebd3716b7, 0x12b5926535897936,
    0x4ad64994d625e4da, 0x37deb6af5e9b8b5b, 0xb0c7b7e3c7593bd8,
    0xcdcf48d84fe75459};

static u64 crc_64(u64 crc, const u8 *p, size_t n) {
    while (n--) {
        crc = CRC_64[(crc ^ *p) & 15] ^ crc >> 4;
        crc = CRC_64[(crc ^ (u64)(*p++ >> 4)) & 15] ^ crc >> 4;
    }
    return crc;
}

static void crc_fill(struct crc_table *c) {
    int i, j;
    u8 b;
    for (i = 0; i < 256; i++) {
        b = (u8)i;
        c->t[0][i] = crc_64(0, &b, 1);
    }
    for (j = 1; j < 8; j++)
        for (i = 0; i < 256; i++)
            c->t[j][i] = c->t[0][c->t[j - 1][i] & 255] ^ c->t[j - 1][i] >> 8;
}

/* crc_64() with a table. */
static u64 crc_64_fast(const struct crc_table *c, u64 crc, const u8 *p,
                       size_t n) {
    for (; n >= 8; n -= 8, p += 8) {
        crc ^= le_64(p);
        crc = c->t[7][crc & 255] ^ c->t[6][crc >> 8 & 255] ^
              c->t[5][crc >> 16 & 255] ^ c->t[4][crc >> 24 & 255] ^
              c->t[3][crc >> 32 & 255] ^ c->t[2][crc >> 40 & 255] ^
              c->t[1][crc >> 48 & 255] ^ c->t[0][crc >> 56];
    }
    while (n--) crc = c->t[0][(crc ^ *p++) & 255] ^ crc >> 8;
    return crc;
}

/* ==== lzf: compressed strings ===========================================
 *
 * The stream is a row of
 *   000nnnnn                     n + 1 bytes as they are follow
 *   lllooooo oooooooo            l + 2 bytes from o + 1 bytes back, 0 < l < 7
 *   111ooooo llllllll oooooooo   l + 9 bytes from o + 1 bytes back
 */
enum { LZF_FAR = 8192, LZF_LONG = 264, LZF_RUN = 32, LZF_SLOTS = 4096 };

/* The bytes p[from .. to) as they are, at `out`; where they end, or NULL when
 * that is not before `end`. */
static u8 *lzf_run(const u8 *p, size_t from, size_t to, u8 *out,
                   const u8 *end) {
    while (from < to) {
        size_t n = min_z(to - from, LZF_RUN);
        if ((size_t)(end - out) <= n) return NULL;
        *out++ = (u8)(n - 1);
        memcpy(out, p + from, n);
        out += n;
        from += n;
    }
    return out;
}

static u32 lzf_slot(const u8 *p, int shift) {
    u32 v = (u32)p[0] << 16 | (u32)p[1] << 8 | p[2];
    return v * 2654435761u >> shift;
}

/* How many bytes at i are those at `from`, up to LZF_LONG. */
static size_t lzf_alike(const u8 *p, size_t n, size_t from, size_t i) {
    size_t most = min_z(n - i, LZF_LONG), len = 0;
    while (len < most && p[from + len] == p[i + len]) len++;
    return len;
}

/* Packs n bytes into fewer than `cap`: how many, or 0 when they do not fit. */
static size_t lzf_pack(const u8 *p, size_t n, u8 *out, size_t cap) {
    u32 seen[LZF_SLOTS]; /* a place + 1, by the three bytes there */
    int shift = n < 200 ? 24 : n < 1000 ? 22 : 20; /* short ones use less */
    size_t i = 0, done = 0, len, back;
    u8 *o = out, *end = out + cap;
    if (n > UINT32_MAX - 1) return 0;
    memset(seen, 0, sizeof *seen << (32 - shift));
    while (i + 3 <= n) {
        u32 *slot = &seen[lzf_slot(p + i, shift)];
        size_t from = *slot;
        *slot = (u32)i + 1;
        len = from && i - (from - 1) <= LZF_FAR ? lzf_alike(p, n, from - 1, i)
                                                : 0;
        if (len < 3) {
            i++;
            continue;
        }
        o = lzf_run(p, done, i, o, end);
        if (!o || end - o <= 3) return 0;
        back = i - from; /* one less than the distance */
        *o++ = (u8)((len < 9 ? len - 2 : 7) << 5 | back >> 8);
        if (len >= 9) *o++ = (u8)(len - 9);
        *o++ = (u8)back;
        done = i += len;
    }
    o = lzf_run(p, done, n, o, end);
    return o ? (size_t)(o - out) : 0;
}

/* Unpacks into exactly `want` bytes; 0: the stream is no such thing. */
static int lzf_unpack(str s, u8 *out, size_t want) {
    const u8 *p = s.p, *end = s.p + s.n;
    size_t at = 0, n, back;
    while (p < end) {
        u8 c = *p++;
        if (c < 32) {
            n = (size_t)c + 1;
            if ((size_t)(end - p) < n || want - at < n) return 0;
            memcpy(out + at, p, n);
            p += n;
            at += n;
            continue;
        }
        n = (size_t)(c >> 5) + 2;
        if (n == 9 && p < end) n += *p++;
        if (p == end) return 0;
        back = ((size_t)(c & 31) << 8 | *p++) + 1;
        if (back > at || want - at < n) return 0;
        for (; n; n--, at++) out[at] = out[at - back];
    }
    return at == want;
}

/* ==== ent: an entry: key, value, flags, expiry in one block =============
 *
 *   flags   1   type in the low half, ENT_ flags in the high half
 *   epoch   1   the snapshot epoch in which it was made
 *   lru     3   seconds, or minutes and a logarithmic counter (LFU)
 *   expiry  8   wall ms; only with ENT_EXP
 *   klen    1-9 a varint
 *   vlen    1-9 a varint; with ENT_BIG a struct ent_big instead
 *   key
 *   value       not with ENT_BIG
 *
 * Nothing in it is aligned. Strings are kept as text, numbers too: their
 * encoding is what OBJECT ENCODING derives.
 */
enum {
    ENT_TYPE = 0x0f,
    ENT_EXP = 0x10,
    ENT_BIG = 0x20,  /* the value is a block of its own */
    ENT_RAW = 0x40,  /* a string that was edited in place: encoding raw */
    ENT_TEXT = 0x80, /* a string that is not called int though it looks so */
    ENT_STRING = 0,
    ENT_NESTED = 1,   /* the value is RESP3: see nest_ */
    ENT_INLINE = 1024 /* the longest value inside the entry */
};

struct ent {
    u8 flags, epoch, lru[3];
    u8 rest[1];
};

enum { ENT_HEAD = 5 };

struct ent_big {
    u8 *p;
    size_t n, cap; /* cap: the block's size */
};

static size_t var_size(size_t v) {
    return v < 0x80 ? 1 : v < 0x4000 ? 2 : v <= 0xffffffff ? 5 : 9;
}

static u8 *var_put(u8 *p, size_t v) {
    int i, n;
    if (v < 0x80) {
        *p = (u8)v;
        return p + 1;
    }
    if (v < 0x4000) {
        p[0] = (u8)(0x80 | v >> 8);
        p[1] = (u8)v;
        return p + 2;
    }
    n = v <= 0xffffffff ? 4 : 8;
    *p++ = n == 4 ? 0xc0 : 0xe0;
    for (i = n - 1; i >= 0; i--) *p++ = (u8)((u64)v >> (8 * i));
    return p;
}

KV_HOT const u8 *var_get(const u8 *p, size_t *v) {
    int i, n;
    u64 x = 0;
    if (KV_LIKELY(*p < 0x80)) {
        *v = *p;
        return p + 1;
    }
    if (*p < 0xc0) {
        *v = (size_t)(*p & 0x3f) << 8 | p[1];
        return p + 2;
    }
    n = *p == 0xc0 ? 4 : 8;
    for (i = 1; i <= n; i++) x = x << 8 | p[i];
    *v = (size_t)x;
    return p + 1 + n;
}

KV_HOT str ent_key(const ent *e) {
    const u8 *p = e->rest + (e->flags & ENT_EXP ? 8 : 0);
    str k;
    size_t v;
    p = var_get(p, &k.n);
    k.p = e->flags & ENT_BIG ? p + sizeof(struct ent_big) : var_get(p, &v);
    return k;
}

static struct ent_big ent_big(const ent *e) {
    const u8 *p = e->rest + (e->flags & ENT_EXP ? 8 : 0);
    struct ent_big b;
    size_t n;
    memcpy(&b, var_get(p, &n), sizeof b);
    return b;
}

static void ent_set_big(ent *e, struct ent_big b) {
    const u8 *p = e->rest + (e->flags & ENT_EXP ? 8 : 0);
    size_t n;
    p = var_get(p, &n);
    memcpy(e->rest + (p - e->rest), &b, sizeof b);
}

KV_HOT str ent_val(const ent *e) {
    const u8 *p = e->rest + (e->flags & ENT_EXP ? 8 : 0);
    size_t kn;
    str v;
    if (e->flags & ENT_BIG) {
        struct ent_big b = ent_big(e);
        return str_of(b.p, b.n);
    }
    p = var_get(p, &kn);
    v.p = var_get(p, &v.n) + kn;
    return v;
}

/* When the entry expires, or -1. */
static i64 ent_exp(const ent *e) {
    return e->flags & ENT_EXP ? (i64)load64(e->rest) : -1;
}

static int ent_type(const ent *e) { return e->flags & ENT_TYPE; }

/* The bytes of an entry's block. */
static size_t ent_need(size_t klen, size_t vlen, int exp) {
    size_t n = ENT_HEAD + (exp ? 8 : 0) + var_size(klen) + klen;
    return n +
           (vlen > ENT_INLINE ? sizeof(struct ent_big) : var_size(vlen) + vlen);
}

static size_t ent_size(const ent *e) {
    str k = ent_key(e), v = ent_val(e);
    size_t at = (size_t)(k.p - (const u8 *)e) + k.n;
    return e->flags & ENT_BIG ? at : at + v.n;
}

KV_HOT u32 ent_lru(const ent *e) {
    return (u32)e->lru[0] << 16 | (u32)e->lru[1] << 8 | e->lru[2];
}

static void ent_set_lru(ent *e, u32 v) {
    e->lru[0] = (u8)(v >> 16);
    e->lru[1] = (u8)(v >> 8);
    e->lru[2] = (u8)v;
}

/* Lays out an entry in its block, all but a big value's bytes. Returns where
 * an inline value's bytes go. */
static u8 *ent_layout(ent *e, u8 flags, str key, size_t vlen, i64 exp,
                      const struct ent_big *big) {
    u8 *p = e->rest;
    e->flags = (u8)((flags & ~(ENT_EXP | ENT_BIG)) | (exp >= 0 ? ENT_EXP : 0) |
                    (big ? ENT_BIG : 0));
    if (exp >= 0) {
        store64(p, (u64)exp);
        p += 8;
    }
    p = var_put(p, key.n);
    if (big) {
        memcpy(p, big, sizeof *big);
        p += sizeof *big;
    } else {
        p = var_put(p, vlen);
    }
    copy(p, key.p, key.n);
    return p + key.n;
}

/* ==== table: the hash table =============================================
 *
 * Items are entries. A hash's top bits choose a segment, the next sixteen a
 * bucket of the segment, its low byte is the item's tag:
 *
 *   hash  | segment: level bits, or one more | bucket: 16 bits | ... | tag: 8 |
 *
 *   bucket: 7 tags (0: empty), a count of items that belong to it or before it
 *   and went on to a later bucket of the segment, 7 pointers: 64 bytes
 *
 * A lookup begins at the home bucket and goes on while the count says that
 * something passed. A segment grows in steps of about a fifth, so that it is
 * never emptier than needed; and one segment at a time splits in two (linear
 * hashing by top bits), so that none gets large. Both move some hundred items
 * and happen in tab_room(), before a change, where memory may still run out.
 *
 * All items are in the order of their hashes' top 48 bits, whatever the
 * segments look like. SCAN's cursor is a place in that order, so a walk sees
 * each item that stays exactly once while the table grows and shrinks.
 */
enum {
    TAB_SLOTS = 7,
    TAB_MEAN = 180,      /* items per segment from which on segments split */
    TAB_BLOCK = 256,     /* segments per directory block */
    TAB_BUCKETS = 65536, /* most in a segment, which takes far more items than
                            any will have while hashes are random */
    TAB_BITS = 48        /* bits of a cursor */
};

struct tab_bucket {
    u8 tag[TAB_SLOTS];
    u8 passed; /* 255: many, stays */
    ent *item[TAB_SLOTS];
};

/* Where an item is. */
struct tab_at {
    struct tab_seg *s;
    u32 home, b; /* buckets: where it belongs, where it is */
    int i;       /* slot */
};

static const u16 TAB_STEPS[] = {1,  2,  4,  6,  8,  11, 15, 18,
                                21, 25, 31, 36, 42, 51, 63, 84};

/* Items a segment of `buckets` takes before it grows. */
static u32 tab_fill(u32 buckets) { return buckets * TAB_SLOTS * 7 / 8; }

/* Buckets for so many items: a step, or, for a segment that has far more than
 * the mean, a size a quarter larger than needed. */
static u32 tab_step_for(u32 items) {
    size_t i = 0;
    while (i < COUNT(TAB_STEPS) && tab_fill(TAB_STEPS[i]) < items) i++;
    return i < COUNT(TAB_STEPS) ? TAB_STEPS[i] : items / 5 + 1;
}

static void tab_init(tab *t, heap *h, const u64 *seed) {
    memset(t, 0, sizeof *t);
    t->h = h;
    memcpy(t->seed, seed, sizeof t->seed);
}

static u64 tab_hash(const tab *t, str key) {
    return hash_key(t->seed, key.p, key.n);
}

KV_HOT u64 tab_top(u64 h, u32 bits) { return (h >> 1) >> (63 - bits); }
KV_HOT u8 tab_tag(u64 h) { return (u8)h ? (u8)h : 1; }

/* The segment of a hash and its number of address bits. */
KV_HOT struct tab_seg *tab_seg(const tab *t, u64 h, u32 *bits) {
    u32 k = t->level;
    u64 x = tab_top(h, k);
    int side = x < t->split;
    if (side) x = tab_top(h, ++k);
    *bits = k;
    return &t->dir[side][x / TAB_BLOCK][x % TAB_BLOCK];
}

KV_HOT u32 tab_home(u64 h, u32 bits, u32 buckets) {
    return (u32)(((h << bits) >> 48) * buckets >> 16);
}

static u32 tab_next(const struct tab_seg *s, u32 b) {
    return b + 1 == s->buckets ? 0 : b + 1;
}

/* The high bits of those of the bucket's first seven bytes that are `tag`. */
KV_HOT u64 tab_match(const struct tab_bucket *b, u8 tag) {
    const u64 low = 0x7f7f7f7f7f7f7f7fu;
    u64 x = hash_word(b->tag) ^ (0x0101010101010101u * tag);
    return ~(((x & low) + low) | x | low) & 0x0080808080808080u;
}

/* The slot of the lowest bit of a match; *m loses it. */
KV_HOT int tab_take(u64 *m) {
    int i = 0;
#if defined(__GNUC__)
    i = __builtin_ctzll(*m) >> 3;
#else
    while (!(*m >> (8 * i + 7) & 1)) i++;
#endif
    *m &= *m - 1;
    return i;
}

static struct tab_bucket *tab_first(const tab *t, u64 h) {
    u32 bits;
    struct tab_seg *s = tab_seg(t, h, &bits);
    return s->b + tab_home(h, bits, s->buckets);
}

/* Finds a key; NULL: it is not there and *at is undefined. */
KV_HOT ent *tab_find(const tab *t, str key, u64 h, struct tab_at *at) {
    u32 bits, n;
    u8 tag = tab_tag(h);
    if (!t->count) return NULL;
    at->s = tab_seg(t, h, &bits);
    at->home = at->b = tab_home(h, bits, at->s->buckets);
    for (n = at->s->buckets; n; n--) {
        struct tab_bucket *b = at->s->b + at->b;
        u64 match = tab_match(b, tag);
        while (match) {
            at->i = tab_take(&match);
            if (KV_LIKELY(str_eq(ent_key(b->item[at->i]), key)))
                return b->item[at->i];
        }
        if (KV_LIKELY(!b->passed)) return NULL;
        at->b = tab_next(at->s, at->b);
    }
    return NULL;
}

/* Puts an item into a segment that has a free slot. */
static void tab_put(struct tab_seg *s, u32 bits, u64 h, ent *e) {
    u32 at = tab_home(h, bits, s->buckets);
    int i;
    for (;; at = tab_next(s, at)) {
        struct tab_bucket *b = s->b + at;
        for (i = 0; i < TAB_SLOTS; i++)
            if (!b->tag[i]) {
                b->tag[i] = tab_tag(h);
                b->item[i] = e;
                s->count++;
                return;
            }
        if (b->passed < 255) b->passed++;
    }
}

static int tab_seg_init(heap *h, struct tab_seg *s, u32 items) {
    u32 n = tab_step_for(items);
    if (n > TAB_BUCKETS || !(s->b = mem_try(h, n * sizeof *s->b))) return 0;
    memset(s->b, 0, n * sizeof *s->b);
    s->buckets = n;
    s->count = 0;
    s->pending = 0;
    return 1;
}

static void tab_seg_free(heap *h, struct tab_seg *s) {
    if (s->b) mem_free(h, s->b, s->buckets * sizeof *s->b);
    s->b = NULL;
}

/* Moves a segment's items to one or two others, chosen by the first bit after
 * the first `bits`. */
static void tab_move(const tab *t, struct tab_seg *from, struct tab_seg *to0,
                     struct tab_seg *to1, u32 bits) {
    u32 b, i;
    for (b = 0; b < from->buckets; b++) {
        struct tab_bucket *q = from->b + b;
        if (b + 2 < from->buckets)
            for (i = 0; i < TAB_SLOTS; i++) KV_PREFETCH(q[2].item[i]);
        for (i = 0; i < TAB_SLOTS; i++) {
            u64 h;
            if (!q->tag[i]) continue;
            h = tab_hash(t, ent_key(q->item[i]));
            if (!to1) tab_put(to0, bits, h, q->item[i]);
            else tab_put(h << bits >> 63 ? to1 : to0, bits + 1, h, q->item[i]);
        }
    }
}

static int tab_resize(tab *t, struct tab_seg *s, u32 bits, u32 items) {
    struct tab_seg n;
    if (!tab_seg_init(t->h, &n, items)) return 0;
    n.pending = s->pending;
    tab_move(t, s, &n, NULL, bits);
    tab_seg_free(t->h, s);
    *s = n;
    return 1;
}

static u32 tab_block_size(u32 level) {
    return level < 8 ? (u32)1 << level : TAB_BLOCK;
}

static size_t tab_dir_size(u32 level) {
    return level < 8 ? 1 : (size_t)1 << (level - 8);
}

static void tab_free_block(tab *t, int side, u64 x) {
    u32 level = t->level + (u32)side;
    struct tab_seg **at = &t->dir[side][x / TAB_BLOCK];
    mem_free(t->h, *at, tab_block_size(level) * sizeof **at);
    *at = NULL;
}

static void tab_free_dir(tab *t, int side) {
    mem_free(t->h, t->dir[side],
             tab_dir_size(t->level + (u32)side) * sizeof *t->dir[side]);
    t->dir[side] = NULL;
}

/* The place of segment `x` of a side, with its directory made. */
static struct tab_seg *tab_place(tab *t, int side, u64 x) {
    u32 level = t->level + (u32)side;
    size_t n = tab_dir_size(level) * sizeof *t->dir[side];
    struct tab_seg **block;
    if (!t->dir[side]) {
        if (!(t->dir[side] = mem_try(t->h, n))) return NULL;
        memset(t->dir[side], 0, n);
    }
    block = &t->dir[side][x / TAB_BLOCK];
    if (!*block) {
        n = tab_block_size(level) * sizeof **block;
        if (!(*block = mem_try(t->h, n))) return NULL;
        memset(*block, 0, n);
    }
    return &(*block)[x % TAB_BLOCK];
}

/* Undoes what tab_place() made for a split of segment `x` that failed. */
static void tab_unplace(tab *t, u64 x) {
    u64 at = 2 * x / TAB_BLOCK;
    if (!t->dir[1]) return;
    if (2 * x % TAB_BLOCK == 0 && t->dir[1][at]) tab_free_block(t, 1, 2 * x);
    if (x == 0) tab_free_dir(t, 1);
}

/* Splits the next segment in order. Without memory nothing happens: the split
 * comes with a later item. */
static void tab_split(tab *t) {
    u64 x = t->split;
    struct tab_seg *s = tab_place(t, 0, x), *a, *b, n0, n1;
    if (s->pending) return;
    a = tab_place(t, 1, 2 * x);
    b = a ? tab_place(t, 1, 2 * x + 1) : NULL;
    if (!b || !tab_seg_init(t->h, &n0, s->count / 2 + s->count / 16 + 1)) {
        tab_unplace(t, x);
        return;
    }
    if (!tab_seg_init(t->h, &n1, s->count / 2 + s->count / 16 + 1)) {
        tab_seg_free(t->h, &n0);
        tab_unplace(t, x);
        return;
    }
    if (s->count >= n0.buckets * TAB_SLOTS) { /* one side could take all */
        u32 i, j, ones = 0;
        for (i = 0; i < s->buckets; i++)
            for (j = 0; j < TAB_SLOTS; j++)
                if (s->b[i].tag[j])
                    ones += (u32)(tab_hash(t, ent_key(s->b[i].item[j]))
                                      << t->level >>
                                  63);
        if (ones > tab_fill(n1.buckets) ||
            s->count - ones > tab_fill(n0.buckets)) {
            tab_seg_free(t->h, &n0);
            tab_seg_free(t->h, &n1);
            n1.b = NULL;
            if (!tab_seg_init(t->h, &n0, s->count - ones) ||
                !tab_seg_init(t->h, &n1, ones)) {
                tab_seg_free(t->h, &n0);
                tab_unplace(t, x);
                return;
            }
        }
    }
    tab_move(t, s, &n0, &n1, t->level);
    tab_seg_free(t->h, s);
    *a = n0;
    *b = n1;
    t->split++;
    if (t->split % TAB_BLOCK == 0 || t->split == (u64)1 << t->level)
        tab_free_block(t, 0, x);
    if (t->split == (u64)1 << t->level) {
        tab_free_dir(t, 0);
        t->dir[0] = t->dir[1];
        t->dir[1] = NULL;
        t->level++;
        t->split = 0;
    }
}

static u64 tab_segments(const tab *t) {
    return t->dir[0] ? ((u64)1 << t->level) + t->split : 0;
}

/* Joins the two segments that were split last. */
static void tab_join(tab *t) {
    u64 x;
    struct tab_seg *s, *a, *b, n;
    if (t->split == 0) {
        if (t->level == 0) return;
        t->level--;
        t->dir[1] = t->dir[0];
        t->dir[0] = NULL;
        t->split = (u32)1 << t->level;
    }
    x = t->split - 1;
    a = tab_place(t, 1, 2 * x);
    b = a + 1;
    s = tab_place(t, 0, x);
    if (s && !a->pending && !b->pending &&
        a->count + b->count <= 2 * TAB_MEAN &&
        tab_seg_init(t->h, &n, a->count + b->count + 1)) {
        tab_move(t, a, &n, NULL, t->level);
        tab_move(t, b, &n, NULL, t->level);
        tab_seg_free(t->h, a);
        tab_seg_free(t->h, b);
        *s = n;
        t->split--;
        if (2 * x % TAB_BLOCK == 0) tab_free_block(t, 1, 2 * x);
        if (t->split == 0) tab_free_dir(t, 1);
    } else if (t->split == (u64)1 << t->level) { /* undo the first lines */
        if (s) tab_free_block(t, 0, x);
        if (t->dir[0]) tab_free_dir(t, 0);
        t->dir[0] = t->dir[1];
        t->dir[1] = NULL;
        t->level++;
        t->split = 0;
    }
}

/* The first segment of an empty table. */
static int tab_start(tab *t) {
    struct tab_seg *s = tab_place(t, 0, 0);
    if (s && tab_seg_init(t->h, s, 1)) return 1;
    if (s) tab_free_block(t, 0, 0);
    if (t->dir[0]) tab_free_dir(t, 0);
    return 0;
}

/* Makes sure that one more item with this hash can be put, also beside those
 * for which this was said before and that were not put yet. 0: no memory. */
static int tab_room(tab *t, u64 h) {
    u32 bits, want;
    struct tab_seg *s;
    if (KV_RARELY(!t->dir[0]) && !tab_start(t)) return 0;
    if (KV_RARELY(t->count >= tab_segments(t) * TAB_MEAN) && t->level < 31)
        tab_split(t);
    s = tab_seg(t, h, &bits);
    want = s->count + s->pending + 1;
    if (KV_RARELY(want > tab_fill(s->buckets)) && !tab_resize(t, s, bits, want))
        return 0;
    s->pending++;
    return 1;
}

/* Splits ahead of `n` new items for which tab_room() will be asked together,
 * so that none of the segments gets large. 0: no memory. */
static int tab_expand(tab *t, size_t n) {
    u64 before;
    if (!t->dir[0] && !tab_start(t)) return 0;
    while (t->level < 31 && tab_segments(t) * TAB_MEAN < t->count + n) {
        before = tab_segments(t);
        tab_split(t);
        if (tab_segments(t) == before) return 0;
    }
    return 1;
}

/* Takes back all rooms in a hash's segment that were promised and not used. */
static void tab_unroom(tab *t, u64 h) {
    u32 bits;
    tab_seg(t, h, &bits)->pending = 0;
}

/* Adds an item that is not there; tab_room() made room. */
static void tab_add(tab *t, u64 h, ent *e) {
    u32 bits;
    struct tab_seg *s = tab_seg(t, h, &bits);
    KV_ASSERT(s->pending > 0);
    if (s->pending) s->pending--;
    tab_put(s, bits, h, e);
    t->count++;
}

static int tab_is_sparse(const tab *t) {
    return t->dir[0] &&
           t->count * 5 / 2 + TAB_MEAN < tab_segments(t) * TAB_MEAN;
}

static void tab_shrink(tab *t, struct tab_seg *s, u64 h) {
    u32 bits;
    if (tab_is_sparse(t)) {
        tab_join(t);
        s = tab_seg(t, h, &bits);
    }
    tab_seg(t, h, &bits);
    if (s->count * 5 / 2 < tab_fill(s->buckets) && s->buckets > 1)
        tab_resize(t, s, bits, s->count + s->count / 8 + s->pending + 1);
}

/* Joins up to `n` pairs of a table that lost most of its items. Two full
 * segments are not joined, also when all others are empty: items may go in the
 * order of their hashes, as when a SCAN deletes what it finds. */
static void tab_tidy(tab *t, int n) {
    u64 before;
    while (n-- > 0 && tab_is_sparse(t)) {
        before = tab_segments(t);
        tab_join(t);
        if (tab_segments(t) == before) return;
    }
}

/* Removes the item at a place that tab_find() gave. */
static void tab_del(tab *t, struct tab_at *at, u64 h) {
    u32 b = at->home;
    for (; b != at->b; b = tab_next(at->s, b))
        if (at->s->b[b].passed < 255) at->s->b[b].passed--;
    at->s->b[at->b].tag[at->i] = 0;
    at->s->b[at->b].item[at->i] = NULL;
    at->s->count--;
    t->count--;
    tab_shrink(t, at->s, h);
}

/* Calls fn for the items of one home bucket from cursor `at` on, and returns
 * the cursor of the next; 0: that was the last. fn may not change the table.
 * A result of fn other than 0 ends it with *rc set and the cursor unmoved. */
static u64 tab_scan(const tab *t, u64 at, int (*fn)(void *ctx, ent *e),
                    void *ctx, int *rc) {
    u64 h = at << (64 - TAB_BITS), next;
    u32 bits, home, b, n;
    int i;
    struct tab_seg *s;
    *rc = 0;
    if (!t->dir[0] || at >> TAB_BITS) return 0;
    s = tab_seg(t, h, &bits);
    home = b = tab_home(h, bits, s->buckets);
    for (n = s->buckets; n; n--) {
        for (i = 0; i < TAB_SLOTS; i++) {
            u64 x;
            if (!s->b[b].tag[i]) continue;
            x = tab_hash(t, ent_key(s->b[b].item[i]));
            if (x < h || tab_home(x, bits, s->buckets) != home) continue;
            if ((*rc = fn(ctx, s->b[b].item[i]))) return at;
        }
        if (!s->b[b].passed) break;
        b = tab_next(s, b);
    }
    next = (((u64)(home + 1) << 16) + s->buckets - 1) / s->buckets;
    next <<= TAB_BITS - 16 - bits;
    next += tab_top(h, bits) << (TAB_BITS - bits);
    return next >> TAB_BITS ? 0 : next;
}

/* A random item, each about as likely as any other; NULL: empty. */
static ent *tab_random(const tab *t, u64 rng[2]) {
    u32 bits, b, n;
    int i, tries;
    struct tab_seg *s;
    if (!t->count) return NULL;
    for (tries = 0; tries < 200; tries++) {
        u64 h = rng_next(rng), slot;
        s = tab_seg(t, h, &bits);
        if (!s->count) continue;
        slot = rng_next(rng) % (s->buckets * TAB_SLOTS);
        if (s->b[slot / TAB_SLOTS].tag[slot % TAB_SLOTS])
            return s->b[slot / TAB_SLOTS].item[slot % TAB_SLOTS];
    }
    for (;;) { /* nearly empty: the first item of a random segment */
        s = tab_seg(t, rng_next(rng), &bits);
        for (b = (u32)(rng_next(rng) % s->buckets), n = s->buckets;
             s->count && n; n--, b = tab_next(s, b))
            for (i = 0; i < TAB_SLOTS; i++)
                if (s->b[b].tag[i]) return s->b[b].item[i];
    }
}

/* Calls fn for every item, in no useful order; fn may not change the table. */
static int tab_each(const tab *t, int (*fn)(void *ctx, ent *e), void *ctx) {
    u64 h = 0;
    u32 bits, b;
    int i, rc;
    if (!t->dir[0]) return 0;
    do {
        struct tab_seg *s = tab_seg(t, h, &bits);
        for (b = 0; b < s->buckets; b++)
            for (i = 0; i < TAB_SLOTS; i++)
                if (s->b[b].tag[i] && (rc = fn(ctx, s->b[b].item[i])))
                    return rc;
        h += bits ? (u64)1 << (64 - bits) : 0;
    } while (h);
    return 0;
}

/* Bytes of the table itself. */
static size_t tab_memory(const tab *t) {
    u64 segs = tab_segments(t);
    return (size_t)segs * sizeof(struct tab_seg) +
           t->count * sizeof(struct tab_bucket) * 10 / (TAB_SLOTS * 8);
}

/* ==== exp: the expiry index =============================================
 *
 * A B+-tree over (millisecond, 32 bits of the key's hash), whose leaves hold
 * references to entries in no order: adding compares with the separators of
 * inner nodes only, and no entry is touched. A leaf that is full is split in
 * the middle; a leaf that is empty goes. Leaves grow in small steps, so that
 * an index costs about ten bytes an entry. The leftmost leaf holds what
 * expires first.
 */
enum { EXP_LEAF = 71, EXP_KIDS = 32, EXP_DEPTH = 16, EXP_STEP = 8 };

struct exp_node {
    u16 n;   /* entries, or children */
    u16 cap; /* room for entries; 0: an inner node */
};

struct exp_leaf {
    struct exp_node node;
    ent *e[1];
};

struct exp_inner { /* kid[i] has what is >= sep i-1 and < sep i */
    struct exp_node node;
    struct exp_node *kid[EXP_KIDS];
    i64 ms[EXP_KIDS - 1];
    u32 tie[EXP_KIDS - 1];
};

/* The way from the root to a leaf. */
struct exp_path {
    struct exp_inner *node[EXP_DEPTH];
    int at[EXP_DEPTH];
    int n;
};

static size_t exp_leaf_size(size_t cap) {
    return offsetof(struct exp_leaf, e) + cap * sizeof(ent *);
}

static void exp_init(struct exp_index *x, heap *h) {
    memset(x, 0, sizeof *x);
    x->h = h;
    x->next = INT64_MAX;
}

/* Bits that do not order the table: deletions shall not follow its order. */
static u32 exp_tie(u64 hash) { return (u32)hash; }

static int exp_before(i64 ms, u32 tie, i64 ms2, u32 tie2) {
    return ms != ms2 ? ms < ms2 : tie < tie2;
}

/* What one addition needs: two leaves, of different sizes, and a new node on
 * every level. */
static int exp_reserve(struct exp_index *x) {
    return mem_reserve(x->h, exp_leaf_size(EXP_LEAF), 1) &&
           mem_reserve(x->h, exp_leaf_size(EXP_LEAF), 1) &&
           mem_reserve(x->h, sizeof(struct exp_inner), (size_t)x->depth + 2);
}

static struct exp_leaf *exp_descend(struct exp_index *x, i64 ms, u32 tie,
                                    struct exp_path *path) {
    struct exp_node *n = x->root;
    path->n = 0;
    while (n->cap == 0) {
        struct exp_inner *in = (struct exp_inner *)n;
        int lo = 0, hi = n->n - 1;
        while (lo < hi) {
            int mid = (lo + hi) / 2;
            if (exp_before(ms, tie, in->ms[mid], in->tie[mid])) hi = mid;
            else lo = mid + 1;
        }
        path->node[path->n] = in;
        path->at[path->n++] = lo;
        n = in->kid[lo];
    }
    return (struct exp_leaf *)n;
}

static void exp_set_kid(struct exp_index *x, struct exp_path *path, int level,
                        struct exp_node *n) {
    if (level == 0) x->root = n;
    else path->node[level - 1]->kid[path->at[level - 1]] = n;
}

/* Gives a leaf another capacity; NULL: no memory, nothing changed. */
static struct exp_leaf *exp_recap(struct exp_index *x, struct exp_path *path,
                                  struct exp_leaf *l, u16 cap, int reserved) {
    size_t size = exp_leaf_size(cap);
    struct exp_leaf *n = reserved ? mem_get(x->h, size) : mem_try(x->h, size);
    if (!n) return NULL;
    memcpy(n, l, exp_leaf_size(l->node.n));
    n->node.cap = cap;
    mem_free(x->h, l, exp_leaf_size(l->node.cap));
    exp_set_kid(x, path, path->n, &n->node);
    return n;
}

/* Puts a new right neighbour of the node at path level `level` beside it. */
static void exp_grow(struct exp_index *x, struct exp_path *path, int level,
                     struct exp_node *right, i64 ms, u32 tie) {
    struct exp_inner *in, *r;
    int at, half = EXP_KIDS / 2;
    if (level == 0) {
        in = mem_get(x->h, sizeof *in);
        in->node.n = 2;
        in->node.cap = 0;
        in->kid[0] = x->root;
        in->kid[1] = right;
        in->ms[0] = ms;
        in->tie[0] = tie;
        x->root = &in->node;
        x->depth++;
        return;
    }
    in = path->node[level - 1];
    at = path->at[level - 1];
    if (in->node.n == EXP_KIDS) {
        i64 up_ms = in->ms[half - 1];
        u32 up_tie = in->tie[half - 1];
        size_t rest = (size_t)(EXP_KIDS - half);
        r = mem_get(x->h, sizeof *r);
        r->node.cap = 0;
        r->node.n = (u16)rest;
        in->node.n = (u16)half;
        memcpy(r->kid, in->kid + half, rest * sizeof r->kid[0]);
        memcpy(r->ms, in->ms + half, (rest - 1) * sizeof r->ms[0]);
        memcpy(r->tie, in->tie + half, (rest - 1) * sizeof r->tie[0]);
        exp_grow(x, path, level - 1, &r->node, up_ms, up_tie);
        if (at >= half) {
            in = r;
            at -= half;
        }
    }
    memmove(in->kid + at + 2, in->kid + at + 1,
            (size_t)(in->node.n - at - 1) * sizeof in->kid[0]);
    memmove(in->ms + at + 1, in->ms + at,
            (size_t)(in->node.n - 1 - at) * sizeof in->ms[0]);
    memmove(in->tie + at + 1, in->tie + at,
            (size_t)(in->node.n - 1 - at) * sizeof in->tie[0]);
    in->kid[at + 1] = right;
    in->ms[at] = ms;
    in->tie[at] = tie;
    in->node.n++;
}

struct exp_item {
    i64 ms;
    u64 hash; /* of the key */
    ent *e;
};

static int exp_item_before(const struct exp_item *a, const struct exp_item *b) {
    return exp_before(a->ms, exp_tie(a->hash), b->ms, exp_tie(b->hash));
}

/* The entries of a leaf, in order. */
static void exp_sort(const struct exp_leaf *l, const u64 *seed,
                     struct exp_item *out) {
    int i, j;
    for (i = 0; i < l->node.n; i++) KV_PREFETCH(l->e[i]);
    for (i = 0; i < l->node.n; i++) {
        struct exp_item it;
        str key = ent_key(l->e[i]);
        it.e = l->e[i];
        it.ms = ent_exp(it.e);
        it.hash = hash_key(seed, key.p, key.n);
        for (j = i; j > 0 && exp_item_before(&it, &out[j - 1]); j--)
            out[j] = out[j - 1];
        out[j] = it;
    }
}

/* The least capacity for `n` entries. */
static u16 exp_cap(int n) { return (u16)((n / EXP_STEP + 1) * EXP_STEP - 1); }

/* Splits a full leaf where two neighbours differ, near the middle. */
static void exp_split(struct exp_index *x, struct exp_path *path,
                      struct exp_leaf *l, const u64 *seed) {
    struct exp_item it[EXP_LEAF];
    struct exp_leaf *r;
    int i, cut = EXP_LEAF / 2, n = l->node.n;
    exp_sort(l, seed, it);
    for (i = 0; i < n; i++) {
        int c = cut + (i & 1 ? -(i + 1) / 2 : i / 2);
        if (c <= 0 || c >= n) continue;
        if (exp_item_before(&it[c - 1], &it[c])) {
            cut = c;
            break;
        }
    }
    r = mem_get(x->h, exp_leaf_size(exp_cap(n - cut)));
    r->node.cap = exp_cap(n - cut);
    r->node.n = (u16)(n - cut);
    l->node.n = (u16)cut;
    for (i = 0; i < n; i++) (i < cut ? l->e + i : r->e + i - cut)[0] = it[i].e;
    exp_recap(x, path, l, exp_cap(cut), 0);
    exp_grow(x, path, path->n, &r->node, it[cut].ms, exp_tie(it[cut].hash));
}

/* Adds an entry; exp_reserve() was called. */
static void exp_add(struct exp_index *x, ent *e, i64 ms, u64 hash,
                    const u64 *seed) {
    struct exp_path path;
    struct exp_leaf *l;
    if (!x->root) {
        l = mem_get(x->h, exp_leaf_size(EXP_STEP - 1));
        l->node.n = 0;
        l->node.cap = EXP_STEP - 1;
        x->root = &l->node;
        x->depth = 1;
    }
    l = exp_descend(x, ms, exp_tie(hash), &path);
    if (l->node.n == EXP_LEAF) {
        exp_split(x, &path, l, seed);
        l = exp_descend(x, ms, exp_tie(hash), &path);
    }
    if (l->node.n == l->node.cap)
        l = exp_recap(x, &path, l, (u16)(l->node.cap + EXP_STEP), 1);
    l->e[l->node.n++] = e;
    x->count++;
    if (ms < x->next) x->next = ms;
}

/* Takes the node at path level `level`, which became empty, out. */
static void exp_prune(struct exp_index *x, struct exp_path *path, int level) {
    struct exp_inner *in;
    int at;
    if (level == 0) {
        x->root = NULL;
        x->depth = 0;
        x->next = INT64_MAX;
        return;
    }
    in = path->node[level - 1];
    at = path->at[level - 1];
    in->node.n--;
    memmove(in->kid + at, in->kid + at + 1,
            (size_t)(in->node.n - at) * sizeof in->kid[0]);
    if (in->node.n && at < in->node.n + 1) {
        int s = at ? at - 1 : 0; /* the separator that goes */
        int left = in->node.n - 1 - s;
        if (left > 0) {
            memmove(in->ms + s, in->ms + s + 1, (size_t)left * sizeof *in->ms);
            memmove(in->tie + s, in->tie + s + 1,
                    (size_t)left * sizeof *in->tie);
        }
    }
    if (in->node.n == 0) {
        exp_prune(x, path, level - 1);
        mem_free(x->h, in, sizeof *in);
    } else if (level == 1 && in->node.n == 1) {
        x->root = in->kid[0];
        x->depth--;
        mem_free(x->h, in, sizeof *in);
    }
}

static int exp_find(const struct exp_leaf *l, const ent *e) {
    int i = 0;
    while (i < l->node.n && l->e[i] != e) i++;
    KV_ASSERT(i < l->node.n);
    return i;
}

static void exp_del(struct exp_index *x, ent *e, i64 ms, u64 hash) {
    struct exp_path path;
    struct exp_leaf *l = exp_descend(x, ms, exp_tie(hash), &path);
    int i = exp_find(l, e);
    l->e[i] = l->e[--l->node.n];
    x->count--;
    if (l->node.n == 0) {
        exp_prune(x, &path, path.n);
        mem_free(x->h, l, exp_leaf_size(l->node.cap));
    } else if (l->node.cap - l->node.n >= 2 * EXP_STEP) {
        exp_recap(x, &path, l, (u16)(l->node.cap - EXP_STEP), 0);
    }
}

/* The entry moved in memory. */
static void exp_moved(struct exp_index *x, ent *from, ent *to, i64 ms,
                      u64 hash) {
    struct exp_path path;
    struct exp_leaf *l = exp_descend(x, ms, exp_tie(hash), &path);
    l->e[exp_find(l, from)] = to;
}

static struct exp_leaf *exp_first(const struct exp_index *x) {
    struct exp_node *n = x->root;
    while (n && n->cap == 0) n = ((struct exp_inner *)n)->kid[0];
    return (struct exp_leaf *)n;
}

/* The entry that expires first, or NULL. */
static ent *exp_soonest(struct exp_index *x) {
    struct exp_leaf *l = exp_first(x);
    ent *best = NULL;
    int i;
    for (i = 0; l && i < l->node.n; i++)
        if (!best || ent_exp(l->e[i]) < ent_exp(best)) best = l->e[i];
    x->next = best ? ent_exp(best) : INT64_MAX;
    return best;
}

static ent *exp_random(const struct exp_index *x, u64 rng[2]) {
    struct exp_node *n = x->root;
    if (!n) return NULL;
    while (n->cap == 0) n = ((struct exp_inner *)n)->kid[rng_next(rng) % n->n];
    return ((struct exp_leaf *)n)->e[rng_next(rng) % n->n];
}

/* ==== nest: nested values ===============================================
 *
 * A nested value is any RESP value but errors, pushes and attributes. It is
 * kept as the RESP3 that says it, in one block, with `_` for each null; a map
 * may have a key twice. Two are equal when their bytes are.
 */
enum { NEST_DEPTH = 128, NEST_LINE = 65536 };
enum { NEST_OK, NEST_MORE, NEST_BAD };

/* A scalar, or the head of an aggregate. */
struct nest_item {
    u8 mark;  /* its type; '_' for every null */
    size_t n; /* elements that follow it; of a map two a pair */
    str text; /* a scalar's bytes; a verbatim string's with its format */
};

static int nest_mark(u8 c) { return c && strchr("+:$*_#,(=%~", c) != NULL; }

/* Only whether it is one: what it comes to takes much longer. */
static int nest_double(str s) {
    u8 digit;
    int n, exp, neg;
    return str_eq(s, LIT("inf")) || str_eq(s, LIT("-inf")) ||
           str_eq(s, LIT("nan")) ||
           (s.n && (num_is_digit(s.p[s.n - 1]) != 0) &&
            num_literal(s, &digit, 1, &n, &exp, &neg));
}

static int nest_digits(str s) {
    size_t i = s.n && (*s.p == '-' || *s.p == '+'), from = i;
    while (i < s.n && num_is_digit(s.p[i])) i++;
    return i == s.n && i > from;
}

/* What stands between a mark and its CRLF is right for a scalar of one line. */
static int nest_line_ok(u8 mark, str s) {
    i64 v;
    switch (mark) {
    case '+': return !memchr(s.p, '\n', s.n);
    case ':': return num_parse(s, &v);
    case '_': return s.n == 0;
    case '#': return s.n == 1 && (*s.p == 't' || *s.p == 'f');
    case ',': return nest_double(s);
    default: return nest_digits(s);
    }
}

/* nest_item() for any element. */
static int nest_slow(const u8 *p, size_t n, i64 most, struct nest_item *t,
                     size_t *used) {
    const u8 *q;
    i64 v;
    if (n == 0) return NEST_MORE;
    if (!nest_mark(*p)) return NEST_BAD;
    q = memchr(p, '\r', min_z(n, NEST_LINE));
    if (!q) return n < NEST_LINE ? NEST_MORE : NEST_BAD;
    if (q + 1 == p + n) return NEST_MORE;
    if (q[1] != '\n') return NEST_BAD;
    t->mark = *p;
    t->n = 0;
    t->text = str_of(p + 1, (size_t)(q - p) - 1);
    *used = (size_t)(q - p) + 2;
    if (!strchr("$=*%~", *p))
        return nest_line_ok(*p, t->text) ? NEST_OK : NEST_BAD;
    if (!num_parse(t->text, &v)) return NEST_BAD;
    if (v == -1 && (*p == '$' || *p == '*')) {
        t->mark = '_';
        t->text.n = 0;
        return NEST_OK;
    }
    if (v < 0 || v > most || (u64)v > SIZE_MAX / 4) return NEST_BAD;
    if (*p != '$' && *p != '=') {
        t->n = (size_t)v * (*p == '%' ? 2 : 1);
        return v <= INT_MAX ? NEST_OK : NEST_BAD;
    }
    if (n - *used < (size_t)v + 2) return NEST_MORE;
    t->text = str_of(p + *used, (size_t)v);
    *used += (size_t)v + 2;
    if (p[*used - 2] != '\r' || p[*used - 1] != '\n') return NEST_BAD;
    return *p == '$' || (v >= 4 && t->text.p[3] == ':') ? NEST_OK : NEST_BAD;
}

/* The usual element: an integer, a string or an aggregate whose number has up
 * to 17 digits and no sign, whole. 0: nest_slow() looks at it. */
KV_HOT int nest_usual(const u8 *p, size_t n, i64 most, struct nest_item *t,
                      size_t *used) {
    const u8 *q = p + 1, *e = p + min_z(n, 20);
    u64 v = 0;
    u32 d;
    while (q < e && (d = *q - (u32)'0') <= 9) v = v * 10 + d, q++;
    if (e - q < 2 || q == p + 1 || q[0] != '\r' || q[1] != '\n' ||
        (p[1] == '0' && q != p + 2))
        return 0;
    t->mark = *p;
    t->n = 0;
    *used = (size_t)(q - p) + 2;
    switch (*p) {
    case ':': t->text = str_of(p + 1, (size_t)(q - p) - 1); return 1;
    case '%':
    case '*':
    case '~':
        if (v > (u64)most || v > INT_MAX || v > SIZE_MAX / 4) return 0;
        t->text = str_of(p + 1, (size_t)(q - p) - 1);
        t->n = (size_t)v << (*p == '%');
        return 1;
    case '$':
        if (v > (u64)most || n - *used < 2 || v > n - *used - 2) return 0;
        t->text = str_of(q + 2, (size_t)v);
        q += 2 + v;
        *used += (size_t)v + 2;
        return q[0] == '\r' && q[1] == '\n';
    default: return 0;
    }
}

/* Reads the element at p; *used is how many bytes it takes. No length above
 * `most` is believed. */
KV_HOT int nest_item(const u8 *p, size_t n, i64 most, struct nest_item *t,
                     size_t *used) {
    if (KV_LIKELY(nest_usual(p, n, most, t, used))) return NEST_OK;
    return nest_slow(p, n, most, t, used);
}

/* Brings a whole value, in place, into the form that is kept. Returns its
 * size; 0: it has too many levels. */
static size_t nest_tidy(u8 *p, size_t n) {
    size_t left[NEST_DEPTH], used = 0;
    const u8 *at = p, *end = p + n, *run = p; /* not moved yet */
    u8 *out = p;
    int depth = 0;
    struct nest_item t;
    left[0] = 1;
    while (depth >= 0) {
        if (left[depth] == 0) {
            depth--;
            continue;
        }
        left[depth]--;
        if (nest_item(at, (size_t)(end - at), INT64_MAX, &t, &used) != NEST_OK)
            return 0; /* not after resp_nested() */
        if (t.mark == '_' && used != 3) {
            if (out != run) memmove(out, run, (size_t)(at - run));
            out += at - run;
            copy(out, "_\r\n", 3);
            out += 3;
            run = at + used;
        }
        at += used;
        if (t.n == 0) continue;
        if (++depth == NEST_DEPTH) return 0;
        left[depth] = t.n;
    }
    if (out != run) memmove(out, run, (size_t)(at - run));
    return (size_t)(out - p) + (size_t)(at - run);
}

/* Whether a value is one as it is kept: for checks. */
static int nest_ok(str v) {
    struct nest_item t;
    size_t used = 0, left = 1;
    for (; left; left = left - 1 + t.n, v.p += used, v.n -= used)
        if (nest_item(v.p, v.n, INT64_MAX, &t, &used) != NEST_OK ||
            (t.mark == '_' && used != 3))
            return 0;
    return v.n == 0;
}

/* ==== rdb: values as Redis writes them ==================================
 *
 * One encoder and one decoder for DUMP, RESTORE and files. A value is a type
 * byte and what that type has; a string is
 *   a length and its bytes
 *   11000000 .. 11000010    an integer of 1, 2, 4 bytes follows
 *   11000011                packed: two lengths, the first of what follows
 * and a length
 *   00nnnnnn                               10000000 and 4 bytes, big end first
 *   01nnnnnn nnnnnnnn                      10000001 and 8 bytes
 * No length is believed before that many bytes are there.
 */
enum {
    RDB_VERSION = 10,  /* written */
    RDB_NEWEST = 12,   /* read, and */
    RDB_VALKEY = 80,   /* Valkey's own */
    RDB_STRING = 0,    /* types of values */
    RDB_NESTED = 0xb6, /* of kv alone: the value as RESP3 */
    RDB_TAIL = 10      /* bytes of version and checksum after a dump */
};

/* ---- writing ---- */

static u8 *rdb_put_len(u8 *p, u64 n) {
    if (n < 64) {
        *p++ = (u8)n;
    } else if (n < 16384) {
        *p++ = (u8)(0x40 | n >> 8);
        *p++ = (u8)n;
    } else {
        int i, size = n <= 0xffffffff ? 4 : 8;
        *p++ = size == 4 ? 0x80 : 0x81;
        for (i = size - 1; i >= 0; i--) *p++ = (u8)(n >> 8 * i);
    }
    return p;
}

/* The most bytes that rdb_put_string() writes. */
static size_t rdb_string_room(size_t n) { return n + 20; }

/* A string of up to 11 bytes that an integer of 4 bytes says better; the bytes
 * written, or 0. */
static size_t rdb_put_int(u8 *p, str s) {
    i64 v;
    int size;
    if (s.n > 11 || !num_parse(s, &v) || v < INT32_MIN || v > INT32_MAX)
        return 0;
    size = v >= -128 && v <= 127 ? 1 : v >= -32768 && v <= 32767 ? 2 : 4;
    *p++ = (u8)(0xc0 | (size == 4 ? 2 : size - 1));
    le_put(p, (u64)v, size);
    return (size_t)size + 1;
}

static u8 *rdb_put_string(u8 *p, str s, int pack) {
    u8 *body = p + 1 + 9 + 9; /* behind the longest head */
    size_t n = rdb_put_int(p, s);
    if (n) return p + n;
    n = pack && s.n > 20 ? lzf_pack(s.p, s.n, body, s.n - 4) : 0;
    if (!n) {
        p = rdb_put_len(p, s.n);
        copy(p, s.p, s.n);
        return p + s.n;
    }
    *p++ = 0xc3;
    p = rdb_put_len(p, n);
    p = rdb_put_len(p, s.n);
    memmove(p, body, n);
    return p + n;
}

/* The most bytes that rdb_put_value() writes. */
static size_t rdb_value_room(const ent *e) {
    return 1 + rdb_string_room(ent_val(e).n);
}

/* Type and value of an entry. */
static u8 *rdb_put_value(u8 *p, const ent *e, int pack) {
    *p++ = ent_type(e) == ENT_NESTED ? RDB_NESTED : RDB_STRING;
    return rdb_put_string(p, ent_val(e), pack);
}

/* ---- reading ---- */

/* Where bytes come from: a block, or a file through a buffer. */
struct rdb_in {
    const u8 *p, *e; /* bytes at hand */
    u64 left;        /* bytes that are not at hand yet */
    /* brings `n` bytes to hand, which are not more than there are; 0: `why` */
    int (*more)(struct rdb_in *in, size_t n);
    void *ctx;
    const char *why; /* it is no good; NULL: it is */
    int rc;          /* with `why`: KV_CORRUPT, or what was in the way */
};

static int rdb_cannot(struct rdb_in *in, int rc, const char *why) {
    if (in->why) return 0;
    in->why = why;
    in->rc = rc;
    return 0;
}

static int rdb_bad(struct rdb_in *in, const char *why) {
    return rdb_cannot(in, KV_CORRUPT, why);
}

static int rdb_no_memory(struct rdb_in *in) {
    return rdb_cannot(in, KV_NOMEM, "out of memory");
}

/* Makes `n` bytes stand at in->p. */
static int rdb_have(struct rdb_in *in, u64 n) {
    u64 at_hand = (u64)(in->e - in->p);
    if (KV_LIKELY(n <= at_hand)) return 1;
    if (in->why) return 0;
    if (n - at_hand > in->left || n > SIZE_MAX / 2)
        return rdb_bad(in, "it ends too early");
    return in->more(in, (size_t)n);
}

/* A length, or with *special what the two high bits announce instead. */
static int rdb_get_len(struct rdb_in *in, u64 *n, int *special) {
    int size, i;
    u8 c;
    *special = 0;
    if (!rdb_have(in, 1)) return 0;
    c = *in->p++;
    *n = c & 63;
    if (c < 0x40) return 1;
    *special = c >= 0xc0;
    if (*special) return 1;
    size = c < 0x80 ? 1 : c == 0x80 ? 4 : c == 0x81 ? 8 : 0;
    if (!size) return rdb_bad(in, "a length has no known form");
    if (!rdb_have(in, (u64)size)) return 0;
    if (c >= 0x80) *n = 0;
    for (i = 0; i < size; i++) *n = *n << 8 | *in->p++;
    return 1;
}

/* A string that was read: its bytes stand at `s` until the next read, or wait
 * there to be unpacked. */
struct rdb_text {
    str s;
    size_t n; /* bytes that it has */
    int packed;
    u8 number[24];
};

/* The two lengths of a packed string. */
static int rdb_get_packed(struct rdb_in *in, struct rdb_text *t) {
    u64 small, n;
    int a, b;
    if (!rdb_get_len(in, &small, &a) || !rdb_get_len(in, &n, &b)) return 0;
    if (a || b || !small || n / 88 > small)
        return rdb_bad(in, "a packed string has impossible lengths");
    if (!rdb_have(in, small)) return 0;
    t->s = str_of(in->p, (size_t)small);
    t->n = (size_t)n;
    t->packed = 1;
    in->p += small;
    return 1;
}

static int rdb_get_string(struct rdb_in *in, struct rdb_text *t) {
    u64 n;
    int special, size;
    t->packed = 0;
    if (!rdb_get_len(in, &n, &special)) return 0;
    if (special && n == 3) return rdb_get_packed(in, t);
    if (special) {
        i64 v;
        size = n < 3 ? 1 << n : 0;
        if (!size) return rdb_bad(in, "a string has no known form");
        if (!rdb_have(in, (u64)size)) return 0;
        v = (i64)le_get(in->p, size);
        if (v >> (8 * size - 1)) v -= (i64)1 << 8 * size;
        in->p += size;
        t->s = str_of(t->number, num_put(t->number, v));
    } else {
        if (!rdb_have(in, n)) return 0;
        t->s = str_of(in->p, (size_t)n);
        in->p += n;
    }
    t->n = t->s.n;
    return 1;
}

/* The string's bytes at `to`, which has room for t->n. */
static int rdb_take(struct rdb_in *in, const struct rdb_text *t, u8 *to) {
    if (!t->packed) {
        copy(to, t->s.p, t->n);
        return 1;
    }
    if (lzf_unpack(t->s, to, t->n)) return 1;
    return rdb_bad(in, "a packed string does not unpack");
}

/* A value that was read and is not kept yet. */
struct rdb_value {
    u8 type;
    struct rdb_text t;
};

/* Why a value of this type cannot be read. */
static const char *rdb_foreign(u8 type) {
    /* by type: list, set, zset, hash, module, stream */
    static const char kinds[] = ".lszhzmm.hlszhlthzltsthhhh";
    switch (type < sizeof kinds - 1 ? kinds[type] : '.') {
    case 'l': return "it is a list, which kv does not have";
    case 's': return "it is a set, which kv does not have";
    case 'z': return "it is a sorted set, which kv does not have";
    case 'h': return "it is a hash, which kv does not have";
    case 't': return "it is a stream, which kv does not have";
    case 'm': return "it is a module's value, which kv does not have";
    default: return "its type is unknown";
    }
}

/* Reads what type `v->type` has. */
static int rdb_get_value(struct rdb_in *in, struct rdb_value *v) {
    if (v->type == RDB_STRING || v->type == RDB_NESTED)
        return rdb_get_string(in, &v->t);
    return rdb_bad(in, rdb_foreign(v->type));
}

static u8 rdb_ent_type(u8 type) {
    return type == RDB_NESTED ? ENT_NESTED : ENT_STRING;
}

/* The bytes of a value, if they are right, at `to`. */
static int rdb_good(struct rdb_in *in, const struct rdb_value *v, u8 *to) {
    size_t n = v->t.n;
    if (!rdb_take(in, &v->t, to)) return 0;
    if (v->type != RDB_NESTED || (n && nest_tidy(to, n) == n)) return 1;
    return rdb_bad(in, "a nested value is not right");
}

/* An entry's value from one that was read: in `room`, of ENT_INLINE bytes, or
 * in a block that db_reserve() made room for. 0: it is no good. */
static int rdb_make(db *d, struct rdb_in *in, const struct rdb_value *v,
                    u8 *room, struct ent_big *big) {
    size_t n = v->t.n;
    u8 *p = n > ENT_INLINE ? mem_get(&d->h, n) : room;
    big->p = n > ENT_INLINE ? p : NULL;
    big->n = big->cap = n;
    if (rdb_good(in, v, p)) return 1;
    if (big->p) mem_free(&d->h, p, n);
    return 0;
}

/* ---- dumps: a value, the version of the format, a checksum ---- */

static size_t rdb_dump_room(const ent *e) {
    return rdb_value_room(e) + RDB_TAIL;
}

static size_t rdb_dump(u8 *to, const ent *e, int pack) {
    u8 *p = rdb_put_value(to, e, pack);
    le_put(p, RDB_VERSION, 2);
    le_put(p + 2, crc_64(0, to, (size_t)(p - to) + 2), 8);
    return (size_t)(p - to) + RDB_TAIL;
}

/* The dump of a nested value, which is `val`. */
static size_t rdb_nested_room(size_t n) {
    return 1 + rdb_string_room(n) + RDB_TAIL;
}

static size_t rdb_dump_nested(u8 *to, str val) {
    u8 *p = to;
    *p++ = RDB_NESTED;
    p = rdb_put_string(p, val, 0);
    le_put(p, RDB_VERSION, 2);
    le_put(p + 2, crc_64(0, to, (size_t)(p - to) + 2), 8);
    return (size_t)(p - to) + RDB_TAIL;
}

/* Whether a dump is whole; *in is then set up to read it. */
static int rdb_undump(str s, struct rdb_in *in) {
    size_t n = s.n - RDB_TAIL;
    u64 version;
    if (s.n <= RDB_TAIL) return 0;
    version = le_get(s.p + n, 2);
    if (version > RDB_NEWEST && version != RDB_VALKEY) return 0;
    memset(in, 0, sizeof *in);
    in->p = s.p;
    in->e = s.p + n;
    return crc_64(0, s.p, n + 2) == le_get(s.p + n + 2, 8);
}

/* ==== lru: when and how often entries were used ========================= */

enum {
    POLICY_LRU = 1,
    POLICY_LFU = 2,
    POLICY_RANDOM = 4,
    POLICY_TTL = 8,
    POLICY_ALL = 16
};

#define POLICY_LIST(X)                              \
    X("volatile-lru", POLICY_LRU)                   \
    X("volatile-lfu", POLICY_LFU)                   \
    X("volatile-random", POLICY_RANDOM)             \
    X("volatile-ttl", POLICY_TTL)                   \
    X("allkeys-lru", POLICY_LRU | POLICY_ALL)       \
    X("allkeys-lfu", POLICY_LFU | POLICY_ALL)       \
    X("allkeys-random", POLICY_RANDOM | POLICY_ALL) \
    X("noeviction", 0)
#define POLICY_NAME(name, bits) name,
#define POLICY_BITS(name, bits) bits,
static const char *const POLICY_NAMES[] = {POLICY_LIST(POLICY_NAME) NULL};
static const int POLICIES[] = {POLICY_LIST(POLICY_BITS)};

KV_HOT int policy_bits(const kv *k) { return POLICIES[k->p.maxmemory_policy]; }

static u32 lru_clock(const kv *k) { return k->lru; }

static u32 lfu_minutes(const kv *k) { return (u32)(k->now / 60000) & 0xffff; }

enum { LFU_START = 5 };

/* The frequency counter as it is by now. */
static u32 lfu_counter(const kv *k, const ent *e) {
    u32 v = ent_lru(e), c = v & 255;
    u32 gone = (lfu_minutes(k) - (v >> 8)) & 0xffff;
    u32 steps = k->p.lfu_decay_time ? gone / (u32)k->p.lfu_decay_time : 0;
    return steps > c ? 0 : c - steps;
}

KV_HOT void lru_touch(kv *k, ent *e) {
    u32 c;
    if (policy_bits(k) & POLICY_LFU) {
        c = lfu_counter(k, e);
        if (c < 255) {
            u64 base = c > LFU_START ? c - LFU_START : 0;
            u64 odds = base * (u64)k->p.lfu_log_factor + 1;
            if (rng_next(k->rng) % odds == 0) c++;
        }
        ent_set_lru(e, lfu_minutes(k) << 8 | c);
    } else if (ent_lru(e) != (c = lru_clock(k))) {
        ent_set_lru(e, c);
    }
}

static void lru_start(const kv *k, ent *e) {
    ent_set_lru(e, policy_bits(k) & POLICY_LFU ? lfu_minutes(k) << 8 | LFU_START
                                               : lru_clock(k));
}

/* How long ago or how often it was used, as RESTORE or a file tells, where the
 * policy counts that; -1: that is not known. */
static void lru_restore(const kv *k, ent *e, i64 idle, i64 freq) {
    int lfu = policy_bits(k) & POLICY_LFU;
    if (lfu && freq >= 0) ent_set_lru(e, lfu_minutes(k) << 8 | (u32)freq);
    if (!lfu && idle >= 0)
        ent_set_lru(e, (lru_clock(k) - (u32)min_i(idle, 0xffffff)) & 0xffffff);
}

static u32 lru_idle_s(const kv *k, const ent *e) {
    return (lru_clock(k) - ent_lru(e)) & 0xffffff;
}

/* ==== io: work on files that must not keep the loop waiting =============
 *
 * A job is a function and what it works on. Jobs are done in order, urgent ones
 * first, by the one thread that kv may own, or, where it cannot be had, at
 * once. A job is the thread's from io_submit() on; it touches nothing but the
 * job and kv.sys. Whoever holds the instance's lock takes it back by
 * io_collect(), which calls `done`.
 *
 * One job may wait for its time: io_later().
 */
#define IO_NOW UINT64_MAX

struct io_job {
    struct io_job *next;
    void (*run)(kv *k, struct io_job *j);
    void (*done)(kv *k, struct io_job *j); /* may free it */
};

static int io_put(kv *k, int fd, const u8 *p, size_t n, i64 at) {
    size_t done = 0;
    while (done < n) {
        i64 put =
            k->sys.write(k->sys.ctx, fd, p + done, n - done, at + (i64)done);
        if (put <= 0) return put < 0 ? (int)put : KV_IO;
        done += (size_t)put;
    }
    return KV_OK;
}

static void io_append(struct io_list *l, struct io_job *j) {
    j->next = NULL;
    if (l->last) l->last->next = j;
    else l->first = j;
    l->last = j;
}

static struct io_job *io_pop(struct io_list *l) {
    struct io_job *j = l->first;
    if (j) l->first = j->next;
    if (!l->first) l->last = NULL;
    return j;
}

/* Makes the loop look, from any thread. */
static void io_wake(kv *k) {
    if (KV_LOAD(k->npipe)) k->sys.send(k->sys.ctx, k->pipe_fd[1], "", 1);
}

/* The lock that the thread's lists are under. */
static void io_lock(kv *k) {
#if KV_THREADS
    if (k->worker) sys_worker_lock(k->worker);
#else
    (void)k;
#endif
}

static void io_unlock(kv *k) {
#if KV_THREADS
    if (k->worker) sys_worker_unlock(k->worker);
#else
    (void)k;
#endif
}

static void io_do_now(kv *k, struct io_job *j) {
    j->run(k, j);
    io_append(&k->io_ready, j);
}

#if KV_THREADS
/* The next job, in the thread, under its lock; *us: how long until the one that
 * waits is due. */
static struct io_job *io_next(kv *k, i64 *us) {
    struct io_job *j = io_pop(&k->io_urgent);
    *us = -1;
    if (!j && k->io_later) {
        *us = k->io_later_at - sys_mono(NULL);
        if (*us <= 0) {
            j = k->io_later;
            k->io_later = NULL;
        }
    }
    return j ? j : io_pop(&k->io_todo);
}

static void *io_main(void *arg) {
    kv *k = arg;
    struct io_job *j;
    i64 us;
    sys_worker_lock(k->worker);
    while ((j = io_next(k, &us)) != NULL || sys_worker_wait(k->worker, us)) {
        if (!j) continue;
        sys_worker_unlock(k->worker);
        j->run(k, j);
        sys_worker_lock(k->worker);
        io_append(&k->io_ready, j);
        k->io_finished++;
        sys_worker_call(k->worker);
        io_wake(k);
    }
    sys_worker_unlock(k->worker);
    return NULL;
}

/* Whether there is a thread to do jobs. */
static int io_start(kv *k) {
    struct worker *w = k->worker;
    if (w || k->io_alone) return w != NULL;
    w = mem_try(&k->h, sizeof *w);
    if (!w) return 0;
    k->worker = w;
    if (sys_worker_start(w, io_main, k) == KV_OK) return 1;
    mem_free(&k->h, w, sizeof *w);
    k->worker = NULL;
    k->io_alone = 1;
    return 0;
}

/* What io_wait() takes, with the instance's lock not held, to sleep until
 * another job is done; IO_NOW: one is, or none is under way. */
static u64 io_mark(kv *k) {
    u64 mark;
    if (!k->io_busy || !k->worker) return IO_NOW;
    io_lock(k);
    mark = k->io_ready.first ? IO_NOW : k->io_finished;
    io_unlock(k);
    return mark;
}

static void io_wait(kv *k, u64 mark) {
    if (mark == IO_NOW) return;
    io_lock(k);
    while (k->io_finished == mark) sys_worker_wait(k->worker, -1);
    io_unlock(k);
}

/* Ends the thread, when nothing is under way. */
static void io_end(kv *k) {
    if (!k->worker) return;
    sys_worker_end(k->worker);
    mem_free(&k->h, k->worker, sizeof *k->worker);
    k->worker = NULL;
}

/* With `j` NULL only makes the thread look. */
static void io_hand(kv *k, struct io_list *l, struct io_job *j) {
    io_lock(k);
    if (j) io_append(l, j);
    sys_worker_call(k->worker);
    io_unlock(k);
}
#else
static int io_start(kv *k) { return (void)k, 0; }
static u64 io_mark(kv *k) { return (void)k, IO_NOW; }
static void io_wait(kv *k, u64 mark) { (void)k, (void)mark; }
static void io_end(kv *k) { (void)k; }
static void io_hand(kv *k, struct io_list *l, struct io_job *j) {
    (void)k, (void)l, (void)j;
}
#endif

static void io_submit(kv *k, struct io_job *j, int urgent) {
    k->io_busy++;
    if (io_start(k)) {
        io_hand(k, urgent ? &k->io_urgent : &k->io_todo, j);
        return;
    }
    io_do_now(k, j);
    io_wake(k);
}

/* The job is to be done in `ms`, unless it is taken back before. */
static void io_submit_later(kv *k, struct io_job *j, i64 ms) {
    int thread = io_start(k);
    k->io_busy++;
    io_lock(k);
    k->io_later = j;
    k->io_later_at = thread ? sys_mono(NULL) + ms * 1000 : k->mono + ms;
    io_unlock(k);
    if (thread) io_hand(k, NULL, NULL);
}

/* Takes back what waits; 0: it is being done or has been. */
static int io_recall(kv *k, struct io_job *j) {
    int waits;
    io_lock(k);
    waits = k->io_later == j;
    if (waits) k->io_later = NULL;
    io_unlock(k);
    if (waits) k->io_busy--;
    return waits;
}

/* Without a thread, in how many ms somebody has to call io_collect(); -1:
 * there is no need. */
static i64 io_due(const kv *k) {
    if (!k->io_alone || !k->io_later) return -1;
    return k->io_later_at > k->mono ? k->io_later_at - k->mono : 0;
}

/* Takes back the jobs that are done; with `wait` at least one, if any is under
 * way. How many they were. */
static int io_collect(kv *k, int wait) {
    struct io_job *j;
    int n = 0;
    if (!k->io_busy) return 0;
    if (k->io_alone && k->io_later && (wait || io_due(k) == 0)) {
        j = k->io_later;
        k->io_later = NULL;
        io_do_now(k, j);
    }
    for (;;) {
        io_lock(k);
        j = io_pop(&k->io_ready);
#if KV_THREADS
        while (!j && wait && !n && k->worker) {
            sys_worker_wait(k->worker, -1);
            j = io_pop(&k->io_ready);
        }
#endif
        io_unlock(k);
        if (!j) return n;
        n++;
        k->io_busy--;
        j->done(k, j);
    }
}

/* ==== rec: the records of changes, on their way to hooks and the log ====
 *
 * A record is a command in RESP. Records are encoded once, into blocks. For the
 * log they come in batches: what one turn changed, behind a head that says how
 * long it is and what its sum is (aof_ fills it in). Offsets count the bytes of
 * all batches ever made, the stream. Closed batches stay here until the log
 * needs them no more; a batch never spans two blocks.
 */
enum {
    REC_BLOCK = 1 << 16,
    REC_LEAST = 8000,
    /* #C:sum:bytes:offset:synced:database CR LF */
    REC_HEAD = 3 + 16 + 1 + 10 + 1 + 12 + 1 + 12 + 1 + 4 + 2,
    REC_TIME = 32, /* a line "#TS:seconds" and a SELECT take no more than */
    REC_SELECT = 64
};

struct rec_block {
    struct rec_block *next;
    u64 at; /* in the stream, of p[0] */
    size_t n, cap;
    u8 p[1];
};

static size_t rec_size(size_t cap) {
    return offsetof(struct rec_block, p) + cap;
}

static struct rec_block *rec_block(kv *k, size_t cap) {
    struct rec_block *b = mem_try(&k->h, rec_size(cap));
    if (b) k->rec.held += rec_size(cap);
    if (b) b->cap = cap;
    return b;
}

/* A small block is kept for when there is no memory. */
static int rec_spare(kv *k) {
    if (!k->rec.spare) k->rec.spare = rec_block(k, REC_LEAST);
    return k->rec.spare != NULL;
}

static void rec_free(kv *k, struct rec_block *b) {
    if (b->cap == REC_LEAST && !k->rec.spare) {
        k->rec.spare = b;
        return;
    }
    k->rec.held -= rec_size(b->cap);
    mem_free(&k->h, b, rec_size(b->cap));
}

/* The stream's end. */
static u64 rec_end(const kv *k) {
    const struct rec_block *b = k->rec.last;
    return b ? b->at + b->n : k->rec.from;
}

/* Where the open batch begins; the end: there is none. */
static u64 rec_open(const kv *k) {
    const struct rec_block *b = k->rec.last;
    return b ? b->at + k->rec.open : k->rec.from;
}

/* Room for `n` bytes behind the open batch, in one block with it. A block with
 * nothing but the batch grows; otherwise the batch moves to a new one. */
static int rec_room_slow(kv *k, size_t n) {
    struct records *r = &k->rec;
    struct rec_block *b = r->last, *fresh;
    size_t batch = b ? b->n - r->open : 0, cap;
    if (n > SIZE_MAX / 4 - batch) return 0;
    cap = max_z(batch + n, batch ? 2 * batch : 0);
    cap = max_z(cap, REC_BLOCK - 64);
    fresh = rec_block(k, cap);
    if (!fresh && cap > batch + n) fresh = rec_block(k, batch + n);
    if (!fresh && r->spare && batch + n <= REC_LEAST) {
        fresh = r->spare;
        r->spare = NULL;
    }
    if (!fresh) return 0;
    rec_spare(k);
    fresh->next = NULL;
    fresh->at = rec_open(k);
    fresh->n = batch;
    if (b) {
        copy(fresh->p, b->p + r->open, batch);
        b->n = r->open;
        if (b->n) {
            b->next = fresh;
        } else { /* it is the last one: find what stands before it */
            struct rec_block **at = &r->first;
            while (*at != b) at = &(*at)->next;
            *at = fresh;
            rec_free(k, b);
        }
    } else {
        r->first = fresh;
    }
    r->last = fresh;
    r->open = 0;
    return 1;
}

/* Room for records of `n` bytes, `count` of them. */
static int rec_room(kv *k, size_t n, size_t count) {
    struct rec_block *b = k->rec.last;
    n += REC_HEAD + count * (REC_TIME + REC_SELECT);
    return (b && b->cap - b->n >= n) || rec_room_slow(k, n);
}

static u8 *rec_text(u8 *p, const char *text) {
    size_t n = strlen(text);
    memcpy(p, text, n);
    return p + n;
}

static u8 *rec_bulk_head(u8 *p, char type, size_t n) {
    *p++ = (u8)type;
    p += num_put_u(p, n);
    *p++ = '\r', *p++ = '\n';
    return p;
}

/* What has to stand before a record in the log. */
static u8 *rec_before(kv *k, u8 *p, int dbnum) {
    struct records *r = &k->rec;
    u8 t[NUM_TEXT];
    if (r->open == r->last->n) { /* a batch begins */
        r->open_db = r->dbnum < 0 ? 0 : r->dbnum;
        p += REC_HEAD;
    }
    if (k->p.aof_timestamps && k->now / 1000 != r->second) {
        r->second = k->now / 1000;
        p = rec_text(p, "#TS:");
        p += num_put_u(p, (u64)r->second);
        p = rec_text(p, "\r\n");
    }
    if (dbnum != r->dbnum) {
        str id = text_int(t, dbnum);
        r->dbnum = dbnum;
        p = rec_bulk_head(rec_text(p, "*2\r\n$6\r\nSELECT\r\n"), '$', id.n);
        memcpy(p, id.p, id.n);
        p = rec_text(p + id.n, "\r\n");
    }
    return p;
}

static const str NO_RAW = {NULL, 0};

/* Encodes a record, or copies it if there is one; where it stands, and *n: its
 * length. NULL: no memory. */
static const u8 *rec_put(kv *k, int dbnum, size_t argc, const str *argv,
                         str raw, size_t *n) {
    size_t need = 32 + raw.n, i;
    u8 *p, *start;
    for (i = 0; i < argc && !raw.p; i++) need += argv[i].n + 32;
    if (!rec_room(k, need, 1)) return NULL;
    start = p = k->rec.last->p + k->rec.last->n;
    if (k->rec.logging) start = p = rec_before(k, p, dbnum);
    if (raw.p) {
        memcpy(p, raw.p, raw.n);
        p += raw.n;
    } else {
        p = rec_bulk_head(p, '*', argc);
    }
    for (i = 0; i < argc && !raw.p; i++) {
        p = rec_bulk_head(p, '$', argv[i].n);
        copy(p, argv[i].p, argv[i].n);
        p += argv[i].n;
        *p++ = '\r', *p++ = '\n';
    }
    *n = (size_t)(p - start);
    k->rec.last->n = (size_t)(p - k->rec.last->p);
    if (k->need < rec_end(k)) k->need = rec_end(k);
    return start;
}

/* Without a log, hooks have had what there is. */
static void rec_clear(kv *k) {
    struct records *r = &k->rec;
    if (!r->last) return;
    r->last->n = r->open = 0;
    if (r->last->cap <= MEM_CHUNK) return;
    rec_free(k, r->last);
    r->first = r->last = NULL;
}

/* Everything before `upto` is needed no more. */
static void rec_forget(kv *k, u64 upto) {
    struct records *r = &k->rec;
    while (r->first && r->first->at + r->first->n <= upto) {
        struct rec_block *b = r->first;
        if (b == r->last) {
            if (r->open < b->n) return;
            r->from = rec_end(k);
            if (b->cap <= REC_BLOCK) { /* it is used again */
                b->at = r->from;
                b->n = r->open = 0;
                return;
            }
            r->last = NULL;
            r->open = 0;
        }
        r->first = b->next;
        rec_free(k, b);
    }
}

/* The stream begins anew at `from`. */
static void rec_restart(kv *k, u64 from) {
    struct records *r = &k->rec;
    while (r->first) {
        struct rec_block *b = r->first;
        r->first = b->next;
        rec_free(k, b);
    }
    r->last = NULL;
    r->open = 0;
    r->from = from;
    r->dbnum = -1;
    r->second = -1;
}

/* ==== snap: a snapshot while the data changes ===========================
 *
 * A snapshot is the data as it was when it began. It walks over the entries a
 * few at a time and gives each that it has seen its epoch; new entries have it
 * from the start. Who changes or removes an entry of an older epoch has it
 * written first: snap_keep(). A database that is emptied meanwhile is handed
 * over as it is: snap_keep_db().
 *
 * What is encoded goes to the file in blocks, through io_. A long value is not
 * copied: it is a block of its own that io_ reads where it is, or gets when it
 * is removed or changed. A snapshot that fails, for want of memory or disk,
 * goes on walking, so that all entries have its epoch in the end.
 */
enum {
    SNAP_BLOCK = 1 << 18, /* bytes handed to the file at a time */
    SNAP_AHEAD = 8,       /* blocks under way before the walk waits */
    SNAP_LOOSE = 1 << 22, /* bytes written before they are brought on disk: the
                             log's own syncs do not wait longer for these */
    SNAP_KEYS = 256,      /* places of the table that one slice looks at */
    SNAP_LONG = 1 << 15,  /* values from this size on are not copied */
    SNAP_WALKS = 0,       /* stages: entries are still to be seen */
    SNAP_ENDS = 1         /* only jobs are under way */
};

enum {            /* what happens to an entry */
       SNAP_GOES, /* it is removed */
       SNAP_EDIT, /* its value changes in place */
       SNAP_STAY  /* its value stays as it is, the rest changes */
};

enum { /* codes in a file, where a value's type could stand */
       RDB_IDLE = 0xf8,
       RDB_FREQ = 0xf9,
       RDB_AUX = 0xfa,
       RDB_RESIZE = 0xfb,
       RDB_MS = 0xfc,
       RDB_SECONDS = 0xfd,
       RDB_SELECT = 0xfe,
       RDB_END = 0xff
};

/* An AUX field for each nested value, since Redis skips those: 8 bytes of
 * expiry (all ones: none), the length of the key, the key, the value. */
static const char RDB_NESTED_AUX[] = "kv-nested";

/* Where in the log's stream the snapshot stands. */
static const char RDB_STREAM_AUX[] = "kv-stream";

/* A database as it was when the snapshot began. */
struct snap_db {
    db *d;
    int id;
    int own;   /* emptied since: the snapshot frees it */
    int begun; /* its head is in the file */
    size_t keys, expires;
};

/* What the jobs of one file share; the thread's while they are under way. */
struct snap_sum {
    const struct crc_table *table; /* NULL: none is made */
    u64 crc;
    size_t loose; /* bytes not on disk yet */
    int rc;       /* of the first job that failed: none is done after it */
};

struct snap_job {
    struct io_job io;
    int fd;
    i64 at;      /* where in the file */
    const u8 *p; /* these bytes are written */
    size_t n;
    size_t cap; /* of the block at p, if it is the job's; 0: not */
    struct snap_sum *sum;
    int rc;
    const char *from, *to; /* or the sum is, and the file gets its name */
};

struct snap {
    int fd, rc; /* rc: KV_OK, or why it failed */
    char *temp, *path;
    u8 epoch;
    u8 copy; /* it is not the instance's own file */
    int stage;
    struct snap_db *dbs;
    size_t dbs_cap, ndbs;
    size_t idb; /* the one that is walked */
    u64 cursor;
    int out_id; /* the database that the file is in; -1: none */
    buf out;    /* encoded, not handed to io_ yet */
    i64 at;     /* bytes that were */
    struct snap_sum sum;
    struct snap_job *lent[SNAP_AHEAD]; /* jobs that read an entry's own block */
    int under_way;
    u64 keys, dirty; /* dirty: kv.dirty when it began */
    u64 seen;        /* bytes that the walk has encoded */
    int *told;       /* who waits for the end learns s->rc; NULL: nobody */
    i64 began;       /* monotonic ms */
};

static void snap_fail(struct snap *s, int rc) {
    if (s->rc == KV_OK) s->rc = rc;
}

/* ---- jobs ---- */

static void snap_run_write(kv *k, struct io_job *io) {
    struct snap_job *j = (struct snap_job *)(void *)io;
    struct snap_sum *sum = j->sum;
    if (sum->rc == KV_OK) {
        if (sum->table)
            sum->crc = crc_64_fast(sum->table, sum->crc, j->p, j->n);
        sum->rc = io_put(k, j->fd, j->p, j->n, j->at);
        sum->loose += j->n;
    }
    if (sum->rc == KV_OK && sum->loose >= SNAP_LOOSE) {
        sum->rc = k->sys.sync(k->sys.ctx, j->fd);
        sum->loose = 0;
    }
    j->rc = sum->rc;
}

/* The sum, then what is on disk gets its name, and the name gets there too. */
static void snap_run_publish(kv *k, struct io_job *io) {
    struct snap_job *j = (struct snap_job *)(void *)io;
    struct snap_sum *sum = j->sum;
    u8 b[8];
    le_put(b, sum->table ? sum->crc : 0, 8);
    if (sum->rc == KV_OK) sum->rc = io_put(k, j->fd, b, 8, j->at);
    if (sum->rc == KV_OK) sum->rc = k->sys.sync(k->sys.ctx, j->fd);
    if (sum->rc == KV_OK) sum->rc = k->sys.rename(k->sys.ctx, j->from, j->to);
    if (sum->rc == KV_OK) sum->rc = k->sys.sync_dir(k->sys.ctx, j->to);
    j->rc = sum->rc;
}

static void snap_job_done(kv *k, struct io_job *io) {
    struct snap_job *j = (struct snap_job *)(void *)io;
    struct snap *s = k->snap;
    int i;
    for (i = 0; i < SNAP_AHEAD; i++)
        if (s->lent[i] == j) s->lent[i] = NULL;
    snap_fail(s, j->rc);
    if (j->cap) mem_free(&k->h, (u8 *)j->p, j->cap);
    mem_free(&k->h, j, sizeof *j);
    s->under_way--;
}

/* Takes back jobs that are done; with `wait` one at least. */
static void snap_collect(kv *k, struct snap *s, int wait) {
    int had = s->under_way;
    do io_collect(k, wait);
    while (wait && s->under_way && s->under_way == had);
}

/* Makes a job of the file's; NULL: the snapshot has failed. */
static struct snap_job *snap_job(kv *k, struct snap *s,
                                 void (*run)(kv *, struct io_job *)) {
    struct snap_job *j = s->rc == KV_OK ? mem_try(&k->h, sizeof *j) : NULL;
    if (!j) {
        snap_fail(s, KV_NOMEM);
        return NULL;
    }
    memset(j, 0, sizeof *j);
    j->io.run = run;
    j->io.done = snap_job_done;
    j->fd = s->fd;
    j->at = s->at;
    j->sum = &s->sum;
    s->under_way++;
    return j;
}

/* Hands bytes to the file; the block is the job's when `cap` is not 0. */
static struct snap_job *snap_write(kv *k, struct snap *s, const u8 *p, size_t n,
                                   size_t cap) {
    struct snap_job *j = snap_job(k, s, snap_run_write);
    if (!j) {
        if (cap) mem_free(&k->h, (u8 *)p, cap);
        return NULL;
    }
    j->p = p;
    j->n = n;
    j->cap = cap;
    s->at += (i64)n;
    io_submit(k, &j->io, 0);
    return j;
}

/* Hands over what is encoded. */
static void snap_flush(kv *k, struct snap *s) {
    buf b = s->out;
    memset(&s->out, 0, sizeof s->out);
    if (b.n) snap_write(k, s, b.p, b.n, b.cap);
    else buf_free(&k->h, &b);
}

/* The job that reads this block; NULL: none does. */
static struct snap_job **snap_lent(struct snap *s, const u8 *p) {
    int i;
    for (i = 0; i < SNAP_AHEAD; i++)
        if (s->lent[i] && s->lent[i]->p == p) return &s->lent[i];
    return NULL;
}

/* ---- encoding ---- */

/* Room for `n` bytes more; NULL: the snapshot has failed. */
static u8 *snap_room(kv *k, struct snap *s, size_t n) {
    if (s->rc != KV_OK) return NULL;
    if (s->out.n >= SNAP_BLOCK) snap_flush(k, s);
    if (s->rc == KV_OK && !buf_room(&k->h, &s->out, n)) snap_fail(s, KV_NOMEM);
    return s->rc == KV_OK ? s->out.p + s->out.n : NULL;
}

static void snap_done(struct snap *s, const u8 *p) {
    s->out.n = (size_t)(p - s->out.p);
}

static u8 *snap_text(u8 *p, const char *text) {
    return rdb_put_string(p, str_c(text), 0);
}

static void snap_aux(kv *k, struct snap *s, const char *name, str value) {
    u8 *p = snap_room(k, s, 128 + value.n);
    if (!p) return;
    *p++ = RDB_AUX;
    p = snap_text(p, name);
    snap_done(s, rdb_put_string(p, value, 0));
}

static void snap_head(kv *k, struct snap *s) {
    u8 t[NUM_TEXT], *p = snap_room(k, s, 16);
    if (!p) return;
    p += snprintf((char *)p, 16, "REDIS%04d", RDB_VERSION);
    snap_done(s, p);
    snap_aux(k, s, "redis-ver", str_c(REDIS_VERSION));
    snap_aux(k, s, "redis-bits", text_int(t, (i64)sizeof(void *) * 8));
    snap_aux(k, s, "ctime", text_int(t, k->now / 1000));
    snap_aux(k, s, "used-mem", text_int(t, (i64)k->m.used));
    snap_aux(k, s, "aof-base", LIT("0"));
    snap_aux(k, s, "kv-version", str_c(KV_VERSION));
    if (k->rec.logging)
        snap_aux(k, s, RDB_STREAM_AUX, text_int(t, (i64)rec_open(k)));
}

/* Goes over to a database, and tells its size the first time. */
static u8 *snap_select(struct snap *s, struct snap_db *d, u8 *p) {
    if (s->out_id != d->id) {
        *p++ = RDB_SELECT;
        p = rdb_put_len(p, (u64)d->id);
        s->out_id = d->id;
    }
    if (d->begun) return p;
    d->begun = 1;
    *p++ = RDB_RESIZE;
    p = rdb_put_len(p, d->keys);
    return rdb_put_len(p, d->expires);
}

static u8 *snap_nested(u8 *p, str key, size_t n, i64 exp) {
    u8 len[16];
    size_t head = (size_t)(rdb_put_len(len, key.n) - len);
    *p++ = RDB_AUX;
    p = snap_text(p, RDB_NESTED_AUX);
    p = rdb_put_len(p, 8 + head + key.n + n);
    le_put(p, exp < 0 ? UINT64_MAX : (u64)exp, 8);
    memcpy(p + 8, len, head);
    memcpy(p + 8 + head, key.p, key.n);
    return p + 8 + head + key.n;
}

/* What stands before the bytes of an entry's value. */
static u8 *snap_before(kv *k, const ent *e, u8 *p, int pack) {
    str key = ent_key(e);
    i64 exp = ent_exp(e);
    if (ent_type(e) == ENT_NESTED)
        return snap_nested(p, key, ent_val(e).n, exp);
    if (exp >= 0) {
        *p++ = RDB_MS;
        le_put(p, (u64)exp, 8);
        p += 8;
    }
    if (policy_bits(k) & POLICY_LFU) {
        *p++ = RDB_FREQ;
        *p++ = (u8)lfu_counter(k, e);
    } else if (policy_bits(k) & POLICY_LRU) {
        *p++ = RDB_IDLE;
        p = rdb_put_len(p, lru_idle_s(k, e));
    }
    *p++ = RDB_STRING;
    return rdb_put_string(p, key, pack);
}

static void snap_put(kv *k, struct snap *s, struct snap_db *d, const ent *e) {
    str val = ent_val(e);
    int pack = (int)k->p.rdbcompression;
    u8 *p = snap_room(k, s, 200 + ent_key(e).n + rdb_string_room(val.n));
    if (!p) return;
    p = snap_before(k, e, snap_select(s, d, p), pack);
    if (ent_type(e) == ENT_STRING) {
        p = rdb_put_string(p, val, pack);
    } else {
        copy(p, val.p, val.n);
        p += val.n;
    }
    snap_done(s, p);
    s->keys++;
}

/* snap_put() for a value with a block of its own, which the file's thread is
 * going to read; the block is given away when `cap` is not 0. */
static struct snap_job *snap_put_long(kv *k, struct snap *s, struct snap_db *d,
                                      const ent *e, size_t cap) {
    str val = ent_val(e);
    u8 *p = snap_room(k, s, 200 + ent_key(e).n + rdb_string_room(0));
    if (!p) {
        if (cap) mem_free(&k->h, (u8 *)val.p, cap);
        return NULL;
    }
    p = snap_before(k, e, snap_select(s, d, p), 0);
    if (ent_type(e) == ENT_STRING) p = rdb_put_len(p, val.n);
    snap_done(s, p);
    snap_flush(k, s);
    s->keys++;
    return snap_write(k, s, val.p, val.n, cap);
}

static int snap_is_long(const ent *e) {
    return e->flags & ENT_BIG && ent_big(e).n >= SNAP_LONG;
}

/* ---- who changes what the snapshot has not seen ---- */

static struct snap_db *snap_find(struct snap *s, const db *d) {
    size_t i;
    for (i = 0; i < s->ndbs; i++)
        if (s->dbs[i].d == d) return &s->dbs[i];
    return NULL;
}

/* Lends a long value to the file's thread, or 0: it reads too many already. */
static int snap_lend(kv *k, struct snap *s, struct snap_db *d, const ent *e) {
    int i = 0;
    while (i < SNAP_AHEAD && s->lent[i]) i++;
    if (i == SNAP_AHEAD) return 0;
    s->lent[i] = snap_put_long(k, s, d, e, 0);
    return 1;
}

/* Gives the block of a long value to the file's thread, to the job that reads
 * it already or to a new one. The entry gets a copy, if it lives on. */
static void snap_give(db *d, ent *e, struct snap_job **lent, int lives) {
    kv *k = d->k;
    struct snap *s = k->snap;
    struct ent_big old = ent_big(e), b = {NULL, 0, 0};
    if (lives) {
        b.p = mem_try(&d->h, old.cap);
        if (!b.p) { /* who reads it already is waited for */
            if (!lent) snap_fail(s, KV_NOMEM);
            while (lent && *lent) snap_collect(k, s, 1);
            return;
        }
        b.n = old.n;
        b.cap = old.cap;
        memcpy(b.p, old.p, old.n);
    }
    mem_move(&d->h, &k->h, old.p);
    if (lent) {
        (*lent)->cap = old.cap;
        *lent = NULL;
    } else {
        snap_put_long(k, s, snap_find(s, d), e, old.cap);
    }
    ent_set_big(e, b);
}

static void snap_keep_long(db *d, ent *e, int fate) {
    kv *k = d->k;
    struct snap *s = k->snap;
    struct snap_db *sd = e->epoch != s->epoch ? snap_find(s, d) : NULL;
    struct snap_job **lent = snap_lent(s, ent_big(e).p);
    if (fate == SNAP_STAY && (lent || !sd || s->rc != KV_OK)) return;
    if (fate == SNAP_STAY && snap_lend(k, s, sd, e)) return;
    if (lent || (sd && s->rc == KV_OK))
        snap_give(d, e, lent, fate != SNAP_GOES);
}

static void snap_keep_now(db *d, ent *e, int fate) {
    struct snap *s = d->k->snap;
    struct snap_db *sd;
    if (snap_is_long(e)) snap_keep_long(d, e, fate);
    else if (e->epoch != s->epoch && (sd = snap_find(s, d)) != NULL)
        snap_put(d->k, s, sd, e);
    e->epoch = s->epoch;
}

/* Who changes or removes an entry says so before. */
KV_HOT void snap_keep(db *d, ent *e, int fate) {
    if (KV_RARELY(d->k->snap != NULL)) snap_keep_now(d, e, fate);
}

/* A database is about to be emptied. The snapshot takes over what it holds. */
static void snap_keep_db(db *d) {
    kv *k = d->k;
    struct snap *s = k->snap;
    struct snap_db *sd = s ? snap_find(s, d) : NULL;
    u64 seed[2];
    db *g;
    if (!sd) return;
    g = mem_try(&k->h, sizeof *g);
    if (!g) {
        snap_fail(s, KV_NOMEM);
        while (s->under_way) snap_collect(k, s, 1);
        return;
    }
    memcpy(seed, d->t.seed, sizeof seed);
    *g = *d;
    g->t.h = g->x.h = &g->h;
    heap_init(&d->h, &k->m);
    tab_init(&d->t, &d->h, seed);
    exp_init(&d->x, &d->h);
    sd->d = g;
    sd->own = 1;
}

/* ---- the walk ---- */

struct snap_walk {
    kv *k;
    struct snap_db *d;
};

/* Anything but 0: it has to come again. */
static int snap_see(void *ctx, ent *e) {
    struct snap_walk *w = ctx;
    struct snap *s = w->k->snap;
    if (e->epoch == s->epoch) return 0;
    s->seen += ent_key(e).n + (snap_is_long(e) ? 0 : ent_val(e).n);
    if (s->rc != KV_OK || !snap_is_long(e)) snap_put(w->k, s, w->d, e);
    else if (!snap_lend(w->k, s, w->d, e)) return 1;
    e->epoch = s->epoch;
    return 0;
}

static void snap_finish(kv *k, struct snap *s) {
    struct snap_job *j;
    u8 *p = snap_room(k, s, 1);
    s->stage = SNAP_ENDS;
    if (!p) return;
    *p = RDB_END;
    snap_done(s, p + 1);
    snap_flush(k, s);
    j = snap_job(k, s, snap_run_publish);
    if (!j) return;
    j->from = s->temp;
    j->to = s->path;
    io_submit(k, &j->io, 0);
}

static void snap_free(kv *k, struct snap *s) {
    size_t i;
    for (i = 0; i < s->ndbs; i++) {
        if (!s->dbs[i].own) continue;
        heap_drop(&s->dbs[i].d->h);
        mem_free(&k->h, s->dbs[i].d, sizeof(db));
    }
    if (s->dbs) mem_free(&k->h, s->dbs, s->dbs_cap * sizeof *s->dbs);
    buf_free(&k->h, &s->out);
    buf_undup(&k->h, s->temp);
    buf_undup(&k->h, s->path);
    if (s->sum.table)
        mem_free(&k->h, (void *)s->sum.table, sizeof *s->sum.table);
    mem_free(&k->h, s, sizeof *s);
}

/* Whoever changes one of these calls special_look(). */
static int special_now(const kv *k) {
    return k->noting || k->recording || k->aof || k->loading ||
           k->p.maxmemory || k->save.rc != KV_OK;
}

static void special_look(kv *k) { k->special = special_now(k); }

/* It is over, one way or the other. */
static void snap_end(kv *k, struct snap *s) {
    i64 ms = k->mono_us(k->clock_ctx) / 1000 - s->began;
    if (!s->copy) k->save.rc = s->rc;
    if (s->told) *s->told = s->rc;
    if (!s->copy) k->save.ms = ms;
    k->save.count++;
    k->save.bytes = s->at + 8;
    k->sys.close(k->sys.ctx, s->fd);
    if (s->rc == KV_OK && !s->copy) {
        k->save.time = k->now / 1000;
        k->save.dirty = s->dirty;
    }
    if (s->rc == KV_OK) {
        log_put(k, KV_LOG_NOTICE, "saved %llu keys to %s in %lld ms",
                (unsigned long long)s->keys, s->path, (long long)ms);
    } else {
        if (k->sys.remove) k->sys.remove(k->sys.ctx, s->temp);
        log_put(k, KV_LOG_WARNING, "cannot save to %s: %s", s->path,
                code_text(s->rc));
    }
    k->snap = NULL;
    special_look(k);
    snap_free(k, s);
}

/* A bounded piece of the work; with `wait` for what the file's thread does,
 * when there is nothing else to do. */
static void snap_slice(kv *k, int wait) {
    struct snap *s = k->snap;
    struct snap_walk w;
    u64 from = s->seen;
    int n = k->busy ? SNAP_KEYS / 16 : SNAP_KEYS; /* clients come first */
    int rc = 0, idle = 1;
    snap_collect(k, s, 0);
    w.k = k;
    for (; n && s->idb < s->ndbs && !rc; n--) {
        if (s->under_way >= SNAP_AHEAD || s->seen - from > SNAP_BLOCK) break;
        w.d = &s->dbs[s->idb];
        s->cursor = tab_scan(&w.d->d->t, s->cursor, snap_see, &w, &rc);
        if (rc) break;
        idle = 0;
        if (!s->cursor) s->idb++;
    }
    if (s->idb == s->ndbs && s->stage == SNAP_WALKS) snap_finish(k, s);
    if (wait && idle && s->under_way) snap_collect(k, s, 1);
    if (s->stage == SNAP_ENDS && !s->under_way) snap_end(k, s);
}

/* Whether the loop should give it a slice now. */
static int snap_is_due(const kv *k) {
    const struct snap *s = k->snap;
    return s && ((s->stage == SNAP_WALKS && s->under_way < SNAP_AHEAD) ||
                 k->io_alone);
}

static char *snap_path(kv *k, const char *form, ...) {
    char b[4096];
    va_list a;
    int n;
    va_start(a, form);
    n = vsnprintf(b, sizeof b, form, a);
    va_end(a);
    return n > 0 && (size_t)n < sizeof b ? buf_dup(&k->h, b, (size_t)n) : NULL;
}

/* The databases that have keys. */
static int snap_list(kv *k, struct snap *s) {
    int i;
    size_t n = 0;
    for (i = 0; i < DBS_MAX; i++) n += k->dbs[i] && k->dbs[i]->t.count;
    s->dbs_cap = n;
    if (!n) return 1;
    s->dbs = mem_try(&k->h, n * sizeof *s->dbs);
    if (!s->dbs) return 0;
    memset(s->dbs, 0, n * sizeof *s->dbs);
    for (i = 0; i < DBS_MAX; i++) {
        db *d = k->dbs[i];
        struct snap_db *t = &s->dbs[s->ndbs];
        if (!d || !d->t.count) continue;
        t->d = d;
        t->id = i;
        t->keys = d->t.count;
        t->expires = d->x.count;
        s->ndbs++;
    }
    return 1;
}

/* Begins a snapshot into the file `path`; KV_BUSY: one is being made. */
static int snap_begin(kv *k, const char *path, int *told) {
    struct snap *s;
    struct crc_table *t = NULL;
    if (k->snap) return KV_BUSY;
    s = mem_try(&k->h, sizeof *s);
    if (!s) return KV_NOMEM;
    memset(s, 0, sizeof *s);
    s->out_id = -1;
    s->told = told;
    s->dirty = k->dirty;
    s->began = k->mono_us(k->clock_ctx) / 1000;
    s->path = snap_path(k, "%s", path);
    s->temp = k->dir_fd >= 0 && !strncmp(path, k->p.dir, strlen(k->p.dir))
                  ? snap_path(k, "%s.tmp", path) /* nobody else is there */
                  : snap_path(k, "%s.%lld.tmp", path, (long long)sys_pid());
    if (k->p.rdbchecksum) t = mem_try(&k->h, sizeof *t);
    s->sum.table = t;
    if (t) crc_fill(t);
    if (!s->path || !s->temp || !snap_list(k, s) || (k->p.rdbchecksum && !t)) {
        snap_free(k, s);
        return KV_NOMEM;
    }
    s->fd = k->sys.open(k->sys.ctx, s->temp, KV_OPEN_NEW);
    if (s->fd < 0) {
        int rc = s->fd;
        snap_free(k, s);
        return rc;
    }
    s->epoch = ++k->epoch;
    k->snap = s;
    snap_head(k, s);
    return KV_OK;
}

/* Makes a whole snapshot now. */
static int snap_now(kv *k, const char *path) {
    int told = KV_OK, rc = snap_begin(k, path, &told);
    while (rc == KV_OK && k->snap) snap_slice(k, 1);
    return rc == KV_OK ? told : rc;
}

/* Ends a snapshot without a file: the instance is being closed. */
static void snap_drop(kv *k) {
    struct snap *s = k->snap;
    snap_fail(s, KV_CLOSED);
    while (s->under_way) snap_collect(k, s, 1);
    snap_end(k, s);
}

/* ==== db: databases: find, expire, insert, delete, evict, notes =========
 *
 * Every command reaches keys through key_read() and key_write(), which decide
 * about expiry, count hits, and keep the eviction clock. What happened is left
 * as notes, in order, for the drain in turn_; they are written only while
 * someone listens.
 */
static void lock_in(kv *k) {
#if KV_THREADS
    sys_lock(k->lock, 0);
#else
    (void)k;
#endif
}

static void lock_out(kv *k) {
#if KV_THREADS
    sys_unlock(k->lock);
#else
    (void)k;
#endif
}

static void read_clocks(kv *k) {
    k->now = k->wall_us(k->clock_ctx) / 1000;
    k->lru = (u32)(k->now / 1000) & 0xffffff;
    k->mono = k->mono_us(k->clock_ctx) / 1000;
}

/* The database with this number; NULL: it was never used, or, with `make`,
 * there is no memory for it. */
static db *db_at(kv *k, int id, int make) {
    db *d = k->dbs[id];
    u64 seed[2];
    if (d || !make) return d;
    d = mem_try(&k->h, sizeof *d);
    if (!d) return NULL;
    d->k = k;
    d->id = id;
    heap_init(&d->h, &k->m);
    seed[0] = k->seed[0] + (u64)id;
    seed[1] = k->seed[1];
    tab_init(&d->t, &d->h, seed);
    exp_init(&d->x, &d->h);
    return k->dbs[id] = d;
}

static size_t db_size(const kv *k, int id) {
    return k->dbs[id] ? k->dbs[id]->t.count : 0;
}

/* ---- notes ---- */

static int note_wanted(const kv *k) { return k->noting | k->recording; }

/* Room for notes about keys of `n` bytes in all, about `count` of them, and as
 * many records of as many bytes. */
static int note_room(kv *k, size_t n, size_t count) {
    if (k->recording && !rec_room(k, n + 64 * count, count)) return 0;
    if (!k->noting && !k->on_change) return 1;
    return buf_room(&k->h, &k->notes, n + count * (sizeof(struct note) + 32));
}

static void note_put(kv *k, const char *event, int dbnum, const void *p,
                     size_t n) {
    struct note note;
    memset(&note, 0, sizeof note);
    note.event = event;
    note.dbnum = dbnum;
    note.n = n;
    if (!buf_room(&k->h, &k->notes, sizeof note + n)) { /* was reserved */
        k->notes_lost++;
        return;
    }
    memcpy(k->notes.p + k->notes.n, &note, sizeof note);
    copy(k->notes.p + k->notes.n + sizeof note, p, n);
    k->notes.n += sizeof note + n;
}

/* A keyspace event. */
static void note_event(kv *k, const char *event, int dbnum, str key) {
    if (k->noting) note_put(k, event, dbnum, key.p, key.n);
}

/* The record of a change: a command in the vocabulary of Redis 7.0. Hooks get
 * a note of it. */
static void record_put(kv *k, int dbnum, size_t argc, const str *argv,
                       str raw) {
    struct note note;
    const u8 *p;
    if (!k->recording) return;
    memset(&note, 0, sizeof note);
    p = rec_put(k, dbnum, argc, argv, raw, &note.n);
    if (!p) { /* was reserved */
        k->rec.lost++;
        return;
    }
    if (!k->on_change) return;
    note.dbnum = dbnum;
    note.back = rec_end(k) - note.n;
    if (buf_room(&k->h, &k->notes, sizeof note))
        memcpy(k->notes.p + k->notes.n, &note, sizeof note);
    else k->notes_lost++;
    k->notes.n += sizeof note;
}

static void record_del(kv *k, int dbnum, str key) {
    str argv[2];
    argv[0] = LIT("DEL");
    argv[1] = key;
    record_put(k, dbnum, 2, argv, NO_RAW);
}

/* ---- entries ---- */

/* Frees an entry's blocks. */
static void db_free_ent(db *d, ent *e) {
    size_t n = ent_size(e);
    if (e->flags & ENT_BIG) {
        struct ent_big b = ent_big(e);
        if (b.p) mem_free(&d->h, b.p, b.cap);
    }
    mem_free(&d->h, e, n);
}

/* Removes an entry that tab_find() found. */
static void db_del(db *d, struct tab_at *at, ent *e, u64 h) {
    i64 exp = ent_exp(e);
    snap_keep(d, e, SNAP_GOES);
    if (exp >= 0) exp_del(&d->x, e, exp, h);
    tab_del(&d->t, at, h);
    db_free_ent(d, e);
}

static int db_is_expired(const kv *k, const ent *e) {
    return (e->flags & ENT_EXP) && k->now > ent_exp(e);
}

/* Removes an entry whose time has passed, or that must give way; the key's
 * bytes may be the entry's own. 0: no memory for the notes, it stays. */
static int db_reclaim(db *d, struct tab_at *at, ent *e, u64 h,
                      const char *event, u64 *counter) {
    kv *k = d->k;
    str key = ent_key(e);
    if (!note_room(k, 2 * key.n + 64, 2)) return 0;
    record_del(k, d->id, key);
    note_event(k, event, d->id, key);
    ++*counter;
    db_del(d, at, e, h);
    return 1;
}

static u64 db_hash(const db *d, str key) { return tab_hash(&d->t, key); }

/* Finds a live key; one past its time is removed on the way. */
KV_HOT ent *db_find(db *d, str key, u64 h, struct tab_at *at) {
    ent *e = d ? tab_find(&d->t, key, h, at) : NULL;
    if (KV_RARELY(e && db_is_expired(d->k, e))) {
        db_reclaim(d, at, e, h, "expired", &d->k->n.expired);
        return NULL;
    }
    return e;
}

/* What one put needs, apart from a new key's room in the table. */
static int db_reserve(db *d, size_t klen, size_t vlen, int exp) {
    if (!mem_reserve(&d->h, ent_need(klen, vlen, exp), 1)) return 0;
    if (vlen > ENT_INLINE && !mem_reserve(&d->h, vlen, 1)) return 0;
    return !exp || exp_reserve(&d->x);
}

/* Puts an entry for which db_reserve() and, if it is new, tab_room() made
 * room. `old` and `at` are what db_find() said; `key` and `val` do not point
 * into `old`. A long value comes as its block instead. */
static ent *db_place(db *d, str key, u64 h, ent *old, struct tab_at *at,
                     u8 flags, str val, const struct ent_big *big, i64 exp) {
    size_t need = ent_need(key.n, val.n, exp >= 0), had = 0;
    i64 was = -1;
    struct ent_big ob = {NULL, 0, 0};
    ent *e = old;
    u32 lru = 0;
    u8 *p;
    if (old) {
        snap_keep(d, old, SNAP_GOES);
        had = ent_size(old);
        was = ent_exp(old);
        lru = ent_lru(old);
        if (old->flags & ENT_BIG) ob = ent_big(old);
    }
    if (!old || !mem_same(d->h.m, had, need)) e = mem_get(&d->h, need);
    if (was >= 0 && was != exp) exp_del(&d->x, old, was, h);
    else if (was >= 0 && e != old) exp_moved(&d->x, old, e, exp, h);
    p = ent_layout(e, flags, key, val.n, exp, big);
    if (!big) copy(p, val.p, val.n);
    e->epoch = d->k->epoch;
    if (old && policy_bits(d->k) & POLICY_LFU) ent_set_lru(e, lru);
    else lru_start(d->k, e);
    if (!old) tab_add(&d->t, h, e);
    else at->s->b[at->b].item[at->i] = e;
    if (exp >= 0 && was != exp) exp_add(&d->x, e, exp, h, d->t.seed);
    if (old && e != old) mem_free(&d->h, old, had);
    if (ob.p) mem_free(&d->h, ob.p, ob.cap);
    return e;
}

static ent *db_put(db *d, str key, u64 h, ent *old, struct tab_at *at, u8 flags,
                   str val, i64 exp) {
    struct ent_big b;
    if (val.n <= ENT_INLINE)
        return db_place(d, key, h, old, at, flags, val, NULL, exp);
    b.p = mem_get(&d->h, val.n);
    b.n = b.cap = val.n;
    memcpy(b.p, val.p, val.n);
    return db_place(d, key, h, old, at, flags, val, &b, exp);
}

/* Puts a value that is being read under a key, with what db_find() said of it.
 * NULL: there is no memory or it is no good, as in->rc says. */
static ent *db_put_read(db *d, str key, u64 h, ent *old, struct tab_at *at,
                        struct rdb_in *in, const struct rdb_value *v, i64 exp) {
    u8 room[ENT_INLINE];
    struct ent_big big;
    if (!db_reserve(d, key.n, v->t.n, exp >= 0) ||
        (!old && !tab_room(&d->t, h))) {
        rdb_no_memory(in);
        return NULL;
    }
    if (!rdb_make(d, in, v, room, &big)) {
        if (!old) tab_unroom(&d->t, h);
        return NULL;
    }
    return db_place(d, key, h, old, at, rdb_ent_type(v->type),
                    str_of(big.p ? big.p : room, v->t.n), big.p ? &big : NULL,
                    exp);
}

/* Copies an entry's value under a key, here or in another database, with
 * `exp`; with `take` a long value changes hands instead, and what is left of
 * `from` can only be deleted. Reserves as db_put() needs it. */
static ent *db_copy(db *d, db *source, str key, u64 h, ent *old,
                    struct tab_at *at, ent *from, i64 exp, int take) {
    str val;
    struct ent_big b, none = {NULL, 0, 0};
    if (take) snap_keep(source, from, d == source ? SNAP_STAY : SNAP_EDIT);
    val = ent_val(from);
    if (take && from->flags & ENT_BIG) {
        b = ent_big(from);
        if (d == source || !KV_MEM || b.cap > MEM_SMALL) {
            if (d != source) mem_move(&source->h, &d->h, b.p);
            ent_set_big(from, none);
            return db_place(d, key, h, old, at, from->flags, val, &b, exp);
        }
    }
    return db_put(d, key, h, old, at, from->flags, val, exp);
}

/* Changes when an entry expires (-1: never), keeping everything else.
 * 0: no memory. */
static int db_set_exp(db *d, str key, u64 h, ent *e, struct tab_at *at,
                      i64 exp) {
    i64 was = ent_exp(e);
    size_t had = ent_size(e), need;
    struct ent_big ob = {NULL, 0, 0};
    str val;
    ent *n;
    if (was != exp) snap_keep(d, e, SNAP_STAY);
    val = ent_val(e);
    if (exp >= 0 && !exp_reserve(&d->x)) return 0;
    if (was >= 0 && exp >= 0) {
        exp_del(&d->x, e, was, h);
        store64(e->rest, (u64)exp);
        exp_add(&d->x, e, exp, h, d->t.seed);
        return 1;
    }
    if (was == exp) return 1;
    need = exp >= 0 ? had + 8 : had - 8;
    if (!mem_reserve(&d->h, need, 1)) return 0;
    n = mem_get(&d->h, need);
    if (e->flags & ENT_BIG) ob = ent_big(e);
    {
        u8 *p = ent_layout(n, e->flags, key, val.n, exp, ob.p ? &ob : NULL);
        if (!ob.p) copy(p, val.p, val.n);
    }
    n->epoch = e->epoch;
    ent_set_lru(n, ent_lru(e));
    at->s->b[at->b].item[at->i] = n;
    if (was >= 0) exp_del(&d->x, e, was, h);
    if (exp >= 0) exp_add(&d->x, n, exp, h, d->t.seed);
    mem_free(&d->h, e, had);
    return 1;
}

/* Empties a database at once; its memory goes back in slices. */
static size_t db_flush(db *d) {
    size_t n = d->t.count;
    u64 seed[2];
    snap_keep_db(d);
    memcpy(seed, d->t.seed, sizeof seed);
    heap_drop(&d->h);
    tab_init(&d->t, &d->h, seed);
    exp_init(&d->x, &d->h);
    return n;
}

/* ---- the accessor ---- */

/* The session's database, made if it was never used; NULL: no memory. */
static db *key_db(kv_call *c) {
    if (!c->d) c->d = db_at(c->k, c->c->dbnum, 1);
    return c->d;
}

static u64 key_hash(kv_call *c, str key) {
    const str *known = &c->hash_key;
    return known->p && key.p == known->p && key.n == known->n
               ? c->hash
               : db_hash(c->d, key);
}

/* Finds a key in order to change it. A database comes into being when the
 * first key is looked for in this way; without memory for it there is none. */
static ent *key_write(kv_call *c, str key, u64 *h, struct tab_at *at) {
    *h = key_db(c) ? key_hash(c, key) : 0;
    return db_find(c->d, key, *h, at);
}

/* Finds a key in order to look at it, without counting the look. */
KV_HOT ent *key_peek(kv_call *c, str key) {
    struct tab_at at;
    return c->d ? db_find(c->d, key, key_hash(c, key), &at) : NULL;
}

/* Finds a key in order to read its value. */
static ent *key_read(kv_call *c, str key) {
    ent *e = key_peek(c, key);
    if (!e) {
        c->k->n.misses++;
        return NULL;
    }
    c->k->n.hits++;
    if (!(c->c->flags & CONN_NO_TOUCH)) lru_touch(c->k, e);
    return e;
}

/* ---- slices of expiry and eviction ---- */

/* Removes up to `most` entries that are due, oldest first; how many. */
static int db_expire_slice(db *d, int most) {
    struct exp_item it[EXP_LEAF];
    struct exp_leaf *l;
    int done = 0, i, n;
    while (done < most && d->x.root && d->x.next < d->k->now) {
        l = exp_first(&d->x);
        n = l->node.n;
        exp_sort(l, d->t.seed, it);
        for (i = 0; i < n && it[i].ms < d->k->now; i++) {
            u64 h = it[i].hash;
            struct tab_at at;
            ent *e = tab_find(&d->t, ent_key(it[i].e), h, &at);
            KV_ASSERT(e == it[i].e);
            if (!e || !db_reclaim(d, &at, e, h, "expired", &d->k->n.expired))
                return done;
            done++;
        }
        exp_soonest(&d->x);
    }
    return done;
}

/* A candidate for eviction: the higher the score, the sooner it goes. */
static u64 evict_score(const kv *k, const ent *e, int bits) {
    if (bits & POLICY_LFU) return 255 - lfu_counter(k, e);
    if (bits & POLICY_TTL) return ~(u64)ent_exp(e);
    return lru_idle_s(k, e);
}

static ent *evict_pick(kv *k, db *d, int bits, u64 *score) {
    i64 i, tries = bits & POLICY_RANDOM ? 1 : k->p.maxmemory_samples;
    ent *best = NULL;
    if (bits & POLICY_TTL) {
        best = exp_soonest(&d->x);
        if (best) *score = evict_score(k, best, bits);
        return best;
    }
    for (i = 0; i < tries; i++) {
        ent *e = bits & POLICY_ALL ? tab_random(&d->t, k->rng)
                                   : exp_random(&d->x, k->rng);
        u64 s = e ? evict_score(k, e, bits) : 0;
        if (e && (!best || s > *score)) {
            best = e;
            *score = s;
        }
    }
    return best;
}

/* Evicts one key of the instance; 0: there is none to evict. */
static int evict_one(kv *k) {
    int bits = policy_bits(k), i;
    ent *best = NULL;
    db *from = NULL;
    u64 score = 0, top = 0, h;
    struct tab_at at;
    str key;
    for (i = 0; bits && i < k->p.databases; i++) {
        db *d = k->dbs[i];
        ent *e = d && d->t.count ? evict_pick(k, d, bits, &score) : NULL;
        if (!e || (best && score <= top)) continue;
        if (best && (bits & POLICY_RANDOM) && rng_next(k->rng) & 1) continue;
        best = e;
        from = d;
        top = score;
    }
    if (!best) return 0;
    key = ent_key(best);
    h = db_hash(from, key);
    tab_find(&from->t, key, h, &at);
    return db_reclaim(from, &at, best, h, "evicted", &k->n.evicted);
}

/* What the log holds is none of the keys' fault. */
static size_t evict_counted(const kv *k) {
    return k->m.used - (k->rec.logging ? k->rec.held : 0);
}

enum { EVICT_SLICE = 2000 }; /* most keys evicted in one turn */

/* Evicts until memory is below the limit, as far as the turn's budget goes.
 * 0: it is over the limit, and nothing can be evicted. */
static int evict(kv *k) {
    for (; (i64)evict_counted(k) > k->p.maxmemory && k->evict_left > 0;
         k->evict_left--)
        if (!evict_one(k)) return 0;
    return 1;
}

/* ==== err: every error text =============================================
 *
 * %1 and %2 are holes; what fills them loses CR and LF.
 */
#define E_LIST(X)                                                              \
    X(SYNTAX, "ERR syntax error")                                              \
    X(WRONGTYPE, "WRONGTYPE Operation against a key holding the wrong kind "   \
                 "of value")                                                   \
    X(NOT_INT, "ERR value is not an integer or out of range")                  \
    X(NOT_FLOAT, "ERR value is not a valid float")                             \
    X(OVERFLOW, "ERR increment or decrement would overflow")                   \
    X(DECR_OVERFLOW, "ERR decrement would overflow")                           \
    X(NAN_INF, "ERR increment would produce NaN or Infinity")                  \
    X(NO_KEY, "ERR no such key")                                               \
    X(OFFSET, "ERR offset is out of range")                                    \
    X(TOO_LONG, "ERR string exceeds maximum allowed size "                     \
                "(proto-max-bulk-len)")                                        \
    X(EXPIRE, "ERR invalid expire time in '%1' command")                       \
    X(BUSYKEY, "BUSYKEY Target key name already exists.")                      \
    X(TTL, "ERR Invalid TTL value, must be >= 0")                              \
    X(IDLETIME, "ERR Invalid IDLETIME value, must be >= 0")                    \
    X(FREQ, "ERR Invalid FREQ value, must be >= 0 and <= 255")                 \
    X(DUMP_SUM, "ERR DUMP payload version or checksum are wrong")              \
    X(DUMP_DATA, "ERR Bad data format")                                        \
    X(SAME, "ERR source and destination objects are the same")                 \
    X(DB_RANGE, "ERR DB index is out of range")                                \
    X(INDEX_RANGE, "ERR index out of range")                                   \
    X(DB_FIRST, "ERR invalid first DB index")                                  \
    X(DB_SECOND, "ERR invalid second DB index")                                \
    X(INT_RANGE, "ERR value is out of range, value must between "              \
                 "-2147483648 and 2147483647")                                 \
    X(NX_WITH, "ERR NX and XX, GT or LT options at the same time are not "     \
               "compatible")                                                   \
    X(GT_LT, "ERR GT and LT options at the same time are not compatible")      \
    X(OPTION, "ERR Unsupported option %1")                                     \
    X(CURSOR, "ERR invalid cursor")                                            \
    X(NUMKEYS, "ERR invalid numkeys value")                                    \
    X(LFU_OFF, "ERR An LFU maxmemory policy is not selected, access "          \
               "frequency not tracked. Please note that when switching "       \
               "between policies at runtime LRU and LFU data will take some "  \
               "time to adjust.")                                              \
    X(LFU_ON, "ERR An LFU maxmemory policy is selected, idle time not "        \
              "tracked. Please note that when switching between policies at "  \
              "runtime LRU and LFU data will take some time to adjust.")       \
    X(ARITY, "ERR wrong number of arguments for '%1' command")                 \
    X(UNKNOWN, "ERR unknown command '%1', with args beginning with: %2")       \
    X(UNKNOWN_SUB, "ERR unknown subcommand '%1'. Try %2 HELP.")                \
    X(OOM, "OOM command not allowed when used memory > 'maxmemory'.")          \
    X(NO_MEMORY, "OOM out of memory, nothing was changed")                     \
    X(INTERRUPTED, "ERR interrupted")                                          \
    X(NOAUTH, "NOAUTH Authentication required.")                               \
    X(NOAUTH_HELLO,                                                            \
      "NOAUTH HELLO must be called with the client already authenticated, "    \
      "otherwise the HELLO AUTH <user> <pass> option can be used to "          \
      "authenticate the client and select the RESP protocol version at the "   \
      "same time")                                                             \
    X(WRONGPASS, "WRONGPASS invalid username-password pair or user is "        \
                 "disabled.")                                                  \
    X(NO_PASS, "ERR AUTH <password> called without any password configured "   \
               "for the default user. Are you sure your configuration is "     \
               "correct?")                                                     \
    X(NOPROTO, "NOPROTO unsupported protocol version")                         \
    X(PROTO_INT, "ERR Protocol version is not an integer or out of range")     \
    X(HELLO_OPTION, "ERR Syntax error in HELLO option '%1'")                   \
    X(NAME_CHARS, "ERR Client names cannot contain spaces, newlines or "       \
                  "special characters.")                                       \
    X(INFO_CHARS, "ERR %1 cannot contain spaces, newlines or special "         \
                  "characters.")                                               \
    X(INFO_OPTION, "ERR Unrecognized option '%1'")                             \
    X(NO_CLIENT, "ERR No such client")                                         \
    X(CLIENT_ID, "ERR client-id should be greater than 0")                     \
    X(CLIENT_IDS, "ERR Invalid client ID")                                     \
    X(CLIENT_TYPE, "ERR Unknown client type '%1'")                             \
    X(NO_USER, "ERR No such user '%1'")                                        \
    X(MAXAGE, "ERR maxage is not an integer or out of range")                  \
    X(MAXAGE_RANGE, "ERR maxage should be greater than 0")                     \
    X(CONFIG_UNKNOWN,                                                          \
      "ERR Unknown option or number of arguments for CONFIG SET - '%1'")       \
    X(CONFIG_SET, "ERR CONFIG SET failed (possibly related to argument '%1') " \
                  "- %2")                                                      \
    X(NO_COMMAND, "ERR Invalid command specified")                             \
    X(NO_KEYS, "ERR The command has no key arguments")                         \
    X(KEYS_ARITY, "ERR Invalid number of arguments specified for command")     \
    X(KEYS_BAD, "ERR Invalid arguments specified for command")                 \
    X(DEBUG_OFF,                                                               \
      "ERR DEBUG command not allowed. If the enable-debug-command option is "  \
      "set to \"local\", you can run it from a local connection, otherwise "   \
      "you need to set this option in the configuration file, and then "       \
      "restart the server.")                                                   \
    X(DEBUG_SUB, "ERR unknown subcommand or wrong number of arguments for "    \
                 "'%1'. Try %2 HELP.")                                         \
    X(PROTO_NAME, "ERR Wrong protocol type name. Please use one of the "       \
                  "following: string|integer|double|bignum|null|array|set|"    \
                  "map|attrib|push|verbatim|true|false")                       \
    X(CLUSTER, "ERR This instance has cluster support disabled")               \
    X(NO_SHUTDOWN, "ERR No shutdown in progress.")                             \
    X(MAXCLIENTS, "ERR max number of clients reached")                         \
    X(DENIED,                                                                  \
      "DENIED Redis is running in protected mode because protected mode is "   \
      "enabled and no password is set for the default user. Connect from the " \
      "machine itself, or set a password (requirepass), or turn protection "   \
      "off (protected-mode no).")                                              \
    X(NO_SAVE, "ERR this server keeps nothing on disk")                        \
    X(LOADING, "LOADING Redis is loading the dataset in memory")               \
    X(SAVING, "ERR Background save already in progress")                       \
    X(SAVE_FAILED, "ERR cannot save: %1")                                      \
    X(SHUTDOWN, "ERR Errors trying to SHUTDOWN. Check logs.")                  \
    X(MISCONF,                                                                 \
      "MISCONF Redis is configured to save RDB snapshots, but it's "           \
      "currently unable to persist to disk. Commands that may modify the "     \
      "data "                                                                  \
      "set are disabled, because this instance is configured to report "       \
      "errors "                                                                \
      "during writes if RDB snapshotting fails (stop-writes-on-bgsave-error "  \
      "option). Please check the Redis logs for details about the RDB error.") \
    X(MISCONF_LOG, "MISCONF Errors writing to the AOF file: %1")               \
    X(REWRITING, "ERR Background append only file rewriting already in "       \
                 "progress")                                                   \
    X(LOG_OFF, "ERR this server keeps no log of changes")                      \
    X(P_INLINE, "ERR Protocol error: too big inline request")                  \
    X(P_QUOTES, "ERR Protocol error: unbalanced quotes in request")            \
    X(P_MB_STRING, "ERR Protocol error: too big mbulk count string")           \
    X(P_MB_LEN, "ERR Protocol error: invalid multibulk length")                \
    X(P_MB_AUTH, "ERR Protocol error: unauthenticated multibulk length")       \
    X(P_BULK_STRING, "ERR Protocol error: too big bulk count string")          \
    X(P_BULK_LEN, "ERR Protocol error: invalid bulk length")                   \
    X(P_BULK_AUTH, "ERR Protocol error: unauthenticated bulk length")          \
    X(P_DOLLAR, "ERR Protocol error: expected '$', got '%1'")                  \
    X(P_CRLF, "ERR Protocol error: expected CRLF")                             \
    X(P_NESTED, "ERR Protocol error: invalid nested value")                    \
    X(NO_CONF_FILE, "ERR The server is running without a config file")         \
    X(REWRITE, "ERR Rewriting config file: %1")                                \
    X(NESTED_ARG, "ERR only the value to store can be a nested value")         \
    X(NESTED_DEEP, "ERR nested value of more than 128 levels")

#define E_ENUM(sym, text) E_##sym,
#define E_TEXT(sym, text) text,
enum error { E_LIST(E_ENUM) E_COUNT };
static const char *const E_TEXTS[] = {E_LIST(E_TEXT)};

/* ==== load: reading what a snapshot has written =========================
 *
 * Files of Redis, Valkey and kv, of the versions 1 to 12 and 80, a slice at a
 * time. What kv has no place for ends it, with the offset and the key in words;
 * what is only said about the data is passed over. Keys that were there stay,
 * unless the file has them too. A dry load keeps nothing: it checks.
 */
enum {
    LOAD_CODES = 2000, /* codes in one slice, and bytes */
    LOAD_BYTES = 1 << 20,
    LOAD_TELLS_MS = 2000 /* between two lines of the log */
};

struct load {
    struct rdb_in in; /* first: load_more() gets it */
    kv *k;
    char *path;
    int fd, dry, ended;
    int id, version;         /* id: the database */
    i64 size;                /* of the file */
    i64 began, told_at;      /* monotonic us */
    buf b;                   /* what is at hand, and what was read of it */
    i64 at;                  /* in the file, of the end of b */
    struct crc_table *table; /* NULL: no checksum is looked at */
    u64 crc;                 /* of what stood before in.p at the last look */
    const u8 *summed;
    buf key;             /* of the value that is read */
    i64 exp, idle, freq; /* -1: none */
    i64 stream;          /* where in the log it stands; -1: it does not say */
    buf scratch;
    u64 keys, stale;
    char why[300];
};

static void load_sum(struct load *l) {
    if (l->table && l->in.p > l->summed)
        l->crc = crc_64_fast(l->table, l->crc, l->summed,
                             (size_t)(l->in.p - l->summed));
    l->summed = l->in.p;
}

/* rdb_in.more */
static int load_more(struct rdb_in *in, size_t n) {
    struct load *l = (struct load *)(void *)in;
    size_t have = (size_t)(in->e - in->p);
    load_sum(l);
    if (have) memmove(l->b.p, in->p, have);
    l->b.n = have;
    in->p = in->e = l->b.p;
    if (!buf_room(&l->k->h, &l->b, max_z(n - have, READ_SIZE * 4)))
        return rdb_no_memory(in);
    while (l->b.n < n) {
        size_t room = l->b.cap - l->b.n;
        i64 got =
            l->k->sys.read(l->k->sys.ctx, l->fd, l->b.p + l->b.n,
                           room < in->left ? room : (size_t)in->left, l->at);
        if (got < 0) return rdb_cannot(in, (int)got, "it cannot be read");
        if (got == 0) return rdb_bad(in, "it ends too early");
        l->b.n += (size_t)got;
        l->at += got;
        in->left -= (u64)got;
    }
    in->p = l->summed = l->b.p;
    in->e = l->b.p + l->b.n;
    return 1;
}

/* An integer of `size` bytes, little end first. */
static int load_int(struct load *l, int size, u64 *v) {
    if (!rdb_have(&l->in, (u64)size)) return 0;
    *v = le_get(l->in.p, size);
    l->in.p += size;
    return 1;
}

/* A length that nothing else can stand for. */
static int load_len(struct load *l, u64 *n) {
    int special;
    if (!rdb_get_len(&l->in, n, &special)) return 0;
    return special ? rdb_bad(&l->in, "a number is none") : 1;
}

/* A string's bytes into a buffer. */
static int load_string(struct load *l, buf *to) {
    struct rdb_text t;
    to->n = 0;
    if (!rdb_get_string(&l->in, &t)) return 0;
    if (!buf_room(&l->k->h, to, t.n)) return rdb_no_memory(&l->in);
    if (!rdb_take(&l->in, &t, to->p)) return 0;
    to->n = t.n;
    return 1;
}

/* Whether a value is right that nobody wants to keep. */
static int load_try(struct load *l, const struct rdb_value *v) {
    buf *b = &l->scratch;
    b->n = 0;
    if (!buf_room(&l->k->h, b, v->t.n)) return rdb_no_memory(&l->in);
    return rdb_good(&l->in, v, b->p);
}

/* Puts a value that was read, under l->key. */
static int load_put(struct load *l, const struct rdb_value *v) {
    kv *k = l->k;
    str key = str_of(l->key.p, l->key.n);
    struct tab_at at;
    u64 h;
    ent *e;
    db *d;
    l->keys++;
    if (l->dry) return load_try(l, v);
    if (l->exp >= 0 && l->exp < k->now) {
        l->stale++;
        return 1;
    }
    mem_next(&k->m);
    d = db_at(k, l->id, 1);
    if (!d) return rdb_no_memory(&l->in);
    h = db_hash(d, key);
    e = tab_find(&d->t, key, h, &at);
    e = db_put_read(d, key, h, e, &at, &l->in, v, l->exp);
    if (!e) return 0;
    lru_restore(k, e, l->idle, l->freq);
    k->dirty++;
    return 1;
}

/* An entry: what was told about it before is used up. */
static int load_entry(struct load *l, u8 type) {
    struct rdb_value v;
    int ok;
    v.type = type;
    if (type == RDB_NESTED) return rdb_bad(&l->in, "a value has no known type");
    ok =
        load_string(l, &l->key) && rdb_get_value(&l->in, &v) && load_put(l, &v);
    if (ok) l->key.n = 0;
    l->exp = l->idle = l->freq = -1;
    return ok;
}

/* The nested value in an AUX field. */
static int load_nested(struct load *l, str s) {
    struct rdb_in in;
    struct rdb_value v;
    u64 n;
    int special;
    if (s.n < 8) return rdb_bad(&l->in, "a nested value is cut");
    memset(&in, 0, sizeof in);
    in.p = s.p;
    in.e = s.p + s.n;
    l->exp = (i64)le_get(s.p, 8);
    in.p += 8;
    if (!rdb_get_len(&in, &n, &special) || special || !rdb_have(&in, n))
        return rdb_bad(&l->in, "a nested value is cut");
    l->key.n = 0;
    if (!buf_put(&l->k->h, &l->key, in.p, (size_t)n))
        return rdb_no_memory(&l->in);
    in.p += n;
    v.type = RDB_NESTED;
    v.t.packed = 0;
    v.t.s = str_of(in.p, (size_t)(in.e - in.p));
    v.t.n = v.t.s.n;
    n = (u64)load_put(l, &v);
    if (n) l->key.n = 0;
    l->exp = -1;
    return (int)n;
}

static int load_aux(struct load *l) {
    buf name = {NULL, 0, 0}, value = {NULL, 0, 0};
    kv *k = l->k;
    int ok = load_string(l, &name) && load_string(l, &value);
    if (ok && str_eq(str_of(name.p, name.n), str_c(RDB_STREAM_AUX)))
        ok = num_parse(str_of(value.p, value.n), &l->stream);
    if (ok && str_eq(str_of(name.p, name.n), str_c(RDB_NESTED_AUX)))
        ok = load_nested(l, str_of(value.p, value.n));
    buf_free(&k->h, &name);
    buf_free(&k->h, &value);
    return ok;
}

static int load_select(struct load *l) {
    u64 id;
    if (!load_len(l, &id)) return 0;
    if (id >= (u64)l->k->p.databases)
        return rdb_bad(&l->in, "there are not so many databases");
    l->id = (int)id;
    return 1;
}

/* Functions are not kept: kv has no scripts. */
static int load_function(struct load *l) {
    if (!load_string(l, &l->key)) return 0;
    log_put(l->k, KV_LOG_WARNING, "a library of functions is passed over");
    l->key.n = 0;
    return 1;
}

/* Passes over numbers that only hint. */
static int load_hints(struct load *l, int count) {
    u64 n;
    while (count--)
        if (!load_len(l, &n)) return 0;
    return 1;
}

/* Makes room for the keys that are said to come, as far as that can be true. */
static int load_resize(struct load *l) {
    u64 keys, expires;
    db *d;
    if (!load_len(l, &keys) || !load_len(l, &expires)) return 0;
    d = l->dry ? NULL : db_at(l->k, l->id, 1);
    if (d)
        tab_expand(&d->t,
                   (size_t)(keys < l->in.left / 8 ? keys : l->in.left / 8));
    return 1;
}

/* What one code means. */
static int load_code(struct load *l, u8 code) {
    enum { FUNCTION = 0xf5, OLD_FUNCTION = 0xf6, MODULE = 0xf7, SLOT = 0xf4 };
    u64 v = 0;
    int ok;
    switch (code) {
    case RDB_MS:
        ok = load_int(l, 8, &v);
        l->exp = (i64)v;
        return ok;
    case RDB_SECONDS:
        ok = load_int(l, 4, &v);
        l->exp = (i64)v * 1000;
        return ok;
    case RDB_IDLE:
        ok = load_len(l, &v);
        l->idle = (i64)(v > INT64_MAX ? INT64_MAX : v);
        return ok;
    case RDB_FREQ:
        ok = load_int(l, 1, &v);
        l->freq = (i64)v;
        return ok;
    case RDB_SELECT: return load_select(l);
    case RDB_RESIZE: return load_resize(l);
    case SLOT: return load_hints(l, 3);
    case RDB_AUX: return load_aux(l);
    case FUNCTION: return load_function(l);
    case OLD_FUNCTION:
        return rdb_bad(&l->in, "it has functions of a test version of Redis");
    case MODULE: return rdb_bad(&l->in, "kv has no modules");
    default: return load_entry(l, code);
    }
}

static int load_header(struct load *l) {
    const u8 *p;
    i64 version;
    size_t word;
    if (!rdb_have(&l->in, 9)) return 0;
    p = l->in.p;
    word = memcmp(p, "VALKEY", 6) ? 5 : 6;
    while (word < 8 && p[word] == '0') word++;
    if ((memcmp(p, "REDIS", 5) && memcmp(p, "VALKEY", 6)) ||
        !num_parse(str_of(p + word, 9 - word), &version))
        return rdb_bad(&l->in, "it is no snapshot of Redis, Valkey or kv");
    if (version < 1 || (version > RDB_NEWEST && version != RDB_VALKEY))
        return rdb_bad(&l->in, "its version is newer than what kv can read");
    l->version = (int)version;
    l->in.p += 9;
    return 1;
}

/* The end is reached. */
static int load_tail(struct load *l) {
    u64 sum;
    l->ended = 1;
    if (l->version < 5) return 1;
    load_sum(l);
    l->summed = l->in.e; /* the sum itself is not summed */
    if (!load_int(l, 8, &sum)) return 0;
    if (l->table && sum && sum != l->crc)
        return rdb_bad(&l->in, "its checksum is wrong");
    return 1;
}

static i64 load_at(const struct load *l) { return l->at - (l->in.e - l->in.p); }

/* Says where and why it is no good. */
static int load_fail(struct load *l) {
    char key[80];
    size_t n = 0, i;
    for (i = 0; i < l->key.n && n < sizeof key - 1; i++)
        key[n++] =
            (char)(l->key.p[i] >= ' ' && l->key.p[i] < 127 ? l->key.p[i] : '?');
    key[n] = 0;
    snprintf(l->why, sizeof l->why, "%.120s, byte %lld%s%s%s: %s", l->path,
             (long long)load_at(l), n ? ", key '" : "", key, n ? "'" : "",
             l->in.why);
    return l->in.rc;
}

/* How far it is, now and then. */
static void load_tell(struct load *l) {
    i64 now = l->k->mono_us(l->k->clock_ctx), at = load_at(l), us;
    if (now - l->told_at < LOAD_TELLS_MS * 1000) return;
    l->told_at = now;
    us = now - l->began;
    log_put(l->k, KV_LOG_NOTICE,
            "reading %s: %lld %%, %llu keys, %lld a second, %lld s left",
            l->path, (long long)(l->size ? at * 100 / l->size : 100),
            (unsigned long long)l->keys,
            (long long)((i64)l->keys * 1000000 / (us + 1)),
            (long long)(at ? (l->size - at) * (us / 1000000) / at : 0));
}

/* Goes on for a while: KV_AGAIN: there is more; KV_OK; or what is wrong, with
 * l->why. */
static int load_slice(struct load *l) {
    i64 from = load_at(l);
    int n;
    for (n = LOAD_CODES; n && load_at(l) - from < LOAD_BYTES; n--) {
        u8 code;
        if (!rdb_have(&l->in, 1)) return load_fail(l);
        code = *l->in.p++;
        if (code == RDB_END) return load_tail(l) ? KV_OK : load_fail(l);
        if (!load_code(l, code)) return load_fail(l);
    }
    load_tell(l);
    return KV_AGAIN;
}

static void load_free(struct load *l) {
    kv *k = l->k;
    if (l->fd >= 0) k->sys.close(k->sys.ctx, l->fd);
    if (l->table) mem_free(&k->h, l->table, sizeof *l->table);
    buf_free(&k->h, &l->b);
    buf_free(&k->h, &l->key);
    buf_free(&k->h, &l->scratch);
    buf_undup(&k->h, l->path);
    mem_next(&k->m);
}

/* Opens a file and reads its head; load_free() in any case. KV_MISSING: there
 * is none. */
static int load_begin(struct load *l, kv *k, const char *path, int dry) {
    memset(l, 0, sizeof *l);
    l->k = k;
    l->dry = dry;
    l->in.more = load_more;
    l->exp = l->idle = l->freq = l->stream = -1;
    l->began = l->told_at = k->mono_us(k->clock_ctx);
    l->path = buf_dup(&k->h, path, strlen(path));
    l->fd = k->sys.open(k->sys.ctx, path, KV_OPEN_READ);
    l->size = l->fd < 0 ? l->fd : k->sys.size(k->sys.ctx, l->fd);
    if (!l->path) l->size = KV_NOMEM;
    if (l->size < 0) {
        snprintf(l->why, sizeof l->why, "cannot read %.200s: %s", path,
                 code_text((int)l->size));
        return (int)l->size;
    }
    l->in.left = (u64)l->size;
    if (k->p.rdbchecksum) {
        l->table = mem_try(&k->h, sizeof *l->table);
        if (!l->table) {
            rdb_no_memory(&l->in);
            return load_fail(l);
        }
        crc_fill(l->table);
    }
    return load_header(l) ? KV_OK : load_fail(l);
}

static void load_done(const struct load *l) {
    l->k->save.loaded = l->keys - l->stale;
    l->k->save.stale = l->stale;
    log_put(l->k, KV_LOG_NOTICE, "read %llu keys from %s in %lld ms",
            (unsigned long long)l->keys, l->path,
            (long long)(l->k->mono_us(l->k->clock_ctx) - l->began) / 1000);
}

/* Reads a whole file; a failure is told in `why`, of 300 bytes. */
static int load_file(kv *k, const char *path, char *why) {
    struct load l;
    int rc = load_begin(&l, k, path, 0);
    while (rc == KV_OK && (rc = load_slice(&l)) == KV_AGAIN) rc = KV_OK;
    if (rc == KV_OK) load_done(&l);
    snprintf(why, sizeof l.why, "%s", l.why);
    load_free(&l);
    return rc;
}

/* ==== man: the manifest: which files are the log ========================
 *
 * As Redis 7 writes it: a base, increments in order, history that can go; one
 * line each, "file NAME seq N type b". It is replaced by rename(): there always
 * is a whole one, and it names files that are whole.
 */
enum {
    MAN_BASE = 'b',
    MAN_INCR = 'i',
    MAN_GONE = 'h',
    MAN_EMPTY = 'e', /* an increment that will be history: only in memory */
    MAN_SUM = 3 + 16 + 1, /* #C:sum LF */
    MAN_MOST = 1 << 20
};

struct man_file {
    char *name;
    i64 seq;
    i64 size; /* bytes, as far as is known */
    char type;
};

struct man {
    struct man_file *f;
    u32 n, cap;
    int line; /* that was read last */
};

static void man_free(kv *k, struct man *m) {
    u32 i;
    for (i = 0; i < m->n; i++) buf_undup(&k->h, m->f[i].name);
    mem_free(&k->h, m->f, m->cap * sizeof *m->f);
    m->f = NULL;
    m->n = m->cap = 0;
}

/* Adds a file; NULL: no memory. */
static struct man_file *man_add(kv *k, struct man *m, str name, i64 seq,
                                char type) {
    struct man_file *f;
    if (m->n == m->cap) {
        u32 cap = m->cap ? 2 * m->cap : 4;
        f = mem_resize(&k->h, m->f, m->cap * sizeof *f, cap * sizeof *f);
        if (!f) return NULL;
        m->f = f;
        m->cap = cap;
    }
    f = &m->f[m->n];
    memset(f, 0, sizeof *f);
    f->name = buf_dup(&k->h, name.p, name.n);
    if (!f->name) return NULL;
    f->seq = seq;
    f->type = type;
    m->n++;
    return f;
}

static int man_copy(kv *k, struct man *to, const struct man *from) {
    u32 i;
    memset(to, 0, sizeof *to);
    for (i = 0; i < from->n; i++) {
        struct man_file *f = man_add(k, to, str_c(from->f[i].name),
                                     from->f[i].seq, from->f[i].type);
        if (!f) {
            man_free(k, to);
            return 0;
        }
        f->size = from->f[i].size;
    }
    return 1;
}

/* The highest number of a file of this type. */
static i64 man_seq(const struct man *m, char type) {
    i64 seq = 0;
    u32 i;
    for (i = 0; i < m->n; i++)
        if (m->f[i].type == type || m->f[i].type == MAN_GONE ||
            m->f[i].type == MAN_EMPTY)
            seq = seq > m->f[i].seq ? seq : m->f[i].seq;
    return seq;
}

static i64 man_size(const struct man *m) {
    i64 n = 0;
    u32 i;
    for (i = 0; i < m->n; i++)
        if (m->f[i].type != MAN_GONE) n += m->f[i].size;
    return n;
}

static u32 man_count(const struct man *m, char type) {
    u32 i, n = 0;
    for (i = 0; i < m->n; i++) n += m->f[i].type == type;
    return n;
}

/* Forgets the history. */
static void man_tidy(kv *k, struct man *m) {
    u32 i, n = 0;
    for (i = 0; i < m->n; i++) {
        if (m->f[i].type == MAN_GONE) buf_undup(&k->h, m->f[i].name);
        else m->f[n++] = m->f[i];
    }
    m->n = n;
}

/* The first line: Redis passes over it. It has the sum of the others. */
static void man_sum(const u8 *p, size_t n, u8 *line) {
    static const u64 key[2] = {0x6b76206d616e6966, 0x6573742073756d21};
    char t[MAN_SUM + 1];
    snprintf(t, sizeof t, "#C:%016llx\n",
             (unsigned long long)hash_key(key, p, n));
    memcpy(line, t, MAN_SUM);
}

/* The text of the manifest; 0: no memory. */
static int man_text(kv *k, const struct man *m, buf *b) {
    char t[64] = "";
    u32 i;
    int n, ok = buf_put(&k->h, b, t, MAN_SUM);
    for (i = 0; i < m->n && ok; i++) {
        const struct man_file *f = &m->f[i];
        n = snprintf(t, sizeof t, " seq %lld type %c\n", (long long)f->seq,
                     f->type);
        ok = buf_put(&k->h, b, "file ", 5) &&
             buf_put(&k->h, b, f->name, strlen(f->name)) &&
             buf_put(&k->h, b, t, (size_t)n);
    }
    if (ok) man_sum(b->p + MAN_SUM, b->n - MAN_SUM, b->p);
    return ok;
}

static const char MAN_NO_MEMORY[] = "out of memory";

/* Cuts a word off the front of a line. */
static str man_word(str *s) {
    str w;
    while (s->n && strchr(" \t\r", *s->p)) s->p++, s->n--;
    w.p = s->p;
    while (s->n && !strchr(" \t\r", *s->p)) s->p++, s->n--;
    w.n = (size_t)(s->p - w.p);
    return w;
}

static int man_is_plain(str s) {
    size_t i = 0;
    while (i < s.n && s.p[i] > ' ' && s.p[i] != 127) i++;
    return i == s.n;
}

/* Reads one line; NULL, or what is wrong with it. */
static const char *man_line(kv *k, struct man *m, str line) {
    str name = {NULL, 0}, type = {NULL, 0}, word, value;
    i64 seq = -1;
    while ((word = man_word(&line)).n) {
        value = man_word(&line);
        if (!value.n) return "a line is cut";
        if (str_is(word, "file")) name = value;
        else if (str_is(word, "seq") && num_parse(value, &seq)) continue;
        else if (str_is(word, "type")) type = value;
    }
    if (!name.n || type.n != 1 || seq < 1) return "a line is no good";
    if (name.n > 255) return "a name is too long";
    if (memchr(name.p, '/', name.n)) return "a name is a path";
    if (*name.p == '"') return "a name stands in quotes";
    if (!man_is_plain(name)) return "a name has odd characters";
    if (!strchr("bih", *type.p)) return "a file has an unknown type";
    if (*type.p == MAN_BASE && man_count(m, MAN_BASE))
        return "there are two bases";
    if (*type.p == MAN_INCR && seq <= man_seq(m, MAN_INCR) &&
        man_count(m, MAN_INCR))
        return "the increments are not in order";
    return man_add(k, m, name, seq, (char)*type.p) ? NULL : MAN_NO_MEMORY;
}

/* Reads a manifest; NULL, or what is wrong with it. */
static const char *man_parse(kv *k, struct man *m, str text) {
    const char *why = NULL;
    u8 sum[MAN_SUM];
    memset(m, 0, sizeof *m);
    if (!text.n) why = "it is empty";
    while (text.n && !why) {
        const u8 *e = memchr(text.p, '\n', text.n);
        str line = text;
        m->line++;
        if (!e) {
            why = "it is cut";
            break;
        }
        line.n = (size_t)(e - line.p);
        text.n -= line.n + 1;
        text.p = e + 1;
        if (!line.n || *line.p != '#') why = man_line(k, m, line);
        else if (line.n >= 3 && !memcmp(line.p, "#C:", 3)) {
            man_sum(text.p, text.n, sum);
            if (m->line != 1 || line.n + 1 != MAN_SUM ||
                memcmp(line.p, sum, MAN_SUM))
                why = "its checksum is wrong";
        }
    }
    if (!why && !man_count(m, MAN_BASE) && !man_count(m, MAN_INCR))
        why = "it names no file";
    if (why) man_free(k, m);
    return why;
}

/* Reads a manifest from a file; KV_OK, KV_MISSING or what is wrong, with *why
 * in words. */
static int man_read(kv *k, struct man *m, const char *path, const char **why) {
    buf text = {NULL, 0, 0};
    int fd = k->sys.open(k->sys.ctx, path, KV_OPEN_READ);
    i64 n = fd < 0 ? fd : k->sys.size(k->sys.ctx, fd);
    memset(m, 0, sizeof *m);
    if (n > MAN_MOST) n = KV_TOOBIG;
    if (n >= 0 && !buf_room(&k->h, &text, (size_t)n + 1)) n = KV_NOMEM;
    while (n >= 0 && (i64)text.n < n) {
        i64 got = k->sys.read(k->sys.ctx, fd, text.p + text.n,
                              (size_t)n - text.n, (i64)text.n);
        if (got <= 0) n = got < 0 ? got : KV_IO;
        else text.n += (size_t)got;
    }
    if (fd >= 0) k->sys.close(k->sys.ctx, fd);
    *why = n < 0 ? code_text((int)n) : man_parse(k, m, str_of(text.p, text.n));
    buf_free(&k->h, &text);
    if (n < 0) return (int)n;
    return *why == MAN_NO_MEMORY ? KV_NOMEM : *why ? KV_CORRUPT : KV_OK;
}

/* ==== aof: the log of changes ===========================================
 *
 * What rec_ has encoded goes to the last increment. When it may be answered is
 * a matter of offsets in the stream: aof_safe(). While everything is well the
 * loop itself writes a turn's batch; a sync, a write with a sync, a new file and
 * the manifest are jobs of io_'s thread, one at a time, and batches wait for
 * them. Nothing is forgotten before it is on disk (or, where nobody wants that,
 * written): when a write or sync fails, the bytes that are not safe go into a
 * new increment, which says where the one before it ends.
 *
 * A rewrite: from one moment on batches go to a new increment, and a snapshot
 * of that moment becomes the base; then the manifest names only these.
 */
enum { AOF_EVERYSEC, AOF_ALWAYS, AOF_NO }; /* appendfsync */

enum {
    AOF_HEAD = 3 + 16 + 1 + 12 + 1 + 8 + 2, /* #K:salt:offset:sum CR LF */
    AOF_SYNC_MS = 500,                      /* how old unsynced bytes get */
    AOF_RISK_MS = 1000,  /* and from when on no more are answered for */
    AOF_SLOW_MS = 10,    /* a write that takes longer is slow, and then the
                            thread writes, */
    AOF_SLOW_FOR = 2000, /* for so many ms */
    AOF_RETRY_MS = 1000, /* most between two tries */
    AOF_PARTS = 16,      /* blocks that one job writes */
    AOF_FILES = 32,      /* increments that are too many */
    AOF_UNDER_WAY = 1,   /* no code yet */
    AOF_SEEN = 4096      /* places of `seen` */
};

#define AOF_BASED UINT64_MAX /* an offset: when the first base is there */

struct aof_job {
    struct io_job io;
    int rc, busy;
    int fd; /* the file to write, or the new one */
    i64 at; /* in it */
    int sync;
    u64 from, to;              /* in the stream */
    str few[AOF_PARTS], *part; /* these bytes; `part` is `few`, or a block */
    size_t parts, room;
    int slow; /* writing took long */
    /* a new file */
    char *path;
    u8 head[AOF_HEAD];
    int old;       /* the one before it, with `sync` synced; -1: none */
    i64 cut;       /* that is cut to this length afterwards; -1: not */
    int old_bad;   /* that sync failed */
    int rotates;   /* a rewrite begins with it */
    int published; /* the manifest may name the new file */
    /* a manifest */
    buf text;
    struct man next; /* what it says; files that go are removed */
};

struct aof {
    u64 salt[2];
    int fd;
    i64 file_seq; /* of the current increment */
    u64 begun;    /* the stream's offset where its batches begin */
    u64 written, synced;
    i64 since;      /* monotonic ms: no unsynced byte is older; -1: none is */
    i64 sync_due;   /* when the sync under way was to begin */
    i64 slow_until; /* monotonic ms: until then the thread writes */
    int rc;         /* KV_OK, or why it cannot be written */
    int hole;       /* records were lost: the next base fills it */
    int torn;       /* since the rewrite under way began */
    u64 safe;       /* until then this stays so */
    i64 retry_at, retry_ms;
    struct aof_job job, sync, man_job;
    struct man man;
    int published;  /* there is a manifest of this log */
    int wants_base; /* it has to have a base first */
    char *dir;      /* with the file names' common part behind a slash */
    char *man_path, *man_temp;
    /* a rewrite */
    int wanted; /* one is to begin */
    int rewriting;
    int base;                /* AOF_UNDER_WAY, or what the snapshot came to */
    int base_void;           /* it does not begin where a file does */
    i64 base_seq, base_from; /* its number, that of its first increment */
    i64 began;
    i64 last_ms; /* that the last rewrite took; -1: there was none */
    int last_rc; /* how it ended */
    int fails;
    i64 look_at;    /* when to look whether one is due */
    i64 rewrite_at; /* not before this */
    u64 *seen;      /* by key: where in the stream its last change ends */
};

/* ---- names and heads ---- */

static char *aof_path(kv *k, const char *name) {
    return snap_path(k, "%s/%s", k->aof->dir, name);
}

static void aof_hex(u8 *p, u64 v, int digits) {
    while (digits--) {
        p[digits] = (u8) "0123456789abcdef"[v & 15];
        v >>= 4;
    }
}

/* What a batch's head says. */
struct aof_batch {
    u64 sum;
    u64 n;      /* bytes behind the head */
    u64 at;     /* of the head, in the stream */
    u64 synced; /* so much was on disk when the batch was closed */
    u64 db;     /* that the first record is for, if it is no SELECT */
};

static u64 aof_sum(const u64 salt[2], const struct aof_batch *b, const u8 *p) {
    u64 key[2];
    key[0] = salt[0] ^ b->at;
    key[1] = salt[1] ^ b->synced ^ b->db << 48;
    return hash_sum(key, p, (size_t)b->n);
}

/* Both halves of the key come from what a file's first line says. */
static void aof_salt(u64 salt[2], u64 v) {
    salt[0] = v;
    salt[1] = v * 0x9e3779b97f4a7c15u;
}

/* The first line of a file whose batches begin at `from` in the stream. */
static void aof_file_head(u8 *p, const u64 salt[2], u64 from) {
    memcpy(p, "#K:", 3);
    aof_hex(p + 3, salt[0], 16);
    p[19] = ':';
    aof_hex(p + 20, from, 12);
    p[32] = ':';
    aof_hex(p + 33, hash_key(salt, p, 32), 8);
    p[41] = '\r', p[42] = '\n';
}

static void aof_batch_head(u8 *p, const u64 salt[2], struct aof_batch *b) {
    b->sum = aof_sum(salt, b, p + REC_HEAD);
    memcpy(p, "#C:", 3);
    aof_hex(p + 3, b->sum, 16);
    p[19] = ':';
    aof_hex(p + 20, b->n, 10);
    p[30] = ':';
    aof_hex(p + 31, b->at, 12);
    p[43] = ':';
    aof_hex(p + 44, b->synced, 12);
    p[56] = ':';
    aof_hex(p + 57, b->db, 4);
    p[61] = '\r', p[62] = '\n';
}

/* Closes the open batch. */
static void aof_close_batch(kv *k) {
    struct rec_block *b = k->rec.last;
    size_t at = k->rec.open;
    struct aof_batch head;
    if (!b || at == b->n) return;
    head.n = b->n - at - REC_HEAD;
    head.at = b->at + at;
    head.synced = k->aof->synced;
    head.db = (u64)k->rec.open_db;
    aof_batch_head(b->p + at, k->aof->salt, &head);
    k->rec.open = b->n;
}

/* ---- jobs ---- */

static int aof_put_parts(kv *k, const struct aof_job *j, i64 at) {
    size_t i;
    int rc = KV_OK;
    for (i = 0; i < j->parts && rc == KV_OK; i++) {
        rc = io_put(k, j->fd, j->part[i].p, j->part[i].n, at);
        at += (i64)j->part[i].n;
    }
    return rc;
}

static void aof_run_write(kv *k, struct io_job *io) {
    struct aof_job *j = (struct aof_job *)(void *)io;
    i64 began = sys_mono(NULL);
    j->rc = aof_put_parts(k, j, j->at);
    j->slow = sys_mono(NULL) - began > AOF_SLOW_MS * 1000;
    if (j->rc == KV_OK && j->sync) j->rc = k->sys.sync(k->sys.ctx, j->fd);
}

/* A sync covers what is written when it begins. */
static void aof_run_sync(kv *k, struct io_job *io) {
    struct aof_job *j = (struct aof_job *)(void *)io;
    io_lock(k);
    j->to = k->aof->written;
    io_unlock(k);
    j->rc = k->sys.sync(k->sys.ctx, j->fd);
}

/* Writes the manifest and removes what it names as history. */
static int aof_publish(kv *k, struct aof_job *j) {
    const struct aof *a = k->aof;
    int rc, fd = k->sys.open(k->sys.ctx, a->man_temp, KV_OPEN_NEW);
    u32 i;
    char path[4096];
    if (fd < 0) return fd;
    rc = io_put(k, fd, j->text.p, j->text.n, 0);
    if (rc == KV_OK) rc = k->sys.sync(k->sys.ctx, fd);
    k->sys.close(k->sys.ctx, fd);
    if (rc != KV_OK) return rc;
    j->published = 1;
    rc = k->sys.rename(k->sys.ctx, a->man_temp, a->man_path);
    if (rc == KV_OK) rc = k->sys.sync_dir(k->sys.ctx, a->man_path);
    for (i = 0; rc == KV_OK && k->sys.remove && i < j->next.n; i++) {
        const struct man_file *f = &j->next.f[i];
        if (f->type != MAN_GONE) continue;
        snprintf(path, sizeof path, "%s/%s", a->dir, f->name);
        k->sys.remove(k->sys.ctx, path);
    }
    return rc;
}

static void aof_run_publish(kv *k, struct io_job *io) {
    struct aof_job *j = (struct aof_job *)(void *)io;
    j->rc = aof_publish(k, j);
}

/* Brings the old file on disk, and makes the next, whole and named. */
static void aof_run_open(kv *k, struct io_job *io) {
    struct aof_job *j = (struct aof_job *)(void *)io;
    if (j->old >= 0 && j->sync &&
        (j->rc = k->sys.sync(k->sys.ctx, j->old)) != KV_OK) {
        j->old_bad = 1;
        return;
    }
    j->fd = k->sys.open(k->sys.ctx, j->path, KV_OPEN_NEW);
    if (j->fd < 0) {
        j->rc = j->fd;
        return;
    }
    j->rc = io_put(k, j->fd, j->head, AOF_HEAD, 0);
    if (j->rc == KV_OK) j->rc = aof_put_parts(k, j, AOF_HEAD);
    if (j->rc == KV_OK) j->rc = k->sys.sync(k->sys.ctx, j->fd);
    if (j->rc == KV_OK) j->rc = k->sys.sync_dir(k->sys.ctx, j->path);
    if (j->rc == KV_OK && j->text.n) j->rc = aof_publish(k, j);
    if (j->rc == KV_OK) {
        if (j->cut >= 0) k->sys.truncate(k->sys.ctx, j->old, j->cut);
        return;
    }
    k->sys.close(k->sys.ctx, j->fd);
    j->fd = -1;
    if (!j->published && k->sys.remove) k->sys.remove(k->sys.ctx, j->path);
}

/* What a job came to is looked at in aof_go(). */
static void aof_job_done(kv *k, struct io_job *io) {
    (void)k;
    ((struct aof_job *)(void *)io)->busy = 2;
}

static void aof_submit(kv *k, struct aof_job *j,
                       void (*run)(kv *, struct io_job *)) {
    j->io.run = run;
    j->io.done = aof_job_done;
    j->busy = 1;
    io_submit(k, &j->io, 1);
}

/* The blocks of the stream from j->from to j->to, as far as there is room for
 * them in the job. */
static void aof_parts(kv *k, struct aof_job *j) {
    const struct rec_block *b;
    u64 at = j->from;
    if (!j->part) j->part = j->few, j->room = AOF_PARTS;
    j->parts = 0;
    for (b = k->rec.first; b && at < j->to && j->parts < j->room; b = b->next) {
        u64 end = b->at + b->n;
        if (end <= at) continue;
        if (end > j->to) end = j->to;
        j->part[j->parts++] = str_of(b->p + (at - b->at), (size_t)(end - at));
        at = end;
    }
    j->to = at;
}

/* Room for all of them; 0: no memory. */
static int aof_parts_room(kv *k, struct aof_job *j) {
    const struct rec_block *b;
    size_t n = 0;
    for (b = k->rec.first; b; b = b->next) n++;
    j->part = NULL;
    if (n <= AOF_PARTS) return 1;
    j->part = mem_try(&k->h, n * sizeof *j->part);
    j->room = n;
    return j->part != NULL;
}

/* What a job with a new file or a manifest holds. */
static void aof_job_free(kv *k, struct aof_job *j) {
    if (j->part && j->part != j->few)
        mem_free(&k->h, j->part, j->room * sizeof *j->part);
    buf_undup(&k->h, j->path);
    man_free(k, &j->next);
    buf_free(&k->h, &j->text);
    memset(j, 0, sizeof *j);
}

static i64 aof_file_pos(const struct aof *a, u64 at) {
    return AOF_HEAD + (i64)(at - a->begun);
}

/* ---- what may be answered ---- */

/* Bytes that are answered for and not on disk are too old. */
static int aof_late(const kv *k) {
    const struct aof *a = k->aof;
    return a->since >= 0 && k->mono - a->since >= AOF_RISK_MS;
}

/* The stream up to here is as safe as appendfsync wants it. */
static u64 aof_safe(const kv *k) {
    const struct aof *a = k->aof;
    if (a->hole) return a->safe;
    if (k->p.appendfsync == AOF_ALWAYS) return a->synced;
    if (k->p.appendfsync == AOF_EVERYSEC && aof_late(k)) return a->synced;
    return a->written;
}

/* Whether what depends on the stream up to `need` may be answered. As long as
 * there is no first base nothing is promised; AOF_BASED waits for it. */
static int aof_is_safe(const kv *k, u64 need) {
    const struct aof *a = k->aof;
    if (!a) return 1;
    if (need == AOF_BASED) return a->published || a->fails || !a->wants_base;
    return !a->wants_base || a->published ? need <= aof_safe(k) : 1;
}

/* Whether a command that reads has to be held against what is not safe. */
static int aof_is_strict(const kv *k) {
    return k->aof && k->p.appendfsync == AOF_ALWAYS &&
           k->aof->synced < rec_end(k);
}

/* Notes that a key was changed, or, with `whole`, that anything may have been. */
static void aof_saw_write(kv *k, u64 hash) {
    struct aof *a = k->aof;
    if (a->seen) a->seen[hash % AOF_SEEN] = rec_end(k);
}

static void aof_saw_all_change(kv *k) {
    struct aof *a = k->aof;
    int i;
    for (i = 0; a->seen && i < AOF_SEEN; i++) a->seen[i] = rec_end(k);
}

/* What reads this key has to wait for. */
static void aof_saw_read(kv *k, u64 hash) {
    const struct aof *a = k->aof;
    u64 at = a->seen ? a->seen[hash % AOF_SEEN] : rec_end(k);
    if (at > k->need) k->need = at;
}

/* ---- failures ---- */

static void aof_fault(kv *k, int rc) {
    struct aof *a = k->aof;
    if (a->rc == KV_OK) {
        log_put(k, KV_LOG_WARNING,
                "cannot write the log of changes in %s: %s. Writes are refused "
                "until it can be",
                a->dir, code_text(rc));
        a->retry_ms = 50;
    }
    a->rc = rc;
    a->retry_ms = min_i(2 * a->retry_ms, AOF_RETRY_MS);
    a->retry_at = k->mono + a->retry_ms;
}

/* The log lacks something. Until there is a base that has it, the manifest
 * stays as it is and nothing more is answered for. */
static void aof_tear(kv *k) {
    struct aof *a = k->aof;
    if (a->hole) return;
    a->safe = aof_safe(k);
    a->hole = a->wanted = 1;
    a->rewrite_at = k->mono;
    a->base_void = a->torn = a->rewriting; /* that one would lack it too */
    a->published = 0;
    if (a->rc == KV_OK) a->rc = KV_NOMEM;
    log_put(k, KV_LOG_WARNING,
            "the log of changes has a hole and is made anew");
}

/* ---- a new increment ---- */

/* Starts the job that makes the next increment, with the stream from `from` to
 * `to` in it; if there is a manifest it is named there. 0: no memory. */
static int aof_open(kv *k, u64 from, u64 to, int old, i64 cut) {
    struct aof *a = k->aof;
    struct aof_job *j = &a->job;
    char name[512];
    struct man_file *f;
    i64 seq = man_seq(&a->man, MAN_INCR) + 1;
    memset(j, 0, sizeof *j);
    j->old = old;
    j->cut = cut;
    j->sync = cut < 0 || k->p.appendfsync == AOF_NO;
    j->rotates = from == to && cut < 0;
    j->from = from;
    j->to = to;
    if (!aof_parts_room(k, j)) return 0;
    aof_parts(k, j);
    KV_ASSERT(j->to == to);
    snprintf(name, sizeof name, "%.400s.%lld.incr.aof", k->p.appendfilename,
             (long long)seq);
    j->path = aof_path(k, name);
    f = j->path && man_copy(k, &j->next, &a->man)
            ? man_add(k, &j->next, str_c(name), seq, MAN_INCR)
            : NULL;
    if (f) f->size = AOF_HEAD + (i64)(to - from);
    if (!f || (a->published && !man_text(k, &j->next, &j->text))) {
        aof_job_free(k, j);
        return 0;
    }
    aof_file_head(j->head, a->salt, from);
    aof_submit(k, j, aof_run_open);
    return 1;
}

/* A failure after which the manifest may name the new file or not: it stays,
 * as history, and the next try takes another number. */
static void aof_disown(struct aof *a, struct aof_job *j) {
    struct man_file *f = &j->next.f[j->next.n - 1];
    struct man m = a->man;
    f->type = MAN_GONE;
    a->man = j->next;
    j->next = m;
}

static void aof_opened(kv *k) {
    struct aof *a = k->aof;
    struct aof_job *j = &a->job;
    if (j->rc == KV_OK) {
        struct man m = a->man;
        if (a->fd >= 0) k->sys.close(k->sys.ctx, a->fd);
        a->man = j->next;
        j->next = m;
        if (a->published) man_tidy(k, &a->man);
        a->fd = j->fd;
        a->begun = j->from;
        a->written = a->synced = j->to;
        a->since = a->written < rec_open(k) ? k->mono : -1;
        if (a->rc != KV_OK && !a->hole) {
            a->rc = KV_OK;
            log_put(k, KV_LOG_NOTICE,
                    "the log of changes goes on in %s: writes are accepted",
                    j->path);
        }
        rec_forget(k, a->synced);
    } else {
        if (j->published) aof_disown(a, j);
        if (j->rotates) a->base_void = a->rewriting;
        if (j->old_bad || j->published || j->cut >= 0 || a->fd < 0)
            aof_fault(k, j->rc);
        if (j->old_bad && k->p.appendfsync == AOF_NO) aof_tear(k);
        else
            log_put(k, KV_LOG_WARNING, "cannot begin %s: %s", j->path,
                    code_text(j->rc));
    }
    aof_job_free(k, j);
}

/* ---- rewriting ---- */

static void aof_rewritten(kv *k, int rc) {
    struct aof *a = k->aof;
    i64 s;
    a->rewriting = a->base_void = 0;
    if (a->torn) { /* it does not count */
        a->torn = 0;
        a->wanted = 1;
        return;
    }
    a->last_rc = rc;
    a->last_ms = k->mono - a->began;
    k->n.rewrites++;
    a->fails = rc == KV_OK ? 0 : a->fails < 12 ? a->fails + 1 : 12;
    s = rc == KV_OK ? 1 : a->hole || a->wants_base ? 1 : (i64)1 << a->fails;
    a->rewrite_at = k->mono + s * 1000;
    if (rc == KV_OK) {
        a->wants_base = 0;
        log_put(k, KV_LOG_NOTICE, "rewrote the log of changes in %lld ms",
                (long long)a->last_ms);
        return;
    }
    log_put(k, KV_LOG_WARNING, "cannot rewrite the log of changes: %s",
            code_text(rc));
    if (!a->published || a->hole) a->wanted = 1;
}

/* Begins a rewrite: the stream goes to a new increment from here on, and what
 * there is now becomes the base. */
static void aof_rewrite(kv *k) {
    struct aof *a = k->aof;
    char name[512], *path;
    u64 at = rec_open(k);
    int rc;
    a->wanted = 0;
    a->began = k->mono;
    a->base_seq = man_seq(&a->man, MAN_BASE) + 1;
    a->base_from = man_seq(&a->man, MAN_INCR) + 1;
    snprintf(name, sizeof name, "%.400s.%lld.base.rdb", k->p.appendfilename,
             (long long)a->base_seq);
    path = aof_path(k, name);
    k->rec.dbnum = -1;
    if (!path || !aof_open(k, at, at, a->hole ? -1 : a->fd, -1)) {
        buf_undup(&k->h, path);
        aof_rewritten(k, KV_NOMEM);
        return;
    }
    a->rewriting = 1;
    a->base = AOF_UNDER_WAY;
    rc = snap_begin(k, path, &a->base);
    if (rc == KV_OK) k->snap->copy = 1;
    else a->base = rc;
    k->rec.lost = 0;
    buf_undup(&k->h, path);
    log_put(k, KV_LOG_NOTICE, "rewriting the log of changes");
}

/* The base is there: only it and what came after it are the log. */
static void aof_name_base(kv *k) {
    struct aof *a = k->aof;
    struct aof_job *j = &a->man_job;
    struct man_file *f, last;
    char name[512];
    u32 i;
    memset(j, 0, sizeof *j);
    snprintf(name, sizeof name, "%.400s.%lld.base.rdb", k->p.appendfilename,
             (long long)a->base_seq);
    if (!man_copy(k, &j->next, &a->man)) return;
    for (i = 0; i < j->next.n; i++) {
        f = &j->next.f[i];
        if (f->type == MAN_BASE ||
            (f->type == MAN_INCR && f->seq < a->base_from))
            f->type = MAN_GONE;
    }
    f = man_add(k, &j->next, str_c(name), a->base_seq, MAN_BASE);
    if (f) { /* it comes first */
        f->size = k->save.bytes;
        last = *f;
        memmove(j->next.f + 1, j->next.f, (j->next.n - 1) * sizeof last);
        j->next.f[0] = last;
    }
    if (!f || !man_text(k, &j->next, &j->text)) {
        man_free(k, &j->next);
        buf_free(&k->h, &j->text);
        return; /* in another turn */
    }
    aof_submit(k, j, aof_run_publish);
}

static void aof_base_named(kv *k) {
    struct aof *a = k->aof;
    struct aof_job *j = &a->man_job;
    struct man m;
    buf_free(&k->h, &j->text);
    if (j->rc == KV_OK) {
        m = a->man;
        a->man = j->next;
        j->next = m;
        man_tidy(k, &a->man);
        a->published = !a->torn;
        if (a->hole && !a->torn) {
            a->hole = 0;
            a->rc = KV_OK;
            log_put(k, KV_LOG_NOTICE, "writes are accepted");
        }
        aof_rewritten(k, KV_OK);
    } else {
        log_put(k, KV_LOG_WARNING, "cannot write %s: %s", a->man_path,
                code_text(j->rc));
        a->rewrite_at = k->mono + AOF_RETRY_MS;
    }
    man_free(k, &j->next);
    j->busy = 0;
}

/* A snapshot under way or done, for the log. */
static void aof_watch_base(kv *k) {
    struct aof *a = k->aof;
    char name[512], *path;
    if (a->man_job.busy) return;
    if (a->base == AOF_UNDER_WAY) {
        if (a->base_void) snap_fail(k->snap, KV_IO);
        return;
    }
    if (a->base != KV_OK || a->base_void) {
        snprintf(name, sizeof name, "%.400s.%lld.base.rdb", k->p.appendfilename,
                 (long long)a->base_seq);
        path = a->base == KV_OK && k->sys.remove ? aof_path(k, name) : NULL;
        if (path) k->sys.remove(k->sys.ctx, path);
        buf_undup(&k->h, path);
        aof_rewritten(k, a->base == KV_OK ? KV_IO : a->base);
        return;
    }
    if (a->job.busy || k->mono < a->rewrite_at) return;
    aof_name_base(k);
}
/* ---- writing ---- */

/* Something went into the file at this moment. */
static void aof_wrote(kv *k, u64 to) {
    struct aof *a = k->aof;
    io_lock(k);
    a->written = to;
    io_unlock(k);
    if (a->since < 0) a->since = k->mono;
    if (k->p.appendfsync == AOF_NO) {
        a->since = -1;
        rec_forget(k, to);
    }
}

/* The loop writes what there is. */
static void aof_write_now(kv *k) {
    struct aof *a = k->aof;
    u64 end = rec_open(k);
    i64 began = k->mono_us(k->clock_ctx);
    struct aof_job j;
    while (a->written < end) {
        int rc;
        memset(&j, 0, sizeof j);
        j.fd = a->fd;
        j.from = a->written;
        j.to = end;
        aof_parts(k, &j);
        rc = aof_put_parts(k, &j, aof_file_pos(a, j.from));
        if (rc != KV_OK) {
            aof_fault(k, rc);
            return;
        }
        aof_wrote(k, j.to);
    }
    if (k->mono_us(k->clock_ctx) - began > AOF_SLOW_MS * 1000)
        a->slow_until = k->mono + AOF_SLOW_FOR;
}

/* The thread writes it, and brings it on disk where that is wanted. */
static void aof_write_job(kv *k) {
    struct aof *a = k->aof;
    struct aof_job *j = &a->job;
    memset(j, 0, sizeof *j);
    j->fd = a->fd;
    j->from = a->written;
    j->to = rec_open(k);
    j->at = aof_file_pos(a, j->from);
    j->sync = k->p.appendfsync == AOF_ALWAYS;
    aof_parts(k, j);
    aof_submit(k, j, aof_run_write);
}

static void aof_synced(kv *k, u64 to) {
    struct aof *a = k->aof;
    if (to > a->synced) a->synced = to;
    a->since = a->written > a->synced ? a->sync_due : -1;
    if (k->p.appendfsync != AOF_NO) rec_forget(k, a->synced);
}

static void aof_job_written(kv *k) {
    struct aof *a = k->aof;
    struct aof_job *j = &a->job;
    if (j->slow) a->slow_until = k->mono + AOF_SLOW_FOR;
    if (j->rc != KV_OK) {
        aof_fault(k, j->rc);
    } else {
        aof_wrote(k, j->to);
        if (j->sync) {
            a->sync_due = k->mono;
            aof_synced(k, j->to);
        }
    }
    memset(j, 0, sizeof *j);
}

static void aof_job_synced(kv *k) {
    struct aof *a = k->aof;
    struct aof_job *j = &a->sync;
    if (j->rc != KV_OK) aof_fault(k, j->rc);
    else aof_synced(k, j->to);
    memset(j, 0, sizeof *j);
}

/* Lets a sync begin when the oldest unsynced byte is old enough. */
static void aof_plan_sync(kv *k) {
    struct aof *a = k->aof;
    struct aof_job *j = &a->sync;
    i64 age = k->mono - a->since;
    if (j->busy || a->since < 0 || k->p.appendfsync != AOF_EVERYSEC) return;
    memset(j, 0, sizeof *j);
    j->fd = a->fd;
    j->io.run = aof_run_sync;
    j->io.done = aof_job_done;
    j->busy = 1;
    a->sync_due = age < AOF_SYNC_MS ? a->since + AOF_SYNC_MS : k->mono;
    io_submit_later(k, &j->io, a->sync_due - k->mono);
}

/* Nothing is waiting to touch the current file. */
static int aof_is_quiet(kv *k) {
    struct aof *a = k->aof;
    if (a->sync.busy == 1 && io_recall(k, &a->sync.io))
        memset(&a->sync, 0, sizeof a->sync);
    return !a->sync.busy && !a->job.busy && !a->man_job.busy;
}

/* Tries to go on after a failure: what is not safe goes into a new file. */
static void aof_mend(kv *k) {
    struct aof *a = k->aof;
    u64 from = k->p.appendfsync == AOF_NO ? a->written : a->synced;
    if (k->mono < a->retry_at || !aof_is_quiet(k)) return;
    if (k->rec.first ? from < k->rec.first->at : from < rec_end(k)) {
        aof_tear(k); /* nobody kept these bytes: appendfsync was changed */
        return;
    }
    if (aof_open(k, from, rec_open(k), a->fd,
                 a->fd >= 0 ? aof_file_pos(a, from) : -1))
        k->rec.dbnum = -1; /* the next file may be read without this one */
    else aof_fault(k, a->rc);
}

/* Whether enough was appended to the last base. */
static int aof_is_due(const kv *k) {
    const struct aof *a = k->aof;
    i64 size = 0, base = 0;
    u32 i;
    if (!a->published || k->mono < a->rewrite_at || a->rc != KV_OK) return 0;
    for (i = 0; i < a->man.n; i++)
        if (a->man.f[i].type == MAN_BASE) base = a->man.f[i].size;
    size = man_size(&a->man) + (i64)(a->written - a->begun);
    if (man_count(&a->man, MAN_INCR) > AOF_FILES) return 1;
    return k->p.rewrite_percent && size > k->p.rewrite_least &&
           (size - base) * 100 / (base ? base : 1) >= k->p.rewrite_percent;
}

static void aof_take_jobs(kv *k) {
    struct aof *a = k->aof;
    io_collect(k, 0);
    if (a->job.busy == 2 && a->job.path) aof_opened(k);
    else if (a->job.busy == 2) aof_job_written(k);
    if (a->sync.busy == 2) aof_job_synced(k);
    if (a->man_job.busy == 2) aof_base_named(k);
}

/* Hands on what is closed, to the system and in the end to the disk. */
static void aof_write(kv *k) {
    struct aof *a = k->aof;
    int always = k->p.appendfsync == AOF_ALWAYS;
    if (a->written < rec_open(k)) {
        if (always || k->mono < a->slow_until || aof_late(k)) aof_write_job(k);
        else aof_write_now(k);
    } else if (always && a->synced < a->written) {
        aof_write_job(k);
    }
    aof_plan_sync(k);
}

static int aof_may_rewrite(kv *k) {
    const struct aof *a = k->aof;
    return !a->rewriting && !k->snap && !k->load && k->mono >= a->rewrite_at &&
           (a->written == rec_open(k) || a->hole || a->fd < 0) &&
           aof_is_quiet(k);
}

/* Closes the batch and sets under way what can be done. */
static void aof_go(kv *k) {
    struct aof *a = k->aof;
    if (!a) return;
    aof_close_batch(k);
    aof_take_jobs(k);
    if (KV_RARELY(k->rec.lost)) aof_tear(k);
    if (k->mono >= a->look_at) {
        a->look_at = k->mono + 100;
        if (!a->rewriting && aof_is_due(k)) a->wanted = 1;
    }
    if (KV_RARELY(a->rewriting)) aof_watch_base(k);
    if (KV_RARELY(a->rc != KV_OK && !a->hole)) aof_mend(k);
    if (a->job.busy) return;
    if (a->rc == KV_OK && a->fd >= 0) aof_write(k);
    if (KV_RARELY(a->wanted) && aof_may_rewrite(k)) aof_rewrite(k);
}

/* In how many ms aof_go() has something to do that nobody else calls for. */
static i64 aof_wait_ms(const kv *k) {
    const struct aof *a = k->aof;
    i64 ms = io_due(k);
    if (ms < 0) ms = INT64_MAX;
    if (a->rc != KV_OK && !a->hole)
        ms = min_i(ms, a->retry_at > k->mono ? a->retry_at - k->mono : 0);
    if (a->wanted || a->rewriting) ms = min_i(ms, 100);
    return ms;
}

/* ---- on and off ---- */

static void aof_free(kv *k) {
    struct aof *a = k->aof;
    if (a->fd >= 0) k->sys.close(k->sys.ctx, a->fd);
    man_free(k, &a->man);
    buf_undup(&k->h, a->dir);
    buf_undup(&k->h, a->man_path);
    buf_undup(&k->h, a->man_temp);
    if (a->seen) mem_free(&k->h, a->seen, AOF_SEEN * sizeof *a->seen);
    mem_free(&k->h, a, sizeof *a);
    k->aof = NULL;
    k->rec.logging = 0;
    k->recording = k->on_change != NULL;
    special_look(k);
    rec_restart(k, rec_end(k));
}

/* Waits until no job is under way; what there is gets written as far as it can
 * be. */
static void aof_settle(kv *k) {
    struct aof *a = k->aof;
    int tries = 4, fails = a->fails;
    while (tries--) {
        aof_go(k);
        a->rewrite_at = k->mono;
        while (a->wants_base && a->fails == fails && !a->hole &&
               a->rc == KV_OK) {
            if (k->snap) snap_slice(k, 1);
            else io_collect(k, 1);
            aof_go(k);
        }
        while (a->job.busy == 1 || a->man_job.busy == 1 ||
               (a->sync.busy == 1 && !io_recall(k, &a->sync.io)))
            io_collect(k, 1);
        if (a->sync.busy == 1) memset(&a->sync, 0, sizeof a->sync);
        aof_take_jobs(k);
        if (a->rc != KV_OK || a->written == rec_open(k)) break;
    }
}

/* Brings everything on disk and ends the log; how that went. A first base is
 * finished when the instance ends, not when the log is not wanted. */
static int aof_end(kv *k) {
    struct aof *a = k->aof;
    int rc;
    if (!a) return KV_OK;
    if (!k->p.appendonly) a->wants_base = 0;
    if (a->rewriting && !a->wants_base && a->base == AOF_UNDER_WAY) {
        a->base_void = 1;
        snap_drop(k);
    }
    if (!a->wants_base) a->wanted = 0;
    aof_settle(k);
    rc = a->rc;
    if (rc == KV_OK && a->fd >= 0 && a->synced < a->written)
        rc = k->sys.sync(k->sys.ctx, a->fd);
    aof_free(k);
    return rc;
}

/* A log's paths, and nothing else. */
static int aof_new(kv *k) {
    struct aof *a = mem_try(&k->h, sizeof *a);
    if (!a) return KV_NOMEM;
    memset(a, 0, sizeof *a);
    k->aof = a;
    a->fd = -1;
    a->since = -1;
    a->last_ms = -1;
    aof_salt(a->salt, rng_next(k->rng));
    a->dir = snap_path(k, "%s/%s", k->p.dir, k->p.appenddirname);
    a->man_path = snap_path(k, "%s/%s/%s.manifest", k->p.dir,
                            k->p.appenddirname, k->p.appendfilename);
    a->man_temp = snap_path(k, "%s/%s/temp-%s.manifest", k->p.dir,
                            k->p.appenddirname, k->p.appendfilename);
    if (a->dir && a->man_path && a->man_temp) return KV_OK;
    aof_free(k);
    return KV_NOMEM;
}

/* Keeps the directory for this instance. */
static int aof_lock_dir(kv *k) {
    int fd;
    if (k->dir_fd >= 0 || !k->sys.lock_dir) return KV_OK;
    fd = k->sys.lock_dir(k->sys.ctx, k->p.dir);
    if (fd < 0) return fd;
    k->dir_fd = fd;
    return KV_OK;
}

/* Removes what a manifest named as history. */
static void aof_tidy(kv *k) {
    struct aof *a = k->aof;
    u32 i;
    for (i = 0; i < a->man.n; i++) {
        char *path;
        if (a->man.f[i].type != MAN_GONE) continue;
        path = aof_path(k, a->man.f[i].name);
        if (path && k->sys.remove) k->sys.remove(k->sys.ctx, path);
        buf_undup(&k->h, path);
    }
    man_tidy(k, &a->man);
    for (i = 0; i < a->man.n; i++)
        if (a->man.f[i].type == MAN_EMPTY) a->man.f[i].type = MAN_GONE;
}

/* Begins the log behind what was read: `man` are its files (they change hands)
 * and `from` is where the stream goes on. Without a manifest there has to be a
 * base first, unless there are no keys. */
static int aof_begin(kv *k, struct man *man, u64 from, int published) {
    struct aof *a;
    int i, rc = aof_new(k), empty = 1;
    if (rc != KV_OK) return rc;
    a = k->aof;
    for (i = 0; i < k->p.databases; i++) empty &= !db_size(k, i);
    a->man = *man;
    memset(man, 0, sizeof *man);
    aof_tidy(k);
    a->published =
        published || (empty && !from && !man_count(&a->man, MAN_BASE) &&
                      !man_count(&a->man, MAN_INCR));
    a->wanted = a->wants_base = !a->published;
    rec_restart(k, from);
    a->begun = a->written = a->synced = from;
    k->rec.logging = k->recording = 1;
    special_look(k);
    a->seen = mem_try(&k->h, AOF_SEEN * sizeof *a->seen);
    if (a->seen) memset(a->seen, 0, AOF_SEEN * sizeof *a->seen);
    rc = k->sys.make_dir(k->sys.ctx, a->dir);
    if (rc == KV_OK) rc = k->sys.sync_dir(k->sys.ctx, a->dir);
    if (rc == KV_OK && !a->wanted) {
        rc = aof_open(k, from, from, -1, -1) ? KV_OK : KV_NOMEM;
        while (a->job.busy == 1) io_collect(k, 1);
        if (rc == KV_OK) rc = a->job.rc;
        aof_take_jobs(k);
    } else if (rc == KV_OK) {
        aof_go(k);
    }
    if (rc != KV_OK) aof_end(k);
    return rc;
}

/* Files of an earlier log, which the new one is to replace. */
static int aof_inherit(kv *k, struct man *m) {
    char *path = snap_path(k, "%s/%s/%s.manifest", k->p.dir, k->p.appenddirname,
                           k->p.appendfilename);
    const char *why;
    int rc = path ? man_read(k, m, path, &why) : KV_NOMEM;
    u32 i;
    if (rc != KV_OK && rc != KV_MISSING && path)
        log_put(k, KV_LOG_WARNING, "%s: %s", path, why);
    for (i = 0; rc == KV_OK && i < m->n; i++)
        if (m->f[i].type != MAN_GONE) m->f[i].type = MAN_EMPTY;
    buf_undup(&k->h, path);
    return rc == KV_MISSING ? KV_OK : rc;
}

/* Makes it so that there is a log exactly when `appendonly` says so. */
static int aof_follow(kv *k) {
    struct man m;
    int rc;
    if (!k->keeping || k->loading || k->p.appendonly == (k->aof != NULL))
        return KV_OK;
    if (!k->p.appendonly) return aof_end(k);
    if (!k->p.dir[0]) return KV_ARG;
    rc = aof_lock_dir(k);
    if (rc == KV_OK) rc = aof_inherit(k, &m);
    if (rc != KV_OK) return rc;
    rc = aof_begin(k, &m, rec_end(k), 0);
    man_free(k, &m);
    if (rc == KV_OK) k->need = AOF_BASED;
    return rc;
}

/* ==== resp: the request parser ==========================================
 *
 * Cuts input into argument slices, in place. A request that is not whole yet is
 * parsed again from its start when more has come, unless it is long: then its
 * state is kept in conn.part and parsing goes on where it stopped.
 */
enum {
    RESP_MORE,  /* not whole */
    RESP_DONE,  /* one request */
    RESP_EMPTY, /* nothing to execute: skip what was used */
    RESP_BAD    /* *error says why; the connection ends */
};

enum { RESP_LINE = 65536, RESP_PART = 4096 };
enum { RESP_NESTED = 1, RESP_UNTIDY = 2 }; /* resp_in.nested */

struct resp_in {
    kv *k;
    const u8 *p;
    size_t n, at; /* input; how far it was read */
    int authed;
    int typed;  /* arguments may be nested values */
    int nested; /* the request has some, RESP_UNTIDY: not all of them are in
                 * the form that is kept; kv.kinds tells which */
    enum error error;
    u8 got; /* for E_P_DOLLAR */
};

/* A nested value in the middle; `left` is 0 when there is none. */
struct resp_value {
    size_t from, at; /* its first byte, its next element */
    u64 left;        /* elements still to come, as far as they are known */
    int untidy;      /* it has an old null, or too many levels */
    int depth;
    size_t open[NEST_DEPTH]; /* elements to come on each level */
};

/* A long request in the middle: positions are relative to its first byte. */
struct resp_span {
    size_t at, n;
    u8 kind;
};
struct resp_part {
    size_t at;
    i64 need; /* arguments still to come */
    size_t argc, cap;
    int nested;
    struct resp_span *span;
    struct resp_value value; /* the argument that begins at `at` */
};

static int resp_bad(struct resp_in *in, enum error e) {
    in->error = e;
    return RESP_BAD;
}

/* Reads "<type><number>\r\n" at in->at. */
static int resp_number(struct resp_in *in, i64 *v, enum error too_long,
                       enum error invalid) {
    const u8 *b = in->p + in->at + 1, *e = in->p + in->n, *q;
    q = memchr(b, '\r', (size_t)(e - b));
    if (!q || memchr(b, 0, (size_t)(q - b)))
        return (size_t)(e - in->p) - in->at > RESP_LINE ? resp_bad(in, too_long)
                                                        : RESP_MORE;
    if (q + 1 == e) return RESP_MORE;
    if (!num_parse(str_of(b, (size_t)(q - b)), v)) return resp_bad(in, invalid);
    if (q[1] != '\n') return resp_bad(in, E_P_CRLF);
    in->at = (size_t)(q + 2 - in->p);
    return RESP_DONE;
}

/* Reads one "$<n>\r\n<bytes>\r\n" at in->at; on RESP_MORE, in->at stays. */
static int resp_bulk(struct resp_in *in, str *arg) {
    size_t from = in->at;
    i64 n;
    int rc;
    if (in->at == in->n) return RESP_MORE;
    if (KV_RARELY(in->p[in->at] != '$')) {
        in->got = in->p[in->at];
        return resp_bad(in, E_P_DOLLAR);
    }
    rc = resp_number(in, &n, E_P_BULK_STRING, E_P_BULK_LEN);
    if (rc != RESP_DONE) return rc;
    if (n < 0 || n > in->k->p.proto_max_bulk_len || (u64)n > SIZE_MAX / 4)
        return resp_bad(in, E_P_BULK_LEN);
    if (n > 16384 && !in->authed) return resp_bad(in, E_P_BULK_AUTH);
    if (in->n - in->at < (size_t)n + 2) {
        in->at = from;
        return RESP_MORE;
    }
    arg->p = in->p + in->at;
    arg->n = (size_t)n;
    in->at += (size_t)n + 2;
    if (KV_RARELY(in->p[in->at - 2] != '\r' || in->p[in->at - 1] != '\n'))
        return resp_bad(in, E_P_CRLF);
    return RESP_DONE;
}

/* Notes an element, as far as nest_tidy() may have something to do. */
static void resp_element(struct resp_value *v, const struct nest_item *t,
                         size_t used) {
    if (v->untidy) return;
    while (v->depth && !v->open[v->depth - 1]) v->depth--;
    if (v->depth) v->open[v->depth - 1]--;
    if (t->n && v->depth + 1 == NEST_DEPTH) v->untidy = 1;
    else if (t->n) v->open[v->depth++] = t->n;
    if (t->mark == '_' && used != 3) v->untidy = 1;
}

/* Goes on with a nested value; it ends where nothing is left to come. The bytes
 * are only framed: nest_tidy() changes them, when the request is whole. */
static int resp_nested(struct resp_in *in, struct resp_value *v, str *arg) {
    i64 most = in->k->p.proto_max_bulk_len;
    struct nest_item t;
    size_t used = 0;
    int rc = NEST_OK;
    while (v->left && rc == NEST_OK) {
        rc = nest_item(in->p + v->at, in->n - v->at, most, &t, &used);
        if (rc == NEST_BAD) {
            in->got = in->p[v->at];
            return resp_bad(in, nest_mark(in->got) ? E_P_NESTED : E_P_DOLLAR);
        }
        if (rc == NEST_OK) {
            v->at += used;
            v->left = v->left - 1 + t.n;
            resp_element(v, &t, used);
        }
    }
    used = (rc == NEST_OK ? v->at : in->n) - v->from;
    if (used > 16384 && !in->authed) return resp_bad(in, E_P_BULK_AUTH);
    if (used > (u64)most) return resp_bad(in, E_P_BULK_LEN);
    if (rc != NEST_OK) return RESP_MORE;
    *arg = str_of(in->p + v->from, used);
    in->at = v->at;
    return RESP_DONE;
}

/* One argument: a string or, where they are allowed, a nested value. */
static int resp_arg(struct resp_in *in, struct resp_value *v, str *arg,
                    u8 *kind) {
    size_t at = in->at;
    int rc;
    *kind = ARG_STRING;
    if (KV_LIKELY(!in->typed) || at == in->n ||
        (in->p[at] == '$' && (at + 1 == in->n || in->p[at + 1] != '-')))
        return resp_bulk(in, arg);
    if (!v->left) {
        v->from = v->at = at;
        v->left = 1;
        v->untidy = v->depth = 0;
    }
    rc = resp_nested(in, v, arg);
    if (rc == RESP_DONE) {
        *kind = v->untidy ? ARG_UNTIDY : ARG_NESTED;
        in->nested |= RESP_NESTED | (v->untidy ? RESP_UNTIDY : 0);
    }
    return rc;
}

static int resp_array(struct resp_in *in, i64 *need) {
    int rc = resp_number(in, need, E_P_MB_STRING, E_P_MB_LEN);
    if (rc != RESP_DONE) return rc;
    if (*need > INT_MAX) return resp_bad(in, E_P_MB_LEN);
    if (*need > 10 && !in->authed) return resp_bad(in, E_P_MB_AUTH);
    return *need <= 0 ? RESP_EMPTY : RESP_DONE;
}

static int resp_is_space(u8 c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static int resp_hex(u8 c) {
    c = lower(c);
    return num_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One word of an inline request, unquoted in place: it only gets shorter.
 * Returns what follows it, or NULL: quotes that do not match. */
static u8 *resp_word(u8 *p, u8 *e, str *arg) {
    u8 *out = p, quote = 0;
    arg->p = p;
    for (; p < e; p++) {
        if (!quote) {
            if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') break;
            if (*p == '"' || *p == '\'') quote = *p;
            else *out++ = *p;
        } else if (quote == '"' && *p == '\\' && e - p >= 4 && p[1] == 'x' &&
                   resp_hex(p[2]) >= 0 && resp_hex(p[3]) >= 0) {
            *out++ = (u8)(resp_hex(p[2]) * 16 + resp_hex(p[3]));
            p += 3;
        } else if (*p == '\\' && e - p >= 2 && quote == '"') {
            static const char from[] = "nrtba", to[] = "\n\r\t\b\a";
            const char *c = strchr(from, *++p);
            *out++ = c && *p ? (u8)to[c - from] : *p;
        } else if (quote == '\'' && *p == '\\' && e - p >= 2 && p[1] == '\'') {
            *out++ = *++p;
        } else if (*p == quote) {
            if (p + 1 < e && !resp_is_space(p[1])) return NULL;
            quote = 0;
            p++;
            break;
        } else {
            *out++ = *p;
        }
    }
    arg->n = (size_t)(out - arg->p);
    return quote ? NULL : p;
}

/* Room for `n` argument slices in all. */
static int resp_room(kv *k, size_t n) {
    size_t cap = k->args_cap ? k->args_cap : 64;
    str *p;
    u8 *kinds;
    if (n <= k->args_cap) return 1;
    while (cap < n) cap *= 2;
    kinds = mem_try(&k->h, cap);
    if (!kinds) return 0;
    p = mem_resize(&k->h, k->args, k->args_cap * sizeof *p, cap * sizeof *p);
    if (!p) {
        mem_free(&k->h, kinds, cap);
        return 0;
    }
    copy(kinds, k->kinds, k->args_cap);
    mem_free(&k->h, k->kinds, k->args_cap);
    k->args = p;
    k->kinds = kinds;
    k->args_cap = cap;
    return 1;
}

/* An inline request; arguments go to k->args from index `first`. */
static int resp_inline(struct resp_in *in, size_t first, size_t *argc) {
    u8 *b = (u8 *)in->p + in->at, *e, *end;
    size_t left = in->n - in->at;
    e = memchr(b, '\n', left);
    if (!e || memchr(b, 0, (size_t)(e - b)))
        return left > RESP_LINE ? resp_bad(in, E_P_INLINE) : RESP_MORE;
    end = e > b && e[-1] == '\r' ? e - 1 : e;
    for (*argc = 0;;) {
        while (b < end && resp_is_space(*b)) b++;
        if (b == end) break;
        if (!resp_room(in->k, first + *argc + 1))
            return resp_bad(in, E_NO_MEMORY);
        b = resp_word(b, end, &in->k->args[first + *argc]);
        if (!b) return resp_bad(in, E_P_QUOTES);
        ++*argc;
    }
    in->at = (size_t)(e + 1 - in->p);
    return *argc ? RESP_DONE : RESP_EMPTY;
}

/* A length of one to three digits and its CRLF; NULL: something else. Six
 * bytes can be read at q. */
KV_HOT const u8 *resp_short(const u8 *q, size_t *v) {
    u32 x = q[0] - (u32)'0', d;
    if (x > 9) return NULL;
    if (*++q != '\r') {
        if ((d = *q++ - (u32)'0') > 9 || x == 0) return NULL;
        x = x * 10 + d;
        if (*q != '\r') {
            if ((d = *q++ - (u32)'0') > 9 || *q != '\r') return NULL;
            x = x * 10 + d;
        }
    }
    *v = x;
    return q[1] == '\n' ? q + 2 : NULL;
}

/* The usual request: whole, up to ten arguments of up to 999 bytes. 0: it is
 * something else, and resp_request() looks at it again. */
KV_HOT int resp_usual(struct resp_in *in, size_t first, size_t *argc) {
    const u8 *q = in->p + in->at, *e = in->p + in->n;
    str *arg;
    size_t n, i, len;
    if (e - q < 7 || !(q = resp_short(q + 1, &n)) || n - 1 >= 10 ||
        first + n > in->k->args_cap)
        return 0;
    arg = in->k->args + first;
    for (i = 0; i < n; i++, arg++) {
        if (e - q < 7 || *q != '$' || !(q = resp_short(q + 1, &len))) return 0;
        if ((size_t)(e - q) < len + 2 || q[len] != '\r' || q[len + 1] != '\n')
            return 0;
        arg->p = q;
        arg->n = len;
        q += len + 2;
    }
    in->at = (size_t)(q - in->p);
    *argc = n;
    return 1;
}

static int resp_multibulk(struct resp_in *in, size_t first, size_t *argc,
                          i64 *need) {
    struct resp_value v;
    int rc = resp_array(in, need);
    v.left = 0;
    while (rc == RESP_DONE && *need > 0) {
        if (KV_RARELY(first + *argc >= in->k->args_cap) &&
            !resp_room(in->k, first + *argc + 1))
            return resp_bad(in, E_NO_MEMORY);
        rc = resp_arg(in, &v, &in->k->args[first + *argc],
                      &in->k->kinds[first + *argc]);
        if (rc == RESP_DONE) ++*argc, --*need;
    }
    return rc;
}

/* One request at in->at; arguments go to k->args from index `first`. *need is
 * how many arguments are missing when the result is RESP_MORE. */
static int resp_request(struct resp_in *in, size_t first, size_t *argc,
                        i64 *need) {
    *argc = 0;
    *need = 0;
    in->nested = 0;
    if (in->p[in->at] != '*') return resp_inline(in, first, argc);
    if (KV_LIKELY(resp_usual(in, first, argc))) return RESP_DONE;
    return resp_multibulk(in, first, argc, need);
}

static void resp_part_free(kv *k, conn *c) {
    if (!c->part) return;
    mem_free(&k->h, c->part->span, c->part->cap * sizeof *c->part->span);
    mem_free(&k->h, c->part, sizeof *c->part);
    c->part = NULL;
}

static int resp_part_room(kv *k, struct resp_part *part) {
    size_t cap = part->cap ? part->cap * 2 : 64;
    struct resp_span *s;
    if (part->argc < part->cap) return 1;
    s = mem_resize(&k->h, part->span, part->cap * sizeof *s, cap * sizeof *s);
    if (!s) return 0;
    part->span = s;
    part->cap = cap;
    return 1;
}

/* Keeps the state of a long request whose first bytes are at p. */
static int resp_part_keep(kv *k, conn *c, const struct resp_in *in, const u8 *p,
                          i64 need, size_t first, size_t argc) {
    size_t i;
    struct resp_part *part = mem_try(&k->h, sizeof *part);
    if (!part) return 0;
    memset(part, 0, sizeof *part);
    c->part = part;
    part->at = in->at - (size_t)(p - in->p);
    part->need = need;
    part->nested = in->nested;
    for (i = 0; i < argc; i++) {
        if (!resp_part_room(k, part)) {
            resp_part_free(k, c);
            return 0;
        }
        part->span[part->argc].at = (size_t)(k->args[first + i].p - p);
        part->span[part->argc].kind = k->kinds[first + i];
        part->span[part->argc++].n = k->args[first + i].n;
    }
    return 1;
}

/* Goes on with a long request that begins at p. */
static int resp_resume(struct resp_in *in, conn *c, size_t *argc) {
    struct resp_part *part = c->part;
    size_t i;
    str arg;
    u8 kind;
    int rc = RESP_DONE;
    in->at = part->at;
    in->nested = part->nested;
    while (part->need > 0) {
        if (!resp_part_room(in->k, part)) return resp_bad(in, E_NO_MEMORY);
        if ((rc = resp_arg(in, &part->value, &arg, &kind)) != RESP_DONE) break;
        part->span[part->argc].at = (size_t)(arg.p - in->p);
        part->span[part->argc].kind = kind;
        part->span[part->argc++].n = arg.n;
        part->nested = in->nested;
        part->need--;
        part->at = in->at;
    }
    if (rc != RESP_DONE) return rc;
    if (!resp_room(in->k, part->argc)) return resp_bad(in, E_NO_MEMORY);
    *argc = part->argc;
    for (i = 0; i < part->argc; i++) {
        in->k->args[i] = str_of(in->p + part->span[i].at, part->span[i].n);
        in->k->kinds[i] = part->span[i].kind;
    }
    resp_part_free(in->k, c);
    return RESP_DONE;
}

/* ==== conn: what a connection or a session carries ======================
 *
 * Connections are named by slot and id across turns: conn_get(). They are
 * freed in conn_reap() only, at the end of a turn.
 */
#define HOT_NONE ((u32)-1)
enum { WORD_NAME, WORD_LIB, WORD_VER };

static conn *conn_get(kv *k, u32 slot, u64 id) {
    conn *c = slot < k->conns_cap ? k->conns[slot] : NULL;
    return c && c->id == id && !(c->flags & CONN_DEAD) ? c : NULL;
}

/* Two tables that grow together: both or none. */
static int conn_grow2(heap *h, void **a, size_t a_size, void **b, size_t b_size,
                      u32 *cap, u32 want) {
    void *x = mem_try(h, want * a_size), *y = mem_try(h, want * b_size);
    if (!x || !y) {
        mem_free(h, x, want * a_size);
        mem_free(h, y, want * b_size);
        return 0;
    }
    copy(x, *a, *cap * a_size);
    copy(y, *b, *cap * b_size);
    mem_free(h, *a, *cap * a_size);
    mem_free(h, *b, *cap * b_size);
    *a = x;
    *b = y;
    *cap = want;
    return 1;
}

static int conn_grow(kv *k) {
    u32 had = k->conns_cap, i;
    void *conns = k->conns, *slots = k->free_slots;
    if (!conn_grow2(&k->h, &conns, sizeof *k->conns, &slots,
                    sizeof *k->free_slots, &k->conns_cap, had ? 2 * had : 16))
        return 0;
    k->conns = conns;
    k->free_slots = slots;
    for (i = k->conns_cap; i > had; i--) {
        k->conns[i - 1] = NULL;
        k->free_slots[k->nfree++] = i - 1;
    }
    return 1;
}

/* A connection or session in its first state; NULL: no memory. */
static conn *conn_new(kv *k, int fd, u32 flags, const char *peer,
                      const char *self) {
    size_t np = strlen(peer) + 1, ns = strlen(self) + 1;
    conn *c;
    if (!k->nfree && !conn_grow(k)) return NULL;
    c = mem_try(&k->h, sizeof *c);
    if (!c) return NULL;
    memset(c, 0, sizeof *c);
    c->peer = mem_try(&k->h, np + ns);
    if (!c->peer) {
        mem_free(&k->h, c, sizeof *c);
        return NULL;
    }
    memcpy(c->peer, peer, np);
    memcpy(c->peer + np, self, ns);
    c->k = k;
    c->id = ++k->next_id;
    c->fd = fd;
    c->hot = HOT_NONE;
    c->resp = 2;
    c->flags = flags | (k->p.requirepass[0] ? 0 : CONN_AUTHED);
    c->born = c->seen = k->mono;
    c->slot = k->free_slots[--k->nfree];
    k->conns[c->slot] = c;
    k->nconns++;
    if (flags & CONN_HTTP) k->nhttp++;
    return c;
}

static const char *conn_self(const conn *c) {
    return c->peer + strlen(c->peer) + 1;
}

/* Sets a name or library word; an empty one takes it away. 0: no memory. */
static int conn_set_word(conn *c, int which, str s) {
    char *w = NULL;
    if (s.n && !(w = buf_dup(&c->k->h, s.p, s.n))) return 0;
    buf_undup(&c->k->h, c->words[which]);
    c->words[which] = w;
    return 1;
}

static const char *conn_word(const conn *c, int which) {
    return c->words[which] ? c->words[which] : "";
}

/* Marks a connection for the end of the turn; nothing more is read or sent. */
static void conn_kill(conn *c) {
    if (c->flags & CONN_DEAD) return;
    c->flags |= CONN_DEAD | CONN_CLOSING;
    if (!(c->flags & CONN_MEMORY)) c->k->ndead++;
}

/* Whether an address is of this machine; none is a unix socket's. */
static int conn_is_local(const char *peer) {
    return !peer[0] || strncmp(peer, "127.", 4) == 0 ||
           strncmp(peer, "[::1]", 5) == 0;
}

static size_t conn_unsent(const conn *c) { return c->out.n - c->out_at; }

/* With what still waits for the log. */
static size_t conn_owed(const conn *c) { return conn_unsent(c) + c->held_n; }

/* Gives a large output buffer back, if a small one can be had for it. */
static void conn_trim_out(kv *k) {
    if (k->out.n == 0 && k->out.cap > MEM_CHUNK)
        buf_renew(&k->h, &k->out, OUT_LEAST);
}

/* Appends to what a connection has yet to send; 0: no memory, it dies. */
static int conn_queue(conn *c, const void *p, size_t n) {
    heap *h = &c->k->h;
    if (c->out_at && c->out_at >= c->out.n / 2) {
        memmove(c->out.p, c->out.p + c->out_at, conn_unsent(c));
        c->out.n -= c->out_at;
        c->out_at = 0;
    }
    if (buf_put(h, &c->out, p, n)) return 1;
    conn_kill(c);
    return 0;
}

static void conn_free(kv *k, conn *c) {
    size_t n = strlen(c->peer) + 1;
    int i;
    resp_part_free(k, c);
    buf_free(&k->h, &c->in);
    buf_free(&k->h, &c->out);
    for (i = 0; i < 3; i++) buf_undup(&k->h, c->words[i]);
    n += strlen(c->peer + n) + 1;
    mem_free(&k->h, c->peer, n);
    k->conns[c->slot] = NULL;
    k->free_slots[k->nfree++] = c->slot;
    k->nconns--;
    if (c->flags & CONN_HTTP) k->nhttp--;
    mem_free(&k->h, c, sizeof *c);
}

/* Back to the state of a new connection, as RESET does. */
static void conn_reset(conn *c) {
    c->resp = 2;
    c->dbnum = 0;
    c->flags &= ~(u32)(CONN_OFF | CONN_SKIP | CONN_SKIP_NEXT | CONN_NO_TOUCH |
                       CONN_AUTHED | CONN_TYPED);
    if (c->flags & CONN_MINI) c->flags |= CONN_TYPED;
    if (!c->k->p.requirepass[0]) c->flags |= CONN_AUTHED;
    conn_set_word(c, WORD_NAME, str_of("", 0));
}

/* ==== reply: the reply writer ===========================================
 *
 * Appends to the turn's output in the protocol of the call's session. When
 * memory runs out the call is marked and writes no more; turn_ then puts an
 * error in the place of the reply.
 */
enum { REPLY_ROOM = 1024 }; /* room that every call finds */

KV_HOT u8 *reply_space(kv_call *c, size_t n) {
    buf *o = &c->k->out;
    if (KV_RARELY(c->oom)) return NULL;
    if (KV_RARELY(o->cap - o->n < n + REPLY_ROOM) &&
        !buf_room(&c->k->h, o, n + REPLY_ROOM) &&
        !(c->failed && o->cap - o->n >= n)) { /* errors may use the reserve */
        c->oom = 1;
        return NULL;
    }
    return o->p + o->n;
}

/* Makes sure, before a change, that `n` bytes of reply can be written. */
static int reply_room(kv_call *c, size_t n) {
    return reply_space(c, n + 64) != NULL;
}

static void reply_raw(kv_call *c, const void *p, size_t n) {
    u8 *b = reply_space(c, n);
    if (!b) return;
    copy(b, p, n);
    c->k->out.n += n;
}

#define REPLY_LIT(c, s) reply_raw(c, s, sizeof(s) - 1)

static void reply_ok(kv_call *c) { REPLY_LIT(c, "+OK\r\n"); }

/* "<type><number>\r\n" */
static void reply_head(kv_call *c, char type, i64 n) {
    u8 *b = reply_space(c, 32), *p = b;
    if (!b) return;
    *p++ = (u8)type;
    if (n >= 0 && n < 10) *p++ = (u8)('0' + n);
    else p += num_put(p, n);
    *p++ = '\r', *p++ = '\n';
    c->k->out.n += (size_t)(p - b);
}

static void reply_int(kv_call *c, i64 n) { reply_head(c, ':', n); }

static void reply_bulk(kv_call *c, str s) {
    u8 *b = reply_space(c, s.n + 32), *p = b;
    if (!b) return;
    *p++ = '$';
    if (s.n < 100) {
        if (s.n >= 10) *p++ = (u8)('0' + s.n / 10);
        *p++ = (u8)('0' + s.n % 10);
    } else {
        p += num_put_u(p, s.n);
    }
    *p++ = '\r', *p++ = '\n';
    copy(p, s.p, s.n);
    p += s.n;
    *p++ = '\r', *p++ = '\n';
    c->k->out.n += (size_t)(p - b);
}

static void reply_text(kv_call *c, const char *s) { reply_bulk(c, str_c(s)); }

static void reply_null(kv_call *c) {
    if (c->resp == 3) REPLY_LIT(c, "_\r\n");
    else REPLY_LIT(c, "$-1\r\n");
}

static void reply_array(kv_call *c, size_t n) { reply_head(c, '*', (i64)n); }

static void reply_map(kv_call *c, size_t n) {
    if (c->resp == 3) reply_head(c, '%', (i64)n);
    else reply_head(c, '*', 2 * (i64)n);
}

static void reply_set(kv_call *c, size_t n) {
    reply_head(c, c->resp == 3 ? '~' : '*', (i64)n);
}

static void reply_push(kv_call *c, size_t n) {
    reply_head(c, c->resp == 3 ? '>' : '*', (i64)n);
}

static void reply_bool(kv_call *c, int b) {
    if (c->resp == 3) reply_raw(c, b ? "#t\r\n" : "#f\r\n", 4);
    else reply_int(c, b ? 1 : 0);
}

/* One line: type, text without CR and LF, CRLF. */
static void reply_line(kv_call *c, char type, str s) {
    u8 *b = reply_space(c, s.n + 3);
    size_t i;
    if (!b) return;
    *b++ = (u8)type;
    for (i = 0; i < s.n; i++)
        *b++ = s.p[i] == '\r' || s.p[i] == '\n' ? ' ' : s.p[i];
    *b++ = '\r', *b++ = '\n';
    c->k->out.n += s.n + 3;
}

static void reply_simple(kv_call *c, const char *s) {
    reply_line(c, '+', str_c(s));
}

static void reply_double(kv_call *c, double d) {
    u8 t[NUM_TEXT];
    str s = str_of(t, num_put_double(t, d));
    if (c->resp == 3) reply_line(c, ',', s);
    else reply_bulk(c, s);
}

static void reply_bignum(kv_call *c, const char *digits) {
    if (c->resp == 3) reply_line(c, '(', str_c(digits));
    else reply_text(c, digits);
}

static void reply_verbatim(kv_call *c, str s) {
    if (c->resp == 3) {
        reply_head(c, '=', (i64)s.n + 4);
        REPLY_LIT(c, "txt:");
        reply_raw(c, s.p, s.n);
        REPLY_LIT(c, "\r\n");
    } else {
        reply_bulk(c, s);
    }
}

/* A nested value: as it is in RESP3; so in the mini dialect, whose null is
 * `$-1`; flattened as other replies are in RESP2. */
static void reply_nested(kv_call *c, str v) {
    int mini = (c->c->flags & CONN_MINI) != 0;
    const u8 *end = v.p + v.n;
    struct nest_item t;
    size_t used, same = 0;
    if (c->resp == 3) {
        reply_raw(c, v.p, v.n);
        return;
    }
    for (; v.p < end; v.p += used) {
        if (nest_item(v.p, (size_t)(end - v.p), INT64_MAX, &t, &used)) return;
        if (t.mark != '_' && (mini || t.mark == ':' || t.mark == '$' ||
                              t.mark == '*' || t.mark == '+')) {
            same += used; /* goes out with what follows it */
            continue;
        }
        if (same) reply_raw(c, v.p - same, same);
        same = 0;
        if (t.mark == '_') reply_null(c);
        else if (t.mark == '%' || t.mark == '~') reply_array(c, t.n);
        else if (t.mark == '#') reply_int(c, *t.text.p == 't');
        else if (t.mark == '=')
            reply_bulk(c, str_of(t.text.p + 4, t.text.n - 4));
        else reply_bulk(c, t.text);
    }
    if (same) reply_raw(c, end - same, same);
}

/* An aggregate whose length is known only afterwards: note where it begins,
 * write the items, then put the head in front of them. */
static size_t reply_gap(kv_call *c) { return c->k->out.n; }

/* Moves the last `n` bytes of the reply in front of everything since `gap`. */
static void reply_rotate(kv_call *c, size_t gap, size_t n) {
    u8 t[256], *at = c->k->out.p + gap;
    size_t len = c->k->out.n - gap - n;
    KV_ASSERT(n <= sizeof t);
    memcpy(t, at + len, n);
    memmove(at + n, at, len);
    memcpy(at, t, n);
}

static void reply_fill(kv_call *c, size_t gap, char type, size_t n) {
    size_t end = c->k->out.n;
    reply_head(c, type, (i64)n);
    if (!c->oom) reply_rotate(c, gap, c->k->out.n - end);
}

/* Counts an error by its code word. */
static void reply_count_error(kv *k, str text) {
    size_t n = 0, i;
    while (n < text.n && n < sizeof k->errors[0].code - 1 && text.p[n] != ' ')
        n++;
    k->n.errors++;
    for (i = 0; i < COUNT(k->errors); i++) {
        struct error_count *e = &k->errors[i];
        if (e->n == 0) memcpy(e->code, text.p, n), e->code[n] = 0;
        if (!str_eq(str_c(e->code), str_of(text.p, n))) continue;
        e->n++;
        return;
    }
}

static void reply_error_text(kv_call *c, str s) {
    c->failed = 1;
    reply_count_error(c->k, s);
    reply_line(c, '-', s);
}

/* An error with its holes filled. */
static void reply_errf(kv_call *c, enum error e, str a, str b) {
    const char *t = E_TEXTS[e], *p;
    size_t from = c->k->out.n, n;
    const u8 *nul = a.n ? memchr(a.p, 0, a.n) : NULL;
    if (nul) a.n = (size_t)(nul - a.p); /* as C's strings end */
    c->failed = 1;
    if (!reply_space(c, strlen(t) + a.n + b.n + 3)) return;
    REPLY_LIT(c, "-");
    for (; (p = strchr(t, '%')) && (p[1] == '1' || p[1] == '2'); t = p + 2) {
        str *hole = p[1] == '1' ? &a : &b;
        reply_raw(c, t, (size_t)(p - t));
        reply_raw(c, hole->p, hole->n);
    }
    reply_raw(c, t, strlen(t));
    for (n = from; n < c->k->out.n; n++)
        if (c->k->out.p[n] == '\r' || c->k->out.p[n] == '\n')
            c->k->out.p[n] = ' ';
    reply_count_error(c->k,
                      str_of(c->k->out.p + from + 1, c->k->out.n - from - 1));
    REPLY_LIT(c, "\r\n");
}

static void reply_err1(kv_call *c, enum error e, str a) {
    reply_errf(c, e, a, str_of("", 0));
}

static void reply_err(kv_call *c, enum error e) {
    reply_error_text(c, str_c(E_TEXTS[e]));
}

/* Lines of help, in the shape that clients know. */
static void reply_help(kv_call *c, const char *name, const char *const *line) {
    size_t n = 0;
    char head[96];
    while (line[n]) n++;
    snprintf(
        head, sizeof head,
        "%s <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", name);
    reply_array(c, n + 3);
    reply_simple(c, head);
    for (; *line; line++) reply_simple(c, *line);
    reply_simple(c, "HELP");
    reply_simple(c, "    Print this help.");
}

/* ==== cmd: rows, lookup, argument helpers ===============================
 *
 * A struct cmd is a row in use: with its parsed name and first keys, and in
 * the lists of its container (CLIENT, CONFIG).
 */
struct cmd {
    const kv_command *row;
    cmd *parent;      /* of a subcommand */
    const char *word; /* the name, of a subcommand behind the '|' */
    u32 word_n;
    u32 flags;
    int arity;
    int first, last, step; /* keys, as COMMAND INFO tells them; 0: none */
    cmd *sub, *next;       /* its first subcommand; its container's next one */
    u32 nsubs;
    u64 calls;
};

enum { MINI_ROWS = 6 }; /* commands that answer otherwise in the mini dialect */

static u32 cmd_hash(const u8 *p, size_t n) {
    u32 h = (u32)n;
    size_t i;
    for (i = 0; i < n; i++) h = h * 31 + (p[i] | 32u);
    return h ^ h >> 7;
}

/* The top-level command of this name, or NULL. */
static cmd *cmd_find(const kv *k, str name) {
    u32 at = cmd_hash(name.p, name.n);
    cmd *m;
    for (; (m = k->cmd_slots[at & k->cmd_mask]); at++)
        if (m->word_n == name.n && str_is(name, m->word)) return m;
    return NULL;
}

static cmd *cmd_sub(const cmd *m, str name) {
    cmd *s = m->sub;
    while (s && !str_is(name, s->word)) s = s->next;
    return s;
}

/* One key specification of a row: "RW/update@1:0:1", "OW@1#0:1:2". */
struct key_spec {
    str flags;
    int index;   /* of the argument that the search begins at */
    int counted; /* a number of keys stands at index + num */
    int num, last, first, step;
};

static const char *cmd_number(const char *p, int *v) {
    int neg = *p == '-';
    if (neg) p++;
    for (*v = 0; num_is_digit((u8)*p); p++) *v = *v * 10 + (*p - '0');
    if (neg) *v = -*v;
    return p;
}

/* Reads the next specification at *p; 0: there is none. */
static int cmd_next_spec(const char **p, struct key_spec *s) {
    const char *q = *p;
    memset(s, 0, sizeof *s);
    while (*q == ' ') q++;
    if (!*q) return 0;
    s->flags.p = (const u8 *)q;
    while (*q && *q != '@') q++;
    s->flags.n = (size_t)(q - (const char *)s->flags.p);
    if (*q != '@') return 0;
    q = cmd_number(q + 1, &s->index);
    s->counted = *q == '#';
    if (*q != '#' && *q != ':') return 0;
    q = cmd_number(q + 1, s->counted ? &s->num : &s->last);
    if (*q != ':') return 0;
    q++;
    if (s->counted) {
        q = cmd_number(q, &s->first);
        if (*q++ != ':') return 0;
    }
    *p = cmd_number(q, &s->step);
    return s->step > 0 && s->index > 0;
}

/* Which arguments of a request are keys by one specification: first, last and
 * step in *s. 0: the request does not fit. */
static int cmd_spec_keys(const struct key_spec *s, const str *argv, size_t argc,
                         size_t *first, size_t *last) {
    i64 n;
    if ((size_t)s->index >= argc) return 0;
    if (!s->counted) {
        *first = (size_t)s->index;
        *last =
            s->last < 0 ? argc - (size_t)-s->last : *first + (size_t)s->last;
        return *last < argc && *first <= *last;
    }
    if ((size_t)(s->index + s->num) >= argc ||
        !num_parse(argv[s->index + s->num], &n) || n < 1 || n > (i64)argc)
        return 0;
    *first = (size_t)(s->index + s->first);
    *last = *first + (size_t)(n - 1) * (size_t)s->step;
    return *last < argc;
}

/* Derives what COMMAND INFO calls first, last and step. */
static void cmd_derive_keys(cmd *m) {
    const char *p = m->row->keys;
    struct key_spec s;
    int last = 0;
    while (cmd_next_spec(&p, &s)) {
        int from = s.index, to = s.last < 0 ? s.last : s.index + s.last;
        if (s.counted) continue;
        if (!m->first || from < m->first) m->first = from;
        if (!m->step) m->step = s.step;
        if (!last || (last > 0 && (to < 0 || to > last))) last = to;
    }
    m->last = last;
}

/* The row whose name and handler a call has, for messages: "client|id". */
static str cmd_name(const cmd *m) { return str_c(m->row->name); }

/* ---- arguments ---- */

/* An integer argument; 0: the error was put. */
static int arg_int(kv_call *c, size_t i, i64 *v) {
    if (num_parse(c->argv[i], v)) return 1;
    reply_err(c, E_NOT_INT);
    return 0;
}

static int arg_is(kv_call *c, size_t i, const char *word) {
    return str_is(c->argv[i], word);
}

static int arg_db(kv_call *c, size_t i, int *id, enum error bad) {
    i64 v;
    if (!num_parse(c->argv[i], &v)) {
        reply_err(c, bad);
        return 0;
    }
    if (v < INT_MIN || v > INT_MAX) {
        reply_err(c, bad == E_NOT_INT ? E_INT_RANGE : bad);
        return 0;
    }
    if (v < 0 || v >= c->k->p.databases) {
        reply_err(c, E_DB_RANGE);
        return 0;
    }
    *id = (int)v;
    return 1;
}

static void syntax_error(kv_call *c) { reply_err(c, E_SYNTAX); }

/* The reply becomes the out-of-memory error, whatever it has so far. */
static void no_memory(kv_call *c) {
    c->k->out.n = c->start;
    c->oom = 0;
    reply_err(c, E_NO_MEMORY);
}

/* ---- notes of a call ---- */

static void call_event(kv_call *c, const char *event, str key) {
    note_event(c->k, event, c->c->dbnum, key);
}

/* The record of this call is this command instead of its arguments. */
static void call_record(kv_call *c, size_t argc, const str *argv) {
    record_put(c->k, c->c->dbnum, argc, argv, NO_RAW);
    c->recorded = 1;
}

/* The record "RESTORE key ms dump REPLACE ABSTTL"; `t` is room for a number. */
static void record_restore(kv_call *c, str key, i64 exp, str dump, u8 *t) {
    str argv[6];
    argv[0] = LIT("RESTORE");
    argv[1] = key;
    argv[2] = exp < 0 ? LIT("0") : text_int(t, exp);
    argv[3] = dump;
    argv[4] = LIT("REPLACE");
    argv[5] = LIT("ABSTTL");
    call_record(c, 6, argv);
}

static void call_record_del(kv_call *c, str key) {
    record_del(c->k, c->c->dbnum, key);
    c->recorded = 1;
}

/* ==== strings: GET, SET and family ======================================
 *
 * cmd_get is the place to start reading. A handler parses its arguments, finds
 * its keys, reserves, changes, notes, replies; dispatch has checked arity,
 * login and memory, and makes a record of the arguments of every call that
 * counted changes in c->dirty and wrote none itself.
 */

/* The string at a key: NULL with the error put if it is of another type. */
static int string_only(kv_call *c, ent *e) {
    if (!e || ent_type(e) == ENT_STRING) return 1;
    reply_err(c, E_WRONGTYPE);
    return 0;
}

/* The value at a key, if GET and family can show it: NULL with the error put. */
static int value_only(kv_call *c, ent *e) {
    return !e || ent_type(e) == ENT_NESTED || string_only(c, e);
}

static void reply_value(kv_call *c, const ent *e) {
    if (ent_type(e) == ENT_NESTED) reply_nested(c, ent_val(e));
    else reply_bulk(c, ent_val(e));
}

/* Makes sure, before a change, that the value can be shown. Projected to RESP2
 * an element takes at most twice its bytes. */
static int value_room(kv_call *c, const ent *e) {
    return reply_room(c, ent_val(e).n * (ent_type(e) == ENT_NESTED ? 2 : 1));
}

/* What an argument makes of the entry that keeps it. */
static u8 arg_type(const kv_call *c, size_t i) {
    return c->kinds && c->kinds[i] ? ENT_NESTED : ENT_STRING;
}

static void cmd_get(kv_call *c) {
    ent *e = key_read(c, c->argv[1]);
    if (!e) reply_null(c);
    else if (KV_LIKELY(ent_type(e) == ENT_STRING)) reply_bulk(c, ent_val(e));
    else if (value_only(c, e)) reply_value(c, e);
}

/* Sets `key`, which db_find() found as `old` or not, to a value; 0: no memory,
 * the error is put. Values and keys may not stand in the old entry. */
static int string_put(kv_call *c, str key, u64 h, ent *old, struct tab_at *at,
                      str val, i64 exp, u8 flags) {
    db *d = c->d; /* key_write() made it, or could not */
    if (!d || !db_reserve(d, key.n, val.n, exp >= 0) ||
        (!old && !tab_room(&d->t, h))) {
        no_memory(c);
        return 0;
    }
    db_put(d, key, h, old, at, flags, val, exp);
    c->dirty++;
    return 1;
}

/* Removes an entry that a handler found. */
static void call_del(kv_call *c, struct tab_at *at, ent *e, u64 h) {
    db_del(c->d, at, e, h);
    c->dirty++;
}

/* ---- options shared by SET, GETEX, SETEX, MSETEX ---- */

enum {
    OPT_NX = 1,
    OPT_XX = 2,
    OPT_GET = 4,
    OPT_KEEPTTL = 8,
    OPT_PERSIST = 16,
    OPT_EX = 32,
    OPT_PX = 64,
    OPT_EXAT = 128,
    OPT_PXAT = 256,
    OPT_IFEQ = 512,
    OPT_IFNE = 1024,
    OPT_TIME = OPT_EX | OPT_PX | OPT_EXAT | OPT_PXAT,
    OPT_COND = OPT_NX | OPT_XX | OPT_IFEQ | OPT_IFNE
};

struct set_options {
    int bits;
    str time, compare;
    i64 exp; /* wall ms; -1: none */
};

static struct set_options set_none(int bits) {
    struct set_options o;
    memset(&o, 0, sizeof o);
    o.bits = bits;
    o.exp = -1;
    return o;
}

/* Reads options from argument `i` on; 0: syntax error. `allow` are those that
 * the command knows; of each exclusive group one may be given. */
static int set_parse(kv_call *c, size_t i, int allow, struct set_options *o) {
    static const struct {
        const char *word;
        int bit, excludes;
    } words[] = {
        {"nx", OPT_NX, OPT_XX | OPT_IFEQ | OPT_IFNE},
        {"xx", OPT_XX, OPT_NX | OPT_IFEQ | OPT_IFNE},
        {"ifeq", OPT_IFEQ, OPT_COND},
        {"ifne", OPT_IFNE, OPT_COND},
        {"get", OPT_GET, 0},
        {"keepttl", OPT_KEEPTTL, OPT_TIME | OPT_PERSIST},
        {"persist", OPT_PERSIST, OPT_TIME | OPT_KEEPTTL},
        {"ex", OPT_EX, (OPT_KEEPTTL | OPT_PERSIST | OPT_TIME) & ~OPT_EX},
        {"px", OPT_PX, (OPT_KEEPTTL | OPT_PERSIST | OPT_TIME) & ~OPT_PX},
        {"exat", OPT_EXAT, (OPT_KEEPTTL | OPT_PERSIST | OPT_TIME) & ~OPT_EXAT},
        {"pxat", OPT_PXAT, (OPT_KEEPTTL | OPT_PERSIST | OPT_TIME) & ~OPT_PXAT},
    };
    *o = set_none(0);
    for (; i < c->argc; i++) {
        size_t w = 0;
        while (w < COUNT(words) &&
               !((words[w].bit & allow) && arg_is(c, i, words[w].word)))
            w++;
        if (w == COUNT(words) || (o->bits & words[w].excludes)) return 0;
        o->bits |= words[w].bit;
        if (words[w].bit & (OPT_TIME | OPT_IFEQ | OPT_IFNE)) {
            if (++i == c->argc) return 0;
            if (words[w].bit & OPT_TIME) o->time = c->argv[i];
            else o->compare = c->argv[i];
        }
    }
    return 1;
}

/* Wall ms from an expiry argument; 0: the error is put. */
static int expiry_time(kv_call *c, i64 v, int seconds, int relative, i64 *out) {
    if (v <= 0 || (seconds && v > INT64_MAX / 1000)) goto bad;
    if (seconds) v *= 1000;
    if (relative && v > INT64_MAX - c->k->now) goto bad;
    *out = relative ? v + c->k->now : v;
    return 1;
bad:
    reply_err1(c, E_EXPIRE, cmd_name(c->cmd));
    return 0;
}

static int set_expiry(kv_call *c, struct set_options *o) {
    i64 v;
    if (!(o->bits & OPT_TIME)) return 1;
    if (!num_parse(o->time, &v)) {
        reply_err(c, E_NOT_INT);
        return 0;
    }
    return expiry_time(c, v, o->bits & (OPT_EX | OPT_EXAT),
                       o->bits & (OPT_EX | OPT_PX), &o->exp);
}

/* The record of a nested value, which Redis passes over. */
static void record_nested(kv_call *c, str key, str val, i64 exp) {
    size_t room = rdb_nested_room(val.n);
    u8 t[NUM_TEXT], *p = mem_get(&c->k->h, room);
    record_restore(c, key, exp, str_of(p, rdb_dump_nested(p, val)), t);
    mem_free(&c->k->h, p, room);
}

/* The record "SET key value [PXAT ms | KEEPTTL]"; type: ENT_ of the value. */
static void record_set(kv_call *c, str key, str val, u8 type, i64 exp,
                       int keep) {
    str argv[5];
    u8 t[NUM_TEXT];
    size_t n = 3;
    if (!c->k->recording) return;
    if (type == ENT_NESTED) {
        record_nested(c, key, val, exp);
        return;
    }
    argv[0] = LIT("SET");
    argv[1] = key;
    argv[2] = val;
    if (keep) {
        argv[n++] = LIT("KEEPTTL");
    } else if (exp >= 0) {
        argv[n++] = LIT("PXAT");
        argv[n++] = text_int(t, exp);
    }
    call_record(c, n, argv);
}

static int set_condition(const struct set_options *o, ent *old) {
    if (o->bits & OPT_NX) return !old;
    if (o->bits & OPT_XX) return old != NULL;
    if (o->bits & OPT_IFEQ) return old && str_eq(ent_val(old), o->compare);
    if (o->bits & OPT_IFNE) return !old || !str_eq(ent_val(old), o->compare);
    return 1;
}

/* SET of argument 1 to argument `vi` without its reply to success: 1 set, 0 not
 * set, -1 the error is put. */
static int set_key(kv_call *c, size_t vi, struct set_options *o) {
    str key = c->argv[1], val = c->argv[vi];
    u8 type = arg_type(c, vi);
    u64 h;
    struct tab_at at;
    ent *old = key_write(c, key, &h, &at);
    i64 exp = o->exp;
    if (o->bits & (OPT_GET | OPT_IFEQ | OPT_IFNE)) {
        if (!(o->bits & (OPT_IFEQ | OPT_IFNE) ? string_only(c, old)
                                              : value_only(c, old)))
            return -1;
        if (o->bits & OPT_GET) {
            if (old && !value_room(c, old)) return -1;
            if (old) reply_value(c, old);
            else reply_null(c);
        }
    }
    if (o->bits & OPT_COND && !set_condition(o, old)) return 0;
    if (old && (o->bits & OPT_KEEPTTL)) exp = ent_exp(old);
    if (!string_put(c, key, h, old, &at, val, exp, type)) return -1;
    call_event(c, "set", key);
    if (o->bits & OPT_TIME) call_event(c, "expire", key);
    if (o->bits & ~OPT_KEEPTTL || type == ENT_NESTED)
        record_set(c, key, val, type, exp, o->bits & OPT_KEEPTTL);
    return 1;
}

/* SET without its reply: 1 set, 0 not set, -1 there is a reply already. */
static int set_call(kv_call *c) {
    struct set_options o = set_none(0);
    int rc;
    if (c->argc > 3 &&
        !set_parse(c, 3, OPT_TIME | OPT_COND | OPT_GET | OPT_KEEPTTL, &o)) {
        syntax_error(c);
        return -1;
    }
    if (!set_expiry(c, &o)) return -1;
    rc = set_key(c, 2, &o);
    return o.bits & OPT_GET ? -1 : rc;
}

static void cmd_set(kv_call *c) {
    int rc = set_call(c);
    if (rc > 0) reply_ok(c);
    else if (rc == 0) reply_null(c);
}

static void cmd_setnx(kv_call *c) {
    struct set_options o = set_none(OPT_NX);
    int rc = set_key(c, 2, &o);
    if (rc >= 0) reply_int(c, rc);
}

static void setex(kv_call *c, int bit) {
    struct set_options o = set_none(bit);
    o.time = c->argv[2];
    if (set_expiry(c, &o) && set_key(c, 3, &o) > 0) reply_ok(c);
}

static void cmd_setex(kv_call *c) { setex(c, OPT_EX); }
static void cmd_psetex(kv_call *c) { setex(c, OPT_PX); }

static void cmd_getset(kv_call *c) {
    struct set_options o = set_none(OPT_GET);
    set_key(c, 2, &o);
}

static void cmd_getdel(kv_call *c) {
    u64 h;
    struct tab_at at;
    ent *e = key_write(c, c->argv[1], &h, &at);
    if (!e) {
        reply_null(c);
    } else if (value_only(c, e) && value_room(c, e)) {
        reply_value(c, e);
        call_del(c, &at, e, h);
        call_event(c, "del", c->argv[1]);
        call_record_del(c, c->argv[1]);
    }
}

/* The record "PEXPIREAT key ms". */
static void record_expire(kv_call *c, str key, i64 exp) {
    str argv[3];
    u8 t[NUM_TEXT];
    argv[0] = LIT("PEXPIREAT");
    argv[1] = key;
    argv[2] = text_int(t, exp);
    call_record(c, 3, argv);
}

static void cmd_getex(kv_call *c) {
    struct set_options o;
    u64 h;
    struct tab_at at;
    str key = c->argv[1], argv[2];
    ent *e;
    if (!set_parse(c, 2, OPT_TIME | OPT_PERSIST, &o)) {
        syntax_error(c);
        return;
    }
    e = key_write(c, key, &h, &at);
    if (!e) {
        c->k->n.misses++;
        reply_null(c);
        return;
    }
    if (!value_only(c, e) || !set_expiry(c, &o)) return;
    c->k->n.hits++;
    if (!value_room(c, e)) return;
    if (o.exp >= 0 && o.exp <= c->k->now) {
        reply_value(c, e);
        call_del(c, &at, e, h);
        call_event(c, "del", key);
        call_record_del(c, key);
        return;
    }
    if ((o.exp >= 0 || (o.bits & OPT_PERSIST && ent_exp(e) >= 0))) {
        if (!db_set_exp(c->d, key, h, e, &at, o.exp)) {
            no_memory(c);
            return;
        }
        c->dirty++;
        argv[0] = LIT("PERSIST");
        argv[1] = key;
        call_event(c, o.exp >= 0 ? "expire" : "persist", key);
        if (o.exp >= 0) record_expire(c, key, o.exp);
        else call_record(c, 2, argv);
        e = tab_find(&c->d->t, key, h, &at);
    }
    lru_touch(c->k, e);
    reply_value(c, e);
}

/* ---- many keys ---- */

static void cmd_mget(kv_call *c) {
    size_t i;
    reply_array(c, c->argc - 1);
    for (i = 1; i < c->argc; i++) {
        ent *e = key_read(c, c->argv[i]);
        if (e && ent_type(e) <= ENT_NESTED) reply_value(c, e);
        else reply_null(c);
    }
}

/* Takes everything that setting all pairs from argument `first` to `end` can
 * need; 0: no memory, nothing is kept. */
static int mset_reserve(kv_call *c, size_t first, size_t end, int exp) {
    db *d = key_db(c);
    size_t i;
    int ok = d && tab_expand(&d->t, (end - first) / 2);
    for (i = first; ok && i < end; i += 2) {
        u64 h = key_hash(c, c->argv[i]);
        struct tab_at at;
        ok = db_reserve(d, c->argv[i].n, c->argv[i + 1].n, exp) &&
             (db_find(d, c->argv[i], h, &at) || tab_room(&d->t, h));
    }
    if (ok) return 1;
    for (i = first; d && d->t.dir[0] && i < end; i += 2)
        tab_unroom(&d->t, key_hash(c, c->argv[i]));
    no_memory(c);
    return 0;
}

/* With `each` they are recorded one by one. */
static void mset_put(kv_call *c, size_t first, size_t end, i64 exp, int keep,
                     int each) {
    size_t i;
    for (i = first; i < end; i += 2) {
        /* not key_write(): a key given twice may have expired meanwhile */
        u64 h = key_hash(c, c->argv[i]);
        struct tab_at at;
        ent *old = tab_find(&c->d->t, c->argv[i], h, &at);
        i64 x = keep && old ? ent_exp(old) : exp;
        db_put(c->d, c->argv[i], h, old, &at, arg_type(c, i + 1),
               c->argv[i + 1], x);
        c->dirty++;
        call_event(c, "set", c->argv[i]);
        if (exp >= 0) call_event(c, "expire", c->argv[i]);
        if (each)
            record_set(c, c->argv[i], c->argv[i + 1], arg_type(c, i + 1), x,
                       keep);
    }
    for (i = first; i < end; i += 2)
        tab_unroom(&c->d->t, key_hash(c, c->argv[i]));
}

/* MSET without its reply; 0: the error is put. */
static int mset_call(kv_call *c) {
    if (c->argc % 2 == 0) {
        reply_err1(c, E_ARITY, cmd_name(c->cmd));
        return 0;
    }
    if (!mset_reserve(c, 1, c->argc, 0)) return 0;
    mset_put(c, 1, c->argc, -1, 0, c->kinds != NULL);
    return 1;
}

static void cmd_mset(kv_call *c) {
    if (mset_call(c)) reply_ok(c);
}

/* How many of the keys exist. */
static size_t mset_existing(kv_call *c, size_t first, size_t end) {
    size_t i, n = 0;
    for (i = first; i < end; i += 2) n += key_peek(c, c->argv[i]) != NULL;
    return n;
}

static void cmd_msetnx(kv_call *c) {
    if (c->argc % 2 == 0) reply_err1(c, E_ARITY, cmd_name(c->cmd));
    else if (mset_existing(c, 1, c->argc)) reply_int(c, 0);
    else if (mset_reserve(c, 1, c->argc, 0)) {
        mset_put(c, 1, c->argc, -1, 0, c->kinds != NULL);
        reply_int(c, 1);
    }
}

static void cmd_msetex(kv_call *c) {
    struct set_options o;
    i64 n;
    size_t end, have;
    if (!num_parse(c->argv[1], &n) || n < 1 || n > INT_MAX) {
        reply_err(c, E_NUMKEYS);
        return;
    }
    if ((u64)n * 2 > c->argc - 2) {
        reply_err1(c, E_ARITY, cmd_name(c->cmd));
        return;
    }
    end = 2 + 2 * (size_t)n;
    if (!set_parse(c, end, OPT_TIME | OPT_NX | OPT_XX | OPT_KEEPTTL, &o)) {
        syntax_error(c);
        return;
    }
    if (!set_expiry(c, &o)) return;
    have = o.bits & OPT_COND ? mset_existing(c, 2, end) : 0;
    if ((o.bits & OPT_NX && have) || (o.bits & OPT_XX && have < (size_t)n)) {
        reply_int(c, 0);
        return;
    }
    if (!mset_reserve(c, 2, end, o.bits & (OPT_TIME | OPT_KEEPTTL))) return;
    mset_put(c, 2, end, o.exp, o.bits & OPT_KEEPTTL, 1);
    reply_int(c, 1);
}

/* ==== edits: INCR, APPEND, SETRANGE, DELEX =============================== */

/* ---- numbers ---- */

static void incr_by(kv_call *c, i64 by) {
    u64 h;
    struct tab_at at;
    ent *e = key_write(c, c->argv[1], &h, &at);
    i64 v = 0;
    u8 t[NUM_TEXT];
    if (!string_only(c, e)) return;
    if (e && !num_parse(ent_val(e), &v)) {
        reply_err(c, E_NOT_INT);
        return;
    }
    if ((by < 0 && v < INT64_MIN - by) || (by > 0 && v > INT64_MAX - by)) {
        reply_err(c, E_OVERFLOW);
        return;
    }
    v += by;
    if (!string_put(c, c->argv[1], h, e, &at, text_int(t, v),
                    e ? ent_exp(e) : -1, 0))
        return;
    call_event(c, "incrby", c->argv[1]);
    reply_int(c, v);
}

static void cmd_incr(kv_call *c) { incr_by(c, 1); }
static void cmd_decr(kv_call *c) { incr_by(c, -1); }

static void cmd_incrby(kv_call *c) {
    i64 by;
    if (arg_int(c, 2, &by)) incr_by(c, by);
}

static void cmd_decrby(kv_call *c) {
    i64 by;
    if (!arg_int(c, 2, &by)) return;
    if (by == INT64_MIN) reply_err(c, E_DECR_OVERFLOW);
    else incr_by(c, -by);
}

static void cmd_incrbyfloat(kv_call *c) {
    struct num_dec v, by;
    u8 t[DEC_INT + 20];
    u64 h;
    struct tab_at at;
    ent *e = key_write(c, c->argv[1], &h, &at);
    i64 exp = e ? ent_exp(e) : -1;
    str val = e ? ent_val(e) : LIT("0");
    int have, add;
    if (!string_only(c, e)) return;
    have = num_dec_parse(val, &v);
    add = num_dec_parse(c->argv[2], &by);
    if (have == DEC_BAD || add == DEC_BAD) {
        reply_err(c, E_NOT_FLOAT);
        return;
    }
    if (have == DEC_INF || add == DEC_INF || !num_dec_add(&v, &by)) {
        reply_err(c, E_NAN_INF);
        return;
    }
    val = str_of(t, num_dec_put(&v, t));
    if (!note_room(c->k, val.n + c->argv[1].n + 256, 2)) {
        no_memory(c);
        return;
    }
    if (!string_put(c, c->argv[1], h, e, &at, val, exp, ENT_TEXT)) return;
    call_event(c, "incrbyfloat", c->argv[1]);
    record_set(c, c->argv[1], val, ENT_STRING, -1, 1);
    reply_bulk(c, val);
}

/* ---- parts of strings ---- */

/* Bytes into a value that has its own block; 0: no memory. */
static int string_edit_big(db *d, ent *e, size_t n, size_t off, str val) {
    struct ent_big b = ent_big(e);
    if (n > b.cap) {
        size_t cap = n < MEM_CHUNK ? 2 * n : n + n / 4;
        u8 *p = mem_resize(&d->h, b.p, b.cap, cap);
        if (!p) p = mem_resize(&d->h, b.p, b.cap, cap = n);
        if (!p) return 0;
        b.p = p;
        b.cap = cap;
    }
    if (off > b.n) memset(b.p + b.n, 0, off - b.n);
    copy(b.p + off, val.p, val.n);
    b.n = n;
    ent_set_big(e, b);
    e->flags = (u8)((e->flags & ~ENT_TEXT) | ENT_RAW);
    return 1;
}

/* Writes `val` at offset `off` of a string, or of none; a gap is filled with
 * zeros, expiry stays. 0: no memory, the error is put. */
static int string_edit(kv_call *c, str key, u64 h, ent *e, struct tab_at *at,
                       size_t off, str val) {
    str old = e ? ent_val(e) : str_of("", 0);
    size_t n = max_z(old.n, off + val.n), had = e ? ent_size(e) : 0;
    i64 exp = e ? ent_exp(e) : -1;
    db *d = c->d;
    struct ent_big b = {NULL, 0, 0};
    ent *to;
    u8 *p;
    if (e) {
        snap_keep(d, e, SNAP_EDIT);
        old = ent_val(e);
    }
    if (d && e && e->flags & ENT_BIG) {
        if (string_edit_big(d, e, n, off, val)) return 1;
        d = NULL;
    }
    if (!d || !db_reserve(d, key.n, n, exp >= 0) ||
        (!e && !tab_room(&d->t, h))) {
        no_memory(c);
        return 0;
    }
    to = mem_get(&d->h, ent_need(key.n, n, exp >= 0));
    if (n > ENT_INLINE) {
        b.p = mem_get(&d->h, n);
        b.n = b.cap = n;
    }
    p = ent_layout(to, ENT_STRING | ENT_RAW, key, n, exp, b.p ? &b : NULL);
    if (b.p) p = b.p;
    copy(p, old.p, old.n);
    if (off > old.n) memset(p + old.n, 0, off - old.n);
    copy(p + off, val.p, val.n);
    to->epoch = c->k->epoch;
    lru_start(c->k, to);
    if (!e) {
        tab_add(&d->t, h, to);
        return 1;
    }
    ent_set_lru(to, ent_lru(e));
    at->s->b[at->b].item[at->i] = to;
    if (exp >= 0) exp_moved(&d->x, e, to, exp, h);
    mem_free(&d->h, e, had);
    return 1;
}

static int string_fits(kv_call *c, size_t at, size_t n) {
    u64 most = (u64)min_i(c->k->p.proto_max_bulk_len, (i64)(SIZE_MAX / 4));
    if (n <= most && at <= most - n) return 1;
    reply_err(c, E_TOO_LONG);
    return 0;
}

static void cmd_append(kv_call *c) {
    u64 h;
    struct tab_at at;
    str key = c->argv[1], val = c->argv[2];
    ent *e = key_write(c, key, &h, &at);
    size_t n;
    if (!string_only(c, e)) return;
    if (!e) {
        if (!string_put(c, key, h, NULL, &at, val, -1, 0)) return;
        n = val.n;
    } else {
        n = ent_val(e).n;
        if (!string_fits(c, n, val.n)) return;
        if (!string_edit(c, key, h, e, &at, n, val)) return;
        n += val.n;
        c->dirty++;
    }
    call_event(c, "append", key);
    reply_int(c, (i64)n);
}

static void cmd_setrange(kv_call *c) {
    u64 h;
    struct tab_at at;
    str key = c->argv[1], val = c->argv[3];
    i64 off;
    size_t n;
    ent *e;
    if (!arg_int(c, 2, &off)) return;
    if (off < 0) {
        reply_err(c, E_OFFSET);
        return;
    }
    e = key_write(c, key, &h, &at);
    if (!string_only(c, e)) return;
    if (val.n == 0) {
        reply_int(c, e ? (i64)ent_val(e).n : 0);
        return;
    }
    if (off > c->k->p.proto_max_bulk_len) off = c->k->p.proto_max_bulk_len;
    if (!string_fits(c, (size_t)off, val.n)) return;
    n = max_z(e ? ent_val(e).n : 0, (size_t)off + val.n);
    if (!string_edit(c, key, h, e, &at, (size_t)off, val)) return;
    c->dirty++;
    call_event(c, "setrange", key);
    reply_int(c, (i64)n);
}

static void cmd_getrange(kv_call *c) {
    i64 from, to, n;
    str s;
    ent *e;
    if (!arg_int(c, 2, &from) || !arg_int(c, 3, &to)) return;
    e = key_read(c, c->argv[1]);
    if (!string_only(c, e)) return;
    s = e ? ent_val(e) : str_of("", 0);
    n = (i64)s.n;
    if (from < 0 && to < 0 && from > to) to = from = n;
    if (from < 0) from = from < -n ? 0 : from + n;
    if (to < 0) to = to < -n ? 0 : to + n;
    if (to >= n) to = n - 1;
    if (from > to || n == 0) reply_bulk(c, str_of("", 0));
    else reply_bulk(c, str_of(s.p + from, (size_t)(to - from + 1)));
}

static void cmd_strlen(kv_call *c) {
    ent *e = key_read(c, c->argv[1]);
    if (string_only(c, e)) reply_int(c, e ? (i64)ent_val(e).n : 0);
}

/* ---- conditional deletion ---- */

static void del_if(kv_call *c, int equal, str compare) {
    u64 h;
    struct tab_at at;
    ent *e = key_write(c, c->argv[1], &h, &at);
    if (!e) {
        reply_int(c, 0);
    } else if (string_only(c, e)) {
        int hit = str_eq(ent_val(e), compare) == equal;
        if (hit) {
            call_del(c, &at, e, h);
            call_event(c, "del", c->argv[1]);
            call_record_del(c, c->argv[1]);
        }
        reply_int(c, hit);
    }
}

static void cmd_delifeq(kv_call *c) { del_if(c, 1, c->argv[2]); }

static void cmd_delex(kv_call *c) {
    u64 h;
    struct tab_at at;
    ent *e;
    if (c->argc == 4 && arg_is(c, 2, "ifeq")) {
        del_if(c, 1, c->argv[3]);
    } else if (c->argc == 4 && arg_is(c, 2, "ifne")) {
        del_if(c, 0, c->argv[3]);
    } else if (c->argc > 2) {
        syntax_error(c);
    } else {
        e = key_write(c, c->argv[1], &h, &at);
        if (e) {
            call_del(c, &at, e, h);
            call_event(c, "del", c->argv[1]);
            call_record_del(c, c->argv[1]);
        }
        reply_int(c, e != NULL);
    }
}

static const kv_command ROWS_STRINGS[] = {
    {"append", cmd_append, 3, KV_WRITE | KV_DENYOOM | KV_FAST,
     "RW/insert@1:0:1", "string", "2.0.0", "O(1) amortised",
     "Appends bytes to the end of a string, creating it if needed.",
     "key value", NULL},
    {"decr", cmd_decr, 2, KV_WRITE | KV_DENYOOM | KV_FAST,
     "RW/access/update@1:0:1", "string", "1.0.0", "O(1)",
     "Takes one off a stored integer; a missing key counts as 0.", "key", NULL},
    {"decrby", cmd_decrby, 3, KV_WRITE | KV_DENYOOM | KV_FAST,
     "RW/access/update@1:0:1", "string", "1.0.0", "O(1)",
     "Takes the given amount off a stored integer.", "key decrement", NULL},
    {"delex", cmd_delex, -2, KV_WRITE | KV_FAST, "RW/access/delete@1:0:1",
     "string", "8.4.0", "O(1), O(N) to compare N bytes",
     "Removes a key only while its string meets the given condition.",
     "key condition=[IFEQ comparison|IFNE comparison]", NULL},
    {"delifeq", cmd_delifeq, 3, KV_WRITE | KV_FAST, "RW/access/delete@1:0:1",
     "string", "8.4.0", "O(1), O(N) to compare N bytes",
     "Removes a key only while its string equals the given bytes.", "key value",
     NULL},
    {"get", cmd_get, 2, KV_READONLY | KV_FAST, "RO/access@1:0:1", "string",
     "1.0.0", "O(1)", "Reads a string; nil when nothing is stored there.",
     "key", NULL},
    {"getdel", cmd_getdel, 2, KV_WRITE | KV_FAST, "RW/access/delete@1:0:1",
     "string", "6.2.0", "O(1)",
     "Reads a string and removes its key in the same step.", "key", NULL},
    {"getex", cmd_getex, -2, KV_WRITE | KV_FAST, "RW/access/update@1:0:1",
     "string", "6.2.0", "O(1)",
     "Reads a string and can move or drop its expiry in the same step.",
     "key expiration=[EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT "
     "unix-time-milliseconds|PERSIST]",
     NULL},
    {"getrange", cmd_getrange, 4, KV_READONLY, "RO/access@1:0:1", "string",
     "2.4.0", "O(N), N bytes returned",
     "Reads the bytes between two offsets; negative ones count from the end.",
     "key start end", NULL},
    {"getset", cmd_getset, 3, KV_WRITE | KV_DENYOOM | KV_FAST | KV_NESTED,
     "RW/access/update@1:0:1", "string", "1.0.0", "O(1)",
     "Stores a new string and hands back the one it replaced.", "key value",
     NULL},
    {"incr", cmd_incr, 2, KV_WRITE | KV_DENYOOM | KV_FAST,
     "RW/access/update@1:0:1", "string", "1.0.0", "O(1)",
     "Adds one to a stored integer; a missing key counts as 0.", "key", NULL},
    {"incrby", cmd_incrby, 3, KV_WRITE | KV_DENYOOM | KV_FAST,
     "RW/access/update@1:0:1", "string", "1.0.0", "O(1)",
     "Adds the given amount to a stored integer.", "key increment", NULL},
    {"incrbyfloat", cmd_incrbyfloat, 3, KV_WRITE | KV_DENYOOM | KV_FAST,
     "RW/access/update@1:0:1", "string", "2.6.0", "O(1)",
     "Adds a decimal amount to a stored number.", "key increment:double", NULL},
    {"mget", cmd_mget, -2, KV_READONLY | KV_FAST, "RO/access@1:-1:1", "string",
     "1.0.0", "O(N), N keys",
     "Reads several strings at once, with nil for each one that is absent.",
     "key ...", NULL},
    {"mset", cmd_mset, -3, KV_WRITE | KV_DENYOOM | KV_NESTED,
     "OW/update@1:-1:2", "string", "1.0.1", "O(N), N keys",
     "Stores several strings at once, replacing what was there.",
     "{key value} ...", NULL},
    {"msetex", cmd_msetex, -4,
     KV_WRITE | KV_DENYOOM | KV_MOVABLEKEYS | KV_NESTED, "OW/update@1#0:1:2",
     "string", "8.4.0", "O(N), N keys",
     "Stores several strings at once under one condition and one expiry.",
     "numkeys data={key value} ... condition=[NX|XX] expiration=[EX seconds|PX "
     "milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|KEEPTTL]",
     NULL},
    {"msetnx", cmd_msetnx, -3, KV_WRITE | KV_DENYOOM | KV_NESTED,
     "OW/insert@1:-1:2", "string", "1.0.1", "O(N), N keys",
     "Stores several strings, or none if any of the keys is taken.",
     "{key value} ...", NULL},
    {"psetex", cmd_psetex, 4, KV_WRITE | KV_DENYOOM | KV_NESTED,
     "OW/update@1:0:1", "string", "2.6.0", "O(1)",
     "Stores a string that lives for the given milliseconds.",
     "key milliseconds value", NULL},
    {"set", cmd_set, -3, KV_WRITE | KV_DENYOOM | KV_NESTED,
     "RW/access/update/variable_flags@1:0:1", "string", "1.0.0", "O(1)",
     "Stores a string, optionally on a condition and with an expiry.",
     "key value condition=[NX|XX|IFEQ comparison|IFNE comparison] [GET] "
     "expiration=[EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT "
     "unix-time-milliseconds|KEEPTTL]",
     NULL},
    {"setex", cmd_setex, 4, KV_WRITE | KV_DENYOOM | KV_NESTED,
     "OW/update@1:0:1", "string", "2.0.0", "O(1)",
     "Stores a string that lives for the given seconds.", "key seconds value",
     NULL},
    {"setnx", cmd_setnx, 3, KV_WRITE | KV_DENYOOM | KV_FAST | KV_NESTED,
     "OW/insert@1:0:1", "string", "1.0.0", "O(1)",
     "Stores a string only where no key exists yet.", "key value", NULL},
    {"setrange", cmd_setrange, 4, KV_WRITE | KV_DENYOOM, "RW/update@1:0:1",
     "string", "2.2.0", "O(M), M bytes written or padded",
     "Writes bytes into a string from an offset, zero-padding any gap.",
     "key offset value", NULL},
    {"strlen", cmd_strlen, 2, KV_READONLY | KV_FAST, "RO@1:0:1", "string",
     "2.2.0", "O(1)",
     "Tells how many bytes a string holds; 0 when it is absent.", "key", NULL},
    {"substr", cmd_getrange, 4, KV_READONLY, "RO/access@1:0:1", "string",
     "1.0.0", "O(N), N bytes returned", "Older spelling of GETRANGE.",
     "key start end", NULL},
};

/* ==== keys: commands for keys of any type =============================== */

static void cmd_del(kv_call *c) {
    i64 n = 0;
    size_t i;
    for (i = 1; i < c->argc; i++) {
        u64 h;
        struct tab_at at;
        ent *e = key_write(c, c->argv[i], &h, &at);
        if (!e) continue;
        call_del(c, &at, e, h);
        call_event(c, "del", c->argv[i]);
        n++;
    }
    reply_int(c, n);
}

/* Finds a key in order to tell about it: counted, but not as a use. */
static ent *key_look(kv_call *c, str key) {
    ent *e = key_peek(c, key);
    if (e) c->k->n.hits++;
    else c->k->n.misses++;
    return e;
}

static void cmd_exists(kv_call *c) {
    i64 n = 0;
    size_t i;
    for (i = 1; i < c->argc; i++) n += key_look(c, c->argv[i]) != NULL;
    reply_int(c, n);
}

static void cmd_touch(kv_call *c) {
    i64 n = 0;
    size_t i;
    for (i = 1; i < c->argc; i++) {
        ent *e = key_look(c, c->argv[i]);
        if (!e) continue;
        lru_touch(c->k, e);
        n++;
    }
    reply_int(c, n);
}

static const char *type_name(const ent *e) {
    return ent_type(e) == ENT_NESTED ? "nested" : "string";
}

static void cmd_type(kv_call *c) {
    ent *e = key_look(c, c->argv[1]);
    reply_simple(c, e ? type_name(e) : "none");
}

static void cmd_dbsize(kv_call *c) {
    reply_int(c, (i64)db_size(c->k, c->c->dbnum));
}

/* ---- walks ---- */

struct key_walk {
    kv_call *c;
    str match, type;
    int all;  /* no pattern */
    size_t n; /* keys put */
};

static int key_walk_put(void *ctx, ent *e) {
    struct key_walk *w = ctx;
    if (KV_LOAD(w->c->k->interrupt)) return KV_INTERRUPTED;
    if (db_is_expired(w->c->k, e)) return 0;
    if (!w->all && !glob_match(w->match, ent_key(e), 0)) return 0;
    if (w->type.p && !str_is(w->type, type_name(e))) return 0;
    reply_bulk(w->c, ent_key(e));
    w->n++;
    return w->c->oom;
}

static void key_walk_init(struct key_walk *w, kv_call *c) {
    memset(w, 0, sizeof *w);
    w->c = c;
    w->all = 1;
}

static void key_walk_match(struct key_walk *w, str pattern) {
    w->match = pattern;
    w->all = pattern.n == 1 && pattern.p[0] == '*';
}

static void keys_like(kv_call *c, str pattern) {
    struct key_walk w;
    size_t gap = reply_gap(c);
    key_walk_init(&w, c);
    key_walk_match(&w, pattern);
    if (c->d && tab_each(&c->d->t, key_walk_put, &w) == KV_INTERRUPTED) {
        c->k->out.n = gap;
        reply_err(c, E_INTERRUPTED);
        return;
    }
    reply_fill(c, gap, '*', w.n);
}

static void cmd_keys(kv_call *c) { keys_like(c, c->argv[1]); }

/* A cursor: digits, with a sign as strtoul() takes it. */
static int arg_cursor(kv_call *c, size_t i, u64 *v) {
    str s = c->argv[i];
    int neg = s.n && s.p[0] == '-';
    size_t j = s.n && (s.p[0] == '-' || s.p[0] == '+');
    int bad = j == s.n && s.n;
    for (*v = 0; j < s.n && !bad; j++) {
        u64 d = (u64)(s.p[j] - '0');
        bad = d > 9 || *v > (UINT64_MAX - d) / 10;
        *v = *v * 10 + d;
    }
    if (neg) *v = 0 - *v;
    if (bad) reply_err(c, E_CURSOR);
    return !bad;
}

static void cmd_scan(kv_call *c) {
    struct key_walk w;
    u64 at;
    i64 count = 10, visits;
    size_t i, gap, end;
    u8 t[NUM_TEXT];
    int rc = 0;
    if (!arg_cursor(c, 1, &at)) return;
    key_walk_init(&w, c);
    for (i = 2; i < c->argc; i += 2) {
        int last = i + 1 == c->argc;
        if (!last && arg_is(c, i, "count")) {
            if (!arg_int(c, i + 1, &count)) return;
            if (count < 1) {
                syntax_error(c);
                return;
            }
        } else if (!last && arg_is(c, i, "match")) {
            key_walk_match(&w, c->argv[i + 1]);
        } else if (!last && arg_is(c, i, "type")) {
            w.type = c->argv[i + 1];
        } else {
            syntax_error(c);
            return;
        }
    }
    gap = reply_gap(c);
    visits = count > INT64_MAX / 10 ? INT64_MAX : count * 10;
    if (!c->d) at = 0;
    else do
            at = tab_scan(&c->d->t, at, key_walk_put, &w, &rc);
        while (at && !rc && (i64)w.n < count && --visits > 0);
    if (rc == KV_INTERRUPTED) {
        c->k->out.n = gap;
        reply_err(c, E_INTERRUPTED);
        return;
    }
    reply_fill(c, gap, '*', w.n);
    end = c->k->out.n;
    reply_array(c, 2);
    reply_bulk(c, str_of(t, num_put_u(t, at)));
    if (!c->oom) reply_rotate(c, gap, c->k->out.n - end);
}

static void cmd_randomkey(kv_call *c) {
    int tries;
    for (tries = 0; c->d && tries < 100; tries++) {
        ent *e = tab_random(&c->d->t, c->k->rng);
        str key;
        struct tab_at at;
        if (!e) break;
        key = ent_key(e);
        if (!db_is_expired(c->k, e)) {
            reply_bulk(c, key);
            return;
        }
        db_find(c->d, key, db_hash(c->d, key), &at);
    }
    reply_null(c);
}

/* ---- moving and copying ---- */

/* Puts the value of `src` of this session's database under `dst` of database
 * `to`, in the place of what is there; with `take` the source goes. 0: no
 * memory, the error is put. */
static int key_transfer(kv_call *c, str src, db *to, str dst, int take) {
    u64 hs = db_hash(c->d, src), hd = to ? db_hash(to, dst) : 0;
    struct tab_at as, ad;
    ent *e = db_find(c->d, src, hs, &as);
    ent *old = to ? db_find(to, dst, hd, &ad) : NULL;
    str val = ent_val(e);
    i64 exp = ent_exp(e);
    size_t need = val.n > ENT_INLINE ? val.n : 0;
    if (take && e->flags & ENT_BIG &&
        (to == c->d || !KV_MEM || ent_big(e).cap > MEM_SMALL))
        need = 0; /* the value's block changes hands */
    if (!to || !mem_reserve(&to->h, ent_need(dst.n, val.n, exp >= 0), 1) ||
        (need && !mem_reserve(&to->h, need, 1)) ||
        (exp >= 0 && !exp_reserve(&to->x)) || (!old && !tab_room(&to->t, hd))) {
        no_memory(c);
        return 0;
    }
    db_copy(to, c->d, dst, hd, old, &ad, e, exp, take);
    c->dirty++;
    if (!take) return 1;
    e = tab_find(&c->d->t, src, hs, &as);
    db_del(c->d, &as, e, hs);
    return 1;
}

static void rename_key(kv_call *c, int only_new) {
    str src = c->argv[1], dst = c->argv[2];
    int same = str_eq(src, dst);
    if (!key_peek(c, src)) {
        reply_err(c, E_NO_KEY);
        return;
    }
    if (same || (only_new && key_peek(c, dst))) {
        if (only_new) reply_int(c, 0);
        else reply_ok(c);
        return;
    }
    if (!key_transfer(c, src, c->d, dst, 1)) return;
    call_event(c, "rename_from", src);
    call_event(c, "rename_to", dst);
    if (only_new) reply_int(c, 1);
    else reply_ok(c);
}

static void cmd_rename(kv_call *c) { rename_key(c, 0); }
static void cmd_renamenx(kv_call *c) { rename_key(c, 1); }

static void cmd_copy(kv_call *c) {
    int id = c->c->dbnum, replace = 0;
    size_t i;
    db *to;
    struct tab_at at;
    str src = c->argv[1], dst = c->argv[2];
    for (i = 3; i < c->argc; i++) {
        if (arg_is(c, i, "replace")) {
            replace = 1;
        } else if (arg_is(c, i, "db") && i + 1 < c->argc) {
            if (!arg_db(c, ++i, &id, E_NOT_INT)) return;
        } else {
            syntax_error(c);
            return;
        }
    }
    if (id == c->c->dbnum && str_eq(src, dst)) {
        reply_err(c, E_SAME);
        return;
    }
    if (!key_look(c, src)) {
        reply_int(c, 0);
        return;
    }
    to = db_at(c->k, id, 1);
    if (to && !replace && db_find(to, dst, db_hash(to, dst), &at)) {
        reply_int(c, 0);
        return;
    }
    if (!key_transfer(c, src, to, dst, 0)) return;
    note_event(c->k, "copy_to", id, dst);
    reply_int(c, 1);
}

static void cmd_move(kv_call *c) {
    int id;
    db *to;
    struct tab_at at;
    str key = c->argv[1];
    if (!arg_db(c, 2, &id, E_NOT_INT)) return;
    if (id == c->c->dbnum) {
        reply_err(c, E_SAME);
        return;
    }
    if (!key_peek(c, key)) {
        reply_int(c, 0);
        return;
    }
    to = db_at(c->k, id, 1);
    if (to && db_find(to, key, db_hash(to, key), &at)) {
        reply_int(c, 0);
        return;
    }
    if (!key_transfer(c, key, to, key, 1)) return;
    call_event(c, "move_from", key);
    note_event(c->k, "move_to", id, key);
    reply_int(c, 1);
}

/* ---- expiry ---- */

enum { EXP_NX = 1, EXP_XX = 2, EXP_GT = 4, EXP_LT = 8 };

static int expire_options(kv_call *c, int *bits) {
    static const struct {
        const char *word;
        int bit;
    } words[] = {
        {"nx", EXP_NX}, {"xx", EXP_XX}, {"gt", EXP_GT}, {"lt", EXP_LT}};
    size_t i, w;
    for (*bits = 0, i = 3; i < c->argc; i++) {
        for (w = 0; w < 4 && !arg_is(c, i, words[w].word); w++) {
        }
        if (w == 4) {
            reply_err1(c, E_OPTION, c->argv[i]);
            return 0;
        }
        *bits |= words[w].bit;
    }
    if ((*bits & EXP_NX) && (*bits & ~EXP_NX)) reply_err(c, E_NX_WITH);
    else if ((*bits & EXP_GT) && (*bits & EXP_LT)) reply_err(c, E_GT_LT);
    else return 1;
    return 0;
}

static int expire_allowed(int bits, i64 was, i64 when) {
    if ((bits & EXP_NX) && was >= 0) return 0;
    if ((bits & EXP_XX) && was < 0) return 0;
    if ((bits & EXP_GT) && (was < 0 || when <= was)) return 0;
    return !((bits & EXP_LT) && was >= 0 && when >= was);
}

static void expire_key(kv_call *c, int seconds, int relative) {
    str key = c->argv[1];
    i64 when, base = relative ? c->k->now : 0;
    int bits;
    u64 h;
    struct tab_at at;
    ent *e;
    if (!expire_options(c, &bits) || !arg_int(c, 2, &when)) return;
    if (seconds && (when > INT64_MAX / 1000 || when < INT64_MIN / 1000))
        goto bad;
    if (seconds) when *= 1000;
    if (when > INT64_MAX - base) goto bad;
    when += base;
    e = key_write(c, key, &h, &at);
    if (!e || !expire_allowed(bits, ent_exp(e), when)) {
        reply_int(c, 0);
        return;
    }
    if (when <= c->k->now) {
        call_del(c, &at, e, h);
        call_event(c, "del", key);
        call_record_del(c, key);
    } else if (db_set_exp(c->d, key, h, e, &at, when)) {
        c->dirty++;
        call_event(c, "expire", key);
        record_expire(c, key, when);
    } else {
        no_memory(c);
        return;
    }
    reply_int(c, 1);
    return;
bad:
    reply_err1(c, E_EXPIRE, cmd_name(c->cmd));
}

static void cmd_expire(kv_call *c) { expire_key(c, 1, 1); }
static void cmd_pexpire(kv_call *c) { expire_key(c, 0, 1); }
static void cmd_expireat(kv_call *c) { expire_key(c, 1, 0); }
static void cmd_pexpireat(kv_call *c) { expire_key(c, 0, 0); }

static void cmd_persist(kv_call *c) {
    u64 h;
    struct tab_at at;
    ent *e = key_write(c, c->argv[1], &h, &at);
    if (!e || ent_exp(e) < 0) {
        reply_int(c, 0);
    } else if (!db_set_exp(c->d, c->argv[1], h, e, &at, -1)) {
        no_memory(c);
    } else {
        c->dirty++;
        call_event(c, "persist", c->argv[1]);
        reply_int(c, 1);
    }
}

/* The time left, or of expiry, in seconds or milliseconds. */
static void expiry_of(kv_call *c, int seconds, int absolute) {
    ent *e = key_look(c, c->argv[1]);
    i64 v = e ? ent_exp(e) : -2;
    if (v < 0) {
        reply_int(c, v);
        return;
    }
    if (!absolute) v = v > c->k->now ? v - c->k->now : 0;
    if (seconds) v = v / 1000 + (v % 1000 >= 500);
    reply_int(c, v);
}

static void cmd_ttl(kv_call *c) { expiry_of(c, 1, 0); }
static void cmd_pttl(kv_call *c) { expiry_of(c, 0, 0); }
static void cmd_expiretime(kv_call *c) { expiry_of(c, 1, 1); }
static void cmd_pexpiretime(kv_call *c) { expiry_of(c, 0, 1); }

/* ---- OBJECT ---- */

/* The name of a value's encoding. */
static const char *ent_encoding(const ent *e) {
    str v = ent_val(e);
    i64 n;
    if (ent_type(e) == ENT_NESTED) return "resp";
    if (e->flags & ENT_RAW) return "raw";
    if (v.n <= 20 && !(e->flags & ENT_TEXT) && num_parse(v, &n)) return "int";
    return v.n <= 44 ? "embstr" : "raw";
}

/* The key of OBJECT's subcommands; NULL: null was put. */
static ent *object_key(kv_call *c) {
    ent *e = key_peek(c, c->argv[2]);
    if (!e) reply_null(c);
    return e;
}

static void cmd_object_encoding(kv_call *c) {
    ent *e = object_key(c);
    if (e) reply_text(c, ent_encoding(e));
}

static void cmd_object_refcount(kv_call *c) {
    if (object_key(c)) reply_int(c, 1);
}

static void cmd_object_idletime(kv_call *c) {
    ent *e = object_key(c);
    if (!e) return;
    if (policy_bits(c->k) & POLICY_LFU) reply_err(c, E_LFU_ON);
    else reply_int(c, lru_idle_s(c->k, e));
}

static void cmd_object_freq(kv_call *c) {
    ent *e = object_key(c);
    if (!e) return;
    if (policy_bits(c->k) & POLICY_LFU) reply_int(c, lfu_counter(c->k, e));
    else reply_err(c, E_LFU_OFF);
}

static void cmd_object_help(kv_call *c) {
    static const char *const lines[] = {
        "ENCODING <key>",
        "    How the value is represented.",
        "FREQ <key>",
        "    The logarithmic access counter of an LFU policy.",
        "IDLETIME <key>",
        "    Seconds since the last use.",
        "REFCOUNT <key>",
        "    Always 1: values are not shared.",
        NULL};
    reply_help(c, "OBJECT", lines);
}

static const kv_command ROWS_KEYS[] = {
    {"copy", cmd_copy, -3, KV_WRITE | KV_DENYOOM | KV_KEYSPACE,
     "RO/access@1:0:1 OW/update@2:0:1", "generic", "6.2.0", "O(1) for a string",
     "Duplicates a key under another name, expiry included.",
     "source destination [DB destination-db] [REPLACE]", NULL},
    {"del", cmd_del, -2, KV_WRITE | KV_KEYSPACE, "RM/delete@1:-1:1", "generic",
     "1.0.0", "O(N), N keys",
     "Removes the listed keys and counts those that were there.", "key ...",
     NULL},
    {"exists", cmd_exists, -2, KV_READONLY | KV_FAST | KV_KEYSPACE, "RO@1:-1:1",
     "generic", "1.0.0", "O(N), N keys",
     "Counts how many of the listed keys are present, repeats included.",
     "key ...", NULL},
    {"expire", cmd_expire, -3, KV_WRITE | KV_FAST | KV_KEYSPACE,
     "RW/update@1:0:1", "generic", "1.0.0", "O(1)",
     "Gives a key a lifetime counted in seconds.",
     "key seconds condition=[NX|XX|GT|LT]", NULL},
    {"expireat", cmd_expireat, -3, KV_WRITE | KV_FAST | KV_KEYSPACE,
     "RW/update@1:0:1", "generic", "1.2.0", "O(1)",
     "Gives a key a moment to vanish, as a Unix time in seconds.",
     "key unix-time-seconds condition=[NX|XX|GT|LT]", NULL},
    {"expiretime", cmd_expiretime, 2, KV_READONLY | KV_FAST | KV_KEYSPACE,
     "RO/access@1:0:1", "generic", "7.0.0", "O(1)",
     "Tells when a key will vanish, as a Unix time in seconds.", "key", NULL},
    {"keys", cmd_keys, 2, KV_READONLY | KV_KEYSPACE | KV_DANGEROUS, "",
     "generic", "1.0.0", "O(N), N keys in the database",
     "Lists every key whose name fits a glob; walks the whole database.",
     "pattern", NULL},
    {"move", cmd_move, 3, KV_WRITE | KV_FAST | KV_KEYSPACE,
     "RW/access/update@1:0:1", "generic", "1.0.0", "O(1)",
     "Takes a key out of this database and puts it into another one.", "key db",
     NULL},
    {"object", NULL, -2, 0, "", "generic", "2.2.3", "Depends on the subcommand",
     "Groups the commands that look at how a value is stored.", "", NULL},
    {"object|encoding", cmd_object_encoding, 3, KV_READONLY | KV_KEYSPACE,
     "RO@2:0:1", "generic", "2.2.3", "O(1)",
     "Names the internal form a value is kept in.", "key", NULL},
    {"object|freq", cmd_object_freq, 3, KV_READONLY | KV_KEYSPACE, "RO@2:0:1",
     "generic", "4.0.0", "O(1)",
     "Reads the access counter of a key, kept under an LFU policy.", "key",
     NULL},
    {"object|help", cmd_object_help, 2, KV_LOADING | KV_STALE | KV_KEYSPACE, "",
     "generic", "6.2.0", "O(1)", "Lists the OBJECT subcommands.", "", NULL},
    {"object|idletime", cmd_object_idletime, 3, KV_READONLY | KV_KEYSPACE,
     "RO@2:0:1", "generic", "2.2.3", "O(1)",
     "Tells how many seconds ago a key was last used.", "key", NULL},
    {"object|refcount", cmd_object_refcount, 3, KV_READONLY | KV_KEYSPACE,
     "RO@2:0:1", "generic", "2.2.3", "O(1)",
     "Tells how many references a value has.", "key", NULL},
    {"persist", cmd_persist, 2, KV_WRITE | KV_FAST | KV_KEYSPACE,
     "RW/update@1:0:1", "generic", "2.2.0", "O(1)",
     "Takes the expiry off a key so that it stays.", "key", NULL},
    {"pexpire", cmd_pexpire, -3, KV_WRITE | KV_FAST | KV_KEYSPACE,
     "RW/update@1:0:1", "generic", "2.6.0", "O(1)",
     "Gives a key a lifetime counted in milliseconds.",
     "key milliseconds condition=[NX|XX|GT|LT]", NULL},
    {"pexpireat", cmd_pexpireat, -3, KV_WRITE | KV_FAST | KV_KEYSPACE,
     "RW/update@1:0:1", "generic", "2.6.0", "O(1)",
     "Gives a key a moment to vanish, as a Unix time in milliseconds.",
     "key unix-time-milliseconds condition=[NX|XX|GT|LT]", NULL},
    {"pexpiretime", cmd_pexpiretime, 2, KV_READONLY | KV_FAST | KV_KEYSPACE,
     "RO/access@1:0:1", "generic", "7.0.0", "O(1)",
     "Tells when a key will vanish, as a Unix time in milliseconds.", "key",
     NULL},
    {"pttl", cmd_pttl, 2, KV_READONLY | KV_FAST | KV_KEYSPACE,
     "RO/access@1:0:1", "generic", "2.6.0", "O(1)",
     "Tells how many milliseconds a key has left.", "key", NULL},
    {"randomkey", cmd_randomkey, 1, KV_READONLY | KV_KEYSPACE, "", "generic",
     "1.0.0", "O(1)", "Picks one key of the current database by chance.", "",
     NULL},
    {"rename", cmd_rename, 3, KV_WRITE | KV_KEYSPACE,
     "RW/access/delete@1:0:1 OW/update@2:0:1", "generic", "1.0.0", "O(1)",
     "Gives a key another name, replacing whatever had that name.",
     "key newkey", NULL},
    {"renamenx", cmd_renamenx, 3, KV_WRITE | KV_FAST | KV_KEYSPACE,
     "RW/access/delete@1:0:1 OW/insert@2:0:1", "generic", "1.0.0", "O(1)",
     "Gives a key another name, provided that name is free.", "key newkey",
     NULL},
    {"scan", cmd_scan, -2, KV_READONLY | KV_KEYSPACE, "", "generic", "2.8.0",
     "O(1) per call, O(N) for a full pass",
     "Walks the key names step by step, resuming from a cursor.",
     "cursor [MATCH pattern] [COUNT count] [TYPE type]", NULL},
    {"touch", cmd_touch, -2, KV_READONLY | KV_FAST | KV_KEYSPACE, "RO@1:-1:1",
     "generic", "3.2.1", "O(N), N keys",
     "Marks the listed keys as just used and counts those present.", "key ...",
     NULL},
    {"ttl", cmd_ttl, 2, KV_READONLY | KV_FAST | KV_KEYSPACE, "RO/access@1:0:1",
     "generic", "1.0.0", "O(1)", "Tells how many seconds a key has left.",
     "key", NULL},
    {"type", cmd_type, 2, KV_READONLY | KV_FAST | KV_KEYSPACE, "RO@1:0:1",
     "generic", "1.0.0", "O(1)",
     "Names the kind of value a key holds, or none.", "key", NULL},
    {"unlink", cmd_del, -2, KV_WRITE | KV_FAST | KV_KEYSPACE,
     "RM/delete@1:-1:1", "generic", "4.0.0", "O(1) per key, memory freed later",
     "Like DEL, but may free the memory later.", "key ...", NULL},
};

/* ==== dumps: DUMP, RESTORE ============================================== */

static void cmd_dump(kv_call *c) {
    ent *e = key_read(c, c->argv[1]);
    size_t room;
    u8 *p;
    if (!e) {
        reply_null(c);
        return;
    }
    room = rdb_dump_room(e);
    p = mem_try(&c->k->h, room);
    if (p)
        reply_bulk(c, str_of(p, rdb_dump(p, e, (int)c->k->p.rdbcompression)));
    else no_memory(c);
    if (p) mem_free(&c->k->h, p, room);
}

struct restore {
    int replace, absolute;
    i64 ttl, idle, freq; /* -1: not given */
};

/* An integer of at least 0; 0: the error is put. */
static int restore_number(kv_call *c, size_t i, i64 most, int bad, i64 *v) {
    if (!num_parse(c->argv[i], v)) reply_err(c, E_NOT_INT);
    else if (*v < 0 || *v > most) reply_err(c, bad);
    else return 1;
    return 0;
}

static int restore_parse(kv_call *c, struct restore *r) {
    size_t i;
    memset(r, 0, sizeof *r);
    r->idle = r->freq = -1;
    for (i = 4; i < c->argc; i++) {
        int more = i + 1 < c->argc;
        if (arg_is(c, i, "replace")) {
            r->replace = 1;
        } else if (arg_is(c, i, "absttl")) {
            r->absolute = 1;
        } else if (arg_is(c, i, "idletime") && more && r->freq < 0) {
            if (!restore_number(c, ++i, INT64_MAX, E_IDLETIME, &r->idle))
                return 0;
        } else if (arg_is(c, i, "freq") && more && r->idle < 0) {
            if (!restore_number(c, ++i, 255, E_FREQ, &r->freq)) return 0;
        } else {
            syntax_error(c);
            return 0;
        }
    }
    return 1;
}

/* Puts what was read under argument 1; a time that has passed leaves nothing
 * there. */
static void restore_put(kv_call *c, struct rdb_in *in, struct rdb_value *v,
                        const struct restore *r) {
    str key = c->argv[1];
    struct tab_at at;
    u64 h;
    ent *old = key_write(c, key, &h, &at), *e;
    i64 exp = r->ttl ? r->ttl : -1;
    u8 t[NUM_TEXT];
    db *d = c->d;
    e = d ? db_put_read(d, key, h, old, &at, in, v, exp) : NULL;
    if (!e) {
        if (d && in->rc != KV_NOMEM) reply_err(c, E_DUMP_DATA);
        else no_memory(c);
        return;
    }
    if (exp < 0 || exp >= c->k->now) {
        lru_restore(c->k, e, r->idle, r->freq);
        call_event(c, "restore", key);
        record_restore(c, key, exp, c->argv[3], t);
        c->dirty++;
    } else {
        tab_find(&d->t, key, h, &at);
        db_del(d, &at, e, h);
        if (old) call_event(c, "del", key);
        if (old) call_record_del(c, key);
        if (old) c->dirty++;
    }
    reply_ok(c);
}

static void cmd_restore(kv_call *c) {
    struct restore r;
    struct rdb_in in;
    struct rdb_value v;
    if (!restore_parse(c, &r)) return;
    if (!r.replace && key_peek(c, c->argv[1])) {
        reply_err(c, E_BUSYKEY);
        return;
    }
    if (!restore_number(c, 2, INT64_MAX, E_TTL, &r.ttl)) return;
    if (!rdb_undump(c->argv[3], &in)) {
        reply_err(c, E_DUMP_SUM);
        return;
    }
    if (!rdb_have(&in, 1)) {
        reply_err(c, E_DUMP_DATA);
        return;
    }
    v.type = *in.p++;
    if (!rdb_get_value(&in, &v)) {
        reply_err(c, E_DUMP_DATA);
        return;
    }
    if (r.ttl && !r.absolute)
        r.ttl = r.ttl > INT64_MAX - c->k->now ? INT64_MAX : r.ttl + c->k->now;
    restore_put(c, &in, &v, &r);
}

static const kv_command ROWS_DUMPS[] = {
    {"dump", cmd_dump, 2, KV_READONLY | KV_KEYSPACE, "RO/access@1:0:1",
     "generic", "2.6.0", "O(1) for a string",
     "Hands out a value in the form that RESTORE takes.", "key", NULL},
    {"restore", cmd_restore, -4,
     KV_WRITE | KV_DENYOOM | KV_KEYSPACE | KV_DANGEROUS, "OW/update@1:0:1",
     "generic", "2.6.0", "O(1) for a string",
     "Makes a key from what DUMP handed out, here or in a Redis.",
     "key ttl:integer serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] "
     "[FREQ frequency:integer]",
     NULL},
};

/* ==== conf-table: the parameters, CONFIG ================================
 *
 * One row per parameter drives defaults, CONFIG GET and SET, the command line
 * and kv_config(). A second list has the names that Redis knows and kv does
 * not, with the values that ask for nothing: those are accepted and ignored.
 */
enum par_kind {
    PAR_INT,
    PAR_MEM, /* bytes with units */
    PAR_OCTAL,
    PAR_BOOL,
    PAR_ENUM,
    PAR_TEXT,
    PAR_LIMITS, /* client-output-buffer-limit */
    PAR_SAVE,   /* save points */
    PAR_FACT    /* cannot be set: what is true of this server */
};

enum {
    PAR_START = 1,     /* only before the server listens */
    PAR_RESTART = 2,   /* likewise, where Redis can do better */
    PAR_WORDS = 4,     /* a text that is several words */
    PAR_PROGRAM = 8,   /* means something to the program only */
    PAR_PROTECTED = 16 /* like PAR_START, with Redis's own words */
};

struct par {
    const char *name;
    enum par_kind kind;
    int flags;
    size_t at; /* in struct params */
    i64 min, max;
    const char *def;
    const char *const *words; /* of an enum; yes/no/local of enable-debug */
    const char *what;
};

static const char *const PAR_LEVELS[] = {"debug", "verbose", "notice",
                                         "warning", NULL};
static const char *const PAR_LOG_FORMATS[] = {"text", "json", NULL};
static const char *const PAR_FSYNC[] = {"everysec", "always", "no", NULL};
static const char *const PAR_YES[] = {"no", "yes", "local", NULL};
static const char *const PAR_CLASSES[] = {"normal", "slave", "pubsub"};

#if KV_MAIN
#define PAR_DIR "."
#else
#define PAR_DIR "" /* nothing is kept */
#endif

#define PAR_AT(f) offsetof(struct params, f)
static const struct par PARS[] = {
    {"aof-load-truncated", PAR_BOOL, 0, PAR_AT(aof_truncated), 0, 0, "yes",
     NULL,
     "Whether an end of the log that is no whole change is cut off, and not "
     "the "
     "start refused."},
    {"aof-timestamp-enabled", PAR_BOOL, 0, PAR_AT(aof_timestamps), 0, 0, "no",
     NULL, "Whether the log says when changes were made."},
    {"appenddirname", PAR_TEXT, PAR_START, PAR_AT(appenddirname), 0, 0,
     "appendonlydir", NULL, "The log's directory, in the directory."},
    {"appendfilename", PAR_TEXT, PAR_START, PAR_AT(appendfilename), 0, 0,
     "appendonly.aof", NULL, "What the names of the log's files begin with."},
    {"appendfsync", PAR_ENUM, 0, PAR_AT(appendfsync), 0, 0, "everysec",
     PAR_FSYNC,
     "When a change is safe enough to be answered: on disk (always), written "
     "and soon on disk (everysec), or written (no)."},
    {"appendonly", PAR_BOOL, 0, PAR_AT(appendonly), 0, 0, "no", NULL,
     "Whether every change is written to a log."},
    {"auto-aof-rewrite-min-size", PAR_MEM, 0, PAR_AT(rewrite_least), 0,
     INT64_MAX, "67108864", NULL, "A log of fewer bytes is not rewritten."},
    {"auto-aof-rewrite-percentage", PAR_INT, 0, PAR_AT(rewrite_percent), 0,
     INT_MAX, "100", NULL,
     "The log is rewritten when it has grown by so much; 0: never."},
    {"bind", PAR_TEXT, PAR_RESTART | PAR_WORDS, PAR_AT(bind), 0, 0, "127.0.0.1",
     NULL,
     "Addresses to listen on; * and ::* are all of them, - before one forgives "
     "failure."},
    {"client-output-buffer-limit", PAR_LIMITS, 0, 0, 0, 0,
     "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
     NULL,
     "Bytes of unread replies that end a connection: hard limit, soft limit "
     "and its seconds, by class."},
    {"client-query-buffer-limit", PAR_MEM, 0, PAR_AT(query_limit), 1 << 20,
     INT64_MAX, "1073741824", NULL,
     "Bytes that one connection's unfinished input may hold."},
    {"cluster-enabled", PAR_FACT, 0, 0, 0, 0, "no", NULL,
     "Whether this is a cluster's node; it is not."},
    {"daemonize", PAR_BOOL, PAR_START | PAR_PROGRAM, PAR_AT(daemonize), 0, 0,
     "no", NULL, "Goes to the background once it serves, as kv start does."},
    {"databases", PAR_INT, PAR_START, PAR_AT(databases), 1, DBS_MAX, "16", NULL,
     "How many databases SELECT can choose from."},
    {"dbfilename", PAR_TEXT, PAR_PROTECTED, PAR_AT(dbfilename), 0, 0,
     "dump.rdb", NULL, "The snapshot's name in the directory."},
    {"dir", PAR_TEXT, PAR_PROTECTED, PAR_AT(dir), 0, 0, PAR_DIR, NULL,
     "The directory where files are kept."},
    {"enable-debug-command", PAR_ENUM, PAR_START, PAR_AT(enable_debug), 0, 0,
     "no", PAR_YES,
     "Who may use DEBUG: nobody, anybody, or only local connections."},
    {"hz", PAR_INT, 0, PAR_AT(hz), 0, INT_MAX, "10", NULL,
     "Accepted for Redis's sake: nothing here waits for a clock tick."},
    {"lfu-decay-time", PAR_INT, 0, PAR_AT(lfu_decay_time), 0, INT_MAX, "1",
     NULL, "Minutes after which a key's access counter loses one."},
    {"lfu-log-factor", PAR_INT, 0, PAR_AT(lfu_log_factor), 0, INT_MAX, "10",
     NULL, "How slowly access counters grow under an LFU policy."},
    {"log-format", PAR_ENUM, PAR_PROGRAM, PAR_AT(log_format), 0, 0, "text",
     PAR_LOG_FORMATS,
     "How a line of the log looks: Redis's form, or one JSON object."},
    {"logfile", PAR_TEXT, PAR_START | PAR_PROGRAM, PAR_AT(logfile), 0, 0, "",
     NULL,
     "The file to append the log to; SIGHUP opens it anew. Empty: standard "
     "output."},
    {"loglevel", PAR_ENUM, 0, PAR_AT(loglevel), 0, 0, "notice", PAR_LEVELS,
     "The least level that is logged."},
    {"maxclients", PAR_INT, 0, PAR_AT(maxclients), 1, 4294967295, "10000", NULL,
     "How many connections there may be at once."},
    {"maxmemory", PAR_MEM, 0, PAR_AT(maxmemory), 0, INT64_MAX, "0", NULL,
     "Bytes of data from which on keys are evicted or writes refused; 0: no "
     "limit."},
    {"maxmemory-policy", PAR_ENUM, 0, PAR_AT(maxmemory_policy), 0, 0,
     "noeviction", POLICY_NAMES,
     "Which keys to evict when maxmemory is reached."},
    {"maxmemory-samples", PAR_INT, 0, PAR_AT(maxmemory_samples), 1, INT_MAX,
     "5", NULL, "How many keys are compared to find one to evict."},
    {"metrics-port", PAR_INT, PAR_RESTART, PAR_AT(metrics_port), 0, 65535, "0",
     NULL, "The port for GET /metrics, for Prometheus; 0: none."},
    {"mini-port", PAR_INT, PAR_RESTART, PAR_AT(mini_port), 0, 65535, "0", NULL,
     "The port whose clients speak the mini dialect; 0: none."},
    {"pidfile", PAR_TEXT, PAR_START | PAR_PROGRAM, PAR_AT(pidfile), 0, 0, "",
     NULL, "The file that holds the process's number while it runs."},
    {"port", PAR_INT, PAR_RESTART, PAR_AT(port), 0, 65535, "6379", NULL,
     "The TCP port; 0: none."},
    {"protected-mode", PAR_BOOL, 0, PAR_AT(protected_mode), 0, 0, "yes", NULL,
     "Without a password, only this machine's clients are served."},
    {"proto-max-bulk-len", PAR_MEM, 0, PAR_AT(proto_max_bulk_len), 1 << 20,
     INT64_MAX, "536870912", NULL, "The longest string in a request."},
    {"rdbcompression", PAR_BOOL, 0, PAR_AT(rdbcompression), 0, 0, "yes", NULL,
     "Whether long strings are packed in dumps and files."},
    {"rdbchecksum", PAR_BOOL, 0, PAR_AT(rdbchecksum), 0, 0, "yes", NULL,
     "Whether snapshots carry a checksum, and it is looked at."},
    {"requirepass", PAR_TEXT, 0, PAR_AT(requirepass), 0, 0, "", NULL,
     "The password that clients have to give with AUTH."},
    {"salvage", PAR_BOOL, 0, PAR_AT(salvage), 0, 0, "no", NULL,
     "Whether a start passes over damaged parts of the log."},
    {"save", PAR_SAVE, 0, 0, 0, 0, "", NULL,
     "When snapshots are made: after so many seconds, if there were so many "
     "changes; several pairs; empty: never."},
    {"stop-writes-on-bgsave-error", PAR_BOOL, 0, PAR_AT(stop_writes), 0, 0,
     "yes", NULL,
     "Whether writes are refused while save points cannot be kept."},
    {"tcp-backlog", PAR_INT, PAR_START, PAR_AT(tcp_backlog), 0, INT_MAX, "511",
     NULL, "How many connections may wait to be accepted."},
    {"tcp-keepalive", PAR_INT, 0, PAR_AT(tcp_keepalive), 0, INT_MAX, "300",
     NULL,
     "Seconds of silence before the system checks a connection; 0: never."},
    {"timeout", PAR_INT, 0, PAR_AT(timeout), 0, INT_MAX, "0", NULL,
     "Seconds after which an idle connection is closed; 0: never."},
    {"unixsocket", PAR_TEXT, PAR_START, PAR_AT(unixsocket), 0, 0, "", NULL,
     "The path of a unix socket to listen on as well."},
    {"unixsocketperm", PAR_OCTAL, PAR_START, PAR_AT(unixsocketperm), 0, 0777,
     "0", NULL,
     "The unix socket's file mode, in octal; 0: what the umask leaves."},
};

/* name, values that ask for nothing: * any, | between them. */
static const struct {
    const char *name, *values;
} PAR_FOREIGN[] = {
    {"acl-pubsub-default", "*"},
    {"aclfile", ""},
    {"acllog-max-len", "*"},
    {"active-defrag-cycle-max", "*"},
    {"active-defrag-cycle-min", "*"},
    {"active-defrag-ignore-bytes", "*"},
    {"active-defrag-max-scan-fields", "*"},
    {"active-defrag-threshold-lower", "*"},
    {"active-defrag-threshold-upper", "*"},
    {"active-expire-effort", "*"},
    {"activedefrag", "no"},
    {"activerehashing", "*"},
    {"always-show-logo", "*"},
    {"aof-disable-auto-gc", "*"},
    {"aof-rewrite-incremental-fsync", "*"},
    {"aof-use-rdb-preamble", "*"},
    {"aof_rewrite_cpulist", "*"},
    {"bgsave_cpulist", "*"},
    {"bind-source-addr", ""},
    {"bio_cpulist", "*"},
    {"busy-reply-threshold", "*"},
    {"cluster-allow-pubsubshard-when-down", "*"},
    {"cluster-allow-reads-when-down", "*"},
    {"cluster-allow-replica-migration", "*"},
    {"cluster-announce-bus-port", "0"},
    {"cluster-announce-hostname", ""},
    {"cluster-announce-ip", ""},
    {"cluster-announce-port", "0"},
    {"cluster-announce-tls-port", "0"},
    {"cluster-config-file", "*"},
    {"cluster-link-sendbuf-limit", "*"},
    {"cluster-migration-barrier", "*"},
    {"cluster-node-timeout", "*"},
    {"cluster-port", "0"},
    {"cluster-preferred-endpoint-type", "*"},
    {"cluster-replica-no-failover", "*"},
    {"cluster-replica-validity-factor", "*"},
    {"cluster-require-full-coverage", "*"},
    {"cluster-slave-no-failover", "*"},
    {"cluster-slave-validity-factor", "*"},
    {"crash-log-enabled", "*"},
    {"crash-memcheck-enabled", "*"},
    {"daemonize", "no"},
    {"disable-thp", "*"},
    {"dynamic-hz", "*"},
    {"enable-module-command", "no"},
    {"enable-protected-configs", "no"},
    {"hash-max-listpack-entries", "*"},
    {"hash-max-listpack-value", "*"},
    {"hash-max-ziplist-entries", "*"},
    {"hash-max-ziplist-value", "*"},
    {"hll-sparse-max-bytes", "*"},
    {"ignore-warnings", "*"},
    {"io-threads", "*"},
    {"io-threads-do-reads", "*"},
    {"jemalloc-bg-thread", "*"},
    {"latency-monitor-threshold", "0"},
    {"latency-tracking", "*"},
    {"latency-tracking-info-percentiles", "*"},
    {"lazyfree-lazy-eviction", "*"},
    {"lazyfree-lazy-expire", "*"},
    {"lazyfree-lazy-server-del", "*"},
    {"lazyfree-lazy-user-del", "*"},
    {"lazyfree-lazy-user-flush", "*"},
    {"list-compress-depth", "*"},
    {"list-max-listpack-size", "*"},
    {"list-max-ziplist-size", "*"},
    {"log-format", "text"},
    {"logfile", ""},
    {"lua-time-limit", "*"},
    {"masterauth", ""},
    {"masteruser", ""},
    {"maxmemory-clients", "0"},
    {"maxmemory-eviction-tenacity", "*"},
    {"min-replicas-max-lag", "*"},
    {"min-replicas-to-write", "0"},
    {"min-slaves-max-lag", "*"},
    {"min-slaves-to-write", "0"},
    {"no-appendfsync-on-rewrite", "*"},
    {"notify-keyspace-events", ""},
    {"oom-score-adj", "no"},
    {"oom-score-adj-values", "*"},
    {"pidfile", ""},
    {"proc-title-template", "*"},
    {"propagation-error-behavior", "*"},
    {"rdb-del-sync-files", "*"},
    {"rdb-save-incremental-fsync", "*"},
    {"repl-backlog-size", "*"},
    {"repl-backlog-ttl", "*"},
    {"repl-disable-tcp-nodelay", "*"},
    {"repl-diskless-load", "*"},
    {"repl-diskless-sync", "*"},
    {"repl-diskless-sync-delay", "*"},
    {"repl-diskless-sync-max-replicas", "*"},
    {"repl-ping-replica-period", "*"},
    {"repl-ping-slave-period", "*"},
    {"repl-timeout", "*"},
    {"replica-announce-ip", ""},
    {"replica-announce-port", "0"},
    {"replica-announced", "*"},
    {"replica-ignore-disk-write-errors", "*"},
    {"replica-ignore-maxmemory", "*"},
    {"replica-lazy-flush", "*"},
    {"replica-priority", "*"},
    {"replica-read-only", "*"},
    {"replica-serve-stale-data", "*"},
    {"replicaof", "|no one"},
    {"sanitize-dump-payload", "*"},
    {"server_cpulist", "*"},
    {"set-max-intset-entries", "*"},
    {"set-proc-title", "*"},
    {"shutdown-on-sigint", "default|nosave|now|force"},
    {"shutdown-on-sigterm", "default|nosave|now|force"},
    {"shutdown-timeout", "*"},
    {"slave-announce-ip", ""},
    {"slave-announce-port", "0"},
    {"slave-ignore-maxmemory", "*"},
    {"slave-lazy-flush", "*"},
    {"slave-priority", "*"},
    {"slave-read-only", "*"},
    {"slave-serve-stale-data", "*"},
    {"slaveof", "|no one"},
    {"slowlog-log-slower-than", "*"},
    {"slowlog-max-len", "*"},
    {"socket-mark-id", "0"},
    {"stream-node-max-bytes", "*"},
    {"stream-node-max-entries", "*"},
    {"supervised", "no|systemd|auto"},
    {"syslog-enabled", "no"},
    {"syslog-facility", "*"},
    {"syslog-ident", "*"},
    {"tls-auth-clients", "yes|no|optional"},
    {"tls-ca-cert-dir", ""},
    {"tls-ca-cert-file", ""},
    {"tls-cert-file", ""},
    {"tls-ciphers", ""},
    {"tls-ciphersuites", ""},
    {"tls-client-cert-file", ""},
    {"tls-client-key-file", ""},
    {"tls-client-key-file-pass", ""},
    {"tls-cluster", "no"},
    {"tls-dh-params-file", ""},
    {"tls-key-file", ""},
    {"tls-key-file-pass", ""},
    {"tls-port", "0"},
    {"tls-prefer-server-ciphers", "no"},
    {"tls-protocols", ""},
    {"tls-replication", "no"},
    {"tls-session-cache-size", "20480"},
    {"tls-session-cache-timeout", "300"},
    {"tls-session-caching", "yes|no"},
    {"tracking-table-max-keys", "*"},
    {"zset-max-listpack-entries", "*"},
    {"zset-max-listpack-value", "*"},
    {"zset-max-ziplist-entries", "*"},
    {"zset-max-ziplist-value", "*"},
    {"availability-zone", "*"},
    {"cluster-blacklist-ttl", "*"},
    {"cluster-compatibility-sample-ratio", "*"},
    {"cluster-config-save-behavior", "*"},
    {"cluster-databases", "*"},
    {"cluster-manual-failover-timeout", "*"},
    {"cluster-ping-interval", "*"},
    {"cluster-slot-stats-enabled", "*"},
    {"commandlog-execution-slower-than", "*"},
    {"commandlog-large-reply-max-len", "*"},
    {"commandlog-large-request-max-len", "*"},
    {"commandlog-reply-larger-than", "*"},
    {"commandlog-request-larger-than", "*"},
    {"commandlog-slow-execution-max-len", "*"},
    {"dual-channel-replication-enabled", "*"},
    {"events-per-io-thread", "*"},
    {"extended-redis-compatibility", "*"},
    {"hash-seed", ""},
    {"hide-user-data-from-log", "*"},
    {"io-threads-always-active", "*"},
    {"locale-collate", "*"},
    {"log-timestamp-format", "*"},
    {"lookahead", "*"},
    {"lua-enable-deprecated-api", "*"},
    {"lua-enable-insecure-api", "*"},
    {"max-new-connections-per-cycle", "*"},
    {"max-new-tls-connections-per-cycle", "*"},
    {"mptcp", "no"},
    {"prefetch-batch-max-size", "*"},
    {"rdb-version-check", "*"},
    {"repl-mptcp", "no"},
    {"replica-full-sync-buffer-limit", "*"},
    {"set-max-listpack-entries", "*"},
    {"set-max-listpack-value", "*"},
    {"include", ""},
    {"list-max-ziplist-entries", "*"},
    {"list-max-ziplist-value", "*"},
    {"loadmodule", ""},
    {"lua-replicate-commands", "*"},
    {"rename-command", ""},
    {"user", ""},
};

static const char PAR_NO_MEMORY[] = "out of memory";

static const struct par *par_find(str name) {
    size_t i;
    for (i = 0; i < COUNT(PARS); i++)
        if ((KV_MAIN || !(PARS[i].flags & PAR_PROGRAM)) &&
            str_is(name, PARS[i].name))
            return &PARS[i];
    return NULL;
}

static i64 *par_int(const struct par *r, struct params *p) {
    return (i64 *)(void *)((char *)p + r->at);
}

static char **par_text(const struct par *r, struct params *p) {
    return (char **)(void *)((char *)p + r->at);
}

/* Cuts a word off the front of *s. */
static str par_word(str *s) {
    str w;
    while (s->n && resp_is_space(*s->p)) s->p++, s->n--;
    w.p = s->p;
    while (s->n && !resp_is_space(*s->p)) s->p++, s->n--;
    w.n = (size_t)(s->p - w.p);
    return w;
}

/* "normal 0 0 0 replica ...": what is wrong with it, or NULL. */
static const char *par_limits(str v, struct params *p) {
    str w[4];
    int i, cls;
    i64 n[3];
    for (;;) {
        for (i = 0; i < 4; i++) w[i] = par_word(&v);
        if (!w[0].n) return NULL;
        if (!w[3].n)
            return "Wrong number of arguments in buffer limit configuration.";
        for (cls = 0; cls < 3 && !str_is(w[0], PAR_CLASSES[cls]); cls++) {
        }
        if (str_is(w[0], "replica")) cls = 1;
        if (cls == 3)
            return "Invalid client class specified in buffer limit "
                   "configuration.";
        if (!num_parse_bytes(w[1], &n[0]) || !num_parse_bytes(w[2], &n[1]) ||
            !num_parse(w[3], &n[2]) || n[2] < 0 || n[2] > INT_MAX)
            return "Error in hard, soft or soft_seconds setting in buffer "
                   "limit configuration.";
        p->out_hard[cls] = n[0];
        p->out_soft[cls] = n[1];
        p->out_secs[cls] = n[2];
    }
}

/* "3600 1 300 100": seconds and changes. */
static const char *par_save(str v, struct params *p) {
    str s, n;
    for (p->nsave = 0; (s = par_word(&v)).n; p->nsave++) {
        i64 *to_s = p->save_s + p->nsave, *to_n = p->save_n + p->nsave;
        n = par_word(&v);
        if (p->nsave == SAVE_MOST || !num_parse(s, to_s) ||
            !num_parse(n, to_n) || *to_s < 1 || *to_n < 0 || *to_s > INT_MAX ||
            *to_n > INT_MAX)
            return "Invalid save parameters";
    }
    return NULL;
}

static const char *par_enum(const struct par *r, str v, i64 *to, char *why,
                            size_t cap) {
    size_t n, i;
    for (i = 0; r->words[i]; i++)
        if (str_is(v, r->words[i])) {
            *to = (i64)i;
            return NULL;
        }
    n = (size_t)snprintf(why, cap,
                         "argument(s) must be one of the following: ");
    for (i = 0; r->words[i]; i++)
        n += (size_t)snprintf(why + n, cap - n, "%s%s", i ? ", " : "",
                              r->words[i]);
    return why;
}

static const char *par_octal(str v, i64 *to) {
    size_t i;
    for (*to = 0, i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '7' || *to > 0777)
            return "argument couldn't be parsed as an octal number";
        *to = *to * 8 + (v.p[i] - '0');
    }
    return v.n ? NULL : "argument couldn't be parsed as an octal number";
}

/* Whether the log's files may be called so. */
static int par_is_name(str v) {
    size_t i;
    for (i = 0; i < v.n; i++)
        if (v.p[i] <= ' ' || v.p[i] > '~' || strchr("/\"'\\", v.p[i])) return 0;
    return v.n > 0 && v.n < 200 && *v.p != '.';
}

/* Parses a value into *p; what is wrong with it, or NULL. A text becomes a
 * copy in k's heap. */
static const char *par_parse(kv *k, const struct par *r, str v,
                             struct params *p, char *why, size_t cap) {
    i64 *to = par_int(r, p);
    char *text;
    switch (r->kind) {
    case PAR_INT:
        if (!num_parse(v, to))
            return "argument couldn't be parsed into an integer";
        break;
    case PAR_MEM:
        if (v.n == 0 && r->min == 0) *to = 0;
        else if (!num_parse_bytes(v, to))
            return "argument must be a memory value";
        break;
    case PAR_OCTAL: {
        const char *bad = par_octal(v, to);
        if (bad) return bad;
        break;
    }
    case PAR_BOOL:
        if (!str_is(v, "yes") && !str_is(v, "no"))
            return "argument must be 'yes' or 'no'";
        *to = str_is(v, "yes");
        return NULL;
    case PAR_ENUM: return par_enum(r, v, to, why, cap);
    case PAR_TEXT:
        if (v.n && memchr(v.p, 0, v.n)) return "argument has a zero byte";
        if (!strncmp(r->name, "append", 6) && !par_is_name(v))
            return "it has to be a file name without spaces or quotes";
        text = buf_dup(&k->h, v.p, v.n);
        if (!text) return PAR_NO_MEMORY;
        *par_text(r, p) = text;
        return NULL;
    case PAR_LIMITS: return par_limits(v, p);
    case PAR_SAVE: return par_save(v, p);
    case PAR_FACT:
        return str_is(v, r->def) ? NULL : "this server does not have that";
    }
    if (*to >= r->min && *to <= r->max) return NULL;
    snprintf(why, cap, "argument must be between %lld and %lld inclusive",
             (long long)r->min, (long long)r->max);
    return why;
}

/* Whether a name that only Redis has may be given this value: 1 yes, 0 no,
 * -1 there is no such name. */
static int par_foreign(str name, str v) {
    size_t i;
    for (i = 0; i < COUNT(PAR_FOREIGN); i++) {
        const char *q = PAR_FOREIGN[i].values, *e;
        if (!str_is(name, PAR_FOREIGN[i].name)) continue;
        if (*q == '*') return 1;
        for (;; q = e + 1) {
            size_t n = (e = strchr(q, '|')) ? (size_t)(e - q) : strlen(q), j;
            for (j = 0; j < n && j < v.n && lower(v.p[j]) == (u8)q[j]; j++) {
            }
            if (n == v.n && j == n) return 1;
            if (!e) return 0;
        }
    }
    return -1;
}

/* Frees the texts of `p` that `keep` does not share. */
static void par_free_texts(kv *k, struct params *p, const struct params *keep) {
    size_t i;
    for (i = 0; i < COUNT(PARS); i++) {
        char **t;
        if (PARS[i].kind != PAR_TEXT) continue;
        t = par_text(&PARS[i], p);
        if (!keep || *t != *(char *const *)(const void *)((const char *)keep +
                                                          PARS[i].at))
            buf_undup(&k->h, *t);
        *t = NULL;
    }
}

struct par_error {
    enum error error;
    str name;
    const char *why;
    char room[256];
};

static int par_refuse(struct par_error *e, enum error code, str name,
                      const char *why) {
    e->error = code;
    e->name = name;
    e->why = why;
    return 0;
}

/* Sets all of the pairs or none. Names are looked at first, then values. */
static int par_set(kv *k, const str *pair, size_t n, struct par_error *e) {
    struct params p = k->p, old;
    size_t i, j;
    int rc;
    const char *why = NULL;
    for (i = 0; i < n; i += 2) {
        const struct par *r = par_find(pair[i]);
        int foreign = r ? 1 : par_foreign(pair[i], pair[i + 1]);
        if (foreign < 0) return par_refuse(e, E_CONFIG_UNKNOWN, pair[i], "");
        if (foreign == 0)
            return par_refuse(e, E_CONFIG_SET, pair[i],
                              "kv does not have what this asks for");
        if (r && r->flags & (PAR_START | PAR_RESTART | PAR_PROTECTED) &&
            k->par_frozen)
            return par_refuse(
                e, E_CONFIG_SET, pair[i],
                r->flags & PAR_START     ? "can't set immutable config"
                : r->flags & PAR_RESTART ? "it needs a restart"
                                         : "can't set protected config");
        for (j = 0; j < i; j += 2)
            if (r && par_find(pair[j]) == r)
                return par_refuse(e, E_CONFIG_SET, pair[i],
                                  "duplicate parameter");
    }
    for (i = 0; i < n && !why; i += 2) {
        const struct par *r = par_find(pair[i]);
        if (r) why = par_parse(k, r, pair[i + 1], &p, e->room, sizeof e->room);
    }
    if (why) {
        par_free_texts(k, &p, &k->p);
        return par_refuse(e, E_CONFIG_SET, pair[i - 2], why);
    }
    old = k->p;
    k->p = p;
    rc = aof_follow(k);
    if (rc != KV_OK) {
        k->p = old;
        par_free_texts(k, &p, &k->p);
        return par_refuse(e, E_CONFIG_SET, LIT("appendonly"), code_text(rc));
    }
    special_look(k);
    par_free_texts(k, &old, &k->p);
    return 1;
}

static int par_defaults(kv *k) {
    size_t i;
    char why[256];
    for (i = 0; i < COUNT(PARS); i++)
        if (par_parse(k, &PARS[i], str_c(PARS[i].def), &k->p, why, sizeof why))
            return 0;
    return 1;
}

/* A parameter's value as text; `room` has NUM_TEXT bytes at least. */
static str par_text_of(const struct par *r, struct params *p, char *room,
                       size_t cap) {
    i64 v = *par_int(r, p);
    size_t n = 0;
    int i;
    switch (r->kind) {
    case PAR_INT:
    case PAR_MEM: return text_int((u8 *)room, v);
    case PAR_OCTAL:
        snprintf(room, cap, "%llo", (unsigned long long)v);
        return str_c(room);
    case PAR_BOOL: return str_c(v ? "yes" : "no");
    case PAR_ENUM: return str_c(r->words[v]);
    case PAR_TEXT: return str_c(*par_text(r, p));
    case PAR_FACT: return str_c(r->def);
    case PAR_SAVE:
        for (i = 0; i < p->nsave; i++)
            n += (size_t)snprintf(room + n, cap - n, "%s%lld %lld",
                                  i ? " " : "", (long long)p->save_s[i],
                                  (long long)p->save_n[i]);
        return str_of(room, n);
    case PAR_LIMITS: break;
    }
    for (i = 0; i < 3; i++)
        n += (size_t)snprintf(
            room + n, cap - n, "%s%s %lld %lld %lld", i ? " " : "",
            PAR_CLASSES[i], (long long)p->out_hard[i],
            (long long)p->out_soft[i], (long long)p->out_secs[i]);
    return str_of(room, n);
}

static str par_value(kv *k, const struct par *r, char *room, size_t cap) {
    return par_text_of(r, &k->p, room, cap);
}

/* The first pattern that a name matches, or 0. */
static size_t config_wanted(kv_call *c, const char *name) {
    size_t i = 2;
    while (i < c->argc && !glob_match(c->argv[i], str_c(name), 1)) i++;
    return i < c->argc ? i : 0;
}

/* A name that was asked for without wildcards is shown as it was spelled. */
static void cmd_config_get(kv_call *c) {
    size_t gap = reply_gap(c), i, at, n = 0;
    char room[256];
    for (i = 0; i < COUNT(PARS); i++) {
        if (!(at = config_wanted(c, PARS[i].name))) continue;
        if (arg_is(c, at, PARS[i].name)) reply_bulk(c, c->argv[at]);
        else reply_text(c, PARS[i].name);
        reply_bulk(c, par_value(c->k, &PARS[i], room, sizeof room));
        n++;
    }
    if (c->resp == 3) reply_fill(c, gap, '%', n);
    else reply_fill(c, gap, '*', 2 * n);
}

static void cmd_config_set(kv_call *c) {
    struct par_error e;
    if (c->argc % 2) syntax_error(c);
    else if (par_set(c->k, c->argv + 2, c->argc - 2, &e)) reply_ok(c);
    else reply_errf(c, e.error, e.name, str_c(e.why));
}

static void cmd_config_resetstat(kv_call *c) {
    kv *k = c->k;
    size_t i;
    memset(&k->n, 0, sizeof k->n);
    memset(k->errors, 0, sizeof k->errors);
    for (i = 0; i < k->ncmds; i++) k->cmds[i]->calls = 0;
    for (i = 0; i < MINI_ROWS; i++) k->mini[i].calls = 0;
    k->m.peak = k->m.used;
    k->ops_then = 0;
    reply_ok(c);
}

static void cmd_config_help(kv_call *c) {
    static const char *const lines[] = {
        "GET <pattern> [<pattern> ...]",
        "    Parameters and their values.",
        "SET <name> <value> [<name> <value> ...]",
        "    Change parameters, all of them or none.",
        "RESETSTAT",
        "    Set the counters of INFO back to zero.",
        "REWRITE",
        "    Write the settings in use to the configuration file.",
        NULL};
    reply_help(c, "CONFIG", lines);
}

/* ==== conf-file: configuration files, CONFIG REWRITE ====================
 *
 * The syntax of redis.conf: a name and its words on a line, quoted as inline
 * requests are, `include`, comments. Names that only Redis has are passed over
 * with a warning, unless they promise what kv cannot keep.
 */
enum { CFG_MOST = 1 << 20, CFG_DEPTH = 16, CFG_LINE = 4096 };

struct cfg {
    kv *k;
    const char *path;
    int line, depth;
    int rc;     /* of a failure */
    int saves;  /* lines of save points so far */
    int passed; /* names that only Redis has, whose values ask for nothing */
    char why[512];
};

/* Levenshtein's distance, for names of up to 63 bytes. */
static int cfg_distance(const char *a, const char *b) {
    int row[64], i, j, left, up;
    for (j = 0; b[j] && j < 63; j++) row[j + 1] = j + 1;
    row[0] = 0;
    for (i = 0; a[i] && i < 63; i++) {
        left = i + 1;
        up = i;
        row[0] = i;
        for (j = 0; b[j] && j < 63; j++) {
            int best = up + (a[i] != b[j]);
            up = row[j + 1];
            if (up + 1 < best) best = up + 1;
            if (left + 1 < best) best = left + 1;
            row[j] = left;
            left = best;
        }
        row[j] = left;
    }
    for (j = 0; b[j] && j < 63; j++) {
    }
    return row[j];
}

/* The known name that is nearest to one that is not. */
static const char *cfg_nearest(const char *name) {
    const char *best = "help";
    int d = cfg_distance(name, best), x;
    size_t i;
    for (i = 0; i < COUNT(PARS); i++)
        if ((x = cfg_distance(name, PARS[i].name)) < d) {
            d = x;
            best = PARS[i].name;
        }
    for (i = 0; i < COUNT(PAR_FOREIGN); i++)
        if ((x = cfg_distance(name, PAR_FOREIGN[i].name)) < d) {
            d = x;
            best = PAR_FOREIGN[i].name;
        }
    return best;
}

/* Says what is wrong and where. */
KV_PRINTF(2, 3)
static int cfg_fail(struct cfg *g, const char *form, ...) {
    va_list a;
    size_t n = 0;
    if (g->line) /* not before the first file was opened */
        n = (size_t)snprintf(g->why, sizeof g->why, "%.200s line %d: ", g->path,
                             g->line);
    va_start(a, form);
    vsnprintf(g->why + n, sizeof g->why - n, form, a);
    va_end(a);
    return 0;
}

/* Whether a foreign name says something about safety or durability. */
static int cfg_is_promise(str name) {
    static const char *const names[] = {"aclfile",
                                        "cluster-enabled",
                                        "loadmodule",
                                        "masterauth",
                                        "min-replicas-to-write",
                                        "min-slaves-to-write",
                                        "rename-command",
                                        "replicaof",
                                        "slaveof",
                                        "tls-cert-file",
                                        "tls-port",
                                        "tls-replication",
                                        "tls-cluster",
                                        "user"};
    size_t i;
    for (i = 0; i < COUNT(names); i++)
        if (str_is(name, names[i])) return 1;
    return 0;
}

static int cfg_set(struct cfg *g, str name, str value) {
    struct par_error e;
    str pair[2];
    char text[64], points[512];
    int foreign = par_find(name) ? 1 : par_foreign(name, value);
    snprintf(text, sizeof text, "%.*s", (int)min_z(name.n, 60),
             (const char *)name.p);
    if (foreign < 0)
        return cfg_fail(g, "there is no parameter '%s'; the nearest is '%s'",
                        text, cfg_nearest(text));
    if (foreign == 0 && cfg_is_promise(name))
        return cfg_fail(g, "%s: kv does not have what this promises", text);
    if (foreign == 0) {
        cfg_fail(g, "%s: passed over, kv does not have that", text);
        log_put(g->k, KV_LOG_WARNING, "%s", g->why);
        return 1;
    }
    g->passed += foreign == 1 && !par_find(name);
    pair[0] = name;
    pair[1] = value;
    if (str_is(name, "save") && value.n && g->saves++) {
        str was = par_value(g->k, par_find(name), points, sizeof points / 2);
        snprintf(points + was.n, sizeof points - was.n, " %.*s",
                 (int)min_z(value.n, 256), (const char *)value.p);
        pair[1] = str_c(points);
    }
    if (par_set(g->k, pair, 2, &e)) return 1;
    return cfg_fail(g, "%s: %s", text,
                    e.error == E_NO_MEMORY ? PAR_NO_MEMORY : e.why);
}

/* Cuts a line into its name and the rest, unquoted and with one blank between
 * words, in place. -1: quotes that do not match, 0: nothing there. */
static int cfg_cut(u8 *p, u8 *end, str *name, str *value) {
    u8 *out = NULL;
    str word;
    int n = 0;
    name->p = value->p = p;
    name->n = value->n = 0;
    for (;;) {
        while (p < end && resp_is_space(*p)) p++;
        if (p == end || (n == 0 && *p == '#')) return n > 0;
        if (!(p = resp_word(p, end, &word))) return -1;
        if (n++ == 0) {
            *name = word;
            continue;
        }
        if (n == 2) out = (u8 *)word.p, value->p = out;
        else *out++ = ' ';
        memmove(out, word.p, word.n);
        out += word.n;
        value->n = (size_t)(out - value->p);
    }
}

/* A file's bytes in a buffer; 0: the reason is in g->why. */
static int cfg_read(struct cfg *g, const char *path, buf *b) {
    kv *k = g->k;
    i64 n;
    /* at once: a pipe can be read but once */
    if (!buf_room(&k->h, b, CFG_MOST)) return cfg_fail(g, PAR_NO_MEMORY);
    n = k->sys.load ? k->sys.load(k->sys.ctx, path, b->p, CFG_MOST) : KV_IO;
    if ((n == KV_TOOBIG || n > 9) &&
        (!memcmp(b->p, "REDIS0", 6) || !memcmp(b->p, "VALKEY0", 7)))
        return cfg_fail(g, "%.300s is a snapshot, no configuration", path);
    if (n == KV_TOOBIG) return cfg_fail(g, "%.300s is too long", path);
    if (n < 0) {
        g->rc = (int)n;
        return cfg_fail(g, "%.300s cannot be read: %s", path,
                        code_text((int)n));
    }
    b->n = (size_t)n;
    return 1;
}

static int cfg_load(struct cfg *g, const char *path);

static int cfg_fits(const void *pattern, const char *name) {
    return name[0] != '.' && glob_match(str_c(pattern), str_c(name), 0);
}

/* The files that a pattern names, in order; only its last part may be one. */
static int cfg_pattern(struct cfg *g, char *path) {
    char *slash = strrchr(path, '/'), name[256] = "", whole[CFG_LINE + 256];
    const char *pattern = slash ? slash + 1 : path, *dir = slash ? path : ".";
    if (slash) *slash = 0;
    if (slash && strpbrk(path, "*?["))
        return cfg_fail(g, "include: a directory cannot be a pattern");
    if (slash == path) dir = "/";
    while (sys_next_name(dir, name, cfg_fits, pattern)) {
        snprintf(whole, sizeof whole, "%s%s%s", slash ? path : "",
                 slash ? "/" : "", name);
        if (!cfg_load(g, whole)) return 0;
    }
    return 1;
}

/* One line; it may change the bytes. */
static int cfg_line(struct cfg *g, u8 *p, u8 *end) {
    str name, value;
    char path[CFG_LINE];
    int n = cfg_cut(p, end, &name, &value);
    if (n == 0) return 1;
    if (n < 0) return cfg_fail(g, "unbalanced quotes");
    if (memchr(p, 0, (size_t)(end - p))) return cfg_fail(g, "a zero byte");
    if (!str_is(name, "include")) return cfg_set(g, name, value);
    if (!value.n || value.n >= sizeof path)
        return cfg_fail(g, "include needs a path");
    if (g->depth == CFG_DEPTH)
        return cfg_fail(g, "include: %d files deep, a loop?", CFG_DEPTH);
    memcpy(path, value.p, value.n);
    path[value.n] = 0;
    if (strpbrk(path, "*?[") && g->k->sys.load == sys_load)
        return cfg_pattern(g, path);
    return cfg_load(g, path);
}

static int cfg_load(struct cfg *g, const char *path) {
    const char *outer = g->path;
    int line = g->line, ok;
    buf b = {NULL, 0, 0};
    u8 *p, *end, *nl;
    if (!cfg_read(g, path, &b)) {
        buf_free(&g->k->h, &b);
        return 0;
    }
    g->depth++;
    g->path = path;
    g->line = 0;
    ok = 1;
    p = b.p;
    end = b.p + b.n;
    if (b.n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
        p += 3; /* a byte order mark */
    for (; ok && p < end; p = nl + 1) {
        nl = memchr(p, '\n', (size_t)(end - p));
        if (!nl) nl = end;
        g->line++;
        ok = cfg_line(g, p, nl);
    }
    buf_free(&g->k->h, &b);
    g->depth--;
    g->path = outer;
    g->line = line;
    return ok;
}

/* ---- CONFIG REWRITE ---- */

/* Whether a value means what the parameter is now. */
static int cfg_same(kv *k, const struct par *r, str value) {
    struct params t = k->p;
    char now[256], then[256], why[256];
    str a, b;
    if (r->kind == PAR_TEXT) return str_eq(value, par_value(k, r, now, 256));
    if (par_parse(k, r, value, &t, why, sizeof why)) return 0;
    a = par_value(k, r, now, sizeof now);
    b = par_text_of(r, &t, then, sizeof then);
    return str_eq(a, b);
}

/* "name value", quoted where a reader would cut it otherwise. */
static int cfg_put(kv *k, buf *out, const struct par *r) {
    char room[256], t[8];
    str v = par_value(k, r, room, sizeof room);
    int quote = v.n == 0;
    size_t i;
    for (i = 0; i < v.n; i++)
        quote |= v.p[i] <= ' ' || v.p[i] > '~' || strchr("\"'\\#", v.p[i]);
    if (r->kind == PAR_LIMITS || r->kind == PAR_SAVE || r->flags & PAR_WORDS)
        quote = v.n == 0;
    if (!buf_put(&k->h, out, r->name, strlen(r->name)) ||
        !buf_put(&k->h, out, quote ? " \"" : " ", quote ? 2 : 1))
        return 0;
    for (i = 0; i < v.n; i++) {
        size_t n = 1;
        t[0] = (char)v.p[i];
        if (quote && (v.p[i] < ' ' || v.p[i] > '~'))
            n = (size_t)snprintf(t, sizeof t, "\\x%02x", v.p[i]);
        else if (quote && strchr("\"\\", v.p[i])) {
            t[0] = '\\';
            t[1] = (char)v.p[i];
            n = 2;
        }
        if (!buf_put(&k->h, out, t, n)) return 0;
    }
    return buf_put(&k->h, out, quote ? "\"\n" : "\n", quote ? 2 : 1);
}

/* What a rewrite has met, a bit a parameter. */
struct cfg_seen {
    u64 here;   /* since the last include: of several lines the first stays */
    u64 before; /* the last include */
    u64 lost;   /* of those, put anew: an include may say otherwise */
};

/* Copies a line or puts another in its place. */
static int cfg_keep(kv *k, buf *out, const u8 *p, size_t n,
                    struct cfg_seen *seen) {
    str name, value;
    const struct par *r;
    u64 bit;
    int words, same;
    buf line = {NULL, 0, 0}; /* cutting changes it */
    if (!buf_put(&k->h, &line, p, n)) return 0;
    words = cfg_cut(line.p, line.p + n, &name, &value);
    r = words > 0 ? par_find(name) : NULL;
    bit = r && r->kind != PAR_FACT ? (u64)1 << (r - PARS) : 0;
    if (words > 0 && str_is(name, "include")) {
        seen->before |= seen->here;
        seen->here = 0;
    }
    same = bit && cfg_same(k, r, value);
    buf_free(&k->h, &line);
    if (!bit) return buf_put(&k->h, out, p, n);
    if (seen->here & bit) return 1;
    seen->here |= bit;
    seen->lost &= ~bit;
    if (!same) seen->lost |= bit;
    else if (r->kind != PAR_LIMITS) return buf_put(&k->h, out, p, n);
    return cfg_put(k, out, r);
}

/* Whether a parameter has to be added at the end. */
static int cfg_is_due(kv *k, const struct cfg_seen *seen, size_t i) {
    const struct par *r = &PARS[i];
    if (r->kind == PAR_FACT || (seen->here | k->par_chosen) >> i & 1) return 0;
    if (seen->before >> i & 1) return seen->lost >> i & 1;
    return !cfg_same(k, r, str_c(r->def));
}

/* The file as it was, with what changed since; 0: no memory. */
static int cfg_rewritten(kv *k, const buf *in, buf *out) {
    static const char mark[] = "# Generated by CONFIG REWRITE\n";
    const u8 *p = in->p, *end = in->p + in->n, *nl;
    struct cfg_seen seen = {0, 0, 0};
    size_t i;
    int marked = 0;
    for (; p < end; p = nl) {
        nl = memchr(p, '\n', (size_t)(end - p));
        nl = nl ? nl + 1 : end;
        marked |= (size_t)(nl - p) == sizeof mark - 1 &&
                  !memcmp(p, mark, sizeof mark - 1);
        if (!cfg_keep(k, out, p, (size_t)(nl - p), &seen)) return 0;
    }
    if (out->n && out->p[out->n - 1] != '\n' && !buf_put(&k->h, out, "\n", 1))
        return 0;
    for (i = 0; i < COUNT(PARS); i++) {
        if (!cfg_is_due(k, &seen, i)) continue;
        if (!marked++ && !buf_put(&k->h, out, mark, sizeof mark - 1)) return 0;
        if (!cfg_put(k, out, &PARS[i])) return 0;
    }
    return 1;
}

static void cmd_config_rewrite(kv_call *c) {
    kv *k = c->k;
    buf in = {NULL, 0, 0}, out = {NULL, 0, 0};
    struct cfg g;
    int rc;
    memset(&g, 0, sizeof g);
    g.k = k;
    g.path = k->conf_path;
    if (!k->conf_path) reply_err(c, E_NO_CONF_FILE);
    else if (!cfg_read(&g, k->conf_path, &in) || !cfg_rewritten(k, &in, &out))
        reply_err1(c, E_REWRITE, str_c(g.why[0] ? g.why : PAR_NO_MEMORY));
    else if ((rc = k->sys.store
                       ? k->sys.store(k->sys.ctx, k->conf_path, out.p, out.n)
                       : KV_IO) != KV_OK)
        reply_err1(c, E_REWRITE, str_c(code_text(rc)));
    else reply_ok(c);
    buf_free(&k->h, &in);
    buf_free(&k->h, &out);
}

/* ==== session: HELLO, AUTH, CLIENT, SELECT ... ========================== */

static void cmd_ping(kv_call *c) {
    if (c->argc > 2) reply_err1(c, E_ARITY, cmd_name(c->cmd));
    else if (c->argc == 2) reply_bulk(c, c->argv[1]);
    else reply_simple(c, "PONG");
}

static void cmd_echo(kv_call *c) { reply_bulk(c, c->argv[1]); }

static void cmd_quit(kv_call *c) {
    c->c->flags |= CONN_CLOSING;
    reply_ok(c);
}

static void cmd_reset(kv_call *c) {
    conn_reset(c->c);
    if (!c->k->call_resp) c->resp = 2;
    reply_simple(c, "RESET");
}

static void cmd_select(kv_call *c) {
    int id;
    if (!arg_db(c, 1, &id, E_NOT_INT)) return;
    c->c->dbnum = id;
    reply_ok(c);
}

/* Takes as long for every wrong password of the same length. */
static int auth_matches(kv *k, str user, str pass) {
    str want = str_c(k->p.requirepass);
    u8 diff = 0;
    size_t i;
    if (!str_eq(user, LIT("default"))) return 0;
    if (!want.n) return 1;
    for (i = 0; i < pass.n; i++)
        diff = (u8)(diff | (pass.p[i] ^ want.p[i % want.n]));
    return diff == 0 && pass.n == want.n;
}

static void cmd_auth(kv_call *c) {
    str user = c->argc == 3 ? c->argv[1] : LIT("default");
    if (c->argc > 3) {
        syntax_error(c);
    } else if (c->argc == 2 && !c->k->p.requirepass[0]) {
        reply_err(c, E_NO_PASS);
    } else if (!auth_matches(c->k, user, c->argv[c->argc - 1])) {
        reply_err(c, E_WRONGPASS);
    } else {
        c->c->flags |= CONN_AUTHED;
        reply_ok(c);
    }
}

static int word_is_plain(str s) {
    size_t i;
    for (i = 0; i < s.n; i++)
        if (s.p[i] < '!' || s.p[i] > '~') return 0;
    return 1;
}

static int session_set_name(kv_call *c, str name) {
    if (!word_is_plain(name)) reply_err(c, E_NAME_CHARS);
    else if (!conn_set_word(c->c, WORD_NAME, name)) no_memory(c);
    else return 1;
    return 0;
}

static void hello_reply(kv_call *c) {
    reply_map(c, 7);
    reply_text(c, "server");
    reply_text(c, "redis");
    reply_text(c, "version");
    reply_text(c, REDIS_VERSION);
    reply_text(c, "proto");
    reply_int(c, c->c->resp);
    reply_text(c, "id");
    reply_int(c, (i64)c->c->id);
    reply_text(c, "mode");
    reply_text(c, "standalone");
    reply_text(c, "role");
    reply_text(c, "master");
    reply_text(c, "modules");
    reply_array(c, 0);
}

/* Options take effect one by one, also when a later one is wrong. */
static void cmd_hello(kv_call *c) {
    i64 v = c->c->resp;
    size_t i;
    if (c->argc > 1 && !num_parse(c->argv[1], &v)) {
        reply_err(c, E_PROTO_INT);
        return;
    }
    if (v < 2 || v > 3) {
        reply_err(c, E_NOPROTO);
        return;
    }
    for (i = 2; i < c->argc; i++) {
        if (arg_is(c, i, "auth") && i + 2 < c->argc) {
            if (!auth_matches(c->k, c->argv[i + 1], c->argv[i + 2])) {
                reply_err(c, E_WRONGPASS);
                return;
            }
            c->c->flags |= CONN_AUTHED;
            i += 2;
        } else if (arg_is(c, i, "setname") && i + 1 < c->argc) {
            if (!session_set_name(c, c->argv[++i])) return;
        } else {
            reply_err1(c, E_HELLO_OPTION, c->argv[i]);
            return;
        }
    }
    if (!(c->c->flags & CONN_AUTHED)) {
        reply_err(c, E_NOAUTH_HELLO);
        return;
    }
    c->c->resp = (u8)v;
    if (!c->k->call_resp) c->resp = (u8)v;
    hello_reply(c);
}

/* ---- CLIENT ---- */

static void cmd_client_id(kv_call *c) { reply_int(c, (i64)c->c->id); }

static void cmd_client_getname(kv_call *c) {
    if (c->c->words[WORD_NAME]) reply_text(c, c->c->words[WORD_NAME]);
    else reply_null(c);
}

static void cmd_client_setname(kv_call *c) {
    if (session_set_name(c, c->argv[2])) reply_ok(c);
}

static void cmd_client_setinfo(kv_call *c) {
    int which = arg_is(c, 2, "lib-name")  ? WORD_LIB
                : arg_is(c, 2, "lib-ver") ? WORD_VER
                                          : -1;
    if (which < 0) reply_err1(c, E_INFO_OPTION, c->argv[2]);
    else if (!word_is_plain(c->argv[3]))
        reply_err1(c, E_INFO_CHARS,
                   str_c(which == WORD_LIB ? "lib-name" : "lib-ver"));
    else if (!conn_set_word(c->c, which, c->argv[3])) no_memory(c);
    else reply_ok(c);
}

/* Names of later days are accepted and ignored. */
static void cmd_client_capa(kv_call *c) {
    size_t i;
    for (i = 2; i < c->argc; i++)
        if (arg_is(c, i, "nested")) c->c->flags |= CONN_TYPED;
    reply_ok(c);
}

static void cmd_client_no_touch(kv_call *c) {
    if (arg_is(c, 2, "on")) c->c->flags |= CONN_NO_TOUCH;
    else if (arg_is(c, 2, "off")) c->c->flags &= ~(u32)CONN_NO_TOUCH;
    else {
        syntax_error(c);
        return;
    }
    reply_ok(c);
}

static void cmd_client_reply(kv_call *c) {
    u32 *f = &c->c->flags;
    if (arg_is(c, 2, "on")) {
        *f &= ~(u32)(CONN_OFF | CONN_SKIP | CONN_SKIP_NEXT);
        reply_ok(c);
    } else if (arg_is(c, 2, "off")) {
        *f |= CONN_OFF;
    } else if (arg_is(c, 2, "skip")) {
        if (!(*f & CONN_OFF)) *f |= CONN_SKIP_NEXT;
    } else {
        syntax_error(c);
    }
}

/* Bytes that a client costs. */
static size_t conn_memory(const conn *c) {
    return sizeof *c + c->in.cap + c->out.cap + strlen(c->peer) +
           (c->part ? c->part->cap * sizeof *c->part->span : 0);
}

/* One line of CLIENT LIST. */
static void client_line(kv_call *c, const conn *x) {
    char b[1024], flags[4];
    size_t f = 0, n;
    if (x->flags & CONN_UNIX) flags[f++] = 'U';
    if (x->flags & CONN_CLOSING) flags[f++] = 'c';
    if (!f) flags[f++] = 'N';
    flags[f] = 0;
    n = (size_t)snprintf(
        b, sizeof b,
        "id=%llu addr=%.100s laddr=%.100s fd=%d name=%.100s age=%lld "
        "idle=%lld flags=%s db=%d sub=0 psub=0 ssub=0 multi=-1 watch=0 "
        "qbuf=%llu qbuf-free=%llu argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=%llu "
        "oll=0 omem=%llu tot-mem=%llu events=%s cmd=%.100s user=default "
        "redir=-1 resp=%d lib-name=%.100s lib-ver=%.100s tot-net-in=%llu "
        "tot-net-out=%llu tot-cmds=%llu",
        (unsigned long long)x->id, x->peer, conn_self(x), x->fd,
        conn_word(x, WORD_NAME), (long long)((c->k->mono - x->born) / 1000),
        (long long)((c->k->mono - x->seen) / 1000), flags, x->dbnum,
        (unsigned long long)(x->in.n - x->in_at),
        (unsigned long long)(x->in.cap - x->in.n),
        (unsigned long long)conn_unsent(x), (unsigned long long)x->out.cap,
        (unsigned long long)conn_memory(x), conn_unsent(x) ? "rw" : "r",
        x->last ? x->last->row->name : "NULL", x->resp, conn_word(x, WORD_LIB),
        conn_word(x, WORD_VER), (unsigned long long)x->got,
        (unsigned long long)x->sent, (unsigned long long)x->calls);
    reply_raw(c, b, min_z(n, sizeof b - 1));
    REPLY_LIT(c, "\n");
}

/* Turns what was written since `gap` into a verbatim string. */
static void reply_fill_verbatim(kv_call *c, size_t gap) {
    size_t n = c->k->out.n - gap, end;
    REPLY_LIT(c, "\r\n");
    end = c->k->out.n;
    reply_head(c, c->resp == 3 ? '=' : '$', (i64)(n + (c->resp == 3 ? 4 : 0)));
    if (c->resp == 3) REPLY_LIT(c, "txt:");
    if (!c->oom) reply_rotate(c, gap, c->k->out.n - end);
}

static void cmd_client_info(kv_call *c) {
    size_t gap = reply_gap(c);
    client_line(c, c->c);
    reply_fill_verbatim(c, gap);
}

/* Client types, as filters know them; all that connect are normal so far. */
static int client_type(kv_call *c, str s, int *normal) {
    *normal = str_is(s, "normal");
    if (*normal || str_is(s, "master") || str_is(s, "replica") ||
        str_is(s, "slave") || str_is(s, "pubsub"))
        return 1;
    reply_err1(c, E_CLIENT_TYPE, s);
    return 0;
}

static int client_listed(const conn *x) {
    return x && !(x->flags & (CONN_INTERNAL | CONN_DEAD));
}

static int client_older(const void *a, const void *b) {
    const conn *x = *(conn *const *)a, *y = *(conn *const *)b;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* All listed clients by age, in a block of k->conns_cap pointers; NULL: no
 * memory, the error is put. */
static conn **client_sorted(kv_call *c, size_t *n) {
    kv *k = c->k;
    conn **t = mem_try(&k->h, k->conns_cap * sizeof *t);
    u32 i;
    if (!t) {
        no_memory(c);
        return NULL;
    }
    for (*n = 0, i = 0; i < k->conns_cap; i++)
        if (client_listed(k->conns[i])) t[(*n)++] = k->conns[i];
    qsort(t, *n, sizeof *t, client_older);
    return t;
}

static conn *client_by_id(conn **t, size_t n, i64 id) {
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (t[mid]->id < (u64)id) lo = mid + 1;
        else hi = mid;
    }
    return id > 0 && lo < n && t[lo]->id == (u64)id ? t[lo] : NULL;
}

static void cmd_client_list(kv_call *c) {
    size_t gap, i, n;
    i64 id;
    int normal = 1, by_id = c->argc > 3 && arg_is(c, 2, "id");
    conn **t, *x;
    for (i = 3; by_id && i < c->argc; i++)
        if (!num_parse(c->argv[i], &id)) {
            reply_err(c, E_CLIENT_IDS);
            return;
        }
    if (c->argc == 4 && arg_is(c, 2, "type")) {
        if (!client_type(c, c->argv[3], &normal)) return;
    } else if (c->argc != 2 && !by_id) {
        syntax_error(c);
        return;
    }
    if (!(t = client_sorted(c, &n))) return;
    gap = reply_gap(c);
    for (i = 3; by_id && i < c->argc; i++)
        if (num_parse(c->argv[i], &id) && (x = client_by_id(t, n, id)))
            client_line(c, x);
    for (i = 0; !by_id && normal && i < n; i++) client_line(c, t[i]);
    mem_free(&c->k->h, t, c->k->conns_cap * sizeof *t);
    reply_fill_verbatim(c, gap);
}

struct client_filter {
    i64 id, maxage;
    str addr, laddr;
    int any_type, normal, skip_me;
};

static int client_passes(const kv_call *c, const struct client_filter *f,
                         const conn *x) {
    if (!client_listed(x) || (x == c->c && f->skip_me)) return 0;
    if (f->id && x->id != (u64)f->id) return 0;
    if (f->addr.p && !str_eq(f->addr, str_c(x->peer))) return 0;
    if (f->laddr.p && !str_eq(f->laddr, str_c(conn_self(x)))) return 0;
    if (f->maxage && (c->k->mono - x->born) / 1000 < f->maxage) return 0;
    return f->any_type || f->normal;
}

/* Reads the filters of CLIENT KILL; 0: the error is put. */
static int client_filter(kv_call *c, struct client_filter *f) {
    size_t i;
    for (i = 2; i < c->argc; i += 2) {
        str v;
        if (i + 1 == c->argc) {
            syntax_error(c);
            return 0;
        }
        v = c->argv[i + 1];
        if (arg_is(c, i, "id")) {
            if (!num_parse(v, &f->id) || f->id < 1) {
                reply_err(c, E_CLIENT_ID);
                return 0;
            }
        } else if (arg_is(c, i, "maxage")) {
            if (!num_parse(v, &f->maxage) || f->maxage < 1) {
                reply_err(c,
                          num_parse(v, &f->maxage) ? E_MAXAGE_RANGE : E_MAXAGE);
                return 0;
            }
        } else if (arg_is(c, i, "type")) {
            f->any_type = 0;
            if (!client_type(c, v, &f->normal)) return 0;
        } else if (arg_is(c, i, "addr")) {
            f->addr = v;
        } else if (arg_is(c, i, "laddr")) {
            f->laddr = v;
        } else if (arg_is(c, i, "user")) {
            if (!str_eq(v, LIT("default"))) {
                reply_err1(c, E_NO_USER, v);
                return 0;
            }
        } else if (arg_is(c, i, "skipme") &&
                   (str_is(v, "yes") || str_is(v, "no"))) {
            f->skip_me = str_is(v, "yes");
        } else {
            syntax_error(c);
            return 0;
        }
    }
    return 1;
}

/* Kills others at once, oneself after the reply. */
static void client_kill(kv_call *c, conn *x) {
    if (x == c->c) x->flags |= CONN_CLOSING;
    else conn_kill(x);
}

static void cmd_client_kill(kv_call *c) {
    struct client_filter f;
    kv *k = c->k;
    i64 n = 0;
    u32 i;
    memset(&f, 0, sizeof f);
    f.any_type = 1;
    if (c->argc == 3) f.addr = c->argv[2];
    else {
        f.skip_me = 1;
        if (!client_filter(c, &f)) return;
    }
    for (i = 0; i < k->conns_cap; i++)
        if (client_passes(c, &f, k->conns[i])) {
            client_kill(c, k->conns[i]);
            n++;
        }
    if (c->argc > 3) reply_int(c, n);
    else if (n) reply_ok(c);
    else reply_err(c, E_NO_CLIENT);
}

static void cmd_client_help(kv_call *c) {
    static const char *const lines[] = {
        "CAPA <capability> [<capability> ...]",
        "    What this client can deal with; nested: typed arguments.",
        "GETNAME",
        "    The name of this connection.",
        "ID",
        "    The id of this connection.",
        "INFO",
        "    This connection's line of CLIENT LIST.",
        "KILL <ip:port>",
        "    Close one connection.",
        "KILL <filter> <value> [<filter> <value> ...]",
        "    Close connections by ID, TYPE, USER, ADDR, LADDR, MAXAGE;",
        "    SKIPME no includes this one.",
        "LIST [TYPE <type> | ID <id> [<id> ...]]",
        "    All connections, or some.",
        "NO-TOUCH (ON|OFF)",
        "    Reads do not count for eviction.",
        "REPLY (ON|OFF|SKIP)",
        "    Whether this connection gets replies.",
        "SETINFO (LIB-NAME|LIB-VER) <value>",
        "    Tell the library in use.",
        "SETNAME <name>",
        "    Name this connection.",
        NULL};
    reply_help(c, "CLIENT", lines);
}

/* ==== describe: COMMAND: rows shown to clients ========================== */

static void reply_flag_words(kv_call *c, u32 bits, const char *const *words,
                             char mark) {
    size_t i, n = 0;
    char b[40];
    for (i = 0; words[i]; i++) n += bits >> i & 1;
    reply_set(c, n);
    for (i = 0; words[i]; i++)
        if (bits >> i & 1) {
            snprintf(b, sizeof b, "%s%s", mark ? "@" : "", words[i]);
            reply_simple(c, b);
        }
}

static const char *const DOC_FLAGS[] = {
    "write",        "readonly",     "denyoom",          "fast",
    "admin",        "noscript",     "loading",          "stale",
    "no_auth",      "blocking",     "allow_busy",       "no_multi",
    "skip_monitor", "skip_slowlog", "no_async_loading", "no_mandatory_keys",
    "protected",    "movablekeys",  "pubsub",           NULL};

static const char *const DOC_CATEGORIES[] = {
    "write",    "read",   "admin",      "dangerous", "pubsub", "blocking",
    "keyspace", "string", "connection", "fast",      "slow",   NULL};

/* A command's ACL categories, as bits over DOC_CATEGORIES. */
static u32 doc_categories(const cmd *m) {
    u32 f = m->flags, b = 0;
    str group = str_c(m->row->group);
    if (f & KV_WRITE) b |= 1 << 0;
    if (f & KV_READONLY) b |= 1 << 1;
    if (f & (KV_ADMIN | KV_CAT_ADMIN)) b |= 1 << 2;
    if (f & (KV_ADMIN | KV_CAT_ADMIN | KV_DANGEROUS)) b |= 1 << 3;
    if (f & KV_PUBSUB) b |= 1 << 4;
    if (f & KV_BLOCKING) b |= 1 << 5;
    if (f & KV_KEYSPACE) b |= 1 << 6;
    if (m->row->fn && str_is(group, "string")) b |= 1 << 7;
    if (f & KV_CAT_CONNECTION || (m->row->fn && str_is(group, "connection")))
        b |= 1 << 8;
    return b | (f & KV_FAST ? 1 << 9 : 1 << 10);
}

/* The flags of a key specification as a set; what one call does where the row
 * says that it depends (SET, by its GET option). */
static void doc_spec_flags(kv_call *c, str flags, const str *argv,
                           size_t argc) {
    size_t i, from = 0, n = 1;
    static const char vary[] = "/variable_flags";
    if (flags.n > sizeof vary && argc &&
        !memcmp(flags.p + flags.n - (sizeof vary - 1), vary, sizeof vary - 1)) {
        for (i = 3; i < argc && !str_is(argv[i], "get"); i++) {
        }
        flags = i < argc ? LIT("RW/access/update") : LIT("OW/update");
    }
    for (i = 0; i < flags.n; i++) n += flags.p[i] == '/';
    reply_set(c, flags.n ? n : 0);
    for (i = 0; flags.n && i <= flags.n; i++)
        if (i == flags.n || flags.p[i] == '/') {
            reply_line(c, '+', str_of(flags.p + from, i - from));
            from = i + 1;
        }
}

static void doc_key_specs(kv_call *c, const cmd *m) {
    const char *p = m->row->keys;
    struct key_spec s;
    size_t n = 0;
    while (cmd_next_spec(&p, &s)) n++;
    reply_set(c, n);
    for (p = m->row->keys; cmd_next_spec(&p, &s);) {
        reply_map(c, 3);
        reply_text(c, "flags");
        doc_spec_flags(c, s.flags, NULL, 0);
        reply_text(c, "begin_search");
        reply_map(c, 2);
        reply_text(c, "type");
        reply_text(c, "index");
        reply_text(c, "spec");
        reply_map(c, 1);
        reply_text(c, "index");
        reply_int(c, s.index);
        reply_text(c, "find_keys");
        reply_map(c, 2);
        reply_text(c, "type");
        reply_text(c, s.counted ? "keynum" : "range");
        reply_text(c, "spec");
        reply_map(c, 3);
        reply_text(c, s.counted ? "keynumidx" : "lastkey");
        reply_int(c, s.counted ? s.num : s.last);
        reply_text(c, s.counted ? "firstkey" : "keystep");
        reply_int(c, s.counted ? s.first : s.step);
        reply_text(c, s.counted ? "keystep" : "limit");
        reply_int(c, s.counted ? s.step : 0);
    }
}

/* One element of COMMAND INFO; NULL shows the null of an unknown name. */
static void doc_info(kv_call *c, const cmd *m) {
    const cmd *s;
    if (!m) {
        reply_null(c);
        return;
    }
    reply_array(c, 10);
    reply_text(c, m->row->name);
    reply_int(c, m->arity);
    reply_flag_words(c, m->flags & (KV_KEYSPACE - 1), DOC_FLAGS, 0);
    reply_int(c, m->first);
    reply_int(c, m->last);
    reply_int(c, m->step);
    reply_flag_words(c, doc_categories(m), DOC_CATEGORIES, '@');
    reply_set(c, 0);
    doc_key_specs(c, m);
    if (m->nsubs) reply_array(c, m->nsubs);
    else reply_set(c, 0);
    for (s = m->sub; s; s = s->next) doc_info(c, s);
}

/* A command by the name that COMMAND shows: "get", "client|id". */
static cmd *doc_find(const kv *k, str name) {
    const u8 *bar = name.n ? memchr(name.p, '|', name.n) : NULL;
    size_t n = bar ? (size_t)(bar - name.p) : name.n;
    cmd *m = cmd_find(k, str_of(name.p, n));
    return m && bar ? cmd_sub(m, str_of(bar + 1, name.n - n - 1)) : m;
}

static size_t doc_top_count(const kv *k) {
    size_t i, n = 0;
    for (i = 0; i < k->ncmds; i++) n += !k->cmds[i]->parent;
    return n;
}

static void cmd_command_info(kv_call *c) {
    kv *k = c->k;
    size_t i;
    if (c->argc > 2 && c->cmd->parent) {
        reply_array(c, c->argc - 2);
        for (i = 2; i < c->argc; i++) doc_info(c, doc_find(k, c->argv[i]));
        return;
    }
    reply_array(c, doc_top_count(k));
    for (i = 0; i < k->ncmds; i++)
        if (!k->cmds[i]->parent) doc_info(c, k->cmds[i]);
}

static void cmd_command(kv_call *c) { cmd_command_info(c); }

static void cmd_command_count(kv_call *c) {
    reply_int(c, (i64)doc_top_count(c->k));
}

static int doc_has_category(const cmd *m, str name) {
    u32 i, b = doc_categories(m);
    for (i = 0; DOC_CATEGORIES[i]; i++)
        if (b >> i & 1 && str_is(name, DOC_CATEGORIES[i])) return 1;
    return 0;
}

static void cmd_command_list(kv_call *c) {
    kv *k = c->k;
    size_t i, n = 0, gap = reply_gap(c);
    int by = 0;
    if (c->argc != 2) {
        if (c->argc == 5 && arg_is(c, 2, "filterby"))
            by = arg_is(c, 3, "module")    ? 1
                 : arg_is(c, 3, "aclcat")  ? 2
                 : arg_is(c, 3, "pattern") ? 3
                                           : 0;
        if (!by) {
            syntax_error(c);
            return;
        }
    }
    for (i = 0; i < k->ncmds; i++) {
        cmd *m = k->cmds[i];
        if (by == 1 || (by == 2 && !doc_has_category(m, c->argv[4])) ||
            (by == 3 && !glob_match(c->argv[4], cmd_name(m), 1)))
            continue;
        reply_text(c, m->row->name);
        n++;
    }
    reply_fill(c, gap, '*', n);
}

/* ---- argument grammar ----
 *
 * A row's `args` is parsed into a tree when COMMAND DOCS asks:
 *
 *   word           an argument, its type implied by its name or given as :type
 *   TOKEN          a literal; before a word or ( ) { } the token of that
 *   [x] (x) {x}    optional; group; block even of one
 *   a|b            one of, inside brackets
 *   name=(...)     names a group; name=TEXT a literal with another name
 *   x ...          may repeat
 */
enum {
    DOC_NODES = 64,
    DOC_OPTIONAL = 1,
    DOC_MULTIPLE = 2,
    DOC_MANY_TOKENS = 4
};

struct doc_node {
    str name, token;
    const char *type;
    int flags, first, next; /* indexes; -1: none */
};

struct doc {
    const char *p;
    struct doc_node n[DOC_NODES];
    int count, keys;
    char text[1024]; /* names made of others */
    size_t used;
};

static int doc_new(struct doc *d) {
    struct doc_node *n;
    KV_ASSERT(d->count < DOC_NODES);
    n = &d->n[d->count < DOC_NODES - 1 ? d->count : DOC_NODES - 1];
    memset(n, 0, sizeof *n);
    n->first = n->next = -1;
    return d->count < DOC_NODES - 1 ? d->count++ : DOC_NODES - 1;
}

static void doc_blank(struct doc *d) {
    while (*d->p == ' ') d->p++;
}

static str doc_word(const char *p) { return str_of(p, strcspn(p, " []()|{}")); }

static const char *doc_implied(str name) {
    static const char *const ints[] = {
        "seconds", "milliseconds", "increment", "decrement",
        "count",   "cursor",       "offset",    "start",
        "end",     "numkeys",      "db",        "destination-db",
        "index",   "protover",     "client-id", NULL};
    static const char *const keys[] = {"key", "newkey", "source", "destination",
                                       NULL};
    size_t i;
    while (name.n && num_is_digit(name.p[name.n - 1])) name.n--;
    for (i = 0; keys[i]; i++)
        if (str_is(name, keys[i])) return "key";
    for (i = 0; ints[i]; i++)
        if (str_is(name, ints[i])) return "integer";
    if (str_is(name, "pattern")) return "pattern";
    if (name.n >= 9 && memcmp(name.p, "unix-time", 9) == 0) return "unix-time";
    return "string";
}

static int doc_is_token(str w) {
    size_t i;
    for (i = 0; i < w.n; i++)
        if (w.p[i] >= 'a' && w.p[i] <= 'z') return 0;
    return w.n > 0;
}

/* Whether what follows a TOKEN is its operand. */
static int doc_is_operand(const char *p) {
    str w = doc_word(p);
    const u8 *eq;
    if (*p == '(' || *p == '{') return 1;
    if (!w.n || doc_is_token(w) || *p == '.') return 0;
    eq = memchr(w.p, '=', w.n);
    if (!eq) return 1;
    return eq == w.p + w.n - 1 && (eq[1] == '(' || eq[1] == '{');
}

/* The names of a list of nodes joined by '_'. */
static str doc_join(struct doc *d, int list) {
    str s = str_of(d->text + d->used, 0);
    for (; list >= 0; list = d->n[list].next) {
        str n = d->n[list].name;
        if (d->used + n.n + 2 > sizeof d->text) break;
        if (s.n) d->text[d->used++] = '_', s.n++;
        memcpy(d->text + d->used, n.p, n.n);
        d->used += n.n;
        s.n += n.n;
    }
    return s;
}

static int doc_item(struct doc *d);

/* Items up to '|', a closing bracket or the end; the first, or -1. */
static int doc_seq(struct doc *d) {
    int first = -1, last = -1, i;
    while ((i = doc_item(d)) >= 0) {
        if (last >= 0) d->n[last].next = i;
        else first = i;
        last = i;
    }
    return first;
}

static int doc_group(struct doc *d, str name) {
    char open = *d->p++;
    int first = -1, last = -1, alts = 0, i, g;
    for (;;) {
        i = doc_seq(d);
        alts++;
        if (i >= 0 && d->n[i].next >= 0 && (*d->p == '|' || alts > 1)) {
            g = doc_new(d);
            d->n[g].type = "block";
            d->n[g].first = i;
            d->n[g].name = doc_join(d, i);
            i = g;
        }
        if (last >= 0) d->n[last].next = i;
        else first = i;
        last = i;
        if (*d->p != '|') break;
        d->p++;
    }
    if (*d->p) d->p++;
    if (first < 0) return -1;
    g = first;
    if (alts > 1 || open == '{' || d->n[first].next >= 0) {
        g = doc_new(d);
        d->n[g].type = alts > 1 ? "oneof" : "block";
        d->n[g].first = first;
        d->n[g].name = name.n ? name : doc_join(d, first);
    } else if (name.n) {
        d->n[g].name = name;
    }
    if (open == '[') d->n[g].flags |= DOC_OPTIONAL;
    return g;
}

static str doc_lower(struct doc *d, str s) {
    str r = str_of(d->text + d->used, 0);
    for (; r.n < s.n && d->used + 1 < sizeof d->text; r.n++)
        d->text[d->used++] = (char)lower(s.p[r.n]);
    return r;
}

/* An argument word: "name" or "name:type". */
static int doc_argument(struct doc *d, str w) {
    static const char *const types[] = {"string",  "integer",   "double", "key",
                                        "pattern", "unix-time", NULL};
    int i = doc_new(d);
    size_t at = w.n, t;
    d->n[i].name = w;
    d->n[i].type = doc_implied(w);
    while (at && w.p[at - 1] != ':') at--;
    for (t = 0; at && types[t]; t++)
        if (str_is(str_of(w.p + at, w.n - at), types[t])) {
            d->n[i].name.n = at - 1;
            d->n[i].type = types[t];
        }
    d->p = (const char *)w.p + w.n;
    return i;
}

static int doc_token(struct doc *d, str w) {
    int i;
    d->p = (const char *)w.p + w.n;
    doc_blank(d);
    if (doc_is_operand(d->p)) {
        i = doc_item(d);
    } else {
        i = doc_new(d);
        d->n[i].type = "pure-token";
        d->n[i].name = doc_lower(d, w);
    }
    d->n[i].token = w;
    return i;
}

/* The next item, or -1: the sequence ends here. Recursion is as deep as the
 * brackets of our own rows. */
static int doc_item(struct doc *d) {
    str w, none = {NULL, 0};
    const u8 *eq;
    int i;
    doc_blank(d);
    if (!*d->p || strchr("|)]}", *d->p)) return -1;
    if (strchr("[({", *d->p)) {
        i = doc_group(d, none);
    } else {
        w = doc_word(d->p);
        eq = memchr(w.p, '=', w.n);
        if (eq && *w.p >= 'a' && *w.p <= 'z') {
            str name = str_of(w.p, (size_t)(eq - w.p));
            d->p = (const char *)eq + 1;
            if (eq == w.p + w.n - 1) {
                i = doc_group(d, name);
            } else {
                i = doc_new(d);
                d->n[i].type = "pure-token";
                d->n[i].name = name;
                d->n[i].token = str_of(eq + 1, w.n - name.n - 1);
                d->p = (const char *)w.p + w.n;
            }
        } else if (doc_is_token(w)) {
            i = doc_token(d, w);
        } else {
            i = doc_argument(d, w);
        }
    }
    doc_blank(d);
    if (i >= 0 && strncmp(d->p, "...", 3) == 0) {
        d->p += 3;
        d->n[i].flags |= DOC_MULTIPLE;
        if ((d->n[i].flags & DOC_OPTIONAL) && d->n[i].token.n)
            d->n[i].flags |= DOC_MANY_TOKENS;
    }
    return i;
}

static void doc_put_args(kv_call *c, struct doc *d, int list) {
    static const char *const words[] = {"optional", "multiple",
                                        "multiple_token", NULL};
    int i;
    size_t n = 0;
    for (i = list; i >= 0; i = d->n[i].next) n++;
    reply_array(c, n);
    for (i = list; i >= 0; i = d->n[i].next) {
        struct doc_node *a = &d->n[i];
        int key = strcmp(a->type, "key") == 0;
        reply_map(c, (size_t)(2 + key + (a->token.n > 0) + (a->flags != 0) +
                              (a->first >= 0)));
        reply_text(c, "name");
        reply_bulk(c, a->name);
        reply_text(c, "type");
        reply_text(c, a->type);
        if (key) {
            reply_text(c, "key_spec_index");
            reply_int(c, d->keys++);
        }
        if (a->token.n) {
            reply_text(c, "token");
            reply_bulk(c, a->token);
        }
        if (a->flags) {
            reply_text(c, "flags");
            reply_flag_words(c, (u32)a->flags, words, 0);
        }
        if (a->first >= 0) {
            reply_text(c, "arguments");
            doc_put_args(c, d, a->first);
        }
    }
}

/* One pair of COMMAND DOCS. */
static void doc_put(kv_call *c, const cmd *m) {
    const kv_command *r = m->row;
    const cmd *s;
    struct doc d;
    int list;
    memset(&d, 0, sizeof d);
    d.p = r->args;
    list = doc_seq(&d);
    reply_text(c, r->name);
    reply_map(c, (size_t)(4 + (list >= 0) + (m->nsubs > 0)));
    reply_text(c, "summary");
    reply_text(c, r->summary);
    reply_text(c, "since");
    reply_text(c, r->since);
    reply_text(c, "group");
    reply_text(c, r->group);
    reply_text(c, "complexity");
    reply_text(c, r->complexity);
    if (list >= 0) {
        reply_text(c, "arguments");
        doc_put_args(c, &d, list);
    }
    if (m->nsubs) {
        reply_text(c, "subcommands");
        reply_map(c, m->nsubs);
        for (s = m->sub; s; s = s->next) doc_put(c, s);
    }
}

static void cmd_command_docs(kv_call *c) {
    kv *k = c->k;
    size_t i, n = 0, gap;
    if (c->argc == 2) {
        reply_map(c, doc_top_count(k));
        for (i = 0; i < k->ncmds; i++)
            if (!k->cmds[i]->parent) doc_put(c, k->cmds[i]);
        return;
    }
    gap = reply_gap(c);
    for (i = 2; i < c->argc; i++) {
        cmd *m = doc_find(k, c->argv[i]);
        if (m) doc_put(c, m), n++;
    }
    if (c->resp == 3) reply_fill(c, gap, '%', n);
    else reply_fill(c, gap, '*', 2 * n);
}

static int cmd_arity_ok(const cmd *m, size_t argc) {
    return m->arity >= 0 ? argc == (size_t)m->arity : argc >= (size_t)-m->arity;
}

/* The command that a vector calls, with its subcommand. */
static cmd *cmd_of(const kv *k, const str *argv, size_t argc) {
    cmd *m = cmd_find(k, argv[0]), *sub;
    if (!m || !m->nsubs || argc < 2) return m;
    sub = cmd_sub(m, argv[1]);
    return sub ? sub : m;
}

static void doc_keys(kv_call *c, int with_flags) {
    const str *argv = c->argv + 2;
    size_t argc = c->argc - 2, first, last, n = 0, gap = reply_gap(c);
    cmd *m = cmd_of(c->k, argv, argc);
    const char *p;
    struct key_spec s;
    if (!m || (m->nsubs && argc > 1 && !m->row->fn)) {
        reply_err(c, E_NO_COMMAND);
        return;
    }
    if (!m->row->keys[0]) {
        reply_err(c, E_NO_KEYS);
        return;
    }
    if (!cmd_arity_ok(m, argc)) {
        reply_err(c, E_KEYS_ARITY);
        return;
    }
    for (p = m->row->keys; cmd_next_spec(&p, &s);) {
        if (!cmd_spec_keys(&s, argv, argc, &first, &last)) {
            c->k->out.n = gap;
            reply_err(c, E_KEYS_BAD);
            return;
        }
        for (; first <= last; first += (size_t)s.step, n++) {
            if (!with_flags) {
                reply_bulk(c, argv[first]);
                continue;
            }
            reply_array(c, 2);
            reply_bulk(c, argv[first]);
            doc_spec_flags(c, s.flags, argv, argc);
        }
    }
    reply_fill(c, gap, '*', n);
}

static void cmd_command_getkeys(kv_call *c) { doc_keys(c, 0); }
static void cmd_command_getkeysandflags(kv_call *c) { doc_keys(c, 1); }

static void cmd_command_help(kv_call *c) {
    static const char *const lines[] = {
        "(no subcommand)",
        "    Everything about every command.",
        "COUNT",
        "    How many commands there are.",
        "DOCS [<command-name> ...]",
        "    What commands do and take.",
        "GETKEYS <full-command>",
        "    The keys of a command line.",
        "GETKEYSANDFLAGS <full-command>",
        "    The same, with their use.",
        "INFO [<command-name> ...]",
        "    Arity, flags, keys of commands.",
        "LIST [FILTERBY (MODULE|ACLCAT|PATTERN) <value>]",
        "    Names of commands.",
        NULL};
    reply_help(c, "COMMAND", lines);
}

/* ==== info: INFO, MEMORY ================================================ */

/* What memory is used for. */
struct info_memory {
    i64 used, start, clients, tables, keys, dataset, rss, free;
};

static void info_memory(kv *k, struct info_memory *m) {
    i64 i;
    memset(m, 0, sizeof *m);
    m->used = (i64)k->m.used;
    m->rss = sys_usage().rss;
    for (i = 0; i < k->conns_cap; i++)
        if (k->conns[i]) m->clients += (i64)conn_memory(k->conns[i]);
    for (i = 0; i < k->p.databases; i++) {
        db *d = k->dbs[i];
        if (!d) continue;
        m->keys += (i64)d->t.count;
        m->tables += (i64)(tab_memory(&d->t) + d->x.count * 10);
        m->free += (i64)(d->h.spare * MEM_PAGE);
    }
    m->free += (i64)(k->h.spare * MEM_PAGE);
    m->start = (i64)k->m.start;
    m->dataset = m->used - m->start - m->clients - m->tables;
    if (m->dataset < 0) m->dataset = 0;
}

/* Appends a line of INFO. */
KV_PRINTF(2, 3)
static void info_put(kv_call *c, const char *form, ...) {
    char b[256];
    va_list a;
    int n;
    va_start(a, form);
    n = vsnprintf(b, sizeof b - 2, form, a);
    va_end(a);
    if (n < 0) return;
    reply_raw(c, b, min_z((size_t)n, sizeof b - 3));
    REPLY_LIT(c, "\r\n");
}

static void info_ratio(kv_call *c, const char *name, i64 a, i64 b) {
    i64 hundredths = b > 0 ? a * 100 / b : 0;
    info_put(c, "%s:%lld.%02lld", name, (long long)(hundredths / 100),
             (long long)(hundredths % 100));
}

static void info_bytes(kv_call *c, const char *name, i64 n) {
    static const char unit[] = "BKMG";
    i64 scale = 1;
    int u = 0;
    while (u < 3 && n / scale >= 1024) scale *= 1024, u++;
    info_put(c, "%s:%lld", name, (long long)n);
    if (u == 0) info_put(c, "%s_human:%lldB", name, (long long)n);
    else
        info_put(c, "%s_human:%lld.%02lld%c", name, (long long)(n / scale),
                 (long long)(n % scale * 100 / scale), unit[u]);
}

static void info_server(kv_call *c) {
    kv *k = c->k;
    i64 up = (k->mono - k->start_mono) / 1000;
    char os[200];
    sys_name(os, sizeof os);
    info_put(c, "redis_version:%s", REDIS_VERSION);
    info_put(c, "redis_git_sha1:00000000");
    info_put(c, "redis_git_dirty:0");
    info_put(c, "redis_build_id:kv-%s", KV_VERSION);
    info_put(c, "redis_mode:standalone");
    info_put(c, "kv_version:%s", KV_VERSION);
    info_put(c, "os:%s", os);
    info_put(c, "arch_bits:%d", (int)(sizeof(void *) * 8));
    info_put(c, "multiplexing_api:poll");
    info_put(c, "process_id:%lld", (long long)sys_pid());
    info_put(c, "run_id:%s", k->run_id);
    info_put(c, "tcp_port:%d", k->first_port);
    info_put(c, "server_time_usec:%lld", (long long)k->wall_us(k->clock_ctx));
    info_put(c, "uptime_in_seconds:%lld", (long long)up);
    info_put(c, "uptime_in_days:%lld", (long long)(up / 86400));
    info_put(c, "hz:%lld", (long long)k->p.hz);
    info_put(c, "configured_hz:%lld", (long long)k->p.hz);
    info_put(c, "lru_clock:%u", (unsigned)lru_clock(k));
    info_put(c, "executable:");
    info_put(c, "config_file:%s", c->k->conf_path ? c->k->conf_path : "");
}

static void info_clients(kv_call *c) {
    kv *k = c->k;
    size_t in = 0, out = 0;
    u32 i;
    for (i = 0; i < k->conns_cap; i++)
        if (k->conns[i]) {
            in = max_z(in, k->conns[i]->in.cap);
            out = max_z(out, k->conns[i]->out.cap);
        }
    info_put(c, "connected_clients:%u", (unsigned)k->clients);
    info_put(c, "cluster_connections:0");
    info_put(c, "maxclients:%lld", (long long)k->p.maxclients);
    info_put(c, "client_recent_max_input_buffer:%llu", (unsigned long long)in);
    info_put(c, "client_recent_max_output_buffer:%llu",
             (unsigned long long)out);
    info_put(c, "blocked_clients:0");
    info_put(c, "tracking_clients:0");
    info_put(c, "clients_in_timeout_table:0");
}

static void info_mem(kv_call *c) {
    kv *k = c->k;
    struct info_memory m;
    info_memory(k, &m);
    info_bytes(c, "used_memory", m.used);
    info_bytes(c, "used_memory_rss", m.rss);
    info_bytes(c, "used_memory_peak", (i64)max_z(k->m.peak, k->m.used));
    info_put(
        c, "used_memory_peak_perc:%lld%%",
        (long long)(m.used * 100 / (i64)max_z(max_z(k->m.peak, k->m.used), 1)));
    info_put(c, "used_memory_overhead:%lld",
             (long long)(m.start + m.clients + m.tables));
    info_put(c, "used_memory_startup:%lld", (long long)m.start);
    info_put(c, "used_memory_dataset:%lld", (long long)m.dataset);
    info_put(c, "allocator_allocated:%lld", (long long)m.used);
    info_put(c, "allocator_active:%lld", (long long)((i64)k->m.held - m.free));
    info_put(c, "allocator_resident:%llu", (unsigned long long)k->m.held);
    info_bytes(c, "maxmemory", k->p.maxmemory);
    info_put(c, "maxmemory_policy:%s", POLICY_NAMES[k->p.maxmemory_policy]);
    info_ratio(c, "mem_fragmentation_ratio", m.rss, m.used);
    info_put(c, "mem_fragmentation_bytes:%lld", (long long)(m.rss - m.used));
    info_put(c, "mem_clients_normal:%lld", (long long)m.clients);
    info_put(c, "mem_clients_slaves:0");
    info_put(c, "mem_allocator:kv");
    info_put(c, "lazyfree_pending_objects:0");
    info_put(c, "lazyfree_pending_bytes:%llu",
             (unsigned long long)k->m.dead.bytes);
}

static void info_loading(kv_call *c) {
    const kv *k = c->k;
    i64 at = k->progress.done, size = k->progress.total;
    i64 us = k->mono_us(k->clock_ctx) - k->progress.began;
    info_put(c, "loading:1");
    info_put(c, "loading_start_time:%lld",
             (long long)((k->now - us / 1000) / 1000));
    info_put(c, "loading_total_bytes:%lld", (long long)size);
    info_put(c, "loading_loaded_bytes:%lld", (long long)at);
    info_put(c, "loading_loaded_perc:%lld.%02lld",
             (long long)(size ? at * 100 / size : 0),
             (long long)(size ? at * 10000 / size % 100 : 0));
    info_put(c, "loading_eta_seconds:%lld",
             (long long)(at ? us / 1000 * (size - at) / at / 1000 : 1));
}

static void info_log(kv_call *c, const struct aof *a) {
    kv *k = c->k;
    i64 base = 0;
    u32 i;
    int waits = a->wanted && !a->rewriting;
    info_put(c, "aof_enabled:%d", k->aof != NULL);
    info_put(c, "aof_rewrite_in_progress:%d", a->rewriting);
    info_put(c, "aof_rewrite_scheduled:%d", waits);
    info_put(c, "aof_last_rewrite_time_sec:%lld",
             (long long)(a->last_ms < 0 ? -1 : a->last_ms / 1000));
    info_put(c, "aof_current_rewrite_time_sec:%lld",
             (long long)(a->rewriting ? (k->mono - a->began) / 1000 : -1));
    info_put(c, "aof_last_bgrewrite_status:%s",
             a->last_rc == KV_OK ? "ok" : "err");
    info_put(c, "aof_rewrites:%llu", (unsigned long long)k->n.rewrites);
    info_put(c, "aof_rewrites_consecutive_failures:%d", a->fails);
    info_put(c, "aof_last_write_status:%s", a->rc == KV_OK ? "ok" : "err");
    info_put(c, "aof_last_cow_size:0");
    info_put(c, "module_fork_in_progress:0");
    info_put(c, "module_fork_last_cow_size:0");
    if (!k->aof) return;
    for (i = 0; i < a->man.n; i++)
        if (a->man.f[i].type == MAN_BASE) base = a->man.f[i].size;
    info_put(c, "aof_current_size:%lld",
             (long long)(man_size(&a->man) + (i64)(a->written - a->begun)));
    info_put(c, "aof_base_size:%lld", (long long)base);
    info_put(c, "aof_pending_rewrite:%d", waits);
    info_put(c, "aof_buffer_length:%llu",
             (unsigned long long)(rec_end(k) - a->written));
    info_put(c, "aof_pending_bio_fsync:%d", a->sync.busy == 1);
    info_put(c, "aof_delayed_fsync:0");
}

static void info_persistence(kv_call *c) {
    const kv *k = c->k;
    struct aof off;
    u64 total = 0;
    size_t i;
    memset(&off, 0, sizeof off);
    off.last_ms = -1;
    for (i = 0; k->snap && i < k->snap->ndbs; i++)
        total += k->snap->dbs[i].keys;
    if (k->loading) info_loading(c);
    else info_put(c, "loading:0");
    info_put(c, "async_loading:0");
    info_put(c, "current_cow_peak:0");
    info_put(c, "current_cow_size:0");
    info_put(c, "current_cow_size_age:0");
    info_put(c, "current_fork_perc:0.00");
    info_put(c, "current_save_keys_processed:%llu",
             (unsigned long long)(k->snap ? k->snap->keys : 0));
    info_put(c, "current_save_keys_total:%llu", (unsigned long long)total);
    info_put(c, "rdb_changes_since_last_save:%llu",
             (unsigned long long)(k->dirty - k->save.dirty));
    info_put(c, "rdb_bgsave_in_progress:%d", k->snap && !k->snap->copy);
    info_put(c, "rdb_last_save_time:%lld", (long long)k->save.time);
    info_put(c, "rdb_last_bgsave_status:%s",
             k->save.rc == KV_OK ? "ok" : "err");
    info_put(c, "rdb_last_bgsave_time_sec:%lld",
             (long long)(k->save.ms < 0 ? -1 : k->save.ms / 1000));
    info_put(c, "rdb_current_bgsave_time_sec:%lld",
             (long long)(k->snap && !k->snap->copy
                             ? (k->mono - k->snap->began) / 1000
                             : -1));
    info_put(c, "rdb_saves:%llu", (unsigned long long)k->save.count);
    info_put(c, "rdb_last_cow_size:0");
    info_put(c, "rdb_last_load_keys_expired:%llu",
             (unsigned long long)k->save.stale);
    info_put(c, "rdb_last_load_keys_loaded:%llu",
             (unsigned long long)k->save.loaded);
    info_log(c, k->aof ? k->aof : &off);
}

static void info_stats(kv_call *c) {
    kv *k = c->k;
    u64 rate = 0;
    size_t i;
    for (i = 0; i < COUNT(k->ops_rate); i++) rate += k->ops_rate[i];
#define INFO_COUNT(name, v) info_put(c, name ":%llu", (unsigned long long)(v))
    INFO_COUNT("total_connections_received", k->n.connections);
    INFO_COUNT("total_commands_processed", k->n.commands);
    INFO_COUNT("instantaneous_ops_per_sec", rate / COUNT(k->ops_rate));
    INFO_COUNT("total_net_input_bytes", k->n.net_in);
    INFO_COUNT("total_net_output_bytes", k->n.net_out);
    INFO_COUNT("rejected_connections", k->n.rejected);
    INFO_COUNT("expired_keys", k->n.expired);
    INFO_COUNT("evicted_keys", k->n.evicted);
    INFO_COUNT("keyspace_hits", k->n.hits);
    INFO_COUNT("keyspace_misses", k->n.misses);
    INFO_COUNT("client_query_buffer_limit_disconnections", k->n.query_limit);
    INFO_COUNT("client_output_buffer_limit_disconnections", k->n.output_limit);
    INFO_COUNT("total_error_replies", k->n.errors);
    info_put(c, "latest_fork_usec:0");
    info_put(c, "total_forks:0");
}

static void info_replication(kv_call *c) {
    info_put(c, "role:master");
    info_put(c, "connected_slaves:0");
}

static void info_cpu(kv_call *c) {
    struct sys_usage u = sys_usage();
    i64 v[4];
    static const char *const names[] = {"used_cpu_sys", "used_cpu_user",
                                        "used_cpu_sys_children",
                                        "used_cpu_user_children"};
    int i;
    v[0] = u.cpu_sys_us;
    v[1] = u.cpu_user_us;
    v[2] = u.child_sys_us;
    v[3] = u.child_user_us;
    for (i = 0; i < 4; i++)
        info_put(c, "%s:%lld.%06lld", names[i], (long long)(v[i] / 1000000),
                 (long long)(v[i] % 1000000));
}

static void info_modules(kv_call *c) { (void)c; }

static void info_errors(kv_call *c) {
    size_t i;
    for (i = 0; i < COUNT(c->k->errors); i++)
        if (c->k->errors[i].n)
            info_put(c, "errorstat_%s:count=%llu", c->k->errors[i].code,
                     (unsigned long long)c->k->errors[i].n);
}

static void info_cluster(kv_call *c) { info_put(c, "cluster_enabled:0"); }

static void info_keyspace(kv_call *c) {
    i64 i;
    for (i = 0; i < c->k->p.databases; i++) {
        db *d = c->k->dbs[i];
        i64 left = 0;
        ent *e;
        int n;
        if (!d || !d->t.count) continue;
        for (n = 0; n < 16 && (e = exp_random(&d->x, c->k->rng)); n++)
            left += (ent_exp(e) - c->k->now) / 16;
        info_put(c, "db%lld:keys=%llu,expires=%llu,avg_ttl=%lld", (long long)i,
                 (unsigned long long)d->t.count, (unsigned long long)d->x.count,
                 (long long)(left > 0 ? left : 0));
    }
}

static const struct {
    const char *name, *title;
    void (*put)(kv_call *c);
} INFO_SECTIONS[] = {
    {"server", "Server", info_server},
    {"clients", "Clients", info_clients},
    {"memory", "Memory", info_mem},
    {"persistence", "Persistence", info_persistence},
    {"stats", "Stats", info_stats},
    {"replication", "Replication", info_replication},
    {"cpu", "CPU", info_cpu},
    {"modules", "Modules", info_modules},
    {"errorstats", "Errorstats", info_errors},
    {"cluster", "Cluster", info_cluster},
    {"keyspace", "Keyspace", info_keyspace},
};

static int info_wants(kv_call *c, const char *name) {
    size_t i;
    for (i = 1; i < c->argc; i++)
        if (arg_is(c, i, name) || arg_is(c, i, "all") ||
            arg_is(c, i, "default") || arg_is(c, i, "everything"))
            return 1;
    return c->argc == 1;
}

static void cmd_info(kv_call *c) {
    size_t gap = reply_gap(c), i;
    for (i = 0; i < COUNT(INFO_SECTIONS); i++) {
        if (!info_wants(c, INFO_SECTIONS[i].name)) continue;
        if (c->k->out.n > gap) REPLY_LIT(c, "\r\n");
        info_put(c, "# %s", INFO_SECTIONS[i].title);
        INFO_SECTIONS[i].put(c);
    }
    reply_fill_verbatim(c, gap);
}

static void cmd_memory_usage(kv_call *c) {
    ent *e;
    i64 n = 0;
    size_t bytes, i;
    for (i = 3; i < c->argc; i += 2) {
        int known = i + 1 < c->argc && arg_is(c, i, "samples");
        if (known && !arg_int(c, i + 1, &n)) return;
        if (known && n >= 0) continue;
        syntax_error(c);
        return;
    }
    e = key_peek(c, c->argv[2]);
    if (!e) {
        reply_null(c);
        return;
    }
    bytes = mem_round(&c->k->m, ent_size(e)) + 12;
    if (e->flags & ENT_BIG) bytes += mem_round(&c->k->m, ent_big(e).cap);
    if (e->flags & ENT_EXP) bytes += 10;
    reply_int(c, (i64)bytes);
}

static void memory_double(kv_call *c, const char *name, i64 a, i64 b) {
    reply_text(c, name);
    reply_double(c, b > 0 ? (double)a / (double)b : 0);
}

static void memory_int(kv_call *c, const char *name, i64 v) {
    reply_text(c, name);
    reply_int(c, v);
}

static void cmd_memory_stats(kv_call *c) {
    kv *k = c->k;
    struct info_memory m;
    i64 i, dbs = 0, net, peak = (i64)max_z(k->m.peak, k->m.used);
    i64 active;
    char name[24];
    info_memory(k, &m);
    net = m.used - m.start > 0 ? m.used - m.start : 0;
    active = (i64)k->m.held - m.free;
    for (i = 0; i < k->p.databases; i++) dbs += db_size(k, (int)i) > 0;
    reply_map(c, (size_t)(27 + dbs));
    memory_int(c, "peak.allocated", peak);
    memory_int(c, "total.allocated", m.used);
    memory_int(c, "startup.allocated", m.start);
    memory_int(c, "replication.backlog", 0);
    memory_int(c, "clients.slaves", 0);
    memory_int(c, "clients.normal", m.clients);
    memory_int(c, "cluster.links", 0);
    memory_int(c, "aof.buffer", (i64)k->rec.held);
    memory_int(c, "lua.caches", 0);
    memory_int(c, "functions.caches", 0);
    for (i = 0; i < k->p.databases; i++) {
        db *d = k->dbs[i];
        if (!d || !d->t.count) continue;
        snprintf(name, sizeof name, "db.%lld", (long long)i);
        reply_text(c, name);
        reply_map(c, 3);
        memory_int(c, "overhead.hashtable.main", (i64)tab_memory(&d->t));
        memory_int(c, "overhead.hashtable.expires", (i64)d->x.count * 10);
        memory_int(c, "overhead.hashtable.slot-to-keys", 0);
    }
    memory_int(c, "overhead.total", m.start + m.clients + m.tables);
    memory_int(c, "keys.count", m.keys);
    memory_int(c, "keys.bytes-per-key", m.keys ? net / m.keys : 0);
    memory_int(c, "dataset.bytes", m.dataset);
    memory_double(c, "dataset.percentage", m.dataset * 100, net);
    memory_double(c, "peak.percentage", m.used * 100, peak);
    memory_int(c, "allocator.allocated", m.used);
    memory_int(c, "allocator.active", active);
    memory_int(c, "allocator.resident", (i64)k->m.held);
    memory_double(c, "allocator-fragmentation.ratio", active, m.used);
    memory_int(c, "allocator-fragmentation.bytes", active - m.used);
    memory_double(c, "allocator-rss.ratio", (i64)k->m.held, active);
    memory_int(c, "allocator-rss.bytes", (i64)k->m.held - active);
    memory_double(c, "rss-overhead.ratio", m.rss, (i64)k->m.held);
    memory_int(c, "rss-overhead.bytes", m.rss - (i64)k->m.held);
    memory_double(c, "fragmentation", m.rss, m.used);
    memory_int(c, "fragmentation.bytes", m.rss - m.used);
}

static void cmd_memory_purge(kv_call *c) {
    while (mem_reap(&c->k->m)) {
    }
    reply_ok(c);
}

static void cmd_memory_help(kv_call *c) {
    static const char *const lines[] = {"PURGE",
                                        "    Give free memory back now.",
                                        "STATS",
                                        "    What memory is used for.",
                                        "USAGE <key> [SAMPLES <count>]",
                                        "    Bytes of a key and its value.",
                                        NULL};
    reply_help(c, "MEMORY", lines);
}

/* ==== replay: reading the log ===========================================
 *
 * The manifest's files in order: a snapshot, then records, which are executed
 * by the handlers that clients use, with the clock at zero so that nothing
 * expires on the way. A batch of kv's is checked and then executed whole. What
 * has no checksum was written by another server, and goes by Redis's rules:
 * record by record, MULTI to EXEC whole.
 *
 * Where a file stops making sense, it matters what comes behind: nothing good,
 * and it is the end of the last file: the rest is cut off and kept beside it.
 * Otherwise it is damage, which ends the start or, to salvage, is passed over.
 */
enum { REPLAY_WHOLE, REPLAY_SHORT, REPLAY_BAD };

struct replay {
    kv *k;
    conn *c;        /* who executes */
    struct man man; /* what is read; empty increments become history */
    u32 file;       /* in it */
    struct load load;
    int loading; /* a snapshot is being read */
    char *dir, *path;
    int fd; /* -1: no file is open */
    i64 size;
    buf b; /* bytes of the file from `base` on, `used` of them done */
    i64 base;
    size_t used;
    int headed;  /* the file says where it is in the stream */
    int foreign; /* it has records without a checksum */
    u64 salt[2], begun;
    u64 stream; /* the offset of what comes next, if it is known */
    int known;
    u64 synced; /* of it so much was on disk when the last batch was made */
    int holed;  /* something before is missing */
    u64 odd;    /* records that could not be executed for that */
    u64 limit;  /* the next file begins there */
    int limited;
    int dry;                  /* only look */
    int own;                  /* the manifest is kv's to change */
    i64 before;               /* bytes of the files done */
    u64 records, cut, loaded; /* bytes cut; keys of snapshots */
    i64 told_at;
    char why[512];
};

static i64 replay_at(const struct replay *r) { return r->base + (i64)r->used; }

KV_PRINTF(3, 4)
static int replay_fail(struct replay *r, int rc, const char *form, ...) {
    va_list a;
    char *p;
    va_start(a, form);
    vsnprintf(r->why, sizeof r->why, form, a);
    va_end(a);
    for (p = r->why; *p; p++)
        if ((u8)*p < ' ' || *p == 127) *p = '?';
    return rc;
}

static int replay_no_memory(struct replay *r) {
    return replay_fail(r, KV_NOMEM, "%.300s, byte %lld: out of memory",
                       r->path ? r->path : r->dir, (long long)replay_at(r));
}

/* Brings `n` unused bytes to hand; KV_NONE: the file ends before. */
static int replay_have(struct replay *r, size_t n) {
    kv *k = r->k;
    if (r->b.n - r->used >= n) return KV_OK;
    if ((u64)n > (u64)(r->size - replay_at(r))) return KV_NONE;
    if (r->used) {
        r->b.n -= r->used;
        memmove(r->b.p, r->b.p + r->used, r->b.n);
        r->base += (i64)r->used;
        r->used = 0;
    }
    if (!buf_room(&k->h, &r->b, max_z(n - r->b.n, READ_SIZE * 4)))
        return replay_no_memory(r);
    while (r->b.n < n) {
        i64 at = r->base + (i64)r->b.n;
        size_t room = min_z(r->b.cap - r->b.n, (size_t)(r->size - at));
        i64 got = k->sys.read(k->sys.ctx, r->fd, r->b.p + r->b.n, room, at);
        if (got <= 0)
            return replay_fail(r, got < 0 ? (int)got : KV_IO,
                               "cannot read %.300s: %s", r->path,
                               code_text(got < 0 ? (int)got : KV_IO));
        r->b.n += (size_t)got;
    }
    return KV_OK;
}

/* ---- one record ---- */

/* A number between a letter and CR LF; 0: it is not whole, -1: it is none. */
static int replay_number(const u8 **p, const u8 *e, u8 type, u64 *v) {
    const u8 *q = *p;
    int digits = 0;
    if (q == e) return 0;
    if (*q++ != type) return -1;
    for (*v = 0; q < e && *q >= '0' && *q <= '9' && digits < 18; digits++)
        *v = *v * 10 + (u64)(*q++ - '0');
    if (e - q < 2) return q == e || (*q == '\r' && digits) ? 0 : -1;
    if (!digits || q[0] != '\r' || q[1] != '\n') return -1;
    *p = q + 2;
    return 1;
}

/* Cuts a record at p into kv.args; REPLAY_. */
static int replay_cut_record(struct replay *r, const u8 *p, size_t n,
                             size_t *len, size_t *argc) {
    const u8 *q = p, *e = p + n;
    u64 v, i;
    int rc = replay_number(&q, e, '*', &v);
    if (rc <= 0) return rc ? REPLAY_BAD : REPLAY_SHORT;
    if (!v || v > INT_MAX) return REPLAY_BAD;
    *argc = (size_t)v;
    for (i = 0; i < *argc; i++) {
        rc = replay_number(&q, e, '$', &v);
        if (rc <= 0) return rc ? REPLAY_BAD : REPLAY_SHORT;
        if ((u64)(e - q) < v || (u64)(e - q) - v < 2) return REPLAY_SHORT;
        if (q[v] != '\r' || q[v + 1] != '\n') return REPLAY_BAD;
        if (!resp_room(r->k, (size_t)i + 1)) return -1;
        r->k->args[i] = str_of(q, (size_t)v);
        q += v + 2;
    }
    *len = (size_t)(q - p);
    return REPLAY_WHOLE;
}

static int replay_is(const struct replay *r, const char *word) {
    return str_is(r->k->args[0], word);
}

/* Executes what a log says, whatever the server's state. */
static void replay_call(kv *k, conn *c, const struct request *r) {
    kv_call call;
    memset(&call, 0, sizeof call);
    call.k = k;
    call.c = c;
    call.d = k->dbs[c->dbnum];
    call.cmd = r->cmd;
    call.argv = r->argv;
    call.argc = r->argc;
    call.start = k->out.n;
    call.resp = 2;
    if (!reply_space(&call, 0)) {
        k->out.n = 0;
        return;
    }
    k->in_call++;
    r->cmd->row->fn(&call);
    k->in_call--;
    if (call.oom) no_memory(&call);
}

/* Executes the record in kv.args. */
static int replay_exec(struct replay *r, size_t argc) {
    kv *k = r->k;
    struct request q;
    size_t start = k->out.n, n;
    str name = k->args[0];
    int rc = KV_OK;
    memset(&q, 0, sizeof q);
    q.argv = k->args;
    q.argc = argc;
    q.cmd = cmd_of(k, k->args, argc);
    r->records++;
    if (!q.cmd || !q.cmd->row->fn || !cmd_arity_ok(q.cmd, argc) ||
        !(q.cmd->flags & KV_WRITE || str_is(name, "select")))
        return replay_fail(r, KV_CORRUPT,
                           "%.300s, byte %lld: kv has no command '%.*s' with "
                           "these arguments that changes data",
                           r->path, (long long)replay_at(r),
                           (int)min_z(name.n, 64), (const char *)name.p);
    if (r->dry) return KV_OK;
    replay_call(k, r->c, &q);
    n = k->out.n - start;
    if (n > 4 && k->out.p[start] == '-' && r->holed &&
        memcmp(k->out.p + start, "-OOM", 4)) {
        if (!r->odd++)
            log_put(k, KV_LOG_WARNING,
                    "%.300s, byte %lld: a change depends on what is missing; "
                    "such changes are passed over",
                    r->path, (long long)replay_at(r));
    } else if (n && k->out.p[start] == '-') {
        const u8 *e = memchr(k->out.p + start, '\r', n);
        n = e ? (size_t)(e - (k->out.p + start)) : n;
        rc = replay_fail(r,
                         n > 3 && !memcmp(k->out.p + start, "-OOM", 4)
                             ? KV_NOMEM
                             : KV_CORRUPT,
                         "%.300s, byte %lld: '%.*s' answers %.*s", r->path,
                         (long long)replay_at(r), (int)min_z(name.n, 64),
                         (const char *)name.p, (int)min_z(n, 100),
                         (const char *)k->out.p + start);
    }
    k->out.n = start;
    mem_next(&k->m);
    return rc;
}

/* ---- batches ---- */

/* A number in `digits` hexadecimal digits. */
static int replay_hex(const u8 *p, int digits, u64 *v) {
    for (*v = 0; digits--; p++) {
        int d = *p >= '0' && *p <= '9'   ? *p - '0'
                : *p >= 'a' && *p <= 'f' ? *p - 'a' + 10
                                         : -1;
        if (d < 0) return 0;
        *v = *v << 4 | (u64)d;
    }
    return 1;
}

/* Whether a batch's head is at p, where there are REC_HEAD bytes. */
static int replay_batch_head(const u8 *p, struct aof_batch *b) {
    return !memcmp(p, "#C:", 3) && p[19] == ':' && p[30] == ':' &&
           p[43] == ':' && p[56] == ':' && p[61] == '\r' && p[62] == '\n' &&
           replay_hex(p + 3, 16, &b->sum) && replay_hex(p + 20, 10, &b->n) &&
           replay_hex(p + 31, 12, &b->at) &&
           replay_hex(p + 44, 12, &b->synced) && replay_hex(p + 57, 4, &b->db);
}

/* Executes what stands in a batch whose sum is right. */
static int replay_batch(struct replay *r, size_t n) {
    size_t end = r->used + n, len, argc;
    while (r->used < end) {
        const u8 *p = r->b.p + r->used;
        int rc;
        if (*p == '#') {
            const u8 *e = memchr(p, '\n', end - r->used);
            if (!e) break;
            r->used += (size_t)(e - p) + 1;
            continue;
        }
        rc = replay_cut_record(r, p, end - r->used, &len, &argc);
        if (rc < 0) return replay_no_memory(r);
        if (rc != REPLAY_WHOLE) break;
        rc = replay_exec(r, argc);
        if (rc != KV_OK) return rc;
        r->used += len;
    }
    if (r->used == end) return KV_OK;
    return replay_fail(r, KV_CORRUPT,
                       "%.300s, byte %lld: a batch with a right checksum has "
                       "no records",
                       r->path, (long long)replay_at(r));
}

/* ---- where it stops making sense ---- */

/* Whether something good begins at the first unused byte: a batch that was
 * written when more than `after` of the stream was on disk, or, with `any`, a
 * record. *cost: bytes that were looked at. */
static int replay_is_good(struct replay *r, int any, i64 after, i64 *cost) {
    struct aof_batch b;
    size_t len, argc, n;
    u8 type;
    if (replay_have(r, 1) != KV_OK) return 0;
    type = r->b.p[r->used];
    if (type == '#' && r->headed && replay_have(r, REC_HEAD) == KV_OK &&
        replay_batch_head(r->b.p + r->used, &b) && (i64)b.synced > after &&
        b.n <= (u64)(r->size - replay_at(r) - REC_HEAD) &&
        replay_have(r, REC_HEAD + (size_t)b.n) == KV_OK) {
        *cost += (i64)b.n;
        return aof_sum(r->salt, &b, r->b.p + r->used + REC_HEAD) == b.sum;
    }
    if (type != '*' || !any) return 0;
    n = (size_t)min_i(r->size - replay_at(r), READ_SIZE);
    *cost += 64;
    return replay_have(r, n) == KV_OK &&
           replay_cut_record(r, r->b.p + r->used, n, &len, &argc) ==
               REPLAY_WHOLE;
}

/* Goes on to the next good place, or the end of the file: 1: there is one; 0:
 * there is none; or a code. */
static int replay_seek(struct replay *r, int any, i64 after) {
    i64 cost = 0;
    while (replay_at(r) < r->size) {
        const u8 *p, *e;
        int rc = replay_have(r, 1);
        if (rc != KV_OK) return rc;
        p = r->b.p + r->used + 1;
        e = r->b.p + r->b.n;
        while (p < e && *p != '#' && (*p != '*' || !any)) p++;
        r->used = (size_t)(p - r->b.p);
        if (p < e && replay_is_good(r, any, after, &cost)) return 1;
        if (cost > 16 * r->size + (1 << 26)) return 1; /* made to be slow */
    }
    return 0;
}

/* A name that no file has yet, if it has not come to that a hundred times. */
static char *replay_cut_path(struct replay *r, i64 from) {
    kv *k = r->k;
    int i, fd = 0;
    char *path = NULL;
    for (i = 0; i < 100 && fd >= 0; i++) {
        buf_undup(&k->h, path);
        path = i ? snap_path(k, "%s.cut-%lld.%d", r->path, (long long)from, i)
                 : snap_path(k, "%s.cut-%lld", r->path, (long long)from);
        fd = path ? k->sys.open(k->sys.ctx, path, KV_OPEN_READ) : KV_NOMEM;
        if (fd >= 0) k->sys.close(k->sys.ctx, fd);
    }
    return path;
}

/* Keeps the bytes from `from` to `to` of the file beside it. */
static int replay_keep(struct replay *r, i64 from, i64 to) {
    kv *k = r->k;
    char *path = replay_cut_path(r, from);
    int fd = path ? k->sys.open(k->sys.ctx, path, KV_OPEN_NEW) : KV_NOMEM;
    int rc = fd < 0 ? fd : KV_OK;
    u8 b[4096];
    i64 at = from;
    while (rc == KV_OK && at < to) {
        i64 got = k->sys.read(k->sys.ctx, r->fd, b,
                              (size_t)min_i(to - at, sizeof b), at);
        rc = got > 0 ? io_put(k, fd, b, (size_t)got, at - from) : KV_IO;
        at += got;
    }
    if (rc == KV_OK) rc = k->sys.sync(k->sys.ctx, fd);
    if (fd >= 0) k->sys.close(k->sys.ctx, fd);
    if (rc == KV_OK) rc = k->sys.sync_dir(k->sys.ctx, path);
    if (rc != KV_OK)
        replay_fail(r, rc, "cannot keep what is cut off %.200s in %.200s: %s",
                    r->path, path ? path : "", code_text(rc));
    buf_undup(&k->h, path);
    return rc;
}

/* The file ends at `at`, as far as it is any good. */
static int replay_cut(struct replay *r, i64 at) {
    kv *k = r->k;
    i64 n = r->size - at;
    int fd, rc;
    replay_fail(r, KV_OK,
                "%.300s: the last %lld bytes, from byte %lld on, are no whole "
                "change",
                r->path, (long long)n, (long long)at);
    if (!r->dry) log_put(k, KV_LOG_WARNING, "%s: cut off", r->why);
    r->cut += (u64)n;
    if (!r->dry) {
        rc = replay_keep(r, at, r->size);
        if (rc != KV_OK) return rc;
        fd = k->sys.open(k->sys.ctx, r->path, KV_OPEN_WRITE);
        rc = fd < 0 ? fd : k->sys.truncate(k->sys.ctx, fd, at);
        if (rc == KV_OK) rc = k->sys.sync(k->sys.ctx, fd);
        if (fd >= 0) k->sys.close(k->sys.ctx, fd);
        if (rc != KV_OK)
            return replay_fail(r, rc, "cannot cut %.300s: %s", r->path,
                               code_text(rc));
    }
    r->size = at;
    r->base = at;
    r->used = r->b.n = 0;
    return KV_OK;
}

/* Damage from byte `from` to `to`. */
static int replay_damage(struct replay *r, i64 from, i64 to) {
    kv *k = r->k;
    if (!k->p.salvage)
        return replay_fail(r, KV_CORRUPT,
                           "%.300s: bytes %lld to %lld are damaged; 'salvage "
                           "yes' goes on behind them",
                           r->path, (long long)from, (long long)to);
    log_put(k, KV_LOG_WARNING,
            "%.300s: bytes %lld to %lld are damaged and passed over", r->path,
            (long long)from, (long long)to);
    r->cut += (u64)(to - from);
    r->known = 0;
    r->holed = 1;
    return r->dry ? KV_OK : replay_keep(r, from, to);
}

static int replay_is_last(const struct replay *r) {
    u32 i;
    if (r->own && r->man.f[r->file].type == MAN_BASE) return 0;
    for (i = r->file + 1; i < r->man.n; i++)
        if (r->man.f[i].type != MAN_GONE) return 0;
    return 1;
}

/* Goes back to byte `at` of the file. */
static void replay_back(struct replay *r, i64 at) {
    r->base = at;
    r->used = r->b.n = 0;
}

/* What is at hand is neither a batch nor a record. `ended`: the file ends in
 * the middle of one. Behind what was on disk when the last batch was written,
 * anything may be lost and what follows it not; that is no damage. */
static int replay_stop(struct replay *r, int ended) {
    i64 from = replay_at(r);
    int batch = r->b.n > r->used && r->b.p[r->used] == '#';
    int any = !ended && !batch && (!r->headed || r->foreign);
    int last = replay_is_last(r), rc = 0;
    if (r->headed || any)
        rc = replay_seek(r, any, last && r->known ? (i64)r->stream : -1);
    if (rc > 0 && r->headed && last && r->known) {
        replay_back(r, from); /* to the first that is good */
        rc = replay_seek(r, any, -1);
    }
    if (rc < 0) return rc;
    if (!rc && !last) replay_back(r, r->size);
    if (rc || !last) return replay_damage(r, from, replay_at(r));
    if (!r->k->p.aof_truncated)
        return replay_fail(r, KV_CORRUPT,
                           "%.300s ends with %lld bytes, from byte %lld on, "
                           "that are no whole change; 'aof-load-truncated yes' "
                           "would cut them off",
                           r->path, (long long)(r->size - from),
                           (long long)from);
    return replay_cut(r, from);
}

/* ---- files ---- */

/* What the first line of an increment of kv's says; 0: it is none. */
static int replay_file_head(const u8 *p, u64 salt[2], u64 *from) {
    u8 same[AOF_HEAD];
    if (memcmp(p, "#K:", 3) || !replay_hex(p + 3, 16, salt) ||
        !replay_hex(p + 20, 12, from))
        return 0;
    aof_salt(salt, salt[0]);
    aof_file_head(same, salt, *from);
    return !memcmp(p, same, AOF_HEAD);
}

/* Where the increment behind this one begins in the stream, if it says so. */
static void replay_find_limit(struct replay *r) {
    kv *k = r->k;
    u32 i = r->file + 1;
    u8 b[AOF_HEAD];
    u64 salt[2];
    char *path;
    int fd;
    r->limited = 0;
    while (i < r->man.n && r->man.f[i].type != MAN_INCR) i++;
    if (i == r->man.n) return;
    path = snap_path(k, "%s/%s", r->dir, r->man.f[i].name);
    fd = path ? k->sys.open(k->sys.ctx, path, KV_OPEN_READ) : KV_NOMEM;
    if (fd >= 0) {
        r->limited = k->sys.read(k->sys.ctx, fd, b, AOF_HEAD, 0) == AOF_HEAD &&
                     replay_file_head(b, salt, &r->limit);
        k->sys.close(k->sys.ctx, fd);
    }
    buf_undup(&k->h, path);
}

static void replay_close(struct replay *r) {
    kv *k = r->k;
    if (r->loading) load_free(&r->load);
    r->loading = 0;
    if (r->fd >= 0) k->sys.close(k->sys.ctx, r->fd);
    r->fd = -1;
    buf_undup(&k->h, r->path);
    r->path = NULL;
    buf_free(&k->h, &r->b);
}

/* Whether what is at hand has the form of a batch's head, but for a letter. */
static int replay_is_like_head(struct replay *r) {
    const u8 *p;
    if (replay_have(r, REC_HEAD) != KV_OK) return 0;
    p = r->b.p + r->used;
    return (p[19] == ':') + (p[30] == ':') + (p[43] == ':') + (p[56] == ':') +
               (p[61] == '\r') + (p[62] == '\n') >=
           5;
}

/* Whether a batch of kv's may be anywhere in the file. */
static int replay_has_batches(struct replay *r) {
    const u8 *p;
    int found = 0;
    while (!found && replay_have(r, 1) == KV_OK) {
        p = memchr(r->b.p + r->used, '#', r->b.n - r->used);
        r->used = p ? (size_t)(p - r->b.p) : r->b.n;
        found = p && replay_is_like_head(r);
        if (p) r->used++;
    }
    replay_back(r, 0);
    return found;
}

/* Whether an increment of kv's has lost its first line. */
static int replay_is_headless(struct replay *r) {
    struct aof_batch b;
    return !memcmp(r->b.p, "#K:", 3) ||
           (replay_have(r, AOF_HEAD + REC_HEAD) == KV_OK &&
            replay_batch_head(r->b.p + AOF_HEAD, &b));
}

/* Nothing in the file can be trusted. */
static int replay_damage_all(struct replay *r) {
    replay_back(r, r->size);
    return replay_damage(r, 0, r->size);
}

/* The head of an increment of kv's. */
static int replay_head(struct replay *r) {
    u64 from;
    int rc = replay_have(r, AOF_HEAD);
    r->headed = r->foreign = 0;
    if (rc == KV_NONE) return KV_OK;
    if (rc != KV_OK) return rc;
    if (!replay_file_head(r->b.p, r->salt, &from))
        return replay_is_headless(r) ||
                       (r->k->p.salvage && replay_has_batches(r))
                   ? replay_damage_all(r)
                   : KV_OK;
    if (r->limited && from > r->limit) return replay_damage_all(r);
    if (r->known && from != r->stream) {
        if (!r->k->p.salvage)
            return replay_fail(r, KV_CORRUPT,
                               "%.300s does not go on where the file before it "
                               "ends, but at %llu instead of %llu",
                               r->path, (unsigned long long)from,
                               (unsigned long long)r->stream);
        log_put(r->k, KV_LOG_WARNING,
                "%.300s does not go on where the file before it ends", r->path);
        r->holed = 1;
    }
    r->headed = 1;
    r->known = from >= r->stream; /* or some of it was there before */
    r->begun = from;
    if (r->known) r->stream = from;
    r->used = AOF_HEAD;
    return KV_OK;
}

/* Opens the file that is next; KV_NONE: that was all. */
static int replay_open(struct replay *r) {
    kv *k = r->k;
    struct man_file *f;
    int rc;
    while (r->file < r->man.n && r->man.f[r->file].type == MAN_GONE) r->file++;
    if (r->file == r->man.n) return KV_NONE;
    f = &r->man.f[r->file];
    r->path = snap_path(k, "%s/%s", r->dir, f->name);
    r->base = 0;
    r->used = 0;
    r->c->dbnum = 0;
    if (!r->path) return replay_no_memory(r);
    r->fd = k->sys.open(k->sys.ctx, r->path, KV_OPEN_READ);
    r->size = r->fd < 0 ? r->fd : k->sys.size(k->sys.ctx, r->fd);
    if (r->size < 0)
        return replay_fail(r, (int)r->size, "cannot read %.300s%s: %s", r->path,
                           r->own ? ", which the manifest names" : "",
                           code_text((int)r->size));
    if (!r->size && f->type == MAN_BASE && r->own)
        return replay_fail(r, KV_CORRUPT, "%.300s is empty", r->path);
    rc = replay_have(r, 6);
    if (rc != KV_OK && rc != KV_NONE) return rc;
    if (rc == KV_OK &&
        (!memcmp(r->b.p, "REDIS", 5) || !memcmp(r->b.p, "VALKEY", 6))) {
        r->loading = 1;
        rc = load_begin(&r->load, k, r->path, r->dry);
        if (rc != KV_OK) return replay_fail(r, rc, "%s", r->load.why);
        return KV_OK;
    }
    replay_find_limit(r);
    return replay_head(r);
}

/* Writes bytes again as they are: the system may believe after a sync that
 * failed that they are on disk. */
static int replay_renew(struct replay *r, int fd) {
    kv *k = r->k;
    u8 b[4096];
    i64 at = r->size;
    if (r->headed)
        at =
            AOF_HEAD + (r->synced > r->begun ? (i64)(r->synced - r->begun) : 0);
    while (at < r->size) {
        size_t n = (size_t)min_i(r->size - at, sizeof b);
        i64 got = k->sys.read(k->sys.ctx, r->fd, b, n, at);
        int rc = got > 0 ? io_put(k, fd, b, (size_t)got, at) : KV_IO;
        if (rc != KV_OK) return rc;
        at += got;
    }
    return KV_OK;
}

/* Brings a file on disk before anybody is told what is in it. */
static int replay_settle(struct replay *r) {
    kv *k = r->k;
    int fd = k->sys.open(k->sys.ctx, r->path, KV_OPEN_WRITE);
    int rc = fd < 0 ? fd : replay_renew(r, fd);
    if (rc == KV_OK) rc = k->sys.sync(k->sys.ctx, fd);
    if (fd >= 0) k->sys.close(k->sys.ctx, fd);
    if (rc == KV_OK) return rc;
    return replay_fail(r, rc, "cannot bring %.300s on disk: %s", r->path,
                       code_text(rc));
}

/* The file is read to its end. */
static int replay_end_file(struct replay *r) {
    struct man_file *f = &r->man.f[r->file];
    i64 left = r->size - replay_at(r);
    int empty = f->type == MAN_INCR &&
                (r->size == 0 || (r->headed && r->size == AOF_HEAD));
    if (r->limited && r->headed && r->stream < r->limit && r->known) {
        if (!r->k->p.salvage)
            return replay_fail(r, KV_CORRUPT,
                               "%.300s ends %lld bytes before the next file "
                               "begins; 'salvage yes' goes on there",
                               r->path, (long long)(r->limit - r->stream));
        r->known = 0;
        r->holed = 1;
    }
    if (left)
        log_put(r->k, KV_LOG_NOTICE,
                "%.300s: the last %lld bytes stand in the next file too",
                r->path, (long long)left);
    f->size = r->size;
    if (empty && r->own) f->type = MAN_EMPTY;
    if (!empty && !r->dry && f->type == MAN_INCR) {
        int rc = replay_settle(r);
        if (rc != KV_OK) return rc;
    }
    r->before += r->size;
    replay_close(r);
    r->file++;
    return KV_OK;
}

/* Records of another server, from MULTI to EXEC if that is what they are. */
static int replay_foreign(struct replay *r) {
    size_t at = 0, len, argc, want = READ_SIZE;
    int multi = 0, rc;
    for (;;) { /* is it whole? */
        size_t have = r->b.n - r->used;
        rc = at < have && r->b.p[r->used + at] == '#' ? REPLAY_SHORT
                                                      : REPLAY_WHOLE;
        if (rc == REPLAY_SHORT) {
            const u8 *p = r->b.p + r->used + at;
            const u8 *e = memchr(p, '\n', have - at);
            if (e) {
                at += (size_t)(e - p) + 1;
                continue;
            }
        } else {
            rc = replay_cut_record(r, r->b.p + r->used + at, have - at, &len,
                                   &argc);
        }
        if (rc < 0) return replay_no_memory(r);
        if (rc == REPLAY_BAD) return replay_stop(r, 0);
        if (rc == REPLAY_SHORT) {
            i64 left = r->size - replay_at(r);
            if ((i64)have == left) return replay_stop(r, 1);
            want = (size_t)min_i(left, (i64)max_z(2 * have, want));
            rc = replay_have(r, want);
            if (rc != KV_OK) return rc;
            continue;
        }
        if (replay_is(r, "multi")) multi = 1;
        else if (replay_is(r, "exec")) multi = 0;
        at += len;
        if (!multi) break;
    }
    for (rc = KV_OK; at && rc == KV_OK;) {
        const u8 *p = r->b.p + r->used;
        if (*p == '#') {
            len = (size_t)((const u8 *)memchr(p, '\n', at) - p) + 1;
        } else {
            replay_cut_record(r, p, at, &len, &argc);
            if (!replay_is(r, "multi") && !replay_is(r, "exec"))
                rc = replay_exec(r, argc);
            r->foreign = 1;
        }
        if (rc != KV_OK) break;
        r->used += len;
        r->stream += len;
        at -= len;
    }
    return rc;
}

/* The next batch, record or line. */
static int replay_step(struct replay *r) {
    struct aof_batch b;
    const u8 *p;
    int rc;
    if (replay_at(r) == r->size ||
        (r->limited && r->headed && r->known && r->stream == r->limit))
        return replay_end_file(r);
    rc = replay_have(r, 1);
    if (rc != KV_OK) return rc;
    p = r->b.p + r->used;
    if (*p != '#') return replay_foreign(r);
    if (r->headed &&
        (replay_have(r, 3) != KV_OK || !memcmp(r->b.p + r->used, "#C:", 3))) {
        rc = replay_have(r, REC_HEAD);
        if (rc < 0) return rc;
        if (rc == KV_NONE || !replay_batch_head(r->b.p + r->used, &b) ||
            b.n > (u64)(r->size - replay_at(r) - REC_HEAD) ||
            (r->known && b.at != r->stream))
            return replay_stop(r, rc == KV_NONE);
        rc = replay_have(r, REC_HEAD + (size_t)b.n);
        if (rc != KV_OK) return rc;
        p = r->b.p + r->used + REC_HEAD;
        if (aof_sum(r->salt, &b, p) != b.sum) return replay_stop(r, 0);
        if (b.at < r->stream) { /* only where something was passed over */
            r->used += REC_HEAD + (size_t)b.n;
            return KV_OK;
        }
        r->known = 1;
        r->synced = b.synced;
        if (b.db < (u64)r->k->p.databases) r->c->dbnum = (int)b.db;
        r->used += REC_HEAD;
        r->stream = b.at + REC_HEAD + b.n;
        return replay_batch(r, (size_t)b.n);
    }
    if (!r->headed && replay_is_like_head(r)) return replay_damage_all(r);
    if (r->headed && !r->foreign &&
        (replay_have(r, 4) != KV_OK || memcmp(r->b.p + r->used, "#TS:", 4)))
        return replay_stop(r, 0);
    { /* a remark */
        size_t n = (size_t)min_i(r->size - replay_at(r), 1024);
        rc = replay_have(r, n);
        if (rc != KV_OK) return rc;
        p = memchr(r->b.p + r->used, '\n', n);
        if (!p) return replay_stop(r, n < 1024);
        n = (size_t)(p - (r->b.p + r->used)) + 1;
        r->used += n;
        r->stream += n;
    }
    return KV_OK;
}

/* ---- the whole ---- */

static void replay_tell(struct replay *r) {
    kv *k = r->k;
    i64 now = k->mono_us(k->clock_ctx), us = now - k->progress.began;
    k->progress.done = r->before + (r->loading ? load_at(&r->load)
                                    : r->path  ? replay_at(r)
                                               : 0);
    if (now - r->told_at < LOAD_TELLS_MS * 1000) return;
    r->told_at = now;
    log_put(k, KV_LOG_NOTICE, "reading %s: %lld %%, %llu changes, %lld s left",
            r->dir,
            (long long)(k->progress.done * 100 /
                        (k->progress.total ? k->progress.total : 1)),
            (unsigned long long)r->records,
            (long long)(k->progress.done
                            ? (k->progress.total - k->progress.done) *
                                  (us / 1000000) / k->progress.done
                            : 0));
}

/* A slice of a snapshot in front. */
static int replay_load(struct replay *r) {
    int rc = load_slice(&r->load);
    i64 at;
    if (rc == KV_AGAIN) return KV_OK;
    if (rc != KV_OK) return replay_fail(r, rc, "%s", r->load.why);
    if (!r->dry) load_done(&r->load);
    at = load_at(&r->load);
    r->loaded += r->load.keys;
    if (r->own && r->load.stream >= 0) {
        r->stream = (u64)r->load.stream;
        r->known = 1;
    }
    load_free(&r->load);
    r->loading = 0;
    r->base = at;
    r->used = r->b.n = 0;
    r->headed = r->limited = 0;
    return KV_OK;
}

/* Goes on for a while: KV_AGAIN: there is more; KV_OK; or what is wrong, with
 * r->why. */
static int replay_slice(struct replay *r) {
    kv *k = r->k;
    i64 from = k->progress.done;
    int n, rc = KV_OK, logging = k->recording, noting = k->noting;
    k->now = 0; /* nothing is past its time */
    k->recording = k->noting = 0;
    for (n = LOAD_CODES; n && rc == KV_OK; n--) {
        if (!r->path) {
            rc = replay_open(r);
            if (rc == KV_NONE) break;
        } else if (r->loading) {
            rc = replay_load(r);
            n = 1;
        } else {
            rc = replay_step(r);
        }
        replay_tell(r);
        if (k->progress.done - from > LOAD_BYTES) break;
    }
    k->recording = logging;
    k->noting = noting;
    read_clocks(k);
    return rc == KV_NONE ? KV_OK : rc == KV_OK ? KV_AGAIN : rc;
}

static void replay_free(struct replay *r) {
    kv *k = r->k;
    replay_close(r);
    man_free(k, &r->man);
    buf_undup(&k->h, r->dir);
    if (r->c) conn_free(k, r->c);
    mem_next(&k->m);
}

/* The size of all files, for those who wait. */
static void replay_measure(struct replay *r) {
    kv *k = r->k;
    u32 i;
    k->progress.total = k->progress.done = 0;
    k->progress.began = r->told_at = k->mono_us(k->clock_ctx);
    for (i = 0; i < r->man.n; i++) {
        char *path = snap_path(k, "%s/%s", r->dir, r->man.f[i].name);
        int fd = path ? k->sys.open(k->sys.ctx, path, KV_OPEN_READ) : -1;
        i64 n = fd < 0 ? 0 : k->sys.size(k->sys.ctx, fd);
        if (fd >= 0) k->sys.close(k->sys.ctx, fd);
        if (n > 0) k->progress.total += n;
        buf_undup(&k->h, path);
    }
}

static int replay_init(struct replay *r, kv *k, const char *dir, int dry) {
    memset(r, 0, sizeof *r);
    r->k = k;
    r->fd = -1;
    r->dry = dry;
    r->dir = buf_dup(&k->h, dir, strlen(dir));
    r->c = conn_new(k, -1, CONN_MEMORY | CONN_INTERNAL | CONN_TYPED, "", "");
    if (!r->dir || !r->c) return replay_fail(r, KV_NOMEM, "out of memory");
    r->c->flags |= CONN_AUTHED;
    return KV_OK;
}

/* A single file, of a log or not. */
static int replay_begin_file(struct replay *r, kv *k, const char *dir,
                             const char *name, int dry) {
    int rc = replay_init(r, k, dir, dry);
    if (rc != KV_OK) return rc;
    if (!man_add(k, &r->man, str_c(name), 1, MAN_BASE))
        return replay_no_memory(r);
    replay_measure(r);
    return KV_OK;
}

/* Reads a manifest; replay_free() in any case. KV_MISSING: there is none. */
static int replay_begin(struct replay *r, kv *k, const char *dir,
                        const char *path, int dry) {
    const char *why;
    int rc = replay_init(r, k, dir, dry);
    if (rc != KV_OK) return rc;
    r->own = 1;
    rc = man_read(k, &r->man, path, &why);
    if (rc == KV_OK && !dry &&
        (rc = k->sys.sync_dir(k->sys.ctx, path)) != KV_OK)
        why = code_text(rc); /* what is removed later is named no more */
    if (rc == KV_CORRUPT)
        return replay_fail(r, rc, "%.300s, line %d: %s: it is no manifest",
                           path, r->man.line, why);
    if (rc != KV_OK)
        return replay_fail(r, rc, "cannot read %.300s: %s", path, why);
    replay_measure(r);
    return KV_OK;
}

/* ==== data: what is there at the start ==================================
 *
 * With `appendonly` the log; if there is none yet, an old log of one file or
 * the snapshot, of which the first base is made. Without it the snapshot.
 */

static void data_free(kv *k) {
    if (k->load) {
        load_free(k->load);
        mem_free(&k->h, k->load, sizeof *k->load);
    }
    if (k->replay) {
        replay_free(k->replay);
        mem_free(&k->h, k->replay, sizeof *k->replay);
    }
    k->load = NULL;
    k->replay = NULL;
}

/* The log; KV_MISSING: there is none. */
static int data_open_log(kv *k) {
    struct replay *r = k->replay;
    char *dir = snap_path(k, "%s/%s", k->p.dir, k->p.appenddirname);
    char *path = snap_path(k, "%s/%s/%s.manifest", k->p.dir, k->p.appenddirname,
                           k->p.appendfilename);
    int rc = dir && path ? replay_begin(r, k, dir, path, 0) : KV_NOMEM, fd;
    buf_undup(&k->h, dir);
    buf_undup(&k->h, path);
    if (rc != KV_MISSING) return rc;
    path = snap_path(k, "%s/%s", k->p.dir, k->p.appendfilename);
    fd = path ? k->sys.open(k->sys.ctx, path, KV_OPEN_READ) : KV_NOMEM;
    if (fd >= 0) {
        k->sys.close(k->sys.ctx, fd);
        replay_free(r);
        log_put(k, KV_LOG_NOTICE, "%s is read and becomes the log's first base",
                path);
        rc = replay_begin_file(r, k, k->p.dir, k->p.appendfilename, 0);
    }
    buf_undup(&k->h, path);
    return rc;
}

static int data_open_snapshot(kv *k, char *why) {
    char *path = snap_path(k, "%s/%s", k->p.dir, k->p.dbfilename);
    int rc = path ? load_begin(k->load, k, path, 0) : KV_NOMEM;
    if (rc == KV_OK && k->p.appendonly)
        log_put(k, KV_LOG_NOTICE, "%s is read and becomes the log's first base",
                path);
    if (rc != KV_OK && path) snprintf(why, 512, "%s", k->load->why);
    buf_undup(&k->h, path);
    return rc;
}

/* A log that is there and not wanted deserves a word. */
static void data_warn(kv *k) {
    char *path = snap_path(k, "%s/%s/%s.manifest", k->p.dir, k->p.appenddirname,
                           k->p.appendfilename);
    int fd = path ? k->sys.open(k->sys.ctx, path, KV_OPEN_READ) : -1;
    if (fd >= 0) {
        k->sys.close(k->sys.ctx, fd);
        log_put(k, KV_LOG_WARNING,
                "appendonly is no: the log of changes that %s names is not "
                "read",
                path);
    }
    buf_undup(&k->h, path);
}

/* Begins to read what the directory has; data_slice() goes on. A failure is
 * told in `why`, of 512 bytes. */
static int data_begin(kv *k, char *why) {
    int rc = KV_MISSING;
    k->loading = 1;
    special_look(k);
    why[0] = 0;
    if (k->p.appendonly) {
        k->replay = mem_try(&k->h, sizeof *k->replay);
        if (!k->replay) return KV_NOMEM;
        memset(k->replay, 0, sizeof *k->replay);
        k->replay->k = k;
        k->replay->fd = -1;
        rc = data_open_log(k);
        if (rc != KV_OK) snprintf(why, 512, "%s", k->replay->why);
        if (rc == KV_MISSING) data_free(k);
    } else {
        data_warn(k);
    }
    if (rc == KV_MISSING) {
        k->load = mem_try(&k->h, sizeof *k->load);
        if (!k->load) return KV_NOMEM;
        memset(k->load, 0, sizeof *k->load);
        k->load->k = k;
        k->load->fd = -1;
        rc = data_open_snapshot(k, why);
    }
    if (rc != KV_OK) data_free(k);
    if (rc == KV_MISSING) rc = KV_OK;
    if (rc != KV_OK && !why[0]) snprintf(why, 512, "%s", code_text(rc));
    if (rc != KV_OK) k->loading = 0;
    special_look(k);
    return rc;
}

/* The log goes on where reading ended. */
static int data_log(kv *k) {
    struct replay *r = k->replay;
    struct man none;
    int rc;
    memset(&none, 0, sizeof none);
    if (!r || !r->own) return aof_begin(k, &none, 0, 0);
    rc = aof_begin(k, &r->man, r->stream, 1);
    if (rc == KV_OK && r->holed) k->aof->wanted = 1;
    return rc;
}

/* Goes on for a while: KV_AGAIN: there is more; KV_OK; or what is wrong, which
 * was logged. */
static int data_slice(kv *k) {
    int rc = KV_OK;
    if (k->load) {
        rc = load_slice(k->load);
        k->progress.done = load_at(k->load);
        k->progress.total = k->load->size;
        k->progress.began = k->load->began;
        if (rc == KV_OK) load_done(k->load);
        else if (rc != KV_AGAIN) log_put(k, KV_LOG_WARNING, "%s", k->load->why);
    } else if (k->replay) {
        rc = replay_slice(k->replay);
        if (rc == KV_OK)
            log_put(k, KV_LOG_NOTICE, "read the log of changes: %llu changes",
                    (unsigned long long)k->replay->records);
        else if (rc != KV_AGAIN)
            log_put(k, KV_LOG_WARNING, "%s", k->replay->why);
    }
    if (rc == KV_AGAIN) return rc;
    if (rc == KV_OK && k->p.appendonly && !k->aof) {
        rc = data_log(k);
        if (rc != KV_OK)
            log_put(k, KV_LOG_WARNING,
                    "cannot begin a log of changes in %s: %s", k->p.dir,
                    code_text(rc));
    }
    data_free(k);
    k->save.dirty = k->dirty;
    if (rc == KV_OK && k->aof && !k->aof->published) {
        aof_go(k); /* the first base */
        if (k->snap) snap_slice(k, 0);
        return k->aof->published ? data_slice(k) : KV_AGAIN;
    }
    k->loading = 0;
    special_look(k);
    return rc;
}

/* ==== saving: SAVE, BGSAVE, save points ================================= */

enum {
    SAVING_RETRY_MS = 1000
}; /* after a failure, or four times as long as
                                    that took */

/* The path of a file in the instance's directory, to be freed; NULL: no memory,
 * or no directory. */
static char *saving_path(kv *k) {
    return k->p.dir[0] ? snap_path(k, "%s/%s", k->p.dir, k->p.dbfilename)
                       : NULL;
}

/* Begins or, with `now`, makes a snapshot under its usual name. */
static int saving_start(kv *k, int now) {
    char *path = saving_path(k);
    int rc = path ? KV_OK : k->p.dir[0] ? KV_NOMEM : KV_ARG;
    k->save.tried = k->mono;
    if (path) rc = now ? snap_now(k, path) : snap_begin(k, path, NULL);
    buf_undup(&k->h, path);
    if (rc != KV_OK && rc != KV_BUSY && rc != KV_ARG) k->save.rc = rc;
    special_look(k);
    return rc;
}

/* Begins a snapshot when a save point is reached. */
static void saving_due(kv *k) {
    u64 changes = k->dirty - k->save.dirty;
    i64 i, age = k->now / 1000 - k->save.time;
    int due = k->save.rc != KV_OK;
    if (!k->p.nsave || k->loading) return;
    if (due && k->mono - k->save.tried <
                   SAVING_RETRY_MS + 4 * (k->save.ms > 0 ? k->save.ms : 0))
        return;
    for (i = 0; i < k->p.nsave && !due; i++)
        due =
            changes && changes >= (u64)k->p.save_n[i] && age >= k->p.save_s[i];
    if (!due) return;
    log_put(k, KV_LOG_NOTICE, "%llu changes in %lld s: saving",
            (unsigned long long)changes, (long long)age);
    if (saving_start(k, 0) != KV_OK)
        log_put(k, KV_LOG_WARNING, "cannot save: %s", code_text(k->save.rc));
}

/* ---- commands ---- */

/* Puts the reply to a failure; 0: there is none. */
static int saving_failed(kv_call *c, int rc) {
    if (rc == KV_OK) return 0;
    if (rc == KV_BUSY) reply_err(c, E_SAVING);
    else if (rc == KV_ARG) reply_err(c, E_NO_SAVE);
    else reply_err1(c, E_SAVE_FAILED, str_c(code_text(rc)));
    return 1;
}

static void cmd_save(kv_call *c) {
    if (!saving_failed(c, saving_start(c->k, 1))) reply_ok(c);
}

static void cmd_bgsave(kv_call *c) {
    if (c->argc > 2 || (c->argc == 2 && !arg_is(c, 1, "schedule")))
        syntax_error(c);
    else if (!saving_failed(c, saving_start(c->k, 0)))
        reply_simple(c, "Background saving started");
}

/* Begins when it can; KV_BUSY: one is under way. */
static int saving_rewrite(kv *k) {
    struct aof *a = k->aof;
    if (!a) return KV_ARG;
    if (a->rewriting) return KV_BUSY;
    a->wanted = 1;
    a->rewrite_at = k->mono;
    aof_go(k);
    return KV_OK;
}

static void cmd_bgrewriteaof(kv_call *c) {
    int rc = saving_rewrite(c->k);
    if (rc == KV_ARG) reply_err(c, E_LOG_OFF);
    else if (rc == KV_BUSY) reply_err(c, E_REWRITING);
    else
        reply_simple(c, c->k->aof->rewriting
                            ? "Background append only file rewriting started"
                            : "Background append only file rewriting "
                              "scheduled");
}

static void cmd_lastsave(kv_call *c) { reply_int(c, c->k->save.time); }

static const kv_command ROWS_SAVING[] = {
    {"bgrewriteaof", cmd_bgrewriteaof, 1,
     KV_ADMIN | KV_NOSCRIPT | KV_NO_ASYNC_LOADING, "", "server", "1.0.0",
     "O(1), then O(N) in slices", "Begins to make the log of changes short.",
     "", NULL},
    {"bgsave", cmd_bgsave, -1, KV_ADMIN | KV_NOSCRIPT | KV_NO_ASYNC_LOADING, "",
     "server", "1.0.0", "O(1), then O(N) in slices",
     "Starts a snapshot to disk and answers before it is done.", "[SCHEDULE]",
     NULL},
    {"lastsave", cmd_lastsave, 1,
     KV_FAST | KV_LOADING | KV_STALE | KV_CAT_ADMIN | KV_DANGEROUS, "",
     "server", "1.0.0", "O(1)",
     "Tells when the last snapshot was made, as a Unix time.", "", NULL},
    {"save", cmd_save, 1,
     KV_ADMIN | KV_NOSCRIPT | KV_NO_ASYNC_LOADING | KV_NO_MULTI, "", "server",
     "1.0.0", "O(N)", "Makes a snapshot to disk and answers when it is done.",
     "", NULL},
};

/* ==== server: FLUSHALL, DEBUG, SHUTDOWN ... ============================= */

/* SYNC and ASYNC are the same here: a flush is instant. */
static int flush_options(kv_call *c) {
    if (c->argc == 1 ||
        (c->argc == 2 && (arg_is(c, 1, "sync") || arg_is(c, 1, "async"))))
        return 1;
    syntax_error(c);
    return 0;
}

static void cmd_flushall(kv_call *c) {
    i64 i;
    if (!flush_options(c)) return;
    for (i = 0; i < c->k->p.databases; i++)
        if (c->k->dbs[i]) db_flush(c->k->dbs[i]);
    c->dirty++;
    reply_ok(c);
}

static void cmd_flushdb(kv_call *c) {
    if (!flush_options(c)) return;
    if (c->d) db_flush(c->d);
    c->dirty++;
    reply_ok(c);
}

static void cmd_swapdb(kv_call *c) {
    int a, b;
    db *t, **dbs = c->k->dbs;
    i64 v;
    if (!num_parse(c->argv[1], &v) || v != (int)v) reply_err(c, E_DB_FIRST);
    else if (!num_parse(c->argv[2], &v) || v != (int)v)
        reply_err(c, E_DB_SECOND);
    if (c->failed || !arg_db(c, 1, &a, E_DB_FIRST) ||
        !arg_db(c, 2, &b, E_DB_SECOND))
        return;
    t = dbs[a];
    dbs[a] = dbs[b];
    dbs[b] = t;
    if (dbs[a]) dbs[a]->id = a;
    if (dbs[b]) dbs[b]->id = b;
    c->dirty++;
    reply_ok(c);
}

static void cmd_time(kv_call *c) {
    i64 us = c->k->wall_us(c->k->clock_ctx);
    u8 t[NUM_TEXT];
    reply_array(c, 2);
    reply_bulk(c, text_int(t, us / 1000000));
    reply_bulk(c, text_int(t, us % 1000000));
}

static void cmd_role(kv_call *c) {
    reply_array(c, 3);
    reply_text(c, "master");
    reply_int(c, 0);
    reply_array(c, 0);
}

static void cmd_module_list(kv_call *c) { reply_array(c, 0); }

static void cmd_module_help(kv_call *c) {
    static const char *const lines[] = {"LIST", "    The loaded modules: none.",
                                        NULL};
    reply_help(c, "MODULE", lines);
}

static void cmd_cluster(kv_call *c) {
    static const char *const subs[] = {"addslots",
                                       "addslotsrange",
                                       "bumpepoch",
                                       "count-failure-reports",
                                       "countkeysinslot",
                                       "delslots",
                                       "delslotsrange",
                                       "failover",
                                       "flushslots",
                                       "forget",
                                       "getkeysinslot",
                                       "help",
                                       "info",
                                       "keyslot",
                                       "links",
                                       "meet",
                                       "myid",
                                       "nodes",
                                       "replicas",
                                       "replicate",
                                       "reset",
                                       "saveconfig",
                                       "set-config-epoch",
                                       "setslot",
                                       "shards",
                                       "slaves",
                                       "slots"};
    size_t i;
    for (i = 0; i < COUNT(subs); i++)
        if (arg_is(c, 1, subs[i])) {
            reply_err(c, E_CLUSTER);
            return;
        }
    reply_errf(c, E_UNKNOWN_SUB, str_of(c->argv[1].p, min_z(c->argv[1].n, 128)),
               LIT("CLUSTER"));
}

/* Saves before the end, if that is asked for; 0: it failed. */
static int shutdown_save(kv *k, int save, int nosave) {
    if (k->aof) aof_settle(k);
    if (k->aof && k->aof->rc != KV_OK && !nosave) return 0;
    if (nosave || (!save && !k->p.nsave) || k->loading) return 1;
    while (k->snap) snap_slice(k, 1); /* what is on its way */
    return saving_start(k, 1) == KV_OK;
}

static void cmd_shutdown(kv_call *c) {
    size_t i;
    int save = 0, nosave = 0, cancel = 0, now = 0, force = 0;
    for (i = 1; i < c->argc; i++) {
        if (arg_is(c, i, "nosave")) nosave = 1;
        else if (arg_is(c, i, "save")) save = 1;
        else if (arg_is(c, i, "now")) now = 1;
        else if (arg_is(c, i, "force")) force = 1;
        else if (arg_is(c, i, "abort")) cancel = 1;
        else break;
    }
    if (i < c->argc || (cancel && (save || nosave || now || force)) ||
        (save && nosave)) {
        syntax_error(c);
    } else if (cancel) {
        reply_err(c, E_NO_SHUTDOWN);
    } else if (!shutdown_save(c->k, save, nosave) && !force) {
        reply_err(c, E_SHUTDOWN);
    } else {
        c->k->shutdown = 1;
        c->c->flags |= CONN_CLOSING;
    }
}

/* ---- DEBUG ---- */

static void debug_sleep(kv_call *c) {
    double s;
    i64 us;
    if (!num_parse_double(c->argv[2], &s) || !(s >= 0) || s > 1e6) {
        reply_err(c, E_NOT_FLOAT);
        return;
    }
    for (us = (i64)(s * 1e6); us > 0 && !KV_LOAD(c->k->interrupt); us -= 10000)
        sys_sleep(min_i(us, 10000));
    read_clocks(c->k);
    if (KV_LOAD(c->k->interrupt)) reply_err(c, E_INTERRUPTED);
    else reply_ok(c);
}

/* Saves, empties everything and reads it back. */
static void debug_reload(kv_call *c) {
    kv *k = c->k;
    char *path, why[300];
    i64 i;
    int rc;
    if (k->loading) {
        reply_err(c, E_LOADING);
        return;
    }
    while (k->snap) snap_slice(k, 1);
    if (saving_failed(c, saving_start(k, 1))) return;
    if (!(path = saving_path(k))) {
        no_memory(c);
        return;
    }
    for (i = 0; i < k->p.databases; i++)
        if (k->dbs[i]) db_flush(k->dbs[i]);
    rc = load_file(k, path, why);
    buf_undup(&k->h, path);
    c->d = k->dbs[c->c->dbnum];
    if (rc == KV_OK) reply_ok(c);
    else reply_err1(c, E_SAVE_FAILED, str_c(why));
}

/* Empties everything and reads the log. */
static void debug_loadaof(kv_call *c) {
    kv *k = c->k;
    char why[512];
    i64 i;
    int rc;
    if (!k->aof || k->loading) {
        reply_err(c, k->loading ? E_LOADING : E_LOG_OFF);
        return;
    }
    while (k->snap) snap_slice(k, 1);
    rc = aof_end(k);
    for (i = 0; i < k->p.databases; i++)
        if (k->dbs[i]) db_flush(k->dbs[i]);
    if (rc == KV_OK) rc = data_begin(k, why);
    while (rc == KV_OK && (rc = data_slice(k)) == KV_AGAIN) rc = KV_OK;
    c->d = k->dbs[c->c->dbnum];
    if (rc == KV_OK) reply_ok(c);
    else reply_err1(c, E_SAVE_FAILED, str_c(code_text(rc)));
}

static void debug_object(kv_call *c) {
    char b[256];
    ent *e = key_peek(c, c->argv[2]);
    if (!e) {
        reply_err(c, E_NO_KEY);
        return;
    }
    snprintf(b, sizeof b,
             "Value at:0x%llx refcount:1 encoding:%s serializedlength:%llu "
             "lru:%u lru_seconds_idle:%u",
             (unsigned long long)(uintptr_t)e, ent_encoding(e),
             (unsigned long long)(ent_val(e).n + var_size(ent_val(e).n)),
             (unsigned)ent_lru(e), (unsigned)lru_idle_s(c->k, e));
    reply_simple(c, b);
}

static void debug_active_expire(kv_call *c) {
    c->k->no_active_expire = arg_is(c, 2, "0");
    reply_ok(c);
}

static void debug_error(kv_call *c) { reply_error_text(c, c->argv[2]); }

static void debug_stringmatch(kv_call *c) {
    reply_int(c, glob_match(c->argv[2], c->argv[3], 0));
}

static void debug_protocol(kv_call *c) {
    int i;
    if (arg_is(c, 2, "string")) reply_text(c, "Hello World");
    else if (arg_is(c, 2, "integer")) reply_int(c, 12345);
    else if (arg_is(c, 2, "double")) reply_double(c, 3.141);
    else if (arg_is(c, 2, "null")) reply_null(c);
    else if (arg_is(c, 2, "true")) reply_bool(c, 1);
    else if (arg_is(c, 2, "false")) reply_bool(c, 0);
    else if (arg_is(c, 2, "verbatim"))
        reply_verbatim(c, LIT("This is a verbatim\nstring"));
    else if (arg_is(c, 2, "bignum"))
        reply_bignum(c, "1234567999999999999999999999999999999");
    else if (arg_is(c, 2, "array") || arg_is(c, 2, "set")) {
        if (arg_is(c, 2, "array")) reply_array(c, 3);
        else reply_set(c, 3);
        for (i = 0; i < 3; i++) reply_int(c, i);
    } else if (arg_is(c, 2, "map")) {
        reply_map(c, 3);
        for (i = 0; i < 3; i++) {
            reply_int(c, i);
            reply_bool(c, i == 1);
        }
    } else if (arg_is(c, 2, "attrib")) {
        if (c->resp == 3) {
            reply_head(c, '|', 1);
            reply_text(c, "key-popularity");
            reply_array(c, 2);
            reply_text(c, "key:123");
            reply_int(c, 90);
        }
        reply_text(c, "Some real reply following the attribute");
    } else if (arg_is(c, 2, "push")) {
        if (c->resp < 3) {
            reply_error_text(c, LIT("ERR RESP2 is not supported by this "
                                    "command"));
            return;
        }
        reply_text(c, "Some real reply following the push reply");
        reply_push(c, 2);
        reply_text(c, "server-cpu-usage");
        reply_int(c, 42);
    } else {
        reply_err(c, E_PROTO_NAME);
    }
}

/* ---- digests, by Redis's scheme, so that two servers can be compared ---- */

/* d ^= SHA1(p) */
static void digest_xor(u8 d[20], const void *p, size_t n) {
    u8 h[20];
    int i;
    hash_sha1(p, n, h);
    for (i = 0; i < 20; i++) d[i] ^= h[i];
}

/* d = SHA1(d ^ SHA1(p)): the order counts. */
static void digest_mix(u8 d[20], const void *p, size_t n) {
    u8 t[20];
    digest_xor(d, p, n);
    memcpy(t, d, 20);
    hash_sha1(t, 20, d);
}

static void digest_u32(u8 d[20], u32 v) {
    u8 b[4];
    b[0] = (u8)(v >> 24);
    b[1] = (u8)(v >> 16);
    b[2] = (u8)(v >> 8);
    b[3] = (u8)v;
    digest_mix(d, b, 4);
}

static void digest_value(u8 d[20], const ent *e) {
    str v = ent_val(e);
    digest_u32(d, (u32)ent_type(e));
    digest_mix(d, v.p, v.n);
    if (ent_exp(e) >= 0) digest_xor(d, "!!expire!!", 10);
}

struct digest_walk {
    kv *k;
    u8 sum[20];
};

static int digest_ent(void *ctx, ent *e) {
    struct digest_walk *w = ctx;
    u8 d[20] = {0};
    str key = ent_key(e);
    if (db_is_expired(w->k, e)) return 0;
    digest_mix(d, key.p, key.n);
    digest_value(d, e);
    digest_xor(w->sum, d, 20);
    return 0;
}

static void digest_all(kv *k, u8 out[20]) {
    struct digest_walk w;
    i64 i;
    w.k = k;
    memset(w.sum, 0, 20);
    for (i = 0; i < k->p.databases; i++) {
        if (!db_size(k, (int)i)) continue;
        digest_u32(w.sum, (u32)i);
        tab_each(&k->dbs[i]->t, digest_ent, &w);
    }
    memcpy(out, w.sum, 20);
}

static void reply_digest(kv_call *c, const u8 d[20]) {
    static const char hex[] = "0123456789abcdef";
    char b[41];
    int i;
    for (i = 0; i < 20; i++) {
        b[2 * i] = hex[d[i] >> 4];
        b[2 * i + 1] = hex[d[i] & 15];
    }
    b[40] = 0;
    reply_simple(c, b);
}

static void debug_digest(kv_call *c) {
    u8 d[20];
    digest_all(c->k, d);
    reply_digest(c, d);
}

static void debug_digest_value(kv_call *c) {
    size_t i;
    reply_array(c, c->argc - 2);
    for (i = 2; i < c->argc; i++) {
        u8 d[20] = {0};
        ent *e = key_peek(c, c->argv[i]);
        if (e) digest_value(d, e);
        reply_digest(c, d);
    }
}

static void debug_help(kv_call *c) {
    static const char *const lines[] = {
        "DIGEST",
        "    A digest of all data; the same in Redis.",
        "DIGEST-VALUE <key> ...",
        "    Digests of single values.",
        "ERROR <text>",
        "    An error reply with this text.",
        "OBJECT <key>",
        "    How a value is kept.",
        "PROTOCOL <type>",
        "    A reply of the given type.",
        "LOADAOF",
        "    Empty everything and read the log of changes.",
        "RELOAD",
        "    Save, empty everything and read it back.",
        "SET-ACTIVE-EXPIRE (0|1)",
        "    Whether keys expire untouched.",
        "SLEEP <seconds>",
        "    Do nothing; seconds may have decimals.",
        "STRINGMATCH-LEN <pattern> <string>",
        "    Match a glob pattern.",
        NULL};
    reply_help(c, "DEBUG", lines);
}

static const struct {
    const char *name;
    int argc; /* -N: at least N */
    void (*fn)(kv_call *c);
} DEBUG_SUBS[] = {
    {"digest", 2, debug_digest},
    {"digest-value", -2, debug_digest_value},
    {"error", 3, debug_error},
    {"help", 2, debug_help},
    {"object", -3, debug_object},
    {"protocol", 3, debug_protocol},
    {"loadaof", 2, debug_loadaof},
    {"reload", 2, debug_reload},
    {"set-active-expire", 3, debug_active_expire},
    {"sleep", 3, debug_sleep},
    {"stringmatch-len", 4, debug_stringmatch},
};

static int debug_allowed(const kv_call *c) {
    const conn *x = c->c;
    if (c->k->p.enable_debug != 2) return (int)c->k->p.enable_debug;
    return x->flags & (CONN_UNIX | CONN_MEMORY) || conn_is_local(x->peer);
}

static void cmd_debug(kv_call *c) {
    size_t i;
    if (!debug_allowed(c)) {
        reply_err(c, E_DEBUG_OFF);
        return;
    }
    for (i = 0; i < COUNT(DEBUG_SUBS); i++) {
        int n = DEBUG_SUBS[i].argc;
        if (!arg_is(c, 1, DEBUG_SUBS[i].name)) continue;
        if (n < 0 ? c->argc < (size_t)-n : c->argc != (size_t)n) break;
        DEBUG_SUBS[i].fn(c);
        return;
    }
    reply_errf(c, E_DEBUG_SUB, str_of(c->argv[1].p, min_z(c->argv[1].n, 128)),
               LIT("DEBUG"));
}

static const kv_command ROWS_CONNECTION[] = {
    {"auth", cmd_auth, -2,
     KV_ENDS_BATCH | KV_NOSCRIPT | KV_LOADING | KV_STALE | KV_FAST |
         KV_NO_AUTH | KV_ALLOW_BUSY,
     "", "connection", "1.0.0", "O(N), N passwords of the user",
     "Proves who the client is with a password, and a user name if given.",
     "[username] password", NULL},
    {"client", NULL, -2, 0, "", "connection", "2.4.0",
     "Depends on the subcommand",
     "Groups the commands about client connections.", "", NULL},
    {"client|capa", cmd_client_capa, -3,
     KV_ENDS_BATCH | KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "connection",
     "8.0.0", "O(1)",
     "Says what this client can deal with; nested: typed arguments.",
     "capability ...", NULL},
    {"client|getname", cmd_client_getname, 2,
     KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "connection", "2.6.9", "O(1)",
     "Tells the name given to this connection, or nil.", "", NULL},
    {"client|help", cmd_client_help, 2, KV_LOADING | KV_STALE, "", "connection",
     "5.0.0", "O(1)", "Lists the CLIENT subcommands.", "", NULL},
    {"client|id", cmd_client_id, 2, KV_NOSCRIPT | KV_LOADING | KV_STALE, "",
     "connection", "5.0.0", "O(1)",
     "Tells the number the server gave to this connection.", "", NULL},
    {"client|info", cmd_client_info, 2, KV_NOSCRIPT | KV_LOADING | KV_STALE, "",
     "connection", "6.2.0", "O(1)",
     "Describes this connection in one line of fields.", "", NULL},
    {"client|kill", cmd_client_kill, -3,
     KV_ADMIN | KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "connection", "2.4.0",
     "O(N), N connections",
     "Closes the connections that fit an address or a set of filters.",
     "filter=(ip:port|new-format=([ID client-id]|[TYPE "
     "normal_master_slave_pubsub=(NORMAL|MASTER|SLAVE|REPLICA|PUBSUB)]|[USER "
     "username]|[ADDR ip:port]|[LADDR ip:port]|[SKIPME yes/no]) ...)",
     NULL},
    {"client|list", cmd_client_list, -2,
     KV_ADMIN | KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "connection", "2.4.0",
     "O(N), N connections",
     "Describes the open connections, one line of fields for each.",
     "[TYPE (NORMAL|MASTER|REPLICA|PUBSUB)] [ID id={client-id ...}]", NULL},
    {"client|no-touch", cmd_client_no_touch, 3,
     KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "connection", "7.2.0", "O(1)",
     "Decides whether commands sent here refresh the use time of keys.",
     "enabled=(ON|OFF)", NULL},
    {"client|reply", cmd_client_reply, 3, KV_NOSCRIPT | KV_LOADING | KV_STALE,
     "", "connection", "3.2.0", "O(1)",
     "Turns answers to this connection on or off, or skips the next one.",
     "(ON|OFF|SKIP)", NULL},
    {"client|setinfo", cmd_client_setinfo, 4,
     KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "connection", "7.2.0", "O(1)",
     "Records the name or version of the library behind this connection.",
     "attr=(LIB-NAME libname|LIB-VER libver)", NULL},
    {"client|setname", cmd_client_setname, 3,
     KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "connection", "2.6.9", "O(1)",
     "Gives this connection a name for listings.", "connection-name", NULL},
    {"echo", cmd_echo, 2, KV_LOADING | KV_STALE | KV_FAST, "", "connection",
     "1.0.0", "O(1)", "Sends the given bytes back.", "message", NULL},
    {"hello", cmd_hello, -1,
     KV_ENDS_BATCH | KV_NOSCRIPT | KV_LOADING | KV_STALE | KV_FAST |
         KV_NO_AUTH | KV_ALLOW_BUSY,
     "", "connection", "6.0.0", "O(1)",
     "Picks the protocol version and describes the server; can log in too.",
     "[arguments={protover [AUTH {username password}] [SETNAME clientname]}]",
     NULL},
    {"ping", cmd_ping, -1, KV_FAST, "", "connection", "1.0.0", "O(1)",
     "Answers PONG, or the given bytes, to show the link works.", "[message]",
     NULL},
    {"quit", cmd_quit, -1,
     KV_ENDS_BATCH | KV_NOSCRIPT | KV_LOADING | KV_STALE | KV_FAST |
         KV_NO_AUTH | KV_ALLOW_BUSY,
     "", "connection", "1.0.0", "O(1)", "Answers OK and closes the connection.",
     "", NULL},
    {"reset", cmd_reset, 1,
     KV_ENDS_BATCH | KV_NOSCRIPT | KV_LOADING | KV_STALE | KV_FAST |
         KV_NO_AUTH | KV_ALLOW_BUSY,
     "", "connection", "6.2.0", "O(1)",
     "Puts the connection back into the state of a fresh one.", "", NULL},
    {"select", cmd_select, 2, KV_ENDS_BATCH | KV_LOADING | KV_STALE | KV_FAST,
     "", "connection", "1.0.0", "O(1)",
     "Switches this connection to the database with the given number.", "index",
     NULL},
};

static const kv_command ROWS_SERVER[] = {
    {"cluster", cmd_cluster, -2, 0, "", "cluster", "3.0.0",
     "Depends on the subcommand",
     "Answers the few questions clients ask about cluster mode.", "", NULL},
    {"command", cmd_command, -1, KV_CAT_CONNECTION | KV_LOADING | KV_STALE, "",
     "server", "2.8.13", "O(N), N commands",
     "Describes every command the server knows.", "", NULL},
    {"command|count", cmd_command_count, 2,
     KV_CAT_CONNECTION | KV_LOADING | KV_STALE, "", "server", "2.8.13", "O(1)",
     "Tells how many commands the server knows.", "", NULL},
    {"command|docs", cmd_command_docs, -2,
     KV_CAT_CONNECTION | KV_LOADING | KV_STALE, "", "server", "7.0.0",
     "O(N), N names",
     "Documents the named commands, or all, with their arguments.",
     "[command-name ...]", NULL},
    {"command|getkeys", cmd_command_getkeys, -4,
     KV_CAT_CONNECTION | KV_LOADING | KV_STALE, "", "server", "2.8.13",
     "O(N), N arguments", "Picks the key names out of a complete command line.",
     "", NULL},
    {"command|getkeysandflags", cmd_command_getkeysandflags, -4,
     KV_CAT_CONNECTION | KV_LOADING | KV_STALE, "", "server", "7.0.0",
     "O(N), N arguments", "Like GETKEYS, adding how each key would be used.",
     "", NULL},
    {"command|help", cmd_command_help, 2,
     KV_CAT_CONNECTION | KV_LOADING | KV_STALE, "", "server", "5.0.0", "O(1)",
     "Lists the COMMAND subcommands.", "", NULL},
    {"command|info", cmd_command_info, -2,
     KV_CAT_CONNECTION | KV_LOADING | KV_STALE, "", "server", "2.8.13",
     "O(N), N names",
     "Gives arity, flags and key positions of the named commands, or all.",
     "[command-name ...]", NULL},
    {"command|list", cmd_command_list, -2,
     KV_CAT_CONNECTION | KV_LOADING | KV_STALE, "", "server", "7.0.0",
     "O(N), N commands",
     "Names the commands, all of them or those a filter lets through.",
     "[FILTERBY filterby=(MODULE module-name|ACLCAT category|PATTERN pattern)]",
     NULL},
    {"config", NULL, -2, 0, "", "server", "2.0.0", "Depends on the subcommand",
     "Groups the commands that read and change settings.", "", NULL},
    {"config|get", cmd_config_get, -3,
     KV_ADMIN | KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "server", "2.0.0",
     "O(N), N names or globs given",
     "Shows the settings whose names fit the given globs.",
     "parameter={parameter} ...", NULL},
    {"config|help", cmd_config_help, 2, KV_LOADING | KV_STALE, "", "server",
     "5.0.0", "O(1)", "Lists the CONFIG subcommands.", "", NULL},
    {"config|resetstat", cmd_config_resetstat, 2,
     KV_ADMIN | KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "server", "2.0.0",
     "O(1)", "Sets the counters that INFO shows back to zero.", "", NULL},
    {"config|rewrite", cmd_config_rewrite, 2,
     KV_ADMIN | KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "server", "2.8.0",
     "O(N), N bytes of the file",
     "Brings the configuration file in line with the settings in use.", "",
     NULL},
    {"config|set", cmd_config_set, -4,
     KV_ADMIN | KV_NOSCRIPT | KV_LOADING | KV_STALE, "", "server", "2.0.0",
     "O(N), N settings given",
     "Changes settings while running: all of them, or none on an error.",
     "{parameter value} ...", NULL},
    {"dbsize", cmd_dbsize, 1, KV_READONLY | KV_FAST | KV_KEYSPACE, "", "server",
     "1.0.0", "O(1)", "Counts the keys in the current database.", "", NULL},
    {"debug", cmd_debug, -2, KV_ADMIN | KV_NOSCRIPT | KV_LOADING | KV_STALE, "",
     "server", "1.0.0", "Depends on the subcommand",
     "Offers tools for tests; off unless the configuration allows it.", "",
     NULL},
    {"flushall", cmd_flushall, -1, KV_WRITE | KV_KEYSPACE | KV_DANGEROUS, "",
     "server", "1.0.0", "O(N), N keys in all databases",
     "Empties every database.", "async=[ASYNC|SYNC]", NULL},
    {"flushdb", cmd_flushdb, -1, KV_WRITE | KV_KEYSPACE | KV_DANGEROUS, "",
     "server", "1.0.0", "O(N), N keys in the database",
     "Empties the current database.", "async=[ASYNC|SYNC]", NULL},
    {"info", cmd_info, -1, KV_LOADING | KV_STALE | KV_DANGEROUS, "", "server",
     "1.0.0", "O(1)", "Reports on the server as text, whole or by section.",
     "[section ...]", NULL},
    {"memory", NULL, -2, 0, "", "server", "4.0.0", "Depends on the subcommand",
     "Groups the commands about memory use.", "", NULL},
    {"memory|help", cmd_memory_help, 2, KV_LOADING | KV_STALE, "", "server",
     "4.0.0", "O(1)", "Lists the MEMORY subcommands.", "", NULL},
    {"memory|purge", cmd_memory_purge, 2, 0, "", "server", "4.0.0",
     "Depends on the allocator",
     "Asks the allocator to give unused pages back to the system.", "", NULL},
    {"memory|stats", cmd_memory_stats, 2, 0, "", "server", "4.0.0", "O(1)",
     "Breaks the memory in use down by purpose.", "", NULL},
    {"memory|usage", cmd_memory_usage, -3, KV_READONLY, "RO@2:0:1", "server",
     "4.0.0", "O(N), N samples",
     "Estimates the bytes a key and its value take up.", "key [SAMPLES count]",
     NULL},
    {"module", NULL, -2, 0, "", "server", "4.0.0", "Depends on the subcommand",
     "Groups the commands about extensions, of which there are none.", "",
     NULL},
    {"module|help", cmd_module_help, 2, KV_LOADING | KV_STALE, "", "server",
     "5.0.0", "O(1)", "Lists the MODULE subcommands.", "", NULL},
    {"module|list", cmd_module_list, 2, KV_ADMIN | KV_NOSCRIPT, "", "server",
     "4.0.0", "O(N), N modules",
     "Lists the loaded extensions; always empty here.", "", NULL},
    {"role", cmd_role, 1,
     KV_CAT_ADMIN | KV_NOSCRIPT | KV_LOADING | KV_STALE | KV_FAST |
         KV_DANGEROUS,
     "", "server", "2.8.12", "O(1)",
     "Tells which part the server plays in replication.", "", NULL},
    {"shutdown", cmd_shutdown, -1,
     KV_ADMIN | KV_NOSCRIPT | KV_LOADING | KV_STALE | KV_ALLOW_BUSY |
         KV_NO_MULTI,
     "", "server", "1.0.0", "O(N) when saving N keys, else O(1)",
     "Stops the server.", "[NOSAVE|SAVE] [NOW] [FORCE] [ABORT]", NULL},
    {"swapdb", cmd_swapdb, 3, KV_WRITE | KV_FAST | KV_KEYSPACE | KV_DANGEROUS,
     "", "server", "4.0.0", "O(N), N clients watching or blocked",
     "Exchanges the contents of two databases.", "index1 index2", NULL},
    {"time", cmd_time, 1, KV_LOADING | KV_STALE | KV_FAST, "", "server",
     "2.6.0", "O(1)",
     "Tells the Unix time in seconds plus the microseconds within it.", "",
     NULL},
};

/* ==== mini: the mini dialect ============================================
 *
 * What the servers that kv grew from answer otherwise than Redis: counts. On
 * these connections arguments may be nested values, which come back with their
 * types. All other commands answer as in RESP2.
 */
static void mini_set(kv_call *c) {
    int rc = set_call(c);
    if (rc >= 0) reply_int(c, rc);
}

static void mini_mset(kv_call *c) {
    if (mset_call(c)) reply_int(c, (i64)(c->argc / 2));
}

static void mini_delete(kv_call *c) {
    size_t i;
    cmd_del(c);
    for (i = 1; i < c->argc && c->dirty; i++) call_record_del(c, c->argv[i]);
}

static void mini_flush(kv_call *c) {
    str name = LIT("FLUSHDB");
    i64 n = (i64)db_size(c->k, c->c->dbnum);
    if (c->d) db_flush(c->d);
    c->dirty += (u64)n;
    call_record(c, 1, &name);
    reply_int(c, n);
}

static void mini_keys(kv_call *c) {
    if (c->argc > 2) reply_err1(c, E_ARITY, cmd_name(c->cmd));
    else keys_like(c, c->argc == 2 ? c->argv[1] : LIT("*"));
}

static void mini_exit(kv_call *c) { c->c->flags |= CONN_CLOSING; }

static const kv_command ROWS_MINI[MINI_ROWS] = {
    {"delete", mini_delete, -2, KV_WRITE | KV_KEYSPACE, "RM/delete@1:-1:1",
     "mini", "7.4.0", "O(N), N keys", "Removes keys and counts them.",
     "key ...", NULL},
    {"exit", mini_exit, -1, KV_ENDS_BATCH | KV_NO_AUTH, "", "mini", "7.4.0",
     "O(1)", "Ends the connection.", NULL, NULL},
    {"flush", mini_flush, 1, KV_WRITE | KV_KEYSPACE, "", "mini", "7.4.0",
     "O(1)", "Removes every key and counts them.", NULL, NULL},
    {"keys", mini_keys, -1, KV_READONLY | KV_KEYSPACE, "", "mini", "7.4.0",
     "O(N), N keys", "Lists keys, all of them without a pattern.", "[pattern]",
     NULL},
    {"mset", mini_mset, -3, KV_WRITE | KV_DENYOOM | KV_NESTED,
     "OW/update@1:-1:2", "mini", "7.4.0", "O(N), N keys",
     "Stores several values and counts them.", "{key value} ...", NULL},
    {"set", mini_set, -3, KV_WRITE | KV_DENYOOM | KV_NESTED, "RW/update@1:0:1",
     "mini", "7.4.0", "O(1)", "Stores a value: 1, or 0 if a condition fails.",
     "key value [option ...]", NULL},
};

/* ==== rows: the table of commands ======================================= */

static const struct {
    const kv_command *rows;
    size_t n;
} ROWS[] = {{ROWS_STRINGS, COUNT(ROWS_STRINGS)},
            {ROWS_KEYS, COUNT(ROWS_KEYS)},
            {ROWS_DUMPS, COUNT(ROWS_DUMPS)},
            {ROWS_CONNECTION, COUNT(ROWS_CONNECTION)},
            {ROWS_SERVER, COUNT(ROWS_SERVER)},
            {ROWS_SAVING, COUNT(ROWS_SAVING)}};

static void rows_slot(kv *k, cmd *m) {
    u32 at = cmd_hash((const u8 *)m->word, m->word_n);
    while (k->cmd_slots[at & k->cmd_mask]) at++;
    k->cmd_slots[at & k->cmd_mask] = m;
}

/* A larger table of names, at most a quarter full. */
static int rows_rehash(kv *k, u32 size) {
    cmd **t = mem_try(&k->h, size * sizeof *t);
    size_t i;
    if (!t) return 0;
    memset(t, 0, size * sizeof *t);
    if (k->cmd_slots)
        mem_free(&k->h, k->cmd_slots, (k->cmd_mask + 1) * sizeof *t);
    k->cmd_slots = t;
    k->cmd_mask = size - 1;
    for (i = 0; i < k->ncmds; i++)
        if (!k->cmds[i]->parent) rows_slot(k, k->cmds[i]);
    return 1;
}

/* Lower case, one word, at most one '|' and not at an end. */
static int rows_name_ok(const char *name) {
    const char *p, *bar = strchr(name, '|');
    for (p = name; *p; p++)
        if (*p <= ' ' || *p > '~' || (*p >= 'A' && *p <= 'Z')) return 0;
    if (p == name || p - name > 64) return 0;
    return !bar || (bar > name && bar[1] && !strchr(bar + 1, '|'));
}

static void rows_fill(cmd *m, const kv_command *r) {
    const char *bar = strchr(r->name, '|');
    memset(m, 0, sizeof *m);
    m->row = r;
    m->word = bar ? bar + 1 : r->name;
    m->word_n = (u32)strlen(m->word);
    m->flags = r->flags;
    m->arity = r->arity;
    cmd_derive_keys(m);
}

/* 0: no memory. */
static int rows_mini(kv *k) {
    size_t i;
    k->mini = mem_try(&k->h, MINI_ROWS * sizeof *k->mini);
    for (i = 0; k->mini && i < MINI_ROWS; i++)
        rows_fill(&k->mini[i], &ROWS_MINI[i]);
    return k->mini != NULL;
}

/* The command that a connection means. */
static cmd *rows_of(const kv *k, const conn *c, const str *argv, size_t argc) {
    size_t i;
    if (KV_RARELY(c->flags & CONN_MINI))
        for (i = 0; i < MINI_ROWS; i++)
            if (str_is(argv[0], k->mini[i].word)) return &k->mini[i];
    return cmd_of(k, argv, argc);
}

/* Why a row cannot be added: KV_OK, KV_ARG or KV_NOMEM. */
static int rows_add(kv *k, const kv_command *r) {
    const char *bar = strchr(r->name, '|'), *p = r->keys;
    struct key_spec spec;
    cmd *m, *parent = NULL, **last, **t;
    size_t cap = k->cmds_cap ? k->cmds_cap * 2 : 128;
    while (cmd_next_spec(&p, &spec)) {
    }
    if (!rows_name_ok(r->name) || *p || !r->arity) return KV_ARG;
    if ((!k->cmd_slots || k->ncmds * 4 > k->cmd_mask) &&
        !rows_rehash(k, k->cmd_slots ? 2 * (k->cmd_mask + 1) : 512))
        return KV_NOMEM;
    if (doc_find(k, str_c(r->name))) return KV_ARG;
    if (bar) {
        parent = cmd_find(k, str_of(r->name, (size_t)(bar - r->name)));
        if (!parent) return KV_ARG;
    }
    if (k->ncmds == k->cmds_cap) {
        t = mem_resize(&k->h, k->cmds, k->cmds_cap * sizeof *t,
                       cap * sizeof *t);
        if (!t) return KV_NOMEM;
        k->cmds = t;
        k->cmds_cap = cap;
    }
    if (!(m = mem_try(&k->h, sizeof *m))) return KV_NOMEM;
    rows_fill(m, r);
    m->parent = parent;
    k->cmds[k->ncmds++] = m;
    if (parent) {
        for (last = &parent->sub; *last; last = &(*last)->next) {
        }
        *last = m;
        parent->nsubs++;
    } else {
        rows_slot(k, m);
    }
    return KV_OK;
}

/* ==== metrics: GET /metrics, for Prometheus =============================
 *
 * Names are redis_exporter's, so that dashboards made for it fit. A request is
 * answered when its head is whole, and the connection ends; nothing else is
 * served there, and none of it waits.
 */
enum {
    METRICS_HEAD = 8192, /* bytes of a request's head */
    METRICS_MOST = 64,   /* connections at a time */
    METRICS_MS = 10000   /* that one may last */
};

static void metrics_type(kv_call *c, const char *name, const char *type) {
    info_put(c, "# TYPE redis_%s %s", name, type);
}

static void metrics_gauge(kv_call *c, const char *name, i64 v) {
    metrics_type(c, name, "gauge");
    info_put(c, "redis_%s %lld", name, (long long)v);
}

static void metrics_count(kv_call *c, const char *name, u64 v) {
    metrics_type(c, name, "counter");
    info_put(c, "redis_%s %llu", name, (unsigned long long)v);
}

static void metrics_seconds(kv_call *c, const char *name, i64 us) {
    metrics_type(c, name, "counter");
    info_put(c, "redis_%s %lld.%06lld", name, (long long)(us / 1000000),
             (long long)(us % 1000000));
}

/* What a label may hold. */
static const char *metrics_label(char *to, size_t cap, const char *from) {
    size_t i;
    for (i = 0; i + 1 < cap && from[i]; i++)
        to[i] = (u8)from[i] < ' ' || strchr("\"\\{}", from[i]) ? '_' : from[i];
    to[i] = 0;
    return to;
}

static void metrics_keys(kv_call *c) {
    i64 i;
    metrics_type(c, "db_keys", "gauge");
    for (i = 0; i < c->k->p.databases; i++)
        if (i == 0 || db_size(c->k, (int)i))
            info_put(c, "redis_db_keys{db=\"db%lld\"} %llu", (long long)i,
                     (unsigned long long)db_size(c->k, (int)i));
    metrics_type(c, "db_keys_expiring", "gauge");
    for (i = 0; i < c->k->p.databases; i++)
        if (i == 0 || db_size(c->k, (int)i))
            info_put(
                c, "redis_db_keys_expiring{db=\"db%lld\"} %llu", (long long)i,
                (unsigned long long)(c->k->dbs[i] ? c->k->dbs[i]->x.count : 0));
}

static void metrics_errors(kv_call *c) {
    char label[24];
    size_t i;
    metrics_type(c, "errors_total", "counter");
    for (i = 0; i < COUNT(c->k->errors); i++)
        if (c->k->errors[i].n)
            info_put(c, "redis_errors_total{err=\"%s\"} %llu",
                     metrics_label(label, sizeof label, c->k->errors[i].code),
                     (unsigned long long)c->k->errors[i].n);
}

static void metrics_calls(kv_call *c, const cmd *m, u64 calls) {
    char label[128];
    if (calls)
        info_put(c, "redis_commands_total{cmd=\"%s\"} %llu",
                 metrics_label(label, sizeof label, m->row->name),
                 (unsigned long long)calls);
}

/* A command of the mini dialect counts with the one that it hides. */
static void metrics_commands(kv_call *c) {
    kv *k = c->k;
    size_t i, j;
    metrics_type(c, "commands_total", "counter");
    for (i = 0; i < k->ncmds; i++) {
        u64 calls = k->cmds[i]->calls;
        for (j = 0; j < MINI_ROWS; j++)
            if (!strcmp(k->mini[j].row->name, k->cmds[i]->row->name))
                calls += k->mini[j].calls;
        metrics_calls(c, k->cmds[i], calls);
    }
    for (j = 0; j < MINI_ROWS; j++)
        if (!cmd_find(k, str_c(k->mini[j].row->name)))
            metrics_calls(c, &k->mini[j], k->mini[j].calls);
}

static void metrics_body(kv_call *c) {
    kv *k = c->k;
    struct sys_usage u = sys_usage();
    struct info_memory m;
    char os[200], label[200];
    info_memory(k, &m);
    sys_name(os, sizeof os);
    metrics_gauge(c, "up", 1);
    metrics_type(c, "instance_info", "gauge");
    info_put(c,
             "redis_instance_info{redis_version=\"%s\",redis_mode="
             "\"standalone\",role=\"master\",maxmemory_policy=\"%s\",os="
             "\"%.60s\",tcp_port=\"%d\"} 1",
             REDIS_VERSION, POLICY_NAMES[k->p.maxmemory_policy],
             metrics_label(label, sizeof label, os), k->first_port);
    metrics_gauge(c, "uptime_in_seconds", (k->mono - k->start_mono) / 1000);
    metrics_gauge(c, "connected_clients", k->clients);
    metrics_gauge(c, "blocked_clients", 0);
    metrics_gauge(c, "config_maxclients", k->p.maxclients);
    metrics_count(c, "connections_received_total", k->n.connections);
    metrics_count(c, "rejected_connections_total", k->n.rejected);
    metrics_count(c, "commands_processed_total", k->n.commands);
    metrics_count(c, "net_input_bytes_total", k->n.net_in);
    metrics_count(c, "net_output_bytes_total", k->n.net_out);
    metrics_count(c, "keyspace_hits_total", k->n.hits);
    metrics_count(c, "keyspace_misses_total", k->n.misses);
    metrics_count(c, "expired_keys_total", k->n.expired);
    metrics_count(c, "evicted_keys_total", k->n.evicted);
    metrics_gauge(c, "memory_used_bytes", m.used);
    metrics_gauge(c, "memory_used_peak_bytes",
                  (i64)max_z(k->m.peak, k->m.used));
    metrics_gauge(c, "memory_used_rss_bytes", m.rss);
    metrics_gauge(c, "memory_used_dataset_bytes", m.dataset);
    metrics_gauge(c, "memory_max_bytes", k->p.maxmemory);
    metrics_seconds(c, "cpu_sys_seconds_total", u.cpu_sys_us);
    metrics_seconds(c, "cpu_user_seconds_total", u.cpu_user_us);
    metrics_gauge(c, "rdb_changes_since_last_save",
                  (i64)(k->dirty - k->save.dirty));
    metrics_gauge(c, "loading_dump_file", 0);
    metrics_gauge(c, "connected_slaves", 0);
    metrics_keys(c);
    metrics_commands(c);
    metrics_errors(c);
}

/* Lines of INFO end in CRLF, those of a metrics page in LF. */
static size_t metrics_lf(u8 *p, size_t n) {
    size_t i, to = 0;
    for (i = 0; i < n; i++)
        if (p[i] != '\r') p[to++] = p[i];
    return to;
}

static void metrics_answer(kv_call *c, const char *status, int page) {
    buf *o = &c->k->out;
    size_t body = o->n, end;
    char head[200];
    int n;
    if (page) metrics_body(c);
    else info_put(c, "%s", status);
    if (c->oom) return;
    o->n = body + metrics_lf(o->p + body, o->n - body);
    end = o->n;
    n = snprintf(head, sizeof head,
                 "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; "
                 "charset=utf-8\r\nContent-Length: %llu\r\nConnection: "
                 "close\r\n\r\n",
                 status, (unsigned long long)(end - body));
    reply_raw(c, head, (size_t)n);
    if (!c->oom) reply_rotate(c, body, o->n - end);
}

/* The head of a request: its size, 0 while it is not whole. */
static size_t metrics_head(const u8 *p, size_t n) {
    size_t i, line = 0;
    for (i = 0; i < n; i++) {
        if (p[i] != '\n') continue;
        if (i == line || (i == line + 1 && p[line] == '\r')) return i + 1;
        line = i + 1;
    }
    return 0;
}

/* Answers what stands in p, once it is whole. Returns the bytes that are done
 * with. */
static size_t metrics_input(kv *k, conn *c, const u8 *p, size_t n) {
    kv_call call;
    str line = str_of(p, n), method, path, version;
    if (c->flags & CONN_CLOSING) return n;
    if (!metrics_head(p, n)) {
        if (n > METRICS_HEAD) c->flags |= CONN_CLOSING;
        return n > METRICS_HEAD ? n : 0;
    }
    memset(&call, 0, sizeof call);
    call.k = k;
    call.c = c;
    call.start = k->out.n;
    line.n = (size_t)((const u8 *)memchr(p, '\n', n) - p);
    method = par_word(&line);
    path = par_word(&line);
    version = par_word(&line);
    if (version.n < 7 || memcmp(version.p, "HTTP/1.", 7))
        metrics_answer(&call, "400 Bad Request", 0);
    else if (!str_eq(method, LIT("GET")))
        metrics_answer(&call, "405 Method Not Allowed", 0);
    else if (!str_eq(str_of(path.p, min_z(path.n, 8)), LIT("/metrics")) ||
             (path.n > 8 && path.p[8] != '?'))
        metrics_answer(&call, "404 Not Found", 0);
    else metrics_answer(&call, "200 OK", 1);
    if (call.oom) k->out.n = call.start;
    c->flags |= CONN_CLOSING;
    return n;
}

/* ==== turn: admission, call, drain, release of replies ==================
 *
 * What happens to a command from the moment it was parsed: turn_call() admits
 * and calls it, turn_drain() acts on its notes.
 */

/* Acts on what the keyspace noted, in the order it happened. */
static void turn_drain(kv *k) {
    size_t at = 0;
    struct note n;
    k->draining = 1;
    for (; at < k->notes.n; at += sizeof n + (n.event ? n.n : 0)) {
        const u8 *p = k->notes.p + at + sizeof n;
        memcpy(&n, k->notes.p + at, sizeof n);
        if (n.event) {
            if (k->on_event)
                k->on_event(k->on_event_ctx, n.event, n.dbnum, p, n.n);
        } else if (k->on_change) {
            const struct rec_block *b = k->rec.first;
            while (b->at + b->n <= n.back) b = b->next;
            k->on_change(k->on_change_ctx, n.dbnum, b->p + (n.back - b->at),
                         n.n);
        }
    }
    if (!k->rec.logging) rec_clear(k);
    k->draining = 0;
    k->notes.n = 0;
    if (k->notes.cap > MEM_CHUNK) buf_renew(&k->h, &k->notes, NOTE_LEAST);
}

static void turn_unknown(kv_call *c) {
    char args[200];
    size_t n = 0, i;
    str name = c->argv[0];
    const u8 *nul = name.n ? memchr(name.p, 0, name.n) : NULL;
    if (nul) name.n = (size_t)(nul - name.p);
    for (i = 1; i < c->argc && n < 128; i++) {
        str a = c->argv[i];
        nul = a.n ? memchr(a.p, 0, a.n) : NULL;
        if (nul) a.n = (size_t)(nul - a.p);
        a.n = min_z(a.n, 128 - n);
        args[n++] = '\'';
        copy(args + n, a.p, a.n);
        n += a.n;
        args[n++] = '\'';
        args[n++] = ' ';
    }
    name.n = min_z(name.n, 128);
    reply_errf(c, E_UNKNOWN, name, str_of(args, n));
}

static void turn_unknown_sub(kv_call *c) {
    char upper[64];
    size_t i;
    str sub = c->argv[1];
    for (i = 0; i < c->cmd->word_n && i < sizeof upper; i++) {
        char x = c->cmd->word[i];
        upper[i] = (char)(x >= 'a' && x <= 'z' ? x - 32 : x);
    }
    sub.n = min_z(sub.n, 128);
    reply_errf(c, E_UNKNOWN_SUB, sub, str_of(upper, i));
}

/* What a browser or a mail script says when it was sent here. */
static int turn_is_http(str name) {
    return str_is(name, "post") || str_is(name, "host:");
}

/* Room for the notes and records that a command can leave: of a write all its
 * arguments, some with a few words to each; of a read that a key has expired. */
static int turn_note_room(kv_call *c) {
    kv *k = c->k;
    size_t n = 512, i;
    if (!note_wanted(k) || !(c->cmd->flags & (KV_WRITE | KV_READONLY)))
        return 1;
    for (i = 0; i < c->argc; i++) {
        n += c->argv[i].n;
        if (c->kinds && c->kinds[i] && k->recording &&
            !mem_reserve(&k->h, rdb_nested_room(c->argv[i].n), 1))
            return 0;
    }
    if (k->recording && !rec_room(k, n + 128 * c->argc, 4)) return 0;
    if (!k->noting && !k->on_change) return 1;
    n = (k->noting ? 4 * n : 0) + (4 * c->argc + 8) * sizeof(struct note);
    return buf_room(&k->h, &k->notes, n);
}

/* Whether argument `i` is a value that the command stores: it follows a key, or
 * is the last one that it must have. */
static int turn_is_value(const kv_call *c, size_t i) {
    const char *p = c->cmd->row->keys;
    int must = c->cmd->arity < 0 ? -c->cmd->arity : c->cmd->arity;
    struct key_spec s;
    size_t first, last;
    if (!(c->cmd->flags & KV_NESTED) || !cmd_next_spec(&p, &s)) return 0;
    if (s.step == 1) return i + 1 == (size_t)must;
    if (!cmd_spec_keys(&s, c->argv, c->argc, &first, &last)) return 0;
    return i > first && i <= last + 1 && (i - first) % 2 == 1;
}

/* Whether nested arguments stand where they may; if not, the error is put. */
static int turn_nested(kv_call *c) {
    size_t i;
    for (i = 0; i < c->argc; i++) {
        if (c->kinds[i] == ARG_STRING) continue;
        if (c->kinds[i] == ARG_DEEP) reply_err(c, E_NESTED_DEEP);
        else if (turn_is_value(c, i)) continue;
        else reply_err(c, E_NESTED_ARG);
        return 0;
    }
    return 1;
}

/* Whether what is written can be kept; if not, the error is put. */
static int turn_may_write(kv_call *c) {
    kv *k = c->k;
    if (k->aof && k->aof->rc != KV_OK && k->in_call == 0) aof_go(k);
    if (k->aof && k->aof->rc != KV_OK) {
        reply_err1(c, E_MISCONF_LOG, str_c(code_text(k->aof->rc)));
        return 0;
    }
    if (k->save.rc == KV_OK || !k->p.nsave || !k->p.stop_writes) return 1;
    reply_err(c, E_MISCONF);
    return 0;
}

/* The conditions that most instances never meet: see kv.special. */
KV_SLOW int turn_special(kv_call *c) {
    kv *k = c->k;
    u32 flags = c->cmd->flags;
    if (k->loading && !(flags & KV_LOADING)) {
        reply_err(c, E_LOADING);
        return 0;
    }
    if (flags & KV_WRITE && !turn_may_write(c)) return 0;
    if (k->p.maxmemory && (i64)evict_counted(k) > k->p.maxmemory && !evict(k) &&
        flags & KV_DENYOOM) {
        reply_err(c, E_OOM);
        return 0;
    }
    if (turn_note_room(c)) return 1;
    no_memory(c);
    return 0;
}

/* Whether the command may run; if not, the error is put. */
static int turn_admit(kv_call *c) {
    kv *k = c->k;
    cmd *m = c->cmd;
    if (!m) {
        if (c->kinds && c->kinds[0]) reply_err(c, E_NESTED_ARG);
        else if (turn_is_http(c->argv[0])) conn_kill(c->c);
        else turn_unknown(c);
        return 0;
    }
    if (m->nsubs && c->argc > 1 && (!m->row->fn || m->row->arity == -1)) {
        turn_unknown_sub(c);
        return 0;
    }
    if (!cmd_arity_ok(m, c->argc) || !m->row->fn) {
        reply_err1(c, E_ARITY, cmd_name(m));
        return 0;
    }
    if (!(c->c->flags & CONN_AUTHED) && !(m->flags & KV_NO_AUTH)) {
        reply_err(c, E_NOAUTH);
        return 0;
    }
    if (KV_RARELY(c->kinds != NULL) && !turn_nested(c)) return 0;
    return KV_LIKELY(!k->special) || turn_special(c);
}

/* Under appendfsync always: what a call has to wait for, and what has to wait
 * for it. Keys of all databases are one here. */
KV_SLOW void turn_depend(const kv_call *c) {
    kv *k = c->k;
    const char *p = c->cmd->row->keys;
    struct key_spec s;
    size_t first, last, i;
    int any = 0;
    if (k->p.appendfsync != AOF_ALWAYS || !c->cmd ||
        !(c->cmd->flags & (KV_WRITE | KV_READONLY)))
        return;
    while (cmd_next_spec(&p, &s)) {
        if (!cmd_spec_keys(&s, c->argv, c->argc, &first, &last)) continue;
        for (i = first; i <= last; i += (size_t)s.step) {
            u64 h = hash_key(k->seed, c->argv[i].p, c->argv[i].n);
            if (c->dirty) aof_saw_write(k, h);
            else aof_saw_read(k, h);
            any = 1;
        }
    }
    if (any) return;
    if (c->dirty) aof_saw_all_change(k);
    else if (k->need < rec_end(k)) k->need = rec_end(k);
}

/* A request as it came, if that has the form of a record. */
static str turn_raw(const kv *k, const conn *c, const struct request *r) {
    if (r->at == r->end || c->flags & CONN_TYPED || k->input[r->at] != '*')
        return NO_RAW;
    return str_of(k->input + r->at, r->end - r->at);
}

static void turn_call(kv *k, conn *c, const struct request *r) {
    kv_call call;
    int done = 0;
    call.k = k;
    call.c = c;
    call.d = k->dbs[c->dbnum];
    call.cmd = r->cmd;
    call.argv = r->argv;
    call.kinds = r->kinds;
    call.argc = r->argc;
    call.hash = r->hash;
    call.hash_key.p = NULL;
    call.hash_key.n = 0;
    if (KV_LIKELY(r->d && r->d == call.d))
        call.hash_key = r->argv[r->cmd->first];
    call.start = k->out.n;
    call.resp = k->call_resp ? k->call_resp : c->resp;
    call.recorded = call.failed = call.oom = 0;
    call.dirty = 0;
    if (KV_RARELY(KV_LOAD(k->interrupt)) && k->in_call == 0)
        KV_STORE(k->interrupt, 0); /* it was for something that is over */
    if (KV_RARELY(c->flags & (CONN_SKIP | CONN_SKIP_NEXT)) && !k->in_call) {
        c->flags &= ~(u32)CONN_SKIP;
        if (c->flags & CONN_SKIP_NEXT) c->flags ^= CONN_SKIP_NEXT | CONN_SKIP;
    }
    if (KV_RARELY(!reply_space(&call, 0))) {
        conn_kill(c); /* not even an error could be said */
        return;
    }
    mem_next(&k->m);
    if (KV_LIKELY(turn_admit(&call))) {
        k->in_call++;
        k->n.commands++;
        r->cmd->calls++;
        c->calls++;
        c->last = r->cmd;
        r->cmd->row->fn(&call);
        k->in_call--;
        done = k->special;
    }
    if (KV_RARELY(call.oom)) no_memory(&call);
    if (call.dirty) {
        k->dirty += call.dirty;
        if (k->recording && !call.recorded)
            record_put(k, c->dbnum, call.argc, call.argv, turn_raw(k, c, r));
    }
    if (KV_RARELY(done) && k->aof) turn_depend(&call);
    if (KV_RARELY(c->flags &
                  (CONN_OFF | CONN_SKIP | CONN_SKIP_NEXT | CONN_DEAD)) &&
        !k->in_call)
        k->out.n = call.start;
    if (KV_RARELY(k->notes.n) && k->in_call == 0) turn_drain(k);
}

/* An error outside of any command: refusals and protocol errors. */
static void turn_error(kv *k, conn *c, enum error e, str a) {
    kv_call call;
    memset(&call, 0, sizeof call);
    call.k = k;
    call.c = c;
    call.resp = c->resp;
    call.start = k->out.n;
    reply_err1(&call, e, a);
    if (call.oom || c->flags & CONN_OFF) k->out.n = call.start;
}

/* Brings the nested arguments of the one request in kv.args into their form. */
static void turn_tidy(kv *k, size_t argc) {
    size_t i;
    for (i = 0; i < argc; i++) {
        str *a = &k->args[i];
        if (k->kinds[i] != ARG_UNTIDY) continue;
        a->n = nest_tidy((u8 *)a->p, a->n);
        k->kinds[i] = a->n ? ARG_NESTED : ARG_DEEP;
    }
}

/* Parses up to BATCH requests at in->at. *state is what ended it: RESP_DONE:
 * there may be more; RESP_MORE; RESP_BAD. */
static size_t turn_parse(kv *k, conn *c, struct resp_in *in, int *budget,
                         int *state) {
    size_t n = 0, args = 0, i, argc;
    i64 need = 0;
    int nested = 0, part = c->part != NULL;
    *state = RESP_DONE;
    while (n < BATCH && args < 4096 && *budget > 0) {
        size_t at = in->at;
        struct request *r = &k->batch[n];
        int rc;
        if (at == in->n) {
            *state = RESP_MORE;
            break;
        }
        if (n && in->p[at] != '*') break; /* unquoting changes the input */
        rc = c->part ? resp_resume(in, c, &argc)
                     : resp_request(in, args, &argc, &need);
        if (rc == RESP_EMPTY) {
            --*budget;
            continue;
        }
        if (rc != RESP_DONE) {
            if (rc == RESP_MORE && !c->part && n == 0 && need > 0 &&
                in->n - at > RESP_PART &&
                !resp_part_keep(k, c, in, in->p + at, need, args, argc))
                rc = resp_bad(in, E_NO_MEMORY);
            in->at = at;
            *state = rc;
            break;
        }
        if (KV_RARELY(in->nested)) {
            if (n && in->nested & RESP_UNTIDY) { /* that changes the input */
                in->at = at;
                break;
            }
            if (in->nested & RESP_UNTIDY) turn_tidy(k, argc);
            nested = 1;
        }
        r->kinds = in->nested ? k->kinds : NULL;
        r->first = args;
        r->argc = argc;
        r->at = at;
        r->end = in->at;
        if (n && str_eq(k->args[args], k->args[r[-1].first]) &&
            !(r[-1].cmd && r[-1].cmd->parent) &&
            !(r[-1].cmd && r[-1].cmd->nsubs))
            r->cmd = r[-1].cmd; /* pipelines repeat themselves */
        else r->cmd = rows_of(k, c, k->args + args, argc);
        args += argc;
        n++;
        if (in->p[at] != '*' || in->nested & RESP_UNTIDY ||
            (r->cmd && r->cmd->flags & KV_ENDS_BATCH))
            break;
    }
    for (i = 0; i < n; i++) k->batch[i].argv = k->args + k->batch[i].first;
    if (KV_RARELY(part) && n) k->batch[0].at = k->batch[0].end;
    for (i = 0; KV_RARELY(nested) && i < n; i++)
        if (k->batch[i].kinds) k->batch[i].kinds = k->kinds + k->batch[i].first;
    return n;
}

/* Hashes the first keys of a batch and brings what they touch near. */
static void turn_prefetch(kv *k, conn *c, size_t n) {
    db *d = k->dbs[c->dbnum];
    struct tab_bucket *home[BATCH];
    size_t i;
    for (i = 0; i < n; i++) {
        struct request *r = &k->batch[i];
        home[i] = NULL;
        r->d = NULL;
        if (!d || !r->cmd || !r->cmd->first || (size_t)r->cmd->first >= r->argc)
            continue;
        r->d = d;
        r->hash = db_hash(d, r->argv[r->cmd->first]);
        if (!d->t.count || n == 1) continue;
        home[i] = tab_first(&d->t, r->hash);
        KV_PREFETCH(home[i]);
    }
    for (i = 0; n > 1 && i < n; i++) {
        u64 m = home[i] ? tab_match(home[i], tab_tag(k->batch[i].hash)) : 0;
        while (m) {
            u8 *e = (u8 *)home[i]->item[tab_take(&m)];
            KV_PREFETCH(e);
            KV_PREFETCH(e + 64);
        }
    }
}

/* Whether a connection's output, from `start` on in this turn, has to leave
 * before more is made: it goes in pieces, and not on while the peer does not
 * read. */
static int turn_backed_up(const kv *k, const conn *c, size_t start) {
    size_t n = k->out.n - start;
    size_t most = c->flags & CONN_AUTHED ? OUT_HIGH : OUT_FLUSH;
    return n > OUT_FLUSH || conn_owed(c) + n > most;
}

enum {
    TURN_COMMANDS = 1000, /* of all clients in one turn */
    TURN_CLIENT = 500     /* of one of them */
};

/* A new turn, or call from outside: budgets are full again. */
static void turn_begin(kv *k) {
    KV_ASSERT(k->special == special_now(k));
    read_clocks(k);
    k->turn_left = TURN_COMMANDS;
    k->evict_left = EVICT_SLICE;
}

/* Executes the requests in p[0..n), which stands in a buffer that may be
 * written to, as far as they are whole and the client's turn lasts. Returns
 * how many bytes are done with; sets CONN_READY if whole requests may be left. */
static size_t turn_input(kv *k, conn *c, u8 *p, size_t n) {
    struct resp_in in;
    size_t done = 0, start = k->out.n, i, count;
    int budget = (int)min_i(k->turn_left, TURN_CLIENT), had = budget;
    int state = RESP_DONE;
    k->need = 0;
    if (KV_RARELY(c->flags & CONN_HTTP)) return metrics_input(k, c, p, n);
    in.k = k;
    in.p = p;
    in.n = n;
    in.got = 0;
    k->input = p;
    c->flags &= ~(u32)CONN_READY;
    while (state == RESP_DONE && done < n && !(c->flags & CONN_CLOSING)) {
        if (budget <= 0 || turn_backed_up(k, c, start)) {
            c->flags |= CONN_READY;
            break;
        }
        in.at = done;
        in.authed = (c->flags & CONN_AUTHED) != 0;
        in.typed = (c->flags & CONN_TYPED) != 0;
        count = turn_parse(k, c, &in, &budget, &state);
        if (count) turn_prefetch(k, c, count);
        else done = in.at;
        for (i = 0; i < count; i++) {
            if (i && turn_backed_up(k, c, start)) {
                state = RESP_DONE;
                break;
            }
            turn_call(k, c, &k->batch[i]);
            done = k->batch[i].end;
            if (c->flags & CONN_CLOSING) break;
        }
        if (i == count && count) done = in.at;
        budget -= (int)count;
        if (state == RESP_BAD && !(c->flags & CONN_CLOSING)) {
            u8 got = in.got == '\r' || in.got == '\n' ? ' ' : in.got;
            turn_error(k, c, in.error, str_of(&got, 1));
            c->flags |= CONN_CLOSING;
        }
    }
    k->turn_left -= had - budget;
    return c->flags & CONN_CLOSING ? n : done;
}

/* ==== loop: sockets, timers, slices of background work ==================
 *
 * Connections that were active lately are hot: they stand in kv.pfd and are
 * polled each turn. The others are cold: they wait in the cold set, one
 * descriptor of kv.pfd, or, where the system has no such thing, some of them
 * visit the poll set each turn, and all of them when nothing else goes on.
 *
 *   pfd: listeners, pipe, cold set | hot connections | visitors
 */
enum {
    HOT_ROOM = 64, /* so many hot ones are left alone */
    HOT_IDLE = 50, /* ms without input after which one may go cold */
    VISITORS = 64,
    EXPIRE_SLICE = 1000,
    ACCEPT_SLICE = 256,
    ACCEPT_REST = 100, /* ms that listeners rest without descriptors */
    LOOP_REST = 100    /* ms that vain work rests */
};

/* ---- who is polled ---- */

static int loop_room(kv *k, u32 n) {
    u32 cap = k->hot_cap ? k->hot_cap : 32;
    void *p = k->pfd, *hot = k->hot;
    if (n <= k->hot_cap) return 1;
    while (cap < n) cap *= 2;
    if (!conn_grow2(&k->h, &p, sizeof *k->pfd, &hot, sizeof *k->hot,
                    &k->hot_cap, cap))
        return 0;
    k->pfd = p;
    k->hot = hot;
    return 1;
}

static int loop_heat(kv *k, conn *c) {
    if (c->hot != HOT_NONE) return 1;
    if (!loop_room(k, k->nfixed + k->nhot + 1)) return 0;
    c->hot = k->nfixed + k->nhot++;
    k->hot[c->hot] = c;
    k->pfd[c->hot].fd = c->fd;
    k->pfd[c->hot].revents = 0;
    return 1;
}

static void loop_unheat(kv *k, conn *c) {
    u32 last = k->nfixed + --k->nhot;
    k->hot[c->hot] = k->hot[last];
    k->pfd[c->hot] = k->pfd[last];
    k->hot[c->hot]->hot = c->hot;
    c->hot = HOT_NONE;
}

/* Lets a connection wait with the cold ones. */
static void loop_cool(kv *k, conn *c) {
    if (k->cold_fd >= 0 &&
        k->sys.cold_add(k->sys.ctx, k->cold_fd, c->fd, c->slot,
                        (c->flags & CONN_KNOWN_COLD) != 0) != KV_OK)
        return;
    if (c->hot != HOT_NONE) loop_unheat(k, c);
    c->flags |= CONN_COLD | (k->cold_fd >= 0 ? CONN_KNOWN_COLD : 0);
    k->ncold++;
}

static int loop_warm(kv *k, conn *c) {
    if (!loop_heat(k, c)) return 0;
    if (c->flags & CONN_COLD) k->ncold--;
    c->flags &= ~(u32)CONN_COLD;
    return 1;
}

/* ---- output ---- */

/* Holds `n` bytes that a client has to read against the limits of its class;
 * 0: it was closed. */
static int loop_limit_out(kv *k, conn *c, i64 n) {
    if (k->p.out_hard[0] && n > k->p.out_hard[0]) goto over;
    if (!k->p.out_soft[0] || n <= k->p.out_soft[0]) {
        c->flags &= ~(u32)CONN_WAS_SOFT;
        return 1;
    }
    if (!(c->flags & CONN_WAS_SOFT)) c->soft_since = k->mono;
    c->flags |= CONN_WAS_SOFT;
    if (k->mono - c->soft_since <= k->p.out_secs[0] * 1000) return 1;
over:
    k->n.output_limit++;
    log_put(k, KV_LOG_WARNING, "closed client id=%llu: output buffer limit",
            (unsigned long long)c->id);
    conn_kill(c);
    return 0;
}

/* Sends what it can; how many bytes went, or -1: the connection is gone. */
static i64 loop_send(kv *k, conn *c, const u8 *p, size_t n) {
    size_t sent = 0;
    while (sent < n && sent < OUT_HIGH) {
        i64 r =
            k->sys.send(k->sys.ctx, c->fd, p + sent, min_z(n - sent, OUT_HIGH));
        if (r == KV_AGAIN) break;
        if (r <= 0) {
            conn_kill(c);
            return -1;
        }
        sent += (size_t)r;
    }
    k->n.net_out += sent;
    c->sent += sent;
    return (i64)sent;
}

static void loop_finish(conn *c) {
    if ((c->flags & CONN_CLOSING) && !(c->flags & CONN_MEMORY) &&
        conn_owed(c) == 0)
        conn_kill(c);
}

/* Keeps what a socket did not take. A large rest takes the turn's buffer
 * along instead of being copied. */
static void loop_keep_rest(kv *k, conn *c, size_t from, size_t to) {
    if (!c->out.p && to == k->out.n && to - from > k->out.cap / 2 &&
        to - from > 4 * MEM_CHUNK) {
        buf all = k->out;
        memset(&k->out, 0, sizeof k->out);
        if (buf_renew(&k->h, &k->out, OUT_LEAST)) {
            c->out = all;
            c->out_at = from;
        } else {
            k->out = all;
            conn_kill(c);
        }
    } else if (conn_queue(c, k->out.p + from, to - from)) {
        buf_fit(&k->h, &c->out);
    }
}

static void loop_note_ready(kv *k, conn *c);

/* Keeps a piece of output until the log is safe up to `need`. */
static void loop_hold(kv *k, conn *c, const struct out_seg *s, u64 need) {
    size_t n = s->end - s->start;
    struct out_seg *h = k->held;
    if (k->nheld == k->held_cap) {
        u32 cap = k->held_cap ? k->held_cap * 2 : 32;
        h = mem_resize(&k->h, h, k->held_cap * sizeof *h, cap * sizeof *h);
        if (h) {
            k->held = h;
            k->held_cap = cap;
        }
    }
    if (!h || !buf_put(&k->h, &k->held_out, k->out.p + s->start, n)) {
        conn_kill(c);
        return;
    }
    h = &k->held[k->nheld++];
    *h = *s;
    h->end = k->held_out.n;
    h->start = h->end - n;
    h->need = c->held = need;
    c->held_n += n;
}

/* Sends what was held and may leave now. */
KV_SLOW void loop_release(kv *k) {
    u32 i, left = 0;
    size_t first = k->held_out.n;
    for (i = 0; i < k->nheld; i++) {
        struct out_seg s = k->held[i];
        conn *c = conn_get(k, s.slot, s.id);
        size_t n = s.end - s.start;
        i64 sent = 0;
        if (c && !aof_is_safe(k, s.need)) {
            if (!left) first = s.start;
            k->held[left++] = s;
            continue;
        }
        if (!c) continue;
        c->held_n -= n;
        if (conn_unsent(c) == 0)
            sent = loop_send(k, c, k->held_out.p + s.start, n);
        if (sent < 0) continue;
        if ((size_t)sent < n)
            conn_queue(c, k->held_out.p + s.start + sent, n - (size_t)sent);
        if (c->flags & CONN_READY && conn_owed(c) <= OUT_HIGH)
            loop_note_ready(k, c);
        loop_finish(c);
    }
    k->nheld = left;
    if (first < k->held_out.n / 2 && left) return;
    for (i = 0; i < left; i++) {
        k->held[i].start -= first;
        k->held[i].end -= first;
    }
    k->held_out.n -= first;
    if (first) memmove(k->held_out.p, k->held_out.p + first, k->held_out.n);
    if (!left && k->held_out.cap > MEM_CHUNK) buf_free(&k->h, &k->held_out);
}

/* Sends the turn's output to whom it belongs. */
static void loop_flush(kv *k) {
    u64 need;
    u32 i;
    if (k->aof) aof_go(k);
    if (k->nheld) loop_release(k);
    for (i = 0; i < k->nsegs; i++) {
        struct out_seg *s = &k->segs[i];
        conn *c = conn_get(k, s->slot, s->id);
        i64 sent = 0;
        if (!c || s->end == s->start) continue;
        if (!loop_limit_out(k, c, (i64)(conn_owed(c) + s->end - s->start)))
            continue;
        need = c->held_n && c->held > s->need ? c->held : s->need;
        if (KV_RARELY(k->aof != NULL) && !aof_is_safe(k, need)) {
            loop_hold(k, c, s, need);
            continue;
        }
        if (conn_unsent(c) == 0)
            sent = loop_send(k, c, k->out.p + s->start, s->end - s->start);
        if (sent < 0) continue;
        if (s->start + (size_t)sent < s->end)
            loop_keep_rest(k, c, s->start + (size_t)sent, s->end);
        loop_finish(c);
    }
    k->nsegs = 0;
    k->out.n = 0;
    conn_trim_out(k);
}

/* Marks the output since `start` as a connection's. */
static void loop_segment(kv *k, conn *c, size_t start) {
    struct out_seg *s;
    if (k->out.n == start) {
        loop_finish(c);
        return;
    }
    if (k->nsegs == k->segs_cap) {
        u32 cap = k->segs_cap ? k->segs_cap * 2 : 32;
        s = mem_resize(&k->h, k->segs, k->segs_cap * sizeof *s,
                       cap * sizeof *s);
        if (!s) {
            conn_kill(c);
            return;
        }
        k->segs = s;
        k->segs_cap = cap;
    }
    s = &k->segs[k->nsegs++];
    s->slot = c->slot;
    s->id = c->id;
    s->start = start;
    s->end = k->out.n;
    s->need = k->need;
    if (k->out.n > OUT_FLUSH) loop_flush(k);
}

/* The connection goes on in the next turn. */
static void loop_note_ready(kv *k, conn *c) {
    if (k->nready == k->ready_cap) {
        u32 cap = k->ready_cap ? 2 * k->ready_cap : 16;
        struct conn_ref *r = mem_resize(
            &k->h, k->ready, k->ready_cap * sizeof *r, cap * sizeof *r);
        if (!r) {
            conn_kill(c);
            return;
        }
        k->ready = r;
        k->ready_cap = cap;
    }
    k->ready[k->nready].slot = c->slot;
    k->ready[k->nready++].id = c->id;
}

/* Sends what an earlier turn could not. */
static void loop_write(kv *k, conn *c) {
    i64 sent = loop_send(k, c, c->out.p + c->out_at, conn_unsent(c));
    if (sent < 0) return;
    c->out_at += (size_t)sent;
    if (conn_unsent(c) == 0) {
        buf_free(&k->h, &c->out);
        c->out_at = 0;
    }
    if (c->flags & CONN_READY && conn_owed(c) <= OUT_HIGH)
        loop_note_ready(k, c);
    loop_limit_out(k, c, (i64)conn_owed(c));
    loop_finish(c);
}

/* ---- input ---- */

/* Drops what was executed from a connection's own input buffer. */
static void loop_eat(kv *k, conn *c, size_t n) {
    c->in_at += n;
    if (c->in_at == c->in.n) {
        buf_free(&k->h, &c->in);
        c->in_at = 0;
    } else if (c->in_at > c->in.n / 2) {
        c->in.n -= c->in_at;
        memmove(c->in.p, c->in.p + c->in_at, c->in.n);
        c->in_at = 0;
    }
}

/* Executes what stands in a connection's own input buffer. */
static void loop_execute(kv *k, conn *c) {
    size_t start = k->out.n, used;
    if (!c->in.p) return;
    used = turn_input(k, c, c->in.p + c->in_at, c->in.n - c->in_at);
    loop_eat(k, c, used);
    if (c->flags & CONN_READY) loop_note_ready(k, c);
    else if (c->flags & CONN_EOF) c->flags |= CONN_CLOSING;
    loop_segment(k, c, start);
}

/* Keeps input that is not executed yet. */
static void loop_keep_input(kv *k, conn *c, const u8 *p, size_t n) {
    if (n == 0) {
        if (c->in.p) buf_free(&k->h, &c->in);
        return;
    }
    if (!buf_room(&k->h, &c->in, n)) {
        conn_kill(c);
        return;
    }
    memcpy(c->in.p, p, n);
    c->in.n = n;
    buf_fit(&k->h, &c->in);
}

static int loop_over_query_limit(kv *k, conn *c) {
    i64 n = (i64)(c->in.n - c->in_at);
    if (n <= k->p.query_limit && (n <= MEM_CHUNK || c->flags & CONN_AUTHED))
        return 0;
    k->n.query_limit++;
    log_put(k, KV_LOG_WARNING, "closed client id=%llu: query buffer limit",
            (unsigned long long)c->id);
    conn_kill(c);
    return 1;
}

/* What recv() said about a connection: 1: there is input. */
static int loop_received(kv *k, conn *c, i64 got) {
    if (got > 0) {
        k->n.net_in += (u64)got;
        c->got += (u64)got;
        c->seen = k->mono;
        return 1;
    }
    if (got == KV_AGAIN) return 0;
    if (got < 0) {
        conn_kill(c);
        return 0;
    }
    c->flags |= CONN_EOF;
    if (!(c->flags & CONN_READY)) {
        c->flags |= CONN_CLOSING;
        loop_finish(c);
    }
    return 0;
}

/* Input into the connection's own buffer: a long request, or one that may not
 * be executed yet. */
static void loop_read_own(kv *k, conn *c) {
    size_t want;
    i64 got;
    if (c->in_at && c->in_at >= c->in.n / 2) {
        c->in.n -= c->in_at;
        memmove(c->in.p, c->in.p + c->in_at, c->in.n);
        c->in_at = 0;
    }
    if (c->in.cap - c->in.n < READ_SIZE / 4 &&
        !buf_room(&k->h, &c->in, READ_SIZE)) {
        conn_kill(c);
        return;
    }
    want = min_z(c->in.cap - c->in.n, MEM_CHUNK);
    got = k->sys.recv(k->sys.ctx, c->fd, c->in.p + c->in.n, want);
    if (!loop_received(k, c, got)) return;
    c->in.n += (size_t)got;
    if (loop_over_query_limit(k, c)) return;
    if (!(c->flags & CONN_READY)) loop_execute(k, c);
}

/* Input through the shared buffer: the usual case. */
static void loop_read(kv *k, conn *c) {
    size_t have = c->in.n - c->in_at, start = k->out.n, used;
    i64 got;
    if (c->flags & CONN_READY || c->part || have > READ_SIZE / 2) {
        loop_read_own(k, c);
        return;
    }
    if (have) memcpy(k->rbuf, c->in.p + c->in_at, have);
    got = k->sys.recv(k->sys.ctx, c->fd, k->rbuf + have, READ_SIZE);
    if (!loop_received(k, c, got)) return;
    c->in_at = c->in.n = 0;
    have += (size_t)got;
    used = turn_input(k, c, k->rbuf, have);
    if (!(c->flags & CONN_DEAD))
        loop_keep_input(k, c, k->rbuf + used, have - used);
    if (c->flags & CONN_READY) loop_note_ready(k, c);
    loop_segment(k, c, start);
}

static void loop_event(kv *k, conn *c, int revents) {
    if (c->flags & CONN_DEAD) return;
    if (revents & POLLOUT && conn_unsent(c)) loop_write(k, c);
    if (revents & (POLLIN | POLLHUP | POLLERR) &&
        !(c->flags & (CONN_DEAD | CONN_CLOSING | CONN_EOF)))
        loop_read(k, c);
    else if (revents & (POLLERR | POLLHUP) && !(c->flags & CONN_DEAD))
        conn_kill(c);
}

/* ---- connections come and go ---- */

static void loop_refuse(kv *k, int fd, enum error e) {
    char b[512];
    int n = snprintf(b, sizeof b, "-%s\r\n", E_TEXTS[e]);
    k->sys.send(k->sys.ctx, fd, b, (size_t)n);
    k->sys.close(k->sys.ctx, fd);
    k->n.rejected++;
}

/* Serves a new descriptor, or refuses and closes it. */
static int loop_adopt(kv *k, int fd, u32 flags, const char *peer,
                      const char *self) {
    conn *c;
    k->n.connections++;
    if (flags & CONN_HTTP && k->nhttp >= METRICS_MOST) {
        k->sys.close(k->sys.ctx, fd);
        return KV_TOOBIG;
    }
    if (k->clients >= k->p.maxclients) {
        loop_refuse(k, fd, E_MAXCLIENTS);
        return KV_TOOBIG;
    }
    if (k->p.protected_mode && !k->p.requirepass[0] && !(flags & CONN_UNIX) &&
        !conn_is_local(peer)) {
        loop_refuse(k, fd, E_DENIED);
        return KV_IO;
    }
    c = conn_new(k, fd, flags, peer, self);
    if (c)
        log_put(k, KV_LOG_VERBOSE, "accepted id=%llu addr=%s",
                (unsigned long long)c->id, c->peer);
    if (c && flags & CONN_FRESH) { /* the loop may be polling just now */
        k->clients++;
        k->nfresh++;
        return KV_OK;
    }
    if (c) {
        k->clients++;
        if (k->nhot >= HOT_ROOM) loop_cool(k, c);
        if ((c->flags & CONN_COLD) || loop_heat(k, c)) return KV_OK;
        k->clients--;
        conn_free(k, c);
    }
    k->sys.close(k->sys.ctx, fd);
    return KV_NOMEM;
}

static void loop_accept(kv *k, const struct listener *from) {
    char peer[128], self[128];
    int n, fd;
    for (n = 0; n < ACCEPT_SLICE; n++) {
        fd = k->sys.accept(k->sys.ctx, from->fd, peer, sizeof peer, self,
                           sizeof self, (int)k->p.tcp_keepalive);
        if (fd >= 0) {
            u32 flags = from->flags | (peer[0] ? 0 : CONN_UNIX);
            if (flags & CONN_UNIX) {
                snprintf(peer, sizeof peer, "%.100s:0", k->p.unixsocket);
                memcpy(self, peer, sizeof self);
            }
            loop_adopt(k, fd, flags, peer, self);
            continue;
        }
        if (fd == KV_NOFILES) {
            k->accept_off = 1;
            k->accept_at = k->mono + ACCEPT_REST;
            log_put(k, KV_LOG_WARNING, "out of file descriptors");
        }
        return;
    }
}

/* Frees what was marked dead; the one place where connections go. */
static void loop_reap(kv *k) {
    u32 i;
    if (!k->ndead) return;
    for (i = 0; i < k->conns_cap; i++) {
        conn *c = k->conns[i];
        if (!c || !(c->flags & CONN_DEAD) || c->flags & CONN_MEMORY) continue;
        if (c->hot != HOT_NONE) loop_unheat(k, c);
        if (c->flags & CONN_COLD) k->ncold--;
        if (c->flags & CONN_FRESH) k->nfresh--;
        if (!(c->flags & CONN_EOF)) /* unread input would reset the peer */
            k->sys.recv(k->sys.ctx, c->fd, k->rbuf, READ_SIZE);
        k->sys.close(k->sys.ctx, c->fd);
        k->clients--;
        log_put(k, KV_LOG_VERBOSE, "closed id=%llu addr=%s",
                (unsigned long long)c->id, c->peer);
        conn_free(k, c);
    }
    k->ndead = 0;
}

/* ---- slices of background work ---- */

/* Whether anything is left to expire now. */
static int loop_expire(kv *k) {
    i64 i;
    int n = 0;
    if (k->no_active_expire || k->loading) return 0;
    for (i = 0; i < k->p.databases && n < EXPIRE_SLICE; i++)
        if (k->dbs[i]) n += db_expire_slice(k->dbs[i], EXPIRE_SLICE - n);
    if (n) turn_drain(k);
    return n >= EXPIRE_SLICE;
}

/* When a database expires next, in wall ms. */
static i64 loop_next_expiry(const kv *k) {
    i64 next = INT64_MAX, i;
    for (i = 0; i < k->p.databases; i++)
        if (k->dbs[i]) next = min_i(next, k->dbs[i]->x.next);
    return next;
}

/* Lets idle hot connections go cold, a few each turn. */
static void loop_demote(kv *k) {
    int n;
    for (n = 0; n < 16 && k->nhot > HOT_ROOM / 2; n++) {
        conn *c;
        if (++k->look_at >= k->nhot) k->look_at = 0;
        c = k->hot[k->nfixed + k->look_at];
        if (k->mono - c->seen >= HOT_IDLE && !conn_owed(c) &&
            !(c->flags & (CONN_READY | CONN_CLOSING | CONN_DEAD | CONN_EOF)))
            loop_cool(k, c);
    }
}

/* Memory that is free and can go, buffers that were large once. */
static void loop_trim(kv *k) {
    i64 i;
    for (i = 0; i < k->p.databases; i++)
        if (k->dbs[i]) heap_trim(&k->dbs[i]->h);
    heap_trim(&k->h);
    if (k->args_cap > 4096) {
        mem_free(&k->h, k->args, k->args_cap * sizeof *k->args);
        mem_free(&k->h, k->kinds, k->args_cap);
        k->args = NULL;
        k->kinds = NULL;
        k->args_cap = 0;
    }
}

/* Ten times a second at most: idle clients, soft limits, rates. */
static void loop_cron(kv *k) {
    u32 i;
    if (k->mono < k->cron_at) return;
    if (k->mono > k->ops_when) {
        u64 n = k->n.commands - k->ops_then;
        if (k->n.commands < k->ops_then) n = 0;
        k->ops_rate[k->ops_at++ % COUNT(k->ops_rate)] =
            n * 1000 / (u64)(k->mono - k->ops_when);
        k->ops_then = k->n.commands;
        k->ops_when = k->mono;
    }
    k->cron_at = k->mono + 100;
    loop_trim(k);
    if (!k->p.timeout && !k->p.out_soft[0] && !k->nhttp) return;
    for (i = 0; i < k->conns_cap; i++) {
        conn *c = k->conns[i];
        if (!c || c->flags & (CONN_MEMORY | CONN_DEAD)) continue;
        if (k->p.timeout && k->mono - c->seen > k->p.timeout * 1000)
            conn_kill(c);
        else if (c->flags & CONN_HTTP && k->mono - c->born > METRICS_MS)
            conn_kill(c);
        else loop_limit_out(k, c, (i64)conn_owed(c));
    }
}

/* Data that is no good ends the loop: see kv.load_rc. */
static void loop_load(kv *k) {
    int rc = data_slice(k);
    if (rc == KV_AGAIN) return;
    k->load_rc = rc;
    if (rc != KV_OK) KV_STORE(k->stop, 1);
}

/* Work in vain, for want of memory or of keys to evict, is tried again in a
 * while and not at once. */
static void loop_background(kv *k) {
    u64 before = k->n.expired + k->n.evicted;
    i64 i, due = loop_next_expiry(k);
    k->m.peak = max_z(k->m.peak, k->m.used);
    loop_expire(k);
    if (k->p.maxmemory && (i64)evict_counted(k) > k->p.maxmemory &&
        policy_bits(k)) {
        if (!evict(k)) k->rest_at = k->mono + LOOP_REST;
        turn_drain(k);
    }
    if (due < k->now && !k->no_active_expire && !k->loading &&
        k->n.expired + k->n.evicted == before && loop_next_expiry(k) < k->now)
        k->rest_at = k->mono + LOOP_REST;
    for (i = 0; i < k->p.databases; i++)
        if (k->dbs[i]) tab_tidy(&k->dbs[i]->t, 64);
    if (k->m.dead_chunks || k->m.dead.first) mem_reap(&k->m);
    loop_cron(k);
    if (KV_RARELY(k->loading)) loop_load(k);
    if (k->snap) snap_slice(k, 0);
    else saving_due(k);
    loop_demote(k);
}

/* How long the loop may wait for sockets, in ms; -1: until something comes. */
static int loop_wait(const kv *k) {
    i64 next, rest, ms = INT64_MAX;
    if (k->nready || KV_LOAD(k->stop) || k->shutdown || k->ndead) return 0;
    if (k->m.dead_chunks || k->m.dead.first || snap_is_due(k)) return 0;
    if (k->loading && !k->aof) return 0;
    rest = k->rest_at > k->mono ? k->rest_at - k->mono : 0;
    if (k->aof) ms = aof_wait_ms(k);
    if (!k->no_active_expire && !k->loading &&
        (next = loop_next_expiry(k)) != INT64_MAX) {
        /* the wall clock may be set: look at it now and then */
        ms = min_i(ms, next < k->now ? rest : min_i(next - k->now + 1, 10000));
    }
    if (k->p.maxmemory && (i64)evict_counted(k) > k->p.maxmemory &&
        policy_bits(k))
        ms = min_i(ms, rest);
    if (k->accept_off)
        ms = min_i(ms, k->accept_at > k->mono ? k->accept_at - k->mono : 0);
    if ((k->p.timeout || k->p.out_soft[0] || k->nhttp) && k->clients)
        ms = min_i(ms, 100);
    if (k->p.nsave && (k->dirty != k->save.dirty || k->save.rc != KV_OK))
        ms = min_i(ms, 1000);
    if (k->nhot > HOT_ROOM) ms = min_i(ms, HOT_IDLE);
    if (k->ncold && k->cold_fd < 0 && k->busy) ms = min_i(ms, 1);
    return ms == INT64_MAX ? -1 : (int)ms;
}

/* ---- one turn ---- */

/* Rebuilds the fixed part of kv.pfd when listeners were added. */
static int loop_fix(kv *k) {
    u32 i, n = k->nlisten + 1 + (k->cold_fd >= 0), old = k->nfixed;
    if (!loop_room(k, n + k->nhot)) return 0;
    memmove(k->pfd + n, k->pfd + old, k->nhot * sizeof *k->pfd);
    memmove(k->hot + n, k->hot + old, k->nhot * sizeof *k->hot);
    for (i = n; i < n + k->nhot; i++) k->hot[i]->hot = i;
    k->nfixed = n;
    k->pipe_at = k->nlisten;
    k->refix = 0;
    for (i = 0; i < n; i++) {
        k->pfd[i].fd = i < k->nlisten    ? k->listeners[i].fd
                       : i == k->nlisten ? k->pipe_fd[0]
                                         : k->cold_fd;
        k->pfd[i].events = POLLIN;
        k->pfd[i].revents = 0;
        k->hot[i] = NULL;
    }
    return 1;
}

/* Gives connections that other threads brought their place. */
static void loop_place(kv *k) {
    u32 i;
    for (i = 0; i < k->conns_cap && k->nfresh; i++) {
        conn *c = k->conns[i];
        if (!c || !(c->flags & CONN_FRESH)) continue;
        c->flags &= ~(u32)CONN_FRESH;
        k->nfresh--;
        if (!loop_heat(k, c)) conn_kill(c);
    }
    k->nfresh = 0;
}

/* Fills the events to wait for. Visitors are cold connections where there is
 * no cold set: some in turn, or, when the loop has time, all. */
static void loop_prepare(kv *k) {
    u32 i, n = 0;
    if (k->refix) loop_fix(k); /* or in another turn, without memory */
    if (k->nfresh) loop_place(k);
    for (i = 0; i < k->pipe_at; i++)
        k->pfd[i].fd = k->accept_off ? -1 : k->listeners[i].fd;
    for (i = k->nfixed; i < k->nfixed + k->nhot; i++) {
        conn *c = k->hot[i];
        /* who has enough to execute is not read before it is executed; who
         * does not read its replies is read on, up to the query limit */
        int e = c->flags & (CONN_EOF | CONN_CLOSING) ||
                        (c->flags & CONN_READY && conn_owed(c) <= OUT_HIGH)
                    ? 0
                    : POLLIN;
        k->pfd[i].events = (short)(e | (conn_unsent(c) ? POLLOUT : 0));
        k->pfd[i].revents = 0;
    }
    k->nvisitors = 0;
    if (k->cold_fd >= 0 || !k->ncold) return;
    n = k->busy ? VISITORS : k->ncold;
    if (!loop_room(k, k->nfixed + k->nhot + n)) return; /* another turn */
    for (i = 0; i < k->conns_cap && k->nvisitors < n; i++) {
        conn *c = k->conns[k->look_at++ % k->conns_cap];
        u32 at = k->nfixed + k->nhot + k->nvisitors;
        if (!c || !(c->flags & CONN_COLD)) continue;
        k->hot[at] = c;
        k->pfd[at].fd = c->fd;
        k->pfd[at].events = POLLIN;
        k->pfd[at].revents = 0;
        k->nvisitors++;
    }
}

static void loop_drain(kv *k) {
    char b[64];
    while (k->sys.recv(k->sys.ctx, k->pipe_fd[0], b, sizeof b) == sizeof b) {
    }
}

static void loop_cold(kv *k) {
    u32 tags[64];
    int i, n = k->sys.cold_wait(k->sys.ctx, k->cold_fd, tags, 64);
    for (i = 0; i < n; i++) {
        conn *c = tags[i] < k->conns_cap ? k->conns[tags[i]] : NULL;
        if (!c || !(c->flags & CONN_COLD) || c->flags & CONN_DEAD) continue;
        if (loop_warm(k, c)) loop_event(k, c, POLLIN);
        else conn_kill(c);
    }
}

/* Goes on with clients that had more to execute than one turn allowed. */
static void loop_resume(kv *k) {
    u32 i, n = k->nready;
    for (i = 0; i < n; i++) {
        conn *c = conn_get(k, k->ready[i].slot, k->ready[i].id);
        if (!c || !(c->flags & CONN_READY) || conn_owed(c) > OUT_HIGH) continue;
        if (k->turn_left > 0) loop_execute(k, c);
        else loop_note_ready(k, c);
    }
    k->nready -= n;
    if (n && k->nready)
        memmove(k->ready, k->ready + n, k->nready * sizeof *k->ready);
}

/* Acts on the results of poll() in kv.pfd, then on everything that is due. */
static void loop_act(kv *k) {
    u32 i, at, hot = k->nfixed + k->nhot, all = hot + k->nvisitors;
    turn_begin(k);
    if (k->pfd[k->pipe_at].revents) loop_drain(k);
    if (k->aof) aof_go(k);
    if (k->nheld) loop_release(k);
    loop_resume(k);
    loop_flush(k);                /* before anybody's end of input is seen */
    for (i = hot; i < all; i++) { /* before hot[] changes */
        conn *c = k->hot[i];
        if (!k->pfd[i].revents) k->hot[i] = NULL;
        else c->flags |= CONN_TAKEN;
    }
    k->busy = 0;
    if (k->turn_from >= hot - k->nfixed) k->turn_from = 0;
    for (i = 0, at = k->nfixed + k->turn_from;
         i < hot - k->nfixed && k->turn_left > 0; i++, at++) {
        if (at == hot) at = k->nfixed;
        if (!k->pfd[at].revents) continue;
        k->busy = 1;
        loop_event(k, k->hot[at], k->pfd[at].revents);
    }
    k->turn_from =
        at - k->nfixed; /* who had to wait comes first in the next turn */
    if (k->nvisitors)
        for (i = 0; i < k->conns_cap; i++) {
            conn *c = k->conns[i];
            if (!c || !(c->flags & CONN_TAKEN)) continue;
            c->flags &= ~(u32)CONN_TAKEN;
            k->nvisitors = 0;
            if (loop_warm(k, c)) loop_event(k, c, POLLIN);
            else conn_kill(c);
        }
    k->nvisitors = 0;
    if (k->cold_fd >= 0 && k->pfd[k->pipe_at + 1].revents) loop_cold(k);
    loop_flush(k);
    loop_reap(k); /* before others are counted in */
    if (k->accept_off && k->mono >= k->accept_at) k->accept_off = 0;
    for (i = 0; i < k->pipe_at; i++)
        if (k->pfd[i].revents) loop_accept(k, &k->listeners[i]);
    loop_background(k);
    if (k->aof) aof_go(k);
    if (k->nheld) loop_release(k);
    loop_reap(k);
}

/* ==== check: verifies every invariant ===================================
 *
 * chk_all() is for tests, fuzzers and kv_check(). The first thing that is not
 * as it should be ends it with a sentence.
 */
struct chk {
    kv *k;
    char why[200];
    const db *d;
    const ent *last;
    size_t n;
};

KV_PRINTF(2, 3)
static int chk_fail(struct chk *x, const char *form, ...) {
    va_list a;
    va_start(a, form);
    vsnprintf(x->why, sizeof x->why, form, a);
    va_end(a);
    return 0;
}

/* A heap's counts against its pages and blocks. */
static int chk_heap(struct chk *x, const heap *h, const char *name) {
    size_t used = 0, spare = 0, bigs = 0;
    struct mem_chunk *c;
    struct mem_big *b;
    u32 i;
    for (c = h->chunks; c; c = c->next) {
        u32 live = 0;
        for (i = 0; i < c->fresh; i++) {
            struct mem_page *p =
                (struct mem_page *)(void *)(c->pages + (size_t)i * MEM_PAGE);
            if (p->chunk != c || p->used > p->room || p->fresh > p->room)
                return chk_fail(x, "%s: page header is damaged", name);
            used += p->used * (size_t)h->m->class_size[p->cls];
            live += p->used > 0 || p == h->idle;
        }
        if (live != c->live)
            return chk_fail(x, "%s: chunk counts %u live pages, has %u", name,
                            (unsigned)c->live, (unsigned)live);
        spare += c->npages - live;
    }
    for (b = h->bigs.first; b; b = b->next) bigs += b->room + sizeof *b;
    if (bigs != h->bigs.bytes) return chk_fail(x, "%s: big blocks", name);
    if (used + bigs != h->used)
        return chk_fail(x, "%s: counts %llu bytes used, has %llu", name,
                        (unsigned long long)h->used,
                        (unsigned long long)(used + bigs));
    if (spare != h->spare) return chk_fail(x, "%s: spare pages", name);
    return 1;
}

static int chk_item(struct chk *x, const struct tab_seg *s, u32 bits, u32 b,
                    int i) {
    const tab *t = &x->d->t;
    const ent *e = s->b[b].item[i];
    str key = ent_key(e);
    u64 h = tab_hash(t, key);
    struct tab_at at;
    u32 own;
    if (tab_seg(t, h, &own) != s || own != bits)
        return chk_fail(x, "table: item in a wrong segment");
    if (s->b[b].tag[i] != tab_tag(h)) return chk_fail(x, "table: wrong tag");
    if (tab_find(t, key, h, &at) != e)
        return chk_fail(x, "table: item cannot be found, or stands twice");
    if ((e->flags & ENT_BIG) && ent_big(e).n > ent_big(e).cap)
        return chk_fail(x, "entry: value longer than its block");
    if (ent_type(e) == ENT_NESTED && !nest_ok(ent_val(e)))
        return chk_fail(x, "entry: not a nested value");
    if (x->k && e->epoch != x->k->epoch && !x->k->snap)
        return chk_fail(x, "entry: epoch");
    return 1;
}

static int chk_seg(struct chk *x, const struct tab_seg *s, u32 bits) {
    u32 b, count = 0, i;
    u32 passed[2048]; /* four times what random hashes ever need */
    if (s->buckets > COUNT(passed)) return chk_fail(x, "table: huge segment");
    if (s->pending) return chk_fail(x, "table: room promised and not used");
    memset(passed, 0, s->buckets * sizeof *passed);
    for (b = 0; b < s->buckets; b++)
        for (i = 0; i < TAB_SLOTS; i++) {
            u64 h;
            u32 at;
            if (!s->b[b].tag[i] != !s->b[b].item[i])
                return chk_fail(x, "table: tag without item");
            if (!s->b[b].tag[i]) continue;
            count++;
            if (!chk_item(x, s, bits, b, (int)i)) return 0;
            h = tab_hash(&x->d->t, ent_key(s->b[b].item[i]));
            for (at = tab_home(h, bits, s->buckets); at != b;
                 at = tab_next(s, at))
                passed[at]++;
        }
    if (count != s->count) return chk_fail(x, "table: segment count");
    for (b = 0; b < s->buckets; b++)
        if (s->b[b].passed != 255 && s->b[b].passed != passed[b])
            return chk_fail(x, "table: passed count %u, is %u",
                            (unsigned)s->b[b].passed, (unsigned)passed[b]);
    x->n += count;
    return 1;
}

static int chk_table(struct chk *x, const tab *t) {
    u64 h = 0;
    u32 bits;
    x->n = 0;
    if (t->dir[0]) do {
            struct tab_seg *s = tab_seg(t, h, &bits);
            if (!chk_seg(x, s, bits)) return 0;
            h += bits ? (u64)1 << (64 - bits) : 0;
        } while (h);
    return x->n == t->count ||
           chk_fail(x, "table: counts %llu items, has %llu",
                    (unsigned long long)t->count, (unsigned long long)x->n);
}

/* A node of the expiry index covers [lo, hi). */
static int chk_exp(struct chk *x, const struct exp_node *n, int depth, i64 lo,
                   u32 lo_tie, i64 hi, u32 hi_tie) {
    int i;
    if (n->cap) {
        const struct exp_leaf *l = (const struct exp_leaf *)n;
        if (depth != 1) return chk_fail(x, "expiry: leaf at a wrong depth");
        if (!n->n || n->n > n->cap) return chk_fail(x, "expiry: leaf count");
        for (i = 0; i < n->n; i++) {
            str key = ent_key(l->e[i]);
            i64 ms = ent_exp(l->e[i]);
            u64 h = tab_hash(&x->d->t, key);
            struct tab_at at;
            if (ms < x->d->x.next || ms < 0)
                return chk_fail(x, "expiry: earlier than next");
            if (exp_before(ms, exp_tie(h), lo, lo_tie) ||
                (hi_tie != 1 && !exp_before(ms, exp_tie(h), hi, hi_tie)))
                return chk_fail(x, "expiry: entry outside of its leaf");
            if (tab_find(&x->d->t, key, h, &at) != l->e[i])
                return chk_fail(x, "expiry: entry is not in the table");
        }
        x->n += n->n;
        return 1;
    }
    if (!n->n || n->n > EXP_KIDS) return chk_fail(x, "expiry: node count");
    for (i = 0; i < n->n; i++) {
        const struct exp_inner *in = (const struct exp_inner *)n;
        if (!chk_exp(x, in->kid[i], depth - 1, i ? in->ms[i - 1] : lo,
                     i ? in->tie[i - 1] : lo_tie, i + 1 < n->n ? in->ms[i] : hi,
                     i + 1 < n->n ? in->tie[i] : hi_tie))
            return 0;
    }
    return 1;
}

static int chk_volatile(void *ctx, ent *e) {
    struct chk *x = ctx;
    struct exp_index *index = (struct exp_index *)&x->d->x;
    struct exp_path path;
    struct exp_leaf *l;
    int i, n = 0;
    if (!(e->flags & ENT_EXP)) return 0;
    x->n++;
    if (!index->root) return 1;
    l = exp_descend(index, ent_exp(e), exp_tie(tab_hash(&x->d->t, ent_key(e))),
                    &path);
    for (i = 0; i < l->node.n; i++) n += l->e[i] == e;
    return n != 1;
}

static int chk_db(struct chk *x, const db *d) {
    size_t have;
    x->d = d;
    if (!chk_heap(x, &d->h, "keyspace") || !chk_table(x, &d->t)) return 0;
    x->n = 0;
    if (d->x.root &&
        !chk_exp(x, d->x.root, d->x.depth, INT64_MIN, 0, INT64_MAX, 1))
        return 0;
    have = x->n;
    if (have != d->x.count) return chk_fail(x, "expiry: count");
    x->n = 0;
    if (tab_each(&d->t, chk_volatile, x) == 0 && x->n == have) return 1;
    return chk_fail(x, "expiry: entry missing in the index");
}

static int chk_conns(struct chk *x) {
    kv *k = x->k;
    u32 i, n = 0, sockets = 0;
    for (i = 0; i < k->conns_cap; i++) {
        conn *c = k->conns[i];
        if (!c) continue;
        n++;
        sockets += !(c->flags & CONN_MEMORY);
        if (c->slot != i) return chk_fail(x, "client: slot");
        if (c->in_at > c->in.n || c->out_at > c->out.n)
            return chk_fail(x, "client: buffer positions");
        if (c->hot != HOT_NONE && (c->flags & CONN_COLD || k->hot[c->hot] != c))
            return chk_fail(x, "client: hot and cold");
    }
    if (n != k->nconns || sockets != k->clients || n + k->nfree != k->conns_cap)
        return chk_fail(x, "client: counts");
    return 1;
}

static int chk_all(struct chk *x, kv *k) {
    size_t used = k->h.used;
    i64 i;
    memset(x, 0, sizeof *x);
    x->k = k;
    if (!chk_heap(x, &k->h, "instance") || !chk_conns(x)) return 0;
    for (i = 0; i < k->p.databases; i++) {
        if (!k->dbs[i]) continue;
        if (k->dbs[i]->id != i) return chk_fail(x, "database number");
        if (!chk_db(x, k->dbs[i])) return 0;
        used += k->dbs[i]->h.used;
    }
    for (i = 0; k->snap && i < (i64)k->snap->ndbs; i++) {
        struct snap_db *d = &k->snap->dbs[i];
        if (!d->own) continue;
        if (!chk_db(x, d->d)) return 0;
        used += d->d->h.used;
    }
    if (used != k->m.used) return chk_fail(x, "memory: counts of heaps");
    if (k->notes.n && !k->in_call) return chk_fail(x, "notes were not drained");
    if (k->notes_lost) return chk_fail(x, "notes were lost");
    return 1;
}

/* ==== api: opening, configuring, serving ================================= */

const char *kv_version(void) { return KV_VERSION; }
int kv_version_number(void) { return KV_VERSION_NUMBER; }

const char *kv_errstr(int code) { return code_text(code); }

/* Whether this call comes out of a handler or a callback of the instance, with
 * the lock held. */
static int api_busy(const kv *k) { return k->in_call || k->draining; }

KV_PRINTF(2, 3)
static void api_message(kv *k, const char *form, ...) {
    char b[512];
    va_list a;
    int n;
    va_start(a, form);
    n = vsnprintf(b, sizeof b, form, a);
    va_end(a);
    k->message.n = 0;
    if (n > 0 && buf_put(&k->h, &k->message, b, min_z((size_t)n, sizeof b - 1)))
        buf_put(&k->h, &k->message, "", 1);
}

const char *kv_message(kv *k) {
    if (!k || !k->message.n || k->message.p[k->message.n - 1]) return "";
    return (const char *)k->message.p;
}

static void api_sys(kv_sys *s, const kv_sys *from) {
    static const kv_sys own = {
        NULL,          sys_listen,   sys_accept,   sys_recv,      sys_send,
        sys_close,     sys_poll,     sys_pipe,     sys_cold_open, sys_cold_add,
        sys_cold_wait, sys_remove,   sys_load,     sys_store,     sys_open,
        sys_read,      sys_write,    sys_sync,     sys_size,      sys_rename,
        sys_sync_dir,  sys_lock_dir, sys_truncate, sys_make_dir};
    *s = own;
    if (!from) return;
    s->ctx = from->ctx;
    if (from->listen) s->listen = from->listen;
    if (from->listen || from->open) s->remove = from->remove;
    if (from->accept) s->accept = from->accept;
    if (from->recv) s->recv = from->recv;
    if (from->send) s->send = from->send;
    if (from->close) s->close = from->close;
    if (from->poll) s->poll = from->poll;
    if (from->pipe) s->pipe = from->pipe;
    if (from->cold_open) s->cold_open = from->cold_open;
    if (from->cold_add) s->cold_add = from->cold_add;
    if (from->cold_wait) s->cold_wait = from->cold_wait;
    if (from->load) s->load = from->load;
    if (from->store) s->store = from->store;
    if (from->open) s->open = from->open;
    if (from->read) s->read = from->read;
    if (from->write) s->write = from->write;
    if (from->sync) s->sync = from->sync;
    if (from->size) s->size = from->size;
    if (from->rename) s->rename = from->rename;
    if (from->sync_dir) s->sync_dir = from->sync_dir;
    if (from->open || from->lock_dir) s->lock_dir = from->lock_dir;
    if (from->truncate) s->truncate = from->truncate;
    if (from->make_dir) s->make_dir = from->make_dir;
    /* a transport of one's own has no cold set unless it brings one */
    if ((from->recv || from->poll) && !from->cold_open) s->cold_add = NULL;
}

static int api_open(kv *k, const kv_desc *d) {
    static const char hex[] = "0123456789abcdef";
    void (*entropy)(void *, void *, size_t) =
        d->random ? d->random : sys_random;
    u8 id[20];
    size_t i, j;
    k->wall_us = d->wall_us ? d->wall_us : sys_wall;
    k->mono_us = d->mono_us ? d->mono_us : sys_mono;
    k->clock_ctx = d->clock_ctx;
    k->log = d->log;
    k->log_ctx = d->log_ctx;
    api_sys(&k->sys, d->sys);
    entropy(d->random_ctx, k->seed, sizeof k->seed);
    entropy(d->random_ctx, k->rng, sizeof k->rng);
    entropy(d->random_ctx, id, sizeof id);
    k->rng[0] |= 1;
    for (i = 0; i < 40; i++)
        k->run_id[i] = hex[i & 1 ? id[i / 2] & 15 : id[i / 2] >> 4];
    read_clocks(k);
    k->start_mono = k->ops_when = k->mono;
    k->pipe_fd[0] = k->pipe_fd[1] = k->cold_fd = k->dir_fd = -1;
    if (!par_defaults(k)) return KV_NOMEM;
    k->save.time = k->now / 1000;
    k->save.ms = -1;
    k->io_alone = !KV_THREADS;
    k->dbs = mem_try(&k->h, DBS_MAX * sizeof *k->dbs);
    if (!k->dbs) return KV_NOMEM;
    memset(k->dbs, 0, DBS_MAX * sizeof *k->dbs);
#if KV_THREADS
    k->lock = mem_try(&k->h, sizeof *k->lock);
    if (!k->lock) return KV_NOMEM;
    if (sys_lock_init(k->lock) != KV_OK) {
        mem_free(&k->h, k->lock, sizeof *k->lock);
        k->lock = NULL;
        return KV_IO;
    }
#endif
    for (i = 0; i < COUNT(ROWS); i++)
        for (j = 0; j < ROWS[i].n; j++)
            if (rows_add(k, &ROWS[i].rows[j]) != KV_OK) return KV_NOMEM;
    if (!rows_mini(k) || !rec_spare(k) ||
        !buf_renew(&k->h, &k->out, OUT_LEAST) ||
        !buf_renew(&k->h, &k->notes, NOTE_LEAST))
        return KV_NOMEM;
    k->own = conn_new(k, -1, CONN_MEMORY | CONN_INTERNAL | CONN_AUTHED, "", "");
    if (!k->own) return KV_NOMEM;
    k->m.start = k->m.used;
    return KV_OK;
}

/* Blocks go with their heaps; what remains is what the system holds. */
void kv_close(kv *k) {
    mem m;
    u32 i;
    if (!k) return;
    data_free(k);
    aof_end(k);
    if (k->snap) snap_drop(k);
    if (k->dir_fd >= 0) k->sys.close(k->sys.ctx, k->dir_fd);
    io_end(k);
    for (i = 0; i < k->conns_cap; i++)
        if (k->conns[i] && !(k->conns[i]->flags & CONN_MEMORY))
            k->sys.close(k->sys.ctx, k->conns[i]->fd);
    for (i = 0; i < k->nlisten; i++) {
        k->sys.close(k->sys.ctx, k->listeners[i].fd);
        if (k->listeners[i].path && k->sys.remove)
            k->sys.remove(k->sys.ctx, k->listeners[i].path);
    }
    for (i = 0; i < 2; i++)
        if (k->pipe_fd[i] >= 0 && k->npipe)
            k->sys.close(k->sys.ctx, k->pipe_fd[i]);
    if (k->cold_fd >= 0 && k->npipe) k->sys.close(k->sys.ctx, k->cold_fd);
    for (i = 0; k->dbs && i < DBS_MAX; i++)
        if (k->dbs[i]) heap_drop(&k->dbs[i]->h);
#if KV_THREADS
    if (k->lock) sys_lock_free(k->lock);
#endif
    heap_drop(&k->h);
    while (mem_reap(&k->m)) {
    }
    m = k->m;
    m.alloc(m.ctx, k, sizeof *k, 0);
}

/* The loop waits for longer than what was just done allows. */
static void api_wake_if_due(kv *k) {
    int ms;
    if (!k->polling) return;
    ms = loop_wait(k);
    if (ms >= 0 && k->mono + ms < k->poll_until) io_wake(k);
}

/* Begins a call that changes settings; 0: it comes out of a callback. */
static int api_settle(kv *k) {
    if (!k) return 0;
    lock_in(k);
    if (api_busy(k)) {
        lock_out(k);
        return 0;
    }
    read_clocks(k);
    k->need = 0;
    return 1;
}

KV_SLOW int api_wait(kv *k, u64 need);

static void api_settled(kv *k) {
    if (k->p.requirepass[0] == 0) k->own->flags |= CONN_AUTHED;
    if (k->aof) api_wait(k, k->need);
    api_wake_if_due(k);
    lock_out(k);
}

int kv_config(kv *k, const char *name, const char *value) {
    struct par_error e;
    str pair[2];
    int ok;
    if (!k || !name || !value) return KV_ARG;
    pair[0] = str_c(name);
    pair[1] = str_c(value);
    if (!api_settle(k)) return KV_BUSY;
    ok = par_set(k, pair, 2, &e);
    if (!ok && e.error == E_CONFIG_UNKNOWN)
        api_message(k, "there is no parameter '%s'; the nearest is '%s'", name,
                    cfg_nearest(name));
    else if (!ok) api_message(k, "%s '%s': %s", name, value, e.why);
    api_settled(k);
    return ok ? KV_OK : e.why == PAR_NO_MEMORY ? KV_NOMEM : KV_ARG;
}

int kv_config_file(kv *k, const char *path) {
    struct cfg g;
    char *keep;
    int ok;
    if (!k || !path || !path[0]) return KV_ARG;
    memset(&g, 0, sizeof g);
    g.k = k;
    g.rc = KV_ARG;
    g.path = path;
    if (!api_settle(k)) return KV_BUSY;
    keep = buf_dup(&k->h, path, strlen(path));
    ok = keep && cfg_load(&g, path);
    if (ok && g.passed)
        log_put(k, KV_LOG_NOTICE,
                "%.300s: settings that only Redis has, passed over: %d", path,
                g.passed);
    if (ok) {
        buf_undup(&k->h, k->conf_path);
        k->conf_path = keep;
    } else {
        buf_undup(&k->h, keep);
        api_message(k, "%s", keep ? g.why : PAR_NO_MEMORY);
    }
    api_settled(k);
    return ok ? KV_OK : keep ? g.rc : KV_NOMEM;
}

/* ---- files ---- */

/* A whole snapshot; others are served between its slices, and while the file's
 * thread is at work. */
static int api_save(kv *k, const char *path, int copy) {
    enum { UNDER_WAY = 1 };
    int rc, told = UNDER_WAY;
    u64 mark;
    rc = snap_begin(k, path, &told);
    if (rc == KV_OK) k->snap->copy = (u8)copy;
    while (rc == KV_OK && told == UNDER_WAY) {
        snap_slice(k, 0);
        mark = snap_is_due(k) ? IO_NOW : io_mark(k);
        lock_out(k);
        io_wait(k, mark);
        lock_in(k);
        read_clocks(k);
    }
    if (rc == KV_OK) rc = told;
    if (rc == KV_BUSY) api_message(k, "a snapshot is being made");
    else if (rc != KV_OK)
        api_message(k, "cannot save to %s: %s", path, code_text(rc));
    return rc;
}

int kv_save(kv *k) {
    char *path;
    int rc;
    if (!api_settle(k)) return k ? KV_BUSY : KV_ARG;
    path = saving_path(k);
    if (path) {
        k->save.tried = k->mono;
        rc = api_save(k, path, 0);
        if (rc != KV_BUSY) k->save.rc = rc;
        special_look(k);
        buf_undup(&k->h, path);
    } else {
        rc = k->p.dir[0] ? KV_NOMEM : KV_ARG;
        api_message(k, "cannot save: %s",
                    k->p.dir[0] ? code_text(rc) : "there is no directory");
    }
    lock_out(k);
    return rc;
}

int kv_rewrite(kv *k) {
    int rc;
    if (!api_settle(k)) return k ? KV_BUSY : KV_ARG;
    rc = saving_rewrite(k);
    if (rc == KV_ARG) api_message(k, "there is no log of changes");
    if (rc == KV_BUSY) api_message(k, "it is being rewritten");
    api_wake_if_due(k);
    lock_out(k);
    return rc;
}

int kv_backup(kv *k, const char *path) {
    int rc;
    if (!k || !path || !path[0]) return KV_ARG;
    if (!api_settle(k)) return KV_BUSY;
    rc = api_save(k, path, 1);
    lock_out(k);
    return rc;
}

int kv_load(kv *k, const char *path) {
    char why[300];
    int rc;
    if (!k || !path) return KV_ARG;
    lock_in(k);
    read_clocks(k);
    rc = api_busy(k) ? KV_BUSY : load_file(k, path, why);
    if (rc != KV_OK && rc != KV_BUSY) api_message(k, "%s", why);
    if (k->aof && rc != KV_BUSY) { /* the log has not seen these keys */
        aof_tear(k);
        while (k->aof && k->aof->hole && !k->aof->fails) {
            if (k->snap) snap_slice(k, 1);
            else io_collect(k, 1);
            aof_go(k);
        }
        if (rc == KV_OK && k->aof) rc = k->aof->rc;
    }
    mem_next(&k->m);
    lock_out(k);
    return rc;
}

/* The directory of a new instance, and the data in it. */
static int api_dir(kv *k, const kv_desc *d) {
    static const char *const policies[] = {"no", "everysec", "always"};
    struct par_error e;
    str pair[8];
    char why[512];
    int rc, on = d->sync != KV_SYNC_OFF;
    if (!d->dir[0] || d->sync < 0 || d->sync > KV_SYNC_ALWAYS) return KV_ARG;
    pair[0] = LIT("dir");
    pair[1] = str_c(d->dir);
    pair[2] = LIT("appendonly");
    pair[3] = str_c(on ? "yes" : "no");
    pair[4] = LIT("appendfsync");
    pair[5] = str_c(policies[on ? d->sync - KV_SYNC_NO : 1]);
    pair[6] = LIT("salvage");
    pair[7] = str_c(d->salvage ? "yes" : "no");
    if (!par_set(k, pair, 8, &e)) return KV_NOMEM;
    rc = aof_lock_dir(k);
    if (rc != KV_OK) {
        log_put(k, KV_LOG_WARNING, "the directory %s: %s", d->dir,
                code_text(rc));
        return rc;
    }
    rc = data_begin(k, why);
    if (rc != KV_OK) log_put(k, KV_LOG_WARNING, "%s", why);
    while (rc == KV_OK && (rc = data_slice(k)) == KV_AGAIN) {
        if (k->aof) io_wait(k, io_mark(k));
        rc = KV_OK;
    }
    return rc;
}

int kv_open(kv **out, const kv_desc *desc) {
    kv_desc d;
    mem m;
    kv *k;
    int rc;
    if (!out) return KV_ARG;
    *out = NULL;
    memset(&d, 0, sizeof d);
    if (desc) {
        if (!desc->size || desc->size > 4096) return KV_ARG;
        memcpy(&d, desc, min_z(desc->size, sizeof d));
    }
    memset(&m, 0, sizeof m);
    mem_init(&m);
    m.alloc = d.alloc ? d.alloc : sys_alloc;
    m.ctx = d.alloc_ctx;
    k = m.alloc(m.ctx, NULL, 0, sizeof *k);
    if (!k) return KV_NOMEM;
    memset(k, 0, sizeof *k);
    k->m = m;
    heap_init(&k->h, &k->m);
    rc = api_open(k, &d);
    if (rc == KV_OK && d.dir) rc = api_dir(k, &d);
    if (rc != KV_OK) {
        kv_close(k);
        return rc;
    }
    k->keeping = 1;
    *out = k;
    return KV_OK;
}

int64_t kv_now_ms(kv *k) { return k ? k->wall_us(k->clock_ctx) / 1000 : 0; }

/* ---- serving ---- */

/* What the loop needs: made when it is first needed. */
static int api_start(kv *k) {
    int fds[2];
    if (k->npipe) return KV_OK;
    if (!k->rbuf && !(k->rbuf = mem_try(&k->h, 2 * READ_SIZE))) return KV_NOMEM;
    if (k->sys.pipe(k->sys.ctx, fds) != KV_OK) return KV_NOFILES;
    k->pipe_fd[0] = fds[0];
    k->pipe_fd[1] = fds[1];
    if (k->sys.cold_add) k->cold_fd = k->sys.cold_open(k->sys.ctx);
    if (!k->sys.cold_add || k->cold_fd == KV_NONE) k->cold_fd = -1;
    if (loop_fix(k)) {
        KV_STORE(k->npipe, 1);
        return KV_OK;
    }
    k->sys.close(k->sys.ctx, fds[0]);
    k->sys.close(k->sys.ctx, fds[1]);
    if (k->cold_fd >= 0) k->sys.close(k->sys.ctx, k->cold_fd);
    k->pipe_fd[0] = k->pipe_fd[1] = k->cold_fd = -1;
    return KV_NOMEM;
}

/* Adds a listener; *port is 0 for a unix socket. */
static int api_listen(kv *k, u32 flags, const char *host, int port,
                      const char *path) {
    int fd, rc = api_start(k);
    struct listener *t;
    char *keep = NULL;
    if (rc != KV_OK) return rc;
    t = k->listeners;
    if (k->nlisten == k->listen_cap) {
        t = mem_resize(&k->h, t, k->listen_cap * sizeof *t,
                       (k->listen_cap + 1) * sizeof *t);
        if (!t) return KV_NOMEM;
        k->listeners = t;
        k->listen_cap++;
    }
    if (path && !(keep = buf_dup(&k->h, path, strlen(path)))) return KV_NOMEM;
    fd = k->sys.listen(k->sys.ctx, host, &port, path, (int)k->p.unixsocketperm,
                       (int)k->p.tcp_backlog);
    if (fd < 0) {
        const char *why = fd == KV_BUSY ? "address in use" : kv_errstr(fd);
        buf_undup(&k->h, keep);
        if (path) api_message(k, "cannot listen on %s: %s", path, why);
        else api_message(k, "cannot listen on %s:%d: %s", host, port, why);
        return fd;
    }
    t[k->nlisten].fd = fd;
    t[k->nlisten].path = keep;
    t[k->nlisten++].flags = flags;
    k->refix = 1; /* at the loop's next turn: it may be polling */
    if (k->polling) io_wake(k);
    if (!keep && !k->first_port) k->first_port = port;
    k->par_frozen = 1;
    return KV_OK;
}

static int api_listen_text(kv *k, const char *s) {
    int http = strncmp(s, "metrics:", 8) == 0;
    u32 flags = strncmp(s, "mini:", 5) ? 0 : CONN_MINI | CONN_TYPED;
    const char *colon;
    char host[256];
    size_t n;
    i64 port;
    int rc;
    if (flags) s += 5;
    if (http) flags = CONN_HTTP, s += 8;
    colon = strrchr(s, ':');
    if (strncmp(s, "unix:", 5) == 0) return api_listen(k, flags, "", 0, s + 5);
    if (!colon || !num_parse(str_c(colon + 1), &port) || port < 0 ||
        port > 65535 || (n = (size_t)(colon - s)) >= sizeof host)
        return KV_ARG;
    memcpy(host, s, n);
    host[n] = 0;
    if (n > 1 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = 0;
        return api_listen(k, flags, host + 1, (int)port, NULL);
    }
    if (n) return api_listen(k, flags, host, (int)port, NULL);
    rc = api_listen(k, flags, "0.0.0.0", (int)port, NULL);
    if (rc == KV_OK)
        api_listen(k, flags, "::", port ? (int)port : k->first_port, NULL);
    return rc;
}

int kv_listen(kv *k, const char *address) {
    int rc;
    if (!k || !address) return KV_ARG;
    lock_in(k);
    rc = api_busy(k) ? KV_BUSY : api_listen_text(k, address);
    if (rc == KV_ARG)
        api_message(k, "'%s' is not HOST:PORT or unix:PATH", address);
    lock_out(k);
    return rc;
}

int kv_port(kv *k) {
    int port;
    if (!k) return 0;
    lock_in(k);
    port = k->first_port;
    lock_out(k);
    return port;
}

int kv_adopt(kv *k, int fd) {
    int rc;
    if (!k || fd < 0) return KV_ARG;
    lock_in(k);
    read_clocks(k);
    rc = api_busy(k) ? KV_BUSY : api_start(k);
    if (k->sys.recv == sys_recv) sys_unblock(fd);
    if (rc == KV_OK) rc = loop_adopt(k, fd, CONN_UNIX | CONN_FRESH, "", "");
    else k->sys.close(k->sys.ctx, fd);
    if (k->polling) io_wake(k);
    lock_out(k);
    return rc;
}

/* After a turn: whether to go on. */
static int api_turn_result(kv *k) {
    if (KV_LOAD(k->stop)) {
        KV_STORE(k->stop, 0);
        return KV_NONE;
    }
    return k->shutdown ? KV_NONE : KV_OK;
}

int kv_poll(kv *k, int timeout_ms) {
    int rc, wait;
    size_t n;
    if (!k) return KV_ARG;
    lock_in(k);
    rc = api_busy(k);
    lock_out(k);
    if (rc) return KV_BUSY; /* and not behind those who wait for the lock */
#if KV_THREADS
    sys_lock(k->lock, 1);
#endif
    read_clocks(k);
    rc = api_start(k);
    if (rc != KV_OK) {
        lock_out(k);
        return rc;
    }
    loop_prepare(k);
    wait = loop_wait(k);
    if (wait < 0 || (timeout_ms >= 0 && timeout_ms < wait)) wait = timeout_ms;
    n = k->nfixed + k->nhot + k->nvisitors;
    k->polling = 1;
    k->poll_until = wait < 0 ? INT64_MAX : k->mono + wait;
    lock_out(k);
    rc = k->sys.poll(k->sys.ctx, k->pfd, n, wait);
#if KV_THREADS
    sys_lock(k->lock, 1);
#endif
    k->polling = 0;
    if (rc < 0) { /* interrupted by a signal: nothing is ready */
        u32 i;
        for (i = 0; i < n; i++) k->pfd[i].revents = 0;
    }
    loop_act(k);
    rc = api_turn_result(k);
    lock_out(k);
    return rc;
}

int kv_run(kv *k) {
    int rc;
    if (!k) return KV_ARG;
    while ((rc = kv_poll(k, -1)) == KV_OK) {
    }
    return rc == KV_NONE ? KV_OK : rc;
}

void kv_stop(kv *k) {
    KV_STORE(k->stop, 1);
    io_wake(k);
}

int kv_pollfds(kv *k, struct pollfd *fds, size_t cap, size_t *need) {
    int rc;
    size_t n;
    if (!k || !need || (cap && !fds)) return KV_ARG;
    lock_in(k);
    read_clocks(k);
    rc = api_busy(k) ? KV_BUSY : api_start(k);
    k->busy = 0;
    if (rc == KV_OK) loop_prepare(k);
    n = k->nfixed + k->nhot + k->nvisitors;
    *need = n;
    if (rc == KV_OK && n > cap) rc = KV_TOOBIG;
    if (rc == KV_OK) {
        memcpy(fds, k->pfd, n * sizeof *fds);
        k->polling = 1; /* the caller is about to */
        k->poll_until = INT64_MAX;
    }
    lock_out(k);
    return rc;
}

int kv_timeout(kv *k) {
    int ms;
    if (!k) return -1;
    lock_in(k);
    read_clocks(k);
    ms = loop_wait(k);
    if (k->polling) k->poll_until = ms < 0 ? INT64_MAX : k->mono + ms;
    lock_out(k);
    return ms;
}

int kv_dispatch(kv *k, const struct pollfd *fds, size_t n) {
    size_t i;
    int rc;
    if (!k || (n && !fds)) return KV_ARG;
    lock_in(k);
    rc = api_busy(k) ? KV_BUSY : api_start(k);
    k->polling = 0;
    for (i = 0; rc == KV_OK && i < k->nfixed + k->nhot + k->nvisitors; i++)
        k->pfd[i].revents =
            i < n && fds[i].fd == k->pfd[i].fd ? fds[i].revents : 0;
    if (rc == KV_OK) {
        loop_act(k);
        rc = api_turn_result(k);
    }
    lock_out(k);
    return rc;
}

void kv_lock(kv *k) { lock_in(k); }
void kv_unlock(kv *k) { lock_out(k); }
void kv_interrupt(kv *k) { KV_STORE(k->interrupt, 1); }

/* ==== calls: keys and values without a command, sessions ================= */

static int api_bad_db(const kv *k, int id) {
    return id < 0 || id >= k->p.databases;
}

/* Begins a call that executes. 0: it comes from a handler or a hook of the
 * same instance, which must not. */
KV_HOT int api_enter(kv *k) {
    lock_in(k);
    if (api_busy(k)) {
        lock_out(k);
        return 0;
    }
    KV_STORE(k->interrupt, 0);
    turn_begin(k);
    k->need = 0;
    return 1;
}

/* Waits until the log is safe up to `need`, others being served meanwhile;
 * KV_OK, or why it cannot be written. */
KV_SLOW int api_wait(kv *k, u64 need) {
    u64 mark;
    aof_go(k);
    while (!aof_is_safe(k, need)) {
        if (k->aof->rc != KV_OK) return k->aof->rc;
        if (k->snap && need == AOF_BASED) snap_slice(k, 0);
        mark = io_mark(k);
        if (k->io_alone) sys_sleep(1000);
        lock_out(k);
        io_wait(k, mark);
        lock_in(k);
        read_clocks(k);
        aof_go(k);
    }
    return KV_OK;
}

static int api_leave(kv *k) {
    int rc = KV_OK;
    if (k->notes.n) turn_drain(k);
    mem_next(&k->m);
    if (k->m.dead_chunks || k->m.dead.first) mem_reap(&k->m);
    k->m.peak = max_z(k->m.peak, k->m.used);
    if (KV_RARELY(k->snap != NULL)) snap_slice(k, 0);
    if (KV_RARELY(k->aof != NULL)) rc = api_wait(k, k->need);
    api_wake_if_due(k);
    lock_out(k);
    return rc;
}

/* api_leave() for a call that came to `rc`. */
KV_HOT int api_left(kv *k, int rc) {
    int wait = api_leave(k);
    return rc == KV_OK ? wait : rc;
}

/* A string of a database; the clock is read only if it may have expired. */
static int api_find(kv *k, int id, const void *key, size_t n, str *val) {
    str name = str_of(key, n);
    struct tab_at at;
    u64 h;
    ent *e;
    db *d;
    if (KV_RARELY(api_bad_db(k, id))) return KV_ARG;
    if (KV_RARELY(api_busy(k))) return KV_BUSY;
    d = k->dbs[id];
    h = d ? db_hash(d, name) : 0;
    e = d ? tab_find(&d->t, name, h, &at) : NULL;
    if (KV_RARELY(k->aof != NULL)) {
        k->need = 0;
        if (aof_is_strict(k))
            aof_saw_read(k, hash_key(k->seed, name.p, name.n));
    }
    if (e && e->flags & ENT_EXP) {
        read_clocks(k);
        e = db_find(d, name, h, &at);
    }
    if (!e) {
        k->n.misses++;
        return KV_NONE;
    }
    k->n.hits++;
    if (ent_type(e) != ENT_STRING) return KV_WRONGTYPE;
    lru_touch(k, e);
    *val = ent_val(e);
    return KV_OK;
}

int kv_get(kv *k, int id, const void *key, size_t key_n, void *buffer,
           size_t cap, size_t *n) {
    str v;
    int rc;
    if (!k || (key_n && !key) || (cap && !buffer)) return KV_ARG;
    lock_in(k);
    rc = api_find(k, id, key, key_n, &v);
    if (rc == KV_OK) {
        copy(buffer, v.p, min_z(v.n, cap));
        if (n) *n = v.n;
        if (v.n > cap) rc = KV_TOOBIG;
    }
    if (KV_RARELY(k->notes.n) && !api_busy(k)) turn_drain(k);
    if (KV_RARELY(k->aof != NULL) && !api_busy(k)) {
        int wait = api_wait(k, k->need);
        if (wait != KV_OK) rc = wait;
    }
    lock_out(k);
    return rc;
}

int kv_view(kv *k, int id, const void *key, size_t key_n, kv_slice *out) {
    str v;
    int rc;
    if (!k || (key_n && !key) || !out) return KV_ARG;
    lock_in(k);
    rc = api_find(k, id, key, key_n, &v);
    if (rc == KV_OK) {
        out->p = v.p;
        out->n = v.n;
    }
    if (KV_RARELY(k->notes.n) && !api_busy(k)) turn_drain(k);
    if (KV_RARELY(k->aof != NULL) && !api_busy(k)) {
        int wait = api_wait(k, k->need);
        if (wait != KV_OK) rc = wait;
    }
    lock_out(k);
    return rc;
}

/* Runs a command in the default session, in a database of its own choice. */
static int api_command(kv *k, int id, size_t argc, const str *argv,
                       int (*result)(kv *k, size_t start)) {
    struct request r;
    size_t start;
    int rc, back;
    u32 flags;
    if (!api_enter(k)) return KV_BUSY;
    rc = api_bad_db(k, id) ? KV_ARG : KV_OK;
    if ((u64)argv[1].n > (u64)k->p.proto_max_bulk_len ||
        (argc > 2 && (u64)argv[2].n > (u64)k->p.proto_max_bulk_len))
        rc = KV_TOOBIG;
    if (rc != KV_OK) {
        api_leave(k);
        return rc;
    }
    back = k->own->dbnum;
    flags = k->own->flags;
    k->own->dbnum = id;
    k->own->flags = CONN_MEMORY | CONN_INTERNAL | CONN_AUTHED;
    memset(&r, 0, sizeof r);
    r.argv = (str *)argv;
    r.argc = argc;
    r.cmd = cmd_find(k, argv[0]);
    r.d = k->dbs[id];
    if (r.d) r.hash = db_hash(r.d, argv[1]);
    start = k->out.n;
    k->call_resp = 3;
    turn_call(k, k->own, &r);
    k->call_resp = 0;
    rc = k->out.n == start ? KV_NOMEM : result(k, start);
    k->out.n = start;
    k->own->dbnum = back;
    k->own->flags = flags;
    return api_left(k, rc);
}

/* What an error comes to: writes are refused because snapshots fail (MISCONF),
 * or there is no memory. */
static int api_refusal(kv *k, size_t start) {
    if (k->out.p[start + 1] != 'M') return KV_NOMEM;
    return k->aof && k->aof->rc != KV_OK ? k->aof->rc : k->save.rc;
}

static int api_result_set(kv *k, size_t start) {
    return k->out.p[start] == '+' ? KV_OK : api_refusal(k, start);
}

static int api_result_del(kv *k, size_t start) {
    if (k->out.p[start] == '-') return api_refusal(k, start);
    return k->out.p[start + 1] == '0' ? KV_NONE : KV_OK;
}

int kv_set(kv *k, int id, const void *key, size_t key_n, const void *value,
           size_t value_n, int64_t expire_at_ms) {
    str argv[5];
    u8 t[NUM_TEXT];
    if (!k || (key_n && !key) || (value_n && !value) || expire_at_ms < 0)
        return KV_ARG;
    argv[0] = LIT("set");
    argv[1] = str_of(key ? key : "", key_n);
    argv[2] = str_of(value, value_n);
    argv[3] = LIT("pxat");
    argv[4] = text_int(t, expire_at_ms);
    return api_command(k, id, expire_at_ms ? 5 : 3, argv, api_result_set);
}

int kv_del(kv *k, int id, const void *key, size_t key_n) {
    str argv[2];
    if (!k || (key_n && !key)) return KV_ARG;
    argv[0] = LIT("del");
    argv[1] = str_of(key ? key : "", key_n);
    return api_command(k, id, 2, argv, api_result_del);
}

struct api_walk {
    kv *k;
    kv_key_fn fn;
    void *ctx;
};

static int api_walk_key(void *ctx, ent *e) {
    struct api_walk *w = ctx;
    str key = ent_key(e);
    if (KV_LOAD(w->k->interrupt)) return KV_INTERRUPTED;
    return db_is_expired(w->k, e) ? 0 : w->fn(w->ctx, key.p, key.n);
}

int kv_scan(kv *k, int id, uint64_t *cursor, kv_key_fn fn, void *ctx) {
    struct api_walk w;
    u64 next = 0;
    int rc = 0;
    if (!k || !cursor || !fn) return KV_ARG;
    lock_in(k);
    rc = api_busy(k) ? KV_BUSY : api_bad_db(k, id) ? KV_ARG : 0;
    if (rc) {
        lock_out(k);
        return rc;
    }
    if (*cursor == 0) KV_STORE(k->interrupt, 0);
    read_clocks(k);
    k->in_call++; /* so that `fn` cannot change what is walked */
    w.k = k;
    w.fn = fn;
    w.ctx = ctx;
    if (k->dbs[id])
        next = tab_scan(&k->dbs[id]->t, *cursor, api_walk_key, &w, &rc);
    k->in_call--;
    if (KV_LOAD(k->interrupt)) rc = KV_INTERRUPTED;
    lock_out(k);
    if (rc) return rc;
    *cursor = next;
    return next ? KV_OK : KV_NONE;
}

/* ---- sessions ---- */

/* A session is a connection without a socket. */
static conn *api_conn(kv *k, kv_session *s) {
    return s ? (conn *)(void *)s : k->own;
}

int kv_session_open(kv *k, kv_session **out) {
    conn *c = NULL;
    int rc;
    if (!k || !out) return KV_ARG;
    lock_in(k);
    read_clocks(k);
    rc = api_busy(k) ? KV_BUSY : KV_NOMEM;
    if (rc != KV_BUSY) c = conn_new(k, -1, CONN_MEMORY, "memory:0", "memory:0");
    lock_out(k);
    *out = (kv_session *)(void *)c;
    return c ? KV_OK : rc;
}

void kv_session_close(kv_session *s) {
    conn *c = (conn *)(void *)s;
    kv *k;
    if (!c) return;
    k = c->k;
    lock_in(k);
    if (!api_busy(k)) conn_free(k, c);
    lock_out(k);
}

/* ==== tree: replies as trees =============================================
 *
 * tree_scan() checks the bytes of one reply, whoever sent them, and goes on
 * where it stopped when more have come. It needs no memory and believes no
 * number before the bytes are there. tree_build() makes a tree of what was
 * checked, in one block and without recursion. Attributes are skipped.
 */
enum { TREE_MORE, TREE_WHOLE, TREE_BAD };

struct tree_scan {
    size_t at;          /* bytes that were checked */
    size_t seen;        /* no newline stands between `at` and here */
    u64 left;           /* elements still to come; 0: the reply is whole */
    size_t nodes, text; /* what the tree needs room for */
    const char *why;    /* it is TREE_BAD */
};

static void tree_begin(struct tree_scan *s) {
    memset(s, 0, sizeof *s);
    s->left = 1;
}

static int tree_bad(struct tree_scan *s, const char *why) {
    s->why = why;
    return TREE_BAD;
}

/* The marks of lines, of what is counted in bytes and of what is counted in
 * elements. */
static const char TREE_LINES[] = "+-:_#,(", TREE_BYTES[] = "$=!",
                  TREE_HEADS[] = "*~>%|";

static int tree_is(const char *marks, u8 c) { return c && strchr(marks, c); }

/* An element of one line, whose text is `line`. */
static int tree_line(struct tree_scan *s, u8 mark, str line) {
    if (mark != '-' && !(mark == ',' && str_is(line, "-nan")) &&
        !nest_line_ok(mark, line))
        return tree_bad(s, "a value is not what its type says");
    s->text += line.n + 1;
    return TREE_WHOLE;
}

/* A string of `n` bytes, the first at p, as far as it has come. */
static int tree_string(struct tree_scan *s, u8 mark, const u8 *p, size_t have,
                       u64 n) {
    if (n > SIZE_MAX / 4) return tree_bad(s, "a length is not possible");
    if (have < n + 2) return TREE_MORE;
    if (p[n] != '\r' || p[n + 1] != '\n')
        return tree_bad(s, "a string is longer than its length");
    if (mark == '=' && (n < 4 || p[3] != ':'))
        return tree_bad(s, "a verbatim string names no format");
    s->text += (size_t)n + 1;
    s->at += (size_t)n + 2;
    return TREE_WHOLE;
}

/* The element at s->at, whose first line ends at `nl`. */
static int tree_item(struct tree_scan *s, const u8 *p, size_t n, const u8 *nl) {
    u8 mark = p[s->at];
    size_t from = s->at;
    str line = str_of(p + from + 1, (size_t)(nl - p) - from - 1);
    i64 v;
    int rc = TREE_WHOLE;
    if (!line.n || line.p[--line.n] != '\r')
        return tree_bad(s, "a line ends without CR");
    s->at = (size_t)(nl - p) + 1;
    if (tree_is(TREE_LINES, mark)) return tree_line(s, mark, line);
    if (line.n == 1 && *line.p == '?')
        return tree_bad(s, "streamed values are not supported");
    if (!num_parse(line, &v)) return tree_bad(s, "a length is not a number");
    if (v == -1 && (mark == '$' || mark == '*')) return TREE_WHOLE;
    if (v < 0) return tree_bad(s, "a length is negative");
    if (tree_is(TREE_BYTES, mark)) {
        rc = tree_string(s, mark, nl + 1, n - s->at, (u64)v);
        if (rc != TREE_WHOLE) s->at = s->seen = from;
        return rc;
    }
    if (v > UINT32_MAX) return tree_bad(s, "a number of elements is too large");
    s->left += (u64)v * (mark == '%' || mark == '|' ? 2 : 1) + (mark == '|');
    return TREE_WHOLE;
}

/* Goes on with the reply whose first `n` bytes are at p. */
static int tree_scan(struct tree_scan *s, const u8 *p, size_t n) {
    struct nest_item t;
    size_t used;
    const u8 *nl;
    int rc;
    while (s->left && s->at < n) {
        if (nest_usual(p + s->at, n - s->at, INT64_MAX, &t, &used)) {
            s->at += used;
            s->left += t.n;
            s->text += p[s->at - used] == '$' ? t.text.n + 1 : 0;
        } else {
            if (!tree_is(TREE_LINES, p[s->at]) &&
                !tree_is(TREE_BYTES, p[s->at]) &&
                !tree_is(TREE_HEADS, p[s->at]))
                return tree_bad(s, "a type is unknown");
            s->seen = max_z(s->seen, s->at);
            nl = memchr(p + s->seen, '\n', n - s->seen);
            s->seen = n;
            if (!nl) return TREE_MORE;
            if ((rc = tree_item(s, p, n, nl)) != TREE_WHOLE) return rc;
        }
        s->seen = s->at;
        s->left--;
        s->nodes++;
    }
    return s->left ? TREE_MORE : TREE_WHOLE;
}

struct tree {
    kv_reply *next; /* free nodes */
    char *text;
};

static void tree_text(struct tree *t, kv_reply *r, const u8 *p, size_t n) {
    copy(t->text, p, n);
    t->text[n] = 0;
    r->str = t->text;
    r->len = n;
    t->text += n + 1;
}

/* Fills one node from the line p..nl; returns what follows it, and how many
 * children it has. */
static const u8 *tree_node(struct tree *t, kv_reply *r, const u8 *p,
                           const u8 *nl, size_t *kids) {
    static const char types[] = "_+-:$,#(=*%~>";
    const char *type = *p == '!' ? types + KV_ERROR : strchr(types, *p);
    str line = str_of(p + 1, (size_t)(nl - p) - 2);
    i64 n = 0;
    memset(r, 0, sizeof *r);
    r->type = (int32_t)(type - types);
    *kids = 0;
    num_parse(line, &n);
    if (n < 0 && (*p == '$' || *p == '*')) {
        r->type = KV_NIL;
    } else if (tree_is(TREE_BYTES, *p)) {
        size_t skip = *p == '=' ? 4 : 0;
        tree_text(t, r, nl + 1 + skip, (size_t)n - skip);
        nl += n + 2;
    } else if (tree_is(TREE_HEADS, *p)) {
        r->count = (size_t)n;
        *kids = r->count * (*p == '%' ? 2 : 1);
    } else if (*p == ':') {
        r->integer = n;
    } else if (*p == '#') {
        r->integer = p[1] == 't';
    } else if (*p != '_') {
        tree_text(t, r, line.p, line.n);
        if (*p == ',') num_parse_double(line, &r->number);
    }
    return nl + 1;
}

/* What stands behind the attributes at p, if any do. */
static const u8 *tree_skip(const u8 *p, const u8 *e) {
    while (*p == '|') {
        const u8 *nl = memchr(p, '\n', (size_t)(e - p));
        struct tree_scan s;
        i64 n = 0;
        num_parse(str_of(p + 1, (size_t)(nl - p) - 2), &n);
        tree_begin(&s);
        s.left = 2 * (u64)n;
        tree_scan(&s, nl + 1, (size_t)(e - nl) - 1);
        p = nl + 1 + s.at;
    }
    return p;
}

/* One block: its size, nodes, a stack for building, text. */
struct tree_head {
    size_t size;
    size_t pad;
};
struct tree_open {
    kv_reply *at;
    size_t left;
};

/* The bytes of that block; SIZE_MAX: more than there can be. */
static size_t tree_room(const struct tree_scan *s) {
    size_t each = sizeof(kv_reply) + sizeof(struct tree_open);
    if (s->nodes > (SIZE_MAX / 2 - s->text) / each) return SIZE_MAX;
    return sizeof(struct tree_head) + s->nodes * each + s->text;
}

/* Builds the tree of the whole reply at p, which `s` has checked, in `spare` of
 * `room` bytes if that is enough; NULL: no memory. */
static kv_reply *tree_build(mem *m, const struct tree_scan *s, const u8 *p,
                            void *spare, size_t room) {
    size_t size = tree_room(s), depth = 1, kids;
    struct tree_head *head = spare;
    const u8 *e = p + s->at;
    struct tree t;
    kv_reply *root, *r;
    struct tree_open *stack;
    if (spare && size <= room) size = room;
    else head = size < SIZE_MAX ? m->alloc(m->ctx, NULL, 0, size) : NULL;
    if (!head) return NULL;
    head->size = size;
    root = (kv_reply *)(void *)(head + 1);
    stack = (void *)(root + s->nodes);
    t.next = root + 1;
    t.text = (char *)(stack + s->nodes);
    stack->at = root;
    stack->left = 1;
    while (depth) {
        if (!stack[depth - 1].left) {
            depth--;
            continue;
        }
        stack[depth - 1].left--;
        r = stack[depth - 1].at++;
        p = tree_skip(p, e);
        p = tree_node(&t, r, p, memchr(p, '\n', (size_t)(e - p)), &kids);
        if (!kids) continue;
        r->items = t.next;
        stack[depth].at = t.next;
        stack[depth++].left = kids;
        t.next += kids;
    }
    return root;
}

static void tree_free(mem *m, kv_reply *r) {
    struct tree_head *head;
    if (!r) return;
    head = (struct tree_head *)(void *)r - 1;
    m->alloc(m->ctx, head, head->size, 0);
}

void kv_reply_free(kv *k, kv_reply *r) {
    if (!k) return;
    lock_in(k);
    tree_free(&k->m, r);
    lock_out(k);
}

/* ==== exec: commands from the host, RESP through memory, hooks =========== */

/* Bytes that the tree of a write's reply can need: with the value that its
 * first key has now. */
static size_t api_reply_room(kv *k, conn *c, const struct request *r) {
    size_t n = 512;
    struct tree_scan s;
    struct tab_at at;
    str v;
    ent *e;
    db *d = k->dbs[c->dbnum];
    if (!r->cmd || r->cmd->flags & KV_READONLY) return 0;
    if (!(r->cmd->flags & KV_WRITE)) return 2048; /* HELLO is the longest */
    if (!d || r->d != d) return n;
    e = tab_find(&d->t, r->argv[r->cmd->first], r->hash, &at);
    if (!e) return n;
    v = ent_val(e);
    tree_begin(&s);
    if (ent_type(e) == ENT_NESTED && tree_scan(&s, v.p, v.n) == TREE_WHOLE)
        return n + tree_room(&s);
    return n + v.n;
}

/* The tree of the reply that begins at `start` in the turn's output. */
static int api_tree(kv *k, size_t start, void *spare, size_t room,
                    kv_reply **out) {
    static const u8 nil[] = "_\r\n";
    const u8 *p = k->out.n > start ? k->out.p + start : nil;
    size_t n = k->out.n > start ? k->out.n - start : sizeof nil - 1;
    struct tree_scan s;
    tree_begin(&s);
    if (tree_scan(&s, p, n) != TREE_WHOLE) return KV_ARG;
    *out = tree_build(&k->m, &s, p, spare, room);
    return *out ? KV_OK : KV_NOMEM;
}

/* Executes a vector in a session and takes its reply as a tree. Room for the
 * answer to a change is taken before the change. */
static int api_exec(kv *k, conn *c, size_t argc, str *argv, kv_reply **out) {
    struct request r;
    size_t start = k->out.n, room;
    void *spare = NULL;
    int rc = KV_OK;
    u8 resp;
    memset(&r, 0, sizeof r);
    r.argv = argv;
    r.argc = argc;
    r.cmd = cmd_of(k, argv, argc);
    if (r.cmd && r.cmd->first && (size_t)r.cmd->first < argc &&
        (r.d = k->dbs[c->dbnum]))
        r.hash = db_hash(r.d, argv[r.cmd->first]);
    room = out ? api_reply_room(k, c, &r) : 0;
    if (!buf_room(&k->h, &k->out, REPLY_ROOM)) return KV_NOMEM;
    if (room && !(spare = k->m.alloc(k->m.ctx, NULL, 0, room))) return KV_NOMEM;
    resp = k->call_resp;
    k->call_resp = 3;
    turn_call(k, c, &r);
    k->call_resp = resp;
    if (c == k->own && !k->in_call)
        c->flags &= ~(u32)(CONN_DEAD | CONN_CLOSING);
    if (c->flags & CONN_DEAD && k->out.n == start) rc = KV_CLOSED;
    if (out && rc == KV_OK) rc = api_tree(k, start, spare, room, out);
    if (spare &&
        !(out && *out &&
          (struct tree_head *)(void *)*out - 1 == (struct tree_head *)spare))
        k->m.alloc(k->m.ctx, spare, room, 0);
    k->out.n = start;
    if (!k->in_call) conn_trim_out(k);
    return rc;
}

int kv_exec(kv *k, kv_session *s, size_t argc, const kv_slice *argv,
            kv_reply **out) {
    conn *c;
    size_t i;
    int rc = KV_OK;
    if (out) *out = NULL;
    if (!k || !argc || !argv || argc > INT_MAX) return KV_ARG;
    if (!api_enter(k)) return KV_BUSY;
    c = api_conn(k, s);
    if (c->flags & CONN_CLOSING) rc = KV_CLOSED;
    else if (!resp_room(k, argc)) rc = KV_NOMEM;
    for (i = 0; rc == KV_OK && i < argc; i++) {
        if (argv[i].n && !argv[i].p) rc = KV_ARG;
        if (argv[i].n > (u64)k->p.proto_max_bulk_len) rc = KV_TOOBIG;
        k->args[i] = str_of(argv[i].p ? argv[i].p : "", argv[i].n);
    }
    if (rc == KV_OK) rc = api_exec(k, c, argc, k->args, out);
    return api_left(k, rc);
}

int kv_exec_line(kv *k, kv_session *s, const char *line, kv_reply **out) {
    struct resp_in in;
    conn *c;
    size_t n, argc;
    u8 *b;
    int rc;
    if (out) *out = NULL;
    if (!k || !line || strchr(line, '\n')) return KV_ARG;
    n = strlen(line);
    if (!api_enter(k)) return KV_BUSY;
    c = api_conn(k, s);
    b = mem_try(&k->h, n + 2);
    if (!b || c->flags & CONN_CLOSING) {
        rc = b ? KV_CLOSED : KV_NOMEM;
    } else {
        memcpy(b, line, n);
        b[n] = '\n';
        memset(&in, 0, sizeof in);
        in.k = k;
        in.p = b;
        in.n = n + 1;
        if (resp_inline(&in, 0, &argc) == RESP_DONE)
            rc = api_exec(k, c, argc, k->args, out);
        else rc = in.error == E_NO_MEMORY ? KV_NOMEM : KV_ARG;
    }
    if (b) mem_free(&k->h, b, n + 2);
    return api_left(k, rc);
}

/* ---- RESP through memory ---- */

/* Executes what a session was fed, as far as it may, and keeps the replies. */
static void api_feed(kv *k, conn *c) {
    size_t used, start = k->out.n;
    do {
        k->turn_left = TURN_COMMANDS; /* the caller's time */
        used = c->in.p
                   ? turn_input(k, c, c->in.p + c->in_at, c->in.n - c->in_at)
                   : 0;
        c->in_at += used;
        if (c->in_at == c->in.n) {
            buf_free(&k->h, &c->in);
            c->in_at = 0;
        }
        if (k->out.n > start) conn_queue(c, k->out.p + start, k->out.n - start);
        if (k->need) c->held = k->need;
        k->out.n = start;
    } while (c->flags & CONN_READY && conn_unsent(c) <= OUT_HIGH);
    conn_trim_out(k);
}

int kv_feed(kv_session *s, const void *p, size_t n) {
    conn *c = (conn *)(void *)s;
    kv *k;
    int rc;
    if (!c || (n && !p)) return KV_ARG;
    k = c->k;
    if (!api_enter(k)) return KV_BUSY;
    if (c->in_at) {
        c->in.n -= c->in_at;
        memmove(c->in.p, c->in.p + c->in_at, c->in.n);
        c->in_at = 0;
    }
    rc = c->flags & CONN_CLOSING ? KV_CLOSED : KV_OK;
    if (rc == KV_OK && !buf_put(&k->h, &c->in, p, n)) rc = KV_NOMEM;
    if (rc == KV_OK) {
        k->n.net_in += n;
        c->got += n;
        c->seen = k->mono;
        if (!(c->flags & CONN_READY)) api_feed(k, c);
        if ((i64)(c->in.n - c->in_at) > k->p.query_limit) conn_kill(c);
        if (c->flags & CONN_CLOSING) rc = KV_CLOSED;
    }
    return api_left(k, rc);
}

int kv_pending(kv_session *s, kv_slice *out) {
    conn *c = (conn *)(void *)s;
    int rc;
    if (!c || !out) return KV_ARG;
    lock_in(c->k);
    out->p = c->out.p ? c->out.p + c->out_at : NULL;
    out->n = conn_unsent(c);
    if (KV_RARELY(c->k->aof != NULL) && !aof_is_safe(c->k, c->held)) out->n = 0;
    rc = c->flags & CONN_CLOSING ? KV_CLOSED : KV_NONE;
    if (out->n) rc = KV_OK;
    lock_out(c->k);
    return rc;
}

void kv_consume(kv_session *s, size_t n) {
    conn *c = (conn *)(void *)s;
    kv *k;
    if (!c) return;
    k = c->k;
    lock_in(k);
    if (api_busy(k)) {
        lock_out(k);
        return;
    }
    c->out_at += min_z(n, conn_unsent(c));
    c->sent += n;
    k->n.net_out += n;
    k->need = 0;
    if (conn_unsent(c) == 0) {
        buf_free(&k->h, &c->out);
        c->out_at = 0;
    }
    if (c->flags & CONN_READY && conn_unsent(c) <= OUT_HIGH) {
        turn_begin(k);
        api_feed(k, c);
    }
    api_leave(k);
}

/* ---- commands of one's own ---- */

int kv_add_command(kv *k, const kv_command *row) {
    int rc;
    if (!k || !row || !row->name || !row->keys || !row->group || !row->since ||
        !row->complexity || !row->summary || !row->args)
        return KV_ARG;
    lock_in(k);
    rc = api_busy(k) ? KV_BUSY : rows_add(k, row);
    lock_out(k);
    return rc;
}

size_t kv_call_argc(kv_call *c) { return c->argc; }

kv_slice kv_call_arg(kv_call *c, size_t i) {
    kv_slice s = {NULL, 0};
    if (i < c->argc) {
        s.p = c->argv[i].p;
        s.n = c->argv[i].n;
    }
    return s;
}

void *kv_call_ctx(kv_call *c) { return c->cmd->row->ctx; }

kv *kv_call_kv(kv_call *c) { return c->k; }
int kv_call_dbnum(kv_call *c) { return c->c->dbnum; }
int64_t kv_call_now_ms(kv_call *c) { return c->k->now; }

int kv_call_view(kv_call *c, kv_slice key, kv_slice *out) {
    ent *e;
    str v;
    if (!out || (key.n && !key.p)) return KV_ARG;
    e = key_read(c, str_of(key.p ? key.p : "", key.n));
    if (!e) return KV_NONE;
    if (ent_type(e) != ENT_STRING) return KV_WRONGTYPE;
    v = ent_val(e);
    out->p = v.p;
    out->n = v.n;
    return KV_OK;
}

/* Runs a command in the caller's session; its reply becomes a tree in *out, or
 * stays where the caller's own would be if `out` is NULL. */
static int api_nest(kv_call *c, size_t argc, const kv_slice *argv,
                    kv_reply **out) {
    kv *k = c->k;
    struct request r;
    str few[16], *v = few;
    size_t i;
    int rc = KV_OK;
    if (!argc || !argv || argc > INT_MAX) return KV_ARG;
    for (i = 0; i < argc; i++) {
        if (argv[i].n && !argv[i].p) return KV_ARG;
        if (argv[i].n > (u64)k->p.proto_max_bulk_len) return KV_TOOBIG;
    }
    if (k->in_call > 16) return KV_TOOBIG;
    if (argc > COUNT(few) && !(v = mem_try(&k->h, argc * sizeof *v)))
        return KV_NOMEM;
    for (i = 0; i < argc; i++)
        v[i] = str_of(argv[i].p ? argv[i].p : "", argv[i].n);
    if (out) {
        rc = api_exec(k, c->c, argc, v, out);
    } else {
        memset(&r, 0, sizeof r);
        r.argv = v;
        r.argc = argc;
        r.cmd = cmd_of(k, v, argc);
        turn_call(k, c->c, &r);
    }
    c->d = k->dbs[c->c->dbnum];
    c->hash_key.p = NULL; /* it was for the database of before */
    if (v != few) mem_free(&k->h, v, argc * sizeof *v);
    return rc;
}

int kv_call_exec(kv_call *c, size_t argc, const kv_slice *argv) {
    return api_nest(c, argc, argv, NULL);
}

int kv_call_reply(kv_call *c, size_t argc, const kv_slice *argv,
                  kv_reply **out) {
    if (!out) return KV_ARG;
    *out = NULL;
    return api_nest(c, argc, argv, out);
}

void kv_put_nil(kv_call *c) { reply_null(c); }
void kv_put_simple(kv_call *c, const char *text) { reply_simple(c, text); }
void kv_put_error(kv_call *c, const char *text) {
    reply_error_text(c, str_c(text));
}
void kv_put_int(kv_call *c, int64_t n) { reply_int(c, n); }
void kv_put_string(kv_call *c, kv_slice s) { reply_bulk(c, str_of(s.p, s.n)); }
void kv_put_double(kv_call *c, double d) { reply_double(c, d); }
void kv_put_bool(kv_call *c, int b) { reply_bool(c, b); }
void kv_put_bignum(kv_call *c, const char *digits) { reply_bignum(c, digits); }
void kv_put_verbatim(kv_call *c, kv_slice text) {
    reply_verbatim(c, str_of(text.p, text.n));
}
void kv_put_array(kv_call *c, size_t n) { reply_array(c, n); }
void kv_put_map(kv_call *c, size_t n) { reply_map(c, n); }
void kv_put_set(kv_call *c, size_t n) { reply_set(c, n); }

/* ---- watching ---- */

void kv_on_event(kv *k, kv_event_fn fn, void *ctx) {
    lock_in(k);
    k->on_event = fn;
    k->on_event_ctx = ctx;
    k->noting = fn != NULL;
    special_look(k);
    lock_out(k);
}

void kv_on_change(kv *k, kv_change_fn fn, void *ctx) {
    lock_in(k);
    k->on_change = fn;
    k->on_change_ctx = ctx;
    k->recording = fn || k->aof;
    special_look(k);
    lock_out(k);
}

int kv_stats(kv *k, kv_statistics *out) {
    kv_statistics s;
    i64 i;
    size_t size;
    if (!k || !out || !out->size || out->size > 4096) return KV_ARG;
    lock_in(k);
    memset(&s, 0, sizeof s);
    size = s.size = out->size;
    for (i = 0; i < k->p.databases; i++)
        if (k->dbs[i]) {
            s.keys += k->dbs[i]->t.count;
            s.expires += k->dbs[i]->x.count;
        }
    s.used_memory = k->m.used;
    s.peak_memory = max_z(k->m.peak, k->m.used);
    s.held_memory = k->m.held;
    s.commands = k->n.commands;
    s.connections = k->n.connections;
    s.clients = k->clients;
    s.expired = k->n.expired;
    s.evicted = k->n.evicted;
    s.hits = k->n.hits;
    s.misses = k->n.misses;
    s.net_input = k->n.net_in;
    s.net_output = k->n.net_out;
    lock_out(k);
    memcpy(out, &s, min_z(size, sizeof s));
    return KV_OK;
}

int kv_check(kv *k) {
    struct chk x;
    int rc;
    if (!k) return KV_ARG;
    lock_in(k);
    rc = api_busy(k) ? KV_BUSY : chk_all(&x, k) ? KV_OK : KV_CORRUPT;
    if (rc == KV_CORRUPT) api_message(k, "%s", x.why);
    lock_out(k);
    return rc;
}

#if KV_MAIN
/* ==== host: what a client needs of the operating system ==================
 *
 * Sockets do not block; what waits does so until a point of the monotonic
 * clock (HOST_NEVER: without end) or a SIGINT that host_catch() asked for.
 * Results are sizes, descriptors or KV_ codes; errno stays inside: `why`
 * receives the reason in words, HOST_WHY bytes with the zero.
 */
#include <signal.h>

enum { HOST_WHY = 160, HOST_KEEPALIVE = 15 /* seconds */ };
#define HOST_NEVER INT64_MAX

static volatile sig_atomic_t host_signal; /* SIGINT came */

static void host_on_signal(int sig) { host_signal = sig; }

/* From now on SIGINT only interrupts what waits; 0: it ends the process. */
static void host_catch(int on) {
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on ? host_on_signal : SIG_DFL;
    sigaction(SIGINT, &sa, NULL);
}

/* Whether SIGINT came since it was asked last. */
static int host_interrupted(void) {
    int came = host_signal != 0;
    host_signal = 0;
    return came;
}

/* A heap of the program's own, without an instance. */
static void host_heap(mem *m, heap *h) {
    memset(m, 0, sizeof *m);
    mem_init(m);
    m->alloc = sys_alloc;
    heap_init(h, m);
}

static i64 host_now(void) { return sys_mono(NULL); } /* us */

/* The deadline that is `ms` from now; -1: none. */
static i64 host_until(int ms) {
    return ms < 0 ? HOST_NEVER : host_now() + (i64)ms * 1000;
}

static int host_terminal(int fd) { return isatty(fd); }

static void host_reason(char *why, const char *text) {
    snprintf(why, HOST_WHY, "%s", text);
}

static int host_errno(char *why) {
    int e = errno;
    host_reason(why, strerror(e));
    return sys_code(e);
}

/* Waits for one of several descriptors, each with the events it shall report;
 * negative ones only take part. How many have some; KV_AGAIN: it is `until`;
 * KV_INTERRUPTED. It looks up now and then, for a signal that came just before
 * it began to wait. */
static int host_poll(struct pollfd *fds, size_t n, i64 until) {
    enum { LOOK = 200 /* ms */ };
    for (;;) {
        i64 left =
            until == HOST_NEVER ? LOOK : (until - host_now() + 999) / 1000;
        int got;
        if (host_signal) return KV_INTERRUPTED;
        got = poll(fds, (nfds_t)n, (int)(left < 0 ? 0 : min_i(left, LOOK)));
        if (got > 0) return got;
        if (got < 0 && errno != EINTR) return KV_IO;
        if (left <= 0) return KV_AGAIN;
    }
}

/* The events that have happened, or a code as host_poll() gives it. */
static int host_wait(int fd, int events, i64 until) {
    struct pollfd p;
    int rc;
    p.fd = fd;
    p.events = (short)events;
    p.revents = 0;
    rc = host_poll(&p, 1, until);
    return rc < 0 ? rc : p.revents;
}

/* KV_OK: the time is over, or KV_INTERRUPTED. */
static int host_sleep_ms(i64 ms) {
    int rc = ms > 0 ? host_poll(NULL, 0, host_now() + ms * 1000) : KV_AGAIN;
    return rc == KV_AGAIN ? KV_OK : rc;
}

/* ---- connections ---- */

static int host_connected(int fd, i64 until, char *why) {
    socklen_t n = sizeof(int);
    int e = 0, rc = host_wait(fd, POLLOUT, until);
    if (rc == KV_AGAIN) host_reason(why, "Connection timed out");
    if (rc == KV_INTERRUPTED) host_reason(why, "Interrupted");
    if (rc < 0) return rc;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &n)) return host_errno(why);
    if (!e) return KV_OK;
    errno = e;
    host_errno(why);
    return KV_IO;
}

static int host_connect_once(int fd, const struct sockaddr *sa, socklen_t n,
                             i64 until, char *why) {
    if (connect(fd, sa, n) == 0) return KV_OK;
    if (errno == EINPROGRESS || errno == EINTR)
        return host_connected(fd, until, why);
    return host_errno(why);
}

/* A descriptor, or a code. A unix socket whose queue is full is tried again
 * until there is room. */
static int host_connect_to(const struct sockaddr *sa, socklen_t n, i64 until,
                           char *why) {
    int rc, fd = socket(sa->sa_family, SOCK_STREAM, 0);
    if (fd < 0) return host_errno(why);
    if (sys_unblock(fd) != KV_OK) rc = host_errno(why);
    else rc = host_connect_once(fd, sa, n, until, why);
    while (rc == KV_AGAIN && sa->sa_family == AF_UNIX && host_now() < until &&
           host_sleep_ms(10) == KV_OK)
        rc = host_connect_once(fd, sa, n, until, why);
    if (rc == KV_OK) return fd;
    close(fd);
    return rc;
}

static int host_connect_unix(const char *path, int timeout_ms, char *why) {
    struct sockaddr_un sa;
    size_t n = strlen(path);
    memset(&sa, 0, sizeof sa);
    sa.sun_family = AF_UNIX;
    if (n >= sizeof sa.sun_path) {
        host_reason(why, "the path is too long");
        return KV_IO;
    }
    memcpy(sa.sun_path, path, n + 1);
    return host_connect_to((struct sockaddr *)&sa, sizeof sa,
                           host_until(timeout_ms), why);
}

/* Tries each address of the host. Looking the name up has no deadline. */
static int host_connect(const char *host, int port, int timeout_ms, char *why) {
    struct addrinfo hint, *list = NULL, *a;
    i64 until = host_until(timeout_ms);
    char service[16];
    int rc;
    snprintf(service, sizeof service, "%d", port);
    memset(&hint, 0, sizeof hint);
    hint.ai_socktype = SOCK_STREAM;
    rc = getaddrinfo(host, service, &hint, &list);
    if (rc) {
        host_reason(why, gai_strerror(rc));
        return KV_IO;
    }
    rc = KV_IO;
    host_reason(why, "the host has no address");
    for (a = list; a && rc < 0 && rc != KV_INTERRUPTED; a = a->ai_next)
        rc = host_connect_to(a->ai_addr, a->ai_addrlen, until, why);
    freeaddrinfo(list);
    if (rc >= 0) sys_socket_options(rc, HOST_KEEPALIVE);
    return rc;
}

static void host_close(int fd) {
    if (fd >= 0) close(fd);
}

/* ---- bytes ---- */

/* Frees a buffer at once: large blocks would wait for mem_reap(). */
static void host_free(heap *h, buf *b) {
    buf_free(h, b);
    while (mem_reap(h->m)) {
    }
}

/* What there is now: bytes, 0 at the end, KV_AGAIN, KV_IO. Where the
 * descriptor blocks, the first byte is waited for, or KV_INTERRUPTED. */
static i64 host_read(int fd, void *p, size_t n, char *why) {
    ssize_t got;
    do got = read(fd, p, n);
    while (got < 0 && errno == EINTR && !host_signal);
    if (got >= 0) return got;
    if (errno == EINTR) return KV_INTERRUPTED;
    return host_errno(why) == KV_AGAIN ? KV_AGAIN : KV_IO;
}

/* Sends what fits now: bytes, KV_AGAIN, KV_IO. */
static i64 host_send(int fd, const void *p, size_t n, char *why) {
    ssize_t put;
    do put = send(fd, p, n, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put >= 0) return put;
    return host_errno(why) == KV_AGAIN ? KV_AGAIN : KV_IO;
}

/* Appends everything up to the end of a descriptor that blocks. */
static int host_read_all(int fd, heap *h, buf *b, char *why) {
    for (;;) {
        i64 got;
        if (!buf_room(h, b, READ_SIZE)) return KV_NOMEM;
        got = host_read(fd, b->p + b->n, b->cap - b->n, why);
        if (got == KV_AGAIN) got = host_wait(fd, POLLIN, HOST_NEVER);
        else if (got > 0) b->n += (size_t)got;
        else return (int)got;
        if (got < 0) return (int)got;
    }
}

/* ==== peer: a connection to a server, as its client has it ===============
 *
 * Requests are put into a buffer and sent with peer_flush(), which also takes
 * in what the server says meanwhile, so that two full buffers never wait for
 * each other. Replies are read one by one, as bytes that tree_scan() has
 * checked or as trees. Results are KV_OK or
 *   KV_AGAIN        the time is over; asking again goes on where it stopped
 *   KV_INTERRUPTED  SIGINT; likewise
 *   KV_ARG       the server answered with an error
 *   KV_CLOSED       the server closed the connection
 *   KV_IO, KV_CORRUPT, KV_NOMEM    it broke, it said what is no RESP, no memory
 * with the reason in peer.why. After the last two lines it is closed (fd < 0).
 */
struct peer_address {
    const char *host;
    int port;
    const char *path; /* a unix socket; NULL: host and port */
};

struct peer {
    heap *h;
    int fd;                /* -1: not connected */
    int ended;             /* the server sends no more */
    buf in;                /* bytes received */
    size_t in_at;          /* of these, bytes of replies that were taken */
    struct tree_scan scan; /* of the reply at in_at */
    buf out;               /* requests not sent yet */
    size_t out_at;         /* bytes of `out` that were */
    char why[512];
};

static void peer_init(struct peer *p, heap *h) {
    memset(p, 0, sizeof *p);
    p->h = h;
    p->fd = -1;
}

/* Forgets what was received and what was to be sent, too. */
static void peer_close(struct peer *p) {
    host_close(p->fd);
    p->fd = -1;
    p->ended = 0;
    host_free(p->h, &p->in);
    host_free(p->h, &p->out);
    p->in_at = p->out_at = 0;
}

static void peer_free(struct peer *p) { peer_close(p); }

static int peer_fail(struct peer *p, int code, const char *why) {
    if (why != p->why) snprintf(p->why, sizeof p->why, "%s", why);
    if (code != KV_ARG) peer_close(p);
    return code;
}

static int peer_open(struct peer *p, const struct peer_address *to,
                     int timeout_ms) {
    int fd;
    peer_close(p);
    fd = to->path ? host_connect_unix(to->path, timeout_ms, p->why)
                  : host_connect(to->host, to->port, timeout_ms, p->why);
    if (fd < 0) return fd;
    p->fd = fd;
    tree_begin(&p->scan);
    return KV_OK;
}

/* ---- input ---- */

/* Drops the first *at bytes when what is left is not more, so that no byte
 * moves often. */
static void peer_forget(buf *b, size_t *at) {
    size_t left = b->n - *at;
    if (!*at || *at < left) return;
    memmove(b->p, b->p + *at, left);
    b->n = left;
    *at = 0;
}

/* Makes room behind what was received. */
static int peer_in_room(struct peer *p) {
    peer_forget(&p->in, &p->in_at);
    if (!p->in.n && p->in.cap > MEM_CHUNK) host_free(p->h, &p->in);
    return buf_room(p->h, &p->in, READ_SIZE / 4);
}

/* Takes in what has come; KV_AGAIN: nothing has. */
static int peer_take(struct peer *p) {
    i64 got;
    if (!peer_in_room(p)) return peer_fail(p, KV_NOMEM, "out of memory");
    got = host_read(p->fd, p->in.p + p->in.n, p->in.cap - p->in.n, p->why);
    if (got == KV_IO) return peer_fail(p, KV_IO, p->why);
    if (got < 0) return KV_AGAIN;
    p->in.n += (size_t)got;
    p->ended = got == 0;
    return KV_OK;
}

static int peer_corrupt(struct peer *p) {
    char b[64];
    u8 c = p->in.p[p->in_at + p->scan.at];
    if (p->scan.at || tree_is("+-:_#,($=!*~>%|", c)) {
        char why[128];
        snprintf(why, sizeof why, "Protocol error: %s", p->scan.why);
        return peer_fail(p, KV_CORRUPT, why);
    }
    if (c >= ' ' && c < 127) snprintf(b, sizeof b, "%c", c);
    else snprintf(b, sizeof b, "\\x%02x", c);
    snprintf(p->why, sizeof p->why,
             "Protocol error, got \"%s\" as reply type byte", b);
    return peer_fail(p, KV_CORRUPT, p->why);
}

/* The bytes of the next reply, valid until the next call; `checked` receives
 * what tree_build() needs. With the deadline 0 it waits for nothing. */
static int peer_next(struct peer *p, str *bytes, struct tree_scan *checked,
                     i64 until) {
    int rc;
    *bytes = str_of(NULL, 0);
    if (p->fd < 0) return KV_CLOSED;
    for (;;) {
        rc = p->in.n == p->in_at
                 ? TREE_MORE
                 : tree_scan(&p->scan, p->in.p + p->in_at, p->in.n - p->in_at);
        if (rc == TREE_BAD) return peer_corrupt(p);
        if (rc == TREE_WHOLE) break;
        if (p->ended)
            return peer_fail(p, KV_CLOSED, "Server closed the connection");
        rc = peer_take(p);
        if (rc == KV_AGAIN) rc = host_wait(p->fd, POLLIN, until);
        if (rc < 0) return rc;
    }
    *bytes = str_of(p->in.p + p->in_at, p->scan.at);
    if (checked) *checked = p->scan;
    p->in_at += p->scan.at;
    tree_begin(&p->scan);
    return KV_OK;
}

/* The next reply as a tree, for peer_drop(); pushes come like any other. */
static int peer_reply(struct peer *p, kv_reply **out, i64 until) {
    struct tree_scan s;
    str bytes;
    int rc = peer_next(p, &bytes, &s, until);
    *out = NULL;
    if (rc != KV_OK) return rc;
    *out = tree_build(p->h->m, &s, bytes.p, NULL, 0);
    return *out ? KV_OK : peer_fail(p, KV_NOMEM, "out of memory");
}

static void peer_drop(struct peer *p, kv_reply *r) { tree_free(p->h->m, r); }

/* ---- output ---- */

static int peer_head(struct peer *p, char mark, size_t n) {
    u8 b[32];
    size_t len = 1;
    b[0] = (u8)mark;
    len += num_put_u(b + 1, n);
    b[len++] = '\r';
    b[len++] = '\n';
    return buf_put(p->h, &p->out, b, len);
}

/* Adds a request to what is to be sent. */
static int peer_put(struct peer *p, size_t argc, const str *argv) {
    size_t i;
    int ok;
    if (p->fd < 0) return KV_CLOSED;
    ok = peer_head(p, '*', argc);
    for (i = 0; ok && i < argc; i++)
        ok = peer_head(p, '$', argv[i].n) &&
             buf_put(p->h, &p->out, argv[i].p, argv[i].n) &&
             buf_put(p->h, &p->out, "\r\n", 2);
    return ok ? KV_OK : peer_fail(p, KV_NOMEM, "out of memory");
}

/* Sends what the socket takes now: KV_OK: all is sent, KV_AGAIN: not yet. A
 * server that takes no more may still have said why: the rest is then dropped,
 * and peer_next() tells. */
static int peer_push(struct peer *p) {
    while (p->out_at < p->out.n) {
        i64 put = host_send(p->fd, p->out.p + p->out_at, p->out.n - p->out_at,
                            p->why);
        if (put == KV_AGAIN) {
            peer_forget(&p->out, &p->out_at);
            return KV_AGAIN;
        }
        p->out_at = put < 0 ? p->out.n : p->out_at + (size_t)put;
    }
    p->out_at = p->out.n = 0;
    if (p->out.cap > MEM_CHUNK) host_free(p->h, &p->out);
    return KV_OK;
}

/* Sends everything that was put. */
static int peer_flush(struct peer *p, i64 until) {
    int rc;
    if (p->fd < 0) return KV_CLOSED;
    while ((rc = peer_push(p)) == KV_AGAIN) {
        rc = host_wait(p->fd, p->ended ? POLLOUT : POLLIN | POLLOUT, until);
        if (rc < 0) return rc;
        if (rc & POLLIN && !p->ended && (rc = peer_take(p)) != KV_OK &&
            rc != KV_AGAIN)
            return rc;
    }
    return rc;
}

static int peer_send(struct peer *p, size_t argc, const str *argv, i64 until) {
    int rc = peer_put(p, argc, argv);
    return rc == KV_OK ? peer_flush(p, until) : rc;
}

/* ---- requests ---- */

/* One request and its reply; pushes that come before it are dropped. */
static int peer_call(struct peer *p, size_t argc, const str *argv,
                     kv_reply **out, i64 until) {
    int rc = peer_send(p, argc, argv, until);
    *out = NULL;
    while (rc == KV_OK) {
        rc = peer_reply(p, out, until);
        if (rc != KV_OK || (*out)->type != KV_PUSH) break;
        peer_drop(p, *out);
    }
    return rc;
}

/* A request of which only success matters: KV_ARG with the server's words
 * in peer.why when it answers with an error. */
static int peer_do(struct peer *p, size_t argc, const str *argv, i64 until) {
    kv_reply *r;
    int rc = peer_call(p, argc, argv, &r, until);
    if (rc == KV_OK && r->type == KV_ERROR) rc = peer_fail(p, KV_ARG, r->str);
    peer_drop(p, r);
    return rc;
}

/* `user` may be NULL. */
static int peer_auth(struct peer *p, const char *user, const char *pass,
                     i64 until) {
    str v[3];
    size_t n = 0;
    v[n++] = LIT("AUTH");
    if (user) v[n++] = str_c(user);
    v[n++] = str_c(pass);
    return peer_do(p, n, v, until);
}

/* Changes the protocol to 2 or 3. */
static int peer_hello(struct peer *p, int proto, i64 until) {
    str v[2];
    v[0] = LIT("HELLO");
    v[1] = proto == 3 ? LIT("3") : LIT("2");
    return peer_do(p, 2, v, until);
}

static int peer_select(struct peer *p, i64 dbnum, i64 until) {
    u8 b[NUM_TEXT];
    str v[2];
    v[0] = LIT("SELECT");
    v[1] = str_of(b, num_put(b, dbnum));
    return peer_do(p, 2, v, until);
}

/* ==== term: the terminal: raw mode, size, keys, how text looks on it ====
 *
 * Input is descriptor 0, output descriptor 1. While raw mode is on, the signals
 * below are blocked but for the time spent waiting for input, so that each is
 * seen there, and none ends or stops the program before the terminal is as it
 * was. struct term holds what to put back.
 *
 * Text reaches the terminal through term_show() only. It shows control bytes
 * as ^X, bytes that are not UTF-8 and characters that have no look of their own
 * (C1, bidi and other format controls) as \xHH. A character and the zero-width
 * ones behind it form a unit; a cursor stands between units only.
 */
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>

/* ---- text ---- */

/* Characters that are not one column wide. Combining marks are listed for the
 * scripts of wide use; others count as one column. */
enum { TERM_HIDDEN = 9 }; /* no width: never sent to the terminal */
// clang-format off
static const struct term_range {
    u32 first, last, width;
} TERM_RANGES[] = {
    {0, 0x1f, 9},          {0x7f, 0x9f, 9},       {0xad, 0xad, 9},
    {0x300, 0x36f, 0},     {0x483, 0x489, 0},     {0x591, 0x5bd, 0},
    {0x5bf, 0x5bf, 0},     {0x5c1, 0x5c2, 0},     {0x5c4, 0x5c5, 0},
    {0x5c7, 0x5c7, 0},     {0x600, 0x605, 9},     {0x610, 0x61a, 0},
    {0x61c, 0x61c, 9},     {0x64b, 0x65f, 0},     {0x670, 0x670, 0},
    {0x6d6, 0x6dc, 0},     {0x6dd, 0x6dd, 9},     {0x6df, 0x6e4, 0},
    {0x6e7, 0x6e8, 0},     {0x6ea, 0x6ed, 0},     {0x70f, 0x70f, 9},
    {0x890, 0x891, 9},     {0x8e2, 0x8e2, 9},     {0x900, 0x902, 0},
    {0x93a, 0x93a, 0},     {0x93c, 0x93c, 0},     {0x941, 0x948, 0},
    {0x94d, 0x94d, 0},     {0x951, 0x957, 0},     {0x962, 0x963, 0},
    {0xe31, 0xe31, 0},     {0xe34, 0xe3a, 0},     {0xe47, 0xe4e, 0},
    {0xeb1, 0xeb1, 0},     {0xeb4, 0xebc, 0},     {0xec8, 0xecd, 0},
    {0x1100, 0x115f, 2},   {0x1160, 0x11ff, 0},   {0x180e, 0x180e, 9},
    {0x1ab0, 0x1aff, 0},   {0x1dc0, 0x1dff, 0},   {0x200b, 0x200b, 9},
    {0x200c, 0x200d, 0},   {0x200e, 0x200f, 9},   {0x2028, 0x202e, 9},
    {0x2060, 0x206f, 9},   {0x20d0, 0x20f0, 0},   {0x231a, 0x231b, 2},
    {0x2329, 0x232a, 2},   {0x23e9, 0x23ec, 2},   {0x23f0, 0x23f0, 2},
    {0x23f3, 0x23f3, 2},   {0x25fd, 0x25fe, 2},   {0x2614, 0x2615, 2},
    {0x2648, 0x2653, 2},   {0x267f, 0x267f, 2},   {0x2693, 0x2693, 2},
    {0x26a1, 0x26a1, 2},   {0x26aa, 0x26ab, 2},   {0x26bd, 0x26be, 2},
    {0x26c4, 0x26c5, 2},   {0x26ce, 0x26ce, 2},   {0x26d4, 0x26d4, 2},
    {0x26ea, 0x26ea, 2},   {0x26f2, 0x26f3, 2},   {0x26f5, 0x26f5, 2},
    {0x26fa, 0x26fa, 2},   {0x26fd, 0x26fd, 2},   {0x2705, 0x2705, 2},
    {0x270a, 0x270b, 2},   {0x2728, 0x2728, 2},   {0x274c, 0x274c, 2},
    {0x274e, 0x274e, 2},   {0x2753, 0x2755, 2},   {0x2757, 0x2757, 2},
    {0x2795, 0x2797, 2},   {0x27b0, 0x27b0, 2},   {0x27bf, 0x27bf, 2},
    {0x2b1b, 0x2b1c, 2},   {0x2b50, 0x2b50, 2},   {0x2b55, 0x2b55, 2},
    {0x2e80, 0x3029, 2},   {0x302a, 0x302d, 0},   {0x302e, 0x303e, 2},
    {0x3041, 0x3098, 2},   {0x3099, 0x309a, 0},   {0x309b, 0x3247, 2},
    {0x3250, 0x4dbf, 2},   {0x4e00, 0xa4cf, 2},   {0xa960, 0xa97f, 2},
    {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0},
    {0xfe10, 0xfe19, 2},   {0xfe20, 0xfe2f, 0},   {0xfe30, 0xfe6f, 2},
    {0xfeff, 0xfeff, 9},   {0xff01, 0xff60, 2},   {0xffe0, 0xffe6, 2},
    {0xfff9, 0xfffb, 9},   {0x110bd, 0x110bd, 9}, {0x110cd, 0x110cd, 9},
    {0x13430, 0x1343f, 9}, {0x16fe0, 0x18cff, 2}, {0x1aff0, 0x1b2ff, 2},
    {0x1bca0, 0x1bca3, 9}, {0x1d173, 0x1d17a, 9}, {0x1f004, 0x1f004, 2},
    {0x1f0cf, 0x1f0cf, 2}, {0x1f18e, 0x1f18e, 2}, {0x1f191, 0x1f19a, 2},
    {0x1f200, 0x1f320, 2}, {0x1f32d, 0x1f335, 2}, {0x1f337, 0x1f37c, 2},
    {0x1f37e, 0x1f393, 2}, {0x1f3a0, 0x1f3ca, 2}, {0x1f3cf, 0x1f3d3, 2},
    {0x1f3e0, 0x1f3f0, 2}, {0x1f3f4, 0x1f3f4, 2}, {0x1f3f8, 0x1f43e, 2},
    {0x1f440, 0x1f440, 2}, {0x1f442, 0x1f4fc, 2}, {0x1f4ff, 0x1f53d, 2},
    {0x1f54b, 0x1f54e, 2}, {0x1f550, 0x1f567, 2}, {0x1f57a, 0x1f57a, 2},
    {0x1f595, 0x1f596, 2}, {0x1f5a4, 0x1f5a4, 2}, {0x1f5fb, 0x1f64f, 2},
    {0x1f680, 0x1f6c5, 2}, {0x1f6cc, 0x1f6cc, 2}, {0x1f6d0, 0x1f6d2, 2},
    {0x1f6d5, 0x1f6df, 2}, {0x1f6eb, 0x1f6ef, 2}, {0x1f6f4, 0x1f6ff, 2},
    {0x1f7e0, 0x1f7f0, 2}, {0x1f90c, 0x1f93a, 2}, {0x1f93c, 0x1f945, 2},
    {0x1f947, 0x1f9ff, 2}, {0x1fa70, 0x1faff, 2}, {0x20000, 0x3fffd, 2},
    {0xe0000, 0xe001f, 9}, {0xe0020, 0xe007f, 0}, {0xe0100, 0xe01ef, 0}};
// clang-format on

static size_t term_code_width(u32 c) {
    size_t a = 0, b = COUNT(TERM_RANGES);
    while (a < b) {
        size_t i = (a + b) / 2;
        if (c > TERM_RANGES[i].last) a = i + 1;
        else if (c < TERM_RANGES[i].first) b = i;
        else return TERM_RANGES[i].width;
    }
    return 1;
}

/* The bytes of the character at p, 1 to 4; 0: they are not UTF-8. */
static size_t term_utf8(const u8 *p, size_t n, u32 *c) {
    static const u32 least[] = {0, 0, 0x80, 0x800, 0x10000};
    u8 b = p[0];
    size_t i, len = b < 0x80                 ? 1
                    : b >= 0xc2 && b <= 0xdf ? 2
                    : b >= 0xe0 && b <= 0xef ? 3
                    : b >= 0xf0 && b <= 0xf4 ? 4
                                             : 0;
    if (len == 0 || len > n) return 0;
    *c = len == 1 ? b : b & 0x7fu >> len;
    for (i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        *c = *c << 6 | (p[i] & 0x3fu);
    }
    if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
        return 0;
    return len;
}

/* One character, or byte that is none, as it is shown. */
struct term_glyph {
    size_t n;     /* bytes of the text */
    size_t len;   /* bytes at p */
    size_t width; /* columns */
    u8 p[16];
};

static void term_glyph_byte(struct term_glyph *g, u8 c) {
    static const char hex[] = "0123456789abcdef";
    u8 *p = g->p + g->len;
    size_t n = 4;
    if (c < 0x20 || c == 0x7f) {
        p[0] = '^';
        p[1] = c ^ 0x40;
        n = 2;
    } else {
        p[0] = '\\';
        p[1] = 'x';
        p[2] = (u8)hex[c >> 4];
        p[3] = (u8)hex[c & 15];
    }
    g->len += n;
    g->width += n;
}

/* A zero-width character that begins the text has nothing to stand on: it is
 * shown as bytes. */
static struct term_glyph term_glyph(str s, size_t at) {
    struct term_glyph g;
    size_t i;
    u32 c = 0;
    g.n = term_utf8(s.p + at, s.n - at, &c);
    g.width = g.n ? c - 0x20 < 0x5f ? 1 : term_code_width(c) : TERM_HIDDEN;
    g.len = g.n;
    if (g.n == 0) g.n = 1;
    if (g.width == TERM_HIDDEN || (g.width == 0 && at == 0)) {
        g.len = g.width = 0;
        for (i = 0; i < g.n; i++) term_glyph_byte(&g, s.p[at + i]);
    } else {
        memcpy(g.p, s.p + at, g.len);
    }
    return g;
}

/* The end of the unit that begins at `at`. */
static size_t term_next(str s, size_t at) {
    if (at < s.n) at += term_glyph(s, at).n;
    while (at < s.n) {
        struct term_glyph g = term_glyph(s, at);
        if (g.width) break;
        at += g.n;
    }
    return at;
}

/* The start of the unit that ends at `at`. */
static size_t term_prev(str s, size_t at) {
    size_t k;
    while (at) {
        for (k = min_z(4, at); k > 1; k--)
            if (term_glyph(s, at - k).n == k) break;
        at -= k;
        if (at == 0 || term_glyph(s, at).width) break;
    }
    return at;
}

/* `at` itself when it is between units, else the end of the unit it is in. */
static size_t term_snap(str s, size_t at) {
    size_t k, n;
    if (at >= s.n) return s.n;
    for (k = 1; k <= 3 && k <= at; k++) {
        n = term_glyph(s, at - k).n;
        if (n <= k) continue;
        at += n - k;
        break;
    }
    while (at && at < s.n) {
        struct term_glyph g = term_glyph(s, at);
        if (g.width) break;
        at += g.n;
    }
    return at;
}

static size_t term_columns(str s, size_t from, size_t to) {
    size_t cols = 0;
    while (from < to) {
        struct term_glyph g = term_glyph(s, from);
        cols += g.width;
        from += g.n;
    }
    return cols;
}

/* Where the visible part of `s` begins in a field of `*room` columns that has
 * to show the place `at`; *room becomes the column of that place. */
static size_t term_view(str s, size_t at, size_t *room) {
    size_t cols = term_columns(s, 0, at), step = max_z(*room / 2, 1);
    size_t from = 0, past = 0, skip = 0;
    if (cols > *room) skip = (cols - *room + step - 1) / step * step;
    while (past < skip) {
        past += term_glyph(s, from).width;
        from = term_next(s, from);
    }
    *room = cols - past;
    return from;
}

/* Appends what `s` from `from` on looks like, up to `*room` columns; *room
 * becomes what is left of them. Returns how far in `s` it came; SIZE_MAX: no
 * memory. */
static size_t term_show(heap *h, buf *to, str s, size_t from, size_t *room) {
    while (from < s.n) {
        struct term_glyph g = term_glyph(s, from);
        if (g.width > *room) break;
        if (!buf_put(h, to, g.p, g.len)) return SIZE_MAX;
        *room -= g.width;
        from += g.n;
    }
    return from;
}

/* ---- the device ---- */

/* A terminal that can be edited on. */
static int term_is(int fd) {
    const char *name = getenv("TERM");
    return isatty(fd) && !(name && strcmp(name, "dumb") == 0);
}

/* Columns; 80 when nobody knows. */
static int term_width(int fd) {
    const char *env = getenv("COLUMNS");
    i64 n;
#ifdef TIOCGWINSZ
    struct winsize w;
    if (ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col) return w.ws_col;
#endif
    (void)fd;
    if (env && num_parse(str_c(env), &n) && n > 0 && n < 10000) return (int)n;
    return 80;
}

static const int TERM_SIGNALS[] = {SIGINT,  SIGTERM, SIGHUP,
                                   SIGQUIT, SIGTSTP, SIGCONT,
#ifdef SIGWINCH
                                   SIGWINCH
#endif
};
enum { /* bits over TERM_SIGNALS */
       TERM_INT = 1,
       TERM_DEADLY = 15, /* by default they end the program */
       TERM_STOP = 16,
       TERM_CONT = 32,
       TERM_MEANT = 31 /* whose handling before raw mode counts */
};

enum {
    TERM_AHEAD = 16 << 20, /* bytes read ahead */
    TERM_PASTE_MS = 1000   /* how long a paste may pause */
};
#define TERM_PASTE_END "\x1b[201~"

static volatile sig_atomic_t term_signals; /* those that came in raw mode */

static void term_on_signal(int sig) {
    size_t i;
    for (i = 0; i < COUNT(TERM_SIGNALS); i++)
        if (TERM_SIGNALS[i] == sig) term_signals |= 1 << i;
}

struct term {
    struct termios was;
    sigset_t mask; /* signals blocked before */
    struct sigaction acts[COUNT(TERM_SIGNALS)];
    heap *h;
    buf in;       /* what was read */
    size_t in_at; /* up to here it was used */
    int out;      /* where it is shown */
    int on;       /* raw */
    int pasting;  /* between the marks of a paste */
    int was_cr;   /* a line feed now belongs to the carriage return before */
    int secret;   /* a password: nothing is read ahead, it is shown as stars */
};

/* Writes all of it to the terminal; 0: the terminal is gone. */
static int term_write(const struct term *t, const void *p, size_t n) {
    const u8 *b = p;
    while (n) {
        ssize_t put = write(t->out, b, n);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            struct pollfd f = {1, POLLOUT, 0};
            f.fd = t->out;
            poll(&f, 1, 1000);
            continue;
        }
        if (put <= 0) return 0;
        b += put;
        n -= (size_t)put;
    }
    return 1;
}

static int term_set(const struct termios *to) {
    int rc;
    do rc = tcsetattr(0, TCSADRAIN, to);
    while (rc < 0 && errno == EINTR);
    return rc == 0;
}

static void term_signals_in(struct term *t) {
    struct sigaction sa;
    sigset_t set;
    size_t i;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = term_on_signal;
    sigfillset(&sa.sa_mask);
    sigemptyset(&set);
    for (i = 0; i < COUNT(TERM_SIGNALS); i++) sigaddset(&set, TERM_SIGNALS[i]);
    sigprocmask(SIG_BLOCK, &set, &t->mask);
    term_signals = 0;
    for (i = 0; i < COUNT(TERM_SIGNALS); i++) {
        sigaction(TERM_SIGNALS[i], NULL, &t->acts[i]);
        if (!(TERM_MEANT >> i & 1) || t->acts[i].sa_handler != SIG_IGN)
            sigaction(TERM_SIGNALS[i], &sa, NULL);
    }
}

static void term_signals_out(struct term *t) {
    size_t i;
    for (i = 0; i < COUNT(TERM_SIGNALS); i++)
        sigaction(TERM_SIGNALS[i], &t->acts[i], NULL);
    sigprocmask(SIG_SETMASK, &t->mask, NULL);
}

/* Bytes as they are typed, no echo, pastes marked; 0: not a terminal, nothing
 * changed. A password is read from any terminal, lest it be echoed. */
static int term_raw(struct term *t) {
    struct termios to;
    t->out = t->secret && !isatty(1) ? 2 : 1;
    if (!t->secret && (!term_is(0) || !term_is(1))) return 0;
    if (tcgetattr(0, &t->was)) return 0;
    term_signals_in(t);
    to = t->was;
    to.c_iflag &=
        ~(tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON);
    to.c_oflag &= ~(tcflag_t)OPOST;
    to.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    to.c_cc[VMIN] = 1;
    to.c_cc[VTIME] = 0;
    t->on = term_set(&to) && term_write(t, "\x1b[?2004h", 8);
    if (t->on) return 1;
    term_set(&t->was);
    term_signals_out(t);
    return 0;
}

/* Puts everything back; then lets the signals act that came meanwhile. */
static void term_cooked(struct term *t) {
    size_t i;
    int came = (int)term_signals;
    if (!t->on) return;
    t->on = 0;
    term_write(t, "\x1b[?2004l", 8);
    term_set(&t->was);
    term_signals = 0;
    term_signals_out(t);
    for (i = 0; i < COUNT(TERM_SIGNALS); i++)
        if (came & TERM_MEANT & 1 << i) kill(getpid(), TERM_SIGNALS[i]);
}

enum { TERM_READY, TERM_IDLE, TERM_WOKEN };

/* Waits up to `ms` (-1: for ever) for input; TERM_WOKEN: a signal came. */
static int term_wait(struct term *t, int ms) {
    struct timespec wait;
    fd_set set;
    int n;
    wait.tv_sec = ms / 1000;
    wait.tv_nsec = ms % 1000 * 1000000L;
    FD_ZERO(&set);
    FD_SET(0, &set);
    n = pselect(1, &set, NULL, NULL, ms < 0 ? NULL : &wait, &t->mask);
    if (term_signals || (n < 0 && errno == EINTR)) return TERM_WOKEN;
    return n ? TERM_READY : TERM_IDLE; /* a failure shows when it is read */
}

/* Input that is there, at most `n` bytes of it; 0: there will be none. */
static size_t term_read(void *p, size_t n) {
    for (;;) {
        ssize_t got = read(0, p, n);
        struct pollfd f = {0, POLLIN, 0};
        if (got >= 0) return (size_t)got;
        if (errno == EAGAIN || errno == EWOULDBLOCK) poll(&f, 1, 1000);
        else if (errno != EINTR) return 0;
    }
}

static str term_ahead(const struct term *t) {
    if (!t->in.p) return str_of(NULL, 0);
    return str_of(t->in.p + t->in_at, t->in.n - t->in_at);
}

/* Waits for bytes and takes them in; 0: none will come; -1: no memory. */
static int term_fill(struct term *t) {
    str s = term_ahead(t);
    size_t n = t->secret ? 1 : 4096;
    if (t->in_at && s.n) memmove(t->in.p, s.p, s.n);
    t->in.n = s.n;
    t->in_at = 0;
    if (!buf_room(t->h, &t->in, n)) return -1;
    n = term_read(t->in.p + t->in.n, n);
    t->in.n += n;
    return n > 0;
}

/* Takes in what has come already, and a paste to its end, so that they do not
 * pass through the terminal's own line editing. */
static void term_drain(struct term *t) {
    int ms = t->pasting ? TERM_PASTE_MS : 0;
    size_t from = 0;
    while (t->on && !t->secret && term_ahead(t).n < TERM_AHEAD) {
        str s = term_ahead(t);
        for (; ms && from + 6 <= s.n; from++)
            if (memcmp(s.p + from, TERM_PASTE_END, 6) == 0) ms = 0;
        if (term_wait(t, ms) != TERM_READY || term_fill(t) <= 0) break;
    }
}

/* Stops the job that this program is in, for ctrl-Z, or, when a signal asked
 * for it, this program. 0: afterwards there is no terminal. */
static int term_suspend(struct term *t, int job) {
    term_cooked(t);
    if (job) kill(0, SIGTSTP);
    return term_raw(t);
}

/* ---- keys ---- */

enum {                  /* bytes below 32 and 127 stand for themselves */
       TERM_TEXT = 256, /* a run of bytes to be inserted */
       TERM_UP,
       TERM_DOWN,
       TERM_LEFT,
       TERM_RIGHT,
       TERM_HOME,
       TERM_END,
       TERM_DELETE,
       TERM_BACK_TAB,
       TERM_WORD_LEFT,
       TERM_WORD_RIGHT,
       TERM_WORD_DELETE,
       TERM_PASTE,
       TERM_NOTHING,    /* a key without a meaning */
       TERM_ALT = 1024, /* + the key typed with alt */
       TERM_ESC = 27,
       TERM_SEQUENCE = 32 /* most bytes of an escape sequence */
};

static const struct {
    u8 final;
    u16 number;
    int key, with_ctrl;
} TERM_KEYS[] = {{'A', 0, TERM_UP, TERM_UP},
                 {'B', 0, TERM_DOWN, TERM_DOWN},
                 {'C', 0, TERM_RIGHT, TERM_WORD_RIGHT},
                 {'D', 0, TERM_LEFT, TERM_WORD_LEFT},
                 {'F', 0, TERM_END, TERM_END},
                 {'H', 0, TERM_HOME, TERM_HOME},
                 {'Z', 0, TERM_BACK_TAB, TERM_BACK_TAB},
                 {'c', 0, TERM_WORD_RIGHT, TERM_WORD_RIGHT},
                 {'d', 0, TERM_WORD_LEFT, TERM_WORD_LEFT},
                 {'~', 1, TERM_HOME, TERM_HOME},
                 {'~', 3, TERM_DELETE, TERM_WORD_DELETE},
                 {'~', 4, TERM_END, TERM_END},
                 {'~', 7, TERM_HOME, TERM_HOME},
                 {'~', 8, TERM_END, TERM_END},
                 {'~', 200, TERM_PASTE, TERM_PASTE},
                 {'^', 3, TERM_WORD_DELETE, TERM_WORD_DELETE}};

/* `number` and `mods` are the sequence's two parameters; ctrl or alt is bit 1
 * or 2 of the second less one. Letters may carry it as the first. */
static int term_key_of(u8 final, int number, int mods, int alt) {
    size_t i;
    if (final != '~' && final != '^') {
        if (!mods) mods = number;
        number = 0;
    }
    for (i = 0; i < COUNT(TERM_KEYS); i++)
        if (TERM_KEYS[i].final == final && TERM_KEYS[i].number == number) {
            if (alt || (mods > 1 && (mods - 1) & 6))
                return TERM_KEYS[i].with_ctrl;
            return TERM_KEYS[i].key;
        }
    return TERM_NOTHING;
}

/* What follows ESC [ or ESC O: parameters and a final byte. Bytes used from the
 * start of `in`; 0: more may come. */
static size_t term_sequence(str in, size_t at, int alt, int *key) {
    int par[2] = {0, 0}, which = 0;
    size_t i;
    *key = TERM_NOTHING;
    for (i = at; i < in.n && i < at + TERM_SEQUENCE; i++) {
        u8 c = in.p[i];
        if (num_is_digit(c)) {
            if (which < 2 && par[which] < 1000)
                par[which] = par[which] * 10 + (c - '0');
        } else if (c == ';') {
            which++;
        } else if (c == '[' && i == at && in.p[at - 1] == '[') {
            return i + 1 < in.n ? i + 2 : 0; /* Linux: ESC [ [ A for F1 */
        } else if (c >= 0x40 && c <= 0x7e) {
            *key = term_key_of(c, par[0], par[1], alt);
            return i + 1;
        } else if (c < 0x20 || c > 0x3f) {
            return i;
        }
    }
    return i < at + TERM_SEQUENCE ? 0 : i;
}

/* The key at the start of `in` and the bytes it takes. 0: none, or what is
 * there may be the start of more, which `all` denies. */
static size_t term_key(str in, int all, int *key) {
    size_t n = 0, at = in.n > 1 && in.p[1] == TERM_ESC ? 2 : 1;
    if (in.n == 0) return 0;
    *key = *in.p;
    if (*in.p != TERM_ESC) {
        while (n < in.n && in.p[n] >= 0x20 && in.p[n] != 0x7f) n++;
        if (n) *key = TERM_TEXT;
        return n ? n : 1;
    }
    if (at == in.n) return all ? 1 : 0;
    if (in.p[at] == '[' || in.p[at] == 'O') {
        n = term_sequence(in, at + 1, at == 2, key);
        if (n || !all) return n;
        *key = TERM_NOTHING;
        return in.n;
    }
    if (at == 2 || in.p[1] >= 0x80) return 1;
    *key = TERM_ALT + lower(in.p[1]);
    return 2;
}

/* The same inside a paste: a run of text, an end of line, or the end. */
static size_t term_paste_key(struct term *t, str in, int all, int *key) {
    size_t n = 0, k = min_z(in.n, 6);
    *key = TERM_TEXT;
    while (n < in.n && in.p[n] != '\r' && in.p[n] != '\n' &&
           in.p[n] != TERM_ESC)
        n++;
    if (n || in.n == 0) return n;
    if (*in.p != TERM_ESC) *key = *in.p;
    if (memcmp(in.p, TERM_PASTE_END, k)) return 1;
    if (k < 6) return all ? 1 : 0;
    t->pasting = 0;
    *key = TERM_NOTHING;
    return k;
}

/* Takes the next key off what was read; *s are its bytes. 0: there is none, or
 * not all of it, and `all` is 0. In a paste all is text but ends of lines. */
static int term_take(struct term *t, int all, int *key, str *s) {
    size_t n;
    *s = term_ahead(t);
    if (t->was_cr && s->n) {
        t->was_cr = 0;
        t->in_at += *s->p == '\n';
        *s = term_ahead(t);
    }
    n = t->pasting ? term_paste_key(t, *s, all, key) : term_key(*s, all, key);
    if (n == 0) return 0;
    s->n = n;
    t->in_at += n;
    t->was_cr = *key == '\r';
    if (*key == TERM_PASTE) t->pasting = 1;
    return 1;
}

/* ==== past: the lines of a history, and their file ======================
 *
 * At most PAST_LINES lines and PAST_BYTES bytes; the oldest make room. In the
 * file each is one line, so none holds a line feed.
 */
enum { PAST_LINES = 1000, PAST_LINE = 1 << 20, PAST_BYTES = 4 << 20 };

struct past {
    heap *h;
    size_t count, bytes;
    buf v[PAST_LINES]; /* the oldest first */
};

static str past_get(const struct past *p, size_t i) {
    return str_of(p->v[i].p, p->v[i].n);
}

static void past_drop(struct past *p) {
    p->bytes -= p->v[0].n;
    buf_free(p->h, &p->v[0]);
    p->count--;
    memmove(p->v, p->v + 1, p->count * sizeof *p->v);
}

static void past_free(struct past *p) {
    while (p->count) past_drop(p);
}

/* Adds a line unless it is empty, too long or repeats the last one. Without
 * memory it is not added. */
static void past_add(struct past *p, str s) {
    buf b = {NULL, 0, 0};
    if (s.n == 0 || s.n > PAST_LINE || memchr(s.p, '\n', s.n)) return;
    if (p->count && str_eq(past_get(p, p->count - 1), s)) return;
    if (!buf_put(p->h, &b, s.p, s.n)) return;
    buf_fit(p->h, &b);
    while (p->count == PAST_LINES || p->bytes + b.n > PAST_BYTES) past_drop(p);
    p->v[p->count++] = b;
    p->bytes += b.n;
}

static void past_add_all(struct past *p, str all) {
    while (all.n) {
        const u8 *end = memchr(all.p, '\n', all.n);
        size_t n = end ? (size_t)(end - all.p) : all.n;
        past_add(p, str_of(all.p, n));
        n = min_z(n + 1, all.n);
        all = str_of(all.p + n, all.n - n);
    }
}

/* Adds the lines of a file, of a large one those at its end. */
static void past_load(struct past *p, const char *path) {
    enum { MOST = PAST_BYTES + PAST_LINE };
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    u8 *b = mem_try(p->h, MOST), *from;
    size_t n = 0;
    ssize_t got = 1;
    if (fd >= 0 && b && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        if (st.st_size > MOST) lseek(fd, -(off_t)MOST, SEEK_END);
        while (n < MOST && got) {
            got = read(fd, b + n, MOST - n);
            if (got < 0 && errno != EINTR) break;
            if (got > 0) n += (size_t)got;
        }
        from = n && st.st_size > MOST ? memchr(b, '\n', n) : b;
        if (from) past_add_all(p, str_of(from, n - (size_t)(from - b)));
    }
    if (b) mem_free(p->h, b, MOST);
    if (fd >= 0) close(fd);
}

/* Writes the file, for its owner's eyes only, in the place of what was there.
 * What is not a file stays. */
static void past_save(struct past *p, const char *path) {
    struct stat st;
    buf b = {NULL, 0, 0};
    size_t i;
    int fd, ok = 1;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) return;
    for (i = 0; ok && i < p->count; i++)
        ok = buf_put(p->h, &b, p->v[i].p, p->v[i].n) &&
             buf_put(p->h, &b, "\n", 1);
    fd = ok ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd >= 0) {
        ok = fchmod(fd, 0600) == 0;
        close(fd);
        if (ok) sys_store(NULL, path, b.p, b.n);
    }
    buf_free(p->h, &b);
}

/* Where `what` is in `s`, in any case of letters; SIZE_MAX: nowhere. */
static size_t past_match(str s, str what) {
    size_t i, k;
    for (i = 0; i + what.n <= s.n; i++) {
        for (k = 0; k < what.n && lower(s.p[i + k]) == lower(what.p[k]); k++) {
        }
        if (k == what.n) return i;
    }
    return SIZE_MAX;
}

/* The first line from `from` on, in direction `step`, with `what` in it; *at
 * tells where. SIZE_MAX: there is none. */
static size_t past_find(const struct past *p, size_t from, int step, str what,
                        size_t *at) {
    for (; from < p->count; from += (size_t)step) {
        *at = past_match(past_get(p, from), what);
        if (*at != SIZE_MAX) return from;
    }
    return SIZE_MAX;
}

/* ==== line: a line edited on a terminal, with history ===================
 *
 * The line takes one row; where it is longer, the view moves along with the
 * cursor in steps of half a row. The last column stays free, so that no
 * terminal wraps. Enter shows a long line once more as a whole.
 *
 *   keys     move      arrows, Home, End, ctrl-A E B F, by words ctrl-left,
 *                      ctrl-right, alt-B F
 *            delete    Backspace, Delete, ctrl-H D; to the kill buffer, from
 *                      which ctrl-Y inserts: ctrl-K U W, alt-D, alt-Backspace
 *            history   up, down, ctrl-P N; ctrl-R S search it
 *            others    Tab, shift-Tab, ctrl-T L C D Z, Enter
 *
 * Keys and drawing need no terminal: line_step() takes what was read,
 * line_draw() puts in `out` what is to be shown. Bytes that came ahead wait
 * for the next line. A paste is inserted as it is, but its ends of lines end
 * lines. A line over LINE_MOST cannot be entered: what does not fit is dropped,
 * and Enter refused until something is deleted.
 */
enum {
    LINE_MOST = PAST_LINE, /* bytes in a line */
    LINE_CHOICES = 1000,   /* completions offered */
    LINE_ESC_MS = 100,     /* how long a sequence of bytes may pause */
    LINE_WHOLE = 4096      /* bytes of a long line shown after Enter */
};

enum { LINE_DONE, LINE_END, LINE_CANCEL, LINE_NOMEM, LINE_MORE, LINE_WAIT };

struct line_help {
    void *ctx;
    /* The i-th completion of the text up to the cursor: the whole text that
     * shall stand there instead, its length (at most cap), or 0: there are
     * only i. */
    size_t (*complete)(void *ctx, str typed, size_t i, char *to, size_t cap);
    /* What to show in grey behind the end of the line; its length, 0:
     * nothing. */
    size_t (*hint)(void *ctx, str typed, char *to, size_t cap);
    /* Whether this line must not be kept in the history (passwords). */
    int (*secret)(void *ctx, str line);
};

struct line {
    heap *h;
    const struct line_help *help;
    const char *prompt;
    struct term term;
    buf text;  /* the line */
    size_t at; /* the cursor, between units */
    buf out;   /* what the terminal gets next */
    buf side;  /* the prompt of a search; the text behind the line */
    buf kill;  /* what was deleted last, for ctrl-Y */
    struct past past;
    size_t past_at; /* which of them is shown; count: the new line */
    buf draft;      /* the new line, while another is shown */
    enum { LINE_EDIT, LINE_SEARCH, LINE_COMPLETE } mode;
    buf held;                  /* the line before the search or completion */
    size_t held_at, held_past; /* its cursor, and where in the history */
    buf query;                 /* what is searched for */
    buf choice;                /* a completion */
    size_t choices, chosen;    /* chosen == choices: what was typed */
    u8 failed;                 /* the search */
    u8 killing; /* 1: this key deletes to `kill`; 2: the last one did */
    u8 full;    /* text was dropped */
    u8 bell;
    u8 nomem;
    int rc; /* LINE_MORE until the line ends */
};

static void line_init(struct line *l, heap *h, const struct line_help *help) {
    memset(l, 0, sizeof *l);
    l->h = l->past.h = l->term.h = h;
    l->help = help;
}

/* Never a null pointer, also when there is nothing. */
static str line_str(const buf *b) {
    return b->n ? str_of(b->p, b->n) : LIT("");
}

static void line_put(struct line *l, buf *b, str s) {
    if (!buf_put(l->h, b, s.p, s.n)) l->nomem = 1;
}

static void line_copy(struct line *l, buf *b, str s) {
    b->n = 0;
    line_put(l, b, s);
}

/* ---- editing ---- */

/* Inserts at the cursor, all or nothing. */
static void line_insert(struct line *l, str s) {
    if (s.n > LINE_MOST - l->text.n) {
        l->full = l->bell = 1;
        return;
    }
    if (!buf_room(l->h, &l->text, s.n)) {
        l->nomem = 1;
        return;
    }
    if (s.n == 0) return;
    memmove(l->text.p + l->at + s.n, l->text.p + l->at, l->text.n - l->at);
    memcpy(l->text.p + l->at, s.p, s.n);
    l->text.n += s.n;
    l->at = term_snap(line_str(&l->text), l->at + s.n);
}

/* Deletes; the cursor comes to where that was. */
static void line_cut(struct line *l, size_t from, size_t to) {
    if (from >= to) {
        l->bell = 1;
        return;
    }
    memmove(l->text.p + from, l->text.p + to, l->text.n - to);
    l->text.n -= to - from;
    l->at = term_snap(line_str(&l->text), from);
    l->full = 0;
}

/* Deletes to the kill buffer; kills in a row add up there. */
static void line_kill(struct line *l, size_t from, size_t to) {
    size_t old = l->killing == 2 ? l->kill.n : 0, n = to - from;
    buf *k = &l->kill;
    l->killing = 1;
    if (n && !buf_room(l->h, k, n)) {
        l->nomem = 1;
    } else if (n) {
        k->n = old + n;
        if (to <= l->at) memmove(k->p + n, k->p, old);
        memcpy(to <= l->at ? k->p : k->p + old, l->text.p + from, n);
    }
    line_cut(l, from, to);
}

static void line_set(struct line *l, str s, size_t at) {
    l->text.n = l->at = 0;
    line_insert(l, s);
    l->at = term_snap(line_str(&l->text), min_z(at, l->text.n));
}

static size_t line_first(const struct line *l) { return (void)l, 0; }
static size_t line_last(const struct line *l) { return l->text.n; }
static size_t line_before(const struct line *l) {
    return term_prev(line_str(&l->text), l->at);
}
static size_t line_behind(const struct line *l) {
    return term_next(line_str(&l->text), l->at);
}

static int line_is_letter(u8 c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || num_is_digit(c) || c >= 0x80;
}

/* Where the word of letters and digits begins that ends at or before the
 * cursor. */
static size_t line_word_before(const struct line *l) {
    size_t i = l->at;
    while (i && !line_is_letter(l->text.p[i - 1])) i--;
    while (i && line_is_letter(l->text.p[i - 1])) i--;
    return term_snap(line_str(&l->text), i);
}

static size_t line_word_behind(const struct line *l) {
    size_t i = l->at;
    while (i < l->text.n && !line_is_letter(l->text.p[i])) i++;
    while (i < l->text.n && line_is_letter(l->text.p[i])) i++;
    return term_snap(line_str(&l->text), i);
}

/* The same for words that blanks part. */
static size_t line_blank_before(const struct line *l) {
    size_t i = l->at;
    while (i && l->text.p[i - 1] == ' ') i--;
    while (i && l->text.p[i - 1] != ' ') i--;
    return term_snap(line_str(&l->text), i);
}

/* ---- history ---- */

static void line_remember(struct line *l, str text) {
    const struct line_help *help = l->help;
    if (help && help->secret && help->secret(help->ctx, text)) return;
    past_add(&l->past, text);
}

static void line_load(struct line *l, const char *path) {
    past_load(&l->past, path);
}

static void line_save(struct line *l, const char *path) {
    past_save(&l->past, path);
}

/* Shows another line of the history, `step` lines later; past the last one is
 * the new line. */
static void line_go(struct line *l, int step) {
    size_t to = l->past_at + (size_t)step;
    l->bell = to > l->past.count; /* also when it is below 0 */
    if (to > l->past.count) return;
    if (l->past_at == l->past.count)
        line_copy(l, &l->draft, line_str(&l->text));
    l->past_at = to;
    line_set(l,
             to < l->past.count ? past_get(&l->past, to) : line_str(&l->draft),
             LINE_MOST);
}

/* ---- search ---- */

/* Shows the nearest line with the query, from `from` on in direction `step`,
 * that differs from what is shown, unless the query just changed. */
static void line_look(struct line *l, size_t from, int step, int changed) {
    size_t at;
    str s;
    for (;; from += (size_t)step) {
        from = past_find(&l->past, from, step, line_str(&l->query), &at);
        l->failed = l->bell = from == SIZE_MAX;
        if (l->failed) return;
        s = past_get(&l->past, from);
        if (changed || !str_eq(s, line_str(&l->text))) break;
    }
    line_set(l, s, at);
    l->past_at = from;
}

static void line_hold(struct line *l) {
    line_copy(l, &l->held, line_str(&l->text));
    l->held_at = l->at;
    l->held_past = l->past_at;
}

static void line_search(struct line *l) {
    l->bell = l->term.secret; /* the query would be shown */
    if (l->bell) return;
    if (l->past_at == l->past.count)
        line_copy(l, &l->draft, line_str(&l->text));
    line_hold(l);
    l->query.n = 0;
    l->failed = 0;
    l->mode = LINE_SEARCH;
}

/* Back to the line before the search or the completion. */
static void line_give_up(struct line *l) {
    l->mode = LINE_EDIT;
    l->past_at = l->held_past;
    line_set(l, line_str(&l->held), l->held_at);
}

/* A key during a search; 0: it ends that and means what it always does. */
static int line_search_key(struct line *l, int key, str s) {
    switch (key) {
    case TERM_TEXT:
        if (l->query.n < 256) line_put(l, &l->query, s);
        line_look(l, min_z(l->past_at, l->past.count - 1), -1, 1);
        return 1;
    case 'R' & 31: line_look(l, l->past_at - 1, -1, 0); return 1;
    case 'S' & 31: line_look(l, l->past_at + 1, 1, 0); return 1;
    case 'H' & 31:
    case 127:
        l->query.n = term_prev(line_str(&l->query), l->query.n);
        line_give_up(l);
        l->mode = LINE_SEARCH;
        l->failed = 0;
        if (l->query.n) line_look(l, l->past.count - 1, -1, 1);
        return 1;
    case 'G' & 31: line_give_up(l); return 1;
    case TERM_ESC: l->mode = LINE_EDIT; return 1;
    default: l->mode = LINE_EDIT; return 0;
    }
}

/* ---- completion ---- */

/* Gets the i-th completion of what was typed into `choice`; 0: no such. */
static int line_choice(struct line *l, size_t i) {
    const struct line_help *help = l->help;
    str typed = str_of(line_str(&l->held).p, l->held_at);
    l->choice.n = 0;
    if (!buf_room(l->h, &l->choice, typed.n + 256)) {
        l->nomem = 1;
        return 0;
    }
    l->choice.n = min_z(
        help->complete(help->ctx, typed, i, (char *)l->choice.p, typed.n + 256),
        l->choice.cap);
    return l->choice.n > 0;
}

/* Puts another text in the place of what was before the cursor. */
static void line_replace(struct line *l, str head) {
    str all = line_str(&l->held);
    str tail = str_of(all.p + l->held_at, all.n - l->held_at);
    l->bell = head.n > LINE_MOST - tail.n;
    if (l->bell) return;
    line_set(l, tail, 0);
    line_insert(l, head);
}

/* Counts the completions; `side` becomes what they have in common. */
static void line_count_choices(struct line *l) {
    size_t i, n;
    buf *b = &l->side;
    for (i = 0; i < LINE_CHOICES && line_choice(l, i); i++) {
        if (i == 0) line_copy(l, b, line_str(&l->choice));
        for (n = 0; n < b->n && n < l->choice.n; n++)
            if (b->p[n] != l->choice.p[n]) break;
        while (n && n < b->n && (b->p[n] & 0xc0) == 0x80) n--;
        b->n = n;
    }
    l->choices = l->chosen = i;
}

static void line_complete(struct line *l) {
    l->bell = !l->help || !l->help->complete;
    if (l->bell) return;
    line_hold(l);
    line_count_choices(l);
    if (l->choices == 0 || l->nomem) {
        l->bell = 1;
    } else if (l->choices == 1) {
        if (l->at == l->text.n || l->text.p[l->at] != ' ')
            line_put(l, &l->side, LIT(" "));
        line_replace(l, line_str(&l->side));
    } else {
        if (l->side.n > l->held_at) line_replace(l, line_str(&l->side));
        else l->bell = 1;
        l->mode = LINE_COMPLETE;
    }
}

static void line_choose(struct line *l, size_t i) {
    l->chosen = i;
    if (i == l->choices || !line_choice(l, i))
        line_replace(l, str_of(l->held.p, l->held_at));
    else line_replace(l, line_str(&l->choice));
}

/* A key during a completion; 0: it accepts what stands there and means what it
 * always does. */
static int line_complete_key(struct line *l, int key) {
    size_t all = l->choices + 1;
    if (key == '\t') line_choose(l, (l->chosen + 1) % all);
    else if (key == TERM_BACK_TAB) line_choose(l, (l->chosen + all - 1) % all);
    else if (key == TERM_ESC || key == ('G' & 31)) line_give_up(l);
    else return l->mode = LINE_EDIT, 0;
    return 1;
}

/* ---- keys ---- */

/* Swaps the characters around the cursor, at the end the last two. */
static void line_swap(struct line *l) {
    size_t to = line_behind(l), mid = to > l->at ? l->at : line_before(l);
    size_t from = term_prev(line_str(&l->text), mid);
    l->bell = from == mid;
    if (l->bell) return;
    line_copy(l, &l->side, str_of(l->text.p + from, mid - from));
    if (l->nomem) return;
    memmove(l->text.p + from, l->text.p + mid, to - mid);
    memcpy(l->text.p + from + (to - mid), l->side.p, mid - from);
    l->at = term_snap(line_str(&l->text), to);
}

static void line_up(struct line *l) { line_go(l, -1); }
static void line_down(struct line *l) { line_go(l, 1); }
static void line_yank(struct line *l) { line_insert(l, line_str(&l->kill)); }
static void line_clear(struct line *l) {
    line_put(l, &l->out, LIT("\x1b[H\x1b[2J"));
}
static void line_cancel(struct line *l) { l->rc = LINE_CANCEL; }
static void line_enter(struct line *l) {
    if (l->full) l->bell = 1;
    else l->rc = LINE_DONE;
}
static void line_stop(struct line *l) {
    if (!term_suspend(&l->term, 1)) l->rc = LINE_END;
}
static void line_delete(struct line *l) {
    if (l->text.n) line_cut(l, l->at, line_behind(l));
    else l->rc = LINE_END;
}

static const struct {
    int key;
    void (*fn)(struct line *l);
} LINE_KEYS[] = {
    {'C' & 31, line_cancel}, {'D' & 31, line_delete}, {'\t', line_complete},
    {'\n', line_enter},      {'L' & 31, line_clear},  {'\r', line_enter},
    {'N' & 31, line_down},   {'P' & 31, line_up},     {'R' & 31, line_search},
    {'T' & 31, line_swap},   {'Y' & 31, line_yank},   {'Z' & 31, line_stop},
    {TERM_UP, line_up},      {TERM_DOWN, line_down}};

/* Keys that move to a place, or delete up to it. */
enum { LINE_MOVE, LINE_CUT, LINE_KILL };
static const struct {
    int key, what;
    size_t (*place)(const struct line *l);
} LINE_MOVES[] = {
    // clang-format off
    {'A' & 31, LINE_MOVE, line_first},    {'B' & 31, LINE_MOVE, line_before},
    {'E' & 31, LINE_MOVE, line_last},     {'F' & 31, LINE_MOVE, line_behind},
    {TERM_HOME, LINE_MOVE, line_first},   {TERM_LEFT, LINE_MOVE, line_before},
    {TERM_END, LINE_MOVE, line_last},     {TERM_RIGHT, LINE_MOVE, line_behind},
    {'H' & 31, LINE_CUT, line_before},    {127, LINE_CUT, line_before},
    {TERM_DELETE, LINE_CUT, line_behind}, {'U' & 31, LINE_KILL, line_first},
    {'K' & 31, LINE_KILL, line_last},
    // clang-format on
    {'W' & 31, LINE_KILL, line_blank_before},
    {TERM_WORD_LEFT, LINE_MOVE, line_word_before},
    {TERM_WORD_RIGHT, LINE_MOVE, line_word_behind},
    {TERM_WORD_DELETE, LINE_KILL, line_word_behind},
    {TERM_ALT + 'b', LINE_MOVE, line_word_before},
    {TERM_ALT + 'f', LINE_MOVE, line_word_behind},
    {TERM_ALT + 'd', LINE_KILL, line_word_behind},
    {TERM_ALT + 127, LINE_KILL, line_word_before},
    {TERM_ALT + ('H' & 31), LINE_KILL, line_word_before}};

static void line_move(struct line *l, int what, size_t to) {
    size_t from = min_z(l->at, to), end = max_z(l->at, to);
    if (what == LINE_MOVE) l->at = to;
    else if (what == LINE_CUT) line_cut(l, from, end);
    else line_kill(l, from, end);
}

static void line_key(struct line *l, int key, str s) {
    size_t i;
    if (l->mode == LINE_SEARCH && line_search_key(l, key, s)) return;
    if (l->mode == LINE_COMPLETE && line_complete_key(l, key)) return;
    l->killing = l->killing ? 2 : 0;
    if (key == TERM_TEXT) line_insert(l, s);
    for (i = 0; i < COUNT(LINE_KEYS); i++)
        if (LINE_KEYS[i].key == key) LINE_KEYS[i].fn(l);
    for (i = 0; i < COUNT(LINE_MOVES); i++)
        if (LINE_MOVES[i].key == key)
            line_move(l, LINE_MOVES[i].what, LINE_MOVES[i].place(l));
    l->killing &= 1;
}

/* ---- the screen ---- */

static size_t line_show(struct line *l, str s, size_t from, size_t *room) {
    from = term_show(l->h, &l->out, s, from, room);
    if (from == SIZE_MAX) l->nomem = 1;
    return from;
}

/* Puts the prompt; of one that leaves little room only the end. Returns its
 * columns. */
static size_t line_draw_prompt(struct line *l, size_t cols) {
    str s = str_c(l->prompt);
    size_t all, from, width, room;
    if (l->mode == LINE_SEARCH) {
        l->side.n = 0;
        if (l->failed) line_put(l, &l->side, LIT("(failed search)`"));
        else line_put(l, &l->side, LIT("(reverse search)`"));
        line_put(l, &l->side, line_str(&l->query));
        line_put(l, &l->side, LIT("': "));
        s = line_str(&l->side);
    }
    all = term_columns(s, 0, s.n);
    room = width = all + 10 > cols ? cols / 2 : all;
    from = term_view(s, s.n, &width);
    line_show(l, s, from, &room);
    return width;
}

/* The line as it is shown, and the place of the cursor in that. */
static str line_shown(struct line *l, size_t *at) {
    str s = line_str(&l->text);
    size_t i = 0;
    *at = l->at;
    if (!l->term.secret) return s;
    for (l->side.n = 0; i < s.n; i = term_next(s, i)) {
        if (i == l->at) *at = l->side.n;
        line_put(l, &l->side, LIT("*"));
    }
    if (l->at == s.n) *at = l->side.n;
    return line_str(&l->side);
}

/* The last words of the completions that come next. */
static void line_list_choices(struct line *l, buf *to) {
    size_t i = l->chosen < l->choices ? l->chosen + 1 : 0, from = l->held_at;
    while (from && l->held.p[from - 1] != ' ') from--;
    for (; i < l->choices && to->n < 512 && line_choice(l, i); i++) {
        line_put(l, to, LIT("  "));
        if (from < l->choice.n)
            line_put(l, to, str_of(l->choice.p + from, l->choice.n - from));
    }
}

/* Shows in grey what is known about the rest of the line. */
static void line_draw_hint(struct line *l, size_t *room) {
    const struct line_help *help = l->help;
    char b[1024];
    if (l->term.secret || l->mode == LINE_SEARCH) return;
    l->side.n = 0;
    if (l->mode == LINE_COMPLETE) {
        line_list_choices(l, &l->side);
    } else if (help && help->hint) {
        size_t n = help->hint(help->ctx, line_str(&l->text), b, sizeof b);
        line_put(l, &l->side, str_of(b, min_z(n, sizeof b)));
    }
    if (l->full) line_copy(l, &l->side, LIT("  too long: text is missing"));
    if (l->side.n == 0) return;
    line_put(l, &l->out, LIT("\x1b[90m"));
    line_show(l, line_str(&l->side), 0, room);
    line_put(l, &l->out, LIT("\x1b[0m"));
}

/* Draws the row anew: it is left with the cursor where it belongs. */
static void line_draw(struct line *l, size_t cols, int hint) {
    char b[32];
    size_t room, at, from, col;
    str s;
    line_put(l, &l->out, LIT("\r"));
    col = line_draw_prompt(l, cols);
    room = cols - col - 1;
    s = line_shown(l, &at);
    cols = room;
    from = term_view(s, at, &cols);
    if (line_show(l, s, from, &room) == s.n && hint) line_draw_hint(l, &room);
    line_put(l, &l->out, LIT("\x1b[J\r"));
    col += cols;
    if (col) {
        snprintf(b, sizeof b, "\x1b[%luC", (unsigned long)col);
        line_put(l, &l->out, str_c(b));
    }
    if (l->bell) line_put(l, &l->out, LIT("\a"));
    l->bell = 0;
}

/* Leaves the row for good, with the whole line where it was; the terminal may
 * wrap it. */
static void line_leave(struct line *l, int rc) {
    str s = line_str(&l->text);
    size_t all = SIZE_MAX;
    l->mode = LINE_EDIT;
    l->at = s.n;
    if (l->term.secret) {
        line_draw(l, (size_t)term_width(l->term.out), 0);
    } else {
        line_put(l, &l->out, LIT("\r\x1b[J"));
        line_show(l, str_c(l->prompt), 0, &all);
        line_show(l, str_of(s.p, term_snap(s, LINE_WHOLE)), 0, &all);
        if (s.n > LINE_WHOLE) line_put(l, &l->out, LIT("..."));
    }
    if (rc == LINE_CANCEL) line_put(l, &l->out, LIT("^C"));
    line_put(l, &l->out, LIT("\r\n"));
}

/* ---- input ---- */

static int line_flush(struct line *l) {
    int ok = term_write(&l->term, l->out.p, l->out.n);
    l->out.n = 0;
    return ok;
}

/* Takes one key from what came: LINE_MORE, or how the line ended. LINE_WAIT:
 * there is no whole key; `all`: nothing will complete it. */
static int line_step(struct line *l, int all) {
    int key;
    str s;
    if (!term_take(&l->term, all, &key, &s)) return LINE_WAIT;
    line_key(l, key, s);
    return l->rc;
}

/* Signals came. Those that end the program do so when the terminal is as it
 * was. */
static int line_woken(struct line *l) {
    int came = (int)term_signals;
    if (came & TERM_DEADLY) return came & TERM_INT ? LINE_CANCEL : LINE_END;
    if (came & (TERM_STOP | TERM_CONT))
        return term_suspend(&l->term, 0) ? LINE_MORE : LINE_END;
    term_signals = 0;
    return LINE_MORE;
}

static int line_fill(struct line *l) {
    int got = term_fill(&l->term);
    if (got < 0) l->nomem = 1;
    return got > 0;
}

/* Shows the line and waits for more; *all: a key or a paste that had begun was
 * not gone on with. */
static int line_wait(struct line *l, int *all) {
    size_t part = term_ahead(&l->term).n;
    int ms = l->term.pasting ? TERM_PASTE_MS : part ? LINE_ESC_MS : -1;
    int got = term_wait(&l->term, 0);
    if (got == TERM_IDLE) {
        line_draw(l, (size_t)term_width(l->term.out), 1);
        if (l->nomem || !line_flush(l)) return LINE_END;
        got = term_wait(&l->term, ms);
    }
    if (got == TERM_WOKEN) return line_woken(l);
    if (got == TERM_READY) return line_fill(l) ? LINE_MORE : LINE_END;
    *all = 1;
    if (!part) l->term.pasting = 0;
    return LINE_MORE;
}

static int line_edit(struct line *l) {
    int all = 0, rc;
    for (;;) {
        rc = line_step(l, all);
        all = 0;
        if (rc == LINE_WAIT) rc = line_wait(l, &all);
        if (l->nomem) return LINE_NOMEM;
        if (rc != LINE_MORE) return rc;
    }
}

/* A line from something that cannot be edited on. */
static int line_plain(struct line *l) {
    str s = str_c(l->prompt);
    size_t all = SIZE_MAX, n;
    const u8 *end;
    if (isatty(0) && isatty(1)) line_show(l, s, 0, &all);
    line_flush(l);
    do {
        s = term_ahead(&l->term);
        end = s.n ? memchr(s.p, '\n', s.n) : NULL;
    } while (!end && s.n <= LINE_MOST && line_fill(l));
    s = term_ahead(&l->term);
    n = end ? (size_t)(end - s.p) : s.n;
    if (n > LINE_MOST || l->nomem) return LINE_NOMEM;
    if (!end && n == 0) return LINE_END;
    line_insert(l, str_of(s.p, n));
    l->term.in_at += n + (end != NULL);
    return l->nomem ? LINE_NOMEM : LINE_DONE;
}

/* Reads a line from the terminal, or plainly where there is none. *out is valid
 * until the next call. */
static int line_read(struct line *l, const char *prompt, str *out) {
    int rc;
    l->prompt = prompt;
    l->text.n = l->at = l->draft.n = l->out.n = 0;
    l->mode = LINE_EDIT;
    l->rc = LINE_MORE;
    l->past_at = l->past.count;
    l->killing = l->full = l->bell = l->nomem = 0;
    fflush(stdout);
    if (!term_raw(&l->term)) {
        rc = line_plain(l);
    } else {
        rc = line_edit(l);
        line_leave(l, rc);
        line_flush(l);
        term_drain(&l->term);
        term_cooked(&l->term);
    }
    *out = line_str(&l->text);
    return rc;
}

static void line_free(struct line *l) {
    buf *all[9];
    size_t i;
    all[0] = &l->text, all[1] = &l->term.in, all[2] = &l->out;
    all[3] = &l->side, all[4] = &l->kill, all[5] = &l->draft;
    all[6] = &l->held, all[7] = &l->query, all[8] = &l->choice;
    for (i = 0; i < COUNT(all); i++) buf_free(l->h, all[i]);
    past_free(&l->past);
}

/* Reads without showing more than stars; 0: ended, cancelled or too long. `to`
 * becomes a string. */
static int line_password(const char *prompt, char *to, size_t cap) {
    mem m;
    heap h;
    struct line l;
    str s;
    int ok;
    host_heap(&m, &h);
    line_init(&l, &h, NULL);
    l.term.secret = 1;
    ok = line_read(&l, prompt, &s) == LINE_DONE && s.n < cap;
    if (ok) {
        copy(to, s.p, s.n);
        to[s.n] = 0;
    }
    line_free(&l);
    heap_drop(&h);
    while (mem_reap(&m)) {
    }
    return ok;
}

/* ==== hint: what COMMAND DOCS tells about commands ======================
 *
 * The reply is used as it is, whatever the server sent: a field that is missing
 * or of the wrong type is empty. Numbers of things looked at are bounded by the
 * HINT_ constants, depth by HINT_DEPTH, the work of one call by HINT_STEPS.
 *
 * What can still follow a line is kept as a list of items. A word is taken by
 * the first item that it can begin, and this item is replaced by what remains
 * of it:
 *
 *     SET key value [NX|XX] [EX seconds|PX milliseconds]
 *     k          value [NX|XX] [EX seconds|PX milliseconds]
 *     v          [NX|XX] [EX seconds|PX milliseconds]
 *     ex         seconds [NX|XX]
 *     1          [NX|XX]
 *
 * Optional items before it can still come if it is optional itself. Tokens are
 * looked for before values, so that a list of values ends where an option
 * begins.
 */
enum {
    HINT_COMMANDS = 4096, /* commands of a server */
    HINT_FIELDS = 32,     /* fields of a command or argument */
    HINT_ARGS = 64,       /* arguments in a list */
    HINT_DEPTH = 8,       /* lists in lists */
    HINT_WORDS = 256,     /* words in a line */
    HINT_ITEMS = 128,     /* items that remain */
    HINT_FOUND = 1024,    /* names to choose from */
    HINT_STEPS = 20000    /* arguments looked at */
};

/* ---- the reply ---- */

static str hint_text(const kv_reply *r) {
    if (r->type != KV_STRING && r->type != KV_SIMPLE && r->type != KV_VERBATIM)
        return str_of("", 0);
    return str_of(r->str, r->len);
}

/* A map is pairs of items, in RESP2 in an array. */
static size_t hint_pairs(const kv_reply *r, size_t most) {
    if (!r || (r->type != KV_MAP && r->type != KV_ARRAY)) return 0;
    return min_z(r->type == KV_MAP ? r->count : r->count / 2, most);
}

static size_t hint_count(const kv_reply *r) {
    if (!r || (r->type != KV_ARRAY && r->type != KV_SET)) return 0;
    return min_z(r->count, HINT_ARGS);
}

static const kv_reply *hint_field(const kv_reply *r, const char *name) {
    size_t i, n = hint_pairs(r, HINT_FIELDS);
    for (i = 0; i < n; i++)
        if (str_is(hint_text(&r->items[2 * i]), name))
            return &r->items[2 * i + 1];
    return NULL;
}

static str hint_string(const kv_reply *r, const char *name) {
    r = hint_field(r, name);
    return r ? hint_text(r) : str_of("", 0);
}

static int hint_same(str a, str b) {
    size_t i;
    if (a.n != b.n) return 0;
    for (i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i])) return 0;
    return 1;
}

/* What is known about a command, "get" or "client|list". */
static const kv_reply *hint_named(const kv_reply *map, str name) {
    size_t i, n = hint_pairs(map, HINT_COMMANDS);
    for (i = 0; i < n; i++)
        if (hint_same(hint_text(&map->items[2 * i]), name))
            return &map->items[2 * i + 1];
    return NULL;
}

/* The part of a subcommand's name behind the bar, else all of it. */
static str hint_last(str name) {
    const u8 *bar = name.n ? memchr(name.p, '|', name.n) : NULL;
    if (!bar) return name;
    return str_of(bar + 1, name.n - (size_t)(bar + 1 - name.p));
}

static const kv_reply *hint_sub(const kv_reply *command, str name) {
    const kv_reply *map = hint_field(command, "subcommands");
    size_t i, n = hint_pairs(map, HINT_COMMANDS);
    for (i = 0; i < n; i++)
        if (hint_same(hint_last(hint_text(&map->items[2 * i])), name))
            return &map->items[2 * i + 1];
    return NULL;
}

/* ---- arguments ---- */

enum { HINT_VALUE, HINT_TOKEN, HINT_ONEOF, HINT_BLOCK };

struct hint_arg {
    str name, token;
    int kind, has_token, optional, multiple, many; /* many: multiple_token */
    const kv_reply *kids;
    size_t count; /* of kids */
};

static void hint_flags(struct hint_arg *a, const kv_reply *flags) {
    size_t i, n = hint_count(flags);
    for (i = 0; i < n; i++) {
        str s = hint_text(&flags->items[i]);
        a->optional |= str_is(s, "optional");
        a->multiple |= str_is(s, "multiple");
        a->many |= str_is(s, "multiple_token");
    }
}

static struct hint_arg hint_arg(const kv_reply *r) {
    static const char *const kinds[] = {"", "pure-token", "oneof", "block"};
    const kv_reply *kids = hint_field(r, "arguments");
    const kv_reply *token = hint_field(r, "token");
    str type = hint_string(r, "type");
    struct hint_arg a;
    memset(&a, 0, sizeof a);
    a.name = hint_string(r, "display_text");
    if (a.name.n == 0) a.name = hint_string(r, "name");
    for (a.kind = HINT_BLOCK; a.kind; a.kind--)
        if (str_is(type, kinds[a.kind])) break;
    a.has_token = token != NULL || a.kind == HINT_TOKEN;
    if (token) a.token = hint_text(token);
    hint_flags(&a, hint_field(r, "flags"));
    a.count = hint_count(kids);
    a.kids = a.count ? kids->items : NULL;
    return a;
}

/* An item: an argument, as a whole, or without the token that was typed, or
 * once more. */
enum { HINT_WHOLE, HINT_BODY, HINT_AGAIN };
struct hint_item {
    const kv_reply *arg;
    int how, level; /* level: how deep in lists */
};

struct hint_rest {
    struct hint_item v[HINT_ITEMS];
    size_t n;
    i64 keys; /* still to come, as a number said before them; -1: unknown */
    int steps;
};

static void hint_insert(struct hint_rest *r, size_t at, const kv_reply *arg,
                        int how, int level) {
    if (r->n == HINT_ITEMS) r->n--;
    if (at > r->n) return;
    memmove(r->v + at + 1, r->v + at, (r->n - at) * sizeof *r->v);
    r->v[at].arg = arg;
    r->v[at].how = how;
    r->v[at].level = level;
    r->n++;
}

static void hint_remove(struct hint_rest *r, size_t at) {
    r->n--;
    memmove(r->v + at, r->v + at + 1, (r->n - at) * sizeof *r->v);
}

/* Whether an argument begins with its token, given how much of it is left. */
static int hint_by_token(const struct hint_arg *a, int how) {
    if (a->kind == HINT_TOKEN) return 1;
    return a->has_token &&
           (how == HINT_WHOLE || (how == HINT_AGAIN && a->many));
}

/* Whether a word can begin an argument; `strict`: as a token. */
static int hint_begins(struct hint_rest *r, const kv_reply *arg, int how,
                       str word, int strict, int depth) {
    struct hint_arg a;
    size_t i;
    if (depth == HINT_DEPTH || ++r->steps > HINT_STEPS) return 0;
    a = hint_arg(arg);
    if (hint_by_token(&a, how)) return hint_same(a.token, word);
    if (a.kind == HINT_VALUE) return !strict;
    for (i = 0; i < a.count; i++) {
        if (hint_begins(r, &a.kids[i], HINT_WHOLE, word, strict, depth + 1))
            return 1;
        if (a.kind == HINT_BLOCK && !hint_arg(&a.kids[i]).optional) return 0;
    }
    return 0;
}

static int hint_is_optional(const struct hint_item *it) {
    if (it->how == HINT_WHOLE) return hint_arg(it->arg).optional;
    return it->how == HINT_AGAIN;
}

/* Brings the item that takes the next word to the front. Of those before it
 * remain the ones that can still come. */
static void hint_pick(struct hint_rest *r, size_t at) {
    struct hint_item it = r->v[at];
    int optional = hint_is_optional(&it);
    hint_remove(r, at);
    while (at-- > 0) {
        struct hint_item *e = &r->v[at];
        struct hint_arg a = hint_arg(e->arg);
        if (!optional || e->level > it.level ||
            (e->how == HINT_AGAIN && !hint_by_token(&a, HINT_AGAIN)))
            hint_remove(r, at);
    }
    hint_insert(r, 0, it.arg, it.how, it.level);
}

/* Whether a value that was typed may come once more. */
static int hint_goes_on(struct hint_rest *r, const struct hint_arg *a,
                        str word) {
    if (a->kind == HINT_VALUE && str_is(a->name, "numkeys")) {
        if (!num_parse(word, &r->keys) || r->keys < 0) r->keys = -1;
        if (r->keys == 0 && r->n && hint_is_optional(&r->v[0]))
            hint_remove(r, 0);
    } else if (a->kind == HINT_VALUE && a->multiple && r->keys > 0) {
        if (--r->keys == 0) return r->keys = -1, 0;
    }
    return a->multiple;
}

/* Replaces the first item by what remains of it when it has taken a word that
 * it begins with: by the rest of the list that the word leads into, and so on
 * in that list. */
static void hint_enter(struct hint_rest *r, str word, int strict) {
    int depth;
    for (depth = 0; depth < HINT_DEPTH; depth++) {
        struct hint_item it = r->v[0];
        struct hint_arg a = hint_arg(it.arg);
        int level = it.level + (a.kind == HINT_BLOCK);
        size_t i, k;
        if (a.kind != HINT_TOKEN && hint_by_token(&a, it.how)) {
            r->v[0].how = HINT_BODY;
            return;
        }
        hint_remove(r, 0);
        if (hint_goes_on(r, &a, word))
            hint_insert(r, 0, it.arg, HINT_AGAIN, it.level);
        for (i = 0; i < a.count; i++)
            if (hint_begins(r, &a.kids[i], HINT_WHOLE, word, strict, depth))
                break;
        if (i >= a.count) return;
        for (k = a.count - 1; a.kind == HINT_BLOCK && k > i; k--)
            hint_insert(r, 0, &a.kids[k], HINT_WHOLE, level);
        for (k = i; a.kind == HINT_BLOCK && k > 0; k--)
            if (hint_arg(&a.kids[i]).optional)
                hint_insert(r, 0, &a.kids[k - 1], HINT_WHOLE, level);
        hint_insert(r, 0, &a.kids[i], HINT_WHOLE, level);
    }
}

/* 0: the word cannot stand here. */
static int hint_take(struct hint_rest *r, str word) {
    int strict;
    size_t i;
    for (strict = 1; strict >= 0; strict--)
        for (i = 0; i < r->n; i++) {
            struct hint_item *it = &r->v[i];
            if (hint_begins(r, it->arg, it->how, word, strict, 0)) {
                hint_pick(r, i);
                hint_enter(r, word, strict);
                return 1;
            }
            if (!hint_is_optional(it)) break;
        }
    return 0;
}

/* ---- the line ---- */

/* Cuts a line into words, quotes and all. Returns their number; SIZE_MAX: there
 * are too many. *open: the last one may go on. */
static size_t hint_split(str s, str *w, int *open) {
    size_t i = 0, n = 0, from;
    *open = 0;
    for (;;) {
        u8 quote = 0;
        while (i < s.n && resp_is_space(s.p[i])) i++;
        if (i == s.n) return n;
        if (n == HINT_WORDS) return SIZE_MAX;
        for (from = i; i < s.n && (quote || !resp_is_space(s.p[i])); i++) {
            if (quote && s.p[i] == '\\' && i + 1 < s.n) i++;
            else if (quote && s.p[i] == quote) quote = 0;
            else if (!quote && (s.p[i] == '"' || s.p[i] == '\''))
                quote = s.p[i];
        }
        w[n++] = str_of(s.p + from, i - from);
        *open = i == s.n;
        if (*open) return n;
    }
}

/* The command that words call, and what can follow them. NULL: unknown, or it
 * does not go like that. */
static const kv_reply *hint_follow(const kv_reply *docs, const str *w, size_t n,
                                   struct hint_rest *r) {
    const kv_reply *doc = n && n < SIZE_MAX ? hint_named(docs, w[0]) : NULL;
    const kv_reply *sub = n > 1 && doc ? hint_sub(doc, w[1]) : NULL;
    const kv_reply *args = hint_field(sub ? sub : doc, "arguments");
    size_t i;
    r->n = 0;
    r->keys = -1;
    r->steps = 0;
    for (i = 0; i < hint_count(args); i++)
        hint_insert(r, i, &args->items[i], HINT_WHOLE, 0);
    for (i = sub ? 2 : 1; doc && i < n; i++)
        if (!hint_take(r, w[i])) return NULL;
    return sub ? sub : doc;
}

struct hint_out {
    char *p;
    size_t n, cap;
    int steps;
};

/* What cannot be shown as it is becomes a question mark. */
static void hint_put(struct hint_out *o, str s) {
    size_t i = 0;
    while (i < s.n) {
        struct term_glyph g = term_glyph(s, i);
        i += g.n;
        if (g.len != g.n) g.p[0] = '?', g.len = 1;
        if (g.len > o->cap - o->n) return;
        memcpy(o->p + o->n, g.p, g.len);
        o->n += g.len;
    }
}

/* An argument in the notation of HELP. */
static void hint_put_arg(struct hint_out *o, const kv_reply *arg, int how,
                         int depth) {
    struct hint_arg a;
    size_t k;
    int i;
    if (o->n == o->cap) return;
    if (depth == HINT_DEPTH || ++o->steps > HINT_STEPS) {
        hint_put(o, LIT("..."));
        return;
    }
    a = hint_arg(arg);
    if (how == HINT_WHOLE && a.optional) hint_put(o, LIT("["));
    for (i = how == HINT_AGAIN; i <= a.multiple; i++) {
        if (i) hint_put(o, how == HINT_AGAIN ? LIT("[") : LIT(" ["));
        if (hint_by_token(&a, i ? HINT_AGAIN : how)) {
            hint_put(o, a.token.n ? a.token : LIT("\"\""));
            if (a.kind != HINT_TOKEN) hint_put(o, LIT(" "));
        }
        if (a.kind == HINT_VALUE) hint_put(o, a.name);
        for (k = 0; a.kind > HINT_TOKEN && k < a.count; k++) {
            if (k) hint_put(o, a.kind == HINT_ONEOF ? LIT("|") : LIT(" "));
            hint_put_arg(o, &a.kids[k], HINT_WHOLE, depth + 1);
        }
        if (i) hint_put(o, LIT(" ...]"));
    }
    if (how == HINT_WHOLE && a.optional) hint_put(o, LIT("]"));
}

/* What can follow the line, in the notation of HELP. */
static size_t hint_args(const kv_reply *docs, str typed, char *to, size_t cap) {
    str w[HINT_WORDS];
    struct hint_rest r;
    struct hint_out o = {NULL, 0, 0, 0};
    int open;
    size_t i, n = hint_split(typed, w, &open);
    if (!hint_follow(docs, w, n, &r)) return 0;
    o.p = to;
    o.cap = cap;
    for (i = 0; i < r.n; i++) {
        if (i || open) hint_put(&o, LIT(" "));
        hint_put_arg(&o, r.v[i].arg, r.v[i].how, 0);
    }
    return o.n;
}

/* ---- completion ---- */

struct hint_found {
    str prefix, v[HINT_FOUND];
    size_t n;
    int steps;
};

/* Offers a name that goes on from the prefix and can be typed. */
static void hint_offer(struct hint_found *f, str name) {
    size_t i;
    if (name.n < f->prefix.n || name.n > 128 || f->n == HINT_FOUND) return;
    if (!hint_same(str_of(name.p, f->prefix.n), f->prefix)) return;
    for (i = 0; i < name.n; i++)
        if (name.p[i] <= ' ' || name.p[i] >= 0x7f) return;
    if (name.n) f->v[f->n++] = name;
}

static void hint_offer_names(struct hint_found *f, const kv_reply *map) {
    size_t i, n = hint_pairs(map, HINT_COMMANDS);
    for (i = 0; i < n; i++)
        hint_offer(f, hint_last(hint_text(&map->items[2 * i])));
}

static void hint_offer_groups(struct hint_found *f, const kv_reply *docs) {
    size_t i, n = hint_pairs(docs, HINT_COMMANDS);
    for (i = 0; i < n; i++)
        hint_offer(f, hint_string(&docs->items[2 * i + 1], "group"));
}

/* Offers the tokens that an argument can begin with. */
static void hint_offer_tokens(struct hint_found *f, const kv_reply *arg,
                              int how, int depth) {
    struct hint_arg a;
    size_t i;
    if (depth == HINT_DEPTH || ++f->steps > HINT_STEPS) return;
    a = hint_arg(arg);
    if (hint_by_token(&a, how)) {
        hint_offer(f, a.token);
        return;
    }
    for (i = 0; i < a.count && a.kind > HINT_TOKEN; i++) {
        hint_offer_tokens(f, &a.kids[i], HINT_WHOLE, depth + 1);
        if (a.kind == HINT_BLOCK && !hint_arg(&a.kids[i]).optional) break;
    }
}

static int hint_order(const void *a, const void *b) {
    const str *x = a, *y = b;
    size_t i, n = min_z(x->n, y->n);
    for (i = 0; i < n; i++)
        if (lower(x->p[i]) != lower(y->p[i]))
            return lower(x->p[i]) < lower(y->p[i]) ? -1 : 1;
    return x->n < y->n ? -1 : x->n > y->n;
}

/* Finds what can stand in the place of the prefix, behind `n` words. */
static void hint_find(struct hint_found *f, const kv_reply *docs, const str *w,
                      size_t n) {
    struct hint_rest r;
    int help = n && str_is(w[0], "help");
    const kv_reply *doc;
    size_t i;
    if (help) w++, n--;
    if (n == 0 && help && f->prefix.n && f->prefix.p[0] == '@') {
        f->prefix = str_of(f->prefix.p + 1, f->prefix.n - 1);
        hint_offer_groups(f, docs);
    } else if (n == 0) {
        hint_offer_names(f, docs);
    } else if ((doc = hint_follow(docs, w, n, &r))) {
        if (n == 1) hint_offer_names(f, hint_field(doc, "subcommands"));
        for (i = 0; !help && i < r.n; i++) {
            hint_offer_tokens(f, r.v[i].arg, r.v[i].how, 0);
            if (!hint_is_optional(&r.v[i])) break;
        }
    }
    qsort(f->v, f->n, sizeof *f->v, hint_order);
    for (i = n = 0; i < f->n; i++)
        if (n == 0 || hint_order(&f->v[n - 1], &f->v[i])) f->v[n++] = f->v[i];
    f->n = n;
}

/* Whether to write in capitals: as the nearest letter before is. */
static int hint_capitals(str prefix, str first) {
    size_t i;
    for (i = prefix.n; i > 0; i--)
        if (lower(prefix.p[i - 1]) >= 'a' && lower(prefix.p[i - 1]) <= 'z')
            return prefix.p[i - 1] <= 'Z';
    return first.n && first.p[0] >= 'A' && first.p[0] <= 'Z';
}

/* The i-th line that `typed` can become by completing its last word. */
static size_t hint_complete(const kv_reply *docs, str typed, size_t i, char *to,
                            size_t cap) {
    struct hint_found f;
    str w[HINT_WORDS], name;
    int open, capitals;
    size_t k, at, n = hint_split(typed, w, &open);
    if (n == SIZE_MAX) return 0;
    f.n = 0;
    f.steps = 0;
    f.prefix = open ? w[n - 1] : str_of("", 0);
    hint_find(&f, docs, w, n - (open != 0));
    at = typed.n - f.prefix.n;
    if (i >= f.n || f.v[i].n > cap || at > cap - f.v[i].n) return 0;
    name = f.v[i];
    capitals = hint_capitals(f.prefix, n ? w[0] : name);
    copy(to, typed.p, at);
    for (k = 0; k < name.n; k++) {
        u8 c = lower(name.p[k]);
        to[at + k] = (char)(capitals && c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    return at + name.n;
}

/* ---- pages ---- */

struct hint_entry {
    str name; /* first, for hint_order() */
    const kv_reply *doc;
};

struct hint_page {
    str group, w[HINT_WORDS];
    size_t words, n;
    struct hint_entry v[HINT_FOUND];
};

/* Adds a command to the page if it is meant: by its group, or by the words that
 * its name begins with. */
static void hint_page_add(struct hint_page *p, str name, const kv_reply *doc) {
    str last = hint_last(name);
    size_t first = last.n < name.n ? name.n - last.n - 1 : name.n;
    int meant;
    if (p->group.n) meant = hint_same(hint_string(doc, "group"), p->group);
    else
        meant =
            p->words <= 2 && hint_same(str_of(name.p, first), p->w[0]) &&
            (p->words == 1 || (last.n < name.n && hint_same(last, p->w[1])));
    if (!meant || p->n == HINT_FOUND) return;
    p->v[p->n].name = name;
    p->v[p->n++].doc = doc;
}

static void hint_page_collect(struct hint_page *p, const kv_reply *docs) {
    size_t i, k, n = hint_pairs(docs, HINT_COMMANDS);
    for (i = 0; i < n; i++) {
        const kv_reply *doc = &docs->items[2 * i + 1];
        const kv_reply *subs = hint_field(doc, "subcommands");
        size_t count = hint_pairs(subs, HINT_COMMANDS);
        hint_page_add(p, hint_text(&docs->items[2 * i]), doc);
        for (k = 0; k < count; k++)
            hint_page_add(p, hint_text(&subs->items[2 * k]),
                          &subs->items[2 * k + 1]);
    }
    qsort(p->v, p->n, sizeof *p->v, hint_order);
}

static int hint_page_usage(const struct hint_entry *e, heap *h, buf *to) {
    const kv_reply *args = hint_field(e->doc, "arguments");
    char b[4096];
    struct hint_out o = {NULL, 0, sizeof b, 0};
    size_t i;
    o.p = b;
    hint_put(&o, LIT("  "));
    hint_put(&o, e->name);
    for (i = 0; i < o.n; i++) {
        if (b[i] == '|') b[i] = ' ';
        if (b[i] >= 'a' && b[i] <= 'z') b[i] = (char)(b[i] - 32);
    }
    for (i = 0; i < hint_count(args); i++) {
        hint_put(&o, LIT(" "));
        hint_put_arg(&o, &args->items[i], HINT_WHOLE, 0);
    }
    return buf_put(h, to, b, o.n) && buf_put(h, to, "\n", 1);
}

static int hint_page_entry(const struct hint_entry *e, int group, heap *h,
                           buf *to) {
    static const char *const fields[] = {"summary", "since", "group"};
    size_t i, all = SIZE_MAX;
    if (!hint_page_usage(e, h, to)) return 0;
    for (i = 0; i < COUNT(fields) - !group; i++) {
        str s = hint_string(e->doc, fields[i]);
        if (s.n == 0) continue;
        if (!buf_put(h, to, "  ", 2) ||
            !buf_put(h, to, fields[i], strlen(fields[i])) ||
            !buf_put(h, to, ": ", 2) ||
            term_show(h, to, s, 0, &all) == SIZE_MAX ||
            !buf_put(h, to, "\n", 1))
            return 0;
    }
    return buf_put(h, to, "\n", 1);
}

/* Appends help on a command ("set", "client", "client list") or a group
 * ("@string"); 0: nothing is known, or no memory. */
static int hint_page(const kv_reply *docs, str what, heap *h, buf *out) {
    struct hint_page p;
    size_t i, start = out->n;
    int open, ok;
    p.n = 0;
    p.group = str_of("", 0);
    p.words = hint_split(what, p.w, &open);
    if (p.words == 0 || p.words == SIZE_MAX) return 0;
    if (p.w[0].p[0] == '@') p.group = str_of(p.w[0].p + 1, p.w[0].n - 1);
    hint_page_collect(&p, docs);
    ok = p.n && buf_put(h, out, "\n", 1);
    for (i = 0; ok && i < p.n; i++)
        ok = hint_page_entry(&p.v[i], p.group.n == 0, h, out);
    if (!ok) out->n = start;
    return ok;
}

/* ==== show: replies as text ==============================================
 *
 * The shapes are redis-cli's. Where a person reads, no byte of a server's
 * reaches the terminal as a control character; raw text is what was sent.
 * JSON keys that are no strings become the text of what they are.
 */
enum { SHOW_FORMATTED, SHOW_RAW, SHOW_CSV, SHOW_JSON, SHOW_QUOTED_JSON };

enum {
    SHOW_MARGIN = 240, /* columns that nesting indents by at most */
    SHOW_LOOK = 1000   /* levels looked at to tell whether one line will do */
};

struct show_frame { /* an aggregate in the middle */
    const kv_reply *r;
    size_t next, total; /* elements, of a map two a pair */
    size_t margin;      /* columns before its lines but the first */
};

struct show {
    heap *h;
    buf *out;
    int format;
    str between; /* the elements of raw replies */
    buf stack;   /* frames */
    size_t depth;
    size_t key; /* frames up to the one that is a JSON key; 0: none is */
    int failed; /* no memory: nothing more is written */
};

static void show_put(struct show *s, const void *p, size_t n) {
    if (!s->failed && !buf_put(s->h, s->out, p, n)) s->failed = 1;
}

static void show_c(struct show *s, const char *text) {
    show_put(s, text, strlen(text));
}

static void show_blanks(struct show *s, size_t n) {
    for (; n; n--) show_put(s, " ", 1);
}

/* ---- bytes ---- */

enum { /* ways of escaping, each over the one before */
       SHOW_AS_WORD = 1,
       SHOW_AS_JSON = 2,
       SHOW_AS_KEY = 4 /* JSON in JSON */
};

static int show_is_plain(u8 c, int how) {
    if (c == '"' || c == '\\') return 0;
    return c >= ' ' && (!(how & SHOW_AS_WORD) || c < 127);
}

/* The escape of a byte as words or JSON have it; its length. */
static size_t show_escape(u8 c, int json, char *e) {
    static const char hex[] = "0123456789abcdef";
    const char *from = json ? "\"\\\n\r\t\b\f" : "\"\\\n\r\t\b\a",
               *to = json ? "\"\\nrtbf" : "\"\\nrtba",
               *at = c ? strchr(from, c) : NULL;
    size_t n = 0;
    e[n++] = '\\';
    if (at) {
        e[n++] = to[at - from];
        return n;
    }
    e[n++] = json ? 'u' : 'x';
    if (json) e[n++] = '0', e[n++] = '0';
    e[n++] = hex[c >> 4];
    e[n++] = hex[c & 15];
    return n;
}

static void show_byte(struct show *s, u8 c, int how) {
    char e[3][64], *from = e[0], *to = e[1];
    size_t n = 1, m, i;
    int way;
    from[0] = (char)c;
    for (way = SHOW_AS_WORD; way <= SHOW_AS_KEY; way *= 2) {
        if (!(how & way)) continue;
        for (m = i = 0; i < n; i++)
            if (show_is_plain((u8)from[i], way)) to[m++] = from[i];
            else m += show_escape((u8)from[i], way != SHOW_AS_WORD, to + m);
        n = m;
        from = to;
        to = to == e[1] ? e[2] : e[1];
    }
    show_put(s, from, n);
}

static void show_escaped(struct show *s, str t, int how) {
    size_t i, n;
    for (i = 0; i < t.n; i += n) {
        for (n = 0; i + n < t.n && show_is_plain(t.p[i + n], how); n++) {
        }
        if (n) show_put(s, t.p + i, n);
        else show_byte(s, t.p[i], how), n = 1;
    }
}

/* "..." as the command line reads it back. */
static void show_word(struct show *s, str t) {
    show_put(s, "\"", 1);
    show_escaped(s, t, SHOW_AS_WORD);
    show_put(s, "\"", 1);
}

/* The bytes of the character at p; 0: it is none, or one without a look. */
static size_t show_char(const u8 *p, size_t n) {
    u32 c;
    size_t len = term_utf8(p, n, &c);
    return len && term_code_width(c) != TERM_HIDDEN ? len : 0;
}

/* Text for a terminal: newlines and tabs are what they are, other controls and
 * bytes that are no characters are escaped. */
static void show_safe(struct show *s, str t) {
    size_t i, n;
    char e[8];
    for (i = 0; i < t.n; i += n) {
        n = show_char(t.p + i, t.n - i);
        if (!n && (t.p[i] == '\n' || t.p[i] == '\t' ||
                   (t.p[i] == '\r' && i + 1 < t.n && t.p[i + 1] == '\n')))
            n = 1;
        if (n) show_put(s, t.p + i, n);
        else show_put(s, e, show_escape(t.p[i], 0, e)), n = 1;
    }
}

/* num / den with two decimals and at least two digits before them, in `b` of
 * 32 bytes; halves go to the even side. */
static char *show_ratio(char *b, u64 num, u64 den, int width) {
    u64 q, rest;
    num = num < UINT64_MAX / 100 ? num * 100 : UINT64_MAX;
    q = den ? num / den : 0;
    rest = den ? num % den : 0;
    if (rest > den - rest || (rest && rest == den - rest && q % 2)) q++;
    snprintf(b, 32, "%0*llu.%02llu", width, (unsigned long long)(q / 100),
             (unsigned long long)(q % 100));
    return b;
}

/* ---- values ---- */

enum { SHOW_NOTHING, SHOW_TEXT, SHOW_SAFE, SHOW_QUOTED };

/* By type and format: what stands before a value, and how its text is written.
 * Aggregates stand here for empty ones. */
static const struct show_row {
    const char *before;
    u8 how;
} SHOW_ROWS[][4] = {
    /* clang-format off */
    {{"(nil)", 0}, {"", 0}, {"NULL", 0}, {"null", 0}},
    {{"", SHOW_SAFE}, {"", SHOW_TEXT}, {"", SHOW_QUOTED}, {"", SHOW_QUOTED}},
    {{"(error) ", SHOW_SAFE}, {"", SHOW_TEXT},
     {"ERROR,", SHOW_QUOTED}, {"error:", SHOW_QUOTED}},
    {{"(integer) ", SHOW_TEXT}, {"", SHOW_TEXT}, {"", SHOW_TEXT},
     {"", SHOW_TEXT}},
    {{"", SHOW_QUOTED}, {"", SHOW_TEXT}, {"", SHOW_QUOTED}, {"", SHOW_QUOTED}},
    {{"(double) ", SHOW_TEXT}, {"", SHOW_TEXT}, {"", SHOW_TEXT},
     {"", SHOW_TEXT}},
    {{"", SHOW_TEXT}, {"", SHOW_TEXT}, {"", SHOW_TEXT}, {"", SHOW_TEXT}},
    {{"(big number) ", SHOW_TEXT}, {"", SHOW_TEXT}, {"", SHOW_TEXT},
     {"", SHOW_TEXT}},
    {{"", SHOW_SAFE}, {"", SHOW_TEXT}, {"", SHOW_QUOTED}, {"", SHOW_QUOTED}},
    {{"(empty array)", 0}, {"", 0}, {"", 0}, {"[]", 0}},
    {{"(empty hash)", 0}, {"", 0}, {"", 0}, {"{}", 0}},
    {{"(empty set)", 0}, {"", 0}, {"", 0}, {"[]", 0}},
    {{"(empty push)", 0}, {"", 0}, {"", 0}, {"[]", 0}}
    /* clang-format on */
};

static int show_is_json(const struct show *s) { return s->format >= SHOW_JSON; }

/* A quotation mark of JSON, which is escaped within a key. */
static void show_quote(struct show *s) { show_c(s, s->key ? "\\\"" : "\""); }

static void show_quoted(struct show *s, str t) {
    int how = show_is_json(s) ? SHOW_AS_JSON : SHOW_AS_WORD;
    if (s->format == SHOW_QUOTED_JSON) how |= SHOW_AS_WORD;
    if (s->key) how |= SHOW_AS_KEY;
    show_quote(s);
    show_escaped(s, t, how);
    show_quote(s);
}

static str show_text_of(const struct show *s, const kv_reply *r, u8 *room) {
    int words = s->format == SHOW_FORMATTED || s->format == SHOW_RAW;
    if (r->type == KV_INTEGER) return text_int(room, r->integer);
    if (r->type != KV_BOOL) return str_of(r->str, r->len);
    if (words) return r->integer ? LIT("(true)") : LIT("(false)");
    return r->integer ? LIT("true") : LIT("false");
}

/* A value that nothing is nested in. */
static void show_value(struct show *s, const kv_reply *r) {
    const struct show_row *row =
        &SHOW_ROWS[r->type][s->format < SHOW_JSON ? s->format : SHOW_JSON];
    u8 room[NUM_TEXT];
    str text = show_text_of(s, r, room);
    show_c(s, row->before);
    if (row->how == SHOW_TEXT) show_put(s, text.p, text.n);
    if (row->how == SHOW_SAFE) show_safe(s, text);
    if (row->how == SHOW_QUOTED) show_quoted(s, text);
    if (s->format == SHOW_FORMATTED ||
        (s->format == SHOW_RAW && r->type == KV_ERROR))
        show_c(s, "\n");
}

/* ---- nesting ---- */

static size_t show_digits(size_t v) {
    u8 b[NUM_TEXT];
    return num_put_u(b, v);
}

/* Whether a value takes more than one line; what nests very deep does. */
static int show_is_long(const kv_reply *r) {
    int looked;
    for (looked = 0; looked < SHOW_LOOK && r->count == 1; looked++)
        r = r->items + (r->type == KV_MAP);
    return r->count > 0;
}

static struct show_frame *show_top(struct show *s) {
    return (struct show_frame *)(void *)s->stack.p + s->depth - 1;
}

/* The margin of what is nested in a frame: behind its number. */
static size_t show_inner(const struct show_frame *f) {
    return min_z(f->margin + show_digits(f->r->count) + 2, SHOW_MARGIN);
}

/* What stands before the next element of a formatted aggregate. */
static void show_number(struct show *s, const struct show_frame *f) {
    int map = f->r->type == KV_MAP;
    size_t i = f->next / (map ? 2 : 1) + 1;
    u8 b[NUM_TEXT];
    if (map && f->next % 2) {
        if (!s->failed) s->out->n--; /* the newline behind the key */
        show_c(s, " => ");
        if (!show_is_long(&f->r->items[f->next])) return;
        show_c(s, "\n");
        show_blanks(s, show_inner(f));
        return;
    }
    if (f->next) show_blanks(s, f->margin);
    show_blanks(s, show_digits(f->r->count) - show_digits(i));
    show_put(s, b, num_put_u(b, i));
    show_c(s, map ? "# " : f->r->type == KV_SET ? "~ " : ") ");
}

/* Whether the next element of a frame is a JSON key that needs quotes. */
static int show_is_key(const struct show *s, const struct show_frame *f) {
    int type = f->r->items[f->next].type;
    return show_is_json(s) && f->r->type == KV_MAP && f->next % 2 == 0 &&
           type != KV_STRING && type != KV_SIMPLE && type != KV_VERBATIM &&
           type != KV_ERROR;
}

static void show_separator(struct show *s, const struct show_frame *f) {
    int value = f->r->type == KV_MAP && f->next % 2;
    if (s->format == SHOW_FORMATTED) show_number(s, f);
    else if (!f->next) return;
    else if (s->format == SHOW_RAW && value) show_c(s, " ");
    else if (s->format == SHOW_RAW) show_put(s, s->between.p, s->between.n);
    else show_c(s, value && show_is_json(s) ? ":" : ",");
}

static void show_bracket(struct show *s, const kv_reply *r, int close) {
    if (!show_is_json(s)) return;
    if (r->type == KV_MAP) show_c(s, close ? "}" : "{");
    else show_c(s, close ? "]" : "[");
}

static void show_push(struct show *s, const kv_reply *r, size_t margin) {
    struct show_frame f;
    f.r = r;
    f.next = 0;
    f.total = r->count * (r->type == KV_MAP ? 2 : 1);
    f.margin = margin;
    s->stack.n = s->depth * sizeof f;
    if (!buf_put(s->h, &s->stack, &f, sizeof f)) s->failed = 1;
    else s->depth++;
    show_bracket(s, r, 0);
}

/* Ends the aggregates that are through. */
static void show_pop(struct show *s) {
    while (s->depth && show_top(s)->next == show_top(s)->total) {
        show_bracket(s, show_top(s)->r, 1);
        if (s->key != s->depth--) continue;
        s->key = 0;
        show_quote(s);
    }
}

/* Appends a reply. 0: no memory. */
static int show_reply(struct show *s, const kv_reply *r) {
    size_t margin = 0;
    int key = 0;
    s->depth = s->key = 0;
    for (;;) {
        if (key) show_quote(s);
        if (key && r->count) s->key = s->depth + 1;
        if (r->count) show_push(s, r, margin);
        else show_value(s, r);
        if (key && !r->count) show_quote(s);
        show_pop(s);
        if (!s->depth || s->failed) break;
        show_separator(s, show_top(s));
        key = show_is_key(s, show_top(s));
        margin = show_inner(show_top(s));
        r = &show_top(s)->r->items[show_top(s)->next++];
        key = key && (!s->key || !r->count);
    }
    host_free(s->h, &s->stack);
    return !s->failed;
}

/* ==== cli: the command line client: its connection, commands, replies =====
 *
 * A connection is greeted with what it should be: logged in, in a database,
 * speaking a protocol. Commands that change this are watched, so that the
 * prompt is right and the next connection becomes the same. Functions that talk
 * to the server return KV_OK, KV_ARG when it answered with an error, or why
 * the connection is gone; they have said so by then.
 */
struct cli {
    mem m;
    heap h;
    struct peer p;

    /* what was asked for */
    char *host, *path; /* path: of a unix socket, or NULL */
    i64 port;
    char *user, *pass; /* NULL: none */
    i64 want_db;
    int want_proto; /* 2 or 3; 0: what connections begin with */
    i64 repeat;     /* -1: for ever */
    i64 interval;   /* ms */
    int format;     /* SHOW_; -1: what suits the output */
    int pushes;     /* shows them; -1: when the output is a terminal */
    const char *between, *end; /* of elements, of replies, when raw */
    int last_from_input;       /* -x */
    const char *tag;           /* -X */
    int exit_failed;           /* -e */
    int quoted, verbose, no_warning, ask_password;
    int password_shown; /* it stood on the command line */
    char *pattern;
    size_t pattern_n;
    i64 scan_count, samples, seconds, pipe_timeout;
    int (*mode)(struct cli *c); /* NULL: commands */

    /* what the connection is in */
    i64 db;
    int proto;
    int tx;           /* between MULTI and EXEC */
    i64 tx_db;        /* the database that EXEC will select, or -1 */
    int silent, skip; /* CLIENT REPLY OFF, SKIP */

    int interactive;
    int failed; /* an error was answered */
    int broken; /* a connection was lost or not to be had */
    int gone;   /* it was lost, and there is no other yet */
    buf text;   /* for output */
    buf argv;   /* str of the command, into `words` */
    buf words;
};

/* ---- talk ---- */

static void cli_write(struct cli *c, FILE *to) {
    fwrite(c->text.p, 1, c->text.n, to);
    c->text.n = 0;
    if (c->text.cap > MEM_CHUNK) host_free(&c->h, &c->text);
}

/* Begins a text for cli_write(). */
static struct show cli_text(struct cli *c, int format) {
    struct show s;
    memset(&s, 0, sizeof s);
    c->text.n = 0;
    s.h = &c->h;
    s.out = &c->text;
    s.format = format;
    s.between = str_c(c->between);
    return s;
}

/* One line on the error output: a sentence of ours (or NULL), and the server's
 * words (or none). */
static void cli_complain(struct cli *c, const char *what, str why) {
    struct show s = cli_text(c, SHOW_FORMATTED);
    if (what) show_safe(&s, str_c(what));
    if (what && why.n) show_c(&s, ": ");
    show_safe(&s, why);
    show_c(&s, "\n");
    fflush(stdout);
    cli_write(c, stderr);
}

/* Replaces a string of the client's. */
static int cli_keep(struct cli *c, char **slot, str s) {
    char *copy_of = memchr(s.p, 0, s.n) ? NULL : buf_dup(&c->h, s.p, s.n);
    if (!copy_of) return 0;
    buf_undup(&c->h, *slot);
    *slot = copy_of;
    return 1;
}

static void cli_login(struct cli *c, str user, str pass) {
    if (!cli_keep(c, &c->pass, pass)) return;
    buf_undup(&c->h, c->user);
    c->user = NULL;
    if (user.n) cli_keep(c, &c->user, user);
}

/* Says why the connection is gone, unless SIGINT did it, and what goes with
 * it. */
static int cli_broken(struct cli *c, int rc) {
    if (rc != KV_INTERRUPTED) cli_complain(c, "Error", str_c(c->p.why));
    if (c->tx) cli_complain(c, NULL, LIT("The transaction is lost"));
    c->tx = 0;
    c->broken = c->gone = 1;
    peer_close(&c->p);
    return rc;
}

/* The result of a part of the greeting. */
static int cli_greeted(struct cli *c, const char *what, int rc) {
    if (rc == KV_ARG) cli_complain(c, what, str_c(c->p.why));
    else if (rc != KV_OK) cli_broken(c, rc);
    return rc;
}

static int cli_select(struct cli *c) {
    char what[64];
    int rc;
    if (c->db == c->want_db) return KV_OK;
    snprintf(what, sizeof what, "SELECT %lld failed", (long long)c->want_db);
    rc = peer_select(&c->p, c->want_db, HOST_NEVER);
    if (rc == KV_OK) c->db = c->want_db;
    else if (strncmp(c->p.why, "NOAUTH", 6)) c->want_db = c->db;
    return cli_greeted(c, what, rc);
}

static int cli_greet(struct cli *c) {
    int rc = KV_OK;
    if (c->pass)
        rc = cli_greeted(c, "AUTH failed",
                         peer_auth(&c->p, c->user, c->pass, HOST_NEVER));
    if (rc == KV_OK) rc = cli_select(c);
    if (rc == KV_OK && c->want_proto == 3) {
        rc = cli_greeted(c, "HELLO 3 failed", peer_hello(&c->p, 3, HOST_NEVER));
        if (rc == KV_OK) c->proto = 3;
    }
    return rc == KV_ARG ? KV_OK : rc;
}

/* Connects; KV_OK also when the server did not like the greeting. */
static int cli_connect(struct cli *c) {
    struct peer_address to;
    char what[512];
    int rc;
    to.host = c->host;
    to.port = (int)c->port;
    to.path = c->path;
    rc = peer_open(&c->p, &to, -1);
    if (c->path) snprintf(what, sizeof what, "%.400s", c->path);
    else snprintf(what, sizeof what, "%.400s:%d", c->host, to.port);
    if (rc != KV_OK) {
        char no[600];
        snprintf(no, sizeof no, "Could not connect to Redis at %s", what);
        if (rc != KV_INTERRUPTED) cli_complain(c, no, str_c(c->p.why));
        c->broken = 1;
        return rc;
    }
    if (c->verbose) cli_complain(c, "Connected to", str_c(what));
    if (c->gone && c->interactive)
        cli_complain(c, "Connected again; what CLIENT had set is lost",
                     str_c(what));
    c->gone = 0;
    c->db = c->tx = c->silent = c->skip = 0;
    c->proto = 2;
    return cli_greet(c);
}

/* ---- replies ---- */

/* What only prints well as it is: text of many lines. */
static void cli_show_plain(struct cli *c, struct show *s, const kv_reply *r) {
    buf raw = {NULL, 0, 0};
    s->format = SHOW_RAW;
    if (c->format != SHOW_FORMATTED) {
        show_reply(s, r);
        return;
    }
    s->out = &raw;
    show_reply(s, r);
    s->out = &c->text;
    show_safe(s, str_of(raw.p, raw.n));
    host_free(&c->h, &raw);
}

static void cli_show(struct cli *c, const kv_reply *r, int plain) {
    struct show s = cli_text(c, c->format);
    if (r->type == KV_ERROR) c->failed = 1;
    if (r->type == KV_ERROR && c->exit_failed && !c->interactive) {
        cli_complain(c, NULL, str_of(r->str, r->len));
        return;
    }
    if (plain) {
        cli_show_plain(c, &s, r);
    } else {
        show_reply(&s, r);
        if (c->format == SHOW_RAW) show_c(&s, c->end);
        else if (c->format != SHOW_FORMATTED) show_c(&s, "\n");
    }
    if (s.failed) cli_complain(c, "Error", LIT("no memory to show the reply"));
    else cli_write(c, stdout);
}

/* Shows what the server pushed between replies. */
static void cli_show_push(struct cli *c, const kv_reply *r) {
    const kv_reply *keys = r->count == 2 ? &r->items[1] : NULL;
    struct show s;
    size_t i;
    if (!c->pushes) return;
    if (c->format != SHOW_FORMATTED || !keys || keys->type != KV_ARRAY ||
        !r->items->str || strcmp(r->items->str, "invalidate")) {
        cli_show(c, r, 0);
        return;
    }
    s = cli_text(c, c->format);
    show_c(&s, "-> invalidate: ");
    for (i = 0; i < keys->count; i++) {
        const kv_reply *k = &keys->items[i];
        show_c(&s, i ? ", '" : "'");
        show_safe(&s, str_of(k->str, k->len));
        show_c(&s, "'");
    }
    show_c(&s, "\n");
    cli_write(c, stdout);
}

/* The next reply. Pushes are shown, unless they are the reply. */
static int cli_reply(struct cli *c, kv_reply **r, int push) {
    for (;;) {
        int rc = peer_reply(&c->p, r, HOST_NEVER);
        if (rc != KV_OK || push || (*r)->type != KV_PUSH) return rc;
        cli_show_push(c, *r);
        peer_drop(&c->p, *r);
    }
}

/* One request; errors are told. */
static int cli_ask(struct cli *c, size_t argc, const str *argv, kv_reply **r) {
    int rc = peer_call(&c->p, argc, argv, r, HOST_NEVER);
    if (rc != KV_OK) return cli_broken(c, rc);
    if ((*r)->type != KV_ERROR) return KV_OK;
    cli_complain(c, "Error", str_of((*r)->str, (*r)->len));
    peer_drop(&c->p, *r);
    *r = NULL;
    return KV_ARG;
}

/* ---- commands that matter to the client ---- */

struct cli_request {
    size_t argc;
    const str *argv;
};

static int cli_is_simple(const kv_reply *r, const char *text) {
    return r->type == KV_SIMPLE && strcmp(r->str, text) == 0;
}

static void cli_after_multi(struct cli *c, const struct cli_request *q,
                            const kv_reply *r) {
    (void)q;
    if (!cli_is_simple(r, "OK")) return;
    c->tx = 1;
    c->tx_db = -1;
}

static void cli_after_exec(struct cli *c, const struct cli_request *q,
                           const kv_reply *r) {
    if (q->argc != 1 || !c->tx) return;
    c->tx = 0;
    if (r->type == KV_ARRAY && c->tx_db >= 0) c->db = c->want_db = c->tx_db;
}

static void cli_after_discard(struct cli *c, const struct cli_request *q,
                              const kv_reply *r) {
    (void)r;
    if (q->argc == 1) c->tx = 0;
}

static void cli_after_select(struct cli *c, const struct cli_request *q,
                             const kv_reply *r) {
    i64 n;
    if (q->argc != 2 || !num_parse(q->argv[1], &n) || n < 0) return;
    if (c->tx && cli_is_simple(r, "QUEUED")) c->tx_db = n;
    else if (cli_is_simple(r, "OK")) c->db = c->want_db = n;
}

static void cli_after_auth(struct cli *c, const struct cli_request *q,
                           const kv_reply *r) {
    if (!cli_is_simple(r, "OK")) return;
    if (q->argc == 2) cli_login(c, str_of("", 0), q->argv[1]);
    if (q->argc == 3) cli_login(c, q->argv[1], q->argv[2]);
    cli_select(c);
}

static void cli_after_hello(struct cli *c, const struct cli_request *q,
                            const kv_reply *r) {
    size_t i;
    if ((r->type != KV_MAP && r->type != KV_ARRAY) || q->argc < 2) return;
    c->proto = c->want_proto = str_is(q->argv[1], "3") ? 3 : 2;
    for (i = 2; i + 2 < q->argc; i++) {
        if (!str_is(q->argv[i], "auth")) continue;
        cli_login(c, q->argv[i + 1], q->argv[i + 2]);
        cli_select(c);
        break;
    }
}

static void cli_after_reset(struct cli *c, const struct cli_request *q,
                            const kv_reply *r) {
    (void)q;
    if (!cli_is_simple(r, "RESET")) return;
    c->db = c->want_db = 0;
    c->proto = 2;
    c->want_proto = 0;
    c->tx = 0;
}

enum {                   /* cli_row.flags */
       CLI_PLAIN = 1,    /* the reply is text to be read as it is */
       CLI_STREAM = 2,   /* replies come until the connection ends */
       CLI_MESSAGES = 4, /* they are messages */
       CLI_EACH = 8,     /* a reply, maybe a push, comes for each argument */
       CLI_LAST = 16,    /* the server closes the connection */
       CLI_OFF = 32,     /* no replies from now on */
       CLI_SKIP = 64,    /* no reply to this and the next command */
       CLI_ON = 128      /* replies again */
};

static const struct cli_row {
    const char *words; /* that the command begins with */
    size_t argc;       /* 0: any number */
    u8 flags;
    void (*after)(struct cli *c, const struct cli_request *q,
                  const kv_reply *r);
} CLI_ROWS[] = {
    /* clang-format off */
    {"info", 0, CLI_PLAIN, NULL},
    {"lolwut", 0, CLI_PLAIN, NULL},
    {"debug htstats", 0, CLI_PLAIN, NULL},
    {"debug htstats-key", 0, CLI_PLAIN, NULL},
    {"debug client-eviction", 0, CLI_PLAIN, NULL},
    {"memory malloc-stats", 0, CLI_PLAIN, NULL},
    {"memory doctor", 0, CLI_PLAIN, NULL},
    {"cluster nodes", 2, CLI_PLAIN, NULL},
    {"cluster info", 2, CLI_PLAIN, NULL},
    {"client list", 0, CLI_PLAIN, NULL},
    {"client info", 0, CLI_PLAIN, NULL},
    {"latency graph", 3, CLI_PLAIN, NULL},
    {"latency doctor", 2, CLI_PLAIN, NULL},
    {"proxy info", 0, CLI_PLAIN, NULL},
    {"monitor", 0, CLI_STREAM, NULL},
    {"subscribe", 0, CLI_STREAM | CLI_MESSAGES, NULL},
    {"psubscribe", 0, CLI_STREAM | CLI_MESSAGES, NULL},
    {"ssubscribe", 0, CLI_STREAM | CLI_MESSAGES, NULL},
    {"unsubscribe", 0, CLI_EACH, NULL},
    {"punsubscribe", 0, CLI_EACH, NULL},
    {"sunsubscribe", 0, CLI_EACH, NULL},
    {"shutdown", 0, CLI_LAST, NULL},
    {"client reply off", 3, CLI_OFF, NULL},
    {"client reply skip", 3, CLI_SKIP, NULL},
    {"client reply on", 3, CLI_ON, NULL},
    {"multi", 0, 0, cli_after_multi},
    {"exec", 0, 0, cli_after_exec},
    {"discard", 0, 0, cli_after_discard},
    {"select", 0, 0, cli_after_select},
    {"auth", 0, 0, cli_after_auth},
    {"hello", 0, 0, cli_after_hello},
    {"reset", 0, 0, cli_after_reset},
    {NULL, 0, 0, NULL} /* any other command */
    /* clang-format on */
};

/* Whether a command begins with these words, in any case of letters. */
static int cli_begins(size_t argc, const str *argv, const char *words) {
    size_t i, j, n;
    for (i = 0; *words; i++, words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        if (i == argc || argv[i].n != n) return 0;
        for (j = 0; j < n; j++)
            if (lower(argv[i].p[j]) != (u8)words[j]) return 0;
    }
    return 1;
}

static const struct cli_row *cli_row(const struct cli_request *q) {
    const struct cli_row *r = CLI_ROWS;
    while (r->words && (!cli_begins(q->argc, q->argv, r->words) ||
                        (r->argc && r->argc != q->argc)))
        r++;
    return r;
}

/* How many replies a command has. */
static size_t cli_replies(struct cli *c, const struct cli_row *row,
                          const struct cli_request *q) {
    int mute = c->silent || c->skip;
    c->skip = 0;
    if (c->tx) return 1; /* QUEUED */
    if (row->flags & CLI_ON) mute = c->silent = 0;
    if (row->flags & CLI_OFF) mute = c->silent = 1;
    if (row->flags & CLI_SKIP && !c->silent) mute = c->skip = 1;
    if (mute) return 0;
    return row->flags & CLI_EACH && q->argc > 2 ? q->argc - 1 : 1;
}

/* Reads one reply to a request and shows it. */
static int cli_answer(struct cli *c, const struct cli_row *row,
                      const struct cli_request *q, int *stream) {
    kv_reply *r;
    int rc = cli_reply(c, &r, row->flags & (CLI_STREAM | CLI_EACH));
    if (rc != KV_OK) {
        if (row->flags & CLI_LAST && rc == KV_CLOSED) return KV_CLOSED;
        return cli_broken(c, rc);
    }
    if (row->flags & CLI_STREAM && !*stream && r->type != KV_ERROR &&
        !cli_is_simple(r, "QUEUED")) {
        *stream = 1;
        if (row->flags & CLI_MESSAGES && c->format != SHOW_RAW)
            puts("Reading messages... (press Ctrl-C to quit)");
    }
    cli_show(c, r, row->flags & CLI_PLAIN);
    if (row->after) row->after(c, q, r);
    rc = r->type == KV_ERROR ? KV_ARG : KV_OK;
    peer_drop(&c->p, r);
    return rc;
}

static int cli_goes_on(int rc) { return rc == KV_OK || rc == KV_ARG; }

/* Sends one command and shows what comes back. */
static int cli_command(struct cli *c, size_t argc, const str *argv) {
    struct cli_request q;
    const struct cli_row *row;
    size_t left;
    int rc, stream = 0;
    q.argc = argc;
    q.argv = argv;
    row = cli_row(&q);
    if (c->p.fd < 0 && (rc = cli_connect(c)) != KV_OK) return rc;
    left = cli_replies(c, row, &q);
    rc = peer_send(&c->p, argc, argv, HOST_NEVER);
    if (rc != KV_OK) return cli_broken(c, rc);
    while ((left || stream) && cli_goes_on(rc)) {
        rc = cli_answer(c, row, &q, &stream);
        if (left) left--;
        if (stream) fflush(stdout);
    }
    return row->flags & CLI_LAST && rc == KV_CLOSED ? KV_OK : rc;
}

/* The same `n` times, -1: for ever, with the interval that was asked for. Ends
 * with the connection, with -e at the first error. */
static int cli_repeat(struct cli *c, size_t argc, const str *argv, i64 n) {
    int rc = KV_OK;
    while (n && cli_goes_on(rc)) {
        if (n > 0) n--;
        rc = cli_command(c, argc, argv);
        if (!n || (c->exit_failed && c->failed)) break;
        fflush(stdout);
        if (cli_goes_on(rc) && host_sleep_ms(c->interval) != KV_OK)
            rc = KV_INTERRUPTED;
    }
    return rc;
}

/* ---- words ---- */

/* Splits and unquotes a line into c->argv; -1: quotes that do not match or no
 * memory, else the number of words. */
static i64 cli_split(struct cli *c, str line) {
    u8 *p, *end;
    str word;
    c->words.n = c->argv.n = 0;
    if (!buf_put(&c->h, &c->words, line.p, line.n)) return -1;
    p = c->words.p;
    end = p + c->words.n;
    for (;;) {
        while (p < end && resp_is_space(*p)) p++;
        if (p == end) break;
        p = resp_word(p, end, &word);
        if (!p || !buf_put(&c->h, &c->argv, &word, sizeof word)) return -1;
    }
    return (i64)(c->argv.n / sizeof word);
}

static const str *cli_argv(const struct cli *c) {
    return (const str *)(const void *)c->argv.p;
}

/* ==== repl: lines from a person or a file ================================
 *
 * Each line is a command, a number and a command, or one of the client's own
 * words. Without a terminal there is no prompt and no history; all else is the
 * same. SIGINT closes the connection that is waited for, no more.
 */
enum { REPL_DOCS_MS = 1500, REPL_PATH = 4096 };

struct repl {
    struct cli *c;
    struct line line;
    struct line_help help;
    int editing;  /* lines are edited, on a terminal */
    int prompted; /* a person reads: there is a prompt */
    int hints;
    char history[REPL_PATH]; /* its file; "": none */
    kv_reply *docs;          /* of the commands; NULL: not known */
    int docs_asked;          /* 1: this connection gave none, 2: none will */
    buf input;               /* where no line is edited */
    size_t input_at;
    int input_ended;
};

/* ---- what the server tells about its commands ---- */

/* Asks for it, once a connection, where that disturbs nothing. */
static void repl_docs(struct repl *r) {
    struct cli *c = r->c;
    str argv[2];
    int rc;
    if (r->docs || r->docs_asked || c->p.fd < 0 || c->tx || c->silent) return;
    r->docs_asked = 1;
    argv[0] = LIT("COMMAND");
    argv[1] = LIT("DOCS");
    rc = peer_call(&c->p, 2, argv, &r->docs, host_until(REPL_DOCS_MS));
    if (rc != KV_OK) peer_close(&c->p); /* the answer may come late */
    if (rc == KV_AGAIN) r->docs_asked = 2;
    if (rc != KV_OK || r->docs->type == KV_MAP || r->docs->type == KV_ARRAY)
        return;
    peer_drop(&c->p, r->docs);
    r->docs = NULL;
}

static size_t repl_complete(void *ctx, str typed, size_t i, char *to,
                            size_t cap) {
    struct repl *r = ctx;
    repl_docs(r);
    return hint_complete(r->docs, typed, i, to, cap);
}

static size_t repl_hint(void *ctx, str typed, char *to, size_t cap) {
    struct repl *r = ctx;
    if (!r->hints) return 0;
    repl_docs(r);
    return hint_args(r->docs, typed, to, cap);
}

/* Whether a line holds a password. */
static int repl_secret(void *ctx, str line) {
    static const char *const always[] = {"auth", "acl setuser"};
    static const char *const perhaps[] = {"hello", "config set", "migrate"};
    static const char *const words[] = {"auth", "auth2", "requirepass",
                                        "masterauth", "masteruser"};
    struct cli *c = ((struct repl *)ctx)->c;
    const str *argv;
    size_t n, i, j;
    int may = 0;
    i64 times;
    cli_split(c, line); /* also of a bad line the words before what is bad */
    argv = cli_argv(c);
    n = c->argv.n / sizeof *argv;
    if (n && num_parse(argv[0], &times)) argv++, n--;
    for (i = 0; n && i < COUNT(always); i++)
        if (cli_begins(n, argv, always[i])) return 1;
    for (i = 0; n && i < COUNT(perhaps); i++)
        may |= cli_begins(n, argv, perhaps[i]);
    for (i = 1; may && i < n; i++)
        for (j = 0; j < COUNT(words); j++)
            if (str_is(argv[i], words[j])) return 1;
    return 0;
}

/* Asks a server and prints the page about a command or a group. */
static int repl_page(struct repl *r, size_t argc, const str *argv) {
    struct cli *c = r->c;
    struct show s;
    buf what = {NULL, 0, 0}, page = {NULL, 0, 0};
    size_t i;
    int known;
    for (i = 0; i < argc; i++) {
        if (i) buf_put(&c->h, &what, " ", 1);
        buf_put(&c->h, &what, argv[i].p, argv[i].n);
    }
    repl_docs(r);
    known = hint_page(r->docs, str_of(what.p, what.n), &c->h, &page);
    s = cli_text(c, SHOW_FORMATTED);
    if (known) {
        show_safe(&s, str_of(page.p, page.n));
    } else if (!r->docs) {
        show_c(&s, "The server tells nothing about its commands.\n");
    } else {
        show_c(&s, "There is no help on ");
        show_word(&s, str_of(what.p, what.n));
        show_c(&s, "; try: help @<tab>, help <tab>\n");
    }
    cli_write(c, stdout);
    buf_free(&c->h, &what);
    buf_free(&c->h, &page);
    return known;
}

/* ---- the client's own words ---- */

static int repl_help(struct repl *r, size_t argc, const str *argv) {
    if (argc > 1) {
        repl_page(r, argc - 1, argv + 1);
        return KV_OK;
    }
    puts("kv cli " KV_VERSION "\n"
         "help <command>       what a command does\n"
         "help @<group>        the commands of a group\n"
         "help <tab>           what there is help on\n"
         "<n> <command>        does a command n times\n"
         "connect <host> <port>   goes to another server\n"
         ":set hints, :set nohints   shows arguments while you type, or not\n"
         "clear                clears the screen\n"
         "quit                 ends kv cli");
    return KV_OK;
}

static int repl_clear(struct repl *r, size_t argc, const str *argv) {
    (void)r, (void)argc, (void)argv;
    fputs("\x1b[H\x1b[2J", stdout);
    return KV_OK;
}

static int repl_connect(struct repl *r, size_t argc, const str *argv) {
    struct cli *c = r->c;
    i64 port;
    (void)argc;
    if (!num_parse(argv[2], &port) || port < 1 || port > 65535) {
        puts("Invalid port");
        return KV_OK;
    }
    if (!cli_keep(c, &c->host, argv[1])) return KV_NOMEM;
    buf_undup(&c->h, c->path);
    c->path = NULL;
    c->port = port;
    c->tx = 0;
    peer_close(&c->p);
    peer_drop(&c->p, r->docs);
    r->docs = NULL;
    r->docs_asked = 0;
    return cli_connect(c);
}

static int repl_set(struct repl *r, size_t argc, const str *argv) {
    struct show s;
    if (argc == 2 && str_is(argv[1], "hints")) r->hints = 1;
    else if (argc == 2 && str_is(argv[1], "nohints")) r->hints = 0;
    else {
        s = cli_text(r->c, SHOW_FORMATTED);
        show_c(&s, "unknown kv cli preference '");
        if (argc > 1) show_safe(&s, argv[1]);
        show_c(&s, "'\n");
        cli_write(r->c, stdout);
    }
    return KV_OK;
}

static const struct repl_row {
    const char *word;
    size_t argc; /* 0: any number */
    int (*run)(struct repl *r, size_t argc, const str *argv);
} REPL_ROWS[] = {{"help", 0, repl_help},   {"?", 0, repl_help},
                 {"clear", 1, repl_clear}, {"connect", 3, repl_connect},
                 {":set", 0, repl_set},    {"quit", 1, NULL},
                 {"exit", 1, NULL}};

static const struct repl_row *repl_row(size_t argc, const str *argv) {
    size_t i;
    for (i = 0; i < COUNT(REPL_ROWS); i++)
        if (str_is(argv[0], REPL_ROWS[i].word) &&
            (!REPL_ROWS[i].argc || REPL_ROWS[i].argc == argc))
            return &REPL_ROWS[i];
    return NULL;
}

/* ---- lines ---- */

static void repl_prompt(const struct repl *r, char *to, size_t cap) {
    const struct cli *c = r->c;
    int v6 = strchr(c->host, ':') != NULL;
    size_t n;
    if (c->p.fd < 0) {
        snprintf(to, cap, "not connected> ");
        return;
    }
    if (c->path) snprintf(to, cap, "redis %.100s", c->path);
    else
        snprintf(to, cap, "%s%.100s%s:%d", v6 ? "[" : "", c->host,
                 v6 ? "]" : "", (int)c->port);
    n = strlen(to);
    if (c->db) n += (size_t)snprintf(to + n, cap - n, "[%d]", (int)c->db);
    snprintf(to + n, cap - n, "%s> ", c->tx ? "(TX)" : "");
}

/* A line that was not edited: LINE_DONE, LINE_END, LINE_NOMEM. */
static int repl_plain_line(struct repl *r, str *out) {
    struct cli *c = r->c;
    char why[HOST_WHY];
    for (;;) {
        size_t n = r->input.n - r->input_at;
        u8 *p = n ? r->input.p + r->input_at : NULL, *nl;
        i64 got;
        nl = n ? memchr(p, '\n', n) : NULL;
        if (nl || (r->input_ended && n)) {
            *out = str_of(p, nl ? (size_t)(nl - p) : n);
            r->input_at += out->n + (nl != NULL);
            return LINE_DONE;
        }
        if (r->input_ended) return LINE_END;
        if (n) memmove(r->input.p, p, n);
        r->input.n = n;
        r->input_at = 0;
        if (!buf_room(&c->h, &r->input, READ_SIZE)) return LINE_NOMEM;
        fflush(stdout);
        got = host_read(0, r->input.p + n, r->input.cap - n, why);
        if (got == KV_INTERRUPTED) return LINE_CANCEL;
        if (got == KV_AGAIN) host_wait(0, POLLIN, HOST_NEVER);
        else if (got > 0) r->input.n += (size_t)got;
        else r->input_ended = 1;
    }
}

static int repl_line(struct repl *r, str *out) {
    char prompt[300];
    fflush(stdout);
    repl_prompt(r, prompt, sizeof prompt);
    if (r->editing) return line_read(&r->line, prompt, out);
    if (r->prompted) fputs(prompt, stdout);
    return repl_plain_line(r, out);
}

/* "(0.53s)" for what took half a second. */
static void repl_elapsed(i64 us) {
    i64 cs = (us + 5000) / 10000;
    if (us >= 500000) printf("(%d.%02ds)\n", (int)(cs / 100), (int)(cs % 100));
}

static int repl_command(struct repl *r, size_t argc, const str *argv, i64 n) {
    struct cli *c = r->c;
    i64 began = host_now();
    int rc, was_open = c->p.fd >= 0;
    rc = cli_repeat(c, argc, argv, n);
    if (c->format == SHOW_FORMATTED && rc != KV_INTERRUPTED)
        repl_elapsed(host_now() - began);
    if (host_interrupted() || rc == KV_INTERRUPTED) {
        if (r->prompted) putchar('\n');
        if (c->p.fd < 0) cli_connect(c);
    }
    if (r->docs_asked == 1 && (!was_open || cli_begins(argc, argv, "auth") ||
                               cli_begins(argc, argv, "hello")))
        r->docs_asked = 0;
    return rc;
}

/* Executes a line; 0: it was the last. */
static int repl_execute(struct repl *r, str line) {
    struct cli *c = r->c;
    i64 n = cli_split(c, line), times = 1;
    const str *argv = cli_argv(c);
    const struct repl_row *row;
    size_t argc = n > 0 ? (size_t)n : 0;
    host_interrupted(); /* a SIGINT that nothing was interrupted by */
    if (n < 0) puts("Invalid argument(s)");
    if (argc == 0) return 1;
    if (argc > 1 && num_parse(argv[0], &times)) {
        if (times <= 0) {
            puts("Invalid kv cli repeat command option value.");
            return 1;
        }
        argv++, argc--;
    }
    row = repl_row(argc, argv);
    if (row && !row->run) return 0;
    if (row) {
        row->run(r, argc, argv);
    } else if (argv[0].n && *argv[0].p == ':') {
        struct show s = cli_text(c, SHOW_FORMATTED);
        show_c(&s, "unknown kv cli internal command '");
        show_safe(&s, argv[0]);
        show_c(&s, "'\n");
        cli_write(c, stdout);
    } else {
        repl_command(r, argc, argv, times);
    }
    return 1;
}

/* ---- from start to end ---- */

static void repl_history(struct repl *r) {
    const char *path = getenv("KVCLI_HISTFILE"), *home = getenv("HOME");
    int n = 0;
    if (path) n = snprintf(r->history, sizeof r->history, "%s", path);
    else if (home && *home)
        n = snprintf(r->history, sizeof r->history, "%s/.kvcli_history", home);
    if (n < 0 || (size_t)n >= sizeof r->history) r->history[0] = 0;
    if (r->history[0]) line_load(&r->line, r->history);
}

static void repl_begin(struct repl *r, struct cli *c) {
    memset(r, 0, sizeof *r);
    r->c = c;
    r->hints = 1;
    r->help.ctx = r;
    r->help.complete = repl_complete;
    r->help.hint = repl_hint;
    r->help.secret = repl_secret;
    line_init(&r->line, &c->h, &r->help);
}

static void repl_end(struct repl *r) {
    peer_drop(&r->c->p, r->docs);
    buf_free(&r->c->h, &r->input);
    line_free(&r->line);
}

/* Whether another line came and was executed. */
static int repl_next(struct repl *r) {
    str line = {NULL, 0};
    int got = repl_line(r, &line);
    if (got == LINE_CANCEL) {
        host_interrupted();
        if (!r->editing) puts("");
        return 1;
    }
    if (got == LINE_NOMEM) cli_complain(r->c, "Error", LIT("out of memory"));
    if (got != LINE_DONE) return 0;
    if (r->editing) {
        line_remember(&r->line, line);
        if (r->history[0]) line_save(&r->line, r->history);
    }
    return repl_execute(r, line);
}

/* Lines from the standard input; the exit status. */
static int repl_run(struct cli *c) {
    struct repl r;
    int rc;
    repl_begin(&r, c);
    c->interactive = host_terminal(0);
    r.prompted = c->interactive && host_terminal(1);
    r.editing = r.prompted && term_is(0) && term_is(1);
    c->exit_failed = 0;
    if (c->interactive) host_catch(1);
    rc = cli_connect(c);
    host_interrupted();
    if (r.editing) repl_history(&r);
    if (rc == KV_OK || c->interactive)
        while (repl_next(&r)) {
        }
    repl_end(&r);
    return c->broken && !c->interactive;
}

/* `kv cli help get`; the exit status. */
static int repl_help_once(struct cli *c, size_t argc, const str *argv) {
    struct repl r;
    int ok = 1;
    repl_begin(&r, c);
    if (argc == 1) repl_help(&r, argc, argv);
    else ok = cli_connect(c) == KV_OK && repl_page(&r, argc - 1, argv + 1);
    repl_end(&r);
    return !ok;
}

/* ==== walks: --scan, --bigkeys, --memkeys, --hotkeys =====================
 *
 * What goes through all keys with SCAN. Each is a function from the client to
 * the exit status, which connects and tells what went wrong.
 */

/* A number of what there is; 0 for all else. */
static u64 walk_number(const kv_reply *r) {
    return r->type == KV_INTEGER && r->integer > 0 ? (u64)r->integer : 0;
}

struct walk {
    u8 cursor[32];
    size_t cursor_n;
    int over;
    u64 steps;
};

static void walk_begin(struct walk *w) {
    memset(w, 0, sizeof *w);
    w->cursor[0] = '0';
    w->cursor_n = 1;
}

/* Whether a reply is what SCAN gives: a cursor and strings. */
static int walk_is_scan(const kv_reply *r) {
    const kv_reply *keys;
    size_t i;
    if (r->type != KV_ARRAY || r->count != 2 || r->items->type != KV_STRING ||
        r->items->len > sizeof((struct walk *)0)->cursor)
        return 0;
    keys = &r->items[1];
    if (keys->type != KV_ARRAY) return 0;
    for (i = 0; i < keys->count; i++)
        if (keys->items[i].type != KV_STRING) return 0;
    return 1;
}

/* The next keys; the reply is for peer_drop(). Waits between steps as asked. */
static int walk_next(struct cli *c, struct walk *w, u64 rest_each,
                     kv_reply **r) {
    str v[6];
    u8 count[NUM_TEXT];
    size_t n = 0;
    int rc;
    if (w->steps && w->steps % rest_each == 0) {
        fflush(stdout);
        host_sleep_ms(c->interval);
    }
    w->steps++;
    v[n++] = LIT("SCAN");
    v[n++] = str_of(w->cursor, w->cursor_n);
    if (c->pattern) {
        v[n++] = LIT("MATCH");
        v[n++] = str_of(c->pattern, c->pattern_n);
    }
    if (c->scan_count > 0) {
        v[n++] = LIT("COUNT");
        v[n++] = text_int(count, c->scan_count);
    }
    rc = cli_ask(c, n, v, r);
    if (rc != KV_OK) return rc;
    if (!walk_is_scan(*r)) {
        peer_drop(&c->p, *r);
        cli_complain(c, "Error", LIT("SCAN is answered with something else"));
        return KV_CORRUPT;
    }
    w->cursor_n = (*r)->items->len;
    copy(w->cursor, (*r)->items->str, w->cursor_n);
    w->over = w->cursor_n == 1 && w->cursor[0] == '0';
    return KV_OK;
}

static int walk_scan(struct cli *c) {
    struct walk w;
    kv_reply *r;
    size_t i;
    int rc = cli_connect(c);
    walk_begin(&w);
    while (rc == KV_OK && !w.over) {
        rc = walk_next(c, &w, 1, &r);
        if (rc != KV_OK) break;
        for (i = 0; i < r->items[1].count; i++) {
            const kv_reply *k = &r->items[1].items[i];
            struct show s = cli_text(c, SHOW_RAW);
            if (c->format == SHOW_FORMATTED)
                show_word(&s, str_of(k->str, k->len));
            else show_put(&s, k->str, k->len);
            show_c(&s, "\n");
            cli_write(c, stdout);
        }
        peer_drop(&c->p, r);
    }
    return rc != KV_OK;
}

/* ---- what is large among the keys ---- */

enum { WALK_BY_SIZE, WALK_BY_MEMORY, WALK_BY_HEAT };

struct walk_type {
    char name[24];
    const char *command, *unit; /* NULL: its size cannot be asked */
    u64 keys, total, biggest;
    buf biggest_key;
};

struct walk_keys {
    struct cli *c;
    struct walk_type type[32];
    size_t ntypes;
    int by;    /* WALK_BY_ */
    buf types; /* struct walk_type * of each key of a step, NULL: none */
    u64 of, sampled, key_bytes; /* keys there are, seen, their names' length */
};

static void walk_keys_begin(struct walk_keys *k, struct cli *c, int by) {
    static const struct {
        const char *name, *command, *unit;
    } known[] = {{"list", "LLEN", "items"},     {"hash", "HLEN", "fields"},
                 {"string", "STRLEN", "bytes"}, {"stream", "XLEN", "entries"},
                 {"set", "SCARD", "members"},   {"zset", "ZCARD", "members"}};
    size_t i;
    memset(k, 0, sizeof *k);
    k->c = c;
    k->by = by;
    for (i = 0; i < COUNT(known); i++) {
        struct walk_type *t = &k->type[k->ntypes++];
        snprintf(t->name, sizeof t->name, "%s", known[i].name);
        t->command = known[i].command;
        t->unit = by == WALK_BY_MEMORY ? "bytes" : known[i].unit;
    }
}

/* The type of that name, which may be new; the last one takes what is too
 * much. NULL: the key is gone. */
static struct walk_type *walk_type(struct walk_keys *k, const kv_reply *r) {
    struct walk_type *t;
    char name[sizeof t->name] = "";
    size_t i;
    if (r->type != KV_SIMPLE || strcmp(r->str, "none") == 0) return NULL;
    for (i = 0; i < sizeof name - 1 && r->str[i]; i++)
        name[i] = r->str[i] > ' ' && r->str[i] < 127 ? r->str[i] : '?';
    for (i = 0; i < k->ntypes; i++)
        if (strcmp(k->type[i].name, name) == 0) return &k->type[i];
    if (k->ntypes == COUNT(k->type)) return &k->type[k->ntypes - 1];
    t = &k->type[k->ntypes++];
    memcpy(t->name, name, sizeof name);
    t->unit = k->by == WALK_BY_MEMORY ? "bytes" : "?";
    return t;
}

/* Puts the question for a key's size; 0: there is none. */
static int walk_ask_size(struct walk_keys *k, const struct walk_type *t,
                         str key) {
    str v[5];
    u8 room[NUM_TEXT];
    size_t n = 0;
    if (!t || (k->by == WALK_BY_SIZE && !t->command)) return 0;
    if (k->by == WALK_BY_MEMORY) {
        v[n++] = LIT("MEMORY");
        v[n++] = LIT("USAGE");
    } else {
        v[n++] = str_c(t->command);
    }
    v[n++] = key;
    if (k->by == WALK_BY_MEMORY && k->c->samples >= 0) {
        v[n++] = LIT("SAMPLES");
        v[n++] = text_int(room, k->c->samples);
    }
    return peer_put(&k->c->p, n, v) == KV_OK;
}

/* Counts a key and tells when it is the biggest of its type so far. */
static void walk_count(struct walk_keys *k, struct walk_type *t, str key,
                       u64 size) {
    struct cli *c = k->c;
    struct show s;
    char b[32];
    t->keys++;
    t->total += size;
    if (size <= t->biggest) return;
    t->biggest = size;
    t->biggest_key.n = 0;
    buf_put(&c->h, &t->biggest_key, key.p, key.n);
    printf("[%s%%] Biggest %-6s found so far '",
           show_ratio(b, k->sampled * 100, k->of, 2), t->name);
    s = cli_text(c, SHOW_FORMATTED);
    show_word(&s, key);
    cli_write(c, stdout);
    printf("' with %llu %s\n", (unsigned long long)size, t->unit);
}

static str walk_key(const kv_reply *keys, size_t i) {
    return str_of(keys->items[i].str, keys->items[i].len);
}

/* The types of some keys, asked all at once, into k->types. */
static int walk_types(struct walk_keys *k, const kv_reply *keys) {
    struct peer *p = &k->c->p;
    struct walk_type *t;
    kv_reply *r;
    size_t i;
    str v[2];
    int rc = KV_OK;
    k->types.n = 0;
    v[0] = LIT("TYPE");
    for (i = 0; i < keys->count && rc == KV_OK; i++) {
        v[1] = walk_key(keys, i);
        rc = peer_put(p, 2, v);
    }
    if (rc == KV_OK) rc = peer_flush(p, HOST_NEVER);
    for (i = 0; i < keys->count && rc == KV_OK; i++) {
        rc = cli_reply(k->c, &r, 0);
        t = rc == KV_OK ? walk_type(k, r) : NULL;
        peer_drop(p, r);
        if (!buf_put(&k->c->h, &k->types, &t, sizeof t)) rc = KV_NOMEM;
    }
    return rc;
}

/* Their sizes, likewise. What has no size counts as well. */
static int walk_sizes(struct walk_keys *k, const kv_reply *keys) {
    struct walk_type **types = (struct walk_type **)(void *)k->types.p;
    kv_reply *r;
    size_t i;
    int rc;
    for (i = 0; i < keys->count; i++) {
        if (!types[i] || walk_ask_size(k, types[i], walk_key(keys, i)))
            continue;
        types[i]->keys++;
        types[i] = NULL;
    }
    rc = peer_flush(&k->c->p, HOST_NEVER);
    for (i = 0; i < keys->count && rc == KV_OK; i++) {
        if (!types[i]) continue;
        rc = cli_reply(k->c, &r, 0);
        if (rc == KV_OK)
            walk_count(k, types[i], walk_key(keys, i), walk_number(r));
        peer_drop(&k->c->p, r);
    }
    return rc;
}

static int walk_weigh(struct walk_keys *k, const kv_reply *keys) {
    size_t i;
    int rc = keys->count ? walk_types(k, keys) : KV_OK;
    if (rc == KV_OK && keys->count) rc = walk_sizes(k, keys);
    for (i = 0; i < keys->count; i++) k->key_bytes += keys->items[i].len;
    k->sampled += keys->count;
    return rc == KV_OK ? rc : cli_broken(k->c, rc);
}

/* How many keys there are. */
static int walk_dbsize(struct cli *c, u64 *n) {
    str v = LIT("DBSIZE");
    kv_reply *r;
    int rc = cli_ask(c, 1, &v, &r);
    if (rc != KV_OK) return rc;
    *n = walk_number(r);
    peer_drop(&c->p, r);
    return KV_OK;
}

static void walk_sampled(const struct walk_keys *k) {
    char b[32];
    printf("\n-------- summary -------\n\n"
           "Sampled %llu keys in the keyspace!\n",
           (unsigned long long)k->sampled);
    if (k->by == WALK_BY_HEAT) return;
    printf("Total key length in bytes is %llu (avg len %s)\n\n",
           (unsigned long long)k->key_bytes,
           show_ratio(b, k->key_bytes, k->sampled, 1));
}

static void walk_summary(struct walk_keys *k) {
    struct cli *c = k->c;
    char share[32], mean[32];
    size_t i;
    walk_sampled(k);
    for (i = 0; i < k->ntypes; i++) {
        struct walk_type *t = &k->type[i];
        struct show s = cli_text(c, SHOW_FORMATTED);
        if (!t->biggest) continue;
        printf("Biggest %6s found '", t->name);
        show_word(&s, str_of(t->biggest_key.p, t->biggest_key.n));
        cli_write(c, stdout);
        printf("' has %llu %s\n", (unsigned long long)t->biggest, t->unit);
    }
    puts("");
    for (i = 0; i < k->ntypes; i++) {
        struct walk_type *t = &k->type[i];
        printf("%llu %ss with %llu %s (%s%% of keys, avg size %s)\n",
               (unsigned long long)t->keys, t->name,
               (unsigned long long)t->total, t->unit,
               show_ratio(share, t->keys * 100, k->sampled, 2),
               show_ratio(mean, t->total, t->keys, 1));
    }
}

/* ---- hot keys ---- */

enum { WALK_HOT = 16 };

/* The hottest keys of all that were seen, the coldest of them first. */
struct walk_hot {
    u64 heat[WALK_HOT];
    buf key[WALK_HOT];
};

static void walk_heat(struct walk_keys *k, struct walk_hot *hot, str key,
                      u64 heat) {
    struct cli *c = k->c;
    struct show s;
    buf slot = hot->key[0];
    size_t i;
    char b[32];
    if (heat <= hot->heat[0]) return;
    for (i = 0; i + 1 < WALK_HOT && heat > hot->heat[i + 1]; i++) {
        hot->heat[i] = hot->heat[i + 1];
        hot->key[i] = hot->key[i + 1];
    }
    slot.n = 0;
    buf_put(&c->h, &slot, key.p, key.n);
    hot->heat[i] = heat;
    hot->key[i] = slot;
    s = cli_text(c, SHOW_FORMATTED);
    printf("[%s%%] Hot key '", show_ratio(b, k->sampled * 100, k->of, 2));
    show_word(&s, key);
    cli_write(c, stdout);
    printf("' found so far with counter %llu\n", (unsigned long long)heat);
}

/* Asks how hot some keys are. */
static int walk_feel(struct walk_keys *k, struct walk_hot *hot,
                     const kv_reply *keys) {
    struct peer *p = &k->c->p;
    kv_reply *r;
    str v[3];
    size_t i;
    int rc = KV_OK, refused = 0;
    v[0] = LIT("OBJECT");
    v[1] = LIT("FREQ");
    for (i = 0; i < keys->count && rc == KV_OK; i++) {
        v[2] = walk_key(keys, i);
        rc = peer_put(p, 3, v);
    }
    if (rc == KV_OK) rc = peer_flush(p, HOST_NEVER);
    for (i = 0; i < keys->count && rc == KV_OK; i++) {
        rc = cli_reply(k->c, &r, 0);
        if (rc != KV_OK) break;
        if (r->type == KV_ERROR && !refused++)
            cli_complain(k->c, "Error", str_of(r->str, r->len));
        walk_heat(k, hot, walk_key(keys, i), walk_number(r));
        peer_drop(p, r);
    }
    k->sampled += keys->count;
    if (rc != KV_OK) return cli_broken(k->c, rc);
    return refused ? KV_ARG : KV_OK;
}

static void walk_hot_summary(struct walk_keys *k, struct walk_hot *hot) {
    size_t i;
    walk_sampled(k);
    for (i = WALK_HOT; i-- > 0;) {
        struct show s = cli_text(k->c, SHOW_FORMATTED);
        if (!hot->heat[i]) continue;
        printf("hot key found with counter: %llu\tkeyname: ",
               (unsigned long long)hot->heat[i]);
        show_word(&s, str_of(hot->key[i].p, hot->key[i].n));
        show_c(&s, "\n");
        cli_write(k->c, stdout);
    }
}

/* A walk through all keys for one of the three. */
static int walk_keys(struct cli *c, int by) {
    struct walk w;
    struct walk_keys k;
    struct walk_hot hot;
    kv_reply *r;
    size_t i;
    int rc = cli_connect(c);
    walk_begin(&w);
    walk_keys_begin(&k, c, by);
    memset(&hot, 0, sizeof hot);
    if (rc == KV_OK) rc = walk_dbsize(c, &k.of);
    if (rc == KV_OK)
        printf("\n# Scanning the entire keyspace to find %s keys as well as\n"
               "# average sizes per key type.  You can use -i 0.1 to sleep 0.1 "
               "sec\n# per 100 SCAN commands (not usually needed).\n\n",
               by == WALK_BY_HEAT ? "hot" : "biggest");
    while (rc == KV_OK && !w.over) {
        rc = walk_next(c, &w, 100, &r);
        if (rc != KV_OK) break;
        if (by == WALK_BY_HEAT) rc = walk_feel(&k, &hot, &r->items[1]);
        else rc = walk_weigh(&k, &r->items[1]);
        peer_drop(&c->p, r);
    }
    if (rc == KV_OK && by == WALK_BY_HEAT) walk_hot_summary(&k, &hot);
    else if (rc == KV_OK) walk_summary(&k);
    for (i = 0; i < WALK_HOT; i++) buf_free(&c->h, &hot.key[i]);
    for (i = 0; i < k.ntypes; i++) buf_free(&c->h, &k.type[i].biggest_key);
    buf_free(&c->h, &k.types);
    return rc != KV_OK;
}

static int walk_bigkeys(struct cli *c) { return walk_keys(c, WALK_BY_SIZE); }
static int walk_memkeys(struct cli *c) { return walk_keys(c, WALK_BY_MEMORY); }
static int walk_hotkeys(struct cli *c) { return walk_keys(c, WALK_BY_HEAT); }

/* ==== modes: --stat, --latency, --pipe ===================================
 *
 * The same for what looks at the server as a whole.
 */

/* ---- --stat ---- */

static const u8 *mode_next_line(const u8 *p, const u8 *end) {
    const u8 *nl = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
    return nl ? nl + 1 : end;
}

/* Whether `text` stands at *p, which is then moved behind it. */
static int mode_eat(const u8 **p, const u8 *end, const char *text) {
    size_t n = strlen(text);
    if ((size_t)(end - *p) < n || memcmp(*p, text, n) != 0) return 0;
    *p += n;
    return 1;
}

static u64 mode_eat_number(const u8 **p, const u8 *end) {
    u64 v = 0;
    for (; *p < end && num_is_digit(**p); ++*p) v = v * 10 + (u64)(**p - '0');
    return v;
}

/* The number of a line of INFO; 0: there is none. */
static u64 mode_field(str info, const char *name) {
    const u8 *p = info.p, *end = info.p + info.n;
    for (; p < end; p = mode_next_line(p, end))
        if (mode_eat(&p, end, name) && mode_eat(&p, end, ":"))
            return mode_eat_number(&p, end);
    return 0;
}

/* Keys in all databases, from lines like "db0:keys=3,expires=0". */
static u64 mode_all_keys(str info) {
    const u8 *p = info.p, *end = info.p + info.n;
    u64 sum = 0;
    for (; p < end; p = mode_next_line(p, end)) {
        if (!mode_eat(&p, end, "db")) continue;
        mode_eat_number(&p, end);
        if (mode_eat(&p, end, ":keys=")) sum += mode_eat_number(&p, end);
    }
    return sum;
}

static char *mode_human(char *b, u64 n) {
    static const char units[] = "KMGTP";
    u64 unit = 1024;
    int i = 0;
    if (n < 1024) {
        snprintf(b, 40, "%lluB", (unsigned long long)n);
        return b;
    }
    while (units[i + 1] && n / unit >= 1024) unit *= 1024, i++;
    show_ratio(b, n, unit, 1);
    snprintf(b + strlen(b), 2, "%c", units[i]);
    return b;
}

static void mode_stat_line(str info, u64 *before, int first) {
    u64 calls = mode_field(info, "total_commands_processed");
    char b[3][64];
    snprintf(b[0], sizeof b[0], "%llu",
             (unsigned long long)mode_all_keys(info));
    mode_human(b[1], mode_field(info, "used_memory"));
    printf("%-11s%-9s%-8llu", b[0], b[1],
           (unsigned long long)mode_field(info, "connected_clients"));
    printf("%-8llu", (unsigned long long)mode_field(info, "blocked_clients"));
    snprintf(
        b[2], sizeof b[2], "%llu (+%llu)", (unsigned long long)calls,
        (unsigned long long)(first || calls < *before ? 0 : calls - *before));
    printf("%-20s%-12llu", b[2],
           (unsigned long long)mode_field(info, "total_connections_received"));
    if (mode_field(info, "loading")) fputs("LOAD", stdout);
    if (mode_field(info, "rdb_bgsave_in_progress")) fputs("SAVE", stdout);
    if (mode_field(info, "aof_rewrite_in_progress")) fputs("AOF", stdout);
    puts("");
    fflush(stdout);
    *before = calls;
}

static int mode_stat(struct cli *c) {
    str v = LIT("INFO");
    kv_reply *r;
    u64 before = 0;
    int rc = cli_connect(c), n;
    for (n = 0; rc == KV_OK; n++) {
        rc = cli_ask(c, 1, &v, &r);
        if (rc != KV_OK) break;
        if (n % 20 == 0)
            puts("------- data ------ --------------------- load "
                 "-------------------- - child -\n"
                 "keys       mem      clients blocked requests            "
                 "connections          ");
        mode_stat_line(r->str ? str_of(r->str, r->len) : LIT(""), &before,
                       n == 0);
        peer_drop(&c->p, r);
        host_sleep_ms(c->interval ? c->interval : 1000);
    }
    return 1;
}

/* ---- latency ---- */

enum { MODE_PING_EVERY = 10 /* ms */ };

struct mode_times {
    u64 n, min, max, sum; /* ms */
};

static void mode_times_show(const struct cli *c, const struct mode_times *t) {
    const char *form =
        c->format == SHOW_CSV ? "%llu,%llu,%s,%llu\n" : "%llu %llu %s %llu\n";
    char b[32];
    show_ratio(b, t->sum, t->n, 1);
    if (c->format != SHOW_FORMATTED)
        printf(form, (unsigned long long)t->min, (unsigned long long)t->max, b,
               (unsigned long long)t->n);
    else
        printf("\x1b[0G\x1b[2Kmin: %llu, max: %llu, avg: %s (%llu samples)",
               (unsigned long long)t->min, (unsigned long long)t->max, b,
               (unsigned long long)t->n);
    fflush(stdout);
}

/* Pings for so many ms, -1: for ever, and tells how long it took. */
static int mode_ping(struct cli *c, i64 span) {
    struct mode_times t = {0, 0, 0, 0};
    i64 began = host_now(), at, ms;
    str v = LIT("PING");
    kv_reply *r;
    char b[32];
    for (;;) {
        int rc;
        at = host_now();
        rc = cli_ask(c, 1, &v, &r);
        if (rc != KV_OK) return rc;
        peer_drop(&c->p, r);
        ms = (host_now() - at) / 1000;
        t.min = !t.n || (u64)ms < t.min ? (u64)ms : t.min;
        t.max = (u64)ms > t.max ? (u64)ms : t.max;
        t.sum += (u64)ms;
        t.n++;
        if (c->format == SHOW_FORMATTED) mode_times_show(c, &t);
        if (span >= 0 && host_now() - began >= span * 1000) break;
        host_sleep_ms(MODE_PING_EVERY);
    }
    if (c->format != SHOW_FORMATTED) mode_times_show(c, &t);
    else
        printf(" -- %s seconds range\n",
               show_ratio(b, (u64)(host_now() - began), 1000000, 1));
    return KV_OK;
}

static int mode_latency(struct cli *c) {
    i64 ms = c->interval ? c->interval : 1000;
    int rc = cli_connect(c);
    if (rc == KV_OK) rc = mode_ping(c, c->format == SHOW_FORMATTED ? -1 : ms);
    return rc != KV_OK;
}

static int mode_latency_history(struct cli *c) {
    i64 ms = c->interval ? c->interval : 15000;
    int rc = cli_connect(c);
    while (rc == KV_OK) rc = mode_ping(c, ms);
    return 1;
}

/* How long this machine keeps a busy process from running. */
static int mode_intrinsic_latency(struct cli *c) {
    i64 began = host_now(), end = began + c->seconds * 1000000, at = began, now;
    u64 runs = 0, worst = 0, ns, took;
    char b[32], each[32];
    do {
        now = host_now();
        took = (u64)(now - at);
        at = now;
        runs++;
        if (took <= worst) continue;
        worst = took;
        printf("Max latency so far: %llu microseconds.\n",
               (unsigned long long)worst);
    } while (now < end);
    ns = (u64)(now - began) * 1000;
    printf("\n%llu total runs (avg latency: %s microseconds / %s nanoseconds "
           "per run).\n",
           (unsigned long long)runs, show_ratio(b, ns / 1000, runs, 1),
           show_ratio(each, ns, runs, 1));
    printf("Worst run took %llux longer than the average latency.\n",
           (unsigned long long)(ns ? worst * 1000 * runs / ns : 0));
    return 0;
}

/* ---- --pipe ---- */

enum { MODE_MARK = 20, MODE_AHEAD = 1 << 20 /* bytes read ahead of sending */ };

struct mode_pipe {
    struct cli *c;
    u64 errors, replies;
    int input_ended, done;
    u8 mark[MODE_MARK]; /* what the last reply says */
};

/* The last request, whose reply shows that all others were answered. A line
 * that has no end yet ends before it. */
static int mode_pipe_mark(struct mode_pipe *m) {
    struct peer *p = &m->c->p;
    str v[2];
    size_t i;
    sys_random(NULL, m->mark, sizeof m->mark);
    for (i = 0; i < sizeof m->mark; i++)
        m->mark[i] = (u8)('a' + m->mark[i] % 26);
    v[0] = LIT("ECHO");
    v[1] = str_of(m->mark, sizeof m->mark);
    m->input_ended = 1;
    puts("All data transferred. Waiting for the last reply...");
    fflush(stdout);
    if (!buf_put(p->h, &p->out, "\r\n", 2)) return KV_NOMEM;
    return peer_put(p, 2, v);
}

/* Takes in a piece of the standard input. */
static int mode_pipe_input(struct mode_pipe *m) {
    struct peer *p = &m->c->p;
    i64 got;
    if (!buf_room(p->h, &p->out, READ_SIZE)) return KV_NOMEM;
    got = host_read(0, p->out.p + p->out.n, READ_SIZE, p->why);
    if (got == 0) return mode_pipe_mark(m);
    if (got < 0) return got == KV_AGAIN ? KV_OK : (int)got;
    p->out.n += (size_t)got;
    return KV_OK;
}

/* Counts the replies that are there. */
static int mode_pipe_replies(struct mode_pipe *m) {
    struct peer *p = &m->c->p;
    str bytes;
    int rc = KV_OK;
    while (!m->done && (rc = peer_next(p, &bytes, NULL, 0)) == KV_OK) {
        if (*bytes.p == '>') continue;
        if (m->input_ended && bytes.n == MODE_MARK + 7 &&
            memcmp(bytes.p + 5, m->mark, MODE_MARK) == 0) {
            puts("Last reply received from server.");
            m->done = 1;
            continue;
        }
        m->replies++;
        if (*bytes.p != '-') continue;
        m->errors++;
        cli_complain(m->c, NULL, str_of(bytes.p + 1, bytes.n - 3));
    }
    return m->done || rc == KV_AGAIN ? KV_OK : rc;
}

/* Sends and receives at once, whichever can go on. KV_AGAIN: no reply in time
 * after everything was sent. */
static int mode_pipe_turn(struct mode_pipe *m, i64 until) {
    struct peer *p = &m->c->p;
    struct pollfd fds[2];
    size_t unsent = p->out.n - p->out_at;
    int rc, full = unsent > MODE_AHEAD;
    fds[0].fd = p->fd;
    fds[0].events = (short)(unsent ? POLLIN | POLLOUT : POLLIN);
    fds[1].fd = m->input_ended || full ? -1 : 0;
    fds[1].events = POLLIN;
    fds[0].revents = fds[1].revents = 0;
    rc = host_poll(fds, 2, until);
    if (rc < 0) return rc;
    rc = KV_OK;
    if (fds[1].revents) rc = mode_pipe_input(m);
    if (rc == KV_OK && fds[0].revents & POLLOUT) rc = peer_push(p);
    if (rc == KV_AGAIN) rc = KV_OK;
    if (rc == KV_OK && fds[0].revents & ~POLLOUT) rc = mode_pipe_replies(m);
    return rc;
}

static int mode_pipe(struct cli *c) {
    struct mode_pipe m;
    i64 until = HOST_NEVER;
    u64 seen = 0;
    int rc = cli_connect(c);
    memset(&m, 0, sizeof m);
    m.c = c;
    if (rc != KV_OK) return 1;
    while (!m.done && rc == KV_OK) {
        if (m.input_ended && c->pipe_timeout && c->p.out.n == c->p.out_at &&
            (until == HOST_NEVER || seen != m.replies))
            until = host_now() + c->pipe_timeout * 1000000;
        seen = m.replies;
        rc = mode_pipe_turn(&m, until);
    }
    if (rc == KV_AGAIN) {
        fprintf(stderr, "No replies for %lld seconds: exiting.\n",
                (long long)c->pipe_timeout);
        m.errors++;
    } else if (rc != KV_OK) {
        cli_complain(c, "Error", str_c(c->p.why));
    }
    printf("errors: %llu, replies: %llu\n", (unsigned long long)m.errors,
           (unsigned long long)m.replies);
    return rc != KV_OK || m.errors > 0;
}

/* ==== flags: the client's command line, its manual, its start ============
 *
 * A row per option drives both parsing and `kv cli --help`. A setter returns
 * NULL or what is wrong with the value.
 */
struct flag_row {
    const char *name, *arg; /* arg: what it takes, or NULL */
    const char *(*set)(struct cli *c, const struct flag_row *row,
                       const char *value);
    size_t at;                  /* of the field that it sets */
    int value;                  /* of a flag */
    int (*mode)(struct cli *c); /* that it asks for */
    const char *help;
};

static const char FLAG_NO_MEMORY[] = "out of memory";

static const char *flag_fixed(struct cli *c, const struct flag_row *row,
                              const char *value) {
    (void)value;
    memcpy((char *)c + row->at, &row->value, sizeof row->value);
    return NULL;
}

static const char *flag_mode(struct cli *c, const struct flag_row *row,
                             const char *value) {
    (void)value;
    c->mode = row->mode;
    return NULL;
}

/* A word that the command line keeps. */
static const char *flag_word(struct cli *c, const struct flag_row *row,
                             const char *value) {
    memcpy((char *)c + row->at, &value, sizeof value);
    return NULL;
}

/* A string of the client's. */
static const char *flag_text(struct cli *c, const struct flag_row *row,
                             const char *value) {
    char **slot = (char **)(void *)((char *)c + row->at);
    return cli_keep(c, slot, str_c(value)) ? NULL : FLAG_NO_MEMORY;
}

static const char *flag_number(struct cli *c, const struct flag_row *row,
                               const char *value) {
    i64 n;
    if (!num_parse(str_c(value), &n)) return "not a number";
    if (n < row->value) return "the number is too small";
    if (n > INT_MAX) return "the number is too large";
    memcpy((char *)c + row->at, &n, sizeof n);
    return NULL;
}

static const char *flag_port(struct cli *c, const struct flag_row *row,
                             const char *value) {
    i64 n;
    (void)row;
    if (!num_parse(str_c(value), &n) || n < 1 || n > 65535)
        return "not a port (1 to 65535)";
    c->port = n;
    return NULL;
}

static const char *flag_seconds(struct cli *c, const struct flag_row *row,
                                const char *value) {
    double d;
    (void)row;
    if (!num_parse_double(str_c(value), &d) || !(d >= 0 && d < 1e9))
        return "not a number of seconds";
    c->interval = (i64)(d * 1000 + 0.5);
    return NULL;
}

static const char *flag_password(struct cli *c, const struct flag_row *row,
                                 const char *value) {
    c->password_shown = 1;
    return flag_text(c, row, value);
}

static const char *flag_pattern(struct cli *c, const struct flag_row *row,
                                const char *value) {
    str s = str_c(value);
    if (row->value) { /* quoted */
        if (cli_split(c, s) != 1) return "not one quoted string";
        s = cli_argv(c)[0];
    }
    c->pattern = buf_dup(&c->h, s.p, s.n);
    c->pattern_n = s.n;
    return c->pattern ? NULL : FLAG_NO_MEMORY;
}

static const char *flag_samples(struct cli *c, const struct flag_row *row,
                                const char *value) {
    c->mode = row->mode;
    return flag_number(c, row, value);
}

static const char *flag_pushes(struct cli *c, const struct flag_row *row,
                               const char *value) {
    u8 first = lower((u8)value[0]);
    (void)row;
    if (first != 'y' && first != 'n') return "not yes or no";
    c->pushes = first == 'y';
    return NULL;
}

/* Text of a URI with its %41 undone; 0: no memory or a zero byte. */
static int flag_decoded(struct cli *c, char **slot, str s) {
    buf b = {NULL, 0, 0};
    size_t i;
    int ok = 1;
    for (i = 0; ok && i < s.n; i++) {
        u8 ch = s.p[i];
        if (ch == '%' && i + 2 < s.n && resp_hex(s.p[i + 1]) >= 0 &&
            resp_hex(s.p[i + 2]) >= 0) {
            ch = (u8)(resp_hex(s.p[i + 1]) * 16 + resp_hex(s.p[i + 2]));
            i += 2;
        }
        ok = buf_put(&c->h, &b, &ch, 1);
    }
    ok = ok && cli_keep(c, slot, str_of(b.p ? b.p : (const u8 *)"", b.n));
    buf_free(&c->h, &b);
    return ok;
}

/* Cuts off what stands before the last (or first) `mark`, if there is one. */
static int flag_cut(str *s, char mark, int last, str *before) {
    size_t i, at = s->n;
    for (i = 0; i < s->n && (last || at == s->n); i++)
        if (s->p[i] == (u8)mark) at = i;
    *before = str_of(s->p, at);
    if (at == s->n) return 0;
    s->p += at + 1;
    s->n -= at + 1;
    return 1;
}

/* user:password@, in front of an address. */
static const char *flag_uri_login(struct cli *c, str *s) {
    str login, user;
    if (!flag_cut(s, '@', 1, &login)) return NULL;
    c->password_shown = 1;
    if (flag_cut(&login, ':', 0, &user) && user.n &&
        !flag_decoded(c, &c->user, user))
        return FLAG_NO_MEMORY;
    return flag_decoded(c, &c->pass, login) ? NULL : FLAG_NO_MEMORY;
}

static const char *flag_uri_host(struct cli *c, str s) {
    str host, number = s;
    i64 n;
    const char *bad;
    if (flag_cut(&number, '/', 0, &s) && number.n) {
        if (!num_parse(number, &n) || n < 0 || n > INT_MAX)
            return "the database is not a number";
        c->want_db = n;
    }
    if (s.n && *s.p == '[') { /* an IPv6 address */
        s.p++, s.n--;
        if (!flag_cut(&s, ']', 0, &host)) return "a ] is missing";
        if (s.n && *s.p != ':') return "a : is missing behind the ]";
        if (s.n) s.p++, s.n--;
    } else if (!flag_cut(&s, ':', 0, &host)) {
        s.n = 0;
    }
    if (host.n && !cli_keep(c, &c->host, host)) return FLAG_NO_MEMORY;
    if (!s.n) return NULL;
    bad = num_parse(s, &n) && n > 0 && n < 65536 ? NULL : "a bad port";
    if (!bad) c->port = n;
    return bad;
}

static const char *flag_uri(struct cli *c, const struct flag_row *row,
                            const char *value) {
    str s = str_c(value), scheme = str_of(s.p, strcspn(value, ":"));
    const char *bad;
    (void)row;
    if (strncmp(value + scheme.n, "://", 3)) return "not a URI";
    s.p += scheme.n + 3;
    s.n -= scheme.n + 3;
    if (str_is(scheme, "rediss")) return "kv cli has no TLS";
    if (!str_is(scheme, "redis") && !str_is(scheme, "unix"))
        return "begins with neither redis:// nor unix://";
    bad = flag_uri_login(c, &s);
    if (bad) return bad;
    if (str_is(scheme, "redis")) return flag_uri_host(c, s);
    if (!s.n) return "names no path";
    return flag_decoded(c, &c->path, s) ? NULL : FLAG_NO_MEMORY;
}

#define FLAG_AT(field) offsetof(struct cli, field)

static const struct flag_row FLAG_ROWS[] = {
    /* clang-format off */
    {"-h", "host", flag_text, FLAG_AT(host), 0, NULL,
     "The server's name or address (127.0.0.1)."},
    {"-p", "port", flag_port, 0, 0, NULL, "The server's port (6379)."},
    {"-s", "path", flag_text, FLAG_AT(path), 0, NULL,
     "The server's unix socket, in the place of host and port."},
    {"-u", "uri", flag_uri, 0, 0, NULL,
     "redis://user:password@host:port/database or\n"
     "unix://user:password@/path. What is left out has its default."},
    {"-a", "password", flag_password, FLAG_AT(pass), 0, NULL,
     "Log in with this password. Others on the machine may see it;\n"
     "REDISCLI_AUTH and --askpass are safer."},
    {"--user", "name", flag_text, FLAG_AT(user), 0, NULL,
     "Log in as this user."},
    {"--pass", "password", flag_password, FLAG_AT(pass), 0, NULL,
     "The same as -a."},
    {"--askpass", NULL, flag_fixed, FLAG_AT(ask_password), 1, NULL,
     "Ask for the password on the terminal."},
    {"--no-auth-warning", NULL, flag_fixed, FLAG_AT(no_warning), 1, NULL,
     "Do not warn about a password on the command line."},
    {"-n", "database", flag_number, FLAG_AT(want_db), 0, NULL,
     "The number of the database (0)."},
    {"-2", NULL, flag_fixed, FLAG_AT(want_proto), 2, NULL, "Speak RESP2."},
    {"-3", NULL, flag_fixed, FLAG_AT(want_proto), 3, NULL, "Speak RESP3."},
    {"-r", "times", flag_number, FLAG_AT(repeat), -1, NULL,
     "Do the command so many times, -1: until interrupted."},
    {"-i", "seconds", flag_seconds, 0, 0, NULL,
     "Wait between the times of -r, the steps of --scan, the lines of\n"
     "--stat, every 100 steps of --bigkeys and its kind; 0.1 is fine."},
    {"-x", NULL, flag_fixed, FLAG_AT(last_from_input), 1, NULL,
     "The last argument is the standard input."},
    {"-X", "tag", flag_word, FLAG_AT(tag), 0, NULL,
     "The argument that reads `tag` is the standard input."},
    {"-d", "text", flag_word, FLAG_AT(between), 0, NULL,
     "What stands between the elements of raw replies (a newline)."},
    {"-D", "text", flag_word, FLAG_AT(end), 0, NULL,
     "What ends a raw reply (a newline)."},
    {"-e", NULL, flag_fixed, FLAG_AT(exit_failed), 1, NULL,
     "Exit with 1 when an error is answered, and show errors on the\n"
     "error output."},
    {"--raw", NULL, flag_fixed, FLAG_AT(format), SHOW_RAW, NULL,
     "Show replies as the bytes they are, the default where the output\n"
     "is no terminal."},
    {"--no-raw", NULL, flag_fixed, FLAG_AT(format), SHOW_FORMATTED, NULL,
     "Show replies formatted, the default on a terminal."},
    {"--csv", NULL, flag_fixed, FLAG_AT(format), SHOW_CSV, NULL,
     "Show replies as comma separated values."},
    {"--json", NULL, flag_fixed, FLAG_AT(format), SHOW_JSON, NULL,
     "Show replies as JSON, from RESP3 unless -2 is given."},
    {"--quoted-json", NULL, flag_fixed, FLAG_AT(format), SHOW_QUOTED_JSON, NULL,
     "The same in ASCII: strings are escaped as on the command line."},
    {"--quoted-input", NULL, flag_fixed, FLAG_AT(quoted), 1, NULL,
     "Arguments are unquoted as in lines: '\"\\x00\"' is a zero byte."},
    {"--show-pushes", "yes|no", flag_pushes, 0, 0, NULL,
     "Show what RESP3 servers push (yes on a terminal)."},
    {"--scan", NULL, flag_mode, 0, 0, walk_scan, "List the keys."},
    {"--pattern", "pattern", flag_pattern, 0, 0, NULL,
     "Only keys like this, for --scan, --bigkeys and its kind."},
    {"--quoted-pattern", "pattern", flag_pattern, 0, 1, NULL,
     "The same, unquoted first."},
    {"--count", "n", flag_number, FLAG_AT(scan_count), 1, NULL,
     "The COUNT of SCAN for all of these."},
    {"--bigkeys", NULL, flag_mode, 0, 0, walk_bigkeys,
     "Look for the keys with the most elements."},
    {"--memkeys", NULL, flag_mode, 0, 0, walk_memkeys,
     "Look for the keys that take the most memory."},
    {"--memkeys-samples", "n", flag_samples, FLAG_AT(samples), 0, walk_memkeys,
     "The same, with so many elements of a key looked at."},
    {"--hotkeys", NULL, flag_mode, 0, 0, walk_hotkeys,
     "Look for the keys that are used most; needs an LFU policy."},
    {"--stat", NULL, flag_mode, 0, 0, mode_stat,
     "Print a line about the server every second (-i)."},
    {"--latency", NULL, flag_mode, 0, 0, mode_latency,
     "Measure how long PING takes: on a terminal until interrupted,\n"
     "else for a second (-i)."},
    {"--latency-history", NULL, flag_mode, 0, 0, mode_latency_history,
     "The same in spans of 15 seconds (-i)."},
    {"--intrinsic-latency", "seconds", flag_samples, FLAG_AT(seconds), 1,
     mode_intrinsic_latency,
     "Measure how long this machine keeps a busy process waiting."},
    {"--pipe", NULL, flag_mode, 0, 0, mode_pipe,
     "Send requests from the standard input, RESP or lines, as fast as\n"
     "the server takes them, and count the replies."},
    {"--pipe-timeout", "seconds", flag_number, FLAG_AT(pipe_timeout), 0, NULL,
     "How long --pipe waits for the next reply at its end (30), 0: for\n"
     "ever."},
    {"--verbose", NULL, flag_fixed, FLAG_AT(verbose), 1, NULL,
     "Say what was connected to."},
    {"--help", NULL, NULL, 0, 0, NULL, "Print this manual."},
    {"--version", NULL, NULL, 0, 0, NULL, "Print the version."}
    /* clang-format on */
};

/* What redis-cli has and this client does not. */
static const struct {
    const char *name, *why;
} FLAG_MISSING[] = {{"-c", "does not follow redirections of a cluster"},
                    {"--tls", "has no TLS"},
                    {"--sni", "has no TLS"},
                    {"--cacert", "has no TLS"},
                    {"--cacertdir", "has no TLS"},
                    {"--insecure", "has no TLS"},
                    {"--cert", "has no TLS"},
                    {"--key", "has no TLS"},
                    {"--tls-ciphers", "has no TLS"},
                    {"--tls-ciphersuites", "has no TLS"},
                    {"--cluster", "does not manage clusters"},
                    {"--rdb", "does not copy snapshots"},
                    {"--functions-rdb", "does not copy snapshots"},
                    {"--replica", "does not act as a replica"},
                    {"--slave", "does not act as a replica"},
                    {"--eval", "does not run scripts"},
                    {"--ldb", "does not run scripts"},
                    {"--ldb-sync-mode", "does not run scripts"},
                    {"--lru-test", "simulates no load"},
                    {"--latency-dist", "draws no spectrum of latencies"}};

/* ---- the manual ---- */

static void flag_help_rows(void) {
    size_t i, n;
    for (i = 0; i < COUNT(FLAG_ROWS); i++) {
        const struct flag_row *r = &FLAG_ROWS[i];
        const char *p = r->help;
        printf("       %s%s%s\n", r->name, r->arg ? " " : "",
               r->arg ? r->arg : "");
        for (; *p; p += n + (p[n] == '\n')) {
            n = strcspn(p, "\n");
            printf("              %.*s\n", (int)n, p);
        }
    }
}

static const char FLAG_HEAD[] =
    "NAME\n"
    "       kv cli - talk to kv, or to another server of Redis's protocol\n"
    "\n"
    "SYNOPSIS\n"
    "       kv cli [options] [command [argument ...]]\n"
    "       kv cli [options] < lines\n"
    "\n"
    "DESCRIPTION\n"
    "       Sends a command and prints the reply. Without a command it reads\n"
    "       lines: from a person, with a prompt, history and completion, "
    "where\n"
    "       the input is a terminal; else from the input, until it ends.\n"
    "       Options and output are those of redis-cli, without TLS, clusters,\n"
    "       scripts and replication.\n"
    "\n"
    "       Words of a line are set apart by blanks. In \"double quotes\" "
    "\\n,\n"
    "       \\r, \\t, \\b, \\a, \\\\, \\\" and \\x00 are what they are in C; "
    "in\n"
    "       'single quotes' only \\' is special.\n"
    "\n"
    "       On a terminal replies are formatted, and no byte of the server's\n"
    "       reaches it as a control character; elsewhere they are raw.\n"
    "\n"
    "OPTIONS";

static const char FLAG_FOOT[] =
    "\n"
    "INTERACTIVE USE\n"
    "       The prompt tells where commands go, \"[3]\" the database, "
    "\"(TX)\"\n"
    "       that MULTI waits for EXEC. A lost connection fails the command\n"
    "       that meets it and is made again at the next, which says so: "
    "logged\n"
    "       in and in its database as before; a transaction and what CLIENT\n"
    "       set are lost. Besides commands there are\n"
    "\n"
    "       help, help COMMAND, help @GROUP, ?\n"
    "              What the server tells about its commands.\n"
    "       5 incr n\n"
    "              Does a command five times.\n"
    "       connect HOST PORT\n"
    "              Goes to another server.\n"
    "       :set hints, :set nohints\n"
    "              Shows arguments while a line is typed, or not.\n"
    "       clear, quit, exit\n"
    "\n"
    "       Ctrl-C ends what waits for the server, and SUBSCRIBE and MONITOR,\n"
    "       with a new connection. Lines with passwords (AUTH, HELLO ... "
    "AUTH,\n"
    "       ACL SETUSER, CONFIG SET requirepass) are not kept in the history.\n"
    "\n"
    "EXIT STATUS\n"
    "       0      The command was answered, be it with an error.\n"
    "       1      No connection, it broke, wrong options; with -e an error\n"
    "              was answered; with --pipe one of the replies was an error.\n"
    "\n"
    "ENVIRONMENT\n"
    "       REDISCLI_AUTH    The password, where no option gives one.\n"
    "       KVCLI_HISTFILE   The history file; empty or /dev/null: none.\n"
    "       TERM             \"dumb\" turns line editing off.\n"
    "\n"
    "FILES\n"
    "       ~/.kvcli_history\n"
    "\n"
    "EXAMPLES\n"
    "       kv cli set greeting hello\n"
    "       kv cli -x set page < index.html\n"
    "       kv cli -r 100 -i 1 info stats\n"
    "       kv cli --scan --pattern 'user:*'\n"
    "       kv cli --json config get 'max*'\n"
    "       kv cli --pipe < commands.txt";

static int flag_help(void) {
    puts(FLAG_HEAD);
    flag_help_rows();
    puts(FLAG_FOOT);
    return 0;
}

/* ---- the start ---- */

/* One line on the error output. */
static int flag_fail(struct cli *c, const char *what, const char *why) {
    struct show s = cli_text(c, SHOW_FORMATTED);
    show_c(&s, "kv cli: ");
    show_safe(&s, str_c(what));
    show_c(&s, why);
    show_c(&s, "\n");
    cli_write(c, stderr);
    return 1;
}

/* One option; *i is moved behind it and its value. */
static int flag_parse(struct cli *c, int argc, char **argv, int *i) {
    const char *name = argv[(*i)++], *bad;
    const struct flag_row *row = NULL;
    char why[200];
    size_t n;
    for (n = 0; n < COUNT(FLAG_ROWS) && !row; n++)
        if (strcmp(name, FLAG_ROWS[n].name) == 0) row = &FLAG_ROWS[n];
    for (n = 0; n < COUNT(FLAG_MISSING) && !row; n++)
        if (strcmp(name, FLAG_MISSING[n].name) == 0) {
            snprintf(why, sizeof why, " is not there: kv cli %s",
                     FLAG_MISSING[n].why);
            return flag_fail(c, name, why);
        }
    if (!row) return flag_fail(c, name, " is no option; see kv cli --help");
    if (row->arg && *i == argc) {
        snprintf(why, sizeof why, " needs a value: %s", row->arg);
        return flag_fail(c, name, why);
    }
    bad = row->set(c, row, row->arg ? argv[(*i)++] : "");
    if (!bad) return 0;
    snprintf(why, sizeof why, ": %s", bad);
    return flag_fail(c, name, why);
}

static int flag_defaults(struct cli *c) {
    memset(c, 0, sizeof *c);
    host_heap(&c->m, &c->h);
    peer_init(&c->p, &c->h);
    c->port = 6379;
    c->repeat = 1;
    c->format = c->pushes = -1;
    c->between = c->end = "\n";
    c->samples = -1;
    c->pipe_timeout = 30;
    return cli_keep(c, &c->host, LIT("127.0.0.1"));
}

/* Where the password comes from, if there is one. */
static int flag_credentials(struct cli *c) {
    const char *env = getenv("REDISCLI_AUTH");
    char typed[512];
    if (c->ask_password) {
        if (!line_password("Please input password: ", typed, sizeof typed))
            return flag_fail(c, "no password", "");
        cli_keep(c, &c->pass, str_c(typed));
        memset(typed, 0, sizeof typed);
    } else if (!c->pass && env && *env) {
        cli_keep(c, &c->pass, str_c(env));
    }
    if (c->password_shown && !c->no_warning && !c->ask_password)
        fputs("Warning: Using a password with '-a' or '-u' option on the "
              "command line interface may not be safe.\n",
              stderr);
    return 0;
}

static int flag_add(struct cli *c, buf *args, str s) {
    return buf_put(&c->h, args, &s, sizeof s)
               ? 0
               : flag_fail(c, FLAG_NO_MEMORY, "");
}

/* An argument as it is, or unquoted. */
static int flag_argument(struct cli *c, buf *args, const char *arg) {
    str s = str_c(arg);
    char *own;
    if (!c->quoted) return flag_add(c, args, s);
    if (cli_split(c, s) != 1) return flag_fail(c, "Invalid quoted string", "");
    s = *cli_argv(c);
    own = buf_dup(&c->h, s.p, s.n);
    return own ? flag_add(c, args, str_of(own, s.n))
               : flag_fail(c, FLAG_NO_MEMORY, "");
}

/* Puts the standard input in its place among the arguments. */
static int flag_input(struct cli *c, buf *args) {
    buf in = {NULL, 0, 0};
    char why[HOST_WHY];
    str *v = (str *)(void *)args->p;
    size_t i, n = args->n / sizeof *v;
    if (c->last_from_input && c->tag)
        return flag_fail(c, "-x and -X exclude each other", "");
    if (!c->last_from_input && !c->tag) return 0;
    for (i = 0; c->tag && i < n && !str_eq(v[i], str_c(c->tag)); i++) {
    }
    if (c->tag && i == n)
        return flag_fail(c, c->tag, ": no argument is this tag of -X");
    if (host_read_all(0, &c->h, &in, why) != KV_OK)
        return flag_fail(c, "the standard input cannot be read", "");
    if (c->last_from_input) return flag_add(c, args, str_of(in.p, in.n));
    v[i] = str_of(in.p, in.n);
    return 0;
}

/* A command from the command line. */
static int flag_command(struct cli *c, int argc, char **argv) {
    buf args = {NULL, 0, 0};
    const str *v;
    size_t n;
    int i, rc;
    for (i = 0; i < argc; i++)
        if (flag_argument(c, &args, argv[i])) return 1;
    if (flag_input(c, &args)) return 1;
    v = (const str *)(const void *)args.p;
    n = args.n / sizeof *v;
    if (str_is(v[0], "help") || str_is(v[0], "?"))
        return repl_help_once(c, n, v);
    rc = cli_repeat(c, n, v, c->repeat);
    if (!cli_goes_on(rc)) return 1;
    return c->exit_failed && c->failed;
}

static int flag_run(struct cli *c, int argc, char **argv) {
    int i = 1;
    while (i < argc && argv[i][0] == '-') {
        if (!strcmp(argv[i], "--help") ||
            (!strcmp(argv[i], "-h") && i + 1 == argc))
            return flag_help();
        if (!strcmp(argv[i], "--version") || !strcmp(argv[i], "-v"))
            return puts("kv cli " KV_VERSION), 0;
        if (flag_parse(c, argc, argv, &i)) return 1;
    }
    if (c->want_proto == 0 && c->format >= SHOW_JSON) c->want_proto = 3;
    if (c->format < 0) c->format = host_terminal(1) ? SHOW_FORMATTED : SHOW_RAW;
    if (c->pushes < 0) c->pushes = host_terminal(1);
    if (flag_credentials(c)) return 1;
    if (c->mode) return c->mode(c);
    if (i < argc) return flag_command(c, argc - i, argv + i);
    return repl_run(c);
}

/* `kv cli`: argv[0] is "cli". The exit status. */
static int flag_main(int argc, char **argv) {
    struct cli c;
    int rc = 1;
    if (flag_defaults(&c)) rc = flag_run(&c, argc, argv);
    if (fflush(stdout) || ferror(stdout))
        rc = flag_fail(&c, "the output cannot be written", "");
    peer_free(&c.p);
    heap_drop(&c.h);
    while (mem_reap(&c.m)) {
    }
    return rc;
}

/* ==== proc: the program's process, its files and signals =================
 *
 * What the program, as a service, needs of the operating system. The number in
 * a pid file is for people; what counts is the lock on the file, which the
 * system gives up when the process ends, however it ends: a file that a dead
 * process left names nobody.
 */
#include <sys/wait.h>

static kv *volatile proc_kv; /* for the signal handler only */
static volatile sig_atomic_t proc_end_by, proc_reopen;

static const char *proc_why(void) { return strerror(errno); }

/* A second signal to end ends at once. SIGHUP ends kv_run() as well: its
 * caller looks at proc_reopen and goes on. */
static void proc_on_signal(int sig) {
    if (sig == SIGHUP) proc_reopen = 1;
    else if (proc_end_by) _exit(1);
    else proc_end_by = sig;
    if (proc_kv) kv_stop(proc_kv);
}

static void proc_catch(kv *k) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction sa;
    size_t i;
    sigset_t none;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = proc_on_signal;
    proc_kv = k;
    for (i = 0; i < COUNT(signals); i++) sigaction(signals[i], &sa, NULL);
    sa.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &sa, NULL);
#ifdef SIGXFSZ
    sigaction(SIGXFSZ, &sa, NULL);
#endif
    sigemptyset(&none); /* the caller may have blocked them */
    for (i = 0; i < COUNT(signals); i++) sigaddset(&none, signals[i]);
    sigprocmask(SIG_UNBLOCK, &none, NULL);
}

/* A file to append to, or -1. A FIFO that nobody reads is refused. */
static int proc_append(const char *path) {
    return open(
        path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
        0644);
}

/* Writes a line in one piece, or not at all where that would block. */
static int proc_write(int fd, const char *p, size_t n) {
    struct pollfd w;
    w.fd = fd;
    w.events = POLLOUT;
    return poll(&w, 1, 0) == 1 && write(fd, p, n) == (ssize_t)n;
}

static void proc_close(int fd) {
    if (fd >= 0) close(fd);
}

/* ---- pid files ---- */

static int proc_lock(int fd, int how, struct flock *l) {
    memset(l, 0, sizeof *l);
    l->l_type = F_WRLCK;
    l->l_whence = SEEK_SET;
    return fcntl(fd, how, l);
}

/* The process that holds a pid file; 0: none does. */
static i64 proc_holder(const char *path) {
    struct flock l;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ENXIO ? 0 : -1;
    rc = proc_lock(fd, F_GETLK, &l);
    close(fd);
    return rc == 0 && l.l_type == F_WRLCK && l.l_pid > 0 ? (i64)l.l_pid : 0;
}

static int proc_same_file(int fd, const char *path) {
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* Whether a file holds a number or nothing; else errno says why not. */
static int proc_is_pid_file(int fd) {
    struct stat st;
    char b[32];
    ssize_t n, i = 0;
    if (fstat(fd, &st)) return 0;
    errno = EEXIST;
    if (!S_ISREG(st.st_mode) || st.st_size >= (off_t)sizeof b) return 0;
    n = pread(fd, b, sizeof b, 0);
    while (i < n &&
           ((b[i] >= '0' && b[i] <= '9') || b[i] == '\n' || b[i] == ' '))
        i++;
    return i == n;
}

/* Takes a pid file for this process: a descriptor, to be kept open; KV_BUSY:
 * another process has it; KV_IO: errno says why. */
static int proc_claim(const char *path) {
    struct flock l;
    char text[32];
    int fd, n, e;
    for (;;) {
        fd = open(path,
                  O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
                      O_NOCTTY,
                  0644);
        if (fd < 0) return KV_IO;
        if (!proc_is_pid_file(fd)) {
            e = errno;
            close(fd);
            errno = e;
            return KV_IO;
        }
        if (proc_lock(fd, F_SETLK, &l)) {
            e = errno;
            close(fd);
            errno = e;
            return e == EAGAIN || e == EACCES ? KV_BUSY : KV_IO;
        }
        if (proc_same_file(fd, path)) break;
        close(fd); /* its owner was just taking it away */
    }
    n = snprintf(text, sizeof text, "%lld\n", (long long)getpid());
    if (ftruncate(fd, 0) == 0 && write(fd, text, (size_t)n) == n) return fd;
    e = errno;
    unlink(path);
    close(fd);
    errno = e;
    return KV_IO;
}

static void proc_release(const char *path, int fd) {
    if (fd < 0) return;
    if (proc_same_file(fd, path)) unlink(path);
    close(fd);
}

/* ---- other processes ---- */

/* Closes what the caller of the program left open. */
static void proc_close_from(int fd) {
    DIR *d = opendir("/dev/fd");
    struct dirent *e;
    int most = 1024;
    if (d) {
        while ((e = readdir(d)))
            most = atoi(e->d_name) > most ? atoi(e->d_name) : most;
        closedir(d);
    }
    for (; fd <= most; fd++) close(fd);
}

/* The descriptors 0, 1 and 2 are open, so that no other file gets them. */
static void proc_stdio(void) {
    int fd;
    while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= 2) {
    }
    if (fd > 2) close(fd);
}

/* Goes on in a child with a session of its own: 0 there, its number here, -1
 * without one. What the child says on its standard error comes out of *from
 * until proc_quiet(). */
static i64 proc_fork(int *from) {
    int p[2], null;
    pid_t pid;
    if (pipe(p)) return -1;
    fflush(NULL);
    pid = fork();
    if (pid) {
        close(p[1]);
        *from = p[0];
        if (pid < 0) close(p[0]);
        return pid;
    }
    close(p[0]);
    setsid();
    null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, 0);
        dup2(null, 1);
        if (null > 2) close(null);
    }
    dup2(p[1], 2);
    proc_close_from(3);
    return 0;
}

/* A child's word that it serves: a zero byte, and nothing after it. */
static void proc_quiet(void) {
    int null = open("/dev/null", O_WRONLY);
    if (write(2, "", 1) < 0 || null < 0) return;
    dup2(null, 2);
    close(null);
}

/* Passes on what a child says until it serves or ends: its exit code, or -1
 * when it serves. */
static int proc_follow(i64 pid, int from) {
    char b[1024];
    int status = 0;
    ssize_t n;
    for (;;) {
        n = read(from, b, sizeof b);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0 || !b[n - 1]) break;
        fwrite(b, 1, (size_t)n, stderr);
    }
    if (n > 1) fwrite(b, 1, (size_t)n - 1, stderr);
    close(from);
    if (n > 0) return -1;
    while (waitpid((pid_t)pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
        fprintf(stderr,
                "kv: process %lld was ended by signal %d before it served\n",
                (long long)pid, WTERMSIG(status));
    return WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : 1;
}

static void proc_sleep_ms(int ms) { poll(NULL, 0, ms); }

/* Asks a process to end. */
static int proc_kill(i64 pid) {
    if (pid < 2) return errno = ESRCH, KV_IO; /* never a group, nor everybody */
    return kill((pid_t)pid, SIGTERM) ? KV_IO : KV_OK;
}

/* ---- places ---- */

static int proc_is_root(void) { return geteuid() == 0; }
static i64 proc_user(void) { return (i64)geteuid(); }

static int proc_may(const char *path, int how) {
    return access(path, how) == 0;
}

/* Makes a directory that nobody else may write to, or finds it; 0: it is not
 * like that. */
static int proc_own_dir(const char *path) {
    struct stat st;
    if (mkdir(path, 0700) && errno != EEXIST) return 0;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
           st.st_uid == geteuid() && !(st.st_mode & 022);
}

static int proc_is_file(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int proc_is_dir(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The first name in a directory, by the alphabet, that ends so; 0: none. */
static int proc_find(const char *dir, const char *end, char *name, size_t cap) {
    DIR *d = opendir(dir);
    struct dirent *e;
    size_t m = strlen(end);
    name[0] = 0;
    while (d && (e = readdir(d)) != NULL) {
        size_t n = strlen(e->d_name);
        if (n < m || n >= cap || strcmp(e->d_name + n - m, end) ||
            !strncmp(e->d_name, "temp-", 5) ||
            (name[0] && strcmp(e->d_name, name) > 0))
            continue;
        memcpy(name, e->d_name, n + 1);
    }
    if (d) closedir(d);
    return name[0] != 0;
}

/* The whole path of a file. */
static void proc_real(const char *path, char *to, size_t cap) {
    char here[3000];
    if (path[0] == '/' || !getcwd(here, sizeof here))
        snprintf(to, cap, "%s", path);
    else snprintf(to, cap, "%s/%s", strcmp(here, "/") ? here : "", path);
}

/* Where the shell found the program called `name`. */
static void proc_self(const char *name, char *to, size_t cap) {
    const char *p = getenv("PATH");
    char one[4096];
    ssize_t got = readlink("/proc/self/exe", to, cap - 1);
    if (got > 0) {
        to[got] = 0;
        if (proc_may(to, X_OK)) return;
    }
    if (strchr(name, '/') || !p) {
        proc_real(name, to, cap);
        return;
    }
    for (; *p; p += *p == ':') {
        size_t n = strcspn(p, ":");
        snprintf(one, sizeof one, "%.*s/%s", (int)n, n ? p : ".", name);
        p += n;
        if (!proc_is_file(one) || !proc_may(one, X_OK)) continue;
        proc_real(one, to, cap);
        return;
    }
    snprintf(to, cap, "%s", name);
}

/* Tells the service manager that started this process, if one did and asked
 * for it: sd_notify(3) in its simplest form. */
static void proc_notify(const char *state) {
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un sa;
    size_t n = path ? strlen(path) : 0;
    int fd;
    if (n < 2 || n >= sizeof sa.sun_path || !strchr("/@", *path)) return;
    memset(&sa, 0, sizeof sa);
    sa.sun_family = AF_UNIX;
    memcpy(sa.sun_path, path, n);
    if (*path == '@') sa.sun_path[0] = 0;
    fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0) return;
    sys_unblock(fd);
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&sa,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
        fprintf(stderr, "kv: NOTIFY_SOCKET: %s\n", proc_why());
    close(fd);
}

/* A local or universal time, in parts. */
static struct tm proc_time(i64 seconds, int local) {
    time_t t = (time_t)seconds;
    struct tm tm;
    memset(&tm, 0, sizeof tm);
    if (local) localtime_r(&t, &tm);
    else gmtime_r(&t, &tm);
    return tm;
}

/* ==== journal: the program's log =========================================
 *
 * Until the server serves, a line is for the person who starts it. From then
 * on it goes to the log file, or to the standard output, in Redis's form or as
 * one JSON object. A line never holds a control byte, and is dropped, and
 * counted, where it would make the server wait.
 */
struct journal {
    kv *k;       /* whose log it is */
    int fd;      /* -1: not open yet */
    int serving; /* lines have the log's form */
    u64 dropped;
};

static const char JOURNAL_MARKS[] = ".-*#"; /* by level */

/* Writes a text so that it can stand in a line, or in a JSON string: there
 * what is no UTF-8 becomes U+FFFD. Its length; what does not fit is cut. */
static size_t journal_text(char *to, size_t cap, str s, int json) {
    u32 code;
    size_t n = 0, len;
    for (; s.n && n + 8 < cap; s.p += len, s.n -= len) {
        u8 c = *s.p;
        len = json ? term_utf8(s.p, s.n, &code) : 1;
        if (c < ' ' || c == 127)
            n += (size_t)snprintf(to + n, 8, json ? "\\u%04x" : "\\x%02x", c);
        else if (json && (c == '"' || c == '\\'))
            n += (size_t)snprintf(to + n, 8, "\\%c", c);
        else if (!len) n += (size_t)snprintf(to + n, 8, "\\ufffd");
        else {
            memcpy(to + n, s.p, len);
            n += len;
        }
        len = max_z(len, 1);
    }
    return n;
}

/* The line of the log, with its newline, in `to`. */
static size_t journal_line(kv *k, int level, str text, char *to, size_t cap) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int json = (int)k->p.log_format, ms;
    i64 us = k->wall_us(k->clock_ctx);
    struct tm t = proc_time(us / 1000000, !json);
    size_t n, end = cap - 4;
    ms = (int)(us / 1000 % 1000);
    if (json)
        n = (size_t)snprintf(
            to, cap,
            "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\","
            "\"level\":\"%s\",\"pid\":%lld,\"text\":\"",
            t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min,
            t.tm_sec, ms, PAR_LEVELS[level], (long long)sys_pid());
    else
        n = (size_t)snprintf(to, cap,
                             "%lld:M %02d %.3s %04d %02d:%02d:%02d.%03d %c ",
                             (long long)sys_pid(), t.tm_mday,
                             months + 3 * t.tm_mon, t.tm_year + 1900, t.tm_hour,
                             t.tm_min, t.tm_sec, ms, JOURNAL_MARKS[level]);
    n += journal_text(to + n, end - n, text, json);
    n += (size_t)snprintf(to + n, cap - n, json ? "\"}\n" : "\n");
    return n;
}

/* kv_desc's log. */
static void journal_put(void *ctx, int level, const char *text, size_t n) {
    struct journal *j = ctx;
    char line[1200], lost[64];
    str s = str_of(text, n);
    if (!j->serving) {
        n = journal_text(line, sizeof line, s, 0);
        fprintf(stderr, "kv: %.*s\n", (int)n, line);
        return;
    }
    if (j->dropped) {
        snprintf(lost, sizeof lost, "%llu lines of the log were dropped",
                 (unsigned long long)j->dropped);
        n = journal_line(j->k, KV_LOG_WARNING, str_c(lost), line, sizeof line);
        if (proc_write(j->fd, line, n)) j->dropped = 0;
    }
    n = journal_line(j->k, level, s, line, sizeof line);
    if (!proc_write(j->fd, line, n)) j->dropped++;
}

/* Opens the log as the parameters say, or opens it anew: 0: errno says why not,
 * and the old one stays. */
static int journal_open(struct journal *j) {
    const char *path = j->k->p.logfile;
    int fd = path[0] ? proc_append(path) : 1;
    if (fd < 0) return 0;
    if (j->fd > 2) proc_close(j->fd);
    j->fd = fd;
    return 1;
}

static void journal_close(struct journal *j) {
    if (j->fd > 2) proc_close(j->fd);
    j->fd = -1;
    j->serving = 0;
}

/* ==== options: the command line ========================================= */

/* Arguments that are still to be read. */
struct opt {
    const char *program; /* as it was called */
    int verb;            /* a verb stood before them */
    int n;
    char **v;
};

/* One line on the error output, whatever stands in the text. */
KV_PRINTF(1, 2)
static int opt_fail(const char *form, ...) {
    char b[600], shown[1200];
    va_list a;
    va_start(a, form);
    vsnprintf(b, sizeof b, form, a);
    va_end(a);
    shown[journal_text(shown, sizeof shown, str_c(b), 0)] = 0;
    fprintf(stderr, "kv: %s\n", shown);
    return 1;
}

/* Likewise on the output. */
KV_PRINTF(1, 2)
static void opt_say(const char *form, ...) {
    char b[1200], shown[2400];
    va_list a;
    va_start(a, form);
    vsnprintf(b, sizeof b, form, a);
    va_end(a);
    shown[journal_text(shown, sizeof shown, str_c(b), 0)] = 0;
    puts(shown);
}

/* Takes one option as a line of a configuration file is taken. */
static int opt_set(kv *k, const char *name, const char *value) {
    struct cfg g;
    memset(&g, 0, sizeof g);
    g.k = k;
    if (!strcmp(name, "version")) return opt_fail("--version comes first");
    if (!strcmp(name, "help"))
        return opt_fail("--help comes first or behind a verb");
    if (!par_find(str_c(name)) && par_foreign(str_c(name), str_c("")) < 0)
        return opt_fail("unknown option --%s; the nearest is --%s (kv --help)",
                        name, cfg_nearest(name));
    if (!value) return opt_fail("--%s needs a value", name);
    if (!cfg_set(&g, str_c(name), str_c(value))) return opt_fail("--%s", g.why);
    return 0;
}

/* The words up to the next option, with blanks between them: how many bytes, 0
 * without a word, `cap` or more when there is no room. */
static size_t opt_words(struct opt *o, char *to, size_t cap) {
    size_t n = 0, len;
    to[0] = 0;
    for (; o->n && strncmp(*o->v, "--", 2) != 0; o->n--, o->v++) {
        len = strlen(*o->v);
        if (n + len + 2 > cap) return cap;
        if (n) to[n - 1] = ' ';
        memcpy(to + n, *o->v, len + 1);
        n += len + 1;
    }
    return n;
}

/* --name value ..., --name=value */
static int opt_one(kv *k, struct opt *o) {
    char name[64], value[4096];
    const char *a = *o->v, *eq = strchr(a, '='), *v = eq ? eq + 1 : value;
    size_t n = eq ? (size_t)(eq - a) : strlen(a), len;
    o->n--;
    o->v++;
    if (a[0] != '-' || a[1] != '-' || n < 3)
        return opt_fail("'%s' is not an option (kv --help)", a);
    n = min_z(n - 2, sizeof name - 1);
    memcpy(name, a + 2, n);
    name[n] = 0;
    len = eq ? strlen(v) : opt_words(o, value, sizeof value);
    if (len >= sizeof value)
        return opt_fail("--%s: the value is too long", name);
    return opt_set(k, name, eq || len ? v : NULL);
}

/* A configuration file, then options. 0, or 1 when it has said what is wrong */
static int opt_read(kv *k, struct opt o) {
    if (o.n && o.v[0][0] && o.v[0][0] != '-') {
        if (kv_config_file(k, o.v[0]) != KV_OK)
            return opt_fail("%s%s", kv_message(k),
                            o.verb || strpbrk(o.v[0], "./") ||
                                    proc_may(o.v[0], F_OK)
                                ? ""
                                : ", and it is no command (kv --help)");
        o.n--;
        o.v++;
    }
    while (o.n)
        if (opt_one(k, &o)) return 1;
    return 0;
}

/* Opens an instance with these options, j->k, and its log. 0, or 1 when it was
 * said why not. */
static int opt_open(struct opt o, struct journal *j) {
    kv_desc d;
    int rc;
    memset(&d, 0, sizeof d);
    memset(j, 0, sizeof *j);
    j->fd = -1;
    d.size = sizeof d;
    d.log = journal_put;
    d.log_ctx = j;
    rc = kv_open(&j->k, &d);
    if (rc != KV_OK) return opt_fail("%s", kv_errstr(rc));
    j->k->keeping = 0; /* settings come first, then the data */
    return opt_read(j->k, o);
}

/* ==== serve: the server in the foreground =============================== */

enum { SERVE_TAKEN = 3 /* exit code: the pid file is another server's */ };

/* One word of `bind`: "*" and "::*" are every address, "-" forgives failure.
 * What is listened on is added to the banner. */
static int serve_bind(kv *k, str word, const char *dialect, i64 port,
                      buf *banner) {
    char host[256], address[300];
    int forgive = word.n && *word.p == '-', rc;
    if (forgive) word.p++, word.n--;
    if (word.n >= sizeof host) return KV_ARG;
    memcpy(host, word.p, word.n);
    host[word.n] = 0;
    if (strcmp(host, "*") == 0) strcpy(host, "0.0.0.0");
    if (strcmp(host, "::*") == 0) strcpy(host, "::");
    snprintf(address, sizeof address,
             strchr(host, ':') ? "%s[%s]:%d" : "%s%s:%d", dialect, host,
             (int)port);
    rc = kv_listen(k, address);
    if (rc == KV_OK && buf_put(&k->h, banner, " ", 1))
        buf_put(&k->h, banner, address, strlen(address));
    return forgive ? KV_OK : rc;
}

static int serve_listen(kv *k, buf *banner) {
    char address[300];
    str bind = str_c(k->p.bind), word;
    while ((word = par_word(&bind)).n) {
        if (k->p.port && serve_bind(k, word, "", k->p.port, banner)) return 0;
        if (k->p.mini_port &&
            serve_bind(k, word, "mini:", k->p.mini_port, banner))
            return 0;
        if (k->p.metrics_port &&
            serve_bind(k, word, "metrics:", k->p.metrics_port, banner))
            return 0;
    }
    if (k->p.unixsocket[0]) {
        snprintf(address, sizeof address, "unix:%s", k->p.unixsocket);
        if (kv_listen(k, address) != KV_OK) return 0;
        if (buf_put(&k->h, banner, " ", 1))
            buf_put(&k->h, banner, address, strlen(address));
    }
    return 1;
}

/* As many files as maxclients needs, or fewer clients. */
static void serve_files(kv *k) {
    i64 files = sys_files(k->p.maxclients + 32), most;
    if (files >= k->p.maxclients + 32) return;
    most = files > 40 ? files - 32 : 8;
    log_put(k, KV_LOG_WARNING,
            "maxclients is %lld: only %lld files may be open", (long long)most,
            (long long)files);
    k->p.maxclients = most;
}

/* Begins to read the data; clients are told so meanwhile. */
static int serve_load(kv *k) {
    char why[512];
    int rc;
    if (data_begin(k, why) != KV_OK) return opt_fail("%s", why);
    k->keeping = 1;
    if (!k->load && !k->replay && (rc = data_slice(k)) != KV_OK &&
        rc != KV_AGAIN)
        return opt_fail("cannot begin a log of changes in %s/%s: %s", k->p.dir,
                        k->p.appenddirname, code_text(rc));
    return 0;
}

/* Takes the pid file, opens the log and listens: 0, or 1 when it was said why
 * not. */
static int serve_start(struct journal *j, int *pid_fd, buf *banner, int quiet) {
    kv *k = j->k;
    const char *path = k->p.pidfile;
    int rc = KV_OK, keeps = k->p.nsave || k->p.appendonly;
    if (path[0] && (*pid_fd = proc_claim(path)) < 0) {
        i64 holder = *pid_fd == KV_BUSY ? proc_holder(path) : 0;
        if (holder && quiet) return SERVE_TAKEN;
        if (holder)
            return opt_fail("kv runs already: process %lld has %s",
                            (long long)holder, path);
        if (*pid_fd == KV_BUSY)
            return opt_fail("cannot write the pid file %s: it is locked", path);
        return opt_fail("cannot write the pid file %s: %s", path, proc_why());
    }
    if (!journal_open(j))
        return opt_fail("cannot open the log file %s: %s", k->p.logfile,
                        proc_why());
    if (*pid_fd >= 0 && proc_same_file(*pid_fd, k->p.logfile))
        return opt_fail("the log file and the pid file are the same: %s", path);
    if (keeps && (rc = aof_lock_dir(k)) == KV_BUSY)
        return opt_fail("another kv keeps its data in %s", k->p.dir);
    if (keeps && (rc != KV_OK || !proc_may(k->p.dir, W_OK)))
        return opt_fail("cannot write in the directory %s: %s", k->p.dir,
                        proc_why());
    if (!serve_listen(k, banner)) return opt_fail("%s", kv_message(k));
    if (!k->nlisten)
        return opt_fail("nothing to listen on: port is 0, no bind address, "
                        "no unixsocket");
    return serve_load(k);
}

static void serve_reopen(struct journal *j) {
    proc_reopen = 0;
    if (journal_open(j)) log_put(j->k, KV_LOG_NOTICE, "SIGHUP");
    else
        log_put(j->k, KV_LOG_WARNING, "SIGHUP: cannot open the log file %s: %s",
                j->k->p.logfile, proc_why());
}

/* Whether a signal may end it: what has to be saved first is saved. */
static int serve_may_end(kv *k) {
    if (shutdown_save(k, 0, 0)) return 1;
    log_put(k, KV_LOG_WARNING,
            "cannot save (%s) and goes on; SHUTDOWN NOSAVE would end it",
            code_text(k->save.rc));
    proc_end_by = 0;
    return 0;
}

/* Serves until a signal or SHUTDOWN; SIGHUP opens the log anew. */
static int serve_run(struct journal *j) {
    kv *k = j->k;
    int rc;
    do {
        if (proc_reopen) serve_reopen(j);
        rc = kv_run(k);
    } while (rc == KV_OK && k->load_rc == KV_OK && !k->shutdown &&
             (proc_end_by ? !serve_may_end(k) : proc_reopen));
    if (rc == KV_OK) rc = k->load_rc;
    if (rc != KV_OK) log_put(k, KV_LOG_WARNING, "ends: %s", kv_errstr(rc));
    else
        log_put(k, KV_LOG_NOTICE, "ends: %s",
                proc_end_by == SIGINT ? "SIGINT"
                : proc_end_by         ? "SIGTERM"
                                      : "SHUTDOWN");
    return rc != KV_OK;
}

/* The server's whole life; its exit code. `quiet`: nobody reads what it says on
 * its standard error once it serves. */
static int serve(struct journal *j, int quiet) {
    kv *k = j->k;
    buf banner = {NULL, 0, 0};
    char *pid_path, ready[64];
    int pid_fd = -1, rc = serve_start(j, &pid_fd, &banner, quiet);
    if (!rc) {
        proc_catch(k);
        serve_files(k);
        j->serving = 1;
        log_put(k, KV_LOG_NOTICE, "kv %s, pid %lld, listens on%.*s", KV_VERSION,
                (long long)sys_pid(), (int)banner.n, (const char *)banner.p);
        snprintf(ready, sizeof ready, "READY=1\nMAINPID=%lld",
                 (long long)sys_pid());
        proc_notify(ready);
        if (quiet) proc_quiet();
        rc = serve_run(j);
        proc_notify("STOPPING=1");
    }
    proc_kv = NULL;
    buf_free(&k->h, &banner);
    pid_path = strdup(k->p.pidfile);
    kv_close(k);
    j->k = NULL;
    if (pid_path) proc_release(pid_path, pid_fd);
    free(pid_path);
    journal_close(j);
    return rc;
}

/* ==== service: kv start, stop, restart, status ===========================
 *
 * The server in the background. All four take what the server itself takes, a
 * configuration file and options, and find the server by its pid file. Their
 * exit codes are those of LSB's init scripts.
 */
enum {
    SERVICE_ASK_MS = 2000, /* for an answer */
    SERVICE_START_MS = 60000,
    SERVICE_STOP_MS = 30000,
    SERVICE_DEAD = 1, /* kv status: a pid file was left behind */
    SERVICE_NONE = 3, /* kv status: does not run */
    SERVICE_UNKNOWN = 4
};

/* A directory for a pid file where none was named, in `room` if need be: one
 * that nobody else writes to. 0: it was said that there is none. */
static const char *service_dir(char *room, size_t cap) {
    const char *own = getenv("XDG_RUNTIME_DIR");
    if (!proc_is_root() && own && own[0] == '/' && proc_may(own, W_OK))
        return own;
    if (proc_is_root() && proc_may("/run", W_OK)) return "/run";
    if (proc_is_root() && proc_may("/var/run", W_OK)) return "/var/run";
    snprintf(room, cap, "/tmp/kv-%lld", (long long)proc_user());
    if (proc_own_dir(room)) return room;
    opt_fail("%s is no directory of your own; give --pidfile", room);
    return NULL;
}

/* Settles where the pid file is and, for a server in the background, the log:
 * 0, or 1 when it was said why not. */
static int service_places(kv *k) {
    char path[600];
    char room[64];
    const char *dir;
    size_t n;
    if (!k->p.port && !k->p.unixsocket[0] && !k->p.mini_port)
        return opt_fail("without a port or a unix socket nobody can ask "
                        "whether it runs");
    if (!k->p.pidfile[0]) {
        if (!k->p.port)
            return opt_fail("without a port --pidfile has to be given");
        if (!(dir = service_dir(room, sizeof room))) return 1;
        snprintf(path, sizeof path, "%.500s/kv-%lld.pid", dir,
                 (long long)k->p.port);
        if (kv_config(k, "pidfile", path) != KV_OK)
            return opt_fail("%s", kv_message(k));
        k->par_chosen |= (u64)1 << (par_find(LIT("pidfile")) - PARS);
    }
    if (k->p.logfile[0]) return 0;
    n = min_z(strlen(k->p.pidfile), sizeof path - 5);
    memcpy(path, k->p.pidfile, n);
    if (n > 4 && !memcmp(path + n - 4, ".pid", 4)) n -= 4;
    strcpy(path + n, ".log");
    if (kv_config(k, "logfile", path) != KV_OK)
        return opt_fail("%s", kv_message(k));
    k->par_chosen |= (u64)1 << (par_find(LIT("logfile")) - PARS);
    return 0;
}

/* ---- asking a server ---- */

/* An address that the server listens on, in words too. */
static struct peer_address service_address(kv *k, char *host, size_t cap,
                                           char *shown, size_t shown_cap) {
    struct peer_address a;
    str bind = str_c(k->p.bind), word, first = par_word(&bind);
    for (word = first; word.n && *word.p == '-'; word = par_word(&bind)) {
    }
    if (!word.n) word = first; /* all may fail */
    memset(&a, 0, sizeof a);
    if (!k->p.port && k->p.unixsocket[0]) {
        a.path = k->p.unixsocket;
        snprintf(shown, shown_cap, "%s", a.path);
        return a;
    }
    if (word.n && *word.p == '-') word.p++, word.n--;
    if (!word.n || str_is(word, "*") || str_is(word, "0.0.0.0"))
        word = LIT("127.0.0.1");
    if (str_is(word, "::*") || str_is(word, "::")) word = LIT("::1");
    snprintf(host, cap, "%.*s", (int)word.n, (const char *)word.p);
    a.host = host;
    a.port = (int)(k->p.port ? k->p.port : k->p.mini_port);
    snprintf(shown, shown_cap, strchr(host, ':') ? "[%s]:%d" : "%s:%d", host,
             a.port);
    return a;
}

/* A server that is asked questions. */
struct service_ask {
    mem m;
    heap h;
    struct peer peer;
    char where[300];
    int rc; /* KV_OK, or peer.why tells */
};

/* Connects and sends one command, INFO or PING. Its reply, for peer_drop(), or
 * NULL. */
static kv_reply *service_call(struct service_ask *a, kv *k, const char *word,
                              int ms) {
    char host[256];
    i64 until = host_until(ms);
    kv_reply *r = NULL;
    str argv[1];
    struct peer_address to =
        service_address(k, host, sizeof host, a->where, sizeof a->where);
    host_heap(&a->m, &a->h);
    peer_init(&a->peer, &a->h);
    argv[0] = str_c(word);
    a->rc = peer_open(&a->peer, &to, ms);
    if (a->rc == KV_OK && k->p.requirepass[0])
        a->rc = peer_auth(&a->peer, NULL, k->p.requirepass, until);
    if (a->rc == KV_OK) a->rc = peer_call(&a->peer, 1, argv, &r, until);
    if (a->rc == KV_AGAIN)
        snprintf(a->peer.why, sizeof a->peer.why, "no answer for %d ms", ms);
    return r;
}

static void service_hang_up(struct service_ask *a) {
    peer_free(&a->peer);
    heap_drop(&a->h);
    while (mem_reap(&a->m)) {
    }
}

/* The text after "name:" in INFO's lines. */
static str service_field(str info, const char *name) {
    size_t n = strlen(name);
    while (info.n) {
        const u8 *nl = memchr(info.p, '\n', info.n);
        size_t len = nl ? (size_t)(nl - info.p) : info.n;
        if (len > n && !memcmp(info.p, name, n) && info.p[n] == ':') {
            while (len > n && info.p[len - 1] == '\r') len--;
            return str_of(info.p + n + 1, len - n - 1);
        }
        len += nl != NULL;
        info.p += len;
        info.n -= len;
    }
    return LIT("?");
}

/* The keys of all databases, from lines like "db0:keys=3,expires=0". */
static i64 service_keys(str info) {
    char name[16];
    i64 sum = 0, n;
    int i;
    for (i = 0; i < DBS_MAX; i++) {
        str s;
        size_t len = 0;
        snprintf(name, sizeof name, "db%d", i);
        s = service_field(info, name);
        if (s.n < 6 || memcmp(s.p, "keys=", 5) != 0) continue;
        while (5 + len < s.n && s.p[5 + len] != ',') len++;
        if (num_parse(str_of(s.p + 5, len), &n) && n >= 0)
            sum = n > INT64_MAX - sum ? INT64_MAX : sum + n;
    }
    return sum;
}

/* Whether INFO comes from this process. */
static int service_is(str info, i64 pid) {
    i64 n;
    return num_parse(service_field(info, "process_id"), &n) && n == pid;
}

static void service_print(const char *label, str s) {
    char shown[256];
    size_t n = journal_text(shown, sizeof shown, s, 0);
    printf("  %-10s %.*s\n", label, (int)n, shown);
}

static void service_print_info(str info) {
    u8 t[NUM_TEXT];
    str v = service_field(info, "kv_version");
    i64 up = 0;
    char text[64];
    if (str_eq(v, LIT("?"))) v = service_field(info, "redis_version");
    service_print("version", v);
    num_parse(service_field(info, "uptime_in_seconds"), &up);
    if (up < 0) up = 0;
    snprintf(text, sizeof text, "%lld d %lld h %lld min %lld s",
             (long long)(up / 86400), (long long)(up / 3600 % 24),
             (long long)(up / 60 % 60), (long long)(up % 60));
    service_print("up", str_c(text));
    service_print("clients", service_field(info, "connected_clients"));
    service_print("keys", text_int(t, service_keys(info)));
    service_print("memory", service_field(info, "used_memory_human"));
}

/* ---- the four ---- */

/* What `kv status` says of a server under no pid file of ours. */
static int service_not_ours(kv *k) {
    struct service_ask a;
    kv_reply *r = service_call(&a, k, "INFO", SERVICE_ASK_MS);
    int left = proc_may(k->p.pidfile, F_OK);
    if (r) {
        str pid = service_field(str_of(r->str, r->len), "process_id");
        opt_say("kv does not run by %s, but a server answers on %s (process "
                "%.*s)",
                k->p.pidfile, a.where, (int)min_z(pid.n, 20),
                (const char *)pid.p);
    } else if (left) {
        opt_say("kv does not run; the process that wrote %s is dead",
                k->p.pidfile);
    } else {
        opt_say("kv does not run (nobody holds %s)", k->p.pidfile);
    }
    peer_drop(&a.peer, r);
    service_hang_up(&a);
    return left ? SERVICE_DEAD : SERVICE_NONE;
}

static int service_status(struct journal *j) {
    kv *k = j->k;
    struct service_ask a;
    kv_reply *r;
    i64 pid;
    int rc = 0;
    if (service_places(k)) return SERVICE_UNKNOWN;
    pid = proc_holder(k->p.pidfile);
    if (pid < 0) {
        opt_fail("cannot read the pid file %s: %s", k->p.pidfile, proc_why());
        return SERVICE_UNKNOWN;
    }
    if (!pid) return service_not_ours(k);
    r = service_call(&a, k, "INFO", SERVICE_ASK_MS);
    if (!r || r->type == KV_ERROR) {
        opt_say("kv runs as process %lld but does not answer on %s: %s",
                (long long)pid, a.where, r ? r->str : a.peer.why);
        rc = SERVICE_UNKNOWN;
    } else if (!service_is(str_of(r->str, r->len), pid)) {
        opt_say("process %lld holds %s, but another one answers on %s",
                (long long)pid, k->p.pidfile, a.where);
        rc = SERVICE_UNKNOWN;
    } else {
        opt_say("kv runs as process %lld on %s", (long long)pid, a.where);
        service_print_info(str_of(r->str, r->len));
        service_print("pid file", str_c(k->p.pidfile));
        if (proc_may(k->p.logfile, F_OK))
            service_print("log", str_c(k->p.logfile));
    }
    peer_drop(&a.peer, r);
    service_hang_up(&a);
    return rc;
}

/* Waits for the process to go; 0, or 1 when it was said that it stays. */
static int service_stop(struct journal *j) {
    kv *k = j->k;
    i64 pid, until;
    if (service_places(k)) return 1;
    pid = proc_holder(k->p.pidfile);
    if (pid < 0)
        return opt_fail("cannot read the pid file %s: %s", k->p.pidfile,
                        proc_why());
    if (!pid) return service_not_ours(k), 0;
    if (proc_kill(pid) != KV_OK)
        return opt_fail("cannot stop process %lld: %s", (long long)pid,
                        proc_why());
    until = host_until(SERVICE_STOP_MS);
    while (proc_holder(k->p.pidfile) == pid) {
        if (host_now() > until)
            return opt_fail("process %lld has not ended for %d s",
                            (long long)pid, SERVICE_STOP_MS / 1000);
        proc_sleep_ms(5);
    }
    opt_say("kv has ended (it was process %lld)", (long long)pid);
    return 0;
}

/* Another process has the pid file: 0 when it answers. */
static int service_already(kv *k) {
    struct service_ask a;
    i64 until = host_until(SERVICE_ASK_MS), pid = proc_holder(k->p.pidfile);
    kv_reply *r;
    for (;;) {
        r = service_call(&a, k, "PING", SERVICE_ASK_MS);
        if (r || host_now() > until || proc_holder(k->p.pidfile) <= 0) break;
        service_hang_up(&a);
        proc_sleep_ms(5);
    }
    if (r)
        opt_say("kv runs already as process %lld (%s)", (long long)pid,
                k->p.pidfile);
    else
        opt_fail("process %lld has %s but does not answer on %s: %s",
                 (long long)pid, k->p.pidfile, a.where, a.peer.why);
    peer_drop(&a.peer, r);
    service_hang_up(&a);
    return r == NULL;
}

/* The parent's part: sees that the child answers. */
static int service_wait(kv *k, i64 pid, int from) {
    struct service_ask a;
    kv_reply *r;
    int code = proc_follow(pid, from);
    if (code == SERVE_TAKEN) return service_already(k);
    if (code >= 0) return code;
    r = service_call(&a, k, "PING", SERVICE_START_MS);
    if (r)
        opt_say("kv runs as process %lld on %s, log %s", (long long)pid,
                a.where, k->p.logfile);
    else
        opt_fail("process %lld was started but does not answer on %s: %s",
                 (long long)pid, a.where, a.peer.why);
    code = r == NULL;
    peer_drop(&a.peer, r);
    service_hang_up(&a);
    return code;
}

/* In the child this is the server's life. */
static int service_start(struct journal *j) {
    kv *k = j->k;
    i64 pid;
    int from = -1;
    if (service_places(k)) return 1;
    if (proc_holder(k->p.pidfile) > 0) return service_already(k);
    pid = proc_fork(&from);
    if (pid < 0) return opt_fail("cannot start a process: %s", proc_why());
    return pid ? service_wait(k, pid, from) : serve(j, 1);
}

static int service_restart(struct journal *j) {
    int rc = service_stop(j);
    return rc ? rc : service_start(j);
}

/* ==== help: what the program says about itself ========================== */

struct help_page {
    const char *verb; /* "": the program */
    const char *text;
};

static const struct help_page HELP[] = {
    {"",
     "NAME\n"
     "    kv - a Redis-compatible key-value server\n"
     "\n"
     "SYNOPSIS\n"
     "    kv [FILE] [--name value ...]\n"
     "    kv start|stop|restart|status [FILE] [--name value ...]\n"
     "    kv cli [option ...] [command [argument ...]]\n"
     "    kv check FILE ...\n"
     "    kv --print-unit [FILE] [--name value ...]\n"
     "    kv --version | --options | --commands\n"
     "\n"
     "DESCRIPTION\n"
     "    Serves in the foreground until SIGINT, SIGTERM or SHUTDOWN. FILE is "
     "a\n"
     "    configuration file in redis.conf's syntax; options have the same "
     "names\n"
     "    and come after it. Names that only Redis has are passed over with a\n"
     "    warning, unless they promise safety or durability that kv cannot "
     "give.\n"
     "\n"
     "    kv start --help, kv cli --help and kv check --help tell about "
     "these.\n"
     "\n"
     "    --print-unit prints a unit for systemd that runs kv with the given "
     "file\n"
     "    and options; --options and --commands print the README's tables.\n"
     "\n"
     "SIGNALS\n"
     "    SIGINT, SIGTERM   end the server; a second one ends it at once\n"
     "    SIGHUP            opens the log file anew\n"
     "\n"
     "EXIT STATUS\n"
     "    0 after a normal end, 1 after an error, which is told on the "
     "standard\n"
     "    error.\n"
     "\n"
     "ENVIRONMENT\n"
     "    NOTIFY_SOCKET   is told READY=1 and STOPPING=1, as systemd wants it\n"
     "\n"
     "EXAMPLES\n"
     "    kv --port 7000 --maxmemory 1gb --maxmemory-policy allkeys-lru\n"
     "    kv /etc/kv.conf --loglevel verbose\n"
     "    kv --print-unit /etc/kv.conf > /etc/systemd/system/kv.service\n"
     "\n"
     "OPTIONS, with their defaults; sizes take kb, mb, gb\n"},
    {"start",
     "NAME\n"
     "    kv start, stop, restart, status - the server in the background\n"
     "\n"
     "SYNOPSIS\n"
     "    kv start|stop|restart|status [FILE] [--name value ...]\n"
     "\n"
     "DESCRIPTION\n"
     "    All four take what the server itself takes (kv --help) and find it "
     "by\n"
     "    its pid file, which a running server keeps locked: a file that a "
     "dead\n"
     "    process left behind fools nobody.\n"
     "\n"
     "    start    goes to the background and returns when the server answers, "
     "or\n"
     "             tells why it does not\n"
     "    stop     asks it to end and waits, up to 30 seconds, until it has\n"
     "    restart  checks the new configuration, stops, starts\n"
     "    status   tells the process, version, clients, keys and memory\n"
     "\n"
     "FILES\n"
     "    Without --pidfile it is kv-PORT.pid: for root in /run, for others "
     "in\n"
     "    $XDG_RUNTIME_DIR or, where that is not set, in /tmp/kv-USERID.\n"
     "    Without --logfile the log stands beside it, as kv-PORT.log.\n"
     "\n"
     "EXIT STATUS\n"
     "    start, stop, restart: 0 when it is so (also when it was before), "
     "else 1.\n"
     "    status: 0 runs; 1 does not, and left its pid file; 3 does not run;\n"
     "    4 runs but does not answer.\n"
     "\n"
     "EXAMPLES\n"
     "    kv start --port 7000\n"
     "    kv status --port 7000\n"
     "    kv restart /etc/kv.conf\n"},
    {"check",
     "NAME\n"
     "    kv check - looks whether files are right\n"
     "\n"
     "SYNOPSIS\n"
     "    kv check [--fix] FILE ...\n"
     "\n"
     "DESCRIPTION\n"
     "    Reads configuration files, snapshots and logs of changes as the\n"
     "    server would, and tells for each whether it is right: if not, where\n"
     "    it is wrong. What would be passed over is told as a warning. A log\n"
     "    is given as its directory or its manifest; one of its files alone\n"
     "    can be looked at too. Whether the addresses and files that a\n"
     "    configuration names can be had shows only at the start.\n"
     "\n"
     "    Without --fix nothing is changed. With it, what is good of a "
     "damaged\n"
     "    snapshot or log is written anew; the damaged snapshot is kept as\n"
     "    FILE.damaged, what is cut out of a log as FILE.cut-BYTE.\n"
     "\n"
     "EXIT STATUS\n"
     "    0 when all files are right, 1 when one is not.\n"
     "\n"
     "EXAMPLES\n"
     "    kv check /etc/kv.conf && kv restart /etc/kv.conf\n"
     "    kv check --fix /var/lib/kv/appendonlydir\n"},
};

/* A text cut into lines that begin with `indent` blanks. */
static void help_wrap(const char *text, int indent) {
    int at = 0, n;
    while (*text) {
        n = (int)strcspn(text, " ");
        if (!at || at + 1 + n > 79) {
            printf("%s%*s", at ? "\n" : "", indent, "");
            at = indent;
        } else {
            at += printf(" ");
        }
        at += printf("%.*s", n, text);
        text += n + (text[n] == ' ');
    }
    puts("");
}

static int help_show(const char *verb) {
    size_t i;
    for (i = 0; i < COUNT(HELP) && strcmp(verb, HELP[i].verb) != 0; i++) {
    }
    fputs(HELP[i < COUNT(HELP) ? i : 0].text, stdout);
    if (*verb) return 0;
    for (i = 0; i < COUNT(PARS); i++) {
        if (PARS[i].kind == PAR_FACT) continue;
        printf("    --%s %s\n", PARS[i].name,
               PARS[i].def[0] ? PARS[i].def : "\"\"");
        help_wrap(PARS[i].what, 12);
    }
    return 0;
}

/* The README's table of parameters. */
static int help_options(void) {
    size_t i;
    puts("| option | default | CONFIG SET | what it does |\n|---|---|---|---|");
    for (i = 0; i < COUNT(PARS); i++) {
        const struct par *r = &PARS[i];
        printf("| `%s` | `%s` | %s | %s |\n", r->name,
               r->def[0] ? r->def : "\"\"",
               r->kind == PAR_FACT ? "fixed"
               : r->flags & (PAR_START | PAR_RESTART | PAR_PROTECTED)
                   ? "needs a restart"
                   : "at once",
               r->what);
    }
    return 0;
}

/* The grammar of a row without the names of groups and types. */
static void help_usage(const char *p) {
    while (*p) {
        size_t n = strcspn(p, " []()|{}"), i, from = 0, to = n;
        if (n && *p >= 'a' && *p <= 'z') {
            for (i = 0; i < n; i++) {
                if (p[i] == '=') from = i + 1;
                if (p[i] == ':' && i) to = i;
            }
        }
        for (i = from; i < to; i++) putchar(p[i]);
        p += n;
        while (*p && strchr(" []()|{}", *p)) {
            if (*p == '|') fputs("\\|", stdout);
            else if (*p != '{' && *p != '}') putchar(*p);
            p++;
        }
    }
}

static int help_commands(void) {
    size_t i, j, n;
    puts("| command | arguments | since | what it does |\n|---|---|---|---|");
    for (i = 0; i < COUNT(ROWS); i++)
        for (j = 0; j < ROWS[i].n; j++) {
            const kv_command *r = &ROWS[i].rows[j];
            if (!r->fn) continue;
            fputs("| `", stdout);
            for (n = 0; r->name[n]; n++) {
                char c = r->name[n];
                putchar(c == '|' ? ' ' : c >= 'a' && c <= 'z' ? c - 32 : c);
            }
            fputs("` | ", stdout);
            help_usage(r->args);
            printf(" | %s | %s |\n", r->since, r->summary);
        }
    return 0;
}

/* Words of the protocol and of all rows, for fuzzers. */
static int help_dictionary(void) {
    size_t i, j;
    const char *p;
    puts("\"*3\\x0d\\x0a$3\\x0d\\x0a\"\n\"$-1\\x0d\\x0a\"\n\"\\x0d\\x0a\"");
    for (i = 0; i < COUNT(ROWS); i++)
        for (j = 0; j < ROWS[i].n; j++) {
            const kv_command *r = &ROWS[i].rows[j];
            p = strchr(r->name, '|');
            printf("\"%s\"\n", p ? p + 1 : r->name);
            for (p = r->args; *p;) {
                str w = doc_word(p);
                if (doc_is_token(w)) printf("\"%.*s\"\n", (int)w.n, p);
                p += w.n;
                while (*p && strchr(" []()|{}", *p)) p++;
            }
        }
    return 0;
}

/* ---- a unit for systemd ---- */

/* A word of ExecStart: quoted, and without what systemd would replace. */
static void help_unit_word(const char *s, int first) {
    str rest = str_c(s);
    u32 code;
    size_t n, i;
    int quote = !*s || s[strcspn(s, " \t\"'\\;")] != 0;
    if (quote) putchar('"');
    for (; rest.n; rest.p += n, rest.n -= n) {
        u8 c = *rest.p;
        n = term_utf8(rest.p, rest.n, &code);
        if (!n || c < ' ' || c == 127) printf("\\x%02x", c);
        else if (strchr("\"\\", c)) printf("\\%c", c);
        else if (c == '%' || (c == '$' && !first)) printf("%c%c", c, c);
        else
            for (i = 0; i < n; i++) putchar(rest.p[i]);
        n = max_z(n, 1);
    }
    if (quote) putchar('"');
}

static int help_unit(struct opt o) {
    char path[4096];
    int i;
    proc_self(o.program, path, sizeof path);
    fputs("[Unit]\n"
          "Description=kv, a Redis-compatible key-value server\n"
          "Wants=network-online.target\n"
          "After=network-online.target\n"
          "\n"
          "[Service]\n"
          "Type=notify\n"
          "ExecStart=",
          stdout);
    help_unit_word(path, 1);
    for (i = 0; i < o.n; i++) {
        putchar(' ');
        if (i == 0 && o.v[0][0] != '-') proc_real(o.v[0], path, sizeof path);
        else snprintf(path, sizeof path, "%s", o.v[i]);
        help_unit_word(path, 0);
    }
    puts("\n"
         "ExecReload=/bin/kill -HUP $MAINPID\n"
         "Restart=on-failure\n"
         "TimeoutStartSec=infinity\n"
         "LimitNOFILE=65536\n"
         "DynamicUser=yes\n"
         "RuntimeDirectory=kv\n"
         "StateDirectory=kv\n"
         "WorkingDirectory=%S/kv\n"
         "NoNewPrivileges=yes\n"
         "ProtectSystem=strict\n"
         "ProtectHome=yes\n"
         "PrivateDevices=yes\n"
         "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n"
         "\n"
         "[Install]\n"
         "WantedBy=multi-user.target");
    return 0;
}

/* ==== audit: kv check ===================================================
 *
 * Each file is read as the server would read it, by an instance of its own. To
 * repair: what is good of a snapshot is written anew; a log is read as with
 * `salvage` and rewritten. What was there before is kept beside it.
 */
enum audit_kind { AUDIT_CONFIG, AUDIT_SNAPSHOT, AUDIT_LOG, AUDIT_PART };

static int audit_ends(const char *path, const char *end) {
    size_t n = strlen(path), m = strlen(end);
    return n >= m && !strcmp(path + n - m, end);
}

/* What a file is: by its name or its first bytes. */
static enum audit_kind audit_kind(const char *path) {
    char head[8] = "";
    if (audit_ends(path, ".rdb")) return AUDIT_SNAPSHOT;
    if (audit_ends(path, ".manifest") || proc_is_dir(path)) return AUDIT_LOG;
    if (audit_ends(path, ".aof")) return AUDIT_PART;
    if (proc_is_file(path)) sys_load(NULL, path, head, sizeof head);
    if (!memcmp(head, "REDIS", 5) || !memcmp(head, "VALKEY", 6))
        return AUDIT_SNAPSHOT;
    return !memcmp(head, "#K:", 3) || !memcmp(head, "*2\r\n", 4) ? AUDIT_PART
                                                                 : AUDIT_CONFIG;
}

/* Writes what could be read of a snapshot in its place. */
static int audit_fix_snapshot(kv *k, const char *path) {
    char *old = snap_path(k, "%s.damaged", path);
    int rc = old ? sys_rename(NULL, path, old) : KV_NOMEM;
    if (rc == KV_OK) rc = snap_now(k, path);
    if (rc != KV_OK) opt_fail("cannot write %s: %s", path, code_text(rc));
    else opt_say("%s: repaired; what it was is in %s", path, old);
    buf_undup(&k->h, old);
    return rc != KV_OK;
}

static int audit_snapshot(kv *k, const char *path, int fix) {
    struct load l;
    int bad, rc = load_begin(&l, k, path, !fix);
    while (rc == KV_OK && (rc = load_slice(&l)) == KV_AGAIN) rc = KV_OK;
    bad = rc != KV_OK;
    if (bad) opt_fail("%s", l.why);
    else
        opt_say("%s: right, a snapshot of version %d with %llu keys", path,
                l.version, (unsigned long long)l.keys);
    if (bad && fix && rc == KV_CORRUPT && l.version)
        bad = audit_fix_snapshot(k, path);
    load_free(&l);
    return bad;
}

/* Cuts a path in two: the directory, and what stands in it. */
static const char *audit_split(const char *path, char *dir, size_t cap) {
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 1;
    snprintf(dir, cap, "%.*s", (int)min_z(n ? n : 1, cap - 1),
             slash ? path : ".");
    return slash ? slash + 1 : path;
}

/* Reads a log as the server does with `salvage`, and rewrites it. */
static int audit_fix_log(kv *k, const char *dir, const char *name) {
    char top[4096], why[512];
    str pair[10];
    struct par_error e;
    int rc;
    pair[0] = LIT("appenddirname");
    pair[1] = str_c(audit_split(dir, top, sizeof top));
    pair[2] = LIT("dir");
    pair[3] = str_c(top);
    pair[4] = LIT("appendfilename");
    pair[5] = str_of(name, strlen(name) - strlen(".manifest"));
    pair[6] = LIT("appendonly");
    pair[7] = LIT("yes");
    pair[8] = LIT("salvage");
    pair[9] = LIT("yes");
    if (!par_set(k, pair, 10, &e))
        return opt_fail("%s/%s: %s", dir, name, e.why);
    rc = aof_lock_dir(k);
    if (rc == KV_BUSY) return opt_fail("a server uses %s", top);
    if (rc == KV_OK) rc = data_begin(k, why);
    else snprintf(why, sizeof why, "%.400s: %s", top, code_text(rc));
    if (rc != KV_OK) return opt_fail("%s", why);
    while ((rc = data_slice(k)) == KV_AGAIN) {
    }
    if (rc != KV_OK) return 1; /* it was said why */
    k->aof->wanted = k->aof->wants_base = 1;
    aof_settle(k);
    if (k->aof->fails || k->aof->rc != KV_OK)
        return opt_fail("cannot rewrite %s/%s", dir, name);
    opt_say("%s/%s: repaired", dir, name);
    return 0;
}

/* What a dry reading came to. */
static int audit_told(struct replay *r, const char *path, int rc) {
    if (rc != KV_OK) return opt_fail("%s", r->why);
    if (r->cut)
        return opt_fail("%s; kv check --fix keeps them beside it and repairs "
                        "the rest",
                        r->why);
    opt_say("%s: right, a log of %llu files with %llu changes and %llu keys in "
            "snapshots",
            path,
            (unsigned long long)(man_count(&r->man, MAN_BASE) +
                                 man_count(&r->man, MAN_INCR)),
            (unsigned long long)r->records, (unsigned long long)r->loaded);
    return 0;
}

static int audit_log(kv *k, const char *path, int fix) {
    char dir[4096], name[300] = "";
    struct replay r;
    int rc;
    if (!audit_ends(path, ".manifest")) {
        snprintf(dir, sizeof dir, "%.4000s", path);
        if (!proc_find(dir, ".manifest", name, sizeof name))
            return opt_fail("%s: there is no manifest in it", path);
    } else {
        snprintf(name, sizeof name, "%.299s",
                 audit_split(path, dir, sizeof dir));
    }
    while (dir[0] && dir[1] && audit_ends(dir, "/")) dir[strlen(dir) - 1] = 0;
    {
        char *man = snap_path(k, "%s/%s", dir, name);
        rc = man ? replay_begin(&r, k, dir, man, 1) : KV_NOMEM;
        while (rc == KV_OK && (rc = replay_slice(&r)) == KV_AGAIN) rc = KV_OK;
        if (man) rc = audit_told(&r, man, rc);
        buf_undup(&k->h, man);
        replay_free(&r);
    }
    return rc && fix ? audit_fix_log(k, dir, name) : rc;
}

/* Whether a server has a log in this directory. */
static int audit_is_used(kv *k, const char *dir) {
    char top[4096];
    str pair[2];
    struct par_error e;
    audit_split(dir, top, sizeof top);
    pair[0] = LIT("dir");
    pair[1] = str_c(top);
    return par_set(k, pair, 2, &e) && aof_lock_dir(k) == KV_BUSY;
}

/* One file of a log, by itself. */
static int audit_part(kv *k, const char *path, int fix) {
    char dir[4096];
    const char *name = audit_split(path, dir, sizeof dir);
    struct replay r;
    int rc, dry;
    if (fix && audit_is_used(k, dir))
        return opt_fail("%s: a server uses it", path);
    for (dry = 1;; dry = 0) {
        rc = replay_begin_file(&r, k, dir, name, dry);
        while (rc == KV_OK && (rc = replay_slice(&r)) == KV_AGAIN) rc = KV_OK;
        fix = fix && dry && rc == KV_OK && r.cut;
        if (!dry && rc == KV_OK && r.cut) opt_say("%s: repaired", path);
        else if (!fix) rc = audit_told(&r, path, rc);
        replay_free(&r);
        if (!fix) return rc != KV_OK;
    }
}

/* Looks at the file v[0]; with `fix` repairs what can be. 0: it is right now. */
static int audit(char **v, int fix) {
    struct journal j;
    enum audit_kind kind = audit_kind(v[0]);
    struct opt o;
    int bad;
    memset(&o, 0, sizeof o);
    o.v = v;
    o.n = kind == AUDIT_CONFIG;
    bad = opt_open(o, &j);
    if (!bad && kind == AUDIT_CONFIG) opt_say("%s: right", v[0]);
    if (!bad && kind == AUDIT_SNAPSHOT) bad = audit_snapshot(j.k, v[0], fix);
    if (!bad && kind == AUDIT_LOG) bad = audit_log(j.k, v[0], fix);
    if (!bad && kind == AUDIT_PART) bad = audit_part(j.k, v[0], fix);
    kv_close(j.k);
    return bad;
}

/* ==== main: the program ================================================= */

/* kv check */
static int main_check(struct opt o) {
    int bad = 0, fix = o.n && !strcmp(o.v[0], "--fix");
    if (fix) o.n--, o.v++;
    if (!o.n) return opt_fail("check needs a file (kv check --help)");
    for (; o.n; o.n--, o.v++) bad |= audit(o.v, fix);
    return bad;
}

static int main_unit(struct opt o) {
    struct journal j;
    int bad = opt_open(o, &j);
    kv_close(j.k);
    return bad ? bad : help_unit(o);
}

static int main_cli(struct opt o) { return flag_main(o.n + 1, o.v - 1); }

static int main_version(struct opt o) {
    (void)o;
    return puts("kv " KV_VERSION " (Redis " REDIS_VERSION ")") < 0;
}

static int main_help(struct opt o) {
    (void)o;
    return help_show("");
}

static int main_options(struct opt o) {
    (void)o;
    return help_options();
}

static int main_commands(struct opt o) {
    (void)o;
    return help_commands();
}

static int main_dictionary(struct opt o) {
    (void)o;
    return help_dictionary();
}

static int main_serve(struct journal *j) {
    if (j->k->p.daemonize && !getenv("NOTIFY_SOCKET")) return service_start(j);
    return serve(j, 0);
}

/* What the first word makes the program do. */
static const struct main_way {
    const char *word;
    const char *page;                /* of help; NULL: none */
    int (*run)(struct opt o);        /* with the words behind it, or */
    int (*serve)(struct journal *j); /* with these as the server's options */
    int bad;                         /* exit code where those are wrong */
} MAIN_WAYS[] = {
    {"start", "start", NULL, service_start, 1},
    {"stop", "start", NULL, service_stop, 1},
    {"restart", "start", NULL, service_restart, 1},
    {"status", "start", NULL, service_status, SERVICE_UNKNOWN},
    {"cli", NULL, main_cli, NULL, 0},
    {"check", "check", main_check, NULL, 0},
    {"--help", NULL, main_help, NULL, 0},
    {"-h", NULL, main_help, NULL, 0},
    {"--version", NULL, main_version, NULL, 0},
    {"-v", NULL, main_version, NULL, 0},
    {"--print-unit", "", main_unit, NULL, 0},
    {"--options", NULL, main_options, NULL, 0},
    {"--commands", NULL, main_commands, NULL, 0},
    {"--dictionary", NULL, main_dictionary, NULL, 0},
};

static int main_with(struct opt o, int (*run)(struct journal *j), int bad) {
    struct journal j;
    int rc = opt_open(o, &j);
    if (!rc) rc = run(&j);
    else rc = bad;
    kv_close(j.k);
    return rc;
}

static int main_run(int argc, char **argv) {
    struct opt o;
    size_t i;
    proc_stdio();
    o.program = argc ? argv[0] : "kv";
    o.verb = 0;
    o.n = argc > 1 ? argc - 1 : 0;
    o.v = argv + 1;
    for (i = 0; o.n && i < COUNT(MAIN_WAYS); i++) {
        const struct main_way *w = &MAIN_WAYS[i];
        if (strcmp(o.v[0], w->word) != 0) continue;
        o.verb = 1;
        o.n--;
        o.v++;
        if (w->page && o.n && !strcmp(o.v[0], "--help"))
            return help_show(w->page);
        return w->run ? w->run(o) : main_with(o, w->serve, w->bad);
    }
    return main_with(o, main_serve, 1);
}

int main(int argc, char **argv) {
    int rc = main_run(argc, argv);
    if (fflush(stdout) || ferror(stdout)) {
        opt_fail("cannot write the output: %s", proc_why());
        if (!rc) rc = 1;
    }
    return rc;
}
#endif
