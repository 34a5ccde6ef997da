/*
 * Any bytes as a tar shard: what is accepted lies in the file, and all of it can be read. Tests
 * replay corpus/tar; tools/fuzz.sh tar looks for new cases.
 */
#include "fuzz.h"

#include <stdio.h>
#include <unistd.h>

#include "data/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_index *index = NULL;
    FILE *file = tmpfile();

    if (!file || fwrite(data, 1, size, file) != size || fflush(file) != 0 ||
        rn_index_new("/", &index, NULL) != RN_OK)
        __builtin_trap();
    if (rn_tar_index(fileno(file), (int64_t)size, 0, index, NULL) == RN_OK)
        for (size_t i = 0; i < index->n; i++) {
            const struct rn_entry *entry = &index->entries[i];
            if (entry->offset < 0 || entry->size < 0 ||
                entry->size > (int64_t)size - entry->offset || !entry->member || !entry->label ||
                !*rn_index_text(index, entry->member))
                __builtin_trap();
        }
    rn_index_free(index);
    (void)fclose(file);
    return 0;
}
