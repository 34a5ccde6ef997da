/*
 * arch.h: the paper's description of a network (section 3): stem, stages of blocks, head.
 *
 * struct rn_arch says everything that the paper and pycls say about a network and nothing about
 * tensors. It comes from a configuration, a name or a design space; graphs (graph.h), counts and
 * configurations are made from it. A plain value: no heap.
 *
 *     struct rn_arch arch;
 *     RN_TRY(rn_arch_from_config(&cfg, &arch, err));
 *     struct rn_complexity cx = rn_arch_complexity(&arch);
 */
#ifndef REGNET_ARCH_H
#define REGNET_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "regnet/config.h"

#define RN_MAX_STAGES 16
#define RN_NAME_MAX 64
#define RN_MAX_BLOCKS 512 /* of a RegNet: the paper's d < 64, with room */

enum rn_stem {
    RN_STEM_CIFAR,  /* res_stem_cifar: 3x3 */
    RN_STEM_RES_IN, /* res_stem_in: 7x7 stride 2, 3x3 max pool stride 2 */
    RN_STEM_SIMPLE, /* simple_stem_in (and EfficientNet's): 3x3 stride 2 */
    /* Ours, for systems that the paper compares with: */
    RN_STEM_SE_IN,    /* se_stem_in: as res_stem_in, but the pool is padded on the far side alone */
    RN_STEM_SENET_IN, /* senet_stem_in: 3x3 stride 2, two 3x3, that pool; halves of stem_w first */
    RN_STEM_POOL_IN,  /* pool_stem_in: 3x3 stride 2, 3x3 max pool stride 2 */
    RN_STEM_CELLS_IN, /* cells_stem_in: 3x3 stride 2 unpadded, two reducing cells */
    RN_STEM_DARTS_IN  /* darts_stem_in: 3x3 stride 2 to stem_w / 2, to stem_w, and again */
};

enum rn_block {
    RN_BLOCK_VANILLA,           /* vanilla_block: two 3x3, no skip */
    RN_BLOCK_V,                 /* v_block (ours): the paper's V, one 3x3, no skip (appendix B) */
    RN_BLOCK_VR,                /* vr_block (ours): V with a residual connection */
    RN_BLOCK_BASIC,             /* res_basic_block */
    RN_BLOCK_BOTTLENECK,        /* res_bottleneck_block: X; with se_on: Y; one group: R */
    RN_BLOCK_BOTTLENECK_LINEAR, /* res_bottleneck_linear_block: Z */
    RN_BLOCK_MBCONV,            /* EfficientNet's and MobileNetV2's */
    /* Ours, for systems that the paper compares with (docs/models.md): */
    RN_BLOCK_SE_BOTTLENECK, /* se_bottleneck_block: SE behind the last 1x1, of the block's width */
    RN_BLOCK_SENET,         /* senet_block: that, first 1x1 of half the width, 3x3 projections */
    RN_BLOCK_SEPARABLE,     /* separable_block: MobileNetV1's depthwise 3x3 and 1x1 */
    RN_BLOCK_SHUFFLE,       /* shuffle_block: ShuffleNetV1's */
    RN_BLOCK_SHUFFLE_V2,    /* shuffle_v2_block */
    RN_BLOCK_NASNET_A,      /* nasnet_a_cell: cells from here on (src/model/cells.c) */
    RN_BLOCK_PNASNET_5,     /* pnasnet_5_cell */
    RN_BLOCK_AMOEBANET_A,   /* amoebanet_a_cell */
    RN_BLOCK_AMOEBANET_B,
    RN_BLOCK_AMOEBANET_C,
    RN_BLOCK_AMOEBANET_D,
    RN_BLOCK_DARTS_V2, /* darts_v2_cell */
    RN_BLOCK_COUNT
};

enum rn_act { RN_ACT_RELU, RN_ACT_SILU, RN_ACT_GELU, RN_ACT_RELU6 };

struct rn_stage {
    int depth;      /* d_i: blocks; normal cells */
    int width;      /* w_i: channels of a block's output; of one node of a cell */
    int stride;     /* of the first block; 2: a reducing cell before the others, or the first one */
    double bot_mul; /* 1/b_i; MBConv: the expansion ratio; 1 where the block ignores it */
    int group_w;    /* g_i: channels a group; 0 where the block ignores it */
    int kernel;     /* 3; MBConv: 3 or 5 */
};

struct rn_arch {
    char name[RN_NAME_MAX]; /* "" when it has none */
    enum rn_stem stem;
    int stem_w;
    enum rn_block block;
    enum rn_act act;
    int n_stages;
    struct rn_stage stages[RN_MAX_STAGES];
    double se_r;         /* squeeze-and-excitation ratio; 0: none */
    int head_w;          /* 1x1 convolution before the pooling; 0: none */
    bool stride_1x1;     /* the first 1x1, not the 3x3, has the stride (the older ResNets) */
    bool skip_reduction; /* cells: behind a reducing cell, the older input is from before the newer
                            of the two that it reduced (NASNet-A-large) */
    bool timm; /* where timm computes a network otherwise than its authors (docs/models.md): an
                  activation before the head of RegNetZ, means over whole windows in NASNet */
    double drop_connect; /* part of the images that skip a residual block in training */
    double dropout;      /* part of the classifier's inputs that are zero in training */
    int num_classes;
    int im_size; /* training resolution, pixels a side: what counts are made at */
};

/* Multiply-adds, parameters and activations of one image, counted as pycls counts (docs). */
struct rn_complexity {
    int64_t flops, params, acts;
};

/* MODEL.TYPE anynet, regnet, resnet or effnet. RN_E_CONFIG names the key; RN_E_UNSUPPORTED: vit. */
enum rn_status rn_arch_from_config(const struct rn_config *cfg, struct rn_arch *arch,
                                   struct rn_err *err);
/* Sets cfg's MODEL, ANYNET (EN for MBConv) and TRAIN.IM_SIZE so that rn_arch_from_config gives arch
   again. */
enum rn_status rn_arch_to_config(const struct rn_arch *arch, struct rn_config *cfg,
                                 struct rn_err *err);
/* Whether it can be built: positive sizes, groups that divide their widths. RN_E_CONFIG says which
   stage and what would fit. Every rn_arch that the library hands out has passed. */
enum rn_status rn_arch_check(const struct rn_arch *arch, struct rn_err *err);

/* Whether bot_mul, and group_w, mean something to a block. */
bool rn_block_has_bottleneck(enum rn_block block);
bool rn_block_has_groups(enum rn_block block);
/* Channels inside a bottleneck (MBConv: of the expansion, from w_in) of width w_out, in pycls'
   roundings; w_out where the block has none. */
int rn_bottleneck_width(enum rn_block block, int w_in, int w_out, double bot_mul);
/* Blocks of which complexity.c has no closed form: graphs count them (rn_graph_count). */
bool rn_block_is_cell(enum rn_block block);
/* Channels of the squeeze for a block whose input has w_in channels (RN_BLOCK_SE_BOTTLENECK and
   RN_BLOCK_SENET: whose output has); 0: no SE. */
int rn_se_width(enum rn_block block, int w_in, double se_r);
/* Side of the kernel that projects a residual block's input where its shape changes: 1; in SENet, 3
   where there is a stride. */
int rn_projection_kernel(enum rn_block block, int stride);
/* Groups of the middle convolution of a block whose input has w_in channels: as pycls, the whole
   part of the bottleneck's width over group_w; MBConv: one a channel; 1 where the block has none.
 */
int rn_stage_groups(enum rn_block block, const struct rn_stage *stage, int w_in);

/* Counts in closed form (docs/counting.md), a fraction of a microsecond; equal to the graph's. Of
   cells, which have no closed form, only stem and head are counted. */
struct rn_complexity rn_arch_complexity(const struct rn_arch *arch);

/*
 * RegNet's quantized line: equations (2) to (4).
 */
struct rn_regnet {
    int d;          /* blocks */
    int w0;         /* width of the first block, a multiple of 8 */
    double wa, wm;  /* slope >= 0, multiplier > 1 */
    double bot_mul; /* 1/b */
    int g;          /* channels a group */
};

struct rn_regnet_line {
    int d;
    double u[RN_MAX_BLOCKS]; /* (2): u_j = w0 + wa j */
    int w[RN_MAX_BLOCKS];    /* (4): quantized to multiples of 8, before groups are made to fit */
    int n_stages;            /* distinct widths */
    int n_levels; /* largest rounded exponent of (3), plus one; a valid RegNet skips none:
                     n_levels == n_stages */
};

/* n_levels alone, without the line: what rejects most random parameters. params in its domain. */
int rn_regnet_levels(const struct rn_regnet *params);
/* RN_E_CONFIG: parameters out of their domain, or more than RN_MAX_STAGES stages; line is then
   undefined. */
enum rn_status rn_regnet_generate(const struct rn_regnet *params, struct rn_regnet_line *line,
                                  struct rn_err *err);
/* The stages of a generated line for arch->block, all with the given stride, made compatible.
   arch's other fields stay. */
void rn_regnet_stages(const struct rn_regnet *params, const struct rn_regnet_line *line, int stride,
                      struct rn_arch *arch);
/* The quantized line nearest to any network's stages, in its d blocks (section 3.3, figure 8). */
struct rn_regnet_fit {
    int w0;
    double wa, wm;
    double error; /* e_fit: the mean over blocks of log(w0 wm^s / w_j)^2, s the level of (3) */
    int g;        /* > 0: a RegNet's parameters; with this group width they generate the stages */
};

/* Of arch: n_stages, and the stages' width, depth, bot_mul and group_w; group_w 0 where it is not
   known. A network that is a RegNet gets the parameters of one, of those that generate it the ones
   with the least error; any other the best of the paper's grid: w0 in steps of 8, wa of 1, wm of
   0.1, a level for each stage. RN_E_CONFIG: sizes that are none. RN_E_DATA: no line has so many
   levels. */
enum rn_status rn_regnet_fit(const struct rn_arch *arch, struct rn_regnet_fit *fit,
                             struct rn_err *err);
/* Widths and groups that fit each other (section 3.2, appendix): changes width and group_w. */
void rn_stage_make_compatible(struct rn_stage *stage);

/*
 * Scaling (pycls' MODEL.SCALING_TYPE and SCALING_FACTOR): multipliers of depth, width, group width
 * and resolution whose product d w^2 r^2 is the factor of the multiply-adds.
 */
struct rn_scaling {
    double d, w, g, r;
};

/* type: letters of d, w, g and r, with weights if wanted: "dw", "d1_w8_g8_r1"; "dWr" is the latter.
   RN_E_CONFIG: anything else, or a factor that is not positive. */
enum rn_status rn_scaling_parse(const char *type, double factor, struct rn_scaling *scaling,
                                struct rn_err *err);
/* Scales and rounds as pycls does; groups are made compatible, the name is gone. RN_E_CONFIG: too
   large to be built. */
enum rn_status rn_arch_scale(const struct rn_scaling *scaling, struct rn_arch *arch,
                             struct rn_err *err);
/* An image's side, a multiple of 4: arch's im_size becomes that too. */
int rn_scaled_side(const struct rn_scaling *scaling, int side);

/* Sets arch->timm where timm's network is another one. */
void rn_arch_as_timm(struct rn_arch *arch);

/* Changes arch, which is cfg's, to what torchvision builds of a RegNet's parameters: a bottleneck
   halfway between two multiples of its group width becomes the wider one, where pycls takes the
   even one. So RegNetX-400MF ends in 400 channels there and not in 384; RegNetY-800MF and
   RegNetY-8.0GF differ likewise. */
enum rn_status rn_arch_as_torchvision(const struct rn_config *cfg, struct rn_arch *arch,
                                      struct rn_err *err);

/* Architectures by name, in pycls', torchvision's or timm's spelling. RN_E_CONFIG brings the
   nearest names. */
enum rn_status rn_arch_by_name(const char *name, struct rn_arch *arch, struct rn_err *err);
/* Sets cfg as rn_arch_to_config does, but a RegNet is described by its published parameters, under
   MODEL.TYPE regnet. */
enum rn_status rn_arch_name_to_config(const char *name, struct rn_config *cfg, struct rn_err *err);
size_t rn_arch_count(void);
const char *rn_arch_name(size_t i); /* i < rn_arch_count(), pycls' spelling */

/*
 * Families at any size, for comparisons at equal cost (docs/compare.md): the network that the paper
 * compares with, made wider or narrower and deeper or shallower by the family's own rule.
 */
size_t rn_family_count(void);
const char *rn_family_name(size_t i); /* i < rn_family_count(): "RegNetX", "MobileNetV2" */
/* m: of the widths. depth: where the rule leaves it free (RegNets, ResNets, cells), times the depth
   that goes with m, sqrt(m); elsewhere 1. small_images: a stem without strides, for some 32 pixels
   a side. RN_E_CONFIG: no such family, with the nearest one, or the rule has no member there. */
enum rn_status rn_family_member(const char *family, double m, double depth, bool small_images,
                                struct rn_arch *arch, struct rn_err *err);

/* As configurations spell them; RN_BLOCK_MBCONV, which pycls has no key for, is "mbconv". */
const char *rn_stem_text(enum rn_stem stem);
const char *rn_block_text(enum rn_block block);
const char *rn_act_text(enum rn_act act);
/* The reverse. RN_E_CONFIG names key and brings the nearest name. */
enum rn_status rn_stem_parse(const char *key, const char *text, enum rn_stem *stem,
                             struct rn_err *err);
enum rn_status rn_block_parse(const char *key, const char *text, enum rn_block *block,
                              struct rn_err *err);
enum rn_status rn_act_parse(const char *key, const char *text, enum rn_act *act,
                            struct rn_err *err);

#endif
