/* The page of a comparison. */
#include <math.h>
#include <string.h>

#include "compare.h"
#include "settings.h"

static enum rn_status add_table(const struct rn_comparison *c, struct rn_page *page,
                                struct rn_err *err)
{
    struct rn_cells cells = {0};
    struct rn_buf notes = {0};
    enum rn_status status;

    RN_TRY(rn_page_heading(page, "The networks", err));
    RN_TRY(rn_compare_cells(c, &cells, err));
    RN_TRY(rn_page_table(page, &cells, err));
    RN_TRY(rn_compare_notes(c, &notes, err));
    if (notes.len > 0)
        status = rn_page_text(page, notes.data, err);
done:
    rn_buf_release(&cells.text);
    rn_buf_release(&notes);
    return status;
}

static enum rn_status add_figure(const struct rn_comparison *c, const char *cost,
                                 struct rn_page *page, struct rn_err *err)
{
    struct rn_figure figure = {0};
    struct rn_buf svg = {0};
    struct rn_err inner = {0};
    enum rn_status status = rn_comparison_figure(c, cost, &figure, &inner);

    if (status == RN_E_DATA)
        return RN_OK;
    if (status != RN_OK)
        return rn_fail(err, status, "%s", inner.msg);
    RN_TRY(rn_figure_draw(&figure, RN_FORM_SVG, &svg, err));
    status = rn_page_svg(page, svg.data, "", err);
done:
    rn_figure_release(&figure);
    rn_buf_release(&svg);
    return status;
}

static enum rn_status add_figures(const struct rn_comparison *c, struct rn_page *page,
                                  struct rn_err *err)
{
    static const char *const costs[] = {"flops", "params", "acts", "time"};
    enum rn_status status;

    RN_TRY(rn_page_heading(page, "Error against cost", err));
    RN_TRY(rn_page_row_begin(page, err));
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
        RN_TRY(add_figure(c, costs[i], page, err));
    status = rn_page_row_end(page, err);
done:
    return status;
}

static bool is_any_trained(const struct rn_comparison *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->rows[i].trained > 0 || c->rows[i].failed > 0)
            return true;
    return false;
}

static enum rn_status add_training(const struct rn_comparison *c, struct rn_page *page,
                                   struct rn_err *err)
{
    struct rn_config defaults;
    struct rn_buf settings = {0};
    enum rn_status status;

    rn_config_default(&defaults);
    RN_TRY(rn_page_heading(page, "How they are trained", err));
    RN_TRY(
        rn_page_text(page, "All alike; these settings, and the defaults of every other key.", err));
    RN_TRY(rn_settings_add(&defaults, &c->config, &settings, err));
    status = rn_page_pre(page, settings.data ? settings.data : "", err);
done:
    rn_buf_release(&settings);
    return status;
}

enum rn_status rn_comparison_page(const struct rn_comparison *c, struct rn_buf *html,
                                  struct rn_err *err)
{
    struct rn_page page = {0};
    enum rn_status status;

    RN_TRY(rn_page_begin(&page, c->name, err));
    if (*c->description)
        RN_TRY(rn_page_text(&page, c->description, err));
    RN_TRY(add_table(c, &page, err));
    RN_TRY(add_figures(c, &page, err));
    if (is_any_trained(c))
        RN_TRY(add_training(c, &page, err));
    RN_TRY(rn_page_end(&page, err));
    status = rn_buf_add(html, page.html.data, page.html.len, err);
done:
    rn_page_release(&page);
    return status;
}
