/* What a study's page has beside the analysis of its populations: the best network retrained, and
   what failed. */
#include "settings.h"
#include "study_run.h"

static enum rn_status add_stages(struct rn_page *page, const struct rn_arch *arch,
                                 struct rn_err *err)
{
    static const char *const head[] = {"stage",       "depth", "width", "bottleneck multiplier",
                                       "group width", "stride"};
    struct rn_cells cells = {.columns = sizeof head / sizeof *head};
    enum rn_status status;

    for (size_t i = 0; i < cells.columns; i++)
        RN_TRY(rn_cells_add(&cells, err, "%s", head[i]));
    for (int i = 0; i < arch->n_stages; i++) {
        const struct rn_stage *stage = &arch->stages[i];
        RN_TRY(rn_cells_add(&cells, err, "%d", i + 1));
        RN_TRY(rn_cells_add(&cells, err, "%d", stage->depth));
        RN_TRY(rn_cells_add(&cells, err, "%d", stage->width));
        RN_TRY(rn_cells_add(&cells, err, "%g", stage->bot_mul));
        RN_TRY(rn_cells_add(&cells, err, "%d", stage->group_w));
        RN_TRY(rn_cells_add(&cells, err, "%d", stage->stride));
    }
    status = rn_page_table(page, &cells, err);
done:
    rn_buf_release(&cells.text);
    return status;
}

static enum rn_status add_final_settings(struct rn_page *page, const struct rn_study *study,
                                         struct rn_err *err)
{
    struct rn_buf lines = {0};
    enum rn_status status;

    RN_TRY(
        rn_page_text(page, "The retraining has other settings than the networks in these:", err));
    RN_TRY(rn_settings_add(&study->config, &study->final, &lines, err));
    status = rn_page_pre(page, lines.len ? lines.data : "(none)", err);
done:
    rn_buf_release(&lines);
    return status;
}

/* What the retraining came to, and how to use its weights. */
static enum rn_status add_retrained(struct rn_page *page, const struct rn_study_run *run,
                                    struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&text, err, "Retrained, it errs on %.2f %% of the %s.", run->final.top1_err,
                       rn_study_tested_on(run)));
    RN_TRY(rn_page_text(page, text.data, err));
    RN_TRY(add_final_settings(page, run->study, err));
    text.len = 0;
    RN_TRY(rn_study_predict_line(run, &text, err));
    status = rn_page_pre(page, text.data, err);
done:
    rn_buf_release(&text);
    return status;
}

enum rn_status rn_study_page_best(const struct rn_study_run *run, struct rn_page *page,
                                  struct rn_err *err)
{
    const struct rn_sample *sample;
    struct rn_buf text = {0};
    enum rn_status status;

    if (!run->best)
        return RN_OK;
    sample = &run->best->sample;
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

enum rn_status rn_study_page_failures(const struct rn_study_run *run, struct rn_page *page,
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
