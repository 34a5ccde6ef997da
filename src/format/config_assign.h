/* config_assign.h: one value of one key. Private to format. */
#ifndef RN_FORMAT_CONFIG_ASSIGN_H
#define RN_FORMAT_CONFIG_ASSIGN_H

#include "regnet/config.h"

/* Converts and checks the value, and puts it into cfg unless the key has no field there. */
enum rn_status rn_key_assign(const struct rn_key *key, const struct rn_value *value,
                             struct rn_config *cfg, struct rn_err *err);

#endif
