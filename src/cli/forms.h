/* forms.h: figures as files: --as svg,pdf,png,csv. */
#ifndef RN_CLI_FORMS_H
#define RN_CLI_FORMS_H

#include "regnet/report.h"

/* Sets form[f] for the forms that text names; NULL: all. RN_E_CONFIG: it names another. */
enum rn_status rn_forms_parse(const char *text, bool form[RN_FORMS], struct rn_err *err);
/* Writes DIR/NAME.svg and so on, in a directory that is there. */
enum rn_status rn_forms_write(const struct rn_figure *figure, const char *name, const char *dir,
                              const bool form[RN_FORMS], struct rn_err *err);

#endif
