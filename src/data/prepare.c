/* An image of a data set as a network is given it: a function of (seed, epoch, image). */
#include <string.h>

#include "data/augment.h"
#include "data/index.h"

#define PAD 4

/* Where the pixels of a padded image come from: shifted by (dy, dx), then mirrored. */
struct shift {
    int dy, dx; /* -PAD .. PAD */
    bool flip;
};

static struct shift draw_shift(const struct rn_augment *augment, struct rn_rng *rng)
{
    struct shift shift = {0};

    if (augment->crop) {
        shift.dy = (int)rn_rng_below(rng, 2 * PAD + 1) - PAD;
        shift.dx = (int)rn_rng_below(rng, 2 * PAD + 1) - PAD;
    }
    shift.flip = augment->flip && rn_rng_below(rng, 2) == 1;
    return shift;
}

/* The padding is 0 after normalization, as in pycls. */
static void write_pixel(const struct rn_prepare *p, const uint8_t *pixel, float *out)
{
    int step = p->dataset->c == 3;

    for (int c = 0; c < 3; c++)
        out[p->how.bgr ? 2 - c : c] = pixel ? p->table.value[c][pixel[c * step]] : 0;
}

static void write_shifted(const struct rn_prepare *p, const uint8_t *pixels, struct shift shift,
                          float *out)
{
    for (int y = 0; y < p->h; y++) {
        int from_y = y + shift.dy;
        for (int x = 0; x < p->w; x++, out += 3) {
            int from_x = (shift.flip ? p->w - 1 - x : x) + shift.dx;
            bool inside = from_y >= 0 && from_y < p->h && from_x >= 0 && from_x < p->w;
            write_pixel(p, inside ? pixels + (from_y * p->w + from_x) * p->dataset->c : NULL, out);
        }
    }
}

/* A set of one size: an operation sees the image before it is padded. */
static enum rn_status prepare_small(const struct rn_prepare *p, uint32_t image, struct rn_rng *rng,
                                    float *out, struct rn_err *err)
{
    const struct rn_dataset *ds = p->dataset;
    struct shift shift = draw_shift(&p->augment, rng);
    struct rn_image changed = {0};
    enum rn_status status;

    RN_TRY(rn_dataset_check(ds, image, err));
    if (p->augment.policy) {
        RN_TRY(rn_dataset_image(ds, image, &changed, err));
        RN_TRY(rn_policy_apply(&p->augment, rng, &changed, err));
    }
    write_shifted(p,
                  changed.pixels ? changed.pixels
                                 : ds->pixels + (size_t)image * (size_t)(ds->h * ds->w * ds->c),
                  shift, out);
done:
    rn_image_release(&changed);
    return status;
}

static void mirror(struct rn_image *image)
{
    size_t c = (size_t)image->c, w = (size_t)image->w;

    for (size_t y = 0; y < (size_t)image->h; y++) {
        uint8_t *row = image->pixels + y * w * c;
        for (size_t x = 0; x < w / 2; x++)
            for (size_t k = 0; k < c; k++) {
                uint8_t other = row[(w - 1 - x) * c + k];
                row[(w - 1 - x) * c + k] = row[x * c + k];
                row[x * c + k] = other;
            }
    }
}

/* What of an image of its own size becomes the output's columns and rows. */
struct cut {
    const struct rn_prepare *prepare;
    struct rn_rng *rng;
    struct rn_span x, y;
};

/* The random resized crop, or the crop of a test: the box that it is made of. */
static enum rn_status choose_cut(void *arg, int h, int w, struct rn_box *box, struct rn_err *err)
{
    struct cut *cut = arg;
    struct rn_preprocessing how = cut->prepare->how;
    bool crop = cut->prepare->augment.crop;
    enum rn_status status = RN_OK;

    if (crop && rn_draw_crop(cut->rng, h, w, box)) {
        cut->x = (struct rn_span){box->x, box->w, how.size, 0, how.size};
        cut->y = (struct rn_span){box->y, box->h, how.size, 0, how.size};
        return RN_OK;
    }
    if (crop)
        how.resize = how.size;
    RN_TRY(rn_fit_spans(h, w, &how, &cut->x, &cut->y, err));
    rn_span_reach(cut->x, &box->x, &box->w);
    rn_span_reach(cut->y, &box->y, &box->h);
done:
    return status;
}

static enum rn_status prepare_file(const struct rn_prepare *p, uint32_t number, struct rn_rng *rng,
                                   float *out, struct rn_err *err)
{
    struct cut cut = {.prepare = p, .rng = rng};
    const struct rn_want want = {.enough = p->reduced_jpeg ? 2 * p->how.resize : 0,
                                 .intact = p->intact[number],
                                 .choose = choose_cut,
                                 .arg = &cut};
    struct rn_image image = {0}, made = {0};
    struct rn_box part;
    float shift[3] = {0};
    enum rn_status status;

    RN_TRY(rn_dataset_read(p->dataset, number, &want, &image, &part, err));
    p->intact[number] = 1;
    cut.x.from -= part.x;
    cut.y.from -= part.y;
    RN_TRY(rn_image_resample(&image, cut.x, cut.y, &made, err));
    if (p->augment.flip && rn_rng_below(rng, 2))
        mirror(&made);
    if (p->augment.policy)
        RN_TRY(rn_policy_apply(&p->augment, rng, &made, err));
    if (p->augment.pca_std > 0) {
        rn_draw_lighting(rng, p->augment.pca_std, shift);
        for (int c = 0; c < 3; c++)
            shift[c] /= p->how.std[c];
    }
    rn_image_normalize(&made, &p->table, p->how.bgr, shift, out);
done:
    rn_image_release(&image);
    rn_image_release(&made);
    return status;
}

static void erase(const struct rn_prepare *p, const struct rn_box *box, float *out)
{
    for (int y = box->y; y < box->y + box->h; y++)
        memset(out + ((size_t)y * (size_t)p->w + (size_t)box->x) * 3, 0,
               (size_t)box->w * 3 * sizeof *out);
}

enum rn_status rn_prepare_image(const struct rn_prepare *prepare, int epoch, uint32_t image,
                                float *out, struct rn_err *err)
{
    struct rn_rng rng = rn_rng_at(prepare->seed, RN_STREAM_AUGMENT, (uint64_t)epoch << 32 | image);
    struct rn_box box;
    enum rn_status status;

    RN_TRY(
        (prepare->dataset->pixels ? prepare_small : prepare_file)(prepare, image, &rng, out, err));
    if (rn_draw_erase(&rng, prepare->augment.erase, prepare->h, prepare->w, &box))
        erase(prepare, &box, out);
done:
    return status;
}
