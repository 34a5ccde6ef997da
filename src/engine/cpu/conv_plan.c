/* A convolution's sizes and offset tables. */
#include "conv_plan.h"

#include "conv_half.h"
#include "cpu.h"
#include "regnet/memory.h"

#define BLOCK_FLOATS \
    (48 * 1024)       /* of x and dy of a block: most of a second-level cache of 512 KiB */
#define BLOCK_ROWS 64 /* and no less than this many output pixels, images permitting */

static int round_up(int x, int to)
{
    return (x + to - 1) / to * to;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int gcd(int a, int b)
{
    return b == 0 ? a : gcd(b, a % b);
}

/* How many groups make both sides a multiple of the vector's width. */
static int groups_to_merge(int in, int out)
{
    int a = RN_LANES / gcd(RN_LANES, in), b = RN_LANES / gcd(RN_LANES, out);

    return a > b ? a : b; /* both are powers of two */
}

static enum rn_status make_groups(struct rn_conv_plan *plan, struct rn_err *err)
{
    int in = plan->c_in / plan->groups, out = plan->c_out / plan->groups;
    int merge = plan->groups > 1 ? least(groups_to_merge(in, out), plan->groups) : 1;

    if (plan->groups > 1 && in == out && RN_LANES % in == 0) {
        plan->lanes = in;
        merge = plan->groups;
    }
    plan->n_merged = (plan->groups + merge - 1) / merge;
    plan->merged = rn_alloc((size_t)plan->n_merged, sizeof *plan->merged);
    if (!plan->merged)
        return rn_nomem(err, (size_t)plan->n_merged * sizeof *plan->merged, "a convolution");
    for (int i = 0; i < plan->n_merged; i++) {
        struct rn_conv_group *group = &plan->merged[i];
        int here = least(merge, plan->groups - i * merge), in_rows, out_rows;
        group->in = i * merge * in;
        group->out = i * merge * out;
        group->n_in = here * in;
        group->n_out = here * out;
        group->in_pad = round_up(group->n_in, RN_LANES);
        group->out_pad = round_up(group->n_out, RN_LANES);
        group->forward = plan->forward_size;
        group->backward = plan->backward_size;
        group->grad = plan->grad_size;
        in_rows = plan->taps * (plan->lanes ? plan->lanes : group->n_in);
        out_rows = plan->taps * (plan->lanes ? plan->lanes : group->n_out);
        plan->forward_size += (size_t)in_rows * (size_t)group->out_pad;
        plan->backward_size += (size_t)out_rows * (size_t)group->in_pad;
        plan->grad_size += (size_t)in_rows * (size_t)group->out_pad;
    }
    return RN_OK;
}

static enum rn_status make_ints(size_t n, int **out, struct rn_err *err)
{
    *out = rn_alloc(n, sizeof **out);
    return *out ? RN_OK : rn_nomem(err, n * sizeof **out, "a convolution's offsets");
}

/* Where the forward pass reads x and writes y, and where dy lies in its frame. */
static enum rn_status make_forward_offsets(struct rn_conv_plan *plan, struct rn_err *err)
{
    size_t pixels = (size_t)plan->block * (size_t)(plan->lines * plan->w_out);
    struct rn_conv_axis down = plan->down, across = plan->across;
    enum rn_status status;
    int i = 0;

    RN_TRY(make_ints((size_t)(plan->taps / plan->run), &plan->toff, err));
    RN_TRY(make_ints(pixels, &plan->aoff, err));
    RN_TRY(make_ints(pixels, &plan->coff, err));
    RN_TRY(make_ints(pixels, &plan->doff, err));
    for (int t = 0; t < plan->taps; t += plan->run)
        plan->toff[t / plan->run] =
            (t / across.k * down.dilation * plan->w_frame + t % across.k * across.dilation) *
            plan->in_stride;
    for (int image = 0; image < plan->block; image++) {
        for (int y = 0; y < plan->lines; y++) {
            for (int x = 0; x < plan->w_out; x++, i++) {
                int row = (image * plan->h_frame + y * down.s) * plan->w_frame + x * across.s;
                int drow = (image * plan->h_dframe + down.margin + y) * plan->w_dframe;
                plan->aoff[i] = row * plan->in_stride;
                plan->coff[i] = i * plan->out_stride;
                plan->doff[i] = (drow + across.margin + x) * plan->out_stride;
            }
        }
    }
done:
    return status;
}

/* The taps of one axis that reach pixels of remainder r: those with (r + pad - tap dilation) a
 * multiple of s. */
static int axis_taps(struct rn_conv_axis axis, int r, int *tap, int *shift)
{
    int n = 0;

    for (int t = 0; t < axis.k; t++) {
        int distance = r + axis.pad - t * axis.dilation;
        if (distance % axis.s == 0) {
            tap[n] = t;
            shift[n++] = distance / axis.s;
        }
    }
    return n;
}

#define MAX_K 16

static enum rn_status make_class(struct rn_conv_plan *plan, int ry, int rx,
                                 struct rn_conv_class *class, struct rn_err *err)
{
    int ty[MAX_K], tx[MAX_K], sy[MAX_K], sx[MAX_K];
    struct rn_conv_axis down = plan->down, across = plan->across;
    int ny = axis_taps(down, ry, ty, sy), nx = axis_taps(across, rx, tx, sx);
    int h = (plan->strips > 1 ? plan->lines * down.s : plan->h_in) - ry;
    enum rn_status status;
    int i = 0;

    class->taps = ny * nx;
    class->first = ry;
    class->w = rx < plan->w_in ? (plan->w_in - rx + across.s - 1) / across.s : 0;
    class->pixels = h > 0 ? (h + down.s - 1) / down.s * class->w : 0;
    RN_TRY(make_ints((size_t) class->taps, &class->tap, err));
    RN_TRY(make_ints((size_t) class->taps, &class->toff, err));
    RN_TRY(make_ints((size_t)(plan->block * class->pixels), &class->aoff, err));
    RN_TRY(make_ints((size_t)(plan->block * class->pixels), &class->coff, err));
    for (int t = 0; t < class->taps; t++) {
        class->tap[t] = ty[t / nx] * across.k + tx[t % nx];
        class->toff[t] = (sy[t / nx] * plan->w_dframe + sx[t % nx]) * plan->out_stride;
    }
    for (int image = 0; image < plan->block; image++) {
        for (int p = 0; p < class->pixels; p++, i++) {
            int y = p / class->w, x = p % class->w;
            int drow = (image * plan->h_dframe + down.margin + y) * plan->w_dframe;
            int row = (image * plan->h_in + y * down.s + ry) * plan->w_in + x * across.s + rx;
            class->aoff[i] = (drow + across.margin + x) * plan->out_stride;
            class->coff[i] = row * plan->in_stride;
        }
    }
done:
    return status;
}

static enum rn_status make_classes(struct rn_conv_plan *plan, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    plan->n_classes = plan->down.s * plan->across.s;
    plan->classes = rn_alloc((size_t)plan->n_classes, sizeof *plan->classes);
    if (!plan->classes)
        return rn_nomem(err, (size_t)plan->n_classes * sizeof *plan->classes, "a convolution");
    for (int i = 0; i < plan->n_classes; i++) {
        RN_TRY(make_class(plan, i / plan->across.s, i % plan->across.s, &plan->classes[i], err));
        plan->gaps = plan->gaps || plan->classes[i].taps == 0;
    }
done:
    return status;
}

static enum rn_status make_weights(struct rn_conv_plan *plan, const struct rn_conv_request *request,
                                   struct rn_err *err)
{
    size_t chunks = (size_t)rn_conv_chunks(plan, request->batch * plan->images);

    if (request->train)
        plan->grad = rn_alloc_aligned(chunks * plan->grad_size, sizeof(float));
    if (request->train && !plan->grad)
        return rn_nomem(err, chunks * plan->grad_size * sizeof(float), "a gradient");
    if (plan->half)
        return RN_OK;
    plan->forward = rn_alloc_aligned(plan->forward_size, sizeof(float));
    if (request->wants_dx)
        plan->backward = rn_alloc_aligned(plan->backward_size, sizeof(float));
    if (!plan->forward || (request->wants_dx && !plan->backward))
        return rn_nomem(err, (plan->forward_size + plan->backward_size) * sizeof(float),
                        "packed weights");
    return RN_OK;
}

/* The frames' heights for blocks that begin every `lines_in` lines of x. */
static void set_heights(struct rn_conv_plan *plan, int lines_in)
{
    struct rn_conv_axis down = plan->down;

    plan->h_frame = plan->strips > 1 ? (plan->lines - 1) * down.s + rn_conv_span(down)
                                     : lines_in + 2 * down.pad;
    plan->h_dframe = down.margin + (lines_in - 1 + down.pad) / down.s + 1;
}

static struct rn_conv_axis axis_of(int k, int s, int pad, int dilation)
{
    struct rn_conv_axis axis = {.k = k, .s = s, .pad = pad, .dilation = dilation};

    axis.margin = (rn_conv_span(axis) - 1 - pad + s - 1) / s;
    return axis;
}

static void set_axes(struct rn_conv_plan *plan, const struct rn_node *node)
{
    int dilation = rn_conv_dilation(node);

    if (node->op == RN_OP_LINEAR) {
        plan->down = plan->across = axis_of(1, 1, 0, 1);
    } else {
        plan->down = axis_of(rn_conv_rows(node), rn_conv_stride_rows(node), rn_conv_pad_rows(node),
                             dilation);
        plan->across = axis_of(rn_conv_columns(node), rn_conv_stride_columns(node),
                               rn_conv_pad_columns(node), dilation);
    }
    plan->taps = plan->down.k * plan->across.k;
}

static void set_sizes(struct rn_conv_plan *plan, const struct rn_conv_request *request)
{
    const struct rn_node *node = request->node;
    struct rn_shape in = request->in;

    set_axes(plan, node);
    plan->groups = node->op == RN_OP_LINEAR ? 1 : node->u.conv.groups;
    plan->c_in = in.c;
    plan->c_out = node->out.c;
    plan->images = 1;
    plan->h_in = in.h;
    plan->w_in = in.w;
    plan->h_out = node->out.h;
    plan->w_out = node->out.w;
    plan->in_stride = request->in_stride;
    plan->out_stride = request->out_stride;
    plan->width = request->width;
    plan->block_values = request->half ? 96 * 1024 : BLOCK_FLOATS;
    if (plan->taps == 1 && plan->down.s == 1 && plan->across.s == 1 && plan->down.pad == 0 &&
        !request->by_image) {
        plan->images = in.h * in.w;
        plan->h_in = plan->w_in = plan->h_out = plan->w_out = 1;
    }
    plan->run = plan->groups == 1 && plan->across.dilation == 1 && plan->c_in == plan->in_stride &&
                        (!request->half || plan->c_in < RN_DEPTH)
                    ? plan->across.k
                    : 1;
    plan->block = 1;
    plan->strips = 1;
    plan->lines = plan->h_out;
    plan->w_frame = plan->w_in + 2 * plan->across.pad;
    plan->w_dframe = plan->across.margin + (plan->w_in - 1 + plan->across.pad) / plan->across.s + 1;
    set_heights(plan, plan->h_in);
}

/* Floats of both frames. */
static int frame_floats(const struct rn_conv_plan *plan)
{
    return plan->h_frame * plan->w_frame * plan->in_stride +
           plan->h_dframe * plan->w_dframe * plan->out_stride;
}

/* Strips of as many lines as fit, all of nearly the same height; at least as many as a kernel
   spans, since what neighbouring strips share is brought in twice. */
static void cut_strips(struct rn_conv_plan *plan)
{
    int line = frame_floats(plan) / plan->h_out, lines = plan->block_values / line;
    int span = rn_conv_span(plan->down), least_lines = span > 1 ? 2 * span : 1;

    lines = lines < least_lines ? least_lines : lines;
    if (lines >= plan->h_out || plan->h_in > plan->down.s * plan->h_out)
        return;
    plan->strips = (plan->h_out + lines - 1) / lines;
    plan->lines = (plan->h_out + plan->strips - 1) / plan->strips;
    plan->strips = (plan->h_out + plan->lines - 1) / plan->lines;
    set_heights(plan, plan->lines * plan->down.s);
}

static void set_block(struct rn_conv_plan *plan, int batch)
{
    int pixels = plan->h_out * plan->w_out;

    plan->block = plan->block_values / frame_floats(plan);
    if (plan->block < 1)
        cut_strips(plan);
    else if (plan->block * pixels < BLOCK_ROWS)
        plan->block = (BLOCK_ROWS + pixels - 1) / pixels;
    plan->block = least(plan->block < 1 ? 1 : plan->block, batch * plan->images);
}

int rn_conv_blocks(const struct rn_conv_plan *plan, int images)
{
    return plan->strips > 1 ? images * plan->strips : (images + plan->block - 1) / plan->block;
}

struct rn_conv_block rn_conv_block_at(const struct rn_conv_plan *plan, int images, int i)
{
    struct rn_conv_block block = {.image = i / plan->strips * plan->block,
                                  .line = i % plan->strips * plan->lines};
    int last = block.line + plan->lines, lines_in = plan->lines * plan->down.s;

    block.images = least(plan->block, images - block.image);
    block.lines = least(plan->lines, plan->h_out - block.line);
    if (last >= plan->h_out)
        lines_in = plan->h_in - block.line * plan->down.s;
    block.rows = block.images * block.lines * plan->w_out;
    block.rows_in = block.images * lines_in * plan->w_in;
    block.first = ((ptrdiff_t)block.image * plan->h_out + block.line) * plan->w_out;
    block.first_in = ((ptrdiff_t)block.image * plan->h_in + block.line * plan->down.s) * plan->w_in;
    return block;
}

int rn_conv_chunks(const struct rn_conv_plan *plan, int images)
{
    double floats = (double)rn_conv_blocks(plan, images) * plan->block * frame_floats(plan);
    double ratio = floats / ((plan->half ? 8.0 : 4.0) * (double)plan->grad_size);

    return ratio < 1 ? 1 : ratio > RN_CHUNKS ? RN_CHUNKS : (int)ratio;
}

static bool fits(struct rn_conv_axis axis)
{
    return axis.k <= MAX_K && axis.pad < rn_conv_span(axis);
}

enum rn_status rn_conv_plan_new(const struct rn_conv_request *request, struct rn_conv_plan **out,
                                struct rn_err *err)
{
    struct rn_conv_plan *plan = rn_alloc(1, sizeof *plan);
    enum rn_status status;

    if (!plan)
        return rn_nomem(err, sizeof *plan, "a convolution");
    set_sizes(plan, request);
    if (!fits(plan->down) || !fits(plan->across)) {
        status = rn_fail(err, RN_E_UNSUPPORTED,
                         "%s: a convolution of %dx%d taps padded by %d; the cpu engine takes up to "
                         "%d, and less padding than they span",
                         request->node->name, plan->down.k, plan->across.k,
                         request->node->u.conv.pad, MAX_K);
        goto done;
    }
    set_block(plan, request->batch);
    RN_TRY(make_forward_offsets(plan, err));
    if (request->wants_dx)
        RN_TRY(make_classes(plan, err));
    if (request->half)
        RN_TRY(rn_conv_half_new(plan, request->train, err));
    else
        RN_TRY(make_groups(plan, err));
    RN_TRY(make_weights(plan, request, err));
    *out = plan;
    plan = NULL;
done:
    rn_conv_plan_free(plan);
    return status;
}

void rn_conv_plan_free(struct rn_conv_plan *plan)
{
    if (!plan)
        return;
    for (int i = 0; plan->classes && i < plan->n_classes; i++) {
        rn_free(plan->classes[i].tap);
        rn_free(plan->classes[i].toff);
        rn_free(plan->classes[i].aoff);
        rn_free(plan->classes[i].coff);
    }
    rn_conv_half_free(plan);
    rn_free(plan->classes);
    rn_free(plan->merged);
    rn_free(plan->toff);
    rn_free(plan->aoff);
    rn_free(plan->coff);
    rn_free(plan->doff);
    rn_free(plan->forward);
    rn_free(plan->backward);
    rn_free(plan->grad);
    rn_free(plan);
}

/* Memory of so many values in bfloat16, in floats; what follows is aligned. */
static size_t floats_of(size_t halves)
{
    return (halves + 31) / 32 * 16;
}

size_t rn_conv_frame_floats(const struct rn_conv_plan *plan)
{
    if (plan->half)
        return floats_of(rn_conv_half_frame(plan));
    return (size_t)plan->block * (size_t)(plan->h_frame * plan->w_frame) * (size_t)plan->in_stride;
}

size_t rn_conv_dframe_floats(const struct rn_conv_plan *plan)
{
    if (plan->half)
        return floats_of(rn_conv_half_dframe(plan));
    return (size_t)plan->block * (size_t)(plan->h_dframe * plan->w_dframe) *
           (size_t)plan->out_stride;
}

size_t rn_conv_scratch_floats(const struct rn_conv_plan *plan)
{
    size_t frames = rn_conv_frame_floats(plan) + rn_conv_dframe_floats(plan);

    if (plan->half && plan->grad)
        frames += floats_of(rn_conv_half_spare(plan));
    return frames;
}

size_t rn_conv_block_floats(const struct rn_conv_plan *plan)
{
    struct rn_conv_block first = rn_conv_block_at(plan, plan->block, 0);
    size_t out = (size_t)first.rows * (size_t)plan->out_stride;
    size_t in = (size_t)first.rows_in * (size_t)plan->in_stride;

    return out > in ? out : in;
}
