/* Finishing a unit's dz: the activation's derivative and the sums for normalization's gradient. */
#include <string.h>

#include "cpu.h"

struct rn_finish rn_finish_of(struct rn_cpu *cpu, struct rn_unit *unit)
{
    struct rn_finish finish = {0};

    if (unit->kind == RN_UNIT_CONV || unit->kind == RN_UNIT_BN) {
        if (unit->clip)
            finish.mask = (struct rn_source){unit->y, unit->scale, unit->shift, unit->clip};
        finish.owner[finish.n_y++] = unit;
    } else if (unit->kind == RN_UNIT_SUM) {
        if (unit->clip)
            finish.mask = (struct rn_source){.y = unit->z, .clip = unit->clip};
        for (int k = 0; k < 2; k++)
            if (cpu->units[unit->in[k]].shares_dz)
                finish.owner[finish.n_y++] = &cpu->units[unit->in[k]];
    }
    for (int k = 0; k < finish.n_y; k++)
        finish.y[k] = finish.owner[k]->y;
    finish.needed = finish.mask.y.data || finish.n_y > 0;
    return finish;
}

void rn_finish_rows(const struct rn_unit *unit, const struct rn_finish *finish,
                    const struct rn_scratch *scratch, const float *block, bool add, ptrdiff_t row,
                    int rows, double *sums)
{
    ptrdiff_t first = row * unit->stride;
    struct rn_source mask = rn_source_at(finish->mask, first);
    struct rn_tensor y[2];
    int n = (1 + finish->n_y) * unit->stride;

    for (int k = 0; k < finish->n_y; k++)
        y[k] = rn_tensor_at(finish->y[k], first);
    memset(scratch->sums, 0, (size_t)n * sizeof *scratch->sums);
    rn_finish(&scratch->mover, rows, unit->stride, block, add, rn_tensor_at(unit->dz, first), mask,
              finish->n_y, y, scratch->sums);
    for (int i = 0; i < n; i++)
        sums[i] += (double)scratch->sums[i];
}

void rn_finish_reduce(struct rn_cpu *cpu, struct rn_unit *unit, const struct rn_finish *finish,
                      int chunks)
{
    int c = unit->stride;

    for (int k = 0; k < finish->n_y; k++) {
        double *to = finish->owner[k]->sums;
        memset(to, 0, 2 * (size_t)c * sizeof *to);
        for (int chunk = 0; chunk < chunks; chunk++) {
            const double *from = cpu->partial + (ptrdiff_t)chunk * 3 * cpu->max_stride;
            for (int i = 0; i < c; i++) {
                to[i] += from[i];
                to[c + i] += from[(1 + k) * c + i];
            }
        }
    }
}

struct pass {
    struct rn_cpu *cpu;
    struct rn_unit *unit;
    struct rn_finish finish;
    int n;
};

static void finish_chunk(void *arg, int chunk, int thread)
{
    const struct pass *pass = arg;
    int pixels = rn_unit_pixels(pass->unit), block = 1 + 256 / pixels;
    int end = (int)((long long)pass->n * (chunk + 1) / RN_CHUNKS);
    double *sums = pass->cpu->partial + (ptrdiff_t)chunk * 3 * pass->cpu->max_stride;

    memset(sums, 0, 3 * (size_t)pass->cpu->max_stride * sizeof *sums);
    for (int i = (int)((long long)pass->n * chunk / RN_CHUNKS); i < end; i += block) {
        int images = end - i < block ? end - i : block;
        rn_finish_rows(pass->unit, &pass->finish, &pass->cpu->scratch[thread], NULL, false,
                       (ptrdiff_t)i * pixels, images * pixels, sums);
    }
}

void rn_finish_pass(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    struct pass pass = {.cpu = cpu, .unit = unit, .finish = rn_finish_of(cpu, unit), .n = n};

    if (!pass.finish.needed)
        return;
    rn_pool_run(cpu->pool, RN_CHUNKS, finish_chunk, &pass);
    rn_finish_reduce(cpu, unit, &pass.finish, RN_CHUNKS);
}
