/*
 * config.h: the configuration of a network and its training, in pycls' keys.
 *
 * struct rn_config is a plain value: no heap, copied by assignment. One table (rn_config_keys)
 * describes every key once: its type, default, bounds, choices and one line of help; reader,
 * command line, dump, nearest-key suggestion and documentation come from it. The fields are the
 * keys in lower case: OPTIM.BASE_LR is cfg.optim.base_lr. Keys of ours, which pycls does not have,
 * are marked so in the table.
 *
 *     struct rn_config cfg;
 *     rn_config_default(&cfg);
 *     RN_TRY(rn_config_read(&cfg, "RegNetX-400MF.yaml", err));
 *     RN_TRY(rn_config_set(&cfg, "OPTIM.BASE_LR", "0.05", err));
 */
#ifndef REGNET_CONFIG_H
#define REGNET_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "regnet/json.h"
#include "regnet/memory.h"
#include "regnet/value.h"

#define RN_TEXT_MAX 512 /* a string value, its 0 included */
#define RN_LIST_MAX 64  /* entries of a list value */

struct rn_ints {
    int n, v[RN_LIST_MAX];
};
struct rn_doubles {
    int n;
    double v[RN_LIST_MAX];
};
typedef char rn_text[RN_TEXT_MAX];

#define RN_KEYS_MAX 256
#define RN_SOURCES_MAX 6
struct rn_origins {
    int n_sources;
    char source[RN_SOURCES_MAX][128]; /* files, recipes, networks; the end of a long name */
    struct {
        short source;  /* 1 + an index; or RN_ORIGIN_DEFAULT, or RN_ORIGIN_PAIR */
        int line;      /* 0: unknown */
    } of[RN_KEYS_MAX]; /* by the table's order */
};
#define RN_ORIGIN_DEFAULT 0
#define RN_ORIGIN_PAIR (-1) /* KEY VALUE, by rn_config_set */

struct rn_config {
    struct {
        rn_text type; /* anynet, regnet, resnet, effnet */
        int depth, num_classes;
        rn_text loss_fun, activation_fun, scaling_type;
        double scaling_factor;
        double dc_ratio, dropout_ratio; /* ours: EN's, of other networks */
    } model;
    struct {
        rn_text trans_fun;
        int num_groups, width_per_group;
        bool stride_1x1;
    } resnet;
    struct {
        rn_text stem_type, block_type;
        int stem_w, head_w;
        struct rn_ints depths, widths, strides, group_ws;
        struct rn_doubles bot_muls;
        bool se_on;
        bool stride_1x1, skip_reduction, timm; /* ours */
        double se_r;
    } anynet;
    struct {
        rn_text stem_type, block_type;
        int stem_w, stride, depth, w0, group_w, head_w;
        double wa, wm, bot_mul, se_r;
        bool se_on;
    } regnet;
    struct {
        rn_text stem_type; /* ours */
        int stem_w, head_w;
        struct rn_ints depths, widths, strides, kernels;
        struct rn_doubles exp_ratios;
        double se_r, dc_ratio, dropout_ratio;
    } en;
    struct {
        double eps, mom, custom_weight_decay;
        bool use_precise_stats, zero_init_final_gamma, use_custom_weight_decay;
        int num_samples_precise;
    } bn;
    struct {
        rn_text optimizer, lr_policy;
        rn_text lr_unit; /* ours: "epoch" (pycls' way) or "step": when the rate moves */
        double base_lr, min_lr, lr_mult, momentum, dampening, beta1, beta2, weight_decay;
        double bias_custom_weight_decay, warmup_factor, ema_alpha;
        double warmup_epochs; /* a whole number in pycls; with lr_unit step, fractions count */
        struct rn_ints steps;
        int max_epoch, ema_update_period;
        bool nesterov, bias_use_custom_weight_decay;
        bool ema;                   /* ours: the average of weights is what is trained for */
        int accumulate;             /* ours: batches of an update */
        double clip_norm;           /* ours: longest gradient; 0: any */
        struct rn_doubles stage_lr; /* ours: factors of stem, stages, head; empty: 1 */
    } optim;
    struct {
        rn_text dataset, split, weights, augment;
        rn_text freeze; /* ours: prefixes of parameters that stay as they are */
        int batch_size, im_size;
        int num_images; /* ours: train on that many images of the split; 0: all */
        bool auto_resume, mixed_precision;
        double label_smoothing, mixup_alpha, cutmix_alpha, pca_std;
        int checkpoint_period, checkpoint_steps; /* the latter ours, as are the minutes */
        double checkpoint_minutes;
        double random_erase; /* ours: probability that a rectangle of an image is erased */
    } train;
    struct {
        rn_text dataset, split, weights;
        int batch_size, im_size;
    } test;
    struct {
        int num_workers;
        bool shuffle; /* ours */
        rn_text dir;  /* ours: where the data set lies; "": the usual places */
        int hold_out; /* ours: training images set aside as split "val"; "train" is the rest */
        struct rn_doubles mean, std; /* ours: of red, green and blue; empty: the data set's */
        double skip_bad;             /* ours: share of the images that may be damaged */
        bool reduced_jpeg;           /* ours: large JPEG are decoded at a fraction of their size */
    } data_loader;
    rn_text desc, out_dir;
    rn_text log_dest; /* "file": pycls' log as well */
    int rng_seed, log_period;
    int num_threads;           /* ours: threads of one network */
    struct rn_origins origins; /* where each value comes from; not a part of what is configured */
};
/* The table also holds, so that pycls' files are read unchanged, the keys of VIT, LN, CUDNN,
   LAUNCH, FSDP and others that nothing here uses: they are typed and checked and then have no
   field. rn_config_notes tells which of them were given. */

enum rn_key_type {
    RN_KEY_BOOL,
    RN_KEY_INT,
    RN_KEY_DOUBLE,
    RN_KEY_TEXT,
    RN_KEY_INTS,
    RN_KEY_DOUBLES
};

struct rn_key {
    const char *name; /* "OPTIM.BASE_LR" */
    enum rn_key_type type;
    const char *fallback; /* the default, as text */
    double min, max;      /* of a number, or of each entry; min > max: no bound */
    const char *choices;  /* "cos exp lin steps"; NULL: any */
    bool ours;
    const char *help;
    ptrdiff_t offset; /* into struct rn_config; negative: read and checked, then ignored */
};

const struct rn_key *rn_config_keys(size_t *n);

void rn_config_default(struct rn_config *cfg);
/* Merges a file, a parsed map (e.g. a study's `config:`) or one "KEY", "VALUE" over cfg. On failure
   cfg is as it was. RN_E_CONFIG: position, key, what was expected, the nearest known key. */
enum rn_status rn_config_read(struct rn_config *cfg, const char *path, struct rn_err *err);
enum rn_status rn_config_merge(struct rn_config *cfg, const struct rn_value *map,
                               struct rn_err *err);
enum rn_status rn_config_set(struct rn_config *cfg, const char *key, const char *value,
                             struct rn_err *err);
/* Appends the configuration as YAML, every key, in the table's order; reads back to the same. */
enum rn_status rn_config_dump(const struct rn_config *cfg, struct rn_buf *out, struct rn_err *err);

/* The same with every value's origin behind it, as a comment. */
enum rn_status rn_config_dump_origins(const struct rn_config *cfg, struct rn_buf *out,
                                      struct rn_err *err);

/* The same as members of the JSON object that is open, an object a section. */
void rn_config_json(const struct rn_config *cfg, struct rn_json *js);

/* Where a key's value comes from: "default", "command line", "net.yaml:3". Appended. */
enum rn_status rn_config_origin(const struct rn_config *cfg, const struct rn_key *key,
                                struct rn_buf *out, struct rn_err *err);
/* Says of every value that differs from before's that it comes from source (a network's name). */
void rn_config_attribute(struct rn_config *cfg, const struct rn_config *before, const char *source);
/* Appends a line a source: the keys given there that have no effect in this program. */
enum rn_status rn_config_notes(const struct rn_config *cfg, struct rn_buf *out, struct rn_err *err);
/* Whether a and b have one value for a key that has a field. */
bool rn_key_same(const struct rn_key *key, const struct rn_config *a, const struct rn_config *b);

/* Complete configurations of a training ("paper", "modern"), as YAML; NULL: there is none of that
   name. Merging one leaves network and data as they are. */
const char *rn_recipe_text(const char *name);
enum rn_status rn_config_recipe(struct rn_config *cfg, const char *name, struct rn_err *err);

/* The entry of names (n of them) nearest to text by edit distance, or NULL if none is near. */
const char *rn_nearest(const char *text, const char *const *names, size_t n);

#endif
