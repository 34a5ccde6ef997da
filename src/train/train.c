/* The training loop: epochs of steps, evaluation, checkpoints, and the result at the end. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "regnet/file.h"
#include "train/run.h"

/* A training in progress. */
struct training {
    struct rn_config cfg;
    const struct rn_train_options *options;
    struct rn_graph *graph;
    struct rn_net *net;
    struct rn_net_params params;
    struct rn_optimizer opt;
    struct rn_task task;
    struct rn_loader *loader;
    struct rn_log log;
    struct rn_state state;
    float *images, *targets, *logits; /* of a batch */
    int32_t *labels;
    int steps; /* an epoch's */
    bool diverged;
    double started, began_with; /* clock at the first step of this call; share of steps done then */
};

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static enum rn_status make_buffers(struct training *t, struct rn_err *err)
{
    size_t batch = (size_t)t->cfg.train.batch_size, classes = (size_t)t->task.train->n_classes;
    size_t image = (size_t)(t->task.train->h * t->task.train->w) * 3;

    t->images = rn_alloc_aligned(batch * image, sizeof *t->images);
    t->targets = rn_alloc_aligned(batch * classes, sizeof *t->targets);
    t->logits = rn_alloc_aligned(batch * classes, sizeof *t->logits);
    t->labels = rn_alloc(batch, sizeof *t->labels);
    if (!t->images || !t->targets || !t->logits || !t->labels)
        return rn_nomem(err, batch * image * sizeof *t->images, "a batch of images");
    return RN_OK;
}

/* Everything but the directory: data, network, optimizer, loader. */
static enum rn_status make(struct training *t, struct rn_err *err)
{
    const struct rn_config *cfg = &t->cfg;
    struct rn_arch arch;
    enum rn_status status;

    RN_TRY(rn_check_training(cfg, err));
    RN_TRY(rn_arch_from_config(cfg, &arch, err));
    RN_TRY(rn_graph_build(&arch, &t->graph, err));
    RN_TRY(rn_optimizer_init(&t->opt, cfg, t->graph, err));
    RN_TRY(rn_task_init(&t->task, cfg, true, t->options->train_data, t->options->test_data, err));
    RN_TRY(rn_check_data(&arch, t->task.train, err));
    RN_TRY(rn_check_data(&arch, t->task.test, err));
    RN_TRY(rn_net_new(t->graph,
                      &(struct rn_net_options){.batch = cfg->train.batch_size,
                                               .threads = cfg->num_threads,
                                               .train = true,
                                               .bn_eps = cfg->bn.eps,
                                               .bn_momentum = cfg->bn.mom},
                      &t->net, err));
    t->params = rn_net_params(t->net);
    RN_TRY(rn_loader_new(
        &(struct rn_loader_options){.dataset = t->task.train,
                                    .part = &t->task.train_part,
                                    .batch = cfg->train.batch_size,
                                    .seed = (uint64_t)cfg->rng_seed,
                                    .shuffle = cfg->data_loader.shuffle,
                                    .drop_last = true,
                                    .augment = strcmp(cfg->train.augment, "none") != 0},
        &t->loader, err));
    t->steps = rn_loader_batches(t->loader);
    RN_TRY(make_buffers(t, err));
done:
    return status;
}

static void release(struct training *t)
{
    rn_log_close(&t->log);
    rn_loader_free(t->loader);
    rn_net_free(t->net);
    rn_optimizer_release(&t->opt);
    rn_graph_free(t->graph);
    rn_task_release(&t->task);
    rn_free(t->images);
    rn_free(t->targets);
    rn_free(t->logits);
    rn_free(t->labels);
}

/* From the newest checkpoint, or from given weights, or from the seed. */
static enum rn_status begin(struct training *t, bool resume, struct rn_err *err)
{
    bool found = false;
    enum rn_status status = RN_OK;

    t->state.min_top1 = t->state.min_top5 = 100;
    if (resume)
        RN_TRY(
            rn_checkpoint_load(t->options->dir, &t->state, &t->opt, t->params.value, &found, err));
    if (!found) {
        rn_graph_init(t->graph, t->cfg.bn.zero_init_final_gamma, (uint64_t)t->cfg.rng_seed,
                      t->params.value);
        if (*t->cfg.train.weights)
            RN_TRY(rn_weights_load(t->cfg.train.weights, t->graph, t->params.value, err));
    }
    RN_TRY(rn_log_open(&t->log, t->options->dir, t->state.log_bytes, err));
    if (!found)
        RN_TRY(rn_log_complexity(&t->log, rn_graph_complexity(t->graph), err));
done:
    return status;
}

/* One-hot rows, smoothed. */
static void make_targets(const struct training *t, int n)
{
    int classes = t->task.train->n_classes;
    double smoothing = t->cfg.train.label_smoothing;
    float off = (float)(smoothing / classes), on = (float)(1 - smoothing + smoothing / classes);

    for (int i = 0; i < n; i++)
        for (int k = 0; k < classes; k++)
            t->targets[i * classes + k] = t->labels[i] == k ? on : off;
}

static double learning_rate(const struct training *t)
{
    return rn_learning_rate(&t->cfg, t->state.epoch + (double)t->state.step / t->steps);
}

static double share_done(const struct training *t)
{
    return (t->state.epoch + (double)t->state.step / t->steps) / t->cfg.optim.max_epoch;
}

/* By the pace of this call, evaluations included. */
static double seconds_left(const struct training *t)
{
    double done = share_done(t), gained = done - t->began_with;

    return gained > 0 ? (now() - t->started) / gained * (1 - done) : 0;
}

static void tell(const struct training *t, double loss, double lr)
{
    struct rn_progress progress = {
        .epoch = t->state.epoch,
        .epochs = t->cfg.optim.max_epoch,
        .step = t->state.step,
        .steps = t->steps,
        .loss = loss,
        .lr = lr,
        .seconds_left = seconds_left(t),
    };

    if (t->options->on_progress)
        t->options->on_progress(t->options->arg, &progress);
}

/* The line of an iteration: means since the last one, so with LOG_PERIOD 1 its own numbers. */
static enum rn_status log_step(struct training *t, double lr, double step_seconds,
                               struct rn_err *err)
{
    struct rn_log_entry entry = {
        .type = "train_iter",
        .epoch = t->state.epoch + 1,
        .epoch_max = t->cfg.optim.max_epoch,
        .iter = t->state.step,
        .iter_max = t->steps,
        .score = rn_meter_score(&t->state.window),
        .lr = lr,
        .min_top1 = -1,
        .min_top5 = -1,
        .time_avg = step_seconds,
        .time_epoch = -1,
        .eta = seconds_left(t),
    };

    if (t->state.step % t->cfg.log_period != 0 && !t->diverged)
        return RN_OK;
    t->state.window = (struct rn_meter){0};
    return rn_log_write(&t->log, &entry, err);
}

/* Forward, backward, update, and what is told about it. A loss that is not finite updates nothing.
 */
static enum rn_status step(struct training *t, int n, struct rn_err *err)
{
    double start = now(), lr = learning_rate(t), loss, seconds;
    struct rn_meter meter = {0};
    enum rn_status status;

    make_targets(t, n);
    loss = rn_net_step(t->net, t->images, t->targets, n, t->logits);
    t->diverged = !isfinite(loss);
    if (!t->diverged)
        rn_optimizer_step(&t->opt, t->params.value, t->params.grad, lr);
    seconds = now() - start;
    t->state.seconds += seconds;
    t->state.step++;
    meter.loss = loss * n;
    rn_meter_errors(&meter, t->logits, t->labels, n, t->task.train->n_classes);
    rn_meter_merge(&t->state.sum, &meter);
    rn_meter_merge(&t->state.window, &meter);
    RN_TRY(log_step(t, lr, seconds, err));
    tell(t, loss, lr);
done:
    return status;
}

static enum rn_status save(const struct training *t, struct rn_err *err)
{
    struct rn_state state = t->state;

    if (!t->options->save_checkpoints)
        return RN_OK;
    state.log_bytes = t->log.bytes;
    return rn_checkpoint_save(t->options->dir, &state, &t->opt, t->params.value, err);
}

static enum rn_status stopped(const struct training *t, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(save(t, err));
    status = rn_fail(err, RN_E_STOPPED, "stopped in epoch %d after step %d of %d; the same call %s",
                     t->state.epoch + 1, t->state.step, t->steps,
                     t->options->save_checkpoints ? "goes on from here" : "begins anew");
done:
    return status;
}

static enum rn_status train_epoch(struct training *t, struct rn_err *err)
{
    const volatile sig_atomic_t *stop = t->options->stop;
    enum rn_status status = RN_OK;

    rn_loader_start(t->loader, t->state.epoch, t->state.step);
    for (int n; !t->diverged;) {
        double start = now();
        if (stop && *stop)
            return stopped(t, err);
        n = rn_loader_next(t->loader, t->images, t->labels);
        if (n == 0)
            break;
        t->state.seconds += now() - start;
        RN_TRY(step(t, n, err));
    }
done:
    return status;
}

static enum rn_status log_epoch(struct training *t, struct rn_err *err)
{
    t->state.train = rn_meter_score(&t->state.sum);
    return rn_log_write(&t->log,
                        &(struct rn_log_entry){.type = "train_epoch",
                                               .epoch = t->state.epoch + 1,
                                               .epoch_max = t->cfg.optim.max_epoch,
                                               .score = t->state.train,
                                               .lr = rn_learning_rate(&t->cfg, t->state.epoch),
                                               .min_top1 = -1,
                                               .min_top5 = -1,
                                               .time_avg = -1,
                                               .time_epoch = -1,
                                               .eta = seconds_left(t)},
                        err);
}

/* pycls' count of batches, but at least one. */
static int precise_batches(const struct training *t)
{
    int wanted = t->cfg.bn.num_samples_precise / t->cfg.train.batch_size;

    wanted = wanted < 1 ? 1 : wanted;
    return wanted < t->steps ? wanted : t->steps;
}

static enum rn_status evaluate(struct training *t, struct rn_err *err)
{
    struct rn_state *s = &t->state;
    struct rn_meter meter;
    int batch = t->cfg.train.batch_size; /* what the net has room for; errors do not depend on it */
    double start = now();
    enum rn_status status = RN_OK;

    if (t->cfg.bn.use_precise_stats)
        RN_TRY(rn_precise_stats(t->net, t->loader, s->epoch, precise_batches(t), t->images,
                                t->labels, err));
    RN_TRY(rn_evaluate(t->net, t->task.test, &t->task.test_part, batch, &meter, err));
    s->test = rn_meter_score(&meter);
    s->min_top1 = fmin(s->min_top1, s->test.top1_err);
    s->min_top5 = fmin(s->min_top5, s->test.top5_err);
    RN_TRY(rn_log_write(&t->log,
                        &(struct rn_log_entry){.type = "test_epoch",
                                               .epoch = s->epoch + 1,
                                               .epoch_max = t->cfg.optim.max_epoch,
                                               .score = s->test,
                                               .lr = -1,
                                               .min_top1 = s->min_top1,
                                               .min_top5 = s->min_top5,
                                               .time_avg = -1,
                                               .time_epoch = now() - start,
                                               .eta = -1},
                        err));
done:
    return status;
}

static enum rn_status epochs(struct training *t, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    while (t->state.epoch < t->cfg.optim.max_epoch) {
        bool last = t->state.epoch + 1 == t->cfg.optim.max_epoch;
        RN_TRY(train_epoch(t, err));
        if (t->diverged)
            break;
        RN_TRY(log_epoch(t, err));
        if (last || t->options->save_checkpoints)
            RN_TRY(evaluate(t, err));
        t->state.epoch++;
        t->state.step = 0;
        t->state.sum = t->state.window = (struct rn_meter){0};
        RN_TRY(save(t, err));
    }
done:
    return status;
}

static struct rn_result result_of(const struct training *t)
{
    const struct rn_state *s = &t->state;
    double steps = (double)s->epoch * t->steps + s->step;
    struct rn_result result = {
        .outcome = t->diverged ? RN_OUTCOME_DIVERGED : RN_OUTCOME_DONE,
        .epochs = s->epoch,
        .top1_err = t->diverged ? 100 : s->test.top1_err,
        .top5_err = t->diverged ? 100 : s->test.top5_err,
        .loss = t->diverged ? NAN : s->train.loss,
        .seconds = s->seconds,
        .images_per_s = s->seconds > 0 ? steps * t->cfg.train.batch_size / s->seconds : 0,
        .cx = rn_graph_complexity(t->graph),
    };

    return result;
}

/* The network's, or else the directory's. */
static const char *run_name(const struct training *t)
{
    const char *slash = strrchr(t->options->dir, '/');

    if (*t->graph->arch.name)
        return t->graph->arch.name;
    return slash && slash[1] ? slash + 1 : t->options->dir;
}

/* The model, then the result, which says that the run is over. */
static enum rn_status finish(const struct training *t, struct rn_result *result, struct rn_err *err)
{
    struct rn_result made = result_of(t);
    struct rn_buf path = {0};
    enum rn_status status = RN_OK;

    if (t->options->save_model && !t->diverged) {
        RN_TRY(rn_path_join(&path, t->options->dir, "model.safetensors", err));
        RN_TRY(rn_weights_save(path.data, t->graph, t->params.value, &t->cfg, t->task.train, err));
    }
    RN_TRY(rn_result_write(t->options->dir, run_name(t), &made, err));
    *result = made;
done:
    rn_buf_release(&path);
    return status;
}

enum rn_status rn_train(const struct rn_config *cfg, const struct rn_train_options *options,
                        struct rn_result *result, struct rn_err *err)
{
    struct training *t = rn_alloc(1, sizeof *t);
    bool fresh = options->fresh || !cfg->train.auto_resume, resume, over;
    enum rn_status status;

    if (!t)
        return rn_nomem(err, sizeof *t, "a training");
    t->cfg = *cfg;
    t->options = options;
    t->log.fd = -1;
    RN_TRY(make(t, err)); /* what cannot be trained leaves no directory behind */
    RN_TRY(rn_rundir_open(options->dir, cfg, fresh, &resume, &over, err));
    if (over) {
        RN_TRY(rn_result_read(options->dir, result, &over, err));
        goto done;
    }
    RN_TRY(begin(t, resume, err));
    t->started = now();
    t->began_with = share_done(t);
    RN_TRY(epochs(t, err));
    RN_TRY(finish(t, result, err));
done:
    release(t);
    rn_free(t);
    return status;
}
