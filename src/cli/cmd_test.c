#include "cli.h"

const char rn_help_test[] = "";

int rn_cmd_test(int argc, char **argv)
{
    (void)argc;
    return rn_usage(argv[0], "not built yet");
}
