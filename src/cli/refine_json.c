/* A refinement as JSON. */
#include "refine_json.h"

#include <math.h>

const char *rn_proposal_kind_text(enum rn_proposal_kind kind)
{
    static const char *const texts[] = {"share", "order", "range"};

    return texts[kind];
}

const char *rn_proposal_verdict(const struct rn_proposal *proposal)
{
    const struct rn_prediction *prediction = &proposal->prediction;

    if (proposal->supported)
        return proposal->kind == RN_PROPOSAL_RANGE || prediction->mean.high < 0 ? "helps"
                                                                                : "costs nothing";
    if (proposal->kind != RN_PROPOSAL_RANGE && prediction->known &&
        (prediction->mean.low > 0 || prediction->best.low > 0))
        return "costs";
    return "open";
}

static void change(struct rn_json *js, const char *key, const struct rn_change *change, bool known)
{
    rn_json_key(js, key);
    if (!known) {
        rn_json_null(js);
        return;
    }
    rn_json_object(js);
    rn_json_key(js, "change"), rn_json_double(js, change->change);
    rn_json_key(js, "low"), rn_json_double(js, change->low);
    rn_json_key(js, "high"), rn_json_double(js, change->high);
    rn_json_close(js);
}

static void prediction_keys(struct rn_json *js, const struct rn_prediction *prediction)
{
    rn_json_key(js, "kept"), rn_json_int(js, (int64_t)prediction->kept);
    rn_json_key(js, "kept_change"), rn_json_double(js, prediction->kept_change);
    change(js, "mean", &prediction->mean, prediction->known);
    change(js, "best", &prediction->best, prediction->known && !isnan(prediction->best.change));
    rn_json_key(js, "shrink"), rn_json_double(js, prediction->shrink);
}

static void proposal_object(struct rn_json *js, const struct rn_proposal *proposal)
{
    rn_json_object(js);
    rn_json_key(js, "constraint"), rn_json_text(js, proposal->text);
    rn_json_key(js, "kind"), rn_json_text(js, rn_proposal_kind_text(proposal->kind));
    prediction_keys(js, &proposal->prediction);
    rn_json_key(js, "p"), rn_json_double(js, proposal->p);
    rn_json_key(js, "verdict"), rn_json_text(js, rn_proposal_verdict(proposal));
    rn_json_key(js, "supported"), rn_json_bool(js, proposal->supported);
    rn_json_key(js, "chosen"), rn_json_bool(js, proposal->chosen);
    rn_json_close(js);
}

static void together(struct rn_json *js, const struct rn_refinement *refined)
{
    rn_json_key(js, "together");
    if (refined->n_chosen == 0) {
        rn_json_null(js);
        return;
    }
    rn_json_object(js);
    prediction_keys(js, &refined->together);
    rn_json_close(js);
}

enum rn_status rn_json_refinement(const struct rn_refinement *refined, struct rn_buf *text,
                                  struct rn_err *err)
{
    struct rn_json js = rn_json_begin(text);

    rn_json_object(&js);
    rn_json_key(&js, "space"), rn_json_text(&js, refined->space);
    rn_json_key(&js, "n"), rn_json_int(&js, (int64_t)refined->n);
    rn_json_key(&js, "mean"), rn_json_double(&js, refined->mean);
    rn_json_key(&js, "deviation"), rn_json_double(&js, refined->deviation);
    rn_json_key(&js, "margin"), rn_json_double(&js, refined->margin);
    rn_json_key(&js, "proposals");
    rn_json_list(&js);
    for (size_t i = 0; i < refined->n_proposals; i++)
        proposal_object(&js, &refined->proposals[i]);
    rn_json_close(&js);
    together(&js, refined);
    rn_json_key(&js, "name"), rn_json_text(&js, refined->name);
    rn_json_key(&js, "yaml"), rn_json_text(&js, refined->yaml);
    rn_json_close(&js);
    return rn_json_end(&js, err);
}
