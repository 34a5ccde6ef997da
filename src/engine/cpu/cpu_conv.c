/* A convolution with the normalization that follows, forward and backward, block by block. */
#include <math.h>
#include <string.h>

#include "conv_plan.h"
#include "cpu.h"

struct job {
    struct rn_cpu *cpu;
    struct rn_unit *unit, *input;
    const struct rn_conv_plan *plan;
    struct rn_view x;
    int images;  /* as the plan counts them */
    bool direct; /* x needs no frame */
    bool stats;
    bool add;      /* to dx */
    bool finishes; /* dx is complete after this */
    struct rn_finish finish;
};

static struct job job_of(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    struct job job = {
        .cpu = cpu, .unit = unit, .input = &cpu->units[unit->in[0]], .plan = unit->conv};

    job.x = rn_unit_view(job.input);
    job.images = n * job.plan->images;
    job.direct = !job.x.scale && job.plan->k == 1 && job.plan->pad == 0;
    return job;
}

static float *param_of(const struct rn_cpu *cpu, const struct rn_node *node, int which)
{
    return cpu->request.params.value + cpu->request.graph->params[node->param + which].offset;
}

static float *grad_of(const struct rn_cpu *cpu, const struct rn_node *node, int which)
{
    return cpu->request.params.grad + cpu->request.graph->params[node->param + which].offset;
}

/* The images of chunk `chunk`: whole blocks. */
static void chunk_range(const struct job *job, int chunk, int *begin, int *end)
{
    int blocks = (job->images + job->plan->block - 1) / job->plan->block;

    *begin = (int)((long long)blocks * chunk / job->plan->chunks) * job->plan->block;
    *end = (int)((long long)blocks * (chunk + 1) / job->plan->chunks) * job->plan->block;
    if (*end > job->images)
        *end = job->images;
}

/* Brings `images` images of x into the frame, whose border is zero already. */
static void load_frame(const struct job *job, int first, int images, float *frame)
{
    const struct rn_conv_plan *plan = job->plan;
    int c = plan->in_stride;
    struct rn_view x = job->x;

    x.y += (ptrdiff_t)first * plan->h_in * plan->w_in * c;
    if (plan->pad == 0) {
        job->cpu->kernels->load_view(images * plan->h_in * plan->w_in, c, x, frame);
        return;
    }
    for (int i = 0; i < images * plan->h_in; i++, x.y += (ptrdiff_t)plan->w_in * c) {
        int row = i / plan->h_in * plan->h_frame + plan->pad + i % plan->h_in;
        float *to = frame + (ptrdiff_t)(row * plan->w_frame + plan->pad) * c;
        job->cpu->kernels->load_view(plan->w_in, c, x, to);
    }
}

/* The block of x at image `first`: where the plan's offsets count from. */
static const float *block_of_x(const struct job *job, int first, int images, float *frame)
{
    const struct rn_conv_plan *plan = job->plan;

    if (job->direct)
        return job->x.y + (ptrdiff_t)first * plan->h_in * plan->w_in * plan->in_stride;
    load_frame(job, first, images, frame);
    return frame;
}

static void clear_frame(const struct job *job, float *frame)
{
    if (!job->direct && job->plan->pad > 0)
        memset(frame, 0, rn_conv_frame_floats(job->plan) * sizeof *frame);
}

static void forward_chunk(void *arg, int chunk, int thread)
{
    const struct job *job = arg;
    const struct rn_conv_plan *plan = job->plan;
    const struct rn_kernels *k = job->cpu->kernels;
    int pixels = plan->h_out * plan->w_out, stride = plan->out_stride, begin, end;
    float *block_sums = job->cpu->scratch[thread], *frame = block_sums + 3 * job->cpu->max_stride;
    double *sums = job->cpu->partial + (ptrdiff_t)chunk * 3 * job->cpu->max_stride;

    memset(sums, 0, 2 * (size_t)stride * sizeof *sums);
    clear_frame(job, frame);
    chunk_range(job, chunk, &begin, &end);
    for (int i = begin; i < end; i += plan->block) {
        int images = end - i < plan->block ? end - i : plan->block;
        const float *x = block_of_x(job, i, images, frame);
        float *y = job->unit->y + (ptrdiff_t)i * pixels * stride;
        if (plan->lanes)
            k->mul_lanes(images * pixels, stride, plan->lanes, plan->taps, x, plan->aoff,
                         plan->toff, plan->forward, y, plan->coff, false);
        for (int g = 0; g < plan->n_merged && !plan->lanes; g++) {
            const struct rn_conv_group *group = &plan->merged[g];
            k->mul(images * pixels, group->out_pad, plan->taps, group->n_in, x + group->in,
                   plan->aoff, plan->toff, plan->forward + group->forward, y + group->out,
                   plan->coff, false);
        }
        if (!job->stats)
            continue;
        memset(block_sums, 0, 2 * (size_t)stride * sizeof *block_sums);
        k->stats(images * pixels, stride, y, block_sums);
        for (int j = 0; j < 2 * stride; j++)
            sums[j] += (double)block_sums[j];
    }
}

/* Mean, deviation and running statistics of the batch from the chunks' sums. */
static void reduce_stats(struct rn_cpu *cpu, struct rn_unit *unit, double momentum, int n)
{
    int c = unit->stride;
    double count = (double)n * rn_unit_pixels(unit);
    float *running_mean = param_of(cpu, unit->bn, 2), *running_var = param_of(cpu, unit->bn, 3);

    for (int i = 0; i < unit->node.out.c; i++) {
        double sum = 0, squares = 0, mean, var;
        for (int chunk = 0; chunk < unit->conv->chunks; chunk++) {
            const double *partial = cpu->partial + (ptrdiff_t)chunk * 3 * cpu->max_stride;
            sum += partial[i];
            squares += partial[c + i];
        }
        mean = sum / count;
        var = squares / count - mean * mean;
        var = var < 0 ? 0 : var;
        unit->mean[i] = (float)mean;
        unit->rstd[i] = (float)(1 / sqrt(var + cpu->request.options.bn_eps));
        running_mean[i] = (float)((1 - momentum) * running_mean[i] + momentum * mean);
        var *= count > 1 ? count / (count - 1) : 1;
        running_var[i] = (float)((1 - momentum) * running_var[i] + momentum * var);
    }
}

/* What turns y into the unit's result: normalization, or the bias. */
static void set_affine(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass)
{
    for (int i = 0; i < unit->node.out.c; i++) {
        if (unit->bn) {
            float mean = unit->mean[i], rstd = unit->rstd[i];
            if (pass == RN_PASS_INFER) {
                mean = param_of(cpu, unit->bn, 2)[i];
                rstd =
                    (float)(1 / sqrt(param_of(cpu, unit->bn, 3)[i] + cpu->request.options.bn_eps));
            }
            unit->scale[i] = param_of(cpu, unit->bn, 0)[i] * rstd;
            unit->shift[i] = param_of(cpu, unit->bn, 1)[i] - mean * unit->scale[i];
        } else {
            unit->scale[i] = 1;
            unit->shift[i] = unit->node.n_params > 1 ? param_of(cpu, &unit->node, 1)[i] : 0;
        }
    }
}

void rn_cpu_conv_forward(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass,
                         double momentum, int n)
{
    struct job job = job_of(cpu, unit, n);

    job.stats = unit->bn && pass == RN_PASS_TRAIN;
    rn_conv_pack_forward(job.plan, param_of(cpu, &unit->node, 0));
    rn_pool_run(cpu->pool, job.plan->chunks, forward_chunk, &job);
    if (job.stats)
        reduce_stats(cpu, unit, momentum, n);
    set_affine(cpu, unit, pass);
    if (unit->stored)
        cpu->kernels->load_view(n * rn_unit_pixels(unit), unit->stride,
                                (struct rn_view){unit->y, unit->scale, unit->shift, unit->relu},
                                unit->z);
}

/* Gradients of normalization (or the bias), and what turns dz into dy. */
static void reduce_gradients(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    int c = unit->stride;
    double count = (double)n * rn_unit_pixels(unit);
    float *alpha = unit->coef, *beta = alpha + c, *gamma = beta + c;

    for (int i = 0; i < unit->node.out.c; i++) {
        double sum = unit->sums[i], product = unit->sums[c + i];
        if (unit->bn) {
            double mean = unit->mean[i], rstd = unit->rstd[i];
            double dgamma = rstd * (product - mean * sum);
            double scale = (double)param_of(cpu, unit->bn, 0)[i] * rstd;
            grad_of(cpu, unit->bn, 0)[i] = (float)dgamma;
            grad_of(cpu, unit->bn, 1)[i] = (float)sum;
            alpha[i] = (float)scale;
            beta[i] = (float)(-scale * rstd * dgamma / count);
            gamma[i] = (float)(scale * (rstd * mean * dgamma - sum) / count);
        } else {
            alpha[i] = 1;
            if (unit->node.n_params > 1)
                grad_of(cpu, &unit->node, 1)[i] = (float)sum;
        }
    }
}

static void load_gradient(const struct job *job, int first, int images, float *frame)
{
    const struct rn_conv_plan *plan = job->plan;
    int c = plan->out_stride, w = plan->w_out;
    ptrdiff_t at = (ptrdiff_t)first * plan->h_out * w * c;

    if (plan->h_dframe == plan->h_out && plan->w_dframe == w) {
        job->cpu->kernels->load_grad(images * plan->h_out * w, c, job->unit->dz + at,
                                     job->unit->y + at, job->unit->coef, frame);
        return;
    }
    for (int i = 0; i < images * plan->h_out; i++, at += (ptrdiff_t)w * c) {
        int row = i / plan->h_out * plan->h_dframe + plan->margin + i % plan->h_out;
        job->cpu->kernels->load_grad(w, c, job->unit->dz + at, job->unit->y + at, job->unit->coef,
                                     frame + (ptrdiff_t)(row * plan->w_dframe + plan->margin) * c);
    }
}

/* dW of one block, a strip of pixels at a time so that x and dy stay in the first-level cache. */
static void weight_gradient(const struct job *job, int rows, const float *x, const float *dy,
                            float *grad)
{
    const struct rn_conv_plan *plan = job->plan;
    enum { STRIP = 112 };

    for (int row = 0; row < rows; row += STRIP) {
        int strip = rows - row < STRIP ? rows - row : STRIP;
        if (plan->lanes)
            job->cpu->kernels->outer_lanes(strip, plan->out_stride, plan->lanes, plan->taps, x,
                                           plan->aoff + row, plan->toff, dy, plan->doff + row,
                                           grad);
        for (int g = 0; g < plan->n_merged && !plan->lanes; g++) {
            const struct rn_conv_group *group = &plan->merged[g];
            for (int t = 0; t < plan->taps; t++)
                job->cpu->kernels->outer(
                    strip, group->out_pad, group->n_in, x + group->in + plan->toff[t],
                    plan->aoff + row, dy + group->out, plan->doff + row,
                    grad + group->grad + (ptrdiff_t)t * group->n_in * group->out_pad,
                    group->out_pad);
        }
    }
}

static void data_gradient(const struct job *job, int first, int images, const float *dy)
{
    const struct rn_conv_plan *plan = job->plan;
    ptrdiff_t image = (ptrdiff_t)plan->h_in * plan->w_in * plan->in_stride;
    const struct rn_kernels *k = job->cpu->kernels;
    float *dx = job->input->dz + first * image;

    if (!job->add && plan->k < plan->s)
        memset(dx, 0, (size_t)(images * image) * sizeof *dx);
    for (int g = 0; g < plan->n_merged; g++) {
        const struct rn_conv_group *group = &plan->merged[g];
        const float *weights = plan->backward + group->backward;
        for (int c = 0; c < plan->n_classes; c++) {
            const struct rn_conv_class *class = &plan->classes[c];
            int rows = images * class->pixels;
            if (plan->lanes)
                k->mul_lanes(rows, plan->in_stride, plan->lanes, class->taps, dy, class->aoff,
                             class->toff, weights, dx, class->coff, job->add);
            else if (class->taps > 0)
                k->mul(rows, group->in_pad, class->taps, group->n_out, dy + group->out, class->aoff,
                       class->toff, weights, dx + group->in, class->coff, job->add);
            weights += (ptrdiff_t) class->taps * group->in_pad *
                       (plan->lanes ? plan->lanes : group->n_out);
        }
    }
}

static void backward_chunk(void *arg, int chunk, int thread)
{
    const struct job *job = arg;
    const struct rn_conv_plan *plan = job->plan;
    int begin, end, rows_in = plan->h_in * plan->w_in;
    float *block_sums = job->cpu->scratch[thread], *frame = block_sums + 3 * job->cpu->max_stride;
    float *dframe = frame + rn_conv_frame_floats(plan);
    float *grad = plan->grad + (size_t)chunk * plan->grad_size;
    double *sums = job->cpu->partial + (ptrdiff_t)chunk * 3 * job->cpu->max_stride;

    memset(grad, 0, plan->grad_size * sizeof *grad);
    memset(sums, 0, 3 * (size_t)job->cpu->max_stride * sizeof *sums);
    if (plan->margin > 0)
        memset(dframe, 0, rn_conv_dframe_floats(plan) * sizeof *dframe);
    clear_frame(job, frame);
    chunk_range(job, chunk, &begin, &end);
    for (int i = begin; i < end; i += plan->block) {
        int images = end - i < plan->block ? end - i : plan->block;
        const float *x = block_of_x(job, i, images, frame);
        load_gradient(job, i, images, dframe);
        weight_gradient(job, images * plan->h_out * plan->w_out, x, dframe, grad);
        if (!job->input->needs_dz)
            continue;
        data_gradient(job, i, images, dframe);
        if (job->finishes)
            rn_finish_rows(job->cpu, job->input, &job->finish, (ptrdiff_t)i * rows_in,
                           images * rows_in, block_sums, sums);
    }
}

void rn_cpu_conv_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];
    struct job job = job_of(cpu, unit, n);

    reduce_gradients(cpu, unit, n);
    job.add = !rn_unit_writes_first(cpu, u, 0);
    job.finish = rn_finish_of(cpu, job.input);
    job.finishes = job.input->first_user == u && job.finish.needed;
    if (job.input->needs_dz)
        rn_conv_pack_backward(job.plan, param_of(cpu, &unit->node, 0));
    rn_pool_run(cpu->pool, job.plan->chunks, backward_chunk, &job);
    if (job.finishes)
        rn_finish_reduce(cpu, job.input, &job.finish, job.plan->chunks);
    rn_conv_unpack_grad(job.plan, grad_of(cpu, &unit->node, 0));
}
