/* model.safetensors: tensors by pycls' names, and in the metadata all that a prediction needs. */
#include <stdio.h>
#include <string.h>

#include "regnet/json.h"
#include "regnet/safetensors.h"
#include "regnet/value.h"
#include "train/run.h"

#define NAMES_SHOWN 4

/* Names for a message: the first few, and how many there are. */
struct names {
    size_t n;
    char text[256];
};

static void names_add(struct names *names, const char *name)
{
    size_t len = strlen(names->text);

    if (names->n++ < NAMES_SHOWN)
        (void)snprintf(names->text + len, sizeof names->text - len, "%s%s", len ? ", " : "", name);
}

static bool same_shape(const struct rn_tensor *tensor, const struct rn_param *param)
{
    if (tensor->ndim != param->ndim)
        return false;
    for (int i = 0; i < param->ndim; i++)
        if (tensor->dim[i] != param->dim[i])
            return false;
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);

    return n >= k && strcmp(text + n - k, end) == 0;
}

static bool is_param(const struct rn_graph *graph, const char *name)
{
    for (int i = 0; i < graph->n_params; i++)
        if (strcmp(graph->params[i].name, name) == 0)
            return true;
    return false;
}

/* "; 5 missing (a, b, c, d, ...)", or nothing where there are none. */
static enum rn_status add_names(const struct names *names, const char *what, struct rn_buf *out,
                                struct rn_err *err)
{
    if (names->n == 0)
        return RN_OK;
    return rn_buf_addf(out, err, "; %zu %s (%s%s)", names->n, what, names->text,
                       names->n > NAMES_SHOWN ? ", ..." : "");
}

/* Strict, as in pycls: every tensor of the network and no other, but for PyTorch's counters. */
static enum rn_status check_tensors(const struct rn_tensor_file *file, const struct rn_graph *graph,
                                    const char *path, struct rn_err *err)
{
    struct names missing = {0}, mismatched = {0}, unexpected = {0};
    struct rn_buf text = {0};
    enum rn_status status;

    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_tensor *tensor = rn_tensor_find(file, graph->params[i].name);
        if (!tensor)
            names_add(&missing, graph->params[i].name);
        else if (!same_shape(tensor, &graph->params[i]))
            names_add(&mismatched, graph->params[i].name);
    }
    for (size_t i = 0; i < file->n; i++)
        if (!is_param(graph, file->tensors[i].name) &&
            !ends_with(file->tensors[i].name, ".num_batches_tracked"))
            names_add(&unexpected, file->tensors[i].name);
    if (missing.n == 0 && mismatched.n == 0 && unexpected.n == 0)
        return RN_OK;
    RN_TRY(add_names(&missing, "tensors missing", &text, err));
    RN_TRY(add_names(&mismatched, "of another shape", &text, err));
    RN_TRY(add_names(&unexpected, "unexpected", &text, err));
    status = rn_fail(err, RN_E_DATA, "%s: not the weights of this network%s", path, text.data);
done:
    rn_buf_release(&text);
    return status;
}

enum rn_status rn_weights_load(const char *path, const struct rn_graph *graph, float *values,
                               struct rn_err *err)
{
    struct rn_tensor_file file = {0};
    enum rn_status status;

    RN_TRY(rn_safetensors_read(path, &file, err));
    RN_TRY(check_tensors(&file, graph, path, err));
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        const float *data = rn_tensor_find(&file, param->name)->data;
        memcpy(values + param->offset, data, param->size * sizeof *data);
    }
done:
    rn_tensor_file_release(&file);
    return status;
}

/* The network alone, without the training: two runs that end alike write the same bytes. */
static enum rn_status network_text(const struct rn_config *cfg, const struct rn_graph *graph,
                                   const struct rn_dataset *info, struct rn_buf *out,
                                   struct rn_err *err)
{
    struct rn_config plain;
    enum rn_status status;

    rn_config_default(&plain);
    RN_TRY(rn_arch_to_config(&graph->arch, &plain, err));
    plain.bn.eps = cfg->bn.eps;
    plain.bn.mom = cfg->bn.mom;
    (void)snprintf(plain.train.dataset, sizeof plain.train.dataset, "%s", info->name);
    (void)snprintf(plain.test.dataset, sizeof plain.test.dataset, "%s", info->name);
    (void)snprintf(plain.test.split, sizeof plain.test.split, "test");
    RN_TRY(rn_config_dump(&plain, out, err));
done:
    return status;
}

static enum rn_status classes_text(const struct rn_dataset *info, struct rn_buf *out,
                                   struct rn_err *err)
{
    struct rn_json js = rn_json_begin(out);

    rn_json_list(&js);
    for (int k = 0; k < info->n_classes; k++)
        rn_json_text(&js, info->classes[k]);
    rn_json_close(&js);
    return rn_json_end(&js, err);
}

static void three(struct rn_json *js, const char *key, const float *v)
{
    rn_json_key(js, key);
    rn_json_list(js);
    for (int c = 0; c < 3; c++)
        rn_json_double(js, v[c]);
    rn_json_close(js);
}

static enum rn_status preprocessing_text(const struct rn_dataset *info, struct rn_buf *out,
                                         struct rn_err *err)
{
    struct rn_json js = rn_json_begin(out);

    rn_json_object(&js);
    rn_json_key(&js, "dataset");
    rn_json_text(&js, info->name);
    rn_json_key(&js, "size");
    rn_json_int(&js, info->h);
    rn_json_key(&js, "channels");
    rn_json_int(&js, info->c);
    three(&js, "mean", info->mean);
    three(&js, "std", info->std);
    rn_json_close(&js);
    return rn_json_end(&js, err);
}

enum rn_status rn_weights_save(const char *path, const struct rn_graph *graph, const float *values,
                               const struct rn_config *cfg, const struct rn_dataset *info,
                               struct rn_err *err)
{
    struct rn_tensor *tensors = rn_alloc((size_t)graph->n_params, sizeof *tensors);
    struct rn_buf config = {0}, classes = {0}, preprocessing = {0};
    enum rn_status status;

    if (!tensors)
        return rn_nomem(err, (size_t)graph->n_params * sizeof *tensors, "tensors");
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        tensors[i] = (struct rn_tensor){
            .name = param->name, .ndim = param->ndim, .data = values + param->offset};
        memcpy(tensors[i].dim, param->dim, sizeof param->dim);
    }
    RN_TRY(network_text(cfg, graph, info, &config, err));
    RN_TRY(classes_text(info, &classes, err));
    RN_TRY(preprocessing_text(info, &preprocessing, err));
    RN_TRY(rn_safetensors_write(path, tensors, (size_t)graph->n_params,
                                (const struct rn_metadata[]){
                                    {"format", "pt"},
                                    {"regnet.classes", classes.data},
                                    {"regnet.config", config.data},
                                    {"regnet.preprocessing", preprocessing.data},
                                },
                                4, err));
done:
    rn_free(tensors);
    rn_buf_release(&config);
    rn_buf_release(&classes);
    rn_buf_release(&preprocessing);
    return status;
}

enum rn_status rn_weights_config(const char *path, struct rn_config *cfg, struct rn_err *err)
{
    struct rn_tensor_file file = {0};
    struct rn_doc *doc = NULL;
    const char *text;
    enum rn_status status;

    RN_TRY(rn_safetensors_read(path, &file, err));
    text = rn_metadata_find(&file, "regnet.config");
    if (!text) {
        status = rn_fail(err, RN_E_DATA,
                         "%s: the file does not say which network its weights belong to (metadata "
                         "regnet.config); name a configuration with --cfg and TEST.WEIGHTS",
                         path);
        goto done;
    }
    RN_TRY(rn_doc_parse_yaml(text, strlen(text), path, &doc, err));
    RN_TRY(rn_config_merge(cfg, rn_doc_root(doc), err));
done:
    rn_doc_free(doc);
    rn_tensor_file_release(&file);
    return status;
}
