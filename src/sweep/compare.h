/* compare.h: a comparison as read from its file. Private to sweep. */
#ifndef RN_SWEEP_COMPARE_H
#define RN_SWEEP_COMPARE_H

#include "regnet/compare.h"
#include "regnet/config.h"
#include "regnet/memory.h"
#include "regnet/report.h"

struct rn_comparison {
    char *name, *description;
    char *source; /* of the quoted errors; "": it quotes none */
    int seeds;    /* a network */
    size_t n_groups;
    char **groups; /* their names */
    size_t n, cap;
    struct rn_compared *rows;
    struct rn_config config; /* of every training, but for the network and the seed */
};

/* The configuration of a row's training with seed i. */
enum rn_status rn_compare_config(const struct rn_comparison *comparison,
                                 const struct rn_compared *row, int i, struct rn_config *cfg,
                                 struct rn_err *err);
/* Trains what is not trained yet. */
enum rn_status rn_compare_train(struct rn_comparison *comparison,
                                const struct rn_compare_options *options, struct rn_err *err);
/* Measures what is not measured yet, and reads what is. */
enum rn_status rn_compare_time(struct rn_comparison *comparison,
                               const struct rn_compare_options *options, struct rn_err *err);

/* Adds the table's cells, the head among them; a column that no row has is left out. */
enum rn_status rn_compare_cells(const struct rn_comparison *comparison, struct rn_cells *cells,
                                struct rn_err *err);
/* Appends what there is to say under the table, a space behind it; or nothing. */
enum rn_status rn_compare_notes(const struct rn_comparison *comparison, struct rn_buf *out,
                                struct rn_err *err);

#endif
