/* The table of verbs. */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct rn_verb rn_verbs[] = {
    {"models", "the networks known by name", rn_help_models, rn_cmd_models},
    {"info", "a network's stages, multiply-adds, parameters and activations", rn_help_info,
     rn_cmd_info},
    {"scale", "a network made larger or smaller in depth, width and resolution", rn_help_scale,
     rn_cmd_scale},
    {"space", "a design space's parameters, size and constraints", rn_help_space, rn_cmd_space},
    {"fit", "the quantized line nearest to a network's widths", rn_help_fit, rn_cmd_fit},
    {"sample", "draw networks from a design space", rn_help_sample, rn_cmd_sample},
    {"data", "images in folders: damaged ones, mean and deviation", rn_help_data, rn_cmd_data},
    {"config", "what a configuration comes to, and what its keys mean", rn_help_config,
     rn_cmd_config},
    {"train", "train one network", rn_help_train, rn_cmd_train},
    {"test", "measure a trained network's error", rn_help_test, rn_cmd_test},
    {"time", "milliseconds of training and inference, by layer too", rn_help_time, rn_cmd_time},
    {"predict", "name the class of an image", rn_help_predict, rn_cmd_predict},
    {"convert", "weights between file formats and libraries' names", rn_help_convert,
     rn_cmd_convert},
    {"export", "write a trained network as ONNX or C", rn_help_export, rn_cmd_export},
    {"sweep", "train a population, on one machine or many", rn_help_sweep, rn_cmd_sweep},
    {"search", "the best network for a folder of images and a budget", rn_help_search,
     rn_cmd_search},
    {"study", "compare design spaces and hand over the best network", rn_help_study, rn_cmd_study},
    {"edf", "compare the error distributions of populations", rn_help_edf, rn_cmd_edf},
    {"refine", "propose the next restriction of a space from its population", rn_help_refine,
     rn_cmd_refine},
    {"report", "a page and figures of what populations say", rn_help_report, rn_cmd_report},
    {"compare", "networks of several families at equal cost", rn_help_compare, rn_cmd_compare},
    {NULL, NULL, NULL, NULL},
};

static void print_verbs(FILE *out)
{
    fputs("regnet: designing network design spaces\n\n"
          "    regnet study configs/studies/quickstart.yaml    the whole path, in minutes\n"
          "    regnet info RegNetX-400MF                       one network of the paper\n\n"
          "usage: regnet VERB [options] [KEY VALUE ...]; regnet VERB --help\n\n",
          out);
    for (const struct rn_verb *verb = rn_verbs; verb->name; verb++)
        fprintf(out, "  %-10s%s\n", verb->name, verb->summary);
}

static int unknown_verb(const char *name)
{
    const char *names[32];
    size_t n = 0;
    const char *near;

    for (const struct rn_verb *verb = rn_verbs; verb->name; verb++)
        names[n++] = verb->name;
    near = rn_nearest(name, names, n);
    if (near)
        fprintf(stderr, "regnet: there is no verb \"%s\"; did you mean \"%s\"?\n", name, near);
    else
        fprintf(stderr, "regnet: there is no verb \"%s\"; regnet --help lists them\n", name);
    return 2;
}

static int run_verb(int argc, char **argv)
{
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_verbs(stdout);
        return 0;
    }
    for (const struct rn_verb *verb = rn_verbs; verb->name; verb++) {
        if (strcmp(verb->name, argv[1]) != 0)
            continue;
        for (int i = 2; i < argc; i++) {
            if (strcmp(argv[i], "--help") == 0) {
                fputs(verb->help, stdout);
                return 0;
            }
        }
        return verb->run(argc - 1, argv + 1);
    }
    return unknown_verb(argv[1]);
}

int main(int argc, char **argv)
{
    int code;

    if (argc < 2) {
        print_verbs(stderr);
        return 2;
    }
    code = run_verb(argc, argv);
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "regnet: could not write the output: %s\n", strerror(errno ? errno : EIO));
    return code ? code : rn_status_exit_code(RN_E_IO);
}
