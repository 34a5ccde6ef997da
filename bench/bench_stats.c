/*
 * bench_stats: the whole analysis of one space of a million networks, from its file on: seconds of
 * each step, and the most memory that the process held.
 *
 *     bench_stats [NETWORKS]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "regnet/regnet.h"

#define PARAMETERS 4
#define REGIMES 7

struct population {
    struct rn_records records;
    const double *error, *cost[4], *x[PARAMETERS]; /* cost: flops, params, acts, time */
    struct rn_edf edf;
};

static const char *const costs[] = {"flops", "params", "acts", "time"};
static const char *const parameters[] = {"d", "w0", "wa", "wm"};

/* Networks whose errors fall with their multiply-adds, with some noise. */
static int write_population(size_t n, const char *path)
{
    FILE *out = fopen(path, "w");

    for (size_t i = 0; out && i < n; i++) {
        struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, i);
        double gf = 0.2 * exp2(REGIMES * rn_rng_uniform(&rng));
        double error = 35 * pow(gf, -0.1) + fabs(2 * rn_rng_normal(&rng));
        fprintf(out,
                "%c{\"error\":%.2f,\"flops\":%.0f,\"params\":%.0f,\"acts\":%.0f,\"time\":%.3f,",
                i ? ',' : '[', fmin(error, 100), 1e9 * gf, 1e6 * (3 + 5.5 * gf),
                1e6 * 6.5 * sqrt(gf), 24 * sqrt(gf) + 6 * gf + rn_rng_uniform(&rng));
        fprintf(out, "\"d\":%u,\"w0\":%u,\"wa\":%.1f,\"wm\":%.3f}\n", 12 + rn_rng_below(&rng, 16),
                8 + 8 * rn_rng_below(&rng, 31), 8 + 248 * rn_rng_uniform(&rng),
                2 + rn_rng_uniform(&rng));
    }
    return out && fputs("]\n", out) >= 0 && fclose(out) == 0 ? 0 : -1;
}

static void report(const char *what, double *begin)
{
    double now = rn_clock();

    printf("%-40s %8.3f s\n", what, now - *begin);
    *begin = rn_clock();
}

static enum rn_status read_population(const char *path, struct population *p, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_records_read(path, &p->records, err));
    RN_TRY(rn_records_need(&p->records, "error", &p->error, err));
    for (int k = 0; k < 4; k++)
        RN_TRY(rn_records_need(&p->records, costs[k], &p->cost[k], err));
    for (int k = 0; k < PARAMETERS; k++)
        RN_TRY(rn_records_need(&p->records, parameters[k], &p->x[k], err));
done:
    return status;
}

/* Against the half of it with the more multiply-adds. */
static enum rn_status distributions(struct population *p, double *scratch, double *begin,
                                    struct rn_err *err)
{
    size_t n = p->records.n, half = 0;
    struct rn_edf weighted = {0}, larger = {0};
    struct rn_difference d;
    struct rn_bins bins;
    enum rn_status status;

    RN_TRY(rn_edf_make(p->error, n, &p->edf, err));
    report("distribution", begin);
    RN_TRY(rn_common_bins(&p->cost[0], &n, 1, 40, &bins, err));
    RN_TRY(rn_cost_weights(p->cost[0], n, &bins, scratch, err));
    RN_TRY(rn_edf_make_weighted(p->error, scratch, n, &weighted, err));
    report("normalized distribution", begin);
    for (size_t i = 0; i < n; i++)
        if (p->cost[0][i] > 2e9)
            scratch[half++] = p->error[i];
    RN_TRY(rn_edf_make(scratch, half, &larger, err));
    RN_TRY(rn_edf_difference(&p->edf, &larger, 1, &d, err));
    report("difference, Kolmogorov-Smirnov", begin);
    for (size_t m = 1; m <= n; m *= 2)
        scratch[0] += rn_search_exact(&p->edf, m).mean;
    report("random search, of 1, 2, 4, ... networks", begin);
done:
    rn_edf_release(&weighted);
    rn_edf_release(&larger);
    return status;
}

static enum rn_status parameter_ranges(const struct population *p, double *begin,
                                       struct rn_err *err)
{
    struct rn_winners winners = {0};
    struct rn_good_range range;
    struct rn_regime regimes[REGIMES];
    struct rn_trend trends[REGIMES * PARAMETERS];
    size_t n = p->records.n;
    enum rn_status status;

    RN_TRY(rn_winners_make(p->error, n, rn_winners_draws(n), &winners, err));
    for (int k = 0; k < PARAMETERS; k++)
        RN_TRY(rn_winners_range(&winners, p->x[k], &range, err));
    report("bootstrap, 4 parameters", begin);
    for (int r = 0; r < REGIMES; r++)
        regimes[r] = (struct rn_regime){0.2e9 * exp2(r), 0.2e9 * exp2(r + 1)};
    RN_TRY(rn_trends(p->error, p->cost[0], n, p->x, PARAMETERS, regimes, REGIMES, trends, err));
    report("trends, 4 parameters in 7 regimes", begin);
done:
    rn_winners_release(&winners);
    return status;
}

static enum rn_status relations(const struct population *p, double *begin, struct rn_err *err)
{
    size_t n = p->records.n, n_front, *network = rn_alloc(n, sizeof *network);
    struct rn_correlation correlation;
    struct rn_stability stability;
    struct rn_fit fit;
    enum rn_status status;

    if (!network)
        return rn_nomem(err, n * sizeof *network, "indices");
    for (int k = 0; k < 3; k++) {
        RN_TRY(rn_correlate(p->cost[k], p->cost[3], n, &correlation, err));
        RN_TRY(rn_fit_make(p->cost[0], p->cost[k + 1], n, RN_TERM_SQRT | RN_TERM_X, &fit, err));
    }
    report("3 correlations, 3 fits", begin);
    for (int k = 0; k < 4; k++)
        RN_TRY(rn_front(p->error, p->cost[k], n, network, &n_front, err));
    report("4 Pareto fronts", begin);
    for (size_t i = 0; i < n; i++)
        network[i] = i / 4;
    RN_TRY(rn_stability_make(p->error, network, n, &stability, err));
    report("stability", begin);
done:
    rn_free(network);
    return status;
}

static enum rn_status analyze(const char *path, struct rn_err *err)
{
    struct population p = {0};
    double begin = rn_clock(), *scratch = NULL;
    enum rn_status status;

    RN_TRY(read_population(path, &p, err));
    report("read", &begin);
    scratch = rn_alloc(p.records.n, sizeof *scratch);
    if (!scratch)
        RN_TRY(rn_nomem(err, p.records.n * sizeof *scratch, "errors"));
    RN_TRY(distributions(&p, scratch, &begin, err));
    RN_TRY(parameter_ranges(&p, &begin, err));
    RN_TRY(relations(&p, &begin, err));
done:
    rn_free(scratch);
    rn_edf_release(&p.edf);
    rn_records_release(&p.records);
    return status;
}

int main(int argc, char **argv)
{
    char path[] = "/tmp/regnet-bench-XXXXXX";
    int fd = mkstemp(path);
    struct rn_err err = {0};
    struct rusage usage;
    enum rn_status status;
    double begin;

    if (fd < 0 || close(fd) != 0 ||
        write_population(argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000, path) != 0) {
        fprintf(stderr, "bench_stats: could not write %s\n", path);
        return 1;
    }
    begin = rn_clock();
    status = analyze(path, &err);
    (void)unlink(path);
    if (status != RN_OK) {
        fprintf(stderr, "bench_stats: %s\n", err.msg);
        return 1;
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("%-40s %8.3f s, at most %ld MB\n", "all", rn_clock() - begin, usage.ru_maxrss / 1024);
    return 0;
}
