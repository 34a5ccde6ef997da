/*
 * dir_lock.h: processes that work in one directory, by locks on places of its file .lock. Private
 * to sweep.
 *
 * The system's own locks: they end with the last process that has the file open, so a worker's go
 * when it and the trainings that it has started are gone, however they ended. On a network disk
 * they need a server that keeps locks.
 */
#ifndef RN_SWEEP_DIR_LOCK_H
#define RN_SWEEP_DIR_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "regnet/status.h"

enum rn_lock_place { RN_LOCK_SETUP, RN_LOCK_WORK, RN_LOCK_FINAL };
/* The place of a training: 0 .. 2^31 - 1 in each of as many rows. */
int64_t rn_lock_training(size_t row, size_t i);

/* Makes the directory and its file. Close *lock to give back all that is held. */
enum rn_status rn_lock_open(const char *dir, int *lock, struct rn_err *err);
/* The same for one that must be alone there. RN_E_FAILED: another is; `work` says at what. */
enum rn_status rn_lock_alone(const char *dir, const char *work, int *lock, struct rn_err *err);
/* *taken false: another process holds or shares it. */
enum rn_status rn_lock_take(int lock, int64_t place, bool *taken, struct rn_err *err);
/* Waits for it. */
enum rn_status rn_lock_wait(int lock, int64_t place, struct rn_err *err);
/* With others that share it; what was held alone is shared from now on. Waits, too. */
enum rn_status rn_lock_share(int lock, int64_t place, struct rn_err *err);
enum rn_status rn_lock_give(int lock, int64_t place, struct rn_err *err);

#endif
