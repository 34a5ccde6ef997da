/* Tables of a page. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "page.h"

enum rn_status rn_cells_add(struct rn_cells *cells, struct rn_err *err, const char *fmt, ...)
{
    va_list ap, again;
    int len;
    enum rn_status status;

    va_start(ap, fmt);
    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, ap);
    RN_TRY(rn_buf_reserve(&cells->text, (size_t)len + 1, err));
    (void)vsnprintf(cells->text.data + cells->text.len, (size_t)len + 1, fmt, again);
    cells->text.len += (size_t)len + 1;
    cells->text.data[cells->text.len] = 0;
    cells->n++;
done:
    va_end(again);
    va_end(ap);
    return status;
}

static enum rn_status add_cell(struct rn_page *page, const struct rn_cells *cells, size_t i,
                               const char *text, struct rn_err *err)
{
    bool head = i < cells->columns, last = i % cells->columns == cells->columns - 1;

    if (head)
        return rn_html_element(&page->html, "<th>", text, "</th>", err);
    if (last && cells->commands && *text)
        return rn_html_element(&page->html, "<td><details><summary>command</summary><code>", text,
                               "</code></details></td>", err);
    return rn_html_element(&page->html, "<td>", text, "</td>", err);
}

enum rn_status rn_page_table(struct rn_page *page, const struct rn_cells *cells, struct rn_err *err)
{
    const char *text = cells->text.data;
    enum rn_status status;

    RN_TRY(rn_html_add(&page->html, "<div class=\"table\">\n<table>\n<thead>\n", err));
    for (size_t i = 0; i < cells->n; i++, text += strlen(text) + 1) {
        bool first = i % cells->columns == 0, last = i % cells->columns == cells->columns - 1;
        if (first)
            RN_TRY(rn_html_add(&page->html, "<tr>", err));
        RN_TRY(add_cell(page, cells, i, text, err));
        if (last)
            RN_TRY(rn_html_add(&page->html, "</tr>\n", err));
        if (i + 1 == cells->columns)
            RN_TRY(rn_html_add(&page->html, "</thead>\n<tbody>\n", err));
    }
    status = rn_html_add(&page->html, "</tbody>\n</table>\n</div>\n", err);
done:
    return status;
}
