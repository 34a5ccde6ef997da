/* The life of a space: opened by name and freed. */
#include <stdio.h>
#include <string.h>

#include "room.h"

static const struct rn_arch fallback = {
    .stem = RN_STEM_SIMPLE,
    .stem_w = 32,
    .block = RN_BLOCK_BOTTLENECK,
    .n_stages = 4,
    .stages = {{.stride = 2}, {.stride = 2}, {.stride = 2}, {.stride = 2}},
    .num_classes = 1000,
    .im_size = 224};

struct rn_space *rn_space_new(void)
{
    struct rn_space *space = rn_alloc(1, sizeof *space);

    if (!space)
        return NULL;
    space->arch = fallback;
    for (int i = 0; i < RN_MAX_STAGES; i++)
        space->arch.stages[i].kernel = 3;
    return space;
}

enum rn_status rn_space_open(const char *name, struct rn_space **space, struct rn_err *err)
{
    struct rn_space *made = rn_space_new();
    enum rn_status status;

    if (!made)
        return rn_nomem(err, sizeof *made, "a space");
    RN_TRY(rn_space_read(made, name, "", 0, err));
    RN_TRY(rn_space_compile(made, err));
    *space = made;
    made = NULL;
done:
    rn_space_free(made);
    return status;
}

void rn_space_free(struct rn_space *space)
{
    if (!space)
        return;
    for (int i = 0; i < space->n_params; i++)
        rn_axis_release(&space->params[i].axis);
    for (int i = 0; i < space->n_constraints; i++)
        rn_constraint_free(space->constraints[i]);
    rn_free(space->config);
    rn_free(space->draws);
    rn_free(space);
}

const char *rn_space_name(const struct rn_space *space)
{
    return space->name;
}

uint64_t rn_space_networks(const struct rn_space *space)
{
    return space->networks;
}

uint64_t rn_space_seed(const struct rn_space *space)
{
    return space->seed;
}
