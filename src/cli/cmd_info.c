/* regnet info: a network's stages and counts, by name or from a configuration. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "stages.h"

const char rn_help_info[] =
    "    regnet info RegNetX-400MF\n"
    "    regnet info --cfg configs/networks/fashion-tiny.yaml --json REGNET.DEPTH 8\n"
    "\n"
    "usage: regnet info NAME [options] [KEY VALUE ...]\n"
    "       regnet info --cfg FILE [options] [KEY VALUE ...]\n"
    "\n"
    "  --cfg FILE   a pycls configuration, YAML or JSON\n"
    "  --json       {\"name\", \"flops\", \"params\", \"acts\", \"resolution\", \"stages\": "
    "[{\"depth\",\n"
    "               \"width\", \"bot_mul\", \"group_width\", \"stride\"}, ...]}\n"
    "\n"
    "KEY VALUE pairs change the configuration. Counts are of one image of TRAIN.IM_SIZE pixels a\n"
    "side: multiply-adds, parameters, activations (docs/counting.md). `regnet models` lists the\n"
    "names.\n";

struct options {
    const char *cfg;
    bool json;
};

static int from_config(const char *base, int argc, char **argv, struct rn_arch *arch)
{
    struct rn_err err = {0};
    struct rn_config cfg;
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

/* The file's name, without its folder and its ending. */
static void name_after_file(struct rn_arch *arch, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    bool ending = dot && dot > base && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".json") == 0);

    snprintf(arch->name, sizeof arch->name, "%.*s", ending ? (int)(dot - base) : (int)strlen(base),
             base);
}

static int from_file(const char *path, int argc, char **argv, struct rn_arch *arch)
{
    int code = from_config(path, argc, argv, arch);

    if (code == 0)
        name_after_file(arch, path);
    return code;
}

/* A named network with changes goes through its configuration. */
static int from_name(const char *name, int argc, char **argv, struct rn_arch *arch)
{
    struct rn_arch named;
    struct rn_err err = {0};
    int code;

    if (rn_arch_by_name(name, &named, &err) != RN_OK)
        return rn_report_error(argv[0], &err);
    *arch = named;
    if (argc == 1)
        return 0;
    code = from_config(named.name, argc, argv, arch);
    memcpy(arch->name, named.name, sizeof arch->name);
    return code;
}

static enum rn_status print_json(const struct rn_arch *arch, struct rn_complexity cx,
                                 struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "name"), rn_json_text(&js, arch->name);
    rn_json_counts(&js, &cx);
    rn_json_key(&js, "resolution"), rn_json_int(&js, arch->im_size);
    rn_json_stages(&js, arch);
    rn_json_close(&js);
    status = rn_json_end(&js, err);
    if (status == RN_OK)
        puts(text.data);
    rn_buf_release(&text);
    return status;
}

static void print_stage(const struct rn_arch *arch, int i)
{
    const struct rn_stage *stage = &arch->stages[i];

    printf("  %5d  %5d  %5d", i + 1, stage->depth, stage->width);
    if (rn_block_has_bottleneck(arch->block))
        printf("  %7g", stage->bot_mul);
    else
        printf("  %7s", "-");
    if (rn_block_has_groups(arch->block))
        printf("  %11d", stage->group_w);
    else
        printf("  %11s", "-");
    printf("  %6d\n", stage->stride);
}

static void print_table(const struct rn_arch *arch, struct rn_complexity cx)
{
    char text[16];

    printf("%s, %d classes, at %dx%d pixels\n\n", arch->name, arch->num_classes, arch->im_size,
           arch->im_size);
    printf("  multiply-adds  %-9s %14lld\n", rn_human_count(cx.flops, text), (long long)cx.flops);
    printf("  parameters     %-9s %14lld\n", rn_human_count(cx.params, text), (long long)cx.params);
    printf("  activations    %-9s %14lld\n\n", rn_human_count(cx.acts, text), (long long)cx.acts);
    printf("  stem %s, %d wide; %s, %s", rn_stem_text(arch->stem), arch->stem_w,
           rn_block_text(arch->block), rn_act_text(arch->act));
    if (arch->se_r > 0)
        printf(", SE %g", arch->se_r);
    if (arch->head_w > 0)
        printf("; head %d wide", arch->head_w);
    printf("\n\n  stage  depth  width  bot_mul  group width  stride\n");
    for (int i = 0; i < arch->n_stages; i++)
        print_stage(arch, i);
}

int rn_cmd_info(int argc, char **argv)
{
    struct options options = {0};
    const struct rn_option table[] = {{"--cfg", NULL, NULL, &options.cfg},
                                      {"--json", NULL, &options.json, NULL},
                                      {NULL, NULL, NULL, NULL}};
    struct rn_arch arch = {0};
    struct rn_complexity cx;
    struct rn_err err = {0};
    int code = rn_args(&argc, argv, table);

    if (code)
        return code;
    if (options.cfg) {
        code = from_file(options.cfg, argc, argv, &arch);
    } else if (argc < 2) {
        return rn_usage(argv[0], "which network? NAME or --cfg FILE is expected");
    } else {
        const char *name = argv[1];
        argv[1] = argv[0];
        code = from_name(name, argc - 1, argv + 1, &arch);
    }
    if (code)
        return code;
    if (rn_graph_count(&arch, &cx, &err) != RN_OK)
        return rn_report_error(argv[0], &err);
    if (!options.json)
        print_table(&arch, cx);
    else if (print_json(&arch, cx, &err) != RN_OK)
        return rn_report_error(argv[0], &err);
    return 0;
}
