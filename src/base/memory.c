/* Allocation with checked sizes, and the growing buffer. */
#include "regnet/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define LARGE ((size_t)16 << 20) /* worth a question to the system */

static long fail_countdown = -1; /* tests only; set before threads start */

void rn_mem_fail_at(long n)
{
    fail_countdown = n;
}

static int refused(size_t count, size_t size)
{
    if (fail_countdown >= 0 && (fail_countdown == 0 || --fail_countdown < 0))
        return 1;
    if (size && count > (SIZE_MAX / 2) / size)
        return 1;
    return count * size >= LARGE && count * size > rn_memory_free();
}

void *rn_alloc(size_t count, size_t size)
{
    return refused(count, size) ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *rn_alloc_aligned(size_t count, size_t size)
{
    size_t bytes, alignment;
    void *memory;

    if (refused(count, size))
        return NULL;
    alignment = count * size < HUGE_PAGE ? 64 : HUGE_PAGE;
    bytes = (count * size + alignment - 1) / alignment * alignment;
    memory = aligned_alloc(alignment, bytes ? bytes : 64);
    if (!memory)
        return NULL;
    if (alignment == HUGE_PAGE)
        (void)madvise(memory, bytes, MADV_HUGEPAGE); /* a wish: fewer misses of the page tables */
    return memset(memory, 0, bytes);
}

void *rn_realloc(void *memory, size_t count, size_t size)
{
    return refused(count, size) ? NULL : realloc(memory, count * size > 0 ? count * size : 1);
}

void rn_free(void *memory)
{
    free(memory);
}

char *rn_strdup(const char *text)
{
    size_t len = strlen(text) + 1;
    char *copy = rn_alloc(len, 1);

    return copy ? memcpy(copy, text, len) : NULL;
}

enum rn_status rn_nomem(struct rn_err *err, size_t bytes, const char *what)
{
    if (bytes < LARGE)
        return rn_fail(err, RN_E_NOMEM, "out of memory: %zu bytes for %s", bytes, what);
    return rn_fail(err, RN_E_NOMEM, "out of memory: %.2f GB for %s, and %.2f GB are free",
                   1e-9 * (double)bytes, what, 1e-9 * (double)rn_memory_free());
}

void rn_buf_release(struct rn_buf *buf)
{
    rn_free(buf->data);
    *buf = (struct rn_buf){0};
}

enum rn_status rn_buf_reserve(struct rn_buf *buf, size_t extra, struct rn_err *err)
{
    size_t need, cap;
    char *data;

    if (extra > SIZE_MAX / 4 - buf->len)
        return rn_nomem(err, extra, "a buffer");
    need = buf->len + extra + 1;
    if (need <= buf->cap)
        return RN_OK;
    cap = buf->cap + buf->cap / 2;
    cap = cap < need ? need + 64 : cap;
    data = rn_realloc(buf->data, cap, 1);
    if (!data)
        return rn_nomem(err, cap, "a buffer");
    buf->data = data;
    buf->cap = cap;
    return RN_OK;
}

enum rn_status rn_buf_add(struct rn_buf *buf, const void *data, size_t len, struct rn_err *err)
{
    enum rn_status status = rn_buf_reserve(buf, len, err);

    if (status == RN_OK) {
        if (len)
            memcpy(buf->data + buf->len, data, len);
        buf->len += len;
        buf->data[buf->len] = 0;
    }
    return status;
}

enum rn_status rn_buf_addf(struct rn_buf *buf, struct rn_err *err, const char *fmt, ...)
{
    enum rn_status status;
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (len < 0)
        return rn_fail(err, RN_E_FAILED, "could not format a text (\"%s\")", fmt);
    RN_TRY(rn_buf_reserve(buf, (size_t)len, err));
    va_start(ap, fmt);
    (void)vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, ap);
    va_end(ap);
    buf->len += (size_t)len;
done:
    return status;
}
