"""Makes tests/golden/evidence.h: what NumPy and SciPy say of a linear model of a few errors.

    python3 tools/golden_evidence.py | clang-format >tests/golden/evidence.h     (needs numpy and scipy)

The model is written as the random-effects model that it is: y = X b + Z u + noise, u of variance
1 / strength times the noise's. tests/unit/test_stats_evidence.c computes the same by src/stats.
"""
import numpy as np
from scipy import stats

rng = np.random.default_rng(3)
N, K, PLAIN = 40, 6, 2
x = np.round(rng.standard_normal((N, K)), 2)
x[:, 1] += 0.5 * x[:, 0]
y = np.round(20 + 2 * x[:, 0] - x[:, 1] + 0.3 * x[:, 2:] @ np.array([1, -1, 0.5, 0]) + rng.standard_normal(N), 2)
to = np.round(rng.standard_normal(K), 2)


def model(plain):
    """Mean, deviation and degrees of freedom of the shift to other networks."""
    scaled = (x - x.mean(0)) / x.std(0)
    fixed = np.column_stack([np.ones(N), scaled[:, :plain]])
    at = (to - x.mean(0)) / x.std(0)
    if plain == K:
        return solve(fixed, np.zeros((N, 0)), 1.0, at)[1:]
    strengths = N * 10.0 ** (-4 + 8 * np.arange(49) / 48)
    return max(solve(fixed, scaled[:, plain:], s, at) for s in strengths)[1:]


def solve(fixed, random, strength, at):
    covariance = np.eye(N) + random @ random.T / strength
    inverse = np.linalg.inv(covariance)
    information = fixed.T @ inverse @ fixed
    b = np.linalg.solve(information, fixed.T @ inverse @ y)
    rest = y - fixed @ b
    df = N - fixed.shape[1]
    variance = rest @ inverse @ rest / df
    likelihood = -0.5 * (df * np.log(variance) + np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1])
    u = random.T @ inverse @ rest / strength
    # the error of predicting c_b b + c_u u (Henderson)
    c_b, c_u = np.concatenate([[0], at[:fixed.shape[1] - 1]]), at[fixed.shape[1] - 1:]
    left = c_b - fixed.T @ inverse @ random @ c_u / strength
    spread = left @ np.linalg.solve(information, left)
    spread += c_u @ c_u / strength - c_u @ random.T @ inverse @ random @ c_u / strength**2
    return likelihood, c_b @ b + c_u @ u, np.sqrt(variance * spread), df


def numbers(values):
    return ", ".join(repr(float(v)) for v in values)


print("/* Made by tools/golden_evidence.py. */")
print("#ifndef RN_TESTS_GOLDEN_EVIDENCE_H\n#define RN_TESTS_GOLDEN_EVIDENCE_H\n")
print(f"enum {{ GOLDEN_N = {N}, GOLDEN_K = {K}, GOLDEN_PLAIN = {PLAIN} }};")
print(f"static const double golden_x[] = {{{numbers(x.ravel())}}};")
print(f"static const double golden_y[] = {{{numbers(y)}}};")
print(f"static const double golden_to[] = {{{numbers(to)}}};")
print("/* mean, deviation, degrees of freedom: all plain, and some */")
print(f"static const double golden_plain[] = {{{numbers(model(K))}}};")
print(f"static const double golden_mixed[] = {{{numbers(model(PLAIN))}}};")
print("/* t, degrees of freedom, probability of more */")
rows = [(t, df, stats.t.sf(t, df)) for df in (8, 20, 100) for t in (-1.5, 0.5, 2, 4)]
print("static const double golden_t[][3] = {" + ", ".join("{" + numbers(row) + "}" for row in rows) + "};")
print("\n#endif")
