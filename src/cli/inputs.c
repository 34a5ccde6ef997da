/* Files by name, and the images in folders. */
#include "inputs.h"

#include <fts.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "regnet/memory.h"

static enum rn_status add(struct rn_inputs *inputs, const char *path, struct rn_err *err)
{
    char **paths = rn_realloc(inputs->paths, inputs->n + 1, sizeof *paths);

    if (!paths)
        return rn_nomem(err, (inputs->n + 1) * sizeof *paths, "a list of files");
    inputs->paths = paths;
    inputs->paths[inputs->n] = rn_strdup(path);
    if (!inputs->paths[inputs->n])
        return rn_nomem(err, strlen(path) + 1, "a list of files");
    inputs->n++;
    return RN_OK;
}

static bool is_image(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && (strcasecmp(dot, ".png") == 0 || strcasecmp(dot, ".jpg") == 0 ||
                   strcasecmp(dot, ".jpeg") == 0);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum rn_status add_folder(struct rn_inputs *inputs, char *path, struct rn_err *err)
{
    size_t before = inputs->n;
    FTS *tree = fts_open((char *[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    enum rn_status status = RN_OK;

    if (!tree)
        return rn_nomem(err, strlen(path), "a folder");
    for (FTSENT *entry = fts_read(tree); entry; entry = fts_read(tree))
        if (entry->fts_info == FTS_F && is_image(entry->fts_name))
            RN_TRY(add(inputs, entry->fts_path, err));
    if (inputs->n == before)
        status = rn_fail(err, RN_E_DATA, "%s: no .png, .jpg or .jpeg in this folder", path);
done:
    (void)fts_close(tree);
    return status;
}

enum rn_status rn_inputs_find(int n, char **names, struct rn_inputs *inputs, struct rn_err *err)
{
    struct rn_inputs found = {0};
    enum rn_status status = RN_OK;

    for (int i = 0; i < n; i++) {
        struct stat st;
        if (stat(names[i], &st) == 0 && S_ISDIR(st.st_mode))
            RN_TRY(add_folder(&found, names[i], err));
        else
            RN_TRY(add(&found, names[i], err));
    }
    *inputs = found;
    found = (struct rn_inputs){0};
done:
    rn_inputs_release(&found);
    return status;
}

void rn_inputs_release(struct rn_inputs *inputs)
{
    for (size_t i = 0; i < inputs->n; i++)
        rn_free(inputs->paths[i]);
    rn_free(inputs->paths);
    *inputs = (struct rn_inputs){0};
}
