/* regnet report: what trained populations say, as one page and as figures. */
#include <stdio.h>

#include "cli.h"
#include "forms.h"

const char rn_help_report[] =
    "    regnet report runs/quickstart/AnyNetXA@mini runs/quickstart/RegNetX@mini\n"
    "    regnet report a/sweep.json b/sweep.json --out ab.html --figures figures\n"
    "\n"
    "usage: regnet report POPULATION... [options]\n"
    "\n"
    "  --out FILE      the page (report.html)\n"
    "  --title TEXT    its title (the populations' names, or the study's)\n"
    "  --where NAME=LOW:HIGH,...\n"
    "                  also the distributions of the networks in these ranges; an end may be\n"
    "                  left out: --where flops=360e6:400e6,w4=:512\n"
    "  --split NAME[=CUT,CUT,...]\n"
    "                  also the distributions of the parts of each population, by a cost or\n"
    "                  parameter: at these values, or one part for each value, or quarters\n"
    "  --figures DIR   every figure as files in DIR, instead of the page\n"
    "  --as FORM,...   in these forms: svg, pdf, png, csv (all)\n"
    "  --text          the table and every figure as text on standard output, instead\n"
    "\n"
    "Writes one HTML page that needs nothing else: the distributions of errors, error against "
    "each\n"
    "cost and parameter with the range of the good values, trends, errors by epoch, the best and\n"
    "the worst networks, and a table of all with the line that trains each again\n"
    "(docs/reports.md). --figures or --text together with --out give both.\n"
    "\n"
    "A POPULATION is a sweep's directory, a study's (all of its populations), pycls' sweep.json, "
    "a\n"
    "file of nds, or a JSON list of errors in percent or of objects with an \"error\".\n";

#define PAGE "report.html"
#define COLUMNS 80
#define ROWS 24

struct options {
    const char *out, *title, *where, *split, *figures, *forms;
    bool text;
    bool form[RN_FORMS];
};

static enum rn_status write_figures(const struct rn_analysis *analysis,
                                    const struct options *options, struct rn_err *err)
{
    size_t n;
    const struct rn_exhibit *exhibits = rn_analysis_exhibits(analysis, &n);
    enum rn_status status;

    RN_TRY(rn_dir_make(options->figures, err));
    for (size_t i = 0; i < n; i++)
        RN_TRY(rn_forms_write(&exhibits[i].figure, exhibits[i].name, options->figures,
                              options->form, err));
    fprintf(stderr, "%zu figures in %s\n", n, options->figures);
done:
    return status;
}

static enum rn_status print_text(const struct rn_analysis *analysis, struct rn_err *err)
{
    size_t n;
    const struct rn_exhibit *exhibits = rn_analysis_exhibits(analysis, &n);
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_analysis_text(analysis, &text, err));
    for (size_t i = 0; i < n; i++) {
        RN_TRY(rn_buf_addf(&text, err, "\n%s\n", exhibits[i].name));
        RN_TRY(rn_figure_text(&exhibits[i].figure, COLUMNS, ROWS, &text, err));
    }
    fwrite(text.data, 1, text.len, stdout);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status write_page(const struct rn_analysis *analysis, const char *path,
                                 struct rn_err *err)
{
    struct rn_buf html = {0};
    enum rn_status status;

    RN_TRY(rn_analysis_page(analysis, &html, err));
    RN_TRY(rn_file_write(path, html.data, html.len, err));
    fprintf(stderr, "%s\n", path);
done:
    rn_buf_release(&html);
    return status;
}

int rn_cmd_report(int argc, char **argv)
{
    struct options options = {0};
    const struct rn_option table[] = {
        {"--out", NULL, NULL, &options.out},     {"--title", NULL, NULL, &options.title},
        {"--where", NULL, NULL, &options.where}, {"--split", NULL, NULL, &options.split},
        {"--as", NULL, NULL, &options.forms},    {"--figures", NULL, NULL, &options.figures},
        {"--text", NULL, &options.text, NULL},   {NULL, NULL, NULL, NULL},
    };
    struct rn_analysis *analysis = NULL;
    struct rn_err err = {0};
    enum rn_status status;

    if (rn_args(&argc, argv, table) != 0)
        return 2;
    if (argc < 2)
        return rn_usage(argv[0], "at least one population was expected");
    RN_TRY(rn_forms_parse(options.forms, options.form, &err));
    RN_TRY(
        rn_analysis_new((const char *const *)argv + 1, (size_t)argc - 1,
                        &(struct rn_analysis_options){options.title, options.where, options.split},
                        &analysis, &err));
    if (options.figures)
        RN_TRY(write_figures(analysis, &options, &err));
    if (options.text)
        RN_TRY(print_text(analysis, &err));
    if (options.out || (!options.figures && !options.text))
        RN_TRY(write_page(analysis, options.out ? options.out : PAGE, &err));
done:
    rn_analysis_free(analysis);
    return status == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
