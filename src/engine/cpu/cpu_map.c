/* Channels moved about (channels.h): one copy forward, one sum backward, row by row. */
#include <string.h>

#include "channels.h"
#include "cpu.h"

struct job {
    const struct rn_channel_map *map;
    ptrdiff_t rows;
    float *z;                   /* the result, or its gradient */
    float *x[RN_NODE_INPUTS];   /* the inputs, or their gradients; NULL: not wanted */
    bool clear[RN_NODE_INPUTS]; /* the gradient is new */
    int stride, in_stride[RN_NODE_INPUTS];
    bool partial; /* some of the result's channels come from nowhere */
};

static struct job job_of(const struct rn_cpu *cpu, const struct rn_unit *unit, int n)
{
    struct job job = {
        .map = unit->map, .rows = (ptrdiff_t)n * rn_unit_pixels(unit), .stride = unit->stride};
    int covered = 0;

    for (int i = 0; i < unit->map->n_runs; i++)
        covered += unit->map->runs[i].count;
    job.partial = covered < unit->stride;
    for (int k = 0; k < unit->n_in; k++)
        job.in_stride[k] = cpu->units[unit->in[k]].stride;
    return job;
}

static void copy_rows(void *arg, int chunk, int thread)
{
    const struct job *job = arg;
    ptrdiff_t end = job->rows * (chunk + 1) / RN_CHUNKS;

    (void)thread;
    for (ptrdiff_t row = job->rows * chunk / RN_CHUNKS; row < end; row++) {
        float *z = job->z + row * job->stride;
        if (job->partial)
            memset(z, 0, (size_t)job->stride * sizeof *z);
        for (int i = 0; i < job->map->n_runs; i++) {
            const struct rn_channel_run *run = &job->map->runs[i];
            const float *x = job->x[run->in] + row * job->in_stride[run->in] + run->from;
            if (run->step == 1)
                memcpy(z + run->to, x, (size_t)run->count * sizeof *z);
            for (int j = 0, to = run->to; run->step > 1 && j < run->count; j++, to += run->step)
                z[to] = x[j];
        }
    }
}

static void sum_rows(void *arg, int chunk, int thread)
{
    const struct job *job = arg;
    ptrdiff_t end = job->rows * (chunk + 1) / RN_CHUNKS;

    (void)thread;
    for (ptrdiff_t row = job->rows * chunk / RN_CHUNKS; row < end; row++) {
        const float *dz = job->z + row * job->stride;
        for (int k = 0; k < job->map->n_in; k++)
            if (job->clear[k])
                memset(job->x[k] + row * job->in_stride[k], 0,
                       (size_t)job->in_stride[k] * sizeof *dz);
        for (int i = 0; i < job->map->n_runs; i++) {
            const struct rn_channel_run *run = &job->map->runs[i];
            float *dx = job->x[run->in];
            if (!dx)
                continue;
            dx += row * job->in_stride[run->in] + run->from;
            for (int j = 0, at = run->to; j < run->count; j++, at += run->step)
                dx[j] += dz[at];
        }
    }
}

void rn_cpu_map_forward(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    struct job job = job_of(cpu, unit, n);

    job.z = unit->z.data;
    for (int k = 0; k < unit->n_in; k++)
        job.x[k] = cpu->units[unit->in[k]].z.data;
    rn_pool_run(cpu->pool, RN_CHUNKS, copy_rows, &job);
}

void rn_cpu_map_backward(struct rn_cpu *cpu, int u, int n)
{
    const struct rn_unit *unit = &cpu->units[u];
    struct job job = job_of(cpu, unit, n);

    job.z = unit->dz.data;
    for (int k = 0; k < unit->n_in; k++) {
        const struct rn_unit *input = &cpu->units[unit->in[k]];
        job.x[k] = input->needs_dz ? input->dz.data : NULL;
        job.clear[k] = input->needs_dz && rn_unit_writes_first(cpu, u, k);
    }
    rn_pool_run(cpu->pool, RN_CHUNKS, sum_rows, &job);
}
