/* regnet edf: compares populations that have been trained. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

const char rn_help_edf[] =
    "    regnet edf runs/quickstart/AnyNetXA@mini runs/quickstart/RegNetX@mini\n"
    "    regnet edf a/sweep.json b/sweep.json --svg edf.svg\n"
    "\n"
    "usage: regnet edf POPULATION... [options]\n"
    "\n"
    "  --where NAME=LOW:HIGH,...  only networks in these ranges; an end may be left out:\n"
    "                             --where flops=360e6:400e6,acts=:3e6,OPTIM.BASE_LR=0.5:\n"
    "  --normalize NAME           at equal cost: networks weigh so that flops, params, acts or\n"
    "                             whatever is uniform over the range that all populations reach\n"
    "  --bins N                   of that range, at most, none of them empty (10)\n"
    "  --svg FILE                 also draw the distributions into FILE\n"
    "  --json                     [{\"name\", \"n\", \"unfinished\", \"min\", \"mean\", "
    "\"median\",\n"
    "                             \"band\", \"difference\": {\"mean\", \"low\", \"high\", \"ks\",\n"
    "                             \"ks_p\", \"text\"}}, ...]; normalized ones have \"effective\" "
    "and\n"
    "                             \"normalized\": {\"by\", \"low\", \"high\", \"bins\"}\n"
    "\n"
    "Compares the error distributions of populations: a table, the distributions drawn, and the\n"
    "difference of each to the first, with a 95 % interval and a Kolmogorov-Smirnov test. The\n"
    "whole of a space's distribution is within \"band\" of the population's with 95 % confidence.\n"
    "\n"
    "A POPULATION is a sweep's directory, pycls' sweep.json, a file of nds, or a JSON list of\n"
    "errors in percent or of objects with an \"error\" and other numbers. NAME is error, flops,\n"
    "params, acts, time or a parameter (docs/statistics.md).\n";

#define SEED 1 /* of the bootstrap */
#define BINS "10"
#define CONFIDENCE 0.95

struct options {
    const char *where, *normalize, *bins, *svg;
    long long most_bins;
    bool json;
};

struct populations {
    size_t n;
    struct rn_population *p;
    struct rn_records *records;
    char **names;
    struct rn_bins bins; /* of normalized distributions */
};

static void release(struct populations *all)
{
    for (size_t i = 0; i < all->n; i++) {
        rn_edf_release(&all->p[i].edf);
        rn_records_release(&all->records[i]);
        rn_free(all->names[i]);
    }
    rn_free(all->p);
    rn_free(all->records);
    rn_free(all->names);
}

static enum rn_status read_one(struct populations *all, const char *path, struct rn_err *err)
{
    char *name = rn_records_name(path);
    enum rn_status status;

    for (size_t i = 0; name && i < all->n; i++) {
        if (strcmp(name, all->names[i]) != 0)
            continue;
        rn_free(name);
        name = rn_strdup(path);
    }
    if (!name)
        return rn_nomem(err, strlen(path), "a name");
    RN_TRY(rn_records_read(path, &all->records[all->n], err));
    all->p[all->n].name = all->names[all->n] = name;
    all->n++;
    name = NULL;
done:
    rn_free(name);
    return status;
}

static enum rn_status read_all(struct populations *all, char **paths, size_t n, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    all->p = rn_alloc(n, sizeof *all->p);
    all->records = rn_alloc(n, sizeof *all->records);
    all->names = rn_alloc(n, sizeof *all->names);
    if (!all->p || !all->records || !all->names)
        return rn_nomem(err, n * sizeof *all->p, "populations");
    for (size_t i = 0; i < n && status == RN_OK; i++)
        status = read_one(all, paths[i], err);
    return status;
}

/* Keeps what lies in the first range of where, and moves on to the next. */
static enum rn_status filter_one(struct rn_records *records, const char **where, struct rn_err *err)
{
    struct rn_range range;
    enum rn_status status;

    RN_TRY(rn_range_parse(where, &range, err));
    status = rn_records_filter(records, range.name, range.low, range.high, err);
done:
    return status;
}

static enum rn_status filter(struct populations *all, const char *where, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < all->n; i++) {
        const char *rest = where;
        do
            status = filter_one(&all->records[i], &rest, err);
        while (status == RN_OK && *rest);
        if (status != RN_OK) {
            rn_err_prefix(err, "%s", all->names[i]);
            break;
        }
    }
    return status;
}

static enum rn_status make_plain(struct populations *all, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < all->n && status == RN_OK; i++)
        status =
            rn_edf_make(all->records[i].columns[0].value, all->records[i].n, &all->p[i].edf, err);
    return status;
}

static enum rn_status normalize_one(struct populations *all, size_t i, const double *cost,
                                    struct rn_err *err)
{
    const struct rn_records *records = &all->records[i];
    double *weights = rn_alloc(records->n, sizeof *weights);
    enum rn_status status;

    if (!weights)
        return rn_nomem(err, records->n * sizeof *weights, "weights");
    RN_TRY(rn_cost_weights(cost, records->n, &all->bins, weights, err));
    status =
        rn_edf_make_weighted(records->columns[0].value, weights, records->n, &all->p[i].edf, err);
done:
    rn_free(weights);
    return status;
}

static enum rn_status make_normalized(struct populations *all, const struct options *options,
                                      struct rn_err *err)
{
    const double **costs = rn_alloc(all->n, sizeof *costs);
    size_t *n = rn_alloc(all->n, sizeof *n);
    enum rn_status status = RN_OK;

    if (!costs || !n)
        RN_TRY(rn_nomem(err, all->n * sizeof *costs, "costs"));
    for (size_t i = 0; i < all->n; i++) {
        n[i] = all->records[i].n;
        status = rn_records_need(&all->records[i], options->normalize, &costs[i], err);
        if (status != RN_OK) {
            rn_err_prefix(err, "%s", all->names[i]);
            goto done;
        }
    }
    RN_TRY(rn_common_bins(costs, n, all->n, (int)options->most_bins, &all->bins, err));
    for (size_t i = 0; i < all->n; i++)
        RN_TRY(normalize_one(all, i, costs[i], err));
done:
    rn_free(costs);
    rn_free(n);
    return status;
}

static enum rn_status text(const struct populations *all, const struct options *options,
                           struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    if (options->normalize)
        RN_TRY(rn_buf_addf(out, err, "at equal %s, from %g to %g in %d bins\n\n",
                           options->normalize, all->bins.low, all->bins.high, all->bins.n));
    RN_TRY(rn_edf_table(all->p, all->n, out, err));
    for (size_t i = 0; i < all->n; i++)
        if (all->records[i].unfinished > 0)
            RN_TRY(rn_buf_addf(out, err, "%s: %zu more, not finished, left out\n", all->names[i],
                               all->records[i].unfinished));
    RN_TRY(rn_buf_addf(out, err, "\n"));
    RN_TRY(rn_edf_figure_text(all->p, all->n, 80, 24, out, err));
    for (size_t i = 1; i < all->n; i++) {
        struct rn_difference d;
        RN_TRY(rn_edf_difference(&all->p[0].edf, &all->p[i].edf, SEED, &d, err));
        RN_TRY(rn_buf_addf(out, err, "\n"));
        RN_TRY(rn_difference_text(&d, all->p[0].name, &all->p[0].edf, all->p[i].name,
                                  &all->p[i].edf, out, err));
        RN_TRY(rn_buf_addf(out, err, "\n"));
    }
done:
    return status;
}

static void json_number(struct rn_json *js, const char *key, double value)
{
    rn_json_key(js, key), rn_json_double(js, value);
}

static enum rn_status json_difference(struct rn_json *js, const struct rn_population *first,
                                      const struct rn_population *p, struct rn_err *err)
{
    struct rn_difference d;
    struct rn_buf sentence = {0};
    enum rn_status status;

    RN_TRY(rn_edf_difference(&first->edf, &p->edf, SEED, &d, err));
    RN_TRY(rn_difference_text(&d, first->name, &first->edf, p->name, &p->edf, &sentence, err));
    rn_json_key(js, "difference"), rn_json_object(js);
    json_number(js, "mean", d.mean);
    json_number(js, "low", d.low), json_number(js, "high", d.high);
    json_number(js, "ks", d.ks), json_number(js, "ks_p", d.ks_p);
    rn_json_key(js, "text"), rn_json_text(js, sentence.data);
    rn_json_close(js);
done:
    rn_buf_release(&sentence);
    return status;
}

static void json_normalized(struct rn_json *js, const struct rn_edf *edf,
                            const struct rn_bins *bins, const char *by)
{
    json_number(js, "effective", edf->effective);
    rn_json_key(js, "normalized"), rn_json_object(js);
    rn_json_key(js, "by"), rn_json_text(js, by);
    json_number(js, "low", bins->low), json_number(js, "high", bins->high);
    rn_json_key(js, "bins"), rn_json_int(js, bins->n);
    rn_json_close(js);
}

static enum rn_status json(const struct populations *all, const struct options *options,
                           struct rn_buf *out, struct rn_err *err)
{
    struct rn_json js = rn_json_begin(out);
    enum rn_status status;

    rn_json_list(&js);
    for (size_t i = 0; i < all->n; i++) {
        const struct rn_edf *edf = &all->p[i].edf;
        rn_json_object(&js);
        rn_json_key(&js, "name"), rn_json_text(&js, all->p[i].name);
        rn_json_key(&js, "n"), rn_json_int(&js, (int64_t)edf->n);
        rn_json_key(&js, "unfinished"), rn_json_int(&js, (int64_t)all->records[i].unfinished);
        json_number(&js, "min", edf->min);
        json_number(&js, "mean", edf->mean);
        json_number(&js, "median", edf->median);
        json_number(&js, "band", rn_edf_band(edf, CONFIDENCE));
        if (options->normalize)
            json_normalized(&js, edf, &all->bins, options->normalize);
        if (i > 0)
            RN_TRY(json_difference(&js, &all->p[0], &all->p[i], err));
        rn_json_close(&js);
    }
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    status = rn_buf_addf(out, err, "\n");
done:
    return status;
}

static enum rn_status write_svg(const struct populations *all, const char *path, struct rn_err *err)
{
    struct rn_buf svg = {0};
    enum rn_status status;

    RN_TRY(rn_edf_figure_svg(all->p, all->n, &svg, err));
    status = rn_file_write(path, svg.data, svg.len, err);
done:
    rn_buf_release(&svg);
    return status;
}

int rn_cmd_edf(int argc, char **argv)
{
    struct options options = {.bins = BINS};
    const struct rn_option table[] = {
        {"--where", NULL, NULL, &options.where}, {"--normalize", NULL, NULL, &options.normalize},
        {"--bins", NULL, NULL, &options.bins},   {"--svg", NULL, NULL, &options.svg},
        {"--json", NULL, &options.json, NULL},   {NULL, NULL, NULL, NULL},
    };
    struct populations all = {0};
    struct rn_buf out = {0};
    struct rn_err err = {0};
    enum rn_status status;

    if (rn_args(&argc, argv, table) != 0 ||
        rn_number(argv[0], "--bins", options.bins, 1, 1000, &options.most_bins) != 0)
        return 2;
    if (argc < 2)
        return rn_usage(argv[0], "at least one population was expected");
    RN_TRY(read_all(&all, argv + 1, (size_t)argc - 1, &err));
    if (options.where)
        RN_TRY(filter(&all, options.where, &err));
    RN_TRY(options.normalize ? make_normalized(&all, &options, &err) : make_plain(&all, &err));
    RN_TRY(options.json ? json(&all, &options, &out, &err) : text(&all, &options, &out, &err));
    if (options.svg)
        RN_TRY(write_svg(&all, options.svg, &err));
    fwrite(out.data, 1, out.len, stdout);
done:
    release(&all);
    rn_buf_release(&out);
    return status == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
