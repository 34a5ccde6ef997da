/* regnet sweep: populations: set up, trained by many workers, looked at, collected. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "lines.h"
#include "sweep_watch.h"

const char rn_help_sweep[] =
    "    regnet sweep setup runs/mine configs/sweeps/fashion_regnet.yaml\n"
    "    regnet sweep status runs/mine\n"
    "\n"
    "usage: regnet sweep ACTION DIR [options]\n"
    "\n"
    "  setup DIR SPACE [KEY VALUE ...]   a pycls sweep file, or a space and how to train\n"
    "    -n, --networks N     how many (as the sweep file says); more or fewer than before\n"
    "    --seed N             of what the space draws (as the sweep file says, or 1)\n"
    "    --lease SECONDS      without a sign of life until a network is lost (60)\n"
    "    --halving EPOCHS     after which only the best go on (docs/sweeps.md)\n"
    "    --halving-factor N   one of N, and again after N times as many epochs (3)\n"
    "    --edf-ks D           ends when two halves of the population differ by no more;\n"
    "                         0: never\n"
    "    --data DIR           where the data set lies (DATA_LOADER.DIR)\n"
    "  run DIR                trains what waits; any number of times at once\n"
    "    --jobs N             networks at once (as many as have processors and memory)\n"
    "    --memory GB          that they may take together by the forecast (what is free)\n"
    "    --networks N         then ends (all)\n"
    "    --network N          this one alone, however often it has failed\n"
    "    --time MINUTES       then stops, with checkpoints; the same command goes on\n"
    "    --on-error continue  even where the first three fail the same way\n"
    "    --data DIR           where the data set lies (DATA_LOADER.DIR)\n"
    "  launch DIR --slurm     submits array jobs whose tasks train a network each\n"
    "    --dry-run            prints the script instead\n"
    "    --time MINUTES, --parallel N, --cpus N, --gpus N, --memory GB\n"
    "    --partition P, --account A, --qos Q, --constraint C, --extra LINE\n"
    "  status DIR             counts, and what failed; --json\n"
    "  watch DIR              counts, best, distribution, time left, until it is over;\n"
    "    --every SECONDS      between two looks (5)\n"
    "    --serve [PORT]       as a page on 127.0.0.1 (any free port), until Ctrl-C\n"
    "  best DIR               the networks with the lowest errors; -n N (5)\n"
    "  collect DIR            sweep.db; --json FILE (pycls' sweep.json), --csv FILE\n"
    "  gc DIR                 removes what is of no more use; --keep all, last, best or none\n"
    "\n"
    "A sweep is a directory that any number of machines may share (docs/sweeps.md).\n";

static enum rn_status finish(enum rn_status status, struct rn_buf *text)
{
    if (text->data)
        fwrite(text->data, 1, text->len, stdout);
    rn_buf_release(text);
    return status;
}

static int report(enum rn_status status, const struct rn_err *err)
{
    return status == RN_OK ? 0 : rn_report_error("sweep", err);
}

static int usage_dir(int argc)
{
    return argc == 2 ? 0 : rn_usage("sweep", "one sweep's directory was expected");
}

static int setup(int argc, char **argv)
{
    struct rn_sweep_setup asked = {.seed = -1};
    const char *networks = NULL, *seed = NULL, *lease = NULL, *halving = NULL, *factor = NULL,
               *ks = NULL;
    const struct rn_option table[] = {
        {"--networks", "-n", NULL, &networks},     {"--seed", NULL, NULL, &seed},
        {"--lease", NULL, NULL, &lease},           {"--halving", NULL, NULL, &halving},
        {"--halving-factor", NULL, NULL, &factor}, {"--edf-ks", NULL, NULL, &ks},
        {"--data", NULL, NULL, &asked.data_dir},   {NULL, NULL, NULL, NULL},
    };
    struct rn_err err = {0};

    if (rn_args(&argc, argv, table) != 0 ||
        (networks &&
         rn_number("sweep", "--networks", networks, 1, 1000000, &asked.networks) != 0) ||
        (seed && rn_number("sweep", "--seed", seed, 0, 1LL << 53, &asked.seed) != 0) ||
        (lease && rn_number("sweep", "--lease", lease, 1, 86400, &asked.lease) != 0) ||
        (halving &&
         rn_number("sweep", "--halving", halving, 1, 1000000, &asked.halving_epochs) != 0) ||
        (factor &&
         rn_number("sweep", "--halving-factor", factor, 2, 1000, &asked.halving_factor) != 0))
        return 2;
    if (ks && rn_share("sweep", "--edf-ks", ks, &asked.edf_ks) != 0)
        return 2;
    if (ks && asked.edf_ks <= 0)
        asked.edf_ks = -1;
    if (argc < 3 || argc % 2 == 0)
        return rn_usage("sweep", "setup takes a directory, a space, and pairs KEY VALUE");
    asked.dir = argv[1];
    asked.space = argv[2];
    asked.settings = argv + 3;
    asked.n_settings = (argc - 3) / 2;
    return report(rn_sweep_setup(&asked, &err), &err);
}

static enum rn_status train(struct rn_sweep_options *options, struct rn_err *err)
{
    struct rn_lines lines = rn_lines_begin();
    struct rn_buf text = {0};
    enum rn_status status;

    options->on_event = rn_lines_event;
    options->arg = &lines;
    options->stop = &rn_stop;
    rn_catch_signals();
    status = rn_sweep_run(options, err);
    rn_lines_end(&lines);
    if (status == RN_OK)
        status = finish(rn_sweep_status(options->dir, false, &text, err), &text);
    return status;
}

static int run(int argc, char **argv)
{
    const char *jobs = NULL, *memory = NULL, *limit = NULL, *only = NULL, *time = NULL;
    const char *on_error = "stop";
    struct rn_sweep_options options = {0};
    const struct rn_option table[] = {
        {"--jobs", NULL, NULL, &jobs},
        {"--memory", NULL, NULL, &memory},
        {"--networks", "-n", NULL, &limit},
        {"--network", NULL, NULL, &only},
        {"--time", NULL, NULL, &time},
        {"--on-error", NULL, NULL, &on_error},
        {"--data", NULL, NULL, &options.data_dir},
        {NULL, NULL, NULL, NULL},
    };
    struct rn_err err = {0};
    long long n_jobs = 0, gigabytes = 0, network = -1, minutes = 0;

    if (rn_args(&argc, argv, table) != 0 || usage_dir(argc) != 0 ||
        (jobs && rn_number("sweep", "--jobs", jobs, 1, 4096, &n_jobs) != 0) ||
        (memory && rn_number("sweep", "--memory", memory, 1, 100000, &gigabytes) != 0) ||
        (limit && rn_number("sweep", "--networks", limit, 1, 1000000, &options.limit) != 0) ||
        (only && rn_number("sweep", "--network", only, 0, 1000000, &network) != 0) ||
        (time && rn_number("sweep", "--time", time, 1, 1000000, &minutes) != 0))
        return 2;
    options.keep_going = strcmp(on_error, "continue") == 0;
    if (!options.keep_going && strcmp(on_error, "stop") != 0)
        return rn_usage("sweep", "--on-error takes stop or continue, not \"%s\"", on_error);
    options.dir = argv[1];
    options.jobs = (int)n_jobs;
    options.memory = (size_t)gigabytes * 1000000000;
    options.only = network + 1;
    options.seconds = 60.0 * (double)minutes;
    return report(train(&options, &err), &err);
}

static int status(int argc, char **argv)
{
    bool json = false;
    const struct rn_option table[] = {{"--json", NULL, &json, NULL}, {NULL, NULL, NULL, NULL}};
    struct rn_buf text = {0};
    struct rn_err err = {0};

    if (rn_args(&argc, argv, table) != 0 || usage_dir(argc) != 0)
        return 2;
    return report(finish(rn_sweep_status(argv[1], json, &text, &err), &text), &err);
}

static int best(int argc, char **argv)
{
    const char *n = NULL;
    const struct rn_option table[] = {{"--networks", "-n", NULL, &n}, {NULL, NULL, NULL, NULL}};
    struct rn_buf text = {0};
    struct rn_err err = {0};
    long long count = 5;

    if (rn_args(&argc, argv, table) != 0 || usage_dir(argc) != 0 ||
        (n && rn_number("sweep", "-n", n, 1, 1000000, &count) != 0))
        return 2;
    return report(finish(rn_sweep_best(argv[1], (size_t)count, &text, &err), &text), &err);
}

static int collect(int argc, char **argv)
{
    struct rn_sweep_collection options = {0};
    const struct rn_option table[] = {{"--json", NULL, NULL, &options.json},
                                      {"--csv", NULL, NULL, &options.csv},
                                      {NULL, NULL, NULL, NULL}};
    struct rn_buf text = {0};
    struct rn_err err = {0};

    if (rn_args(&argc, argv, table) != 0 || usage_dir(argc) != 0)
        return 2;
    return report(finish(rn_sweep_collect(argv[1], &options, &text, &err), &text), &err);
}

static int gc(int argc, char **argv)
{
    const char *keep = NULL;
    const struct rn_option table[] = {{"--keep", NULL, NULL, &keep}, {NULL, NULL, NULL, NULL}};
    struct rn_buf text = {0};
    struct rn_err err = {0};

    if (rn_args(&argc, argv, table) != 0 || usage_dir(argc) != 0)
        return 2;
    return report(finish(rn_sweep_gc(argv[1], keep, &text, &err), &text), &err);
}

/* The numbers of launch: name, where to, and the least and largest. */
struct number {
    const char *name, *text;
    long long min, max, *out;
};

static int read_numbers(const struct number *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i].text && rn_number("sweep", numbers[i].name, numbers[i].text, numbers[i].min,
                                         numbers[i].max, numbers[i].out) != 0)
            return 2;
    return 0;
}

static enum rn_status submit(struct rn_sweep_launch *asked, struct rn_err *err)
{
    char *program = realpath("/proc/self/exe", NULL);
    struct rn_buf text = {0};
    enum rn_status result;

    asked->program = program ? program : "regnet";
    result = finish(rn_sweep_launch(asked, &text, err), &text);
    free(program);
    return result;
}

static int launch(int argc, char **argv)
{
    struct rn_sweep_launch asked = {0};
    struct number numbers[] = {
        {"--time", NULL, 2, 1000000, &asked.minutes},
        {"--parallel", NULL, 1, 100000, &asked.parallel},
        {"--cpus", NULL, 1, 4096, &asked.cpus},
        {"--gpus", NULL, 0, 64, &asked.gpus},
        {"--memory", NULL, 1, 100000, &asked.memory_gb},
    };
    bool slurm = false;
    const struct rn_option table[] = {
        {"--slurm", NULL, &slurm, NULL},
        {"--dry-run", NULL, &asked.dry_run, NULL},
        {"--time", NULL, NULL, &numbers[0].text},
        {"--parallel", NULL, NULL, &numbers[1].text},
        {"--cpus", NULL, NULL, &numbers[2].text},
        {"--gpus", NULL, NULL, &numbers[3].text},
        {"--memory", NULL, NULL, &numbers[4].text},
        {"--partition", NULL, NULL, &asked.partition},
        {"--account", NULL, NULL, &asked.account},
        {"--qos", NULL, NULL, &asked.qos},
        {"--constraint", NULL, NULL, &asked.constraint},
        {"--extra", NULL, NULL, &asked.extra},
        {NULL, NULL, NULL, NULL},
    };
    struct rn_err err = {0};

    if (rn_args(&argc, argv, table) != 0 || usage_dir(argc) != 0 ||
        read_numbers(numbers, sizeof numbers / sizeof *numbers) != 0)
        return 2;
    if (!slurm)
        return rn_usage("sweep", "launch is for a cluster: --slurm; on machines of your own, start "
                                 "regnet sweep run on each");
    asked.dir = argv[1];
    return report(submit(&asked, &err), &err);
}

static int unknown_action(const char *name, const char *const *names, size_t n)
{
    const char *near = rn_nearest(name, names, n);

    return near ? rn_usage("sweep", "there is no action %s; did you mean %s?", name, near)
                : rn_usage("sweep", "there is no action %s", name);
}

int rn_cmd_sweep(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } actions[] = {{"setup", setup},          {"run", run},       {"launch", launch},
                   {"watch", rn_sweep_watch}, {"status", status}, {"best", best},
                   {"collect", collect},      {"gc", gc}};
    const char *names[sizeof actions / sizeof *actions];
    const size_t n = sizeof names / sizeof *names;
    char *verb = argv[0];

    if (argc < 2)
        return rn_usage("sweep", "an action was expected: setup, run, launch, watch, status, best, "
                                 "collect or gc");
    for (size_t i = 0; i < n; i++) {
        names[i] = actions[i].name;
        if (strcmp(argv[1], names[i]) != 0)
            continue;
        argv[1] = verb;
        return actions[i].run(argc - 1, argv + 1);
    }
    return unknown_action(argv[1], names, n);
}
