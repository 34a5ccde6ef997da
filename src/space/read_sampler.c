/* The samplers of a pycls sweep file: each becomes a distribution of a configuration key. */
#include <string.h>

#include "sweep.h"

/* What a type of sampler does not have is refused. */
static enum rn_status check_fields(const struct rn_value *sampler, const char *const *fields, int n,
                                   struct rn_err *err)
{
    return rn_check_keys(sampler, "a sampler", "field of this sampler", fields, n, err);
}

/* int_sampler and float_sampler: RAND_TYPE, RANGE, QUANTIZE. */
static enum rn_status read_range(const struct rn_value *sampler, double quantum,
                                 struct rn_spec *spec, struct rn_err *err)
{
    static const char *const fields[] = {"TYPE", "RAND_TYPE", "RANGE", "QUANTIZE"};
    const struct rn_value *kind = rn_value_get(sampler, "RAND_TYPE");
    const struct rn_value *range = rn_value_get(sampler, "RANGE");
    const struct rn_value *quantize = rn_value_get(sampler, "QUANTIZE");
    struct rn_spec made = {.quantum = quantum};
    enum rn_status status;

    RN_TRY(check_fields(sampler, fields, 4, err));
    if (!range)
        RN_TRY(rn_value_fail(sampler, err, "this sampler needs a RANGE"));
    if (kind)
        RN_TRY(rn_read_distribution(kind, &made.kind, err));
    RN_TRY(rn_read_pair(range, &made.lo, &made.hi, err));
    if (quantize)
        RN_TRY(rn_value_double(quantize, &made.quantum, err));
    RN_TRY(rn_check_spec(sampler, &made, err));
    *spec = made;
done:
    return status;
}

static bool is_number(const struct rn_value *value)
{
    double number;

    return value->kind == RN_VALUE_SCALAR && rn_value_double(value, &number, NULL) == RN_OK;
}

/* value_sampler: numbers where the key takes numbers, or values of any type. */
static enum rn_status read_choice(const struct rn_value *sampler, bool numbers,
                                  struct rn_param *param, struct rn_err *err)
{
    static const char *const fields[] = {"TYPE", "VALUES"};
    const struct rn_value *values = rn_value_get(sampler, "VALUES");
    struct rn_spec made = {.quantum = 1};
    enum rn_status status;

    RN_TRY(check_fields(sampler, fields, 2, err));
    if (!values || values->kind != RN_VALUE_LIST || values->n == 0)
        RN_TRY(rn_value_fail(sampler, err, "a value_sampler needs a list of VALUES"));
    for (size_t i = 0; i < values->n; i++)
        numbers = numbers && is_number(&values->items[i]);
    if (!numbers)
        return rn_read_words(values, param, err);
    RN_TRY(rn_read_values(values, &made, err));
    param->specs[0] = made;
done:
    return status;
}

enum { VALUE_SAMPLER, FLOAT_SAMPLER, INT_SAMPLER, LIST_SAMPLER, REGNET_SAMPLER, SAMPLERS };

static enum rn_status read_type(const struct rn_value *sampler, int *type, struct rn_err *err)
{
    static const char *const types[SAMPLERS] = {"value_sampler", "float_sampler", "int_sampler",
                                                "list_sampler", "regnet_sampler"};
    const struct rn_value *value = rn_value_get(sampler, "TYPE");
    const char *text;
    enum rn_status status;

    RN_TRY(rn_expect_map(sampler, "a sampler", err));
    if (!value)
        RN_TRY(rn_value_fail(sampler, err, "a sampler needs a TYPE, as in int_sampler"));
    RN_TRY(rn_value_text(value, &text, err));
    status = rn_read_key(value, "sampler", types, SAMPLERS, type, err);
done:
    return status;
}

/* A sampler of one value, into the first of the parameter's specs. */
static enum rn_status read_item(const struct rn_value *sampler, bool numbers,
                                struct rn_param *param, struct rn_err *err)
{
    enum rn_status status;
    int type;

    RN_TRY(read_type(sampler, &type, err));
    switch (type) {
    case VALUE_SAMPLER:
        return read_choice(sampler, numbers, param, err);
    case FLOAT_SAMPLER:
        return read_range(sampler, 1e-5, &param->specs[0], err);
    case INT_SAMPLER:
        return read_range(sampler, 1, &param->specs[0], err);
    default:
        return rn_value_fail(sampler, err, "a sampler of one value is expected here");
    }
done:
    return status;
}

/* list_sampler: LENGTH independent draws. */
static enum rn_status read_list(const struct rn_value *sampler, struct rn_param *param,
                                struct rn_err *err)
{
    static const char *const fields[] = {"TYPE", "LENGTH", "ITEM_SAMPLER"};
    const struct rn_value *length = rn_value_get(sampler, "LENGTH");
    const struct rn_value *item = rn_value_get(sampler, "ITEM_SAMPLER");
    enum rn_status status;

    RN_TRY(check_fields(sampler, fields, 3, err));
    if (!length || !item)
        RN_TRY(rn_value_fail(sampler, err, "a list_sampler needs LENGTH and ITEM_SAMPLER"));
    RN_TRY(rn_read_int(length, 1, RN_MAX_STAGES, &param->n, err));
    RN_TRY(read_item(item, true, param, err));
    if (param->n_words > 0)
        RN_TRY(rn_value_fail(item, err, "the items of a list are numbers"));
    for (int i = 1; i < param->n; i++)
        param->specs[i] = param->specs[0];
    param->list = true;
done:
    return status;
}

/* regnet_sampler: six keys by one name, with distributions of its own. */
static enum rn_status read_regnet(const struct rn_value *sampler, struct rn_space *space,
                                  struct rn_err *err)
{
    static const char *const fields[] = {"TYPE", "DEPTH", "W0", "WA", "WM", "GROUP_W", "BOT_MUL"};
    static const struct {
        const char *key;
        struct rn_spec spec;
    } parts[] = {
        {"REGNET.DEPTH", {.kind = RN_DIST_UNIFORM, .lo = 12, .hi = 28, .quantum = 1}},
        {"REGNET.W0", {.kind = RN_DIST_LOG_UNIFORM, .lo = 8, .hi = 256, .quantum = 8}},
        {"REGNET.WA", {.kind = RN_DIST_LOG_UNIFORM, .lo = 8, .hi = 256, .quantum = 0.1}},
        {"REGNET.WM", {.kind = RN_DIST_LOG_UNIFORM, .lo = 2, .hi = 3, .quantum = 0.001}},
        {"REGNET.GROUP_W",
         {.kind = RN_DIST_POWER2_OR_LOG_UNIFORM, .lo = 8, .hi = 128, .quantum = 8}},
        {"REGNET.BOT_MUL",
         {.kind = RN_DIST_POWER2_UNIFORM, .lo = 1, .hi = 1, .quantum = 1.0 / 128}},
    };
    enum rn_status status;

    RN_TRY(check_fields(sampler, fields, 7, err));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct rn_value *range = rn_value_get(sampler, parts[i].key + strlen("REGNET."));
        struct rn_spec made = parts[i].spec;
        int place;
        if (range)
            RN_TRY(rn_read_pair(range, &made.lo, &made.hi, err));
        RN_TRY(rn_check_spec(range ? range : sampler, &made, err));
        RN_TRY(rn_space_add_key(space, rn_key_by_name(parts[i].key), &place, err));
        space->params[place].specs[0] = made;
        space->params[place].given = true;
    }
done:
    return status;
}

static enum rn_status read_key_sampler(const struct rn_value *key, const struct rn_value *sampler,
                                       bool list, struct rn_space *space, struct rn_err *err)
{
    const struct rn_key *known;
    struct rn_param *param;
    enum rn_status status;
    bool takes_list;
    int place;

    RN_TRY(rn_find_config_key(key, &known, err));
    takes_list = known->type == RN_KEY_INTS || known->type == RN_KEY_DOUBLES;
    RN_TRY(rn_space_add_key(space, known, &place, err));
    param = &space->params[place];
    if (param->given)
        RN_TRY(rn_value_fail(key, err, "%s is sampled twice", known->name));
    param->given = true;
    if (list && !takes_list)
        RN_TRY(rn_value_fail(sampler, err, "%s is no list", known->name));
    if (list)
        return read_list(sampler, param, err);
    RN_TRY(
        read_item(sampler, known->type == RN_KEY_INT || known->type == RN_KEY_DOUBLE, param, err));
    if (param->n_words == 0 && known->type != RN_KEY_INT && known->type != RN_KEY_DOUBLE)
        status = rn_value_fail(sampler, err, "%s is not a number: a %s is expected", known->name,
                               takes_list ? "list_sampler or value_sampler" : "value_sampler");
done:
    return status;
}

enum rn_status rn_read_samplers(const struct rn_value *map, struct rn_space *space,
                                struct rn_err *err)
{
    enum rn_status status;
    int type;

    if (rn_value_is_null(map))
        return RN_OK;
    RN_TRY(rn_expect_map(map, "SETUP.SAMPLERS", err));
    for (size_t i = 0; i < map->n; i++) {
        const struct rn_value *key = &map->keys[i], *sampler = &map->items[i];
        bool regnet = strcmp(key->text, "REGNET") == 0;
        RN_TRY(read_type(sampler, &type, err));
        if (regnet != (type == REGNET_SAMPLER))
            RN_TRY(rn_value_fail(key, err, "the regnet_sampler, and it alone, is that of REGNET"));
        if (regnet)
            RN_TRY(read_regnet(sampler, space, err));
        else
            RN_TRY(read_key_sampler(key, sampler, type == LIST_SAMPLER, space, err));
    }
done:
    return status;
}
