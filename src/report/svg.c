/*
 * Gnuplot's SVG, made fit for a page: a browser would show its titles ("gnuplot_plot_1") over the
 * figure, its points are long references to symbols, and what it offers for hovering is a script.
 * Here each point is a circle with its name for a title. The rest is copied.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"

struct tidy {
    const struct rn_figure *figure;
    const struct rn_series *series; /* that is being drawn, if its points have names */
    size_t point;                   /* of it, the next one */
    struct rn_buf *out;
};

static enum rn_status escape(struct rn_buf *out, const char *text, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (; status == RN_OK && *text; text++) {
        if (*text == '&' || *text == '<')
            status = rn_buf_addf(out, err, *text == '&' ? "&amp;" : "&lt;");
        else
            status = rn_buf_add(out, text, 1, err);
    }
    return status;
}

/* The series of the plot-th plot, from 1: a span is an area and a line, and points with a label are
   followed by the legend's sample. NULL: its points have no names. */
static const struct rn_series *series_of(const struct rn_figure *figure, size_t plot)
{
    for (size_t s = 0; s < figure->n; s++) {
        const struct rn_series *series = &figure->series[s];
        bool named = series->draw == RN_DRAW_POINTS && series->names;
        if (--plot == 0)
            return named ? series : NULL;
        if (series->draw == RN_DRAW_SPAN || (series->draw == RN_DRAW_POINTS && *series->label))
            if (--plot == 0)
                return NULL;
    }
    return NULL;
}

/* The name of the next point that is drawn. */
static const char *next_name(struct tidy *tidy)
{
    while (tidy->series && tidy->point < tidy->series->n) {
        size_t i = tidy->point++;
        if (rn_is_drawn(tidy->figure, tidy->series, i))
            return tidy->series->names[i];
    }
    return NULL;
}

static enum rn_status add_circle(struct tidy *tidy, const char *tag, size_t len, struct rn_err *err)
{
    char use[256]; /* the tag alone: sscanf measures all that it is given */
    char colour[32] = "", opacity[16] = "1";
    double x = 0, y = 0, r = 0;
    unsigned rgb[3] = {0};
    const char *name = next_name(tidy);
    enum rn_status status;

    (void)snprintf(use, sizeof use, "%.*s", (int)(len < sizeof use ? len : 0), tag);
    (void)sscanf(use,
                 "<use xlink:href='#gpPt6' transform='translate(%lf,%lf) scale(%lf)' "
                 "color='%31[^']' opacity='%15[^']'",
                 &x, &y, &r, colour, opacity);
    (void)sscanf(colour, "rgb(%u,%u,%u)", &rgb[0], &rgb[1], &rgb[2]);
    RN_TRY(rn_buf_addf(tidy->out, err,
                       "<circle cx='%.1f' cy='%.1f' r='%.1f' fill='#%02x%02x%02x' opacity='%s'>", x,
                       y, r, rgb[0], rgb[1], rgb[2], opacity));
    if (name) {
        RN_TRY(rn_buf_addf(tidy->out, err, "<title>"));
        RN_TRY(escape(tidy->out, name, err));
        RN_TRY(rn_buf_addf(tidy->out, err, "</title>"));
    }
    status = rn_buf_addf(tidy->out, err, "</circle>");
done:
    return status;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Past the end of an element, or of the text. */
static const char *after(const char *text, const char *end)
{
    const char *found = strstr(text, end);

    return found ? found + strlen(end) : text + strlen(text);
}

/* Past the end of a tag; there are very many, and each is short. */
static const char *after_tag(const char *tag)
{
    size_t len = strcspn(tag, ">");

    return tag + len + (tag[len] == '>');
}

/* Whether a group has nothing in it; gnuplot leaves many. */
static bool is_empty_group(const char *tag)
{
    const char *inside = after_tag(tag);

    return begins(tag, "<g ") && begins(inside + strspn(inside, " \t\n"), "</g>");
}

/* Copies a tag without attributes that say what is so anyway. */
static enum rn_status add_plain(struct rn_buf *out, const char *tag, const char *end,
                                struct rn_err *err)
{
    static const char defaults[] = " stroke-linecap=\"butt\" stroke-linejoin=\"miter\"";
    const char *found = memmem(tag, (size_t)(end - tag), defaults, strlen(defaults));
    enum rn_status status;

    if (!found)
        return rn_buf_add(out, tag, (size_t)(end - tag), err);
    RN_TRY(rn_buf_add(out, tag, (size_t)(found - tag), err));
    found += strlen(defaults);
    status = rn_buf_add(out, found, (size_t)(end - found), err);
done:
    return status;
}

/* Copies or replaces the tag at *text, and moves on behind it. */
static enum rn_status add_tag(struct tidy *tidy, const char **text, struct rn_err *err)
{
    static const char plot[] = "<g id=\"gnuplot_plot_";
    const char *tag = *text;

    if (begins(tag, "<title>")) {
        *text = after(tag, "</title>");
        return RN_OK;
    }
    if (begins(tag, "<desc>") || begins(tag, "<defs>")) {
        *text = after(tag, tag[3] == 's' ? "</desc>" : "</defs>");
        return RN_OK;
    }
    if (is_empty_group(tag)) {
        *text = after(tag, "</g>");
        *text += strspn(*text, "\n");
        return RN_OK;
    }
    *text = after_tag(tag);
    if (begins(tag, "<use "))
        return add_circle(tidy, tag, (size_t)(*text - tag), err);
    if (begins(tag, plot)) {
        tidy->series = series_of(tidy->figure, (size_t)strtoull(tag + strlen(plot), NULL, 10));
        tidy->point = 0;
        tag = "<g>";
        return rn_buf_add(tidy->out, tag, strlen(tag), err);
    }
    return add_plain(tidy->out, tag, *text, err);
}

enum rn_status rn_svg_tidy(const struct rn_figure *figure, const char *svg, struct rn_buf *out,
                           struct rn_err *err)
{
    struct tidy tidy = {.figure = figure, .out = out};
    enum rn_status status = RN_OK;

    while (*svg) {
        size_t plain = strcspn(svg, "<");
        RN_TRY(rn_buf_add(out, svg, plain, err));
        svg += plain;
        if (*svg)
            RN_TRY(add_tag(&tidy, &svg, err));
    }
done:
    return status;
}
