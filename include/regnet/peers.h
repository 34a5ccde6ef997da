/*
 * peers.h: processes, on one machine or several, that train one network together by MPI.
 *
 * Each of them makes the same calls in the same order; calls that exchange something wait for the
 * others. With peers NULL the process is alone, and these calls do nothing: rank 0 of 1. A build
 * without OpenMPI can only be alone. A process that fails takes the others with it
 * (rn_peers_leave), since they would wait for it.
 *
 *     struct rn_peers *peers = NULL;
 *     if (rn_peers_wanted())
 *         RN_TRY(rn_peers_join(&peers, err));
 *     status = rn_train(&cfg, &(struct rn_train_options){.dir = dir, .peers = peers}, &result,
 * err); rn_peers_leave(peers, status);
 */
#ifndef REGNET_PEERS_H
#define REGNET_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "regnet/status.h"

struct rn_peers;

/* Whether mpirun, or Slurm's srun with PMIx, started this process as one of several. */
bool rn_peers_wanted(void);
/* Once in a process's life. RN_E_UNSUPPORTED: this build has no MPI. */
enum rn_status rn_peers_join(struct rn_peers **peers, struct rn_err *err);
/* status: what this process came to; other than RN_OK and RN_E_STOPPED end all processes. */
void rn_peers_leave(struct rn_peers *peers, enum rn_status status);

int rn_peers_rank(const struct rn_peers *peers); /* 0: the first */
int rn_peers_size(const struct rn_peers *peers);

/* Each value becomes its sum over the processes, the same bits in each of them. */
void rn_peers_sum(struct rn_peers *peers, double *values, size_t n);
/* The same, begun now and done when rn_peers_sum_wait returns; values are not touched till then. At
   most RN_PEERS_SUMS may be begun. */
#define RN_PEERS_SUMS 64
void rn_peers_sum_begin(struct rn_peers *peers, float *values, size_t n);
void rn_peers_sum_wait(struct rn_peers *peers);
/* The first process's bytes, in all of them. */
void rn_peers_share(struct rn_peers *peers, void *data, size_t len);

#endif
