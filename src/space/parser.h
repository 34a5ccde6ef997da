/* parser.h: what the two halves of the parser share: expr_parse.c has the rules from operators up,
   expr_atom.c what stands between operators. */
#ifndef RN_SPACE_PARSER_H
#define RN_SPACE_PARSER_H

#include "lexer.h"

struct rn_parser {
    struct rn_lexer lexer;
    const struct rn_space *space;
    struct rn_expr *expr;
    int depth;
    int bare; /* where a vector stands without an index and outside of a function; -1: nowhere */
};

#define RN_PARSE_FAIL(p, place, ...) \
    rn_expr_fail((p)->lexer.value, place, (p)->lexer.err, __VA_ARGS__)

static inline struct rn_node *rn_parser_node(const struct rn_parser *p, int node)
{
    return &p->expr->nodes[node];
}

/* A new node without operands; and child as the last operand of parent, which takes over what the
   child needs to know. */
enum rn_status rn_parser_add(struct rn_parser *p, enum rn_expr_op op, int place, int *node);
enum rn_status rn_parser_adopt(struct rn_parser *p, int parent, int child);
/* Errors unless a node is a truth, a number; of: what takes it. */
enum rn_status rn_parser_want_truth(const struct rn_parser *p, int node, const char *of);
enum rn_status rn_parser_want_number(const struct rn_parser *p, int node, const char *of);

enum rn_status rn_parse_truth(struct rn_parser *p, int *node);
enum rn_status rn_parse_factor(struct rn_parser *p, int *node);

#endif
