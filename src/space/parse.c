/* A space from a text in memory. */
#include <string.h>

#include "room.h"

enum rn_status rn_space_parse(const char *text, const char *path, struct rn_space **space,
                              struct rn_err *err)
{
    struct rn_space *made = rn_space_new();
    struct rn_doc *doc = NULL;
    enum rn_status status;

    if (!made)
        return rn_nomem(err, sizeof *made, "a space");
    RN_TRY(rn_doc_parse_yaml(text, strlen(text), path, &doc, err));
    RN_TRY(rn_space_read_root(made, rn_doc_root(doc), path, 0, err));
    RN_TRY(rn_space_compile(made, err));
    *space = made;
    made = NULL;
done:
    rn_doc_free(doc);
    rn_space_free(made);
    return status;
}
