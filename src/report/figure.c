/* The description of a figure: built, released, its axes resolved, and written as CSV. */
#include "figure.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum rn_status rn_figure_add(struct rn_figure *figure, enum rn_draw draw, size_t n,
                             struct rn_series **series, struct rn_err *err)
{
    struct rn_series *grown = rn_realloc(figure->series, figure->n + 1, sizeof *figure->series),
                     *made;
    double *numbers = NULL;

    if (grown) {
        figure->series = grown;
        numbers = rn_alloc(n, 3 * sizeof *numbers);
    }
    if (!numbers)
        return rn_nomem(err, 3 * n * sizeof *numbers, "a figure");
    made = &grown[figure->n];
    *made = (struct rn_series){.draw = draw,
                               .colour = (int)figure->n,
                               .n = n,
                               .x = numbers,
                               .y = numbers + n,
                               .to = numbers + 2 * n};
    figure->n++;
    *series = made;
    return RN_OK;
}

enum rn_status rn_axis_name(struct rn_axis *axis, const char *const *names, size_t n,
                            struct rn_err *err)
{
    axis->names = rn_alloc(n, sizeof *axis->names);
    if (!axis->names)
        return rn_nomem(err, n * sizeof *axis->names, "a figure");
    for (axis->n_names = 0; axis->n_names < n; axis->n_names++) {
        axis->names[axis->n_names] = rn_strdup(names[axis->n_names]);
        if (!axis->names[axis->n_names])
            return rn_nomem(err, strlen(names[axis->n_names]), "a figure");
    }
    return RN_OK;
}

static void release_names(struct rn_axis *axis)
{
    for (size_t i = 0; i < axis->n_names; i++)
        rn_free(axis->names[i]);
    rn_free(axis->names);
}

void rn_figure_release(struct rn_figure *figure)
{
    for (size_t s = 0; s < figure->n; s++)
        rn_free(figure->series[s].x);
    rn_free(figure->series);
    release_names(&figure->x);
    release_names(&figure->y);
    *figure = (struct rn_figure){0};
}

bool rn_on_axis(const struct rn_axis *axis, double value)
{
    return isfinite(value) && (axis->scale == RN_SCALE_LINEAR || value > 0);
}

bool rn_is_drawn(const struct rn_figure *figure, const struct rn_series *series, size_t i)
{
    return rn_on_axis(&figure->x, series->x[i]) &&
           (series->draw == RN_DRAW_SPAN || rn_on_axis(&figure->y, series->y[i])) &&
           (series->draw != RN_DRAW_BAND || rn_on_axis(&figure->y, series->to[i]));
}

static void reach(const struct rn_axis *axis, const double *values, size_t n, double *low,
                  double *high)
{
    for (size_t i = 0; i < n; i++) {
        if (!rn_on_axis(axis, values[i]))
            continue;
        *low = fmin(*low, values[i]);
        *high = fmax(*high, values[i]);
    }
}

/* A little room on both sides of the data. */
static void choose(const struct rn_figure *figure, struct rn_axis *axis, bool y)
{
    double low = DBL_MAX, high = -DBL_MAX, room;

    for (size_t s = 0; s < figure->n; s++) {
        const struct rn_series *series = &figure->series[s];
        if (y && series->draw == RN_DRAW_SPAN)
            continue;
        reach(axis, y ? series->y : series->x, series->n, &low, &high);
        if (y && series->draw == RN_DRAW_BAND)
            reach(axis, series->to, series->n, &low, &high);
    }
    if (low > high)
        low = high = 1; /* nothing to show */
    if (axis->scale != RN_SCALE_LINEAR) {
        room = high > low ? pow(high / low, 0.04) : 1.5;
        axis->min = low / room, axis->max = high * room;
    } else {
        room = high > low ? 0.04 * (high - low) : fmax(0.05 * fabs(high), 0.5);
        axis->min = low - room, axis->max = high + room;
    }
}

struct rn_axis rn_axis_resolve(const struct rn_figure *figure, bool y)
{
    struct rn_axis axis = y ? figure->y : figure->x;

    if (axis.n_names > 0)
        axis.min = 0.5, axis.max = (double)axis.n_names + 0.5;
    else if (axis.min >= axis.max)
        choose(figure, &axis, y);
    return axis;
}

static enum rn_status csv_text(struct rn_buf *out, const char *text, const char *end,
                               struct rn_err *err)
{
    enum rn_status status;

    if (!text[strcspn(text, ",\"\r\n")])
        return rn_buf_addf(out, err, "%s%s", text, end);
    RN_TRY(rn_buf_add(out, "\"", 1, err));
    for (; *text; text++)
        RN_TRY(rn_buf_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1, err));
    status = rn_buf_addf(out, err, "\"%s", end);
done:
    return status;
}

/* A number, or nothing where there is none. */
static enum rn_status csv_number(struct rn_buf *out, double value, const char *end,
                                 struct rn_err *err)
{
    return isfinite(value) ? rn_buf_addf(out, err, "%.10g%s", value, end)
                           : rn_buf_addf(out, err, "%s", end);
}

static enum rn_status csv_row(const struct rn_figure *figure, const struct rn_series *series,
                              size_t i, struct rn_buf *out, struct rn_err *err)
{
    static const char *const draw[] = {"line", "steps", "points", "band", "span"};
    double x = series->x[i];
    enum rn_status status;

    RN_TRY(csv_text(out, *series->label ? series->label : draw[series->draw], ",", err));
    if (x >= 1 && x <= (double)figure->x.n_names)
        RN_TRY(csv_text(out, figure->x.names[(size_t)x - 1], ",", err));
    else
        RN_TRY(csv_number(out, x, ",", err));
    RN_TRY(csv_number(out, series->draw == RN_DRAW_SPAN ? NAN : series->y[i], ",", err));
    RN_TRY(csv_number(out, series->draw == RN_DRAW_BAND ? series->to[i] : NAN, ",", err));
    status = csv_text(out, series->names ? series->names[i] : "", "\n", err);
done:
    return status;
}

enum rn_status rn_figure_csv(const struct rn_figure *figure, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "series,"));
    RN_TRY(csv_text(out, figure->x.label, ",", err));
    RN_TRY(csv_text(out, figure->y.label, ",to,name\n", err));
    for (size_t s = 0; s < figure->n; s++)
        for (size_t i = 0; i < figure->series[s].n; i++)
            RN_TRY(csv_row(figure, &figure->series[s], i, out, err));
done:
    return status;
}
