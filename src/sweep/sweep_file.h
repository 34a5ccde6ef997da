/* sweep_file.h: what a population is: its directory's sweep.yaml. Private to sweep. */
#ifndef RN_SWEEP_FILE_H
#define RN_SWEEP_FILE_H

#include "regnet/space.h"

#define RN_SWEEP_NETWORKS 1000000 /* at most */
#define RN_SWEEP_LEASE 86400

struct rn_sweep {
    char *name, *space; /* the space as rn_space_open takes it; a file's path as seen from the
                           population's directory */
    size_t networks;    /* 0: the file does not say */
    uint64_t seed;      /* of what the space draws */
    int retries;        /* of a network that fails */
    double lease;       /* seconds without a sign of life after which an attempt is lost */
    char *keep;         /* what gc leaves of checkpoints: last, best, all, none */
    int classes;        /* of the data set */
    struct rn_config config;
    struct rn_space *drawn; /* NULL: it could not be opened, as *no_space says */
    struct rn_err no_space;
};

/* Of a population that a study or `sweep setup` made. RN_E_IO: there is none in dir. A space that
   is no longer there is no error: parameters are not known then. Yours: rn_sweep_free. */
enum rn_status rn_sweep_read(const char *dir, struct rn_sweep **sweep, struct rn_err *err);
/* The same of a sweep that `sweep setup` made; RN_E_CONFIG: it is a study's population. */
enum rn_status rn_sweep_open(const char *dir, struct rn_sweep **sweep, struct rn_err *err);
void rn_sweep_free(struct rn_sweep *sweep);
/* What sweep.yaml says, without its space. */
enum rn_status rn_sweep_fill(const struct rn_value *root, struct rn_sweep **sweep,
                             struct rn_err *err);

/* Classes of the data set that a configuration trains on. */
int rn_study_classes(const struct rn_config *cfg);

/* Appends sweep.yaml, every key of the configuration written out. */
enum rn_status rn_sweep_dump(const struct rn_sweep *sweep, struct rn_buf *out, struct rn_err *err);
/* "key:" and the whole configuration below it, indented. */
enum rn_status rn_dump_config(struct rn_buf *out, const char *key, const struct rn_config *cfg,
                              struct rn_err *err);
/* "key: " and a text, quoted as JSON quotes it, which YAML reads. */
enum rn_status rn_dump_text(struct rn_buf *out, const char *key, const char *text,
                            struct rn_err *err);

/* Network i, with the data set's number of classes. */
enum rn_status rn_sweep_draw(const struct rn_sweep *sweep, size_t i, struct rn_sample *sample,
                             struct rn_err *err);
/* A drawn setting's value where it is a number. */
bool rn_setting_number(const struct rn_space_setting *setting, double *number);

#endif
