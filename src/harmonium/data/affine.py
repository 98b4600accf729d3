"""Random affine transforms of pictures: shift, rotation, scale and shear."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.bounds import NonNegative, Share
from harmonium.data.picture_noise import PictureNoise
from harmonium.data.resample import mapped_grid, resampled
from harmonium.errors import DataError

__all__ = ["Affine", "transformed"]


def transformed(
    pictures: Tensor,
    *,
    shift: tuple[float, float] = (0.0, 0.0),
    rotation: float = 0.0,
    scale: float = 1.0,
    shear: float = 0.0,
    fill: float | None = None,
) -> Tensor:
    """Transforms all pictures in the same way; see ``resample.mapped_grid``.

    Args:
        pictures: ``(B, C, H, W)``.
        shift: pixels to the right and down.
        rotation: degrees, anticlockwise.
        scale: factor of their size.
        shear: degrees, along rows.
        fill: value outside a picture; None: of the nearest pixel.

    >>> x = torch.arange(4.0).reshape(1, 1, 2, 2)
    >>> transformed(x, shift=(1, 0), fill=9.0)[0, 0].tolist()
    [[9.0, 0.0], [9.0, 2.0]]
    """
    one = pictures.new_ones(1)
    rows, columns = mapped_grid(
        pictures,
        shift=torch.stack([one * shift[0], one * shift[1]], 1),
        rotation=one * rotation,
        scale=one * scale,
        shear=one * shear,
    )
    every = (len(pictures), -1, -1)
    return resampled(pictures, rows.expand(every), columns=columns.expand(every), fill=fill)


@dataclass(frozen=True)
class Affine(PictureNoise):
    """Shift, rotate, scale and shear every picture at random.

    Each of the five numbers of a picture is uniform within its limit, on both sides. The picture
    turns and grows about its centre, and is read by bilinear interpolation.

    Args:
        shift: Largest shift along each axis, in pixels.
        rotation: Largest rotation, in degrees.
        scale: Largest change of the size, as a share of it.
        shear: Largest shear along rows, in degrees.
        fill: Value outside a picture; null for that of the nearest pixel.
    """

    shift: NonNegative = 0.0
    rotation: NonNegative = 0.0
    scale: Share = 0.0
    shear: NonNegative = 0.0
    fill: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.scale < 1 or not 0 <= self.shear < 90:
            raise DataError(
                f"scale {self.scale}, shear {self.shear}: a scale is at least 0 and below 1, a "
                "shear at least 0 and below 90 degrees"
            )
        if not (0 <= self.shift < math.inf and 0 <= self.rotation < math.inf):
            raise DataError(
                f"shift {self.shift}, rotation {self.rotation}: at least 0, and finite, is needed"
            )

    def changed(self, pictures: Tensor, source: torch.Generator | None) -> Tensor:
        """Transforms pictures ``(B, C, H, W)``, of five draws each."""
        drawn = pictures.new_empty(len(pictures), 5).uniform_(generator=source).mul_(2).sub_(1)
        rows, columns = mapped_grid(
            pictures,
            shift=drawn[:, :2] * self.shift,
            rotation=drawn[:, 2] * self.rotation,
            scale=1 + drawn[:, 3] * self.scale,
            shear=drawn[:, 4] * self.shear,
        )
        return resampled(pictures, rows, columns=columns, fill=self.fill)
