/* detail.h: what a source says of single networks beyond their numbers. Private to sweep. */
#ifndef RN_SWEEP_DETAIL_H
#define RN_SWEEP_DETAIL_H

#include "regnet/arch.h"
#include "regnet/memory.h"

/* Errors by epoch. */
struct rn_curve {
    size_t n;
    double *epoch, *error;
};

struct rn_detail {
    bool diverged;
    bool has_arch;
    struct rn_arch arch;
    char *settings; /* what it changes in the default configuration (settings.h); NULL: not known */
    struct rn_curve train, test; /* of training images, and of those that were tested on */
};

/* Fills details of the networks with these places in their source (struct rn_records), ascending.
   Zero-initialize details. What the source does not say stays empty. */
enum rn_status rn_details_read(const char *path, const size_t *source, size_t n,
                               struct rn_detail *details, struct rn_err *err);
void rn_detail_release(struct rn_detail *detail);

/* Appends a sentence on where the networks of a source come from, if it says so, and for a sweep
   how many of them came to what. */
enum rn_status rn_details_origin(const char *path, struct rn_buf *out, struct rn_err *err);

/* A point of a curve, behind the last one. */
enum rn_status rn_curve_add(struct rn_curve *curve, double epoch, double error, struct rn_err *err);
/* The network and the settings of a configuration; one that is none of ours leaves detail empty. */
enum rn_status rn_detail_configure(struct rn_detail *detail, const struct rn_config *cfg,
                                   struct rn_err *err);

/* By kind of source: a JSON list, and a sweep's directory. */
enum rn_status rn_details_from_json(const char *path, const size_t *source, size_t n,
                                    struct rn_detail *details, struct rn_err *err);
enum rn_status rn_details_from_runs(const char *dir, const size_t *source, size_t n,
                                    struct rn_detail *details, struct rn_err *err);

#endif
