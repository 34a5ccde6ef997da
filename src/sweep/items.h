/*
 * items.h: the items of a JSON list in a file, one at a time, so that a file of gigabytes takes the
 * memory of its longest item. NaN and infinite numbers are read as null. Private to sweep.
 */
#ifndef RN_SWEEP_ITEMS_H
#define RN_SWEEP_ITEMS_H

#include <stdio.h>

#include "regnet/memory.h"
#include "regnet/value.h"

struct rn_items {
    FILE *in;            /* borrowed */
    const char *path;    /* borrowed; for messages */
    size_t n;            /* items read so far */
    size_t line, column; /* of the next character, from 1 */
    struct {
        size_t line, column;
    } begin;  /* of the last item */
    int last; /* the character after it: 0 at first, ',', or ']' */
    struct rn_buf text;
};

/* Zero-initialize items but for in and path. The next item; NULL after the last. RN_E_DATA with
   file, line and column where it is no JSON. */
enum rn_status rn_items_next(struct rn_items *items, struct rn_doc **doc, struct rn_err *err);
void rn_items_release(struct rn_items *items);

#endif
