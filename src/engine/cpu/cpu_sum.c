/* A residual sum and its ReLU: one pass forward; backward, its dz is already its inputs'. */
#include <string.h>

#include "conv_plan.h"
#include "cpu.h"

struct job {
    struct rn_cpu *cpu;
    int n, pixels, c;
    struct rn_view u, v;
    bool relu;
    float *z;
};

static void sum_chunk(void *arg, int chunk, int thread)
{
    const struct job *job = arg;
    int begin = (int)((long long)job->n * chunk / RN_CHUNKS);
    int end = (int)((long long)job->n * (chunk + 1) / RN_CHUNKS);
    ptrdiff_t at = (ptrdiff_t)begin * job->pixels * job->c;
    struct rn_view u = job->u, v = job->v;

    (void)thread;
    u.y += at;
    v.y += at;
    job->cpu->kernels->sum((end - begin) * job->pixels, job->c, u, v, job->relu, job->z + at);
}

static void run(struct rn_cpu *cpu, const struct rn_unit *unit, int n, struct rn_view u,
                struct rn_view v, bool relu, float *z)
{
    struct job job = {.cpu = cpu,
                      .n = n,
                      .pixels = rn_unit_pixels(unit),
                      .c = unit->stride,
                      .u = u,
                      .v = v,
                      .relu = relu,
                      .z = z};

    rn_pool_run(cpu->pool, RN_CHUNKS, sum_chunk, &job);
}

void rn_cpu_sum_rows(const struct rn_cpu *cpu, const struct rn_unit *unit, ptrdiff_t row, int rows)
{
    struct rn_view u = rn_unit_view(&cpu->units[unit->in[0]]);
    struct rn_view v = rn_unit_view(&cpu->units[unit->in[1]]);
    ptrdiff_t at = row * unit->stride;

    u.y += at;
    v.y += at;
    cpu->kernels->sum(rows, unit->stride, u, v, unit->relu, unit->z + at);
}

bool rn_cpu_sum_in_conv(const struct rn_cpu *cpu, const struct rn_unit *sum)
{
    const struct rn_unit *user = &cpu->units[sum->first_user];

    return sum->n_users > 0 && user->kind == RN_UNIT_CONV &&
           (user->conv->strips == 1 || user->conv->k == 1);
}

void rn_cpu_sum_forward(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    run(cpu, unit, n, rn_unit_view(&cpu->units[unit->in[0]]),
        rn_unit_view(&cpu->units[unit->in[1]]), unit->relu, unit->z);
}

void rn_cpu_sum_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];

    for (int k = 0; k < 2; k++) {
        struct rn_unit *input = &cpu->units[unit->in[k]];
        struct rn_view dz = {.y = unit->dz};
        if (input->shares_dz || k == unit->alias_in || !input->needs_dz)
            continue;
        if (rn_unit_writes_first(cpu, u, k) && (k == 0 || unit->in[0] != unit->in[1]))
            memcpy(input->dz, unit->dz,
                   (size_t)n * (size_t)(rn_unit_pixels(unit) * unit->stride) * sizeof *unit->dz);
        else
            run(cpu, unit, n, dz, (struct rn_view){.y = input->dz}, false, input->dz);
    }
}
