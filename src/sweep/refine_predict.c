/* The mean error of a restricted space, predicted: its networks are drawn, and a model of the
   population's errors says what to expect of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "refining.h"
#include "regnet/json.h"

#define BEST 0.25 /* of a space */

static enum rn_status add_text(struct rn_buf *out, const char *before, const char *text,
                               struct rn_err *err)
{
    struct rn_json js;
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "%s", before));
    js = rn_json_begin(out);
    rn_json_text(&js, text);
    status = rn_json_end(&js, err);
done:
    return status;
}

static bool is_pair(const struct rn_proposal *proposal)
{
    return proposal->kind != RN_PROPOSAL_RANGE && proposal->stage >= 0;
}

/* How many pairs of this one's parameter stand before it, and in the whole list. */
static void count_pairs(const struct rn_proposal *const *proposals, size_t n, size_t at,
                        int *before, int *all)
{
    *before = *all = 0;
    for (size_t i = 0; i < n; i++) {
        bool beside = is_pair(proposals[i]) && proposals[i]->letter == proposals[at]->letter;
        *before += beside && i < at;
        *all += beside;
    }
}

/* All pairs of a parameter are written as what they are together. */
static enum rn_status add_constraint(const struct rn_refining *refining,
                                     const struct rn_proposal *const *proposals, size_t n,
                                     size_t at, struct rn_buf *yaml, struct rn_err *err)
{
    const struct rn_letter *letter = &refining->letters[proposals[at]->letter];
    char text[RN_SPACE_TEXT];
    int before, all;

    count_pairs(proposals, n, at, &before, &all);
    if (!is_pair(proposals[at]) || all < letter->n - 1)
        return rn_buf_addf(yaml, err, "  - %s\n", proposals[at]->text);
    if (before > 0)
        return RN_OK;
    rn_relation_write(letter, -1, text);
    return rn_buf_addf(yaml, err, "  - %s\n", text);
}

enum rn_status rn_refining_yaml(const struct rn_refining *refining,
                                const struct rn_proposal *const *proposals, size_t n,
                                struct rn_buf *yaml, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(add_text(yaml, "name: ", refining->name, err));
    RN_TRY(rn_buf_addf(yaml, err, "\ndescription: \"%s, as %zu of its networks suggest\"",
                       rn_space_name(refining->space), refining->n));
    RN_TRY(add_text(yaml, "\nbase: ", refining->base, err));
    RN_TRY(rn_buf_addf(yaml, err, "\n%s", n > 0 ? "constraints:\n" : ""));
    for (size_t i = 0; i < n; i++)
        RN_TRY(add_constraint(refining, proposals, n, i, yaml, err));
done:
    return status;
}

static enum rn_status open_restricted(const struct rn_refining *refining,
                                      const struct rn_proposal *const *proposals, size_t n,
                                      struct rn_space **space, struct rn_err *err)
{
    struct rn_buf yaml = {0};
    enum rn_status status;

    RN_TRY(rn_refining_yaml(refining, proposals, n, &yaml, err));
    status = rn_space_parse(yaml.data, refining->path, space, err);
done:
    rn_buf_release(&yaml);
    return status;
}

static enum rn_status measure_size(const struct rn_space *space, double *size, struct rn_err *err)
{
    struct rn_space_facts facts = {0};
    enum rn_status status;

    RN_TRY(rn_space_describe(space, 0, 1, &facts, err));
    *size = strtod(facts.size, NULL);
done:
    rn_space_facts_release(&facts);
    return status;
}

/* What the proposals are about is fitted as it is; the rest is drawn towards 0. */
static enum rn_status fit_model(const struct rn_refining *refining,
                                const struct rn_proposal *const *proposals, size_t n,
                                struct rn_regression *model, struct rn_err *err)
{
    size_t k = (size_t)refining->n_features;
    bool *plain = rn_alloc(k, sizeof *plain);
    enum rn_status status;

    if (!plain)
        return rn_nomem(err, k, "features");
    for (size_t i = 0; i < n; i++)
        if (proposals[i]->kind != RN_PROPOSAL_RANGE)
            rn_features_mark(refining, proposals[i]->letter, plain);
    status =
        rn_regression_make(refining->feature, refining->error, refining->n, k, plain, model, err);
    rn_free(plain);
    return status;
}

/* drawn: the variance from having drawn so few networks. */
static struct rn_change conclude(struct rn_shift shift, double drawn, double margin, double *p)
{
    struct rn_change change = {.change = shift.mean};

    shift.deviation = sqrt(shift.deviation * shift.deviation + drawn);
    rn_shift_interval(&shift, &change.low, &change.high);
    *p = fmax(*p, rn_shift_p(&shift, margin));
    return change;
}

/* Neither the mean nor the best may lose: the larger of two p-values is that of both. features: of
   the restricted space. */
static enum rn_status compare(const struct rn_refining *refining, const double *features,
                              const struct rn_regression *model, struct rn_prediction *prediction,
                              double *p, struct rn_err *err)
{
    const size_t n = RN_REFINE_DRAWS;
    double *all = rn_alloc(3 * model->k, sizeof *all), *best = all + model->k;
    double *best_before = best + model->k, of_all, of_best, of_before;
    struct rn_shift mean_shift, best_shift;
    enum rn_status status;

    if (!all)
        return rn_nomem(err, 3 * model->k * sizeof *all, "features");
    RN_TRY(rn_regression_best(model, features, n, 1, all, &of_all, err));
    RN_TRY(rn_regression_best(model, features, n, BEST, best, &of_best, err));
    RN_TRY(rn_regression_best(model, refining->drawn, n, BEST, best_before, &of_before, err));
    RN_TRY(rn_regression_shift(model, NULL, all, &mean_shift, err));
    RN_TRY(rn_regression_shift(model, best_before, best, &best_shift, err));
    *p = 0;
    prediction->mean = conclude(mean_shift, of_all, refining->margin, p);
    prediction->best = conclude(best_shift, of_best + of_before, refining->margin, p);
    prediction->known = true;
done:
    rn_free(all);
    return status;
}

static enum rn_status predict_change(const struct rn_refining *refining,
                                     const struct rn_space *space,
                                     const struct rn_proposal *const *proposals, size_t n,
                                     struct rn_prediction *prediction, double *p,
                                     struct rn_err *err)
{
    struct rn_regression model = {0};
    double *features = NULL;
    enum rn_status status;

    *p = 1;
    RN_TRY(rn_features_draw(refining, space, &features, err));
    status = fit_model(refining, proposals, n, &model, err);
    if (status == RN_E_DATA) { /* too few networks: nothing is known */
        status = RN_OK;
        goto done;
    }
    RN_TRY(status);
    status = compare(refining, features, &model, prediction, p, err);
done:
    rn_regression_release(&model);
    rn_free(features);
    return status;
}

static void count_kept(const struct rn_refining *refining,
                       const struct rn_proposal *const *proposals, size_t n,
                       struct rn_prediction *prediction)
{
    double kept = 0;

    for (size_t i = 0; i < refining->n; i++) {
        bool holds = true;
        for (size_t j = 0; j < n && holds; j++)
            holds = rn_proposal_holds(refining, proposals[j], i);
        if (holds) {
            kept += refining->error[i];
            prediction->kept++;
        }
    }
    prediction->kept_change =
        prediction->kept == 0 ? NAN : kept / (double)prediction->kept - refining->mean;
}

enum rn_status rn_refine_predict(const struct rn_refining *refining,
                                 const struct rn_proposal *const *proposals, size_t n,
                                 struct rn_prediction *prediction, double *p, struct rn_err *err)
{
    struct rn_prediction made = {0};
    struct rn_space *space = NULL;
    double size;
    enum rn_status status;

    RN_TRY(open_restricted(refining, proposals, n, &space, err));
    RN_TRY(measure_size(space, &size, err));
    made.shrink = refining->size / size;
    count_kept(refining, proposals, n, &made);
    if (p)
        RN_TRY(predict_change(refining, space, proposals, n, &made, p, err));
    *prediction = made;
done:
    rn_space_free(space);
    return status;
}
