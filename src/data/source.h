/*
 * source.h: the files of published data sets, read into memory and checked. Internal to data/.
 */
#ifndef RN_DATA_SOURCE_H
#define RN_DATA_SOURCE_H

#include "regnet/data.h"
#include "regnet/memory.h"

/* Images as they came from files: n x h x w x c pixels and n labels. */
struct rn_source {
    int n, h, w, c;
    uint8_t *pixels; /* yours: rn_source_release */
    int32_t *labels;
};

void rn_source_release(struct rn_source *source);

/* What the files of a data set must hold; a copy of rn_dataset_info's. */
typedef enum rn_status rn_source_reader(const struct rn_dataset *info, const char *dir,
                                        enum rn_data_half half, struct rn_source *source,
                                        struct rn_err *err);

rn_source_reader rn_idx_source;          /* Fashion-MNIST's four files, gzipped or plain */
rn_source_reader rn_cifar_source;        /* CIFAR's binary version */
rn_source_reader rn_cifar_pickle_source; /* its Python version */

/* An IDX array of bytes: a label list (1 dimension) or images (3). */
struct rn_idx {
    int ndim;
    uint32_t dim[3];
    size_t size;
    uint8_t *data; /* yours: rn_free */
};

/* Takes a whole file, gzipped or plain. RN_E_DATA: name, and what was expected. */
enum rn_status rn_idx_parse(const uint8_t *bytes, size_t len, const char *name, int ndim,
                            struct rn_idx *idx, struct rn_err *err);

/* The value that a network sees for pixel p, of 0 to 255. */
float rn_normalize(float mean, float std, float p);

#endif
