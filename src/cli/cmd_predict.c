/* regnet predict: the class of an image, by a trained network's file alone. */
#include "cli.h"

#include <stdio.h>

const char rn_help_predict[] =
    "    regnet predict runs/tiny/model.safetensors examples/ankle-boot.png\n"
    "    regnet predict runs/tiny/model.safetensors examples/ankle-boot.png --top 3 --json\n"
    "\n"
    "usage: regnet predict FILE.safetensors IMAGE... [options]\n"
    "\n"
    "  --top K   the K likeliest classes (1)\n"
    "  --json    a JSON object an image: {\"image\", \"classes\": [{\"class\", \"probability\"}, "
    "...]}\n"
    "\n"
    "Prints \"IMAGE  class  probability\". Images are PNG or JPEG; of any size, they are resized\n"
    "and cropped to what the network was trained on.\n";

struct options {
    const char *top;
    bool json;
    long long k;
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

static void print_text(const struct rn_predictor *predictor, const struct options *options,
                       const char *image, double *p)
{
    int n = rn_predictor_classes(predictor);

    for (int i = 0; i < options->k && i < n; i++) {
        double probability;
        int k = take_best(p, n, &probability);
        printf("%s  %s  %.4f\n", image, rn_predictor_class(predictor, k), probability);
    }
}

static void print_json(const struct rn_predictor *predictor, const struct options *options,
                       const char *image, double *p)
{
    int n = rn_predictor_classes(predictor);
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);

    rn_json_object(&js);
    rn_json_key(&js, "image");
    rn_json_text(&js, image);
    rn_json_key(&js, "classes");
    rn_json_list(&js);
    for (int i = 0; i < options->k && i < n; i++) {
        double probability;
        int k = take_best(p, n, &probability);
        rn_json_object(&js);
        rn_json_key(&js, "class");
        rn_json_text(&js, rn_predictor_class(predictor, k));
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

/* Every image that can be read is answered, whatever the others are. */
static int predict_all(struct rn_predictor *predictor, const struct options *options, int argc,
                       char **argv)
{
    double *p = rn_alloc((size_t)rn_predictor_classes(predictor), sizeof *p);
    int code = 0;

    if (!p)
        return 1;
    for (int i = 2; i < argc; i++) {
        struct rn_err err = {0};
        if (rn_predict(predictor, argv[i], p, &err) != RN_OK)
            code = rn_report_error(argv[0], &err);
        else if (options->json)
            print_json(predictor, options, argv[i], p);
        else
            print_text(predictor, options, argv[i], p);
    }
    rn_free(p);
    return code;
}

int rn_cmd_predict(int argc, char **argv)
{
    struct options options = {.top = "1"};
    const struct rn_option table[] = {
        {"--top", NULL, NULL, &options.top},
        {"--json", NULL, &options.json, NULL},
        {NULL, NULL, NULL, NULL},
    };
    struct rn_predictor *predictor = NULL;
    struct rn_err err = {0};
    int code = rn_args(&argc, argv, table);

    if (code == 0)
        code = rn_number(argv[0], "--top", options.top, 1, 1000000, &options.k);
    if (code)
        return code;
    if (argc < 3)
        return rn_usage(argv[0], "FILE.safetensors and at least one IMAGE are expected");
    if (rn_predictor_open(argv[1], &predictor, &err) != RN_OK)
        return rn_report_error(argv[0], &err);
    code = predict_all(predictor, &options, argc, argv);
    rn_predictor_free(predictor);
    return code;
}
