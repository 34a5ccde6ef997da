/* The plan: who reads and writes what, and where it lies in memory. */
#include <string.h>

#include "../arena.h"
#include "conv_plan.h"
#include "cpu.h"
#include "regnet/memory.h"

/* Which tensors are bfloat16: those of images between convolutions. Operators that are units by
   themselves know floats alone. */
static void plan_types(struct rn_cpu *cpu)
{
    for (int u = 0; u < cpu->n_units; u++) {
        struct rn_unit *unit = &cpu->units[u];
        unit->half = cpu->request.options.bf16 && rn_unit_pixels(unit) > 1 &&
                     (unit->kind == RN_UNIT_SUM || unit->kind == RN_UNIT_CONV ||
                      unit->kind == RN_UNIT_EXCITE);
    }
    for (int u = 0; u < cpu->n_units; u++)
        for (int k = 0; k < cpu->units[u].n_in && rn_unit_reads_results(&cpu->units[u]); k++)
            cpu->units[cpu->units[u].in[k]].half = false;
}

/* A convolution without ReLU that only a sum reads has the sum's dz. */
static bool shares_dz(const struct rn_cpu *cpu, const struct rn_unit *unit)
{
    return unit->kind == RN_UNIT_CONV && !unit->stored && !unit->clip && unit->n_users == 1 &&
           cpu->units[unit->first_user].kind == RN_UNIT_SUM;
}

/* The input of a sum whose dz may begin as the sum's own, to which other users then add: nobody
   else may need the sum's dz from then on. */
static int find_alias(const struct rn_cpu *cpu, int u)
{
    const struct rn_unit *sum = &cpu->units[u];

    for (int k = 0; k < 2; k++) {
        int x = sum->in[k], other = sum->in[1 - k];
        const struct rn_unit *input = &cpu->units[x];
        bool safe = x != other && cpu->units[other].shares_dz && !input->shares_dz &&
                    input->needs_dz && input->last_user == u && x < other;
        for (int v = other; safe && v < u; v++)
            for (int j = 0; j < cpu->units[v].n_in; j++)
                safe = safe && cpu->units[v].in[j] != x;
        if (safe)
            return k;
    }
    return -1;
}

static void plan_gradients(struct rn_cpu *cpu)
{
    for (int u = 0; u < cpu->n_units; u++)
        cpu->units[u].shares_dz = shares_dz(cpu, &cpu->units[u]);
    for (int u = 0; u < cpu->n_units; u++)
        if (cpu->units[u].kind == RN_UNIT_SUM)
            cpu->units[u].alias_in = find_alias(cpu, u);
}

/* Steps: unit u runs forward at u and backward at 2 n_units - u. */
static int backward_step(const struct rn_cpu *cpu, int u)
{
    return 2 * cpu->n_units - u;
}

static size_t image_bytes(const struct rn_unit *unit)
{
    return (size_t)(rn_unit_pixels(unit) * unit->stride) *
           (unit->half ? sizeof(uint16_t) : sizeof(float));
}

/* Images whose tensors memory is planned for. */
static size_t images_of(const struct rn_cpu *cpu)
{
    return (size_t)(cpu->request.options.train ? cpu->request.options.batch : cpu->infer_images);
}

static size_t bytes_of(const struct rn_cpu *cpu, const struct rn_unit *unit)
{
    return images_of(cpu) * image_bytes(unit) + (cpu->half ? RN_DEPTH * sizeof(uint16_t) : 0);
}

/* Inference takes a few images at a time through all units, so many that what a unit writes is
   still in the third-level cache when the next one reads it. */
static void plan_inference(struct rn_cpu *cpu)
{
    const size_t cache = (size_t)16 << 20;
    size_t largest = 1;

    for (int u = 1; u < cpu->n_units; u++) {
        size_t bytes = image_bytes(&cpu->units[u]) + image_bytes(&cpu->units[cpu->units[u].in[0]]);
        largest = bytes > largest ? bytes : largest;
    }
    cpu->infer_images = cpu->request.options.batch;
    if (cache / largest < (size_t)cpu->infer_images)
        cpu->infer_images = cache < largest ? 1 : (int)(cache / largest);
}

/* The unit whose buffer u's dz lies in: a sum shares its with what it feeds and with its alias, an
   excitation its with what it gates. */
static int dz_owner(const struct rn_cpu *cpu, int u)
{
    for (;;) {
        const struct rn_unit *unit = &cpu->units[u];
        int user = unit->last_user;
        if (unit->kind == RN_UNIT_EXCITE)
            return unit->in[0];
        if (unit->n_users == 0 || cpu->units[user].kind != RN_UNIT_SUM)
            return u;
        if (!unit->shares_dz &&
            (cpu->units[user].alias_in < 0 || cpu->units[user].in[cpu->units[user].alias_in] != u))
            return u;
        u = user;
    }
}

enum { BUFFER_Y, BUFFER_Z, BUFFER_DZ, BUFFERS };

/* A convolution that completes a sum writes there. */
static bool wants_y_in_inference(const struct rn_cpu *cpu, int u)
{
    const struct rn_unit *unit = &cpu->units[u];

    return !unit->stored && (unit->n_users == 0 || cpu->units[unit->first_user].closer != u);
}

/* The excitation's reader reads b and the gate instead. Sums, gate and gradient of the average, by
   image, stay until b runs backward (cpu_se.h). */
static void plan_excitation(const struct rn_cpu *cpu, const struct rn_unit *excite,
                            struct rn_arena_item *items)
{
    int b = excite->in[0], squeeze = cpu->units[b].first_user, u = cpu->units[b].excite;
    struct rn_arena_item *m = &items[BUFFERS * squeeze + BUFFER_Y];
    struct rn_arena_item *s = &items[BUFFERS * u + BUFFER_Y];

    m->bytes = 2 * images_of(cpu) * (size_t)excite->stride * sizeof(float);
    if (!cpu->request.options.train) {
        items[BUFFERS * b + BUFFER_Y].last = excite->last_user;
        items[BUFFERS * excite->in[1] + BUFFER_Z].last = excite->last_user;
        return;
    }
    s->bytes = m->bytes;
    s->first = backward_step(cpu, excite->last_user);
    s->last = m->last = backward_step(cpu, b);
    items[BUFFERS * excite->in[1] + BUFFER_Z].last = backward_step(cpu, b);
    items[BUFFERS * squeeze + BUFFER_DZ].last = backward_step(cpu, b);
}

static void plan_lives(const struct rn_cpu *cpu, struct rn_arena_item *items)
{
    bool train = cpu->request.options.train;

    for (int u = 0; u < cpu->n_units; u++) {
        const struct rn_unit *unit = &cpu->units[u];
        struct rn_arena_item *item = items + BUFFERS * u;
        int end = train ? backward_step(cpu, u) : unit->n_users ? unit->last_user : u;
        item[BUFFER_Y].first = item[BUFFER_Z].first = u;
        item[BUFFER_Y].last = item[BUFFER_Z].last = end;
        if (unit->closer >= 0)
            item[BUFFER_Z].first = unit->closer;
        if (unit->kind == RN_UNIT_CONV && (train || wants_y_in_inference(cpu, u)))
            item[BUFFER_Y].bytes = bytes_of(cpu, unit);
        if (unit->stored && unit->kind != RN_UNIT_INPUT && unit->kind != RN_UNIT_EXCITE)
            item[BUFFER_Z].bytes = bytes_of(cpu, unit);
        if (!train || !unit->needs_dz)
            continue;
        item = items + BUFFERS * dz_owner(cpu, u) + BUFFER_DZ;
        if (item->bytes == 0) {
            item->bytes = bytes_of(cpu, &cpu->units[dz_owner(cpu, u)]);
            item->first = backward_step(cpu, u);
        }
        end = unit->n_users ? backward_step(cpu, unit->last_user) : backward_step(cpu, u);
        item->first = item->first < end ? item->first : end;
        item->last = backward_step(cpu, u) > item->last ? backward_step(cpu, u) : item->last;
    }
    for (int u = 0; u < cpu->n_units; u++)
        if (cpu->units[u].kind == RN_UNIT_EXCITE)
            plan_excitation(cpu, &cpu->units[u], items);
}

/* Bytes that tiles of a convolution may read, and drop, behind the last tensor: rows of a run. */
static size_t read_behind(const struct rn_cpu *cpu)
{
    int widest = 0;

    for (int u = 0; u < cpu->n_units; u++)
        widest = cpu->units[u].stride > widest ? cpu->units[u].stride : widest;
    return cpu->half ? 64 * (size_t)widest + 64 : 0;
}

static enum rn_status place_buffers(struct rn_cpu *cpu, struct rn_err *err)
{
    size_t n = (size_t)cpu->n_units * BUFFERS, bytes;
    struct rn_arena_item *items = rn_alloc(n, sizeof *items);
    enum rn_status status;

    if (!items)
        return rn_nomem(err, n * sizeof *items, "the memory plan");
    plan_lives(cpu, items);
    RN_TRY(rn_arena_place(items, n, &bytes, err));
    cpu->arena_bytes = bytes;
    cpu->arena = rn_alloc_aligned(bytes + read_behind(cpu), 1);
    if (!cpu->arena) {
        status = rn_nomem(err, bytes, "activations and gradients; a smaller batch needs less");
        goto done;
    }
    for (int u = 0; u < cpu->n_units; u++) {
        struct rn_unit *unit = &cpu->units[u];
        const struct rn_arena_item *item = items + BUFFERS * u;
        char *base = (char *)cpu->arena;
        int owner = dz_owner(cpu, u);
        bool sums = unit->kind == RN_UNIT_SQUEEZE || unit->kind == RN_UNIT_EXCITE;
        unit->y = (struct rn_tensor){base + item[BUFFER_Y].offset, unit->half && !sums};
        unit->z = (struct rn_tensor){base + item[BUFFER_Z].offset, unit->half};
        unit->dz = (struct rn_tensor){base + items[BUFFERS * owner + BUFFER_DZ].offset,
                                      cpu->units[owner].half};
        if (unit->kind == RN_UNIT_BN)
            unit->y = cpu->units[unit->in[0]].z;
    }
done:
    rn_free(items);
    return status;
}

/* The coefficients and sums by channel of all units, in one array each. */
static enum rn_status place_small(struct rn_cpu *cpu, struct rn_err *err)
{
    size_t floats = 0, doubles = 0;
    float *at;
    double *sums;

    for (int u = 0; u < cpu->n_units; u++) {
        size_t c = (size_t)cpu->units[u].stride, repeated = c * (size_t)rn_repeat((int)c);
        floats += 2 * c + 5 * repeated;
        doubles += 2 * c;
        if ((int)c > cpu->max_stride)
            cpu->max_stride = (int)c;
        if ((int)repeated > cpu->max_repeated)
            cpu->max_repeated = (int)repeated;
    }
    cpu->small = at = rn_alloc_aligned(floats, sizeof(float));
    cpu->sums = sums = rn_alloc_aligned(doubles, sizeof(double));
    cpu->partial =
        rn_alloc_aligned((size_t)RN_CHUNKS * 3 * (size_t)cpu->max_stride, sizeof(double));
    if (!cpu->small || !cpu->sums || !cpu->partial)
        return rn_nomem(err, floats * sizeof(float), "normalization");
    for (int u = 0; u < cpu->n_units; u++) {
        struct rn_unit *unit = &cpu->units[u];
        size_t c = (size_t)unit->stride, repeated = c * (size_t)rn_repeat((int)c);
        unit->mean = at, unit->rstd = at + c;
        at += 2 * c;
        unit->scale = at, unit->shift = at + repeated, unit->coef = at + 2 * repeated;
        at += 5 * repeated;
        unit->sums = sums;
        sums += 2 * c;
    }
    return RN_OK;
}

/* Those of images, for there is little to gain from vectors, and of square kernels. */
static bool has_half_products(const struct rn_cpu *cpu, const struct rn_unit *unit)
{
    bool square = unit->node.op == RN_OP_LINEAR ||
                  (unit->node.u.conv.taps == RN_TAPS_SQUARE && rn_conv_dilation(&unit->node) == 1);

    return cpu->half && rn_unit_pixels(unit) > 1 && square;
}

static enum rn_status plan_convs(struct rn_cpu *cpu, struct rn_err *err)
{
    const struct rn_net_options *options = &cpu->request.options;
    const struct rn_node *nodes = cpu->request.graph->nodes;
    enum rn_status status = RN_OK;

    for (int u = 0; u < cpu->n_units; u++) {
        struct rn_unit *unit = &cpu->units[u];
        const struct rn_unit *input = &cpu->units[unit->in[0]];
        size_t frames, block;
        if (unit->kind != RN_UNIT_CONV)
            continue;
        RN_TRY(rn_conv_plan_new(
            &(struct rn_conv_request){.node = &unit->node,
                                      .in = nodes[unit->node.in[0]].out,
                                      .in_stride = input->stride,
                                      .out_stride = unit->stride,
                                      .width = cpu->kernels->width,
                                      .batch = options->batch,
                                      .train = options->train,
                                      .wants_dx = options->train && input->needs_dz,
                                      .by_image = input->kind == RN_UNIT_EXCITE,
                                      .half = has_half_products(cpu, unit)},
            &unit->conv, err));
        frames = rn_conv_scratch_floats(unit->conv);
        cpu->frame_floats = frames > cpu->frame_floats ? frames : cpu->frame_floats;
        block = rn_conv_block_floats(unit->conv);
        if ((unit->half || input->half || unit->conv->half) && block > cpu->block_floats)
            cpu->block_floats = block;
    }
done:
    return status;
}

static size_t aligned(size_t floats)
{
    return (floats + 15) / 16 * 16;
}

static enum rn_status make_scratch(struct rn_cpu *cpu, struct rn_err *err)
{
    int threads = cpu->request.options.threads, sums = 3 * cpu->max_stride;
    size_t coefs = (size_t)(RN_COEFS * cpu->max_repeated), stage = rn_stage_floats(cpu->max_stride);
    size_t before = aligned((size_t)sums + coefs + 4 * stage), block = aligned(cpu->block_floats);
    size_t floats = before + block + cpu->frame_floats + 16;

    cpu->scratch = rn_alloc((size_t)threads, sizeof *cpu->scratch);
    if (!cpu->scratch)
        return rn_nomem(err, (size_t)threads * sizeof *cpu->scratch, "scratch memory");
    for (int i = 0; i < threads; i++) {
        struct rn_scratch *scratch = &cpu->scratch[i];
        scratch->sums = rn_alloc_aligned(floats, sizeof(float));
        if (!scratch->sums)
            return rn_nomem(err, floats * sizeof(float), "scratch memory");
        scratch->coef = scratch->sums + sums;
        scratch->mover = (struct rn_mover){cpu->kernels, cpu->half, scratch->coef + coefs};
        scratch->block = scratch->sums + before;
        scratch->frames = scratch->block + block;
    }
    return RN_OK;
}

enum rn_status rn_cpu_plan(struct rn_cpu *cpu, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_cpu_plan_units(cpu, err));
    plan_types(cpu);
    plan_inference(cpu);
    plan_gradients(cpu);
    RN_TRY(place_buffers(cpu, err));
    RN_TRY(place_small(cpu, err));
    RN_TRY(plan_convs(cpu, err));
    RN_TRY(make_scratch(cpu, err));
done:
    return status;
}

struct rn_source rn_unit_source(const struct rn_unit *unit)
{
    if (unit->stored)
        return (struct rn_source){.y = unit->z};
    return (struct rn_source){
        .y = unit->y, .scale = unit->scale, .shift = unit->shift, .clip = unit->clip};
}
