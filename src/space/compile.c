/* Makes a space that was read to its end ready to be drawn from: its parameters' distributions and
   tables. check.c finds what cannot be. */
#include <stdlib.h>
#include <string.h>

#include "compile.h"

/* Which parameters the network has no use for, and how many values the others have. */
static void fit_params(struct rn_space *space)
{
    bool anynet = space->family == RN_FAMILY_ANYNET;
    bool bottleneck = rn_block_has_bottleneck(space->arch.block);
    bool groups = rn_block_has_groups(space->arch.block);

    if (space->max_stages == 0)
        space->min_stages = space->max_stages = space->arch.n_stages;
    for (int i = 0; i < space->n_params; i++) {
        if (space->params[i].per_stage)
            space->params[i].n = space->arch.n_stages;
    }
    if (space->family == RN_FAMILY_CONFIG)
        return;
    space->params[anynet ? RN_ANYNET_B : RN_REGNET_B].idle = !bottleneck;
    space->params[anynet ? RN_ANYNET_G : RN_REGNET_G].idle = !groups;
    if (anynet)
        space->params[RN_ANYNET_GROUPS].idle = !groups;
}

static enum rn_status apply_shared(struct rn_space *space, struct rn_err *err)
{
    for (int i = 0; i < space->n_constraints; i++) {
        const struct rn_constraint *constraint = space->constraints[i];
        if (constraint->expr)
            continue;
        if (constraint->with < 0) {
            space->params[constraint->shared].shared = true;
            continue;
        }
        if (space->params[constraint->shared].twin >= 0 ||
            space->params[constraint->with].twin >= 0)
            return rn_expr_fail(&constraint->place, 0, err,
                                "one of these has the draw of another parameter already");
        space->params[constraint->with].twin = constraint->shared;
    }
    return RN_OK;
}

static enum rn_status make_axes(struct rn_space *space, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (int i = 0; i < space->n_params; i++) {
        struct rn_param *param = &space->params[i];
        if (param->twin >= 0)
            space->twins[space->n_twins++] = i;
        if (!rn_param_is_drawn(param))
            continue;
        space->drawn[space->n_drawn++] = i;
        status = rn_axis_make(param->specs, param->n, param->shared, &param->axis, err);
        if (status != RN_OK)
            rn_err_prefix(err, "space %s: %s", space->name, param->name);
        RN_TRY(status);
        RN_TRY(rn_check_points(space, i, err));
    }
done:
    return status;
}

/* Bounds of what constraints speak of, and the last constraint that had a say. */
struct said {
    struct rn_bounds bounds[RN_BOUNDS];
    const struct rn_constraint *last[RN_BOUNDS];
};

static void init_said(const struct rn_space *space, struct said *said)
{
    *said = (struct said){0};
    for (int i = 0; i < RN_BOUNDS; i++)
        rn_bounds_init(&said->bounds[i]);
    for (int q = 0; q < 3; q++) {
        if (space->window[q].given) {
            said->bounds[RN_PARAMS + q].lo[0] = (double)space->window[q].lo;
            said->bounds[RN_PARAMS + q].hi[0] = (double)space->window[q].hi;
        }
    }
}

static enum rn_status fail_said(const struct rn_space *space, const struct said *said, int place,
                                struct rn_err *err)
{
    return rn_expr_fail(
        &said->last[place]->place, 0, err,
        "space %s is impossible: with what else is said of %s, this leaves no value", space->name,
        place < RN_PARAMS ? space->params[place].name : rn_count_names[place - RN_PARAMS]);
}

static bool same_bounds(const struct rn_bounds *a, const struct rn_bounds *b)
{
    for (int i = 0; i < RN_MAX_STAGES; i++) {
        if (a->lo[i] != b->lo[i] || a->hi[i] != b->hi[i] || a->link[i] != b->link[i])
            return false;
    }
    return true;
}

/* Adds what a constraint says to what was said before. */
static enum rn_status add_constraint(const struct rn_space *space, struct rn_constraint *constraint,
                                     struct said *said, struct rn_err *err)
{
    struct rn_bounds before[RN_BOUNDS];

    memcpy(before, said->bounds, sizeof before);
    constraint->drawn = !constraint->expr || (rn_constraint_bind(constraint, space, said->bounds) &&
                                              rn_constraint_level(constraint) <= RN_LEVEL_DRAWN);
    for (int p = 0; p < RN_BOUNDS; p++) {
        if (same_bounds(&before[p], &said->bounds[p]))
            continue;
        said->last[p] = constraint;
        if (!(said->bounds[p].lo[0] <= said->bounds[p].hi[0]))
            return fail_said(space, said, p, err);
    }
    return RN_OK;
}

static enum rn_status bind_axes(struct rn_space *space, struct rn_err *err)
{
    struct said said;
    enum rn_status status = RN_OK;

    init_said(space, &said);
    for (int i = 0; i < space->n_constraints; i++)
        RN_TRY(add_constraint(space, space->constraints[i], &said, err));
    for (int k = 0; k < space->n_drawn; k++) {
        int p = space->drawn[k];
        status = rn_axis_bind(&space->params[p].axis, &said.bounds[p], err);
        if (status == RN_E_CONFIG)
            status = fail_said(space, &said, p, err);
        RN_TRY(status);
    }
done:
    return status;
}

static int by_level(const void *a, const void *b)
{
    const struct rn_constraint *x = *(const struct rn_constraint *const *)a;
    const struct rn_constraint *y = *(const struct rn_constraint *const *)b;
    int difference = (int)rn_constraint_level(x) - (int)rn_constraint_level(y);

    return difference ? difference : x->place.line - y->place.line;
}

/* What is cheap to test comes first. */
static void order_tests(struct rn_space *space)
{
    space->n_tests = 0;
    for (int i = 0; i < space->n_constraints; i++) {
        if (!space->constraints[i]->drawn)
            space->tests[space->n_tests++] = space->constraints[i];
    }
    if (space->n_tests > 0)
        qsort(space->tests, (size_t)space->n_tests, sizeof *space->tests, by_level);
}

enum rn_status rn_space_compile(struct rn_space *space, struct rn_err *err)
{
    enum rn_status status;

    fit_params(space);
    RN_TRY(apply_shared(space, err));
    RN_TRY(rn_check_params(space, err));
    RN_TRY(make_axes(space, err));
    RN_TRY(rn_check_largest(space, err));
    RN_TRY(rn_check_constraints(space, err));
    RN_TRY(bind_axes(space, err));
    order_tests(space);
done:
    return status;
}
