/* What the networks that train at once take of the memory: as many start as fit together. */
#include "sweep_run.h"

#define VALUE_BYTES                                                                        \
    40.0           /* a parameter: value, gradients, momentum, packed, and in a checkpoint \
                    */
#define MARGIN 1.3 /* networks of one space keep more or less beside their activations */

double rn_sweep_activations(const struct rn_config *cfg, const struct rn_complexity *cx)
{
    return (double)cx->acts * cfg->train.batch_size;
}

void rn_sweep_memory_learn(struct rn_sweep_memory *memory, double activations, double params,
                           size_t bytes)
{
    double rest = (double)bytes - VALUE_BYTES * params;

    memory->activation = rest > 0 ? rest / activations : 0;
}

double rn_sweep_memory_needed(const struct rn_sweep_memory *memory, double activations,
                              double params)
{
    if (memory->activation <= 0)
        return 0;
    return MARGIN * (memory->activation * activations + VALUE_BYTES * params);
}

size_t rn_sweep_memory_limit(const struct rn_sweep_pool *pool)
{
    size_t asked = pool->options->memory, there = rn_memory_free();

    return asked > 0 && asked < there ? asked : there;
}

/* 0: not known. */
static size_t need_of(const struct rn_sweep_pool *pool, size_t network)
{
    struct rn_config cfg = pool->sweep->config;
    struct rn_sample sample;

    if (rn_sweep_draw(pool->sweep, network, &sample, NULL) != RN_OK ||
        rn_sample_to_config(&sample, &cfg, NULL) != RN_OK)
        return 0;
    return (size_t)rn_sweep_memory_needed(&pool->memory, rn_sweep_activations(&cfg, &sample.cx),
                                          (double)sample.cx.params);
}

bool rn_sweep_has_room(struct rn_sweep_pool *pool, size_t network)
{
    struct rn_sweep_memory *memory = &pool->memory;

    if (memory->activation <= 0)
        return true;
    memory->need[network] = need_of(pool, network);
    if (memory->held > 0)
        return memory->held + memory->need[network] <= memory->limit;
    memory->limit = rn_sweep_memory_limit(pool); /* of nothing that we hold */
    return true;
}

enum rn_status rn_sweep_check_room(const struct rn_sweep_pool *pool, size_t network,
                                   struct rn_err *err)
{
    const struct rn_sweep_memory *memory = &pool->memory;

    if (memory->need[network] <= memory->limit)
        return RN_OK;
    return rn_fail(err, RN_E_NOMEM,
                   "out of memory: training it takes about %.3f GB, and %.3f GB may be taken",
                   1e-9 * (double)memory->need[network], 1e-9 * (double)memory->limit);
}
