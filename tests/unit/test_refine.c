/* refine.h: populations whose errors follow a known rule, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/memory.h"
#include "regnet/refine.h"
#include "regnet/rng.h"

#define A "AnyNetXA@mini"

static void ok(enum rn_status status, const struct rn_err *err)
{
    if (status != RN_OK)
        fail_msg("%s", err->msg);
}

static double falls(const double *x)
{
    double sum = 0;

    for (int s = 1; s < 4; s++)
        sum += fmax(0, log2(x[s - 1] / x[s]));
    return sum;
}

/* d1 ... d4, w1 ... w4, b1 ... b4, g1 ... g4 to an error. Widths should not fall, depths are free;
   b should differ from stage to stage, g is free, but for that g4 should be large. */
static double follow_rule(const double *x)
{
    double error = 20 + falls(x + 4) - 0.6 * log2(x[15]);

    for (int s = 1; s < 4; s++)
        error -= 0.7 * fabs(log2(x[8 + s] / x[7 + s]));
    return error;
}

static double follow_line(const double *x)
{
    return 10 + 3 * fabs(log2(x[3] / 2.2)); /* wm */
}

static struct rn_records draw_records(const char *name, size_t n, double (*rule)(const double *x))
{
    struct rn_records records = {.n = n, .source = rn_alloc(n, sizeof *records.source)};
    struct rn_space *space = NULL;
    struct rn_sample sample;
    struct rn_err err = {0};

    ok(rn_space_open(name, &space, &err), &err);
    for (size_t i = 0; i < n; i++) {
        struct rn_rng rng = rn_rng_at(3, RN_STREAM_TEST, i);
        double x[RN_SPACE_PARAMS];
        ok(rn_space_draw(space, 3, i, &sample, &err), &err);
        if (i == 0)
            records.columns = rn_alloc((size_t)sample.n_values + 1, sizeof *records.columns);
        for (int j = 0; j <= sample.n_values && i == 0; j++) {
            records.columns[j].name = rn_strdup(j > 0 ? sample.values[j - 1].name : "error");
            records.columns[j].value = rn_alloc(n, sizeof(double));
            records.n_columns++;
        }
        for (int j = 0; j < sample.n_values; j++)
            records.columns[j + 1].value[i] = x[j] = sample.values[j].value;
        records.columns[0].value[i] = rule(x) + 0.5 * rn_rng_normal(&rng);
        records.source[i] = i + 1;
    }
    rn_space_free(space);
    return records;
}

static struct rn_refinement refine(const struct rn_records *records, const char *space)
{
    struct rn_refinement refined = {0};
    struct rn_err err = {0};

    ok(rn_refine(records, space, &(struct rn_refine_options){0}, &refined, &err), &err);
    return refined;
}

static const struct rn_proposal *find(const struct rn_refinement *refined, const char *text)
{
    for (size_t i = 0; i < refined->n_proposals; i++)
        if (strcmp(refined->proposals[i].text, text) == 0)
            return &refined->proposals[i];
    return NULL;
}

static const struct rn_proposal *need(const struct rn_refinement *refined, const char *text)
{
    const struct rn_proposal *found = find(refined, text);

    if (!found)
        fail_msg("no proposal %s", text);
    return found;
}

/* By the rule alone, the mean error of a space: A with a constraint, or a whole file. */
static double true_mean(const char *yaml)
{
    struct rn_space *space = NULL;
    struct rn_sample sample;
    struct rn_err err = {0};
    double mean = 0;

    ok(rn_space_parse(yaml, "x.yaml", &space, &err), &err);
    for (uint64_t i = 0; i < 4000; i++) {
        double x[RN_SPACE_PARAMS];
        ok(rn_space_draw(space, 1, i, &sample, &err), &err);
        for (int j = 0; j < sample.n_values; j++)
            x[j] = sample.values[j].value;
        mean += follow_rule(x) / 4000;
    }
    rn_space_free(space);
    return mean;
}

/* Intervals have the truth in them, and what is said to cost nothing does. */
static void test_relations(void **state)
{
    struct rn_records records = draw_records(A, 400, follow_rule);
    struct rn_refinement refined = refine(&records, A);
    int relations = 0, covered = 0;

    (void)state;
    for (size_t i = 0; i < refined.n_proposals; i++) {
        const struct rn_proposal *p = &refined.proposals[i];
        char yaml[256];
        double change;
        if (p->kind == RN_PROPOSAL_RANGE)
            continue;
        snprintf(yaml, sizeof yaml, "name: x\nbase: " A "\nconstraints: ['%s']\n", p->text);
        change = true_mean(yaml) - refined.mean;
        relations++;
        covered += change > p->prediction.mean.low && change < p->prediction.mean.high;
        assert_true(!p->supported || change < refined.margin);
    }
    assert_int_equal(relations, 16);
    assert_true(covered >= 14);
    rn_refinement_release(&refined);
    rn_records_release(&records);
}

static void test_verdicts(void **state)
{
    struct rn_records records = draw_records(A, 400, follow_rule);
    struct rn_refinement refined = refine(&records, A);
    const struct rn_proposal *w = need(&refined, "w[i+1] >= w[i]");
    const struct rn_proposal *b = need(&refined, "shared(b)");

    (void)state;
    assert_true(w->chosen && w->prediction.mean.high < -1 && w->p < 1e-6);
    assert_true(need(&refined, "w[2] >= w[1]")->supported);
    assert_false(need(&refined, "w[2] >= w[1]")->chosen); /* w[i+1] >= w[i] says it */
    assert_true(need(&refined, "d[i+1] >= d[i]")->chosen);
    assert_true(need(&refined, "g[1] == g[0]")->chosen);
    assert_false(b->supported || b->chosen);
    assert_true(b->prediction.mean.low > refined.margin && b->p > 0.99);
    assert_false(need(&refined, "b[1] == b[0]")->supported);
    assert_true(b->prediction.shrink == 27 &&
                need(&refined, "b[1] == b[0]")->prediction.shrink == 3);
    rn_refinement_release(&refined);
    rn_records_release(&records);
}

static void test_ranges(void **state)
{
    struct rn_records records = draw_records(A, 400, follow_rule);
    struct rn_refinement refined = refine(&records, A);
    bool found = false;

    (void)state;
    for (size_t i = 0; i < refined.n_proposals; i++) {
        const struct rn_proposal *p = &refined.proposals[i];
        if (p->kind != RN_PROPOSAL_RANGE)
            continue;
        assert_false(p->text[0] == 'd' && p->supported);
        if (strncmp(p->text, "g[3] >= ", 8) != 0)
            continue;
        found = true;
        assert_true(p->supported && p->bound > 1 && p->prediction.mean.high < -0.1);
        assert_true(p->prediction.kept < 400 && isnan(p->prediction.best.change));
    }
    assert_true(found);
    rn_refinement_release(&refined);
    rn_records_release(&records);
}

static void test_new_space(void **state)
{
    struct rn_records records = draw_records(A, 400, follow_rule);
    struct rn_refinement refined = refine(&records, A);
    const struct rn_change *mean = &refined.together.mean;
    double change = true_mean(refined.yaml) - refined.mean;

    (void)state;
    assert_non_null(strstr(refined.yaml, "name: \"AnyNetXA-refined\"\n"));
    assert_non_null(strstr(refined.yaml, "  - w[i+1] >= w[i]\n"));
    assert_true(mean->low < change && change < mean->high && mean->high < -1);
    assert_true(refined.together.shrink > 20 && refined.n_chosen > 2);
    rn_refinement_release(&refined);
    rn_records_release(&records);
}

/* Parameters that are shared already have one range, and no relation. */
static void test_shared_space(void **state)
{
    struct rn_records records = draw_records("AnyNetXD@mini", 100, follow_rule);
    struct rn_refinement refined = refine(&records, "AnyNetXD@mini");

    (void)state;
    assert_null(find(&refined, "shared(b)"));
    assert_null(find(&refined, "w[i+1] >= w[i]"));
    assert_non_null(find(&refined, "d[i+1] >= d[i]"));
    for (size_t i = 0; i < refined.n_proposals; i++)
        if (strchr("bg", refined.proposals[i].text[0]))
            assert_true(strncmp(refined.proposals[i].text + 1, "[i] ", 4) == 0);
    rn_refinement_release(&refined);
    rn_records_release(&records);
}

static void test_regnet(void **state)
{
    struct rn_records records = draw_records("RegNetX@mini", 200, follow_line);
    struct rn_refinement refined = refine(&records, "RegNetX@mini");
    bool found = false;

    (void)state;
    for (size_t i = 0; i < refined.n_proposals; i++) {
        assert_int_equal(refined.proposals[i].kind, RN_PROPOSAL_RANGE);
        found |=
            refined.proposals[i].chosen && strncmp(refined.proposals[i].text, "wm >= ", 6) == 0;
    }
    assert_true(found);
    rn_refinement_release(&refined);
    rn_records_release(&records);
}

/* A parameter's letter has eleven features and a network is one equation. */
static void test_few(void **state)
{
    struct rn_records records = draw_records(A, 12, follow_rule);
    struct rn_refinement refined = refine(&records, A);
    const struct rn_proposal *w = need(&refined, "w[i+1] >= w[i]");

    (void)state;
    assert_false(w->prediction.known || w->supported);
    assert_true(w->p == 1 && w->prediction.shrink > 20);
    rn_refinement_release(&refined);
    rn_records_release(&records);
}

static void check_refused(const struct rn_records *records, const char *space,
                          enum rn_status expected, const char *message)
{
    struct rn_refinement refined = {0};
    struct rn_err err = {0};

    assert_int_equal(rn_refine(records, space, &(struct rn_refine_options){0}, &refined, &err),
                     expected);
    if (!strstr(err.msg, message))
        fail_msg("\"%s\" has no \"%s\"", err.msg, message);
}

static void test_refused(void **state)
{
    struct rn_records records = draw_records(A, 12, follow_rule);
    double *error = records.columns[0].value, *w1 = records.columns[5].value, kept = w1[3];

    (void)state;
    check_refused(&records, "AnyNetXQ@mini", RN_E_CONFIG, "there is no space \"AnyNetXQ\"");
    w1[3] = 264;
    check_refused(&records, A, RN_E_DATA,
                  "network 4 has w1 = 264, and AnyNetXA@mini has 8 to 256: these are networks of "
                  "another space");
    w1[3] = NAN;
    check_refused(&records, A, RN_E_DATA, "network 4 has no w1");
    w1[3] = kept;
    records.n = 9;
    check_refused(&records, A, RN_E_DATA, "9 networks say nothing");
    records.n = 12;
    records.n_columns = 5;
    check_refused(&records, A, RN_E_DATA, "the records have no w1, a parameter of AnyNetXA@mini");
    records.n_columns = 17;
    for (int i = 0; i < 12; i++)
        error[i] = 30;
    check_refused(&records, A, RN_E_DATA, "all networks have an error of 30 %");
    rn_records_release(&records);
}

static void test_names(void **state)
{
    struct rn_records records = draw_records(A, 12, follow_rule);
    struct rn_refinement refined = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_refine(&records, A, &(struct rn_refine_options){.path = "runs/mine.yaml", .margin = 0.5},
                 &refined, &err),
       &err);
    assert_string_equal(refined.name, "mine");
    assert_true(refined.margin == 0.5);
    assert_non_null(strstr(refined.yaml, "base: \"AnyNetXA@mini\"\n"));
    rn_refinement_release(&refined);
    assert_int_equal(
        rn_refine(&records, A, &(struct rn_refine_options){.path = "runs/mine"}, &refined, &err),
        RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "runs/mine: a space's file is named NAME.yaml"));
    rn_records_release(&records);
}

/* Whichever allocation fails, nothing is left behind (the sanitizers look). */
static void test_memory(void **state)
{
    struct rn_records records = draw_records(A, 12, follow_rule);
    enum rn_status status = RN_E_NOMEM;

    (void)state;
    for (long n = 0; status != RN_OK; n += 1 + n / 4) {
        struct rn_refinement refined = {0};
        struct rn_err err = {0};
        rn_mem_fail_at(n);
        status = rn_refine(&records, A, &(struct rn_refine_options){0}, &refined, &err);
        rn_mem_fail_at(-1);
        assert_true(status == RN_OK || status == RN_E_NOMEM);
        rn_refinement_release(&refined);
    }
    rn_records_release(&records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relations),    cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_ranges),       cmocka_unit_test(test_new_space),
        cmocka_unit_test(test_shared_space), cmocka_unit_test(test_regnet),
        cmocka_unit_test(test_few),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
