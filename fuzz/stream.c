/* Streams of commands through the memory transport, against a naive model and
 * a replica.
 *
 * Input: bytes of switches, then steps: one byte chooses a command that the
 * model knows, any other row with arguments by tables, raw bytes, a step of
 * the clock, a slice of background work, or an allocation that will fail.
 *
 * What must hold:
 *   - the reply to a known command is the model's, to the byte, and afterwards
 *     the live keys are the model's; if memory was refused (-OOM), nothing
 *     changed;
 *   - after each batch every invariant of the instance holds;
 *   - a second instance that is given nothing but the records of the changes
 *     holds the same entries.
 */
#include "model.h"

enum { SESSIONS = 3, BATCH_STEPS = 12, STEPS_MAX = 300 };

/* ---- Instances --------------------------------------------------------- */

static kv *replica;
static kv_session *sessions[SESSIONS], *link_session;
static i64 replica_us;
static int trace;

static conn *conn_of(int s) { return (conn *)(void *)sessions[s]; }

/* Values that the model does not know: while there are any, replies are not
 * compared. */
static size_t foreign;

static int hollow(const ent *e) { /* no field lives */
    struct it it;
    if (ent_type(e) != ENT_HASH) return 0;
    it_begin(&it, e);
    it.now = now;
    return !it_next(&it);
}

static int entry_of_all(void *ctx, ent *e) {
    struct item *m;
    struct it it;
    if (ent_type(e) == ENT_NESTED) foreign++;
    if (ent_type(e) == ENT_NESTED || db_is_expired(k, e) || hollow(e)) return 0;
    m_put(*(int *)ctx, ent_key(e), ent_is_col(e) ? str_of("", 0) : ent_val(e),
          ent_exp(e));
    if (!ent_is_col(e)) return 0;
    m = m_find(*(int *)ctx, ent_key(e));
    m->type = ent_type(e);
    if (m->type == ENT_STREAM) {
        st_take(m, obj_stream(ent_obj(e)));
        return 0;
    }
    it_begin(&it, e);
    it.now = now;
    it.b = str_of("", 0);
    while (it_next(&it)) el_insert(m, m->n, it.a, it.b, it.score, it.exp);
    return 0;
}

/* Takes the data as it is for the model. */
static void resync(void) {
    int i;
    m_flush(-1);
    foreign = 0;
    k->now = now;
    for (i = 0; i < DBS; i++)
        if (k->dbs[i]) tab_each(&k->dbs[i]->t, entry_of_all, &i);
}

static size_t compared;

static void compare_elems(const struct item *m, const ent *e) {
    struct it it;
    size_t n = 0, at;
    it_begin(&it, e);
    it.now = now;
    for (; it_next(&it); n++) {
        at = ent_type(e) == ENT_LIST ? n : el_find(m, it.a);
        NEED(at < m->n && str_eq(el_a(&m->e[at]), it.a));
        if (ent_type(e) == ENT_ZSET) NEED(at == n && m->e[at].score == it.score);
        if (ent_type(e) != ENT_HASH) continue;
        NEED(str_eq(el_b(&m->e[at]), it.b) && m->e[at].exp == it.exp);
    }
    NEED(n == m->n);
}

static int compare_entry(void *ctx, ent *e) {
    int id = *(int *)ctx;
    struct item *m;
    if (db_is_expired(k, e) || ent_type(e) == ENT_NESTED || hollow(e)) return 0;
    m = m_find(id, ent_key(e));
    NEED(m);
    NEED(m->type == ent_type(e));
    if (m->type == ENT_STREAM) st_compare(m, obj_stream(ent_obj(e)));
    else if (m->type) compare_elems(m, e);
    else NEED(str_eq(m_val(m), ent_val(e)));
    NEED(m->exp == ent_exp(e));
    compared++;
    return 0;
}

static void compare_model(void) {
    int i;
    compared = 0;
    k->now = now;
    for (i = 0; i < DBS; i++)
        if (k->dbs[i]) tab_each(&k->dbs[i]->t, compare_entry, &i);
    NEED(compared == m_count(-1));
}

/* What a digest would show as different: where scores stand packed, -0 is 0, as
 * in Redis, and the two may keep a sorted set in different forms. */
static void compare_scores(const ent *e, const ent *r) {
    struct it a, b;
    it_begin(&a, e);
    it_begin(&b, r);
    while (it_next(&a))
        NEED(it_next(&b) && str_eq(a.a, b.a) && a.score == b.score);
    NEED(!it_next(&b));
}

/* A digest says nothing of them. */
static void compare_times(const ent *e, const ent *r) {
    struct it it;
    it_begin(&it, e);
    while (it_next(&it)) NEED(hash_exp(r, it.a) == it.exp);
}

static int compare_replica_entry(void *ctx, ent *e) {
    db *d = replica->dbs[*(int *)ctx];
    struct tab_at at;
    ent *r = d ? tab_find(&d->t, ent_key(e), tab_hash(&d->t, ent_key(e)), &at)
               : NULL;
    NEED(r);
    if (ent_is_col(e)) {
        u8 a[20] = {0}, b[20] = {0};
        NEED(ent_type(r) == ent_type(e));
        if (ent_type(e) == ENT_ZSET) {
            compare_scores(e, r);
            NEED(ent_exp(r) == ent_exp(e));
            return 0;
        }
        digest_value(a, e);
        digest_value(b, r);
        NEED(!memcmp(a, b, sizeof a));
        if (ent_type(e) == ENT_HASH) compare_times(e, r);
        if (ent_type(e) == ENT_STREAM)
            need_same_streams(obj_stream(ent_obj(e)), obj_stream(ent_obj(r)));
    } else {
        NEED(str_eq(ent_val(r), ent_val(e)));
    }
    NEED(ent_exp(r) == ent_exp(e));
    return 0;
}

static void compare_replica(void) {
    int i;
    for (i = 0; i < DBS; i++) {
        NEED(db_size(k, i) == db_size(replica, i));
        if (k->dbs[i]) tab_each(&k->dbs[i]->t, compare_replica_entry, &i);
    }
}

/* A record arrives at the replica. */
static void apply(void *ctx, int dbnum, const void *p, size_t n) {
    conn *c = (conn *)(void *)link_session;
    kv_slice out;
    (void)ctx;
    c->dbnum = dbnum;
    NEED(kv_feed(link_session, p, n) == KV_OK);
    NEED(kv_pending(link_session, &out) == KV_OK && out.n);
    if (*(const u8 *)out.p == '-') {
        struct bytes b;
        b.p = (u8 *)p;
        b.n = n;
        bytes_show("record", &b);
        NEED(!"a record that is refused");
    }
    kv_consume(link_session, out.n);
    NEED(kv_pending(link_session, &out) == KV_NONE);
}

static void listen_only(void *ctx, const char *event, int dbnum,
                        const void *key, size_t n) {
    (void)ctx;
    NEED(event && *event && dbnum >= 0 && dbnum < DBS && (key || !n));
}

static void session_again(int s) {
    if (sessions[s]) kv_session_close(sessions[s]);
    k->m.fail_in = 0;
    NEED(kv_session_open(k, &sessions[s]) == KV_OK);
}

/* ---- Sending ----------------------------------------------------------- */

enum { SENT, REFUSED, LOST };

static void request_text(const char *s) { bytes_put(&request, s, strlen(s)); }

static void request_make(size_t argc, const str *argv) {
    char head[32];
    size_t i;
    request.n = 0;
    snprintf(head, sizeof head, "*%lu\r\n", (unsigned long)argc);
    request_text(head);
    for (i = 0; i < argc; i++) {
        snprintf(head, sizeof head, "$%lu\r\n", (unsigned long)argv[i].n);
        request_text(head);
        bytes_put(&request, argv[i].p, argv[i].n);
        request_text("\r\n");
    }
}

/* Sends the request in one piece or two and takes the reply. REFUSED: memory
 * was, so nothing may have changed; LOST: the session died without a reply. */
static int send_request(int s, size_t cut) {
    kv_slice out;
    int rc = KV_OK;
    reply.n = 0;
    if (trace) bytes_show("send", &request);
    if (cut && cut < request.n) rc = kv_feed(sessions[s], request.p, cut);
    else cut = 0;
    if (rc == KV_OK)
        rc = kv_feed(sessions[s], request.p + cut, request.n - cut);
    NEED(rc == KV_OK || rc == KV_NOMEM || rc == KV_CLOSED);
    while (kv_pending(sessions[s], &out) == KV_OK) {
        bytes_put(&reply, out.p, out.n);
        kv_consume(sessions[s], out.n);
    }
    if (trace) bytes_show("got ", &reply);
    k->m.fail_in = 0;
    if (rc == KV_NOMEM) NEED(!reply.n);
    if (rc == KV_NOMEM || conn_of(s)->flags & CONN_CLOSING) session_again(s);
    if (rc == KV_NOMEM) return REFUSED;
    if (reply.n > 4 && !memcmp(reply.p, "-OOM", 4)) return REFUSED;
    return reply.n ? SENT : LOST;
}

/* ---- Choosing ---------------------------------------------------------- */

static u8 filler[40000];

enum { ARGS_MAX = 300 };
static str args[ARGS_MAX];
static size_t nargs;

static void arg(str s) {
    if (nargs < ARGS_MAX) args[nargs++] = s;
}

/* A copy that stays until the next command. */
static str keep(str s) {
    static u8 store[ARGS_MAX * 320];
    static size_t at;
    u8 *p;
    if (!nargs || at + s.n > sizeof store) at = 0;
    p = store + at;
    copy(p, s.p, s.n);
    at += s.n;
    return str_of(p, s.n);
}

/* Some keys begin at one address and differ in length only. */
static str some_key(struct tape *t) {
    static const u8 shared[] = "key:12345";
    static const char *const few[] = {"a", "b", "c", "k", "key:1", "key:2",
                                      "{t}x", "", "0", "long"};
    u32 x = tape_byte(t);
    u8 p[300];
    if (x < 140) return str_c(few[x % COUNT(few)]);
    if (x < 200) return str_of(shared, x % sizeof shared);
    if (x < 215) { /* a long key */
        memset(p, 'K', sizeof p);
        return keep(str_of(p, x < 205 ? 127 : x < 210 ? 128 : 300));
    }
    p[0] = 'f';
    return keep(str_of(p, 1 + num_put_u(p + 1, (x & 3) * 256 + tape_byte(t))));
}

static str some_int(struct tape *t) {
    static const char *const texts[] = {
        "0", "1", "-1", "2", "10", "100", "5", "3", "007", "", " 1", "1 ", "x",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "9223372036854775", "9223372036854776", "1700000000", "1700000005000",
        "1700000000000", "4611686018427387904", "1023", "1024", "1025", "5375",
        "-5", "-0", "+1", "1.5", "2147483648", "536870912"};
    return str_c(texts[tape_byte(t) % COUNT(texts)]);
}

static str some_val(struct tape *t) {
    static const u16 sizes[] = {0,    1,    7,    8,    20,   21,   44,   45,
                                100,  127,  128,  600,  1000, 1010, 1023, 1024,
                                1025, 1026, 2000, 2048, 4096, 5370, 5375, 5376,
                                5377, 9000, 16384, 20000, 30000};
    static const char *const decimals[] = {"1.5", "-0.25", "3.0e3", "1e400",
        "0.00000000000000001", "99999999.99", "inf", "nan", "-1.5", "0x1p-2"};
    u32 x = tape_byte(t);
    if (x < 90) return some_int(t);
    if (x < 110) return str_c(decimals[x % COUNT(decimals)]);
    if (x < 150) return tape_bytes(t, 20);
    return str_of(filler + x % 7, sizes[tape_byte(t) % COUNT(sizes)]);
}

static const char *const KNOWN[] = {
    "get",     "set",      "set",       "set",      "setnx",   "getset",
    "setex",   "psetex",   "getdel",    "getex",    "mget",    "mset",
    "msetnx",  "msetex",   "append",    "append",   "strlen",  "incr",
    "decr",    "incrby",   "decrby",    "setrange", "getrange", "substr",
    "delifeq", "delex",    "del",       "unlink",   "exists",  "touch",
    "type",    "rename",   "renamenx",  "copy",     "move",    "expire",
    "pexpire", "expireat", "pexpireat", "ttl",      "pttl",    "expiretime",
    "pexpiretime", "persist", "flushall", "flushdb", "swapdb",  "select",
    "incrbyfloat", "setbit", "setbit",  "getbit",   "bitcount", "bitop",
    "config",  "sort",     "sort",      "sort_ro",  "bitpos",  "bitfield",
    "bitfield", "bitfield_ro"};

/* The arguments of commands on collections, a letter each:
 * k key, K keys, N keys with their number first, e element, E elements, f field,
 * v value, P fields with values, s score, S scores with members, m member,
 * i integer, c count that may be missing, L a side, M an end, X ends of scores,
 * Y ends of members, F fields behind FIELDS, G fields with values behind it.
 * t a time of a field. Others: see there. */
static const char *const FORMS[][2] = {
    {"lpush", "kE"}, {"rpush", "kE"}, {"lpushx", "kE"}, {"rpushx", "kE"},
    {"lpop", "kc"}, {"rpop", "kc"}, {"llen", "k"}, {"lindex", "ki"},
    {"lset", "kie"}, {"lrange", "kii"}, {"ltrim", "kii"}, {"lrem", "kie"},
    {"linsert", "kBee"}, {"lpos", "ke1"}, {"lmove", "kkLL"}, {"rpoplpush", "kk"},
    {"lmpop", "NLC"}, {"rpush", "kW"}, {"lpush", "kW"}, {"rpush", "kE"},
    {"hset", "kP"}, {"hset", "kP"}, {"hmset", "kP"}, {"hsetnx", "kfv"},
    {"hset", "kQ"}, {"hget", "kf"}, {"hmget", "kE"}, {"hgetall", "k"},
    {"hkeys", "k"}, {"hvals", "k"}, {"hdel", "kE"}, {"hdel", "kW"},
    {"hlen", "k"}, {"hstrlen", "kf"}, {"hexists", "kf"}, {"hincrby", "kfi"},
    {"hincrbyfloat", "kfv"}, {"hincrby", "kfi"},
    {"hincrbyfloat", "kfi"}, {"hrandfield", "kcw"}, {"hscan", "k0"},
    {"hexpire", "kt2F"}, {"hpexpire", "kt2F"}, {"hexpireat", "kt2F"},
    {"hpexpireat", "kt2F"}, {"hexpire", "ktF"}, {"hpexpire", "ktF"},
    {"httl", "kF"}, {"hpttl", "kF"}, {"hexpiretime", "kF"},
    {"hpexpiretime", "kF"}, {"hpersist", "kF"}, {"hgetex", "k3F"},
    {"hsetex", "k4G"}, {"hgetdel", "kF"}, {"sadd", "kE"}, {"sadd", "kE"},
    {"sadd", "kW"}, {"sadd", "kI"}, {"srem", "kE"}, {"srem", "kW"},
    {"smove", "kke"}, {"sismember", "ke"}, {"smismember", "kE"}, {"scard", "k"},
    {"smembers", "k"}, {"spop", "kc"}, {"srandmember", "kc"}, {"sscan", "k0"},
    {"sinter", "K"}, {"sunion", "K"}, {"sdiff", "K"}, {"sinterstore", "kK"},
    {"sunionstore", "kK"}, {"sdiffstore", "kK"}, {"sintercard", "N5"},
    {"sunioncard", "N5"}, {"sdiffcard", "N5"}, {"zadd", "k6S"}, {"zadd", "kS"},
    {"zadd", "kS"}, {"zadd", "kZ"}, {"zincrby", "kse"}, {"zrem", "kE"},
    {"zrem", "kW"}, {"zpopmin", "kc"}, {"zpopmax", "kc"}, {"zmpop", "NMC"},
    {"zrange", "kii7"}, {"zrange", "kX8"}, {"zrange", "kY9"},
    {"zrangestore", "kkii"}, {"zrangestore", "kkX8"}, {"zrangestore", "kkY9"},
    {"zrevrange", "kiis"}, {"zrevrange", "kii"}, {"zrangebyscore", "kXa"},
    {"zrevrangebyscore", "kXa"}, {"zrangebylex", "kYb"},
    {"zrevrangebylex", "kYb"}, {"zcount", "kX"}, {"zlexcount", "kY"},
    {"zremrangebyrank", "kii"}, {"zremrangebyscore", "kX"},
    {"zremrangebylex", "kY"}, {"zcard", "k"}, {"zscore", "ke"},
    {"zmscore", "kE"}, {"zrank", "keg"}, {"zrevrank", "keg"},
    {"zrandmember", "kcx"}, {"zscan", "k0"}, {"zunion", "Nj"},
    {"zinter", "Nj"}, {"zdiff", "Nj"}, {"zunionstore", "kNh"},
    {"zinterstore", "kNh"}, {"zdiffstore", "kN"}, {"zintercard", "N5"}};

/* Of streams, positions and HyperLogLogs; also u id, U ids, n group, o consumer,
 * R ends of ids, A options of XADD and an id, T what to trim, J ids that are
 * counted, O streams to read, @ a position, % a unit. Others: see there. */
static const char *const MORE[][2] = {
    {"xadd", "kAP"}, {"xadd", "kAP"}, {"xadd", "kAP"}, {"xadd", "kAP"},
    {"xadd", "k*P"}, {"xadd", "k*P"}, {"xadd", "k*Q"}, {"xlen", "k"},
    {"xrange", "kRC"}, {"xrevrange", "kRC"}, {"xdel", "kU"}, {"xdel", "kU"},
    {"xtrim", "kT"}, {"xtrim", "kT"}, {"xread", ":O"}, {"xread", ":O"},
    {"xreadgroup", ";O"}, {"xreadgroup", ";O"}, {"xreadgroup", ";O"},
    {"xreadgroup", ";O"}, {"xgroup create", "knuH"}, {"xgroup create", "knuH"},
    {"xgroup create", "kn$H"}, {"xgroup setid", "knuH"},
    {"xgroup destroy", "kn"}, {"xgroup createconsumer", "kno"},
    {"xgroup delconsumer", "kno"}, {"xack", "knU"}, {"xack", "knU"},
    {"xpending", "kn"}, {"xpending", "knq"}, {"xclaim", "knodUr"},
    {"xclaim", "knodUr"}, {"xautoclaim", "knoduy"}, {"xautoclaim", "knod-y"},
    {"xsetid", "kuV"}, {"xinfo stream", "kz"}, {"xinfo groups", "k"},
    {"xinfo consumers", "kn"}, {"xdelex", "kJ"}, {"xackdel", "knJ"},
    {"xnack", "knD"}, {"geoadd", "k@e"}, {"geoadd", "k@e@e@e"},
    {"geoadd", "k@e@e@e@e@e@e"}, {"geoadd", "kl@e"}, {"geopos", "kE"},
    {"geohash", "kE"}, {"geodist", "kee"}, {"geodist", "kee%"},
    {"geosearch", "k?p"}, {"geosearch", "k?p"}, {"geosearch", "k?p"},
    {"geosearchstore", "kk?p"}, {"georadius", "k!p"}, {"georadius_ro", "k!p"},
    {"georadiusbymember", "k&p"}, {"pfadd", "kE"}, {"pfadd", "kW"},
    {"pfadd", "kW"}, {"pfadd", "kE"}, {"pfcount", "K"}, {"pfcount", "k"},
    {"pfmerge", "kK"}};

/* Places of bits that make no string too long for the model. */
static str some_place(struct tape *t) {
    static const char *const texts[] = {"0",     "1",  "7",   "8",    "9",
                                        "63",    "64", "100", "8191", "8192",
                                        "70000", "-1", "x",   "",     "007"};
    return str_c(texts[tape_byte(t) % COUNT(texts)]);
}

static char family; /* of the command: keys of its type come more often */

static void arg_key(struct tape *t) {
    u8 p[2];
    u32 x = family ? tape_byte(t) : 0;
    if (x < 40) {
        arg(some_key(t));
        return;
    }
    p[0] = (u8)family;
    p[1] = (u8)('0' + x % 5 / 2);
    arg(keep(str_of(p, 2)));
}

static void some_options(struct tape *t, const char *set) {
    static const char *const all[] = {"NX", "XX", "GET", "KEEPTTL", "EX", "PX",
                                      "EXAT", "PXAT", "IFEQ", "IFNE", "PERSIST",
                                      "px"};
    static const char codes[] = "nngkttttiipt";
    u32 count = tape_below(t, 8);
    for (count = count > 3 ? 0 : count; count; count--) {
        u32 x = tape_below(t, COUNT(all));
        if (!strchr(set, codes[x])) continue;
        arg(str_c(all[x]));
        if (codes[x] == 't') arg(some_int(t));
        if (codes[x] == 'i') arg(some_val(t));
    }
}

static void some_db(struct tape *t) {
    static const char *const texts[] = {"0", "1", "2", "3", "0", "1", "9", "-1"};
    arg(str_c(texts[tape_below(t, COUNT(texts))]));
}

static str some_of(struct tape *t, const char *const *texts, size_t n) {
    return str_c(texts[tape_byte(t) % n]);
}
#define SOME(t, list) some_of(t, list, COUNT(list))

static str some_elem(struct tape *t) {
    static const char *const few[] = {"a", "b", "c", "d", "1", "2", "3", "10",
                                      "-5", "70000", "", "e", "f", "ab", "10.5"};
    u32 x = tape_byte(t);
    if (x < 130) return str_c(few[x % 5]);
    return x < 220 ? SOME(t, few) : some_val(t);
}

/* Of a field: often one to add to. */
static str some_amount(struct tape *t) {
    static const char *const few[] = {"5", "1", "-3", "1.5", "100"};
    u32 x = tape_byte(t);
    return x < 150 ? str_c(few[x % COUNT(few)]) : some_val(t);
}

static str some_score(struct tape *t) {
    static const char *const few[] = {"0", "1", "2", "-1", "1.5", "0.25", "inf",
                                      "-inf", "3", "100", "70000", "1e300",
                                      "nan", "x", "", "4", "-2.5"};
    return SOME(t, few);
}

static str some_count(struct tape *t) {
    static const char *const few[] = {"0", "1", "2", "3", "5", "10", "100",
                                      "-1", "-2", "-3", "-7", "-40"};
    u32 x = tape_byte(t);
    return x < 245 ? str_c(few[x % COUNT(few)]) : some_int(t);
}

static str some_field_time(struct tape *t) {
    static const char *const few[] = {"100", "5000", "1", "0", "1700000060",
                                      "1700000060000", "1700003600000"};
    u32 x = tape_byte(t);
    return x < 220 ? str_c(few[x % COUNT(few)]) : some_int(t);
}

static void arg_number(u32 n) {
    u8 b[24];
    arg(keep(str_of(b, num_put_u(b, n))));
}

/* A run of numbered names, `step` arguments each. */
static void arg_run(struct tape *t, u32 step, int plain) {
    u32 from = tape_byte(t) * 4, n = 1 + tape_byte(t) % (step > 1 ? 140 : 250), i;
    u8 b[16];
    for (i = from; i < from + n; i++) {
        if (step == 3) arg_number(i % 7);
        b[0] = 'e';
        if (plain) arg_number(i);
        else arg(keep(str_of(b, 1 + num_put_u(b + 1, i))));
        if (step == 2) arg(str_of(filler, i % 70));
    }
}

static void arg_range(struct tape *t, int lex) {
    static const char *const texts[] = {"-", "+", "[a", "(a", "[b", "(c", "[",
                                        "[e2", "(e5", "x", ""};
    static const char *const scores[] = {"-inf", "+inf", "(1", "1", "2", "(2",
                                         "0", "(0", "3", "-1", "5", "x"};
    int i;
    for (i = 0; i < 2; i++) arg(lex ? SOME(t, texts) : SOME(t, scores));
}

static void arg_limit(struct tape *t) {
    if (tape_below(t, 3)) return;
    arg(LIT("LIMIT"));
    arg(some_count(t));
    arg(some_count(t));
}

/* `n` keys, their number first. */
static void arg_numbered(struct tape *t) {
    u32 n = 1 + tape_below(t, 4);
    arg_number(tape_byte(t) > 250 ? n + 9 : n);
    for (; n; n--) arg_key(t);
}

static void arg_fields(struct tape *t, u32 step) {
    u32 n = 1 + tape_below(t, 3);
    arg(LIT("FIELDS"));
    arg_number(tape_byte(t) > 250 ? 0 : n);
    for (n *= step; n; n--) arg(some_elem(t));
}

/* Weights for the keys whose number is argument `at`. */
static void arg_weights(struct tape *t, size_t at) {
    static const char *const how[] = {"SUM", "MIN", "max", "COUNT"};
    u32 what = tape_byte(t), n = args[at].n ? (u32)(args[at].p[0] - '0') : 0;
    if (what & 1) arg(LIT("WEIGHTS"));
    for (; what & 1 && n; n--) arg(some_score(t));
    if (what & 2) arg(LIT("AGGREGATE"));
    if (what & 2) arg(SOME(t, how));
}

static void arg_form(struct tape *t, char c) {
    static const char *const sides[] = {"LEFT", "right"}, *const ends[] = {"MIN", "max"},
        *const where[] = {"BEFORE", "after"}, *const when[] = {"NX", "XX", "GT", "LT"},
        *const adds[] = {"NX", "XX", "GT", "LT", "CH", "INCR"};
    u32 n;
    switch (c) {
    case 'k': arg_key(t); break;
    case 'K':
        for (n = 1 + tape_below(t, 4); n; n--) arg_key(t);
        break;
    case 'N': arg_numbered(t); break;
    case 'e':
    case 'f': arg(some_elem(t)); break;
    case 'v': arg(some_amount(t)); break;
    case 'E':
        for (n = 1 + tape_below(t, 5); n; n--) arg(some_elem(t));
        break;
    case 'P':
        for (n = 1 + tape_below(t, 5); n; n--) {
            arg(some_elem(t));
            arg(some_amount(t));
        }
        break;
    case 'S':
        for (n = 1 + tape_below(t, 5); n; n--) {
            arg(some_score(t));
            arg(some_elem(t));
        }
        break;
    case 'W': arg_run(t, 1, 0); break;
    case 'I': arg_run(t, 1, 1); break;
    case 'Q': arg_run(t, 2, 0); break;
    case 'Z': arg_run(t, 3, 0); break;
    case 's': arg(some_score(t)); break;
    case 't': arg(some_field_time(t)); break;
    case 'i': arg(tape_byte(t) < 190 ? some_count(t) : some_int(t)); break;
    case 'c':
        if (tape_below(t, 3)) arg(some_count(t));
        break;
    case 'C':
        if (tape_below(t, 2)) {
            arg(LIT("COUNT"));
            arg(some_count(t));
        }
        break;
    case 'w':
    case 'x':
        if (nargs > 2 && tape_below(t, 2))
            arg(c == 'w' ? LIT("WITHVALUES") : LIT("withscores"));
        break;
    case 'L': arg(SOME(t, sides)); break;
    case 'M': arg(SOME(t, ends)); break;
    case 'B': arg(SOME(t, where)); break;
    case 'X': arg_range(t, 0); break;
    case 'Y': arg_range(t, 1); break;
    case 'F': arg_fields(t, 1); break;
    case 'G': arg_fields(t, 2); break;
    case 'g':
        if (tape_below(t, 2)) arg(LIT("WITHSCORE"));
        break;
    case '0':
        arg(LIT("0"));
        arg(LIT("COUNT"));
        arg(LIT("1000000"));
        if (!memcmp(args[0].p, "hs", 2) && tape_below(t, 2)) arg(LIT("NOVALUES"));
        break;
    case '1':
        if (tape_below(t, 2)) arg(LIT("RANK")), arg(some_count(t));
        if (tape_below(t, 2)) arg(LIT("COUNT")), arg(some_count(t));
        if (tape_below(t, 4) == 0) arg(LIT("MAXLEN")), arg(some_count(t));
        break;
    case '2': arg(SOME(t, when)); break;
    case '3': some_options(t, "tp"); break;
    case '4':
        some_options(t, "tk");
        if (tape_below(t, 3) == 0) arg(tape_below(t, 2) ? LIT("FNX") : LIT("FXX"));
        break;
    case '5':
        if (tape_below(t, 2)) arg(LIT("LIMIT")), arg(some_count(t));
        break;
    case '6':
        for (n = 1 + tape_below(t, 2); n; n--) arg(SOME(t, adds));
        break;
    case '8':
    case '9': arg(c == '8' ? LIT("BYSCORE") : LIT("bylex")); /* fall through */
    case '7':
        if (tape_below(t, 2)) arg(LIT("REV")); /* fall through */
    case 'a':
    case 'b':
        if (c != '7') arg_limit(t);
        if ((c == 'a' || c == '7' || c == '8') && args[0].n != 11 && tape_below(t, 2))
            arg(LIT("WITHSCORES"));
        break;
    case 'h':
    case 'j':
        if (args[0].p[1] != 'd') arg_weights(t, c == 'h' ? 2 : 1);
        if (c == 'j' && tape_below(t, 2)) arg(LIT("WITHSCORES"));
        break;
    default: NEED(0);
    }
}

static void choose_cols(struct tape *t) {
    const char *const *form = FORMS[tape_byte(t) % COUNT(FORMS)], *p;
    nargs = 0;
    family = *form[0] == 'r' ? 'l' : *form[0];
    if (family == 'z' && tape_byte(t) < 20) family = 's';
    arg(str_c(form[0]));
    for (p = form[1]; *p; p++) arg_form(t, *p);
}

/* ---- streams ---- */

static int chosen_db; /* that the command is for */

/* Often one of an entry that there is. */
static str some_sid(struct tape *t) {
    static const char *const few[] = {
        "0", "0-0", "0-1", "5-1", "18446744073709551615-18446744073709551615",
        "1700000000000", "1700000000000-5", "18446744073709551615", "7",
        "9-18446744073709551615"};
    static const char *const bad[] = {"x", "", "1-", "1-x", "1-2-3", "-1", "-",
                                      "+", "$", ">", "*", "3-*", "0-*",
                                      "99999999999999999999"};
    u8 b[SID_TEXT];
    u32 x = tape_byte(t), y = tape_byte(t);
    struct item *m = nargs > 1 ? m_find(chosen_db, args[1]) : NULL;
    sid id;
    if (nargs > 2 && !(m && m->type == ENT_STREAM))
        m = m_find(chosen_db, args[2]);
    if (x < 150 && m && m->type == ENT_STREAM && m->n)
        return keep(sid_text(b, st_id(&m->e[y % m->n])));
    id.ms = y % 24;
    id.seq = x % 4;
    if (x < 220) return keep(sid_text(b, id));
    return x < 246 ? str_c(few[y % COUNT(few)]) : str_c(bad[y % COUNT(bad)]);
}

static void arg_sids(struct tape *t) {
    u32 n = 1 + tape_below(t, 5);
    for (; n; n--) arg(some_sid(t));
}

static void arg_refs_of(struct tape *t) {
    static const char *const words[] = {"KEEPREF", "delref", "ACKED"};
    arg(SOME(t, words));
}

static void arg_trim(struct tape *t) {
    u32 x = tape_byte(t);
    int about = (x & 6) == 6;
    arg(x & 1 ? LIT("MAXLEN") : LIT("minid"));
    if (x & 2) arg(about ? LIT("~") : LIT("="));
    arg(x & 1 ? some_count(t) : some_sid(t));
    if (about && x & 8) arg(LIT("LIMIT")), arg(some_count(t));
    if ((x & 112) == 112) arg_refs_of(t);
}

static void arg_end(struct tape *t, int end) {
    u8 b[SID_TEXT + 1];
    u32 x = tape_byte(t);
    str s;
    if (x < 100) {
        arg(end ? LIT("+") : LIT("-"));
        return;
    }
    s = some_sid(t);
    b[0] = '(';
    copy(b + 1, s.p, s.n);
    arg(x < 200 ? s : keep(str_of(b, s.n + 1)));
}

/* Keys, then an id for each. */
static void arg_streams(struct tape *t) {
    u32 n = 1 + tape_byte(t) % 20 / 8, i;
    int group = args[0].n > 5;
    arg(LIT("STREAMS"));
    for (i = 0; i < n; i++)
        if (tape_byte(t) < 150) arg(i ? LIT("x1") : LIT("x0"));
        else arg_key(t);
    for (i = 0; i < n; i++) {
        u32 x = tape_byte(t);
        arg(x < 90    ? (group ? LIT(">") : LIT("0"))
            : x < 130 ? LIT("0-0")
            : x < 140 ? (group ? LIT("$") : LIT("+"))
                      : some_sid(t));
    }
}

static void arg_pending(struct tape *t) {
    u32 x = tape_byte(t);
    if (x & 1) arg(LIT("IDLE")), arg(some_count(t));
    arg_end(t, 0);
    arg_end(t, 1);
    arg(x & 2 ? LIT("10") : some_count(t));
    if ((x & 12) == 12) arg(x & 16 ? LIT("c1") : LIT("c2"));
}

static void arg_claim(struct tape *t) {
    u32 x = tape_byte(t);
    if (x & 1) arg(LIT("force"));
    if (x & 2) arg(LIT("JUSTID"));
    if ((x & 12) == 4) arg(LIT("IDLE")), arg(some_count(t));
    if ((x & 12) == 8) arg(LIT("time")), arg(some_int(t));
    if ((x & 48) == 48) arg(LIT("RETRYCOUNT")), arg(some_count(t));
    if ((x & 192) == 192) arg(LIT("LASTID")), arg(some_sid(t));
}

static void arg_counted_ids(struct tape *t) {
    size_t at;
    arg(LIT("IDS"));
    arg(LIT("1"));
    at = nargs - 1;
    arg_sids(t);
    if (nargs < ARGS_MAX && tape_byte(t) < 250) {
        static u8 digits[24];
        args[at] = str_of(digits, num_put_u(digits, nargs - at - 1));
    }
}

/* What XREAD and XREADGROUP take before STREAMS. */
static void arg_read_options(struct tape *t, int group) {
    u32 x = tape_byte(t);
    if (group) {
        static const char *const who[] = {"c1", "c2", "c3"};
        arg(LIT("GROUP"));
        arg((x & 3) == 3 && x & 64 ? LIT("g2") : LIT("g"));
        arg(SOME(t, who));
        if ((x & 28) == 28) arg(LIT("NOACK"));
        if ((x & 224) == 224) arg(LIT("CLAIM")), arg(some_count(t));
    } else {
        if ((x & 12) == 12) arg(LIT("MAXCOUNT")), arg(some_count(t));
        if ((x & 48) == 48) arg(LIT("MAXSIZE")), arg(some_count(t));
    }
    if (tape_below(t, 2)) arg(LIT("COUNT")), arg(some_count(t));
}

static void arg_stream_form(struct tape *t, char c) {
    static const char *const groups[] = {"g", "g", "g", "g", "g2", "g", "g", ""};
    static const char *const whos[] = {"c1", "c2", "c3", "c1", "c1", "c2", ""};
    static const char *const modes[] = {"SILENT", "fail", "FATAL", "x"};
    static const char *const idle[] = {"0", "0", "0", "1", "10", "-1", "x"};
    u32 x;
    switch (c) {
    case 'k':
        if (tape_byte(t) < 170) arg(LIT("x0"));
        else arg_key(t);
        break;
    case 'u': arg(tape_byte(t) < 80 ? LIT("0") : some_sid(t)); break;
    case 'U': arg_sids(t); break;
    case 'n': arg(SOME(t, groups)); break;
    case 'o': arg(SOME(t, whos)); break;
    case 'd': arg(SOME(t, idle)); break;
    case '$':
    case '-':
    case '*': arg(c == '$' ? LIT("$") : c == '-' ? LIT("-") : LIT("*")); break;
    case 'R':
        x = args[0].n > 6;
        arg_end(t, x != 0);
        arg_end(t, x == 0);
        break;
    case 'A':
        x = tape_byte(t);
        if ((x & 15) == 15) arg(LIT("NOMKSTREAM"));
        if ((x & 48) == 48) arg_trim(t);
        arg(x < 200 ? LIT("*") : some_sid(t));
        break;
    case 'T': arg_trim(t); break;
    case 'J':
        if (tape_below(t, 4)) arg_refs_of(t);
        arg_counted_ids(t);
        break;
    case 'O': arg_streams(t); break;
    case ':':
    case ';': arg_read_options(t, c == ';'); break;
    case 'H':
        x = tape_byte(t);
        if (x & 9) arg(LIT("MKSTREAM"));
        if ((x & 6) == 6) arg(LIT("ENTRIESREAD")), arg(some_count(t));
        break;
    case 'V':
        x = tape_byte(t);
        if (x & 1) arg(LIT("ENTRIESADDED")), arg(some_count(t));
        if (x & 2) arg(LIT("MAXDELETEDID")), arg(some_sid(t));
        break;
    case 'q': arg_pending(t); break;
    case 'r': arg_claim(t); break;
    case 'y':
        x = tape_byte(t);
        if (x & 1) arg(LIT("COUNT")), arg(some_count(t));
        if ((x & 6) == 6) arg(LIT("JUSTID"));
        break;
    case 'z':
        x = tape_byte(t);
        if (x & 1) arg(LIT("FULL"));
        if ((x & 3) == 3) arg(LIT("COUNT")), arg(some_count(t));
        break;
    case 'D':
        arg(SOME(t, modes));
        arg_counted_ids(t);
        x = tape_byte(t);
        if (x & 1) arg(LIT("RETRYCOUNT")), arg(some_count(t));
        if ((x & 6) == 6) arg(LIT("FORCE"));
        break;
    default: arg_form(t, c);
    }
}

/* ---- positions ---- */

static str some_decimal(double d) {
    char b[64];
    snprintf(b, sizeof b, "%.9g", d);
    return keep(str_c(b));
}

/* Most of them near each other. */
static void arg_spot(struct tape *t) {
    static const double far[][2] = {{0, 0},    {180, 85.05112878}, {-180, 0},
                                    {180, 0},  {-180, -85.05112878},
                                    {90, 60},  {-120, 70},         {181, 0},
                                    {0, 85.1}, {-179.9, 40},       {179.9, 40}};
    u32 x = tape_byte(t), y = tape_byte(t), z = tape_byte(t);
    if (x < 200) {
        double scale = x < 60 ? 1000 : x < 150 ? 32 : 3;
        arg(some_decimal(13 + y / scale));
        arg(some_decimal(38 + z / scale / 2));
    } else if (x < 250) {
        arg(some_decimal(far[y % COUNT(far)][0]));
        arg(some_decimal(far[y % COUNT(far)][1]));
    } else {
        arg(some_score(t));
        arg(some_score(t));
    }
}

static void arg_unit(struct tape *t) {
    static const char *const units[] = {"m", "km", "ft", "mi", "KM", "km", "km",
                                        "y"};
    arg(SOME(t, units));
}

static void arg_length(struct tape *t) {
    static const char *const few[] = {"0", "1", "10", "100", "1000", "5000",
                                      "100000", "2.5", "-1", "x", "1e9", "30"};
    arg(SOME(t, few));
}

static void arg_circle(struct tape *t) {
    arg_length(t);
    arg_unit(t);
}

static void arg_shape(struct tape *t) {
    u32 x = tape_byte(t), n;
    if (x & 1) arg(LIT("FROMLONLAT")), arg_spot(t);
    else if (x < 220) arg(LIT("frommember")), arg(some_elem(t));
    if ((x & 6) == 2) {
        arg(LIT("BYBOX"));
        arg_length(t);
        arg_circle(t);
    } else if ((x & 14) == 4) {
        n = 3 + x % 3;
        arg(LIT("BYPOLYGON"));
        arg_number(n);
        for (; n; n--) arg_spot(t);
    } else {
        arg(LIT("BYRADIUS"));
        arg_circle(t);
    }
}

static void arg_search(struct tape *t) {
    u32 x = tape_byte(t);
    if (x & 1) arg(LIT("ASC"));
    if ((x & 6) == 6) arg(LIT("desc"));
    if (x & 8) arg(LIT("WITHDIST"));
    if ((x & 48) == 48) arg(LIT("WITHHASH"));
    if ((x & 24) == 24) arg(LIT("WITHCOORD"));
    if ((x & 192) == 192) arg(LIT("COUNT")), arg(some_count(t));
    if ((x & 224) == 224) arg(LIT("ANY"));
    x = tape_byte(t);
    if (x < 20) arg(LIT("STOREDIST"));
    else if (x < 50 && args[0].n > 7 && args[0].p[3] == 'r')
        arg(x & 1 ? LIT("STORE") : LIT("STOREDIST")), arg_key(t);
}

static void arg_geo_form(struct tape *t, char c) {
    static const char *const adds[] = {"NX", "XX", "CH"};
    switch (c) {
    case '@': arg_spot(t); break;
    case '%': arg_unit(t); break;
    case 'l': arg(SOME(t, adds)); break;
    case '?': arg_shape(t); break;
    case '&': arg(some_elem(t)), arg_circle(t); break;
    case '!': arg_spot(t), arg_circle(t); break;
    case 'p': arg_search(t); break;
    default: arg_form(t, c);
    }
}

enum { OF_STREAMS = 42 }; /* of MORE, the first ones */

static u32 focus; /* most commands are 1: on streams, 2: others of MORE */

static void choose_more(struct tape *t) {
    u32 x = tape_byte(t);
    const char *const *form =
        MORE[focus == 1   ? x % OF_STREAMS
             : focus == 2 ? OF_STREAMS + x % (COUNT(MORE) - OF_STREAMS)
                          : x % COUNT(MORE)],
                      *p;
    const char *gap = strchr(form[0], ' ');
    nargs = 0;
    family = *form[0] == 'g' ? 'z' : *form[0];
    if (gap) arg(str_of(form[0], (size_t)(gap - form[0])));
    arg(str_c(gap ? gap + 1 : form[0]));
    for (p = form[1]; *p; p++)
        if (family == 'x') arg_stream_form(t, *p);
        else arg_geo_form(t, *p);
}

/* ---- integers in strings ---- */

static void arg_bitfield(struct tape *t) {
    static const char *const types[] = {"u8",  "i5", "u1",  "i64", "u63", "i16",
                                        "u64", "i1", "u32", "x",   "i63", "u7"};
    static const char *const places[] = {"0", "1", "7", "#0", "#1", "#3", "100",
                                         "8191", "-1", "#100", "70000", "#-1",
                                         "63", "x"};
    static const char *const how[] = {"WRAP", "sat", "FAIL", "x"};
    u32 n = tape_below(t, 6);
    for (; n; n--) {
        u32 x = tape_byte(t);
        if ((x & 96) == 96) arg(LIT("OVERFLOW")), arg(SOME(t, how));
        arg(x % 3 == 0 ? LIT("GET") : x % 3 == 1 ? LIT("set") : LIT("INCRBY"));
        arg(SOME(t, types));
        arg(SOME(t, places));
        if (x % 3) arg(x & 128 ? some_count(t) : some_int(t));
    }
}

static void choose_sort(struct tape *t, int store) {
    static const char *const patterns[] = {"*", "f*", "nosort", "#", "key:*",
                                           "b*->a", "a->*", "c", "*->1"};
    family = "lsz"[tape_below(t, 3)];
    arg_key(t);
    if (tape_below(t, 2)) arg(LIT("ALPHA"));
    if (tape_below(t, 3) == 0) arg(LIT("BY")), arg(SOME(t, patterns));
    if (tape_below(t, 3) == 0) arg(LIT("GET")), arg(SOME(t, patterns));
    if (tape_below(t, 4) == 0) arg(LIT("get")), arg(SOME(t, patterns));
    if (tape_below(t, 2)) arg(LIT("DESC"));
    arg_limit(t);
    if (store && tape_below(t, 3) == 0) arg(LIT("STORE")), arg_key(t);
}

static void choose_config(struct tape *t) {
    static const char *const names[] = {
        "hash-max-listpack-entries", "hash-max-listpack-value",
        "set-max-intset-entries", "zset-max-listpack-entries",
        "zset-max-listpack-value"};
    static const char *const values[] = {"0", "1", "3", "8", "64", "512"};
    arg(LIT("SET"));
    arg(SOME(t, names));
    arg(SOME(t, values));
}

/* Arguments for a command that the model knows. */
static void choose_known(struct tape *t) {
    static const char *const when[] = {"NX", "XX", "GT", "LT"};
    const char *name = KNOWN[tape_below(t, COUNT(KNOWN))];
    u32 i, n = tape_byte(t);
    if (n < (focus ? 230 : 150)) {
        if (n < (focus ? 10 : 90)) choose_cols(t);
        else choose_more(t);
        return;
    }
    family = 0;
    nargs = 0;
    arg(str_c(name));
#define IS(w) (strcmp(name, w) == 0)
    if (IS("flushall") || IS("flushdb")) {
        if (tape_below(t, 4)) { /* seldom */
            args[0] = LIT("get");
            arg_key(t);
        }
    } else if (IS("config")) {
        choose_config(t);
    } else if (IS("sort") || IS("sort_ro")) {
        choose_sort(t, IS("sort"));
    } else if (IS("swapdb")) {
        some_db(t);
        some_db(t);
    } else if (IS("select")) {
        some_db(t);
    } else if (IS("set")) {
        arg_key(t);
        arg(some_val(t));
        some_options(t, "ngkti");
    } else if (IS("setnx") || IS("getset") || IS("append") || IS("delifeq")) {
        arg_key(t);
        arg(some_val(t));
    } else if (IS("setex") || IS("psetex") || IS("setrange")) {
        arg_key(t);
        arg(some_int(t));
        arg(some_val(t));
        if (IS("setrange") && str_eq(args[2], LIT("536870912")))
            args[2] = LIT("536870913");
        if (IS("setrange") && args[2].n > 5 && args[2].n < 12)
            args[2] = LIT("77");
    } else if (IS("getex")) {
        arg_key(t);
        some_options(t, "tp");
    } else if (IS("incrby") || IS("decrby")) {
        arg_key(t);
        arg(some_int(t));
    } else if (IS("incrbyfloat")) {
        arg_key(t);
        arg(some_val(t));
    } else if (IS("getrange") || IS("substr")) {
        arg_key(t);
        arg(some_int(t));
        arg(some_int(t));
    } else if (IS("delex")) {
        arg_key(t);
        n = tape_below(t, 3);
        if (n) arg(n == 1 ? LIT("IFEQ") : LIT("ifne"));
        if (n) arg(some_val(t));
    } else if (IS("mget") || IS("del") || IS("unlink") || IS("exists") ||
               IS("touch")) {
        if (tape_below(t, 8) == 0) { /* many */
            u8 b[8];
            u32 from = tape_byte(t) * 4;
            for (i = 0; i < 250; i++) {
                b[0] = 'f';
                arg(keep(str_of(b, 1 + num_put_u(b + 1, from + i))));
            }
        } else {
            for (n = 1 + tape_below(t, 4); n; n--) arg_key(t);
        }
    } else if (IS("mset") || IS("msetnx") || IS("msetex")) {
        int x = IS("msetex");
        if (x) arg(str_of("", 0));
        if (tape_below(t, 6) == 0) {
            u8 b[8];
            u32 from = tape_byte(t) * 4;
            for (i = 0; i < 128; i++) {
                b[0] = 'f';
                arg(keep(str_of(b, 1 + num_put_u(b + 1, from + i))));
                arg(str_of(filler, i));
            }
            n = i;
        } else {
            for (n = i = 1 + tape_below(t, 4); i; i--) {
                arg_key(t);
                arg(some_val(t));
            }
        }
        if (x) {
            static u8 number[24];
            args[1] = str_of(number, num_put_u(number, n));
            some_options(t, "nkt");
        }
    } else if (IS("setbit") || IS("getbit")) {
        arg_key(t);
        arg(some_place(t));
        n = tape_byte(t);
        if (IS("setbit")) arg(n < 120 ? LIT("1") : n < 240 ? LIT("0") : LIT("2"));
    } else if (IS("bitcount")) {
        arg_key(t);
        n = tape_byte(t);
        if (n & 1) arg(some_int(t));
        if (n & 1) arg(some_int(t));
        if ((n & 3) == 3) arg(n & 4 ? LIT("BIT") : LIT("byte"));
    } else if (IS("bitpos")) {
        arg_key(t);
        n = tape_byte(t);
        arg(n < 120 ? LIT("1") : n < 240 ? LIT("0") : LIT("2"));
        if (n & 1) arg(some_count(t));
        if ((n & 3) == 3) arg(some_int(t));
        if ((n & 7) == 7) arg(n & 8 ? LIT("BIT") : LIT("byte"));
    } else if (IS("bitfield") || IS("bitfield_ro")) {
        arg_key(t);
        arg_bitfield(t);
    } else if (IS("bitop")) {
        static const char *const ops[] = {"and", "OR", "xor", "One", "not",
                                          "diff", "DIFF1", "andor"};
        n = tape_byte(t);
        arg(str_c(ops[n % COUNT(ops)]));
        arg_key(t);
        for (n = n % COUNT(ops) == 4 ? 1 : 1 + n / 5 % 4; n; n--) arg_key(t);
    } else if (IS("rename") || IS("renamenx")) {
        arg_key(t);
        arg_key(t);
    } else if (IS("copy")) {
        arg_key(t);
        arg_key(t);
        n = tape_byte(t);
        if (n & 1) arg(LIT("REPLACE"));
        if (n & 2) {
            arg(LIT("db"));
            some_db(t);
        }
    } else if (IS("move")) {
        arg_key(t);
        some_db(t);
    } else if (IS("expire") || IS("pexpire") || IS("expireat") ||
               IS("pexpireat")) {
        arg_key(t);
        arg(some_int(t));
        for (n = tape_below(t, 8); n < 2; n++)
            arg(str_c(when[tape_below(t, COUNT(when))]));
    } else {
        arg_key(t);
    }
#undef IS
}

/* ---- Any row ----------------------------------------------------------- */

static str tokens[400];
static size_t ntokens;

static void collect_tokens(void) {
    size_t i, j;
    for (i = 0; i < COUNT(ROWS); i++)
        for (j = 0; j < ROWS[i].n; j++) {
            const char *p = ROWS[i].rows[j].args;
            while (*p) {
                str w = doc_word(p);
                if (doc_is_token(w) && ntokens < COUNT(tokens))
                    tokens[ntokens++] = w;
                p += w.n;
                while (*p && strchr(" []()|{}", *p)) p++;
            }
        }
}

static void choose_any(struct tape *t) {
    static const char *const more[] = {
        "maxmemory", "maxmemory-policy", "allkeys-lru", "allkeys-lfu",
        "volatile-ttl", "volatile-random", "noeviction", "lfu-log-factor",
        "databases", "*", "DIGEST", "DIGEST-VALUE", "OBJECT", "PROTOCOL",
        "STRINGMATCH-LEN", "map", "lib-name", "everything", "clients", "LADDR",
        "hz", "1mb", "2gb", "yes", "no", "[a-", "k*", "?", "\\", "get", "set",
        "client", "mset", "string", "command|docs", "client-output-buffer-limit",
        "normal 1 2 3", "timeout", "proto-max-bulk-len", "help"};
    u32 n = tape_u16(t), i, group = n % COUNT(ROWS);
    const kv_command *r = &ROWS[group].rows[n / 7 % ROWS[group].n];
    const char *bar = strchr(r->name, '|');
    nargs = 0;
    family = 0;
    if (!strcmp(r->name, "shutdown") || !strcmp(r->name, "pfselftest"))
        r = &ROWS[0].rows[0];
    if (bar) arg(str_of(r->name, (size_t)(bar - r->name)));
    arg(str_c(bar ? bar + 1 : r->name));
    n = (u32)(r->arity < 0 ? -r->arity : r->arity);
    i = tape_byte(t);
    if (r->arity < 0) n += i % 5;
    else if (i > 250) n += i & 1;
    while (nargs < n) {
        u32 x = tape_byte(t);
        if (x < 80) arg_key(t);
        else if (x < 130) arg(tokens[tape_byte(t) % ntokens]);
        else if (x < 190) arg(str_c(more[tape_byte(t) % COUNT(more)]));
        else if (x < 220) arg(some_int(t));
        else if (x < 240) arg(some_val(t));
        else arg(keep(tape_bytes(t, 30)));
        if (!strcmp(r->group, "bitmap") && args[nargs - 1].n > 6)
            args[nargs - 1] = LIT("77"); /* no strings of 200 MB */
    }
}

/* ---- Steps ------------------------------------------------------------- */

/* What a command before may have left that would hide a reply. */
static void normalise(int s) {
    conn *c = conn_of(s);
    c->flags |= CONN_AUTHED;
    c->flags &= ~(u32)(CONN_OFF | CONN_SKIP | CONN_SKIP_NEXT);
    if (k->pause) pause_end(k);
    if (c->in.n != c->in_at || conn_unsent(c) ||
        c->flags & (CONN_MULTI | CONN_SUBSCRIBED | CONN_BLOCKED | CONN_MONITOR |
                    CONN_TRACKS))
        session_again(s); /* half a request, an answer that came later ... */
}

/* A reply tree as RESP3 text. */
static void show_tree(const kv_reply *r) {
    size_t i;
    char b[40];
    switch (r->type) {
    case KV_NIL: bytes_put(&reply, "_\r\n", 3); break;
    case KV_SIMPLE:
    case KV_ERROR:
        bytes_put(&reply, r->type == KV_ERROR ? "-" : "+", 1);
        bytes_put(&reply, r->str, r->len);
        bytes_put(&reply, "\r\n", 2);
        break;
    case KV_INTEGER:
        snprintf(b, sizeof b, ":%lld\r\n", (long long)r->integer);
        bytes_put(&reply, b, strlen(b));
        break;
    case KV_STRING:
        snprintf(b, sizeof b, "$%lu\r\n", (unsigned long)r->len);
        bytes_put(&reply, b, strlen(b));
        bytes_put(&reply, r->str, r->len);
        bytes_put(&reply, "\r\n", 2);
        break;
    case KV_DOUBLE:
        bytes_put(&reply, ",", 1);
        bytes_put(&reply, r->str, r->len);
        bytes_put(&reply, "\r\n", 2);
        break;
    default: {
        size_t each = r->type == KV_MAP ? 2 : 1;
        NEED(r->type == KV_ARRAY || r->type == KV_SET || r->type == KV_MAP);
        snprintf(b, sizeof b, "%c%lu\r\n",
                 r->type == KV_ARRAY ? '*' : r->type == KV_SET ? '~' : '%',
                 (unsigned long)r->count);
        bytes_put(&reply, b, strlen(b));
        for (i = 0; i < r->count * each; i++) show_tree(&r->items[i]);
    }
    }
}

/* The arguments go in as slices. */
static int send_slices(int s) {
    static kv_slice argv[ARGS_MAX];
    kv_reply *r = NULL;
    size_t i;
    int rc;
    for (i = 0; i < nargs; i++) {
        argv[i].p = args[i].p;
        argv[i].n = args[i].n;
    }
    reply.n = 0;
    rc = kv_exec(k, sessions[s], nargs, argv, &r);
    k->m.fail_in = 0;
    NEED(rc == KV_OK || rc == KV_NOMEM || rc == KV_CLOSED);
    if (rc == KV_OK) show_tree(r);
    kv_reply_free(k, r);
    if (conn_of(s)->flags & CONN_CLOSING) session_again(s);
    if (reply.n > 4 && !memcmp(reply.p, "-OOM", 4)) return REFUSED;
    return reply.n ? SENT : LOST;
}

static void step_known(struct tape *t, int s, size_t cut, int slices) {
    int id, rc;
    u64 evicted = k->n.evicted;
    chosen_db = conn_of(s)->dbnum;
    choose_known(t);
    normalise(s);
    request_make(nargs, args);
    id = conn_of(s)->dbnum;
    resp3 = slices || conn_of(s)->resp == 3;
    rc = slices ? send_slices(s) : send_request(s, cut);
    if (k->n.evicted != evicted) {
        resync();
        return;
    }
    if (rc == REFUSED) {
        compare_model();
        return;
    }
    if (rc == LOST || foreign || !m_command(&id, args, nargs)) {
        resync();
        return;
    }
    if (reply_is_expected()) return;
    bytes_show("request:", &request);
    bytes_show("reply:  ", &reply);
    bytes_show("model:  ", &expected);
    NEED(!"the model's reply");
}

static void step_any(struct tape *t, int s, size_t cut) {
    choose_any(t);
    normalise(s);
    request_make(nargs, args);
    send_request(s, cut);
    resync();
}

static int has_sleep(str s) {
    size_t i;
    for (i = 0; i + 5 <= s.n; i++)
        if (str_is(str_of(s.p + i, 5), "sleep")) return 1;
    return 0;
}

static void step_raw(struct tape *t, int s) {
    str b = tape_bytes(t, 60);
    if (!b.n || has_sleep(b)) return;
    request.n = 0;
    bytes_put(&request, b.p, b.n);
    send_request(s, 0);
    resync();
}

/* Everything, by a walk in steps. */
static void step_scan(int s) {
    u64 at = 0;
    size_t seen = 0, want, most;
    char line[80];
    int id;
    u64 evicted = k->n.evicted;
    normalise(s);
    id = conn_of(s)->dbnum;
    want = m_count(id);
    most = db_size(k, id); /* with what is to be removed yet */
    do {
        const u8 *p, *e;
        snprintf(line, sizeof line, "SCAN %llu COUNT 7\r\n",
                 (unsigned long long)at);
        request.n = 0;
        request_text(line);
        NEED(send_request(s, 0) == SENT);
        e = reply.p + reply.n;
        NEED(reply.n > 8 && !memcmp(reply.p, "*2\r\n$", 5));
        p = (u8 *)memchr(reply.p + 5, '\n', reply.n - 5) + 1;
        for (at = 0; num_is_digit(*p); p++) at = at * 10 + (u64)(*p - '0');
        p += 3; /* CRLF and the star */
        for (id = 0; num_is_digit(*p); p++) id = id * 10 + (*p - '0');
        NEED(p < e);
        seen += (size_t)id;
    } while (at);
    if (k->n.evicted != evicted || foreign) resync();
    else NEED(seen >= want && seen <= most);
}

/* The calls of kv.h that go past the protocol. */
static void step_call(struct tape *t) {
    str key = some_key(t), val = some_val(t);
    int id = (int)tape_below(t, DBS), what = (int)tape_below(t, 3), rc;
    i64 exp = tape_below(t, 2) ? now + tape_byte(t) - 20 : 0;
    u64 evicted = k->n.evicted;
    static u8 got[40000];
    size_t n = 0;
    struct item *m = m_find(id, key);
    if (foreign) return;
    if (what == 0) {
        rc = kv_get(k, id, key.p, key.n, got, sizeof got, &n);
        if (m && m->vn > sizeof got) return;
        NEED(rc == (!m ? KV_NONE : m->type ? KV_WRONGTYPE : KV_OK));
        if (m && !m->type) NEED(str_eq(str_of(got, n), m_val(m)));
    } else if (what == 1) {
        rc = kv_set(k, id, key.p, key.n, val.p, val.n, exp);
        NEED(rc == KV_OK || rc == KV_NOMEM);
        if (rc == KV_OK) m_put(id, key, val, exp ? exp : -1);
    } else {
        rc = kv_del(k, id, key.p, key.n);
        NEED(rc == (m ? KV_OK : KV_NONE) || rc == KV_NOMEM ||
             k->n.evicted != evicted);
        if (rc == KV_OK) m_del(id, key);
    }
    k->m.fail_in = 0;
    if (k->n.evicted != evicted) resync();
}

static void tick(i64 ms) {
    fake_us += ms * 1000;
    now = fake_us / 1000;
}

static void background(void) {
    u64 evicted = k->n.evicted;
    lock_in(k);
    read_clocks(k);
    mem_next(&k->m);
    loop_background(k);
    lock_out(k);
    k->m.fail_in = 0;
    if (k->n.evicted != evicted) resync();
}

static void start(u32 flags, u32 memory) {
    int i;
    size_t j;
    static const char *const policies[] = {
        "noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random",
        "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"};
    char b[32];
    static const u16 limits[] = {512, 2, 0, 8};
    for (j = 0; j < sizeof filler; j++) filler[j] = (u8)("0123456789abcde\r\n"[j % 17]);
    if (!ntokens) collect_tokens();
    trace = getenv("KV_FUZZ_TRACE") != NULL;
    fake_us = 1700000000000000;
    replica_us = 1000000;
    now = fake_us / 1000;
    k = fuzz_open(NULL);
    replica = fuzz_open(&replica_us);
    NEED(kv_config(k, "databases", "4") == KV_OK);
    NEED(kv_config(replica, "databases", "4") == KV_OK);
    NEED(kv_config(k, "enable-debug-command", "yes") == KV_OK);
    k->p.hash_entries = k->p.zset_entries = k->p.intset_entries =
        k->p.stream_entries = limits[memory & 3];
    focus = memory >> 3 & 3;
    if (memory & 4) k->p.hll_sparse_max = replica->p.hll_sparse_max = 60;
    NEED(kv_session_open(replica, &link_session) == KV_OK);
    for (i = 0; i < SESSIONS; i++) session_again(i);
    if (flags & 1) conn_of(0)->resp = 3;
    if (flags & 2) kv_on_change(k, apply, NULL);
    if (flags & 4) kv_on_event(k, listen_only, NULL);
    if (flags & 8) {
        snprintf(b, sizeof b, "%lu", (unsigned long)(k->m.used + memory * 400));
        NEED(kv_config(k, "maxmemory", b) == KV_OK);
        NEED(kv_config(k, "maxmemory-policy", policies[flags >> 5]) == KV_OK);
    }
    for (i = 0; i < 2 && focus == 1; i++) {
        request.n = 0;
        request_text("XGROUP CREATE x");
        request_text(i ? "1 g 0 MKSTREAM\r\n" : "0 g 0 MKSTREAM\r\n");
        send_request(0, 0);
    }
    resync();
}

static void finish(u32 flags) {
    int i;
    k->m.fail_in = 0;
    fuzz_check(k);
    compare_model();
    if (flags & 2) {
        compare_replica();
        fuzz_check(replica);
    }
    for (i = 0; i < SESSIONS; i++) {
        kv_session_close(sessions[i]);
        sessions[i] = NULL;
    }
    kv_session_close(link_session);
    fuzz_check(k);
    kv_close(k);
    kv_close(replica);
    m_flush(-1);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct tape t = tape_of(p, n);
    u32 flags = tape_byte(&t), memory = tape_byte(&t), steps = 0;
    start(flags, memory);
    while (t.n && steps++ < STEPS_MAX) {
        u32 op = tape_byte(&t), s = op & 15;
        size_t cut = 0;
        s = s < 8 ? 0 : s < 12 ? 1 : 2;
        if (flags & 16 && op % 3 == 0) {
            u32 x = tape_byte(&t);
            k->m.fail_in = x < 200 ? 1 + x % 12 : 0;
            if (x > 240) cut = x - 230;
        }
        op >>= 4;
        if (op < 11) step_known(&t, (int)s, cut, op > 8);
        else if (op == 11) step_any(&t, (int)s, cut);
        else if (op == 12) step_call(&t);
        else if (op == 13) step_raw(&t, (int)s);
        else if (op == 14) {
            u32 x = tape_byte(&t);
            k->m.fail_in = 0;
            tick(x < 100 ? x % 8 : x < 200 ? x * 50 : x < 230 ? 60000 : 3600000);
        } else if (s == 2) {
            k->m.fail_in = 0;
            step_scan((int)s);
        } else {
            background();
        }
        k->m.fail_in = 0;
        if (steps % BATCH_STEPS) continue;
        fuzz_check(k);
        compare_model();
        if (flags & 2) compare_replica();
    }
    finish(flags);
    return 0;
}
