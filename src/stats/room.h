/* room.h: what the files of src/stats share and nobody else needs. */
#ifndef RN_STATS_ROOM_H
#define RN_STATS_ROOM_H

#include <stddef.h>

#include "regnet/status.h"

/* RN_E_DATA when n is 0 or a value is not finite; what: "error", for the message. */
enum rn_status rn_check_finite(const char *what, const double *values, size_t n,
                               struct rn_err *err);
/* The indices of n values (more than none) by ascending value, equals by index; yours to free. */
enum rn_status rn_order(const double *values, size_t n, size_t **order, struct rn_err *err);
/* The end of the values in that order that are as large as the i-th. */
size_t rn_end_of_tie(const double *values, const size_t *order, size_t n, size_t i);
/* The first i whose share f[i] of the whole reaches p; f rises to 1. */
size_t rn_quantile(const double *f, size_t n, double p);

#endif
