/* study.h: a study as read from its file, and its directory. Private to sweep. */
#ifndef RN_SWEEP_STUDY_H
#define RN_SWEEP_STUDY_H

#include <stdint.h>

#include "regnet/sweep.h"
#include "sweep_file.h"

struct rn_study {
    char *name, *description;
    int networks;  /* a space */
    uint64_t seed; /* of what the spaces draw */
    size_t n_spaces;
    char **space_names;             /* as rn_space_open takes them; paths are absolute */
    struct rn_space **spaces;       /* n_spaces, or NULL: only read, not opened */
    struct rn_config config, final; /* of the networks, and of the retraining */
    bool retrain;                   /* the best network, by final */
};

/* The file alone: no space is opened. */
enum rn_status rn_study_read(const char *path, struct rn_study **study, struct rn_err *err);
/* The same with its spaces, opened; the data set is not looked at. */
enum rn_status rn_study_load(const char *path, struct rn_study **study, struct rn_err *err);
/* What the files in DATA_LOADER.DIR, or data_dir if it is not NULL, say of the configuration. */
enum rn_status rn_study_find_data(struct rn_config *cfg, const char *data_dir, struct rn_err *err);
/* Appends the study as a file that reads back to the same, every key of both configurations
   written out. */
enum rn_status rn_study_dump(const struct rn_study *study, struct rn_buf *out, struct rn_err *err);
/* Appends one population's part of it, for DIR/<space>/sweep.yaml. */
enum rn_status rn_study_dump_sweep(const struct rn_study *study, size_t space, struct rn_buf *out,
                                   struct rn_err *err);

/* A study's directory, which this process shares with others that work on the same study. */
struct rn_study_dir {
    const char *path; /* borrowed */
    int lock;         /* dir_lock.h; -1: not open */
    int networks;     /* a space: as asked, and no fewer than the directory already has */
};

/* Makes or takes up the directory. RN_E_CONFIG: it holds another study, and what differs.
   RN_E_FAILED: another process works on it, and it would have to be changed. */
enum rn_status rn_study_dir_open(const struct rn_study *study,
                                 const struct rn_study_options *options, struct rn_study_dir *dir,
                                 struct rn_err *err);
void rn_study_dir_close(struct rn_study_dir *dir);
/* Removes a directory and all that is in it; a missing one is fine. */
enum rn_status rn_tree_remove(const char *path, struct rn_err *err);

#endif
