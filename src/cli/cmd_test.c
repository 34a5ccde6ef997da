/* regnet test: the error of trained weights. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

const char rn_help_test[] =
    "    regnet test runs/tiny/model.safetensors\n"
    "    regnet test --cfg configs/networks/fashion-tiny.yaml TEST.WEIGHTS "
    "runs/tiny/model.safetensors\n"
    "\n"
    "usage: regnet test FILE.safetensors|RUN [options] [KEY VALUE ...]\n"
    "       regnet test --cfg FILE [options] [KEY VALUE ...]\n"
    "\n"
    "  --cfg FILE   a configuration in pycls' keys; TEST.WEIGHTS names the weights\n"
    "  --data DIR   where the data set lies (DATA_LOADER.DIR)\n"
    "  --skip-bad SHARE\n"
    "               images that may be damaged and are left out, as 1% (DATA_LOADER.SKIP_BAD)\n"
    "  --json       one JSON object on standard output\n"
    "\n"
    "A file or a run's directory that regnet train wrote knows its network and data set; --cfg is "
    "for other files.\n";

struct options {
    const char *cfg, *data, *skip_bad;
    bool json;
};

static bool is_weights(const char *text)
{
    static const char *const extensions[] = {".safetensors", ".pth", ".pt", ".pyth"};
    const char *dot = strrchr(text, '.');

    for (size_t i = 0; dot && i < sizeof extensions / sizeof *extensions; i++)
        if (strcmp(dot, extensions[i]) == 0)
            return true;
    return false;
}

/* The model of a run: RUN/model.safetensors. */
static enum rn_status model_of_run(const char *run, struct rn_buf *path, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_path_join(path, run, "model.safetensors", err));
    if (!rn_path_exists(path->data))
        status = rn_fail(err, RN_E_CONFIG,
                         "%s: a file of weights (.safetensors, .pth, .pt, .pyth), the directory of "
                         "a run that is over or pairs KEY VALUE are expected",
                         run);
done:
    return status;
}

/* Weights as the first operand, a file or a run's directory, say their own configuration; they are
   taken out of argv. */
static enum rn_status take_weights(int *argc, char **argv, const struct options *options,
                                   struct rn_config *cfg, struct rn_err *err)
{
    struct rn_buf in_run = {0};
    const char *path = argv[1];
    enum rn_status status = RN_OK;

    if (*argc % 2 != 0)
        return RN_OK;
    if (!is_weights(path)) {
        RN_TRY(model_of_run(path, &in_run, err));
        path = in_run.data;
    }
    if (!options->cfg)
        RN_TRY(rn_weights_config(path, cfg, err));
    RN_TRY(rn_config_set(cfg, "TEST.WEIGHTS", path, err));
    memmove(argv + 1, argv + 2, (size_t)(*argc - 2) * sizeof *argv);
    --*argc;
done:
    rn_buf_release(&in_run);
    return status;
}

static void print(const struct options *options, const struct rn_result *result)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);

    if (!options->json) {
        printf("top-1 error %.2f %%, top-5 %.2f %%, loss %.4f\n", result->top1_err,
               result->top5_err, result->loss);
        return;
    }
    rn_json_object(&js);
    rn_json_key(&js, "top1_err");
    rn_json_double(&js, result->top1_err);
    rn_json_key(&js, "top5_err");
    rn_json_double(&js, result->top5_err);
    rn_json_key(&js, "loss");
    rn_json_double(&js, result->loss);
    rn_json_key(&js, "flops");
    rn_json_int(&js, result->cx.flops);
    rn_json_key(&js, "params");
    rn_json_int(&js, result->cx.params);
    rn_json_key(&js, "acts");
    rn_json_int(&js, result->cx.acts);
    rn_json_close(&js);
    if (rn_json_end(&js, NULL) == RN_OK)
        puts(text.data);
    rn_buf_release(&text);
}

int rn_cmd_test(int argc, char **argv)
{
    struct options options = {0};
    const struct rn_option table[] = {
        {"--cfg", NULL, NULL, &options.cfg},
        {"--data", NULL, NULL, &options.data},
        {"--skip-bad", NULL, NULL, &options.skip_bad},
        {"--json", NULL, &options.json, NULL},
        {NULL, NULL, NULL, NULL},
    };
    struct rn_config cfg;
    struct rn_result result;
    struct rn_err err = {0};
    int code = rn_args(&argc, argv, table);

    if (code)
        return code;
    if (!options.cfg && argc < 2)
        return rn_usage(argv[0], "which weights? FILE.safetensors, or --cfg FILE");
    rn_config_default(&cfg);
    if (take_weights(&argc, argv, &options, &cfg, &err) != RN_OK)
        return rn_report_error(argv[0], &err);
    code = rn_config_args((struct rn_config_source){.base = options.cfg}, argc, argv, &cfg);
    if (code)
        return code;
    code = rn_data_args(argv[0], options.data, options.skip_bad, &cfg);
    if (code)
        return code;
    if (rn_test(&cfg, NULL, rn_show_skipped, NULL, &result, &err) != RN_OK)
        return rn_report_error(argv[0], &err);
    print(&options, &result);
    return 0;
}
