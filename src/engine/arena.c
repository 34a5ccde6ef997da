/* Places buffers in one block: the largest first, each at the lowest offset that is free. */
#include "arena.h"

#include <stdbool.h>
#include <stdlib.h>

#include "regnet/memory.h"

static int larger_first(const void *a, const void *b)
{
    const struct rn_arena_item *x = *(struct rn_arena_item *const *)a;
    const struct rn_arena_item *y = *(struct rn_arena_item *const *)b;

    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return x < y ? -1 : x > y;
}

static int lower_first(const void *a, const void *b)
{
    const struct rn_arena_item *x = *(struct rn_arena_item *const *)a;
    const struct rn_arena_item *y = *(struct rn_arena_item *const *)b;

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool live_together(const struct rn_arena_item *a, const struct rn_arena_item *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* The first gap below, between or above the placed items that live at the same time as item. */
static size_t first_gap(const struct rn_arena_item *item, struct rn_arena_item **placed, size_t n,
                        struct rn_arena_item **rivals)
{
    size_t n_rivals = 0, offset = 0;

    for (size_t i = 0; i < n; i++)
        if (live_together(item, placed[i]))
            rivals[n_rivals++] = placed[i];
    qsort(rivals, n_rivals, sizeof *rivals, lower_first);
    for (size_t i = 0; i < n_rivals; i++) {
        size_t end = rivals[i]->offset + rivals[i]->bytes;
        if (offset + item->bytes <= rivals[i]->offset)
            break;
        if (end > offset)
            offset = (end + 63) / 64 * 64;
    }
    return offset;
}

enum rn_status rn_arena_place(struct rn_arena_item *items, size_t n, size_t *total,
                              struct rn_err *err)
{
    struct rn_arena_item **order = rn_alloc(2 * n, sizeof(struct rn_arena_item *));

    if (!order)
        return rn_nomem(err, 2 * n * sizeof(struct rn_arena_item *), "the memory plan");
    for (size_t i = 0; i < n; i++)
        order[i] = &items[i];
    qsort(order, n, sizeof(struct rn_arena_item *), larger_first);
    *total = 0;
    for (size_t i = 0; i < n; i++) {
        order[i]->offset = first_gap(order[i], order, i, order + n);
        if (order[i]->offset + order[i]->bytes > *total)
            *total = order[i]->offset + order[i]->bytes;
    }
    rn_free(order);
    return RN_OK;
}
