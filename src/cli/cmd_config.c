/* regnet config: what a configuration comes to, and what its keys mean. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

const char rn_help_config[] =
    "    regnet config --cfg configs/networks/fashion-tiny.yaml OPTIM.BASE_LR 0.05\n"
    "    regnet config --help-keys\n"
    "\n"
    "usage: regnet config [--cfg FILE|NAME] [--recipe paper|modern] [--json] [KEY VALUE ...]\n"
    "       regnet config --help-keys\n"
    "\n"
    "  --cfg FILE|NAME  a configuration in pycls' keys, or a network by name\n"
    "  --recipe NAME    a complete configuration of a training: paper or modern\n"
    "  --json           the configuration as one JSON object, which --cfg reads from a .json file\n"
    "  --help-keys      every key: type, default, meaning\n"
    "\n"
    "Prints the merged configuration as YAML, which --cfg reads again. Behind each value, as a\n"
    "comment, stands where it comes from: default, FILE:LINE, recipe NAME:LINE, the name of a\n"
    "network or command line. The later of these counts.\n";

static const char *type_text(const struct rn_key *key)
{
    static const char *const types[] = {
        [RN_KEY_BOOL] = "truth value", [RN_KEY_INT] = "integer",   [RN_KEY_DOUBLE] = "number",
        [RN_KEY_TEXT] = "text",        [RN_KEY_INTS] = "integers", [RN_KEY_DOUBLES] = "numbers",
    };

    return types[key->type];
}

static void print_bounds(const struct rn_key *key)
{
    if (key->choices)
        printf(", one of: %s", key->choices);
    if (key->min > key->max)
        return;
    if (key->max >= 1e9)
        printf(", from %g", key->min);
    else
        printf(", %g to %g", key->min, key->max);
}

static void print_keys(void)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++) {
        printf("%s: %s%s%s\n    %s, default %s", keys[i].name, keys[i].help,
               keys[i].offset < 0 ? " (without effect here)" : "",
               keys[i].ours ? " (not a key of pycls)" : "", type_text(&keys[i]),
               *keys[i].fallback ? keys[i].fallback : "\"\"");
        print_bounds(&keys[i]);
        putchar('\n');
    }
}

static enum rn_status write_json(const struct rn_config *cfg, struct rn_buf *text,
                                 struct rn_err *err)
{
    struct rn_json js = rn_json_begin(text);
    enum rn_status status;

    rn_json_object(&js);
    rn_config_json(cfg, &js);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    status = rn_buf_addf(text, err, "\n");
done:
    return status;
}

static int print_config(const struct rn_config *cfg, bool json)
{
    struct rn_buf text = {0};
    struct rn_err err = {0};
    enum rn_status status =
        json ? write_json(cfg, &text, &err) : rn_config_dump_origins(cfg, &text, &err);

    if (status == RN_OK)
        fputs(text.data, stdout);
    rn_buf_release(&text);
    return status == RN_OK ? 0 : rn_report_error("config", &err);
}

int rn_cmd_config(int argc, char **argv)
{
    struct rn_config_source source = {0};
    bool help_keys = false, json = false;
    const struct rn_option table[] = {
        {"--cfg", NULL, NULL, &source.base},
        {"--recipe", NULL, NULL, &source.recipe},
        {"--json", NULL, &json, NULL},
        {"--help-keys", NULL, &help_keys, NULL},
        {NULL, NULL, NULL, NULL},
    };
    struct rn_config cfg;
    int code = rn_args(&argc, argv, table);

    if (code)
        return code;
    if (help_keys) {
        print_keys();
        return 0;
    }
    rn_config_default(&cfg);
    code = rn_config_args(source, argc, argv, &cfg);
    return code ? code : print_config(&cfg, json);
}
