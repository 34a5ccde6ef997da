/*
 * space.h: design spaces: parameters with ranges and distributions, and constraints (section 3).
 *
 * A space is a small YAML file (docs/spaces.md): a network family or a base space, a range and a
 * distribution for each parameter, and constraints. The paper's spaces lie in spaces/, by name;
 * each also at a small scale ("AnyNetXE@mini"). The i-th network of a population is a function of
 * (space, seed, i) alone: draws are repeated until the constraints hold.
 *
 *     struct rn_space *space;
 *     RN_TRY(rn_space_open("RegNetX@mini", &space, err));
 *     for (uint64_t i = 0; i < n; i++)
 *         RN_TRY(rn_space_draw(space, seed, i, &sample, err));
 *     rn_space_free(space);
 */
#ifndef REGNET_SPACE_H
#define REGNET_SPACE_H

#include "regnet/arch.h"

struct rn_space;

#define RN_SPACE_PARAMS 80

/* One drawn parameter: "d1", "w1", "b1", "g1", ... of AnyNet, "d", "w0", "wa", "wm", "b", "g" of
   RegNet. Values are what was drawn, before widths and groups are made compatible. */
struct rn_space_value {
    char name[8];
    double value;
};

struct rn_sample {
    uint64_t index;
    struct rn_arch arch; /* compatible and checked */
    struct rn_complexity cx;
    int n_values;
    struct rn_space_value values[RN_SPACE_PARAMS];
    uint64_t attempts; /* draws until one was accepted */
};

/* A name (spaces/NAME.yaml in the installed data or the source tree, $REGNET_SPACES first) or a
   path to a .yaml file. RN_E_CONFIG with file, line and column. */
enum rn_status rn_space_open(const char *name, struct rn_space **space, struct rn_err *err);
void rn_space_free(struct rn_space *space);
const char *rn_space_name(const struct rn_space *space);

/* The i-th network. RN_E_CONFIG when the space is (nearly) impossible: says which constraint
   rejects how much of it. Thread-safe: the space is not changed. */
enum rn_status rn_space_draw(const struct rn_space *space, uint64_t seed, uint64_t index,
                             struct rn_sample *sample, struct rn_err *err);

/* The names that rn_space_open knows; n entries, yours to free in one call. */
enum rn_status rn_space_names(char ***names, size_t *n, struct rn_err *err);
void rn_space_names_free(char **names, size_t n);

#endif
