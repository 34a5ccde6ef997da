/* Reads space files: a file's base first, then what the file itself says on top of it, then
   overlays. */
#include <stdio.h>
#include <string.h>

#include "read.h"
#include "regnet/file.h"

#define INHERITANCE_LIMIT 16

static const char *const families[] = {[RN_FAMILY_NONE] = "",
                                       [RN_FAMILY_ANYNET] = "anynet",
                                       [RN_FAMILY_REGNET] = "regnet",
                                       [RN_FAMILY_ANY] = "any",
                                       [RN_FAMILY_CONFIG] = "config"};

const char *rn_family_text(enum rn_family family)
{
    return families[family];
}

/* What a file, an overlay, and what a space says of an overlay have in common. */
static enum rn_status read_parts(const struct rn_value *map, struct rn_space *space,
                                 struct rn_err *err)
{
    const struct rn_value *network = rn_value_get(map, "network");
    const struct rn_value *window = rn_value_get(map, "window");
    const struct rn_value *parameters = rn_value_get(map, "parameters");
    const struct rn_value *constraints = rn_value_get(map, "constraints");
    enum rn_status status = RN_OK;

    if (network)
        RN_TRY(rn_read_network(network, &space->arch, err));
    if (window)
        RN_TRY(rn_read_window(window, space, err));
    if (parameters)
        RN_TRY(rn_read_parameters(parameters, space, err));
    if (constraints)
        RN_TRY(rn_read_constraints(constraints, space, err));
done:
    return status;
}

static enum rn_status read_name(const struct rn_value *root, char name[RN_NAME_MAX],
                                struct rn_err *err)
{
    const struct rn_value *value = rn_value_get(root, "name");
    enum rn_status status;
    const char *text;

    if (!value)
        return rn_value_fail(root, err, "a space needs a name");
    RN_TRY(rn_value_text(value, &text, err));
    if (!*text || strlen(text) > 40 || strpbrk(text, "/@\n\t"))
        RN_TRY(rn_value_fail(value, err, "a name has 1 to 40 characters, and no / or @"));
    snprintf(name, RN_NAME_MAX, "%s", text);
done:
    return status;
}

static enum rn_status read_family(const struct rn_value *root, struct rn_space *space,
                                  struct rn_err *err)
{
    const struct rn_value *value = rn_value_get(root, "family");
    enum rn_status status;
    int i;

    if (!value && space->family == RN_FAMILY_NONE)
        return rn_value_fail(root, err, "a space needs a family (anynet or regnet) or a base");
    if (!value)
        return RN_OK;
    if (value->kind != RN_VALUE_SCALAR)
        return rn_value_fail(value, err, "the family must be anynet or regnet");
    RN_TRY(rn_read_key(value, "family", families + RN_FAMILY_ANYNET, 2, &i, err));
    i += RN_FAMILY_ANYNET;
    if (space->family != RN_FAMILY_NONE && i != (int)space->family)
        RN_TRY(rn_value_fail(value, err, "the family is %s, but the base's is %s", families[i],
                             families[space->family]));
    if (space->family == RN_FAMILY_NONE)
        rn_space_set_family(space, (enum rn_family)i);
done:
    return status;
}

/* Where NAME[@OVERLAY...] ends and its overlays begin. */
static size_t stem_length(const char *name)
{
    const char *slash = strrchr(name, '/');

    return (size_t)(slash ? slash - name : 0) + strcspn(slash ? slash : name, "@");
}

/* The file of a name, or of a path that ends in .yaml and starts from the file that names it. */
static enum rn_status locate(const char *name, const char *from, struct rn_buf *path,
                             struct rn_err *err)
{
    const char *slash = strrchr(from, '/');
    size_t len = stem_length(name);
    char stem[RN_NAME_MAX];
    enum rn_status status;

    if (len < 5 || strncmp(name + len - 5, ".yaml", 5) != 0) {
        snprintf(stem, sizeof stem, "%.*s", (int)(len < 60 ? len : 60), name);
        return rn_space_find(stem, path, err);
    }
    path->len = 0;
    if (name[0] != '/' && slash)
        RN_TRY(rn_buf_add(path, from, (size_t)(slash - from) + 1, err));
    RN_TRY(rn_buf_add(path, name, len, err));
    if (!rn_path_exists(path->data))
        status = rn_fail(err, RN_E_IO, "there is no file %s", path->data);
done:
    return status;
}

/* The path of a file's base; what is wrong with its name is said where the name stands. */
static enum rn_status locate_base(const struct rn_value *base, const char *from, int depth,
                                  struct rn_buf *path, struct rn_err *err)
{
    struct rn_err inner = {0};
    const char *text;
    enum rn_status status;

    if (depth >= INHERITANCE_LIMIT)
        return rn_value_fail(base, err,
                             "more than %d bases in a row: does the space derive from itself?",
                             INHERITANCE_LIMIT);
    RN_TRY(rn_value_text(base, &text, err));
    status = locate(text, from, path, &inner);
    if (status == RN_E_CONFIG || status == RN_E_IO)
        status = rn_value_fail(base, err, "%s", inner.msg);
    else if (status != RN_OK)
        status = rn_fail(err, status, "%s", inner.msg);
done:
    return status;
}

static enum rn_status read_base(const struct rn_value *base, const char *from,
                                struct rn_space *space, int depth, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(locate_base(base, from, depth, &path, err));
    status = rn_space_read(space, base->text, from, depth + 1, err);
done:
    rn_buf_release(&path);
    return status;
}

/* The base's are of other networks. */
static enum rn_status read_draws(const struct rn_value *list, struct rn_space *space,
                                 struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (space->draws)
        space->networks = 0;
    rn_free(space->draws);
    space->draws = NULL;
    if (!list)
        return RN_OK;
    if (list->kind != RN_VALUE_LIST || list->n == 0)
        return rn_value_fail(list, err, "draws must be a list of numbers of networks");
    space->draws = rn_alloc(list->n, sizeof *space->draws);
    if (!space->draws)
        return rn_nomem(err, list->n * sizeof *space->draws, "a space");
    space->networks = list->n;
    for (size_t i = 0; i < list->n; i++) {
        long long draw;
        RN_TRY(rn_value_int(&list->items[i], &draw, err));
        if (draw < 0)
            RN_TRY(rn_value_fail(&list->items[i], err, "networks are numbered from 0"));
        space->draws[i] = (uint64_t)draw;
    }
done:
    return status;
}

static enum rn_status check_overlays(const struct rn_value *overlays, struct rn_err *err)
{
    static const char *const keys[] = {"network", "parameters", "window", "constraints"};
    enum rn_status status;

    RN_TRY(rn_expect_map(overlays, "overlays", err));
    for (size_t i = 0; i < overlays->n; i++)
        RN_TRY(rn_check_keys(&overlays->items[i], "an overlay's section", "key", keys, 4, err));
done:
    return status;
}

static bool is_overlay(const struct rn_value *root)
{
    const struct rn_value *family = rn_value_get(root, "family");

    return family && family->kind == RN_VALUE_SCALAR &&
           strcmp(family->text, families[RN_FAMILY_ANY]) == 0;
}

enum rn_status rn_space_read_root(struct rn_space *space, const struct rn_value *root,
                                  const char *path, int depth, struct rn_err *err)
{
    static const char *const keys[] = {"name",    "description", "family", "base",
                                       "network", "parameters",  "window", "constraints",
                                       "draws",   "overlays"};
    const struct rn_value *base = rn_value_get(root, "base");
    const struct rn_value *overlays = rn_value_get(root, "overlays");
    enum rn_status status;

    if (rn_value_get(root, "SETUP"))
        return rn_read_sweep(root, path, space, err);
    if (is_overlay(root))
        return rn_value_fail(root, err, "an overlay is applied to a space: write SPACE@OVERLAY");
    RN_TRY(rn_check_keys(root, "a space", "key", keys, 10, err));
    if (base)
        RN_TRY(read_base(base, path, space, depth, err));
    RN_TRY(read_family(root, space, err));
    RN_TRY(read_name(root, space->name, err));
    RN_TRY(rn_read_description(rn_value_get(root, "description"), space, err));
    if (overlays)
        RN_TRY(check_overlays(overlays, err));
    RN_TRY(read_draws(rn_value_get(root, "draws"), space, err));
    status = read_parts(root, space, err);
done:
    return status;
}

static enum rn_status read_file(struct rn_space *space, const char *path, int depth,
                                struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_read(path, &doc, err));
    status = rn_space_read_root(space, rn_doc_root(doc), path, depth, err);
done:
    rn_doc_free(doc);
    return status;
}

/* An overlay's file on top of a space; name: the overlay's own. */
static enum rn_status read_overlay(struct rn_space *space, const char *path, char name[RN_NAME_MAX],
                                   struct rn_err *err)
{
    static const char *const keys[] = {"name",   "description", "family", "network",
                                       "window", "constraints", "anynet", "regnet"};
    static const char *const family_keys[] = {"parameters", "constraints"};
    const struct rn_value *root, *section;
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_read(path, &doc, err));
    root = rn_doc_root(doc);
    if (!is_overlay(root))
        RN_TRY(rn_value_fail(root, err, "this is a space and no overlay (family: any)"));
    RN_TRY(rn_check_keys(root, "an overlay", "key", keys, 8, err));
    RN_TRY(read_name(root, name, err));
    RN_TRY(read_parts(root, space, err));
    section = rn_value_get(root, families[space->family]);
    if (section) {
        RN_TRY(rn_check_keys(section, "a family's section", "key", family_keys, 2, err));
        status = read_parts(section, space, err);
    }
done:
    rn_doc_free(doc);
    return status;
}

/* What a space and its bases say of an overlay. */
static enum rn_status read_adaptions(struct rn_space *space, const char *path, const char *overlay,
                                     int depth, struct rn_err *err)
{
    const struct rn_value *root, *base, *section;
    struct rn_buf base_path = {0};
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_read(path, &doc, err));
    root = rn_doc_root(doc);
    base = rn_value_get(root, "base");
    section = rn_value_get(rn_value_get(root, "overlays"), overlay);
    if (base) {
        RN_TRY(locate_base(base, path, depth, &base_path, err));
        RN_TRY(read_adaptions(space, base_path.data, overlay, depth + 1, err));
    }
    if (section)
        status = read_parts(section, space, err);
done:
    rn_buf_release(&base_path);
    rn_doc_free(doc);
    return status;
}

/* The overlays of NAME@OVERLAY@OVERLAY, one on top of the other. */
static enum rn_status apply_overlays(struct rn_space *space, const char *overlays, const char *path,
                                     int depth, struct rn_err *err)
{
    struct rn_buf overlay_path = {0};
    enum rn_status status = RN_OK;

    while (*overlays == '@') {
        char asked[RN_NAME_MAX], name[RN_NAME_MAX];
        size_t len = strcspn(overlays + 1, "@");
        snprintf(asked, sizeof asked, "%.*s", (int)(len < 60 ? len : 60), overlays + 1);
        overlays += len + 1;
        RN_TRY(rn_space_find(asked, &overlay_path, err));
        RN_TRY(read_overlay(space, overlay_path.data, name, err));
        RN_TRY(read_adaptions(space, path, name, depth, err));
        len = strlen(space->name);
        if (len + strlen(name) + 2 > sizeof space->name)
            RN_TRY(rn_fail(err, RN_E_CONFIG, "space %s has too many overlays", space->name));
        snprintf(space->name + len, sizeof space->name - len, "@%s", name);
    }
done:
    rn_buf_release(&overlay_path);
    return status;
}

enum rn_status rn_space_read(struct rn_space *space, const char *name, const char *from, int depth,
                             struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(locate(name, from, &path, err));
    RN_TRY(read_file(space, path.data, depth, err));
    status = apply_overlays(space, name + stem_length(name), path.data, depth, err);
done:
    rn_buf_release(&path);
    return status;
}
