/*
 * front.h: the networks that nobody beats at both error and cost.
 *
 *     size_t *front = rn_alloc(n, sizeof *front), n_front;
 *     RN_TRY(rn_front(errors, flops, n, front, &n_front, err));
 */
#ifndef REGNET_FRONT_H
#define REGNET_FRONT_H

#include <stddef.h>

#include "regnet/status.h"

/* The Pareto front: indices of the networks for which no other has an error and a cost as small and
   one of them smaller, by ascending cost; equals are all in it. front has room for n. RN_E_DATA for
   no network or a value that is not finite. */
enum rn_status rn_front(const double *errors, const double *cost, size_t n, size_t *front,
                        size_t *n_front, struct rn_err *err);

#endif
