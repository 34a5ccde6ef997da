/*
 * export.h: a trained network as a file that other programs run: ONNX, or C.
 *
 * Both are written from the network's one graph, with every batch normalization behind a
 * convolution folded into its weights. The same network gives the same bytes. Files are replaced
 * atomically (file.h). An operator that a format has no form for is refused by its node's name
 * (RN_E_UNSUPPORTED). docs/export.md describes what is in the files.
 *
 *     struct rn_trained net;
 *     RN_TRY(rn_trained_open("runs/tiny", NULL, &net, err));
 *     RN_TRY(rn_export_onnx(&net, "tiny.onnx", err));
 *     rn_trained_release(&net);
 */
#ifndef REGNET_EXPORT_H
#define REGNET_EXPORT_H

#include "regnet/train.h"

/* ONNX, opset 17: "input", batch x 3 x h x w, to "logits", batch x classes, for any batch. The
   metadata are the weights file's. What was written is read back and held against the network:
   RN_E_FAILED says what differs. */
enum rn_status rn_export_onnx(const struct rn_trained *net, const char *path, struct rn_err *err);

/* One file of C99 that needs libm alone. Its function is called after the file: tiny.c has
   tiny_predict. Its first comment says what goes in and what comes out. */
enum rn_status rn_export_c(const struct rn_trained *net, const char *path, struct rn_err *err);

#endif
