/* slurm.h: Slurm's commands, run as programs. Private to sweep. */
#ifndef RN_SWEEP_SLURM_H
#define RN_SWEEP_SLURM_H

#include "regnet/memory.h"

/* Runs a program and appends what it writes, messages included. RN_E_FAILED: it could not be run
   (*exit_status 127) or did not end with 0. */
enum rn_status rn_slurm_run(const char *const argv[], struct rn_buf *out, int *exit_status,
                            struct rn_err *err);
/* One more than the largest index of an array here; Slurm's default where it does not say. */
long rn_slurm_max_array(void);

#endif
