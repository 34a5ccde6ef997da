/* A population's sweep.yaml, read and written, and the networks that it means. */
#include "sweep_file.h"

#include <stdlib.h>
#include <string.h>

#include "regnet/data.h"
#include "regnet/file.h"
#include "regnet/json.h"

#define FALLBACK_RETRIES 3
#define FALLBACK_LEASE 60.0

void rn_sweep_free(struct rn_sweep *sweep)
{
    if (!sweep)
        return;
    rn_space_free(sweep->drawn);
    rn_free(sweep->name);
    rn_free(sweep->space);
    rn_free(sweep->keep);
    rn_free(sweep);
}

static enum rn_status read_text(const struct rn_value *root, const char *key, const char *fallback,
                                char **out, struct rn_err *err)
{
    const struct rn_value *value = rn_value_get(root, key);
    const char *text = fallback;
    enum rn_status status = RN_OK;

    if (!rn_value_is_null(value))
        RN_TRY(rn_value_text(value, &text, err));
    *out = rn_strdup(text);
    if (!*out)
        status = rn_nomem(err, strlen(text), "a text");
done:
    return status;
}

static enum rn_status read_count(const struct rn_value *root, const char *key, long long fallback,
                                 long long *out, struct rn_err *err)
{
    const struct rn_value *value = rn_value_get(root, key);
    enum rn_status status = RN_OK;

    *out = fallback;
    if (value)
        RN_TRY(rn_value_int(value, out, err));
    if (*out < 0)
        status = rn_value_fail(value, err, "%lld is less than 0", *out);
done:
    return status;
}

/* A file of the directory's own goes by its name alone, so that the directory can be moved. */
static enum rn_status open_space(const char *dir, struct rn_sweep *sweep, struct rn_err *err)
{
    struct rn_buf path = {0};
    bool own;
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, sweep->space, err));
    own = !strchr(sweep->space, '/') && rn_path_exists(path.data);
    (void)rn_space_open(own ? path.data : sweep->space, &sweep->drawn, &sweep->no_space);
done:
    rn_buf_release(&path);
    return status;
}

int rn_study_classes(const struct rn_config *cfg)
{
    const struct rn_dataset *info = rn_dataset_info(cfg->train.dataset);

    return info ? info->n_classes : cfg->model.num_classes;
}

static enum rn_status fill(const struct rn_value *root, struct rn_sweep *sweep, struct rn_err *err)
{
    const struct rn_value *lease = rn_value_get(root, "lease");
    long long networks, seed, retries;
    enum rn_status status;

    rn_config_default(&sweep->config);
    RN_TRY(read_text(root, "name", "", &sweep->name, err));
    RN_TRY(read_text(root, "space", "", &sweep->space, err));
    if (rn_value_get(root, "keep"))
        RN_TRY(read_text(root, "keep", "", &sweep->keep, err));
    RN_TRY(read_count(root, "networks", 0, &networks, err));
    RN_TRY(read_count(root, "seed", 0, &seed, err));
    RN_TRY(read_count(root, "retries", FALLBACK_RETRIES, &retries, err));
    if (networks > RN_SWEEP_NETWORKS || retries > 1000 || (sweep->keep && networks == 0))
        RN_TRY(rn_value_fail(root, err, "1 to %d networks, and at most 1000 retries, are expected",
                             RN_SWEEP_NETWORKS));
    sweep->networks = (size_t)networks;
    sweep->seed = (uint64_t)seed;
    sweep->retries = (int)retries;
    sweep->lease = FALLBACK_LEASE;
    if (lease)
        RN_TRY(rn_value_double(lease, &sweep->lease, err));
    if (!(sweep->lease >= 1 && sweep->lease <= RN_SWEEP_LEASE))
        RN_TRY(rn_value_fail(lease, err, "1 to %d seconds are expected", RN_SWEEP_LEASE));
    RN_TRY(rn_config_merge(&sweep->config, rn_value_get(root, "config"), err));
    sweep->classes = rn_study_classes(&sweep->config);
done:
    return status;
}

enum rn_status rn_sweep_fill(const struct rn_value *root, struct rn_sweep **sweep,
                             struct rn_err *err)
{
    struct rn_sweep *made = rn_alloc(1, sizeof *made);
    enum rn_status status;

    if (!made)
        return rn_nomem(err, sizeof *made, "a sweep");
    RN_TRY(fill(root, made, err));
    *sweep = made;
    made = NULL;
done:
    rn_sweep_free(made);
    return status;
}

enum rn_status rn_sweep_read(const char *dir, struct rn_sweep **sweep, struct rn_err *err)
{
    struct rn_sweep *made = NULL;
    struct rn_buf path = {0};
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "sweep.yaml", err));
    if (!rn_path_exists(path.data))
        RN_TRY(rn_fail(err, RN_E_IO,
                       "%s: no sweep.yaml here; a population's directory is expected (those of a "
                       "study lie in it)",
                       dir));
    RN_TRY(rn_doc_read(path.data, &doc, err));
    RN_TRY(rn_sweep_fill(rn_doc_root(doc), &made, err));
    RN_TRY(open_space(dir, made, err));
    *sweep = made;
    made = NULL;
done:
    rn_sweep_free(made);
    rn_doc_free(doc);
    rn_buf_release(&path);
    return status;
}

enum rn_status rn_sweep_open(const char *dir, struct rn_sweep **sweep, struct rn_err *err)
{
    struct rn_sweep *made = NULL;
    enum rn_status status;

    RN_TRY(rn_sweep_read(dir, &made, err));
    if (!made->keep)
        RN_TRY(rn_fail(err, RN_E_CONFIG,
                       "%s: this population is a study's; `regnet study` trains it", dir));
    *sweep = made;
    made = NULL;
done:
    rn_sweep_free(made);
    return status;
}

enum rn_status rn_dump_text(struct rn_buf *out, const char *key, const char *text,
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

enum rn_status rn_dump_config(struct rn_buf *out, const char *key, const struct rn_config *cfg,
                              struct rn_err *err)
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

enum rn_status rn_sweep_dump(const struct rn_sweep *sweep, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_dump_text(out, "name", sweep->name, err));
    RN_TRY(rn_dump_text(out, "space", sweep->space, err));
    RN_TRY(rn_buf_addf(out, err, "networks: %zu\nseed: %llu\n", sweep->networks,
                       (unsigned long long)sweep->seed));
    if (sweep->keep) /* a study's populations have none of it */
        RN_TRY(rn_buf_addf(out, err, "retries: %d\nlease: %g\nkeep: %s\n", sweep->retries,
                           sweep->lease, sweep->keep));
    status = rn_dump_config(out, "config", &sweep->config, err);
done:
    return status;
}

enum rn_status rn_sweep_draw(const struct rn_sweep *sweep, size_t i, struct rn_sample *sample,
                             struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (!sweep->drawn)
        RN_TRY(rn_fail(err, sweep->no_space.status, "%s", sweep->no_space.msg));
    RN_TRY(rn_space_draw(sweep->drawn, sweep->seed, i, sample, err));
    sample->arch.num_classes = sweep->classes;
    sample->cx = rn_arch_complexity(&sample->arch);
done:
    return status;
}

bool rn_setting_number(const struct rn_space_setting *setting, double *number)
{
    char *end;

    *number = strtod(setting->text, &end);
    return end != setting->text && *end == 0;
}
