/*
 * Drop connect, of whole images, and dropout, of values. What is dropped is a function of the seed,
 * the step, the node and the image, so that the backward pass draws it again, and a training that
 * was interrupted or has more threads draws the same.
 */
#include "engine/ref/ref.h"
#include "regnet/rng.h"

static struct rn_rng rng_of(const struct rn_op_args *a, int image)
{
    uint64_t place = (uint64_t)a->node->u.drop.number << 16 ^ (uint64_t)(a->first + image);

    return rn_rng_at(a->seed, RN_STREAM_DROP, a->step << 32 ^ place);
}

/* 0, or what makes up for those that are. */
static float draw(struct rn_rng *rng, double ratio)
{
    return rn_rng_uniform(rng) < ratio ? 0 : (float)(1 / (1 - ratio));
}

/* Values are drawn in order: padded channels, which come last, change no other's. */
static void drop(const struct rn_op_args *a, int image, const float *in, float *out, bool add)
{
    size_t n = rn_ref_count(a->node->out, 1), at = (size_t)image * n;
    struct rn_rng rng = rng_of(a, image);
    bool images = a->node->u.drop.images;
    float factor = images ? draw(&rng, a->node->u.drop.ratio) : 1;

    for (size_t i = at; i < at + n; i++) {
        float value = in[i] * (images ? factor : draw(&rng, a->node->u.drop.ratio));
        out[i] = add ? out[i] + value : value;
    }
}

void rn_ref_drop(const struct rn_op_args *a)
{
    size_t n = rn_ref_count(a->node->out, a->n);

    for (size_t i = 0; !a->train && i < n; i++)
        a->y[i] = a->x[0][i];
    for (int image = 0; a->train && image < a->n; image++)
        drop(a, image, a->x[0], a->y, false);
}

void rn_ref_drop_backward(const struct rn_op_args *a)
{
    for (int image = 0; a->dx[0] && image < a->n; image++)
        drop(a, image, a->dy, a->dx[0], a->add_dx[0]);
}
