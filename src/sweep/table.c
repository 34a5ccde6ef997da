/* A table of numbers that grows row by row. */
#include "table.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "regnet/memory.h"

#define MOST_COLUMNS 1024

/* What every population has, or should: not parameters. */
static bool is_kept(const char *name)
{
    static const char *const kept[] = {"error", "error_test", "flops", "params", "acts", "time"};

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strcmp(name, kept[i]) == 0)
            return true;
    return false;
}

struct rn_table_column *rn_table_find(const struct rn_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        struct rn_table_column *column = &table->columns[(table->next + i) % table->n];
        if (strcmp(column->name, name) == 0)
            return column;
    }
    return NULL;
}

/* Room for as many; NULL after a message. */
static void *grow(void *array, size_t *cap, size_t needed, size_t size, struct rn_err *err)
{
    size_t wanted = *cap ? 2 * *cap : 64;
    void *grown;

    if (needed <= *cap)
        return array;
    wanted = wanted < needed ? needed : wanted;
    grown = rn_realloc(array, wanted, size);
    if (grown)
        *cap = wanted;
    else
        (void)rn_nomem(err, wanted * size, "records");
    return grown;
}

static enum rn_status add_column(struct rn_table *table, const char *name,
                                 struct rn_table_column **column, struct rn_err *err)
{
    struct rn_table_column *grown;
    char *copy;

    if (table->n == MOST_COLUMNS)
        return rn_fail(err, RN_E_DATA, "the records have more than %d different numbers",
                       MOST_COLUMNS);
    grown = grow(table->columns, &table->cap, table->n + 1, sizeof *grown, err);
    if (!grown)
        return RN_E_NOMEM;
    table->columns = grown;
    copy = rn_strdup(name);
    if (!copy)
        return rn_nomem(err, strlen(name), "a name");
    *column = &table->columns[table->n++];
    **column = (struct rn_table_column){.name = copy};
    return RN_OK;
}

static bool equal(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Room for one more value, each in its place. */
static enum rn_status spread(struct rn_table_column *column, struct rn_err *err)
{
    bool was_same = !column->value;
    double *grown = grow(column->value, &column->cap, column->rows + 1, sizeof *grown, err);

    if (!grown)
        return RN_E_NOMEM;
    column->value = grown;
    for (size_t i = 0; was_same && i < column->rows; i++)
        column->value[i] = column->same;
    return RN_OK;
}

static enum rn_status append(struct rn_table_column *column, double value, struct rn_err *err)
{
    enum rn_status status;

    if (column->rows == 0)
        column->same = value;
    if (!column->value && equal(column->same, value)) {
        column->rows++;
        return RN_OK;
    }
    RN_TRY(spread(column, err));
    column->value[column->rows++] = value;
done:
    return status;
}

/* Rows that had no such number. */
static enum rn_status pad(struct rn_table_column *column, size_t rows, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    while (column->rows < rows && status == RN_OK)
        status = append(column, NAN, err);
    return status;
}

enum rn_status rn_table_put(struct rn_table *table, const char *name, double value,
                            struct rn_err *err)
{
    struct rn_table_column *column = rn_table_find(table, name);
    enum rn_status status = RN_OK;

    if (!column)
        RN_TRY(add_column(table, name, &column, err));
    table->next = (size_t)(column - table->columns) + 1;
    RN_TRY(pad(column, table->rows, err));
    if (column->rows == table->rows)
        status = append(column, value, err);
done:
    return status;
}

enum rn_status rn_table_end_row(struct rn_table *table, size_t source, struct rn_err *err)
{
    size_t *grown = grow(table->source, &table->source_cap, table->rows + 1, sizeof source, err);

    if (!grown)
        return RN_E_NOMEM;
    table->source = grown;
    table->source[table->rows++] = source;
    return RN_OK;
}

/* Every column of all rows; costs that are the same for all networks as an array, too. */
static enum rn_status complete(struct rn_table *table, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < table->n; i++) {
        struct rn_table_column *column = &table->columns[i];
        RN_TRY(pad(column, table->rows, err));
        if (!column->value && is_kept(column->name))
            RN_TRY(spread(column, err));
    }
done:
    return status;
}

/* Rows move down in place, so error[row] is read before any row can reach it. */
static void drop_unfinished(struct rn_table *table, double *error)
{
    size_t n = 0;

    for (size_t row = 0; row < table->rows; row++) {
        if (isnan(error[row]))
            continue;
        for (size_t i = 0; i < table->n; i++)
            if (table->columns[i].value)
                table->columns[i].value[n] = table->columns[i].value[row];
        table->source[n++] = table->source[row];
    }
    table->rows = n;
}

static void move_column(struct rn_table_column *column, struct rn_records *records)
{
    records->columns[records->n_columns++] = (struct rn_column){column->name, column->value};
    *column = (struct rn_table_column){0};
}

enum rn_status rn_table_finish(struct rn_table *table, struct rn_records *records,
                               struct rn_err *err)
{
    struct rn_table_column *error = rn_table_find(table, "error");
    struct rn_records made = {.unfinished = table->rows};
    enum rn_status status;

    RN_TRY(complete(table, err));
    made.columns = rn_alloc(table->n, sizeof *made.columns);
    if (!made.columns)
        RN_TRY(rn_nomem(err, table->n * sizeof *made.columns, "records"));
    drop_unfinished(table, error->value);
    made.n = table->rows;
    made.unfinished -= made.n;
    made.source = table->source;
    table->source = NULL;
    move_column(error, &made);
    for (size_t i = 0; i < table->n; i++)
        if (table->columns[i].value)
            move_column(&table->columns[i], &made);
    *records = made;
done:
    return status;
}

void rn_table_release(struct rn_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        rn_free(table->columns[i].name);
        rn_free(table->columns[i].value);
    }
    rn_free(table->columns);
    rn_free(table->source);
    *table = (struct rn_table){0};
}
