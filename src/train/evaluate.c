/* One pass over a part; and batch statistics averaged over many batches before it. */
#include "train/run.h"

#include "regnet/clock.h"

bool rn_halt_due(const struct rn_halt *halt, double seconds)
{
    return (halt->flag && *halt->flag) || (halt->at > 0 && rn_clock() + seconds >= halt->at);
}

enum rn_status rn_evaluate(struct rn_net *net, const struct rn_loader_options *options,
                           const struct rn_halt *halt, struct rn_peers *peers,
                           struct rn_meter *meter, struct rn_err *err)
{
    size_t room = (size_t)options->batch, size = 0;
    int classes = options->dataset->n_classes;
    struct rn_batch batch = {.labels = rn_alloc(room, sizeof *batch.labels)};
    float *logits = rn_alloc_aligned(room * (size_t)classes, sizeof *logits);
    struct rn_loader *loader = NULL;
    struct rn_meter sum = {0};
    int turn = 0;
    enum rn_status status;

    RN_TRY(rn_loader_new(options, &loader, err));
    size = room * rn_loader_image_size(loader);
    batch.images = rn_alloc_aligned(size, sizeof *batch.images);
    if (!batch.images || !logits || !batch.labels) {
        status = rn_nomem(err, size * sizeof *batch.images, "a batch of images");
        goto done;
    }
    for (int n;;) {
        RN_TRY(rn_loader_next(loader, &batch, &n, err));
        if (n == 0)
            break;
        if (rn_halt_due(halt, 0)) {
            status = RN_E_STOPPED;
            goto done;
        }
        if (turn++ % rn_peers_size(peers) != rn_peers_rank(peers))
            continue;
        rn_net_infer(net, batch.images, n, logits);
        rn_meter_errors(&sum, logits, batch.labels, n, classes);
        rn_meter_loss(&sum, logits, batch.labels, n, classes);
    }
    rn_meter_share(&sum, peers);
    *meter = sum;
done:
    rn_loader_free(loader);
    rn_free(batch.images);
    rn_free(batch.labels);
    rn_free(logits);
    return status;
}

enum rn_status rn_precise_stats(struct rn_net *net, struct rn_loader *loader, int epoch,
                                int batches, const struct rn_batch *batch,
                                const struct rn_halt *halt, struct rn_peers *peers,
                                struct rn_err *err)
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
    for (int images; made < batches; made++) {
        size_t own, size = rn_loader_image_size(loader);
        RN_TRY(rn_loader_next(loader, batch, &images, err));
        if (images == 0) /* whole batches were bad */
            break;
        own = (size_t)(images / rn_peers_size(peers));
        rn_net_batch_stats(net, batch->images + own * (size_t)rn_peers_rank(peers) * size,
                           (int)own);
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
