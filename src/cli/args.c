/* Options, error messages and signals, common to all verbs. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAME_WISH 2 /* seconds: timeout(1), say, signals a process and then its group */

volatile sig_atomic_t rn_stop;
static volatile sig_atomic_t stopped_at;

static void on_signal(int number)
{
    sig_atomic_t now = (sig_atomic_t)rn_clock();

    if (!rn_stop) {
        stopped_at = now;
        rn_stop = number;
    } else if (now - stopped_at >= SAME_WISH) {
        signal(number, SIG_DFL);
        raise(number);
    }
}

void rn_catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
}

int rn_report_error(const char *verb, const struct rn_err *err)
{
    fprintf(stderr, "regnet %s: %s\n", verb, err->msg);
    return rn_status_exit_code(err->status);
}

int rn_usage(const char *verb, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "regnet %s: ", verb);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "; regnet %s --help shows examples\n", verb);
    return 2;
}

int rn_number(const char *verb, const char *option, const char *text, long long min, long long max,
              long long *out)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || value < min || value > max)
        return rn_usage(verb, "%s takes a whole number from %lld to %lld, not \"%s\"", option, min,
                        max, text);
    *out = value;
    return 0;
}

/* Hours, minutes and seconds, each at most once: "1h30m". */
int rn_duration(const char *verb, const char *option, const char *text, double *seconds)
{
    static const char units[] = "hms";
    static const double lengths[] = {3600, 60, 1};
    const char *at = text, *unit = units;
    double sum = 0;

    while (*at) {
        char *end;
        double count = strtod(at, &end);
        const char *found = *end ? strchr(unit, *end) : NULL;
        if (end == at || !found || !(count >= 0 && count <= 1e9))
            break;
        sum += count * lengths[found - units];
        unit = found + 1;
        at = end + 1;
    }
    if (*at || sum <= 0)
        return rn_usage(verb,
                        "%s takes hours, minutes and seconds, as 2h, 90m or 1h30m, not \"%s\"",
                        option, text);
    *seconds = sum;
    return 0;
}

int rn_share(const char *verb, const char *option, const char *text, double *out)
{
    char *end;
    double value = strtod(text, &end);
    bool percent = *end == '%';

    value /= percent ? 100 : 1;
    if (end == text || end[percent] != 0 || !(value >= 0 && value <= 1))
        return rn_usage(verb, "%s takes a share like 0.01 or 1%%, not \"%s\"", option, text);
    *out = value;
    return 0;
}

static const struct rn_option *find(const struct rn_option *options, const char *name)
{
    for (; options->name; options++) {
        if (strcmp(options->name, name) == 0)
            return options;
        if (options->brief && strcmp(options->brief, name) == 0)
            return options;
    }
    return NULL;
}

static int unknown_option(const char *verb, const char *arg, const struct rn_option *options)
{
    const char *names[32];
    size_t n = 0;
    const char *near;

    for (; options->name && n < 32; options++)
        names[n++] = options->name;
    near = rn_nearest(arg, names, n);
    return near ? rn_usage(verb, "there is no option %s; did you mean %s?", arg, near)
                : rn_usage(verb, "there is no option %s", arg);
}

int rn_args(int *argc, char **argv, const struct rn_option *options)
{
    int kept = 1;

    for (int i = 1; i < *argc; i++) {
        const struct rn_option *option;
        if (argv[i][0] != '-' || argv[i][1] == 0 || (argv[i][1] >= '0' && argv[i][1] <= '9')) {
            argv[kept++] = argv[i];
            continue;
        }
        option = find(options, argv[i]);
        if (!option)
            return unknown_option(argv[0], argv[i], options);
        if (option->flag) {
            *option->flag = true;
        } else if (i + 1 < *argc) {
            *option->value = argv[++i];
        } else {
            return rn_usage(argv[0], "%s needs a value", option->name);
        }
    }
    *argc = kept;
    return 0;
}
