/*
 * table.h: a table of numbers that grows row by row, its columns found on the way. Private to
 * sweep.
 *
 * A column costs nothing while all of its values are the same, so a record may have hundreds of
 * settings of which a few vary.
 */
#ifndef RN_SWEEP_TABLE_H
#define RN_SWEEP_TABLE_H

#include "regnet/records.h"

struct rn_table_column {
    char *name;
    size_t rows, cap; /* values so far; room in value */
    double same;      /* each of them, while value is NULL */
    double *value;
};

struct rn_table {
    size_t rows, n, cap, source_cap;
    size_t *source;
    struct rn_table_column *columns;
    size_t next; /* the column after the last one put: records have their numbers in one order */
};

/* Into the row that is being made; a second value of one name is ignored. */
enum rn_status rn_table_put(struct rn_table *table, const char *name, double value,
                            struct rn_err *err);
enum rn_status rn_table_end_row(struct rn_table *table, size_t source, struct rn_err *err);
/* NULL: no column of that name yet. */
struct rn_table_column *rn_table_find(const struct rn_table *table, const char *name);
/* Moves everything into records: rows without an "error" are left out, and so are columns whose
   values are all the same, but for the errors, the costs and the time. There is an "error". */
enum rn_status rn_table_finish(struct rn_table *table, struct rn_records *records,
                               struct rn_err *err);
void rn_table_release(struct rn_table *table);

#endif
