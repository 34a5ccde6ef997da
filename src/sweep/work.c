/* What training many networks has in common. */
#include "work.h"

#include <string.h>

#include "procs.h"

enum rn_status rn_work_data_open(const struct rn_config *cfg, struct rn_work_data *data,
                                 struct rn_err *err)
{
    const char *test = cfg->test.dataset[0] ? cfg->test.dataset : cfg->train.dataset;
    const char *dir = cfg->data_loader.dir;
    enum rn_status status;

    RN_TRY(rn_dataset_open(cfg->train.dataset, dir, RN_DATA_TRAIN, &data->train, err));
    if (strcmp(cfg->test.split, "test") == 0)
        status = rn_dataset_open(test, dir, RN_DATA_TEST, &data->test, err);
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
