/*
 * npy.h: a NumPy array (.npy) of float32, float64 or uint8, in C order.
 *
 * The header is read strictly: its three keys, once each, and no others; other types, Fortran order
 * and a shape that does not fit the file's bytes are refused.
 *
 *     struct rn_npy npy = {0};
 *     RN_TRY(rn_npy_read("images.npy", &npy, err)); // npy.dim: n, 3, h, w
 *     rn_npy_release(&npy);
 */
#ifndef REGNET_NPY_H
#define REGNET_NPY_H

#include <stdbool.h>

#include "regnet/safetensors.h"

struct rn_npy {
    int ndim;
    int64_t dim[RN_TENSOR_DIMS];
    size_t count; /* the product of dim */
    float *data;  /* row-major, 64-byte aligned; yours: rn_npy_release */
};

bool rn_is_npy(const void *data, size_t len); /* by its first bytes */
/* RN_E_IO, RN_E_DATA. */
enum rn_status rn_npy_read(const char *path, struct rn_npy *npy, struct rn_err *err);
/* The same from memory; name is for messages. */
enum rn_status rn_npy_parse(const void *data, size_t len, const char *name, struct rn_npy *npy,
                            struct rn_err *err);
void rn_npy_release(struct rn_npy *npy);

#endif
