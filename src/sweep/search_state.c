/* plan.json: what a search was asked for, what it found, how it shares its time, and how much of
   that is used. */
#include <limits.h>
#include <stddef.h>
#include <stdio.h>

#include "regnet/clock.h"
#include "regnet/file.h"
#include "search.h"
#include "value_diff.h"

#define NOTE_S 10

static void put_asked(struct rn_json *js, const struct rn_search_job *search)
{
    const struct rn_search_options *o = search->options;
    const struct rn_search_budget *b = &o->budget;

    rn_json_object(js);
    rn_json_key(js, "data"), rn_json_text(js, o->data);
    rn_json_key(js, "space"), rn_json_text(js, o->space ? o->space : "RegNetY");
    rn_json_key(js, "flops"), rn_json_int(js, b->flops);
    rn_json_key(js, "params"), rn_json_int(js, b->params);
    rn_json_key(js, "acts"), rn_json_int(js, b->acts);
    rn_json_key(js, "latency_s"), rn_json_double(js, b->latency_s);
    rn_json_key(js, "memory"), rn_json_int(js, b->memory);
    rn_json_key(js, "batch"), rn_json_int(js, b->batch);
    rn_json_key(js, "threads"), rn_json_int(js, b->threads);
    rn_json_key(js, "seconds"), rn_json_double(js, o->seconds);
    rn_json_key(js, "seed"), rn_json_int(js, (int64_t)o->seed);
    rn_json_key(js, "skip_bad"), rn_json_double(js, o->skip_bad);
    if (o->halving)
        rn_json_key(js, "halving"), rn_json_bool(js, true);
    rn_json_close(js);
}

/* Whole numbers by their keys, written and read by one table. */
struct field {
    const char *key;
    size_t at; /* of an int, in its struct */
};

#define LOOK(name)                                   \
    {                                                \
#name, offsetof(struct rn_search_look, name) \
    }
static const struct field look_fields[] = {LOOK(classes), LOOK(train), LOOK(held_out), LOOK(side),
                                           LOOK(resize)};
#define N_LOOK (sizeof look_fields / sizeof *look_fields)

#define PLAN(name)                                   \
    {                                                \
#name, offsetof(struct rn_search_plan, name) \
    }
static const struct field plan_fields[] = {
    PLAN(bf16), PLAN(networks), PLAN(images),  PLAN(epochs),  PLAN(best),
    PLAN(ways), PLAN(seeds),    PLAN(threads), PLAN(at_once), PLAN(final_epochs)};
#define N_PLAN (sizeof plan_fields / sizeof *plan_fields)

static void put_fields(struct rn_json *js, const struct field *fields, size_t n, const void *from)
{
    for (size_t i = 0; i < n; i++) {
        rn_json_key(js, fields[i].key);
        rn_json_int(js, *(const int *)((const char *)from + fields[i].at));
    }
}

static enum rn_status get_fields(const struct rn_value *map, const struct field *fields, size_t n,
                                 void *to, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < n; i++) {
        long long value;
        RN_TRY(rn_value_int(rn_value_get(map, fields[i].key), &value, err));
        if (value < 0 || value > INT_MAX)
            RN_TRY(rn_value_fail(map, err, "%s is no number of such things", fields[i].key));
        *(int *)((char *)to + fields[i].at) = (int)value;
    }
done:
    return status;
}

static void put_look(struct rn_json *js, const struct rn_search_look *look)
{
    rn_json_object(js);
    rn_json_key(js, "dataset"), rn_json_text(js, look->dataset);
    rn_json_key(js, "test"), rn_json_bool(js, look->test);
    put_fields(js, look_fields, N_LOOK, look);
    rn_json_close(js);
}

static void put_plan(struct rn_json *js, const struct rn_search_job *search)
{
    rn_json_object(js);
    rn_json_key(js, "jobs"), rn_json_int(js, search->jobs);
    rn_json_key(js, "image_s"), rn_json_double(js, search->plan.image_s);
    rn_json_key(js, "finals_s"), rn_json_double(js, search->plan.finals_s);
    put_fields(js, plan_fields, N_PLAN, &search->plan);
    rn_json_close(js);
}

/* Once they are chosen; what happens to the population later does not change them. */
static void put_chosen(struct rn_json *js, const struct rn_search_job *search)
{
    rn_json_key(js, "trained"), rn_json_int(js, search->trained);
    rn_json_key(js, "chosen"), rn_json_list(js);
    for (int f = 0; f < search->n_finalists; f++) {
        rn_json_object(js);
        rn_json_key(js, "network"), rn_json_int(js, (int64_t)search->finalists[f].network);
        rn_json_key(js, "still"), rn_json_bool(js, search->finalists[f].way == RN_SEARCH_STILL);
        rn_json_key(js, "error"), rn_json_double(js, search->finalists[f].population_error);
        rn_json_close(js);
    }
    rn_json_close(js);
}

enum rn_status rn_search_state_write(const struct rn_search_job *search, struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "asked"), put_asked(&js, search);
    rn_json_key(&js, "look"), put_look(&js, &search->look);
    rn_json_key(&js, "plan"), put_plan(&js, search);
    if (search->plan.final_epochs > 0)
        put_chosen(&js, search);
    rn_json_key(&js, "latency_error"), rn_json_double(&js, search->model.error);
    rn_json_key(&js, "used_seconds");
    rn_json_double(&js, search->options->seconds - rn_search_seconds_left(search));
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    RN_TRY(rn_search_path(search, "plan.json", &path, err));
    status = rn_file_write(path.data, text.data, text.len, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

void rn_search_note(struct rn_search_job *search)
{
    if (rn_clock() - search->noted < NOTE_S)
        return;
    search->noted = rn_clock();
    (void)rn_search_state_write(search, NULL);
}

static enum rn_status refuse(void *arg, const char *path, const char *there, const char *asked,
                             struct rn_err *err)
{
    const struct rn_search_job *search = arg;

    return rn_fail(err, RN_E_CONFIG,
                   "%s holds another search: %s is %s there and %s here; choose another directory "
                   "(--out), or begin anew (--fresh), which removes what is there",
                   search->options->dir, path, there, asked);
}

static enum rn_status check_same(struct rn_search_job *search, const struct rn_value *there,
                                 struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    struct rn_doc *doc = NULL;
    enum rn_status status;

    put_asked(&js, search);
    RN_TRY(rn_json_end(&js, err));
    RN_TRY(rn_doc_parse_json(text.data, text.len, "this search", &doc, err));
    status = rn_value_diff(there, rn_doc_root(doc), refuse, search, err);
done:
    rn_doc_free(doc);
    rn_buf_release(&text);
    return status;
}

static enum rn_status get_look(const struct rn_value *map, struct rn_search_look *look,
                               struct rn_err *err)
{
    const char *dataset;
    enum rn_status status;

    RN_TRY(rn_value_text(rn_value_get(map, "dataset"), &dataset, err));
    (void)snprintf(look->dataset, sizeof look->dataset, "%s", dataset);
    RN_TRY(rn_value_bool(rn_value_get(map, "test"), &look->test, err));
    status = get_fields(map, look_fields, N_LOOK, look, err);
done:
    return status;
}

static enum rn_status get_plan(const struct rn_value *map, struct rn_search_plan *plan,
                               struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_value_double(rn_value_get(map, "image_s"), &plan->image_s, err));
    RN_TRY(rn_value_double(rn_value_get(map, "finals_s"), &plan->finals_s, err));
    RN_TRY(get_fields(map, plan_fields, N_PLAN, plan, err));
    if (plan->best < 1 || plan->best > RN_SEARCH_BEST || plan->ways < 1 ||
        plan->ways > RN_SEARCH_WAYS || plan->seeds < 1 || plan->seeds > RN_SEARCH_SEEDS ||
        plan->threads < 1 || (plan->final_epochs > 0 && plan->at_once < 1))
        status = rn_value_fail(map, err, "so many finals cannot be planned");
done:
    return status;
}

static enum rn_status get_chosen(const struct rn_value *root, struct rn_search_job *search,
                                 struct rn_err *err)
{
    const struct rn_value *chosen;
    long long number;
    enum rn_status status;

    RN_TRY(rn_value_int(rn_value_get(root, "trained"), &number, err));
    search->trained = (int)number;
    search->n_finalists = search->plan.best * search->plan.ways;
    chosen = rn_value_get(root, "chosen");
    if (!chosen || chosen->kind != RN_VALUE_LIST || chosen->n != (size_t)search->n_finalists)
        RN_TRY(rn_value_fail(root, err, "chosen: a list of %d was expected", search->n_finalists));
    for (int f = 0; f < search->n_finalists; f++) {
        struct rn_search_finalist *finalist = &search->finalists[f];
        const struct rn_value *item = &chosen->items[f];
        bool still;
        RN_TRY(rn_value_int(rn_value_get(item, "network"), &number, err));
        finalist->network = (size_t)number;
        RN_TRY(rn_value_bool(rn_value_get(item, "still"), &still, err));
        finalist->way = still ? RN_SEARCH_STILL : RN_SEARCH_MOVED;
        RN_TRY(rn_value_double(rn_value_get(item, "error"), &finalist->population_error, err));
    }
done:
    return status;
}

enum rn_status rn_search_state_read(struct rn_search_job *search, bool *found, struct rn_err *err)
{
    struct rn_buf path = {0};
    struct rn_doc *doc = NULL;
    const struct rn_value *root;
    enum rn_status status;

    RN_TRY(rn_search_path(search, "plan.json", &path, err));
    *found = rn_path_exists(path.data);
    if (!*found)
        goto done;
    RN_TRY(rn_doc_read(path.data, &doc, err));
    root = rn_doc_root(doc);
    RN_TRY(check_same(search, rn_value_get(root, "asked"), err));
    RN_TRY(get_look(rn_value_get(root, "look"), &search->look, err));
    RN_TRY(get_plan(rn_value_get(root, "plan"), &search->plan, err));
    if (search->plan.final_epochs > 0)
        RN_TRY(get_chosen(root, search, err));
    RN_TRY(rn_value_double(rn_value_get(root, "latency_error"), &search->model.error, err));
    status = rn_value_double(rn_value_get(root, "used_seconds"), &search->used, err);
done:
    rn_doc_free(doc);
    rn_buf_release(&path);
    return status;
}

static void put_model(struct rn_json *js, const struct rn_latency_model *model)
{
    static const char *const kinds[RN_LATENCY_KINDS] = {"dense",  "1x1",  "narrow", "grouped",
                                                        "linear", "pool", "scale"};

    rn_json_object(js);
    rn_json_key(js, "batch"), rn_json_int(js, model->batch);
    rn_json_key(js, "threads"), rn_json_int(js, model->threads);
    rn_json_key(js, "error"), rn_json_double(js, model->error);
    rn_json_key(js, "network_s"), rn_json_double(js, model->network);
    for (int k = 0; k < RN_LATENCY_KINDS; k++) {
        rn_json_key(js, kinds[k]), rn_json_object(js);
        rn_json_key(js, "each_s"), rn_json_double(js, model->each[k]);
        rn_json_key(js, "flop_s"), rn_json_double(js, model->flop[k]);
        rn_json_key(js, "byte_s"), rn_json_double(js, model->byte[k]);
        rn_json_close(js);
    }
    rn_json_close(js);
}

enum rn_status rn_search_model_write(const struct rn_search_job *search, struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    put_model(&js, &search->model);
    RN_TRY(rn_json_end(&js, err));
    RN_TRY(rn_search_path(search, "latency.json", &path, err));
    status = rn_file_write(path.data, text.data, text.len, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}
