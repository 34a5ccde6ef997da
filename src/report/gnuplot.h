/* gnuplot.h: the one place that runs gnuplot. Private to report. */
#ifndef RN_REPORT_GNUPLOT_H
#define RN_REPORT_GNUPLOT_H

#include "regnet/memory.h"

/* Runs a script that draws on its standard output, and appends the drawing to out. The script goes
   in and the drawing comes out through pipes; no file is written. RN_E_UNSUPPORTED: not installed.
 */
enum rn_status rn_gnuplot(const struct rn_buf *script, struct rn_buf *out, struct rn_err *err);
/* Appends text as a string of a script's. */
enum rn_status rn_gnuplot_quote(struct rn_buf *script, const char *text, struct rn_err *err);

#endif
