/* PNG and JPEG files into 8-bit pixels. The only file that knows libpng and libjpeg-turbo. */
#include <string.h>

#include <png.h>
#include <turbojpeg.h>

#include "regnet/data.h"
#include "regnet/file.h"

#define FILE_MAX ((size_t)1 << 28)
#define PIXELS_MAX (1L << 26) /* 8192 x 8192 */

/* Memory for an image, refused before it is taken when the header claims too much. */
static enum rn_status image_new(const char *path, long h, long w, int c, struct rn_image *image,
                                struct rn_err *err)
{
    size_t size;

    if (h <= 0 || w <= 0 || h > PIXELS_MAX / w)
        return rn_fail(err, RN_E_DATA, "%s: an image of %ldx%ld pixels; at most %ld are read", path,
                       w, h, PIXELS_MAX);
    size = (size_t)(h * w * c);
    *image = (struct rn_image){(int)h, (int)w, c, rn_alloc(size, 1)};
    return image->pixels ? RN_OK : rn_nomem(err, size, path);
}

static enum rn_status read_png(const char *path, const struct rn_buf *bytes, struct rn_image *image,
                               struct rn_err *err)
{
    const png_color black = {0, 0, 0};
    png_image png = {.version = PNG_IMAGE_VERSION};
    enum rn_status status;
    int color;

    if (!png_image_begin_read_from_memory(&png, bytes->data, bytes->len)) {
        status = rn_fail(err, RN_E_DATA, "%s: not a readable PNG: %s", path, png.message);
        goto done;
    }
    color = (png.format & PNG_FORMAT_FLAG_COLOR) != 0;
    png.format = color ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    RN_TRY(image_new(path, (long)png.height, (long)png.width, color ? 3 : 1, image, err));
    if (!png_image_finish_read(&png, &black, image->pixels, 0, NULL))
        status = rn_fail(err, RN_E_DATA, "%s: a damaged PNG: %s", path, png.message);
done:
    png_image_free(&png);
    return status;
}

static enum rn_status read_jpeg(const char *path, const struct rn_buf *bytes,
                                struct rn_image *image, struct rn_err *err)
{
    const unsigned char *data = (const unsigned char *)bytes->data;
    tjhandle tj = tjInitDecompress();
    int w, h, subsampling, space;
    enum rn_status status;

    if (!tj)
        return rn_nomem(err, bytes->len, path);
    if (tjDecompressHeader3(tj, data, bytes->len, &w, &h, &subsampling, &space) != 0) {
        status = rn_fail(err, RN_E_DATA, "%s: not a readable JPEG: %s", path, tjGetErrorStr2(tj));
        goto done;
    }
    RN_TRY(image_new(path, h, w, space == TJCS_GRAY ? 1 : 3, image, err));
    if (tjDecompress2(tj, data, bytes->len, image->pixels, w, 0, h,
                      image->c == 1 ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT) != 0)
        status = rn_fail(err, RN_E_DATA, "%s: a damaged JPEG: %s", path, tjGetErrorStr2(tj));
done:
    (void)tjDestroy(tj);
    return status;
}

enum rn_status rn_image_read(const char *path, struct rn_image *image, struct rn_err *err)
{
    struct rn_image read = {0};
    struct rn_buf bytes = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, FILE_MAX, &bytes, err));
    if (bytes.len >= 8 && memcmp(bytes.data, "\x89PNG\r\n\x1a\n", 8) == 0)
        RN_TRY(read_png(path, &bytes, &read, err));
    else if (bytes.len >= 3 && memcmp(bytes.data, "\xff\xd8\xff", 3) == 0)
        RN_TRY(read_jpeg(path, &bytes, &read, err));
    else
        RN_TRY(rn_fail(err, RN_E_DATA, "%s: neither a PNG nor a JPEG", path));
    *image = read;
    read.pixels = NULL;
done:
    rn_image_release(&read);
    rn_buf_release(&bytes);
    return status;
}

void rn_image_release(struct rn_image *image)
{
    rn_free(image->pixels);
    *image = (struct rn_image){0};
}
