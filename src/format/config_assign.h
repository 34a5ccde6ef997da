/* config_assign.h: one value of one key. Private to format. */
#ifndef RN_FORMAT_CONFIG_ASSIGN_H
#define RN_FORMAT_CONFIG_ASSIGN_H

#include "regnet/config.h"

/* Converts and checks the value, and puts it into cfg unless the key has no field there. */
enum rn_status rn_key_assign(const struct rn_key *key, const struct rn_value *value,
                             struct rn_config *cfg, struct rn_err *err);

/* config_origin.c: that the key's value stood there; file NULL: in a KEY VALUE pair. */
void rn_origin_set(struct rn_config *cfg, const struct rn_key *key, const char *file, int line);

#endif
