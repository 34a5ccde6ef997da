/*
 * What the model of the errors sees of a network: each value and its square, and for two
 * neighbouring stages how far apart their values are. Logarithms, so that far is a factor.
 *
 * With the values themselves in the model, |a - b| speaks for sharing and for order alike: how much
 * a falls below b is (|a - b| - (a - b)) / 2.
 */
#include <math.h>

#include "refining.h"

static int count_features(const struct rn_letter *letter)
{
    return 2 * letter->n + (letter->related ? letter->n - 1 : 0);
}

static double seen(const struct rn_letter *letter, double value)
{
    return letter->logarithmic ? log2(value) : value;
}

void rn_features_of(const struct rn_refining *refining, const double *values, double *out)
{
    for (int l = 0; l < refining->n_letters; l++) {
        const struct rn_letter *letter = &refining->letters[l];
        const double *x = values + letter->first;
        for (int s = 0; s < letter->n; s++) {
            *out++ = seen(letter, x[s]);
            *out++ = seen(letter, x[s]) * seen(letter, x[s]);
            if (letter->related && s > 0)
                *out++ = fabs(seen(letter, x[s]) - seen(letter, x[s - 1]));
        }
    }
}

void rn_features_mark(const struct rn_refining *refining, int letter, bool *marks)
{
    int begin = 0;

    for (int l = 0; l < letter; l++)
        begin += count_features(&refining->letters[l]);
    for (int f = 0; f < count_features(&refining->letters[letter]); f++)
        marks[begin + f] = true;
}

enum rn_status rn_features_draw(const struct rn_refining *refining, const struct rn_space *space,
                                double **features, struct rn_err *err)
{
    size_t k = (size_t)refining->n_features;
    double *made = rn_alloc(RN_REFINE_DRAWS * k, sizeof *made), values[RN_SPACE_PARAMS];
    struct rn_sample sample;
    enum rn_status status = RN_OK;

    if (!made)
        return rn_nomem(err, RN_REFINE_DRAWS * k * sizeof *made, "features");
    for (uint64_t i = 0; i < RN_REFINE_DRAWS; i++) {
        RN_TRY(rn_space_draw(space, refining->seed, i, &sample, err));
        for (int j = 0; j < sample.n_values; j++)
            values[j] = sample.values[j].value;
        rn_features_of(refining, values, made + i * k);
    }
    *features = made;
    made = NULL;
done:
    rn_free(made);
    return status;
}

enum rn_status rn_features_init(struct rn_refining *refining, struct rn_err *err)
{
    size_t k;

    for (int l = 0; l < refining->n_letters; l++)
        refining->n_features += count_features(&refining->letters[l]);
    k = (size_t)refining->n_features;
    refining->feature = rn_alloc(refining->n * k, sizeof *refining->feature);
    if (!refining->feature)
        return rn_nomem(err, refining->n * k * sizeof *refining->feature, "features");
    for (size_t i = 0; i < refining->n; i++)
        rn_features_of(refining, refining->value + i * (size_t)refining->n_values,
                       refining->feature + i * k);
    return rn_features_draw(refining, refining->space, &refining->drawn, err);
}
