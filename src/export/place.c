/* First fit: each output goes to the lowest place that no living output overlaps. */
#include "export/place.h"

struct life {
    int64_t offset, size; /* floats */
    int last;             /* the last layer that reads it */
};

static int64_t floats_of(const struct rn_folded *net, int layer)
{
    struct rn_shape s = net->layers[layer].node->out;

    return (int64_t)s.h * s.w * s.c;
}

static void find_last(const struct rn_folded *net, struct life *lives)
{
    for (int i = 0; i < net->n; i++) {
        lives[i] = (struct life){.offset = -1, .size = floats_of(net, i), .last = i};
        for (int j = 0; j < net->layers[i].node->n_in; j++)
            lives[net->layers[i].in[j]].last = i;
    }
}

static bool is_elementwise(enum rn_op op)
{
    return op == RN_OP_ACT || op == RN_OP_ADD || op == RN_OP_SCALE || op == RN_OP_BN;
}

/* The lowest offset of room for layer i among the outputs before it that are still read. */
static int64_t first_fit(const struct life *lives, int i)
{
    int64_t at = 0;

    for (int j = 1; j < i; j++) {
        const struct life *life = &lives[j];

        if (life->last < i || life->offset + life->size <= at || at + lives[i].size <= life->offset)
            continue;
        at = life->offset + life->size;
        j = 0; /* what came before may be in the way there */
    }
    return at;
}

enum rn_status rn_place(const struct rn_folded *net, int64_t *offset, int64_t *size,
                        struct rn_err *err)
{
    struct life *lives = rn_alloc((size_t)net->n, sizeof *lives);
    int64_t end = 0;

    if (!lives)
        return rn_nomem(err, (size_t)net->n * sizeof *lives, "a plan of memory");
    find_last(net, lives);
    for (int i = 1; i < net->n - 1; i++) {
        const struct rn_folded_layer *layer = &net->layers[i];
        struct life *first = &lives[layer->in[0]], *life = &lives[i];

        if (is_elementwise(layer->node->op) && first->last == i && first->offset >= 0)
            life->offset = first->offset;
        else
            life->offset = first_fit(lives, i);
        if (life->offset + life->size > end)
            end = life->offset + life->size;
    }
    for (int i = 0; i < net->n; i++)
        offset[i] = lives[i].offset;
    rn_free(lives);
    *size = end;
    return RN_OK;
}
