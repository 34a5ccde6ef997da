/*
 * constraint.h: the expressions of a space's `constraints` (docs/spaces.md).
 *
 *     constraint = "shared" "(" letter ")" | "all" "(" comparison ")" | comparison
 *     comparison = term op term [op term]        op = "<" | "<=" | "==" | ">=" | ">"
 *     term       = number | name | letter "[" "i" ["+" "1"] "]"
 *
 * An expression is parsed into a constraint, which says nothing of a space: whether its letters
 * mean anything there is the reader's business.
 */
#ifndef RN_SPACE_CONSTRAINT_H
#define RN_SPACE_CONSTRAINT_H

#include <stdint.h>

#include "dist.h"
#include "regnet/value.h"

/* What a limit bounds. The last three are a stage's, and every stage must keep them. */
enum rn_quantity {
    RN_QUANTITY_FLOPS,
    RN_QUANTITY_PARAMS,
    RN_QUANTITY_ACTS,
    RN_QUANTITY_STAGES,
    RN_QUANTITY_DEPTH,
    RN_QUANTITY_WIDTH,
    RN_QUANTITY_GROUP,
    RN_QUANTITIES
};

struct rn_limit {
    enum rn_quantity quantity;
    int64_t lo, hi; /* both included */
    char text[64];  /* as the file says it, for messages */
};

enum rn_constraint_kind { RN_CONSTRAINT_SHARED, RN_CONSTRAINT_ORDER, RN_CONSTRAINT_LIMIT };

struct rn_constraint {
    enum rn_constraint_kind kind;
    char letter;         /* shared, order: d, w, b or g */
    enum rn_order order; /* of the stages, from the first */
    struct rn_limit limit;
};

/* RN_E_CONFIG with file, line, column, the expression and a mark below the place. */
enum rn_status rn_constraint_parse(const struct rn_value *value, struct rn_constraint *constraint,
                                   struct rn_err *err);

/* The whole numbers x with lo <= x <= hi, for a range of doubles that may be infinite. */
void rn_limit_set(struct rn_limit *limit, double lo, double hi);

/* The name of a quantity as expressions write it. */
extern const char *const rn_quantity_names[RN_QUANTITIES];

#endif
