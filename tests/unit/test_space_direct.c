/* Constraints that are drawn directly, and those that are tested: each against the exact
   distribution that rejection leaves. */
#include "space/room.h"
#include "space_scratch.h"

#define CELLS 8000
#define DRAWS 60000
#define N 3

/* Three stages; d of 4 points, w of 5. */
#define SPACE                                                               \
    "name: s\nfamily: anynet\nnetwork: {strides: [1, 2, 2]}\nparameters:\n" \
    "  d: {range: [1, 4], distribution: log_uniform}\n"                     \
    "  w: {range: [8, 40], distribution: log_uniform, quantum: 8}\n"        \
    "  b: 1\n  g: 1\n"
/* The last depth is uniform, on other points. */
#define LATE "  d[-1]: {range: [2, 5], distribution: uniform}\n"

/* What a constraint means, written down anew. */
typedef double triple[N];
typedef bool predicate(const triple d, const triple w);

static bool rising(const triple d, const triple w)
{
    (void)d;
    return w[0] <= w[1] && w[1] <= w[2];
}

static bool falling(const triple d, const triple w)
{
    (void)d;
    return w[0] >= w[1] && w[1] >= w[2];
}

static bool equal(const triple d, const triple w)
{
    (void)d;
    return w[0] == w[1] && w[1] == w[2];
}

static bool climbing(const triple d, const triple w)
{
    (void)d;
    return w[0] < w[1] && w[1] < w[2];
}

static bool mixed(const triple d, const triple w)
{
    (void)d;
    return w[0] < w[1] && w[1] == w[2];
}

static bool first_two(const triple d, const triple w)
{
    (void)d;
    return w[0] > w[1];
}

static bool within(const triple d, const triple w)
{
    (void)d;
    return 8 < w[0] && w[0] <= 24 && 8 < w[1] && w[1] <= 24 && 8 < w[2] && w[2] <= 24;
}

static bool two_kinds(const triple d, const triple w)
{
    return d[0] <= 2 && falling(d, w) && d[2] == 3;
}

static bool under_a_line(const triple d, const triple w)
{
    (void)d;
    return w[0] <= 16 && w[1] <= 24 && w[2] <= 32;
}

static bool deep_late(const triple d, const triple w)
{
    (void)w;
    return d[0] <= d[1] && d[1] <= d[2];
}

static bool same_late(const triple d, const triple w)
{
    (void)w;
    return d[0] == d[1] && d[1] == d[2];
}

static bool all_but_one(const triple d, const triple w)
{
    (void)d;
    return w[1] != 16;
}

static bool few_blocks(const triple d, const triple w)
{
    (void)w;
    return d[0] + d[1] + d[2] <= 6;
}

static bool far_apart(const triple d, const triple w)
{
    (void)d;
    return w[0] < w[2];
}

static bool either(const triple d, const triple w)
{
    return w[0] <= 16 || d[0] == 1;
}

static const struct {
    const char *late, *constraint;
    predicate *keeps;
    bool drawn;
} cases[] = {
    {"", "w[i+1] >= w[i]", rising, true},
    {"", "w[i] <= w[i+1]", rising, true},
    {"", "all(w[i-1] <= w[i])", rising, true},
    {"", "w[0] <= w[1] <= w[-1]", rising, true},
    {"", "w[i+1] <= w[i]", falling, true},
    {"", "w[i+1] == w[i]", equal, true},
    {"", "w[i+1] >= w[i] and w[i+1] <= w[i]", equal, true},
    {"", "w[i+1] > w[i]", climbing, true},
    {"", "w[0] < w[1] == w[2]", mixed, true},
    {"", "w[1] < w[0]", first_two, true},
    {"", "all(8 < w <= 24)", within, true},
    {"", "16 <= w[i] < 16 + 8 * 2", within, true},
    {"", "d[0] <= 2 and w[i+1] <= w[i] and 3 == d[2]", two_kinds, true},
    {"", "w[i] <= 8 * (i + 2)", under_a_line, true},
    {LATE, "d[i+1] >= d[i]", deep_late, true},
    {LATE, "d[i+1] == d[i]", same_late, true},
    {"", "w[1] != 16", all_but_one, false},
    {"", "sum(d) <= 6", few_blocks, false},
    {"", "w[0] < w[2]", far_apart, false},
    {"", "not w[0] > 16 or d[0] == 1", either, false},
    {"", "any(w[0] > 1e9 and w > 0) or max(w[0] - 16, 0) * (d[0] - 1) == 0", either, false},
};

/* The distributions by hand: log-uniform, and the last depth's uniform. */
static double p_log(double x, double quantum, double points)
{
    return log(x / quantum == 1 ? 2 : x / (x - quantum)) / log(2 * points);
}

static double p_depth(bool late, int i, double x)
{
    if (late && i == N - 1)
        return x >= 2 ? 0.25 : 0;
    return x <= 4 ? p_log(x, 1, 4) : 0;
}

/* Depths 1 to 5, widths 8 to 40: a place for each triple of both would be too many; the depths'
   sum and the first stand for them, as constraints here see no more of them than that. */
static int cell_of(const triple d, const triple w)
{
    int cell = 0;

    for (int i = 0; i < N; i++)
        cell = cell * 5 + (int)w[i] / 8 - 1;
    return (cell * 5 + (int)d[0] - 1) * 12 + (int)(d[0] + d[1] + d[2]) - 3;
}

static void next(triple x, double first, double step, double last)
{
    for (int i = N - 1; i >= 0; i--) {
        x[i] += step;
        if (x[i] <= last)
            return;
        x[i] = first;
    }
    x[0] = -1; /* the end */
}

/* What rejection leaves, exactly: each kept tuple's product of probabilities, over their sum. */
static void enumerate(predicate *keeps, bool late, double *p)
{
    double sum = 0;
    triple w = {8, 8, 8};

    memset(p, 0, CELLS * sizeof *p);
    for (; w[0] > 0; next(w, 8, 8, 40)) {
        triple d = {1, 1, 1};
        for (; d[0] > 0; next(d, 1, 1, 5)) {
            double product = keeps(d, w);
            for (int i = 0; i < N; i++)
                product *= p_depth(late, i, d[i]) * p_log(w[i], 8, 5);
            p[cell_of(d, w)] += product;
            sum += product;
        }
    }
    for (int i = 0; i < CELLS; i++)
        p[i] /= sum;
}

static bool passes(const struct rn_space *space, const struct rn_draw *draw)
{
    for (int i = 0; i < space->n_constraints; i++) {
        if (!rn_constraint_holds(space->constraints[i], draw))
            return false;
    }
    return true;
}

/* Counts DRAWS draws that keep every constraint; *attempts: how many that took. */
static void count_draws(const struct rn_space *space, bool plain, uint64_t stream, int *count,
                        int *attempts)
{
    struct rn_rng rng = rn_rng_at(11, RN_STREAM_TEST, stream);
    struct rn_draw draw;

    memset(count, 0, CELLS * sizeof *count);
    rn_draw_init(space, &draw);
    *attempts = 0;
    for (int i = 0; i < DRAWS; i++) {
        do {
            rn_draw_values(space, plain, &rng, &draw);
            ++*attempts;
        } while (!passes(space, &draw));
        count[cell_of(draw.values[RN_ANYNET_D], draw.values[RN_ANYNET_W])]++;
    }
}

static void draws_are_what_rejection_leaves(void **state)
{
    static double p[CELLS];
    static int count[CELLS];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_space *space;
        char text[1024];
        int attempts;
        snprintf(text, sizeof text, "%s%sconstraints:\n  - \"%s\"\n", SPACE, cases[i].late,
                 cases[i].constraint);
        space = must_open(text);
        if (space->constraints[0]->drawn != cases[i].drawn)
            fail_msg("%s: drawn %d", cases[i].constraint, space->constraints[0]->drawn);
        enumerate(cases[i].keeps, *cases[i].late, p);
        count_draws(space, false, 2 * i, count, &attempts);
        if (cases[i].drawn)
            assert_int_equal(attempts, DRAWS);
        assert_distributed(p, count, CELLS, DRAWS);
        count_draws(space, true, 2 * i + 1, count, &attempts);
        assert_true(attempts > DRAWS);
        assert_distributed(p, count, CELLS, DRAWS);
        rn_space_free(space);
    }
}

/* Constraints of bases and derived spaces add up on one parameter. */
static void several_constraints_add_up(void **state)
{
    static double p[CELLS];
    static int count[CELLS];
    struct rn_space *space = must_open(SPACE "constraints:\n  - w[i+1] >= w[i]\n  - d[0] <= 2\n"
                                             "  - w[i+1] <= w[i]\n  - d[-1] == 3\n");
    int attempts;

    (void)state;
    enumerate(two_kinds, false, p); /* with equal widths among those that do not rise */
    for (int i = 0; i < CELLS; i++) {
        int w = i / 60;
        p[i] = w / 25 == w / 5 % 5 && w / 5 % 5 == w % 5 ? p[i] : 0;
    }
    double sum = 0;
    for (int i = 0; i < CELLS; i++)
        sum += p[i];
    for (int i = 0; i < CELLS; i++)
        p[i] /= sum;
    count_draws(space, false, 100, count, &attempts);
    assert_int_equal(attempts, DRAWS);
    assert_distributed(p, count, CELLS, DRAWS);
    rn_space_free(space);
}

static void shared_is_not_equal(void **state)
{
    struct rn_space *shared = must_open(SPACE "constraints: [shared(w)]\n");
    struct rn_space *equal = must_open(SPACE "constraints:\n  - w[i+1] == w[i]\n");
    struct rn_rng rng = rn_rng_at(3, RN_STREAM_TEST, 0);
    struct rn_draw draw;
    int least[2] = {0};

    (void)state;
    for (int k = 0; k < 2; k++) {
        const struct rn_space *space = k ? equal : shared;
        rn_draw_init(space, &draw);
        for (int i = 0; i < DRAWS; i++) {
            const double *w = draw.values[RN_ANYNET_W];
            rn_draw_values(space, false, &rng, &draw);
            assert_true(w[0] == w[1] && w[1] == w[2]);
            least[k] += w[0] == 8;
        }
    }
    /* ln 2 / ln 10 = 0.30103, of width 16 too; and its cube over the sum of the cubes, 0.4338 */
    assert_true(fabs((double)least[0] / DRAWS - 0.30103) < 0.008);
    assert_true(fabs((double)least[1] / DRAWS - 0.4338) < 0.008);
    rn_space_free(shared);
    rn_space_free(equal);
}

/* RegNet's: one draw for two parameters, and bounds on either of them. */
static void two_parameters_share_a_draw(void **state)
{
    struct rn_space *space = must_open("name: s\nbase: RegNetX\nconstraints:\n"
                                       "  - shared(w0, wa)\n  - 16 < wa <= 32 and wm < 1.502\n");
    struct rn_rng rng = rn_rng_at(5, RN_STREAM_TEST, 0);
    struct rn_draw draw;
    int count[3] = {0};
    double p[2] = {log(24.0 / 16) / log(2), log(32.0 / 24) / log(2)};

    (void)state;
    assert_true(space->constraints[1]->drawn);
    rn_draw_init(space, &draw);
    for (int i = 0; i < DRAWS; i++) {
        rn_draw_values(space, false, &rng, &draw);
        assert_true(draw.values[RN_REGNET_W0][0] == draw.values[RN_REGNET_WA][0]);
        assert_true(draw.values[RN_REGNET_WM][0] < 1.502);
        count[draw.values[RN_REGNET_W0][0] == 24 ? 0 : 1]++;
    }
    assert_distributed(p, count, 2, DRAWS);
    rn_space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_what_rejection_leaves),
        cmocka_unit_test(several_constraints_add_up),
        cmocka_unit_test(shared_is_not_equal),
        cmocka_unit_test(two_parameters_share_a_draw),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
