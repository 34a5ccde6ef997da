/* A configuration from the command line: --cfg FILE or NAME, then KEY VALUE pairs. */
#include "cli.h"

#include <string.h>

static bool is_file_name(const char *text)
{
    return strchr(text, '/') || strstr(text, ".yaml") || strstr(text, ".json") ||
           rn_path_exists(text);
}

static enum rn_status read_base(const char *base, struct rn_config *cfg, struct rn_err *err)
{
    struct rn_arch arch;
    enum rn_status status;

    if (is_file_name(base))
        return rn_config_read(cfg, base, err);
    RN_TRY(rn_arch_by_name(base, &arch, err));
    RN_TRY(rn_arch_to_config(&arch, cfg, err));
done:
    return status;
}

int rn_config_args(const char *base, int argc, char **argv, struct rn_config *cfg)
{
    struct rn_err err = {0};
    enum rn_status status = RN_OK;

    if (base)
        RN_TRY(read_base(base, cfg, &err));
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            return rn_usage(argv[0], "the key %s has no value", argv[i]);
        RN_TRY(rn_config_set(cfg, argv[i], argv[i + 1], &err));
    }
done:
    return status == RN_OK ? 0 : rn_report_error(argv[0], &err);
}
