/* Design spaces as JSON. */
#include "space_json.h"

#include <string.h>

void rn_json_number(struct rn_json *js, double value)
{
    if (value >= -0x1p53 && value <= 0x1p53 && value == (double)(int64_t)value)
        rn_json_int(js, (int64_t)value);
    else
        rn_json_double(js, value);
}

static void network(struct rn_json *js, const struct rn_space_facts *facts)
{
    const struct rn_arch *arch = &facts->arch;

    rn_json_key(js, "network");
    if (strcmp(facts->family, "config") == 0) {
        rn_json_null(js);
        return;
    }
    rn_json_object(js);
    rn_json_key(js, "stem_type"), rn_json_text(js, rn_stem_text(arch->stem));
    rn_json_key(js, "stem_w"), rn_json_int(js, arch->stem_w);
    rn_json_key(js, "block_type"), rn_json_text(js, rn_block_text(arch->block));
    rn_json_key(js, "activation_fun"), rn_json_text(js, rn_act_text(arch->act));
    rn_json_key(js, "se_r"), rn_json_number(js, arch->se_r);
    rn_json_key(js, "head_w"), rn_json_int(js, arch->head_w);
    rn_json_key(js, "strides");
    rn_json_list(js);
    for (int i = 0; i < arch->n_stages; i++)
        rn_json_int(js, arch->stages[i].stride);
    rn_json_close(js);
    rn_json_key(js, "num_classes"), rn_json_int(js, arch->num_classes);
    rn_json_key(js, "im_size"), rn_json_int(js, arch->im_size);
    rn_json_close(js);
}

static void values(struct rn_json *js, const struct rn_space_param *param)
{
    rn_json_list(js);
    for (int i = 0; i < param->n_values; i++) {
        if (param->words[i])
            rn_json_text(js, param->words[i]);
        else
            rn_json_number(js, param->values[i]);
    }
    rn_json_close(js);
}

static void parameter(struct rn_json *js, const struct rn_space_param *param)
{
    rn_json_object(js);
    rn_json_key(js, "name"), rn_json_text(js, param->name);
    rn_json_key(js, "same_as"), rn_json_text(js, param->same_as);
    if (!param->same_as) {
        rn_json_key(js, "distribution"), rn_json_text(js, param->distribution);
        rn_json_key(js, "min"), rn_json_number(js, param->min);
        rn_json_key(js, "max"), rn_json_number(js, param->max);
        rn_json_key(js, "quantum");
        if (param->n_values > 0)
            rn_json_null(js);
        else
            rn_json_number(js, param->quantum);
        rn_json_key(js, "points"), rn_json_number(js, param->points);
        rn_json_key(js, "values");
        if (param->n_values > 0)
            values(js, param);
        else
            rn_json_null(js);
    }
    rn_json_key(js, "n"), rn_json_int(js, param->n);
    rn_json_key(js, "free"), rn_json_int(js, param->free);
    rn_json_close(js);
}

static void constraint(struct rn_json *js, const struct rn_space_constraint *constraint)
{
    rn_json_object(js);
    rn_json_key(js, "text"), rn_json_text(js, constraint->text);
    rn_json_key(js, "how"), rn_json_text(js, constraint->drawn ? "drawn" : "tested");
    rn_json_key(js, "tested"), rn_json_int(js, (int64_t)constraint->tested);
    rn_json_key(js, "rejects");
    if (constraint->tested > 0)
        rn_json_double(js, (double)constraint->rejected / (double)constraint->tested);
    else
        rn_json_null(js);
    rn_json_close(js);
}

static void quantiles(struct rn_json *js, const char *name, const int64_t *at)
{
    static const char *const names[RN_SPACE_QUANTILES] = {"min", "q05", "q25", "median",
                                                          "q75", "q95", "max"};

    rn_json_key(js, name);
    if (!at) {
        rn_json_null(js);
        return;
    }
    rn_json_object(js);
    for (int q = 0; q < RN_SPACE_QUANTILES; q++)
        rn_json_key(js, names[q]), rn_json_int(js, at[q]);
    rn_json_close(js);
}

static void lists(struct rn_json *js, const struct rn_space_facts *facts)
{
    rn_json_key(js, "parameters");
    rn_json_list(js);
    for (int i = 0; i < facts->n_params; i++)
        parameter(js, &facts->params[i]);
    rn_json_close(js);
    rn_json_key(js, "dimension"), rn_json_int(js, facts->dimension);
    rn_json_key(js, "size"), rn_json_raw(js, facts->size);
    rn_json_key(js, "size_paper"), rn_json_raw(js, facts->paper_size);
    rn_json_key(js, "constraints");
    rn_json_list(js);
    for (int i = 0; i < facts->n_constraints; i++)
        constraint(js, &facts->constraints[i]);
    rn_json_close(js);
}

enum rn_status rn_json_space(const struct rn_space_facts *facts,
                             const struct rn_space_counts *counts, uint64_t seed,
                             struct rn_buf *text, struct rn_err *err)
{
    struct rn_json js = rn_json_begin(text);

    rn_json_object(&js);
    rn_json_key(&js, "name"), rn_json_text(&js, facts->name);
    rn_json_key(&js, "description"), rn_json_text(&js, facts->description);
    rn_json_key(&js, "family"), rn_json_text(&js, facts->family);
    network(&js, facts);
    lists(&js, facts);
    rn_json_key(&js, "seed"), rn_json_int(&js, (int64_t)seed);
    rn_json_key(&js, "draws"), rn_json_int(&js, (int64_t)facts->draws);
    rn_json_key(&js, "accepted");
    rn_json_double(&js, (double)facts->accepted / (double)facts->draws);
    rn_json_key(&js, "networks"), rn_json_int(&js, counts ? (int64_t)counts->networks : 0);
    rn_json_key(&js, "attempts");
    if (counts)
        rn_json_double(&js, (double)counts->attempts / (double)counts->networks);
    else
        rn_json_null(&js);
    quantiles(&js, "flops", counts ? counts->flops : NULL);
    quantiles(&js, "params", counts ? counts->params : NULL);
    quantiles(&js, "acts", counts ? counts->acts : NULL);
    rn_json_close(&js);
    return rn_json_end(&js, err);
}

static void entries_of_kind(struct rn_json *js, const struct rn_space_entry *entries, size_t n,
                            bool overlay)
{
    rn_json_list(js);
    for (size_t i = 0; i < n; i++) {
        if (entries[i].overlay != overlay)
            continue;
        rn_json_object(js);
        rn_json_key(js, "name"), rn_json_text(js, entries[i].name);
        rn_json_key(js, "description"), rn_json_text(js, entries[i].description);
        rn_json_close(js);
    }
    rn_json_close(js);
}

enum rn_status rn_json_space_list(const struct rn_space_entry *entries, size_t n,
                                  struct rn_buf *text, struct rn_err *err)
{
    struct rn_json js = rn_json_begin(text);

    rn_json_object(&js);
    rn_json_key(&js, "spaces"), entries_of_kind(&js, entries, n, false);
    rn_json_key(&js, "overlays"), entries_of_kind(&js, entries, n, true);
    rn_json_close(&js);
    return rn_json_end(&js, err);
}
