/* A trained network with its classes and preprocessing, from one file. */
#include <math.h>
#include <string.h>

#include "regnet/safetensors.h"
#include "regnet/value.h"
#include "train/run.h"

struct rn_predictor {
    struct rn_graph *graph;
    struct rn_net *net;
    struct rn_doc *classes;   /* a list of names */
    struct rn_dataset images; /* how an image is made ready; without pixels */
    float *input, *logits;
};

/* The JSON document in a metadata entry. */
static enum rn_status document(const struct rn_tensor_file *file, const char *key, const char *path,
                               struct rn_doc **doc, struct rn_err *err)
{
    const char *text = rn_metadata_find(file, key);

    if (!text)
        return rn_fail(err, RN_E_DATA, "%s: no %s in its metadata; train again with this program",
                       path, key);
    return rn_doc_parse_json(text, strlen(text), path, doc, err);
}

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

static enum rn_status read_preprocessing(struct rn_predictor *p, const struct rn_value *root,
                                         struct rn_err *err)
{
    long long size, channels;
    enum rn_status status;

    RN_TRY(rn_value_int(rn_value_get(root, "size"), &size, err));
    RN_TRY(rn_value_int(rn_value_get(root, "channels"), &channels, err));
    if (size != p->graph->arch.im_size || (channels != 1 && channels != 3))
        return rn_value_fail(root, err, "expected size %d and 1 or 3 channels",
                             p->graph->arch.im_size);
    p->images.h = p->images.w = (int)size;
    p->images.c = (int)channels;
    RN_TRY(three(rn_value_get(root, "mean"), p->images.mean, err));
    RN_TRY(three(rn_value_get(root, "std"), p->images.std, err));
done:
    return status;
}

static enum rn_status check_classes(const struct rn_predictor *p, struct rn_err *err)
{
    const struct rn_value *list = rn_doc_root(p->classes);
    enum rn_status status = RN_OK;
    const char *name;

    if (list->kind != RN_VALUE_LIST || list->n != (size_t)p->graph->arch.num_classes)
        return rn_value_fail(list, err, "expected a list of %d class names",
                             p->graph->arch.num_classes);
    for (size_t k = 0; k < list->n; k++)
        RN_TRY(rn_value_text(&list->items[k], &name, err));
done:
    return status;
}

static enum rn_status read_metadata(struct rn_predictor *p, const char *path, struct rn_err *err)
{
    struct rn_tensor_file file = {0};
    struct rn_doc *preprocessing = NULL;
    enum rn_status status;

    RN_TRY(rn_safetensors_read(path, &file, err));
    RN_TRY(document(&file, "regnet.preprocessing", path, &preprocessing, err));
    RN_TRY(read_preprocessing(p, rn_doc_root(preprocessing), err));
    RN_TRY(document(&file, "regnet.classes", path, &p->classes, err));
    RN_TRY(check_classes(p, err));
done:
    rn_doc_free(preprocessing);
    rn_tensor_file_release(&file);
    return status;
}

static enum rn_status make_net(struct rn_predictor *p, const char *path, struct rn_err *err)
{
    struct rn_config cfg;
    struct rn_arch arch;
    enum rn_status status;

    rn_config_default(&cfg);
    RN_TRY(rn_weights_config(path, &cfg, err));
    RN_TRY(rn_arch_from_config(&cfg, &arch, err));
    RN_TRY(rn_graph_build(&arch, &p->graph, err));
    RN_TRY(rn_net_new(
        p->graph,
        &(struct rn_net_options){.batch = 1, .bn_eps = cfg.bn.eps, .bn_momentum = cfg.bn.mom},
        &p->net, err));
    RN_TRY(rn_weights_load(path, p->graph, rn_net_params(p->net).value, err));
done:
    return status;
}

enum rn_status rn_predictor_open(const char *path, struct rn_predictor **predictor,
                                 struct rn_err *err)
{
    struct rn_predictor *p = rn_alloc(1, sizeof *p);
    size_t side, classes;
    enum rn_status status;

    if (!p)
        return rn_nomem(err, sizeof *p, "a predictor");
    RN_TRY(make_net(p, path, err));
    RN_TRY(read_metadata(p, path, err));
    side = (size_t)p->graph->arch.im_size;
    classes = (size_t)p->graph->arch.num_classes;
    p->input = rn_alloc_aligned(3 * side * side, sizeof *p->input);
    p->logits = rn_alloc_aligned(classes, sizeof *p->logits);
    if (!p->input || !p->logits) {
        status = rn_nomem(err, 3 * side * side * sizeof *p->input, "an image");
        goto done;
    }
    *predictor = p;
    p = NULL;
done:
    rn_predictor_free(p);
    return status;
}

void rn_predictor_free(struct rn_predictor *predictor)
{
    if (!predictor)
        return;
    rn_net_free(predictor->net);
    rn_graph_free(predictor->graph);
    rn_doc_free(predictor->classes);
    rn_free(predictor->input);
    rn_free(predictor->logits);
    rn_free(predictor);
}

int rn_predictor_classes(const struct rn_predictor *predictor)
{
    return predictor->graph->arch.num_classes;
}

const char *rn_predictor_class(const struct rn_predictor *predictor, int k)
{
    return rn_doc_root(predictor->classes)->items[k].text;
}

static void softmax(const float *logits, int n, double *p)
{
    double max = logits[0], sum = 0;

    for (int k = 1; k < n; k++)
        max = fmax(max, logits[k]);
    for (int k = 0; k < n; k++)
        sum += p[k] = exp(logits[k] - max);
    for (int k = 0; k < n; k++)
        p[k] /= sum;
}

enum rn_status rn_predict(struct rn_predictor *predictor, const char *image_path, double *p,
                          struct rn_err *err)
{
    struct rn_image image = {0};
    enum rn_status status;

    RN_TRY(rn_image_read(image_path, &image, err));
    RN_TRY(rn_image_prepare(&image, &predictor->images, predictor->input, err));
    rn_net_infer(predictor->net, predictor->input, 1, predictor->logits);
    softmax(predictor->logits, rn_predictor_classes(predictor), p);
done:
    rn_image_release(&image);
    return status;
}
