/* Networks of cells: NASNet-A, PNASNet-5, AmoebaNet-A to D (AmoebaNet-A-6-190: N, F), DARTS-V2. */
#include <stdio.h>
#include <string.h>

#include "family.h"

static const char *const names[] = {
    "NASNet-A-mobile",   "NASNet-A-large",    "PNASNet-5-mobile",  "PNASNet-5-large",
    "AmoebaNet-A-4-50",  "AmoebaNet-A-6-190", "AmoebaNet-A-6-204", "AmoebaNet-B-3-62",
    "AmoebaNet-B-6-190", "AmoebaNet-C-4-44",  "AmoebaNet-C-4-50",  "AmoebaNet-C-6-168",
    "AmoebaNet-C-6-228", "AmoebaNet-D-6-256", "DARTS-V2",
};

static const struct {
    const char *text;
    const char *name;
    enum rn_block block;
    int n, f, stem_w, im_size;
} fixed[] = {
    {"nasnet-a-mobile", "NASNet-A-mobile", RN_BLOCK_NASNET_A, 4, 44, 32, 224},
    {"nasnet-a-large", "NASNet-A-large", RN_BLOCK_NASNET_A, 6, 168, 96, 331},
    {"pnasnet-5-mobile", "PNASNet-5-mobile", RN_BLOCK_PNASNET_5, 3, 54, 32, 224},
    {"pnasnet-5-large", "PNASNet-5-large", RN_BLOCK_PNASNET_5, 4, 216, 96, 331},
    {"amoebanet-d-6-256", "AmoebaNet-D-6-256", RN_BLOCK_AMOEBANET_D, 6, 256, 32, 299},
};

static const char *name(size_t i)
{
    return names[i];
}

/* Three stages of n normal cells; the width doubles where the size halves. */
static void set_cells(struct rn_arch *arch, enum rn_block block, int n, int f, int stem_w,
                      int im_size)
{
    arch->stem = RN_STEM_CELLS_IN;
    arch->stem_w = stem_w;
    arch->block = block;
    arch->im_size = im_size;
    arch->n_stages = 3;
    for (int i = 0; i < 3; i++)
        arch->stages[i] = (struct rn_stage){
            .depth = n, .width = f << i, .stride = i == 0 ? 1 : 2, .bot_mul = 1, .kernel = 3};
}

/* Fourteen cells, the fifth and the tenth of them reducing ones. */
static void set_darts(struct rn_arch *arch)
{
    set_cells(arch, RN_BLOCK_DARTS_V2, 4, 48, 48, 224);
    arch->stem = RN_STEM_DARTS_IN;
    snprintf(arch->name, sizeof arch->name, "DARTS-V2");
}

static bool parse(const char *text, struct rn_arch *arch)
{
    char letter;
    int n, f, end = 0;

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (strcmp(text, fixed[i].text) != 0)
            continue;
        set_cells(arch, fixed[i].block, fixed[i].n, fixed[i].f, fixed[i].stem_w, fixed[i].im_size);
        arch->skip_reduction = strcmp(text, "nasnet-a-large") == 0;
        snprintf(arch->name, sizeof arch->name, "%s", fixed[i].name);
        return true;
    }
    if (strcmp(text, "darts-v2") == 0) {
        set_darts(arch);
        return true;
    }
    if (sscanf(text, "amoebanet-%c-%d-%d%n", &letter, &n, &f, &end) != 3 || text[end] ||
        letter < 'a' || letter > 'd' || n < 1 || n > 64 || f < 16 || f > 4096)
        return false;
    set_cells(arch, (enum rn_block)(RN_BLOCK_AMOEBANET_A + letter - 'a'), n, f, n < 6 ? 32 : 96,
              n < 6 ? 224 : 331);
    snprintf(arch->name, sizeof arch->name, "AmoebaNet-%c-%d-%d", letter - 'a' + 'A', n, f);
    return true;
}

const struct rn_family rn_family_cell = {
    .n = sizeof names / sizeof *names, .name = name, .parse = parse};
