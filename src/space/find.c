/* Where spaces lie: $REGNET_SPACES, the source tree, the installed data. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
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

static bool has_name(const struct names *names, const char *text)
{
    for (size_t i = 0; i < names->n; i++) {
        if (same_name(names->at[i], text))
            return true;
    }
    return false;
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
        rn_space_names_free(here.at, here.n);
        here = (struct names){0};
    }
    status = fail_unknown(name, &known, err);
done:
    rn_space_names_free(here.at, here.n);
    rn_space_names_free(known.at, known.n);
    return status;
}

/* Sorts a directory's files into spaces and overlays; names of earlier directories win. */
static enum rn_status add_place(const char *dir, struct names *spaces, struct names *overlays,
                                struct rn_err *err)
{
    struct names here = {0};
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(list_files(dir, &here, err));
    for (size_t i = 0; i < here.n; i++) {
        bool overlay;
        if (has_name(spaces, here.at[i]) || has_name(overlays, here.at[i]))
            continue;
        RN_TRY(file_path(dir, here.at[i], &path, err));
        RN_TRY(rn_space_is_overlay(path.data, &overlay, err));
        RN_TRY(add_name(overlay ? overlays : spaces, here.at[i], strlen(here.at[i]), err));
    }
done:
    rn_buf_release(&path);
    rn_space_names_free(here.at, here.n);
    return status;
}

enum rn_status rn_space_names(char ***names, size_t *n, struct rn_err *err)
{
    struct names spaces = {0}, overlays = {0};
    enum rn_status status = RN_OK;
    size_t plain;

    for (int p = 0; p < PLACES; p++)
        RN_TRY(add_place(place(p), &spaces, &overlays, err));
    plain = spaces.n;
    for (size_t o = 0; o < overlays.n; o++) {
        for (size_t i = 0; i < plain; i++) {
            char text[2 * RN_NAME_MAX];
            snprintf(text, sizeof text, "%.*s@%.*s", RN_NAME_MAX - 1, spaces.at[i], RN_NAME_MAX - 1,
                     overlays.at[o]);
            RN_TRY(add_name(&spaces, text, strlen(text), err));
        }
    }
    *names = spaces.at;
    *n = spaces.n;
    spaces = (struct names){0};
done:
    rn_space_names_free(spaces.at, spaces.n);
    rn_space_names_free(overlays.at, overlays.n);
    return status;
}

void rn_space_names_free(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rn_free(names[i]);
    rn_free(names);
}
