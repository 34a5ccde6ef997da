/*
 * Every engine's operator table against the reference, over the table of cases, forward and
 * backward. A table may sum in float where the reference sums in double: over the at most 4000
 * terms of these cases that costs a few units of 6e-8, relative to the tensor's largest value.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cases.h"
#include "engine/cpu/cpu.h"

#define TOLERANCE 2e-6

static const struct rn_op_table *const tables[] = {&rn_cpu_ops};

static void assert_near(const char *table, const struct rn_case *c, const char *what,
                        const float *found, const float *expected, size_t n)
{
    double largest = 0.0;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(expected[i]));
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)found[i] - expected[i]) <= TOLERANCE * largest))
            fail_msg("%s, %s: %s[%zu] is %.8g; the reference has %.8g", table, c->name, what, i,
                     (double)found[i], (double)expected[i]);
}

/* Forward, then backward; with add, a second time on top. */
static void run(const struct rn_op_table *table, const struct rn_case *c, struct rn_case_data *data,
                bool add)
{
    struct rn_op_args args;

    rn_case_data_init(c, data);
    args = rn_case_args(c, data);
    table->forward[c->node.op](&args);
    table->backward[c->node.op](&args);
    for (int i = 0; i < c->node.n_in; i++)
        args.add_dx[i] = true;
    if (add)
        table->backward[c->node.op](&args);
}

static void compare(const struct rn_op_table *table, const struct rn_case *c, bool add)
{
    struct rn_case_data found, expected;

    run(table, c, &found, add);
    run(&rn_ref_ops, c, &expected, add);
    assert_near(table->name, c, "y", found.y, expected.y, expected.y_size);
    for (int i = 0; i < c->node.n_in; i++)
        assert_near(table->name, c, "dx", found.dx[i], expected.dx[i], expected.x_size[i]);
    for (int i = 0; i < c->node.n_params; i++) {
        assert_near(table->name, c, "dparam", found.dparam[i], expected.dparam[i],
                    c->params[i].size);
        assert_near(table->name, c, "param", found.param[i], expected.param[i], c->params[i].size);
    }
    rn_case_data_release(&found);
    rn_case_data_release(&expected);
}

static void tables_agree_with_the_reference(void **state)
{
    static struct rn_case cases[CASES_MAX];
    int n = rn_cases(cases), compared = 0;

    (void)state;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (int i = 0; i < n; i++) {
            enum rn_op op = cases[i].node.op;

            if (tables[t]->forward[op] == rn_ref_ops.forward[op] &&
                tables[t]->backward[op] == rn_ref_ops.backward[op])
                continue; /* the table left the reference's operator in place */
            compare(tables[t], &cases[i], false);
            compare(tables[t], &cases[i], true);
            compared++;
        }
    assert_true(compared > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables_agree_with_the_reference)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
