/* Where two files say different things: their trees walked side by side. */
#include "value_diff.h"

#include <string.h>

struct walk {
    rn_value_diff_fn *visit;
    void *arg;
    struct rn_buf path;
};

/* A scalar as its text, a list as [a, b]. */
static enum rn_status add_text(struct rn_buf *out, const struct rn_value *value, struct rn_err *err)
{
    enum rn_status status;

    if (!value || value->kind == RN_VALUE_MAP)
        return rn_buf_addf(out, err, "nothing");
    if (value->kind == RN_VALUE_SCALAR)
        return rn_buf_addf(out, err, "%s", value->text);
    RN_TRY(rn_buf_addf(out, err, "["));
    for (size_t i = 0; i < value->n; i++) {
        if (i)
            RN_TRY(rn_buf_addf(out, err, ", "));
        RN_TRY(add_text(out, &value->items[i], err));
    }
    status = rn_buf_addf(out, err, "]");
done:
    return status;
}

static enum rn_status compare(struct walk *walk, const struct rn_value *a, const struct rn_value *b,
                              struct rn_err *err)
{
    struct rn_buf text_a = {0}, text_b = {0};
    enum rn_status status;

    RN_TRY(add_text(&text_a, a, err));
    RN_TRY(add_text(&text_b, b, err));
    if (strcmp(text_a.data, text_b.data) != 0)
        status = walk->visit(walk->arg, walk->path.data, text_a.data, text_b.data, err);
done:
    rn_buf_release(&text_a);
    rn_buf_release(&text_b);
    return status;
}

static enum rn_status walk_pair(struct walk *walk, const struct rn_value *a,
                                const struct rn_value *b, struct rn_err *err);

static enum rn_status walk_key(struct walk *walk, const char *key, const struct rn_value *a,
                               const struct rn_value *b, struct rn_err *err)
{
    size_t len = walk->path.len;
    enum rn_status status;

    RN_TRY(rn_buf_addf(&walk->path, err, "%s%s", len ? "." : "", key));
    status = walk_pair(walk, a, b, err);
    walk->path.len = len;
    walk->path.data[len] = 0;
done:
    return status;
}

static bool is_map(const struct rn_value *value)
{
    return value && value->kind == RN_VALUE_MAP;
}

static enum rn_status walk_pair(struct walk *walk, const struct rn_value *a,
                                const struct rn_value *b, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (!is_map(a) && !is_map(b))
        return compare(walk, a, b, err);
    for (size_t i = 0; is_map(b) && i < b->n; i++)
        RN_TRY(
            walk_key(walk, b->keys[i].text, rn_value_get(a, b->keys[i].text), &b->items[i], err));
    for (size_t i = 0; is_map(a) && i < a->n; i++)
        if (!rn_value_get(b, a->keys[i].text))
            RN_TRY(walk_key(walk, a->keys[i].text, &a->items[i], NULL, err));
done:
    return status;
}

enum rn_status rn_value_diff(const struct rn_value *a, const struct rn_value *b,
                             rn_value_diff_fn *visit, void *arg, struct rn_err *err)
{
    struct walk walk = {.visit = visit, .arg = arg};
    enum rn_status status = walk_pair(&walk, a, b, err);

    rn_buf_release(&walk.path);
    return status;
}

enum rn_status rn_yaml_diff(const struct rn_buf *a, const struct rn_buf *b, rn_value_diff_fn *visit,
                            void *arg, struct rn_err *err)
{
    struct rn_doc *docs[2] = {NULL, NULL};
    enum rn_status status;

    RN_TRY(rn_doc_parse_yaml(a->data, a->len, "what is there", &docs[0], err));
    RN_TRY(rn_doc_parse_yaml(b->data, b->len, "what is asked", &docs[1], err));
    status = rn_value_diff(rn_doc_root(docs[0]), rn_doc_root(docs[1]), visit, arg, err);
done:
    rn_doc_free(docs[0]);
    rn_doc_free(docs[1]);
    return status;
}
