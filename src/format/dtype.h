/* dtype.h: the element types of tensors in files, each converted to float. Private to format. */
#ifndef RN_FORMAT_DTYPE_H
#define RN_FORMAT_DTYPE_H

#include <stddef.h>

struct rn_dtype {
    const char *name;                                                /* as safetensors spells it */
    size_t size;                                                     /* bytes of an element */
    void (*convert)(const unsigned char *from, float *to, size_t n); /* from may be unaligned */
};

const struct rn_dtype *rn_dtype_find(const char *name); /* or NULL */

#endif
