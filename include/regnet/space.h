/*
 * space.h: design spaces: parameters with ranges and distributions, and constraints (section 3).
 *
 * A space is a small YAML file (docs/spaces.md): a network family or a base space, a range and a
 * distribution for each parameter, and constraints. The paper's spaces lie in spaces/, by name;
 * each also at a small scale ("AnyNetXE@mini"). A pycls sweep file is a space, too. The i-th
 * network of a population is a function of (space, seed, i) alone: draws are repeated until the
 * constraints hold.
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

#define RN_SPACE_PARAMS 128 /* values of one sample */
#define RN_SPACE_SETTINGS 16
#define RN_SPACE_TEXT 128

/* One drawn parameter: "d1", "w1", "b1", "g1", ... of AnyNet, "d", "w0", "wa", "wm", "b", "g" of
   RegNet, "r". Values are what was drawn, before widths and groups are made compatible. */
struct rn_space_value {
    char name[12];
    double value;
};

/* One drawn configuration key, OPTIM.BASE_LR say, and its value as configurations spell it. */
struct rn_space_setting {
    const struct rn_key *key;
    rn_text text;
};

struct rn_sample {
    uint64_t index;
    struct rn_arch arch; /* compatible and checked */
    struct rn_complexity cx;
    int n_values, n_settings;
    struct rn_space_value values[RN_SPACE_PARAMS];
    struct rn_space_setting settings[RN_SPACE_SETTINGS];
    uint64_t attempts; /* draws until one was accepted */
};

/* A name (spaces/NAME.yaml in the installed data or the source tree, $REGNET_SPACES first), with
   overlays "NAME@OVERLAY", or a path to a .yaml file. RN_E_CONFIG with file, line and column. */
enum rn_status rn_space_open(const char *name, struct rn_space **space, struct rn_err *err);
/* The same from the text of a file that would lie at path: its base is sought from there. */
enum rn_status rn_space_parse(const char *text, const char *path, struct rn_space **space,
                              struct rn_err *err);
void rn_space_free(struct rn_space *space);
const char *rn_space_name(const struct rn_space *space);

/* The i-th network. RN_E_CONFIG when the space is (nearly) impossible: says which constraint
   rejects how much of it, after a bounded number of attempts and of seconds. Thread-safe: the space
   is not changed. */
enum rn_status rn_space_draw(const struct rn_space *space, uint64_t seed, uint64_t index,
                             struct rn_sample *sample, struct rn_err *err);
/* Sets in cfg what was drawn: the network's keys, as rn_arch_to_config does, and the settings. */
enum rn_status rn_sample_to_config(const struct rn_sample *sample, struct rn_config *cfg,
                                   struct rn_err *err);

/* What a sweep file asks for (SETUP.NUM_CONFIGS, RNG_SEED), or how many networks a space has that
   lists its `draws`; 0 of any other space. */
uint64_t rn_space_networks(const struct rn_space *space);
uint64_t rn_space_seed(const struct rn_space *space);

/*
 * What is known of a space: without drawing, and from draws (docs/spaces.md says it in full).
 */

#define RN_SPACE_VALUES 64

/* A parameter; where its stages differ, one stage's ("d3" is the third). */
struct rn_space_param {
    char name[RN_NAME_MAX];
    const char *same_as;      /* the parameter whose draw serves as this one's, which has nothing of
                                 what follows; NULL: none */
    const char *distribution; /* "values" of a list of values */
    double min, max;          /* of what the constraints leave */
    double quantum;           /* 0 of a list */
    double points;            /* how many different values */
    int n_values;             /* of a list */
    double values[RN_SPACE_VALUES];
    const char *words[RN_SPACE_VALUES]; /* of a configuration key's that is no number; else NULL */
    int n;                              /* how many of them a network has: one a stage, or 1 */
    int free;                           /* how many of these are chosen freely */
};

/* A constraint, a range of the window, or that a RegNet's line must be valid. */
struct rn_space_constraint {
    char text[RN_SPACE_TEXT];
    bool drawn;                /* directly: no attempt of the sampler fails it */
    bool shared;               /* it says how to draw, and rejects nothing */
    uint64_t tested, rejected; /* draws that it could be tested on, and that fail it */
};

struct rn_space_facts {
    const char *name, *description; /* borrowed until the space is freed */
    const char *family;             /* "anynet", "regnet"; "config": a sweep's */
    struct rn_arch arch;            /* what is not random; stages have their strides only */
    int n_params, n_constraints;
    struct rn_space_param *params;
    struct rn_space_constraint *constraints;
    int dimension;
    char *size, *paper_size;  /* decimal integers of any length */
    uint64_t draws, accepted; /* by everything */
};

#define RN_SPACE_QUANTILES 7

/* Quantiles 0, .05, .25, .5, .75, .95 and 1 of a population. */
struct rn_space_counts {
    uint64_t networks, attempts; /* drawn, and what that took */
    int64_t flops[RN_SPACE_QUANTILES], params[RN_SPACE_QUANTILES], acts[RN_SPACE_QUANTILES];
};

/* draws: on which the constraints are measured. Yours to release. */
enum rn_status rn_space_describe(const struct rn_space *space, uint64_t seed, uint64_t draws,
                                 struct rn_space_facts *facts, struct rn_err *err);
void rn_space_facts_release(struct rn_space_facts *facts);
/* Networks 0 ... n-1 of a seed, or fewer where that takes too many attempts. RN_E_CONFIG as
   rn_space_draw when there is not one. */
enum rn_status rn_space_count(const struct rn_space *space, uint64_t seed, uint64_t n,
                              struct rn_space_counts *counts, struct rn_err *err);

/* What lies where rn_space_open looks, spaces before overlays, each in order of name. */
struct rn_space_entry {
    char *name, *description;
    bool overlay; /* to be written behind a space's name: NAME@OVERLAY */
};

/* n entries, yours to free in one call. */
enum rn_status rn_space_list(struct rn_space_entry **entries, size_t *n, struct rn_err *err);
void rn_space_list_free(struct rn_space_entry *entries, size_t n);

#endif
