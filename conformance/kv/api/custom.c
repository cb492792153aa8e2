/* Commands of the program's own. */
#include "sockets.h"

#include <math.h>

/* ---- Every kind of reply ----------------------------------------------- */

static void put_kind(kv_call *c) {
    kv_slice kind = kv_call_arg(c, 1);
#define KIND(s) (kind.n == strlen(s) && !memcmp(kind.p, s, kind.n))
    if (KIND("nil")) {
        kv_put_nil(c);
    } else if (KIND("simple")) {
        kv_put_simple(c, "fine");
    } else if (KIND("error")) {
        kv_put_error(c, "ERR it went wrong");
    } else if (KIND("int")) {
        kv_put_int(c, INT64_MIN);
    } else if (KIND("string")) {
        kv_slice s = {"a\0\r\nb", 5};
        kv_put_string(c, s);
    } else if (KIND("empty")) {
        kv_put_string(c, S(""));
    } else if (KIND("double")) {
        kv_put_double(c, -0.1);
    } else if (KIND("inf")) {
        kv_put_double(c, HUGE_VAL);
    } else if (KIND("-inf")) {
        kv_put_double(c, -HUGE_VAL);
    } else if (KIND("nan")) {
        kv_put_double(c, strtod("nan", NULL));
    } else if (KIND("true")) {
        kv_put_bool(c, 7);
    } else if (KIND("false")) {
        kv_put_bool(c, 0);
    } else if (KIND("bignum")) {
        kv_put_bignum(c, "-123456789012345678901234567890");
    } else if (KIND("verbatim")) {
        kv_put_verbatim(c, S("some\ntext"));
    } else if (KIND("array")) {
        kv_put_array(c, 3);
        kv_put_int(c, 1);
        kv_put_array(c, 0);
        kv_put_array(c, 1);
        kv_put_nil(c);
    } else if (KIND("map")) {
        kv_put_map(c, 2);
        kv_put_string(c, S("a"));
        kv_put_int(c, 1);
        kv_put_string(c, S("b"));
        kv_put_map(c, 0);
    } else if (KIND("set")) {
        kv_put_set(c, 2);
        kv_put_bool(c, 1);
        kv_put_double(c, 2.5);
    } else if (KIND("lines")) {
        kv_put_simple(c, "a\r\nb");
    } else if (KIND("badlines")) {
        kv_put_error(c, "ERR a\r\n+b");
    } else {
        kv_put_error(c, "ERR no such kind");
    }
}

static const kv_command put_row = {
    "api.put", put_kind, 2,      KV_FAST | KV_READONLY,  "",
    "api",     "1.2.3",  "O(1)", "Answers with a kind.", "kind",
    NULL};

static const struct {
    const char *kind, *resp2, *resp3, *tree;
    size_t n; /* when the wire form holds a zero byte */
} kinds[] = {
    {"nil", "$-1\r\n", "_\r\n", "nil", 0},
    {"simple", "+fine\r\n", "+fine\r\n", "+fine", 0},
    {"error", "-ERR it went wrong\r\n", "-ERR it went wrong\r\n",
     "-ERR it went wrong", 0},
    {"int", ":-9223372036854775808\r\n", ":-9223372036854775808\r\n",
     ":-9223372036854775808", 0},
    {"string", "$5\r\na\0\r\nb\r\n", "$5\r\na\0\r\nb\r\n",
     "\"a\\x00\\x0d\\x0ab\"", 11},
    {"empty", "$0\r\n\r\n", "$0\r\n\r\n", "\"\"", 0},
    {"double", "$4\r\n-0.1\r\n", ",-0.1\r\n", ",-0.1", 0},
    {"inf", "$3\r\ninf\r\n", ",inf\r\n", ",inf", 0},
    {"-inf", "$4\r\n-inf\r\n", ",-inf\r\n", ",-inf", 0},
    {"nan", "$3\r\nnan\r\n", ",nan\r\n", ",nan", 0},
    {"true", ":1\r\n", "#t\r\n", "#t", 0},
    {"false", ":0\r\n", "#f\r\n", "#f", 0},
    {"bignum", "$31\r\n-123456789012345678901234567890\r\n",
     "(-123456789012345678901234567890\r\n", "(-123456789012345678901234567890",
     0},
    {"verbatim", "$9\r\nsome\ntext\r\n", "=13\r\ntxt:some\ntext\r\n",
     "=\"some\\x0atext\"", 0},
    {"array", "*3\r\n:1\r\n*0\r\n*1\r\n$-1\r\n",
     "*3\r\n:1\r\n*0\r\n*1\r\n_\r\n", "[:1, [], [nil]]", 0},
    {"map", "*4\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*0\r\n",
     "%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n%0\r\n", "{\"a\": :1, \"b\": {}}", 0},
    {"set", "*2\r\n:1\r\n$3\r\n2.5\r\n", "~2\r\n#t\r\n,2.5\r\n", "~[#t, ,2.5]",
     0},
    /* no text of a reply breaks its line */
    {"lines", "+a  b\r\n", "+a  b\r\n", "+a  b", 0},
    {"badlines", "-ERR a  +b\r\n", "-ERR a  +b\r\n", "-ERR a  +b", 0},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static size_t kind_size(size_t i, const char *wire) {
    return kinds[i].n ? kinds[i].n : strlen(wire);
}

static void replies_in_memory(void) {
    kv *db = fresh(NULL);
    OK(kv_add_command(db, &put_row));
    kv_session *s = session(db);
    for (int proto = 2; proto <= 3; proto++) {
        CHECK(strlen(feed(s, proto == 2 ? "HELLO 2\r\n" : "HELLO 3\r\n", 9)) >
              50);
        for (size_t i = 0; i < KINDS; i++) {
            const char *want = proto == 2 ? kinds[i].resp2 : kinds[i].resp3;
            char line[64];
            snprintf(line, sizeof line, "api.put %s", kinds[i].kind);
            SAME(run(db, s, line), kinds[i].tree);
            strcat(line, "\r\n");
            SAME(feed(s, line, strlen(line)), quote(want, kind_size(i, want)));
        }
    }
    finish(db);
}

static void replies_over_a_socket(void) {
    kv *db = fresh(NULL);
    OK(kv_add_command(db, &put_row));
    OK(kv_listen(db, "127.0.0.1:0"));
    int fd = dial(kv_port(db));
    for (int proto = 2; proto <= 3; proto++) {
        if (proto == 3) {
            text out = {0};
            talk(db, NULL, fd, "HELLO 3\r\n", 9, &out, 50);
            for (int i = 0; i < 20; i++) {
                kv_poll(db, 1);
                hear(fd, &out);
            }
            CHECK(!strncmp(out.p, "%7\r\n", 4));
            text_free(&out);
        }
        text request = {0}, want = {0};
        for (size_t i = 0; i < KINDS; i++) {
            const char *w = proto == 2 ? kinds[i].resp2 : kinds[i].resp3;
            kv_slice argv[2] = {{"API.Put", 7}, {NULL, 0}};
            argv[1] = S(kinds[i].kind);
            text_command(&request, 2, argv);
            text_add(&want, w, kind_size(i, w));
        }
        talk_is(db, NULL, fd, request.p, request.n, want.p, want.n);
        text_free(&request);
        text_free(&want);
    }
    close(fd);
    finish(db);
}

/* ---- Rows -------------------------------------------------------------- */

static void incr(kv_call *c) {
    kv_slice argv[] = {{"INCRBY", 6}, {NULL, 0}, {NULL, 0}};
    argv[1] = kv_call_arg(c, 1);
    argv[2] = kv_call_arg(c, 2);
    OK(kv_call_exec(c, 3, argv));
}

static const kv_command incr_row = {
    "api.incr",        incr,     3,       KV_WRITE | KV_DENYOOM,
    "RW/update@1:0:1", "api",    "1.0.0", "O(1)",
    "Adds.",           "key by", NULL};

static void count_args(kv_call *c) {
    int *calls = (int *)kv_call_ctx(c);
    ++*calls;
    kv_put_array(c, kv_call_argc(c) + 1);
    for (size_t i = 0; i < kv_call_argc(c); i++) {
        kv_put_string(c, kv_call_arg(c, i));
    }
    kv_put_int(c, *calls);
}

static void arguments(void) {
    kv *db = fresh(NULL), *other = fresh(NULL);
    int calls = 0, others = 100;
    kv_command row = {"api.args", count_args,   -1,      KV_FAST,
                      "",         "api",        "1.0.0", "O(N)",
                      "Echoes.",  "[word ...]", &calls};
    kv_command again = row;
    again.ctx = &others;
    OK(kv_add_command(db, &row));
    OK(kv_add_command(other, &again));
    IS(db, NULL, "API.args", "[\"API.args\", :1]");
    IS(db, NULL, "api.args a \"\" 'b c'",
       "[\"api.args\", \"a\", \"\", \"b c\", :2]");
    IS(other, NULL, "api.args", "[\"api.args\", :101]");
    EQ(calls, 2);
    finish(other);
    finish(db);
}

static void arity(void) {
    kv *db = fresh(NULL);
    int calls = 0;
    kv_command row = {"api.three", count_args, 3,   KV_FAST, "",    "api",
                      "1.0.0",     "O(1)",     ".", "a b",   &calls};
    kv_command least = row;
    least.name = "api.least";
    least.arity = -2;
    OK(kv_add_command(db, &row));
    OK(kv_add_command(db, &least));
    IS(db, NULL, "API.THREE a",
       "-ERR wrong number of arguments for 'api.three' command");
    IS(db, NULL, "api.three a b c",
       "-ERR wrong number of arguments for 'api.three' command");
    IS(db, NULL, "api.least",
       "-ERR wrong number of arguments for 'api.least' command");
    EQ(calls, 0);
    IS(db, NULL, "api.three a b", "[\"api.three\", \"a\", \"b\", :1]");
    IS(db, NULL, "api.least a", "[\"api.least\", \"a\", :2]");
    IS(db, NULL, "api.least a b", "[\"api.least\", \"a\", \"b\", :3]");
    finish(db);
}

/* Finds `name` among the keys of a map. */
static const kv_reply *field(const kv_reply *map, const char *name) {
    EQ(map->type, KV_MAP);
    for (size_t i = 0; i < map->count; i++) {
        if (!strcmp(map->items[2 * i].str, name)) return &map->items[2 * i + 1];
    }
    fprintf(stderr, "no field %s\n", name);
    fail();
    return NULL;
}

static int holds(const kv_reply *list, const char *word) {
    for (size_t i = 0; i < list->count; i++) {
        if (!strcmp(list->items[i].str, word)) return 1;
    }
    return 0;
}

static void introspection(void) {
    kv *db = fresh(NULL);
    int64_t before = run_int(db, NULL, "COMMAND COUNT");
    OK(kv_add_command(db, &put_row));
    OK(kv_add_command(db, &incr_row));
    EQ(run_int(db, NULL, "COMMAND COUNT"), before + 2);

    kv_reply *r;
    OK(kv_exec_line(db, NULL, "COMMAND INFO api.incr API.PUT", &r));
    EQ(r->count, 2);
    const kv_reply *row = &r->items[0];
    EQ(row->count, 10);
    SAME(row->items[0].str, "api.incr");
    EQ(row->items[1].integer, 3);
    EQ(row->items[2].type, KV_SET);
    CHECK(holds(&row->items[2], "write") && holds(&row->items[2], "denyoom"));
    EQ(row->items[2].count, 2);
    EQ(row->items[3].integer, 1);
    EQ(row->items[4].integer, 1);
    EQ(row->items[5].integer, 1);
    CHECK(holds(&row->items[6], "@write") && holds(&row->items[6], "@slow"));
    EQ(row->items[8].count, 1);
    row = &r->items[1];
    SAME(row->items[0].str, "api.put");
    CHECK(holds(&row->items[2], "readonly") && holds(&row->items[2], "fast"));
    EQ(row->items[3].integer, 0);
    CHECK(holds(&row->items[6], "@read") && holds(&row->items[6], "@fast"));
    EQ(row->items[8].count, 0);
    kv_reply_free(db, r);

    OK(kv_exec_line(db, NULL, "COMMAND DOCS api.incr", &r));
    EQ(r->count, 1);
    SAME(r->items[0].str, "api.incr");
    row = &r->items[1];
    SAME(field(row, "summary")->str, "Adds.");
    SAME(field(row, "since")->str, "1.0.0");
    SAME(field(row, "group")->str, "api");
    SAME(field(row, "complexity")->str, "O(1)");
    EQ(field(row, "arguments")->count, 2);
    SAME(field(&field(row, "arguments")->items[0], "name")->str, "key");
    SAME(field(&field(row, "arguments")->items[1], "name")->str, "by");
    kv_reply_free(db, r);

    OK(kv_exec_line(db, NULL, "COMMAND LIST", &r));
    CHECK(holds(r, "api.put") && holds(r, "api.incr") && holds(r, "get"));
    kv_reply_free(db, r);
    IS(db, NULL, "COMMAND GETKEYS api.incr some-key 5", "[\"some-key\"]");
    finish(db);
}

static void subcommands(void) {
    kv *db = fresh(NULL);
    int calls = 0;
    kv_command top = {"apis",  NULL,   -2,       0,  "",  "api",
                      "1.0.0", "O(1)", "Holds.", "", NULL};
    kv_command sub = {"apis|show", count_args, 3,        KV_FAST, "",    "api",
                      "1.0.0",     "O(1)",     "Shows.", "what",  &calls};
    OK(kv_add_command(db, &top));
    OK(kv_add_command(db, &sub));
    IS(db, NULL, "APIS SHOW x", "[\"APIS\", \"SHOW\", \"x\", :1]");
    IS(db, NULL, "apis show",
       "-ERR wrong number of arguments for 'apis|show' command");
    IS(db, NULL, "apis", "-ERR wrong number of arguments for 'apis' command");
    IS(db, NULL, "apis NOPE x",
       "-ERR unknown subcommand 'NOPE'. Try APIS HELP.");
    CHECK(strstr(run(db, NULL, "COMMAND INFO apis"), "apis|show"));
    finish(db);
}

static void flags(void) {
    kv *db = fresh(NULL);
    int calls = 0;
    kv_command open = {"api.open", count_args, 1,   KV_NO_AUTH, "",    "api",
                       "1.0.0",    "O(1)",     ".", "",         &calls};
    kv_command shut = open;
    shut.name = "api.shut";
    shut.flags = 0;
    OK(kv_add_command(db, &open));
    OK(kv_add_command(db, &shut));
    OK(kv_add_command(db, &incr_row));
    OK(kv_config(db, "requirepass", "secret"));
    kv_session *s = session(db);
    IS(db, s, "api.open", "[\"api.open\", :1]");
    IS(db, s, "api.shut", "-NOAUTH Authentication required.");
    IS(db, NULL, "api.shut", "[\"api.shut\", :2]");
    IS(db, NULL, "api.incr k 1", ":1");
    OK(kv_config(db, "maxmemory", "1"));
    IS(db, NULL, "api.incr k 1",
       "-OOM command not allowed when used memory > 'maxmemory'.");
    IS(db, NULL, "api.shut", "[\"api.shut\", :3]");
    IS(db, NULL, "GET k", "\"1\"");
    finish(db);
}

static void bad_row(kv *db, const kv_command *row) {
    if (kv_add_command(db, row) == KV_ARG) return;
    fprintf(stderr, "taken: name '%s', arity %d, keys '%s'\n", row->name,
            (int)row->arity, row->keys);
    fail();
}

static void bad_rows(void) {
    kv *db = fresh(NULL);
    kv_command ok = {"api.x", put_kind, 1,   0,  "",  "api",
                     "1.0.0", "O(1)",   ".", "", NULL};
    kv_command row;
#define BAD(member, value) (row = ok, row.member = (value), bad_row(db, &row))
    BAD(name, NULL);
    BAD(name, "");
    BAD(name, "get");
    BAD(name, "client|id");
    BAD(name, "nope|sub");
    BAD(name, "two words");
    BAD(name, "Upper");
    BAD(arity, 0);
    BAD(keys, "nonsense");
    OK(kv_add_command(db, &ok));
    row = ok;
    EQ(kv_add_command(db, &row), KV_ARG);
    CHECK(!strncmp(run(db, NULL, "nope"), "-ERR unknown command", 20));
    finish(db);
}

/* ---- Commands inside commands ------------------------------------------ */

static void both(kv_call *c) {
    kv_slice incr[] = {{"INCR", 4}, {"n", 1}};
    kv_slice get[] = {{"GET", 3}, {"n", 1}};
    kv_slice wrong[] = {{"NOPE", 4}};
    kv_slice arity[] = {{"GET", 3}};
    kv_slice config[] = {{"CONFIG", 6}, {"GET", 3}, {"maxmemory", 9}};
    kv_slice nested[] = {{"api.incr", 8}, {"n", 1}, {"10", 2}};
    kv_put_array(c, 7);
    OK(kv_call_exec(c, 2, incr));
    OK(kv_call_exec(c, 2, get));
    kv_put_simple(c, "mine");
    OK(kv_call_exec(c, 1, wrong));
    OK(kv_call_exec(c, 1, arity));
    OK(kv_call_exec(c, 3, config));
    OK(kv_call_exec(c, 3, nested));
}

static void note_change(void *ctx, int dbnum, const void *resp, size_t n) {
    (void)dbnum;
    text_add((text *)ctx, resp, n);
}

static void calls(void) {
    kv *db = fresh(NULL), *twin = fresh(NULL);
    kv_command row = {"api.both", both,   1,   KV_WRITE, "",  "api",
                      "1.0.0",    "O(1)", ".", "",       NULL};
    OK(kv_add_command(db, &row));
    OK(kv_add_command(db, &incr_row));
    text changes = {0};
    kv_on_change(db, note_change, &changes);
    IS(db, NULL, "api.both",
       "[:1, \"1\", +mine, -ERR unknown command 'NOPE', with args beginning "
       "with: , -ERR wrong number of arguments for 'get' command, "
       "{\"maxmemory\": \"0\"}, :11]");
    kv_session *s = session(db);
    WIRE(s, "api.both\r\n",
         "*7\r\n:12\r\n$2\r\n12\r\n+mine\r\n-ERR unknown command 'NOPE', with "
         "args beginning with: \r\n-ERR wrong number of arguments for 'get' "
         "command\r\n*2\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n:22\r\n");

    /* what inner commands change is in the record, and nothing else */
    CHECK(changes.n && !strstr(changes.p, "api."));
    s = session(twin);
    feed(s, changes.p, changes.n);
    SAME(get(twin, "n"), "22");
    text_free(&changes);
    finish(twin);
    finish(db);
}

/* ---- Handlers that read and run ----------------------------------------- */

/* A row for tests; it lives as long as the caller's variable. */
static kv_command row_of(const char *name, kv_handler fn, int arity,
                         uint32_t flags, void *ctx) {
    kv_command row = {name,    fn,     arity, flags, "", "api",
                      "1.0.0", "O(1)", ".",   "",    ctx};
    if (arity < -1) row.keys = "RO/access@1:-1:1";
    return row;
}

/* What one line answers with in every way that a handler can be reached: by
 * kv_exec_line, from RESP2 and RESP3 sessions through memory, and over a
 * socket. */
static void everywhere(kv *db, const char *line, const char *tree,
                       const char *resp2, const char *resp3) {
    char request[200];
    snprintf(request, sizeof request, "%s\r\n", line);
    for (int proto = 2; proto <= 3; proto++) {
        const char *hello = proto == 2 ? "HELLO 2\r\n" : "HELLO 3\r\n";
        const char *want = proto == 2 ? resp2 : resp3;
        kv_session *s = session(db);
        feed(s, hello, 9);
        SAME(feed(s, request, strlen(request)), quote(want, strlen(want)));
        SAME(run(db, s, line), tree);
        SAME(feed(s, request, strlen(request)), quote(want, strlen(want)));
        kv_session_close(s);

        int p[2];
        text out = {0};
        pair(p);
        OK(kv_adopt(db, p[0]));
        talk(db, NULL, p[1], hello, 9, &out, 100);
        for (int i = 0; i < 5; i++) {
            kv_poll(db, 0);
            hear(p[1], &out);
        }
        text_free(&out);
        talk_is(db, NULL, p[1], request, strlen(request), want, strlen(want));
        close(p[1]);
        kv_poll(db, 0);
    }
    SAME(run(db, NULL, line), tree);
}

typedef struct facts {
    kv *db;
    fake *clock;
    int64_t now; /* what the handler saw */
} facts;

static void tell_facts(kv_call *c) {
    facts *f = (facts *)kv_call_ctx(c);
    kv_slice time[] = {{"TIME", 4}}, pick[] = {{"SELECT", 6}, {"7", 1}};
    int dbnum = kv_call_dbnum(c);
    int64_t began = kv_now_ms(f->db);
    kv_reply *r;
    f->now = kv_call_now_ms(c);
    CHECK(kv_call_kv(c) == f->db);
    CHECK(f->now <= began); /* commands of one batch share their time */
    fake_add(f->clock, 20); /* it takes long */
    OK(kv_call_reply(c, 1, time, &r));
    kv_reply_free(f->db, r);
    EQ(kv_call_now_ms(c), f->now);
    EQ(kv_now_ms(f->db), began + 20);
    OK(kv_call_reply(c, 2, pick, &r)); /* and goes elsewhere and back */
    kv_reply_free(f->db, r);
    EQ(kv_call_dbnum(c), 7);
    char back[16];
    snprintf(back, sizeof back, "%d", dbnum);
    pick[1] = S(back);
    OK(kv_call_reply(c, 2, pick, &r));
    kv_reply_free(f->db, r);
    EQ(kv_call_dbnum(c), dbnum);
    kv_put_int(c, dbnum);
}

static void instance_database_time(void) {
    fake clock = FAKE_START, clock2 = {5000000, 0};
    kv *db = fresh(&clock), *other = fresh(&clock2);
    facts f = {db, &clock, 0}, g = {other, &clock2, 0};
    kv_command row = row_of("api.facts", tell_facts, 1, 0, &f);
    kv_command row2 = row_of("api.facts", tell_facts, 1, 0, &g);
    OK(kv_add_command(db, &row));
    OK(kv_add_command(other, &row2));
    EQ(kv_now_ms(db), FAKE_MS);
    EQ(kv_now_ms(other), 5000);
    everywhere(db, "api.facts", ":0", ":0\r\n", ":0\r\n");
    int64_t was = f.now;
    fake_add(&clock, 1000);
    EQ(kv_now_ms(db), was + 1020);
    IS(db, NULL, "api.facts", ":0");
    EQ(f.now, was + 1020);
    IS(other, NULL, "api.facts", ":0");
    EQ(g.now, 5000);

    /* the session's database, not the instance's */
    kv_session *s = session(db);
    IS(db, s, "SELECT 3", "+OK");
    IS(db, s, "api.facts", ":3");
    IS(db, NULL, "api.facts", ":0");
    WIRE(s, "SELECT 15\r\napi.facts\r\nSELECT 2\r\napi.facts\r\n",
         "+OK\r\n:15\r\n+OK\r\n:2\r\n");
    IS(db, NULL, "SELECT 4", "+OK");
    IS(db, NULL, "api.facts", ":4");
    finish(other);
    finish(db);

    /* the system's clock */
    db = fresh(NULL);
    int64_t a = kv_now_ms(db), b = (int64_t)time(NULL) * 1000;
    CHECK(a > b - 5000 && a < b + 5000);
    finish(db);
}

/* ---- kv_call_view ------------------------------------------------------- */

/* Each key's string, or the result as an integer; what was seen stays as it
 * is until the end. */
static void view_keys(kv_call *c) {
    kv_slice seen[8];
    text copy[8];
    size_t n = kv_call_argc(c) - 1;
    CHECK(n <= 8);
    memset(copy, 0, sizeof copy);
    kv_put_array(c, n);
    for (size_t i = 0; i < n; i++) {
        kv_slice v = {"?", 1};
        int rc = kv_call_view(c, kv_call_arg(c, i + 1), &v);
        if (rc == KV_OK) {
            kv_put_string(c, v);
            text_add(&copy[i], v.p, v.n);
        } else {
            kv_put_int(c, rc);
        }
        seen[i] = v;
        for (size_t j = 0; j <= i; j++) {
            if (!copy[j].p) continue;
            EQ(seen[j].n, copy[j].n);
            CHECK(!memcmp(seen[j].p, copy[j].p, copy[j].n));
        }
    }
    for (size_t i = 0; i < n; i++) text_free(&copy[i]);
}

static void view_badly(kv_call *c) {
    kv_slice v, none = {NULL, 0}, broken = {NULL, 5};
    EQ(kv_call_view(c, S("k"), NULL), KV_ARG);
    EQ(kv_call_view(c, broken, &v), KV_ARG);
    EQ(kv_call_view(c, none, NULL), KV_ARG);
    EQ(kv_call_view(c, none, &v), KV_NONE); /* "" is a key like any other */
    EQ(kv_call_view(c, S("k"), &v), KV_OK);
    CHECK(v.n == 1 && *(const char *)v.p == 'v');
    kv_put_nil(c);
}

static void view(void) {
    kv *db = fresh(NULL);
    kv_command row = row_of("api.view", view_keys, -2, KV_READONLY, NULL);
    kv_command bad = row_of("api.badly", view_badly, 1, 0, NULL);
    OK(kv_add_command(db, &row));
    OK(kv_add_command(db, &bad));
    IS(db, NULL, "api.view k", "[:1]"); /* KV_NONE; nothing was ever stored */
    OK(put(db, "k", "v"));
    IS(db, NULL, "api.badly", "nil");
    OK(put(db, "empty", ""));
    OK(kv_set(db, 0, "a\0b", 3, "c\0\r\nd", 5, 0));
    OK(kv_set(db, 0, "", 0, "of-empty", 8, 0));
    IS(db, NULL, "INCRBY n -42", ":-42");
    kv_session *s = session(db);
    WIRE(s,
         "CLIENT CAPA nested\r\n*3\r\n$3\r\nSET\r\n$4\r\nnest\r\n*1\r\n:1\r\n",
         "+OK\r\n+OK\r\n");
    everywhere(db, "api.view k empty nope nest n \"\"",
               "[\"v\", \"\", :1, :-3, \"-42\", \"of-empty\"]",
               "*6\r\n$1\r\nv\r\n$0\r\n\r\n:1\r\n:-3\r\n$3\r\n-42\r\n"
               "$8\r\nof-empty\r\n",
               "*6\r\n$1\r\nv\r\n$0\r\n\r\n:1\r\n:-3\r\n$3\r\n-42\r\n"
               "$8\r\nof-empty\r\n");
    WIRE(s, "*2\r\n$8\r\napi.view\r\n$3\r\na\0b\r\n",
         "*1\r\n$5\r\nc\0\r\nd\r\n");
    IS(db, NULL, "DEL nest", ":1");
    IS(db, NULL, "api.view nest", "[:1]");

    /* a value of any size; one that the next command of a batch changes */
    text big = {0}, got = {0};
    for (int i = 0; i < 300000; i++) text_add(&big, &i, sizeof i);
    OK(kv_set(db, 0, "big", 3, big.p, big.n, 0));
    OK(kv_feed(s, "api.view big\r\nSETRANGE big 0 xxxx\r\nDEL big\r\n", 44));
    take(s, &got, SIZE_MAX);
    CHECK(got.n > big.n && !strncmp(got.p, "*1\r\n$1200000\r\n", 14));
    CHECK(!memcmp(got.p + 14, big.p, big.n));
    SAME(got.p + 14 + big.n, "\r\n:1200000\r\n:1\r\n");
    text_free(&big);
    text_free(&got);
    finish(db);
}

static void note_event(void *ctx, const char *event, int dbnum, const void *key,
                       size_t n) {
    text *t = (text *)ctx;
    char head[32];
    if (!strcmp(event, "new")) return;
    snprintf(head, sizeof head, "%d:%.20s ", dbnum, event);
    text_puts(t, head);
    text_add(t, key, n);
    text_puts(t, ";");
}

/* The same millisecond for views as for commands; what has expired is gone and
 * takes nothing along. */
static void view_expired(void) {
    fake f = FAKE_START;
    kv *db = fresh(&f);
    text events = {0};
    kv_command row = row_of("api.view", view_keys, -2, KV_READONLY, NULL);
    OK(kv_add_command(db, &row));
    for (int i = 0; i < 300; i++) {
        char key[16];
        snprintf(key, sizeof key, "key:%d", i);
        OK(kv_set(db, 0, key, strlen(key), key, strlen(key),
                  i % 3 ? FAKE_MS + 1000 : 0));
    }
    f.wall += 1000999;
    f.mono += 1000999;
    IS(db, NULL, "api.view key:1 key:0", "[\"key:1\", \"key:0\"]");
    kv_on_event(db, note_event, &events);
    f.wall++;
    f.mono++;
    IS(db, NULL, "api.view key:0 key:1 key:3 key:4 key:6 key:5 key:2 key:297",
       "[\"key:0\", :1, \"key:3\", :1, \"key:6\", :1, :1, \"key:297\"]");
    IS(db, NULL, "api.view key:1", "[:1]");
    for (int i = 0; i < 50; i++) OK(kv_poll(db, 0));
    /* each of them is told of once */
    CHECK(events.n);
    int count = 0;
    for (const char *p = events.p; (p = strstr(p, "0:expired ")); p++) count++;
    EQ(count, 200);
    IS(db, NULL, "DBSIZE", ":100");
    kv_on_event(db, NULL, NULL);
    text_free(&events);
    finish(db);
}

/* Moves to the database that the first argument names and looks there. */
static void view_elsewhere(kv_call *c) {
    kv_slice how[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}}, v;
    size_t n = kv_call_argc(c) - 2;
    CHECK(n <= 3);
    for (size_t i = 0; i < n; i++) how[i] = kv_call_arg(c, i + 2);
    kv_put_array(c, 3);
    for (int i = 0; i < 2; i++) {
        int rc = kv_call_view(c, kv_call_arg(c, 1), &v);
        if (rc == KV_OK) {
            kv_put_string(c, v);
        } else {
            kv_put_int(c, rc);
        }
        if (!i) OK(kv_call_exec(c, n, how));
    }
}

/* The key that the row names, in a database that an inner command chose. */
static void view_after_select(void) {
    kv *db = fresh(NULL);
    kv_command row = row_of("api.there", view_elsewhere, -3, KV_WRITE, NULL);
    row.keys = "RW/update@1:0:1";
    OK(kv_add_command(db, &row));
    OK(put(db, "k", "zero"));
    OK(kv_set(db, 5, "k", 1, "five", 4, 0));
    kv_session *s = session(db);
    IS(db, s, "api.there k SELECT 5", "[\"zero\", +OK, \"five\"]");
    IS(db, s, "api.there k SELECT 6", "[\"five\", +OK, :1]");
    IS(db, s, "api.there k SELECT 99",
       "[:1, -ERR DB index is out of range, :1]");
    WIRE(s, "api.there k SELECT 0\r\napi.there k SELECT 5\r\n",
         "*3\r\n:1\r\n+OK\r\n$4\r\nzero\r\n"
         "*3\r\n$4\r\nzero\r\n+OK\r\n$4\r\nfive\r\n");
    IS(db, s, "api.there k SWAPDB 5 6", "[\"five\", +OK, :1]");
    IS(db, s, "api.there k SWAPDB 5 0", "[:1, +OK, \"zero\"]");
    IS(db, s, "api.there k SET k new", "[\"zero\", +OK, \"new\"]");
    IS(db, s, "api.there k MOVE k 9", "[\"new\", :1, :1]");
    IS(db, s, "api.there k SET k v", "[:1, +OK, \"v\"]");
    IS(db, s, "api.there k FLUSHDB", "[\"v\", +OK, :1]");
    IS(db, s, "api.there k FLUSHALL", "[:1, +OK, :1]");
    IS(db, s, "api.there k APPEND k x", "[:1, :1, \"x\"]");
    IS(db, s, "GET k", "\"x\"");
    IS(db, s, "api.there k RESET", "[\"x\", +RESET, :1]");
    finish(db);
}

/* ---- kv_call_reply ------------------------------------------------------ */

/* Runs its arguments and answers with the tree as text. */
static void ask_inside(kv_call *c) {
    kv_slice argv[16];
    size_t n = kv_call_argc(c) - 1;
    text shown = {0};
    kv_reply *r = NULL;
    CHECK(n <= 16);
    for (size_t i = 0; i < n; i++) argv[i] = kv_call_arg(c, i + 1);
    OK(kv_call_reply(c, n, argv, &r));
    show_reply(&shown, r);
    kv_reply_free(kv_call_kv(c), r);
    kv_put_string(c, S(shown.p));
    text_free(&shown);
}

static const kv_command ask_row = {"api.ask", ask_inside, -2,  0,   "",  "api",
                                   "1.0.0",   "O(1)",     ".", "a", NULL};

static void inner_is(kv *db, const char *line, const char *tree) {
    char outer[150], wire[200], quoted[200];
    text t = {0};
    text_quote(&t, tree, strlen(tree));
    snprintf(outer, sizeof outer, "api.ask %s", line);
    CHECK(t.n < sizeof quoted);
    memcpy(quoted, t.p, t.n + 1);
    snprintf(wire, sizeof wire, "$%d\r\n%s\r\n", (int)strlen(tree), tree);
    everywhere(db, outer, quoted, wire, wire);
    text_free(&t);
}

static void inner_replies(void) {
    kv *db = fresh(NULL);
    OK(kv_add_command(db, &put_row));
    OK(kv_add_command(db, &ask_row));
    for (size_t i = 0; i < KINDS; i++) {
        char line[64];
        snprintf(line, sizeof line, "api.put %s", kinds[i].kind);
        inner_is(db, line, kinds[i].tree);
    }
    inner_is(db, "PING", "+PONG");
    inner_is(db, "DEBUG PROTOCOL attrib",
             "\"Some real reply following the attribute\"");
    inner_is(db, "GET nope", "nil");
    inner_is(db, "ECHO \"a b\"", "\"a b\"");
    /* errors are replies */
    inner_is(db, "NOPE x",
             "-ERR unknown command 'NOPE', with args beginning with: 'x' ");
    inner_is(db, "GET", "-ERR wrong number of arguments for 'get' command");
    inner_is(db, "CLIENT NOPE",
             "-ERR unknown subcommand 'NOPE'. Try CLIENT HELP.");
    OK(put(db, "k", "text"));
    inner_is(db, "INCR k", "-ERR value is not an integer or out of range");
    inner_is(db, "api.ask GET k", "\"\\x22text\\x22\"");
    finish(db);
}

static void ask_badly(kv_call *c) {
    kv_slice ping[] = {{"PING", 4}, {NULL, 0}};
    kv_slice broken[] = {{"ECHO", 4}, {NULL, 3}};
    kv_slice set[] = {{"SET", 3}, {"k", 1}, {NULL, 0}};
    kv_reply *r = (kv_reply *)(void *)ping;
    EQ(kv_call_reply(c, 1, ping, NULL), KV_ARG);
    EQ(kv_call_reply(c, 0, ping, &r), KV_ARG);
    CHECK(!r);
    r = (kv_reply *)(void *)ping;
    EQ(kv_call_reply(c, 1, NULL, &r), KV_ARG);
    CHECK(!r);
    r = (kv_reply *)(void *)ping;
    EQ(kv_call_reply(c, 2, broken, &r), KV_ARG);
    CHECK(!r);
    EQ(kv_call_exec(c, 0, ping), KV_ARG);
    EQ(kv_call_exec(c, 1, NULL), KV_ARG);
    EQ(kv_call_exec(c, 2, broken), KV_ARG);
    /* none of them was a reply; an empty string may be NULL */
    kv_put_array(c, 2);
    OK(kv_call_reply(c, 3, set, &r));
    EQ(r->type, KV_SIMPLE);
    kv_reply_free(kv_call_kv(c), r);
    OK(kv_call_reply(c, 2, ping, &r));
    EQ(r->type, KV_STRING);
    EQ(r->len, 0);
    kv_reply_free(kv_call_kv(c), r);
    OK(kv_call_exec(c, 1, ping));
    kv_put_int(c, 1);
}

static void inner_arguments(void) {
    kv *db = fresh(NULL);
    kv_command row = row_of("api.badly", ask_badly, 1, KV_WRITE, NULL);
    OK(kv_add_command(db, &row));
    OK(kv_add_command(db, &ask_row));
    everywhere(db, "api.badly", "[+PONG, :1]", "*2\r\n+PONG\r\n:1\r\n",
               "*2\r\n+PONG\r\n:1\r\n");
    IS(db, NULL, "STRLEN k", ":0");
    finish(db);
}

/* Replies in between that are large, kept, or put into one's own. */
static void mix(kv_call *c) {
    kv_slice keys[] = {{"KEYS", 4}, {"*", 1}};
    kv_slice one[] = {{"INCR", 4}, {"n", 1}};
    kv_slice few[40];
    kv_reply **kept = (kv_reply **)kv_call_ctx(c), *r, *s;
    kv *db = kv_call_kv(c);
    kv_put_map(c, 2);
    kv_put_simple(c, "keys");
    OK(kv_call_reply(c, 2, keys, &r));
    EQ(r->type, KV_ARRAY);
    OK(kv_call_reply(c, 2, one, &s));
    kv_put_array(c, 3);
    OK(kv_call_exec(c, 2, one));
    kv_put_int(c, (int64_t)r->count);
    OK(kv_call_reply(c, 2, keys, kept)); /* for after the call */
    kv_put_int(c, s->integer);
    kv_reply_free(db, s);
    few[0] = S("MGET"); /* more arguments than a command usually has */
    for (int i = 1; i < 40; i++) few[i] = S("n");
    OK(kv_call_reply(c, 40, few, &s));
    EQ(s->count, 39);
    kv_put_string(c, S(s->items[38].str));
    OK(kv_call_exec(c, 3, few));
    kv_reply_free(db, r);
    kv_reply_free(db, s);
}

static void inner_mixed(void) {
    kv *db = fresh(NULL);
    kv_reply *kept = NULL;
    kv_command row = row_of("api.mix", mix, 1, KV_WRITE, &kept);
    OK(kv_add_command(db, &row));
    for (int i = 0; i < 9999; i++) OK(kv_set(db, 0, &i, sizeof i, "v", 1, 0));
    OK(put(db, "n", "0"));
    IS(db, NULL, "api.mix", "{+keys: [:2, :10000, :1], \"2\": [\"2\", \"2\"]}");
    EQ(kept->count, 10000);
    kv_reply_free(db, kept);
    kv_session *s = session(db);
    WIRE(s, "PING\r\napi.mix\r\nPING\r\n",
         "+PONG\r\n*4\r\n+keys\r\n*3\r\n:4\r\n:10000\r\n:3\r\n$1\r\n4\r\n"
         "*2\r\n$1\r\n4\r\n$1\r\n4\r\n+PONG\r\n");
    kv_reply_free(db, kept);
    finish(db);
}

/* Calls itself until it is told that this is too deep. */
typedef struct well {
    int by_reply, level, deepest, refused;
} well;

static void dig(kv_call *c) {
    well *w = (well *)kv_call_ctx(c);
    kv_slice self[] = {{"api.dig", 7}}, incr[] = {{"INCR", 4}, {"n", 1}};
    kv_reply *r = (kv_reply *)(void *)incr;
    int rc;
    CHECK(++w->level < 1000);
    if (w->level > w->deepest) w->deepest = w->level;
    if (w->by_reply) {
        rc = kv_call_reply(c, 1, self, &r);
        if (rc == KV_OK) {
            EQ(r->type, KV_INTEGER);
            kv_put_int(c, r->integer + 1);
            kv_reply_free(kv_call_kv(c), r);
        }
    } else {
        rc = kv_call_exec(c, 1, self);
    }
    if (rc != KV_OK) {
        EQ(rc, KV_TOOBIG);
        if (w->by_reply) CHECK(!r);
        w->refused++;
        EQ(kv_call_reply(c, 2, incr, &r), KV_TOOBIG);
        CHECK(!r);
        EQ(kv_call_exec(c, 2, incr), KV_TOOBIG);
        kv_put_int(c, 1);
    }
    w->level--;
}

static void inner_too_deep(void) {
    kv *db = fresh(NULL);
    well w = {0, 0, 0, 0};
    kv_command row = row_of("api.dig", dig, 1, KV_WRITE, &w);
    OK(kv_add_command(db, &row));
    everywhere(db, "api.dig", ":1", ":1\r\n", ":1\r\n");
    EQ(w.level, 0);
    EQ(w.refused, 9); /* once for each call */
    CHECK(w.deepest >= 4);
    char tree[16], wire[16];
    int depth = w.deepest;
    memset(&w, 0, sizeof w);
    w.by_reply = 1;
    snprintf(tree, sizeof tree, ":%d", depth);
    snprintf(wire, sizeof wire, ":%d\r\n", depth);
    everywhere(db, "api.dig", tree, wire, wire);
    EQ(w.deepest, depth);
    IS(db, NULL, "EXISTS n", ":0");
    finish(db);
}

/* ---- Inner commands and the session ------------------------------------- */

static void inner_session(void) {
    kv *db = fresh(NULL);
    kv_command look = row_of("api.view", view_keys, -2, KV_NO_AUTH, NULL);
    kv_command ask = ask_row;
    ask.flags = KV_NO_AUTH;
    OK(kv_add_command(db, &ask));
    OK(kv_add_command(db, &look));
    kv_session *s = session(db);
    IS(db, s, "api.ask CLIENT SETNAME me", "\"+OK\"");
    IS(db, s, "CLIENT GETNAME", "\"me\"");
    IS(db, NULL, "CLIENT GETNAME", "nil");
    IS(db, s, "api.ask SELECT 3", "\"+OK\"");
    IS(db, s, "api.ask SET k three", "\"+OK\"");
    IS(db, s, "api.view k", "[\"three\"]");
    IS(db, NULL, "api.view k", "[:1]");
    CHECK(run_int(db, s, "CLIENT ID") != run_int(db, NULL, "CLIENT ID"));

    /* the protocol: the next reply is in it */
    CHECK(strstr(feed(s, "api.ask HELLO 3\r\n", 17), "proto"));
    WIRE(s, "GET nope\r\n", "_\r\n");
    CHECK(strstr(feed(s, "api.ask HELLO 2\r\n", 17), "proto"));
    WIRE(s, "GET nope\r\n", "$-1\r\n");

    /* the end: the reply is still heard */
    IS(db, NULL, "api.ask QUIT", "\"+OK\"");
    IS(db, NULL, "api.ask PING", "\"+PONG\"");
    EQ(kv_feed(s, "api.ask QUIT\r\nPING\r\n", 20), KV_CLOSED);
    text out = {0};
    take(s, &out, SIZE_MAX);
    SAME(out.p, "$3\r\n+OK\r\n");
    text_free(&out);
    kv_session_close(s);

    /* nothing of what is said inside while replies are off is heard */
    s = session(db);
    WIRE(s, "CLIENT REPLY OFF\r\napi.ask PING\r\napi.ask SET k v\r\n", "");
    WIRE(s, "CLIENT REPLY ON\r\napi.ask GET k\r\n", "+OK\r\n$3\r\n\"v\"\r\n");
    WIRE(s, "CLIENT REPLY SKIP\r\napi.ask PING\r\napi.ask PING\r\n",
         "$5\r\n+PONG\r\n");

    /* a password is asked for inside as well */
    OK(kv_config(db, "requirepass", "secret"));
    kv_session *t = session(db);
    IS(db, t, "api.ask GET k", "\"-NOAUTH Authentication required.\"");
    IS(db, t, "api.ask AUTH secret", "\"+OK\"");
    IS(db, t, "api.ask GET k", "\"\\x22v\\x22\"");
    finish(db);
}

/* ---- Records and events of inner commands ------------------------------- */

static void note_record(void *ctx, int dbnum, const void *resp, size_t n) {
    text *t = (text *)ctx;
    char head[16];
    snprintf(head, sizeof head, "%d:", dbnum);
    text_puts(t, head);
    text_add(t, resp, n);
}

static void work_inside(kv_call *c) {
    kv_slice set[] = {{"SET", 3}, {"a", 1}, {"1", 1}, {"EX", 2}, {"100", 3}};
    kv_slice incr[] = {{"INCR", 4}, {"a", 1}};
    kv_slice pick[] = {{"SELECT", 6}, {"2", 1}};
    kv_slice get[] = {{"GET", 3}, {"a", 1}};
    kv_slice wrong[] = {{"INCR", 4}, {"b", 1}};
    kv_slice append[] = {{"APPEND", 6}, {"b", 1}, {"x", 1}};
    kv *db = kv_call_kv(c);
    kv_reply *r;
    kv_put_array(c, 3);
    OK(kv_call_reply(c, 5, set, &r));
    kv_reply_free(db, r);
    OK(kv_call_exec(c, 2, incr));
    OK(kv_call_reply(c, 2, get, &r));
    kv_reply_free(db, r);
    OK(kv_call_reply(c, 2, pick, &r));
    kv_reply_free(db, r);
    OK(kv_call_exec(c, 3, append));
    OK(kv_call_exec(c, 2, wrong)); /* changes nothing */
    pick[1] = S("0");
    OK(kv_call_reply(c, 2, pick, &r));
    kv_reply_free(db, r);
}

static void inner_records(void) {
    static const char want[] =
        "0:*5\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n$4\r\nPXAT\r\n$13\r\n"
        "1700000100000\r\n0:*2\r\n$4\r\nINCR\r\n$1\r\na\r\n"
        "2:*3\r\n$6\r\nAPPEND\r\n$1\r\nb\r\n$1\r\nx\r\n";
    fake f = FAKE_START;
    kv *db = fresh(&f);
    kv_command row = row_of("api.work", work_inside, 1, KV_WRITE, NULL);
    OK(kv_add_command(db, &row));
    OK(kv_add_command(db, &ask_row));
    text records = {0}, events = {0};
    kv_on_change(db, note_record, &records);
    kv_on_event(db, note_event, &events);
    IS(db, NULL, "api.work",
       "[:2, :1, -ERR value is not an integer or out of range]");
    CHECK(records.n);
    SAME(quote(records.p, records.n), quote(want, sizeof want - 1));
    SAME(events.p, "0:set a;0:expire a;0:incrby a;2:append b;");
    IS(db, NULL, "FLUSHALL", "+OK");
    text_free(&records);
    text_free(&events);

    /* the same from a session, two levels down; readers leave no record */
    kv_session *s = session(db);
    feed(s, "api.ask api.ask api.work\r\n", 26);
    SAME(quote(records.p, records.n), quote(want, sizeof want - 1));
    SAME(events.p, "0:set a;0:expire a;0:incrby a;2:append b;");
    text_free(&records);
    text_free(&events);
    IS(db, s, "api.ask GET a", "\"\\x222\\x22\"");
    IS(db, s, "api.ask SET a 1 NX", "\"nil\"");
    EQ(records.n + events.n, 0);
    kv_on_change(db, NULL, NULL);
    kv_on_event(db, NULL, NULL);
    finish(db);
}

static const test tests[] = {
    T(replies_in_memory),
    T(replies_over_a_socket),
    T(arguments),
    T(arity),
    T(introspection),
    T(subcommands),
    T(flags),
    T(bad_rows),
    T(calls),
    T(instance_database_time),
    T(view),
    T(view_expired),
    T(view_after_select),
    T(inner_replies),
    T(inner_arguments),
    T(inner_mixed),
    T(inner_too_deep),
    T(inner_session),
    T(inner_records),
};
MAIN(tests)
