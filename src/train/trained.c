/* What a weights file is enough for: the network, its values, its classes and its preprocessing. */
#include <string.h>
#include <sys/stat.h>

#include "regnet/file.h"
#include "train/run.h"

static enum rn_status three(const struct rn_value *list, float *out, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    double v;

    if (!list || list->kind != RN_VALUE_LIST || list->n != 3)
        return rn_value_fail(list, err, "expected a list of three numbers");
    for (int c = 0; c < 3; c++) {
        RN_TRY(rn_value_double(&list->items[c], &v, err));
        out[c] = (float)v;
    }
done:
    return status;
}

static enum rn_status read_preprocessing(struct rn_trained *t, const struct rn_value *root,
                                         struct rn_err *err)
{
    long long size, channels;
    enum rn_status status;

    RN_TRY(rn_value_int(rn_value_get(root, "size"), &size, err));
    RN_TRY(rn_value_int(rn_value_get(root, "channels"), &channels, err));
    if (size != t->graph->arch.im_size || (channels != 1 && channels != 3))
        return rn_value_fail(root, err, "expected size %d and 1 or 3 channels",
                             t->graph->arch.im_size);
    t->images.h = t->images.w = (int)size;
    t->images.c = (int)channels;
    RN_TRY(three(rn_value_get(root, "mean"), t->images.mean, err));
    RN_TRY(three(rn_value_get(root, "std"), t->images.std, err));
done:
    return status;
}

static enum rn_status check_classes(const struct rn_trained *t, struct rn_err *err)
{
    const struct rn_value *list = rn_doc_root(t->classes);
    enum rn_status status = RN_OK;
    const char *name;

    if (list->kind != RN_VALUE_LIST || list->n != (size_t)t->graph->arch.num_classes)
        return rn_value_fail(list, err, "expected a list of %d class names",
                             t->graph->arch.num_classes);
    for (size_t k = 0; k < list->n; k++)
        RN_TRY(rn_value_text(&list->items[k], &name, err));
done:
    return status;
}

/* Copies the metadata of ours: other programs may have left theirs. */
static enum rn_status copy_metadata(struct rn_trained *t, const struct rn_tensor_file *file,
                                    struct rn_err *err)
{
    t->metadata = rn_alloc(file->n_metadata, sizeof *t->metadata);
    if (!t->metadata)
        return rn_nomem(err, file->n_metadata * sizeof *t->metadata, "metadata");
    for (size_t i = 0; i < file->n_metadata; i++) {
        const struct rn_metadata *from = &file->metadata[i];
        struct rn_metadata *to = &t->metadata[t->n_metadata];

        if (strncmp(from->key, "regnet.", strlen("regnet.")) != 0)
            continue;
        t->n_metadata++;
        to->key = rn_strdup(from->key);
        to->value = rn_strdup(from->value);
        if (!to->key || !to->value)
            return rn_nomem(err, strlen(from->value), "metadata");
    }
    return RN_OK;
}

static enum rn_status read_metadata(struct rn_trained *t, const char *path, struct rn_err *err)
{
    struct rn_tensor_file file = {0};
    struct rn_doc *preprocessing = NULL;
    const char *text;
    enum rn_status status;

    RN_TRY(rn_safetensors_read(path, &file, err));
    RN_TRY(copy_metadata(t, &file, err));
    text = rn_metadata_find(&file, "regnet.preprocessing");
    if (text) {
        RN_TRY(rn_doc_parse_json(text, strlen(text), path, &preprocessing, err));
        RN_TRY(read_preprocessing(t, rn_doc_root(preprocessing), err));
    }
    text = rn_metadata_find(&file, "regnet.classes");
    if (text) {
        RN_TRY(rn_doc_parse_json(text, strlen(text), path, &t->classes, err));
        RN_TRY(check_classes(t, err));
    }
done:
    rn_doc_free(preprocessing);
    rn_tensor_file_release(&file);
    return status;
}

static enum rn_status read_network(struct rn_trained *t, const char *path, struct rn_err *err)
{
    struct rn_config cfg;
    struct rn_arch arch;
    enum rn_status status;

    rn_config_default(&cfg);
    RN_TRY(rn_weights_config(path, &cfg, err));
    RN_TRY(rn_arch_from_config(&cfg, &arch, err));
    RN_TRY(rn_graph_build(&arch, &t->graph, err));
    t->bn_eps = cfg.bn.eps;
    t->bn_momentum = cfg.bn.mom;
    t->values = rn_alloc_aligned(t->graph->n_values, sizeof *t->values);
    if (!t->values)
        return rn_nomem(err, t->graph->n_values * sizeof *t->values, "weights");
    RN_TRY(rn_weights_load(path, t->graph, t->values, err));
done:
    return status;
}

/* The weights of a run, where path is one's directory; else path. */
static enum rn_status weights_of(const char *path, struct rn_buf *out, struct rn_err *err)
{
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return rn_buf_addf(out, err, "%s", path);
    return rn_path_join(out, path, "model.safetensors", err);
}

enum rn_status rn_trained_open(const char *path, struct rn_trained *trained, struct rn_err *err)
{
    struct rn_trained t = {0};
    struct rn_buf weights = {0};
    enum rn_status status;

    RN_TRY(weights_of(path, &weights, err));
    RN_TRY(read_network(&t, weights.data, err));
    RN_TRY(read_metadata(&t, weights.data, err));
    *trained = t;
    t = (struct rn_trained){0};
done:
    rn_trained_release(&t);
    rn_buf_release(&weights);
    return status;
}

void rn_trained_release(struct rn_trained *trained)
{
    for (size_t i = 0; i < trained->n_metadata; i++) {
        rn_free((void *)trained->metadata[i].key);
        rn_free((void *)trained->metadata[i].value);
    }
    rn_free(trained->metadata);
    rn_graph_free(trained->graph);
    rn_doc_free(trained->classes);
    rn_free(trained->values);
    *trained = (struct rn_trained){0};
}
