#include "cli.h"

const char rn_help_models[] = "";

int rn_cmd_models(int argc, char **argv)
{
    (void)argc;
    return rn_usage(argv[0], "not built yet");
}
