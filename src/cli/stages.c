/* A network's stages and counts, as info, models and sample show them. */
#include "stages.h"

#include <stdio.h>

static void stage(struct rn_json *js, const struct rn_arch *arch, const struct rn_stage *stage)
{
    rn_json_object(js);
    rn_json_key(js, "depth"), rn_json_int(js, stage->depth);
    rn_json_key(js, "width"), rn_json_int(js, stage->width);
    rn_json_key(js, "bot_mul");
    if (rn_block_has_bottleneck(arch->block))
        rn_json_double(js, stage->bot_mul);
    else
        rn_json_null(js);
    rn_json_key(js, "group_width");
    if (rn_block_has_groups(arch->block))
        rn_json_int(js, stage->group_w);
    else
        rn_json_null(js);
    rn_json_key(js, "stride"), rn_json_int(js, stage->stride);
    rn_json_close(js);
}

void rn_json_stages(struct rn_json *js, const struct rn_arch *arch)
{
    rn_json_key(js, "stages");
    rn_json_list(js);
    for (int i = 0; i < arch->n_stages; i++)
        stage(js, arch, &arch->stages[i]);
    rn_json_close(js);
}

void rn_json_counts(struct rn_json *js, const struct rn_complexity *cx)
{
    rn_json_key(js, "flops"), rn_json_int(js, cx->flops);
    rn_json_key(js, "params"), rn_json_int(js, cx->params);
    rn_json_key(js, "acts"), rn_json_int(js, cx->acts);
}

char *rn_human_count(int64_t count, char out[16])
{
    static const char units[] = " kMGTPE";
    double value = (double)count;
    int unit = 0;

    while (value >= 999.95 && units[unit + 1]) {
        value /= 1000;
        unit++;
    }
    snprintf(out, 16, "%.*f %c",
             unit == 0     ? 0
             : value < 10  ? 3
             : value < 100 ? 2
                           : 1,
             value, units[unit]);
    return out;
}
