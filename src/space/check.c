/* What cannot be drawn, built or kept, found before the first draw. */
#include <math.h>

#include "compile.h"

enum rn_status rn_check_params(const struct rn_space *space, struct rn_err *err)
{
    int n;
    const struct rn_role *roles = rn_roles(space->family, &n);
    const struct rn_param *params = space->params;

    if (rn_block_is_cell(space->arch.block))
        return rn_fail(err, RN_E_CONFIG,
                       "space %s: %s is a cell; spaces draw and count stages of blocks alone",
                       space->name, rn_block_text(space->arch.block));
    for (int i = 0; i < n; i++) {
        bool in_place =
            space->family == RN_FAMILY_ANYNET && i == RN_ANYNET_G && params[RN_ANYNET_GROUPS].given;
        if (in_place && params[i].given)
            return rn_fail(err, RN_E_CONFIG,
                           "space %s: draws g or groups, not both; \"g: null\" removes one",
                           space->name);
        if (params[i].given || roles[i].optional || params[i].idle || params[i].twin >= 0 ||
            in_place)
            continue;
        return rn_fail(err, RN_E_CONFIG, "space %s: the parameter %s is missing", space->name,
                       roles[i].name);
    }
    return RN_OK;
}

static enum rn_status check_point(const struct rn_space *space, const char *name,
                                  const struct rn_role *may, double x, struct rn_err *err)
{
    if (may->ratio && x > 0 && x < 1 && fabs(1 / x - rint(1 / x)) > 1e-6)
        return rn_fail(err, RN_E_CONFIG,
                       "space %s: %s can be %g; below 1 it must be one over a whole number, as in "
                       "1/%g",
                       space->name, name, x, rint(1 / x));
    if (x >= may->min && x <= may->max && (may->step == 0 || fmod(x, may->step) == 0))
        return RN_OK;
    if (may->step > 1)
        return rn_fail(err, RN_E_CONFIG,
                       "space %s: %s can be %g; it must be a multiple of %g from %g to %g",
                       space->name, name, x, may->step, may->min, may->max);
    return rn_fail(err, RN_E_CONFIG, "space %s: %s can be %g; it must be a %snumber from %g to %g",
                   space->name, name, x, may->step == 1 ? "whole " : "", may->min, may->max);
}

/* What a configuration key may be, as a role says it. */
static struct rn_role role_of_key(const struct rn_key *key)
{
    bool bounded = key->min <= key->max,
         whole = key->type == RN_KEY_INT || key->type == RN_KEY_INTS;

    return (struct rn_role){.min = bounded ? key->min : -1e300,
                            .max = bounded ? key->max : 1e300,
                            .step = whole ? 1 : 0};
}

static enum rn_status check_dist(const struct rn_space *space, const char *name,
                                 const struct rn_role *may, const struct rn_dist *dist,
                                 struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (int i = 0; i < dist->n; i++)
        RN_TRY(check_point(space, name, may, dist->value[i], err));
    if (dist->n == 0) {
        RN_TRY(check_point(space, name, may, dist->lo, err));
        RN_TRY(check_point(space, name, may, dist->hi, err));
        if (may->step > 0 && fmod(dist->quantum, may->step) != 0)
            status = check_point(space, name, may, dist->lo + dist->quantum, err);
    }
done:
    return status;
}

enum rn_status rn_check_points(const struct rn_space *space, int place, struct rn_err *err)
{
    const struct rn_param *param = &space->params[place];
    int n;
    const struct rn_role *roles = rn_roles(space->family, &n);
    enum rn_status status = RN_OK;

    if (param->n_words > 0)
        return RN_OK;
    for (int i = 0; i < param->n; i++) {
        struct rn_role may = param->key ? role_of_key(param->key) : roles[place];
        RN_TRY(check_dist(space, param->name, &may, rn_axis_plain(&param->axis, i), err));
    }
    for (int i = 0; i < n; i++) { /* what it is drawn for, too */
        if (space->params[i].twin == place)
            RN_TRY(
                check_dist(space, roles[i].name, &roles[i], rn_axis_plain(&param->axis, 0), err));
    }
done:
    return status;
}

/* The least and the greatest value that a parameter can have; as it is by itself where it is not
   drawn. */
static void extremes(const struct rn_space *space, int place, double fallback, double *least,
                     double *greatest)
{
    const struct rn_param *param = &space->params[place];

    if (param->twin >= 0)
        param = &space->params[param->twin];
    *least = *greatest = fallback;
    for (int i = 0; rn_param_is_drawn(param) && i < param->n; i++) {
        const struct rn_dist *dist = rn_axis_plain(&param->axis, i);
        double lo = dist->n > 0 ? dist->value[0] : dist->lo;
        double hi = dist->n > 0 ? dist->value[dist->n - 1] : dist->hi;
        *least = i == 0 ? lo : fmin(*least, lo);
        *greatest = i == 0 ? hi : fmax(*greatest, hi);
    }
}

static double greatest(const struct rn_space *space, int place, double fallback)
{
    double least, most;

    extremes(space, place, fallback, &least, &most);
    return most;
}

/* Of any stage. A RegNet's line is highest at its last block, where rounding an exponent up gives
   half a level, and a valid one has no more levels than stages. */
static double widest(const struct rn_space *space)
{
    double w0, wm, line;

    if (space->family == RN_FAMILY_ANYNET)
        return greatest(space, RN_ANYNET_W, 1);
    w0 = greatest(space, RN_REGNET_W0, 1);
    wm = greatest(space, RN_REGNET_WM, 1);
    line = w0 + greatest(space, RN_REGNET_WA, 1) * greatest(space, RN_REGNET_D, 1);
    return fmin(line * sqrt(wm), w0 * pow(wm, space->max_stages - 1));
}

enum rn_status rn_check_largest(const struct rn_space *space, struct rn_err *err)
{
    bool anynet = space->family == RN_FAMILY_ANYNET;
    struct rn_arch arch = space->arch;
    double least_b, most_b;
    enum rn_status status;

    if (space->family == RN_FAMILY_CONFIG)
        return RN_OK;
    extremes(space, anynet ? RN_ANYNET_B : RN_REGNET_B, 1, &least_b, &most_b);
    arch.im_size = (int)greatest(space, anynet ? RN_ANYNET_R : RN_REGNET_R, arch.im_size);
    for (int i = 0; i < arch.n_stages; i++) {
        arch.stages[i].depth = (int)greatest(space, anynet ? RN_ANYNET_D : RN_REGNET_D, 1);
        arch.stages[i].width = (int)fmin(widest(space), 1e9);
        arch.stages[i].bot_mul = 1 / least_b;
        arch.stages[i].group_w = 1;
    }
    status = rn_arch_check(&arch, err);
    if (status != RN_OK)
        rn_err_prefix(err, "space %s: its largest network cannot be built", space->name);
    return status;
}

/* Elements that there are, of parameters that are drawn. */
static enum rn_status check_names(const struct rn_space *space,
                                  const struct rn_constraint *constraint, struct rn_err *err)
{
    int n = space->arch.n_stages;

    for (int i = 0; i < constraint->expr->n; i++) {
        const struct rn_node *node = &constraint->expr->nodes[i];
        if (node->op != RN_EXPR_NAME)
            continue;
        if (node->fixed_index && (node->offset >= n || node->offset < -n))
            return rn_expr_fail(&constraint->place, node->at, err,
                                "there is no stage [%d]: the network has %d stages, [0] to [%d]",
                                node->offset, n, n - 1);
        if (node->name.quantity == RN_QUANTITY_PARAM &&
            !rn_param_has_value(space, node->name.param))
            return rn_expr_fail(&constraint->place, node->at, err, "%s is not drawn in space %s",
                                space->params[node->name.param].name, space->name);
    }
    return RN_OK;
}

/* Whether a name has one and the same value in all networks. */
static bool is_fixed(const struct rn_space *space, const struct rn_name *name)
{
    if (name->quantity == RN_QUANTITY_STAGES)
        return space->min_stages == space->max_stages;
    return name->quantity == RN_QUANTITY_PARAM && !rn_param_is_drawn(&space->params[name->param]) &&
           space->params[name->param].twin < 0;
}

static bool is_settled(const struct rn_space *space, const struct rn_expr *expr)
{
    for (int i = 0; i < expr->n; i++) {
        const struct rn_node *node = &expr->nodes[i];
        if ((node->op == RN_EXPR_NAME && !is_fixed(space, &node->name)) ||
            node->run == RN_RUN_BLOCKS)
            return false;
    }
    return true;
}

static enum rn_status check_settled(const struct rn_space *space,
                                    const struct rn_constraint *constraint, struct rn_err *err)
{
    struct rn_draw draw;

    rn_draw_init(space, &draw);
    if (!is_settled(space, constraint->expr) || rn_constraint_holds(constraint, &draw))
        return RN_OK;
    return rn_expr_fail(&constraint->place, 0, err,
                        "space %s is impossible: this holds of none of its networks, which have "
                        "%d stages",
                        space->name, draw.arch.n_stages);
}

enum rn_status rn_check_constraints(const struct rn_space *space, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (int i = 0; i < space->n_constraints; i++) {
        if (!space->constraints[i]->expr)
            continue;
        RN_TRY(check_names(space, space->constraints[i], err));
        RN_TRY(check_settled(space, space->constraints[i], err));
    }
done:
    return status;
}
