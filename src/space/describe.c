/* What is known of a space: its parameters, its size, and what its constraints reject. */
#include <stdio.h>
#include <string.h>

#include "size.h"

/* The distribution of value i, as constraints leave it. */
static void describe_values(const struct rn_param *param, int i, struct rn_space_param *out)
{
    const struct rn_dist *dist = rn_axis_kept(&param->axis, i);
    bool listed = param->specs[i].n_values > 0;

    out->distribution = listed ? "values" : rn_dist_names[dist->kind];
    out->quantum = listed ? 0 : dist->quantum;
    out->min = dist->n > 0 ? dist->value[0] : dist->lo;
    out->max = dist->n > 0 ? dist->value[dist->n - 1] : dist->hi;
    out->points = dist->points;
    out->n_values = listed ? dist->n : 0;
    for (int k = 0; k < out->n_values; k++) {
        out->values[k] = dist->value[k];
        out->words[k] = param->n_words > 0 ? param->words[(int)dist->value[k]] : NULL;
    }
}

static bool are_alike(const struct rn_axis *axis)
{
    for (int i = 1; i < axis->n; i++) {
        if (axis->kept_of[i] != axis->kept_of[0])
            return false;
    }
    return true;
}

/* One entry, or one a stage where these differ. */
static void describe_param(const struct rn_space *space, int place, struct rn_space_facts *facts)
{
    const struct rn_param *param = &space->params[place];
    struct rn_space_param *out = &facts->params[facts->n_params];
    bool whole = param->twin >= 0 || are_alike(&param->axis);

    for (int i = 0; i < (whole ? 1 : param->n); i++, out++) {
        snprintf(out->name, sizeof out->name, whole ? "%s" : "%s%d", param->name, i + 1);
        facts->n_params++;
        if (param->twin >= 0) {
            out->same_as = space->params[param->twin].name;
            continue;
        }
        describe_values(param, i, out);
        out->n = whole ? param->n : 1;
        for (int k = i; k < i + out->n; k++)
            out->free += rn_axis_is_free(&param->axis, k);
        facts->dimension += out->free;
    }
}

static enum rn_status describe_params(const struct rn_space *space, struct rn_space_facts *facts,
                                      struct rn_err *err)
{
    size_t n = (size_t)space->n_params * RN_MAX_STAGES;

    facts->params = rn_alloc(n + 1, sizeof *facts->params);
    if (!facts->params)
        return rn_nomem(err, n * sizeof *facts->params, "a space");
    for (int p = 0; p < space->n_params; p++) {
        if (rn_param_is_drawn(&space->params[p]) || space->params[p].twin >= 0)
            describe_param(space, p, facts);
    }
    return RN_OK;
}

static enum rn_status describe_sizes(const struct rn_space *space, struct rn_space_facts *facts,
                                     struct rn_err *err)
{
    struct rn_whole exact, paper;
    char text[RN_WHOLE_TEXT];
    enum rn_status status;

    RN_TRY(rn_space_size(space, &exact, err));
    rn_space_paper_size(space, &paper);
    rn_whole_print(&exact, text);
    facts->size = rn_strdup(text);
    rn_whole_print(&paper, text);
    facts->paper_size = rn_strdup(text);
    if (!facts->size || !facts->paper_size)
        status = rn_nomem(err, sizeof text, "the size of a space");
done:
    return status;
}

/* The rules of a space: that there is a network, the window, the constraints, in this order. */
enum { RULE_NETWORK, RULE_WINDOW, RULE_CONSTRAINT = RULE_WINDOW + 3 };

static bool has_rule(const struct rn_space *space, int rule)
{
    if (rule == RULE_NETWORK)
        return space->family != RN_FAMILY_ANYNET;
    return rule >= RULE_CONSTRAINT || space->window[rule - RULE_WINDOW].given;
}

static void name_rule(const struct rn_space *space, int rule, struct rn_space_constraint *out)
{
    const struct rn_constraint *constraint;

    if (rule == RULE_NETWORK) {
        rn_network_text(space, out->text);
    } else if (rule < RULE_CONSTRAINT) {
        memcpy(out->text, space->window[rule - RULE_WINDOW].text, sizeof out->text);
    } else {
        constraint = space->constraints[rule - RULE_CONSTRAINT];
        snprintf(out->text, sizeof out->text, "%s", constraint->place.text);
        out->drawn = constraint->drawn;
        out->shared = !constraint->expr;
    }
}

/* Whether a draw can be tested, and whether it passes. A draw that has no network is tested for
   that and for what is said of its values. */
static bool test_rule(const struct rn_space *space, int rule, const struct rn_draw *draw,
                      bool built, bool *passed)
{
    const int64_t counts[] = {draw->cx.flops, draw->cx.params, draw->cx.acts};
    const struct rn_constraint *constraint;

    if (rule == RULE_NETWORK) {
        *passed = built;
        return true;
    }
    if (rule < RULE_CONSTRAINT) {
        *passed = rn_limit_holds(&space->window[rule - RULE_WINDOW], counts[rule - RULE_WINDOW]);
        return built;
    }
    constraint = space->constraints[rule - RULE_CONSTRAINT];
    if (!constraint->expr || (!built && rn_constraint_level(constraint) > RN_LEVEL_DRAWN))
        return false;
    *passed = rn_constraint_holds(constraint, draw);
    return true;
}

/* One draw without any constraint but what is shared, held against each by itself. */
static void measure_draw(const struct rn_space *space, struct rn_draw *draw, struct rn_rng *rng,
                         struct rn_space_facts *facts)
{
    struct rn_space_constraint *out = facts->constraints;
    bool built, all, passed;

    rn_draw_values(space, true, rng, draw);
    built = rn_draw_build(space, draw);
    if (built)
        draw->cx = rn_arch_complexity(&draw->arch);
    all = built && rn_arch_check(&draw->arch, NULL) == RN_OK;
    for (int rule = 0; rule < RULE_CONSTRAINT + space->n_constraints; rule++) {
        if (!has_rule(space, rule))
            continue;
        if (test_rule(space, rule, draw, built, &passed)) {
            out->tested++;
            out->rejected += !passed;
            all = all && passed;
        }
        out++;
    }
    facts->accepted += all;
}

static enum rn_status describe_constraints(const struct rn_space *space, uint64_t seed,
                                           uint64_t draws, struct rn_space_facts *facts,
                                           struct rn_err *err)
{
    struct rn_draw draw;
    size_t n = RULE_CONSTRAINT + (size_t)space->n_constraints;

    facts->constraints = rn_alloc(n, sizeof *facts->constraints);
    if (!facts->constraints)
        return rn_nomem(err, n * sizeof *facts->constraints, "a space");
    for (int rule = 0; rule < (int)n; rule++) {
        if (has_rule(space, rule))
            name_rule(space, rule, &facts->constraints[facts->n_constraints++]);
    }
    rn_draw_init(space, &draw);
    for (facts->draws = 0; facts->draws < draws; facts->draws++) {
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_SPACE, facts->draws);
        measure_draw(space, &draw, &rng, facts);
    }
    return RN_OK;
}

enum rn_status rn_space_describe(const struct rn_space *space, uint64_t seed, uint64_t draws,
                                 struct rn_space_facts *facts, struct rn_err *err)
{
    struct rn_space_facts made = {.name = space->name,
                                  .description = space->description,
                                  .family = rn_family_text(space->family),
                                  .arch = space->arch};
    enum rn_status status;

    RN_TRY(describe_params(space, &made, err));
    RN_TRY(describe_sizes(space, &made, err));
    RN_TRY(describe_constraints(space, seed, draws, &made, err));
    *facts = made;
done:
    if (status != RN_OK)
        rn_space_facts_release(&made);
    return status;
}

void rn_space_facts_release(struct rn_space_facts *facts)
{
    rn_free(facts->params);
    rn_free(facts->constraints);
    rn_free(facts->size);
    rn_free(facts->paper_size);
    *facts = (struct rn_space_facts){0};
}
