/* regnet convert: weights from one file format to another, those of other programs included. */
#include "cli.h"
#include "exports.h"

#include <stdio.h>
#include <string.h>

const char rn_help_convert[] =
    "    regnet convert runs/tiny/model.safetensors runs/tiny/model.pth\n"
    "    regnet convert runs/tiny/model.safetensors runs/tiny/timm.pth --names timm\n"
    "\n"
    "usage: regnet convert IN OUT [options]\n"
    "\n"
    "  --cfg FILE|NAME  the network, for weights that do not say it\n"
    "  --names LIBRARY  tensor names of pycls, torchvision or timm in OUT (pycls)\n"
    "\n"
    "Formats go by OUT's extension: .safetensors; .pth, .pt and .pyth, which PyTorch loads with\n"
    "weights_only=True; .onnx and .c, as regnet export writes them, whose tensors have no names of "
    "a\n"
    "library. IN's names are found out. OUT says which network it is and how its images are made\n"
    "ready, except a .pth under torchvision's or timm's names: a state dict alone.\n";

static int find_naming(const char *verb, const char *name, enum rn_naming *naming)
{
    const char *names[RN_NAMING_COUNT], *near;

    for (int i = 0; i < RN_NAMING_COUNT; i++) {
        names[i] = rn_naming_text((enum rn_naming)i);
        *naming = (enum rn_naming)i;
        if (strcmp(name, names[i]) == 0)
            return 0;
    }
    near = rn_nearest(name, names, RN_NAMING_COUNT);
    return rn_usage(verb, "--names takes pycls, torchvision or timm, not \"%s\"%s%s%s", name,
                    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

int rn_cmd_convert(int argc, char **argv)
{
    const char *base = NULL, *names = "pycls";
    const struct rn_option table[] = {
        {"--cfg", NULL, NULL, &base},
        {"--names", NULL, NULL, &names},
        {NULL, NULL, NULL, NULL},
    };
    struct rn_convert_options options = {0};
    rn_exporter *export;
    struct rn_config cfg;
    struct rn_err err = {0};
    enum rn_status status;
    int code = rn_args(&argc, argv, table);

    if (code == 0)
        code = find_naming(argv[0], names, &options.naming);
    if (code)
        return code;
    if (argc != 3)
        return rn_usage(argv[0], "two files are expected, IN and OUT");
    export = rn_exporter_of(argv[2]);
    if (export && options.naming != RN_NAMING_PYCLS)
        return rn_usage(argv[0], "--names is for .safetensors, .pth, .pt and .pyth, not for %s",
                        argv[2]);
    rn_config_default(&cfg);
    if (base) {
        code = rn_config_args((struct rn_config_source){.base = base}, 1, argv, &cfg);
        options.cfg = &cfg;
    }
    if (code)
        return code;
    status = export ? rn_export_weights(export, argv[1], options.cfg, argv[2], &err)
                    : rn_convert(argv[1], argv[2], &options, &err);
    return status == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
