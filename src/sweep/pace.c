/* How fast a population goes, and how long it will still take. */
#include <stdio.h>

#include "regnet/clock.h"
#include "work.h"

#define SETTLE 3.0 /* seconds until the pace says something */

void rn_pace_note(struct rn_pace *pace, double done)
{
    pace->at = rn_clock();
    pace->done = done;
    if (pace->began <= 0) {
        pace->began = pace->at;
        pace->first = done;
    }
}

void rn_duration_text(double seconds, char text[32])
{
    long s = seconds < 1 ? 1 : seconds < 1e9 ? (long)(seconds + 0.5) : 1000000000;

    if (s >= 3600)
        (void)snprintf(text, 32, "%ld h %ld min", s / 3600, s % 3600 / 60);
    else if (s >= 600)
        (void)snprintf(text, 32, "%ld min", s / 60);
    else if (s >= 60)
        (void)snprintf(text, 32, "%ld min %ld s", s / 60, s % 60 / 10 * 10);
    else
        (void)snprintf(text, 32, "%ld s", s);
}

void rn_pace_text(const struct rn_pace *pace, double rest, char text[RN_PACE_TEXT])
{
    double seconds = pace->at - pace->began, done = pace->done - pace->first;
    char left[32];

    if (seconds < SETTLE || done <= 0) {
        (void)snprintf(text, RN_PACE_TEXT, "measuring the time left");
        return;
    }
    rn_duration_text(seconds / done * rest, left);
    (void)snprintf(text, RN_PACE_TEXT, "about %s left", left);
}
