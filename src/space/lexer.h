/* lexer.h: the words of an expression, taken from the text one by one. */
#ifndef RN_SPACE_LEXER_H
#define RN_SPACE_LEXER_H

#include "expr.h"

#define RN_LEXER_NAME 64

struct rn_lexer {
    const struct rn_value *value; /* where the text stands, for messages */
    const char *text;
    int at; /* of the next character */
    struct rn_err *err;
};

/* The place of the next token: blanks are passed. */
int rn_lexer_place(struct rn_lexer *lexer);
/* A sign as it is, or a whole word; false: something else follows, and nothing is taken. */
bool rn_lexer_accept(struct rn_lexer *lexer, const char *token);
enum rn_status rn_lexer_expect(struct rn_lexer *lexer, const char *token);
bool rn_lexer_at_number(struct rn_lexer *lexer);
bool rn_lexer_at_name(struct rn_lexer *lexer);
enum rn_status rn_lexer_number(struct rn_lexer *lexer, double *number);
/* A whole number from 0 to RN_EXPR_OFFSET. */
enum rn_status rn_lexer_whole(struct rn_lexer *lexer, int *number);
/* Letters, digits, _ and points between them: OPTIM.BASE_LR is one name. */
enum rn_status rn_lexer_name(struct rn_lexer *lexer, char name[RN_LEXER_NAME]);
enum rn_status rn_lexer_end(struct rn_lexer *lexer);

#endif
