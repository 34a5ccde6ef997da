/* The tables of a convolution in bfloat16, and its weight gradient. */
#include "conv_half.h"

#include <limits.h>

#include "regnet/memory.h"

#define SENTINELS 4 /* runs behind the last one: products look so far ahead */

static int round_up(int x, int to)
{
    return (x + to - 1) / to * to;
}

static enum rn_status no_memory(struct rn_err *err)
{
    return rn_nomem(err, 0, "a convolution's tables");
}

/* Rows i .. of a product as one run, from the offsets of n rows; returns the row after it. */
static int next_run(int n, int i, int stride, const int *aoff, const int *coff, struct rn_run *run)
{
    int row = i;

    *run = (struct rn_run){.a = aoff[i], .row = i, .step = stride};
    if (i + 1 < n && aoff[i + 1] > aoff[i])
        run->step = aoff[i + 1] - aoff[i];
    for (int k = 0; k < RN_TILE && row < n; k++)
        if (aoff[row] == run->a + k * run->step) {
            run->mask |= 1u << k;
            row++;
        }
    run->apart = row - i == RN_TILE ? coff[i + 1] - coff[i] : 0;
    for (int k = i + 1; k < row; k++)
        if (coff[k] - coff[k - 1] != run->apart)
            run->apart = 0;
    return row;
}

/* The runs of n rows, and sentinels; runs NULL: counts them alone. */
static size_t make_runs(int n, int stride, const int *aoff, const int *coff, struct rn_run *runs)
{
    size_t count = 0;

    for (int i = 0; i < n; count++) {
        struct rn_run run;
        i = next_run(n, i, stride, aoff, coff, &run);
        if (runs)
            runs[count] = run;
    }
    for (int k = 0; k < SENTINELS; k++, count++)
        if (runs)
            runs[count] = (struct rn_run){.row = INT_MAX};
    return count;
}

/* The windows of n columns, `wide` each, in groups of `from` channels of a and `to` columns; `deep`
   channels are a step, or a tile. `at` is set in these; returns their number. */
static size_t make_windows(int n, int wide, int from, int to, int deep, struct rn_window *windows)
{
    size_t at = 0;

    for (int j = 0; j < n; j += wide) {
        int last = (j + wide < n ? j + wide : n) - 1;
        int first = j / to * from, end = (last / to + 1) * from;
        struct rn_window *window = &windows[j / wide];
        *window = (struct rn_window){first, (end - first + deep - 1) / deep, at};
        at += (size_t)window->depth;
    }
    return at;
}

static int windows_of(int columns, int wide)
{
    return (columns + wide - 1) / wide;
}

/* Windows of mul. Weights are two columns of steps, the second one of the last window perhaps not
   used. Returns the number of weights. */
static size_t make_mul_windows(int n, int from, int to, int taps, struct rn_window *windows)
{
    size_t each = (size_t)taps * 2 * RN_STEP_HALVES;
    size_t steps = make_windows(n, 2 * RN_TILE, from, to, RN_DEPTH, windows);

    for (int j = 0; j < windows_of(n, 2 * RN_TILE); j++)
        windows[j].at *= each;
    return steps * each;
}

static enum rn_status make_forward(struct rn_conv_plan *plan, struct rn_conv_half *half,
                                   struct rn_err *err)
{
    int in = plan->c_in / plan->groups * plan->run, out = plan->c_out / plan->groups;
    int taps = plan->taps / plan->run;

    half->windows = rn_alloc((size_t)windows_of(plan->c_out, 2 * RN_TILE), sizeof *half->windows);
    if (!half->windows)
        return no_memory(err);
    plan->forward_size = make_mul_windows(plan->c_out, in, out, taps, half->windows);
    half->weights = rn_alloc_aligned(plan->forward_size, sizeof *half->weights);
    if (!half->weights)
        return no_memory(err);
    half->forward = (struct rn_half_mul){.n = round_up(plan->c_out, RN_LANES),
                                         .windows = half->windows,
                                         .taps = taps,
                                         .toff = plan->toff,
                                         .coff = plan->coff,
                                         .weights = half->weights};
    return RN_OK;
}

static enum rn_status make_backward(struct rn_conv_plan *plan, struct rn_conv_half *half,
                                    struct rn_err *err)
{
    int in = plan->c_in / plan->groups, out = plan->c_out / plan->groups;
    size_t n = (size_t)windows_of(plan->c_in, 2 * RN_TILE), size = 0;

    half->backward = rn_alloc((size_t)plan->n_classes, sizeof *half->backward);
    half->windows_back = rn_alloc((size_t)plan->n_classes * n, sizeof *half->windows_back);
    if (!half->backward || !half->windows_back)
        return no_memory(err);
    for (int c = 0; c < plan->n_classes; c++) {
        const struct rn_conv_class *class = &plan->classes[c];
        struct rn_window *windows = half->windows_back + (size_t)c * n;
        size_t values = make_mul_windows(plan->c_in, out, in, class->taps, windows);
        for (size_t j = 0; j < n; j++)
            windows[j].at += size;
        size += values;
        half->backward[c] = (struct rn_half_mul){.n = round_up(plan->c_in, RN_LANES),
                                                 .windows = windows,
                                                 .taps = class->taps,
                                                 .toff = class->toff,
                                                 .coff = class->coff};
    }
    half->weights_back = rn_alloc_aligned(size, sizeof *half->weights_back);
    if (!half->weights_back)
        return no_memory(err);
    for (int c = 0; c < plan->n_classes; c++)
        half->backward[c].weights = half->weights_back;
    plan->backward_size = size;
    return RN_OK;
}

/* Runs of the forward product, then of each class. */
static enum rn_status make_all_runs(struct rn_conv_plan *plan, struct rn_conv_half *half,
                                    struct rn_err *err)
{
    int rows = plan->block * plan->lines * plan->w_out;
    int classes = half->backward ? plan->n_classes : 0;
    size_t count = make_runs(rows, plan->in_stride, plan->aoff, plan->coff, NULL);
    struct rn_run *runs;

    for (int c = 0; c < classes; c++)
        count += make_runs(plan->block * plan->classes[c].pixels, plan->out_stride,
                           plan->classes[c].aoff, plan->classes[c].coff, NULL);
    half->runs = runs = rn_alloc(count, sizeof *runs);
    if (!runs)
        return no_memory(err);
    half->forward.runs = runs;
    runs += make_runs(rows, plan->in_stride, plan->aoff, plan->coff, runs);
    for (int c = 0; c < classes; c++) {
        half->backward[c].runs = runs;
        runs += make_runs(plan->block * plan->classes[c].pixels, plan->out_stride,
                          plan->classes[c].aoff, plan->classes[c].coff, runs);
    }
    return RN_OK;
}

/* Pixels of a block's phase images. */
static int phase_pixels(const struct rn_conv_plan *plan)
{
    return plan->block * plan->half->h_phase * plan->half->w_phase;
}

/* Phases that a tap reads, and each tap's shift. */
static void make_phases(const struct rn_conv_plan *plan, struct rn_conv_half *half)
{
    int k = plan->across.k, s = plan->across.s, used = k < s ? k : s;

    for (int y = 0; y < used; y++)
        for (int x = 0; x < used; x++)
            half->phase[half->n_phases++] = (y * plan->w_frame + x) * plan->in_stride;
    half->reach = (k - 1) / s * (half->w_phase + 1);
    half->outer.pitch =
        round_up(phase_pixels(plan) + half->reach, 2 * RN_DEPTH) + RN_DEPTH; /* no power of two */
    half->phase_halves =
        (size_t)(round_up(plan->in_stride, RN_TILE) + RN_TILE) * (size_t)half->outer.pitch;
    for (int t = 0; t < plan->taps; t++) {
        int y = t / k, x = t % k;
        half->shift[t] =
            (y % s * used + x % s) * (int)half->phase_halves + y / s * half->w_phase + x / s;
    }
}

/* Where each pixel of a phase image lies in x's frame, from the phase's beginning on, and in dy's:
   the first row behind that frame, which is zero, where it is none of y. */
static void make_rows(const struct rn_conv_plan *plan, struct rn_conv_half *half)
{
    int zeros = plan->block * plan->h_dframe * plan->w_dframe * plan->out_stride, i = 0;

    for (int image = 0; image < plan->block; image++) {
        for (int y = 0; y < half->h_phase; y++) {
            for (int x = 0; x < half->w_phase; x++, i++) {
                int row =
                    (image * plan->h_frame + y * plan->down.s) * plan->w_frame + x * plan->across.s;
                int drow = (image * plan->h_dframe + plan->down.margin + y) * plan->w_dframe;
                bool inside = y < plan->lines && x < plan->w_out;
                half->x_rows[i] = row * plan->in_stride;
                half->dy_rows[i] =
                    inside ? (drow + plan->across.margin + x) * plan->out_stride : zeros;
            }
        }
    }
    for (; i < phase_pixels(plan) + half->reach; i++)
        half->x_rows[i] = half->x_rows[i - 1]; /* times zero */
}

static enum rn_status make_outer(struct rn_conv_plan *plan, struct rn_conv_half *half,
                                 struct rn_err *err)
{
    int in = plan->c_in / plan->groups, out = plan->c_out / plan->groups, s = plan->across.s;
    size_t each = (size_t)plan->taps * RN_TILE_SUMS, pixels;

    half->h_phase = (plan->h_frame + s - 1) / s;
    half->w_phase = (plan->w_frame + s - 1) / s;
    pixels = (size_t)phase_pixels(plan) + (size_t)(plan->across.k * (half->w_phase + 1));
    half->windows_outer =
        rn_alloc((size_t)windows_of(plan->c_out, RN_TILE), sizeof *half->windows_outer);
    half->phase = rn_alloc((size_t)s * (size_t)s, sizeof *half->phase);
    half->shift = rn_alloc((size_t)plan->taps, sizeof *half->shift);
    half->x_rows = rn_alloc(pixels, sizeof *half->x_rows);
    half->dy_rows = rn_alloc(pixels, sizeof *half->dy_rows);
    if (!half->windows_outer || !half->phase || !half->shift || !half->x_rows || !half->dy_rows)
        return no_memory(err);
    plan->grad_size =
        each * make_windows(plan->c_out, RN_TILE, in, out, RN_TILE, half->windows_outer);
    for (int j = 0; j < windows_of(plan->c_out, RN_TILE); j++)
        half->windows_outer[j].at *= each;
    half->outer = (struct rn_half_outer){.n = round_up(plan->c_out, RN_LANES),
                                         .windows = half->windows_outer,
                                         .taps = plan->taps,
                                         .shift = half->shift};
    make_phases(plan, half);
    make_rows(plan, half);
    return RN_OK;
}

enum rn_status rn_conv_half_new(struct rn_conv_plan *plan, bool train, struct rn_err *err)
{
    struct rn_conv_half *half = plan->half = rn_alloc(1, sizeof *half);
    enum rn_status status;

    if (!half)
        return no_memory(err);
    RN_TRY(make_forward(plan, half, err));
    if (plan->classes)
        RN_TRY(make_backward(plan, half, err));
    RN_TRY(make_all_runs(plan, half, err));
    if (train)
        RN_TRY(make_outer(plan, half, err));
done:
    return status;
}

void rn_conv_half_free(struct rn_conv_plan *plan)
{
    struct rn_conv_half *half = plan->half;

    if (!half)
        return;
    rn_free(half->backward);
    rn_free(half->weights);
    rn_free(half->weights_back);
    rn_free(half->windows);
    rn_free(half->windows_back);
    rn_free(half->windows_outer);
    rn_free(half->runs);
    rn_free(half->phase);
    rn_free(half->shift);
    rn_free(half->x_rows);
    rn_free(half->dy_rows);
    rn_free(half);
}

size_t rn_conv_half_frame(const struct rn_conv_plan *plan)
{
    size_t pixels = (size_t)plan->block * (size_t)(plan->h_frame * plan->w_frame);
    size_t behind = (size_t)(RN_TILE * plan->across.s + plan->w_frame + plan->across.s);

    return (pixels + behind) * (size_t)plan->in_stride + 2 * RN_DEPTH;
}

size_t rn_conv_half_dframe(const struct rn_conv_plan *plan)
{
    size_t pixels = (size_t)plan->block * (size_t)(plan->h_dframe * plan->w_dframe);

    return (pixels + RN_TILE + 1) * (size_t)plan->out_stride + 2 * RN_DEPTH;
}

static size_t transposed_halves(const struct rn_conv_plan *plan)
{
    return (size_t)plan->half->n_phases * plan->half->phase_halves;
}

size_t rn_conv_half_spare(const struct rn_conv_plan *plan)
{
    return transposed_halves(plan) + (size_t)round_up(phase_pixels(plan), RN_DEPTH) *
                                         (size_t)round_up(plan->out_stride, RN_TILE);
}

void rn_conv_half_gradient(const struct rn_conv_plan *plan, const struct rn_half_kernels *kernels,
                           const struct rn_conv_block *block, const uint16_t *x, const uint16_t *dy,
                           uint16_t *spare, bool add, float *grad)
{
    const struct rn_conv_half *half = plan->half;
    uint16_t *paired = spare + transposed_halves(plan);
    int pixels = ((block->images - 1) * half->h_phase + block->lines) * half->w_phase;

    for (int i = 0; i < half->n_phases; i++)
        kernels->transpose(pixels + half->reach, plan->in_stride, x + half->phase[i], half->x_rows,
                           spare + (size_t)i * half->phase_halves, half->outer.pitch);
    kernels->pair(pixels, plan->out_stride, dy, half->dy_rows, paired);
    kernels->outer(&half->outer, round_up(pixels, RN_DEPTH), spare, paired, add, grad);
}
