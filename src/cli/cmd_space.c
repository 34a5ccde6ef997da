/* regnet space: what is known of a design space, and which spaces there are. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "space_json.h"
#include "stages.h"

const char rn_help_space[] =
    "    regnet space AnyNetXE\n"
    "    regnet space RegNetX@mini -n 200 --json\n"
    "\n"
    "usage: regnet space [SPACE] [options]\n"
    "\n"
    "  -n N        networks drawn for the quantiles of flops, params and acts (1000)\n"
    "  --draws N   draws on which the constraints are measured (100000)\n"
    "  --seed S    of both (0)\n"
    "  --json      one JSON object with all of it (docs/spaces.md)\n"
    "\n"
    "SPACE is a name, with overlays as in RegNetX@mini, or the path of a .yaml file, which may be "
    "a\n"
    "pycls sweep file. Without SPACE: the names.\n";

struct options {
    const char *n, *draws, *seed;
    bool json;
};

static enum rn_status list_spaces(bool json, struct rn_err *err)
{
    struct rn_space_entry *entries = NULL;
    struct rn_buf text = {0};
    enum rn_status status;
    size_t n = 0;

    RN_TRY(rn_space_list(&entries, &n, err));
    if (json) {
        RN_TRY(rn_json_space_list(entries, n, &text, err));
        puts(text.data);
    }
    for (size_t i = 0; i < n && !json; i++) {
        if (entries[i].overlay && (i == 0 || !entries[i - 1].overlay))
            printf("\nOverlays, as in RegNetX@mini:\n");
        printf("%s%-*s  %s\n", entries[i].overlay ? "@" : "", entries[i].overlay ? 23 : 24,
               entries[i].name, entries[i].description);
    }
done:
    rn_space_list_free(entries, n);
    rn_buf_release(&text);
    return status;
}

static void print_network(const struct rn_arch *arch)
{
    printf("  stem %s, %d wide; %s, %s", rn_stem_text(arch->stem), arch->stem_w,
           rn_block_text(arch->block), rn_act_text(arch->act));
    if (arch->se_r > 0)
        printf(", SE %g", arch->se_r);
    if (arch->head_w > 0)
        printf("; head %d wide", arch->head_w);
    printf("\n  %d stages, strides", arch->n_stages);
    for (int i = 0; i < arch->n_stages; i++)
        printf("%s%d", i ? ", " : " ", arch->stages[i].stride);
    printf("; %dx%d pixels, %d classes\n", arch->im_size, arch->im_size, arch->num_classes);
}

/* "1 ... 16", or the values themselves where they are few. */
static void print_values(const struct rn_space_param *param, char *text, size_t size)
{
    size_t len = 0;

    if (param->same_as)
        snprintf(text, size, "that of %s", param->same_as);
    else if (param->n_values == 0 || param->n_values > 12)
        snprintf(text, size, "%.10g ... %.10g", param->min, param->max);
    for (int i = 0; i < param->n_values && param->n_values <= 12 && len < size; i++)
        len += param->words[i]
                   ? (size_t)snprintf(text + len, size - len, "%s%s", i ? " " : "", param->words[i])
                   : (size_t)snprintf(text + len, size - len, "%s%.10g", i ? " " : "",
                                      param->values[i]);
}

static void print_params(const struct rn_space_facts *facts)
{
    char text[256];

    printf("\n  %-10s  %-28s  %-21s  %-8s  %-7s  %s\n", "parameter", "values", "distribution",
           "quantum", "points", "free");
    for (int i = 0; i < facts->n_params; i++) {
        const struct rn_space_param *param = &facts->params[i];
        print_values(param, text, sizeof text);
        printf("  %-10s  %-28s", param->name, text);
        if (!param->same_as) {
            printf("  %-21s", param->n_values > 0 ? "" : param->distribution);
            snprintf(text, sizeof text, "%.6g", param->quantum);
            printf("  %-8s  %-7.10g  %d of %d", param->n_values > 0 ? "" : text, param->points,
                   param->free, param->n);
        }
        putchar('\n');
    }
}

/* 1,846,757,322,198,614,016 */
static void print_grouped(const char *digits)
{
    for (size_t n = strlen(digits); n > 0; n--, digits++)
        printf(n > 1 && n % 3 == 1 ? "%c," : "%c", *digits);
}

static void print_size(const struct rn_space_facts *facts)
{
    printf("\n  dimension  %d\n  size       ", facts->dimension);
    print_grouped(facts->size);
    printf("\n             ");
    print_grouped(facts->paper_size);
    printf(" as the paper counts\n");
}

static void print_constraints(const struct rn_space_facts *facts)
{
    printf("\n  %-44s  %-8s  %s\n", "constraint", "how", "rejects");
    for (int i = 0; i < facts->n_constraints; i++) {
        const struct rn_space_constraint *constraint = &facts->constraints[i];
        printf("  %-44s  %-8s", constraint->text, constraint->drawn ? "drawn" : "tested");
        if (constraint->tested > 0)
            printf("  %6.2f %%", 100.0 * (double)constraint->rejected / (double)constraint->tested);
        putchar('\n');
    }
    printf("  Each by itself; of %llu draws %.4g %% satisfy all.\n",
           (unsigned long long)facts->draws,
           100.0 * (double)facts->accepted / (double)facts->draws);
}

static void print_quantiles(const char *name, const int64_t *quantiles)
{
    char text[16];

    printf("  %-6s", name);
    for (int q = 0; q < RN_SPACE_QUANTILES; q++)
        printf("  %8s", rn_human_count(quantiles[q], text));
    putchar('\n');
}

static void print_counts(const struct rn_space_counts *counts)
{
    printf("\n  %-6s  %8s  %8s  %8s  %8s  %8s  %8s  %8s\n", "", "min", "5 %", "25 %", "median",
           "75 %", "95 %", "max");
    print_quantiles("flops", counts->flops);
    print_quantiles("params", counts->params);
    print_quantiles("acts", counts->acts);
    printf("  Of %llu networks, each drawn in %.4g attempts.\n",
           (unsigned long long)counts->networks,
           (double)counts->attempts / (double)counts->networks);
}

/* A space without networks is described all the same; the error then says why there are none. */
static enum rn_status describe(const char *name, uint64_t seed, uint64_t draws, uint64_t n,
                               bool json, struct rn_err *err)
{
    struct rn_space *space = NULL;
    struct rn_space_facts facts = {0};
    struct rn_space_counts counts = {0};
    struct rn_buf text = {0};
    enum rn_status status, found;

    RN_TRY(rn_space_open(name, &space, err));
    RN_TRY(rn_space_describe(space, seed, draws, &facts, err));
    found = rn_space_count(space, seed, n, &counts, err);
    if (json) {
        RN_TRY(rn_json_space(&facts, found == RN_OK ? &counts : NULL, seed, &text, err));
        puts(text.data);
    } else {
        printf("%s%s%s\n\n", facts.name, *facts.description ? ": " : "", facts.description);
        if (strcmp(facts.family, "config") != 0)
            print_network(&facts.arch);
        print_params(&facts);
        print_size(&facts);
        print_constraints(&facts);
        if (found == RN_OK)
            print_counts(&counts);
    }
    status = found;
done:
    rn_buf_release(&text);
    rn_space_facts_release(&facts);
    rn_space_free(space);
    return status;
}

int rn_cmd_space(int argc, char **argv)
{
    struct options options = {.n = "1000", .draws = "100000", .seed = "0"};
    const struct rn_option table[] = {{"-n", NULL, NULL, &options.n},
                                      {"--draws", NULL, NULL, &options.draws},
                                      {"--seed", NULL, NULL, &options.seed},
                                      {"--json", NULL, &options.json, NULL},
                                      {NULL, NULL, NULL, NULL}};
    struct rn_err err = {0};
    long long n, draws, seed;
    enum rn_status status;
    int code = rn_args(&argc, argv, table);

    if (code == 0)
        code = rn_number(argv[0], "-n", options.n, 1, 1000000, &n);
    if (code == 0)
        code = rn_number(argv[0], "--draws", options.draws, 1, 100000000, &draws);
    if (code == 0)
        code = rn_number(argv[0], "--seed", options.seed, 0, INT64_MAX, &seed);
    if (code)
        return code;
    if (argc > 2)
        return rn_usage(argv[0], "one SPACE at a time");
    if (argc < 2)
        status = list_spaces(options.json, &err);
    else
        status =
            describe(argv[1], (uint64_t)seed, (uint64_t)draws, (uint64_t)n, options.json, &err);
    return status == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
