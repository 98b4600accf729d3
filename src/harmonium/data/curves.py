"""Curves and a ring: data sets of one or two values a row, on which a fit can be watched."""

import math
from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.kinds import Classes, Numbers
from harmonium.errors import DataError

__all__ = ["CURVES", "curve", "ring"]


def _tent(x: Tensor) -> Tensor:
    return 1 - (2 * x - 1).abs()


CURVES: dict[str, tuple[Callable[[Tensor], Tensor], float, float]] = {
    "abs": (torch.abs, -1.0, 1.0),
    "sine": (torch.sin, -math.pi, math.pi),
    "tent": (_tent, 0.0, 1.0),
}
"""Name -> the function, and the ends of its interval."""


@checked
def curve(
    function: Literal["abs", "sine", "tent"] = "sine",
    *,
    rows: Count = 100,
    noise: NonNegative = 0.0,
    seed: int = 0,
) -> DataSet:
    """A function of one variable: sine on [-pi, pi], |x| on [-1, 1], or 1 - |2x - 1| on [0, 1].

    Training points lie at equal distances; test points lie halfway between them, so that the
    error on them is that of the curve between the points that were learned.

    Args:
        function: The function.
        rows: Number of training points; there is one test point less.
        noise: Standard deviation of normal noise on the training targets; test targets have none.
        seed: Seed of the noise.

    Raises:
        ValueError: there are fewer than 3 points.

    >>> curve("sine", rows=50)
    DataSet('sine': 50 train, 49 test, each 1, 1 target)
    """
    if rows < 3:
        raise DataError(f"rows is {rows}: a curve needs at least 3 points")
    value, low, high = CURVES[function]
    x = torch.linspace(low, high, rows, dtype=torch.float64)[:, None]
    between = (x[1:] + x[:-1]) / 2
    y = value(x)
    if noise:
        y = y + noise * torch.randn(
            y.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
        )
    return DataSet(
        function,
        Split(x.float(), y.float()),
        test=Split(between.float(), value(between).float()),
        columns={"x": Numbers((1,), ("x",)), "y": Numbers((1,), (function,))},
    )


@checked
def ring(rows: Count = 400, *, seed: int = 0) -> DataSet:
    """Points of a disc, radius 0 to 1, and of a ring around it, radius 1.2 to 1.7.

    No line separates the two classes. Radius and angle are uniform. Test points are as many,
    drawn anew.

    Args:
        rows: Number of training points; every second one is of the ring.
        seed: Seed of the points.

    Raises:
        ValueError: there are fewer than 4 points.

    >>> ring()
    DataSet('ring': 400 train, 400 test, each 2, 2 classes)
    """
    if rows < 4:
        raise DataError(f"rows is {rows}: a ring needs at least 4 points")
    source = torch.Generator().manual_seed(seed)
    angle, radius = torch.rand(2, 2 * rows, generator=source, dtype=torch.float32)
    label = torch.arange(2 * rows) % 2
    radius = torch.where(label == 1, 1.2 + radius / 2, radius)
    angle = 2 * math.pi * angle
    x = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)
    return DataSet(
        "ring",
        Split(x[:rows], label[:rows]),
        test=Split(x[rows:], label[rows:]),
        columns={"x": Numbers((2,), ("x1", "x2")), "y": Classes(("middle", "ring"))},
    )
