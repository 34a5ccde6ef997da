/* An axis as gnuplot's settings: its range, its scale, and ticks that can be read. */
#include <math.h>
#include <string.h>

#include "figure.h"
#include "gnuplot.h"

#define PAGE_WIDTH 720
#define SMALL 500 /* narrower figures have smaller letters */

int rn_figure_width(const struct rn_figure *figure)
{
    return figure->width ? figure->width : PAGE_WIDTH;
}

int rn_font_size(int width)
{
    return width < SMALL ? 11 : 14;
}

/* Ticks of a decade: the fewer, the more decades an axis has. */
static const double *mantissas(double decades, size_t *n)
{
    static const struct {
        double decades;
        size_t n;
        double mantissa[14];
    } ticks[] = {{0.5, 14, {1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8}},
                 {1.1, 6, {1, 1.5, 2, 3, 5, 7}},
                 {2.6, 3, {1, 2, 5}},
                 {INFINITY, 1, {1}}};
    size_t i = 0;

    while (decades > ticks[i].decades)
        i++;
    *n = ticks[i].n;
    return ticks[i].mantissa;
}

static enum rn_status add_tic(struct rn_buf *script, const struct rn_axis *axis, double tic,
                              const char **comma, struct rn_err *err)
{
    enum rn_status status;

    if (tic < axis->min || tic > axis->max)
        return RN_OK;
    status = rn_buf_addf(script, err, "%s%.10g", *comma, tic);
    *comma = ", ";
    return status;
}

static enum rn_status log_tics(struct rn_buf *script, const struct rn_axis *axis,
                               struct rn_err *err)
{
    double base = axis->scale == RN_SCALE_LOG2 ? 2 : 10;
    const double *mantissa;
    size_t n = 1;
    enum rn_status status = RN_OK;
    const char *comma = "";

    mantissa = mantissas(base == 10 ? log10(axis->max / axis->min) : INFINITY, &n);
    for (double power = pow(base, floor(log(axis->min) / log(base))); power <= axis->max;
         power *= base)
        for (size_t i = 0; i < n; i++)
            RN_TRY(add_tic(script, axis, mantissa[i] * power, &comma, err));
done:
    return status;
}

static enum rn_status name_tics(struct rn_buf *script, const struct rn_axis *axis,
                                struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < axis->n_names; i++) {
        RN_TRY(rn_buf_addf(script, err, "%s", i ? ", " : ""));
        RN_TRY(rn_gnuplot_quote(script, axis->names[i], err));
        RN_TRY(rn_buf_addf(script, err, " %zu", i + 1));
    }
done:
    return status;
}

/* Names that would run into each other are written aslant. */
static bool aslant(const struct rn_axis *axis, int width)
{
    size_t longest = 0;

    for (size_t i = 0; i < axis->n_names; i++)
        longest = strlen(axis->names[i]) > longest ? strlen(axis->names[i]) : longest;
    return (double)(longest * axis->n_names) * 0.6 * rn_font_size(width) > 0.6 * width;
}

/* Whether x has few whole numbers: depths, epochs. There is nothing to read between them. */
static bool few_whole(const struct rn_figure *figure, const struct rn_axis *axis)
{
    if (axis->max - axis->min > 12)
        return false;
    for (size_t s = 0; s < figure->n; s++) {
        const struct rn_series *series = &figure->series[s];
        for (size_t i = 0; i < series->n && series->draw != RN_DRAW_STEPS; i++)
            if (isfinite(series->x[i]) && series->x[i] != rint(series->x[i]))
                return false;
    }
    return true;
}

enum rn_status rn_axis_add(const struct rn_figure *figure, const struct rn_axis *axis, char name,
                           bool text, struct rn_buf *script, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(script, err, "set %crange [%.17g:%.17g]\n", name, axis->min, axis->max));
    if (axis->scale != RN_SCALE_LINEAR)
        RN_TRY(rn_buf_addf(script, err, "set logscale %c\n", name));
    else if (axis->n_names == 0)
        return name == 'x' && few_whole(figure, axis) ? rn_buf_addf(script, err, "set xtics 1\n")
                                                      : RN_OK;
    if (!text && aslant(axis, rn_figure_width(figure)))
        RN_TRY(rn_buf_addf(script, err, "set %ctics rotate by 25 right offset 0,0\n", name));
    RN_TRY(rn_buf_addf(script, err, "set %ctics (", name));
    RN_TRY(axis->n_names ? name_tics(script, axis, err) : log_tics(script, axis, err));
    status = rn_buf_addf(script, err, ")\n");
done:
    return status;
}
