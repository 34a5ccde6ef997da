/* weights.h: a file of weights: what it carries, and its tensors in a network. Internal to train/.
 */
#ifndef RN_TRAIN_WEIGHTS_H
#define RN_TRAIN_WEIGHTS_H

#include "regnet/config.h"
#include "regnet/data.h"
#include "regnet/graph.h"
#include "regnet/safetensors.h"
#include "regnet/value.h"

/* weights_read.c: a file with the network that it belongs to. */
struct rn_weights {
    struct rn_tensor_file file;
    struct rn_config cfg; /* the network; what the file or the caller said of it */
    struct rn_graph *graph;
    struct rn_preprocessing images; /* how one is made ready */
    char images_of[RN_NAME_MAX];    /* the data set's name, "" where nobody knows */
    struct rn_doc *classes;         /* a list of names; NULL: they have none */
};
/* path: a file, or the directory of a run that is over. cfg NULL: the file says which network it is
   (RN_E_DATA if not); else cfg does, but for the number of classes, which is the file's. */
enum rn_status rn_weights_open(const char *path, const struct rn_config *cfg,
                               struct rn_weights *weights, struct rn_err *err);
void rn_weights_close(struct rn_weights *weights);
/* The texts of classes, borrowed from weights; the array is yours: rn_free. NULL: there are none.
 */
enum rn_status rn_weights_class_names(const struct rn_weights *weights, const char ***names,
                                      struct rn_err *err);

/* weights.c: into `values`, the flat arrays that graph->params describes; all of them or, after
   RN_E_DATA with what does not fit, none. new_head: head.fc stays as it is. */
enum rn_status rn_weights_take(const struct rn_tensor_file *file, const char *path,
                               const struct rn_graph *graph, bool new_head, float *values,
                               struct rn_err *err);
enum rn_status rn_weights_load(const char *path, const struct rn_graph *graph, bool new_head,
                               float *values, struct rn_err *err);
/* Whose names the file has, whether all tensors but the head's are there in their shapes, and the
   classes of its head; 0: it has none that graph knows. */
enum rn_status rn_weights_inspect(const struct rn_tensor_file *file, const struct rn_graph *graph,
                                  enum rn_naming *naming, bool *fits, int *classes,
                                  struct rn_err *err);

/* weights_write.c: by the path's extension, .safetensors or .pth, .pt, .pyth. */
struct rn_weights_content {
    const struct rn_graph *graph;
    const float *values;
    const struct rn_config *cfg; /* BN.EPS and TEST.IM_SIZE are kept of it */
    struct rn_preprocessing images;
    const char *dataset;        /* a name, or "" */
    const char *const *classes; /* n_classes names, or NULL */
    int n_classes;
    enum rn_naming naming;
};
enum rn_status rn_weights_write(const char *path, const struct rn_weights_content *content,
                                struct rn_err *err);
/* What is written beside the tensors: regnet.config, regnet.preprocessing, and regnet.classes where
   there are any. out: RN_DESCRIPTIONS entries, *n of them set; values yours: rn_free. */
#define RN_DESCRIPTIONS 3
enum rn_status rn_weights_describe(const struct rn_weights_content *content,
                                   struct rn_metadata *out, size_t *n, struct rn_err *err);
enum rn_status rn_weights_save(const char *path, const struct rn_graph *graph, const float *values,
                               const struct rn_config *cfg, const struct rn_dataset *info,
                               struct rn_err *err);

#endif
