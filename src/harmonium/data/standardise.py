"""Shifts and scales each feature to mean 0 and standard deviation 1 on the training rows."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from harmonium.data.check import check_array
from harmonium.data.streamed import Rows
from harmonium.data.summary import summary
from harmonium.errors import DataError

__all__ = ["Standardiser"]


@dataclass(frozen=True, eq=False)
class Standardiser:
    """(x - mean) / scale per feature, with `mean` and `scale` from the training rows only.

    Shapes: x (N, ...), mean and scale (...).

    >>> import torch
    >>> train = torch.tensor([[1.0, 7.0], [3.0, 7.0]])
    >>> to = Standardiser.fit(train)
    >>> to(torch.tensor([[5.0, 7.0]]))
    tensor([[3., 0.]])
    >>> to.inverse(to(train)).tolist()
    [[1.0, 7.0], [3.0, 7.0]]
    """

    mean: Tensor
    scale: Tensor

    @classmethod
    def fit(cls, x: Rows, *, eps: float = 0.0) -> Standardiser:
        """Fits a standardiser to rows x (N, ...).

        A feature that is constant, or deviates by eps or less, gets scale 1: division by nearly
        zero would make the first different test row huge.

        Raises:
            TypeError: x is not floating point.
            ValueError: x has fewer than two axes, is empty, or holds NaN or infinity.
        """
        check_array(x, name="rows to standardise by")
        figures = summary(x)
        scale = figures.deviation.to(x.dtype)
        constant = figures.least == figures.most  # rounding of the mean leaves a scale above 0
        scale[constant | (scale <= eps)] = 1
        return cls(figures.mean.to(x.dtype), scale)

    def __call__(self, x: Tensor) -> Tensor:
        """Returns x (N, ...) standardised.

        Raises:
            ValueError: x has other features than the rows of the fit.
        """
        return (self._same_features(x) - self.mean) / self.scale

    def inverse(self, x: Tensor) -> Tensor:
        """Returns standardised x (N, ...) in the units of the data.

        Raises:
            ValueError: x has other features than the rows of the fit.
        """
        return self._same_features(x) * self.scale + self.mean

    def _same_features(self, x: Tensor) -> Tensor:
        if x.shape[1:] != self.mean.shape:
            raise DataError(
                f"rows of shape {tuple(x.shape[1:])}; the standardiser was fitted to "
                f"{tuple(self.mean.shape)}: give the same features, rows on the first axis"
            )
        return x
