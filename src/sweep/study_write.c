/* Writes a study as a file that reads back to the same. */
#include "regnet/json.h"
#include "study.h"
#include "sweep_file.h"

static enum rn_status add_spaces(struct rn_buf *out, const struct rn_study *study,
                                 struct rn_err *err)
{
    struct rn_json js;
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "spaces: "));
    js = rn_json_begin(out);
    rn_json_list(&js);
    for (size_t i = 0; i < study->n_spaces; i++)
        rn_json_text(&js, study->space_names[i]);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    status = rn_buf_addf(out, err, "\n");
done:
    return status;
}

enum rn_status rn_study_dump(const struct rn_study *study, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_dump_text(out, "name", study->name, err));
    RN_TRY(rn_dump_text(out, "description", study->description, err));
    RN_TRY(add_spaces(out, study, err));
    RN_TRY(rn_buf_addf(out, err, "networks: %d\nseed: %llu\n", study->networks,
                       (unsigned long long)study->seed));
    RN_TRY(rn_dump_config(out, "config", &study->config, err));
    status = study->retrain ? rn_dump_config(out, "final", &study->final, err)
                            : rn_buf_addf(out, err, "final: none\n");
done:
    return status;
}

enum rn_status rn_study_dump_sweep(const struct rn_study *study, size_t space, struct rn_buf *out,
                                   struct rn_err *err)
{
    struct rn_sweep *sweep = rn_alloc(1, sizeof *sweep);
    enum rn_status status;

    if (!sweep)
        return rn_nomem(err, sizeof *sweep, "a sweep");
    sweep->name = rn_strdup(rn_space_name(study->spaces[space]));
    sweep->space = rn_strdup(study->space_names[space]);
    sweep->networks = (size_t)study->networks;
    sweep->seed = study->seed;
    sweep->config = study->config;
    status = sweep->name && sweep->space ? rn_sweep_dump(sweep, out, err)
                                         : rn_nomem(err, sizeof *sweep, "a sweep");
    rn_sweep_free(sweep);
    return status;
}
