/* Threads for tests. */
#ifndef THREADS_H
#define THREADS_H

#include "sockets.h"

#include <pthread.h>

static inline pthread_t start(void *(*fn)(void *), void *arg) {
    pthread_t t;
    CHECK(!pthread_create(&t, NULL, fn, arg));
    return t;
}

static inline void join(pthread_t t) { CHECK(!pthread_join(t, NULL)); }

static inline void nap(long us) {
    struct timespec t = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&t, NULL);
}

#endif
