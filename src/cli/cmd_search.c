/* regnet search: the best network for a folder of images, a budget and a time. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "exports.h"
#include "lines.h"

const char rn_help_search[] =
    "    regnet search photos --flops 5MF --time 10m\n"
    "    regnet search photos --flops 5MF --params 1M --time 2h --plan --out runs/plan\n"
    "\n"
    "usage: regnet search DIR LIMIT... --time T [options]\n"
    "\n"
    "  --flops N       multiply-adds of an image: 400MF, 1.6GF\n"
    "  --params N      parameters: 5M\n"
    "  --acts N        activations of an image: 3M\n"
    "  --latency T     of inference on this machine: 8ms, for\n"
    "    --batch N     images at once (1)\n"
    "    --threads N   (1)\n"
    "  --memory N      of that inference, parameters and activations: 2MB\n"
    "  --time T        for everything: 90s, 30m, 2h\n"
    "  --space SPACE   where to look (RegNetY); a name or a file\n"
    "  --skip-bad P    share of the images that may be damaged, and are left out (1%)\n"
    "  --out DIR       where the search lies (runs/search-NAME, the folder's name)\n"
    "  --seed S        of the random numbers (1)\n"
    "  --jobs N        networks trained at once (one a processor)\n"
    "  --halving       more networks, of which the worse stop early (successive halving)\n"
    "  --plan          print what would be done, and end\n"
    "  --fresh         begin anew: remove what an earlier search left in --out\n"
    "  --json          the outcome as one JSON object\n"
    "\n"
    "Looks at the images, plans, trains a population of networks within all limits, retrains the\n"
    "best with several seeds, and leaves best.safetensors, best.onnx, model-card.md and\n"
    "report.html (docs/search.md). Ctrl-C stops it; the same command goes on.\n";

struct unit {
    const char *name;
    double factor;
};

static const struct unit counts[] = {{"GF", 1e9}, {"MF", 1e6}, {"KF", 1e3}, {"G", 1e9},
                                     {"M", 1e6},  {"K", 1e3},  {"", 1},     {NULL, 0}};
static const struct unit bytes[] = {{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}, {NULL, 0}};
static const struct unit times[] = {{"ms", 1e-3}, {"us", 1e-6}, {"s", 1}, {NULL, 0}};

/* "400MF" into *out; text NULL: *out stays. Returns 0, or 2 after a message. */
static int amount(const char *option, const char *text, const struct unit *units,
                  const char *example, double *out)
{
    char *end;
    double value;

    if (!text)
        return 0;
    errno = 0;
    value = strtod(text, &end);
    for (; units->name; units++) {
        if (errno != 0 || end == text || strcmp(end, units->name) != 0 ||
            !(value > 0 && value < 1e15))
            continue;
        *out = value * units->factor;
        return 0;
    }
    return rn_usage("search", "%s takes an amount such as %s, not \"%s\"", option, example, text);
}

struct texts {
    const char *flops, *params, *acts, *latency, *batch, *threads, *memory, *time, *skip_bad, *seed,
        *jobs;
};

static int read_options(const struct texts *texts, struct rn_search_options *options)
{
    struct rn_search_budget *b = &options->budget;
    double flops = 0, params = 0, acts = 0, memory = 0;
    long long batch = 1, threads = 1, seed = 1, jobs = 0;

    if (amount("--flops", texts->flops, counts, "400MF", &flops) != 0 ||
        amount("--params", texts->params, counts, "5M", &params) != 0 ||
        amount("--acts", texts->acts, counts, "3M", &acts) != 0 ||
        amount("--latency", texts->latency, times, "8ms", &b->latency_s) != 0 ||
        amount("--memory", texts->memory, bytes, "2MB", &memory) != 0 ||
        (texts->time && rn_duration("search", "--time", texts->time, &options->seconds) != 0) ||
        (texts->skip_bad &&
         rn_share("search", "--skip-bad", texts->skip_bad, &options->skip_bad) != 0) ||
        (texts->batch && rn_number("search", "--batch", texts->batch, 1, 65536, &batch) != 0) ||
        (texts->threads && rn_number("search", "--threads", texts->threads, 1, 4096, &threads)) ||
        (texts->seed && rn_number("search", "--seed", texts->seed, 0, INT_MAX - 3, &seed) != 0) ||
        (texts->jobs && rn_number("search", "--jobs", texts->jobs, 1, 4096, &jobs) != 0))
        return 2;
    b->flops = (int64_t)flops;
    b->params = (int64_t)params;
    b->acts = (int64_t)acts;
    b->memory = (int64_t)memory;
    b->batch = (int)batch;
    b->threads = (int)threads;
    options->seed = (uint64_t)seed;
    options->jobs = (int)jobs;
    return 0;
}

/* runs/search-NAME, NAME being the folder's. */
static enum rn_status default_dir(const char *data, struct rn_buf *dir, struct rn_err *err)
{
    size_t len = strlen(data), begin;

    while (len > 1 && data[len - 1] == '/')
        len--;
    for (begin = len; begin > 0 && data[begin - 1] != '/'; begin--)
        ;
    return rn_buf_addf(dir, err, "runs/search-%.*s", (int)(len - begin), data + begin);
}

static enum rn_status export_best(const char *dir, struct rn_err *err)
{
    struct rn_buf from = {0}, to = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&from, dir, "best.safetensors", err));
    RN_TRY(rn_path_join(&to, dir, "best.onnx", err));
    status = rn_export_weights(rn_export_onnx, from.data, NULL, to.data, err);
done:
    rn_buf_release(&from);
    rn_buf_release(&to);
    return status;
}

static enum rn_status run(struct rn_search_options *options, bool json, struct rn_err *err)
{
    struct rn_lines lines = rn_lines_begin();
    struct rn_buf text = {0};
    enum rn_status status;

    options->on_event = rn_lines_event;
    options->arg = &lines;
    status = rn_search_run(options, err);
    rn_lines_end(&lines);
    if (status != RN_OK || options->plan_only)
        return status;
    RN_TRY(export_best(options->dir, err));
    RN_TRY(rn_search_summary(options->dir, json, &text, err));
    fwrite(text.data, 1, text.len, stdout);
done:
    rn_buf_release(&text);
    return status;
}

int rn_cmd_search(int argc, char **argv)
{
    struct rn_search_options options = {.skip_bad = 0.01, .stop = &rn_stop};
    struct texts texts = {0};
    bool json = false;
    const struct rn_option table[] = {
        {"--flops", NULL, NULL, &texts.flops},
        {"--params", NULL, NULL, &texts.params},
        {"--acts", NULL, NULL, &texts.acts},
        {"--latency", NULL, NULL, &texts.latency},
        {"--batch", NULL, NULL, &texts.batch},
        {"--threads", NULL, NULL, &texts.threads},
        {"--memory", NULL, NULL, &texts.memory},
        {"--time", NULL, NULL, &texts.time},
        {"--space", NULL, NULL, &options.space},
        {"--skip-bad", NULL, NULL, &texts.skip_bad},
        {"--out", NULL, NULL, &options.dir},
        {"--seed", NULL, NULL, &texts.seed},
        {"--jobs", NULL, NULL, &texts.jobs},
        {"--halving", NULL, &options.halving, NULL},
        {"--plan", NULL, &options.plan_only, NULL},
        {"--fresh", NULL, &options.fresh, NULL},
        {"--json", NULL, &json, NULL},
        {NULL, NULL, NULL, NULL},
    };
    struct rn_buf dir = {0};
    struct rn_err err = {0};
    enum rn_status status = RN_OK;

    if (rn_args(&argc, argv, table) != 0 || read_options(&texts, &options) != 0)
        return 2;
    if (argc != 2)
        return rn_usage(argv[0], "one folder of images was expected");
    options.data = argv[1];
    if (!options.dir) {
        RN_TRY(default_dir(options.data, &dir, &err));
        options.dir = dir.data;
    }
    rn_catch_signals();
    status = run(&options, json, &err);
done:
    rn_buf_release(&dir);
    return status == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
