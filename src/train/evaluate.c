/* One pass over a part; and batch statistics averaged over many batches before it. */
#include "train/run.h"

#include "regnet/clock.h"

bool rn_halt_due(const struct rn_halt *halt, double seconds)
{
    return (halt->flag && *halt->flag) || (halt->at > 0 && rn_clock() + seconds >= halt->at);
}

enum rn_status rn_evaluate(struct rn_net *net, const struct rn_dataset *ds,
                           const struct rn_part *part, int batch, const struct rn_halt *halt,
                           struct rn_peers *peers, struct rn_meter *meter, struct rn_err *err)
{
    const struct rn_loader_options options = {.dataset = ds, .part = part, .batch = batch};
    size_t size = (size_t)(ds->h * ds->w) * 3, room = (size_t)batch;
    float *images = rn_alloc_aligned(room * size, sizeof *images);
    float *logits = rn_alloc_aligned(room * (size_t)ds->n_classes, sizeof *logits);
    int32_t *labels = rn_alloc(room, sizeof *labels);
    struct rn_loader *loader = NULL;
    struct rn_meter sum = {0};
    int turn = 0;
    enum rn_status status;

    if (!images || !logits || !labels) {
        status = rn_nomem(err, room * size * sizeof *images, "a batch of images");
        goto done;
    }
    RN_TRY(rn_loader_new(&options, &loader, err));
    for (int n; (n = rn_loader_next(loader, images, labels)) > 0;) {
        if (rn_halt_due(halt, 0)) {
            status = RN_E_STOPPED;
            goto done;
        }
        if (turn++ % rn_peers_size(peers) != rn_peers_rank(peers))
            continue;
        rn_net_infer(net, images, n, logits);
        rn_meter_errors(&sum, logits, labels, n, ds->n_classes);
        rn_meter_loss(&sum, logits, labels, n, ds->n_classes);
    }
    rn_meter_share(&sum, peers);
    *meter = sum;
done:
    rn_loader_free(loader);
    rn_free(images);
    rn_free(logits);
    rn_free(labels);
    return status;
}

enum rn_status rn_precise_stats(struct rn_net *net, struct rn_loader *loader, int epoch,
                                int batches, const struct rn_halt *halt, struct rn_peers *peers,
                                float *images, size_t image_size, int32_t *labels,
                                struct rn_err *err)
{
    struct rn_net_params params = rn_net_params(net);
    float *running = params.value + params.n_trained;
    size_t n = params.n_values - params.n_trained;
    double *sum = rn_alloc(n, sizeof *sum);
    bool stopped = false;

    if (!sum)
        return rn_nomem(err, n * sizeof *sum, "batch statistics");
    rn_loader_start(loader, epoch, 0);
    for (int b = 0; b < batches && !stopped; b++) {
        int own = rn_loader_next(loader, images, labels) / rn_peers_size(peers);
        rn_net_batch_stats(net, images + (size_t)(own * rn_peers_rank(peers)) * image_size, own);
        for (size_t i = 0; i < n; i++)
            sum[i] += running[i];
        stopped = rn_halt_due(halt, 0);
    }
    for (size_t i = 0; i < n; i++)
        running[i] = (float)(sum[i] / batches);
    rn_net_params_changed(net);
    rn_free(sum);
    return stopped ? RN_E_STOPPED : RN_OK;
}
