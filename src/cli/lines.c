/* Messages and progress of a long call, on standard error. */
#include "lines.h"

#include <stdio.h>
#include <unistd.h>

#include "cli.h"

#define SECONDS_BETWEEN_LINES 10 /* where a line cannot replace the last one */

struct rn_lines rn_lines_begin(void)
{
    return (struct rn_lines){.terminal = isatty(STDERR_FILENO), .last = rn_clock()};
}

void rn_lines_event(void *arg, const char *line, bool transient)
{
    struct rn_lines *lines = arg;
    double now = rn_clock();

    if (lines->terminal) {
        fprintf(stderr, "%s%s%s", lines->pending ? "\r\033[K" : "", line, transient ? "" : "\n");
        lines->pending = transient;
    } else if (!transient || now - lines->last >= SECONDS_BETWEEN_LINES) {
        fprintf(stderr, "%s\n", line);
        lines->last = transient ? now : lines->last;
    }
    fflush(stderr);
}

void rn_lines_end(struct rn_lines *lines)
{
    if (lines->pending)
        fputs("\r\033[K", stderr);
    lines->pending = false;
}
