/* The paper's spaces and NDS's, by name: their sizes (Table 1), and that each draws what it says,
   at its scale and at the small one. */
#include "space_scratch.h"

#define DRAWS 4

static struct rn_space *must_open_name(const char *name)
{
    struct rn_space *space = NULL;
    struct rn_err err = {0};

    if (rn_space_open(name, &space, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return space;
}

static void sizes_are_those_of_table_1(void **state)
{
    static const struct {
        const char *name;
        int dimension;
        const char *size, *paper_size;
    } rows[] = {
        {"AnyNetXA", 16, "1846757322198614016", "1846757322198614016"},
        {"AnyNetXB", 13, "68398419340689408", "68398419340689408"},
        {"AnyNetXC", 10, "316659348799488", "316659348799488"},
        /* C(128 + 3, 4) 16^4 18, and C(128 + 3, 4) C(16 + 3, 4) 18 */
        {"AnyNetXD", 10, "13821510942720", "13194139533312"},
        {"AnyNetXE", 10, "817446539520", "549755813888"},
        {"AnyNetXDEqual", 7, "150994944", "150994944"}, /* 16^4 128 18 */
        /* 63 31 2480 1501 3 6 */
        {"RegNetX", 6, "130860061920", "301989888"},
        {"RegNetXWm2", 5, "87181920", "4718592"},
        {"RegNetXW0Wa", 5, "52766154", "4718592"}, /* one draw is both */
        {"Vanilla", 6, "1259712", "1259712"},      /* (9 12)^3 */
        {"ResNet", 6, "1259712", "1259712"},
        {"ResNeXtA", 12, "11390625", "11390625"}, /* (5 5 3 3)^3 */
        {"ResNeXtB", 12, "52734375", "52734375"}, /* (5 5 3 5)^3 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rn_space *space = must_open_name(rows[i].name);
        struct rn_space_facts facts;
        assert_int_equal(rn_space_describe(space, 1, 1, &facts, NULL), RN_OK);
        assert_string_equal(facts.name, rows[i].name);
        assert_int_equal(facts.dimension, rows[i].dimension);
        assert_string_equal(facts.size, rows[i].size);
        assert_string_equal(facts.paper_size, rows[i].paper_size);
        rn_space_facts_release(&facts);
        rn_space_free(space);
    }
}

/* Of the n-th value of a parameter, from 1: "w" and 2 is w2; 0 of what has one value. */
static double drawn(const struct rn_sample *sample, char letter, int n)
{
    const char name[] = {letter, (char)(n ? '0' + n : 0), 0};

    for (int i = 0; i < sample->n_values; i++) {
        if (strcmp(sample->values[i].name, name) == 0)
            return sample->values[i].value;
    }
    fail_msg("nothing is drawn for %s", name);
    return 0;
}

typedef bool relation(double x, double y);

static bool no_more(double x, double y)
{
    return x <= y;
}

static bool no_less(double x, double y)
{
    return x >= y;
}

static bool equal(double x, double y)
{
    return x == y;
}

static bool all_are(const struct rn_sample *sample, char letter, relation *holds)
{
    for (int n = 1; n < sample->arch.n_stages; n++) {
        if (!holds(drawn(sample, letter, n), drawn(sample, letter, n + 1)))
            return false;
    }
    return true;
}

static int blocks_of(const struct rn_arch *arch)
{
    int n = 0;

    for (int i = 0; i < arch->n_stages; i++)
        n += arch->stages[i].depth;
    return n;
}

static bool is_b(const struct rn_sample *s)
{
    return all_are(s, 'b', equal);
}

static bool is_c(const struct rn_sample *s)
{
    return is_b(s) && all_are(s, 'g', equal);
}

static bool is_d(const struct rn_sample *s)
{
    return is_c(s) && all_are(s, 'w', no_more);
}

static bool is_d_equal(const struct rn_sample *s)
{
    return is_c(s) && all_are(s, 'w', equal);
}

static bool is_d_decreasing(const struct rn_sample *s)
{
    return is_c(s) && all_are(s, 'w', no_less);
}

static bool is_e(const struct rn_sample *s)
{
    return is_d(s) && all_are(s, 'd', no_more);
}

static bool is_e_equal(const struct rn_sample *s)
{
    return is_d(s) && all_are(s, 'd', equal);
}

static bool is_e_decreasing(const struct rn_sample *s)
{
    return is_d(s) && all_are(s, 'd', no_less);
}

/* E of a block without groups: nothing but widths and depths is drawn. */
static bool is_e_of_v(const struct rn_sample *s)
{
    return s->n_values == 8 && all_are(s, 'w', no_more) && all_are(s, 'd', no_more);
}

static bool has_full_groups(const struct rn_sample *s)
{
    for (int i = 0; i < s->arch.n_stages; i++) {
        const struct rn_stage *stage = &s->arch.stages[i];
        if (stage->group_w != stage->width * stage->bot_mul)
            return false;
    }
    return true;
}

static bool is_constrained(const struct rn_sample *s)
{
    double gf = (double)s->cx.flops / 1e9;

    return blocks_of(&s->arch) <= 40 && (double)s->cx.params <= 3.0e6 + 5.5e6 * gf &&
           (double)s->cx.acts <= 6.5e6 * sqrt(gf);
}

static bool is_regnet_c(const struct rn_sample *s)
{
    return is_constrained(s) && drawn(s, 'b', 0) == 1;
}

static bool is_depthwise(const struct rn_sample *s)
{
    return is_regnet_c(s) && s->arch.stages[3].group_w == 1;
}

static bool is_inverted(const struct rn_sample *s)
{
    return is_constrained(s) && drawn(s, 'b', 0) <= 1 && s->arch.stages[0].bot_mul >= 1;
}

static bool is_inverted_depthwise(const struct rn_sample *s)
{
    return is_inverted(s) && s->arch.stages[3].group_w == 1;
}

static bool has_its_resolution(const struct rn_sample *s)
{
    return is_regnet_c(s) && s->arch.im_size == drawn(s, 'r', 0) && s->arch.im_size <= 448;
}

static bool is_20_deep(const struct rn_sample *s)
{
    return is_regnet_c(s) && blocks_of(&s->arch) == (s->arch.im_size == 28 ? 10 : 20);
}

static double line(const struct rn_sample *s, const char *name)
{
    for (int i = 0; i < s->n_values; i++) {
        if (strcmp(s->values[i].name, name) == 0)
            return s->values[i].value;
    }
    return 0;
}

static bool is_doubling(const struct rn_sample *s)
{
    return line(s, "wm") == 2;
}

static bool starts_as_it_climbs(const struct rn_sample *s)
{
    return line(s, "w0") == line(s, "wa") && line(s, "wa") > 0;
}

static bool is_both(const struct rn_sample *s)
{
    return is_doubling(s) && starts_as_it_climbs(s);
}

static bool is_any(const struct rn_sample *s)
{
    return s->n_values > 0;
}

static const struct {
    const char *name;
    enum rn_block block;
    int stages;
    double se_r;
    enum rn_act act;
    bool (*holds)(const struct rn_sample *);
} spaces[] = {
    {"AnyNetRA", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, has_full_groups},
    {"AnyNetRE", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, has_full_groups},
    {"AnyNetVA", RN_BLOCK_V, 4, 0, RN_ACT_RELU, is_any},
    {"AnyNetVE", RN_BLOCK_V, 4, 0, RN_ACT_RELU, is_e_of_v},
    {"AnyNetVRA", RN_BLOCK_VR, 4, 0, RN_ACT_RELU, is_any},
    {"AnyNetVRE", RN_BLOCK_VR, 4, 0, RN_ACT_RELU, is_e_of_v},
    {"AnyNetXA", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_any},
    {"AnyNetXA5Stages", RN_BLOCK_BOTTLENECK, 5, 0, RN_ACT_RELU, is_any},
    {"AnyNetXB", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_b},
    {"AnyNetXC", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_c},
    {"AnyNetXD", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_d},
    {"AnyNetXDDecreasing", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_d_decreasing},
    {"AnyNetXDEqual", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_d_equal},
    {"AnyNetXE", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_e},
    {"AnyNetXE5Stages", RN_BLOCK_BOTTLENECK, 5, 0, RN_ACT_RELU, is_e},
    {"AnyNetXEDecreasing", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_e_decreasing},
    {"AnyNetXEEqual", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_e_equal},
    {"RegNetR", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, has_full_groups},
    {"RegNetV", RN_BLOCK_V, 4, 0, RN_ACT_RELU, is_any},
    {"RegNetVR", RN_BLOCK_VR, 4, 0, RN_ACT_RELU, is_any},
    {"RegNetX", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_any},
    {"RegNetX3Stages", RN_BLOCK_BOTTLENECK, 3, 0, RN_ACT_RELU, is_regnet_c},
    {"RegNetX5Stages", RN_BLOCK_BOTTLENECK, 5, 0, RN_ACT_RELU, is_any},
    {"RegNetXC", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_regnet_c},
    {"RegNetXD20", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_20_deep},
    {"RegNetXDepthwise", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_depthwise},
    {"RegNetXInverted", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_inverted},
    {"RegNetXInvertedDepthwise", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_inverted_depthwise},
    {"RegNetXLrWd", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_regnet_c},
    {"RegNetXR448", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, has_its_resolution},
    {"RegNetXU", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_any},
    {"RegNetXW0Wa", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, starts_as_it_climbs},
    {"RegNetXWm2", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_doubling},
    {"RegNetXWm2W0Wa", RN_BLOCK_BOTTLENECK, 4, 0, RN_ACT_RELU, is_both},
    {"RegNetY", RN_BLOCK_BOTTLENECK, 4, 0.25, RN_ACT_RELU, is_any},
    {"RegNetYC", RN_BLOCK_BOTTLENECK, 4, 0.25, RN_ACT_RELU, is_regnet_c},
    {"RegNetYDepthwise", RN_BLOCK_BOTTLENECK, 4, 0.25, RN_ACT_RELU, is_depthwise},
    {"RegNetYDepthwiseSiLU", RN_BLOCK_BOTTLENECK, 4, 0.25, RN_ACT_SILU, is_depthwise},
    {"RegNetYSiLU", RN_BLOCK_BOTTLENECK, 4, 0.25, RN_ACT_SILU, is_regnet_c},
    {"ResNeXtA", RN_BLOCK_BOTTLENECK, 3, 0, RN_ACT_RELU, is_any},
    {"ResNeXtB", RN_BLOCK_BOTTLENECK, 3, 0, RN_ACT_RELU, is_any},
    {"ResNet", RN_BLOCK_BASIC, 3, 0, RN_ACT_RELU, is_any},
    {"Vanilla", RN_BLOCK_VANILLA, 3, 0, RN_ACT_RELU, is_any},
};

#define SPACES (sizeof spaces / sizeof *spaces)

/* At the paper's scale: NDS's spaces are for CIFAR and have no window. */
static void check_scale(const struct rn_sample *sample, bool mini)
{
    const struct rn_arch *arch = &sample->arch;

    if (mini) {
        assert_in_range(sample->cx.flops, 3000000, 3500000);
        assert_int_equal(arch->stages[0].stride, 1);
        for (int i = 0; i < arch->n_stages; i++)
            assert_true(arch->stages[i].width <= 256);
    } else if (arch->stem == RN_STEM_SIMPLE) {
        assert_in_range(sample->cx.flops, 360000000, 400000000);
        assert_int_equal(arch->stages[0].stride, 2);
    } else {
        assert_int_equal(arch->im_size, 32);
    }
}

static void each_draws_what_it_says(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2 * SPACES; k++) {
        bool mini = k >= SPACES;
        size_t s = k % SPACES;
        struct rn_space *space;
        char name[64];
        snprintf(name, sizeof name, "%s%s", spaces[s].name, mini ? "@mini" : "");
        space = must_open_name(name);
        assert_string_equal(rn_space_name(space), name);
        for (uint64_t i = 0; i < DRAWS; i++) {
            struct rn_sample sample;
            struct rn_err err = {0};
            if (rn_space_draw(space, 1, i, &sample, &err) != RN_OK)
                fail_msg("%s", err.msg);
            check_scale(&sample, mini);
            assert_int_equal(rn_arch_check(&sample.arch, NULL), RN_OK);
            assert_int_equal(sample.arch.block, spaces[s].block);
            assert_int_equal(sample.arch.n_stages, spaces[s].stages);
            assert_int_equal(sample.arch.act, spaces[s].act);
            assert_true(sample.arch.se_r == spaces[s].se_r);
            if (!spaces[s].holds(&sample))
                fail_msg("network %d of %s is none of it", (int)i, name);
        }
        rn_space_free(space);
    }
}

static void the_list_has_them_all(void **state)
{
    struct rn_space_entry *entries;
    size_t n, known = 0;

    (void)state;
    assert_int_equal(rn_space_list(&entries, &n, NULL), RN_OK);
    for (size_t i = 0; i < n && !entries[i].overlay; i++, known++) {
        assert_true(i < SPACES);
        assert_string_equal(entries[i].name, spaces[i].name);
        assert_true(*entries[i].description);
    }
    assert_int_equal(known, SPACES);
    rn_space_list_free(entries, n);
}

/* The regimes of sections 4 and 5, within one per cent. */
static void regimes_are_overlays(void **state)
{
    static const struct {
        const char *name;
        double flops;
    } regimes[] = {{"RegNetXC@200MF", 200e6},        {"RegNetXC@400MF", 400e6},
                   {"RegNetXC@800MF", 800e6},        {"RegNetXC@1.6GF", 1.6e9},
                   {"RegNetXC@3.2GF", 3.2e9},        {"RegNetX3Stages@6.4GF", 6.4e9},
                   {"RegNetXInverted@6.4GF", 6.4e9}, {"RegNetXU@12.8GF", 12.8e9}};

    (void)state;
    for (size_t i = 0; i < sizeof regimes / sizeof *regimes; i++) {
        struct rn_space *space = must_open_name(regimes[i].name);
        struct rn_sample sample;
        assert_int_equal(rn_space_draw(space, 1, 0, &sample, NULL), RN_OK);
        assert_true(fabs((double)sample.cx.flops / regimes[i].flops - 1) <= 0.01);
        rn_space_free(space);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_those_of_table_1),
        cmocka_unit_test(each_draws_what_it_says),
        cmocka_unit_test(the_list_has_them_all),
        cmocka_unit_test(regimes_are_overlays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
