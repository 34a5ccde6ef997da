/* room.h: a space as the files of src/space share it: read.c makes it, draw.c uses it. */
#ifndef RN_SPACE_ROOM_H
#define RN_SPACE_ROOM_H

#include "constraint.h"
#include "regnet/memory.h"
#include "regnet/space.h"

#define RN_SPACE_LIMITS 64
#define RN_SPACE_AXES 6

enum rn_family { RN_FAMILY_NONE, RN_FAMILY_ANYNET, RN_FAMILY_REGNET, RN_FAMILY_ANY };

/* Places of the parameters in specs and axes. */
enum { RN_ANYNET_D, RN_ANYNET_W, RN_ANYNET_B, RN_ANYNET_G, RN_ANYNET_AXES };
enum {
    RN_REGNET_D,
    RN_REGNET_W0,
    RN_REGNET_WA,
    RN_REGNET_WM,
    RN_REGNET_B,
    RN_REGNET_G,
    RN_REGNET_AXES
};

struct rn_space {
    char name[RN_NAME_MAX];
    enum rn_family family;
    struct rn_arch arch; /* all that is not random; the stages' strides and their number */
    struct rn_spec specs[RN_SPACE_AXES];
    bool given[RN_SPACE_AXES];
    enum rn_order orders[RN_SPACE_AXES];
    bool shared[RN_SPACE_AXES];
    struct rn_limit window[3]; /* of flops, params, acts: replaced by derived spaces */
    bool windowed[3];
    struct rn_limit limits[RN_SPACE_LIMITS]; /* in the order of their quantities once compiled */
    int n_limits;
    struct rn_axis axes[RN_SPACE_AXES]; /* made last, from specs, orders and shared */
};

extern const char *const rn_anynet_params[RN_ANYNET_AXES];
extern const char *const rn_regnet_params[RN_REGNET_AXES];

/* The parameters of a family: their names, and how many. */
static inline const char *const *rn_family_params(enum rn_family family, int *n)
{
    *n = family == RN_FAMILY_REGNET ? RN_REGNET_AXES : RN_ANYNET_AXES;
    return family == RN_FAMILY_REGNET ? rn_regnet_params : rn_anynet_params;
}

/* read.c: adds what a file says, its bases first. depth: of inheritance so far. */
enum rn_status rn_space_read(struct rn_space *space, const char *path, int depth,
                             struct rn_err *err);
/* read.c: the same of a file that has been parsed; path says where bases beside it lie. */
enum rn_status rn_space_read_root(struct rn_space *space, const struct rn_value *root,
                                  const char *path, int depth, struct rn_err *err);
/* read.c: whether a file is an overlay (family: any). */
enum rn_status rn_space_is_overlay(const char *path, bool *overlay, struct rn_err *err);
/* find.c: the path of a space known by name, without its overlay, into buf (cleared first). */
enum rn_status rn_space_find(const char *name, struct rn_buf *path, struct rn_err *err);
/* space.c: a space of neither family, with the network that files start from; NULL: no memory. */
struct rn_space *rn_space_new(void);
/* compile.c: checks a space that is read to its end, and makes its tables. */
enum rn_status rn_space_compile(struct rn_space *space, struct rn_err *err);

#endif
