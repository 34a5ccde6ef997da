/* Networks of a population one by one: their configuration and their errors by epoch. */
#include "detail.h"

#include <sys/stat.h>

#include "settings.h"

enum rn_status rn_curve_add(struct rn_curve *curve, double epoch, double error, struct rn_err *err)
{
    size_t n = curve->n + 1;
    double *grown = rn_realloc(curve->epoch, n, sizeof *grown);

    if (grown) {
        curve->epoch = grown;
        grown = rn_realloc(curve->error, n, sizeof *grown);
    }
    if (!grown)
        return rn_nomem(err, n * sizeof *grown, "an error curve");
    curve->error = grown;
    curve->epoch[curve->n] = epoch;
    curve->error[curve->n++] = error;
    return RN_OK;
}

enum rn_status rn_detail_configure(struct rn_detail *detail, const struct rn_config *cfg,
                                   struct rn_err *err)
{
    struct rn_config defaults;
    struct rn_buf settings = {0};
    enum rn_status status;

    if (rn_arch_from_config(cfg, &detail->arch, NULL) != RN_OK)
        return RN_OK;
    detail->has_arch = true;
    rn_config_default(&defaults);
    RN_TRY(rn_settings_add(&defaults, cfg, &settings, err));
    detail->settings = settings.data;
    settings.data = NULL;
done:
    rn_buf_release(&settings);
    return status;
}

enum rn_status rn_details_read(const char *path, const size_t *source, size_t n,
                               struct rn_detail *details, struct rn_err *err)
{
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return rn_details_from_runs(path, source, n, details, err);
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return RN_OK; /* a pipe, which has been read */
    return rn_details_from_json(path, source, n, details, err);
}

void rn_detail_release(struct rn_detail *detail)
{
    rn_free(detail->settings);
    rn_free(detail->train.epoch);
    rn_free(detail->train.error);
    rn_free(detail->test.epoch);
    rn_free(detail->test.error);
    *detail = (struct rn_detail){0};
}
