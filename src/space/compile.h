/* compile.h: what compile.c needs from check.c and direct.c. */
#ifndef RN_SPACE_COMPILE_H
#define RN_SPACE_COMPILE_H

#include "room.h"

/* Every parameter that the network needs is there, and none that excludes another. */
enum rn_status rn_check_params(const struct rn_space *space, struct rn_err *err);
/* The points of a parameter are what it may be. */
enum rn_status rn_check_points(const struct rn_space *space, int param, struct rn_err *err);
/* The largest network of the ranges can be counted; then all can. */
enum rn_status rn_check_largest(const struct rn_space *space, struct rn_err *err);
/* Constraints speak of what there is, and do not contradict each other where that shows. */
enum rn_status rn_check_constraints(const struct rn_space *space, struct rn_err *err);

/* Bounds of the parameters, and behind them those of flops, params and acts. These are not drawn,
   but contradictions show. */
#define RN_BOUNDS (RN_PARAMS + 3)

/* Adds what a constraint says, if that is nothing but bounds and links. False: it is not, and
   bounds are as before. */
bool rn_constraint_bind(const struct rn_constraint *constraint, const struct rn_space *space,
                        struct rn_bounds bounds[RN_BOUNDS]);

#endif
