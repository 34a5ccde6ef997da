/* CIFAR's Python version: the array "data" and a list of labels, out of a pickled dict. */
#include "regnet/cifar.h"

#include "format/pickle.h"

#define IMAGE (3 * 32 * 32)

/* The bytes of a C-ordered array n x 3072 of uint8: its state is (version, shape, dtype, Fortran's
   order, bytes). */
static enum rn_status find_planes(const struct rn_pickle *pickle, const char *name,
                                  struct rn_cifar_batch *batch, struct rn_err *err)
{
    const struct rn_pickle_value *array =
        rn_pickle_get(pickle, &pickle->values[pickle->root], "data");
    const struct rn_pickle_value *state = NULL, *order, *bytes;

    if (array && array->kind == RN_PICKLE_OBJECT && array->u.global->role == RN_ROLE_ARRAY)
        state = &pickle->values[array->args];
    order = rn_pickle_item(pickle, state, 3, RN_PICKLE_BOOL);
    bytes = rn_pickle_item(pickle, state, 4, RN_PICKLE_TEXT);
    bytes = bytes ? bytes : rn_pickle_item(pickle, state, 4, RN_PICKLE_BYTES);
    if (!order || order->u.integer || !bytes || bytes->u.text.len == 0 ||
        bytes->u.text.len % IMAGE != 0)
        return rn_fail(err, RN_E_DATA,
                       "%s: no array \"data\" of images, each of %d bytes in C's order, in this "
                       "pickle",
                       name, IMAGE);
    batch->planes = (const uint8_t *)bytes->u.text.at;
    batch->n = bytes->u.text.len / IMAGE;
    return RN_OK;
}

static enum rn_status read_labels(const struct rn_pickle *pickle, const char *name, const char *key,
                                  struct rn_cifar_batch *batch, struct rn_err *err)
{
    const struct rn_pickle_value *list = rn_pickle_get(pickle, &pickle->values[pickle->root], key);

    if (!list || list->kind != RN_PICKLE_LIST || list->u.items.n != batch->n)
        return rn_fail(err, RN_E_DATA, "%s: no list \"%s\" of %zu labels in this pickle", name, key,
                       batch->n);
    batch->labels = rn_alloc(batch->n, sizeof *batch->labels);
    if (!batch->labels)
        return rn_nomem(err, batch->n * sizeof *batch->labels, "labels");
    for (uint32_t i = 0; i < batch->n; i++) {
        const struct rn_pickle_value *label = rn_pickle_item(pickle, list, i, RN_PICKLE_INT);
        if (!label || label->u.integer < 0 || label->u.integer > INT32_MAX)
            return rn_fail(err, RN_E_DATA, "%s: label %u is no whole number", name, i);
        batch->labels[i] = (int32_t)label->u.integer;
    }
    return RN_OK;
}

enum rn_status rn_cifar_parse(const void *data, size_t len, const char *name, const char *label_key,
                              struct rn_cifar_batch *batch, struct rn_err *err)
{
    struct rn_cifar_batch read = {0};
    struct rn_pickle pickle = {0};
    enum rn_status status;

    RN_TRY(rn_pickle_read(data, len, name, &pickle, err));
    RN_TRY(find_planes(&pickle, name, &read, err));
    RN_TRY(read_labels(&pickle, name, label_key, &read, err));
    *batch = read;
    read.labels = NULL;
done:
    rn_cifar_batch_release(&read);
    rn_pickle_release(&pickle);
    return status;
}

void rn_cifar_batch_release(struct rn_cifar_batch *batch)
{
    rn_free(batch->labels);
    *batch = (struct rn_cifar_batch){0};
}
