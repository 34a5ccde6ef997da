/*
 * file.h: whole files in, whole files out, and directories.
 *
 * A file that matters is written to a temporary name beside it, flushed to the disk and renamed
 * over the old one: a reader, or a restart after a crash or a full disk, sees the old content or
 * the new, never a part. Every failure names the path and the system's reason (RN_E_IO).
 */
#ifndef REGNET_FILE_H
#define REGNET_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "regnet/memory.h"
#include "regnet/status.h"

bool rn_path_exists(const char *path);
/* "dir/name" into buf (cleared first). */
enum rn_status rn_path_join(struct rn_buf *buf, const char *dir, const char *name,
                            struct rn_err *err);
/* The directory and its parents; existing ones are fine. */
enum rn_status rn_dir_make(const char *path, struct rn_err *err);

/* The whole file into buf (cleared first). Refuses, before reading, more than max bytes and
   anything that is not a regular file. */
enum rn_status rn_file_read(const char *path, size_t max, struct rn_buf *buf, struct rn_err *err);
/* Replaces the file atomically; what is no file (a pipe, a device) is written into. */
enum rn_status rn_file_write(const char *path, const void *data, size_t len, struct rn_err *err);

#endif
