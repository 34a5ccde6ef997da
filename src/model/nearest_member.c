/* The member of a family at a number of multiply-adds: found by counting its members, the smallest
   first. */
#include <math.h>

#include "regnet/graph.h"

#define SMALL_SIDE 64 /* images below this many pixels a side are small */
#define MOST 400      /* hundredths */
#define NEAR 0.0953   /* log(1.1) */

static enum rn_status count(const struct rn_arch *arch, struct rn_complexity *cx,
                            struct rn_err *err)
{
    if (rn_block_is_cell(arch->block))
        return rn_graph_count(arch, cx, err);
    *cx = rn_arch_complexity(arch);
    return RN_OK;
}

struct search {
    const char *family;
    double flops, off; /* wanted; by how much the nearest one misses it, as a logarithm */
    struct rn_arch nearest;
};

/* Sizes grow with m but for roundings, so what is twice too large is the end. */
static enum rn_status search(struct search *s, double depth, int im_size, int num_classes,
                             struct rn_err *err)
{
    struct rn_complexity cx = {0};
    struct rn_arch one;
    enum rn_status status = RN_OK;

    for (int m = 1; m <= MOST && (double)cx.flops < 2 * s->flops; m++) {
        double off;
        if (rn_family_member(s->family, m / 100.0, depth, im_size < SMALL_SIDE, &one, NULL) !=
            RN_OK)
            continue;
        one.im_size = im_size;
        one.num_classes = num_classes;
        RN_TRY(count(&one, &cx, err));
        off = fabs(log((double)cx.flops / s->flops));
        if (off < s->off) {
            s->off = off;
            s->nearest = one;
        }
    }
done:
    return status;
}

enum rn_status rn_family_nearest(const char *family, double flops, int im_size, int num_classes,
                                 struct rn_arch *arch, struct rn_err *err)
{
    static const double depths[] = {1, 0.75, 1.5};
    struct search s = {.family = family, .flops = flops, .off = log(2)};
    enum rn_status status;

    RN_TRY(rn_family_member(family, 1, 1, im_size < SMALL_SIDE, &s.nearest, err));
    for (size_t i = 0; i < sizeof depths / sizeof *depths && s.off > NEAR; i++)
        RN_TRY(search(&s, depths[i], im_size, num_classes, err));
    if (s.off == log(2))
        RN_TRY(rn_fail(err, RN_E_CONFIG,
                       "%s has no member near %.3g multiply-adds at %d pixels a side", family,
                       flops, im_size));
    *arch = s.nearest;
done:
    return status;
}
