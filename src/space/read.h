/* read.h: the parts of the reader of space files. Errors name file, line and column. */
#ifndef RN_SPACE_READ_H
#define RN_SPACE_READ_H

#include "room.h"

/* The place of a key among n names, or an error with the nearest of them. what: "network key". */
enum rn_status rn_read_key(const struct rn_value *key, const char *what, const char *const *names,
                           int n, int *found, struct rn_err *err);
enum rn_status rn_expect_map(const struct rn_value *value, const char *what, struct rn_err *err);
enum rn_status rn_read_int(const struct rn_value *value, int min, int max, int *out,
                           struct rn_err *err);
/* [low, high], low <= high */
enum rn_status rn_read_pair(const struct rn_value *value, double *lo, double *hi,
                            struct rn_err *err);

/* The sections of a file, each added to or replacing what the space has from its base. */
enum rn_status rn_read_network(const struct rn_value *map, struct rn_arch *arch,
                               struct rn_err *err);
enum rn_status rn_read_parameters(const struct rn_value *map, struct rn_space *space,
                                  struct rn_err *err);
enum rn_status rn_read_window(const struct rn_value *map, struct rn_space *space,
                              struct rn_err *err);
enum rn_status rn_read_constraints(const struct rn_value *list, struct rn_space *space,
                                   struct rn_err *err);

#endif
