/* Where a training's images are cut, erased and lit: functions of a cursor of random numbers. */
#include <math.h>

#include "data/augment.h"

#define TRIES 10

static double between(struct rn_rng *rng, double low, double high)
{
    return low + (high - low) * rn_rng_uniform(rng);
}

/* Somewhere in an image; false: it is too large. */
static bool place(struct rn_rng *rng, int h, int w, struct rn_box *box)
{
    if (box->h < 1 || box->w < 1 || box->h > h || box->w > w)
        return false;
    box->y = (int)rn_rng_below(rng, (uint32_t)(h - box->h) + 1);
    box->x = (int)rn_rng_below(rng, (uint32_t)(w - box->w) + 1);
    return true;
}

bool rn_draw_crop(struct rn_rng *rng, int h, int w, struct rn_box *box)
{
    for (int i = 0; i < TRIES; i++) {
        double area = between(rng, 0.08, 1) * h * w, aspect = between(rng, 3.0 / 4, 4.0 / 3);
        int a = (int)nearbyint(sqrt(area * aspect)), b = (int)nearbyint(sqrt(area / aspect));
        bool upright = rn_rng_below(rng, 2);
        *box = (struct rn_box){.h = upright ? a : b, .w = upright ? b : a};
        if (place(rng, h, w, box))
            return true;
    }
    return false;
}

/* The numbers of the paper and of torchvision. */
bool rn_draw_erase(struct rn_rng *rng, double probability, int h, int w, struct rn_box *box)
{
    if (probability <= 0 || rn_rng_uniform(rng) >= probability)
        return false;
    for (int i = 0; i < TRIES; i++) {
        double area = between(rng, 0.02, 0.33) * h * w;
        double aspect = exp(between(rng, log(0.3), log(3.3)));
        *box = (struct rn_box){.h = (int)nearbyint(sqrt(area * aspect)),
                               .w = (int)nearbyint(sqrt(area / aspect))};
        if (box->h < h && box->w < w && place(rng, h, w, box))
            return true;
    }
    return false;
}

/* Eigenvalues and eigenvectors of ImageNet's colours, from fb.resnet.torch. */
void rn_draw_lighting(struct rn_rng *rng, double std, float rgb[3])
{
    static const double value[3] = {0.2175, 0.0188, 0.0045};
    static const double vector[3][3] = {
        {-0.5675, 0.7192, 0.4009}, {-0.5808, -0.0045, -0.8140}, {-0.5836, -0.6948, 0.4203}};
    double alpha[3];

    for (int k = 0; k < 3; k++)
        alpha[k] = std * rn_rng_normal(rng) * value[k];
    for (int c = 0; c < 3; c++)
        rgb[c] =
            (float)(vector[c][0] * alpha[0] + vector[c][1] * alpha[1] + vector[c][2] * alpha[2]);
}
