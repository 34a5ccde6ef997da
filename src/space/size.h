/* size.h: how many choices of parameters a space has. */
#ifndef RN_SPACE_SIZE_H
#define RN_SPACE_SIZE_H

#include "room.h"
#include "whole.h"

/* The tuples of values that a parameter's axis can draw. */
enum rn_status rn_axis_size(const struct rn_axis *axis, struct rn_whole *size, struct rn_err *err);
/* Whether a value is chosen freely: it has several points and is not equal to the one before. */
bool rn_axis_is_free(const struct rn_axis *axis, int i);

/* Of all parameters, exactly; RN_E_UNSUPPORTED beyond any measure. And, of a space that has an
   exact size, as the paper's Table 1 counts. */
enum rn_status rn_space_size(const struct rn_space *space, struct rn_whole *size,
                             struct rn_err *err);
void rn_space_paper_size(const struct rn_space *space, struct rn_whole *size);

#endif
