/* regnet fit: the quantized line nearest to a network's widths. */
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

const char rn_help_fit[] =
    "    regnet fit --widths 64,128,272,704 --depths 2,4,5,5\n"
    "    regnet fit RegNetX-400MF --json\n"
    "\n"
    "usage: regnet fit --widths LIST --depths LIST [--json]\n"
    "       regnet fit NAME [--json] [KEY VALUE ...]\n"
    "       regnet fit --cfg FILE [--json] [KEY VALUE ...]\n"
    "\n"
    "  --widths W1,W2,...  of the stages\n"
    "  --depths D1,D2,...  of the stages, as many\n"
    "  --cfg FILE          a pycls configuration, YAML or JSON\n"
    "  --json              {\"w0\", \"wa\", \"wm\", \"error\"}\n"
    "\n"
    "Finds the parameters w0, wa, wm whose line (the paper's equations 2 to 4) is nearest to the\n"
    "widths of all blocks. The error is the mean of log(predicted / given width)^2, the paper's\n"
    "e_fit. Of a network that is a RegNet they are parameters that generate it.\n";

struct options {
    const char *cfg, *widths, *depths;
    bool json;
};

/* "32,64" into at most RN_MAX_STAGES numbers. Returns how many, or 0 after a message. */
static int read_list(const char *verb, const char *option, const char *text, int *numbers)
{
    const char *rest = text;

    for (int n = 0; n < RN_MAX_STAGES; rest++) {
        char *end;
        long number;
        errno = 0;
        number = strtol(rest, &end, 10);
        if (end == rest || errno != 0 || number < 1 || number > INT_MAX || (*end && *end != ','))
            break;
        numbers[n++] = (int)number;
        if (*end == 0)
            return n;
        rest = end;
    }
    rn_usage(verb, "%s takes 1 to %d positive whole numbers with commas between, not \"%s\"",
             option, RN_MAX_STAGES, text);
    return 0;
}

static int from_lists(const char *verb, const struct options *options, struct rn_arch *arch)
{
    int widths[RN_MAX_STAGES], depths[RN_MAX_STAGES], n_depths;

    if (!options->widths || !options->depths)
        return rn_usage(verb, "--widths and --depths are given together");
    arch->n_stages = read_list(verb, "--widths", options->widths, widths);
    n_depths = arch->n_stages ? read_list(verb, "--depths", options->depths, depths) : 0;
    if (n_depths == 0)
        return 2;
    if (n_depths != arch->n_stages)
        return rn_usage(verb, "%d widths and %d depths: each stage has one of both", arch->n_stages,
                        n_depths);
    for (int i = 0; i < n_depths; i++)
        arch->stages[i] = (struct rn_stage){.width = widths[i], .depth = depths[i], .bot_mul = 1};
    return 0;
}

static int from_config(const char *base, int argc, char **argv, struct rn_arch *arch)
{
    struct rn_config cfg;
    struct rn_err err = {0};
    int code;

    rn_config_default(&cfg);
    code = rn_config_args((struct rn_config_source){.base = base}, argc, argv, &cfg);
    if (code)
        return code;
    if (rn_arch_from_config(&cfg, arch, &err) != RN_OK) {
        rn_err_prefix(&err, "%s", base);
        return rn_report_error(argv[0], &err);
    }
    return 0;
}

static int read_network(const struct options *options, int argc, char **argv, struct rn_arch *arch)
{
    if (options->cfg)
        return from_config(options->cfg, argc, argv, arch);
    if (argc > 1) {
        const char *name = argv[1];
        argv[1] = argv[0];
        return from_config(name, argc - 1, argv + 1, arch);
    }
    if (!options->widths && !options->depths)
        return rn_usage(argv[0], "which network? NAME, --cfg FILE, or --widths and --depths");
    return from_lists(argv[0], options, arch);
}

static enum rn_status print_json(const struct rn_regnet_fit *fit, struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "w0"), rn_json_int(&js, fit->w0);
    rn_json_key(&js, "wa"), rn_json_double(&js, fit->wa);
    rn_json_key(&js, "wm"), rn_json_double(&js, fit->wm);
    rn_json_key(&js, "error"), rn_json_double(&js, fit->error);
    rn_json_close(&js);
    status = rn_json_end(&js, err);
    if (status == RN_OK)
        puts(text.data);
    rn_buf_release(&text);
    return status;
}

static void print_table(const struct rn_arch *arch, const struct rn_regnet_fit *fit)
{
    double predicted = fit->w0;

    printf("  w0     %d\n  wa     %g\n  wm     %g\n  error  %.6f\n\n", fit->w0, fit->wa, fit->wm,
           fit->error);
    printf("  stage  depth  width  predicted\n");
    for (int i = 0; i < arch->n_stages; i++, predicted *= fit->wm)
        printf("  %5d  %5d  %5d  %9.1f\n", i + 1, arch->stages[i].depth, arch->stages[i].width,
               predicted);
    if (fit->g > 0)
        printf("\nA RegNet: with group width %d these parameters generate the stages.\n", fit->g);
}

int rn_cmd_fit(int argc, char **argv)
{
    struct options options = {0};
    const struct rn_option table[] = {{"--widths", NULL, NULL, &options.widths},
                                      {"--depths", NULL, NULL, &options.depths},
                                      {"--cfg", NULL, NULL, &options.cfg},
                                      {"--json", NULL, &options.json, NULL},
                                      {NULL, NULL, NULL, NULL}};
    struct rn_arch arch = {0};
    struct rn_regnet_fit fit;
    struct rn_err err = {0};
    int code = rn_args(&argc, argv, table);

    if (code == 0 && (options.cfg || argc > 1) && (options.widths || options.depths))
        code = rn_usage(argv[0], "the widths are given twice: a network, and --widths or --depths");
    if (code == 0)
        code = read_network(&options, argc, argv, &arch);
    if (code)
        return code;
    if (rn_regnet_fit(&arch, &fit, &err) != RN_OK)
        return rn_report_error(argv[0], &err);
    if (!options.json)
        print_table(&arch, &fit);
    else if (print_json(&fit, &err) != RN_OK)
        return rn_report_error(argv[0], &err);
    return 0;
}
