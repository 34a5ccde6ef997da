/* report.html: what was run, how the spaces compare, the best network, and every network. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "study_run.h"
#include "value_diff.h"

#define CELL_MAX 96

/* Cells of a table, row by row, as they are made. */
struct table {
    size_t columns, n, cap;
    char (*cell)[CELL_MAX];
};

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static enum rn_status
add_cell(struct table *t, struct rn_err *err, const char *fmt, ...)
{
    va_list ap;

    if (t->n == t->cap) {
        size_t cap = 2 * t->cap + 64;
        void *grown = rn_realloc(t->cell, cap, sizeof *t->cell);
        if (!grown)
            return rn_nomem(err, cap * sizeof *t->cell, "a table");
        t->cell = grown;
        t->cap = cap;
    }
    va_start(ap, fmt);
    (void)vsnprintf(t->cell[t->n++], CELL_MAX, fmt, ap);
    va_end(ap);
    return RN_OK;
}

static enum rn_status add_head(struct table *t, const char *const *names, size_t n,
                               struct rn_err *err)
{
    enum rn_status status = RN_OK;

    t->columns = n;
    for (size_t i = 0; i < n && status == RN_OK; i++)
        status = add_cell(t, err, "%s", names[i]);
    return status;
}

/* Puts the table on the page and frees it. */
static enum rn_status add_table(struct rn_page *page, struct table *t, struct rn_err *err)
{
    const char **cells = rn_alloc(t->n, sizeof *cells);
    enum rn_status status;

    if (!cells) {
        status = rn_nomem(err, t->n * sizeof *cells, "a table");
        goto done;
    }
    for (size_t i = 0; i < t->n; i++)
        cells[i] = t->cell[i];
    status = rn_page_table(page, cells, t->n / t->columns, t->columns, err);
done:
    rn_free(cells);
    rn_free(t->cell);
    return status;
}

static enum rn_status add_spaces(struct rn_page *page, const struct rn_study_run *run,
                                 const struct rn_population *p, struct rn_err *err)
{
    static const char *const head[] = {"space",      "n",        "min (%)", "mean (%)",
                                       "median (%)", "diverged", "failed"};
    struct table t = {0};
    enum rn_status status;

    RN_TRY(add_head(&t, head, sizeof head / sizeof *head, err));
    for (size_t s = 0; s < run->study->n_spaces; s++) {
        const struct rn_edf *edf = &p[s].edf;
        RN_TRY(add_cell(&t, err, "%s", p[s].name));
        RN_TRY(add_cell(&t, err, "%zu", edf->n));
        RN_TRY(add_cell(&t, err, "%.2f", edf->min));
        RN_TRY(add_cell(&t, err, "%.2f", edf->mean));
        RN_TRY(add_cell(&t, err, "%.2f", edf->median));
        RN_TRY(add_cell(&t, err, "%zu", run->networks[s].diverged));
        RN_TRY(add_cell(&t, err, "%zu", run->networks[s].failed));
    }
    return add_table(page, &t, err);
done:
    rn_free(t.cell);
    return status;
}

static enum rn_status add_distributions(struct rn_page *page, const struct rn_study_run *run,
                                        struct rn_err *err)
{
    struct rn_population *p = NULL;
    struct rn_buf svg = {0}, sentence = {0};
    enum rn_status status;

    RN_TRY(rn_study_edfs(run, &p, err));
    RN_TRY(rn_page_heading(page, "The spaces", err));
    RN_TRY(add_spaces(page, run, p, err));
    RN_TRY(rn_edf_figure_svg(p, run->study->n_spaces, &svg, err));
    RN_TRY(rn_page_svg(page, svg.data,
                       "Error distributions: the share of a space's networks below an error. A "
                       "diverged network counts with the "
                       "error of guessing.",
                       err));
    for (size_t s = 1; s < run->study->n_spaces; s++) {
        sentence.len = 0;
        RN_TRY(rn_study_compare(run, &p[s - 1], &p[s], &sentence, err));
        RN_TRY(rn_page_text(page, sentence.data, err));
    }
done:
    rn_study_edfs_release(run, p);
    rn_buf_release(&svg);
    rn_buf_release(&sentence);
    return status;
}

static enum rn_status add_stages(struct rn_page *page, const struct rn_arch *arch,
                                 struct rn_err *err)
{
    static const char *const head[] = {"stage",       "depth", "width", "bottleneck multiplier",
                                       "group width", "stride"};
    struct table t = {0};
    enum rn_status status;

    RN_TRY(add_head(&t, head, sizeof head / sizeof *head, err));
    for (int i = 0; i < arch->n_stages; i++) {
        const struct rn_stage *stage = &arch->stages[i];
        RN_TRY(add_cell(&t, err, "%d", i + 1));
        RN_TRY(add_cell(&t, err, "%d", stage->depth));
        RN_TRY(add_cell(&t, err, "%d", stage->width));
        RN_TRY(add_cell(&t, err, "%g", stage->bot_mul));
        RN_TRY(add_cell(&t, err, "%d", stage->group_w));
        RN_TRY(add_cell(&t, err, "%d", stage->stride));
    }
    return add_table(page, &t, err);
done:
    rn_free(t.cell);
    return status;
}

/* What the retraining came to, and how to use its weights. */
static enum rn_status add_retrained(struct rn_page *page, const struct rn_study_run *run,
                                    struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&text, err,
                       "Retrained with the settings below, it errs on %.2f %% of the %s.",
                       run->final.top1_err, rn_study_tested_on(run)));
    RN_TRY(rn_page_text(page, text.data, err));
    text.len = 0;
    RN_TRY(rn_study_predict_line(run, &text, err));
    status = rn_page_pre(page, text.data, err);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status add_best(struct rn_page *page, const struct rn_study_run *run,
                               struct rn_err *err)
{
    const struct rn_sample *sample = &run->best->sample;
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_page_heading(page, "The best network", err));
    RN_TRY(rn_buf_addf(
        &text, err,
        "Network %llu of %s had the lowest error of all, %.2f %%. It has %.2f M multiply-adds, "
        "%.3f M parameters and %.3f M activations at %d x %d pixels.",
        (unsigned long long)sample->index, run->networks[run->best_space].space,
        run->best->record.result.top1_err, 1e-6 * (double)sample->cx.flops,
        1e-6 * (double)sample->cx.params, 1e-6 * (double)sample->cx.acts, sample->arch.im_size,
        sample->arch.im_size));
    RN_TRY(rn_page_text(page, text.data, err));
    RN_TRY(add_stages(page, &sample->arch, err));
    if (run->retrained)
        status = add_retrained(page, run, err);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status add_setting(void *arg, const char *path, const char *fallback,
                                  const char *value, struct rn_err *err)
{
    (void)fallback;
    if (strcmp(path, "DATA_LOADER.DIR") == 0)
        return RN_OK;
    return rn_buf_addf(arg, err, "%s: %s\n", path, value);
}

/* The settings in which cfg is not as base. */
static enum rn_status add_settings(struct rn_page *page, const struct rn_config *base,
                                   const struct rn_config *cfg, struct rn_err *err)
{
    struct rn_buf base_text = {0}, cfg_text = {0}, lines = {0};
    struct rn_doc *a = NULL, *b = NULL;
    enum rn_status status;

    RN_TRY(rn_config_dump(base, &base_text, err));
    RN_TRY(rn_config_dump(cfg, &cfg_text, err));
    RN_TRY(rn_doc_parse_yaml(base_text.data, base_text.len, "settings", &a, err));
    RN_TRY(rn_doc_parse_yaml(cfg_text.data, cfg_text.len, "settings", &b, err));
    RN_TRY(rn_value_diff(rn_doc_root(a), rn_doc_root(b), add_setting, &lines, err));
    status = rn_page_pre(page, lines.len ? lines.data : "(none)", err);
done:
    rn_doc_free(a);
    rn_doc_free(b);
    rn_buf_release(&base_text);
    rn_buf_release(&cfg_text);
    rn_buf_release(&lines);
    return status;
}

static enum rn_status add_what_was_run(struct rn_page *page, const struct rn_study_run *run,
                                       struct rn_err *err)
{
    const struct rn_study *study = run->study;
    struct rn_config defaults;
    struct rn_buf text = {0};
    enum rn_status status;

    rn_config_default(&defaults);
    RN_TRY(rn_page_heading(page, "What was run", err));
    RN_TRY(rn_buf_addf(&text, err,
                       "%d networks of each space, drawn with seed %llu, each trained with the "
                       "settings below; all others have their defaults.",
                       run->dir.networks, (unsigned long long)study->seed));
    RN_TRY(rn_page_text(page, text.data, err));
    RN_TRY(add_settings(page, &defaults, &study->config, err));
    if (!study->retrain)
        goto done;
    RN_TRY(rn_page_text(page, "The retraining of the best network differs in these:", err));
    status = add_settings(page, &study->config, &study->final, err);
done:
    rn_buf_release(&text);
    return status;
}

static double stage_value(const struct rn_stage *stage, char letter)
{
    switch (letter) {
    case 'd':
        return stage->depth;
    case 'w':
        return stage->width;
    case 'b':
        return stage->bot_mul;
    default:
        return stage->group_w;
    }
}

/* "1, 2, 4, 3", or one value where the stages share it. */
static void list_stages(const struct rn_arch *arch, char letter, char text[CELL_MAX])
{
    double first = stage_value(&arch->stages[0], letter);
    bool shared = true;
    size_t len = 0;

    for (int i = 1; i < arch->n_stages; i++)
        shared = shared && stage_value(&arch->stages[i], letter) == first;
    text[0] = 0;
    for (int i = 0; i < (shared ? 1 : arch->n_stages) && len < CELL_MAX - 8; i++)
        len += (size_t)snprintf(text + len, CELL_MAX - len, "%s%g", i ? ", " : "",
                                stage_value(&arch->stages[i], letter));
}

static enum rn_status add_network(struct table *t, const char *space, const struct rn_run *run,
                                  struct rn_err *err)
{
    const struct rn_result *result = &run->record.result;
    const struct rn_complexity *cx = &run->sample.cx;
    char list[CELL_MAX];
    enum rn_status status;

    RN_TRY(add_cell(t, err, "%s", space));
    RN_TRY(add_cell(t, err, "%llu", (unsigned long long)run->sample.index));
    for (const char *letter = "dwbg"; *letter; letter++) {
        list_stages(&run->sample.arch, *letter, list);
        RN_TRY(add_cell(t, err, "%s", list));
    }
    RN_TRY(add_cell(t, err, "%.2f", 1e-6 * (double)cx->flops));
    RN_TRY(add_cell(t, err, "%.3f", 1e-6 * (double)cx->params));
    RN_TRY(add_cell(t, err, "%.3f", 1e-6 * (double)cx->acts));
    if (!run->record.finished)
        status = add_cell(t, err, "%s", run->failure ? "failed" : "not trained");
    else if (result->outcome == RN_OUTCOME_DIVERGED)
        status = add_cell(t, err, "diverged");
    else
        status = add_cell(t, err, "%.2f", result->top1_err);
done:
    return status;
}

static enum rn_status add_networks(struct rn_page *page, const struct rn_study_run *run,
                                   struct rn_err *err)
{
    static const char *const head[] = {
        "space",       "network",   "depth",      "width",    "bottleneck multiplier",
        "group width", "flops (M)", "params (M)", "acts (M)", "error (%)"};
    struct table t = {0};
    enum rn_status status;

    RN_TRY(rn_page_heading(page, "All networks", err));
    RN_TRY(add_head(&t, head, sizeof head / sizeof *head, err));
    for (size_t s = 0; s < run->study->n_spaces; s++)
        for (size_t i = 0; i < run->networks[s].n; i++)
            RN_TRY(add_network(&t, run->networks[s].space, &run->networks[s].runs[i], err));
    return add_table(page, &t, err);
done:
    rn_free(t.cell);
    return status;
}

static enum rn_status add_failures(struct rn_page *page, const struct rn_study_run *run,
                                   struct rn_err *err)
{
    struct rn_buf lines = {0};
    enum rn_status status = RN_OK;

    for (size_t s = 0; s < run->study->n_spaces; s++)
        for (size_t i = 0; i < run->networks[s].n; i++)
            if (run->networks[s].runs[i].failure)
                RN_TRY(rn_buf_addf(&lines, err, "%s %zu: %s\n", run->networks[s].space, i,
                                   run->networks[s].runs[i].failure));
    if (lines.len == 0)
        goto done;
    RN_TRY(rn_page_heading(page, "Failures", err));
    status = rn_page_pre(page, lines.data, err);
done:
    rn_buf_release(&lines);
    return status;
}

enum rn_status rn_study_page(const struct rn_study_run *run, struct rn_buf *out, struct rn_err *err)
{
    struct rn_page page = {0};
    enum rn_status status;

    RN_TRY(rn_page_begin(&page, run->study->name, err));
    if (*run->study->description)
        RN_TRY(rn_page_text(&page, run->study->description, err));
    RN_TRY(add_distributions(&page, run, err));
    if (run->best)
        RN_TRY(add_best(&page, run, err));
    RN_TRY(add_what_was_run(&page, run, err));
    RN_TRY(add_networks(&page, run, err));
    RN_TRY(add_failures(&page, run, err));
    RN_TRY(rn_page_end(&page, err));
    status = rn_buf_add(out, page.html.data, page.html.len, err);
done:
    rn_buf_release(&page.html);
    return status;
}
