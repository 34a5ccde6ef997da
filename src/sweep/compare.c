/* A comparison's directory: one of its own for each network, with what was trained and measured. */
#include "compare.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "dir_lock.h"
#include "regnet/file.h"
#include "study_run.h"
#include "sweep_file.h"
#include "value_diff.h"

enum rn_status rn_compare_config(const struct rn_comparison *c, const struct rn_compared *row,
                                 int i, struct rn_config *cfg, struct rn_err *err)
{
    *cfg = c->config;
    cfg->rng_seed += i;
    return rn_arch_to_config(&row->arch, cfg, err);
}

const char *rn_comparison_name(const struct rn_comparison *c)
{
    return c->name;
}

const struct rn_compared *rn_comparison_rows(const struct rn_comparison *c, size_t *n)
{
    *n = c->n;
    return c->rows;
}

/* The network and its training, so that the directory is read as a population's (records.h). */
static enum rn_status dump(const struct rn_compared *row, const struct rn_config *cfg,
                           struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "name: \"%s\"\nnetwork: \"%s\"\n", row->name, row->arch.name));
    status = rn_dump_config(out, "config", cfg, err);
done:
    return status;
}

static enum rn_status parse_dump(const struct rn_compared *row, const struct rn_config *cfg,
                                 struct rn_doc **doc, struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(dump(row, cfg, &text, err));
    status = rn_doc_parse_yaml(text.data, text.len, "sweep.yaml", doc, err);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status refuse(void *arg, const char *path, const char *there, const char *asked,
                             struct rn_err *err)
{
    if (strcmp(path, "config.DATA_LOADER.DIR") == 0)
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "%s holds another network or training: %s is %s there and %s here; choose "
                   "another directory (--out)",
                   (const char *)arg, path, there, asked);
}

/* Both configurations are written out in full and compared: a new key's default is no difference.
 */
static enum rn_status check_same(const struct rn_compared *row, const struct rn_config *cfg,
                                 const char *path, struct rn_err *err)
{
    struct rn_doc *file = NULL, *there = NULL, *asked = NULL;
    struct rn_config old;
    enum rn_status status;

    rn_config_default(&old);
    RN_TRY(rn_doc_read(path, &file, err));
    RN_TRY(rn_config_merge(&old, rn_value_get(rn_doc_root(file), "config"), err));
    RN_TRY(parse_dump(row, &old, &there, err));
    RN_TRY(parse_dump(row, cfg, &asked, err));
    status = rn_value_diff(rn_doc_root(there), rn_doc_root(asked), refuse, (void *)path, err);
done:
    rn_doc_free(file);
    rn_doc_free(there);
    rn_doc_free(asked);
    return status;
}

/* Makes a network's directory, or finds the one that is there to be the same network's. */
static enum rn_status take_up(const struct rn_comparison *c, const struct rn_compared *row,
                              const char *dir, struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    struct rn_config cfg;
    enum rn_status status;

    RN_TRY(rn_compare_config(c, row, 0, &cfg, err));
    RN_TRY(rn_buf_addf(&path, err, "%s/%s", dir, row->name));
    RN_TRY(rn_dir_make(path.data, err));
    RN_TRY(rn_buf_addf(&path, err, "/sweep.yaml"));
    if (rn_path_exists(path.data))
        RN_TRY(check_same(row, &cfg, path.data, err));
    RN_TRY(dump(row, &cfg, &text, err));
    status = rn_file_write(path.data, text.data, text.len, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

static bool same_network(const struct rn_complexity *a, const struct rn_complexity *b)
{
    return a->flops == b->flops && a->params == b->params && a->acts == b->acts;
}

/* Mean and standard deviation of the seeds so far, in place of what is quoted. */
static void set_error(struct rn_compared *row, const double *errors, int n)
{
    double sum = 0, squares = 0;

    row->trained = n;
    if (n == 0)
        return;
    for (int i = 0; i < n; i++)
        sum += errors[i];
    for (int i = 0; i < n; i++)
        squares += (errors[i] - sum / n) * (errors[i] - sum / n);
    row->quoted = false;
    row->error = sum / n;
    row->std = n > 1 ? sqrt(squares / (n - 1)) : NAN;
}

static enum rn_status read_row(const struct rn_comparison *c, struct rn_compared *row,
                               const char *dir, double *errors, struct rn_err *err)
{
    struct rn_buf path = {0};
    struct rn_result result;
    bool found;
    int n = 0;
    enum rn_status status = RN_OK;

    row->diverged = row->failed = 0;
    for (int i = 0; i < c->seeds; i++) {
        RN_TRY(rn_run_path(dir, row->name, (size_t)i, &path, err));
        RN_TRY(rn_result_read(path.data, &result, &found, err));
        if (found && !same_network(&result.cx, &row->cx))
            RN_TRY(rn_fail(err, RN_E_CONFIG,
                           "%s holds another network than %s: choose another "
                           "directory (--out)",
                           path.data, row->arch.name));
        if (found) {
            errors[n++] = rn_counted_error(&result, row->arch.num_classes);
            row->diverged += result.outcome == RN_OUTCOME_DIVERGED;
            continue;
        }
        RN_TRY(rn_buf_addf(&path, err, "/failure.txt"));
        row->failed += rn_path_exists(path.data);
    }
    set_error(row, errors, n);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status read_rows(struct rn_comparison *c, const char *dir, struct rn_err *err)
{
    double *errors = rn_alloc((size_t)c->seeds, sizeof *errors);
    enum rn_status status = RN_OK;

    if (!errors)
        return rn_nomem(err, (size_t)c->seeds * sizeof *errors, "a comparison");
    for (size_t i = 0; i < c->n && status == RN_OK; i++)
        status = read_row(c, &c->rows[i], dir, errors, err);
    rn_free(errors);
    return status;
}

static enum rn_status work_in(struct rn_comparison *c, const struct rn_compare_options *options,
                              struct rn_err *err)
{
    int lock = -1;
    enum rn_status status;

    RN_TRY(rn_lock_alone(options->dir, "comparison", &lock, err));
    for (size_t i = 0; i < c->n; i++)
        RN_TRY(take_up(c, &c->rows[i], options->dir, err));
    if (options->train)
        RN_TRY(rn_compare_train(c, options, err));
    status = rn_compare_time(c, options, err);
done:
    if (lock >= 0)
        close(lock);
    return status;
}

static enum rn_status stopped(const struct rn_comparison *c, struct rn_err *err)
{
    int trained = 0;

    for (size_t i = 0; i < c->n; i++)
        trained += c->rows[i].trained;
    return rn_fail(err, RN_E_STOPPED, "stopped with %d of %zu trainings; the same call goes on",
                   trained, c->n * (size_t)c->seeds);
}

enum rn_status rn_comparison_run(struct rn_comparison *c, const struct rn_compare_options *options,
                                 struct rn_err *err)
{
    enum rn_status status, worked;

    if (options->train || options->time)
        worked = work_in(c, options, err);
    else
        worked = rn_compare_time(c, options, err);
    if (worked != RN_OK && worked != RN_E_STOPPED)
        return worked;
    RN_TRY(read_rows(c, options->dir, err));
    if (worked == RN_E_STOPPED)
        status = stopped(c, err);
done:
    return status;
}
