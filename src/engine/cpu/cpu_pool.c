/* Max and average pools, a pixel's channels as vectors; shifts and pads, a line at a time. */
#include <string.h>

#include "../ref/ref.h"
#include "cpu.h"
#include "cpu_ops.h"

/* An output's window, as far as it lies inside of the image. */
struct window {
    int rows, columns;
    float mean_of;         /* pixels: of it, or of the whole window */
    ptrdiff_t first, line; /* values: of the image before it, and of a line */
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static struct window window_of(const struct rn_op_args *a, int oy, int ox)
{
    struct rn_shape in = a->in[0];
    int k = a->node->u.pool.k, y = oy * a->node->u.pool.stride - a->node->u.pool.pad,
        x = ox * a->node->u.pool.stride - a->node->u.pool.pad;
    int y0 = larger(y, 0), x0 = larger(x, 0);
    int rows = least(y + k, in.h) - y0, columns = least(x + k, in.w) - x0;

    return (struct window){.rows = rows,
                           .columns = columns,
                           .mean_of = (float)(a->node->u.pool.whole ? k * k : rows * columns),
                           .first = ((ptrdiff_t)y0 * in.w + x0) * in.c,
                           .line = (ptrdiff_t)in.w * in.c};
}

/* Calls visit for each window: x, y: values before its image, and before its output. */
static void each_window(const struct rn_op_args *a,
                        void (*visit)(const struct rn_op_args *a, const struct rn_kernels *k,
                                      const struct window *w, ptrdiff_t x, ptrdiff_t y))
{
    const struct rn_kernels *k = a->kernels ? a->kernels : rn_kernels_pick(NULL);
    struct rn_shape out = a->node->out;
    ptrdiff_t image = (ptrdiff_t)a->in[0].h * a->in[0].w * a->in[0].c, y = 0;

    for (int n = 0; n < a->n; n++)
        for (int oy = 0; oy < out.h; oy++)
            for (int ox = 0; ox < out.w; ox++, y += out.c) {
                struct window w = window_of(a, oy, ox);
                visit(a, k, &w, n * image + w.first, y);
            }
}

/* Whether a pixel's channels come in whole vectors; else the reference has to do. */
static bool has_vectors(const struct rn_op_args *a)
{
    return a->node->out.c % RN_LANES == 0;
}

/* What windows will be added to. */
static void begin_dx(const struct rn_op_args *a)
{
    if (!a->add_dx[0])
        memset(a->dx[0], 0, rn_ref_count(a->in[0], a->n) * sizeof(float));
}

static void max_window(const struct rn_op_args *a, const struct rn_kernels *k,
                       const struct window *w, ptrdiff_t x, ptrdiff_t y)
{
    k->pool_max(a->node->out.c, w->rows, w->columns, w->line, a->x[0] + x, a->y + y);
}

void rn_cpu_max_pool(const struct rn_op_args *a)
{
    if (has_vectors(a))
        each_window(a, max_window);
    else
        rn_ref_max_pool(a);
}

static void max_window_backward(const struct rn_op_args *a, const struct rn_kernels *k,
                                const struct window *w, ptrdiff_t x, ptrdiff_t y)
{
    k->pool_max_grad(a->node->out.c, w->rows, w->columns, w->line, a->x[0] + x, a->y + y, a->dy + y,
                     a->dx[0] + x);
}

void rn_cpu_max_pool_backward(const struct rn_op_args *a)
{
    if (!has_vectors(a)) {
        rn_ref_max_pool_backward(a);
        return;
    }
    if (!a->dx[0])
        return;
    begin_dx(a);
    each_window(a, max_window_backward);
}

static void mean_window(const struct rn_op_args *a, const struct rn_kernels *k,
                        const struct window *w, ptrdiff_t x, ptrdiff_t y)
{
    k->pool_sum(a->node->out.c, w->rows, w->columns, w->line, a->x[0] + x, 1 / w->mean_of,
                a->y + y);
}

void rn_cpu_avg_pool(const struct rn_op_args *a)
{
    if (has_vectors(a))
        each_window(a, mean_window);
    else
        rn_ref_avg_pool(a);
}

static void mean_window_backward(const struct rn_op_args *a, const struct rn_kernels *k,
                                 const struct window *w, ptrdiff_t x, ptrdiff_t y)
{
    k->pool_spread(a->node->out.c, w->rows, w->columns, w->line, a->dy + y, 1 / w->mean_of,
                   a->dx[0] + x);
}

void rn_cpu_avg_pool_backward(const struct rn_op_args *a)
{
    if (!has_vectors(a)) {
        rn_ref_avg_pool_backward(a);
        return;
    }
    if (!a->dx[0])
        return;
    begin_dx(a);
    each_window(a, mean_window_backward);
}

/* Line y of the output is line y + 1 of the input without its first pixel. */
void rn_cpu_shift(const struct rn_op_args *a)
{
    struct rn_shape s = a->node->out;
    size_t line = (size_t)s.w * (size_t)s.c, pixel = (size_t)s.c;

    for (int i = 0; i < a->n * s.h; i++) {
        float *y = a->y + (size_t)i * line;
        bool last = (i + 1) % s.h == 0;
        size_t kept = last ? 0 : line - pixel;
        memcpy(y, a->x[0] + (size_t)i * line + (last ? 0 : line + pixel), kept * sizeof *y);
        memset(y + kept, 0, (line - kept) * sizeof *y);
    }
}

void rn_cpu_shift_backward(const struct rn_op_args *a)
{
    struct rn_shape s = a->node->out;
    size_t line = (size_t)s.w * (size_t)s.c, pixel = (size_t)s.c;

    if (!a->dx[0])
        return;
    begin_dx(a);
    for (int i = 0; i < a->n * s.h; i++) {
        const float *dy = a->dy + (size_t)i * line;
        float *dx = a->dx[0] + (size_t)i * line;
        if ((i + 1) % s.h == 0)
            continue;
        dx += line + pixel;
        for (size_t j = 0; j < line - pixel; j++)
            dx[j] += dy[j];
    }
}

/* Lines of the padded image begin with those of the image. */
void rn_cpu_pad_backward(const struct rn_op_args *a)
{
    struct rn_shape in = a->in[0], out = a->node->out;
    size_t line = (size_t)in.w * (size_t)in.c, out_line = (size_t)out.w * (size_t)out.c;

    for (int i = 0; a->dx[0] && i < a->n * in.h; i++) {
        size_t row = (size_t)(i / in.h) * (size_t)out.h + (size_t)(i % in.h);
        const float *dy = a->dy + row * out_line;
        float *dx = a->dx[0] + (size_t)i * line;
        for (size_t j = 0; j < line; j++)
            dx[j] = a->add_dx[0] ? dx[j] + dy[j] : dy[j];
    }
}
