/* app.h: what each of these programs does with kv. Returns what main() does. */
#ifndef APP_H
#define APP_H

#include "kv.h"

#include <stdio.h>
#include <string.h>

static int app(const char *who) {
    kv *db;
    char word[16] = "";
    size_t n = 0;
    int good;
    if (kv_open(&db, NULL) != KV_OK) return 1;

    /* the library must be the one that kv.h was made for */
    good = strcmp(kv_version(), KV_VERSION) == 0 &&
           kv_version_number() == KV_VERSION_NUMBER;

    good = good && kv_set(db, 0, "greeting", 8, "hello", 5, 0) == KV_OK &&
           kv_get(db, 0, "greeting", 8, word, sizeof word, &n) == KV_OK &&
           n == 5 && memcmp(word, "hello", 5) == 0;

    /* port 0: any free one; the program goes on with kv_run() or kv_poll() */
    good = good && kv_listen(db, "127.0.0.1:0") == KV_OK && kv_port(db) > 0 &&
           kv_poll(db, 0) == KV_OK;

    if (good) printf("%s: kv %s says %s\n", who, kv_version(), word);
    else printf("%s: failed. %s\n", who, kv_message(db));
    kv_close(db);
    return !good;
}

#endif
