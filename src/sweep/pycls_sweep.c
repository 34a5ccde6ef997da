/* SETUP.BASE_CFG, LAUNCH, COLLECT and our STOP of a pycls sweep file. */
#include "pycls_sweep.h"

#include <stdio.h>
#include <string.h>

/* Where the value of a key goes; NULL: nothing here depends on it. */
struct field {
    const char *key;
    int *number;
    char *text;
    size_t size;
};

static enum rn_status unknown(const struct rn_value *key, const char *section,
                              const struct field *fields, size_t n, struct rn_err *err)
{
    const char *names[16], *near;

    for (size_t i = 0; i < n; i++)
        names[i] = fields[i].key;
    near = rn_nearest(key->text, names, n);
    return near ? rn_value_fail(key, err, "%s has no key %s; did you mean %s?", section, key->text,
                                near)
                : rn_value_fail(key, err, "%s has no key %s", section, key->text);
}

static enum rn_status read_number(const struct rn_value *value, int *out, struct rn_err *err)
{
    long long number;
    enum rn_status status = rn_value_int(value, &number, err);

    if (status != RN_OK)
        return status;
    if (number < 0 || number > 1000000)
        return rn_value_fail(value, err, "%lld is not between 0 and 1000000", number);
    *out = (int)number;
    return RN_OK;
}

static enum rn_status read_text(const struct rn_value *value, char *out, size_t size,
                                struct rn_err *err)
{
    const char *text = "";
    enum rn_status status = rn_value_is_null(value) ? RN_OK : rn_value_text(value, &text, err);

    if (status != RN_OK)
        return status;
    if (strlen(text) >= size || strchr(text, '\n'))
        return rn_value_fail(value, err, "a line of at most %zu characters is expected", size - 1);
    (void)snprintf(out, size, "%s", text);
    return RN_OK;
}

static enum rn_status read_section(const struct rn_value *root, const char *section,
                                   const struct field *fields, size_t n, struct rn_err *err)
{
    const struct rn_value *map = rn_value_get(root, section);
    enum rn_status status = RN_OK;

    if (rn_value_is_null(map))
        return RN_OK;
    if (map->kind != RN_VALUE_MAP)
        return rn_value_fail(map, err, "%s is a map of keys", section);
    for (size_t i = 0; i < map->n; i++) {
        size_t k = 0;
        while (k < n && strcmp(fields[k].key, map->keys[i].text) != 0)
            k++;
        if (k == n)
            return unknown(&map->keys[i], section, fields, n, err);
        if (fields[k].number)
            RN_TRY(read_number(&map->items[i], fields[k].number, err));
        if (fields[k].text)
            RN_TRY(read_text(&map->items[i], fields[k].text, fields[k].size, err));
    }
done:
    return status;
}

static enum rn_status read_sections(const struct rn_value *root, struct rn_pycls_sweep *s,
                                    struct rn_err *err)
{
    const struct field launch[] = {
        {"MODE", NULL, NULL, 0},
        {"CONDA_ENV", NULL, NULL, 0},
        {"PARALLEL_JOBS", &s->parallel, NULL, 0},
        {"MAX_RETRY", &s->retries, NULL, 0},
        {"COMMENT", NULL, s->comment, sizeof s->comment},
        {"NUM_GPUS", &s->gpus, NULL, 0},
        {"CPUS_PER_GPU", &s->cpus_per_gpu, NULL, 0},
        {"MEM_PER_GPU", &s->gb_per_gpu, NULL, 0},
        {"PARTITION", NULL, s->partition, sizeof s->partition},
        {"GPU_TYPE", NULL, s->gpu_type, sizeof s->gpu_type},
        {"TIME_LIMIT", &s->minutes, NULL, 0},
    };
    const struct field collect[] = {{"CHECKPOINTS_KEEP", NULL, s->keep, sizeof s->keep}};
    const struct field stop[] = {
        {"HALVING_EPOCHS", &s->halving_epochs, NULL, 0},
        {"HALVING_FACTOR", &s->halving_factor, NULL, 0},
        {"EDF_KS", NULL, NULL, 0},
    };
    const struct rn_value *ks = rn_value_get(rn_value_get(root, "STOP"), "EDF_KS");
    enum rn_status status;

    RN_TRY(read_section(root, "STOP", stop, sizeof stop / sizeof *stop, err));
    if (ks)
        RN_TRY(rn_value_double(ks, &s->edf_ks, err));
    if (s->edf_ks < 0 || s->edf_ks >= 1)
        RN_TRY(rn_value_fail(ks, err, "a KS statistic, from 0 to below 1, is expected"));
    RN_TRY(read_section(root, "LAUNCH", launch, sizeof launch / sizeof *launch, err));
    status = read_section(root, "COLLECT", collect, sizeof collect / sizeof *collect, err);
done:
    return status;
}

enum rn_status rn_pycls_sweep_read(const char *path, struct rn_pycls_sweep *sweep,
                                   struct rn_err *err)
{
    struct rn_pycls_sweep read = {.keep = "last", .retries = RN_PYCLS_RETRIES};
    struct rn_doc *doc = NULL;
    const struct rn_value *setup, *base;
    enum rn_status status;

    rn_config_default(&read.config);
    RN_TRY(rn_doc_read(path, &doc, err));
    setup = rn_value_get(rn_doc_root(doc), "SETUP");
    base = rn_value_get(setup, "BASE_CFG");
    read.found = setup != NULL;
    if (!rn_value_is_null(base))
        RN_TRY(rn_config_merge(&read.config, base, err));
    if (read.found)
        RN_TRY(read_sections(rn_doc_root(doc), &read, err));
    *sweep = read;
done:
    rn_doc_free(doc);
    return status;
}

enum rn_status rn_pycls_refuse(void *dir, const char *path, const char *there, const char *asked,
                               struct rn_err *err)
{
    static const char *const free_of[] = {"LAUNCH", "COLLECT", "ANALYZE",
                                          "STOP",   "DESC",    "SETUP.NUM_CONFIGS"};

    for (size_t i = 0; i < sizeof free_of / sizeof *free_of; i++)
        if (strncmp(path, free_of[i], strlen(free_of[i])) == 0)
            return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "%s holds another sweep: %s is %s there and %s here; choose another directory",
                   (const char *)dir, path, there, asked);
}
