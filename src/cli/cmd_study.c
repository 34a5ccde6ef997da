#include "cli.h"

const char rn_help_study[] = "";

int rn_cmd_study(int argc, char **argv)
{
    (void)argc;
    return rn_usage(argv[0], "not built yet");
}
