/* A run's directory: new, to be gone on with, or over; never mixed with another configuration's. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "regnet/file.h"
#include "train/run.h"

/* Keys that change where and how fast, but not what comes out. */
static const char *const neutral[] = {
    "OUT_DIR",
    "LOG_DEST",
    "LOG_PERIOD",
    "DESC",
    "NUM_THREADS",
    "DATA_LOADER.DIR",
    "DATA_LOADER.NUM_WORKERS",
    "TRAIN.AUTO_RESUME",
    "TRAIN.CHECKPOINT_PERIOD",
    "TRAIN.CHECKPOINT_STEPS",
    "TRAIN.CHECKPOINT_MINUTES",
    "TEST.WEIGHTS",
};

static bool is_neutral(const char *key)
{
    for (size_t i = 0; i < sizeof neutral / sizeof neutral[0]; i++)
        if (strcmp(neutral[i], key) == 0)
            return true;
    return false;
}

/* The first key that matters and differs, or NULL. */
static const char *first_difference(const struct rn_config *a, const struct rn_config *b)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++) {
        if (keys[i].offset >= 0 && !is_neutral(keys[i].name) && !rn_key_same(&keys[i], a, b))
            return keys[i].name;
    }
    return NULL;
}

static enum rn_status check_same(const char *dir, const char *config_path,
                                 const struct rn_config *cfg, struct rn_err *err)
{
    struct rn_config there;
    const char *key;
    enum rn_status status;

    rn_config_default(&there);
    RN_TRY(rn_config_read(&there, config_path, err));
    key = first_difference(&there, cfg);
    if (key)
        status = rn_fail(err, RN_E_CONFIG,
                         "%s: there is a run with another configuration here: %s differs from its "
                         "config.yaml; choose another directory, or begin anew with --fresh",
                         dir, key);
done:
    return status;
}

static enum rn_status remove_file(const char *dir, const char *name, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, name, err));
    RN_TRY(rn_file_remove(path.data, err));
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status remove_events(const char *dir, struct rn_err *err)
{
    struct rn_names names = {0};
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "tensorboard", err));
    RN_TRY(rn_dir_names(path.data, &names, err));
    for (size_t i = 0; i < names.n; i++)
        if (strncmp(names.name[i], "events.out.tfevents.", 20) == 0)
            RN_TRY(remove_file(path.data, names.name[i], err));
done:
    rn_names_release(&names);
    rn_buf_release(&path);
    return status;
}

/* result.json goes first: a directory is never left saying that it is over without being so. */
static enum rn_status clean(const char *dir, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(remove_file(dir, "result.json", err));
    RN_TRY(remove_file(dir, "model.safetensors", err));
    RN_TRY(rn_checkpoint_remove_all(dir, err));
    RN_TRY(remove_events(dir, err));
    RN_TRY(remove_file(dir, "log.jsonl", err));
    RN_TRY(remove_file(dir, "stdout.log", err));
    RN_TRY(remove_file(dir, "config.yaml", err));
done:
    return status;
}

static enum rn_status write_config(const char *path, const struct rn_config *cfg,
                                   struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_config_dump(cfg, &text, err));
    RN_TRY(rn_file_write(path, text.data, text.len, err));
done:
    rn_buf_release(&text);
    return status;
}

/* NAME.tmpPID: what rn_file_write had not finished (file.h). */
static bool is_unfinished(const char *name)
{
    const char *tail = strstr(name, ".tmp");

    return tail && isdigit((unsigned char)tail[4]);
}

static enum rn_status remove_unfinished(const char *dir, struct rn_err *err)
{
    struct rn_names names = {0};
    enum rn_status status;

    RN_TRY(rn_dir_names(dir, &names, err));
    for (size_t i = 0; i < names.n; i++)
        if (is_unfinished(names.name[i]))
            RN_TRY(remove_file(dir, names.name[i], err));
done:
    rn_names_release(&names);
    return status;
}

/* Where the file system knows no locks, nobody is kept out. */
static enum rn_status lock_dir(const char *dir, int *lock, struct rn_err *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return rn_fail(err, RN_E_IO, "%s: could not open this directory: %s", dir, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        (void)close(fd);
        return rn_fail(err, RN_E_IO,
                       "%s: another process is training in this directory; wait for it, or choose "
                       "another with --out",
                       dir);
    }
    *lock = fd;
    return RN_OK;
}

enum rn_status rn_rundir_lock(const char *dir, int *lock, struct rn_err *err)
{
    struct rn_buf checkpoints = {0};
    enum rn_status status;

    RN_TRY(rn_dir_make(dir, err));
    RN_TRY(lock_dir(dir, lock, err));
    RN_TRY(rn_path_join(&checkpoints, dir, "checkpoints", err));
    RN_TRY(remove_unfinished(dir, err));
    RN_TRY(remove_unfinished(checkpoints.data, err));
done:
    rn_buf_release(&checkpoints);
    return status;
}

enum rn_status rn_rundir_look(const char *dir, const struct rn_config *cfg, bool fresh,
                              bool *resume, bool *over, struct rn_err *err)
{
    struct rn_buf config = {0}, result = {0};
    enum rn_status status = RN_OK;

    *resume = *over = false;
    if (fresh)
        goto done;
    RN_TRY(rn_path_join(&config, dir, "config.yaml", err));
    RN_TRY(rn_path_join(&result, dir, "result.json", err));
    *over = rn_path_exists(result.data);
    RN_TRY(rn_checkpoint_exists(dir, resume, err));
    if ((*over || *resume) && rn_path_exists(config.data))
        RN_TRY(check_same(dir, config.data, cfg, err));
done:
    rn_buf_release(&config);
    rn_buf_release(&result);
    return status;
}

enum rn_status rn_rundir_begin(const char *dir, const struct rn_config *cfg, bool fresh,
                               struct rn_err *err)
{
    struct rn_buf config = {0};
    enum rn_status status;

    if (fresh)
        RN_TRY(clean(dir, err));
    RN_TRY(rn_path_join(&config, dir, "config.yaml", err));
    RN_TRY(write_config(config.data, cfg, err));
done:
    rn_buf_release(&config);
    return status;
}
