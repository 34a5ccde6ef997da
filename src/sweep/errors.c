/* The errors of a population, wherever it was trained: a sweep's directory of ours, pycls'
   sweep.json, or a plain list. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "population.h"
#include "regnet/file.h"

struct list {
    double *error;
    size_t n, cap;
};

static enum rn_status add(struct list *list, double error, struct rn_err *err)
{
    if (list->n == list->cap) {
        size_t cap = 2 * list->cap + 64;
        double *grown = rn_realloc(list->error, cap, sizeof *grown);
        if (!grown)
            return rn_nomem(err, cap * sizeof *grown, "errors");
        list->error = grown;
        list->cap = cap;
    }
    list->error[list->n++] = error;
    return RN_OK;
}

static enum rn_status percent(const struct rn_value *value, double *error, struct rn_err *err)
{
    enum rn_status status = rn_value_double(value, error, err);

    if (status == RN_OK && !(*error >= 0 && *error <= 100))
        return rn_value_fail(value, err, "an error is a percentage, from 0 to 100, not %s",
                             value->text);
    return status;
}

/* The least of a list: pycls writes the minimum so far, epoch by epoch. */
static enum rn_status least(const struct rn_value *list, double *error, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    double one;

    if (list->kind != RN_VALUE_LIST || list->n == 0)
        return rn_value_fail(list, err, "min_top1_err is a list of numbers, one an epoch");
    *error = INFINITY;
    for (size_t i = 0; i < list->n; i++) {
        RN_TRY(percent(&list->items[i], &one, err));
        *error = fmin(*error, one);
    }
done:
    return status;
}

static bool has(const struct rn_value *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++)
        if (rn_value_get(&list->items[i], key))
            return true;
    return false;
}

/* Jobs of pycls: those without the record have not finished an epoch and are left out. */
static enum rn_status read_jobs(const struct rn_value *jobs, const char *key, struct list *list,
                                struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < jobs->n; i++) {
        const struct rn_value *epochs =
            rn_value_get(rn_value_get(&jobs->items[i], key), "min_top1_err");
        double error = 0;
        if (!epochs)
            continue;
        RN_TRY(least(epochs, &error, err));
        RN_TRY(add(list, error, err));
    }
done:
    return status;
}

/* Numbers, or objects with an "error". */
static enum rn_status read_numbers(const struct rn_value *root, struct list *list,
                                   struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < root->n; i++) {
        const struct rn_value *item = &root->items[i];
        double error;
        if (item->kind == RN_VALUE_MAP) {
            item = rn_value_get(item, "error");
            if (!item)
                return rn_value_fail(&root->items[i], err,
                                     "entry %zu has neither \"error\" nor pycls' \"test_epoch\"",
                                     i);
        }
        RN_TRY(percent(item, &error, err));
        RN_TRY(add(list, error, err));
    }
done:
    return status;
}

static enum rn_status read_list(const char *path, const struct rn_value *root, struct list *list,
                                struct rn_err *err)
{
    if (!root || root->kind != RN_VALUE_LIST)
        return rn_fail(err, RN_E_DATA, "%s: a list of errors, or of pycls' jobs, was expected",
                       path);
    if (has(root, "test_ema_epoch"))
        return read_jobs(root, "test_ema_epoch", list, err);
    if (has(root, "test_epoch"))
        return read_jobs(root, "test_epoch", list, err);
    return read_numbers(root, list, err);
}

/* The reader takes every file for a configuration; this one is data. */
static enum rn_status read_file(const char *path, struct list *list, struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_read(path, &doc, err));
    status = read_list(path, rn_doc_root(doc), list, err);
done:
    rn_doc_free(doc);
    if (status == RN_E_CONFIG)
        status = RN_E_DATA;
    if (err && status != RN_OK)
        err->status = status;
    return status;
}

/* A sweep says in sweep.yaml how many classes its data set has: what a diverged network counts. */
static enum rn_status sweep_classes(const char *dir, int *classes, struct rn_err *err)
{
    struct rn_buf path = {0};
    struct rn_doc *doc = NULL;
    struct rn_config cfg;
    enum rn_status status;

    rn_config_default(&cfg);
    RN_TRY(rn_path_join(&path, dir, "sweep.yaml", err));
    if (!rn_path_exists(path.data))
        RN_TRY(rn_fail(err, RN_E_IO,
                       "%s: no sweep.yaml here; a population's directory is expected (those of a "
                       "study lie in it)",
                       dir));
    RN_TRY(rn_doc_read(path.data, &doc, err));
    RN_TRY(rn_config_merge(&cfg, rn_value_get(rn_doc_root(doc), "config"), err));
    *classes = rn_study_classes(&cfg);
done:
    rn_doc_free(doc);
    rn_buf_release(&path);
    return status;
}

static enum rn_status read_run(const char *runs, const char *name, int classes, struct list *list,
                               struct rn_err *err)
{
    struct rn_buf path = {0};
    struct rn_result result;
    bool found = false;
    enum rn_status status;

    RN_TRY(rn_path_join(&path, runs, name, err));
    RN_TRY(rn_result_read(path.data, &result, &found, err));
    if (found)
        status = add(list, rn_counted_error(&result, classes), err);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status read_sweep(const char *dir, struct list *list, struct rn_err *err)
{
    struct rn_buf runs = {0};
    struct dirent *entry;
    DIR *listing = NULL;
    int classes = 0;
    enum rn_status status;

    RN_TRY(sweep_classes(dir, &classes, err));
    RN_TRY(rn_path_join(&runs, dir, "runs", err));
    listing = opendir(runs.data);
    if (!listing) {
        status = rn_fail(err, RN_E_IO, "%s: could not list this directory: %s", runs.data,
                         strerror(errno));
        goto done;
    }
    while ((entry = readdir(listing)))
        if (entry->d_name[0] != '.')
            RN_TRY(read_run(runs.data, entry->d_name, classes, list, err));
done:
    if (listing)
        closedir(listing);
    rn_buf_release(&runs);
    return status;
}

static bool is_directory(const char *path)
{
    DIR *listing = opendir(path);

    if (listing)
        closedir(listing);
    return listing != NULL;
}

enum rn_status rn_errors_read(const char *path, double **errors, size_t *n, struct rn_err *err)
{
    struct list list = {0};
    enum rn_status status =
        is_directory(path) ? read_sweep(path, &list, err) : read_file(path, &list, err);

    if (status == RN_OK && list.n == 0)
        status = rn_fail(err, RN_E_DATA, "%s: no finished network in it", path);
    if (status != RN_OK) {
        rn_free(list.error);
        return status;
    }
    *errors = list.error;
    *n = list.n;
    return RN_OK;
}
