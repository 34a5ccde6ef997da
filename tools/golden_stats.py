"""Makes tests/golden/stats.h: what NumPy and SciPy say of a few small populations.

    python3 tools/golden_stats.py > tests/golden/stats.h        (needs numpy and scipy)

The test (tests/unit/test_stats.c) computes the same with src/stats.
"""
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


def interval(a, b, repetitions=400000):
    difference = rng.choice(b, (repetitions, len(b))).mean(1) - rng.choice(a, (repetitions, len(a))).mean(1)
    return np.percentile(difference, [2.5, 97.5])


def numbers(values):
    return ", ".join(repr(float(v)) for v in values)


print("/* Made by tools/golden_stats.py with NumPy and SciPy. */")
for name, e in POPULATIONS.items():
    print(f"static const double errors_{name}[] = {{{numbers(e)}}};")
print("static const struct golden_population {\n    const double *errors;\n    size_t n;\n"
      f"    double min, mean, median, max, percentile[{len(PERCENTILES)}];\n}} golden_populations[] = {{")
for name, e in POPULATIONS.items():
    summary = [e.min(), e.mean(), np.median(e), e.max()]
    print(f"    {{errors_{name}, {len(e)}, {numbers(summary)}, {{{numbers(np.percentile(e, PERCENTILES))}}}}},")
print("};")
print(f"static const double golden_p[] = {{{numbers(PERCENTILES)}}};")
print("static const struct golden_pair {\n    int a, b;\n    double mean, low, high, ks, ks_p;\n} golden_pairs[] = {")
names = list(POPULATIONS)
for first, second in PAIRS:
    a, b = POPULATIONS[first], POPULATIONS[second]
    low, high = interval(a, b)
    ks = stats.ks_2samp(a, b).statistic
    p = stats.kstwobign.sf(ks * np.sqrt(len(a) * len(b) / (len(a) + len(b))))
    print(f"    {{{names.index(first)}, {names.index(second)}, {numbers([b.mean() - a.mean(), low, high, ks, p])}}},")
print("};")
