/*
 * Networks of cells, from the tables of cells.c: a stem, stages of normal cells with reducing cells
 * between them, and the head behind a ReLU. A state of a cell is a node; a state that several
 * operations want activated is activated once.
 *
 * Sides halve with rounding up, padded as the authors' frameworks do: an even side is padded one
 * pixel less before and one more behind by TensorFlow, and alike on both sides for DARTS.
 */
#include "model/build.h"
#include "model/cells.h"

#include <stdio.h>
#include <string.h>

struct state {
    int x;    /* node */
    int relu; /* its activation, once somebody wanted it; 0: nobody yet */
};

struct cell {
    struct rn_build *b;
    const struct rn_cell *table;
    int width, stride;
    int n_states;
    struct state states[2 + RN_CELL_NODES];
};

static struct rn_conv_spec pointwise(int c_out, int stride)
{
    return (struct rn_conv_spec){.c_out = c_out, .k = 1, .stride = stride, .groups = 1};
}

static int activated(struct cell *cell, int s)
{
    struct state *state = &cell->states[s];
    char name[16];

    if (state->relu == 0) {
        snprintf(name, sizeof name, "h%d.af", s);
        state->relu = rn_build_arch_act(cell->b, state->x, name);
    }
    return state->relu;
}

static int conv_bn(struct rn_build *b, int x, struct rn_conv_spec spec)
{
    return rn_build_conv_bn_act(b, x, spec, "conv", "bn", NULL);
}

/* Whether an operation with this stride has less padding before the image than behind it. */
static bool pads_behind(const struct rn_build *b, int x, int stride)
{
    return stride == 2 && rn_build_side(b, x) % 2 == 0 && !rn_cell_net(b->graph->arch.block)->darts;
}

/* A convolution as the authors pad it: the last of the padding is a row and a column of zeros. */
static int conv(struct rn_build *b, int x, const char *name, struct rn_conv_spec spec)
{
    char pad[16];

    if (spec.k > 1 && pads_behind(b, x, spec.stride)) {
        snprintf(pad, sizeof pad, "%s.pad", name);
        x = rn_build_pad(b, x, pad, spec.taps != RN_TAPS_ROW, spec.taps != RN_TAPS_COLUMN);
        spec.padded = true;
    }
    return rn_build_conv(b, x, name, spec);
}

/* Half of the channels from every second pixel, half from those between, normalized together. The
   authors' code refuses odd widths; the published counts are those of halves rounded down, so the
   odd channel is zero before it is normalized. */
static int factorized_reduction(struct rn_build *b, int x, int width)
{
    struct rn_conv_spec half = pointwise(width / 2, 2);
    int both[2];

    both[0] = rn_build_conv(b, x, "path1", half);
    both[1] = rn_build_conv(b, rn_build_shift(b, x, "shift"), "path2", half);
    return rn_build_bn(b, rn_build_concat(b, 2, both, "concat", width), "bn", false);
}

/* Depthwise and 1x1, `times` over; only the first has the stride. */
static int separable(struct rn_build *b, int x, int width, int k, int stride, int dilation,
                     int times)
{
    for (int i = 1; i <= times; i++) {
        char dw[8], pw[8], bn[8], af[8];
        struct rn_conv_spec depthwise = {.c_out = rn_build_width(b, x),
                                         .k = k,
                                         .stride = i == 1 ? stride : 1,
                                         .groups = rn_build_width(b, x),
                                         .dilation = dilation};
        snprintf(dw, sizeof dw, "dw%d", i), snprintf(pw, sizeof pw, "pw%d", i);
        snprintf(bn, sizeof bn, "bn%d", i), snprintf(af, sizeof af, "af%d", i);
        x = conv(b, x, dw, depthwise);
        x = rn_build_conv(b, x, pw, pointwise(width, 1));
        x = rn_build_bn(b, x, bn, false);
        if (i < times)
            x = rn_build_arch_act(b, x, af);
    }
    return x;
}

/* A convolution, normalized and activated, of a bottleneck. */
static int inner(struct rn_build *b, int x, int n, struct rn_conv_spec spec)
{
    char name[8], bn[8], af[8];

    snprintf(name, sizeof name, "conv%d", n), snprintf(bn, sizeof bn, "bn%d", n);
    snprintf(af, sizeof af, "af%d", n);
    x = conv(b, x, name, spec);
    x = rn_build_bn(b, x, bn, false);
    return rn_build_arch_act(b, x, af);
}

/* 1x1 to a quarter of the width; 3x3, or 1x7 and 7x1; 1x1. */
static int bottleneck(struct rn_build *b, int x, int width, int stride, bool factorized)
{
    struct rn_conv_spec middle = {
        .c_out = width / 4, .k = factorized ? 7 : 3, .stride = stride, .groups = 1};

    x = inner(b, x, 1, pointwise(width / 4, 1));
    if (factorized) {
        middle.taps = RN_TAPS_ROW;
        x = inner(b, x, 2, middle);
        middle.taps = RN_TAPS_COLUMN;
    }
    x = inner(b, x, 3, middle);
    return conv_bn(b, x, pointwise(width, 1));
}

static int pool(struct cell *cell, int x, enum rn_cell_op op, int stride)
{
    struct rn_build *b = cell->b;
    int pad = !pads_behind(b, x, stride);
    bool whole = b->graph->arch.timm && stride > 1;

    x = op == RN_CELL_AVG3   ? rn_build_avg_pool(b, x, "pool", 3, stride, pad, whole)
        : op == RN_CELL_MAX3 ? rn_build_max_pool(b, x, "pool", 3, stride, pad)
                             : rn_build_max_pool(b, x, "pool", 2, stride, 0);
    return rn_build_width(b, x) == cell->width ? x : conv_bn(b, x, pointwise(cell->width, 1));
}

/* Strides are of operations on the cell's inputs alone. */
static int operation(struct cell *cell, struct rn_cell_term term)
{
    struct rn_build *b = cell->b;
    int stride = term.state < 2 ? cell->stride : 1, s = term.state, width = cell->width;
    int x = cell->states[s].x;

    switch (term.op) {
    case RN_CELL_SEP3:
        return separable(b, activated(cell, s), width, 3, stride, 1, 2);
    case RN_CELL_SEP5:
        return separable(b, activated(cell, s), width, 5, stride, 1, 2);
    case RN_CELL_SEP7:
        return separable(b, activated(cell, s), width, 7, stride, 1, 2);
    case RN_CELL_SEP5_DIL2:
        return separable(b, activated(cell, s), width, 5, stride, 2, 2);
    case RN_CELL_DIL3:
        return separable(b, activated(cell, s), width, 3, stride, 2, 1);
    case RN_CELL_AVG3:
    case RN_CELL_MAX3:
    case RN_CELL_MAX2:
        return pool(cell, x, term.op, stride);
    case RN_CELL_NONE:
        if (stride == 1 && rn_build_width(b, x) == width)
            return x;
        return conv_bn(b, activated(cell, s), pointwise(width, stride));
    case RN_CELL_SKIP:
        return stride == 1 ? x : factorized_reduction(b, activated(cell, s), width);
    case RN_CELL_CONV1:
        return conv_bn(b, activated(cell, s), pointwise(width, stride));
    case RN_CELL_CONV3:
        return bottleneck(b, activated(cell, s), width, stride, false);
    case RN_CELL_CONV1X7_7X1:
        return bottleneck(b, activated(cell, s), width, stride, true);
    }
    return x;
}

static int node(struct cell *cell, int i)
{
    int both[2];

    for (int k = 0; k < 2; k++) {
        size_t mark = rn_build_enter(cell->b, "n%d.%c.", i, "ab"[k]);
        both[k] = operation(cell, cell->table->terms[i][k]);
        rn_build_leave(cell->b, mark);
    }
    char name[8];
    snprintf(name, sizeof name, "n%d", i);
    return rn_build_add(cell->b, both[0], both[1], name);
}

/* The states that nobody used; one that differs from the last in size is reduced first. */
static int output(struct cell *cell)
{
    struct rn_build *b = cell->b;
    int parts[RN_NODE_INPUTS], n = 0, last = cell->states[cell->n_states - 1].x;

    for (int s = 0; s < cell->n_states; s++) {
        int x = cell->states[s].x;
        size_t mark = rn_build_enter(b, "out%d.", s);
        if (cell->table->used[s] == '0') {
            if (rn_build_side(b, x) != rn_build_side(b, last))
                x = factorized_reduction(b, x, cell->width);
            else if (rn_build_width(b, x) != cell->width)
                x = conv_bn(b, x, pointwise(cell->width, 1));
            parts[n++] = x;
        }
        rn_build_leave(b, mark);
    }
    return rn_build_concat(b, n, parts, "concat", 0);
}

/* An input of a cell, made as large as side and as wide as the cell. */
static int fitted(struct cell *cell, int x, int side, bool always)
{
    struct rn_build *b = cell->b;
    bool smaller = rn_build_side(b, x) != side;

    if (!smaller && !always && rn_build_width(b, x) == cell->width)
        return x;
    x = rn_build_arch_act(b, x, "in_af");
    return smaller ? factorized_reduction(b, x, cell->width)
                   : conv_bn(b, x, pointwise(cell->width, 1));
}

/* before: the older input; the first cell has none, and takes x itself. */
static int build_cell(struct rn_build *b, const struct rn_cell_net *net, int x, int before,
                      int width, int stride)
{
    struct cell cell = {.b = b,
                        .table = stride > 1 && net->reduction ? net->reduction : net->normal,
                        .width = width,
                        .stride = stride,
                        .n_states = 2};
    int newer = net->darts ? 1 : 0, side = rn_build_side(b, x);
    size_t mark = rn_build_enter(b, "h%d.", newer);

    cell.states[newer].x = fitted(&cell, x, side, true);
    rn_build_leave(b, mark);
    mark = rn_build_enter(b, "h%d.", 1 - newer);
    cell.states[1 - newer].x = before < 0 ? x : fitted(&cell, before, side, net->darts);
    rn_build_leave(b, mark);
    for (int i = 0; i < cell.table->n_nodes; i++) {
        int made = node(&cell, i);
        cell.states[cell.n_states++].x = made;
    }
    return output(&cell);
}

struct pair {
    int x, before;
};

static struct pair append(struct rn_build *b, const struct rn_cell_net *net, struct pair at,
                          int width, int stride)
{
    return (struct pair){build_cell(b, net, at.x, at.before, width, stride), at.x};
}

/* 3x3 stride 2 without padding, then two reducing cells of a quarter and a half of the width. */
static struct pair cells_stem(struct rn_build *b, const struct rn_cell_net *net)
{
    const struct rn_arch *arch = &b->graph->arch;
    struct pair at = {rn_build_input(b, arch->im_size), -1};
    struct rn_conv_spec conv = {
        .c_out = arch->stem_w, .k = 3, .stride = 2, .groups = 1, .valid = true};
    size_t mark = rn_build_enter(b, "stem.");

    at.x = conv_bn(b, at.x, conv);
    for (int i = 0; i < 2; i++) {
        size_t inside = rn_build_enter(b, "c%d.", i + 1);
        at = append(b, net, at, arch->stages[0].width >> (2 - i), 2);
        rn_build_leave(b, inside);
    }
    rn_build_leave(b, mark);
    return at;
}

/* Three 3x3 of stride 2: the second one's output is the first cell's older input. */
static struct pair darts_stem(struct rn_build *b)
{
    const struct rn_arch *arch = &b->graph->arch;
    struct rn_conv_spec conv = {.c_out = arch->stem_w / 2, .k = 3, .stride = 2, .groups = 1};
    int x = rn_build_input(b, arch->im_size);
    struct pair at;
    size_t mark = rn_build_enter(b, "stem.");

    x = rn_build_conv_bn_act(b, x, conv, "conv1", "bn1", "af1");
    conv.c_out = arch->stem_w;
    at.before = rn_build_conv_bn_act(b, x, conv, "conv2", "bn2", NULL);
    x = rn_build_arch_act(b, at.before, "af2");
    at.x = rn_build_conv_bn_act(b, x, conv, "conv3", "bn3", NULL);
    rn_build_leave(b, mark);
    return at;
}

/* 3x3 of stride 1, as both papers have it on CIFAR: all there is before the first cell. */
static struct pair small_stem(struct rn_build *b, const struct rn_cell_net *net)
{
    const struct rn_arch *arch = &b->graph->arch;
    struct rn_conv_spec conv = {.c_out = arch->stem_w, .k = 3, .stride = 1, .groups = 1};
    int x = rn_build_input(b, arch->im_size);
    size_t mark = rn_build_enter(b, "stem.");

    x = conv_bn(b, x, conv);
    rn_build_leave(b, mark);
    return (struct pair){x, net->darts ? x : -1};
}

static struct pair stem(struct rn_build *b, const struct rn_cell_net *net)
{
    if (b->graph->arch.stem == RN_STEM_CIFAR)
        return small_stem(b, net);
    return net->darts ? darts_stem(b) : cells_stem(b, net);
}

/* The reducing cell is one more, or, where the net has none of its own, the stage's first. */
static struct pair stage(struct rn_build *b, const struct rn_cell_net *net, struct pair at, int i)
{
    const struct rn_arch *arch = &b->graph->arch;
    const struct rn_stage *stage = &arch->stages[i];
    int older = at.before;

    if (stage->stride > 1 && net->reduction) {
        size_t mark = rn_build_enter(b, "s%d.r.", i + 1);
        at = append(b, net, at, stage->width, 2);
        rn_build_leave(b, mark);
        if (arch->skip_reduction)
            at.before = older;
    }
    for (int j = 0; j < stage->depth; j++) {
        size_t mark = rn_build_enter(b, "s%d.c%d.", i + 1, j + 1);
        at = append(b, net, at, stage->width, j == 0 && !net->reduction ? stage->stride : 1);
        rn_build_leave(b, mark);
    }
    return at;
}

void rn_build_cells(struct rn_build *b)
{
    const struct rn_arch *arch = &b->graph->arch;
    const struct rn_cell_net *net = rn_cell_net(arch->block);
    struct pair at = stem(b, net);

    for (int i = 0; i < arch->n_stages; i++)
        at = stage(b, net, at, i);
    rn_build_head(b, net->darts ? at.x : rn_build_arch_act(b, at.x, "af"), NULL, NULL);
}
