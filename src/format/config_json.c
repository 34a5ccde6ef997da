/* The configuration as JSON, nested by section, which the reader takes as it takes YAML. */
#include <assert.h>
#include <string.h>

#include "regnet/config.h"
#include "regnet/json.h"

#define SECTION_MAX 32

static void add_ints(struct rn_json *js, const struct rn_ints *list)
{
    rn_json_list(js);
    for (int i = 0; i < list->n; i++)
        rn_json_int(js, list->v[i]);
    rn_json_close(js);
}

static void add_reals(struct rn_json *js, const struct rn_doubles *list)
{
    rn_json_list(js);
    for (int i = 0; i < list->n; i++)
        rn_json_double(js, list->v[i]);
    rn_json_close(js);
}

static void add_value(struct rn_json *js, enum rn_key_type type, const void *field)
{
    switch (type) {
    case RN_KEY_BOOL:
        rn_json_bool(js, *(const bool *)field);
        break;
    case RN_KEY_INT:
        rn_json_int(js, *(const int *)field);
        break;
    case RN_KEY_DOUBLE:
        rn_json_double(js, *(const double *)field);
        break;
    case RN_KEY_TEXT:
        rn_json_text(js, field);
        break;
    case RN_KEY_INTS:
        add_ints(js, field);
        break;
    case RN_KEY_DOUBLES:
        add_reals(js, field);
        break;
    }
}

/* "OPTIM" of "OPTIM.BASE_LR"; "" of a key without a section. */
static void section_of(const char *name, char section[SECTION_MAX])
{
    const char *dot = strchr(name, '.');
    size_t n = dot ? (size_t)(dot - name) : 0;

    assert(n < SECTION_MAX);
    memcpy(section, name, n);
    section[n] = 0;
}

void rn_config_json(const struct rn_config *cfg, struct rn_json *js)
{
    char open[SECTION_MAX] = "", section[SECTION_MAX];
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++) {
        if (keys[i].offset < 0)
            continue;
        section_of(keys[i].name, section);
        if (*open && strcmp(open, section) != 0)
            rn_json_close(js);
        if (*section && strcmp(open, section) != 0) {
            rn_json_key(js, section);
            rn_json_object(js);
        }
        memcpy(open, section, sizeof open);
        rn_json_key(js, keys[i].name + strlen(section) + (*section ? 1 : 0));
        add_value(js, keys[i].type, (const char *)cfg + keys[i].offset);
    }
    if (*open)
        rn_json_close(js);
}
