/*
 * report.h: figures and pages made of statistics.
 *
 * A figure is described once: axes and series of numbers. The description is drawn by gnuplot, a
 * program that runs through a pipe, as SVG for a page, as PDF or PNG for a paper, or as text for a
 * terminal; it is also written as CSV, for whoever draws with something else. A page is one HTML
 * file that needs nothing else. docs/reports.md.
 *
 *     struct rn_figure figure;
 *     RN_TRY(rn_edf_figure(populations, n, &figure, err));
 *     RN_TRY(rn_figure_draw(&figure, RN_FORM_PDF, &pdf, err));
 *     rn_figure_release(&figure);
 */
#ifndef REGNET_REPORT_H
#define REGNET_REPORT_H

#include <stdbool.h>

#include "regnet/bootstrap.h"
#include "regnet/memory.h"
#include "regnet/stats.h"

enum rn_draw {
    RN_DRAW_LINE,
    RN_DRAW_STEPS,
    RN_DRAW_POINTS,
    RN_DRAW_BAND, /* between y and to, over x */
    RN_DRAW_SPAN  /* over the whole height: x is {low, best, high}, y means nothing */
};

enum rn_scale { RN_SCALE_LINEAR, RN_SCALE_LOG, RN_SCALE_LOG2 };

#define RN_LABEL_MAX 160

struct rn_series {
    char label[RN_LABEL_MAX]; /* in the legend; "": none */
    enum rn_draw draw;
    int colour;  /* from 0; the palette's colours come round again, lines then dashed */
    bool dashed; /* a line */
    size_t n;
    double *x, *y, *to;       /* what is not finite is not drawn */
    const char *const *names; /* of n points: what hovering over them says; borrowed; or NULL */
};

struct rn_axis {
    char label[RN_LABEL_MAX]; /* with the unit */
    enum rn_scale scale;      /* a logarithmic one shows what is above 0 */
    double min, max;          /* min >= max: chosen from the data */
    size_t n_names;
    char **names; /* instead of numbers: names[i] stands at i + 1 */
};

struct rn_figure {
    char title[RN_LABEL_MAX], legend[RN_LABEL_MAX]; /* over the figure, over the legend; "": none */
    struct rn_axis x, y;
    int width, height; /* pixels, 96 an inch; 0: a page's width */
    size_t n;
    struct rn_series *series;
};

/* Zero-initialize a figure. A new series of n points, which are for the caller to fill; borrowed
   until the next one is added. */
enum rn_status rn_figure_add(struct rn_figure *figure, enum rn_draw draw, size_t n,
                             struct rn_series **series, struct rn_err *err);
/* Copies the names of an axis' places. */
enum rn_status rn_axis_name(struct rn_axis *axis, const char *const *names, size_t n,
                            struct rn_err *err);
void rn_figure_release(struct rn_figure *figure);

enum rn_form { RN_FORM_SVG, RN_FORM_PDF, RN_FORM_PNG, RN_FORM_CSV, RN_FORMS };
const char *rn_form_text(enum rn_form form); /* "svg", as files end */
/* Appends to out. RN_E_UNSUPPORTED when gnuplot is not installed (CSV does not need it): says which
   package. RN_E_DATA: nothing to draw. */
enum rn_status rn_figure_draw(const struct rn_figure *figure, enum rn_form form, struct rn_buf *out,
                              struct rn_err *err);
enum rn_status rn_figure_text(const struct rn_figure *figure, int columns, int rows,
                              struct rn_buf *out, struct rn_err *err);

/*
 * Figures of the paper; yours to release.
 */
struct rn_population {
    const char *name;
    struct rn_edf edf;
};

/* The EDFs of several populations, legend "name  n | min | mean" (figures 5, 7 and 9). */
enum rn_status rn_edf_figure(const struct rn_population *populations, size_t n,
                             struct rn_figure *figure, struct rn_err *err);
enum rn_status rn_edf_figure_svg(const struct rn_population *populations, size_t n,
                                 struct rn_buf *out, struct rn_err *err);
enum rn_status rn_edf_figure_text(const struct rn_population *populations, size_t n, int columns,
                                  int rows, struct rn_buf *out, struct rn_err *err);
/* The table "space n min mean median", one line a population. */
enum rn_status rn_edf_table(const struct rn_population *populations, size_t n, struct rn_buf *out,
                            struct rn_err *err);

/* Error against a parameter or cost, with the range of the good values (figure 2). */
struct rn_scatter {
    const char *label; /* of x, with the unit */
    size_t n;
    const double *x, *error;
    const char *const *names;         /* n, borrowed while the figure lives; or NULL */
    const struct rn_good_range *good; /* NULL: none */
    double error_min, error_max;      /* the axis, so that figures compare; min >= max: of these */
};
enum rn_status rn_scatter_figure(const struct rn_scatter *scatter, struct rn_figure *figure,
                                 struct rn_err *err);

/* A parameter over n regimes or populations (figure 11): all values, the good ones, the best. A
   trend without networks is a gap. */
enum rn_status rn_trend_figure(const char *label, const char *const *regimes,
                               const struct rn_trend *trends, size_t n, struct rn_figure *figure,
                               struct rn_err *err);

/*
 * An HTML page, built from parts in order, with a list of its headings at the top. Text is escaped;
 * figures are inlined SVG. Tables are sorted by a click on a column's head.
 */
struct rn_page {
    struct rn_buf html; /* zero-initialize; rn_page_release */
    struct rn_buf contents;
    size_t contents_at, headings;
};

/* Texts of a table, row by row, the first row being the head. Zero-initialize but for columns. */
struct rn_cells {
    size_t columns, n;
    bool commands;      /* the last column has commands, or "": each is folded away */
    struct rn_buf text; /* n texts, each with its 0 */
};
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum rn_status
rn_cells_add(struct rn_cells *cells, struct rn_err *err, const char *fmt, ...);

enum rn_status rn_page_begin(struct rn_page *page, const char *title, struct rn_err *err);
enum rn_status rn_page_heading(struct rn_page *page, const char *text, struct rn_err *err);
enum rn_status rn_page_subheading(struct rn_page *page, const char *text, struct rn_err *err);
enum rn_status rn_page_text(struct rn_page *page, const char *text, struct rn_err *err);
/* A bar: how much is done, from 0 to 1. */
enum rn_status rn_page_progress(struct rn_page *page, double done, struct rn_err *err);
enum rn_status rn_page_pre(struct rn_page *page, const char *text, struct rn_err *err);
/* Puts an SVG figure on the page; figures in a row share the page's width as it allows. */
enum rn_status rn_page_svg(struct rn_page *page, const char *svg, const char *caption,
                           struct rn_err *err);
enum rn_status rn_page_row_begin(struct rn_page *page, struct rn_err *err);
enum rn_status rn_page_row_end(struct rn_page *page, struct rn_err *err);
enum rn_status rn_page_table(struct rn_page *page, const struct rn_cells *cells,
                             struct rn_err *err);
enum rn_status rn_page_end(struct rn_page *page, struct rn_err *err);
void rn_page_release(struct rn_page *page);

#endif
