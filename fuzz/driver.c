/* Runs a fuzz target without libFuzzer, so that any compiler can build it:
 *
 *     cc -g fuzz/table.c fuzz/driver.c -lm -pthread -o table
 *     ./table FILE...                   replays files, and what directories hold
 *     ./table --random N [SEED [MAX]]   N random inputs of up to MAX bytes
 *
 * A random input that fails is left in crash-driver.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <unistd.h>
#include <fcntl.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static unsigned long runs;
static uint8_t *input;
static size_t input_n;

static void run_one(const uint8_t *p, size_t n) {
    /* a block of exactly this size, so that reading past it is seen */
    uint8_t *exact = malloc(n ? n : 1);
    if (!exact) exit(1);
    memcpy(exact, p, n);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    runs++;
}

static int run_file(const char *path) {
    FILE *f = fopen(path, "rb");
    size_t cap = 1 << 22, n;
    uint8_t *b = malloc(cap);
    if (!f || !b) {
        fprintf(stderr, "cannot read %s\n", path);
        if (f) fclose(f);
        free(b);
        return 1;
    }
    n = fread(b, 1, cap, f);
    fclose(f);
    run_one(b, n);
    free(b);
    return 0;
}

static int run_path(const char *path) {
    DIR *d = opendir(path);
    struct dirent *e;
    int bad = 0;
    if (!d) return run_file(path);
    while ((e = readdir(d))) {
        char sub[4096];
        if (e->d_name[0] == '.') continue;
        snprintf(sub, sizeof sub, "%s/%s", path, e->d_name);
        bad |= run_path(sub);
    }
    closedir(d);
    return bad;
}

static void keep_input(int sig) {
    int fd = open("crash-driver", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd >= 0 && write(fd, input, input_n) < 0) _exit(2);
    signal(sig, SIG_DFL);
    raise(sig);
}

static uint64_t next(uint64_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static void run_random(unsigned long count, uint64_t s, size_t most) {
    input = malloc(most + 1);
    if (!input) exit(1);
    signal(SIGABRT, keep_input);
    signal(SIGSEGV, keep_input);
    s = s * 2654435761u + 88172645463325252u;
    for (; count; count--) {
        size_t i;
        input_n = (size_t)(next(&s) % (most + 1));
        for (i = 0; i < input_n; i++) input[i] = (uint8_t)(next(&s) >> 33);
        run_one(input, input_n);
    }
    free(input);
}

int main(int argc, char **argv) {
    int i, bad = 0;
    if (argc > 2 && strcmp(argv[1], "--random") == 0)
        run_random(strtoul(argv[2], NULL, 10),
                   argc > 3 ? strtoul(argv[3], NULL, 10) : 1,
                   argc > 4 ? strtoul(argv[4], NULL, 10) : 600);
    else
        for (i = 1; i < argc; i++) bad |= run_path(argv[i]);
    printf("%lu inputs run\n", runs);
    return bad;
}
