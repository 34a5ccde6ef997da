/* Parts of a data set: one seeded order in which every prefix is balanced by class, cut twice. */
#include <stdlib.h>

#include "regnet/data.h"
#include "regnet/memory.h"
#include "regnet/rng.h"

/* An image's place in the order: the k-th of the m images of its class stands at (k + 1/2) / m. */
struct place {
    double at;
    uint32_t rank, image; /* rank: in the random permutation; breaks ties */
};

static int by_place(const void *pa, const void *pb)
{
    const struct place *a = pa, *b = pb;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->rank < b->rank ? -1 : 1;
}

static int by_number(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

    return a < b ? -1 : a > b;
}

static void order_images(const struct rn_dataset *ds, const uint32_t *permutation, uint32_t *total,
                         uint32_t *seen, struct place *places)
{
    for (int i = 0; i < ds->n; i++)
        total[ds->labels[i]]++;
    for (uint32_t r = 0; r < (uint32_t)ds->n; r++) {
        int32_t label = ds->labels[permutation[r]];
        places[r] = (struct place){(seen[label]++ + 0.5) / total[label], r, permutation[r]};
    }
    qsort(places, (size_t)ds->n, sizeof *places, by_place);
}

/* The balanced order of all images; yours to free. */
static enum rn_status balanced_order(const struct rn_dataset *ds, uint64_t seed, struct place **out,
                                     struct rn_err *err)
{
    struct rn_rng rng = rn_rng_at(seed, RN_STREAM_SPLIT, 0);
    size_t n = (size_t)ds->n;
    uint32_t *permutation = rn_alloc(n, sizeof *permutation);
    uint32_t *counts = rn_alloc(2 * (size_t)ds->n_classes, sizeof *counts);
    struct place *places = rn_alloc(n, sizeof *places);
    enum rn_status status = RN_OK;

    if (permutation && counts && places) {
        rn_rng_permutation(&rng, (uint32_t)n, permutation);
        order_images(ds, permutation, counts, counts + ds->n_classes, places);
        *out = places;
        places = NULL;
    } else {
        status = rn_nomem(err, n * sizeof *places, "a split");
    }
    rn_free(permutation);
    rn_free(counts);
    rn_free(places);
    return status;
}

static enum rn_status part_of(const struct place *places, size_t n, struct rn_part *part,
                              struct rn_err *err)
{
    uint32_t *index = rn_alloc(n, sizeof *index);

    if (!index)
        return rn_nomem(err, n * sizeof *index, "a part");
    for (size_t i = 0; i < n; i++)
        index[i] = places[i].image;
    qsort(index, n, sizeof *index, by_number);
    *part = (struct rn_part){n, index};
    return RN_OK;
}

enum rn_status rn_part_split(const struct rn_dataset *ds, size_t held_out, size_t limit,
                             uint64_t seed, struct rn_part *train, struct rn_part *val,
                             struct rn_err *err)
{
    size_t n = (size_t)ds->n;
    struct rn_part made_train = {0}, made_val = {0};
    struct place *places = NULL;
    enum rn_status status;

    if (held_out >= n)
        return rn_fail(err, RN_E_CONFIG, "%zu images cannot be held out of %zu", held_out, n);
    if (limit > n - held_out)
        return rn_fail(err, RN_E_CONFIG,
                       "%zu images to train on are wanted; %zu are there (%zu, less %zu held out)",
                       limit, n - held_out, n, held_out);
    RN_TRY(balanced_order(ds, seed, &places, err));
    if (train)
        RN_TRY(part_of(places + held_out, limit ? limit : n - held_out, &made_train, err));
    if (val)
        RN_TRY(part_of(places, held_out, &made_val, err));
    if (train)
        *train = made_train;
    if (val)
        *val = made_val;
    made_train = made_val = (struct rn_part){0};
done:
    rn_part_release(&made_train);
    rn_free(places);
    return status;
}

enum rn_status rn_part_all(const struct rn_dataset *ds, struct rn_part *part, struct rn_err *err)
{
    uint32_t *index = rn_alloc((size_t)ds->n, sizeof *index);

    if (!index)
        return rn_nomem(err, (size_t)ds->n * sizeof *index, "a part");
    for (uint32_t i = 0; i < (uint32_t)ds->n; i++)
        index[i] = i;
    *part = (struct rn_part){(size_t)ds->n, index};
    return RN_OK;
}

void rn_part_release(struct rn_part *part)
{
    rn_free(part->index);
    *part = (struct rn_part){0};
}
