/* read.h: the parts of the reader of space files. Errors name file, line and column. */
#ifndef RN_SPACE_READ_H
#define RN_SPACE_READ_H

#include "room.h"

/* read_value.c: the place of a key among n names, or an error with the nearest of them. what:
   "network key". */
enum rn_status rn_read_key(const struct rn_value *key, const char *what, const char *const *names,
                           int n, int *found, struct rn_err *err);
enum rn_status rn_expect_map(const struct rn_value *value, const char *what, struct rn_err *err);
/* Errors unless a map, called what, has only keys among n names, each of which is a kind ("sweep
   key"). */
enum rn_status rn_check_keys(const struct rn_value *map, const char *what, const char *kind,
                             const char *const *names, int n, struct rn_err *err);
/* value may be NULL: a space needs no description. */
enum rn_status rn_read_description(const struct rn_value *value, struct rn_space *space,
                                   struct rn_err *err);
enum rn_status rn_read_int(const struct rn_value *value, int min, int max, int *out,
                           struct rn_err *err);
/* A number, or a fraction as in 1/6. */
enum rn_status rn_read_number(const struct rn_value *value, double *number, struct rn_err *err);
/* [low, high], low <= high */
enum rn_status rn_read_pair(const struct rn_value *value, double *lo, double *hi,
                            struct rn_err *err);
/* "d[2]" is d and 2, "d" is d alone; and which of n_stages an index means, from the end where it is
   negative. */
enum rn_status rn_split_key(const struct rn_value *key, char name[RN_NAME_MAX], bool *indexed,
                            int *index, struct rn_err *err);
enum rn_status rn_read_stage(const struct rn_value *key, int index, int n_stages, int *stage,
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
/* read_sweep.c: the whole of a pycls sweep file. */
enum rn_status rn_read_sweep(const struct rn_value *root, const char *path, struct rn_space *space,
                             struct rn_err *err);

/* read_params.c: what a parameter's file says, piece by piece. */
enum rn_status rn_read_values(const struct rn_value *list, struct rn_spec *spec,
                              struct rn_err *err);
enum rn_status rn_read_distribution(const struct rn_value *value, enum rn_dist_kind *kind,
                                    struct rn_err *err);
enum rn_status rn_check_spec(const struct rn_value *place, const struct rn_spec *spec,
                             struct rn_err *err);
enum rn_status rn_read_words(const struct rn_value *list, struct rn_param *param,
                             struct rn_err *err);

/* read_key.c: the configuration key that a key of the file names; whether it describes the network;
   a value of it as configurations spell it, which must be one that it accepts. */
enum rn_status rn_find_config_key(const struct rn_value *key, const struct rn_key **found,
                                  struct rn_err *err);
bool rn_key_is_networks(const struct rn_key *key);
enum rn_status rn_read_word(const struct rn_value *value, const struct rn_key *key,
                            char word[RN_SPACE_TEXT], struct rn_err *err);

/* read_limits.c: the whole numbers of a range of doubles, whose end may be infinite. */
void rn_limit_set(struct rn_limit *limit, const char *name, double lo, double hi);

#endif
