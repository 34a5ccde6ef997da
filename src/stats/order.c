/* Values checked, ordered and cut at a share: what most statistics begin or end with. */
#include <math.h>
#include <stdlib.h>

#include "regnet/memory.h"
#include "room.h"

enum rn_status rn_check_finite(const char *what, const double *values, size_t n, struct rn_err *err)
{
    if (n == 0)
        return rn_fail(err, RN_E_DATA, "no %ss: at least one network is needed", what);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return rn_fail(err, RN_E_DATA, "%s %zu of %zu is not a finite number", what, i + 1, n);
    return RN_OK;
}

struct ranked {
    double value;
    size_t index;
};

static int compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order = (x->value > y->value) - (x->value < y->value);

    return order ? order : (x->index > y->index) - (x->index < y->index);
}

enum rn_status rn_order(const double *values, size_t n, size_t **out, struct rn_err *err)
{
    struct ranked *ranked = rn_alloc(n, sizeof *ranked);
    size_t *order = rn_alloc(n, sizeof *order);
    enum rn_status status = RN_OK;

    if (!ranked || !order) {
        status = rn_nomem(err, n * sizeof *ranked, "an order");
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        ranked[i] = (struct ranked){values[i], i};
    qsort(ranked, n, sizeof *ranked, compare);
    for (size_t i = 0; i < n; i++)
        order[i] = ranked[i].index;
    *out = order;
    order = NULL;
done:
    rn_free(ranked);
    rn_free(order);
    return status;
}

size_t rn_end_of_tie(const double *values, const size_t *order, size_t n, size_t i)
{
    size_t end = i + 1;

    while (end < n && values[order[end]] == values[order[i]])
        end++;
    return end;
}

/* Shares are sums of rounded weights; what misses p by their rounding has reached it. */
#define ROUNDING 1e-12

size_t rn_quantile(const double *f, size_t n, double p)
{
    size_t low = 0, high = n - 1;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (f[mid] < p - ROUNDING)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}
