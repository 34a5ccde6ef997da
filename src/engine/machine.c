/* Measures the machine: the loops of probe.inc on every thread, for a moment each, the best of many
   runs. */
#include "regnet/machine.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cpu/half.h"
#include "cpu/kernels.h"
#include "regnet/clock.h"
#include "regnet/memory.h"
#include "regnet/pool.h"

#define TRIAL 0.005 /* seconds a run at least: starting it is nothing beside */
#define LASTS 0.3   /* seconds a figure */
#define BLOCK 1024  /* floats: every loop's steps divide it */

struct probe {
    rn_probe_fn *run;
    struct rn_pool *pool;
    float *memory; /* a piece for each thread */
    size_t piece;  /* floats from one to the next */
    size_t n;      /* the loop's */
    long rounds;
    double work; /* of a round, of one thread */
};

static void run_piece(void *arg, int task, int thread)
{
    struct probe *probe = arg;
    double work = probe->run(probe->memory + (size_t)task * probe->piece, probe->n, probe->rounds);

    (void)thread;
    if (task == 0)
        probe->work = work;
}

/* Work a second, of all threads together. */
static double measure(struct probe *probe, rn_probe_fn *run, size_t n)
{
    double start = rn_clock(), best = 0;

    probe->run = run;
    probe->n = n;
    probe->rounds = 1;
    while (best == 0 || rn_clock() - start < LASTS) {
        int threads = rn_pool_threads(probe->pool);
        double begin = rn_clock(), seconds;
        rn_pool_run(probe->pool, threads, run_piece, probe);
        seconds = rn_clock() - begin;
        if (seconds < TRIAL)
            probe->rounds *= 2;
        else
            best = fmax(best, threads * probe->work * (double)probe->rounds / seconds);
    }
    return best;
}

/* A line of the file that Linux has for a property of the first processor's i-th cache. */
static bool cache_property(int i, const char *property, char line[32])
{
    char path[96];
    FILE *file;
    bool found;

    (void)snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", i, property);
    file = fopen(path, "r");
    if (!file)
        return false;
    found = fgets(line, 32, file) != NULL;
    (void)fclose(file);
    return found;
}

/* Bytes of the first processor's data cache of a level; 0: unknown. (sysconf adds up the
   third-level caches of processors that this one cannot use.) */
static size_t cache_bytes(int level)
{
    char line[32];
    unsigned long kilobytes;

    for (int i = 0; cache_property(i, "level", line); i++) {
        if (line[0] != '0' + level)
            continue;
        if (cache_property(i, "type", line) && strcmp(line, "Instruction\n") != 0 &&
            cache_property(i, "size", line) && sscanf(line, "%luK", &kilobytes) == 1)
            return kilobytes << 10;
    }
    return 0;
}

/* The first two levels are a core's own. */
static void find_levels(struct rn_machine *machine)
{
    static const char *const names[] = {"L1", "L2", "L3"};

    for (int i = 0; i < 3; i++) {
        size_t bytes = cache_bytes(i + 1) * (i < 2 ? (size_t)machine->threads : 1);
        if (bytes > 0)
            machine->levels[machine->n_levels++] =
                (struct rn_machine_level){.name = names[i], .bytes = bytes};
    }
    machine->levels[machine->n_levels++] =
        (struct rn_machine_level){.name = "memory", .bytes = SIZE_MAX};
}

/* A thread's piece of what the largest cache cannot hold. */
static size_t largest_piece(const struct rn_machine *machine)
{
    size_t cache = machine->n_levels > 1 ? machine->levels[machine->n_levels - 2].bytes : 0;
    size_t bytes = cache < (16 << 20) ? 64 << 20 : 4 * cache;

    return bytes / sizeof(float) / (size_t)machine->threads / BLOCK * BLOCK;
}

static void measure_level(struct probe *probe, const struct rn_probes *probes,
                          struct rn_machine_level *level)
{
    size_t threads = (size_t)rn_pool_threads(probe->pool), n = probe->piece;

    if (level->bytes != SIZE_MAX) /* a quarter of a cache: others use it, too */
        n = level->bytes / 4 / sizeof(float) / threads / BLOCK * BLOCK;
    level->read = measure(probe, probes->read, n);
    level->copy = measure(probe, probes->copy, n);
}

enum rn_status rn_machine_measure(int threads, struct rn_machine *machine, struct rn_err *err)
{
    const struct rn_kernels *kernels = rn_kernels_pick(NULL);
    const struct rn_half_kernels *half = rn_half_pick(NULL);
    struct rn_machine made = {
        .threads = threads, .isa = kernels->isa, .bf16_isa = half ? half->isa : NULL};
    struct probe probe = {0};
    enum rn_status status;

    find_levels(&made);
    probe.piece = largest_piece(&made);
    RN_TRY(rn_pool_new(threads, &probe.pool, err));
    probe.memory = rn_alloc_aligned((size_t)threads * probe.piece, sizeof(float));
    if (!probe.memory) {
        status = rn_nomem(err, (size_t)threads * probe.piece * sizeof(float), "measuring memory");
        goto done;
    }
    made.flops = measure(&probe, kernels->probes.fma, BLOCK);
    if (half)
        made.bf16_flops = measure(&probe, half->probe, BLOCK);
    for (int i = 0; i < made.n_levels; i++)
        measure_level(&probe, &kernels->probes, &made.levels[i]);
    *machine = made;
done:
    rn_free(probe.memory);
    rn_pool_free(probe.pool);
    return status;
}

double rn_machine_bound(const struct rn_machine *machine, bool bf16, double flops, double bytes)
{
    const struct rn_machine_level *level = machine->levels;

    while (level < machine->levels + machine->n_levels - 1 && bytes > (double)level->bytes)
        level++;
    return fmax(flops / (bf16 && machine->bf16_flops > 0 ? machine->bf16_flops : machine->flops),
                bytes / level->read);
}
