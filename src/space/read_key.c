/* Configuration keys as parameters: which there are, which are the network's, what they may be. */
#include <stdio.h>
#include <string.h>

#include "sweep.h"

enum rn_status rn_find_config_key(const struct rn_value *key, const struct rn_key **found,
                                  struct rn_err *err)
{
    const char *names[512], *near;
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(keys[i].name, key->text) == 0) {
            *found = &keys[i];
            return RN_OK;
        }
    }
    n = n < 512 ? n : 512;
    for (size_t i = 0; i < n; i++)
        names[i] = keys[i].name;
    near = rn_nearest(key->text, names, n);
    return rn_value_fail(key, err, "there is no configuration key \"%.60s\"%s%s%s", key->text,
                         near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

const struct rn_key *rn_key_by_name(const char *name)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    while (strcmp(keys->name, name) != 0)
        keys++;
    return keys;
}

bool rn_key_is_networks(const struct rn_key *key)
{
    static const char *const sections[] = {"MODEL.", "RESNET.", "ANYNET.",      "REGNET.",
                                           "EN.",    "VIT.",    "TRAIN.IM_SIZE"};

    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        if (strncmp(key->name, sections[i], strlen(sections[i])) == 0)
            return true;
    }
    return false;
}

/* "[1, 2]" of a list, the text of a scalar. */
static enum rn_status print_word(const struct rn_value *value, char word[RN_SPACE_TEXT],
                                 struct rn_err *err)
{
    enum rn_status status = RN_OK;
    const char *text;
    size_t len = 0;

    if (value->kind != RN_VALUE_LIST) {
        RN_TRY(rn_value_text(value, &text, err));
        len = (size_t)snprintf(word, RN_SPACE_TEXT, "%s", text);
    }
    for (size_t i = 0; value->kind == RN_VALUE_LIST && i < value->n && len < RN_SPACE_TEXT; i++) {
        RN_TRY(rn_value_text(&value->items[i], &text, err));
        len += (size_t)snprintf(word + len, RN_SPACE_TEXT - len, "%s%s", i ? ", " : "[", text);
    }
    if (value->kind == RN_VALUE_LIST && len + 1 < RN_SPACE_TEXT)
        len += (size_t)snprintf(word + len, RN_SPACE_TEXT - len, value->n ? "]" : "[]");
    if (len >= RN_SPACE_TEXT)
        status = rn_value_fail(value, err, "a value of more than %d characters", RN_SPACE_TEXT - 1);
done:
    return status;
}

enum rn_status rn_read_word(const struct rn_value *value, const struct rn_key *key,
                            char word[RN_SPACE_TEXT], struct rn_err *err)
{
    struct rn_config scratch;
    struct rn_err inner = {0};
    enum rn_status status;

    RN_TRY(print_word(value, word, err));
    rn_config_default(&scratch);
    if (rn_config_set(&scratch, key->name, word, &inner) != RN_OK)
        status = rn_value_fail(value, err, "%s", inner.msg);
done:
    return status;
}
