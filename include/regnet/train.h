/*
 * train.h: trains and tests one network, by a configuration, into a run directory.
 *
 * A run is a directory: config.yaml (the full configuration), log.jsonl (one JSON object a line,
 * written out as it happens), checkpoints/, model.safetensors (the trained weights) and
 * result.json, written last and atomically: a run with a result.json is over. The same call on an
 * unfinished run goes on from its newest checkpoint. docs/runs.md describes every file.
 *
 *     RN_TRY(rn_train(&cfg, &(struct rn_train_options){.dir = "runs/one"}, &result, err));
 */
#ifndef REGNET_TRAIN_H
#define REGNET_TRAIN_H

#include <signal.h>

#include "regnet/data.h"
#include "regnet/graph.h"
#include "regnet/peers.h"
#include "regnet/safetensors.h"

enum rn_outcome { RN_OUTCOME_DONE, RN_OUTCOME_DIVERGED, RN_OUTCOME_PAUSED };

struct rn_result {
    enum rn_outcome outcome;
    int epochs;                   /* completed */
    double top1_err, top5_err;    /* percent, of the test part at the end; 100 if diverged */
    double loss;                  /* mean training loss of the last epoch; not finite if diverged */
    double seconds, images_per_s; /* of training, evaluation excluded */
    struct rn_complexity cx;
};

/* How a training tells that it goes on; called from the calling thread after each step. */
struct rn_progress {
    int epoch, epochs, step, steps; /* finished steps of this epoch (from 0) and of how many */
    double loss, lr, seconds_left;
    double top1_err;     /* percent, of this epoch's images so far */
    double images_per_s; /* of this epoch's steps in this call, loading included */
};

/* What a training takes, told before its first step. Network, optimizer and batches have their
   memory by then, so that less than that is an error before work begins, as is a disk with less
   than it needs; a test's loader and a checkpoint, made whole in memory, take theirs later. */
struct rn_forecast {
    size_t memory, memory_free; /* bytes: held by the process, and what it might take beside it */
    size_t disk, disk_free;     /* bytes: checkpoints, log and model, as far as not yet there */
    double seconds;             /* to the end, by the pace of two steps on trial */
};

struct rn_train_options {
    const char *dir; /* the run directory, made if missing */
    bool fresh; /* begin anew: what there is of an earlier run is removed when this can begin */
    /* As TRAIN.CHECKPOINT_PERIOD and its like say, and when stopped; without them a run that was
       stopped begins anew. */
    bool save_checkpoints;
    bool save_model;  /* model.safetensors at the end */
    bool tensorboard; /* the log's numbers also as event files in tensorboard/ */
    bool new_head;    /* of TRAIN.WEIGHTS all but the classifier is taken */
    bool test_once;   /* the test part is measured after the last epoch alone, not after each */
    /* Data sets opened by the caller (many networks share them), borrowed; NULL: opened here. */
    const struct rn_dataset *train_data, *test_data;
    void (*on_progress)(void *arg, const struct rn_progress *progress);
    void (*on_forecast)(void *arg, const struct rn_forecast *forecast);
    /* Each bad image that is left out (DATA_LOADER.SKIP_BAD), once in training and once a test. */
    void (*on_skip)(void *arg, const char *message);
    void *arg; /* of these three */
    /* Non-zero: leave after this step with RN_E_STOPPED; or NULL. */
    const volatile sig_atomic_t *stop;
    /* Processes that train this network together, each making this call (peers.h); NULL: this one
       alone. Only the first of them writes, tells and reads checkpoints. */
    struct rn_peers *peers;
    /* Epochs after which this run is over as RN_OUTCOME_PAUSED: with a checkpoint, from which a run
       in another directory goes on, and without a model; 0: it trains to the end. */
    int pause_after;
    double time_limit; /* seconds from the call on, after which it leaves likewise; 0: none */
};

/* Whether this build can train by cfg: what rn_train refuses before it reads any data. The message
   names the key. */
enum rn_status rn_check_training(const struct rn_config *cfg, struct rn_err *err);
/* A diverged training is RN_OK with its outcome; errors are what keeps us from recording. */
enum rn_status rn_train(const struct rn_config *cfg, const struct rn_train_options *options,
                        struct rn_result *result, struct rn_err *err);
/* TEST.WEIGHTS on TEST.DATASET's TEST.SPLIT. top1_err, top5_err, loss and cx of result are set.
   on_skip: as of rn_train, or NULL. */
enum rn_status rn_test(const struct rn_config *cfg, const struct rn_dataset *test_data,
                       void (*on_skip)(void *arg, const char *message), void *arg,
                       struct rn_result *result, struct rn_err *err);

/* The data of a configuration. A half of the set `name`, with DATA_LOADER.MEAN and STD; yours:
   rn_dataset_free. */
enum rn_status rn_data_open(const struct rn_config *cfg, const char *name, enum rn_data_half half,
                            struct rn_dataset **ds, struct rn_err *err);
/* Where TEST.SPLIT is cut from: a half of its own or, for what is held out, the training half. */
enum rn_data_half rn_test_half(const struct rn_config *cfg);
/* What the files in DATA_LOADER.DIR say: TRAIN.DATASET where it is not set, and MODEL.NUM_CLASSES
   of folders, lists and shards. Without a DIR nothing is changed. */
enum rn_status rn_data_configure(struct rn_config *cfg, struct rn_err *err);

/* Merges over cfg what the metadata of a weights file of ours says of its network: the
   architecture, the data set. RN_E_DATA when it says nothing. */
enum rn_status rn_weights_config(const char *path, struct rn_config *cfg, struct rn_err *err);

/* result.json of a run directory. *found false: the run is not over. */
enum rn_status rn_result_read(const char *dir, struct rn_result *result, bool *found,
                              struct rn_err *err);

/* A network with its values and what its file says of it. Yours: rn_trained_release. */
struct rn_trained {
    struct rn_graph *graph;
    float *values; /* graph->n_values, as graph->params says */
    double bn_eps;
    const char **classes;           /* graph->arch.num_classes names; NULL: they have none */
    struct rn_preprocessing images; /* how one is made ready */
    /* The above as a weights file of ours has it: regnet.config, regnet.preprocessing, ... */
    struct rn_metadata *metadata;
    size_t n_metadata;
};

/* path: a weights file, or the directory of a run that is over; cfg: as rn_predictor_open_as. */
enum rn_status rn_trained_open(const char *path, const struct rn_config *cfg,
                               struct rn_trained *trained, struct rn_err *err);
void rn_trained_release(struct rn_trained *trained);

/*
 * A trained network ready to predict, from a .safetensors file or a PyTorch checkpoint (torch.h),
 * with the tensor names of pycls, torchvision or timm. Files of ours and of pycls say which network
 * they belong to; for others a configuration does. What the file does not say about its images is
 * as for ImageNet: the shorter side resized to TEST.IM_SIZE, TRAIN.IM_SIZE cut out.
 */
struct rn_predictor;
enum rn_status rn_predictor_open(const char *path, struct rn_predictor **predictor,
                                 struct rn_err *err);
/* cfg names the network (the number of classes is the file's); NULL: as rn_predictor_open. */
enum rn_status rn_predictor_open_as(const char *path, const struct rn_config *cfg,
                                    struct rn_predictor **predictor, struct rn_err *err);
void rn_predictor_free(struct rn_predictor *predictor);
int rn_predictor_classes(const struct rn_predictor *predictor);
const char *rn_predictor_class(const struct rn_predictor *predictor, int k); /* or its number */
/* Probabilities of the classes (rn_predictor_classes entries) for an image file. */
enum rn_status rn_predict(struct rn_predictor *predictor, const char *image_path, double *p,
                          struct rn_err *err);

struct rn_logits {
    size_t n; /* images */
    int classes;
    float *values; /* n x classes; yours: rn_logits_release */
};
/* Of an image file, or of a .npy of normalized images n x 3 x size x size, of any size. */
enum rn_status rn_predict_logits(struct rn_predictor *predictor, const char *path,
                                 struct rn_logits *logits, struct rn_err *err);
void rn_logits_release(struct rn_logits *logits);
void rn_softmax(const float *logits, int n, double *p);

/* Writes the weights of one file into another, .safetensors, .pth, .pt or .pyth by its extension.
   Under names of torchvision or timm, a .pth is a state dict alone, which they load. */
struct rn_convert_options {
    const struct rn_config *cfg; /* as rn_predictor_open_as */
    enum rn_naming naming;       /* of the tensors that are written */
};
enum rn_status rn_convert(const char *in, const char *out, const struct rn_convert_options *options,
                          struct rn_err *err);

/* The learning rate at an epoch that may have a fraction (docs/runs.md). */
double rn_learning_rate(const struct rn_config *cfg, double epoch);

#endif
