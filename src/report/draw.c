/* One description of a figure, written as a gnuplot script for a page, a paper or a terminal. */
#include <string.h>

#include "figure.h"
#include "gnuplot.h"

/* Okabe and Ito's palette: told apart with any colour vision, and on white paper. Then, for figures
   of many series, those of Tol's muted one that are farthest from these. */
static const char *const colours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00",
                                      "#56B4E9", "#000000", "#882255", "#999933", "#332288",
                                      "#88CCAA", "#AA4499", "#777777", "#661100"};
#define N_COLOURS (sizeof colours / sizeof *colours)

#define PAGE_HEIGHT 500
#define FEW 200 /* points that may be larger */

struct script {
    const struct rn_figure *figure;
    struct rn_axis x, y; /* resolved */
    bool text;           /* for a terminal: no areas, no colours */
    struct rn_buf buf;
};

static enum rn_status text_setting(struct rn_buf *script, const char *name, const char *text,
                                   const char *after, struct rn_err *err)
{
    enum rn_status status;

    if (!*text)
        return RN_OK;
    RN_TRY(rn_buf_addf(script, err, "set %s ", name));
    RN_TRY(rn_gnuplot_quote(script, text, err));
    status = rn_buf_addf(script, err, "%s\n", after);
done:
    return status;
}

static enum rn_status add_span(struct script *script, const struct rn_series *series,
                               struct rn_err *err)
{
    static const size_t edges[] = {0, 2, 1}; /* low and high make an area, best a line after it */
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < 3; i++) {
        double x = series->x[edges[i]];
        if (i == 2 || script->text)
            RN_TRY(rn_buf_addf(&script->buf, err, "\n\n%.10g %.17g\n", x, script->y.min));
        RN_TRY(
            rn_buf_addf(&script->buf, err, "%.10g %.17g %.17g\n", x, script->y.max, script->y.min));
    }
done:
    return status;
}

static enum rn_status add_data(struct script *script, const struct rn_series *series, size_t s,
                               struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(&script->buf, err, "$d%zu << END\n", s));
    if (series->draw == RN_DRAW_SPAN && rn_is_drawn(script->figure, series, 0))
        RN_TRY(add_span(script, series, err));
    for (size_t i = 0; i < series->n && series->draw != RN_DRAW_SPAN; i++)
        if (rn_is_drawn(script->figure, series, i))
            RN_TRY(rn_buf_addf(&script->buf, err, "%.10g %.10g %.10g\n", series->x[i], series->y[i],
                               series->to[i]));
        else if (series->draw != RN_DRAW_POINTS)
            RN_TRY(rn_buf_addf(&script->buf, err, "\n")); /* a gap in the line */
    status = rn_buf_addf(&script->buf, err, "END\n");
done:
    return status;
}

/* What follows "$data" of a series in a plot command. */
static enum rn_status add_style(struct script *script, const struct rn_series *series, size_t s,
                                struct rn_err *err)
{
    struct rn_buf *buf = &script->buf;
    const char *colour = colours[(size_t)series->colour % N_COLOURS];
    bool dashed = series->dashed || (size_t)series->colour >= N_COLOURS;

    switch (series->draw) {
    case RN_DRAW_POINTS:
        return rn_buf_addf(buf, err, "points pt 7 ps %s lc rgb '#70%s'",
                           series->n > FEW ? "0.4" : "0.7", colour + 1);
    case RN_DRAW_BAND:
        if (script->text)
            return rn_buf_addf(buf, err, "lines lc rgb '%s'", colour);
        return rn_buf_addf(buf, err, "filledcurves fc rgb '%s' fs transparent solid 0.2 noborder",
                           colour);
    case RN_DRAW_SPAN:
        if (script->text)
            return rn_buf_addf(buf, err, "lines lc rgb '%s'", colour);
        return rn_buf_addf(buf, err,
                           "filledcurves fc rgb '%s' fs transparent solid 0.2 noborder notitle, "
                           "$d%zu index 1 with lines lw 1.5 lc rgb '%s'",
                           colour, s, colour);
    default:
        return rn_buf_addf(buf, err, "%s lw 2 lc rgb '%s'%s",
                           series->draw == RN_DRAW_STEPS ? "steps" : "lines", colour,
                           dashed ? " dt 2" : "");
    }
}

static enum rn_status add_plot(struct script *script, const struct rn_series *series, size_t s,
                               struct rn_err *err)
{
    struct rn_buf *buf = &script->buf;
    bool area = !script->text && (series->draw == RN_DRAW_BAND || series->draw == RN_DRAW_SPAN);
    bool points = series->draw == RN_DRAW_POINTS; /* their sample is a plot of its own: svg.c */
    enum rn_status status;

    RN_TRY(rn_buf_addf(buf, err, "%s$d%zu%s%s with ", s ? ", " : "plot ", s,
                       area && series->draw == RN_DRAW_SPAN ? " index 0" : "",
                       area ? " using 1:2:3" : " using 1:2"));
    RN_TRY(add_style(script, series, s, err));
    if (points && *series->label && !script->text) {
        RN_TRY(rn_buf_addf(buf, err, " notitle, NaN with "));
        RN_TRY(add_style(script, series, s, err));
    }
    RN_TRY(rn_buf_addf(buf, err, " title "));
    status = rn_gnuplot_quote(buf, series->label, err);
done:
    return status;
}

static enum rn_status draw(const struct rn_figure *figure, const char *terminal, bool text,
                           struct rn_buf *out, struct rn_err *err)
{
    struct script script = {.figure = figure,
                            .x = rn_axis_resolve(figure, false),
                            .y = rn_axis_resolve(figure, true),
                            .text = text};
    struct rn_buf *buf = &script.buf;
    enum rn_status status;

    if (figure->n == 0)
        return rn_fail(err, RN_E_DATA, "a figure without a series");
    RN_TRY(rn_buf_add(buf, terminal, strlen(terminal), err));
    RN_TRY(text_setting(buf, "title", figure->title, "", err));
    RN_TRY(text_setting(buf, "key title", figure->legend, " left", err));
    RN_TRY(text_setting(buf, "xlabel", figure->x.label, "", err));
    RN_TRY(text_setting(buf, "ylabel", figure->y.label, "", err));
    RN_TRY(rn_axis_add(figure, &script.x, 'x', text, buf, err));
    RN_TRY(rn_axis_add(figure, &script.y, 'y', text, buf, err));
    for (size_t s = 0; s < figure->n; s++)
        RN_TRY(add_data(&script, &figure->series[s], s, err));
    for (size_t s = 0; s < figure->n; s++)
        RN_TRY(add_plot(&script, &figure->series[s], s, err));
    RN_TRY(rn_buf_addf(buf, err, "\n"));
    status = rn_gnuplot(buf, out, err);
done:
    rn_buf_release(buf);
    return status;
}

/* A long legend of short labels has two columns. */
static int key_columns(const struct rn_figure *figure)
{
    size_t labels = 0, longest = 0;

    for (size_t s = 0; s < figure->n; s++) {
        size_t len = strlen(figure->series[s].label);
        labels += len > 0;
        longest = len > longest ? len : longest;
    }
    return labels > 6 && longest < 40 ? 2 : 1;
}

/* A PNG has twice the pixels: letters and lines stay as large beside each other. */
static enum rn_status add_terminal(const struct rn_figure *figure, enum rn_form form,
                                   struct rn_buf *buf, struct rn_err *err)
{
    int width = rn_figure_width(figure), font = rn_font_size(width);
    int height = figure->height ? figure->height : PAGE_HEIGHT;
    enum rn_status status;

    if (form == RN_FORM_SVG)
        RN_TRY(rn_buf_addf(buf, err,
                           "set terminal svg noenhanced size %d,%d font 'Helvetica,%d' "
                           "background '#ffffff'\n",
                           width, height, font));
    else if (form == RN_FORM_PDF)
        RN_TRY(rn_buf_addf(buf, err,
                           "set terminal pdfcairo noenhanced size %.3f,%.3f font 'Helvetica,%d' "
                           "fontscale 0.75\n",
                           width / 96.0, height / 96.0, font));
    else
        RN_TRY(rn_buf_addf(buf, err,
                           "set terminal pngcairo noenhanced size %d,%d font 'Helvetica,%.2f' "
                           "fontscale 2 linewidth 2 pointscale 2\n",
                           2 * width, 2 * height, 0.75 * font));
    status = rn_buf_addf(buf, err,
                         "set border 3 lc rgb '#444444'\n"
                         "set tics nomirror out scale 0.6\n"
                         "set grid lc rgb '#e4e4e4' lt 1 lw 0.6\n"
                         "set key bmargin left horizontal maxcols %d Left reverse samplen 2 "
                         "spacing 1.2\n"
                         "set xtics offset 0,0.4\nset xlabel offset 0,%s\n",
                         key_columns(figure), form == RN_FORM_SVG ? "1.1" : "0.5");
done:
    return status;
}

const char *rn_form_text(enum rn_form form)
{
    static const char *const names[] = {"svg", "pdf", "png", "csv"};

    return names[form];
}

enum rn_status rn_figure_draw(const struct rn_figure *figure, enum rn_form form, struct rn_buf *out,
                              struct rn_err *err)
{
    struct rn_buf terminal = {0}, drawing = {0};
    enum rn_status status;

    if (form == RN_FORM_CSV)
        return rn_figure_csv(figure, out, err);
    RN_TRY(add_terminal(figure, form, &terminal, err));
    RN_TRY(draw(figure, terminal.data, false, &drawing, err));
    status = form == RN_FORM_SVG ? rn_svg_tidy(figure, drawing.data ? drawing.data : "", out, err)
                                 : rn_buf_add(out, drawing.data, drawing.len, err);
done:
    rn_buf_release(&terminal);
    rn_buf_release(&drawing);
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
    struct rn_buf terminal = {0}, drawing = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&terminal, err,
                       "set terminal dumb noenhanced size %d,%d\n"
                       "set border 3\nset tics nomirror\nset xtics scale 0\n"
                       "set key bmargin left vertical maxcols 1 Left\n",
                       columns, rows));
    RN_TRY(draw(figure, terminal.data, true, &drawing, err));
    if (*figure->y.label) /* a terminal has no letters that stand upright */
        RN_TRY(rn_buf_addf(out, err, "%s\n", figure->y.label));
    if (drawing.data)
        status = add_trimmed(out, drawing.data, err);
done:
    rn_buf_release(&terminal);
    rn_buf_release(&drawing);
    return status;
}
