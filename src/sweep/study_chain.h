/* study_chain.h: a study's file and the files that it is based on. Private to sweep. */
#ifndef RN_SWEEP_STUDY_CHAIN_H
#define RN_SWEEP_STUDY_CHAIN_H

#include "study.h"

#define RN_STUDY_FILES 8

/* The study's own file, its last base, that one's bases, ..., its first base, ...: of two files
   that say something of a key, the earlier one counts. */
struct rn_study_chain {
    bool comparison; /* its keys are known, too (compare.h) */
    size_t n;
    struct rn_doc *doc[RN_STUDY_FILES];
    char *path[RN_STUDY_FILES];
};

/* Zero-initialize a chain but for comparison, and release it in any case. */
enum rn_status rn_study_chain_read(struct rn_study_chain *chain, const char *path,
                                   struct rn_err *err);
void rn_study_chain_release(struct rn_study_chain *chain);

/* The value of a key in the first file that has it, or NULL; *path, if wanted: that file. */
const struct rn_value *rn_study_find(const struct rn_study_chain *chain, const char *key,
                                     const char **path);
/* Merges what all files say under a key, a map of configuration keys, over cfg. */
enum rn_status rn_study_merge(const struct rn_study_chain *chain, const char *key,
                              struct rn_config *cfg, struct rn_err *err);
/* A copy of a text, or of the fallback where there is no value; yours to free. */
enum rn_status rn_study_copy_text(const struct rn_value *value, const char *fallback, char **out,
                                  struct rn_err *err);
/* Reads a whole number where there is a value. RN_E_CONFIG: it is out of bounds. */
enum rn_status rn_study_whole_number(const struct rn_value *value, long long min, long long max,
                                     long long *out, struct rn_err *err);
/* The path `name`, of len bytes, as seen from the folder of the file `from`. Yours to free; NULL:
   no memory. */
char *rn_study_beside(const char *from, const char *name, size_t len);

#endif
