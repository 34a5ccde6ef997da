/*
 * expr.h: the expressions that constraints are made of (docs/spaces.md has the language).
 *
 * An expression is parsed once, against the names of a space, into a tree of nodes, and is checked
 * then: what a name means, numbers against truths, and what an index runs over. Evaluating it for a
 * draw cannot fail.
 */
#ifndef RN_SPACE_EXPR_H
#define RN_SPACE_EXPR_H

#include "regnet/value.h"

struct rn_space;
struct rn_draw;

#define RN_EXPR_NODES 256
#define RN_EXPR_DEPTH 32 /* of parentheses, calls and signs within each other */
#define RN_EXPR_OFFSET 64

enum rn_expr_op {
    RN_EXPR_NUMBER,
    RN_EXPR_NAME,  /* a number, or one element of what has a value a stage */
    RN_EXPR_INDEX, /* i or j, as a number */
    RN_EXPR_NEGATE,
    RN_EXPR_ADD,
    RN_EXPR_SUBTRACT,
    RN_EXPR_MULTIPLY,
    RN_EXPR_DIVIDE,
    RN_EXPR_SQRT,
    RN_EXPR_LOG,
    RN_EXPR_MIN, /* of several arguments */
    RN_EXPR_MAX,
    RN_EXPR_COMPARE, /* truths, from here on, up to the functions that run */
    RN_EXPR_NOT,
    RN_EXPR_AND,
    RN_EXPR_OR,
    RN_EXPR_ALL, /* these run over i or j */
    RN_EXPR_ANY,
    RN_EXPR_SUM, /* numbers again */
    RN_EXPR_LEAST,
    RN_EXPR_GREATEST
};

/* What an index runs over. */
enum rn_run { RN_RUN_NONE, RN_RUN_STAGES, RN_RUN_BLOCKS };

/* What must be known to evaluate: nothing, the parameters, the network, its counts. */
enum rn_level { RN_LEVEL_FIXED, RN_LEVEL_DRAWN, RN_LEVEL_BUILT, RN_LEVEL_COUNTED };

enum rn_quantity {
    RN_QUANTITY_PARAM, /* a drawn parameter */
    RN_QUANTITY_DEPTHS,
    RN_QUANTITY_WIDTHS,
    RN_QUANTITY_BOT_MULS,
    RN_QUANTITY_GROUP_WS,
    RN_QUANTITY_STAGES,
    RN_QUANTITY_RESOLUTION,
    RN_QUANTITY_FLOPS,
    RN_QUANTITY_PARAMS,
    RN_QUANTITY_ACTS
};

struct rn_name {
    enum rn_quantity quantity;
    int param;   /* RN_QUANTITY_PARAM: its place in the space */
    bool vector; /* a value a stage */
    enum rn_level level;
};

struct rn_node {
    enum rn_expr_op op;
    int at;          /* where it begins in the text, from 0 */
    int child, next; /* the first operand; the next one of the same parent; -1: none */
    double number;   /* RN_EXPR_NUMBER */
    struct rn_name name;
    bool fixed_index; /* of a vector: element `offset`, from the end where negative; else the
                         index and `offset` */
    int offset;
    unsigned char relation; /* RN_EXPR_COMPARE's operands but the first: of the one before to it,
                               RN_LESS, RN_EQUAL and RN_GREATER as bits */
    enum rn_level level;    /* the highest of the tree below */
    enum rn_run run;        /* of the index that occurs below; a function that runs binds it */
    int low, high;          /* least and greatest offset to that index */
};

struct rn_expr {
    int n, root;
    struct rn_node nodes[]; /* n of them */
};

/* Of a scalar that says what holds. RN_E_CONFIG with file, line, column, the expression and a mark
   below the place. Freed with rn_free. */
enum rn_status rn_expr_parse(const struct rn_value *value, const struct rn_space *space,
                             struct rn_expr **expr, struct rn_err *err);

/* Of a node; index: i or j where it occurs. Truths are 1 and 0. Of draw the number of stages must
   be known, and what the node's level says. */
double rn_expr_eval(const struct rn_expr *expr, int node, const struct rn_draw *draw, int index);

/* The values of the index for which every element that it names is there: [*begin, *end). */
void rn_expr_range(const struct rn_node *node, int extent, int *begin, int *end);

static inline bool rn_expr_runs(enum rn_expr_op op)
{
    return op >= RN_EXPR_ALL;
}

static inline bool rn_expr_is_truth(enum rn_expr_op op)
{
    return op >= RN_EXPR_COMPARE && op <= RN_EXPR_ANY;
}

/* The run of the index that a node leaves to be bound by what it stands in. */
static inline enum rn_run rn_expr_free_run(const struct rn_node *node)
{
    return rn_expr_runs(node->op) ? RN_RUN_NONE : node->run;
}

/* An error at a place in an expression that stands at value. */
__attribute__((format(printf, 4, 5))) enum rn_status
rn_expr_fail(const struct rn_value *value, int at, struct rn_err *err, const char *fmt, ...);

/* names.c: what a name means in a space. False: nothing. */
bool rn_name_find(const struct rn_space *space, const char *text, struct rn_name *name);
/* The message for a name that means nothing, with the nearest that does. */
enum rn_status rn_name_unknown(const struct rn_space *space, const char *text,
                               const struct rn_value *value, int at, struct rn_err *err);

#endif
