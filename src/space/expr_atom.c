/* What stands between operators: numbers, names with their indices, calls, parentheses. */
#include <string.h>

#include "parser.h"
#include "regnet/config.h"

/* index = [ "-" ] whole | ( "i" | "j" ) [ ( "+" | "-" ) whole ] */
static enum rn_status parse_index(struct rn_parser *p, int node)
{
    struct rn_node *name = rn_parser_node(p, node);
    bool i = rn_lexer_accept(&p->lexer, "i"), j = !i && rn_lexer_accept(&p->lexer, "j");
    bool minus = rn_lexer_accept(&p->lexer, "-"), plus = !minus && rn_lexer_accept(&p->lexer, "+");
    enum rn_status status = RN_OK;

    name->fixed_index = !i && !j;
    name->run = i ? RN_RUN_STAGES : j ? RN_RUN_BLOCKS : RN_RUN_NONE;
    if (plus && name->fixed_index)
        RN_TRY(RN_PARSE_FAIL(p, p->lexer.at,
                             "an index is 0, 1, ..., -1 for the last, i, j, i+1 or the "
                             "like"));
    if (plus || minus || name->fixed_index)
        RN_TRY(rn_lexer_whole(&p->lexer, &name->offset));
    if (minus)
        name->offset = -name->offset;
    if (j && name->level < RN_LEVEL_BUILT)
        name->level = RN_LEVEL_BUILT;
    if (!name->fixed_index) {
        name->low = name->offset < 0 ? name->offset : 0;
        name->high = name->offset > 0 ? name->offset : 0;
    }
    status = rn_lexer_expect(&p->lexer, "]");
done:
    return status;
}

static enum rn_status parse_index_letter(struct rn_parser *p, enum rn_run run, int place, int *node)
{
    enum rn_status status;

    RN_TRY(rn_parser_add(p, RN_EXPR_INDEX, place, node));
    rn_parser_node(p, *node)->run = run;
    rn_parser_node(p, *node)->level = run == RN_RUN_BLOCKS ? RN_LEVEL_BUILT : RN_LEVEL_FIXED;
done:
    return status;
}

/* name [ "[" index "]" ] */
static enum rn_status parse_name(struct rn_parser *p, const char *text, int place, int *node)
{
    struct rn_name name;
    enum rn_status status;
    bool indexed;

    if (strcmp(text, "i") == 0 || strcmp(text, "j") == 0)
        return parse_index_letter(p, *text == 'i' ? RN_RUN_STAGES : RN_RUN_BLOCKS, place, node);
    if (!rn_name_find(p->space, text, &name))
        return rn_name_unknown(p->space, text, p->lexer.value, place, p->lexer.err);
    RN_TRY(rn_parser_add(p, RN_EXPR_NAME, place, node));
    rn_parser_node(p, *node)->name = name;
    rn_parser_node(p, *node)->level = name.level;
    indexed = rn_lexer_accept(&p->lexer, "[");
    if (indexed && !name.vector)
        RN_TRY(RN_PARSE_FAIL(p, place, "%s is one number and has no index", text));
    if (indexed)
        return parse_index(p, *node);
    if (name.vector) {
        rn_parser_node(p, *node)->run = RN_RUN_STAGES;
        p->bare = p->bare < 0 ? place : p->bare;
    }
done:
    return status;
}

struct function {
    const char *name;
    enum rn_expr_op op, several; /* of one argument that runs; of several. NUMBER: it has no such */
};

static const struct function functions[] = {
    {"all", RN_EXPR_ALL, RN_EXPR_NUMBER},   {"any", RN_EXPR_ANY, RN_EXPR_NUMBER},
    {"sum", RN_EXPR_SUM, RN_EXPR_NUMBER},   {"min", RN_EXPR_LEAST, RN_EXPR_MIN},
    {"max", RN_EXPR_GREATEST, RN_EXPR_MAX}, {"sqrt", RN_EXPR_SQRT, RN_EXPR_NUMBER},
    {"log", RN_EXPR_LOG, RN_EXPR_NUMBER},   {NULL, RN_EXPR_NUMBER, RN_EXPR_NUMBER},
};

static const struct function *find_function(const char *name)
{
    const struct function *f = functions;

    while (f->name && strcmp(f->name, name) != 0)
        f++;
    return f->name ? f : NULL;
}

static enum rn_status parse_arguments(struct rn_parser *p, const struct function *f, int call)
{
    enum rn_status status;
    bool truths = f->op == RN_EXPR_ALL || f->op == RN_EXPR_ANY;
    int n = 0, argument;

    do {
        RN_TRY(rn_parse_truth(p, &argument));
        RN_TRY(truths ? rn_parser_want_truth(p, argument, f->name)
                      : rn_parser_want_number(p, argument, f->name));
        RN_TRY(rn_parser_adopt(p, call, argument));
        n++;
    } while (rn_lexer_accept(&p->lexer, ","));
    if (n > 1 && f->several == RN_EXPR_NUMBER)
        RN_TRY(RN_PARSE_FAIL(p, rn_parser_node(p, argument)->at, "%s takes one argument", f->name));
    rn_parser_node(p, call)->op = n > 1 ? f->several : f->op;
    status = rn_lexer_expect(&p->lexer, ")");
done:
    return status;
}

/* function "(" truth { "," truth } ")" */
static enum rn_status parse_call(struct rn_parser *p, const struct function *f, int place,
                                 int *node)
{
    enum rn_status status;
    int bare = p->bare;

    RN_TRY(rn_lexer_expect(&p->lexer, "("));
    RN_TRY(rn_parser_add(p, RN_EXPR_NUMBER, place, node));
    RN_TRY(parse_arguments(p, f, *node));
    if (!rn_expr_runs(rn_parser_node(p, *node)->op))
        return RN_OK;
    p->bare = bare;
    if (rn_parser_node(p, *node)->run == RN_RUN_NONE)
        status = RN_PARSE_FAIL(p, place, "nothing in %s(...) has a value a stage", f->name);
done:
    return status;
}

static enum rn_status fail_function(struct rn_parser *p, const char *name, int place)
{
    const char *known[sizeof functions / sizeof *functions], *near;
    size_t n = 0;

    for (const struct function *f = functions; f->name; f++)
        known[n++] = f->name;
    near = rn_nearest(name, known, n);
    if (near)
        return RN_PARSE_FAIL(p, place, "there is no function \"%s\"; did you mean \"%s\"?", name,
                             near);
    return RN_PARSE_FAIL(p, place,
                         "there is no function \"%s\"; there are all, any, sum, min, max, sqrt and "
                         "log",
                         name);
}

static enum rn_status parse_word(struct rn_parser *p, int place, int *node)
{
    char name[RN_LEXER_NAME];
    const struct function *f;
    enum rn_status status;

    RN_TRY(rn_lexer_name(&p->lexer, name));
    f = find_function(name);
    if (strcmp(name, "shared") == 0)
        RN_TRY(
            RN_PARSE_FAIL(p, place, "shared(...) is a constraint of its own, not a part of one"));
    if (f)
        status = parse_call(p, f, place, node);
    else if (rn_lexer_accept(&p->lexer, "("))
        status = fail_function(p, name, place);
    else
        status = parse_name(p, name, place, node);
done:
    return status;
}

static enum rn_status parse_negative(struct rn_parser *p, int place, int *node)
{
    enum rn_status status;
    int operand = -1;

    RN_TRY(rn_parse_factor(p, &operand));
    RN_TRY(rn_parser_want_number(p, operand, "-"));
    RN_TRY(rn_parser_add(p, RN_EXPR_NEGATE, place, node));
    status = rn_parser_adopt(p, *node, operand);
done:
    return status;
}

/* factor = "-" factor | number | name [ "[" index "]" ] | call | "(" truth ")" */
enum rn_status rn_parse_factor(struct rn_parser *p, int *node)
{
    int place = rn_lexer_place(&p->lexer);
    enum rn_status status;

    if (++p->depth > RN_EXPR_DEPTH)
        RN_TRY(RN_PARSE_FAIL(p, place, "more than %d levels of parentheses", RN_EXPR_DEPTH));
    if (rn_lexer_accept(&p->lexer, "-")) {
        status = parse_negative(p, place, node);
    } else if (rn_lexer_accept(&p->lexer, "(")) {
        RN_TRY(rn_parse_truth(p, node));
        status = rn_lexer_expect(&p->lexer, ")");
    } else if (rn_lexer_at_number(&p->lexer)) {
        RN_TRY(rn_parser_add(p, RN_EXPR_NUMBER, place, node));
        status = rn_lexer_number(&p->lexer, &rn_parser_node(p, *node)->number);
    } else {
        status = parse_word(p, place, node);
    }
done:
    p->depth--;
    return status;
}
