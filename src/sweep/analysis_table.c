/* The table of an analysis' networks: costs, stages or parameters, error, and the line that trains
   each again. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "settings.h"

#define MOST_COLUMNS 12 /* of costs and parameters */

static double stage_value(const struct rn_stage *stage, char letter)
{
    switch (letter) {
    case 'd':
        return stage->depth;
    case 'w':
        return stage->width;
    case 'b':
        return stage->bot_mul > 0 ? 1 / stage->bot_mul : 1;
    default:
        return stage->group_w;
    }
}

enum rn_status rn_stage_list(const struct rn_arch *arch, char letter, struct rn_buf *out,
                             struct rn_err *err)
{
    double first = stage_value(&arch->stages[0], letter);
    bool shared = letter != 'd' && letter != 'w';
    enum rn_status status = RN_OK;

    for (int i = 1; i < arch->n_stages; i++)
        shared = shared && stage_value(&arch->stages[i], letter) == first;
    for (int i = 0; i < (shared ? 1 : arch->n_stages) && status == RN_OK; i++)
        status =
            rn_buf_addf(out, err, "%s%.6g", i ? ", " : "", stage_value(&arch->stages[i], letter));
    return status;
}

/* The columns between the name and the command. */
struct columns {
    bool archs;    /* of some networks: d, w, b and g */
    bool commands; /* of some networks */
    size_t n;
    const struct rn_shown *shown[MOST_COLUMNS];
};

/* Costs, and what the stages do not say: of a network's own keys they say all. */
static bool is_told(const struct columns *columns, const struct rn_shown *shown)
{
    static const char *const networks[] = {"MODEL.", "ANYNET.", "REGNET.", "RESNET.", "EN."};

    for (size_t i = 0; i < columns->n; i++)
        if (strcmp(columns->shown[i]->name, shown->name) == 0)
            return true;
    if (!columns->archs || shown->cost)
        return false;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        if (strncmp(shown->name, networks[i], strlen(networks[i])) == 0)
            return true;
    return !strchr(shown->name, '.');
}

static void choose_columns(const struct rn_analysis *analysis, struct columns *columns)
{
    *columns = (struct columns){0};
    for (size_t g = 0; g < analysis->n; g++) {
        const struct rn_detail *best = &analysis->groups[g].listed[0].detail;
        columns->archs = columns->archs || best->has_arch;
        columns->commands = columns->commands || best->settings;
    }
    for (int cost = 1; cost >= 0; cost--)
        for (size_t g = 0; g < analysis->n; g++)
            for (size_t i = 0; i < analysis->groups[g].n_shown; i++) {
                const struct rn_shown *shown = &analysis->groups[g].shown[i];
                if (shown->cost == cost && columns->n < MOST_COLUMNS && !is_told(columns, shown))
                    columns->shown[columns->n++] = shown;
            }
}

static enum rn_status add_head(struct rn_cells *cells, const struct columns *columns,
                               struct rn_err *err)
{
    static const char *const stages[] = {"d", "w", "b", "g"};
    enum rn_status status;

    cells->columns = 2 + columns->n + (columns->archs ? 4 : 0) + columns->commands;
    cells->commands = columns->commands;
    RN_TRY(rn_cells_add(cells, err, "network"));
    RN_TRY(rn_cells_add(cells, err, "error (%%)"));
    for (size_t i = 0; i < columns->n; i++)
        RN_TRY(rn_cells_add(cells, err, "%s", columns->shown[i]->label));
    for (size_t i = 0; columns->archs && i < 4; i++)
        RN_TRY(rn_cells_add(cells, err, "%s", stages[i]));
    if (columns->commands)
        status = rn_cells_add(cells, err, "train again");
done:
    return status;
}

static enum rn_status add_number(struct rn_cells *cells, const struct rn_group *group,
                                 const struct rn_shown *shown, size_t record, struct rn_err *err)
{
    const double *value = rn_records_column(&group->records, shown->name);

    if (!value || !isfinite(value[record]))
        return rn_cells_add(cells, err, "%s", "");
    return rn_cells_add(cells, err, "%.4g", shown->unit * value[record]);
}

static enum rn_status add_stages(struct rn_cells *cells, const struct rn_detail *detail,
                                 struct rn_err *err)
{
    struct rn_buf list = {0};
    enum rn_status status = RN_OK;

    for (const char *letter = "dwbg"; *letter; letter++) {
        list.len = 0;
        if (detail->has_arch)
            RN_TRY(rn_stage_list(&detail->arch, *letter, &list, err));
        RN_TRY(rn_cells_add(cells, err, "%s", list.len ? list.data : ""));
    }
done:
    rn_buf_release(&list);
    return status;
}

static enum rn_status add_command(struct rn_cells *cells, const struct rn_group *group,
                                  const struct rn_listed *listed, struct rn_err *err)
{
    char dir[2 * RN_LABEL_MAX];
    struct rn_buf command = {0};
    enum rn_status status;

    (void)snprintf(dir, sizeof dir, "runs/again/%s-%zu", group->name,
                   group->records.source[listed->record]);
    if (listed->detail.settings)
        RN_TRY(rn_settings_command(listed->detail.settings, dir, &command, err));
    status = rn_cells_add(cells, err, "%s", command.len ? command.data : "");
done:
    rn_buf_release(&command);
    return status;
}

static enum rn_status add_row(struct rn_cells *cells, const struct rn_group *group,
                              const struct columns *columns, const struct rn_listed *listed,
                              struct rn_err *err)
{
    char name[RN_LABEL_MAX];
    enum rn_status status;

    rn_group_network(group, listed->record, name);
    RN_TRY(rn_cells_add(cells, err, "%s", name));
    RN_TRY(rn_cells_add(cells, err, "%.2f%s", group->records.columns[0].value[listed->record],
                        listed->detail.diverged ? " diverged" : ""));
    for (size_t i = 0; i < columns->n; i++)
        RN_TRY(add_number(cells, group, columns->shown[i], listed->record, err));
    if (columns->archs)
        RN_TRY(add_stages(cells, &listed->detail, err));
    if (columns->commands)
        status = add_command(cells, group, listed, err);
done:
    return status;
}

enum rn_status rn_analysis_networks(const struct rn_analysis *analysis, struct rn_page *page,
                                    struct rn_err *err)
{
    struct rn_cells cells = {0};
    struct columns columns;
    enum rn_status status;

    choose_columns(analysis, &columns);
    RN_TRY(add_head(&cells, &columns, err));
    for (size_t g = 0; g < analysis->n; g++)
        for (size_t i = 0; i < analysis->groups[g].n_listed; i++)
            RN_TRY(add_row(&cells, &analysis->groups[g], &columns, &analysis->groups[g].listed[i],
                           err));
    status = rn_page_table(page, &cells, err);
done:
    rn_buf_release(&cells.text);
    return status;
}
