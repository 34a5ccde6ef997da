/* The classes of an index: numbered by their labels, and named by them or by a classes.txt. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/index.h"
#include "regnet/file.h"

#define CLASSES_MAX 1000000
#define NAMES_MAX ((size_t)1 << 26) /* bytes of a classes.txt */

/* -1: not a whole number that could be a class's. */
static long number(const char *label)
{
    char *end;
    long value;

    if (*label < '0' || *label > '9')
        return -1;
    errno = 0;
    value = strtol(label, &end, 10);
    return errno || *end || value >= CLASSES_MAX ? -1 : value;
}

/* One more than the greatest label; 0: they are not all numbers. */
static size_t count_numbers(const struct rn_index *index)
{
    long greatest = -1;

    for (size_t k = 0; k < index->n_labels; k++) {
        long value = number(rn_index_text(index, index->labels[k]));
        if (value < 0)
            return 0;
        greatest = value > greatest ? value : greatest;
    }
    return (size_t)(greatest + 1);
}

/* So that the classes are numbers in their own order, those in between without an image too. */
static enum rn_status name_by_number(struct rn_index *index, size_t *places, size_t n,
                                     struct rn_err *err)
{
    char text[24];
    enum rn_status status = RN_OK;

    for (size_t k = 0; k < n; k++) {
        (void)snprintf(text, sizeof text, "%zu", k);
        RN_TRY(rn_index_add_text(index, text, &places[k], err));
    }
done:
    return status;
}

/* The lines of a text that are not empty, the first n of them into the index; *found: how many. */
static enum rn_status add_names(struct rn_index *index, char *text, size_t *places, size_t n,
                                size_t *found, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    *found = 0;
    for (char *line = text, *next; line; line = next) {
        size_t len = strcspn(line, "\r\n");
        next = strchr(line, '\n');
        next = next ? next + 1 : NULL;
        if (len == 0)
            continue;
        line[len] = 0;
        if (*found < n)
            RN_TRY(rn_index_add_text(index, line, &places[*found], err));
        ++*found;
    }
done:
    return status;
}

static enum rn_status name_by_file(struct rn_index *index, const char *path, size_t *places,
                                   size_t n, struct rn_err *err)
{
    struct rn_buf text = {0};
    size_t found;
    enum rn_status status;

    RN_TRY(rn_file_read(path, NAMES_MAX, &text, err));
    RN_TRY(add_names(index, text.data, places, n, &found, err));
    if (found != n)
        status = rn_fail(err, RN_E_DATA,
                         "%s: %zu names, but the labels are numbers from 0 to %zu; a line with a "
                         "name is expected for each",
                         path, found, n - 1);
done:
    rn_buf_release(&text);
    return status;
}

/* Of numbers that are the classes', the names are the lines of ROOT/classes.txt, if there is one.
 */
static enum rn_status name_numbers(struct rn_index *index, size_t n, struct rn_err *err)
{
    size_t *places = rn_alloc(n, sizeof *places);
    struct rn_buf path = {0};
    enum rn_status status;

    if (!places)
        return rn_nomem(err, n * sizeof *places, "classes");
    RN_TRY(rn_path_join(&path, index->root, "classes.txt", err));
    if (rn_path_exists(path.data))
        RN_TRY(name_by_file(index, path.data, places, n, err));
    else
        RN_TRY(name_by_number(index, places, n, err));
    for (size_t k = 0; k < n; k++) /* not before: the text moves when it grows */
        index->classes[k] = rn_index_text(index, places[k]);
    index->by_number = true;
done:
    rn_buf_release(&path);
    rn_free(places);
    return status;
}

enum rn_status rn_index_number(struct rn_index *index, bool numbers, struct rn_err *err)
{
    size_t counted = numbers ? count_numbers(index) : 0, n = counted ? counted : index->n_labels;
    enum rn_status status = RN_OK;

    if (n == 0)
        return rn_fail(err, RN_E_DATA, "%s: no classes are here", index->root);
    index->classes = rn_alloc(n, sizeof *index->classes);
    if (!index->classes)
        return rn_nomem(err, n * sizeof *index->classes, "classes");
    if (counted)
        RN_TRY(name_numbers(index, n, err));
    for (size_t k = 0; k < n && !counted; k++)
        index->classes[k] = rn_index_text(index, index->labels[k]);
    index->n_classes = (int)n;
done:
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The class of that label: a number, or a name among names in bytewise order. */
static long class_of(const struct rn_index *classes, const char *label)
{
    const char **found;
    long value = number(label);

    if (classes->by_number)
        return value < classes->n_classes ? value : -1;
    found = bsearch(&label, classes->classes, (size_t)classes->n_classes, sizeof label, by_name);
    return found ? found - classes->classes : -1;
}

enum rn_status rn_index_labels(const struct rn_index *index, const struct rn_index *classes,
                               int32_t **labels, struct rn_err *err)
{
    int32_t *out = rn_alloc(index->n, sizeof *out);

    if (!out)
        return rn_nomem(err, index->n * sizeof *out, "labels");
    for (size_t i = 0; i < index->n; i++) {
        const struct rn_entry *entry = &index->entries[i];
        long k = i > 0 && entry->label == entry[-1].label
                     ? out[i - 1]
                     : class_of(classes, rn_index_text(index, entry->label));
        if (k < 0) {
            rn_free(out);
            return rn_fail(
                err, RN_E_DATA, "%s/%s: labelled %s, which is no class of the training part",
                index->root, rn_index_text(index, entry->path), rn_index_text(index, entry->label));
        }
        out[i] = (int32_t)k;
    }
    *labels = out;
    return RN_OK;
}
