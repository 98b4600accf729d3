"""Statistical intervals of figures, and comparisons of means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, stdev

from harmonium.errors import UsageError

__all__ = ["apart", "spread", "wilson"]


def wilson(share: float, total: int, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a fraction found in `total` independent rows.

    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953. Unlike the normal approximation
    it stays inside [0, 1] and is accurate near 0 and 1.

    Raises:
        ValueError: the fraction lies outside [0, 1], there are no rows, or the level lies outside
            (0, 1).

    >>> low, high = wilson(0.9, 500)
    >>> f"{low:.3f} {high:.3f}"
    '0.871 0.923'
    """
    if not 0 <= share <= 1 or total < 1 or not 0 < level < 1:
        message = f"share {share}, total {total}, level {level}: give [0, 1], at least 1, (0, 1)"
        raise UsageError(message)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    half /= 1 + z * z / total
    return max(0.0, middle - half), min(1.0, middle + half)


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation; the latter is NaN for one value.

    >>> spread([1.0, 3.0])
    (2.0, 1.4142135623730951)
    """
    return fmean(values), stdev(values) if len(values) > 1 else math.nan


def apart(ours: Sequence[float], theirs: Sequence[float]) -> bool | None:
    """Whether two means of repeated trials differ by more than two standard errors.

    Sequences of equal length are taken as pairs (trials of the same seed), others as independent
    (Welch). None if either has too few trials.

    >>> apart([0.90, 0.91, 0.92], [0.80, 0.82, 0.81])
    True
    >>> apart([0.9], [0.8]) is None
    True
    """
    if len(ours) < 2 or len(theirs) < 2:
        return None
    if len(ours) == len(theirs):
        gaps = [a - b for a, b in zip(ours, theirs, strict=True)]
        return abs(fmean(gaps)) > 2 * stdev(gaps) / math.sqrt(len(gaps))
    error = math.hypot(stdev(ours) / math.sqrt(len(ours)), stdev(theirs) / math.sqrt(len(theirs)))
    return abs(fmean(ours) - fmean(theirs)) > 2 * error
