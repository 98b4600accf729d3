"""Checks of arrays before training; messages give the values found, the limits and the remedy."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from harmonium.data.streamed import Rows, Streamed, pieces
from harmonium.data.summary import extremes, summary
from harmonium.errors import DataError, UsageTypeError

__all__ = ["check_array", "check_range", "constant_features", "standardised_warning"]


def check_array(
    x: Rows,
    *,
    name: str,
    low: float | None = None,
    high: float | None = None,
    user: str = "the model needs",
    remedy: str = "rescale the data",
) -> None:
    """Checks that x (N, ...) is floating point, not empty, finite, and within [low, high].

    `name`, `user` and `remedy` are parts of the message; a bound of None is not checked.

    Raises:
        TypeError: x is not a tensor of floating point.
        ValueError: there are fewer than two axes, an axis is empty, values are NaN or infinite
            (with their counts and the first place), or out of range.

    >>> check_array(torch.tensor([[-0.42, 2.8]]), name="pixel values", low=0, high=1,
    ...     user="Bernoulli units need", remedy="add a `scale` transform or use gaussian units")
    Traceback (most recent call last):
    harmonium.errors.DataError: pixel values range from -0.42 to 2.8; Bernoulli units need [0, \
1]: add a `scale` \
transform or use gaussian units
    """
    if not isinstance(x, Tensor | Streamed):
        raise UsageTypeError(
            f"{name}: {type(x).__name__}; a tensor is needed: use torch.as_tensor"
        )
    if not x.is_floating_point():
        raise UsageTypeError(
            f"{name}: {x.dtype}; floating point is needed: convert with x.float() "
            "(8-bit images: x.float() / 255)"
        )
    if x.ndim < 2:
        raise DataError(
            f"{name}: shape {tuple(x.shape)}; rows and features are needed: "
            "x.reshape(1, -1) for one row, x.reshape(-1, 1) for one feature"
        )
    if math.prod(x.shape) == 0:
        raise DataError(f"{name}: shape {tuple(x.shape)} is empty: pass at least one row")
    _check_finite(x, name)
    check_range(x, name=name, low=low, high=high, user=user, remedy=remedy)


def check_range(
    x: Rows,
    *,
    name: str,
    low: float | None,
    high: float | None,
    user: str,
    remedy: str,
) -> None:
    """Checks that all values of x, of any shape, lie within [low, high]; NaN does not.

    Raises:
        ValueError: they do not; the message gives their range.

    >>> check_range(torch.tensor([-1.0]), name="counts", low=0, high=None,
    ...     user="Poisson units need", remedy="check the reader")
    Traceback (most recent call last):
    harmonium.errors.DataError: counts range from -1.0 to -1.0; Poisson units need [0, inf): \
check the reader
    """
    if math.prod(x.shape) == 0:
        return
    least, most = extremes(x)
    if (low is None or bool(least >= low)) and (high is None or bool(most <= high)):
        return
    left = "(-inf" if low is None else f"[{low:g}"
    right = "inf)" if high is None else f"{high:g}]"
    raise DataError(
        f"{name} range from {_shortest(least)} to {_shortest(most)}; "
        f"{user} {left}, {right}: {remedy}"
    )


def constant_features(x: Rows) -> Tensor:
    """Returns the indices (int64) of the constant features of x (N, ...).

    Axes after the first are flattened.

    >>> constant_features(torch.tensor([[0.1, 1.0, 7.0], [0.1, 2.0, 7.0]]))
    tensor([0, 2])
    """
    figures = summary(x)
    return (figures.least == figures.most).flatten().nonzero().flatten()


def standardised_warning(x: Rows) -> str | None:
    """Returns a warning if features of x (N, ...) are far from mean 0, deviation 1, or None.

    Far: |mean| > 10 deviations, or a deviation outside [0.1, 10]. Constant features are left
    out (no scale helps them; see `constant_features`).

    >>> standardised_warning(torch.tensor([[0.0, 1000.0], [1.0, 1001.0]]))
    '1 of 2 features are far from mean 0 and standard deviation 1, feature 1 the most (mean \
1000, deviation 0.5): use harmonium.data.Standardiser or scikit-learn StandardScaler'
    """
    figures = summary(x)
    mean, deviation = figures.mean.flatten(), figures.deviation.flatten()
    excess = torch.stack((mean.abs() / deviation / 10, deviation / 10, 0.1 / deviation)).amax(0)
    excess[constant_features(x)] = 0
    worst = int(excess.argmax())
    if excess[worst] <= 1:
        return None
    return (
        f"{int((excess > 1).sum())} of {len(excess)} features are far from mean 0 and standard "
        f"deviation 1, feature {worst} the most (mean {mean[worst]:.4g}, deviation "
        f"{deviation[worst]:.4g}): use harmonium.data.Standardiser or scikit-learn StandardScaler"
    )


def _check_finite(x: Rows, name: str) -> None:
    if all(bool(bound.isfinite()) for bound in extremes(x)):  # NaN propagates
        return
    nans, infinite, before = 0, 0, 0
    first: list[int] = []
    for piece in pieces(x):
        if not first and bool((bad := ~piece.isfinite()).any()):
            row, *first = bad.nonzero()[0].tolist()
            row += before
        nans, infinite = nans + int(piece.isnan().sum()), infinite + int(piece.isinf().sum())
        before += len(piece)
    place = first[0] if len(first) == 1 else tuple(first)
    raise DataError(
        f"{name}: {nans} NaN and {infinite} infinite values, the first at row {row}, feature "
        f"{place} (from 0): drop these rows or fill the gaps in"
    )


def _shortest(value: Tensor) -> str:
    # Shortest text that reads back: 1.0000001 must not show as 1, nor -0.42 as -0.41999998.
    kind = np.float64 if value.dtype == torch.float64 else np.float32
    return str(kind(value.item()))
