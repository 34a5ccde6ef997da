/* progress.h: what train says on standard error: the forecast, and how it goes. */
#ifndef REGNET_CLI_PROGRESS_H
#define REGNET_CLI_PROGRESS_H

#include <stdbool.h>

#include "regnet/train.h"

/* On a terminal one line, rewritten; else a line an epoch, and one a minute. */
struct rn_progress_line {
    bool terminal;
    double last; /* when it was last written; 0: never */
};
/* arg: a struct rn_progress_line (struct rn_train_options). */
void rn_show_progress(void *arg, const struct rn_progress *at);
void rn_show_forecast(void *arg, const struct rn_forecast *forecast);
/* Before other messages: leaves the rewritten line. */
void rn_end_progress(const struct rn_progress_line *line);

#endif
