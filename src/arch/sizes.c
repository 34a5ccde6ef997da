/* Families at sizes that nobody published: each shrinks and grows by its own rule, from the network
   that the paper compares with (section 5). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "family.h"

struct size {
    double width, depth; /* multipliers; what a rule does not leave free it does not read */
};

/* A whole number near size times a multiplier, of so many steps, one at least. */
static int times(int size, double multiplier, int step)
{
    return step * (int)fmax(1, rint(size * multiplier / step));
}

/* The quantized line with start and end multiplied, in fewer blocks; the ratio of widths stays. */
static enum rn_status make_regnet(const char *from, struct size size, struct rn_arch *arch,
                                  struct rn_err *err)
{
    struct rn_regnet_line line;
    struct rn_regnet params;
    struct rn_config cfg;
    int blocks;
    enum rn_status status;

    rn_config_default(&cfg);
    RN_TRY(rn_arch_by_name(from, arch, err));
    RN_TRY(rn_arch_name_to_config(from, &cfg, err));
    params = rn_regnet_of(&cfg);
    blocks = params.d;
    params.d = times(blocks, size.depth, 1);
    params.w0 = times(params.w0, size.width, 8);
    params.wa *= size.width * (blocks - 1) / fmax(1, params.d - 1);
    params.g = times(params.g, size.width, 8);
    RN_TRY(rn_regnet_generate(&params, &line, err));
    if (line.n_stages != arch->n_stages || line.n_levels != arch->n_stages)
        RN_TRY(rn_fail(err, RN_E_CONFIG, "the line has %d stages, not %d", line.n_stages,
                       arch->n_stages));
    rn_regnet_stages(&params, &line, 2, arch);
done:
    return status;
}

/* Depth and width. One group stays one group; of many, the number shrinks and their width stays. */
static enum rn_status make_resnet(const char *from, struct size size, struct rn_arch *arch,
                                  struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_arch_by_name(from, arch, err));
    arch->stem_w = times(arch->stem_w, size.width, 8);
    for (int i = 0; i < arch->n_stages; i++) {
        struct rn_stage *stage = &arch->stages[i];
        int inner = (int)rint(stage->width * stage->bot_mul);
        bool one_group = stage->group_w == inner;
        inner = times(inner, size.width, one_group ? 2 : stage->group_w);
        stage->width = (int)rint(inner / stage->bot_mul);
        stage->group_w = one_group ? inner : stage->group_w;
        stage->depth = times(stage->depth, size.depth, 1);
    }
done:
    return status;
}

/* Compound scaling, to the other side of B0: width 1.1^phi, depth 1.2^phi. The resolution is that
   of the images. */
static enum rn_status make_effnet(const char *from, struct size size, struct rn_arch *arch,
                                  struct rn_err *err)
{
    double depth = pow(1.2, log(size.width) / log(1.1));
    enum rn_status status;

    RN_TRY(rn_arch_by_name(from, arch, err));
    arch->stem_w = rn_width_times(arch->stem_w, size.width);
    arch->head_w = rn_width_times(arch->head_w, size.width);
    for (int i = 0; i < arch->n_stages; i++) {
        arch->stages[i].width = rn_width_times(arch->stages[i].width, size.width);
        arch->stages[i].depth = (int)ceil(arch->stages[i].depth * depth);
    }
done:
    return status;
}

/* N cells a stage, F channels a node; even, since factorized reductions have two halves. */
static enum rn_status make_cells(const char *from, struct size size, struct rn_arch *arch,
                                 struct rn_err *err)
{
    int f;
    enum rn_status status;

    RN_TRY(rn_arch_by_name(from, arch, err));
    f = times(arch->stages[0].width, size.width, 2);
    for (int i = 0; i < arch->n_stages; i++) {
        arch->stages[i].width = f << i;
        arch->stages[i].depth = times(arch->stages[i].depth, size.depth, 1);
    }
done:
    return status;
}

/* The width multiplier of its name. */
static enum rn_status make_by_name(const char *from, struct size size, struct rn_arch *arch,
                                   struct rn_err *err)
{
    const char *star = strchr(from, '*');
    char name[RN_NAME_MAX];

    (void)snprintf(name, sizeof name, "%.*s%g%s", (int)(star - from), from, size.width, star + 1);
    return rn_arch_by_name(name, arch, err);
}

static const struct {
    const char *name, *from; /* from: where m is 1; with a * for m in a name */
    enum rn_status (*make)(const char *from, struct size size, struct rn_arch *arch,
                           struct rn_err *err);
    bool deep; /* depth is a parameter of its own */
} rules[] = {
    {"RegNetX", "RegNetX-600MF", make_regnet, true},
    {"RegNetY", "RegNetY-600MF", make_regnet, true},
    {"ResNet", "ResNet-50", make_resnet, true},
    {"ResNeXt", "ResNeXt-50", make_resnet, true},
    {"SE-ResNet", "SE-ResNet-50", make_resnet, true},
    {"SE-ResNeXt", "SE-ResNeXt-50", make_resnet, true},
    {"EfficientNet", "EfficientNet-B0", make_effnet, false},
    {"MobileNetV1", "MobileNetV1-*", make_by_name, false},
    {"MobileNetV2", "MobileNetV2-*", make_by_name, false},
    {"ShuffleNetV1", "ShuffleNetV1-*x-g3", make_by_name, false},
    {"ShuffleNetV2", "ShuffleNetV2-*x", make_by_name, false},
    {"NASNet-A", "NASNet-A-mobile", make_cells, true},
    {"PNASNet-5", "PNASNet-5-mobile", make_cells, true},
    {"AmoebaNet-C", "AmoebaNet-C-4-50", make_cells, true},
    {"DARTS-V2", "DARTS-V2", make_cells, true},
};
#define N_RULES (sizeof rules / sizeof *rules)

size_t rn_family_count(void)
{
    return N_RULES;
}

const char *rn_family_name(size_t i)
{
    return rules[i].name;
}

/* A 3x3 stem without strides, and none in the first stage that has one if the stem had one alone:
   of 32 to which networks for ImageNet reduce a side, 8 are left. Cells reduce twice, as on CIFAR,
   behind a stem of three times their width. RegNets have the stem of the mini spaces. */
static void fit_small_images(struct rn_arch *arch, bool regnet)
{
    int i = 0;

    if (arch->stem == RN_STEM_SIMPLE) {
        while (arch->stages[i].stride == 1)
            i++;
        arch->stages[i].stride = 1;
    }
    if (rn_block_is_cell(arch->block))
        arch->stem_w = 3 * arch->stages[0].width;
    if (regnet)
        arch->stem_w = 16;
    arch->stem = RN_STEM_CIFAR;
}

static enum rn_status find(const char *family, size_t *i, struct rn_err *err)
{
    const char *names[N_RULES], *near;

    for (size_t k = 0; k < N_RULES; k++)
        names[k] = rules[k].name;
    for (*i = 0; *i < N_RULES; (*i)++)
        if (strcmp(family, names[*i]) == 0)
            return RN_OK;
    near = rn_nearest(family, names, N_RULES);
    return rn_fail(err, RN_E_CONFIG,
                   "there is no family \"%.60s\" with a rule of sizes; did you mean \"%s\"?",
                   family, near ? near : names[0]);
}

enum rn_status rn_family_member(const char *family, double m, double depth, bool small_images,
                                struct rn_arch *arch, struct rn_err *err)
{
    struct rn_arch made;
    size_t i;
    enum rn_status status;

    RN_TRY(find(family, &i, err));
    if (!(m > 0 && m <= 16) || !(depth > 0 && depth <= 16) || (depth != 1 && !rules[i].deep))
        return rn_fail(err, RN_E_CONFIG, "%s: sizes of %g and %g; 0 to 16 was expected%s", family,
                       m, depth,
                       rules[i].deep ? "" : ", and 1 for the depth, which the family's rule sets");
    RN_TRY(rules[i].make(rules[i].from, (struct size){m, sqrt(m) * depth}, &made, err));
    if (small_images)
        fit_small_images(&made, rules[i].make == make_regnet);
    (void)snprintf(made.name, sizeof made.name, depth == 1 ? "%s-%gx" : "%s-%gx-%gd", family, m,
                   depth);
    RN_TRY(rn_arch_check(&made, err));
    *arch = made;
done:
    return status;
}
