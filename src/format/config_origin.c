/* Where each value of a configuration comes from, and which of the given keys have no effect. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "format/config_assign.h"

static size_t index_of(const struct rn_key *key)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    assert(key >= keys && key < keys + n && n <= RN_KEYS_MAX);
    return (size_t)(key - keys);
}

/* 1 + the index of a source; beyond the room for them, the last one stands for all others. */
static short source_of(struct rn_origins *origins, const char *name)
{
    size_t room = sizeof origins->source[0], len = strlen(name);
    const char *end = len < room ? name : name + len - room + 1;
    char *last = origins->source[RN_SOURCES_MAX - 1];

    for (int i = 0; i < origins->n_sources; i++)
        if (strcmp(origins->source[i], end) == 0)
            return (short)(i + 1);
    if (origins->n_sources == RN_SOURCES_MAX) {
        (void)snprintf(last, room, "another file");
        return RN_SOURCES_MAX;
    }
    (void)snprintf(origins->source[origins->n_sources++], room, "%s", end);
    return (short)origins->n_sources;
}

void rn_origin_set(struct rn_config *cfg, const struct rn_key *key, const char *file, int line)
{
    size_t i = index_of(key);

    cfg->origins.of[i].source = file ? source_of(&cfg->origins, file) : RN_ORIGIN_PAIR;
    cfg->origins.of[i].line = line;
}

enum rn_status rn_config_origin(const struct rn_config *cfg, const struct rn_key *key,
                                struct rn_buf *out, struct rn_err *err)
{
    size_t i = index_of(key);
    int source = cfg->origins.of[i].source, line = cfg->origins.of[i].line;

    if (source == RN_ORIGIN_DEFAULT)
        return rn_buf_addf(out, err, "default");
    if (source == RN_ORIGIN_PAIR)
        return rn_buf_addf(out, err, "command line");
    if (line == 0)
        return rn_buf_addf(out, err, "%s", cfg->origins.source[source - 1]);
    return rn_buf_addf(out, err, "%s:%d", cfg->origins.source[source - 1], line);
}

bool rn_key_same(const struct rn_key *key, const struct rn_config *a, const struct rn_config *b)
{
    const char *pa = (const char *)a + key->offset, *pb = (const char *)b + key->offset;
    const struct rn_ints *ia = (const void *)pa, *ib = (const void *)pb;
    const struct rn_doubles *da = (const void *)pa, *db = (const void *)pb;

    switch (key->type) {
    case RN_KEY_BOOL:
        return *(const bool *)pa == *(const bool *)pb;
    case RN_KEY_INT:
        return *(const int *)pa == *(const int *)pb;
    case RN_KEY_DOUBLE:
        return *(const double *)pa == *(const double *)pb;
    case RN_KEY_TEXT:
        return strcmp(pa, pb) == 0;
    case RN_KEY_INTS:
        return ia->n == ib->n && memcmp(ia->v, ib->v, (size_t)ia->n * sizeof ia->v[0]) == 0;
    default:
        return da->n == db->n && memcmp(da->v, db->v, (size_t)da->n * sizeof da->v[0]) == 0;
    }
}

void rn_config_attribute(struct rn_config *cfg, const struct rn_config *before, const char *source)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++)
        if (keys[i].offset >= 0 && !rn_key_same(&keys[i], cfg, before))
            rn_origin_set(cfg, &keys[i], source, 0);
}

/* The line of one source; nothing where it gave no such key. */
static enum rn_status note_source(const struct rn_config *cfg, int source, const char *name,
                                  struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    bool any = false;
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++) {
        int line = cfg->origins.of[i].line;
        if (keys[i].offset >= 0 || cfg->origins.of[i].source != source)
            continue;
        if (!any)
            RN_TRY(rn_buf_addf(out, err, "%s: without effect here: ", name));
        RN_TRY(rn_buf_addf(out, err, "%s%s", any ? ", " : "", keys[i].name));
        if (line > 0)
            RN_TRY(rn_buf_addf(out, err, " (line %d)", line));
        any = true;
    }
    if (any)
        status = rn_buf_addf(out, err, "\n");
done:
    return status;
}

enum rn_status rn_config_notes(const struct rn_config *cfg, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    for (int i = 0; i < cfg->origins.n_sources; i++)
        RN_TRY(note_source(cfg, i + 1, cfg->origins.source[i], out, err));
    status = note_source(cfg, RN_ORIGIN_PAIR, "command line", out, err);
done:
    return status;
}
