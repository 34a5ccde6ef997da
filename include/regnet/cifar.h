/*
 * cifar.h: a batch file of CIFAR's Python version: a pickled dict of an array and lists.
 *
 * Nothing in a pickle is run; what is not plain data or a NumPy array of bytes is refused by name.
 *
 *     struct rn_cifar_batch batch = {0};
 *     RN_TRY(rn_cifar_parse(bytes, len, path, "labels", &batch, err));
 *     rn_cifar_batch_release(&batch);
 */
#ifndef REGNET_CIFAR_H
#define REGNET_CIFAR_H

#include <stddef.h>
#include <stdint.h>

#include "regnet/status.h"

struct rn_cifar_batch {
    size_t n;
    const uint8_t *planes; /* n x 3 x 32 x 32, borrowed from the file's bytes */
    int32_t *labels;       /* n; yours: rn_cifar_batch_release */
};

/* label_key: "labels" or, of CIFAR-100, "fine_labels". RN_E_DATA: name, and what was expected. */
enum rn_status rn_cifar_parse(const void *data, size_t len, const char *name, const char *label_key,
                              struct rn_cifar_batch *batch, struct rn_err *err);
void rn_cifar_batch_release(struct rn_cifar_batch *batch);

#endif
