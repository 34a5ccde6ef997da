/* Locks on places of a file, by open file descriptions: children have their parent's. */
#include "dir_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "regnet/file.h"

int64_t rn_lock_training(size_t row, size_t i)
{
    return ((int64_t)row + 1) << 32 | (int64_t)i;
}

enum rn_status rn_lock_open(const char *dir, int *lock, struct rn_err *err)
{
    struct rn_buf path = {0};
    int fd;
    enum rn_status status;

    RN_TRY(rn_dir_make(dir, err));
    RN_TRY(rn_path_join(&path, dir, ".lock", err));
    fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        RN_TRY(rn_fail(err, RN_E_IO, "%s: could not create this file: %s", path.data,
                       strerror(errno)));
    *lock = fd;
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status set(int lock, short type, int64_t place, bool wait, bool *done,
                          struct rn_err *err)
{
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};
    int result;

    do
        result = fcntl(lock, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range);
    while (result != 0 && errno == EINTR);
    *done = result == 0;
    if (result != 0 && errno != EAGAIN && errno != EACCES)
        return rn_fail(err, RN_E_IO,
                       "the file .lock could not be locked: %s; a disk that knows locks is needed",
                       strerror(errno));
    return RN_OK;
}

enum rn_status rn_lock_take(int lock, int64_t place, bool *taken, struct rn_err *err)
{
    return set(lock, F_WRLCK, place, false, taken, err);
}

enum rn_status rn_lock_wait(int lock, int64_t place, struct rn_err *err)
{
    bool done;

    return set(lock, F_WRLCK, place, true, &done, err);
}

enum rn_status rn_lock_share(int lock, int64_t place, struct rn_err *err)
{
    bool done;

    return set(lock, F_RDLCK, place, true, &done, err);
}

enum rn_status rn_lock_give(int lock, int64_t place, struct rn_err *err)
{
    bool done;

    return set(lock, F_UNLCK, place, false, &done, err);
}

enum rn_status rn_lock_alone(const char *dir, const char *work, int *lock, struct rn_err *err)
{
    bool alone;
    enum rn_status status;

    RN_TRY(rn_lock_open(dir, lock, err));
    RN_TRY(rn_lock_take(*lock, RN_LOCK_WORK, &alone, err));
    if (!alone)
        status = rn_fail(err, RN_E_FAILED,
                         "%s: another process works on the %s in this directory; wait for it, or "
                         "choose another with --out",
                         dir, work);
done:
    return status;
}
