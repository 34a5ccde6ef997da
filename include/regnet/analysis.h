/*
 * analysis.h: what trained populations say, whole: distributions, parameters, trends, and the
 * networks themselves, as one page and as figures.
 *
 * Works on any population that records.h reads. The figures are descriptions (report.h), made once:
 * the page, the files and the terminal's text are all drawn from them. docs/reports.md.
 *
 *     RN_TRY(rn_analysis_new(paths, n, &(struct rn_analysis_options){0}, &analysis, err));
 *     RN_TRY(rn_analysis_page(analysis, &html, err));
 *     rn_analysis_free(analysis);
 */
#ifndef REGNET_ANALYSIS_H
#define REGNET_ANALYSIS_H

#include "regnet/records.h"
#include "regnet/report.h"

struct rn_analysis;

struct rn_analysis_options {
    const char *title; /* NULL: the populations' names */
    const char *where; /* distributions of the networks in these ranges, too (rn_range_parse) */
    const char *split; /* and those of the parts of each population: "NAME=CUT,CUT,..." or "NAME":
                          by its values, by its quarters if it has more than six */
};

enum rn_section {
    RN_SECTION_ERRORS,     /* distributions: all, filtered, split */
    RN_SECTION_PARAMETERS, /* error against each cost and parameter */
    RN_SECTION_TRENDS,
    RN_SECTION_CURVES,  /* error by epoch, of the best and the worst */
    RN_SECTION_NETWORKS /* widths over blocks, of the best and the worst */
};

#define RN_CAPTION_MAX 512

struct rn_exhibit {
    enum rn_section section;
    size_t population; /* whose it is; of all: the number of populations */
    char name[RN_LABEL_MAX], caption[RN_CAPTION_MAX]; /* name: of letters, digits, and -._@ */
    struct rn_figure figure;
};

/* paths: populations, or directories of studies, which stand for all of theirs; borrowed until the
   analysis is freed. RN_E_DATA: one has no trained network, or what rn_records_read says.
   RN_E_CONFIG: options that ask for what is not there. */
enum rn_status rn_analysis_new(const char *const *paths, size_t n,
                               const struct rn_analysis_options *options,
                               struct rn_analysis **analysis, struct rn_err *err);
void rn_analysis_free(struct rn_analysis *analysis);

/* Appends the page; needs gnuplot. */
enum rn_status rn_analysis_page(const struct rn_analysis *analysis, struct rn_buf *html,
                                struct rn_err *err);
/* Appends the table and the differences of the distributions. */
enum rn_status rn_analysis_text(const struct rn_analysis *analysis, struct rn_buf *out,
                                struct rn_err *err);
/* The figures in the page's order; borrowed until the analysis is freed. */
const struct rn_exhibit *rn_analysis_exhibits(const struct rn_analysis *analysis, size_t *n);

#endif
