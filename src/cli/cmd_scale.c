/* regnet scale: a network made larger or smaller by a factor of its multiply-adds. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

#include "stages.h"

const char rn_help_scale[] =
    "    regnet scale RegNetY-4.0GF --type d1_w8_g8_r1 --factor 4\n"
    "    regnet scale RegNetX-400MF --type dw --factor 0.5 --json\n"
    "\n"
    "usage: regnet scale NAME --type TYPE --factor FACTOR [options] [KEY VALUE ...]\n"
    "       regnet scale --cfg FILE --type TYPE --factor FACTOR [options] [KEY VALUE ...]\n"
    "\n"
    "  --type TYPE      what is scaled: letters of d(epth), w(idth), g(roup width) and "
    "r(esolution),\n"
    "                   alike (dw) or weighted (d1_w8_g8_r1, also called dWr)\n"
    "  --factor FACTOR  of the multiply-adds, before sizes are rounded\n"
    "  --cfg FILE       a pycls configuration, YAML or JSON\n"
    "  --out FILE       write the scaled network's configuration, YAML\n"
    "  --json           {\"before\": {\"flops\", \"params\", \"acts\", \"resolution\", "
    "\"stages\": [...]},\n"
    "                   \"after\": {the same}}\n"
    "\n"
    "As pycls scales: depths are rounded, widths go to multiples of 8, group widths to 1, 2, 4 or\n"
    "multiples of 8 that fit, resolutions to multiples of 4. Without --type and --factor, "
    "MODEL.SCALING_TYPE\n"
    "and MODEL.SCALING_FACTOR say both.\n";

struct options {
    const char *cfg, *type, *factor, *out;
    bool json;
};

struct counted {
    struct rn_arch arch;
    struct rn_complexity cx;
};

static void json_network(struct rn_json *js, const char *key, const struct counted *net)
{
    rn_json_key(js, key);
    rn_json_object(js);
    rn_json_counts(js, &net->cx);
    rn_json_key(js, "resolution"), rn_json_int(js, net->arch.im_size);
    rn_json_stages(js, &net->arch);
    rn_json_close(js);
}

static enum rn_status print_json(const struct counted *before, const struct counted *after,
                                 struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    json_network(&js, "before", before);
    json_network(&js, "after", after);
    rn_json_close(&js);
    status = rn_json_end(&js, err);
    if (status == RN_OK)
        puts(text.data);
    rn_buf_release(&text);
    return status;
}

static void print_row(const char *what, const struct counted *net)
{
    char flops[16], params[16], acts[16];

    printf("%-8s  %13s  %10s  %11s  %10d\n", what, rn_human_count(net->cx.flops, flops),
           rn_human_count(net->cx.params, params), rn_human_count(net->cx.acts, acts),
           net->arch.im_size);
}

static void print_table(const struct counted *before, const struct counted *after)
{
    printf("%-8s  %13s  %10s  %11s  %10s\n", "", "multiply-adds", "parameters", "activations",
           "resolution");
    print_row("before", before);
    print_row("after", after);
    printf("\n  stage  depth         width         group width\n");
    for (int i = 0; i < after->arch.n_stages; i++) {
        const struct rn_stage *a = &before->arch.stages[i], *b = &after->arch.stages[i];
        printf("  %5d  %3d -> %-3d  %4d -> %-4d", i + 1, a->depth, b->depth, a->width, b->width);
        if (rn_block_has_groups(after->arch.block))
            printf("  %4d -> %-4d", a->group_w, b->group_w);
        putchar('\n');
    }
}

static enum rn_status write_config(const char *path, struct rn_config *cfg,
                                   const struct rn_scaling *scaling, const struct rn_arch *after,
                                   struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    cfg->test.im_size = rn_scaled_side(scaling, cfg->test.im_size);
    RN_TRY(rn_config_set(cfg, "MODEL.SCALING_TYPE", "", err));
    RN_TRY(rn_config_set(cfg, "MODEL.SCALING_FACTOR", "1.0", err));
    RN_TRY(rn_arch_to_config(after, cfg, err));
    RN_TRY(rn_config_dump(cfg, &text, err));
    status = rn_file_write(path, text.data, text.len, err);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status scale(const struct options *options, struct rn_config *cfg,
                            struct rn_err *err)
{
    struct counted before, after;
    struct rn_scaling scaling;
    enum rn_status status;

    if (options->type)
        RN_TRY(rn_config_set(cfg, "MODEL.SCALING_TYPE", options->type, err));
    if (options->factor)
        RN_TRY(rn_config_set(cfg, "MODEL.SCALING_FACTOR", options->factor, err));
    RN_TRY(rn_scaling_parse(cfg->model.scaling_type, cfg->model.scaling_factor, &scaling, err));
    RN_TRY(rn_arch_from_config(cfg, &before.arch, err));
    after = before;
    RN_TRY(rn_arch_scale(&scaling, &after.arch, err));
    RN_TRY(rn_graph_count(&before.arch, &before.cx, err));
    RN_TRY(rn_graph_count(&after.arch, &after.cx, err));
    if (options->out)
        RN_TRY(write_config(options->out, cfg, &scaling, &after.arch, err));
    if (!options->json)
        print_table(&before, &after);
    else
        RN_TRY(print_json(&before, &after, err));
done:
    return status;
}

int rn_cmd_scale(int argc, char **argv)
{
    struct options options = {0};
    const struct rn_option table[] = {
        {"--type", NULL, NULL, &options.type}, {"--factor", NULL, NULL, &options.factor},
        {"--cfg", NULL, NULL, &options.cfg},   {"--out", NULL, NULL, &options.out},
        {"--json", NULL, &options.json, NULL}, {NULL, NULL, NULL, NULL}};
    struct rn_config cfg;
    struct rn_err err = {0};
    int code = rn_args(&argc, argv, table);

    if (code)
        return code;
    if (!options.cfg && argc < 2)
        return rn_usage(argv[0], "which network? NAME or --cfg FILE is expected");
    if (!options.cfg) {
        options.cfg = argv[1];
        argv[1] = argv[0];
        argc--, argv++;
    }
    rn_config_default(&cfg);
    code = rn_config_args((struct rn_config_source){.base = options.cfg}, argc, argv, &cfg);
    if (code)
        return code;
    return scale(&options, &cfg, &err) == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
