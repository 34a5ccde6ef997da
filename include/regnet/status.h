/*
 * status.h: how every function of the library says what went wrong.
 *
 * A function that can fail returns an enum rn_status: RN_OK or a negative value. Results leave
 * through out-parameters and are written only on success. The message is put into a struct rn_err
 * that the caller owns: what was wrong, where, what was expected, and what to do. The library never
 * prints and never exits.
 *
 *     struct rn_err err = {0};
 *     struct rn_space *space = NULL;
 *     if (rn_space_open("AnyNetXE", &space, &err) != RN_OK)
 *         fprintf(stderr, "regnet: %s\n", err.msg);
 */
#ifndef REGNET_STATUS_H
#define REGNET_STATUS_H

/* X(name, exit status of the command, what it means) */
#define RN_STATUS_LIST(X)                                                             \
    X(NOMEM, 1, "out of memory")                                                      \
    X(CONFIG, 2, "a key, value, name, space or argument that the user gave is wrong") \
    X(DATA, 3, "a file's content is not what it should be")                           \
    X(IO, 3, "a file could not be opened, read or written")                           \
    X(UNSUPPORTED, 2, "a valid request that this build cannot carry out")             \
    X(DIVERGED, 1, "the loss of a training is no longer finite")                      \
    X(STOPPED, 75, "stopped on request; the same call goes on")                       \
    X(FAILED, 1, "something else failed, a child process for instance")

enum rn_status {
    RN_OK = 0,
    RN_STATUS_BEFORE_FIRST_ = -1 - 8, /* keeps the list below at -8 .. -1 */
#define RN_STATUS_ENUM_(name, code, text) RN_E_##name,
    RN_STATUS_LIST(RN_STATUS_ENUM_)
#undef RN_STATUS_ENUM_
};

#define RN_ERR_MAX 1024

/* The message of the last failure. Zero-initialize it; borrowed by the callee during the call. */
struct rn_err {
    enum rn_status status;
    char msg[RN_ERR_MAX];
};

/* Sets err (which may be NULL) to a printf-style message and returns status. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum rn_status
rn_fail(struct rn_err *err, enum rn_status status, const char *fmt, ...);

/* Puts "prefix: " in front of err's message, where a caller knows the file or key it came from. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void rn_err_prefix(struct rn_err *err, const char *fmt, ...);

/* The meaning of a status in words, and the exit status that the command ends with. */
const char *rn_status_text(enum rn_status status);
int rn_status_exit_code(enum rn_status status);

/*
 * RN_TRY(call): leaves for the function's one label `done` when the call fails. The function has a
 * variable `enum rn_status status` and returns it. The only macro that changes control flow.
 */
#define RN_TRY(call)         \
    do {                     \
        status = (call);     \
        if (status != RN_OK) \
            goto done;       \
    } while (0)

#endif
