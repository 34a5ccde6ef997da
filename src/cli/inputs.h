/* inputs.h: files by name, and the images in folders. */
#ifndef REGNET_CLI_INPUTS_H
#define REGNET_CLI_INPUTS_H

#include <stddef.h>

#include "regnet/status.h"

struct rn_inputs {
    size_t n;
    char **paths; /* rn_inputs_release */
};

/* Of a folder: its .png, .jpg and .jpeg, and those of the folders in it, sorted by name. Links to
   folders are not followed. RN_E_DATA: a folder has none. */
enum rn_status rn_inputs_find(int n, char **names, struct rn_inputs *inputs, struct rn_err *err);
void rn_inputs_release(struct rn_inputs *inputs);

#endif
