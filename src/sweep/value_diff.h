/* value_diff.h: where two files say different things. Private to sweep. */
#ifndef RN_SWEEP_VALUE_DIFF_H
#define RN_SWEEP_VALUE_DIFF_H

#include "regnet/memory.h"
#include "regnet/value.h"

/* Called for each scalar or list that is not the same, with its dotted path. a or b is "nothing"
   where the key is missing. Anything but RN_OK ends the walk and is its result. */
typedef enum rn_status rn_value_diff_fn(void *arg, const char *path, const char *a, const char *b,
                                        struct rn_err *err);

/* Walks two maps in the order of b's keys, then the keys that only a has. */
enum rn_status rn_value_diff(const struct rn_value *a, const struct rn_value *b,
                             rn_value_diff_fn *visit, void *arg, struct rn_err *err);
/* The same of two YAML texts that the program has written. */
enum rn_status rn_yaml_diff(const struct rn_buf *a, const struct rn_buf *b, rn_value_diff_fn *visit,
                            void *arg, struct rn_err *err);

#endif
