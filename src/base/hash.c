/* Checksums, by xxHash. */
#include "regnet/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t rn_hash(const void *data, size_t len)
{
    return XXH64(data, len, 0);
}

uint64_t rn_hash_add(uint64_t hash, const void *data, size_t len)
{
    return XXH64(data, len, hash);
}
