/*
 * torch.h: PyTorch checkpoints (.pth, .pt, .pyth): named tensors and a few texts beside them.
 *
 * We read the ZIP format that torch.save has written since PyTorch 1.6: a state dict alone, or one
 * under "model_state" (pycls, whose "cfg" becomes the metadata regnet.config; "ema_state" where
 * "ema_err" is below "test_err"), "state_dict_ema", "model_ema", "state_dict" or "model" (timm and
 * others). No code is run: the pickle inside may
 * build plain data and tensors and name nothing else (docs/files.md). Every size and place is
 * compared with the file's size before it is used. The older format is recognized and refused.
 *
 * What we write loads with torch.load(path, weights_only=True), and the same content gives the same
 * bytes.
 *
 *     struct rn_tensor_file file = {0};
 *     RN_TRY(rn_torch_read("RegNetX-200MF.pyth", &file, err));
 *     const char *cfg = rn_metadata_find(&file, "regnet.config");
 *     rn_tensor_file_release(&file);
 */
#ifndef REGNET_TORCH_H
#define REGNET_TORCH_H

#include <stdbool.h>

#include "regnet/safetensors.h"

/* Whether these bytes begin like a checkpoint, of either format. */
bool rn_is_torch(const void *data, size_t len);
/* Converts as rn_safetensors_read does. RN_E_IO, RN_E_DATA with the tensor or the pickle's byte. */
enum rn_status rn_torch_read(const char *path, struct rn_tensor_file *file, struct rn_err *err);
/* The same from memory, which is borrowed for the call only; name is for messages. */
enum rn_status rn_torch_parse(const void *data, size_t len, const char *name,
                              struct rn_tensor_file *file, struct rn_err *err);

/* Writes float tensors, atomically. Without metadata a state dict alone, as torchvision and timm
   load it; with metadata as pycls does: the state dict under "model_state", the metadata
   regnet.config under "cfg" and any other regnet.* under its key. Names must be distinct
   (RN_E_CONFIG); RN_E_UNSUPPORTED beyond 4 GiB. */
enum rn_status rn_torch_write(const char *path, const struct rn_tensor *tensors, size_t n,
                              const struct rn_metadata *metadata, size_t n_metadata,
                              struct rn_err *err);

#endif
