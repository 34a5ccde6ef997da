/* refine_json.h: a refinement as JSON. */
#ifndef REGNET_CLI_REFINE_JSON_H
#define REGNET_CLI_REFINE_JSON_H

#include "regnet/regnet.h"

enum rn_status rn_json_refinement(const struct rn_refinement *refined, struct rn_buf *text,
                                  struct rn_err *err);
/* "share", "order", "range" */
const char *rn_proposal_kind_text(enum rn_proposal_kind kind);
/* "helps", "costs nothing", "costs" or "open"; of a range "helps" or "open" (docs/refine.md) */
const char *rn_proposal_verdict(const struct rn_proposal *proposal);

#endif
