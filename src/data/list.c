/* Lists of images: a text file a part, `path label` in each line, paths from the list's folder. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "data/index.h"
#include "regnet/file.h"

#define LIST_MAX ((size_t)1 << 30)

static enum rn_status list_path(struct rn_buf *path, const char *dir, const char *part,
                                struct rn_err *err)
{
    path->len = 0;
    return part ? rn_buf_addf(path, err, "%s/%s.txt", dir, part)
                : rn_buf_addf(path, err, "%s", dir);
}

static bool has(const char *dir, const char *part)
{
    struct rn_buf path = {0};
    bool found = list_path(&path, dir, part, NULL) == RN_OK && rn_is_file(path.data);

    rn_buf_release(&path);
    return found;
}

/* The label is behind the last blank, so that a path may have some. */
static enum rn_status add_line(char *line, const char *list, int number, struct rn_index *index,
                               struct rn_err *err)
{
    char *end = line + strlen(line), *label;
    struct rn_entry entry = {0};
    enum rn_status status;

    while (end > line && isspace((unsigned char)end[-1]))
        *--end = 0;
    if (end == line)
        return RN_OK;
    for (label = end; label > line && !isspace((unsigned char)label[-1]);)
        label--;
    for (end = label; end > line && isspace((unsigned char)end[-1]);)
        *--end = 0;
    if (end == line)
        return rn_fail(err, RN_E_DATA, "%s:%d: \"%s\"; a path, a blank and a label were expected",
                       list, number, label);
    RN_TRY(rn_index_add_text(index, line, &entry.path, err));
    RN_TRY(rn_index_add_label(index, label, &entry.label, err));
    status = rn_index_add(index, entry, err);
done:
    return status;
}

static enum rn_status scan(const char *dir, const char *part, bool labels_only,
                           struct rn_index *index, struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    int number = 1;
    enum rn_status status;

    (void)labels_only;
    RN_TRY(list_path(&path, dir, part, err));
    RN_TRY(rn_file_read(path.data, LIST_MAX, &text, err));
    if (strlen(text.data) != text.len) {
        status = rn_fail(err, RN_E_DATA, "%s: not a text: it has a byte 0", path.data);
        goto done;
    }
    for (char *line = text.data, *next; line; line = next, number++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        RN_TRY(add_line(line, path.data, number, index, err));
    }
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

const struct rn_kind rn_kind_list = {"list", "PART.txt", true, has, scan};
