/* A training's life: made, begun or gone on with, evaluated after its epochs, and finished. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "regnet/clock.h"
#include "regnet/file.h"
#include "train/training.h"

static enum rn_status make_buffers(struct rn_training *t, struct rn_err *err)
{
    size_t batch = (size_t)(t->cfg.train.batch_size / rn_peers_size(t->peers));
    size_t classes = (size_t)t->task.train->n_classes, image = rn_loader_image_size(t->loader);

    t->batch.images = rn_alloc_aligned(batch * image, sizeof *t->batch.images);
    t->batch.targets = rn_alloc_aligned(batch * classes, sizeof *t->batch.targets);
    t->batch.labels = rn_alloc(batch, sizeof *t->batch.labels);
    t->logits = rn_alloc_aligned(batch * classes, sizeof *t->logits);
    if (!t->batch.images || !t->batch.targets || !t->batch.labels || !t->logits)
        return rn_nomem(err, batch * image * sizeof *t->batch.images, "a batch of images");
    if (t->cfg.optim.accumulate == 1)
        return RN_OK;
    t->gradient = rn_alloc_aligned(t->params.n_trained, sizeof *t->gradient);
    if (!t->gradient)
        return rn_nomem(err, t->params.n_trained * sizeof *t->gradient, "a sum of gradients");
    return RN_OK;
}

/* Only the network that is trained drops anything; what is kept of it is the plain one. */
static void set_drops(const struct rn_config *cfg, struct rn_arch *arch)
{
    bool effnet = strcmp(cfg->model.type, "effnet") == 0;

    arch->drop_connect = effnet ? cfg->en.dc_ratio : cfg->model.dc_ratio;
    arch->dropout = effnet ? cfg->en.dropout_ratio : cfg->model.dropout_ratio;
}

/* A part of the images that skips nothing would be ignored in silence. */
static enum rn_status check_drops(const struct rn_graph *graph, struct rn_err *err)
{
    if (graph->arch.drop_connect <= 0)
        return RN_OK;
    for (int i = 0; i < graph->n_nodes; i++)
        if (graph->nodes[i].op == RN_OP_DROP && graph->nodes[i].u.drop.images)
            return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "DC_RATIO is %g, but this network has no residual block that images could skip; "
                   "set it to 0",
                   graph->arch.drop_connect);
}

/* Everything but the directory: data, network, optimizer, loader. */
static enum rn_status make(struct rn_training *t, struct rn_err *err)
{
    const struct rn_config *cfg = &t->cfg;
    struct rn_loader_options loading;
    struct rn_arch arch;
    enum rn_status status;

    if (cfg->train.batch_size % rn_peers_size(t->peers) != 0)
        return rn_fail(err, RN_E_CONFIG,
                       "TRAIN.BATCH_SIZE: %d images cannot be shared out equally to %d processes",
                       cfg->train.batch_size, rn_peers_size(t->peers));
    RN_TRY(rn_check_training(cfg, err));
    RN_TRY(rn_arch_from_config(cfg, &arch, err));
    set_drops(cfg, &arch);
    RN_TRY(rn_graph_build(&arch, &t->graph, err));
    RN_TRY(check_drops(t->graph, err));
    RN_TRY(rn_optimizer_init(&t->opt, cfg, t->graph, err));
    RN_TRY(rn_task_init(&t->task, cfg, true, t->options->train_data, t->options->test_data, err));
    RN_TRY(rn_check_data(cfg, &arch, t->task.train, err));
    RN_TRY(rn_check_data(cfg, &arch, t->task.test, err));
    RN_TRY(rn_check_classes(t->task.train->name, t->task.train->classes, t->task.train->n_classes,
                            t->task.test, t->task.test->name, err));
    RN_TRY(rn_net_new(
        t->graph,
        &(struct rn_net_options){.batch = cfg->train.batch_size / rn_peers_size(t->peers),
                                 .threads = cfg->num_threads,
                                 .train = true,
                                 .bf16 = cfg->train.mixed_precision,
                                 .seed = (uint64_t)cfg->rng_seed,
                                 .parts = rn_training_parts(t),
                                 .bn_eps = cfg->bn.eps,
                                 .bn_momentum = cfg->bn.mom},
        &t->net, err));
    t->params = rn_net_params(t->net);
    RN_TRY(rn_train_loading(cfg, &t->task, &loading, err));
    loading.parts = rn_training_batch_parts(t);
    loading.on_skip = rn_peers_rank(t->peers) == 0 ? t->options->on_skip : NULL;
    loading.arg = t->options->arg;
    RN_TRY(rn_loader_new(&loading, &t->loader, err));
    t->steps = rn_loader_batches(t->loader) / cfg->optim.accumulate;
    if (t->steps == 0)
        RN_TRY(rn_fail(err, RN_E_CONFIG,
                       "OPTIM.ACCUMULATE is %d; an epoch has only %d batches of %d images",
                       cfg->optim.accumulate, rn_loader_batches(t->loader), cfg->train.batch_size));
    t->data = rn_task_identity(&t->task, t->steps);
    RN_TRY(make_buffers(t, err));
done:
    return status;
}

static void release(struct rn_training *t)
{
    rn_log_close(&t->log);
    if (t->lock >= 0)
        (void)close(t->lock);
    rn_loader_free(t->loader);
    rn_net_free(t->net);
    rn_optimizer_release(&t->opt);
    rn_graph_free(t->graph);
    rn_task_release(&t->task);
    rn_free(t->batch.images);
    rn_free(t->batch.targets);
    rn_free(t->batch.labels);
    rn_free(t->logits);
    rn_free(t->gradient);
}

/* Keeps so many bytes of it. */
static enum rn_status open_log(struct rn_training *t, int64_t keep, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_log_open(&t->log, t->options->dir, keep, err));
    if (strcmp(t->cfg.log_dest, "file") == 0)
        status = rn_log_pycls(&t->log, t->options->dir, &t->cfg, err);
done:
    return status;
}

/* From given weights, or from the seed. */
static enum rn_status first_values(struct rn_training *t, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    rn_graph_init(t->graph, t->cfg.bn.zero_init_final_gamma, (uint64_t)t->cfg.rng_seed,
                  t->params.value);
    if (*t->cfg.train.weights)
        RN_TRY(rn_weights_load(t->cfg.train.weights, t->graph, t->options->new_head,
                               t->params.value, err));
    rn_average_begin(&t->opt, t->params.value);
done:
    return status;
}

static bool is_fresh(const struct rn_training *t)
{
    return t->options->fresh || !t->cfg.train.auto_resume;
}

/* From the newest checkpoint, or anew; the directory changes once the values are there. */
static enum rn_status begin(struct rn_training *t, bool resume, struct rn_err *err)
{
    const char *dir = t->options->dir;
    enum rn_status status;

    t->state.min_top1 = t->state.min_top5 = t->state.best_top1 = 100;
    t->state.min_ema_top1 = t->state.min_ema_top5 = 100;
    if (resume) {
        RN_TRY(rn_checkpoint_load(dir, &t->data, &t->state, &t->opt, t->params.value, err));
    } else {
        RN_TRY(first_values(t, err));
        RN_TRY(rn_rundir_begin(dir, &t->cfg, is_fresh(t), err));
    }
    RN_TRY(open_log(t, t->state.log_bytes, err));
    if (!resume)
        RN_TRY(rn_log_complexity(&t->log, rn_graph_complexity(t->graph), err));
    if (t->options->tensorboard)
        RN_TRY(rn_log_events(&t->log, dir, t->steps,
                             (int64_t)t->state.epoch * t->steps + t->state.step + 1, err));
done:
    return status;
}

/* The first process looks into the directory; what it finds, or begins with, all of them have. */
static enum rn_status open_run(struct rn_training *t, bool *over, struct rn_result *result,
                               struct rn_err *err)
{
    bool first = rn_peers_rank(t->peers) == 0, resume = false;
    enum rn_status status = RN_OK;

    if (first) {
        RN_TRY(rn_rundir_lock(t->options->dir, &t->lock, err));
        RN_TRY(rn_rundir_look(t->options->dir, &t->cfg, is_fresh(t), &resume, over, err));
        if (*over) {
            RN_TRY(rn_result_read(t->options->dir, result, over, err));
            RN_TRY(open_log(t, INT64_MAX, err));
        } else
            RN_TRY(rn_forecast_disk(t, resume, err));
    }
    rn_peers_share(t->peers, over, sizeof *over);
    rn_peers_share(t->peers, result, sizeof *result);
    if (*over)
        goto done;
    RN_TRY(rn_forecast_pace(t, err));
    if (first)
        RN_TRY(begin(t, resume, err));
    rn_training_share(t);
    rn_forecast_tell(t);
done:
    return status;
}

static bool is_paused(const struct rn_training *t)
{
    int after = t->options->pause_after;

    return after > 0 && after < t->cfg.optim.max_epoch;
}

int rn_training_last_epoch(const struct rn_training *t)
{
    return is_paused(t) ? t->options->pause_after : t->cfg.optim.max_epoch;
}

static enum rn_status epochs(struct rn_training *t, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    while (t->state.epoch < rn_training_last_epoch(t)) {
        RN_TRY(rn_training_epoch(t, err));
        t->diverged = t->diverged || !rn_training_is_finite(t);
        if (t->diverged)
            break;
        RN_TRY(rn_training_end_epoch(t, err));
        RN_TRY(rn_training_save_epoch(t, err));
    }
done:
    return status;
}

static struct rn_result result_of(const struct rn_training *t)
{
    const struct rn_state *s = &t->state;
    double steps = (double)s->epoch * t->steps + s->step;
    int images = t->cfg.train.batch_size * t->cfg.optim.accumulate; /* a step's */
    struct rn_result result = {
        .outcome = t->diverged    ? RN_OUTCOME_DIVERGED
                   : is_paused(t) ? RN_OUTCOME_PAUSED
                                  : RN_OUTCOME_DONE,
        .epochs = s->epoch,
        .top1_err = t->diverged ? 100 : s->test.top1_err,
        .top5_err = t->diverged ? 100 : s->test.top5_err,
        .loss = t->diverged ? NAN : s->train.loss,
        .seconds = s->seconds,
        .images_per_s = s->seconds > 0 ? steps * images / s->seconds : 0,
        .cx = rn_graph_complexity(t->graph),
    };

    return result;
}

/* The network's, or else the directory's. */
static const char *run_name(const struct rn_training *t)
{
    const char *slash = strrchr(t->options->dir, '/');

    if (*t->graph->arch.name)
        return t->graph->arch.name;
    return slash && slash[1] ? slash + 1 : t->options->dir;
}

/* The model, then the result, which says that the run is over. */
static enum rn_status finish(const struct rn_training *t, struct rn_result *result,
                             struct rn_err *err)
{
    struct rn_result made = result_of(t);
    struct rn_buf path = {0};
    enum rn_status status = RN_OK;

    if (rn_peers_rank(t->peers) > 0)
        goto done;
    if (t->options->save_model && made.outcome == RN_OUTCOME_DONE) {
        RN_TRY(rn_path_join(&path, t->options->dir, "model.safetensors", err));
        RN_TRY(rn_weights_save(path.data, t->graph,
                               t->opt.average ? t->opt.average : t->params.value, &t->cfg,
                               t->task.train, err));
    }
    RN_TRY(rn_result_write(t->options->dir, run_name(t), &made, err));
done:
    if (status == RN_OK)
        *result = made;
    rn_buf_release(&path);
    return status;
}

enum rn_status rn_train(const struct rn_config *cfg, const struct rn_train_options *options,
                        struct rn_result *result, struct rn_err *err)
{
    struct rn_training *t = rn_alloc(1, sizeof *t);
    struct rn_result found = {0};
    bool over = false;
    enum rn_status status;

    if (!t)
        return rn_nomem(err, sizeof *t, "a training");
    t->cfg = *cfg;
    t->options = options;
    t->peers = options->peers;
    t->log.file.fd = t->log.tagged.fd = t->log.events.file.fd = t->lock = -1;
    t->halt.flag = options->stop;
    t->halt.at = options->time_limit > 0 ? rn_clock() + options->time_limit : 0;
    RN_TRY(make(t, err)); /* what cannot be trained leaves no directory behind */
    RN_TRY(open_run(t, &over, &found, err));
    if (over) {
        *result = found;
        goto done;
    }
    t->started = t->saved = rn_clock();
    t->began_with = rn_training_share_done(t);
    RN_TRY(epochs(t, err));
    RN_TRY(finish(t, result, err));
done:
    release(t);
    rn_free(t);
    return status;
}
