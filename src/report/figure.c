/* One description of a figure, written as a gnuplot script for a page or for a terminal. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "gnuplot.h"
#include "regnet/report.h"

/* Okabe and Ito's palette: told apart with any colour vision, and on white paper. */
static const char *const colours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                      "#E69F00", "#56B4E9", "#000000"};
#define N_COLOURS (sizeof colours / sizeof *colours)

/* A single-quoted gnuplot string: nothing in it is special but the quote, which is doubled. */
static enum rn_status quote(struct rn_buf *script, const char *text, struct rn_err *err)
{
    enum rn_status status = rn_buf_add(script, "'", 1, err);

    for (; status == RN_OK && *text; text++) {
        char c = (unsigned char)*text < ' ' ? ' ' : *text;
        status = rn_buf_add(script, c == '\'' ? "''" : &c, c == '\'' ? 2 : 1, err);
    }
    return status == RN_OK ? rn_buf_add(script, "'", 1, err) : status;
}

static enum rn_status text_setting(struct rn_buf *script, const char *name, const char *text,
                                   struct rn_err *err)
{
    enum rn_status status;

    if (!text)
        return RN_OK;
    RN_TRY(rn_buf_addf(script, err, "set %s ", name));
    RN_TRY(quote(script, text, err));
    status = rn_buf_addf(script, err, "%s\n", strcmp(name, "key title") == 0 ? " left" : "");
done:
    return status;
}

/* Labels at 1, 1.5, 2, 3, 5, 7 of each decade: a logarithmic axis of errors spans hardly one. */
static enum rn_status log_tics(struct rn_buf *script, char axis, double low, double high,
                               struct rn_err *err)
{
    static const double mantissa[] = {1, 1.5, 2, 3, 5, 7};
    enum rn_status status;
    const char *comma = "";

    RN_TRY(rn_buf_addf(script, err, "set logscale %c\nset %ctics (", axis, axis));
    for (int decade = (int)floor(log10(low)); decade <= (int)floor(log10(high)); decade++) {
        for (size_t i = 0; i < sizeof mantissa / sizeof *mantissa; i++) {
            double tic = mantissa[i] * pow(10, decade);
            if (tic < low || tic > high)
                continue;
            RN_TRY(rn_buf_addf(script, err, "%s%.10g", comma, tic));
            comma = ", ";
        }
    }
    status = rn_buf_addf(script, err, ")\n");
done:
    return status;
}

static void data_range(const struct rn_figure *figure, bool y, double *low, double *high)
{
    for (size_t s = 0; s < figure->n; s++) {
        const double *v = y ? figure->series[s].y : figure->series[s].x;
        for (size_t i = 0; i < figure->series[s].n; i++) {
            *low = fmin(*low, v[i]);
            *high = fmax(*high, v[i]);
        }
    }
}

static enum rn_status axis(const struct rn_figure *figure, bool y, struct rn_buf *script,
                           struct rn_err *err)
{
    char name = y ? 'y' : 'x';
    double low = y ? figure->y_min : figure->x_min, high = y ? figure->y_max : figure->x_max;
    enum rn_status status = RN_OK;

    if (low < high)
        RN_TRY(rn_buf_addf(script, err, "set %crange [%.17g:%.17g]\n", name, low, high));
    if (!(y ? figure->y_log : figure->x_log))
        return RN_OK;
    if (low >= high) {
        low = DBL_MAX, high = -DBL_MAX;
        data_range(figure, y, &low, &high);
    }
    if (!(low > 0 && low <= high))
        return rn_fail(err, RN_E_DATA, "a logarithmic %c axis needs values above 0", name);
    status = log_tics(script, name, low, high, err);
done:
    return status;
}

static enum rn_status data(const struct rn_figure *figure, struct rn_buf *script,
                           struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t s = 0; s < figure->n; s++) {
        const struct rn_series *series = &figure->series[s];
        RN_TRY(rn_buf_addf(script, err, "$d%zu << END\n", s));
        for (size_t i = 0; i < series->n; i++)
            RN_TRY(rn_buf_addf(script, err, "%.10g %.10g\n", series->x[i], series->y[i]));
        RN_TRY(rn_buf_addf(script, err, "END\n"));
    }
done:
    return status;
}

static enum rn_status plot(const struct rn_figure *figure, struct rn_buf *script,
                           struct rn_err *err)
{
    static const char *const draw[] = {"lines lw 2", "steps lw 2", "points pt 7 ps 0.5"};
    enum rn_status status = RN_OK;

    for (size_t s = 0; s < figure->n; s++) {
        const struct rn_series *series = &figure->series[s];
        RN_TRY(rn_buf_addf(script, err, "%s$d%zu with %s lc rgb '%s'%s title ", s ? ", " : "plot ",
                           s, draw[series->draw], colours[s % N_COLOURS],
                           series->draw != RN_DRAW_POINTS && s >= N_COLOURS ? " dt 2" : ""));
        RN_TRY(quote(script, series->label ? series->label : "", err));
    }
    status = rn_buf_addf(script, err, "\n");
done:
    return status;
}

static enum rn_status draw(const struct rn_figure *figure, struct rn_buf *script,
                           struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    if (figure->n == 0)
        return rn_fail(err, RN_E_DATA, "a figure without a series");
    RN_TRY(text_setting(script, "title", figure->title, err));
    RN_TRY(text_setting(script, "key title", figure->legend, err));
    RN_TRY(text_setting(script, "xlabel", figure->x_label, err));
    RN_TRY(text_setting(script, "ylabel", figure->y_label, err));
    RN_TRY(axis(figure, false, script, err));
    RN_TRY(axis(figure, true, script, err));
    RN_TRY(data(figure, script, err));
    RN_TRY(plot(figure, script, err));
    status = rn_gnuplot(script, out, err);
done:
    return status;
}

enum rn_status rn_figure_svg(const struct rn_figure *figure, struct rn_buf *out, struct rn_err *err)
{
    static const char settings[] =
        "set terminal svg noenhanced size 720,500 font 'Helvetica,14' background '#ffffff'\n"
        "set border 3 lc rgb '#444444'\n"
        "set tics nomirror out scale 0.6\n"
        "set grid lc rgb '#e4e4e4' lt 1 lw 0.6\n"
        "set key bmargin left vertical maxcols 1 Left reverse samplen 2 spacing 1.2\n"
        "set xlabel offset 0,0.4\n";
    struct rn_buf script = {0};
    enum rn_status status;

    RN_TRY(rn_buf_add(&script, settings, strlen(settings), err));
    status = draw(figure, &script, out, err);
done:
    rn_buf_release(&script);
    return status;
}

/* Appends a terminal's drawing without its form feed, its blanks at line ends and empty lines. */
static enum rn_status add_trimmed(struct rn_buf *out, char *text, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    char *rest;

    for (char *line = strtok_r(text, "\f\n", &rest); status == RN_OK && line;
         line = strtok_r(NULL, "\f\n", &rest)) {
        size_t len = strlen(line);
        while (len > 0 && line[len - 1] == ' ')
            len--;
        if (len > 0)
            status = rn_buf_addf(out, err, "%.*s\n", (int)len, line);
    }
    return status;
}

enum rn_status rn_figure_text(const struct rn_figure *figure, int columns, int rows,
                              struct rn_buf *out, struct rn_err *err)
{
    struct rn_buf script = {0}, drawing = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&script, err,
                       "set terminal dumb noenhanced size %d,%d\n"
                       "set border 3\nset tics nomirror\nset xtics scale 0\n"
                       "set key bmargin left vertical maxcols 1 Left\n",
                       columns, rows));
    RN_TRY(draw(figure, &script, &drawing, err));
    if (drawing.data)
        status = add_trimmed(out, drawing.data, err);
done:
    rn_buf_release(&script);
    rn_buf_release(&drawing);
    return status;
}
