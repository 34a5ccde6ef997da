/* room.h: a space as the files of src/space share it: read*.c makes it, compile.c makes it ready,
   draw.c draws from it. */
#ifndef RN_SPACE_ROOM_H
#define RN_SPACE_ROOM_H

#include "axis.h"
#include "constraint.h"
#include "regnet/memory.h"
#include "regnet/space.h"

#define RN_CONSTRAINTS 64
#define RN_WORDS 32

enum rn_family {
    RN_FAMILY_NONE,
    RN_FAMILY_ANYNET,
    RN_FAMILY_REGNET,
    RN_FAMILY_ANY,   /* an overlay's */
    RN_FAMILY_CONFIG /* a sweep's: the network is what the configuration says (read_sweep.c) */
};

/* Places of the families' parameters. */
enum {
    RN_ANYNET_D,
    RN_ANYNET_W,
    RN_ANYNET_B,
    RN_ANYNET_G,
    RN_ANYNET_GROUPS,
    RN_ANYNET_R,
    RN_ANYNET_ROLES
};
enum {
    RN_REGNET_D,
    RN_REGNET_W0,
    RN_REGNET_WA,
    RN_REGNET_WM,
    RN_REGNET_B,
    RN_REGNET_G,
    RN_REGNET_R,
    RN_REGNET_ROLES
};
#define RN_PARAMS (RN_REGNET_ROLES + RN_SPACE_SETTINGS)

/* A family's parameter: what it may be. The ends keep the arithmetic of an attempt within its
   integers. */
struct rn_role {
    const char *name;
    bool per_stage, optional;
    double min, max, step; /* step 0: any number */
    bool ratio;            /* below 1, one over a whole number */
};

struct rn_param {
    const char *name;
    const struct rn_key *key; /* of a configuration key; NULL: the family's */
    bool given;
    bool idle; /* the block has no use for it: it is 1 */
    bool per_stage;
    bool list; /* of a key whose value is a list of n */
    int n;     /* values */
    struct rn_spec specs[RN_MAX_STAGES];
    int n_words; /* above 0: a key's value is words[value] */
    char words[RN_WORDS][RN_SPACE_TEXT];
    bool shared;
    int twin; /* the parameter whose draw serves as this one's too; -1: none */
    struct rn_axis axis;
};

struct rn_limit {
    bool given;
    int64_t lo, hi;           /* both included */
    char text[RN_SPACE_TEXT]; /* for messages */
};

struct rn_space {
    char name[RN_NAME_MAX];
    char description[2 * RN_SPACE_TEXT];
    enum rn_family family;
    struct rn_arch arch;        /* all that is not random; the stages' strides and their number */
    int min_stages, max_stages; /* of a sweep's RegNets; else the number of strides */
    int n_params;
    struct rn_param params[RN_PARAMS];
    int n_drawn, drawn[RN_PARAMS]; /* their places, once the space is compiled */
    int n_twins, twins[RN_PARAMS];
    struct rn_limit window[3]; /* of flops, params, acts: replaced by derived spaces */
    int n_constraints;
    struct rn_constraint *constraints[RN_CONSTRAINTS];
    int n_tests; /* the constraints that are tested, by level */
    const struct rn_constraint *tests[RN_CONSTRAINTS];
    struct rn_config *config; /* a sweep's; else NULL */
    uint64_t networks, seed;  /* a sweep's own wishes; 0 */
    uint64_t *draws;          /* network i is the draw draws[i], i < networks; NULL: the draw i */
};

/* A draw on its way to a network. */
struct rn_draw {
    double values[RN_PARAMS][RN_MAX_STAGES];
    struct rn_arch arch;
    struct rn_complexity cx;
};

static inline bool rn_param_is_drawn(const struct rn_param *param)
{
    return param->given && !param->idle && param->twin < 0;
}

extern const char *const rn_count_names[3]; /* flops, params, acts */

/* roles.c: a family's parameters, and how many. */
const struct rn_role *rn_roles(enum rn_family family, int *n);
/* roles.c: gives a space that has none yet its family, with the family's parameters. */
void rn_space_set_family(struct rn_space *space, enum rn_family family);
/* roles.c: the place of a configuration key's parameter, which is added where it is new. */
enum rn_status rn_space_add_key(struct rn_space *space, const struct rn_key *key, int *place,
                                struct rn_err *err);

/* roles.c: whether constraints can ask for it: it is drawn, or what it is without is known. */
bool rn_param_has_value(const struct rn_space *space, int place);

/* read.c: adds what a space's name or path says, overlays too; from: the file that names it, or "".
   depth: of inheritance so far. */
enum rn_status rn_space_read(struct rn_space *space, const char *name, const char *from, int depth,
                             struct rn_err *err);
/* read.c: the same of a file that has been parsed; path says where bases beside it lie. */
enum rn_status rn_space_read_root(struct rn_space *space, const struct rn_value *root,
                                  const char *path, int depth, struct rn_err *err);
/* read.c: a family as files spell it; a sweep's own is "config". */
const char *rn_family_text(enum rn_family family);
/* find.c: the path of a space or overlay known by name, into buf (cleared first). */
enum rn_status rn_space_find(const char *name, struct rn_buf *path, struct rn_err *err);
/* space.c: a space of no family yet, with the network that files start from; NULL: no memory. */
struct rn_space *rn_space_new(void);
/* compile.c: checks a space that is read to its end, and makes its tables. */
enum rn_status rn_space_compile(struct rn_space *space, struct rn_err *err);

/* build.c: what a draw is before its first attempt. */
void rn_draw_init(const struct rn_space *space, struct rn_draw *draw);
/* build.c: values for all parameters, within what is drawn directly; or plain, as if nothing were
   but shared(...). */
void rn_draw_values(const struct rn_space *space, bool plain, struct rn_rng *rng,
                    struct rn_draw *draw);
/* build.c: the network of a draw's values. False: they have none. */
bool rn_draw_build(const struct rn_space *space, struct rn_draw *draw);
/* build.c: what a draw without a network lacks, in words. */
void rn_network_text(const struct rn_space *space, char text[RN_SPACE_TEXT]);
/* draw.c: whether a count is in its window. */
bool rn_limit_holds(const struct rn_limit *limit, int64_t count);
/* setting.c: a drawn configuration key as configurations spell it. */
void rn_setting_print(const struct rn_param *param, const double *values, rn_text text);
/* sweep_build.c: rn_draw_build where the network is what the configuration says. */
bool rn_sweep_build(const struct rn_space *space, struct rn_draw *draw);

#endif
