/* Error against a parameter (figure 2, middle and right), and a parameter over regimes (figure
   11). */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "regnet/report.h"

#define SMALL_WIDTH 350
#define SMALL_HEIGHT 300

/* Logarithmic for what spans an order of magnitude and more: such parameters are drawn that way. */
static enum rn_scale scale_of(const double *values, size_t n)
{
    double low = DBL_MAX, high = 0;

    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            continue;
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    return low > 0 && high >= 16 * low ? RN_SCALE_LOG : RN_SCALE_LINEAR;
}

static enum rn_status add_good(struct rn_figure *figure, const struct rn_good_range *good,
                               struct rn_err *err)
{
    struct rn_series *series;
    enum rn_status status;

    RN_TRY(rn_figure_add(figure, RN_DRAW_SPAN, 3, &series, err));
    series->x[0] = good->low, series->x[1] = good->best, series->x[2] = good->high;
    series->colour = 1;
    (void)snprintf(series->label, sizeof series->label, "best %.4g, 95 %% in [%.4g, %.4g]",
                   good->best, good->low, good->high);
done:
    return status;
}

static enum rn_status add_points(struct rn_figure *figure, const struct rn_scatter *scatter,
                                 struct rn_err *err)
{
    struct rn_series *series;
    enum rn_status status;

    RN_TRY(rn_figure_add(figure, RN_DRAW_POINTS, scatter->n, &series, err));
    memcpy(series->x, scatter->x, scatter->n * sizeof *series->x);
    memcpy(series->y, scatter->error, scatter->n * sizeof *series->y);
    series->colour = 0;
    series->names = scatter->names;
done:
    return status;
}

enum rn_status rn_scatter_figure(const struct rn_scatter *scatter, struct rn_figure *figure,
                                 struct rn_err *err)
{
    struct rn_figure made = {.width = SMALL_WIDTH, .height = SMALL_HEIGHT};
    enum rn_status status;

    made.x.scale = scale_of(scatter->x, scatter->n);
    made.y.scale = scatter->error_min < scatter->error_max
                       ? scale_of((double[]){scatter->error_min, scatter->error_max}, 2)
                       : scale_of(scatter->error, scatter->n);
    made.y.min = scatter->error_min, made.y.max = scatter->error_max;
    (void)snprintf(made.x.label, sizeof made.x.label, "%s", scatter->label);
    (void)snprintf(made.y.label, sizeof made.y.label, "error (%%)");
    if (scatter->good)
        RN_TRY(add_good(&made, scatter->good, err));
    RN_TRY(add_points(&made, scatter, err));
    *figure = made;
    made = (struct rn_figure){0};
done:
    rn_figure_release(&made);
    return status;
}

static enum rn_status add_range(struct rn_figure *figure, const char *label, enum rn_draw draw,
                                int colour, size_t n, struct rn_series **series, struct rn_err *err)
{
    enum rn_status status = rn_figure_add(figure, draw, n, series, err);

    if (status != RN_OK)
        return status;
    (*series)->colour = colour;
    (void)snprintf((*series)->label, sizeof(*series)->label, "%s", label);
    for (size_t i = 0; i < n; i++)
        (*series)->x[i] = (double)i + 1;
    return RN_OK;
}

static enum rn_status add_trends(struct rn_figure *figure, const struct rn_trend *trends, size_t n,
                                 struct rn_err *err)
{
    struct rn_series *series;
    enum rn_status status;

    RN_TRY(add_range(figure, "all networks", RN_DRAW_BAND, 6, n, &series, err));
    for (size_t i = 0; i < n; i++) {
        series->y[i] = trends[i].n ? trends[i].min : NAN;
        series->to[i] = trends[i].n ? trends[i].max : NAN;
    }
    RN_TRY(add_range(figure, "95 % of the best", RN_DRAW_BAND, 0, n, &series, err));
    for (size_t i = 0; i < n; i++) {
        series->y[i] = trends[i].n ? trends[i].good.low : NAN;
        series->to[i] = trends[i].n ? trends[i].good.high : NAN;
    }
    RN_TRY(add_range(figure, "best", RN_DRAW_LINE, 0, n, &series, err));
    for (size_t i = 0; i < n; i++)
        series->y[i] = trends[i].n ? trends[i].good.best : NAN;
done:
    return status;
}

enum rn_status rn_trend_figure(const char *label, const char *const *regimes,
                               const struct rn_trend *trends, size_t n, struct rn_figure *figure,
                               struct rn_err *err)
{
    struct rn_figure made = {.width = SMALL_WIDTH, .height = SMALL_HEIGHT + 30};
    double ends[2] = {DBL_MAX, 0};
    enum rn_status status;

    for (size_t i = 0; i < n; i++) {
        ends[0] = trends[i].n ? fmin(ends[0], trends[i].min) : ends[0];
        ends[1] = trends[i].n ? fmax(ends[1], trends[i].max) : ends[1];
    }
    made.y.scale = scale_of(ends, 2);
    (void)snprintf(made.y.label, sizeof made.y.label, "%s", label);
    RN_TRY(rn_axis_name(&made.x, regimes, n, err));
    RN_TRY(add_trends(&made, trends, n, err));
    *figure = made;
    made = (struct rn_figure){0};
done:
    rn_figure_release(&made);
    return status;
}
