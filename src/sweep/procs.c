/* A local pool of processes. Each task has a pipe to the pool: fractions, then the result; its end
   closes when the process is gone, whatever ended it. */
#include "procs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "regnet/clock.h"
#include "regnet/memory.h"

#define TICK_MS 500

/* What goes through the pipe, whole: it is smaller than PIPE_BUF. */
struct message {
    bool over;
    double fraction;
    struct rn_err result;
};

struct rn_procs_link {
    int fd;
    double told; /* seconds, when */
};

struct worker {
    pid_t pid; /* 0: free */
    int fd;
    size_t task;
    struct message last; /* its result, once it is over */
};

struct state {
    const struct rn_procs *pool;
    struct worker *workers;
    struct pollfd *fds;
    size_t next;
    int running;
    long killed;           /* processes that the system had ended for memory when we last looked */
    bool later;            /* more tasks may come */
    bool ended;            /* no more tasks start: told to stop, or a failure */
    enum rn_status status; /* of the pool */
};

static void say(int fd, const struct message *message)
{
    while (write(fd, message, sizeof *message) < 0 && errno == EINTR)
        ;
}

void rn_procs_tell(struct rn_procs_link *link, double fraction)
{
    struct message message = {.fraction = fraction};
    double t = rn_clock();

    if (t - link->told < 1e-3 * TICK_MS)
        return;
    link->told = t;
    say(link->fd, &message);
}

int rn_cores(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
}

int rn_procs_jobs(int asked, int threads)
{
    int fit = rn_cores() / (threads > 0 ? threads : 1);

    return asked > 0 ? asked : fit > 0 ? fit : 1;
}

/* To n of the processors that we may use, the k-th first. A refusal does no harm. */
static void pin(int k, int n)
{
    cpu_set_t allowed, own;

    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    CPU_ZERO(&own);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed) && k-- <= 0 && k >= -n)
            CPU_SET(cpu, &own);
    (void)sched_setaffinity(0, sizeof own, &own);
}

static void pin_task(const struct rn_procs *pool, int slot)
{
    int threads = pool->threads > 0 ? pool->threads : 1, used = pool->jobs * threads;

    if (pool->pin && used <= rn_cores() && used + threads > rn_cores())
        pin(slot * threads, threads);
}

static void run_task(const struct rn_procs *pool, int slot, size_t task, int fd, pid_t parent)
{
    struct rn_procs_link link = {.fd = fd};
    struct message message = {.over = true};
    enum rn_status status = RN_E_STOPPED;

    /* A terminal's Ctrl-C reaches every process; the pool alone tells its tasks when to stop. */
    signal(SIGINT, SIG_IGN);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    pin_task(pool, slot);
    if (getppid() == parent) /* else it ended before the line above took effect */
        status = pool->work(pool->arg, task, &link, &message.result);
    message.result.status = status;
    say(fd, &message);
    _exit(rn_status_exit_code(status));
}

static enum rn_status start(struct state *s, int slot, size_t task, struct rn_err *err)
{
    struct worker *worker = &s->workers[slot];
    pid_t parent = getpid(), pid;
    int fd[2];

    if (pipe2(fd, O_CLOEXEC) != 0)
        return rn_fail(err, RN_E_FAILED, "could not make a pipe: %s", strerror(errno));
    pid = fork();
    if (pid == 0) {
        close(fd[0]);
        run_task(s->pool, slot, task, fd[1], parent);
    }
    close(fd[1]); /* now the task alone holds it */
    if (pid < 0) {
        close(fd[0]);
        return rn_fail(err, RN_E_FAILED, "could not start a process: %s", strerror(errno));
    }
    *worker = (struct worker){.pid = pid, .fd = fd[0], .task = task};
    s->running++;
    return RN_OK;
}

static void end(struct state *s, enum rn_status status)
{
    if (!s->ended)
        s->status = status;
    s->ended = true;
    for (int i = 0; i < s->pool->jobs; i++)
        if (s->workers[i].pid)
            kill(s->workers[i].pid, SIGTERM);
}

/* How many processes the system has ended since its start because memory was short. */
static long killed_for_memory(void)
{
    FILE *in = fopen("/proc/vmstat", "re");
    char line[128];
    long n = 0;

    while (in && fgets(line, sizeof line, in))
        if (strncmp(line, "oom_kill ", 9) == 0)
            n = strtol(line + 9, NULL, 10);
    if (in)
        (void)fclose(in);
    return n;
}

/* A process that ended without a last word: why. */
static void explain(struct state *s, struct message *last, int ended)
{
    long killed = killed_for_memory();

    if (WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL && killed > s->killed)
        (void)rn_fail(&last->result, RN_E_NOMEM,
                      "its process was ended by the system, since memory was short");
    else if (WIFSIGNALED(ended))
        (void)rn_fail(&last->result, RN_E_FAILED, "its process was ended by signal %d (%s)",
                      WTERMSIG(ended), strsignal(WTERMSIG(ended)));
    else
        (void)rn_fail(&last->result, RN_E_FAILED, "its process ended with exit status %d",
                      WEXITSTATUS(ended));
    s->killed = killed;
}

static void reap(struct state *s, struct worker *worker, struct rn_err *err)
{
    struct message last = worker->last;
    enum rn_status status;
    int ended = 0;

    close(worker->fd);
    while (waitpid(worker->pid, &ended, 0) < 0 && errno == EINTR)
        ;
    worker->pid = 0;
    s->running--;
    if (!last.over && s->ended)
        (void)rn_fail(&last.result, RN_E_STOPPED, "stopped");
    else if (!last.over)
        explain(s, &last, ended);
    if (last.result.status == RN_E_STOPPED && !s->ended) /* a signal reached it before us */
        end(s, rn_fail(err, RN_E_STOPPED, "stopped"));
    status = s->pool->done(s->pool->arg, worker->task, &last.result, s->ended ? NULL : err);
    if (status != RN_OK)
        end(s, status);
}

static void listen_to(struct state *s, struct worker *worker, struct rn_err *err)
{
    struct message message;
    ssize_t n = read(worker->fd, &message, sizeof message);

    if (n != (ssize_t)sizeof message) {
        if (n == 0 || errno != EINTR)
            reap(s, worker, err);
        return;
    }
    worker->last = message;
    if (!message.over && s->pool->news)
        s->pool->news(s->pool->arg, worker->task, message.fraction);
}

static void wait_for_news(struct state *s, struct rn_err *err)
{
    int jobs = s->pool->jobs;

    for (int i = 0; i < jobs; i++)
        s->fds[i] = (struct pollfd){s->workers[i].pid ? s->workers[i].fd : -1, POLLIN, 0};
    if (poll(s->fds, (nfds_t)jobs, TICK_MS) <= 0)
        return;
    for (int i = 0; i < jobs; i++)
        if (s->fds[i].revents)
            listen_to(s, &s->workers[i], err);
}

static enum rn_status choose(struct state *s, size_t *task, enum rn_procs_next *what,
                             struct rn_err *err)
{
    if (s->pool->next)
        return s->pool->next(s->pool->arg, task, what, err);
    *what = s->next < s->pool->tasks ? RN_PROCS_TASK : RN_PROCS_OVER;
    *task = s->next++;
    return RN_OK;
}

static void fill(struct state *s, struct rn_err *err)
{
    enum rn_procs_next what = RN_PROCS_TASK;

    s->later = false;
    for (int i = 0; i < s->pool->jobs && what == RN_PROCS_TASK && !s->ended; i++) {
        size_t task = 0;
        enum rn_status status;
        if (s->workers[i].pid)
            continue;
        status = choose(s, &task, &what, err);
        if (status == RN_OK && what == RN_PROCS_TASK)
            status = start(s, i, task, err);
        s->later = what == RN_PROCS_LATER;
        if (status != RN_OK)
            end(s, status);
    }
}

enum rn_status rn_procs_run(const struct rn_procs *pool, struct rn_err *err)
{
    struct state s = {.pool = pool, .killed = killed_for_memory()};

    s.workers = rn_alloc((size_t)pool->jobs, sizeof *s.workers);
    s.fds = rn_alloc((size_t)pool->jobs, sizeof *s.fds);
    if (!s.workers || !s.fds) {
        s.status = rn_nomem(err, (size_t)pool->jobs * sizeof *s.workers, "a pool of processes");
        goto done;
    }
    for (fill(&s, err); s.running > 0 || s.later; fill(&s, err)) {
        wait_for_news(&s, err);
        if (pool->tick)
            pool->tick(pool->arg, s.running);
        if (pool->stop && *pool->stop && !s.ended)
            end(&s, rn_fail(err, RN_E_STOPPED, "stopped"));
    }
done:
    rn_free(s.workers);
    rn_free(s.fds);
    return s.status;
}
