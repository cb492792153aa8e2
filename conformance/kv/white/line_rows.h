/* Commands for the tests of hints: what a server has may change, these do not.
 * Include behind kv.c. */

static void rows_nothing(kv_call *c) { kv_put_nil(c); }

#define ROW(name, group, summary, args)                                       \
    {                                                                         \
        name, rows_nothing, -1, 0, "", group, "1.0.0", "O(1)", summary, args, \
            NULL                                                              \
    }

static const kv_command ROWS_DEMO[] = {
    ROW("put", "text", "Stores a value.",
        "key value [NX|XX|IFEQ comparison] [GET] [EX seconds|PX milliseconds|"
        "PXAT unix-time|KEEPTTL]"),
    ROW("putex", "text", "Stores a value for a while.", "key seconds value"),
    ROW("putrange", "text", "Stores a piece.", "key offset value"),
    ROW("pull", "text", "Takes a value.", "key"),
    ROW("fetch", "text", "Reads a value.", "key"),
    ROW("fetchrange", "text", "Reads a piece.", "key start end"),
    ROW("mput", "text", "Stores values.", "(key value) ..."),
    ROW("drop", "all", "Deletes keys.", "key ..."),
    ROW("walk", "all", "Lists keys.",
        "cursor [MATCH pattern] [COUNT count] [TYPE type]"),
    ROW("visitor", "guests", "Has to do with visitors.", ""),
    ROW("visitor|kill", "guests", "Sends them away.",
        "filter=(ip:port|new-format=([ID client-id]|[TYPE "
        "kinds=(NORMAL|MASTER)]|[USER username]) ...)"),
    ROW("visitor|list", "guests", "Lists them.",
        "[TYPE (NORMAL|MASTER)] [ID id={client-id ...}]"),
    ROW("visitor|id", "guests", "Tells who you are.", ""),
    ROW("visitor|reply", "guests", "Talks or not.", "(ON|OFF|SKIP)"),
    ROW("visitor|setinfo", "guests", "Takes a note.",
        "attr=(LIB-NAME libname)"),
    ROW("visitor|setname", "guests", "Takes a name.", "connection-name"),
    ROW("xput", "logs", "Adds.",
        "key [NOMKSTREAM] [{MAXLEN|MINID} [equal==|approximately=~] threshold "
        "[LIMIT count]]"),
    ROW("zsum", "sums", "Adds up.",
        "numkeys key ... [WEIGHTS weight ...] [AGGREGATE {SUM|MIN|MAX}] "
        "[WITHSCORES]"),
    ROW("some", "all", "Picks.", "key [(count [WITHVALUES])]"),
    ROW("run", "all", "Runs.", "script numkeys [key ...] [arg ...]"),
    ROW("nested", "all", "Has options inside an option.", "[([A] [B] c)] last"),
    ROW("await", "waits", "Waits.", "key ... timeout")};

/* The reply of COMMAND DOCS for these, in RESP3's types. */
static kv_reply *rows_docs(kv *k) {
    kv_slice argv[COUNT(ROWS_DEMO) + 2] = {{"COMMAND", 7}, {"DOCS", 4}};
    kv_reply *r = NULL;
    size_t i, n = 2;
    for (i = 0; i < COUNT(ROWS_DEMO); i++) {
        if (kv_add_command(k, &ROWS_DEMO[i]) != KV_OK) return NULL;
        if (strchr(ROWS_DEMO[i].name, '|')) continue;
        argv[n].p = ROWS_DEMO[i].name;
        argv[n++].n = strlen(ROWS_DEMO[i].name);
    }
    kv_exec(k, NULL, n, argv, &r);
    return r;
}
