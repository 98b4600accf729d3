"""Elastic distortions of pictures: smooth random fields of displacements."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.bounds import NonNegative, Positive
from harmonium.data.picture_noise import PictureNoise
from harmonium.data.resample import grid, resampled
from harmonium.errors import DataError

__all__ = ["Elastic", "smoothing"]

_REACH = 4.0
"""Radius of the Gaussian window, in standard deviations."""

_WIDEST = 1e4
"""Largest sigma, whose window is far wider than any picture and still fits into memory."""


def smoothing(size: int, sigma: float, *, like: Tensor) -> Tensor:
    r"""The matrix that smooths along an axis with a Gaussian window, with zeros beyond the ends.

    .. math:: K_{ij} \propto e^{-(i - j)^2 / 2 \sigma^2}, \qquad |i - j| \le 4 \sigma

    A whole window sums to 1; at the ends a part of it lies beyond them.

    Args:
        size: values along the axis.
        sigma: standard deviation, above 0.
        like: gives dtype and device.

    Returns:
        ``(size, size)``.
    """
    radius = int(_REACH * sigma + 0.5)
    offsets = torch.arange(-radius, radius + 1, dtype=torch.float64)
    window = (-0.5 * (offsets / sigma).square()).exp()
    window = window / window.sum()
    place = torch.arange(size)
    apart = place[:, None] - place[None, :] + radius
    near = (apart >= 0) & (apart < len(window))
    matrix = torch.where(near, window[apart.clamp(0, len(window) - 1)], 0.0)
    return matrix.to(dtype=like.dtype, device=like.device)


@dataclass(frozen=True)
class Elastic(PictureNoise):
    r"""Move every pixel by a smooth random field of displacements.

    .. math:: u = \alpha \, (G_\sigma * U), \qquad U_{ij} \sim \mathrm{uniform}(-1, 1)

    for each axis, with a Gaussian window G that sums to 1. Inside a picture, displacements have a
    standard deviation of about :math:`\alpha / (\sqrt{12 \pi} \sigma)` pixels: 1.4 by default.
    (Simard, Steinkraus and Platt, 2003, https://doi.org/10.1109/ICDAR.2003.1227801.)

    Args:
        alpha: Strength of the displacements, in pixels.
        sigma: Standard deviation of the window, in pixels: how smooth the field is.
        fill: Value outside a picture; null for that of the nearest pixel.
    """

    alpha: NonNegative = 34.0
    sigma: Positive = 4.0
    fill: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.alpha < math.inf or not 0 < self.sigma <= _WIDEST:
            raise DataError(
                f"alpha {self.alpha}, sigma {self.sigma}: alpha is at least 0 and finite, sigma "
                f"above 0 and at most {_WIDEST:g}"
            )

    def field(self, pictures: Tensor, source: torch.Generator | None) -> Tensor:
        """Displacements along rows and columns, ``(2, B, H, W)``, in pixels."""
        count, _, height, width = pictures.shape
        drawn = (
            pictures.new_empty(2, count, height, width).uniform_(generator=source).mul_(2).sub_(1)
        )
        down = smoothing(height, self.sigma, like=pictures)
        across = down if width == height else smoothing(width, self.sigma, like=pictures)
        return (down @ drawn @ across).mul_(self.alpha)

    def changed(self, pictures: Tensor, source: torch.Generator | None) -> Tensor:
        """Distorts pictures ``(B, C, H, W)``, each by its own field."""
        rows, columns = grid(pictures)
        down, across = self.field(pictures, source)
        return resampled(pictures, rows + down, columns=columns + across, fill=self.fill)
