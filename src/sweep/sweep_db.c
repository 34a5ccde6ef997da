/* sweep.db, by SQLite. */
#include "sweep_db.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 60000 /* another `collect` is waited for */

static const char schema[] =
    "pragma foreign_keys = on;"
    "begin immediate;"
    "create table if not exists runs(network integer primary key, outcome text, attempt integer,"
    " top1_err real, top5_err real, loss real, epochs integer, seconds real, images_per_s real,"
    " flops integer, params integer, acts integer, host text, recorded_ns integer);"
    "create table if not exists drawn(network integer references runs on delete cascade, name text,"
    " value, primary key(network, name)) without rowid;";

enum statement { HAS, PUT_RUN, DROP_RUN, PUT_DRAWN, EACH, RUN, NAMES, DRAWN, N_STATEMENTS };

static const char *const sql[N_STATEMENTS] = {
    [HAS] = "select 1 from runs where network = ? and recorded_ns = ?",
    [PUT_RUN] = "insert into runs values(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [DROP_RUN] = "delete from runs where network = ?",
    [PUT_DRAWN] = "insert into drawn values(?,?,?)",
    [EACH] = "select network from runs order by network",
    [RUN] = "select * from runs where network = ?",
    [NAMES] = "select distinct name from drawn order by name",
    [DRAWN] = "select value from drawn where network = ? and name = ?",
};

struct rn_sweep_db {
    sqlite3 *sqlite;
    sqlite3_stmt *statement[N_STATEMENTS];
    char *path;
};

static enum rn_status failed(struct rn_sweep_db *db, struct rn_err *err)
{
    bool memory = sqlite3_errcode(db->sqlite) == SQLITE_NOMEM;

    return rn_fail(err, memory ? RN_E_NOMEM : RN_E_IO,
                   "%s: %s; the file can be removed: collect makes it again from the runs",
                   db->path, sqlite3_errmsg(db->sqlite));
}

void rn_sweep_db_free(struct rn_sweep_db *db)
{
    if (!db)
        return;
    for (int i = 0; i < N_STATEMENTS; i++)
        (void)sqlite3_finalize(db->statement[i]);
    (void)sqlite3_close(db->sqlite);
    rn_free(db->path);
    rn_free(db);
}

static enum rn_status prepare(struct rn_sweep_db *db, struct rn_err *err)
{
    (void)sqlite3_busy_timeout(db->sqlite, BUSY_MS);
    if (sqlite3_exec(db->sqlite, schema, NULL, NULL, NULL) != SQLITE_OK)
        return failed(db, err);
    for (int i = 0; i < N_STATEMENTS; i++)
        if (sqlite3_prepare_v2(db->sqlite, sql[i], -1, &db->statement[i], NULL) != SQLITE_OK)
            return failed(db, err);
    return RN_OK;
}

enum rn_status rn_sweep_db_open(const char *path, struct rn_sweep_db **db, struct rn_err *err)
{
    struct rn_sweep_db *made = rn_alloc(1, sizeof *made);
    enum rn_status status;

    if (!made)
        return rn_nomem(err, sizeof *made, "a database");
    made->path = rn_strdup(path);
    if (!made->path)
        RN_TRY(rn_nomem(err, strlen(path), "a path"));
    status =
        sqlite3_open(path, &made->sqlite) == SQLITE_OK ? prepare(made, err) : failed(made, err);
    if (status != RN_OK)
        goto done;
    *db = made;
    made = NULL;
done:
    rn_sweep_db_free(made);
    return status;
}

enum rn_status rn_sweep_db_commit(struct rn_sweep_db *db, struct rn_err *err)
{
    return sqlite3_exec(db->sqlite, "commit", NULL, NULL, NULL) == SQLITE_OK ? RN_OK
                                                                             : failed(db, err);
}

/* Runs a statement that has no more than one row; *row, if wanted: whether there was one. */
static enum rn_status step(struct rn_sweep_db *db, enum statement which, bool *row,
                           struct rn_err *err)
{
    sqlite3_stmt *s = db->statement[which];
    int result = sqlite3_step(s);

    if (row)
        *row = result == SQLITE_ROW;
    if (result != SQLITE_DONE && result != SQLITE_ROW)
        return failed(db, err);
    return sqlite3_reset(s) == SQLITE_OK ? RN_OK : failed(db, err);
}

enum rn_status rn_sweep_db_has(struct rn_sweep_db *db, size_t network, int64_t time, bool *has,
                               struct rn_err *err)
{
    sqlite3_stmt *s = db->statement[HAS];

    (void)sqlite3_bind_int64(s, 1, (int64_t)network);
    (void)sqlite3_bind_int64(s, 2, time);
    return step(db, HAS, has, err);
}

static enum rn_status drop(struct rn_sweep_db *db, int64_t network, struct rn_err *err)
{
    (void)sqlite3_bind_int64(db->statement[DROP_RUN], 1, network);
    return step(db, DROP_RUN, NULL, err);
}

static enum rn_status put_drawn(struct rn_sweep_db *db, size_t network,
                                const struct rn_value *drawn, struct rn_err *err)
{
    sqlite3_stmt *s = db->statement[PUT_DRAWN];
    enum rn_status status = RN_OK;

    for (size_t i = 0; drawn && i < drawn->n && status == RN_OK; i++) {
        const char *text = drawn->items[i].text;
        char *end;
        double number = text ? strtod(text, &end) : 0;
        if (!text)
            continue;
        (void)sqlite3_bind_int64(s, 1, (int64_t)network);
        (void)sqlite3_bind_text(s, 2, drawn->keys[i].text, -1, SQLITE_STATIC);
        if (end != text && *end == 0)
            (void)sqlite3_bind_double(s, 3, number);
        else
            (void)sqlite3_bind_text(s, 3, text, -1, SQLITE_STATIC);
        status = step(db, PUT_DRAWN, NULL, err);
    }
    return status;
}

/* A loss that is not finite becomes null. */
enum rn_status rn_sweep_db_put(struct rn_sweep_db *db, const struct rn_run_record *record,
                               const struct rn_result *result, int64_t time,
                               const struct rn_value *drawn, struct rn_err *err)
{
    sqlite3_stmt *s = db->statement[PUT_RUN];
    const double reals[] = {result->top1_err, result->top5_err, result->loss};
    enum rn_status status;

    RN_TRY(drop(db, (int64_t)record->network, err));
    (void)sqlite3_bind_int64(s, 1, (int64_t)record->network);
    (void)sqlite3_bind_text(s, 2, rn_run_state_name(record->outcome), -1, SQLITE_STATIC);
    (void)sqlite3_bind_int(s, 3, record->attempt);
    for (int i = 0; i < 3; i++)
        (void)sqlite3_bind_double(s, 4 + i, reals[i]);
    (void)sqlite3_bind_int(s, 7, result->epochs);
    (void)sqlite3_bind_double(s, 8, result->seconds);
    (void)sqlite3_bind_double(s, 9, result->images_per_s);
    (void)sqlite3_bind_int64(s, 10, result->cx.flops);
    (void)sqlite3_bind_int64(s, 11, result->cx.params);
    (void)sqlite3_bind_int64(s, 12, result->cx.acts);
    (void)sqlite3_bind_text(s, 13, record->host, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(s, 14, time);
    RN_TRY(step(db, PUT_RUN, NULL, err));
    status = put_drawn(db, record->network, drawn, err);
done:
    return status;
}

enum rn_status rn_sweep_db_each(struct rn_sweep_db *db,
                                enum rn_status (*visit)(void *arg, size_t network,
                                                        struct rn_err *err),
                                void *arg, struct rn_err *err)
{
    sqlite3_stmt *s = db->statement[EACH];
    enum rn_status status = RN_OK;
    int result;

    while ((result = sqlite3_step(s)) == SQLITE_ROW && status == RN_OK)
        status = visit(arg, (size_t)sqlite3_column_int64(s, 0), err);
    if (status == RN_OK && result != SQLITE_DONE)
        status = failed(db, err);
    (void)sqlite3_reset(s);
    return status;
}

struct retained {
    struct rn_sweep_db *db;
    const bool *keep;
    size_t n, removed;
};

static enum rn_status retain_one(void *arg, size_t network, struct rn_err *err)
{
    struct retained *r = arg;

    if (network < r->n && r->keep[network])
        return RN_OK;
    r->removed++;
    return drop(r->db, (int64_t)network, err);
}

enum rn_status rn_sweep_db_retain(struct rn_sweep_db *db, const bool *keep, size_t n,
                                  size_t *removed, struct rn_err *err)
{
    struct retained r = {db, keep, n, 0};
    enum rn_status status = rn_sweep_db_each(db, retain_one, &r, err);

    *removed = r.removed;
    return status;
}

/* Texts with what CSV has a meaning for are quoted. */
static enum rn_status add_field(struct rn_buf *out, const char *text, struct rn_err *err)
{
    enum rn_status status;

    text = text ? text : "";
    if (!strpbrk(text, ",\"\n"))
        return rn_buf_addf(out, err, "%s", text);
    RN_TRY(rn_buf_add(out, "\"", 1, err));
    for (; *text; text++)
        RN_TRY(rn_buf_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1, err));
    status = rn_buf_add(out, "\"", 1, err);
done:
    return status;
}

/* What was drawn, a column a name: the names, or a run's values. */
static enum rn_status add_drawn(struct rn_sweep_db *db, size_t network, struct rn_buf *out,
                                struct rn_err *err)
{
    sqlite3_stmt *names = db->statement[NAMES], *value = db->statement[DRAWN];
    enum rn_status status = RN_OK;
    bool row;

    while (sqlite3_step(names) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(names, 0);
        RN_TRY(rn_buf_add(out, ",", 1, err));
        if (network == SIZE_MAX) {
            RN_TRY(add_field(out, text, err));
            continue;
        }
        (void)sqlite3_bind_int64(value, 1, (int64_t)network);
        (void)sqlite3_bind_text(value, 2, text, -1, SQLITE_STATIC);
        row = sqlite3_step(value) == SQLITE_ROW;
        RN_TRY(add_field(out, row ? (const char *)sqlite3_column_text(value, 0) : "", err));
        (void)sqlite3_reset(value);
    }
done:
    (void)sqlite3_reset(value);
    (void)sqlite3_reset(names);
    return status;
}

enum rn_status rn_sweep_db_csv(struct rn_sweep_db *db, size_t network, struct rn_buf *out,
                               struct rn_err *err)
{
    sqlite3_stmt *s = db->statement[RUN];
    bool head = network == SIZE_MAX;
    enum rn_status status = RN_OK;

    (void)sqlite3_bind_int64(s, 1, (int64_t)network);
    if (sqlite3_step(s) != SQLITE_ROW && !head)
        RN_TRY(failed(db, err));
    for (int i = 0; i < sqlite3_column_count(s); i++) {
        RN_TRY(rn_buf_addf(out, err, "%s", i ? "," : ""));
        RN_TRY(add_field(
            out, head ? sqlite3_column_name(s, i) : (const char *)sqlite3_column_text(s, i), err));
    }
    RN_TRY(add_drawn(db, network, out, err));
    status = rn_buf_add(out, "\n", 1, err);
done:
    (void)sqlite3_reset(s);
    return status;
}
