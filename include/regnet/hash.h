/* hash.h: a checksum of bytes, for records that must be found to be whole. No defence against
   malice. */
#ifndef REGNET_HASH_H
#define REGNET_HASH_H

#include <stddef.h>
#include <stdint.h>

/* XXH64 with seed 0: the same on any machine. */
uint64_t rn_hash(const void *data, size_t len);
/* Of pieces one after the other: `hash` is that of those before, 0 of none. Where one piece ends
   counts, too. */
uint64_t rn_hash_add(uint64_t hash, const void *data, size_t len);

#endif
