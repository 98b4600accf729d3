"""Drops features that are nearly constant on the training rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from harmonium.bounds import NonNegative
from harmonium.data.streamed import Rows
from harmonium.data.summary import summary
from harmonium.data.transforms import Fitted, Transform
from harmonium.errors import DataError

__all__ = ["DropConstant"]


@dataclass(frozen=True)
class DropConstant(Transform):
    """Drop features whose standard deviation on the training rows is `floor` or less.

    If such a feature were standardised, a single test row that differs in it would dominate the
    likelihood. The result is a plain row of values, also for images.

    Args:
        floor: Standard deviation, in the units of the data, up to which a feature is dropped.

    >>> import torch
    >>> fitted = DropConstant().fit(torch.tensor([[1.0, 5.0], [2.0, 5.0]]), (2,))
    >>> fitted(torch.tensor([[3.0, 6.0]])), fitted.shape
    (tensor([[3.]]), (1,))
    """

    floor: NonNegative = 0.0

    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """Indices of the features that remain, int64 (D out,).

        Raises:
            ValueError: no feature would remain, or there are fewer than two rows.
        """
        del shape
        if len(x) < 2:
            raise DataError("one row has no standard deviation: give at least two")
        figures = summary(x)
        std = figures.deviation * (len(x) / (len(x) - 1)) ** 0.5
        changing = (figures.least < figures.most) & (std > self.floor)
        if not bool(changing.any()):
            raise DataError(
                f"no feature has a standard deviation above {self.floor}, the largest is "
                f"{float(std.max()):.3g}: lower the floor of drop_constant"
            )
        return {"features": changing.nonzero().flatten()}

    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """The features that remain."""
        return x.index_select(1, statistics["features"])

    def fit(self, x: Rows, shape: tuple[int, ...]) -> Fitted:
        """As `Transform.fit`; the shape depends on the rows."""
        fitted = super().fit(x, shape)
        remaining = fitted.statistics["features"].numel()
        return Fitted(self, fitted.statistics, fitted.shape_in, (remaining,))
