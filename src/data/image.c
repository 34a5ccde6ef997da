/* Image files into 8-bit pixels, the right way up. */
#include "data/image.h"

#include <string.h>

#include "regnet/file.h"

#define PIXELS_MAX (1L << 26) /* 8192 x 8192 */
#define ORIENTATION 0x0112    /* EXIF's tag */
#define SHORT 3               /* and type */

enum rn_status rn_image_check(const char *name, long h, long w, struct rn_err *err)
{
    if (h <= 0 || w <= 0 || h > PIXELS_MAX / w)
        return rn_fail(err, RN_E_DATA, "%s: an image of %ldx%ld pixels; from 1 to %ld are read",
                       name, w, h, PIXELS_MAX);
    return RN_OK;
}

enum rn_status rn_image_new(const char *name, long h, long w, int c, struct rn_image *image,
                            struct rn_err *err)
{
    size_t size;
    enum rn_status status = rn_image_check(name, h, w, err);

    if (status != RN_OK)
        return status;
    size = (size_t)(h * w * c);
    *image = (struct rn_image){(int)h, (int)w, c, rn_realloc(NULL, size, 1)};
    return image->pixels ? RN_OK : rn_nomem(err, size, name);
}

static unsigned number(const uint8_t *at, int bytes, bool big)
{
    unsigned value = 0;

    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[big ? i : bytes - 1 - i];
    return value;
}

int rn_exif_orientation(struct rn_exif exif)
{
    bool big = exif.len >= 8 && exif.data[0] == 'M';
    size_t at;
    unsigned n;

    if (exif.len < 8 || memcmp(exif.data, big ? "MM\0*" : "II*\0", 4) != 0)
        return 1;
    at = number(exif.data + 4, 4, big);
    if (at > exif.len - 2)
        return 1;
    n = number(exif.data + at, 2, big);
    for (at += 2; n-- > 0 && exif.len - at >= 12; at += 12) {
        unsigned value = number(exif.data + at + 8, 2, big);
        if (number(exif.data + at, 2, big) == ORIENTATION &&
            number(exif.data + at + 2, 2, big) == SHORT && value >= 1 && value <= 8)
            return (int)value;
    }
    return 1;
}

/* What orientations do: 5 to 8 exchange rows and columns; the stored rows are counted from below,
   or the stored columns from the right. */
static bool swaps(int orientation)
{
    return orientation >= 5;
}

static bool from_below(int orientation)
{
    return strchr("\3\4\6\7", orientation);
}

static bool from_right(int orientation)
{
    return strchr("\2\3\7\10", orientation);
}

enum rn_status rn_want_part(const struct rn_want *want, struct rn_stored *stored,
                            struct rn_err *err)
{
    int h = stored->h, w = stored->w, turned = stored->orientation;
    struct rn_box box = {0, 0, swaps(turned) ? w : h, swaps(turned) ? h : w};
    enum rn_status status = RN_OK;

    if (want->choose)
        RN_TRY(want->choose(want->arg, box.h, box.w, &box, err));
    stored->box = box;
    if (swaps(turned))
        box = (struct rn_box){box.x, box.y, box.w, box.h};
    if (from_below(turned))
        box.y = h - box.y - box.h;
    if (from_right(turned))
        box.x = w - box.x - box.w;
    stored->part = box;
done:
    return status;
}

/* The box, as it is to be seen. */
static enum rn_status turn(const struct rn_stored *from, const char *name, struct rn_image *out,
                           struct rn_err *err)
{
    const struct rn_image *image = &from->image;
    struct rn_box box = from->box;
    int turned = from->orientation;
    size_t c = (size_t)image->c;
    enum rn_status status;

    RN_TRY(rn_image_new(name, box.h, box.w, image->c, out, err));
    for (int y = 0; y < box.h; y++) {
        for (int x = 0; x < box.w; x++) {
            int row = swaps(turned) ? box.x + x : box.y + y;
            int column = swaps(turned) ? box.y + y : box.x + x;
            row = (from_below(turned) ? from->h - 1 - row : row) - from->part.y;
            column = (from_right(turned) ? from->w - 1 - column : column) - from->part.x;
            memcpy(out->pixels + ((size_t)y * (size_t)box.w + (size_t)x) * c,
                   image->pixels + ((size_t)row * (size_t)image->w + (size_t)column) * c, c);
        }
    }
done:
    return status;
}

enum rn_status rn_image_decode(const void *data, size_t len, const char *name,
                               const struct rn_want *want, struct rn_image *image,
                               struct rn_box *part, struct rn_err *err)
{
    struct rn_stored stored = {0};
    struct rn_image out = {0};
    enum rn_status status;

    if (len >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
        RN_TRY(rn_png_decode(data, len, name, want, &stored, err));
    else if (len >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0)
        RN_TRY(rn_jpeg_decode(data, len, name, want, &stored, err));
    else
        RN_TRY(rn_fail(err, RN_E_DATA, "%s: %s", name,
                       len ? "neither a PNG nor a JPEG" : "an empty file"));
    if (stored.orientation == 1) {
        out = stored.image;
        stored.image.pixels = NULL;
        *part = stored.part;
    } else {
        RN_TRY(turn(&stored, name, &out, err));
        *part = stored.box;
    }
    *image = out;
done:
    rn_image_release(&stored.image);
    return status;
}

enum rn_status rn_image_parse(const void *data, size_t len, const char *name,
                              struct rn_image *image, struct rn_err *err)
{
    struct rn_box all;

    return rn_image_decode(data, len, name, &(struct rn_want){0}, image, &all, err);
}

enum rn_status rn_image_read(const char *path, struct rn_image *image, struct rn_err *err)
{
    struct rn_buf bytes = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, RN_IMAGE_FILE_MAX, &bytes, err));
    status = rn_image_parse(bytes.data, bytes.len, path, image, err);
done:
    rn_buf_release(&bytes);
    return status;
}

void rn_image_release(struct rn_image *image)
{
    rn_free(image->pixels);
    *image = (struct rn_image){0};
}
