/* Tensor names of torchvision and timm, made from pycls' module names, which are ours, by the
   tables of naming_tables.c. */
#include "model/naming.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS 2

/* Where a parameter's name is while it is turned into another library's. */
struct place {
    const struct rn_graph *graph;
    const char *block; /* the name's part up to and with its block's point: block_len bytes */
    size_t block_len;
    long numbers[NUMBERS]; /* of the rule that matched last */
};

/* How many bytes of a name of `len` bytes fit the pattern: all of them or, if it ends in a point,
   those up to there. 0: it does not fit. */
static size_t match(const char *pattern, const char *name, size_t len, long numbers[NUMBERS])
{
    const char *at = name, *end = name + len;
    char last = 0;
    int n = 0;

    for (; *pattern && at < end; last = *pattern++) {
        if (*pattern == '#' && n < NUMBERS && isdigit((unsigned char)*at))
            numbers[n++] = strtol(at, (char **)&at, 10);
        else if (*pattern == *at)
            at++;
        else
            return 0;
    }
    return !*pattern && (at == end || last == '.') ? (size_t)(at - name) : 0;
}

static bool has_module(const struct place *place, const char *module)
{
    size_t len = strlen(module);

    for (int i = 0; i < place->graph->n_params; i++) {
        const char *name = place->graph->params[i].name;
        if (strncmp(name, place->block, place->block_len) == 0 &&
            strncmp(name + place->block_len, module, len) == 0 &&
            name[place->block_len + len] == '.')
            return true;
    }
    return false;
}

static bool applies(const struct place *place, const char *beside)
{
    if (!beside)
        return true;
    return *beside == '!' ? !has_module(place, beside + 1) : has_module(place, beside);
}

/* Blocks or cells of the stages before `stage`, which counts from 1. */
static long blocks_before(const struct rn_arch *arch, long stage)
{
    long n = 0;

    for (int i = 0; i < arch->n_stages && i + 1 < stage; i++)
        n += arch->stages[i].depth;
    return n;
}

static long value_of(const struct place *place, char what)
{
    const struct rn_arch *arch = &place->graph->arch;

    switch (what) {
    case 'n':
        return arch->n_stages;
    case 'b':
        return blocks_before(arch, place->numbers[0]) + place->numbers[1] - 1;
    case 'B':
        return blocks_before(arch, arch->n_stages + 1);
    default:
        return place->numbers[what - '1'];
    }
}

static enum rn_status expand(const struct place *place, const char *to, struct rn_buf *out,
                             struct rn_err *err)
{
    enum rn_status status = RN_OK;

    while (*to) {
        size_t plain = strcspn(to, "{");
        long value;

        RN_TRY(rn_buf_add(out, to, plain, err));
        to += plain;
        if (!*to)
            break;
        value = value_of(place, to[1]);
        for (to += 2; *to != '}'; to++)
            value += *to == '-' ? -1 : 1;
        to++;
        RN_TRY(rn_buf_addf(out, err, "%ld", value));
    }
done:
    return status;
}

/* The rule for the name at `at`, which fits its first *len bytes of them. */
static const struct rn_naming_rule *find_rule(const struct rn_naming_rule *rules,
                                              struct place *place, const char *at, size_t *len)
{
    for (; rules && rules->from; rules++) {
        size_t matched = match(rules->from, at, *len, place->numbers);
        if (matched == 0 || !applies(place, rules->beside))
            continue;
        *len = matched;
        return rules;
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
    const char *name = param->name, *suffix = strrchr(name, '.'), *at = name;
    struct place place = {.graph = graph, .block = name};
    enum rn_status status = RN_OK;

    out->len = 0;
    if (naming == RN_NAMING_PYCLS)
        return rn_buf_addf(out, err, "%s", name);
    while (at < suffix) {
        size_t len = (size_t)(suffix - at);
        const struct rn_naming_rule *rule =
            find_rule(rn_naming_rules(&graph->arch, naming), &place, at, &len);
        if (!rule)
            return rn_fail(err, RN_E_UNSUPPORTED, "%s has no such network: no name for %s",
                           rn_naming_text(naming), name);
        RN_TRY(expand(&place, rule->to, out, err));
        at += len;
        place.block_len = (size_t)(at - name);
    }
    status = rn_buf_addf(out, err, "%s", suffix);
done:
    return status;
}

double rn_naming_bn_eps(const struct rn_arch *arch, enum rn_naming naming)
{
    enum { BLOCKS_OF_B4 = 32 };

    if (naming == RN_NAMING_TIMM && rn_block_is_cell(arch->block))
        return 1e-3;
    if (naming == RN_NAMING_TORCHVISION && arch->block == RN_BLOCK_MBCONV && arch->se_r > 0 &&
        blocks_before(arch, arch->n_stages + 1) > BLOCKS_OF_B4)
        return 1e-3;
    return 0;
}
