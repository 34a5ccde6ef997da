/* Runs gnuplot: a script in, a drawing out, both through pipes at once so that neither side waits
   for the other. The way in is a socket: a write to a program that has gone is then an error
   instead of a signal. */
#include "gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct process {
    pid_t pid;
    int in, out, errors; /* our ends; -1: closed */
};

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int start(struct process *p, const int child[3])
{
    char *argv[] = {"gnuplot", "--default-settings", "-", NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0)
        return error;
    for (int fd = 0; fd < 3 && error == 0; fd++)
        error = posix_spawn_file_actions_adddup2(&actions, child[fd], fd);
    if (error == 0)
        error = posix_spawnp(&p->pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static enum rn_status open_process(struct process *p, struct rn_err *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, errors[2] = {-1, -1}, error = 0;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
        pipe2(errors, O_CLOEXEC) != 0)
        error = errno;
    if (error == 0)
        error = start(p, (int[]){in[1], out[1], errors[1]});
    shut(&in[1]), shut(&out[1]), shut(&errors[1]);
    if (error == 0) {
        p->in = in[0], p->out = out[0], p->errors = errors[0];
        return RN_OK;
    }
    shut(&in[0]), shut(&out[0]), shut(&errors[0]);
    if (error == ENOENT)
        return rn_fail(err, RN_E_UNSUPPORTED,
                       "figures need the program gnuplot, which is not installed; on Debian: "
                       "apt-get install gnuplot-nox");
    return rn_fail(err, RN_E_FAILED, "could not run gnuplot: %s", strerror(error));
}

/* Closes *fd when all is sent, or when nobody reads any more: gnuplot's own message says why. */
static void feed(int *fd, const struct rn_buf *script, size_t *sent)
{
    ssize_t n = send(*fd, script->data + *sent, script->len - *sent, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n > 0)
        *sent += (size_t)n;
    if (*sent == script->len || (n < 0 && errno != EAGAIN && errno != EINTR))
        shut(fd);
}

static enum rn_status drain(int *fd, struct rn_buf *buf, struct rn_err *err)
{
    char chunk[16384];
    ssize_t n = read(*fd, chunk, sizeof chunk);

    if (n > 0)
        return rn_buf_add(buf, chunk, (size_t)n, err);
    if (n == 0 || errno != EINTR)
        shut(fd);
    return RN_OK;
}

static enum rn_status talk(struct process *p, const struct rn_buf *script, struct rn_buf *out,
                           struct rn_buf *errors, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    size_t sent = 0;

    while (status == RN_OK && (p->out >= 0 || p->errors >= 0)) {
        struct pollfd fds[3] = {{p->in, POLLOUT, 0}, {p->out, POLLIN, 0}, {p->errors, POLLIN, 0}};
        if (poll(fds, 3, -1) < 0)
            continue;
        if (fds[0].revents)
            feed(&p->in, script, &sent);
        if (fds[1].revents)
            status = drain(&p->out, out, err);
        if (status == RN_OK && fds[2].revents)
            status = drain(&p->errors, errors, err);
    }
    shut(&p->in), shut(&p->out), shut(&p->errors);
    return status;
}

enum rn_status rn_gnuplot(const struct rn_buf *script, struct rn_buf *out, struct rn_err *err)
{
    struct process p = {.in = -1, .out = -1, .errors = -1};
    struct rn_buf drawing = {0}, errors = {0};
    enum rn_status status = open_process(&p, err);
    int ended = 0;

    if (status != RN_OK)
        return status;
    status = talk(&p, script, &drawing, &errors, err);
    while (waitpid(p.pid, &ended, 0) < 0 && errno == EINTR)
        ;
    if (status == RN_OK && (!WIFEXITED(ended) || WEXITSTATUS(ended) != 0))
        status = rn_fail(err, RN_E_FAILED, "gnuplot failed: %s",
                         errors.len ? errors.data : "it was ended by a signal");
    if (status == RN_OK)
        status = rn_buf_add(out, drawing.data, drawing.len, err);
    rn_buf_release(&drawing);
    rn_buf_release(&errors);
    return status;
}

/* Nothing in a single-quoted string is special but the quote, which is doubled. */
enum rn_status rn_gnuplot_quote(struct rn_buf *script, const char *text, struct rn_err *err)
{
    enum rn_status status = rn_buf_add(script, "'", 1, err);

    for (; status == RN_OK && *text; text++) {
        char c = (unsigned char)*text < ' ' ? ' ' : *text;
        status = rn_buf_add(script, c == '\'' ? "''" : &c, c == '\'' ? 2 : 1, err);
    }
    return status == RN_OK ? rn_buf_add(script, "'", 1, err) : status;
}
