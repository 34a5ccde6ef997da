/*
 * safetensors.h: named float tensors in one file, with text metadata.
 *
 * Layout: 8 bytes little-endian header length, a JSON header (name -> dtype, shape, data_offsets;
 * "__metadata__": text -> text), then the tensors' bytes. We write tensors by
 * name, 64-byte aligned, metadata sorted: the same content gives the same bytes. We read any valid
 * file: every offset and size is checked against the file's size before it is used.
 */
#ifndef REGNET_SAFETENSORS_H
#define REGNET_SAFETENSORS_H

#include <stdint.h>

#include "regnet/memory.h"

#define RN_TENSOR_DIMS 8

/* One tensor. Reading: name and data are borrowed from the file object. Writing: from the caller. */
struct rn_tensor {
    const char *name;
    int ndim;
    int64_t dim[RN_TENSOR_DIMS];
    const float *data; /* product of dims values, row-major */
};

struct rn_metadata {
    const char *key, *value;
};

struct rn_tensor_file {
    size_t n, n_metadata;
    struct rn_tensor *tensors; /* sorted by name */
    struct rn_metadata *metadata;
    void *owner; /* what the above borrow from */
};

/* Reads F32 (and F16, BF16, F64, converted); other dtypes are refused by name. */
enum rn_status rn_safetensors_read(const char *path, struct rn_tensor_file *file,
                                   struct rn_err *err);
void rn_tensor_file_release(struct rn_tensor_file *file);
const struct rn_tensor *rn_tensor_find(const struct rn_tensor_file *file, const char *name);
const char *rn_metadata_find(const struct rn_tensor_file *file, const char *key); /* or NULL */

/* Writes F32, atomically (file.h). Names must be distinct. */
enum rn_status rn_safetensors_write(const char *path, const struct rn_tensor *tensors, size_t n,
                                    const struct rn_metadata *metadata, size_t n_metadata,
                                    struct rn_err *err);

#endif
