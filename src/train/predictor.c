/* A trained network on an engine, for one image at a time. */
#include <math.h>
#include <string.h>

#include "train/run.h"

struct rn_predictor {
    struct rn_trained trained; /* with classes and images */
    struct rn_net *net;
    float *input, *logits;
};

static enum rn_status open_trained(struct rn_predictor *p, const char *path, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_trained_open(path, &p->trained, err));
    if (!p->trained.classes || p->trained.images.h == 0)
        status = rn_fail(err, RN_E_DATA, "%s: no %s in its metadata; train again with this program",
                         path, p->trained.classes ? "regnet.preprocessing" : "regnet.classes");
done:
    return status;
}

static enum rn_status make_net(struct rn_predictor *p, struct rn_err *err)
{
    const struct rn_trained *trained = &p->trained;
    const struct rn_net_options options = {
        .batch = 1, .bn_eps = trained->bn_eps, .bn_momentum = trained->bn_momentum};
    enum rn_status status;

    RN_TRY(rn_net_new(trained->graph, &options, &p->net, err));
    memcpy(rn_net_params(p->net).value, trained->values,
           trained->graph->n_values * sizeof *trained->values);
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
    RN_TRY(open_trained(p, path, err));
    RN_TRY(make_net(p, err));
    side = (size_t)p->trained.graph->arch.im_size;
    classes = (size_t)p->trained.graph->arch.num_classes;
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
    rn_trained_release(&predictor->trained);
    rn_free(predictor->input);
    rn_free(predictor->logits);
    rn_free(predictor);
}

int rn_predictor_classes(const struct rn_predictor *predictor)
{
    return predictor->trained.graph->arch.num_classes;
}

const char *rn_predictor_class(const struct rn_predictor *predictor, int k)
{
    return rn_doc_root(predictor->trained.classes)->items[k].text;
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
    RN_TRY(rn_image_prepare(&image, &predictor->trained.images, predictor->input, err));
    rn_net_infer(predictor->net, predictor->input, 1, predictor->logits);
    softmax(predictor->logits, rn_predictor_classes(predictor), p);
done:
    rn_image_release(&image);
    return status;
}
