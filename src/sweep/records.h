/* records.h: where a population's records come from. Private to sweep. */
#ifndef RN_SWEEP_RECORDS_H
#define RN_SWEEP_RECORDS_H

#include <stdio.h>

#include "table.h"

/* A JSON list: pycls' jobs, nds' records, errors. path is for messages. */
enum rn_status rn_records_from_json(FILE *in, const char *path, struct rn_table *table,
                                    struct rn_err *err);
/* A sweep's directory of ours. */
enum rn_status rn_records_from_runs(const char *dir, struct rn_table *table, struct rn_err *err);

#endif
