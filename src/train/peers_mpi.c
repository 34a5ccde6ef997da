/* Processes that train together, by MPI. */
#include "regnet/peers.h"

#include <assert.h>
#include <limits.h>
#include <mpi.h>
#include <stdlib.h>

#include "regnet/memory.h"

struct rn_peers {
    int rank, size;
    int n_pending;
    MPI_Request pending[RN_PEERS_SUMS];
};

static long number_of(const char *name)
{
    const char *text = getenv(name);

    return text ? strtol(text, NULL, 10) : 0;
}

bool rn_peers_wanted(void)
{
    return number_of("OMPI_COMM_WORLD_SIZE") > 1 ||
           (getenv("PMIX_RANK") && number_of("SLURM_NTASKS") > 1);
}

/* The engine's threads do not call MPI. */
enum rn_status rn_peers_join(struct rn_peers **out, struct rn_err *err)
{
    struct rn_peers *peers = rn_alloc(1, sizeof *peers);
    int level;

    if (!peers)
        return rn_nomem(err, sizeof *peers, "processes");
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS ||
        level < MPI_THREAD_FUNNELED) {
        rn_free(peers);
        return rn_fail(err, RN_E_FAILED, "MPI does not start for a program with threads");
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &peers->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &peers->size);
    *out = peers;
    return RN_OK;
}

void rn_peers_leave(struct rn_peers *peers, enum rn_status status)
{
    if (!peers)
        return;
    if (status != RN_OK && status != RN_E_STOPPED)
        MPI_Abort(MPI_COMM_WORLD, rn_status_exit_code(status));
    MPI_Finalize();
    rn_free(peers);
}

int rn_peers_rank(const struct rn_peers *peers)
{
    return peers ? peers->rank : 0;
}

int rn_peers_size(const struct rn_peers *peers)
{
    return peers ? peers->size : 1;
}

void rn_peers_sum(struct rn_peers *peers, double *values, size_t n)
{
    assert(n <= INT_MAX);
    if (peers)
        MPI_Allreduce(MPI_IN_PLACE, values, (int)n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}

void rn_peers_sum_begin(struct rn_peers *peers, float *values, size_t n)
{
    if (!peers)
        return;
    assert(n <= INT_MAX && peers->n_pending < RN_PEERS_SUMS);
    MPI_Iallreduce(MPI_IN_PLACE, values, (int)n, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD,
                   &peers->pending[peers->n_pending++]);
}

void rn_peers_sum_wait(struct rn_peers *peers)
{
    if (!peers)
        return;
    MPI_Waitall(peers->n_pending, peers->pending, MPI_STATUSES_IGNORE);
    peers->n_pending = 0;
}

void rn_peers_share(struct rn_peers *peers, void *data, size_t len)
{
    const size_t most = (size_t)1 << 30;

    for (size_t at = 0; peers && at < len; at += most)
        MPI_Bcast((char *)data + at, (int)(len - at < most ? len - at : most), MPI_BYTE, 0,
                  MPI_COMM_WORLD);
}
