/* The networks of one space: drawn anew, which takes no time, and their runs' results beside them.
 */
#include "population.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "regnet/data.h"
#include "regnet/file.h"

#define FAILURE_MAX 65536

enum rn_status rn_run_path(const char *dir, const char *space, size_t i, struct rn_buf *path,
                           struct rn_err *err)
{
    path->len = 0;
    return rn_buf_addf(path, err, "%s/%s/runs/%06zu", dir, space, i);
}

enum rn_status rn_run_fail(const char *run_dir, const char *reason, struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, run_dir, "failure.txt", err));
    if (!reason) {
        if (unlink(path.data) != 0 && errno != ENOENT)
            status = rn_fail(err, RN_E_IO, "%s: could not remove this file: %s", path.data,
                             strerror(errno));
        goto done;
    }
    RN_TRY(rn_dir_make(run_dir, err));
    RN_TRY(rn_buf_addf(&text, err, "%s\n", reason));
    status = rn_file_write(path.data, text.data, text.len, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

static enum rn_status read_failure(const char *run_dir, char **failure, struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    enum rn_status status;

    rn_free(*failure);
    *failure = NULL;
    RN_TRY(rn_path_join(&path, run_dir, "failure.txt", err));
    if (!rn_path_exists(path.data))
        goto done;
    RN_TRY(rn_file_read(path.data, FAILURE_MAX, &text, err));
    text.data[strcspn(text.data, "\n")] = 0;
    *failure = rn_strdup(text.data);
    if (!*failure)
        status = rn_nomem(err, text.len, "a message");
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

static bool same_network(const struct rn_complexity *a, const struct rn_complexity *b)
{
    return a->flops == b->flops && a->params == b->params && a->acts == b->acts;
}

static void tally(struct rn_networks *networks)
{
    networks->finished = networks->diverged = networks->failed = 0;
    for (size_t i = 0; i < networks->n; i++) {
        const struct rn_run *run = &networks->runs[i];
        networks->finished += run->record.finished;
        networks->diverged +=
            run->record.finished && run->record.result.outcome == RN_OUTCOME_DIVERGED;
        networks->failed += !run->record.finished && run->failure;
    }
}

static enum rn_status read_run(struct rn_run *run, const char *path, struct rn_err *err)
{
    struct rn_record *record = &run->record;
    enum rn_status status;

    RN_TRY(rn_result_read(path, &record->result, &record->finished, err));
    if (!record->finished)
        return read_failure(path, &run->failure, err);
    if (!same_network(&record->result.cx, &run->sample.cx))
        status = rn_fail(err, RN_E_CONFIG,
                         "%s holds another network (%lld multiply-adds) than the space draws "
                         "(%lld): the space's file has changed; choose another directory, or begin "
                         "anew with --fresh",
                         path, (long long)record->result.cx.flops, (long long)run->sample.cx.flops);
done:
    return status;
}

enum rn_status rn_networks_update(struct rn_networks *networks, const char *dir, size_t i,
                                  struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_run_path(dir, networks->space, i, &path, err));
    RN_TRY(read_run(&networks->runs[i], path.data, err));
    tally(networks);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status draw(const struct rn_study *study, size_t space, size_t i,
                           struct rn_sample *sample, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_space_draw(study->spaces[space], study->seed, i, sample, err));
    sample->arch.num_classes = rn_study_classes(&study->config);
    sample->cx = rn_arch_complexity(&sample->arch);
done:
    return status;
}

enum rn_status rn_networks_read(const struct rn_study *study, size_t space, const char *dir, int n,
                                struct rn_networks *networks, struct rn_err *err)
{
    struct rn_networks made = {.space = rn_space_name(study->spaces[space])};
    struct rn_buf path = {0};
    enum rn_status status = RN_OK;

    made.runs = rn_alloc((size_t)n, sizeof *made.runs);
    if (!made.runs)
        return rn_nomem(err, (size_t)n * sizeof *made.runs, "a population");
    made.n = (size_t)n;
    for (size_t i = 0; i < made.n; i++) {
        RN_TRY(draw(study, space, i, &made.runs[i].sample, err));
        RN_TRY(rn_run_path(dir, made.space, i, &path, err));
        RN_TRY(read_run(&made.runs[i], path.data, err));
    }
    tally(&made);
    *networks = made;
    made = (struct rn_networks){0};
done:
    rn_buf_release(&path);
    rn_networks_release(&made);
    return status;
}

void rn_networks_release(struct rn_networks *networks)
{
    for (size_t i = 0; i < networks->n; i++)
        rn_free(networks->runs[i].failure);
    rn_free(networks->runs);
    *networks = (struct rn_networks){0};
}

double rn_counted_error(const struct rn_result *result, int classes)
{
    if (result->outcome == RN_OUTCOME_DIVERGED)
        return 100.0 * (1.0 - 1.0 / classes);
    return result->top1_err;
}

enum rn_status rn_networks_edf(const struct rn_networks *networks, int classes,
                               struct rn_population *population, struct rn_err *err)
{
    double *errors = rn_alloc(networks->n, sizeof *errors);
    struct rn_edf edf;
    enum rn_status status;
    size_t n = 0;

    if (!errors)
        return rn_nomem(err, networks->n * sizeof *errors, "a distribution");
    for (size_t i = 0; i < networks->n; i++)
        if (networks->runs[i].record.finished)
            errors[n++] = rn_counted_error(&networks->runs[i].record.result, classes);
    if (n == 0) {
        status = rn_fail(err, RN_E_FAILED, "%s: no network of this space has been trained yet",
                         networks->space);
        goto done;
    }
    RN_TRY(rn_edf_make(errors, n, &edf, err));
    *population = (struct rn_population){.name = networks->space, .edf = edf};
done:
    rn_free(errors);
    return status;
}
