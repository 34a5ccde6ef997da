#include "cli.h"

const char rn_help_info[] = "";

int rn_cmd_info(int argc, char **argv)
{
    (void)argc;
    return rn_usage(argv[0], "not built yet");
}
