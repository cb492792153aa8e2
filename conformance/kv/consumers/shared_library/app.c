/* app.c: a program that uses the library, and cannot tell what is inside. */
#include "part.h"

int main(void) { return part(); }
