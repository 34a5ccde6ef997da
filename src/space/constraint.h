/*
 * constraint.h: one constraint of a space: an expression, or that something is shared.
 *
 * A constraint outlives the file that it was read from and is checked again when the space is
 * whole, since a derived space may change what it speaks of.
 */
#ifndef RN_SPACE_CONSTRAINT_H
#define RN_SPACE_CONSTRAINT_H

#include "expr.h"

struct rn_constraint {
    struct rn_value place; /* its text, file, line and column; the texts are its own */
    struct rn_expr *expr;  /* NULL: shared(...) */
    int shared, with;      /* parameters; with: -1, or the one that gets the same draw */
    bool drawn;            /* directly, and so need not be tested */
};

enum rn_status rn_constraint_parse(const struct rn_value *value, const struct rn_space *space,
                                   struct rn_constraint **constraint, struct rn_err *err);
void rn_constraint_free(struct rn_constraint *constraint);

/* What must be known of a draw to test it; and whether the draw keeps it. Not for shared(...). */
enum rn_level rn_constraint_level(const struct rn_constraint *constraint);
bool rn_constraint_holds(const struct rn_constraint *constraint, const struct rn_draw *draw);

#endif
