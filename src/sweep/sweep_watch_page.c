/* A sweep as it goes, as a page. */
#include <time.h>

#include "sweep_watch.h"

#define BEST 10          /* networks that are listed */
#define MOST_FAILURES 50 /* likewise */

static enum rn_status add_time(struct rn_page *page, struct rn_err *err)
{
    char text[64];
    time_t now = time(NULL);
    struct tm local;

    if (!localtime_r(&now, &local) ||
        strftime(text, sizeof text, "As of %d %B %Y, %H:%M:%S.", &local) == 0)
        return RN_OK;
    return rn_page_text(page, text, err);
}

/* How many stand how, the best so far, and the time left. */
static enum rn_status add_states(const struct rn_sweep_watch *watch, const struct rn_ranked *best,
                                 bool over, struct rn_page *page, struct rn_err *err)
{
    const struct rn_jobs *jobs = &watch->view.jobs;
    size_t done = rn_watch_done(watch);
    struct rn_cells cells = {.columns = 3};
    char left[RN_PACE_TEXT];
    enum rn_status status;

    for (int s = 0; s < RN_RUN_STATES; s++)
        cells.columns += jobs->count[s] > 0;
    RN_TRY(rn_cells_add(&cells, err, "networks"));
    for (int s = 0; s < RN_RUN_STATES; s++)
        if (jobs->count[s] > 0)
            RN_TRY(rn_cells_add(&cells, err, "%s", rn_run_state_name((enum rn_run_state)s)));
    RN_TRY(rn_cells_add(&cells, err, "best so far (%%)"));
    RN_TRY(rn_cells_add(&cells, err, "time"));
    RN_TRY(rn_cells_add(&cells, err, "%zu", jobs->n));
    for (int s = 0; s < RN_RUN_STATES; s++)
        if (jobs->count[s] > 0)
            RN_TRY(rn_cells_add(&cells, err, "%zu", jobs->count[s]));
    if (best)
        RN_TRY(rn_cells_add(&cells, err, "%.2f", best->result.top1_err));
    else
        RN_TRY(rn_cells_add(&cells, err, "none yet"));
    rn_pace_text(&watch->pace, (double)(jobs->n - done), left);
    RN_TRY(rn_cells_add(&cells, err, "%s",
                        over                               ? "over"
                        : jobs->count[RN_RUN_RUNNING] == 0 ? "nobody works on it"
                                                           : left));
    RN_TRY(rn_page_progress(page, (double)done / (double)jobs->n, err));
    status = rn_page_table(page, &cells, err);
done:
    rn_buf_release(&cells.text);
    return status;
}

/* A page without a figure is worth more than none. */
static enum rn_status add_drawing(const struct rn_population *population, struct rn_page *page,
                                  struct rn_err *err)
{
    struct rn_err inner = {0};
    struct rn_buf svg = {0};
    enum rn_status status = rn_edf_figure_svg(population, 1, &svg, &inner);

    if (status == RN_OK)
        status = rn_page_svg(page, svg.data,
                             "The fraction of the networks with an error below each value; those "
                             "that diverged count as guessing.",
                             err);
    else if (status == RN_E_UNSUPPORTED)
        status = rn_page_text(page, inner.msg, err);
    else
        status = rn_fail(err, status, "%s", inner.msg);
    rn_buf_release(&svg);
    return status;
}

static enum rn_status add_distribution(const struct rn_sweep_watch *watch,
                                       const struct rn_ranked *ranked, size_t n,
                                       struct rn_page *page, struct rn_err *err)
{
    struct rn_population population = {.name = watch->view.sweep->name};
    enum rn_status status;

    RN_TRY(rn_watch_edf(watch, ranked, n, &population.edf, err));
    if (population.edf.n == 0)
        goto done;
    RN_TRY(rn_page_heading(page, "Distribution of errors", err));
    status = add_drawing(&population, page, err);
done:
    rn_edf_release(&population.edf);
    return status;
}

static enum rn_status add_best(const struct rn_sweep_watch *watch, const struct rn_ranked *ranked,
                               size_t n, struct rn_page *page, struct rn_err *err)
{
    static const char *const head[] = {"network",        "error (%)",       "multiply-adds (MF)",
                                       "parameters (M)", "activations (M)", ""};
    struct rn_cells cells = {.columns = sizeof head / sizeof *head, .commands = true};
    const char *dir = watch->view.jobs.dir;
    enum rn_status status = RN_OK;

    if (n == 0)
        return RN_OK;
    RN_TRY(rn_page_heading(page, "The best networks", err));
    for (size_t i = 0; i < cells.columns; i++)
        RN_TRY(rn_cells_add(&cells, err, "%s", head[i]));
    for (size_t i = 0; i < n && i < BEST; i++) {
        const struct rn_result *r = &ranked[i].result;
        RN_TRY(rn_cells_add(&cells, err, "%zu", ranked[i].network));
        RN_TRY(rn_cells_add(&cells, err, "%.2f", r->top1_err));
        RN_TRY(rn_cells_add(&cells, err, "%.4g", 1e-6 * (double)r->cx.flops));
        RN_TRY(rn_cells_add(&cells, err, "%.4g", 1e-6 * (double)r->cx.params));
        RN_TRY(rn_cells_add(&cells, err, "%.4g", 1e-6 * (double)r->cx.acts));
        RN_TRY(rn_cells_add(&cells, err, "regnet train --cfg %s/runs/%06zu/config.yaml --out NEW",
                            dir, ranked[i].network));
    }
    status = rn_page_table(page, &cells, err);
done:
    rn_buf_release(&cells.text);
    return status;
}

static enum rn_status add_failure(const struct rn_sweep_view *view, const struct rn_failure *f,
                                  struct rn_page *page, struct rn_err *err)
{
    struct rn_buf line = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&line, err, "%zu: %s (attempt %d%s)", f->network,
                       rn_run_state_name(f->record.outcome), f->attempts,
                       f->again ? "; it will be tried again" : ""));
    RN_TRY(rn_page_subheading(page, line.data, err));
    RN_TRY(rn_page_text(page, f->record.reason, err));
    line.len = 0;
    RN_TRY(rn_buf_addf(&line, err, "less %s\nregnet sweep run %s --network %zu", f->log.data,
                       view->jobs.dir, f->network));
    status = rn_page_pre(page, line.data, err);
done:
    rn_buf_release(&line);
    return status;
}

static enum rn_status add_failures(const struct rn_sweep_view *view, struct rn_page *page,
                                   struct rn_err *err)
{
    struct rn_failure f = {0};
    size_t shown = 0;
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < view->jobs.n && shown < MOST_FAILURES; i++) {
        if (!rn_sweep_has_failed(view, i))
            continue;
        if (shown++ == 0)
            RN_TRY(rn_page_heading(page, "Failures", err));
        RN_TRY(rn_sweep_failure(view, i, &f, err));
        RN_TRY(add_failure(view, &f, page, err));
    }
done:
    rn_buf_release(&f.log);
    return status;
}

static enum rn_status add_stops(const struct rn_sweep_view *view, struct rn_page *page,
                                struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_sweep_stops(view, &text, err));
    if (text.len > 0)
        status = rn_page_text(page, text.data, err);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status add_all(const struct rn_sweep_watch *watch, const struct rn_ranked *ranked,
                              size_t n, bool over, struct rn_page *page, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_page_begin(page, watch->view.sweep->name, err));
    RN_TRY(add_states(watch, n > 0 ? ranked : NULL, over, page, err));
    RN_TRY(add_time(page, err));
    RN_TRY(add_stops(&watch->view, page, err));
    RN_TRY(add_distribution(watch, ranked, n, page, err));
    RN_TRY(add_best(watch, ranked, n, page, err));
    RN_TRY(add_failures(&watch->view, page, err));
    status = rn_page_end(page, err);
done:
    return status;
}

enum rn_status rn_sweep_watch_page(struct rn_sweep_watch *watch, struct rn_buf *html,
                                   struct rn_buf *json, bool *over, struct rn_err *err)
{
    struct rn_ranked *ranked = NULL;
    struct rn_page page = {0};
    size_t n = 0;
    enum rn_status status;

    RN_TRY(rn_watch_scan(watch, &ranked, &n, over, err));
    RN_TRY(add_all(watch, ranked, n, *over, &page, err));
    RN_TRY(rn_buf_add(html, page.html.data, page.html.len, err));
    status = rn_sweep_view_json(&watch->view, json, err);
done:
    rn_free(ranked);
    rn_page_release(&page);
    return status;
}
