/*
 * Tensor names of torchvision and timm: tables of rules from pycls' module names, which are ours.
 *
 * In a rule's pattern '#' is a number; in its replacement {1} is the first of them, {2-} the second
 * minus one (they count from 0 there), {n+} the number of stages plus one.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/graph.h"

#define NUMBERS 2

enum when { ALWAYS, EXPANDED, PLAIN }; /* a block of EfficientNet with an expansion, without one */

struct rule {
    const char *from, *to;
    enum when when;
};

static const struct rule torchvision_regnet[] = {
    {"stem.conv", "stem.0", ALWAYS},
    {"stem.bn", "stem.1", ALWAYS},
    {"s#.b#.proj", "trunk_output.block{1}.block{1}-{2-}.proj.0", ALWAYS},
    {"s#.b#.bn", "trunk_output.block{1}.block{1}-{2-}.proj.1", ALWAYS},
    {"s#.b#.f.a", "trunk_output.block{1}.block{1}-{2-}.f.a.0", ALWAYS},
    {"s#.b#.f.a_bn", "trunk_output.block{1}.block{1}-{2-}.f.a.1", ALWAYS},
    {"s#.b#.f.b", "trunk_output.block{1}.block{1}-{2-}.f.b.0", ALWAYS},
    {"s#.b#.f.b_bn", "trunk_output.block{1}.block{1}-{2-}.f.b.1", ALWAYS},
    {"s#.b#.f.se.f_ex.0", "trunk_output.block{1}.block{1}-{2-}.f.se.fc1", ALWAYS},
    {"s#.b#.f.se.f_ex.2", "trunk_output.block{1}.block{1}-{2-}.f.se.fc2", ALWAYS},
    {"s#.b#.f.c", "trunk_output.block{1}.block{1}-{2-}.f.c.0", ALWAYS},
    {"s#.b#.f.c_bn", "trunk_output.block{1}.block{1}-{2-}.f.c.1", ALWAYS},
    {"head.fc", "fc", ALWAYS},
    {NULL, NULL, ALWAYS},
};

static const struct rule timm_regnet[] = {
    {"stem.conv", "stem.conv", ALWAYS},
    {"stem.bn", "stem.bn", ALWAYS},
    {"s#.b#.proj", "s{1}.b{2}.downsample.conv", ALWAYS},
    {"s#.b#.bn", "s{1}.b{2}.downsample.bn", ALWAYS},
    {"s#.b#.f.a", "s{1}.b{2}.conv1.conv", ALWAYS},
    {"s#.b#.f.a_bn", "s{1}.b{2}.conv1.bn", ALWAYS},
    {"s#.b#.f.b", "s{1}.b{2}.conv2.conv", ALWAYS},
    {"s#.b#.f.b_bn", "s{1}.b{2}.conv2.bn", ALWAYS},
    {"s#.b#.f.se.f_ex.0", "s{1}.b{2}.se.fc1", ALWAYS},
    {"s#.b#.f.se.f_ex.2", "s{1}.b{2}.se.fc2", ALWAYS},
    {"s#.b#.f.c", "s{1}.b{2}.conv3.conv", ALWAYS},
    {"s#.b#.f.c_bn", "s{1}.b{2}.conv3.bn", ALWAYS},
    {"head.conv", "final_conv.conv", ALWAYS},
    {"head.bn", "final_conv.bn", ALWAYS},
    {"head.fc", "head.fc", ALWAYS},
    {NULL, NULL, ALWAYS},
};

/* torchvision's and timm's are the same; only timm has SE. */
static const struct rule resnet[] = {
    {"stem.conv", "conv1", ALWAYS},
    {"stem.bn", "bn1", ALWAYS},
    {"s#.b#.proj", "layer{1}.{2-}.downsample.0", ALWAYS},
    {"s#.b#.bn", "layer{1}.{2-}.downsample.1", ALWAYS},
    {"s#.b#.f.a", "layer{1}.{2-}.conv1", ALWAYS},
    {"s#.b#.f.a_bn", "layer{1}.{2-}.bn1", ALWAYS},
    {"s#.b#.f.b", "layer{1}.{2-}.conv2", ALWAYS},
    {"s#.b#.f.b_bn", "layer{1}.{2-}.bn2", ALWAYS},
    {"s#.b#.f.se.f_ex.0", "layer{1}.{2-}.se.fc1", ALWAYS},
    {"s#.b#.f.se.f_ex.2", "layer{1}.{2-}.se.fc2", ALWAYS},
    {"s#.b#.f.c", "layer{1}.{2-}.conv3", ALWAYS},
    {"s#.b#.f.c_bn", "layer{1}.{2-}.bn3", ALWAYS},
    {"head.fc", "fc", ALWAYS},
    {NULL, NULL, ALWAYS},
};

static const struct rule torchvision_efficientnet[] = {
    {"stem.conv", "features.0.0", ALWAYS},
    {"stem.bn", "features.0.1", ALWAYS},
    {"s#.b#.exp", "features.{1}.{2-}.block.0.0", ALWAYS},
    {"s#.b#.exp_bn", "features.{1}.{2-}.block.0.1", ALWAYS},
    {"s#.b#.dwise", "features.{1}.{2-}.block.1.0", EXPANDED},
    {"s#.b#.dwise_bn", "features.{1}.{2-}.block.1.1", EXPANDED},
    {"s#.b#.se.f_ex.0", "features.{1}.{2-}.block.2.fc1", EXPANDED},
    {"s#.b#.se.f_ex.2", "features.{1}.{2-}.block.2.fc2", EXPANDED},
    {"s#.b#.lin_proj", "features.{1}.{2-}.block.3.0", EXPANDED},
    {"s#.b#.lin_proj_bn", "features.{1}.{2-}.block.3.1", EXPANDED},
    {"s#.b#.dwise", "features.{1}.{2-}.block.0.0", PLAIN},
    {"s#.b#.dwise_bn", "features.{1}.{2-}.block.0.1", PLAIN},
    {"s#.b#.se.f_ex.0", "features.{1}.{2-}.block.1.fc1", PLAIN},
    {"s#.b#.se.f_ex.2", "features.{1}.{2-}.block.1.fc2", PLAIN},
    {"s#.b#.lin_proj", "features.{1}.{2-}.block.2.0", PLAIN},
    {"s#.b#.lin_proj_bn", "features.{1}.{2-}.block.2.1", PLAIN},
    {"head.conv", "features.{n+}.0", ALWAYS},
    {"head.conv_bn", "features.{n+}.1", ALWAYS},
    {"head.fc", "classifier.1", ALWAYS},
    {NULL, NULL, ALWAYS},
};

static const struct rule timm_efficientnet[] = {
    {"stem.conv", "conv_stem", ALWAYS},
    {"stem.bn", "bn1", ALWAYS},
    {"s#.b#.exp", "blocks.{1-}.{2-}.conv_pw", ALWAYS},
    {"s#.b#.exp_bn", "blocks.{1-}.{2-}.bn1", ALWAYS},
    {"s#.b#.dwise", "blocks.{1-}.{2-}.conv_dw", ALWAYS},
    {"s#.b#.dwise_bn", "blocks.{1-}.{2-}.bn2", EXPANDED},
    {"s#.b#.se.f_ex.0", "blocks.{1-}.{2-}.se.conv_reduce", ALWAYS},
    {"s#.b#.se.f_ex.2", "blocks.{1-}.{2-}.se.conv_expand", ALWAYS},
    {"s#.b#.lin_proj", "blocks.{1-}.{2-}.conv_pwl", EXPANDED},
    {"s#.b#.lin_proj_bn", "blocks.{1-}.{2-}.bn3", EXPANDED},
    {"s#.b#.dwise_bn", "blocks.{1-}.{2-}.bn1", PLAIN},
    {"s#.b#.lin_proj", "blocks.{1-}.{2-}.conv_pw", PLAIN},
    {"s#.b#.lin_proj_bn", "blocks.{1-}.{2-}.bn2", PLAIN},
    {"head.conv", "conv_head", ALWAYS},
    {"head.conv_bn", "bn2", ALWAYS},
    {"head.fc", "classifier", ALWAYS},
    {NULL, NULL, ALWAYS},
};

static const struct rule *rules_of(const struct rn_arch *arch, enum rn_naming naming)
{
    if (arch->block == RN_BLOCK_MBCONV)
        return naming == RN_NAMING_TIMM ? timm_efficientnet : torchvision_efficientnet;
    if (arch->stem == RN_STEM_RES_IN)
        return resnet;
    return naming == RN_NAMING_TIMM ? timm_regnet : torchvision_regnet;
}

/* Whether a name of `len` bytes fits the pattern; its numbers are then in `numbers`. */
static bool match(const char *pattern, const char *name, size_t len, long numbers[NUMBERS])
{
    const char *end = name + len;
    int n = 0;

    for (; *pattern && name < end; pattern++) {
        if (*pattern == '#' && n < NUMBERS && isdigit((unsigned char)*name))
            numbers[n++] = strtol(name, (char **)&name, 10);
        else if (*pattern == *name)
            name++;
        else
            return false;
    }
    return !*pattern && name == end;
}

static bool has_expansion(const struct rn_graph *graph, const char *block, size_t len)
{
    static const char leaf[] = "exp.weight";

    for (int i = 0; i < graph->n_params; i++)
        if (strncmp(graph->params[i].name, block, len) == 0 &&
            strcmp(graph->params[i].name + len, leaf) == 0)
            return true;
    return false;
}

/* "s2.b1.": the name up to its second point. */
static size_t block_length(const char *name)
{
    const char *first = strchr(name, '.'), *second = first ? strchr(first + 1, '.') : NULL;

    return second ? (size_t)(second + 1 - name) : 0;
}

static enum rn_status expand(const char *to, const long numbers[NUMBERS], int n_stages,
                             struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    while (*to) {
        size_t plain = strcspn(to, "{");
        long value;

        RN_TRY(rn_buf_add(out, to, plain, err));
        to += plain;
        if (!*to)
            break;
        value = to[1] == 'n' ? n_stages : numbers[to[1] - '1'];
        value += to[2] == '-' ? -1 : to[2] == '+' ? 1 : 0;
        RN_TRY(rn_buf_addf(out, err, "%ld", value));
        to = strchr(to, '}') + 1;
    }
done:
    return status;
}

static const struct rule *find_rule(const struct rn_graph *graph, enum rn_naming naming,
                                    const char *name, size_t len, long numbers[NUMBERS])
{
    for (const struct rule *rule = rules_of(&graph->arch, naming); rule->from; rule++) {
        if (!match(rule->from, name, len, numbers))
            continue;
        if (rule->when == ALWAYS ||
            has_expansion(graph, name, block_length(name)) == (rule->when == EXPANDED))
            return rule;
    }
    return NULL;
}

const char *rn_naming_text(enum rn_naming naming)
{
    static const char *const texts[] = {"pycls", "torchvision", "timm"};

    return texts[naming];
}

enum rn_status rn_param_name(const struct rn_graph *graph, const struct rn_param *param,
                             enum rn_naming naming, struct rn_buf *out, struct rn_err *err)
{
    const char *name = param->name, *suffix = strrchr(name, '.');
    long numbers[NUMBERS] = {0};
    const struct rule *rule;
    enum rn_status status;

    out->len = 0;
    if (naming == RN_NAMING_PYCLS)
        return rn_buf_addf(out, err, "%s", name);
    rule = find_rule(graph, naming, name, (size_t)(suffix - name), numbers);
    if (!rule)
        return rn_fail(err, RN_E_UNSUPPORTED, "%s has no such network: no name for %s",
                       rn_naming_text(naming), name);
    RN_TRY(expand(rule->to, numbers, graph->arch.n_stages, out, err));
    status = rn_buf_addf(out, err, "%s", suffix);
done:
    return status;
}
