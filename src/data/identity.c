/* Whether a data set is the one that it was, by its classes, labels and names. */
#include <string.h>

#include "data/index.h"
#include "regnet/hash.h"

static uint64_t add_text(uint64_t hash, const char *text)
{
    return rn_hash_add(hash, text, strlen(text));
}

static uint64_t add_names(uint64_t hash, const struct rn_index *index)
{
    for (size_t i = 0; i < index->n; i++) {
        hash = add_text(hash, rn_index_text(index, index->entries[i].path));
        hash = add_text(hash, rn_index_text(index, index->entries[i].member));
    }
    return hash;
}

uint64_t rn_dataset_hash(const struct rn_dataset *ds)
{
    uint64_t hash = rn_hash_add(0, ds->labels, (size_t)ds->n * sizeof *ds->labels);

    for (int k = 0; k < ds->n_classes; k++)
        hash = add_text(hash, ds->classes[k]);
    return ds->index ? add_names(hash, ds->index) : hash;
}
