/* The configuration: defaults, and files and single values merged over it. */
#include "regnet/config.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "format/config_assign.h"

#define PATH_MAX_KEYS 160 /* longer than any key; a longer path is an unknown one */

static const struct rn_key *find_key(const char *path)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].name, path) == 0)
            return &keys[i];
    return NULL;
}

static bool is_section(const char *path)
{
    size_t n, len = strlen(path);
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++)
        if (strncmp(keys[i].name, path, len) == 0 && keys[i].name[len] == '.')
            return true;
    return false;
}

/* The known key nearest to path, by its whole name or else by the name without its section. */
static const char *nearest_key(const char *path)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);
    const char *names[256], *tails[256], *found;

    assert(n <= sizeof names / sizeof *names);
    for (size_t i = 0; i < n; i++) {
        const char *dot = strchr(keys[i].name, '.');

        names[i] = keys[i].name;
        tails[i] = dot ? dot + 1 : keys[i].name;
    }
    found = rn_nearest(path, names, n);
    if (found)
        return found;
    found = rn_nearest(path, tails, n);
    for (size_t i = 0; found && i < n; i++)
        if (tails[i] == found)
            return names[i];
    return NULL;
}

static enum rn_status unknown_key(const struct rn_value *place, const char *path,
                                  struct rn_err *err)
{
    const char *near = nearest_key(path);

    if (near)
        return rn_value_fail(place, err, "unknown key %.100s; did you mean %s?", path, near);
    return rn_value_fail(place, err, "unknown key %.100s", path);
}

static enum rn_status merge_map(struct rn_config *cfg, const char *prefix,
                                const struct rn_value *map, struct rn_err *err);

static enum rn_status merge_pair(struct rn_config *cfg, const char *path,
                                 const struct rn_value *name, const struct rn_value *value,
                                 struct rn_err *err)
{
    const struct rn_key *key = find_key(path);

    if (key)
        return rn_key_assign(key, value, cfg, err);
    if (!is_section(path))
        return unknown_key(name, path, err);
    if (rn_value_is_null(value))
        return RN_OK;
    if (value->kind != RN_VALUE_MAP)
        return rn_value_fail(value, err, "%s: expected a map of keys", path);
    return merge_map(cfg, path, value, err);
}

static enum rn_status merge_map(struct rn_config *cfg, const char *prefix,
                                const struct rn_value *map, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    char path[PATH_MAX_KEYS];

    for (size_t i = 0; i < map->n; i++) {
        const char *name = map->keys[i].text;

        (void)snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", name);
        RN_TRY(merge_pair(cfg, path, &map->keys[i], &map->items[i], err));
    }
done:
    return status;
}

enum rn_status rn_config_merge(struct rn_config *cfg, const struct rn_value *map,
                               struct rn_err *err)
{
    struct rn_config next = *cfg;
    enum rn_status status;

    if (rn_value_is_null(map))
        return RN_OK;
    if (map->kind != RN_VALUE_MAP)
        return rn_value_fail(map, err, "expected a map of keys, such as OPTIM: {BASE_LR: 0.1}");
    RN_TRY(merge_map(&next, "", map, err));
    *cfg = next;
done:
    return status;
}

enum rn_status rn_config_read(struct rn_config *cfg, const char *path, struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_read(path, &doc, err));
    status = rn_config_merge(cfg, rn_doc_root(doc), err);
done:
    rn_doc_free(doc);
    return status;
}

enum rn_status rn_config_set(struct rn_config *cfg, const char *key, const char *value,
                             struct rn_err *err)
{
    const struct rn_key *known = find_key(key);
    struct rn_value scalar = {.kind = RN_VALUE_SCALAR, .text = value, .quoted = true};

    if (known)
        return rn_key_assign(known, &scalar, cfg, err);
    return unknown_key(&scalar, key, err);
}

void rn_config_default(struct rn_config *cfg)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    memset(cfg, 0, sizeof *cfg);
    for (size_t i = 0; i < n; i++) {
        struct rn_value scalar = {
            .kind = RN_VALUE_SCALAR, .text = keys[i].fallback, .quoted = true};
        enum rn_status status = rn_key_assign(&keys[i], &scalar, cfg, NULL);

        assert(status == RN_OK);
        (void)status;
    }
    memset(&cfg->origins, 0, sizeof cfg->origins);
}
