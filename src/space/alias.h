/* alias.h: how one value of a distribution is drawn. Private to dist.c and alias.c. */
#ifndef RN_SPACE_ALIAS_H
#define RN_SPACE_ALIAS_H

#include "dist.h"

/* Makes the alias table of p; n > 0. */
enum rn_status rn_alias_make(struct rn_dist *dist, struct rn_err *err);

/* k * q, but 36.4 and not 364 * 0.1 where 1/q is whole: the number that a person would write. */
double rn_grid_point(double k, double q);

#endif
