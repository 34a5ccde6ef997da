/* Makes a space that was read ready to be drawn from: checks that its ranges can be built and its
   limits can be met, and makes the tables of its parameters. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "room.h"

/* What a parameter may be. The ends keep the arithmetic of an attempt within its integers. */
struct domain {
    double min, max, step; /* step 0: any number */
};

static const struct domain anynet_domains[] = {
    {1, 1024, 1}, {1, 16384, 1}, {1.0 / 64, 64, 0}, {1, 16384, 1}};
static const struct domain regnet_domains[] = {{1, RN_MAX_BLOCKS, 1}, {8, 16384, 8},
                                               {0, 16384, 0},         {1.0001, 64, 0},
                                               {1.0 / 64, 64, 0},     {1, 16384, 1}};

static enum rn_status check_points(const struct rn_space *space, const char *name,
                                   const struct rn_dist *dist, const struct domain *domain,
                                   struct rn_err *err)
{
    for (int i = 0; i < dist->n; i++) {
        double x = dist->value[i];
        bool on_step = domain->step == 0 || fmod(x, domain->step) == 0;
        if (x >= domain->min && x <= domain->max && on_step)
            continue;
        if (domain->step > 1)
            return rn_fail(err, RN_E_CONFIG,
                           "space %s: %s can be %g; it must be a multiple of %g "
                           "from %g to %g",
                           space->name, name, x, domain->step, domain->min, domain->max);
        return rn_fail(err, RN_E_CONFIG,
                       "space %s: %s can be %g; it must be a %snumber from %g to "
                       "%g",
                       space->name, name, x, domain->step == 1 ? "whole " : "", domain->min,
                       domain->max);
    }
    return RN_OK;
}

static enum rn_status make_axes(struct rn_space *space, struct rn_err *err)
{
    bool regnet = space->family == RN_FAMILY_REGNET;
    const struct domain *domains = regnet ? regnet_domains : anynet_domains;
    enum rn_status status = RN_OK;
    const char *const *names;
    int n;

    names = rn_family_params(space->family, &n);
    for (int i = 0; i < n; i++) {
        if (!space->given[i])
            RN_TRY(rn_fail(err, RN_E_CONFIG, "space %s: the parameter %s is missing", space->name,
                           names[i]));
        RN_TRY(rn_axis_make(&space->specs[i], space->orders[i], space->shared[i],
                            regnet ? 1 : space->arch.n_stages, &space->axes[i], err));
        RN_TRY(check_points(space, names[i], &space->axes[i].dist, &domains[i], err));
    }
done:
    return status;
}

static double largest(const struct rn_axis *axis)
{
    return axis->dist.value[axis->dist.n - 1];
}

/* The widest and deepest network of the ranges must be countable; then all are. */
static enum rn_status check_largest(const struct rn_space *space, struct rn_err *err)
{
    const struct rn_axis *axes = space->axes;
    struct rn_arch arch = space->arch;
    double b, w = largest(&axes[RN_ANYNET_W]);
    enum rn_status status;

    b = axes[space->family == RN_FAMILY_REGNET ? RN_REGNET_B : RN_ANYNET_B].dist.value[0];
    if (space->family == RN_FAMILY_REGNET) /* rounding an exponent up gives half a level */
        w = (largest(&axes[RN_REGNET_W0]) +
             largest(&axes[RN_REGNET_WA]) * largest(&axes[RN_REGNET_D])) *
            sqrt(largest(&axes[RN_REGNET_WM]));
    for (int i = 0; i < arch.n_stages; i++) {
        arch.stages[i].depth = (int)largest(&axes[RN_ANYNET_D]);
        arch.stages[i].width = (int)fmin(w, 1e9);
        arch.stages[i].bot_mul = rn_block_has_bottleneck(arch.block) ? 1 / b : 1;
        arch.stages[i].group_w = 1;
    }
    status = rn_arch_check(&arch, err);
    if (status != RN_OK)
        rn_err_prefix(err, "space %s: its largest network cannot be built", space->name);
    return status;
}

static int by_quantity(const void *a, const void *b)
{
    const struct rn_limit *x = a, *y = b;

    return ((int)y->quantity > (int)x->quantity) - ((int)y->quantity < (int)x->quantity);
}

/* The window joins the limits, and limits of stages come first: they are the cheapest to test. */
static enum rn_status order_limits(struct rn_space *space, struct rn_err *err)
{
    for (int i = 0; i < 3; i++) {
        if (!space->windowed[i])
            continue;
        if (space->n_limits == RN_SPACE_LIMITS)
            return rn_fail(err, RN_E_CONFIG, "space %s: more than %d constraints", space->name,
                           RN_SPACE_LIMITS);
        space->limits[space->n_limits++] = space->window[i];
    }
    qsort(space->limits, (size_t)space->n_limits, sizeof *space->limits, by_quantity);
    return RN_OK;
}

static enum rn_status check_limits(const struct rn_space *space, struct rn_err *err)
{
    for (int i = 0; i < space->n_limits; i++) {
        const struct rn_limit *a = &space->limits[i];
        if (a->quantity == RN_QUANTITY_STAGES &&
            (space->arch.n_stages < a->lo || space->arch.n_stages > a->hi))
            return rn_fail(err, RN_E_CONFIG,
                           "space %s is impossible: %s, but its %d strides make %d stages",
                           space->name, a->text, space->arch.n_stages, space->arch.n_stages);
        for (int j = 0; j < i; j++) {
            const struct rn_limit *b = &space->limits[j];
            if (a->quantity == b->quantity && (a->lo > b->hi || b->lo > a->hi))
                return rn_fail(err, RN_E_CONFIG,
                               "space %s is impossible: nothing satisfies both %s and %s",
                               space->name, b->text, a->text);
        }
    }
    return RN_OK;
}

enum rn_status rn_space_compile(struct rn_space *space, struct rn_err *err)
{
    enum rn_status status;

    for (int i = 0; i < space->arch.n_stages; i++)
        space->arch.stages[i].kernel = 3;
    RN_TRY(make_axes(space, err));
    RN_TRY(check_largest(space, err));
    RN_TRY(order_limits(space, err));
    status = check_limits(space, err);
done:
    return status;
}
