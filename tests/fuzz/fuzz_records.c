/*
 * Any bytes as a population's file: what is accepted has an error of 0 to 100 for each network and
 * full columns, what is refused says where. Tests replay corpus/records; tools/fuzz.sh records
 * looks for new cases.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "sweep/records.h"

static void check(const struct rn_records *records)
{
    double sum = 0;

    if (strcmp(records->columns[0].name, "error") != 0)
        __builtin_trap();
    for (size_t i = 0; i < records->n; i++)
        if (!(records->columns[0].value[i] >= 0 && records->columns[0].value[i] <= 100))
            __builtin_trap();
    for (size_t k = 0; k < records->n_columns; k++)
        for (size_t i = 0; i < records->n; i++)
            sum += records->columns[k].value[i]; /* the sanitizers see what is not there */
    if (isinf(sum))
        (void)fprintf(stderr, "a large number\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    struct rn_table table = {0};
    struct rn_records records = {0};
    struct rn_err err = {0};
    enum rn_status status;

    if (!in)
        return 0;
    RN_TRY(rn_records_from_json(in, "fuzz", &table, &err));
    if (!rn_table_find(&table, "error"))
        goto done;
    RN_TRY(rn_table_finish(&table, &records, &err));
    check(&records);
done:
    if (status != RN_OK && strncmp(err.msg, "fuzz:", 5) != 0)
        __builtin_trap();
    (void)fclose(in);
    rn_records_release(&records);
    rn_table_release(&table);
    return 0;
}
