/* What train says on standard error. */
#include "progress.h"

#include <stdio.h>

#include "regnet/clock.h"

#define LIVE 0.1 /* seconds between lines, on a terminal */
#define PLAIN 60 /* and elsewhere, within an epoch */

static void print_time(double seconds)
{
    long s = (long)seconds;

    if (s >= 3600)
        fprintf(stderr, "%ld h %02ld min", s / 3600, s / 60 % 60);
    else
        fprintf(stderr, "%ld:%02ld min", s / 60, s % 60);
}

void rn_show_progress(void *arg, const struct rn_progress *at)
{
    struct rn_progress_line *line = arg;
    bool epoch_done = at->step == at->steps;
    double now = rn_clock();

    if (line->last == 0 && !line->terminal)
        line->last = now;
    if (!epoch_done && now - line->last < (line->terminal ? LIVE : PLAIN))
        return;
    line->last = now;
    fprintf(stderr, "%sepoch %d/%d  step %d/%d  loss %.4f  error %.2f %%  lr %.4g  %.0f images/s  ",
            line->terminal ? "\r" : "", at->epoch + 1, at->epochs, at->step, at->steps, at->loss,
            at->top1_err, at->lr, at->images_per_s);
    print_time(at->seconds_left);
    fprintf(stderr, " left%s%s", line->terminal ? "\033[K" : "",
            epoch_done || !line->terminal ? "\n" : "");
}

void rn_show_forecast(void *arg, const struct rn_forecast *f)
{
    (void)arg;
    fprintf(stderr,
            "takes %.2f GB of memory (%.1f GB more are free), %.3f GB of disk (%.1f GB free), ",
            1e-9 * (double)f->memory, 1e-9 * (double)f->memory_free, 1e-9 * (double)f->disk,
            1e-9 * (double)f->disk_free);
    print_time(f->seconds);
    fputs("\n", stderr);
}

void rn_end_progress(const struct rn_progress_line *line)
{
    if (line->terminal && line->last > 0)
        fputs("\n", stderr);
}
