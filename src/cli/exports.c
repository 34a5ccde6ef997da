/* The exports of regnet export and regnet convert. */
#include "exports.h"

#include <string.h>

rn_exporter *rn_exporter_of(const char *path)
{
    const char *ending = strrchr(path, '.');

    if (!ending || ending == path)
        return NULL;
    return strcmp(ending, ".onnx") == 0 ? rn_export_onnx
           : strcmp(ending, ".c") == 0  ? rn_export_c
                                        : NULL;
}

enum rn_status rn_export_weights(rn_exporter *export, const char *in, const struct rn_config *cfg,
                                 const char *out, struct rn_err *err)
{
    struct rn_trained net;
    enum rn_status status = rn_trained_open(in, cfg, &net, err);

    if (status != RN_OK)
        return status;
    status = export(&net, out, err);
    rn_trained_release(&net);
    return status;
}
