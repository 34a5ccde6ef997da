/* The items of a JSON list, found by their brackets and quotes; what is between them is parsed one
   by one. */
#include "items.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define MOST_BYTES ((size_t)64 << 20) /* of an item */

static int next_char(struct rn_items *items)
{
    int c = getc_unlocked(items->in);

    if (c == '\n') {
        items->line++;
        items->column = 1;
    } else {
        items->column++;
    }
    return c;
}

static int next_visible(struct rn_items *items)
{
    int c;

    do
        c = next_char(items);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
    return c;
}

static enum rn_status fail_here(const struct rn_items *items, struct rn_err *err, const char *what)
{
    if (ferror(items->in))
        return rn_fail(err, RN_E_IO, "%s: could not read this file: %s", items->path,
                       strerror(errno));
    return rn_fail(err, RN_E_DATA, "%s:%zu:%zu: %s", items->path, items->line, items->column - 1,
                   what);
}

/* Past the byte order mark that some editors write, and the bracket. */
static enum rn_status begin_list(struct rn_items *items, struct rn_err *err)
{
    int c;

    items->line = items->column = 1;
    c = next_visible(items);
    if (c == 0xEF && next_char(items) == 0xBB && next_char(items) == 0xBF)
        c = next_visible(items);
    if (c != '[')
        return fail_here(items, err,
                         "a list was expected: of errors, of pycls' jobs or of nds' records");
    return RN_OK;
}

static enum rn_status add(struct rn_items *items, int c, struct rn_err *err)
{
    struct rn_buf *text = &items->text;
    enum rn_status status;

    if (text->len == MOST_BYTES)
        return fail_here(items, err, "a record of more than 64 MB");
    if (text->cap < text->len + 2) {
        status = rn_buf_reserve(text, text->len + 256, err);
        if (status != RN_OK)
            return status;
    }
    text->data[text->len++] = (char)c;
    return RN_OK;
}

/* NaN and Infinity, which Python writes and JSON has not, from their first letter on: null. */
static enum rn_status add_null(struct rn_items *items, int first, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (const char *rest = first == 'N' ? "aN" : "nfinity"; *rest; rest++)
        if (next_char(items) != *rest)
            return fail_here(items, err, "not JSON: NaN or Infinity was expected");
    if (items->text.len > 0 && items->text.data[items->text.len - 1] == '-')
        items->text.len--;
    for (const char *null = "null"; *null && status == RN_OK; null++)
        status = add(items, *null, err);
    return status;
}

/* From its first character to the comma or bracket that ends it. */
static enum rn_status read_text(struct rn_items *items, int c, struct rn_err *err)
{
    bool quoted = false, escaped = false;
    int depth = 0;
    enum rn_status status = RN_OK;

    items->text.len = 0;
    items->begin.line = items->line, items->begin.column = items->column - 1;
    for (; c != EOF; c = next_char(items)) {
        if (!quoted && depth <= 0 && (c == ',' || c == ']'))
            break;
        if (!quoted)
            depth += (c == '[' || c == '{') - (c == ']' || c == '}');
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        if (!quoted && (c == 'N' || c == 'I'))
            RN_TRY(add_null(items, c, err));
        else
            RN_TRY(add(items, c, err));
    }
    if (c == EOF)
        return fail_here(items, err,
                         "the file ends inside of its list: it was cut, or is still being written");
    items->last = c;
done:
    return status;
}

/* Parsed after as many lines and columns as stand before it in the file, so that the message has
   the file's. */
static enum rn_status fail_to_parse(const struct rn_items *items, struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_doc *doc = NULL;
    enum rn_status status = RN_OK;

    for (size_t i = 1; i < items->begin.line; i++)
        RN_TRY(rn_buf_add(&text, "\n", 1, err));
    for (size_t i = 1; i < items->begin.column; i++)
        RN_TRY(rn_buf_add(&text, " ", 1, err));
    RN_TRY(rn_buf_add(&text, items->text.data, items->text.len, err));
    (void)rn_doc_parse_json(text.data, text.len, items->path, &doc, err);
    status = RN_E_DATA;
done:
    rn_doc_free(doc);
    rn_buf_release(&text);
    return status;
}

static enum rn_status end_list(struct rn_items *items, struct rn_doc **doc, struct rn_err *err)
{
    *doc = NULL;
    if (next_visible(items) != EOF || ferror(items->in))
        return fail_here(items, err, "something stands after the list");
    return RN_OK;
}

enum rn_status rn_items_next(struct rn_items *items, struct rn_doc **doc, struct rn_err *err)
{
    char name[512];
    enum rn_status status;
    int c;

    if (items->last == ']')
        return end_list(items, doc, err);
    if (items->last == 0)
        RN_TRY(begin_list(items, err));
    c = next_visible(items);
    if (c == ']' && items->last == 0) {
        items->last = c;
        return end_list(items, doc, err);
    }
    if (c == ',' || c == ']')
        return fail_here(items, err, "a record was expected");
    RN_TRY(read_text(items, c, err));
    items->n++;
    (void)snprintf(name, sizeof name, "%s:%zu: record %zu", items->path, items->begin.line,
                   items->n);
    status = rn_doc_parse_json(items->text.data, items->text.len, name, doc, err);
    if (status == RN_E_CONFIG)
        status = fail_to_parse(items, err);
done:
    return status;
}

void rn_items_release(struct rn_items *items)
{
    rn_buf_release(&items->text);
}
