#include "cli.h"

const char rn_help_train[] = "";

int rn_cmd_train(int argc, char **argv)
{
    (void)argc;
    return rn_usage(argv[0], "not built yet");
}
