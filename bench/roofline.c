/*
 * roofline: what this machine can do at best, one core and all of them: multiply-adds by type, and
 * bytes from each cache and from memory. A network is held against these figures
 * (regnet time --layers).
 *
 *     roofline            a table, in Markdown
 *     roofline --json     {"isa", "one": {"threads", "float32_flops", "bf16_flops", "levels":
 *                         [{"name", "bytes", "read", "copy"}, ...]}, "all": {...}}, by the second
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "regnet/regnet.h"

static void print_row(const char *what, double one, double all)
{
    printf("| %-18s | %8.1f | %7.1f |\n", what, one * 1e-9, all * 1e-9);
}

static void print_level(const struct rn_machine_level *one, const struct rn_machine_level *all)
{
    char what[32];

    (void)snprintf(what, sizeof what, "%s read, GB/s", one->name);
    print_row(what, one->read, all->read);
    (void)snprintf(what, sizeof what, "%s copy, GB/s", one->name);
    print_row(what, one->copy, all->copy);
}

static void print_table(const struct rn_machine *one, const struct rn_machine *all)
{
    printf("| %-18s | %8s | %d cores |\n|---|---|---|\n", one->isa, "one core", all->threads);
    print_row("float32, GFLOP/s", one->flops, all->flops);
    if (one->bf16_isa) {
        char what[32];
        (void)snprintf(what, sizeof what, "%s, GFLOP/s", one->bf16_isa);
        print_row(what, one->bf16_flops, all->bf16_flops);
    }
    for (int i = 0; i < one->n_levels; i++)
        print_level(&one->levels[i], &all->levels[i]);
}

static void json_machine(struct rn_json *js, const struct rn_machine *machine)
{
    rn_json_object(js);
    rn_json_key(js, "threads"), rn_json_int(js, machine->threads);
    rn_json_key(js, "float32_flops"), rn_json_double(js, machine->flops);
    rn_json_key(js, "bf16_flops");
    if (machine->bf16_flops > 0)
        rn_json_double(js, machine->bf16_flops);
    else
        rn_json_null(js);
    rn_json_key(js, "levels");
    rn_json_list(js);
    for (int i = 0; i < machine->n_levels; i++) {
        const struct rn_machine_level *level = &machine->levels[i];
        rn_json_object(js);
        rn_json_key(js, "name"), rn_json_text(js, level->name);
        rn_json_key(js, "bytes");
        if (level->bytes < SIZE_MAX)
            rn_json_int(js, (int64_t)level->bytes);
        else
            rn_json_null(js);
        rn_json_key(js, "read"), rn_json_double(js, level->read);
        rn_json_key(js, "copy"), rn_json_double(js, level->copy);
        rn_json_close(js);
    }
    rn_json_close(js);
    rn_json_close(js);
}

static enum rn_status print_json(const struct rn_machine *one, const struct rn_machine *all,
                                 struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "isa"), rn_json_text(&js, one->isa);
    rn_json_key(&js, "one"), json_machine(&js, one);
    rn_json_key(&js, "all"), json_machine(&js, all);
    rn_json_close(&js);
    status = rn_json_end(&js, err);
    if (status == RN_OK)
        puts(text.data);
    rn_buf_release(&text);
    return status;
}

int main(int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct rn_machine one, all;
    struct rn_err err = {0};
    enum rn_status status;

    RN_TRY(rn_machine_measure(1, &one, &err));
    RN_TRY(rn_machine_measure(cores > 1 ? (int)cores : 1, &all, &err));
    if (argc > 1 && strcmp(argv[1], "--json") == 0)
        RN_TRY(print_json(&one, &all, &err));
    else
        print_table(&one, &all);
done:
    if (status != RN_OK)
        fprintf(stderr, "roofline: %s\n", err.msg);
    return status == RN_OK ? 0 : 1;
}
