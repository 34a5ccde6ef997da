/* pycls_json.h: a run as pycls' sweep.json has it. Private to sweep. */
#ifndef RN_SWEEP_PYCLS_JSON_H
#define RN_SWEEP_PYCLS_JSON_H

#include "regnet/memory.h"

/* Appends a job: an object of the log's types but iterations, each an object of lists, an entry a
   line; "cfg", the whole configuration; and "log_file". */
enum rn_status rn_pycls_job(const char *run, struct rn_buf *out, struct rn_err *err);

#endif
