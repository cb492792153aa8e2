/* part.c: a shared library that keeps its data in kv. */
#include "part.h"

#include "../app.h"

int part(void) { return app("part"); }
