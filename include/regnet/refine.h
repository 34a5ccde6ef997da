/*
 * refine.h: the next restriction of a design space, proposed from its trained population.
 *
 * The paper's authors looked at a population, saw what its good networks share, and wrote that down
 * as a smaller space. Here each restriction that they considered becomes a proposal: one value for
 * two neighbouring stages or for all (bottleneck ratios, group widths), values that do not fall
 * (widths, depths), an end of the range that the best networks have of a parameter. A proposal has
 * the predicted change of the mean error, with an interval, and the factor by which the space
 * shrinks. Those that the population supports, together, make the new space. docs/refine.md says
 * how evidence is judged.
 *
 *     RN_TRY(rn_records_read("runs/mine/AnyNetXA@mini", &records, err));
 *     RN_TRY(rn_refine(&records, "AnyNetXA@mini", &(struct rn_refine_options){0}, &refined, err));
 *     puts(refined.yaml);
 *     rn_refinement_release(&refined);
 */
#ifndef REGNET_REFINE_H
#define REGNET_REFINE_H

#include <stdbool.h>

#include "regnet/records.h"
#include "regnet/space.h"

struct rn_refine_options {
    const char
        *path;     /* where the new space's file will lie: its name is the space's, and a base
                      that is a file is sought from there; NULL: the base's name and "-refined" */
    double margin; /* how much the mean error, and that of the best quarter, may rise, points; 0: a
                      tenth of the errors' standard deviation */
    uint64_t seed;
};

enum rn_proposal_kind {
    RN_PROPOSAL_SHARE, /* neighbouring stages have one value */
    RN_PROPOSAL_ORDER, /* values do not fall from a stage to the next */
    RN_PROPOSAL_RANGE  /* a bound */
};

/* Percent points; 95 % interval. */
struct rn_change {
    double change, low, high;
};

/* What is known and expected of a proposal, or of all that were chosen. */
struct rn_prediction {
    size_t kept;           /* networks of the population that satisfy it */
    double kept_change;    /* their mean error less that of all; NAN for none */
    bool known;            /* there is a prediction: there were networks enough */
    struct rn_change mean; /* of the mean error */
    struct rn_change best; /* of the mean of the space's best quarter; NAN of a range */
    double shrink;         /* size of the space over the size of what is left of it */
};

struct rn_proposal {
    enum rn_proposal_kind kind;
    char text[RN_SPACE_TEXT]; /* the constraint */
    int letter, stage;        /* of which parameter; the second of two stages, or -1: all */
    double bound;             /* of a range */
    bool upper;
    struct rn_prediction prediction;
    double p;       /* of a share or an order against "the mean or the best quarter loses more than
                       the margin", of a range against "it gains nothing" */
    bool supported; /* found among all of its kind, at RN_REFINE_RATE */
    bool chosen;    /* part of the new space */
};

#define RN_REFINE_RATE 0.05 /* expected share of false ones among the supported */
#define RN_REFINE_NETWORKS 10

struct rn_refinement {
    char space[RN_NAME_MAX], name[RN_NAME_MAX]; /* that the population is of; the new one */
    size_t n;
    double mean, deviation, margin; /* of the errors, percent; percent points */
    size_t n_proposals, n_chosen;
    struct rn_proposal *proposals;
    struct rn_prediction together; /* of the chosen */
    char *yaml;                    /* the new space's file */
};

/*
 * records has a column for each parameter that varies, by the names that samples have. RN_E_DATA:
 * fewer networks than RN_REFINE_NETWORKS, or a parameter is missing or has values that the space
 * does not have. Yours to release.
 */
enum rn_status rn_refine(const struct rn_records *records, const char *space,
                         const struct rn_refine_options *options, struct rn_refinement *refined,
                         struct rn_err *err);
void rn_refinement_release(struct rn_refinement *refined);

/* The space that a sweep's directory was drawn from, yours to free. RN_E_CONFIG: path is no such
   directory, so that the space must be named. */
enum rn_status rn_refine_space(const char *path, char **space, struct rn_err *err);

#endif
