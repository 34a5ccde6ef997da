/* Distributions of an analysis: of the populations, of the networks in a range, of their parts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"

#define SEED 1 /* of the bootstrap */
#define MOST_CUTS 15

/* Distributions to be drawn together. */
struct curves {
    size_t n;
    struct rn_population *p;
    char (*names)[RN_LABEL_MAX];
};

static void curves_release(struct curves *curves)
{
    for (size_t i = 0; i < curves->n; i++)
        rn_edf_release(&curves->p[i].edf);
    rn_free(curves->p);
    rn_free(curves->names);
}

static enum rn_status curves_alloc(struct curves *curves, size_t most, struct rn_err *err)
{
    curves->p = rn_alloc(most, sizeof *curves->p);
    curves->names = rn_alloc(most, sizeof *curves->names);
    return curves->p && curves->names ? RN_OK : rn_nomem(err, most * sizeof *curves->p, "a figure");
}

/* The distribution of the kept networks, if there are any. */
static enum rn_status add_kept(struct curves *curves, const struct rn_group *group,
                               const bool *keep, const char *name, struct rn_err *err)
{
    const struct rn_records *records = &group->records;
    double *errors = rn_alloc(records->n, sizeof *errors);
    size_t n = 0;
    enum rn_status status = RN_OK;

    if (!errors)
        return rn_nomem(err, records->n * sizeof *errors, "a distribution");
    for (size_t i = 0; i < records->n; i++)
        if (keep[i])
            errors[n++] = records->columns[0].value[i];
    if (n > 0)
        RN_TRY(rn_edf_make(errors, n, &curves->p[curves->n].edf, err));
    if (n > 0) {
        (void)snprintf(curves->names[curves->n], RN_LABEL_MAX, "%s", name);
        curves->p[curves->n].name = curves->names[curves->n];
        curves->n++;
    }
done:
    rn_free(errors);
    return status;
}

static enum rn_status keep_where(const struct rn_group *group, const char *where, bool *keep,
                                 struct rn_err *err)
{
    struct rn_range range;
    const double *value;
    enum rn_status status = RN_OK;

    memset(keep, 1, group->records.n * sizeof *keep);
    while (*where) {
        RN_TRY(rn_range_parse(&where, &range, err));
        RN_TRY(rn_records_need(&group->records, range.name, &value, err));
        for (size_t i = 0; i < group->records.n; i++)
            keep[i] = keep[i] && value[i] >= range.low && value[i] <= range.high;
    }
done:
    if (status != RN_OK)
        rn_err_prefix(err, "%s", group->name);
    return status;
}

/* Where a population is cut: part k has cut[k-1] <= value < cut[k]; or by value, one each. */
struct cuts {
    char name[RN_LABEL_MAX];
    bool values;
    int n;
    double cut[MOST_CUTS];
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Every value if there are at most six, else the quartiles. */
static enum rn_status choose_cuts(const struct rn_group *group, const double *value,
                                  struct cuts *cuts, struct rn_err *err)
{
    double *sorted = rn_alloc(group->records.n, sizeof *sorted);
    size_t n = 0;

    if (!sorted)
        return rn_nomem(err, group->records.n * sizeof *sorted, "a parameter's values");
    for (size_t i = 0; i < group->records.n; i++)
        if (isfinite(value[i]))
            sorted[n++] = value[i];
    qsort(sorted, n, sizeof *sorted, by_value);
    cuts->n = 0;
    for (size_t i = 0; i < n && cuts->n <= 6; i++)
        if (i == 0 || sorted[i] != sorted[i - 1])
            cuts->cut[cuts->n++] = sorted[i];
    cuts->values = cuts->n <= 6;
    if (!cuts->values) {
        cuts->n = 3;
        for (int q = 0; q < 3; q++)
            cuts->cut[q] = rn_percentile(sorted, n, 25.0 * (q + 1));
    }
    rn_free(sorted);
    return RN_OK;
}

/* "NAME" or "NAME=CUT,CUT,...". */
static enum rn_status read_cuts(const char *split, struct cuts *cuts, struct rn_err *err)
{
    size_t len = strcspn(split, "=");
    const char *text = split + len;

    *cuts = (struct cuts){0};
    (void)snprintf(cuts->name, sizeof cuts->name, "%.*s", (int)len, split);
    while (*text) {
        char *rest;
        double cut = strtod(text + 1, &rest);
        if (rest == text + 1 || (*rest && *rest != ',') || !isfinite(cut) || cuts->n == MOST_CUTS ||
            (cuts->n > 0 && cut <= cuts->cut[cuts->n - 1]))
            return rn_fail(err, RN_E_CONFIG,
                           "parts are NAME or NAME=CUT,CUT,... with at most %d rising cuts, not "
                           "\"%s\"",
                           MOST_CUTS, split);
        cuts->cut[cuts->n++] = cut;
        text = rest;
    }
    return RN_OK;
}

static bool in_part(const struct cuts *cuts, int part, double value)
{
    if (cuts->values)
        return value == cuts->cut[part];
    return (part == 0 || value >= cuts->cut[part - 1]) &&
           (part == cuts->n || value < cuts->cut[part]) && isfinite(value);
}

static void name_part(const struct rn_group *group, const struct cuts *cuts, int part,
                      char name[RN_LABEL_MAX])
{
    const double *cut = cuts->cut;

    if (cuts->values)
        (void)snprintf(name, RN_LABEL_MAX, "%.90s, %.30s = %.4g", group->name, cuts->name,
                       cut[part]);
    else if (part == 0)
        (void)snprintf(name, RN_LABEL_MAX, "%.90s, %.30s < %.4g", group->name, cuts->name, cut[0]);
    else if (part == cuts->n)
        (void)snprintf(name, RN_LABEL_MAX, "%.90s, %.30s >= %.4g", group->name, cuts->name,
                       cut[part - 1]);
    else
        (void)snprintf(name, RN_LABEL_MAX, "%.80s, %.4g <= %.30s < %.4g", group->name,
                       cut[part - 1], cuts->name, cut[part]);
}

/* What a figure has of one population. */
typedef enum rn_status add_fn(struct curves *curves, const struct rn_analysis *analysis,
                              const struct rn_group *group, struct rn_err *err);

static enum rn_status add_all(struct curves *curves, const struct rn_analysis *analysis,
                              const struct rn_group *group, struct rn_err *err)
{
    bool *keep = rn_alloc(group->records.n, sizeof *keep);
    enum rn_status status;

    (void)analysis;
    if (!keep)
        return rn_nomem(err, group->records.n, "a distribution");
    memset(keep, 1, group->records.n * sizeof *keep);
    status = add_kept(curves, group, keep, group->name, err);
    rn_free(keep);
    return status;
}

static enum rn_status add_filtered(struct curves *curves, const struct rn_analysis *analysis,
                                   const struct rn_group *group, struct rn_err *err)
{
    bool *keep = rn_alloc(group->records.n, sizeof *keep);
    enum rn_status status;

    if (!keep)
        return rn_nomem(err, group->records.n, "a distribution");
    RN_TRY(keep_where(group, analysis->where, keep, err));
    status = add_kept(curves, group, keep, group->name, err);
done:
    rn_free(keep);
    return status;
}

static enum rn_status find_cuts(const struct rn_group *group, const char *split, struct cuts *cuts,
                                const double **value, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(read_cuts(split, cuts, err));
    RN_TRY(rn_records_need(&group->records, cuts->name, value, err));
    if (cuts->n == 0)
        status = choose_cuts(group, *value, cuts, err);
done:
    if (status != RN_OK)
        rn_err_prefix(err, "%s", group->name);
    return status;
}

static enum rn_status add_parts(struct curves *curves, const struct rn_analysis *analysis,
                                const struct rn_group *group, struct rn_err *err)
{
    bool *keep = rn_alloc(group->records.n, sizeof *keep);
    char name[RN_LABEL_MAX];
    struct cuts cuts;
    const double *value;
    enum rn_status status;

    if (!keep)
        return rn_nomem(err, group->records.n, "a distribution");
    RN_TRY(find_cuts(group, analysis->split, &cuts, &value, err));
    for (int part = 0; part < cuts.n + !cuts.values; part++) {
        for (size_t i = 0; i < group->records.n; i++)
            keep[i] = in_part(&cuts, part, value[i]);
        name_part(group, &cuts, part, name);
        RN_TRY(add_kept(curves, group, keep, name, err));
    }
done:
    rn_free(keep);
    return status;
}

static enum rn_status exhibit(struct rn_analysis *analysis, const char *name, add_fn *add,
                              const char *caption, struct rn_err *err)
{
    struct curves curves = {0};
    struct rn_exhibit *exhibit;
    enum rn_status status;

    RN_TRY(curves_alloc(&curves, analysis->n * (MOST_CUTS + 1), err));
    for (size_t g = 0; g < analysis->n; g++)
        RN_TRY(add(&curves, analysis, &analysis->groups[g], err));
    if (curves.n == 0)
        RN_TRY(rn_fail(err, RN_E_DATA, "no network is in the ranges %s", analysis->where));
    exhibit = rn_exhibit_add(analysis, RN_SECTION_ERRORS, analysis->n, err);
    if (!exhibit) {
        status = RN_E_NOMEM;
        goto done;
    }
    rn_exhibit_name(exhibit, "%s", name);
    (void)snprintf(exhibit->caption, sizeof exhibit->caption, "%s", caption);
    status = rn_edf_figure(curves.p, curves.n, &exhibit->figure, err);
done:
    curves_release(&curves);
    return status;
}

enum rn_status rn_exhibit_errors(struct rn_analysis *analysis, struct rn_err *err)
{
    char caption[RN_CAPTION_MAX];
    enum rn_status status;

    RN_TRY(exhibit(analysis, "edf", add_all,
                   "Error distributions: the share of a population's networks below an error. "
                   "Farther up and to the left is better.",
                   err));
    if (analysis->where) {
        (void)snprintf(caption, sizeof caption, "The same of the networks with %s only.",
                       analysis->where);
        RN_TRY(exhibit(analysis, "edf-where", add_filtered, caption, err));
    }
    if (analysis->split) {
        (void)snprintf(caption, sizeof caption, "Each population in parts, by %s.",
                       analysis->split);
        RN_TRY(exhibit(analysis, "edf-split", add_parts, caption, err));
    }
done:
    return status;
}

enum rn_status rn_analysis_compare(const struct rn_analysis *analysis, size_t i, struct rn_buf *out,
                                   struct rn_err *err)
{
    const struct rn_group *before = &analysis->groups[i - 1], *after = &analysis->groups[i];
    struct rn_difference difference;
    enum rn_status status;

    RN_TRY(rn_edf_difference(&before->edf, &after->edf, SEED, &difference, err));
    status = rn_difference_text(&difference, before->name, &before->edf, after->name, &after->edf,
                                out, err);
done:
    return status;
}
