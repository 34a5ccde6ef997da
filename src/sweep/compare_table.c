/* A comparison's table: its cells, as text for a terminal, and as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"
#include "regnet/json.h"

#define MOST_COLUMNS 10

static enum rn_status add_number(struct rn_cells *cells, double value, struct rn_err *err)
{
    return isnan(value) ? rn_cells_add(cells, err, "-") : rn_cells_add(cells, err, "%.4g", value);
}

/* "23.20 +- 0.09", marked if it is quoted. */
static enum rn_status add_error(struct rn_cells *cells, const struct rn_compared *row,
                                struct rn_err *err)
{
    int digits = row->quoted ? 1 : 2;
    const char *mark = row->quoted ? " *" : "";

    if (isnan(row->error))
        return rn_cells_add(cells, err, "-");
    if (isnan(row->std))
        return rn_cells_add(cells, err, "%.*f%s", digits, row->error, mark);
    return rn_cells_add(cells, err, "%.*f +- %.2f%s", digits, row->error, row->std, mark);
}

/* What the rows have at all, so that no column is empty. */
struct columns {
    bool members, times, originals, seeds;
    bool giga; /* multiply-adds in GF */
};

static struct columns choose_columns(const struct rn_comparison *c)
{
    struct columns has = {0};

    for (size_t i = 0; i < c->n; i++) {
        const struct rn_compared *row = &c->rows[i];
        has.members = has.members || strcmp(row->name, row->arch.name) != 0;
        has.times = has.times || !isnan(row->infer_ms);
        has.originals = has.originals || !isnan(row->original);
        has.seeds = has.seeds || row->trained > 0 || row->failed > 0;
        has.giga = has.giga || row->cx.flops >= 1000000000;
    }
    return has;
}

static enum rn_status add_head(const struct columns *has, struct rn_cells *cells,
                               struct rn_err *err)
{
    const struct {
        bool has;
        const char *text;
    } head[] = {{true, "group"},
                {true, "network"},
                {has->members, "member"},
                {true, has->giga ? "flops (GF)" : "flops (MF)"},
                {true, "params (M)"},
                {true, "acts (M)"},
                {has->times, "infer (ms)"},
                {true, "error (%)"},
                {has->originals, "as first reported"},
                {has->seeds, "seeds"}};
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < sizeof head / sizeof *head && status == RN_OK; i++)
        if (head[i].has) {
            cells->columns++;
            status = rn_cells_add(cells, err, "%s", head[i].text);
        }
    return status;
}

static enum rn_status add_seeds(struct rn_cells *cells, const struct rn_compared *row,
                                struct rn_err *err)
{
    if (row->diverged || row->failed)
        return rn_cells_add(cells, err, "%d (%d diverged, %d failed)", row->trained, row->diverged,
                            row->failed);
    return rn_cells_add(cells, err, "%d", row->trained);
}

static enum rn_status add_row(const struct columns *has, const struct rn_compared *row,
                              struct rn_cells *cells, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_cells_add(cells, err, "%s", row->group));
    RN_TRY(rn_cells_add(cells, err, "%s", row->name));
    if (has->members)
        RN_TRY(rn_cells_add(cells, err, "%s", row->arch.name));
    RN_TRY(add_number(cells, (double)row->cx.flops / (has->giga ? 1e9 : 1e6), err));
    RN_TRY(add_number(cells, (double)row->cx.params / 1e6, err));
    RN_TRY(add_number(cells, (double)row->cx.acts / 1e6, err));
    if (has->times)
        RN_TRY(add_number(cells, row->infer_ms, err));
    RN_TRY(add_error(cells, row, err));
    if (has->originals)
        RN_TRY(isnan(row->original) ? rn_cells_add(cells, err, "-")
                                    : rn_cells_add(cells, err, "%.1f *", row->original));
    if (has->seeds)
        status = add_seeds(cells, row, err);
done:
    return status;
}

enum rn_status rn_compare_cells(const struct rn_comparison *c, struct rn_cells *cells,
                                struct rn_err *err)
{
    struct columns has = choose_columns(c);
    enum rn_status status;

    RN_TRY(add_head(&has, cells, err));
    for (size_t i = 0; i < c->n; i++)
        RN_TRY(add_row(&has, &c->rows[i], cells, err));
done:
    return status;
}

enum rn_status rn_compare_notes(const struct rn_comparison *c, struct rn_buf *out,
                                struct rn_err *err)
{
    bool quoted = false, timed = false;
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < c->n; i++) {
        quoted = quoted || c->rows[i].quoted || !isnan(c->rows[i].original);
        timed = timed || !isnan(c->rows[i].infer_ms);
    }
    if (quoted)
        RN_TRY(rn_buf_addf(out, err, "* quoted, not measured here%s%s. ", *c->source ? ": " : "",
                           c->source));
    if (timed)
        RN_TRY(rn_buf_addf(out, err,
                           "The time is of an image's inference on this machine, in batches of %d "
                           "and %d thread%s. ",
                           RN_COMPARE_BATCH, c->config.num_threads,
                           c->config.num_threads == 1 ? "" : "s"));
done:
    return status;
}

/* One line, its columns as wide as their widest text, those of numbers to the right. */
static enum rn_status add_line(const char *const *text, const int *width, size_t columns,
                               struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t k = 0; k < columns && status == RN_OK; k++) {
        bool left = k < 2 || strchr(text[k], 'x');
        const char *gap = k ? "  " : "";
        status = left ? rn_buf_addf(out, err, "%s%-*s", gap, width[k], text[k])
                      : rn_buf_addf(out, err, "%s%*s", gap, width[k], text[k]);
    }
    return status == RN_OK ? rn_buf_addf(out, err, "\n") : status;
}

static enum rn_status add_lines(const struct rn_cells *cells, struct rn_buf *out,
                                struct rn_err *err)
{
    const char *text[MOST_COLUMNS], *at = cells->text.data;
    int width[MOST_COLUMNS] = {0};
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < cells->n; i++, at += strlen(at) + 1)
        width[i % cells->columns] = (int)fmax(width[i % cells->columns], (double)strlen(at));
    at = cells->text.data;
    for (size_t i = 0; i < cells->n && status == RN_OK; i++, at += strlen(at) + 1) {
        text[i % cells->columns] = at;
        if (i % cells->columns == cells->columns - 1)
            status = add_line(text, width, cells->columns, out, err);
    }
    return status;
}

enum rn_status rn_comparison_text(const struct rn_comparison *c, struct rn_buf *out,
                                  struct rn_err *err)
{
    struct rn_cells cells = {0};
    struct rn_buf notes = {0};
    enum rn_status status;

    RN_TRY(rn_compare_cells(c, &cells, err));
    RN_TRY(add_lines(&cells, out, err));
    RN_TRY(rn_compare_notes(c, &notes, err));
    if (notes.len > 0)
        status = rn_buf_addf(out, err, "\n%.*s\n", (int)notes.len - 1, notes.data);
done:
    rn_buf_release(&cells.text);
    rn_buf_release(&notes);
    return status;
}

static void json_number(struct rn_json *js, const char *key, double value)
{
    rn_json_key(js, key);
    if (isnan(value))
        rn_json_null(js);
    else
        rn_json_double(js, value);
}

static void json_count(struct rn_json *js, const char *key, int64_t value)
{
    rn_json_key(js, key), rn_json_int(js, value);
}

static void json_row(struct rn_json *js, const struct rn_compared *row)
{
    rn_json_object(js);
    rn_json_key(js, "group"), rn_json_text(js, row->group);
    rn_json_key(js, "name"), rn_json_text(js, row->name);
    rn_json_key(js, "member"), rn_json_text(js, row->arch.name);
    json_count(js, "flops", row->cx.flops);
    json_count(js, "params", row->cx.params);
    json_count(js, "acts", row->cx.acts);
    json_number(js, "infer_ms", row->infer_ms);
    json_number(js, "error", row->error);
    json_number(js, "std", row->std);
    rn_json_key(js, "quoted"), rn_json_bool(js, row->quoted);
    json_number(js, "original", row->original);
    json_count(js, "trained", row->trained);
    json_count(js, "diverged", row->diverged);
    json_count(js, "failed", row->failed);
    rn_json_close(js);
}

enum rn_status rn_comparison_json(const struct rn_comparison *c, struct rn_buf *out,
                                  struct rn_err *err)
{
    struct rn_json js = rn_json_begin(out);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "name"), rn_json_text(&js, c->name);
    rn_json_key(&js, "source"), rn_json_text(&js, c->source);
    json_count(&js, "seeds", c->seeds);
    rn_json_key(&js, "networks"), rn_json_list(&js);
    for (size_t i = 0; i < c->n; i++)
        json_row(&js, &c->rows[i]);
    rn_json_close(&js);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    status = rn_buf_addf(out, err, "\n");
done:
    return status;
}
