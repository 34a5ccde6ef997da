/* analysis.h: what the parts of an analysis share. Private to sweep. */
#ifndef RN_SWEEP_ANALYSIS_H
#define RN_SWEEP_ANALYSIS_H

#include "detail.h"
#include "regnet/analysis.h"
#include "study_run.h"

/* A network that is listed one by one. */
struct rn_listed {
    size_t record; /* its row in the records */
    struct rn_detail detail;
};

/* A cost or parameter that is shown. */
struct rn_shown {
    const char *name; /* its column's */
    const double *value;
    bool cost;
    double unit;              /* values are multiplied by it */
    char label[RN_LABEL_MAX]; /* the name with that unit */
    char also[RN_LABEL_MAX];  /* columns with the same values, "w2, w3"; or "" */
};

/* A population, with what is asked of it more than once. */
struct rn_group {
    char *path, *name;
    struct rn_records records;
    struct rn_edf edf;
    struct rn_winners winners;
    size_t n_listed;          /* all networks, or if they are very many the best and the worst */
    struct rn_listed *listed; /* by ascending error */
    size_t n_drawn;           /* networks drawn as points, by ascending error */
    size_t *drawn;            /* their rows */
    const char **names;       /* n_drawn, for hovering: "RegNetX@mini 12, error 13.20 %" */
    struct rn_buf settings;   /* that all listed networks have, as lines; empty: not known */
    struct rn_buf origin;     /* a sentence on where its networks come from; or empty */
    size_t n_shown;           /* columns shown against the error: costs first, no two the same */
    struct rn_shown *shown;
};

struct rn_analysis {
    char *title;
    const char *where, *split;   /* borrowed while it is made */
    struct rn_study_view *study; /* if a study is all that is analysed; its path is borrowed */
    size_t n;
    struct rn_group *groups;
    size_t n_exhibits;
    struct rn_exhibit *exhibits;
};

#define RN_EXTREMES 3 /* networks shown of the best, and of the worst, of a population */

/* analysis_group.c: reads one, by the name that it shall have. */
enum rn_status rn_group_read(struct rn_group *group, const char *path, const char *name,
                             struct rn_err *err);
void rn_group_release(struct rn_group *group);
/* Blocks of a network's stages. */
int rn_count_blocks(const struct rn_arch *arch);
/* analysis_shown.c: fills shown. */
enum rn_status rn_group_show(struct rn_group *group, struct rn_err *err);
/* "RegNetX@mini 12": a network's name. */
void rn_group_network(const struct rn_group *group, size_t record, char name[RN_LABEL_MAX]);
/* The i-th of the best, then of the worst networks, and how many these are. */
size_t rn_group_extremes(const struct rn_group *group);
const struct rn_listed *rn_group_extreme(const struct rn_group *group, size_t i);

/* A new exhibit, for the caller to name and to put a figure into; borrowed until the next. NULL:
   out of memory. */
struct rn_exhibit *rn_exhibit_add(struct rn_analysis *analysis, enum rn_section section,
                                  size_t population, struct rn_err *err);
/* What cannot be in a file's name becomes '-'. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void rn_exhibit_name(struct rn_exhibit *exhibit, const char *fmt, ...);

/* Each adds its exhibits. */
enum rn_status rn_exhibit_errors(struct rn_analysis *analysis, struct rn_err *err);
enum rn_status rn_exhibit_parameters(struct rn_analysis *analysis, struct rn_err *err);
enum rn_status rn_exhibit_trends(struct rn_analysis *analysis, struct rn_err *err);
enum rn_status rn_exhibit_curves(struct rn_analysis *analysis, struct rn_err *err);
enum rn_status rn_exhibit_networks(struct rn_analysis *analysis, struct rn_err *err);

/* Population i against the one before it, in a sentence. */
enum rn_status rn_analysis_compare(const struct rn_analysis *analysis, size_t i, struct rn_buf *out,
                                   struct rn_err *err);

/* analysis_table.c: every network that is listed. */
enum rn_status rn_analysis_networks(const struct rn_analysis *analysis, struct rn_page *page,
                                    struct rn_err *err);
/* Appends "1, 2, 4, 3": d, w, b or g by stage; b and g once where the stages share them. */
enum rn_status rn_stage_list(const struct rn_arch *arch, char letter, struct rn_buf *out,
                             struct rn_err *err);

#endif
