/* The life of a constraint. */
#include "constraint.h"

#include <string.h>

#include "lexer.h"
#include "room.h"

static enum rn_status copy_place(const struct rn_value *value, struct rn_constraint *made,
                                 struct rn_err *err)
{
    const char *text;
    enum rn_status status;

    RN_TRY(rn_value_text(value, &text, err));
    made->place = *value;
    made->place.file = value->file ? rn_strdup(value->file) : NULL;
    made->place.text = rn_strdup(text);
    if ((value->file && !made->place.file) || !made->place.text)
        status = rn_nomem(err, strlen(text), "a constraint");
done:
    return status;
}

/* A parameter that shared(...) may name. */
static enum rn_status parse_shared_name(struct rn_lexer *lexer, const struct rn_space *space,
                                        int *param, struct rn_err *err)
{
    int place = rn_lexer_place(lexer);
    char text[RN_LEXER_NAME];
    struct rn_name name;
    enum rn_status status;

    RN_TRY(rn_lexer_name(lexer, text));
    if (!rn_name_find(space, text, &name))
        return rn_name_unknown(space, text, lexer->value, place, err);
    if (name.quantity != RN_QUANTITY_PARAM)
        RN_TRY(rn_expr_fail(lexer->value, place, err,
                            "%s is not drawn: parameters are shared, as in shared(b)", text));
    *param = name.param;
done:
    return status;
}

/* name [ "," name ] ")", behind "shared(" */
static enum rn_status parse_shared(struct rn_lexer *lexer, const struct rn_space *space,
                                   struct rn_constraint *made, struct rn_err *err)
{
    const struct rn_param *params = space->params;
    int place = rn_lexer_place(lexer);
    enum rn_status status;

    made->with = -1;
    RN_TRY(parse_shared_name(lexer, space, &made->shared, err));
    if (rn_lexer_accept(lexer, ",")) {
        RN_TRY(parse_shared_name(lexer, space, &made->with, err));
        if (params[made->shared].per_stage || params[made->with].per_stage ||
            made->shared == made->with)
            RN_TRY(rn_expr_fail(lexer->value, place, err,
                                "two different parameters with one value each can share it, as in "
                                "shared(w0, wa) of RegNet"));
    } else if (!params[made->shared].per_stage) {
        RN_TRY(rn_expr_fail(lexer->value, place, err,
                            "%s is one number for all stages already; shared(%s, ...) gives it to "
                            "another parameter",
                            params[made->shared].name, params[made->shared].name));
    }
    RN_TRY(rn_lexer_expect(lexer, ")"));
    status = rn_lexer_end(lexer);
done:
    return status;
}

enum rn_status rn_constraint_parse(const struct rn_value *value, const struct rn_space *space,
                                   struct rn_constraint **constraint, struct rn_err *err)
{
    struct rn_constraint *made = rn_alloc(1, sizeof *made);
    struct rn_lexer lexer = {.value = value, .err = err};
    enum rn_status status;

    if (!made)
        return rn_nomem(err, sizeof *made, "a constraint");
    RN_TRY(copy_place(value, made, err));
    lexer.text = made->place.text;
    if (rn_lexer_accept(&lexer, "shared") && rn_lexer_accept(&lexer, "("))
        RN_TRY(parse_shared(&lexer, space, made, err));
    else
        RN_TRY(rn_expr_parse(value, space, &made->expr, err));
    *constraint = made;
    made = NULL;
done:
    rn_constraint_free(made);
    return status;
}

void rn_constraint_free(struct rn_constraint *constraint)
{
    if (!constraint)
        return;
    rn_free((char *)constraint->place.file);
    rn_free((char *)constraint->place.text);
    rn_free(constraint->expr);
    rn_free(constraint);
}

enum rn_level rn_constraint_level(const struct rn_constraint *constraint)
{
    return constraint->expr->nodes[constraint->expr->root].level;
}

bool rn_constraint_holds(const struct rn_constraint *constraint, const struct rn_draw *draw)
{
    return rn_expr_eval(constraint->expr, constraint->expr->root, draw, 0) != 0;
}
