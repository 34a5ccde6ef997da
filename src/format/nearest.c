/* The nearest of some names, for "did you mean": edit distance, upper and lower case alike. */
#include <ctype.h>
#include <string.h>

#include "regnet/config.h"

#define LONGEST 100 /* longer names are never near */

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

static size_t distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1], n = strlen(b);

    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t change = tolower((unsigned char)a[i]) != tolower((unsigned char)b[j]);
            size_t above = row[j + 1];

            row[j + 1] = smallest(above + 1, row[j] + 1, diagonal + change);
            diagonal = above;
        }
    }
    return row[n];
}

const char *rn_nearest(const char *text, const char *const *names, size_t n)
{
    size_t len = strlen(text), best = len < 3 ? 1 : len / 3 + 1;
    const char *nearest = NULL;

    if (len > LONGEST)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t d = strlen(names[i]) > LONGEST ? best + 1 : distance(text, names[i]);

        if (d < best || (d == best && !nearest)) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}
