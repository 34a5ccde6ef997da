/* The empirical distribution function of a population's errors (section 3.1, equation 1). */
#include "regnet/stats.h"

#include <math.h>

#include "room.h"

static enum rn_status check_weights(const double *weights, size_t n, struct rn_err *err)
{
    double sum = 0;
    enum rn_status status;

    RN_TRY(rn_check_finite("weight", weights, n, err));
    for (size_t i = 0; i < n; i++) {
        if (weights[i] < 0)
            return rn_fail(err, RN_E_DATA, "weight %zu of %zu is negative (%g)", i + 1, n,
                           weights[i]);
        sum += weights[i];
    }
    if (sum == 0)
        status = rn_fail(err, RN_E_DATA, "no network has a weight");
done:
    return status;
}

/* Sums run in the order of the errors, so that nothing depends on the order of the input, and from
   the least one up, so that the mean of equal errors is that error to the last bit. */
static void fill(struct rn_edf *edf, const double *errors, const double *weights,
                 const size_t *order, size_t n)
{
    double sum = 0, squares = 0, total = 0;

    for (size_t i = 0; i < n; i++) {
        double weight = weights ? weights[order[i]] : 1, error = errors[order[i]];
        if (weight == 0)
            continue;
        sum += weight;
        squares += weight * weight;
        edf->error[edf->n] = error;
        edf->f[edf->n++] = sum;
        total += weight * (error - edf->error[0]);
    }
    for (size_t i = 0; i < edf->n; i++)
        edf->f[i] /= sum;
    edf->effective = sum * sum / squares;
    edf->min = edf->error[0];
    edf->mean = edf->min + total / sum;
    edf->max = edf->error[edf->n - 1];
}

static double median(const struct rn_edf *edf)
{
    if (edf->effective == (double)edf->n)
        return rn_percentile(edf->error, edf->n, 50);
    return edf->error[rn_quantile(edf->f, edf->n, 0.5)];
}

static enum rn_status make(const double *errors, const double *weights, size_t n,
                           struct rn_edf *edf, struct rn_err *err)
{
    struct rn_edf made = {.error = rn_alloc(n, sizeof *made.error),
                          .f = rn_alloc(n, sizeof *made.f)};
    size_t *order = NULL;
    enum rn_status status;

    if (!made.error || !made.f) {
        status = rn_nomem(err, 2 * n * sizeof *made.error, "a distribution");
        goto done;
    }
    RN_TRY(rn_order(errors, n, &order, err));
    fill(&made, errors, weights, order, n);
    made.median = median(&made);
    *edf = made;
    made = (struct rn_edf){0};
done:
    rn_free(order);
    rn_edf_release(&made);
    return status;
}

enum rn_status rn_edf_make(const double *errors, size_t n, struct rn_edf *edf, struct rn_err *err)
{
    enum rn_status status = rn_check_finite("error", errors, n, err);

    return status == RN_OK ? make(errors, NULL, n, edf, err) : status;
}

enum rn_status rn_edf_make_weighted(const double *errors, const double *weights, size_t n,
                                    struct rn_edf *edf, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_check_finite("error", errors, n, err));
    RN_TRY(check_weights(weights, n, err));
    status = make(errors, weights, n, edf, err);
done:
    return status;
}

void rn_edf_release(struct rn_edf *edf)
{
    rn_free(edf->error);
    rn_free(edf->f);
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
    return low ? edf->f[low - 1] : 0;
}

double rn_edf_band(const struct rn_edf *edf, double confidence)
{
    return fmin(1, sqrt(log(2 / (1 - confidence)) / (2 * edf->effective)));
}

double rn_percentile(const double *sorted, size_t n, double p)
{
    double position = (double)(n - 1) * p / 100;
    size_t i = (size_t)position;

    if (i + 1 >= n)
        return sorted[n - 1];
    return sorted[i] + (position - (double)i) * (sorted[i + 1] - sorted[i]);
}
