/* app.c: a program that uses kv as any other library. */
#include "app.h"

int main(void) { return app("app"); }
