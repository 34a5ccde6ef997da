/* regnet compare: networks of several families at equal cost, as the paper's tables have them. */
#include <stdio.h>

#include "cli.h"
#include "forms.h"
#include "lines.h"

const char rn_help_compare[] =
    "    regnet compare configs/studies/paper/compare/table-02.yaml\n"
    "    regnet compare configs/studies/paper/compare/table-04.yaml --figures figures --as csv\n"
    "\n"
    "usage: regnet compare FILE [options]\n"
    "\n"
    "  --out DIR       where the trained networks lie (runs/NAME, the comparison's name)\n"
    "  --train         train each network with each seed, if it is not trained yet\n"
    "  --time          measure how long each network takes to infer, if it is not measured yet\n"
    "  --data DIR      where the data set lies (DATA_LOADER.DIR)\n"
    "  --jobs N        networks trained at once (one a processor)\n"
    "  --page FILE     write a page with the table and the figures\n"
    "  --figures DIR   error against multiply-adds, parameters, activations and time as files\n"
    "  --as FORM,...   in these forms: svg, pdf, png, csv (all)\n"
    "  --json          one JSON object instead of the table: {\"name\", \"source\", \"seeds\",\n"
    "                  \"networks\": [{\"group\", \"name\", \"member\", \"flops\", \"params\", "
    "\"acts\",\n"
    "                  \"infer_ms\", \"error\", \"std\", \"quoted\", \"original\", \"trained\",\n"
    "                  \"diverged\", \"failed\"}]}\n"
    "\n"
    "Prints a table of networks of about equal cost: the errors of those that were trained here,\n"
    "and where none was, the published ones, which are marked (docs/compare.md). Ctrl-C stops\n"
    "the training; the same command goes on.\n";

struct options {
    const char *out, *data, *jobs, *page, *figures, *forms;
    bool train, time, json;
    bool form[RN_FORMS];
};

static enum rn_status write_figures(const struct rn_comparison *comparison,
                                    const struct options *options, struct rn_err *err)
{
    static const char *const costs[] = {"flops", "params", "acts", "time"};
    struct rn_figure figure = {0};
    enum rn_status status;

    RN_TRY(rn_dir_make(options->figures, err));
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        status = rn_comparison_figure(comparison, costs[i], &figure, err);
        if (status == RN_E_DATA) {
            status = RN_OK;
            continue;
        }
        RN_TRY(status);
        RN_TRY(rn_forms_write(&figure, costs[i], options->figures, options->form, err));
        rn_figure_release(&figure);
    }
done:
    rn_figure_release(&figure);
    return status;
}

static enum rn_status write_page(const struct rn_comparison *comparison, const char *path,
                                 struct rn_err *err)
{
    struct rn_buf html = {0};
    enum rn_status status;

    RN_TRY(rn_comparison_page(comparison, &html, err));
    status = rn_file_write(path, html.data, html.len, err);
done:
    rn_buf_release(&html);
    return status;
}

static enum rn_status print_table(const struct rn_comparison *comparison, bool json,
                                  struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status = json ? rn_comparison_json(comparison, &text, err)
                                 : rn_comparison_text(comparison, &text, err);

    if (status == RN_OK)
        fwrite(text.data, 1, text.len, stdout);
    rn_buf_release(&text);
    return status;
}

static enum rn_status run(struct rn_comparison *comparison, const struct options *options, int jobs,
                          struct rn_err *err)
{
    struct rn_lines lines = rn_lines_begin();
    struct rn_compare_options how = {.train = options->train,
                                     .time = options->time,
                                     .jobs = jobs,
                                     .on_event = rn_lines_event,
                                     .arg = &lines,
                                     .stop = &rn_stop};
    struct rn_buf dir = {0};
    enum rn_status status;

    RN_TRY(options->out ? rn_buf_addf(&dir, err, "%s", options->out)
                        : rn_buf_addf(&dir, err, "runs/%s", rn_comparison_name(comparison)));
    how.dir = dir.data;
    rn_catch_signals();
    status = rn_comparison_run(comparison, &how, err);
done:
    rn_lines_end(&lines);
    rn_buf_release(&dir);
    return status;
}

int rn_cmd_compare(int argc, char **argv)
{
    struct options options = {0};
    const struct rn_option table[] = {
        {"--out", NULL, NULL, &options.out},         {"--data", NULL, NULL, &options.data},
        {"--jobs", NULL, NULL, &options.jobs},       {"--page", NULL, NULL, &options.page},
        {"--figures", NULL, NULL, &options.figures}, {"--as", NULL, NULL, &options.forms},
        {"--train", NULL, &options.train, NULL},     {"--time", NULL, &options.time, NULL},
        {"--json", NULL, &options.json, NULL},       {NULL, NULL, NULL, NULL},
    };
    struct rn_comparison *comparison = NULL;
    struct rn_err err = {0};
    long long jobs = 0;
    enum rn_status status;

    if (rn_args(&argc, argv, table) != 0 ||
        (options.jobs && rn_number(argv[0], "--jobs", options.jobs, 1, 4096, &jobs) != 0))
        return 2;
    if (argc != 2)
        return rn_usage(argv[0], "one comparison's file was expected");
    RN_TRY(rn_forms_parse(options.forms, options.form, &err));
    RN_TRY(rn_comparison_open(argv[1], options.data, &comparison, &err));
    RN_TRY(run(comparison, &options, (int)jobs, &err));
    if (options.figures)
        RN_TRY(write_figures(comparison, &options, &err));
    if (options.page)
        RN_TRY(write_page(comparison, options.page, &err));
    status = print_table(comparison, options.json, &err);
done:
    rn_comparison_free(comparison);
    return status == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
