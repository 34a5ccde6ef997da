/* The pickle reader: runs the machine to its STOP; and how to look at what it made. */
#include <string.h>

#include "format/pickle_machine.h"

#define BYTES_MAX ((size_t)256 << 20) /* CIFAR-100 has 155 MB */

static enum rn_status run(struct rn_pickle_machine *m)
{
    enum rn_status status;

    if (m->len > BYTES_MAX)
        return rn_pickle_bad(m, "more than 256 MiB; nothing that is read has so many");
    while (m->at < m->len) {
        unsigned char op = m->data[m->at];
        m->op_at = m->at++;
        if (op != '.') {
            RN_TRY(rn_pickle_step(m, op));
            continue;
        }
        if (m->stack.n != 1 || m->marks.n != 0)
            return rn_pickle_bad(m, "it ends with more or less than one value");
        m->pickle.root = m->stack.v[0];
        return RN_OK;
    }
    m->op_at = m->len;
    status = rn_pickle_bad(m, "it ends without a STOP; the pickle is cut off");
done:
    return status;
}

enum rn_status rn_pickle_read(const void *data, size_t len, const char *name,
                              struct rn_pickle *pickle, struct rn_err *err)
{
    struct rn_pickle_machine m = {.data = data, .len = len, .file = name, .err = err};
    enum rn_status status = run(&m);

    rn_free(m.stack.v);
    rn_free(m.marks.v);
    rn_free(m.memo.v);
    if (status == RN_OK)
        *pickle = m.pickle;
    else
        rn_pickle_release(&m.pickle);
    return status;
}

static bool has_items(enum rn_pickle_kind kind)
{
    return kind == RN_PICKLE_TUPLE || kind == RN_PICKLE_LIST || kind == RN_PICKLE_DICT;
}

void rn_pickle_release(struct rn_pickle *pickle)
{
    for (uint32_t i = 0; i < pickle->n; i++)
        if (has_items(pickle->values[i].kind))
            rn_free(pickle->values[i].u.items.v);
    rn_free(pickle->values);
    *pickle = (struct rn_pickle){0};
}

const char *rn_pickle_kind_text(enum rn_pickle_kind kind)
{
    static const char *const texts[] = {"None",   "a bool",   "an integer", "a float",
                                        "a text", "bytes",    "a tuple",    "a list",
                                        "a dict", "a global", "an object",  "a storage"};

    return texts[kind];
}

bool rn_pickle_is_text(const struct rn_pickle_value *value, const char *text)
{
    return value && value->kind == RN_PICKLE_TEXT && value->u.text.len == strlen(text) &&
           memcmp(value->u.text.at, text, value->u.text.len) == 0;
}

const struct rn_pickle_value *rn_pickle_item(const struct rn_pickle *pickle,
                                             const struct rn_pickle_value *of, uint32_t i,
                                             enum rn_pickle_kind kind)
{
    const struct rn_pickle_value *item;

    if (!of || !has_items(of->kind) || i >= of->u.items.n)
        return NULL;
    item = &pickle->values[of->u.items.v[i]];
    return item->kind == kind ? item : NULL;
}

const struct rn_pickle_value *rn_pickle_get(const struct rn_pickle *pickle,
                                            const struct rn_pickle_value *of, const char *key)
{
    if (!of || of->kind != RN_PICKLE_DICT)
        return NULL;
    for (uint32_t i = 0; i + 1 < of->u.items.n; i += 2)
        if (rn_pickle_is_text(&pickle->values[of->u.items.v[i]], key))
            return &pickle->values[of->u.items.v[i + 1]];
    return NULL;
}
