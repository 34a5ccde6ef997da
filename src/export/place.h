/*
 * place.h: where the outputs of layers lie in one working memory, when a program runs them in
 * order.
 *
 * A layer's place is free again after the last layer that reads it. An elementwise layer that is
 * the last to read its first input writes over it.
 */
#ifndef REGNET_EXPORT_PLACE_H
#define REGNET_EXPORT_PLACE_H

#include "export/fold.h"

/* offset: net->n entries, in floats; those of the image and the logits, which are the caller's, are
   -1. *size: floats in all. */
enum rn_status rn_place(const struct rn_folded *net, int64_t *offset, int64_t *size,
                        struct rn_err *err);

#endif
