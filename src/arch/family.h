/*
 * family.h: a family of networks known by name: one file family_*.c each, found by names.c.
 *
 * A family is a table of networks and a function that makes one of them. Where a name carries
 * numbers (MobileNetV1-0.5), parse understands every such name, not only those of the table.
 */
#ifndef RN_ARCH_FAMILY_H
#define RN_ARCH_FAMILY_H

#include "room.h"

struct rn_family {
    size_t n;
    const char *(*name)(size_t i);
    /* arch comes with 1000 classes and 224 pixels a side; make sets what differs. NULL: parse does.
     */
    enum rn_status (*make)(size_t i, struct rn_arch *arch, struct rn_err *err);
    /* Whether text, in lower case, names a network of the family, also one that is not in the
       table; sets arch's name too. NULL: names carry no numbers. */
    bool (*parse)(const char *text, struct rn_arch *arch);
    /* NULL: nobody spells the family otherwise, but for names.c' own table. Without dashes and in
       lower case. */
    void (*other_spelling)(size_t i, char *out, size_t size);
    /* NULL: as rn_arch_to_config. */
    void (*to_config)(size_t i, const struct rn_arch *arch, struct rn_config *cfg);
};

extern const struct rn_family rn_family_regnet, rn_family_resnet, rn_family_cifar, rn_family_effnet,
    rn_family_senet, rn_family_mobile, rn_family_shuffle, rn_family_cell;

/* A width times a multiplier, as EfficientNet and MobileNet round it: to the nearest multiple of 8
   that is not smaller by more than a tenth. */
int rn_width_times(int width, double multiplier);

#endif
