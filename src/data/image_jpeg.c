/*
 * JPEG: the part of an image that is wanted, with the very pixels that it has in the whole. The
 * only file that knows libjpeg-turbo.
 *
 * What lies outside the part is read, so that damage anywhere is found, but the cosine transform
 * and all that follows it are spared.
 */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "data/image.h"

#define SCANS_MAX 500 /* each costs a pass over the image */

/* Everything that libjpeg's jump to the error must not lose. */
struct reader {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    const uint8_t *data;
    size_t len;
    const char *name, *trouble;
    const struct rn_want *want;
    struct rn_stored *stored;
    struct rn_err *err;
    enum rn_status status;
};

static void on_error(j_common_ptr jpeg)
{
    struct reader *reader = jpeg->client_data;
    char why[JMSG_LENGTH_MAX];

    jpeg->err->format_message(jpeg, why);
    reader->status =
        rn_fail(reader->err, RN_E_DATA, "%s: %s: %s", reader->name, reader->trouble, why);
    longjmp(reader->failed, 1);
}

/* A warning is damage, but bytes that belong to no segment harm nothing, and published data sets
   have them. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA)
        on_error(jpeg);
}

static void on_progress(j_common_ptr jpeg)
{
    struct reader *reader = jpeg->client_data;

    if (reader->jpeg.input_scan_number <= SCANS_MAX)
        return;
    reader->status = rn_fail(reader->err, RN_E_DATA, "%s: %s: more than %d scans", reader->name,
                             reader->trouble, SCANS_MAX);
    longjmp(reader->failed, 1);
}

/* The orientation that an APP1 segment says, looked for up to the first scan. */
static int orientation_of(const uint8_t *data, size_t len)
{
    static const char mark[6] = "Exif";

    for (size_t at = 2; at + 4 <= len && data[at] == 0xFF && data[at + 1] != 0xDA;) {
        size_t size = (size_t)data[at + 2] << 8 | data[at + 3];

        if (size < 2 || size > len - at - 2)
            break;
        if (data[at + 1] == 0xE1 && size >= 2 + sizeof mark &&
            memcmp(data + at + 4, mark, sizeof mark) == 0)
            return rn_exif_orientation(
                (struct rn_exif){data + at + 4 + sizeof mark, size - 2 - sizeof mark});
        at += 2 + size;
    }
    return 1;
}

/* The smallest size, of those that cost no more than decoding less, whose sides are enough. */
static void reduce(j_decompress_ptr jpeg, int enough)
{
    for (unsigned by = 8; by > 0; by /= 2) {
        jpeg->scale_denom = by;
        jpeg_calc_output_dimensions(jpeg);
        if (by == 1 || (enough > 0 && jpeg->output_width >= (unsigned)enough &&
                        jpeg->output_height >= (unsigned)enough))
            return;
    }
}

/* Size, colours, and the part that is wanted. */
static enum rn_status configure(struct reader *reader)
{
    j_decompress_ptr jpeg = &reader->jpeg;
    struct rn_stored *stored = reader->stored;
    enum rn_status status;

    RN_TRY(rn_image_check(reader->name, jpeg->image_height, jpeg->image_width, reader->err));
    jpeg->dct_method = JDCT_ISLOW;
    if (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK)
        jpeg->out_color_space = JCS_CMYK;
    else if (jpeg->jpeg_color_space != JCS_GRAYSCALE)
        jpeg->out_color_space = JCS_RGB;
    reduce(jpeg, reader->want->enough);
    stored->h = (int)jpeg->output_height;
    stored->w = (int)jpeg->output_width;
    stored->orientation = orientation_of(reader->data, reader->len);
    status = rn_want_part(reader->want, stored, reader->err);
done:
    return status;
}

/* Chroma is interpolated from its neighbours, for which one block more on each side is decoded. Two
   kinds of file are decoded whole: those of several scans, which are smoothed from farther away
   where a scan is missing, and those that are reduced, where libjpeg-turbo 2.1 gives a crop other
   pixels if its colours have a quarter of the columns. */
static void widen(j_decompress_ptr jpeg, struct rn_box *part)
{
    int h = (int)jpeg->output_height, w = (int)jpeg->output_width;
    int margin = jpeg->max_h_samp_factor; /* a neighbour of the coarsest colours */
    int from = part->x > margin ? part->x - margin : 0;
    int end = part->x + part->w < w - margin ? part->x + part->w + margin : w;
    JDIMENSION x = (JDIMENSION)from, n = (JDIMENSION)(end - from);

    if (jpeg_has_multiple_scans(jpeg) || jpeg->scale_denom > 1) {
        *part = (struct rn_box){0, 0, h, w};
        return;
    }
    if (end - from < w)
        jpeg_crop_scanline(jpeg, &x, &n);
    part->x = (int)x;
    part->w = (int)n;
}

static void read_rows(struct reader *reader)
{
    j_decompress_ptr jpeg = &reader->jpeg;
    const struct rn_stored *stored = reader->stored;
    JSAMPROW at = stored->image.pixels;

    if (stored->part.y > 0)
        (void)jpeg_skip_scanlines(jpeg, (JDIMENSION)stored->part.y);
    for (int y = 0; y < stored->part.h; y++, at += jpeg->output_width * (size_t)stored->image.c)
        (void)jpeg_read_scanlines(jpeg, &at, 1);
}

/* Up to the last row: libjpeg does not read what is skipped to the end. */
static void read_rest(j_decompress_ptr jpeg)
{
    JDIMENSION row = jpeg->output_width * (JDIMENSION)jpeg->output_components;
    JSAMPARRAY last = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, row, 1);

    if (jpeg->output_scanline + 1 < jpeg->output_height)
        (void)jpeg_skip_scanlines(jpeg, jpeg->output_height - 1 - jpeg->output_scanline);
    if (jpeg->output_scanline < jpeg->output_height)
        (void)jpeg_read_scanlines(jpeg, last, 1);
    (void)jpeg_finish_decompress(jpeg);
}

static void read_all(struct reader *reader)
{
    j_decompress_ptr jpeg = &reader->jpeg;
    struct rn_stored *stored = reader->stored;

    if (setjmp(reader->failed))
        return; /* reader->err says why */
    jpeg_create_decompress(jpeg);
    jpeg->progress = &reader->progress;
    reader->progress.progress_monitor = on_progress;
    jpeg_mem_src(jpeg, reader->data, reader->len);
    (void)jpeg_read_header(jpeg, TRUE);
    reader->trouble = "a damaged JPEG";
    reader->status = configure(reader);
    if (reader->status != RN_OK)
        return;
    (void)jpeg_start_decompress(jpeg);
    widen(jpeg, &stored->part);
    reader->status = rn_image_new(reader->name, stored->part.h, stored->part.w,
                                  jpeg->output_components, &stored->image, reader->err);
    if (reader->status != RN_OK)
        return;
    read_rows(reader);
    if (!reader->want->intact)
        read_rest(jpeg);
}

/* a b / 255, rounded */
static int scaled(int a, int b)
{
    int product = a * b + 128;

    return ((product >> 8) + product) >> 8;
}

/* Inks are stored inverted, as Adobe does it. */
static enum rn_status cmyk_to_rgb(const char *name, struct rn_image *image, struct rn_err *err)
{
    struct rn_image rgb = {0};
    const uint8_t *inks = image->pixels;
    enum rn_status status;

    RN_TRY(rn_image_new(name, image->h, image->w, 3, &rgb, err));
    for (size_t i = 0; i < (size_t)rgb.h * (size_t)rgb.w; i++, inks += 4)
        for (size_t c = 0; c < 3; c++)
            rgb.pixels[3 * i + c] = (uint8_t)(inks[3] - scaled(255 - inks[c], inks[3]));
    rn_image_release(image);
    *image = rgb;
done:
    return status;
}

enum rn_status rn_jpeg_decode(const uint8_t *data, size_t len, const char *name,
                              const struct rn_want *want, struct rn_stored *stored,
                              struct rn_err *err)
{
    struct reader reader = {.data = data,
                            .len = len,
                            .name = name,
                            .trouble = "not a readable JPEG",
                            .want = want,
                            .stored = stored,
                            .err = err};

    reader.jpeg.client_data = &reader;
    reader.jpeg.err = jpeg_std_error(&reader.errors);
    reader.errors.error_exit = on_error;
    reader.errors.emit_message = on_message;
    read_all(&reader);
    jpeg_destroy_decompress(&reader.jpeg);
    if (reader.status == RN_OK && stored->image.c == 4)
        return cmyk_to_rgb(name, &stored->image, err);
    return reader.status;
}
