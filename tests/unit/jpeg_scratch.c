/* JPEG files of every kind, for a test. */
#include "jpeg_scratch.h"

#include <stdio.h>

#include <jpeglib.h>

#define QUALITY 90

size_t encode_jpeg(const struct jpeg_kind *kind, const uint8_t *pixels, uint8_t **file)
{
    static const J_COLOR_SPACE colours[] = {[1] = JCS_GRAYSCALE, [3] = JCS_RGB, [4] = JCS_CMYK};
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors; /* libjpeg ends the program */
    unsigned long size = 0;
    size_t row = (size_t)kind->w * (size_t)kind->c;

    *file = NULL;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, file, &size);
    jpeg.image_width = (JDIMENSION)kind->w;
    jpeg.image_height = (JDIMENSION)kind->h;
    jpeg.input_components = kind->c;
    jpeg.in_color_space = colours[kind->c];
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, QUALITY, TRUE);
    jpeg.comp_info[0].h_samp_factor = kind->across ? kind->across : 1;
    jpeg.comp_info[0].v_samp_factor = kind->down ? kind->down : 1;
    jpeg.arith_code = kind->arithmetic;
    jpeg.restart_interval = kind->restart;
    if (kind->progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < kind->h; y++) {
        JSAMPROW from = (JSAMPROW)pixels + (size_t)y * row;
        (void)jpeg_write_scanlines(&jpeg, &from, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return size;
}
