/* The line editor on a terminal, for test_line.py: reads lines and tells what
 * it got, in hexadecimal.
 *
 *     line_demo [--history FILE] [--forever] [--password] [--prompt TEXT]
 *
 * Lines that mean something: "sleep" is busy for a while, "password" asks for
 * one, "quit" ends. Completion and hints come from line_rows.h.
 */
#define KV_MAIN 1
#define main kv_program
#include "../../../kv.c"
#undef main
#include "line_rows.h"

static size_t demo_complete(void *ctx, str typed, size_t i, char *to,
                            size_t cap) {
    return hint_complete(ctx, typed, i, to, cap);
}

static size_t demo_hint(void *ctx, str typed, char *to, size_t cap) {
    return hint_args(ctx, typed, to, cap);
}

static int demo_secret(void *ctx, str line) {
    (void)ctx;
    return line.n >= 4 && str_is(str_of(line.p, 4), "auth");
}

static void demo_tell(const char *what, str s) {
    size_t i;
    printf("%s:", what);
    for (i = 0; i < s.n; i++) printf("%02x", s.p[i]);
    puts(".");
    fflush(stdout);
}

static void demo_password(const char *prompt) {
    char b[64];
    int ok = line_password(prompt, b, sizeof b);
    demo_tell(ok ? "password" : "none", ok ? str_c(b) : str_of("", 0));
}

static int demo_line(struct line *l, int rc, str s) {
    static const char *const names[] = {"done", "end", "cancel", "nomem"};
    demo_tell(names[rc], rc == LINE_DONE ? s : str_of("", 0));
    if (rc != LINE_DONE) return rc == LINE_CANCEL;
    if (str_is(s, "quit")) return 0;
    if (str_is(s, "sleep")) sys_sleep(300000);
    if (str_is(s, "password")) demo_password("Password: ");
    line_remember(l, s);
    return 1;
}

int main(int argc, char **argv) {
    static struct line l;
    struct line_help help = {NULL, demo_complete, demo_hint, demo_secret};
    const char *history = NULL, *prompt = "kv> ";
    kv_reply *r;
    kv *k;
    int i, forever = 0, ends = 0, go;
    for (i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--history") && i + 1 < argc) history = argv[++i];
        else if (!strcmp(argv[i], "--prompt") && i + 1 < argc)
            prompt = argv[++i];
        else if (!strcmp(argv[i], "--forever")) forever = 1;
        else if (!strcmp(argv[i], "--password"))
            return demo_password("Password: "), 0;
    }
    if (kv_open(&k, NULL) != KV_OK) return 1;
    if (!(r = rows_docs(k))) return 1;
    help.ctx = r;
    line_init(&l, &k->h, &help);
    if (history) line_load(&l, history);
    do {
        str s;
        int rc = line_read(&l, prompt, &s);
        go = demo_line(&l, rc, s);
        if (rc != LINE_END) ends = 0;
        if (rc == LINE_END && forever && ends++ < 50) go = 1;
    } while (go);
    if (history) line_save(&l, history);
    line_free(&l);
    kv_reply_free(k, r);
    kv_close(k);
    return 0;
}
