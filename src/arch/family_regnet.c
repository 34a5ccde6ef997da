/* The RegNets known by name. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "family.h"

/* X and Y to 32 GF: figures 15 and 16, with the digits of pycls' configurations. The larger Y are
   timm's, as trained by SEER; Z (Fast and Accurate Model Scaling) has no published parameters but
   timm's. b is 1, in Z 1/4. */
static const struct regnet {
    const char *name;
    int d, w0;
    double wa, wm;
    int g;
} regnets[] = {
    {"RegNetX-200MF", 13, 24, 36.44, 2.49, 8},     {"RegNetX-400MF", 22, 24, 24.48, 2.54, 16},
    {"RegNetX-600MF", 16, 48, 36.97, 2.24, 24},    {"RegNetX-800MF", 16, 56, 35.73, 2.28, 16},
    {"RegNetX-1.6GF", 18, 80, 34.01, 2.25, 24},    {"RegNetX-3.2GF", 25, 88, 26.31, 2.25, 48},
    {"RegNetX-4.0GF", 23, 96, 38.65, 2.43, 40},    {"RegNetX-6.4GF", 17, 184, 60.83, 2.07, 56},
    {"RegNetX-8.0GF", 23, 80, 49.56, 2.88, 120},   {"RegNetX-12GF", 19, 168, 73.36, 2.37, 112},
    {"RegNetX-16GF", 22, 216, 55.59, 2.1, 128},    {"RegNetX-32GF", 23, 320, 69.86, 2.0, 168},
    {"RegNetY-200MF", 13, 24, 36.44, 2.49, 8},     {"RegNetY-400MF", 16, 48, 27.89, 2.09, 8},
    {"RegNetY-600MF", 15, 48, 32.54, 2.32, 16},    {"RegNetY-800MF", 14, 56, 38.84, 2.4, 16},
    {"RegNetY-1.6GF", 27, 48, 20.71, 2.65, 24},    {"RegNetY-3.2GF", 21, 80, 42.63, 2.66, 24},
    {"RegNetY-4.0GF", 22, 96, 31.41, 2.24, 64},    {"RegNetY-6.4GF", 25, 112, 33.22, 2.27, 72},
    {"RegNetY-8.0GF", 17, 192, 76.82, 2.19, 56},   {"RegNetY-12GF", 19, 168, 73.36, 2.37, 112},
    {"RegNetY-16GF", 18, 200, 106.23, 2.48, 112},  {"RegNetY-32GF", 20, 232, 115.89, 2.53, 232},
    {"RegNetY-64GF", 20, 352, 147.48, 2.4, 328},   {"RegNetY-128GF", 27, 456, 160.83, 2.52, 264},
    {"RegNetY-256GF", 27, 640, 230.83, 2.53, 373}, {"RegNetZ-500MF", 21, 16, 10.7, 2.51, 4},
    {"RegNetZ-4GF", 28, 48, 14.5, 2.226, 8},
};

static const char *name(size_t i)
{
    return regnets[i].name;
}

static char letter(size_t i)
{
    return regnets[i].name[strlen("RegNet")];
}

static struct rn_regnet params_of(size_t i)
{
    const struct regnet *r = &regnets[i];

    return (struct rn_regnet){r->d, r->w0, r->wa, r->wm, letter(i) == 'Z' ? 4 : 1, r->g};
}

static enum rn_status make(size_t i, struct rn_arch *arch, struct rn_err *err)
{
    struct rn_regnet params = params_of(i);
    struct rn_regnet_line line;
    enum rn_status status;

    RN_TRY(rn_regnet_generate(&params, &line, err));
    arch->stem = RN_STEM_SIMPLE;
    arch->stem_w = 32;
    arch->block = RN_BLOCK_BOTTLENECK;
    arch->se_r = letter(i) == 'X' ? 0 : 0.25;
    if (letter(i) == 'Z') {
        bool small = strcmp(regnets[i].name, "RegNetZ-500MF") == 0;
        arch->block = RN_BLOCK_BOTTLENECK_LINEAR;
        arch->act = RN_ACT_SILU;
        arch->head_w = small ? 1024 : 0;
        arch->im_size = small ? 224 : 256;
    }
    rn_regnet_stages(&params, &line, 2, arch);
done:
    return status;
}

/* timm's: regnetx_004 is 400 MF, regnety_120 is 12 GF. */
static void other_spelling(size_t i, char *out, size_t size)
{
    double amount;
    char family, unit;

    if (sscanf(regnets[i].name, "RegNet%c-%lf%c", &family, &amount, &unit) == 3)
        snprintf(out, size, "regnet%c%03.0f", tolower((unsigned char)family),
                 unit == 'G' ? amount * 10 : amount / 100);
}

/* What a RegNet's blocks share is said once, in the keys of its line. */
static void to_config(size_t i, const struct rn_arch *arch, struct rn_config *cfg)
{
    struct rn_regnet params = params_of(i);

    snprintf(cfg->model.type, RN_TEXT_MAX, "regnet");
    snprintf(cfg->regnet.stem_type, RN_TEXT_MAX, "%s", rn_stem_text(arch->stem));
    snprintf(cfg->regnet.block_type, RN_TEXT_MAX, "%s", rn_block_text(arch->block));
    cfg->regnet.stem_w = arch->stem_w;
    cfg->regnet.head_w = arch->head_w;
    cfg->regnet.stride = arch->stages[0].stride;
    cfg->regnet.se_on = arch->se_r > 0;
    cfg->regnet.se_r = arch->se_r > 0 ? arch->se_r : cfg->regnet.se_r;
    cfg->regnet.depth = params.d;
    cfg->regnet.w0 = params.w0;
    cfg->regnet.wa = params.wa;
    cfg->regnet.wm = params.wm;
    cfg->regnet.group_w = params.g;
    cfg->regnet.bot_mul = params.bot_mul;
}

const struct rn_family rn_family_regnet = {.n = sizeof regnets / sizeof *regnets,
                                           .name = name,
                                           .make = make,
                                           .other_spelling = other_spelling,
                                           .to_config = to_config};
