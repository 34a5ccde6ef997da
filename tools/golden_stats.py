"""Makes tests/golden/stats.h: what NumPy, SciPy and plain enumeration say of a few small populations.

    python3 tools/golden_stats.py | clang-format >tests/golden/stats.h       (needs numpy and scipy)

The tests (tests/unit/test_stats*.c) compute the same with src/stats.
"""
import itertools
from fractions import Fraction

import numpy as np
from scipy import stats

rng = np.random.default_rng(7)
POPULATIONS = {
    "A": np.round(49 + 6 * rng.standard_normal(40), 2),
    "B": np.round(45 + 4 * rng.standard_normal(25), 2),
    "C": np.round(rng.choice([14.5, 15.0, 15.5, 16.0], 12), 2),  # ties
    "D": np.array([38.2]),
}
PAIRS = [("A", "B"), ("B", "C"), ("A", "A"), ("C", "D")]
PERCENTILES = [0, 2.5, 33, 50, 97.5, 100]
BINS = 4

# Sixty networks in two regimes of flops: the deeper the better, up to 20.
N = 60
flops = np.round(np.concatenate([rng.uniform(0.36, 0.44, N // 2), rng.uniform(0.7, 0.9, N // 2)]), 4)
depth = rng.integers(4, 40, N).astype(float)
width = 8.0 * rng.integers(2, 128, N)
error = np.round(30 - 4 * flops + 0.03 * np.abs(depth - 20) + 0.3 * rng.standard_normal(N), 2)
time = np.round(24 * np.sqrt(flops) + 6 * flops + 0.5 * rng.standard_normal(N), 3)

# RegNetX of figure 15: GFLOP, milliseconds for 64 images.
FIG_15 = [(0.2, 10), (0.4, 15), (0.6, 17), (0.8, 21), (1.6, 33), (3.2, 57), (4.0, 69), (6.5, 92), (8.0, 94),
          (12.1, 137), (15.9, 168), (31.7, 318)]


def numbers(values):
    return ", ".join(repr(float(v)) for v in values)


def array(name, values):
    print(f"static const double {name}[] = {{{numbers(values)}}};")


def interval(a, b, repetitions=400000):
    difference = rng.choice(b, (repetitions, len(b))).mean(1) - rng.choice(a, (repetitions, len(a))).mean(1)
    return np.percentile(difference, [2.5, 97.5])


def print_populations():
    for name, e in POPULATIONS.items():
        array(f"errors_{name}", e)
    print("static const struct golden_population {\n    const double *errors;\n    size_t n;\n"
          f"    double min, mean, median, max, percentile[{len(PERCENTILES)}];\n}} golden_populations[] = {{")
    for name, e in POPULATIONS.items():
        summary = [e.min(), e.mean(), np.median(e), e.max()]
        print(f"{{errors_{name}, {len(e)}, {numbers(summary)}, {{{numbers(np.percentile(e, PERCENTILES))}}}}},")
    print("};")
    array("golden_p", PERCENTILES)


def print_pairs():
    print("static const struct golden_pair {\n    int a, b;\n    double mean, low, high, ks, ks_p;\n} "
          "golden_pairs[] = {")
    names = list(POPULATIONS)
    for first, second in PAIRS:
        a, b = POPULATIONS[first], POPULATIONS[second]
        ks = stats.ks_2samp(a, b, method="exact")
        values = [b.mean() - a.mean(), *interval(a, b), ks.statistic, ks.pvalue]
        print(f"{{{names.index(first)}, {names.index(second)}, {numbers(values)}}},")
    print("};")


def print_shifts():
    """Populations 0, 1, .. n - 1 and s + 0.5, s + 1.5, .. of m: n, m, s, D, p."""
    print("static const struct golden_shift {\n    size_t n, m;\n    double shift, ks, p;\n} golden_shifts[] = {")
    for n, m, shift in [(5, 5, 2), (30, 20, 4), (500, 500, 40), (500, 300, 260), (3000, 1000, 1500), (7, 10000, 2)]:
        ks = stats.ks_2samp(np.arange(n), shift + 0.5 + np.arange(m), method="exact")
        print(f"{{{n}, {m}, {numbers([shift, ks.statistic, ks.pvalue])}}},")
    n, shift = 1000000, 1500
    d = (shift + 1) / n
    print(f"{{{n}, {n}, {numbers([shift, d, stats.kstwobign.sf(d * np.sqrt(n / 2))])}}},\n}};")


def print_normalized():
    """As the notebooks of nds: histogram, digitize, 1 / count / bins."""
    low, high = flops.min(), flops[: N // 2].max()
    inside = (flops > low) & (flops < high)
    counts, edges = np.histogram(flops[inside], bins=BINS, range=(low, high))
    assert counts.all()
    weights = np.zeros(N)
    weights[inside] = 1 / counts[np.digitize(flops[inside], edges) - 1] / BINS
    order = np.argsort(error[inside])
    array("golden_weights", weights)
    array("golden_f", np.cumsum(weights[inside][order]))
    summary = [low, high, error[inside].min(), np.average(error, weights=weights),
               np.percentile(error[inside], 50, weights=weights[inside], method="inverted_cdf"), error[inside].max(),
               weights.sum() ** 2 / (weights**2).sum()]
    print("static const struct golden_normalized {\n    int bins;\n"
          "    double low, high, min, mean, median, max, effective;\n}"
          f" golden_normalized = {{{BINS}, {numbers(summary)}}};")


def all_draws(e, m):
    """Every draw of m of the networks, with the chances of each to be its best and of each least error."""
    wins = [Fraction(0)] * len(e)
    least = []
    for draw in itertools.product(range(len(e)), repeat=m):
        best = min(draw, key=lambda i: e[i])  # the first of equals
        wins[best] += Fraction(1, len(e) ** m)
        least.append(e[best])
    return wins, np.array(least)


def print_winners():
    e = [3.0, 1.0, 2.0, 2.0, 5.0, 1.5]
    wins, least = all_draws(e, 4)
    array("golden_six", e)
    array("golden_six_wins", wins)
    print(f"static const double golden_six_search[] = {{{numbers([least.mean(), least.std()])}}};")


def winners(e, m):
    n = len(e)
    order = np.argsort(e, kind="stable")
    p = np.zeros(n)
    p[order] = [float(Fraction((n - r) ** m - (n - r - 1) ** m, n**m)) for r in range(n)]
    for tied in np.unique(e):
        p[e == tied] = p[e == tied].mean()
    return p


def good(e, x):
    p = winners(e, len(e) // 4)
    return np.percentile(x, [2.5, 50, 97.5], weights=p, method="inverted_cdf")


def print_trends():
    array("net_flops", flops)
    array("net_error", error)
    array("net_depth", depth)
    array("net_width", width)
    array("net_time", time)
    array("golden_wins", winners(error, N // 4))
    print("static const struct golden_trend {\n    size_t n;\n    double min, max, low, best, high;\n"
          "} golden_trends[] = {")
    for regime in (flops < 0.5, flops >= 0.5):
        for x in (depth, width):
            values = [x[regime].min(), x[regime].max(), *good(error[regime], x[regime])]
            print(f"{{{regime.sum()}, {numbers(values)}}},")
    print("};")
    array("golden_good_depth", good(error, depth))


def print_search():
    """The mean and deviation of the least of m, from its distribution 1 - (1 - F)^m."""
    e = np.sort(error)
    above = np.arange(N, -1, -1) / N
    print("static const struct golden_search {\n    size_t m;\n    double mean, deviation;\n} golden_searches[] = {")
    for m in (1, 2, 8, 32, 1000):
        p = above[:-1] ** m - above[1:] ** m
        mean = (p * e).sum()
        print(f"{{{m}, {numbers([mean, np.sqrt((p * (e - mean) ** 2).sum())])}}},")
    print("};")


def print_fits():
    gf, ms = np.array(FIG_15).T
    array("fig15_gf", gf)
    array("fig15_ms", ms)
    print("static const struct golden_fit {\n    int terms;\n    double constant, root, linear, rms, r2;\n"
          "} golden_fits[] = {")
    for terms in (1, 2, 4, 5, 6, 7):
        basis = np.stack([np.ones_like(gf), np.sqrt(gf), gf])
        used = [k for k in range(3) if terms >> k & 1]
        solution, *_ = np.linalg.lstsq(basis[used].T, ms, rcond=None)
        coefficients = np.zeros(3)
        coefficients[used] = solution
        rest = ms - coefficients @ basis
        r2 = 1 - (rest**2).sum() / ((ms - ms.mean()) ** 2).sum()
        print(f"{{{terms}, {numbers([*coefficients, np.sqrt((rest**2).mean()), r2])}}},")
    print("};")
    r = stats.pearsonr(flops, time)
    print("static const double golden_correlation[] = "
          f"{{{numbers([r.statistic, *r.confidence_interval(0.95)])}}};")


def print_front():
    beaten = [any(error[j] <= error[i] and time[j] <= time[i] and (error[j] < error[i] or time[j] < time[i])
                  for j in range(N)) for i in range(N)]
    front = sorted((time[i], i) for i in range(N) if not beaten[i])
    print(f"static const size_t golden_front[] = {{{', '.join(str(i) for _, i in front)}}};")


def print_stability():
    """Networks with 3, 3, 2, 1 and 4 runs; SciPy's F is the ratio of the mean squares."""
    runs = [np.round(40 + 2 * k + 0.5 * rng.standard_normal(size), 2) for k, size in enumerate([3, 3, 2, 1, 4])]
    n, k = sum(map(len, runs)), len(runs)
    within = sum(((r - r.mean()) ** 2).sum() for r in runs) / (n - k)
    f = stats.f_oneway(*[r for r in runs]).statistic
    size = (n - sum(len(r) ** 2 for r in runs) / n) / (k - 1)
    between = within * (f - 1) / size
    array("runs_error", np.concatenate(runs))
    labels = ", ".join(str(10 * (k - i)) for i, r in enumerate(runs) for _ in r)
    print(f"static const size_t runs_network[] = {{{labels}}};")
    print("static const double golden_stability[] = "
          f"{{{numbers([np.sqrt(within), np.sqrt(between), between / (between + within)])}}};")


print("/* Made by tools/golden_stats.py with NumPy and SciPy. */\n#include <stddef.h>\n")
print_populations()
print_pairs()
print_shifts()
print_trends()
print_normalized()
print_winners()
print_search()
print_fits()
print_front()
print_stability()
