/*
 * pickle.h: what a pickle says, as a table of values; nothing in it is ever run. Private to format.
 *
 * A pickle is a program for a stack machine. This one knows the opcodes that build plain data, and
 * a closed list of globals (pickle_globals.c): a global that is called becomes an object that
 * remembers its arguments, and any other is refused by name. Values refer to each other by their
 * place in the table, so that shared and even circular ones cost nothing; whoever walks them must
 * not follow them to any depth. At most 256 MiB of pickle and 2^20 values are read.
 */
#ifndef RN_FORMAT_PICKLE_H
#define RN_FORMAT_PICKLE_H

#include <stdbool.h>
#include <stdint.h>

#include "regnet/memory.h"

enum rn_pickle_kind {
    RN_PICKLE_NONE,
    RN_PICKLE_BOOL,   /* integer: 0 or 1 */
    RN_PICKLE_INT,    /* integer */
    RN_PICKLE_FLOAT,  /* real */
    RN_PICKLE_TEXT,   /* text */
    RN_PICKLE_BYTES,  /* text */
    RN_PICKLE_TUPLE,  /* items */
    RN_PICKLE_LIST,   /* items */
    RN_PICKLE_DICT,   /* items: key, value, key, value, ... */
    RN_PICKLE_GLOBAL, /* global */
    RN_PICKLE_OBJECT, /* global, called with args */
    RN_PICKLE_STORAGE /* a persistent id: args */
};

/* What the machine makes of a global that is called. */
enum rn_pickle_role {
    RN_ROLE_OPAQUE,    /* an object that nobody looks into */
    RN_ROLE_DICT,      /* an empty dict */
    RN_ROLE_PARAMETER, /* its first argument */
    RN_ROLE_TENSOR,    /* an object: storage, offset, shape, strides, ... */
    RN_ROLE_ARRAY,     /* an object whose args are the state that it is given, of NumPy's */
    RN_ROLE_STORAGE    /* not to be called: the type in a persistent id */
};

struct rn_pickle_global {
    const char *name; /* "torch.FloatStorage" */
    enum rn_pickle_role role;
    const char *dtype; /* of a storage, as dtype.h spells it */
};

struct rn_pickle_value {
    enum rn_pickle_kind kind;
    uint32_t args; /* a tuple's place */
    union {
        int64_t integer;
        double real;
        const struct rn_pickle_global *global;
        struct {
            const char *at; /* not terminated; borrowed from the pickle's bytes */
            size_t len;
        } text;
        struct {
            uint32_t *v; /* places of values */
            uint32_t n, cap;
        } items;
    } u;
};

struct rn_pickle {
    uint32_t n, cap, root;
    struct rn_pickle_value *values; /* yours: rn_pickle_release */
};

/* data is borrowed until rn_pickle_release; name is for messages. RN_E_DATA names the byte. */
enum rn_status rn_pickle_read(const void *data, size_t len, const char *name,
                              struct rn_pickle *pickle, struct rn_err *err);
void rn_pickle_release(struct rn_pickle *pickle);

const char *rn_pickle_kind_text(enum rn_pickle_kind kind); /* "a dict" */
bool rn_pickle_is_text(const struct rn_pickle_value *value, const char *text);
/* The i-th item of a tuple, list or dict (keys and values count), of a kind; NULL: there is none.
 */
const struct rn_pickle_value *rn_pickle_item(const struct rn_pickle *pickle,
                                             const struct rn_pickle_value *of, uint32_t i,
                                             enum rn_pickle_kind kind);
/* The value of a text key; NULL when of is no dict or lacks it. */
const struct rn_pickle_value *rn_pickle_get(const struct rn_pickle *pickle,
                                            const struct rn_pickle_value *of, const char *key);
/* The global "module.name" of the closed list, or NULL. */
const struct rn_pickle_global *rn_pickle_global_find(const char *module, size_t module_len,
                                                     const char *name, size_t len);

#endif
