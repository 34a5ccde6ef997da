#include "cli.h"

const char rn_help_predict[] = "";

int rn_cmd_predict(int argc, char **argv)
{
    (void)argc;
    return rn_usage(argv[0], "not built yet");
}
