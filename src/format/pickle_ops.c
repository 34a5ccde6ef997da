/* The opcodes of the pickle machine: a table, and what its lines do. */
#include <string.h>

#include "format/pickle_machine.h"

/* n: bytes of the argument, or values that are taken. */
struct opcode {
    unsigned char code;
    enum rn_status (*run)(struct rn_pickle_machine *m, const struct opcode *op);
    int n;
    enum rn_pickle_kind kind; /* of what it makes or fills */
};

static enum rn_status push_integer(struct rn_pickle_machine *m, const struct opcode *op)
{
    uint64_t value = 0;
    enum rn_status status;

    RN_TRY(rn_pickle_take_number(m, op->n, &value));
    if (op->n == 4) /* BININT alone has a sign */
        value = (uint64_t)(int64_t)(int32_t)value;
    status = rn_pickle_push_value(
        m, (struct rn_pickle_value){.kind = RN_PICKLE_INT, .u.integer = (int64_t)value});
done:
    return status;
}

static enum rn_status push_long(struct rn_pickle_machine *m, const struct opcode *op)
{
    uint64_t bytes, value;
    enum rn_status status;

    RN_TRY(rn_pickle_take_number(m, op->n, &bytes));
    if (bytes > 8)
        return rn_pickle_bad(m, "an integer of more than 64 bits");
    RN_TRY(rn_pickle_take_number(m, (int)bytes, &value));
    if (bytes > 0 && bytes < 8 && value >> (8 * bytes - 1))
        value |= UINT64_MAX << (8 * bytes);
    status = rn_pickle_push_value(
        m, (struct rn_pickle_value){.kind = RN_PICKLE_INT, .u.integer = (int64_t)value});
done:
    return status;
}

static enum rn_status push_float(struct rn_pickle_machine *m, const struct opcode *op)
{
    struct rn_pickle_value value = {.kind = op->kind};
    const unsigned char *bytes;
    uint64_t bits = 0;
    enum rn_status status;

    RN_TRY(rn_pickle_take(m, (size_t)op->n, &bytes));
    for (size_t i = 0; i < sizeof bits; i++) /* the most significant first */
        bits = bits << 8 | bytes[i];
    memcpy(&value.u.real, &bits, sizeof bits);
    status = rn_pickle_push_value(m, value);
done:
    return status;
}

static enum rn_status push_text(struct rn_pickle_machine *m, const struct opcode *op)
{
    struct rn_pickle_value value = {.kind = op->kind};
    const unsigned char *bytes;
    uint64_t len;
    enum rn_status status;

    RN_TRY(rn_pickle_take_number(m, op->n, &len));
    RN_TRY(rn_pickle_take(m, len, &bytes));
    value.u.text.at = (const char *)bytes;
    value.u.text.len = len;
    status = rn_pickle_push_value(m, value);
done:
    return status;
}

/* A value of the topmost n places, in their order, in their stead. */
static enum rn_status gather_n(struct rn_pickle_machine *m, enum rn_pickle_kind kind, uint32_t n)
{
    struct rn_pickle_value value = {.kind = kind};
    enum rn_status status;

    RN_TRY(rn_pickle_need(m, n));
    if (n > 0) {
        value.u.items.v = rn_alloc(n, sizeof *value.u.items.v);
        if (!value.u.items.v)
            return rn_nomem(m->err, n * sizeof *value.u.items.v, "a pickle's values");
        memcpy(value.u.items.v, m->stack.v + m->stack.n - n, n * sizeof *value.u.items.v);
        value.u.items.n = value.u.items.cap = n;
        m->stack.n -= n;
    }
    status = rn_pickle_push_value(m, value);
    if (status != RN_OK)
        rn_free(value.u.items.v);
done:
    return status;
}

static enum rn_status gather(struct rn_pickle_machine *m, const struct opcode *op)
{
    return gather_n(m, op->kind, (uint32_t)op->n);
}

/* Takes the last mark away; *n: the values that were above it. */
static enum rn_status unmark(struct rn_pickle_machine *m, uint32_t *n)
{
    if (m->marks.n == 0)
        return rn_pickle_bad(m, "an opcode wants a mark and there is none");
    *n = rn_pickle_height(m);
    m->marks.n--;
    return RN_OK;
}

static enum rn_status gather_marked(struct rn_pickle_machine *m, const struct opcode *op)
{
    uint32_t n = 0;
    enum rn_status status;

    RN_TRY(unmark(m, &n));
    status = gather_n(m, op->kind, n);
done:
    return status;
}

/* Moves the topmost n values into the container under them. */
static enum rn_status extend_n(struct rn_pickle_machine *m, enum rn_pickle_kind kind, uint32_t n)
{
    struct rn_pickle_value *into;
    enum rn_status status;

    RN_TRY(rn_pickle_need(m, n + 1));
    into = rn_pickle_top(m, n);
    if (into->kind == RN_PICKLE_OBJECT && kind == RN_PICKLE_DICT) { /* an opaque one's items */
        m->stack.n -= n;
        return RN_OK;
    }
    if (into->kind != kind)
        return rn_pickle_bad(m, kind == RN_PICKLE_LIST ? "items for what is no list"
                                                       : "keys and values for what is no dict");
    if (kind == RN_PICKLE_DICT && n % 2)
        return rn_pickle_bad(m, "a key without a value");
    for (uint32_t i = 0; i < n; i++) {
        struct rn_places items = {into->u.items.v, into->u.items.n, into->u.items.cap};
        RN_TRY(rn_pickle_push_place(&items, m->stack.v[m->stack.n - n + i], m->err));
        into->u.items.v = items.v;
        into->u.items.n = items.n;
        into->u.items.cap = items.cap;
    }
    m->stack.n -= n;
done:
    return status;
}

static enum rn_status extend(struct rn_pickle_machine *m, const struct opcode *op)
{
    return extend_n(m, op->kind, (uint32_t)op->n);
}

static enum rn_status extend_marked(struct rn_pickle_machine *m, const struct opcode *op)
{
    uint32_t n = 0;
    enum rn_status status;

    RN_TRY(unmark(m, &n));
    status = extend_n(m, op->kind, n);
done:
    return status;
}

static enum rn_status push_global(struct rn_pickle_machine *m, const char *module,
                                  size_t module_len, const char *name, size_t len)
{
    const struct rn_pickle_global *global = rn_pickle_global_find(module, module_len, name, len);

    if (!global)
        return rn_fail(
            m->err, RN_E_DATA,
            "%s: byte %zu of its pickle: it wants %.*s.%.*s, which is not on the list of "
            "what a checkpoint may hold; save the state dict alone",
            m->file, m->op_at, (int)(module_len < 100 ? module_len : 100), module,
            (int)(len < 100 ? len : 100), name);
    return rn_pickle_push_value(
        m, (struct rn_pickle_value){.kind = RN_PICKLE_GLOBAL, .u.global = global});
}

/* Two lines: module and name. */
static enum rn_status global_lines(struct rn_pickle_machine *m, const struct opcode *op)
{
    const char *module = (const char *)m->data + m->at, *name, *end;

    (void)op;
    name = memchr(module, '\n', m->len - m->at);
    end = name ? memchr(name + 1, '\n', m->len - m->at - (size_t)(name + 1 - module)) : NULL;
    if (!end)
        return rn_pickle_bad(m, "the name of a global is cut off");
    m->at += (size_t)(end + 1 - module);
    return push_global(m, module, (size_t)(name - module), name + 1, (size_t)(end - name - 1));
}

static enum rn_status global_of_stack(struct rn_pickle_machine *m, const struct opcode *op)
{
    struct rn_pickle_value module, name;
    enum rn_status status;

    RN_TRY(rn_pickle_need(m, (uint32_t)op->n));
    module = *rn_pickle_top(m, 1);
    name = *rn_pickle_top(m, 0);
    if (module.kind != RN_PICKLE_TEXT || name.kind != RN_PICKLE_TEXT)
        return rn_pickle_bad(m, "the name of a global is not a text");
    m->stack.n -= 2;
    status = push_global(m, module.u.text.at, module.u.text.len, name.u.text.at, name.u.text.len);
done:
    return status;
}

/* A global and its arguments become what the list says; no code is run. */
static enum rn_status call(struct rn_pickle_machine *m, const struct opcode *op)
{
    const struct rn_pickle_value *callee, *args;
    struct rn_pickle_value made = {.kind = RN_PICKLE_OBJECT};
    enum rn_status status;

    RN_TRY(rn_pickle_need(m, (uint32_t)op->n));
    callee = rn_pickle_top(m, 1);
    args = rn_pickle_top(m, 0);
    if (callee->kind != RN_PICKLE_GLOBAL || callee->u.global->role == RN_ROLE_STORAGE)
        return rn_pickle_bad(m, "it calls what cannot be called");
    if (args->kind != RN_PICKLE_TUPLE)
        return rn_pickle_bad(m, "it calls with arguments that are no tuple");
    if (callee->u.global->role == RN_ROLE_DICT && args->u.items.n > 0)
        return rn_pickle_bad(m, "an OrderedDict with arguments");
    if (callee->u.global->role == RN_ROLE_PARAMETER) {
        uint32_t first = args->u.items.n ? args->u.items.v[0] : RN_NOWHERE;
        if (first == RN_NOWHERE)
            return rn_pickle_bad(m, "a parameter without a tensor");
        m->stack.n -= 2;
        return rn_pickle_push_place(&m->stack, first, m->err);
    }
    made.args = m->stack.v[m->stack.n - 1];
    if (callee->u.global->role == RN_ROLE_DICT)
        made.kind = RN_PICKLE_DICT;
    else
        made.u.global = callee->u.global;
    m->stack.n -= 2;
    status = rn_pickle_push_value(m, made);
done:
    return status;
}

/* The attributes of an object, which are dropped, but for an array's. */
static enum rn_status build(struct rn_pickle_machine *m, const struct opcode *op)
{
    struct rn_pickle_value *object;
    enum rn_status status;

    RN_TRY(rn_pickle_need(m, (uint32_t)op->n));
    object = rn_pickle_top(m, 1);
    if (object->kind != RN_PICKLE_DICT && object->kind != RN_PICKLE_OBJECT)
        return rn_pickle_bad(m, "attributes for what has none");
    if (object->kind == RN_PICKLE_OBJECT && object->u.global->role == RN_ROLE_ARRAY)
        object->args = m->stack.v[m->stack.n - 1];
    m->stack.n--;
done:
    return status;
}

static enum rn_status persistent(struct rn_pickle_machine *m, const struct opcode *op)
{
    struct rn_pickle_value made = {.kind = RN_PICKLE_STORAGE};
    enum rn_status status;

    RN_TRY(rn_pickle_need(m, (uint32_t)op->n));
    if (rn_pickle_top(m, 0)->kind != RN_PICKLE_TUPLE)
        return rn_pickle_bad(m, "a persistent id that is no tuple");
    made.args = m->stack.v[--m->stack.n];
    status = rn_pickle_push_value(m, made);
done:
    return status;
}

static enum rn_status remember(struct rn_pickle_machine *m, uint64_t index)
{
    enum rn_status status;

    RN_TRY(rn_pickle_need(m, 1));
    if (index >= RN_PICKLE_VALUES)
        return rn_pickle_bad(m, "a memo beyond 2^20");
    while (m->memo.n <= index)
        RN_TRY(rn_pickle_push_place(&m->memo, RN_NOWHERE, m->err));
    m->memo.v[index] = m->stack.v[m->stack.n - 1];
done:
    return status;
}

static enum rn_status put(struct rn_pickle_machine *m, const struct opcode *op)
{
    uint64_t index;
    enum rn_status status;

    RN_TRY(rn_pickle_take_number(m, op->n, &index));
    status = remember(m, index);
done:
    return status;
}

static enum rn_status get(struct rn_pickle_machine *m, const struct opcode *op)
{
    uint64_t index;
    enum rn_status status;

    RN_TRY(rn_pickle_take_number(m, op->n, &index));
    if (index >= m->memo.n || m->memo.v[index] == RN_NOWHERE)
        return rn_pickle_bad(m, "a memo that was never made");
    status = rn_pickle_push_place(&m->stack, m->memo.v[index], m->err);
done:
    return status;
}

static enum rn_status protocol(struct rn_pickle_machine *m, const struct opcode *op)
{
    uint64_t version;
    enum rn_status status;

    RN_TRY(rn_pickle_take_number(m, op->n, &version));
    if (version > 5)
        return rn_pickle_bad(m, "a protocol that is not known; 2 to 5 are");
done:
    return status;
}

static enum rn_status frame(struct rn_pickle_machine *m, const struct opcode *op)
{
    uint64_t size;
    enum rn_status status;

    RN_TRY(rn_pickle_take_number(m, op->n, &size));
    if (size > m->len - m->at)
        return rn_pickle_bad(m, "a frame larger than the pickle");
done:
    return status;
}

static enum rn_status pop(struct rn_pickle_machine *m, const struct opcode *op)
{
    enum rn_status status;

    RN_TRY(rn_pickle_need(m, (uint32_t)op->n));
    m->stack.n--;
done:
    return status;
}

static enum rn_status constant(struct rn_pickle_machine *m, const struct opcode *op)
{
    return rn_pickle_push_value(m, (struct rn_pickle_value){.kind = op->kind, .u.integer = op->n});
}

static enum rn_status mark(struct rn_pickle_machine *m, const struct opcode *op)
{
    (void)op;
    return rn_pickle_push_place(&m->marks, m->stack.n, m->err);
}

static enum rn_status memoize(struct rn_pickle_machine *m, const struct opcode *op)
{
    return remember(m, m->memo.n + (uint32_t)op->n);
}

/* The opcodes that build plain data; the names are those of Python's pickletools. */
static const struct opcode ops[] = {
    {0x80, protocol, 1, 0},                       /* PROTO */
    {0x95, frame, 8, 0},                          /* FRAME */
    {'(', mark, 0, 0},                            /* MARK */
    {'0', pop, 1, 0},                             /* POP */
    {'N', constant, 0, RN_PICKLE_NONE},           /* NONE */
    {0x88, constant, 1, RN_PICKLE_BOOL},          /* NEWTRUE */
    {0x89, constant, 0, RN_PICKLE_BOOL},          /* NEWFALSE */
    {'J', push_integer, 4, RN_PICKLE_INT},        /* BININT */
    {'K', push_integer, 1, RN_PICKLE_INT},        /* BININT1 */
    {'M', push_integer, 2, RN_PICKLE_INT},        /* BININT2 */
    {0x8a, push_long, 1, RN_PICKLE_INT},          /* LONG1 */
    {'G', push_float, 8, RN_PICKLE_FLOAT},        /* BINFLOAT */
    {'X', push_text, 4, RN_PICKLE_TEXT},          /* BINUNICODE */
    {0x8c, push_text, 1, RN_PICKLE_TEXT},         /* SHORT_BINUNICODE */
    {0x8d, push_text, 8, RN_PICKLE_TEXT},         /* BINUNICODE8 */
    {'T', push_text, 4, RN_PICKLE_TEXT},          /* BINSTRING, of Python 2 */
    {'U', push_text, 1, RN_PICKLE_TEXT},          /* SHORT_BINSTRING, likewise */
    {'B', push_text, 4, RN_PICKLE_BYTES},         /* BINBYTES */
    {'C', push_text, 1, RN_PICKLE_BYTES},         /* SHORT_BINBYTES */
    {')', gather, 0, RN_PICKLE_TUPLE},            /* EMPTY_TUPLE */
    {0x85, gather, 1, RN_PICKLE_TUPLE},           /* TUPLE1 */
    {0x86, gather, 2, RN_PICKLE_TUPLE},           /* TUPLE2 */
    {0x87, gather, 3, RN_PICKLE_TUPLE},           /* TUPLE3 */
    {'t', gather_marked, 0, RN_PICKLE_TUPLE},     /* TUPLE */
    {']', gather, 0, RN_PICKLE_LIST},             /* EMPTY_LIST */
    {'a', extend, 1, RN_PICKLE_LIST},             /* APPEND */
    {'e', extend_marked, 0, RN_PICKLE_LIST},      /* APPENDS */
    {'}', gather, 0, RN_PICKLE_DICT},             /* EMPTY_DICT */
    {'s', extend, 2, RN_PICKLE_DICT},             /* SETITEM */
    {'u', extend_marked, 0, RN_PICKLE_DICT},      /* SETITEMS */
    {'c', global_lines, 0, RN_PICKLE_GLOBAL},     /* GLOBAL */
    {0x93, global_of_stack, 2, RN_PICKLE_GLOBAL}, /* STACK_GLOBAL */
    {'R', call, 2, RN_PICKLE_OBJECT},             /* REDUCE */
    {0x81, call, 2, RN_PICKLE_OBJECT},            /* NEWOBJ */
    {'b', build, 2, 0},                           /* BUILD */
    {'Q', persistent, 1, RN_PICKLE_STORAGE},      /* BINPERSID */
    {'q', put, 1, 0},                             /* BINPUT */
    {'r', put, 4, 0},                             /* LONG_BINPUT */
    {0x94, memoize, 0, 0},                        /* MEMOIZE */
    {'h', get, 1, 0},                             /* BINGET */
    {'j', get, 4, 0},                             /* LONG_BINGET */
};

enum rn_status rn_pickle_step(struct rn_pickle_machine *m, unsigned char opcode)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (ops[i].code == opcode)
            return ops[i].run(m, &ops[i]);
    return rn_fail(m->err, RN_E_DATA,
                   "%s: byte %zu of its pickle: opcode 0x%02x, which no checkpoint needs", m->file,
                   m->op_at, opcode);
}
