/* one.c: kv is part of this file; two.c has another. */
#define KV_STATIC
#include "kv.c" /* before other headers: it asks for POSIX */

#include "../app.h"

int one(void);
int one(void) { return app("one"); }
