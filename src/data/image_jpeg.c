/* JPEG. The only file that knows libjpeg-turbo. */
#include <string.h>

#include <turbojpeg.h>

#include "data/image.h"
#include "regnet/memory.h"

#ifdef TJFLAG_LIMITSCANS /* 2.1: no more than 500 scans, each of which costs a pass */
#define FLAGS (TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
#else
#define FLAGS TJFLAG_ACCURATEDCT
#endif

/* Bytes that belong to no segment harm nothing, and published data sets have them. */
static bool is_harmless(tjhandle tj)
{
    return tjGetErrorCode(tj) == TJERR_WARNING && strstr(tjGetErrorStr2(tj), "extraneous bytes");
}

static enum rn_status decompress(tjhandle tj, const uint8_t *data, size_t len, const char *name,
                                 int format, struct rn_image *image, struct rn_err *err)
{
    if (tjDecompress2(tj, data, len, image->pixels, image->w, 0, image->h, format, FLAGS) != 0 &&
        !is_harmless(tj))
        return rn_fail(err, RN_E_DATA, "%s: a damaged JPEG: %s", name, tjGetErrorStr2(tj));
    return RN_OK;
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
static void reduce(int enough, int *w, int *h)
{
    for (int by = 8; by > 1 && enough > 0; by /= 2) {
        const tjscalingfactor factor = {1, by};
        int less_w = TJSCALED(*w, factor), less_h = TJSCALED(*h, factor);
        if (less_w >= enough && less_h >= enough) {
            *w = less_w;
            *h = less_h;
            return;
        }
    }
}

enum rn_status rn_jpeg_decode(const uint8_t *data, size_t len, const char *name, int enough,
                              struct rn_image *image, int *orientation, struct rn_err *err)
{
    tjhandle tj = tjInitDecompress();
    int w = 0, h = 0, subsampling, space = 0;
    enum rn_status status;
    bool cmyk, failed;

    if (!tj)
        return rn_nomem(err, len, name);
    failed = tjDecompressHeader3(tj, data, len, &w, &h, &subsampling, &space) != 0;
    if (w == 0 || h == 0 || (failed && !is_harmless(tj))) {
        status = rn_fail(err, RN_E_DATA, "%s: not a readable JPEG: %s", name,
                         failed ? tjGetErrorStr2(tj) : "its header is missing");
        goto done;
    }
    RN_TRY(rn_image_check(name, h, w, err));
    reduce(enough, &w, &h);
    cmyk = space == TJCS_CMYK || space == TJCS_YCCK;
    RN_TRY(rn_image_new(name, h, w, space == TJCS_GRAY ? 1 : cmyk ? 4 : 3, image, err));
    RN_TRY(decompress(tj, data, len, name,
                      space == TJCS_GRAY ? TJPF_GRAY
                      : cmyk             ? TJPF_CMYK
                                         : TJPF_RGB,
                      image, err));
    if (cmyk)
        RN_TRY(cmyk_to_rgb(name, image, err));
    *orientation = orientation_of(data, len);
done:
    (void)tjDestroy(tj);
    return status;
}
