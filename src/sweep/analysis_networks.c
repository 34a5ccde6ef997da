/* The best and the worst networks of each population: errors by epoch, and widths over blocks with
   the quantized line that is nearest (figure 8). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"

/* Cold colours for the best, warm ones for the worst. */
static int colour_of(size_t i, size_t n)
{
    static const int cold[RN_EXTREMES] = {0, 5, 2}, warm[RN_EXTREMES] = {1, 4, 3};
    size_t best = (n + 1) / 2;

    return i < best ? cold[i % RN_EXTREMES] : warm[(n - 1 - i) % RN_EXTREMES];
}

static enum rn_status add_curve(struct rn_figure *figure, const struct rn_curve *curve, int colour,
                                const char *label, bool dashed, struct rn_err *err)
{
    struct rn_series *series;
    enum rn_status status;

    if (curve->n == 0)
        return RN_OK;
    RN_TRY(rn_figure_add(figure, curve->n > 1 ? RN_DRAW_LINE : RN_DRAW_POINTS, curve->n, &series,
                         err));
    memcpy(series->x, curve->epoch, curve->n * sizeof *series->x);
    memcpy(series->y, curve->error, curve->n * sizeof *series->y);
    (void)snprintf(series->label, sizeof series->label, "%s", label);
    series->colour = colour;
    series->dashed = dashed;
done:
    return status;
}

static enum rn_status add_curves(struct rn_figure *figure, const struct rn_group *group,
                                 struct rn_err *err)
{
    size_t n = rn_group_extremes(group);
    char name[RN_LABEL_MAX], label[RN_LABEL_MAX + 64];
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < n; i++) {
        const struct rn_listed *listed = rn_group_extreme(group, i);
        rn_group_network(group, listed->record, name);
        (void)snprintf(label, sizeof label, "%.120s, %.2f %%", name,
                       group->records.columns[0].value[listed->record]);
        RN_TRY(add_curve(figure, &listed->detail.test, colour_of(i, n), label, false, err));
        (void)snprintf(label, sizeof label, "%.120s, training", name);
        RN_TRY(add_curve(figure, &listed->detail.train, colour_of(i, n), label, true, err));
    }
done:
    return status;
}

static bool has_curves(const struct rn_group *group)
{
    const struct rn_detail *best = &rn_group_extreme(group, 0)->detail;

    return best->test.n > 0 || best->train.n > 0;
}

enum rn_status rn_exhibit_curves(struct rn_analysis *analysis, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t g = 0; g < analysis->n; g++) {
        const struct rn_group *group = &analysis->groups[g];
        struct rn_exhibit *exhibit;
        if (!has_curves(group))
            continue;
        exhibit = rn_exhibit_add(analysis, RN_SECTION_CURVES, g, err);
        if (!exhibit)
            return RN_E_NOMEM;
        rn_exhibit_name(exhibit, "curves-%s", group->name);
        exhibit->figure = (struct rn_figure){.x = {.label = "epoch"},
                                             .y = {.label = "error (%)", .scale = RN_SCALE_LOG},
                                             .height = 540};
        RN_TRY(add_curves(&exhibit->figure, group, err));
    }
done:
    return status;
}

/* Widths of blocks as a staircase: block j reaches from j - 1/2 to j + 1/2. The caller fills y[0]
   to y[n-1]. */
static enum rn_status add_stairs(struct rn_figure *figure, int blocks, struct rn_series **series,
                                 struct rn_err *err)
{
    enum rn_status status = rn_figure_add(figure, RN_DRAW_STEPS, (size_t)blocks + 1, series, err);

    for (int j = 0; status == RN_OK && j <= blocks; j++)
        (*series)->x[j] = j + 0.5;
    return status;
}

static enum rn_status add_widths(struct rn_figure *figure, const struct rn_arch *arch, int blocks,
                                 struct rn_err *err)
{
    struct rn_series *series;
    int j = 0;
    enum rn_status status;

    RN_TRY(add_stairs(figure, blocks, &series, err));
    for (int i = 0; i < arch->n_stages; i++)
        for (int k = 0; k < arch->stages[i].depth; k++)
            series->y[j++] = arch->stages[i].width;
    series->y[blocks] = series->y[blocks - 1];
    series->colour = 0;
    (void)snprintf(series->label, sizeof series->label, "w, the network");
done:
    return status;
}

/* Equations (2) to (4), before widths are rounded to multiples of 8. */
static enum rn_status add_fit(struct rn_figure *figure, const struct rn_regnet_fit *fit, int blocks,
                              struct rn_err *err)
{
    struct rn_series *series;
    enum rn_status status;

    RN_TRY(add_stairs(figure, blocks, &series, err));
    for (int j = 0; j < blocks; j++) {
        double level = log((fit->w0 + fit->wa * j) / fit->w0) / log(fit->wm);
        series->y[j] = fit->w0 * pow(fit->wm, rint(level));
    }
    series->y[blocks] = series->y[blocks - 1];
    series->colour = 1;
    series->dashed = true;
    (void)snprintf(series->label, sizeof series->label, "w0 %d, wa %.4g, wm %.4g, e_fit %.3g",
                   fit->w0, fit->wa, fit->wm, fit->error);
    RN_TRY(rn_figure_add(figure, RN_DRAW_LINE, (size_t)blocks, &series, err));
    for (int j = 0; j < blocks; j++) {
        series->x[j] = j + 1;
        series->y[j] = fit->w0 + fit->wa * j;
    }
    series->colour = 6;
    series->dashed = true;
    (void)snprintf(series->label, sizeof series->label, "u, its linear widths");
done:
    return status;
}

static enum rn_status describe(const struct rn_group *group, const struct rn_listed *listed,
                               struct rn_exhibit *exhibit, struct rn_err *err)
{
    const struct rn_arch *arch = &listed->detail.arch;
    struct rn_buf text = {0};
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < group->n_shown && group->shown[i].cost; i++)
        RN_TRY(rn_buf_addf(&text, err, "%s = %.4g; ", group->shown[i].label,
                           group->shown[i].unit * group->shown[i].value[listed->record]));
    for (const char *letter = "dwbg"; *letter; letter++) {
        RN_TRY(rn_buf_addf(&text, err, "%s%c = ", *letter == 'd' ? "" : "; ", *letter));
        RN_TRY(rn_stage_list(arch, *letter, &text, err));
    }
    (void)snprintf(exhibit->caption, sizeof exhibit->caption, "%s", text.data);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status add_network(struct rn_analysis *analysis, size_t g, size_t i,
                                  struct rn_err *err)
{
    const struct rn_group *group = &analysis->groups[g];
    const struct rn_listed *listed = rn_group_extreme(group, i);
    const struct rn_arch *arch = &listed->detail.arch;
    int blocks = rn_count_blocks(arch);
    struct rn_exhibit *exhibit = rn_exhibit_add(analysis, RN_SECTION_NETWORKS, g, err);
    struct rn_figure *figure;
    struct rn_regnet_fit fit;
    char name[RN_LABEL_MAX];
    enum rn_status status;

    if (!exhibit)
        return RN_E_NOMEM;
    figure = &exhibit->figure;
    *figure = (struct rn_figure){.x = {.label = "block", .min = 0.4, .max = blocks + 0.6},
                                 .y = {.label = "width (channels)", .scale = RN_SCALE_LOG2},
                                 .width = 350,
                                 .height = 320};
    rn_group_network(group, listed->record, name);
    rn_exhibit_name(exhibit, "network-%s", name);
    (void)snprintf(figure->title, sizeof figure->title, "%.40s, error %.2f %%",
                   strlen(name) > 40 ? name + strlen(name) - 40 : name,
                   group->records.columns[0].value[listed->record]);
    RN_TRY(describe(group, listed, exhibit, err));
    RN_TRY(add_widths(figure, arch, blocks, err));
    if (rn_regnet_fit(arch, &fit, NULL) == RN_OK)
        status = add_fit(figure, &fit, blocks, err);
done:
    return status;
}

enum rn_status rn_exhibit_networks(struct rn_analysis *analysis, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t g = 0; g < analysis->n; g++)
        for (size_t i = 0; i < rn_group_extremes(&analysis->groups[g]); i++)
            if (rn_group_extreme(&analysis->groups[g], i)->detail.has_arch)
                RN_TRY(add_network(analysis, g, i, err));
done:
    return status;
}
