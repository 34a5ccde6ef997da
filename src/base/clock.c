/* The clock that measures durations. */
#include "regnet/clock.h"

#include <time.h>

double rn_clock(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
