/* part.h: the shared library's own interface, without a word about kv. */
#ifndef PART_H
#define PART_H

#define PART_API __attribute__((visibility("default")))

PART_API int part(void);

#endif
