/* The empirical distribution function of a population's errors (section 3.1, equation 1). */
#include "regnet/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/memory.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static enum rn_status check(const double *errors, size_t n, struct rn_err *err)
{
    if (n == 0)
        return rn_fail(err, RN_E_DATA, "no errors: a distribution needs at least one network");
    for (size_t i = 0; i < n; i++)
        if (!isfinite(errors[i]))
            return rn_fail(err, RN_E_DATA, "error %zu of %zu is not a finite number", i + 1, n);
    return RN_OK;
}

/* Summed in ascending order, so that the mean does not depend on the order of the input. */
static double mean(const double *sorted, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += sorted[i];
    return sum / (double)n;
}

enum rn_status rn_edf_make(const double *errors, size_t n, struct rn_edf *edf, struct rn_err *err)
{
    enum rn_status status = check(errors, n, err);
    double *sorted;

    if (status != RN_OK)
        return status;
    sorted = rn_alloc(n, sizeof *sorted);
    if (!sorted)
        return rn_nomem(err, n * sizeof *sorted, "a distribution");
    memcpy(sorted, errors, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    *edf = (struct rn_edf){.n = n,
                           .error = sorted,
                           .min = sorted[0],
                           .mean = mean(sorted, n),
                           .median = rn_percentile(sorted, n, 50),
                           .max = sorted[n - 1]};
    return RN_OK;
}

void rn_edf_release(struct rn_edf *edf)
{
    rn_free(edf->error);
    *edf = (struct rn_edf){0};
}

double rn_edf_at(const struct rn_edf *edf, double e)
{
    size_t low = 0, high = edf->n; /* all before low are < e, all from high on are not */

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (edf->error[mid] < e)
            low = mid + 1;
        else
            high = mid;
    }
    return (double)low / (double)edf->n;
}

double rn_percentile(const double *sorted, size_t n, double p)
{
    double position = (double)(n - 1) * p / 100;
    size_t i = (size_t)position;

    if (i + 1 >= n)
        return sorted[n - 1];
    return sorted[i] + (position - (double)i) * (sorted[i + 1] - sorted[i]);
}
