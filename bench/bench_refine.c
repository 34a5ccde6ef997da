/*
 * bench_refine: how often rn_refine is right: populations of an AnyNetX A whose errors are made by
 * known rules, so that what each restriction truly costs is known.
 *
 *     bench_refine SPACE RUNS [TRUTH]
 *
 * Prints the table of docs/refine.md, a line for each truth and number of networks. Nearly all of
 * its time goes into draws: bench/refine.yaml is AnyNetXA@mini with a window that takes a tenth.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/regnet.h"

#define STAGES 4
#define VALUES 16
#define POOL 4000 /* networks that a true mean is of */

enum { D, W, B, G, LETTERS };

/*
 * Percent points: for each doubling by which neighbours fall (d, w) or differ (b, g), and for the
 * square of the doublings by which a value is off its best (d, w, b, g).
 */
struct truth {
    const char *name;
    double falls[2], differs[2], off[LETTERS];
    bool stepwise; /* any fall or difference costs as much as one doubling for each stage */
    bool own_best; /* each stage has its own best b and g */
    double noise;
};

#define VALUES_MATTER          \
    {                          \
        0.03, 0.03, 0.01, 0.03 \
    }

static const struct truth truths[] = {
    {"as in the paper", {0.3, 0.7}, {0, 0}, VALUES_MATTER, false, false, 0.8},
    {"the same, in steps", {0.3, 0.7}, {0, 0}, VALUES_MATTER, true, false, 0.8},
    {"nothing matters", {0, 0}, {0, 0}, {0}, false, false, 2},
    {"all of it costs", {-0.4, -0.4}, {-0.4, -0.2}, VALUES_MATTER, false, false, 0.8},
    {"the same, in steps", {-0.4, -0.4}, {-0.4, -0.2}, VALUES_MATTER, true, false, 0.8},
    {"stages differ", {0, 0}, {0, 0}, {0.03, 0.03, 0.8, 0.2}, false, true, 0.8},
};

static const double best[LETTERS][STAGES] = {
    {1, 1, 2, 2}, {4, 5, 6, 6.5}, {0, 0, 0, 0}, {3, 3, 3, 3}};
static const double own_best[LETTERS][STAGES] = {[B] = {0, 0, 2, 2}, [G] = {1, 1, 4, 5}};

static double related(const struct truth *truth, const double x[LETTERS][STAGES], int letter)
{
    double cost = letter < B ? truth->falls[letter] : truth->differs[letter - B], sum = 0;

    for (int s = 1; s < STAGES; s++) {
        double rise = x[letter][s] - x[letter][s - 1];
        sum += letter < B ? fmax(0, -rise) : fabs(rise);
    }
    if (truth->stepwise)
        sum = sum > 0 ? STAGES - 1 : 0;
    return cost * sum;
}

/* The expected error of a network, without noise; value: d1 ... g4. */
static double expected(const struct truth *truth, const double *value)
{
    double x[LETTERS][STAGES], error = 15;

    for (int l = 0; l < LETTERS; l++)
        for (int s = 0; s < STAGES; s++)
            x[l][s] = log2(value[l * STAGES + s]);
    for (int l = 0; l < LETTERS; l++) {
        const double *aim = truth->own_best && l >= B ? own_best[l] : best[l];
        error += related(truth, x, l);
        for (int s = 0; s < STAGES; s++)
            error += truth->off[l] * (x[l][s] - aim[s]) * (x[l][s] - aim[s]);
    }
    return error + 5 * truth->off[G] * fabs(x[G][3] - x[W][3] / 2); /* what no model knows of */
}

/* Of deviation 1, with a long tail of bad luck. */
static double luck(struct rn_rng *rng)
{
    return (exp(0.5 * rn_rng_normal(rng)) - exp(0.125)) / 0.6039;
}

static void die(const struct rn_err *err)
{
    fprintf(stderr, "bench_refine: %s\n", err->msg);
    exit(1);
}

static const char *space_name;

static struct rn_space *open_space(const char *constraint)
{
    char text[256];
    struct rn_space *space;
    struct rn_err err = {0};

    snprintf(text, sizeof text, "name: x\nbase: %s\nconstraints: [%s%s%s]\n", space_name,
             *constraint ? "'" : "", constraint, *constraint ? "'" : "");
    if (rn_space_parse(text, "x.yaml", &space, &err) != RN_OK)
        die(&err);
    return space;
}

static double pool[POOL][VALUES]; /* of the space */

static void draw(const struct rn_space *space, uint64_t seed, uint64_t i, double value[VALUES])
{
    struct rn_sample sample;
    struct rn_err err = {0};

    if (rn_space_draw(space, seed, i, &sample, &err) != RN_OK)
        die(&err);
    for (int j = 0; j < VALUES; j++)
        value[j] = sample.values[j].value;
}

struct level {
    double mean, best; /* of all expected errors, and of their best quarter */
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static struct level level_of_space(const struct truth *truth, const struct rn_space *space)
{
    static double error[POOL];
    struct level level = {0};
    double value[VALUES];

    for (uint64_t i = 0; i < POOL; i++) {
        draw(space, 77, i, value);
        error[i] = expected(truth, value);
        level.mean += error[i] / POOL;
    }
    qsort(error, POOL, sizeof *error, ascending);
    for (size_t i = 0; i < POOL / 4; i++)
        level.best += error[i] / (POOL / 4);
    return level;
}

/* Whether a restriction truly costs more than the margin. */
static bool is_costly(struct level before, struct level after, double margin)
{
    return after.mean - before.mean > margin || after.best - before.best > margin;
}

/* By rejection: ranges are many, and most are met once. */
static double mean_within(const struct truth *truth, const struct rn_proposal *proposal)
{
    int j = proposal->letter * STAGES + proposal->stage;
    double sum = 0, n = 0;

    for (size_t i = 0; i < POOL; i++) {
        if (proposal->upper ? pool[i][j] > proposal->bound : pool[i][j] < proposal->bound)
            continue;
        sum += expected(truth, pool[i]);
        n++;
    }
    return sum / n;
}

/* What is known of each constraint that was met. */
struct known {
    char text[RN_SPACE_TEXT];
    struct level level;
};

static struct known *known;
static size_t n_known;

static struct level look_up(const struct truth *truth, const char *constraint)
{
    struct rn_space *space;

    for (size_t i = 0; i < n_known; i++)
        if (strcmp(known[i].text, constraint) == 0)
            return known[i].level;
    known = realloc(known, (n_known + 1) * sizeof *known);
    snprintf(known[n_known].text, RN_SPACE_TEXT, "%s", constraint);
    space = open_space(constraint);
    known[n_known].level = level_of_space(truth, space);
    rn_space_free(space);
    return known[n_known++].level;
}

struct population {
    struct rn_records records;
    struct rn_column columns[1 + VALUES];
    double mean; /* of the errors without luck */
};

static void name_columns(struct rn_records *records)
{
    char name[3];

    records->columns[0].name = rn_strdup("error");
    for (int j = 0; j < VALUES; j++) {
        snprintf(name, sizeof name, "%c%c", "dwbg"[j / STAGES], '1' + j % STAGES);
        records->columns[j + 1].name = rn_strdup(name);
    }
}

static void draw_population(const struct truth *truth, const struct rn_space *space, size_t n,
                            uint64_t seed, struct population *population)
{
    struct rn_records *records = &population->records;
    double value[VALUES];

    *population = (struct population){0};
    records->n = n;
    records->n_columns = 1 + VALUES;
    records->columns = rn_alloc(records->n_columns, sizeof *records->columns);
    records->source = rn_alloc(n, sizeof *records->source);
    for (size_t c = 0; c < records->n_columns; c++)
        records->columns[c].value = rn_alloc(n, sizeof(double));
    name_columns(records);
    for (size_t i = 0; i < n; i++) {
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_TEST, i);
        draw(space, seed, i, value);
        records->source[i] = i + 1;
        for (int j = 0; j < VALUES; j++)
            records->columns[j + 1].value[i] = value[j];
        records->columns[0].value[i] = expected(truth, value) + truth->noise * luck(&rng);
        population->mean += expected(truth, value) / (double)n;
    }
}

struct tally {
    int whole[LETTERS], ranges, false_ranges, relations, false_relations, looked, covered;
    int e, costly;
    double change, predicted;
};

static void count_proposal(const struct truth *truth, const struct population *population,
                           const struct rn_refinement *refined, const struct rn_proposal *proposal,
                           struct tally *tally)
{
    const struct rn_change *mean = &proposal->prediction.mean;
    struct level base = look_up(truth, ""), after;

    if (proposal->kind == RN_PROPOSAL_RANGE) {
        tally->ranges += proposal->supported;
        if (proposal->supported)
            tally->false_ranges += mean_within(truth, proposal) - base.mean > -1e-3;
        return;
    }
    after = look_up(truth, proposal->text);
    if (proposal->prediction.known) {
        double change = after.mean - population->mean;
        tally->looked++;
        tally->covered += change >= mean->low && change <= mean->high;
    }
    if (!proposal->supported)
        return;
    if (proposal->stage < 0)
        tally->whole[proposal->letter]++;
    tally->relations++;
    tally->false_relations += is_costly(base, after, refined->margin);
}

static struct level level_of_new(const struct truth *truth, const struct rn_refinement *refined)
{
    struct rn_space *space;
    struct rn_err err = {0};
    struct level level;

    if (rn_space_parse(refined->yaml, "x.yaml", &space, &err) != RN_OK)
        die(&err);
    level = level_of_space(truth, space);
    rn_space_free(space);
    return level;
}

static void run_once(const struct truth *truth, const struct rn_space *space, size_t n,
                     uint64_t seed, struct tally *tally)
{
    struct population population;
    struct rn_refinement refined;
    struct rn_err err = {0};
    struct level base = look_up(truth, ""), after;
    int whole = 0;

    draw_population(truth, space, n, seed, &population);
    if (rn_refine(&population.records, space_name, &(struct rn_refine_options){.seed = seed},
                  &refined, &err) != RN_OK)
        die(&err);
    for (size_t i = 0; i < refined.n_proposals; i++) {
        count_proposal(truth, &population, &refined, &refined.proposals[i], tally);
        whole += refined.proposals[i].chosen && refined.proposals[i].kind != RN_PROPOSAL_RANGE &&
                 refined.proposals[i].stage < 0;
    }
    after = level_of_new(truth, &refined);
    tally->e += whole == LETTERS;
    tally->costly += is_costly(base, after, refined.margin);
    tally->change += after.mean - base.mean;
    tally->predicted += refined.n_chosen ? refined.together.mean.change : 0;
    rn_refinement_release(&refined);
    rn_records_release(&population.records);
}

/* What the four relations of all stages truly cost, the mean and the best quarter. */
static void print_costs(const struct truth *truth)
{
    static const char *const texts[] = {"shared(b)", "shared(g)", "d[i+1] >= d[i]",
                                        "w[i+1] >= w[i]"};
    struct level base = look_up(truth, "");

    printf("| %s |  |", truth->name);
    for (int i = 0; i < LETTERS; i++) {
        struct level after = look_up(truth, texts[i]);
        printf(" %+.2f, %+.2f |", after.mean - base.mean, after.best - base.best);
    }
    printf("\n");
}

static void print_line(size_t n, int runs, const struct tally *tally)
{
    double all = runs / 100.0;

    printf("|  | %zu |", n);
    for (int l = 0; l < LETTERS; l++)
        printf(" %.0f |", tally->whole[(l + 2) % LETTERS] / all);
    printf(" %.0f | %.1f | %.1f | %.1f | %.1f | %.0f | %+.2f | %+.2f | %.0f |\n", tally->e / all,
           (double)tally->relations / runs, (double)tally->false_relations / runs,
           (double)tally->ranges / runs, (double)tally->false_ranges / runs,
           100.0 * tally->covered / fmax(1, tally->looked), tally->predicted / runs,
           tally->change / runs, tally->costly / all);
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    const size_t sizes[] = {100, 300, 500};
    struct rn_space *space;
    int runs;

    if (argc < 3) {
        fprintf(stderr, "usage: bench_refine SPACE RUNS [TRUTH]\n");
        return 2;
    }
    space_name = argv[1];
    runs = atoi(argv[2]);
    space = open_space("");
    for (uint64_t i = 0; i < POOL; i++)
        draw(space, 77, i, pool[i]);
    printf("| truth | n | share b | share g | order d | order w | all four | relations | false | "
           "ranges | false | covered | predicted | true | costly |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t t = 0; t < sizeof truths / sizeof *truths; t++) {
        if (argc > 3 && atoi(argv[3]) != (int)t)
            continue;
        n_known = 0;
        print_costs(&truths[t]);
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            struct tally tally = {0};
            for (int run = 0; run < runs; run++)
                run_once(&truths[t], space, sizes[k], (uint64_t)(1000 + run), &tally);
            print_line(sizes[k], runs, &tally);
        }
    }
    free(known);
    rn_space_free(space);
    return 0;
}
