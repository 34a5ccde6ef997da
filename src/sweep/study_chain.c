/* The files that a study is read from: its own, its bases, and theirs. */
#include "study_chain.h"

#include <string.h>

#include "regnet/file.h"

/* A comparison's own keys are the last ones: a study does not know them, but a comparison may be
   based on a study's part. */
static const char *const known[] = {"name", "description", "base",  "spaces", "overlay", "networks",
                                    "seed", "config",      "final", "groups", "seeds",   "source"};
#define N_KNOWN (sizeof known / sizeof *known)
#define N_STUDY (N_KNOWN - 3)

void rn_study_chain_release(struct rn_study_chain *chain)
{
    for (size_t i = 0; i < chain->n; i++) {
        rn_doc_free(chain->doc[i]);
        rn_free(chain->path[i]);
    }
    chain->n = 0;
}

char *rn_study_beside(const char *from, const char *name, size_t len)
{
    const char *slash = strrchr(from, '/');
    struct rn_buf path = {0};

    if (name[0] != '/' && slash)
        (void)rn_buf_add(&path, from, (size_t)(slash - from) + 1, NULL);
    if (rn_buf_add(&path, name, len, NULL) != RN_OK)
        rn_buf_release(&path);
    return path.data;
}

static enum rn_status check_keys(const struct rn_study_chain *chain, const struct rn_value *root,
                                 const char *path, struct rn_err *err)
{
    size_t n = chain->comparison ? N_KNOWN : N_STUDY;

    if (!root || root->kind != RN_VALUE_MAP)
        return rn_fail(err, RN_E_CONFIG, "%s: a study is a map of keys such as spaces and networks",
                       path);
    for (size_t i = 0; i < root->n; i++) {
        const char *near;
        size_t k = 0;
        while (k < n && strcmp(root->keys[i].text, known[k]) != 0)
            k++;
        if (k < n)
            continue;
        near = rn_nearest(root->keys[i].text, known, n);
        return near ? rn_value_fail(&root->keys[i], err, "unknown key \"%s\"; did you mean \"%s\"?",
                                    root->keys[i].text, near)
                    : rn_value_fail(&root->keys[i], err,
                                    "unknown key \"%s\"; a study has name, description, base, "
                                    "spaces, overlay, networks, seed, config and final",
                                    root->keys[i].text);
    }
    return RN_OK;
}

static enum rn_status add_file(struct rn_study_chain *chain, char *path, struct rn_err *err);

static enum rn_status add_base(struct rn_study_chain *chain, const char *from,
                               const struct rn_value *base, struct rn_err *err)
{
    const char *name;
    enum rn_status status = rn_value_text(base, &name, err);

    return status == RN_OK ? add_file(chain, rn_study_beside(from, name, strlen(name)), err)
                           : status;
}

static enum rn_status add_bases(struct rn_study_chain *chain, size_t file, struct rn_err *err)
{
    const struct rn_value *base = rn_value_get(rn_doc_root(chain->doc[file]), "base");
    const char *from = chain->path[file];
    enum rn_status status = RN_OK;

    if (!base)
        return RN_OK;
    if (base->kind != RN_VALUE_LIST)
        return add_base(chain, from, base, err);
    for (size_t i = base->n; i-- > 0 && status == RN_OK;)
        status = add_base(chain, from, &base->items[i], err);
    return status;
}

/* Takes the path over. */
static enum rn_status add_file(struct rn_study_chain *chain, char *path, struct rn_err *err)
{
    size_t i = chain->n;
    enum rn_status status;

    if (!path)
        return rn_nomem(err, sizeof *chain, "a path");
    if (i == RN_STUDY_FILES) {
        rn_free(path);
        return rn_fail(err, RN_E_CONFIG, "%s: more than %d files, each the base of another",
                       chain->path[0], RN_STUDY_FILES);
    }
    chain->path[i] = path;
    chain->doc[i] = NULL;
    chain->n++;
    RN_TRY(rn_doc_read(path, &chain->doc[i], err));
    RN_TRY(check_keys(chain, rn_doc_root(chain->doc[i]), path, err));
    status = add_bases(chain, i, err);
done:
    return status;
}

enum rn_status rn_study_chain_read(struct rn_study_chain *chain, const char *path,
                                   struct rn_err *err)
{
    return add_file(chain, rn_strdup(path), err);
}

const struct rn_value *rn_study_find(const struct rn_study_chain *chain, const char *key,
                                     const char **path)
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
