/* The proposals: what the paper's authors looked at, each with its evidence. */
#include <math.h>
#include <stdio.h>

#include "refining.h"

struct list {
    struct rn_proposal *at;
    size_t n, cap;
};

static bool pair_holds(enum rn_proposal_kind kind, double before, double here)
{
    return kind == RN_PROPOSAL_SHARE ? here == before : here >= before;
}

bool rn_proposal_holds(const struct rn_refining *refining, const struct rn_proposal *proposal,
                       size_t i)
{
    const struct rn_letter *letter = &refining->letters[proposal->letter];
    const double *x = refining->value + i * (size_t)refining->n_values + letter->first;

    if (proposal->kind == RN_PROPOSAL_RANGE)
        return proposal->upper ? x[proposal->stage] <= proposal->bound
                               : x[proposal->stage] >= proposal->bound;
    for (int s = 1; s < letter->n; s++)
        if ((proposal->stage < 0 || proposal->stage == s) &&
            !pair_holds(proposal->kind, x[s - 1], x[s]))
            return false;
    return true;
}

static size_t count_holding(const struct rn_refining *refining, const struct rn_proposal *proposal)
{
    size_t n = 0;

    for (size_t i = 0; i < refining->n; i++)
        n += rn_proposal_holds(refining, proposal, i);
    return n;
}

static enum rn_status append(struct list *list, const struct rn_proposal *proposal,
                             struct rn_err *err)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 16;
        struct rn_proposal *grown = rn_realloc(list->at, cap, sizeof *grown);
        if (!grown)
            return rn_nomem(err, cap * sizeof *grown, "proposals");
        list->at = grown;
        list->cap = cap;
    }
    list->at[list->n++] = *proposal;
    return RN_OK;
}

void rn_relation_write(const struct rn_letter *letter, int stage, char text[RN_SPACE_TEXT])
{
    const char *x = letter->name, *sign = letter->kind == RN_PROPOSAL_SHARE ? "==" : ">=";

    if (stage >= 0)
        snprintf(text, RN_SPACE_TEXT, "%s[%d] %s %s[%d]", x, stage, sign, x, stage - 1);
    else if (letter->kind == RN_PROPOSAL_SHARE)
        snprintf(text, RN_SPACE_TEXT, "shared(%s)", x);
    else
        snprintf(text, RN_SPACE_TEXT, "%s[i+1] >= %s[i]", x, x);
}

/* What all networks satisfy already is no proposal. */
static enum rn_status propose_relation(const struct rn_refining *refining, int l, int stage,
                                       struct list *list, struct rn_err *err)
{
    const struct rn_letter *letter = &refining->letters[l];
    struct rn_proposal made = {.kind = letter->kind, .letter = l, .stage = stage};
    const struct rn_proposal *const one[] = {&made};
    enum rn_status status;

    if (count_holding(refining, &made) == refining->n)
        return RN_OK;
    rn_relation_write(letter, stage, made.text);
    status = rn_refine_predict(refining, one, 1, &made.prediction, &made.p, err);
    if (status == RN_E_CONFIG) /* no network satisfies it within the window */
        return RN_OK;
    return status == RN_OK ? append(list, &made, err) : status;
}

/* All stages first, then each two; with two stages these are one. */
static enum rn_status propose_relations(const struct rn_refining *refining, struct list *list,
                                        struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (int l = 0; l < refining->n_letters; l++) {
        const struct rn_letter *letter = &refining->letters[l];
        if (!letter->related || letter->n < 2)
            continue;
        RN_TRY(propose_relation(refining, l, -1, list, err));
        for (int s = 1; s < letter->n && letter->n > 2; s++)
            RN_TRY(propose_relation(refining, l, s, list, err));
    }
done:
    return status;
}

static void write_range(const struct rn_letter *letter, struct rn_proposal *proposal)
{
    char index[16] = "";

    if (letter->shared)
        snprintf(index, sizeof index, "[i]");
    else if (letter->staged)
        snprintf(index, sizeof index, "[%d]", proposal->stage);
    snprintf(proposal->text, sizeof proposal->text, "%s%s %s %.10g", letter->name, index,
             proposal->upper ? "<=" : ">=", proposal->bound);
}

static enum rn_status propose_range(const struct rn_refining *refining, int l, int stage,
                                    bool upper, const struct rn_edge *edge, struct list *list,
                                    struct rn_err *err)
{
    struct rn_proposal made = {
        .kind = RN_PROPOSAL_RANGE, .letter = l, .stage = stage, .bound = edge->at, .upper = upper};
    const struct rn_proposal *const one[] = {&made};
    enum rn_status status;

    if (edge->kept == refining->n)
        return RN_OK;
    write_range(&refining->letters[l], &made);
    RN_TRY(rn_refine_predict(refining, one, 1, &made.prediction, NULL, err));
    made.prediction.known = true;
    made.prediction.mean = (struct rn_change){edge->change, edge->low, edge->high};
    made.prediction.best = (struct rn_change){NAN, NAN, NAN};
    made.p = edge->p;
    status = append(list, &made, err);
done:
    return status == RN_E_CONFIG ? RN_OK : status;
}

/* A column for each value of each letter. */
static enum rn_status make_columns(const struct rn_refining *refining, double ***columns, int *n,
                                   struct rn_err *err)
{
    double **made;

    *n = 0;
    for (int l = 0; l < refining->n_letters; l++)
        *n += refining->letters[l].n;
    made = rn_alloc((size_t)*n, sizeof *made);
    if (!made)
        return rn_nomem(err, (size_t)*n * sizeof *made, "ranges");
    *columns = made;
    for (int l = 0; l < refining->n_letters; l++) {
        for (int s = 0; s < refining->letters[l].n; s++, made++) {
            *made = rn_alloc(refining->n, sizeof **made);
            if (!*made)
                return rn_nomem(err, refining->n * sizeof **made, "ranges");
            for (size_t i = 0; i < refining->n; i++)
                (*made)[i] = refining->value[i * (size_t)refining->n_values +
                                             (size_t)(refining->letters[l].first + s)];
        }
    }
    return RN_OK;
}

static enum rn_status propose_ranges(const struct rn_refining *refining, struct list *list,
                                     struct rn_err *err)
{
    struct rn_edge *edges = NULL, *edge;
    double **columns = NULL;
    int n = 0;
    enum rn_status status;

    RN_TRY(make_columns(refining, &columns, &n, err));
    edge = edges = rn_alloc(2 * (size_t)n, sizeof *edges);
    if (!edges)
        RN_TRY(rn_nomem(err, 2 * (size_t)n * sizeof *edges, "ranges"));
    RN_TRY(rn_edges_make(refining->error, refining->n, (const double *const *)columns, (size_t)n,
                         refining->seed, edges, err));
    for (int l = 0; l < refining->n_letters; l++)
        for (int s = 0; s < refining->letters[l].n; s++)
            for (int upper = 0; upper < 2; upper++)
                RN_TRY(propose_range(refining, l, s, upper, edge++, list, err));
done:
    for (int i = 0; columns && i < n; i++)
        rn_free(columns[i]);
    rn_free(columns);
    rn_free(edges);
    return status;
}

/* Marks the found among those from begin on: one question, one family of claims. */
static enum rn_status find_supported(struct list *list, size_t begin, size_t family,
                                     struct rn_err *err)
{
    size_t n = list->n - begin;
    double *p = rn_alloc(family, sizeof *p);
    bool *found = rn_alloc(family, sizeof *found);
    enum rn_status status = RN_OK;

    if (!p || !found)
        RN_TRY(rn_nomem(err, family * sizeof *p, "proposals"));
    for (size_t i = 0; i < family; i++)
        p[i] = i < n ? list->at[begin + i].p : 1;
    RN_TRY(rn_discoveries(p, family, RN_REFINE_RATE, found, err));
    for (size_t i = 0; i < n; i++)
        list->at[begin + i].supported = found[i];
done:
    rn_free(p);
    rn_free(found);
    return status;
}

/* Every range has two ends that were looked at, whether or not there is something beyond them. */
static size_t count_edges(const struct rn_refining *refining)
{
    size_t n = 0;

    for (int l = 0; l < refining->n_letters; l++)
        n += 2 * (size_t)refining->letters[l].n;
    return n;
}

enum rn_status rn_propose(const struct rn_refining *refining, struct rn_proposal **proposals,
                          size_t *n, struct rn_err *err)
{
    struct list list = {0};
    size_t relations;
    enum rn_status status;

    RN_TRY(propose_relations(refining, &list, err));
    relations = list.n;
    RN_TRY(find_supported(&list, 0, relations, err));
    RN_TRY(propose_ranges(refining, &list, err));
    RN_TRY(find_supported(&list, relations, count_edges(refining), err));
    *proposals = list.at;
    *n = list.n;
    list.at = NULL;
done:
    rn_free(list.at);
    return status;
}
