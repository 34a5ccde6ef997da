/* Reads space files: a file's base first, then what the file itself says on top of it. */
#include <stdio.h>
#include <string.h>

#include "read.h"
#include "regnet/file.h"

#define INHERITANCE_LIMIT 16

static const char *const families[] = {[RN_FAMILY_NONE] = "",
                                       [RN_FAMILY_ANYNET] = "anynet",
                                       [RN_FAMILY_REGNET] = "regnet",
                                       [RN_FAMILY_ANY] = "any"};

/* The parts that a file and an overlay's sections have in common. */
static enum rn_status read_parts(const struct rn_value *map, struct rn_space *space,
                                 struct rn_err *err)
{
    const struct rn_value *parameters = rn_value_get(map, "parameters");
    const struct rn_value *constraints = rn_value_get(map, "constraints");
    enum rn_status status = RN_OK;

    if (parameters)
        RN_TRY(rn_read_parameters(parameters, space, err));
    if (constraints)
        RN_TRY(rn_read_constraints(constraints, space, err));
done:
    return status;
}

static enum rn_status read_section(const struct rn_value *section, struct rn_space *space,
                                   struct rn_err *err)
{
    static const char *const keys[] = {"parameters", "constraints"};
    enum rn_status status;
    int i;

    RN_TRY(rn_expect_map(section, "a family's section", err));
    for (size_t k = 0; k < section->n; k++)
        RN_TRY(rn_read_key(&section->keys[k], "key", keys, 2, &i, err));
    status = read_parts(section, space, err);
done:
    return status;
}

/* The path of a base: a file from where this one lies, or a name. */
static enum rn_status base_path(const struct rn_value *base, const char *path, struct rn_buf *out,
                                struct rn_err *err)
{
    struct rn_err inner = {0};
    const char *text, *slash = strrchr(path, '/');
    enum rn_status status;
    size_t len;

    RN_TRY(rn_value_text(base, &text, err));
    len = strlen(text);
    if (len < 5 || strcmp(text + len - 5, ".yaml") != 0) {
        status = rn_space_find(text, out, &inner);
        if (status == RN_E_CONFIG)
            status = rn_value_fail(base, err, "%s", inner.msg);
        return status;
    }
    out->len = 0;
    if (text[0] != '/' && slash)
        RN_TRY(rn_buf_add(out, path, (size_t)(slash - path) + 1, err));
    status = rn_buf_add(out, text, len, err);
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
        return rn_value_fail(value, err, "the family must be anynet, regnet or any");
    RN_TRY(rn_read_key(value, "family", families + 1, 3, &i, err));
    i++;
    if (i == RN_FAMILY_ANY && space->family == RN_FAMILY_NONE)
        RN_TRY(rn_value_fail(value, err, "an overlay is applied to a space: write SPACE@OVERLAY"));
    if (i != RN_FAMILY_ANY && space->family != RN_FAMILY_NONE && i != (int)space->family)
        RN_TRY(rn_value_fail(value, err, "the family is %s, but the base's is %s", families[i],
                             families[space->family]));
    if (i != RN_FAMILY_ANY)
        space->family = (enum rn_family)i;
done:
    return status;
}

static enum rn_status read_name(const struct rn_value *root, struct rn_space *space,
                                struct rn_err *err)
{
    const struct rn_value *value = rn_value_get(root, "name");
    enum rn_status status;
    const char *text;

    if (!value)
        return rn_value_fail(root, err, "a space needs a name");
    RN_TRY(rn_value_text(value, &text, err));
    if (strlen(text) > 40 || strpbrk(text, "/@\n\t"))
        RN_TRY(rn_value_fail(value, err, "a name has at most 40 characters, and no / or @"));
    snprintf(space->name, sizeof space->name, "%s", text);
done:
    return status;
}

/* The keys of a file, in the order of their reading: a base comes before all else. */
static enum rn_status check_keys(const struct rn_value *root, bool overlay, struct rn_err *err)
{
    static const char *const keys[] = {"name",    "description", "family", "base",
                                       "network", "parameters",  "window", "constraints",
                                       "anynet",  "regnet"};
    enum rn_status status;
    int i;

    RN_TRY(rn_expect_map(root, "a space", err));
    for (size_t k = 0; k < root->n; k++) {
        RN_TRY(rn_read_key(&root->keys[k], "key", keys, 10, &i, err));
        if (overlay ? i == 3 || i == 5 : i >= 8)
            RN_TRY(rn_value_fail(&root->keys[k], err, "%s has no \"%s\"",
                                 overlay ? "an overlay (family: any)" : "a space", keys[i]));
    }
done:
    return status;
}

static bool is_overlay(const struct rn_value *root)
{
    const struct rn_value *family = rn_value_get(root, "family");

    return family && family->kind == RN_VALUE_SCALAR &&
           strcmp(family->text, families[RN_FAMILY_ANY]) == 0;
}

static enum rn_status read_base(const struct rn_value *root, const char *path,
                                struct rn_space *space, int depth, struct rn_err *err)
{
    const struct rn_value *base = rn_value_get(root, "base");
    struct rn_buf base_file = {0};
    enum rn_status status = RN_OK;

    if (!base)
        return RN_OK;
    if (depth >= INHERITANCE_LIMIT)
        RN_TRY(rn_value_fail(base, err,
                             "more than %d bases in a row: does the space derive from "
                             "itself?",
                             INHERITANCE_LIMIT));
    RN_TRY(base_path(base, path, &base_file, err));
    if (!rn_path_exists(base_file.data))
        RN_TRY(rn_value_fail(base, err, "there is no file %s", base_file.data));
    status = rn_space_read(space, base_file.data, depth + 1, err);
done:
    rn_buf_release(&base_file);
    return status;
}

static enum rn_status read_sections(const struct rn_value *root, struct rn_space *space,
                                    struct rn_err *err)
{
    const struct rn_value *network = rn_value_get(root, "network");
    const struct rn_value *window = rn_value_get(root, "window");
    const struct rn_value *section = rn_value_get(root, families[space->family]);
    enum rn_status status = RN_OK;

    if (network)
        RN_TRY(rn_read_network(network, &space->arch, err));
    if (window)
        RN_TRY(rn_read_window(window, space, err));
    RN_TRY(read_parts(root, space, err));
    if (section)
        status = read_section(section, space, err);
done:
    return status;
}

enum rn_status rn_space_read_root(struct rn_space *space, const struct rn_value *root,
                                  const char *path, int depth, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(check_keys(root, is_overlay(root), err));
    RN_TRY(read_base(root, path, space, depth, err));
    RN_TRY(read_family(root, space, err));
    RN_TRY(read_name(root, space, err));
    status = read_sections(root, space, err);
done:
    return status;
}

enum rn_status rn_space_read(struct rn_space *space, const char *path, int depth,
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

enum rn_status rn_space_is_overlay(const char *path, bool *overlay, struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_read(path, &doc, err));
    *overlay = is_overlay(rn_doc_root(doc));
done:
    rn_doc_free(doc);
    return status;
}
