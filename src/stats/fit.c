/* Correlation, and least squares of a line, a square root or both (figure 12). */
#include "regnet/fit.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "regnet/memory.h"
#include "room.h"

#define MOST_TERMS 3
#define DEPENDENT 1e-10 /* what is left of a column that the ones before it say already */

/* Of equal values that value, to the last bit. */
static double mean(const double *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i] - v[0];
    return v[0] + sum / (double)n;
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static enum rn_status check_pairs(const double *x, const double *y, size_t n, struct rn_err *err)
{
    enum rn_status status = rn_check_finite("x", x, n, err);

    return status == RN_OK ? rn_check_finite("y", y, n, err) : status;
}

enum rn_status rn_correlate(const double *x, const double *y, size_t n,
                            struct rn_correlation *correlation, struct rn_err *err)
{
    double xx = 0, yy = 0, xy = 0, mean_x, mean_y, r, spread;
    enum rn_status status;

    RN_TRY(check_pairs(x, y, n, err));
    mean_x = mean(x, n), mean_y = mean(y, n);
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    if (xx == 0 || yy == 0)
        RN_TRY(rn_fail(err, RN_E_DATA,
                       "all %s of %zu networks are the same: they correlate with "
                       "nothing",
                       xx == 0 ? "x" : "y", n));
    r = fmax(-1, fmin(1, xy / (sqrt(xx) * sqrt(yy))));
    spread = n > 3 ? 1.959963984540054 / sqrt((double)n - 3) : INFINITY;
    *correlation = (struct rn_correlation){r, tanh(atanh(r) - spread), tanh(atanh(r) + spread)};
done:
    return status;
}

/* The wanted terms' columns, one after the other. Returns how many. */
static int fill_columns(const double *x, size_t n, int terms, double *columns)
{
    double *column = columns;

    for (int term = RN_TERM_ONE; term <= RN_TERM_X; term *= 2) {
        if (!(terms & term))
            continue;
        for (size_t i = 0; i < n; i++)
            column[i] = term == RN_TERM_ONE ? 1 : term == RN_TERM_SQRT ? sqrt(x[i]) : x[i];
        column += n;
    }
    return (int)((size_t)(column - columns) / n);
}

static void subtract(double *v, double factor, const double *column, size_t n)
{
    for (size_t i = 0; i < n; i++)
        v[i] -= factor * column[i];
}

/* Gram and Schmidt, modified: the columns become orthonormal, rest what they leave of y, and
   coefficients solve the triangle. Returns false when a column depends on the ones before it. */
static bool solve(double *columns, int k, double *rest, size_t n, double *coefficients)
{
    double triangle[MOST_TERMS][MOST_TERMS];

    for (int c = 0; c < k; c++) {
        double *column = columns + (size_t)c * n, before = sqrt(dot(column, column, n)), norm;
        for (int b = 0; b < c; b++) {
            triangle[b][c] = dot(columns + (size_t)b * n, column, n);
            subtract(column, triangle[b][c], columns + (size_t)b * n, n);
        }
        norm = sqrt(dot(column, column, n));
        if (!(norm > DEPENDENT * before))
            return false;
        for (size_t i = 0; i < n; i++)
            column[i] /= norm;
        triangle[c][c] = norm;
        coefficients[c] = dot(column, rest, n);
        subtract(rest, coefficients[c], column, n);
    }
    for (int c = k - 1; c >= 0; c--) {
        for (int b = c + 1; b < k; b++)
            coefficients[c] -= triangle[c][b] * coefficients[b];
        coefficients[c] /= triangle[c][c];
    }
    return true;
}

static enum rn_status check_fit(const double *x, const double *y, size_t n, int terms,
                                struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(check_pairs(x, y, n, err));
    for (size_t i = 0; i < n && terms & RN_TERM_SQRT; i++)
        if (x[i] < 0)
            return rn_fail(err, RN_E_DATA, "x %zu of %zu is %g: a negative number has no root",
                           i + 1, n, x[i]);
done:
    return status;
}

static struct rn_fit name_terms(int terms, const double *coefficients)
{
    struct rn_fit fit = {0};

    if (terms & RN_TERM_ONE)
        fit.constant = *coefficients++;
    if (terms & RN_TERM_SQRT)
        fit.root = *coefficients++;
    if (terms & RN_TERM_X)
        fit.linear = *coefficients;
    return fit;
}

enum rn_status rn_fit_make(const double *x, const double *y, size_t n, int terms,
                           struct rn_fit *fit, struct rn_err *err)
{
    double coefficients[MOST_TERMS], *columns = NULL, *rest = NULL, spread = 0, mean_y;
    enum rn_status status;

    RN_TRY(check_fit(x, y, n, terms, err));
    columns = rn_alloc(n, MOST_TERMS * sizeof *columns);
    rest = rn_alloc(n, sizeof *rest);
    if (!columns || !rest)
        RN_TRY(rn_nomem(err, n * (MOST_TERMS + 1) * sizeof *rest, "a fit"));
    memcpy(rest, y, n * sizeof *rest);
    if (!solve(columns, fill_columns(x, n, terms, columns), rest, n, coefficients))
        RN_TRY(rn_fail(err, RN_E_DATA,
                       "%zu networks have too few distinct x to fit this many terms", n));
    *fit = name_terms(terms, coefficients);
    mean_y = mean(y, n);
    for (size_t i = 0; i < n; i++)
        spread += (y[i] - mean_y) * (y[i] - mean_y);
    fit->rms = sqrt(dot(rest, rest, n) / (double)n);
    fit->r2 = spread > 0 ? 1 - dot(rest, rest, n) / spread : 0;
done:
    rn_free(columns);
    rn_free(rest);
    return status;
}

double rn_fit_at(const struct rn_fit *fit, double x)
{
    return fit->constant + (fit->root != 0 ? fit->root * sqrt(x) : 0) + fit->linear * x;
}
