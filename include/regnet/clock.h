/* clock.h: how long things take. */
#ifndef REGNET_CLOCK_H
#define REGNET_CLOCK_H

/* Seconds, from an arbitrary start, on a clock that nobody sets. */
double rn_clock(void);

#endif
