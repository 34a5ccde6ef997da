/*
 * AutoAugment and RandAugment, as pycls has them: operations of a strength of 0 to 1.
 *
 * AutoAugment's policy is EfficientNet's v0. RandAugment's operations are those whose strength 0
 * changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/augment.h"

/* Strength s is the value least + s (most - least), of either sign where `sign` says so. */
struct range {
    enum rn_augment_op op;
    double least, most;
    bool sign;
    double base, times; /* then base + times value */
};

#define AS_IT_IS 0, 1

static const struct range auto_contrast = {RN_AUGMENT_AUTO_CONTRAST, 0, 1, false, AS_IT_IS},
                          equalize = {RN_AUGMENT_EQUALIZE, 0, 1, false, AS_IT_IS},
                          invert = {RN_AUGMENT_INVERT, 0, 1, false, AS_IT_IS},
                          rotate = {RN_AUGMENT_ROTATE, 0, 30, true, AS_IT_IS},
                          posterize = {RN_AUGMENT_POSTERIZE, 0, 4, false, AS_IT_IS},
                          solarize = {RN_AUGMENT_SOLARIZE, 0, 256, false, AS_IT_IS},
                          solarize_add = {RN_AUGMENT_SOLARIZE_ADD, 0, 110, false, AS_IT_IS},
                          color = {RN_AUGMENT_COLOR, 0.1, 1.9, false, AS_IT_IS},
                          shear_x = {RN_AUGMENT_SHEAR_X, 0, 0.3, true, AS_IT_IS},
                          shear_y = {RN_AUGMENT_SHEAR_Y, 0, 0.3, true, AS_IT_IS},
                          trans_x = {RN_AUGMENT_TRANS_X, 0, 0.45, true, AS_IT_IS},
                          trans_y = {RN_AUGMENT_TRANS_Y, 0, 0.45, true, AS_IT_IS},
                          /* pycls' _inc: the stronger, the further from the image */
    posterize_inc = {RN_AUGMENT_POSTERIZE, 0, 4, false, 4, -1},
                          solarize_inc = {RN_AUGMENT_SOLARIZE, 0, 256, false, 256, -1},
                          color_inc = {RN_AUGMENT_COLOR, 0, 0.9, true, 1, 1},
                          contrast_inc = {RN_AUGMENT_CONTRAST, 0, 0.9, true, 1, 1},
                          brightness_inc = {RN_AUGMENT_BRIGHTNESS, 0, 0.9, true, 1, 1},
                          sharpness_inc = {RN_AUGMENT_SHARPNESS, 0, 0.9, true, 1, 1};

static const struct range *const rand_ops[] = {
    &auto_contrast, &equalize,     &invert,    &rotate,       &posterize_inc,
    &solarize_inc,  &solarize_add, &color_inc, &contrast_inc, &brightness_inc,
    &sharpness_inc, &shear_x,      &shear_y,   &trans_x,      &trans_y};

struct step {
    const struct range *range;
    double probability, strength;
};

static const struct step policy_v0[][2] = {
    {{&equalize, 0.8, 0.1}, {&shear_y, 0.8, 0.4}},
    {{&color, 0.4, 0.9}, {&equalize, 0.6, 0.3}},
    {{&color, 0.4, 0.1}, {&rotate, 0.6, 0.8}},
    {{&solarize, 0.8, 0.3}, {&equalize, 0.4, 0.7}},
    {{&solarize, 0.4, 0.2}, {&solarize, 0.6, 0.2}},
    {{&color, 0.2, 0.0}, {&equalize, 0.8, 0.8}},
    {{&equalize, 0.4, 0.8}, {&solarize_add, 0.8, 0.3}},
    {{&shear_x, 0.2, 0.9}, {&rotate, 0.6, 0.8}},
    {{&color, 0.6, 0.1}, {&equalize, 1.0, 0.2}},
    {{&invert, 0.4, 0.9}, {&rotate, 0.6, 0.0}},
    {{&equalize, 1.0, 0.9}, {&shear_y, 0.6, 0.3}},
    {{&color, 0.4, 0.7}, {&equalize, 0.6, 0.0}},
    {{&posterize, 0.4, 0.6}, {&auto_contrast, 0.4, 0.7}},
    {{&solarize, 0.6, 0.8}, {&color, 0.6, 0.9}},
    {{&solarize, 0.2, 0.4}, {&rotate, 0.8, 0.9}},
    {{&rotate, 1.0, 0.7}, {&trans_y, 0.8, 0.9}},
    {{&shear_x, 0.0, 0.0}, {&solarize, 0.8, 0.4}},
    {{&shear_y, 0.8, 0.0}, {&color, 0.6, 0.4}},
    {{&color, 1.0, 0.0}, {&rotate, 0.6, 0.2}},
    {{&equalize, 0.8, 0.4}, {&equalize, 0.0, 0.8}},
    {{&equalize, 1.0, 0.4}, {&auto_contrast, 0.6, 0.2}},
    {{&shear_y, 0.4, 0.7}, {&solarize_add, 0.6, 0.7}},
    {{&posterize, 0.8, 0.2}, {&solarize, 0.6, 1.0}},
    {{&solarize, 0.6, 0.8}, {&equalize, 0.6, 0.1}},
    {{&color, 0.8, 0.6}, {&rotate, 0.4, 0.5}},
};

static enum rn_status apply(struct step step, struct rn_rng *rng, struct rn_image *image,
                            struct rn_err *err)
{
    const struct range *range = step.range;
    double v = range->least + step.strength * (range->most - range->least);

    if (rn_rng_uniform(rng) >= step.probability)
        return RN_OK;
    if (range->sign && rn_rng_below(rng, 2))
        v = -v;
    if (range->op == RN_AUGMENT_POSTERIZE || range == &solarize)
        v = (int)v; /* pycls' */
    return rn_augment_apply(range->op, range->base + range->times * v, image, err);
}

enum rn_status rn_policy_apply(const struct rn_augment *augment, struct rn_rng *rng,
                               struct rn_image *image, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (augment->n_ops == 0) {
        const struct step *steps =
            policy_v0[rn_rng_below(rng, sizeof policy_v0 / sizeof *policy_v0)];
        RN_TRY(apply(steps[0], rng, image, err));
        return apply(steps[1], rng, image, err);
    }
    for (int i = 0; i < augment->n_ops; i++) {
        uint32_t op = rn_rng_below(rng, sizeof rand_ops / sizeof *rand_ops);
        RN_TRY(
            apply((struct step){rand_ops[op], augment->prob, augment->magnitude}, rng, image, err));
    }
done:
    return status;
}

#define EXPECTED                                                                            \
    "expected \"\", none, AutoAugment or RandAugment_N2_M0.5 (N operations, M 0 to 1, P 0 " \
    "to 1)"

static enum rn_status parse_parameter(const char *at, char **end, struct rn_augment *augment)
{
    double value = strtod(at + 1, end);

    if (*end == at + 1 || value < 0 || value > (*at == 'N' ? 16 : 1))
        return RN_E_CONFIG;
    if (*at == 'N')
        augment->n_ops = (int)value;
    else if (*at == 'M')
        augment->magnitude = value;
    else if (*at == 'P')
        augment->prob = value;
    else
        return RN_E_CONFIG;
    return RN_OK;
}

static enum rn_status parse_rand(const char *text, struct rn_augment *augment)
{
    enum rn_status status = RN_OK;

    augment->n_ops = 2;
    augment->magnitude = -1;
    augment->prob = 1;
    for (char *end; *text == '_'; text = end)
        RN_TRY(parse_parameter(text + 1, &end, augment));
    if (*text || augment->magnitude < 0 || augment->n_ops < 1)
        status = RN_E_CONFIG;
done:
    return status;
}

enum rn_status rn_augment_parse(const char *text, struct rn_augment *augment, struct rn_err *err)
{
    static const char rand[] = "RandAugment";
    bool on = strcmp(text, "none") != 0;
    struct rn_augment parsed = *augment;
    enum rn_status status = RN_OK;

    parsed.crop = parsed.flip = on;
    parsed.policy = on && *text;
    if (strncmp(text, rand, sizeof rand - 1) == 0)
        status = parse_rand(text + sizeof rand - 1, &parsed);
    else if (parsed.policy && strcmp(text, "AutoAugment") != 0)
        status = RN_E_CONFIG;
    if (status != RN_OK)
        return rn_fail(err, RN_E_CONFIG, "TRAIN.AUGMENT \"%s\": " EXPECTED, text);
    *augment = parsed;
    return RN_OK;
}
