/* sweep_db.h: sweep.db: an index of a sweep's runs that can be made again from them. The tables are
   in docs/sweeps.md. Private to sweep. */
#ifndef RN_SWEEP_DB_H
#define RN_SWEEP_DB_H

#include "run_record.h"

struct rn_sweep_db;

/* Makes the tables if they are missing. Everything until rn_sweep_db_commit is one transaction. */
enum rn_status rn_sweep_db_open(const char *path, struct rn_sweep_db **db, struct rn_err *err);
/* What is not committed is undone. */
void rn_sweep_db_free(struct rn_sweep_db *db);
enum rn_status rn_sweep_db_commit(struct rn_sweep_db *db, struct rn_err *err);

/* Whether a run is there as of this time of its record (nanoseconds). */
enum rn_status rn_sweep_db_has(struct rn_sweep_db *db, size_t network, int64_t time, bool *has,
                               struct rn_err *err);
/* Adds a run, or replaces it. drawn: a JSON object of numbers and texts, or NULL. */
enum rn_status rn_sweep_db_put(struct rn_sweep_db *db, const struct rn_run_record *record,
                               const struct rn_result *result, int64_t time,
                               const struct rn_value *drawn, struct rn_err *err);
/* Removes the runs that are not kept: keep[i] of n networks, and those beyond. */
enum rn_status rn_sweep_db_retain(struct rn_sweep_db *db, const bool *keep, size_t n,
                                  size_t *removed, struct rn_err *err);
/* Calls with each run's network, in order. */
enum rn_status rn_sweep_db_each(struct rn_sweep_db *db,
                                enum rn_status (*visit)(void *arg, size_t network,
                                                        struct rn_err *err),
                                void *arg, struct rn_err *err);
/* Appends a line of CSV for the column names (network too big: SIZE_MAX), or of one run. */
enum rn_status rn_sweep_db_csv(struct rn_sweep_db *db, size_t network, struct rn_buf *out,
                               struct rn_err *err);

#endif
