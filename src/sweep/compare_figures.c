/* A comparison's figures: error against each cost, a line a family, as figures 17 and 18. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"

#define WIDTH 460
#define HEIGHT 420
#define WIDE 3 /* a range that is drawn on a logarithmic axis */

static const struct {
    const char *name, *label;
    double unit;
} costs[] = {{"flops", "multiply-adds (M)", 1e-6},
             {"params", "parameters (M)", 1e-6},
             {"acts", "activations (M)", 1e-6},
             {"time", "inference, ms an image", 1}};

static double cost_of(const struct rn_compared *row, size_t cost)
{
    const double values[] = {(double)row->cx.flops, (double)row->cx.params, (double)row->cx.acts,
                             row->infer_ms};

    return values[cost] * costs[cost].unit;
}

/* The family: the name up to its last dash. "RegNetX-5MF", "ResNet-50", "NASNet-A-mobile". */
static size_t family_length(const char *name)
{
    const char *dash = strrchr(name, '-');

    return dash ? (size_t)(dash - name) : strlen(name);
}

static bool same_family(const struct rn_compared *a, const struct rn_compared *b)
{
    size_t n = family_length(a->name);

    return a->quoted == b->quoted && n == family_length(b->name) &&
           strncmp(a->name, b->name, n) == 0;
}

static bool is_drawn(const struct rn_compared *row, size_t cost)
{
    return !isnan(row->error) && !isnan(cost_of(row, cost));
}

/* Rows i1, i2, .. of one figure's family, by ascending cost. */
struct family {
    size_t n;
    const struct rn_compared **rows; /* as many as the comparison has */
};

static void find_family(const struct rn_comparison *c, size_t first, size_t cost,
                        struct family *family)
{
    family->n = 0;
    for (size_t k = first; k < c->n; k++) {
        const struct rn_compared *row = &c->rows[k];
        size_t at = family->n;
        if (!is_drawn(row, cost) || !same_family(row, &c->rows[first]))
            continue;
        for (; at > 0 && cost_of(family->rows[at - 1], cost) > cost_of(row, cost); at--)
            family->rows[at] = family->rows[at - 1];
        family->rows[at] = row;
        family->n++;
    }
}

static enum rn_status add_series(const struct family *family, size_t cost, enum rn_draw draw,
                                 int colour, struct rn_figure *figure, struct rn_series **series,
                                 struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_figure_add(figure, draw, family->n, series, err));
    (*series)->colour = colour;
    for (size_t i = 0; i < family->n; i++) {
        (*series)->x[i] = cost_of(family->rows[i], cost);
        (*series)->y[i] = family->rows[i]->error;
    }
done:
    return status;
}

/* A line through points, dashed if they are quoted. A network that is alone has its whole name. */
static enum rn_status add_family(const struct family *family, size_t cost, int colour, bool mark,
                                 struct rn_figure *figure, struct rn_err *err)
{
    const struct rn_compared *first = family->rows[0];
    size_t len = family->n > 1 ? family_length(first->name) : strlen(first->name);
    struct rn_series *series;
    enum rn_status status;

    if (family->n > 1) {
        RN_TRY(add_series(family, cost, RN_DRAW_LINE, colour, figure, &series, err));
        series->dashed = first->quoted;
    }
    RN_TRY(add_series(family, cost, RN_DRAW_POINTS, colour, figure, &series, err));
    (void)snprintf(series->label, sizeof series->label, "%.*s%s", (int)len, first->name,
                   mark && first->quoted ? " (quoted)" : "");
done:
    return status;
}

static bool is_first(const struct rn_comparison *c, size_t i, size_t cost)
{
    for (size_t k = 0; k < i; k++)
        if (is_drawn(&c->rows[k], cost) && same_family(&c->rows[k], &c->rows[i]))
            return false;
    return is_drawn(&c->rows[i], cost);
}

/* What is drawn: its range, and whether it is quoted. */
struct drawn {
    double low, high;
    size_t quoted, own;
};

static struct drawn survey(const struct rn_comparison *c, size_t cost)
{
    struct drawn drawn = {.low = INFINITY};

    for (size_t i = 0; i < c->n; i++) {
        if (!is_drawn(&c->rows[i], cost))
            continue;
        drawn.low = fmin(drawn.low, cost_of(&c->rows[i], cost));
        drawn.high = fmax(drawn.high, cost_of(&c->rows[i], cost));
        drawn.quoted += c->rows[i].quoted;
        drawn.own += !c->rows[i].quoted;
    }
    return drawn;
}

static enum rn_status add_families(const struct rn_comparison *c, size_t cost, bool mark,
                                   struct rn_figure *figure, struct rn_err *err)
{
    struct family family = {.rows = rn_alloc(c->n, sizeof *family.rows)};
    int colour = 0;
    enum rn_status status = RN_OK;

    if (!family.rows)
        return rn_nomem(err, c->n * sizeof *family.rows, "a figure");
    for (size_t i = 0; i < c->n && status == RN_OK; i++) {
        if (!is_first(c, i, cost))
            continue;
        find_family(c, i, cost, &family);
        status = add_family(&family, cost, colour++, mark, figure, err);
    }
    rn_free(family.rows);
    return status;
}

enum rn_status rn_comparison_figure(const struct rn_comparison *c, const char *cost,
                                    struct rn_figure *figure, struct rn_err *err)
{
    struct rn_figure made = {.width = WIDTH, .height = HEIGHT};
    struct drawn drawn;
    size_t k = 0;
    enum rn_status status = RN_OK;

    while (k < sizeof costs / sizeof *costs && strcmp(costs[k].name, cost) != 0)
        k++;
    if (k == sizeof costs / sizeof *costs)
        return rn_fail(err, RN_E_CONFIG, "\"%s\" is none of flops, params, acts and time", cost);
    drawn = survey(c, k);
    if (drawn.quoted + drawn.own == 0)
        return rn_fail(err, RN_E_DATA, "%s: no network has an error and %s", c->name,
                       costs[k].label);
    made.x.scale = drawn.high >= WIDE * drawn.low ? RN_SCALE_LOG : RN_SCALE_LINEAR;
    (void)snprintf(made.x.label, sizeof made.x.label, "%s", costs[k].label);
    (void)snprintf(made.y.label, sizeof made.y.label, "error (%%)");
    if (drawn.own == 0)
        (void)snprintf(made.legend, sizeof made.legend, "quoted, not measured here");
    RN_TRY(add_families(c, k, drawn.own > 0, &made, err));
    *figure = made;
    made = (struct rn_figure){0};
done:
    rn_figure_release(&made);
    return status;
}
