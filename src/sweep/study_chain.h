/* study_chain.h: a study's file and the files that it is based on. Private to sweep. */
#ifndef RN_SWEEP_STUDY_CHAIN_H
#define RN_SWEEP_STUDY_CHAIN_H

#include "study.h"

#define RN_STUDY_FILES 8

/* The study's own file, its last base, that one's bases, ..., its first base, ...: of two files
   that say something of a key, the earlier one counts. */
struct rn_study_chain {
    size_t n;
    struct rn_doc *doc[RN_STUDY_FILES];
    char *path[RN_STUDY_FILES];
};

/* Release the chain in any case. */
enum rn_status rn_study_chain_read(struct rn_study_chain *chain, const char *path,
                                   struct rn_err *err);
void rn_study_chain_release(struct rn_study_chain *chain);

/* The value of a key in the first file that has it, or NULL; *path, if wanted: that file. */
const struct rn_value *rn_study_find(const struct rn_study_chain *chain, const char *key,
                                     const char **path);
/* The path `name`, of len bytes, as seen from the folder of the file `from`. Yours to free; NULL:
   no memory. */
char *rn_study_beside(const char *from, const char *name, size_t len);

#endif
