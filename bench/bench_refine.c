/*
 * bench_refine: how often rn_refine is right: populations of AnyNetXA@mini whose errors are made by
 * known rules, so that what each restriction truly costs is known.
 *
 *     bench_refine [RUNS [TRUTH]]
 *
 * Prints the table of docs/refine.md, a line for each truth and number of networks.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/regnet.h"

#define SPACE "AnyNetXA@mini"
#define STAGES 4
#define VALUES 16
#define POOL 4000 /* networks that a true mean is of */

enum { D, W, B, G, LETTERS };

/* Percent points for each doubling by which neighbours fall (d, w) or differ (b, g); and by which a
   value is off its best. */
struct truth {
    const char *name;
    double falls[2], differs[2];
    double off;
    bool stepwise; /* any violation costs as much as one doubling for each stage: not additive */
    double noise;
};

static const struct truth truths[] = {
    {"as in the paper", {0.3, 0.7}, {0, 0}, 0.25, false, 0.8},
    {"the same, by jumps", {0.3, 0.7}, {0, 0}, 0.25, true, 0.8},
    {"nothing matters", {0, 0}, {0, 0}, 0, false, 2},
    {"only values matter", {0, 0}, {0, 0}, 0.4, false, 0.8},
    {"all of it costs", {-0.4, -0.4}, {-0.4, -0.2}, 0.25, false, 0.8},
    {"the same, by jumps", {-0.4, -0.4}, {-0.4, -0.2}, 0.25, true, 0.8},
};

static const double best[LETTERS][STAGES] = {
    {1, 1, 2, 2}, {4, 5, 6, 6.5}, {0, 0, 0, 0}, {3, 3, 3, 3}};

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
        error += related(truth, x, l);
        for (int s = 0; s < STAGES; s++)
            error += truth->off / 4 * pow(x[l][s] - best[l][s], 2) / (l == B ? 1 : 2);
    }
    return error + truth->off * fabs(x[G][3] - x[W][3] / 2); /* and what no model knows of */
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

static struct rn_space *open_space(const char *constraint)
{
    char text[256];
    struct rn_space *space;
    struct rn_err err = {0};

    snprintf(text, sizeof text, "name: x\nbase: " SPACE "\nconstraints: [%s%s%s]\n",
             *constraint ? "'" : "", constraint, *constraint ? "'" : "");
    if (rn_space_parse(text, "x.yaml", &space, &err) != RN_OK)
        die(&err);
    return space;
}

static double pool[POOL][VALUES]; /* of SPACE */

static void draw(const struct rn_space *space, uint64_t seed, uint64_t i, double value[VALUES])
{
    struct rn_sample sample;
    struct rn_err err = {0};

    if (rn_space_draw(space, seed, i, &sample, &err) != RN_OK)
        die(&err);
    for (int j = 0; j < VALUES; j++)
        value[j] = sample.values[j].value;
}

static double mean_of_space(const struct truth *truth, const struct rn_space *space)
{
    double value[VALUES], sum = 0;

    for (uint64_t i = 0; i < POOL; i++) {
        draw(space, 77, i, value);
        sum += expected(truth, value);
    }
    return sum / POOL;
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
    double mean;
};

static struct known *known;
static size_t n_known;

static double look_up(const struct truth *truth, const char *constraint)
{
    struct rn_space *space;

    for (size_t i = 0; i < n_known; i++)
        if (strcmp(known[i].text, constraint) == 0)
            return known[i].mean;
    known = realloc(known, (n_known + 1) * sizeof *known);
    snprintf(known[n_known].text, RN_SPACE_TEXT, "%s", constraint);
    space = open_space(constraint);
    known[n_known].mean = mean_of_space(truth, space);
    rn_space_free(space);
    return known[n_known++].mean;
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
    const struct rn_prediction *p = &proposal->prediction;
    double base = look_up(truth, ""), change;

    if (proposal->kind == RN_PROPOSAL_RANGE) {
        if (!proposal->supported)
            return;
        change = mean_within(truth, proposal) - base;
        tally->ranges++;
        tally->false_ranges += change > -1e-3;
        return;
    }
    change = look_up(truth, proposal->text);
    if (p->known) {
        tally->looked++;
        tally->covered +=
            change - population->mean >= p->low && change - population->mean <= p->high;
    }
    if (!proposal->supported)
        return;
    if (proposal->stage < 0)
        tally->whole[proposal->letter]++;
    tally->relations++;
    tally->false_relations += change - base > refined->margin;
}

static double mean_of_new(const struct truth *truth, const struct rn_refinement *refined)
{
    struct rn_space *space;
    struct rn_err err = {0};
    double mean;

    if (rn_space_parse(refined->yaml, "x.yaml", &space, &err) != RN_OK)
        die(&err);
    mean = mean_of_space(truth, space);
    rn_space_free(space);
    return mean;
}

static void run_once(const struct truth *truth, const struct rn_space *space, size_t n,
                     uint64_t seed, struct tally *tally)
{
    struct population population;
    struct rn_refinement refined;
    struct rn_err err = {0};
    double change;
    int whole = 0;

    draw_population(truth, space, n, seed, &population);
    if (rn_refine(&population.records, SPACE, &(struct rn_refine_options){.seed = seed}, &refined,
                  &err) != RN_OK)
        die(&err);
    for (size_t i = 0; i < refined.n_proposals; i++) {
        count_proposal(truth, &population, &refined, &refined.proposals[i], tally);
        whole += refined.proposals[i].chosen && refined.proposals[i].kind != RN_PROPOSAL_RANGE &&
                 refined.proposals[i].stage < 0;
    }
    change = mean_of_new(truth, &refined) - look_up(truth, "");
    tally->e += whole == LETTERS;
    tally->costly += change > refined.margin;
    tally->change += change;
    tally->predicted += refined.n_chosen ? refined.together.change : 0;
    rn_refinement_release(&refined);
    rn_records_release(&population.records);
}

static void print_line(const struct truth *truth, size_t n, int runs, const struct tally *tally)
{
    double all = runs / 100.0;

    printf("| %s | %zu |", truth->name, n);
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
    int runs = argc > 1 ? atoi(argv[1]) : 100;
    struct rn_space *space = open_space("");

    for (uint64_t i = 0; i < POOL; i++)
        draw(space, 77, i, pool[i]);
    printf("| truth | n | share b | share g | order d | order w | all four | relations | false | "
           "ranges | false | covered | predicted | true | costly |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t t = 0; t < sizeof truths / sizeof *truths; t++) {
        if (argc > 2 && atoi(argv[2]) != (int)t)
            continue;
        n_known = 0;
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            struct tally tally = {0};
            for (int run = 0; run < runs; run++)
                run_once(&truths[t], space, sizes[k], (uint64_t)(1000 + run), &tally);
            print_line(&truths[t], sizes[k], runs, &tally);
        }
    }
    free(known);
    rn_space_free(space);
    return 0;
}
