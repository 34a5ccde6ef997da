/* Details of pycls' jobs in a sweep.json; other lists have none. */
#include <errno.h>
#include <string.h>

#include "detail.h"
#include "items.h"

/* A list of a job's: "train_epoch" has "top1_err", an entry an epoch. */
static enum rn_status read_curve(const struct rn_value *metrics, struct rn_curve *curve,
                                 struct rn_err *err)
{
    const struct rn_value *errors = rn_value_get(metrics, "top1_err");
    const struct rn_value *epochs = rn_value_get(metrics, "epoch_ind");
    enum rn_status status = RN_OK;

    if (!errors || errors->kind != RN_VALUE_LIST)
        return RN_OK;
    for (size_t i = 0; i < errors->n; i++) {
        double error, epoch = (double)i + 1;
        if (epochs && epochs->kind == RN_VALUE_LIST && i < epochs->n)
            (void)rn_value_double(&epochs->items[i], &epoch, NULL);
        if (rn_value_double(&errors->items[i], &error, NULL) == RN_OK)
            RN_TRY(rn_curve_add(curve, epoch, error, err));
    }
done:
    return status;
}

static enum rn_status read_job(const struct rn_value *job, struct rn_detail *detail,
                               struct rn_err *err)
{
    const struct rn_value *cfg = rn_value_get(job, "cfg");
    const struct rn_value *ema = rn_value_get(job, "test_ema_epoch");
    struct rn_config config;
    enum rn_status status;

    RN_TRY(read_curve(rn_value_get(job, "train_epoch"), &detail->train, err));
    RN_TRY(read_curve(ema ? ema : rn_value_get(job, "test_epoch"), &detail->test, err));
    rn_config_default(&config);
    if (cfg && rn_config_merge(&config, cfg, NULL) == RN_OK)
        status = rn_detail_configure(detail, &config, err);
done:
    return status;
}

static enum rn_status read_items(struct rn_items *items, const size_t *source, size_t n,
                                 struct rn_detail *details, struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < n;) {
        RN_TRY(rn_items_next(items, &doc, err));
        if (!doc)
            break;
        if (items->n == source[i] && rn_doc_root(doc)->kind == RN_VALUE_MAP)
            RN_TRY(read_job(rn_doc_root(doc), &details[i], err));
        i += items->n == source[i];
        rn_doc_free(doc);
        doc = NULL;
    }
done:
    rn_doc_free(doc);
    return status;
}

enum rn_status rn_details_from_json(const char *path, const size_t *source, size_t n,
                                    struct rn_detail *details, struct rn_err *err)
{
    struct rn_items items = {.in = fopen(path, "re"), .path = path};
    enum rn_status status;

    if (!items.in)
        return rn_fail(err, RN_E_IO, "%s: could not open this file: %s", path, strerror(errno));
    status = read_items(&items, source, n, details, err);
    rn_items_release(&items);
    (void)fclose(items.in);
    return status;
}
