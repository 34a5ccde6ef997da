/* Weights from PyTorch's order (c_out, c_in / groups, k, k) into panels, and their gradient back.
 */
#include "conv_half.h"

/* One group of the graph inside a merged one: its weights and its corner of the block diagonal. */
struct corner {
    ptrdiff_t weight; /* offset of its first weight */
    int in, out;      /* channels, and where they begin in the merged group: */
    int first_in, first_out;
};

static int corners_of(const struct rn_conv_plan *plan, const struct rn_conv_group *group)
{
    return group->n_in / (plan->c_in / plan->groups);
}

static struct corner corner_of(const struct rn_conv_plan *plan, const struct rn_conv_group *group,
                               int i)
{
    int in = plan->c_in / plan->groups, out = plan->c_out / plan->groups;

    return (struct corner){.weight = (ptrdiff_t)(group->out + i * out) * in * plan->taps,
                           .in = in,
                           .out = out,
                           .first_in = i * in,
                           .first_out = i * out};
}

/* Where the lanes kernels have the weight of tap t, s-th input of its group, output channel c: in
   vector o of the tap, that of the group's o-th output, the lane of the input. Groups of 8 are two
   taps of four inputs, with outputs o and o + 4 in the halves of a vector. */
static ptrdiff_t lane_at(const struct rn_conv_plan *plan, int taps, int t, int s, int c)
{
    int g = plan->lanes, wide = g < RN_LANES ? plan->width : RN_LANES;
    int end = plan->merged[0].out_pad / wide * wide; /* of the wide vectors */
    int width = c < end ? wide : RN_LANES, first = c / width * width, o = c % g;

    if (g == 8)
        return (ptrdiff_t)first * taps * g + ((2 * t + s / 4) * 4 + o % 4) * width + o / 4 * 4 +
               s % 4;
    return (ptrdiff_t)first * taps * g + (t * g + o) * width + c - first - o + s;
}

static void pack_lanes_forward(const struct rn_conv_plan *plan, const float *weight,
                               const float *scale)
{
    for (int c = 0; c < plan->c_out; c++)
        for (int s = 0; s < plan->lanes; s++)
            for (int t = 0; t < plan->taps; t++)
                plan->forward[lane_at(plan, plan->taps, t, s, c)] =
                    *weight++ * (scale ? scale[c] : 1);
}

/* Input channel c of the forward pass is an output here, and the group's outputs its inputs. */
static void pack_lanes_backward(const struct rn_conv_plan *plan, const float *weight)
{
    int g = plan->lanes;
    float *to = plan->backward;

    for (int k = 0; k < plan->n_classes; k++) {
        const struct rn_conv_class *class = &plan->classes[k];
        for (int c = 0; c < plan->c_in; c++)
            for (int s = 0; s < g; s++)
                for (int t = 0; t < class->taps; t++)
                    to[lane_at(plan, class->taps, t, s, c)] =
                        weight[((c / g * g + s) * g + c % g) * plan->taps + class->tap[t]];
        to += (ptrdiff_t) class->taps * g * plan->merged[0].in_pad;
    }
}

static void unpack_lanes(const struct rn_conv_plan *plan, float *dweight)
{
    for (int c = 0; c < plan->c_out; c++)
        for (int s = 0; s < plan->lanes; s++)
            for (int t = 0; t < plan->taps; t++)
                *dweight++ = plan->grad[lane_at(plan, plan->taps, t, s, c)];
}

/* A column of a matrix in panels: where its panel begins, its place and all columns in it, and the
   column after it. Narrow panels have two rows in a vector, column by column (narrow.inc). */
struct column {
    ptrdiff_t first;
    int at, step, end;
    bool pairs;
};

static struct column column_of(const struct rn_conv_plan *plan, int rows, int columns, int column)
{
    int panel = 0, width = rn_panel(plan->width, columns);

    while (panel + width <= column) {
        panel += width;
        width = rn_panel(plan->width, columns - panel);
    }
    return (struct column){.first = (ptrdiff_t)panel * rows,
                           .at = column - panel,
                           .step = width,
                           .end = panel + width,
                           .pairs = width < 16 && plan->width == 16};
}

/* Where the column has a row, of rows that come `nc` to a tap; its neighbour is `next_column` on.
 */
static ptrdiff_t row_of(const struct column *column, int row, int nc)
{
    int k = column->pairs ? row % nc : 0;

    if (column->pairs && (k | 1) < nc)
        return column->first + (row - k % 2) * column->step + 2 * column->at + k % 2;
    return column->first + row * column->step + column->at;
}

static int next_column(const struct column *column, int row, int nc)
{
    return column->pairs && (row % nc | 1) < nc ? 2 : 1;
}

static void pack_forward(const struct rn_conv_plan *plan, const struct rn_conv_group *group,
                         struct corner corner, const float *weight, const float *scale)
{
    float *panels = plan->forward + group->forward;
    int rows = plan->taps * group->n_in;

    weight += corner.weight;
    for (int o = 0; o < corner.out; o++) {
        struct column column = column_of(plan, rows, group->out_pad, corner.first_out + o);
        float factor = scale ? scale[group->out + corner.first_out + o] : 1;
        for (int i = corner.first_in; i < corner.first_in + corner.in; i++, weight += plan->taps)
            for (int t = 0; t < plan->taps; t++)
                panels[row_of(&column, t * group->n_in + i, group->n_in * plan->run)] =
                    weight[t] * factor;
    }
}

void rn_conv_pack_forward(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                          const float *weight, const float *scale)
{
    if (plan->half) {
        rn_conv_half_pack_forward(plan, mover, weight, scale);
        return;
    }
    if (plan->lanes) {
        pack_lanes_forward(plan, weight, scale);
        return;
    }
    for (int g = 0; g < plan->n_merged; g++)
        for (int i = 0; i < corners_of(plan, &plan->merged[g]); i++)
            pack_forward(plan, &plan->merged[g], corner_of(plan, &plan->merged[g], i), weight,
                         scale);
}

/* The panels of one class: rows are (tap, output channel), columns input channels. */
static void pack_class(const struct rn_conv_plan *plan, const struct rn_conv_group *group,
                       const struct rn_conv_class *class, struct corner corner, const float *weight,
                       float *panels)
{
    int rows = class->taps * group->n_out;

    weight += corner.weight;
    for (int o = 0; o < corner.out; o++, weight += (ptrdiff_t)corner.in * plan->taps) {
        for (int t = 0; t < class->taps; t++) {
            int row = t * group->n_out + corner.first_out + o;
            const float *from = weight + class->tap[t];
            for (int i = 0, end; i < corner.in; i = end) {
                int at = corner.first_in + i;
                struct column column = column_of(plan, rows, group->in_pad, at);
                float *to = panels + row_of(&column, row, group->n_out);
                int step = next_column(&column, row, group->n_out);
                end = column.end - corner.first_in;
                end = end < corner.in ? end : corner.in;
                for (int j = i; j < end; j++)
                    to[(j - i) * step] = from[(ptrdiff_t)j * plan->taps];
            }
        }
    }
}

void rn_conv_pack_backward(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                           const float *weight)
{
    if (plan->half) {
        rn_conv_half_pack_backward(plan, mover, weight);
        return;
    }
    if (plan->lanes) {
        pack_lanes_backward(plan, weight);
        return;
    }
    for (int g = 0; g < plan->n_merged; g++) {
        const struct rn_conv_group *group = &plan->merged[g];
        float *panels = plan->backward + group->backward;
        for (int c = 0; c < plan->n_classes; c++) {
            const struct rn_conv_class *class = &plan->classes[c];
            for (int i = 0; i < corners_of(plan, group); i++)
                pack_class(plan, group, class, corner_of(plan, group, i), weight, panels);
            panels += (ptrdiff_t) class->taps * group->n_out * group->in_pad;
        }
    }
}

/* A transposition, a few rows at a time so that the lines read are still cached for the next o. */
static void unpack(const struct rn_conv_plan *plan, const struct rn_conv_group *group,
                   struct corner corner, float *dweight)
{
    enum { ROWS = 16 };
    ptrdiff_t step = group->out_pad;

    for (int first = 0; first < corner.in; first += ROWS) {
        int end = first + ROWS < corner.in ? first + ROWS : corner.in;
        for (int t = 0; t < plan->taps; t++) {
            const float *from = plan->grad + group->grad + corner.first_out +
                                (t * group->n_in + corner.first_in) * step;
            float *to = dweight + corner.weight + t;
            for (int o = 0; o < corner.out; o++)
                for (int i = first; i < end; i++)
                    to[((ptrdiff_t)o * corner.in + i) * plan->taps] = from[i * step + o];
        }
    }
}

void rn_conv_unpack_grad(const struct rn_conv_plan *plan, const struct rn_mover *mover, int chunks,
                         float *dweight)
{
    for (int chunk = 1; chunk < chunks; chunk++)
        for (size_t i = 0; i < plan->grad_size; i++)
            plan->grad[i] += plan->grad[(size_t)chunk * plan->grad_size + i];
    if (plan->half) {
        rn_conv_half_unpack(plan, mover, dweight);
        return;
    }
    if (plan->lanes) {
        unpack_lanes(plan, dweight);
        return;
    }
    for (int g = 0; g < plan->n_merged; g++)
        for (int i = 0; i < corners_of(plan, &plan->merged[g]); i++)
            unpack(plan, &plan->merged[g], corner_of(plan, &plan->merged[g], i), dweight);
}
