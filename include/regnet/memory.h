/*
 * memory.h: allocation with checked sizes, and a growing buffer of bytes.
 *
 * Every allocation of the library goes through here, so that a test can make any one of them fail
 * (rn_mem_fail_at). Memory from rn_alloc is zeroed; memory from rn_alloc_aligned is 64-byte aligned
 * (a cache line, an AVX-512 vector) and zeroed. Both are released with rn_free.
 */
#ifndef REGNET_MEMORY_H
#define REGNET_MEMORY_H

#include <stddef.h>

#include "regnet/status.h"

/* count * size bytes, zeroed; NULL when the product overflows or memory is short. */
void *rn_alloc(size_t count, size_t size);
void *rn_alloc_aligned(size_t count, size_t size);
/* Grows or shrinks memory of rn_alloc; NULL on failure, and then the old memory is still there. */
void *rn_realloc(void *memory, size_t count, size_t size);
void rn_free(void *memory);
char *rn_strdup(const char *text);

/* The n-th allocation from now (0: the next) and all later ones fail; a negative n: none. Tests. */
void rn_mem_fail_at(long n);

/* Bytes that this process may still take: what the system, its control group and its limit on
   address space leave. A large allocation of more is refused, since Linux would grant it and kill
   the process when it is used. */
size_t rn_memory_free(void);
size_t rn_memory_held(void); /* resident; 0: unknown */

/* RN_E_NOMEM with a message that says how much was wanted for what. */
enum rn_status rn_nomem(struct rn_err *err, size_t bytes, const char *what);

/* A growing byte buffer, always terminated by a 0 that len does not count. Zero-initialize. */
struct rn_buf {
    char *data; /* NULL while empty */
    size_t len, cap;
};

void rn_buf_release(struct rn_buf *buf);
enum rn_status rn_buf_reserve(struct rn_buf *buf, size_t extra, struct rn_err *err);
enum rn_status rn_buf_add(struct rn_buf *buf, const void *data, size_t len, struct rn_err *err);
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum rn_status
rn_buf_addf(struct rn_buf *buf, struct rn_err *err, const char *fmt, ...);

#endif
