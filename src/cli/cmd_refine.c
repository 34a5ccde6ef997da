/* regnet refine: the next restriction of a design space, from its trained population. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "refine_json.h"

const char rn_help_refine[] =
    "    regnet refine runs/quickstart/AnyNetXA@mini --out mine.yaml\n"
    "    regnet refine networks.json --space AnyNetXA@mini --json\n"
    "\n"
    "usage: regnet refine POPULATION [options]\n"
    "\n"
    "  --space SPACE    that the population was drawn from; a sweep's directory knows it\n"
    "  --margin POINTS  how much the mean error may rise for a simpler space (a fifth of the\n"
    "                   errors' standard deviation)\n"
    "  --out FILE       writes the new space, named by the file: NAME.yaml\n"
    "  --seed S         of the draws and permutations (0)\n"
    "  --json           one JSON object with all of it (docs/refine.md)\n"
    "\n"
    "Proposes restrictions of a space: one value for two neighbouring stages or for all of them "
    "(b,\n"
    "g), values that do not fall (w, d), and the ends of the ranges that the best networks have.\n"
    "Each with the predicted change of the mean error, percent points, with a 95 % interval; how\n"
    "many networks of the population satisfy it, and their mean; and the factor by which the "
    "space\n"
    "shrinks. Those marked * are the new space, which is printed or written to FILE.\n"
    "\n"
    "POPULATION is a sweep's directory, or a JSON list of objects with an \"error\" and the drawn\n"
    "parameters by their names in \"regnet sample --json\". A hundred networks or more are "
    "better.\n";

struct options {
    const char *space, *margin, *out, *seed;
    bool json;
};

static void print_change(const struct rn_change *change, bool known)
{
    char text[40] = "?";

    if (known && !isnan(change->change))
        snprintf(text, sizeof text, "%+.2f (%+.2f, %+.2f)", change->change, change->low,
                 change->high);
    printf("  %-21s", known && isnan(change->change) ? "" : text);
}

static void print_changes(const struct rn_prediction *prediction)
{
    print_change(&prediction->mean, prediction->known);
    print_change(&prediction->best, prediction->known);
}

static void print_kept(const struct rn_prediction *prediction)
{
    printf("  %5zu", prediction->kept);
    if (prediction->kept > 0)
        printf("  %+7.2f", prediction->kept_change);
    else
        printf("  %7s", "");
    printf("  %8.4g", prediction->shrink);
}

static void print_proposal(const struct rn_proposal *proposal)
{
    printf("%c %-20s", proposal->chosen ? '*' : ' ', proposal->text);
    print_changes(&proposal->prediction);
    print_kept(&proposal->prediction);
    printf("  %-7.2g  %s\n", proposal->p, rn_proposal_verdict(proposal));
}

static void print_heading(const char *what)
{
    printf("\n  %-20s  %-21s  %-21s  %5s  %7s  %8s  %-7s\n", what, "mean error", "best quarter",
           "kept", "theirs", "shrink", "p");
}

static void print_table(const struct rn_refinement *refined)
{
    bool ranges = false;

    printf("%s: %zu networks, mean error %.2f %%, standard deviation %.2f; margin %.2f\n",
           refined->space, refined->n, refined->mean, refined->deviation, refined->margin);
    print_heading("relation of stages");
    for (size_t i = 0; i < refined->n_proposals; i++) {
        if (refined->proposals[i].kind == RN_PROPOSAL_RANGE && !ranges)
            print_heading("end of a good range");
        ranges = refined->proposals[i].kind == RN_PROPOSAL_RANGE;
        print_proposal(&refined->proposals[i]);
    }
    if (refined->n_chosen == 0) {
        printf("\nNothing is proposed: %zu networks do not support any of it.\n", refined->n);
        return;
    }
    printf("\n* %-20s", "together");
    print_changes(&refined->together);
    print_kept(&refined->together);
    printf("\n");
}

static enum rn_status write_space(const struct rn_refinement *refined,
                                  const struct options *options, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (options->out)
        status = rn_file_write(options->out, refined->yaml, strlen(refined->yaml), err);
    else if (!options->json && refined->n_chosen > 0)
        printf("\n%s", refined->yaml);
    if (status == RN_OK && options->out)
        fprintf(stderr, "%s: %s, %zu proposals\n", options->out, refined->name, refined->n_chosen);
    return status;
}

static enum rn_status print_json(const struct rn_refinement *refined, struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_json_refinement(refined, &text, err));
    puts(text.data);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status refine(const char *path, const struct options *options,
                             const struct rn_refine_options *settings, struct rn_err *err)
{
    struct rn_refinement refined = {0};
    struct rn_records records = {0};
    char *space = NULL;
    enum rn_status status;

    RN_TRY(rn_records_read(path, &records, err));
    if (!options->space)
        RN_TRY(rn_refine_space(path, &space, err));
    status = rn_refine(&records, options->space ? options->space : space, settings, &refined, err);
    if (status == RN_E_DATA)
        rn_err_prefix(err, "%s", path);
    RN_TRY(status);
    if (options->json)
        RN_TRY(print_json(&refined, err));
    else
        print_table(&refined);
    status = write_space(&refined, options, err);
done:
    rn_refinement_release(&refined);
    rn_records_release(&records);
    rn_free(space);
    return status;
}

static int read_margin(const char *verb, const char *text, double *margin)
{
    char *end;

    if (!text)
        return 0;
    *margin = strtod(text, &end);
    if (end == text || *end || !(*margin > 0 && *margin <= 100))
        return rn_usage(verb, "--margin: \"%s\" is no number of percent points above 0", text);
    return 0;
}

int rn_cmd_refine(int argc, char **argv)
{
    struct options options = {.seed = "0"};
    const struct rn_option table[] = {
        {"--space", NULL, NULL, &options.space}, {"--margin", NULL, NULL, &options.margin},
        {"--out", NULL, NULL, &options.out},     {"--seed", NULL, NULL, &options.seed},
        {"--json", NULL, &options.json, NULL},   {NULL, NULL, NULL, NULL}};
    struct rn_refine_options settings = {0};
    struct rn_err err = {0};
    long long seed;
    int code = rn_args(&argc, argv, table);

    if (code == 0)
        code = read_margin(argv[0], options.margin, &settings.margin);
    if (code == 0)
        code = rn_number(argv[0], "--seed", options.seed, 0, INT64_MAX, &seed);
    if (code)
        return code;
    if (argc != 2)
        return rn_usage(argv[0], "one POPULATION is needed: a sweep's directory or a JSON list");
    settings.path = options.out;
    settings.seed = (uint64_t)seed;
    return refine(argv[1], &options, &settings, &err) == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
