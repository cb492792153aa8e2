/* nested.c: values with a structure. A session in memory says CLIENT CAPA
 * nested, stores a map as RESP, and the program reads it back as a tree. From
 * the top directory:
 *
 *     cc -I. -o example conformance/examples/nested.c kv.c -lm -pthread
 *     ./example
 */
#include "kv.h"

#include <stdio.h>
#include <string.h>

/* {"name": "Ada", "born": 1815, "langs": ["en", "fr"], "score": 9.5,
 *  "alive": false, "email": null} */
static const char set_user[] = "*3\r\n$3\r\nSET\r\n$6\r\nuser:1\r\n"
                               "%6\r\n"
                               "$4\r\nname\r\n$3\r\nAda\r\n"
                               "$4\r\nborn\r\n:1815\r\n"
                               "$5\r\nlangs\r\n*2\r\n$2\r\nen\r\n$2\r\nfr\r\n"
                               "$5\r\nscore\r\n,9.5\r\n"
                               "$5\r\nalive\r\n#f\r\n"
                               "$5\r\nemail\r\n_\r\n";

/* Sends a request and prints the bytes of the reply, one line. */
static void talk(kv_session *s, const char *request) {
    kv_slice reply;
    int rc = kv_feed(s, request, strlen(request));
    if (rc != KV_OK) printf("(%s) ", kv_errstr(rc));
    while (kv_pending(s, &reply) == KV_OK) {
        const char *p = reply.p;
        for (size_t i = 0; i < reply.n; i++)
            if (p[i] != '\r') putchar(p[i] == '\n' ? ' ' : p[i]);
        kv_consume(s, reply.n);
    }
    putchar('\n');
}

static void show(const kv_reply *r) {
    int map = r->type == KV_MAP;
    size_t n = map ? 2 * r->count : r->count;
    switch (r->type) {
    case KV_NIL: printf("null"); break;
    case KV_BOOL: printf(r->integer ? "true" : "false"); break;
    case KV_INTEGER: printf("%lld", (long long)r->integer); break;
    case KV_DOUBLE:
    case KV_BIGNUM: printf("%s", r->str); break;
    case KV_MAP:
    case KV_ARRAY:
    case KV_SET:
    case KV_PUSH:
        putchar(map ? '{' : '[');
        for (size_t i = 0; i < n; i++) {
            if (i) printf(map && i % 2 ? ": " : ", ");
            show(&r->items[i]);
        }
        putchar(map ? '}' : ']');
        break;
    default: printf("\"%.*s\"", (int)r->len, r->str);
    }
}

/* What a map holds under a name, or NULL. */
static const kv_reply *member(const kv_reply *map, const char *name) {
    if (map->type != KV_MAP) return NULL;
    for (size_t i = 0; i < map->count; i++) {
        const kv_reply *key = &map->items[2 * i];
        if (key->type == KV_STRING && key->len == strlen(name) &&
            !memcmp(key->str, name, key->len))
            return key + 1;
    }
    return NULL;
}

int main(void) {
    kv *db;
    kv_session *s;
    kv_reply *user;
    if (kv_open(&db, NULL) != KV_OK || kv_session_open(db, &s) != KV_OK)
        return 1;
    talk(s, "CLIENT CAPA nested\r\n");
    talk(s, set_user);
    talk(s, "TYPE user:1\r\n");

    /* trees are typed whatever the session speaks, and need no CAPA */
    if (kv_exec_line(db, NULL, "GET user:1", &user) != KV_OK) return 1;
    show(user);
    const kv_reply *langs = member(user, "langs");
    if (langs && langs->count == 2) printf("\n%s\n", langs->items[1].str);
    kv_reply_free(db, user);

    talk(s, "GET user:1\r\n"); /* RESP2: flat */
    kv_session_close(s);
    kv_close(db);
    return 0;
}
