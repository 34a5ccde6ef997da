/* What a configuration changes, read off two dumps: they have the same keys in the same order. */
#include "settings.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static size_t line_length(const char *text)
{
    return strcspn(text, "\n");
}

static const char *next_line(const char *text)
{
    text += line_length(text);
    return *text ? text + 1 : text;
}

static bool is_place(const char *section, int section_len, const char *line)
{
    static const char *const places[] = {"DESC", "OUT_DIR"};

    if (section_len > 0)
        return strncmp(section, "DATA_LOADER", (size_t)section_len) == 0 &&
               strncmp(line, "DIR:", 4) == 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strncmp(line, places[i], strcspn(line, ":")) == 0)
            return true;
    return false;
}

static enum rn_status add_changes(const char *base, const char *text, struct rn_buf *out,
                                  struct rn_err *err)
{
    const char *section = "";
    int section_len = 0;
    enum rn_status status = RN_OK;

    for (; *text; text = next_line(text), base = next_line(base)) {
        int len = (int)line_length(text);
        bool nested = *text == ' ';
        const char *line = nested ? text + 2 : text;
        if (!nested)
            section = text, section_len = text[len - 1] == ':' ? len - 1 : 0;
        if ((size_t)len == line_length(base) && memcmp(text, base, (size_t)len) == 0)
            continue;
        if (is_place(section, nested ? section_len : 0, line))
            continue;
        RN_TRY(rn_buf_addf(out, err, "%.*s%s%.*s\n", nested ? section_len : 0, section,
                           nested ? "." : "", len - (int)(line - text), line));
    }
done:
    return status;
}

enum rn_status rn_settings_add(const struct rn_config *base, const struct rn_config *cfg,
                               struct rn_buf *out, struct rn_err *err)
{
    struct rn_buf a = {0}, b = {0};
    enum rn_status status;

    RN_TRY(rn_config_dump(base, &a, err));
    RN_TRY(rn_config_dump(cfg, &b, err));
    status = add_changes(a.data, b.data, out, err);
done:
    rn_buf_release(&a);
    rn_buf_release(&b);
    return status;
}

/* A word of a shell's, quoted where it has to be. */
static enum rn_status add_word(struct rn_buf *out, const char *text, size_t len, struct rn_err *err)
{
    bool plain = len > 0;
    enum rn_status status;

    for (size_t i = 0; i < len; i++)
        plain = plain && (isalnum((unsigned char)text[i]) || strchr("._/@+-", text[i]));
    if (plain)
        return rn_buf_addf(out, err, " %.*s", (int)len, text);
    RN_TRY(rn_buf_addf(out, err, " '"));
    for (size_t i = 0; i < len; i++)
        RN_TRY(rn_buf_add(out, text[i] == '\'' ? "'\\''" : text + i, text[i] == '\'' ? 4 : 1, err));
    status = rn_buf_addf(out, err, "'");
done:
    return status;
}

enum rn_status rn_settings_command(const char *settings, const char *dir, struct rn_buf *out,
                                   struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "regnet train --out"));
    RN_TRY(add_word(out, dir, strlen(dir), err));
    for (; *settings; settings = next_line(settings)) {
        size_t len = line_length(settings), key = strcspn(settings, ":");
        const char *value = settings + key + 2;
        len -= key + 2;
        if (*value == '"' && !memchr(value, '\\', len)) /* a string's own quotes */
            value++, len -= 2;
        RN_TRY(add_word(out, settings, key, err));
        RN_TRY(add_word(out, value, len, err));
    }
done:
    return status;
}

static bool has_line(const char *settings, const char *line, size_t len)
{
    for (; *settings; settings = next_line(settings))
        if (line_length(settings) == len && memcmp(settings, line, len) == 0)
            return true;
    return false;
}

enum rn_status rn_settings_common(const char *const *settings, size_t n, struct rn_buf *out,
                                  struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (const char *line = n ? settings[0] : ""; *line; line = next_line(line)) {
        size_t len = line_length(line), has = 0;
        while (has < n && has_line(settings[has], line, len))
            has++;
        if (has == n)
            RN_TRY(rn_buf_addf(out, err, "%.*s\n", (int)len, line));
    }
done:
    return status;
}
