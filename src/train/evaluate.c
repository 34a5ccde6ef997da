/* One pass over a part; and batch statistics averaged over many batches before it. */
#include "train/run.h"

#include "regnet/clock.h"

bool rn_halt_due(const struct rn_halt *halt, double seconds)
{
    return (halt->flag && *halt->flag) || (halt->at > 0 && rn_clock() + seconds >= halt->at);
}

/* Of a part's batches those of this process, which may be none. */
static enum rn_status own_batches(const struct rn_part *part, size_t batch,
                                  const struct rn_peers *peers, struct rn_part *own,
                                  struct rn_err *err)
{
    size_t n = (size_t)rn_peers_size(peers), rank = (size_t)rn_peers_rank(peers);

    own->index = rn_alloc(part->n, sizeof *own->index);
    if (!own->index)
        return rn_nomem(err, part->n * sizeof *own->index, "a part of a data set");
    for (size_t i = 0; i < part->n; i++)
        if (i / batch % n == rank)
            own->index[own->n++] = part->index[i];
    return RN_OK;
}

/* What each process has left out is within what all of them may. */
static enum rn_status check_left_out(const struct rn_loader_options *options,
                                     const struct rn_meter *meter, struct rn_err *err)
{
    double n = (double)options->part->n, bad = n - meter->images;

    if (bad <= options->skip_bad * n)
        return RN_OK;
    return rn_fail(err, RN_E_DATA, "%s: %g of %g images are bad, and %g %% may be",
                   options->dataset->name, bad, n, 100 * options->skip_bad);
}

enum rn_status rn_evaluate(struct rn_net *net, const struct rn_loader_options *options,
                           const struct rn_halt *halt, struct rn_peers *peers,
                           struct rn_meter *meter, struct rn_err *err)
{
    struct rn_loader_options loading = *options;
    struct rn_part own = {0};
    size_t room = (size_t)options->batch, size = 0;
    int classes = options->dataset->n_classes;
    struct rn_batch batch = {.labels = rn_alloc(room, sizeof *batch.labels)};
    float *logits = rn_alloc_aligned(room * (size_t)classes, sizeof *logits);
    struct rn_loader *loader = NULL;
    struct rn_meter sum = {0};
    enum rn_status status;

    RN_TRY(own_batches(options->part, room, peers, &own, err));
    loading.part = &own;
    loading.skip_bad *= own.n > 0 ? (double)options->part->n / (double)own.n : 0;
    RN_TRY(rn_loader_new(&loading, &loader, err));
    size = room * rn_loader_image_size(loader);
    batch.images = rn_alloc_aligned(size, sizeof *batch.images);
    if (!batch.images || !logits || !batch.labels) {
        status = rn_nomem(err, size * sizeof *batch.images, "a batch of images");
        goto done;
    }
    for (int n;;) {
        RN_TRY(rn_loader_next(loader, &batch, &n, err));
        if (n < 0)
            break;
        if (n == 0)
            continue;
        if (rn_halt_due(halt, 0)) {
            status = RN_E_STOPPED;
            goto done;
        }
        rn_net_infer(net, batch.images, n, logits);
        rn_meter_errors(&sum, logits, batch.labels, n, classes);
        rn_meter_loss(&sum, logits, batch.labels, n, classes);
    }
    rn_meter_share(&sum, peers);
    RN_TRY(check_left_out(options, &sum, err));
    *meter = sum;
done:
    rn_loader_free(loader);
    rn_part_release(&own);
    rn_free(batch.images);
    rn_free(batch.labels);
    rn_free(logits);
    return status;
}

enum rn_status rn_precise_stats(struct rn_net *net, struct rn_loader *loader, int epoch,
                                int batches, const struct rn_batch *batch,
                                const struct rn_halt *halt, struct rn_err *err)
{
    struct rn_net_params params = rn_net_params(net);
    float *running = params.value + params.n_trained;
    size_t n = params.n_values - params.n_trained;
    double *sum = rn_alloc(n, sizeof *sum);
    int made = 0;
    enum rn_status status = RN_OK;

    if (!sum)
        return rn_nomem(err, n * sizeof *sum, "batch statistics");
    rn_loader_start(loader, epoch, 0);
    for (int b = 0, images; b < batches; b++) {
        RN_TRY(rn_loader_next(loader, batch, &images, err));
        if (images <= 0) /* all were bad, or the epoch is over */
            continue;
        made++;
        rn_net_batch_stats(net, batch->images, images);
        for (size_t i = 0; i < n; i++)
            sum[i] += running[i];
        if (rn_halt_due(halt, 0)) {
            status = RN_E_STOPPED;
            goto done;
        }
    }
    for (size_t i = 0; i < n && made > 0; i++)
        running[i] = (float)(sum[i] / made);
    rn_net_params_changed(net);
done:
    rn_free(sum);
    return status;
}
