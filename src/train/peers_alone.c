/* A build without MPI: each process trains alone. */
#include <stdlib.h>

#include "regnet/peers.h"

bool rn_peers_wanted(void)
{
    const char *size = getenv("OMPI_COMM_WORLD_SIZE");

    return size && strtol(size, NULL, 10) > 1;
}

enum rn_status rn_peers_join(struct rn_peers **peers, struct rn_err *err)
{
    (void)peers;
    return rn_fail(err, RN_E_UNSUPPORTED,
                   "this program was built without MPI; install libopenmpi-dev and build it again");
}

void rn_peers_leave(struct rn_peers *peers, enum rn_status status)
{
    (void)peers, (void)status;
}

int rn_peers_rank(const struct rn_peers *peers)
{
    (void)peers;
    return 0;
}

int rn_peers_size(const struct rn_peers *peers)
{
    (void)peers;
    return 1;
}

void rn_peers_sum(struct rn_peers *peers, double *values, size_t n)
{
    (void)peers, (void)values, (void)n;
}

void rn_peers_sum_begin(struct rn_peers *peers, float *values, size_t n)
{
    (void)peers, (void)values, (void)n;
}

void rn_peers_sum_wait(struct rn_peers *peers)
{
    (void)peers;
}

void rn_peers_share(struct rn_peers *peers, void *data, size_t len)
{
    (void)peers, (void)data, (void)len;
}
