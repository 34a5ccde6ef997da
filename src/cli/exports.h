/* exports.h: what writes a network as a file that other programs run. */
#ifndef REGNET_CLI_EXPORTS_H
#define REGNET_CLI_EXPORTS_H

#include "regnet/export.h"

typedef enum rn_status rn_exporter(const struct rn_trained *net, const char *path,
                                   struct rn_err *err);

/* By the file's ending, .onnx or .c; NULL: another. */
rn_exporter *rn_exporter_of(const char *path);
/* From the weights in `in` to the file `out`. cfg: as rn_trained_open's. */
enum rn_status rn_export_weights(rn_exporter *export, const char *in, const struct rn_config *cfg,
                                 const char *out, struct rn_err *err);

#endif
