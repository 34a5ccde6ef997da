/* An HTML page: one file with its style and figures inside, readable on a screen and on paper. */
#include "page.h"

#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\n"
    "body { font: 16px/1.5 Helvetica, Arial, sans-serif; color: #222; background: #fff;\n"
    "       max-width: 70em; margin: 2em auto; padding: 0 1em; }\n"
    "h1 { font-size: 1.7em; line-height: 1.2; margin-bottom: 0.6em; }\n"
    "h2 { font-size: 1.25em; margin: 2em 0 0.5em; padding-bottom: 0.2em;\n"
    "     border-bottom: 1px solid #ddd; }\n"
    "h3 { font-size: 1em; margin: 1.5em 0 0.3em; overflow-wrap: anywhere; }\n"
    "p { max-width: 48em; overflow-wrap: anywhere; }\n"
    "nav a { margin-right: 1.2em; white-space: nowrap; }\na { color: #0072b2; }\n"
    ".table { overflow-x: auto; margin: 1em 0; }\n"
    "table { border-collapse: collapse; font-size: 0.875em; font-variant-numeric: tabular-nums; }\n"
    "th, td { padding: 0.25em 0 0.25em 1.4em; text-align: right; vertical-align: top; }\n"
    "th { border-bottom: 1px solid #222; vertical-align: bottom; font-weight: 600;\n"
    "     cursor: pointer; }\n"
    "th[aria-sort=ascending]::after { content: \" \\2191\"; }\n"
    "th[aria-sort=descending]::after { content: \" \\2193\"; }\n"
    "td { border-bottom: 1px solid #eee; white-space: nowrap; }\n"
    "th:first-child, td:first-child { text-align: left; padding-left: 0; }\n"
    "td details { text-align: left; } td summary { cursor: pointer; color: #0072b2; }\n"
    "td code { white-space: pre-wrap; overflow-wrap: anywhere; display: block; width: 34em; }\n"
    "pre { font: 13px/1.4 \"DejaVu Sans Mono\", Consolas, monospace; background: #f6f6f6;\n"
    "      padding: 0.7em 1em; overflow: auto; max-height: 30em; }\n"
    "figure { margin: 1em 0; overflow-x: auto; }\n"
    "figure svg { max-width: 100%; min-width: 540px; height: auto; }\n"
    "figcaption { color: #555; font-size: 0.9em; max-width: 48em; }\n"
    ".row { display: flex; flex-wrap: wrap; gap: 0.5em 1em; }\n"
    ".row figure { margin: 0.3em 0; width: 350px; max-width: 100%; }\n"
    ".row svg { min-width: 0; }\n"
    "progress { width: 100%; height: 0.8em; accent-color: #0072b2; }\n"
    "circle { stroke: transparent; stroke-width: 4; }\n"
    "circle:hover { stroke: #000; stroke-width: 1.5; opacity: 1; }\n"
    "@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; }\n"
    "  body { color: #ddd; background: #1b1b1d; } a, td summary { color: #6cb8e6; }\n"
    "  h2, td { border-color: #3a3a3d; } th { border-color: #ddd; } figcaption { color: #aaa; }\n"
    "  pre { background: #27272a; } progress { accent-color: #6cb8e6; }\n"
    "  figure svg { filter: invert(0.89) hue-rotate(180deg); } }\n"
    "@media print { body { font-size: 10pt; max-width: none; margin: 0; }\n"
    "  pre { white-space: pre-wrap; max-height: none; } figure, tr { break-inside: avoid; }\n"
    "  h2, h3 { break-after: avoid; } thead { display: table-header-group; } nav { display: none; "
    "} }\n"
    "</style>\n<title>";

/* A click on a column's head sorts by it: as numbers where the cells begin with one. */
static const char sorting[] =
    "<script>\n"
    "document.addEventListener('click', function (event) {\n"
    "  var th = event.target.closest('th');\n"
    "  if (!th) return;\n"
    "  var up = th.getAttribute('aria-sort') !== 'ascending';\n"
    "  var rows = Array.from(th.closest('table').tBodies[0].rows);\n"
    "  function order(a, b) {\n"
    "    var s = a.cells[th.cellIndex].textContent, t = b.cells[th.cellIndex].textContent;\n"
    "    var x = parseFloat(s), y = parseFloat(t);\n"
    "    if (isNaN(x) !== isNaN(y)) return isNaN(x) ? 1 : -1;\n"
    "    var d = x - y || s.localeCompare(t, 'en', {numeric: true});\n"
    "    return up ? d : -d;\n"
    "  }\n"
    "  Array.from(th.parentNode.cells).forEach(function (c) { c.removeAttribute('aria-sort'); });\n"
    "  th.setAttribute('aria-sort', up ? 'ascending' : 'descending');\n"
    "  rows.sort(order).forEach(function (row) { row.parentNode.appendChild(row); });\n"
    "});\n"
    "</script>\n";

enum rn_status rn_html_add(struct rn_buf *html, const char *markup, struct rn_err *err)
{
    return rn_buf_add(html, markup, strlen(markup), err);
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

static enum rn_status escape(struct rn_buf *html, const char *text, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    while (status == RN_OK && *text) {
        size_t plain = strcspn(text, "&<>\"'");
        status = rn_buf_add(html, text, plain, err);
        text += plain;
        if (status == RN_OK && *text)
            status = rn_html_add(html, entity(*text++), err);
    }
    return status;
}

enum rn_status rn_html_element(struct rn_buf *html, const char *open, const char *text,
                               const char *close, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_html_add(html, open, err));
    RN_TRY(escape(html, text, err));
    status = rn_html_add(html, close, err);
done:
    return status;
}

enum rn_status rn_page_begin(struct rn_page *page, const char *title, struct rn_err *err)
{
    enum rn_status status;

    page->html.len = page->contents.len = page->headings = 0;
    RN_TRY(rn_html_element(&page->html, head, title, "</title>\n</head>\n<body>\n", err));
    RN_TRY(rn_html_element(&page->html, "<h1>", title, "</h1>\n", err));
    page->contents_at = page->html.len;
done:
    return status;
}

enum rn_status rn_page_heading(struct rn_page *page, const char *text, struct rn_err *err)
{
    enum rn_status status;

    page->headings++;
    RN_TRY(rn_buf_addf(&page->contents, err, "<a href=\"#s%zu\"", page->headings));
    RN_TRY(rn_html_element(&page->contents, ">", text, "</a>\n", err));
    RN_TRY(rn_buf_addf(&page->html, err, "<h2 id=\"s%zu\"", page->headings));
    status = rn_html_element(&page->html, ">", text, "</h2>\n", err);
done:
    return status;
}

enum rn_status rn_page_subheading(struct rn_page *page, const char *text, struct rn_err *err)
{
    return rn_html_element(&page->html, "<h3>", text, "</h3>\n", err);
}

enum rn_status rn_page_text(struct rn_page *page, const char *text, struct rn_err *err)
{
    return rn_html_element(&page->html, "<p>", text, "</p>\n", err);
}

enum rn_status rn_page_progress(struct rn_page *page, double done, struct rn_err *err)
{
    return rn_buf_addf(&page->html, err, "<progress value=\"%.4f\">%.0f %%</progress>\n", done,
                       100 * done);
}

enum rn_status rn_page_pre(struct rn_page *page, const char *text, struct rn_err *err)
{
    return rn_html_element(&page->html, "<pre>", text, "</pre>\n", err);
}

enum rn_status rn_page_svg(struct rn_page *page, const char *svg, const char *caption,
                           struct rn_err *err)
{
    const char *root = strstr(svg, "<svg"); /* an XML declaration has no place inside HTML */
    enum rn_status status;

    if (!root)
        return rn_fail(err, RN_E_DATA, "a figure for a page is not SVG");
    RN_TRY(rn_html_add(&page->html, "<figure>\n", err));
    RN_TRY(rn_html_add(&page->html, root, err));
    if (*caption)
        RN_TRY(rn_html_element(&page->html, "<figcaption>", caption, "</figcaption>\n", err));
    status = rn_html_add(&page->html, "</figure>\n", err);
done:
    return status;
}

enum rn_status rn_page_row_begin(struct rn_page *page, struct rn_err *err)
{
    return rn_html_add(&page->html, "<div class=\"row\">\n", err);
}

enum rn_status rn_page_row_end(struct rn_page *page, struct rn_err *err)
{
    return rn_html_add(&page->html, "</div>\n", err);
}

/* Puts the list of headings under the title. */
static enum rn_status add_contents(struct rn_page *page, struct rn_err *err)
{
    struct rn_buf nav = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&nav, err, "<nav>\n%s</nav>\n", page->contents.data));
    RN_TRY(rn_buf_reserve(&page->html, nav.len, err));
    memmove(page->html.data + page->contents_at + nav.len, page->html.data + page->contents_at,
            page->html.len - page->contents_at + 1);
    memcpy(page->html.data + page->contents_at, nav.data, nav.len);
    page->html.len += nav.len;
done:
    rn_buf_release(&nav);
    return status;
}

enum rn_status rn_page_end(struct rn_page *page, struct rn_err *err)
{
    enum rn_status status;

    if (page->headings > 0)
        RN_TRY(add_contents(page, err));
    RN_TRY(rn_html_add(&page->html, sorting, err));
    status = rn_html_add(&page->html, "</body>\n</html>\n", err);
done:
    return status;
}

void rn_page_release(struct rn_page *page)
{
    rn_buf_release(&page->html);
    rn_buf_release(&page->contents);
}
