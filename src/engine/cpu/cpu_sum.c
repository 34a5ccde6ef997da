/* A residual sum and its activation: one pass forward; backward, its dz is already its inputs'. */
#include <string.h>

#include "conv_plan.h"
#include "cpu.h"

struct job {
    struct rn_cpu *cpu;
    int n, pixels, c;
    struct rn_source u, v;
    enum rn_clip clip;
    struct rn_tensor z;
};

static void sum_chunk(void *arg, int chunk, int thread)
{
    const struct job *job = arg;
    int begin = (int)((long long)job->n * chunk / RN_CHUNKS);
    int end = (int)((long long)job->n * (chunk + 1) / RN_CHUNKS);
    ptrdiff_t at = (ptrdiff_t)begin * job->pixels * job->c;

    rn_sum(&job->cpu->scratch[thread].mover, (end - begin) * job->pixels, job->c,
           rn_source_at(job->u, at), rn_source_at(job->v, at), job->clip, rn_tensor_at(job->z, at));
}

static void run(struct rn_cpu *cpu, const struct rn_unit *unit, int n, struct rn_source u,
                struct rn_source v, enum rn_clip clip, struct rn_tensor z)
{
    struct job job = {.cpu = cpu,
                      .n = n,
                      .pixels = rn_unit_pixels(unit),
                      .c = unit->stride,
                      .u = u,
                      .v = v,
                      .clip = clip,
                      .z = z};

    rn_pool_run(cpu->pool, RN_CHUNKS, sum_chunk, &job);
}

void rn_cpu_sum_rows(const struct rn_cpu *cpu, const struct rn_scratch *scratch,
                     const struct rn_unit *unit, ptrdiff_t row, int rows)
{
    ptrdiff_t at = row * unit->stride;

    rn_sum(&scratch->mover, rows, unit->stride,
           rn_source_at(rn_unit_source(&cpu->units[unit->in[0]]), at),
           rn_source_at(rn_unit_source(&cpu->units[unit->in[1]]), at), unit->clip,
           rn_tensor_at(unit->z, at));
}

void rn_cpu_store(struct rn_cpu *cpu, const struct rn_unit *unit, int n)
{
    struct rn_source y = {unit->y, unit->scale, unit->shift, unit->clip};

    run(cpu, unit, n, y, (struct rn_source){0}, RN_CLIP_NONE, unit->z);
}

bool rn_cpu_sum_in_conv(const struct rn_cpu *cpu, const struct rn_unit *sum)
{
    const struct rn_unit *user = &cpu->units[sum->first_user];

    return sum->n_users > 0 && user->kind == RN_UNIT_CONV &&
           (user->conv->strips == 1 || user->conv->down.k == 1);
}

/* In inference a convolution leaves its result, and nothing is to be applied to it. */
static struct rn_source input_of(const struct rn_cpu *cpu, const struct rn_unit *unit, int k,
                                 enum rn_pass pass)
{
    const struct rn_unit *input = &cpu->units[unit->in[k]];

    return pass == RN_PASS_INFER ? (struct rn_source){.y = rn_unit_result(input)}
                                 : rn_unit_source(input);
}

void rn_cpu_sum_forward(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass, int n)
{
    run(cpu, unit, n, input_of(cpu, unit, 0, pass), input_of(cpu, unit, 1, pass), unit->clip,
        unit->z);
}

void rn_cpu_sum_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];

    for (int k = 0; k < 2; k++) {
        struct rn_unit *input = &cpu->units[unit->in[k]];
        struct rn_source dz = {.y = unit->dz}, to = {.y = input->dz};
        if (input->shares_dz || k == unit->alias_in || !input->needs_dz)
            continue;
        if (rn_unit_writes_first(cpu, u, k) && (k == 0 || unit->in[0] != unit->in[1]))
            to.y = rn_tensor_of(NULL);
        run(cpu, unit, n, dz, to, RN_CLIP_NONE, input->dz);
    }
}
