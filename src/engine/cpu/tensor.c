/* Rows of tensors at rest, staged as floats where they are bfloat16. */
#include "tensor.h"

#include <string.h>

#define STAGE_FLOATS 2048

size_t rn_stage_floats(int max_stride)
{
    return max_stride > STAGE_FLOATS ? (size_t)max_stride : STAGE_FLOATS;
}

static int few_rows(int c)
{
    return c > STAGE_FLOATS ? 1 : STAGE_FLOATS / c;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* `count` values from `first` on as floats: in place, or in part `part` of the stage. */
static const float *floats(const struct rn_mover *m, int part, struct rn_tensor t, ptrdiff_t first,
                           int count, int c)
{
    float *stage = m->stage + (size_t)part * rn_stage_floats(c);

    t = rn_tensor_at(t, first);
    if (!t.half || !t.data)
        return t.data;
    m->kernels->widen((size_t)count, t.data, stage);
    return stage;
}

static struct rn_view view_of(struct rn_source x, const float *y)
{
    return (struct rn_view){.y = y, .scale = x.scale, .shift = x.shift, .relu = x.relu};
}

void rn_load(const struct rn_mover *m, int lines, int w, int c, struct rn_source x, float *dst,
             ptrdiff_t step)
{
    const struct rn_kernels *k = m->kernels;

    if (!x.y.half) {
        k->load_view(lines, w, c, view_of(x, x.y.data), dst, step);
        return;
    }
    for (int i = 0; i < lines; i++, dst += step) {
        for (int at = 0, few; at < w; at += few) {
            ptrdiff_t first = ((ptrdiff_t)i * w + at) * c;
            few = least(few_rows(c), w - at);
            if (x.scale)
                k->load_view(1, few, c, view_of(x, floats(m, 0, x.y, first, few * c, c)),
                             dst + at * c, 0);
            else
                k->widen((size_t)few * (size_t)c, rn_tensor_at(x.y, first).data, dst + at * c);
        }
    }
}

void rn_load_gradient(const struct rn_mover *m, int lines, int w, int c, struct rn_tensor dz,
                      struct rn_tensor y, const float *coef, bool gated, float *dst, ptrdiff_t step)
{
    void (*load)(int, int, int, const float *, const float *, const float *, float *, ptrdiff_t) =
        gated ? m->kernels->load_gated : m->kernels->load_grad;

    if (!dz.half && !y.half) {
        load(lines, w, c, dz.data, y.data, coef, dst, step);
        return;
    }
    for (int i = 0; i < lines; i++, dst += step) {
        for (int at = 0, few; at < w; at += few) {
            ptrdiff_t first = ((ptrdiff_t)i * w + at) * c;
            few = least(few_rows(c), w - at);
            load(1, few, c, floats(m, 0, dz, first, few * c, c), floats(m, 1, y, first, few * c, c),
                 coef, dst + at * c, 0);
        }
    }
}

void rn_sum(const struct rn_mover *m, int rows, int c, struct rn_source u, struct rn_source v,
            bool relu, struct rn_tensor z)
{
    const struct rn_kernels *k = m->kernels;
    int few = u.y.half || v.y.half || z.half ? few_rows(c) : rows;

    for (int at = 0; at < rows; at += few) {
        ptrdiff_t first = (ptrdiff_t)at * c;
        int count = least(few, rows - at) * c;
        float *to = z.half ? m->stage + 2 * rn_stage_floats(c) : (float *)z.data + first;
        struct rn_view x = view_of(u, floats(m, 0, u.y, first, count, c));
        if (v.y.data)
            k->sum(count / c, c, x, view_of(v, floats(m, 1, v.y, first, count, c)), relu, to);
        else
            k->load_view(1, count / c, c, x, to, 0);
        if (z.half)
            k->narrow((size_t)count, to, rn_tensor_at(z, first).data);
    }
}

/* Values of dz as floats, with the block's in them. */
static float *gather(const struct rn_mover *m, const float *block, bool add, struct rn_tensor dz,
                     ptrdiff_t first, int count, int c)
{
    const struct rn_kernels *k = m->kernels;
    float *to = dz.half ? m->stage : (float *)dz.data + first;

    if (dz.half && (add || !block))
        k->widen((size_t)count, rn_tensor_at(dz, first).data, to);
    if (block && add)
        k->sum(count / c, c, (struct rn_view){.y = to}, (struct rn_view){.y = block + first}, false,
               to);
    else if (block && to != block + first)
        memcpy(to, block + first, (size_t)count * sizeof *to);
    return to;
}

void rn_finish(const struct rn_mover *m, int rows, int c, const float *block, bool add,
               struct rn_tensor dz, struct rn_source mask, int n_y, const struct rn_tensor *y,
               float *sums)
{
    bool half = dz.half || mask.y.half || (n_y > 0 && y[0].half) || (n_y > 1 && y[1].half);
    int few = half ? few_rows(c) : rows;

    for (int at = 0; at < rows; at += few) {
        ptrdiff_t first = (ptrdiff_t)at * c;
        int count = least(few, rows - at) * c;
        float *d = gather(m, block, add, dz, first, count, c);
        const float *ys[2] = {NULL, NULL};
        const float *masking;
        for (int j = 0; j < n_y; j++)
            ys[j] = floats(m, 1 + j, y[j], first, count, c);
        masking =
            n_y > 0 && mask.y.data == y[0].data ? ys[0] : floats(m, 3, mask.y, first, count, c);
        if (mask.y.data || n_y > 0)
            m->kernels->finish(count / c, c, d, view_of(mask, masking), n_y, ys, sums);
        if (dz.half)
            m->kernels->narrow((size_t)count, d, rn_tensor_at(dz, first).data);
    }
}

void rn_squeeze(const struct rn_mover *m, int rows, int c, struct rn_source x, float *sums)
{
    int few = x.y.half ? few_rows(c) : rows;

    memset(sums, 0, 2 * (size_t)c * sizeof *sums);
    for (int at = 0; at < rows; at += few) {
        int count = least(few, rows - at) * c;
        const float *y = floats(m, 0, x.y, (ptrdiff_t)at * c, count, c);
        m->kernels->squeeze(count / c, c, view_of(x, y), sums);
    }
}

void rn_store(const struct rn_mover *m, int rows, int c, const float *block, struct rn_tensor y)
{
    if (y.half)
        m->kernels->narrow((size_t)rows * (size_t)c, block, y.data);
}
