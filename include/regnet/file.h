/*
 * file.h: whole files in, whole files out, and directories.
 *
 * A file that matters is written to a temporary name beside it (NAME.tmpPID), flushed to the disk,
 * read back and renamed over the old one, and the directory is flushed: a reader, or a restart
 * after a crash or a full disk, sees the old content or the new, never a part. Every failure names
 * the path and the system's reason (RN_E_IO); a full disk, what is needed and what is free.
 */
#ifndef REGNET_FILE_H
#define REGNET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "regnet/memory.h"
#include "regnet/status.h"

bool rn_path_exists(const char *path);
bool rn_is_file(const char *path); /* a regular one */
/* "dir/name" into buf (cleared first). */
enum rn_status rn_path_join(struct rn_buf *buf, const char *dir, const char *name,
                            struct rn_err *err);
/* The directory and its parents; existing ones are fine. */
enum rn_status rn_dir_make(const char *path, struct rn_err *err);
/* Flushes the entry of a file in its directory to the disk. */
enum rn_status rn_dir_sync_of(const char *path, struct rn_err *err);

/* What is in a directory, bytewise sorted; nothing where there is none. Yours: rn_names_release. */
struct rn_names {
    size_t n;
    char **name;
};
enum rn_status rn_dir_names(const char *path, struct rn_names *names, struct rn_err *err);
void rn_names_release(struct rn_names *names);

/* Bytes that this process may still write to the disk that path, which exists, is on. */
enum rn_status rn_disk_free(const char *path, size_t *bytes, struct rn_err *err);

/* The whole file into buf (cleared first). Refuses, before reading, more than max bytes and
   anything that is not a regular file. */
enum rn_status rn_file_read(const char *path, size_t max, struct rn_buf *buf, struct rn_err *err);
/* Replaces the file atomically; what is no file (a pipe, a device) is written into. */
enum rn_status rn_file_write(const char *path, const void *data, size_t len, struct rn_err *err);
/* The same of another file's content, which is a regular file of at most max bytes. */
enum rn_status rn_file_copy(const char *from, const char *to, size_t max, struct rn_err *err);
/* One that is not there is fine. */
enum rn_status rn_file_remove(const char *path, struct rn_err *err);

/* A file that grows at its end, written out by each call. */
struct rn_append {
    int fd; /* -1: closed */
    int64_t bytes;
    struct rn_buf path;
};
/* Keeps the first `keep` bytes of what is there, or all if it is less. */
enum rn_status rn_append_open(struct rn_append *file, const char *path, int64_t keep,
                              struct rn_err *err);
enum rn_status rn_append(struct rn_append *file, const void *data, size_t len, struct rn_err *err);
enum rn_status rn_append_sync(const struct rn_append *file, struct rn_err *err);
void rn_append_close(struct rn_append *file);

/* For tests: asked before each call of the system that the above make, but for closing and cleaning
   up; if it returns true, the call fails with the errno that it has set. NULL: nobody is asked. */
void rn_io_intercept(bool (*refuse)(void));

#endif
