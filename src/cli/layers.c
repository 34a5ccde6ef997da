/* A network's time by kind of layer and by layer, beside the machine's bound. */
#include "layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 20 /* layers, of those that lose most */

static void add_cost(struct rn_layer_cost *sum, struct rn_layer_cost cost)
{
    sum->ms += cost.ms;
    sum->bound_ms += cost.bound_ms;
}

static void add_row(struct rn_layer_row *sum, const struct rn_layer_row *row)
{
    add_cost(&sum->forward, row->forward);
    add_cost(&sum->backward, row->backward);
}

static double row_ms(const struct rn_layer_row *row)
{
    return row->forward.ms + row->backward.ms;
}

static double row_bound_ms(const struct rn_layer_row *row)
{
    return row->forward.bound_ms + row->backward.bound_ms;
}

static int descending(double x, double y)
{
    return (x < y) - (x > y);
}

static int by_ms(const void *a, const void *b)
{
    return descending(row_ms(a), row_ms(b));
}

static int by_lost_ms(const void *a, const void *b)
{
    return descending(row_ms(a) - row_bound_ms(a), row_ms(b) - row_bound_ms(b));
}

static struct rn_layer_cost cost_of(const struct rn_layer_work *work, bool bf16,
                                    const struct rn_machine *machine)
{
    return (struct rn_layer_cost){1e3 * work->seconds,
                                  1e3 * rn_machine_bound(machine, bf16, work->flops, work->bytes)};
}

static struct rn_layer_row *find_kind(struct rn_layer_table *table, const char *kind)
{
    struct rn_layer_row *row = table->kinds, *end = row + table->n_kinds;

    while (row < end && strcmp(row->name, kind) != 0)
        row++;
    if (row == end) {
        row->name = kind;
        table->n_kinds++;
    }
    return row;
}

enum rn_status rn_layer_table_make(const struct rn_timing *timing, const struct rn_machine *machine,
                                   struct rn_layer_table *table, struct rn_err *err)
{
    size_t n = timing->n_layers;
    struct rn_layer_table made = {.n_layers = n,
                                  .layers = rn_alloc(n, sizeof *made.layers),
                                  .kinds = rn_alloc(n + 1, sizeof *made.kinds)};
    double rest_ms = 1e3 * timing->mean_s;

    if (!made.layers || !made.kinds) {
        rn_layer_table_release(&made);
        return rn_nomem(err, (2 * n + 1) * sizeof *made.layers, "a table of layers");
    }
    for (size_t i = 0; i < n; i++) {
        const struct rn_layer_timing *layer = &timing->layers[i];
        made.layers[i] =
            (struct rn_layer_row){.name = layer->name,
                                  .kind = layer->kind,
                                  .forward = cost_of(&layer->forward, layer->bf16, machine),
                                  .backward = cost_of(&layer->backward, layer->bf16, machine)};
        add_row(find_kind(&made, layer->kind), &made.layers[i]);
        rest_ms -= row_ms(&made.layers[i]);
    }
    qsort(made.kinds, made.n_kinds, sizeof *made.kinds, by_ms);
    find_kind(&made, "rest")->forward.ms = rest_ms;
    *table = made;
    return RN_OK;
}

void rn_layer_table_release(struct rn_layer_table *table)
{
    rn_free(table->layers);
    rn_free(table->kinds);
    *table = (struct rn_layer_table){0};
}

static void print_head(const char *what, const char *kind)
{
    printf("\n  %-18s %-11s %9s %9s %9s %9s %7s %9s\n", what, kind, "forward", "bound", "backward",
           "bound", "share", "of bound");
    printf("  %-18s %-11s %9s %9s %9s %9s %7s %9s\n", "", "", "ms", "ms", "ms", "ms", "%", "%");
}

static void print_row(const struct rn_layer_row *row, double step_ms)
{
    double ms = row_ms(row), of_bound = ms > 0 ? 100 * row_bound_ms(row) / ms : 0;

    printf("  %-18s %-11s %9.3f %9.3f %9.3f %9.3f %7.1f %9.0f\n", row->name,
           row->kind ? row->kind : "", row->forward.ms, row->forward.bound_ms, row->backward.ms,
           row->backward.bound_ms, 100 * ms / step_ms, of_bound);
}

void rn_layer_table_print(struct rn_layer_table *table, const char *title)
{
    struct rn_layer_row all = {.name = "all"};

    for (size_t i = 0; i < table->n_kinds; i++)
        add_row(&all, &table->kinds[i]);
    print_head(title, "");
    for (size_t i = 0; i < table->n_kinds; i++)
        print_row(&table->kinds[i], row_ms(&all));
    print_row(&all, row_ms(&all));
    qsort(table->layers, table->n_layers, sizeof *table->layers, by_lost_ms);
    print_head("which lose most:", "kind");
    for (size_t i = 0; i < table->n_layers && i < SHOWN; i++)
        print_row(&table->layers[i], row_ms(&all));
}

static void json_cost(struct rn_json *js, const char *key, struct rn_layer_cost cost)
{
    rn_json_key(js, key);
    rn_json_object(js);
    rn_json_key(js, "ms"), rn_json_double(js, cost.ms);
    rn_json_key(js, "bound_ms"), rn_json_double(js, cost.bound_ms);
    rn_json_close(js);
}

static void json_rows(struct rn_json *js, const char *key, const struct rn_layer_row *rows,
                      size_t n)
{
    rn_json_key(js, key);
    rn_json_list(js);
    for (size_t i = 0; i < n; i++) {
        rn_json_object(js);
        rn_json_key(js, "name"), rn_json_text(js, rows[i].name);
        if (rows[i].kind)
            rn_json_key(js, "kind"), rn_json_text(js, rows[i].kind);
        json_cost(js, "forward", rows[i].forward);
        json_cost(js, "backward", rows[i].backward);
        rn_json_close(js);
    }
    rn_json_close(js);
}

void rn_layer_table_json(const struct rn_layer_table *table, struct rn_json *js)
{
    rn_json_object(js);
    json_rows(js, "kinds", table->kinds, table->n_kinds);
    json_rows(js, "layers", table->layers, table->n_layers);
    rn_json_close(js);
}
