/* Values of YAML and JSON documents: lookup, conversion, messages. */
#include "regnet/value.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format/text.h"

const struct rn_value *rn_value_get(const struct rn_value *map, const char *key)
{
    if (!map || map->kind != RN_VALUE_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->keys[i].text, key) == 0)
            return &map->items[i];
    return NULL;
}

static bool is_one_of(const char *text, const char *const *names)
{
    while (*names && strcmp(text, *names) != 0)
        names++;
    return *names;
}

bool rn_value_is_null(const struct rn_value *value)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};

    return !value ||
           (value->kind == RN_VALUE_SCALAR && !value->quoted && is_one_of(value->text, nulls));
}

/* "found ..." says what stands where something else was expected. */
static enum rn_status expected(const struct rn_value *value, const char *what, struct rn_err *err)
{
    if (rn_value_is_null(value))
        return rn_value_fail(value, err, "expected %s, found nothing", what);
    if (value->kind == RN_VALUE_SCALAR)
        return rn_value_fail(value, err, "expected %s, found \"%.100s\"", what, value->text);
    return rn_value_fail(value, err, "expected %s, found a %s", what,
                         value->kind == RN_VALUE_LIST ? "list" : "map");
}

static bool has_text(const struct rn_value *value)
{
    return value && value->kind == RN_VALUE_SCALAR && !rn_value_is_null(value);
}

enum rn_status rn_value_text(const struct rn_value *value, const char **out, struct rn_err *err)
{
    if (!has_text(value))
        return expected(value, "a text", err);
    *out = value->text;
    return RN_OK;
}

/* YAML 1.1's words, as PyYAML reads them. */
enum rn_status rn_value_bool(const struct rn_value *value, bool *out, struct rn_err *err)
{
    static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes",
                                      "YES",  "on",   "On",   "ON",  NULL};
    static const char *const no[] = {"false", "False", "FALSE", "no",  "No",
                                     "NO",    "off",   "Off",   "OFF", NULL};

    if (has_text(value) && is_one_of(value->text, yes))
        *out = true;
    else if (has_text(value) && is_one_of(value->text, no))
        *out = false;
    else
        return expected(value, "True or False", err);
    return RN_OK;
}

enum rn_status rn_value_int(const struct rn_value *value, long long *out, struct rn_err *err)
{
    if (!has_text(value) || !rn_number_int(value->text, out))
        return expected(value, "an integer", err);
    return RN_OK;
}

enum rn_status rn_value_double(const struct rn_value *value, double *out, struct rn_err *err)
{
    if (!has_text(value) || !rn_number_double(value->text, out))
        return expected(value, "a number", err);
    return RN_OK;
}

enum rn_status rn_value_fail(const struct rn_value *value, struct rn_err *err, const char *fmt, ...)
{
    char message[RN_ERR_MAX];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    (void)rn_fail(err, RN_E_CONFIG, "%s", message);
    if (value && value->line > 0)
        rn_err_prefix(err, "%s:%d:%d", value->file, value->line, value->column);
    else if (value && value->file)
        rn_err_prefix(err, "%s", value->file);
    return RN_E_CONFIG;
}
