/* pycls_sweep.h: what a pycls sweep file says beside its space: how to train, launch and collect.
   Private to sweep. */
#ifndef RN_SWEEP_PYCLS_SWEEP_H
#define RN_SWEEP_PYCLS_SWEEP_H

#include "regnet/config.h"

#define RN_PYCLS_SWEEP_FILE "sweep_cfg.yaml" /* its copy in the sweep's directory */
#define RN_PYCLS_RETRIES 3

struct rn_pycls_sweep {
    bool found;                         /* false: the file is no sweep file */
    struct rn_config config;            /* SETUP.BASE_CFG over the defaults */
    char keep[8];                       /* COLLECT.CHECKPOINTS_KEEP: all, last, none; ours: best */
    int retries;                        /* LAUNCH.MAX_RETRY */
    int halving_epochs, halving_factor; /* STOP.HALVING_*, ours; 0: not said */
    double edf_ks;                      /* STOP.EDF_KS, ours; 0: not said */
    int parallel, minutes, gpus, cpus_per_gpu, gb_per_gpu; /* LAUNCH; 0: not said */
    rn_text partition, comment, gpu_type;                  /* "": not said */
};

/* RN_E_CONFIG, with the position, of a key that there is not. */
enum rn_status rn_pycls_sweep_read(const char *path, struct rn_pycls_sweep *sweep,
                                   struct rn_err *err);
/* An rn_value_diff_fn: refuses another space; what LAUNCH, COLLECT and ANALYZE say may change. */
enum rn_status rn_pycls_refuse(void *dir, const char *path, const char *there, const char *asked,
                               struct rn_err *err);

#endif
