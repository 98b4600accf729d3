"""Statistics of all rows, feature by feature, in one pass."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from harmonium.data.streamed import Rows, Streamed, pieces
from harmonium.errors import DataError

__all__ = ["Summary", "extremes", "summary"]


class Summary(NamedTuple):
    """Minimum, maximum, mean and standard deviation of each feature, (...), in float64.

    The deviation divides by N. NaN anywhere makes all four NaN.
    """

    least: Tensor
    most: Tensor
    mean: Tensor
    deviation: Tensor


_known: WeakKeyDictionary[Streamed, Summary] = WeakKeyDictionary()


def summary(x: Rows) -> Summary:
    """Summary of rows (N, ...); for rows in a file it is computed once.

    Sums of squares about the mean are merged over pieces of n and m rows (Chan, Golub and LeVeque,
    1983, https://doi.org/10.1080/00031305.1983.10483115): with means a and b they are
    S = S_n + S_m + (b - a)^2 n m / (n + m).

    Raises:
        ValueError: there are no rows.

    >>> summary(torch.tensor([[1.0], [3.0]])).deviation
    tensor([1.], dtype=torch.float64)
    """
    if isinstance(x, Tensor):
        return _made(x)
    if x not in _known:
        _known[x] = _made(x)
    return _known[x]


def extremes(x: Rows) -> tuple[Tensor, Tensor]:
    """Minimum and maximum of all values; NaN if there is any."""
    if isinstance(x, Tensor):
        least, most = torch.aminmax(x)
        return least, most
    figures = summary(x)
    return figures.least.amin(), figures.most.amax()


def _made(x: Rows) -> Summary:
    if len(x) == 0:
        raise DataError("there are no rows: at least one is needed")
    count, total = 0, None
    for piece in pieces(x):
        mean = piece.mean(0, dtype=torch.float64)
        squares = (piece - mean).square_().sum(0)
        part = Summary(piece.amin(0), piece.amax(0), mean, deviation=squares)
        total = part if total is None else _merged(total, part, counts=(count, len(piece)))
        count += len(piece)
    assert total is not None
    return total._replace(deviation=(total.deviation / count).sqrt_())


def _merged(a: Summary, b: Summary, *, counts: tuple[int, int]) -> Summary:
    """Summary of the rows of both parts; here `deviation` holds sums of squares about the mean."""
    n, m = counts
    gap = b.mean - a.mean
    return Summary(
        torch.minimum(a.least, b.least),
        torch.maximum(a.most, b.most),
        a.mean + gap * (m / (n + m)),
        a.deviation + b.deviation + gap.square() * (n * m / (n + m)),
    )
