/* Error distributions as the paper shows them: one staircase a population, min and mean beside. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "regnet/report.h"

/* From (low, 0) up at each error, and on to (high, 1). */
static void staircase(const struct rn_edf *edf, double low, double high, double *x, double *y)
{
    x[0] = low, y[0] = 0;
    for (size_t i = 0; i < edf->n; i++) {
        x[i + 1] = edf->error[i];
        y[i + 1] = edf->f[i];
    }
    x[edf->n + 1] = high, y[edf->n + 1] = 1;
}

static int name_width(const struct rn_population *p, size_t n)
{
    size_t width = 5;

    for (size_t i = 0; i < n; i++)
        width = strlen(p[i].name) > width ? strlen(p[i].name) : width;
    return width < 80 ? (int)width : 80;
}

/* A little room on both sides; logarithmic where a long tail would crush the rest. */
static struct rn_axis choose_axis(const struct rn_population *p, size_t n)
{
    double low = p[0].edf.min, high = p[0].edf.max, room;
    struct rn_axis axis = {.label = "error (%)"};

    for (size_t i = 1; i < n; i++) {
        low = fmin(low, p[i].edf.min);
        high = fmax(high, p[i].edf.max);
    }
    if (low > 0 && high > 3 * low) {
        room = pow(high / low, 0.04);
        axis.scale = RN_SCALE_LOG;
        axis.min = low / room, axis.max = high * room;
    } else {
        room = high > low ? 0.04 * (high - low) : 1;
        axis.min = fmax(0, low - room), axis.max = high + room;
    }
    return axis;
}

static enum rn_status add_edf(struct rn_figure *figure, const struct rn_population *p,
                              struct rn_err *err)
{
    struct rn_series *series;
    enum rn_status status;

    RN_TRY(rn_figure_add(figure, RN_DRAW_STEPS, p->edf.n + 2, &series, err));
    staircase(&p->edf, figure->x.min, figure->x.max, series->x, series->y);
    (void)snprintf(series->label, sizeof series->label, "%s  %zu | %.1f | %.1f", p->name, p->edf.n,
                   p->edf.min, p->edf.mean);
done:
    return status;
}

enum rn_status rn_edf_figure(const struct rn_population *populations, size_t n,
                             struct rn_figure *figure, struct rn_err *err)
{
    struct rn_figure made = {.legend = "space  n | min | mean",
                             .y = {.label = "cumulative probability", .max = 1}};
    enum rn_status status = RN_OK;

    if (n == 0)
        return rn_fail(err, RN_E_DATA, "a figure of no population");
    made.x = choose_axis(populations, n);
    for (size_t i = 0; i < n && status == RN_OK; i++)
        status = add_edf(&made, &populations[i], err);
    if (status == RN_OK)
        *figure = made;
    else
        rn_figure_release(&made);
    return status;
}

enum rn_status rn_edf_figure_svg(const struct rn_population *populations, size_t n,
                                 struct rn_buf *out, struct rn_err *err)
{
    struct rn_figure figure;
    enum rn_status status = rn_edf_figure(populations, n, &figure, err);

    if (status != RN_OK)
        return status;
    status = rn_figure_draw(&figure, RN_FORM_SVG, out, err);
    rn_figure_release(&figure);
    return status;
}

enum rn_status rn_edf_figure_text(const struct rn_population *populations, size_t n, int columns,
                                  int rows, struct rn_buf *out, struct rn_err *err)
{
    struct rn_figure figure;
    enum rn_status status = rn_edf_figure(populations, n, &figure, err);

    if (status != RN_OK)
        return status;
    status = rn_figure_text(&figure, columns, rows, out, err);
    rn_figure_release(&figure);
    return status;
}

enum rn_status rn_edf_table(const struct rn_population *populations, size_t n, struct rn_buf *out,
                            struct rn_err *err)
{
    int width = name_width(populations, n);
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "%-*s     n |   min |  mean | median\n", width, "space"));
    for (size_t i = 0; i < n; i++) {
        const struct rn_edf *edf = &populations[i].edf;
        RN_TRY(rn_buf_addf(out, err, "%-*s %5zu | %5.1f | %5.1f | %6.1f\n", width,
                           populations[i].name, edf->n, edf->min, edf->mean, edf->median));
    }
    status = RN_OK;
done:
    return status;
}
