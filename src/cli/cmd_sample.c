/* regnet sample: networks drawn from a design space. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "space_json.h"
#include "stages.h"

const char rn_help_sample[] =
    "    regnet sample RegNetX -n 10\n"
    "    regnet sample AnyNetXE@mini -n 100 --seed 1 --json\n"
    "\n"
    "usage: regnet sample SPACE [options]\n"
    "\n"
    "  -n N       networks to draw (10, or a sweep's SETUP.NUM_CONFIGS)\n"
    "  --seed S   of the random numbers (0, or a sweep's SETUP.RNG_SEED); network i depends on S "
    "and\n"
    "             i alone\n"
    "  --json     a JSON object a network: {\"index\", \"space\", \"parameters\", \"config\", "
    "\"resolution\",\n"
    "             \"stages\", \"flops\", \"params\", \"acts\"}\n"
    "\n"
    "SPACE is a name (`regnet space` lists them), with overlays as in RegNetX@mini, or the path of "
    "a\n"
    ".yaml file (docs/spaces.md), which may be a pycls sweep file.\n";

struct options {
    const char *n, *seed;
    bool json;
};

/* A drawn configuration key's value, of the key's type. */
static void setting(struct rn_json *js, const struct rn_space_setting *setting)
{
    const struct rn_value value = {.kind = RN_VALUE_SCALAR, .text = setting->text, .quoted = true};
    bool flag = false;

    rn_json_key(js, setting->key->name);
    if (setting->key->type == RN_KEY_TEXT)
        rn_json_text(js, setting->text);
    else if (setting->key->type == RN_KEY_BOOL && rn_value_bool(&value, &flag, NULL) == RN_OK)
        rn_json_bool(js, flag);
    else
        rn_json_raw(js, setting->text);
}

static void drawn(struct rn_json *js, const struct rn_sample *sample)
{
    rn_json_key(js, "parameters");
    rn_json_object(js);
    for (int i = 0; i < sample->n_values; i++) {
        rn_json_key(js, sample->values[i].name);
        rn_json_number(js, sample->values[i].value);
    }
    rn_json_close(js);
    rn_json_key(js, "config");
    rn_json_object(js);
    for (int i = 0; i < sample->n_settings; i++)
        setting(js, &sample->settings[i]);
    rn_json_close(js);
}

static enum rn_status print_json(const char *space, const struct rn_sample *sample,
                                 struct rn_buf *text, struct rn_err *err)
{
    struct rn_json js;
    enum rn_status status;

    text->len = 0;
    js = rn_json_begin(text);
    rn_json_object(&js);
    rn_json_key(&js, "index"), rn_json_int(&js, (int64_t)sample->index);
    rn_json_key(&js, "space"), rn_json_text(&js, space);
    drawn(&js, sample);
    rn_json_key(&js, "resolution"), rn_json_int(&js, sample->arch.im_size);
    rn_json_stages(&js, &sample->arch);
    rn_json_counts(&js, &sample->cx);
    rn_json_close(&js);
    status = rn_json_end(&js, err);
    if (status == RN_OK)
        puts(text->data);
    return status;
}

/* "1,2,7,12" */
static void print_list(const struct rn_arch *arch, double (*field)(const struct rn_stage *),
                       int width)
{
    char text[256] = "";
    size_t len = 0;

    for (int i = 0; i < arch->n_stages; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%g", i ? "," : "",
                                field(&arch->stages[i]));
    printf("  %-*s", width, text);
}

static double depth(const struct rn_stage *stage)
{
    return stage->depth;
}

static double width(const struct rn_stage *stage)
{
    return stage->width;
}

static double group_w(const struct rn_stage *stage)
{
    return stage->group_w;
}

static double inverse_bot_mul(const struct rn_stage *stage)
{
    return 1 / stage->bot_mul;
}

static void print_line(const struct rn_sample *sample)
{
    char flops[16], params[16], acts[16];

    printf("%5llu", (unsigned long long)sample->index);
    print_list(&sample->arch, depth, 12);
    print_list(&sample->arch, width, 18);
    print_list(&sample->arch, inverse_bot_mul, 7);
    print_list(&sample->arch, group_w, 11);
    printf("  %8s  %8s  %8s", rn_human_count(sample->cx.flops, flops),
           rn_human_count(sample->cx.params, params), rn_human_count(sample->cx.acts, acts));
    for (int i = 0; i < sample->n_values; i++) {
        if (strcmp(sample->values[i].name, "r") == 0)
            printf("  r=%g", sample->values[i].value);
    }
    for (int i = 0; i < sample->n_settings; i++)
        printf("  %s=%s", sample->settings[i].key->name, sample->settings[i].text);
    putchar('\n');
}

/* What the command line does not say, a sweep does. */
static int numbers(const struct options *options, const struct rn_space *space, long long *n,
                   long long *seed)
{
    uint64_t networks = rn_space_networks(space);
    int code = 0;

    *n = networks > 0 ? (long long)networks : 10;
    *seed = (long long)rn_space_seed(space);
    if (options->n)
        code = rn_number("sample", "-n", options->n, 1, 1000000000, n);
    if (code == 0 && options->seed)
        code = rn_number("sample", "--seed", options->seed, 0, INT64_MAX, seed);
    return code;
}

static enum rn_status draw_all(const struct rn_space *space, uint64_t seed, uint64_t n, bool json,
                               struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_sample sample;
    enum rn_status status = RN_OK;

    for (uint64_t i = 0; i < n; i++) {
        RN_TRY(rn_space_draw(space, seed, i, &sample, err));
        if (!json && i == 0)
            printf("%5s  %-12s  %-18s  %-7s  %-11s  %8s  %8s  %8s\n", "index", "depths", "widths",
                   "b", "groups", "flops", "params", "acts");
        if (json)
            RN_TRY(print_json(rn_space_name(space), &sample, &text, err));
        else
            print_line(&sample);
    }
done:
    rn_buf_release(&text);
    return status;
}

int rn_cmd_sample(int argc, char **argv)
{
    struct options options = {0};
    const struct rn_option table[] = {{"-n", NULL, NULL, &options.n},
                                      {"--seed", NULL, NULL, &options.seed},
                                      {"--json", NULL, &options.json, NULL},
                                      {NULL, NULL, NULL, NULL}};
    struct rn_space *space = NULL;
    struct rn_err err = {0};
    long long n, seed;
    enum rn_status status;
    int code = rn_args(&argc, argv, table);

    if (code)
        return code;
    if (argc != 2)
        return rn_usage(argv[0], "which space? one SPACE is needed");
    RN_TRY(rn_space_open(argv[1], &space, &err));
    code = numbers(&options, space, &n, &seed);
    if (code == 0)
        status = draw_all(space, (uint64_t)seed, (uint64_t)n, options.json, &err);
done:
    rn_space_free(space);
    return status == RN_OK ? code : rn_report_error(argv[0], &err);
}
