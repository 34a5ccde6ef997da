/* A comparison's figures: error against each cost, a line a family, as figures 17 and 18. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"

#define WIDTH 460
#define HEIGHT 380

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

/* The points of one family, whose first one is row i, by ascending cost; a line through several. */
static enum rn_status add_family(const struct rn_comparison *c, size_t i, size_t cost, int colour,
                                 struct rn_figure *figure, struct rn_err *err)
{
    struct rn_series *series;
    size_t n = 0;
    enum rn_status status;

    for (size_t k = i; k < c->n; k++)
        n += is_drawn(&c->rows[k], cost) && same_family(&c->rows[k], &c->rows[i]);
    RN_TRY(rn_figure_add(figure, n > 1 ? RN_DRAW_LINE : RN_DRAW_POINTS, n, &series, err));
    series->colour = colour;
    series->dashed = c->rows[i].quoted;
    (void)snprintf(series->label, sizeof series->label, "%.*s%s",
                   (int)family_length(c->rows[i].name), c->rows[i].name,
                   c->rows[i].quoted ? " (quoted)" : "");
    n = 0;
    for (size_t k = i; k < c->n; k++) {
        double x = cost_of(&c->rows[k], cost);
        size_t at = n;
        if (!is_drawn(&c->rows[k], cost) || !same_family(&c->rows[k], &c->rows[i]))
            continue;
        for (; at > 0 && series->x[at - 1] > x; at--) {
            series->x[at] = series->x[at - 1];
            series->y[at] = series->y[at - 1];
        }
        series->x[at] = x;
        series->y[at] = c->rows[k].error;
        n++;
    }
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

enum rn_status rn_comparison_figure(const struct rn_comparison *c, const char *cost,
                                    struct rn_figure *figure, struct rn_err *err)
{
    struct rn_figure made = {.width = WIDTH, .height = HEIGHT, .x.scale = RN_SCALE_LOG};
    size_t k = 0;
    int families = 0;
    enum rn_status status = RN_OK;

    while (k < sizeof costs / sizeof *costs && strcmp(costs[k].name, cost) != 0)
        k++;
    if (k == sizeof costs / sizeof *costs)
        return rn_fail(err, RN_E_CONFIG, "\"%s\" is none of flops, params, acts and time", cost);
    (void)snprintf(made.x.label, sizeof made.x.label, "%s", costs[k].label);
    (void)snprintf(made.y.label, sizeof made.y.label, "error (%%)");
    for (size_t i = 0; i < c->n; i++)
        if (is_first(c, i, k))
            RN_TRY(add_family(c, i, k, families++, &made, err));
    if (families == 0)
        RN_TRY(rn_fail(err, RN_E_DATA, "%s: no network has an error and %s", c->name,
                       costs[k].label));
    *figure = made;
    made = (struct rn_figure){0};
done:
    rn_figure_release(&made);
    return status;
}
