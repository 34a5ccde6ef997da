/* Figures as files, in the forms that are asked for. */
#include "forms.h"

#include <string.h>

#include "regnet/file.h"

enum rn_status rn_forms_parse(const char *text, bool form[RN_FORMS], struct rn_err *err)
{
    for (int f = 0; f < RN_FORMS; f++)
        form[f] = !text;
    while (text && *text) {
        size_t len = strcspn(text, ",");
        int f = 0;
        while (f < RN_FORMS && (strlen(rn_form_text((enum rn_form)f)) != len ||
                                memcmp(text, rn_form_text((enum rn_form)f), len) != 0))
            f++;
        if (f == RN_FORMS)
            return rn_fail(err, RN_E_CONFIG, "--as takes svg, pdf, png and csv, not \"%.*s\"",
                           (int)len, text);
        form[f] = true;
        text += len + (text[len] == ',');
    }
    return RN_OK;
}

static enum rn_status write_one(const struct rn_figure *figure, const char *name, const char *dir,
                                enum rn_form form, struct rn_err *err)
{
    struct rn_buf path = {0}, drawing = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&path, err, "%s/%.*s.%s", dir, 150, name, rn_form_text(form)));
    RN_TRY(rn_figure_draw(figure, form, &drawing, err));
    status = rn_file_write(path.data, drawing.data, drawing.len, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&drawing);
    return status;
}

enum rn_status rn_forms_write(const struct rn_figure *figure, const char *name, const char *dir,
                              const bool form[RN_FORMS], struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (int f = 0; f < RN_FORMS && status == RN_OK; f++)
        if (form[f])
            status = write_one(figure, name, dir, (enum rn_form)f, err);
    return status;
}
