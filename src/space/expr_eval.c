/* The value of an expression for one draw. Truths are 1 and 0. */
#include <math.h>

#include "room.h"

struct env {
    const struct rn_expr *expr;
    const struct rn_draw *draw;
    int index; /* i or j now */
};

static double eval(const struct env *env, int node);

static int count_blocks(const struct rn_arch *arch)
{
    int n = 0;

    for (int i = 0; i < arch->n_stages; i++)
        n += arch->stages[i].depth;
    return n;
}

static int stage_of_block(const struct rn_arch *arch, int block)
{
    int i = 0;

    while (i + 1 < arch->n_stages && block >= arch->stages[i].depth)
        block -= arch->stages[i++].depth;
    return i;
}

static int stage_of(const struct env *env, const struct rn_node *node)
{
    const struct rn_arch *arch = &env->draw->arch;

    if (node->fixed_index)
        return node->offset < 0 ? arch->n_stages + node->offset : node->offset;
    if (node->run == RN_RUN_BLOCKS)
        return stage_of_block(arch, env->index + node->offset);
    return env->index + node->offset;
}

static double element(const struct env *env, const struct rn_node *node)
{
    int i = stage_of(env, node);
    const struct rn_stage *stage = &env->draw->arch.stages[i];

    switch (node->name.quantity) {
    case RN_QUANTITY_DEPTHS:
        return stage->depth;
    case RN_QUANTITY_WIDTHS:
        return stage->width;
    case RN_QUANTITY_BOT_MULS:
        return stage->bot_mul;
    case RN_QUANTITY_GROUP_WS:
        return stage->group_w;
    default:
        return env->draw->values[node->name.param][i];
    }
}

static double named(const struct env *env, const struct rn_node *node)
{
    const struct rn_draw *draw = env->draw;

    if (node->name.vector)
        return element(env, node);
    switch (node->name.quantity) {
    case RN_QUANTITY_STAGES:
        return draw->arch.n_stages;
    case RN_QUANTITY_RESOLUTION:
        return draw->arch.im_size;
    case RN_QUANTITY_FLOPS:
        return (double)draw->cx.flops;
    case RN_QUANTITY_PARAMS:
        return (double)draw->cx.params;
    case RN_QUANTITY_ACTS:
        return (double)draw->cx.acts;
    default:
        return draw->values[node->name.param][0];
    }
}

/* What is no number stands in no relation to anything. */
static int relation_of(double a, double b)
{
    return a < b ? RN_LESS : a == b ? RN_EQUAL : a > b ? RN_GREATER : 0;
}

static bool compare(const struct env *env, const struct rn_node *node)
{
    double before = eval(env, node->child);

    for (int k = env->expr->nodes[node->child].next; k >= 0; k = env->expr->nodes[k].next) {
        double value = eval(env, k);
        if (!(relation_of(before, value) & env->expr->nodes[k].relation))
            return false;
        before = value;
    }
    return true;
}

static double extreme(const struct env *env, const struct rn_node *node, bool least)
{
    double found = eval(env, node->child);

    for (int k = env->expr->nodes[node->child].next; k >= 0; k = env->expr->nodes[k].next) {
        double value = eval(env, k);
        found = least ? fmin(found, value) : fmax(found, value);
    }
    return found;
}

void rn_expr_range(const struct rn_node *node, int extent, int *begin, int *end)
{
    *begin = -node->low;
    *end = extent - node->high;
}

/* all, any, sum, least, greatest: over the index that its argument has. */
static double running(const struct env *env, const struct rn_node *node)
{
    const struct rn_arch *arch = &env->draw->arch;
    struct env inner = *env;
    double found = node->op == RN_EXPR_ALL        ? 1
                   : node->op == RN_EXPR_LEAST    ? INFINITY
                   : node->op == RN_EXPR_GREATEST ? -INFINITY
                                                  : 0;
    int end;

    rn_expr_range(node, node->run == RN_RUN_BLOCKS ? count_blocks(arch) : arch->n_stages,
                  &inner.index, &end);
    for (; inner.index < end; inner.index++) {
        double value = eval(&inner, node->child);
        if ((node->op == RN_EXPR_ALL && value == 0) || (node->op == RN_EXPR_ANY && value != 0))
            return value;
        if (node->op == RN_EXPR_SUM)
            found += value;
        if (node->op == RN_EXPR_LEAST)
            found = fmin(found, value);
        if (node->op == RN_EXPR_GREATEST)
            found = fmax(found, value);
    }
    return found;
}

static double eval(const struct env *env, int node)
{
    const struct rn_node *n = &env->expr->nodes[node];
    int second = n->child >= 0 ? env->expr->nodes[n->child].next : -1;

    switch (n->op) {
    case RN_EXPR_NUMBER:
        return n->number;
    case RN_EXPR_NAME:
        return named(env, n);
    case RN_EXPR_INDEX:
        return env->index;
    case RN_EXPR_NEGATE:
        return -eval(env, n->child);
    case RN_EXPR_ADD:
        return eval(env, n->child) + eval(env, second);
    case RN_EXPR_SUBTRACT:
        return eval(env, n->child) - eval(env, second);
    case RN_EXPR_MULTIPLY:
        return eval(env, n->child) * eval(env, second);
    case RN_EXPR_DIVIDE:
        return eval(env, n->child) / eval(env, second);
    case RN_EXPR_SQRT:
        return sqrt(eval(env, n->child));
    case RN_EXPR_LOG:
        return log(eval(env, n->child));
    case RN_EXPR_MIN:
    case RN_EXPR_MAX:
        return extreme(env, n, n->op == RN_EXPR_MIN);
    case RN_EXPR_COMPARE:
        return compare(env, n);
    case RN_EXPR_NOT:
        return eval(env, n->child) == 0;
    case RN_EXPR_AND:
        return eval(env, n->child) != 0 && eval(env, second) != 0;
    case RN_EXPR_OR:
        return eval(env, n->child) != 0 || eval(env, second) != 0;
    default:
        return running(env, n);
    }
}

double rn_expr_eval(const struct rn_expr *expr, int node, const struct rn_draw *draw, int index)
{
    const struct env env = {expr, draw, index};

    return eval(&env, node);
}
