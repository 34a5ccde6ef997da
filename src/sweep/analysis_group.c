/* One population of an analysis: its records, its distribution, and its networks one by one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "settings.h"

#define MOST_LISTED 2000 /* with more, a page would be no page */
#define MOST_DRAWN 2000

/* Rows by ascending error. */
struct ranked {
    double error;
    size_t record;
};

static int by_error(const void *a, const void *b)
{
    const struct ranked *p = a, *q = b;

    if (p->error != q->error)
        return p->error < q->error ? -1 : 1;
    return p->record < q->record ? -1 : p->record > q->record;
}

static struct ranked *rank(const struct rn_records *records)
{
    struct ranked *ranked = rn_alloc(records->n, sizeof *ranked);

    for (size_t i = 0; ranked && i < records->n; i++)
        ranked[i] = (struct ranked){records->columns[0].value[i], i};
    if (ranked)
        qsort(ranked, records->n, sizeof *ranked, by_error);
    return ranked;
}

void rn_group_network(const struct rn_group *group, size_t record, char name[RN_LABEL_MAX])
{
    (void)snprintf(name, RN_LABEL_MAX, "%.100s %zu", group->name, group->records.source[record]);
}

/* Every k-th by error, so that the drawn ones are spread as all are; the best is among them. */
static enum rn_status choose_drawn(struct rn_group *group, const struct ranked *ranked,
                                   struct rn_err *err)
{
    size_t n = group->records.n, step = (n - 1) / MOST_DRAWN + 1;
    char name[RN_LABEL_MAX], text[RN_LABEL_MAX + 32];

    group->drawn = rn_alloc(n / step + 1, sizeof *group->drawn);
    group->names = rn_alloc(n / step + 1, sizeof *group->names);
    if (!group->drawn || !group->names)
        return rn_nomem(err, n / step * sizeof *group->names, "names");
    for (size_t i = 0; i < n; i += step) {
        rn_group_network(group, ranked[i].record, name);
        (void)snprintf(text, sizeof text, "%s, error %.2f %%", name, ranked[i].error);
        group->drawn[group->n_drawn] = ranked[i].record;
        group->names[group->n_drawn] = rn_strdup(text);
        if (!group->names[group->n_drawn++])
            return rn_nomem(err, strlen(text), "names");
    }
    return RN_OK;
}

/* The best, and at the end the worst. */
static enum rn_status choose_listed(struct rn_group *group, const struct ranked *ranked,
                                    struct rn_err *err)
{
    size_t n = group->records.n, most = n < MOST_LISTED ? n : MOST_LISTED;

    group->listed = rn_alloc(most, sizeof *group->listed);
    if (!group->listed)
        return rn_nomem(err, most * sizeof *group->listed, "networks");
    group->n_listed = most;
    for (size_t i = 0; i < most; i++) {
        size_t rank = most - i <= RN_EXTREMES ? n - (most - i) : i;
        group->listed[i].record = ranked[rank].record;
    }
    return RN_OK;
}

static int by_record(const void *a, const void *b)
{
    const struct rn_listed *p = *(const struct rn_listed *const *)a;
    const struct rn_listed *q = *(const struct rn_listed *const *)b;

    return p->record < q->record ? -1 : p->record > q->record;
}

/* A source is read once, in its own order. */
static enum rn_status read_details(struct rn_group *group, struct rn_err *err)
{
    size_t n = group->n_listed;
    struct rn_listed **order = rn_alloc(n, sizeof *order);
    struct rn_detail *details = rn_alloc(n, sizeof *details);
    size_t *source = rn_alloc(n, sizeof *source);
    enum rn_status status;

    if (!order || !details || !source) {
        status = rn_nomem(err, n * sizeof *details, "networks");
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = &group->listed[i];
    qsort(order, n, sizeof(struct rn_listed *), by_record);
    for (size_t i = 0; i < n; i++)
        source[i] = group->records.source[order[i]->record];
    status = rn_details_read(group->path, source, n, details, err);
    for (size_t i = 0; i < n; i++)
        order[i]->detail = details[i];
done:
    rn_free(order);
    rn_free(details);
    rn_free(source);
    return status;
}

static enum rn_status find_common(struct rn_group *group, struct rn_err *err)
{
    const char **settings = rn_alloc(group->n_listed, sizeof *settings);
    size_t n = 0;
    enum rn_status status;

    if (!settings)
        return rn_nomem(err, group->n_listed * sizeof *settings, "settings");
    for (size_t i = 0; i < group->n_listed; i++)
        if (group->listed[i].detail.settings)
            settings[n++] = group->listed[i].detail.settings;
    status = rn_settings_common(settings, n, &group->settings, err);
    rn_free(settings);
    return status;
}

int rn_count_blocks(const struct rn_arch *arch)
{
    int blocks = 0;

    for (int i = 0; i < arch->n_stages; i++)
        blocks += arch->stages[i].depth;
    return blocks;
}

/* The depth of the whole network, a parameter of the paper's that no AnyNet is drawn by. */
static enum rn_status add_depth(struct rn_group *group, struct rn_err *err)
{
    struct rn_records *records = &group->records;
    struct rn_column *columns, *made;
    bool varies = false;

    if (group->n_listed < records->n || rn_records_column(records, "d"))
        return RN_OK;
    for (size_t i = 0; i < group->n_listed; i++) {
        const struct rn_detail *detail = &group->listed[i].detail;
        if (!detail->has_arch)
            return RN_OK;
        varies = varies ||
                 rn_count_blocks(&detail->arch) != rn_count_blocks(&group->listed[0].detail.arch);
    }
    if (!varies)
        return RN_OK;
    columns = rn_realloc(records->columns, records->n_columns + 1, sizeof *columns);
    if (!columns)
        return rn_nomem(err, sizeof *columns, "depths");
    records->columns = columns;
    made = &columns[records->n_columns++];
    *made = (struct rn_column){rn_strdup("d"), rn_alloc(records->n, sizeof(double))};
    if (!made->name || !made->value)
        return rn_nomem(err, records->n * sizeof(double), "depths");
    for (size_t i = 0; i < group->n_listed; i++)
        made->value[group->listed[i].record] = rn_count_blocks(&group->listed[i].detail.arch);
    return RN_OK;
}

enum rn_status rn_group_read(struct rn_group *group, const char *path, const char *name,
                             struct rn_err *err)
{
    struct ranked *ranked = NULL;
    const double *errors;
    size_t n;
    enum rn_status status;

    group->path = rn_strdup(path);
    group->name = rn_strdup(name);
    if (!group->path || !group->name)
        RN_TRY(rn_nomem(err, strlen(path), "a name"));
    RN_TRY(rn_records_read(path, &group->records, err));
    errors = group->records.columns[0].value, n = group->records.n;
    RN_TRY(rn_edf_make(errors, n, &group->edf, err));
    RN_TRY(rn_winners_make(errors, n, rn_winners_draws(n), &group->winners, err));
    ranked = rank(&group->records);
    if (!ranked)
        RN_TRY(rn_nomem(err, n * sizeof *ranked, "networks"));
    RN_TRY(choose_drawn(group, ranked, err));
    RN_TRY(choose_listed(group, ranked, err));
    RN_TRY(read_details(group, err));
    RN_TRY(find_common(group, err));
    RN_TRY(add_depth(group, err));
    RN_TRY(rn_group_show(group, err));
    status = rn_details_origin(path, &group->origin, err);
done:
    rn_free(ranked);
    return status;
}

void rn_group_release(struct rn_group *group)
{
    for (size_t i = 0; i < group->n_listed; i++)
        rn_detail_release(&group->listed[i].detail);
    for (size_t i = 0; i < group->n_drawn; i++)
        rn_free((char *)group->names[i]);
    rn_free(group->listed);
    rn_free(group->drawn);
    rn_free(group->names);
    rn_free(group->shown);
    rn_buf_release(&group->origin);
    rn_buf_release(&group->settings);
    rn_winners_release(&group->winners);
    rn_edf_release(&group->edf);
    rn_records_release(&group->records);
    rn_free(group->path);
    rn_free(group->name);
}

size_t rn_group_extremes(const struct rn_group *group)
{
    return group->n_listed < 2 * RN_EXTREMES ? group->n_listed : 2 * RN_EXTREMES;
}

const struct rn_listed *rn_group_extreme(const struct rn_group *group, size_t i)
{
    size_t n = rn_group_extremes(group), best = (n + 1) / 2;

    return &group->listed[i < best ? i : group->n_listed - n + i];
}
