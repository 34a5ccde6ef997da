/* tensor_file.h: what a struct rn_tensor_file borrows from, whatever format it was read from.
   Private to format. */
#ifndef RN_FORMAT_TENSOR_FILE_H
#define RN_FORMAT_TENSOR_FILE_H

#include "regnet/safetensors.h"
#include "regnet/value.h"

struct rn_tensor_owner {
    struct rn_doc *doc; /* the header of safetensors */
    char *texts;        /* names and metadata of a checkpoint */
    float *values;
    struct rn_tensor *tensors;
    struct rn_metadata *metadata;
};

void rn_tensor_owner_free(struct rn_tensor_owner *owner); /* and what it holds */
/* Room for n tensors of together `total` values. */
enum rn_status rn_tensor_owner_reserve(struct rn_tensor_owner *owner, size_t n, size_t total,
                                       struct rn_err *err);
/* The floats that a tensor of `count` takes, so that the next one is aligned. */
size_t rn_tensor_room(size_t count);
void rn_tensors_sort(struct rn_tensor *tensors, size_t n); /* by name */

#endif
