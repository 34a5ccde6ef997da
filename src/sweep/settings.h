/* settings.h: the settings that a network was trained with, as lines and as a command. Private to
   sweep. */
#ifndef RN_SWEEP_SETTINGS_H
#define RN_SWEEP_SETTINGS_H

#include "regnet/config.h"

/* Appends the keys in which cfg is not as base, a line each: "OPTIM.BASE_LR: 0.05". What says where
   files lie is left out. */
enum rn_status rn_settings_add(const struct rn_config *base, const struct rn_config *cfg,
                               struct rn_buf *out, struct rn_err *err);
/* Appends the command that trains with these settings, over the defaults, into a directory. */
enum rn_status rn_settings_command(const char *settings, const char *dir, struct rn_buf *out,
                                   struct rn_err *err);
/* Appends the lines that all of n settings have. */
enum rn_status rn_settings_common(const char *const *settings, size_t n, struct rn_buf *out,
                                  struct rn_err *err);

#endif
