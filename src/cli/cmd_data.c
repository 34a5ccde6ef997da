/* regnet data: what lies in a folder of images, before a training depends on it. */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BLOCK 1024 /* images that are decoded before the bad ones among them are told of */

const char rn_help_data[] =
    "    regnet data check /usr/share/datasets/fashion-mnist\n"
    "    regnet data stats /usr/share/datasets/fashion-mnist\n"
    "\n"
    "usage: regnet data check DIR [--json] [KEY VALUE ...]\n"
    "       regnet data stats DIR [KEY VALUE ...]\n"
    "\n"
    "  check   decodes every image of every part and lists those that cannot be; exit status 3 if\n"
    "          there are any\n"
    "  stats   the mean and deviation of the training part's images as a test sees them, as keys\n"
    "          for regnet train\n"
    "  --json  check: one JSON object on standard output\n"
    "\n"
    "DIR is what regnet train takes as --data (docs/data.md); TRAIN.DATASET says what it is where\n"
    "that cannot be found out, TRAIN.IM_SIZE and TEST.IM_SIZE how stats cuts images.\n";

/* A block of images, decoded by several threads; each writes the message of its image alone. */
struct block {
    const struct rn_dataset *ds;
    size_t first;
    struct rn_err errs[BLOCK];
};

static void try_image(void *arg, int task, int thread)
{
    struct block *block = arg;
    struct rn_image image = {0};

    (void)thread;
    block->errs[task].status = RN_OK;
    if (rn_dataset_image(block->ds, block->first + (size_t)task, &image, &block->errs[task]) ==
        RN_OK)
        rn_image_release(&image);
}

struct found {
    size_t images, bad;
    bool json;
    struct rn_json js;
};

static void tell_bad(struct found *found, const char *message)
{
    if (found->json)
        rn_json_text(&found->js, message);
    else
        puts(message);
    found->bad++;
}

static enum rn_status check_part(const struct rn_dataset *ds, struct rn_pool *pool,
                                 struct found *found, struct rn_err *err)
{
    struct block *block = rn_alloc(1, sizeof *block);
    size_t n = (size_t)ds->n;

    if (!block)
        return rn_nomem(err, sizeof *block, "images");
    block->ds = ds;
    for (; block->first < n; block->first += BLOCK) {
        int size = n - block->first < BLOCK ? (int)(n - block->first) : BLOCK;
        rn_pool_run(pool, size, try_image, block);
        for (int i = 0; i < size; i++)
            if (block->errs[i].status != RN_OK)
                tell_bad(found, block->errs[i].msg);
    }
    found->images += n;
    rn_free(block);
    return RN_OK;
}

static enum rn_status check_parts(const struct rn_config *cfg, struct found *found,
                                  struct rn_err *err)
{
    static const enum rn_data_half halves[] = {RN_DATA_TRAIN, RN_DATA_VAL, RN_DATA_TEST};
    const char *name = cfg->train.dataset, *dir = cfg->data_loader.dir;
    struct rn_dataset *ds = NULL;
    struct rn_pool *pool = NULL;
    enum rn_status status;

    RN_TRY(rn_pool_new(cfg->data_loader.num_workers, &pool, err));
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        if (!rn_dataset_has(name, dir, halves[i]))
            continue;
        RN_TRY(rn_dataset_open(name, dir, halves[i], &ds, err));
        RN_TRY(check_part(ds, pool, found, err));
        rn_dataset_free(ds);
        ds = NULL;
    }
done:
    rn_dataset_free(ds);
    rn_pool_free(pool);
    return status;
}

static int check(const struct rn_config *cfg, bool json)
{
    struct rn_buf text = {0};
    struct found found = {.json = json, .js = rn_json_begin(&text)};
    struct rn_err err = {0};
    enum rn_status status;

    rn_json_object(&found.js);
    rn_json_key(&found.js, "bad");
    rn_json_list(&found.js);
    RN_TRY(check_parts(cfg, &found, &err));
    rn_json_close(&found.js);
    rn_json_key(&found.js, "images");
    rn_json_int(&found.js, (long long)found.images);
    rn_json_close(&found.js);
    RN_TRY(rn_json_end(&found.js, &err));
    if (json)
        puts(text.data);
    else
        printf("%zu images, %zu bad (%s)\n", found.images, found.bad, cfg->train.dataset);
    if (found.bad > 0)
        status = RN_E_DATA;
done:
    rn_buf_release(&text);
    if (status != RN_OK && err.status != RN_OK)
        return rn_report_error("data check", &err);
    return rn_status_exit_code(status);
}

/* Sums over the pixels of all images, by channel. */
struct sums {
    double n, sum[3], square[3];
};

static void add_batch(const float *images, size_t floats, struct sums *sums)
{
    for (size_t i = 0; i < floats; i++) {
        sums->sum[i % 3] += images[i];
        sums->square[i % 3] += (double)images[i] * images[i];
    }
    sums->n += (double)floats / 3;
}

static enum rn_status sum_up(const struct rn_config *cfg, const struct rn_dataset *ds,
                             struct sums *sums, struct rn_err *err)
{
    struct rn_part part = {0};
    struct rn_loader *loader = NULL;
    struct rn_batch batch = {0};
    enum rn_status status;

    RN_TRY(rn_part_all(ds, &part, err));
    RN_TRY(rn_loader_new(&(struct rn_loader_options){.dataset = ds,
                                                     .part = &part,
                                                     .batch = 16,
                                                     .resize = cfg->test.im_size,
                                                     .size = cfg->train.im_size,
                                                     .workers = cfg->data_loader.num_workers},
                         &loader, err));
    batch.images = rn_alloc(16 * rn_loader_image_size(loader), sizeof *batch.images);
    batch.labels = rn_alloc(16, sizeof *batch.labels);
    if (!batch.images || !batch.labels) {
        status = rn_nomem(err, 16 * rn_loader_image_size(loader) * sizeof *batch.images, "images");
        goto done;
    }
    for (int n;;) {
        RN_TRY(rn_loader_next(loader, &batch, &n, err));
        if (n < 0)
            break;
        add_batch(batch.images, (size_t)n * rn_loader_image_size(loader), sums);
    }
done:
    rn_loader_free(loader);
    rn_part_release(&part);
    rn_free(batch.images);
    rn_free(batch.labels);
    return status;
}

static int stats(const struct rn_config *cfg)
{
    struct rn_dataset *ds = NULL;
    struct sums sums = {0};
    double mean[3], std[3];
    struct rn_err err = {0};
    enum rn_status status;

    RN_TRY(rn_dataset_open(cfg->train.dataset, cfg->data_loader.dir, RN_DATA_TRAIN, &ds, &err));
    for (int c = 0; c < 3; c++) { /* the loader gives values of 0 to 1, red first */
        ds->mean[c] = 0;
        ds->std[c] = 1;
    }
    ds->bgr = false;
    RN_TRY(sum_up(cfg, ds, &sums, &err));
    for (int c = 0; c < 3; c++) {
        mean[c] = sums.sum[c] / sums.n;
        std[c] = sqrt(fmax(0, sums.square[c] / sums.n - mean[c] * mean[c]));
    }
    printf("DATA_LOADER.MEAN \"[%.4f, %.4f, %.4f]\" DATA_LOADER.STD \"[%.4f, %.4f, %.4f]\"\n",
           mean[0], mean[1], mean[2], std[0], std[1], std[2]);
done:
    rn_dataset_free(ds);
    return status == RN_OK ? 0 : rn_report_error("data stats", &err);
}

int rn_cmd_data(int argc, char **argv)
{
    bool json = false;
    const struct rn_option table[] = {{"--json", NULL, &json, NULL}, {NULL, NULL, NULL, NULL}};
    struct rn_config cfg;
    const char *dir;
    bool checks;
    int code = rn_args(&argc, argv, table);

    if (code)
        return code;
    if (argc < 3 || (strcmp(argv[1], "check") != 0 && strcmp(argv[1], "stats") != 0))
        return rn_usage(argv[0], "check DIR or stats DIR is expected");
    checks = strcmp(argv[1], "check") == 0;
    rn_config_default(&cfg);
    dir = argv[2];
    argv[2] = argv[0]; /* what is behind it is pairs of a verb */
    code = rn_config_args((struct rn_config_source){0}, argc - 2, argv + 2, &cfg);
    if (code == 0)
        code = rn_data_args(argv[0], dir, NULL, &cfg);
    if (code)
        return code;
    return checks ? check(&cfg, json) : stats(&cfg);
}
