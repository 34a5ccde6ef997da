/*
 * Any bytes as a constraint of an AnyNet and of a RegNet: a refusal names a place in the text, a
 * value is a truth, and what is drawn directly holds of each draw. Tests replay corpus/expr;
 * tools/fuzz.sh expr looks for new cases.
 */
#include <string.h>

#include "fuzz.h"
#include "space/room.h"

#define DRAWS 16

/* Of few points, so that making their tables takes no time. */
static const char *const spaces[] = {
    "name: a\nfamily: anynet\nparameters:\n"
    "  d: {range: [1, 16], distribution: log_uniform}\n  w: {range: [8, 128], quantum: 8}\n"
    "  b: {values: [1, 2, 4]}\n  g: 8\n  OPTIM.BASE_LR: {range: [0.1, 1], quantum: 0.1}\n",
    "name: r\nfamily: regnet\nparameters:\n"
    "  d: {range: [1, 63]}\n  w0: {range: [8, 64], quantum: 8}\n  wa: {range: [8, 64], quantum: "
    "8}\n"
    "  wm: {range: [1.5, 3], quantum: 0.5}\n  b: 1\n  g: 8\n"};

static struct rn_space *open_space(const char *text)
{
    struct rn_space *space = rn_space_new();
    struct rn_doc *doc = NULL;

    if (rn_doc_parse_yaml(text, strlen(text), "space", &doc, NULL) != RN_OK ||
        rn_space_read_root(space, rn_doc_root(doc), "space", 0, NULL) != RN_OK)
        __builtin_trap();
    rn_doc_free(doc);
    return space;
}

static void check_draws(const struct rn_space *space, const struct rn_constraint *constraint)
{
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, 0);
    struct rn_draw draw;

    rn_draw_init(space, &draw);
    for (int i = 0; i < DRAWS && constraint->expr; i++) {
        rn_draw_values(space, false, &rng, &draw);
        if (constraint->drawn && !rn_constraint_holds(constraint, &draw))
            __builtin_trap();
        if (rn_draw_build(space, &draw)) {
            draw.cx = rn_arch_complexity(&draw.arch);
            (void)rn_constraint_holds(constraint, &draw);
        }
    }
}

static void as_constraint(const char *text, struct rn_space *space)
{
    const struct rn_value value = {.kind = RN_VALUE_SCALAR,
                                   .line = 1,
                                   .column = 1,
                                   .file = "fuzz",
                                   .text = text,
                                   .quoted = true};
    struct rn_err err = {0};

    if (rn_constraint_parse(&value, space, &space->constraints[0], &err) != RN_OK) {
        if (strncmp(err.msg, "fuzz:1:", 7) != 0)
            __builtin_trap();
        return;
    }
    space->n_constraints = 1;
    if (rn_space_compile(space, &err) == RN_OK)
        check_draws(space, space->constraints[0]);
    else if (!err.msg[0])
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_buf text = {0};

    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        struct rn_space *space = open_space(spaces[i]);
        text.len = 0;
        if (rn_buf_add(&text, data, size, NULL) == RN_OK)
            as_constraint(text.data, space);
        rn_space_free(space);
    }
    rn_buf_release(&text);
    return 0;
}
