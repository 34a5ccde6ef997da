/* PNG, as Pillow converts it to RGB. The only file that knows libpng. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

#include "data/image.h"
#include "regnet/memory.h"

/* Everything that libpng's jump to the error must not lose. */
struct reader {
    png_structp png;
    png_infop info;
    const uint8_t *data;
    size_t len, at;
    const char *name;
    struct rn_stored *stored;
    uint8_t *wide; /* 16 bits a pixel */
    struct rn_err *err;
    enum rn_status status;
};

static void on_error(png_structp png, png_const_charp message)
{
    struct reader *reader = png_get_error_ptr(png);

    reader->status =
        rn_fail(reader->err, RN_E_DATA, "%s: a damaged PNG: %s", reader->name, message);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void give(png_structp png, png_bytep to, size_t n)
{
    struct reader *reader = png_get_io_ptr(png);

    if (n > reader->len - reader->at)
        png_error(png, "the file is cut off");
    memcpy(to, reader->data + reader->at, n);
    reader->at += n;
}

/* Colours are looked up, bits widened to bytes, alpha dropped, and 16 bits cut to their upper 8;
   but grey of 16 bits without alpha stays as it is, for narrow(). Gamma is not applied. */
static bool choose_transforms(png_structp png, png_infop info)
{
    int color = png_get_color_type(png, info), depth = png_get_bit_depth(png, info);
    bool wide = depth == 16 && color == PNG_COLOR_TYPE_GRAY;

    if (color == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(png);
    if (color == PNG_COLOR_TYPE_GRAY && depth < 8)
        png_set_expand_gray_1_2_4_to_8(png);
    if (depth == 16 && !wide)
        png_set_strip_16(png);
    if (color & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS))
        png_set_strip_alpha(png);
    png_read_update_info(png, info);
    return wide;
}

static int read_orientation(png_structp png, png_infop info)
{
    png_uint_32 len = 0;
    png_bytep exif = NULL;

    if (!png_get_eXIf_1(png, info, &len, &exif))
        return 1;
    return rn_exif_orientation((struct rn_exif){exif, len});
}

static enum rn_status reserve(struct reader *reader, bool wide)
{
    png_structp png = reader->png;
    png_uint_32 h = png_get_image_height(png, reader->info);
    png_uint_32 w = png_get_image_width(png, reader->info);
    int c = png_get_channels(png, reader->info);
    enum rn_status status;

    RN_TRY(rn_image_new(reader->name, (long)h, (long)w, c, &reader->stored->image, reader->err));
    reader->wide = wide ? rn_alloc((size_t)h * w, 2) : NULL;
    if (wide && !reader->wide)
        return rn_nomem(reader->err, (size_t)h * w * 2, reader->name);
done:
    return status;
}

/* Grey of 16 bits: what is above 255 is white, as it is in Pillow. */
static void narrow(const struct reader *reader)
{
    const struct rn_image *image = &reader->stored->image;
    size_t n = (size_t)image->h * (size_t)image->w;

    for (size_t i = 0; i < n; i++)
        image->pixels[i] = reader->wide[2 * i] ? 255 : reader->wide[2 * i + 1];
}

/* Row by row: memory is touched only as far as there is data. */
static void read_rows(const struct reader *reader, int passes)
{
    uint8_t *pixels = reader->wide ? reader->wide : reader->stored->image.pixels;
    size_t row = png_get_rowbytes(reader->png, reader->info);

    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < reader->stored->image.h; y++)
            png_read_row(reader->png, pixels + (size_t)y * row, NULL);
}

static void read_all(struct reader *reader)
{
    int passes;
    bool wide;

    if (setjmp(png_jmpbuf(reader->png)))
        return; /* on_error has said why */
    png_set_read_fn(reader->png, reader, give);
    png_set_user_limits(reader->png, 1 << 26, 1 << 26);
    png_read_info(reader->png, reader->info);
    passes = png_set_interlace_handling(reader->png);
    wide = choose_transforms(reader->png, reader->info);
    reader->status = reserve(reader, wide);
    if (reader->status != RN_OK)
        return;
    read_rows(reader, passes);
    png_read_end(reader->png, reader->info);
    reader->stored->orientation = read_orientation(reader->png, reader->info);
    if (reader->wide)
        narrow(reader);
}

/* Everything is decoded, whatever is wanted. */
static enum rn_status choose_part(const struct rn_want *want, struct rn_stored *stored,
                                  struct rn_err *err)
{
    enum rn_status status;

    stored->h = stored->image.h;
    stored->w = stored->image.w;
    RN_TRY(rn_want_part(want, stored, err));
    stored->part = (struct rn_box){0, 0, stored->h, stored->w};
done:
    return status;
}

enum rn_status rn_png_decode(const uint8_t *data, size_t len, const char *name,
                             const struct rn_want *want, struct rn_stored *stored,
                             struct rn_err *err)
{
    struct reader reader = {.data = data, .len = len, .name = name, .stored = stored, .err = err};

    reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
    reader.info = reader.png ? png_create_info_struct(reader.png) : NULL;
    if (reader.info)
        read_all(&reader);
    else
        reader.status = rn_nomem(err, len, name);
    png_destroy_read_struct(&reader.png, &reader.info, NULL);
    rn_free(reader.wide);
    return reader.status == RN_OK ? choose_part(want, stored, err) : reader.status;
}
