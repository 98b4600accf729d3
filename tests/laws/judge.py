"""Verdicts as z-scores: near 0 where a sample obeys its law, and |z| < 5 is asked of all of them.

Each is about standard normal for a lawful sample, so that 5 means once in two million.
"""

import math

import numpy as np
import torch
from scipy import special, stats

LIMIT = 5.0
FEW = 25.0
"""States expected less often than this are counted together."""


def chi_square(counts, p):
    """Pearson's statistic of counts ``(S,)`` against p, as z (Wilson and Hilferty's root)."""
    counts, p = counts.double(), p.double()
    expected = p * counts.sum()
    if bool((counts[p == 0] > 0).any()):
        return math.inf
    rare = expected < FEW
    observed = torch.cat([counts[~rare], counts[rare].sum(0, keepdim=True)])
    expected = torch.cat([expected[~rare], expected[rare].sum(0, keepdim=True)])
    if expected[-1] < FEW:  # the rare ones together are rare: into the next bin
        observed[-2] += observed[-1]
        expected[-2] += expected[-1]
        observed, expected = observed[:-1], expected[:-1]
    statistic = float(((observed - expected).square() / expected).sum())
    free = len(expected) - 1
    assert free > 0, "one bin only: nothing to judge"
    spread = 2 / (9 * free)
    return ((statistic / free) ** (1 / 3) - (1 - spread)) / math.sqrt(spread)


def mean(x, expected, *, judged=None):
    """Means over the first axis against their expectations; the z furthest from zero.

    ``judged`` masks components that vary too rarely for a mean to be normal.
    """
    x = x.detach().double().flatten(1)
    return total(x.sum(0), x.square().sum(0), n=len(x), expected=expected, judged=judged)


def total(first, second, *, n, expected, judged=None):
    """The same from sums of n values and of their squares."""
    centre = first / n
    deviation = centre - expected.detach().double().flatten()
    error = ((second / n - centre.square()) / n).clamp(min=0).sqrt()
    exactly = deviation.abs() < 1e-12  # a constant that is right has no error to divide by
    z = torch.where(exactly, 0.0, deviation / error)
    return _furthest(z if judged is None else z[judged.flatten()])


def share(hits, n, p):
    """A number of hits out of n against its probability."""
    return (hits - n * p) / math.sqrt(n * p * (1 - p))


def kolmogorov(x, cdf):
    """The Kolmogorov-Smirnov distance of draws ``(n,)`` from a distribution function, as z."""
    x = x.detach().double().sort().values
    level = cdf(x)
    n = len(x)
    above = (torch.arange(1, n + 1) / n - level).max()
    below = (level - torch.arange(n) / n).max()
    return _from_distance(float(torch.maximum(above, below)), n)


def kolmogorov_two(x, y):
    """The same between two samples of continuous draws."""
    x, y = (t.detach().double().sort().values for t in (x, y))
    both = torch.cat([x, y])
    here = torch.searchsorted(x, both, right=True) / len(x)
    there = torch.searchsorted(y, both, right=True) / len(y)
    return _from_distance(float((here - there).abs().max()), len(x) * len(y) / (len(x) + len(y)))


def _from_distance(distance, n):
    p = special.kolmogorov(math.sqrt(n) * distance)
    return float(stats.norm.isf(max(p, 1e-300)))


def _furthest(z):
    worst = float(z[z.abs().argmax()])
    return math.inf if np.isnan(worst) else worst
