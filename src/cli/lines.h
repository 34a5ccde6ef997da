/* lines.h: messages and progress of a long call, on standard error. */
#ifndef REGNET_CLI_LINES_H
#define REGNET_CLI_LINES_H

#include <stdbool.h>

struct rn_lines {
    bool terminal, pending; /* pending: the cursor stands behind a line to be replaced */
    double last;            /* when a transient line was last printed */
};

struct rn_lines rn_lines_begin(void);
/* An on_event of sweep.h; arg: the lines. Off a terminal, transient lines come every ten seconds.
 */
void rn_lines_event(void *arg, const char *line, bool transient);
void rn_lines_end(struct rn_lines *lines);

#endif
