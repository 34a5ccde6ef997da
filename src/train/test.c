/* Measures given weights on the test part. */
#include <string.h>

#include "train/run.h"

enum rn_status rn_check_classes(const char *where, const char *const *names, int n,
                                const struct rn_dataset *ds, const char *dir, struct rn_err *err)
{
    for (int k = 0; names && k < ds->n_classes && k < n; k++)
        if (strcmp(names[k], ds->classes[k]) != 0)
            return rn_fail(err, RN_E_DATA,
                           "%s: class %d is \"%s\"; in the images of %s it is \"%s\": a test needs "
                           "the classes of the training",
                           where, k, names[k], dir, ds->classes[k]);
    return RN_OK;
}

/* The names of the user's classes must be those that the weights were trained on, in their order.
 */
static enum rn_status check_classes(const struct rn_config *cfg, const struct rn_dataset *ds,
                                    struct rn_err *err)
{
    struct rn_weights weights = {0};
    const char **names = NULL;
    enum rn_status status;

    RN_TRY(rn_weights_open(cfg->test.weights, cfg, &weights, err));
    RN_TRY(rn_weights_class_names(&weights, &names, err));
    status = rn_check_classes(cfg->test.weights, names, weights.graph->arch.num_classes, ds,
                              cfg->data_loader.dir, err);
done:
    rn_free(names);
    rn_weights_close(&weights);
    return status;
}

enum rn_status rn_test(const struct rn_config *cfg, const struct rn_dataset *test_data,
                       void (*on_skip)(void *arg, const char *message), void *arg,
                       struct rn_result *result, struct rn_err *err)
{
    struct rn_task task = {0};
    struct rn_graph *graph = NULL;
    struct rn_net *net = NULL;
    struct rn_arch arch;
    struct rn_loader_options loading;
    struct rn_meter meter;
    struct rn_score score;
    enum rn_status status;

    if (!*cfg->test.weights)
        return rn_fail(err, RN_E_CONFIG, "TEST.WEIGHTS is not set: a file of weights is expected");
    if (cfg->test.batch_size < 1)
        return rn_fail(err, RN_E_CONFIG, "TEST.BATCH_SIZE: at least 1 was expected");
    RN_TRY(rn_arch_from_config(cfg, &arch, err));
    RN_TRY(rn_graph_build(&arch, &graph, err));
    RN_TRY(rn_task_init(&task, cfg, false, NULL, test_data, err));
    RN_TRY(rn_check_data(cfg, &arch, task.test, err));
    if (task.test->index)
        RN_TRY(check_classes(cfg, task.test, err));
    RN_TRY(rn_net_new(graph,
                      &(struct rn_net_options){.batch = cfg->test.batch_size,
                                               .threads = cfg->num_threads,
                                               .bn_eps = cfg->bn.eps,
                                               .bn_momentum = cfg->bn.mom},
                      &net, err));
    RN_TRY(rn_weights_load(cfg->test.weights, graph, false, rn_net_params(net).value, err));
    loading = rn_test_loading(cfg, task.test, &task.test_part, cfg->test.batch_size);
    loading.on_skip = on_skip;
    loading.arg = arg;
    RN_TRY(rn_evaluate(net, &loading, &(struct rn_halt){0}, NULL, &meter, err));
    score = rn_meter_score(&meter);
    *result = (struct rn_result){.outcome = RN_OUTCOME_DONE,
                                 .top1_err = score.top1_err,
                                 .top5_err = score.top5_err,
                                 .loss = score.loss,
                                 .cx = rn_graph_complexity(graph)};
done:
    rn_net_free(net);
    rn_graph_free(graph);
    rn_task_release(&task);
    return status;
}
