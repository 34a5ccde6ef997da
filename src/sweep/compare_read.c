/* Reads a comparison (docs/compare.md) from its file and the files that it is based on. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"
#include "regnet/graph.h"
#include "regnet/train.h"
#include "study_chain.h"

struct reading {
    struct rn_comparison *c;
    const struct rn_value *group; /* the one that is read */
    const char *name;             /* its name, the comparison's */
};

static enum rn_status check_keys(const struct rn_value *map, const char *what,
                                 const char *const *known, size_t n, struct rn_err *err)
{
    if (map->kind != RN_VALUE_MAP)
        return rn_value_fail(map, err, "%s is a map of keys such as %s and %s", what, known[0],
                             known[1]);
    for (size_t i = 0; i < map->n; i++) {
        const char *near;
        size_t k = 0;
        while (k < n && strcmp(map->keys[i].text, known[k]) != 0)
            k++;
        if (k < n)
            continue;
        near = rn_nearest(map->keys[i].text, known, n);
        return rn_value_fail(&map->keys[i], err, "%s has no key \"%s\"; did you mean \"%s\"?", what,
                             map->keys[i].text, near ? near : known[0]);
    }
    return RN_OK;
}

/* A name is a directory's. */
static enum rn_status check_name(const struct reading *r, const struct rn_value *at,
                                 const char *name, struct rn_err *err)
{
    for (size_t i = 0; i < r->c->n; i++)
        if (strcmp(r->c->rows[i].name, name) == 0)
            return rn_value_fail(at, err, "%s is compared twice", name);
    return RN_OK;
}

/* A new row, of a network that is complete but for its classes; at: where the file names it. */
static enum rn_status add_row(struct reading *r, const struct rn_value *at, const char *name,
                              const struct rn_arch *arch, struct rn_compared **row,
                              struct rn_err *err)
{
    struct rn_comparison *c = r->c;
    struct rn_compared made = {.group = r->name,
                               .arch = *arch,
                               .error = NAN,
                               .std = NAN,
                               .original = NAN,
                               .infer_ms = NAN};
    enum rn_status status;

    RN_TRY(check_name(r, at, name, err));
    if (c->n == c->cap) {
        size_t cap = 2 * c->cap + 16;
        struct rn_compared *grown = rn_realloc(c->rows, cap, sizeof *grown);
        if (!grown)
            RN_TRY(rn_nomem(err, cap * sizeof *grown, "a comparison"));
        c->rows = grown;
        c->cap = cap;
    }
    (void)snprintf(made.name, sizeof made.name, "%s", name);
    made.arch.num_classes = rn_study_classes(&c->config);
    RN_TRY(rn_graph_count(&made.arch, &made.cx, err));
    c->rows[c->n] = made;
    *row = &c->rows[c->n++];
done:
    return status;
}

/* A percentage, or NAN where there is none. */
static enum rn_status read_percent(const struct rn_value *value, double *out, struct rn_err *err)
{
    enum rn_status status = value ? rn_value_double(value, out, err) : RN_OK;

    if (status == RN_OK && value && !(*out >= 0 && *out <= 100))
        status = rn_value_fail(value, err, "%g is no percentage", *out);
    return status;
}

static enum rn_status read_quoted(const struct rn_value *map, struct rn_compared *row,
                                  struct rn_err *err)
{
    const struct rn_value *error = rn_value_get(map, "error");
    enum rn_status status;

    RN_TRY(read_percent(error, &row->error, err));
    RN_TRY(read_percent(rn_value_get(map, "std"), &row->std, err));
    RN_TRY(read_percent(rn_value_get(map, "original"), &row->original, err));
    row->quoted = error;
done:
    return status;
}

/* An error of what a name says, with its place in the file. */
static enum rn_status placed(const struct rn_value *at, enum rn_status status,
                             const struct rn_err *inner, struct rn_err *err)
{
    return status == RN_E_CONFIG ? rn_value_fail(at, err, "%s", inner->msg)
           : status == RN_OK     ? RN_OK
                                 : rn_fail(err, status, "%s", inner->msg);
}

/* NAME, or {name: NAME, error: 25.3, std: 0.1, original: 26.0}. */
static enum rn_status read_network(struct reading *r, const struct rn_value *value,
                                   struct rn_err *err)
{
    static const char *const keys[] = {"name", "error", "std", "original"};
    bool map = value->kind == RN_VALUE_MAP;
    const struct rn_value *at = map ? rn_value_get(value, "name") : value;
    struct rn_compared *row;
    struct rn_err inner = {0};
    struct rn_arch arch = {0};
    const char *name;
    enum rn_status status;

    if (map)
        RN_TRY(check_keys(value, "a network", keys, sizeof keys / sizeof *keys, err));
    if (!at)
        return rn_value_fail(value, err, "a network needs a name");
    RN_TRY(rn_value_text(at, &name, err));
    status = rn_arch_by_name(name, &arch, &inner);
    RN_TRY(placed(at, status, &inner, err));
    RN_TRY(add_row(r, at, arch.name, &arch, &row, err));
    if (map)
        status = read_quoted(value, row, err);
done:
    return status;
}

static enum rn_status read_family(struct reading *r, const struct rn_value *value,
                                  struct rn_err *err)
{
    const struct rn_value *at = rn_value_get(r->group, "flops");
    char label[RN_NAME_MAX + 32];
    struct rn_compared *row;
    struct rn_err inner = {0};
    struct rn_arch arch;
    const char *name;
    double flops;
    enum rn_status status;

    RN_TRY(rn_value_text(value, &name, err));
    if (!at)
        RN_TRY(rn_value_fail(r->group, err, "a group with families needs flops, e.g. 20e6"));
    RN_TRY(rn_value_double(at, &flops, err));
    if (!(flops >= 1e3 && flops <= 1e15))
        RN_TRY(rn_value_fail(at, err, "%g multiply-adds are too few or too many", flops));
    status = rn_family_nearest(name, flops, r->c->config.train.im_size,
                               rn_study_classes(&r->c->config), &arch, &inner);
    RN_TRY(placed(value, status, &inner, err));
    (void)snprintf(label, sizeof label, flops < 1e9 ? "%s-%.4gMF" : "%s-%.4gGF", name,
                   flops < 1e9 ? flops / 1e6 : flops / 1e9);
    status = add_row(r, value, label, &arch, &row, err);
done:
    return status;
}

static enum rn_status read_list(struct reading *r, const char *key,
                                enum rn_status (*one)(struct reading *r,
                                                      const struct rn_value *value,
                                                      struct rn_err *err),
                                struct rn_err *err)
{
    const struct rn_value *list = rn_value_get(r->group, key);
    enum rn_status status = RN_OK;

    if (list && list->kind != RN_VALUE_LIST)
        return rn_value_fail(list, err, "%s is a list", key);
    for (size_t i = 0; list && i < list->n && status == RN_OK; i++)
        status = one(r, &list->items[i], err);
    return status;
}

static enum rn_status read_group(struct rn_comparison *c, const struct rn_value *value,
                                 struct rn_err *err)
{
    static const char *const keys[] = {"name", "networks", "families", "flops"};
    struct reading r = {.c = c, .group = value};
    size_t before = c->n;
    enum rn_status status;

    RN_TRY(check_keys(value, "a group", keys, sizeof keys / sizeof *keys, err));
    if (!rn_value_get(value, "name"))
        RN_TRY(rn_value_fail(value, err, "a group needs a name"));
    RN_TRY(rn_study_copy_text(rn_value_get(value, "name"), NULL, &c->groups[c->n_groups], err));
    r.name = c->groups[c->n_groups++];
    RN_TRY(read_list(&r, "networks", read_network, err));
    RN_TRY(read_list(&r, "families", read_family, err));
    if (c->n == before)
        status = rn_value_fail(value, err, "a group needs networks or families");
done:
    return status;
}

static enum rn_status read_groups(struct rn_comparison *c, const struct rn_study_chain *chain,
                                  struct rn_err *err)
{
    const struct rn_value *list = rn_study_find(chain, "groups", NULL);
    enum rn_status status = RN_OK;

    if (!list)
        return rn_fail(err, RN_E_CONFIG,
                       "%s: a comparison needs groups, e.g. groups: [{name: 20 MF, flops: 20e6, "
                       "families: [RegNetX, MobileNetV2]}]",
                       chain->path[0]);
    if (list->kind != RN_VALUE_LIST || list->n == 0)
        return rn_value_fail(list, err, "groups is a list of groups of networks");
    c->groups = rn_alloc(list->n, sizeof *c->groups);
    if (!c->groups)
        return rn_nomem(err, list->n * sizeof *c->groups, "a comparison");
    for (size_t i = 0; i < list->n && status == RN_OK; i++)
        status = read_group(c, &list->items[i], err);
    return status;
}

static enum rn_status fill(struct rn_comparison *c, const struct rn_study_chain *chain,
                           const char *data_dir, struct rn_err *err)
{
    const struct rn_value *name = rn_study_find(chain, "name", NULL);
    long long seeds = 3;
    enum rn_status status;

    if (!name)
        return rn_fail(err, RN_E_CONFIG, "%s: a comparison needs a name", chain->path[0]);
    RN_TRY(rn_study_copy_text(name, NULL, &c->name, err));
    RN_TRY(rn_study_copy_text(rn_study_find(chain, "description", NULL), "", &c->description, err));
    RN_TRY(rn_study_copy_text(rn_study_find(chain, "source", NULL), "", &c->source, err));
    RN_TRY(rn_study_whole_number(rn_study_find(chain, "seeds", NULL), 1, 1000, &seeds, err));
    c->seeds = (int)seeds;
    rn_config_default(&c->config);
    RN_TRY(rn_study_merge(chain, "config", &c->config, err));
    RN_TRY(rn_study_find_data(&c->config, data_dir, err));
    RN_TRY(rn_check_training(&c->config, err));
    status = read_groups(c, chain, err);
done:
    return status;
}

enum rn_status rn_comparison_open(const char *path, const char *data_dir,
                                  struct rn_comparison **comparison, struct rn_err *err)
{
    struct rn_study_chain chain = {.comparison = true};
    struct rn_comparison *c = rn_alloc(1, sizeof *c);
    enum rn_status status;

    if (!c)
        return rn_nomem(err, sizeof *c, "a comparison");
    RN_TRY(rn_study_chain_read(&chain, path, err));
    RN_TRY(fill(c, &chain, data_dir, err));
    *comparison = c;
    c = NULL;
done:
    rn_study_chain_release(&chain);
    rn_comparison_free(c);
    return status;
}

void rn_comparison_free(struct rn_comparison *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_groups; i++)
        rn_free(c->groups[i]);
    rn_free(c->groups);
    rn_free(c->rows);
    rn_free(c->name);
    rn_free(c->description);
    rn_free(c->source);
    rn_free(c);
}
