/* The networks known by name: the paper's RegNets and the systems that it compares with. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "family.h"

static const struct rn_family *const families[] = {
    &rn_family_regnet, &rn_family_resnet,  &rn_family_senet, &rn_family_effnet,
    &rn_family_mobile, &rn_family_shuffle, &rn_family_cell,  &rn_family_cifar};

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define NAMES_MAX 256

/* Other people's spellings that do not follow from ours by simplified(). */
static const char *const spellings[][2] = {
    {"r-18-1x64d", "ResNet-18"},
    {"r-34-1x64d", "ResNet-34"},
    {"r-50-1x64d", "ResNet-50"},
    {"r-101-1x64d", "ResNet-101"},
    {"r-152-1x64d", "ResNet-152"},
    {"x-50-32x4d", "ResNeXt-50"},
    {"x-101-32x4d", "ResNeXt-101"},
    {"x-152-32x4d", "ResNeXt-152"},
    {"resnext50_32x4d", "ResNeXt-50"},
    {"resnext101_32x4d", "ResNeXt-101"},
    {"resnext152_32x4d", "ResNeXt-152"},
    {"en-b0", "EfficientNet-B0"},
    {"en-b1", "EfficientNet-B1"},
    {"en-b2", "EfficientNet-B2"},
    {"en-b3", "EfficientNet-B3"},
    {"en-b4", "EfficientNet-B4"},
    {"en-b5", "EfficientNet-B5"},
    {"legacy_seresnet50", "SE-ResNet-50"},
    {"legacy_seresnet101", "SE-ResNet-101"},
    {"legacy_seresnet152", "SE-ResNet-152"},
    {"legacy_seresnext50_32x4d", "SE-ResNeXt-50"},
    {"legacy_seresnext101_32x4d", "SE-ResNeXt-101"},
    {"seresnext50_32x4d", "SE-ResNeXt-50"},
    {"seresnext101_32x4d", "SE-ResNeXt-101"},
    {"legacy_senet154", "SENet-154"},
    {"mobilenetv1", "MobileNetV1-1.0"},
    {"mobilenetv1_100", "MobileNetV1-1.0"},
    {"mobilenet_v2", "MobileNetV2-1.0"},
    {"mobilenetv2_035", "MobileNetV2-0.35"},
    {"mobilenetv2_050", "MobileNetV2-0.5"},
    {"mobilenetv2_075", "MobileNetV2-0.75"},
    {"mobilenetv2_100", "MobileNetV2-1.0"},
    {"mobilenetv2_140", "MobileNetV2-1.4"},
    {"shufflenet_v2_x0_5", "ShuffleNetV2-0.5x"},
    {"shufflenet_v2_x1_0", "ShuffleNetV2-1x"},
    {"shufflenet_v2_x1_5", "ShuffleNetV2-1.5x"},
    {"shufflenet_v2_x2_0", "ShuffleNetV2-2x"},
    {"nasnetalarge", "NASNet-A-large"},
    {"pnasnet5large", "PNASNet-5-large"},
    {"resnet-20", "R-20"},
    {"resnet-32", "R-32"},
    {"resnet-44", "R-44"},
    {"resnet-56", "R-56"},
    {"resnet-110", "R-110"},
};

/* The family of name i, which becomes its place within; NULL past the last. */
static const struct rn_family *family_of(size_t *i)
{
    for (size_t f = 0; f < COUNT(families); f++) {
        if (*i < families[f]->n)
            return families[f];
        *i -= families[f]->n;
    }
    return NULL;
}

size_t rn_arch_count(void)
{
    size_t n = 0;

    for (size_t f = 0; f < COUNT(families); f++)
        n += families[f]->n;
    return n;
}

const char *rn_arch_name(size_t i)
{
    const struct rn_family *family = family_of(&i);

    return family->name(i);
}

/* Lower case without dashes; "_" is a point between digits and nothing elsewhere; "4.0gf" is "4gf".
   So regnet_x_1_6gf is RegNetX-1.6GF and not RegNetX-16GF. */
static void simplified(const char *name, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; name[i] && n + 1 < size; i++) {
        bool digit =
            i > 0 && isdigit((unsigned char)name[i - 1]) && isdigit((unsigned char)name[i + 1]);
        bool point = name[i] == '.' || (name[i] == '_' && digit);
        if (point && name[i + 1] == '0' && tolower((unsigned char)name[i + 2]) == 'g')
            i++;
        else if (point)
            out[n++] = '.';
        else if (name[i] != '-' && name[i] != '_')
            out[n++] = (char)tolower((unsigned char)name[i]);
    }
    out[n] = 0;
}

/* pycls' files are called RegNetX-400MF_dds_8gpu: the name's length without the training's. */
static size_t length_without_training(const char *name)
{
    static const char *const trainings[] = {"_dds_", "_nds_", "_step_"};

    for (size_t i = 0; i < COUNT(trainings); i++) {
        const char *at = strstr(name, trainings[i]);
        if (at)
            return (size_t)(at - name);
    }
    return strlen(name);
}

static bool is_spelled(size_t i, const char *wanted)
{
    char have[RN_NAME_MAX];
    const struct rn_family *family = family_of(&i);

    simplified(family->name(i), have, sizeof have);
    if (strcmp(wanted, have) == 0)
        return true;
    if (!family->other_spelling)
        return false;
    family->other_spelling(i, have, sizeof have);
    return strcmp(wanted, have) == 0;
}

/* The place of a name among rn_arch_name's, or their number. */
static size_t find(const char *name)
{
    char bare[RN_NAME_MAX], wanted[RN_NAME_MAX], have[RN_NAME_MAX];
    size_t len = length_without_training(name), n = rn_arch_count(), i = 0;

    if (len >= sizeof bare)
        return n;
    snprintf(bare, sizeof bare, "%.*s", (int)len, name);
    simplified(bare, wanted, sizeof wanted);
    for (size_t s = 0; s < COUNT(spellings); s++) {
        simplified(spellings[s][0], have, sizeof have);
        if (strcmp(wanted, have) == 0)
            simplified(spellings[s][1], wanted, sizeof wanted);
    }
    while (i < n && !is_spelled(i, wanted))
        i++;
    return i;
}

static enum rn_status unknown_name(const char *name, struct rn_err *err)
{
    const char *names[NAMES_MAX], *near;
    size_t n = rn_arch_count() < NAMES_MAX ? rn_arch_count() : NAMES_MAX;

    for (size_t i = 0; i < n; i++)
        names[i] = rn_arch_name(i);
    near = rn_nearest(name, names, n);
    if (near)
        return rn_fail(err, RN_E_CONFIG, "there is no network \"%.100s\"; did you mean \"%s\"?",
                       name, near);
    return rn_fail(err, RN_E_CONFIG,
                   "there is no network \"%.100s\"; `regnet models` lists the known ones", name);
}

/* A name that carries numbers and is in no table. */
static bool parse(const char *name, struct rn_arch *arch)
{
    char lower[RN_NAME_MAX];
    bool found = false;
    size_t n = strlen(name);

    if (n >= sizeof lower)
        return false;
    for (size_t i = 0; i <= n; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    for (size_t f = 0; f < COUNT(families) && !found; f++)
        found = families[f]->parse && families[f]->parse(lower, arch);
    return found;
}

static enum rn_status make(const struct rn_family *family, size_t i, struct rn_arch *arch,
                           struct rn_err *err)
{
    snprintf(arch->name, sizeof arch->name, "%s", family->name(i));
    if (family->make)
        return family->make(i, arch, err);
    return parse(family->name(i), arch)
               ? RN_OK
               : rn_fail(err, RN_E_CONFIG, "%s: the name does not say what it is", arch->name);
}

enum rn_status rn_arch_by_name(const char *name, struct rn_arch *arch, struct rn_err *err)
{
    struct rn_arch made = {.num_classes = 1000, .im_size = 224};
    size_t i = find(name);
    const struct rn_family *family = family_of(&i);
    enum rn_status status = RN_OK;

    if (family)
        RN_TRY(make(family, i, &made, err));
    else if (!parse(name, &made))
        return unknown_name(name, err);
    RN_TRY(rn_arch_check(&made, err));
    *arch = made;
done:
    return status;
}

enum rn_status rn_arch_name_to_config(const char *name, struct rn_config *cfg, struct rn_err *err)
{
    struct rn_arch arch = {0};
    size_t i = find(name);
    const struct rn_family *family = family_of(&i);
    enum rn_status status;

    RN_TRY(rn_arch_by_name(name, &arch, err));
    RN_TRY(rn_arch_to_config(&arch, cfg, err));
    if (family && family->to_config)
        family->to_config(i, &arch, cfg);
done:
    return status;
}
