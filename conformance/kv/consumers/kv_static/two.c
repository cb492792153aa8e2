/* two.c: kv is part of this file; one.c has another. */
#define KV_STATIC
#include "kv.c" /* before other headers: it asks for POSIX */

#include "../app.h"

int two(void);
int two(void) { return app("two"); }
