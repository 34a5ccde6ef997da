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

/* The same where it may be written: in place, or in the stage. */
static float *place(const struct rn_mover *m, int part, struct rn_tensor t, ptrdiff_t first, int c)
{
    return t.half ? m->stage + (size_t)part * rn_stage_floats(c) : (float *)t.data + first;
}

static struct rn_view view_of(struct rn_source x, const float *y)
{
    return (struct rn_view){.y = y, .scale = x.scale, .shift = x.shift, .clip = x.clip};
}

static struct rn_half_view half_view_of(struct rn_source x)
{
    return (struct rn_half_view){.y = x.y.data, .scale = x.scale, .shift = x.shift, .clip = x.clip};
}

static void narrow(const struct rn_mover *m, int n, const float *from, struct rn_tensor to)
{
    (m->half ? m->half->narrow : m->kernels->narrow)((size_t)n, from, to.data);
}

/* Whether kernels for bfloat16 take all of them; nothing is of any type. */
static bool all_half(const struct rn_mover *m, struct rn_tensor a, struct rn_tensor b,
                     struct rn_tensor c)
{
    return m->half && (a.half || !a.data) && (b.half || !b.data) && (c.half || !c.data);
}

void rn_load(const struct rn_mover *m, int lines, int w, int c, struct rn_source x,
             struct rn_tensor dst, ptrdiff_t step)
{
    const struct rn_kernels *k = m->kernels;

    if (!x.y.half && !dst.half) {
        k->load_view(lines, w, c, view_of(x, x.y.data), dst.data, step);
        return;
    }
    if (all_half(m, x.y, dst, dst)) {
        m->half->load_view(lines, w, c, half_view_of(x), dst.data, step);
        return;
    }
    for (int i = 0; i < lines; i++, dst = rn_tensor_at(dst, step)) {
        if (!x.scale && dst.half) {
            narrow(m, w * c, (const float *)x.y.data + (ptrdiff_t)i * w * c, dst);
            continue;
        }
        for (int at = 0, few; at < w; at += few) {
            ptrdiff_t first = ((ptrdiff_t)i * w + at) * c;
            float *to = place(m, 1, dst, at * c, c);
            few = least(few_rows(c), w - at);
            k->load_view(1, few, c, view_of(x, floats(m, 0, x.y, first, few * c, c)), to, 0);
            if (dst.half)
                narrow(m, few * c, to, rn_tensor_at(dst, at * c));
        }
    }
}

void rn_load_gradient(const struct rn_mover *m, int lines, int w, int c, struct rn_tensor dz,
                      struct rn_tensor y, const float *coef, bool gated, struct rn_tensor dst,
                      ptrdiff_t step)
{
    void (*load)(int, int, int, const float *, const float *, const float *, float *, ptrdiff_t) =
        gated ? m->kernels->load_gated : m->kernels->load_grad;

    if (!dz.half && !y.half && !dst.half) {
        load(lines, w, c, dz.data, y.data, coef, dst.data, step);
        return;
    }
    if (all_half(m, dz, y, dst)) {
        (gated ? m->half->load_gated : m->half->load_grad)(lines, w, c, dz.data, y.data, coef,
                                                           dst.data, step);
        return;
    }
    for (int i = 0; i < lines; i++, dst = rn_tensor_at(dst, step)) {
        for (int at = 0, few; at < w; at += few) {
            ptrdiff_t first = ((ptrdiff_t)i * w + at) * c;
            float *to = place(m, 2, dst, at * c, c);
            few = least(few_rows(c), w - at);
            load(1, few, c, floats(m, 0, dz, first, few * c, c), floats(m, 1, y, first, few * c, c),
                 coef, to, 0);
            if (dst.half)
                narrow(m, few * c, to, rn_tensor_at(dst, at * c));
        }
    }
}

void rn_sum(const struct rn_mover *m, int rows, int c, struct rn_source u, struct rn_source v,
            enum rn_clip clip, struct rn_tensor z)
{
    int few = u.y.half || v.y.half || z.half ? few_rows(c) : rows;

    if (!v.y.data) {
        rn_load(m, 1, rows, c, u, z, 0);
        return;
    }
    if (all_half(m, u.y, v.y, z)) {
        m->half->sum(rows, c, half_view_of(u), half_view_of(v), clip, z.data);
        return;
    }
    for (int at = 0; at < rows; at += few) {
        ptrdiff_t first = (ptrdiff_t)at * c;
        int count = least(few, rows - at) * c;
        float *to = place(m, 2, z, first, c);
        struct rn_view x = view_of(u, floats(m, 0, u.y, first, count, c));
        m->kernels->sum(count / c, c, x, view_of(v, floats(m, 1, v.y, first, count, c)), clip, to);
        if (z.half)
            narrow(m, count, to, rn_tensor_at(z, first));
    }
}

static void finish_half(const struct rn_mover *m, int rows, int c, const float *block, bool add,
                        struct rn_tensor dz, struct rn_source mask, int n_y,
                        const struct rn_tensor *y, float *sums)
{
    const uint16_t *ys[2] = {NULL, NULL};

    for (int j = 0; j < n_y; j++)
        ys[j] = y[j].data;
    m->half->finish(rows, c, block, add, dz.data, half_view_of(mask), n_y, ys, sums);
}

void rn_finish(const struct rn_mover *m, int rows, int c, const float *block, bool add,
               struct rn_tensor dz, struct rn_source mask, int n_y, const struct rn_tensor *y,
               float *sums)
{
    struct rn_tensor first_y = n_y > 0 ? y[0] : dz, last_y = n_y > 1 ? y[1] : first_y;
    bool half = dz.half || mask.y.half || first_y.half || last_y.half;
    int few = half ? few_rows(c) : rows;

    if (dz.half && all_half(m, mask.y, first_y, last_y)) {
        finish_half(m, rows, c, block, add, dz, mask, n_y, y, sums);
        return;
    }
    for (int at = 0; at < rows; at += few) {
        ptrdiff_t first = (ptrdiff_t)at * c;
        int count = least(few, rows - at) * c;
        float *d = place(m, 0, dz, first, c);
        const float *ys[2] = {NULL, NULL};
        const float *masking;
        if (add || !block)
            (void)floats(m, 0, dz, first, count, c);
        for (int j = 0; j < n_y; j++)
            ys[j] = floats(m, 1 + j, y[j], first, count, c);
        masking =
            n_y > 0 && mask.y.data == y[0].data ? ys[0] : floats(m, 3, mask.y, first, count, c);
        m->kernels->finish(count / c, c, block ? block + first : NULL, add, d,
                           view_of(mask, masking), n_y, ys, sums);
        if (dz.half)
            narrow(m, count, d, rn_tensor_at(dz, first));
    }
}

void rn_squeeze(const struct rn_mover *m, int rows, int c, struct rn_source x, float *sums)
{
    int few = x.y.half ? few_rows(c) : rows;

    memset(sums, 0, 2 * (size_t)c * sizeof *sums);
    if (x.y.half && m->half) {
        m->half->squeeze(rows, c, half_view_of(x), sums);
        return;
    }
    for (int at = 0; at < rows; at += few) {
        int count = least(few, rows - at) * c;
        const float *y = floats(m, 0, x.y, (ptrdiff_t)at * c, count, c);
        m->kernels->squeeze(count / c, c, view_of(x, y), sums);
    }
}

void rn_store(const struct rn_mover *m, int rows, int c, const float *block, struct rn_tensor y,
              float *sums)
{
    if (y.half && m->half && sums) {
        m->half->stats(rows, c, block, y.data, sums);
        return;
    }
    if (y.half)
        narrow(m, rows * c, block, y);
    if (sums)
        m->kernels->stats(rows, c, block, y.half || y.data == block ? NULL : y.data, sums);
    else if (!y.half && y.data != block)
        memcpy(y.data, block, (size_t)rows * (size_t)c * sizeof *block);
}
