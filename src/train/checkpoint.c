/* A checkpoint: values, the optimizer's arrays, and in the metadata where the run stands. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/hash.h"
#include "regnet/safetensors.h"
#include "train/run.h"

/* What a state is in text: a key for each of its numbers, which survive exactly. */
struct slot {
    const char *key;
    double *at;
};
#define N_SLOTS 22
#define N_WHOLE 5

/* Integers pass through `whole`: epoch, step, log_bytes, updates made, best_epoch. */
static void slots_of(struct rn_state *s, double whole[N_WHOLE], struct slot slot[N_SLOTS])
{
    const struct slot all[N_SLOTS] = {
        {"epoch", &whole[0]},
        {"step", &whole[1]},
        {"log_bytes", &whole[2]},
        {"updates", &whole[3]},
        {"best_epoch", &whole[4]},
        {"seconds", &s->seconds},
        {"min_top1_err", &s->min_top1},
        {"min_top5_err", &s->min_top5},
        {"best_top1_err", &s->best_top1},
        {"min_ema_top1_err", &s->min_ema_top1},
        {"min_ema_top5_err", &s->min_ema_top5},
        {"train_loss", &s->train.loss},
        {"test_top1_err", &s->test.top1_err},
        {"test_top5_err", &s->test.top5_err},
        {"sum_loss", &s->sum.loss},
        {"sum_top1", &s->sum.top1},
        {"sum_top5", &s->sum.top5},
        {"sum_images", &s->sum.images},
        {"window_loss", &s->window.loss},
        {"window_top1", &s->window.top1},
        {"window_top5", &s->window.top5},
        {"window_images", &s->window.images},
    };

    memcpy(slot, all, sizeof all);
}

/* In words, since it is compared and told. */
struct data_text {
    char text[128];
};

static struct data_text text_of(const struct rn_data_identity *data)
{
    struct data_text out;

    (void)snprintf(
        out.text, sizeof out.text,
        "%zu images to train on, %zu to test on, %d steps an epoch, identity %016" PRIx64,
        data->n_train, data->n_test, data->steps, data->hash);
    return out;
}

/* Of the metadata and of what is in the tensors, in the order in which they are kept. */
struct checksum {
    uint64_t hash;
    char text[20];
};

static void sum_texts(struct checksum *sum, const struct rn_metadata *metadata, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum->hash = rn_hash_add(sum->hash, metadata[i].value, strlen(metadata[i].value));
}

static const char *sum_text(struct checksum *sum)
{
    (void)snprintf(sum->text, sizeof sum->text, "%016" PRIx64, sum->hash);
    return sum->text;
}

/* The network's own values, as the first of the arrays that are kept. */
static struct rn_flat own(const float *values)
{
    return (struct rn_flat){"", (float *)(uintptr_t)values, false}; /* a save only reads them */
}

static size_t bytes_of(const struct rn_tensor *tensor)
{
    size_t bytes = sizeof *tensor->data;

    for (int d = 0; d < tensor->ndim; d++)
        bytes *= (size_t)tensor->dim[d];
    return bytes;
}

static bool has(const struct rn_flat *flat, const struct rn_graph *graph,
                const struct rn_param *param)
{
    return !flat->trained_only || param->offset < graph->n_trained;
}

/* An array's tensors, under its prefix. */
static enum rn_status add_tensors(const struct rn_graph *graph, struct rn_flat flat,
                                  struct rn_tensor *tensors, size_t *n, struct rn_err *err)
{
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        struct rn_buf name = {0};
        if (!has(&flat, graph, param))
            continue;
        if (rn_buf_addf(&name, err, "%s%s", flat.prefix, param->name) != RN_OK)
            return RN_E_NOMEM;
        tensors[*n] = (struct rn_tensor){
            .name = name.data, .ndim = param->ndim, .data = flat.values + param->offset};
        memcpy(tensors[(*n)++].dim, param->dim, sizeof param->dim);
    }
    return RN_OK;
}

enum rn_status rn_checkpoint_write(const char *path, const struct rn_data_identity *data,
                                   const struct rn_state *state, const struct rn_optimizer *opt,
                                   const float *values, struct rn_err *err)
{
    const struct rn_graph *graph = opt->graph;
    size_t n = 0, room = (1 + RN_MAX_FLATS) * (size_t)graph->n_params;
    struct rn_tensor *tensors = rn_alloc(room, sizeof *tensors);
    struct rn_state copy = *state;
    double whole[N_WHOLE] = {state->epoch, state->step, (double)state->log_bytes,
                             (double)opt->steps, state->best_epoch};
    char text[N_SLOTS][32];
    struct slot slot[N_SLOTS];
    struct data_text about = text_of(data);
    struct checksum sum = {0};
    struct rn_metadata metadata[N_SLOTS + 2];
    enum rn_status status;

    if (!tensors)
        return rn_nomem(err, room * sizeof *tensors, "tensors");
    slots_of(&copy, whole, slot);
    for (int i = 0; i < N_SLOTS; i++) {
        (void)snprintf(text[i], sizeof text[i], "%.17g", *slot[i].at);
        metadata[i] = (struct rn_metadata){slot[i].key, text[i]};
    }
    metadata[N_SLOTS] = (struct rn_metadata){"data", about.text};
    RN_TRY(add_tensors(graph, own(values), tensors, &n, err));
    for (int i = 0; i < opt->n_flats; i++)
        RN_TRY(add_tensors(graph, opt->flats[i], tensors, &n, err));
    sum_texts(&sum, metadata, N_SLOTS + 1);
    for (size_t i = 0; i < n; i++)
        sum.hash = rn_hash_add(sum.hash, tensors[i].data, bytes_of(&tensors[i]));
    metadata[N_SLOTS + 1] = (struct rn_metadata){"checksum", sum_text(&sum)};
    RN_TRY(rn_safetensors_write(path, tensors, n, metadata, N_SLOTS + 2, err));
done:
    for (size_t i = 0; i < n; i++)
        rn_free((void *)tensors[i].name);
    rn_free(tensors);
    return status;
}

/* An array's tensors, seen to fit and to hold numbers, in their order. */
static enum rn_status find_tensors(const struct rn_tensor_file *file, const struct rn_graph *graph,
                                   struct rn_flat flat, const struct rn_tensor **found, size_t *n,
                                   struct rn_err *err)
{
    struct rn_buf name = {0};
    enum rn_status status = RN_OK;

    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        const struct rn_tensor *tensor;
        if (!has(&flat, graph, param))
            continue;
        name.len = 0;
        RN_TRY(rn_buf_addf(&name, err, "%s%s", flat.prefix, param->name));
        tensor = rn_tensor_find(file, name.data);
        if (!tensor || bytes_of(tensor) != param->size * sizeof *tensor->data)
            RN_TRY(rn_fail(err, RN_E_DATA, "no tensor %s that fits the network", name.data));
        if (!rn_is_finite(tensor->data, param->size))
            RN_TRY(rn_fail(err, RN_E_DATA, "tensor %s has values that are no numbers", name.data));
        found[(*n)++] = tensor;
    }
done:
    rn_buf_release(&name);
    return status;
}

/* Copies what was found. */
static void take_tensors(const struct rn_graph *graph, struct rn_flat flat,
                         const struct rn_tensor *const *found, size_t *n)
{
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        if (has(&flat, graph, param))
            memcpy(flat.values + param->offset, found[(*n)++]->data,
                   param->size * sizeof *flat.values);
    }
}

static enum rn_status take_state(const struct rn_tensor_file *file, struct rn_state *state,
                                 int64_t *updates, struct rn_err *err)
{
    struct rn_state read = {0};
    double whole[N_WHOLE];
    struct slot slot[N_SLOTS];

    slots_of(&read, whole, slot);
    for (int i = 0; i < N_SLOTS; i++) {
        const char *text = rn_metadata_find(file, slot[i].key);
        char *end = NULL;
        if (text)
            *slot[i].at = strtod(text, &end);
        if (!end || end == text || *end != 0)
            return rn_fail(err, RN_E_DATA, "no number in the metadata's %s", slot[i].key);
        if (slot[i].at >= whole && slot[i].at < whole + N_WHOLE &&
            !(*slot[i].at >= 0 && *slot[i].at <= 0x1p53))
            return rn_fail(err, RN_E_DATA, "no count in the metadata's %s", slot[i].key);
    }
    if (whole[0] > 1e9 || whole[1] > 1e9 || whole[4] > 1e9)
        return rn_fail(err, RN_E_DATA, "no epoch and step in the metadata");
    read.epoch = (int)whole[0];
    read.step = (int)whole[1];
    read.log_bytes = (int64_t)whole[2];
    read.best_epoch = (int)whole[4];
    *updates = (int64_t)whole[3];
    *state = read;
    return RN_OK;
}

/* A file of zeros in the middle, say, has all its tensors. */
static enum rn_status check_sum(const struct rn_tensor_file *file,
                                const struct rn_tensor *const *found, size_t n, struct rn_err *err)
{
    const char *kept = rn_metadata_find(file, "checksum");
    struct rn_metadata metadata[N_SLOTS + 1];
    struct rn_state state;
    double whole[N_WHOLE];
    struct slot slot[N_SLOTS];
    struct checksum sum = {0};

    slots_of(&state, whole, slot);
    for (int i = 0; i <= N_SLOTS; i++) {
        metadata[i].key = i < N_SLOTS ? slot[i].key : "data";
        metadata[i].value = rn_metadata_find(file, metadata[i].key);
        if (!metadata[i].value)
            return rn_fail(err, RN_E_DATA, "no %s in the metadata", metadata[i].key);
    }
    sum_texts(&sum, metadata, N_SLOTS + 1);
    for (size_t i = 0; i < n; i++)
        sum.hash = rn_hash_add(sum.hash, found[i]->data, bytes_of(found[i]));
    if (!kept || strcmp(kept, sum_text(&sum)) != 0)
        return rn_fail(err, RN_E_DATA, "its content does not have its checksum");
    return RN_OK;
}

static enum rn_status check_data(const struct rn_tensor_file *file,
                                 const struct rn_data_identity *data, const struct rn_state *read,
                                 struct rn_err *err)
{
    const char *then = rn_metadata_find(file, "data");
    struct data_text now = text_of(data);

    if (strcmp(then, now.text) != 0)
        return rn_fail(err, RN_E_CONFIG,
                       "the data have changed since this run began: then %s; now %s; bring them "
                       "back, or begin anew with --fresh",
                       then, now.text);
    if (read->step > data->steps)
        return rn_fail(err, RN_E_DATA, "step %d of an epoch of %d", read->step, data->steps);
    return RN_OK;
}

/* Looks at all of it, so that a damaged file changes nothing. */
static enum rn_status check(const struct rn_tensor_file *file, const struct rn_data_identity *data,
                            const struct rn_optimizer *opt, const struct rn_state *read,
                            const float *values, const struct rn_tensor **found, struct rn_err *err)
{
    size_t n = 0;
    enum rn_status status;

    RN_TRY(find_tensors(file, opt->graph, own(values), found, &n, err));
    for (int i = 0; i < opt->n_flats; i++)
        RN_TRY(find_tensors(file, opt->graph, opt->flats[i], found, &n, err));
    RN_TRY(check_sum(file, found, n, err));
    status = check_data(file, data, read, err);
done:
    return status;
}

enum rn_status rn_checkpoint_read(const char *path, const struct rn_data_identity *data,
                                  struct rn_state *state, struct rn_optimizer *opt, float *values,
                                  struct rn_err *err)
{
    size_t n = 0, room = (1 + RN_MAX_FLATS) * (size_t)opt->graph->n_params;
    const struct rn_tensor **found = rn_alloc(room, sizeof *found);
    struct rn_tensor_file file = {0};
    struct rn_state read = {0};
    int64_t updates = 0;
    enum rn_status status;

    if (!found)
        return rn_nomem(err, room * sizeof *found, "tensors");
    RN_TRY(rn_safetensors_read(path, &file, err));
    status = take_state(&file, &read, &updates, err);
    if (status == RN_OK)
        status = check(&file, data, opt, &read, values, found, err);
    if (status != RN_OK) {
        rn_err_prefix(err, "%s", path);
        goto done;
    }
    take_tensors(opt->graph, own(values), found, &n);
    for (int i = 0; i < opt->n_flats; i++)
        take_tensors(opt->graph, opt->flats[i], found, &n);
    opt->steps = updates;
    *state = read;
done:
    rn_tensor_file_release(&file);
    rn_free(found);
    return status;
}
