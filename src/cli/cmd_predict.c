/* regnet predict: the classes of images, by a file of weights. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "inputs.h"

const char rn_help_predict[] =
    "    regnet predict runs/tiny/model.safetensors examples/ankle-boot.png\n"
    "    regnet predict runs/tiny/model.safetensors examples/ankle-boot.png --top 3 --json\n"
    "\n"
    "usage: regnet predict WEIGHTS INPUT... [options]\n"
    "\n"
    "  --cfg FILE|NAME  the network, for weights that do not say it\n"
    "  --top K          the K likeliest classes (1)\n"
    "  --json           a JSON object an image: {\"image\", \"classes\": [{\"class\",\n"
    "                   \"probability\"}, ...]}\n"
    "  --logits         what the network gives, of all images; with --json\n"
    "                   {\"logits\": [[...], ...]}\n"
    "\n"
    "WEIGHTS is a .safetensors file or a PyTorch checkpoint with pycls', torchvision's or timm's\n"
    "names. An INPUT is a PNG or JPEG of any size, a folder of them, or a .npy of normalized\n"
    "images n x 3 x size x size. Prints \"IMAGE  class  probability\".\n";

struct options {
    const char *cfg, *top;
    bool json, logits;
    long long k;
};

/* The answers so far: with --logits --json they are one document. */
struct output {
    const struct options *options;
    const struct rn_predictor *predictor;
    struct rn_buf text;
    struct rn_json js;
};

/* The likeliest class not yet named; named ones are marked by a negative probability. */
static int take_best(double *p, int n, double *probability)
{
    int best = 0;

    for (int k = 1; k < n; k++)
        if (p[k] > p[best])
            best = k;
    *probability = p[best];
    p[best] = -1;
    return best;
}

static void print_text(const struct output *out, const char *image, double *p, int n)
{
    for (int i = 0; i < out->options->k && i < n; i++) {
        double probability;
        int k = take_best(p, n, &probability);
        printf("%s  %s  %.4f\n", image, rn_predictor_class(out->predictor, k), probability);
    }
}

static void print_json(const struct output *out, const char *image, double *p, int n)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);

    rn_json_object(&js);
    rn_json_key(&js, "image");
    rn_json_text(&js, image);
    rn_json_key(&js, "classes");
    rn_json_list(&js);
    for (int i = 0; i < out->options->k && i < n; i++) {
        double probability;
        int k = take_best(p, n, &probability);
        rn_json_object(&js);
        rn_json_key(&js, "class");
        rn_json_text(&js, rn_predictor_class(out->predictor, k));
        rn_json_key(&js, "probability");
        rn_json_double(&js, probability);
        rn_json_close(&js);
    }
    rn_json_close(&js);
    rn_json_close(&js);
    if (rn_json_end(&js, NULL) == RN_OK)
        puts(text.data);
    rn_buf_release(&text);
}

static void print_logits(struct output *out, const char *image, const float *logits, int n)
{
    if (!out->options->json)
        printf("%s", image);
    else
        rn_json_list(&out->js);
    for (int k = 0; k < n; k++) {
        if (out->options->json)
            rn_json_double(&out->js, logits[k]);
        else
            printf("  %.9g", logits[k]);
    }
    if (out->options->json)
        rn_json_close(&out->js);
    else
        puts("");
}

static enum rn_status print_all(struct output *out, const char *image,
                                const struct rn_logits *logits, struct rn_err *err)
{
    double *p = rn_alloc((size_t)logits->classes, sizeof *p);

    if (!p)
        return rn_nomem(err, (size_t)logits->classes * sizeof *p, "probabilities");
    for (size_t i = 0; i < logits->n; i++) {
        const float *row = logits->values + i * (size_t)logits->classes;
        rn_softmax(row, logits->classes, p);
        if (out->options->logits)
            print_logits(out, image, row, logits->classes);
        else if (out->options->json)
            print_json(out, image, p, logits->classes);
        else
            print_text(out, image, p, logits->classes);
    }
    rn_free(p);
    return RN_OK;
}

/* Every input that can be read is answered, whatever the others are. */
static int predict_all(struct rn_predictor *predictor, const struct options *options,
                       const char *verb, const struct rn_inputs *inputs)
{
    struct output out = {.options = options, .predictor = predictor};
    bool document = options->json && options->logits;
    struct rn_err err = {0};
    int code = 0;

    out.js = rn_json_begin(&out.text);
    if (document) {
        rn_json_object(&out.js);
        rn_json_key(&out.js, "logits");
        rn_json_list(&out.js);
    }
    for (size_t i = 0; i < inputs->n; i++) {
        struct rn_logits logits = {0};
        enum rn_status status = rn_predict_logits(predictor, inputs->paths[i], &logits, &err);
        if (status == RN_OK)
            status = print_all(&out, inputs->paths[i], &logits, &err);
        if (status != RN_OK)
            code = rn_report_error(verb, &err);
        rn_logits_release(&logits);
    }
    if (document && (code == 0 || inputs->n > 1)) {
        rn_json_close(&out.js);
        rn_json_close(&out.js);
        if (rn_json_end(&out.js, &err) == RN_OK)
            puts(out.text.data);
        else
            code = rn_report_error(verb, &err);
    }
    rn_buf_release(&out.text);
    return code;
}

static int run(const struct options *options, int argc, char **argv)
{
    struct rn_predictor *predictor = NULL;
    struct rn_inputs inputs = {0};
    struct rn_config cfg;
    struct rn_err err = {0};
    int code = 0;
    enum rn_status status;

    rn_config_default(&cfg);
    if (options->cfg)
        code = rn_config_args((struct rn_config_source){.base = options->cfg}, 1, argv, &cfg);
    if (code)
        return code;
    RN_TRY(rn_inputs_find(argc - 2, argv + 2, &inputs, &err));
    RN_TRY(rn_predictor_open_as(argv[1], options->cfg ? &cfg : NULL, &predictor, &err));
    code = predict_all(predictor, options, argv[0], &inputs);
done:
    rn_predictor_free(predictor);
    rn_inputs_release(&inputs);
    return status == RN_OK ? code : rn_report_error(argv[0], &err);
}

int rn_cmd_predict(int argc, char **argv)
{
    struct options options = {.top = "1"};
    const struct rn_option table[] = {
        {"--cfg", NULL, NULL, &options.cfg},
        {"--top", NULL, NULL, &options.top},
        {"--json", NULL, &options.json, NULL},
        {"--logits", NULL, &options.logits, NULL},
        {NULL, NULL, NULL, NULL},
    };
    int code = rn_args(&argc, argv, table);

    if (code == 0)
        code = rn_number(argv[0], "--top", options.top, 1, 1000000, &options.k);
    if (code)
        return code;
    if (argc < 3)
        return rn_usage(argv[0], "WEIGHTS and at least one INPUT are expected");
    return run(&options, argc, argv);
}
