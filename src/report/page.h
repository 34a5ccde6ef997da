/* page.h: what the parts of a page share. Private to report. */
#ifndef RN_REPORT_PAGE_H
#define RN_REPORT_PAGE_H

#include "regnet/report.h"

enum rn_status rn_html_add(struct rn_buf *html, const char *markup, struct rn_err *err);
/* open, the escaped text, close */
enum rn_status rn_html_element(struct rn_buf *html, const char *open, const char *text,
                               const char *close, struct rn_err *err);

#endif
