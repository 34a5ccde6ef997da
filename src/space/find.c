/* Where spaces lie: $REGNET_SPACES, the source tree, the installed data. */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/config.h"
#include "regnet/file.h"
#include "room.h"

#define PLACES 3

static const char *place(int i)
{
    const char *const places[PLACES] = {getenv("REGNET_SPACES"), RN_SPACES_SOURCE,
                                        RN_SPACES_INSTALLED};

    return places[i];
}

/* AnyNetX_E, anynetx-e and AnyNetXE are one name. */
static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '-' || *a == '_')
            a++;
        while (*b == '-' || *b == '_')
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (!*a)
            return true;
    }
}

struct names {
    char **at;
    size_t n;
};

static enum rn_status add_name(struct names *names, const char *text, size_t len,
                               struct rn_err *err)
{
    char **grown = rn_realloc(names->at, names->n + 1, sizeof *grown);
    char *copy = rn_alloc(len + 1, 1);

    names->at = grown ? grown : names->at;
    if (!grown || !copy) {
        rn_free(copy);
        return rn_nomem(err, len, "the names of spaces");
    }
    memcpy(copy, text, len);
    names->at[names->n++] = copy;
    return RN_OK;
}

static void free_names(struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        rn_free(names->at[i]);
    rn_free(names->at);
    *names = (struct names){0};
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The stems of a directory's .yaml files, sorted; none if there is no such directory. */
static enum rn_status list_files(const char *dir, struct names *names, struct rn_err *err)
{
    DIR *open = dir ? opendir(dir) : NULL;
    enum rn_status status = RN_OK;

    for (struct dirent *entry; open && (entry = readdir(open)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot && dot > entry->d_name && strcmp(dot, ".yaml") == 0)
            RN_TRY(add_name(names, entry->d_name, (size_t)(dot - entry->d_name), err));
    }
    if (names->n > 0)
        qsort(names->at, names->n, sizeof *names->at, by_text);
done:
    if (open)
        closedir(open);
    return status;
}

static enum rn_status file_path(const char *dir, const char *stem, struct rn_buf *path,
                                struct rn_err *err)
{
    path->len = 0;
    return rn_buf_addf(path, err, "%s/%s.yaml", dir, stem);
}

static enum rn_status fail_unknown(const char *name, const struct names *known, struct rn_err *err)
{
    const char *near = rn_nearest(name, (const char *const *)known->at, known->n);

    if (known->n == 0)
        return rn_fail(
            err, RN_E_CONFIG,
            "there is no space \"%.60s\": no spaces were found in $REGNET_SPACES, %s or %s", name,
            RN_SPACES_SOURCE, RN_SPACES_INSTALLED);
    return rn_fail(err, RN_E_CONFIG, "there is no space \"%.60s\"; %s %s%s", name,
                   near ? "did you mean" : "one is", near ? near : known->at[0], near ? "?" : "");
}

enum rn_status rn_space_find(const char *name, struct rn_buf *path, struct rn_err *err)
{
    struct names known = {0}, here = {0};
    enum rn_status status;

    for (int p = 0; p < PLACES; p++) {
        RN_TRY(list_files(place(p), &here, err));
        for (size_t i = 0; i < here.n; i++) {
            if (same_name(here.at[i], name)) {
                status = file_path(place(p), here.at[i], path, err);
                goto done;
            }
            RN_TRY(add_name(&known, here.at[i], strlen(here.at[i]), err));
        }
        free_names(&here);
    }
    status = fail_unknown(name, &known, err);
done:
    free_names(&here);
    free_names(&known);
    return status;
}

static enum rn_status copy_text(const struct rn_value *root, const char *key, char **copy,
                                struct rn_err *err)
{
    const struct rn_value *value = rn_value_get(root, key);
    const char *text = "";

    if (value && !rn_value_is_null(value) && value->kind == RN_VALUE_SCALAR)
        text = value->text;
    *copy = rn_strdup(text);
    return *copy ? RN_OK : rn_nomem(err, strlen(text), "the names of spaces");
}

/* What a file says of itself; its name is that of the file. */
static enum rn_status read_entry(const char *path, const char *name, struct rn_space_entry *entry,
                                 struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    char *family = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_read(path, &doc, err));
    RN_TRY(copy_text(rn_doc_root(doc), "family", &family, err));
    entry->overlay = strcmp(family, "any") == 0;
    RN_TRY(copy_text(rn_doc_root(doc), "description", &entry->description, err));
    entry->name = rn_strdup(name);
    if (!entry->name)
        status = rn_nomem(err, strlen(name), "the names of spaces");
done:
    rn_free(family);
    rn_doc_free(doc);
    return status;
}

struct entries {
    struct rn_space_entry *at;
    size_t n;
};

static bool has_entry(const struct entries *entries, const char *name)
{
    for (size_t i = 0; i < entries->n; i++) {
        if (same_name(entries->at[i].name, name))
            return true;
    }
    return false;
}

static enum rn_status add_entry(struct entries *entries, const char *path, const char *name,
                                struct rn_err *err)
{
    struct rn_space_entry *grown = rn_realloc(entries->at, entries->n + 1, sizeof *grown);
    struct rn_space_entry made = {0};
    enum rn_status status;

    if (!grown)
        return rn_nomem(err, sizeof *grown, "the names of spaces");
    entries->at = grown;
    status = read_entry(path, name, &made, err);
    if (status != RN_OK)
        rn_free(made.description);
    else
        entries->at[entries->n++] = made;
    return status;
}

/* What an earlier place has goes by the name. */
static enum rn_status add_place(const char *dir, struct entries *entries, struct rn_err *err)
{
    struct names here = {0};
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(list_files(dir, &here, err));
    for (size_t i = 0; i < here.n; i++) {
        if (has_entry(entries, here.at[i]))
            continue;
        RN_TRY(file_path(dir, here.at[i], &path, err));
        RN_TRY(add_entry(entries, path.data, here.at[i], err));
    }
done:
    rn_buf_release(&path);
    free_names(&here);
    return status;
}

static int by_kind_and_name(const void *a, const void *b)
{
    const struct rn_space_entry *x = a, *y = b;

    return x->overlay != y->overlay ? x->overlay - y->overlay : strcmp(x->name, y->name);
}

enum rn_status rn_space_list(struct rn_space_entry **entries, size_t *n, struct rn_err *err)
{
    struct entries made = {0};
    enum rn_status status = RN_OK;

    for (int p = 0; p < PLACES; p++)
        RN_TRY(add_place(place(p), &made, err));
    if (made.n > 0)
        qsort(made.at, made.n, sizeof *made.at, by_kind_and_name);
    *entries = made.at;
    *n = made.n;
    made = (struct entries){0};
done:
    rn_space_list_free(made.at, made.n);
    return status;
}

void rn_space_list_free(struct rn_space_entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rn_free(entries[i].name);
        rn_free(entries[i].description);
    }
    rn_free(entries);
}
