/* io.h: what the files of base/ that call the system have in common. Internal to base/. */
#ifndef RN_BASE_IO_H
#define RN_BASE_IO_H

#include "regnet/file.h"

/* Whether a test wants the next call of the system to fail; then errno says how. */
bool rn_io_refused(void);
/* RN_E_IO with the path and errno's text; a full disk says also what is wanted and what is free. */
enum rn_status rn_io_error(struct rn_err *err, const char *path, const char *what);
enum rn_status rn_io_write_error(struct rn_err *err, const char *path, size_t len);
/* 0, or -1 with errno. */
int rn_io_write(int fd, const void *data, size_t len);
int rn_io_sync(int fd); /* what knows no sync (a device) needs none */

#endif
