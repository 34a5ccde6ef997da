/* lines.h: messages and progress of what trains many networks, on standard error. */
#ifndef RN_CLI_LINES_H
#define RN_CLI_LINES_H

#include <stdbool.h>

struct rn_lines {
    bool terminal, pending; /* pending: the cursor stands behind a line to be replaced */
    double last;            /* when a transient line was last printed */
};

struct rn_lines rn_lines_begin(void);
/* As on_event of sweep.h; arg: a struct rn_lines. */
void rn_lines_event(void *arg, const char *line, bool transient);
void rn_lines_end(struct rn_lines *lines);

#endif
