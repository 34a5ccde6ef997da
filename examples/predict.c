/* predict WEIGHTS IMAGE: the class of an image, by a trained network. Built as
 * build/examples/predict. */
#include <stdio.h>

#include "regnet/regnet.h"

static int likeliest(const double *p, int n)
{
    int best = 0;

    for (int k = 1; k < n; k++)
        best = p[k] > p[best] ? k : best;
    return best;
}

int main(int argc, char **argv)
{
    struct rn_predictor *net = NULL;
    struct rn_err err = {0};
    double *p = NULL;
    int classes;
    enum rn_status status;

    if (argc != 3)
        return fputs("usage: predict WEIGHTS IMAGE\n", stderr), 2;
    RN_TRY(rn_predictor_open(argv[1], &net, &err));
    classes = rn_predictor_classes(net);
    p = rn_alloc((size_t)classes, sizeof *p);
    RN_TRY(p ? rn_predict(net, argv[2], p, &err) : rn_nomem(&err, sizeof *p, "classes"));
    puts(rn_predictor_class(net, likeliest(p, classes)));
done:
    if (status != RN_OK)
        fprintf(stderr, "predict: %s\n", err.msg);
    rn_free(p);
    rn_predictor_free(net);
    return rn_status_exit_code(status);
}
