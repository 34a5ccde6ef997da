/* Figures of an analysis: error against costs and parameters, and these over regimes. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"

#define MOST_SHOWN 40 /* shown of a population */
#define MOST_REGIMES 12

/* One axis of errors for all populations, so that their figures compare. */
static void error_range(const struct rn_analysis *analysis, double *low, double *high)
{
    *low = DBL_MAX, *high = 0;
    for (size_t g = 0; g < analysis->n; g++) {
        *low = fmin(*low, analysis->groups[g].edf.min);
        *high = fmax(*high, analysis->groups[g].edf.max);
    }
    if (*low > 0 && *high >= 16 * *low)
        *low /= 1.1, *high *= 1.1;
    else
        *low -= 0.05 * (*high - *low), *high += 0.05 * (*high - *low);
}

static void scale_range(struct rn_good_range *good, double unit)
{
    good->low *= unit, good->best *= unit, good->high *= unit;
}

static enum rn_status add_scatter(struct rn_analysis *analysis, size_t g,
                                  const struct rn_shown *shown, struct rn_err *err)
{
    const struct rn_group *group = &analysis->groups[g];
    struct rn_scatter scatter = {.label = shown->label, .n = group->n_drawn, .names = group->names};
    double *x = rn_alloc(2 * group->n_drawn, sizeof *x);
    struct rn_good_range good;
    struct rn_exhibit *exhibit;
    enum rn_status status = RN_OK;

    exhibit = rn_exhibit_add(analysis, RN_SECTION_PARAMETERS, g, err);
    if (!x || !exhibit)
        RN_TRY(rn_nomem(err, 2 * group->n_drawn * sizeof *x, "a figure"));
    for (size_t i = 0; i < group->n_drawn; i++) {
        x[i] = shown->unit * shown->value[group->drawn[i]];
        x[group->n_drawn + i] = group->records.columns[0].value[group->drawn[i]];
    }
    scatter.x = x, scatter.error = x + group->n_drawn;
    error_range(analysis, &scatter.error_min, &scatter.error_max);
    if (rn_winners_range(&group->winners, shown->value, &good, NULL) == RN_OK) {
        scale_range(&good, shown->unit);
        scatter.good = &good;
    }
    rn_exhibit_name(exhibit, "error-%s-%s", group->name, shown->name);
    if (*shown->also)
        (void)snprintf(exhibit->caption, sizeof exhibit->caption, "The same: %s", shown->also);
    status = rn_scatter_figure(&scatter, &exhibit->figure, err);
done:
    rn_free(x);
    return status;
}

enum rn_status rn_exhibit_parameters(struct rn_analysis *analysis, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t g = 0; g < analysis->n; g++)
        for (size_t i = 0; i < analysis->groups[g].n_shown && i < MOST_SHOWN; i++)
            RN_TRY(add_scatter(analysis, g, &analysis->groups[g].shown[i], err));
done:
    return status;
}

static void scale_trend(struct rn_trend *trend, double unit)
{
    trend->min *= unit, trend->max *= unit;
    scale_range(&trend->good, unit);
}

/* A whole population as one regime. */
static struct rn_trend whole_trend(const struct rn_group *group, const double *x)
{
    struct rn_trend trend = {.n = group->records.n, .min = INFINITY, .max = -INFINITY};

    if (!x || rn_winners_range(&group->winners, x, &trend.good, NULL) != RN_OK)
        return (struct rn_trend){0};
    for (size_t i = 0; i < group->records.n; i++) {
        trend.min = fmin(trend.min, x[i]);
        trend.max = fmax(trend.max, x[i]);
    }
    return trend;
}

static enum rn_status add_trend(struct rn_analysis *analysis, size_t g,
                                const struct rn_shown *shown, const char *const *regimes,
                                struct rn_trend *trends, size_t n, struct rn_err *err)
{
    struct rn_exhibit *exhibit = rn_exhibit_add(analysis, RN_SECTION_TRENDS, g, err);

    if (!exhibit)
        return RN_E_NOMEM;
    for (size_t i = 0; i < n; i++)
        scale_trend(&trends[i], shown->unit);
    if (g < analysis->n)
        rn_exhibit_name(exhibit, "trend-%s-%s", analysis->groups[g].name, shown->name);
    else
        rn_exhibit_name(exhibit, "trend-%s", shown->name);
    return rn_trend_figure(shown->label, regimes, trends, n, &exhibit->figure, err);
}

/* What two populations have, over the populations. */
static enum rn_status across_populations(struct rn_analysis *analysis, struct rn_err *err)
{
    struct rn_trend *trends = rn_alloc(analysis->n, sizeof *trends);
    const char **names = rn_alloc(analysis->n, sizeof *names);
    const struct rn_group *first = &analysis->groups[0];
    enum rn_status status = RN_OK;

    if (!trends || !names)
        RN_TRY(rn_nomem(err, analysis->n * sizeof *trends, "trends"));
    for (size_t g = 0; g < analysis->n; g++)
        names[g] = analysis->groups[g].name;
    for (size_t i = 0; i < first->n_shown && i < MOST_SHOWN; i++) {
        size_t have = 0;
        for (size_t g = 0; g < analysis->n; g++) {
            const struct rn_group *group = &analysis->groups[g];
            trends[g] =
                whole_trend(group, rn_records_column(&group->records, first->shown[i].name));
            have += trends[g].n > 0;
        }
        if (have >= 2)
            RN_TRY(add_trend(analysis, analysis->n, &first->shown[i], names, trends, analysis->n,
                             err));
    }
done:
    rn_free(trends);
    rn_free(names);
    return status;
}

/* Doublings of the multiply-adds, as the paper's regimes are. */
struct regimes {
    size_t n;
    struct rn_regime regime[MOST_REGIMES];
    char name[MOST_REGIMES][32];
};

static void find_regimes(const struct rn_group *group, const double *flops, struct regimes *regimes)
{
    double low = INFINITY, high = 0, begin;

    regimes->n = 0;
    for (size_t i = 0; i < group->records.n; i++) {
        low = fmin(low, flops[i]);
        high = fmax(high, flops[i]);
    }
    if (!(low > 0 && isfinite(high)))
        return;
    begin = 1e8 * pow(2, floor(log2(low / 1e8) + 1e-9)); /* 100M, 200M, ... */
    for (; begin <= high && regimes->n < MOST_REGIMES; begin *= 2) {
        bool giga = begin >= 1e9;
        regimes->regime[regimes->n] = (struct rn_regime){begin, 2 * begin};
        (void)snprintf(regimes->name[regimes->n++], sizeof *regimes->name, "%.3g%s",
                       begin * (giga ? 1e-9 : 1e-6), giga ? "G" : "M");
    }
}

static enum rn_status trends_of(struct rn_analysis *analysis, size_t g,
                                const struct regimes *regimes, const double *flops,
                                struct rn_err *err)
{
    const struct rn_group *group = &analysis->groups[g];
    struct rn_trend trends[MOST_REGIMES];
    const char *names[MOST_REGIMES];
    enum rn_status status = RN_OK;

    for (size_t r = 0; r < regimes->n; r++)
        names[r] = regimes->name[r];
    for (size_t i = 0; i < group->n_shown && i < MOST_SHOWN; i++) {
        const struct rn_shown *shown = &group->shown[i];
        if (shown->value == flops ||
            rn_trends(group->records.columns[0].value, flops, group->records.n, &shown->value, 1,
                      regimes->regime, regimes->n, trends, NULL) != RN_OK)
            continue;
        RN_TRY(add_trend(analysis, g, shown, names, trends, regimes->n, err));
        (void)snprintf(analysis->exhibits[analysis->n_exhibits - 1].figure.x.label, RN_LABEL_MAX,
                       "flops, from");
    }
done:
    return status;
}

enum rn_status rn_exhibit_trends(struct rn_analysis *analysis, struct rn_err *err)
{
    struct regimes regimes;
    enum rn_status status = RN_OK;

    if (analysis->n > 1)
        RN_TRY(across_populations(analysis, err));
    for (size_t g = 0; g < analysis->n; g++) {
        const double *flops = rn_records_column(&analysis->groups[g].records, "flops");
        if (!flops)
            continue;
        find_regimes(&analysis->groups[g], flops, &regimes);
        if (regimes.n > 2)
            RN_TRY(trends_of(analysis, g, &regimes, flops, err));
    }
done:
    return status;
}
