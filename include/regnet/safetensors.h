/*
 * safetensors.h: named float tensors in one file, with text metadata.
 *
 * Layout: 8 bytes little-endian header length, a JSON header (name -> dtype, shape, data_offsets;
 * "__metadata__": text -> text), then the tensors' bytes, without gaps. We write F32, tensors and
 * metadata sorted by name, and pad the header with spaces so that the first tensor begins at a
 * multiple of 64 bytes: the same content gives the same bytes. We read any valid file: every offset
 * and size is checked against the file's size before it is used, and bytes that belong to no
 * tensor, or to two, are refused.
 *
 *     struct rn_tensor_file file = {0};
 *     RN_TRY(rn_safetensors_read("best.safetensors", &file, err));
 *     const struct rn_tensor *w = rn_tensor_find(&file, "head.fc.weight");
 *     ...
 *     rn_tensor_file_release(&file);
 */
#ifndef REGNET_SAFETENSORS_H
#define REGNET_SAFETENSORS_H

#include <stdint.h>

#include "regnet/memory.h"

#define RN_TENSOR_DIMS 8

/* One tensor. Reading: name and data are borrowed from the file object. Writing: from the caller.
 */
struct rn_tensor {
    const char *name;
    int ndim;
    int64_t dim[RN_TENSOR_DIMS];
    const float *data; /* product of dims values, row-major; 64-byte aligned when read */
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

/* Reads F32, and converts F16, BF16, F64, the integers and BOOL (a state of PyTorch's has counters)
   to the nearest float; other dtypes are refused by name. RN_E_IO, RN_E_DATA with the tensor. */
enum rn_status rn_safetensors_read(const char *path, struct rn_tensor_file *file,
                                   struct rn_err *err);
/* The same from memory, which is borrowed for the call only; name is for messages. */
enum rn_status rn_safetensors_parse(const void *data, size_t len, const char *name,
                                    struct rn_tensor_file *file, struct rn_err *err);
/* A file of safetensors or a PyTorch checkpoint (torch.h), told apart by its first bytes. */
enum rn_status rn_tensor_file_read(const char *path, struct rn_tensor_file *file,
                                   struct rn_err *err);
void rn_tensor_file_release(struct rn_tensor_file *file);
const struct rn_tensor *rn_tensor_find(const struct rn_tensor_file *file, const char *name);
const char *rn_metadata_find(const struct rn_tensor_file *file, const char *key); /* or NULL */

/* Writes F32, atomically (file.h). Names, and metadata's keys, must be distinct (RN_E_CONFIG). */
enum rn_status rn_safetensors_write(const char *path, const struct rn_tensor *tensors, size_t n,
                                    const struct rn_metadata *metadata, size_t n_metadata,
                                    struct rn_err *err);

#endif
