/* The quantized line nearest to a network's stages: e_fit (section 3.3, figure 8). */
#include <math.h>

#include "room.h"

#define QUANTUM 8
#define WIDEST 65536 /* of a stage */

/* The paper's grid: w0 a multiple of 8 and wa a whole number, both up to 256 or as wide as the
   network, wm in tenths. RegNets have more digits: wm in thousandths. */
#define WIDTH_MAX 256
#define WM_MIN 1.5
#define WM_MAX 3.0
#define TENTHS 10
#define THOUSANDTHS 1000

struct stages {
    int n, d;
    const struct rn_stage *stage;
    int begin[RN_MAX_STAGES + 1]; /* stage i has the blocks from begin[i] to begin[i + 1] - 1 */
    /* Sums of log w_j and of its square over the blocks before j. */
    double logs[RN_MAX_BLOCKS + 1], squares[RN_MAX_BLOCKS + 1];
};

static enum rn_status read_stages(const struct rn_arch *arch, struct stages *stages,
                                  struct rn_err *err)
{
    *stages = (struct stages){.n = arch->n_stages, .stage = arch->stages};
    for (int i = 0; i < stages->n; i++) {
        int width = arch->stages[i].width, depth = arch->stages[i].depth;
        if (width < 1 || width > WIDEST)
            return rn_fail(err, RN_E_CONFIG, "stage %d: a width is 1 to %d, not %d", i + 1, WIDEST,
                           width);
        if (depth < 1 || depth > RN_MAX_BLOCKS - stages->d)
            return rn_fail(err, RN_E_CONFIG, "stage %d: a depth is 1 to %d blocks in all, not %d",
                           i + 1, RN_MAX_BLOCKS, depth);
        for (int k = 0; k < depth; k++, stages->d++) {
            stages->logs[stages->d + 1] = stages->logs[stages->d] + log(width);
            stages->squares[stages->d + 1] = stages->squares[stages->d] + log(width) * log(width);
        }
        stages->begin[i + 1] = stages->d;
    }
    return RN_OK;
}

/* The mean square of log(w0 wm^s / w_j) over the blocks, level s beginning at block begin[s]. */
static double error_of(const struct stages *stages, int w0, double wm, const int *begin)
{
    double log_w0 = log(w0), log_wm = log(wm), sum = 0;

    for (int s = 0; s < stages->n; s++) {
        double level = log_w0 + s * log_wm;
        int a = begin[s], b = begin[s + 1];
        sum += (b - a) * level * level - 2 * level * (stages->logs[b] - stages->logs[a]) +
               stages->squares[b] - stages->squares[a];
    }
    return fmax(0, sum / stages->d);
}

/* Where the level of (3) rises to s: above this width. */
static double threshold(int w0, double wm, int s)
{
    return w0 * pow(wm, s - 0.5);
}

/* First block of each level on the line. Returns false unless each of the network's stages has one.
 *next: the next wa that moves one. */
static bool levels_begin(const struct stages *stages, int w0, int wa, const double *thresholds,
                         int *begin, int *next)
{
    bool all = true;

    begin[0] = 0;
    begin[stages->n] = stages->d;
    for (int s = 1; s < stages->n; s++) {
        double below = floor((thresholds[s] - w0) / wa); /* blocks, but for the first */
        if (below >= 1)
            *next = (int)fmin(*next, fmax(floor((thresholds[s] - w0) / below), wa) + 1);
        begin[s] = (int)fmin(below, stages->d) + 1;
        all = all && begin[s] > begin[s - 1];
    }
    return all && begin[stages->n - 1] < stages->d;
}

/* Every wa of the grid for one w0 and wm; of those that make no difference the middle. */
static void search_wa(const struct stages *stages, int w0, double wm, int wa_max,
                      struct rn_regnet_fit *best)
{
    double thresholds[RN_MAX_STAGES + 1], end;
    int begin[RN_MAX_STAGES + 1];

    for (int s = 1; s <= stages->n; s++)
        thresholds[s] = threshold(w0, wm, s);
    end = stages->d > 1 ? ceil((thresholds[stages->n] - w0) / (stages->d - 1)) : wa_max + 1;
    for (int wa = 1, next; wa <= wa_max && wa < end; wa = next) {
        double error;
        next = (int)fmin(wa_max + 1, end);
        if (!levels_begin(stages, w0, wa, thresholds, begin, &next))
            continue;
        error = error_of(stages, w0, wm, begin);
        if (error < best->error)
            *best = (struct rn_regnet_fit){
                .w0 = w0, .wa = floor((wa + next) / 2.0), .wm = wm, .error = error};
    }
}

static void search_grid(const struct stages *stages, struct rn_regnet_fit *best)
{
    int w0_max = stages->stage[0].width, wa_max = stages->stage[stages->n - 1].width;

    w0_max = w0_max > WIDTH_MAX ? w0_max + QUANTUM : WIDTH_MAX;
    wa_max = wa_max > WIDTH_MAX ? wa_max : WIDTH_MAX;
    for (int wm = (int)(WM_MIN * TENTHS); wm <= (int)(WM_MAX * TENTHS); wm++)
        for (int w0 = QUANTUM; w0 <= w0_max; w0 += QUANTUM)
            search_wa(stages, w0, (double)wm / TENTHS, wa_max, best);
}

/*
 * RegNets: parameters that generate exactly these stages, with groups of a width.
 */

/* The widths, multiples of 8 in [*low, *high], that groups of g make a stage's. */
static bool raw_widths(const struct rn_stage *stage, int g, int *low, int *high)
{
    *low = *high = 0;
    for (int w = (stage->width / 2 + QUANTUM - 1) / QUANTUM * QUANTUM; w <= 2 * stage->width;
         w += QUANTUM) {
        struct rn_stage raw = {.width = w, .bot_mul = stage->bot_mul, .group_w = g};
        rn_stage_make_compatible(&raw);
        if (raw.width != stage->width)
            continue;
        *low = *low ? *low : w;
        *high = w;
    }
    return *high > 0;
}

/* The number of fewest decimals near the middle of an interval. */
static double roundest_between(double low, double high)
{
    double middle = isfinite(high) ? (low + high) / 2 : ceil(low) + 1;

    for (double scale = 1; scale <= 1e6; scale *= 10) {
        double rounded = rint(middle * scale) / scale;
        if (rounded > low && rounded < high)
            return rounded;
    }
    return middle;
}

/* A slope with which the levels begin where the stages do. */
static bool find_slope(const struct stages *stages, int w0, double wm, double *wa)
{
    double low = 0, high = INFINITY;

    for (int s = 1; s <= stages->n; s++) {
        double rise = threshold(w0, wm, s) - w0;
        if (stages->begin[s] > 1)
            high = fmin(high, rise / (stages->begin[s] - 1));
        if (s < stages->n)
            low = fmax(low, rise / stages->begin[s]);
    }
    *wa = stages->n == 1 ? 0 : roundest_between(low, high);
    return low < high;
}

/* The generator has the last word: the search compared widths with the ends of their roundings. */
static bool generates(const struct stages *stages, const struct rn_regnet_fit *fit)
{
    struct rn_regnet p = {.d = stages->d,
                          .w0 = fit->w0,
                          .wa = fit->wa,
                          .wm = fit->wm,
                          .bot_mul = stages->stage[0].bot_mul,
                          .g = fit->g};
    struct rn_arch arch = {.block = RN_BLOCK_BOTTLENECK};
    struct rn_regnet_line line;

    if (rn_regnet_generate(&p, &line, NULL) != RN_OK || line.n_stages != stages->n)
        return false;
    rn_regnet_stages(&p, &line, 2, &arch);
    for (int i = 0; i < stages->n; i++)
        if (arch.stages[i].width != stages->stage[i].width ||
            arch.stages[i].depth != stages->stage[i].depth)
            return false;
    return true;
}

static void search_wm(const struct stages *stages, int w0, int g, const int *low, const int *high,
                      struct rn_regnet_fit *best)
{
    double wm_low = WM_MIN, wm_high = WM_MAX;

    for (int s = 1; s < stages->n; s++) {
        wm_low = fmax(wm_low, pow((low[s] - QUANTUM / 2.0) / w0, 1.0 / s));
        wm_high = fmin(wm_high, pow((high[s] + QUANTUM / 2.0) / w0, 1.0 / s));
    }
    for (int k = (int)ceil(wm_low * THOUSANDTHS); k <= (int)(wm_high * THOUSANDTHS); k++) {
        struct rn_regnet_fit fit = {.w0 = w0, .wm = (double)k / THOUSANDTHS, .g = g};
        fit.error = error_of(stages, w0, fit.wm, stages->begin);
        if (fit.error < best->error && find_slope(stages, w0, fit.wm, &fit.wa) &&
            generates(stages, &fit))
            *best = fit;
    }
}

static void search_regnets(const struct stages *stages, int g, struct rn_regnet_fit *best)
{
    int low[RN_MAX_STAGES], high[RN_MAX_STAGES];

    for (int i = 0; i < stages->n; i++)
        if (!raw_widths(&stages->stage[i], g, &low[i], &high[i]))
            return;
    for (int w0 = low[0]; w0 <= high[0]; w0 += QUANTUM)
        search_wm(stages, w0, g, low, high, best);
}

/* The group width of the stages: a narrow stage may have had to take a smaller one. */
static int shared_group_width(const struct rn_arch *arch)
{
    int g = 0;

    for (int i = 0; i < arch->n_stages; i++)
        g = arch->stages[i].group_w > g ? arch->stages[i].group_w : g;
    return g;
}

static void search_group_widths(const struct stages *stages, struct rn_regnet_fit *best)
{
    int widest = 0;

    for (int i = 0; i < stages->n; i++)
        widest = stages->stage[i].width > widest ? stages->stage[i].width : widest;
    for (int g = QUANTUM; g <= widest; g += QUANTUM) {
        bool divides = true;
        for (int i = 0; i < stages->n; i++)
            divides = divides && (stages->stage[i].width <= g || stages->stage[i].width % g == 0);
        if (divides)
            search_regnets(stages, g, best);
    }
}

static bool shares_bottleneck(const struct rn_arch *arch)
{
    for (int i = 1; i < arch->n_stages; i++)
        if (arch->stages[i].bot_mul != arch->stages[0].bot_mul)
            return false;
    return true;
}

enum rn_status rn_regnet_fit(const struct rn_arch *arch, struct rn_regnet_fit *fit,
                             struct rn_err *err)
{
    struct rn_regnet_fit best = {.error = INFINITY};
    struct stages stages;
    int g = shared_group_width(arch);
    enum rn_status status = read_stages(arch, &stages, err);

    if (status != RN_OK)
        return status;
    if (g > 0 && shares_bottleneck(arch))
        search_regnets(&stages, g, &best);
    else if (g == 0)
        search_group_widths(&stages, &best);
    if (!isfinite(best.error))
        search_grid(&stages, &best);
    if (!isfinite(best.error))
        return rn_fail(err, RN_E_DATA,
                       "no line of %d blocks has %d levels with wm from %g to %g: too few blocks "
                       "for so many stages, or too many",
                       stages.d, stages.n, WM_MIN, WM_MAX);
    *fit = best;
    return RN_OK;
}
