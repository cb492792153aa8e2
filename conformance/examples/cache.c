/* cache.c: a cache inside a program. Values expire, and a ceiling on memory
 * makes room by evicting what was used longest ago. From the top directory:
 *
 *     cc -I. -o example conformance/examples/cache.c kv.c -lm -pthread
 *     ./example
 */
#define _POSIX_C_SOURCE 200809L
#include "kv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGE = 1000, PAGES = 20000, CEILING = 4 << 20 };

/* An allocator that counts what the cache holds. */
static void *counted(void *ctx, void *p, size_t old_size, size_t new_size) {
    size_t *held = ctx;
    void *q = NULL;
    if (!new_size) free(p);
    else if (!(q = realloc(p, new_size))) return NULL;
    *held += new_size - old_size;
    return q;
}

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What the cache saves: a page that takes long to make. */
static void make_page(const char *name, char *page) {
    memset(page, '.', PAGE);
    memcpy(page, name, strlen(name));
}

/* The page from the cache, or made and kept for a minute. A cache that is full
 * of what must not go (KV_NOMEM) is no reason to fail. */
static void get_page(kv *cache, const char *name, char *page) {
    size_t n;
    int rc = kv_get(cache, 0, name, strlen(name), page, PAGE, &n);
    if (rc == KV_OK && n == PAGE) return;
    make_page(name, page);
    rc = kv_set(cache, 0, name, strlen(name), page, PAGE, now_ms() + 60000);
    if (rc != KV_OK) fprintf(stderr, "not kept: %s\n", kv_errstr(rc));
}

/* Looks at a value where it is; the lock keeps it there. */
static size_t count_dots(kv *cache, const char *name) {
    size_t dots = 0;
    kv_slice page;
    kv_lock(cache);
    if (kv_view(cache, 0, name, strlen(name), &page) == KV_OK)
        for (size_t i = 0; i < page.n; i++)
            dots += ((const char *)page.p)[i] == '.';
    kv_unlock(cache);
    return dots;
}

static int must_set(kv *cache, const char *name, const char *value) {
    if (kv_config(cache, name, value) == KV_OK) return 1;
    fprintf(stderr, "%s\n", kv_message(cache));
    return 0;
}

int main(void) {
    size_t held = 0;
    kv_desc desc = {0};
    kv_statistics st = {0};
    kv *cache;
    char page[PAGE], name[32];
    int rc;

    desc.size = sizeof desc;
    desc.alloc = counted;
    desc.alloc_ctx = &held;
    if (kv_open(&cache, &desc) != KV_OK) return 1;
    if (!must_set(cache, "maxmemory", "4mb") ||
        !must_set(cache, "maxmemory-policy", "allkeys-lru"))
        return 1;

    st.size = sizeof st;
    kv_set(cache, 0, "brief", 5, "x", 1, now_ms() + 20);
    get_page(cache, "home", page);
    get_page(cache, "home", page);
    kv_stats(cache, &st);
    printf("home: %d miss, %d hit\n", (int)st.misses, (int)st.hits);
    printf("home has %d dots\n", (int)count_dots(cache, "home"));

    /* what has expired is never seen; nothing serves this instance, so its
     * memory is given back in kv_poll(), called now and then */
    do {
        kv_poll(cache, 1000); /* ends early when a key is due */
        kv_stats(cache, &st);
    } while (!st.expired);
    rc = kv_get(cache, 0, "brief", 5, page, PAGE, NULL);
    printf("brief: %s\n", rc == KV_NONE ? "expired" : "still there");

    for (int i = 0; i < PAGES; i++) {
        snprintf(name, sizeof name, "page:%d", i);
        get_page(cache, name, page);
    }
    kv_stats(cache, &st);
    printf("%d pages: %s, memory %s\n", PAGES,
           st.evicted ? "some evicted" : "none evicted",
           /* what kv knows about its commands comes on top of the ceiling */
           st.used_memory <= CEILING + 32 * PAGE ? "in bounds" : "too big");
    printf("%d keys, %d evicted, %d bytes used, %d held\n", (int)st.keys,
           (int)st.evicted, (int)st.used_memory, (int)held);
    kv_close(cache);
    printf("held after kv_close: %d\n", (int)held);
    return 0;
}
