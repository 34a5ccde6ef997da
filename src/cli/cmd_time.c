/* regnet time: how long a network's training step and inference take here. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "layers.h"
#include "stages.h"

#define BATCH 32 /* where nobody says */

const char rn_help_time[] =
    "    regnet time RegNetX-200MF --batch 1\n"
    "    regnet time --cfg configs/networks/fashion-tiny.yaml --layers --json REGNET.DEPTH 8\n"
    "\n"
    "usage: regnet time NAME|RUN [options] [KEY VALUE ...]\n"
    "       regnet time --cfg FILE [options] [KEY VALUE ...]\n"
    "\n"
    "  RUN          a run's directory\n"
    "  --cfg FILE   a pycls configuration, YAML or JSON\n"
    "  --batch N    images of a step (TRAIN.BATCH_SIZE, or else 32)\n"
    "  --threads T  (NUM_THREADS)\n"
    "  --engine E   cpu, one of its sets of kernels (cpu-avx512, cpu-avx2, cpu-base), or ref\n"
    "  --steps N    steps to time; else three seconds of each pass\n"
    "  --only PASS  infer or train alone\n"
    "  --layers     where the time goes: each layer beside the least time that its arithmetic\n"
    "               or its bytes could take on this machine, which is measured\n"
    "  --json       {\"network\", \"batch\", \"threads\", \"flops\", \"params\", \"acts\",\n"
    "               \"infer_ms\": {\"median\", \"p95\"}, \"train_ms\": {\"median\", \"p95\"},\n"
    "               \"images_per_s\": {\"infer\", \"train\"},\n"
    "               \"planned_bytes\": {\"infer\", \"train\"},\n"
    "               \"peak_bytes\": {\"infer\", \"train\"}}\n"
    "               with --layers also \"peak_flops\", the machine's, and \"layers\":\n"
    "               {\"infer\": {\"kinds\", \"layers\"}, \"train\": {...}}, lists of\n"
    "               {\"name\", \"kind\", \"forward\": {\"ms\", \"bound_ms\"},\n"
    "               \"backward\": {...}}\n"
    "\n"
    "A training step is forward, loss, backward and the update, on random images. planned_bytes\n"
    "are the parameters, gradients and momenta, and the plan's one block for activations;\n"
    "peak_bytes the most that the process held, images and program included.\n";

struct options {
    const char *cfg, *batch, *threads, *engine, *steps, *only;
    bool layers, json;
};

enum { INFER, TRAIN, PASSES };
static const char *const pass_keys[] = {"infer", "train"};
static const char *const pass_names[] = {"inference", "training"};

struct times {
    const char *name;
    struct rn_config cfg;
    struct rn_complexity cx;
    struct rn_time_options how;
    bool wanted[PASSES];
    struct rn_timing pass[PASSES];
    struct rn_machine machine;            /* with how.layers */
    struct rn_layer_table layers[PASSES]; /* likewise */
};

static double percentile_ms(const struct rn_timing *timing, double p)
{
    return 1e3 * rn_percentile(timing->step_s, timing->n_steps, p);
}

static double images_per_s(const struct times *times, int pass)
{
    return 1e3 * times->how.batch / percentile_ms(&times->pass[pass], 50);
}

static void json_ms(struct rn_json *js, const char *key, const struct rn_timing *timing)
{
    rn_json_key(js, key);
    if (timing->n_steps == 0) {
        rn_json_null(js);
        return;
    }
    rn_json_object(js);
    rn_json_key(js, "median"), rn_json_double(js, percentile_ms(timing, 50));
    rn_json_key(js, "p95"), rn_json_double(js, percentile_ms(timing, 95));
    rn_json_close(js);
}

static void json_speed(struct rn_json *js, const struct times *times, int pass)
{
    rn_json_double(js, images_per_s(times, pass));
}

static void json_planned(struct rn_json *js, const struct times *times, int pass)
{
    rn_json_int(js, (int64_t)times->pass[pass].planned_bytes);
}

static void json_peak(struct rn_json *js, const struct times *times, int pass)
{
    rn_json_int(js, (int64_t)times->pass[pass].peak_bytes);
}

static void json_by_layer(struct rn_json *js, const struct times *times, int pass)
{
    rn_layer_table_json(&times->layers[pass], js);
}

/* "key": {"infer": ..., "train": ...}; null for a pass that was not asked for. */
static void json_passes(struct rn_json *js, const char *key, const struct times *times,
                        void (*write)(struct rn_json *js, const struct times *times, int pass))
{
    rn_json_key(js, key);
    rn_json_object(js);
    for (int pass = 0; pass < PASSES; pass++) {
        rn_json_key(js, pass_keys[pass]);
        if (times->wanted[pass])
            write(js, times, pass);
        else
            rn_json_null(js);
    }
    rn_json_close(js);
}

static enum rn_status print_json(const struct times *times, struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "network"), rn_json_text(&js, times->name);
    rn_json_key(&js, "batch"), rn_json_int(&js, times->how.batch);
    rn_json_key(&js, "threads"), rn_json_int(&js, times->cfg.num_threads);
    rn_json_counts(&js, &times->cx);
    json_ms(&js, "infer_ms", &times->pass[INFER]);
    json_ms(&js, "train_ms", &times->pass[TRAIN]);
    json_passes(&js, "images_per_s", times, json_speed);
    json_passes(&js, "planned_bytes", times, json_planned);
    json_passes(&js, "peak_bytes", times, json_peak);
    if (times->how.layers) {
        rn_json_key(&js, "peak_flops"), rn_json_double(&js, times->machine.flops);
        json_passes(&js, "layers", times, json_by_layer);
    }
    rn_json_close(&js);
    status = rn_json_end(&js, err);
    if (status == RN_OK)
        puts(text.data);
    rn_buf_release(&text);
    return status;
}

static void print_row(const struct times *times, int pass)
{
    const struct rn_timing *timing = &times->pass[pass];

    printf("  %-10s %9.2f %9.2f %10.1f %8zu %11.1f %9.1f\n", pass_names[pass],
           percentile_ms(timing, 50), percentile_ms(timing, 95), images_per_s(times, pass),
           timing->n_steps, 1e-6 * (double)timing->planned_bytes,
           1e-6 * (double)timing->peak_bytes);
}

static void print_tables(struct times *times)
{
    printf("%s, batch %d, threads %d\n\n", times->name, times->how.batch, times->cfg.num_threads);
    printf("  %-10s %9s %9s %10s %8s %11s %9s\n", "", "median ms", "p95 ms", "images/s", "steps",
           "planned MB", "peak MB");
    for (int pass = 0; pass < PASSES; pass++)
        if (times->wanted[pass])
            print_row(times, pass);
    for (int pass = 0; pass < PASSES; pass++)
        if (times->wanted[pass] && times->how.layers)
            rn_layer_table_print(&times->layers[pass], pass_names[pass]);
}

/* Inference first, the machine last: the process's peak only grows. */
static enum rn_status measure(struct times *times, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (int pass = 0; pass < PASSES; pass++) {
        times->how.train = pass == TRAIN;
        if (times->wanted[pass])
            RN_TRY(rn_time(&times->cfg, &times->how, &times->pass[pass], err));
    }
    if (!times->how.layers)
        return RN_OK;
    RN_TRY(rn_machine_measure(times->cfg.num_threads, &times->machine, err));
    for (int pass = 0; pass < PASSES; pass++)
        RN_TRY(rn_layer_table_make(&times->pass[pass], &times->machine, &times->layers[pass], err));
done:
    return status;
}

static int take_number(const char *verb, const char *option, const char *text, int *out)
{
    long long value;
    int code;

    if (!text)
        return 0;
    code = rn_number(verb, option, text, 1, 4096, &value);
    if (code == 0)
        *out = (int)value;
    return code;
}

static int take_pass(const char *verb, const char *only, bool wanted[PASSES])
{
    bool known = !only;

    for (int pass = 0; pass < PASSES; pass++) {
        wanted[pass] = !only || strcmp(only, pass_keys[pass]) == 0;
        known = known || wanted[pass];
    }
    return known ? 0 : rn_usage(verb, "--only takes infer or train, not \"%s\"", only);
}

/* Takes the network's name out of argv, where there is one, then reads what changes it. */
static int take_network(const char *cfg, int argc, char **argv, struct times *times)
{
    times->name = cfg;
    if (!cfg) {
        if (argc < 2)
            return rn_usage(argv[0], "which network? NAME or --cfg FILE is expected");
        times->name = argv[1];
        argv[1] = argv[0];
        argc--, argv++;
    }
    rn_config_default(&times->cfg);
    times->cfg.train.batch_size = BATCH;
    return rn_config_args((struct rn_config_source){.base = times->name}, argc, argv, &times->cfg);
}

static int take_options(const char *verb, const struct options *options, struct times *times)
{
    int code;

    times->how = (struct rn_time_options){
        .engine = options->engine, .batch = times->cfg.train.batch_size, .layers = options->layers};
    code = take_number(verb, "--batch", options->batch, &times->how.batch);
    if (code == 0)
        code = take_number(verb, "--threads", options->threads, &times->cfg.num_threads);
    if (code == 0)
        code = take_number(verb, "--steps", options->steps, &times->how.steps);
    if (code == 0)
        code = take_pass(verb, options->only, times->wanted);
    return code;
}

static enum rn_status run(struct times *times, bool json, struct rn_err *err)
{
    struct rn_arch arch;
    enum rn_status status;

    RN_TRY(rn_arch_from_config(&times->cfg, &arch, err));
    RN_TRY(rn_graph_count(&arch, &times->cx, err));
    RN_TRY(measure(times, err));
    if (json)
        RN_TRY(print_json(times, err));
    else
        print_tables(times);
done:
    for (int pass = 0; pass < PASSES; pass++) {
        rn_layer_table_release(&times->layers[pass]);
        rn_timing_release(&times->pass[pass]);
    }
    return status;
}

int rn_cmd_time(int argc, char **argv)
{
    struct options options = {0};
    const struct rn_option table[] = {{"--cfg", NULL, NULL, &options.cfg},
                                      {"--batch", NULL, NULL, &options.batch},
                                      {"--threads", NULL, NULL, &options.threads},
                                      {"--engine", NULL, NULL, &options.engine},
                                      {"--steps", NULL, NULL, &options.steps},
                                      {"--only", NULL, NULL, &options.only},
                                      {"--layers", NULL, &options.layers, NULL},
                                      {"--json", NULL, &options.json, NULL},
                                      {NULL, NULL, NULL, NULL}};
    struct times times = {0};
    struct rn_err err = {0};
    int code = rn_args(&argc, argv, table);

    if (code == 0)
        code = take_network(options.cfg, argc, argv, &times);
    if (code == 0)
        code = take_options(argv[0], &options, &times);
    if (code)
        return code;
    return run(&times, options.json, &err) == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
