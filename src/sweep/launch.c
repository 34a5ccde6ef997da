/* Slurm arrays whose tasks are workers of a sweep. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pycls_sweep.h"
#include "regnet/file.h"
#include "slurm.h"
#include "sweep_view.h"

#define FALLBACK_MINUTES 4200 /* pycls' */
#define FALLBACK_PARALLEL 128
#define TRIES 8                         /* of sbatch, waiting 1, 2, 4, ... seconds */
#define SUBMIT_LIMIT "job submit limit" /* in what sbatch says */

/* What is asked, or else what the sweep file's LAUNCH says. */
static enum rn_status complete(const struct rn_sweep_launch *asked, struct rn_pycls_sweep *pycls,
                               struct rn_sweep_launch *full, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    *full = *asked;
    RN_TRY(rn_path_join(&path, asked->dir, RN_PYCLS_SWEEP_FILE, err));
    if (rn_path_exists(path.data))
        RN_TRY(rn_pycls_sweep_read(path.data, pycls, err));
    if (!full->minutes)
        full->minutes = pycls->minutes ? pycls->minutes : FALLBACK_MINUTES;
    if (!full->parallel)
        full->parallel = pycls->parallel ? pycls->parallel : FALLBACK_PARALLEL;
    if (!full->gpus)
        full->gpus = pycls->gpus;
    if (!full->cpus)
        full->cpus = pycls->cpus_per_gpu * (full->gpus ? full->gpus : 1);
    if (!full->memory_gb)
        full->memory_gb = pycls->gb_per_gpu * (full->gpus ? full->gpus : 1);
    if (!full->partition && *pycls->partition)
        full->partition = pycls->partition;
    if (!full->constraint && *pycls->gpu_type)
        full->constraint = pycls->gpu_type;
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status add_line(struct rn_buf *out, const char *option, const char *value,
                               struct rn_err *err)
{
    if (!value)
        return RN_OK;
    if (strchr(value, '\n'))
        return rn_fail(err, RN_E_CONFIG, "--%s: one line was expected", option);
    return rn_buf_addf(out, err, "#SBATCH --%s=%s\n", option, value);
}

static enum rn_status add_options(const struct rn_sweep_launch *l, const char *name,
                                  const char *comment, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err,
                       "#SBATCH --job-name=%s\n#SBATCH --output=%s/slurm/%%A_%%a.out\n"
                       "#SBATCH --open-mode=append\n#SBATCH --requeue\n#SBATCH --nodes=1\n"
                       "#SBATCH --ntasks=1\n#SBATCH --time=%lld\n#SBATCH --cpus-per-task=%lld\n",
                       name, l->dir, l->minutes, l->cpus ? l->cpus : 1));
    if (l->gpus)
        RN_TRY(rn_buf_addf(out, err, "#SBATCH --gpus-per-task=%lld\n", l->gpus));
    if (l->memory_gb)
        RN_TRY(rn_buf_addf(out, err, "#SBATCH --mem=%lldG\n", l->memory_gb));
    RN_TRY(add_line(out, "partition", l->partition, err));
    RN_TRY(add_line(out, "account", l->account, err));
    RN_TRY(add_line(out, "qos", l->qos, err));
    RN_TRY(add_line(out, "constraint", l->constraint, err));
    RN_TRY(add_line(out, "comment", *comment ? comment : NULL, err));
    if (l->extra)
        status = rn_buf_addf(out, err, "#SBATCH %.*s\n", (int)strcspn(l->extra, "\n"), l->extra);
done:
    return status;
}

/* The worker ends some time before the limit. A task that was stopped then goes on later; of one
   that was stopped earlier, by a signal, Slurm knows whether it was preempted or cancelled. */
static enum rn_status add_body(const struct rn_sweep_launch *l, struct rn_buf *out,
                               struct rn_err *err)
{
    long long margin = l->minutes / 10 < 1 ? 1 : l->minutes / 10 > 5 ? 5 : l->minutes / 10;

    return rn_buf_addf(out, err,
                       "minutes=%lld\n"
                       "'%s' sweep run '%s' --jobs 1 --networks 1 --time $minutes &\n"
                       "worker=$!\n"
                       "trap 'kill -TERM $worker' TERM\n"
                       "status=128\n"
                       "while kill -0 $worker 2>/dev/null; do wait $worker; status=$?; done\n"
                       "if [ $status = 75 ] && [ $SECONDS -ge $((60 * minutes)) ]; then\n"
                       "    scontrol requeue \"$SLURM_JOB_ID\"\n"
                       "fi\n"
                       "exit $status\n",
                       l->minutes - margin, l->program, l->dir);
}

static enum rn_status make_script(const struct rn_sweep_launch *l, const char *name,
                                  const char *comment, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    if (strpbrk(l->dir, "'\n") || strpbrk(l->program, "'\n"))
        RN_TRY(rn_fail(err, RN_E_CONFIG, "%s: a path without quotes was expected", l->dir));
    RN_TRY(rn_buf_addf(out, err, "#!/bin/bash\n"));
    RN_TRY(add_options(l, name, comment, out, err));
    status = add_body(l, out, err);
done:
    return status;
}

/* A controller may be busy, which passes; *refused: so many tasks are against a rule of the site.
 */
static enum rn_status submit(const char *const argv[], struct rn_buf *out, bool *refused,
                             struct rn_err *err)
{
    struct timespec wait = {.tv_sec = 1};
    int ended;

    for (int i = 0;; i++, wait.tv_sec *= 2) {
        size_t before = out->len;
        enum rn_status status = rn_slurm_run(argv, out, &ended, err);
        *refused = status == RN_E_FAILED && out->data && strstr(out->data + before, SUBMIT_LIMIT);
        if (status != RN_OK)
            out->len = before;
        if (status == RN_OK || *refused || ended == 127 || i + 1 == TRIES)
            return status;
        (void)nanosleep(&wait, NULL);
    }
}

/* What is still to be submitted. The site's limit is met by halves: it counts what others of the
   account have submitted, too, and nothing but sbatch knows it. */
struct rest {
    size_t tasks, room; /* that wait; and no more than so many of them are taken */
    size_t next;        /* of the next array */
    size_t parallel;    /* that may run at once */
};

static enum rn_status submit_array(const struct rn_sweep_launch *l, const char *script,
                                   struct rest *rest, struct rn_buf *out, struct rn_err *err)
{
    size_t n = rest->next, parallel = rest->parallel * n / rest->room;
    char range[64];
    const char *const argv[] = {"sbatch", range, script, NULL};
    bool refused = false;
    enum rn_status status;

    (void)snprintf(range, sizeof range, "--array=0-%zu%%%zu", n - 1, parallel ? parallel : 1);
    status = l->dry_run ? rn_buf_addf(out, err, "sbatch %s %s\n", range, script)
                        : submit(argv, out, &refused, err);
    rest->room -= n;
    if (refused) {
        rest->room = n - 1;
        rest->next = n / 2;
        return RN_OK;
    }
    rest->tasks -= n;
    rest->parallel -= parallel;
    return status;
}

/* One array after another, none larger than the site takes; together no more than `parallel` run.
 */
static enum rn_status submit_all(const struct rn_sweep_launch *l, const char *script, size_t tasks,
                                 struct rn_buf *out, struct rn_err *err)
{
    size_t max = (size_t)rn_slurm_max_array();
    struct rest rest = {tasks, tasks, max, (size_t)l->parallel};
    struct rn_err why = {0};
    enum rn_status status = RN_OK;

    while (rest.room > 0 && status == RN_OK) {
        rest.next = rest.next < rest.room ? rest.next : rest.room;
        status = submit_array(l, script, &rest, out, &why);
    }
    if (status != RN_OK || rest.tasks == tasks)
        return rn_fail(err, why.status, "%s", why.msg);
    if (rest.tasks > 0)
        return rn_fail(err, RN_E_STOPPED,
                       "%zu of %zu tasks submitted, as many as the site takes now; when some have "
                       "ended, the same command submits the rest",
                       tasks - rest.tasks, tasks);
    return RN_OK;
}

static size_t count_open(const struct rn_jobs *jobs)
{
    size_t n = 0;

    for (size_t i = 0; i < jobs->n; i++)
        n += rn_job_is_open(jobs, i);
    return n;
}

static enum rn_status launch(const struct rn_sweep_launch *l, const struct rn_sweep_view *view,
                             const char *comment, struct rn_buf *out, struct rn_err *err)
{
    struct rn_buf path = {0}, script = {0};
    size_t tasks = count_open(&view->jobs);
    enum rn_status status;

    if (tasks == 0) {
        status = rn_buf_addf(out, err, "no network waits\n");
        goto done;
    }
    RN_TRY(make_script(l, view->sweep->name, comment, &script, err));
    RN_TRY(rn_buf_addf(&path, err, "%s/slurm", l->dir));
    if (l->dry_run)
        RN_TRY(rn_buf_add(out, script.data, script.len, err));
    else
        RN_TRY(rn_dir_make(path.data, err));
    RN_TRY(rn_buf_addf(&path, err, "/job.sh"));
    if (!l->dry_run)
        RN_TRY(rn_file_write(path.data, script.data, script.len, err));
    status = submit_all(l, path.data, tasks, out, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&script);
    return status;
}

enum rn_status rn_sweep_launch(const struct rn_sweep_launch *asked, struct rn_buf *out,
                               struct rn_err *err)
{
    struct rn_sweep_launch full;
    struct rn_pycls_sweep *pycls = rn_alloc(1, sizeof *pycls);
    struct rn_sweep_view view = {0};
    char *real = realpath(asked->dir, NULL);
    enum rn_status status;

    if (!pycls) {
        status = rn_nomem(err, sizeof *pycls, "a sweep");
        goto done;
    }
    RN_TRY(rn_sweep_view_init(&view, asked->dir, err));
    RN_TRY(complete(asked, pycls, &full, err));
    full.dir = real ? real : asked->dir;
    status = launch(&full, &view, pycls->comment, out, err);
done:
    rn_sweep_view_release(&view);
    rn_free(pycls);
    free(real);
    return status;
}
