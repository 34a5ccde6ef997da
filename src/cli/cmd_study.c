/* regnet study: trains and compares the populations of several design spaces. */
#include <stdio.h>

#include "cli.h"
#include "lines.h"

const char rn_help_study[] =
    "    regnet study configs/studies/quickstart.yaml\n"
    "    regnet study configs/studies/quickstart.yaml -n 100 --out runs/hundred --jobs 2\n"
    "\n"
    "usage: regnet study FILE [options]\n"
    "\n"
    "  --out DIR       where it lies (runs/NAME, the study's name)\n"
    "  --data DIR      where the data set lies (DATA_LOADER.DIR)\n"
    "  -n, --networks N\n"
    "                  networks of each space (as the study says)\n"
    "  --jobs N        networks trained at once (one a processor)\n"
    "  --fresh         begin anew: remove what an earlier study left in DIR\n"
    "  --json          the outcome as one JSON object on standard output\n"
    "\n"
    "Draws networks from each of the study's design spaces, trains them all alike, compares the\n"
    "spaces by the distribution of their errors, and retrains the best network (docs/studies.md).\n"
    "Ctrl-C stops it; the same command goes on, and joins it while it runs.\n";

static enum rn_status run(const struct rn_study *study, struct rn_study_options *options,
                          struct rn_err *err)
{
    struct rn_lines lines = rn_lines_begin();
    enum rn_status status;

    options->on_event = rn_lines_event;
    options->arg = &lines;
    status = rn_study_run(study, options, err);
    rn_lines_end(&lines);
    return status;
}

static enum rn_status print_summary(const char *dir, bool json, struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status = rn_study_summary(dir, json, &text, err);

    if (status == RN_OK)
        fwrite(text.data, 1, text.len, stdout);
    rn_buf_release(&text);
    return status;
}

int rn_cmd_study(int argc, char **argv)
{
    const char *out = NULL, *data = NULL, *jobs = NULL, *networks = NULL;
    bool fresh = false, json = false;
    const struct rn_option table[] = {
        {"--out", NULL, NULL, &out},
        {"--data", NULL, NULL, &data},
        {"--networks", "-n", NULL, &networks},
        {"--jobs", NULL, NULL, &jobs},
        {"--fresh", NULL, &fresh, NULL},
        {"--json", NULL, &json, NULL},
        {NULL, NULL, NULL, NULL},
    };
    struct rn_study_options options = {.stop = &rn_stop};
    struct rn_study *study = NULL;
    struct rn_buf dir = {0};
    struct rn_err err = {0};
    long long n_jobs = 0, n_networks = 0;
    enum rn_status status;

    if (rn_args(&argc, argv, table) != 0 ||
        (jobs && rn_number(argv[0], "--jobs", jobs, 1, 4096, &n_jobs) != 0) ||
        (networks && rn_number(argv[0], "-n", networks, 1, 1000000, &n_networks) != 0))
        return 2;
    if (argc != 2)
        return rn_usage(argv[0], "one study's file was expected");
    RN_TRY(rn_study_open(argv[1], data, &study, &err));
    RN_TRY(out ? rn_buf_addf(&dir, &err, "%s", out)
               : rn_buf_addf(&dir, &err, "runs/%s", rn_study_name(study)));
    options.dir = dir.data;
    options.jobs = (int)n_jobs;
    options.networks = (int)n_networks;
    options.fresh = fresh;
    rn_catch_signals();
    RN_TRY(run(study, &options, &err));
    status = print_summary(dir.data, json, &err);
done:
    rn_study_free(study);
    rn_buf_release(&dir);
    return status == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
