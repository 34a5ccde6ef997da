/* stages.h: a network's stages on standard output, as info and sample show them. */
#ifndef RN_CLI_STAGES_H
#define RN_CLI_STAGES_H

#include "regnet/regnet.h"

/* "stages": [{"depth", "width", "bot_mul", "group_width", "stride"}, ...]; null where the block
   ignores bot_mul or group_width. */
void rn_json_stages(struct rn_json *js, const struct rn_arch *arch);
/* "flops", "params" and "acts". */
void rn_json_counts(struct rn_json *js, const struct rn_complexity *cx);
/* 397.68 M, 3.18 G: four digits. At least 16 bytes. Returns out. */
char *rn_human_count(int64_t count, char out[16]);

#endif
