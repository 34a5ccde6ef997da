/* figure.h: what the forms of a figure share. Private to report. */
#ifndef RN_REPORT_FIGURE_H
#define RN_REPORT_FIGURE_H

#include "regnet/report.h"

/* Whether a value has a place on an axis, and whether a series' i-th point has one. */
bool rn_on_axis(const struct rn_axis *axis, double value);
bool rn_is_drawn(const struct rn_figure *figure, const struct rn_series *series, size_t i);
/* An axis with min < max, chosen from the data where the figure does not say. Borrows the names. */
struct rn_axis rn_axis_resolve(const struct rn_figure *figure, bool y);

/* Pixels, and the size of letters in a figure so wide. */
int rn_figure_width(const struct rn_figure *figure);
int rn_font_size(int width);
/* Appends gnuplot's settings of a resolved axis, 'x' or 'y'; text: for a terminal. */
enum rn_status rn_axis_add(const struct rn_figure *figure, const struct rn_axis *axis, char name,
                           bool text, struct rn_buf *script, struct rn_err *err);

/* One row a point: series, x, y, the other edge of a band, the name. */
enum rn_status rn_figure_csv(const struct rn_figure *figure, struct rn_buf *out,
                             struct rn_err *err);
/* Gnuplot's SVG as pages need it: small circles for points, each with its name, and no titles of
   gnuplot's own. */
enum rn_status rn_svg_tidy(const struct rn_figure *figure, const char *svg, struct rn_buf *out,
                           struct rn_err *err);

#endif
