/*
 * pickle_machine.h: the pickle machine's parts: pickle_machine.c has stack, values and bytes,
 * pickle_ops.c the opcodes, pickle.c runs them. Private to format.
 */
#ifndef RN_FORMAT_PICKLE_MACHINE_H
#define RN_FORMAT_PICKLE_MACHINE_H

#include "format/pickle.h"

#define RN_PICKLE_VALUES (UINT32_C(1) << 20) /* at most */
#define RN_NOWHERE UINT32_MAX                /* the place of no value */

/* Places of values. */
struct rn_places {
    uint32_t *v, n, cap;
};

struct rn_pickle_machine {
    const unsigned char *data;
    size_t len, at, op_at; /* the next byte; the opcode that is being done */
    const char *file;
    struct rn_err *err;
    struct rn_pickle pickle;
    struct rn_places stack, marks, memo; /* marks: heights of the stack */
};

enum rn_status rn_pickle_bad(const struct rn_pickle_machine *m, const char *what);
enum rn_status rn_pickle_push_place(struct rn_places *places, uint32_t place, struct rn_err *err);
enum rn_status rn_pickle_push_value(struct rn_pickle_machine *m, struct rn_pickle_value value);
/* Values above the last mark: what an opcode may take. */
uint32_t rn_pickle_height(const struct rn_pickle_machine *m);
enum rn_status rn_pickle_need(const struct rn_pickle_machine *m, uint32_t n);
/* The value below `down` others. */
struct rn_pickle_value *rn_pickle_top(const struct rn_pickle_machine *m, uint32_t down);
/* The next n bytes; the next `bytes` bytes as a number. */
enum rn_status rn_pickle_take(struct rn_pickle_machine *m, size_t n, const unsigned char **bytes);
enum rn_status rn_pickle_take_number(struct rn_pickle_machine *m, int bytes, uint64_t *value);

/* Does the opcode; RN_E_DATA for one that is not known. Any but STOP. */
enum rn_status rn_pickle_step(struct rn_pickle_machine *m, unsigned char opcode);

#endif
