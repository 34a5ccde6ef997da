/* A configuration from the command line: --cfg FILE or NAME, --recipe, then KEY VALUE pairs. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

/* A folder may well be called after the network that was trained in it. */
static bool is_file_name(const char *text)
{
    struct rn_arch arch;

    if (strchr(text, '/') || strstr(text, ".yaml") || strstr(text, ".json"))
        return true;
    return rn_path_exists(text) && rn_arch_by_name(text, &arch, NULL) != RN_OK;
}

static enum rn_status read_base(const char *base, struct rn_config *cfg, struct rn_err *err)
{
    struct rn_config before = *cfg;
    struct rn_buf in_run = {0};
    enum rn_status status;

    if (is_file_name(base)) {
        RN_TRY(rn_path_join(&in_run, base, "config.yaml", err)); /* a run's directory */
        RN_TRY(rn_config_read(cfg, rn_path_exists(in_run.data) ? in_run.data : base, err));
    } else {
        RN_TRY(rn_arch_name_to_config(base, cfg, err));
        rn_config_attribute(cfg, &before, base);
    }
done:
    rn_buf_release(&in_run);
    return status;
}

/* Keys that describe networks of another type than cfg's would be ignored. */
static enum rn_status check_sections(const struct rn_config *cfg, int argc, char **argv,
                                     struct rn_err *err)
{
    static const char *const sections[][2] = {
        {"ANYNET.", "anynet"}, {"REGNET.", "regnet"}, {"RESNET.", "resnet"}, {"EN.", "effnet"}};

    for (int i = 1; i < argc && *cfg->model.type; i += 2) {
        for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
            if (strncmp(argv[i], sections[s][0], strlen(sections[s][0])) == 0 &&
                strcmp(cfg->model.type, sections[s][1]) != 0)
                return rn_fail(err, RN_E_CONFIG,
                               "%s changes nothing: the network is described as MODEL.TYPE %s",
                               argv[i], cfg->model.type);
        }
    }
    return RN_OK;
}

static int tell_notes(const char *verb, const struct rn_config *cfg)
{
    struct rn_buf notes = {0};
    struct rn_err err = {0};
    enum rn_status status = rn_config_notes(cfg, &notes, &err);

    for (char *line = notes.data, *end; status == RN_OK && line && *line; line = end + 1) {
        end = strchr(line, '\n');
        fprintf(stderr, "regnet %s: %.*s\n", verb, (int)(end - line), line);
    }
    rn_buf_release(&notes);
    return status == RN_OK ? 0 : rn_report_error(verb, &err);
}

int rn_config_args(struct rn_config_source source, int argc, char **argv, struct rn_config *cfg)
{
    struct rn_err err = {0};
    enum rn_status status = RN_OK;

    if (source.base)
        RN_TRY(read_base(source.base, cfg, &err));
    if (source.recipe)
        RN_TRY(rn_config_recipe(cfg, source.recipe, &err));
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            return rn_usage(argv[0], "the key %s has no value", argv[i]);
        RN_TRY(rn_config_set(cfg, argv[i], argv[i + 1], &err));
    }
    status = check_sections(cfg, argc, argv, &err);
done:
    return status == RN_OK ? tell_notes(argv[0], cfg) : rn_report_error(argv[0], &err);
}

int rn_data_args(const char *verb, const char *dir, const char *skip_bad, struct rn_config *cfg)
{
    struct rn_err err = {0};
    int code;

    if (dir && rn_config_set(cfg, "DATA_LOADER.DIR", dir, &err) != RN_OK)
        return rn_report_error(verb, &err);
    if (skip_bad) {
        code = rn_share(verb, "--skip-bad", skip_bad, &cfg->data_loader.skip_bad);
        if (code)
            return code;
    }
    if (rn_data_configure(cfg, &err) != RN_OK)
        return rn_report_error(verb, &err);
    return 0;
}

void rn_show_skipped(void *arg, const char *message)
{
    (void)arg;
    fprintf(stderr, "skipped: %s\n", message);
}
