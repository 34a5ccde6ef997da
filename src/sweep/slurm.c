/* Slurm's commands, run as programs. */
#include "slurm.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_MAX_ARRAY 1001

extern char **environ;

static enum rn_status spawn(const char *const argv[], int out, pid_t *pid, struct rn_err *err)
{
    posix_spawn_file_actions_t actions;
    int reason = posix_spawn_file_actions_init(&actions);

    if (reason != 0)
        return rn_nomem(err, sizeof actions, "a process");
    (void)posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
    reason = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (reason != 0)
        return rn_fail(err, RN_E_FAILED, "%s: could not run this program: %s", argv[0],
                       strerror(reason));
    return RN_OK;
}

static enum rn_status read_all(int fd, struct rn_buf *out, struct rn_err *err)
{
    char part[4096];
    enum rn_status status = RN_OK;
    ssize_t n;

    while ((n = read(fd, part, sizeof part)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return rn_fail(err, RN_E_IO, "could not read from a pipe: %s", strerror(errno));
        RN_TRY(rn_buf_add(out, part, (size_t)n, err));
    }
done:
    return status;
}

enum rn_status rn_slurm_run(const char *const argv[], struct rn_buf *out, int *exit_status,
                            struct rn_err *err)
{
    size_t before = out->len;
    int fd[2], ended = 0;
    pid_t pid = 0;
    enum rn_status status;

    *exit_status = 127;
    if (pipe2(fd, O_CLOEXEC) != 0)
        return rn_fail(err, RN_E_FAILED, "could not make a pipe: %s", strerror(errno));
    status = spawn(argv, fd[1], &pid, err);
    close(fd[1]);
    if (status == RN_OK)
        status = read_all(fd[0], out, err);
    close(fd[0]);
    if (pid == 0)
        return status;
    while (waitpid(pid, &ended, 0) < 0 && errno == EINTR)
        ;
    *exit_status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 1;
    if (status == RN_OK && *exit_status != 0)
        status = rn_fail(err, RN_E_FAILED, "%s failed: %.*s", argv[0], 500,
                         out->data ? out->data + before : "");
    return status;
}

long rn_slurm_max_array(void)
{
    static const char *const argv[] = {"scontrol", "show", "config", NULL};
    struct rn_buf text = {0};
    const char *line;
    long max = 0;
    int ended;

    if (rn_slurm_run(argv, &text, &ended, NULL) == RN_OK &&
        (line = strstr(text.data, "MaxArraySize")) && (line = strchr(line, '=')))
        max = strtol(line + 1, NULL, 10);
    rn_buf_release(&text);
    return max > 0 ? max : DEFAULT_MAX_ARRAY;
}
