/* The parser of constraints: recursive descent over the text, one function a rule. */
#include "constraint.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/config.h"

const char *const rn_quantity_names[RN_QUANTITIES] = {"flops", "params", "acts", "stages",
                                                      "d",     "w",      "g"};

enum op { OP_NONE, OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT };

struct term {
    enum { TERM_NUMBER, TERM_NAME, TERM_ELEMENT } kind;
    size_t at; /* where it begins */
    double number;
    char name[16];
    int index; /* of an element: 0 for i, 1 for i+1 */
};

struct parser {
    const struct rn_value *value;
    const char *text;
    size_t at; /* of the next character */
    struct rn_err *err;
};

__attribute__((format(printf, 3, 4))) static enum rn_status fail_at(const struct parser *p,
                                                                    size_t at, const char *fmt, ...)
{
    struct rn_value place = *p->value;
    char message[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    place.column += (int)at + (place.quoted ? 1 : 0);
    if (strlen(p->text) > 200 || strchr(p->text, '\n'))
        return rn_value_fail(&place, p->err, "%s", message);
    return rn_value_fail(&place, p->err, "%s\n    %s\n    %*s^", message, p->text, (int)at, "");
}

static void skip_blanks(struct parser *p)
{
    while (p->text[p->at] == ' ' || p->text[p->at] == '\t')
        p->at++;
}

static bool accept(struct parser *p, const char *token)
{
    skip_blanks(p);
    if (strncmp(p->text + p->at, token, strlen(token)) != 0)
        return false;
    p->at += strlen(token);
    return true;
}

static enum rn_status expect(struct parser *p, const char *token)
{
    return accept(p, token) ? RN_OK : fail_at(p, p->at, "expected \"%s\" here", token);
}

static enum rn_status parse_number(struct parser *p, double *number)
{
    const char *begin = p->text + p->at;
    char *end;

    if (begin[0] == '0' && tolower((unsigned char)begin[1]) == 'x')
        return fail_at(p, p->at, "numbers are decimal");
    *number = strtod(begin, &end);
    if (end == begin || !isfinite(*number))
        return fail_at(p, p->at, "this is not a number");
    p->at += (size_t)(end - begin);
    if (isalnum((unsigned char)*end) || *end == '_')
        return fail_at(p, p->at, "this does not belong to a number");
    return RN_OK;
}

static enum rn_status parse_name(struct parser *p, char name[16])
{
    size_t n = 0;

    skip_blanks(p);
    while (isalnum((unsigned char)p->text[p->at + n]) || p->text[p->at + n] == '_')
        n++;
    if (n == 0 || isdigit((unsigned char)p->text[p->at]))
        return fail_at(p, p->at, "expected a name or a number here");
    if (n >= 16)
        return fail_at(p, p->at, "there is no \"%.*s\"", (int)(n < 40 ? n : 40), p->text + p->at);
    memcpy(name, p->text + p->at, n);
    name[n] = 0;
    p->at += n;
    return RN_OK;
}

/* term = number | name | letter "[" "i" ["+" "1"] "]" */
static enum rn_status parse_term(struct parser *p, struct term *term)
{
    enum rn_status status;

    skip_blanks(p);
    *term = (struct term){.kind = TERM_NUMBER, .at = p->at};
    if (isdigit((unsigned char)p->text[p->at]) || p->text[p->at] == '.')
        return parse_number(p, &term->number);
    RN_TRY(parse_name(p, term->name));
    term->kind = TERM_NAME;
    if (!accept(p, "["))
        return RN_OK;
    term->kind = TERM_ELEMENT;
    RN_TRY(expect(p, "i"));
    if (accept(p, "+")) {
        RN_TRY(expect(p, "1"));
        term->index = 1;
    }
    status = expect(p, "]");
done:
    return status;
}

static enum op parse_op(struct parser *p)
{
    if (accept(p, "<="))
        return OP_LE;
    if (accept(p, ">="))
        return OP_GE;
    if (accept(p, "=="))
        return OP_EQ;
    if (accept(p, "<"))
        return OP_LT;
    return accept(p, ">") ? OP_GT : OP_NONE;
}

static enum op mirrored(enum op op)
{
    static const enum op mirror[] = {OP_NONE, OP_GT, OP_GE, OP_EQ, OP_LE, OP_LT};

    return mirror[op];
}

static bool is_letter(const char *name)
{
    return name[0] && !name[1] && strchr("dwbg", name[0]);
}

static enum rn_status letter_of(const struct parser *p, const struct term *term, char *letter)
{
    if (!is_letter(term->name))
        return fail_at(p, term->at, "\"%s\" is not a stage's parameter: d, w, b and g are",
                       term->name);
    *letter = term->name[0];
    return RN_OK;
}

/* x[i+1] op x[i], either way round. */
static enum rn_status make_order(const struct parser *p, const struct term *a, enum op op,
                                 const struct term *b, struct rn_constraint *made)
{
    enum rn_status status;

    made->kind = RN_CONSTRAINT_ORDER;
    RN_TRY(letter_of(p, a, &made->letter));
    if (strcmp(a->name, b->name) != 0 || a->index == b->index)
        RN_TRY(fail_at(p, b->at, "%s[%s] is compared with %s[%s] only", a->name,
                       a->index ? "i+1" : "i", a->name, a->index ? "i" : "i+1"));
    op = a->index ? op : mirrored(op);
    if (op == OP_LT || op == OP_GT)
        RN_TRY(fail_at(p, a->at, "stages are ordered with <=, == or >="));
    made->order = op == OP_GE ? RN_ORDER_UP : op == OP_LE ? RN_ORDER_DOWN : RN_ORDER_EQUAL;
done:
    return status;
}

static enum rn_status quantity_of(const struct parser *p, const struct term *term, bool of_stages,
                                  enum rn_quantity *quantity)
{
    int begin = of_stages ? RN_QUANTITY_DEPTH : 0;
    int end = of_stages ? RN_QUANTITIES : RN_QUANTITY_DEPTH;
    const char *near = rn_nearest(term->name, rn_quantity_names + begin, (size_t)(end - begin));

    for (int i = begin; i < end; i++) {
        if (strcmp(term->name, rn_quantity_names[i]) == 0) {
            *quantity = (enum rn_quantity)i;
            return RN_OK;
        }
    }
    if (of_stages)
        return fail_at(p, term->at, "all(...) bounds d, w or g, not \"%s\"", term->name);
    if (is_letter(term->name))
        return fail_at(p, term->at,
                       "write all(%s ...) to bound every stage's %s, or a range in "
                       "parameters",
                       term->name, term->name);
    return fail_at(p, term->at, "there is no \"%s\"%s%s%s", term->name,
                   near ? "; did you mean \"" : "; flops, params, acts and stages can be bounded",
                   near ? near : "", near ? "\"?" : "");
}

/* quantity op bound */
static void bound(double *lo, double *hi, enum op op, double x)
{
    if (op == OP_LT)
        *hi = fmin(*hi, ceil(x) - 1);
    if (op == OP_LE || op == OP_EQ)
        *hi = fmin(*hi, x);
    if (op == OP_GE || op == OP_EQ)
        *lo = fmax(*lo, x);
    if (op == OP_GT)
        *lo = fmax(*lo, floor(x) + 1);
}

static enum rn_status make_limit(const struct parser *p, const struct term *terms,
                                 const enum op *ops, int n, bool of_stages,
                                 struct rn_constraint *made)
{
    double lo = 0, hi = INFINITY;
    enum rn_status status;
    int q = terms[1].kind == TERM_NAME ? 1 : 0;

    made->kind = RN_CONSTRAINT_LIMIT;
    for (int i = 0; i < n; i++) {
        if ((terms[i].kind == TERM_NAME) != (i == q) || terms[i].kind == TERM_ELEMENT)
            RN_TRY(fail_at(p, terms[i].at,
                           "a range has one name and numbers, as in "
                           "360e6 <= flops <= 400e6"));
    }
    RN_TRY(quantity_of(p, &terms[q], of_stages, &made->limit.quantity));
    if (q == 1)
        bound(&lo, &hi, mirrored(ops[0]), terms[0].number);
    else
        bound(&lo, &hi, ops[0], terms[1].number);
    if (n == 3)
        bound(&lo, &hi, ops[1], terms[2].number);
    if (ceil(lo) > floor(hi))
        RN_TRY(fail_at(p, terms[0].at, "no number is in this range"));
    rn_limit_set(&made->limit, lo, hi);
done:
    return status;
}

void rn_limit_set(struct rn_limit *limit, double lo, double hi)
{
    limit->lo = lo < 0x1p62 ? (int64_t)ceil(lo) : INT64_MAX;
    limit->hi = hi < 0x1p62 ? (int64_t)floor(hi) : INT64_MAX;
}

/* comparison = term op term [op term] */
static enum rn_status parse_comparison(struct parser *p, bool of_stages, struct rn_constraint *made)
{
    struct term terms[3];
    enum op ops[3] = {OP_NONE};
    enum rn_status status;
    int n = 1;

    RN_TRY(parse_term(p, &terms[0]));
    while (n < 3 && (ops[n - 1] = parse_op(p)) != OP_NONE) {
        RN_TRY(parse_term(p, &terms[n]));
        n++;
    }
    skip_blanks(p);
    if (n == 1)
        RN_TRY(fail_at(p, p->at, "expected <, <=, ==, >= or > here"));
    if (n == 2 && terms[0].kind == TERM_ELEMENT && terms[1].kind == TERM_ELEMENT && !of_stages)
        return make_order(p, &terms[0], ops[0], &terms[1], made);
    if (n == 3 && terms[1].kind != TERM_NAME)
        RN_TRY(fail_at(p, terms[1].at, "a range of two bounds has its name in the middle"));
    status = make_limit(p, terms, ops, n, of_stages, made);
done:
    return status;
}

/* word "(", or nothing taken */
static bool accept_call(struct parser *p, const char *word)
{
    size_t before = p->at;

    if (accept(p, word) && accept(p, "("))
        return true;
    p->at = before;
    return false;
}

static enum rn_status parse_shared(struct parser *p, struct rn_constraint *made)
{
    struct term term = {0};
    enum rn_status status;

    skip_blanks(p);
    term.at = p->at;
    RN_TRY(parse_name(p, term.name));
    made->kind = RN_CONSTRAINT_SHARED;
    status = letter_of(p, &term, &made->letter);
done:
    return status;
}

enum rn_status rn_constraint_parse(const struct rn_value *value, struct rn_constraint *constraint,
                                   struct rn_err *err)
{
    struct parser p = {.value = value, .err = err};
    struct rn_constraint made = {0};
    enum rn_status status;

    RN_TRY(rn_value_text(value, &p.text, err));
    if (accept_call(&p, "shared")) {
        RN_TRY(parse_shared(&p, &made));
        RN_TRY(expect(&p, ")"));
    } else if (accept_call(&p, "all")) {
        RN_TRY(parse_comparison(&p, true, &made));
        RN_TRY(expect(&p, ")"));
    } else {
        RN_TRY(parse_comparison(&p, false, &made));
    }
    skip_blanks(&p);
    if (p.text[p.at])
        RN_TRY(fail_at(&p, p.at, "expected the end of the constraint here"));
    snprintf(made.limit.text, sizeof made.limit.text, "%s", p.text);
    *constraint = made;
done:
    return status;
}
