/*
 * report.h: figures and pages made of statistics.
 *
 * A figure is described once (series, axes, labels) and drawn by gnuplot, a program that runs
 * through a pipe, as SVG for a page or as text for a terminal. A page is one HTML file that needs
 * nothing else. docs/reports.md.
 */
#ifndef REGNET_REPORT_H
#define REGNET_REPORT_H

#include <stdbool.h>

#include "regnet/memory.h"
#include "regnet/stats.h"

enum rn_draw { RN_DRAW_LINE, RN_DRAW_STEPS, RN_DRAW_POINTS };

struct rn_series {
    const char *label; /* in the legend; NULL: none */
    enum rn_draw draw;
    size_t n;
    const double *x, *y; /* borrowed during the call */
};

struct rn_figure {
    const char *title, *legend;        /* over the figure, over the legend; NULL: none */
    const char *x_label, *y_label;     /* with units; NULL: none */
    double x_min, x_max, y_min, y_max; /* min >= max: chosen from the data */
    bool x_log, y_log;
    size_t n;
    const struct rn_series *series;
};

/* RN_E_UNSUPPORTED when gnuplot is not installed: says which package. Appends to out. */
enum rn_status rn_figure_svg(const struct rn_figure *figure, struct rn_buf *out,
                             struct rn_err *err);
enum rn_status rn_figure_text(const struct rn_figure *figure, int columns, int rows,
                              struct rn_buf *out, struct rn_err *err);

/* The EDFs of several populations in one figure, legend "name  n | min | mean" (as in the paper).
 */
struct rn_population {
    const char *name;
    struct rn_edf edf;
};
enum rn_status rn_edf_figure_svg(const struct rn_population *populations, size_t n,
                                 struct rn_buf *out, struct rn_err *err);
enum rn_status rn_edf_figure_text(const struct rn_population *populations, size_t n, int columns,
                                  int rows, struct rn_buf *out, struct rn_err *err);
/* The table "space n min mean median", one line a population. */
enum rn_status rn_edf_table(const struct rn_population *populations, size_t n, struct rn_buf *out,
                            struct rn_err *err);

/* An HTML page, built from parts in order. Text is escaped; figures are inlined SVG. */
struct rn_page {
    struct rn_buf html; /* zero-initialize; rn_buf_release */
};
enum rn_status rn_page_begin(struct rn_page *page, const char *title, struct rn_err *err);
enum rn_status rn_page_heading(struct rn_page *page, const char *text, struct rn_err *err);
enum rn_status rn_page_text(struct rn_page *page, const char *text, struct rn_err *err);
enum rn_status rn_page_pre(struct rn_page *page, const char *text, struct rn_err *err);
enum rn_status rn_page_svg(struct rn_page *page, const char *svg, const char *caption,
                           struct rn_err *err);
/* cells: rows x columns texts, row by row, the first row being the head. */
enum rn_status rn_page_table(struct rn_page *page, const char *const *cells, size_t rows,
                             size_t columns, struct rn_err *err);
enum rn_status rn_page_end(struct rn_page *page, struct rn_err *err);

#endif
