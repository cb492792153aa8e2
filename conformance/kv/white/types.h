/* Tests of the collection types, a part of white.c: random commands with every
 * invariant checked and the records replayed, large values, and each reserve
 * failing once.
 */

/* ---- Random commands ---------------------------------------------------- */

static const char *const FORMS[] = {
    "LPUSH L V V V", "RPUSH L V V", "RPUSH L V", "LPUSH L V", "LPUSHX L V",
    "RPUSHX L V V", "LPOP L", "RPOP L", "LPOP L C", "RPOP L C", "LSET L I V",
    "LINSERT L BEFORE V V", "LINSERT L AFTER V V", "LREM L I V", "LREM L 0 V",
    "LTRIM L 1 -2", "LTRIM L I I", "LMOVE L L LEFT RIGHT", "LMOVE L L RIGHT LEFT",
    "LMOVE L L LEFT LEFT", "RPOPLPUSH L L", "LMPOP 2 L L RIGHT COUNT C",
    "LMOVEM L L LEFT RIGHT COUNT C OBO", "LMOVEM L L LEFT LEFT COUNT C BULK", "LMOVEM L L RIGHT RIGHT COUNT C OBO",
    "LMOVEM L L RIGHT LEFT EXACTLY C BULK", "LMOVEM L L RIGHT LEFT",
    "LRANGE L I I", "LINDEX L I", "LPOS L V COUNT 0", "LPOS L V RANK -1",
    "SADD S V V V", "SADD S V", "SADD S N N N", "SADD S N", "SREM S V V N",
    "SREM S N", "SPOP S", "SPOP S C", "SMOVE S S V", "SMOVE S S N",
    "SINTERSTORE S S S", "SUNIONSTORE S S S", "SDIFFSTORE S S S",
    "SRANDMEMBER S C", "SISMEMBER S V", "SMEMBERS S", "SSCAN S 0 COUNT 100",
    "HSET H V V V V", "HSET H V V", "HSET H N V", "HSETNX H V V", "HDEL H V V",
    "HDEL H N", "HINCRBY H N C", "HINCRBYFLOAT H N 0.5", "HGETALL H",
    "HRANDFIELD H C WITHVALUES", "HEXPIRE H C FIELDS 2 V N",
    "HPEXPIRE H T FIELDS 1 V", "HPEXPIRE H T NX FIELDS 2 V N",
    "HPERSIST H FIELDS 2 V N", "HGETEX H PX T FIELDS 1 V",
    "HGETEX H PERSIST FIELDS 1 N", "HGETDEL H FIELDS 2 V N",
    "HSETEX H PX T FIELDS 2 V V N V", "HSETEX H KEEPTTL FIELDS 1 N V",
    "HSETEX H FNX EX C FIELDS 1 V V", "HPTTL H FIELDS 2 V N",
    "ZADD Z N V N V", "ZADD Z N V", "ZADD Z C N", "ZADD Z XX CH N V N V",
    "ZADD Z GT N V", "ZADD Z inf V -inf V", "ZADD Z -0 V 0.5 V 0 V",
    "ZINCRBY Z inf V", "ZUNIONSTORE Z 2 Z S WEIGHTS 2 -0.5 AGGREGATE MIN",
    "ZUNIONSTORE Z 2 Z Z WEIGHTS inf 0", "ZINTERSTORE Z 2 Z Z AGGREGATE MAX", "ZINCRBY Z C V", "ZREM Z V V", "ZREM Z N", "ZPOPMIN Z",
    "ZPOPMAX Z C", "ZMPOP 2 Z Z MIN COUNT C", "ZREMRANGEBYRANK Z I I",
    "ZREMRANGEBYRANK Z 0 0", "ZREMRANGEBYSCORE Z 1 C", "ZRANGE Z 0 -1 WITHSCORES",
    "ZRANGESTORE Z Z I I", "ZUNIONSTORE Z 2 Z Z", "ZINTERSTORE Z 2 Z S",
    "ZDIFFSTORE Z 2 Z Z", "ZRANK Z V", "ZRANGE Z 1 C BYSCORE REV",
    "GEOADD Z N C V", "GEOADD Z CH C N V -179.9 C V C 85 V", "GEOADD Z NX C C V C C N",
    "GEOADD Z XX CH C C V", "GEOADD Z C C V", "GEOSEARCH Z FROMLONLAT C C BYRADIUS N km ASC WITHDIST",
    "GEOSEARCH Z FROMMEMBER V BYBOX N N km COUNT C DESC WITHHASH WITHCOORD",
    "GEOSEARCHSTORE Z Z FROMLONLAT C C BYRADIUS 999 km STOREDIST",
    "GEOSEARCHSTORE Z Z FROMLONLAT C C BYBOX 999 999 km COUNT C ANY",
    "GEOSEARCHSTORE Z Z BYPOLYGON 4 0 0 C 0 C C 0 C", "GEORADIUS Z C C 900 km STORE Z",
    "GEORADIUSBYMEMBER Z V 900 mi STOREDIST Z COUNT C", "GEOPOS Z V N", "GEOHASH Z V N", "GEODIST Z V V km",
    "SORT A ALPHA STORE L", "SORT S ALPHA DESC LIMIT 1 9 STORE A",
    "XADD X * V V", "XADD X * V V", "XADD X * f V", "XADD X * f V g V", "XADD X MAXLEN I * f V", "XADD X MAXLEN ~ C * f V",
    "XADD X MINID ~ N-0 N-* f V", "XADD X N-C f V", "XADD X NOMKSTREAM N f V", "XADD X DELREF MAXLEN C * f V",
    "XADD X ACKED MAXLEN C * f V", "XADD X IDMP p N * f V", "XADD X IDMPAUTO V * f V", "XADD X MAXLEN ~ C LIMIT C * V V",
    "XTRIM X MAXLEN C", "XTRIM X MINID N", "XTRIM X MAXLEN ~ C LIMIT 5", "XTRIM X DELREF MAXLEN C", "XTRIM X MAXLEN C ACKED",
    "XDEL X N N N-C", "XDELEX X IDS 2 N N", "XDELEX X DELREF IDS 2 N N", "XDELEX X ACKED IDS 2 N N", "XRANGE X - +",
    "XREVRANGE X + - COUNT C", "XREAD COUNT C STREAMS X X N N", "XSETID X 99999999999999 ENTRIESADDED N", "XSETID X N", "XLEN X",
    "XGROUP CREATE X G 0 MKSTREAM", "XGROUP CREATE X G $ ENTRIESREAD C", "XGROUP SETID X G N", "XGROUP SETID X G 0 ENTRIESREAD C",
    "XGROUP DESTROY X G", "XGROUP CREATECONSUMER X G K", "XGROUP DELCONSUMER X G K", "XREADGROUP GROUP G K COUNT C STREAMS X >",
    "XREADGROUP GROUP G K STREAMS X >", "XREADGROUP GROUP G K COUNT C NOACK STREAMS X >", "XREADGROUP GROUP G K COUNT C STREAMS X 0",
    "XREADGROUP GROUP G K COUNT C STREAMS X X > >", "XREADGROUP GROUP G K CLAIM C COUNT C STREAMS X >", "XACK X G N N N",
    "XREADGROUP GROUP G K STREAMS X >", "XAUTOCLAIM X G K 0 - COUNT C", "XAUTOCLAIM X G K C N JUSTID", "XCLAIM X G K 0 N N N FORCE",
    "XCLAIM X G K 0 N N JUSTID", "XCLAIM X G K 0 N RETRYCOUNT C IDLE 5 LASTID N", "XACKDEL X G IDS 2 N N", "XNACK X G FAIL IDS 2 N N",
    "XACKDEL X G DELREF IDS 2 N N", "XACKDEL X G ACKED IDS 2 N N", "XNACK X G SILENT IDS 1 N", "XPENDING X G - + 9", "XINFO STREAM X FULL",
    "XINFO GROUPS X", "XCFGSET X IDMP-MAXSIZE C", "XREADGROUP GROUP G K COUNT C STREAMS X N",
    "COPY A A REPLACE", "COPY A A DB 1 REPLACE", "COPY A A", "RENAME A A",
    "MOVE A 1", "DEL A", "PEXPIRE A T", "EXPIRE A 1000", "PERSIST A",
    "OBJECT ENCODING A", "DUMP A", "SET A V", "TYPE A", "EXISTS A A A",
    "MEMORY USAGE A", "UNLINK A A"};

static void types_line(char *b, size_t span, int big) {
    const char *f = FORMS[below(COUNT(FORMS))];
    size_t n = 0;
    for (; *f; f++) {
        int alone = (f[1] == 0 || f[1] == ' ') && f[-1] == ' ';
        if (!alone || !strchr("LSHZAVNICTXGK", *f)) {
            b[n++] = *f;
            continue;
        }
        switch (*f) {
        case 'A': n += (size_t)sprintf(b + n, "%c%d", "lshzx"[below(5)], (int)below(3)); break;
        case 'V':
            if (big && below(40) == 0) n += (size_t)sprintf(b + n, "@%d", (int)below(6000));
            else if (below(10) == 0) n += (size_t)sprintf(b + n, "@%d", (int)below(200));
            else n += (size_t)sprintf(b + n, "v%d", (int)below(span));
            break;
        case 'N': n += (size_t)sprintf(b + n, "%d", (int)below(span)); break;
        case 'C': n += (size_t)sprintf(b + n, "%d", 1 + (int)below(9)); break;
        case 'I': n += (size_t)sprintf(b + n, "%d", (int)below(40) - 20); break;
        case 'T': n += (size_t)sprintf(b + n, "%d", 1 + (int)below(60)); break;
        case 'G': n += (size_t)sprintf(b + n, "g%d", (int)below(2)); break;
        case 'K': n += (size_t)sprintf(b + n, "k%d", (int)below(3)); break;
        default: n += (size_t)sprintf(b + n, "%c%d", *f | 32, (int)below(3));
        }
    }
    b[n] = 0;
}

static void types_limits(kv *k, int round) {
    static const i64 limits[] = {512, 4, 0, 20};
    k->p.hash_entries = k->p.zset_entries = k->p.intset_entries = limits[round % 4];
    k->p.hash_value = k->p.zset_value = round % 3 ? 64 : 10;
    k->p.stream_entries = round % 3 ? 100 : 5;
    k->p.stream_bytes = round % 2 ? 4096 : 200;
}

static void types_sleep(world *w, world *f, kv *k) {
    i64 ms = (i64)below(12);
    int d;
    f->us += ms * 1000;
    world_sleep(w, ms);
    read_clocks(follower);
    if (below(2)) return;
    for (d = 0; d < 2; d++) {
        if (!k->dbs[d]) continue;
        db_expire_slice(k->dbs[d], 10);
        db_field_slice(k->dbs[d], 10);
        if (k->dbs[d]->dead) db_reap(k->dbs[d]);
    }
    turn_drain(k);
}

/* Random commands on few keys: what is there is sound after each, and the
 * records make the same of another instance. */
static void types_random(void) {
    int round;
    for (round = 0; round < 12; round++) {
        world w, f;
        kv *k = world_open(&w, 900 + (u64)round);
        size_t i, n = sized(20000), span = round & 1 ? 30 : 600;
        char line[400];
        follower = world_open(&f, 77);
        types_limits(k, round);
        types_limits(follower, round); /* whether -0 is kept depends on it */
        kv_on_change(k, replay, NULL);
        if (round & 2) kv_on_event(k, no_event, &heard);
        for (i = 0; i < n; i++) {
            types_line(line, span, round % 3 == 2);
            snprintf(where, sizeof where, "round %d, command %d: %.100s", round,
                     (int)i, line);
            if (round >= 8 && below(3) == 0) k->m.fail_in = (i64)below(8) + 1;
            run(k, line);
            k->m.fail_in = 0;
            if (span < 100 || i % 16 == 0) SOUND(k);
            if (below(4) == 0) types_sleep(&w, &f, k);
            if (below(300) == 0) same_data(k, follower);
        }
        same_data(k, follower);
        run(k, "FLUSHALL");
        SOUND(k);
        world_close(&w);
        world_close(&f);
    }
}

/* ---- Large values ------------------------------------------------------- */

/* Builds large ones, takes them apart in many orders. */
static void types_large(void) {
    static const char *const make[] = {"RPUSH l0 x%d", "LPUSH l0 y%d",
                                       "SADD s0 m%d", "ZADD z0 %d m%d",
                                       "HSET h0 f%d v%d", "XADD x0 * f%.0d v"};
    static const char *const cut[] = {"LPOP l0", "RPOP l0", "LPOP l0 50", "SPOP s0 40",
                                      "ZPOPMIN z0 30", "ZPOPMAX z0 30",
                                      "ZREMRANGEBYRANK z0 100 160", "HDEL h0 f%d",
                                      "SREM s0 m%d", "ZREM z0 m%d", "LTRIM l0 5 -5",
                                      "LSET l0 100 @300", "LINSERT l0 BEFORE x%d q",
                                      "LREM l0 1 x%d", "XTRIM x0 MAXLEN %d"};
    world w;
    kv *k = world_open(&w, 5);
    size_t i, n = sized(40000);
    char line[100];
    for (i = 0; i < n; i++) {
        size_t j = below(COUNT(make)), v = below(2) ? i : below(n);
        snprintf(line, sizeof line, make[j], (int)v, (int)(j == 3 ? i : v));
        run(k, line);
        if (i % 1000 == 0) SOUND(k);
    }
    SOUND(k);
    data_of(k);
    for (i = 0; i < n; i++) {
        snprintf(line, sizeof line, cut[below(COUNT(cut))], (int)below(n));
        snprintf(where, sizeof where, "%s", line);
        run(k, line);
        if (i % 500 == 0) SOUND(k);
    }
    SOUND(k);
    data_of(k);
    run(k, "COPY z0 z1");
    run(k, "COPY h0 h1");
    run(k, "COPY l0 l1");
    run(k, "COPY x0 x1");
    run(k, "DEL l0 s0 z0 h0 x0 l1 z1 h1 x1");
    data_of(k);
    EQ(k->dying, 0);
    run(k, "FLUSHALL");
    EQ(k->dbs[0]->h.used, 0);
    world_close(&w);
}

static void types_list_is(kv *k, const char *line, const char *want) {
    str got = run(k, line);
    snprintf(where, sizeof where, "%s", line);
    CHECK(got.n == strlen(want) && memcmp(got.p, want, got.n) == 0);
}

/* A long list against an array: a stack most of the time, so that the mark of
 * its last chunk moves; and chunks that were made for one long element. */
static void types_chunks(void) {
    enum { MOST = 60000 };
    static int model[MOST];
    world w;
    kv *k = world_open(&w, 6);
    size_t from = 0, to = 0, i, n = sized(60000), at;
    char line[100], want[100], text[20];
    run(k, "RPUSH l @5000");
    run(k, "LSET l 0 x");
    for (i = 0; i < 3000; i++) run(k, "RPUSH l x");
    SOUND(k);
    run(k, "LPUSH l @5000");
    run(k, "LSET l 0 x");
    for (i = 0; i < 3000; i++) run(k, "LINSERT l AFTER x x");
    SOUND(k);
    run(k, "RPOP l 6000");
    types_list_is(k, "LLEN l", ":2\r\n");
    run(k, "DEL l");
    for (i = 0; i < n && to < MOST; i++) {
        unsigned what = (unsigned)below(16), up = i / 4000 % 2 == 0;
        if (to - from < 400 || what < (up ? 10 : 4)) {
            model[to] = (int)i;
            snprintf(line, sizeof line, "RPUSH l v%d", model[to++]);
            run(k, line);
            continue;
        }
        at = what == 15 ? 0 : what == 14 ? below(to - from) : to - from - 1;
        snprintf(text, sizeof text, "v%d", model[from + at]);
        snprintf(want, sizeof want, "$%d\r\n%s\r\n", (int)strlen(text), text);
        snprintf(line, sizeof line, what == 15   ? "LPOP l"
                                    : what == 14 ? "LINDEX l %d"
                                                 : "RPOP l", (int)at);
        types_list_is(k, line, want);
        if (what == 13) {
            model[to - 2] = (int)i + 1000000;
            snprintf(line, sizeof line, "LSET l -1 v%d", (int)i + 1000000);
            run(k, line);
        }
        if (what == 15) from++;
        else if (what != 14) to--;
        if (i % 1000 == 0) SOUND(k);
    }
    SOUND(k);
    world_close(&w);
}

/* ---- Each reserve fails once --------------------------------------------- */

static const char *const TYPES_WRITES[] = {
    "LPUSH new a b @900", "RPUSH new @3000 x", "RPUSH sl a @2000", "LPUSH bl a b c",
    "RPUSH bl @5000 @6000 x", "LPOP sl", "LPOP bl 30", "RPOP bl 300", "LPOP bl 5000",
    "LSET sl 1 @1500", "LSET bl 50 @1300", "LSET bl 50 @5000", "LSET bl 0 x",
    "LINSERT sl BEFORE b @1000", "LINSERT bl BEFORE e60 @1200", "LINSERT bl AFTER e199 q",
    "LREM sl 0 a", "LREM bl 0 e7", "LTRIM sl 1 1", "LTRIM bl 50 60", "LMOVE sl bl LEFT RIGHT",
    "LMOVE bl sl LEFT RIGHT", "LMOVE bl new RIGHT LEFT", "LMOVE bl bl LEFT RIGHT",
    "LMOVE sl sl LEFT RIGHT", "LMOVE one new LEFT LEFT", "LMPOP 2 none bl LEFT COUNT 10",
    "SADD new 1 2 3", "SADD new a b", "SADD is 5 6", "SADD is a b", "SADD ss x y",
    "SADD bs q1 q2 q3 @3000", "SADD new @100 @200", "SREM is 1", "SREM ss a", "SREM bs m1 m2",
    "SMOVE ss bs a", "SMOVE bs ss m3", "SMOVE bs new m3", "SMOVE is ss 1", "SPOP is", "SPOP bs 10",
    "SPOP ss 5", "SINTERSTORE new bs bs", "SUNIONSTORE ss bs is", "SUNIONSTORE new ss is",
    "SDIFFSTORE bs bs ss", "SUNION bs is", "SRANDMEMBER bs 20",
    "HSET new a b", "HSET sh a @1500", "HSET sh x y z t", "HSET bh f1 @3000 q w", "HSET xh a b c d",
    "HSETNX bh new v", "HDEL sh a", "HDEL bh f1 f2", "HDEL xh a", "HINCRBY sh n 5", "HINCRBY bh n 5",
    "HINCRBYFLOAT sh n 1.5", "HINCRBYFLOAT xh c 1", "HEXPIRE sh 10 FIELDS 1 a",
    "HEXPIRE bh 10 FIELDS 3 f1 f2 nope", "HEXPIRE xh 99 FIELDS 2 a b", "HPERSIST xh FIELDS 2 a b",
    "HPEXPIREAT bh 1 FIELDS 2 f1 f2", "HPEXPIREAT xh 1 FIELDS 2 a b", "HGETEX sh EX 5 FIELDS 1 a",
    "HGETEX xh PERSIST FIELDS 1 a", "HGETDEL bh FIELDS 2 f3 f4", "HGETDEL sh FIELDS 1 a",
    "HSETEX sh EX 9 FIELDS 2 a 1 q 2", "HSETEX new PX 900 FIELDS 1 a 1", "HSETEX bh EX 3 FIELDS 1 f1 v",
    "HSETEX xh KEEPTTL FIELDS 2 a 1 c 2",
    "ZADD new 1 a 2 b", "ZADD sz 5 x 6 y", "ZADD sz 1 @100", "ZADD bz 1 x 2 y 3 z", "ZADD bz 1 e1 2 e2 500 e3",
    "ZADD bz INCR 5 e9", "ZINCRBY sz 1 a", "ZREM sz a", "ZREM bz e1 e2", "ZPOPMIN sz 2", "ZPOPMAX bz 20",
    "ZREMRANGEBYRANK bz 5 50", "ZREMRANGEBYSCORE sz 1 2", "ZRANGESTORE new bz 0 -1", "ZRANGESTORE sz bz 0 3",
    "ZUNIONSTORE new 2 bz sz", "ZINTERSTORE bz 2 bz sz", "ZDIFFSTORE new 2 bz sz", "ZUNION 2 bz sz",
    "GEOADD new 1 1 a 2 2 b", "GEOADD sz CH 1 1 a 5 5 x", "GEOADD sz XX 3 3 c", "GEOADD bz 1 1 e1 2 2 x 3 3 y",
    "GEOADD bz 1 1 @3000", "GEOADD sz 1 1 @100", "GEOSEARCH bz FROMMEMBER e1 BYRADIUS 900 km DESC WITHCOORD",
    "GEOSEARCHSTORE new bz FROMMEMBER e1 BYRADIUS 900 km", "GEOSEARCHSTORE bz bz FROMMEMBER e1 BYBOX 9 9 m COUNT 20",
    "GEOSEARCHSTORE sz sz FROMMEMBER a BYRADIUS 1 km STOREDIST", "GEOSEARCHSTORE bz none FROMLONLAT 1 1 BYRADIUS 1 m",
    "GEOSEARCHSTORE sz bz BYPOLYGON 4 -180 -85 -179 -85 -179 0 -180 0",
    "GEORADIUSBYMEMBER bz e1 900 km STORE sz ASC",
    "LMOVEM bl new LEFT RIGHT COUNT 20 OBO", "LMOVEM bl sl RIGHT RIGHT EXACTLY 200 BULK",
    "LMOVEM sl bl LEFT LEFT COUNT 9 BULK", "LMOVEM sl new LEFT LEFT EXACTLY 2 OBO", "LMOVEM sl one LEFT RIGHT",
    "LMOVEM bl bl LEFT RIGHT COUNT 50 OBO", "LMOVEM sl sl RIGHT LEFT COUNT 3 BULK", "LMOVEM one one LEFT RIGHT",
    "LMOVEM bl bz LEFT LEFT COUNT 2 OBO",
    "SORT bl ALPHA STORE new", "SORT sl ALPHA", "SORT bs ALPHA STORE bl",
    "COPY bz new", "COPY bh new", "COPY bl new DB 1", "COPY xh new", "COPY bs sl REPLACE", "COPY sz new",
    "RENAME bz new", "RENAME bh sl", "RENAME xh bh", "RENAME sl bz", "MOVE bz 1", "MOVE xh 1", "MOVE sl 1",
    "EXPIRE bz 10", "PERSIST tz", "PEXPIRE xh 99", "DEL bl bs bz bh xh", "SET bz v", "GET bh", "APPEND bz x",
    "DUMP bz", "HGETALL bh", "LRANGE bl 0 -1", "HRANDFIELD bh 9 WITHVALUES", "HLEN dh", "HSET dh z 1",
    "EXISTS dh", "DEL dh", "HGET dh a", "FLUSHALL",
    "XADD newx 1-1 f v", "XADD newx 1-1 f @3000 g @900", "XADD sx 99-1 f v", "XADD sx 99-1 f @3000", "XADD bx 999-1 f v", "XADD bx 999-1 q v r s",
    "XADD bx MAXLEN 5 999-1 f v", "XADD bx DELREF MAXLEN 5 999-1 f v", "XADD bx ACKED MAXLEN 5 999-1 f v", "XTRIM bx MINID 100 DELREF",
    "XTRIM bx MINID 100 ACKED", "XDEL bx 5 6 7", "XDELEX bx DELREF IDS 2 5-0 6-0", "XACKDEL bx g ACKED IDS 2 5 6", "XACK bx g 1 2 3 4",
    "XGROUP CREATE newx g 0 MKSTREAM", "XGROUP CREATE bx new 5", "XGROUP CREATECONSUMER bx g newc", "XGROUP DELCONSUMER bx g c",
    "XGROUP DESTROY bx g", "XREADGROUP GROUP g newc COUNT 100 STREAMS bx >", "XREADGROUP GROUP g c COUNT 50 STREAMS bx 0",
    "XREADGROUP GROUP g d COUNT 5 NOACK STREAMS bx >", "XREADGROUP GROUP g d CLAIM 0 COUNT 100 STREAMS bx >",
    "XREADGROUP GROUP g newc COUNT 5 STREAMS bx sx > >", "XREADGROUP GROUP g newc COUNT 5 STREAMS bx bx > >",
    "XCLAIM bx g newc 0 1 2 3 150 FORCE", "XAUTOCLAIM bx g newc 0 0 COUNT 40", "XNACK bx g FAIL IDS 2 1 2", "XSETID bx 9999",
    "COPY bx new", "RENAME bx sx", "MOVE bx 1", "EXPIRE bx 100", "DUMP bx", "DEL bx", "SET bx v", "XRANGE bx - +", "XREVRANGE bx + -"};

static void types_prepare(world *w) {
    static const char *const lines[] = {
        "RPUSH sl a b c a", "RPUSH one x", "SADD is 1 2 3 4", "SADD ss a b c", "HSET sh a 1 b 2 n 3",
        "HSET xh a 1 b 2 c 3", "HEXPIRE xh 500 FIELDS 2 a b", "ZADD sz 1 a 2 b 3 c", "ZADD tz 1 a",
        "EXPIRE tz 100", "HSET dh a 1 b 2", "HPEXPIRE dh 5 FIELDS 2 a b", "HSET bh n 1"};
    static const char *const streams[] = {
        "XADD sx 1-1 f v", "XGROUP CREATE sx g 0", "XGROUP CREATE bx g 0", "XGROUP CREATE bx h 0", "XREADGROUP GROUP g c COUNT 130 STREAMS bx >",
        "XREADGROUP GROUP h c COUNT 20 STREAMS bx >", "XACK bx h 1 2 3 4 5 6 7", "XACK bx g 3 4", "XDEL bx 8"};
    size_t i;
    char line[64];
    for (i = 0; i < COUNT(lines); i++) run(w->k, lines[i]);
    for (i = 0; i < 300; i++) {
        snprintf(line, sizeof line, "RPUSH bl e%d", (int)i);
        run(w->k, line);
        snprintf(line, sizeof line, "SADD bs m%d", (int)i);
        run(w->k, line);
        snprintf(line, sizeof line, "ZADD bz %d e%d", (int)(i * 7 % 31), (int)i);
        run(w->k, line);
        snprintf(line, sizeof line, "HSET bh f%d @80", (int)i);
        run(w->k, line);
        snprintf(line, sizeof line, "XADD bx %d-0 f val%d", (int)i + 1, (int)i);
        run(w->k, line);
    }
    for (i = 0; i < COUNT(streams); i++) run(w->k, streams[i]);
    world_sleep(w, 10);
}

static int types_attempt(const char *line, long n, int how, int listening, const u8 want[20]) {
    world w;
    kv *k = world_open(&w, 7);
    u8 was[20], is[20];
    int fired;
    str r;
    types_prepare(&w);
    if (listening) listen_in(k);
    digest_all(k, was);
    snprintf(where, sizeof where, "%s, failure %ld of kind %d%s", line, n, how,
             listening ? ", listening" : "");
    if (how == FAIL_RESERVE) k->m.fail_in = n;
    else host_fail(&w.h, n, how == FAIL_HOST_ON);
    r = run(k, line);
    fired = how == FAIL_RESERVE ? k->m.fail_in == 0 : w.h.failed;
    k->m.fail_in = 0;
    host_fail(&w.h, 0, 0);
    SOUND(k);
    digest_all(k, is);
    if (is_oom(r)) {
        CHECK(fired);
        if (memcmp(is, was, 20)) {
            run(k, "DEL dh"); /* it may have come to its end */
            digest_all(k, is);
        }
        CHECK(memcmp(is, was, 20) == 0 || strstr(line, "dh"));
        run(k, line);
        SOUND(k);
        digest_all(k, is);
    }
    if (!strstr(line, "SPOP") && !strstr(line, "dh")) CHECK(memcmp(is, want, 20) == 0);
    data_of(k);
    run(k, "FLUSHALL");
    SOUND(k);
    world_close(&w);
    return fired;
}

static void types_fail_all(int how) {
    size_t i;
    for (i = 0; i < COUNT(TYPES_WRITES); i++) {
        int listening;
        for (listening = 0; listening < 2; listening++) {
            world w;
            long n;
            u8 want[20];
            kv *k;
            if (scale > 1 && listening != (int)(i & 1)) continue;
            if (scale > 8 && how != (int)(i / 2 % 3)) continue;
            if (scale > 32 && i / 6 % 4) continue;
            k = world_open(&w, 7);
            types_prepare(&w);
            run(k, TYPES_WRITES[i]);
            digest_all(k, want);
            world_close(&w);
            for (n = 1; types_attempt(TYPES_WRITES[i], n, how, listening, want); n++)
                if (n > (scale > 8 ? 6 : scale > 1 ? 20 : 60)) n += scale > 8 ? n / 2 : n / 4;
        }
    }
}

static void types_fail_reserve(void) { types_fail_all(FAIL_RESERVE); }
static void types_fail_host(void) { types_fail_all(FAIL_HOST); }
static void types_fail_host_on(void) { types_fail_all(FAIL_HOST_ON); }
