/* space_json.h: design spaces as JSON; docs/spaces.md has the keys. */
#ifndef RN_CLI_SPACE_JSON_H
#define RN_CLI_SPACE_JSON_H

#include "regnet/regnet.h"

/* counts: NULL where the space has no network. Appends to text. */
enum rn_status rn_json_space(const struct rn_space_facts *facts,
                             const struct rn_space_counts *counts, uint64_t seed,
                             struct rn_buf *text, struct rn_err *err);
enum rn_status rn_json_space_list(const struct rn_space_entry *entries, size_t n,
                                  struct rn_buf *text, struct rn_err *err);
/* A number as a person would write it: 10, not 10.0. */
void rn_json_number(struct rn_json *js, double value);

#endif
