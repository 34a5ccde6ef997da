/* regnet models: the networks known by name, and their counts. */
#include "cli.h"

#include <fnmatch.h>
#include <stdio.h>

#include "stages.h"

const char rn_help_models[] =
    "    regnet models\n"
    "    regnet models 'regnety-*' --json\n"
    "\n"
    "usage: regnet models [PATTERN] [--json]\n"
    "\n"
    "  --json   a JSON object a network: {\"name\", \"flops\", \"params\", \"acts\", "
    "\"resolution\"}\n"
    "\n"
    "PATTERN is a shell's pattern for the names, in any case. Other spellings (regnet_x_400mf,\n"
    "regnetx_004) are understood wherever a name is.\n";

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
    rn_json_close(&js);
    status = rn_json_end(&js, err);
    if (status == RN_OK)
        puts(text.data);
    rn_buf_release(&text);
    return status;
}

static void print_line(const struct rn_arch *arch, struct rn_complexity cx)
{
    char flops[16], params[16], acts[16];

    printf("%-20s  %13s  %10s  %11s  %10d\n", arch->name, rn_human_count(cx.flops, flops),
           rn_human_count(cx.params, params), rn_human_count(cx.acts, acts), arch->im_size);
}

int rn_cmd_models(int argc, char **argv)
{
    bool json = false;
    const struct rn_option table[] = {{"--json", NULL, &json, NULL}, {NULL, NULL, NULL, NULL}};
    struct rn_err err = {0};
    int printed = 0, code = rn_args(&argc, argv, table);

    if (code)
        return code;
    if (argc > 2)
        return rn_usage(argv[0], "one PATTERN at most; quote it against the shell");
    for (size_t i = 0; i < rn_arch_count(); i++) {
        struct rn_arch arch;
        struct rn_complexity cx;
        if (argc == 2 && fnmatch(argv[1], rn_arch_name(i), FNM_CASEFOLD) != 0)
            continue;
        if (rn_arch_by_name(rn_arch_name(i), &arch, &err) != RN_OK ||
            rn_graph_count(&arch, &cx, &err) != RN_OK ||
            (json && print_json(&arch, cx, &err) != RN_OK))
            return rn_report_error(argv[0], &err);
        if (!json && printed == 0)
            printf("%-20s  %13s  %10s  %11s  %10s\n", "name", "multiply-adds", "parameters",
                   "activations", "resolution");
        if (!json)
            print_line(&arch, cx);
        printed++;
    }
    return printed > 0 ? 0 : rn_usage(argv[0], "no network's name is like \"%s\"", argv[1]);
}
