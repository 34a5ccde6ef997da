/* Workers: who they are, the file system's clock, and signs of life. */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "regnet/file.h"

static void read_line(const char *path, char text[RN_WORKER_TEXT])
{
    FILE *in = fopen(path, "re");

    text[0] = 0;
    if (!in)
        return;
    if (!fgets(text, RN_WORKER_TEXT, in))
        text[0] = 0;
    text[strcspn(text, "\n")] = 0;
    (void)fclose(in);
}

/* Field 22 of /proc/PID/stat; the second, a name in parentheses, may hold anything. -1: there is no
   such process, or it is dead and not yet waited for. */
static long long start_of(long pid)
{
    char path[64], text[1024];
    const char *rest;
    FILE *in;
    size_t n;

    (void)snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    in = fopen(path, "re");
    if (!in)
        return -1;
    n = fread(text, 1, sizeof text - 1, in);
    (void)fclose(in);
    text[n] = 0;
    rest = strrchr(text, ')');
    if (!rest || strlen(rest) < 3 || rest[2] == 'Z' || rest[2] == 'X')
        return -1;
    for (int field = 2; field < 22 && rest; field++)
        rest = strchr(rest + 1, ' ');
    return rest ? strtoll(rest, NULL, 10) : -1;
}

void rn_identity_own(struct rn_identity *id)
{
    ssize_t n;

    *id = (struct rn_identity){.pid = (long)getpid()};
    if (gethostname(id->host, sizeof id->host - 1) != 0)
        id->host[0] = 0;
    read_line("/proc/sys/kernel/random/boot_id", id->boot);
    n = readlink("/proc/self/ns/pid", id->spaces, sizeof id->spaces - 1);
    id->spaces[n > 0 ? n : 0] = 0;
    id->start = start_of(id->pid);
}

bool rn_identity_same(const struct rn_identity *a, const struct rn_identity *b)
{
    return strcmp(a->boot, b->boot) == 0 && strcmp(a->spaces, b->spaces) == 0 && a->pid == b->pid &&
           a->start == b->start;
}

bool rn_identity_may_live(const struct rn_identity *id)
{
    struct rn_identity own;

    rn_identity_own(&own);
    if (!own.boot[0] || strcmp(own.boot, id->boot) != 0 || strcmp(own.spaces, id->spaces) != 0)
        return true;
    return start_of(id->pid) == id->start;
}

static enum rn_status copy_text(const struct rn_value *map, const char *key,
                                char out[RN_WORKER_TEXT], struct rn_err *err)
{
    const char *text;
    enum rn_status status = rn_value_text(rn_value_get(map, key), &text, err);

    if (status == RN_OK)
        (void)snprintf(out, RN_WORKER_TEXT, "%s", text);
    return status;
}

enum rn_status rn_identity_read(const struct rn_value *map, struct rn_identity *id,
                                struct rn_err *err)
{
    long long pid;
    enum rn_status status;

    RN_TRY(copy_text(map, "host", id->host, err));
    RN_TRY(copy_text(map, "boot", id->boot, err));
    RN_TRY(copy_text(map, "spaces", id->spaces, err));
    RN_TRY(rn_value_int(rn_value_get(map, "pid"), &pid, err));
    id->pid = (long)pid;
    status = rn_value_int(rn_value_get(map, "start"), &id->start, err);
done:
    return status;
}

static enum rn_status make_directories(const char *dir, struct rn_err *err)
{
    static const char *const names[] = {"runs", "attempts", "workers"};
    struct rn_buf path = {0};
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        RN_TRY(rn_path_join(&path, dir, names[i], err));
        RN_TRY(rn_dir_make(path.data, err));
    }
done:
    rn_buf_release(&path);
    return status;
}

enum rn_status rn_worker_init(struct rn_worker *worker, const char *dir, struct rn_err *err)
{
    struct rn_buf name = {0};
    double now;
    enum rn_status status;

    *worker = (struct rn_worker){.dir = dir};
    rn_identity_own(&worker->id);
    RN_TRY(make_directories(dir, err));
    RN_TRY(rn_worker_name(worker, "clock", &name, err));
    RN_TRY(rn_buf_addf(&worker->clock, err, "%s/workers/%s", dir, name.data));
    status = rn_worker_now(worker, &now, err);
done:
    rn_buf_release(&name);
    if (status != RN_OK)
        rn_worker_release(worker);
    return status;
}

void rn_worker_release(struct rn_worker *worker)
{
    if (worker->clock.data)
        (void)unlink(worker->clock.data);
    rn_buf_release(&worker->clock);
}

enum rn_status rn_worker_name(const struct rn_worker *worker, const char *what, struct rn_buf *out,
                              struct rn_err *err)
{
    return rn_buf_addf(out, err, "%s-%.8s-%ld-%lld-%s", worker->id.host, worker->id.boot,
                       worker->id.pid, worker->id.start, what);
}

bool rn_touch(const char *path)
{
    return utimensat(AT_FDCWD, path, NULL, 0) == 0;
}

enum rn_status rn_worker_now(const struct rn_worker *worker, double *now, struct rn_err *err)
{
    const char *path = worker->clock.data;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    bool ok = fd >= 0 && futimens(fd, NULL) == 0;
    struct stat st;

    ok = ok && fstat(fd, &st) == 0;
    if (!ok) {
        int reason = errno;
        if (fd >= 0)
            close(fd);
        return rn_fail(err, RN_E_IO, "%s: could not write this file: %s", path, strerror(reason));
    }
    close(fd);
    *now = (double)st.st_mtim.tv_sec + 1e-9 * (double)st.st_mtim.tv_nsec;
    return RN_OK;
}
