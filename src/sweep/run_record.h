/* run_record.h: record.json: how an attempt at a network ended. Private to sweep. */
#ifndef RN_SWEEP_RUN_RECORD_H
#define RN_SWEEP_RUN_RECORD_H

#include "regnet/space.h"
#include "regnet/sweep.h"

struct rn_run_record {
    size_t network;
    int attempt;
    enum rn_run_state outcome;
    char host[80];
    char reason[RN_ERR_MAX]; /* one line; "" of a result */
};

/* Writes it into an attempt's directory, with checksums of itself and of result.json where the
   outcome is a result. sample: what was drawn, or NULL. */
enum rn_status rn_record_write(const char *dir, const struct rn_run_record *record,
                               const struct rn_sample *sample, struct rn_err *err);
/* Reads and checks it, and result.json where the outcome is a result. *doc, if wanted: all of it,
   the caller's to free; "drawn" in it has what was drawn. RN_E_DATA: damaged. RN_E_IO: not there.
 */
enum rn_status rn_record_read(const char *dir, struct rn_run_record *record, struct rn_doc **doc,
                              struct rn_err *err);

/* Ends a line, which has no closing bracket yet, with its checksum. */
enum rn_status rn_record_seal(struct rn_buf *text, struct rn_err *err);
/* Reads and checks a line in memory, but not result.json; path is for messages. *doc is
   the caller's to free. */
enum rn_status rn_record_parse(const char *text, size_t len, const char *path,
                               struct rn_run_record *record, struct rn_doc **doc,
                               struct rn_err *err);

#endif
