#include "cli.h"

const char rn_help_edf[] = "";

int rn_cmd_edf(int argc, char **argv)
{
    (void)argc;
    return rn_usage(argv[0], "not built yet");
}
