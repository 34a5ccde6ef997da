/* jpeg_scratch.h: JPEG files of every kind, for a test. */
#ifndef RN_TESTS_JPEG_SCRATCH_H
#define RN_TESTS_JPEG_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jpeg_kind {
    int h, w, c;      /* c: 1, 3, 4 (CMYK) */
    int across, down; /* sampling factors of the first component; 0: 1 */
    bool progressive, arithmetic;
    unsigned restart; /* blocks from a marker to the next; 0: none */
};

/* pixels: h x w x c; a file in memory, yours: free; its size. */
size_t encode_jpeg(const struct jpeg_kind *kind, const uint8_t *pixels, uint8_t **file);

#endif
