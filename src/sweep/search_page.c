/* report.html of a search: the winner, the finals, and the front of error against multiply-adds. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "regnet/file.h"
#include "regnet/front.h"
#include "regnet/records.h"
#include "regnet/report.h"
#include "search.h"

static enum rn_status add_finals(const struct rn_search_job *search, struct rn_page *page,
                                 struct rn_err *err)
{
    static const char *const head[] = {"network",
                                       "M multiply-adds",
                                       "images",
                                       "error in the population, %",
                                       "error retrained, %",
                                       "95 % interval",
                                       "trainings"};
    struct rn_cells cells = {.columns = sizeof head / sizeof *head};
    enum rn_status status;

    RN_TRY(rn_page_heading(page, "The best, retrained", err));
    for (size_t i = 0; i < cells.columns; i++)
        RN_TRY(rn_cells_add(&cells, err, "%s", head[i]));
    for (int f = 0; f < search->n_finalists; f++) {
        const struct rn_search_finalist *one = &search->finalists[f];
        RN_TRY(rn_cells_add(&cells, err, "%zu%s", one->network,
                            f == search->winner ? " (the winner)" : ""));
        RN_TRY(rn_cells_add(&cells, err, "%.3f", 1e-6 * (double)one->cx.flops));
        RN_TRY(rn_cells_add(&cells, err, "%s", rn_search_way_name(one->way)));
        RN_TRY(rn_cells_add(&cells, err, "%.2f", one->population_error));
        RN_TRY(rn_cells_add(&cells, err, "%.2f", one->mean));
        RN_TRY(rn_cells_add(&cells, err, "%.2f to %.2f", one->low, one->high));
        RN_TRY(rn_cells_add(&cells, err, "%d", one->trainings));
    }
    status = rn_page_table(page, &cells, err);
done:
    rn_buf_release(&cells.text);
    return status;
}

/* All networks, and a line through those that none beats at both. */
static enum rn_status make_front(const struct rn_records *records, struct rn_figure *figure,
                                 struct rn_err *err)
{
    const double *errors, *flops;
    size_t *front = rn_alloc(records->n, sizeof *front), n_front;
    struct rn_series *series;
    enum rn_status status;

    if (!front)
        return rn_nomem(err, records->n * sizeof *front, "a front");
    RN_TRY(rn_records_need(records, "error", &errors, err));
    RN_TRY(rn_records_need(records, "flops", &flops, err));
    RN_TRY(rn_front(errors, flops, records->n, front, &n_front, err));
    (void)snprintf(figure->x.label, sizeof figure->x.label, "M multiply-adds");
    (void)snprintf(figure->y.label, sizeof figure->y.label, "error on images held out, %%");
    RN_TRY(rn_figure_add(figure, RN_DRAW_POINTS, records->n, &series, err));
    (void)snprintf(series->label, sizeof series->label, "networks");
    for (size_t i = 0; i < records->n; i++) {
        series->x[i] = 1e-6 * flops[i];
        series->y[i] = errors[i];
    }
    RN_TRY(rn_figure_add(figure, RN_DRAW_LINE, n_front, &series, err));
    (void)snprintf(series->label, sizeof series->label, "Pareto front");
    series->colour = 1;
    for (size_t i = 0; i < n_front; i++) {
        series->x[i] = 1e-6 * flops[front[i]];
        series->y[i] = errors[front[i]];
    }
done:
    rn_free(front);
    return status;
}

static enum rn_status add_front(const struct rn_search_job *search, struct rn_page *page,
                                struct rn_err *err)
{
    struct rn_figure figure = {0};
    struct rn_records records = {0};
    struct rn_buf path = {0}, svg = {0};
    enum rn_status status;

    RN_TRY(rn_search_path(search, "population", &path, err));
    RN_TRY(rn_records_read(path.data, &records, err));
    RN_TRY(make_front(&records, &figure, err));
    RN_TRY(rn_figure_draw(&figure, RN_FORM_SVG, &svg, err));
    RN_TRY(rn_page_heading(page, "The population", err));
    status = rn_page_svg(page, svg.data,
                         "Each point is a network, trained a little; the line joins those that no "
                         "other beats at both error and cost.",
                         err);
done:
    rn_records_release(&records);
    rn_figure_release(&figure);
    rn_buf_release(&path);
    rn_buf_release(&svg);
    return status;
}

enum rn_status rn_search_page(const struct rn_search_job *search, const struct rn_buf *card,
                              struct rn_err *err)
{
    struct rn_page page = {0};
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_page_begin(&page, "Search", err));
    RN_TRY(rn_page_heading(&page, "The network", err));
    RN_TRY(rn_page_pre(&page, card->data, err));
    RN_TRY(add_finals(search, &page, err));
    RN_TRY(add_front(search, &page, err));
    RN_TRY(rn_page_end(&page, err));
    RN_TRY(rn_search_path(search, "report.html", &path, err));
    status = rn_file_write(path.data, page.html.data, page.html.len, err);
done:
    rn_page_release(&page);
    rn_buf_release(&path);
    return status;
}
