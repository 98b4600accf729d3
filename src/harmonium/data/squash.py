"""Maps values of any size into a range that probabilities can reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.bounds import Positive, Share
from harmonium.data.streamed import Rows, pieces
from harmonium.data.transforms import Transform
from harmonium.errors import DataError

__all__ = ["Squash"]


@dataclass(frozen=True)
class Squash(Transform):
    r"""Cut values at some standard deviations, and map them to the middle of [0, 1].

    .. math:: y = \tfrac12 + (\tfrac12 - m) \max(-1, \min(1, (x - \bar x) / (d s)))

    with one mean and one standard deviation s of all values of all training rows. Logistic outputs
    reach 0 and 1 at infinity only, so a margin m on both sides lets them reach every value. The
    inverse does not know what was cut off.

    Args:
        deviations: d, standard deviations at which values are cut.
        margin: m, the smallest value.

    >>> fitted = Squash().fit(torch.tensor([[-1.0], [1.0]]), (1,))
    >>> [round(float(y), 3) for y in fitted(torch.tensor([[-9.0], [0.0], [1.5], [9.0]]))]
    [0.1, 0.5, 0.7, 0.9]
    """

    deviations: Positive = 3.0
    margin: Share = 0.1

    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """Mean and standard deviation of all values, in float64.

        Raises:
            ValueError: all values are equal, or no range is left between the margins.
        """
        del shape
        if self.margin >= 0.5:
            raise DataError(f"squash: a margin of {self.margin} on both sides: give less than 0.5")
        n = sum(piece.numel() for piece in pieces(x))
        mean = torch.stack([piece.double().sum().cpu() for piece in pieces(x)]).sum() / n
        squares = [(piece.double().cpu() - mean).square().sum() for piece in pieces(x)]
        deviation = (torch.stack(squares).sum() / n).sqrt()
        if not bool(deviation > 0):
            raise DataError(f"squash: all values are {float(mean):.4g}: leave this transform out")
        return {"mean": mean, "deviation": deviation}

    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Values between the margins."""
        mean, reach = self._scale(x, statistics)
        return 0.5 + (0.5 - self.margin) * ((x - mean) / reach).clamp(-1, 1)

    def inverse(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Values in the units of the data."""
        mean, reach = self._scale(x, statistics)
        return mean + reach * (x - 0.5) / (0.5 - self.margin)

    def _scale(self, x: Tensor, statistics: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
        mean, deviation = (statistics[name].to(x.dtype) for name in ("mean", "deviation"))
        return mean, self.deviations * deviation
