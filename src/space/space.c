/* The life of a space: opened by name, with its overlay, and freed. */
#include <stdio.h>
#include <string.h>

#include "room.h"

static const struct rn_arch fallback = {
    .stem = RN_STEM_SIMPLE,
    .stem_w = 32,
    .block = RN_BLOCK_BOTTLENECK,
    .n_stages = 4,
    .stages = {{.stride = 2}, {.stride = 2}, {.stride = 2}, {.stride = 2}},
    .num_classes = 1000,
    .im_size = 224};

struct rn_space *rn_space_new(void)
{
    struct rn_space *space = rn_alloc(1, sizeof *space);

    if (space)
        space->arch = fallback;
    return space;
}

static bool is_path(const char *name)
{
    size_t len = strlen(name);

    return len >= 5 && strcmp(name + len - 5, ".yaml") == 0;
}

static enum rn_status read_part(const char *name, struct rn_space *space, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    if (!is_path(name))
        RN_TRY(rn_space_find(name, &path, err));
    status = rn_space_read(space, is_path(name) ? name : path.data, 0, err);
done:
    rn_buf_release(&path);
    return status;
}

/* "SPACE@OVERLAY": the overlay's file is read on top of the space, as a derived space's would be.
 */
static enum rn_status read_whole(const char *name, struct rn_space *space, struct rn_err *err)
{
    const char *at = strrchr(name, '@');
    char base[1024], whole[RN_NAME_MAX];
    enum rn_status status;

    if (!at || strchr(at, '/'))
        return read_part(name, space, err);
    if ((size_t)(at - name) >= sizeof base)
        return rn_fail(err, RN_E_CONFIG, "the name of the space is too long");
    snprintf(base, sizeof base, "%.*s", (int)(at - name), name);
    RN_TRY(read_part(base, space, err));
    snprintf(whole, sizeof whole, "%.40s", space->name);
    RN_TRY(read_part(at + 1, space, err));
    snprintf(whole + strlen(whole), sizeof whole - strlen(whole), "@%.20s", space->name);
    memcpy(space->name, whole, sizeof space->name);
done:
    return status;
}

enum rn_status rn_space_open(const char *name, struct rn_space **space, struct rn_err *err)
{
    struct rn_space *made = rn_space_new();
    enum rn_status status;

    if (!made)
        return rn_nomem(err, sizeof *made, "a space");
    RN_TRY(read_whole(name, made, err));
    RN_TRY(rn_space_compile(made, err));
    *space = made;
    made = NULL;
done:
    rn_space_free(made);
    return status;
}

void rn_space_free(struct rn_space *space)
{
    if (!space)
        return;
    for (int i = 0; i < RN_SPACE_AXES; i++)
        rn_axis_release(&space->axes[i]);
    rn_free(space);
}

const char *rn_space_name(const struct rn_space *space)
{
    return space->name;
}
