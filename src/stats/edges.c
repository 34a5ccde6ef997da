/* The ends of the ranges that the empirical bootstrap finds, each judged against shuffled errors;
   and which of many claims to believe. */
#include <math.h>
#include <string.h>

#include "regnet/bootstrap.h"
#include "regnet/evidence.h"
#include "regnet/rng.h"
#include "room.h"

#define PERMUTATIONS 2000
#define TAIL 0.025 /* of the winners, beyond each edge */

/* A parameter's values, as the ordinals of their distinct values. */
struct levels {
    size_t n;
    double *value; /* n, ascending */
    size_t *of;    /* of each network */
};

struct judge {
    const double *errors;
    size_t n, n_x;
    double mean;
    struct rn_winners winners;
    struct levels *levels;
    double *weight;    /* of each level, while a range is looked for */
    uint32_t *network; /* a permutation: whose errors a network is given */
    double *null_gain; /* 2 n_x: sums over permutations */
    size_t *as_large;  /* 2 n_x: permutations that gained as much */
};

static enum rn_status levels_make(const double *x, size_t n, struct levels *levels,
                                  struct rn_err *err)
{
    size_t *order = NULL;
    enum rn_status status;

    RN_TRY(rn_check_finite("parameter", x, n, err));
    RN_TRY(rn_order(x, n, &order, err));
    levels->value = rn_alloc(n, sizeof *levels->value);
    levels->of = rn_alloc(n, sizeof *levels->of);
    if (!levels->value || !levels->of)
        RN_TRY(rn_nomem(err, n * sizeof *levels->value, "a range"));
    for (size_t r = 0; r < n; r++) {
        if (r == 0 || x[order[r]] > x[order[r - 1]])
            levels->value[levels->n++] = x[order[r]];
        levels->of[order[r]] = levels->n - 1;
    }
done:
    rn_free(order);
    return status;
}

/* The levels between which all but the tails of the winners lie. */
static void find_edges(const struct judge *judge, const struct levels *levels, size_t at[2])
{
    double below = 0, above = 0;

    memset(judge->weight, 0, levels->n * sizeof *judge->weight);
    for (size_t w = 0; w < judge->winners.n; w++)
        judge->weight[levels->of[judge->network[judge->winners.network[w]]]] += judge->winners.p[w];
    for (at[0] = 0; (below += judge->weight[at[0]]) < TAIL; at[0]++)
        ;
    for (at[1] = levels->n - 1; (above += judge->weight[at[1]]) < TAIL; at[1]--)
        ;
}

/* The change of the mean error by keeping what lies within one edge; how many those are. */
static double change_within(const struct judge *judge, const struct levels *levels, int side,
                            size_t at, size_t *kept)
{
    double sum = 0;

    *kept = 0;
    for (size_t i = 0; i < judge->n; i++) {
        size_t level = levels->of[judge->network[i]];
        if (side == 0 ? level < at : level > at)
            continue;
        sum += judge->errors[i];
        ++*kept;
    }
    return sum / (double)*kept - judge->mean;
}

static void look(struct judge *judge, struct rn_edge *edges)
{
    for (size_t i = 0; i < 2 * judge->n_x; i++) {
        const struct levels *levels = &judge->levels[i / 2];
        size_t at[2];
        find_edges(judge, levels, at);
        edges[i].at = levels->value[at[i % 2]];
        edges[i].change = change_within(judge, levels, (int)(i % 2), at[i % 2], &edges[i].kept);
    }
}

/* A twin among the shuffled that should equal the observed must not miss it by a rounding. */
static bool gains_as_much(double change, double observed)
{
    return change <= observed + 1e-9 * fabs(observed);
}

static enum rn_status shuffle(struct judge *judge, uint64_t seed, const struct rn_edge *observed,
                              struct rn_err *err)
{
    struct rn_edge *edges = rn_alloc(2 * judge->n_x, sizeof *edges);

    if (!edges)
        return rn_nomem(err, 2 * judge->n_x * sizeof *edges, "a range");
    for (uint64_t r = 0; r < PERMUTATIONS; r++) {
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_BOOTSTRAP, r);
        rn_rng_permutation(&rng, (uint32_t)judge->n, judge->network);
        look(judge, edges);
        for (size_t i = 0; i < 2 * judge->n_x; i++) {
            judge->null_gain[i] += edges[i].change;
            judge->as_large[i] += gains_as_much(edges[i].change, observed[i].change);
        }
    }
    rn_free(edges);
    return RN_OK;
}

/* The kept are k of n: their mean differs from that of all by chance as s sqrt((n - k) / n k). */
static void conclude(const struct judge *judge, struct rn_edge *edges)
{
    double squares = 0, n = (double)judge->n;

    for (size_t i = 0; i < judge->n; i++)
        squares += (judge->errors[i] - judge->mean) * (judge->errors[i] - judge->mean);
    for (size_t i = 0; i < 2 * judge->n_x; i++) {
        double k = (double)edges[i].kept;
        double half = 1.96 * sqrt(squares / (n - 1) * (n - k) / (n * k));
        edges[i].change -= judge->null_gain[i] / PERMUTATIONS;
        edges[i].low = edges[i].change - half;
        edges[i].high = edges[i].change + half;
        edges[i].p = (double)(judge->as_large[i] + 1) / (PERMUTATIONS + 1);
    }
}

static enum rn_status judge_init(struct judge *judge, const double *const *x, struct rn_err *err)
{
    size_t n = judge->n;
    enum rn_status status;

    RN_TRY(rn_winners_make(judge->errors, n, rn_winners_draws(n), &judge->winners, err));
    judge->levels = rn_alloc(judge->n_x, sizeof *judge->levels);
    judge->weight = rn_alloc(n, sizeof *judge->weight);
    judge->network = rn_alloc(n, sizeof *judge->network);
    judge->null_gain = rn_alloc(2 * judge->n_x, sizeof *judge->null_gain);
    judge->as_large = rn_alloc(2 * judge->n_x, sizeof *judge->as_large);
    if (!judge->levels || !judge->weight || !judge->network || !judge->null_gain ||
        !judge->as_large)
        RN_TRY(rn_nomem(err, n * sizeof *judge->weight, "ranges"));
    for (size_t i = 0; i < n; i++) {
        judge->mean += judge->errors[i] / (double)n;
        judge->network[i] = (uint32_t)i;
    }
    for (size_t i = 0; i < judge->n_x; i++)
        RN_TRY(levels_make(x[i], n, &judge->levels[i], err));
done:
    return status;
}

static void judge_release(struct judge *judge)
{
    for (size_t i = 0; judge->levels && i < judge->n_x; i++) {
        rn_free(judge->levels[i].value);
        rn_free(judge->levels[i].of);
    }
    rn_free(judge->levels);
    rn_free(judge->weight);
    rn_free(judge->network);
    rn_free(judge->null_gain);
    rn_free(judge->as_large);
    rn_winners_release(&judge->winners);
}

enum rn_status rn_edges_make(const double *errors, size_t n, const double *const *x, size_t n_x,
                             uint64_t seed, struct rn_edge *edges, struct rn_err *err)
{
    struct judge judge = {.errors = errors, .n = n, .n_x = n_x};
    enum rn_status status;

    RN_TRY(judge_init(&judge, x, err));
    look(&judge, edges);
    RN_TRY(shuffle(&judge, seed, edges, err));
    conclude(&judge, edges);
done:
    judge_release(&judge);
    return status;
}

enum rn_status rn_discoveries(const double *p, size_t n, double rate, bool *found,
                              struct rn_err *err)
{
    size_t *order = NULL, last = 0;
    enum rn_status status;

    if (n == 0)
        return RN_OK;
    RN_TRY(rn_check_finite("p-value", p, n, err));
    RN_TRY(rn_order(p, n, &order, err));
    for (size_t r = 0; r < n; r++)
        if (p[order[r]] <= rate * (double)(r + 1) / (double)n)
            last = r + 1;
    for (size_t r = 0; r < n; r++)
        found[order[r]] = r < last;
done:
    rn_free(order);
    return status;
}
