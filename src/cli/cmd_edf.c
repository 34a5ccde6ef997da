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
    "  --svg FILE  also draw the distributions into FILE\n"
    "  --json      [{\"name\", \"n\", \"min\", \"mean\", \"median\", \"difference\"}, ...]\n"
    "\n"
    "Compares the error distributions of populations: a table, the distributions drawn, and the\n"
    "difference of each to the first, with a 95 % interval and a Kolmogorov-Smirnov test. A\n"
    "POPULATION is a sweep's directory, pycls' sweep.json, or a JSON list of errors in percent.\n";

#define SEED 1 /* of the bootstrap */

struct populations {
    size_t n;
    struct rn_population *p;
    char **names;
};

static void release(struct populations *all)
{
    for (size_t i = 0; i < all->n; i++) {
        rn_edf_release(&all->p[i].edf);
        rn_free(all->names[i]);
    }
    rn_free(all->p);
    rn_free(all->names);
}

/* "runs/a/RegNetX@mini/" is RegNetX@mini. */
static char *short_name(const char *path)
{
    char *name = rn_strdup(path), *slash;

    while (name && strlen(name) > 1 && name[strlen(name) - 1] == '/')
        name[strlen(name) - 1] = 0;
    slash = name ? strrchr(name, '/') : NULL;
    if (slash && slash[1])
        memmove(name, slash + 1, strlen(slash));
    return name;
}

static enum rn_status read_one(struct populations *all, const char *path, struct rn_err *err)
{
    double *errors = NULL;
    size_t n;
    char *name = short_name(path);
    enum rn_status status;

    for (size_t i = 0; name && i < all->n; i++) {
        if (strcmp(name, all->names[i]) != 0)
            continue;
        rn_free(name);
        name = rn_strdup(path);
    }
    if (!name)
        return rn_nomem(err, strlen(path), "a name");
    RN_TRY(rn_errors_read(path, &errors, &n, err));
    RN_TRY(rn_edf_make(errors, n, &all->p[all->n].edf, err));
    all->p[all->n].name = all->names[all->n] = name;
    all->n++;
    name = NULL;
done:
    rn_free(errors);
    rn_free(name);
    return status;
}

static enum rn_status read_all(struct populations *all, char **paths, size_t n, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    all->p = rn_alloc(n, sizeof *all->p);
    all->names = rn_alloc(n, sizeof *all->names);
    if (!all->p || !all->names)
        return rn_nomem(err, n * sizeof *all->p, "populations");
    for (size_t i = 0; i < n && status == RN_OK; i++)
        status = read_one(all, paths[i], err);
    return status;
}

static enum rn_status text(const struct populations *all, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_edf_table(all->p, all->n, out, err));
    RN_TRY(rn_buf_addf(out, err, "\n"));
    RN_TRY(rn_edf_figure_text(all->p, all->n, 80, 24, out, err));
    for (size_t i = 1; i < all->n; i++) {
        struct rn_difference d;
        RN_TRY(rn_edf_difference(&all->p[0].edf, &all->p[i].edf, SEED, &d, err));
        RN_TRY(rn_buf_addf(out, err,
                           "%s%s against %s: mean error %+.1f points (95 %% interval %+.1f to "
                           "%+.1f); Kolmogorov-Smirnov D %.2f, p %.2g\n",
                           i == 1 ? "\n" : "", all->p[i].name, all->p[0].name, d.mean, d.low,
                           d.high, d.ks, d.ks_p));
    }
done:
    return status;
}

static enum rn_status json_difference(struct rn_json *js, const struct populations *all, size_t i,
                                      struct rn_err *err)
{
    struct rn_difference d;
    enum rn_status status = rn_edf_difference(&all->p[0].edf, &all->p[i].edf, SEED, &d, err);

    if (status != RN_OK)
        return status;
    rn_json_key(js, "difference"), rn_json_object(js);
    rn_json_key(js, "mean"), rn_json_double(js, d.mean);
    rn_json_key(js, "low"), rn_json_double(js, d.low);
    rn_json_key(js, "high"), rn_json_double(js, d.high);
    rn_json_key(js, "ks"), rn_json_double(js, d.ks);
    rn_json_key(js, "ks_p"), rn_json_double(js, d.ks_p);
    rn_json_close(js);
    return RN_OK;
}

static enum rn_status json(const struct populations *all, struct rn_buf *out, struct rn_err *err)
{
    struct rn_json js = rn_json_begin(out);
    enum rn_status status;

    rn_json_list(&js);
    for (size_t i = 0; i < all->n; i++) {
        const struct rn_edf *edf = &all->p[i].edf;
        rn_json_object(&js);
        rn_json_key(&js, "name"), rn_json_text(&js, all->p[i].name);
        rn_json_key(&js, "n"), rn_json_int(&js, (int64_t)edf->n);
        rn_json_key(&js, "min"), rn_json_double(&js, edf->min);
        rn_json_key(&js, "mean"), rn_json_double(&js, edf->mean);
        rn_json_key(&js, "median"), rn_json_double(&js, edf->median);
        if (i > 0)
            RN_TRY(json_difference(&js, all, i, err));
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
    const char *svg = NULL;
    bool as_json = false;
    const struct rn_option table[] = {
        {"--svg", NULL, NULL, &svg},
        {"--json", NULL, &as_json, NULL},
        {NULL, NULL, NULL, NULL},
    };
    struct populations all = {0};
    struct rn_buf out = {0};
    struct rn_err err = {0};
    enum rn_status status;

    if (rn_args(&argc, argv, table) != 0)
        return 2;
    if (argc < 2)
        return rn_usage(argv[0], "at least one population was expected");
    RN_TRY(read_all(&all, argv + 1, (size_t)argc - 1, &err));
    RN_TRY(as_json ? json(&all, &out, &err) : text(&all, &out, &err));
    if (svg)
        RN_TRY(write_svg(&all, svg, &err));
    fwrite(out.data, 1, out.len, stdout);
done:
    release(&all);
    rn_buf_release(&out);
    return status == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
