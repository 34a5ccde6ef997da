/* The parser of expressions: recursive descent, one function a rule of the grammar. */
#include <string.h>

#include "axis.h"
#include "parser.h"
#include "regnet/memory.h"

enum rn_status rn_parser_add(struct rn_parser *p, enum rn_expr_op op, int place, int *node)
{
    if (p->expr->n == RN_EXPR_NODES)
        return RN_PARSE_FAIL(p, place,
                             "the expression is too long: more than %d numbers, names and signs",
                             RN_EXPR_NODES);
    *node = p->expr->n++;
    *rn_parser_node(p, *node) = (struct rn_node){.op = op, .at = place, .child = -1, .next = -1};
    return RN_OK;
}

/* Makes child the last operand of parent, which takes over what the child needs to know. */
enum rn_status rn_parser_adopt(struct rn_parser *p, int parent, int child)
{
    struct rn_node *above = rn_parser_node(p, parent);
    const struct rn_node *below = rn_parser_node(p, child);
    int *last = &above->child;

    while (*last >= 0)
        last = &rn_parser_node(p, *last)->next;
    *last = child;
    if (below->level > above->level)
        above->level = below->level;
    if (rn_expr_free_run(below) == RN_RUN_NONE)
        return RN_OK;
    if (above->run != RN_RUN_NONE && above->run != below->run)
        return RN_PARSE_FAIL(p, below->at,
                             "i runs over stages and j over blocks: one expression has i "
                             "(or a name without index) or j");
    above->run = below->run;
    above->low = below->low < above->low ? below->low : above->low;
    above->high = below->high > above->high ? below->high : above->high;
    return RN_OK;
}

enum rn_status rn_parser_want_truth(const struct rn_parser *p, int node, const char *of)
{
    if (rn_expr_is_truth(rn_parser_node(p, node)->op))
        return RN_OK;
    return RN_PARSE_FAIL(p, rn_parser_node(p, node)->at,
                         "%s takes what holds or not, as in w[0] <= 64; this is a number", of);
}

enum rn_status rn_parser_want_number(const struct rn_parser *p, int node, const char *of)
{
    if (!rn_expr_is_truth(rn_parser_node(p, node)->op))
        return RN_OK;
    return RN_PARSE_FAIL(p, rn_parser_node(p, node)->at,
                         "%s takes numbers; this is what holds or not", of);
}

/* An operator between two operands that have been parsed. */
static enum rn_status join(struct rn_parser *p, enum rn_expr_op op, int left, int right, int *node)
{
    enum rn_status status;

    RN_TRY(rn_parser_add(p, op, rn_parser_node(p, left)->at, node));
    RN_TRY(rn_parser_adopt(p, *node, left));
    status = rn_parser_adopt(p, *node, right);
done:
    return status;
}

struct sign {
    const char *text;
    enum rn_expr_op op;
};

/* A rule of the form operand { sign operand }, of numbers. */
static enum rn_status parse_signs(struct rn_parser *p, const struct sign signs[2],
                                  enum rn_status (*parse_operand)(struct rn_parser *, int *),
                                  int *node)
{
    enum rn_status status;

    RN_TRY(parse_operand(p, node));
    for (;;) {
        const struct sign *sign = rn_lexer_accept(&p->lexer, signs[0].text)   ? &signs[0]
                                  : rn_lexer_accept(&p->lexer, signs[1].text) ? &signs[1]
                                                                              : NULL;
        int left = *node, right;
        if (!sign)
            return RN_OK;
        RN_TRY(rn_parser_want_number(p, left, sign->text));
        RN_TRY(parse_operand(p, &right));
        RN_TRY(rn_parser_want_number(p, right, sign->text));
        RN_TRY(join(p, sign->op, left, right, node));
    }
done:
    return status;
}

static enum rn_status parse_product(struct rn_parser *p, int *node)
{
    static const struct sign signs[] = {{"*", RN_EXPR_MULTIPLY}, {"/", RN_EXPR_DIVIDE}};

    return parse_signs(p, signs, rn_parse_factor, node);
}

static enum rn_status parse_sum(struct rn_parser *p, int *node)
{
    static const struct sign signs[] = {{"+", RN_EXPR_ADD}, {"-", RN_EXPR_SUBTRACT}};

    return parse_signs(p, signs, parse_product, node);
}

/* How the value before stands to the one behind; 0: no comparison follows. */
static unsigned char accept_relation(struct rn_lexer *lexer)
{
    static const struct {
        const char *text;
        unsigned char bits;
    } relations[] = {{"<=", RN_LESS | RN_EQUAL},
                     {">=", RN_GREATER | RN_EQUAL},
                     {"==", RN_EQUAL},
                     {"!=", RN_LESS | RN_GREATER},
                     {"<", RN_LESS},
                     {">", RN_GREATER}};

    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        if (rn_lexer_accept(lexer, relations[i].text))
            return relations[i].bits;
    }
    return 0;
}

/* comparison = sum { relation sum } */
static enum rn_status parse_comparison(struct rn_parser *p, int *node)
{
    unsigned char relation;
    enum rn_status status;
    int left, right;

    RN_TRY(parse_sum(p, node));
    relation = accept_relation(&p->lexer);
    if (relation == 0)
        return RN_OK;
    left = *node;
    RN_TRY(rn_parser_want_number(p, left, "a comparison"));
    RN_TRY(rn_parser_add(p, RN_EXPR_COMPARE, rn_parser_node(p, left)->at, node));
    RN_TRY(rn_parser_adopt(p, *node, left));
    for (; relation != 0; relation = accept_relation(&p->lexer)) {
        RN_TRY(parse_sum(p, &right));
        RN_TRY(rn_parser_want_number(p, right, "a comparison"));
        rn_parser_node(p, right)->relation = relation;
        RN_TRY(rn_parser_adopt(p, *node, right));
    }
done:
    return status;
}

/* negation = "not" negation | comparison */
static enum rn_status parse_negation(struct rn_parser *p, int *node)
{
    int place = rn_lexer_place(&p->lexer), operand;
    enum rn_status status;

    if (!rn_lexer_accept(&p->lexer, "not"))
        return parse_comparison(p, node);
    if (++p->depth > RN_EXPR_DEPTH)
        RN_TRY(RN_PARSE_FAIL(p, place, "more than %d levels of \"not\"", RN_EXPR_DEPTH));
    RN_TRY(parse_negation(p, &operand));
    RN_TRY(rn_parser_want_truth(p, operand, "not"));
    RN_TRY(rn_parser_add(p, RN_EXPR_NOT, place, node));
    status = rn_parser_adopt(p, *node, operand);
done:
    p->depth--;
    return status;
}

/* A rule of the form operand { word operand }, of truths. */
static enum rn_status parse_words(struct rn_parser *p, const char *word, enum rn_expr_op op,
                                  enum rn_status (*parse_operand)(struct rn_parser *, int *),
                                  int *node)
{
    enum rn_status status;

    RN_TRY(parse_operand(p, node));
    while (rn_lexer_accept(&p->lexer, word)) {
        int left = *node, right;
        RN_TRY(rn_parser_want_truth(p, left, word));
        RN_TRY(parse_operand(p, &right));
        RN_TRY(rn_parser_want_truth(p, right, word));
        RN_TRY(join(p, op, left, right, node));
    }
done:
    return status;
}

static enum rn_status parse_both(struct rn_parser *p, int *node)
{
    return parse_words(p, "and", RN_EXPR_AND, parse_negation, node);
}

/* truth = both { "or" both } */
enum rn_status rn_parse_truth(struct rn_parser *p, int *node)
{
    return parse_words(p, "or", RN_EXPR_OR, parse_both, node);
}

/* The whole: something that holds or not, to its end; what runs in it holds for every i or j. */
static enum rn_status parse_whole(struct rn_parser *p)
{
    enum rn_status status;
    int root;

    RN_TRY(rn_parse_truth(p, &root));
    RN_TRY(rn_lexer_end(&p->lexer));
    if (p->bare >= 0)
        RN_TRY(RN_PARSE_FAIL(p, p->bare,
                             "this has a value a stage: write all(...) around the comparison, "
                             "or an index as in w[i] or w[0]"));
    if (!rn_expr_is_truth(rn_parser_node(p, root)->op))
        RN_TRY(RN_PARSE_FAIL(p, p->lexer.at,
                             "expected <, <=, ==, !=, >= or > here: a constraint says what "
                             "holds"));
    if (rn_expr_free_run(rn_parser_node(p, root)) != RN_RUN_NONE) {
        int body = root;
        RN_TRY(rn_parser_add(p, RN_EXPR_ALL, rn_parser_node(p, body)->at, &root));
        RN_TRY(rn_parser_adopt(p, root, body));
    }
    p->expr->root = root;
done:
    return status;
}

enum rn_status rn_expr_parse(const struct rn_value *value, const struct rn_space *space,
                             struct rn_expr **expr, struct rn_err *err)
{
    struct rn_parser p = {.lexer = {.value = value, .err = err}, .space = space, .bare = -1};
    size_t size = sizeof *p.expr + RN_EXPR_NODES * sizeof *p.expr->nodes;
    enum rn_status status;

    RN_TRY(rn_value_text(value, &p.lexer.text, err));
    p.expr = rn_alloc(1, size);
    if (!p.expr)
        RN_TRY(rn_nomem(err, size, "a constraint"));
    RN_TRY(parse_whole(&p));
    *expr = p.expr;
    p.expr = NULL;
done:
    rn_free(p.expr);
    return status;
}
