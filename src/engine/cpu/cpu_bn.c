/*
 * Batch normalization: statistics and coefficients from sums, for whatever takes these; and the
 * unit that is a normalization by itself, which is a convolution's without the convolution.
 */
#include "cpu_bn.h"

#include <math.h>
#include <string.h>

#include "conv_job.h"

/* The chunks' sums, of y and of its squares, added up over the whole batch. */
static void reduce_sums(struct rn_cpu *cpu, struct rn_unit *unit, int chunks)
{
    const struct rn_net_parts *parts = &cpu->request.options.parts;
    int c = unit->stride;

    memset(unit->sums, 0, 2 * (size_t)c * sizeof *unit->sums);
    for (int chunk = 0; chunk < chunks; chunk++)
        for (int i = 0; i < 2 * c; i++)
            unit->sums[i] += cpu->partial[(ptrdiff_t)chunk * 3 * cpu->max_stride + i];
    if (parts->n > 1)
        parts->sum(parts->arg, unit->sums, 2 * (size_t)c);
}

void rn_bn_statistics(struct rn_cpu *cpu, struct rn_unit *unit, int chunks, double momentum, int n)
{
    double count = (double)n * rn_unit_pixels(unit) * cpu->request.options.parts.n;
    float *running_mean = rn_param_of(cpu, unit->bn, 2),
          *running_var = rn_param_of(cpu, unit->bn, 3);

    reduce_sums(cpu, unit, chunks);
    for (int i = 0; i < unit->node.out.c; i++) {
        double mean = unit->sums[i] / count;
        double var = unit->sums[unit->stride + i] / count - mean * mean;
        var = var < 0 ? 0 : var;
        unit->mean[i] = (float)mean;
        unit->rstd[i] = (float)(1 / sqrt(var + cpu->request.options.bn_eps));
        running_mean[i] = (float)((1 - momentum) * running_mean[i] + momentum * mean);
        var *= count > 1 ? count / (count - 1) : 1;
        running_var[i] = (float)((1 - momentum) * running_var[i] + momentum * var);
    }
}

void rn_bn_affine(struct rn_cpu *cpu, struct rn_unit *unit)
{
    for (int i = 0; i < unit->node.out.c; i++) {
        float scale = 1, shift = unit->node.n_params > 1 ? rn_param_of(cpu, &unit->node, 1)[i] : 0;
        if (unit->bn) {
            scale = rn_param_of(cpu, unit->bn, 0)[i] * unit->rstd[i];
            shift = rn_param_of(cpu, unit->bn, 1)[i] - unit->mean[i] * scale;
        }
        rn_set_repeated(unit->scale, unit->stride, i, scale);
        rn_set_repeated(unit->shift, unit->stride, i, shift);
    }
}

float rn_bn_running(const struct rn_cpu *cpu, const struct rn_node *bn, int i, float *scale)
{
    double rstd = 1 / sqrt(rn_param_of(cpu, bn, 3)[i] + cpu->request.options.bn_eps);

    *scale = (float)(rn_param_of(cpu, bn, 0)[i] * rstd);
    return rn_param_of(cpu, bn, 1)[i] - rn_param_of(cpu, bn, 2)[i] * *scale;
}

/* Those of normalization are the whole batch's, of which each part has its share. */
void rn_bn_gradients(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    const struct rn_net_parts *parts = &cpu->request.options.parts;
    int c = unit->stride, repeated = c * rn_repeat(c);
    double count = (double)n * rn_unit_pixels(unit) * parts->n;

    if (unit->bn && parts->n > 1)
        parts->sum(parts->arg, unit->sums, 2 * (size_t)c);
    for (int i = 0; i < unit->node.out.c; i++) {
        double sum = unit->sums[i], product = unit->sums[c + i], alpha = 1, beta = 0, gamma = 0;
        if (unit->bn) {
            double mean = unit->mean[i], rstd = unit->rstd[i];
            double dgamma = rstd * (product - mean * sum);
            alpha = (double)rn_param_of(cpu, unit->bn, 0)[i] * rstd;
            beta = -alpha * rstd * dgamma / count;
            gamma = alpha * (rstd * mean * dgamma - sum) / count;
            rn_grad_of(cpu, unit->bn, 0)[i] = (float)(dgamma / parts->n);
            rn_grad_of(cpu, unit->bn, 1)[i] = (float)(sum / parts->n);
        } else if (unit->node.n_params > 1) {
            rn_grad_of(cpu, &unit->node, 1)[i] = (float)sum;
        }
        rn_set_repeated(unit->coef, c, i, (float)alpha);
        rn_set_repeated(unit->coef + repeated, c, i, (float)beta);
        rn_set_repeated(unit->coef + 2 * repeated, c, i, (float)gamma);
    }
}

struct job {
    struct rn_cpu *cpu;
    struct rn_unit *unit, *input;
    ptrdiff_t rows;
    bool add; /* to the input's gradient */
};

#define ROWS 256 /* whose sums are taken together */

/* Calls visit for a chunk's rows, some at a time. */
static void each_rows(const struct job *job, int chunk, const struct rn_scratch *scratch,
                      void (*visit)(const struct job *job, const struct rn_scratch *scratch,
                                    ptrdiff_t at, int rows, double *sums))
{
    ptrdiff_t end = job->rows * (chunk + 1) / RN_CHUNKS;
    double *sums = job->cpu->partial + (ptrdiff_t)chunk * 3 * job->cpu->max_stride;

    for (ptrdiff_t row = job->rows * chunk / RN_CHUNKS; row < end; row += ROWS)
        visit(job, scratch, row * job->unit->stride, end - row < ROWS ? (int)(end - row) : ROWS,
              sums);
}

static void add_sums(const struct job *job, const struct rn_scratch *scratch, ptrdiff_t at,
                     int rows, double *sums)
{
    int c = job->unit->stride;
    struct rn_tensor x = rn_tensor_at(job->unit->y, at);

    memset(scratch->sums, 0, 2 * (size_t)c * sizeof *scratch->sums);
    rn_store(&scratch->mover, rows, c, x.data, x, scratch->sums);
    for (int i = 0; i < 2 * c; i++)
        sums[i] += (double)scratch->sums[i];
}

static void statistics_chunk(void *arg, int chunk, int thread)
{
    const struct job *job = arg;

    memset(job->cpu->partial + (ptrdiff_t)chunk * 3 * job->cpu->max_stride, 0,
           2 * (size_t)job->unit->stride * sizeof *job->cpu->partial);
    each_rows(job, chunk, &job->cpu->scratch[thread], add_sums);
}

static struct job job_of(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    return (struct job){.cpu = cpu,
                        .unit = unit,
                        .input = &cpu->units[unit->in[0]],
                        .rows = (ptrdiff_t)n * rn_unit_pixels(unit)};
}

void rn_cpu_bn_forward(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass, double momentum,
                       int n)
{
    struct job job = job_of(cpu, unit, n);

    if (pass == RN_PASS_TRAIN) {
        rn_pool_run(cpu->pool, RN_CHUNKS, statistics_chunk, &job);
        rn_bn_statistics(cpu, unit, RN_CHUNKS, momentum, n);
        rn_bn_affine(cpu, unit);
    }
    for (int i = 0; i < unit->node.out.c && pass == RN_PASS_INFER; i++) {
        float scale, shift = rn_bn_running(cpu, unit->bn, i, &scale);
        rn_set_repeated(unit->scale, unit->stride, i, scale);
        rn_set_repeated(unit->shift, unit->stride, i, shift);
    }
    rn_cpu_store(cpu, unit, n);
}

/* Where dx is not new, it is made in place of dz, which nobody reads any more, and added. */
static void give_rows(const struct job *job, const struct rn_scratch *scratch, ptrdiff_t at,
                      int rows, double *sums)
{
    const struct rn_unit *unit = job->unit;
    struct rn_tensor dz = rn_tensor_at(unit->dz, at), dx = rn_tensor_at(job->input->dz, at);

    (void)sums;
    rn_load_gradient(&scratch->mover, 1, rows, unit->stride, dz, rn_tensor_at(unit->y, at),
                     unit->coef, false, job->add ? dz : dx, 0);
    if (job->add)
        rn_sum(&scratch->mover, rows, unit->stride, (struct rn_source){.y = dx},
               (struct rn_source){.y = dz}, RN_CLIP_NONE, dx);
}

static void backward_chunk(void *arg, int chunk, int thread)
{
    const struct job *job = arg;

    each_rows(job, chunk, &job->cpu->scratch[thread], give_rows);
}

void rn_cpu_bn_backward(struct rn_cpu *cpu, int u, int n)
{
    struct job job = job_of(cpu, &cpu->units[u], n);

    job.add = !rn_unit_writes_first(cpu, u, 0);
    rn_bn_gradients(cpu, job.unit, n);
    rn_pool_run(cpu->pool, RN_CHUNKS, backward_chunk, &job);
}
