/*
 * The table of every key: its type, default, bounds, choices, field and one line of help.
 *
 * The keys and their defaults are pycls', in its order, with ours (OURS) among them; a comment
 * above a key says where and why it is not as in pycls. A key whose field is NOWHERE is
 * typed and checked, so that pycls' files are read unchanged, and then nothing uses it.
 */
#include <limits.h>

#include "regnet/config.h"

#define AT(field) ((ptrdiff_t)offsetof(struct rn_config, field))
#define NOWHERE ((ptrdiff_t)-1)
#define ANY 1, 0 /* no bounds */
#define COUNT 0, INT_MAX
#define POSITIVE 1, INT_MAX
#define FRACTION 0, 1
#define DROPPED 0, 0.99
#define THREADS 1, 4096
#define FROM_0 0, 1e30
#define FROM_1 1, 1e30

#define KEY(...)    \
    {               \
        __VA_ARGS__ \
    }
#define BOOL(name, fallback, at, help) KEY(name, RN_KEY_BOOL, fallback, ANY, NULL, false, help, at)
#define INT(name, fallback, bounds, at, help) \
    KEY(name, RN_KEY_INT, fallback, bounds, NULL, false, help, at)
#define REAL(name, fallback, bounds, at, help) \
    KEY(name, RN_KEY_DOUBLE, fallback, bounds, NULL, false, help, at)
#define TEXT(name, fallback, choices, at, help) \
    KEY(name, RN_KEY_TEXT, fallback, ANY, choices, false, help, at)
#define INTS(name, bounds, at, help) KEY(name, RN_KEY_INTS, "[]", bounds, NULL, false, help, at)
#define REALS(name, bounds, at, help) KEY(name, RN_KEY_DOUBLES, "[]", bounds, NULL, false, help, at)
#define OURS(name, type, fallback, bounds, choices, at, help) \
    KEY(name, type, fallback, bounds, choices, true, help, at)

#define STEMS                                                                          \
    "res_stem_cifar res_stem_in simple_stem_in se_stem_in senet_stem_in pool_stem_in " \
    "cells_stem_in "                                                                   \
    "darts_stem_in"
#define BLOCKS                                                                                   \
    "vanilla_block v_block vr_block res_basic_block res_bottleneck_block "                       \
    "res_bottleneck_linear_block se_bottleneck_block senet_block separable_block shuffle_block " \
    "shuffle_v2_block nasnet_a_cell pnasnet_5_cell amoebanet_a_cell amoebanet_b_cell "           \
    "amoebanet_c_cell amoebanet_d_cell darts_v2_cell"
#define SPLITS "train val test"
#define RATIO 1e-3, 1e3

static const struct rn_key keys[] = {
    TEXT("MODEL.TYPE", "", "anynet regnet resnet effnet vit", AT(model.type),
         "family of the network"),
    INT("MODEL.DEPTH", "0", COUNT, AT(model.depth), "layers, for MODEL.TYPE resnet"),
    INT("MODEL.NUM_CLASSES", "10", POSITIVE, AT(model.num_classes), "classes to tell apart"),
    TEXT("MODEL.LOSS_FUN", "cross_entropy", "cross_entropy", AT(model.loss_fun), "loss"),
    TEXT("MODEL.ACTIVATION_FUN", "relu", "relu silu swish gelu relu6", AT(model.activation_fun),
         "activation"),
    BOOL("MODEL.ACTIVATION_INPLACE", "True", NOWHERE, "the plan decides here"),
    TEXT("MODEL.SCALING_TYPE", "", NULL, AT(model.scaling_type),
         "how to scale the network: d, w, r, dwr and mixtures"),
    REAL("MODEL.SCALING_FACTOR", "1.0", FROM_0, AT(model.scaling_factor),
         "multiple of the multiply-adds to scale to"),
    OURS("MODEL.DC_RATIO", RN_KEY_DOUBLE, "0.0", DROPPED, NULL, AT(model.dc_ratio),
         "part of the images that skip a residual block in training (drop connect)"),
    OURS("MODEL.DROPOUT_RATIO", RN_KEY_DOUBLE, "0.0", DROPPED, NULL, AT(model.dropout_ratio),
         "part of the classifier's inputs that are zero in training (dropout)"),

    TEXT("RESNET.TRANS_FUN", "basic_transform", "basic_transform bottleneck_transform",
         AT(resnet.trans_fun), "transform of a residual block"),
    INT("RESNET.NUM_GROUPS", "1", POSITIVE, AT(resnet.num_groups), "groups of the 3x3 convolution"),
    INT("RESNET.WIDTH_PER_GROUP", "64", POSITIVE, AT(resnet.width_per_group),
        "channels of a group in the first stage"),
    BOOL("RESNET.STRIDE_1X1", "True", AT(resnet.stride_1x1),
         "stride on the first 1x1 convolution, not on the 3x3"),

    TEXT("ANYNET.STEM_TYPE", "simple_stem_in", STEMS, AT(anynet.stem_type), "stem"),
    INT("ANYNET.STEM_W", "32", POSITIVE, AT(anynet.stem_w), "channels of the stem"),
    TEXT("ANYNET.BLOCK_TYPE", "res_bottleneck_block", BLOCKS, AT(anynet.block_type), "block"),
    INTS("ANYNET.DEPTHS", POSITIVE, AT(anynet.depths), "blocks of each stage"),
    INTS("ANYNET.WIDTHS", POSITIVE, AT(anynet.widths), "channels of each stage"),
    INTS("ANYNET.STRIDES", POSITIVE, AT(anynet.strides), "stride of each stage's first block"),
    REALS("ANYNET.BOT_MULS", RATIO, AT(anynet.bot_muls),
          "inner over outer width of each stage's blocks (1/b); empty: none"),
    INTS("ANYNET.GROUP_WS", POSITIVE, AT(anynet.group_ws),
         "channels of a group in each stage; empty: none"),
    INT("ANYNET.HEAD_W", "0", COUNT, AT(anynet.head_w),
        "channels of a 1x1 convolution before the classifier; 0: none"),
    BOOL("ANYNET.SE_ON", "False", AT(anynet.se_on), "squeeze and excitation in each block"),
    REAL("ANYNET.SE_R", "0.25", FROM_0, AT(anynet.se_r),
         "squeezed width over the block's input width"),
    OURS("ANYNET.STRIDE_1X1", RN_KEY_BOOL, "False", ANY, NULL, AT(anynet.stride_1x1),
         "the stride is in the first 1x1 of a bottleneck, not in its 3x3"),
    OURS("ANYNET.SKIP_REDUCTION", RN_KEY_BOOL, "False", ANY, NULL, AT(anynet.skip_reduction),
         "cells: the older input behind a reducing cell is from before its own newer input"),
    OURS("ANYNET.TIMM", RN_KEY_BOOL, "False", ANY, NULL, AT(anynet.timm),
         "as timm computes its RegNetZ and NASNet, not as the authors do"),

    TEXT("REGNET.STEM_TYPE", "simple_stem_in", STEMS, AT(regnet.stem_type), "stem"),
    INT("REGNET.STEM_W", "32", POSITIVE, AT(regnet.stem_w), "channels of the stem"),
    TEXT("REGNET.BLOCK_TYPE", "res_bottleneck_block", BLOCKS, AT(regnet.block_type), "block"),
    INT("REGNET.STRIDE", "2", POSITIVE, AT(regnet.stride), "stride of every stage"),
    BOOL("REGNET.SE_ON", "False", AT(regnet.se_on), "squeeze and excitation in each block"),
    REAL("REGNET.SE_R", "0.25", FROM_0, AT(regnet.se_r),
         "squeezed width over the block's input width"),
    INT("REGNET.DEPTH", "10", POSITIVE, AT(regnet.depth), "blocks in all (d)"),
    INT("REGNET.W0", "32", POSITIVE, AT(regnet.w0), "width at the start of the line (w_0)"),
    REAL("REGNET.WA", "5.0", FROM_0, AT(regnet.wa), "slope of the line (w_a)"),
    REAL("REGNET.WM", "2.5", FROM_1, AT(regnet.wm), "ratio between the widths of stages (w_m)"),
    INT("REGNET.GROUP_W", "16", POSITIVE, AT(regnet.group_w), "channels of a group (g)"),
    REAL("REGNET.BOT_MUL", "1.0", RATIO, AT(regnet.bot_mul),
         "inner over outer width of a block (1/b)"),
    INT("REGNET.HEAD_W", "0", COUNT, AT(regnet.head_w),
        "channels of a 1x1 convolution before the classifier; 0: none"),

    OURS("EN.STEM_TYPE", RN_KEY_TEXT, "simple_stem_in", ANY, "simple_stem_in res_stem_cifar",
         AT(en.stem_type), "stem; res_stem_cifar is for small images"),
    INT("EN.STEM_W", "32", POSITIVE, AT(en.stem_w), "channels of the stem"),
    INTS("EN.DEPTHS", POSITIVE, AT(en.depths), "blocks of each stage"),
    INTS("EN.WIDTHS", POSITIVE, AT(en.widths), "channels of each stage"),
    REALS("EN.EXP_RATIOS", RATIO, AT(en.exp_ratios),
          "inner over input width of each stage's blocks"),
    REAL("EN.SE_R", "0.25", FROM_0, AT(en.se_r), "squeezed width over the block's input width"),
    INTS("EN.STRIDES", POSITIVE, AT(en.strides), "stride of each stage's first block"),
    INTS("EN.KERNELS", POSITIVE, AT(en.kernels), "side of each stage's depthwise kernel"),
    INT("EN.HEAD_W", "1280", POSITIVE, AT(en.head_w),
        "channels of the 1x1 convolution before the classifier"),
    REAL("EN.DC_RATIO", "0.0", DROPPED, AT(en.dc_ratio), "MODEL.DC_RATIO of MODEL.TYPE effnet"),
    REAL("EN.DROPOUT_RATIO", "0.0", DROPPED, AT(en.dropout_ratio),
         "MODEL.DROPOUT_RATIO of MODEL.TYPE effnet"),

    INT("VIT.PATCH_SIZE", "16", POSITIVE, NOWHERE, "side of a patch"),
    TEXT("VIT.STEM_TYPE", "patchify", "patchify conv", NOWHERE, "stem"),
    INTS("VIT.C_STEM_KERNELS", POSITIVE, NOWHERE, "kernels of the convolutional stem"),
    INTS("VIT.C_STEM_STRIDES", POSITIVE, NOWHERE, "strides of the convolutional stem"),
    INTS("VIT.C_STEM_DIMS", POSITIVE, NOWHERE, "channels of the convolutional stem"),
    INT("VIT.NUM_LAYERS", "12", POSITIVE, NOWHERE, "encoder blocks"),
    INT("VIT.NUM_HEADS", "12", POSITIVE, NOWHERE, "attention heads"),
    INT("VIT.HIDDEN_DIM", "768", POSITIVE, NOWHERE, "channels of a token"),
    INT("VIT.MLP_DIM", "3072", POSITIVE, NOWHERE, "inner width of the perceptron"),
    TEXT("VIT.CLASSIFIER_TYPE", "token", "token pooled", NOWHERE, "what the classifier sees"),

    REAL("BN.EPS", "1e-5", FROM_0, AT(bn.eps), "added to the variance"),
    REAL("BN.MOM", "0.1", FRACTION, AT(bn.mom),
         "weight of the new batch in the running statistics"),
    BOOL("BN.USE_PRECISE_STATS", "True", AT(bn.use_precise_stats),
         "recompute the statistics before each test"),
    INT("BN.NUM_SAMPLES_PRECISE", "8192", POSITIVE, AT(bn.num_samples_precise),
        "images for the precise statistics"),
    BOOL("BN.ZERO_INIT_FINAL_GAMMA", "False", AT(bn.zero_init_final_gamma),
         "begin with each block as the identity"),
    BOOL("BN.USE_CUSTOM_WEIGHT_DECAY", "False", AT(bn.use_custom_weight_decay),
         "give normalization its own weight decay"),
    REAL("BN.CUSTOM_WEIGHT_DECAY", "0.0", FROM_0, AT(bn.custom_weight_decay), "that weight decay"),

    REAL("LN.EPS", "1e-5", FROM_0, NOWHERE, "added to the variance"),
    BOOL("LN.USE_CUSTOM_WEIGHT_DECAY", "False", NOWHERE,
         "give layer normalization its own weight decay"),
    REAL("LN.CUSTOM_WEIGHT_DECAY", "0.0", FROM_0, NOWHERE, "that weight decay"),

    TEXT("OPTIM.OPTIMIZER", "sgd", "sgd adam adamw", AT(optim.optimizer), "optimizer"),
    REAL("OPTIM.BASE_LR", "0.1", FROM_0, AT(optim.base_lr), "learning rate at its highest"),
    REAL("OPTIM.MIN_LR", "0.0", FRACTION, AT(optim.min_lr),
         "learning rate at the end, as a fraction of BASE_LR"),
    TEXT("OPTIM.LR_POLICY", "cos", "cos exp lin steps", AT(optim.lr_policy),
         "shape of the schedule"),
    OURS("OPTIM.LR_UNIT", RN_KEY_TEXT, "epoch", ANY, "epoch step", AT(optim.lr_unit),
         "when the learning rate moves: at each epoch, as in pycls, or at each step"),
    INTS("OPTIM.STEPS", COUNT, AT(optim.steps),
         "epochs at which policy steps moves; the first is 0"),
    REAL("OPTIM.LR_MULT", "0.1", FROM_0, AT(optim.lr_mult),
         "factor of the learning rate at each of STEPS"),
    INT("OPTIM.MAX_EPOCH", "200", POSITIVE, AT(optim.max_epoch), "epochs to train"),
    REAL("OPTIM.MOMENTUM", "0.9", FRACTION, AT(optim.momentum), "momentum of sgd"),
    REAL("OPTIM.DAMPENING", "0.0", FRACTION, AT(optim.dampening), "dampening of the momentum"),
    BOOL("OPTIM.NESTEROV", "True", AT(optim.nesterov), "Nesterov's momentum"),
    REAL("OPTIM.BETA1", "0.9", FRACTION, AT(optim.beta1), "decay of adam's first moment"),
    REAL("OPTIM.BETA2", "0.999", FRACTION, AT(optim.beta2), "decay of adam's second moment"),
    REAL("OPTIM.WEIGHT_DECAY", "5e-4", FROM_0, AT(optim.weight_decay), "weight decay"),
    BOOL("OPTIM.BIAS_USE_CUSTOM_WEIGHT_DECAY", "False", AT(optim.bias_use_custom_weight_decay),
         "give biases their own weight decay"),
    REAL("OPTIM.BIAS_CUSTOM_WEIGHT_DECAY", "0.0", FROM_0, AT(optim.bias_custom_weight_decay),
         "that weight decay"),
    REAL("OPTIM.WARMUP_FACTOR", "0.1", FRACTION, AT(optim.warmup_factor),
         "learning rate at the start of the warm-up, as a fraction"),
    /* Whole epochs in pycls; a short training warms up for a part of one. */
    REAL("OPTIM.WARMUP_EPOCHS", "0", FROM_0, AT(optim.warmup_epochs),
         "epochs of linear warm-up; fractions count with LR_UNIT step"),
    /* pycls always keeps an average, at the cost of a second test. */
    OURS("OPTIM.EMA", RN_KEY_BOOL, "False", ANY, NULL, AT(optim.ema),
         "keep an average of the weights; it is then the trained network"),
    REAL("OPTIM.EMA_ALPHA", "1e-5", FRACTION, AT(optim.ema_alpha),
         "weight of an image of an epoch-long training in the average"),
    INT("OPTIM.EMA_UPDATE_PERIOD", "32", COUNT, AT(optim.ema_update_period),
        "steps between updates of the average; 0: none"),
    OURS("OPTIM.ACCUMULATE", RN_KEY_INT, "1", POSITIVE, NULL, AT(optim.accumulate),
         "batches whose mean gradient makes one step"),
    OURS("OPTIM.CLIP_NORM", RN_KEY_DOUBLE, "0.0", FROM_0, NULL, AT(optim.clip_norm),
         "longest gradient; a longer one is scaled down; 0: any"),
    OURS("OPTIM.STAGE_LR", RN_KEY_DOUBLES, "[]", FROM_0, NULL, AT(optim.stage_lr),
         "factors of the learning rate of stem, each stage and head; empty: 1"),
    BOOL("OPTIM.MTA", "False", NOWHERE, "multi-tensor updates: here all are"),

    TEXT("TRAIN.DATASET", "", NULL, AT(train.dataset),
         "data set to train on: fashion_mnist, cifar10, cifar100, folder, imagenet, list, tar"),
    TEXT("TRAIN.SPLIT", "train", SPLITS, AT(train.split), "its split"),
    INT("TRAIN.BATCH_SIZE", "128", POSITIVE, AT(train.batch_size), "images of a batch"),
    INT("TRAIN.IM_SIZE", "224", POSITIVE, AT(train.im_size), "side of the network's input"),
    OURS("TRAIN.NUM_IMAGES", RN_KEY_INT, "0", COUNT, NULL, AT(train.num_images),
         "train on that many images of the split; 0: all"),
    BOOL("TRAIN.AUTO_RESUME", "True", AT(train.auto_resume), "go on from the last checkpoint"),
    INT("TRAIN.CHECKPOINT_PERIOD", "1", POSITIVE, AT(train.checkpoint_period),
        "epochs between checkpoints"),
    OURS("TRAIN.CHECKPOINT_STEPS", RN_KEY_INT, "0", COUNT, NULL, AT(train.checkpoint_steps),
         "also after every so many steps of an epoch; 0: not"),
    OURS("TRAIN.CHECKPOINT_MINUTES", RN_KEY_DOUBLE, "10", FROM_0, NULL,
         AT(train.checkpoint_minutes), "and when the last one is so old; 0: not"),
    TEXT("TRAIN.WEIGHTS", "", NULL, AT(train.weights), "file of weights to start from"),
    OURS("TRAIN.FREEZE", RN_KEY_TEXT, "", ANY, NULL, AT(train.freeze),
         "parameters that are not trained, by the beginnings of their names: stem s1 s2.b1"),
    BOOL("TRAIN.MIXED_PRECISION", "False", AT(train.mixed_precision),
         "keep activations in bfloat16"),
    REAL("TRAIN.LABEL_SMOOTHING", "0.0", FRACTION, AT(train.label_smoothing),
         "part of a label spread over all classes"),
    REAL("TRAIN.MIXUP_ALPHA", "0.0", FROM_0, AT(train.mixup_alpha), "mixup's alpha; 0: off"),
    REAL("TRAIN.CUTMIX_ALPHA", "0.0", FROM_0, AT(train.cutmix_alpha), "cutmix's alpha; 0: off"),
    REAL("TRAIN.PCA_STD", "0.1", FROM_0, AT(train.pca_std), "deviation of the colour shift"),
    TEXT("TRAIN.AUGMENT", "", NULL, AT(train.augment),
         "augmentation; empty: crop and flip, none: nothing, AutoAugment, RandAugment_N2_M0.5: "
         "more"),
    OURS("TRAIN.RANDOM_ERASE", RN_KEY_DOUBLE, "0.0", FRACTION, NULL, AT(train.random_erase),
         "probability that a rectangle of an image is erased"),

    TEXT("TEST.DATASET", "", NULL, AT(test.dataset), "data set to test on"),
    TEXT("TEST.SPLIT", "val", SPLITS, AT(test.split), "its split"),
    INT("TEST.BATCH_SIZE", "200", POSITIVE, AT(test.batch_size), "images of a batch"),
    INT("TEST.IM_SIZE", "256", POSITIVE, AT(test.im_size),
        "side to resize to, before the crop of TRAIN.IM_SIZE"),
    TEXT("TEST.WEIGHTS", "", NULL, AT(test.weights), "file of weights to test"),

    INT("DATA_LOADER.NUM_WORKERS", "8", COUNT, AT(data_loader.num_workers),
        "threads that prepare images"),
    BOOL("DATA_LOADER.PIN_MEMORY", "True", NOWHERE, "page-locked memory for a GPU's batches"),
    TEXT("DATA_LOADER.MODE", "pytorch", "pytorch ffcv", NOWHERE, "loader: here there is one"),
    OURS("DATA_LOADER.SHUFFLE", RN_KEY_BOOL, "True", ANY, NULL, AT(data_loader.shuffle),
         "train in a new order each epoch; False: in file order"),
    OURS("DATA_LOADER.DIR", RN_KEY_TEXT, "", ANY, NULL, AT(data_loader.dir),
         "directory of the data set; empty: the usual places"),
    OURS("DATA_LOADER.HOLD_OUT", RN_KEY_INT, "0", COUNT, NULL, AT(data_loader.hold_out),
         "training images set aside as split val; train is then the rest"),
    OURS("DATA_LOADER.MEAN", RN_KEY_DOUBLES, "[]", FRACTION, NULL, AT(data_loader.mean),
         "mean of red, green and blue, of 0 to 1; empty: the data set's"),
    OURS("DATA_LOADER.STD", RN_KEY_DOUBLES, "[]", FRACTION, NULL, AT(data_loader.std),
         "their deviation"),
    OURS("DATA_LOADER.SKIP_BAD", RN_KEY_DOUBLE, "0.0", FRACTION, NULL, AT(data_loader.skip_bad),
         "share of the images that may be damaged, and are then left out"),
    OURS("DATA_LOADER.REDUCED_JPEG", RN_KEY_BOOL, "False", ANY, NULL, AT(data_loader.reduced_jpeg),
         "decode large JPEG at a half, a quarter or an eighth: faster, and other pixels"),

    /* pycls has retired these, and ignores them, too. */
    BOOL("MEM.RELU_INPLACE", "True", NOWHERE, "activations in place (retired)"),
    REAL("OPTIM.GAMMA", "0.1", FROM_0, NOWHERE, "now OPTIM.LR_MULT (retired)"),
    INT("PREC_TIME.BATCH_SIZE", "128", COUNT, NOWHERE, "batch of the timing (retired)"),
    BOOL("PREC_TIME.ENABLED", "False", NOWHERE, "time before a training (retired)"),
    INT("PORT", "10001", COUNT, NOWHERE, "now PORT_RANGE (retired)"),
    INT("TRAIN.EVAL_PERIOD", "1", COUNT, NOWHERE, "epochs between tests (retired)"),

    BOOL("CUDNN.BENCHMARK", "True", NOWHERE, "try cuDNN's algorithms first"),
    INT("PREC_TIME.WARMUP_ITER", "3", COUNT, NOWHERE, "iterations before the timing"),
    INT("PREC_TIME.NUM_ITER", "30", COUNT, NOWHERE, "iterations timed; 0: none before a training"),

    TEXT("LAUNCH.MODE", "local", "local submitit_local slurm", NOWHERE,
         "how pycls starts its processes"),
    INT("LAUNCH.MAX_RETRY", "3", COUNT, NOWHERE, "times to start a job again"),
    TEXT("LAUNCH.NAME", "pycls_job", NULL, NOWHERE, "name of the job"),
    TEXT("LAUNCH.COMMENT", "", NULL, NOWHERE, "comment of the job"),
    INT("LAUNCH.CPUS_PER_GPU", "10", COUNT, NOWHERE, "cores a GPU"),
    INT("LAUNCH.MEM_PER_GPU", "60", COUNT, NOWHERE, "gigabytes a GPU"),
    TEXT("LAUNCH.PARTITION", "devlab", NULL, NOWHERE, "Slurm's partition"),
    TEXT("LAUNCH.GPU_TYPE", "volta", NULL, NOWHERE, "kind of GPU"),
    INT("LAUNCH.TIME_LIMIT", "4200", COUNT, NOWHERE, "minutes"),
    TEXT("LAUNCH.EMAIL", "", NULL, NOWHERE, "address for messages"),

    BOOL("FSDP.ENABLED", "False", NOWHERE, "shard the parameters over the GPUs"),
    BOOL("FSDP.RESHARD_AFTER_FW", "True", NOWHERE, "shard again after the forward pass"),
    BOOL("FSDP.LAYER_NORM_FP32", "True", NOWHERE, "layer normalization in full precision"),

    TEXT("DESC", "", NULL, AT(desc), "description of the run"),
    BOOL("VERBOSE", "True", NOWHERE, "say more"),
    INT("NUM_GPUS", "1", COUNT, NOWHERE, "GPUs of one training"),
    INT("MAX_GPUS_PER_NODE", "8", POSITIVE, NOWHERE, "GPUs of one machine"),
    OURS("NUM_THREADS", RN_KEY_INT, "1", THREADS, NULL, AT(num_threads), "threads of one network"),
    /* pycls writes into /tmp, where the next run finds and resumes a stranger's checkpoint. */
    TEXT("OUT_DIR", "", NULL, AT(out_dir), "directory of the run; empty: one under runs/"),
    TEXT("CFG_DEST", "config.yaml", NULL, NOWHERE, "name of the configuration written there"),
    INT("RNG_SEED", "1", COUNT, AT(rng_seed), "seed of everything random"),
    TEXT("LOG_DEST", "stdout", "stdout file", AT(log_dest),
         "file: a stdout.log as pycls writes it, too"),
    INT("LOG_PERIOD", "10", POSITIVE, AT(log_period), "iterations between lines of the log"),
    TEXT("DIST_BACKEND", "nccl", NULL, NOWHERE, "PyTorch's means of communication"),
    TEXT("HOST", "localhost", NULL, NOWHERE, "machine that PyTorch's processes meet at"),
    INTS("PORT_RANGE", COUNT, NOWHERE, "ports that they try"),
    TEXT("DOWNLOAD_CACHE", "/tmp/pycls-download-cache", NULL, NOWHERE, "directory of downloads"),
};

const struct rn_key *rn_config_keys(size_t *n)
{
    *n = sizeof keys / sizeof *keys;
    return keys;
}
