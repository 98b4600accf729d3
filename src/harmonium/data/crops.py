"""Random crops, flips and holes of pictures."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.bounds import Count, Share, Size
from harmonium.data.picture_noise import PictureNoise
from harmonium.errors import DataError

__all__ = ["Cutout", "Flip", "PaddedCrop"]


@dataclass(frozen=True)
class PaddedCrop(PictureNoise):
    """Pad every picture and cut a random part of its old size out.

    Args:
        padding: Pixels on every side, fewer than the picture has.
        fill: Value of the padding; null for that of the nearest pixel.
    """

    padding: Size = 4
    fill: float | None = None

    def __post_init__(self) -> None:
        if not self.padding >= 0 or self.padding % 1:
            raise DataError(f"padding {self.padding}: a whole number of at least 0 is needed")

    def changed(self, pictures: Tensor, source: torch.Generator | None) -> Tensor:
        """Crops pictures ``(B, C, H, W)``: shifts by whole pixels, to the bit."""
        count, _, height, width = pictures.shape
        if self.padding >= min(height, width):
            raise DataError(
                f"crop: padding {self.padding} of pictures of {height} x {width} would cut parts "
                "out that hold nothing of them: give less"
            )
        places = (
            pictures.new_empty(count, 2)
            .uniform_(generator=source)
            .mul_(2 * self.padding + 1)
            .long()
        )
        shifts = places - self.padding
        rows = torch.arange(height, device=pictures.device) + shifts[:, :1]
        columns = torch.arange(width, device=pictures.device) + shifts[:, 1:]
        which = torch.arange(count, device=pictures.device)[:, None, None]
        near = rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None, :]
        cut = pictures.movedim(1, -1)[which, near[0], near[1]].movedim(-1, 1)
        if self.fill is None:
            return cut.contiguous()
        outside = ((rows < 0) | (rows >= height))[:, :, None]
        outside = outside | ((columns < 0) | (columns >= width))[:, None, :]
        return cut.masked_fill(outside[:, None], self.fill)


@dataclass(frozen=True)
class Flip(PictureNoise):
    """Mirror some of the pictures left to right.

    Args:
        share: Probability that a picture is mirrored.
    """

    share: Share = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise DataError(f"share {self.share}: a share lies in [0, 1]")

    def changed(self, pictures: Tensor, source: torch.Generator | None) -> Tensor:
        """Mirrors pictures ``(B, C, H, W)``."""
        hit = pictures.new_empty(len(pictures), 1, 1, 1).uniform_(generator=source) < self.share
        return torch.where(hit, pictures.flip(-1), pictures)


@dataclass(frozen=True)
class Cutout(PictureNoise):
    """Cover a square of every picture, whose centre is any pixel.

    (DeVries and Taylor, 2017, https://arxiv.org/abs/1708.04552.)

    Args:
        size: Height and width of the square, in pixels; beyond the edge it is cut off.
        fill: Value of the square.
    """

    size: Count = 8
    fill: float = 0.0

    def __post_init__(self) -> None:
        if not self.size >= 1 or self.size % 1:
            raise DataError(f"size {self.size}: a whole number of at least 1 is needed")

    def hidden(self, pictures: Tensor, source: torch.Generator | None = None) -> Tensor:
        """Which pixels of pictures ``(B, C, H, W)`` a draw covers, ``(B, 1, H, W)``, bool."""
        drawn = pictures.new_empty(2, len(pictures), 1).uniform_(generator=source)
        hit = []
        for places, size in zip(drawn, pictures.shape[2:], strict=True):
            first = (places * size).floor() - self.size // 2
            axis = torch.arange(size, device=pictures.device)
            hit.append((axis >= first) & (axis < first + self.size))
        return (hit[0][:, :, None] & hit[1][:, None, :])[:, None]

    def changed(self, pictures: Tensor, source: torch.Generator | None) -> Tensor:
        """Covers a square of pictures ``(B, C, H, W)``."""
        return pictures.masked_fill(self.hidden(pictures, source), self.fill)
