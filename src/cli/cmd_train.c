/* regnet train: one network, by a configuration, into a run directory. */
#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"

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
    "  --time-limit T   stop with a checkpoint before T is over: 2h, 90m, 1h30m\n"
    "  --tensorboard    event files for TensorBoard in the run's tensorboard/\n"
    "  --new-head       of those weights all but the classifier is taken\n"
    "  --json           the result as one JSON object on standard output\n"
    "\n"
    "The same command goes on with an interrupted training, from the bytes where it stopped. "
    "SIGINT,\n"
    "SIGTERM, SIGHUP and SIGUSR1 stop it with a checkpoint and exit status 75. Started by mpirun,\n"
    "the processes train one network together. docs/runs.md describes all this.\n";

struct options {
    const char *cfg, *recipe, *init, *data, *skip_bad, *out, *time_limit;
    bool fresh, new_head, json, tensorboard;
};

/* OUT_DIR, or runs/NAME, NAME being the configuration's without folder and extension. */
static void choose_dir(const struct options *options, struct rn_config *cfg)
{
    const char *slash, *base, *dot;

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

/* Of the processes that train together the first alone speaks. */
static int train(const struct options *options, const struct rn_config *cfg, double time_limit)
{
    struct rn_progress_line line = {.terminal = isatty(STDERR_FILENO)};
    struct rn_peers *peers = NULL;
    struct rn_result result;
    struct rn_err err = {0};
    bool first;
    enum rn_status status;
    int code = 0;

    if (rn_peers_wanted() && rn_peers_join(&peers, &err) != RN_OK)
        return rn_report_error("train", &err);
    first = rn_peers_rank(peers) == 0;
    status = rn_train(cfg,
                      &(struct rn_train_options){.dir = cfg->out_dir,
                                                 .fresh = options->fresh,
                                                 .save_checkpoints = true,
                                                 .save_model = true,
                                                 .tensorboard = options->tensorboard,
                                                 .new_head = options->new_head,
                                                 .on_progress = rn_show_progress,
                                                 .on_forecast = rn_show_forecast,
                                                 .on_skip = rn_show_skipped,
                                                 .arg = &line,
                                                 .peers = peers,
                                                 .time_limit = time_limit,
                                                 .stop = &rn_stop},
                      &result, &err);
    if (status != RN_OK) {
        rn_end_progress(&line);
        code = first || status != RN_E_STOPPED ? rn_report_error("train", &err)
                                               : rn_status_exit_code(status);
    } else if (first) {
        code = print_result(options, cfg, &result);
    }
    rn_peers_leave(peers, status);
    return code;
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
        {"--time-limit", NULL, NULL, &options.time_limit},
        {"--tensorboard", NULL, &options.tensorboard, NULL},
        {"--fresh", NULL, &options.fresh, NULL},
        {"--new-head", NULL, &options.new_head, NULL},
        {"--json", NULL, &options.json, NULL},
        {NULL, NULL, NULL, NULL},
    };
    double time_limit = 0;
    struct rn_err err = {0};
    struct rn_config cfg;
    int code = rn_args(&argc, argv, table);

    if (code == 0 && options.time_limit)
        code = rn_duration(argv[0], "--time-limit", options.time_limit, &time_limit);
    if (code)
        return code;
    if (!options.cfg && (!options.out || argc == 1))
        return rn_usage(argv[0], "which network? --cfg FILE or --cfg NAME");
    if (options.out && !*options.out)
        return rn_usage(argv[0], "--out takes a directory, and the one given has no name");
    rn_config_default(&cfg);
    code = rn_config_args((struct rn_config_source){options.cfg, options.recipe}, argc, argv, &cfg);
    if (code)
        return code;
    if ((options.out && rn_config_set(&cfg, "OUT_DIR", options.out, &err) != RN_OK) ||
        (options.init && rn_config_set(&cfg, "TRAIN.WEIGHTS", options.init, &err) != RN_OK))
        return rn_report_error(argv[0], &err);
    choose_dir(&options, &cfg);
    code = rn_data_args(argv[0], options.data, options.skip_bad, &cfg);
    if (code)
        return code;
    rn_catch_signals();
    return train(&options, &cfg, time_limit);
}
