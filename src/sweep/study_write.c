/* Writes a study as a file that reads back to the same. */
#include "study.h"

#include <string.h>

#include "regnet/json.h"

/* "key: " and a text, quoted as JSON quotes it, which YAML reads. */
static enum rn_status add_text(struct rn_buf *out, const char *key, const char *text,
                               struct rn_err *err)
{
    struct rn_json js;
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "%s: ", key));
    js = rn_json_begin(out);
    rn_json_text(&js, text);
    RN_TRY(rn_json_end(&js, err));
    status = rn_buf_addf(out, err, "\n");
done:
    return status;
}

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

enum rn_status rn_study_dump_config(struct rn_buf *out, const char *key,
                                    const struct rn_config *cfg, struct rn_err *err)
{
    struct rn_buf dump = {0};
    enum rn_status status;

    RN_TRY(rn_config_dump(cfg, &dump, err));
    RN_TRY(rn_buf_addf(out, err, "%s:\n", key));
    for (const char *line = dump.data; *line;) {
        size_t len = strcspn(line, "\n");
        RN_TRY(rn_buf_addf(out, err, "  %.*s\n", (int)len, line));
        line += len + (line[len] == '\n');
    }
done:
    rn_buf_release(&dump);
    return status;
}

enum rn_status rn_study_dump(const struct rn_study *study, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(add_text(out, "name", study->name, err));
    RN_TRY(add_text(out, "description", study->description, err));
    RN_TRY(add_spaces(out, study, err));
    RN_TRY(rn_buf_addf(out, err, "networks: %d\nseed: %llu\n", study->networks,
                       (unsigned long long)study->seed));
    RN_TRY(rn_study_dump_config(out, "config", &study->config, err));
    status = study->retrain ? rn_study_dump_config(out, "final", &study->final, err)
                            : rn_buf_addf(out, err, "final: none\n");
done:
    return status;
}

enum rn_status rn_study_dump_sweep(const struct rn_study *study, size_t space, struct rn_buf *out,
                                   struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(add_text(out, "name", rn_space_name(study->spaces[space]), err));
    RN_TRY(add_text(out, "space", study->space_names[space], err));
    RN_TRY(rn_buf_addf(out, err, "networks: %d\nseed: %llu\n", study->networks,
                       (unsigned long long)study->seed));
    status = rn_study_dump_config(out, "config", &study->config, err);
done:
    return status;
}
