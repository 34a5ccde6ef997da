/* An HTML page: one file with its style and figures inside, readable on a screen and on paper. */
#include "regnet/report.h"

#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\n"
    "body { font: 16px/1.5 Helvetica, Arial, sans-serif; color: #222; background: #fff;\n"
    "       max-width: 54em; margin: 2em auto; padding: 0 1em; }\n"
    "h1 { font-size: 1.7em; line-height: 1.2; margin-bottom: 0.6em; }\n"
    "h2 { font-size: 1.2em; margin: 2em 0 0.5em; padding-bottom: 0.2em;\n"
    "     border-bottom: 1px solid #ddd; }\n"
    "table { border-collapse: collapse; font-size: 0.875em; font-variant-numeric: tabular-nums;\n"
    "        margin: 1em 0; }\n"
    "th, td { padding: 0.25em 0 0.25em 1.6em; text-align: right; }\n"
    "th { border-bottom: 1px solid #222; vertical-align: bottom; font-weight: 600; }\n"
    "td { border-bottom: 1px solid #eee; white-space: nowrap; }\n"
    "th:first-child, td:first-child { text-align: left; padding-left: 0; }\n"
    "pre { font: 13px/1.4 \"DejaVu Sans Mono\", Consolas, monospace; background: #f6f6f6;\n"
    "      padding: 0.7em 1em; overflow-x: auto; }\n"
    "figure { margin: 1em 0; }\nfigure svg { max-width: 100%; height: auto; }\n"
    "figcaption { color: #555; font-size: 0.9em; }\n"
    "@media print { body { font-size: 10pt; max-width: none; margin: 0; }\n"
    "  pre { white-space: pre-wrap; } figure, tr { break-inside: avoid; }\n"
    "  h2 { break-after: avoid; } thead { display: table-header-group; } }\n"
    "</style>\n<title>";

static enum rn_status add(struct rn_page *page, const char *html, struct rn_err *err)
{
    return rn_buf_add(&page->html, html, strlen(html), err);
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static enum rn_status escape(struct rn_page *page, const char *text, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    while (status == RN_OK && *text) {
        size_t plain = strcspn(text, "&<>\"'");
        status = rn_buf_add(&page->html, text, plain, err);
        text += plain;
        if (status == RN_OK && *text)
            status = add(page, entity(*text++), err);
    }
    return status;
}

/* open, the escaped text, close */
static enum rn_status element(struct rn_page *page, const char *open, const char *text,
                              const char *close, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(add(page, open, err));
    RN_TRY(escape(page, text, err));
    status = add(page, close, err);
done:
    return status;
}

enum rn_status rn_page_begin(struct rn_page *page, const char *title, struct rn_err *err)
{
    enum rn_status status;

    page->html.len = 0;
    RN_TRY(element(page, head, title, "</title>\n</head>\n<body>\n", err));
    status = element(page, "<h1>", title, "</h1>\n", err);
done:
    return status;
}

enum rn_status rn_page_heading(struct rn_page *page, const char *text, struct rn_err *err)
{
    return element(page, "<h2>", text, "</h2>\n", err);
}

enum rn_status rn_page_text(struct rn_page *page, const char *text, struct rn_err *err)
{
    return element(page, "<p>", text, "</p>\n", err);
}

enum rn_status rn_page_pre(struct rn_page *page, const char *text, struct rn_err *err)
{
    return element(page, "<pre>", text, "</pre>\n", err);
}

enum rn_status rn_page_svg(struct rn_page *page, const char *svg, const char *caption,
                           struct rn_err *err)
{
    const char *root = strstr(svg, "<svg"); /* an XML declaration has no place inside HTML */
    enum rn_status status;

    if (!root)
        return rn_fail(err, RN_E_DATA, "a figure for a page is not SVG");
    RN_TRY(add(page, "<figure>\n", err));
    RN_TRY(add(page, root, err));
    status = element(page, "<figcaption>", caption, "</figcaption>\n</figure>\n", err);
done:
    return status;
}

static enum rn_status table_row(struct rn_page *page, const char *const *cells, size_t columns,
                                bool is_head, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(add(page, "<tr>", err));
    for (size_t c = 0; c < columns; c++)
        RN_TRY(
            element(page, is_head ? "<th>" : "<td>", cells[c], is_head ? "</th>" : "</td>", err));
    status = add(page, "</tr>\n", err);
done:
    return status;
}

enum rn_status rn_page_table(struct rn_page *page, const char *const *cells, size_t rows,
                             size_t columns, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(add(page, "<table>\n<thead>\n", err));
    for (size_t r = 0; r < rows; r++) {
        RN_TRY(table_row(page, cells + r * columns, columns, r == 0, err));
        if (r == 0)
            RN_TRY(add(page, "</thead>\n<tbody>\n", err));
    }
    status = add(page, "</tbody>\n</table>\n", err);
done:
    return status;
}

enum rn_status rn_page_end(struct rn_page *page, struct rn_err *err)
{
    return add(page, "</body>\n</html>\n", err);
}
