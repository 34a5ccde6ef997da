/* Data sets that are files of the user's: their kinds, their parts, and how one is opened. */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "data/index.h"
#include "regnet/file.h"

static const struct set {
    const char *name;
    const struct rn_kind *kind;
    bool bgr; /* pycls' order, for the set that pycls has */
} sets[] = {
    {"folder", &rn_kind_folder, false},
    {"imagenet", &rn_kind_folder, true},
    {"list", &rn_kind_list, false},
    {"tar", &rn_kind_tar, false},
};
#define N_SETS (sizeof sets / sizeof *sets)

static const struct set *find_set(const char *name)
{
    for (size_t i = 0; i < N_SETS; i++)
        if (strcmp(sets[i].name, name) == 0)
            return &sets[i];
    return NULL;
}

const struct rn_kind *rn_kind_find(const char *name)
{
    const struct set *set = find_set(name);

    return set ? set->kind : NULL;
}

#define HALVES 3 /* RN_DATA_TRAIN to RN_DATA_TEST */

const char *rn_kind_part(const struct rn_kind *kind, const char *dir, enum rn_data_half half)
{
    static const char *const names[][3] = {[RN_DATA_TRAIN] = {"train", NULL, NULL},
                                           [RN_DATA_VAL] = {"val", "validation", "valid"},
                                           [RN_DATA_TEST] = {"test", NULL, NULL}};

    for (int i = 0; i < 3 && names[half][i]; i++)
        if (kind->has(dir, names[half][i]))
            return names[half][i];
    return NULL;
}

/* The first part that dir has; NULL: it is not cut into parts. */
static const char *first_part(const struct rn_kind *kind, const char *dir)
{
    const char *part = NULL;

    for (int half = 0; half < HALVES && !part; half++)
        part = rn_kind_part(kind, dir, (enum rn_data_half)half);
    return part;
}

/* What is in no parts is cut by a hash, so it has every half. */
bool rn_kind_has(const struct rn_kind *kind, const char *dir, enum rn_data_half half)
{
    return !first_part(kind, dir) || rn_kind_part(kind, dir, half);
}

/* The folder that the paths of a list begin at, if dir is a list itself. */
static enum rn_status root_of(const char *dir, struct rn_buf *root, struct rn_err *err)
{
    const char *slash = strrchr(dir, '/');
    struct stat st;

    if (stat(dir, &st) != 0 || S_ISDIR(st.st_mode))
        return rn_buf_addf(root, err, "%s", dir);
    return slash ? rn_buf_addf(root, err, "%.*s", (int)(slash - dir), dir)
                 : rn_buf_addf(root, err, ".");
}

/* Paths are cut off behind dir and a /, so there must not be another one. */
static size_t trimmed(const char *dir)
{
    size_t n = strlen(dir);

    while (n > 1 && dir[n - 1] == '/')
        n--;
    return n;
}

/* Shards in DIR/PART, but no folders: where shards were unpacked into folders, these count. */
static bool has_shards_below(const char *dir)
{
    const char *part = first_part(&rn_kind_tar, dir);
    struct rn_buf path = {0};
    bool found =
        part && rn_path_join(&path, dir, part, NULL) == RN_OK && !rn_has_folders(path.data);

    rn_buf_release(&path);
    return found;
}

const char *rn_files_detect(const char *dir)
{
    if (rn_is_file(dir) || rn_kind_list.has(dir, "train"))
        return rn_kind_list.name;
    if (rn_kind_tar.has(dir, NULL) || has_shards_below(dir))
        return rn_kind_tar.name;
    if (rn_has_folders(dir))
        return rn_kind_folder.name;
    return first_part(&rn_kind_list, dir) ? rn_kind_list.name : NULL;
}

/* The classes are those of the training part or, where there is none, of everything. */
static enum rn_status scan_classes(const struct rn_kind *kind, const char *dir, const char *root,
                                   bool labels_only, struct rn_index **index, struct rn_err *err)
{
    struct rn_index *out = NULL;
    const char *part = rn_kind_part(kind, dir, RN_DATA_TRAIN);
    bool one_scan = part || !first_part(kind, dir);
    enum rn_status status;

    RN_TRY(rn_index_new(root, &out, err));
    if (one_scan)
        RN_TRY(kind->scan(dir, part, labels_only, out, err));
    for (int half = RN_DATA_VAL; !one_scan && half < HALVES; half++) {
        part = rn_kind_part(kind, dir, (enum rn_data_half)half);
        if (part)
            RN_TRY(kind->scan(dir, part, labels_only, out, err));
    }
    RN_TRY(rn_index_number(out, kind->numbers, err));
    *index = out;
    out = NULL;
done:
    rn_index_free(out);
    return status;
}

struct opening {
    struct rn_index *index, *classes; /* classes may be index */
    int32_t *labels;
};

static enum rn_status check_count(const char *dir, enum rn_data_half half, size_t n, bool hashed,
                                  struct rn_err *err)
{
    static const char *const names[] = {"train", "val", "test"};

    if (n > 0 && n <= INT_MAX)
        return RN_OK;
    return rn_fail(err, RN_E_DATA, "%s: %zu images in the part %s; from 1 to %d are expected%s",
                   dir, n, names[half], INT_MAX,
                   hashed ? ", and a hash of the names chooses them (docs/data.md)" : "");
}

static enum rn_status scan(const struct rn_kind *kind, const char *dir, const char *root,
                           enum rn_data_half half, struct opening *o, struct rn_err *err)
{
    bool hashed = !first_part(kind, dir);
    bool whole = hashed || half == RN_DATA_TRAIN; /* the classes' images are those wanted */
    enum rn_status status;

    RN_TRY(scan_classes(kind, dir, root, !whole, &o->classes, err));
    if (whole) {
        o->index = o->classes;
    } else {
        RN_TRY(rn_index_new(root, &o->index, err));
        RN_TRY(kind->scan(dir, rn_kind_part(kind, dir, half), false, o->index, err));
    }
    if (hashed)
        rn_index_keep(o->index, half);
    RN_TRY(check_count(dir, half, o->index->n, hashed, err));
    status = rn_index_labels(o->index, o->classes, &o->labels, err);
done:
    return status;
}

static void release(struct opening *o)
{
    if (o->classes != o->index)
        rn_index_free(o->classes);
    rn_index_free(o->index);
    rn_free(o->labels);
}

/* The classes' names stay with the index that the data set keeps. */
static void adopt_classes(struct opening *o)
{
    struct rn_index *from = o->classes, *to = o->index;

    if (from == to)
        return;
    to->classes = from->classes;
    to->n_classes = from->n_classes;
    to->classes_text = from->text;
    from->classes = NULL;
    from->text = (struct rn_buf){0};
}

/* The folder without a / at its end, and the root of paths. */
static enum rn_status check_dir(const struct set *set, const char *given, struct rn_buf *dir,
                                struct rn_buf *root, struct rn_err *err)
{
    enum rn_status status;

    if (!*given)
        return rn_fail(err, RN_E_CONFIG,
                       "where are the images? --data DIR (DATA_LOADER.DIR) names what is read as "
                       "%s",
                       set->name);
    if (!rn_path_exists(given))
        return rn_fail(err, RN_E_IO, "%s: there is no such file or folder", given);
    RN_TRY(rn_buf_addf(dir, err, "%.*s", (int)trimmed(given), given));
    status = root_of(dir->data, root, err);
done:
    return status;
}

/* What was opened, as a data set. */
static void hand_over(struct opening *o, const struct set *set, struct rn_dataset *ds)
{
    adopt_classes(o);
    *ds = (struct rn_dataset){.name = set->name,
                              .n = (int)o->index->n,
                              .c = 3,
                              .n_classes = o->index->n_classes,
                              .classes = o->index->classes,
                              .labels = o->labels,
                              .mean = RN_IMAGENET_MEAN,
                              .std = RN_IMAGENET_STD,
                              .bgr = set->bgr,
                              .index = o->index};
    if (o->classes == o->index)
        o->classes = NULL;
    o->index = NULL;
    o->labels = NULL;
}

enum rn_status rn_files_open(const char *name, const char *given, enum rn_data_half half,
                             struct rn_dataset **ds, struct rn_err *err)
{
    static const char *const names[HALVES] = {"train", "val, validation or valid", "test"};
    const struct set *set = find_set(name);
    struct rn_buf dir = {0}, root = {0};
    struct opening o = {0};
    struct rn_dataset *out = NULL;
    enum rn_status status;

    RN_TRY(check_dir(set, given, &dir, &root, err));
    if (!rn_kind_has(set->kind, dir.data, half)) {
        status = rn_fail(err, RN_E_DATA, "%s: there is no part %s beside %s; it would be %s",
                         dir.data, names[half], first_part(set->kind, dir.data), set->kind->form);
        goto done;
    }
    RN_TRY(scan(set->kind, dir.data, root.data, half, &o, err));
    out = rn_alloc(1, sizeof *out);
    if (!out) {
        status = rn_nomem(err, sizeof *out, "a data set");
        goto done;
    }
    hand_over(&o, set, out);
    RN_TRY(rn_dataset_load_small(out, err));
    *ds = out;
    out = NULL;
done:
    rn_dataset_free(out);
    release(&o);
    rn_buf_release(&dir);
    rn_buf_release(&root);
    return status;
}

enum rn_status rn_files_classes(const char *name, const char *given, int *n, struct rn_err *err)
{
    const struct set *set = find_set(name);
    struct rn_buf dir = {0}, root = {0};
    struct rn_index *index = NULL;
    enum rn_status status;

    RN_TRY(check_dir(set, given, &dir, &root, err));
    RN_TRY(scan_classes(set->kind, dir.data, root.data, true, &index, err));
    *n = index->n_classes;
done:
    rn_index_free(index);
    rn_buf_release(&dir);
    rn_buf_release(&root);
    return status;
}
