/* Finds the constraints that can be drawn directly: bounds of single values, and how neighbouring
   values of one parameter stand to each other, joined by "and" or for every i. */
#include <math.h>
#include <string.h>

#include "compile.h"

struct context {
    const struct rn_space *space;
    const struct rn_expr *expr;
    const struct rn_draw *draw; /* knows how many stages there are, and no more */
    struct rn_bounds *bounds;   /* RN_BOUNDS */
};

/* What can be bounded: a value of a parameter, or a count. */
struct element {
    int place, i; /* in bounds */
};

static unsigned char mirrored(unsigned char relation)
{
    return (unsigned char)((relation & RN_EQUAL) | (relation & RN_LESS ? RN_GREATER : 0) |
                           (relation & RN_GREATER ? RN_LESS : 0));
}

static int element_index(const struct context *c, const struct rn_node *node, int index)
{
    if (!node->name.vector)
        return 0;
    if (!node->fixed_index)
        return index + node->offset;
    return node->offset < 0 ? c->space->arch.n_stages + node->offset : node->offset;
}

/* Whether a node is a drawn value with a table, or a count; and which. */
static bool find_element(const struct context *c, const struct rn_node *node, int index,
                         struct element *element)
{
    const struct rn_param *param;

    if (node->op != RN_EXPR_NAME)
        return false;
    if (node->name.level == RN_LEVEL_COUNTED) {
        *element = (struct element){RN_PARAMS + (int)(node->name.quantity - RN_QUANTITY_FLOPS), 0};
        return true;
    }
    if (node->name.quantity != RN_QUANTITY_PARAM || node->run == RN_RUN_BLOCKS)
        return false;
    param = &c->space->params[node->name.param];
    element->place = param->twin >= 0 ? param->twin : node->name.param;
    element->i = element_index(c, node, index);
    param = &c->space->params[element->place];
    return rn_param_is_drawn(param) && rn_axis_is_tabulated(&param->axis);
}

/* x relation c */
static bool bound(const struct context *c, const struct element *x, unsigned char relation,
                  double value)
{
    struct rn_bounds *bounds = &c->bounds[x->place];
    bool equal = relation & RN_EQUAL;

    if (isnan(value) || relation == (RN_LESS | RN_GREATER))
        return false;
    if (!(relation & RN_GREATER))
        bounds->hi[x->i] = fmin(bounds->hi[x->i], equal ? value : nextafter(value, -INFINITY));
    if (!(relation & RN_LESS))
        bounds->lo[x->i] = fmax(bounds->lo[x->i], equal ? value : nextafter(value, INFINITY));
    return true;
}

/* x relation y */
static bool link(const struct context *c, const struct element *x, unsigned char relation,
                 const struct element *y)
{
    unsigned char *links = c->bounds[x->place].link;

    if (x->place != y->place || relation == (RN_LESS | RN_GREATER))
        return false;
    if (x->i == y->i + 1)
        links[y->i] &= relation;
    else if (y->i == x->i + 1)
        links[x->i] &= mirrored(relation);
    else
        return false;
    return true;
}

static bool collect_pair(const struct context *c, int left, unsigned char relation, int right,
                         int index)
{
    const struct rn_node *a = &c->expr->nodes[left], *b = &c->expr->nodes[right];
    struct element x, y;

    if (b->level == RN_LEVEL_FIXED && find_element(c, a, index, &x))
        return bound(c, &x, relation, rn_expr_eval(c->expr, right, c->draw, index));
    if (a->level == RN_LEVEL_FIXED && find_element(c, b, index, &y))
        return bound(c, &y, mirrored(relation), rn_expr_eval(c->expr, left, c->draw, index));
    return find_element(c, a, index, &x) && find_element(c, b, index, &y) &&
           link(c, &x, relation, &y);
}

static bool collect(const struct context *c, int node, int index);

static bool collect_comparison(const struct context *c, int first, int index)
{
    const struct rn_node *nodes = c->expr->nodes;

    for (int left = first, right = nodes[left].next; right >= 0; right = nodes[right].next) {
        if (!collect_pair(c, left, nodes[right].relation, right, index))
            return false;
        left = right;
    }
    return true;
}

static bool collect_all(const struct context *c, const struct rn_node *node)
{
    int begin, end;

    if (node->run != RN_RUN_STAGES)
        return false;
    rn_expr_range(node, c->space->arch.n_stages, &begin, &end);
    for (int i = begin; i < end; i++) {
        if (!collect(c, node->child, i))
            return false;
    }
    return true;
}

/* Adds what a node says. False: it is nothing of this kind, and bounds are to be forgotten. */
static bool collect(const struct context *c, int node, int index)
{
    const struct rn_node *n = &c->expr->nodes[node];

    switch (n->op) {
    case RN_EXPR_AND:
        return collect(c, n->child, index) && collect(c, c->expr->nodes[n->child].next, index);
    case RN_EXPR_ALL:
        return collect_all(c, n);
    case RN_EXPR_COMPARE:
        return collect_comparison(c, n->child, index);
    default:
        return false;
    }
}

bool rn_constraint_bind(const struct rn_constraint *constraint, const struct rn_space *space,
                        struct rn_bounds bounds[RN_BOUNDS])
{
    const struct rn_draw draw = {.arch = space->arch};
    struct rn_bounds tried[RN_BOUNDS];
    const struct context c = {space, constraint->expr, &draw, tried};

    memcpy(tried, bounds, sizeof tried);
    if (!collect(&c, constraint->expr->root, 0))
        return false;
    memcpy(bounds, tried, sizeof tried);
    return true;
}
