/* Squeeze and excitation: the sums by image, and the coefficients that the gate makes of them. */
#include "cpu_se.h"

#include <string.h>

#include "conv_job.h"

static const struct rn_unit *input_of(const struct rn_cpu *cpu, const struct rn_unit *unit, int k)
{
    return &cpu->units[unit->in[k]];
}

/* Row i of a small tensor, always of floats. */
static float *vector_of(struct rn_tensor t, int c, int i)
{
    return (float *)t.data + (ptrdiff_t)i * c;
}

/* The two sums of image i that a squeeze or an excitation keeps. */
static float *sums_of(const struct rn_unit *unit, int i)
{
    return vector_of(unit->y, 2 * unit->stride, i);
}

static bool is_pointwise(const struct rn_node *node)
{
    return node->op == RN_OP_CONV && node->u.conv.k == 1 && node->u.conv.stride == 1 &&
           node->u.conv.pad == 0 && node->u.conv.groups == 1;
}

static bool can_excite(const struct rn_cpu *cpu, int u)
{
    const struct rn_unit *unit = &cpu->units[u], *b, *squeeze;

    if (unit->node.op != RN_OP_SCALE || unit->n_users != 1)
        return false;
    b = input_of(cpu, unit, 0);
    squeeze = &cpu->units[b->first_user];
    return b->kind == RN_UNIT_CONV && b->bn && b->clip == RN_CLIP_RELU && b->n_users == 2 &&
           b->last_user == u && squeeze->node.op == RN_OP_GAP &&
           input_of(cpu, unit, 1)->kind == RN_UNIT_NODE &&
           is_pointwise(&cpu->units[unit->first_user].node);
}

void rn_se_plan(struct rn_cpu *cpu)
{
    for (int u = 0; u < cpu->n_units; u++) {
        struct rn_unit *unit = &cpu->units[u], *b;
        if (!can_excite(cpu, u))
            continue;
        b = &cpu->units[unit->in[0]];
        unit->kind = RN_UNIT_EXCITE;
        cpu->units[b->first_user].kind = RN_UNIT_SQUEEZE;
        b->excite = u;
    }
}

struct squeeze_job {
    const struct rn_cpu *cpu;
    const struct rn_unit *squeeze, *b;
    struct rn_source x;
    int n;
};

static void squeeze_chunk(void *arg, int chunk, int thread)
{
    const struct squeeze_job *job = arg;
    int c = job->b->stride, pixels = rn_unit_pixels(job->b);
    int end = (int)((long long)job->n * (chunk + 1) / RN_CHUNKS);
    const struct rn_source *x = &job->x;

    for (int i = (int)((long long)job->n * chunk / RN_CHUNKS); i < end; i++) {
        float *m = sums_of(job->squeeze, i), *z = vector_of(job->squeeze->z, c, i);
        rn_squeeze(&job->cpu->scratch[thread].mover, pixels, c,
                   rn_source_at(*x, (ptrdiff_t)i * pixels * c), m);
        for (int j = 0; j < c; j++)
            z[j] =
                (x->scale ? x->scale[j] * m[c + j] + x->shift[j] * m[j] : m[c + j]) / (float)pixels;
    }
}

void rn_se_squeeze(struct rn_cpu *cpu, struct rn_unit *squeeze, enum rn_pass pass, int n)
{
    struct squeeze_job job = {
        .cpu = cpu, .squeeze = squeeze, .b = input_of(cpu, squeeze, 0), .n = n};

    job.x = rn_unit_source(job.b);
    if (pass == RN_PASS_INFER)
        job.x = (struct rn_source){.y = rn_unit_result(job.b)};
    rn_pool_run(cpu->pool, RN_CHUNKS, squeeze_chunk, &job);
}

struct rn_source rn_se_source(const struct rn_cpu *cpu, const struct rn_unit *excite,
                              struct rn_source x, int i, float *coef)
{
    int c = excite->stride, repeated = c * rn_repeat(c);
    const float *gate = vector_of(input_of(cpu, excite, 1)->z, c, i);

    for (int j = 0; j < c; j++) {
        rn_set_repeated(coef, c, j, x.scale ? x.scale[j] * gate[j] : gate[j]);
        rn_set_repeated(coef + repeated, c, j, x.scale ? x.shift[j] * gate[j] : 0);
    }
    x.scale = coef;
    x.shift = coef + repeated;
    return x;
}

void rn_se_sums(const struct rn_cpu *cpu, const struct rn_unit *excite,
                const struct rn_scratch *scratch, const float *d, const struct rn_conv_block *block)
{
    const struct rn_unit *b = input_of(cpu, excite, 0);
    int c = b->stride, rows = block->rows_in / block->images;
    struct rn_source mask = {b->y, b->scale, b->shift, b->clip};

    for (int i = 0; i < block->images; i++) {
        ptrdiff_t within = (ptrdiff_t)i * rows * c, at = block->first_in * c + within;
        struct rn_source image = rn_source_at(mask, at);
        float *s = sums_of(excite, block->image + i);
        if (block->line == 0)
            memset(s, 0, 2 * (size_t)c * sizeof *s);
        rn_finish(&scratch->mover, rows, c, d ? d + within : NULL, false, rn_tensor_at(b->dz, at),
                  image, 1, &image.y, s);
    }
}

void rn_se_excite_backward(struct rn_cpu *cpu, const struct rn_unit *excite, int n)
{
    const struct rn_unit *b = input_of(cpu, excite, 0), *gate = input_of(cpu, excite, 1);
    int c = b->stride;

    for (int i = 0; i < n; i++) {
        const float *s = sums_of(excite, i);
        float *dgate = vector_of(gate->dz, c, i);
        for (int j = 0; j < c; j++)
            dgate[j] = b->scale[j] * s[c + j] + b->shift[j] * s[j];
    }
}

void rn_se_squeeze_backward(struct rn_cpu *cpu, const struct rn_unit *squeeze, int n)
{
    const struct rn_unit *b = input_of(cpu, squeeze, 0), *excite = &cpu->units[b->excite];
    int c = b->stride;
    float pixels = (float)rn_unit_pixels(b);

    memset(b->sums, 0, 2 * (size_t)c * sizeof *b->sums);
    for (int i = 0; i < n; i++) {
        const float *m = sums_of(squeeze, i), *s = sums_of(excite, i);
        const float *g = vector_of(input_of(cpu, excite, 1)->z, c, i);
        float *q = vector_of(squeeze->dz, c, i);
        for (int j = 0; j < c; j++) {
            q[j] /= pixels;
            b->sums[j] += (double)g[j] * s[j] + (double)q[j] * m[j];
            b->sums[c + j] += (double)g[j] * s[c + j] + (double)q[j] * m[c + j];
        }
    }
}

void rn_se_coef(const struct rn_cpu *cpu, const struct rn_unit *b, int i, float *coef)
{
    const struct rn_unit *excite = &cpu->units[b->excite], *squeeze = &cpu->units[b->first_user];
    int c = b->stride, repeated = c * rn_repeat(c);
    const float *g = vector_of(input_of(cpu, excite, 1)->z, c, i);
    const float *q = vector_of(squeeze->dz, c, i);

    for (int j = 0; j < c; j++) {
        rn_set_repeated(coef, c, j, b->coef[j] * g[j]);
        rn_set_repeated(coef + 3 * repeated, c, j, b->coef[j] * q[j]);
    }
    memcpy(coef + repeated, b->coef + repeated, 2 * (size_t)repeated * sizeof *coef);
    memcpy(coef + 4 * repeated, b->scale, (size_t)repeated * sizeof *coef);
    memcpy(coef + 5 * repeated, b->shift, (size_t)repeated * sizeof *coef);
}
