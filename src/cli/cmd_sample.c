#include "cli.h"

const char rn_help_sample[] = "";

int rn_cmd_sample(int argc, char **argv)
{
    (void)argc;
    return rn_usage(argv[0], "not built yet");
}
