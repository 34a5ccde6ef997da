/* Reads a study's file (docs/studies.md), and the file that it is based on. */
#include "study.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/file.h"

#define CHAIN_MAX 8 /* a file, its base, that one's base, ... */

static const char *const known[] = {"name",     "description", "base",   "spaces",
                                    "networks", "seed",        "config", "final"};
#define N_KNOWN (sizeof known / sizeof *known)

/* The study's own file first, the farthest base last. */
struct chain {
    size_t n;
    struct rn_doc *doc[CHAIN_MAX];
    char *path[CHAIN_MAX];
};

static void chain_release(struct chain *chain)
{
    for (size_t i = 0; i < chain->n; i++) {
        rn_doc_free(chain->doc[i]);
        rn_free(chain->path[i]);
    }
}

/* `name` as seen from the folder of the file `from`. Yours to free; NULL: no memory. */
static char *beside(const char *from, const char *name)
{
    const char *slash = strrchr(from, '/');
    struct rn_buf path = {0};

    if (name[0] != '/' && slash)
        (void)rn_buf_add(&path, from, (size_t)(slash - from) + 1, NULL);
    if (rn_buf_addf(&path, NULL, "%s", name) != RN_OK)
        rn_buf_release(&path);
    return path.data;
}

static enum rn_status check_keys(const struct rn_value *root, const char *path, struct rn_err *err)
{
    if (!root || root->kind != RN_VALUE_MAP)
        return rn_fail(err, RN_E_CONFIG, "%s: a study is a map of keys such as spaces and networks",
                       path);
    for (size_t i = 0; i < root->n; i++) {
        const char *near;
        size_t k = 0;
        while (k < N_KNOWN && strcmp(root->keys[i].text, known[k]) != 0)
            k++;
        if (k < N_KNOWN)
            continue;
        near = rn_nearest(root->keys[i].text, known, N_KNOWN);
        return near ? rn_value_fail(&root->keys[i], err, "unknown key \"%s\"; did you mean \"%s\"?",
                                    root->keys[i].text, near)
                    : rn_value_fail(&root->keys[i], err,
                                    "unknown key \"%s\"; a study has name, description, base, "
                                    "spaces, networks, seed, config and final",
                                    root->keys[i].text);
    }
    return RN_OK;
}

static enum rn_status chain_read(struct chain *chain, const char *path, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    const struct rn_value *root, *base;
    const char *name;
    char *next = rn_strdup(path);

    while (next) {
        if (chain->n == CHAIN_MAX) {
            status = rn_fail(err, RN_E_CONFIG, "%s: more than %d files, each the base of the last",
                             path, CHAIN_MAX);
            goto done;
        }
        RN_TRY(rn_doc_read(next, &chain->doc[chain->n], err));
        chain->path[chain->n] = next;
        next = NULL;
        root = rn_doc_root(chain->doc[chain->n]);
        RN_TRY(check_keys(root, chain->path[chain->n++], err));
        base = rn_value_get(root, "base");
        if (!base)
            return RN_OK;
        RN_TRY(rn_value_text(base, &name, err));
        next = beside(chain->path[chain->n - 1], name);
    }
    status = rn_nomem(err, strlen(path), "a path");
done:
    rn_free(next);
    return status;
}

/* The value of a key in the first file that has it; *path, if wanted: that file. */
static const struct rn_value *find(const struct chain *chain, const char *key, const char **path)
{
    for (size_t i = 0; i < chain->n; i++) {
        const struct rn_value *value = rn_value_get(rn_doc_root(chain->doc[i]), key);
        if (!value)
            continue;
        if (path)
            *path = chain->path[i];
        return value;
    }
    return NULL;
}

static enum rn_status copy_text(const struct rn_value *value, const char *fallback, char **out,
                                struct rn_err *err)
{
    const char *text = fallback;
    enum rn_status status = value ? rn_value_text(value, &text, err) : RN_OK;

    if (status != RN_OK)
        return status;
    *out = rn_strdup(text);
    return *out ? RN_OK : rn_nomem(err, strlen(text), "a text");
}

static enum rn_status whole_number(const struct rn_value *value, long long min, long long max,
                                   long long *out, struct rn_err *err)
{
    enum rn_status status = value ? rn_value_int(value, out, err) : RN_OK;

    if (status == RN_OK && value && (*out < min || *out > max))
        status = rn_value_fail(value, err, "%lld is not between %lld and %lld", *out, min, max);
    return status;
}

/* A space's file is sought beside the study's; a name stays a name. */
static enum rn_status space_name(const struct rn_value *value, const char *from, char **out,
                                 struct rn_err *err)
{
    const char *text;
    char *path, *real;
    enum rn_status status = rn_value_text(value, &text, err);

    if (status != RN_OK)
        return status;
    if (!strchr(text, '/') && !strstr(text, ".yaml"))
        return copy_text(value, NULL, out, err);
    path = beside(from, text);
    if (!path)
        return rn_nomem(err, strlen(text), "a path");
    real = realpath(path, NULL);
    if (!real)
        status = rn_value_fail(value, err, "there is no space in %s", path);
    else if (!(*out = rn_strdup(real)))
        status = rn_nomem(err, strlen(real), "a path");
    free(real);
    rn_free(path);
    return status;
}

static enum rn_status read_spaces(struct rn_study *study, const struct chain *chain,
                                  struct rn_err *err)
{
    const char *from = NULL;
    const struct rn_value *list = find(chain, "spaces", &from);

    if (!list)
        return rn_fail(err, RN_E_CONFIG,
                       "%s: a study needs spaces, e.g. spaces: [AnyNetXA@mini, RegNetX@mini]",
                       chain->path[0]);
    if (list->kind != RN_VALUE_LIST || list->n == 0)
        return rn_value_fail(list, err, "spaces is a list of names of design spaces");
    study->space_names = rn_alloc(list->n, sizeof *study->space_names);
    if (!study->space_names)
        return rn_nomem(err, list->n, "a study");
    study->n_spaces = list->n;
    for (size_t i = 0; i < list->n; i++) {
        enum rn_status status = space_name(&list->items[i], from, &study->space_names[i], err);
        if (status != RN_OK)
            return status;
    }
    return RN_OK;
}

static enum rn_status merge(const struct chain *chain, const char *key, struct rn_config *cfg,
                            struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = chain->n; i-- > 0 && status == RN_OK;) {
        const struct rn_value *map = rn_value_get(rn_doc_root(chain->doc[i]), key);
        if (!rn_value_is_null(map))
            status = rn_config_merge(cfg, map, err);
    }
    return status;
}

static enum rn_status fill(struct rn_study *study, const struct chain *chain, struct rn_err *err)
{
    const struct rn_value *name = find(chain, "name", NULL);
    long long networks = 12, seed = 1;
    enum rn_status status;

    if (!name)
        return rn_fail(err, RN_E_CONFIG, "%s: a study needs a name", chain->path[0]);
    RN_TRY(copy_text(name, NULL, &study->name, err));
    RN_TRY(copy_text(find(chain, "description", NULL), "", &study->description, err));
    RN_TRY(read_spaces(study, chain, err));
    RN_TRY(whole_number(find(chain, "networks", NULL), 1, 1000000, &networks, err));
    RN_TRY(whole_number(find(chain, "seed", NULL), 0, LLONG_MAX, &seed, err));
    study->networks = (int)networks;
    study->seed = (uint64_t)seed;
    rn_config_default(&study->config);
    RN_TRY(merge(chain, "config", &study->config, err));
    study->final = study->config;
    status = merge(chain, "final", &study->final, err);
done:
    return status;
}

enum rn_status rn_study_read(const char *path, struct rn_study **study, struct rn_err *err)
{
    struct chain chain = {0};
    struct rn_study *s = rn_alloc(1, sizeof *s);
    enum rn_status status;

    if (!s)
        return rn_nomem(err, sizeof *s, "a study");
    RN_TRY(chain_read(&chain, path, err));
    RN_TRY(fill(s, &chain, err));
    *study = s;
    s = NULL;
done:
    chain_release(&chain);
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

enum rn_status rn_study_open(const char *path, struct rn_study **study, struct rn_err *err)
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

int rn_study_classes(const struct rn_config *cfg)
{
    const struct rn_dataset *info = rn_dataset_info(cfg->train.dataset);

    return info ? info->n_classes : cfg->model.num_classes;
}

const char *rn_study_name(const struct rn_study *study)
{
    return study->name;
}
