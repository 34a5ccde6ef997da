/* A linear model of the error, some of whose coefficients are drawn towards 0, and what it says of
   other networks. */
#include <math.h>
#include <string.h>

#include "regnet/evidence.h"
#include "regnet/memory.h"
#include "room.h"

#define STEPS 49     /* strengths that are tried, from 10^-4 to 10^4 a network */
#define PRECISE 1e-9 /* strength of a plain feature: none, but for twins of one */

struct problem {
    size_t n, k, plain; /* plain: how many are */
    double *gram, *xy, yy;
    const bool *is_plain;
};

static void scale_features(const double *x, size_t n, struct rn_regression *model)
{
    for (size_t j = 0; j < model->k; j++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < n; i++)
            sum += x[i * model->k + j];
        model->center[j] = sum / (double)n;
        for (size_t i = 0; i < n; i++) {
            double apart = x[i * model->k + j] - model->center[j];
            squares += apart * apart;
        }
        model->scale[j] = sqrt(squares / (double)n);
    }
}

/* A feature that does not vary stays 0. */
static double scaled(const struct rn_regression *model, const double *row, size_t j)
{
    return model->scale[j] > 0 ? (row[j] - model->center[j]) / model->scale[j] : 0;
}

static void add_row(const struct rn_regression *model, const double *row, double y,
                    struct problem *problem)
{
    size_t k = problem->k;

    for (size_t i = 0; i < k; i++) {
        double xi = scaled(model, row, i);
        problem->xy[i] += xi * y;
        for (size_t j = 0; j <= i; j++)
            problem->gram[i * k + j] += xi * scaled(model, row, j);
    }
    problem->yy += y * y;
}

static double mean_of(const double *values, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum / (double)n;
}

/* Lower Cholesky factor of gram + diagonal; returns the logarithm of its determinant. */
static double factorize(const struct problem *problem, double strength, double *factor)
{
    size_t k = problem->k;
    double log_det = 0;

    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = problem->gram[i * k + j];
            if (i == j)
                sum += problem->is_plain[i] ? PRECISE * (double)problem->n : strength;
            for (size_t l = 0; l < j; l++)
                sum -= factor[i * k + l] * factor[j * k + l];
            factor[i * k + j] = i == j ? sqrt(sum) : sum / factor[j * k + j];
        }
        log_det += 2 * log(factor[i * k + i]);
    }
    return log_det;
}

static void solve_lower(const double *factor, size_t k, double *b)
{
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < i; j++)
            b[i] -= factor[i * k + j] * b[j];
        b[i] /= factor[i * k + i];
    }
}

static void solve_upper(const double *factor, size_t k, double *b)
{
    for (size_t i = k; i-- > 0;) {
        for (size_t j = i + 1; j < k; j++)
            b[i] -= factor[j * k + i] * b[j];
        b[i] /= factor[i * k + i];
    }
}

/* Solves for beta; returns the logarithm of the restricted likelihood, up to a constant. */
static double fit(const struct problem *problem, double strength, struct rn_regression *model)
{
    size_t k = problem->k;
    double log_det = factorize(problem, strength, model->factor), rest = problem->yy;

    memcpy(model->beta, problem->xy, k * sizeof *model->beta);
    solve_lower(model->factor, k, model->beta);
    solve_upper(model->factor, k, model->beta);
    for (size_t i = 0; i < k; i++)
        rest -= problem->xy[i] * model->beta[i];
    model->variance = fmax(rest, 1e-12 * problem->yy) / model->df;
    return -0.5 * (model->df * log(model->variance) + log_det -
                   (double)(k - problem->plain) * log(strength));
}

static void fit_best(const struct problem *problem, struct rn_regression *model)
{
    double best = 0, best_likelihood = -INFINITY;

    for (int step = 0; step < STEPS; step++) {
        double strength = (double)problem->n * pow(10, -4 + 8.0 * step / (STEPS - 1));
        double likelihood = fit(problem, strength, model);
        if (likelihood > best_likelihood) {
            best_likelihood = likelihood;
            best = strength;
        }
    }
    fit(problem, best, model);
}

static enum rn_status model_alloc(size_t k, struct rn_regression *model, struct rn_err *err)
{
    model->k = k;
    model->center = rn_alloc(k, sizeof(double));
    model->scale = rn_alloc(k, sizeof(double));
    model->beta = rn_alloc(k, sizeof(double));
    model->factor = rn_alloc(k * k, sizeof(double));
    if (model->center && model->scale && model->beta && model->factor)
        return RN_OK;
    return rn_nomem(err, k * k * sizeof(double), "a regression");
}

static size_t count_plain(const struct rn_regression *model, struct problem *problem)
{
    size_t fitted = 0;

    for (size_t j = 0; j < model->k; j++) {
        problem->plain += problem->is_plain[j];
        fitted += problem->is_plain[j] && model->scale[j] > 0;
    }
    return fitted;
}

enum rn_status rn_regression_make(const double *x, const double *y, size_t n, size_t k,
                                  const bool *plain, struct rn_regression *model,
                                  struct rn_err *err)
{
    struct problem problem = {.n = n, .k = k, .is_plain = plain};
    struct rn_regression made = {0};
    double mean;
    size_t fitted;
    enum rn_status status;

    RN_TRY(rn_check_finite("error", y, n, err));
    RN_TRY(rn_check_finite("feature", x, n * k, err));
    RN_TRY(model_alloc(k, &made, err));
    scale_features(x, n, &made);
    fitted = count_plain(&made, &problem);
    if (n < fitted + 1 + RN_REGRESSION_DF)
        RN_TRY(rn_fail(err, RN_E_DATA, "%zu networks are too few to tell %zu effects apart", n,
                       fitted));
    made.df = (double)(n - fitted - 1);
    problem.gram = rn_alloc(k * k, sizeof(double));
    problem.xy = rn_alloc(k, sizeof(double));
    if (!problem.gram || !problem.xy)
        RN_TRY(rn_nomem(err, k * k * sizeof(double), "a regression"));
    mean = mean_of(y, n);
    for (size_t i = 0; i < n; i++)
        add_row(&made, x + i * k, y[i] - mean, &problem);
    fit_best(&problem, &made);
    *model = made;
    made = (struct rn_regression){0};
done:
    rn_free(problem.gram);
    rn_free(problem.xy);
    rn_regression_release(&made);
    return status;
}

void rn_regression_release(struct rn_regression *model)
{
    rn_free(model->center);
    rn_free(model->scale);
    rn_free(model->beta);
    rn_free(model->factor);
    *model = (struct rn_regression){0};
}

enum rn_status rn_regression_shift(const struct rn_regression *model, const double *from,
                                   const double *to, struct rn_shift *shift, struct rn_err *err)
{
    double *apart = rn_alloc(model->k, sizeof *apart), mean = 0, squares = 0;

    if (!apart)
        return rn_nomem(err, model->k * sizeof *apart, "a prediction");
    for (size_t j = 0; j < model->k; j++) {
        apart[j] = scaled(model, to, j) - (from ? scaled(model, from, j) : 0);
        mean += apart[j] * model->beta[j];
    }
    solve_lower(model->factor, model->k, apart);
    for (size_t j = 0; j < model->k; j++)
        squares += apart[j] * apart[j];
    rn_free(apart);
    *shift = (struct rn_shift){mean, sqrt(model->variance * squares), model->df};
    return RN_OK;
}

static double predict(const struct rn_regression *model, const double *row)
{
    double sum = 0;

    for (size_t j = 0; j < model->k; j++)
        sum += scaled(model, row, j) * model->beta[j];
    return sum;
}

enum rn_status rn_regression_best(const struct rn_regression *model, const double *x, size_t n,
                                  double share, double *features, double *variance,
                                  struct rn_err *err)
{
    double *predicted = rn_alloc(n, sizeof *predicted), mean = 0, squares = 0;
    size_t *order = NULL, best = (size_t)ceil(share * (double)n);
    enum rn_status status;

    if (!predicted)
        return rn_nomem(err, n * sizeof *predicted, "predictions");
    for (size_t i = 0; i < n; i++)
        predicted[i] = predict(model, x + i * model->k);
    RN_TRY(rn_order(predicted, n, &order, err));
    memset(features, 0, model->k * sizeof *features);
    for (size_t r = 0; r < best; r++) {
        mean += predicted[order[r]] / (double)best;
        for (size_t j = 0; j < model->k; j++)
            features[j] += x[order[r] * model->k + j] / (double)best;
    }
    for (size_t r = 0; r < best; r++)
        squares += (predicted[order[r]] - mean) * (predicted[order[r]] - mean);
    *variance = squares / (double)best / (double)best;
done:
    rn_free(order);
    rn_free(predicted);
    return status;
}

/* Student's t as a normal deviate and back, by Wallace's approximation. */
static double wallace(double df)
{
    return (8 * df + 1) / (8 * df + 3);
}

void rn_shift_interval(const struct rn_shift *shift, double *low, double *high)
{
    double z = 1.959963984540054 / wallace(shift->df);
    double t = sqrt(shift->df * expm1(z * z / shift->df));

    *low = shift->mean - t * shift->deviation;
    *high = shift->mean + t * shift->deviation;
}

double rn_shift_p(const struct rn_shift *shift, double margin)
{
    double t = (margin - shift->mean) / shift->deviation, z;

    if (!(shift->deviation > 0))
        return shift->mean <= margin ? 0 : 1;
    z = copysign(wallace(shift->df) * sqrt(shift->df * log1p(t * t / shift->df)), t);
    return 0.5 * erfc(z / sqrt(2));
}
