/* One value of one key: converted to the key's type, checked, and put into its field. */
#include "format/config_assign.h"

#include <limits.h>
#include <string.h>

#include "format/text.h"

/* A value of any type, by itself, before it is known to be good. */
union slot {
    bool flag;
    int integer;
    double real;
    rn_text text;
    struct rn_ints ints;
    struct rn_doubles reals;
};

static size_t size_of(enum rn_key_type type)
{
    const union slot *slot = NULL;

    switch (type) {
    case RN_KEY_BOOL:
        return sizeof slot->flag;
    case RN_KEY_INT:
        return sizeof slot->integer;
    case RN_KEY_DOUBLE:
        return sizeof slot->real;
    case RN_KEY_TEXT:
        return sizeof slot->text;
    case RN_KEY_INTS:
        return sizeof slot->ints;
    default:
        return sizeof slot->reals;
    }
}

/* The value without its place: the key comes between the place and what a conversion says. */
static struct rn_value placeless(const struct rn_value *value)
{
    struct rn_value bare = *value;

    bare.file = NULL;
    bare.line = 0;
    return bare;
}

static enum rn_status fail_with(const struct rn_key *key, const struct rn_value *value,
                                const struct rn_err *why, struct rn_err *err)
{
    return rn_value_fail(value, err, "%s: %s", key->name, why->msg);
}

static enum rn_status check_bounds(const struct rn_key *key, const struct rn_value *value,
                                   double number, struct rn_err *err)
{
    if (key->min > key->max || (number >= key->min && number <= key->max))
        return RN_OK;
    if (number < key->min)
        return rn_value_fail(value, err, "%s: expected at least %g, found %s", key->name, key->min,
                             value->text);
    return rn_value_fail(value, err, "%s: expected at most %.10g, found %s", key->name, key->max,
                         value->text);
}

static enum rn_status to_flag(const struct rn_key *key, const struct rn_value *value, bool *out,
                              struct rn_err *err)
{
    struct rn_value bare = placeless(value);
    struct rn_err why = {0};

    return rn_value_bool(&bare, out, &why) == RN_OK ? RN_OK : fail_with(key, value, &why, err);
}

static enum rn_status to_integer(const struct rn_key *key, const struct rn_value *value, int *out,
                                 struct rn_err *err)
{
    struct rn_value bare = placeless(value);
    struct rn_err why = {0};
    enum rn_status status;
    long long wide;

    if (rn_value_int(&bare, &wide, &why) != RN_OK)
        return fail_with(key, value, &why, err);
    RN_TRY(check_bounds(key, value, (double)wide, err));
    if (wide < INT_MIN || wide > INT_MAX)
        return rn_value_fail(value, err, "%s: %s is too large", key->name, value->text);
    *out = (int)wide;
done:
    return status;
}

static enum rn_status to_real(const struct rn_key *key, const struct rn_value *value, double *out,
                              struct rn_err *err)
{
    struct rn_value bare = placeless(value);
    struct rn_err why = {0};

    if (rn_value_double(&bare, out, &why) != RN_OK)
        return fail_with(key, value, &why, err);
    return check_bounds(key, value, *out, err);
}

/* Texts are what a dump can write and YAML can read again: UTF-8. */
static bool is_utf8(const char *text)
{
    uint32_t code;
    size_t len = 1;

    while (*text && len > 0) {
        len = rn_utf8_next(text, &code);
        text += len;
    }
    return len > 0;
}

static bool is_choice(const char *choices, const char *text)
{
    size_t len = strlen(text);

    for (const char *at = choices; *at;) {
        size_t n = strcspn(at, " ");

        if (n == len && memcmp(at, text, len) == 0)
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

/* An unquoted number or truth value is more likely a mistake than a text. */
static bool is_plain_text(const struct rn_value *value)
{
    long long integer;
    double real;
    bool flag;

    return value->quoted || (rn_value_int(value, &integer, NULL) != RN_OK &&
                             rn_value_double(value, &real, NULL) != RN_OK &&
                             rn_value_bool(value, &flag, NULL) != RN_OK);
}

static enum rn_status to_text(const struct rn_key *key, const struct rn_value *value, rn_text out,
                              struct rn_err *err)
{
    struct rn_value bare = placeless(value);
    struct rn_err why = {0};
    const char *text = "";

    if (!rn_value_is_null(value) && rn_value_text(&bare, &text, &why) != RN_OK)
        return fail_with(key, value, &why, err);
    if (*text && !is_plain_text(value))
        return rn_value_fail(value, err, "%s: expected a text, found %s; put it in quotes",
                             key->name, text);
    if (strlen(text) >= RN_TEXT_MAX)
        return rn_value_fail(value, err, "%s: a text of %zu bytes; at most %d are accepted",
                             key->name, strlen(text), RN_TEXT_MAX - 1);
    if (!is_utf8(text))
        return rn_value_fail(value, err, "%s: expected a text in UTF-8", key->name);
    if (key->choices && !is_choice(key->choices, text) && (*text || *key->fallback))
        return rn_value_fail(value, err, "%s: expected one of: %s; found \"%s\"", key->name,
                             key->choices, text);
    memcpy(out, text, strlen(text) + 1);
    return RN_OK;
}

static enum rn_status add_entry(const struct rn_key *key, const struct rn_value *entry,
                                union slot *slot, struct rn_err *err)
{
    enum rn_status status;
    int n = key->type == RN_KEY_INTS ? slot->ints.n : slot->reals.n;

    if (n == RN_LIST_MAX)
        return rn_value_fail(entry, err, "%s: more than %d entries", key->name, RN_LIST_MAX);
    if (key->type == RN_KEY_INTS) {
        RN_TRY(to_integer(key, entry, &slot->ints.v[n], err));
        slot->ints.n++;
    } else {
        RN_TRY(to_real(key, entry, &slot->reals.v[n], err));
        slot->reals.n++;
    }
done:
    return status;
}

static void trim(const char **begin, const char **end)
{
    while (*begin < *end && strchr(" \t\n", **begin))
        ++*begin;
    while (*begin < *end && strchr(" \t\n", (*end)[-1]))
        --*end;
}

/* "[1, 2]", "(1, 2)" or "1, 2", as the command line and Python's tuples have it. */
static enum rn_status split_list(const struct rn_key *key, const struct rn_value *value,
                                 union slot *slot, struct rn_err *err)
{
    const char *p = value->text, *end = p + strlen(p), *comma;
    enum rn_status status = RN_OK;
    char number[2 * RN_NUMBER_MAX];
    struct rn_value entry = *value;

    trim(&p, &end);
    if (end - p >= 2 && ((*p == '[' && end[-1] == ']') || (*p == '(' && end[-1] == ')')))
        p++, end--;
    else if (p < end && !memchr(p, ',', (size_t)(end - p)))
        return rn_value_fail(value, err, "%s: expected a list such as [1, 2], found \"%.100s\"",
                             key->name, value->text);
    for (trim(&p, &end); p < end; p = comma ? comma + 1 : end) {
        const char *first = p, *last;

        comma = memchr(p, ',', (size_t)(end - p));
        last = comma ? comma : end;
        trim(&first, &last);
        if ((size_t)(last - first) >= sizeof number)
            return rn_value_fail(value, err, "%s: expected a number, found \"%.100s\"", key->name,
                                 first);
        memcpy(number, first, (size_t)(last - first));
        number[last - first] = 0;
        entry.text = number;
        RN_TRY(add_entry(key, &entry, slot, err));
    }
done:
    return status;
}

static enum rn_status to_list(const struct rn_key *key, const struct rn_value *value,
                              union slot *slot, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (rn_value_is_null(value))
        return RN_OK;
    if (value->kind == RN_VALUE_SCALAR)
        return split_list(key, value, slot, err);
    if (value->kind == RN_VALUE_MAP)
        return rn_value_fail(value, err, "%s: expected a list such as [1, 2], found a map",
                             key->name);
    for (size_t i = 0; i < value->n; i++)
        RN_TRY(add_entry(key, &value->items[i], slot, err));
done:
    return status;
}

static enum rn_status convert(const struct rn_key *key, const struct rn_value *value,
                              union slot *slot, struct rn_err *err)
{
    switch (key->type) {
    case RN_KEY_BOOL:
        return to_flag(key, value, &slot->flag, err);
    case RN_KEY_INT:
        return to_integer(key, value, &slot->integer, err);
    case RN_KEY_DOUBLE:
        return to_real(key, value, &slot->real, err);
    case RN_KEY_TEXT:
        return to_text(key, value, slot->text, err);
    default:
        return to_list(key, value, slot, err);
    }
}

enum rn_status rn_key_assign(const struct rn_key *key, const struct rn_value *value,
                             struct rn_config *cfg, struct rn_err *err)
{
    enum rn_status status;
    union slot slot;

    memset(&slot, 0, sizeof slot); /* also what a short text or list leaves unused */
    RN_TRY(convert(key, value, &slot, err));
    if (key->offset >= 0)
        memcpy((char *)cfg + key->offset, &slot, size_of(key->type));
    rn_origin_set(cfg, key, value->file, value->line);
done:
    return status;
}
