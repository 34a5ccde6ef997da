/* Sets a sweep up: from a pycls sweep file, or from any space. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enough.h"
#include "pycls_sweep.h"
#include "regnet/file.h"
#include "study.h"
#include "sweep_file.h"
#include "value_diff.h"

#define FALLBACK_LEASE 60
#define SWEEP_FILE_MAX ((size_t)1 << 24)

static enum rn_status take_text(char **out, const char *text, struct rn_err *err)
{
    rn_free(*out);
    *out = rn_strdup(text);
    return *out ? RN_OK : rn_nomem(err, strlen(text), "a text");
}

static bool is_yaml_file(const char *space)
{
    size_t len = strlen(space);

    return len > 5 && strcmp(space + len - 5, ".yaml") == 0;
}

/* A pycls sweep file says how to train, and its copy in the directory is the space; another
   space's file stays where it is, since it may be based on its neighbours. */
static enum rn_status take_space(const struct rn_sweep_setup *setup, struct rn_sweep *sweep,
                                 bool *copied, struct rn_err *err)
{
    struct rn_pycls_sweep pycls = {0};
    char *real = is_yaml_file(setup->space) ? realpath(setup->space, NULL) : NULL;
    enum rn_status status;

    *copied = false;
    RN_TRY(rn_space_open(setup->space, &sweep->drawn, err));
    RN_TRY(take_text(&sweep->name, rn_space_name(sweep->drawn), err));
    RN_TRY(take_text(&sweep->space, real ? real : setup->space, err));
    RN_TRY(take_text(&sweep->keep, "last", err));
    if (!real)
        goto done;
    RN_TRY(rn_pycls_sweep_read(real, &pycls, err));
    if (!pycls.found)
        goto done;
    *copied = true;
    RN_TRY(take_text(&sweep->space, RN_PYCLS_SWEEP_FILE, err));
    RN_TRY(take_text(&sweep->keep, pycls.keep, err));
    sweep->retries = pycls.retries;
    sweep->halving.epochs = pycls.halving_epochs;
    if (pycls.halving_factor > 0)
        sweep->halving.factor = pycls.halving_factor;
    sweep->edf_ks = pycls.edf_ks;
    sweep->config = pycls.config;
done:
    free(real);
    return status;
}

/* What ends trainings or the sweep early. */
static void take_stops(const struct rn_sweep_setup *setup, struct rn_sweep *sweep)
{
    if (setup->halving_epochs > 0)
        sweep->halving.epochs = (int)setup->halving_epochs;
    if (setup->halving_factor > 0)
        sweep->halving.factor = (int)setup->halving_factor;
    if (setup->edf_ks != 0)
        sweep->edf_ks = setup->edf_ks > 0 ? setup->edf_ks : 0;
}

static enum rn_status fill(const struct rn_sweep_setup *setup, struct rn_sweep *sweep, bool *copied,
                           struct rn_err *err)
{
    enum rn_status status;

    rn_config_default(&sweep->config);
    sweep->retries = RN_PYCLS_RETRIES;
    sweep->halving.factor = RN_HALVING_FACTOR;
    sweep->lease = setup->lease > 0 ? (double)setup->lease : FALLBACK_LEASE;
    RN_TRY(take_space(setup, sweep, copied, err));
    sweep->networks =
        (size_t)(setup->networks > 0 ? (uint64_t)setup->networks : rn_space_networks(sweep->drawn));
    sweep->seed = setup->seed >= 0 ? (uint64_t)setup->seed
                  : *copied        ? rn_space_seed(sweep->drawn)
                                   : 1;
    take_stops(setup, sweep);
    if (setup->config)
        sweep->config = *setup->config;
    for (int i = 0; i < setup->n_settings; i++)
        RN_TRY(
            rn_config_set(&sweep->config, setup->settings[2 * i], setup->settings[2 * i + 1], err));
    RN_TRY(rn_study_find_data(&sweep->config, setup->data_dir, err));
    sweep->classes = rn_study_classes(&sweep->config);
done:
    return status;
}

static enum rn_status check_stops(const struct rn_sweep *sweep, struct rn_err *err)
{
    if (sweep->halving.factor < 2)
        return rn_fail(err, RN_E_CONFIG, "successive halving: one of %d is no halving; 2 or more",
                       sweep->halving.factor);
    if (sweep->halving.epochs >= sweep->config.optim.max_epoch)
        return rn_fail(err, RN_E_CONFIG,
                       "successive halving: the first rung, after %d epochs, is not within "
                       "OPTIM.MAX_EPOCH, which is %d",
                       sweep->halving.epochs, sweep->config.optim.max_epoch);
    if (sweep->halving.epochs > 0 && sweep->edf_ks > 0)
        return rn_fail(err, RN_E_CONFIG,
                       "successive halving leaves no distribution that could stop moving: choose "
                       "one of the two");
    return RN_OK;
}

/* Once, before anything is made, instead of by every network. */
static enum rn_status check(const struct rn_sweep *sweep, struct rn_err *err)
{
    struct rn_config cfg = sweep->config;
    struct rn_sample sample;
    enum rn_status status;

    if (sweep->networks == 0 || sweep->networks > RN_SWEEP_NETWORKS)
        RN_TRY(rn_fail(err, RN_E_CONFIG,
                       "%s: how many networks? -n, or SETUP.NUM_CONFIGS of a sweep file, is a "
                       "number from 1 to %d",
                       sweep->name, RN_SWEEP_NETWORKS));
    RN_TRY(check_stops(sweep, err));
    RN_TRY(rn_sweep_draw(sweep, 0, &sample, err));
    RN_TRY(rn_sample_to_config(&sample, &cfg, err));
    status = rn_check_training(&cfg, err);
done:
    return status;
}

static enum rn_status refuse(void *arg, const char *path, const char *there, const char *asked,
                             struct rn_err *err)
{
    static const char *const neutral[] = {"networks", "retries", "lease",
                                          "keep",     "edf_ks",  "config.DATA_LOADER.DIR"};

    for (size_t i = 0; i < sizeof neutral / sizeof *neutral; i++)
        if (strcmp(path, neutral[i]) == 0)
            return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "%s holds another sweep: %s is %s there and %s here; choose another directory",
                   (const char *)arg, path, there, asked);
}

/* What is not said stays. */
static enum rn_status take_up(const struct rn_sweep_setup *setup, struct rn_sweep *sweep,
                              struct rn_err *err)
{
    struct rn_sweep *there = NULL;
    struct rn_buf a = {0}, b = {0};
    enum rn_status status;

    RN_TRY(rn_sweep_open(setup->dir, &there, err));
    if (setup->networks == 0)
        sweep->networks = there->networks;
    if (setup->seed < 0)
        sweep->seed = there->seed;
    if (setup->lease == 0)
        sweep->lease = there->lease;
    if (setup->networks == 0 && there->enough.of > 0)
        sweep->networks = there->enough.of;
    if (sweep->edf_ks == 0 && setup->edf_ks == 0)
        sweep->edf_ks = there->edf_ks;
    if (sweep->halving.epochs == 0)
        sweep->halving = there->halving;
    if (sweep->halving.epochs > 0 && sweep->networks != there->networks)
        RN_TRY(rn_fail(err, RN_E_CONFIG,
                       "%s: by successive halving who goes on depends on all %zu networks; for "
                       "another number choose another directory",
                       setup->dir, there->networks));
    RN_TRY(rn_sweep_dump(there, &a, err));
    RN_TRY(rn_sweep_dump(sweep, &b, err));
    status = rn_yaml_diff(&a, &b, refuse, (void *)setup->dir, err);
done:
    rn_sweep_free(there);
    rn_buf_release(&a);
    rn_buf_release(&b);
    return status;
}

/* Its content is compared too: sweep.yaml has but the file's name. */
static enum rn_status copy_space(const struct rn_sweep_setup *setup, bool is_new,
                                 struct rn_err *err)
{
    struct rn_buf path = {0}, asked = {0}, there = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, setup->dir, RN_PYCLS_SWEEP_FILE, err));
    RN_TRY(rn_file_read(setup->space, SWEEP_FILE_MAX, &asked, err));
    if (!is_new) {
        RN_TRY(rn_file_read(path.data, SWEEP_FILE_MAX, &there, err));
        RN_TRY(rn_yaml_diff(&there, &asked, rn_pycls_refuse, (void *)setup->dir, err));
    }
    status = rn_file_write(path.data, asked.data, asked.len, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&asked);
    rn_buf_release(&there);
    return status;
}

static enum rn_status write_sweep(const char *path, const struct rn_sweep *sweep,
                                  struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_sweep_dump(sweep, &text, err));
    status = rn_file_write(path, text.data, text.len, err);
done:
    rn_buf_release(&text);
    return status;
}

/* sweep.yaml last: a directory that has one is ready. */
enum rn_status rn_sweep_setup(const struct rn_sweep_setup *setup, struct rn_err *err)
{
    struct rn_sweep *sweep = rn_alloc(1, sizeof *sweep);
    struct rn_buf path = {0};
    bool copied, is_new;
    enum rn_status status;

    if (!sweep)
        return rn_nomem(err, sizeof *sweep, "a sweep");
    RN_TRY(fill(setup, sweep, &copied, err));
    RN_TRY(rn_path_join(&path, setup->dir, "sweep.yaml", err));
    is_new = !rn_path_exists(path.data);
    if (!is_new)
        RN_TRY(take_up(setup, sweep, err));
    RN_TRY(check(sweep, err));
    RN_TRY(rn_dir_make(setup->dir, err));
    if (copied)
        RN_TRY(copy_space(setup, is_new, err));
    RN_TRY(rn_enough_forget(setup->dir, err));
    status = write_sweep(path.data, sweep, err);
done:
    rn_sweep_free(sweep);
    rn_buf_release(&path);
    return status;
}
