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
    if (kv_add_command(db, row) == KV_MISUSE) return;
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
    EQ(kv_add_command(db, &row), KV_MISUSE);
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
};
MAIN(tests)
