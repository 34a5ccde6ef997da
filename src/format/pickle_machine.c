/* The stack, the values and the bytes of the pickle machine. */
#include <string.h>

#include "format/pickle_machine.h"

enum rn_status rn_pickle_bad(const struct rn_pickle_machine *m, const char *what)
{
    return rn_fail(m->err, RN_E_DATA, "%s: byte %zu of its pickle: %s", m->file, m->op_at, what);
}

enum rn_status rn_pickle_push_place(struct rn_places *places, uint32_t place, struct rn_err *err)
{
    if (places->n == places->cap) {
        uint32_t cap = places->cap ? places->cap * 2 : 8;
        uint32_t *v = rn_realloc(places->v, cap, sizeof *v);
        if (!v)
            return rn_nomem(err, cap * sizeof *v, "a pickle's values");
        places->v = v;
        places->cap = cap;
    }
    places->v[places->n++] = place;
    return RN_OK;
}

enum rn_status rn_pickle_push_value(struct rn_pickle_machine *m, struct rn_pickle_value value)
{
    struct rn_pickle *pickle = &m->pickle;

    if (pickle->n == RN_PICKLE_VALUES)
        return rn_pickle_bad(m, "more than 2^20 values; this is no checkpoint of a network");
    if (pickle->n == pickle->cap) {
        uint32_t cap = pickle->cap ? pickle->cap * 2 : 256;
        struct rn_pickle_value *values = rn_realloc(pickle->values, cap, sizeof *values);
        if (!values)
            return rn_nomem(m->err, cap * sizeof *values, "a pickle's values");
        pickle->values = values;
        pickle->cap = cap;
    }
    pickle->values[pickle->n] = value;
    return rn_pickle_push_place(&m->stack, pickle->n++, m->err);
}

/* Values above the last mark: what an opcode may take. */
uint32_t rn_pickle_height(const struct rn_pickle_machine *m)
{
    return m->stack.n - (m->marks.n ? m->marks.v[m->marks.n - 1] : 0);
}

enum rn_status rn_pickle_need(const struct rn_pickle_machine *m, uint32_t n)
{
    return rn_pickle_height(m) >= n
               ? RN_OK
               : rn_pickle_bad(m, "an opcode takes more than there is on the stack");
}

/* The value below `down` others. */
struct rn_pickle_value *rn_pickle_top(const struct rn_pickle_machine *m, uint32_t down)
{
    return &m->pickle.values[m->stack.v[m->stack.n - 1 - down]];
}

enum rn_status rn_pickle_take(struct rn_pickle_machine *m, size_t n, const unsigned char **bytes)
{
    if (n > m->len - m->at)
        return rn_pickle_bad(m, "an argument that goes beyond the end; the pickle is cut off");
    *bytes = m->data + m->at;
    m->at += n;
    return RN_OK;
}

enum rn_status rn_pickle_take_number(struct rn_pickle_machine *m, int bytes, uint64_t *value)
{
    const unsigned char *at;
    enum rn_status status;

    RN_TRY(rn_pickle_take(m, (size_t)bytes, &at));
    *value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        *value = *value << 8 | at[i];
done:
    return status;
}
