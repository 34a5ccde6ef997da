/* mixup and CutMix, as pycls has them: one share and one permutation a batch. */
#include <math.h>
#include <string.h>

#include "data/augment.h"

/* Marsaglia and Tsang, 2000; below 1 by a power of a uniform number. */
static double draw_gamma(struct rn_rng *rng, double alpha)
{
    double boost = alpha < 1 ? pow(1 - rn_rng_uniform(rng), 1 / alpha) : 1;
    double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3, c = 1 / sqrt(9 * d);

    for (;;) {
        double x = rn_rng_normal(rng), v = 1 + c * x, u = 1 - rn_rng_uniform(rng);
        v = v * v * v;
        if (v > 0 && log(u) < x * x / 2 + d - d * v + d * log(v))
            return boost * d * v;
    }
}

double rn_rng_beta(struct rn_rng *rng, double alpha)
{
    double a = draw_gamma(rng, alpha), b = draw_gamma(rng, alpha);

    return a + b > 0 ? a / (a + b) : 0.5; /* both may vanish when alpha is tiny */
}

/* A box of a share of the image around a pixel, cut at the border; own becomes what is left. */
static void draw_box(struct rn_rng *rng, int h, int w, struct rn_mix *mix)
{
    double side = sqrt(1 - mix->own);
    int box_h = (int)(h * side), box_w = (int)(w * side);
    int y = (int)rn_rng_below(rng, (uint32_t)h), x = (int)rn_rng_below(rng, (uint32_t)w);
    int top = y - box_h / 2, left = x - box_w / 2;
    int bottom = top + box_h < h ? top + box_h : h, right = left + box_w < w ? left + box_w : w;

    top = top > 0 ? top : 0;
    left = left > 0 ? left : 0;
    mix->box = (struct rn_box){top, left, bottom - top, right - left};
    mix->own = 1 - (double)mix->box.h * mix->box.w / ((double)h * w);
}

void rn_mix_draw(const struct rn_augment *augment, struct rn_rng *rng, int n, int h, int w,
                 struct rn_mix *mix)
{
    bool up = augment->mixup_alpha > 0, cut = augment->cutmix_alpha > 0;

    mix->own = 1;
    if ((!up && !cut) || n < 1)
        return;
    mix->cut = cut && (!up || rn_rng_below(rng, 2));
    mix->own = rn_rng_beta(rng, mix->cut ? augment->cutmix_alpha : augment->mixup_alpha);
    rn_rng_permutation(rng, (uint32_t)n, mix->partner);
    if (mix->cut)
        draw_box(rng, h, w, mix);
}

static void cut_in(const struct rn_box *box, const float *partner, int w, float *out)
{
    for (int y = box->y; y < box->y + box->h; y++) {
        size_t at = ((size_t)y * (size_t)w + (size_t)box->x) * 3;
        memcpy(out + at, partner + at, (size_t)box->w * 3 * sizeof *out);
    }
}

void rn_mix_image(const struct rn_mix *mix, const float *own, const float *partner, int h, int w,
                  float *out)
{
    size_t size = (size_t)h * (size_t)w * 3;
    float share = (float)mix->own;

    memcpy(out, own, size * sizeof *out);
    if (mix->own == 1)
        return;
    if (mix->cut)
        cut_in(&mix->box, partner, w, out);
    else
        for (size_t k = 0; k < size; k++)
            out[k] = share * own[k] + (1 - share) * partner[k];
}
