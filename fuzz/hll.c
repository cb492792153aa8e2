/* HyperLogLogs that anybody can SET or RESTORE, and what changes them.
 *
 * Input: a byte of switches, a limit for the sparse form, a length, so many
 * bytes that stand behind the head of a value, then steps: elements and
 * commands.
 *
 * What must hold:
 *   - no byte beyond a value is read (each is a block of its own size here);
 *   - where the runs are right, registers are what one byte each says, raised
 *     by the same elements; in runs, dense, and merged;
 *   - where they are not, it is said, and the value is as before;
 *   - each reply is an error or has its type, and the checker is content.
 */
#include "fuzz.h"

static kv *k;
static int right; /* the runs of the value at h are */
static int half;  /* the last one is only half there: anything goes */
static u8 naive[HLL_REGS];
static struct bytes reply;

static str send_words(size_t argc, const str *argv) {
    struct request r;
    size_t start = k->out.n;
    memset(&r, 0, sizeof r);
    r.argv = (str *)argv;
    r.argc = argc;
    r.cmd = cmd_of(k, argv, argc);
    r.hash = k->dbs[0] ? tab_hash(&k->dbs[0]->t, argv[r.cmd->first]) : 0;
    turn_call(k, k->own, &r);
    reply.n = 0;
    bytes_put(&reply, k->out.p + start, k->out.n - start);
    k->out.n = start;
    return str_of(reply.p, reply.n);
}

static str send_line(const char *line) {
    str argv[8];
    size_t n = 0;
    while (*line) {
        size_t len = strcspn(line, " ");
        argv[n++] = str_of(line, len);
        line += len + (line[len] == ' ');
    }
    return send_words(n, argv);
}

static int starts(str s, const char *with) {
    size_t n = strlen(with);
    return s.n >= n && memcmp(s.p, with, n) == 0;
}

static str value_at(const char *key) {
    struct tab_at at;
    str name = str_c(key);
    ent *e = tab_find(&k->dbs[0]->t, name, tab_hash(&k->dbs[0]->t, name), &at);
    return e ? ent_val(e) : str_of(NULL, 0);
}

/* Whether a value is right; its registers are then in `max`. */
static int spread(str v, u8 *max) {
    u8 *p = malloc(v.n + 1);
    int ok;
    u64 n;
    NEED(p);
    memmove(p + 1, v.p, v.n); /* and not aligned */
    memset(max, 0, HLL_REGS);
    ok = hll_merge(str_of(p + 1, v.n), max);
    NEED(hll_count(str_of(p + 1, v.n), &n) == ok);
    NEED(!ok || n == hll_count_max(max));
    free(p);
    return ok;
}

/* Whether a value ends in half a run, which counts as if a zero byte followed.
 * Redis cuts a byte off when it changes one, and so does kv. */
static int ends_in_half(str v) {
    size_t at = HLL_HEAD;
    while (v.p[HLL_FORM] && at < v.n) at += hll_run(v.p + at, v.n - at).size;
    return v.p[HLL_FORM] && at > v.n;
}

static void same_registers(const char *key) {
    static u8 max[HLL_REGS];
    NEED(spread(value_at(key), max));
    NEED(memcmp(max, naive, HLL_REGS) == 0);
}

static void step_add(struct tape *t) {
    str argv[3], got;
    int value, reg;
    struct bytes was;
    memset(&was, 0, sizeof was);
    bytes_put(&was, value_at("h").p, value_at("h").n);
    argv[0] = LIT("PFADD");
    argv[1] = LIT("h");
    argv[2] = tape_bytes(t, 12);
    reg = hll_place(argv[2], &value);
    got = send_words(3, argv);
    if (right) {
        NEED(starts(got, value > naive[reg] ? ":1" : ":0"));
        if (value > naive[reg]) naive[reg] = (u8)value;
        same_registers("h");
    } else if (!starts(got, ":1")) {
        NEED(starts(got, ":0") || starts(got, "-INVALIDOBJ"));
        NEED(str_eq(value_at("h"), str_of(was.p, was.n)));
    } else {
        half = ends_in_half(value_at("h"));
        right = spread(value_at("h"), naive) && !half;
    }
    bytes_free(&was);
}

static void step(struct tape *t) {
    static const char *const lines[] = {
        "PFCOUNT h", "PFCOUNT h none", "PFMERGE d h", "PFMERGE h",
        "PFDEBUG TODENSE h", "PFDEBUG GETREG h"};
    u32 x = tape_byte(t);
    str got;
    if (x >= COUNT(lines)) {
        step_add(t);
        return;
    }
    got = send_line(lines[x]);
    if (right) NEED(got.p[0] != '-');
    else if (x && !half) /* a count may be cached */
        NEED(starts(got, "-INVALIDOBJ"));
    if (right) same_registers("h");
    if (right && x == 2) same_registers("d");
    if (!right && !half) NEED(!value_at("d").p);
    if (half) right = spread(value_at("h"), naive) &&
                      !(half = ends_in_half(value_at("h")));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct tape t = tape_of(p, n);
    u32 flags = tape_byte(&t);
    struct bytes v;
    str argv[3];
    size_t len, steps = 0;
    k = fuzz_open(NULL);
    k->p.hll_sparse_max = (i64)tape_u16(&t) % 4000;
    memset(&v, 0, sizeof v);
    bytes_put(&v, "HYLL\1\0\0\0\0\0\0\0\0\0\0\x80", HLL_HEAD);
    if (flags & 1) v.p[HLL_STALE] = 0;
    len = tape_u16(&t) % 700;
    len = min_z(len, t.n);
    bytes_put(&v, t.p, len);
    t.p += len;
    t.n -= len;
    if (flags & 2) { /* the rest are zeros, so that the runs are right */
        struct hll_run r;
        u8 last[8];
        int at = 0, left;
        for (len = HLL_HEAD; len + 1 < v.n; len += r.size) {
            r = hll_run(v.p + len, v.n - len);
            if (at + r.n > HLL_REGS || len + r.size > v.n) break;
            at += r.n;
        }
        v.n = len;
        left = HLL_REGS - at;
        bytes_put(&v, last, hll_put_run(last, 0, left));
    }
    argv[0] = LIT("SET");
    argv[1] = LIT("h");
    argv[2] = str_of(v.p, v.n);
    NEED(starts(send_words(3, argv), "+OK"));
    half = ends_in_half(argv[2]);
    right = spread(argv[2], naive) && !half;
    while (t.n && steps++ < 60) step(&t);
    fuzz_check(k);
    kv_close(k);
    bytes_free(&v);
    bytes_free(&reply);
    return 0;
}
