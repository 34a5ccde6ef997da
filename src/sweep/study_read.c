/* Reads a study (docs/studies.md) from its file and the files that it is based on. */
#include "study_chain.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum rn_status rn_study_copy_text(const struct rn_value *value, const char *fallback, char **out,
                                  struct rn_err *err)
{
    const char *text = fallback;
    enum rn_status status = value ? rn_value_text(value, &text, err) : RN_OK;

    if (status != RN_OK)
        return status;
    *out = rn_strdup(text);
    return *out ? RN_OK : rn_nomem(err, strlen(text), "a text");
}

enum rn_status rn_study_whole_number(const struct rn_value *value, long long min, long long max,
                                     long long *out, struct rn_err *err)
{
    enum rn_status status = value ? rn_value_int(value, out, err) : RN_OK;

    if (status == RN_OK && value && (*out < min || *out > max))
        status = rn_value_fail(value, err, "%lld is not between %lld and %lld", *out, min, max);
    return status;
}

/* The length of NAME in NAME@OVERLAY..., or of a file's path before its overlays. */
static size_t stem_length(const char *name)
{
    const char *slash = strrchr(name, '/');

    return (size_t)(slash ? slash - name : 0) + strcspn(slash ? slash : name, "@");
}

static bool is_file(const char *name, size_t len)
{
    return memchr(name, '/', len) || (len > 5 && strncmp(name + len - 5, ".yaml", 5) == 0);
}

/* Appends a space's file, which is sought beside the study's. */
static enum rn_status add_file(const struct rn_value *value, const char *from, const char *name,
                               size_t len, struct rn_buf *out, struct rn_err *err)
{
    char *path = rn_study_beside(from, name, len), *real = path ? realpath(path, NULL) : NULL;
    enum rn_status status;

    if (!path)
        status = rn_nomem(err, len, "a path");
    else if (!real)
        status = rn_value_fail(value, err, "there is no space in %s", path);
    else
        status = rn_buf_addf(out, err, "%s", real);
    free(real);
    rn_free(path);
    return status;
}

/* As rn_space_open takes it: the study's overlay goes before those that the name has. */
static enum rn_status space_name(const struct rn_value *value, const char *from,
                                 const char *overlay, char **out, struct rn_err *err)
{
    struct rn_buf made = {0};
    const char *text;
    size_t len;
    enum rn_status status;

    RN_TRY(rn_value_text(value, &text, err));
    len = stem_length(text);
    if (is_file(text, len))
        RN_TRY(add_file(value, from, text, len, &made, err));
    else
        RN_TRY(rn_buf_add(&made, text, len, err));
    if (*overlay)
        RN_TRY(rn_buf_addf(&made, err, "@%s", overlay));
    RN_TRY(rn_buf_addf(&made, err, "%s", text + len));
    *out = made.data;
    made = (struct rn_buf){0};
done:
    rn_buf_release(&made);
    return status;
}

static enum rn_status read_spaces(struct rn_study *study, const struct rn_study_chain *chain,
                                  struct rn_err *err)
{
    const char *from = NULL, *overlay = "";
    const struct rn_value *list = rn_study_find(chain, "spaces", &from);
    const struct rn_value *everywhere = rn_study_find(chain, "overlay", NULL);
    enum rn_status status = RN_OK;

    if (!list)
        return rn_fail(err, RN_E_CONFIG,
                       "%s: a study needs spaces, e.g. spaces: [AnyNetXA@mini, RegNetX@mini]",
                       chain->path[0]);
    if (list->kind != RN_VALUE_LIST || list->n == 0)
        return rn_value_fail(list, err, "spaces is a list of names of design spaces");
    if (!rn_value_is_null(everywhere))
        RN_TRY(rn_value_text(everywhere, &overlay, err));
    study->space_names = rn_alloc(list->n, sizeof *study->space_names);
    if (!study->space_names)
        return rn_nomem(err, list->n, "a study");
    study->n_spaces = list->n;
    for (size_t i = 0; i < list->n; i++)
        RN_TRY(space_name(&list->items[i], from, overlay, &study->space_names[i], err));
done:
    return status;
}

/* `final: none` */
static bool is_none(const struct rn_value *value)
{
    return value && value->kind == RN_VALUE_SCALAR && strcmp(value->text, "none") == 0;
}

enum rn_status rn_study_merge(const struct rn_study_chain *chain, const char *key,
                              struct rn_config *cfg, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = chain->n; i-- > 0 && status == RN_OK;) {
        const struct rn_value *map = rn_value_get(rn_doc_root(chain->doc[i]), key);
        if (!rn_value_is_null(map) && !is_none(map))
            status = rn_config_merge(cfg, map, err);
    }
    return status;
}

static enum rn_status fill(struct rn_study *study, const struct rn_study_chain *chain,
                           struct rn_err *err)
{
    const struct rn_value *name = rn_study_find(chain, "name", NULL);
    long long networks = 12, seed = 1;
    enum rn_status status;

    if (!name)
        return rn_fail(err, RN_E_CONFIG, "%s: a study needs a name", chain->path[0]);
    RN_TRY(rn_study_copy_text(name, NULL, &study->name, err));
    RN_TRY(rn_study_copy_text(rn_study_find(chain, "description", NULL), "", &study->description,
                              err));
    RN_TRY(read_spaces(study, chain, err));
    RN_TRY(
        rn_study_whole_number(rn_study_find(chain, "networks", NULL), 1, 1000000, &networks, err));
    RN_TRY(rn_study_whole_number(rn_study_find(chain, "seed", NULL), 0, LLONG_MAX, &seed, err));
    study->networks = (int)networks;
    study->seed = (uint64_t)seed;
    rn_config_default(&study->config);
    RN_TRY(rn_study_merge(chain, "config", &study->config, err));
    study->retrain = !is_none(rn_study_find(chain, "final", NULL));
    study->final = study->config;
    status = rn_study_merge(chain, "final", &study->final, err);
done:
    return status;
}

enum rn_status rn_study_read(const char *path, struct rn_study **study, struct rn_err *err)
{
    struct rn_study_chain chain = {0};
    struct rn_study *s = rn_alloc(1, sizeof *s);
    enum rn_status status;

    if (!s)
        return rn_nomem(err, sizeof *s, "a study");
    RN_TRY(rn_study_chain_read(&chain, path, err));
    RN_TRY(fill(s, &chain, err));
    *study = s;
    s = NULL;
done:
    rn_study_chain_release(&chain);
    rn_study_free(s);
    return status;
}

/* A space's name is its directory's, beside final/. */
static enum rn_status check_name(const struct rn_study *study, size_t i, struct rn_err *err)
{
    const char *name = rn_space_name(study->spaces[i]);

    if (name[0] == 0 || name[0] == '.' || strchr(name, '/') || strcmp(name, "final") == 0)
        return rn_fail(err, RN_E_CONFIG,
                       "space \"%s\" cannot be studied by this name, which becomes a directory's: "
                       "it must not be empty or \"final\", begin with a dot or have a slash",
                       name);
    for (size_t k = 0; k < i; k++)
        if (strcmp(name, rn_space_name(study->spaces[k])) == 0)
            return rn_fail(err, RN_E_CONFIG, "two of the study's spaces are named \"%s\"", name);
    return RN_OK;
}

static enum rn_status open_space(struct rn_study *study, size_t i, const char *path,
                                 struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_space_open(study->space_names[i], &study->spaces[i], err));
    status = check_name(study, i, err);
done:
    if (status != RN_OK)
        rn_err_prefix(err, "%s: spaces", path);
    return status;
}

/* Once, before anything is made, instead of by every network. */
static enum rn_status check_trainings(const struct rn_study *study, const char *path,
                                      struct rn_err *err)
{
    const char *section = "config";
    enum rn_status status;

    RN_TRY(rn_check_training(&study->config, err));
    section = "final";
    status = rn_check_training(&study->final, err);
done:
    if (status != RN_OK)
        rn_err_prefix(err, "%s: %s", path, section);
    return status;
}

enum rn_status rn_study_load(const char *path, struct rn_study **study, struct rn_err *err)
{
    struct rn_study *s = NULL;
    enum rn_status status;

    RN_TRY(rn_study_read(path, &s, err));
    s->spaces = rn_alloc(s->n_spaces, sizeof *s->spaces);
    if (!s->spaces) {
        status = rn_nomem(err, s->n_spaces, "a study");
        goto done;
    }
    for (size_t i = 0; i < s->n_spaces; i++)
        RN_TRY(open_space(s, i, path, err));
    *study = s;
    s = NULL;
done:
    rn_study_free(s);
    return status;
}

enum rn_status rn_study_find_data(struct rn_config *cfg, const char *data_dir, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (data_dir)
        RN_TRY(rn_config_set(cfg, "DATA_LOADER.DIR", data_dir, err));
    status = rn_data_configure(cfg, err);
done:
    return status;
}

enum rn_status rn_study_open(const char *path, const char *data_dir, struct rn_study **study,
                             struct rn_err *err)
{
    struct rn_study *s = NULL;
    enum rn_status status;

    RN_TRY(rn_study_load(path, &s, err));
    RN_TRY(rn_study_find_data(&s->config, data_dir, err));
    RN_TRY(rn_study_find_data(&s->final, data_dir, err));
    RN_TRY(check_trainings(s, path, err));
    *study = s;
    s = NULL;
done:
    rn_study_free(s);
    return status;
}

void rn_study_free(struct rn_study *study)
{
    if (!study)
        return;
    for (size_t i = 0; i < study->n_spaces; i++) {
        rn_free(study->space_names[i]);
        if (study->spaces)
            rn_space_free(study->spaces[i]);
    }
    rn_free(study->space_names);
    rn_free(study->spaces);
    rn_free(study->name);
    rn_free(study->description);
    rn_free(study);
}

const char *rn_study_name(const struct rn_study *study)
{
    return study->name;
}
