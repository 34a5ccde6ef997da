/* What training many networks has in common. */
#include "work.h"

#include "procs.h"

enum rn_status rn_work_data_open(const struct rn_config *cfg, struct rn_work_data *data,
                                 struct rn_err *err)
{
    const char *test = cfg->test.dataset[0] ? cfg->test.dataset : cfg->train.dataset;
    enum rn_data_half half = rn_test_half(cfg);
    enum rn_status status;

    RN_TRY(rn_data_open(cfg, cfg->train.dataset, RN_DATA_TRAIN, &data->train, err));
    if (half != RN_DATA_TRAIN)
        status = rn_data_open(cfg, test, half, &data->test, err);
done:
    return status;
}

void rn_work_data_close(struct rn_work_data *data)
{
    rn_dataset_free(data->train);
    rn_dataset_free(data->test);
    *data = (struct rn_work_data){0};
}

double rn_work_cost(const struct rn_complexity *cx)
{
    return (double)cx->flops + 25.0 * (double)cx->acts;
}

void rn_work_on_progress(void *link, const struct rn_progress *progress)
{
    rn_procs_tell(link,
                  (progress->epoch + (double)progress->step / progress->steps) / progress->epochs);
}
