/*
 * records.h: what is known of a trained population: a table with a row for each network.
 *
 * The columns are numbers by name, NAN where a network lacks one. "error" (percent) is always there
 * and complete; "flops", "params", "acts" and "time" (seconds of training, of an epoch or, in
 * records of nds, of an iteration) where the source knows them; then the parameters, by the
 * source's own names: what the space drew ("w1", "wa"), pycls' keys ("OPTIM.BASE_LR",
 * "ANYNET.WIDTHS[1]"), nds' ("net.depth", "optim.wd"). A number that is the same for all networks
 * is no parameter and has no column. A million networks take their columns, eight bytes a number.
 *
 *     struct rn_records records;
 *     RN_TRY(rn_records_read("sweep.json", &records, err));
 *     const double *errors = rn_records_column(&records, "error");
 *     const double *flops = rn_records_column(&records, "flops"); // NULL: not known
 *     rn_records_release(&records);
 */
#ifndef REGNET_RECORDS_H
#define REGNET_RECORDS_H

#include <stddef.h>

#include "regnet/status.h"

struct rn_column {
    char *name;
    double *value; /* n */
};

struct rn_records {
    size_t n;
    size_t unfinished; /* networks of the source that have no error, and so no row */
    size_t *source;    /* n: the network's place in its file, from 1, or the number of its run */
    size_t n_columns;
    struct rn_column *columns; /* "error" is the first */
};

/*
 * Reads a population, whoever trained it: a sweep's directory of ours (docs/studies.md), or a JSON
 * file with a list: pycls' sweep.json, a file of nds, numbers, or objects with an "error" and
 * whatever else.
 *
 * Networks that are not finished, or whose error is null or NaN, are left out and counted; a
 * diverged one of ours counts as guessing. pycls' error is the least of test_ema_epoch's, beside
 * test_epoch's in "error_test"; where no job has an EMA, test_epoch's is the error. RN_E_DATA, with
 * file, line and record: the file says something else, or no network is finished.
 */
enum rn_status rn_records_read(const char *path, struct rn_records *records, struct rn_err *err);
void rn_records_release(struct rn_records *records);

/* A population's name, yours to free, or NULL without memory: "runs/a/RegNetX@mini/" is
   RegNetX@mini, and so is "RegNetX@mini/sweep.json". */
char *rn_records_name(const char *path);

/* A column's values, borrowed; NULL when there is none of that name. */
const double *rn_records_column(const struct rn_records *records, const char *name);
/* The same, or RN_E_CONFIG with the nearest names. */
enum rn_status rn_records_need(const struct rn_records *records, const char *name,
                               const double **values, struct rn_err *err);
/* Keeps the networks with low <= value <= high. RN_E_CONFIG: no such column. RN_E_DATA: none is
   left, and records is as it was. */
enum rn_status rn_records_filter(struct rn_records *records, const char *name, double low,
                                 double high, struct rn_err *err);

/* A range of a column, its ends included. */
struct rn_range {
    char name[256];
    double low, high; /* infinite where there is no end */
};

/* Reads the first range of "NAME=LOW:HIGH,...", where an end may be left out, and moves *text to
   the next; "" after the last. RN_E_CONFIG: it is none. */
enum rn_status rn_range_parse(const char **text, struct rn_range *range, struct rn_err *err);

#endif
