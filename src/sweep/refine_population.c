/* A population's records matched with the space that they are of. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refining.h"
#include "regnet/file.h"
#include "regnet/value.h"

#define PROBES 64 /* draws that tell a parameter of one value */
#define SMALL 0.2 /* standard deviations: by convention a small effect */

/* What the paper restricts by stages, and how. */
static const struct {
    const char *name;
    enum rn_proposal_kind kind;
} staged[] = {{"d", RN_PROPOSAL_ORDER},
              {"w", RN_PROPOSAL_ORDER},
              {"b", RN_PROPOSAL_SHARE},
              {"g", RN_PROPOSAL_SHARE},
              {"groups", RN_PROPOSAL_SHARE}};

/* The letter of "w3", where it has a value a stage. */
static bool find_letter(const char *value, struct rn_letter *letter)
{
    for (size_t i = 0; i < sizeof staged / sizeof *staged; i++) {
        size_t len = strlen(staged[i].name);
        if (strncmp(value, staged[i].name, len) != 0 || strspn(value + len, "123456789") == 0)
            continue;
        snprintf(letter->name, sizeof letter->name, "%s", staged[i].name);
        letter->kind = staged[i].kind;
        letter->staged = letter->related = true;
        return true;
    }
    snprintf(letter->name, sizeof letter->name, "%s", value);
    return false;
}

static bool is_last(const struct rn_refining *refining, const char *letter)
{
    int n = refining->n_letters;

    return n > 0 && strcmp(refining->letters[n - 1].name, letter) == 0;
}

static void group_values(const struct rn_sample *sample, bool stages, struct rn_refining *refining)
{
    for (int j = 0; j < sample->n_values; j++) {
        struct rn_letter letter = {.first = j, .n = 1};
        if (stages)
            find_letter(sample->values[j].name, &letter);
        else
            snprintf(letter.name, sizeof letter.name, "%s", sample->values[j].name);
        if (letter.staged && is_last(refining, letter.name))
            refining->letters[refining->n_letters - 1].n++;
        else
            refining->letters[refining->n_letters++] = letter;
    }
}

static const struct rn_space_param *find_param(const struct rn_space_facts *facts, const char *name)
{
    const struct rn_space_param *found = NULL;

    for (int i = 0; i < facts->n_params; i++) {
        size_t len = strlen(facts->params[i].name);
        if (strcmp(facts->params[i].name, name) == 0)
            return &facts->params[i];
        if (facts->params[i].n > 1 && strncmp(facts->params[i].name, name, len) == 0 &&
            strspn(name + len, "123456789") == strlen(name + len))
            found = &facts->params[i];
    }
    return found;
}

static enum rn_status check_value(const struct rn_refining *refining, const char *name, size_t i,
                                  double value, const struct rn_space_param *param,
                                  struct rn_err *err)
{
    size_t network = refining->records->source[i];

    if (isnan(value))
        return rn_fail(err, RN_E_DATA,
                       "network %zu has no %s: what %s drew for it is not known, or its file draws "
                       "other networks by now",
                       network, name, rn_space_name(refining->space));
    if (param && !param->same_as && !(value >= param->min && value <= param->max))
        return rn_fail(err, RN_E_DATA,
                       "network %zu has %s = %g, and %s has %g to %g: these are networks of "
                       "another space",
                       network, name, value, rn_space_name(refining->space), param->min,
                       param->max);
    return RN_OK;
}

static enum rn_status fill_value(struct rn_refining *refining, const struct rn_space_facts *facts,
                                 const struct rn_space_value *first, int j, bool varies,
                                 struct rn_err *err)
{
    const double *column = rn_records_column(refining->records, first->name);
    const struct rn_space_param *param = find_param(facts, first->name);
    enum rn_status status = RN_OK;

    if (!column && varies)
        return rn_fail(
            err, RN_E_DATA,
            "the records have no %s, a parameter of %s: refine needs what was drawn for "
            "each network (a sweep whose space's file is as it was, or a list of objects "
            "with these names)",
            first->name, rn_space_name(refining->space));
    for (size_t i = 0; i < refining->n && status == RN_OK; i++) {
        double value = column ? column[i] : first->value;
        refining->value[i * (size_t)refining->n_values + (size_t)j] = value;
        status = check_value(refining, first->name, i, value, param, err);
    }
    return status;
}

static enum rn_status fill_values(struct rn_refining *refining, const struct rn_space_facts *facts,
                                  const struct rn_sample *first, struct rn_err *err)
{
    bool varies[RN_SPACE_PARAMS] = {false};
    struct rn_sample sample;
    enum rn_status status;

    for (uint64_t i = 1; i < PROBES; i++) {
        RN_TRY(rn_space_draw(refining->space, 0, i, &sample, err));
        for (int j = 0; j < first->n_values; j++)
            varies[j] = varies[j] || sample.values[j].value != first->values[j].value;
    }
    for (int j = 0; j < first->n_values; j++)
        RN_TRY(fill_value(refining, facts, &first->values[j], j, varies[j], err));
done:
    return status;
}

static bool is_shared(const struct rn_refining *refining, const struct rn_letter *letter)
{
    for (size_t i = 0; i < refining->n; i++) {
        const double *x = refining->value + i * (size_t)refining->n_values + letter->first;
        for (int s = 1; s < letter->n; s++)
            if (x[s] != x[0])
                return false;
    }
    return letter->n > 1;
}

static bool is_positive(const struct rn_refining *refining, const struct rn_letter *letter)
{
    for (size_t i = 0; i < refining->n; i++)
        for (int s = 0; s < letter->n; s++)
            if (refining->value[i * (size_t)refining->n_values + (size_t)(letter->first + s)] <= 0)
                return false;
    return true;
}

static void look_at_letters(struct rn_refining *refining)
{
    for (int l = 0; l < refining->n_letters; l++) {
        struct rn_letter *letter = &refining->letters[l];
        letter->logarithmic = is_positive(refining, letter);
        letter->shared = is_shared(refining, letter);
        if (letter->shared)
            letter->n = 1;
    }
}

/* A name stays a name; a file is named from everywhere. */
static enum rn_status make_base(const char *space, char **base, struct rn_err *err)
{
    size_t len = strcspn(space, "@");
    struct rn_buf file = {0}, whole = {0};
    char *real = NULL;
    enum rn_status status;

    RN_TRY(rn_buf_add(&file, space, len, err));
    if (len > 5 && strcmp(file.data + len - 5, ".yaml") == 0)
        real = realpath(file.data, NULL);
    RN_TRY(rn_buf_addf(&whole, err, "%s%s", real ? real : file.data, space + len));
    *base = whole.data;
    whole.data = NULL;
done:
    free(real);
    rn_buf_release(&file);
    rn_buf_release(&whole);
    return status;
}

/* "mine" of runs/mine.yaml, or the base's name and what became of it. */
static enum rn_status make_name(const char *path, const char *space, char name[RN_NAME_MAX],
                                struct rn_err *err)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *begin = slash ? slash + 1 : path;
    size_t len = begin ? strlen(begin) : 0;

    if (!path) {
        snprintf(name, RN_NAME_MAX, "%.30s", space);
        snprintf(name + strcspn(name, "@"), 16, "-refined");
        return RN_OK;
    }
    if (len < 6 || strcmp(begin + len - 5, ".yaml") != 0)
        return rn_fail(err, RN_E_CONFIG, "%s: a space's file is named NAME.yaml", path);
    snprintf(name, RN_NAME_MAX, "%.*s", (int)(len - 5 < 40 ? len - 5 : 40), begin);
    return RN_OK;
}

static enum rn_status look_at_errors(double margin, struct rn_refining *refining,
                                     struct rn_err *err)
{
    double squares = 0, n = (double)refining->n;

    for (size_t i = 0; i < refining->n; i++)
        refining->mean += refining->error[i] / n;
    for (size_t i = 0; i < refining->n; i++)
        squares += pow(refining->error[i] - refining->mean, 2);
    refining->deviation = sqrt(squares / (n - 1));
    refining->margin = margin > 0 ? margin : SMALL * refining->deviation;
    if (!(refining->deviation > 1e-9 * fabs(refining->mean)))
        return rn_fail(err, RN_E_DATA,
                       "all networks have an error of %g %%: nothing tells them apart",
                       refining->mean);
    return RN_OK;
}

static enum rn_status match(struct rn_refining *refining, struct rn_err *err)
{
    struct rn_space_facts facts = {0};
    struct rn_sample first;
    enum rn_status status;

    RN_TRY(rn_space_describe(refining->space, 0, 1, &facts, err));
    RN_TRY(rn_space_draw(refining->space, 0, 0, &first, err));
    refining->size = strtod(facts.size, NULL);
    refining->n_values = first.n_values;
    group_values(&first, strcmp(facts.family, "regnet") != 0, refining);
    refining->value = rn_alloc(refining->n * (size_t)first.n_values, sizeof *refining->value);
    if (!refining->value)
        RN_TRY(rn_nomem(err, refining->n * sizeof *refining->value, "a population"));
    RN_TRY(fill_values(refining, &facts, &first, err));
    look_at_letters(refining);
done:
    rn_space_facts_release(&facts);
    return status;
}

enum rn_status rn_refining_init(const struct rn_records *records, const char *space,
                                const struct rn_refine_options *options,
                                struct rn_refining *refining, struct rn_err *err)
{
    struct rn_refining made = {.records = records,
                               .n = records->n,
                               .error = rn_records_column(records, "error"),
                               .path = options->path ? options->path : "",
                               .seed = options->seed};
    enum rn_status status;

    if (records->n < RN_REFINE_NETWORKS)
        return rn_fail(err, RN_E_DATA,
                       "%zu networks say nothing of a restriction: at least %d are needed, and a "
                       "hundred or more are better",
                       records->n, RN_REFINE_NETWORKS);
    RN_TRY(look_at_errors(options->margin, &made, err));
    RN_TRY(rn_space_open(space, &made.space, err));
    RN_TRY(make_base(space, &made.base, err));
    RN_TRY(make_name(options->path, rn_space_name(made.space), made.name, err));
    RN_TRY(match(&made, err));
    RN_TRY(rn_features_init(&made, err));
    *refining = made;
    made = (struct rn_refining){0};
done:
    rn_refining_release(&made);
    return status;
}

void rn_refining_release(struct rn_refining *refining)
{
    rn_space_free(refining->space);
    rn_free(refining->value);
    rn_free(refining->feature);
    rn_free(refining->drawn);
    rn_free(refining->base);
    *refining = (struct rn_refining){0};
}

enum rn_status rn_refine_space(const char *path, char **space, struct rn_err *err)
{
    struct rn_buf file = {0};
    struct rn_doc *doc = NULL;
    const char *name;
    enum rn_status status;

    RN_TRY(rn_path_join(&file, path, "sweep.yaml", err));
    if (!rn_path_exists(file.data))
        RN_TRY(rn_fail(err, RN_E_CONFIG,
                       "%s is no sweep's directory: say of which space it is, "
                       "--space SPACE",
                       path));
    RN_TRY(rn_doc_read(file.data, &doc, err));
    RN_TRY(rn_value_text(rn_value_get(rn_doc_root(doc), "space"), &name, err));
    *space = rn_strdup(name);
    if (!*space)
        status = rn_nomem(err, strlen(name), "a space's name");
done:
    rn_doc_free(doc);
    rn_buf_release(&file);
    return status;
}
