/*
 * cli.h: the command: one table of verbs (main.c), one file a verb (cmd_*.c), nothing else.
 *
 * A verb parses its arguments with rn_args, calls the library through its public headers, prints
 * data on standard output and messages on standard error, and returns the exit status: 0 done, 1
 * failed, 2 usage, 3 data, 75 stopped and resumable.
 */
#ifndef REGNET_CLI_H
#define REGNET_CLI_H

#include <signal.h>
#include <stdbool.h>

#include "regnet/regnet.h"

struct rn_verb {
    const char *name, *summary;
    const char *help;                  /* begins with two examples that the tests run */
    int (*run)(int argc, char **argv); /* argv[0] is the verb */
};

extern const struct rn_verb rn_verbs[]; /* ends with a NULL name */

int rn_cmd_models(int argc, char **argv);
int rn_cmd_info(int argc, char **argv);
int rn_cmd_space(int argc, char **argv);
int rn_cmd_scale(int argc, char **argv);
int rn_cmd_fit(int argc, char **argv);
int rn_cmd_sample(int argc, char **argv);
int rn_cmd_config(int argc, char **argv);
int rn_cmd_train(int argc, char **argv);
int rn_cmd_test(int argc, char **argv);
int rn_cmd_data(int argc, char **argv);
int rn_cmd_time(int argc, char **argv);
int rn_cmd_predict(int argc, char **argv);
int rn_cmd_export(int argc, char **argv);
int rn_cmd_convert(int argc, char **argv);
int rn_cmd_study(int argc, char **argv);
int rn_cmd_sweep(int argc, char **argv);
int rn_cmd_edf(int argc, char **argv);
int rn_cmd_refine(int argc, char **argv);
int rn_cmd_report(int argc, char **argv);
int rn_cmd_search(int argc, char **argv);
int rn_cmd_compare(int argc, char **argv);

extern const char rn_help_models[], rn_help_info[], rn_help_fit[], rn_help_scale[], rn_help_space[],
    rn_help_sample[], rn_help_config[], rn_help_data[], rn_help_train[], rn_help_test[],
    rn_help_time[], rn_help_predict[], rn_help_convert[], rn_help_export[], rn_help_study[],
    rn_help_edf[], rn_help_refine[], rn_help_report[], rn_help_sweep[], rn_help_search[],
    rn_help_compare[];

/* One option of a verb: "--name VALUE" or, with flag, "--name". Short forms: "-n". */
struct rn_option {
    const char *name;   /* "--data" */
    const char *brief;  /* "-n", or NULL */
    bool *flag;         /* set to true, or */
    const char **value; /* set to the argument that follows */
};

/* Moves options out of argv into the table's targets; what remains (operands, KEY VALUE pairs) is
   left in argv[0 .. *argc). Returns 0, or 2 after a message that names the nearest option. */
int rn_args(int *argc, char **argv, const struct rn_option *options);

/* What a configuration is made of before its KEY VALUE pairs; each may be NULL. */
struct rn_config_source {
    const char *base;   /* --cfg: a file, or the name of a network */
    const char *recipe; /* --recipe, which counts more */
};
/* Merges into cfg what source says, then the pairs KEY VALUE in argv[1 .. argc); tells of keys
   without effect. Returns 0, or an exit status after a message. */
int rn_config_args(struct rn_config_source source, int argc, char **argv, struct rn_config *cfg);

/* "regnet VERB: message" on standard error; returns the exit status of err. */
int rn_report_error(const char *verb, const struct rn_err *err);
/* A usage error: message and the verb's first example. Returns 2. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
int rn_usage(const char *verb, const char *fmt, ...);
/* A whole number in [min, max] from an option's value. Returns 0, or 2 after a message. */
int rn_number(const char *verb, const char *option, const char *text, long long min, long long max,
              long long *out);

/* A duration above 0, in seconds. */
int rn_duration(const char *verb, const char *option, const char *text, double *seconds);

/* A share in [0, 1] from an option's value, "0.01" or "1%". Returns 0, or 2 after a message. */
int rn_share(const char *verb, const char *option, const char *text, double *out);

/* --data DIR and --skip-bad SHARE (either may be NULL) into cfg; and where cfg names no data set,
   what lies in its folder. Returns 0, or an exit status after a message. */
int rn_data_args(const char *verb, const char *dir, const char *skip_bad, struct rn_config *cfg);
/* An on_skip of the library: a line on standard error. */
void rn_show_skipped(void *arg, const char *message);

/* Becomes non-zero at the first SIGINT, SIGTERM, SIGHUP or SIGUSR1 after rn_catch_signals; one that
   comes seconds later kills. */
extern volatile sig_atomic_t rn_stop;
void rn_catch_signals(void);

#endif
