/* Expressions: what they mean, of one network whose numbers are known, and where their mistakes
   are. */
#include "space/room.h"
#include "space_scratch.h"

#define ANYNET                                                      \
    "name: s\nfamily: anynet\nparameters:\n  d: {range: [1, 16]}\n" \
    "  w: {range: [8, 1024], quantum: 8}\n  b: {values: [1, 2]}\n  g: 16\n"
#define REGNET                              \
    "name: s\nbase: RegNetX\nparameters:\n" \
    "  OPTIM.BASE_LR: {range: [0.1, 1], quantum: 0.1}\n"

static struct rn_value value_of(const char *text)
{
    return (struct rn_value){
        .kind = RN_VALUE_SCALAR, .line = 7, .column = 3, .file = "f", .text = text, .quoted = true};
}

/* Widths were drawn as 20, 24, 160 and 384 and made to fit; the rest is RegNetX-400MF's. */
static void make_draw(const struct rn_space *space, struct rn_draw *draw)
{
    static const int d[] = {1, 2, 7, 12}, w[] = {20, 24, 160, 384}, fit[] = {32, 32, 160, 384};

    rn_draw_init(space, draw);
    draw->arch.n_stages = 4;
    for (int i = 0; i < 4; i++) {
        draw->values[RN_ANYNET_D][i] = draw->arch.stages[i].depth = d[i];
        draw->values[RN_ANYNET_W][i] = w[i];
        draw->values[RN_ANYNET_B][i] = 2;
        draw->values[RN_ANYNET_G][i] = draw->arch.stages[i].group_w = 16;
        draw->arch.stages[i].width = fit[i];
        draw->arch.stages[i].bot_mul = 0.5;
    }
    draw->cx = (struct rn_complexity){.flops = 400000000, .params = 5000000, .acts = 3000000};
}

static const struct {
    const char *text;
    bool holds;
} meanings[] = {
    {"1 + 2 * 3 == 7", true},
    {"(1 + 2) * 3 == 9", true},
    {"7 - 2 - 1 == 4", true},
    {"12 / 2 / 3 == 2", true},
    {"-2 * -3 == 6", true},
    {"- 1 < 0 and --1 > 0", true},
    {"2e3 == 2000 and .5 == 0.5", true},
    {"sqrt(w[3] + 16) == 20", true},
    {"log(1) == 0 and log(2) < 0.7 and log(2) > 0.69", true},
    {"sqrt(-1) == sqrt(-1)", false},
    {"not log(-1) < 0", true},
    {"1 / 0 > 1e300", true},
    {"min(3, 1, 2) == 1 and max(3, 1, 2) == 3", true},
    {"1 < 2 < 3 < 4", true},
    {"1 < 3 < 2", false},
    {"1 < 2 == 2 >= 1 != 3", true},
    {"1 > 2 or 2 > 1 and 1 > 2", false},
    {"1 < 2 or 2 > 1 and 1 > 2", true},
    {"(1 < 2 or 2 > 1) and 1 > 2", false},
    {"not 1 > 2 and 1 < 2", true},
    {"not (1 > 2 or 1 < 2)", false},
    {"not not 1 < 2", true},
    {"w[0] == 20 and w[-1] == 384 and w[-4] == 20", true},
    {"widths[0] == 32", true},
    {"w[i+1] > w[i]", true},
    {"widths[i+1] > widths[i]", false},
    {"widths[i-1] <= widths[i]", true},
    {"w[i+3] == w[i] + 364", true},
    {"w[i+1] <= w[i] * 7 and d[i] <= 12", true},
    {"d[i] >= i + 1", true},
    {"d[i] > i + 1", false},
    {"all(d >= 1) and any(d == 7) and not all(d == 7)", true},
    {"any(d == 8)", false},
    {"sum(d) == 22 and sum(depths) == 22", true},
    {"sum(d * w) == 20 + 48 + 1120 + 4608", true},
    {"sum(d[i+1] - d[i]) == 11", true},
    {"min(w) == 20 and max(w) == 384 and max(w[i+1] - w[i]) == 224", true},
    {"max(min(w), 30) == 30", true},
    {"min(max(w[i], 100)) == 100", true},
    {"all(sum(d) > w[i] / 20)", true},
    {"b[i] == 2 and bot_muls[i] == 0.5 and g[0] == group_ws[0]", true},
    {"stages == 4 and resolution == 224", true},
    {"400e6 <= flops <= 400e6 and params == 5e6 and acts < 3e6 + 1", true},
    {"acts <= 6.5e6 * sqrt(flops / 1e9)", true},
    {"params <= 3e6 + 5e-3 * flops", true},
    {"params <= 2e6 + 5e-3 * flops", false},
    {"sum(j - j + 1) == 22", true},
    {"sum(widths[j]) == 32 + 64 + 1120 + 4608", true},
    {"widths[j+1] <= 5 * widths[j]", true},
    {"widths[j+1] <= 4 * widths[j]", false},
    {"max(widths[j+1] / widths[j]) == 5", true},
    {"widths[j-3] <= widths[j]", true},
    {"w[i+4] > 1e9", true}, /* of no i */
    {"any(w[i+4] > 1)", false},
    {"sum(w[i+4]) == 0", true},
};

static void expressions_mean_what_they_say(void **state)
{
    struct rn_space *space = must_open(ANYNET);
    struct rn_draw draw;

    (void)state;
    make_draw(space, &draw);
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        struct rn_value value = value_of(meanings[i].text);
        struct rn_expr *expr = NULL;
        struct rn_err err = {0};
        double result;
        if (rn_expr_parse(&value, space, &expr, &err) != RN_OK)
            fail_msg("%s", err.msg);
        result = rn_expr_eval(expr, expr->root, &draw, 0);
        if (result != meanings[i].holds)
            fail_msg("%s: %g", meanings[i].text, result);
        rn_free(expr);
    }
    rn_space_free(space);
}

/* The place of a mistake is marked below it: "w[7" is at the 1st of "w[7] <= 8". */
static const struct {
    const char *space, *text;
    int at; /* from 1 */
    const char *says;
} mistakes[] = {
    {ANYNET, " ", 2, "expected a name or a number"},
    {ANYNET, "w[0] <= ", 9, "expected a name or a number"},
    {ANYNET, "4 <= flops <= ", 15, "expected a name or a number"},
    {ANYNET, "flops <=< 3", 9, "expected a name or a number"},
    {ANYNET, "w[0] ** 2 > 3", 7, "expected a name or a number"},
    {ANYNET, "flops", 6, "a constraint says what holds"},
    {ANYNET, "flops <= 4 4", 12, "the end of the constraint"},
    {ANYNET, "flops = 4", 7, "write \"==\""},
    {ANYNET, "d[0] < 3 || w[1] < 2", 10, "write \"or\""},
    {ANYNET, "d[0] < 3 && w[1] < 2", 10, "write \"and\""},
    {ANYNET, "!all(d < 3)", 1, "write \"not\""},
    {ANYNET, "flops <= 4x", 11, "does not belong to a number"},
    {ANYNET, "flops <= 0x10", 10, "numbers are decimal"},
    {ANYNET, "flops <= 1e999", 10, "not a number"},
    {ANYNET, "((w[0] < 3)", 12, "expected \")\""},
    {ANYNET, "flop <= 4", 1, "did you mean \"flops\"?"},
    {ANYNET, "4 > OPTIM.BASE_LR", 5, "there are the parameters, depths"},
    {ANYNET, "w0 <= 4", 1, "AnyNet draws no w0"},
    {REGNET, "w[0] <= 4", 1, "a RegNet draws no w"},
    {REGNET, "d[0] <= 4", 1, "d is one number and has no index"},
    {ANYNET, "w <= 4", 1, "has a value a stage"},
    {ANYNET, "w[0] <= 4 and d < 3", 15, "has a value a stage"},
    {ANYNET, "all(flops <= 4)", 1, "nothing in all(...)"},
    {ANYNET, "w[i*2] <= 8", 4, "expected \"]\""},
    {ANYNET, "w[1.5] <= 8", 4, "expected \"]\""},
    {ANYNET, "w[+1] <= 8", 4, "an index is"},
    {ANYNET, "w[i+99] <= 8", 5, "a whole number from 0 to 64"},
    {ANYNET, "all(w[i] < widths[j])", 12, "i runs over stages and j over blocks"},
    {ANYNET, "d[i] <= 1 + j", 9, "i runs over stages and j over blocks"},
    {ANYNET, "sqrt(w[0] < 4) > 2", 6, "sqrt takes numbers"},
    {ANYNET, "sum(w < 4) > 2", 5, "sum takes numbers"},
    {ANYNET, "all(w) and 1 < 2", 5, "all takes what holds or not"},
    {ANYNET, "not w[0]", 5, "not takes what holds or not"},
    {ANYNET, "w[0] and w[1] > 2", 1, "and takes what holds or not"},
    {ANYNET, "(w[0] < 3) + 1 > 2", 2, "+ takes numbers"},
    {ANYNET, "(w[0] < 3) < 3", 2, "a comparison takes numbers"},
    {ANYNET, "-(w[0] < 3) < 3", 3, "- takes numbers"},
    {ANYNET, "sqrt(1, 2) < 3", 9, "sqrt takes one argument"},
    {ANYNET, "sums(d) < 40", 1, "did you mean \"sum\"?"},
    {ANYNET, "average(d) < 40", 1, "there are all, any, sum"},
    {ANYNET, "1 < 2 and shared(b)", 11, "a constraint of its own"},
    {ANYNET, "shared(x)", 8, "there is no \"x\""},
    {ANYNET, "shared(b", 9, "expected \")\""},
    {ANYNET, "shared(b) and 1 < 2", 11, "the end of the constraint"},
    {ANYNET, "shared(widths)", 8, "widths is not drawn"},
    {ANYNET, "shared(b, g)", 8, "with one value each"},
    {REGNET, "shared(w0, w0)", 8, "two different parameters"},
    {REGNET, "shared(b)", 8, "b is one number for all stages already"},
};

static void mistakes_point_at_the_character(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct rn_space *space = must_open(mistakes[i].space);
        struct rn_value value = value_of(mistakes[i].text);
        struct rn_constraint *constraint = NULL;
        struct rn_err err = {0};
        char place[32], shown[128];
        if (rn_constraint_parse(&value, space, &constraint, &err) != RN_E_CONFIG)
            fail_msg("\"%s\" is no mistake", mistakes[i].text);
        assert_null(constraint);
        snprintf(place, sizeof place, "f:7:%d: ", 3 + mistakes[i].at);
        snprintf(shown, sizeof shown, "\n    %s\n    %*s^", mistakes[i].text, mistakes[i].at - 1,
                 "");
        assert_says(&err, mistakes[i].says);
        assert_says(&err, place);
        assert_says(&err, shown);
        rn_space_free(space);
    }
}

/* A space may be whole before what is wrong with its constraints shows. */
static void impossible_constraints_are_found_before_drawing(void **state)
{
    static const struct {
        const char *space, *text, *says;
    } cases[] = {
        {ANYNET, "w[7] <= 8", "there is no stage [7]"},
        {ANYNET, "w[-5] <= 8", "there is no stage [-5]"},
        {ANYNET, "groups[0] < 3", "groups is not drawn in space s"},
        {ANYNET, "stages == 5", "which have 4 stages"},
        {ANYNET, "2 < 1", "this holds of none"},
        {ANYNET "network: {block_type: v_block}\n", "g[0] == 4", "this holds of none"},
        {ANYNET, "5 <= flops <= 4", "said of flops, this leaves no value"},
        {ANYNET, "w[0] == 3", "said of w, this leaves no value"},
        {ANYNET, "w[i+1] >= w[i] >= 2000", "said of w, this leaves no value"},
        {ANYNET, "w[i+1] > w[i] and w[0] >= 1024", "said of w, this leaves no value"},
        {ANYNET, "d[i+1] > d[i] and d[3] < 4", "said of d, this leaves no value"},
        {REGNET, "wm < 1.5", "said of wm, this leaves no value"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_space *space = NULL;
        struct rn_err err = {0};
        char text[1024];
        snprintf(text, sizeof text, "%sconstraints:\n  - \"%s\"\n", cases[i].space, cases[i].text);
        if (open_text(text, &space, &err) != RN_E_CONFIG)
            fail_msg("\"%s\" is possible", cases[i].text);
        assert_null(space);
        assert_says(&err, "s.yaml:");
        assert_says(&err, cases[i].says);
        assert_says(&err, "\n    ");
    }
}

static void long_expressions_have_an_end(void **state)
{
    static char text[4096];
    struct rn_space *space = must_open(ANYNET);
    struct rn_value value = value_of(text);
    struct rn_expr *expr = NULL;
    struct rn_err err = {0};

    (void)state;
    memset(text, '(', 40);
    assert_int_equal(rn_expr_parse(&value, space, &expr, &err), RN_E_CONFIG);
    assert_says(&err, "more than 32 levels of parentheses");
    memset(text, 0, sizeof text);
    for (int i = 0; i < 40; i++)
        strcat(text, "not ");
    assert_int_equal(rn_expr_parse(&value, space, &expr, &err), RN_E_CONFIG);
    assert_says(&err, "more than 32 levels of \"not\"");
    memset(text, 0, sizeof text);
    for (int i = 0; i < 400; i++)
        strcat(text, "1+");
    assert_int_equal(rn_expr_parse(&value, space, &expr, &err), RN_E_CONFIG);
    assert_says(&err, "too long");
    rn_space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_mean_what_they_say),
        cmocka_unit_test(mistakes_point_at_the_character),
        cmocka_unit_test(impossible_constraints_are_found_before_drawing),
        cmocka_unit_test(long_expressions_have_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
