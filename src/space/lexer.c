/* The words of an expression. */
#include "lexer.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 200 /* longer expressions are not repeated in messages */

enum rn_status rn_expr_fail(const struct rn_value *value, int at, struct rn_err *err,
                            const char *fmt, ...)
{
    struct rn_value place = *value;
    char message[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    place.column += at + (place.quoted ? 1 : 0);
    if (strlen(value->text) > SHOWN || strchr(value->text, '\n'))
        return rn_value_fail(&place, err, "%s", message);
    return rn_value_fail(&place, err, "%s\n    %s\n    %*s^", message, value->text, at, "");
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

int rn_lexer_place(struct rn_lexer *lexer)
{
    while (lexer->text[lexer->at] == ' ' || lexer->text[lexer->at] == '\t')
        lexer->at++;
    return lexer->at;
}

bool rn_lexer_accept(struct rn_lexer *lexer, const char *token)
{
    size_t len = strlen(token);
    const char *next = lexer->text + rn_lexer_place(lexer);

    if (strncmp(next, token, len) != 0 || (is_word(token[0]) && is_word(next[len])))
        return false;
    lexer->at += (int)len;
    return true;
}

/* Signs of other languages, and how they are written here. */
static const char *spelling_of(char sign)
{
    static const char *const signs[] = {"= ==", "& and", "| or", "! not"};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (signs[i][0] == sign)
            return signs[i] + 2;
    }
    return NULL;
}

static enum rn_status fail_here(struct rn_lexer *lexer, const char *expected)
{
    const char *ours = spelling_of(lexer->text[lexer->at]);

    if (ours)
        return rn_expr_fail(lexer->value, lexer->at, lexer->err, "write \"%s\" here", ours);
    return rn_expr_fail(lexer->value, lexer->at, lexer->err, "expected %s here", expected);
}

enum rn_status rn_lexer_expect(struct rn_lexer *lexer, const char *token)
{
    if (rn_lexer_accept(lexer, token))
        return RN_OK;
    return rn_expr_fail(lexer->value, lexer->at, lexer->err, "expected \"%s\" here", token);
}

bool rn_lexer_at_number(struct rn_lexer *lexer)
{
    const char *next = lexer->text + rn_lexer_place(lexer);

    return isdigit((unsigned char)next[0]) || next[0] == '.';
}

bool rn_lexer_at_name(struct rn_lexer *lexer)
{
    char next = lexer->text[rn_lexer_place(lexer)];

    return isalpha((unsigned char)next) || next == '_';
}

enum rn_status rn_lexer_number(struct rn_lexer *lexer, double *number)
{
    const char *begin = lexer->text + rn_lexer_place(lexer);
    char *end;

    if (begin[0] == '0' && tolower((unsigned char)begin[1]) == 'x')
        return rn_expr_fail(lexer->value, lexer->at, lexer->err, "numbers are decimal");
    *number = strtod(begin, &end);
    if (end == begin || !isfinite(*number))
        return rn_expr_fail(lexer->value, lexer->at, lexer->err, "this is not a number");
    lexer->at += (int)(end - begin);
    if (is_word(*end) || *end == '.')
        return rn_expr_fail(lexer->value, lexer->at, lexer->err,
                            "this does not belong to a number");
    return RN_OK;
}

enum rn_status rn_lexer_whole(struct rn_lexer *lexer, int *number)
{
    int place = rn_lexer_place(lexer), n = 0;

    while (isdigit((unsigned char)lexer->text[lexer->at]) && n <= RN_EXPR_OFFSET)
        n = 10 * n + (lexer->text[lexer->at++] - '0');
    if (lexer->at == place || n > RN_EXPR_OFFSET)
        return rn_expr_fail(lexer->value, place, lexer->err,
                            "expected a whole number from 0 to %d here", RN_EXPR_OFFSET);
    *number = n;
    return RN_OK;
}

enum rn_status rn_lexer_name(struct rn_lexer *lexer, char name[RN_LEXER_NAME])
{
    const char *begin = lexer->text + rn_lexer_place(lexer);
    int n = 0;

    while (is_word(begin[n]) || (n > 0 && begin[n] == '.' && is_word(begin[n + 1])))
        n++;
    if (!rn_lexer_at_name(lexer))
        return fail_here(lexer, "a name or a number");
    if (n >= RN_LEXER_NAME)
        return rn_expr_fail(lexer->value, lexer->at, lexer->err, "there is no \"%.40s\"...", begin);
    memcpy(name, begin, (size_t)n);
    name[n] = 0;
    lexer->at += n;
    return RN_OK;
}

enum rn_status rn_lexer_end(struct rn_lexer *lexer)
{
    if (!lexer->text[rn_lexer_place(lexer)])
        return RN_OK;
    return fail_here(lexer, "an operator or the end of the constraint");
}
