/*
 * refining.h: a population beside its space, while a restriction is looked for. Private to sweep.
 *
 * refine_population.c matches the two, refine_features.c says what the model of the errors sees of
 * a network, refine_predict.c predicts, refine_propose.c lists the proposals, refine_choose.c makes
 * the new space of them.
 */
#ifndef RN_SWEEP_REFINING_H
#define RN_SWEEP_REFINING_H

#include "regnet/evidence.h"
#include "regnet/refine.h"

#define RN_REFINE_DRAWS 2000 /* of a space; where its window is narrow, each takes 30 us */

/* A parameter: one value, or one a stage. */
struct rn_letter {
    char name[12];    /* "w" */
    int first, n;     /* its values' place in a network's, and how many they are */
    bool staged;      /* its constraints have an index: w[2] */
    bool shared;      /* all networks have one value for all stages; then n is 1 */
    bool logarithmic; /* the model sees its logarithm */
    bool related;     /* kind says what may be proposed of its stages */
    enum rn_proposal_kind kind;
};

struct rn_refining {
    const struct rn_records *records; /* borrowed */
    const double *error;              /* n */
    size_t n;
    int n_values, n_letters, n_features;
    double *value; /* n rows of n_values */
    struct rn_letter letters[RN_SPACE_PARAMS];
    struct rn_space *space;
    double size; /* of the space */
    char *base;  /* the space as the new one's file names it */
    const char *path;
    char name[RN_NAME_MAX];
    double *feature;                /* n rows of n_features */
    double *drawn;                  /* the same of RN_REFINE_DRAWS networks of the space */
    double mean, deviation, margin; /* of the errors */
    uint64_t seed;
};

enum rn_status rn_refining_init(const struct rn_records *records, const char *space,
                                const struct rn_refine_options *options,
                                struct rn_refining *refining, struct rn_err *err);
void rn_refining_release(struct rn_refining *refining);

/* Counts the features and computes those of the population. */
enum rn_status rn_features_init(struct rn_refining *refining, struct rn_err *err);
/* values: a network's n_values. out: n_features. */
void rn_features_of(const struct rn_refining *refining, const double *values, double *out);
/* Those of RN_REFINE_DRAWS networks of a space; yours to free. */
enum rn_status rn_features_draw(const struct rn_refining *refining, const struct rn_space *space,
                                double **features, struct rn_err *err);
/* Marks the features of a letter. */
void rn_features_mark(const struct rn_refining *refining, int letter, bool *marks);

/* The file of the space with these proposals. */
enum rn_status rn_refining_yaml(const struct rn_refining *refining,
                                const struct rn_proposal *const *proposals, size_t n,
                                struct rn_buf *yaml, struct rn_err *err);
/* The space's networks with these proposals, and what is expected of them; p against the margin, 1
   where nothing is known. A NULL p: they are counted alone, and nothing is predicted. RN_E_CONFIG:
   there is no such network. */
enum rn_status rn_refine_predict(const struct rn_refining *refining,
                                 const struct rn_proposal *const *proposals, size_t n,
                                 struct rn_prediction *prediction, double *p, struct rn_err *err);

/* Every proposal, judged; yours to free. */
enum rn_status rn_propose(const struct rn_refining *refining, struct rn_proposal **proposals,
                          size_t *n, struct rn_err *err);
/* The constraint of a relation, of all stages or of two. */
void rn_relation_write(const struct rn_letter *letter, int stage, char text[RN_SPACE_TEXT]);
/* Whether network i satisfies it. */
bool rn_proposal_holds(const struct rn_refining *refining, const struct rn_proposal *proposal,
                       size_t i);

/* Chooses among the supported, and fills in refined->n_chosen, together and yaml. */
enum rn_status rn_choose(const struct rn_refining *refining, struct rn_refinement *refined,
                         struct rn_err *err);

#endif
