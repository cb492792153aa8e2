/* Tests of the line editor, the history and the hints, without a terminal.
 *
 *     cc -std=c99 -DKV_DEBUG=1 -I. conformance/kv/white/line_test.c -lm -pthread
 *
 * Without arguments every test runs; with names those; --list prints the names.
 * The seed of all random choices is fixed; KV_WHITE_SEED=N takes another,
 * KV_WHITE_MORE=N runs N times as many.
 */
#define KV_MAIN 1
#define main kv_program
#include "../../../kv.c"
#undef main
#include "line_rows.h"

/* ---- Checks ------------------------------------------------------------ */

static char where[400]; /* what was being done, shown with a failure */

static void fail_at(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: %s%s%s\n", file, line, what, *where ? ": " : "",
            where);
    abort();
}

#define CHECK(x) ((x) ? (void)0 : fail_at(__FILE__, __LINE__, #x))
#define EQ(got, want) \
    eq_at(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))

static void eq_at(const char *file, int line, const char *what, long long got,
                  long long want) {
    char text[200];
    if (got == want) return;
    snprintf(text, sizeof text, "%s is %lld, not %lld", what, got, want);
    fail_at(file, line, text);
}

#define SAME(got, want) same_at(__FILE__, __LINE__, got, want)

static void same_at(const char *file, int line, str got, str want) {
    char text[2000];
    if (str_eq(got, want)) return;
    snprintf(text, sizeof text, "\n  got  \"%.*s\"\n  want \"%.*s\"",
             (int)min_z(got.n, 900), got.n ? (const char *)got.p : "",
             (int)min_z(want.n, 900), want.n ? (const char *)want.p : "");
    fail_at(file, line, text);
}

static u64 rnd_state = 88172645463325252u;

static u64 rnd(void) {
    rnd_state ^= rnd_state << 13;
    rnd_state ^= rnd_state >> 7;
    rnd_state ^= rnd_state << 17;
    return rnd_state * 0x2545f4914f6cdd1du;
}

static size_t below(size_t n) { return (size_t)(rnd() >> 16) % n; }

static size_t more = 1; /* times as many random cases */

/* ---- A heap, and text of all kinds ------------------------------------- */

static mem test_mem;
static heap test_heap;

static i64 alloc_left = INT64_MAX; /* so many more blocks can be had */

static void *scarce_alloc(void *ctx, void *p, size_t old, size_t n) {
    if (n > old && alloc_left-- <= 0) return NULL;
    return sys_alloc(ctx, p, old, n);
}

static void heap_start(void) {
    memset(&test_mem, 0, sizeof test_mem);
    mem_init(&test_mem);
    test_mem.alloc = scarce_alloc;
    heap_init(&test_heap, &test_mem);
}

/* Everything must have been freed. */
static void heap_end(void) {
    EQ(test_mem.used, 0);
    heap_drop(&test_heap);
    while (mem_reap(&test_mem)) {
    }
    EQ(test_mem.held, 0);
}

static const char *const PIECES[] = {
    "a", "b", "get", " ", "  ", ":", "\"", "\xc3\xa9", "\xe2\x82\xac",
    "e\xcc\x81", "\xcc\x81", "\xe4\xb8\xad", "\xf0\x9f\x98\x80",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xa7", "\xff", "\xc3", "\xa9",
    "\xe2\x82", "\xf0\x9f", "\x01", "\x1b", "\x7f", "\t", "\xc2\x9b",
    "\xe2\x80\xae", "\xef\xbb\xbf", "\xed\xa0\x80", "\xc0\x80",
    "\xf4\x90\x80\x80", "\xef\xbd\x81", "Z", "0", "-", "\xe0\xb8\x81\xe0\xb8\xb4"};

/* Up to `most` pieces at p (room for 12 bytes each). */
static str any_text(u8 *p, size_t most) {
    size_t n = 0, i, count = below(most + 1);
    for (i = 0; i < count; i++) {
        const char *s = PIECES[below(COUNT(PIECES))];
        memcpy(p + n, s, strlen(s));
        n += strlen(s);
        if (below(40) == 0) p[n++] = (u8)below(256);
    }
    for (i = 0; i < n; i++)
        if (p[i] == '\n' || p[i] == '\r') p[i] = 'x';
    return str_of(p, n);
}

/* ---- Text -------------------------------------------------------------- */

/* What is shown must be printable as it is, and as wide as was said. */
static void check_shown(str s, size_t width) {
    size_t i = 0, n, cols = 0;
    u32 c;
    while (i < s.n) {
        n = term_utf8(s.p + i, s.n - i, &c);
        CHECK(n > 0);
        CHECK(c >= 0x20 && (c < 0x7f || c >= 0xa0));
        CHECK(c != 0x202e && c != 0xfeff && c != 0x2028);
        cols += term_code_width(c);
        CHECK(term_code_width(c) <= 2);
        i += n;
    }
    EQ(cols, width);
}

static void test_glyphs(void) {
    static const struct {
        const char *text, *shown;
        size_t n, width;
    } rows[] = {{"a", "a", 1, 1},
                {"~", "~", 1, 1},
                {"\x01", "^A", 1, 2},
                {"\x1b", "^[", 1, 2},
                {"\x7f", "^?", 1, 2},
                {"\x80", "\\x80", 1, 4},
                {"\xff", "\\xff", 1, 4},
                {"\xc3\xa9", "\xc3\xa9", 2, 1},
                {"\xc2\x9b", "\\xc2\\x9b", 2, 8},
                {"\xe4\xb8\xad", "\xe4\xb8\xad", 3, 2},
                {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 4, 2},
                {"\xcc\x81", "\\xcc\\x81", 2, 8}, /* nothing to stand on */
                {"\xe2\x80\xae", "\\xe2\\x80\\xae", 3, 12},
                {"\xed\xa0\x80", "\\xed", 1, 4}, /* a surrogate */
                {"\xc0\x80", "\\xc0", 1, 4},     /* longer than it need be */
                {"\xf4\x90\x80\x80", "\\xf4", 1, 4},
                {"\xe2\x82", "\\xe2", 1, 4}};
    size_t i;
    u32 c;
    for (i = 0; i < COUNT(rows); i++) {
        struct term_glyph g = term_glyph(str_c(rows[i].text), 0);
        EQ(g.n, rows[i].n);
        EQ(g.width, rows[i].width);
        SAME(str_of(g.p, g.len), str_c(rows[i].shown));
    }
    for (i = 1; i < COUNT(TERM_RANGES); i++)
        CHECK(TERM_RANGES[i].first > TERM_RANGES[i - 1].last);
    for (c = 0; c < 0x110000; c++) CHECK(term_code_width(c) <= 9);
    EQ(term_code_width(0x3042), 2);
    EQ(term_code_width(0x301), 0);
    EQ(term_code_width(0x3ff), 1);
}

/* The places between units, found from the start on. */
static size_t places_of(str s, size_t *v) {
    size_t n = 0, i = 0;
    v[n++] = 0;
    while (i < s.n) {
        i = term_next(s, i);
        v[n++] = i;
    }
    return n;
}

static void test_places(void) {
    u8 b[400];
    size_t v[401], n, i, k, round;
    for (round = 0; round < 4000 * more; round++) {
        str s = any_text(b, 20);
        buf out = {NULL, 0, 0};
        size_t room = below(60), all = room, from;
        n = places_of(s, v);
        EQ(v[n - 1], s.n);
        for (i = 1; i < n; i++) {
            EQ(term_prev(s, v[i]), v[i - 1]);
            for (k = v[i - 1] + 1; k <= v[i]; k++) EQ(term_snap(s, k), v[i]);
        }
        EQ(term_snap(s, 0), 0);
        from = term_show(&test_heap, &out, s, 0, &room);
        check_shown(str_of(out.p, out.n), all - room);
        EQ(term_columns(s, 0, from), all - room);
        CHECK(from == s.n || term_glyph(s, from).width > room);
        buf_free(&test_heap, &out);
    }
}

static void test_view(void) {
    u8 b[600];
    size_t v[601], n, i, round;
    for (round = 0; round < 3000 * more; round++) {
        str s = any_text(b, 40);
        size_t room = below(30);
        n = places_of(s, v);
        for (i = 0; i < n; i++) {
            size_t col = room, from = term_view(s, v[i], &col);
            CHECK(from <= v[i]);
            CHECK(col <= room);
            EQ(term_snap(s, from), from);
            EQ(term_columns(s, 0, v[i]) - term_columns(s, 0, from), col);
            if (term_columns(s, 0, v[i]) <= room) EQ(from, 0);
        }
    }
}

/* ---- Keys -------------------------------------------------------------- */

static const struct {
    const char *bytes;
    int key;
} KEYS[] = {{"\x1b[A", TERM_UP},
            {"\x1bOA", TERM_UP},
            {"\x1b[B", TERM_DOWN},
            {"\x1b[C", TERM_RIGHT},
            {"\x1bOD", TERM_LEFT},
            {"\x1b[1;5C", TERM_WORD_RIGHT},
            {"\x1b[1;5D", TERM_WORD_LEFT},
            {"\x1b[1;3D", TERM_WORD_LEFT},
            {"\x1b[1;2D", TERM_LEFT},
            {"\x1b[5D", TERM_WORD_LEFT},
            {"\x1bOd", TERM_WORD_LEFT},
            {"\x1b\x1b[C", TERM_WORD_RIGHT},
            {"\x1b[H", TERM_HOME},
            {"\x1bOF", TERM_END},
            {"\x1b[1~", TERM_HOME},
            {"\x1b[7~", TERM_HOME},
            {"\x1b[4~", TERM_END},
            {"\x1b[8~", TERM_END},
            {"\x1b[3~", TERM_DELETE},
            {"\x1b[3;5~", TERM_WORD_DELETE},
            {"\x1b[3^", TERM_WORD_DELETE},
            {"\x1b[Z", TERM_BACK_TAB},
            {"\x1b[200~", TERM_PASTE},
            {"\x1b[2~", TERM_NOTHING},
            {"\x1b[15~", TERM_NOTHING},
            {"\x1b[[A", TERM_NOTHING},
            {"\x1bOP", TERM_NOTHING},
            {"\x1b[?1;2c", TERM_WORD_RIGHT},
            {"\x1b" "b", TERM_ALT + 'b'},
            {"\x1b" "B", TERM_ALT + 'b'},
            {"\x1b\x7f", TERM_ALT + 127},
            {"\x01", 1},
            {"\r", '\r'},
            {"\x7f", 127},
            {"abc", TERM_TEXT},
            {"\xc3\xa9", TERM_TEXT}};

static void test_keys(void) {
    size_t i, n, used;
    int key;
    for (i = 0; i < COUNT(KEYS); i++) {
        str s = str_c(KEYS[i].bytes);
        snprintf(where, sizeof where, "row %d", (int)i);
        EQ(term_key(s, 0, &key), s.n);
        EQ(key, KEYS[i].key);
        for (n = 0; *s.p == 27 && n < s.n; n++)
            EQ(term_key(str_of(s.p, n), 0, &key), 0);
        for (n = 1; *s.p == 27 && n < s.n; n++) {
            used = term_key(str_of(s.p, n), 1, &key);
            CHECK(used > 0 && used <= n);
        }
    }
    *where = 0;
}

static void test_any_bytes_are_keys(void) {
    static const u8 often[] = "\x1b\x1b[[O;;0123456789~ABCDHFZ\x7f\x80 a";
    u8 b[80];
    size_t round, i, used;
    int key;
    for (round = 0; round < 20000 * more; round++) {
        str s = str_of(b, below(sizeof b));
        for (i = 0; i < s.n; i++)
            b[i] = below(8) ? often[below(sizeof often - 1)] : (u8)below(256);
        while (s.n) {
            used = term_key(s, 0, &key);
            if (!used) {
                CHECK(s.n <= TERM_SEQUENCE + 3);
                used = term_key(s, 1, &key);
            }
            CHECK(used > 0 && used <= s.n);
            s = str_of(s.p + used, s.n - used);
        }
    }
}

/* ---- Editing against a model ------------------------------------------- */

/* The model keeps the line as bytes and finds places from the start on. */
struct model {
    u8 text[4000], kill[4000];
    size_t n, at, kill_n;
    int killed; /* by the key before */
};

static str model_str(const struct model *m) { return str_of(m->text, m->n); }

/* The first place from `at` on. */
static size_t model_snap(const struct model *m, size_t at) {
    size_t v[4001], n = places_of(model_str(m), v), i;
    for (i = 0; i < n; i++)
        if (v[i] >= at) return v[i];
    return m->n;
}

static size_t model_step(const struct model *m, size_t at, int step) {
    size_t v[4001], n = places_of(model_str(m), v), i;
    for (i = 0; v[i] != at; i++) CHECK(i < n);
    if (step < 0) return i ? v[i - 1] : 0;
    return i + 1 < n ? v[i + 1] : at;
}

static int model_letter(u8 c) {
    return num_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c >= 0x80;
}

static size_t model_word(const struct model *m, int step, int blanks) {
    size_t i = m->at;
#define IN(c) (blanks ? (c) != ' ' : model_letter(c))
    if (step < 0) {
        while (i && !IN(m->text[i - 1])) i--;
        while (i && IN(m->text[i - 1])) i--;
    } else {
        while (i < m->n && !IN(m->text[i])) i++;
        while (i < m->n && IN(m->text[i])) i++;
    }
    return model_snap(m, i);
}

static void model_cut(struct model *m, size_t a, size_t b) {
    size_t from = min_z(a, b), to = max_z(a, b);
    if (from == to) return;
    memmove(m->text + from, m->text + to, m->n - to);
    m->n -= to - from;
    m->at = model_snap(m, from);
}

static void model_kill(struct model *m, size_t to, int was) {
    size_t a = min_z(m->at, to), n = max_z(m->at, to) - a;
    u8 cut[4000];
    memcpy(cut, m->text + a, n);
    if (n) {
        if (!was) m->kill_n = 0;
        if (to < m->at) {
            memmove(m->kill + n, m->kill, m->kill_n);
            memcpy(m->kill, cut, n);
        } else {
            memcpy(m->kill + m->kill_n, cut, n);
        }
        m->kill_n += n;
    }
    m->killed = 1;
    model_cut(m, m->at, to);
}

static void model_insert(struct model *m, str s) {
    if (s.n == 0) return;
    memmove(m->text + m->at + s.n, m->text + m->at, m->n - m->at);
    memcpy(m->text + m->at, s.p, s.n);
    m->n += s.n;
    m->at = model_snap(m, m->at + s.n);
}

static void model_swap(struct model *m) {
    size_t b = model_step(m, m->at, 1), mid = m->at, a, i;
    u8 t[4000];
    if (b == mid) mid = model_step(m, mid, -1);
    a = model_step(m, mid, -1);
    if (a == mid) return;
    for (i = 0; i < b - mid; i++) t[i] = m->text[mid + i];
    for (i = 0; i < mid - a; i++) t[b - mid + i] = m->text[a + i];
    memcpy(m->text + a, t, b - a);
    m->at = model_snap(m, b);
}

static void model_key(struct model *m, const char *key, str s) {
    int was = m->killed;
    m->killed = 0;
    if (s.n) model_insert(m, s);
    else if (!strcmp(key, "\x01") || !strcmp(key, "\x1b[H")) m->at = 0;
    else if (!strcmp(key, "\x05") || !strcmp(key, "\x1b[F")) m->at = m->n;
    else if (!strcmp(key, "\x02") || !strcmp(key, "\x1b[D"))
        m->at = model_step(m, m->at, -1);
    else if (!strcmp(key, "\x06") || !strcmp(key, "\x1b[C"))
        m->at = model_step(m, m->at, 1);
    else if (!strcmp(key, "\x08") || !strcmp(key, "\x7f"))
        model_cut(m, model_step(m, m->at, -1), m->at);
    else if (!strcmp(key, "\x1b[3~"))
        model_cut(m, m->at, model_step(m, m->at, 1));
    else if (!strcmp(key, "\x1b" "b")) m->at = model_word(m, -1, 0);
    else if (!strcmp(key, "\x1b[1;5C")) m->at = model_word(m, 1, 0);
    else if (!strcmp(key, "\x0b")) model_kill(m, m->n, was);
    else if (!strcmp(key, "\x15")) model_kill(m, 0, was);
    else if (!strcmp(key, "\x17")) model_kill(m, model_word(m, -1, 1), was);
    else if (!strcmp(key, "\x1b\x7f")) model_kill(m, model_word(m, -1, 0), was);
    else if (!strcmp(key, "\x1b" "d")) model_kill(m, model_word(m, 1, 0), was);
    else if (!strcmp(key, "\x19")) model_insert(m, str_of(m->kill, m->kill_n));
    else if (!strcmp(key, "\x14")) model_swap(m);
}

static const char *const EDITS[] = {
    "\x01", "\x05", "\x02", "\x06", "\x02", "\x06", "\x08", "\x7f", "\x1b[H",
    "\x1b[F", "\x1b[D", "\x1b[C", "\x1b[3~", "\x1b" "b", "\x1b[1;5C", "\x0b",
    "\x15", "\x17", "\x1b\x7f", "\x1b" "d", "\x19", "\x14", "\x1b[15~", "\x00"};

/* Gives bytes to the editor; the result of the last key. */
static int feed(struct line *l, str s) {
    int rc = LINE_MORE;
    CHECK(buf_put(l->h, &l->term.in, s.p, s.n));
    while (rc == LINE_MORE) rc = line_step(l, 0);
    if (rc == LINE_WAIT && l->term.in_at < l->term.in.n)
        while ((rc = line_step(l, 1)) == LINE_MORE) {
        }
    return rc;
}

static int type(struct line *l, const char *keys) { return feed(l, str_c(keys)); }

/* What line_read() does first. */
static void begin(struct line *l, const char *prompt) {
    l->prompt = prompt;
    l->text.n = l->at = l->draft.n = l->out.n = 0;
    l->mode = LINE_EDIT;
    l->rc = LINE_MORE;
    l->past_at = l->past.count;
    l->killing = l->full = l->bell = l->nomem = 0;
}

static struct line test_line;

static struct line *start(const struct line_help *help) {
    heap_start();
    line_init(&test_line, &test_heap, help);
    begin(&test_line, "> ");
    return &test_line;
}

static void finish(struct line *l) {
    line_free(l);
    heap_end();
}

static str text_of(const struct line *l) { return str_of(l->text.p, l->text.n); }

static void test_edit_model(void) {
    static struct model m;
    struct line *l = start(NULL);
    size_t round;
    memset(&m, 0, sizeof m);
    for (round = 0; round < 20000 * more; round++) {
        u8 b[100];
        str s = str_of(b, 0);
        const char *key = EDITS[below(COUNT(EDITS))];
        if (below(3) == 0 && m.n < 1500) {
            size_t i, n = 0;
            s = any_text(b, 4);
            for (i = 0; i < s.n; i++) /* keys are not text */
                if (b[i] >= 0x20 && b[i] != 0x7f) b[n++] = b[i];
            s.n = n;
            if (n == 0) continue;
        } else if (!*key) {
            continue;
        }
        snprintf(where, sizeof where, "round %d, key %02x", (int)round,
                 s.n ? 0 : (u8)*key);
        if (m.n > 1500) key = "\x15";
        model_key(&m, key, s);
        EQ(s.n ? feed(l, s) : type(l, key), LINE_WAIT);
        SAME(text_of(l), model_str(&m));
        EQ(l->at, m.at);
        if (m.kill_n) SAME(line_str(&l->kill), str_of(m.kill, m.kill_n));
        if (m.kill_n > 1500) m.kill_n = l->kill.n = 0;
    }
    *where = 0;
    finish(l);
}

static void test_edit(void) {
    static const struct {
        const char *keys, *text;
        size_t at;
    } rows[] = {
        {"abc", "abc", 3},
        {"abc\x02X", "abXc", 3},
        {"a\xc3\xa9z\x02\x7f", "az", 1},
        {"ae\xcc\x81z\x02\x02", "ae\xcc\x81z", 1},
        {"ae\xcc\x81\x7f", "a", 1},
        {"one two three\x17\x17", "one ", 4},
        {"one two three\x17\x17\x19", "one two three", 13},
        {"one two three\x17\x02\x17\x19", "one two ", 7},
        {"a:bc:d\x1b" "b\x1b" "b", "a:bc:d", 2},
        {"a:bc:d\x1b\x7f\x1b\x7f", "a:", 2},
        {"one two\x01\x1b" "d\x1b" "d\x19\x19", "one twoone two", 14},
        {"abc\x14", "acb", 3},
        {"abc\x01\x14", "abc", 0},
        {"abc\x02\x02\x14", "bac", 2},
        {"\xc3\xa9\xe4\xb8\xad\x14", "\xe4\xb8\xad\xc3\xa9", 5},
        {"abc\x01\x04\x04", "c", 0},
        {"abc\x01\x06\x0b\x19\x19", "abcbc", 5},
        {"x\xff\x80y", "x\xff\x80y", 4},
        {"x\xff\x80y\x02\x7f", "x\xffy", 2},
        {"\xc3x\x02\x7f\x7f", "x", 0},
        {"\xc3", "\xc3", 1},
        {"ab\x1b[200~c\td\x1b[201~e", "abc\tde", 6},
        {"ab\x1b[200~\x1b[A\x03\x1b[201~", "ab\x1b[A\x03", 6},
        {"ab\x1b[200~x\x1b[201y\x1b[201~", "abx\x1b[201y", 9}};
    size_t i;
    for (i = 0; i < COUNT(rows); i++) {
        struct line *l = start(NULL);
        snprintf(where, sizeof where, "row %d", (int)i);
        EQ(type(l, rows[i].keys), LINE_WAIT);
        SAME(text_of(l), str_c(rows[i].text));
        EQ(l->at, rows[i].at);
        finish(l);
    }
    *where = 0;
}

static void test_ends(void) {
    struct line *l = start(NULL);
    EQ(type(l, "abc\rdef\r\nghi\n\n"), LINE_DONE);
    SAME(text_of(l), LIT("abc"));
    begin(l, "> ");
    EQ(feed(l, str_of("", 0)), LINE_DONE);
    SAME(text_of(l), LIT("def"));
    begin(l, "> ");
    EQ(feed(l, str_of("", 0)), LINE_DONE);
    SAME(text_of(l), LIT("ghi"));
    begin(l, "> ");
    EQ(feed(l, str_of("", 0)), LINE_DONE);
    SAME(text_of(l), LIT(""));
    begin(l, "> ");
    EQ(type(l, "abc\x03"), LINE_CANCEL);
    begin(l, "> ");
    EQ(type(l, "a\x04"), LINE_WAIT);
    EQ(type(l, "\x7f\x04"), LINE_END);
    finish(l);
}

static void test_paste_ends_lines(void) {
    static const char *const lines[] = {"one", "two\t", "", "three", "f\x1b[200~our"};
    struct line *l = start(NULL);
    size_t i;
    type(l, "\x1b[200~one\rtwo\t\r\n\nthree\nf\x1b[200~our\rlast\x1b[201~\x02X");
    for (i = 0; i < COUNT(lines); i++) {
        SAME(text_of(l), str_c(lines[i]));
        EQ(l->rc, LINE_DONE);
        begin(l, "> ");
        feed(l, str_of("", 0));
    }
    SAME(text_of(l), LIT("lasXt"));
    EQ(l->rc, LINE_MORE);
    finish(l);
}

/* The end of a paste, in two pieces anywhere, and one that does not come. */
static void test_paste_in_pieces(void) {
    static const char s[] = "\x1b[200~a\x1b[201~b";
    size_t i;
    for (i = 1; i < sizeof s - 1; i++) {
        struct line *l = start(NULL);
        int rc = LINE_MORE;
        CHECK(buf_put(l->h, &l->term.in, s, i));
        while (rc == LINE_MORE) rc = line_step(l, 0);
        EQ(rc, LINE_WAIT);
        EQ(feed(l, str_of(s + i, sizeof s - 1 - i)), LINE_WAIT);
        SAME(text_of(l), LIT("ab"));
        EQ(l->term.pasting, 0);
        finish(l);
    }
    start(NULL);
    type(&test_line, "\x1b[200~a\x1b[20");
    SAME(text_of(&test_line), LIT("a\x1b[20"));
    finish(&test_line);
}

/* What does not fit is dropped, and such a line is not entered. */
static void test_too_long(void) {
    struct line *l = start(NULL);
    size_t i;
    u8 *b = mem_try(&test_heap, 70000);
    memset(b, 'x', 70000);
    for (i = 0; i < LINE_MOST / 70000; i++) EQ(feed(l, str_of(b, 70000)), LINE_WAIT);
    EQ(l->text.n, i * 70000);
    EQ(l->full, 0);
    EQ(feed(l, str_of(b, 70000)), LINE_WAIT);
    EQ(l->text.n, i * 70000);
    EQ(type(l, "\r"), LINE_WAIT);
    EQ(type(l, "\x1b[A\r"), LINE_WAIT);
    EQ(type(l, "\x7f\r"), LINE_DONE);
    EQ(l->text.n, i * 70000 - 1);
    mem_free(&test_heap, b, 70000);
    finish(l);
}

/* ---- History ----------------------------------------------------------- */

static void remember(struct line *l, const char *s) { line_remember(l, str_c(s)); }

static void test_history(void) {
    struct line *l = start(NULL);
    remember(l, "one");
    remember(l, "two");
    remember(l, "two");
    remember(l, "");
    remember(l, "a\nb");
    remember(l, "three");
    EQ(l->past.count, 3);
    begin(l, "> ");
    type(l, "new\x02");
    type(l, "\x1b[A");
    SAME(text_of(l), LIT("three"));
    EQ(l->at, 5);
    type(l, "\x10\x10");
    SAME(text_of(l), LIT("one"));
    EQ(l->bell, 0);
    type(l, "\x10");
    SAME(text_of(l), LIT("one"));
    EQ(l->bell, 1);
    type(l, "!\x0e\x0e\x1b[B");
    SAME(text_of(l), LIT("new"));
    type(l, "\x0e");
    SAME(text_of(l), LIT("new"));
    type(l, "er\x10\x0e");
    SAME(text_of(l), LIT("newer"));
    finish(l);
}

static int is_password(void *ctx, str s) {
    (void)ctx;
    return s.n > 4 && str_is(str_of(s.p, 4), "auth");
}

static void test_secrets(void) {
    static const struct line_help help = {NULL, NULL, NULL, is_password};
    struct line *l = start(&help);
    remember(l, "AUTH secret");
    remember(l, "get a");
    EQ(l->past.count, 1);
    finish(l);
}

static void test_history_bounds(void) {
    struct line *l = start(NULL);
    size_t i;
    u8 *b = mem_try(&test_heap, LINE_MOST + 1);
    for (i = 0; i < 2500; i++) {
        char s[30];
        snprintf(s, sizeof s, "line %d", (int)i);
        remember(l, s);
    }
    EQ(l->past.count, PAST_LINES);
    SAME(past_get(&l->past, 0), LIT("line 1500"));
    memset(b, 'x', LINE_MOST + 1);
    for (i = 0; i < 9; i++) {
        b[0] = (u8)i + 'a';
        line_remember(l, str_of(b, LINE_MOST));
    }
    EQ(l->past.count, 4);
    CHECK(l->past.bytes <= PAST_BYTES);
    line_remember(l, str_of(b, LINE_MOST + 1));
    EQ(past_get(&l->past, 3).n, LINE_MOST);
    mem_free(&test_heap, b, LINE_MOST + 1);
    finish(l);
}

static size_t naive_find(str s, str what) {
    size_t i;
    for (i = 0; i + what.n <= s.n; i++)
        if (hint_same(str_of(s.p + i, what.n), what)) return i;
    return SIZE_MAX;
}

/* Ctrl-R finds what a search through all lines finds. */
static void test_search_model(void) {
    static const char *const parts[] = {"get", "set", "GET", " key", ":1", "x"};
    struct line *l = start(NULL);
    size_t round, i, k, n, at;
    for (round = 0; round < 500 * more; round++) {
        char s[60] = "", q[20] = "";
        str want = str_of("", 0), shown;
        for (i = below(4) + 1; i--;) strcat(s, parts[below(COUNT(parts))]);
        remember(l, s);
        begin(l, "> ");
        for (i = below(2) + 1; i--;) strcat(q, parts[below(COUNT(parts))]);
        type(l, "\x12");
        type(l, q);
        n = below(4);
        for (k = l->past.count, i = 0; i <= n; i++) {
            shown = want;
            while (k-- > 0) {
                want = past_get(&l->past, k);
                at = naive_find(want, str_c(q));
                if (at != SIZE_MAX && (i == 0 || !str_eq(want, shown))) break;
            }
            if (k == SIZE_MAX) break;
            if (i) type(l, "\x12");
            EQ(l->failed, 0);
            SAME(text_of(l), want);
            EQ(l->at, at);
        }
        if (k == SIZE_MAX) {
            if (i) type(l, "\x12");
            EQ(l->failed, 1);
            SAME(text_of(l), shown);
        }
        type(l, "\x07");
        EQ(l->mode, LINE_EDIT);
        EQ(l->text.n, 0);
    }
    finish(l);
}

static void test_search(void) {
    struct line *l = start(NULL);
    remember(l, "set a 1");
    remember(l, "get a");
    remember(l, "set b 2");
    remember(l, "get b");
    begin(l, "> ");
    type(l, "draft\x12set");
    SAME(text_of(l), LIT("set b 2"));
    type(l, "\x12");
    SAME(text_of(l), LIT("set a 1"));
    type(l, "\x13");
    SAME(text_of(l), LIT("set b 2"));
    type(l, " a");
    SAME(text_of(l), LIT("set a 1"));
    type(l, "\x7f\x7f");
    SAME(text_of(l), LIT("set b 2"));
    type(l, "\x7f\x7f\x7f");
    SAME(text_of(l), LIT("draft"));
    type(l, "zzz");
    EQ(l->failed, 1);
    SAME(text_of(l), LIT("draft"));
    type(l, "\x07");
    SAME(text_of(l), LIT("draft"));
    type(l, "\x12" "a 1\x05!");
    SAME(text_of(l), LIT("set a 1!"));
    EQ(l->mode, LINE_EDIT);
    type(l, "\x0e");
    SAME(text_of(l), LIT("get a"));
    type(l, "\x0e\x0e\x0e");
    SAME(text_of(l), LIT("draft"));
    type(l, "\x10\x10\x12" "a 1\x07");
    SAME(text_of(l), LIT("set b 2"));
    EQ(type(l, "\x12" "get a\r"), LINE_DONE);
    SAME(text_of(l), LIT("get a"));
    finish(l);
}

static void test_history_file(void) {
    struct line *l = start(NULL);
    char dir[] = "/tmp/line_test.XXXXXX", path[100], odd[100];
    struct stat st;
    FILE *f;
    int i, fd;
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/history", dir);
    snprintf(odd, sizeof odd, "%s/none/history", dir);
    line_load(l, path);
    line_save(l, odd);
    line_load(l, "/dev/zero");
    line_load(l, dir);
    line_save(l, dir);
    EQ(l->past.count, 0);
    remember(l, "get a");
    remember(l, "set \xff\x01\t");
    line_save(l, path);
    line_free(l);
    line_load(l, path);
    EQ(l->past.count, 2);
    SAME(past_get(&l->past, 1), LIT("set \xff\x01\t"));
    EQ(stat(path, &st), 0);
    EQ(st.st_mode & 07777, 0600);
    chmod(path, 0644);
    line_save(l, path);
    EQ(stat(path, &st), 0);
    EQ(st.st_mode & 07777, 0600);
    fd = open(path, O_WRONLY | O_TRUNC); /* no line feed at the end */
    EQ(write(fd, "x\n\ny", 4), 4);
    close(fd);
    line_free(l);
    line_load(l, path);
    EQ(l->past.count, 2);
    SAME(past_get(&l->past, 1), LIT("y"));
    f = fopen(path, "w");
    for (i = 0; i < 120000; i++) fprintf(f, "%059d\n", i);
    fclose(f);
    line_free(l);
    line_load(l, path);
    EQ(l->past.count, PAST_LINES);
    EQ(past_get(&l->past, 0).n, 59);
    SAME(str_of(past_get(&l->past, PAST_LINES - 1).p + 53, 6), LIT("119999"));
    unlink(path);
    rmdir(dir);
    finish(l);
}

/* ---- Completion -------------------------------------------------------- */

static size_t words_complete(void *ctx, str typed, size_t i, char *to,
                             size_t cap) {
    const char *const *w = ctx;
    for (; *w; w++) {
        str s = str_c(*w);
        if (s.n < typed.n || memcmp(s.p, typed.p, typed.n) || i--) continue;
        if (s.n > cap) return 0;
        memcpy(to, s.p, s.n);
        return s.n;
    }
    return 0;
}

static void test_completion(void) {
    static const char *words[] = {"get", "getdel", "getex", "set", "caf\xc3\xa9",
                                  "caf\xc3\xa8", NULL};
    static struct line_help help = {NULL, words_complete, NULL, NULL};
    struct line *l;
    static const struct {
        const char *keys, *text;
        size_t at;
    } rows[] = {
        {"s\t", "set ", 4},
        {"s a\x01\x06\t", "set a", 3},
        {"g\t", "get", 3},
        {"g\t\t", "get", 3},
        {"g\t\t\t", "getdel", 6},
        {"g\t\t\t\t", "getex", 5},
        {"g\t\t\t\t\t", "g", 1},
        {"g\t\t\t\t\t\t", "get", 3},
        {"g\t\x1b[Z", "getex", 5},
        {"g\t\x1b[Z\x1b[Z", "getdel", 6},
        {"g\t\t\t\x07", "g", 1},
        {"g\t\t\t x", "getdel x", 8},
        {"g tail\x01\x06\t\t\t", "getdel tail", 6},
        {"g tail\x01\x06\t\t\t\x07", "g tail", 1},
        {"x\t", "x", 1},
        {"c\t", "caf", 3},
        {"c\t\t\x7f", "caf", 3},
        {"\t", "", 0},
        {"\t\t", "get", 3}};
    size_t i;
    help.ctx = words;
    for (i = 0; i < COUNT(rows); i++) {
        snprintf(where, sizeof where, "row %d", (int)i);
        l = start(&help);
        type(l, rows[i].keys);
        SAME(text_of(l), str_c(rows[i].text));
        EQ(l->at, rows[i].at);
        finish(l);
    }
    *where = 0;
}

/* ---- The screen -------------------------------------------------------- */

/* The row that the editor's output makes of an empty one. */
struct row {
    u8 text[8000];
    size_t n, col, most, bells; /* most: the last column that was used + 1 */
};

static void row_play(struct row *r, str s) {
    size_t i = 0, n, v;
    u32 c;
    memset(r, 0, sizeof *r);
    while (i < s.n) {
        if (s.p[i] == '\r') r->col = 0, i++;
        else if (s.p[i] == '\a') r->bells++, i++;
        else if (s.p[i] == 27) {
            CHECK(s.p[i + 1] == '[');
            for (i += 2, v = 0; num_is_digit(s.p[i]); i++) v = v * 10 + s.p[i] - '0';
            if (s.p[i] == 'C') r->col += v;
            else CHECK(s.p[i] == 'J' || s.p[i] == 'm');
            i++;
        } else {
            n = term_utf8(s.p + i, s.n - i, &c);
            CHECK(n && c >= 0x20 && (c < 0x7f || c > 0x9f));
            memcpy(r->text + r->n, s.p + i, n);
            r->n += n;
            r->col += term_code_width(c);
            r->most = max_z(r->most, r->col);
            i += n;
        }
    }
}

static void test_draw(void) {
    static struct row r;
    static u8 b[2000];
    size_t round, v[2001], n, cols, i, all = SIZE_MAX;
    for (round = 0; round < 300 * more; round++) {
        struct line *l = start(NULL);
        str s = any_text(b, 100);
        buf whole = {NULL, 0, 0};
        begin(l, below(2) ? "127.0.0.1:6379> " : "\xe4\xb8\xad\x1b> ");
        line_set(l, s, 0);
        n = places_of(s, v);
        all = SIZE_MAX;
        term_show(&test_heap, &whole, str_c(l->prompt), 0, &all);
        all = SIZE_MAX;
        term_show(&test_heap, &whole, s, 0, &all);
        for (cols = 1; cols <= 200; cols += 1 + below(9)) {
            l->at = v[i = below(n)];
            snprintf(where, sizeof where, "round %d, %d columns", (int)round,
                     (int)cols);
            l->out.n = 0;
            line_draw(l, cols, 1);
            row_play(&r, line_str(&l->out));
            CHECK(r.most < cols);
            CHECK(r.col < cols);
            if (SIZE_MAX - all + term_columns(str_c(l->prompt), 0,
                                              strlen(l->prompt)) < cols - 10 &&
                cols > 40)
                SAME(str_of(r.text, r.n), line_str(&whole));
            /* the cursor can be seen, and the character before it */
            if (i && cols > 60 && term_columns(s, v[i - 1], v[i]) < 5)
                CHECK(r.col > 0);
        }
        *where = 0;
        buf_free(&test_heap, &whole);
        finish(l);
    }
}

static size_t long_hint(void *ctx, str typed, char *to, size_t cap) {
    (void)ctx;
    (void)typed;
    memset(to, 'h', cap);
    to[5] = 27;
    to[7] = (char)0xff;
    return cap;
}

static void test_hint_fits(void) {
    static const struct line_help help = {NULL, NULL, long_hint, NULL};
    static struct row r;
    struct line *l = start(&help);
    size_t cols;
    type(l, "get");
    for (cols = 1; cols <= 200; cols++) {
        l->out.n = 0;
        line_draw(l, cols, 1);
        row_play(&r, line_str(&l->out));
        CHECK(r.most < cols);
        if (cols > 20) CHECK(r.most + 4 >= cols);
    }
    finish(l);
}

/* ---- No memory --------------------------------------------------------- */

/* Any failed allocation leaves the editor whole, and it says so. */
static void test_no_memory(void) {
    static const char *words[] = {"get", "getdel", "getex", NULL};
    static const char keys[] =
        "g\t\t\x1b[Zsome text to be edited\x17\x19\x14\x10\x10\x0e\x12 te\x12\x07"
        "\x01\x0b\x19\x19 and more \x1b[200~and a paste\x1b[201~";
    static struct line_help help = {NULL, words_complete, long_hint, NULL};
    int n, failed = 1, said = 0;
    help.ctx = words;
    for (n = 0; failed; n++) {
        struct line *l = start(&help);
        int i;
        snprintf(where, sizeof where, "after %d allocations", n);
        CHECK(buf_put(l->h, &l->term.in, keys, sizeof keys - 1));
        alloc_left = n;
        remember(l, "first text");
        remember(l, "second text");
        line_save(l, "/nowhere/at all");
        line_load(l, "/dev/null");
        for (i = 0; i < 200 && line_step(l, 0) == LINE_MORE; i++) {
            CHECK(l->at <= l->text.n);
            line_draw(l, 40, 1);
        }
        failed = alloc_left < 0;
        if (!failed) EQ(l->nomem, 0);
        said |= l->nomem;
        alloc_left = INT64_MAX;
        finish(l);
    }
    CHECK(n > 5 && said);
    *where = 0;
}

/* ---- Hints ------------------------------------------------------------- */

struct docs {
    kv *k;
    kv_reply *v3, *v2; /* maps, arrays */
};

static kv_reply *tree_of(kv *k, const void *p, size_t n) {
    struct tree_scan s;
    kv_reply *r;
    tree_begin(&s);
    EQ(tree_scan(&s, p, n), TREE_WHOLE);
    CHECK(r = tree_build(&k->m, &s, p, NULL, 0));
    return r;
}

static void docs_open(struct docs *d) {
    buf b = {NULL, 0, 0};
    kv_slice out;
    kv_session *s;
    size_t i;
    EQ(kv_open(&d->k, NULL), KV_OK);
    CHECK(d->v3 = rows_docs(d->k));
    EQ(d->v3->type, KV_MAP);
    CHECK(buf_put(&d->k->h, &b, "COMMAND DOCS", 12));
    for (i = 0; i < d->v3->count; i++) {
        str name = hint_text(&d->v3->items[2 * i]);
        CHECK(buf_put(&d->k->h, &b, " ", 1));
        CHECK(buf_put(&d->k->h, &b, name.p, name.n));
    }
    CHECK(buf_put(&d->k->h, &b, "\r\n", 2));
    EQ(kv_session_open(d->k, &s), KV_OK);
    EQ(kv_feed(s, b.p, b.n), KV_OK);
    EQ(kv_pending(s, &out), KV_OK);
    d->v2 = tree_of(d->k, out.p, out.n);
    EQ(d->v2->type, KV_ARRAY);
    kv_session_close(s);
    buf_free(&d->k->h, &b);
}

static void docs_close(struct docs *d) {
    kv_reply_free(d->k, d->v2);
    kv_reply_free(d->k, d->v3);
    kv_close(d->k);
}

static void test_hint_args(void) {
    static const struct {
        const char *typed, *hint;
    } rows[] = {
        {"", ""},
        {"fet", ""},
        {"nothing", ""},
        {"fetch", " key"},
        {"fetch ", "key"},
        {"FETCH k", ""},
        {"fetch k ", ""},
        {"fetch k more", ""},
        {"  fetch  ", "key"},
        {"put", " key value [NX|XX|IFEQ comparison] [GET] [EX seconds|PX milliseconds|PXAT unix-time|KEEPTTL]"},
        {"put \"a b", " value [NX|XX|IFEQ comparison] [GET] [EX seconds|PX milliseconds|PXAT unix-time|KEEPTTL]"},
        {"put \"a b\" ", "value [NX|XX|IFEQ comparison] [GET] [EX seconds|PX milliseconds|PXAT unix-time|KEEPTTL]"},
        {"put k v ex", " seconds [NX|XX|IFEQ comparison] [GET]"},
        {"put k v EX 10 ", "[NX|XX|IFEQ comparison] [GET]"},
        {"put k v EX 10 get nx ", ""},
        {"put k v nx keepttl ", "[GET]"},
        {"put k v ifeq ", "comparison [GET] [EX seconds|PX milliseconds|PXAT unix-time|KEEPTTL]"},
        {"put k v what ", ""},
        {"put k v nx xx ", ""},
        {"mput a", " value [key value ...]"},
        {"mput a 1 ", "[key value ...]"},
        {"mput a 1 b ", "value [key value ...]"},
        {"drop a ", "[key ...]"},
        {"walk 0 ", "[MATCH pattern] [COUNT count] [TYPE type]"},
        {"walk 0 count 5 ", "[MATCH pattern] [TYPE type]"},
        {"visitor", ""},
        {"visitor list", " [TYPE NORMAL|MASTER] [ID client-id [client-id ...]]"},
        {"visitor list id 1 ", "[client-id ...] [TYPE NORMAL|MASTER]"},
        {"visitor list type ", "NORMAL|MASTER [ID client-id [client-id ...]]"},
        {"visitor list id 1 type master ", ""},
        {"visitor what ", ""},
        {"visitor setname ", "connection-name"},
        {"visitor kill id ", "client-id [[ID client-id]|[TYPE NORMAL|MASTER]|[USER username] ...]"},
        {"visitor kill 1.2.3.4:5 ", ""},
        {"xput s ", "[NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT count]]"},
        {"xput s maxlen ", "[=|~] threshold [LIMIT count] [NOMKSTREAM]"},
        {"xput s maxlen ~ ", "threshold [LIMIT count] [NOMKSTREAM]"},
        {"xput s maxlen 5 ", "[LIMIT count] [NOMKSTREAM]"},
        {"xput s maxlen 5 nomkstream ", ""},
        {"xput s maxlen ~ 5 limit ", "count [NOMKSTREAM]"},
        {"zsum 2 a ", "[key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]"},
        {"zsum 2 a b ", "[WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]"},
        {"zsum x a weights 1 ", "[weight ...] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]"},
        {"zsum 1 a weights 1 aggregate ", "SUM|MIN|MAX [WITHSCORES]"},
        {"some k ", "[count [WITHVALUES]]"},
        {"some k 5 ", "[WITHVALUES]"},
        {"some k 5 withvalues ", ""},
        {"some k withvalues ", "[WITHVALUES]"},
        {"run s 0 ", "[arg [arg ...]]"},
        {"run s 1 ", "[key [key ...]] [arg [arg ...]]"},
        {"run s 2 k ", "[key ...] [arg [arg ...]]"},
        {"run s 2 k k ", "[arg [arg ...]]"},
        {"run s 1 k a ", "[arg ...]"},
        {"run s -1 k a ", "[key ...] [arg [arg ...]]"},
        {"nested b ", "[A] c last"},
        {"nested b a ", "c last"},
        {"nested b 1 ", "last"},
        {"await a b ", "[key ...] timeout"}};
    struct docs d;
    char b[1000];
    size_t i, n;
    docs_open(&d);
    for (i = 0; i < COUNT(rows); i++) {
        str typed = str_c(rows[i].typed);
        snprintf(where, sizeof where, "'%s'", rows[i].typed);
        n = hint_args(d.v3, typed, b, sizeof b);
        SAME(str_of(b, n), str_c(rows[i].hint));
        n = hint_args(d.v2, typed, b, sizeof b);
        SAME(str_of(b, n), str_c(rows[i].hint));
        EQ(hint_args(d.v3, typed, b, n / 2), n / 2);
        EQ(hint_args(NULL, typed, b, sizeof b), 0);
    }
    *where = 0;
    docs_close(&d);
}

static void test_hint_complete(void) {
    static const struct {
        const char *typed, *all;
    } rows[] = {
        {"pul", "pull"},
        {"PU", "PULL|PUT|PUTEX|PUTRANGE"},
        {"Pu", "pull|put|putex|putrange"},
        {"xyz", ""},
        {"  fetchr", "  fetchrange"},
        {"visitor set", "visitor setinfo|visitor setname"},
        {"VISITOR SETI", "VISITOR SETINFO"},
        {"visitor reply ", "visitor reply off|visitor reply on|visitor reply skip"},
        {"visitor list ", "visitor list id|visitor list type"},
        {"visitor list type m", "visitor list type master"},
        {"visitor list id 5 t", "visitor list id 5 type"},
        {"visitor kill type ", "visitor kill type master|visitor kill type normal"},
        {"put k v p", "put k v px|put k v pxat"},
        {"PUT k v p", "PUT k v px|PUT k v pxat"},
        {"PUT k v nx ", "PUT k v nx EX|PUT k v nx GET|PUT k v nx KEEPTTL|PUT k v nx PX|PUT k v nx PXAT"},
        {"put k v ex ", ""},
        {"put k v ex 1 n", "put k v ex 1 nx"},
        {"put k ", ""},
        {"put ", ""},
        {"fetch x ", ""},
        {"xput s max", "xput s maxlen"},
        {"xput s maxlen ", "xput s maxlen =|xput s maxlen ~"},
        {"zsum 1 a a", "zsum 1 a aggregate"},
        {"await a ", ""},
        {"help pul", "help pull"},
        {"HELP @TE", "HELP @TEXT"},
        {"help visitor setn", "help visitor setname"},
        {"put \"a b\" v get e", "put \"a b\" v get ex"}};
    struct docs d;
    char b[400], all[1000];
    size_t i, k, n, at;
    docs_open(&d);
    for (i = 0; i < COUNT(rows); i++) {
        str typed = str_c(rows[i].typed);
        snprintf(where, sizeof where, "'%s'", rows[i].typed);
        for (k = at = 0; (n = hint_complete(d.v3, typed, k, b, sizeof b)); k++) {
            if (k) all[at++] = '|';
            memcpy(all + at, b, n);
            at += n;
            EQ(hint_complete(d.v2, typed, k, b, sizeof b), n);
            EQ(hint_complete(d.v2, typed, k, b, n - 1), 0);
        }
        SAME(str_of(all, at), str_c(rows[i].all));
        EQ(hint_complete(NULL, typed, 0, b, sizeof b), 0);
    }
    *where = 0;
    for (k = 0; hint_complete(d.v3, LIT(""), k, b, sizeof b); k++) {
    }
    EQ(k, d.v3->count);
    docs_close(&d);
}

static void test_hint_page(void) {
    static const char put[] =
        "\n  PUT key value [NX|XX|IFEQ comparison] [GET] [EX seconds|PX "
        "milliseconds|PXAT unix-time|KEEPTTL]\n"
        "  summary: Stores a value.\n"
        "  since: 1.0.0\n"
        "  group: text\n\n";
    static const char id[] =
        "\n  VISITOR ID\n"
        "  summary: Tells who you are.\n"
        "  since: 1.0.0\n"
        "  group: guests\n\n";
    static const char *const none[] = {"", " ", "@", "@nothing", "nothing",
                                       "visitor nothing", "put key",
                                       "visitor id more", "isitor"};
    struct docs d;
    buf b = {NULL, 0, 0};
    size_t i, n = 0;
    docs_open(&d);
    CHECK(hint_page(d.v3, LIT("put"), &d.k->h, &b));
    SAME(line_str(&b), str_c(put));
    b.n = 0;
    CHECK(hint_page(d.v2, LIT(" PUT "), &d.k->h, &b));
    SAME(line_str(&b), str_c(put));
    b.n = 0;
    CHECK(hint_page(d.v3, LIT("Visitor  Id"), &d.k->h, &b));
    SAME(line_str(&b), str_c(id));
    CHECK(hint_page(d.v3, LIT("@waits"), &d.k->h, &b));
    SAME(str_of(b.p + sizeof id - 1, b.n - sizeof id + 1),
         LIT("\n  AWAIT key [key ...] timeout\n  summary: Waits.\n"
             "  since: 1.0.0\n\n"));
    b.n = 0;
    CHECK(hint_page(d.v3, LIT("visitor"), &d.k->h, &b));
    for (i = 0; i + 10 < b.n; i++) n += !memcmp(b.p + i, "\n  VISITOR", 10);
    EQ(n, 7);
    b.n = 0;
    for (i = 0; i < COUNT(none); i++) {
        EQ(hint_page(d.v3, str_c(none[i]), &d.k->h, &b), 0);
        EQ(hint_page(NULL, str_c(none[i]), &d.k->h, &b), 0);
        EQ(b.n, 0);
    }
    buf_free(&d.k->h, &b);
    d.k->m.alloc = scarce_alloc;
    alloc_left = 0;
    for (i = 1; !hint_page(d.v3, LIT("put"), &d.k->h, &b); i++) {
        EQ(b.n, 0);
        buf_free(&d.k->h, &b);
        alloc_left = (i64)i;
        CHECK(i < 100);
    }
    alloc_left = INT64_MAX;
    SAME(line_str(&b), str_c(put));
    buf_free(&d.k->h, &b);
    docs_close(&d);
}

/* ---- Hostile replies --------------------------------------------------- */

static void test_nothing_raw(void) {
    static const char resp[] =
        "%1\r\n$3\r\nset\r\n%3\r\n$7\r\nsummary\r\n$9\r\na\nb\x1b[2J\xff\x9b"
        "\r\n$5\r\nsince\r\n+1.0\r\n$9\r\narguments\r\n*2\r\n"
        "%1\r\n$4\r\nname\r\n$10\r\n\x1b[0m\xff\xc3\xa9\x01\t\x7f\r\n"
        "%3\r\n$4\r\ntype\r\n+pure-token\r\n$5\r\ntoken\r\n$4\r\n\x1b[2J\r\n"
        "$5\r\nflags\r\n~1\r\n+optional\r\n";
    kv *k;
    kv_reply *r;
    buf b = {NULL, 0, 0};
    char s[100];
    EQ(kv_open(&k, NULL), KV_OK);
    r = tree_of(k, resp, sizeof resp - 1);
    SAME(str_of(s, hint_args(r, LIT("set "), s, sizeof s)),
         LIT("?[0m?\xc3\xa9??? [?[2J]"));
    EQ(hint_complete(r, LIT("set k "), 0, s, sizeof s), 0);
    CHECK(hint_page(r, LIT("set"), &k->h, &b));
    SAME(line_str(&b), LIT("\n  SET ?[0m?\xc3\xa9??? [?[2J]\n"
                           "  summary: a^Jb^[[2J\\xff\\x9b\n  since: 1.0\n\n"));
    buf_free(&k->h, &b);
    kv_reply_free(k, r);
    kv_close(k);
}

/* All that can be asked, with any reply; nothing may come out that a terminal
 * would act on. */
static void ask_all(kv *k, const kv_reply *r) {
    static const char *const lines[] = {
        "", "s", "set", "set ", "set a", "set a b ", "set a b ex ", "client",
        "client ", "client k", "client kill ", "client kill id 5 type ",
        "help ", "help @", "@string", "a b c d e f g h", "x x x x x x x x "};
    char b[300];
    buf out = {NULL, 0, 0};
    size_t i, j, n;
    for (i = 0; i < COUNT(lines); i++) {
        n = hint_args(r, str_c(lines[i]), b, sizeof b);
        for (j = 0; j < n; j++) CHECK((u8)b[j] >= 0x20 && b[j] != 0x7f);
        for (j = 0; j < 5; j++) {
            n = hint_complete(r, str_c(lines[i]), j, b, sizeof b);
            CHECK(n <= sizeof b);
            while (n-- > strlen(lines[i])) CHECK(b[n] >= 0x20 && b[n] != 0x7f);
        }
        if (hint_page(r, str_c(lines[i]), &k->h, &out))
            for (j = 0; j < out.n; j++)
                CHECK(out.p[j] == '\n' || (out.p[j] >= 0x20 && out.p[j] != 0x7f));
        out.n = 0;
    }
    buf_free(&k->h, &out);
}

/* A reply of any shape, made of the words that matter, as RESP. */
static void any_reply(kv *k, buf *b, int depth) {
    static const char *const words[] = {
        "set", "client", "client|kill", "summary", "since", "group", "arguments",
        "subcommands", "name", "type", "token", "flags", "optional", "multiple",
        "multiple_token", "oneof", "block", "pure-token", "string", "key", "ID",
        "EX", "", "\x1b[31mred", "a\nb", "\xff", "display_text", "numkeys",
        "x|y|z", "|", "@string"};
    static const char kinds[] = "**%%~>$$$$$$+:_#,";
    char c = kinds[depth > 9 ? 6 + below(11) : below(17)], s[100];
    size_t n = below(9), i;
    const char *w = words[below(COUNT(words))];
    if (depth < 2) c = "%*"[below(2)], n += 6;
    if (c == '$') snprintf(s, sizeof s, "$%d\r\n%s\r\n", (int)strlen(w), w);
    else if (c == '+') snprintf(s, sizeof s, "+%s\r\n", *w == 'a' ? "x" : w);
    else if (c == ':') snprintf(s, sizeof s, ":%d\r\n", (int)n);
    else if (c == '_') snprintf(s, sizeof s, "_\r\n");
    else if (c == '#') snprintf(s, sizeof s, "#t\r\n");
    else if (c == ',') snprintf(s, sizeof s, ",1.5\r\n");
    else snprintf(s, sizeof s, "%c%d\r\n", c, (int)n);
    CHECK(buf_put(&k->h, b, s, strlen(s)));
    if (!strchr("*%~>", c)) return;
    for (i = 0; i < (c == '%' ? 2 * n : n); i++) {
        const char *key = words[i < 2 && depth ? 6 + below(6) : below(15)];
        if (i % 2 == 0 && below(4)) {
            snprintf(s, sizeof s, "$%d\r\n%s\r\n", (int)strlen(key), key);
            CHECK(buf_put(&k->h, b, s, strlen(s)));
        } else {
            any_reply(k, b, b->n > 20000 ? 99 : depth + 1);
        }
    }
}

static void test_any_reply(void) {
    kv *k;
    size_t round;
    EQ(kv_open(&k, NULL), KV_OK);
    for (round = 0; round < 400 * more; round++) {
        buf b = {NULL, 0, 0};
        kv_reply *r;
        any_reply(k, &b, 0);
        r = tree_of(k, b.p, b.n);
        ask_all(k, r);
        kv_reply_free(k, r);
        buf_free(&k->h, &b);
    }
    kv_close(k);
}

static void put_all(kv *k, buf *b, const char *s, size_t count) {
    while (count--) CHECK(buf_put(&k->h, b, s, strlen(s)));
}

/* Lists in lists, 100000 deep; lists 100000 long; names 1 MiB long. */
static void test_huge_replies(void) {
    static const char head[] =
        "%1\r\n$3\r\nset\r\n%1\r\n$9\r\narguments\r\n*1\r\n";
    static const char deep[] =
        "%3\r\n$4\r\ntype\r\n$5\r\nblock\r\n$5\r\nflags\r\n*1\r\n+multiple\r\n"
        "$9\r\narguments\r\n*1\r\n";
    static const char arg[] =
        "%3\r\n$4\r\nname\r\n$1\r\nx\r\n$4\r\ntype\r\n$5\r\noneof\r\n$9\r\n"
        "arguments\r\n*0\r\n";
    static const char leaf[] = "%1\r\n$4\r\nname\r\n$1\r\nx\r\n";
    static const char command[] = "$3\r\nset\r\n%0\r\n";
    kv *k;
    int i;
    EQ(kv_open(&k, NULL), KV_OK);
    for (i = 0; i < 5; i++) {
        buf b = {NULL, 0, 0};
        kv_reply *r;
        i64 t;
        if (i == 0) {
            put_all(k, &b, head, 1);
            put_all(k, &b, deep, 100000);
            put_all(k, &b, leaf, 1);
        } else if (i == 1) {
            put_all(k, &b, "%1\r\n$3\r\nset\r\n%1\r\n$9\r\narguments\r\n", 1);
            put_all(k, &b, "*100000\r\n", 1);
            put_all(k, &b, arg, 100000);
        } else if (i == 2) {
            put_all(k, &b, "%100000\r\n", 1);
            put_all(k, &b, command, 100000);
        } else if (i == 3) {
            put_all(k, &b, "%1\r\n$1048576\r\n", 1);
            put_all(k, &b, "set ", 262144);
            put_all(k, &b, "\r\n$-1\r\n", 1);
        } else {
            put_all(k, &b, "*1\r\n", 100000);
            put_all(k, &b, "_\r\n", 1);
        }
        r = tree_of(k, b.p, b.n);
        t = sys_clock(CLOCK_PROCESS_CPUTIME_ID);
        ask_all(k, r);
        CHECK(sys_clock(CLOCK_PROCESS_CPUTIME_ID) - t < 5000000);
        kv_reply_free(k, r);
        buf_free(&k->h, &b);
    }
    kv_close(k);
}

/* A tree that is as wide as it is deep takes a bounded time. */
static void test_wide_reply(void) {
    static const char inner[] =
        "%3\r\n$4\r\ntype\r\n$5\r\noneof\r\n$5\r\nflags\r\n*2\r\n+multiple\r\n"
        "+optional\r\n$9\r\narguments\r\n*8\r\n";
    static const char leaf[] =
        "%2\r\n$4\r\ntype\r\n$10\r\npure-token\r\n$5\r\ntoken\r\n$2\r\nzz\r\n";
    kv *k;
    buf b = {NULL, 0, 0};
    kv_reply *r;
    size_t left[7], depth = 0;
    i64 t;
    EQ(kv_open(&k, NULL), KV_OK);
    put_all(k, &b, "%1\r\n$3\r\nset\r\n%1\r\n$9\r\narguments\r\n*1\r\n", 1);
    put_all(k, &b, inner, 1);
    left[depth] = 8;
    for (;;) {
        while (left[depth] == 0 && depth) depth--;
        if (left[depth] == 0) break;
        left[depth]--;
        if (depth < 5) {
            put_all(k, &b, inner, 1);
            left[++depth] = 8;
        } else {
            put_all(k, &b, leaf, 1);
        }
    }
    r = tree_of(k, b.p, b.n);
    t = sys_clock(CLOCK_PROCESS_CPUTIME_ID);
    ask_all(k, r);
    CHECK(sys_clock(CLOCK_PROCESS_CPUTIME_ID) - t < 5000000);
    kv_reply_free(k, r);
    buf_free(&k->h, &b);
    kv_close(k);
}

/* ---- All --------------------------------------------------------------- */

static void with_heap(void (*fn)(void)) {
    heap_start();
    fn();
    heap_end();
}

static void test_places_shown(void) { with_heap(test_places); }

#define T(name) {#name, test_##name}
static const struct test {
    const char *name;
    void (*fn)(void);
} TESTS[] = {
    T(glyphs),
    T(places_shown),
    T(view),
    T(keys),
    T(any_bytes_are_keys),
    T(edit),
    T(edit_model),
    T(ends),
    T(paste_ends_lines),
    T(paste_in_pieces),
    T(too_long),
    T(history),
    T(secrets),
    T(history_bounds),
    T(search),
    T(search_model),
    T(history_file),
    T(completion),
    T(draw),
    T(hint_fits),
    T(no_memory),
    T(hint_args),
    T(hint_complete),
    T(hint_page),
    T(nothing_raw),
    T(any_reply),
    T(huge_replies),
    T(wide_reply),
};

int main(int argc, char **argv) {
    size_t i;
    int a, ran = 0;
    const char *s = getenv("KV_WHITE_SEED");
    if (s) rnd_state += (u64)atol(s) * 2654435761u;
    s = getenv("KV_WHITE_MORE");
    if (s) more = (size_t)atol(s);
    for (i = 0; i < COUNT(TESTS); i++) {
        int wanted = argc == 1;
        for (a = 1; a < argc; a++) wanted |= !strcmp(argv[a], TESTS[i].name);
        if (argc == 2 && !strcmp(argv[1], "--list")) {
            puts(TESTS[i].name);
        } else if (wanted) {
            i64 t = sys_clock(CLOCK_MONOTONIC);
            TESTS[i].fn();
            printf("ok   %s %d ms\n", TESTS[i].name,
                   (int)((sys_clock(CLOCK_MONOTONIC) - t) / 1000));
            fflush(stdout);
            ran++;
        }
    }
    return argc > 1 && !ran && strcmp(argv[1], "--list") != 0;
}
