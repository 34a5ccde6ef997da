/* regnet train: one network, by a configuration, into a run directory. */
#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char rn_help_train[] =
    "    regnet train --cfg configs/networks/fashion-tiny.yaml --out runs/tiny\n"
    "    regnet train --cfg configs/networks/fashion-tiny.yaml --out runs/slow OPTIM.BASE_LR 0.02\n"
    "\n"
    "usage: regnet train [--cfg FILE|NAME] [options] [KEY VALUE ...]\n"
    "\n"
    "  --cfg FILE|NAME  a configuration in pycls' keys, or a network by name; without it, KEY\n"
    "                   VALUE pairs and --out say everything\n"
    "  --recipe NAME    paper or modern: how to train, whatever the file says; regnet config\n"
    "                   --recipe NAME shows it\n"
    "  --init FILE      weights to begin with (TRAIN.WEIGHTS)\n"
    "  --data DIR       where the data set lies (DATA_LOADER.DIR); where TRAIN.DATASET is not "
    "set,\n"
    "                   what lies there is found out: folders of classes, lists, tar shards\n"
    "  --skip-bad SHARE images that may be damaged and are left out, as 1% (DATA_LOADER.SKIP_BAD)\n"
    "  --out DIR        the run's directory (OUT_DIR); runs/NAME of the configuration\n"
    "  --fresh          begin anew where there is a run already\n"
    "  --new-head       of those weights all but the classifier is taken\n"
    "  --json           the result as one JSON object on standard output\n"
    "\n"
    "The same command goes on with an interrupted training. docs/runs.md describes the "
    "directory.\n";

struct options {
    const char *cfg, *recipe, *init, *data, *skip_bad, *out;
    bool fresh, new_head, json;
};

/* Progress on standard error: one line, rewritten, on a terminal; else a line an epoch. */
struct progress {
    bool terminal;
    double last; /* when the line was last rewritten */
};

static void print_time(double seconds)
{
    long s = (long)seconds;

    if (s >= 3600)
        fprintf(stderr, "%ld h %02ld min left", s / 3600, s / 60 % 60);
    else
        fprintf(stderr, "%ld:%02ld left", s / 60, s % 60);
}

static void show(void *arg, const struct rn_progress *at)
{
    struct progress *progress = arg;
    bool epoch_done = at->step == at->steps;

    if (!epoch_done && (!progress->terminal || rn_clock() - progress->last < 0.1))
        return;
    progress->last = rn_clock();
    fprintf(stderr, "%sepoch %d/%d  step %d/%d  loss %.4f  lr %.4f  ",
            progress->terminal ? "\r" : "", at->epoch + 1, at->epochs, at->step, at->steps,
            at->loss, at->lr);
    print_time(at->seconds_left);
    fprintf(stderr, "%s%s", progress->terminal ? "\033[K" : "", epoch_done ? "\n" : "");
}

/* --out, or OUT_DIR, or runs/NAME, NAME being the configuration's without folder and extension. */
static void choose_dir(const struct options *options, struct rn_config *cfg)
{
    const char *slash, *base, *dot;

    if (options->out)
        (void)snprintf(cfg->out_dir, sizeof cfg->out_dir, "%s", options->out);
    if (*cfg->out_dir)
        return;
    slash = strrchr(options->cfg, '/');
    base = slash ? slash + 1 : options->cfg;
    dot = strrchr(base, '.');
    (void)snprintf(cfg->out_dir, sizeof cfg->out_dir, "runs/%.*s",
                   dot && dot != base ? (int)(dot - base) : (int)strlen(base), base);
}

/* result.json, which the training has just written. */
static int print_json(const char *dir)
{
    struct rn_buf path = {0}, text = {0};
    struct rn_err err = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "result.json", &err));
    RN_TRY(rn_file_read(path.data, 1 << 20, &text, &err));
    fputs(text.data, stdout);
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status == RN_OK ? 0 : rn_report_error("train", &err);
}

static int print_result(const struct options *options, const struct rn_config *cfg,
                        const struct rn_result *result)
{
    bool diverged = result->outcome == RN_OUTCOME_DIVERGED;
    int code = 0;

    if (options->json)
        code = print_json(cfg->out_dir);
    else if (diverged)
        printf("diverged in epoch %d: %s/result.json\n", result->epochs + 1, cfg->out_dir);
    else
        printf("top-1 error %.2f %%, top-5 %.2f %%, %d epoch%s: %s/model.safetensors\n",
               result->top1_err, result->top5_err, result->epochs, result->epochs == 1 ? "" : "s",
               cfg->out_dir);
    return code || !diverged ? code : rn_status_exit_code(RN_E_DIVERGED);
}

int rn_cmd_train(int argc, char **argv)
{
    struct options options = {0};
    const struct rn_option table[] = {
        {"--cfg", NULL, NULL, &options.cfg},
        {"--recipe", NULL, NULL, &options.recipe},
        {"--init", NULL, NULL, &options.init},
        {"--data", NULL, NULL, &options.data},
        {"--skip-bad", NULL, NULL, &options.skip_bad},
        {"--out", NULL, NULL, &options.out},
        {"--fresh", NULL, &options.fresh, NULL},
        {"--new-head", NULL, &options.new_head, NULL},
        {"--json", NULL, &options.json, NULL},
        {NULL, NULL, NULL, NULL},
    };
    struct progress progress = {.terminal = isatty(STDERR_FILENO)};
    struct rn_config cfg;
    struct rn_result result;
    struct rn_err err = {0};
    int code = rn_args(&argc, argv, table);

    if (code)
        return code;
    if (!options.cfg && (!options.out || argc == 1))
        return rn_usage(argv[0], "which network? --cfg FILE or --cfg NAME");
    rn_config_default(&cfg);
    code = rn_config_args((struct rn_config_source){options.cfg, options.recipe}, argc, argv, &cfg);
    if (code)
        return code;
    choose_dir(&options, &cfg);
    code = rn_data_args(argv[0], options.data, options.skip_bad, &cfg);
    if (code)
        return code;
    if (options.init)
        (void)snprintf(cfg.train.weights, sizeof cfg.train.weights, "%s", options.init);
    rn_catch_signals();
    if (rn_train(&cfg,
                 &(struct rn_train_options){.dir = cfg.out_dir,
                                            .fresh = options.fresh,
                                            .save_checkpoints = true,
                                            .save_model = true,
                                            .new_head = options.new_head,
                                            .on_progress = show,
                                            .on_skip = rn_show_skipped,
                                            .arg = &progress,
                                            .stop = &rn_stop},
                 &result, &err) != RN_OK) {
        fputs(progress.last > 0 && progress.terminal ? "\n" : "", stderr);
        return rn_report_error(argv[0], &err);
    }
    return print_result(&options, &cfg, &result);
}
