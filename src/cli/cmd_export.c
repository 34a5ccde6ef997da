/* regnet export: a trained network as ONNX or C. */
#include "cli.h"
#include "exports.h"

#include <stdio.h>

const char rn_help_export[] =
    "    regnet export runs/tiny runs/tiny.onnx\n"
    "    regnet export runs/tiny/model.safetensors runs/tiny.c\n"
    "\n"
    "usage: regnet export WEIGHTS|RUN FILE.onnx|FILE.c [options]\n"
    "\n"
    "  --c              write C, whatever the file is called\n"
    "  --cfg FILE|NAME  the network, for weights that do not say it\n"
    "\n"
    "The ending says what is written: ONNX (opset 17, any batch, read back and checked), or one "
    "C99\n"
    "file with the weights inside, whose function is named after it (tiny_predict). Batch\n"
    "normalization is folded into the convolutions. docs/export.md describes both.\n";

int rn_cmd_export(int argc, char **argv)
{
    const char *base = NULL;
    bool as_c = false;
    const struct rn_option table[] = {
        {"--c", NULL, &as_c, NULL},
        {"--cfg", NULL, NULL, &base},
        {NULL, NULL, NULL, NULL},
    };
    rn_exporter *export;
    struct rn_config cfg;
    struct rn_err err = {0};
    int code = rn_args(&argc, argv, table);

    if (code)
        return code;
    if (argc != 3)
        return rn_usage(argv[0], "a weights file or a run, and FILE.onnx or FILE.c are expected");
    export = as_c ? rn_export_c : rn_exporter_of(argv[2]);
    if (!export)
        return rn_usage(argv[0], "%s: a name that ends in .onnx or .c is expected", argv[2]);
    rn_config_default(&cfg);
    code = base ? rn_config_args((struct rn_config_source){.base = base}, 1, argv, &cfg) : 0;
    if (code)
        return code;
    if (rn_export_weights(export, argv[1], base ? &cfg : NULL, argv[2], &err) != RN_OK)
        return rn_report_error(argv[0], &err);
    return 0;
}
