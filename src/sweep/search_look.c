/* Looks at the images: what a network for them takes in, and how many there are to learn from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

#define LOOKED_AT 200    /* images whose sizes are read */
#define LARGEST 224      /* pixels of a network's input */
#define JUDGES 5000      /* images held out, at most */
#define JUDGES_SHARE 0.1 /* of the training part, at most */

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

/* The shorter side of some images spread over the set; *one_size: all that were looked at are
   squares of it. Bad ones are passed over. */
static enum rn_status median_side(const struct rn_dataset *ds, int *side, bool *one_size,
                                  struct rn_err *err)
{
    int sides[LOOKED_AT], n = 0, most = ds->n < LOOKED_AT ? ds->n : LOOKED_AT;
    enum rn_status status = RN_OK;

    *one_size = true;
    for (int i = 0; i < most; i++) {
        struct rn_image image = {0};
        status = rn_dataset_image(ds, (size_t)((int64_t)i * ds->n / most), &image, err);
        if (status == RN_E_DATA || status == RN_E_IO)
            continue;
        RN_TRY(status);
        sides[n++] = image.h < image.w ? image.h : image.w;
        *one_size = *one_size && image.h == image.w && sides[n - 1] == sides[0];
        rn_image_release(&image);
    }
    if (n == 0)
        goto done; /* all are bad, and the last one's message says how */
    status = RN_OK;
    qsort(sides, (size_t)n, sizeof *sides, by_number);
    *side = sides[n / 2];
done:
    return status;
}

static enum rn_status choose_side(const struct rn_dataset *ds, struct rn_search_look *look,
                                  struct rn_err *err)
{
    int side = ds->h;
    bool one_size = true;
    enum rn_status status = RN_OK;

    if (side == 0)
        RN_TRY(median_side(ds, &side, &one_size, err));
    if (one_size && side <= RN_SEARCH_SMALL) {
        look->side = look->resize = side;
        goto done;
    }
    side = side < LARGEST ? side - side % 32 : LARGEST; /* five halvings without a rest */
    look->side = side < 32 ? 32 : side;
    look->resize = look->side * 256 / LARGEST;
done:
    return status;
}

enum rn_status rn_search_look(const char *data, struct rn_search_look *look, struct rn_err *err)
{
    const char *dataset = rn_dataset_detect(data);
    struct rn_dataset *ds = NULL;
    struct rn_search_look made = {0};
    enum rn_status status;

    if (!dataset)
        return rn_fail(err, RN_E_DATA,
                       "%s: no images were found there; a folder with a folder for each class was "
                       "expected (docs/data.md)",
                       data);
    (void)snprintf(made.dataset, sizeof made.dataset, "%s", dataset);
    RN_TRY(rn_dataset_open(dataset, data, RN_DATA_TRAIN, &ds, err));
    made.classes = ds->n_classes;
    made.held_out = ds->n * JUDGES_SHARE < JUDGES ? (int)(ds->n * JUDGES_SHARE) : JUDGES;
    made.held_out = made.held_out < 1 ? 1 : made.held_out;
    made.train = ds->n - made.held_out;
    made.test = rn_dataset_has(dataset, data, RN_DATA_TEST);
    if (made.train < made.classes || made.classes < 2)
        status = rn_fail(err, RN_E_DATA,
                         "%s: %d images of %d classes are too few to learn from; at least two "
                         "classes and two images of each were expected",
                         data, ds->n, ds->n_classes);
    else
        status = choose_side(ds, &made, err);
    if (status == RN_OK)
        *look = made;
done:
    rn_dataset_free(ds);
    return status;
}
