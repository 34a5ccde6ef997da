/* Error distributions as the paper shows them: one staircase a population, min and mean beside. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "regnet/report.h"

#define LABEL_MAX 160

/* What a figure borrows: one allocation for the points, one for the labels. */
struct canvas {
    struct rn_series *series;
    double *points;
    char (*labels)[LABEL_MAX];
};

static void canvas_release(struct canvas *c)
{
    rn_free(c->series);
    rn_free(c->points);
    rn_free(c->labels);
}

static enum rn_status canvas_init(struct canvas *c, const struct rn_population *p, size_t n,
                                  struct rn_err *err)
{
    size_t points = 0;

    for (size_t i = 0; i < n; i++)
        points += 2 * (p[i].edf.n + 2);
    c->series = rn_alloc(n, sizeof *c->series);
    c->points = rn_alloc(points, sizeof *c->points);
    c->labels = rn_alloc(n, sizeof *c->labels);
    if (c->series && c->points && c->labels)
        return RN_OK;
    canvas_release(c);
    return rn_nomem(err, points * sizeof *c->points, "a figure");
}

/* From (low, 0) up at each error, and on to (high, 1). Returns the number of points. */
static size_t staircase(const struct rn_edf *edf, double low, double high, double *x, double *y)
{
    x[0] = low, y[0] = 0;
    for (size_t i = 0; i < edf->n; i++) {
        x[i + 1] = edf->error[i];
        y[i + 1] = edf->f[i];
    }
    x[edf->n + 1] = high, y[edf->n + 1] = 1;
    return edf->n + 2;
}

static int name_width(const struct rn_population *p, size_t n)
{
    size_t width = 5;

    for (size_t i = 0; i < n; i++)
        width = strlen(p[i].name) > width ? strlen(p[i].name) : width;
    return width < 80 ? (int)width : 80;
}

/* The axis: a little room on both sides; logarithmic where a long tail would crush the rest. */
static void choose_axis(struct rn_figure *figure, const struct rn_population *p, size_t n)
{
    double low = p[0].edf.min, high = p[0].edf.max, room;

    for (size_t i = 1; i < n; i++) {
        low = fmin(low, p[i].edf.min);
        high = fmax(high, p[i].edf.max);
    }
    figure->x_log = low > 0 && high > 3 * low;
    if (figure->x_log) {
        room = pow(high / low, 0.04);
        figure->x_min = low / room, figure->x_max = high * room;
    } else {
        room = high > low ? 0.04 * (high - low) : 1;
        figure->x_min = fmax(0, low - room), figure->x_max = high + room;
    }
    figure->x_label = figure->x_log ? "error (%), logarithmic" : "error (%)";
    figure->y_label = "cumulative probability";
    figure->y_max = 1;
}

static void fill(struct canvas *c, const struct rn_figure *figure, const struct rn_population *p,
                 size_t n)
{
    double *next = c->points;

    for (size_t i = 0; i < n; i++) {
        size_t points = p[i].edf.n + 2;
        staircase(&p[i].edf, figure->x_min, figure->x_max, next, next + points);
        (void)snprintf(c->labels[i], LABEL_MAX, "%s  %zu | %.1f | %.1f", p[i].name, p[i].edf.n,
                       p[i].edf.min, p[i].edf.mean);
        c->series[i] = (struct rn_series){.label = c->labels[i],
                                          .draw = RN_DRAW_STEPS,
                                          .n = points,
                                          .x = next,
                                          .y = next + points};
        next += 2 * points;
    }
}

static enum rn_status edf_figure(const struct rn_population *p, size_t n, int columns, int rows,
                                 struct rn_buf *out, struct rn_err *err)
{
    struct canvas canvas = {0};
    struct rn_figure figure = {.n = n, .legend = "space  n | min | mean"};
    enum rn_status status;

    if (n == 0)
        return rn_fail(err, RN_E_DATA, "a figure of no population");
    status = canvas_init(&canvas, p, n, err);
    if (status != RN_OK)
        return status;
    choose_axis(&figure, p, n);
    fill(&canvas, &figure, p, n);
    figure.series = canvas.series;
    status = columns ? rn_figure_text(&figure, columns, rows, out, err)
                     : rn_figure_svg(&figure, out, err);
    canvas_release(&canvas);
    return status;
}

enum rn_status rn_edf_figure_svg(const struct rn_population *populations, size_t n,
                                 struct rn_buf *out, struct rn_err *err)
{
    return edf_figure(populations, n, 0, 0, out, err);
}

enum rn_status rn_edf_figure_text(const struct rn_population *populations, size_t n, int columns,
                                  int rows, struct rn_buf *out, struct rn_err *err)
{
    return edf_figure(populations, n, columns, rows, out, err);
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
