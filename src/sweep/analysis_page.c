/* The page of an analysis. */
#include <stdio.h>
#include <string.h>

#include "analysis.h"

static enum rn_status add_summary(const struct rn_analysis *analysis, struct rn_page *page,
                                  struct rn_err *err)
{
    static const char *const head[] = {"population", "n",          "min (%)",
                                       "mean (%)",   "median (%)", "diverged"};
    struct rn_cells cells = {.columns = sizeof head / sizeof *head};
    enum rn_status status;

    for (size_t i = 0; i < cells.columns; i++)
        RN_TRY(rn_cells_add(&cells, err, "%s", head[i]));
    for (size_t g = 0; g < analysis->n; g++) {
        const struct rn_group *group = &analysis->groups[g];
        size_t diverged = 0;
        for (size_t i = 0; i < group->n_listed; i++)
            diverged += group->listed[i].detail.diverged;
        RN_TRY(rn_cells_add(&cells, err, "%s", group->name));
        RN_TRY(rn_cells_add(&cells, err, "%zu", group->edf.n));
        RN_TRY(rn_cells_add(&cells, err, "%.2f", group->edf.min));
        RN_TRY(rn_cells_add(&cells, err, "%.2f", group->edf.mean));
        RN_TRY(rn_cells_add(&cells, err, "%.2f", group->edf.median));
        RN_TRY(rn_cells_add(&cells, err, "%zu", diverged));
    }
    status = rn_page_table(page, &cells, err);
done:
    rn_buf_release(&cells.text);
    return status;
}

static enum rn_status add_exhibit(const struct rn_exhibit *exhibit, struct rn_page *page,
                                  struct rn_err *err)
{
    struct rn_buf svg = {0};
    enum rn_status status;

    RN_TRY(rn_figure_draw(&exhibit->figure, RN_FORM_SVG, &svg, err));
    status = rn_page_svg(page, svg.data, exhibit->caption, err);
done:
    rn_buf_release(&svg);
    return status;
}

/* The figures of a section, small ones in rows, each population's under its name. */
static enum rn_status add_section(const struct rn_analysis *analysis, enum rn_section section,
                                  bool small, struct rn_page *page, struct rn_err *err)
{
    const struct rn_exhibit *last = NULL;
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < analysis->n_exhibits; i++) {
        const struct rn_exhibit *exhibit = &analysis->exhibits[i];
        if (exhibit->section != section)
            continue;
        if (!last || last->population != exhibit->population) {
            if (last && small)
                RN_TRY(rn_page_row_end(page, err));
            if (exhibit->population < analysis->n)
                RN_TRY(rn_page_subheading(page, analysis->groups[exhibit->population].name, err));
            if (small)
                RN_TRY(rn_page_row_begin(page, err));
        }
        RN_TRY(add_exhibit(exhibit, page, err));
        last = exhibit;
    }
    if (last && small)
        RN_TRY(rn_page_row_end(page, err));
done:
    return status;
}

static bool has_section(const struct rn_analysis *analysis, enum rn_section section)
{
    for (size_t i = 0; i < analysis->n_exhibits; i++)
        if (analysis->exhibits[i].section == section)
            return true;
    return false;
}

static enum rn_status add_errors(const struct rn_analysis *analysis, struct rn_page *page,
                                 struct rn_err *err)
{
    struct rn_buf sentence = {0};
    enum rn_status status;

    RN_TRY(rn_page_heading(page, "Distributions of errors", err));
    RN_TRY(add_summary(analysis, page, err));
    for (size_t g = 1; g < analysis->n; g++) {
        sentence.len = 0;
        RN_TRY(rn_analysis_compare(analysis, g, &sentence, err));
        RN_TRY(rn_page_text(page, sentence.data, err));
    }
    status = add_section(analysis, RN_SECTION_ERRORS, false, page, err);
done:
    rn_buf_release(&sentence);
    return status;
}

static enum rn_status add_sources(const struct rn_analysis *analysis, struct rn_page *page,
                                  struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_page_heading(page, "What was run", err));
    for (size_t g = 0; g < analysis->n; g++) {
        const struct rn_group *group = &analysis->groups[g];
        bool same = g > 0 && group->settings.len == group[-1].settings.len &&
                    (group->settings.len == 0 ||
                     strcmp(group->settings.data, group[-1].settings.data) == 0);
        text.len = 0;
        RN_TRY(rn_page_subheading(page, group->name, err));
        RN_TRY(rn_buf_addf(&text, err, "%zu networks, read from %s. ", group->edf.n, group->path));
        if (group->origin.len > 0)
            RN_TRY(rn_buf_addf(&text, err, "%s ", group->origin.data));
        RN_TRY(rn_buf_addf(&text, err, "%s",
                           group->settings.len == 0
                               ? "The source does not say how they were trained."
                           : same ? "All have the settings of those above."
                                  : "All have these settings, and the defaults of every other "
                                    "key; what differs from network to network is in the table "
                                    "of all networks."));
        RN_TRY(rn_page_text(page, text.data, err));
        if (group->settings.len > 0 && !same)
            RN_TRY(rn_page_pre(page, group->settings.data, err));
    }
done:
    rn_buf_release(&text);
    return status;
}

struct part {
    enum rn_section section;
    bool small;
    const char *heading, *text;
};

static const struct part parts[] = {
    {RN_SECTION_PARAMETERS, true, "Error against costs and parameters",
     "A point is a network; hover over it to see which. The shaded range has 95 % of the best of "
     "a quarter of the networks, drawn at random with replacement (the empirical bootstrap), and "
     "the line is their median."},
    {RN_SECTION_TRENDS, true, "Trends",
     "All values of a cost or parameter, those of the best by the bootstrap, and their median."},
    {RN_SECTION_CURVES, false, "Errors by epoch",
     "The best networks in cold colours, the worst in warm ones; dashed: on the training images."},
    {RN_SECTION_NETWORKS, true, "The best and the worst networks",
     "Widths of the blocks, and the quantized line that is nearest (figure 8 of the paper): e_fit "
     "is the mean over the blocks of the squared log-ratio of the two."},
};

static enum rn_status add_networks(const struct rn_analysis *analysis, struct rn_page *page,
                                   struct rn_err *err)
{
    size_t all = 0, listed = 0;
    char text[256];
    enum rn_status status;

    for (size_t g = 0; g < analysis->n; g++) {
        all += analysis->groups[g].records.n;
        listed += analysis->groups[g].n_listed;
    }
    RN_TRY(rn_page_heading(page, "All networks", err));
    (void)snprintf(text, sizeof text,
                   listed < all ? "The best %zu and the worst of %zu. A click on a column's head "
                                  "sorts by it."
                                : "A click on a column's head sorts by it.",
                   listed, all);
    RN_TRY(rn_page_text(page, text, err));
    status = rn_analysis_networks(analysis, page, err);
done:
    return status;
}

static enum rn_status add_parts(const struct rn_analysis *analysis, struct rn_page *page,
                                struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!has_section(analysis, parts[i].section))
            continue;
        RN_TRY(rn_page_heading(page, parts[i].heading, err));
        RN_TRY(rn_page_text(page, parts[i].text, err));
        RN_TRY(add_section(analysis, parts[i].section, parts[i].small, page, err));
    }
done:
    return status;
}

enum rn_status rn_analysis_page(const struct rn_analysis *analysis, struct rn_buf *html,
                                struct rn_err *err)
{
    const struct rn_study_run *study = analysis->study ? &analysis->study->run : NULL;
    struct rn_page page = {0};
    enum rn_status status;

    RN_TRY(rn_page_begin(&page, analysis->title, err));
    if (study && *study->study->description)
        RN_TRY(rn_page_text(&page, study->study->description, err));
    RN_TRY(add_errors(analysis, &page, err));
    if (study)
        RN_TRY(rn_study_page_best(study, &page, err));
    RN_TRY(add_sources(analysis, &page, err));
    RN_TRY(add_parts(analysis, &page, err));
    RN_TRY(add_networks(analysis, &page, err));
    if (study)
        RN_TRY(rn_study_page_failures(study, &page, err));
    RN_TRY(rn_page_end(&page, err));
    status = rn_buf_add(html, page.html.data, page.html.len, err);
done:
    rn_page_release(&page);
    return status;
}
