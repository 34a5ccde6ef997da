/* RegNets as torchvision makes their widths fit their groups. */
#include <string.h>

#include "room.h"

/* The nearest multiple of the group width, halves up, but never a tenth narrower. */
static int rounded_up(int width, int g)
{
    int near = (width + g / 2) / g * g;

    near = near > g ? near : g;
    return near < 0.9 * width ? near + g : near;
}

enum rn_status rn_arch_as_torchvision(const struct rn_config *cfg, struct rn_arch *arch,
                                      struct rn_err *err)
{
    struct rn_regnet params = rn_regnet_of(cfg);
    struct rn_regnet_line line;
    enum rn_status status = RN_OK;

    if (strcmp(cfg->model.type, "regnet") != 0 || !rn_block_has_groups(arch->block))
        return RN_OK;
    RN_TRY(rn_regnet_generate(&params, &line, err));
    for (int i = 0, j = 0; i < arch->n_stages; j += arch->stages[i++].depth) {
        int v = (int)(line.w[j] * params.bot_mul), g = params.g < v ? params.g : v;
        arch->stages[i].width = (int)(rounded_up(v, g) / params.bot_mul);
    }
    status = rn_arch_check(arch, err);
done:
    return status;
}
