/*
 * cases.h: the table of operator cases, and the arrays that one run of a case needs.
 *
 * A case is a node with the shapes of its inputs, for n images. rn_case_data holds everything an
 * rn_op_args points to, filled with reproducible values: the same case has the same data for every
 * engine and test.
 */
#ifndef TESTS_ENGINE_CASES_H
#define TESTS_ENGINE_CASES_H

#include "engine/op.h"
#include "model/rule.h"

#define CASES_MAX 256
#define CASE_INPUTS 3

struct rn_case {
    char name[64];
    struct rn_node node; /* complete: op, u, out, n_in, n_params */
    struct rn_shape in[RN_NODE_INPUTS];
    struct rn_param params[RN_OP_PARAMS];
    int n; /* images */
};

/* Fills cases (CASES_MAX entries); returns their number. */
int rn_cases(struct rn_case *cases);

struct rn_case_data {
    size_t x_size[CASE_INPUTS], y_size;
    float *x[CASE_INPUTS], *y, *param[RN_OP_PARAMS], *saved;
    float *dy, *dx[CASE_INPUTS], *dparam[RN_OP_PARAMS];
};

void rn_case_data_init(const struct rn_case *c, struct rn_case_data *data);
void rn_case_data_release(struct rn_case_data *data);
/* A training step's view of the data; batch normalization by the batch. */
struct rn_op_args rn_case_args(const struct rn_case *c, const struct rn_case_data *data);

#endif
