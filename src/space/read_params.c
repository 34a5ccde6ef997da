/* A space's parameters: the family's by letter, configuration keys by name. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

enum rn_status rn_read_values(const struct rn_value *list, struct rn_spec *spec, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (list->kind != RN_VALUE_LIST || list->n < 1 || list->n > RN_SPEC_VALUES)
        RN_TRY(rn_value_fail(list, err, "expected a list of 1 to %d values", RN_SPEC_VALUES));
    for (size_t i = 0; i < list->n; i++)
        RN_TRY(rn_read_number(&list->items[i], &spec->values[i], err));
    spec->n_values = (int)list->n;
    qsort(spec->values, list->n, sizeof *spec->values, by_value);
    for (int i = 1; i < spec->n_values; i++) {
        if (spec->values[i] == spec->values[i - 1])
            RN_TRY(rn_value_fail(list, err, "%g stands twice in values", spec->values[i]));
    }
done:
    return status;
}

enum rn_status rn_read_distribution(const struct rn_value *value, enum rn_dist_kind *kind,
                                    struct rn_err *err)
{
    const char *text;
    enum rn_status status;
    int i;

    RN_TRY(rn_value_text(value, &text, err));
    RN_TRY(rn_read_key(value, "distribution", rn_dist_names, RN_DIST_KINDS, &i, err));
    *kind = (enum rn_dist_kind)i;
done:
    return status;
}

static enum rn_status read_field(const struct rn_value *key, const struct rn_value *value,
                                 struct rn_spec *spec, struct rn_err *err)
{
    static const char *const keys[] = {"range", "values", "distribution", "quantum"};
    enum rn_status status;
    int i;

    RN_TRY(rn_read_key(key, "parameter key", keys, 4, &i, err));
    switch (i) {
    case 0:
        spec->n_values = 0;
        return rn_read_pair(value, &spec->lo, &spec->hi, err);
    case 1:
        return rn_read_values(value, spec, err);
    case 2:
        return rn_read_distribution(value, &spec->kind, err);
    default:
        return rn_read_number(value, &spec->quantum, err);
    }
done:
    return status;
}

enum rn_status rn_check_spec(const struct rn_value *place, const struct rn_spec *spec,
                             struct rn_err *err)
{
    struct rn_dist dist = {0};
    struct rn_err inner = {0};
    enum rn_status status = rn_dist_make(spec, &dist, &inner);

    if (status == RN_E_CONFIG)
        status = rn_value_fail(place, err, "%s", inner.msg);
    else if (status != RN_OK)
        status = rn_fail(err, status, "%s", inner.msg);
    rn_dist_release(&dist);
    return status;
}

/* A number alone, or fields, which replace those that are there; the result is a distribution. */
static enum rn_status read_spec(const struct rn_value *value, bool given, struct rn_spec *spec,
                                struct rn_err *err)
{
    struct rn_spec made = given ? *spec : (struct rn_spec){.quantum = 1};
    enum rn_status status;

    if (value->kind == RN_VALUE_SCALAR) {
        made = (struct rn_spec){.quantum = 1, .n_values = 1};
        RN_TRY(rn_read_number(value, &made.values[0], err));
    } else {
        RN_TRY(rn_expect_map(value, "a parameter", err));
        for (size_t i = 0; i < value->n; i++)
            RN_TRY(read_field(&value->keys[i], &value->items[i], &made, err));
        if (!given && !rn_value_get(value, "range") && !rn_value_get(value, "values"))
            RN_TRY(rn_value_fail(value, err, "a parameter needs a range or values"));
    }
    RN_TRY(rn_check_spec(value, &made, err));
    *spec = made;
done:
    return status;
}

/* What is said of a parameter holds for all stages, those that there may be later too. */
static enum rn_status read_all_stages(const struct rn_value *value, struct rn_param *param,
                                      struct rn_err *err)
{
    struct rn_spec made[RN_MAX_STAGES];
    enum rn_status status = RN_OK;

    memcpy(made, param->specs, sizeof made);
    for (int i = 0; i < (param->per_stage ? RN_MAX_STAGES : 1); i++)
        RN_TRY(read_spec(value, param->given, &made[i], err));
    memcpy(param->specs, made, sizeof made);
    param->given = true;
done:
    return status;
}

static enum rn_status read_one_stage(const struct rn_value *key, const struct rn_value *value,
                                     int index, int n_stages, struct rn_param *param,
                                     struct rn_err *err)
{
    enum rn_status status;
    int stage;

    if (!param->per_stage)
        RN_TRY(rn_value_fail(key, err, "%s is one number for all stages", param->name));
    if (!param->given)
        RN_TRY(rn_value_fail(key, err, "say first what %s is in every stage", param->name));
    RN_TRY(rn_read_stage(key, index, n_stages, &stage, err));
    status = read_spec(value, true, &param->specs[stage], err);
done:
    return status;
}

/* Texts, truths and lists: the parameter is drawn as the place of one of them. */
enum rn_status rn_read_words(const struct rn_value *list, struct rn_param *param,
                             struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (list->kind != RN_VALUE_LIST || list->n < 1 || list->n > RN_WORDS)
        RN_TRY(rn_value_fail(list, err, "expected a list of 1 to %d values", RN_WORDS));
    for (size_t i = 0; i < list->n; i++)
        RN_TRY(rn_read_word(&list->items[i], param->key, param->words[i], err));
    param->n_words = (int)list->n;
    param->specs[0] = (struct rn_spec){.quantum = 1, .n_values = param->n_words};
    for (int i = 0; i < param->n_words; i++)
        param->specs[0].values[i] = i;
    param->given = true;
done:
    return status;
}

static bool is_number_key(const struct rn_key *key)
{
    return key->type == RN_KEY_INT || key->type == RN_KEY_DOUBLE;
}

/* A configuration key: a distribution of numbers, or values of any other type. */
static enum rn_status read_key_param(const struct rn_value *key, const struct rn_value *value,
                                     struct rn_space *space, struct rn_err *err)
{
    const struct rn_value *values = rn_value_get(value, "values");
    const struct rn_key *known;
    enum rn_status status;
    int place;

    RN_TRY(rn_find_config_key(key, &known, err));
    if (rn_key_is_networks(known))
        RN_TRY(rn_value_fail(key, err, "%s describes the network, which a space does by itself",
                             known->name));
    RN_TRY(rn_space_add_key(space, known, &place, err));
    if (rn_value_is_null(value)) {
        space->params[place].given = false;
        return RN_OK;
    }
    if (is_number_key(known))
        return read_all_stages(value, &space->params[place], err);
    if (!values || value->n != 1)
        RN_TRY(rn_value_fail(value, err, "%s is no number: expected {values: [...]}", known->name));
    status = rn_read_words(values, &space->params[place], err);
done:
    return status;
}

/* The family's parameters are letters; configuration keys have a point or capitals. */
static bool is_config_key(const char *text)
{
    return strchr(text, '.') || isupper((unsigned char)text[0]);
}

static enum rn_status read_letter(const struct rn_value *key, const struct rn_value *value,
                                  bool single, struct rn_space *space, struct rn_err *err)
{
    const char *names[RN_PARAMS];
    char name[RN_NAME_MAX];
    struct rn_value letter = *key;
    enum rn_status status;
    bool indexed;
    int n, place, index;

    (void)rn_roles(space->family, &n);
    for (int i = 0; i < n; i++)
        names[i] = space->params[i].name;
    RN_TRY(rn_split_key(key, name, &indexed, &index, err));
    if (indexed != single)
        return RN_OK;
    letter.text = name;
    RN_TRY(rn_read_key(&letter, "parameter", names, n, &place, err));
    if (indexed)
        return read_one_stage(key, value, index, space->arch.n_stages, &space->params[place], err);
    if (!rn_value_is_null(value))
        return read_all_stages(value, &space->params[place], err);
    space->params[place].given = false;
done:
    return status;
}

enum rn_status rn_read_parameters(const struct rn_value *map, struct rn_space *space,
                                  struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_expect_map(map, "parameters", err));
    for (size_t i = 0; i < map->n; i++) {
        const struct rn_value *key = &map->keys[i];
        if (is_config_key(key->text))
            RN_TRY(read_key_param(key, &map->items[i], space, err));
        else
            RN_TRY(read_letter(key, &map->items[i], false, space, err));
    }
    for (size_t i = 0; i < map->n; i++) { /* what is said of one stage is on top of that */
        if (!is_config_key(map->keys[i].text))
            RN_TRY(read_letter(&map->keys[i], &map->items[i], true, space, err));
    }
done:
    return status;
}
