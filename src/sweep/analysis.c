/* An analysis: the populations read, the figures made. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "regnet/file.h"

/* A second population of one name goes by its path. */
static enum rn_status add_population(struct rn_analysis *analysis, const char *path,
                                     struct rn_err *err)
{
    struct rn_group *groups =
        rn_realloc(analysis->groups, analysis->n + 1, sizeof *analysis->groups);
    char *name = rn_records_name(path);
    enum rn_status status;

    if (groups)
        analysis->groups = groups;
    if (!groups || !name) {
        rn_free(name);
        return rn_nomem(err, sizeof *groups, "a population");
    }
    groups[analysis->n] = (struct rn_group){0};
    for (size_t i = 0; i < analysis->n; i++)
        if (strcmp(groups[i].name, name) == 0)
            (void)snprintf(name, strlen(name) + 1, "%s", "");
    status = rn_group_read(&groups[analysis->n++], path, *name ? name : path, err);
    rn_free(name);
    return status;
}

/* The populations of a study, in its order, as far as it has come. */
static enum rn_status add_study(struct rn_analysis *analysis, const char *dir, struct rn_err *err)
{
    struct rn_buf path = {0};
    size_t trained = 0;
    enum rn_status status;

    rn_study_view_free(analysis->study);
    analysis->study = NULL;
    RN_TRY(rn_study_view_new(dir, &analysis->study, err));
    for (size_t i = 0; i < analysis->study->study->n_spaces; i++) {
        const struct rn_networks *networks = &analysis->study->run.networks[i];
        if (networks->finished == 0)
            continue;
        RN_TRY(rn_path_join(&path, dir, networks->space, err));
        RN_TRY(add_population(analysis, path.data, err));
        trained += networks->finished;
    }
    if (trained == 0)
        status = rn_fail(err, RN_E_DATA, "%s: no network of this study has been trained yet", dir);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status add_path(struct rn_analysis *analysis, const char *path, struct rn_err *err)
{
    struct rn_buf file = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&file, path, "study.yaml", err));
    status = rn_path_exists(file.data) ? add_study(analysis, path, err)
                                       : add_population(analysis, path, err);
done:
    rn_buf_release(&file);
    return status;
}

static enum rn_status make_title(struct rn_analysis *analysis, const char *title,
                                 struct rn_err *err)
{
    struct rn_buf names = {0};
    enum rn_status status = RN_OK;

    if (!title && analysis->study)
        title = analysis->study->study->name;
    for (size_t i = 0; i < analysis->n && !title; i++)
        RN_TRY(rn_buf_addf(&names, err, "%s%s", i ? ", " : "", analysis->groups[i].name));
    analysis->title = title ? rn_strdup(title) : names.data;
    if (!title)
        names.data = NULL;
    if (!analysis->title)
        status = rn_nomem(err, 1, "a title");
done:
    rn_buf_release(&names);
    return status;
}

static enum rn_status make_exhibits(struct rn_analysis *analysis, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_exhibit_errors(analysis, err));
    RN_TRY(rn_exhibit_parameters(analysis, err));
    RN_TRY(rn_exhibit_trends(analysis, err));
    RN_TRY(rn_exhibit_curves(analysis, err));
    status = rn_exhibit_networks(analysis, err);
done:
    return status;
}

enum rn_status rn_analysis_new(const char *const *paths, size_t n,
                               const struct rn_analysis_options *options,
                               struct rn_analysis **analysis, struct rn_err *err)
{
    struct rn_analysis *made = rn_alloc(1, sizeof *made);
    enum rn_status status = RN_OK;

    if (!made)
        return rn_nomem(err, sizeof *made, "an analysis");
    made->where = options->where;
    made->split = options->split;
    for (size_t i = 0; i < n; i++)
        RN_TRY(add_path(made, paths[i], err));
    if (n != 1) {
        rn_study_view_free(made->study);
        made->study = NULL;
    }
    RN_TRY(make_title(made, options->title, err));
    RN_TRY(make_exhibits(made, err));
    *analysis = made;
    made = NULL;
done:
    rn_analysis_free(made);
    return status;
}

void rn_analysis_free(struct rn_analysis *analysis)
{
    if (!analysis)
        return;
    for (size_t i = 0; i < analysis->n_exhibits; i++)
        rn_figure_release(&analysis->exhibits[i].figure);
    for (size_t i = 0; i < analysis->n; i++)
        rn_group_release(&analysis->groups[i]);
    rn_study_view_free(analysis->study);
    rn_free(analysis->exhibits);
    rn_free(analysis->groups);
    rn_free(analysis->title);
    rn_free(analysis);
}

const struct rn_exhibit *rn_analysis_exhibits(const struct rn_analysis *analysis, size_t *n)
{
    *n = analysis->n_exhibits;
    return analysis->exhibits;
}

struct rn_exhibit *rn_exhibit_add(struct rn_analysis *analysis, enum rn_section section,
                                  size_t population, struct rn_err *err)
{
    struct rn_exhibit *grown =
        rn_realloc(analysis->exhibits, analysis->n_exhibits + 1, sizeof *analysis->exhibits);

    if (!grown) {
        (void)rn_nomem(err, sizeof *grown, "a figure");
        return NULL;
    }
    analysis->exhibits = grown;
    grown += analysis->n_exhibits++;
    *grown = (struct rn_exhibit){.section = section, .population = population};
    return grown;
}

void rn_exhibit_name(struct rn_exhibit *exhibit, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(exhibit->name, sizeof exhibit->name, fmt, ap);
    va_end(ap);
    for (char *c = exhibit->name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-._@", *c))
            *c = '-';
}

enum rn_status rn_analysis_text(const struct rn_analysis *analysis, struct rn_buf *out,
                                struct rn_err *err)
{
    struct rn_population *p = rn_alloc(analysis->n, sizeof *p);
    enum rn_status status;

    if (!p)
        return rn_nomem(err, analysis->n * sizeof *p, "a table");
    for (size_t i = 0; i < analysis->n; i++)
        p[i] = (struct rn_population){analysis->groups[i].name, analysis->groups[i].edf};
    RN_TRY(rn_edf_table(p, analysis->n, out, err));
    for (size_t i = 1; i < analysis->n; i++) {
        RN_TRY(rn_buf_addf(out, err, "\n"));
        RN_TRY(rn_analysis_compare(analysis, i, out, err));
        RN_TRY(rn_buf_addf(out, err, "\n"));
    }
done:
    rn_free(p);
    return status;
}
