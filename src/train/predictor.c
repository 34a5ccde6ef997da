/* A network with its weights, ready to predict: from one file, or from a file and a configuration.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "regnet/engine.h"
#include "regnet/file.h"
#include "regnet/npy.h"
#include "regnet/train.h"
#include "train/weights.h"

#define NUMBER_BYTES 12
#define SIDE_MAX 4096

struct rn_predictor {
    struct rn_weights weights;
    struct rn_net *net;
    float *input;                  /* one image */
    char (*numbers)[NUMBER_BYTES]; /* names of classes that have none */
};

/* A net of the graph; the weights are the file's, whatever the size of the images. */
static enum rn_status make_net(struct rn_predictor *p, const char *path, struct rn_err *err)
{
    const struct rn_config *cfg = &p->weights.cfg;
    size_t side = (size_t)p->weights.graph->arch.im_size;
    enum rn_status status;

    rn_net_free(p->net);
    rn_free(p->input);
    p->net = NULL;
    p->input = NULL;
    RN_TRY(rn_net_new(
        p->weights.graph,
        &(struct rn_net_options){.batch = 1, .bn_eps = cfg->bn.eps, .bn_momentum = cfg->bn.mom},
        &p->net, err));
    RN_TRY(rn_weights_take(&p->weights.file, path, p->weights.graph, false,
                           rn_net_params(p->net).value, err));
    p->input = rn_alloc_aligned(3 * side * side, sizeof *p->input);
    if (!p->input)
        status = rn_nomem(err, 3 * side * side * sizeof *p->input, "an image");
done:
    return status;
}

/* Makes the net anew where the next images have another side than the last. */
static enum rn_status set_side(struct rn_predictor *p, int side, const char *path,
                               struct rn_err *err)
{
    struct rn_arch arch = p->weights.graph->arch;
    struct rn_graph *graph = NULL;
    enum rn_status status;

    if (arch.im_size == side)
        return RN_OK;
    arch.im_size = side;
    RN_TRY(rn_graph_build(&arch, &graph, err));
    rn_net_free(p->net); /* before its graph */
    p->net = NULL;
    rn_graph_free(p->weights.graph);
    p->weights.graph = graph;
    status = make_net(p, path, err);
done:
    return status;
}

static enum rn_status number_classes(struct rn_predictor *p, struct rn_err *err)
{
    size_t n = (size_t)p->weights.graph->arch.num_classes;

    if (p->weights.classes)
        return RN_OK;
    p->numbers = rn_alloc(n, sizeof *p->numbers);
    if (!p->numbers)
        return rn_nomem(err, n * sizeof *p->numbers, "class names");
    for (size_t k = 0; k < n; k++)
        (void)snprintf(p->numbers[k], NUMBER_BYTES, "%d", (int)k);
    return RN_OK;
}

enum rn_status rn_predictor_open_as(const char *path, const struct rn_config *cfg,
                                    struct rn_predictor **predictor, struct rn_err *err)
{
    struct rn_predictor *p = rn_alloc(1, sizeof *p);
    enum rn_status status;

    if (!p)
        return rn_nomem(err, sizeof *p, "a predictor");
    RN_TRY(rn_weights_open(path, cfg, &p->weights, err));
    RN_TRY(make_net(p, path, err));
    RN_TRY(number_classes(p, err));
    *predictor = p;
    p = NULL;
done:
    rn_predictor_free(p);
    return status;
}

enum rn_status rn_predictor_open(const char *path, struct rn_predictor **predictor,
                                 struct rn_err *err)
{
    return rn_predictor_open_as(path, NULL, predictor, err);
}

void rn_predictor_free(struct rn_predictor *predictor)
{
    if (!predictor)
        return;
    rn_net_free(predictor->net);
    rn_weights_close(&predictor->weights);
    rn_free(predictor->input);
    rn_free(predictor->numbers);
    rn_free(predictor);
}

int rn_predictor_classes(const struct rn_predictor *predictor)
{
    return predictor->weights.graph->arch.num_classes;
}

const char *rn_predictor_class(const struct rn_predictor *predictor, int k)
{
    return predictor->numbers ? predictor->numbers[k]
                              : rn_doc_root(predictor->weights.classes)->items[k].text;
}

void rn_softmax(const float *logits, int n, double *p)
{
    double max = logits[0], sum = 0;

    for (int k = 1; k < n; k++)
        max = fmax(max, logits[k]);
    for (int k = 0; k < n; k++)
        sum += p[k] = exp(logits[k] - max);
    for (int k = 0; k < n; k++)
        p[k] /= sum;
}

static enum rn_status logits_new(const struct rn_predictor *p, size_t n, struct rn_logits *logits,
                                 struct rn_err *err)
{
    int classes = rn_predictor_classes(p);

    *logits = (struct rn_logits){n, classes, rn_alloc(n * (size_t)classes, sizeof(float))};
    return logits->values ? RN_OK : rn_nomem(err, n * (size_t)classes * sizeof(float), "logits");
}

void rn_logits_release(struct rn_logits *logits)
{
    rn_free(logits->values);
    *logits = (struct rn_logits){0};
}

static enum rn_status predict_image(struct rn_predictor *p, const struct rn_buf *bytes,
                                    const char *path, struct rn_logits *logits, struct rn_err *err)
{
    struct rn_image image = {0};
    enum rn_status status;

    RN_TRY(rn_image_parse(bytes->data, bytes->len, path, &image, err));
    RN_TRY(set_side(p, p->weights.images.size, path, err));
    RN_TRY(rn_image_prepare(&image, &p->weights.images, p->input, err));
    RN_TRY(logits_new(p, 1, logits, err));
    rn_net_infer(p->net, p->input, 1, logits->values);
done:
    rn_image_release(&image);
    return status;
}

static enum rn_status check_array(const struct rn_npy *npy, const char *path, struct rn_err *err)
{
    if (npy->ndim == 4 && npy->dim[1] == 3 && npy->dim[2] == npy->dim[3] && npy->dim[2] > 0 &&
        npy->dim[2] <= SIDE_MAX)
        return RN_OK;
    return rn_fail(err, RN_E_DATA,
                   "%s: an array of %d dimensions%s; normalized images n x 3 x size x size are "
                   "expected, size at most %d",
                   path, npy->ndim, npy->ndim == 4 ? " of other sizes" : "", SIDE_MAX);
}

/* Images as PyTorch lays them out: n, channel, row, column. */
static enum rn_status predict_array(struct rn_predictor *p, const struct rn_buf *bytes,
                                    const char *path, struct rn_logits *logits, struct rn_err *err)
{
    struct rn_npy npy = {0};
    size_t plane;
    enum rn_status status;

    RN_TRY(rn_npy_parse(bytes->data, bytes->len, path, &npy, err));
    RN_TRY(check_array(&npy, path, err));
    RN_TRY(set_side(p, (int)npy.dim[2], path, err));
    RN_TRY(logits_new(p, (size_t)npy.dim[0], logits, err));
    plane = (size_t)npy.dim[2] * (size_t)npy.dim[3];
    for (size_t i = 0; i < logits->n; i++) {
        for (size_t k = 0; k < 3 * plane; k++)
            p->input[k] = npy.data[(3 * i + k % 3) * plane + k / 3];
        rn_net_infer(p->net, p->input, 1, logits->values + i * (size_t)logits->classes);
    }
done:
    rn_npy_release(&npy);
    return status;
}

enum rn_status rn_predict_logits(struct rn_predictor *predictor, const char *path,
                                 struct rn_logits *logits, struct rn_err *err)
{
    struct rn_logits made = {0};
    struct rn_buf bytes = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, PTRDIFF_MAX / 16, &bytes, err));
    if (rn_is_npy(bytes.data, bytes.len))
        RN_TRY(predict_array(predictor, &bytes, path, &made, err));
    else
        RN_TRY(predict_image(predictor, &bytes, path, &made, err));
    *logits = made;
    made = (struct rn_logits){0};
done:
    rn_logits_release(&made);
    rn_buf_release(&bytes);
    return status;
}

enum rn_status rn_predict(struct rn_predictor *predictor, const char *image_path, double *p,
                          struct rn_err *err)
{
    struct rn_logits logits = {0};
    enum rn_status status;

    RN_TRY(rn_predict_logits(predictor, image_path, &logits, err));
    if (logits.n == 1)
        rn_softmax(logits.values, logits.classes, p);
    else
        status = rn_fail(err, RN_E_DATA, "%s: %zu images; one is expected", image_path, logits.n);
done:
    rn_logits_release(&logits);
    return status;
}
