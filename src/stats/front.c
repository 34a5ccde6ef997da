/* The Pareto front of error against cost. */
#include "regnet/front.h"

#include <math.h>

#include "regnet/memory.h"
#include "room.h"

enum rn_status rn_front(const double *errors, const double *cost, size_t n, size_t *front,
                        size_t *n_front, struct rn_err *err)
{
    double least = INFINITY; /* error of what costs less */
    size_t *order = NULL, found = 0;
    enum rn_status status;

    RN_TRY(rn_check_finite("error", errors, n, err));
    RN_TRY(rn_check_finite("cost", cost, n, err));
    RN_TRY(rn_order(cost, n, &order, err));
    for (size_t i = 0, end; i < n; i = end) {
        double here = INFINITY; /* least error of this cost */
        end = rn_end_of_tie(cost, order, n, i);
        for (size_t k = i; k < end; k++)
            here = fmin(here, errors[order[k]]);
        for (size_t k = i; k < end && here < least; k++)
            if (errors[order[k]] == here)
                front[found++] = order[k];
        least = fmin(least, here);
    }
    *n_front = found;
done:
    rn_free(order);
    return status;
}
