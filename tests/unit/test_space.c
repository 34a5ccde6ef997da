/* Design spaces: the paper's by name, files and what they derive from, refusals. */
#include "regnet/memory.h"
#include "space_scratch.h"

static double value_of(const struct rn_sample *sample, const char *name)
{
    for (int i = 0; i < sample->n_values; i++) {
        if (strcmp(sample->values[i].name, name) == 0)
            return sample->values[i].value;
    }
    fail_msg("no value %s", name);
    return 0;
}

/* That the values of the first four stages do not fall (1), do not rise (-1), are equal (0). */
static void check_order(const struct rn_sample *sample, char letter, int order)
{
    for (char i = '1'; i < '4'; i++) {
        double x = value_of(sample, (char[]){letter, i, 0});
        double y = value_of(sample, (char[]){letter, (char)(i + 1), 0});
        assert_true(order > 0 ? x <= y : order < 0 ? x >= y : x == y);
    }
}

static void a_network_depends_on_seed_and_index_alone(void **state)
{
    struct rn_space *space;
    struct rn_sample a, b, c;

    (void)state;
    assert_int_equal(rn_space_open("anynetx_e@MINI", &space, NULL), RN_OK);
    memset(&a, 0, sizeof a), memset(&b, 0, sizeof b);
    assert_int_equal(rn_space_draw(space, 3, 5, &a, NULL), RN_OK);
    assert_int_equal(rn_space_draw(space, 3, 4, &c, NULL), RN_OK);
    assert_int_equal(rn_space_draw(space, 3, 5, &b, NULL), RN_OK);
    assert_memory_equal(a.arch.stages, b.arch.stages, sizeof a.arch.stages);
    assert_memory_not_equal(a.arch.stages, c.arch.stages, sizeof a.arch.stages);
    assert_int_equal(rn_space_draw(space, 4, 5, &b, NULL), RN_OK);
    assert_memory_not_equal(a.arch.stages, b.arch.stages, sizeof a.arch.stages);
    rn_space_free(space);
}

static void derived_spaces_add_and_replace(void **state)
{
    struct rn_space *space;
    struct rn_err err = {0};
    struct rn_sample sample;

    (void)state;
    if (open_text("name: narrow\nbase: AnyNetXD\n"
                  "network: {se_r: 0.25, strides: [2, 2, 2, 2, 1]}\n"
                  "parameters: {d: {range: [2, 4]}, b: {values: [1, 2]}}\n"
                  "window: {flops: [200e6, 300e6], acts: [1e6, 9e6]}\n"
                  "constraints:\n  - params <= 5e6\n  - d[i] >= d[i+1]\n  - all(16 < w < 512)\n",
                  &space, &err) != RN_OK)
        fail_msg("%s", err.msg);
    for (uint64_t i = 0; i < 50; i++) {
        assert_int_equal(rn_space_draw(space, 1, i, &sample, NULL), RN_OK);
        assert_int_equal(sample.arch.n_stages, 5);
        assert_true(sample.arch.se_r == 0.25);
        assert_in_range(sample.cx.flops, 200000000, 300000000);
        assert_in_range(sample.cx.acts, 1000000, 9000000);
        assert_true(sample.cx.params <= 5000000);
        check_order(&sample, 'w', 1);
        check_order(&sample, 'd', -1);
        check_order(&sample, 'b', 0);
        for (int s = 0; s < 5; s++) {
            assert_in_range(sample.arch.stages[s].depth, 2, 4);
            assert_in_range(value_of(&sample, (char[]){'w', (char)('1' + s), 0}), 24, 504);
        }
    }
    rn_space_free(space);
}

static void a_list_of_draws_selects_networks(void **state)
{
    static const uint64_t draws[] = {7, 2, 7};
    struct rn_space *all, *some;
    struct rn_sample a, b;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_space_open("RegNetX@mini", &all, NULL), RN_OK);
    assert_int_equal(open_text("name: s\nbase: RegNetX@mini\ndraws: [7, 2, 7]\n", &some, &err),
                     RN_OK);
    assert_int_equal(rn_space_networks(all), 0);
    assert_int_equal(rn_space_networks(some), 3);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(rn_space_draw(all, 1, draws[i], &a, NULL), RN_OK);
        assert_int_equal(rn_space_draw(some, 1, i, &b, NULL), RN_OK);
        assert_memory_equal(a.arch.stages, b.arch.stages, sizeof a.arch.stages);
        assert_int_equal(b.index, i);
    }
    assert_int_equal(rn_space_draw(some, 1, 3, &b, &err), RN_E_CONFIG);
    assert_says(&err, "there is no 3");
    rn_space_free(all);
    rn_space_free(some);
}

#define A "name: s\nbase: AnyNetXA\n"

static void mistakes_are_shown_in_their_place(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"name: s\nbase: AnyNetXQ\n", "s.yaml:2:7: there is no space \"AnyNetXQ\"; did you mean"},
        {"name: s\nbase: s.yaml\n", "derive from itself"},
        {"base: AnyNetXA\n", "needs a name"},
        {"name: s\n", "needs a family"},
        {"name: s\nfamily: anynet\n", "the parameter d is missing"},
        {"name: s\nfamily: any\n", "SPACE@OVERLAY"},
        {A "constraint: []\n", "s.yaml:3:1: there is no key \"constraint\"; did you mean"},
        {A "family: regnet\n", "the base's is anynet"},
        {A "draws: 3\n", "s.yaml:3:8: draws must be a list"},
        {A "draws: [3, -1]\n", "s.yaml:3:12: networks are numbered from 0"},
        {A "network: {stem_typ: x}\n", "did you mean \"stem_type\""},
        {A "network: {block_type: x_block}\n", "s.yaml:3:23: block_type"},
        {A "network: {block_type: nasnet_a_cell, stem_type: cells_stem_in}\n",
         "nasnet_a_cell is a cell; spaces draw and count stages of blocks alone"},
        {A "network: {strides: []}\n", "1 to 16 strides"},
        {A "parameters: {q: {range: [1, 2]}}\n", "there is no parameter \"q\""},
        {A "parameters: {d: {range: [4, 2]}}\n", "s.yaml:3:25: the range [4, 2] is empty"},
        {A "parameters: {w: {range: [9, 24]}}\n", "multiples of 8"},
        {A "parameters: {g: {range: [1, 24]}}\n", "powers of two"},
        {A "parameters: {d: {distribution: log}}\n", "there is no distribution \"log\""},
        {A "parameters: {d: {values: [2, 1, 2]}}\n", "2 stands twice"},
        {A "parameters: {d: {range: [1, 2], quantum: 0.5}}\n", "d can be 1.5"},
        {A "parameters: {d: {range: [1, 2000]}}\n", "d can be 1025"},
        {A "window: {flops: [4e6, 3e6]}\n", "s.yaml:3:17: the range"},
        {A "constraints: [flops <= 1e6]\n", "this leaves no value"},
        {A "constraints: [stages == 5]\n", "which have 4 stages"},
        {"name: a/b\nbase: AnyNetXA\n", "s.yaml:1:7: a name has 1 to 40 characters"},
        {"name: s\nbase: none.yaml\n", "s.yaml:2:7: there is no file"},
        {"name: s\nbase: AnyNetXA@nano\n", "there is no space \"nano\""},
        {"name: s\nbase: AnyNetXA@AnyNetXB\n", "this is a space and no overlay"},
        {A "constraints: w[0] > 8\n", "s.yaml:3:14: constraints must be a list"},
        {A "parameters: {d: 2000}\n", "space s: d can be 2000"},
        {A "parameters: {b: 0.3}\n", "one over a whole number, as in 1/3"},
        {A "parameters: {b: 1/x}\n", "s.yaml:3:17: expected a number, found \"x\""},
        {A "parameters: {b: 1/0}\n", "s.yaml:3:17: 1/0 is not a number"},
        {A "parameters: {\"d[4]\": 2}\n", "s.yaml:3:14: there is no stage [4]"},
        {A "parameters: {\"d[i]\": 2}\n", "d[0] is the first, d[-1] the last"},
        {A "parameters: {\"r[0]\": 2}\n", "r is one number for all stages"},
        {A "parameters: {groups: 2}\n", "g or groups, not both"},
        {A "parameters: {MODEL.TYPE: {values: [anynet]}}\n", "describes the network"},
        {A "parameters: {OPTIM.LR: 1}\n", "there is no configuration key \"OPTIM.LR\""},
        {A "parameters: {OPTIM.LR_POLICY: 1}\n", "expected {values: [...]}"},
        {A "parameters: {OPTIM.BASE_LR: -1}\n", "OPTIM.BASE_LR can be -1"},
        {A "network: {\"strides[5]\": 1}\n", "there is no stage [5]"},
        {A "window: {flop: [1, 2]}\n", "there is no window \"flop\""},
        {A "overlays: {mini: {parameter: {}}}\n", "did you mean \"parameters\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_space *space = NULL;
        struct rn_err err = {0};
        assert_int_equal(open_text(cases[i].text, &space, &err), RN_E_CONFIG);
        assert_null(space);
        assert_says(&err, cases[i].says);
    }
}

static void an_impossible_space_says_what_rejects(void **state)
{
    struct rn_space *space;
    struct rn_sample sample;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(open_text("name: s\nbase: RegNetX\nparameters: {d: {range: [1, 5]}}\n"
                               "constraints: [all(group_ws > 32)]\n",
                               &space, &err),
                     RN_OK);
    assert_int_equal(rn_space_draw(space, 1, 0, &sample, &err), RN_E_CONFIG);
    assert_says(&err, "impossible");
    assert_says(&err, "% lack a valid line");
    assert_says(&err, "% lack all(group_ws > 32)");
    rn_space_free(space);
}

static enum rn_status open_and_describe(const char *name)
{
    struct rn_space *space = NULL;
    struct rn_space_facts facts = {0};
    struct rn_space_counts counts;
    enum rn_status status;

    RN_TRY(rn_space_open(name, &space, NULL));
    RN_TRY(rn_space_describe(space, 1, 1, &facts, NULL));
    status = rn_space_count(space, 1, 1, &counts, NULL);
done:
    rn_space_facts_release(&facts);
    rn_space_free(space);
    return status;
}

static void short_memory_is_an_error_and_no_leak(void **state)
{
    static const char *const names[] = {"AnyNetXE@mini", "RegNetXR448@mini"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        enum rn_status status = RN_E_NOMEM;
        long n = 0;
        for (; status != RN_OK; n++) {
            assert_int_equal(status, RN_E_NOMEM);
            rn_mem_fail_at(n);
            status = open_and_describe(names[i]);
            rn_mem_fail_at(-1);
        }
        assert_true(n > 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_depends_on_seed_and_index_alone),
        cmocka_unit_test(derived_spaces_add_and_replace),
        cmocka_unit_test(a_list_of_draws_selects_networks),
        cmocka_unit_test(mistakes_are_shown_in_their_place),
        cmocka_unit_test(an_impossible_space_says_what_rejects),
        cmocka_unit_test(short_memory_is_an_error_and_no_leak),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
